//! Following an expression.

use std::sync::Arc;

use smallvec::smallvec;

use crate::program::linked::{At, FunctionAt, ModuleId, Program, Target};
use crate::program::module::constant::known_alone;
use crate::program::module::{
    Binding, BindingKind, ClassId, ExportName, Expr, ExprId, Imported, Logical, Module, RequestId, Step,
};

use super::names::Names;
use super::proxy::is_proxy;
use super::{Literal, Value, Values};

/// Following stops here: longer ways are not written by hand, and some are cycles.
pub(super) const DEEPEST: u32 = 24;
/// One question, and each name on its way, looks at so many expressions at most: ways that fork at every step are not worth
/// following.
pub(super) const FUEL: u32 = 1_500;
/// As many names and calls stand behind what a value comes from.
const LONGEST: usize = 40;
/// So many different values say as little as one that is unknown.
const MOST: usize = 12;

/// One question.
pub(super) struct Search<'a> {
    pub(super) program: &'a Program,
    /// How deep this is within the name that is looked at.
    pub(super) depth: u32,
    /// How many expressions may still be looked at for that name.
    pub(super) fuel: u32,
    /// The names on the way to here.
    pub(super) names: Names,
}

impl<'a> Search<'a> {
    pub(super) fn new(program: &'a Program) -> Self {
        Self {
            program,
            depth: 0,
            fuel: FUEL,
            names: Names::default(),
        }
    }

    pub(super) fn module(&self, id: ModuleId) -> &'a Module {
        self.program.module(id)
    }

    pub(super) fn expr(&mut self, at: At) -> Values {
        if self.depth >= DEEPEST || self.fuel == 0 {
            return smallvec![Value::Unknown(at)];
        }
        self.fuel -= 1;
        self.depth += 1;
        let found = self.expr_within(at);
        self.depth -= 1;
        settled(found, at)
    }

    pub(super) fn expr_within(&mut self, at: At) -> Values {
        let here = |expr: ExprId| At {
            module: at.module,
            expr,
        };
        let module = self.module(at.module);
        match module.expr(at.expr) {
            Expr::Text(text) => smallvec![Value::Literal(Literal::Text(text.clone()))],
            Expr::Number(number) => smallvec![Value::Literal(Literal::Number(*number))],
            Expr::Bool(value) => smallvec![Value::Literal(Literal::Bool(*value))],
            Expr::Null => smallvec![Value::Literal(Literal::Null)],
            Expr::Undefined => smallvec![Value::Literal(Literal::Undefined)],
            Expr::Name(binding) => self.binding(at, *binding),
            Expr::Global(_) | Expr::Member(..) if module.is_exports(at.expr) => smallvec![Value::Module(at.module)],
            Expr::Global(name) => smallvec![Value::Global(name.clone())],
            Expr::Meta(name) => smallvec![Value::Global(name.clone())],
            Expr::Member(object, name) => self.member_expr(at, *object, name),
            Expr::Index(object, index) => {
                let index = self.expr(here(*index));
                match index.as_slice() {
                    [Value::Literal(Literal::Text(name))] => {
                        let name = name.clone();
                        self.member_expr(at, *object, &name)
                    }
                    [Value::Literal(Literal::Number(number))] => {
                        let name = number.to_string().into();
                        self.member_expr(at, *object, &name)
                    }
                    _ => smallvec![Value::Unknown(at)],
                }
            }
            Expr::Call(callee, _) if is_then(module, *callee) => {
                let given = self.argument(at, 0).into_iter();
                given.flat_map(|function| self.called(function, at)).collect()
            }
            Expr::Call(callee, arguments) if is_configured(module, *callee, arguments) => {
                self.configured(at.module, arguments)
            }
            Expr::Call(callee, _) => {
                let callees = self.expr(here(*callee));
                callees.into_iter().flat_map(|callee| self.called(callee, at)).collect()
            }
            Expr::New(callee, arguments) if is_proxy(module, *callee) => self.behind_proxy(at, arguments),
            Expr::New(callee, _) => {
                let callees = self.expr(here(*callee)).into_iter();
                // `const Users = require("./users")`.
                let callees: Values = callees
                    .flat_map(|callee| match callee {
                        Value::Module(id) => self.export(id, &ExportName::Default),
                        other => smallvec![other],
                    })
                    .collect();
                let made = callees.into_iter().map(|callee| match callee {
                    Value::Class(module, class) => Value::Instance(module, class),
                    Value::Function(_) | Value::Unknown(_) => Value::Unknown(at),
                    other => Value::Result(Arc::new(other), at),
                });
                made.collect()
            }
            Expr::Tagged(tag, _, _) => {
                let tags = self.expr(here(*tag));
                tags.into_iter().map(|tag| Value::Result(Arc::new(tag), at)).collect()
            }
            Expr::Load(request) => self.target(at, *request, &Imported::Namespace),
            Expr::Function(function) => smallvec![Value::Function(FunctionAt {
                module: at.module,
                function: *function,
            })],
            Expr::Class(class) => smallvec![Value::Class(at.module, *class)],
            Expr::Object(_) => smallvec![Value::Object(at)],
            Expr::List(_) => smallvec![Value::List(at)],
            Expr::Jsx(..) => smallvec![Value::Element(at)],
            Expr::Await(inner) | Expr::Assign(_, _, inner) => self.expr(here(*inner)),
            Expr::Logical(Logical::And, _, right) => self.expr(here(*right)),
            Expr::Logical(_, left, right) => {
                let mut found = self.expr(here(*left));
                found.retain(|value| {
                    !matches!(
                        value,
                        Value::Literal(Literal::Null | Literal::Undefined | Literal::Bool(false))
                    )
                });
                found.extend(self.expr(here(*right)));
                found
            }
            Expr::Conditional(test, then, otherwise) => match self.in_production(here(*test)) {
                Some(true) => self.expr(here(*then)),
                Some(false) => self.expr(here(*otherwise)),
                None => {
                    let mut found = self.expr(here(*then));
                    found.extend(self.expr(here(*otherwise)));
                    found
                }
            },
            Expr::Sequence(parts) => match parts.last() {
                Some(last) => self.expr(here(*last)),
                None => Values::new(),
            },
            Expr::This => self.this(at),
            Expr::Template(..)
            | Expr::Regex(_)
            | Expr::Super
            | Expr::Spread(_)
            | Expr::Yield(_)
            | Expr::Binary(..)
            | Expr::Unary(..)
            | Expr::Pattern(_)
            | Expr::Other(_) => smallvec![Value::Unknown(at)],
        }
    }

    /// What a condition is in production that a function or a name of another module tells: `isDevelopment() ? …`. What one
    /// module tells alone was settled when it was read.
    fn in_production(&mut self, test: At) -> Option<bool> {
        let module = self.module(test.module);
        let here = |expr: ExprId| At { expr, ..test };
        match module.expr(test.expr) {
            Expr::Unary("!", inner) => Some(!self.in_production(here(*inner))?),
            Expr::Call(callee, arguments) if arguments.is_empty() => {
                let callees = self.expr(here(*callee));
                let [Value::Function(function)] = callees.as_slice() else {
                    return None;
                };
                let there = self.module(function.module);
                match there.function(function.function).steps.as_slice() {
                    [Step::Return(Some(said))] => known_alone(there, *said),
                    _ => None,
                }
            }
            Expr::Name(binding) if matches!(module.binding(*binding).kind, BindingKind::Import(..)) => {
                match self.expr(test).as_slice() {
                    [Value::Unknown(at)] if *at != test => known_alone(self.module(at.module), at.expr),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What the environment sets under a name, or the default beside it.
    fn configured(&mut self, module: ModuleId, arguments: &[ExprId]) -> Values {
        let mut found = Values::new();
        for argument in arguments {
            match (self.module(module).expr(*argument), found.is_empty()) {
                (Expr::Text(name), true) => found.push(Value::Environment(name.clone())),
                // `{ infer: true }` is for the compiler, and no default.
                (Expr::Object(options), false) if options.iter().any(|one| one.key.as_deref() == Some("infer")) => {}
                (_, _) => found.extend(self.expr(At {
                    module,
                    expr: *argument,
                })),
            }
        }
        found
    }

    /// The class around a method, seen through arrows; outside of all, what the module gives.
    pub(super) fn this(&self, at: At) -> Values {
        let module = self.module(at.module);
        let span = module.span(at.expr);
        let around = module
            .classes
            .iter()
            .enumerate()
            .filter(|(_, class)| class.span.start <= span.start && span.end <= class.span.end)
            .min_by_key(|(_, class)| class.span.len());
        match around.and_then(|(index, _)| u32::try_from(index).ok()) {
            Some(index) => smallvec![Value::Instance(at.module, ClassId(index))],
            None if module.is_of_module(at.expr) => smallvec![Value::Module(at.module)],
            None => smallvec![Value::Unknown(at)],
        }
    }

    pub(super) fn given(&mut self, at: At, binding: &Binding) -> Values {
        let mut found = Values::new();
        for given in &binding.given {
            match given.value {
                None => found.push(Value::Unknown(at)),
                Some(expr) => {
                    let mut values = self.expr(At {
                        module: at.module,
                        expr,
                    });
                    for name in &given.path {
                        values = self.members(values, name, at);
                    }
                    found.extend(values);
                }
            }
            if let Some(expr) = given.default {
                found.extend(self.expr(At {
                    module: at.module,
                    expr,
                }));
            }
        }
        if found.is_empty() {
            found.push(Value::Unknown(at));
        }
        found
    }

    pub(super) fn parameter(&mut self, at: At, binding: &Binding, index: u32) -> Values {
        let loaded = binding.given.first().and_then(|given| given.value);
        let mut values: Values = match loaded {
            // `import("x").then((x) => …)`
            Some(expr) => self.expr(At {
                module: at.module,
                expr,
            }),
            None => smallvec![Value::Parameter(
                FunctionAt {
                    module: at.module,
                    function: binding.function,
                },
                index,
            )],
        };
        if let Some(given) = binding.given.first() {
            for name in &given.path {
                values = self.members(values, name, at);
            }
            if let Some(expr) = given.default {
                values.extend(self.expr(At {
                    module: at.module,
                    expr,
                }));
            }
        }
        values
    }

    pub(super) fn target(&mut self, at: At, request: RequestId, imported: &Imported) -> Values {
        match self.program.target(at.module, request) {
            Target::Module(id) => match imported {
                Imported::Namespace => smallvec![Value::Module(*id)],
                Imported::Default => self.export(*id, &ExportName::Default),
                Imported::Named(name) => self.export(*id, &ExportName::Named(name.clone())),
            },
            Target::Package(name, within) => {
                let package = if within.is_empty() {
                    name.clone()
                } else {
                    format!("{name}/{within}").into()
                };
                smallvec![of_package(package, imported)]
            }
            Target::Builtin(name) => smallvec![of_package(format!("node:{name}").into(), imported)],
            Target::File(_) | Target::Erased | Target::Missing(_) | Target::Unresolved(_) => {
                smallvec![Value::Unknown(at)]
            }
        }
    }
}

/// `import("x").then`.
fn is_then(module: &Module, callee: ExprId) -> bool {
    matches!(module.expr(callee), Expr::Member(load, name)
        if name.as_ref() == "then" && matches!(module.expr(*load), Expr::Load(_)))
}

fn of_package(package: Arc<str>, imported: &Imported) -> Value {
    match imported {
        Imported::Default | Imported::Namespace => Value::Package(package, Arc::default()),
        Imported::Named(name) => Value::Package(package, [name.clone()].into()),
    }
}

/// Whether more is taken out of a value than anybody writes.
fn is_deep(value: &Value) -> bool {
    let (mut value, mut depth) = (value, 0);
    while let Value::Result(of, _) | Value::Member(of, _) = value {
        (value, depth) = (of.as_ref(), depth + 1);
    }
    let within = match value {
        Value::Package(_, path) => path.len(),
        _ => 0,
    };
    depth + within > LONGEST
}

/// Each value once; too many say nothing.
fn settled(mut found: Values, at: At) -> Values {
    if matches!(found.as_slice(), [one] if !is_deep(one)) {
        return found;
    }
    let mut kept = 0;
    for index in 0..found.len() {
        // What is kept for a name starts at depth 0 again where the name is used: a row of names grows without end.
        if is_deep(&found[index]) {
            found[index] = Value::Unknown(at);
        }
        if kept <= MOST && !found[..kept].contains(&found[index]) {
            found.swap(kept, index);
            kept += 1;
        }
    }
    found.truncate(kept);
    if found.len() > MOST {
        found.truncate(MOST);
        found.push(Value::Unknown(at));
    }
    if found.is_empty() {
        found.push(Value::Unknown(at));
    }
    found
}

/// `config.get("X")`, `this.config.getOrThrow("X")`, `app.get(ConfigService).get("X", "default")` of Nest's service, which
/// reads the environment.
fn is_configured(module: &Module, callee: ExprId, arguments: &[ExprId]) -> bool {
    let Expr::Member(object, name) = module.expr(callee) else {
        return false;
    };
    if !matches!(name.as_ref(), "get" | "getOrThrow") || !matches!(arguments.len(), 1..=3) {
        return false;
    }
    let named = |expr: ExprId| match module.expr(expr) {
        Expr::Name(binding) => module.binding(*binding).name.to_lowercase().contains("config"),
        Expr::Member(_, name) => name.to_lowercase().contains("config"),
        _ => false,
    };
    let is_service = match module.expr(*object) {
        Expr::Call(_, given) => given.first().is_some_and(|first| named(*first)),
        _ => named(*object),
    };
    let is_variable = |name: &str| {
        let mut letters = name.bytes();
        letters.all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == b'_')
    };
    is_service
        && matches!(module.expr(arguments[0]), Expr::Text(name) if name.len() > 1 && is_variable(name))
        && (module.requests.iter()).any(|request| request.specifier.as_deref() == Some("@nestjs/config"))
}
