//! `gitignore`: what the repository's `.gitignore` files keep out, and let in.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::artifact::{Gitignore, Ignores, PathKind};
use crate::model::{Class, Entry, Evidence, Examined, Gap, Needs, Place, Read, Related, RepoPath, Strength, Unread};
use crate::text::Document;

use super::files::{cut, no_git, not_whole, vendored_folder};
use super::parameters::{OneOrMany, counted, read};
use super::{Check, Kind, Problem, View};

/// The kind.
pub const KIND: Kind = Kind {
    name: "gitignore",
    summary: "Whether git ignores these paths, by the .gitignore files that the repository shares.",
    schema: |generator| generator.subschema_for::<Parameters>(),
    build,
};

/// Paths that must be ignored, or a table that asks more.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "GitignoreParameters")]
enum Parameters {
    /// The same as `ignores`.
    Ignores(OneOrMany),
    /// What is asked in full.
    Table(GitignoreTable),
}

/// What git ignores, by its own rules and by the `.gitignore` files that are in the repository: a person's own
/// excludes protect that person alone. Paths start from the component's folder, or from the root; one that ends
/// in `/` is a folder.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct GitignoreTable {
    /// Each of these paths must be ignored, whether it is there or not.
    ignores: Option<OneOrMany>,
    /// None of these paths may be ignored.
    allows: Option<OneOrMany>,
    /// No file that git tracks may be one that is ignored: such a file is committed although it should not be.
    #[serde(default)]
    none_tracked: bool,
}

#[derive(Debug)]
struct GitignoreCheck {
    ignores: Vec<String>,
    allows: Vec<String>,
    none_tracked: bool,
}

fn build(value: &Value) -> Result<Box<dyn Check>, Vec<Problem>> {
    let table = match read(value)? {
        Parameters::Ignores(paths) => GitignoreTable {
            ignores: Some(paths),
            ..GitignoreTable::default()
        },
        Parameters::Table(table) => table,
    };
    let mut problems = Vec::new();
    let mut paths = |given: &Option<OneOrMany>, key| {
        let paths = given.as_ref().map_or(&[][..], OneOrMany::as_slice);
        problems.extend(paths.iter().filter_map(|path| problem(path, key)));
        paths.to_vec()
    };
    let ignores = paths(&table.ignores, "ignores");
    let allows = paths(&table.allows, "allows");
    if ignores.is_empty() && allows.is_empty() && !table.none_tracked {
        let message = "this asks for nothing: give `ignores`, `allows` or `none-tracked = true`";
        problems.push(Problem::at(&[], message));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Box::new(GitignoreCheck {
        ignores,
        allows,
        none_tracked: table.none_tracked,
    }))
}

fn problem(path: &str, key: &str) -> Option<Problem> {
    let why = if path.trim_matches('/').is_empty() {
        "it is empty"
    } else if path.contains(['*', '?']) {
        "it must be one path, such as `.env.local`, and no pattern"
    } else if path.starts_with('/') || path.split('/').any(|part| matches!(part, "." | "..")) {
        "it starts from the folder, without `/`, `./` or `..`"
    } else {
        return None;
    };
    Some(Problem::at(&[key], format!("`{path}` can't be asked for: {why}")))
}

const NAME: &str = ".gitignore";

/// The `.gitignore` files that were read.
struct Files(BTreeMap<RepoPath, (Arc<Document>, Arc<Gitignore>)>);

impl Files {
    /// The file in which a line about a path would stand: the deepest one above it.
    fn nearest(&self, path: &RepoPath) -> Option<&RepoPath> {
        let above = self.0.keys().filter(|file| path.is_within(file.parent()));
        above.max_by_key(|file| file.parent().len())
    }

    fn read(view: &View<'_>, paths: impl IntoIterator<Item = RepoPath>) -> Result<Self, Unread> {
        let mut files = BTreeMap::new();
        for path in paths {
            match view.snapshot.read(path.as_str()) {
                Read::Absent => {}
                Read::Unread(unread) => return Err(unread),
                Read::Here(document) => {
                    let parsed = document.view::<Gitignore>();
                    files.insert(path, (document, parsed));
                }
            }
        }
        Ok(Self(files))
    }

    fn ignores(&self) -> Ignores<'_> {
        let files = self.0.iter();
        Ignores::new(files.map(|(path, (_, parsed))| (path.parent(), parsed.as_ref())))
    }

    /// The place and the words of a line.
    fn line(&self, folder: &str, line: u32) -> (Place, String) {
        let path = RepoPath::new(folder).join(NAME);
        let known = self
            .0
            .get(&path)
            .and_then(|(document, _)| Some((document, document.line_span(line)?)));
        match known {
            Some((document, span)) => {
                let words = document.words(&span).trim_start_matches('\u{FEFF}').to_owned();
                (Place::span(&path, document, &span), words)
            }
            None => (Place::line(&path, line), String::new()),
        }
    }
}

impl Check for GitignoreCheck {
    fn asks_of_sources(&self) -> bool {
        false
    }

    fn needs(&self, view: &View<'_>) -> Needs {
        let mut needs = Needs::files(self.named(view).flat_map(|path| above(&path)));
        if self.none_tracked {
            needs.unite(Needs::files(every_file(view)));
        }
        let is_file = |path: &RepoPath| view.tree().get(path.as_str()).is_some_and(Entry::is_file);
        needs.files.retain(is_file);
        needs
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        let mut examined = Vec::new();
        if !self.ignores.is_empty() || !self.allows.is_empty() {
            examined.push(
                match Files::read(view, self.named(view).flat_map(|path| above(&path))) {
                    Err(unread) => Examined::unknown(unread),
                    Ok(files) => self.examine_named(view, &files),
                },
            );
        }
        if self.none_tracked {
            examined.push(examine_tracked(view));
        }
        if examined.len() == 1 {
            return examined.remove(0);
        }
        super::condition::all(examined)
    }
}

impl GitignoreCheck {
    fn named(&self, view: &View<'_>) -> impl Iterator<Item = RepoPath> {
        let folder = RepoPath::new(view.folder());
        let paths = self.ignores.iter().chain(&self.allows);
        paths.map(move |path| folder.join(path))
    }

    fn examine_named(&self, view: &View<'_>, files: &Files) -> Examined {
        let folder = RepoPath::new(view.folder());
        let ignores = files.ignores();
        let mut gaps = Vec::new();
        let mut evidence = Vec::new();
        for written in &self.ignores {
            let path = folder.join(written);
            match ignores.ignored_by(path.as_str(), kind(written)) {
                Some((at, line)) => {
                    let (place, words) = files.line(&at, line);
                    evidence.push(Evidence::new(place, &words, Strength::Wired, path.as_str()));
                }
                None => gaps.push(Gap {
                    place: files.nearest(&path).map(Place::file),
                    ..Gap::missing(path.as_str(), format!("`{path}` is not ignored by any .gitignore"))
                }),
            }
        }
        for written in &self.allows {
            let path = folder.join(written);
            if let Some((at, line)) = ignores.ignored_by(path.as_str(), kind(written)) {
                let (place, words) = files.line(&at, line);
                let mut gap = Gap::at(place, &words, format!("`{path}` is ignored by this line"));
                path.as_str().clone_into(&mut gap.subject);
                gaps.push(gap);
            }
        }
        if gaps.is_empty() {
            return Examined::pass(self.reason(view), evidence);
        }
        let reason: Vec<&str> = gaps.iter().map(|gap| gap.message.as_str()).collect();
        Examined::fail(reason.join("; "), gaps).with_evidence(evidence)
    }

    fn reason(&self, view: &View<'_>) -> String {
        let folder = RepoPath::new(view.folder());
        let listed = |paths: &[String]| {
            let quoted: Vec<String> = paths.iter().map(|path| format!("`{}`", folder.join(path))).collect();
            let verb = if paths.len() == 1 { "is" } else { "are" };
            (quoted.join(", "), verb)
        };
        let ignored = Some(&self.ignores).filter(|paths| !paths.is_empty()).map(|paths| {
            let (paths, verb) = listed(paths);
            format!("{paths} {verb} ignored")
        });
        let allowed = Some(&self.allows).filter(|paths| !paths.is_empty()).map(|paths| {
            let (paths, verb) = listed(paths);
            format!("{paths} {verb} not ignored")
        });
        ignored.into_iter().chain(allowed).collect::<Vec<_>>().join("; ")
    }
}

fn kind(written: &str) -> PathKind {
    if written.ends_with('/') {
        PathKind::Folder
    } else {
        PathKind::File
    }
}

/// The `.gitignore` of every folder above a path.
fn above(path: &RepoPath) -> Vec<RepoPath> {
    let text = path.as_str();
    let folders = text.match_indices('/').map(|(at, _)| &text[..at]);
    [""].into_iter()
        .chain(folders)
        .map(|folder| RepoPath::new(folder).join(NAME))
        .collect()
}

/// Every `.gitignore` outside of copied-in code.
fn every_file(view: &View<'_>) -> Vec<RepoPath> {
    let named = view.tree().with_name(NAME).map(|(path, _)| path);
    let mut paths: Vec<RepoPath> = named
        .filter(|path| view.tree().class(path.as_str()) != Class::Vendored)
        .cloned()
        .collect();
    // In a component's view those above its folder count as well; outside of it they are few.
    paths.retain(|path| path.is_within(view.folder()) || view.folder().starts_with(path.parent()));
    paths
}

fn examine_tracked(view: &View<'_>) -> Examined {
    if !view.tree().is_tracked() {
        return Examined::unknown(no_git("what git tracks"));
    }
    let files = match Files::read(view, every_file(view)) {
        Ok(files) => files,
        Err(unread) => return Examined::unknown(unread),
    };
    let ignores = files.ignores();
    let mut gaps = Vec::new();
    let mut folders: BTreeMap<&str, (usize, (String, u32))> = BTreeMap::new();
    for (path, _) in view.tree().below(view.folder()) {
        // Copied-in code has .gitignore files of its own, which are not read: only its folder is asked about.
        if let Some(folder) = vendored_folder(view.tree(), path) {
            if let Some((files, _)) = folders.get_mut(folder) {
                *files += 1;
            } else if let Some(line) = ignores.ignored_by(folder, PathKind::Folder) {
                folders.insert(folder, (1, line));
            }
        } else if let Some((at, line)) = ignores.ignored_by(path.as_str(), PathKind::File) {
            let message = format!("`{path}` is committed although it is ignored");
            gaps.push(tracked_gap(&files, path, message, &at, line));
        }
    }
    let vendored = folders.into_iter().map(|(folder, (number, (at, line)))| {
        let number = counted(number, "file");
        let message = format!("`{folder}/` is committed with {number} although it is ignored");
        tracked_gap(&files, &RepoPath::new(folder), message, &at, line)
    });
    let mut gaps: Vec<Gap> = vendored.chain(gaps).collect();
    if let [first, ..] = gaps.as_slice() {
        let reason = match gaps.len() {
            1 => first.message.clone(),
            several => format!("{} are committed although they are ignored", counted(several, "path")),
        };
        cut(&mut gaps, "ignored files");
        return Examined::fail(reason, gaps);
    }
    match not_whole(view.tree(), "files that are ignored") {
        Some(unread) => Examined::unknown(unread),
        None => Examined::pass("no committed file is one that git ignores", Vec::new()),
    }
}

fn tracked_gap(files: &Files, path: &RepoPath, message: String, folder: &str, line: u32) -> Gap {
    let (place, words) = files.line(folder, line);
    let mut gap = Gap::at(Place::file(path), "", message);
    gap.related.push(Related {
        place,
        message: format!("`{}` ignores it", crate::text::redact(words.trim())),
    });
    gap
}
