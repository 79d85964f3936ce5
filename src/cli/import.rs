//! `readygate import CHECKLIST`: a policy from the team's own document.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::checklist::{self, Checklist, Draft, Extended, Made, Means, Words};
use crate::model::{RepoPath, Tree};
use crate::policy::{BUILTIN, PATHS, Policy};
use crate::source::{Local, Revision, Source};

use super::applied::{Applied, applied};
use super::args::ImportArguments;
use super::coverage::{self, unreadable};
use super::stop::Stop;
use super::{choose, policies, tell};

/// A policy to be written, and what was there before.
struct Imported {
    path: PathBuf,
    before: Option<String>,
    after: String,
    /// What it comes to, in one line.
    summary: String,
}

/// Writes the policy where there is none; where there is one, shows what would be added, and adds it when asked to.
/// The exit status.
///
/// # Errors
/// The policy or standard output can't be written.
pub async fn run(arguments: &ImportArguments) -> Result<u8> {
    let imported = match import(arguments).await {
        Ok(imported) => imported,
        Err(stop) => {
            coverage::stopped(&stop);
            return Ok(stop.status());
        }
    };
    let shown = imported.path.display().to_string();
    let before = imported.before.as_deref().unwrap_or_default();
    if before == imported.after {
        tell::print(&format!(
            "{shown} says all of it already; nothing was changed. {}\n",
            imported.summary
        ))?;
        return Ok(0);
    }
    if imported.before.is_some() {
        tell::difference(&shown, before, &imported.after)?;
        if !arguments.yes {
            tell::print(&format!(
                "\nNothing was written: with --yes, {shown} is changed so. {}\n",
                imported.summary
            ))?;
            return Ok(0);
        }
    }
    if let Some(folder) = imported.path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("`{}` could not be made", folder.display()))?;
    }
    std::fs::write(&imported.path, &imported.after).with_context(|| format!("`{shown}` could not be written"))?;
    let lines = imported.after.lines().count();
    tell::print(&format!(
        "{shown} was written: {lines} lines. {}\nRead it, then: readygate check\n",
        imported.summary
    ))?;
    Ok(0)
}

async fn import(arguments: &ImportArguments) -> Result<Imported, Stop> {
    let mut local = Local::open(Path::new("."))?;
    let root = local.root().map(Path::to_owned).unwrap_or_else(|| PathBuf::from("."));
    let list = coverage::read(&arguments.checklist)?;
    if list.items.is_empty() {
        return Err(Stop::Usage(coverage::no_item(&arguments.checklist)));
    }
    let file = inside(&root, &arguments.checklist)?;
    let tree = local.tree(&Revision::WorkingTree).await?;
    let path = match &arguments.policy {
        Some(path) => path.clone(),
        None => standing(&root)?,
    };
    let before = if path.is_file() {
        Some(tell::read_policy(&path)?)
    } else {
        None
    };
    let shown = path.display().to_string();
    let policy = match &before {
        Some(text) => policies::at_hand(&shown, text, local, &tree).await?,
        None => built_in(&BUILTIN.iter().map(|(name, _)| *name).collect::<Vec<_>>())?,
    };
    let mut bindings = checklist::bind(&list, Words::builtin(), &policy.checklist.binds);
    checklist::name(
        &list,
        Words::builtin(),
        &policy.checklist.binds,
        &policy.plan.ids(),
        &mut bindings,
        &mut Made::default(),
    );
    let nearest = checklist::nearest(&list, Words::builtin(), &policy.checklist.binds);
    let mut packs = match &before {
        Some(_) => Vec::new(),
        None => packs(&tree, &bindings)?,
    };
    let text = before.clone().unwrap_or_else(|| Extended::policy(&packs));
    let read = async || policies::at_hand(&shown, &text, Local::open(Path::new("."))?, &tree).await;
    let (mut policy, mut asked) = (read().await?, read().await?);
    let applied = applied(&mut asked, &bindings).await?;
    let left_out = without_missed(&mut packs, &applied);
    policy.plan.retain(|info| !left_out.contains(&info.id));
    let known = (policy.plan.controls(), &applied.unsigned);
    let draft = Draft::new(file, packs, &list, (&bindings, &nearest), known);
    let after = match &before {
        None => draft.policy(),
        Some(text) => draft
            .merged_into(text)
            .map_err(|error| Stop::no_policy(error.to_string()))?,
    };
    let written = policies::at_hand(&shown, &after, Local::open(Path::new("."))?, &tree).await?;
    Ok(Imported {
        summary: summary(&list, &draft, &written, &applied),
        path,
        before,
        after,
    })
}

/// How much of the checklist the policy decides, and what is left to people.
fn summary(list: &Checklist, draft: &Draft, policy: &Policy, applied: &Applied) -> String {
    let mut bindings = checklist::bind(list, Words::builtin(), &policy.checklist.binds);
    let mut made = Made::default();
    checklist::name(
        list,
        Words::builtin(),
        &policy.checklist.binds,
        &policy.plan.ids(),
        &mut bindings,
        &mut made,
    );
    let controls = policy.plan.controls().iter().chain(made.controls.values());
    let means = checklist::means(&bindings, controls, &applied.beside);
    let (_, all) = checklist::coverage(list, &means);
    let mut text = format!("{} of {} items are decided by something", all.decided(), all.all());
    let mut left = Vec::new();
    if !draft.to_sign.is_empty() {
        left.push(format!("{} controls ask for a person's word", draft.to_sign.len()));
    }
    if !draft.proposals.is_empty() {
        left.push(format!("{} items for a decision", draft.proposals.len()));
    }
    if !left.is_empty() {
        text.push_str(&format!("; {}", left.join(", ")));
    }
    text.push('.');
    text
}

/// The packs that fit what is there, and of the others the controls that ask for a word which the checklist asks for,
/// too: what else they have nobody here has asked for.
fn packs(tree: &Tree, bindings: &[Vec<checklist::Binding>]) -> Result<Vec<Extended>, Stop> {
    let bound: BTreeSet<&str> = bindings
        .iter()
        .flatten()
        .map(|binding| binding.control.as_str())
        .collect();
    let fitting = choose::fitting(tree);
    let whole = fitting.iter().map(|name| Extended {
        name: (*name).to_owned(),
        only: Vec::new(),
    });
    let mut packs: Vec<Extended> = whole.collect();
    for (name, _) in BUILTIN.iter().filter(|(name, _)| !fitting.contains(name)) {
        let pack = built_in(&[name])?;
        let asked = pack
            .plan
            .controls()
            .iter()
            .filter(|control| Means::of(control) == Means::Word && bound.contains(control.info.id.as_str()));
        let only: Vec<String> = asked.map(|control| control.info.id.clone()).collect();
        if !only.is_empty() {
            packs.push(Extended {
                name: (*name).to_owned(),
                only,
            });
        }
    }
    Ok(packs)
}

/// Takes out of the packs' parts what a machine finds missing: those packs look at another kind of application, and a word
/// was what they were taken for. The controls that are gone.
fn without_missed(packs: &mut Vec<Extended>, applied: &Applied) -> BTreeSet<String> {
    let mut left_out = BTreeSet::new();
    packs.retain_mut(|pack| {
        if pack.only.is_empty() {
            return true;
        }
        let (missed, kept) = std::mem::take(&mut pack.only)
            .into_iter()
            .partition(|id| applied.missed.contains(id));
        left_out.extend::<Vec<String>>(missed);
        pack.only = kept;
        !pack.only.is_empty()
    });
    left_out
}

fn built_in(names: &[&str]) -> Result<Policy, Stop> {
    Policy::builtins(names).map_err(|mistakes| Stop::Policy(mistakes, std::collections::BTreeMap::new()))
}

/// Where the policy stands, or will.
///
/// # Errors
/// A link stands there: what is written through one lies somewhere else.
fn standing(root: &Path) -> Result<PathBuf, Stop> {
    let there = tell::standing_policy(root).map(|(_, file)| file);
    let path = there.unwrap_or_else(|| root.join(PATHS[0]));
    // Nobody wants to read `./.github`.
    let path = path.strip_prefix(".").map(Path::to_owned).unwrap_or(path);
    if std::fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink()) {
        return Err(Stop::Usage(format!(
            "`{}` is a link, and a policy must be a file of this repository: name the file with --policy",
            path.display()
        )));
    }
    Ok(path)
}

/// The checklist's path in the repository.
fn inside(root: &Path, file: &Path) -> Result<RepoPath, Stop> {
    let unreadable = |error: std::io::Error| unreadable(file, &error.to_string());
    let whole = std::fs::canonicalize(file).map_err(unreadable)?;
    let root = std::fs::canonicalize(root).map_err(unreadable)?;
    let relative = whole.strip_prefix(&root).ok().and_then(Path::to_str);
    let Some(relative) = relative else {
        return Err(Stop::Usage(format!(
            "`{}` is not in this repository: a policy names checklists that head and base hold",
            file.display()
        )));
    };
    Ok(RepoPath::new(&relative.replace(std::path::MAIN_SEPARATOR, "/")))
}
