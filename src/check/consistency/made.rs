//! Whether a module that is not there is made: by a build, a generator, or on the machine of who works on it.

use std::collections::BTreeSet;

use crate::artifact::{Ignores, Json, Node, PathKind, resolve};
use crate::check::View;
use crate::model::{Class, Read, RepoPath};
use crate::program::module::Language;

/// Names of folders that builds write to, by custom.
const MADE: [&str; 11] = [
    "dist",
    "build",
    "out",
    "lib",
    "output",
    "target",
    "compiled",
    "bin",
    "generated",
    "codegen",
    "gen",
];

/// Whether a module is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    /// Git ignores it, or a configuration says that it is written there.
    Yes,
    /// Its folder is called like one that is written to, and nothing says that it is.
    Maybe,
    /// It should be in git, among others.
    No,
}

/// Whether the module at a path, written without its ending, is made.
pub(super) fn made(view: &View<'_>, ignores: &Ignores<'_>, outputs: &BTreeSet<RepoPath>, target: &RepoPath) -> Made {
    const ENDINGS: [&str; 5] = ["", ".js", ".ts", ".tsx", ".mjs"];
    let tree = view.tree();
    let is_ignored = ENDINGS.iter().any(|ending| {
        let path = format!("{target}{ending}");
        ignores.ignored_by(&path, PathKind::File).is_some()
    }) || ignores.ignored_by(target.as_str(), PathKind::Folder).is_some();
    let is_written = outputs.iter().any(|output| target.is_within(output.as_str()));
    if is_ignored || is_written || Class::of(target.as_str()) == Class::Vendored {
        return Made::Yes;
    }
    let is_hidden = target.as_str().match_indices('/').any(|(at, _)| {
        let above = tree.get(&target.as_str()[..at]);
        above.is_some_and(|entry| !entry.is_file())
    });
    let is_generated = |part: &str| part.contains("generated") || part.contains("__gen");
    let mut folders = target.parent().split('/');
    let is_called_so =
        folders.any(|part| MADE.contains(&part) || part.starts_with('.') && part.len() > 1 || is_generated(part));
    let is_odd = matches!(Class::of(&format!("{target}.js")), Class::Built | Class::Generated);
    if !is_hidden && !is_called_so && !is_odd && !is_generated(target.file_name()) {
        return Made::No;
    }
    // Where the others of a folder are in git, it is one of sources, whatever it is called.
    let stands_among_sources = tree
        .below(target.parent())
        .any(|(path, _)| path.parent() == target.parent() && Language::of(path.as_str()).is_some());
    let is_plain = !is_hidden && !target.as_str().split('/').any(is_generated);
    if is_plain && stands_among_sources {
        Made::No
    } else {
        Made::Maybe
    }
}

/// The folders that configurations of TypeScript and manifests say are written to.
pub(super) fn outputs(view: &View<'_>) -> BTreeSet<RepoPath> {
    let mut found = BTreeSet::new();
    let told = view.tree().those("what tells of outputs", |path, _, _| tells(path));
    for (path, _) in told {
        let Read::Here(document) = view.snapshot.read(path.as_str()) else {
            continue;
        };
        let json = document.view::<Json>();
        let Ok(root) = &json.0 else { continue };
        let folder = |relative: &str| resolve(path.parent(), relative);
        if path.file_name() == "package.json" {
            let fields = ["main", "module", "types", "bin"]
                .iter()
                .filter_map(|key| root.get(key));
            let files = fields.filter_map(Node::as_str).filter_map(folder);
            // The sources may be a package's main module themselves: those are there.
            found.extend(
                files
                    .filter(|file| view.tree().get(file.as_str()).is_none())
                    .map(|file| RepoPath::new(file.parent())),
            );
        } else {
            let options = ["outDir", "declarationDir"].iter();
            let options = options.filter_map(|key| root.at(&["compilerOptions", key])?.as_str());
            found.extend(options.filter_map(folder));
        }
    }
    // All is below the root, and what lies beside the manifest is no output.
    found.retain(|folder| !matches!(folder.as_str(), "" | "."));
    let manifests: Vec<&str> = view
        .tree()
        .with_name("package.json")
        .map(|(path, _)| path.parent())
        .collect();
    found.retain(|folder| !manifests.contains(&folder.as_str()));
    found
}

/// Whether a file may say where modules are written to.
pub(super) fn tells(path: &RepoPath) -> bool {
    let name = path.file_name();
    name == "package.json" || name.starts_with("tsconfig") && name.ends_with(".json")
}

/// Whether a path may come from a build, from an installation, or is kept out of git.
pub(super) fn may_be_made(view: &View<'_>, ignores: &Ignores<'_>, path: &RepoPath) -> bool {
    const MADE: [&str; 9] = [
        "dist",
        "build",
        "out",
        "lib",
        "output",
        "generated",
        "target",
        "compiled",
        "bin",
    ];
    let mut folders = path.parent().split('/');
    let is_built = folders.any(|folder| MADE.contains(&folder) || folder.starts_with('.'));
    let class = Class::of(path.as_str());
    let hidden = path.as_str().match_indices('/').any(|(at, _)| {
        let above = view.tree().get(&path.as_str()[..at]);
        above.is_some_and(|entry| !entry.is_file())
    });
    is_built
        || hidden
        || matches!(class, Class::Built | Class::Vendored | Class::Generated)
        || ignores.ignored_by(path.as_str(), PathKind::File).is_some()
}
