//! `path`: whether files are there.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::model::{Class, Evidence, Examined, Gap, Needs, Place, RepoPath, Strength, Tree};

use super::files::{Case, Found, Globs, MOST_SHOWN, hidden, no_git, not_whole, vendored_folder};
use super::parameters::{Count, OneOrMany, counted, read};
use super::{Check, Kind, Problem, View};

/// The kind.
pub const KIND: Kind = Kind {
    name: "path",
    summary: "Whether files of these names are there, or are not.",
    schema: |generator| generator.subschema_for::<Parameters>(),
    build,
};

/// Patterns of which one must be there, or a table that asks more.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "PathParameters")]
enum Parameters {
    /// The same as `exists`.
    Exists(OneOrMany),
    /// What is asked in full.
    Table(PathTable),
}

/// Whether files are there. Patterns start from the component's folder, or from the root; `*` stays inside
/// a folder, `**` does not. Copied-in code (`node_modules`, `vendor`, …) counts only for a pattern that names it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PathTable {
    /// A file that matches one of these patterns must be there.
    exists: Option<OneOrMany>,
    /// No file that matches one of these patterns may be there.
    absent: Option<OneOrMany>,
    /// Patterns of files to leave out, of `exists` and of `absent`.
    except: Option<OneOrMany>,
    /// `true`: the patterns start from the root, whichever component is asked about.
    #[serde(default)]
    from_root: bool,
    /// How many files must match `exists`.
    count: Option<Count>,
    /// Take `readme.md` for `README.md`.
    #[serde(default)]
    ignore_case: bool,
    /// Ask for files that git tracks: in a folder without git this is unknown.
    #[serde(default)]
    tracked: bool,
}

#[derive(Debug)]
struct PathCheck {
    exists: Option<Globs>,
    absent: Option<Globs>,
    except: Option<Globs>,
    from_root: bool,
    count: Option<Count>,
    tracked: bool,
}

fn build(value: &Value) -> Result<Box<dyn Check>, Vec<Problem>> {
    let table = match read(value)? {
        Parameters::Exists(patterns) => PathTable {
            exists: Some(patterns),
            ..PathTable::default()
        },
        Parameters::Table(table) => table,
    };
    let case = if table.ignore_case { Case::Ignored } else { Case::Counts };
    let mut problems: Vec<Problem> = Count::problem(table.count).into_iter().collect();
    let mut compile = |patterns: &Option<OneOrMany>, key| match patterns {
        None => None,
        Some(patterns) => Globs::new(patterns, key, case)
            .map_err(|found| problems.extend(found))
            .ok(),
    };
    let exists = compile(&table.exists, "exists");
    let absent = compile(&table.absent, "absent");
    let except = compile(&table.except, "except");
    if table.exists.is_none() && table.absent.is_none() {
        problems.push(Problem::at(&[], "this asks for nothing: give `exists` or `absent`"));
    }
    if table.exists.is_none() && table.count.is_some() {
        problems.push(Problem::at(
            &["count"],
            "`count` counts the files of `exists`, which is missing",
        ));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Box::new(PathCheck {
        exists,
        absent,
        except,
        from_root: table.from_root,
        count: table.count,
        tracked: table.tracked,
    }))
}

impl Check for PathCheck {
    fn asks_of_sources(&self) -> bool {
        false
    }

    fn needs(&self, _: &View<'_>) -> Needs {
        Needs::none()
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        let view = &view.rooted(self.from_root);
        if self.tracked && !view.tree().is_tracked() {
            return Examined::unknown(no_git("what git tracks"));
        }
        let exists = self.exists.as_ref().map(|globs| self.examine_exists(globs, view));
        let absent = self.absent.as_ref().map(|globs| self.examine_absent(globs, view));
        match (exists, absent) {
            (Some(exists), Some(absent)) => super::condition::all(vec![exists, absent]),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => Examined::not_applicable("it asks for nothing"),
        }
    }
}

impl PathCheck {
    /// What matches, as files and as links and submodules, without what is left out.
    fn find<'a>(&self, globs: &Globs, view: &View<'a>) -> (Vec<Found<'a>>, Vec<Found<'a>>) {
        let folder = view.folder();
        let is_kept = |path: &RepoPath| match (&self.except, path.relative_to(folder)) {
            (Some(except), Some(relative)) => !except.matches(relative),
            (None, _) | (_, None) => true,
        };
        let found = globs.find(&view.snapshot.tree, folder).into_iter();
        found
            .filter(|(path, _)| is_kept(path))
            .partition(|(_, entry)| entry.is_file())
    }

    fn examine_exists(&self, globs: &Globs, view: &View<'_>) -> Examined {
        let folder = view.folder();
        let (mut files, others) = self.find(globs, view);
        // What was laid aside is no evidence that there is anything.
        files.retain(|(path, _)| view.tree().class(path.as_str()) != Class::Archived);
        let words = globs.in_words(folder);
        let most = Count::most(self.count);
        if most.is_some_and(|most| files.len() > most) {
            return too_many(view, &files, most.unwrap_or_default(), globs);
        }
        let is_enough = files.len() >= Count::least(self.count);
        // What a link or a cut listing hides could be one too many, or just the one that is missing.
        if !is_enough || most.is_some() {
            let link = others.first().copied().or_else(|| globs.hidden_by(view.tree(), folder));
            if let Some(unread) = link.map(hidden).or_else(|| not_whole(view.tree(), &words)) {
                return Examined::unknown(unread);
            }
        }
        if is_enough {
            let reason = match files.as_slice() {
                [] => format!("nothing matches {words}"),
                [(path, _)] => format!("`{path}` is there"),
                [(path, _), ..] => format!("`{path}` and {} are there", counted(files.len() - 1, "more file")),
            };
            return Examined::pass(reason, evidence(view.tree(), &files));
        }
        let message = if files.is_empty() && globs.is_one_path() {
            format!("{words} is missing")
        } else if files.is_empty() {
            format!("no file matches {words}")
        } else {
            let least = Count::least(self.count);
            format!(
                "{} of the {least} asked for match {words}",
                counted(files.len(), "file")
            )
        };
        let gap = Gap::missing(globs.written(folder).join(" | "), message.clone());
        Examined::fail(message, vec![gap]).with_evidence(evidence(view.tree(), &files))
    }

    fn examine_absent(&self, globs: &Globs, view: &View<'_>) -> Examined {
        let folder = view.folder();
        let words = globs.in_words(folder);
        let (files, others) = self.find(globs, view);
        if !files.is_empty() {
            let gaps = shown(view.tree(), &files)
                .into_iter()
                .map(|thing| Gap::at(thing.place(), "", format!("{} must not be there", thing.in_words())));
            let mut gaps: Vec<Gap> = gaps.collect();
            let reason = match gaps.as_slice() {
                [one] => one.message.clone(),
                [first, others @ ..] => format!(
                    "{} and {} more must not be there",
                    first.message.trim_end_matches(" must not be there"),
                    others.len()
                ),
                [] => format!("what matches {words} must not be there"),
            };
            cut(&mut gaps, globs, folder);
            return Examined::fail(reason, gaps);
        }
        let link = others.first().copied().or_else(|| globs.hidden_by(view.tree(), folder));
        if let Some(unread) = link.map(hidden).or_else(|| not_whole(view.tree(), &words)) {
            return Examined::unknown(unread);
        }
        Examined::pass(format!("nothing matches {words}"), Vec::new())
    }
}

fn too_many(view: &View<'_>, files: &[Found<'_>], most: usize, globs: &Globs) -> Examined {
    let folder = view.folder();
    let reason = format!(
        "{} match {}, and at most {most} may",
        counted(files.len(), "file"),
        globs.in_words(folder)
    );
    let mut gaps: Vec<Gap> = shown(view.tree(), files)
        .into_iter()
        .map(|thing| Gap::at(thing.place(), "", format!("{} is one too many", thing.in_words())))
        .collect();
    cut(&mut gaps, globs, folder);
    Examined::fail(reason, gaps)
}

/// A file, or a vendored folder with the number of files found in it.
enum Shown {
    File(RepoPath),
    Folder(RepoPath, usize),
}

impl Shown {
    fn place(&self) -> Place {
        match self {
            Self::File(path) | Self::Folder(path, _) => Place::file(path),
        }
    }

    fn in_words(&self) -> String {
        match self {
            Self::File(path) => format!("`{path}`"),
            Self::Folder(path, files) => format!("`{path}/` with {}", counted(*files, "file")),
        }
    }
}

/// Thirty thousand vendored files are one thing to say.
fn shown(tree: &Tree, files: &[Found<'_>]) -> Vec<Shown> {
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    let mut shown = Vec::new();
    for (path, _) in files {
        match vendored_folder(tree, path) {
            Some(folder) => *folders.entry(folder).or_default() += 1,
            None => shown.push(Shown::File((*path).clone())),
        }
    }
    let folders = folders
        .into_iter()
        .map(|(folder, files)| Shown::Folder(RepoPath::new(folder), files));
    folders.chain(shown).collect()
}

fn evidence(tree: &Tree, files: &[Found<'_>]) -> Vec<Evidence> {
    shown(tree, files)
        .iter()
        .take(MOST_SHOWN)
        .map(|thing| {
            let place = thing.place();
            let subject = place.path.as_str().to_owned();
            Evidence::new(place, "", Strength::Present, subject)
        })
        .collect()
}

fn cut(gaps: &mut Vec<Gap>, globs: &Globs, folder: &str) {
    super::files::cut(gaps, &globs.written(folder).join(" | "));
}
