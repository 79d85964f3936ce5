//! The words of an item: names of things, and what stands around them.

use super::super::words::{Names, tokens};
use super::{MOST_NAMES, Thing};

/// A word of an item.
#[derive(Debug, Clone)]
pub(super) enum Word {
    /// The name of something.
    Name(Thing, String),
    /// A word in lower case.
    Plain(String),
}

/// The words of a text, of which `code` stood between backticks. A command (`npm run build`) is the name of what it runs.
pub(super) fn words(names: &Names, text: &str, code: &[String]) -> Vec<Word> {
    Splitter { names, code }.split(text)
}

struct Splitter<'a> {
    names: &'a Names,
    code: &'a [String],
}

impl Splitter<'_> {
    fn split(&self, text: &str) -> Vec<Word> {
        let raw: Vec<&str> = text.split_whitespace().collect();
        let mut words = Vec::new();
        let mut at = 0;
        while at < raw.len() {
            if let Some((found, length)) = self.command(&raw[at..]) {
                words.extend(found);
                at += length;
                continue;
            }
            let bare = bare(raw[at]);
            if let Some(name) = self.name(bare, raw.get(at + 1).copied(), &words) {
                words.push(name);
            } else {
                words.extend(tokens(bare).into_iter().map(Word::Plain));
            }
            at += 1;
        }
        words
    }

    /// A command or a route at the beginning of these words, and how many of them it takes.
    fn command(&self, raw: &[&str]) -> Option<(Vec<Word>, usize)> {
        let first = bare(raw.first()?);
        let second = bare(raw.get(1)?);
        let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];
        if methods.contains(&first) {
            let is_path = second.starts_with('/') && !second.contains("//");
            return is_path.then(|| {
                (
                    vec![Word::Name(Thing::Route, format!("{first} {}", address(second)))],
                    2,
                )
            });
        }
        let script = |name: &str| vec![Word::Name(Thing::Script, name.to_owned())];
        let is_script = |name: &str| {
            let is_plain = |character: char| character.is_ascii_alphanumeric() || ":-_.".contains(character);
            !name.is_empty() && !name.starts_with('-') && name.chars().all(is_plain)
        };
        let is_known = |name: &str| is_script(name) && (name.contains(':') || self.names.has("script-words", name));
        match (first, second) {
            ("npm" | "pnpm" | "yarn" | "bun", "run") => {
                let name = bare(raw.get(2)?);
                is_script(name).then(|| (script(name), 3))
            }
            ("npm", "test" | "start") => Some((script(second), 2)),
            ("pnpm" | "yarn", name) if is_known(name) => Some((script(name), 2)),
            ("npm", "install" | "i") | ("yarn" | "pnpm" | "bun", "add") | ("pip" | "pip3", "install") => {
                packages(self.of_command(first, second, &raw[2..])).map(|(names, length)| (names, length + 2))
            }
            _ => None,
        }
    }

    /// What belongs to an installing command of the words behind it: all that stands between its backticks; without
    /// backticks (`npm install has been run`), what can only be a package.
    fn of_command<'b>(&self, first: &str, second: &str, behind: &'b [&'b str]) -> &'b [&'b str] {
        let spans = self.code.iter().map(|span| span.split_whitespace());
        let mut own = spans.filter_map(|mut span| {
            let is_it = span.next() == Some(first) && span.next() == Some(second);
            is_it.then(|| span.count())
        });
        let is_package = |word: &&&str| {
            let word = bare(word);
            self.names.has("packages", word)
                || word.starts_with(['-', '@'])
                || package(word).is_some() && word.contains('-')
        };
        let length = own
            .next()
            .unwrap_or_else(|| behind.iter().take_while(is_package).count());
        behind.get(..length).unwrap_or(behind)
    }

    /// A name that stands for itself.
    fn name(&self, word: &str, next: Option<&str>, before: &[Word]) -> Option<Word> {
        let lower = word.to_lowercase();
        if let Some(name) = variable(word) {
            return Some(Word::Name(Thing::Variable, name.to_owned()));
        }
        let follows = |list: &str| next.is_some_and(|next| self.names.has(list, &bare(next).to_lowercase()));
        if word.starts_with('/') {
            let is_api = word.starts_with("/api/") || follows("endpoints");
            let is_plain = |character: char| character.is_ascii_alphanumeric() || "/:_-{}[]".contains(character);
            let is_route = is_api && word.len() > 2 && !word.ends_with('/') && word.chars().all(is_plain);
            return is_route.then(|| Word::Name(Thing::Route, address(word)));
        }
        // Many packages are called by a common word: that one is meant has to be said.
        let last = before
            .iter()
            .rev()
            .find(|word| !matches!(word, Word::Plain(word) if word == "and" || self.names.has("articles", word)));
        let comes_after = |list: &str| matches!(last, Some(Word::Plain(word)) if self.names.has(list, word));
        let is_listed = matches!(last, Some(Word::Name(Thing::Package, _)));
        let is_said = follows("kinds") || comes_after("kinds");
        let is_installed = follows("adds-package") || comes_after("adds-package") || is_listed;
        // Between backticks, and added: a package that is known by its name alone.
        let is_code = || comes_after("adds") && self.code.iter().any(|span| span == word);
        let is_package = package(word).is_some()
            // `@org/team` is people, too.
            && if word.starts_with('@') {
                is_said || is_installed
            } else if self.names.has("packages", word) {
                is_said || is_installed || is_code()
            } else {
                is_said && word.contains('-')
            };
        if is_package {
            return Some(Word::Name(Thing::Package, word.to_owned()));
        }
        self.is_file(word, &lower)
            .then(|| Word::Name(Thing::File, word.to_owned()))
    }

    fn is_file(&self, word: &str, lower: &str) -> bool {
        let is_plain = |character: char| character.is_ascii_alphanumeric() || "/._-+".contains(character);
        let is_relative = !word.starts_with(['/', '~', '-']) && !word.contains("..") && !word.contains("//");
        if !is_relative || !word.chars().all(is_plain) || self.names.has("products", lower) || is_kept_out(lower) {
            return false;
        }
        let name = lower.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        if word.ends_with('/') {
            return word.len() > 3;
        }
        if self.names.has("known-files", name) {
            return true;
        }
        let (stem, extension) = name.rsplit_once('.').unwrap_or_default();
        !stem.is_empty() && self.names.has("extensions", extension)
    }
}

/// A word without the punctuation around it.
fn bare(word: &str) -> &str {
    let is_around = |character: char| "()\"'`,;:!?“”‘’*".contains(character);
    word.trim_matches(is_around).trim_end_matches('.')
}

/// A route's path as it is compared: what stands for any part is `*`.
fn address(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts = path.split('/').map(|part| {
        if part.starts_with([':', '{', '[', '<']) {
            "*"
        } else {
            part
        }
    });
    parts.collect::<Vec<_>>().join("/")
}

/// The name of a variable, with or without a value behind it.
fn variable(word: &str) -> Option<&str> {
    let name = word.split('=').next().unwrap_or_default();
    let is_letter = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let is_name = name.contains('_') && !name.ends_with('_') && name.bytes().all(is_letter);
    (is_name && name.starts_with(|first: char| first.is_ascii_uppercase())).then_some(name)
}

/// A package's name without its version.
fn package(word: &str) -> Option<&str> {
    let start = usize::from(word.starts_with('@'));
    let name = word[start..]
        .split('@')
        .next()
        .map(|name| &word[..start + name.len()])?;
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_./@".contains(&byte);
    let has_scope = start == 0 && !name.contains('/') || start == 1 && name.matches('/').count() == 1;
    (name.len() > 1 + start && has_scope && name.bytes().all(is_plain)).then_some(name)
}

/// The packages that an installing command names; nothing for one that installs for the whole machine, or a file.
fn packages(raw: &[&str]) -> Option<(Vec<Word>, usize)> {
    let mut names = Vec::new();
    let mut length = 0;
    for word in raw.iter().map(|word| bare(word)) {
        if matches!(word, "-g" | "--global" | "-r" | "--requirement" | "-e") {
            return None;
        }
        if !word.starts_with('-') {
            let Some(name) = package(word).filter(|name| !name.starts_with('.')) else {
                break;
            };
            names.push(Word::Name(Thing::Package, name.to_owned()));
        }
        length += 1;
    }
    (!names.is_empty() && names.len() <= MOST_NAMES).then(|| {
        // The command is its own verb.
        names.insert(0, Word::Plain("install".to_owned()));
        (names, length)
    })
}

/// An example file of variables.
pub(super) fn is_example(place: &str) -> bool {
    let lower = place.to_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    name.contains("env") && ["example", "sample", "template"].iter().any(|word| name.contains(word))
}

/// Files that a repository rightly has not: what holds secrets, what a build makes, what a machine keeps for itself.
fn is_kept_out(lower: &str) -> bool {
    let mut parts = lower.split('/');
    let name = lower.rsplit('/').next().unwrap_or_default();
    let is_made = parts.any(|part| {
        matches!(
            part,
            "node_modules"
                | "dist"
                | "build"
                | "out"
                | ".next"
                | "coverage"
                | "target"
                | "logs"
                | "tmp"
                | "uploads"
                | ".git"
        )
    });
    let is_secret = (name.starts_with(".env") || name.ends_with(".env")) && !is_example(name);
    let is_key = [
        "secret",
        "credential",
        "keystore",
        "google-services",
        "googleservice-info",
        "serviceaccount",
    ]
    .iter()
    .any(|word| name.contains(word));
    is_made || is_secret || is_key
}
