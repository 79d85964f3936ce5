//! From a text to the calls that start a program with it.

use std::collections::BTreeSet;

use crate::program::module::{BindingId, ExportName, Exported, Expr, ExprId, Module, TOP_LEVEL};
use crate::program::{At, FunctionAt, Program, Value, path_of};

use super::shape::{Stands, stands};
use super::{Ran, Start, Tells, Via};

/// So many expressions are followed for one text.
const MOST: usize = 400;

/// Methods that hand each item of a list to a function.
const EACH: [&str; 5] = ["every", "flatMap", "forEach", "map", "some"];
/// Methods that give another form of the same words.
const SHAPES: [&str; 12] = [
    "concat", "entries", "filter", "flat", "join", "replace", "reverse", "slice", "split", "toString", "trim", "values",
];
/// Properties and methods that tell something of words, and not the words.
const ASKS: [&str; 7] = [
    "endsWith",
    "includes",
    "indexOf",
    "length",
    "match",
    "startsWith",
    "test",
];
/// Packages that show their words to people.
const SHOWS: [&str; 22] = [
    "@clack/prompts",
    "ansi-colors",
    "boxen",
    "bunyan",
    "cac",
    "chalk",
    "colorette",
    "colors",
    "commander",
    "consola",
    "debug",
    "enquirer",
    "inquirer",
    "kleur",
    "listr2",
    "log4js",
    "loglevel",
    "ora",
    "picocolors",
    "pino",
    "winston",
    "yargs",
];
/// Methods by which something is shown, whoever's they are.
const SHOWING: [&str; 14] = [
    "debug",
    "description",
    "epilog",
    "epilogue",
    "error",
    "info",
    "log",
    "success",
    "summary",
    "trace",
    "usage",
    "verbose",
    "warn",
    "write",
];

/// What was found of a text.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) starts: Vec<Start>,
    /// Whether it goes where nobody could follow.
    pub(super) is_open: bool,
}

/// The calls that start a program with a text.
pub(super) fn starts(ran: &Ran, text: At) -> Found {
    let mut follow = Follow {
        ran,
        program: &ran.program,
        seen: BTreeSet::new(),
        via: Vec::new(),
        found: Found::default(),
    };
    let module = ran.program.module(text.module);
    if let Expr::Tagged(tag, ..) = module.expr(text.expr) {
        follow.tagged(text, *tag);
    } else {
        follow.follow(text);
    }
    follow.found
}

struct Follow<'a> {
    ran: &'a Ran,
    program: &'a Program,
    seen: BTreeSet<At>,
    /// The calls that were followed into functions.
    via: Vec<Via>,
    found: Found,
}

impl Follow<'_> {
    fn follow(&mut self, at: At) {
        if self.seen.len() >= MOST {
            self.found.is_open = true;
        }
        if self.found.is_open && self.seen.len() >= MOST || !self.seen.insert(at) {
            return;
        }
        let module = self.program.module(at.module);
        for (binding, index) in module.bindings.iter().zip(0_u32..) {
            let is_given = binding.given.iter().any(|given| given.value == Some(at.expr));
            if is_given {
                self.named(at, BindingId(index));
            }
        }
        match self.ran.shape(at.module).parent(at.expr) {
            Some(parent) => self.within(at, parent),
            None => self.alone(module, at),
        }
    }

    /// What is returned or given to other modules goes to whoever asks for it.
    fn alone(&mut self, module: &Module, at: At) {
        let owner = self.ran.shape(at.module).owner(at.expr);
        let steps = owner.map(|owner| module.function(owner).steps.as_slice());
        let stood = steps.and_then(|steps| stands(steps, at.expr));
        let is_given = module
            .exports
            .iter()
            .any(|export| export.what == Exported::Value(at.expr));
        self.found.is_open |= is_given || matches!(stood, Some(Stands::Returned) | None);
    }

    /// Each mention of a name that holds it.
    fn named(&mut self, at: At, name: BindingId) {
        let module = self.program.module(at.module);
        let is_given = |what: &Exported| *what == Exported::Binding(name);
        // Who else takes it from here is not looked for.
        self.found.is_open |= module
            .exports
            .iter()
            .any(|export| is_given(&export.what) && export.name != ExportName::Star);
        self.mentions(
            FunctionAt {
                module: at.module,
                function: TOP_LEVEL,
            },
            name,
        );
    }

    fn mentions(&mut self, of: FunctionAt, name: BindingId) {
        let module = self.program.module(of.module);
        let each = module.expressions.iter().zip(0_u32..);
        let mentions = each.filter(|((expr, _), _)| *expr == Expr::Name(name));
        let mentions: Vec<ExprId> = mentions.map(|(_, index)| ExprId(index)).collect();
        for expr in mentions {
            self.follow(At {
                module: of.module,
                expr,
            });
        }
    }

    /// What a whole makes of its part.
    fn within(&mut self, at: At, parent: ExprId) {
        let whole = At { expr: parent, ..at };
        match self.program.module(at.module).expr(parent) {
            Expr::List(_)
            | Expr::Spread(_)
            | Expr::Template(..)
            | Expr::Sequence(_)
            | Expr::Await(_)
            | Expr::Object(_)
            | Expr::Logical(..)
            | Expr::Other(_)
            | Expr::Binary("+", ..) => self.follow(whole),
            Expr::Conditional(test, ..) if *test != at.expr => self.follow(whole),
            Expr::Index(object, _) if *object == at.expr => self.follow(whole),
            Expr::Member(_, name) => self.member(whole, name),
            // A name that is given it is followed by that.
            Expr::Assign(_, target, value) if *value == at.expr => {
                let module = self.program.module(at.module);
                self.found.is_open |= !matches!(module.expr(*target), Expr::Name(_) | Expr::Pattern(_));
            }
            Expr::Call(callee, arguments) | Expr::New(callee, arguments) if *callee != at.expr => {
                let index = arguments.iter().position(|argument| *argument == at.expr);
                self.handed(whole, *callee, index.unwrap_or_default());
            }
            Expr::Tagged(tag, ..) => self.tagged(whole, *tag),
            Expr::Yield(_) => self.found.is_open = true,
            // It is compared, asked, shown on a page.
            _ => {}
        }
    }

    /// `commands.forEach(run)`, `["prisma", "migrate"].join(" ")`, `commands.migrate`.
    fn member(&mut self, whole: At, name: &str) {
        let module = self.program.module(whole.module);
        let parent = self.ran.shape(whole.module).parent(whole.expr);
        let call = parent.map(|parent| (parent, module.expr(parent)));
        let Some((call, Expr::Call(callee, arguments))) =
            call.filter(|(_, expr)| matches!(expr, Expr::Call(callee, _) if *callee == whole.expr))
        else {
            if !ASKS.contains(&name) {
                self.follow(whole);
            }
            return;
        };
        debug_assert_eq!(*callee, whole.expr);
        match name {
            _ if EACH.contains(&name) => {
                for argument in arguments.iter().take(1) {
                    for value in self.program.values(At {
                        expr: *argument,
                        ..whole
                    }) {
                        self.given(&value, At { expr: call, ..whole }, 0);
                    }
                }
                if name.ends_with("ap") {
                    self.follow(At { expr: call, ..whole });
                }
            }
            _ if SHAPES.contains(&name) => self.follow(At { expr: call, ..whole }),
            _ if ASKS.contains(&name) => {}
            _ => self.found.is_open = true,
        }
    }

    /// What a call does with an argument.
    fn handed(&mut self, call: At, callee: ExprId, index: usize) {
        let module = self.program.module(call.module);
        if shows(module, callee) {
            return;
        }
        for value in self.program.values(At { expr: callee, ..call }) {
            self.given(&value, call, index);
        }
    }

    /// What something that is called does with what it is given.
    fn given(&mut self, callee: &Value, call: At, index: usize) {
        if let Some(tells) = starting(self.program, callee, call) {
            return self.start(call, tells);
        }
        match callee {
            Value::Function(function) => {
                let module = self.program.module(function.module);
                let parameters = &module.function(function.function).parameters;
                let rest = parameters.last().filter(|last| last.is_rest);
                let Some(parameter) = parameters.get(index).or(rest) else {
                    return;
                };
                let Some(caller) = self.ran.shape(call.module).owner(call.expr) else {
                    self.found.is_open = true;
                    return;
                };
                self.via.push(Via {
                    called: *function,
                    caller: FunctionAt {
                        module: call.module,
                        function: caller,
                    },
                    call: call.expr,
                });
                for name in parameter.bindings.clone() {
                    self.mentions(*function, name);
                }
                self.via.pop();
            }
            Value::Global(name) if name.ends_with("Error") => {}
            other => {
                let package = path_of(other).map(|(package, _)| package);
                let is_shown = package.is_some_and(|package| SHOWS.contains(&package.as_ref()));
                self.found.is_open |= !is_shown;
            }
        }
    }

    /// `` $`prisma migrate deploy` ``
    fn tagged(&mut self, whole: At, tag: ExprId) {
        for value in self.program.values(At { expr: tag, ..whole }) {
            match starting(self.program, &value, whole) {
                Some(tells) => self.start(whole, tells),
                None if path_of(&value).is_some_and(|(package, _)| SHOWS.contains(&package.as_ref())) => {}
                None => self.follow(whole),
            }
        }
    }

    fn start(&mut self, call: At, tells: Tells) {
        match self.ran.shape(call.module).owner(call.expr) {
            Some(function) => self.found.starts.push(Start {
                function: FunctionAt {
                    module: call.module,
                    function,
                },
                call: call.expr,
                tells,
                via: self.via.clone(),
            }),
            None => self.found.is_open = true,
        }
    }
}

/// Whether what is called shows its words to people: `console.log`, `logger.info`, `program.description`.
pub(super) fn shows(module: &Module, callee: ExprId) -> bool {
    match module.expr(callee) {
        Expr::Member(object, name) => {
            matches!(module.expr(*object), Expr::Global(global) if global.as_ref() == "console")
                || SHOWING.contains(&name.as_ref())
        }
        Expr::Global(name) => name.ends_with("Error") || matches!(name.as_ref(), "alert" | "print"),
        _ => false,
    }
}

/// How something tells of a failure, where calling it starts a program.
fn starting(program: &Program, callee: &Value, call: At) -> Option<Tells> {
    if let Value::Member(of, name) = callee
        && matches!(&**of, Value::Global(global) if global.as_ref() == "Bun")
    {
        return match name.as_ref() {
            "$" => Some(Tells::Rejecting),
            "spawn" => Some(Tells::Event),
            "spawnSync" => Some(Tells::Status),
            _ => None,
        };
    }
    if let Value::Result(of, made) = callee
        && path_of(of).is_some_and(|(package, path)| package.ends_with("util") && path.ends_with("promisify"))
    {
        let module = program.module(made.module);
        let Expr::Call(_, arguments) = module.expr(made.expr) else {
            return None;
        };
        let wrapped = program.values(At {
            expr: *arguments.first()?,
            ..*made
        });
        return wrapped
            .iter()
            .any(|value| starting(program, value, call).is_some())
            .then_some(Tells::Rejecting);
    }
    let (package, path) = path_of(callee)?;
    let last = path.rsplit('.').next().unwrap_or_default();
    let tells = match (package.strip_prefix("node:").unwrap_or(&package), last) {
        ("child_process", "execSync" | "execFileSync") => Tells::Throwing,
        ("child_process", "spawnSync") | ("cross-spawn", "sync") | ("shelljs", "exec") => Tells::Status,
        ("child_process", "exec" | "execFile" | "spawn" | "fork") | ("cross-spawn", "" | "spawn") => Tells::Event,
        ("execa", "execaSync" | "execaCommandSync" | "sync" | "commandSync") => Tells::Throwing,
        ("execa" | "zx" | "bun" | "tinyexec" | "nano-spawn", _) => Tells::Rejecting,
        _ => return None,
    };
    Some(if is_told_not_to_throw(program, call) {
        Tells::Status
    } else {
        tells
    })
}

/// `execa("prisma", ["migrate"], { reject: false })`
fn is_told_not_to_throw(program: &Program, call: At) -> bool {
    let module = program.module(call.module);
    let Expr::Call(_, arguments) = module.expr(call.expr) else {
        return false;
    };
    arguments.iter().any(|argument| match module.expr(*argument) {
        Expr::Object(properties) => properties.iter().any(|property| {
            property.key.as_deref() == Some("reject") && *module.expr(property.value) == Expr::Bool(false)
        }),
        _ => false,
    })
}
