//! A condition's table → its tree of checks.

use serde_json::Value as Json;

use crate::artifact::Node;
use crate::check::{Condition, Kind, Leaf, Problem, shipped};
use crate::text::Span;

use super::file::{File, Role};
use super::mistakes::{Mistakes, Words};
use super::tree;

/// Deeper nesting than this no reader follows.
const DEEPEST: usize = 16;

/// Builds a condition whose shape is right; `None` when it has mistakes, which are told.
pub(super) fn build(file: &File, kinds: &[Kind], node: &Node, mistakes: &mut Mistakes) -> Option<Condition> {
    let mut builder = Builder { file, kinds, mistakes };
    builder.table(node, 1)
}

struct Builder<'a> {
    file: &'a File,
    kinds: &'a [Kind],
    mistakes: &'a mut Mistakes,
}

impl Builder<'_> {
    fn table(&mut self, node: &Node, depth: usize) -> Option<Condition> {
        if depth > DEEPEST {
            let title = format!("conditions are nested more than {DEEPEST} deep");
            let words = Words::new(
                title,
                "here",
                "say it with fewer `all`, `any` and `none`, or make it two controls",
            );
            self.mistakes.push(self.file, &node.span, words);
            return None;
        }
        let parts: Vec<Option<Condition>> = node
            .entries()
            .iter()
            .map(|(key, value)| match key.text.as_str() {
                "all" => self.list(value, depth).map(Condition::All),
                "any" => self.list(value, depth).map(Condition::Any),
                "none" => self.list(value, depth).map(Condition::None),
                kind => self.one(kind, &key.span, value),
            })
            .collect();
        // All parts are built before the first mistake ends it, so that each one's mistakes are told.
        let mut parts = parts.into_iter().collect::<Option<Vec<_>>>()?;
        if parts.len() == 1 {
            parts.pop()
        } else {
            Some(Condition::All(parts))
        }
    }

    fn list(&mut self, node: &Node, depth: usize) -> Option<Vec<Condition>> {
        let parts: Vec<Option<Condition>> = node.items().iter().map(|item| self.table(item, depth + 1)).collect();
        parts.into_iter().collect()
    }

    fn one(&mut self, name: &str, key: &Span, value: &Node) -> Option<Condition> {
        let kind = self.kinds.iter().find(|kind| kind.name == name)?;
        let parameters = tree::json(value);
        let build = || (kind.build)(&parameters);
        let built = match self.file.role {
            Role::Builtin => shipped(build),
            Role::Own | Role::Path | Role::GitHub { .. } => build(),
        };
        match built {
            Ok(check) => Some(Condition::One(Leaf::new(name, &parameters.to_string(), check))),
            Err(problems) => {
                for problem in problems {
                    let span = place(value, key, &problem);
                    let words = Words {
                        title: problem.message,
                        label: format!("in `{name}`"),
                        help: problem.help,
                    };
                    self.mistakes.push(self.file, &span, words);
                }
                None
            }
        }
    }
}

/// The bytes of what a problem is about: as far along its path as there is something.
fn place(value: &Node, key: &Span, problem: &Problem) -> Span {
    let parts: Vec<&str> = problem.at.iter().map(String::as_str).collect();
    let reached = (1..=parts.len()).rev().find_map(|length| value.at(&parts[..length]));
    reached.map_or_else(|| key.clone(), |node| node.span.clone())
}

/// What a control asks, as a text that is equal for equal definitions.
pub(super) fn definition(
    requires: &str,
    scope: Json,
    applies_when: Option<Json>,
    asked_when: Option<Json>,
    check: Json,
) -> String {
    // In the order of the keys, as `tree::json` orders what is inside.
    let mut whole = serde_json::json!({
        "applies-when": applies_when,
        "check": check,
        "requires": requires,
        "scope": scope,
    });
    if let Some(asked_when) = asked_when {
        whole["asked-when"] = asked_when;
    }
    whole.to_string()
}
