//! What functions are handed and do with it: `listen(worker)`, where `listen` calls `worker.on`.
//!
//! Values stop at a function's parameters, as a function may be called from anywhere. Here the calls that the program
//! itself makes are put in: what is found so is true of those calls, and says nothing of others.

mod followed;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::linked::{FunctionAt, Program};
use super::module::ExprId;
use super::usage::{Use, UseKind};
use super::values::Value;
use followed::Followed;

/// A use of something of a package that a function was handed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Handed {
    /// The use, in the function that was handed it.
    pub used: Use,
    /// The function whose call hands it on first.
    pub from: FunctionAt,
    /// Whether all calls of the program hand something of this package on there: a helper of everybody's is nobody's.
    pub is_alone: bool,
}

/// A call of something that a function was handed, of which nobody says what it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Untold {
    /// The function that calls it.
    pub function: FunctionAt,
    /// Its name: the method's, or that of what is called itself.
    pub name: Arc<str>,
    /// The names between what the function was handed and what is called, each with a full stop before it.
    pub within: String,
    /// The function whose parameter it comes from, as far as it could be followed; `None` where it comes from elsewhere.
    pub root: Option<FunctionAt>,
    /// The call.
    pub expr: ExprId,
}

/// The most calls that are looked at for one parameter.
const MOST_VISITS: usize = 256;

/// A parameter: of which function, and which.
type Slot = (FunctionAt, u32);

/// A use of something that a function was handed, before it is known what that is.
#[derive(Debug)]
struct Pending {
    value: Value,
    slot: Slot,
    name: Option<Arc<str>>,
    kind: UseKind,
    function: FunctionAt,
    expr: ExprId,
}

/// What one module hands on and does with what it is handed.
#[derive(Debug, Default)]
pub(super) struct Handings {
    given: Vec<(Slot, FunctionAt, Value)>,
    pending: Vec<Pending>,
}

/// What became of all that is handed.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Uses of packages, in order.
    pub(super) uses: Vec<Handed>,
    /// The functions that a function calls as it was handed them, or what they belong to.
    pub(super) calls: BTreeMap<FunctionAt, BTreeSet<FunctionAt>>,
    /// Calls of what could not be told, by the function that calls.
    pub(super) untold: BTreeMap<FunctionAt, Vec<Untold>>,
}

impl Handings {
    /// A call of a function of the program, with what its argument at an index may be.
    pub(super) fn give(&mut self, callee: FunctionAt, index: u32, from: FunctionAt, values: &[Value]) {
        let each = values.iter().map(|value| ((callee, index), from, value.clone()));
        self.given.extend(each);
    }

    /// A use of what may be something that a function was handed, by its name.
    pub(super) fn use_of(
        &mut self,
        value: &Value,
        name: Option<&Arc<str>>,
        kind: UseKind,
        (function, expr): (FunctionAt, ExprId),
    ) {
        if let Some(slot) = slot_of(value) {
            self.pending.push(Pending {
                value: value.clone(),
                slot,
                name: name.cloned(),
                kind,
                function,
                expr,
            });
        }
    }

    /// What all modules together hand on, and what is done with it.
    pub(super) fn told(program: &Program, all: Vec<Self>) -> Told {
        let mut given: BTreeMap<Slot, Vec<(FunctionAt, Value)>> = BTreeMap::new();
        let mut pending = Vec::new();
        for handings in all {
            for (slot, from, value) in handings.given {
                let known = given.entry(slot).or_default();
                // Who is called by everybody is handed the same again and again.
                let is_known = |(by, one): &(FunctionAt, Value)| *by == from && *one == value;
                if known.len() < MOST_VISITS && !known.iter().any(is_known) {
                    known.push((from, value));
                }
            }
            pending.extend(handings.pending);
        }
        let mut followed = Followed::new(program, given);
        for pending in &pending {
            let seen = followed.seen(pending);
            followed.found(pending, &seen);
        }
        let mut told = followed.told;
        told.uses.sort_unstable();
        told.uses.dedup();
        told
    }
}

/// The parameter that a value comes from.
fn slot_of(value: &Value) -> Option<Slot> {
    match value {
        Value::Parameter(function, index) => Some((*function, *index)),
        Value::Result(of, _) | Value::Member(of, _) => slot_of(of),
        _ => None,
    }
}
