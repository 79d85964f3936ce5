//! Any folder: all that lies in it, since nobody says what is tracked.

use std::ffi::OsString;
use std::fs::{self, FileType, Metadata};
use std::path::{Path, PathBuf};

use crate::model::{Class, Entry, EntryKind, RepoPath};
use crate::source::SourceError;

use super::Listing;
use super::disk::Disk;

/// All files and links below the folder.
///
/// `.git` is left out wherever it lies; links are listed and not followed; pipes, sockets and devices are
/// no files. Of a vendored folder (installed packages may be hundreds of thousands of files) one entry
/// stands for all: its first, so that the folder is seen to be there. A folder that can't be listed makes
/// the listing one that is not whole.
///
/// # Errors
/// The folder itself can't be listed.
pub(super) fn list(disk: &Disk) -> Result<Listing, SourceError> {
    let mut listing = Listing::default();
    let mut open = vec![PathBuf::new()];
    while let Some(folder) = open.pop() {
        let names = match names(&disk.root().join(&folder)) {
            Ok(names) => names,
            Err(error) if folder.as_os_str().is_empty() => {
                return Err(SourceError::Unreachable {
                    what: format!("`{}` can't be listed: {error}", disk.root().display()),
                });
            }
            Err(error) => {
                let why = format!("`{}` can't be listed: {}", text(&folder), error.kind());
                listing.truncated.get_or_insert(why);
                continue;
            }
        };
        for (name, kind) in names {
            let path = folder.join(&name);
            if name == ".git" {
                continue;
            }
            if !kind.is_dir() {
                push(disk, &mut listing, path);
            } else if is_vendored(&path) {
                let first = first_below(disk.root(), path);
                first.into_iter().for_each(|path| push(disk, &mut listing, path));
            } else {
                open.push(path);
            }
        }
    }
    Ok(listing)
}

fn names(folder: &Path) -> std::io::Result<Vec<(OsString, FileType)>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        names.push((entry.file_name(), entry.file_type()?));
    }
    names.sort_by(|left, right| left.0.cmp(&right.0));
    Ok(names)
}

fn is_vendored(folder: &Path) -> bool {
    Class::of(&format!("{}/x", text(folder))) == Class::Vendored
}

fn first_below(root: &Path, folder: PathBuf) -> Option<PathBuf> {
    let mut open = vec![folder];
    while let Some(folder) = open.pop() {
        let Ok(names) = names(&root.join(&folder)) else {
            continue;
        };
        if let Some((name, _)) = names.iter().find(|(_, kind)| !kind.is_dir()) {
            return Some(folder.join(name));
        }
        open.extend(names.into_iter().rev().map(|(name, _)| folder.join(name)));
    }
    None
}

fn push(disk: &Disk, listing: &mut Listing, path: PathBuf) {
    let Ok(found) = fs::symlink_metadata(disk.root().join(&path)) else {
        return;
    };
    let Some(kind) = kind_of(&found) else {
        return;
    };
    let name = RepoPath::new(&text(&path));
    if path.to_str().is_none() {
        disk.keep_name(name.clone(), path);
    }
    let entry = Entry {
        kind,
        id: None,
        size: Some(found.len()),
    };
    listing.entries.push((name, entry));
}

fn text(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

/// What stands there by the file's own word; `None` for what is neither file nor link.
pub(super) fn kind_of(found: &Metadata) -> Option<EntryKind> {
    if found.is_symlink() {
        Some(EntryKind::Symlink)
    } else if !found.is_file() {
        None
    } else if is_executable(found) {
        Some(EntryKind::Executable)
    } else {
        Some(EntryKind::File)
    }
}

#[cfg(unix)]
fn is_executable(found: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    // Git looks at the owner's bit alone.
    found.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &Metadata) -> bool {
    false
}
