//! What asks a running container whether it is well.

use crate::artifact::Node;
use crate::check::View;
use crate::model::{Class, Place};

use super::files::{Images, build_of, is_dockerfile, is_for_production};
use super::stages::{Building, within};
use super::started::{folder_at, workdir};

/// A command that asks a container whether it is well.
pub(in crate::check) struct Asked {
    /// The command line.
    pub(in crate::check) text: String,
    /// The folder of the repository whose manifest lies where the container runs.
    pub(in crate::check) folder: String,
    /// Where it is said.
    pub(in crate::check) place: Place,
}

/// The health checks of images and of compose services that are built from this repository, where they run what a
/// manifest of it describes.
pub(in crate::check) fn asked(view: &View<'_>) -> Vec<Asked> {
    let images = Images::gather(view);
    let tree = view.tree();
    let files = tree.those("Dockerfiles of production", |path, entry, class| {
        entry.is_file() && class == Class::Source && is_dockerfile(path) && is_for_production(path, false)
    });
    let mut found = Vec::new();
    for (path, _) in files {
        let Ok(Some(image)) = images.image(path) else { continue };
        let building = Building::new(&images, &image);
        let Some(last) = image.stages().len().checked_sub(1) else {
            continue;
        };
        let mut checks = building.chain(last).into_iter().flat_map(|stage| &stage.instructions);
        let check = checks.rfind(|found| found.keyword == "HEALTHCHECK");
        let folder = folder_at(&building, last, &workdir(&building, last)).or_else(|| of_next(&building, last));
        if let (Some(check), Some(folder)) = (check, folder) {
            found.push(Asked {
                text: check.rest.clone(),
                folder,
                place: image.place(&check.span),
            });
        }
    }
    of_services(&images, &mut found);
    found
}

/// The folder of the component whose server Next.js wrote and a stage takes (`COPY --from=build /app/web/.next/standalone`).
/// <https://nextjs.org/docs/app/api-reference/config/next-config-js/output>
fn of_next(building: &Building<'_>, last: usize) -> Option<String> {
    let mut instructions = building.chain(last).into_iter().flat_map(|stage| &stage.instructions);
    instructions.find_map(|found| {
        let from = building.stage_of(found.flag("from")?)?;
        let words = found.words();
        let source = words.iter().find_map(|word| {
            let at = word.trim_end_matches('/').strip_suffix("/.next/standalone")?;
            (!word.starts_with("--")).then(|| within(&workdir(building, from), at))
        })?;
        folder_at(building, from, &source)
    })
}

fn of_services(images: &Images<'_>, found: &mut Vec<Asked>) {
    for compose in images.composes() {
        let services = compose.root.get("services").map_or(&[][..], Node::entries);
        for (_, service) in services.iter().filter(|_| is_for_production(&compose.path, true)) {
            let Some(test) = service.get("healthcheck").and_then(|check| check.get("test")) else {
                continue;
            };
            let Some((_, file)) = build_of(compose.path.parent(), service) else {
                continue;
            };
            let Ok(Some(image)) = images.image(&file) else { continue };
            let building = Building::new(images, &image);
            let target = service.get("build").and_then(|build| build.get("target"));
            let last = image.stages().len().saturating_sub(1);
            let index = match target.and_then(Node::as_str) {
                Some(target) => building.stage_of(target),
                None => Some(last),
            };
            let Some(folder) = index.and_then(|index| folder_at(&building, index, &workdir(&building, index))) else {
                continue;
            };
            let items: Vec<&str> = test.items().iter().filter_map(Node::as_str).collect();
            found.push(Asked {
                text: test.as_str().map_or_else(|| items.join(" "), str::to_owned),
                folder,
                place: Place::span(&compose.path, &compose.document, &test.span),
            });
        }
    }
}
