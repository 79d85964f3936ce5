//! Contents by blob id, each read once for head and base.

use std::collections::HashMap;
use std::sync::Arc;

use crate::github::{Client, GithubError, Kind, Route};
use crate::model::{BlobId, Cause, EntryKind, Read, Unread};
use crate::source::{LARGEST_FILE, Wanted, blob_id, too_large};
use crate::text::Document;

use super::{archive, batch};

/// The most bytes that are read in a run, of head and base together.
const MOST_BYTES: u64 = 50 << 20;
/// The most requests for contents in a run: GitHub gives a workflow 1,000 an hour for one repository.
const MOST_REQUESTS: u64 = 100;
/// From this many requests on, one archive is the cheaper way.
const DEAR: usize = 4;
/// The largest repository, in bytes of its files, whose archive is worth its transfer.
const LARGEST_ARCHIVE: u64 = 1 << 30;

/// Where contents come from.
pub(super) struct Repository<'a> {
    pub client: &'a Client,
    pub owner: &'a str,
    pub name: &'a str,
    pub commit: Option<&'a str>,
    pub size: Option<u64>,
}

impl Repository<'_> {
    pub(super) fn route(&self, segments: &[&str]) -> Route {
        Route::repository(self.owner, self.name).then(segments)
    }
}

/// A content that is wanted.
#[derive(Debug, Clone)]
pub(super) struct Missing {
    pub id: BlobId,
    pub path: String,
    pub size: u64,
}

/// What was read so far, by blob id, and how much may still be.
pub(super) struct Shelf {
    contents: HashMap<BlobId, Read>,
    /// What was taken off `bytes_left` for each content: what was refused took nothing, and is given nothing back.
    granted: HashMap<BlobId, u64>,
    bytes_left: u64,
    requests_left: u64,
    /// Queries that GitHub did not answer.
    outages: u32,
}

impl Default for Shelf {
    fn default() -> Self {
        Self {
            contents: HashMap::new(),
            granted: HashMap::new(),
            bytes_left: MOST_BYTES,
            requests_left: MOST_REQUESTS,
            outages: 0,
        }
    }
}

impl Shelf {
    /// The content of these files, in the order asked for.
    pub(super) async fn read(&mut self, repository: &Repository<'_>, wanted: &[Wanted]) -> Vec<Read> {
        let missing = self.choose(wanted);
        let before = repository.client.requests();
        self.fetch(repository, missing).await;
        let used = repository.client.requests() - before;
        self.requests_left = self.requests_left.saturating_sub(used);
        wanted.iter().map(|file| self.answer(file)).collect()
    }

    /// Those that are not here yet and for which there is room. The smallest come first: whoever adds what is too much to
    /// be read keeps his own large files from being read, and not what stands beside them.
    fn choose(&mut self, wanted: &[Wanted]) -> Vec<Missing> {
        let mut new: Vec<Missing> = wanted
            .iter()
            .filter_map(|file| readable(file).ok())
            .filter(|found| !self.contents.contains_key(&found.id))
            .collect();
        new.sort_by(|left, right| (left.size, &left.path).cmp(&(right.size, &right.path)));
        let mut missing: Vec<Missing> = Vec::new();
        for found in new {
            if !self.contents.contains_key(&found.id) {
                let id = found.id;
                let kept = self.grant(found, &mut missing);
                self.contents.insert(id, Read::Unread(kept));
            }
        }
        missing
    }

    /// Forgets which of these could not be read, so that they are tried again.
    pub(super) fn forget_unread(&mut self, wanted: &[Wanted]) {
        for id in wanted.iter().filter_map(|file| file.entry.id) {
            if !self.is_here(id) && self.contents.remove(&id).is_some() {
                self.bytes_left += self.granted.remove(&id).unwrap_or(0);
            }
        }
    }

    fn answer(&self, file: &Wanted) -> Read {
        match readable(file) {
            Err(unread) => Read::Unread(unread),
            Ok(missing) => self.contents.get(&missing.id).cloned().unwrap_or_else(|| {
                let what = format!("`{}` was not read", file.path);
                let settle = "this is a mistake of readygate: please report it";
                Read::Unread(Unread::new(Cause::Unmodelled, what, settle))
            }),
        }
    }

    /// Puts a content on the list if there is room for it. What it returns stands until it is read.
    fn grant(&mut self, found: Missing, missing: &mut Vec<Missing>) -> Unread {
        let settle = "run readygate on a checkout";
        let Some(left) = self.bytes_left.checked_sub(found.size) else {
            let what = format!(
                "`{}` was not read: more than {} MiB are wanted of this repository",
                found.path,
                MOST_BYTES >> 20
            );
            return Unread::new(Cause::Limit, what, settle);
        };
        self.bytes_left = left;
        self.granted.insert(found.id, found.size);
        let what = format!(
            "`{}` was not read: that would have taken more than {MOST_REQUESTS} requests",
            found.path
        );
        missing.push(found);
        Unread::new(Cause::Limit, what, settle)
    }

    /// The cheapest way first: an archive for many, queries for some, and one by one what neither gave.
    async fn fetch(&mut self, repository: &Repository<'_>, mut missing: Vec<Missing>) {
        let client = repository.client;
        let end = client.requests() + self.requests_left;
        let has_queries = client.has_token();
        let cost = if has_queries {
            batch::cost(&missing)
        } else {
            missing.len()
        };
        let is_dear = cost >= DEAR;
        if is_dear {
            self.fetch_archive(repository, &mut missing).await;
        }
        if has_queries {
            let (found, failed) = batch::read(repository, &missing, end, &mut self.outages).await;
            for (id, bytes) in found {
                self.keep(id, bytes);
            }
            for (id, unread) in failed {
                self.contents.insert(id, Read::Unread(unread));
                missing.retain(|file| file.id != id);
            }
            missing.retain(|file| !self.is_here(file.id));
        }
        if !is_dear && missing.len() >= DEAR {
            self.fetch_archive(repository, &mut missing).await;
        }
        for file in missing {
            if client.requests() >= end {
                break;
            }
            self.fetch_one(repository, &file).await;
        }
    }

    async fn fetch_archive(&mut self, repository: &Repository<'_>, missing: &mut Vec<Missing>) {
        let Some(commit) = repository.commit.filter(|_| is_worth(repository)) else {
            return;
        };
        for (id, bytes) in archive::take(repository, commit, missing).await {
            self.keep(id, bytes);
        }
        missing.retain(|file| !self.is_here(file.id));
    }

    async fn fetch_one(&mut self, repository: &Repository<'_>, file: &Missing) {
        let route = repository.route(&["git", "blobs", &file.id.to_string()]);
        let subject = format!("`{}`", file.path);
        let read = match one(repository.client, &route).await {
            Err(error) => Read::Unread(error.unread(&subject)),
            Ok(bytes) if blob_id(&bytes) == file.id => Read::Here(Arc::new(Document::new(bytes))),
            Ok(_) => {
                let what = format!("{subject} could not be read: what GitHub sent is not the content of that blob");
                Read::Unread(Unread::new(Cause::Network, what, "run again"))
            }
        };
        self.contents.insert(file.id, read);
    }

    fn keep(&mut self, id: BlobId, bytes: Vec<u8>) {
        self.contents.insert(id, Read::Here(Arc::new(Document::new(bytes))));
    }

    fn is_here(&self, id: BlobId) -> bool {
        matches!(self.contents.get(&id), Some(Read::Here(_)))
    }
}

fn is_worth(repository: &Repository<'_>) -> bool {
    repository.size.is_some_and(|size| size <= LARGEST_ARCHIVE)
}

async fn one(client: &Client, route: &Route) -> Result<Vec<u8>, GithubError> {
    // A cut answer is tried once more: GET changes nothing.
    let accept = "application/vnd.github.raw+json";
    let first = client.download(route, accept, LARGEST_FILE).await?.whole().await;
    match first {
        Err(error) if error.kind == Kind::Unavailable => {
            let again = client.download(route, accept, LARGEST_FILE).await?.whole().await?;
            Ok(again.to_vec())
        }
        other => other.map(|bytes| bytes.to_vec()),
    }
}

/// The content that a wanted file names, or why it is not read.
fn readable(file: &Wanted) -> Result<Missing, Unread> {
    let path = &file.path;
    let unmodelled = |what: String, settle: &str| Err(Unread::new(Cause::Unmodelled, what, settle));
    match file.entry.kind {
        EntryKind::File | EntryKind::Executable => {}
        EntryKind::Symlink => {
            let what = format!("`{path}` is a symbolic link, which is not followed");
            return unmodelled(what, "keep a file there");
        }
        EntryKind::Submodule => {
            let what = format!("`{path}` is a submodule, whose files are not read");
            return unmodelled(what, "gate that repository itself");
        }
    }
    let size = file.entry.size.unwrap_or(0);
    if size > LARGEST_FILE {
        return Err(too_large(path, size));
    }
    match file.entry.id {
        Some(id) => Ok(Missing {
            id,
            path: path.as_str().to_owned(),
            size,
        }),
        None => unmodelled(
            format!("`{path}` has no blob id"),
            "this is a mistake of readygate: please report it",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Entry, RepoPath};

    /// A file of this size whose content nobody has.
    fn file(at: usize, size: u64) -> Wanted {
        let path = format!("{at}.js");
        let entry = Entry {
            kind: EntryKind::File,
            id: Some(blob_id(path.as_bytes())),
            size: Some(size),
        };
        Wanted {
            path: RepoPath::new(&path),
            entry,
        }
    }

    fn chosen(shelf: &mut Shelf, wanted: &[Wanted]) -> u64 {
        shelf.choose(wanted).iter().map(|found| found.size).sum()
    }

    #[test]
    fn what_was_refused_gives_no_room_back() {
        // Two sides of 60 files of a MiB each.
        let wanted: Vec<Wanted> = (0..60).map(|at| file(at, 1 << 20)).collect();
        let mut shelf = Shelf::default();
        assert_eq!(chosen(&mut shelf, &wanted), MOST_BYTES);
        for found in &wanted[..50] {
            let id = found.entry.id.expect("it has one");
            if shelf.granted.contains_key(&id) {
                shelf.keep(id, Vec::new());
            }
        }
        let here = shelf
            .contents
            .values()
            .filter(|read| matches!(read, Read::Here(_)))
            .count() as u64;
        shelf.forget_unread(&wanted);
        assert_eq!(here * (1 << 20) + chosen(&mut shelf, &wanted), MOST_BYTES);
        // What was granted and could not be read is tried again with the same room.
        let mut shelf = Shelf::default();
        for _ in 0..3 {
            assert_eq!(chosen(&mut shelf, &wanted[..40]), 40 << 20);
            shelf.forget_unread(&wanted[..40]);
        }
    }

    #[test]
    fn too_much_keeps_the_largest_from_being_read_and_nothing_beside_them() {
        let mut wanted: Vec<Wanted> = (0..80).map(|at| file(at, 1 << 20)).collect();
        wanted.push(file(80, 900));
        let missing = Shelf::default().choose(&wanted);
        assert!(missing.iter().any(|found| found.path == "80.js"));
        assert_eq!(missing.len(), 50);
    }
}
