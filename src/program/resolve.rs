//! Where a request leads: Node's and TypeScript's rules, over the snapshot's tree instead of a disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use oxc_resolver::{ResolveOptions, ResolverGeneric, TsconfigDiscovery};

use crate::artifact::{Json, Node};
use crate::model::{Read, RepoPath, Snapshot};
use crate::text::{Document, HashMap};

use super::alias::{Installed, installed};
use super::builtins::BUILTINS;
use super::by_node;
use super::compiled::{Compiled, extended, from_folder, is_tsconfig};
use super::disk::Files;
use super::inward::Inward;
use super::missing::Missing;
use super::module::is_data;

/// What a specifier leads to, before files are known by their modules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    File(RepoPath),
    Package(Arc<str>, Arc<str>),
    Builtin(Arc<str>),
    Missing(Arc<str>),
    Nothing(Arc<str>),
}

/// The endings that are left out where a module is asked for, in the order in which they are tried.
const EXTENSIONS: [&str; 11] = [
    ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".vue", ".svelte",
];

/// How much room the longest of them takes.
const LONGEST_ENDING: usize = ".svelte".len();

/// Files that tell how modules are found.
pub(super) fn is_configuration(path: &RepoPath) -> bool {
    let name = path.file_name();
    name == "package.json" || (name.starts_with("tsconfig") || name.starts_with("jsconfig")) && name.ends_with(".json")
}

/// Resolves the requests of one snapshot.
pub(super) struct Resolver<'a> {
    with_paths: ResolverGeneric<Files>,
    /// Whether the configuration of a file settles nothing, once asked.
    unsettled: Mutex<HashMap<RepoPath, bool>>,
    plain: ResolverGeneric<Files>,
    workspace: BTreeMap<String, Member>,
    missing: Missing<'a>,
    compiled: &'a Compiled,
    inward: Inward,
    /// The folders of the components whose sources Node runs as they are.
    by_node: BTreeSet<String>,
}

/// A package of the repository.
struct Member {
    folder: String,
    document: Arc<Document>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(snapshot: &Snapshot, compiled: &'a Compiled, missing: Missing<'a>) -> Self {
        let tree = Arc::clone(&snapshot.tree);
        let mut texts = HashMap::default();
        let mut workspace = BTreeMap::new();
        for (path, _) in tree.iter().filter(|(path, _)| is_configuration(path)) {
            let Read::Here(document) = snapshot.read(path.as_str()) else {
                continue;
            };
            if path.file_name() == "package.json"
                && let Some(name) = package_name(&document)
            {
                workspace.entry(name).or_insert_with(|| Member {
                    folder: path.parent().to_owned(),
                    document: Arc::clone(&document),
                });
            }
            if is_tsconfig(path)
                && let Ok(root) = &document.view::<Json>().0
            {
                let bases = extended(path, root).into_iter();
                texts.extend(bases.filter_map(|base| match snapshot.read(base.as_str()) {
                    Read::Here(document) => Some((base.as_str().to_owned(), document)),
                    Read::Absent | Read::Unread(_) => None,
                }));
            }
            texts.insert(path.as_str().to_owned(), document);
        }
        let inward = Inward::of(&tree, &texts);
        let files = Files::of(tree, texts);
        let options = options();
        let plain = ResolverGeneric::new_with_file_system(files.clone(), options.clone());
        let with_paths = ResolverGeneric::new_with_file_system(
            files,
            ResolveOptions {
                tsconfig: Some(TsconfigDiscovery::Auto),
                ..options
            },
        );
        Self {
            with_paths,
            unsettled: Mutex::default(),
            plain,
            workspace,
            missing,
            compiled,
            inward,
            by_node: by_node::run_by_node(snapshot),
        }
    }

    /// Whether an alias leads to where a schema's generator writes.
    pub(super) fn is_generated(&self, from: &RepoPath, specifier: &str, component: &str) -> bool {
        let aliased = self.compiled.aliases(from).filter_map(|alias| alias.applied(specifier));
        let rest = specifier.get(2..).unwrap_or_default();
        let customary = [format!("src/{rest}"), rest.to_owned()].map(|path| from_folder(component, &path));
        let mut targets = aliased.chain(customary);
        targets.any(|target| self.missing.is_generated(&target))
    }

    /// The file that Node's and TypeScript's rules find.
    fn by_rules(&self, from: &RepoPath, specifier: &str) -> Option<RepoPath> {
        // Most requests are for packages; none of these lies in the repository.
        if self.inward.is_package(specifier) && !self.workspace.contains_key(split_package(specifier).0) {
            return None;
        }
        let is_plain = self.inward.is_plain(specifier);
        if is_plain && let Some(path) = self.quick(from.parent(), specifier) {
            return Some(path);
        }
        let file = PathBuf::from(format!("/{from}"));
        let found = if is_plain || self.is_unsettled(from, &file) {
            self.plain.resolve_file(&file, specifier)
        } else {
            let found = self.with_paths.resolve_file(&file, specifier);
            found.or_else(|_| self.plain.resolve_file(&file, specifier))
        };
        found.ok().and_then(|found| repo_path(found.path()))
    }

    /// Where a `require` leads: Node itself never looks for TypeScript where JavaScript is there.
    pub(super) fn required(&self, from: &RepoPath, specifier: &str, component: &str) -> Found {
        let is_by_node = specifier.starts_with('.') && by_node::is_javascript(from) && self.by_node.contains(component);
        let found = is_by_node.then(|| by_node::required(self.compiled.tree(), from.parent(), specifier));
        match found.flatten() {
            Some(path) => self.file(path),
            None => self.resolve(from, specifier, component),
        }
    }

    /// Whether a file's configuration can't be read: one that extends what is not in the repository settles nothing. It
    /// would be read again for each request, as the resolver keeps no failure.
    fn is_unsettled(&self, from: &RepoPath, file: &Path) -> bool {
        let lock = || self.unsettled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(from) {
            return *known;
        }
        let is_unsettled = self.with_paths.find_tsconfig(file).is_err();
        lock().insert(from.clone(), is_unsettled);
        is_unsettled
    }

    /// Where a specifier leads that a file names; the folder is that of the file's component.
    pub(super) fn resolve(&self, from: &RepoPath, specifier: &str, component: &str) -> Found {
        let bare = specifier.split(['?', '#']).next().unwrap_or(specifier);
        // A query is a bundler's; a leading `#` is a package's own import.
        let specifier = if specifier.starts_with('#') || bare.is_empty() {
            specifier
        } else {
            bare
        };
        if let Some(builtin) = specifier.strip_prefix("node:") {
            return Found::Builtin(builtin.into());
        }
        if let Some(path) = self.by_rules(from, specifier) {
            return self.file(path);
        }
        if specifier.starts_with('.') || specifier.starts_with('/') {
            let target = from_folder(from.parent(), specifier);
            return match self.compiled.source_of(target.as_str()) {
                Some(path) => Found::File(path),
                None => self.nowhere(specifier, &[target]),
            };
        }
        let mut aliased = Vec::new();
        for alias in self.compiled.aliases(from) {
            let Some(target) = alias.applied(specifier) else {
                continue;
            };
            if let Some(path) = self.at(&target) {
                return self.file(path);
            }
            match installed(&target) {
                Some(Installed::Another(name, within)) => return Found::Package(name.into(), within.into()),
                Some(Installed::Itself) => continue,
                None => {}
            }
            if !alias.name.is_empty() {
                aliased.push(target);
            }
        }
        if !aliased.is_empty() {
            return self.nowhere(specifier, &aliased);
        }
        if let Some(rest) = specifier.strip_prefix("@/").or_else(|| specifier.strip_prefix("~/")) {
            return self.aliased(rest, specifier, component);
        }
        let (name, within) = split_package(specifier);
        if BUILTINS.contains(&name) && !self.workspace.contains_key(name) {
            return Found::Builtin(specifier.into());
        }
        match self.workspace.get(name) {
            Some(member) => self.member(member, within, specifier),
            None => Found::Package(name.into(), within.into()),
        }
    }

    /// The file at a relative path, as it is written or with an ending: what most requests lead to, and what is looked
    /// for before all else.
    fn quick(&self, folder: &str, specifier: &str) -> Option<RepoPath> {
        let is_odd = specifier.ends_with(['/', '.']) || specifier.contains(['\\', '?', '#', '\0']);
        let target = from_folder(folder, specifier);
        let text = target.as_str();
        if is_odd || text.is_empty() || text.split('/').any(|part| part == "node_modules") {
            return None;
        }
        let file = |path: &str| {
            let (path, entry) = self.compiled.tree().get_with_path(path)?;
            entry.is_file().then(|| path.clone())
        };
        // Of these the endings that they may stand for are tried instead.
        let is_aliased = matches!(target.extension(), Some("js" | "jsx" | "mjs" | "cjs"));
        file(text).or_else(|| match is_aliased {
            true => None,
            false => {
                let mut path = String::with_capacity(text.len() + LONGEST_ENDING);
                path.push_str(text);
                EXTENSIONS.iter().find_map(|ending| {
                    path.truncate(text.len());
                    path.push_str(ending);
                    file(&path)
                })
            }
        })
    }

    /// The file of the repository that a path names which is started from a file: beside it, or from the folder of its
    /// component, where processes are started.
    pub(super) fn started(&self, from: &RepoPath, specifier: &str, component: &str) -> Option<RepoPath> {
        let beside = from_folder(from.parent(), specifier);
        self.at(&beside).or_else(|| self.at(&from_folder(component, specifier)))
    }

    /// The file at a path, by its ending, its index or its source.
    fn at(&self, path: &RepoPath) -> Option<RepoPath> {
        if let Some(found) = self.quick("", path.as_str()) {
            return Some(found);
        }
        let by_rules = || {
            let found = self
                .plain
                .resolve_file(PathBuf::from("/package.json"), &format!("./{path}"));
            repo_path(found.ok()?.path())
        };
        let found = self.may_be(path).then(by_rules).flatten();
        found.or_else(|| self.compiled.source_of(path.as_str()))
    }

    /// Whether anything is there that begins like a path: most that are guessed lead nowhere.
    fn may_be(&self, path: &RepoPath) -> bool {
        let text = path.as_str();
        // What is compiled to JavaScript has another ending.
        let stem = ["js", "jsx", "mjs", "cjs"]
            .iter()
            .find_map(|ending| text.strip_suffix(ending));
        let is_odd = text.contains(['\\', '?', '#', '%', '\0']);
        is_odd || self.compiled.tree().has_beginning(stem.unwrap_or(text))
    }

    /// `@/x` by the custom of bundlers: below the component's sources.
    fn aliased(&self, rest: &str, specifier: &str, component: &str) -> Found {
        let candidates = [format!("src/{rest}"), rest.to_owned()].map(|path| from_folder(component, &path));
        match candidates.iter().find_map(|candidate| self.at(candidate)) {
            Some(path) => self.file(path),
            None if candidates.iter().any(|candidate| self.missing.is_client(candidate)) => client(),
            None if is_data(specifier) => Found::Missing(format!("`{specifier}` leads to no file").into()),
            None => Found::Nothing(format!("`{specifier}` is an alias that leads to no file").into()),
        }
    }

    /// A file that was found; Prisma's client is the package that it is made of, wherever it is put.
    fn file(&self, path: RepoPath) -> Found {
        if self.missing.is_client(&path) {
            client()
        } else {
            Found::File(path)
        }
    }

    /// There is no file at any of these paths.
    fn nowhere(&self, specifier: &str, targets: &[RepoPath]) -> Found {
        let why = format!("`{specifier}` leads to no file").into();
        if targets.iter().any(|target| self.missing.is_client(target)) {
            return client();
        }
        if self.missing.may_be_code(specifier, targets) {
            Found::Nothing(why)
        } else {
            Found::Missing(why)
        }
    }

    /// A package of the same repository, by its sources.
    fn member(&self, member: &Member, within: &str, specifier: &str) -> Found {
        let root = &member.folder;
        let told = told(&member.document, within);
        let told: Vec<RepoPath> = told.iter().map(|path| from_folder(root, path)).collect();
        let is_client = |path: &RepoPath| self.missing.is_client(path);
        if told.iter().any(is_client) || !within.is_empty() && is_client(&from_folder(root, within)) {
            return client();
        }
        let found = told.iter().find_map(|path| self.at(path));
        let found = found.or_else(|| {
            let guesses = match within {
                "" => vec![
                    "src/index".to_owned(),
                    "index".to_owned(),
                    "src/main".to_owned(),
                    "lib/index".to_owned(),
                ],
                within => vec![within.to_owned(), format!("src/{within}")],
            };
            guesses.iter().find_map(|guess| self.at(&from_folder(root, guess)))
        });
        match found {
            Some(path) => Found::File(path),
            None => Found::Nothing(
                format!("`{specifier}` is a package of this repository whose sources were not found").into(),
            ),
        }
    }
}

/// Prisma's client.
fn client() -> Found {
    Found::Package("@prisma/client".into(), "".into())
}

/// The files that a package says it gives under a name, in the order of trust: what is exported, its sources, its main
/// module.
fn told(document: &Arc<Document>, within: &str) -> Vec<String> {
    let json = document.view::<Json>();
    let Ok(root) = &json.0 else { return Vec::new() };
    let mut found = Vec::new();
    if let Some(exports) = root.get("exports") {
        exported(exports, within, &mut found);
    }
    if within.is_empty() {
        let fields = ["source", "module", "main", "types"]
            .iter()
            .filter_map(|key| root.get(key))
            .filter_map(Node::as_str);
        // The types of `dist/index.js` are `dist/index.d.ts`.
        found.extend(fields.map(|path| path.replace(".d.ts", ".js")));
    }
    found
}

fn exported(exports: &Node, within: &str, found: &mut Vec<String>) {
    let asked = if within.is_empty() {
        ".".to_owned()
    } else {
        format!("./{within}")
    };
    let is_map = exports.entries().iter().any(|(key, _)| key.text.starts_with('.'));
    if !is_map {
        if within.is_empty() {
            targets(exports, "", found);
        }
        return;
    }
    if let Some(exact) = exports.get(&asked) {
        targets(exact, "", found);
    }
    for (key, target) in exports.entries() {
        let Some((before, after)) = key.text.split_once('*') else {
            continue;
        };
        let middle = asked.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        if let Some(middle) = middle.filter(|middle| !middle.is_empty()) {
            targets(target, middle, found);
        }
    }
}

/// All paths below conditions; the types, which are none of what runs, as the module beside them.
fn targets(node: &Node, middle: &str, found: &mut Vec<String>) {
    if let Some(path) = node.as_str() {
        found.push(path.replace('*', middle).replace(".d.ts", ".js"));
    }
    node.items().iter().for_each(|item| targets(item, middle, found));
    node.entries()
        .iter()
        .for_each(|(_, inner)| targets(inner, middle, found));
}

fn options() -> ResolveOptions {
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    ResolveOptions {
        cwd: Some(PathBuf::from("/")),
        extensions: list(&EXTENSIONS),
        extension_alias: vec![
            (".js".to_owned(), list(&[".js", ".ts", ".tsx", ".jsx"])),
            (".jsx".to_owned(), list(&[".jsx", ".tsx"])),
            (".mjs".to_owned(), list(&[".mjs", ".mts"])),
            (".cjs".to_owned(), list(&[".cjs", ".cts"])),
        ],
        condition_names: list(&["node", "import", "require", "default"]),
        symlinks: false,
        ..ResolveOptions::default()
    }
}

fn package_name(document: &Arc<Document>) -> Option<String> {
    let json = document.view::<Json>();
    let name = json.0.as_ref().ok()?.get("name")?.as_str()?;
    (!name.is_empty()).then(|| name.to_owned())
}

fn repo_path(path: &Path) -> Option<RepoPath> {
    Some(RepoPath::new(path.to_str()?.trim_start_matches('/')))
}

/// A package's name and the path within it.
pub(super) fn split_package(specifier: &str) -> (&str, &str) {
    let parts = if specifier.starts_with('@') { 2 } else { 1 };
    match specifier.match_indices('/').nth(parts - 1) {
        Some((at, _)) => (&specifier[..at], &specifier[at + 1..]),
        None => (specifier, ""),
    }
}
