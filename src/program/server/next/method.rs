//! Which methods a function below `pages/api` answers: it is asked with any, and refuses some.

use std::collections::BTreeSet;

use crate::program::linked::{FunctionAt, Program};
use crate::program::module::{BranchKind, Expr, ExprId, FunctionId, Module, Step};
use crate::program::values::Value;

use super::METHODS;

/// The methods that a handler answers, where it says so and refuses the others (`405`); else any.
pub(super) fn answered(program: &Program, handler: &[Value]) -> Vec<&'static str> {
    let mut seen = Seen::default();
    for value in handler {
        let functions: Vec<FunctionAt> = match value {
            Value::Function(function) => vec![*function],
            Value::Result(_, call) => program.functions_given_to(*call),
            _ => Vec::new(),
        };
        for function in functions {
            seen.function(program.module(function.module), function.function);
        }
    }
    if !seen.refuses || seen.methods.is_empty() {
        return vec!["*"];
    }
    METHODS
        .into_iter()
        .filter(|method| seen.methods.contains(method))
        .collect()
}

#[derive(Default)]
struct Seen {
    methods: BTreeSet<&'static str>,
    refuses: bool,
}

impl Seen {
    /// A function with all that are written in it.
    fn function(&mut self, module: &Module, function: FunctionId) {
        module.each_expr(function, &mut |expr| self.expression(module, expr));
        for step in &module.function(function).steps {
            self.step(module, step);
        }
        let inner = (0_u32..).map(FunctionId).zip(&module.functions);
        let inner = inner.filter(|(id, one)| one.parent == function && *id != function);
        for (id, _) in inner {
            self.function(module, id);
        }
    }

    fn expression(&mut self, module: &Module, expr: ExprId) {
        const REFUSED: f64 = 405.0;
        match module.expr(expr) {
            Expr::Number(number) => self.refuses |= *number == REFUSED,
            Expr::Text(text) => {
                let text = text.to_ascii_lowercase();
                self.refuses |= text.contains("not allowed") || text == "allow";
            }
            Expr::Binary("===" | "!==" | "==" | "!=", left, right) => {
                for (one, other) in [(*left, *right), (*right, *left)] {
                    if is_method(module, one) {
                        self.named(module, other);
                    }
                }
            }
            _ => {}
        }
    }

    /// The cases of `switch (request.method)`.
    fn step(&mut self, module: &Module, step: &Step) {
        let Step::Branch(branch) = step else { return };
        let is_choice = branch.kind == BranchKind::Switch && branch.test.is_some_and(|test| is_method(module, test));
        for arm in &branch.arms {
            if let (true, Some(Step::Do(test))) = (is_choice, arm.first()) {
                self.named(module, *test);
            }
            arm.iter().for_each(|step| self.step(module, step));
        }
    }

    fn named(&mut self, module: &Module, expr: ExprId) {
        if let Expr::Text(text) = module.expr(expr) {
            let known = METHODS.into_iter().find(|method| text.eq_ignore_ascii_case(method));
            self.methods.extend(known);
        }
    }
}

/// `request.method`, or a name for it.
fn is_method(module: &Module, expr: ExprId) -> bool {
    match module.expr(expr) {
        Expr::Member(_, name) => name.as_ref() == "method",
        Expr::Name(binding) => {
            let binding = module.binding(*binding);
            binding.name.as_ref() == "method" || {
                let mut given = binding.given.iter();
                given.any(|given| given.path.last().is_some_and(|part| part.as_ref() == "method"))
            }
        }
        _ => false,
    }
}
