//! What a search is answered with.

use std::sync::Arc;

use crate::check::files::{Found, MOST_SHOWN, cut, hidden, not_whole};
use crate::check::parameters::{Count, counted};
use crate::check::{Hit, View};
use crate::model::{Evidence, Examined, Gap, Place, Related, RepoPath, Strength, Unread};
use crate::text::Document;

use super::said::shown;
use super::{Searched, TextCheck};

impl TextCheck {
    /// The matches as evidence; its subject is that of the gap which their loss would be.
    pub(super) fn evidence(&self, view: &View<'_>, shown: &[(RepoPath, Arc<Document>, Hit)]) -> Vec<Evidence> {
        let subject = self.files.written(view.folder()).join(" | ");
        let shown = shown.iter().take(MOST_SHOWN);
        shown
            .map(|(path, document, hit)| {
                let place = Place::span(path, document, &hit.span);
                let words = document.words(&hit.span);
                Evidence::new(place, &words, Strength::Present, subject.clone())
            })
            .collect()
    }

    pub(super) fn unseen(&self, view: &View<'_>) -> Option<Unread> {
        let link = self.files.hidden_by(view.tree(), view.folder());
        link.map(hidden)
            .or_else(|| not_whole(view.tree(), &self.files.in_words(view.folder())))
    }

    pub(super) fn fail(&self, view: &View<'_>, found: &[Found<'_>], searched: &Searched) -> Examined {
        let pattern = shown(&self.pattern);
        let words = self.files.in_words(view.folder());
        if let (Some((place, why)), 0) = (&searched.in_vain, searched.matches) {
            let message = format!("`{}:{}` {why}", place.path, place.line.unwrap_or(1));
            let gap = Gap::at(place.clone(), pattern.as_str(), message.clone());
            return Examined::fail(message, vec![gap]);
        }
        let message = match (found, searched.matches) {
            _ if searched.matches == 0 && searched.left_out > 0 => format!(
                "`{pattern}` matches {}, and production loads none of it",
                counted(searched.left_out, "time")
            ),
            ([], _) => format!("no file matches {words}, so nothing matches `{pattern}`"),
            ([(path, _)], 0) => format!("no line of `{path}` matches `{pattern}`"),
            (several, 0) => format!(
                "no line of {} that match {words} matches `{pattern}`",
                counted(several.len(), "file")
            ),
            (_, matches) => format!(
                "`{pattern}` matches {}, and {} are asked for",
                counted(matches, "time"),
                Count::least(self.count)
            ),
        };
        let subject = self.files.written(view.folder()).join(" | ");
        let mut gap = Gap::missing(subject, message.clone());
        self.pattern.source().clone_into(&mut gap.words);
        if let ([(path, _)], true) = (found, self.files.is_one_path()) {
            gap.place = Some(Place::file(path));
        }
        Examined::fail(message, vec![gap]).with_evidence(self.evidence(view, &searched.shown))
    }

    pub(super) fn too_many(&self, view: &View<'_>, searched: &Searched, most: usize) -> Examined {
        let reason = format!(
            "`{}` matches {}, and at most {most} may",
            shown(&self.pattern),
            counted(searched.matches, "time")
        );
        if most > 0 {
            // Where some may be, none of them is the one too many: the whole is one thing, whichever comes or goes.
            let subject = self.files.written(view.folder()).join(" | ");
            let mut gap = Gap::missing(subject, reason.clone());
            self.pattern.source().clone_into(&mut gap.words);
            gap.related = self
                .evidence(view, &searched.shown)
                .into_iter()
                .take(3)
                .map(|found| Related {
                    place: found.place,
                    message: "one of them".to_owned(),
                })
                .collect();
            return Examined::fail(reason, vec![gap]);
        }
        let mut gaps: Vec<Gap> = self
            .evidence(view, &searched.shown)
            .into_iter()
            .map(|found| {
                let message = format!("`{}` stands here", found.text);
                Gap::at(found.place, &found.text, message)
            })
            .collect();
        if searched.matches > gaps.len() {
            gaps.truncate(MOST_SHOWN);
            let mut more = Gap::missing(
                self.files.written(view.folder()).join(" | "),
                format!("and {} more like these", searched.matches - gaps.len()),
            );
            more.words = "more".to_owned();
            gaps.push(more);
        } else {
            cut(&mut gaps, &self.files.written(view.folder()).join(" | "));
        }
        Examined::fail(reason, gaps)
    }
}
