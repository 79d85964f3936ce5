//! Following live code: what each function does.

use std::sync::Arc;

use crate::text::{HashMap, HashSet};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::program::autoload::is_request;
use crate::program::linked::{At, FunctionAt, ModuleId, Program, Target};
use crate::program::module::{
    BindingId, ClassId, ExportName, Exported, Expr, ExprId, FunctionId, Language, Module, RequestId, RequestKind, Step,
    TOP_LEVEL,
};

use super::modules::Functions;
use super::routers::Held;
use super::{Edge, Reach};

/// Packages that load whatever lies in a folder.
const AUTOLOADERS: [&str; 9] = [
    "@fastify/autoload",
    "fastify-autoload",
    "require-all",
    "require-dir",
    "require-directory",
    "include-all",
    "consign",
    "express-file-routing",
    "awilix-express",
];

/// Something that waits for its name to be asked for.
#[derive(Clone, Copy)]
pub(super) enum Waiting {
    Function(FunctionAt, FunctionAt),
    Value(ModuleId, ExprId, FunctionAt),
    Export(ModuleId, FunctionAt),
}

/// What is still to be followed. Edges are kept here, not on the stack: modules import each other a thousand deep.
pub(super) enum Work {
    Load(ModuleId, Option<FunctionAt>),
    Function(FunctionAt),
    Binding(ModuleId, BindingId, FunctionAt),
    Export(ModuleId, ExportName, FunctionAt),
    Value(ModuleId, ExprId, FunctionAt),
    Namespace(ModuleId, FunctionAt),
}

/// Where a value stands, which says who may use it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    /// It is used at once.
    Used,
    /// A name holds it: it is used where the name is.
    Held,
    /// It is handed back.
    Returned,
}

/// One way through a program.
pub(super) struct Walk<'a> {
    pub(super) program: &'a Program,
    pub(super) reach: Reach,
    pub(super) live: FxHashMap<FunctionAt, Option<FunctionAt>>,
    pub(super) todo: Vec<Work>,
    pub(super) wanted: FxHashSet<(ModuleId, BindingId)>,
    pub(super) wanted_values: FxHashSet<(ModuleId, ExprId)>,
    pub(super) wanted_exports: HashSet<(ModuleId, ExportName)>,
    pub(super) classes: FxHashSet<(ModuleId, ClassId)>,
    pub(super) namespaces: FxHashMap<ModuleId, FunctionAt>,
    pub(super) asked: HashSet<&'a str>,
    pub(super) waiting: HashMap<Arc<str>, Vec<Waiting>>,
    pub(super) routers: FxHashMap<ModuleId, Option<Arc<Held>>>,
    /// Whether a server is what runs: of React's components it runs neither effects nor what answers a visitor's hand.
    pub(super) is_server: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(program: &'a Program, reach: Reach) -> Self {
        Self {
            program,
            reach,
            live: FxHashMap::default(),
            todo: Vec::new(),
            wanted: FxHashSet::default(),
            wanted_values: FxHashSet::default(),
            wanted_exports: HashSet::default(),
            classes: FxHashSet::default(),
            namespaces: FxHashMap::default(),
            asked: HashSet::default(),
            waiting: HashMap::default(),
            routers: FxHashMap::default(),
            is_server: false,
        }
    }

    pub(super) fn module(&self, id: ModuleId) -> &'a Module {
        self.program.module(id)
    }

    pub(super) fn run(&mut self) {
        while let Some(work) = self.todo.pop() {
            match work {
                Work::Load(id, from) => self.loaded(id, from),
                Work::Function(function) => self.function(function),
                Work::Binding(id, binding, from) => self.wanted(id, binding, from),
                Work::Export(id, name, from) => self.wanted_export(id, &name, from),
                Work::Value(id, expr, from) => self.wanted_value(id, expr, from),
                Work::Namespace(id, from) => self.known_as_a_whole(id, from),
            }
        }
    }

    pub(super) fn finish(mut self) -> Reach {
        self.reach
            .edges
            .sort_by(|left, right| (&left.place, &left.why).cmp(&(&right.place, &right.why)));
        self.reach.edges.dedup();
        let mut live: Vec<_> = self.live.into_iter().collect();
        live.sort_unstable_by_key(|(function, _)| *function);
        let functions = live.iter().map(|(function, _)| *function);
        self.reach.alive = Functions::of(self.program.functions_before(), functions);
        self.reach.live = live.into();
        self.reach
    }

    pub(super) fn load(&mut self, id: ModuleId, from: Option<FunctionAt>) {
        if self.reach.loaded.insert(id) {
            self.todo.push(Work::Load(id, from));
        }
    }

    pub(super) fn loaded(&mut self, id: ModuleId, from: Option<FunctionAt>) {
        let module = self.module(id);
        if let Some(why) = &module.unread {
            let path = self.program.linked(id).path.clone();
            self.reach.unread.insert(path, why.to_string());
            return;
        }
        let top = FunctionAt {
            module: id,
            function: TOP_LEVEL,
        };
        self.live(top, from);
        for (index, request) in module.requests.iter().enumerate() {
            let Ok(index) = u32::try_from(index) else { break };
            if matches!(
                request.kind,
                RequestKind::Import | RequestKind::Unused | RequestKind::Export
            ) {
                self.follow(id, RequestId(index), top);
            }
        }
    }

    /// A request is carried out.
    pub(super) fn follow(&mut self, id: ModuleId, request: RequestId, from: FunctionAt) {
        match self.program.target(id, request) {
            Target::Module(next) => self.load(*next, Some(from)),
            Target::File(path) => {
                let is_code = matches!(path.extension(), Some("vue" | "svelte" | "astro"));
                if is_code || Language::of(path.as_str()).is_some() {
                    self.reach.foreign.insert(path.clone());
                }
            }
            Target::Unresolved(why) => {
                let place = self.program.place(id, &self.module(id).request(request).span);
                let why = why.to_string();
                self.reach.edges.push(Edge { place, why });
            }
            target if is_request(target) && self.autoloads(id, request, from) => {}
            Target::Package(name, _) if AUTOLOADERS.contains(&name.as_ref()) => {
                let place = self.program.place(id, &self.module(id).request(request).span);
                let why = format!("`{name}` loads the files of a folder");
                self.reach.edges.push(Edge { place, why });
            }
            Target::Package(..) | Target::Builtin(_) | Target::Erased | Target::Missing(_) => {}
        }
    }

    /// Follows a plugin that loads the files of a folder, where all of them are known.
    fn autoloads(&mut self, id: ModuleId, request: RequestId, from: FunctionAt) -> bool {
        let Some(plugins) = self.program.autoloaded(id, request) else {
            return false;
        };
        for plugin in plugins {
            self.load(plugin.module, Some(from));
            self.all_exports(plugin.module);
        }
        true
    }

    pub(super) fn live(&mut self, function: FunctionAt, from: Option<FunctionAt>) {
        if let std::collections::hash_map::Entry::Vacant(entry) = self.live.entry(function) {
            entry.insert(from);
            self.todo.push(Work::Function(function));
        }
    }

    pub(super) fn function(&mut self, at: FunctionAt) {
        let module = self.module(at.module);
        let function = module.function(at.function);
        let held = (at.function == TOP_LEVEL).then(|| self.held(at.module)).flatten();
        let held = held.as_deref();
        for member in &function.members {
            if !held.is_some_and(|held| held.asks(member)) {
                self.ask(member, at);
            }
        }
        for binding in &function.mentions {
            if !held.is_some_and(|held| held.mentions(*binding)) {
                self.want(at.module, *binding, at);
            }
        }
        for parameter in &function.parameters {
            for binding in &parameter.bindings {
                for given in &module.binding(*binding).given {
                    if let Some(default) = given.default {
                        self.value(at, default, Position::Used);
                    }
                }
            }
        }
        for step in &function.steps {
            let is_held = matches!(step, Step::Do(expr) if held.is_some_and(|held| held.holds(*expr)));
            if !is_held {
                self.step(at, step);
            }
        }
        for (request, index) in module.requests.iter().zip(0_u32..) {
            if request.kind == RequestKind::File && request.function == at.function {
                self.follow(at.module, RequestId(index), at);
                if let Target::Module(next) = self.program.target(at.module, RequestId(index)) {
                    self.all_exports(*next);
                }
            }
        }
    }

    pub(super) fn step(&mut self, at: FunctionAt, step: &Step) {
        match step {
            Step::Do(expr) => {
                // A class that is only declared is used where its name is; what is exported, where that is asked for;
                // of what is only loaded nothing is asked for.
                let module = self.module(at.module);
                let is_held = match module.expr(*expr) {
                    Expr::Class(_) | Expr::Load(_) => true,
                    Expr::Function(_) | Expr::Object(_) => module
                        .exports
                        .iter()
                        .any(|export| export.what == Exported::Value(*expr)),
                    _ => false,
                };
                self.value(at, *expr, if is_held { Position::Held } else { Position::Used });
            }
            Step::Bind(names, expr) => {
                let position = if self.is_lazy(at, names, *expr) {
                    Position::Held
                } else {
                    Position::Used
                };
                self.value(at, *expr, position);
            }
            Step::Return(Some(expr)) => self.value(at, *expr, Position::Returned),
            Step::Throw(expr) => self.value(at, *expr, Position::Used),
            Step::Return(None) | Step::Jump => {}
            Step::Branch(branch) => {
                if let Some(test) = branch.test {
                    self.value(at, test, Position::Used);
                }
                branch.arms.iter().flatten().for_each(|step| self.step(at, step));
            }
        }
    }

    /// Whether what a name is given waits for the name to be mentioned: a function, an object or class, and what a plain
    /// wrapper makes of a function (`const handler = wrap(async () => …)`). What a method is given
    /// (`cron.schedule("…", () => …)`) runs whether or not the name is ever mentioned.
    pub(super) fn is_lazy(&self, at: FunctionAt, names: &[BindingId], expr: ExprId) -> bool {
        if names.is_empty() {
            return false;
        }
        let module = self.module(at.module);
        match module.expr(expr) {
            Expr::Call(callee, _) => {
                let is_plain = matches!(module.expr(*callee), Expr::Name(_));
                let is_exported = module.exports.iter().any(|export| match &export.what {
                    Exported::Binding(binding) => names.contains(binding),
                    Exported::Value(_) | Exported::From(..) => false,
                });
                let is_mentioned = || {
                    module
                        .functions
                        .iter()
                        .any(|function| names.iter().any(|name| function.mentions.binary_search(name).is_ok()))
                };
                is_plain && (is_exported || is_mentioned())
            }
            _ => true,
        }
    }

    /// An expression is evaluated.
    pub(super) fn value(&mut self, at: FunctionAt, id: ExprId, position: Position) {
        if self.is_server && self.rendered(at, id) {
            return;
        }
        let module = self.module(at.module);
        match module.expr(id) {
            Expr::Function(function) => {
                if position != Position::Held {
                    self.live(self.within(at, *function), Some(at));
                }
            }
            Expr::Class(class) => {
                self.decorations(at, *class);
                if position != Position::Held {
                    self.class(at.module, *class, at);
                }
            }
            Expr::Object(properties) => {
                for property in properties {
                    match (position, &property.key) {
                        (Position::Used, _) | (_, None) => self.value(at, property.value, Position::Used),
                        (Position::Held, Some(_)) => self.value(at, property.value, Position::Held),
                        (Position::Returned, Some(key)) => {
                            self.value(at, property.value, Position::Held);
                            self.wait(key, Waiting::Value(at.module, property.value, at));
                        }
                    }
                }
            }
            Expr::Assign(_, target, value) => self.assigned(at, *target, *value),
            Expr::Await(inner) => self.value(at, *inner, position),
            Expr::Conditional(test, then, otherwise) => {
                self.value(at, *test, Position::Used);
                self.value(at, *then, position);
                self.value(at, *otherwise, position);
            }
            Expr::Logical(_, left, right) => {
                self.value(at, *left, position);
                self.value(at, *right, position);
            }
            Expr::Load(request) => self.loads(at, *request, position),
            Expr::Call(callee, arguments) if position == Position::Held => {
                // A wrapper's function waits with the name that holds what comes of it.
                self.value(at, *callee, Position::Used);
                for argument in arguments {
                    let is_function = matches!(module.expr(*argument), Expr::Function(_));
                    self.value(at, *argument, if is_function { Position::Held } else { Position::Used });
                }
            }
            // Which of them is asked for is not known.
            Expr::Index(object, index) if !matches!(module.expr(*index), Expr::Text(_) | Expr::Number(_)) => {
                self.any_of(
                    At {
                        module: at.module,
                        expr: *object,
                    },
                    at,
                );
                self.value(at, *object, Position::Used);
                self.value(at, *index, Position::Used);
            }
            // What asks its own module for something may ask it for all that it gives.
            Expr::This if module.is_of_module(id) => self.namespace(at.module, at),
            Expr::Global(_) | Expr::Member(..) if module.is_exports(id) => self.namespace(at.module, at),
            other => other.parts(&mut |part| self.value(at, part, Position::Used)),
        }
    }

    pub(super) fn within(&self, at: FunctionAt, function: FunctionId) -> FunctionAt {
        FunctionAt {
            module: at.module,
            function,
        }
    }

    pub(super) fn assigned(&mut self, at: FunctionAt, target: ExprId, value: ExprId) {
        let module = self.module(at.module);
        match module.expr(target) {
            Expr::Name(_) | Expr::Pattern(_) => self.value(at, value, Position::Held),
            Expr::Member(object, name) => {
                let is_export = module.is_exports(*object) || module.is_whole(target);
                // `socket.onmessage = …` is called by whoever made the socket.
                let is_handler = name.starts_with("on") && name.len() > 2;
                if !is_export {
                    self.value(at, *object, Position::Used);
                }
                self.value(at, value, if is_handler { Position::Used } else { Position::Held });
                if !is_export {
                    self.wait(name, Waiting::Value(at.module, value, at));
                }
            }
            _ => {
                if !module.is_exports(target) {
                    self.value(at, target, Position::Used);
                }
                self.value(at, value, Position::Used);
            }
        }
    }

    pub(super) fn loads(&mut self, at: FunctionAt, request: RequestId, position: Position) {
        if self.module(at.module).request(request).specifier.is_none() {
            let place = self
                .program
                .place(at.module, &self.module(at.module).request(request).span);
            let why = "what it loads is computed".to_owned();
            self.reach.edges.push(Edge { place, why });
            return;
        }
        self.follow(at.module, request, at);
        if position != Position::Held
            && let Target::Module(next) = self.program.target(at.module, request)
        {
            self.namespace(*next, at);
        }
    }

    /// Decorators run with the class, whoever uses it.
    pub(super) fn decorations(&mut self, at: FunctionAt, class: ClassId) {
        let class = self.module(at.module).class(class);
        let members = class.members.iter().flat_map(|member| &member.decorators);
        let all: Vec<ExprId> = class.decorators.iter().chain(members).copied().collect();
        for decorator in all {
            self.value(at, decorator, Position::Used);
        }
    }
}
