//! Images that are started without the packages for development.

use crate::artifact::in_folder;
use crate::check::View;
use crate::model::{Class, RepoPath};

use super::build_tools::is_for_development;
use super::files::{Images, is_dockerfile, is_for_production};
use super::migrating::{Installed, installed, is_brought, starts};
use super::stages::{Building, within};
use super::started::workdir;

/// An image that production starts in a folder of the repository, and the command that left packages out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::check) struct Lean {
    /// The Dockerfile.
    pub(in crate::check) path: RepoPath,
    /// The command.
    pub(in crate::check) command: String,
}

/// The image that has the manifest of a folder where it is started, and that an installation for production left without a
/// package; `None` where some image of that folder may have it.
pub(in crate::check) fn left_out(view: &View<'_>, folder: &str, package: &str) -> Option<Lean> {
    let images = Images::gather(view);
    let paths = view.tree().those("written Dockerfiles", |path, entry, class| {
        entry.is_file() && is_dockerfile(path) && class == Class::Source
    });
    let manifest = in_folder(folder, "package.json");
    if !is_for_development(&images, &manifest, package) {
        return None;
    }
    let mut found = None;
    for (path, _) in paths.into_iter().filter(|(path, _)| is_for_production(path, false)) {
        let image = images.image(path).ok().flatten()?;
        let building = Building::new(&images, &image);
        let last = image.stages().len().checked_sub(1)?;
        let place = within(&workdir(&building, last), "package.json");
        let Some(own) = building.file_at(last, &place) else {
            continue;
        };
        if own != manifest || starts(&building, last).is_empty() {
            continue;
        }
        match installed(&building, last, 0) {
            Installed::Lean(command) if !is_brought(&building, package) => {
                found.get_or_insert(Lean {
                    path: path.clone(),
                    command,
                });
            }
            Installed::Lean(_) | Installed::All | Installed::Unknown => return None,
        }
    }
    found
}
