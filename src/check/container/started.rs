//! What images run when they are built and when they are started, and in which folder of the repository that is.

use std::sync::Arc;

use crate::artifact::container::{Variables, expand};
use crate::artifact::{Node, resolve};
use crate::check::View;
use crate::model::{Class, Needs, Place, RepoPath};

use super::files::{Image, Images, build_of, is_dockerfile, needs};
use super::stages::{Building, What, within};

/// A command that an image runs.
pub(in crate::check) struct Started {
    /// The command line.
    pub(in crate::check) text: String,
    /// The folder of the repository whose manifest lies where it is run.
    pub(in crate::check) folder: String,
    /// Where it is said.
    pub(in crate::check) place: Place,
    /// By what, in words.
    pub(in crate::check) by: String,
    /// What tells it from others of its file.
    pub(in crate::check) words: String,
}

/// What has to be read to tell what images run.
pub(in crate::check) fn started_needs(view: &View<'_>) -> Needs {
    needs(view, &[])
}

/// The commands of all Dockerfiles and compose files which run where a manifest of the repository lies.
/// They are of the whole repository, whichever component is asked about.
pub(in crate::check) fn started(view: &View<'_>) -> Arc<Vec<Started>> {
    view.snapshot.derive(|_| find_started(view))
}

fn find_started(view: &View<'_>) -> Vec<Started> {
    let images = Images::gather(view);
    let paths = view.tree().those("written Dockerfiles", |path, entry, class| {
        entry.is_file() && is_dockerfile(path) && class == Class::Source
    });
    let mut found = Vec::new();
    for (path, _) in paths {
        if let Ok(Some(image)) = images.image(path) {
            of_image(&images, &image, &mut found);
        }
    }
    of_services(&images, &mut found);
    found
}

fn of_image(images: &Images<'_>, image: &Image, found: &mut Vec<Started>) {
    let building = Building::new(images, image);
    for (index, stage) in image.stages().iter().enumerate() {
        for step in building.steps(index) {
            let What::Run(text) = &step.what else { continue };
            let is_own = step.span.start > stage.span.start;
            if let Some(folder) = folder_at(&building, index, &step.workdir).filter(|_| is_own) {
                found.push(Started {
                    text: text.clone(),
                    folder,
                    place: image.place(&step.span),
                    by: format!("`RUN` in `{}`", image.path),
                    words: "RUN".to_owned(),
                });
            }
        }
    }
    let last = image.stages().len().saturating_sub(1);
    let Some(folder) = folder_at(&building, last, &workdir(&building, last)) else {
        return;
    };
    let instructions = building.chain(last).into_iter().flat_map(|stage| &stage.instructions);
    let mut ends: Vec<_> = instructions
        .filter(|found| matches!(found.keyword.as_str(), "CMD" | "ENTRYPOINT"))
        .collect();
    // Of each the last one counts.
    ends.reverse();
    for keyword in ["CMD", "ENTRYPOINT"] {
        if let Some(end) = ends.iter().find(|found| found.keyword == keyword) {
            found.push(Started {
                text: end.words().join(" "),
                folder: folder.clone(),
                place: image.place(&end.span),
                by: format!("`{keyword}` in `{}`", image.path),
                words: keyword.to_owned(),
            });
        }
    }
}

/// The folder in which a stage ends.
pub(super) fn workdir(building: &Building<'_>, index: usize) -> String {
    let mut known = Variables::new();
    let mut folder = String::new();
    for found in building.chain(index).into_iter().flat_map(|stage| &stage.instructions) {
        match found.keyword.as_str() {
            "ENV" | "ARG" => {
                for (name, value) in found.settings() {
                    let value = value.and_then(|value| expand(&value, &known));
                    known.insert(name, value);
                }
            }
            "WORKDIR" => {
                let into = expand(found.rest.trim_matches(['"', '\'']), &known);
                folder = within(&folder, into.as_deref().unwrap_or("/\0"));
            }
            _ => {}
        }
    }
    folder
}

/// The folder of the repository whose manifest lies in a folder of a stage.
pub(super) fn folder_at(building: &Building<'_>, index: usize, workdir: &str) -> Option<String> {
    let manifest = building.file_at(index, &within(workdir, "package.json"))?;
    Some(RepoPath::new(&manifest).parent().to_owned())
}

fn of_services(images: &Images<'_>, found: &mut Vec<Started>) {
    for compose in images.composes() {
        let services = compose.root.get("services").map_or(&[][..], Node::entries);
        for (name, service) in services {
            let (Some(command), None) = (service.get("command"), service.get("working_dir")) else {
                continue;
            };
            let items: Vec<&str> = command.items().iter().filter_map(Node::as_str).collect();
            let text = command.as_str().map_or_else(|| items.join(" "), str::to_owned);
            let Some((_, file)) = build_of(compose.path.parent(), service) else {
                continue;
            };
            let Ok(Some(image)) = images.image(&file) else { continue };
            let building = Building::new(images, &image);
            let last = image.stages().len().saturating_sub(1);
            let target = service
                .get("build")
                .and_then(|build| build.get("target"))
                .and_then(Node::as_str);
            let index = target.map_or(Some(last), |target| building.stage_of(target));
            let folder = index.and_then(|index| folder_at(&building, index, &workdir(&building, index)));
            let Some(folder) = folder.filter(|folder| resolve("", folder).is_some()) else {
                continue;
            };
            found.push(Started {
                text,
                folder,
                place: Place::span(&compose.path, &compose.document, &command.span),
                by: format!("the service `{}` of `{}`", name.text, compose.path),
                words: name.text.clone(),
            });
        }
    }
}
