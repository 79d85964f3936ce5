//! `readygate coverage CHECKLIST`: how much of a checklist is decided by what.

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;

use crate::check::Control;
use crate::checklist::{self, Binding, Checklist, Item, Made, Means, Words};
use crate::policy::Policy;
use crate::report::escape;
use crate::source::{Local, SourceError};
use crate::text::{Document, redact};

use super::applied::applied;
use super::args::CoverageArguments;
use super::stop::Stop;
use super::{policies, tell};

/// Prints, per section and in all, how many items are decided by what, and names those that nothing decides;
/// the exit status.
///
/// # Errors
/// Standard output can't be written.
pub async fn run(arguments: &CoverageArguments) -> Result<u8> {
    match told(arguments).await {
        Ok(text) => {
            tell::print(&text)?;
            Ok(0)
        }
        Err(stop) => {
            stopped(&stop);
            Ok(stop.status())
        }
    }
}

async fn told(arguments: &CoverageArguments) -> Result<String, Stop> {
    let list = read(&arguments.checklist)?;
    let (name, mut policy) = policies::found(arguments.policy.as_deref()).await?;
    let mut bindings = checklist::bind(&list, Words::builtin(), &policy.checklist.binds);
    let mut made = Made::default();
    let past = checklist::name(
        &list,
        Words::builtin(),
        &policy.checklist.binds,
        &policy.plan.ids(),
        &mut bindings,
        &mut made,
    );
    let named: Vec<Control> = made.controls.into_values().collect();
    let beside = applied(&mut policy, &bindings).await?.beside;
    let controls = policy.plan.controls().iter().chain(&named);
    let means = checklist::means(&bindings, controls, &beside);
    let mut text = text(&arguments.checklist, &name, &list, &bindings, &means);
    text.push_str(&beside_items(&arguments.checklist, &list, &bindings, &means));
    text.push_str(&named_items(&arguments.checklist, &list, &bindings, &named));
    let strays = strays(&policy, Some(list));
    if !strays.is_empty() {
        text.push('\n');
    }
    for stray in strays {
        let _ = writeln!(text, "{name}: {}", escape::visible(&stray));
    }
    if !past.is_empty() {
        let _ = writeln!(
            text,
            "\n{} items more name something, and are among the unmapped: {} controls are made from what lines name, no more.",
            past.len(),
            checklist::MOST_NAMED
        );
    }
    Ok(text)
}

/// What is to be said of the policy's bindings that bind no line of its documents, nor of this one; nothing where not
/// all of them can be read from disk.
pub(super) fn strays(policy: &Policy, list: Option<Checklist>) -> Vec<String> {
    let root = Local::open(Path::new(".")).ok();
    let root = root.as_ref().and_then(Local::root).unwrap_or(Path::new("."));
    let lists = policy
        .checklist
        .files
        .iter()
        .map(|file| read(&root.join(file.as_str())).ok());
    let Some(mut lists) = lists.collect::<Option<Vec<Checklist>>>() else {
        return Vec::new();
    };
    lists.extend(list);
    if lists.is_empty() {
        return Vec::new();
    }
    let strays = checklist::strays(&lists.iter().collect::<Vec<_>>(), &policy.checklist.binds);
    strays.iter().map(checklist::Stray::words).collect()
}

/// The items whose controls look at what is not here, each with those controls.
fn beside_items(path: &Path, list: &Checklist, bindings: &[Vec<Binding>], means: &[Means]) -> String {
    let rows = list.items.iter().zip(bindings).zip(means);
    let beside = rows.filter(|(_, means)| **means == Means::Beside);
    part(
        path,
        "with controls that do not apply here (a person's word counts: `readygate attest`)",
        beside.map(|((item, bindings), _)| (item, Some(controls(bindings)))),
    )
}

/// A checklist on disk.
///
/// # Errors
/// It can't be read, or is no text.
pub(super) fn read(path: &Path) -> Result<Checklist, Stop> {
    let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error.to_string()))?;
    checklist::read_document(&Document::new(bytes)).map_err(|why| unreadable(path, &why.to_string()))
}

/// A checklist that can't be read.
pub(super) fn unreadable(path: &Path, why: &str) -> Stop {
    Stop::Unreadable(SourceError::NotFound {
        what: format!("the checklist `{}`: {why}", path.display()),
    })
}

/// Says why there is nothing to tell: of what can't be read no verdict was asked for.
pub(super) fn stopped(stop: &Stop) {
    match stop {
        Stop::Unreadable(error) => tell::note(&format!("nothing was read: {error}")),
        Stop::Usage(_) | Stop::Policy(..) => tell::stop(stop),
    }
}

/// What a document without items lacks.
pub(super) fn no_item(path: &Path) -> String {
    format!(
        "{} has no item. An item is a line such as `- [ ] Rate limiting on the login route`, a row of a table with a \
         box, or a heading with a `Status:` line.",
        path.display()
    )
}

/// The items that are bound to what they name, each with what its control says.
fn named_items(path: &Path, list: &Checklist, bindings: &[Vec<Binding>], named: &[Control]) -> String {
    let titled = |(item, bindings): (_, &Vec<Binding>)| {
        let of = |binding: &Binding| named.iter().find(|control| control.info.id == binding.control);
        let titles: Vec<String> = bindings
            .iter()
            .filter_map(|binding| Some(escape::visible(&of(binding)?.info.title)))
            .collect();
        (!titles.is_empty()).then(|| (item, Some(titles.join("; "))))
    };
    part(
        path,
        "named in the item",
        list.items.iter().zip(bindings).filter_map(titled),
    )
}

/// The items that nothing decides, each with what it speaks of and the policy has not.
fn unmapped_items(path: &Path, list: &Checklist, bindings: &[Vec<Binding>], means: &[Means]) -> String {
    let rows = list.items.iter().zip(bindings).zip(means);
    let unmapped = rows.filter(|(_, means)| **means == Means::Nothing);
    let lacking = |bindings: &Vec<Binding>| {
        let lacks = || format!("speaks of {}, which the policy has not", controls(bindings));
        (!bindings.is_empty()).then(lacks)
    };
    part(
        path,
        "unmapped",
        unmapped.map(|((item, bindings), _)| (item, lacking(bindings))),
    )
}

fn controls(bindings: &[Binding]) -> String {
    let names: Vec<&str> = bindings.iter().map(|binding| binding.control.as_str()).collect();
    names.join(", ")
}

/// A heading, and below it items with what is to be said of each; nothing where there is no item.
fn part<'a>(path: &Path, heading: &str, rows: impl Iterator<Item = (&'a Item, Option<String>)>) -> String {
    let mut text = String::new();
    for (item, said) in rows {
        if text.is_empty() {
            let _ = writeln!(text, "\n{heading}:");
        }
        let words = escape::visible(&redact(&item.text));
        let said = said.map(|said| format!("  ({said})")).unwrap_or_default();
        let _ = writeln!(text, "{}:{}: {words}{said}", path.display(), item.line);
    }
    text
}

fn text(path: &Path, name: &str, list: &Checklist, bindings: &[Vec<Binding>], means: &[Means]) -> String {
    let shown = path.display();
    let mut text = String::new();
    if let Some(damage) = list.damage {
        let _ = writeln!(
            text,
            "{shown} is damaged: its UTF-8 was read as {} and saved again; it was restored for reading",
            damage.name()
        );
    }
    if list.items.is_empty() {
        let _ = writeln!(text, "{}", no_item(path));
        return text;
    }
    let (sections, all) = checklist::coverage(list, means);
    let _ = writeln!(
        text,
        "{shown} by {name}: {} of {} items are decided by something\n",
        all.decided(),
        all.all()
    );
    let row = |title: &str, coverage: &checklist::Coverage| {
        let counts = Means::ALL.iter().filter_map(|means| {
            let count = coverage.counts.get(means)?;
            Some(format!("{count} {}", means.as_str()))
        });
        format!(
            "{}: {}\n",
            escape::visible(title),
            counts.collect::<Vec<_>>().join(", ")
        )
    };
    for (title, coverage) in &sections {
        text.push_str(&row(title, coverage));
    }
    text.push_str(&row("all", &all));
    text.push_str(&unmapped_items(path, list, bindings, means));
    text
}
