//! The places at which what is asked for is used.

use std::collections::BTreeSet;

use crate::model::Place;
use crate::program::module::{Expr, ExprId};
use crate::program::{At, FunctionAt, Handed, Use, UseKind};
use crate::text::Span;

use super::judged::Asked;
use super::parameters::{Further, What, beginning};
use super::said::saying;

/// The longest text that is shown as it stands, in bytes.
const LONGEST_SHOWN: usize = 60;

/// Whether a letter may stand in a name: `checkout.session.completed`.
fn is_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "._-:/ ".contains(letter)
}

/// A use of what is asked for, wherever it stands.
pub(super) enum Found<'a> {
    Use(&'a Use),
    Text(FunctionAt, ExprId),
}

impl Found<'_> {
    pub(super) fn function(&self) -> FunctionAt {
        match self {
            Self::Use(found) => found.function,
            Self::Text(function, _) => *function,
        }
    }
}

/// The use that is judged, with where it stands.
pub(super) struct Spot {
    pub(super) what: String,
    pub(super) place: Place,
    pub(super) words: String,
    pub(super) call: Option<At>,
    /// The function that it stands in.
    pub(super) function: FunctionAt,
    /// The package that is used; none for a string.
    pub(super) package: Option<String>,
}

impl Asked<'_> {
    /// Every place that is asked for, reachable or not.
    pub(super) fn sites(&self) -> Vec<Found<'_>> {
        match &self.question.what {
            What::Text(pattern) if self.question.asked == Further::Said => {
                let said = saying(self.program, pattern).into_iter();
                said.map(|(at, expr)| Found::Text(at, expr)).collect()
            }
            What::Text(pattern) => {
                let sites = self.program.texts_like(pattern.as_str(), |text| pattern.is_match(text));
                sites.iter().map(|(at, expr)| Found::Text(*at, *expr)).collect()
            }
            What::Package { names, paths } => {
                let usage = self.program.usage();
                let beginnings: BTreeSet<&str> = names.iter().map(|name| beginning(name)).collect();
                // What begins like another of them is told by that one.
                let is_first = |text: &&str| !beginnings.iter().any(|other| other != text && text.starts_with(other));
                let beginnings: Vec<&str> = beginnings.iter().copied().filter(is_first).collect();
                let packages = usage
                    .of_packages(&beginnings)
                    .filter(|(package, _)| self.question.what.names_package(package));
                // The uses of one package stand side by side, and of these those of one thing.
                let handed = beginnings.iter().flat_map(|beginning| {
                    let handed = usage.handed_of(beginning);
                    handed.chunk_by(|one, next| one.used.package == next.used.package)
                });
                let is_named = |same: &&[Handed]| {
                    let first = same.first();
                    first.is_some_and(|first| self.question.what.names_package(&first.used.package))
                };
                let handed = handed.filter(is_named).flatten();
                let is_at = |found: &Use| paths.is_empty() || self.question.what.names_path(&found.path);
                let handed = handed
                    .filter(|handed| self.is_live(handed.from))
                    .map(|handed| &handed.used)
                    .filter(|found| is_at(found));
                let uses = packages
                    .flat_map(|(_, uses)| uses.chunk_by(|one, next| one.path == next.path))
                    .filter(|same| same.first().is_some_and(is_at))
                    .flatten();
                let uses = uses.chain(handed);
                let wanted = uses.filter(|found| paths.is_empty() || found.kind != UseKind::Load);
                wanted.map(Found::Use).collect()
            }
        }
    }

    pub(super) fn spot(&self, site: &Found<'_>) -> Spot {
        match site {
            Found::Use(found) => self.spot_of(found),
            Found::Text(at, expr) => {
                let module = self.program.module(at.module);
                // The text says more than the pattern that it is like; a secret may be one, and none is that short.
                let what = match module.expr(*expr) {
                    Expr::Text(text) if text.len() <= LONGEST_SHOWN && text.chars().all(is_plain) => {
                        format!("`{text}`")
                    }
                    _ => self.question.what.shown(),
                };
                self.spot_at(what, *at, &module.span(*expr), None)
            }
        }
    }

    fn spot_of(&self, found: &Use) -> Spot {
        let module = self.program.module(found.function.module);
        let span: Span = match (found.expr, found.request) {
            (Some(expr), _) => module.span(expr),
            (None, Some(request)) => module.request(request).span.clone(),
            (None, None) => 0..0,
        };
        let what = if found.path.is_empty() {
            format!("`{}`", found.package)
        } else {
            format!("`{}` of `{}`", found.path, found.package)
        };
        Spot {
            package: Some(found.package.to_string()),
            ..self.spot_at(what, found.function, &span, found.at())
        }
    }

    fn spot_at(&self, what: String, function: FunctionAt, span: &Span, call: Option<At>) -> Spot {
        let document = &self.program.linked(function.module).document;
        let words = document.words(span);
        Spot {
            what,
            place: self.program.place(function.module, span),
            words: words.lines().next().unwrap_or_default().to_owned(),
            call,
            function,
            package: None,
        }
    }
}
