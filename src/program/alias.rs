//! Names that stand for files and folders: what bundlers, `jsconfig.json` and `package.json` say beside TypeScript.

use crate::artifact::{Json, Node};
use crate::model::{Read, RepoPath, Snapshot};

use super::bundle::{path_text, property};
use super::compiled::{from_folder, is_tsconfig};
use super::linked::Program;
use super::module::{Expr, ExprId, Module};
use super::resolve::split_package;

/// A name that stands for a file or a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Alias {
    /// The folder in which it holds.
    pub(super) folder: String,
    /// The name; the empty one stands before every name.
    pub(super) name: String,
    /// What it stands for.
    pub(super) target: RepoPath,
}

impl Alias {
    /// What a specifier stands for by this name.
    pub(super) fn applied(&self, specifier: &str) -> Option<RepoPath> {
        let rest = specifier.strip_prefix(&self.name)?;
        let is_whole = rest.is_empty() || rest.starts_with('/') || self.name.is_empty() || self.name.ends_with('/');
        is_whole.then(|| from_folder(self.target.as_str(), rest.trim_start_matches('/')))
    }
}

/// What a name stands for that leads among the installed packages.
pub(super) enum Installed<'a> {
    /// The package of that name, and the path within it.
    Another(&'a str, &'a str),
    /// The package that bears the name already: what is there are its types, or what a generator put there for it.
    Itself,
}

/// The package that a path among the installed ones belongs to: `node_modules/preact/compat`, while
/// `node_modules/.prisma/client` and `node_modules/@types/react` only stand for the package of the name.
pub(super) fn installed(target: &RepoPath) -> Option<Installed<'_>> {
    let text = target.as_str();
    let at = text.rfind("node_modules/")?;
    let is_folder = at == 0 || text[..at].ends_with('/');
    let rest = &text[at + "node_modules/".len()..];
    if !is_folder || rest.is_empty() {
        return None;
    }
    if rest.starts_with('.') || rest.starts_with("@types/") {
        return Some(Installed::Itself);
    }
    let (name, within) = split_package(rest);
    Some(Installed::Another(name, within))
}

/// All names of a repository: those of inner folders first, then longer ones.
pub(super) fn aliases(snapshot: &Snapshot, program: &Program) -> Vec<Alias> {
    let mut found = Vec::new();
    for (path, _) in snapshot.tree.iter().filter(|(path, _)| is_told(path)) {
        let Read::Here(document) = snapshot.read(path.as_str()) else {
            continue;
        };
        if let Ok(root) = &document.view::<Json>().0 {
            match path.file_name() {
                "package.json" => found.extend(of_manifest(path, root)),
                _ => found.extend(of_jsconfig(path, root)),
            }
        }
    }
    for (_, linked) in program
        .modules()
        .filter(|(_, linked)| is_configuration(linked.path.file_name()))
    {
        found.extend(of_module(&linked.path, &linked.module));
    }
    found.sort_by(|left, right| {
        let depth = |alias: &Alias| std::cmp::Reverse((alias.folder.len(), alias.name.len()));
        (depth(left), &left.folder, &left.name).cmp(&(depth(right), &right.folder, &right.name))
    });
    found
}

fn is_told(path: &RepoPath) -> bool {
    matches!(path.file_name(), "jsconfig.json" | "package.json") || is_tsconfig(path)
}

fn is_configuration(name: &str) -> bool {
    name.contains(".config.") || name.starts_with("webpack.")
}

fn alias(path: &RepoPath, name: &str, target: &str) -> Alias {
    Alias {
        folder: path.parent().to_owned(),
        name: name.to_owned(),
        target: from_folder(path.parent(), target.trim_start_matches('/')),
    }
}

/// `module-alias` keeps its names in `package.json`.
fn of_manifest(path: &RepoPath, root: &Node) -> Vec<Alias> {
    let named = root.get("_moduleAliases").map_or(&[][..], Node::entries);
    named
        .iter()
        .filter_map(|(key, target)| Some(alias(path, &key.text, target.as_str()?)))
        .collect()
}

/// What the compiler is told. Of TypeScript's own this matters where its configuration is split by references or extends
/// what is not in the repository.
fn of_jsconfig(path: &RepoPath, root: &Node) -> Vec<Alias> {
    let options = root.get("compilerOptions");
    let base = options
        .and_then(|options| options.get("baseUrl"))
        .and_then(Node::as_str);
    let paths = options
        .and_then(|options| options.get("paths"))
        .map_or(&[][..], Node::entries);
    let mut found: Vec<Alias> = base.map(|base| alias(path, "", base)).into_iter().collect();
    for (key, targets) in paths {
        let name = key.text.trim_end_matches('*').trim_end_matches('/');
        for target in targets.items().iter().filter_map(Node::as_str) {
            let target = format!("{}/{}", base.unwrap_or("."), target.trim_end_matches('*'));
            found.push(alias(path, name, &target));
        }
    }
    found
}

/// `alias: { "@": path.resolve(__dirname, "src") }`, or a list of `{ find, replacement }`.
fn of_module(path: &RepoPath, module: &Module) -> Vec<Alias> {
    let mut found = Vec::new();
    for (expr, _) in &module.expressions {
        let Expr::Object(properties) = expr else { continue };
        let Some(aliases) = property(properties, "alias") else {
            continue;
        };
        match module.expr(aliases) {
            Expr::Object(names) => {
                let named = names
                    .iter()
                    .filter_map(|name| meant(path, module, name.key.as_deref()?, name.value));
                found.extend(named);
            }
            Expr::List(items) => {
                for item in items {
                    let Expr::Object(pair) = module.expr(*item) else {
                        continue;
                    };
                    let name = property(pair, "find").and_then(|value| path_text(module, value));
                    if let (Some(name), Some(target)) = (name, property(pair, "replacement")) {
                        found.extend(meant(path, module, &name, target));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// A name that stands for a path, not for another package: `"react-native": "react-native-web"`.
fn meant(path: &RepoPath, module: &Module, name: &str, target: ExprId) -> Option<Alias> {
    let is_computed = !matches!(module.expr(target), Expr::Text(_));
    let target = path_text(module, target)?;
    let is_path = is_computed || target.starts_with(['.', '/']);
    (is_path && !name.ends_with('$') && !name.is_empty()).then(|| alias(path, name, &target))
}
