//! What becomes of the failure of something that is started: where it is thrown to, and who catches it there.

use crate::program::module::{BranchKind, Expr, ExprId, FunctionId, Module, Step, TOP_LEVEL};
use crate::program::{At, FunctionAt, ModuleId, Program, Value};

use super::ending::{End, Ending, of_function, of_steps};
use super::shape::{Shape, Stands, stands};
use super::{Ran, Start, Tells, Via, later, status};

/// Functions that call each other and are followed.
const DEEPEST: u32 = 5;

/// What is called by the runtime, which ends with what it throws.
const BY_THE_RUNTIME: [&str; 5] = [
    "setTimeout",
    "setImmediate",
    "setInterval",
    "queueMicrotask",
    "nextTick",
];

/// What becomes of the failure of what a call starts, where a module is started.
pub(super) fn end(ran: &Ran, id: ModuleId, start: &Start) -> End {
    let look = Failing {
        ran,
        program: &ran.program,
        id,
        via: &start.via,
    };
    match start.tells {
        Tells::Throwing => look.thrown(start.function, start.call, Way::Thrown, 0),
        Tells::Rejecting => look.thrown(start.function, start.call, Way::Rejected, 0),
        Tells::Status => status::looked_at(ran, start.function, start.call),
        Tells::Event => look.called_back(start.function, start.call),
    }
}

/// How a failure comes out of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Thrown,
    /// As a promise that is rejected: no `try` catches it before it is awaited.
    Rejected,
}

struct Failing<'a> {
    ran: &'a Ran,
    program: &'a Program,
    /// What is started.
    id: ModuleId,
    via: &'a [Via],
}

impl Failing<'_> {
    /// What becomes of what an expression of a function throws or rejects.
    fn thrown(&self, at: FunctionAt, expr: ExprId, way: Way, depth: u32) -> End {
        let module = self.program.module(at.module);
        let shape = self.ran.shape(at.module);
        let (mut inner, mut way) = (expr, way);
        while let Some(whole) = shape.parent(inner) {
            match module.expr(whole) {
                Expr::Await(_) => way = Way::Thrown,
                Expr::Call(callee, arguments) if *callee == inner => {
                    if let Some(end) = self.caught_by_method(at, *callee, arguments) {
                        return end;
                    }
                }
                Expr::Call(callee, _) if way == Way::Rejected && !is_joining(module, *callee) => return End::Open,
                _ => {}
            }
            inner = whole;
        }
        let steps = &module.function(at.function).steps;
        if way == Way::Rejected {
            return match stands(steps, inner) {
                Some(Stands::Returned) => self.leaving(at, Way::Rejected, depth),
                // Nobody waits for it: a rejection that is not handled ends the process.
                Some(Stands::Done) if is_dropped(module, inner) => End::Counts,
                Some(Stands::Done | Stands::Thrown | Stands::Tested(_)) | None => End::Open,
            };
        }
        let mut handlers = Vec::new();
        if !around(steps, inner, &mut handlers) {
            return End::Open;
        }
        for arms in handlers {
            let each = arms.iter().map(|arm| of_steps(self.program, at, arm)).max();
            match each.unwrap_or(Ending::GoesOn) {
                Ending::Exits => return End::Counts,
                Ending::Throws => {}
                Ending::Sometimes => {
                    let told = later::told(self.program, at, arms.first().map_or(&[], Vec::as_slice));
                    return if told == End::Counts { told } else { End::Open };
                }
                Ending::GoesOn => return later::told(self.program, at, arms.first().map_or(&[], Vec::as_slice)),
            }
        }
        let leaves = if module.function(at.function).is_async {
            Way::Rejected
        } else {
            Way::Thrown
        };
        self.leaving(at, leaves, depth)
    }

    /// `run().catch(handle)`, `run().then(go, handle)`; `None` where the call lets it through.
    fn caught_by_method(&self, at: FunctionAt, callee: ExprId, arguments: &[ExprId]) -> Option<End> {
        let module = self.program.module(at.module);
        let Expr::Member(_, name) = module.expr(callee) else {
            return None;
        };
        let handler = match name.as_ref() {
            "catch" => arguments.first()?,
            "then" => arguments.get(1)?,
            _ => return None,
        };
        let handled = self.program.values(At {
            module: at.module,
            expr: *handler,
        });
        let each = handled.iter().map(|value| match value {
            Value::Function(function) => match of_function(self.program, *function) {
                Ending::Exits | Ending::Throws => End::Counts,
                Ending::Sometimes => End::Open,
                Ending::GoesOn => {
                    let handler = &self.program.module(function.module).function(function.function).steps;
                    later::told(self.program, *function, handler)
                }
            },
            _ if super::follow::shows(module, *handler) => End::Lost,
            _ => End::Open,
        });
        Some(each.reduce(End::either).unwrap_or(End::Open))
    }

    /// What becomes of what leaves a function.
    fn leaving(&self, at: FunctionAt, way: Way, depth: u32) -> End {
        if at.function == TOP_LEVEL {
            return End::Counts;
        }
        if depth >= DEEPEST {
            return End::Open;
        }
        let module = self.program.module(at.module);
        let shape = self.ran.shape(at.module);
        let written = Shape::written(module, at.function);
        let whole = written.and_then(|written| Some((written, shape.parent(written)?)));
        if let Some((written, whole)) = whole
            && let Expr::Call(callee, _) | Expr::New(callee, _) = module.expr(whole)
        {
            let Some(owner) = shape.owner(whole) else {
                return End::Open;
            };
            let owner = FunctionAt {
                module: at.module,
                function: owner,
            };
            // `(async () => { … })()`
            return match *callee == written {
                true => self.thrown(owner, whole, way, depth + 1),
                false => self.handed_on(owner, whole, *callee, way, depth),
            };
        }
        // Other calls of it hand it other commands.
        if let Some(via) = self.via.iter().find(|via| via.called == at) {
            return self.thrown(via.caller, via.call, way, depth + 1);
        }
        let live = |caller: &(FunctionAt, ExprId)| self.ran.is_live(self.id, caller.0);
        let mut all = self.program.callers_by_name(at);
        if all.is_empty() {
            all = self.callers_by_other_names(at);
        }
        let callers = all.into_iter().filter(live);
        let ends = callers.map(|(caller, call)| self.thrown(caller, call, way, depth + 1));
        ends.reduce(End::either).unwrap_or(End::Open)
    }

    /// The calls of a function by names of its module that are given it: `for (const step of [check, migrate]) await step()`.
    fn callers_by_other_names(&self, at: FunctionAt) -> Vec<(FunctionAt, ExprId)> {
        let module = self.program.module(at.module);
        let shape = self.ran.shape(at.module);
        let mut found = Vec::new();
        for ((expr, _), index) in module.expressions.iter().zip(0_u32..) {
            let Expr::Call(callee, _) = expr else { continue };
            let at_callee = At {
                module: at.module,
                expr: *callee,
            };
            if matches!(module.expr(*callee), Expr::Name(_))
                && self.program.values(at_callee).contains(&Value::Function(at))
                && let Some(owner) = shape.owner(ExprId(index))
            {
                let owner = FunctionAt {
                    module: at.module,
                    function: owner,
                };
                found.push((owner, ExprId(index)));
            }
        }
        found
    }

    /// What becomes of what a function throws that a call is given.
    fn handed_on(&self, owner: FunctionAt, call: ExprId, callee: ExprId, way: Way, depth: u32) -> End {
        let module = self.program.module(owner.module);
        let name = match module.expr(callee) {
            Expr::Global(name) | Expr::Member(_, name) => name.as_ref(),
            _ => "",
        };
        if BY_THE_RUNTIME.contains(&name) {
            return End::Counts;
        }
        match (module.expr(call), name) {
            // What its function throws rejects a promise; what it rejects by itself nobody sees.
            (Expr::New(..), "Promise") if way == Way::Thrown => self.thrown(owner, call, Way::Rejected, depth + 1),
            (Expr::New(..), "Promise") => End::Counts,
            (_, "then" | "finally") => self.thrown(owner, call, Way::Rejected, depth + 1),
            (_, "forEach" | "map" | "some" | "every") => self.thrown(owner, call, way, depth + 1),
            _ => End::Open,
        }
    }
}

impl Failing<'_> {
    /// What becomes of a failure that a program tells by calling back, or by its events.
    fn called_back(&self, at: FunctionAt, call: ExprId) -> End {
        let module = self.program.module(at.module);
        let (Expr::Call(_, arguments) | Expr::New(_, arguments)) = module.expr(call) else {
            return End::Open;
        };
        let mut handlers: Vec<Value> = Vec::new();
        for argument in arguments.iter().skip(1) {
            let values = self.program.values(At {
                module: at.module,
                expr: *argument,
            });
            handlers.extend(values.into_iter().filter(|value| matches!(value, Value::Function(_))));
        }
        let Some(listening) = self.listening(at, call) else {
            return End::Open;
        };
        handlers.extend(listening);
        let ends = handlers.iter().map(|handler| match handler {
            Value::Function(function) => match of_function(self.program, *function) {
                Ending::Exits => End::Counts,
                Ending::Throws => self.rejecting(at),
                Ending::Sometimes => End::Open,
                Ending::GoesOn => End::Lost,
            },
            _ => End::Open,
        });
        // One that ends with it is enough.
        let ends: Vec<End> = ends.collect();
        match ends.as_slice() {
            [] => End::Lost,
            ends if ends.contains(&End::Counts) => End::Counts,
            ends if ends.contains(&End::Open) => End::Open,
            _ => End::Lost,
        }
    }

    /// What listens to the end of what a call started; `None` where that goes where nobody could follow.
    fn listening(&self, at: FunctionAt, call: ExprId) -> Option<Vec<Value>> {
        let module = self.program.module(at.module);
        let shape = self.ran.shape(at.module);
        let mut spots = vec![call];
        for (binding, index) in module.bindings.iter().zip(0_u32..) {
            if binding.given.iter().any(|given| given.value == Some(call)) {
                let name = Expr::Name(crate::program::module::BindingId(index));
                let each = module.expressions.iter().zip(0_u32..);
                spots.extend(
                    each.filter(|((expr, _), _)| *expr == name)
                        .map(|(_, index)| ExprId(index)),
                );
            }
        }
        let mut found = Vec::new();
        while let Some(spot) = spots.pop() {
            let whole = shape.parent(spot);
            let Some(Expr::Member(_, method)) = whole.map(|whole| module.expr(whole)) else {
                let is_dropped =
                    whole.is_none() || whole.is_some_and(|whole| matches!(module.expr(whole), Expr::Assign(..)));
                if !is_dropped || self.is_returned(at, spot) {
                    return None;
                }
                continue;
            };
            let listens = whole.and_then(|whole| shape.parent(whole));
            if let Some(Expr::Call(_, arguments)) = listens.map(|listens| module.expr(listens))
                && matches!(method.as_ref(), "on" | "once" | "addListener")
                && let [event, handler, ..] = &**arguments
            {
                if matches!(module.expr(*event), Expr::Text(event) if matches!(event.as_ref(), "exit" | "close")) {
                    found.extend(self.program.values(At {
                        module: at.module,
                        expr: *handler,
                    }));
                }
                spots.extend(listens);
            }
        }
        Some(found)
    }

    fn is_returned(&self, at: FunctionAt, root: ExprId) -> bool {
        // Nobody asks what the function of a promise gives back.
        if promise_around(self.program.module(at.module), &self.ran.shape(at.module), at.function).is_some() {
            return false;
        }
        let steps = &self.program.module(at.module).function(at.function).steps;
        matches!(stands(steps, root), Some(Stands::Returned | Stands::Tested(_)))
    }

    /// What becomes of a promise that is rejected where a function of its own starts something.
    fn rejecting(&self, at: FunctionAt) -> End {
        let module = self.program.module(at.module);
        let shape = self.ran.shape(at.module);
        for function in module.around(at.function) {
            let made = promise_around(module, &shape, function);
            if let Some((owner, promise)) = made {
                let owner = FunctionAt {
                    module: at.module,
                    function: owner,
                };
                return self.thrown(owner, promise, Way::Rejected, 0);
            }
        }
        // An error that is thrown in an event ends the process.
        End::Counts
    }
}

/// The promise whose own function this is, with the function that makes it.
fn promise_around(module: &Module, shape: &Shape, function: FunctionId) -> Option<(FunctionId, ExprId)> {
    let written = Shape::written(module, function)?;
    let whole = shape.parent(written)?;
    let Expr::New(callee, _) = module.expr(whole) else {
        return None;
    };
    let is_promise = matches!(module.expr(*callee), Expr::Global(name) if name.as_ref() == "Promise");
    is_promise.then_some((shape.owner(whole)?, whole))
}

/// `Promise.all([…])`: rejected with any of what it is given.
fn is_joining(module: &Module, callee: ExprId) -> bool {
    match module.expr(callee) {
        Expr::Member(object, name) => {
            let is_promise = matches!(module.expr(*object), Expr::Global(global) if global.as_ref() == "Promise");
            is_promise && matches!(name.as_ref(), "all" | "race" | "resolve")
        }
        _ => false,
    }
}

/// Whether no name is given what an expression gives.
fn is_dropped(module: &Module, expr: ExprId) -> bool {
    let mut given = module.bindings.iter().flat_map(|binding| &binding.given);
    !given.any(|given| given.value == Some(expr))
}

/// The handler and the finaliser of each `try` around an expression, the innermost first; whether the steps hold it at all.
fn around<'a>(steps: &'a [Step], root: ExprId, handlers: &mut Vec<&'a [Vec<Step>]>) -> bool {
    steps.iter().any(|step| match step {
        Step::Do(expr) | Step::Bind(_, expr) | Step::Return(Some(expr)) | Step::Throw(expr) => *expr == root,
        Step::Return(None) | Step::Jump => false,
        Step::Branch(branch) if branch.test == Some(root) => true,
        Step::Branch(branch) => branch.arms.iter().zip(0_u32..).any(|(arm, place)| {
            let is_held = around(arm, root, handlers);
            if is_held && branch.kind == BranchKind::Try && place == 0 && has_handler(branch.arms.as_slice()) {
                handlers.push(&branch.arms[1..]);
            }
            is_held
        }),
    })
}

/// Whether a `try` catches anything: without a handler it has a finaliser.
fn has_handler(arms: &[Vec<Step>]) -> bool {
    let is_there = |place: usize| arms.get(place).is_some_and(|arm| !arm.is_empty());
    is_there(1) || !is_there(2)
}
