//! Files that a framework starts by their names.

use crate::artifact::Json;
use crate::model::{Component, Place, Read, RepoPath};

use super::{Entry, Finder, Side};
use crate::program::compiled::from_folder;
use crate::program::module::Language;

/// The names that Next.js gives a meaning below `app/`.
const APP: [&str; 13] = [
    "page",
    "layout",
    "route",
    "template",
    "loading",
    "error",
    "global-error",
    "not-found",
    "default",
    "sitemap",
    "robots",
    "manifest",
    "opengraph-image",
];
/// And at the root of its sources.
const ROOT: [&str; 4] = ["middleware", "proxy", "instrumentation", "instrumentation-client"];

/// What the component's frameworks start without being told.
pub(super) fn entries(finder: &mut Finder<'_>, component: &Component) {
    let folder = component.folder();
    let has = |kind: &str| component.kinds.iter().any(|known| known == kind);
    if has("next") {
        next(finder, folder, "Next.js serves it", None);
    }
    if has("nest") && finder.found.is_empty() {
        nest(finder, folder, "Nest starts it", None);
    }
    if has("vite") || has("react") || has("vue") || has("svelte") {
        browser(finder, folder, "the page loads it", None);
    }
    if finder.snapshot.tree.get(&within(folder, "vercel.json")).is_some() || has("next") {
        functions(finder, folder);
    }
}

fn within(folder: &str, path: &str) -> String {
    from_folder(folder, path).as_str().to_owned()
}

fn add(finder: &mut Finder<'_>, path: &str, side: Side, why: &str, place: Option<&Place>) {
    if let Some(module) = finder.program.find(path) {
        finder.found.insert(Entry {
            module,
            side,
            why: why.to_owned(),
            place: place.cloned(),
        });
    }
}

/// The stem of a path's file name, if it is a module.
fn stem(path: &RepoPath) -> Option<&str> {
    Language::of(path.as_str())?;
    path.file_name().split('.').next()
}

/// The pages, routes and middleware of a Next.js application.
pub(super) fn next(finder: &mut Finder<'_>, folder: &str, why: &str, place: Option<&Place>) {
    let mut found: Vec<(String, Side)> = Vec::new();
    for source in ["", "src"] {
        let root = RepoPath::new(folder).join(source);
        let root = root.as_str();
        for (path, _) in finder.snapshot.tree.below(&within(root, "app")) {
            if let Some(stem) = stem(path).filter(|stem| APP.contains(stem)) {
                found.push((path.as_str().to_owned(), Side::Server));
                if stem != "route" {
                    found.push((path.as_str().to_owned(), Side::Browser));
                }
            }
        }
        let pages = within(root, "pages");
        for (path, _) in finder.snapshot.tree.below(&pages) {
            if stem(path).is_some() {
                found.push((path.as_str().to_owned(), Side::Server));
                if !path.is_within(&within(&pages, "api")) {
                    found.push((path.as_str().to_owned(), Side::Browser));
                }
            }
        }
        for (path, _) in finder.snapshot.tree.below(root) {
            if path.parent() == root && stem(path).is_some_and(|stem| ROOT.contains(&stem)) {
                let is_client = path.file_name().starts_with("instrumentation-client");
                found.push((
                    path.as_str().to_owned(),
                    if is_client { Side::Browser } else { Side::Server },
                ));
            }
        }
    }
    // What a build plugin loads by its name.
    for name in ["sentry.server.config", "sentry.edge.config", "sentry.client.config"] {
        for ending in ["ts", "js"] {
            let side = if name.contains("client") {
                Side::Browser
            } else {
                Side::Server
            };
            found.push((within(folder, &format!("{name}.{ending}")), side));
        }
    }
    for (path, side) in found {
        add(finder, &path, side, why, place);
    }
}

/// The file that Nest compiles its start from.
pub(super) fn nest(finder: &mut Finder<'_>, folder: &str, why: &str, place: Option<&Place>) {
    let setting = |key: &str| {
        let Read::Here(document) = finder.snapshot.read(&within(folder, "nest-cli.json")) else {
            return None;
        };
        let json = document.view::<Json>();
        json.0.as_ref().ok()?.get(key)?.as_str().map(str::to_owned)
    };
    let source = setting("sourceRoot").unwrap_or_else(|| "src".to_owned());
    let file = setting("entryFile").unwrap_or_else(|| "main".to_owned());
    let path = within(&within(folder, &source), &format!("{file}.ts"));
    add(finder, &path, Side::Server, why, place);
}

/// What a page that a bundler builds from loads: its scripts, or the bundler's own entry.
pub(super) fn browser(finder: &mut Finder<'_>, folder: &str, why: &str, place: Option<&Place>) {
    let page = within(folder, "index.html");
    if let Read::Here(document) = finder.snapshot.read(&page)
        && let Ok(text) = document.text()
    {
        let sources: Vec<(usize, String)> = scripts(text);
        for (at, source) in sources {
            let path = within(folder, source.trim_start_matches('/'));
            let span = at..at + source.len();
            let shown = Place::span(&RepoPath::new(&page), &document, &span);
            add(
                finder,
                &path,
                Side::Browser,
                &format!("`{page}` loads it"),
                Some(&shown),
            );
        }
        return;
    }
    for name in ["src/index", "src/main"] {
        for ending in ["tsx", "jsx", "ts", "js"] {
            let path = within(folder, &format!("{name}.{ending}"));
            // A server's own start is told by its commands.
            let is_known = finder
                .found
                .iter()
                .any(|entry| finder.program.linked(entry.module).path.as_str() == path);
            let is_built = finder.snapshot.tree.get(&within(folder, "public/index.html")).is_some();
            if is_built && !is_known {
                add(finder, &path, Side::Browser, why, place);
            }
        }
    }
}

/// The `src` of a page's scripts, with where it stands.
fn scripts(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut rest = 0;
    while let Some(at) = text[rest..].find("<script") {
        let start = rest + at;
        let end = text[start..].find('>').map_or(text.len(), |end| start + end);
        let tag = &text[start..end];
        if let Some(at) = tag.find("src=") {
            let value = tag[at + 4..].trim_start_matches(['"', '\'']);
            let length = value.find(['"', '\'', ' ', '>']).unwrap_or(value.len());
            let offset = start + (tag.len() - value.len());
            found.push((offset, value[..length].to_owned()));
        }
        rest = end.max(start + 1).min(text.len());
        while !text.is_char_boundary(rest) {
            rest += 1;
        }
    }
    found
}

/// Functions that Vercel serves from `api/`.
fn functions(finder: &mut Finder<'_>, folder: &str) {
    let api = within(folder, "api");
    let paths: Vec<String> = finder
        .snapshot
        .tree
        .below(&api)
        .filter(|(path, _)| stem(path).is_some_and(|stem| !stem.starts_with(['_', '.'])))
        .map(|(path, _)| path.as_str().to_owned())
        .collect();
    // A server that is started by a command keeps its own `api/`; then the manifest says which file is the function.
    let is_served = finder.found.iter().any(|entry| entry.side == Side::Server);
    if is_served {
        return;
    }
    let index: Vec<&String> = paths
        .iter()
        .filter(|path| path.ends_with("/index.js") || path.ends_with("/index.ts"))
        .collect();
    if let [first, ..] = index.as_slice() {
        let first = (*first).clone();
        add(finder, &first, Side::Server, "Vercel serves it", None);
    } else {
        for path in &paths {
            add(finder, path, Side::Server, "Vercel serves it", None);
        }
    }
}
