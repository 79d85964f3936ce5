//! Whether browsers are given the value of a variable that is named as a secret.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::check::View;
use crate::check::files::{Found, LARGEST};
use crate::model::{Cause, Class, Component, Examined, Gap, Place, RepoPath, Unread};

use super::EnvCheck;
use super::judged::{bundlers, failed, related};
use super::names::{is_named_secret, is_public_secret};
use super::sides::{Production, at};

impl EnvCheck {
    pub(super) fn public(&self, view: &View<'_>) -> Examined {
        let files = self.declaring(view);
        let (declared, unread) = self.declared(view, &files);
        let production = Production::of(view);
        let mut read: BTreeMap<String, Place> = BTreeMap::new();
        if let Ok(production) = &production {
            let all = production.read.iter().chain(&production.doubtful);
            read.extend(all.map(|(name, place)| (name.clone(), place.clone())));
        }
        let written = written_in(view);
        let is_any = !(declared.names.is_empty() && read.is_empty() && written.is_empty());
        // Astro and SvelteKit hand out what begins so, and so may Vite be told to; other tools do not.
        let hands_plain = hands_plain_out(view);
        let is_handed_out = |name: &String| hands_plain || !name.starts_with("PUBLIC_");
        let is_asked = |name: &String| is_public_secret(name) && is_handed_out(name) && !self.is_left_out(name);
        let only: BTreeSet<&String> = declared.names.iter().filter(|name| !read.contains_key(*name)).collect();
        let only: BTreeSet<&String> = only.into_iter().filter(|name| is_asked(name)).collect();
        let spoken = Spoken::of(view, &only);
        let mut gaps: Vec<Gap> = Vec::new();
        let named = read.iter().filter(|(name, _)| is_asked(name));
        gaps.extend(named.map(|(name, place)| related(handed_out(name), place)));
        gaps.extend(spoken.named.iter().map(|name| handed_out(name)));
        gaps.sort_by(|left, right| left.subject.cmp(&right.subject));
        let written = written
            .into_iter()
            .filter(|(name, _)| is_named_secret(name) && !self.is_left_out(name));
        gaps.extend(written.map(|(name, path)| {
            let message = format!("`{path}` writes the value of `{name}` into what every browser is given");
            Gap::missing(name, message)
        }));
        if !gaps.is_empty() {
            return failed(gaps, "variable");
        }
        let unread = unread.filter(|unread| unread.cause != Cause::Unmodelled);
        let unread = unread.or_else(|| production.as_ref().ok()?.unread.clone());
        if let Some(unread) = unread {
            return Examined::unknown(unread);
        }
        if let Some(first) = only.first() {
            return unspoken(first, &production, spoken.whole);
        }
        match (is_any, production) {
            (true, _) => Examined::pass("no variable that browsers are given is named as a secret", Vec::new()),
            (false, Err(Some(unread))) => Examined::unknown(unread),
            (false, Ok(_) | Err(None)) => Examined::not_applicable("no variable is read or declared"),
        }
    }
}

fn handed_out(name: &str) -> Gap {
    let message = format!("`{name}` is named as a secret, and build tools hand its value to every browser");
    Gap::missing(name, message)
}

/// What is said of a variable that is declared, and that no code names: bundlers write into pages what code reads, and
/// no more. Where all of the environment is handed on, or the code is not known, it may be among that.
fn unspoken(name: &str, production: &Result<Production, Option<Unread>>, whole: Option<RepoPath>) -> Examined {
    let unmodelled = |what: String| {
        let settled = "take it out of what is declared, or attest it";
        Examined::unknown(Unread::new(Cause::Unmodelled, what, settled))
    };
    let doubt = match production {
        Ok(production) => production.handing.first().map(at),
        Err(_) => {
            return unmodelled(format!(
                "`{name}` is declared and named as a secret, and which code reads it is not known"
            ));
        }
    };
    // Their runtimes hand out what begins so, whether code reads it or not.
    let is_at_runtime = ["NUXT_PUBLIC_", "PUBLIC_"].iter().any(|start| name.starts_with(start));
    let doubt = whole
        .map(|path| format!("`{path}`"))
        .or(doubt)
        .filter(|_| !name.starts_with("NEXT_PUBLIC_"));
    match doubt {
        Some(place) => unmodelled(format!(
            "`{name}` is declared and named as a secret, no code names it, and the environment is handed on as a whole \
             in {place}"
        )),
        None if is_at_runtime => unmodelled(format!(
            "`{name}` is declared and named as a secret, no code names it, and whether browsers are given it when the \
             server runs is not followed"
        )),
        None => Examined::pass(
            format!("`{name}` is declared and no code reads it: build tools hand browsers only what code reads"),
            Vec::new(),
        ),
    }
}

/// What the code of a component says of variables that nothing was seen to read.
#[derive(Default)]
struct Spoken {
    /// Those that some file of it names.
    named: BTreeSet<String>,
    /// A file that takes the environment as a whole.
    whole: Option<RepoPath>,
}

/// The environment, and what is not the name of one variable of it.
static WHOLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"import\.meta\.env\b(?:\s*[^.?\w\s]|\s*$|\s+\w)|["'`](?:process|import\.meta)\.env["'`]\]?\s*:"#)
        .expect("the pattern is constant and tested")
});

impl Spoken {
    fn of(view: &View<'_>, names: &BTreeSet<&String>) -> Self {
        let mut found = Self::default();
        if names.is_empty() {
            return found;
        }
        for (path, _) in speaking(view) {
            // What the program needs is there, and says itself what could not be read.
            let Ok(Some(document)) = view.snapshot.read(path.as_str()).text(path.as_str()) else {
                continue;
            };
            let Ok(text) = document.text() else { continue };
            let named = names.iter().filter(|name| has_word(text, name));
            found.named.extend(named.map(|name| (*name).clone()));
            if found.whole.is_none() && WHOLE.is_match(text) {
                found.whole = Some(path.clone());
            }
        }
        found
    }
}

/// Whether a name stands in a text by itself, and not within a longer one.
fn has_word(text: &str, name: &str) -> bool {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let bytes = text.as_bytes();
    memchr::memmem::find_iter(bytes, name).any(|start| {
        let before = start.checked_sub(1).and_then(|before| bytes.get(before));
        !is_part(before) && !is_part(bytes.get(start + name.len()))
    })
}

/// The files of a component that may name a variable for browsers: its code, and the pages that are filled when it is built.
fn speaking<'a>(view: &View<'a>) -> impl Iterator<Item = Found<'a>> {
    const ENDINGS: [&str; 12] = [
        "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte", "astro", "html",
    ];
    let tree = &view.snapshot.tree;
    tree.below(view.folder()).filter(|(path, entry)| {
        let is_code = path.extension().is_some_and(|ending| ENDINGS.contains(&ending));
        is_code && entry.is_file() && tree.class(path.as_str()) == Class::Source
    })
}

/// The pages that are filled when they are built, which are no modules of the program: `%VITE_TITLE%`.
pub(super) fn pages<'a>(view: &View<'a>) -> impl Iterator<Item = Found<'a>> {
    let is_small = |size: Option<u64>| size.is_none_or(|size| size <= LARGEST);
    speaking(view).filter(move |(path, entry)| path.file_name() == "index.html" && is_small(entry.size))
}

static DEFINED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"["'`](?:process|import\.meta)\.env\.([A-Z][A-Z0-9_]*)["'`]\]?\s*:"#)
        .expect("the pattern is constant and tested")
});

/// Variables that the configuration of a bundler puts into the browser's code by name: Vite's and webpack's `define`. It
/// is put where code names it, and nowhere else.
fn written_in(view: &View<'_>) -> BTreeMap<String, RepoPath> {
    let mut found = BTreeMap::new();
    for (path, _) in bundlers(view) {
        if let Ok(Some(document)) = view.snapshot.read(path.as_str()).text(path.as_str())
            && let Ok(text) = document.text()
        {
            let names = DEFINED.captures_iter(text).filter_map(|captures| captures.get(1));
            found.extend(names.map(|name| (name.as_str().to_owned(), path.clone())));
        }
    }
    found.retain(|name, _| is_asked_for(view, name));
    found
}

/// Whether some code of a component, other than a bundler's configuration, names a variable of the environment.
fn is_asked_for(view: &View<'_>, name: &str) -> bool {
    let configurations: BTreeSet<&RepoPath> = bundlers(view).map(|(path, _)| path).collect();
    let components = &view.snapshot.components;
    let is_own = |path: &RepoPath| {
        let owner = Component::of(components, path).map(|owner| &owner.path);
        view.component.is_none_or(|asked| owner == Some(&asked.path))
    };
    let mut files = speaking(view).filter(|(path, _)| !configurations.contains(path) && is_own(path));
    files.any(|(path, _)| {
        let document = view.snapshot.read(path.as_str()).text(path.as_str());
        match document
            .as_ref()
            .map(|document| document.as_ref().map(|document| document.text()))
        {
            Ok(Some(Ok(text))) => has_word(text, name),
            Ok(_) => false,
            // What is not read may name it.
            Err(_) => true,
        }
    })
}

/// Whether something here hands variables that begin with `PUBLIC_` to browsers.
/// <https://docs.astro.build/en/guides/environment-variables/>, <https://svelte.dev/docs/kit/$env-static-public>
fn hands_plain_out(view: &View<'_>) -> bool {
    let components = view.snapshot.components.iter();
    let mut asked = components.filter(|component| view.component.is_none_or(|asked| asked.path == component.path));
    let is_told = |(path, _): Found<'_>| {
        let text = view.snapshot.read(path.as_str()).text(path.as_str()).ok().flatten();
        text.is_none_or(|document| document.text().is_ok_and(|text| text.contains("envPrefix")))
    };
    asked.any(|component| {
        component
            .kinds
            .iter()
            .any(|kind| matches!(kind.as_str(), "astro" | "sveltekit"))
    }) || bundlers(view).any(is_told)
}
