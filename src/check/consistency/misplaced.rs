//! Files that a build writes elsewhere than where they are started: without `rootDir` the compiler keeps the folders below
//! the deepest one that all of its sources have in common.

use std::sync::Arc;

use crate::artifact::container::Dockerignore;
use crate::artifact::{Declared, Json, Node, resolve};
use crate::check::View;
use crate::model::{PathGlob, Read, RepoPath};
use crate::program::{Selected, emitted};
use crate::text::Document;

use super::emitting::is_harmless;

/// Endings of what the compiler reads.
const SOURCES: [&str; 4] = [".ts", ".tsx", ".mts", ".cts"];
/// Endings of types alone, of which nothing is written.
const TYPES: [&str; 3] = [".d.ts", ".d.mts", ".d.cts"];

/// Folders into which no pattern steps by itself.
const PACKAGES: [&str; 3] = ["node_modules", "bower_components", "jspm_packages"];

/// Where the build of a manifest writes what a path in its output names, and the source beside `src` that makes it so, where
/// that is plain. <https://www.typescriptlang.org/tsconfig/#rootDir>
pub(super) fn misplaced(view: &View<'_>, folder: &str, declared: &Declared, path: &RepoPath) -> Option<String> {
    let config = configuration(view, folder, declared)?;
    let emitted = emitted(view.snapshot, &config).ok().flatten()?;
    let (into, selected) = (emitted.into?, emitted.selected.filter(|_| !emitted.is_rooted)?);
    let asked = path.relative_to(into.as_str()).filter(|_| config.parent() == folder)?;
    let asked = [".js", ".mjs", ".cjs"]
        .iter()
        .find_map(|ending| asked.strip_suffix(ending))
        .unwrap_or(asked);
    if is_source(view, &RepoPath::new(folder).join(asked))
        || above(folder).any(|folder| is_source(view, &folder.join(asked)))
    {
        return None;
    }
    let meant = RepoPath::new(folder).join("src").join(asked);
    let compiled = Compiled::new(&selected, &into)?;
    let sources: Vec<&RepoPath> = view
        .tree()
        .below(config.parent())
        .map(|(path, _)| path)
        .filter(|path| is_compiled(path.as_str()) && compiled.holds(path.as_str()))
        .collect();
    let source = sources.iter().find(|path| is_made_of(path, &meant))?;
    let inner = RepoPath::new(folder).join("src");
    let outside = sources.iter().find(|path| !path.is_within(inner.as_str()))?;
    if !is_seen_everywhere(view, folder, outside)? {
        return None;
    }
    let within = source.relative_to(config.parent())?;
    let written = within.rsplit_once('.').map_or(within, |(stem, _)| stem);
    Some(format!(
        "`{config}` sets no `rootDir` and takes `{outside}` in, so that the compiler writes `{into}/{written}.js`"
    ))
}

/// The configuration by which the build compiles, where the compiler is all that writes.
pub(super) fn configuration(view: &View<'_>, folder: &str, declared: &Declared) -> Option<RepoPath> {
    let scripts = &declared.manifest().scripts;
    let is_around = |name: &str| matches!(name, "prebuild" | "postbuild" | "prestart");
    if scripts.iter().any(|script| is_around(&script.name)) {
        return None;
    }
    let build = scripts.iter().find(|script| script.name == "build")?;
    let mut found = None;
    for command in build.command.split("&&") {
        let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        let plain: Vec<&str> = words
            .iter()
            .map(String::as_str)
            .skip_while(|word| *word == "npx")
            .collect();
        let named = match plain.as_slice() {
            ["tsc"] => "tsconfig.json".to_owned(),
            ["tsc", "-p" | "--project", "."] => "tsconfig.json".to_owned(),
            ["tsc", "-p" | "--project", named] if named.ends_with(".json") => (*named).to_owned(),
            ["nest", "build"] => of_nest(view, folder)?,
            ["rimraf" | "rm" | "prisma" | "echo" | "mkdir", ..] if is_harmless(&words) => continue,
            _ => return None,
        };
        if found.replace(named).is_some() {
            return None;
        }
    }
    // Another script may write the same folder in another way.
    let writes = |command: &str| {
        let others = [
            "esbuild",
            "tsup",
            "rollup",
            "webpack",
            "swc",
            "babel",
            "ncc",
            "tsdown",
            "bun build",
        ];
        let compiles = command
            .split("&&")
            .any(|one| one.trim_start().starts_with("tsc") && !one.contains("--noEmit"));
        others.iter().any(|other| command.contains(other)) || compiles
    };
    let mut others = scripts.iter().filter(|script| script.name != "build");
    if others.any(|script| writes(&script.command)) {
        return None;
    }
    resolve(folder, &found?)
}

/// The configuration that Nest's own build takes, where the compiler is what it builds with.
/// <https://docs.nestjs.com/cli/monorepo#global-compiler-options>
fn of_nest(view: &View<'_>, folder: &str) -> Option<String> {
    let folder = RepoPath::new(folder);
    let told = document(view, &folder.join("nest-cli.json"))?;
    if let Some(document) = told {
        let json = document.view::<Json>();
        let root = json.0.as_ref().ok()?;
        let options = [
            "builder",
            "webpack",
            "tsConfigPath",
            "manualRestart",
            "assets",
            "plugins",
        ];
        let [builder, webpack, config, ..] = options.map(|key| root.at(&["compilerOptions", key]));
        let is_compiler = |builder: &Node| builder.as_str() == Some("tsc");
        let is_other =
            root.get("monorepo").is_some() || root.get("projects").is_some_and(|all| !all.entries().is_empty());
        if is_other
            || builder.is_some_and(|builder| !is_compiler(builder))
            || webpack.is_some_and(|it| it.as_bool() != Some(false))
        {
            return None;
        }
        if let Some(config) = config {
            return config.as_str().map(str::to_owned);
        }
    }
    let build = folder.join("tsconfig.build.json");
    let name = if view.tree().get(build.as_str()).is_some() {
        "tsconfig.build.json"
    } else {
        "tsconfig.json"
    };
    Some(name.to_owned())
}

/// A file, or that there is none; `None` where that is not known.
fn document(view: &View<'_>, path: &RepoPath) -> Option<Option<Arc<Document>>> {
    match view.snapshot.read(path.as_str()) {
        Read::Here(document) => Some(Some(document)),
        Read::Absent => Some(None),
        Read::Unread(_) => None,
    }
}

fn above(folder: &str) -> impl Iterator<Item = RepoPath> + '_ {
    let ends = folder.rmatch_indices('/').map(|(at, _)| &folder[..at]);
    ends.chain([""]).map(RepoPath::new)
}

/// Whether there is a source of a path without its ending: the file, or a folder's index.
fn is_source(view: &View<'_>, stem: &RepoPath) -> bool {
    let stems = [stem.as_str().to_owned(), format!("{stem}/index")];
    let mut all = stems.iter().flat_map(|stem| {
        view.tree()
            .starting_with(&format!("{stem}."))
            .map(|(path, _)| path.clone())
            .collect::<Vec<_>>()
    });
    all.any(|path| is_made_of(&path, stem))
}

fn is_made_of(path: &RepoPath, stem: &RepoPath) -> bool {
    let path = path.as_str();
    let of = |ending: &&str| path.strip_suffix(*ending);
    let bare = SOURCES.iter().chain(&[".js", ".mjs", ".cjs", ".json"]).find_map(of);
    bare.is_some_and(|bare| bare == stem.as_str() || bare.strip_suffix("/index") == Some(stem.as_str()))
}

fn is_compiled(path: &str) -> bool {
    SOURCES.iter().any(|ending| path.ends_with(ending)) && !TYPES.iter().any(|ending| path.ends_with(ending))
}

/// What a configuration takes in.
pub(super) struct Compiled {
    included: Vec<PathGlob>,
    excluded: Vec<PathGlob>,
}

impl Compiled {
    /// What a configuration that writes to a folder takes in; `None` where a pattern is not understood.
    pub(super) fn new(selected: &Selected, into: &RepoPath) -> Option<Self> {
        let mut excluded: Vec<PathGlob> = Vec::new();
        let included = match &selected.include {
            Some((folder, patterns)) => globs(
                folder,
                &patterns.iter().map(|pattern| whole(pattern)).collect::<Vec<_>>(),
            )?,
            None => globs(&selected.folder, &["**/*"])?,
        };
        match &selected.exclude {
            Some((folder, patterns)) => excluded.extend(globs(folder, patterns)?),
            None => excluded.extend(globs("", &[into.as_str()])?),
        }
        Some(Self { included, excluded })
    }

    /// Whether a file is taken in for certain: no pattern steps into a folder whose name starts with a dot.
    pub(super) fn holds(&self, path: &str) -> bool {
        let is_hidden = path
            .split('/')
            .any(|part| part.starts_with('.') || PACKAGES.contains(&part));
        let folders = || path.match_indices('/').map(|(at, _)| &path[..at]).chain([path]);
        let is_included = || self.included.iter().any(|glob| glob.matches(path));
        // A folder that is left out takes along what is in it.
        let is_excluded = || {
            self.excluded
                .iter()
                .any(|glob| folders().any(|part| glob.matches(part)))
        };
        !is_hidden && is_included() && !is_excluded()
    }
}

/// A pattern for files, where it may be a folder's name.
fn whole(pattern: &str) -> String {
    let last = pattern.trim_end_matches('/').rsplit('/').next().unwrap_or(pattern);
    let is_folder = matches!(last, "." | ".." | "**") || !last.contains(['*', '?', '.']);
    if is_folder {
        format!("{}/**/*", pattern.trim_end_matches('/').trim_end_matches("/**"))
    } else {
        pattern.to_owned()
    }
}

/// Patterns of the compiler, from the root of the repository; `None` where one is not understood.
fn globs(folder: &str, patterns: &[impl AsRef<str>]) -> Option<Vec<PathGlob>> {
    let glob = |pattern: &_| {
        let pattern = AsRef::<str>::as_ref(pattern);
        let is_plain = !pattern.contains(['{', '}', '[', ']', '!', '$', '\\']);
        let path = resolve(folder, pattern.trim_end_matches('/')).filter(|_| is_plain)?;
        PathGlob::new(path.as_str()).ok()
    };
    patterns.iter().map(glob).collect()
}

/// Whether everything that builds an image of this folder sees a source, too; `None` where that is not known.
fn is_seen_everywhere(view: &View<'_>, folder: &str, outside: &RepoPath) -> Option<bool> {
    let folders = above(folder).chain([RepoPath::new(folder)]);
    for at in folders {
        let start = if at.as_str().is_empty() {
            String::new()
        } else {
            format!("{at}/")
        };
        let ignore = document(view, &at.join(".dockerignore"))?;
        let relative = outside.relative_to(at.as_str())?;
        if ignore.is_some_and(|ignore| ignore.view::<Dockerignore>().leaves_out(relative)) {
            return Some(false);
        }
        for (path, _) in view
            .tree()
            .starting_with(&start)
            .filter(|(path, _)| path.parent() == at.as_str())
        {
            if !path.file_name().contains("Dockerfile") {
                continue;
            }
            let text = document(view, path)??;
            let copies = |line: &str| {
                let words: Vec<&str> = line.split_whitespace().filter(|word| !word.starts_with("--")).collect();
                matches!(words.as_slice(), ["COPY" | "ADD", from, ..] if outside.is_within(resolve(at.as_str(), from).unwrap_or_else(|| RepoPath::new("-")).as_str()))
                    && !line.contains("--from")
            };
            if !text.text().ok()?.lines().any(|line| copies(line.trim())) {
                return Some(false);
            }
        }
    }
    Some(true)
}
