//! What is done where nothing is set: a default, an end.

use std::collections::{BTreeMap, BTreeSet};

use super::super::module::{BindingId, Branch, BranchKind, Expr, ExprId, FunctionId, Logical, Step};
use super::reader::Reader;
use super::{EnvCheck, EnvRead};

/// Functions that end where their first argument is nothing.
const ASSERTIONS: [&str; 4] = ["assert", "invariant", "ok", "assertIsDefined"];
/// Functions that make something of a value and of nothing.
const CONVERSIONS: [&str; 7] = [
    "Number",
    "String",
    "Boolean",
    "parseInt",
    "parseFloat",
    "BigInt",
    "JSON",
];

/// A name that is given more reads than this is checked for none of those after them.
const MOST_OF_A_NAME: usize = 32;
/// A function that throws, one that calls it, one that calls that one.
const ROUNDS: usize = 3;
/// A function in the test of a function in the test of …: `names.some((name) => …)` is the first.
const FUNCTIONS: u32 = 2;

/// What lists what is missing, by name: `const missing = required.filter((name) => !process.env[name])`.
type Missing = BTreeMap<BindingId, BTreeSet<usize>>;

impl Reader<'_> {
    /// What the expressions around a read do where it gives nothing.
    pub(super) fn context(&self, id: ExprId, read: &mut EnvRead) {
        let mut at = id;
        while let Some(parent) = self.parent(at) {
            match self.module.expr(parent) {
                Expr::Logical(Logical::Or | Logical::Coalesce, left, right) if *left == at => {
                    return self.fallen_back(*right, read);
                }
                Expr::Assign("||=" | "??=", target, value) if *target == at => return self.fallen_back(*value, read),
                Expr::Logical(_, _, right) if *right == at => {}
                Expr::Conditional(test, then, otherwise) if *test == at || *then == at => {
                    let same = if *test == at { *then } else { *test };
                    if self.is_read_in(same, read) {
                        self.fallen_back(*otherwise, read);
                    }
                    return;
                }
                Expr::Call(callee, arguments) => {
                    let name = self.last_name(*callee).unwrap_or_default();
                    if arguments.first() == Some(&at) && ASSERTIONS.contains(&name) {
                        read.check = Some(EnvCheck::Guard(self.owner(parent)));
                        return;
                    }
                    let is_converted = CONVERSIONS.contains(&name) && arguments.first() == Some(&at);
                    if *callee != at && !is_converted {
                        return;
                    }
                }
                Expr::Member(..) | Expr::Unary("+", _) => {}
                // `!!x` is as good as `x`, `!x` is not.
                Expr::Unary("!", _) => {
                    let outer = self.parent(parent);
                    let is_not = |outer: &ExprId| matches!(self.module.expr(*outer), Expr::Unary("!", _));
                    let Some(outer) = outer.filter(is_not) else { return };
                    at = outer;
                    continue;
                }
                _ => return,
            }
            at = parent;
        }
    }

    fn fallen_back(&self, to: ExprId, read: &mut EnvRead) {
        match self.module.expr(to) {
            Expr::Undefined | Expr::Null => read.is_optional = true,
            _ if self.ends(to) => read.check = Some(EnvCheck::Guard(self.owner(to))),
            _ => read.default = Some(to),
        }
    }

    fn is_read_in(&self, expr: ExprId, read: &EnvRead) -> bool {
        let mut is_read = false;
        self.module.each_part(expr, &mut |part| {
            is_read |= match self.module.expr(part) {
                Expr::Member(object, name) => Some(name) == read.name.as_ref() && self.source(*object).is_some(),
                Expr::Index(object, _) => read.name.is_none() && self.source(*object).is_some(),
                _ => false,
            };
        });
        is_read
    }

    /// The last word of what is called.
    pub(super) fn last_name(&self, callee: ExprId) -> Option<&str> {
        match self.module.expr(callee) {
            Expr::Member(_, name) | Expr::Global(name) => Some(name),
            Expr::Name(binding) => Some(&self.module.binding(*binding).name),
            _ => None,
        }
    }

    /// Marks the reads that a function throws or ends without.
    pub(super) fn guards(&mut self) {
        let mut missing = Missing::new();
        let mut branches = Vec::new();
        for (index, function) in (0_u32..).zip(&self.module.functions) {
            self.collect(FunctionId(index), &function.steps, &mut branches, &mut missing);
        }
        let mut checked = Vec::new();
        for (function, branch) in branches {
            let (Some(test), [then, otherwise]) = (branch.test, branch.arms.as_slice()) else {
                continue;
            };
            let mut marked = Vec::new();
            if self.all_end(then) {
                marked.extend(self.absent(test, FUNCTIONS));
                self.module.each_part(test, &mut |part| {
                    if let Expr::Name(binding) = self.module.expr(part) {
                        marked.extend(missing.get(binding).into_iter().flatten());
                    }
                });
            }
            if self.all_end(otherwise) {
                marked.extend(self.present(test, FUNCTIONS));
            }
            checked.extend(marked.into_iter().map(|read| (read, function)));
        }
        for (read, function) in checked {
            self.reads[read].check = Some(EnvCheck::Guard(function));
        }
    }

    fn collect<'b>(
        &'b self,
        function: FunctionId,
        steps: &'b [Step],
        branches: &mut Vec<(FunctionId, &'b Branch)>,
        missing: &mut Missing,
    ) {
        for step in steps {
            match step {
                Step::Bind(names, value) => {
                    if let ([name], Some(reads)) = (names.as_slice(), self.filtered(*value)) {
                        missing.entry(*name).or_default().extend(reads);
                    }
                }
                Step::Branch(branch) => {
                    if branch.kind == BranchKind::If {
                        branches.push((function, branch));
                        self.listed(branch, missing);
                    }
                    for arm in &branch.arms {
                        self.collect(function, arm, branches, missing);
                    }
                }
                Step::Do(_) | Step::Return(_) | Step::Throw(_) | Step::Jump => {}
            }
        }
    }

    /// `required.filter((name) => !process.env[name])`.
    fn filtered(&self, value: ExprId) -> Option<Vec<usize>> {
        let Expr::Call(callee, arguments) = self.module.expr(value) else {
            return None;
        };
        match self.module.expr(*callee) {
            Expr::Member(_, name) if name.as_ref() == "filter" => {
                Some(self.absent(self.returned(*arguments.first()?)?, FUNCTIONS))
            }
            _ => None,
        }
    }

    /// `if (!process.env[name]) missing.push(name)`.
    fn listed(&self, branch: &Branch, missing: &mut Missing) {
        let (Some(test), Some(then)) = (branch.test, branch.arms.first()) else {
            return;
        };
        let reads = self.absent(test, FUNCTIONS);
        if reads.is_empty() {
            return;
        }
        for step in then {
            let Step::Do(expr) = step else { continue };
            let list = match self.module.expr(*expr) {
                Expr::Call(callee, _) => match self.module.expr(*callee) {
                    Expr::Member(list, name) if name.as_ref() == "push" => *list,
                    _ => continue,
                },
                Expr::Assign("=", target, _) => *target,
                _ => continue,
            };
            if let Expr::Name(binding) = self.module.expr(list) {
                missing.entry(*binding).or_default().extend(&reads);
            }
        }
    }

    /// What a function gives that does nothing else.
    fn returned(&self, function: ExprId) -> Option<ExprId> {
        let function = self.function_of(function)?;
        match self.module.function(function).steps.as_slice() {
            [Step::Return(Some(value))] => Some(*value),
            _ => None,
        }
    }

    /// The reads that give nothing where a test holds.
    fn absent(&self, test: ExprId, functions: u32) -> Vec<usize> {
        let is_nothing = |expr: ExprId| match self.module.expr(expr) {
            Expr::Undefined | Expr::Null => true,
            Expr::Text(text) => text.is_empty() || text.as_ref() == "undefined",
            Expr::Number(number) => *number == 0.0,
            _ => false,
        };
        match self.module.expr(test) {
            Expr::Unary("!", inner) => self.present(*inner, functions),
            Expr::Logical(_, left, right) => [self.absent(*left, functions), self.absent(*right, functions)].concat(),
            Expr::Binary("===" | "==", left, right) if is_nothing(*right) => self.reads_at(*left),
            Expr::Binary("===" | "==", left, right) if is_nothing(*left) => self.reads_at(*right),
            Expr::Binary("<" | "<=", left, _) => self.reads_at(*left),
            Expr::Call(callee, arguments) => match (self.module.expr(*callee), arguments.first()) {
                (Expr::Member(_, name), Some(each)) if name.as_ref() == "some" && functions > 0 => self
                    .returned(*each)
                    .map(|value| self.absent(value, functions - 1))
                    .unwrap_or_default(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// The reads that give something where a test holds.
    fn present(&self, test: ExprId, functions: u32) -> Vec<usize> {
        match self.module.expr(test) {
            Expr::Unary("!", inner) => self.absent(*inner, functions),
            Expr::Logical(Logical::And, left, right) => {
                [self.present(*left, functions), self.present(*right, functions)].concat()
            }
            Expr::Call(callee, arguments) => match (self.module.expr(*callee), arguments.first()) {
                (Expr::Member(_, name), Some(each)) if name.as_ref() == "every" && functions > 0 => self
                    .returned(*each)
                    .map(|value| self.present(value, functions - 1))
                    .unwrap_or_default(),
                _ => self.reads_at(test),
            },
            _ => self.reads_at(test),
        }
    }

    /// The reads whose value an expression is, or is made of: `x`, `x.trim()`, `Number(x)`, `typeof x`.
    pub(super) fn reads_at(&self, expr: ExprId) -> Vec<usize> {
        if let Some(reads) = self.by_expr.get(&expr) {
            return reads.clone();
        }
        match self.module.expr(expr) {
            Expr::Name(binding) => {
                let reads = self.by_binding.get(binding).into_iter().flatten();
                reads.take(MOST_OF_A_NAME).copied().collect()
            }
            Expr::Member(object, _) => self.reads_at(*object),
            Expr::Unary("!" | "+" | "typeof", inner) => self.reads_at(*inner),
            Expr::Logical(Logical::Or | Logical::Coalesce, left, _) => self.reads_at(*left),
            Expr::Call(callee, arguments) => match (self.last_name(*callee), arguments.first()) {
                (Some(name), Some(first)) if CONVERSIONS.contains(&name) => self.reads_at(*first),
                _ => match self.module.expr(*callee) {
                    Expr::Member(object, _) => self.reads_at(*object),
                    _ => Vec::new(),
                },
            },
            _ => Vec::new(),
        }
    }

    /// Finds the functions that end the process or throw, and those that do nothing but call such a one: twice over,
    /// each function looked at once.
    pub(super) fn endings(&mut self) {
        for _ in 0..ROUNDS {
            let ending = (0_u32..)
                .zip(&self.module.functions)
                .filter(|(_, function)| self.all_end(&function.steps));
            self.ending = ending.map(|(index, _)| FunctionId(index)).collect();
        }
    }

    /// Whether steps come to an end of the process or an error.
    fn all_end(&self, steps: &[Step]) -> bool {
        steps.iter().any(|step| match step {
            Step::Throw(_) => true,
            Step::Do(expr) | Step::Return(Some(expr)) => self.ends(*expr),
            Step::Bind(..) | Step::Return(None) | Step::Jump | Step::Branch(_) => false,
        })
    }

    /// Whether evaluating an expression ends the process or throws.
    fn ends(&self, expr: ExprId) -> bool {
        match self.module.expr(expr) {
            Expr::Await(inner) => self.ends(*inner),
            Expr::Call(callee, _) => match self.module.expr(*callee) {
                Expr::Member(object, name) => {
                    let is_runtime = matches!(self.module.expr(*object), Expr::Global(name) if matches!(name.as_ref(), "process" | "Deno"));
                    is_runtime && matches!(name.as_ref(), "exit" | "abort")
                }
                _ => self
                    .function_of(*callee)
                    .is_some_and(|called| self.ending.contains(&called)),
            },
            _ => false,
        }
    }
}
