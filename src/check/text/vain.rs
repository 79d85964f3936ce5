//! Which matches do not count although they stand where they are looked for.

use crate::artifact::workflow::WorkflowFile;
use crate::artifact::{declared, manifest_folders};
use crate::check::consistency::{test_lacks, test_requests};
use crate::check::lenient::Lenient;
use crate::check::runner::{self, Runs};
use crate::check::stand_in::StandIn;
use crate::check::{Hit, View, services};
use crate::model::{Cause, Class, Place, RepoPath, Unread};
use crate::text::{Document, Span};

use super::{Searched, TextCheck};

impl Searched {
    /// Keeps the first match that does not count, and why.
    pub(super) fn note_vain(&mut self, path: &RepoPath, document: &Document, hit: &Hit, why: String) {
        self.in_vain
            .get_or_insert_with(|| (Place::span(path, document, &hit.span), why));
    }

    /// Whether a test that holds matches can run; where not, it is told.
    pub(super) fn may_run(&mut self, view: &View<'_>, path: &RepoPath, document: &Document, hits: &[Hit]) -> bool {
        let Some(hit) = hits.first() else { return true };
        let runs = match runner::runs(view, path, document) {
            Runs::Yes => test_lacks(view, path).map_or(Runs::Yes, |lacking| {
                Runs::Never(format!(
                    "stands in a test that loads `{lacking}`, and there is no such file"
                ))
            }),
            other => other,
        };
        match runs {
            Runs::Yes => match test_requests::unanswered(view, path, document) {
                None => return true,
                Some(asked) => {
                    let what = format!("`{path}` asks for `{asked}`, which no route of this repository answers");
                    let settle = "ask for a route that there is, or attest it";
                    self.unread
                        .get_or_insert_with(|| Unread::new(Cause::Unmodelled, what, settle));
                }
            },
            Runs::Never(why) => self.note_vain(path, document, hit, why),
            Runs::Unread(unread) => {
                self.unread.get_or_insert(unread);
            }
        }
        false
    }
}

impl Searched {
    /// Whether a test that holds matches asks for what is there; where not, what it proves is not known.
    pub(super) fn asks_for_something(&mut self, view: &View<'_>, path: &RepoPath, document: &Document) -> bool {
        let Some(asked) = test_requests::unanswered(view, path, document) else {
            return true;
        };
        let what = format!("`{path}` asks for `{asked}`, which no route of this repository answers");
        let settle = "ask for a route that there is, or attest it";
        self.unread
            .get_or_insert_with(|| Unread::new(Cause::Unmodelled, what, settle));
        false
    }
}

/// What a file's matches are asked for in vain.
pub(super) struct Vain<'a> {
    check: &'a TextCheck,
    view: &'a View<'a>,
    path: &'a RepoPath,
    document: &'a Document,
    /// The server that the file, a test, makes itself. Found once for all its matches.
    stand_in: Option<StandIn>,
    /// What the file, a test, asserts. Found once for all its matches.
    lenient: Option<Lenient>,
}

impl<'a> Vain<'a> {
    pub(super) fn of(
        check: &'a TextCheck,
        view: &'a View<'a>,
        path: &'a RepoPath,
        document: &'a Document,
        hits: &[Hit],
    ) -> Self {
        let is_asked = check.skips_stand_ins && !hits.is_empty() && view.tree().class(path.as_str()) == Class::Test;
        let is_judged = check.skips_lenient && !hits.is_empty() && view.tree().class(path.as_str()) == Class::Test;
        Self {
            lenient: is_judged.then(|| Lenient::of(path, document)).flatten(),
            check,
            view,
            path,
            document,
            stand_in: is_asked.then(|| StandIn::of(view, path, document)).flatten(),
        }
    }

    /// Why a match does not count, in words that follow its place.
    pub(super) fn why(&self, hit: &Hit) -> Option<String> {
        if self.check.skips_missing
            && let Some(why) = services::missing(self.view, &before(self.document, hit))
        {
            return Some(why);
        }
        if self.check.skips_own_services
            && let Some(why) = beside_its_own(self.path, self.document, hit)
        {
            return Some(why);
        }
        if self.check.commands
            && let Some(why) = calls_nobody(self.view, self.document, hit)
        {
            return Some(why);
        }
        if self
            .lenient
            .as_ref()
            .is_some_and(|lenient| lenient.accepts_all(&hit.span))
        {
            return Some("stands in a test that holds whatever is answered, or in the place of a package".to_owned());
        }
        let stand_in = self.stand_in.as_ref()?;
        let line = self.document.line_span(hit.line);
        let line = line.map(|span| self.document.words(&span).to_string());
        let is_own = stand_in.answers(line.as_deref().unwrap_or_default());
        is_own.then(|| "asks a server that the test makes itself".to_owned())
    }
}

/// Why a step of a workflow asks for nothing that lasts: its job brings the services along and ends them with itself. Of a
/// step that is handed a secret's address nobody knows.
fn beside_its_own(path: &RepoPath, document: &Document, hit: &Hit) -> Option<String> {
    if !path.as_str().starts_with(".github/workflows/") {
        return None;
    }
    let file = document.view::<WorkflowFile>();
    let workflow = file.0.as_ref().ok()?.as_ref()?;
    let jobs = workflow.jobs.iter().filter(|job| job.span.start <= hit.span.start);
    let job = jobs.max_by_key(|job| job.span.start)?;
    let steps = job.steps.iter().filter(|step| step.span.start <= hit.span.start);
    let step = steps.max_by_key(|step| step.span.start)?;
    let is_handed = step.env.iter().any(|(_, value)| value.text.contains("secrets."));
    (!job.services.is_empty() && !is_handed)
        .then(|| format!("is run beside services of its own job, `{}`, which end with it", job.id))
}

/// Why a command fails that runs a script of a manifest: none has a script of that name.
fn calls_nobody(view: &View<'_>, document: &Document, hit: &Hit) -> Option<String> {
    let line = document.line_span(hit.line)?;
    let text = |span: Span| String::from_utf8_lossy(&document.bytes()[span]).into_owned();
    let (before, after) = (text(line.start..hit.span.start), text(hit.span.start..line.end));
    let is_end = |letter: char| matches!(letter, '&' | '|' | ';');
    let command = format!(
        "{}{}",
        before.rsplit(is_end).next().unwrap_or_default(),
        after.split(is_end).next().unwrap_or_default()
    );
    let mut words = command.split(|letter: char| letter.is_whitespace() || "'\"`,[]".contains(letter));
    words.find(|word| matches!(*word, "npm" | "pnpm" | "yarn" | "bun"))?;
    words.find(|word| matches!(*word, "run" | "run-script"))?;
    let name = words.find(|word| !word.is_empty() && !word.starts_with('-'))?;
    let is_plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b":_-.".contains(&byte));
    if !is_plain || !command.contains(name) || view.tree().truncation().is_some() {
        return None;
    }
    let mut manifests = 0;
    for folder in manifest_folders(view.snapshot) {
        for (path, known) in declared(view.snapshot, &folder) {
            if path.file_name() == "package.json" {
                manifests += 1;
                // One that can't be read may have it.
                if known.ok()?.manifest().scripts.iter().any(|script| script.name == name) {
                    return None;
                }
            }
        }
    }
    (manifests > 0).then(|| format!("calls the script `{name}`, which no `package.json` has"))
}

/// What stands before a match on its line, and on the lines that it goes on from.
fn before(document: &Document, hit: &Hit) -> String {
    let text = |span: &Span| String::from_utf8_lossy(&document.bytes()[span.clone()]).into_owned();
    let own = document.line_span(hit.line).map_or(hit.span.start, |span| span.start);
    let mut before = text(&(own..hit.span.start));
    let mut line = hit.line;
    while line > 1 {
        line -= 1;
        let above = document.line_span(line).map_or_else(String::new, |span| text(&span));
        match above.trim_end().strip_suffix('\\') {
            Some(above) => before = format!("{above} {before}"),
            None => break,
        }
    }
    before
}
