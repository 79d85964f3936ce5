//! The variables that a file declares.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::artifact::container::{Dockerfile, Stage};
use crate::artifact::{Format, Node, Value, data};
use crate::model::{Cause, RepoPath, Unread};
use crate::text::Document;

use super::names::is_public;

/// What files declare.
#[derive(Debug, Default)]
pub(super) struct Declared {
    /// The names.
    pub(super) names: BTreeSet<String>,
    /// Those that only another program is given: another stage of an image, the service of a store.
    pub(super) others: BTreeSet<String>,
    /// What each service that is built here is given, by its file and name.
    pub(super) services: Vec<(String, BTreeSet<String>)>,
    /// The documents that name some of them.
    pub(super) documents: Vec<RepoPath>,
    /// Where more may come from that no file of the repository holds, in words.
    pub(super) elsewhere: Option<String>,
    /// Why it is not settled which of the names stay.
    pub(super) unmerged: Option<Unread>,
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
/// Words in the names of stages that nothing is started from.
const BUILDING: [&str; 5] = ["base", "build", "deps", "dependencies", "install"];
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

/// Whether a text holds both sides of a merge: who copies it has neither.
fn is_unmerged(text: &str) -> bool {
    ["<<<<<<< ", ">>>>>>> "]
        .iter()
        .all(|mark| text.lines().any(|line| line.starts_with(mark)))
}

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
            match &document.view::<Dockerfile>().0 {
                Ok(stages) => self.stages(stages),
                Err(_) => self.dockerfile(text),
            }
            return Ok(());
        }
        match Format::of(path.as_str()) {
            // A variable that is commented out is declared as well: it is there to be filled in.
            Some(Format::Dotenv) | None => {
                let found = EXAMPLE.captures_iter(text).filter_map(|captures| captures.get(1));
                self.names.extend(found.map(|name| name.as_str().to_owned()));
                if is_unmerged(text) {
                    let what = format!("`{path}` holds the marks of a merge that was not finished");
                    self.unmerged = Some(Unread::new(Cause::Parse, what, "finish the merge"));
                }
                Ok(())
            }
            Some(Format::Json | Format::Yaml | Format::Toml | Format::Either) => match data(path.as_str(), document) {
                Some(Ok(root)) => {
                    self.node(&root, path, 0);
                    self.compose(&root, path);
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

    /// What an image's stages set. What is set in a stage that others only copy from is not set where the program runs;
    /// what is given to browsers is needed where it is built.
    fn stages(&mut self, stages: &[Stage]) {
        let names = |stage: &Stage| -> BTreeSet<String> {
            let sets = stage.instructions.iter();
            let sets = sets.filter(|found| matches!(found.keyword.as_str(), "ENV" | "ARG"));
            sets.flat_map(|found| found.settings().into_iter().map(|(name, _)| name))
                .collect()
        };
        let copied: BTreeSet<String> = stages
            .iter()
            .flat_map(|stage| &stage.instructions)
            .filter_map(|found| Some(found.flag("from")?.to_ascii_lowercase()))
            .collect();
        let mut own = BTreeSet::new();
        for (index, stage) in stages.iter().enumerate() {
            let is_source =
                copied.contains(&index.to_string()) || stage.name.as_ref().is_some_and(|name| copied.contains(name));
            // Another target that can be built, unless its name says that it only builds.
            let name = stage.name.as_deref().unwrap_or("");
            let is_target = !is_source && !name.is_empty() && !BUILDING.iter().any(|word| name.contains(word));
            if index + 1 == stages.len() || is_target {
                // A stage with those that it starts from.
                let mut at = Some(index);
                while let Some(index) = at {
                    own.extend(names(&stages[index]));
                    let base = stages[index].image.to_ascii_lowercase();
                    at = stages[..index]
                        .iter()
                        .rposition(|known| known.name.as_deref() == Some(&base));
                }
            }
        }
        let all: BTreeSet<String> = stages.iter().flat_map(names).collect();
        let others = all.iter().filter(|name| !own.contains(*name) && !is_public(name));
        self.others.extend(others.cloned());
        self.names.extend(all);
    }

    /// What each service of a compose file is given. A service that runs an image of a store, a queue or a proxy gives
    /// nothing to the program.
    fn compose(&mut self, root: &Node, path: &RepoPath) {
        let services = root.get("services").map_or(&[][..], Node::entries);
        if !path.file_name().contains("compose") || services.is_empty() {
            return;
        }
        let mut own = BTreeSet::new();
        for (name, service) in services {
            let image = service.get("image").and_then(Node::as_str).unwrap_or("");
            let mut given = Self::default();
            for holder in HOLDERS {
                given.holder_of(service.get(holder));
                given.holder_of(service.get("build").and_then(|build| build.get(holder)));
            }
            let is_built = service.get("build").is_some();
            // Without a folder of its publisher, it is one of Docker's own.
            let is_other = !is_built && !image.is_empty() && !image.contains(['/', '$']);
            if !is_other {
                own.extend(given.names.iter().cloned());
            }
            let is_open = OPEN.iter().any(|key| service.get(key).is_some());
            if is_built && !is_open {
                self.services
                    .push((format!("`{}` of `{path}`", name.text), given.names));
            } else {
                self.others.extend(given.names);
            }
        }
        self.others.retain(|name| !own.contains(name));
    }

    fn holder_of(&mut self, node: Option<&Node>) {
        if let Some(node) = node {
            self.holder(node, 0);
        }
    }

    /// Takes in what another file declares.
    pub(super) fn unite(&mut self, other: Self) {
        let only_others = |name: &String| other.others.contains(name);
        // What one file gives to the program is given to it.
        self.others
            .retain(|name| !other.names.contains(name) || only_others(name));
        let new = other.others.iter().filter(|name| !self.names.contains(*name));
        self.others.extend(new.cloned());
        self.names.extend(other.names);
        self.services.extend(other.services);
        self.elsewhere = self.elsewhere.take().or(other.elsewhere);
        self.unmerged = self.unmerged.take().or(other.unmerged);
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
                self.holder(value, 0);
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

    fn holder(&mut self, node: &Node, depth: u32) {
        const DEEPEST_MERGE: u32 = 4;
        match &node.value {
            Value::Map(entries) => {
                for (key, value) in entries {
                    match key.text.as_str() {
                        // YAML's merge of another map.
                        "<<" if depth < DEEPEST_MERGE => self.holder(value, depth + 1),
                        name => self.names.extend([name.to_owned()]),
                    }
                }
            }
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
