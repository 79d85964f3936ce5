//! What a function may be handed, through all functions that hand it on.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::program::linked::{At, FunctionAt, Program};
use crate::program::module::{Expr, ExprId};
use crate::program::usage::{Use, UseKind, is_given};
use crate::program::values::{Literal, Value, Values, once, path_of};
use crate::text::HashMap;

use super::{Handed, MOST_VISITS, Pending, Slot, Told, Untold, slot_of};

/// How many functions something is followed through: a server hands its pool to its routes, those to a service, that to
/// what asks the database.
const DEEPEST: usize = 6;

/// The most uses that are made of one handing: more is a helper that everybody calls.
const MOST: usize = 64;

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

/// What something was found to be, and how many calls were looked at for it.
type Taken = (Rc<[Source]>, usize);

pub(super) struct Followed<'a> {
    program: &'a Program,
    given: BTreeMap<Slot, Vec<(FunctionAt, Value)>>,
    /// What parameters were found to be.
    known: BTreeMap<Slot, Rc<[Source]>>,
    /// What was found of what is taken out of a parameter: most is used more than once.
    seen: HashMap<(Slot, Box<[Way]>), Rc<Seen>>,
    /// What parameters were found to be on the way to others, by how deep is still looked, and how many calls that took.
    followed: RefCell<HashMap<(Slot, usize), Taken>>,
    pub(super) told: Told,
}

/// A step from a parameter to what is taken out of it.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Way {
    Name(Arc<str>),
    Call(At),
}

/// What something that is used was found to be, as far as it matters.
pub(super) struct Seen {
    /// In order, each once.
    kinds: Vec<Kind>,
    /// What packages give: who hands it on first, the package, and what of it.
    packages: Vec<(FunctionAt, Arc<str>, Arc<str>)>,
    /// Where what could not be followed comes from.
    lost: Vec<Option<FunctionAt>>,
}

impl Seen {
    /// Of what a function is handed by nobody.
    fn nothing(function: FunctionAt) -> Self {
        Self {
            kinds: vec![Kind::Lost(Some(function))],
            packages: Vec::new(),
            lost: vec![Some(function)],
        }
    }

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

impl<'a> Followed<'a> {
    pub(super) fn new(program: &'a Program, given: BTreeMap<Slot, Vec<(FunctionAt, Value)>>) -> Self {
        Self {
            program,
            given,
            known: BTreeMap::new(),
            seen: HashMap::default(),
            followed: RefCell::default(),
            told: Told::default(),
        }
    }

    /// What is used, found once for all who use the same of a parameter.
    pub(super) fn seen(&mut self, pending: &Pending) -> Rc<Seen> {
        // No call of the program hands it anything: whatever is taken out of it stays unknown.
        if !self.given.contains_key(&pending.slot) {
            return Rc::new(Seen::nothing(pending.slot.0));
        }
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
    pub(super) fn found(&mut self, pending: &Pending, seen: &Seen) {
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
        let at = At {
            module: slot.0.module,
            expr: ExprId(0),
        };
        for (inner, source) in self.followed(slot, deeper - 1, left).iter() {
            if found.len() >= MOST {
                break;
            }
            for value in self.taken(source.clone(), &value, at) {
                if found.len() < MOST {
                    found.push((inner.or(from), value));
                }
            }
        }
    }

    /// What a parameter may be, each once: found once for a depth, where that takes no more calls than are left.
    fn followed(&self, slot: Slot, deeper: usize, left: &mut usize) -> Rc<[Source]> {
        if let Some((found, taken)) = self.followed.borrow().get(&(slot, deeper))
            && *left > *taken
        {
            *left -= taken;
            return Rc::clone(found);
        }
        let (mut found, before) = (Vec::new(), *left);
        self.sources(slot, deeper, left, &mut found);
        let found: Rc<[Source]> = once(found).into();
        // Where none is left, others might have found more.
        if *left > 0 {
            let known = (Rc::clone(&found), before - *left);
            self.followed.borrow_mut().insert((slot, deeper), known);
        }
        found
    }

    /// What `from` takes out of its parameter, taken out of something else.
    fn taken(&self, source: Value, from: &Value, at: At) -> Values {
        match from {
            Value::Member(of, name) => {
                let objects = self.taken(source, of, at);
                self.program.parts_of(objects, std::slice::from_ref(name), at)
            }
            Value::Result(of, call) => {
                let mut called = self.taken(source, of, at);
                if called.len() == 1
                    && let Some(callee) = called.pop()
                {
                    return self.program.given_back(callee, *call);
                }
                let each = called.into_iter().map(|callee| self.program.given_back(callee, *call));
                each.flatten().collect()
            }
            _ => Values::from_buf([source]),
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
