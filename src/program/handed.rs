//! What functions are handed and do with it: `listen(worker)`, where `listen` calls `worker.on`.
//!
//! Values stop at a function's parameters, as a function may be called from anywhere. Here the calls that the program
//! itself makes are put in: what is found so is true of those calls, and says nothing of others.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::text::HashMap;

use super::linked::{At, FunctionAt, Program};
use super::module::{Expr, ExprId};
use super::usage::{Use, UseKind, is_given};
use super::values::{Literal, Value, once, path_of};

/// How many functions something is followed through: a server hands its pool to its routes, those to a service, that to
/// what asks the database.
const DEEPEST: usize = 6;

/// The most uses that are made of one handing: more is a helper that everybody calls.
const MOST: usize = 64;

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
        let mut followed = Followed {
            program,
            given,
            known: BTreeMap::new(),
            seen: HashMap::default(),
            told: Told::default(),
        };
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

/// What something is, as far as it matters whether two are the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Package(Arc<str>),
    Function(FunctionAt),
    Lost(Option<FunctionAt>),
    Other,
}

impl Kind {
    fn of(path: Option<&(Arc<str>, String)>, value: &Value) -> Self {
        match (path, value) {
            (Some((package, _)), _) => Self::Package(Arc::clone(package)),
            (None, Value::Function(function)) => Self::Function(*function),
            (None, _) if is_lost(value) => Self::Lost(slot_of(value).map(|(function, _)| function)),
            (None, _) => Self::Other,
        }
    }
}

/// Where something comes from: the function that hands it on first, and what it is.
type Source = (Option<FunctionAt>, Value);

struct Followed<'a> {
    program: &'a Program,
    given: BTreeMap<Slot, Vec<(FunctionAt, Value)>>,
    /// What parameters were found to be.
    known: BTreeMap<Slot, Rc<[Source]>>,
    /// What was found of what is taken out of a parameter: most is used more than once.
    seen: HashMap<(Slot, Box<[Way]>), Rc<Seen>>,
    told: Told,
}

/// A step from a parameter to what is taken out of it.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Way {
    Name(Arc<str>),
    Call(At),
}

/// What something that is used was found to be, as far as it matters.
struct Seen {
    /// In order, each once.
    kinds: Vec<Kind>,
    /// What packages give: who hands it on first, the package, and what of it.
    packages: Vec<(FunctionAt, Arc<str>, Arc<str>)>,
    /// Where what could not be followed comes from.
    lost: Vec<Option<FunctionAt>>,
}

impl Seen {
    fn of(found: &[Source]) -> Self {
        let mut kinds = Vec::new();
        let (mut packages, mut lost) = (Vec::new(), Vec::new());
        for (from, value) in found {
            let path = path_of(value);
            kinds.push(Kind::of(path.as_ref(), value));
            if let (Some((package, path)), Some(from)) = (path, from) {
                if is_given(&package, &path) {
                    packages.push((*from, package, path.into()));
                }
            } else if is_lost(value) {
                lost.push(slot_of(value).map(|(function, _)| function));
            }
        }
        kinds.sort();
        kinds.dedup();
        packages.sort_unstable();
        packages.dedup();
        lost = once(lost);
        Self { kinds, packages, lost }
    }
}

impl Followed<'_> {
    /// What is used, found once for all who use the same of a parameter.
    fn seen(&mut self, pending: &Pending) -> Rc<Seen> {
        let key = (pending.slot, ways_of(&pending.value));
        if let Some(known) = self.seen.get(&key) {
            return Rc::clone(known);
        }
        let seen = Rc::new(Seen::of(&self.use_of(pending)));
        self.seen.insert(key, Rc::clone(&seen));
        seen
    }

    fn use_of(&mut self, pending: &Pending) -> Vec<Source> {
        let at = At {
            module: pending.function.module,
            expr: pending.expr,
        };
        let sources = match self.known.get(&pending.slot) {
            Some(known) => Rc::clone(known),
            None => {
                let (mut found, mut left) = (Vec::new(), MOST_VISITS);
                self.sources(pending.slot, DEEPEST, &mut left, &mut found);
                let found: Rc<[Source]> = once(found).into();
                self.known.insert(pending.slot, Rc::clone(&found));
                found
            }
        };
        let mut found: Vec<Source> = Vec::new();
        let mut left = MOST_VISITS;
        // `let client = null;`, filled in before it is handed on.
        let is_something = sources.iter().any(|(_, value)| !is_nothing(value));
        for (from, value) in sources.iter().filter(|(_, value)| !is_something || !is_nothing(value)) {
            for value in self.taken(value.clone(), &pending.value, at) {
                self.follow(value, *from, DEEPEST, &mut left, &mut found);
            }
        }
        found
    }

    /// What a use tells.
    fn found(&mut self, pending: &Pending, seen: &Seen) {
        let is_alone = seen.kinds.len() == 1;
        if let (true, [Kind::Function(function)]) = (pending.kind == UseKind::Call, seen.kinds.as_slice()) {
            self.told.calls.entry(pending.function).or_default().insert(*function);
        }
        for (from, package, path) in &seen.packages {
            let used = Use {
                package: Arc::clone(package),
                path: Arc::clone(path),
                kind: pending.kind,
                function: pending.function,
                expr: Some(pending.expr),
                request: None,
            };
            self.told.uses.push(Handed {
                used,
                from: *from,
                is_alone,
            });
        }
        for root in &seen.lost {
            self.untold(pending, *root);
        }
        // `wrap(handler)` calls one of many, which is looked for where it is wrapped.
        let is_told = is_alone && seen.lost.is_empty();
        let is_anything = |kind: &Kind| !matches!(kind, Kind::Other);
        if !is_told && !self.is_called_itself(pending) && seen.kinds.iter().any(is_anything) {
            self.untold(pending, None);
        }
    }

    /// Whether what is called is the parameter itself, and no method of it.
    fn is_called_itself(&self, pending: &Pending) -> bool {
        let module = self.program.module(pending.function.module);
        match module.expr(pending.expr) {
            Expr::Call(callee, _) => matches!(module.expr(*callee), Expr::Name(_)),
            _ => false,
        }
    }

    fn untold(&mut self, pending: &Pending, root: Option<FunctionAt>) {
        let (UseKind::Call, Some(name)) = (pending.kind, &pending.name) else {
            return;
        };
        let untold = Untold {
            function: pending.function,
            name: name.clone(),
            within: within(&pending.value),
            root,
            expr: pending.expr,
        };
        let known = self.told.untold.entry(pending.function).or_default();
        // Of most calls there is one.
        if !known.iter().any(|one| one.expr == untold.expr && *one == untold) {
            known.push(untold);
        }
    }

    /// What a parameter may be, by the calls of the program; itself where there is none.
    fn sources(&self, slot: Slot, deeper: usize, left: &mut usize, found: &mut Vec<Source>) {
        let given = self.given.get(&slot).map_or(&[][..], Vec::as_slice);
        if given.is_empty() || deeper == 0 {
            found.push((None, Value::Parameter(slot.0, slot.1)));
        }
        for (from, value) in given {
            if found.len() >= MOST || *left == 0 {
                // What else it may be was not looked at.
                found.push((None, Value::Parameter(slot.0, slot.1)));
                return;
            }
            *left -= 1;
            self.follow(value.clone(), Some(*from), deeper, left, found);
        }
    }

    /// What a value is where the parameter that it comes from is what calls give.
    fn follow(&self, value: Value, from: Option<FunctionAt>, deeper: usize, left: &mut usize, found: &mut Vec<Source>) {
        let Some(slot) = slot_of(&value).filter(|_| deeper > 1 && *left > 0) else {
            found.push((from, value));
            return;
        };
        if !self.given.contains_key(&slot) {
            found.push((from, value));
            return;
        }
        let mut sources = Vec::new();
        self.sources(slot, deeper - 1, left, &mut sources);
        let sources = once(sources);
        for (inner, source) in sources {
            let at = At {
                module: slot.0.module,
                expr: ExprId(0),
            };
            for value in self.taken(source, &value, at) {
                if found.len() < MOST {
                    found.push((inner.or(from), value));
                }
            }
        }
    }

    /// What `from` takes out of its parameter, taken out of something else.
    fn taken(&self, source: Value, from: &Value, at: At) -> Vec<Value> {
        match from {
            Value::Member(of, name) => {
                let objects = self.taken(source, of, at);
                self.program.parts_of(objects, std::slice::from_ref(name), at)
            }
            Value::Result(of, call) => {
                let called = self.taken(source, of, at).into_iter();
                let each = called.map(|callee| self.program.given_back(callee, *call));
                each.flatten().collect()
            }
            _ => vec![source],
        }
    }
}

/// The ways from a parameter to what is taken out of it, the last first.
fn ways_of(value: &Value) -> Box<[Way]> {
    let mut ways = Vec::new();
    let mut value = value;
    loop {
        match value {
            Value::Member(of, name) => {
                ways.push(Way::Name(Arc::clone(name)));
                value = of;
            }
            Value::Result(of, call) => {
                ways.push(Way::Call(*call));
                value = of;
            }
            _ => return ways.into(),
        }
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

fn is_nothing(value: &Value) -> bool {
    matches!(value, Value::Literal(Literal::Null | Literal::Undefined))
}

/// Whether a value could be anything.
fn is_lost(value: &Value) -> bool {
    match value {
        Value::Unknown(_) | Value::Parameter(..) => true,
        Value::Member(of, _) | Value::Result(of, _) => is_lost(of),
        _ => false,
    }
}

/// The names between a parameter and what is used of it: `.app.locals` of `request.app.locals.log`.
fn within(value: &Value) -> String {
    fn names(value: &Value, found: &mut String) {
        match value {
            Value::Member(of, name) => {
                names(of, found);
                found.push('.');
                found.push_str(name);
            }
            Value::Result(of, _) => names(of, found),
            _ => {}
        }
    }
    let mut found = String::new();
    if let Value::Member(of, _) = value {
        names(of, &mut found);
    }
    found
}
