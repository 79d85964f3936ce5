//! Whether TypeScript leaves imports out of what runs whose names are used as types alone, or not at all.
//!
//! It does, unless a configuration says otherwise; where a configuration could not be read, it may say so.

use std::collections::BTreeMap;

use crate::artifact::{Json, Node};
use crate::model::{Entry, Read, RepoPath, Snapshot};

use super::compiled::{from_folder, is_tsconfig};
use super::resolve::split_package;

/// Configurations that extend each other.
const DEEPEST: u32 = 8;

/// Which configurations keep imports that nothing uses.
pub(super) struct Erasing {
    /// By folder with a configuration: whether it keeps them, or may.
    folders: BTreeMap<String, bool>,
}

impl Erasing {
    /// Reads the configurations of a snapshot.
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let read = Configurations::of(snapshot);
        let mut folders: BTreeMap<String, bool> = BTreeMap::new();
        for (path, _) in snapshot.tree.iter().filter(|(path, _)| is_tsconfig(path)) {
            // Which of several beside each other is the one for a file is not followed.
            *folders.entry(path.parent().to_owned()).or_default() |= read.may_keep(path);
        }
        Self { folders }
    }

    /// Whether a file's unused imports are surely gone when it runs: by the configuration that stands nearest.
    pub(super) fn erases(&self, path: &RepoPath) -> bool {
        let mut folder = path.parent();
        loop {
            if let Some(keeps) = self.folders.get(folder) {
                return !keeps;
            }
            if folder.is_empty() {
                return true;
            }
            folder = folder.rsplit_once('/').map_or("", |(outer, _)| outer);
        }
    }
}

/// The files that configurations extend and that are not read yet, whatever their names.
pub(super) fn wanted(snapshot: &Snapshot) -> Vec<RepoPath> {
    let read = Configurations::of(snapshot);
    let all = snapshot.tree.iter().filter(|(path, _)| is_tsconfig(path));
    let mut todo: Vec<(RepoPath, u32)> = all.map(|(path, _)| (path.clone(), 0)).collect();
    let mut wanted = Vec::new();
    while let Some((path, depth)) = todo.pop() {
        let Read::Here(document) = snapshot.read(path.as_str()) else {
            continue;
        };
        let Ok(root) = &document.view::<Json>().0 else { continue };
        for base in read.bases(&path, root) {
            let Base::File(base) = base else { continue };
            if !snapshot.tree.get(base.as_str()).is_some_and(Entry::is_file) {
                continue;
            }
            if !snapshot.has_read(&base) {
                wanted.push(base);
            } else if depth < DEEPEST && !is_tsconfig(&base) {
                todo.push((base, depth + 1));
            }
        }
    }
    wanted
}

/// Something that a configuration extends.
pub(super) enum Base {
    /// A file of the repository, which may not be there.
    File(RepoPath),
    /// A file of a package.
    Package(String),
}

/// The configurations of TypeScript's compiler, and what they extend.
pub(super) struct Configurations<'a> {
    snapshot: &'a Snapshot,
    /// The folders of the repository's own packages, where some configuration may ask for one.
    packages: BTreeMap<String, String>,
}

impl<'a> Configurations<'a> {
    /// Those of a snapshot.
    pub(super) fn of(snapshot: &'a Snapshot) -> Self {
        let mut packages = BTreeMap::new();
        for (path, _) in snapshot.tree.with_name("package.json") {
            if let Read::Here(document) = snapshot.read(path.as_str())
                && let Ok(root) = &document.view::<Json>().0
                && let Some(name) = root.get("name").and_then(Node::as_str)
            {
                packages
                    .entry(name.to_owned())
                    .or_insert_with(|| path.parent().to_owned());
            }
        }
        Self { snapshot, packages }
    }

    /// What a configuration extends, the last first: it is heard first.
    pub(super) fn bases(&self, path: &RepoPath, root: &Node) -> Vec<Base> {
        let Some(extends) = root.get("extends") else {
            return Vec::new();
        };
        let one = extends.as_str().into_iter();
        let names: Vec<&str> = one.chain(extends.items().iter().filter_map(Node::as_str)).collect();
        let base = |name: &&str| {
            let (package, within) = split_package(name);
            let (folder, within) = match self.packages.get(package) {
                _ if name.starts_with('.') => (path.parent(), *name),
                Some(folder) if within.is_empty() => (folder.as_str(), "tsconfig"),
                Some(folder) => (folder.as_str(), within),
                None => return Base::Package((*name).to_owned()),
            };
            let within = if within.ends_with(".json") {
                within.to_owned()
            } else {
                format!("{within}.json")
            };
            Base::File(from_folder(folder, &within))
        };
        names.iter().rev().map(base).collect()
    }

    /// Whether a configuration keeps unused imports, or whether it says so is not known.
    fn may_keep(&self, path: &RepoPath) -> bool {
        let is = |key: &str, values: &[&str]| match self.option(path, key, 0) {
            Told::Known(Some(value)) => values.contains(&value.as_str()),
            Told::Known(None) => false,
            Told::Unknown => true,
        };
        is("verbatimModuleSyntax", &["true"])
            || is("preserveValueImports", &["true"])
            || is("importsNotUsedAsValues", &["preserve", "error"])
    }

    fn option(&self, path: &RepoPath, key: &str, depth: u32) -> Told {
        let Read::Here(document) = self.snapshot.read(path.as_str()) else {
            return Told::Unknown;
        };
        let json = document.view::<Json>();
        let Ok(root) = &json.0 else { return Told::Unknown };
        if let Some(value) = root.at(&["compilerOptions", key]) {
            let flag = value.as_bool().map(|flag| flag.to_string());
            let text = value.as_str().map(str::to_lowercase);
            return flag.or(text).map_or(Told::Unknown, |known| Told::Known(Some(known)));
        }
        if depth == DEEPEST {
            return Told::Unknown;
        }
        for base in self.bases(path, root) {
            let told = match base {
                Base::File(base) => self.option(&base, key, depth + 1),
                Base::Package(name) if is_silent(&name) => Told::Known(None),
                Base::Package(_) => Told::Unknown,
            };
            match told {
                Told::Known(None) => {}
                Told::Known(Some(_)) | Told::Unknown => return told,
            }
        }
        Told::Known(None)
    }
}

/// What is known of an option.
enum Told {
    Known(Option<String>),
    Unknown,
}

/// Whether a package's configuration is known to say nothing of imports.
/// <https://github.com/tsconfig/bases>
pub(super) fn is_silent(name: &str) -> bool {
    let Some(base) = name.strip_prefix("@tsconfig/") else {
        return false;
    };
    let base = base.split('/').next().unwrap_or(base);
    let number = |start: &str| {
        let rest = base.strip_prefix(start);
        rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    matches!(base, "recommended" | "next" | "create-react-app" | "node-lts") || number("node")
}
