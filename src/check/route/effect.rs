//! Whether a branch of a function changes what is answered: it leaves, throws, answers, or gives something to what comes
//! after it. What it only tells people, or counts, decides nothing.

use super::decides::Deciding;
use crate::program::module::{BindingId, Expr, ExprId, Module, Step};
use crate::program::{At, FunctionAt, Program, Value, path_of};

/// Functions that call each other.
const DEEPEST: u32 = 4;

/// Packages that count what happens, or send a message about it.
const COUNTING: [&str; 14] = [
    "@opentelemetry/api",
    "@segment/analytics-node",
    "@sendgrid/mail",
    "@sentry/node",
    "hot-shots",
    "mixpanel",
    "node-statsd",
    "nodemailer",
    "posthog-node",
    "postmark",
    "prom-client",
    "resend",
    "statsd-client",
    "twilio",
];

/// Packages that keep rows.
const KEEPING: [&str; 11] = [
    "@nestjs/mongoose",
    "@nestjs/typeorm",
    "@prisma/client",
    "drizzle-orm",
    "knex",
    "kysely",
    "mongodb",
    "mongoose",
    "mysql2",
    "pg",
    "sequelize",
];
/// What writes one.
const WRITES: [&str; 11] = [
    "create",
    "createMany",
    "execute",
    "insert",
    "insertMany",
    "insertOne",
    "save",
    "update",
    "updateMany",
    "updateOne",
    "upsert",
];
/// Words in names of rows that what comes after a login asks for.
const ASKED_FOR: [&str; 6] = ["session", "challenge", "token", "pending", "ticket", "otp"];

/// A function whose branches are looked at.
#[derive(Clone, Copy)]
pub(super) struct Effect<'a> {
    pub(super) program: &'a Program,
    pub(super) at: FunctionAt,
    /// How deep in functions that call each other it is.
    pub(super) depth: u32,
}

impl<'a> Effect<'a> {
    fn module(&self) -> &'a Module {
        self.program.module(self.at.module)
    }

    /// The tests of steps and of the steps within them.
    pub(super) fn tested(&self, steps: &[Step], deciding: Deciding, tests: &mut Vec<ExprId>) {
        for step in steps {
            if let Step::Branch(branch) = step {
                if deciding == Deciding::AnyTest || branch.arms.iter().flatten().any(|step| self.acts(step)) {
                    tests.extend(branch.test);
                }
                branch.arms.iter().for_each(|arm| self.tested(arm, deciding, tests));
            }
        }
    }

    /// Whether a step leaves its function, or does something that matters to what is answered.
    fn acts(&self, step: &Step) -> bool {
        match step {
            Step::Return(_) | Step::Throw(_) => true,
            Step::Do(expr) | Step::Bind(_, expr) => self.does(*expr),
            Step::Branch(branch) => {
                let is_test = branch.test.is_some_and(|test| self.does(test));
                is_test || branch.arms.iter().flatten().any(|step| self.acts(step))
            }
            Step::Jump => false,
        }
    }

    /// Whether an expression whose value goes nowhere does something that matters to what is answered.
    fn does(&self, expr: ExprId) -> bool {
        let module = self.module();
        let mut parts = Vec::new();
        module.each_part(expr, &mut |part| parts.push(part));
        parts.into_iter().any(|part| match module.expr(part) {
            Expr::Call(callee, arguments) | Expr::New(callee, arguments) => {
                let is_kept = || self.only_keeps(*callee, arguments);
                self.program.is_answer(self.at, part) || !is_kept() && self.is_more_than_telling(*callee)
            }
            Expr::Assign(_, target, _) => self.is_needed(*target),
            _ => false,
        })
    }

    /// Whether an expression whose value is used calls something that does more than to tell.
    pub(super) fn calls(&self, expr: ExprId) -> bool {
        let module = self.module();
        let mut found = false;
        module.each_part(expr, &mut |part| {
            if let Expr::Call(callee, _) | Expr::New(callee, _) = module.expr(part) {
                found |= !self.only_tells(*callee);
            }
        });
        found
    }

    /// `console.log`, `logger.info`, `Boolean`, `loginsTotal.inc`.
    fn only_tells(&self, callee: ExprId) -> bool {
        let root = match self.module().expr(callee) {
            Expr::Member(object, _) => self.module().expr(*object),
            whole => whole,
        };
        if let Expr::Global(name) = root
            && matches!(
                &**name,
                "Boolean" | "String" | "Number" | "Date" | "JSON" | "Math" | "Object"
            )
        {
            return true;
        }
        let counts = |value: &Value| path_of(value).is_some_and(|(package, _)| COUNTING.contains(&package.as_ref()));
        self.program.is_telling(self.at, callee) || self.values(callee).iter().any(counts)
    }

    /// Whether a call whose value goes nowhere only writes a row down, as of an audit: what is answered does not depend on it.
    fn only_keeps(&self, callee: ExprId, arguments: &[ExprId]) -> bool {
        let module = self.module();
        let mut names: Vec<&str> = Vec::new();
        module.each_part(callee, &mut |part| match module.expr(part) {
            Expr::Member(_, name) | Expr::Global(name) => names.push(name),
            Expr::Name(name) => names.push(&module.binding(*name).name),
            _ => {}
        });
        let says = |word: &str| names.iter().any(|name| name.to_ascii_lowercase().contains(word));
        if ASKED_FOR.iter().any(|word| says(word)) {
            return false;
        }
        let values = self.values(callee);
        let is_followed = values.iter().any(|value| matches!(value, Value::Function(_)));
        if !is_followed && (says("audit") || says("activitylog")) {
            return true;
        }
        let first = arguments.first().map(|first| module.expr(*first));
        let sql = match first {
            Some(Expr::Text(text)) => Some(text),
            Some(Expr::Template(texts, _)) => texts.first(),
            _ => None,
        };
        let sql = sql.map(|sql| sql.trim_start().to_ascii_lowercase());
        let inserts = sql.is_some_and(|sql| {
            let is_asked_for = ASKED_FOR.iter().any(|word| sql.contains(word));
            (sql.starts_with("insert") || sql.starts_with("update")) && !is_asked_for
        });
        values.iter().any(|value| {
            path_of(value).is_some_and(|(package, path)| {
                let last = path.rsplit('.').next().unwrap_or_default();
                let is_kept = KEEPING.iter().any(|known| *package == **known);
                // `new Audit({ … })` alone does nothing.
                is_kept && (WRITES.contains(&last) || inserts || path.ends_with("model()") || path.ends_with("model"))
            })
        })
    }

    /// Whether a call whose value goes nowhere may end what runs, or answer: of a function of the program, whether
    /// something in it does.
    fn is_more_than_telling(&self, callee: ExprId) -> bool {
        if self.only_tells(callee) {
            return false;
        }
        let values = self.values(callee);
        let is_followed = self.depth < DEEPEST && !values.is_empty();
        !is_followed
            || values.iter().any(|value| match value {
                Value::Function(function) => {
                    let inner = Self {
                        program: self.program,
                        at: *function,
                        depth: self.depth + 1,
                    };
                    let steps = &self.program.module(function.module).function(function.function).steps;
                    steps.iter().any(|step| inner.ends(step))
                }
                _ => true,
            })
    }

    /// Whether a step of a function that is called throws, answers, or calls what may; what it gives back goes nowhere.
    fn ends(&self, step: &Step) -> bool {
        match step {
            Step::Return(None) => false,
            Step::Return(Some(expr)) => self.does(*expr),
            Step::Branch(branch) => {
                let is_test = branch.test.is_some_and(|test| self.does(test));
                is_test || branch.arms.iter().flatten().any(|step| self.ends(step))
            }
            other => self.acts(other),
        }
    }

    fn values(&self, expr: ExprId) -> Vec<Value> {
        let module = self.at.module;
        self.program.values(At { module, expr })
    }

    /// Whether what is assigned is asked for elsewhere: what is put into an object may be.
    fn is_needed(&self, target: ExprId) -> bool {
        let module = self.module();
        match module.expr(target) {
            Expr::Name(name) => is_asked_for(module, *name),
            Expr::Pattern(names) => names.iter().any(|name| is_asked_for(module, *name)),
            _ => true,
        }
    }
}

/// Whether a condition asks for a name: one that is only told, in an answer, say, decides nothing.
fn is_asked_for(module: &Module, name: BindingId) -> bool {
    module
        .functions
        .iter()
        .any(|function| is_tested(module, &function.steps, name))
}

fn is_tested(module: &Module, steps: &[Step], name: BindingId) -> bool {
    steps.iter().any(|step| match step {
        Step::Branch(branch) => {
            let mut is_named = false;
            if let Some(test) = branch.test {
                module.each_part(test, &mut |part| is_named |= *module.expr(part) == Expr::Name(name));
            }
            is_named || branch.arms.iter().any(|arm| is_tested(module, arm, name))
        }
        _ => false,
    })
}
