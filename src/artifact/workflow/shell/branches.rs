//! The branches of `if`: which are run, and where the failure of a condition leads.

use super::flow::{Around, Walk};
use super::outcome::{Errors, Outcome};
use super::syntax::List;
use super::weigh::{fate, is_constant, text_of};
use super::{Loss, When};

impl<'a> Walk<'a> {
    pub(super) fn branches(&mut self, clauses: &'a [(List, List)], otherwise: Option<&'a List>, around: &Around) {
        let mut around = around.clone();
        for (index, (condition, body)) in clauses.iter().enumerate() {
            // A condition's failure leads to the next branch.
            let rest = clauses[index + 1..].iter().map(|(_, body)| body).chain(otherwise);
            let errors = self.errors(&around);
            let after = rest.clone().map(|list| self.known.list(list, errors));
            let is_closed = otherwise.is_some();
            let after = after.fold(if is_closed { Outcome::NONE } else { Outcome::ZERO }, |seen, next| {
                seen | next
            });
            let held = self.known.list(body, errors);
            let text = condition
                .first()
                .map_or_else(String::new, |chain| text_of(chain.first_words()));
            self.condition(condition, held, after, &around);
            let outcome = self.known.list(condition, Errors::Pass);
            let is_sure = !outcome.may(Outcome::NONZERO) && is_constant(condition);
            let is_never = !outcome.may(Outcome::ZERO);
            let within = match (is_sure, is_never) {
                (true, _) => around.clone(),
                (_, true) => Around {
                    when: When::Never,
                    ..around.clone()
                },
                (false, false) if condition.iter().any(|chain| chain.first.is_negated) => {
                    around.under(&format!("the failure of {text}"))
                }
                (false, false) => around.under(&text),
            };
            self.list(body, &within);
            around = match (is_sure, is_never) {
                (true, _) => Around {
                    when: When::Never,
                    ..around
                },
                (_, true) => around,
                (false, false) => around.under(&format!("the failure of {text}")),
            };
        }
        if let Some(list) = otherwise {
            self.list(list, &around);
        }
    }

    /// The commands of a condition: where they hold, the branch is run, which comes to `held`, and where they fail, what
    /// comes to `after`.
    fn condition(&mut self, condition: &'a List, held: Outcome, after: Outcome, around: &Around) {
        let inner = |outcome: Outcome| Around {
            quiet: fate(outcome, Loss::Condition, around),
            errors: Errors::Pass,
            ..around.clone()
        };
        match condition.as_slice() {
            // `if ! x`: its failure leads to the branch itself.
            [chain] if chain.first.is_negated && chain.rest.is_empty() => {
                let inner = inner(held);
                for node in &chain.first.nodes {
                    self.node(node, &inner);
                }
            }
            list => {
                let inner = inner(after);
                for chain in list {
                    self.chain(chain, &inner);
                }
            }
        }
    }
}
