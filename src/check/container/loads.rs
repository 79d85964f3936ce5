//! Whether what an image builds is something that can be built and run.

use crate::artifact::workflow::{Shell, commands};
use crate::check::View;
use crate::check::consistency::loads;
use crate::model::{Component, Outcome};

use super::build::folder_of;
use super::build_tools::{Spot, script};
use super::files::{Image, Images};
use super::stages::{Building, What};
use super::tally::Tally;

/// Looks at the components whose build script an image runs: where their modules ask for what is not there, the build
/// stops, or the server does when it starts.
pub(super) fn built(images: &Images<'_>, image: &Image, tally: &mut Tally) {
    let building = Building::new(images, image);
    for (index, stage) in image.stages().iter().enumerate() {
        for step in building.steps(index) {
            let What::Run(text) = &step.what else { continue };
            let is_own = step.span.start > stage.span.start;
            for command in commands(text, Shell::Line)
                .iter()
                .filter(|command| is_own && !command.is_lost())
            {
                let words: Vec<&str> = command.text.split_whitespace().collect();
                let is_build = script(&words).is_some_and(|name| name.split(':').next() == Some("build"));
                let is_elsewhere = words.iter().skip(1).any(|word| word.starts_with('-'));
                let spot = Spot {
                    building: &building,
                    index,
                    folder: folder_of(step, command.folder.as_deref()),
                };
                let component = spot.file("package.json").filter(|_| is_build && !is_elsewhere);
                let Some(component) = component.and_then(|manifest| at(images.view, &manifest)) else {
                    continue;
                };
                let place = image.place(&step.span);
                let found = loads(&View {
                    component: Some(component),
                    ..*images.view
                });
                match found.gaps.first().filter(|_| found.outcome == Outcome::Fail) {
                    None => tally.good(place, &command.text),
                    Some(gap) => {
                        let path = &image.path;
                        let why = format!(
                            "`{path}` runs `{}` of what does not load: {}",
                            command.text, gap.message
                        );
                        tally.bad(place, &command.text, why);
                    }
                }
            }
        }
    }
}

/// The component of a manifest.
fn at<'a>(view: &View<'a>, manifest: &str) -> Option<&'a Component> {
    let folder = manifest.rsplit_once('/').map_or("", |(folder, _)| folder);
    view.snapshot
        .components
        .iter()
        .find(|component| component.folder() == folder)
}
