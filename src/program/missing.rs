//! Where there is no file: whether there could be code of the repository once it is built.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use crate::artifact::{Gitignore, Ignores, PathKind};
use crate::model::{Class, Read, RepoPath, Snapshot};

use super::compiled::{from_folder, without_ending};
use super::module::{Language, is_data};

/// Endings that are left out where a module is asked for.
const ENDINGS: [&str; 7] = ["", ".js", ".ts", ".mjs", ".cjs", ".jsx", ".tsx"];

/// Files that tell what is made and not kept: `.gitignore`, and Prisma's schemas with the places of their clients.
pub(super) fn tells(path: &RepoPath) -> bool {
    path.file_name() == ".gitignore" || path.extension() == Some("prisma")
}

/// The `.gitignore` files of a snapshot; `None` where one could not be read.
pub(super) fn gitignores(snapshot: &Snapshot) -> Vec<(RepoPath, Option<Arc<Gitignore>>)> {
    let files = snapshot.tree.with_name(".gitignore");
    files
        .map(|(path, _)| {
            let parsed = match snapshot.read(path.as_str()) {
                Read::Here(document) => Some(document.view::<Gitignore>()),
                Read::Absent | Read::Unread(_) => None,
            };
            (path.clone(), parsed)
        })
        .collect()
}

/// What is known of files that are not there.
pub(super) struct Missing<'a> {
    snapshot: &'a Snapshot,
    generated: Vec<Generated>,
    ignores: Mutex<Ignores<'a>>,
    /// The folders in which modules lie.
    folders: BTreeSet<&'a str>,
    /// Whether all files and all that is ignored are known.
    is_whole: bool,
}

impl<'a> Missing<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, gitignores: &'a [(RepoPath, Option<Arc<Gitignore>>)]) -> Self {
        let parsed = gitignores
            .iter()
            .filter_map(|(path, parsed)| Some((path.parent(), parsed.as_deref()?)));
        let modules = snapshot.tree.iter().map(|(path, _)| path);
        let modules = modules.filter(|path| Language::of(path.as_str()).is_some());
        Self {
            snapshot,
            generated: generated(snapshot),
            ignores: Mutex::new(Ignores::new(parsed)),
            folders: modules.map(RepoPath::parent).collect(),
            is_whole: snapshot.tree.truncation().is_none() && gitignores.iter().all(|(_, parsed)| parsed.is_some()),
        }
    }

    /// Whether a build that is not known may make code of the repository's own modules at one of these paths, to which
    /// a specifier leads. Data, types and what a generator makes hold none, and a file that should stand among others
    /// in git and is not ignored is missing there, too.
    pub(super) fn may_be_code(&self, specifier: &str, targets: &[RepoPath]) -> bool {
        let is_none = |target: &RepoPath| self.is_types(target) || self.is_generated(target);
        !is_data(specifier) && !targets.iter().any(is_none) && !targets.iter().all(|target| self.is_absent(target))
    }

    fn is_types(&self, target: &RepoPath) -> bool {
        let path = target.as_str();
        let stem = [".js", ".mjs", ".cjs"]
            .iter()
            .find_map(|ending| path.strip_suffix(ending));
        let stem = stem.unwrap_or(path);
        let is_there = |ending: &&str| self.snapshot.tree.get(&format!("{stem}{ending}")).is_some();
        // React Router makes the types of a route in a folder `+types`.
        path.contains("/+types/") || [".d.ts", ".d.mts", ".d.cts"].iter().any(is_there)
    }

    /// Whether a generator of a schema writes to a path.
    pub(super) fn is_generated(&self, target: &RepoPath) -> bool {
        let mut all = self.generated.iter();
        all.any(|generated| target.is_within(generated.folder.as_str()))
    }

    /// Whether a path is where a schema has Prisma's client made: there `@prisma/client` is found, in git or not.
    pub(super) fn is_client(&self, target: &RepoPath) -> bool {
        /// The modules that give the client; what lies beside them gives types and parts of it.
        const CLIENT: [&str; 6] = ["", "index", "client", "default", "edge", "wasm"];
        let mut clients = self.generated.iter().filter(|generated| generated.is_client);
        clients.any(|client| {
            let folder = client.folder.as_str();
            let within = if *target == client.folder {
                Some("")
            } else {
                target.relative_to(folder)
            };
            within.is_some_and(|within| CLIENT.contains(&without_ending(within)))
        })
    }

    fn is_absent(&self, target: &RepoPath) -> bool {
        let ignores = self.ignores.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let ignored = |path: &str, kind| ignores.ignored_by(path, kind).is_some();
        let is_ignored = ENDINGS
            .iter()
            .any(|ending| ignored(&format!("{target}{ending}"), PathKind::File))
            || ignored(target.as_str(), PathKind::Folder);
        self.is_whole
            && !is_ignored
            && self.folders.contains(target.parent())
            && self.snapshot.tree.class(target.as_str()) == Class::Source
    }
}

/// What a generator of a Prisma schema writes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Generated {
    folder: RepoPath,
    /// Whether it is the client.
    is_client: bool,
}

/// What the generators of a snapshot's Prisma schemas write.
/// <https://www.prisma.io/docs/orm/prisma-schema/overview/generators>
fn generated(snapshot: &Snapshot) -> Vec<Generated> {
    let schemas = snapshot
        .tree
        .iter()
        .filter(|(path, _)| path.extension() == Some("prisma"));
    let mut found = BTreeSet::new();
    for (path, _) in schemas {
        if let Read::Here(document) = snapshot.read(path.as_str()) {
            let text = document.text().unwrap_or_default();
            found.extend(outputs(text).into_iter().map(|(output, is_client)| Generated {
                folder: from_folder(path.parent(), output),
                is_client,
            }));
        }
    }
    // The root holds more than what is generated.
    found.retain(|generated| !matches!(generated.folder.as_str(), "" | "."));
    found.into_iter().collect()
}

/// `output = "…"` of each `generator` block, and whether its `provider` makes the client.
fn outputs(text: &str) -> Vec<(&str, bool)> {
    let (mut found, mut is_generator) = (Vec::new(), false);
    let (mut output, mut is_client) = (None, false);
    for line in text.lines().map(str::trim) {
        if line.starts_with("generator ") {
            (is_generator, output, is_client) = (true, None, false);
        }
        if is_generator {
            output = output.or_else(|| setting(line, "output"));
            is_client |= matches!(setting(line, "provider"), Some("prisma-client" | "prisma-client-js"));
        }
        if line.ends_with('}') {
            found.extend(output.take().map(|output| (output, is_client)));
            is_generator = false;
        }
    }
    found
}

/// The text of a line `key = "text"`.
fn setting<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let value = line.strip_prefix(key)?.trim_start().strip_prefix('=')?;
    let (text, _) = value.trim_start().strip_prefix('"')?.split_once('"')?;
    Some(text)
}
