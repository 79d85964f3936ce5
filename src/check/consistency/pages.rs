//! The pages of a front end: from the files of a framework, or from a router's own words.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::model::{Component, Read, Snapshot};
use crate::program::{ModuleId, Program, Target};
use crate::text::{Document, is_in_comment};

use super::address::{Part, answered, exact};
use super::router;

/// The pages of one component.
#[derive(Debug, Default)]
pub(super) struct Pages {
    /// The paths that are answered.
    pub(super) answers: Vec<Vec<Part>>,
    /// Why there may be more, in words.
    pub(super) open: Option<String>,
}

/// Routers and frameworks whose pages are made in ways that are not followed.
const UNMODELLED: [&str; 15] = [
    "@tanstack/react-router",
    "@tanstack/react-start",
    "wouter",
    "@reach/router",
    "expo-router",
    "@angular/router",
    "nuxt",
    "@remix-run/react",
    "@react-router/dev",
    "gatsby",
    "astro",
    "@sveltejs/kit",
    "svelte-routing",
    "@solidjs/router",
    "preact-router",
];
const ROUTERS: [&str; 3] = ["react-router-dom", "react-router", "vue-router"];

/// The files beside the modules that tell of pages.
pub(super) fn is_told_by(name: &str) -> bool {
    matches!(
        name,
        "next.config.js" | "next.config.mjs" | "next.config.cjs" | "next.config.ts" | "vercel.json"
    )
}

/// The pages of a component; `None` where it shows none.
pub(super) fn pages(snapshot: &Snapshot, program: &Program, component: &Component) -> Option<Pages> {
    let is_next = component.kinds.iter().any(|kind| kind == "next");
    let modules: Vec<ModuleId> = program
        .modules()
        .filter(|(_, linked)| {
            Component::of(&snapshot.components, &linked.path).is_some_and(|of| of.path == component.path)
        })
        .map(|(id, _)| id)
        .collect();
    if is_next {
        return Some(next(snapshot, program, component, &modules));
    }
    let packages: BTreeSet<&str> = modules
        .iter()
        .flat_map(|id| &program.linked(*id).targets)
        .filter_map(|target| match target {
            Target::Package(name, _) => Some(name.as_ref()),
            _ => None,
        })
        .collect();
    if let Some(name) = UNMODELLED.iter().find(|name| packages.contains(**name)) {
        return Some(Pages {
            answers: Vec::new(),
            open: Some(format!("the pages that `{name}` shows are not followed")),
        });
    }
    ROUTERS
        .iter()
        .any(|name| packages.contains(name))
        .then(|| router::pages(program, &modules))
}

fn next(snapshot: &Snapshot, program: &Program, component: &Component, modules: &[ModuleId]) -> Pages {
    let mut pages = Pages::default();
    let folder = component.folder();
    for (path, entry) in snapshot.tree.below(folder).filter(|(_, entry)| entry.is_file()) {
        let Some(relative) = path.relative_to(folder) else {
            continue;
        };
        if is_told_by(relative) {
            configured(snapshot, path.as_str(), &mut pages);
        }
        let relative = relative.strip_prefix("src/").unwrap_or(relative);
        if let Some(address) = of_file(relative).filter(|_| entry.is_file()) {
            push(&address, true, &mut pages);
        }
    }
    for id in modules {
        let linked = program.linked(*id);
        let name = linked.path.file_name();
        let is_before = name.starts_with("middleware.") || name.starts_with("proxy.");
        let has_rewrite = || {
            let bytes = linked.document.bytes();
            bytes.windows(8).any(|window| window == b"rewrite(")
        };
        if is_before && has_rewrite() {
            pages.open = Some(format!("`{}` rewrites addresses", linked.path));
        }
    }
    if pages.answers.is_empty() {
        pages
            .open
            .get_or_insert_with(|| format!("no page of `{}` was found", component.path));
    }
    pages
}

/// The address of a file of Next.js, its dynamic parts as `:` and `*`; `None` where it is no page.
fn of_file(relative: &str) -> Option<String> {
    let (stem, ending) = relative.rsplit_once('.')?;
    if !matches!(ending, "tsx" | "ts" | "jsx" | "js" | "mdx" | "md") {
        return None;
    }
    let rest = if let Some(rest) = stem.strip_prefix("app/") {
        let rest = format!("/{rest}");
        let rest = rest.strip_suffix("/page").or_else(|| rest.strip_suffix("/route"))?;
        rest.to_owned()
    } else {
        let rest = format!("/{}", stem.strip_prefix("pages/")?);
        if ["/_app", "/_document", "/_error"].contains(&rest.as_str()) {
            return None;
        }
        rest.strip_suffix("/index").unwrap_or(&rest).to_owned()
    };
    let parts = rest.split('/').filter(|part| !part.is_empty());
    let mut address = String::new();
    for part in parts {
        // A private folder is no address; a group and a slot are no part of one; an intercepted one is the one it names.
        if part.starts_with('_') {
            return None;
        }
        if part.starts_with('@') || part.starts_with('(') && part.ends_with(')') {
            continue;
        }
        let part = part.rsplit(')').next().unwrap_or(part);
        let written = if part.starts_with("[...") || part.starts_with("[[...") {
            "*".to_owned()
        } else if let Some(name) = part.strip_prefix('[') {
            format!(":{}", name.trim_end_matches(']'))
        } else {
            part.to_owned()
        };
        address = format!("{address}/{written}");
    }
    Some(if address.is_empty() { "/".to_owned() } else { address })
}

/// An address that is answered. That of a file is taken as it is written: servers tell small letters from large ones, people's
/// machines often do not.
fn push(address: &str, is_file: bool, pages: &mut Pages) {
    let written = |address: &str| match is_file {
        true => exact(answered(address)),
        false => answered(address),
    };
    pages.answers.push(written(address));
    // A language at the head is often added by the framework.
    let first = address.trim_start_matches('/').split('/').next().unwrap_or_default();
    if matches!(first, ":locale" | ":lang" | ":lng" | ":language") {
        let rest = address.trim_start_matches('/').strip_prefix(first).unwrap_or_default();
        pages.answers.push(written(rest));
    }
}

/// What a configuration rewrites and redirects is answered: every path that it writes counts.
fn configured(snapshot: &Snapshot, path: &str, pages: &mut Pages) {
    let document = match snapshot.read(path) {
        Read::Here(document) => document,
        Read::Absent => return,
        Read::Unread(unread) => {
            pages.open = Some(unread.what);
            return;
        }
    };
    let Ok(text) = document.text() else {
        pages.open = Some(format!("`{path}` is not text"));
        return;
    };
    let text = &without_comments(path, &document, text);
    // Headers, too, are set for addresses; they answer none.
    let is_answering = ["rewrites", "redirects", "\"routes\""]
        .iter()
        .any(|word| text.contains(word));
    if text.contains("basePath") {
        pages.open = Some(format!("`{path}` sets a base path"));
    }
    let text = without_identity(&HEADERS.replace_all(text, " "));
    for quote in ['"', '\'', '`'].into_iter().filter(|_| is_answering) {
        let quoted = text.split(quote);
        for address in quoted.filter(|text| text.starts_with('/') && !text.contains(['\n', ' '])) {
            // A pattern in parentheses may be anything.
            let plain = address.split('(').next().unwrap_or(address);
            match answered(plain).as_slice() {
                [] if plain.len() == address.len() => {}
                [] | [Part::Rest] => pages.open = Some(format!("`{path}` rewrites any address")),
                _ => push(plain, false, pages),
            }
        }
    }
}

/// The address for which headers are set, as Next.js and Vercel write it: an entry that leads nowhere.
/// <https://nextjs.org/docs/app/api-reference/config/next-config-js/headers>
static HEADERS: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"\bsource["']?\s*:\s*["'`][^"'`\n]*["'`]\s*,\s*(?:["']?(?:locale|basePath)["']?\s*:\s*false\s*,\s*)?["']?headers["']?\s*:"#;
    Regex::new(pattern).expect("the pattern is constant and tested")
});

/// A configuration without the lines that are comments.
fn without_comments(path: &str, document: &Document, text: &str) -> String {
    let mut offset = 0;
    let mut kept = String::new();
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        if !is_in_comment(path, document, offset + indent) {
            kept.push_str(line);
        }
        offset += line.len();
    }
    kept
}

/// A configuration without the rewrites that lead every address to itself: `"source": "/(.*)", "destination": "/$1"`.
fn without_identity(text: &str) -> String {
    let is_space = |character: char| character.is_whitespace();
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\"/(.*)\"") {
        kept.push_str(before);
        let target = after.trim_start_matches(is_space).strip_prefix(',');
        let target = target.and_then(|after| after.trim_start_matches(is_space).strip_prefix("\"destination\""));
        let target = target.and_then(|after| after.trim_start_matches(is_space).strip_prefix(':'));
        let target = target.and_then(|after| after.trim_start_matches(is_space).strip_prefix("\"/$1\""));
        if target.is_none() {
            kept.push_str("\"/(.*)\"");
        }
        rest = target.unwrap_or(after);
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use crate::text::Document;

    use super::{HEADERS, of_file, without_comments, without_identity};

    #[test]
    fn what_stands_in_a_comment_answers_nothing() {
        let text = "const a = {\n  // redirects: () => [{ source: '/(.*)' }],\n  b: 1,\n};\n";
        let kept = without_comments("next.config.js", &Document::new(text.as_bytes()), text);
        assert_eq!(kept, "const a = {\n  b: 1,\n};\n");
    }

    #[test]
    fn an_address_that_headers_are_set_for_is_not_answered() {
        let set =
            "headers: () => [{ source: '/(.*)', headers: [] }], rewrites: () => [{ source: '/a', destination: '/b' }]";
        let kept = HEADERS.replace_all(set, " ");
        assert!(!kept.contains("(.*)") && kept.contains("source: '/a', destination: '/b'"));
        let json = r#"{ "source": "/(.*)", "headers": [] }"#;
        assert!(!HEADERS.replace_all(json, " ").contains("(.*)"));
        let asked = "{ source: '/(.*)', has: [{ type: 'header', key: 'x' }], destination: '/b' }";
        assert_eq!(HEADERS.replace_all(asked, " "), asked);
    }

    #[test]
    fn rewrites_to_the_same_address_rewrite_nothing() {
        let same = r#"{ "rewrites": [{ "source": "/(.*)", "destination": "/$1" }] }"#;
        assert!(!without_identity(same).contains("(.*)"));
        let other = r#"{ "rewrites": [{ "source": "/(.*)", "destination": "/index.html" }] }"#;
        assert_eq!(without_identity(other), other);
    }

    #[test]
    fn files_of_next_js_are_addresses() {
        let known = [
            ("app/page.tsx", Some("/")),
            ("app/(marketing)/terms/page.tsx", Some("/terms")),
            ("app/shop/[id]/@modal/page.jsx", Some("/shop/:id")),
            ("app/docs/[[...slug]]/page.mdx", Some("/docs/*")),
            ("app/photos/(.)show/page.tsx", Some("/photos/show")),
            ("app/_lib/page.tsx", None),
            ("app/terms/layout.tsx", None),
            ("app/api/health/route.ts", Some("/api/health")),
            ("pages/index.js", Some("/")),
            ("pages/blog/[slug].tsx", Some("/blog/:slug")),
            ("pages/_app.tsx", None),
            ("components/page.tsx", None),
        ];
        for (path, address) in known {
            assert_eq!(of_file(path).as_deref(), address, "{path}");
        }
    }
}
