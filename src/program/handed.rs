//! What functions are handed and do with it: `listen(worker)`, where `listen` calls `worker.on`.
//!
//! Values stop at a function's parameters, as a function may be called from anywhere. Here the calls that the program
//! itself makes are put in: what is found so is true of those calls, and says nothing of others.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::linked::FunctionAt;
use super::module::ExprId;
use super::usage::{Use, UseKind};
use super::values::{Value, path_of};

/// How many functions something is followed through: enough for wrappers, which are one or two deep.
const DEEPEST: usize = 2;

/// The most uses that are made of one handing: more is a helper that everybody calls.
const MOST: usize = 64;

/// A use of something of a package that a function was handed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Handed {
    /// The use, in the function that was handed it.
    pub used: Use,
    /// The function whose call hands it on first.
    pub from: FunctionAt,
}

/// The most calls that are looked at for one parameter.
const MOST_VISITS: usize = 2_000;

/// Where something comes from: the function that hands it on, the package, and the path in it.
type Source = (FunctionAt, Arc<str>, String);

/// A parameter: of which function, and which.
type Slot = (FunctionAt, u32);

/// What a call puts into a parameter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Given {
    /// Something of a package.
    Package(Arc<str>, String),
    /// Something of what the calling function was handed itself.
    Slot(Slot, String),
}

/// A use of something that a function was handed, before it is known what that is.
#[derive(Debug)]
struct Pending {
    slot: Slot,
    path: String,
    kind: UseKind,
    function: FunctionAt,
    expr: ExprId,
}

/// What one module hands on and does with what it is handed.
#[derive(Debug, Default)]
pub(super) struct Handings {
    given: Vec<(Slot, FunctionAt, Given)>,
    pending: Vec<Pending>,
}

impl Handings {
    /// A call of a function of the program, with what its argument at an index may be.
    pub(super) fn give(&mut self, callee: FunctionAt, index: u32, from: FunctionAt, values: &[Value]) {
        for value in values {
            let given = match (path_of(value), slot_of(value)) {
                (Some((package, path)), _) => Given::Package(package, path),
                (None, Some((slot, path))) => Given::Slot(slot, path),
                (None, None) => continue,
            };
            self.given.push(((callee, index), from, given));
        }
    }

    /// A use of what may be something that a function was handed.
    pub(super) fn use_of(&mut self, value: &Value, kind: UseKind, function: FunctionAt, expr: ExprId) {
        if let Some((slot, path)) = slot_of(value) {
            self.pending.push(Pending {
                slot,
                path,
                kind,
                function,
                expr,
            });
        }
    }

    /// All uses of what is handed, of all modules together, in order.
    pub(super) fn uses(all: Vec<Self>) -> Vec<Handed> {
        let mut given: BTreeMap<Slot, Vec<(FunctionAt, Given)>> = BTreeMap::new();
        let mut pending = Vec::new();
        for handings in all {
            for (slot, from, what) in handings.given {
                given.entry(slot).or_default().push((from, what));
            }
            pending.extend(handings.pending);
        }
        for list in given.values_mut() {
            list.sort();
            list.dedup();
        }
        let mut found = Vec::new();
        let mut known: BTreeMap<Slot, Vec<Source>> = BTreeMap::new();
        for pending in &pending {
            let sources = known.entry(pending.slot).or_insert_with(|| {
                let mut sources = Vec::new();
                let mut left = MOST_VISITS;
                sources_of(&given, pending.slot, DEEPEST, &mut left, &mut sources);
                sources
            });
            for (from, package, path) in sources.iter() {
                found.push(Handed {
                    used: Use {
                        package: package.clone(),
                        path: joined(path, &pending.path).into(),
                        kind: pending.kind,
                        function: pending.function,
                        expr: Some(pending.expr),
                        request: None,
                    },
                    from: *from,
                });
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn sources_of(
    given: &BTreeMap<Slot, Vec<(FunctionAt, Given)>>,
    slot: Slot,
    deeper: usize,
    left: &mut usize,
    sources: &mut Vec<Source>,
) {
    for (from, what) in given.get(&slot).into_iter().flatten() {
        if sources.len() >= MOST || *left == 0 {
            return;
        }
        *left -= 1;
        match what {
            Given::Package(package, path) => sources.push((*from, package.clone(), path.clone())),
            Given::Slot(outer, path) if deeper > 1 => {
                let before = sources.len();
                sources_of(given, *outer, deeper - 1, left, sources);
                for (_, _, found) in &mut sources[before..] {
                    *found = joined(found, path);
                }
            }
            Given::Slot(..) => {}
        }
    }
}

/// The parameter that a value comes from, and what is taken out of it: as a path in a package is written.
fn slot_of(value: &Value) -> Option<(Slot, String)> {
    match value {
        Value::Parameter(function, index) => Some(((*function, *index), String::new())),
        Value::Result(of, _) => slot_of(of).map(|(slot, mut path)| {
            path.push_str("()");
            (slot, path)
        }),
        Value::Member(of, member) => slot_of(of).map(|(slot, mut path)| {
            path.push('.');
            path.push_str(member);
            (slot, path)
        }),
        _ => None,
    }
}

/// A path and what is taken out of it, which begins with `.` or `()`.
fn joined(path: &str, more: &str) -> String {
    if path.is_empty() {
        more.trim_start_matches('.').to_owned()
    } else {
        format!("{path}{more}")
    }
}
