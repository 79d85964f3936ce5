//! The policy that `attest` and `waive` write to, and the repository that it is about.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::check::Control;
use crate::checklist::{self, Made, Words};
use crate::judge::digest;
use crate::model::{PathGlob, Tree};
use crate::policy::{Amended, Amendment, NAMED, NoToml, PATHS, Policy};
use crate::report::escape;
use crate::source::{Local, Revision, Source, without_excluded};
use crate::text;

use super::stop::Stop;
use super::{policies, tell};

/// Controls that the checklist itself is judged by. No policy writes them out, so nothing in it can speak of them.
const OWN_CONTROLS: [&str; 3] = ["checklist.contradicted", "checklist.inconsistent", "checklist.secret"];

/// Whether the policy is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// It is.
    Write,
    /// What would be written is shown.
    Show,
}

/// The controls that are made from what the lines of the policy's checklists name, as `check` makes them. A checklist
/// that can't be read makes none.
fn named(root: &Path, policy: &Policy) -> BTreeMap<String, Control> {
    let mut made = Made::default();
    for file in &policy.checklist.files {
        let Ok(bytes) = std::fs::read(root.join(file.as_str())) else {
            continue;
        };
        let Ok(list) = checklist::read_document(&text::Document::new(bytes)) else {
            continue;
        };
        let binds = &policy.checklist.binds;
        let mut bindings = checklist::bind(&list, Words::builtin(), binds);
        checklist::name(
            &list,
            Words::builtin(),
            binds,
            &policy.plan.ids(),
            &mut bindings,
            &mut made,
        );
    }
    made.controls
}

impl From<bool> for Mode {
    fn from(dry_run: bool) -> Self {
        if dry_run { Self::Show } else { Self::Write }
    }
}

/// A policy that is being written, and the repository that it is about.
pub(super) struct Desk {
    path: PathBuf,
    /// What messages call it.
    shown: String,
    /// Its path in the repository; `None` for a file elsewhere.
    inside: Option<String>,
    /// Its text as it stands.
    pub text: String,
    /// The same, read.
    pub policy: Policy,
    /// What `judge` looks at: the files that git tracks, without the excluded ones.
    tree: Tree,
    /// The controls that are made from what the policy's checklists name.
    named: BTreeMap<String, Control>,
}

impl Desk {
    /// Opens the policy that is given, else the one that stands where policies stand.
    ///
    /// # Errors
    /// There is none, or it has mistakes.
    pub async fn open(given: Option<&Path>) -> Result<Self, Stop> {
        let mut local = Local::open(Path::new("."))?;
        let Some(root) = local.root().map(Path::to_owned) else {
            return Err(Stop::Usage(
                "a bare repository has no file to write to: stand in a checkout".to_owned(),
            ));
        };
        let path = match given {
            Some(path) if path.exists() => path.to_owned(),
            Some(path) => return Err(no_policy(&format!("there is no policy `{}`", path.display()))),
            None => {
                let standing = tell::standing_policy(&root);
                standing
                    .map(|(_, file)| file)
                    .ok_or_else(|| no_policy("there is no policy to write to"))?
            }
        };
        let text = tell::read_policy(&path)?;
        let whole = |path: &Path| std::fs::canonicalize(path).ok();
        let inside = whole(&path).zip(whole(&root)).and_then(|(path, root)| {
            let relative = path.strip_prefix(root).ok()?.to_str()?;
            Some(relative.replace(std::path::MAIN_SEPARATOR, "/"))
        });
        let shown = inside.clone().unwrap_or_else(|| path.display().to_string());
        let tree = local.tree(&Revision::WorkingTree).await?;
        let policy = policies::at_hand(&shown, &text, local, &tree).await?;
        Ok(Self {
            named: named(&root, &policy),
            tree: without_excluded(tree, &policy.exclude),
            path,
            shown,
            inside,
            text,
            policy,
        })
    }

    /// The control of this id, which must be one that the policy asks for.
    pub fn control(&self, id: &str) -> Result<&Control, Stop> {
        let controls = self.policy.plan.controls();
        if let Some(control) = controls.iter().find(|control| control.info.id == id) {
            return Ok(control);
        }
        if OWN_CONTROLS.contains(&id) {
            return Err(Stop::Usage(format!(
                "`{id}` is judged from the checklist's own lines: correct those, or bind them otherwise with `[[checklist.bind]]`"
            )));
        }
        if let Some(control) = self.named.get(id) {
            return Ok(control);
        }
        if id.starts_with(NAMED) {
            let lists: Vec<String> = (self.policy.checklist.files.iter())
                .map(|path| format!("`{path}`"))
                .collect();
            return Err(Stop::Usage(if lists.is_empty() {
                format!(
                    "`{id}` is made from what a line of a checklist names, and {} names no checklist: add \
                     `[checklist] files = [\"…\"]`",
                    self.shown
                )
            } else {
                format!(
                    "`{id}` would be made from what a line names, and no line of {} makes it: `readygate coverage` \
                     shows what is made",
                    lists.join(" and ")
                )
            }));
        }
        let ids = || controls.iter().map(|control| control.info.id.as_str());
        let near = near(id, &ids().collect::<Vec<_>>());
        let help = if near.is_empty() {
            "`readygate controls` lists those that there are".to_owned()
        } else {
            format!("did you mean `{}`?", near.join("` or `"))
        };
        Err(Stop::Usage(format!(
            "{} asks for no control `{id}`; {help}",
            self.shown
        )))
    }

    /// Whether a pattern matches a file.
    pub fn matches(&self, pattern: &str) -> Result<bool, Stop> {
        let glob = PathGlob::new(pattern)
            .map_err(|why| Stop::Usage(format!("the pattern `{pattern}` can't be used: {why}")))?;
        Ok(self.tree.matching(&glob).next().is_some())
    }

    /// The digest of what these patterns cover, as `judge` compares it; `None` without patterns.
    pub fn digest(&self, paths: &[String]) -> Result<Option<String>, Stop> {
        for path in paths {
            if !self.matches(path)? {
                return Err(Stop::Usage(format!(
                    "`{path}` matches no file that git tracks, so there is nothing for it to cover"
                )));
            }
            if let Some(policy) = &self.inside
                && PathGlob::new(path).is_ok_and(|glob| glob.matches(policy))
            {
                return Err(Stop::Usage(format!(
                    "`{path}` covers {policy}, which the attestation itself changes: it would be void at once"
                )));
            }
        }
        if paths.is_empty() {
            return Ok(None);
        }
        digest(&self.tree, paths)
            .map(Some)
            .map_err(|why| Stop::Usage(format!("there is no digest of what it covers: {why}")))
    }

    /// What was amended, or why there is no place to write to.
    pub fn amended(&self, amended: Result<Amended, NoToml>) -> Result<Amended, Stop> {
        amended.map_err(|error| Stop::no_policy(error.to_string()))
    }

    /// The policy must be one still, or nothing is written.
    pub async fn holds(&self, amended: &Amended) -> Result<(), Stop> {
        let mut local = Local::open(Path::new("."))?;
        let tree = local.tree(&Revision::WorkingTree).await?;
        policies::at_hand(&self.shown, &amended.text, local, &tree)
            .await
            .map(|_| ())
    }

    /// Shows the difference and writes it.
    pub fn write(&self, amended: &Amended, says: &str, mode: Mode) -> Result<u8> {
        let Self { shown, text, path, .. } = self;
        if *text == amended.text {
            tell::print(&escape::for_log(&format!(
                "{shown} says so already; nothing was changed: {says}.\n"
            )))?;
            return Ok(0);
        }
        tell::difference(shown, text, &amended.text)?;
        let done = match amended.amendment {
            Amendment::Added => "added",
            Amendment::Renewed => "renewed",
        };
        let says = escape::visible(says);
        match mode {
            Mode::Show => tell::print(&format!("\nNothing was written (--dry-run): {says}.\n"))?,
            Mode::Write => {
                std::fs::write(path, &amended.text).with_context(|| format!("`{shown}` could not be written"))?;
                tell::print(&format!(
                    "\n{done} in {shown}: {says}. In a pull request it counts once an owner of the policy approves.\n"
                ))?;
            }
        }
        Ok(0)
    }
}

/// The ids that were meant, as far as one can tell: the one that differs by a slip, else those that share the most
/// words with it.
fn near<'a>(id: &str, ids: &[&'a str]) -> Vec<&'a str> {
    const MOST: usize = 3;
    const STEM: usize = 4;
    if let Some(near) = text::nearest(id, ids.iter().copied()) {
        return vec![near];
    }
    let words = |id: &'_ str| -> Vec<String> { id.split(['.', '-']).map(str::to_owned).collect() };
    let asked = words(id);
    let is_same = |left: &String, right: &String| {
        let (short, long) = if left.len() < right.len() {
            (left, right)
        } else {
            (right, left)
        };
        short == long || short.len() >= STEM && long.starts_with(short.as_str())
    };
    let shared = |known: &str| {
        let known = words(known);
        asked
            .iter()
            .filter(|word| known.iter().any(|other| is_same(word, other)))
            .count()
    };
    let scores: Vec<(usize, &str)> = ids.iter().map(|known| (shared(known), *known)).collect();
    let best = scores.iter().map(|(score, _)| *score).max().filter(|best| *best > 0);
    let near = scores.into_iter().filter(|(score, _)| Some(*score) == best);
    near.map(|(_, known)| known).take(MOST).collect()
}

fn no_policy(what: &str) -> Stop {
    Stop::Usage(format!(
        "{what}: write `{}` with the lines `version = 1` and `extends = [\"builtin:default\"]`, or let `readygate import CHECKLIST` make one",
        PATHS[0]
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_names_one_control_and_shared_words_name_a_few() {
        let ids = [
            "db.backup-restore-tested",
            "payments.stripe.configured",
            "edge.rate-limit",
        ];
        assert_eq!(near("edge.rate-limits", &ids), ["edge.rate-limit"]);
        assert_eq!(near("db.backups.configured", &ids), ["db.backup-restore-tested"]);
        assert_eq!(near("no.such-thing", &ids), [""; 0]);
    }
}
