//! HTTP servers: which routes there are, what each passes through and in which order, and what its handler does.

mod adding;
mod argument;
mod collect;
mod convention;
mod decorated;
mod deed;
mod doubt;
mod failing;
mod flatten;
mod foreign;
mod handed;
mod harmless;
mod idle;
mod made;
mod makers;
mod nature;
mod nest;
mod next;
mod off;
mod order;
mod passing;
mod plugin;
mod registered;
mod shadow;
mod telling;
mod told;
mod versioned;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use crate::model::{Component, Place};

use super::entry::Side;
use super::linked::{At, FunctionAt, ModuleId, Program};
use super::reach::{Edge, Reach};
use super::values::Value;

pub use deed::Deed;
pub use foreign::{Foreign, Made};
pub use nature::Nature;

/// The routes of a component, as far as they could be followed.
#[derive(Debug, Clone, Default)]
pub struct Routes {
    /// Each route, in the order in which servers try them.
    pub routes: Vec<Route>,
    /// What is called with the errors of routes: mounted on an application behind some, with four parameters.
    pub error_handlers: Vec<ErrorHandler>,
    /// What is mounted for more than one route, wherever that is.
    pub passed: Vec<Middleware>,
    /// What could not be followed: a route may stand behind it.
    pub edges: Vec<Edge>,
    /// Whether there is a server at all.
    pub has_server: bool,
    /// Where routers are made that are given routes and mounted nowhere: they serve nothing.
    pub unmounted: Vec<Place>,
    /// Whether routes are files of fixed names, and there can be no others.
    pub is_of_files: bool,
    /// Whether all that there is to be served is written to files when it is built, so that no server answers.
    pub is_exported: bool,
}

/// One route.
#[derive(Debug, Clone)]
pub struct Route {
    /// `GET`, `POST`, …; `*` for any.
    pub method: Arc<str>,
    /// The whole path: `/api/users/:`, a parameter without its name. `None` where it could not be followed.
    pub path: Option<String>,
    /// What it passes through before its handler, in order.
    pub chain: Vec<Middleware>,
    /// What is called with its answer before that is sent.
    pub answering: Vec<Middleware>,
    /// What answers.
    pub handler: Vec<Value>,
    /// What the handler does.
    pub nature: Nature,
    /// Where it is written.
    pub place: Place,
    /// Where an earlier route answers the same.
    pub shadowed_by: Option<Place>,
    pub(super) parts: Parts,
}

impl Route {
    /// The parts of its path in small letters, which every question about routes asks for; `None` where the path could not
    /// be followed.
    pub fn parts(&self) -> Option<&[String]> {
        let path = self.path.as_ref()?;
        let parts = self.parts.0.get_or_init(|| {
            let path = path.to_lowercase();
            let parts = path.split('/').filter(|part| !part.is_empty());
            parts.map(str::to_owned).collect()
        });
        Some(parts)
    }
}

/// The parts of a route's path, once somebody asked. A route that is made of another may have another path.
#[derive(Debug, Default)]
pub(super) struct Parts(OnceLock<Box<[String]>>);

impl Clone for Parts {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// Something that a request passes through.
#[derive(Debug, Clone)]
pub struct Middleware {
    /// All that it may be.
    pub values: Vec<Value>,
    /// Where it is mounted.
    pub place: Place,
    /// Why it may not be passed through, in words: it depends on a condition, or on what runs when.
    pub doubt: Option<&'static str>,
}

/// What Express calls with the errors of the routes that stand before it.
#[derive(Debug, Clone)]
pub struct ErrorHandler {
    /// What is mounted.
    pub middleware: Middleware,
    /// How many routes of its application stand before it.
    pub before: usize,
    /// Where the routes are written that stand behind it and do something: it is not called with their errors.
    pub behind: Vec<Place>,
    /// Whether a route that is given to the application by a function that nobody waits for may stand behind it as well.
    pub is_overtaken: bool,
}

/// A router: where it is made, or what a function is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum RouterId {
    Made(At),
    Given(FunctionAt, u32),
}

/// Something that is done to a router.
#[derive(Debug, Clone)]
pub(super) struct Done {
    pub(super) order: Vec<u32>,
    /// The function whose caller is not known, by which this is done; when others are called is not held against it.
    pub(super) begun_by: Option<FunctionAt>,
    /// How many positions of `order` lead to calls on the way that nobody waits for, where something was waited for before.
    pub(super) late: Vec<usize>,
    pub(super) what: What,
    pub(super) place: Place,
    pub(super) doubt: Option<&'static str>,
}

#[derive(Debug, Clone)]
pub(super) enum What {
    /// Middleware or routers at a path.
    Use(Paths, Vec<Vec<Value>>),
    /// A plugin of Fastify's that is loaded once all here is done: it stands before what later plugins add, and no more.
    Later(Paths, Vec<Vec<Value>>),
    /// A hook of Fastify's, which holds for what was added earlier, too.
    Hook(Vec<Value>, Stands),
    /// A route: methods, paths, its chain with the handler last.
    Route(Arc<str>, Paths, Vec<Vec<Value>>),
    /// The router is handed to a function that does more to it, below a prefix.
    Handed(RouterId, Paths, Scope),
    /// The router is handed to something that is not followed: it may add anything.
    Beyond(Vec<Value>, Arc<str>),
}

/// On which side of a handler something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    Before,
    /// It is called with what the handler answered.
    Behind,
}

impl What {
    /// The same, loaded once all here is done.
    fn later(self) -> Self {
        match self {
            Self::Use(paths, values) => Self::Later(paths, values),
            other => other,
        }
    }
}

/// How far what a function does to a router that it is handed goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// It holds for all that comes after.
    Shared,
    /// The same, and it is waited for, so that what it registers is loaded before what follows.
    Waited,
    /// It holds for the function's own routes alone, as in Fastify's plugins.
    Own,
}

/// Paths as written; an unknown one is `None`.
pub(super) type Paths = Vec<Option<String>>;

impl Program {
    /// The routes that production serves for a component.
    pub fn routes(&self, component: &Component) -> Arc<Routes> {
        let cell = {
            let mut known = self.routes.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            Arc::clone(known.entry(component.path.clone()).or_default())
        };
        // Nobody waits for the routes of another component.
        let made = cell.get_or_init(|| {
            let reach = self.reach(component, Side::Server);
            Arc::new(self.find_routes(component, &reach))
        });
        Arc::clone(made)
    }

    /// Whether a function changes and asks nothing: it is empty, or tells people alone.
    pub fn does_nothing(&self, function: FunctionAt) -> bool {
        matches!(
            nature::nature(self, &[Value::Function(function)]),
            Nature::Nothing | Nature::Constant
        )
    }

    fn find_routes(&self, component: &Component, reach: &Reach) -> Routes {
        let mut collected = collect::collect(self, reach);
        let nest = std::mem::take(&mut collected.nest);
        let idle = idle::idle(self, reach, &collected);
        let mut routes = flatten::flatten(self, &collected, &idle);
        convention::add(self, component, reach, (&nest, &collected), &mut routes);
        shadow::same(&mut routes.routes);
        routes
    }
}

/// The order in which modules are loaded: a module after those that it asks for.
pub(super) fn load_order(program: &Program, reach: &Reach) -> BTreeMap<ModuleId, u32> {
    use super::linked::Target;
    let mut order = BTreeMap::new();
    let mut next = 0;
    for (start, _) in program.modules().filter(|(id, _)| reach.is_loaded(*id)) {
        // Modules that nobody else loads first come first; the stack is kept here, not on the machine's.
        let mut stack = vec![(start, 0_usize)];
        let mut open = BTreeSet::from([start]);
        while let Some((id, at)) = stack.pop() {
            if order.contains_key(&id) {
                open.remove(&id);
                continue;
            }
            let targets = &program.linked(id).targets;
            match targets.get(at) {
                Some(Target::Module(target)) => {
                    stack.push((id, at + 1));
                    if !order.contains_key(target) && reach.is_loaded(*target) && open.insert(*target) {
                        stack.push((*target, 0));
                    }
                }
                Some(_) => stack.push((id, at + 1)),
                None => {
                    order.insert(id, next);
                    next += 1;
                    open.remove(&id);
                }
            }
        }
    }
    order
}
