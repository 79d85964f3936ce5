//! What the readings and the declarations answer.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::View;
use crate::check::files::{Found, MOST_SHOWN, cut, not_whole, open};
use crate::check::parameters::counted;
use crate::model::{Cause, Class, Evidence, Examined, Gap, Place, Related, Strength, Unread};

use super::declared::Declared;
use super::names::{is_like, is_set_by_platforms};
use super::sides::{Production, at};
use super::{EnvCheck, Named, Question};

pub(super) fn examine(check: &EnvCheck, view: &View<'_>) -> Examined {
    match &check.question {
        Question::DeclaresNames(names) => check.names(view, names),
        Question::DeclaresCode => match Production::of(view) {
            Err(Some(unread)) if check.documents.is_some() => check.named(view, unread),
            _ => with_production(view, |production| check.code(view, production)),
        },
        Question::Used => super::used::examine(check, view),
        Question::Validated => with_production(view, |production| check.validated(production)),
        Question::NoPublicSecret => check.public(view),
    }
}

fn with_production(view: &View<'_>, judge: impl FnOnce(&Production) -> Examined) -> Examined {
    match Production::of(view) {
        Ok(production) => judge(&production),
        Err(Some(unread)) => Examined::unknown(unread),
        Err(None) => Examined::not_applicable("there is no program here"),
    }
}

impl EnvCheck {
    /// The files that declare: those of the policy, or the example files of the component, or else of the root.
    pub(super) fn declaring<'a>(&self, view: &View<'a>) -> Vec<Found<'a>> {
        let tree = &view.snapshot.tree;
        let mut found = self.files.find_written(tree, view.folder());
        let is_enough = !found.is_empty() && self.documents.is_none();
        if !is_enough && self.is_named == Named::ByCustom && !view.folder().is_empty() {
            found.extend(self.files.find_written(tree, ""));
        }
        found.retain(|(_, entry)| entry.is_file());
        found
    }

    pub(super) fn is_left_out(&self, name: &str) -> bool {
        self.except.iter().any(|pattern| is_like(pattern, name))
    }

    pub(super) fn declared(&self, view: &View<'_>, files: &[Found<'_>]) -> (Declared, Option<Unread>) {
        let mut declared = Declared::default();
        let mut unread = not_whole(view.tree(), &self.files.in_words(view.folder()));
        for file in files {
            let mut one = Declared::default();
            let taken = open(view.snapshot, *file).and_then(|document| one.take(file.0, &document));
            declared.unite(one);
            if let Err(why) = taken {
                unread.get_or_insert(why);
            }
        }
        if let Some(what) = &declared.elsewhere {
            let unmodelled = Unread::new(
                Cause::Unmodelled,
                what.clone(),
                "name the variables in the file itself, or attest it",
            );
            unread.get_or_insert(unmodelled);
        }
        (declared, unread)
    }

    /// The files that declare, in words; findings say it, so it depends on no number of files.
    pub(super) fn where_declared(&self, view: &View<'_>, files: &[Found<'_>]) -> String {
        match (files, self.is_named) {
            ([(path, _)], _) => format!("`{path}`"),
            ([], Named::ByCustom) => "`.env.example`".to_owned(),
            ([(path, _), ..], Named::ByCustom) => format!("`{path}` or another example file"),
            (_, Named::ByPolicy) => self.files.in_words(view.folder()),
        }
    }

    fn names(&self, view: &View<'_>, names: &[String]) -> Examined {
        let files = self.declaring(view);
        let (declared, unread) = self.declared(view, &files);
        if let Some(unmerged) = declared.unmerged {
            return Examined::unknown(unmerged);
        }
        let missing: Vec<&String> = names.iter().filter(|name| !declared.names.contains(*name)).collect();
        if missing.is_empty() {
            return Examined::pass(
                format!("{} declared in {}", are(names.len()), self.where_declared(view, &files)),
                self.evidence(&files),
            );
        }
        if let Some(unread) = unread {
            return Examined::unknown(unread);
        }
        let place = self.where_declared(view, &files);
        let gaps = missing
            .iter()
            .map(|name| Gap::missing(name.as_str(), format!("{place} does not declare `{name}`")));
        failed(gaps.collect(), "variable")
    }

    fn evidence(&self, files: &[Found<'_>]) -> Vec<Evidence> {
        let found = files.iter().take(MOST_SHOWN);
        found
            .map(|(path, _)| Evidence::new(Place::file(path), "", Strength::Wired, path.as_str()))
            .collect()
    }

    fn code(&self, view: &View<'_>, production: &Production) -> Examined {
        let files = self.declaring(view);
        let (mut declared, unread) = self.declared(view, &files);
        if let Some(unmerged) = declared.unmerged {
            return Examined::unknown(unmerged);
        }
        let unread = self.documented(view, &mut declared).or(unread);
        let place = self.where_declared(view, &files);
        let is_given = |name: &String| declared.names.contains(name) && !declared.others.contains(name);
        let is_missing = |name: &String| !is_given(name) && !self.is_left_out(name);
        let mut required: BTreeMap<&String, &Place> = production.by_schema.iter().collect();
        required.extend(&production.required);
        let all = required.iter().map(|(name, place)| (*name, *place));
        let missing: Vec<(&String, &Place)> = all.filter(|(name, _)| is_missing(name)).collect();
        if !missing.is_empty() {
            return match unread {
                Some(unread) => Examined::unknown(unread),
                None if files.is_empty() => nothing_declares(&self.absent(&place), &missing),
                None => undeclared(&declared, &place, &missing).with_evidence(self.evidence(&files)),
            };
        }
        let unread = production.unread.clone();
        let unread = unread.or_else(|| in_doubt(production, is_missing));
        let unread = unread.or_else(|| self.unnamed(production, is_missing));
        if let Some(unread) = unread.or_else(|| self.scattered(&files, &declared, production)) {
            return Examined::unknown(unread);
        }
        if production.read.is_empty() && required.is_empty() {
            return Examined::not_applicable("production reads no variable");
        }
        if required.is_empty() {
            return Examined::pass("production can do without every variable that it reads", Vec::new());
        }
        let (place, verb) = match (files.is_empty(), declared.documents.as_slice()) {
            (true, [document]) => (format!("`{document}`"), "named"),
            (true, [document, ..]) => (format!("`{document}` or another document"), "named"),
            _ => (place, "declared"),
        };
        let reason = format!(
            "{} that code requires {} {verb} in {place}",
            counted(required.len(), "variable"),
            is_or_are(required.len())
        );
        let mut evidence = self.evidence(&files);
        let documents = declared
            .documents
            .iter()
            .take(MOST_SHOWN - evidence.len().min(MOST_SHOWN));
        evidence.extend(documents.map(|path| Evidence::new(Place::file(path), "", Strength::Wired, path.as_str())));
        Examined::pass(reason, evidence)
    }

    /// Why it is not settled that all is written down, where documents are asked: what production can do without somebody
    /// may want to set, and nothing names it.
    fn unnamed(&self, production: &Production, is_missing: impl Fn(&String) -> bool) -> Option<Unread> {
        self.documents.as_ref()?;
        let mut read = production.read.iter();
        let (name, place) = read.find(|(name, _)| is_missing(name) && !is_set_by_platforms(name))?;
        let what = format!(
            "`{name}` is read in {}, is not required, and nothing names it",
            at(place)
        );
        Some(Unread::new(
            Cause::Unmodelled,
            what,
            "declare it with its default, or attest it",
        ))
    }

    /// Why it is not settled that one program is given all: the one file declares for several services, and for none of
    /// them all that code requires.
    fn scattered(&self, files: &[Found<'_>], declared: &Declared, production: &Production) -> Option<Unread> {
        let is_whole = |given: &BTreeSet<String>| {
            let mut required = production.required.keys();
            required.all(|name| given.contains(name) || self.is_left_out(name))
        };
        let ([_], [(first, _), _, ..]) = (files, declared.services.as_slice()) else {
            return None;
        };
        if declared.services.iter().any(|(_, given)| is_whole(given)) {
            return None;
        }
        let what = format!("no one service is given all that code requires, {first} neither");
        let settled = "give each service what its program reads, and attest it";
        Some(Unread::new(Cause::Unmodelled, what, settled))
    }
}

/// The configuration of bundlers.
pub(super) fn bundlers<'a>(view: &View<'a>) -> impl Iterator<Item = Found<'a>> {
    let tree = &view.snapshot.tree;
    tree.below(view.folder()).filter(|(path, entry)| {
        let name = path.file_name();
        let is_bundler = name.starts_with("vite.config.") || name.starts_with("webpack.config.");
        is_bundler && entry.is_file() && tree.class(path.as_str()) == Class::Source
    })
}

/// Variables that code requires and that the files, which are there, do not declare.
fn undeclared(declared: &Declared, place: &str, missing: &[(&String, &Place)]) -> Examined {
    let gaps = missing.iter().map(|(name, read)| {
        let how = match declared.others.contains(*name) {
            true => "declares it for another stage or service alone",
            false => "does not declare it",
        };
        let message = format!("`{name}` is read in `{}`, and {place} {how}", read.path);
        related(Gap::missing(name.as_str(), message), read)
    });
    failed(gaps.collect(), "variable")
}

/// Why it is not settled that nothing is missing: an edge that was not followed may lead to code that reads more.
fn in_doubt(production: &Production, is_missing: impl Fn(&String) -> bool) -> Option<Unread> {
    let edge = production.open.as_ref()?;
    let mut doubtful = production.doubtful.iter();
    let (name, read) = doubtful.find(|(name, _)| is_missing(name) && !is_set_by_platforms(name))?;
    Some(Unread::new(
        Cause::Unmodelled,
        format!("`{name}` is read in {}, and {edge}", at(read)),
        "declare it, or load it by a constant name",
    ))
}

fn nothing_declares(place: &str, missing: &[(&String, &Place)]) -> Examined {
    let names: Vec<String> = missing.iter().take(3).map(|(name, _)| format!("`{name}`")).collect();
    let message = format!(
        "{place}, and code requires {} (such as {})",
        counted(missing.len(), "variable"),
        names.join(", ")
    );
    let mut gap = Gap::missing(".env.example", message.clone());
    "variables".clone_into(&mut gap.words);
    if let Some((_, read)) = missing.first() {
        gap = related(gap, read);
    }
    Examined::fail(message, vec![gap])
}

pub(super) fn related(mut gap: Gap, place: &Place) -> Gap {
    gap.related.push(here(place, "here"));
    gap
}

pub(super) fn here(place: &Place, message: &str) -> Related {
    Related {
        place: place.clone(),
        message: message.to_owned(),
    }
}

pub(super) fn failed(mut gaps: Vec<Gap>, noun: &str) -> Examined {
    let reason = match gaps.as_slice() {
        [one] => one.message.clone(),
        several => format!(
            "{}: {}",
            counted(several.len(), noun),
            several.first().map_or("", |first| &first.message)
        ),
    };
    cut(&mut gaps, "variables");
    Examined::fail(reason, gaps)
}

fn is_or_are(number: usize) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

fn are(number: usize) -> String {
    format!("{} {}", counted(number, "variable"), is_or_are(number))
}
