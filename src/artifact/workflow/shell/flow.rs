//! A walk through a script: for each command, where it is run, whether it is run at all, and what becomes of its failure.

use std::collections::{BTreeMap, BTreeSet};

use super::outcome::{Errors, Known, Outcome, assignment};
use super::syntax::{Chain, Joint, List, Node, Pipeline, parse};
use super::token::Word;
use super::weigh::{fate, is_same, is_test, text_of, why};
use super::{Command, Failure, Loss, Shell, When};

mod functions;
mod nested;

/// Scripts stand in scripts (`bash -c '…'`) at most this deep.
const DEEPEST: usize = 3;
/// More commands of one script are not looked at one by one: what is behind them is not told.
const MOST: usize = 4096;

/// What holds around some commands.
#[derive(Debug, Clone)]
pub(super) struct Around {
    /// What their failing status comes to, where nothing stops the script.
    pub(super) quiet: Failure,
    /// What ending the script with failure comes to.
    pub(super) exit: Failure,
    pub(super) errors: Errors,
    pub(super) when: When,
}

impl Around {
    fn lost(&self, why: Loss) -> Self {
        Self {
            quiet: Failure::Lost(why),
            exit: Failure::Lost(why),
            ..self.clone()
        }
    }

    /// Only under a condition, if nothing else limits it.
    pub(super) fn under(&self, condition: &str) -> Self {
        let when = match &self.when {
            When::Always => When::Under(condition.to_owned()),
            limited @ (When::Under(_) | When::Never) => limited.clone(),
        };
        Self { when, ..self.clone() }
    }
}

pub(super) struct Walk<'a> {
    found: Vec<Command>,
    pub(super) known: Known,
    stops: bool,
    has_pipefail: bool,
    folder: Option<String>,
    stack: Vec<Option<String>>,
    functions: BTreeMap<&'a str, &'a Node>,
    called: BTreeSet<&'a str>,
    /// Every word: a function may be called through another command.
    words: BTreeSet<&'a str>,
    /// What a trap makes of an end with failure.
    trap: Option<Failure>,
    calls: usize,
    depth: usize,
    first_line: usize,
}

/// The commands of a script.
pub(super) fn walk(script: &str, shell: Shell<'_>, first_line: usize, depth: usize) -> Vec<Command> {
    let (list, is_sound) = parse(script);
    let mut walk = Walk {
        found: Vec::new(),
        known: Known::of(&list),
        stops: shell.stops(),
        has_pipefail: shell.has_pipefail(),
        folder: Some(String::new()),
        stack: Vec::new(),
        functions: BTreeMap::new(),
        called: BTreeSet::new(),
        words: BTreeSet::new(),
        trap: None,
        calls: 0,
        depth,
        first_line,
    };
    let around = Around {
        quiet: Failure::Counts,
        exit: Failure::Counts,
        errors: Errors::Stop,
        when: When::Always,
    };
    walk.list(&list, &around);
    walk.uncalled(&around);
    let is_told = is_sound && shell.is_posix() || walk.found.len() == 1 && list.len() == 1;
    if !is_told {
        for command in &mut walk.found {
            command.failure = Failure::Open;
        }
    }
    walk.found
}

impl<'a> Walk<'a> {
    pub(super) fn list(&mut self, list: &'a List, around: &Around) {
        let mut around = around.clone();
        let quiet = around.quiet;
        for (index, chain) in list.iter().enumerate() {
            around.quiet = match list.get(index + 1) {
                None => quiet,
                Some(next) => self.looked_at(next),
            };
            self.chain(chain, &around);
            let outcome = self.known.chain(chain, self.errors(&around));
            if outcome.always_ends() {
                around.when = When::Never;
            } else if outcome.may(Outcome::EXIT_ZERO) {
                around = around.under(&text_of(chain.first_words()));
            }
        }
    }

    pub(super) fn errors(&self, around: &Around) -> Errors {
        if self.stops { around.errors } else { Errors::Pass }
    }

    /// What becomes of a status that does not end the script: the next command may look at it.
    fn looked_at(&self, next: &Chain) -> Failure {
        let words = next.first_words();
        if !words.iter().any(|word| word.text.contains("$?")) {
            return Failure::Lost(Loss::Unwatched);
        }
        let outcome = self.known.chain(next, Errors::Pass);
        let is_kept = outcome.may(Outcome::KEPT) || outcome.may(Outcome::EXIT_NONZERO);
        let is_noted = outcome.may(Outcome::NOTED) || outcome.may(Outcome::NONZERO);
        match (is_kept, is_noted) {
            (true, _) => Failure::Counts,
            (false, true) => Failure::Open,
            (false, false) => Failure::Lost(Loss::Unwatched),
        }
    }

    pub(super) fn chain(&mut self, chain: &'a Chain, around: &Around) {
        let (_, after) = self.known.steps(chain, self.errors(around));
        let around = if chain.is_background {
            let waits = self.words.contains("wait");
            let lost = around.lost(Loss::Background);
            if waits { around.clone() } else { lost }
        } else {
            around.clone()
        };
        let kept = chain.is_background.then(|| self.state());
        let last = chain.rest.len();
        let mut limited = around.clone();
        for (index, pipeline) in chain.pipelines().enumerate() {
            if let Some((joint, _)) = index.checked_sub(1).and_then(|before| chain.rest.get(before)) {
                limited = self.joined(&limited, *joint, chain, index);
            }
            let mut inner = Around {
                when: limited.when.clone(),
                ..around.clone()
            };
            if index < last {
                let is_again = chain.rest[index].0 == Joint::Or && is_same(pipeline, &chain.rest[index].1);
                if !is_again {
                    inner.quiet = fate(after[index].1, why(chain, index), &around);
                }
                inner.errors = Errors::Pass;
            }
            self.pipeline(pipeline, &inner);
        }
        if let Some(kept) = kept {
            self.restore(kept);
        }
    }

    /// What a joint says about whether the pipeline behind it is run.
    fn joined(&self, around: &Around, joint: Joint, chain: &Chain, index: usize) -> Around {
        let before = if index == 1 {
            &chain.first
        } else {
            &chain.rest[index - 2].1
        };
        let (text, is_test) = match before.nodes.as_slice() {
            [Node::Simple(words)] => (text_of(words), is_test(words)),
            _ => (text_of(chain.first_words()), before.is_negated),
        };
        match joint {
            Joint::And if !is_test && !before.is_negated => around.clone(),
            Joint::Or if text == "false" => around.clone(),
            Joint::Or if matches!(text.as_str(), "true" | ":") => Around {
                when: When::Never,
                ..around.clone()
            },
            Joint::And => around.under(&text),
            Joint::Or => around.under(&format!("the failure of {text}")),
        }
    }

    fn pipeline(&mut self, pipeline: &'a Pipeline, around: &Around) {
        let mut around = around.clone();
        if pipeline.is_negated {
            around.quiet = Failure::Lost(Loss::Negated);
            around.errors = Errors::Pass;
        }
        let last = pipeline.nodes.len().saturating_sub(1);
        if last == 0 {
            if let Some(node) = pipeline.nodes.first() {
                self.node(node, &around);
            }
            return;
        }
        for (index, node) in pipeline.nodes.iter().enumerate() {
            let inner = match index == last || self.has_pipefail {
                true => self.apart(&around),
                false => around.lost(Loss::Piped),
            };
            let kept = self.state();
            self.node(node, &inner);
            self.restore(kept);
        }
    }

    /// What holds in a shell of its own: its end is a status outside.
    fn apart(&self, around: &Around) -> Around {
        let failing = self.failing(around);
        Around {
            quiet: failing,
            exit: failing,
            ..around.clone()
        }
    }

    /// What the failure of one command comes to.
    fn failing(&self, around: &Around) -> Failure {
        match self.errors(around) {
            Errors::Stop => around.exit,
            Errors::Pass => around.quiet,
        }
    }

    fn state(&self) -> (bool, bool, Option<String>, Vec<Option<String>>) {
        (self.stops, self.has_pipefail, self.folder.clone(), self.stack.clone())
    }

    fn restore(&mut self, state: (bool, bool, Option<String>, Vec<Option<String>>)) {
        (self.stops, self.has_pipefail, self.folder, self.stack) = state;
    }

    pub(super) fn node(&mut self, node: &'a Node, around: &Around) {
        if self.found.len() >= MOST {
            return;
        }
        match node {
            Node::Simple(words) => self.simple(words, around),
            Node::Group(list) => self.list(list, around),
            Node::Subshell(list) => {
                let kept = self.state();
                let inner = self.apart(around);
                self.list(list, &inner);
                self.restore(kept);
            }
            Node::If { clauses, otherwise } => self.branches(clauses, otherwise.as_ref(), around),
            Node::Loop { condition, body } => {
                if let Some(condition) = condition {
                    let inner = Around {
                        quiet: Failure::Lost(Loss::Condition),
                        errors: Errors::Pass,
                        ..around.clone()
                    };
                    self.list(condition, &inner);
                }
                self.list(body, around);
            }
            Node::Case { subject, arms } => {
                let inner = around.under(&format!("case {subject}"));
                for list in arms {
                    self.list(list, &inner);
                }
            }
            Node::Function { name, body } => {
                self.functions.insert(name, body);
            }
        }
    }

    fn simple(&mut self, words: &'a [Word], around: &Around) {
        self.words.extend(words.iter().skip(1).map(|word| word.text.as_str()));
        let failure = self.failing(around);
        let set = words.iter().take_while(|word| assignment(&word.text).is_some()).count();
        let Some(program) = words.get(set) else {
            // `x=$(…)` ends as what is in it does; without that it only keeps a value.
            self.substituted(words, failure, around);
            return;
        };
        let arguments: Vec<&str> = words[set + 1..].iter().map(|word| word.text.as_str()).collect();
        match (program.text.as_str(), arguments.as_slice()) {
            ("cd" | "pushd", [target]) => {
                if program.text == "pushd" {
                    self.stack.push(self.folder.clone());
                }
                self.folder = self.folder.as_deref().and_then(|from| super::go(from, target));
                return;
            }
            ("cd", []) => {
                self.folder = None;
                return;
            }
            ("popd", _) => {
                self.folder = self.stack.pop().flatten();
                return;
            }
            ("set", options) => return self.set(options),
            ("trap", [handler, signals @ ..]) => return self.trapped(handler, signals),
            (name, _) if self.functions.contains_key(name) => {
                self.function(name, words, failure, around);
                return;
            }
            _ => {}
        }
        self.push(&text_of(words), program.line, failure, &around.when);
        self.inner(words, set, failure, around);
        self.substituted(words, Failure::Lost(Loss::Unwatched), around);
    }

    fn push(&mut self, text: &str, line: usize, failure: Failure, when: &When) {
        let failure = match (failure, self.trap) {
            (Failure::Counts, Some(trap)) => trap,
            (failure, _) => failure,
        };
        self.found.push(Command {
            text: text.to_owned(),
            line: self.first_line + line,
            folder: self.folder.clone(),
            failure,
            when: when.clone(),
        });
    }

    fn set(&mut self, options: &[&str]) {
        let mut options = options.iter();
        while let Some(option) = options.next() {
            let is_on = option.starts_with('-');
            if !is_on && !option.starts_with('+') {
                return;
            }
            let letters = &option[1..];
            if letters.contains('e') && !option.starts_with("--") {
                self.stops = is_on;
            }
            if letters.ends_with('o') {
                match options.next().copied() {
                    Some("pipefail") => self.has_pipefail = is_on,
                    Some("errexit") => self.stops = is_on,
                    _ => {}
                }
            }
        }
    }

    /// `trap '…' EXIT`: where it ends the shell by itself, that is the status that counts.
    fn trapped(&mut self, handler: &str, signals: &[&str]) {
        if !signals.iter().any(|signal| matches!(*signal, "EXIT" | "0" | "ERR")) {
            return;
        }
        let (list, _) = parse(handler.trim_matches(['"', '\'']));
        let outcome = self.known.list(&list, Errors::Pass);
        match (outcome.may(Outcome::EXIT_ZERO), outcome.may(Outcome::EXIT_NONZERO)) {
            (true, false) if outcome.always_ends() => self.trap = Some(Failure::Lost(Loss::Trap)),
            (true, _) => self.trap = Some(Failure::Open),
            (false, _) => {}
        }
    }
}
