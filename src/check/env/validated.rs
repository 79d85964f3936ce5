//! Whether what code requires is looked at when it starts.

use crate::check::files::MOST_SHOWN;
use crate::check::parameters::counted;
use crate::model::{Cause, Evidence, Examined, Gap, Place, Strength, Unread};

use super::EnvCheck;
use super::judged::here;
use super::sides::{Production, at};

impl EnvCheck {
    pub(super) fn validated(&self, production: &Production) -> Examined {
        let required: Vec<(&String, &Place)> = production
            .required
            .iter()
            .filter(|(name, _)| !self.is_left_out(name))
            .collect();
        if let Some(first) = production.validating.first() {
            if let Some(unread) = unheld(production, first, &required) {
                return Examined::unknown(unread);
            }
            let evidence = production.validating.iter().take(MOST_SHOWN);
            let evidence = evidence.map(|place| Evidence::new(place.clone(), "", Strength::Wired, "environment"));
            return Examined::pass(
                format!("the environment is validated in {}", at(first)),
                evidence.collect(),
            );
        }
        let all = counted(required.len(), "variable");
        let mut names = required.iter().map(|(name, _)| *name);
        if let Some((name, read)) = required.first()
            && production.unread.is_none()
            && names.all(|name| production.demanded_at_start.contains(name))
        {
            // Prisma's client looks for its address when it is first asked something.
            let mut by_schema = production.by_schema.iter();
            let is_demanded = |name: &String| production.demanded_at_start.contains(name) || self.is_left_out(name);
            if let Some((name, place)) = by_schema.find(|(name, _)| !is_demanded(name)) {
                let what = format!(
                    "the program stops without any of {all} that it requires, and whether it does without `{name}`, which {} \
                     names for Prisma's client, was not seen",
                    at(place)
                );
                let settle = "ask for it where the others are asked for, or attest it";
                return Examined::unknown(Unread::new(Cause::Unmodelled, what, settle));
            }
            let evidence = Evidence::new((*read).clone(), name, Strength::Wired, "environment");
            return Examined::pass(
                format!("the program stops without any of {all} that it requires"),
                vec![evidence],
            );
        }
        if let Some(unread) = late(production, &required).or_else(|| unfollowed(production)) {
            return Examined::unknown(unread);
        }
        missing(production, &required)
    }
}

/// Why it is not settled that nothing validates when Next.js starts: a module of some routes does. What a build loads of
/// them stops that build, which may not have what the server is given.
fn late(production: &Production, required: &[(&String, &Place)]) -> Option<Unread> {
    let is_demanded =
        |name: &String| production.demanded_at_start.contains(name) || production.demanded_late.contains(name);
    let what = match production.validating_late.first() {
        Some(place) => format!(
            "the environment is validated in {}, which Next.js loads with some of its routes, and not when it starts",
            at(place)
        ),
        None if !required.is_empty() && required.iter().all(|(name, _)| is_demanded(name)) => {
            "modules stop without what is required that Next.js loads with some of its routes, and not when it starts"
                .to_owned()
        }
        None => return None,
    };
    let settle = "import it in `next.config` or `instrumentation`";
    Some(Unread::new(Cause::Unmodelled, what, settle))
}

/// Nothing validates what is required, as far as all was followed.
fn missing(production: &Production, required: &[(&String, &Place)]) -> Examined {
    // Those that the program stops without are validated: the others are what is missing.
    let is_validated = |name: &String| production.demanded_at_start.contains(name);
    let mut open: Vec<_> = required.iter().filter(|(name, _)| !is_validated(name)).collect();
    if open.is_empty() {
        open.extend(required);
    }
    let Some((name, _)) = open.first() else {
        return Examined::not_applicable("production requires no variable");
    };
    let all = counted(open.len(), "variable");
    let message = match production.idle.first() {
        Some(idle) => format!(
            "the environment is validated in {}, which production never reaches",
            at(idle)
        ),
        None => format!(
            "{all} that code requires, such as `{name}`, {} not validated when it starts",
            if open.len() == 1 { "is" } else { "are" }
        ),
    };
    let mut gap = Gap::missing("environment", message.clone());
    "validated".clone_into(&mut gap.words);
    gap.related = match production.idle.first() {
        Some(idle) => vec![here(idle, "here")],
        None => {
            let shown = open.iter();
            shown
                .map(|(name, read)| here(read, &format!("`{name}` is read here")))
                .collect()
        }
    };
    Examined::fail(message, vec![gap])
}

/// Why it is not settled that a validation holds for all: a variable was not seen among what it asks for.
fn unheld(production: &Production, validated: &Place, required: &[(&String, &Place)]) -> Option<Unread> {
    if production.demanded.is_empty() {
        return None;
    }
    let mut required = required.iter();
    let (name, read) = required.find(|(name, _)| !production.demanded.contains(*name))?;
    let what = format!(
        "the environment is validated in {}, and whether `{name}`, which is read in {}, is among what is asked for there \
         was not seen",
        at(validated),
        at(read)
    );
    Some(Unread::new(
        Cause::Unmodelled,
        what,
        "add it to the list or the schema, or attest it",
    ))
}

/// Why it is not settled that nothing validates: what was not followed may.
fn unfollowed(production: &Production) -> Option<Unread> {
    if let Some(handed) = production.handing.first() {
        let what = format!(
            "the environment is handed on as a whole in {}, and what happens to it there is not followed",
            at(handed)
        );
        return Some(Unread::new(Cause::Unmodelled, what, "attest it"));
    }
    if production.unread.is_some() {
        return production.unread.clone();
    }
    let (idle, edge) = (production.idle.first()?, production.open.as_ref()?);
    let what = format!("the environment is validated in {}, and {edge}", at(idle));
    Some(Unread::new(Cause::Unmodelled, what, "load it by a constant name"))
}
