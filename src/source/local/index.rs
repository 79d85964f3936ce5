//! The working tree of a checkout: the paths of git's index with what is on disk.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::Path;

use gix::bstr::{BStr, BString, ByteSlice};
use gix::index::entry::stat::Options as StatOptions;
use gix::index::entry::{Flags, Mode, Stage, Stat};
use rayon::prelude::*;
use sha1::{Digest, Sha1};

use crate::model::{BlobId, Class, Entry, EntryKind, RepoPath};
use crate::source::blob::{blob_id, without_carriage_returns};
use crate::source::{LARGEST_FILE, SourceError};

use super::Listing;
use super::disk::{Disk, Guard, Standing, link_target};
use super::lines::{Lines, Looks};
use super::objects::{Objects, blob};

/// One entry of the index.
struct Tracked<'a> {
    path: &'a BStr,
    name: Cow<'a, Path>,
    id: Option<BlobId>,
    mode: Mode,
    stat: Stat,
    standing: Standing,
    /// Whether the index does not tell the content on disk: a conflict, a path that is only announced, or one
    /// that is not older than the index, so that it may have been changed in the same moment (git's own rule).
    is_open: bool,
    /// Whether it is left out of the checkout on purpose.
    is_sparse: bool,
}

/// What is on disk for an entry.
enum Seen {
    Gone,
    /// It can't be looked at.
    Hidden,
    /// What the index has, as far as can be told without reading it.
    Same(EntryKind, u64),
    /// Other bytes than the index has.
    Other(EntryKind, Content),
}

struct Content {
    size: u64,
    /// `None` for what is too large to be worth hashing.
    id: Option<BlobId>,
    /// What it would be with LF for CRLF, and what it looks like to git.
    text: Option<(BlobId, u64, Looks)>,
}

/// What the checkout's configuration says.
struct Rules {
    executable: bool,
    symlinks: bool,
    stat: StatOptions,
}

/// The working tree of a checkout.
///
/// Every tracked path that is on disk, with the id of what git would store of it. What is deleted on disk,
/// or is a folder there, is absent. What is left out of a sparse checkout is as the index has it. What lies
/// behind a symbolic link is listed, and has no id. In a conflict the bytes on disk count.
///
/// # Errors
/// The index can't be read.
pub(super) fn list(objects: &Objects, disk: &Disk) -> Result<Listing, SourceError> {
    let repository = objects.repository();
    let index = repository.index_or_empty().map_err(|error| SourceError::Unreachable {
        what: format!("the index of `{}` can't be read: {error}", disk.root().display()),
    })?;
    let mut listing = Listing::default();
    let rules = rules(repository);
    let tracked = tracked(objects, disk, &index, &rules, &mut listing);
    let seen: Vec<Seen> = tracked.par_iter().map(|one| look(disk.root(), one, &rules)).collect();
    let mut settle = Settle {
        objects,
        lines: Lines::new(objects, &index),
        may_convert: may_convert(repository, &index),
        root: disk.root(),
    };
    for (one, seen) in tracked.iter().zip(seen) {
        if let Some(entry) = settle.entry(one, seen) {
            let path = RepoPath::new(&one.path.to_str_lossy());
            if one.path.to_str().is_err() {
                disk.keep_name(path.clone(), one.name.clone().into_owned());
            }
            listing.entries.push((path, entry));
        }
    }
    Ok(listing)
}

fn tracked<'a>(
    objects: &Objects,
    disk: &Disk,
    index: &'a gix::index::State,
    rules: &Rules,
    listing: &mut Listing,
) -> Vec<Tracked<'a>> {
    let mut guard = Guard::new(disk.root());
    let mut tracked = Vec::with_capacity(index.entries().len());
    let written = index.timestamp();
    for entry in index.entries() {
        let path = entry.path(index);
        if entry.mode.is_sparse() {
            // A sparse index has one entry for a whole folder that is not checked out.
            let folder: BString = path.trim_end_with(|last| last == '/').into();
            objects.list_below(entry.id, folder, listing);
            continue;
        }
        // In a conflict there may be an entry for ours and one for theirs; of two with one path the first counts.
        if entry.stage() == Stage::Base {
            continue;
        }
        let Ok(name) = gix::path::from_bstr(path) else {
            continue;
        };
        tracked.push(Tracked {
            path,
            standing: guard.above(&name),
            name,
            id: blob(&entry.id),
            mode: entry.mode,
            stat: entry.stat,
            is_open: entry.stage() != Stage::Unconflicted
                || entry.flags.contains(Flags::INTENT_TO_ADD)
                || entry.stat.is_racy(written, precise(&entry.stat, rules.stat)),
            is_sparse: entry.flags.contains(Flags::SKIP_WORKTREE),
        });
    }
    tracked
}

fn rules(repository: &gix::Repository) -> Rules {
    let config = repository.config_snapshot();
    Rules {
        executable: cfg!(unix) && config.boolean("core.fileMode").unwrap_or(true),
        symlinks: config.boolean("core.symlinks").unwrap_or(true),
        stat: repository.stat_options().unwrap_or_default(),
    }
}

/// Whether any configuration may have bytes on disk that differ from those stored.
fn may_convert(repository: &gix::Repository, index: &gix::index::State) -> bool {
    let config = repository.config_snapshot();
    let has_attributes = index.entries().iter().any(|entry| {
        let path = entry.path(index);
        path == ".gitattributes" || path.ends_with(b"/.gitattributes") || entry.mode.is_sparse()
    });
    has_attributes
        || config.string("core.autocrlf").is_some_and(|value| value != "false")
        || config.string("core.attributesFile").is_some()
        || repository.common_dir().join("info/attributes").exists()
}

fn look(root: &Path, tracked: &Tracked<'_>, rules: &Rules) -> Seen {
    match tracked.standing {
        Standing::Folder => {}
        Standing::Linked => return Seen::Hidden,
        Standing::Gone => return Seen::Gone,
    }
    let place = root.join(&tracked.name);
    let found = match gix::index::fs::Metadata::from_path_no_follow(&place) {
        Ok(found) => found,
        Err(error) => {
            return match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Seen::Gone,
                _ => Seen::Hidden,
            };
        }
    };
    let was_link = tracked.mode == Mode::SYMLINK;
    let kind = if found.is_symlink() || (found.is_file() && was_link && !rules.symlinks) {
        EntryKind::Symlink
    } else if !found.is_file() {
        return Seen::Gone;
    } else if (rules.executable && found.is_executable())
        || (!rules.executable && tracked.mode == Mode::FILE_EXECUTABLE)
    {
        EntryKind::Executable
    } else {
        EntryKind::File
    };
    let size = found.len();
    let is_known = Stat::from_fs(&found).is_ok_and(|stat| is_untouched(tracked, &stat, rules));
    if is_known && was_link == (kind == EntryKind::Symlink) {
        return Seen::Same(kind, size);
    }
    // The index has a file's size from when it was last the same; none where it was never looked at.
    let is_other_size = tracked.stat.size != 0 && u64::from(tracked.stat.size) != size;
    match content(&place, found.is_symlink(), size, is_other_size, tracked.id) {
        Ok(content) if content.id.is_some() && content.id == tracked.id => Seen::Same(kind, size),
        Ok(content) => Seen::Other(kind, content),
        Err(_) => Seen::Hidden,
    }
}

/// Git's own rule: the file's times, size and owner are those in the index.
fn is_untouched(tracked: &Tracked<'_>, stat: &Stat, rules: &Rules) -> bool {
    !tracked.is_open && tracked.stat.matches(stat, precise(&tracked.stat, rules.stat))
}

/// Nanoseconds are compared where the index has them.
fn precise(stat: &Stat, mut options: StatOptions) -> StatOptions {
    options.use_nsec = stat.mtime.nsecs != 0;
    options
}

fn content(
    place: &Path,
    is_link: bool,
    size: u64,
    is_other_size: bool,
    recorded: Option<BlobId>,
) -> io::Result<Content> {
    if is_link {
        let target = link_target(place)?;
        return Ok(Content {
            size: target.len() as u64,
            id: Some(blob_id(&target)),
            text: None,
        });
    }
    if size > LARGEST_FILE {
        let id = if is_other_size {
            None
        } else {
            Some(hash_file(place, size)?)
        };
        return Ok(Content { size, id, text: None });
    }
    let bytes = fs::read(place)?;
    let id = Some(blob_id(&bytes));
    // Of what is as the index has it nobody asks what else it might be.
    let text = if id == recorded {
        None
    } else {
        without_carriage_returns(&bytes)
    };
    Ok(Content {
        size: bytes.len() as u64,
        id,
        text: text.map(|text| (blob_id(&text), text.len() as u64, Looks::of(&bytes))),
    })
}

fn hash_file(place: &Path, size: u64) -> io::Result<BlobId> {
    let mut hasher = Sha1::new();
    hasher.update(format!("blob {size}\0"));
    io::copy(&mut fs::File::open(place)?, &mut hasher)?;
    Ok(BlobId(hasher.finalize().into()))
}

/// What of an entry can't be told by its bytes alone.
struct Settle<'a> {
    objects: &'a Objects,
    lines: Lines<'a>,
    may_convert: bool,
    root: &'a Path,
}

impl Settle<'_> {
    fn entry(&mut self, tracked: &Tracked<'_>, seen: Seen) -> Option<Entry> {
        let recorded = kind_of(tracked.mode);
        if recorded == EntryKind::Submodule {
            return Some(self.stored(tracked, recorded));
        }
        match seen {
            Seen::Gone if tracked.is_sparse => Some(self.stored(tracked, recorded)),
            Seen::Gone => None,
            Seen::Hidden => Some(Entry {
                kind: recorded,
                id: None,
                size: None,
            }),
            Seen::Same(kind, _) if self.may_convert => Some(self.stored(tracked, kind)),
            Seen::Same(kind, size) => {
                if let Some(id) = tracked.id {
                    self.objects.keep_size(id, size);
                }
                Some(Entry {
                    kind,
                    id: tracked.id,
                    size: Some(size),
                })
            }
            Seen::Other(kind, content) => Some(self.changed(tracked, kind, content)),
        }
    }

    /// The entry as git has it.
    fn stored(&self, tracked: &Tracked<'_>, kind: EntryKind) -> Entry {
        let is_read = kind != EntryKind::Submodule && !Class::of(&tracked.path.to_str_lossy()).is_never_read();
        Entry {
            kind,
            id: tracked.id,
            size: tracked.id.filter(|_| is_read).and_then(|id| self.objects.size(id)),
        }
    }

    fn changed(&mut self, tracked: &Tracked<'_>, kind: EntryKind, content: Content) -> Entry {
        if self.is_pointed_at(tracked, content.size) {
            return self.stored(tracked, kind);
        }
        if let Some((id, size, looks)) = content.text
            && self.lines.convert(tracked.path, tracked.id, looks)
        {
            return Entry {
                kind,
                id: Some(id),
                size: Some(size),
            };
        }
        // What a filter made can't be undone without running it. Of the same size as when git made it, it
        // is taken to be what git made.
        let is_same_size = u64::from(tracked.stat.size) == content.size;
        if self.may_convert && is_same_size && self.lines.is_filtered(tracked.path) {
            return self.stored(tracked, kind);
        }
        Entry {
            kind,
            id: content.id,
            size: Some(content.size),
        }
    }

    /// Whether the file is the content that the stored Git LFS pointer names.
    fn is_pointed_at(&self, tracked: &Tracked<'_>, size: u64) -> bool {
        /// Git LFS writes no longer pointers (its specification).
        const LARGEST_POINTER: u64 = 1024;
        let stored = tracked.id.filter(|_| self.may_convert);
        let Some(pointer) = stored.and_then(|id| self.objects.small_blob(id, LARGEST_POINTER)) else {
            return false;
        };
        let pointer = String::from_utf8_lossy(&pointer);
        let value = |key: &str| pointer.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
        if !pointer.starts_with("version https://git-lfs.github.com/spec/v1\n")
            || value("size ") != Some(size.to_string().as_str())
        {
            return false;
        }
        let mut hasher = sha2::Sha256::new();
        let file = fs::File::open(self.root.join(&tracked.name));
        let copied = file.and_then(|mut file| io::copy(&mut file, &mut hasher));
        let digest: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        copied.is_ok() && value("oid sha256:") == Some(digest.as_str())
    }
}

fn kind_of(mode: Mode) -> EntryKind {
    if mode == Mode::COMMIT {
        EntryKind::Submodule
    } else if mode == Mode::SYMLINK {
        EntryKind::Symlink
    } else if mode == Mode::FILE_EXECUTABLE {
        EntryKind::Executable
    } else {
        EntryKind::File
    }
}
