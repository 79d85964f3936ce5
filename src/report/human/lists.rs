//! The team's checklists, line by line: what is said and is not so comes first, then what is open or can be ticked.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::model::{Cause, ChecklistReport, ItemReport, OutcomeKind, Report};

use super::super::Lines;
use super::super::Setting;
use super::super::escape::{clip_words, short_code, visible};
use super::super::lists::{progress_alone, words};
use super::super::view::settle;
use super::paint::{Ink, paint};
use super::wrap;

/// The most checklists that are told line by line.
const MOST_LISTS: usize = 5;
/// The most lines of a text where it is wrapped.
const MOST_ROWS: usize = 4;
/// Characters of a reason.
const LONGEST: usize = 600;

/// A verdict as people are told of it.
struct Told {
    verdict: &'static str,
    says: &'static str,
    ink: Ink,
    /// So many of its lines are shown unless all are.
    most: usize,
}

const TOLD: [Told; 9] = [
    Told {
        verdict: "contradicted",
        says: "said to be done, and the evidence is against it",
        ink: Ink::Bad,
        most: 10,
    },
    Told {
        verdict: "unticked-but-met",
        says: "met, not ticked: `readygate fix --checklist`",
        ink: Ink::Good,
        most: 5,
    },
    Told {
        verdict: "open",
        says: "still to do, by the evidence too",
        ink: Ink::Warn,
        most: 5,
    },
    Told {
        verdict: "unknown",
        says: "the evidence does not decide",
        ink: Ink::Strong,
        most: 0,
    },
    Told {
        verdict: "confirmed",
        says: "said to be done, and the evidence shows it",
        ink: Ink::Good,
        most: 0,
    },
    Told {
        verdict: "attested",
        says: "somebody vouches for it",
        ink: Ink::Strong,
        most: 0,
    },
    Told {
        verdict: "waived",
        says: "an accepted gap",
        ink: Ink::Strong,
        most: 0,
    },
    Told {
        verdict: "not-applicable",
        says: "does not apply, by the team's own word",
        ink: Ink::Strong,
        most: 0,
    },
    Told {
        verdict: "unmapped",
        says: "no control is bound to it",
        ink: Ink::Strong,
        most: 0,
    },
];

pub(super) fn lists(report: &Report, setting: &Setting<'_>) -> String {
    let mut out = String::new();
    let outcomes = Outcomes::new(report);
    for list in report
        .checklists
        .iter()
        .filter(|list| !list.items.is_empty())
        .take(MOST_LISTS)
    {
        let head = format!("{}:", progress_alone(list));
        out.push_str(&paint(setting.colour, Ink::Strong, &head));
        out.push('\n');
        for told in &TOLD {
            verdict(&mut out, list, told, &outcomes, setting);
        }
        rest(&mut out, list, &outcomes, setting);
        out.push('\n');
    }
    out
}

fn verdict(out: &mut String, list: &ChecklistReport, told: &Told, outcomes: &Outcomes<'_>, setting: &Setting<'_>) {
    let items: Vec<&ItemReport> = list.items.iter().filter(|item| item.verdict == told.verdict).collect();
    let most = match setting.lines {
        Lines::All => items.len(),
        Lines::Worst => told.most,
    };
    if items.is_empty() || most == 0 {
        return;
    }
    let verdict = paint(setting.colour, told.ink, told.verdict);
    // Writing to a string can't fail.
    let _ = writeln!(out, "  {verdict} ({}): {}", items.len(), told.says);
    for item in items.iter().take(most) {
        row(out, item, outcomes, setting);
    }
    if let more @ 1.. = items.len().saturating_sub(most) {
        let _ = writeln!(out, "    and {more} more (`-v` tells all)");
    }
}

/// A line of the document, and below it why and where.
fn row(out: &mut String, item: &ItemReport, outcomes: &Outcomes<'_>, setting: &Setting<'_>) {
    let text = format!("line {}: {}", item.line, words(item));
    push(out, &text, "    ", "    ", setting);
    push(out, &why(item, outcomes), "      ", "      ", setting);
}

fn push(out: &mut String, text: &str, first: &str, next: &str, setting: &Setting<'_>) {
    let lines = match setting.width {
        Some(width) => wrap(text, width.saturating_sub(next.len()).max(20), MOST_ROWS),
        None => vec![text.to_owned()],
    };
    for (index, line) in lines.iter().enumerate() {
        let indent = if index == 0 { first } else { next };
        let _ = writeln!(out, "{indent}{line}");
    }
}

/// The reason in a person's order: what is asked for where that is not met, what was seen, by which control and where.
fn why(item: &ItemReport, outcomes: &Outcomes<'_>) -> String {
    let named = item.controls.iter().find_map(|control| {
        let rest = item.reason.strip_prefix(&format!("`{control}`: "))?;
        Some((control.as_str(), rest))
    });
    let (control, reason) = named.map_or((None, item.reason.as_str()), |(control, rest)| (Some(control), rest));
    let place = item.evidence.as_ref().map(|place| match place.line {
        Some(line) => format!("{}:{line}", place.path),
        None => place.path.clone(),
    });
    let beside: Vec<String> = control
        .map(|control| format!("`{control}`"))
        .into_iter()
        .chain(place)
        .map(|part| visible(&part))
        .collect();
    let mut reason = clip_words(&short_code(&visible(reason)), LONGEST);
    let is_missed = matches!(item.verdict.as_str(), "contradicted" | "open");
    if let Some(title) = control
        .filter(|_| is_missed)
        .and_then(|control| outcomes.titles.get(control))
    {
        reason = format!("not met: {}; {reason}", visible(title));
    }
    if beside.is_empty() {
        reason
    } else {
        format!("{reason} ({})", beside.join(", "))
    }
}

/// What is not told line by line, counted, and of what is unknown what would settle it.
fn rest(out: &mut String, list: &ChecklistReport, outcomes: &Outcomes<'_>, setting: &Setting<'_>) {
    let unknown = list.items.iter().filter(|item| item.verdict == "unknown");
    let mut why: BTreeMap<Why, usize> = BTreeMap::new();
    for item in unknown {
        *why.entry(outcomes.why(item)).or_default() += 1;
    }
    if !why.is_empty() {
        let count: usize = why.values().sum();
        let mut causes: Vec<(Why, usize)> = why.into_iter().collect();
        causes.sort_by_key(|(why, count)| (std::cmp::Reverse(*count), *why));
        let causes: Vec<String> = causes
            .iter()
            .map(|(why, count)| format!("{}: {count}", why.words()))
            .collect();
        push(
            out,
            &format!("unknown ({count}): {}", causes.join("; ")),
            "  ",
            "    ",
            setting,
        );
    }
    let is_counted = |told: &&Told| told.most == 0 && told.verdict != "unknown";
    let counts = TOLD.iter().filter(is_counted).filter_map(|told| {
        let count = list.counts.get(told.verdict)?;
        Some(format!("{count} {}", told.verdict))
    });
    let mut counts: Vec<String> = counts.collect();
    if setting.lines == Lines::Worst {
        counts.push("`-v` tells every line".to_owned());
        push(out, &counts.join(", "), "  ", "    ", setting);
    }
}

/// Why a line is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    /// A control of it is not settled.
    Control(Cause),
    /// Its controls look at what is not here.
    Beside,
    /// It says more, or speaks of another part.
    More,
}

impl Why {
    fn words(self) -> String {
        match self {
            Self::Control(Cause::Unmodelled) => {
                "a person's word (`readygate attest`) or a closer look is missing".to_owned()
            }
            Self::Control(cause) => format!("wanted is {}", settle(cause)),
            Self::Beside => "no control looks at such a thing here".to_owned(),
            Self::More => "the line says more than was found, or means another part".to_owned(),
        }
    }
}

/// What became of each control, and what it is called.
struct Outcomes<'a> {
    all: BTreeMap<&'a str, Vec<(OutcomeKind, Option<Cause>)>>,
    titles: BTreeMap<&'a str, &'a str>,
}

impl<'a> Outcomes<'a> {
    fn new(report: &'a Report) -> Self {
        let mut outcomes: BTreeMap<&str, Vec<(OutcomeKind, Option<Cause>)>> = BTreeMap::new();
        for control in &report.controls {
            let of = outcomes.entry(control.id.as_str()).or_default();
            of.push((control.outcome, control.cause));
        }
        let titles = report.controls.iter();
        Self {
            all: outcomes,
            titles: titles
                .map(|control| (control.id.as_str(), control.title.as_str()))
                .collect(),
        }
    }

    fn why(&self, item: &ItemReport) -> Why {
        let all = || {
            item.controls
                .iter()
                .filter_map(|control| self.all.get(control.as_str()))
                .flatten()
        };
        let unknown = all().find(|(outcome, _)| *outcome == OutcomeKind::Unknown);
        if let Some((_, cause)) = unknown {
            return Why::Control(cause.unwrap_or(Cause::Unmodelled));
        }
        let is_out = |(outcome, _): &(OutcomeKind, Option<Cause>)| *outcome == OutcomeKind::NotApplicable;
        if all().next().is_some() && all().all(is_out) {
            return Why::Beside;
        }
        Why::More
    }
}
