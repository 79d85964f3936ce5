//! Where packages are used: every call, construction, element and mention of something that a package gives.

use std::collections::BTreeMap;
use std::ops::Bound;

use rayon::prelude::*;

use super::handed::{Handed, Handings};
use super::linked::{At, FunctionAt, ModuleId, Program, Target};
use super::module::{
    BindingKind, Exported, Expr, ExprId, FunctionId, Imported, MemberValue, Module, RequestId, RequestKind, Step,
    TOP_LEVEL,
};
use super::values::{Value, path_of};

/// How something of a package is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UseKind {
    /// It is called, also as a template's tag or a decorator.
    Call,
    /// It is constructed with `new`, or extended.
    Construction,
    /// It is an element: `<Image>`.
    Element,
    /// It is handed on without being called: `app.use(cors)`.
    Mention,
    /// The package is loaded for what loading it does: `import "dotenv/config"`.
    Load,
}

/// One use of something that a package gives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// The package, with the path within it: `next/image`.
    pub package: Box<str>,
    /// What of it: names joined by `.`, with `()` behind what was called or constructed. Of a default export, and
    /// of the module itself, it is the empty text. `PrismaClient().user.findMany`, `().use` of an Express application.
    pub path: Box<str>,
    /// How.
    pub kind: UseKind,
    /// The function that does it.
    pub function: FunctionAt,
    /// The expression that does it; `None` for a load.
    pub expr: Option<ExprId>,
    /// The request, of a load or of what is given on.
    pub request: Option<RequestId>,
}

impl Use {
    /// The expression in the program.
    pub fn at(&self) -> Option<At> {
        self.expr.map(|expr| At {
            module: self.function.module,
            expr,
        })
    }
}

/// All uses of packages in a program, by package.
#[derive(Debug, Default)]
pub struct Usage {
    by_package: BTreeMap<Box<str>, Vec<Use>>,
    lost: Vec<Lost>,
    handed: Vec<Handed>,
}

/// A call of a method of something that could not be traced to where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lost {
    /// The method's name.
    pub name: Box<str>,
    /// The function that calls it.
    pub function: FunctionAt,
    /// The call.
    pub expr: ExprId,
}

/// The packages that begin like one of these, in order.
pub(super) fn beginning<'a, T>(all: &'a BTreeMap<Box<str>, T>, beginnings: &[&str]) -> BTreeMap<&'a str, &'a T> {
    let found = beginnings.iter().flat_map(|&beginning| {
        let from = all.range::<str, _>((Bound::Included(beginning), Bound::Unbounded));
        from.take_while(move |(package, _)| package.starts_with(beginning))
    });
    found.map(|(package, one)| (package.as_ref(), one)).collect()
}

impl Usage {
    /// Looks through the whole of a program, whether it is reachable or not.
    pub(super) fn of(program: &Program) -> Self {
        let modules: Vec<(ModuleId, &Module)> = program.modules().map(|(id, linked)| (id, &*linked.module)).collect();
        let collected: Vec<(Vec<Use>, Vec<Lost>, Handings)> = modules
            .into_par_iter()
            .map(|(id, module)| {
                let mut collector = Collector {
                    program,
                    module,
                    id,
                    found: Vec::new(),
                    lost: Vec::new(),
                    handings: Handings::default(),
                };
                collector.collect();
                (collector.found, collector.lost, collector.handings)
            })
            .collect();
        let mut usage = Self::default();
        let mut handings = Vec::with_capacity(collected.len());
        for (found, lost, handing) in collected {
            handings.push(handing);
            for found in found {
                match usage.by_package.get_mut(&found.package) {
                    Some(known) => known.push(found),
                    None => {
                        usage.by_package.insert(found.package.clone(), vec![found]);
                    }
                }
            }
            usage.lost.extend(lost);
        }
        for found in usage.by_package.values_mut() {
            found.sort();
            found.dedup();
        }
        usage.handed = Handings::uses(handings);
        usage
    }

    /// The packages that are used, with their uses, in order.
    pub fn packages(&self) -> impl Iterator<Item = (&str, &[Use])> {
        self.by_package
            .iter()
            .map(|(package, found)| (package.as_ref(), found.as_slice()))
    }

    /// The packages that begin like one of these, with their uses, in order.
    pub fn of_packages<'a>(&'a self, beginnings: &[&str]) -> impl Iterator<Item = (&'a str, &'a [Use])> {
        let found = beginning(&self.by_package, beginnings).into_iter();
        found.map(|(package, uses)| (package, uses.as_slice()))
    }

    /// Calls of methods that could not be traced to a package or to the program, in order.
    pub fn lost(&self) -> &[Lost] {
        &self.lost
    }

    /// Uses of what functions are handed by calls of the program itself, in order.
    pub fn handed(&self) -> &[Handed] {
        &self.handed
    }

    /// Of these, the uses of packages that begin like this.
    pub fn handed_of(&self, beginning: &str) -> &[Handed] {
        // Their order is that of packages first.
        let start = self.handed.partition_point(|handed| *handed.used.package < *beginning);
        let more = &self.handed[start..];
        &more[..more.partition_point(|handed| handed.used.package.starts_with(beginning))]
    }
}

struct Collector<'a> {
    program: &'a Program,
    module: &'a Module,
    id: ModuleId,
    found: Vec<Use>,
    lost: Vec<Lost>,
    handings: Handings,
}

impl Collector<'_> {
    fn collect(&mut self) {
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
                RequestKind::Type | RequestKind::Export | RequestKind::File => false,
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

    /// What an entry gives on without naming it: `export { default } from "next-auth/middleware"`. Who starts it uses it.
    fn given_on(&mut self) {
        if !self.program.is_entry(self.id) {
            return;
        }
        let function = self.at(TOP_LEVEL);
        for export in &self.module.exports {
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

    fn at(&self, function: FunctionId) -> FunctionAt {
        FunctionAt {
            module: self.id,
            function,
        }
    }

    fn expression(&mut self, function: FunctionId, id: ExprId) {
        match self.module.expr(id) {
            Expr::Call(callee, arguments) => {
                let callees = self.values(*callee);
                self.used_as(function, *callee, &callees, id, UseKind::Call);
                self.handed_on(function, arguments);
                self.handed_to(function, &callees, arguments);
            }
            Expr::New(callee, arguments) => {
                self.used(function, *callee, id, UseKind::Construction);
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
            Expr::List(items) => self.handed_on(function, items),
            Expr::Class(class) => self.class(function, *class),
            _ => {}
        }
    }

    /// Decorators run when the class is made; what it extends is used with it.
    fn class(&mut self, function: FunctionId, class: super::module::ClassId) {
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
            if matches!(self.module.expr(value), Expr::Name(_) | Expr::Member(..)) {
                self.used(function, value, value, UseKind::Mention);
            }
        }
    }

    /// What a call of the program's own functions puts into their parameters.
    fn handed_to(&mut self, function: FunctionId, callees: &[Value], arguments: &[ExprId]) {
        let callees: Vec<FunctionAt> = callees
            .iter()
            .filter_map(|value| match value {
                Value::Function(function) => Some(*function),
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

    fn values(&self, expr: ExprId) -> Vec<Value> {
        self.program.values(At { module: self.id, expr })
    }

    fn used(&mut self, function: FunctionId, what: ExprId, at: ExprId, kind: UseKind) {
        if !is_plain(self.module.expr(what)) {
            let values = self.values(what);
            self.used_as(function, what, &values, at, kind);
        }
    }

    fn used_as(&mut self, function: FunctionId, what: ExprId, values: &[Value], at: ExprId, kind: UseKind) {
        if is_plain(self.module.expr(what)) {
            return;
        }
        let at_function = self.at(function);
        if let Expr::Member(_, name) = self.module.expr(what)
            && values.iter().any(is_lost)
        {
            self.lost.push(Lost {
                name: name.clone(),
                function: at_function,
                expr: at,
            });
        }
        for value in values {
            self.handings.use_of(value, kind, at_function, at);
            if let Some((package, path)) = path_of(value) {
                self.found.push(Use {
                    package,
                    path: path.into(),
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
fn is_plain(expr: &Expr) -> bool {
    matches!(expr, Expr::Text(_) | Expr::Function(_) | Expr::Global(_))
}

/// Whether a value could be anything.
fn is_lost(value: &Value) -> bool {
    match value {
        Value::Unknown(_) | Value::Parameter(..) => true,
        Value::Member(of, _) | Value::Result(of, _) => is_lost(of),
        _ => false,
    }
}

fn joined(name: &str, path: &str) -> Box<str> {
    if path.is_empty() {
        name.into()
    } else {
        format!("{name}/{path}").into()
    }
}
