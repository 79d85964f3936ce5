//! In how many modules a use is: of all that production reaches, or of what one process loads.

use std::collections::BTreeSet;

use crate::check::files::MOST_SHOWN;
use crate::model::{Examined, Gap, Related};
use crate::program::module::{Expr, ExprId, RequestKind};
use crate::program::{ModuleId, Program, Side, Target};

use super::judged::{Asked, at, unmodelled};
use super::parameters::SideParameter;
use super::spot::Spot;

/// What one of several uses is to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nature {
    /// One of its own.
    Plain,
    /// Its module keeps something where all others find it.
    Kept,
    /// It is told of an address, or of what could not be followed.
    Odd,
}

impl Asked<'_> {
    /// In how many modules it is.
    pub(super) fn tallied(&self, holding: &[Spot], most: usize) -> Examined {
        let what = self.question.what.shown();
        let Some(first) = holding.first() else {
            return Examined::not_applicable(format!("production uses {what} nowhere"));
        };
        if !self.question.in_one_process {
            let all: Vec<&Spot> = holding.iter().collect();
            return self.at_most(&all, most, "").unwrap_or_else(|| self.passed(holding));
        }
        let processes = self.processes();
        let natures: Vec<Nature> = holding.iter().map(|spot| self.nature(spot)).collect();
        let of = |nature: Nature| holding.iter().zip(&natures).filter(move |(_, own)| **own == nature);
        // All that are kept in one place may be one.
        let kept = of(Nature::Kept).take(1);
        let plain: Vec<&Spot> = of(Nature::Plain).chain(kept).map(|(spot, _)| spot).collect();
        if let Some(short) = self.at_most(&together(&processes, &plain), most, " that one process loads") {
            return short;
        }
        let all: Vec<&Spot> = holding.iter().collect();
        let all = together(&processes, &all);
        let count = modules(&all).len();
        if count > most {
            let odd = of(Nature::Odd).chain(of(Nature::Kept)).next();
            let place = &odd.map_or(first, |(spot, _)| spot).place;
            return unmodelled(format!(
                "{what} is used in {count} modules that one process loads, and the one in {} may be of something else, or \
                 be kept for all",
                at(place)
            ));
        }
        self.passed(holding)
    }

    fn passed(&self, holding: &[Spot]) -> Examined {
        self.pass(&holding[..holding.len().min(MOST_SHOWN)])
    }

    /// The failure, where it is in more modules than that.
    fn at_most(&self, holding: &[&Spot], most: usize, which: &str) -> Option<Examined> {
        let what = self.question.what.shown();
        let (first, count) = (holding.first()?, modules(holding).len());
        if count <= most {
            return None;
        }
        let message = format!(
            "{what} is used in {count} modules{which}, first in {}; at most {most} {} asked for",
            at(&first.place),
            if most == 1 { "is" } else { "are" }
        );
        let mut gap = Gap::missing(self.question.what.subject(), message.clone());
        let here = holding.iter().take(MOST_SHOWN).map(|spot| Related {
            place: spot.place.clone(),
            message: "here".to_owned(),
        });
        gap.related = here.collect();
        Some(Examined::fail(message, vec![gap]))
    }

    /// Of which nature a use is.
    fn nature(&self, spot: &Spot) -> Nature {
        let Some(call) = spot.call else { return Nature::Odd };
        let linked = self.program.linked(call.module);
        let (Expr::Call(_, arguments) | Expr::New(_, arguments)) = linked.module.expr(call.expr) else {
            return Nature::Odd;
        };
        // What is only told how to log is the same one.
        let is_same = |argument: &ExprId| {
            let words = linked.document.words(&linked.module.span(*argument));
            let leads = ["datasource", "adapter", "accelerate", "..."];
            let is_elsewhere = leads.iter().any(|word| words.contains(word));
            matches!(linked.module.expr(*argument), Expr::Object(_)) && !is_elsewhere
        };
        let text = linked.document.text().unwrap_or_default();
        let is_kept = ["globalThis", "global."].iter().any(|word| text.contains(word));
        match (arguments.iter().all(is_same), is_kept) {
            (false, _) => Nature::Odd,
            (true, true) => Nature::Kept,
            (true, false) => Nature::Plain,
        }
    }

    /// What each process loads: what a command starts is one of its own, and what a framework serves is one together.
    fn processes(&self) -> Vec<BTreeSet<ModuleId>> {
        let mut found = Vec::new();
        for component in self.components {
            let is_server = |side| side == Side::Server || self.question.side != SideParameter::Server;
            let entries = self.program.entries(component).iter();
            let entries: Vec<_> = entries.filter(|entry| is_server(entry.side)).collect();
            let is_served = component.kinds.iter().any(|kind| kind == "next");
            let (served, started): (Vec<_>, Vec<_>) =
                entries.into_iter().partition(|entry| is_served && entry.is_called());
            if !served.is_empty() {
                found.push(loaded(self.program, served.iter().map(|entry| entry.module).collect()));
            }
            found.extend(started.iter().map(|entry| loaded(self.program, vec![entry.module])));
        }
        found
    }
}

/// Of some uses those that stand together in one process: of the one with the most modules.
fn together<'s>(processes: &[BTreeSet<ModuleId>], spots: &[&'s Spot]) -> Vec<&'s Spot> {
    let of = |process: &BTreeSet<ModuleId>| -> Vec<&'s Spot> {
        let held = spots.iter().filter(|spot| process.contains(&spot.function.module));
        held.copied().collect()
    };
    let each = processes.iter().map(of);
    each.max_by_key(|held| modules(held).len()).unwrap_or_default()
}

fn modules(holding: &[&Spot]) -> BTreeSet<ModuleId> {
    holding.iter().map(|spot| spot.function.module).collect()
}

/// The modules that some lead to.
fn loaded(program: &Program, mut open: Vec<ModuleId>) -> BTreeSet<ModuleId> {
    let mut seen = BTreeSet::new();
    while let Some(module) = open.pop() {
        if !seen.insert(module) {
            continue;
        }
        let linked = program.linked(module);
        for (request, target) in linked.module.requests.iter().zip(&linked.targets) {
            let is_load = match request.kind {
                RequestKind::Import | RequestKind::Export | RequestKind::Require | RequestKind::Dynamic => true,
                RequestKind::Unused | RequestKind::Type | RequestKind::File => false,
            };
            if let Target::Module(next) = target
                && is_load
            {
                open.push(*next);
            }
        }
    }
    seen
}
