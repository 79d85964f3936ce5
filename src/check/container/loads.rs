//! Whether what an image builds is something that can be built and run.

use crate::artifact::workflow::{Shell, commands};
use crate::check::View;
use crate::check::consistency::loads;
use crate::check::workflow::{folder_of as workflow_folder_of, script_called};
use crate::model::{Component, Gap, Outcome, RepoPath};

use super::build::folder_of;
use super::build_tools::{Spot, script};
use super::files::{Image, Images};
use super::members::unbuilt;
use super::stages::{Building, What, within};
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
                let lacking = found.gaps.iter().filter(|_| found.outcome == Outcome::Fail);
                let mut lacking = lacking.filter(|gap| !spot.may_bring(component, gap));
                match lacking.next() {
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

impl Spot<'_> {
    /// Whether the image may bring what a module asks for: it is copied from elsewhere, written, fetched or generated.
    fn may_bring(&self, component: &Component, gap: &Gap) -> bool {
        const ENDINGS: [&str; 10] = [
            "",
            ".ts",
            ".tsx",
            ".js",
            ".jsx",
            ".mjs",
            ".cjs",
            ".json",
            "/index.ts",
            "/index.js",
        ];
        const FETCHING: [&str; 9] = [
            "git clone",
            "curl ",
            "wget ",
            "tar ",
            "unzip ",
            "protoc",
            "buf ",
            "codegen",
            "generate",
        ];
        // What is there and refused stays so.
        let target = gap.words.strip_prefix(gap.subject.as_str()).map(str::trim_start);
        let Some(target) = target.filter(|target| target.contains('/')) else {
            return false;
        };
        let path = RepoPath::new(target);
        let inside = path.relative_to(component.folder()).unwrap_or(target);
        let is_copied = |ending: &&str| {
            let place = within(&self.folder, &format!("{inside}{ending}"));
            self.building.file_at(self.index, &place).is_some()
        };
        if ENDINGS.iter().any(is_copied) {
            return true;
        }
        let name = path.file_name();
        let folder = path.parent().rsplit('/').next().unwrap_or_default();
        let stages = self.building.image.stages().iter();
        let mut instructions = stages.flat_map(|stage| &stage.instructions);
        instructions.any(|found| {
            let is_run = found.keyword == "RUN";
            let is_mounted = found
                .flags
                .iter()
                .any(|(key, value)| key == "mount" && value.contains(name));
            let writes = || {
                let says = |word: &str| found.rest.contains(word);
                says(name)
                    || says(&format!("{folder}/")) && !folder.is_empty()
                    || FETCHING.iter().any(|word| says(word))
            };
            is_run && (is_mounted || writes() || calls_another(&found.rest))
        })
    }
}

/// Whether a script is called that is neither the build nor of those that only look at what is there.
fn calls_another(text: &str) -> bool {
    const ONLY: [&str; 8] = ["build", "check", "ci", "install", "lint", "start", "test", "typecheck"];
    commands(text, Shell::Line).iter().any(|command| {
        let words: Vec<&str> = command.text.split_whitespace().collect();
        script(&words).is_some_and(|name| !ONLY.contains(&name.split(':').next().unwrap_or(name)))
    })
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
