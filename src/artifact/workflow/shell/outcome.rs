//! What may become of code that is run: which statuses it may end with, and whether it ends the script.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::BitOr;

use super::syntax::{Chain, Joint, List, Node, Pipeline};
use super::token::Word;

/// What may become of some code: any of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Outcome(u8);

impl Outcome {
    pub(super) const NONE: Self = Self(0);
    /// It succeeds, and what follows is run.
    pub(super) const ZERO: Self = Self(1);
    /// It fails, and what follows is run all the same.
    pub(super) const NONZERO: Self = Self(2);
    /// It ends the script with success.
    pub(super) const EXIT_ZERO: Self = Self(4);
    /// It ends the script with failure.
    pub(super) const EXIT_NONZERO: Self = Self(8);
    /// It keeps a value that the script later ends with.
    pub(super) const KEPT: Self = Self(16);
    /// It keeps a value that something else may look at.
    pub(super) const NOTED: Self = Self(32);
    const EITHER: Self = Self(3);
    const GOES_ON: Self = Self(3);

    pub(super) fn may(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn only(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether what follows is never run.
    pub(super) fn always_ends(self) -> bool {
        !self.may(Self::GOES_ON)
    }

    /// As it looks from outside of a shell of its own.
    fn in_subshell(self) -> Self {
        let mut seen = self.without(Self::EXIT_ZERO | Self::EXIT_NONZERO);
        if self.may(Self::EXIT_ZERO) {
            seen = seen | Self::ZERO;
        }
        if self.may(Self::EXIT_NONZERO) {
            seen = seen | Self::NONZERO;
        }
        seen
    }

    fn negated(self) -> Self {
        let mut seen = self.without(Self::EITHER);
        if self.may(Self::ZERO) {
            seen = seen | Self::NONZERO;
        }
        if self.may(Self::NONZERO) {
            seen = seen | Self::ZERO;
        }
        seen
    }
}

impl BitOr for Outcome {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What has to be known of a script to tell what becomes of its parts.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Variables whose value it ends with, or whose value makes it end with failure.
    pub(super) kept: BTreeSet<String>,
    /// Variables that it looks at.
    pub(super) noted: BTreeSet<String>,
    /// Variables that keep the status of a command.
    pub(super) statuses: BTreeSet<String>,
    /// What becomes of its functions.
    pub(super) functions: BTreeMap<String, Outcome>,
}

/// Whether a failure that nothing looks at ends the script here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Errors {
    Stop,
    Pass,
}

impl Known {
    /// What is to be known of a whole script.
    pub(super) fn of(script: &List) -> Self {
        let mut known = Self::default();
        known.look(script, 0);
        known
    }

    fn look(&mut self, list: &List, depth: usize) {
        for chain in list {
            let is_fatal = || self.chain(chain, Errors::Pass).may(Outcome::EXIT_NONZERO);
            // A test of a variable that decides whether the script fails.
            let is_test = !chain.rest.is_empty() || matches!(chain.first.nodes.first(), Some(Node::If { .. }));
            if is_test && is_fatal() {
                let tested: Vec<String> = chain.first_words().iter().flat_map(variables).collect();
                self.kept.extend(tested);
            }
            for node in chain.pipelines().flat_map(|pipeline| &pipeline.nodes) {
                self.look_at(node, depth);
            }
        }
    }

    fn look_at(&mut self, node: &Node, depth: usize) {
        match node {
            Node::Simple(words) => self.look_at_words(words),
            Node::Group(list) | Node::Subshell(list) => self.look(list, depth),
            Node::If { clauses, otherwise } => {
                for (condition, body) in clauses {
                    self.look(condition, depth);
                    self.look(body, depth);
                }
                if let Some(list) = otherwise {
                    self.look(list, depth);
                }
            }
            Node::Loop { condition, body } => {
                if let Some(list) = condition {
                    self.look(list, depth);
                }
                self.look(body, depth);
            }
            Node::Case { subject, arms } => {
                self.noted.extend(names_in(subject));
                for list in arms {
                    self.look(list, depth);
                }
            }
            Node::Function { name, body } => {
                self.look_at(body, depth);
                let outcome = self.node(body, Errors::Pass);
                self.functions.insert(name.clone(), outcome);
            }
        }
    }

    fn look_at_words(&mut self, words: &[Word]) {
        let is_end = words
            .first()
            .is_some_and(|word| matches!(word.text.as_str(), "exit" | "return"));
        if let [word] = words
            && let Some((name, value)) = assignment(&word.text)
            && value.trim_matches('"') == "$?"
        {
            self.statuses.insert(name.to_owned());
        }
        let is_shown = words
            .first()
            .is_some_and(|word| matches!(word.text.as_str(), "echo" | "printf"));
        let is_handed_on = is_shown && !words.iter().any(|word| goes_to_runner(&word.text));
        let names = words.iter().flat_map(variables);
        if is_end {
            self.kept.extend(names);
        } else if !is_handed_on {
            self.noted.extend(names);
        }
    }

    pub(super) fn list(&self, list: &List, errors: Errors) -> Outcome {
        let mut seen = Outcome::NONE;
        let mut last = Outcome::ZERO;
        for chain in list {
            let outcome = self.chain(chain, errors);
            seen = seen | outcome.without(Outcome::GOES_ON);
            last = outcome.only(Outcome::GOES_ON);
            if outcome.always_ends() {
                break;
            }
        }
        seen | last
    }

    pub(super) fn chain(&self, chain: &Chain, errors: Errors) -> Outcome {
        if chain.is_background {
            return Outcome::ZERO;
        }
        let (first, after) = self.steps(chain, errors);
        follow(first, after[0])
    }

    /// What becomes of a chain's first pipeline, and then, for each joint, of the rest after success and after failure.
    pub(super) fn steps(&self, chain: &Chain, errors: Errors) -> (Outcome, Vec<(Outcome, Outcome)>) {
        let last = chain.rest.len();
        let outcome = |index: usize, pipeline: &Pipeline| {
            let errors = if index == last { errors } else { Errors::Pass };
            let outcome = self.pipeline(pipeline, errors);
            match (index == last, errors) {
                (true, Errors::Stop) if outcome.may(Outcome::NONZERO) => {
                    outcome.without(Outcome::NONZERO) | Outcome::EXIT_NONZERO
                }
                _ => outcome,
            }
        };
        let mut after = vec![(Outcome::ZERO, Outcome::NONZERO)];
        for (index, (joint, pipeline)) in chain.rest.iter().enumerate().rev() {
            let next = *after.last().unwrap_or(&(Outcome::ZERO, Outcome::NONZERO));
            let run = follow(outcome(index + 1, pipeline), next);
            after.push(match joint {
                Joint::And => (run, next.1),
                Joint::Or => (next.0, run),
            });
        }
        after.reverse();
        (outcome(0, &chain.first), after)
    }

    fn pipeline(&self, pipeline: &Pipeline, errors: Errors) -> Outcome {
        let errors = if pipeline.is_negated { Errors::Pass } else { errors };
        let outcome = match pipeline.nodes.as_slice() {
            [] => Outcome::EITHER,
            [node] => self.node(node, errors),
            [.., node] => self.node(node, errors).in_subshell(),
        };
        if pipeline.is_negated {
            outcome.negated()
        } else {
            outcome
        }
    }

    pub(super) fn node(&self, node: &Node, errors: Errors) -> Outcome {
        match node {
            Node::Simple(words) => self.simple(words),
            Node::Group(list) => self.list(list, errors),
            Node::Subshell(list) => self.list(list, errors).in_subshell(),
            Node::If { clauses, otherwise } => {
                let mut seen = Outcome::NONE;
                for (condition, body) in clauses {
                    let held = self.list(condition, Errors::Pass);
                    seen = seen | held.without(Outcome::GOES_ON);
                    if held.may(Outcome::ZERO) {
                        seen = seen | self.list(body, errors);
                    }
                    if !held.may(Outcome::NONZERO) {
                        return seen;
                    }
                }
                seen | otherwise.as_ref().map_or(Outcome::ZERO, |list| self.list(list, errors))
            }
            Node::Loop { condition, body } => {
                let condition = condition.as_ref().map(|list| self.list(list, Errors::Pass));
                let before = condition.map_or(Outcome::NONE, |outcome| outcome.without(Outcome::GOES_ON));
                Outcome::ZERO | before | self.list(body, errors)
            }
            Node::Case { arms, .. } => arms
                .iter()
                .fold(Outcome::ZERO, |seen, list| seen | self.list(list, errors)),
            Node::Function { .. } => Outcome::ZERO,
        }
    }

    fn simple(&self, words: &[Word]) -> Outcome {
        let set = words.iter().take_while(|word| assignment(&word.text).is_some()).count();
        let Some(program) = words.get(set) else {
            let keeps = words.iter().filter_map(|word| assignment(&word.text));
            let kept = keeps.fold(Outcome::NONE, |seen, (name, _)| seen | self.keeps(name));
            let computes = words
                .iter()
                .any(|word| word.text.contains("$(") || word.text.contains('`'));
            return kept | if computes { Outcome::EITHER } else { Outcome::ZERO };
        };
        let argument = words.get(set + 1).map(|word| word.text.trim_matches(['"', '\'']));
        let handed = words.iter().any(|word| goes_to_runner(&word.text));
        let noted = if handed { Outcome::NOTED } else { Outcome::NONE };
        match program.text.as_str() {
            "exit" | "return" => match argument {
                None | Some("$?") => Outcome::EXIT_NONZERO,
                Some("0") => Outcome::EXIT_ZERO,
                Some(value) if value.parse::<u32>().is_ok() => Outcome::EXIT_NONZERO,
                Some(value) if names_in(value).iter().any(|name| self.statuses.contains(name)) => Outcome::EXIT_NONZERO,
                Some(_) => Outcome::EXIT_ZERO | Outcome::EXIT_NONZERO,
            },
            "false" => Outcome::NONZERO,
            "export" | "declare" | "local" | "readonly" | "typeset" => {
                let keeps = words[set..].iter().filter_map(|word| assignment(&word.text));
                keeps.fold(Outcome::ZERO, |seen, (name, _)| seen | self.keeps(name))
            }
            name if SUCCEEDS.contains(&name) => Outcome::ZERO | noted,
            name => self.functions.get(name).copied().unwrap_or(Outcome::EITHER) | noted,
        }
    }

    fn keeps(&self, name: &str) -> Outcome {
        if self.kept.contains(name) {
            Outcome::KEPT
        } else if self.noted.contains(name) {
            Outcome::NOTED
        } else {
            Outcome::NONE
        }
    }
}

/// Programs whose own failure is no one's concern: they print, wait, tidy up, or tell somebody.
const SUCCEEDS: [&str; 28] = [
    "true", ":", "echo", "printf", "break", "continue", "set", "unset", "shift", "cd", "pushd", "popd", "pwd", "date",
    "sleep", "cat", "ls", "mkdir", "rm", "touch", "tee", "wait", "curl", "wget", "gh", "logger", "mail", "trap",
];

fn follow(outcome: Outcome, after: (Outcome, Outcome)) -> Outcome {
    let mut seen = outcome.without(Outcome::GOES_ON);
    if outcome.may(Outcome::ZERO) {
        seen = seen | after.0;
    }
    if outcome.may(Outcome::NONZERO) {
        seen = seen | after.1;
    }
    seen
}

/// Whether a word names what later steps of the job read.
pub(super) fn goes_to_runner(word: &str) -> bool {
    ["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STATE", "::set-output"]
        .iter()
        .any(|name| word.contains(name))
}

/// A word that sets a variable: its name, and the value as it is written.
pub(super) fn assignment(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let name = name.strip_suffix('+').unwrap_or(name);
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let begins = name.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
    (is_name && begins).then_some((name, value))
}

fn variables(word: &Word) -> Vec<String> {
    names_in(&word.text)
}

/// The variables that a text names as `$x` or `${x…}`, or by name alone in an arithmetic test.
fn names_in(text: &str) -> Vec<String> {
    let letters = |text: &str| -> String {
        text.chars()
            .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_')
            .collect()
    };
    let arithmetic = text.strip_prefix("((").map(|rest| letters(rest.trim_start()));
    let mut found: Vec<String> = text
        .split('$')
        .skip(1)
        .map(|rest| letters(rest.strip_prefix('{').unwrap_or(rest)))
        .chain(arithmetic)
        .collect();
    found.retain(|name| !name.is_empty());
    found
}
