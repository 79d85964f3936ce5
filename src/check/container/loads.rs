//! Whether what an image builds is something that can be built and run.

use crate::artifact::workflow::{Shell, commands};
use crate::check::View;
use crate::check::consistency::loads;
use crate::check::workflow::{folder_of as workflow_folder_of, script_called};
use crate::model::{Component, Outcome};

use super::build::folder_of;
use super::build_tools::Spot;
use super::files::{Image, Images};
use super::members::unbuilt;
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
                let mut words = command.text.split_whitespace();
                if !words.any(|word| word.split(':').next() == Some("build")) {
                    continue;
                }
                let spot = Spot {
                    building: &building,
                    index,
                    folder: folder_of(step, command.folder.as_deref()),
                };
                let Some(component) = spot
                    .file("package.json")
                    .and_then(|path| at(images.view, &path, &command.text))
                else {
                    continue;
                };
                let place = image.place(&step.span);
                let found = loads(&View {
                    component: Some(component),
                    ..*images.view
                });
                match found.gaps.first().filter(|_| found.outcome == Outcome::Fail) {
                    None => match unbuilt(&building, component) {
                        None => tally.good(place, &command.text),
                        Some(why) => {
                            let path = &image.path;
                            let why = format!("`{path}` runs `{}`, and {why}", command.text);
                            tally.bad(place, &command.text, why);
                        }
                    },
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

/// The component whose script a command runs that is started beside a manifest.
fn at<'a>(view: &View<'a>, manifest: &str, command: &str) -> Option<&'a Component> {
    let started = manifest.rsplit_once('/').map_or("", |(folder, _)| folder);
    let (folder, _) = script_called(
        view.snapshot,
        command,
        &workflow_folder_of(view.snapshot, started, command)?,
    )?;
    view.snapshot
        .components
        .iter()
        .find(|component| component.folder() == folder)
}
