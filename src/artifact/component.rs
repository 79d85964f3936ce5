//! The components of a repository: folders with a manifest that stands for something of its own.

mod bare;

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Component, Needs, RepoPath, Snapshot, Tree};

use super::Ecosystem;
use super::manifest::{Declared, Group, Role, Tells, declared, folder_of, in_folder, is_manifest, resolve};

/// The files that tell the components: the manifests, and what says that a root only holds a workspace.
pub fn component_needs(tree: &Tree) -> Needs {
    let files = tree.those("what tells components", |path, entry, _| {
        let tells = is_manifest(tree, path) && path.file_name() != "setup.py";
        entry.is_file() && (tells || matches!(path.file_name(), "pnpm-workspace.yaml" | "lerna.json"))
    });
    Needs::files(files.into_iter().map(|(path, _)| path.clone()))
}

/// The components, sorted by path; never empty.
pub fn components(snapshot: &Snapshot) -> Vec<Component> {
    let tree = &snapshot.tree;
    let mut folders: BTreeMap<&str, Vec<&RepoPath>> = BTreeMap::new();
    for (path, _) in tree.iter().filter(|(path, _)| is_manifest(tree, path)) {
        folders.entry(folder_of(path)).or_default().push(path);
    }
    let copies = copies(snapshot, folders.keys().copied());
    let judged: Vec<(&str, Standing, Component)> = folders
        .iter()
        .filter(|(folder, _)| !copies.contains(*folder))
        .map(|(folder, paths)| {
            let (standing, component) = component(snapshot, folder, paths);
            (*folder, standing, component)
        })
        .filter(|(_, standing, _)| *standing != Standing::Marker)
        .collect();
    let stands = |folder: &str, standing: Standing| match standing {
        Standing::Component => true,
        Standing::Marker => false,
        // A workspace whose members can't be seen is all that there is to judge.
        Standing::Holder => !judged
            .iter()
            .any(|(other, _, member)| *other != folder && member.path.is_within(folder)),
    };
    let mut found: Vec<Component> = judged
        .iter()
        .filter(|(folder, standing, _)| stands(folder, *standing))
        .map(|(_, _, component)| component.clone())
        .collect();
    let all: Vec<String> = found.iter().map(|component| component.folder().to_owned()).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    for component in &mut found {
        let known = declared(snapshot, component.folder()).into_iter();
        let known: Result<Vec<Declared>, _> = known.map(|(_, result)| result).collect();
        // A manifest that can't be read may say anything.
        let left_out = copies
            .iter()
            .filter(|folder| RepoPath::new(folder).is_within(component.folder()));
        component.left_out = left_out.map(|folder| RepoPath::new(folder)).collect();
        component.is_bare =
            known.is_ok_and(|known| bare::is_bare(snapshot, (component.folder(), &component.left_out), &known, &all));
    }
    if found.is_empty() { vec![whole()] } else { found }
}

/// Folders that keep what another one was: their path says so, and their manifest bears the name of another one's.
fn copies<'a>(snapshot: &Snapshot, folders: impl Iterator<Item = &'a str> + Clone) -> BTreeSet<&'a str> {
    let name_of = |folder: &str| {
        let all = declared(snapshot, folder);
        all.into_iter()
            .find_map(|(_, result)| result.ok()?.manifest().name.clone())
    };
    let (kept, living): (Vec<&str>, Vec<&str>) = folders.partition(|folder| keeps_what_was(folder));
    if kept.is_empty() {
        return BTreeSet::new();
    }
    let names: BTreeSet<String> = living.iter().filter_map(|folder| name_of(folder)).collect();
    let is_copy = |folder: &&str| name_of(folder).is_some_and(|name| names.contains(&name));
    kept.into_iter().filter(is_copy).collect()
}

/// Whether a folder's path says that it holds what is no longer worked on.
fn keeps_what_was(folder: &str) -> bool {
    const WORDS: [&str; 8] = [
        "archive",
        "archived",
        "backup",
        "backups",
        "bak",
        "copy",
        "deprecated",
        "old",
    ];
    folder.split('/').any(|part| {
        part.split(['-', '_', '.', ' '])
            .any(|word| WORDS.contains(&word.to_ascii_lowercase().as_str()))
    })
}

/// The one component of a repository without a manifest.
fn whole() -> Component {
    Component {
        path: RepoPath::new("."),
        kinds: Vec::new(),
        entry: Vec::new(),
        manifest: None,
        is_bare: false,
        left_out: Vec::new(),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Component,
    Holder,
    Marker,
}

fn component(snapshot: &Snapshot, folder: &str, paths: &[&RepoPath]) -> (Standing, Component) {
    let declared: Vec<Declared> = declared(snapshot, folder)
        .into_iter()
        .filter_map(|(_, result)| result.ok())
        .collect();
    let mut kinds: BTreeSet<String> = BTreeSet::new();
    let mut entry: BTreeSet<RepoPath> = BTreeSet::new();
    let (mut is_own, mut holds, mut makes) = (false, false, None);
    for path in paths {
        let ecosystem = Ecosystem::of_manifest(path.file_name()).unwrap_or(Ecosystem::Pypi);
        let known = declared.iter().find(|declared| declared.path == **path);
        let role = match known {
            // A file for those who work on it alone (`requirements-dev.txt`) makes no component.
            Some(known) if known.is_for_development() => Role::Marker,
            Some(known) => role(snapshot, folder, known),
            None => Role::Package,
        };
        match role {
            Role::Marker => continue,
            Role::Workspace => holds = true,
            Role::Package => is_own = true,
        }
        kinds.insert(ecosystem.kind().to_owned());
        makes.get_or_insert_with(|| (*path).clone());
    }
    for known in &declared {
        kinds.extend(frameworks(known));
        // What a workspace's root declares for all its packages is not in the package's own manifest.
        kinds.extend(runs_next(known).then(|| "next".to_owned()));
        entry.extend(started(snapshot, folder, known));
    }
    let standing = match (is_own, holds) {
        (true, _) => Standing::Component,
        (false, true) => Standing::Holder,
        (false, false) => Standing::Marker,
    };
    let component = Component {
        path: RepoPath::new(if folder.is_empty() { "." } else { folder }),
        kinds: kinds.into_iter().collect(),
        entry: entry.into_iter().collect(),
        manifest: makes,
        is_bare: false,
        left_out: Vec::new(),
    };
    (standing, component)
}

/// What a manifest stands for, with what stands beside it.
fn role(snapshot: &Snapshot, folder: &str, declared: &Declared) -> Role {
    let manifest = declared.manifest();
    let is_plain = manifest.role == Role::Package
        && declared.ecosystem == Ecosystem::Npm
        && manifest.members.is_none()
        && manifest.entries.is_empty()
        && !manifest.scripts.iter().any(|script| script.name == "start")
        && !declared.dependencies().any(|(_, group)| group == Group::Runtime);
    // Tools that keep the list of members beside `package.json`.
    let markers = [
        "pnpm-workspace.yaml",
        "lerna.json",
        "turbo.json",
        "nx.json",
        "rush.json",
    ];
    if is_plain
        && !manifest.exports
        && markers
            .iter()
            .any(|name| snapshot.tree.get(&in_folder(folder, name)).is_some())
    {
        return Role::Workspace;
    }
    // A root's empty `package.json` is somebody's beginning, a nested one only says how modules are loaded.
    if manifest.role == Role::Marker && declared.ecosystem == Ecosystem::Npm && folder.is_empty() {
        return Role::Package;
    }
    manifest.role
}

/// Frameworks by the packages that they come in.
const FRAMEWORKS: [(Ecosystem, &str, &str); 48] = [
    (Ecosystem::Npm, "@angular/core", "angular"),
    (Ecosystem::Npm, "@hapi/hapi", "hapi"),
    (Ecosystem::Npm, "@nestjs/core", "nest"),
    (Ecosystem::Npm, "@prisma/client", "prisma"),
    (Ecosystem::Npm, "@remix-run/react", "remix"),
    (Ecosystem::Npm, "@sveltejs/kit", "sveltekit"),
    (Ecosystem::Npm, "apollo-server", "apollo"),
    (Ecosystem::Npm, "@apollo/server", "apollo"),
    (Ecosystem::Npm, "astro", "astro"),
    (Ecosystem::Npm, "drizzle-orm", "drizzle"),
    (Ecosystem::Npm, "electron", "electron"),
    (Ecosystem::Npm, "expo", "expo"),
    (Ecosystem::Npm, "express", "express"),
    (Ecosystem::Npm, "fastify", "fastify"),
    (Ecosystem::Npm, "gatsby", "gatsby"),
    (Ecosystem::Npm, "hono", "hono"),
    (Ecosystem::Npm, "koa", "koa"),
    (Ecosystem::Npm, "mongoose", "mongoose"),
    (Ecosystem::Npm, "next", "next"),
    (Ecosystem::Npm, "nuxt", "nuxt"),
    (Ecosystem::Npm, "react", "react"),
    (Ecosystem::Npm, "react-native", "react-native"),
    (Ecosystem::Npm, "sequelize", "sequelize"),
    (Ecosystem::Npm, "socket.io", "socket.io"),
    (Ecosystem::Npm, "svelte", "svelte"),
    (Ecosystem::Npm, "typeorm", "typeorm"),
    (Ecosystem::Npm, "vite", "vite"),
    (Ecosystem::Npm, "vue", "vue"),
    (Ecosystem::Pypi, "aiohttp", "aiohttp"),
    (Ecosystem::Pypi, "celery", "celery"),
    (Ecosystem::Pypi, "django", "django"),
    (Ecosystem::Pypi, "fastapi", "fastapi"),
    (Ecosystem::Pypi, "flask", "flask"),
    (Ecosystem::Pypi, "sqlalchemy", "sqlalchemy"),
    (Ecosystem::Pypi, "starlette", "starlette"),
    (Ecosystem::Pypi, "streamlit", "streamlit"),
    (Ecosystem::Pypi, "tornado", "tornado"),
    (Ecosystem::Cargo, "actix-web", "actix"),
    (Ecosystem::Cargo, "axum", "axum"),
    (Ecosystem::Cargo, "diesel", "diesel"),
    (Ecosystem::Cargo, "rocket", "rocket"),
    (Ecosystem::Cargo, "sqlx", "sqlx"),
    (Ecosystem::Cargo, "warp", "warp"),
    (Ecosystem::Go, "github.com/gin-gonic/gin", "gin"),
    (Ecosystem::Go, "github.com/go-chi/chi", "chi"),
    (Ecosystem::Go, "github.com/gofiber/fiber", "fiber"),
    (Ecosystem::Go, "github.com/labstack/echo", "echo"),
    (Ecosystem::Go, "gorm.io/gorm", "gorm"),
];

/// Builders that stand among the development dependencies although production is made with them.
const BUILDERS: [&str; 4] = ["vite", "svelte", "@sveltejs/kit", "astro"];

fn frameworks(declared: &Declared) -> Vec<String> {
    declared
        .dependencies()
        .filter(|(dependency, group)| {
            *group == Group::Runtime
                || declared.ecosystem == Ecosystem::Npm && BUILDERS.contains(&dependency.name.as_str())
        })
        .filter_map(|(dependency, _)| {
            let name = without_major(declared.ecosystem, &dependency.name);
            FRAMEWORKS
                .iter()
                .find(|(ecosystem, package, _)| *ecosystem == declared.ecosystem && *package == name)
                .map(|(_, _, word)| (*word).to_owned())
        })
        .collect()
}

/// Whether a script runs Next.js in the package's own folder: `next build`, `dotenv -- next start -p 80`.
fn runs_next(declared: &Declared) -> bool {
    let runs = |command: &str| {
        let words: Vec<&str> = command.split_whitespace().collect();
        let mut at = words.windows(2).enumerate();
        let is_own = |at: usize| {
            words
                .get(at + 2)
                .is_none_or(|next| next.starts_with(['-', '&', '|', ';']))
        };
        // What is echoed runs nothing.
        !matches!(words.first(), Some(&("echo" | "printf")))
            && at.any(|(at, pair)| pair[0] == "next" && matches!(pair[1], "dev" | "build" | "start") && is_own(at))
    };
    let mut scripts = declared.manifest().scripts.iter();
    declared.ecosystem == Ecosystem::Npm && scripts.any(|script| script.command.split(['&', '|', ';']).any(runs))
}

/// A Go module's path without its major version (`/v4`); any other name as it is.
pub(crate) fn without_major(ecosystem: Ecosystem, name: &str) -> &str {
    let Some((path, last)) = name.rsplit_once("/v") else {
        return name;
    };
    let is_major = ecosystem == Ecosystem::Go && !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit());
    if is_major { path } else { name }
}

/// The files that a manifest plainly says are started, if the tree has them.
fn started(snapshot: &Snapshot, folder: &str, declared: &Declared) -> Vec<RepoPath> {
    declared
        .manifest()
        .entries
        .iter()
        .filter_map(|entry| resolve(folder, entry))
        .filter(|path| snapshot.tree.get(path.as_str()).is_some_and(|entry| entry.is_file()))
        .collect()
}

/// Whether a Cargo package makes a program: it names one, or has a file where Cargo looks for one.
pub fn is_cargo_program(tree: &Tree, folder: &str, declared: &Declared) -> bool {
    declared.manifest().application == Tells::Yes
        || tree.get(&in_folder(folder, "src/main.rs")).is_some()
        || tree.has_folder(&in_folder(folder, "src/bin"))
}
