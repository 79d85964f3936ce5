//! What a function asks of who calls it: whether anything in it may speak of users, of what they may, or of what proves it.
//!
//! Whoever says that nobody is asked must be sure, so that one word is enough to believe the contrary, and whatever a request
//! is handed to without being followed may ask as well.

use super::refuses::is_refusal;
use super::service::is_made_by_the_service;
use super::words::{is_harmless, speaks, tells};
use crate::program::module::{Binding, BindingId, BindingKind, Expr, ExprId, FunctionKind, Module, Parameter, Step};
use crate::program::{At, FunctionAt, Program, Value, path_of};

/// What is known of whether something asks; of two, the one that is more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Asks {
    /// It is wholly followed, and asks nobody.
    Never,
    /// It is not followed, so that it may.
    Perhaps,
    /// It speaks of users, of what they may, or of what proves it.
    Speaks,
}

/// Names under which functions are handed a request, or what holds one.
const REQUESTS: [&str; 9] = [
    "c",
    "context",
    "ctx",
    "event",
    "evt",
    "nextrequest",
    "req",
    "request",
    "rq",
];

/// What a request is asked for that says nothing about who sent it.
const SENT: [&str; 47] = [
    "accepts",
    "app",
    "arrayBuffer",
    "baseUrl",
    "blob",
    "body",
    "code",
    "clone",
    "env",
    "file",
    "files",
    "formData",
    "fresh",
    "headers",
    "host",
    "hostname",
    "html",
    "id",
    "is",
    "json",
    "log",
    "method",
    "nextUrl",
    "originalUrl",
    "params",
    "param",
    "path",
    "protocol",
    "query",
    "rawBody",
    "req",
    "request",
    "requestId",
    "requestTime",
    "res",
    "response",
    "route",
    "searchParams",
    "signal",
    "startTime",
    "status",
    "t",
    "text",
    "type",
    "url",
    "validated",
    "valid",
];

/// Headers that say nothing about who sent a request.
const HEADERS: [&str; 10] = [
    "accept",
    "accept-language",
    "content-length",
    "content-type",
    "date",
    "if-none-match",
    "user-agent",
    "x-correlation-id",
    "x-forwarded-proto",
    "x-request-id",
];

/// One function that is looked at.
pub(super) struct Asking<'a> {
    program: &'a Program,
    at: FunctionAt,
    module: &'a Module,
    found: Asks,
    hands_to: Vec<FunctionAt>,
}

/// What one function does by itself to learn who calls it.
#[derive(Debug, Clone)]
pub(super) struct Own {
    pub(super) asks: Asks,
    /// The functions around it to whose parameters it hands the request: what those are given may ask.
    pub(super) hands_to: Vec<FunctionAt>,
}

/// What a function itself does to learn who calls it; what it calls is looked at by itself.
pub(super) fn asks_itself(program: &Program, at: FunctionAt) -> Own {
    let module = program.module(at.module);
    let mut asking = Asking {
        program,
        at,
        module,
        found: Asks::Never,
        hands_to: Vec::new(),
    };
    asking.names();
    asking.expressions();
    Own {
        asks: asking.found,
        hands_to: asking.hands_to,
    }
}

impl Asking<'_> {
    fn is(&mut self, asks: Asks) {
        self.found = self.found.max(asks);
    }

    /// The names that it mentions, and those of the modules that they come from.
    fn names(&mut self) {
        let function = self.module.function(self.at.function);
        if function.name.as_deref().is_some_and(speaks) {
            self.is(Asks::Speaks);
        }
        for (index, parameter) in function.parameters.iter().enumerate() {
            // `({ user, body }) => …`: what holds a request is taken apart.
            let is_first = index == 0 && parameter.bindings.len() > 1;
            let mut names = parameter.bindings.iter().map(|name| &*self.module.binding(*name).name);
            if names.any(|name| speaks(name) || is_first && matches!(name, "user" | "me" | "locals" | "store")) {
                self.is(Asks::Speaks);
            }
        }
        for name in &function.mentions {
            let binding = self.module.binding(*name);
            let from = match &binding.kind {
                BindingKind::Import(request, _) => self.module.request(*request).specifier.as_deref(),
                _ => self.required(*name),
            };
            let is_speaking = speaks(&binding.name) || from.is_some_and(|from| speaks(from) || from == "next/headers");
            if is_speaking && !self.is_of_the_service(*name) {
                self.is(Asks::Speaks);
            }
        }
        if function.members.iter().any(|name| speaks(name)) {
            self.is(Asks::Speaks);
        }
        self.taken_apart();
    }

    /// Whether a name holds a client of Supabase that is made once, by the key of the service: whoever asks it is the server,
    /// so that no policy of the database keeps anybody out.
    fn is_of_the_service(&self, name: BindingId) -> bool {
        let written = self.module.binding(name).name.to_ascii_lowercase();
        let values = self.program.binding_values(self.at.module, name);
        written.contains("supabase")
            && !speaks(&written.replace("supabase", ""))
            && !values.is_empty()
            && values.iter().all(|value| is_made_by_the_service(self.program, value))
    }

    /// Which module a name is given by `require`, also where something is called of it.
    fn required(&self, name: BindingId) -> Option<&str> {
        let mut given = self.module.binding(name).given.iter();
        given.find_map(|given| {
            let mut found = None;
            self.module.each_part(given.value?, &mut |part| {
                if let Expr::Load(request) = self.module.expr(part) {
                    found = self.module.request(*request).specifier.as_deref();
                }
            });
            found
        })
    }

    /// `const { user } = req`.
    fn taken_apart(&mut self) {
        let own = |binding: &&Binding| binding.function == self.at.function;
        let given = self
            .module
            .bindings
            .iter()
            .filter(own)
            .flat_map(|binding| &binding.given);
        let taken = given.filter(|given| given.value.is_some_and(|value| self.is_request(value)));
        let is_other = |name: &std::sync::Arc<str>| !SENT.contains(&name.as_ref()) || name.as_ref() == "headers";
        if taken.filter_map(|given| given.path.first()).any(is_other) {
            self.is(Asks::Speaks);
        }
    }

    fn expressions(&mut self) {
        let (mut exprs, mut plain) = (Vec::new(), Vec::new());
        self.module.each_expr(self.at.function, &mut |expr| exprs.push(expr));
        plain.extend(exprs.iter().filter_map(|expr| self.plain_headers(*expr)));
        for expr in exprs {
            match self.module.expr(expr) {
                Expr::Text(text) if tells(text) => self.is(Asks::Speaks),
                Expr::Template(texts, _) if texts.iter().any(|text| tells(text)) => self.is(Asks::Speaks),
                Expr::Global(name) if speaks(name) => self.is(Asks::Speaks),
                Expr::Member(object, name) if self.is_request(*object) => {
                    let is_plain = SENT.contains(&name.as_ref()) && name.as_ref() != "headers";
                    if !is_plain && !plain.contains(&expr) {
                        self.is(Asks::Speaks);
                    }
                }
                Expr::Index(object, _) if self.is_request(*object) => self.is(Asks::Perhaps),
                Expr::Call(callee, arguments) | Expr::New(callee, arguments) => self.call(*callee, arguments),
                _ if is_refusal(self.module, expr) => self.is(Asks::Speaks),
                _ => {}
            }
        }
        if self.depends_on_the_environment() || self.compares() {
            self.is(Asks::Perhaps);
        }
    }

    /// The `request.headers` of `request.headers["content-type"]`, or `request.get` of `request.get("host")`: what is asked
    /// there says nothing about who sent it.
    fn plain_headers(&self, expr: ExprId) -> Option<ExprId> {
        let is_plain = |name: &str| HEADERS.contains(&name.to_ascii_lowercase().as_str());
        let text = |expr: &ExprId| match self.module.expr(*expr) {
            Expr::Text(text) => Some(text.clone()),
            _ => None,
        };
        match self.module.expr(expr) {
            Expr::Member(object, name) if is_plain(name) => Some(*object),
            Expr::Index(object, key) if text(key).is_some_and(|key| is_plain(&key)) => Some(*object),
            Expr::Call(callee, arguments) if arguments.first().and_then(text).is_some_and(|key| is_plain(&key)) => {
                match self.module.expr(*callee) {
                    Expr::Member(object, name) if name.as_ref() == "get" || name.as_ref() == "header" => {
                        match self.is_request(*object) {
                            true => Some(*callee),
                            false => Some(*object),
                        }
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Whether an expression is a request, or holds one.
    fn is_request(&self, expr: ExprId) -> bool {
        match self.module.expr(expr) {
            Expr::Name(name) => {
                let binding = self.module.binding(*name);
                let written = binding.name.trim_start_matches('_').to_ascii_lowercase();
                matches!(binding.kind, BindingKind::Parameter(_)) && REQUESTS.contains(&written.as_str())
            }
            // Of Koa and Hono, and what Nest puts into a class.
            Expr::Member(object, name) => {
                let is_held = || *self.module.expr(*object) == Expr::This || self.is_request(*object);
                matches!(name.as_ref(), "req" | "request") && is_held()
            }
            Expr::Spread(inner) | Expr::Await(inner) => self.is_request(*inner),
            _ => false,
        }
    }

    /// A call that is handed the request itself may ask, unless it is followed.
    fn call(&mut self, callee: ExprId, arguments: &[ExprId]) {
        if !arguments.iter().any(|argument| self.holds_request(*argument)) {
            return;
        }
        let values = self.program.values(At {
            module: self.at.module,
            expr: callee,
        });
        let is_followed = |value: &Value| match value {
            Value::Function(function) => self.goes_on_as_request(*function, arguments),
            // What a wrapper is given is looked at where the wrapper is called.
            Value::Parameter(..) => true,
            other => path_of(other).is_some_and(|(package, path)| is_harmless(&package, &path)),
        };
        if values.is_empty() || !values.iter().all(is_followed) {
            self.is(Asks::Perhaps);
        }
        self.hands_to.extend(values.iter().filter_map(|value| match value {
            Value::Parameter(of, _) => Some(*of),
            _ => None,
        }));
    }

    /// Whether a function is handed the request as itself, under a name by which it is known there.
    fn goes_on_as_request(&self, function: FunctionAt, arguments: &[ExprId]) -> bool {
        let module = self.program.module(function.module);
        let parameters = &module.function(function.function).parameters;
        arguments.iter().enumerate().all(|(index, argument)| {
            !self.holds_request(*argument)
                || self.is_request(*argument) && parameters.get(index).is_none_or(|one| is_of_request(module, one))
        })
    }

    /// Whether what is handed over is the request, or an object or list that holds it.
    fn holds_request(&self, expr: ExprId) -> bool {
        match self.module.expr(expr) {
            Expr::Object(properties) => properties.iter().any(|property| self.holds_request(property.value)),
            Expr::List(items) => items.iter().any(|item| self.holds_request(*item)),
            Expr::Global(name) => name.as_ref() == "arguments",
            _ => self.is_request(expr),
        }
    }

    /// `if (process.env.NODE_ENV === "production") return …`: it may be turned off where it matters. Addresses and names of
    /// databases turn nothing off.
    fn depends_on_the_environment(&self) -> bool {
        let function = self.module.function(self.at.function);
        if function.kind == FunctionKind::TopLevel {
            return false;
        }
        let mut tests = Vec::new();
        collect_tests(&function.steps, &mut tests);
        let mut depends = false;
        for test in tests {
            self.module.each_part(test, &mut |part| {
                depends |= match self.module.expr(part) {
                    Expr::Member(object, name) if self.is_environment(*object) => {
                        !["URI", "URL", "MONGO", "DATABASE", "DB_"]
                            .iter()
                            .any(|word| name.contains(word))
                    }
                    Expr::Member(_, name) => is_stage(name),
                    Expr::Name(name) => is_stage(&self.module.binding(*name).name),
                    Expr::Text(text) => matches!(text.as_ref(), "production" | "development"),
                    _ => false,
                };
            });
        }
        depends
    }

    /// `if (note.words !== body.words) return …`: what is sent may have to be what is kept, and so prove something.
    fn compares(&self) -> bool {
        let mut tests = Vec::new();
        collect_tests(&self.module.function(self.at.function).steps, &mut tests);
        let is_written = |expr: &ExprId| {
            matches!(
                self.module.expr(*expr),
                Expr::Text(_) | Expr::Number(_) | Expr::Bool(_) | Expr::Null | Expr::Undefined | Expr::Regex(_)
            )
        };
        let mut compares = false;
        for test in tests {
            self.module.each_part(test, &mut |part| {
                if let Expr::Binary("===" | "!==" | "==" | "!=", left, right) = self.module.expr(part) {
                    compares |= !is_written(left) && !is_written(right);
                }
            });
        }
        compares
    }

    /// `process.env`.
    fn is_environment(&self, expr: ExprId) -> bool {
        matches!(self.module.expr(expr), Expr::Member(_, name) if name.as_ref() == "env")
    }
}

/// Whether a name is that of what runs where: `isProduction`, `NODE_ENV`.
fn is_stage(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "");
    [
        "isprod",
        "isdev",
        "nodeenv",
        "isdemo",
        "production",
        "disabled",
        "enabled",
    ]
    .iter()
    .any(|word| name.contains(word))
}

/// Whether a parameter is called like a request, or takes one apart.
pub(super) fn is_of_request(module: &Module, parameter: &Parameter) -> bool {
    let names = parameter.bindings.iter().map(|name| module.binding(*name));
    let mut names = names.map(|name| name.name.trim_start_matches('_').to_ascii_lowercase());
    let is_known = |name: &String| name.is_empty() || REQUESTS.contains(&name.as_str());
    !parameter.is_rest && (parameter.bindings.len() != 1 || names.all(|name| is_known(&name)))
}

/// The conditions of all that may run or not.
fn collect_tests(steps: &[Step], tests: &mut Vec<ExprId>) {
    for step in steps {
        if let Step::Branch(branch) = step {
            tests.extend(branch.test);
            branch.arms.iter().for_each(|arm| collect_tests(arm, tests));
        }
    }
}
