//! Whether a command that stands in a module as text is run there, and whether its failure ends what runs it.
//!
//! A text that is printed, or that nothing takes to what starts a program, runs nothing; a function that nothing calls runs
//! nothing either; and a failure that is caught and passed over applies nothing. What could not be followed is open.

mod ending;
mod failing;
mod follow;
mod later;
mod shape;
mod status;
mod switched;
mod ways;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::check::View;
use crate::model::{Cause, RepoPath, Unread};
use crate::program::module::{ExprId, TOP_LEVEL};
use crate::program::{At, FunctionAt, ModuleId, Program, Reach, Side};

use super::switch::Settings;
use shape::Shape;

/// What becomes of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is run, and its failure counts.
    Run,
    /// It is not, or its failure is lost: why, in words that follow its place.
    Vain(&'static str),
    /// That is not known: why.
    Open(&'static str),
}

/// What starts a program, and how it tells of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tells {
    /// It throws.
    Throwing,
    /// What it gives is a promise, which is rejected.
    Rejecting,
    /// What it gives has the status of what it ran.
    Status,
    /// It calls back, or what it gives has events.
    Event,
}

/// A call that starts a program.
#[derive(Debug, Clone)]
struct Start {
    function: FunctionAt,
    call: ExprId,
    tells: Tells,
    /// The calls by which it was handed what it starts.
    via: Vec<Via>,
}

/// A call that hands a command on to a function of the program.
#[derive(Debug, Clone, Copy)]
struct Via {
    called: FunctionAt,
    caller: FunctionAt,
    call: ExprId,
}

/// The modules of a repository, asked about the commands in one file after the other.
pub(super) struct Ran {
    program: Arc<Program>,
    /// What production starts, of all components.
    reaches: Vec<Arc<Reach>>,
    shapes: RefCell<BTreeMap<ModuleId, Rc<Shape>>>,
    settings: Settings,
}

impl Ran {
    pub(super) fn of(view: &View<'_>) -> Self {
        let program = Program::of(view.snapshot);
        let components = view.snapshot.components.iter();
        let reaches = components
            .map(|component| program.reach(component, Side::Server))
            .collect();
        Self {
            program,
            reaches,
            shapes: RefCell::default(),
            settings: Settings::of(view),
        }
    }

    /// What becomes of the command whose words begin at a byte of a file.
    pub(super) fn fate(&self, path: &RepoPath, byte: usize) -> Fate {
        let Some(id) = self.program.find(path.as_str()) else {
            return Fate::Open("could not be followed to what runs it");
        };
        if self.program.module(id).unread.is_some() {
            return Fate::Open("stands in a module that could not be read");
        }
        let Some(text) = self.shape(id).text_at(self.program.module(id), byte) else {
            // What stands on a page or in a type is no value; what is quoted may be one.
            return match is_quoted(self.program.linked(id).document.bytes(), byte) {
                true => Fate::Open("could not be followed to what runs it"),
                false => Fate::Vain("only names the command: nothing there runs it"),
            };
        };
        let found = follow::starts(self, At { module: id, expr: text });
        let fates = found.starts.iter().map(|start| self.started(id, start));
        match (fates.max_by_key(Fate::weight), found.is_open) {
            (Some(Fate::Run), _) => Fate::Run,
            (_, true) => Fate::Open("is handed on to what could not be followed"),
            (Some(fate), false) => fate,
            (None, false) => Fate::Vain("only names the command: nothing there runs it"),
        }
    }

    fn started(&self, id: ModuleId, start: &Start) -> Fate {
        let mut callers = start.via.iter().map(|via| via.caller);
        if !self.is_live(id, start.function) || !callers.all(|caller| self.is_live(id, caller)) {
            return Fate::Vain("stands in a function that nothing calls");
        }
        if switched::by(self, start.function, start.call).is_some() {
            return Fate::Open("is run where a variable of the environment says so, and nothing here sets that");
        }
        match failing::end(self, id, start) {
            ending::End::Counts => Fate::Run,
            ending::End::Lost => Fate::Vain("is run, and what runs it goes on where it fails"),
            ending::End::Open => Fate::Open("is run, and what becomes of its failure could not be followed"),
        }
    }

    /// Whether a function is called once the file is started, or by something else that production starts.
    fn is_live(&self, id: ModuleId, function: FunctionAt) -> bool {
        let top = FunctionAt {
            module: id,
            function: TOP_LEVEL,
        };
        function == top
            || self.program.reach_from(top).is_live(function)
            || self.reaches.iter().any(|reach| reach.is_live(function))
    }

    fn shape(&self, id: ModuleId) -> Rc<Shape> {
        let mut shapes = self.shapes.borrow_mut();
        let shape = shapes.entry(id);
        Rc::clone(shape.or_insert_with(|| Rc::new(Shape::of(self.program.module(id)))))
    }
}

impl Fate {
    /// Which of several starts of the same command says most.
    const fn weight(&self) -> u8 {
        match self {
            Self::Run => 2,
            Self::Open(_) => 1,
            Self::Vain(_) => 0,
        }
    }
}

/// Whether a quote opens before a byte on its line.
fn is_quoted(bytes: &[u8], byte: usize) -> bool {
    let before = bytes.get(..byte).unwrap_or_default();
    let line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    line.iter().any(|byte| matches!(byte, b'\'' | b'"' | b'`'))
}

/// Why an answer that rests on a match is not known.
pub(super) fn open(path: &RepoPath, line: u32, why: &str) -> Unread {
    let what = format!("the command in `{path}`, line {line}, {why}");
    Unread::new(
        Cause::Unmodelled,
        what,
        "run it where its failure ends what runs it, or attest it",
    )
}

#[cfg(test)]
mod tests;
