//! The house, held by a test: which room may use which, and what no core room may touch.
//!
//! It links nothing of the crate. It reads `src/` as text, blanks comments, literals and test code, and
//! compares every path with the table below. What it can't see: paths that a macro makes up.

#![allow(clippy::disallowed_methods, reason = "this test reads the sources from disk")]

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, lowest first. A room may use only rooms before it.
const ROOMS: [&str; 14] = [
    "text",
    "model",
    "artifact",
    "program",
    "check",
    "policy",
    "checklist",
    "judge",
    "report",
    "github",
    "probe",
    "source",
    "publish",
    "cli",
];

/// The rooms from here on are the shell; those before are the core.
const FIRST_OF_THE_SHELL: &str = "github";

/// Names that say nothing about what a room is for.
const EMPTY_NAMES: [&str; 8] = [
    "utils", "util", "common", "helpers", "helper", "error", "errors", "misc",
];

/// Crates that one room alone may name.
const RESERVED: [(&str, &str); 2] = [("octocrab", "github"), ("anyhow", "cli")];

/// Paths that would give a core room IO, a clock or an environment; whatever lies below them counts too.
const NOT_IN_THE_CORE: [&str; 14] = [
    "std::fs",
    "std::env",
    "std::net",
    "std::os",
    "std::process",
    "std::io::stdin",
    "std::io::stdout",
    "std::io::stderr",
    "std::time::SystemTime",
    "std::time::Instant",
    "tokio",
    "hyper_util",
    "gix",
    "octocrab",
];

/// Macros that print.
const PRINTING: [&str; 5] = ["println", "eprintln", "print", "eprint", "dbg"];

const LINES_OF_A_FILE: usize = 450;
const LINES_OF_MAIN: usize = 15;

/// One file below `src/`.
struct Source {
    /// Its path below `src/`, with `/`.
    path: String,
    /// Its text as it is.
    text: String,
    /// The text without comments, literals and test code; the same number of lines.
    code: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        let path = path.to_owned();
        let code = if is_test_file(&path) {
            String::new()
        } else {
            without_tests(&without_words(text))
        };
        Self {
            path,
            text: text.to_owned(),
            code,
        }
    }

    /// The room that the file is in; `None` for `lib.rs`, `main.rs` and other files beside the rooms.
    fn room(&self) -> Option<&str> {
        self.path.split_once('/').map(|(room, _)| room)
    }

    /// How many modules deep the file is: `text/mod.rs` is 1, `text/span.rs` is 2.
    fn depth(&self) -> usize {
        let parts = self.path.split('/').count();
        if self.path.ends_with("/mod.rs") || parts == 1 {
            parts - 1
        } else {
            parts
        }
    }
}

#[test]
fn the_house_is_in_order() {
    let sources = read_sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(sources.len() > 10, "src/ was not found: {} files", sources.len());
    let found = violations(&sources);
    assert!(found.is_empty(), "{} violations:\n{}", found.len(), found.join("\n"));
}

/// All that is out of order, sorted.
fn violations(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        found.extend(wrong_place(source));
        found.extend(wrong_size(source));
        let Some(room) = source.room() else { continue };
        let paths = paths_of(source);
        found.extend(wrong_direction(source, room, &paths));
        found.extend(wrong_crate(source, room, &paths));
        if is_core(room) {
            found.extend(impure(source, &paths));
        }
    }
    found.extend(wrong_feature(sources));
    found.sort();
    found.dedup();
    found
}

/// Rooms that the table has not, files beside the rooms, empty names, a room without a law.
fn wrong_place(source: &Source) -> Vec<String> {
    let path = &source.path;
    let mut found = Vec::new();
    match source.room() {
        None if path != "lib.rs" && path != "main.rs" => {
            found.push(format!(
                "src/{path}: lies beside the rooms; put it into one, or make it a folder with a law"
            ));
        }
        Some(room) if !ROOMS.contains(&room) => {
            found.push(format!(
                "src/{path}: the room `{room}` is not in the table of tests/architecture.rs"
            ));
        }
        Some(_) | None => {}
    }
    for folder in path.split('/').rev().skip(1) {
        if EMPTY_NAMES.contains(&folder) {
            found.push(format!(
                "src/{path}: a folder called `{folder}` says nothing about what is in it"
            ));
        }
    }
    if path.matches('/').count() == 1 && path.ends_with("/mod.rs") {
        let doc: Vec<&str> = source.text.lines().take_while(|line| line.starts_with("//!")).collect();
        if !doc.iter().any(|line| line.contains("Law:")) {
            found.push(format!("src/{path}:1: the room's doc comment has no \"Law:\""));
        }
    }
    found
}

/// Files that no one reads to the end.
fn wrong_size(source: &Source) -> Option<String> {
    let limit = if source.path == "main.rs" {
        LINES_OF_MAIN
    } else {
        LINES_OF_A_FILE
    };
    let lines = source.text.lines().count();
    (lines > limit).then(|| format!("src/{}: {lines} lines, at most {limit}: split it by idea", source.path))
}

/// Uses of a room above.
fn wrong_direction(source: &Source, room: &str, paths: &[Named]) -> Vec<String> {
    let own = rank(room);
    paths
        .iter()
        .filter_map(|named| {
            let used = named.room(source.depth())?;
            let (own, its) = (own?, rank(used)?);
            (its > own).then(|| {
                format!(
                    "src/{}:{}: `{room}` may not use `{used}`, which is above it",
                    source.path, named.line
                )
            })
        })
        .collect()
}

/// Crates that belong to another room.
fn wrong_crate(source: &Source, room: &str, paths: &[Named]) -> Vec<String> {
    paths
        .iter()
        .filter_map(|named| {
            let (name, owner) = RESERVED.iter().find(|(name, _)| named.starts_with(name))?;
            (*owner != room).then(|| format!("src/{}:{}: only `{owner}` may name `{name}`", source.path, named.line))
        })
        .collect()
}

/// IO, clocks, environment and async in a core room.
fn impure(source: &Source, paths: &[Named]) -> Vec<String> {
    let mut found = Vec::new();
    for named in paths {
        if let Some(bad) = NOT_IN_THE_CORE.iter().find(|bad| named.starts_with(bad)) {
            found.push(format!(
                "src/{}:{}: a core room may not name `{bad}`",
                source.path, named.line
            ));
        }
    }
    for (number, line) in (1..).zip(source.code.lines()) {
        for name in PRINTING {
            if words(line).any(|(at, word)| word == name && line[at + word.len()..].starts_with('!')) {
                found.push(format!(
                    "src/{}:{number}: a core room may not print (`{name}!`)",
                    source.path
                ));
            }
        }
        for name in ["async", "await"] {
            // `r#async` is a field's name: that of a syntax tree.
            if words(line).any(|(at, word)| word == name && !line[..at].ends_with("r#")) {
                found.push(format!(
                    "src/{}:{number}: a core room is synchronous (`{name}`)",
                    source.path
                ));
            }
        }
    }
    found
}

/// Rooms of the shell that `lib.rs` would compile without the feature.
fn wrong_feature(sources: &[Source]) -> Vec<String> {
    let Some(map) = sources.iter().find(|source| source.path == "lib.rs") else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut gated = false;
    for (number, line) in (1..).zip(map.text.lines()) {
        let line = line.trim();
        if line.starts_with("#[cfg(feature = \"shell\")]") {
            gated = true;
        } else if let Some(room) = line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';')) {
            if is_core(room) == gated {
                found.push(format!(
                    "src/lib.rs:{number}: `{room}`: the shell, and only the shell, is behind the feature"
                ));
            }
            gated = false;
        }
    }
    found
}

fn rank(room: &str) -> Option<usize> {
    ROOMS.iter().position(|name| *name == room)
}

fn is_core(room: &str) -> bool {
    rank(room) < rank(FIRST_OF_THE_SHELL)
}

/// Files that only tests compile: they may use any room, and the disk.
fn is_test_file(path: &str) -> bool {
    path.split('/').any(|part| part == "tests" || part == "tests.rs")
}

/// A path as the code names it.
#[derive(Debug, PartialEq)]
struct Named {
    line: usize,
    parts: Vec<String>,
}

impl Named {
    /// The room that the path leads to, from a file so many modules deep.
    fn room(&self, depth: usize) -> Option<&str> {
        let ups = self.parts.iter().take_while(|part| *part == "super").count();
        match self.parts.first()?.as_str() {
            "crate" | "readygate" => self.parts.get(1).map(String::as_str),
            "super" if ups == depth => self.parts.get(ups).map(String::as_str),
            _ => None,
        }
    }

    fn starts_with(&self, path: &str) -> bool {
        let mut parts = self.parts.iter();
        path.split("::")
            .all(|wanted| parts.next().is_some_and(|part| part == wanted))
    }
}

/// Every path of a file, groups in braces taken apart.
fn paths_of(source: &Source) -> Vec<Named> {
    let tokens = tokens(&source.code);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if is_word(tokens[at].1) {
            at = expand(&tokens, at, &mut Vec::new(), &mut found);
        }
        at += 1;
    }
    found
}

/// Reads one path (or tree of paths) from a token on; gives the last token that belongs to it.
fn expand(tokens: &[(usize, &str)], start: usize, prefix: &mut Vec<String>, found: &mut Vec<Named>) -> usize {
    let length = prefix.len();
    let mut at = start;
    loop {
        prefix.push(tokens[at].1.to_owned());
        let next = |ahead: usize| tokens.get(at + ahead).map(|token| token.1);
        match (next(1), next(2)) {
            (Some("::"), Some("{")) => {
                at = expand_group(tokens, at + 3, prefix, found);
                break;
            }
            (Some("::"), Some(word)) if is_word(word) => at += 2,
            _ => {
                found.push(Named {
                    line: tokens[start].0,
                    parts: prefix.clone(),
                });
                break;
            }
        }
    }
    prefix.truncate(length);
    at
}

/// Reads the members of a group up to its closing brace; gives the brace.
fn expand_group(tokens: &[(usize, &str)], start: usize, prefix: &mut Vec<String>, found: &mut Vec<Named>) -> usize {
    let mut at = start;
    while at < tokens.len() && tokens[at].1 != "}" {
        if tokens[at].1 == "self" {
            found.push(Named {
                line: tokens[at].0,
                parts: prefix.clone(),
            });
        } else if is_word(tokens[at].1) {
            at = expand(tokens, at, prefix, found);
        }
        at += 1;
    }
    at
}

fn is_word(token: &str) -> bool {
    token.starts_with(|first: char| first == '_' || first.is_alphanumeric())
}

/// Words, `::` and single other characters, each with its line.
fn tokens(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(code.lines()) {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let end = if rest.starts_with("::") {
                2
            } else if is_word(rest) {
                rest.find(|c: char| c != '_' && !c.is_alphanumeric())
                    .unwrap_or(rest.len())
            } else {
                first.len_utf8()
            };
            found.push((number, &rest[..end]));
            rest = rest[end..].trim_start();
        }
    }
    found
}

fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    line.split(|c: char| c != '_' && !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(move |word| (word.as_ptr() as usize - line.as_ptr() as usize, word))
}

/// The text with comments and the insides of literals blanked; lines stay where they are.
fn without_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after_word = out.ends_with(|c: char| c == '_' || c.is_alphanumeric());
        let end = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            end_of_block_comment(rest)
        } else if let Some(end) = (!after_word).then(|| end_of_raw_string(rest)).flatten() {
            end
        } else if first == '"' {
            end_of_quoted(rest, '"')
        } else if first == '\'' && is_character(rest) {
            end_of_quoted(rest, '\'')
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        out.extend(rest[..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &rest[end..];
    }
    out
}

fn end_of_block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

fn end_of_raw_string(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = inner.len() - inner.trim_start_matches('#').len();
    let body = inner[hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let start = rest.len() - body.len();
    Some(body.find(&close).map_or(rest.len(), |at| start + at + close.len()))
}

fn end_of_quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote {
            return at + 1;
        }
    }
    rest.len()
}

/// Whether a `'` opens a character and not a lifetime.
fn is_character(rest: &str) -> bool {
    let mut inner = rest.chars().skip(1);
    inner.next() == Some('\\') || inner.next() == Some('\'')
}

/// The code without the items under `#[cfg(test)]`; lines stay where they are.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find(MARK) {
        out.push_str(&rest[..at]);
        let item = &rest[at..];
        let end = end_of_item(item, MARK.len());
        out.extend(item[..end].chars().filter(|c| *c == '\n'));
        rest = &item[end..];
    }
    out.push_str(rest);
    out
}

/// Where an item ends: at its `;`, or at the brace that closes its body.
fn end_of_item(item: &str, start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, c) in item.char_indices().skip_while(|(at, _)| *at < start) {
        match c {
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && c == '}' {
                    return at + 1;
                }
            }
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    item.len()
}

fn read_sources(folder: &Path) -> Vec<Source> {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a folder of src/ can be listed") {
            let path = entry.expect("an entry of src/ can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
        .iter()
        .map(|file| {
            let path = file.strip_prefix(folder).expect("a file of src/ lies below it");
            let path = path.to_string_lossy().replace('\\', "/");
            Source::new(&path, &fs::read_to_string(file).expect("a source is UTF-8"))
        })
        .collect()
}

/// What is wrong with one file, as if it were all of `src/`.
fn wrong(path: &str, text: &str) -> Vec<String> {
    violations(&[Source::new(path, text)])
}

#[test]
fn a_use_of_a_room_above_is_seen_in_every_spelling() {
    for text in [
        "use crate::judge::decide;",
        "use crate::{model::Tree, judge::{self, decide}};",
        "use crate::{\n    model,\n    judge,\n};",
        "fn f() { crate::judge::decide() }",
        "use super::super::judge::decide;",
        "pub use readygate::judge;",
        "type T<'a> = &'a crate::judge::Verdict;",
    ] {
        let found = wrong("check/gitignore.rs", text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].contains("`check` may not use `judge`"), "{found:?}");
    }
    assert!(wrong("text/mod.rs", "//! Law: none.\nuse super::model::Tree;")[0].contains("`text` may not use `model`"));
    assert_eq!(
        wrong("check/a.rs", "\n\nuse crate::judge::X;")[0].split(':').nth(1),
        Some("3")
    );
}

#[test]
fn uses_of_rooms_below_and_siblings_are_fine() {
    for text in [
        "use crate::model::{Tree, judge};",
        "use super::judge;",
        "use super::{Check, judge::X};",
        "// use crate::judge::decide;\n/* crate::judge /* nested */ crate::judge */",
        "const WORDS: &str = \"use crate::judge::decide;\"; const RAW: &str = r#\"crate::judge \" crate::judge\"#;",
        "const QUOTE: char = '\"'; const ESCAPED: char = '\\''; fn f<'a>(x: &'a str) {} // \" crate::judge",
        "#[cfg(test)]\nmod tests {\n    use crate::judge::decide;\n    fn f() { std::fs::read(\"}\"); println!(); }\n}",
        "#[cfg(test)]\nuse crate::judge::decide;",
    ] {
        assert_eq!(wrong("check/gitignore.rs", text), Vec::<String>::new(), "{text}");
    }
    assert!(wrong("check/tests.rs", "use crate::cli::run;").is_empty());
    let after = "#[cfg(test)]\nmod tests { fn f() {} }\nuse crate::judge::decide;";
    assert!(
        wrong("check/gitignore.rs", after)[0].contains(":3:"),
        "code after a test module counts again"
    );
}

#[test]
fn a_core_room_has_no_io_no_clock_no_async() {
    for text in [
        "use std::fs;",
        "use std::{collections::BTreeMap, fs::File};",
        "fn f() { let _ = std::env::var(\"HOME\"); }",
        "use std::time::{Duration, Instant};",
        "use std::io::{self, stdout};",
        "fn f() { println!(\"x\"); }",
        "async fn f() {}",
        "use tokio::runtime::Runtime;",
    ] {
        assert_eq!(
            wrong("judge/decide.rs", text).len(),
            1,
            "{text}: {:?}",
            wrong("judge/decide.rs", text)
        );
    }
    assert!(
        wrong(
            "judge/decide.rs",
            "use std::time::Duration; fn f(w: &mut String) { writeln!(w, \"x\"); }"
        )
        .is_empty()
    );
    assert!(wrong("source/local.rs", "use std::fs; async fn f() { g().await }").is_empty());
}

#[test]
fn a_reserved_crate_is_named_in_its_room_alone() {
    assert!(wrong("publish/check_run.rs", "use octocrab::Octocrab;")[0].contains("only `github`"));
    assert!(wrong("github/client.rs", "fn f() -> anyhow::Result<()> { Ok(()) }")[0].contains("only `cli`"));
    assert!(wrong("github/client.rs", "use octocrab::Octocrab;").is_empty());
    assert!(wrong("cli/run.rs", "use anyhow::Context;").is_empty());
}

#[test]
fn rooms_have_names_laws_and_sizes() {
    assert!(
        wrong("utils/mod.rs", "//! Law: none.")
            .iter()
            .any(|found| found.contains("not in the table"))
    );
    assert!(wrong("github/helpers/list.rs", "")[0].contains("says nothing"));
    assert!(wrong("diagnostics.rs", "")[0].contains("beside the rooms"));
    assert!(wrong("text/mod.rs", "//! Text.\nmod x;\n//! Law: too late.")[0].contains("no \"Law:\""));
    assert!(wrong("main.rs", &"\n".repeat(LINES_OF_MAIN + 1))[0].contains("at most 15"));
    assert!(wrong("text/long.rs", &"\n".repeat(LINES_OF_A_FILE + 1))[0].contains("at most 450"));
    assert!(wrong("main.rs", "fn main() {}").is_empty());
}

#[test]
fn the_shell_is_behind_its_feature() {
    assert!(wrong("lib.rs", "pub mod github;")[0].contains("behind the feature"));
    assert!(wrong("lib.rs", "#[cfg(feature = \"shell\")]\npub mod judge;")[0].contains("behind the feature"));
    assert!(
        wrong(
            "lib.rs",
            "pub mod judge;\n#[cfg(feature = \"shell\")]\npub mod github;\npub mod text;"
        )
        .is_empty()
    );
}
