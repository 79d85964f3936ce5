//! The commands of a `run` script: a reading of shell's lists, pipelines, groups and compound commands that is enough
//! to tell what is run, where, under which condition, and whether its failure counts. What it does not understand is
//! said to be open.

mod branches;
mod flow;
mod handed;
mod outcome;
mod syntax;
mod token;
mod weigh;

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use crate::text::HashMap;
use handed::handed;

/// A command of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Its words, with one space between them.
    pub text: String,
    /// The line of the script that it starts on, from 0.
    pub line: usize,
    /// The folder that `cd` went to before it, relative to where the script starts; `None` when that can't be told.
    pub folder: Option<String>,
    /// What becomes of its failure.
    pub failure: Failure,
    /// Whether it is run.
    pub when: When,
}

/// What becomes of a command's failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The script fails.
    Counts,
    /// The script goes on, and may well succeed.
    Lost(Loss),
    /// It can't be told.
    Open,
}

/// Why a failure fails nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// `|| true`.
    OrTrue,
    /// What follows `||` succeeds.
    Or,
    /// The left side of a pipe without `pipefail`.
    Piped,
    /// Nothing stops the script, and nothing looks at the status.
    Unwatched,
    /// `&`.
    Background,
    /// It only decides what is run next.
    Condition,
    /// `!`.
    Negated,
    /// `trap 'exit 0' EXIT`.
    Trap,
}

impl Loss {
    /// It in words that stand for themselves.
    pub const fn shown(self) -> &'static str {
        match self {
            Self::OrTrue => "the step ends in `|| true`: it can't fail",
            Self::Or => "what follows `||` hides its failure",
            Self::Piped => "it is piped on without `pipefail`",
            Self::Trap => "a `trap` ends the script with success",
            Self::Unwatched | Self::Background | Self::Condition | Self::Negated => {
                "its exit status counts for nothing"
            }
        }
    }
}

/// Whether a command is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// Whenever the script is, as long as all goes well.
    Always,
    /// Where this holds: the words of the condition.
    Under(String),
    /// It stands behind an end of the script, or in a function that nothing calls.
    Never,
}

impl Command {
    /// Whether its failure surely fails nothing.
    pub const fn is_lost(&self) -> bool {
        matches!(self.failure, Failure::Lost(_))
    }

    /// Whether what stands at this place of its text is not run by it: it is text that it is handed, or a script that is
    /// listed by itself.
    pub fn is_data(&self, at: usize) -> bool {
        let is_within = |ranges: Vec<Range<usize>>| ranges.iter().any(|range| range.contains(&at));
        let scripts = token::substitutions(&self.text);
        is_within(scripts.into_iter().map(|(range, _)| range).collect())
            || handed::takes_text(&self.text) && is_within(token::quoted(&self.text))
    }
}

/// What runs a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell<'a> {
    /// A step of a workflow, with its `shell`: GitHub stops at the first failure, and sets `pipefail` where the shell is
    /// named `bash`; a template of one's own does what it says.
    /// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell>
    Step(Option<&'a str>),
    /// `sh -c`, as package managers and image builders have it: only the last status counts.
    Line,
}

impl Shell<'_> {
    fn program(&self) -> &str {
        match self {
            Self::Step(Some(shell)) => handed::name_of(shell.split_whitespace().next().unwrap_or("")),
            Self::Step(None) | Self::Line => "sh",
        }
    }

    fn is_posix(&self) -> bool {
        handed::SHELLS.contains(&self.program())
    }

    fn stops(&self) -> bool {
        match self {
            Self::Line => false,
            Self::Step(None | Some("bash" | "sh")) => true,
            Self::Step(Some(template)) => template.split_whitespace().skip(1).any(|word| {
                word == "errexit" || word.starts_with('-') && !word.starts_with("--") && word.contains('e')
            }),
        }
    }

    fn has_pipefail(&self) -> bool {
        match self {
            Self::Line | Self::Step(None) => false,
            Self::Step(Some(shell)) => *shell == "bash" || shell.contains("pipefail"),
        }
    }
}

/// The commands of a script, in the order in which they are run. Of a shell that is none of Unix's, only a single
/// command is understood.
pub fn commands(script: &str, shell: Shell<'_>) -> Rc<[Command]> {
    let key = match shell {
        Shell::Line => format!("-{script}"),
        Shell::Step(None) => format!(":{script}"),
        Shell::Step(Some(shell)) => format!("{}:{shell}{script}", shell.len()),
    };
    let known = READ.with_borrow(|read| read.get(&key).map(Rc::clone));
    known.unwrap_or_else(|| {
        let found: Rc<[Command]> = flow::walk(script, shell, 0, 0).into();
        READ.with_borrow_mut(|read| {
            if read.len() >= MOST_KEPT {
                read.clear();
            }
            read.insert(key, Rc::clone(&found));
        });
        found
    })
}

/// So many scripts are kept at most.
const MOST_KEPT: usize = 4096;

thread_local! {
    /// What scripts were read as: each control asks for the same ones again, for each component, in head and in base.
    static READ: RefCell<HashMap<String, Rc<[Command]>>> = RefCell::default();
}

/// Whether a script may end with failure by its own words (`exit 1`).
pub fn may_exit_with_failure(script: &str) -> bool {
    let (list, _) = syntax::parse(script);
    let outcome = outcome::Known::of(&list).list(&list, outcome::Errors::Pass);
    outcome.may(outcome::Outcome::EXIT_NONZERO)
}

fn go(from: &str, target: &str) -> Option<String> {
    let target = target.trim_matches(['"', '\'']);
    let target = ["$GITHUB_WORKSPACE/", "${GITHUB_WORKSPACE}/", "${{ github.workspace }}/"]
        .iter()
        .find_map(|root| target.strip_prefix(root).map(|rest| format!("/{rest}")))
        .unwrap_or_else(|| target.to_owned());
    if target.starts_with('/') || target.contains(['$', '`', '~', '*']) || target == "-" {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            // Above where the script starts: kept as it is, for the reader of the folder to resolve.
            ".." if parts.last().is_none_or(|last| *last == "..") => parts.push(".."),
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests;
