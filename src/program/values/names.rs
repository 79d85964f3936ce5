//! What names may be: each found once, and the same whoever asks first.
//!
//! Many threads ask at once, and what one finds is kept for all. So what is kept may depend on the name alone: each is looked
//! at with a depth and a fuel of its own, and names that need one another are told apart from those that do not (Tarjan's
//! strongly connected components): each of such a circle is what it is while the others are unknown.

use std::sync::PoisonError;

use smallvec::smallvec;

use crate::program::linked::{At, FunctionAt, ModuleId, Program};
use crate::program::module::{BindingId, BindingKind, ExprId};

use super::search::{DEEPEST, FUEL, Search};
use super::{Value, Values};

/// A name of a module.
pub(super) type Name = (ModuleId, BindingId);

/// All levels of a way together, through however many names: the stack is not endless. What lies deeper is found first.
const LEVELS: u32 = 3 * DEEPEST;
/// The most names that need one another; more are not written by hand.
const CIRCLE: usize = 256;
/// The longest row of names that is found from its end: a generated file may have more.
const ROW: usize = 256;

/// The names on a question's way.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Those that are being looked at, each needed by the one before it.
    open: Vec<Name>,
    /// Those that were looked at and need one that is still open: the first such, by its place in `open`.
    waiting: Vec<(Name, usize)>,
    /// The first open name that the one being looked at needs, itself left out.
    lowest: Option<usize>,
    /// The levels above the name that is being looked at.
    above: u32,
    /// A circle whose names are being told, and are unknown meanwhile.
    circle: Vec<Name>,
    /// Whether one of that circle was asked for.
    is_touched: bool,
    /// A name that lies too deep, and has to be found first.
    deferred: Option<Name>,
}

impl Program {
    fn known(&self, name: Name) -> Option<&[Value]> {
        let kept = self.linked(name.0).values.get(name.1.0 as usize)?;
        kept.get().map(|values| &**values)
    }

    /// Keeps what names may be, all at once; what was kept before stays.
    fn keep(&self, found: &[(Name, Values)]) {
        let _all = self.keeping.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, values) in found {
            if let Some(kept) = self.linked(name.0).values.get(name.1.0 as usize) {
                kept.get_or_init(|| values.as_slice().into());
            }
        }
    }
}

impl Search<'_> {
    /// What a name may be where it is used.
    pub(super) fn binding(&mut self, at: At, id: BindingId) -> Values {
        let name = (at.module, id);
        let binding = self.module(at.module).binding(id);
        if let (BindingKind::Function(function), true) = (&binding.kind, binding.given.is_empty()) {
            return smallvec![Value::Function(FunctionAt {
                module: at.module,
                function: *function,
            })];
        }
        // Another thread may have found a circle while this one is in it: what is on the way comes before what is known.
        if self.is_on_the_way(name) {
            return smallvec![Value::Unknown(at)];
        }
        if let Some(known) = self.program.known(name) {
            return used(known, name, at);
        }
        let names = &mut self.names;
        if names.above + self.depth > LEVELS || names.waiting.len() > CIRCLE {
            names.deferred = Some(name);
            return smallvec![Value::Unknown(at)];
        }
        self.found(name, at)
    }

    /// Whether a name can't be told here, since the way to it leads through itself, or something else comes first.
    fn is_on_the_way(&mut self, name: Name) -> bool {
        let names = &mut self.names;
        if names.deferred.is_some() {
            return true;
        }
        if names.circle.contains(&name) {
            names.is_touched = true;
            return true;
        }
        if let Some(place) = names.open.iter().position(|open| *open == name) {
            // `value = value || 1` needs itself alone.
            if place + 1 < names.open.len() {
                names.need(place);
            }
            return true;
        }
        let waiting = names.waiting.iter().find(|(waiting, _)| *waiting == name);
        if let Some(lowest) = waiting.map(|(_, lowest)| *lowest) {
            names.need(lowest);
            return true;
        }
        false
    }

    fn found(&mut self, name: Name, at: At) -> Values {
        loop {
            let found = self.looked_at(name);
            if !self.names.open.is_empty() || !self.names.circle.is_empty() {
                return used(&found, name, at);
            }
            // Nothing is above: what lay too deep is found by itself.
            let Some(deep) = self.names.deferred.take() else {
                return used(&found, name, at);
            };
            self.names = Names::default();
            if !self.find_first(deep, name) {
                return used(&found, name, at);
            }
        }
    }

    /// Finds what lay too deep, from the end of its row; whether there is something new.
    fn find_first(&self, deep: Name, asked: Name) -> bool {
        let mut row = vec![asked, deep];
        while let Some(name) = row.last().copied().filter(|_| row.len() > 1) {
            let mut search = Search::new(self.program);
            let found = search.looked_at(name);
            match search.names.deferred {
                Some(next) if row.len() < ROW && !row.contains(&next) => row.push(next),
                deferred => {
                    if deferred.is_some() {
                        self.program.keep(&[(name, found)]);
                    }
                    row.pop();
                }
            }
        }
        self.program.known(deep).is_some()
    }

    /// What a name may be, kept where it depends on nothing but the name. What is unknown where it is used is unknown at the
    /// first expression of the module.
    fn looked_at(&mut self, name: Name) -> Values {
        let place = self.names.open.len();
        self.names.open.push(name);
        let lowest = self.names.lowest.take();
        let waiting = self.names.waiting.len();
        let was_touched = std::mem::take(&mut self.names.is_touched);
        let found = self.evaluated(name);
        self.names.open.pop();
        let needed = std::mem::replace(&mut self.names.lowest, lowest);
        let is_touched = std::mem::replace(&mut self.names.is_touched, was_touched);
        if self.names.deferred.is_some() || is_touched {
            self.names.is_touched = was_touched || is_touched;
            return found;
        }
        match needed {
            None => self.kept(name, found),
            Some(needed) if needed < place => {
                for (_, lowest) in &mut self.names.waiting[waiting..] {
                    *lowest = needed.min(*lowest);
                }
                self.names.waiting.push((name, needed));
                self.names.need(needed);
                smallvec![Value::Unknown(first_of(name))]
            }
            Some(_) => {
                let others = self.names.waiting.drain(waiting..).map(|(name, _)| name);
                let circle: Vec<Name> = others.chain([name]).collect();
                self.told(&circle);
                self.program.known(name).map_or(found, Values::from)
            }
        }
    }

    /// Keeps what a name may be; another thread may have been first.
    fn kept(&self, name: Name, found: Values) -> Values {
        let found = [(name, found)];
        self.program.keep(&found);
        let [(_, found)] = found;
        self.program.known(name).map_or(found, Values::from)
    }

    /// Each name of a circle is what it is while the others are unknown.
    fn told(&mut self, circle: &[Name]) {
        let mut all = Vec::new();
        for name in circle {
            let mut search = Search::new(self.program);
            search.names.above = self.names.above + self.depth;
            search.names.circle = circle.to_vec();
            let found = search.evaluated(*name);
            if search.names.deferred.is_some() {
                self.names.deferred = search.names.deferred;
                return;
            }
            all.push((*name, found));
        }
        self.program.keep(&all);
    }

    /// What a name is given, with a depth and a fuel of its own.
    fn evaluated(&mut self, name: Name) -> Values {
        let (depth, fuel) = (std::mem::take(&mut self.depth), std::mem::replace(&mut self.fuel, FUEL));
        self.names.above += depth;
        let at = first_of(name);
        let binding = self.module(name.0).binding(name.1);
        let found = match &binding.kind {
            BindingKind::Import(request, imported) => self.target(at, *request, imported),
            BindingKind::Class(class) => smallvec![Value::Class(name.0, *class)],
            BindingKind::Parameter(index) => self.parameter(at, binding, *index),
            BindingKind::Constant | BindingKind::Variable | BindingKind::Function(_) | BindingKind::Other => {
                self.given(at, binding)
            }
        };
        self.names.above -= depth;
        (self.depth, self.fuel) = (depth, fuel);
        found
    }
}

impl Names {
    fn need(&mut self, place: usize) {
        self.lowest = Some(self.lowest.map_or(place, |lowest| lowest.min(place)));
    }
}

/// Where nobody says where a name is used.
fn first_of((module, _): Name) -> At {
    At {
        module,
        expr: ExprId(0),
    }
}

/// What is kept of a name, where it is used.
fn used(known: &[Value], name: Name, at: At) -> Values {
    let first = first_of(name);
    let here = |value: &Value| match value {
        Value::Unknown(known) if *known == first => Value::Unknown(at),
        other => other.clone(),
    };
    // Of most there is one, and hundreds of thousands are asked.
    match known {
        [one] => Values::from_buf([here(one)]),
        _ => known.iter().map(here).collect(),
    }
}

#[cfg(test)]
mod tests;
