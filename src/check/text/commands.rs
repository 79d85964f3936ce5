//! Which matches stand in commands that are run, and whose failure is seen.

use std::cell::OnceCell;

use crate::check::commanded::{Commanded, asks, is_hidden_by};
use crate::check::{Hit, View};
use crate::model::RepoPath;
use crate::program::module::Language;
use crate::text::Document;

use super::Searched;
use super::ran::{self, Fate, Ran};
use super::switch::Settings;

/// The commands of a repository.
pub(super) struct Commands<'a> {
    view: &'a View<'a>,
    ran: OnceCell<Ran>,
    settings: OnceCell<Settings>,
}

impl<'a> Commands<'a> {
    pub(super) fn of(view: &'a View<'a>) -> Self {
        Self {
            view,
            ran: OnceCell::new(),
            settings: OnceCell::new(),
        }
    }

    /// What becomes of the command in which a match stands; why it does not count, or why that is not known.
    fn fate(&self, path: &RepoPath, document: &Document, hit: &Hit) -> Result<(), Lost> {
        let end = document.line_span(hit.line).map_or(hit.span.end, |line| line.end);
        if asks(&document.words(&(hit.span.start..end))) {
            return Err(Lost::Vain(Some("only asks what was migrated")));
        }
        if Language::of(path.as_str()).is_some() {
            let ran = self.ran.get_or_init(|| Ran::of(self.view));
            return match ran.fate(path, hit.span.start) {
                Fate::Run => Ok(()),
                Fate::Vain(why) => Err(Lost::Vain(Some(why))),
                Fate::Open(why) => Err(Lost::Open(why.to_owned())),
            };
        }
        if !matches!(path.extension(), Some("sh" | "bash" | "ash" | "zsh")) {
            if is_hidden_by(&document.words(&(hit.span.end..end))) {
                return Err(Lost::Vain(None));
            }
            // `CMD if [ "$RUN" = true ]; then …`
            let own = document.line_span(hit.line).unwrap_or_else(|| hit.span.clone());
            let own = document.words(&own).to_string();
            let script = own.trim_start().split_once(' ').map_or("", |(_, script)| script);
            return self.switched(script, &Commanded::of(script), 0, &document.words(&hit.span));
        }
        let script = document.text().unwrap_or_default();
        let commanded = Commanded::of(script);
        let line = usize::try_from(hit.line.saturating_sub(1)).unwrap_or(usize::MAX);
        let words = document.words(&hit.span);
        match commanded.runs(line, &words) {
            true => self.switched(script, &commanded, line, &words),
            false => Err(Lost::Vain(None)),
        }
    }

    /// Whether a variable that nobody here sets says if words in a line of a script are run.
    fn switched(&self, script: &str, commanded: &Commanded, line: usize, words: &str) -> Result<(), Lost> {
        let settings = || self.settings.get_or_init(|| Settings::of(self.view));
        let condition = commanded.condition(line, words);
        match condition.and_then(|condition| settings().open_switch(script, condition)) {
            Some(name) => Err(Lost::Open(format!(
                "is run where `{name}` says so, and nothing here sets that"
            ))),
            None => Ok(()),
        }
    }
}

/// Why a match does not count.
enum Lost {
    /// It is not run, or its failure is lost: why, in words that follow its place.
    Vain(Option<&'static str>),
    /// That is not known: why.
    Open(String),
}

impl Searched {
    /// Leaves the matches in commands that are run; what becomes of the others is told.
    pub(super) fn retain_commands(
        &mut self,
        commands: &Commands<'_>,
        path: &RepoPath,
        document: &Document,
        hits: &mut Vec<Hit>,
    ) {
        hits.retain(|hit| match commands.fate(path, document, hit) {
            Ok(()) => true,
            Err(Lost::Vain(why)) => {
                if let Some(why) = why {
                    self.note_vain(path, document, hit, why.to_owned());
                }
                false
            }
            Err(Lost::Open(why)) => {
                self.unread.get_or_insert_with(|| ran::open(path, hit.line, &why));
                false
            }
        });
    }
}
