//! The packages that a server loads wherever it is started, against what manifests and lockfiles bring.
//!
//! Only what is loaded at the top of a module, outside of `try`, from what a runtime itself is given, is asked about: a
//! framework's bundler may bring its own packages and names.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::artifact::{
    Ecosystem, Governing, above, declared, governing, in_folder, lockfile_needs, manifest_folders, workspace_needs,
};
use crate::check::View;
use crate::model::{Cause, Class, Gap, Needs, RepoPath, Unread};
use crate::program::module::{Expr, Module, RequestKind, TOP_LEVEL};
use crate::program::{Asks, ModuleId, Program, Side, Target};
use crate::text::Span;

use super::super::lockfiles::{brings, names};
use super::Tally;
use super::tests_load::tried;

/// What runtimes and hosts bring, or what a generator makes, without being declared.
const BROUGHT: [&str; 10] = [
    "@prisma/client",
    ".prisma",
    "aws-sdk",
    "bun",
    "electron",
    "pnpapi",
    "meteor",
    "vscode",
    "server-only",
    "client-only",
];

/// A package that is loaded and that no manifest above declares.
struct Undeclared {
    name: String,
    path: RepoPath,
    module: ModuleId,
    span: Span,
    /// The folder of the nearest manifest.
    folder: String,
}

/// The lockfiles that tell of packages which are declared nowhere.
pub(super) fn needs(view: &View<'_>) -> Needs {
    let tree = view.tree();
    let found = undeclared(view);
    let folders: BTreeSet<&str> = found.iter().map(|found| found.folder.as_str()).collect();
    let files = folders.into_iter().flat_map(|folder| {
        let mut files = lockfile_needs(tree, Ecosystem::Npm, folder);
        files.extend(workspace_needs(tree, Ecosystem::Npm, folder));
        files
    });
    let mut needs = Needs::files(files);
    if !found.is_empty() {
        needs.files.extend(installing(view).cloned());
        needs.files.extend(settings_of_pnpm(view));
    }
    needs
}

/// Files that say what a host or an image runs beside manifests and Dockerfiles: they may install a package alone.
pub(super) fn installing<'a>(view: &View<'a>) -> impl Iterator<Item = &'a RepoPath> {
    const NAMES: [&str; 10] = [
        "Makefile",
        "Procfile",
        "app.json",
        "fly.toml",
        "justfile",
        "netlify.toml",
        "nixpacks.toml",
        "railway.json",
        "railway.toml",
        "render.yaml",
    ];
    const LARGEST: u64 = 1 << 16;
    let tree = &view.snapshot.tree;
    let found = tree.iter().filter(|(path, entry)| {
        let is_one = || path.extension() == Some("sh") || NAMES.contains(&path.file_name());
        entry.is_file()
            && is_one()
            && entry.size.is_none_or(|size| size <= LARGEST)
            && !tree.class(path.as_str()).is_of_nobody()
    });
    found.map(|(path, _)| path)
}

/// Whether a line of a script gives a package to a package manager: `npm install --no-save pino-pretty`.
fn installs(text: &str, name: &str) -> bool {
    const MANAGERS: [&str; 4] = ["npm", "yarn", "pnpm", "bun"];
    const INSTALLS: [&str; 3] = ["install", "i", "add"];
    let is_comment = |line: &str| line.trim_start().starts_with(['#', '/']);
    let says = |line: &str, words: &[&str]| line.split_whitespace().any(|word| words.contains(&word));
    text.lines()
        .filter(|line| !is_comment(line) && names(line, name))
        .any(|line| says(line, &MANAGERS) && says(line, &INSTALLS))
}

/// Says of each of them whether it is brought along.
pub(super) fn examine(view: &View<'_>, tally: &mut Tally<'_>) {
    let program = Program::of(view.snapshot);
    let mut known = BTreeSet::new();
    for found in undeclared(view) {
        if tally.is_left_out(&found.name) || !known.insert((found.folder.clone(), found.name.clone())) {
            continue;
        }
        match is_locked(view, &found) {
            Ok(true) if is_out_of_reach(view, &found) => {
                let why = format!(
                    "`{}` loads the package `{}`, which no manifest above it declares: pnpm gives a module only what those \
                     name, so what production starts stops where it is loaded",
                    found.path, found.name
                );
                let place = program.place(found.module, &found.span);
                tally
                    .gaps
                    .push(Gap::at(place, &format!("{} {}", found.path, found.name), why));
            }
            Ok(true) => {}
            Ok(false) => {
                let why = format!(
                    "`{}` loads the package `{}`, which no manifest declares and no lockfile holds: what production \
                     starts stops where it is loaded",
                    found.path, found.name
                );
                let place = program.place(found.module, &found.span);
                tally
                    .gaps
                    .push(Gap::at(place, &format!("{} {}", found.path, found.name), why));
            }
            Err(unread) => tally.unread(unread),
        }
    }
}

/// Whether pnpm alone installs, and puts what others depend on where no module of the team's finds it.
/// <https://pnpm.io/symlinked-node-modules-structure>, <https://pnpm.io/settings#publichoistpattern>
fn is_out_of_reach(view: &View<'_>, found: &Undeclared) -> bool {
    // pnpm puts these at the root by itself.
    let is_lifted = ["eslint", "prettier", "@types/"]
        .iter()
        .any(|word| found.name.contains(word));
    let Governing::Lockfiles(paths) = governing(view.snapshot, Ecosystem::Npm, &found.folder) else {
        return false;
    };
    let is_of_pnpm = paths.iter().all(|path| path.file_name() == "pnpm-lock.yaml");
    let lifts = |path: &RepoPath| match view.snapshot.read(path.as_str()).text(path.as_str()) {
        Ok(Some(document)) => document.text().is_ok_and(|text| {
            let text = text.to_ascii_lowercase();
            text.contains("hoist") || text.contains("node-linker") || text.contains("nodelinker")
        }),
        Ok(None) => false,
        Err(_) => true,
    };
    is_of_pnpm && !is_lifted && !settings_of_pnpm(view).iter().any(lifts)
}

/// The files that may tell pnpm to lift what others depend on.
fn settings_of_pnpm(view: &View<'_>) -> Vec<RepoPath> {
    let tree = view.tree();
    let named = [".npmrc", "pnpm-workspace.yaml", "package.json"]
        .into_iter()
        .flat_map(|name| tree.with_name(name));
    let found = named.filter(|(path, entry)| entry.is_file() && !tree.class(path.as_str()).is_of_nobody());
    found.map(|(path, _)| path.clone()).collect()
}

/// Whether a lockfile brings a package along.
fn is_locked(view: &View<'_>, found: &Undeclared) -> Result<bool, Unread> {
    is_in_lockfile(view, &found.path, &found.folder, &found.name)
}

/// Whether the lockfile of a folder brings along what a file in it loads.
pub(super) fn is_in_lockfile(view: &View<'_>, path: &RepoPath, folder: &str, name: &str) -> Result<bool, Unread> {
    let unclear = |why: &str| {
        let what = format!("`{path}` loads the package `{name}`, which no manifest declares, and {why}");
        Unread::new(
            Cause::Unmodelled,
            what,
            "declare it in `package.json`, and commit the lockfile",
        )
    };
    let paths = match governing(view.snapshot, Ecosystem::Npm, folder) {
        Governing::Lockfiles(paths) => paths,
        Governing::None => return Err(unclear("no lockfile tells what else is installed")),
        Governing::Unclear(unread) => return Err(unread),
    };
    for path in paths {
        let document = view.snapshot.read(path.as_str()).text(path.as_str())?;
        let text = document.as_ref().and_then(|document| document.text().ok());
        let text = text.ok_or_else(|| unclear(&format!("`{path}` can't be read")))?;
        if brings(&path, text, name) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The packages that are loaded and declared nowhere, in the order of modules.
fn undeclared(view: &View<'_>) -> Vec<Undeclared> {
    let program = Program::of(view.snapshot);
    let mut declared_in: BTreeMap<String, Option<BTreeSet<String>>> = BTreeMap::new();
    let members = LazyCell::new(|| members(view));
    let mut found = Vec::new();
    for module in at_start(view, &program) {
        let linked = program.linked(module);
        if view.tree().class(linked.path.as_str()) != Class::Source {
            continue;
        }
        let folder = folder_of(view, &linked.path);
        let tried = spared(&linked.module);
        for (request, target) in linked.module.requests.iter().zip(&linked.targets) {
            let Target::Package(name, _) = target else { continue };
            if !is_load(request.kind)
                || request.function != TOP_LEVEL
                || is_within(&tried, &request.span)
                || !is_plain(name)
            {
                continue;
            }
            let known = declared_in
                .entry(folder.clone())
                .or_insert_with(|| declared_above(view, &folder));
            // A manifest that can't be read may declare it.
            let is_declared = known.as_ref().is_none_or(|known| known.contains(name.as_ref()));
            if !is_declared && !members.contains(name.as_ref()) && !may_be_here(view, &folder, name) {
                found.push(Undeclared {
                    name: name.as_ref().to_owned(),
                    path: linked.path.clone(),
                    module,
                    span: request.span.clone(),
                    folder: folder.clone(),
                });
            }
        }
    }
    found
}

/// Where a load may fail, or does not happen everywhere: in `try`, right of `&&`, `||` and `??`, behind `?`.
pub(super) fn spared(module: &Module) -> Vec<Span> {
    let mut spans = tried(module);
    for (expr, _) in module.expressions.iter() {
        match expr {
            Expr::Logical(_, _, right) => spans.push(module.span(*right)),
            Expr::Conditional(_, then, otherwise) => spans.extend([module.span(*then), module.span(*otherwise)]),
            _ => {}
        }
    }
    spans
}

pub(super) fn is_within(spans: &[Span], inner: &Span) -> bool {
    spans
        .iter()
        .any(|span| span.start <= inner.start && inner.end <= span.end)
}

pub(super) const fn is_load(kind: RequestKind) -> bool {
    match kind {
        RequestKind::Import | RequestKind::Export | RequestKind::Require => true,
        RequestKind::Unused | RequestKind::Type | RequestKind::Dynamic | RequestKind::File => false,
    }
}

/// The modules that are loaded wherever what a runtime is given is started.
fn at_start(view: &View<'_>, program: &Program) -> BTreeSet<ModuleId> {
    let components = view.snapshot.components.iter();
    let asked = components.filter(|component| view.component.is_none_or(|asked| asked.path == component.path));
    let entries = asked.flat_map(|component| program.entries(component));
    let own = entries.filter(|entry| entry.side == Side::Server && entry.asks == Asks::Run);
    let mut open: Vec<ModuleId> = own.map(|entry| entry.module).collect();
    let mut seen = BTreeSet::new();
    while let Some(module) = open.pop() {
        if !seen.insert(module) {
            continue;
        }
        let linked = program.linked(module);
        let tried = spared(&linked.module);
        for (request, target) in linked.module.requests.iter().zip(&linked.targets) {
            if let Target::Module(next) = target
                && is_load(request.kind)
                && request.function == TOP_LEVEL
                && !is_within(&tried, &request.span)
            {
                open.push(*next);
            }
        }
    }
    seen
}

/// A name that only a registry's package can have.
pub(super) fn is_plain(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"@/._-".contains(&byte);
    let is_brought = BROUGHT.contains(&name) || name.starts_with("@aws-sdk/");
    let is_scoped = name
        .strip_prefix('@')
        .is_none_or(|rest| rest.split_once('/').is_some_and(|(scope, _)| !scope.is_empty()));
    name.bytes().all(is_letter) && is_scoped && !name.starts_with('.') && !is_brought
}

/// The folder of the nearest manifest.
pub(super) fn folder_of(view: &View<'_>, path: &RepoPath) -> String {
    let own = path.parent();
    let mut folders = std::iter::once(own).chain(above(own));
    let has_manifest = |folder: &&str| view.tree().get(&in_folder(folder, "package.json")).is_some();
    folders.find(has_manifest).unwrap_or_default().to_owned()
}

/// What the manifests of a folder and those above declare, of whatever kind; `None` where one can't be read.
pub(super) fn declared_above(view: &View<'_>, folder: &str) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for at in std::iter::once(folder).chain(above(folder)) {
        for (_, known) in declared(view.snapshot, at) {
            let known = known.ok()?;
            for dependency in &known.manifest().dependencies {
                names.insert(dependency.name.clone());
                names.extend(dependency.alias.clone());
            }
        }
    }
    Some(names)
}

/// The names of the repository's own packages.
pub(in crate::check) fn members(view: &View<'_>) -> BTreeSet<String> {
    let folders = manifest_folders(view.snapshot).into_iter();
    let known = folders.flat_map(|folder| declared(view.snapshot, &folder));
    let manifests = known.filter_map(|(_, known)| known.ok());
    manifests.filter_map(|known| known.manifest().name.clone()).collect()
}

/// Whether something in the repository may stand for a package: a folder or file of the name, a copy of it, a tool that
/// gives names a meaning, or a command that installs it.
pub(super) fn may_be_here(view: &View<'_>, folder: &str, name: &str) -> bool {
    let tree = view.tree();
    let first = name.split('/').next().unwrap_or(name);
    let folders: Vec<&str> = std::iter::once(folder).chain(above(folder)).collect();
    let beside = ["", "src", "lib", "server", "app", "node_modules"]
        .iter()
        .flat_map(|inner| {
            let at = folders.iter().map(move |folder| in_folder(folder, inner));
            at.map(|folder| in_folder(&folder, first))
        });
    let mut beside = beside;
    let is_here = beside.any(|path| tree.has_folder(&path) || tree.starting_with(&format!("{path}.")).next().is_some());
    let is_component = |path: &RepoPath| path.file_name() == "package.json" || path.file_name().contains("ockerfile");
    let says = |path: &RepoPath| {
        let document = view.snapshot.read(path.as_str()).text(path.as_str()).ok().flatten();
        let text = document.as_ref().and_then(|document| document.text().ok());
        text.is_some_and(|text| names(text, name) || text.contains("NODE_PATH") || text.contains("module-alias"))
    };
    // What gives names a meaning of its own.
    let renames = |path: &RepoPath| {
        let name = path.file_name();
        let beginnings = [
            "deno.json",
            ".babelrc",
            "babel.config.",
            "esbuild.",
            "webpack.",
            "rollup.config.",
            ".pnp.",
        ];
        beginnings.iter().any(|beginning| name.starts_with(beginning))
    };
    let is_installed = |path: &RepoPath| {
        let document = view.snapshot.read(path.as_str()).text(path.as_str()).ok().flatten();
        let text = document.as_ref().and_then(|document| document.text().ok());
        text.is_some_and(|text| installs(text, name))
    };
    is_here
        || installing(view).any(is_installed)
        || tree
            .iter()
            .any(|(path, entry)| entry.is_file() && (renames(path) || is_component(path) && says(path)))
}

#[cfg(test)]
mod tests {
    use super::{installs, names};

    #[test]
    fn a_manager_is_given_a_package() {
        assert!(installs("set -e\nnpm install --no-save pg\n", "pg") && installs("yarn add pg@8", "pg"));
        assert!(!installs(
            "npm uninstall pg\n# npm install pg\nnpm start | npx pg",
            "pg"
        ));
        assert!(!installs("# pg\nnpm ci\n", "pg") && !installs("npm install pg-pool", "pg"));
    }

    #[test]
    fn names_stand_alone() {
        assert!(names("\"node_modules/pg\": {}", "pg") && names("pg@^8:\n", "pg") && names("'@s/a@1.0.0':", "@s/a"));
        assert!(!names("pg-pool@1", "pg") && !names("\"node_modules/lpg\"", "pg"));
    }
}
