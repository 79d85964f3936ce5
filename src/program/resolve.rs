//! Where a request leads: Node's and TypeScript's rules, over the snapshot's tree instead of a disk.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use oxc_resolver::{FileMetadata, FileSystem, ResolveError, ResolveOptions, ResolverGeneric, TsconfigDiscovery};

use crate::artifact::Json;
use crate::model::{Read, RepoPath, Snapshot, Tree};
use crate::text::Document;

use super::compiled::{from_folder, source_of};

/// What a specifier leads to, before files are known by their modules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    File(RepoPath),
    Package(Box<str>, Box<str>),
    Builtin(Box<str>),
    Missing(Box<str>),
    Nothing(Box<str>),
}

/// What Node brings along.
const BUILTINS: [&str; 44] = [
    "assert",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "domain",
    "events",
    "fs",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "net",
    "os",
    "path",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "repl",
    "stream",
    "string_decoder",
    "sys",
    "test",
    "timers",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
    "sqlite",
];

/// Files that tell how modules are found.
pub(super) fn is_configuration(path: &RepoPath) -> bool {
    let name = path.file_name();
    name == "package.json" || (name.starts_with("tsconfig") || name.starts_with("jsconfig")) && name.ends_with(".json")
}

/// Resolves the requests of one snapshot.
pub(super) struct Resolver {
    with_paths: ResolverGeneric<Files>,
    plain: ResolverGeneric<Files>,
    workspace: BTreeMap<String, String>,
    tree: Arc<Tree>,
}

impl Resolver {
    pub(super) fn new(snapshot: &Snapshot) -> Self {
        let tree = Arc::clone(&snapshot.tree);
        let mut texts = HashMap::new();
        let mut workspace = BTreeMap::new();
        for (path, _) in tree.iter().filter(|(path, _)| is_configuration(path)) {
            let Read::Here(document) = snapshot.read(path.as_str()) else {
                continue;
            };
            if path.file_name() == "package.json"
                && let Some(name) = package_name(&document)
            {
                workspace.entry(name).or_insert_with(|| path.parent().to_owned());
            }
            texts.insert(path.as_str().to_owned(), document);
        }
        let files = Files {
            known: Some(Arc::new(Known {
                tree: Arc::clone(&tree),
                texts,
            })),
        };
        let options = options();
        let plain = ResolverGeneric::new_with_file_system(
            Files {
                known: files.known.clone(),
            },
            options.clone(),
        );
        let with_paths = ResolverGeneric::new_with_file_system(
            files,
            ResolveOptions {
                tsconfig: Some(TsconfigDiscovery::Auto),
                ..options
            },
        );
        Self {
            with_paths,
            plain,
            workspace,
            tree,
        }
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
        let file = PathBuf::from(format!("/{from}"));
        let found = self.with_paths.resolve_file(&file, specifier);
        let found = match found {
            Ok(found) => Ok(found),
            // A configuration that extends what is not in the repository settles nothing about this file.
            Err(_) => self.plain.resolve_file(&file, specifier),
        };
        if let Ok(found) = found
            && let Some(path) = repo_path(found.path())
        {
            return Found::File(path);
        }
        if specifier.starts_with('.') || specifier.starts_with('/') {
            let target = from_folder(from.parent(), specifier);
            return match source_of(&self.tree, component, target.as_str()) {
                Some(path) => Found::File(path),
                None => Found::Missing(format!("`{specifier}` leads to no file").into()),
            };
        }
        if let Some(rest) = specifier.strip_prefix("@/").or_else(|| specifier.strip_prefix("~/")) {
            return self.aliased(rest, specifier, component);
        }
        let (name, within) = split_package(specifier);
        if BUILTINS.contains(&name) && !self.workspace.contains_key(name) {
            return Found::Builtin(specifier.into());
        }
        match self.workspace.get(name) {
            Some(folder) => self.member(folder, within, specifier),
            None => Found::Package(name.into(), within.into()),
        }
    }

    /// `@/x` by the custom of bundlers: below the component's sources.
    fn aliased(&self, rest: &str, specifier: &str, component: &str) -> Found {
        let root = RepoPath::new(component);
        for start in [format!("src/{rest}"), rest.to_owned()] {
            let request = format!("./{start}");
            let from = PathBuf::from(format!("/{}", root.join("package.json")));
            if let Ok(found) = self.plain.resolve_file(from, &request)
                && let Some(path) = repo_path(found.path())
            {
                return Found::File(path);
            }
        }
        Found::Nothing(format!("`{specifier}` is an alias that leads to no file").into())
    }

    /// A package of the same repository, by its sources.
    fn member(&self, folder: &str, within: &str, specifier: &str) -> Found {
        let root = RepoPath::new(folder);
        let from = PathBuf::from(format!("/{}", root.join("package.json")));
        let request = if within.is_empty() {
            "./".to_owned()
        } else {
            format!("./{within}")
        };
        let asked = self
            .plain
            .resolve_file(&from, &request)
            .ok()
            .and_then(|found| repo_path(found.path()));
        let guesses = match within {
            "" => vec![
                "src/index".to_owned(),
                "index".to_owned(),
                "src/main".to_owned(),
                "lib/index".to_owned(),
            ],
            within => vec![format!("src/{within}"), format!("src/{within}/index")],
        };
        let guessed = guesses.iter().find_map(|guess| {
            let found = self.plain.resolve_file(&from, &format!("./{guess}")).ok()?;
            repo_path(found.path())
        });
        match asked.or(guessed) {
            Some(path) => Found::File(path),
            None => Found::Nothing(
                format!("`{specifier}` is a package of this repository whose sources were not found").into(),
            ),
        }
    }
}

fn options() -> ResolveOptions {
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    ResolveOptions {
        cwd: Some(PathBuf::from("/")),
        extensions: list(&[
            ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".vue", ".svelte",
        ]),
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

/// The tree as a disk whose root is the repository's.
#[derive(Clone)]
struct Files {
    known: Option<Arc<Known>>,
}

struct Known {
    tree: Arc<Tree>,
    texts: HashMap<String, Arc<Document>>,
}

impl Files {
    fn entry(&self, path: &Path) -> io::Result<FileMetadata> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        let known = self.known.as_ref().ok_or_else(missing)?;
        let path = path.to_str().ok_or_else(missing)?.trim_matches('/');
        if path.split('/').any(|part| part == "node_modules") {
            return Err(missing());
        }
        if path.is_empty() {
            return Ok(FileMetadata::new(false, true, false));
        }
        match known.tree.get(path) {
            Some(entry) if entry.is_file() => Ok(FileMetadata::new(true, false, false)),
            Some(_) => Err(missing()),
            None if known.tree.has_folder(path) => Ok(FileMetadata::new(false, true, false)),
            None => Err(missing()),
        }
    }
}

impl FileSystem for Files {
    fn new() -> Self {
        Self { known: None }
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        let known = self.known.as_ref().ok_or_else(missing)?;
        let path = path.to_str().ok_or_else(missing)?.trim_matches('/');
        let document = known.texts.get(path).ok_or_else(missing)?;
        Ok(document.bytes().to_vec())
    }

    fn read_to_string(&self, path: &Path) -> io::Result<String> {
        String::from_utf8(self.read(path)?).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))
    }

    fn metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        self.entry(path)
    }

    fn symlink_metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        self.entry(path)
    }

    fn read_link(&self, path: &Path) -> Result<PathBuf, ResolveError> {
        Ok(path.to_owned())
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        Ok(path.to_owned())
    }
}
