//! Files that a framework starts by their names.

use crate::artifact::{Declared, Json};
use crate::model::{Component, Place, Read, RepoPath};

use super::{Finder, Side};
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
        nest(finder, folder, None, "Nest starts it", None);
    }
    if has("vite") || has("react") || has("vue") || has("svelte") {
        browser(finder, folder, "the page loads it", None);
    }
    if finder.snapshot.tree.get(&within(folder, "vercel.json")).is_some() || has("next") {
        functions(finder, folder);
    }
}

/// Frameworks that answer requests.
const SERVERS: [&str; 8] = ["express", "fastify", "hapi", "hono", "koa", "nest", "next", "apollo"];

/// Whether a component is an application for telephones and nothing else.
pub(super) fn is_mobile(component: &Component) -> bool {
    let is_mobile = component
        .kinds
        .iter()
        .any(|kind| matches!(kind.as_str(), "expo" | "react-native"));
    is_mobile && !component.kinds.iter().any(|kind| SERVERS.contains(&kind.as_str()))
}

/// What a telephone loads: what the manifest names, or the customary file; with a router the screens by their places.
pub(super) fn mobile(finder: &mut Finder<'_>, component: &Component) {
    let folder = component.folder();
    let main = match finder.snapshot.read(&within(folder, "package.json")) {
        Read::Here(document) => {
            let json = document.view::<Json>();
            let root = json.0.as_deref().ok();
            root.and_then(|root| root.get("main")?.as_str().map(str::to_owned))
        }
        Read::Absent | Read::Unread(_) => None,
    };
    if let Some(main) = main {
        let path = from_folder(folder, &main);
        finder.file(&path, folder, Side::Browser, "the manifest names it", None);
    }
    for name in ["index", "App", "src/App"] {
        for ending in ["js", "tsx", "ts", "jsx"] {
            if finder.found.is_empty() {
                let path = within(folder, &format!("{name}.{ending}"));
                finder.add(&path, Side::Browser, "the application starts with it", None);
            }
        }
    }
    let manifests = finder.manifests(folder);
    let has_router = manifests
        .iter()
        .flat_map(Declared::dependencies)
        .any(|(known, _)| known.name == "expo-router");
    if has_router {
        for screens in ["app", "src/app"] {
            let screens = within(folder, screens);
            let below = finder.snapshot.tree.below(&screens);
            let paths: Vec<String> = below.map(|(path, _)| path.as_str().to_owned()).collect();
            for path in paths {
                finder.add(&path, Side::Browser, "Expo's router shows it", None);
            }
        }
    }
}

fn within(folder: &str, path: &str) -> String {
    from_folder(folder, path).as_str().to_owned()
}

/// The stem of a path's file name, if it is a module.
fn stem(path: &RepoPath) -> Option<&str> {
    Language::of(path.as_str())?;
    path.file_name().split('.').next()
}

/// The pages, routes and middleware of a Next.js application, and its configuration.
pub(super) fn next(finder: &mut Finder<'_>, folder: &str, why: &str, place: Option<&Place>) -> bool {
    let mut found = routes(finder, folder);
    if found.is_empty() {
        return false;
    }
    let config = configuration(finder, folder);
    let text = config.as_ref().map(|(_, text)| text.as_str());
    let root = RepoPath::new(folder).join(source(finder, folder).unwrap_or_default());
    let root = root.as_str();
    let loads_hook = loads_hook(finder, folder, text);
    // Before version 16 nothing is called `proxy`. <https://nextjs.org/docs/app/api-reference/file-conventions/proxy>
    let has_proxy = major(finder, folder, "next").is_none_or(|major| major >= 16);
    for (path, _) in finder.snapshot.tree.below(root) {
        let Some(stem) = stem(path).filter(|stem| path.parent() == root && ROOT.contains(stem)) else {
            continue;
        };
        let side = match stem {
            "instrumentation-client" => Side::Browser,
            "instrumentation" if !loads_hook => continue,
            "proxy" if !has_proxy => continue,
            _ => Side::Server,
        };
        found.push((path.as_str().to_owned(), side));
    }
    // What a build plugin loads by its name, where it is asked to; since version 8 `instrumentation` loads the server's.
    if text.is_some_and(|text| text.contains("withSentryConfig")) {
        let is_early = major(finder, folder, "@sentry/nextjs").is_none_or(|major| major < 8);
        let mut names = Vec::new();
        if !builds_with_turbopack(finder, folder) {
            names.push(("sentry.client.config", Side::Browser));
        }
        if is_early {
            names.extend([
                ("sentry.server.config", Side::Server),
                ("sentry.edge.config", Side::Server),
            ]);
        }
        for (name, side) in names {
            let paths = ["", "src/"].into_iter().flat_map(|source| {
                let endings = ["ts", "js", "tsx", "jsx", "mjs"].into_iter();
                endings.map(move |ending| within(folder, &format!("{source}{name}.{ending}")))
            });
            found.extend(paths.map(|path| (path, side)));
        }
    }
    found.extend(config.map(|(path, _)| (path, Side::Server)));
    let mut is_there = false;
    for (path, side) in found {
        is_there |= finder.add(&path, side, why, place);
    }
    is_there
}

/// The folder below an application's own in which its sources are looked for: `src` only where the application's own has
/// neither `app` nor `pages` (<https://nextjs.org/docs/app/api-reference/file-conventions/src-folder>).
fn source(finder: &Finder<'_>, folder: &str) -> Option<&'static str> {
    ["", "src"].into_iter().find(|source| {
        let root = RepoPath::new(folder).join(source);
        let (app, pages) = (within(root.as_str(), "app"), within(root.as_str(), "pages"));
        let mut app = finder.snapshot.tree.below(&app);
        let mut pages = finder.snapshot.tree.below(&pages);
        app.any(|(path, _)| stem(path).is_some_and(|stem| APP.contains(&stem)))
            || pages.any(|(path, _)| stem(path).is_some())
    })
}

/// What is served by its place.
fn routes(finder: &Finder<'_>, folder: &str) -> Vec<(String, Side)> {
    let Some(source) = source(finder, folder) else {
        return Vec::new();
    };
    let mut found = Vec::new();
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
    found
}

/// The configuration that the application's server loads, with its text.
fn configuration(finder: &Finder<'_>, folder: &str) -> Option<(String, String)> {
    ["js", "mjs", "cjs", "ts", "mts"].into_iter().find_map(|ending| {
        let path = within(folder, &format!("next.config.{ending}"));
        let id = finder.program.find(&path)?;
        let text = finder.program.linked(id).document.text().ok()?.to_owned();
        Some((path, text))
    })
}

/// Whether `instrumentation` is loaded: from version 15 on, before that where the configuration says so
/// (<https://nextjs.org/docs/14/app/building-your-application/optimizing/instrumentation>).
fn loads_hook(finder: &Finder<'_>, folder: &str, config: Option<&str>) -> bool {
    let is_late = major(finder, folder, "next").is_none_or(|major| major >= 15);
    is_late
        || config.is_some_and(|text| {
            let says = [
                "instrumentationHook",
                "withSentryConfig",
                "from './",
                "from \"./",
                "require('./",
                "require(\"./",
            ];
            says.iter().any(|word| text.contains(word))
        })
}

/// The major version of a package that a manifest asks for; `None` where it does not say.
fn major(finder: &Finder<'_>, folder: &str, package: &str) -> Option<u32> {
    let Read::Here(document) = finder.snapshot.read(&within(folder, "package.json")) else {
        return None;
    };
    let json = document.view::<Json>();
    let root = json.0.as_deref().ok()?;
    let groups = ["dependencies", "devDependencies"].into_iter();
    let asked = groups.filter_map(|group| root.at(&[group, package])?.as_str()).next()?;
    let number = asked.trim_start_matches(['^', '~', '=', 'v', ' ']);
    let end = number
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(number.len());
    number[..end].parse().ok()
}

/// Whether `next build` bundles with Turbopack, into which no plugin of webpack puts a file: from version 16 on, unless a
/// script says otherwise. <https://nextjs.org/docs/app/api-reference/turbopack>
fn builds_with_turbopack(finder: &Finder<'_>, folder: &str) -> bool {
    let Read::Here(document) = finder.snapshot.read(&within(folder, "package.json")) else {
        return false;
    };
    let json = document.view::<Json>();
    let build = json
        .0
        .as_deref()
        .ok()
        .and_then(|root| root.at(&["scripts", "build"])?.as_str());
    match build {
        Some(build) if build.contains("--turbo") => true,
        Some(build) if build.contains("--webpack") => false,
        _ => major(finder, folder, "next").is_some_and(|major| major >= 16),
    }
}

/// The file that Nest compiles its start from, of one of several projects where that is named.
pub(super) fn nest(
    finder: &mut Finder<'_>,
    folder: &str,
    project: Option<&str>,
    why: &str,
    place: Option<&Place>,
) -> bool {
    let setting = |key: &str| {
        let Read::Here(document) = finder.snapshot.read(&within(folder, "nest-cli.json")) else {
            return None;
        };
        let json = document.view::<Json>();
        let root = json.0.as_deref().ok()?;
        let own = project.and_then(|name| root.at(&["projects", name, key]));
        own.or_else(|| root.get(key))?.as_str().map(str::to_owned)
    };
    let source = setting("sourceRoot").unwrap_or_else(|| "src".to_owned());
    let file = setting("entryFile").unwrap_or_else(|| "main".to_owned());
    let path = within(&within(folder, &source), &format!("{file}.ts"));
    finder.add(&path, Side::Server, why, place)
}

/// What a page that a bundler builds from loads: its scripts, or the bundler's own entry.
pub(super) fn browser(finder: &mut Finder<'_>, folder: &str, why: &str, place: Option<&Place>) -> bool {
    let roots = [folder.to_owned()]
        .into_iter()
        .chain(finder.compiled.page_roots(folder).map(str::to_owned));
    for root in roots.collect::<Vec<_>>() {
        let page = within(&root, "index.html");
        if let Read::Here(document) = finder.snapshot.read(&page)
            && let Ok(text) = document.text()
        {
            let mut is_there = false;
            for (at, source) in scripts(text) {
                let path = within(&root, source.trim_start_matches('/'));
                let shown = Place::span(&RepoPath::new(&page), &document, &(at..at + source.len()));
                is_there |= finder.add(&path, Side::Browser, &format!("`{page}` loads it"), Some(&shown));
            }
            return is_there;
        }
    }
    // A server's own start is told by its commands.
    let is_built = finder.snapshot.tree.get(&within(folder, "public/index.html")).is_some();
    let names = ["src/index", "src/main"].into_iter();
    let mut paths =
        names.flat_map(|name| ["tsx", "jsx", "ts", "js"].map(|ending| within(folder, &format!("{name}.{ending}"))));
    let path = paths.find(|path| {
        let module = finder.program.find(path);
        is_built && module.is_some_and(|module| !finder.found.contains_key(&(module, Side::Server)))
    });
    path.is_some_and(|path| finder.add(&path, Side::Browser, why, place))
}

/// The `src` of a page's scripts, with where it stands.
fn scripts(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut rest = 0;
    while let Some(at) = text[rest..].find("<script") {
        let start = rest + at;
        // What stands in a comment is not loaded.
        if let Some(comment) = text[rest..start].rfind("<!--")
            && !text[rest + comment..start].contains("-->")
        {
            rest = text[start..].find("-->").map_or(text.len(), |end| start + end);
            continue;
        }
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
    let is_served = finder.found.keys().any(|(_, side)| *side == Side::Server);
    if is_served {
        return;
    }
    let index: Vec<&String> = paths
        .iter()
        .filter(|path| path.ends_with("/index.js") || path.ends_with("/index.ts"))
        .collect();
    if let [first, ..] = index.as_slice() {
        let first = (*first).clone();
        finder.add(&first, Side::Server, "Vercel serves it", None);
    } else {
        for path in &paths {
            finder.add(path, Side::Server, "Vercel serves it", None);
        }
    }
}
