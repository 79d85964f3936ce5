//! `readygate fix --checklist`: the boxes of what is met, ticked.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::checklist::{self, Checklist, Ticked};
use crate::judge::ItemVerdict;
use crate::model::{ChecklistReport, RepoPath};
use crate::report::escape;
use crate::source::Local;
use crate::text::{Document, redact};

use super::args::{CheckArguments, FixArguments};
use super::check::judge_local;
use super::session::Judgement;
use super::stop::Stop;
use super::tell;

/// A checklist and what becomes of it.
struct Fixed {
    path: PathBuf,
    report: ChecklistReport,
    ticked: Ticked,
}

/// Ticks the boxes whose verdict is `unticked-but-met`, and says which and why; the exit status.
///
/// # Errors
/// A checklist or standard output can't be written.
pub async fn run(arguments: &FixArguments) -> Result<u8> {
    let all = match fixed(arguments).await {
        Ok(all) => all,
        Err(stop) => {
            tell::stop(&stop);
            return Ok(stop.status());
        }
    };
    let mut told = String::new();
    for fixed in &all {
        if !arguments.dry_run && !fixed.ticked.ticked.is_empty() {
            let shown = &fixed.report.path;
            std::fs::write(&fixed.path, &fixed.ticked.text)
                .with_context(|| format!("`{}` could not be written", escape::visible(shown)))?;
        }
        told.push_str(&text(
            fixed,
            if arguments.dry_run { "would be ticked" } else { "ticked" },
        ));
    }
    let ticked: usize = all.iter().map(|fixed| fixed.ticked.ticked.len()).sum();
    let left: usize = all.iter().map(|fixed| fixed.ticked.left.len()).sum();
    let boxes = if ticked == 1 {
        "1 box"
    } else {
        &format!("{ticked} boxes")
    };
    let _ = match (ticked, arguments.dry_run) {
        (0, _) => writeln!(told, "Nothing to tick; {left} left for a person."),
        (_, true) => writeln!(
            told,
            "{boxes} would be ticked, {left} left for a person; nothing was written (--dry-run)."
        ),
        (_, false) => writeln!(told, "{boxes} ticked, {left} left for a person."),
    };
    tell::print(&escape::for_log(&told))?;
    Ok(0)
}

/// What becomes of a checklist's items; `ticked` is the word for those that are ticked.
fn text(fixed: &Fixed, ticked_word: &str) -> String {
    let mut text = String::new();
    let mut line = |index: usize, word: &str, why: &str| {
        if let Some(item) = fixed.report.items.get(index) {
            let place = format!("{}:{}", fixed.report.path, item.line);
            let said = format!("{place}: {word}: {} ({why})", item.text);
            let _ = writeln!(text, "{}", escape::visible(&said));
        }
    };
    let ticked = fixed.ticked.ticked.iter().map(|index| (*index, None));
    let left = fixed.ticked.left.iter().map(|(index, why)| (*index, Some(why)));
    let mut all: Vec<_> = ticked.chain(left).collect();
    all.sort_by_key(|(index, _)| *index);
    for (index, left) in all {
        let reason = fixed.report.items.get(index).map_or("", |item| item.reason.as_str());
        match left {
            None => line(index, ticked_word, reason),
            Some(why) => line(index, "left", &format!("{why}; it is met by {reason}")),
        }
    }
    text
}

/// All checklists, before any of them is written.
async fn fixed(arguments: &FixArguments) -> Result<Vec<Fixed>, Stop> {
    let Some(named) = &arguments.checklist else {
        return Err(Stop::Usage(
            "checklists are all that is mended by machine: `readygate fix --checklist [FILE]...` ticks what is met; for the rest each finding's remediation says what to change".to_owned(),
        ));
    };
    let local = Local::open(Path::new("."))?;
    let Some(root) = local.root().map(Path::to_owned) else {
        return Err(Stop::Usage(
            "a bare repository has no file to write to: stand in a checkout".to_owned(),
        ));
    };
    let judgement = judge_local(&CheckArguments {
        path: PathBuf::from("."),
        policy: arguments.policy.clone(),
        checklist: named.clone(),
        offline: arguments.offline,
        ..CheckArguments::default()
    })
    .await?;
    let known: Vec<&str> = judgement
        .report
        .checklists
        .iter()
        .map(|list| list.path.as_str())
        .collect();
    for path in named {
        let path = RepoPath::new(&path.to_string_lossy());
        if !known.contains(&path.as_str()) {
            return Err(Stop::Usage(format!(
                "`{path}` is no file that git tracks here; name it by its path from the repository's root"
            )));
        }
    }
    if known.is_empty() {
        return Err(Stop::Usage(
            "there is no checklist: name one, or list it in the policy's `[checklist] files`".to_owned(),
        ));
    }
    let reports = judgement.report.checklists.iter();
    reports.map(|report| one(&root, report, &judgement)).collect()
}

fn one(root: &Path, report: &ChecklistReport, judgement: &Judgement) -> Result<Fixed, Stop> {
    let shown = &report.path;
    if !judgement.head.tree.get(shown).is_some_and(crate::model::Entry::is_file) {
        return Err(Stop::Usage(format!(
            "`{shown}` is a link or a submodule, and not written to"
        )));
    }
    let path = root.join(shown);
    let unreadable = |why: String| Stop::Usage(format!("`{shown}` can't be ticked: {why}"));
    let bytes = std::fs::read(&path).map_err(|error| unreadable(error.to_string()))?;
    let document = Document::new(bytes);
    let list = checklist::read_document(&document).map_err(|why| unreadable(why.to_string()))?;
    if document.is_decoded() {
        return Err(unreadable("it is UTF-16; save it as UTF-8 first".to_owned()));
    }
    let text = std::str::from_utf8(document.bytes()).map_err(|_| unreadable("it is not UTF-8".to_owned()))?;
    if let Some(damage) = list.damage {
        return Err(damaged(shown, damage));
    }
    if let Some(why) = &report.unread {
        return Err(unreadable(why.clone()));
    }
    if !is_judged(&list, report) {
        return Err(unreadable("it is not what was judged; run it again".to_owned()));
    }
    let items = report.items.iter().enumerate();
    let met: BTreeSet<usize> = items
        .filter(|(_, item)| item.verdict == ItemVerdict::UntickedButMet.as_str())
        .map(|(index, _)| index)
        .collect();
    let ticked = checklist::tick(text, &met).map_err(|damage| damaged(shown, damage))?;
    Ok(Fixed {
        path,
        report: report.clone(),
        ticked,
    })
}

fn damaged(shown: &str, damage: checklist::Damage) -> Stop {
    Stop::Usage(format!(
        "`{shown}` is damaged (its UTF-8 was read as {} and saved again), so it is not written to: restore it first",
        damage.name()
    ))
}

/// Whether the document on disk has the items that were judged, at their places.
fn is_judged(list: &Checklist, report: &ChecklistReport) -> bool {
    let same = |(item, judged): (&checklist::Item, &crate::model::ItemReport)| {
        item.line == judged.line && item.state.as_str() == judged.state && redact(&item.text) == judged.text
    };
    list.items.len() == report.items.len() && list.items.iter().zip(&report.items).all(same)
}
