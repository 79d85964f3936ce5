//! What one module uses: each of its expressions is looked at once.

use std::sync::Arc;

use crate::text::HashSet;

use crate::program::handed::Handings;
use crate::program::linked::{At, FunctionAt, ModuleId, Program, Target};
use crate::program::module::{
    BindingKind, ClassId, ExportName, Exported, Expr, ExprId, FunctionId, Imported, MemberValue, Module, RequestId,
    RequestKind, Step, TOP_LEVEL,
};
use crate::program::values::{Value, Values, path_of};

use super::together::is_awaited_together;
use super::{Lost, Use, UseKind, is_given, platform};

pub(super) struct Collector<'a> {
    pub(super) program: &'a Program,
    pub(super) module: &'a Module,
    pub(super) id: ModuleId,
    pub(super) found: Vec<Use>,
    pub(super) lost: Vec<Lost>,
    pub(super) handings: Handings,
    /// The paths that were found: most come again.
    pub(super) paths: HashSet<Arc<str>>,
}

impl Collector<'_> {
    fn path(&mut self, path: String) -> Arc<str> {
        if let Some(known) = self.paths.get(path.as_str()) {
            return Arc::clone(known);
        }
        let path: Arc<str> = path.into();
        self.paths.insert(Arc::clone(&path));
        path
    }

    pub(super) fn collect(&mut self) {
        self.loads();
        self.given_on();
        for index in 0..self.module.functions.len() {
            let Ok(index) = u32::try_from(index) else { return };
            let function = FunctionId(index);
            let mut seen: Vec<ExprId> = Vec::new();
            self.module.each_expr(function, &mut |expr| seen.push(expr));
            for expr in seen {
                self.expression(function, expr);
            }
            self.returned(function);
        }
    }

    /// Packages that are loaded without a name for what they give.
    fn loads(&mut self) {
        let bound: Vec<RequestId> = self
            .module
            .bindings
            .iter()
            .filter_map(|binding| match &binding.kind {
                BindingKind::Import(request, _) => Some(*request),
                _ => None,
            })
            .collect();
        for (index, request) in self.module.requests.iter().enumerate() {
            let Ok(index) = u32::try_from(index) else { return };
            let id = RequestId(index);
            let is_effect = match request.kind {
                RequestKind::Import => !bound.contains(&id),
                RequestKind::Require | RequestKind::Dynamic => self.is_only_done(request.function, id),
                RequestKind::Unused | RequestKind::Type | RequestKind::Export | RequestKind::File => false,
            };
            if is_effect && let Target::Package(name, path) = self.program.target(self.id, id) {
                let package = joined(name, path);
                let function = self.at(request.function);
                self.found.push(Use {
                    package,
                    path: "".into(),
                    kind: UseKind::Load,
                    function,
                    expr: None,
                    request: Some(id),
                });
            }
        }
    }

    /// What an entry gives on without naming it: `export { default } from "next-auth/middleware"`. A framework that calls
    /// what an entry gives uses it, a runtime its default. What a package gives on to others is used where these call it.
    fn given_on(&mut self) {
        let (is_started, is_called) = (
            self.program.is_entry(self.id),
            self.program.is_called_by_its_host(self.id),
        );
        let function = self.at(TOP_LEVEL);
        for export in self.module.exports.iter().filter(|_| is_started) {
            match export.name {
                ExportName::Named(_) if is_called => {}
                ExportName::Default | ExportName::Whole => {}
                // Of all that another gives nothing is named.
                ExportName::Named(_) | ExportName::Star => continue,
            }
            let (request, imported) = match &export.what {
                Exported::From(request, imported) => (*request, imported),
                Exported::Binding(binding) => match &self.module.binding(*binding).kind {
                    BindingKind::Import(request, imported) => (*request, imported),
                    _ => continue,
                },
                Exported::Value(_) => continue,
            };
            let Target::Package(name, within) = self.program.target(self.id, request) else {
                continue;
            };
            self.found.push(Use {
                package: joined(name, within),
                path: match imported {
                    Imported::Default | Imported::Namespace => "".into(),
                    Imported::Named(name) => name.clone(),
                },
                kind: UseKind::Mention,
                function,
                expr: None,
                request: Some(request),
            });
        }
    }

    fn is_only_done(&self, function: FunctionId, request: RequestId) -> bool {
        let is_load = |expr: ExprId| matches!(self.module.expr(expr), Expr::Load(id) if *id == request);
        self.module.function(function).steps.iter().any(|step| match step {
            Step::Do(expr) => match self.module.expr(*expr) {
                Expr::Await(inner) => is_load(*inner),
                _ => is_load(*expr),
            },
            _ => false,
        })
    }

    pub(super) fn at(&self, function: FunctionId) -> FunctionAt {
        FunctionAt {
            module: self.id,
            function,
        }
    }

    fn expression(&mut self, function: FunctionId, id: ExprId) {
        match self.module.expr(id) {
            Expr::Call(callee, arguments) => {
                match self.module.expr(*callee) {
                    // What it is has no properties and no package, and yet it may be a function that is handed something.
                    Expr::Function(_) => self.handed_to(function, self.values(*callee), arguments),
                    _ if is_plain(self.module, *callee) => {}
                    _ => {
                        let callees = self.values(*callee);
                        self.used_as(function, *callee, &callees, id, UseKind::Call);
                        self.handed_to(function, callees, arguments);
                        self.transacted(function, *callee, arguments);
                    }
                }
                self.registered(function, id);
                let made = self.given_made(*callee, arguments);
                self.handed_on(function, &made);
            }
            Expr::New(callee, arguments) => {
                if !is_plain(self.module, *callee) {
                    let callees = self.values(*callee);
                    self.used_as(function, *callee, &callees, id, UseKind::Construction);
                    self.handed_to(function, callees, arguments);
                }
                self.handed_on(function, arguments);
            }
            Expr::Tagged(tag, _, _) => self.used(function, *tag, id, UseKind::Call),
            Expr::Jsx(tag, attributes, _) => {
                self.used(function, *tag, id, UseKind::Element);
                let values: Vec<ExprId> = attributes.iter().map(|attribute| attribute.value).collect();
                self.handed_on(function, &values);
            }
            Expr::Object(properties) => {
                let values: Vec<ExprId> = properties.iter().map(|property| property.value).collect();
                self.handed_on(function, &values);
            }
            // `await Promise.all([import("a"), import("b")])` loads them; whoever takes them out of the list uses them.
            Expr::List(items) => {
                let is_load = |item: &ExprId| matches!(self.module.expr(*item), Expr::Load(_));
                if !items.iter().any(is_load) || !is_awaited_together(self.module, id) {
                    self.handed_on(function, items);
                }
            }
            Expr::Class(class) => self.class(function, *class),
            _ => {}
        }
    }

    /// Decorators run when the class is made; what it extends is used with it.
    fn class(&mut self, function: FunctionId, class: ClassId) {
        let class = self.module.class(class);
        if let Some(extended) = class.extends {
            self.used(function, extended, extended, UseKind::Construction);
        }
        let of_members = class.members.iter().flat_map(|member| &member.decorators);
        let decorators: Vec<ExprId> = class.decorators.iter().chain(of_members).copied().collect();
        for decorator in decorators {
            let mut parts = Vec::new();
            self.module.each_part(decorator, &mut |part| parts.push(part));
            for part in parts {
                self.expression(function, part);
            }
            if !matches!(self.module.expr(decorator), Expr::Call(..)) {
                self.used(function, decorator, decorator, UseKind::Call);
            }
        }
        for member in &class.members {
            if let MemberValue::Field(Some(value)) = member.value {
                self.handed_on(class.constructor.unwrap_or(TOP_LEVEL), &[value]);
            }
        }
    }

    fn returned(&mut self, function: FunctionId) {
        let returned: Vec<ExprId> = self
            .module
            .function(function)
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::Return(Some(expr)) => Some(*expr),
                _ => None,
            })
            .collect();
        self.handed_on(function, &returned);
    }

    fn handed_on(&mut self, function: FunctionId, values: &[ExprId]) {
        for value in values {
            let value = match self.module.expr(*value) {
                Expr::Spread(inner) => *inner,
                _ => *value,
            };
            // `app.register(import("@fastify/helmet"))`.
            let is_load = |expr: ExprId| matches!(self.module.expr(expr), Expr::Load(_));
            let is_loaded = match self.module.expr(value) {
                Expr::Await(inner) => is_load(*inner),
                _ => is_load(value),
            };
            if is_loaded || matches!(self.module.expr(value), Expr::Name(_) | Expr::Member(..)) {
                self.used(function, value, value, UseKind::Mention);
            }
        }
    }

    /// What a call of the program's own functions puts into their parameters.
    fn handed_to(&mut self, function: FunctionId, callees: Values, arguments: &[ExprId]) {
        if arguments.is_empty() {
            return;
        }
        let callees: Vec<FunctionAt> = self
            .program
            .where_called(callees)
            .into_iter()
            .filter_map(|value| match value {
                Value::Function(function) => Some(function),
                Value::Class(module, class) => self.constructor(module, class),
                _ => None,
            })
            .collect();
        if callees.is_empty() {
            return;
        }
        let from = self.at(function);
        // Behind a spread nobody knows which argument is which.
        let told = arguments
            .iter()
            .take_while(|argument| !matches!(self.module.expr(**argument), Expr::Spread(_)));
        for (argument, index) in told.zip(0_u32..) {
            let given = self.values(*argument);
            for callee in &callees {
                self.handings.give(*callee, index, from, &given);
            }
        }
    }

    /// `client.$transaction(async (tx) => …)`: what the function is handed is the client in a transaction.
    fn transacted(&mut self, function: FunctionId, callee: ExprId, arguments: &[ExprId]) {
        let (Expr::Member(object, name), Some(first)) = (self.module.expr(callee), arguments.first()) else {
            return;
        };
        let Expr::Function(within) = self.module.expr(*first) else {
            return;
        };
        if matches!(name.as_ref(), "$transaction" | "transaction" | "withTransaction") {
            let (callee, from) = (self.at(*within), self.at(function));
            self.handings.give(callee, 0, from, &self.values(*object));
        }
    }

    /// What runs when a class is made: its own constructor, or that of what it extends.
    fn constructor(&self, mut module: ModuleId, mut class: ClassId) -> Option<FunctionAt> {
        for _ in 0..8 {
            let known = self.program.module(module).class(class);
            if let Some(function) = known.constructor {
                return Some(FunctionAt { module, function });
            }
            let expr = known.extends?;
            let bases = self.program.values(At { module, expr });
            (module, class) = bases.iter().find_map(|base| match base {
                Value::Class(module, class) => Some((*module, *class)),
                _ => None,
            })?;
        }
        None
    }

    /// The name by which something is used.
    fn name_of(&self, what: ExprId) -> Option<Arc<str>> {
        match self.module.expr(what) {
            Expr::Member(_, name) => Some(name.clone()),
            Expr::Name(binding) => Some(self.module.binding(*binding).name.clone()),
            _ => None,
        }
    }

    fn is_of_platform(&self, what: ExprId, at: ExprId) -> bool {
        let arguments = match self.module.expr(at) {
            Expr::Call(_, arguments) => &arguments[..],
            _ => &[],
        };
        match self.module.expr(what) {
            Expr::Member(object, name) => platform::is_of_platform(self.module, *object, name, arguments),
            _ => false,
        }
    }

    fn values(&self, expr: ExprId) -> Values {
        self.program.few_values(At { module: self.id, expr })
    }

    fn used(&mut self, function: FunctionId, what: ExprId, at: ExprId, kind: UseKind) {
        if !is_plain(self.module, what) && !is_own(self.module, what) {
            let values = self.values(what);
            self.used_as(function, what, &values, at, kind);
        }
    }

    fn used_as(&mut self, function: FunctionId, what: ExprId, values: &[Value], at: ExprId, kind: UseKind) {
        let at_function = self.at(function);
        let is_platform = self.is_of_platform(what, at);
        if let Expr::Member(_, name) = self.module.expr(what)
            && !is_platform
            && values.iter().any(is_lost)
            && !is_defaulted(values)
        {
            self.lost.push(Lost {
                name: name.clone(),
                function: at_function,
                expr: at,
            });
        }
        // What has no name is not asked after where it could not be told.
        let name = self.name_of(what).filter(|_| !is_platform && !is_defaulted(values));
        for value in values {
            self.handings.use_of(value, name.as_ref(), kind, (at_function, at));
            if let Some((package, path)) = path_of(value).filter(|(package, path)| is_given(package, path)) {
                let path = self.path(path);
                self.found.push(Use {
                    package,
                    path,
                    kind,
                    function: at_function,
                    expr: Some(at),
                    request: None,
                });
            }
        }
    }
}

/// Whether an expression says itself that it is nothing of a package.
fn is_plain(module: &Module, expr: ExprId) -> bool {
    match module.expr(expr) {
        Expr::Text(_) | Expr::Function(_) | Expr::Global(_) => true,
        Expr::Member(of, _) => is_of_runtime(module, *of),
        _ => false,
    }
}

/// Whether it is the name of a function or class of the module, which is nothing of a package and given by nobody.
fn is_own(module: &Module, expr: ExprId) -> bool {
    let Expr::Name(binding) = module.expr(expr) else {
        return false;
    };
    let binding = module.binding(*binding);
    match binding.kind {
        BindingKind::Function(_) => binding.given.is_empty(),
        BindingKind::Class(_) => true,
        _ => false,
    }
}

/// Whether it is something that the runtime has, or a property of that: `console`, `Math.max`.
fn is_of_runtime(module: &Module, mut expr: ExprId) -> bool {
    loop {
        match module.expr(expr) {
            Expr::Global(_) | Expr::Meta(_) => return true,
            Expr::Member(of, _) => expr = *of,
            _ => return false,
        }
    }
}

/// Whether a value could be anything.
fn is_lost(value: &Value) -> bool {
    match value {
        Value::Unknown(_) | Value::Parameter(..) => true,
        Value::Member(of, _) | Value::Result(of, _) => is_lost(of),
        _ => false,
    }
}

/// Whether something is called that is handed in, or the program's own where nothing is: `users ?? new Users()`. What may be
/// handed in instead is of the same kind.
fn is_defaulted(values: &[Value]) -> bool {
    fn is_handed_in(value: &Value) -> bool {
        match value {
            Value::Parameter(..) => true,
            Value::Member(of, _) | Value::Result(of, _) => is_handed_in(of),
            _ => false,
        }
    }
    values.iter().any(|value| matches!(value, Value::Function(_)))
        && values.iter().all(|value| !is_lost(value) || is_handed_in(value))
}

fn joined(name: &str, path: &str) -> Arc<str> {
    if path.is_empty() {
        name.into()
    } else {
        format!("{name}/{path}").into()
    }
}
