//! What an expression may be: names are followed through assignments, imports, exports and calls.

use super::linked::{At, FunctionAt, ModuleId, Program, Target};
use super::module::{
    Binding, BindingId, BindingKind, ClassId, EACH, ExportName, Exported, Expr, ExprId, Imported, Logical, MemberValue,
    Module, RequestId, Step,
};

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// A text.
    Text(Box<str>),
    /// A number.
    Number(f64),
    /// A truth value.
    Bool(bool),
    /// `null`.
    Null,
    /// `undefined`.
    Undefined,
}

/// Something that an expression may be.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Something that a package gives: its name with the path within it, and the names taken out of it. The default
    /// export is the package itself. What Node.js brings along is `node:fs`.
    Package(Box<str>, Vec<Box<str>>),
    /// What a call or construction of it gives, and which.
    Result(Box<Value>, At),
    /// A property of it.
    Member(Box<Value>, Box<str>),
    /// A module of the program, as a whole.
    Module(ModuleId),
    /// A function.
    Function(FunctionAt),
    /// A class.
    Class(ModuleId, ClassId),
    /// What constructing a class gives.
    Instance(ModuleId, ClassId),
    /// A constant.
    Literal(Literal),
    /// An object, where it is written.
    Object(At),
    /// A list, where it is written.
    List(At),
    /// An element, where it is written.
    Element(At),
    /// What the environment sets under this name.
    Environment(Box<str>),
    /// Something that the runtime has.
    Global(Box<str>),
    /// What a function is given, by index.
    Parameter(FunctionAt, u32),
    /// It could not be followed further than this.
    Unknown(At),
}

/// Following stops here: longer ways are not written by hand, and some are cycles.
const DEEPEST: u32 = 24;
/// One question looks at so many expressions at most: ways that fork at every step are not worth following.
const FUEL: u32 = 1_500;
/// So many different values say as little as one that is unknown.
const MOST: usize = 12;

impl Program {
    /// All that an expression may be, in the order of the ways to it; never empty.
    pub fn values(&self, at: At) -> Vec<Value> {
        let mut search = Search {
            program: self,
            depth: 0,
            fuel: FUEL,
            open: Vec::new(),
        };
        search.expr(at)
    }

    /// All that a name of a module may be.
    pub fn binding_values(&self, module: ModuleId, binding: BindingId) -> Vec<Value> {
        let mut search = Search {
            program: self,
            depth: 0,
            fuel: FUEL,
            open: Vec::new(),
        };
        let at = At {
            module,
            expr: ExprId(0),
        };
        search.binding(at, binding)
    }

    /// What is taken out of values by names, outermost first.
    pub(super) fn parts_of(&self, values: Vec<Value>, path: &[Box<str>], at: At) -> Vec<Value> {
        let mut search = Search {
            program: self,
            depth: 0,
            fuel: FUEL,
            open: Vec::new(),
        };
        path.iter()
            .fold(values, |values, name| search.members(values, name, at))
    }

    /// What a module gives under a name.
    pub fn exported(&self, module: ModuleId, name: &ExportName) -> Vec<Value> {
        let mut search = Search {
            program: self,
            depth: 0,
            fuel: FUEL,
            open: Vec::new(),
        };
        search.export(module, name)
    }

    /// The functions of the program that a call is given as arguments.
    pub fn functions_given_to(&self, call: At) -> Vec<FunctionAt> {
        let module = self.module(call.module);
        let (Expr::Call(_, arguments) | Expr::New(_, arguments)) = module.expr(call.expr) else {
            return Vec::new();
        };
        let values = arguments.iter().flat_map(|expr| {
            self.values(At {
                module: call.module,
                expr: *expr,
            })
        });
        values
            .filter_map(|value| match value {
                Value::Function(function) => Some(function),
                _ => None,
            })
            .collect()
    }
}

/// The package and the path in it that a value comes from: `PrismaClient().user.findMany`.
pub fn path_of(value: &Value) -> Option<(Box<str>, String)> {
    match value {
        Value::Package(name, path) => Some((name.clone(), path.join("."))),
        Value::Result(of, _) => path_of(of).map(|(name, path)| (name, format!("{path}()"))),
        Value::Member(of, member) => path_of(of).map(|(name, path)| {
            let path = if path.is_empty() {
                member.to_string()
            } else {
                format!("{path}.{member}")
            };
            (name, path)
        }),
        _ => None,
    }
}

struct Search<'a> {
    program: &'a Program,
    depth: u32,
    fuel: u32,
    open: Vec<(ModuleId, BindingId)>,
}

impl<'a> Search<'a> {
    fn module(&self, id: ModuleId) -> &'a Module {
        self.program.module(id)
    }

    fn expr(&mut self, at: At) -> Vec<Value> {
        if self.depth >= DEEPEST || self.fuel == 0 {
            return vec![Value::Unknown(at)];
        }
        self.fuel -= 1;
        self.depth += 1;
        let found = self.expr_within(at);
        self.depth -= 1;
        settled(found, at)
    }

    fn expr_within(&mut self, at: At) -> Vec<Value> {
        let here = |expr: ExprId| At {
            module: at.module,
            expr,
        };
        let module = self.module(at.module);
        match module.expr(at.expr) {
            Expr::Text(text) => vec![Value::Literal(Literal::Text(text.clone()))],
            Expr::Number(number) => vec![Value::Literal(Literal::Number(*number))],
            Expr::Bool(value) => vec![Value::Literal(Literal::Bool(*value))],
            Expr::Null => vec![Value::Literal(Literal::Null)],
            Expr::Undefined => vec![Value::Literal(Literal::Undefined)],
            Expr::Name(binding) => self.binding(at, *binding),
            Expr::Global(name) => vec![Value::Global(name.clone())],
            Expr::Meta(name) => vec![Value::Global(name.clone())],
            Expr::Member(object, name) => self.member_expr(at, *object, name),
            Expr::Index(object, index) => {
                let index = self.expr(here(*index));
                match index.as_slice() {
                    [Value::Literal(Literal::Text(name))] => {
                        let name = name.clone();
                        self.member_expr(at, *object, &name)
                    }
                    [Value::Literal(Literal::Number(number))] => {
                        let name = number.to_string();
                        self.member_expr(at, *object, &name)
                    }
                    _ => vec![Value::Unknown(at)],
                }
            }
            Expr::Call(callee, _) => {
                let callees = self.expr(here(*callee));
                callees.into_iter().flat_map(|callee| self.called(callee, at)).collect()
            }
            Expr::New(callee, _) => {
                let callees = self.expr(here(*callee));
                let made = callees.into_iter().map(|callee| match callee {
                    Value::Class(module, class) => Value::Instance(module, class),
                    Value::Function(_) | Value::Unknown(_) => Value::Unknown(at),
                    other => Value::Result(Box::new(other), at),
                });
                made.collect()
            }
            Expr::Tagged(tag, _, _) => {
                let tags = self.expr(here(*tag));
                tags.into_iter().map(|tag| Value::Result(Box::new(tag), at)).collect()
            }
            Expr::Load(request) => self.target(at, *request, &Imported::Namespace),
            Expr::Function(function) => vec![Value::Function(FunctionAt {
                module: at.module,
                function: *function,
            })],
            Expr::Class(class) => vec![Value::Class(at.module, *class)],
            Expr::Object(_) => vec![Value::Object(at)],
            Expr::List(_) => vec![Value::List(at)],
            Expr::Jsx(..) => vec![Value::Element(at)],
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
            Expr::Conditional(_, then, otherwise) => {
                let mut found = self.expr(here(*then));
                found.extend(self.expr(here(*otherwise)));
                found
            }
            Expr::Sequence(parts) => match parts.last() {
                Some(last) => self.expr(here(*last)),
                None => Vec::new(),
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
            | Expr::Other(_) => vec![Value::Unknown(at)],
        }
    }

    /// The class around a method, seen through arrows.
    fn this(&self, at: At) -> Vec<Value> {
        let module = self.module(at.module);
        let span = module.span(at.expr);
        let around = module
            .classes
            .iter()
            .enumerate()
            .filter(|(_, class)| class.span.start <= span.start && span.end <= class.span.end)
            .min_by_key(|(_, class)| class.span.len());
        match around.and_then(|(index, _)| u32::try_from(index).ok()) {
            Some(index) => vec![Value::Instance(at.module, ClassId(index))],
            None => vec![Value::Unknown(at)],
        }
    }

    fn binding(&mut self, at: At, id: BindingId) -> Vec<Value> {
        let key = (at.module, id);
        // What was found without being in the middle of something else, and with depth to spare, is all there is.
        let is_first = self.open.is_empty() && self.depth <= DEEPEST / 3;
        if let Some(known) = self.program.known_values(key) {
            return known;
        }
        let found = self.binding_within(at, id);
        if is_first && self.fuel > 0 {
            self.program.keep_values(key, &found);
        }
        found
    }

    fn binding_within(&mut self, at: At, id: BindingId) -> Vec<Value> {
        let key = (at.module, id);
        if self.open.contains(&key) {
            return vec![Value::Unknown(at)];
        }
        self.open.push(key);
        let binding = self.module(at.module).binding(id);
        let found = match &binding.kind {
            BindingKind::Import(request, imported) => self.target(at, *request, imported),
            BindingKind::Function(function) if binding.given.is_empty() => vec![Value::Function(FunctionAt {
                module: at.module,
                function: *function,
            })],
            BindingKind::Class(class) => vec![Value::Class(at.module, *class)],
            BindingKind::Parameter(index) => self.parameter(at, binding, *index),
            BindingKind::Constant | BindingKind::Variable | BindingKind::Function(_) | BindingKind::Other => {
                self.given(at, binding)
            }
        };
        self.open.pop();
        found
    }

    fn given(&mut self, at: At, binding: &Binding) -> Vec<Value> {
        let mut found = Vec::new();
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

    fn parameter(&mut self, at: At, binding: &Binding, index: u32) -> Vec<Value> {
        let mut values = vec![Value::Parameter(
            FunctionAt {
                module: at.module,
                function: binding.function,
            },
            index,
        )];
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

    fn target(&mut self, at: At, request: RequestId, imported: &Imported) -> Vec<Value> {
        match self.program.target(at.module, request) {
            Target::Module(id) => match imported {
                Imported::Namespace => vec![Value::Module(*id)],
                Imported::Default => self.export(*id, &ExportName::Default),
                Imported::Named(name) => self.export(*id, &ExportName::Named(name.clone())),
            },
            Target::Package(name, within) => {
                let package = if within.is_empty() {
                    name.clone()
                } else {
                    format!("{name}/{within}").into()
                };
                vec![of_package(package, imported)]
            }
            Target::Builtin(name) => vec![of_package(format!("node:{name}").into(), imported)],
            Target::File(_) | Target::Erased | Target::Missing(_) | Target::Unresolved(_) => vec![Value::Unknown(at)],
        }
    }

    fn export(&mut self, id: ModuleId, name: &ExportName) -> Vec<Value> {
        let lost = Value::Module(id);
        if self.depth >= DEEPEST || self.fuel == 0 {
            return vec![lost];
        }
        self.fuel -= 1;
        self.depth += 1;
        let found = self.export_within(id, name);
        self.depth -= 1;
        if found.is_empty() { vec![lost] } else { found }
    }

    fn export_within(&mut self, id: ModuleId, name: &ExportName) -> Vec<Value> {
        let module = self.module(id);
        let mut found = Vec::new();
        for export in module.exports.iter().filter(|export| export.name == *name) {
            found.extend(self.behind(id, &export.what));
        }
        if !found.is_empty() {
            return found;
        }
        let whole: Vec<&Exported> = module
            .exports
            .iter()
            .filter(|export| export.name == ExportName::Whole)
            .map(|export| &export.what)
            .collect();
        for what in whole {
            let values = self.behind(id, what);
            match name {
                ExportName::Named(name) => {
                    let at = At {
                        module: id,
                        expr: ExprId(0),
                    };
                    found.extend(self.members(values, name, at));
                }
                ExportName::Default | ExportName::Whole | ExportName::Star => found.extend(values),
            }
        }
        if found.is_empty() && *name != ExportName::Default {
            for export in module.exports.iter().filter(|export| export.name == ExportName::Star) {
                if let Exported::From(request, _) = export.what
                    && let Target::Module(next) = self.program.target(id, request)
                {
                    let values = self.export(*next, name);
                    found.extend(values.into_iter().filter(|value| *value != Value::Module(*next)));
                }
            }
        }
        found
    }

    fn behind(&mut self, id: ModuleId, what: &Exported) -> Vec<Value> {
        let at = At {
            module: id,
            expr: ExprId(0),
        };
        match what {
            Exported::Binding(binding) => self.binding(at, *binding),
            Exported::Value(expr) => self.expr(At {
                module: id,
                expr: *expr,
            }),
            Exported::From(request, imported) => self.target(at, *request, imported),
        }
    }

    /// `object.name`: what the object is, and what is given to that property elsewhere in the module.
    fn member_expr(&mut self, at: At, object: ExprId, name: &str) -> Vec<Value> {
        let object = At {
            module: at.module,
            expr: object,
        };
        let values = self.expr(object);
        let mut found = self.members(values, name, at);
        if let Expr::Name(binding) = self.module(at.module).expr(object.expr) {
            let assigned = self.program.assigned(at.module, *binding, name);
            if !assigned.is_empty() {
                found.retain(|value| !matches!(value, Value::Literal(Literal::Undefined)));
                for &(expr, function) in assigned {
                    found.extend(self.expr(At {
                        module: at.module,
                        expr,
                    }));
                    // Whether it is there yet depends on when that function runs.
                    if function != super::module::TOP_LEVEL {
                        found.push(Value::Unknown(at));
                    }
                }
            }
        }
        found
    }

    fn members(&mut self, values: Vec<Value>, name: &str, at: At) -> Vec<Value> {
        // What has no properties is not what is meant where it may be something else.
        let is_nothing = |value: &Value| matches!(value, Value::Literal(Literal::Null | Literal::Undefined));
        let is_choice = values.iter().any(|value| !is_nothing(value));
        let mut found = Vec::new();
        for value in values {
            if !(is_choice && is_nothing(&value)) {
                found.extend(self.member(value, name, at));
            }
        }
        found
    }

    fn member(&mut self, value: Value, name: &str, at: At) -> Vec<Value> {
        match value {
            Value::Module(id) => match name {
                "default" => self.export(id, &ExportName::Default),
                name => self.export(id, &ExportName::Named(name.into())),
            },
            Value::Package(package, path) if name == "default" => vec![Value::Package(package, path)],
            Value::Package(package, mut path) => {
                path.push(name.into());
                vec![Value::Package(package, path)]
            }
            Value::Object(object) => self.property(object, name),
            Value::Instance(module, class) => self.instance_member(module, class, name, at),
            Value::Class(module, class) => self.class_member(module, class, name, at),
            Value::List(list) if name == EACH || name.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.item(list, name)
            }
            // `[…].forEach`, and what calls it.
            Value::List(_) => vec![Value::Unknown(at)],
            Value::Global(global) if name == "env" && matches!(global.as_ref(), "process" | "import.meta" | "Bun") => {
                vec![Value::Member(Box::new(Value::Global(global)), name.into())]
            }
            Value::Member(of, member)
                if member.as_ref() == "env"
                    && matches!(of.as_ref(), Value::Global(global) if matches!(global.as_ref(), "process" | "import.meta" | "Bun")) =>
            {
                vec![Value::Environment(name.into())]
            }
            Value::Literal(_) | Value::Element(_) | Value::Unknown(_) => vec![Value::Unknown(at)],
            other => vec![Value::Member(Box::new(other), name.into())],
        }
    }

    fn property(&mut self, object: At, name: &str) -> Vec<Value> {
        let module = self.module(object.module);
        let Expr::Object(properties) = module.expr(object.expr) else {
            return vec![Value::Unknown(object)];
        };
        let mut found = Vec::new();
        for property in properties.iter().rev() {
            match &property.key {
                Some(key) if key.as_ref() == name => {
                    found.extend(self.expr(At {
                        module: object.module,
                        expr: property.value,
                    }));
                    return found;
                }
                Some(_) => {}
                None => {
                    if let Expr::Spread(inner) = module.expr(property.value) {
                        let values = self.expr(At {
                            module: object.module,
                            expr: *inner,
                        });
                        let spread = self.members(values, name, object);
                        found.extend(
                            spread
                                .into_iter()
                                .filter(|value| !matches!(value, Value::Literal(Literal::Undefined))),
                        );
                    } else {
                        found.push(Value::Unknown(object));
                    }
                }
            }
        }
        if found.is_empty() {
            found.push(Value::Literal(Literal::Undefined));
        }
        found
    }

    fn item(&mut self, list: At, index: &str) -> Vec<Value> {
        let module = self.module(list.module);
        let Expr::List(items) = module.expr(list.expr) else {
            return vec![Value::Unknown(list)];
        };
        if index == EACH {
            let each = items.iter().flat_map(|item| {
                self.expr(At {
                    module: list.module,
                    expr: *item,
                })
            });
            return each.collect();
        }
        let item = index.parse::<usize>().ok().and_then(|index| items.get(index));
        match item {
            Some(item) => self.expr(At {
                module: list.module,
                expr: *item,
            }),
            None => vec![Value::Unknown(list)],
        }
    }

    fn class_member(&mut self, id: ModuleId, class: ClassId, name: &str, at: At) -> Vec<Value> {
        let module = self.module(id);
        let member = module
            .class(class)
            .members
            .iter()
            .find(|member| member.is_static && member.name.as_deref() == Some(name));
        match member.map(|member| member.value) {
            Some(value) => self.member_value(id, value, at),
            None => vec![Value::Unknown(at)],
        }
    }

    fn instance_member(&mut self, id: ModuleId, class: ClassId, name: &str, at: At) -> Vec<Value> {
        if self.depth >= DEEPEST || self.fuel == 0 {
            return vec![Value::Unknown(at)];
        }
        self.fuel -= 1;
        self.depth += 1;
        let found = self.instance_member_within(id, class, name, at);
        self.depth -= 1;
        found
    }

    fn instance_member_within(&mut self, id: ModuleId, class: ClassId, name: &str, at: At) -> Vec<Value> {
        let module = self.module(id);
        let known = module.class(class);
        let named = known
            .members
            .iter()
            .find(|member| !member.is_static && member.name.as_deref() == Some(name));
        let mut found = match named.map(|member| member.value) {
            Some(MemberValue::Field(None)) | None => Vec::new(),
            Some(value) => self.member_value(id, value, at),
        };
        for value in self.program.assigned_to_this(id, class, name) {
            found.extend(self.expr(At {
                module: id,
                expr: *value,
            }));
        }
        if found.is_empty()
            && let Some(extends) = known.extends
        {
            let bases = self.expr(At {
                module: id,
                expr: extends,
            });
            for base in bases {
                match base {
                    Value::Class(module, class) if (module, class) != (id, class) => {
                        found.extend(self.instance_member(module, class, name, at));
                    }
                    Value::Package(..) | Value::Member(..) => {
                        let made = Value::Result(Box::new(base), at);
                        found.push(Value::Member(Box::new(made), name.into()));
                    }
                    _ => found.push(Value::Unknown(at)),
                }
            }
        }
        if found.is_empty() {
            found.push(Value::Unknown(at));
        }
        found
    }

    fn member_value(&mut self, id: ModuleId, value: MemberValue, at: At) -> Vec<Value> {
        match value {
            MemberValue::Method(function) => vec![Value::Function(FunctionAt { module: id, function })],
            MemberValue::Field(Some(expr)) => self.expr(At { module: id, expr }),
            MemberValue::Field(None) => vec![Value::Unknown(at)],
        }
    }

    fn called(&mut self, callee: Value, call: At) -> Vec<Value> {
        if self.depth >= DEEPEST || self.fuel == 0 {
            return vec![Value::Unknown(call)];
        }
        self.depth += 1;
        let found = self.called_within(callee, call);
        self.depth -= 1;
        found
    }

    fn called_within(&mut self, callee: Value, call: At) -> Vec<Value> {
        match callee {
            Value::Function(function) => self.returned(function, call),
            Value::Module(id) => {
                let whole = self.export(id, &ExportName::Default);
                let known = whole
                    .into_iter()
                    .filter(|value| *value != Value::Module(id))
                    .collect::<Vec<_>>();
                match known.is_empty() {
                    true => vec![Value::Unknown(call)],
                    false => known.into_iter().flat_map(|value| self.called(value, call)).collect(),
                }
            }
            Value::Member(of, name) if matches!(of.as_ref(), Value::Function(_)) && name.as_ref() == "bind" => {
                vec![*of]
            }
            Value::Member(of, name)
                if matches!(name.as_ref(), "freeze" | "assign")
                    && matches!(of.as_ref(), Value::Global(global) if global.as_ref() == "Object") =>
            {
                self.argument(call, 0)
            }
            Value::Unknown(_) | Value::Literal(_) | Value::Class(..) | Value::Object(_) | Value::List(_) => {
                vec![Value::Unknown(call)]
            }
            other => vec![Value::Result(Box::new(other), call)],
        }
    }

    fn argument(&mut self, call: At, index: usize) -> Vec<Value> {
        match self.module(call.module).expr(call.expr) {
            Expr::Call(_, arguments) | Expr::New(_, arguments) => match arguments.get(index) {
                Some(expr)
                    if arguments
                        .iter()
                        .take(index)
                        .all(|before| !self.is_spread(call.module, *before)) =>
                {
                    self.expr(At {
                        module: call.module,
                        expr: *expr,
                    })
                }
                Some(_) => vec![Value::Unknown(call)],
                None => vec![Value::Literal(Literal::Undefined)],
            },
            _ => vec![Value::Unknown(call)],
        }
    }

    fn is_spread(&self, module: ModuleId, expr: ExprId) -> bool {
        matches!(self.module(module).expr(expr), Expr::Spread(_))
    }

    /// What a function of the program returns; its parameters are what this call gives.
    fn returned(&mut self, function: FunctionAt, call: At) -> Vec<Value> {
        if self.depth >= DEEPEST - 4 {
            return vec![Value::Unknown(call)];
        }
        self.depth += 4;
        let module = self.module(function.module);
        let mut returned = Vec::new();
        collect_returned(&module.function(function.function).steps, &mut returned);
        let mut found = Vec::new();
        for expr in returned {
            let values = self.expr(At {
                module: function.module,
                expr,
            });
            for value in values {
                found.extend(self.with_arguments(value, function, call));
            }
        }
        self.depth -= 4;
        if found.is_empty() {
            found.push(Value::Literal(Literal::Undefined));
        }
        found
    }

    fn with_arguments(&mut self, value: Value, function: FunctionAt, call: At) -> Vec<Value> {
        match value {
            Value::Parameter(of, index) if of == function => self.argument(call, index as usize),
            Value::Member(of, name) => {
                let inner = self.with_arguments(*of, function, call);
                self.members(inner, &name, call)
            }
            Value::Result(of, at) => {
                let inner = self.with_arguments(*of, function, call);
                let made = inner.into_iter().map(|of| Value::Result(Box::new(of), at));
                made.collect()
            }
            other => vec![other],
        }
    }
}

fn of_package(package: Box<str>, imported: &Imported) -> Value {
    match imported {
        Imported::Default | Imported::Namespace => Value::Package(package, Vec::new()),
        Imported::Named(name) => Value::Package(package, vec![name.clone()]),
    }
}

/// What a function's steps return, wherever that stands.
pub(super) fn collect_returned(steps: &[Step], returned: &mut Vec<ExprId>) {
    for step in steps {
        match step {
            Step::Return(Some(expr)) => returned.push(*expr),
            Step::Branch(branch) => branch.arms.iter().for_each(|arm| collect_returned(arm, returned)),
            Step::Do(_) | Step::Bind(..) | Step::Return(None) | Step::Throw(_) | Step::Jump => {}
        }
    }
}

/// Each value once; too many say nothing.
fn settled(values: Vec<Value>, at: At) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::with_capacity(values.len());
    for value in values {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    if found.len() > MOST {
        found.truncate(MOST);
        found.push(Value::Unknown(at));
    }
    if found.is_empty() {
        found.push(Value::Unknown(at));
    }
    found
}
