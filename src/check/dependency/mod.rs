//! `dependency`: what the manifests declare, in which version, and whether a lockfile pins it.

mod brought;
mod declared;
pub(super) use declared::is_like;
mod lockfile;
mod managers;
mod serving;
mod stale;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::artifact::{self, Ecosystem, check_range, lockfile_needs, manifests_of, workspace_needs};
use crate::model::{Entry, Examined, Needs, RepoPath, Unread};
use crate::program::Program;
use crate::text::HashMap;

use super::parameters::{self, OneOrMany};
use super::registry::{Kind, Problem};
use super::{Check, View};

use declared::Names;

/// The kind `dependency`.
pub const KIND: Kind = Kind {
    name: "dependency",
    summary: "Whether the manifests declare a package, in which version, and whether a lockfile pins what they declare.",
    schema: |generator| generator.subschema_for::<Params>(),
    build,
};

/// A package's name alone, several of which one will do, or a table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Params {
    /// A package that is declared: `"pg"`. `*` stands for any letters: `"@sentry/*"`.
    Name(String),
    /// Packages of which one is declared.
    Names(Vec<String>),
    /// A question in full.
    Table(Table),
}

/// Either `name`, `lockfile` or `one-manager`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Table {
    /// The package, or packages of which one is declared. `*` stands for any letters.
    name: Option<OneOrMany>,
    /// Only manifests of this registry; without it, of all.
    ecosystem: Option<Ecosystem>,
    /// What it has to be declared for. Default: `any`.
    #[serde(default)]
    group: GroupFilter,
    /// The versions that will do, in the words of the registry: `>=4.17.0`. The locked version counts; where no
    /// lockfile governs, every version that the manifest allows has to lie in it.
    version: Option<String>,
    /// `true`: every manifest with dependencies has a lockfile beside it or in its workspace's root, or pins each line.
    lockfile: Option<bool>,
    /// `true`: lockfiles of one package manager alone pin what a manifest declares, beside it and in its workspace's root.
    /// npm's registry.
    one_manager: Option<bool>,
}

/// What a dependency is declared for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum GroupFilter {
    /// Whatever for.
    #[default]
    Any,
    /// For production: optional and peer dependencies too. Of a component, what packages of the same repository declare
    /// that it depends on is counted as well where its production loads it.
    Runtime,
    /// For those who work on it, and for the build.
    Development,
}

#[derive(Debug)]
enum Question {
    Declared {
        names: Names,
        group: GroupFilter,
        version: Option<String>,
    },
    Locked,
    OneManager,
}

#[derive(Debug)]
struct Dependency {
    question: Question,
    ecosystem: Option<Ecosystem>,
}

fn build(value: &Value) -> Result<Box<dyn Check>, Vec<Problem>> {
    let params = parameters::read::<Params>(value)?;
    let table = match params {
        Params::Name(name) => Table {
            name: Some(OneOrMany::One(name)),
            ..Table::default()
        },
        Params::Names(names) => Table {
            name: Some(OneOrMany::Many(names)),
            ..Table::default()
        },
        Params::Table(table) => table,
    };
    let problems = problems(&table);
    if !problems.is_empty() {
        return Err(problems);
    }
    let question = match table.name {
        Some(names) => Question::Declared {
            names: Names::new(names.as_slice().to_vec()),
            group: table.group,
            version: table.version,
        },
        None if table.one_manager.is_some() => Question::OneManager,
        None => Question::Locked,
    };
    Ok(Box::new(Dependency {
        question,
        ecosystem: table.ecosystem,
    }))
}

fn problems(table: &Table) -> Vec<Problem> {
    let mut problems = Vec::new();
    let names = table.name.as_ref().map_or(&[][..], OneOrMany::as_slice);
    if table.name.is_some() && (names.is_empty() || names.iter().any(|name| name.trim().is_empty())) {
        problems.push(Problem::at(&["name"], "a package's name can't be empty"));
    }
    // Both are questions about lockfiles.
    let lockfile = table.lockfile.or(table.one_manager);
    if table.lockfile.is_some() && table.one_manager.is_some() {
        problems.push(Problem {
            help: Some("write two conditions, joined by `all`".to_owned()),
            ..Problem::at(&["one-manager"], "`lockfile` and `one-manager` are two questions")
        });
    }
    match (&table.name, lockfile) {
        (None, None) => problems.push(Problem {
            help: Some("write `name = \"…\"` or `lockfile = true`".to_owned()),
            ..Problem::at(&[], "`dependency` asks for nothing")
        }),
        (Some(_), Some(_)) => problems.push(Problem {
            help: Some("write two conditions, joined by `all`".to_owned()),
            ..Problem::at(&["lockfile"], "`name` and `lockfile` are two questions")
        }),
        (None, Some(false)) => problems.push(Problem {
            help: Some("write `lockfile = true` inside `none`".to_owned()),
            ..Problem::at(&["lockfile"], "`lockfile` can only be `true`")
        }),
        (None, Some(true)) if table.version.is_some() => {
            problems.push(Problem::at(&["version"], "`version` needs a `name`"));
        }
        (None, Some(true)) | (Some(_), None) => {}
    }
    if let Some(version) = &table.version {
        let all = [Ecosystem::Npm, Ecosystem::Pypi, Ecosystem::Cargo, Ecosystem::Go];
        let asked = table.ecosystem.map_or(all.to_vec(), |ecosystem| vec![ecosystem]);
        let wrong: Vec<String> = asked
            .iter()
            .filter_map(|ecosystem| check_range(*ecosystem, version).err())
            .collect();
        if wrong.len() == asked.len() {
            problems.push(Problem::at(&["version"], wrong.into_iter().next().unwrap_or_default()));
        }
    }
    problems
}

impl Dependency {
    /// Whether what comes by other packages of the repository is counted.
    fn counts_brought(&self) -> bool {
        let is_of_npm = self.ecosystem.is_none_or(|asked| asked == Ecosystem::Npm);
        let is_for_production = match &self.question {
            Question::Declared { group, version, .. } => *group == GroupFilter::Runtime && version.is_none(),
            Question::Locked | Question::OneManager => false,
        };
        is_of_npm && is_for_production
    }

    /// The manifests, and the lockfiles where a version is asked for or what they hold, that nobody has read yet. Found once
    /// in a round of reading, for all who ask for the same.
    fn manifests(&self, view: &View<'_>) -> Arc<BTreeSet<RepoPath>> {
        let has_version = matches!(
            self.question,
            Question::Declared { version: Some(_), .. } | Question::Locked
        );
        let component = view.component.map(|component| component.path.clone());
        let key = (component, self.ecosystem, has_version, self.counts_brought());
        let known = view.snapshot.derive(|_| Wanted::default());
        let lock = || known.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(files) = lock().get(&key) {
            return Arc::clone(files);
        }
        let files = Arc::new(self.unread(view, has_version));
        lock().insert(key, Arc::clone(&files));
        files
    }

    fn unread(&self, view: &View<'_>, has_version: bool) -> BTreeSet<RepoPath> {
        let tree = &view.snapshot.tree;
        let mut files: BTreeSet<RepoPath> = BTreeSet::new();
        for folder in folders(view) {
            let paths = manifests_of(view.snapshot, &folder);
            let ecosystems: BTreeSet<Ecosystem> = paths
                .iter()
                .map(|path| Ecosystem::of_manifest(path.file_name()).unwrap_or(Ecosystem::Pypi))
                .filter(|ecosystem| self.ecosystem.is_none_or(|asked| asked == *ecosystem))
                .collect();
            for ecosystem in ecosystems {
                files.extend(workspace_needs(tree, ecosystem, &folder));
                if has_version {
                    files.extend(lockfile_needs(tree, ecosystem, &folder));
                }
            }
            files.extend(paths.iter().filter(|path| path.file_name() != "setup.py").cloned());
            // What other packages of the repository bring along counts for production.
            if self.counts_brought() && view.component.is_some() {
                files.extend(artifact::brought_along_needs(tree));
            }
            // A file that another one includes is known once that one is read.
            files.extend(
                artifact::declared(view.snapshot, &folder)
                    .into_iter()
                    .map(|(path, _)| path),
            );
        }
        files.retain(|path| {
            let is_file = || tree.get(path.as_str()).is_some_and(Entry::is_file);
            path.file_name() != "setup.py" && is_file() && !view.snapshot.has_read(path)
        });
        files
    }
}

/// What the files that a question wants depend on: component, ecosystem, whether a version is asked for, and whether what
/// other packages bring is counted.
type Asker = (Option<RepoPath>, Option<Ecosystem>, bool, bool);

/// The files that questions want.
#[derive(Default)]
struct Wanted(Mutex<HashMap<Asker, Arc<BTreeSet<RepoPath>>>>);

impl Check for Dependency {
    fn asks_of_sources(&self) -> bool {
        false
    }

    fn needs(&self, view: &View<'_>) -> Needs {
        let mut needs = Needs::shared(self.manifests(view));
        if let Question::Declared { names, group, version } = &self.question {
            let version = version.as_deref();
            let needs_program = brought::Asked::of(view, self.ecosystem, *group, version)
                .is_some_and(|asked| asked.needs_program(names));
            let asks_for_servers = || {
                serving::Asked::of(view, self.ecosystem, (names, *group, version)).is_some()
                    && !declared::is_declared(&Found::gather(view, self.ecosystem), names, *group)
            };
            if needs_program || asks_for_servers() {
                needs.unite(Program::needs(view.snapshot));
            }
        }
        needs
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        let found = Found::gather(view, self.ecosystem);
        match &self.question {
            Question::Declared { names, group, version } => {
                declared::examine(view, &found, names, *group, version.as_deref())
            }
            Question::Locked => lockfile::examine(view, &found),
            Question::OneManager => managers::examine(view, &found),
        }
    }
}

/// The folders asked about: the component's, or all that hold a manifest.
fn folders(view: &View<'_>) -> Vec<String> {
    match view.component {
        Some(component) => vec![component.folder().to_owned()],
        None => artifact::manifest_folders(view.snapshot).into_iter().collect(),
    }
}

/// The manifests asked about, with the folders that they belong to.
struct Found {
    manifests: Vec<(String, artifact::Declared)>,
    unread: Vec<Unread>,
    ecosystem: Option<Ecosystem>,
}

impl Found {
    fn gather(view: &View<'_>, ecosystem: Option<Ecosystem>) -> Self {
        let mut found = Self {
            manifests: Vec::new(),
            unread: Vec::new(),
            ecosystem,
        };
        for folder in folders(view) {
            for (path, result) in artifact::declared(view.snapshot, &folder) {
                let its = Ecosystem::of_manifest(path.file_name()).unwrap_or(Ecosystem::Pypi);
                if ecosystem.is_some_and(|asked| asked != its) {
                    continue;
                }
                match result {
                    Ok(declared) => found.manifests.push((folder.clone(), declared)),
                    Err(unread) => found.unread.push(unread),
                }
            }
        }
        found
    }

    /// Why nothing is asked of this place, if so.
    fn nothing(&self, view: &View<'_>) -> Option<Examined> {
        if !self.manifests.is_empty() || !self.unread.is_empty() {
            return None;
        }
        let place = view.component.map_or_else(
            || "the repository".to_owned(),
            |component| format!("`{}`", component.path),
        );
        let of = self
            .ecosystem
            .map_or_else(String::new, |ecosystem| format!(" of {}", ecosystem.as_str()));
        Some(Examined::not_applicable(format!("{place} has no manifest{of}")))
    }
}

/// At most this many pieces of evidence or gaps are shown of one condition.
const MOST_SHOWN: usize = 50;
