//! Trees: one request, and where GitHub cuts that answer off, the folders that it left out.
//!
//! GitHub cuts a recursive tree at 100,000 entries or 7 MB. What is there of a cut listing is used where
//! it can be proven whole: a folder's id is the hash of its entries.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::rc::Rc;

use serde_json::Value;
use sha1::{Digest, Sha1};

use crate::github::{Client, GithubError, Kind, Route};
use crate::model::{BlobId, Class, Entry, EntryKind, RepoPath, Tree};

/// The most requests for all listings of a run after GitHub has cut one off.
const MOST_REQUESTS: u32 = 48;

/// One entry of a folder.
#[derive(Debug, Clone)]
struct Row {
    name: String,
    mode: u32,
    id: BlobId,
    size: Option<u64>,
}

const FOLDER: u32 = 0o040_000;
const LINK: u32 = 0o120_000;
const MODULE: u32 = 0o160_000;

impl Row {
    fn entry(&self) -> Entry {
        let kind = match self.mode {
            LINK => EntryKind::Symlink,
            MODULE => EntryKind::Submodule,
            mode if mode & 0o111 != 0 => EntryKind::Executable,
            _ => EntryKind::File,
        };
        Entry {
            kind,
            id: Some(self.id),
            size: self.size.filter(|_| self.mode != MODULE),
        }
    }
}

/// Lists trees, and remembers the folders that it had to walk.
#[derive(Default)]
pub(super) struct Lister {
    /// Entries of folders known to be whole, by the folder's id: head and base share them.
    folders: HashMap<BlobId, Rc<Vec<Row>>>,
    /// Whole listings by the id that was asked for, and by the tree's own: the merge base often is the base's tip.
    listed: HashMap<String, Rc<Vec<(RepoPath, Entry)>>>,
    walked: u32,
}

/// What one request tells.
struct Listing {
    id: BlobId,
    rows: Vec<(String, Row)>,
    is_cut: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    One,
    All,
}

impl Lister {
    /// How many bytes all files of a listed tree have.
    pub(super) fn size_of(&self, id: &str) -> Option<u64> {
        let files = self.listed.get(id)?;
        Some(files.iter().filter_map(|(_, entry)| entry.size).sum())
    }

    /// All paths of a tree or commit; `trees` is the route that ids are appended to.
    pub(super) async fn list(&mut self, client: &Client, trees: &Route, id: &str) -> Result<Tree, GithubError> {
        if let Some(files) = self.listed.get(id) {
            return Ok(Tree::new(files.to_vec()));
        }
        // Once one listing was cut, the next one will be: its changed folders alone are asked for.
        let depth = if self.walked == 0 { Depth::All } else { Depth::One };
        let listing = ask(client, trees, id, depth).await?;
        let own_id = listing.id.to_string();
        let (files, left_out) = if depth == Depth::All && !listing.is_cut {
            let files = listing.rows.into_iter().filter(|(_, row)| row.mode != FOLDER);
            let files = files.map(|(path, row)| (RepoPath::new(&path), row.entry()));
            (files.collect(), None)
        } else {
            self.walk(client, trees, listing, depth).await?
        };
        if let Some(why) = left_out {
            return Ok(Tree::new(files).truncated(why));
        }
        let files = Rc::new(files);
        self.listed.insert(id.to_owned(), Rc::clone(&files));
        self.listed.insert(own_id, Rc::clone(&files));
        Ok(Tree::new(files.to_vec()))
    }

    /// Asks for the folders that are not known, those that somebody may want to read first. Gives all files, and
    /// why some are left out, if some are.
    async fn walk(
        &mut self,
        client: &Client,
        trees: &Route,
        first: Listing,
        depth: Depth,
    ) -> Result<(Vec<(RepoPath, Entry)>, Option<String>), GithubError> {
        let root = first.id;
        self.walked += 1;
        self.keep(first, depth);
        let mut files = Vec::new();
        let mut left_out: Vec<String> = Vec::new();
        // Smallest first: what is never read comes last, then by path.
        let mut folders = BinaryHeap::from([Reverse((false, String::new(), root))]);
        while let Some(Reverse((_, path, id))) = folders.pop() {
            if !self.folders.contains_key(&id) && self.walked < MOST_REQUESTS {
                self.ask_for(client, trees, id).await?;
            }
            let Some(rows) = self.folders.get(&id).map(Rc::clone) else {
                left_out.push(path);
                continue;
            };
            for row in rows.iter() {
                let below = if path.is_empty() {
                    row.name.clone()
                } else {
                    format!("{path}/{}", row.name)
                };
                if row.mode == FOLDER {
                    let is_last = Class::of(&format!("{below}/x")).is_never_read();
                    folders.push(Reverse((is_last, below, row.id)));
                } else {
                    files.push((RepoPath::new(&below), row.entry()));
                }
            }
        }
        let why = left_out.first().map(|one| {
            format!(
                "GitHub cuts off listings of this size, and {} folders were left out after {MOST_REQUESTS} requests, \
                 among them `{one}`",
                left_out.len()
            )
        });
        Ok((files, why))
    }

    /// One folder with all below it, or alone where that is cut off, too.
    async fn ask_for(&mut self, client: &Client, trees: &Route, id: BlobId) -> Result<(), GithubError> {
        for depth in [Depth::All, Depth::One] {
            if !self.folders.contains_key(&id) && self.walked < MOST_REQUESTS {
                self.walked += 1;
                let listing = ask(client, trees, &id.to_string(), depth).await?;
                self.keep(listing, depth);
            }
        }
        Ok(())
    }

    /// Keeps the folders that are whole for certain.
    fn keep(&mut self, listing: Listing, depth: Depth) {
        let mut folders: HashMap<String, Vec<Row>> = HashMap::new();
        let mut ids = vec![(String::new(), listing.id)];
        for (path, row) in listing.rows {
            if row.mode == FOLDER {
                ids.push((path.clone(), row.id));
            }
            let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
            folders.entry(parent.to_owned()).or_default().push(row);
        }
        for (path, id) in ids {
            // What is below a folder that was listed alone was not asked for.
            if depth == Depth::One && !path.is_empty() {
                continue;
            }
            let rows = folders.remove(&path).unwrap_or_default();
            if !listing.is_cut || is_whole(&rows, id) {
                self.folders.insert(id, Rc::new(rows));
            }
        }
    }
}

/// Whether these are all entries of the folder with this id: git hashes them, sorted by name, a folder's
/// name counting with a `/` at its end. A name that is not UTF-8 comes changed, and is then never proven.
fn is_whole(rows: &[Row], id: BlobId) -> bool {
    let mut rows: Vec<&Row> = rows.iter().collect();
    let key = |row: &Row| {
        let end = if row.mode == FOLDER { "/" } else { "" };
        format!("{}{end}", row.name).into_bytes()
    };
    rows.sort_by_cached_key(|row| key(row));
    let mut content = Vec::new();
    for row in rows {
        content.extend_from_slice(format!("{:o} {}\0", row.mode, row.name).as_bytes());
        content.extend_from_slice(&row.id.0);
    }
    let mut hash = Sha1::new();
    hash.update(format!("tree {}\0", content.len()));
    hash.update(&content);
    BlobId(hash.finalize().into()) == id
}

async fn ask(client: &Client, trees: &Route, id: &str, depth: Depth) -> Result<Listing, GithubError> {
    let mut route = trees.clone().then(&[id]);
    if depth == Depth::All {
        route = route.with("recursive", "1");
    }
    let answer = client.get(&route).await?;
    parse(&answer).ok_or_else(|| GithubError {
        call: format!("GET {}", route.path()),
        status: Some(200),
        message: "a tree without its entries".to_owned(),
        accepted_permissions: None,
        kind: Kind::Malformed,
    })
}

fn parse(answer: &Value) -> Option<Listing> {
    let rows = answer["tree"].as_array()?.iter().map(|row| {
        let path = row["path"].as_str()?;
        let parsed = Row {
            name: path.rsplit('/').next().unwrap_or(path).to_owned(),
            mode: u32::from_str_radix(row["mode"].as_str()?, 8).ok()?,
            id: BlobId::from_hex(row["sha"].as_str()?)?,
            size: row["size"].as_u64(),
        };
        Some((path.to_owned(), parsed))
    });
    Some(Listing {
        id: BlobId::from_hex(answer["sha"].as_str()?)?,
        rows: rows.collect::<Option<_>>()?,
        // A listing that does not say that it is whole is not taken for whole.
        is_cut: answer["truncated"].as_bool().unwrap_or(true),
    })
}
