//! Whether some configuration says what `@/` and `~/` stand for. No package of a registry has such a name
//! (<https://docs.npmjs.com/cli/configuring-npm/package-json#name>).

use crate::artifact::{Json, Node, resolve};
use crate::check::View;
use crate::model::{Entry, Read, RepoPath, Unread};

/// Tools that give these names a meaning without being told.
const TOOLS: [&str; 8] = [
    "\"nuxt\"",
    "\"@vue/cli-service\"",
    "\"umi\"",
    "\"@umijs/",
    "\"quasar\"",
    "\"@quasar/",
    "\"@nuxt/",
    "\"@tarojs/",
];

/// What configurations say of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// One of them names it.
    Yes,
    /// One that could not be read may, in words.
    Maybe(Unread),
    /// None does.
    No,
}

/// The first letter of a specifier that can only be an alias: `@/x`, `~/x`.
pub(super) fn sign(specifier: &str) -> Option<char> {
    ['@', '~'].into_iter().find(|sign| {
        let rest = specifier.strip_prefix(*sign);
        rest.is_some_and(|rest| rest.starts_with('/'))
    })
}

/// Whether a file may say what names stand for.
pub(super) fn tells(path: &RepoPath) -> bool {
    let name = path.file_name();
    let is_json = name.ends_with(".json") || name.ends_with(".jsonc") || name.ends_with(".json5");
    name == "package.json"
        || is_json
            && ["tsconfig", "jsconfig", "jest", "vitest"]
                .iter()
                .any(|start| name.starts_with(start))
        || name.contains(".config.")
        || [
            ".babelrc",
            ".swcrc",
            ".mocharc",
            "webpack.",
            "vitest.",
            "jest.",
            "jest-",
            "deno.json",
        ]
        .iter()
        .any(|start| name.starts_with(start))
}

/// Whether a configuration of the repository says what a sign stands for.
pub(super) fn told(view: &View<'_>, sign: char) -> Told {
    let mut open = None;
    let telling = view.tree().those("what tells of aliases", |path, entry, _| {
        Entry::is_file(entry) && tells(path)
    });
    for (path, _) in telling {
        let document = match view.snapshot.read(path.as_str()).text(path.as_str()) {
            Ok(Some(document)) => document,
            Ok(None) => continue,
            Err(unread) => {
                open.get_or_insert(unread);
                continue;
            }
        };
        let Ok(text) = document.text() else { continue };
        let names = ["\"", "'", "`", "^", "(", "["].iter().any(|before| {
            let after = ["/", "\\/", "\"", "'", "$", "("];
            after
                .iter()
                .any(|after| text.contains(&format!("{before}{sign}{after}")))
        });
        if names {
            return Told::Yes;
        }
        let is_manifest = path.file_name() == "package.json";
        if is_manifest && TOOLS.iter().any(|tool| text.contains(tool)) || extends_what_is_not_here(view, path) {
            let what = format!("`{path}` may say what `{sign}/` stands for, by what it brings along");
            open.get_or_insert(Unread::new(
                crate::model::Cause::Unmodelled,
                what,
                "say it in the configuration of the tests",
            ));
        }
    }
    open.map_or(Told::No, Told::Maybe)
}

/// Whether a configuration takes more from a file that is not in git: one that a framework writes.
fn extends_what_is_not_here(view: &View<'_>, path: &RepoPath) -> bool {
    let Read::Here(document) = view.snapshot.read(path.as_str()) else {
        return false;
    };
    if !path.file_name().starts_with("tsconfig") {
        return false;
    }
    let json = document.view::<Json>();
    let Ok(root) = &json.0 else { return true };
    let Some(extends) = root.get("extends") else {
        return false;
    };
    let names = extends
        .as_str()
        .into_iter()
        .chain(extends.items().iter().filter_map(Node::as_str));
    names.filter(|name| name.starts_with('.')).any(|name| {
        let found = resolve(path.parent(), name);
        found.is_none_or(|found| {
            ["", ".json"]
                .iter()
                .all(|ending| view.tree().get(&format!("{found}{ending}")).is_none())
        })
    })
}
