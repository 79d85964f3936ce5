//! What live code asks for: names, exports, members, classes.

use std::collections::BTreeSet;

use crate::program::linked::{At, FunctionAt, ModuleId, Target};
use crate::program::module::{
    BindingId, BindingKind, ClassId, ExportName, Exported, Expr, ExprId, FunctionId, Imported, MemberValue, RequestId,
    TOP_LEVEL,
};
use crate::program::values::Value;

use super::walk::{Position, Waiting, Walk, Work};

/// Methods of decorated classes that Nest, or TypeORM of its subscribers, calls by their names, without a decorator of
/// their own.
pub(in crate::program) const HOOKS: [&str; 20] = [
    "afterInsert",
    "afterLoad",
    "afterUpdate",
    "beforeApplicationShutdown",
    "beforeInsert",
    "beforeRemove",
    "beforeUpdate",
    "canActivate",
    "catch",
    "configure",
    "deserializeUser",
    "handleConnection",
    "intercept",
    "onApplicationBootstrap",
    "onApplicationShutdown",
    "onModuleDestroy",
    "onModuleInit",
    "serializeUser",
    "transform",
    "use",
];

impl<'a> Walk<'a> {
    /// A class is used: its constructor runs, its methods wait to be asked for.
    pub(super) fn class(&mut self, id: ModuleId, class: ClassId, from: FunctionAt) {
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
        let is_unasked = self.program.is_unasked((id, class));
        for member in &known.members {
            match (&member.name, member.value) {
                (Some(_), MemberValue::Method(_)) if is_unasked => {}
                (Some(name), MemberValue::Method(function))
                    if !known.decorators.is_empty() && HOOKS.contains(&name.as_ref()) =>
                {
                    self.live(at(function), Some(from));
                }
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

    /// What a framework hands to constructors by their types: methods wait to be asked for by name.
    pub(super) fn injected(&mut self, id: ModuleId, class: ClassId, from: FunctionAt) {
        if self.program.is_unasked((id, class)) {
            return;
        }
        let members = &self.module(id).class(class).members;
        for member in members.iter().filter(|member| member.decorators.is_empty()) {
            if let (Some(name), MemberValue::Method(function)) = (&member.name, member.value) {
                let method = FunctionAt { module: id, function };
                self.wait(name, Waiting::Function(method, from));
            }
        }
    }

    /// What a method asks of its own object: the other methods of its class, and of those that it extends. The object was
    /// made before, so its constructor is none of them.
    pub(super) fn own_class(&mut self, function: FunctionAt) {
        let module = self.module(function.module);
        let span = &module.function(function.function).span;
        let classes = (0_u32..).zip(&module.classes);
        let around = classes.filter(|(_, class)| class.span.start <= span.start && span.end <= class.span.end);
        let mut todo: Vec<(ModuleId, ClassId)> = around.map(|(index, _)| (function.module, ClassId(index))).collect();
        let mut seen = BTreeSet::new();
        while let Some((id, class)) = todo.pop() {
            if !seen.insert((id, class)) {
                continue;
            }
            let known = self.module(id).class(class);
            for member in &known.members {
                match (&member.name, member.value) {
                    (Some(name), MemberValue::Method(method)) => {
                        let method = FunctionAt {
                            module: id,
                            function: method,
                        };
                        self.wait(name, Waiting::Function(method, function));
                    }
                    (Some(name), MemberValue::Field(Some(value))) => {
                        self.wait(name, Waiting::Value(id, value, function));
                    }
                    _ => {}
                }
            }
            let bases = known.extends.map(|expr| self.program.values(At { module: id, expr }));
            todo.extend(bases.into_iter().flatten().filter_map(|base| match base {
                Value::Class(id, class) => Some((id, class)),
                _ => None,
            }));
        }
    }

    pub(super) fn extends_ours(&self, id: ModuleId, extends: Option<ExprId>) -> bool {
        let Some(expr) = extends else { return true };
        let values = self.program.values(At { module: id, expr });
        values.iter().any(|value| matches!(value, Value::Class(..)))
    }

    /// A name is mentioned by live code.
    pub(super) fn want(&mut self, id: ModuleId, binding: BindingId, from: FunctionAt) {
        if self.wanted.insert((id, binding)) {
            self.todo.push(Work::Binding(id, binding, from));
        }
    }

    pub(super) fn wanted(&mut self, id: ModuleId, binding: BindingId, from: FunctionAt) {
        self.served(id, binding);
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
    pub(super) fn load_of(&self, id: ModuleId, expr: ExprId) -> Option<RequestId> {
        let module = self.module(id);
        match module.expr(expr) {
            Expr::Load(request) => Some(*request),
            Expr::Await(inner) => self.load_of(id, *inner),
            Expr::Member(inner, _) => self.load_of(id, *inner),
            _ => None,
        }
    }

    pub(super) fn want_imported(&mut self, id: ModuleId, request: RequestId, imported: &Imported, from: FunctionAt) {
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
    pub(super) fn namespace(&mut self, id: ModuleId, from: FunctionAt) {
        if self.namespaces.insert(id, from).is_none() {
            self.todo.push(Work::Namespace(id, from));
        }
    }

    pub(super) fn known_as_a_whole(&mut self, id: ModuleId, from: FunctionAt) {
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

    /// What a runtime takes of a file that it is told to run: an application that it serves.
    pub(super) fn default_export(&mut self, id: ModuleId) {
        let from = FunctionAt {
            module: id,
            function: TOP_LEVEL,
        };
        for export in &self.module(id).exports {
            if let ExportName::Default | ExportName::Whole = export.name {
                if let Exported::Value(value) = export.what {
                    self.value(from, value, Position::Used);
                }
                self.want_export(id, &export.name, from);
            }
        }
    }

    /// Whoever starts a module may use all that it gives.
    pub(super) fn all_exports(&mut self, id: ModuleId) {
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

    pub(super) fn want_export(&mut self, id: ModuleId, name: &ExportName, from: FunctionAt) {
        if self.wanted_exports.insert((id, name.clone())) {
            self.todo.push(Work::Export(id, name.clone(), from));
        }
    }

    pub(super) fn wanted_export(&mut self, id: ModuleId, name: &ExportName, from: FunctionAt) {
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
    pub(super) fn want_value(&mut self, id: ModuleId, expr: ExprId, from: FunctionAt) {
        if self.wanted_values.insert((id, expr)) {
            self.todo.push(Work::Value(id, expr, from));
        }
    }

    pub(super) fn wanted_value(&mut self, id: ModuleId, expr: ExprId, from: FunctionAt) {
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
            Expr::Call(callee, arguments) | Expr::New(callee, arguments) => {
                self.want_value(id, *callee, from);
                for argument in arguments {
                    self.want_value(id, *argument, from);
                }
            }
            // `const check = Database.check` asks for the method, where nobody else may.
            Expr::Member(object, name) => {
                self.ask(name, from);
                self.want_value(id, *object, from);
            }
            Expr::Load(request) => self.want_imported(id, *request, &Imported::Namespace, from),
            _ => {}
        }
    }

    /// Something is asked for a property by a computed name: `handlers[kind]`.
    pub(super) fn any_of(&mut self, object: At, from: FunctionAt) {
        let module = self.module(object.module);
        let may_hold = match module.expr(object.expr) {
            // Lists hold most of what has numbers, and what a function is given is looked for where it is held.
            Expr::Name(binding) => match &module.binding(*binding).kind {
                BindingKind::Import(..) => true,
                BindingKind::Constant | BindingKind::Variable => {
                    let given = &module.binding(*binding).given;
                    given.iter().filter_map(|given| given.value).any(|value| {
                        matches!(
                            module.expr(value),
                            Expr::Object(_) | Expr::Load(_) | Expr::Await(_) | Expr::New(..) | Expr::Call(..)
                        )
                    })
                }
                BindingKind::Parameter(_) | BindingKind::Function(_) | BindingKind::Class(_) | BindingKind::Other => {
                    false
                }
            },
            Expr::Member(..) | Expr::This | Expr::Load(_) => true,
            _ => false,
        };
        if !may_hold {
            return;
        }
        for value in self.program.values(object) {
            match value {
                Value::Object(held) => {
                    if let Expr::Object(properties) = self.module(held.module).expr(held.expr) {
                        for property in properties {
                            self.want_value(held.module, property.value, from);
                        }
                    }
                }
                Value::Module(id) => {
                    for export in &self.module(id).exports {
                        self.want_export(id, &export.name, from);
                    }
                }
                Value::Instance(id, class) | Value::Class(id, class) => {
                    for member in &self.module(id).class(class).members {
                        if let MemberValue::Method(function) = member.value {
                            self.live(FunctionAt { module: id, function }, Some(from));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn ask(&mut self, name: &'a str, _from: FunctionAt) {
        if !self.asked.insert(name) {
            return;
        }
        if let Some(waiting) = self.waiting.remove(name) {
            for one in waiting {
                self.activate(name, one);
            }
        }
    }

    pub(super) fn wait(&mut self, name: &str, what: Waiting) {
        if self.asked.contains(name) {
            self.activate(name, what);
        } else {
            self.waiting.entry(name.into()).or_default().push(what);
        }
    }

    pub(super) fn activate(&mut self, name: &str, what: Waiting) {
        match what {
            Waiting::Function(function, from) => self.live(function, Some(from)),
            Waiting::Value(id, expr, from) => self.want_value(id, expr, from),
            Waiting::Export(id, from) => self.want_export(id, &ExportName::Named(name.into()), from),
        }
    }
}
