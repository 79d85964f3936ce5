//! `secret`: whether a secret stands in a file of the repository.
//!
//! What is found is shown by its place, its kind and its provider's fixed prefix. The value enters no message, no
//! words of a finding and so no fingerprint.

mod assigned;
mod built;
mod found;
mod host;
mod place;
mod provider;
mod random;
mod sighting;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::model::{Cause, Class, Examined, Gap, Needs, Place, RepoPath, Unread};
use crate::text::{Document, Span};

use super::files::{Case, Found as File, Globs, LARGEST, cut, not_whole, open, readable};
use super::parameters::{OneOrMany, counted, read};
use super::{Check, Kind, Problem, View};
use found::Found;
pub(super) use found::{Openings, decoded, literals};
use place::Surroundings;
use sighting::{Family, Sighting, USUAL};

/// The kind.
pub const KIND: Kind = Kind {
    name: "secret",
    summary: "Whether a secret stands in a file of the repository.",
    schema: |generator| generator.subschema_for::<Parameters>(),
    build,
};

/// No file may hold a secret: a provider's token, a private key, an address with a password, a signed token, a random
/// value given to a name such as `API_SECRET`, a cookie jar. What is plainly a placeholder, an example of a provider's
/// documentation or a reference to where the secret is kept is none. Code, configuration and documents are searched;
/// examples only where a pattern of `in` names them; of built files that git keeps, of minified files and of tests only
/// providers' tokens count, which in a test make the answer unknown: they may be made up. Copied-in and binary files and lock
/// files are never searched. Values are never shown.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "SecretParameters")]
struct Parameters {
    /// Patterns of the files to search, from the component's folder, or from the root. Without it: all.
    r#in: Option<OneOrMany>,
    /// Patterns of files to leave out.
    except: Option<OneOrMany>,
    /// The kinds of secret to look for. Without it: all but `test-token`.
    kinds: Option<Vec<Family>>,
}

/// All that the team wrote; documents are named, for a secret in one is known to as many as one in code.
const EVERYWHERE: [&str; 3] = ["**", "**/*.{md,mdx,rst,adoc}", "**/{docs,doc,documentation}/**"];

/// Tests, by what runners take for such.
const TESTS: [&str; 2] = [
    "**/{test,tests,__tests__,spec,specs,e2e}/**/*.{js,cjs,mjs,jsx,ts,cts,mts,tsx,py,json,yml,yaml,sh}",
    "**/*.{test,spec}.{js,cjs,mjs,jsx,ts,cts,mts,tsx}",
];

#[derive(Debug)]
struct SecretCheck {
    files: Globs,
    /// Tests, where no patterns are given.
    tests: Option<Globs>,
    except: Option<Globs>,
    families: Vec<Family>,
}

fn build(value: &Value) -> Result<Box<dyn Check>, Vec<Problem>> {
    let parameters: Parameters = read(value)?;
    let mut problems = Vec::new();
    let tests = OneOrMany::Many(TESTS.map(str::to_owned).to_vec());
    let tests = Globs::new(&tests, "in", Case::Counts)
        .ok()
        .filter(|_| parameters.r#in.is_none());
    let everywhere = || OneOrMany::Many(EVERYWHERE.map(str::to_owned).to_vec());
    let files = Globs::new(&parameters.r#in.unwrap_or_else(everywhere), "in", Case::Counts)
        .map_err(|found| problems.extend(found))
        .ok();
    let except = parameters.except.as_ref().and_then(|patterns| {
        let compiled = Globs::new(patterns, "except", Case::Counts);
        compiled.map_err(|found| problems.extend(found)).ok()
    });
    let families = parameters.kinds.unwrap_or_else(|| USUAL.to_vec());
    if families.is_empty() {
        problems.push(Problem::at(&["kinds"], "this list is empty"));
    }
    match files {
        Some(files) if problems.is_empty() => Ok(Box::new(SecretCheck {
            files,
            tests,
            except,
            families,
        })),
        _ => Err(problems),
    }
}

impl Check for SecretCheck {
    fn needs(&self, view: &View<'_>) -> Needs {
        let mut found = self.found(view);
        found.extend(self.of_tests(view));
        found.extend(self.of_builds(view));
        Needs::files(readable(&found).filter(|path| !place::is_key_file(path)))
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        let found = self.found(view);
        let built = self.of_builds(view);
        if found.is_empty() && built.is_empty() && view.tree().truncation().is_none() {
            return Examined::not_applicable(format!("no file matches {}", self.in_words(view)));
        }
        let mut gaps = Vec::new();
        let (mut searched, mut unread) = (0, None);
        for file in &found {
            match self.look(view, *file) {
                Ok(None) => {}
                Ok(Some(more)) => {
                    searched += 1;
                    gaps.extend(more);
                }
                Err(why) => {
                    unread.get_or_insert(why);
                }
            }
        }
        for file in &built {
            match built::look(view, *file) {
                Ok(more) => gaps.extend(more),
                // What is no text is no bundle.
                Err(why) if matches!(why.cause, Cause::Encoding | Cause::Parse) => {}
                Err(why) => {
                    unread.get_or_insert(why);
                }
            }
        }
        if !gaps.is_empty() {
            return self.fail(view, gaps);
        }
        let unread = unread.or_else(|| self.in_tests(view));
        match unread.or_else(|| not_whole(view.tree(), &self.in_words(view))) {
            Some(unread) => Examined::unknown(unread),
            None => {
                let left = found.len() - searched;
                let besides = match left {
                    0 => String::new(),
                    left => format!(
                        " ({} more that no person wrote by hand: binary, minified or above 1 MiB)",
                        counted(left, "file")
                    ),
                };
                Examined::pass(
                    format!("no secret in {}{besides}", counted(searched, "file")),
                    Vec::new(),
                )
            }
        }
    }
}

impl SecretCheck {
    fn in_words(&self, view: &View<'_>) -> String {
        self.files.in_words(view.folder())
    }

    /// The files to look into. A link's target is looked into where it stands.
    fn found<'a>(&self, view: &View<'a>) -> Vec<File<'a>> {
        self.matching(&self.files, view)
    }

    /// The tests to look into.
    fn of_tests<'a>(&self, view: &View<'a>) -> Vec<File<'a>> {
        let is_asked = self.families.contains(&Family::Token);
        let tests = self.tests.as_ref().filter(|_| is_asked);
        let mut found = tests.map_or_else(Vec::new, |tests| self.matching(tests, view));
        let class = |path: &RepoPath| view.snapshot.tree.class(path.as_str());
        found.retain(|(path, entry)| class(path) == Class::Test && entry.size.is_none_or(|size| size <= LARGEST));
        found
    }

    /// What is built, tracked and to be looked into for tokens of providers.
    fn of_builds<'a>(&self, view: &View<'a>) -> Vec<File<'a>> {
        // As with tests: where a policy names patterns, these say what is searched.
        if self.tests.is_none() || !self.families.contains(&Family::Token) {
            return Vec::new();
        }
        let folder = view.folder();
        let mut found = built::files(view);
        found.retain(|(path, _)| {
            let relative = path.relative_to(folder).unwrap_or(path.as_str());
            !self.except.as_ref().is_some_and(|except| except.matches(relative))
        });
        found
    }

    /// A provider's token in a test: it may be a live one, or made up to look like one.
    fn in_tests(&self, view: &View<'_>) -> Option<Unread> {
        self.of_tests(view).into_iter().find_map(|file| {
            let document = open(view.snapshot, file).ok()?;
            view.engine.look_through(&document);
            let found = document.view::<Found>();
            let token = found.0.iter().find(|sighting| sighting.family == Family::Token)?;
            let line = document.line_of(token.span.start);
            let what = format!(
                "`{}:{line}` holds {}, and whether it is made up for the test can't be told",
                file.0, token.what
            );
            let settled = "write a value that no provider gives, or leave the file out with `except`";
            Some(Unread::new(Cause::Unmodelled, what, settled))
        })
    }

    fn matching<'a>(&self, files: &Globs, view: &View<'a>) -> Vec<File<'a>> {
        let folder = view.folder();
        let tree = &view.snapshot.tree;
        let mut found = files.find_written(tree, folder);
        let is_left_out = |path: &RepoPath| {
            let relative = path.relative_to(folder).unwrap_or(path.as_str());
            place::is_never_searched(path) || self.except.as_ref().is_some_and(|except| except.matches(relative))
        };
        found.retain(|(path, entry)| entry.is_file() && !is_left_out(path));
        found
    }

    /// What a file holds; `None` where there is nothing that a person wrote.
    fn look(&self, view: &View<'_>, (path, entry): File<'_>) -> Result<Option<Vec<Gap>>, Unread> {
        if place::is_key_file(path) {
            let is_asked = self.families.contains(&Family::PrivateKey);
            let message = format!("`{path}` is a file that holds a private key");
            return Ok(Some(
                is_asked
                    .then(|| Gap::at(Place::file(path), "key file", message))
                    .into_iter()
                    .collect(),
            ));
        }
        let is_told = place::is_kept_by_hand(path) || place::is_large_text(path);
        if !is_told && entry.size.is_some_and(|size| size > LARGEST) {
            return Ok(None);
        }
        let document = match open(view.snapshot, (path, entry)) {
            Ok(document) => document,
            Err(unread) => match place::without_text(view.snapshot, path, unread)? {
                Some(document) => document,
                None => return Ok(None),
            },
        };
        // Of what is larger no line is asked for.
        if u64::try_from(document.bytes().len()).is_ok_and(|size| size <= LARGEST) {
            view.engine.look_through(&document);
        }
        let found = document.view::<Found>();
        let sightings = &found.0;
        let around = Surroundings::of(path);
        let mut gaps: Vec<Gap> = sightings
            .iter()
            .filter(|sighting| self.families.contains(&sighting.family) && around.counts(sighting))
            .map(|sighting| gap(path, &document, sighting))
            .collect();
        if around.is_env_file() && self.families.contains(&Family::Assigned) {
            let known: Vec<_> = sightings.iter().filter(|sighting| around.counts(sighting)).collect();
            gaps.extend(place::weak(path, &document, &known));
            // Of what else it says nothing is known: whoever loads it does not read it.
            if gaps.is_empty() && document.is_decoded() {
                return Err(place::not_searched(path));
            }
        }
        Ok(Some(gaps))
    }

    fn fail(&self, view: &View<'_>, mut gaps: Vec<Gap>) -> Examined {
        let mut files: Vec<&str> = gaps.iter().map(|gap| gap.subject.as_str()).collect();
        files.dedup();
        let first = gaps.first().map_or_else(String::new, |gap| gap.message.clone());
        let reason = match (gaps.len(), files.len()) {
            (1, _) => first,
            (several, files) => format!(
                "{} in {}, first: {first}",
                counted(several, "secret"),
                counted(files, "file")
            ),
        };
        cut(&mut gaps, &self.files.written(view.folder()).join(" | "));
        Examined::fail(reason, gaps)
    }
}

/// The secrets of a document of prose: where each stands, what it is, and the words that tell it from others.
pub(crate) fn in_prose(document: &Document) -> Vec<(Span, String, String)> {
    let found = document.view::<Found>();
    let sightings = found.0.iter();
    let counted =
        sightings.filter(|sighting| USUAL.contains(&sighting.family) && Surroundings::Document.counts(sighting));
    counted
        .map(|sighting| (sighting.span.clone(), sighting.what.clone(), sighting.words.clone()))
        .collect()
}

/// What a file of variables holds by the formats of secrets, in its comments, too: what to call each, and where it stands.
pub(in crate::check) fn in_variables(path: &RepoPath, document: &Document) -> Vec<(String, Span)> {
    let (found, around) = (document.view::<Found>(), Surroundings::of(path));
    let counted = found.0.iter();
    let counted = counted.filter(|sighting| USUAL.contains(&sighting.family) && around.counts(sighting));
    let line = |at: usize| {
        document
            .line_span(document.line_of(at))
            .map(|span| document.words(&span))
    };
    let told = counted.map(|sighting| {
        let is_aside = line(sighting.span.start).is_some_and(|line| line.trim_start().starts_with('#'));
        let place = if is_aside { " in a comment" } else { "" };
        (format!("{}{place}", sighting.what), sighting.span.clone())
    });
    told.collect()
}

fn gap(path: &RepoPath, document: &Document, sighting: &Sighting) -> Gap {
    let place = Place::span(path, document, &sighting.span);
    Gap::at(place, &sighting.words, format!("`{path}` holds {}", sighting.what))
}
