//! What the settings of test runners say of the files that they select. Only what is written out is read.

use std::sync::Arc;

use regex::Regex;

use crate::artifact::{Node, Value, data, in_folder, resolve};
use crate::model::RepoPath;
use crate::program::module::{Expr, ExprId, Module, Property};
use crate::program::module_of;
use crate::text::Document;

use super::glob::compile;

/// A runner whose settings are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Runner {
    Jest,
    Vitest,
    Mocha,
}

impl Runner {
    pub(super) const ALL: [(Self, &'static str); 3] =
        [(Self::Jest, "jest"), (Self::Vitest, "vitest"), (Self::Mocha, "mocha")];

    /// Whose settings a file holds by its name. Jest's and Mocha's may stand in `package.json`, too.
    pub(super) fn of(path: &RepoPath) -> Option<Self> {
        let name = path.file_name();
        match name {
            _ if name.starts_with("jest.config.") => Some(Self::Jest),
            _ if name.starts_with("jest") && name.ends_with(".json") => Some(Self::Jest),
            _ if name.starts_with("vitest.") || name.starts_with("vite.config.") => Some(Self::Vitest),
            _ if name.starts_with(".mocharc") => Some(Self::Mocha),
            _ => None,
        }
    }
}

/// What one settings file makes of a test file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Says {
    /// It selects it, or does not say.
    Selects,
    /// It does not: which key says so, and on which line.
    LeavesOut(&'static str, u32),
    /// It may: a key that is computed.
    Computed(&'static str),
}

/// What a key is set to: texts with the line of each, and whether these are all.
struct Set {
    texts: Vec<String>,
    line: u32,
    is_whole: bool,
}

/// The settings of one file, whatever it is written in.
enum Source {
    Data(Arc<Node>, Arc<Document>),
    Code(Arc<Module>, Arc<Document>, Vec<Property>),
}

impl Source {
    /// Those of a file; `None` where they can't be told.
    fn of(path: &RepoPath, document: &Arc<Document>, runner: Runner) -> Option<Self> {
        if let Some(read) = data(path.as_str(), document) {
            let root = read.ok()?;
            let root = match (path.file_name(), runner) {
                ("package.json", Runner::Jest) => Arc::new(root.get("jest")?.clone()),
                ("package.json", _) => Arc::new(root.get("mocha")?.clone()),
                _ => root,
            };
            return Some(Self::Data(root, Arc::clone(document)));
        }
        let module = module_of(path, document)?;
        let objects = module.expressions.iter().filter_map(|(expr, _)| match expr {
            Expr::Object(properties) => Some(properties),
            _ => None,
        });
        // What Vitest is told stands under `test`; Jest's keys stand for themselves.
        let properties: Vec<Property> = match runner {
            Runner::Vitest => {
                let under_test = objects
                    .flatten()
                    .filter(|property| property.key.as_deref() == Some("test"));
                let under_test = under_test.filter_map(|property| match module.expr(property.value) {
                    Expr::Object(properties) => Some(properties),
                    _ => None,
                });
                under_test.flatten().cloned().collect()
            }
            Runner::Jest | Runner::Mocha => objects.flatten().cloned().collect(),
        };
        Some(Self::Code(module, Arc::clone(document), properties))
    }

    /// Whether a key is there.
    fn has(&self, key: &str) -> bool {
        match self {
            Self::Data(root, _) => root.get(key).is_some(),
            Self::Code(_, _, properties) => properties.iter().any(|property| property.key.as_deref() == Some(key)),
        }
    }

    fn get(&self, key: &str) -> Option<Set> {
        match self {
            Self::Data(root, document) => {
                let node = root.get(key)?;
                let texts = |node: &Node| node.as_str().map(str::to_owned);
                let (texts, is_whole) = match &node.value {
                    Value::List(items) => (
                        items.iter().filter_map(texts).collect(),
                        items.iter().all(|item| item.as_str().is_some()),
                    ),
                    _ => (texts(node).into_iter().collect(), node.as_str().is_some()),
                };
                let line = document.line_of(node.span.start);
                Some(Set { texts, line, is_whole })
            }
            Self::Code(module, document, properties) => {
                let mut named = properties
                    .iter()
                    .filter(|property| property.key.as_deref() == Some(key));
                let property = named.next()?;
                let (mut texts, mut is_whole) = (Vec::new(), true);
                read_texts(module, property.value, &mut texts, &mut is_whole);
                // Of two that are called so, as projects have them, either may hold.
                is_whole &= named.next().is_none();
                let line = document.line_of(property.span.start);
                Some(Set { texts, line, is_whole })
            }
        }
    }
}

/// The texts that an expression is, or is a list of.
fn read_texts(module: &Module, expr: ExprId, texts: &mut Vec<String>, is_whole: &mut bool) {
    match module.expr(expr) {
        Expr::Text(text) => texts.push(text.to_string()),
        Expr::List(items) => items.iter().for_each(|item| read_texts(module, *item, texts, is_whole)),
        Expr::Name(binding) => match module.binding(*binding).given.as_slice() {
            [given] if given.path.is_empty() && given.value.is_some_and(|value| value != expr) => {
                let value = given.value.unwrap_or(expr);
                match module.expr(value) {
                    Expr::Text(_) | Expr::List(_) => read_texts(module, value, texts, is_whole),
                    _ => *is_whole = false,
                }
            }
            _ => *is_whole = false,
        },
        _ => *is_whole = false,
    }
}

/// What the settings of a file make of a test.
pub(super) fn says(path: &RepoPath, document: &Arc<Document>, runner: Runner, test: &RepoPath) -> Says {
    let Some(source) = Source::of(path, document, runner) else {
        return Says::Selects;
    };
    // What is put together of several is not followed.
    let beyond = ["projects", "workspace", "root", "testRunner", "extends", "cwd"];
    if beyond.iter().any(|key| source.has(key)) {
        return Says::Selects;
    }
    match runner {
        Runner::Jest => of_jest(path, &source, test),
        Runner::Vitest => of_vitest(path, &source, test),
        Runner::Mocha => of_mocha(path, &source, test),
    }
}

/// <https://jestjs.io/docs/configuration#testmatch-arraystring>
fn of_jest(path: &RepoPath, source: &Source, test: &RepoPath) -> Says {
    let root = match source.get("rootDir") {
        None => path.parent().to_owned(),
        Some(set) => match (set.texts.as_slice(), set.is_whole) {
            ([one], true) => match resolve(path.parent(), one) {
                Some(root) => root.as_str().to_owned(),
                None => return Says::Selects,
            },
            _ => return Says::Computed("rootDir"),
        },
    };
    let file = format!("/{test}");
    // What lies elsewhere may have settings of its own, or none.
    let is_near = || is_under(&format!("/{}", path.parent()), &file);
    if let Some(set) = source.get("rootDir").filter(|_| source.get("roots").is_none())
        && !is_under(&format!("/{root}"), &file)
        && is_near()
    {
        return Says::LeavesOut("rootDir", set.line);
    }
    let placed = |text: &str| text.replace("<rootDir>", format!("/{root}").trim_end_matches('/'));
    let under = |text: &str| {
        let folder = placed(text);
        if !text.starts_with("<rootDir>") && !folder.starts_with('/') {
            return resolve(&root, text).map(|folder| format!("/{folder}"));
        }
        Some(folder)
    };
    if let Some(set) = source.get("roots") {
        let within = |text: &String| under(text).is_none_or(|folder| is_under(&folder, &file));
        match settled(&set, "roots", set.texts.iter().any(within)) {
            Says::Selects => {}
            says => return says,
        }
    }
    if let Some(set) = source.get("testPathIgnorePatterns") {
        let leaves_out = |text: &String| Regex::new(&placed(text)).is_ok_and(|pattern| pattern.is_match(&file));
        if set.texts.iter().any(leaves_out) {
            return Says::LeavesOut("testPathIgnorePatterns", set.line);
        }
    }
    match (source.get("testMatch"), source.get("testRegex")) {
        (Some(set), None) => by_globs(&set, "testMatch", &file, &|text| {
            vec![placed(text), beside(&root, text)]
        }),
        (None, Some(set)) => {
            let selects = |text: &String| Regex::new(&placed(text)).map_or(true, |pattern| pattern.is_match(&file));
            let is_anchored = set.texts.iter().any(|text| text.starts_with('^'));
            settled(&set, "testRegex", is_anchored || set.texts.iter().any(selects))
        }
        _ => Says::Selects,
    }
}

/// <https://vitest.dev/config/#include>
fn of_vitest(path: &RepoPath, source: &Source, test: &RepoPath) -> Says {
    let file = format!("/{test}");
    // A configuration that is named on the command line is read from the folder of the command: one of those above.
    let folders: Vec<String> = std::iter::once(path.parent())
        .chain(crate::artifact::above(path.parent()))
        .map(str::to_owned)
        .collect();
    let placed = |text: &str| -> Vec<String> { folders.iter().map(|folder| beside(folder, text)).collect() };
    if let Some(set) = source.get("dir") {
        let within = |text: &String| placed(text).iter().any(|folder| is_under(folder, &file));
        match settled(&set, "dir", set.texts.iter().any(within)) {
            Says::Selects => {}
            says => return says,
        }
    }
    if let Some(set) = source.get("exclude") {
        let own = |text: &String| compile(&beside(path.parent(), text)).is_some_and(|glob| glob.is_match(&file));
        if set.texts.iter().any(own) {
            return Says::LeavesOut("exclude", set.line);
        }
    }
    source
        .get("include")
        .map_or(Says::Selects, |set| by_globs(&set, "include", &file, &placed))
}

/// <https://mochajs.org/#-spec>
fn of_mocha(path: &RepoPath, source: &Source, test: &RepoPath) -> Says {
    let Some(set) = source.get("spec") else {
        return Says::Selects;
    };
    let file = format!("/{test}");
    let placed = |text: &str| {
        let one = beside(path.parent(), text);
        // A folder stands for its files.
        vec![
            format!("{}/*", one.trim_end_matches('/')),
            format!("{}/**/*", one.trim_end_matches('/')),
            one,
        ]
    };
    by_globs(&set, "spec", &file, &placed)
}

/// A pattern from a folder, as a path from the root.
fn beside(folder: &str, text: &str) -> String {
    let text = text.trim_start_matches("./").trim_start_matches('/');
    format!("/{}", in_folder(folder, text))
}

fn is_under(folder: &str, file: &str) -> bool {
    let folder = folder.trim_end_matches('/');
    let folder = folder.strip_suffix("/.").unwrap_or(folder);
    file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// What a key says that selects or does not: what is computed beside it may select.
fn settled(set: &Set, key: &'static str, selects: bool) -> Says {
    match selects {
        true => Says::Selects,
        false if set.is_whole && !set.texts.is_empty() => Says::LeavesOut(key, set.line),
        false => Says::Computed(key),
    }
}

/// What patterns say. One without a wildcard is a file that may load others; what can't be read may select.
fn by_globs(set: &Set, key: &'static str, file: &str, placed: &dyn Fn(&str) -> Vec<String>) -> Says {
    let is_negated = |text: &String| text.starts_with('!');
    // Where all patterns take away, something else selects.
    let mut selects = !set.texts.is_empty() && set.texts.iter().all(is_negated);
    for text in &set.texts {
        if let Some(negated) = text.strip_prefix('!') {
            let globs = placed(negated);
            selects &= !globs
                .iter()
                .any(|one| compile(one).is_some_and(|glob| glob.is_match(file)));
            continue;
        }
        let is_read = text.contains('*') && !text.contains("..");
        let matches = |one: &String| compile(one).is_none_or(|glob| glob.is_match(file));
        selects |= !is_read || placed(text).iter().any(matches);
    }
    settled(set, key, selects)
}

/// Whether a manifest holds settings of a runner.
pub(super) fn has_section(path: &RepoPath, document: &Arc<Document>, runner: Runner) -> bool {
    matches!(Source::of(path, document, runner), Some(Source::Data(root, _)) if matches!(root.value, Value::Map(_)))
}
