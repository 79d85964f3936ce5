//! `value`: what a data file says at a key.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::artifact::{Format, data};
use crate::model::{Cause, Evidence, Examined, Gap, Needs, Place, RepoPath, Strength, Unread};
use crate::text::Document;

use super::commanded::Commanded;
use super::files::{Case, Found, Globs, MOST_SHOWN, cut, hidden, not_whole, open, readable};
use super::parameters::{OneOrMany, counted, read};
use super::{Check, Kind, Problem, View};

pub(super) mod account;
mod followed;
mod held;
mod key;
mod question;
pub(super) mod secret;
mod shown;

use key::{At, Spot};
use question::{Answer, Question};
use shown::{is_secret, words};

/// The kind.
pub const KIND: Kind = Kind {
    name: "value",
    summary: "What a JSON, YAML, TOML or environment file says at a key.",
    schema: |generator| generator.subschema_for::<Parameters>(),
    build,
};

/// What a data file says at a key: JSON (comments and trailing commas tolerated), YAML, TOML, environment files.
/// Exactly one of `exists`, `equals`, `matches`, `min`/`max` and `secret` is asked; without any, that the value exists.
/// It holds when one value found is as asked. The values of environment files, and those under keys that name a
/// secret, are never shown.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "ValueParameters")]
struct Parameters {
    /// Patterns of the files, from the component's folder, or from the root. Their names tell the format.
    file: OneOrMany,
    /// The key: `compilerOptions.strict`, `jobs.*.timeout-minutes`, `services[0].image`, `scripts."test:ci"`;
    /// or its parts as a list. `*` is any key or item.
    at: At,
    /// Whether there must be a value, or must be none.
    exists: Option<bool>,
    /// The value that it must have. Text is no number: `"20"` is not `20`.
    equals: Option<Scalar>,
    /// A regular expression that must match somewhere in the value, as text.
    matches: Option<String>,
    /// With `matches`: of a command line, that it matches in a command which is run, and not in what is only printed
    /// (`echo`), nor where the line hides the command's failure (`… || true`). Scripts of the manifest beside the file that
    /// the line runs are followed.
    #[serde(default)]
    commands: bool,
    /// The least number that it may be.
    min: Option<f64>,
    /// The greatest number that it may be.
    max: Option<f64>,
    /// `false`: no value found may look like a secret, by its key's name or by a password in an address. What is
    /// plainly a placeholder is none. One finding for each file; the values are never shown.
    secret: Option<bool>,
    /// Patterns of files to leave out.
    except: Option<OneOrMany>,
    /// Ask it of every value found, and of every file: each must have one, and each must be as asked.
    #[serde(default)]
    every: bool,
}

/// A value that can be compared.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "ValueScalar")]
pub(super) enum Scalar {
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Text.
    Text(String),
}

/// Of how many of the values something is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    One,
    Every,
}

#[derive(Debug)]
struct ValueCheck {
    files: Globs,
    except: Option<Globs>,
    at: At,
    question: Question,
    reach: Reach,
}

fn build(value: &serde_json::Value) -> Result<Box<dyn Check>, Vec<Problem>> {
    let parameters: Parameters = read(value)?;
    let mut problems = Vec::new();
    let files = Globs::new(&parameters.file, "file", Case::Counts)
        .map_err(|found| problems.extend(found))
        .ok();
    let except = parameters.except.as_ref().and_then(|patterns| {
        let compiled = Globs::new(patterns, "except", Case::Counts);
        compiled.map_err(|found| problems.extend(found)).ok()
    });
    let question = Question::new(&parameters).map_err(|found| problems.extend(found)).ok();
    problems.extend(parameters.at.problem());
    if parameters.every && matches!(question, Some(Question::IsAbsent | Question::HoldsNoSecret)) {
        problems.push(Problem::at(
            &["every"],
            "what must not be there is asked of every file anyway",
        ));
    }
    match (files, question) {
        (Some(files), Some(question)) if problems.is_empty() => Ok(Box::new(ValueCheck {
            files,
            except,
            at: parameters.at,
            question,
            reach: if parameters.every { Reach::Every } else { Reach::One },
        })),
        _ => Err(problems),
    }
}

/// What the files say.
#[derive(Default)]
struct Looked {
    good: Vec<Evidence>,
    bad: Vec<Gap>,
    without: Vec<RepoPath>,
    unread: Option<Unread>,
}

impl Check for ValueCheck {
    fn needs(&self, view: &View<'_>) -> Needs {
        let found = self.found(view);
        let asks_scripts = matches!(self.question, Question::Commands(_)) && !found.is_empty();
        let manifests = asks_scripts.then(|| view.tree().with_name("package.json"));
        Needs::files(readable(&found).chain(manifests.into_iter().flatten().map(|(path, _)| path.clone())))
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        let found = self.found(view);
        let mut looked = Looked::default();
        for file in &found {
            if let Err(unread) = self.look(view, *file, &mut looked) {
                looked.unread.get_or_insert(unread);
            }
        }
        match (&self.question, self.reach) {
            (Question::IsAbsent | Question::HoldsNoSecret, _) => self.judge_absent(view, looked),
            (_, Reach::One) => self.judge_one(view, &found, looked),
            (_, Reach::Every) => self.judge_every(view, &found, looked),
        }
    }

    fn wished(&self, view: &View<'_>, examined: &Examined) -> Option<String> {
        let has_line = |gap: &Gap| gap.place.as_ref().is_some_and(|place| place.line.is_some());
        let is_of_values = self.asks_for_one() && examined.gaps.iter().any(has_line);
        let words = self.files.in_words(view.folder());
        is_of_values.then(|| format!("no `{}` in {words} {}", self.at, self.question.holds()))
    }
}

impl ValueCheck {
    /// Whether a value that is another one is all that is asked about.
    fn asks_for_one(&self) -> bool {
        let compares = match self.question {
            Question::Equals(_) | Question::Matches(_) | Question::Commands(_) | Question::Within(..) => true,
            Question::Exists | Question::IsAbsent | Question::HoldsNoSecret => false,
        };
        compares && self.reach == Reach::One
    }

    fn found<'a>(&self, view: &View<'a>) -> Vec<Found<'a>> {
        let folder = view.folder();
        let mut found = self.files.find_written(&view.snapshot.tree, folder);
        if let Some(except) = &self.except {
            let is_left_out = |path: &RepoPath| {
                path.relative_to(folder)
                    .is_some_and(|relative| except.matches(relative))
            };
            found.retain(|(path, _)| !is_left_out(path));
        }
        found
    }

    fn look(&self, view: &View<'_>, file: Found<'_>, looked: &mut Looked) -> Result<(), Unread> {
        let path = file.0;
        let document = open(view.snapshot, file)?;
        let root = match data(path.as_str(), &document) {
            None => return Err(no_format(path)),
            Some(Err(error)) => {
                let line = error.span.map_or(1, |span| document.position(span.start).line);
                let what = format!("`{path}` can't be read: {} (line {line})", error.message);
                return Err(Unread::new(Cause::Parse, what, "mend the file"));
            }
            Some(Ok(root)) => root,
        };
        let Some(spots) = self.at.find(&root) else {
            let what = format!("`{}` leads to too many values in `{path}`", self.at);
            return Err(Unread::new(Cause::Size, what, "ask for a narrower key"));
        };
        if matches!(self.question, Question::HoldsNoSecret) {
            looked.bad.extend(held::secrets(path, &document, &root, &spots));
            return Ok(());
        }
        if spots.is_empty() {
            looked.without.push(path.clone());
        }
        for spot in spots {
            self.ask(view, path, &document, &spot, looked)?;
        }
        Ok(())
    }

    /// The answer, after the scripts that a command line runs were asked as well.
    fn followed(&self, view: &View<'_>, path: &RepoPath, spot: &Spot<'_>, answer: Answer) -> Answer {
        let (Question::Commands(pattern), Answer::No, Some(line)) = (&self.question, &answer, spot.node.as_str())
        else {
            return answer;
        };
        let is_asked =
            |script: &str| pattern.is_match(script) && Commanded::of(script).has(|text| pattern.starts(text));
        match followed::runs_script(view.snapshot, path.parent(), line, &is_asked) {
            true => Answer::Yes,
            false => answer,
        }
    }

    fn ask(
        &self,
        view: &View<'_>,
        path: &RepoPath,
        document: &Document,
        spot: &Spot<'_>,
        looked: &mut Looked,
    ) -> Result<(), Unread> {
        let format = Format::of(path.as_str());
        let name = spot.path();
        let is_hidden = format == Some(Format::Dotenv) || is_secret(&name);
        let shown = words(spot.node, document, is_hidden);
        let place = Place::span(path, document, &spot.node.span);
        let answer = self.question.ask(spot.node, document, format == Some(Format::Dotenv));
        match self.followed(view, path, spot, answer) {
            Answer::Yes => {
                let place = spot.key.map_or(place, |key| {
                    Place::span(path, document, &(key.span.start..spot.node.span.end.max(key.span.end)))
                });
                let found = Evidence::new(
                    place,
                    &format!("{name}: {shown}"),
                    Strength::Present,
                    self.subject(view, path),
                );
                looked.good.push(found);
            }
            Answer::No => {
                let message = format!("`{name}` is {shown}, and {}", self.question.in_words());
                // The words are the key: another wrong value is the same finding.
                let mut gap = Gap::at(place, &name, message);
                path.as_str().clone_into(&mut gap.subject);
                looked.bad.push(gap);
            }
            Answer::CannotTell(why) => {
                let what = format!("`{name}` in `{path}` {why}");
                return Err(Unread::new(Cause::Unmodelled, what, "write the value out"));
            }
        }
        Ok(())
    }

    /// What the loss of a value found in this file would be a gap of.
    fn subject(&self, view: &View<'_>, path: &RepoPath) -> String {
        match self.reach {
            Reach::Every => path.as_str().to_owned(),
            Reach::One => self.files.written(view.folder()).join(" | "),
        }
    }

    fn judge_one(&self, view: &View<'_>, found: &[Found<'_>], looked: Looked) -> Examined {
        if let [first, rest @ ..] = looked.good.as_slice() {
            let more = if rest.is_empty() {
                String::new()
            } else {
                format!(" (and {} more)", rest.len())
            };
            let reason = format!(
                "`{}` in `{}` {}{more}",
                self.at,
                first.place.path,
                self.question.holds()
            );
            return Examined::pass(reason, shorten(looked.good));
        }
        match looked.unread.or_else(|| self.unseen(view)) {
            Some(unread) => Examined::unknown(unread),
            None => self.fail(view, found, looked.bad, &looked.without),
        }
    }

    fn judge_every(&self, view: &View<'_>, found: &[Found<'_>], looked: Looked) -> Examined {
        let is_clean = looked.bad.is_empty() && looked.without.is_empty() && !found.is_empty();
        if !is_clean && (!looked.bad.is_empty() || !looked.without.is_empty()) {
            let gaps = looked.without.iter().map(|path| self.lacks(path));
            let gaps = looked.bad.iter().cloned().chain(gaps).collect();
            return self.fail(view, found, gaps, &[]).with_evidence(shorten(looked.good));
        }
        match looked.unread.or_else(|| self.unseen(view)) {
            Some(unread) => Examined::unknown(unread),
            None if is_clean => {
                let files = counted(found.len(), "file");
                let reason = format!("`{}` {} in {files}", self.at, self.question.holds());
                Examined::pass(reason, shorten(looked.good))
            }
            None => self.fail(view, found, Vec::new(), &[]),
        }
    }

    fn judge_absent(&self, view: &View<'_>, looked: Looked) -> Examined {
        if let ([first, _, ..], Question::HoldsNoSecret) = (looked.bad.as_slice(), &self.question) {
            let reason = format!("{} hold secrets: {}", counted(looked.bad.len(), "file"), first.message);
            let mut gaps = looked.bad;
            cut(&mut gaps, &self.files.written(view.folder()).join(" | "));
            return Examined::fail(reason, gaps);
        }
        if !looked.bad.is_empty() {
            return self.fail(view, &[], looked.bad, &[]);
        }
        match looked.unread.or_else(|| self.unseen(view)) {
            Some(unread) => Examined::unknown(unread),
            None => {
                let words = self.files.in_words(view.folder());
                let what = match self.question {
                    Question::HoldsNoSecret => "no secret".to_owned(),
                    Question::Exists
                    | Question::IsAbsent
                    | Question::Equals(_)
                    | Question::Matches(_)
                    | Question::Commands(_)
                    | Question::Within(..) => format!("no `{}`", self.at),
                };
                Examined::pass(format!("{what} in {words}"), Vec::new())
            }
        }
    }

    fn fail(&self, view: &View<'_>, found: &[Found<'_>], mut gaps: Vec<Gap>, without: &[RepoPath]) -> Examined {
        let subject = self.files.written(view.folder()).join(" | ");
        if gaps.is_empty() {
            let words = self.files.in_words(view.folder());
            let gap = match (found, without) {
                ([], _) if self.files.is_one_path() => Gap::missing(&subject, format!("{words} is missing")),
                ([], _) => Gap::missing(&subject, format!("no file matches {words}")),
                (_, [path]) => self.lacks(path),
                (several, _) => {
                    let files = counted(several.len(), "file");
                    let mut gap = Gap::missing(
                        &subject,
                        format!("none of the {files} that match {words} has `{}`", self.at),
                    );
                    gap.words = self.at.to_string();
                    gap
                }
            };
            gaps.push(gap);
        }
        let reason = match gaps.as_slice() {
            [one] => one.message.clone(),
            several => {
                let places = counted(several.len(), "place");
                format!("`{}` falls short in {places}: {}", self.at, several[0].message)
            }
        };
        cut(&mut gaps, &subject);
        Examined::fail(reason, gaps)
    }

    fn lacks(&self, path: &RepoPath) -> Gap {
        let at = self.at.to_string();
        Gap::at(Place::file(path), &at, format!("`{path}` has no `{at}`"))
    }

    fn unseen(&self, view: &View<'_>) -> Option<Unread> {
        let link = self.files.hidden_by(view.tree(), view.folder());
        link.map(hidden)
            .or_else(|| not_whole(view.tree(), &self.files.in_words(view.folder())))
    }
}

fn no_format(path: &RepoPath) -> Unread {
    let what = format!("`{path}` has no name of a JSON, YAML, TOML or environment file");
    Unread::new(Cause::Unmodelled, what, "ask it with `text`")
}

fn shorten(mut evidence: Vec<Evidence>) -> Vec<Evidence> {
    evidence.truncate(MOST_SHOWN);
    evidence
}
