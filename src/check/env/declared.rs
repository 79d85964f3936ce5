//! The variables that a file declares.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::artifact::{Format, Node, Value, data};
use crate::model::{Cause, RepoPath, Unread};
use crate::text::Document;

/// What files declare.
#[derive(Debug, Default)]
pub(super) struct Declared {
    /// The names.
    pub(super) names: BTreeSet<String>,
    /// Where more may come from that no file of the repository holds, in words.
    pub(super) elsewhere: Option<String>,
}

/// Keys under which manifests keep variables.
const HOLDERS: [&str; 9] = [
    "env",
    "environment",
    "envVars",
    "env_variables",
    "variables",
    "args",
    "environmentVariables",
    "vars",
    "env_vars",
];
/// Keys that take variables in from elsewhere.
const OPEN: [&str; 6] = [
    "env_file",
    "envFrom",
    "fromGroup",
    "env-file",
    "secretEnv",
    "environmentFiles",
];

static EXAMPLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^[ \t]*(?:#[ \t]*)?(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.]*)[ \t]*=")
        .expect("the pattern is constant and tested")
});
static DOCKERFILE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?mi)^[ \t]*(?:ENV|ARG)[ \t]+([^\n]*(?:\\\r?\n[^\n]*)*)").expect("the pattern is constant and tested")
});
static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[\s])([A-Za-z_][A-Za-z0-9_]*)(?:=|\s|$)").expect("the pattern is constant and tested")
});

impl Declared {
    /// Takes in what a file declares.
    ///
    /// # Errors
    /// Why it can't be read.
    pub(super) fn take(&mut self, path: &RepoPath, document: &Document) -> Result<(), Unread> {
        let name = path.file_name().to_ascii_lowercase();
        let Ok(text) = document.text() else {
            let what = format!("`{path}` is no text");
            return Err(Unread::new(Cause::Encoding, what, "save it as UTF-8"));
        };
        if name.contains("dockerfile") || name.contains("containerfile") {
            self.dockerfile(text);
            return Ok(());
        }
        match Format::of(path.as_str()) {
            // A variable that is commented out is declared as well: it is there to be filled in.
            Some(Format::Dotenv) | None => {
                let found = EXAMPLE.captures_iter(text).filter_map(|captures| captures.get(1));
                self.names.extend(found.map(|name| name.as_str().to_owned()));
                Ok(())
            }
            Some(Format::Json | Format::Yaml | Format::Toml | Format::Either) => match data(path.as_str(), document) {
                Some(Ok(root)) => {
                    self.node(&root, path, 0);
                    Ok(())
                }
                Some(Err(error)) => {
                    let what = format!("`{path}` can't be read: {}", error.message);
                    Err(Unread::new(Cause::Parse, what, "mend the file"))
                }
                None => Ok(()),
            },
        }
    }

    fn dockerfile(&mut self, text: &str) {
        for captures in DOCKERFILE.captures_iter(text) {
            let line = captures.get(1).map_or("", |found| found.as_str());
            for pair in PAIR.captures_iter(line) {
                self.names.extend(pair.get(1).map(|name| name.as_str().to_owned()));
                // `ENV NAME words of a value` declares one.
                if !line.contains('=') {
                    break;
                }
            }
        }
    }

    fn node(&mut self, node: &Node, path: &RepoPath, depth: u32) {
        const DEEPEST: u32 = 40;
        if depth > DEEPEST {
            return;
        }
        for (key, value) in node.entries() {
            if HOLDERS.contains(&key.text.as_str()) {
                self.holder(value);
            }
            if OPEN.contains(&key.text.as_str()) {
                let what = format!("`{path}` takes variables in by `{}`", key.text);
                self.elsewhere.get_or_insert(what);
            }
            self.node(value, path, depth + 1);
        }
        for item in node.items() {
            self.node(item, path, depth + 1);
        }
    }

    fn holder(&mut self, node: &Node) {
        match &node.value {
            Value::Map(entries) => self.names.extend(entries.iter().map(|(key, _)| key.text.clone())),
            Value::List(items) => {
                for item in items {
                    let named = item.get("key").or_else(|| item.get("name")).and_then(Node::as_str);
                    let pair = item.as_str().map(|text| text.split('=').next().unwrap_or(text).trim());
                    self.names.extend(named.or(pair).map(str::to_owned));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}
