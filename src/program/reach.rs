//! What production reaches: the modules that are loaded and the functions that may be called, from the entries on.
//!
//! What is mentioned counts as called, so that no edge is missed; an import, an export or a definition alone does not.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::model::{Cause, Component, Place, RepoPath, Unread};

use super::entry::Side;
use super::linked::{FunctionAt, ModuleId, Program, Target};
use super::module::{
    BindingId, BindingKind, ClassId, ExportName, Exported, Expr, ExprId, FunctionId, Imported, MemberValue, Module,
    RequestId, RequestKind, Step, TOP_LEVEL,
};

/// An edge that could not be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Where it starts.
    pub place: Place,
    /// Why it could not be followed, in words.
    pub why: String,
}

/// What production reaches from a component's entries on one side.
#[derive(Debug, Default)]
pub struct Reach {
    loaded: BTreeSet<ModuleId>,
    live: BTreeMap<FunctionAt, Option<FunctionAt>>,
    edges: Vec<Edge>,
    foreign: BTreeSet<RepoPath>,
    unread: BTreeMap<RepoPath, String>,
    has_entry: bool,
    component: String,
}

impl Reach {
    /// Follows all edges.
    pub(super) fn of(program: &Program, component: &Component, side: Side) -> Self {
        let reach = Self {
            component: component.path.to_string(),
            ..Self::default()
        };
        let mut walk = Walk::new(program, reach);
        for entry in program.entries(component).iter().filter(|entry| entry.side == side) {
            walk.reach.has_entry = true;
            walk.load(entry.module, None);
            walk.all_exports(entry.module);
        }
        walk.run();
        walk.finish()
    }

    /// What a function reaches when it is called: what it calls and loads, not what loads it.
    pub(super) fn from_function(program: &Program, function: FunctionAt) -> Self {
        let mut walk = Walk::new(program, Self::default());
        walk.live(function, None);
        walk.run();
        walk.finish()
    }

    /// Whether something says what production starts here.
    pub fn has_entry(&self) -> bool {
        self.has_entry
    }

    /// Whether a module is loaded.
    pub fn is_loaded(&self, module: ModuleId) -> bool {
        self.loaded.contains(&module)
    }

    /// Whether a function may be called.
    pub fn is_live(&self, function: FunctionAt) -> bool {
        self.live.contains_key(&function)
    }

    /// The functions that may be called, in order.
    pub fn live(&self) -> impl Iterator<Item = FunctionAt> + '_ {
        self.live.keys().copied()
    }

    /// The way from an entry to a function, the function last; empty where none was found.
    pub fn way_to(&self, function: FunctionAt) -> Vec<FunctionAt> {
        let mut way = Vec::new();
        let mut next = self.live.contains_key(&function).then_some(function);
        while let Some(at) = next {
            if way.contains(&at) {
                break;
            }
            way.push(at);
            next = self.live.get(&at).copied().flatten();
        }
        way.reverse();
        way
    }

    /// An edge that could not be followed, if there is one.
    pub fn open_edge(&self) -> Option<&Edge> {
        self.edges.first()
    }

    /// What was not read of what is loaded and may matter to somebody who looks for these words; none is any.
    pub fn unread(&self, program: &Program, words: &[String]) -> Option<Unread> {
        let matters = |path: &RepoPath| {
            let Some(id) = program.find(path.as_str()) else {
                return true;
            };
            let bytes = program.linked(id).document.bytes();
            words.is_empty() || words.iter().any(|word| contains(bytes, word.as_bytes()))
        };
        let (path, why) = self.unread.iter().find(|(path, _)| matters(path))?;
        let cause = if why.contains("minified") {
            Cause::Generated
        } else {
            Cause::Parse
        };
        let what = format!("`{path}` could not be followed: {why}");
        Some(Unread::new(cause, what, "keep it as source that can be parsed"))
    }

    /// Files of a language that is not followed, and that are loaded.
    pub fn foreign(&self) -> impl Iterator<Item = &RepoPath> {
        self.foreign.iter()
    }

    /// Why nothing is known, where nothing says what production starts.
    pub fn nowhere(&self) -> Unread {
        let what = format!("nothing says what production starts in `{}`", self.component);
        Unread::new(
            Cause::Unmodelled,
            what,
            "add a `start` script, or name the file in a `[[component]]` of the policy as its `entry`",
        )
    }
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    word.is_empty() || bytes.windows(word.len()).any(|window| window == word)
}

/// Something that waits for its name to be asked for.
#[derive(Clone, Copy)]
enum Waiting {
    Function(FunctionAt, FunctionAt),
    Value(ModuleId, ExprId, FunctionAt),
    Export(ModuleId, FunctionAt),
}

/// What is still to be followed. Edges are kept here, not on the stack: modules import each other a thousand deep.
enum Work {
    Load(ModuleId, Option<FunctionAt>),
    Function(FunctionAt),
    Binding(ModuleId, BindingId, FunctionAt),
    Export(ModuleId, ExportName, FunctionAt),
    Value(ModuleId, ExprId, FunctionAt),
    Namespace(ModuleId, FunctionAt),
}

/// Where a value stands, which says who may use it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    /// It is used at once.
    Used,
    /// A name holds it: it is used where the name is.
    Held,
    /// It is handed back.
    Returned,
}

struct Walk<'a> {
    program: &'a Program,
    reach: Reach,
    todo: Vec<Work>,
    wanted: HashSet<(ModuleId, BindingId)>,
    wanted_values: HashSet<(ModuleId, ExprId)>,
    wanted_exports: HashSet<(ModuleId, ExportName)>,
    classes: HashSet<(ModuleId, ClassId)>,
    namespaces: HashMap<ModuleId, FunctionAt>,
    asked: HashSet<&'a str>,
    waiting: HashMap<Box<str>, Vec<Waiting>>,
}

impl<'a> Walk<'a> {
    fn new(program: &'a Program, reach: Reach) -> Self {
        Self {
            program,
            reach,
            todo: Vec::new(),
            wanted: HashSet::new(),
            wanted_values: HashSet::new(),
            wanted_exports: HashSet::new(),
            classes: HashSet::new(),
            namespaces: HashMap::new(),
            asked: HashSet::new(),
            waiting: HashMap::new(),
        }
    }

    fn module(&self, id: ModuleId) -> &'a Module {
        self.program.module(id)
    }

    fn run(&mut self) {
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

    fn finish(mut self) -> Reach {
        self.reach
            .edges
            .sort_by(|left, right| (&left.place, &left.why).cmp(&(&right.place, &right.why)));
        self.reach.edges.dedup();
        self.reach
    }

    fn load(&mut self, id: ModuleId, from: Option<FunctionAt>) {
        if self.reach.loaded.insert(id) {
            self.todo.push(Work::Load(id, from));
        }
    }

    fn loaded(&mut self, id: ModuleId, from: Option<FunctionAt>) {
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
            if matches!(request.kind, RequestKind::Import | RequestKind::Export) {
                self.follow(id, RequestId(index), top);
            }
        }
    }

    /// A request is carried out.
    fn follow(&mut self, id: ModuleId, request: RequestId, from: FunctionAt) {
        match self.program.target(id, request) {
            Target::Module(next) => self.load(*next, Some(from)),
            Target::File(path) => {
                let is_code = matches!(path.extension(), Some("vue" | "svelte" | "astro"));
                if is_code || super::module::Language::of(path.as_str()).is_some() {
                    self.reach.foreign.insert(path.clone());
                }
            }
            Target::Unresolved(why) => {
                let place = self.program.place(id, &self.module(id).request(request).span);
                let why = why.to_string();
                self.reach.edges.push(Edge { place, why });
            }
            Target::Package(..) | Target::Builtin(_) | Target::Erased | Target::Missing(_) => {}
        }
    }

    fn live(&mut self, function: FunctionAt, from: Option<FunctionAt>) {
        if let std::collections::btree_map::Entry::Vacant(entry) = self.reach.live.entry(function) {
            entry.insert(from);
            self.todo.push(Work::Function(function));
        }
    }

    fn function(&mut self, at: FunctionAt) {
        let module = self.module(at.module);
        let function = module.function(at.function);
        for member in &function.members {
            self.ask(member, at);
        }
        for binding in &function.mentions {
            self.want(at.module, *binding, at);
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
            self.step(at, step);
        }
    }

    fn step(&mut self, at: FunctionAt, step: &Step) {
        match step {
            Step::Do(expr) => {
                // A class that is only declared is used where its name is.
                let is_class = matches!(self.module(at.module).expr(*expr), Expr::Class(_));
                self.value(at, *expr, if is_class { Position::Held } else { Position::Used });
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
                for step in branch.arms.iter().flatten() {
                    self.step(at, step);
                }
            }
        }
    }

    /// Whether what a name is given waits for the name to be mentioned: a function, an object or class, and what a plain
    /// wrapper makes of a function (`const handler = wrap(async () => …)`). What a method is given
    /// (`cron.schedule("…", () => …)`) runs whether or not the name is ever mentioned.
    fn is_lazy(&self, at: FunctionAt, names: &[BindingId], expr: ExprId) -> bool {
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
    fn value(&mut self, at: FunctionAt, id: ExprId, position: Position) {
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
            other => other.parts(&mut |part| self.value(at, part, Position::Used)),
        }
    }

    fn within(&self, at: FunctionAt, function: FunctionId) -> FunctionAt {
        FunctionAt {
            module: at.module,
            function,
        }
    }

    fn assigned(&mut self, at: FunctionAt, target: ExprId, value: ExprId) {
        let module = self.module(at.module);
        match module.expr(target) {
            Expr::Name(_) | Expr::Pattern(_) => self.value(at, value, Position::Held),
            Expr::Member(object, name) => {
                let is_export = is_export(module, *object) || is_whole(module, target);
                // `socket.onmessage = …` is called by whoever made the socket.
                let is_handler = name.starts_with("on") && name.len() > 2;
                self.value(at, *object, Position::Used);
                self.value(at, value, if is_handler { Position::Used } else { Position::Held });
                if !is_export {
                    self.wait(name, Waiting::Value(at.module, value, at));
                }
            }
            _ => {
                self.value(at, target, Position::Used);
                self.value(at, value, Position::Used);
            }
        }
    }

    fn loads(&mut self, at: FunctionAt, request: RequestId, position: Position) {
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
    fn decorations(&mut self, at: FunctionAt, class: ClassId) {
        let class = self.module(at.module).class(class);
        let members = class.members.iter().flat_map(|member| &member.decorators);
        let all: Vec<ExprId> = class.decorators.iter().chain(members).copied().collect();
        for decorator in all {
            self.value(at, decorator, Position::Used);
        }
    }

    /// A class is used: its constructor runs, its methods wait to be asked for.
    fn class(&mut self, id: ModuleId, class: ClassId, from: FunctionAt) {
        if !self.classes.insert((id, class)) {
            return;
        }
        let module = self.module(id);
        let known = module.class(class);
        let at = |function: FunctionId| FunctionAt { module: id, function };
        if let Some(constructor) = known.constructor {
            self.live(at(constructor), Some(from));
        }
        if let Some(extends) = known.extends {
            self.want_value(id, extends, from);
        }
        for member in &known.members {
            match (&member.name, member.value) {
                (Some(name), MemberValue::Method(function)) if member.decorators.is_empty() => {
                    // A method of a base class that is not ours is called by it.
                    if known.extends.is_some() && !self.extends_ours(id, known.extends) {
                        self.live(at(function), Some(from));
                    } else {
                        self.wait(name, Waiting::Function(at(function), from));
                    }
                }
                (_, MemberValue::Method(function)) => self.live(at(function), Some(from)),
                (Some(name), MemberValue::Field(Some(value))) => self.wait(name, Waiting::Value(id, value, from)),
                (_, MemberValue::Field(_)) => {}
            }
        }
    }

    fn extends_ours(&self, id: ModuleId, extends: Option<ExprId>) -> bool {
        let Some(expr) = extends else { return true };
        let values = self.program.values(super::linked::At { module: id, expr });
        values
            .iter()
            .any(|value| matches!(value, super::values::Value::Class(..)))
    }

    /// A name is mentioned by live code.
    fn want(&mut self, id: ModuleId, binding: BindingId, from: FunctionAt) {
        if self.wanted.insert((id, binding)) {
            self.todo.push(Work::Binding(id, binding, from));
        }
    }

    fn wanted(&mut self, id: ModuleId, binding: BindingId, from: FunctionAt) {
        let module = self.module(id);
        let known = module.binding(binding);
        match &known.kind {
            BindingKind::Function(function) => self.live(
                FunctionAt {
                    module: id,
                    function: *function,
                },
                Some(from),
            ),
            BindingKind::Class(class) => self.class(id, *class, from),
            BindingKind::Import(request, imported) => self.want_imported(id, *request, imported, from),
            BindingKind::Constant | BindingKind::Variable | BindingKind::Other | BindingKind::Parameter(_) => {}
        }
        for given in &known.given {
            if let Some(value) = given.value {
                match (self.load_of(id, value), given.path.first()) {
                    (Some(request), path) => {
                        let imported = match path.map(AsRef::as_ref) {
                            None => Imported::Namespace,
                            Some("default") => Imported::Default,
                            Some(name) => Imported::Named(name.into()),
                        };
                        self.want_imported(id, request, &imported, from);
                    }
                    (None, None) => self.want_value(id, value, from),
                    (None, Some(_)) => {}
                }
            }
            if let Some(default) = given.default {
                self.want_value(id, default, from);
            }
        }
    }

    /// The request behind `require(…)` and `await import(…)`.
    fn load_of(&self, id: ModuleId, expr: ExprId) -> Option<RequestId> {
        let module = self.module(id);
        match module.expr(expr) {
            Expr::Load(request) => Some(*request),
            Expr::Await(inner) => self.load_of(id, *inner),
            Expr::Member(inner, _) => self.load_of(id, *inner),
            _ => None,
        }
    }

    fn want_imported(&mut self, id: ModuleId, request: RequestId, imported: &Imported, from: FunctionAt) {
        let Target::Module(next) = self.program.target(id, request) else {
            return;
        };
        match imported {
            Imported::Default => self.want_export(*next, &ExportName::Default, from),
            Imported::Named(name) => self.want_export(*next, &ExportName::Named(name.clone()), from),
            Imported::Namespace => self.namespace(*next, from),
        }
    }

    /// A module as a whole is at hand: what of it is asked for by name is wanted.
    fn namespace(&mut self, id: ModuleId, from: FunctionAt) {
        if self.namespaces.insert(id, from).is_none() {
            self.todo.push(Work::Namespace(id, from));
        }
    }

    fn known_as_a_whole(&mut self, id: ModuleId, from: FunctionAt) {
        let module = self.module(id);
        for export in &module.exports {
            match &export.name {
                ExportName::Default => self.want_export(id, &ExportName::Default, from),
                ExportName::Whole => self.want_export(id, &ExportName::Whole, from),
                ExportName::Named(name) => self.wait(name, Waiting::Export(id, from)),
                ExportName::Star => {
                    if let Exported::From(request, _) = export.what
                        && let Target::Module(next) = self.program.target(id, request)
                    {
                        self.namespace(*next, from);
                    }
                }
            }
        }
    }

    /// Whoever starts a module may use all that it gives.
    fn all_exports(&mut self, id: ModuleId) {
        let mut seen = BTreeSet::new();
        let mut todo = vec![id];
        while let Some(id) = todo.pop() {
            if !seen.insert(id) {
                continue;
            }
            let from = FunctionAt {
                module: id,
                function: TOP_LEVEL,
            };
            for export in &self.module(id).exports {
                match (&export.name, &export.what) {
                    (ExportName::Star, Exported::From(request, _)) => {
                        if let Target::Module(next) = self.program.target(id, *request) {
                            todo.push(*next);
                        }
                    }
                    (ExportName::Default | ExportName::Whole, Exported::Value(value)) => {
                        self.value(from, *value, Position::Used);
                        self.want_export(id, &export.name, from);
                    }
                    _ => self.want_export(id, &export.name, from),
                }
            }
        }
    }

    fn want_export(&mut self, id: ModuleId, name: &ExportName, from: FunctionAt) {
        if self.wanted_exports.insert((id, name.clone())) {
            self.todo.push(Work::Export(id, name.clone(), from));
        }
    }

    fn wanted_export(&mut self, id: ModuleId, name: &ExportName, from: FunctionAt) {
        let module = self.module(id);
        let mut is_found = false;
        for export in module.exports.iter().filter(|export| export.name == *name) {
            is_found = true;
            match &export.what {
                Exported::Binding(binding) => self.want(id, *binding, from),
                Exported::Value(value) => self.want_value(id, *value, from),
                Exported::From(request, imported) => self.want_imported(id, *request, imported, from),
            }
        }
        if is_found {
            return;
        }
        match name {
            ExportName::Default => self.want_export(id, &ExportName::Whole, from),
            ExportName::Named(_) => {
                self.want_export(id, &ExportName::Whole, from);
                for export in module.exports.iter().filter(|export| export.name == ExportName::Star) {
                    if let Exported::From(request, _) = export.what
                        && let Target::Module(next) = self.program.target(id, request)
                    {
                        self.want_export(*next, name, from);
                    }
                }
            }
            ExportName::Whole | ExportName::Star => {}
        }
    }

    /// A value that something holds is used.
    fn want_value(&mut self, id: ModuleId, expr: ExprId, from: FunctionAt) {
        if self.wanted_values.insert((id, expr)) {
            self.todo.push(Work::Value(id, expr, from));
        }
    }

    fn wanted_value(&mut self, id: ModuleId, expr: ExprId, from: FunctionAt) {
        let module = self.module(id);
        match module.expr(expr) {
            Expr::Function(function) => self.live(
                FunctionAt {
                    module: id,
                    function: *function,
                },
                Some(from),
            ),
            Expr::Class(class) => self.class(id, *class, from),
            Expr::Name(binding) => self.want(id, *binding, from),
            Expr::Object(properties) => {
                for property in properties {
                    match &property.key {
                        Some(key) => self.wait(key, Waiting::Value(id, property.value, from)),
                        None => self.want_value(id, property.value, from),
                    }
                }
            }
            Expr::Conditional(_, then, otherwise) => {
                self.want_value(id, *then, from);
                self.want_value(id, *otherwise, from);
            }
            Expr::Logical(_, left, right) => {
                self.want_value(id, *left, from);
                self.want_value(id, *right, from);
            }
            Expr::Await(inner) | Expr::Spread(inner) | Expr::Assign(_, _, inner) => self.want_value(id, *inner, from),
            Expr::List(items) => items.iter().for_each(|item| self.want_value(id, *item, from)),
            Expr::Call(_, arguments) | Expr::New(_, arguments) => {
                for argument in arguments {
                    self.want_value(id, *argument, from);
                }
            }
            Expr::Load(request) => self.want_imported(id, *request, &Imported::Namespace, from),
            _ => {}
        }
    }

    fn ask(&mut self, name: &'a str, _from: FunctionAt) {
        if !self.asked.insert(name) {
            return;
        }
        if let Some(waiting) = self.waiting.remove(name) {
            for one in waiting {
                self.activate(name, one);
            }
        }
    }

    fn wait(&mut self, name: &str, what: Waiting) {
        if self.asked.contains(name) {
            self.activate(name, what);
        } else {
            self.waiting.entry(name.into()).or_default().push(what);
        }
    }

    fn activate(&mut self, name: &str, what: Waiting) {
        match what {
            Waiting::Function(function, from) => self.live(function, Some(from)),
            Waiting::Value(id, expr, from) => self.want_value(id, expr, from),
            Waiting::Export(id, from) => self.want_export(id, &ExportName::Named(name.into()), from),
        }
    }
}

/// `module.exports`.
fn is_whole(module: &Module, expr: ExprId) -> bool {
    match module.expr(expr) {
        Expr::Member(object, name) => {
            name.as_ref() == "exports"
                && matches!(module.expr(*object), Expr::Global(name) if name.as_ref() == "module")
        }
        _ => false,
    }
}

/// What `exports.x = …` is an assignment to.
fn is_export(module: &Module, object: ExprId) -> bool {
    is_whole(module, object) || matches!(module.expr(object), Expr::Global(name) if name.as_ref() == "exports")
}
