//! The packages that a test file imports, against what manifests and lockfiles bring.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use regex::Regex;

use crate::artifact::{Ecosystem, declared, in_folder, lockfile_needs, workspace_needs};
use crate::check::View;
use crate::model::{Entry, Needs, RepoPath, Unread};
use crate::program::module::{Expr, Module, TOP_LEVEL};
use crate::program::module_of;
use crate::text::{Document, HashMap};

use super::aliases;
use super::packages::{self, folder_of, installing, is_load, is_plain, is_within, may_be_here, members, spared};

/// What has to be read for that: what declares packages, what installs them, and what gives names a meaning of its own.
pub(in crate::check) fn needs(view: &View<'_>) -> Needs {
    let tree = view.tree();
    let telling = telling(view).into_iter();
    let mut needs = Needs::files(telling.chain(installing(view)).cloned());
    let containers = tree.those("what installs in images", |path, entry, _| {
        entry.is_file() && path.file_name().contains("ockerfile")
    });
    needs.files.extend(containers.into_iter().map(|(path, _)| path.clone()));
    let manifests = tree.with_name("package.json").map(|(path, _)| path.parent());
    for folder in manifests.collect::<BTreeSet<&str>>() {
        needs.files.extend(lockfile_needs(tree, Ecosystem::Npm, folder));
        needs.files.extend(workspace_needs(tree, Ecosystem::Npm, folder));
    }
    needs
}

/// The first package that a test file imports wherever it is loaded and that nothing declares, nor brings along.
///
/// # Errors
/// What would have to be read to know.
pub(in crate::check) fn undeclared(
    view: &View<'_>,
    path: &RepoPath,
    document: &Document,
) -> Result<Option<String>, Unread> {
    let Ok(text) = document.text() else {
        return Ok(None);
    };
    let folder = folder_of(view, path);
    // Without a manifest something else says what there is.
    if declared(view.snapshot, &folder).is_empty() {
        return Ok(None);
    }
    let Some(known) = known_in(view, &folder) else {
        return Ok(None);
    };
    // Parsing costs more than all else here: what names nothing but what is declared need not be.
    if named_in(text).all(|name| known.contains(&name)) {
        return Ok(None);
    }
    let Some(module) = module_of(path, document).filter(|module| module.unread.is_none()) else {
        return Ok(None);
    };
    for name in imported(&module) {
        let is_known = known.contains(&name) || may_be_here(view, &folder, &name);
        if !is_known && !may_be_alias(view, &name) && !packages::is_in_lockfile(view, path, &folder, &name)? {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// The names of the packages that a module imports at its top.
fn imported(module: &Module) -> BTreeSet<String> {
    let (spared, mocked) = (spared(module), mocked(module));
    let requests = module
        .requests
        .iter()
        .filter(|request| is_load(request.kind) && request.function == TOP_LEVEL && !is_within(&spared, &request.span));
    let specifiers = requests.filter_map(|request| request.specifier.as_deref());
    let specifiers = specifiers.filter(|specifier| !mocked.contains(specifier));
    specifiers.filter_map(package).collect()
}

/// The package that a specifier names, unless it is Node's own or somebody's own name for something.
fn package(specifier: &str) -> Option<String> {
    let parts = if specifier.starts_with('@') { 2 } else { 1 };
    let name: Vec<&str> = specifier.split('/').take(parts).collect();
    let name = name.join("/");
    let is_one = !specifier.starts_with(['.', '/', '~', '#', '$'])
        && !specifier.contains([':', '?', '!'])
        && is_plain(&name)
        && !crate::program::is_builtin(&name);
    is_one.then_some(name)
}

/// The packages that a text may import, told without parsing it: never fewer.
fn named_in(text: &str) -> impl Iterator<Item = String> + '_ {
    static NAMES: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r#"(?:from|require|import)[^'"`]{0,40}['"`]([^'"`\n]+)['"`]"#;
        Regex::new(pattern).expect("the pattern is constant and tested")
    });
    let named = NAMES.captures_iter(text).filter_map(|found| found.get(1));
    named.filter_map(|found| package(found.as_str()))
}

/// The packages that each folder's manifests declare, those above it, and the repository's own. Found once.
#[derive(Default)]
struct Known(Mutex<HashMap<String, Option<Arc<BTreeSet<String>>>>>);

fn known_in(view: &View<'_>, folder: &str) -> Option<Arc<BTreeSet<String>>> {
    let known = view.snapshot.derive(|_| Known::default());
    let mut known = known.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = known.get(folder) {
        return found.clone();
    }
    let found = packages::declared_above(view, folder).map(|mut names| {
        names.extend(members(view));
        Arc::new(names)
    });
    known.insert(folder.to_owned(), found.clone());
    found
}

/// What the file puts something else in the place of: it need not be there.
fn mocked(module: &Module) -> BTreeSet<&str> {
    let calls = module.expressions.iter().filter_map(|(expr, _)| match expr {
        Expr::Call(callee, arguments) => Some((module.expr(*callee), arguments.first()?)),
        _ => None,
    });
    let mocks = calls.filter_map(|(callee, first)| match (callee, module.expr(*first)) {
        (Expr::Member(_, name), Expr::Text(text)) if name.to_lowercase().contains("mock") || &**name == "module" => {
            Some(text.as_ref())
        }
        _ => None,
    });
    mocks.collect()
}

/// Files that may give names a meaning of their own.
fn telling<'a>(view: &View<'a>) -> Vec<&'a RepoPath> {
    let tree = &view.snapshot.tree;
    let found = tree.those("what tells of aliases", |path, entry, _| {
        Entry::is_file(entry) && aliases::tells(path)
    });
    found.into_iter().map(|(path, _)| path).collect()
}

/// Whether what stands before a name loads it: a configuration that imports a package gives its name no other meaning.
fn is_loaded(before: &str) -> bool {
    let before = before.trim_end();
    ["from", "import", "require(", "import("]
        .iter()
        .any(|load| before.ends_with(load))
}

/// Whether a configuration names it, or begins so, or something in the repository is called so.
fn may_be_alias(view: &View<'_>, name: &str) -> bool {
    let first = name.split('/').next().unwrap_or(name);
    let begins = |text: &str| {
        let quotes = ["\"", "'", "`", "^"];
        let mut starts = quotes.iter().map(|quote| format!("{quote}{first}"));
        starts.any(|start| text.match_indices(&start).any(|(at, _)| !is_loaded(&text[..at])))
    };
    let says = |path: &&RepoPath| match view.snapshot.read(path.as_str()).text(path.as_str()) {
        Ok(Some(document)) => document.text().map_or(true, begins),
        Ok(None) => false,
        Err(_) => true,
    };
    // Manifests were asked already for what they declare: `"@types/x"` is no `x`.
    let mut telling = telling(view)
        .into_iter()
        .filter(|path| path.file_name() != "package.json");
    let is_here = |path: &RepoPath| {
        let stem = path.file_name().split('.').next().unwrap_or_default();
        stem == first || path.parent().split('/').any(|folder| folder == first)
    };
    telling.any(|path| says(&path))
        || view.tree().iter().any(|(path, _)| is_here(path))
        || view.tree().has_folder(&in_folder("", first))
}
