//! One file of JavaScript or TypeScript, lowered to what the rest of the room asks of it.
//!
//! A module owns its words and keeps no syntax tree: names are bound, types and parentheses are gone, and what is
//! evaluated stands in the order of evaluation. Spans are bytes of the document that it was made from.

pub(in crate::program) mod constant;
mod data;
mod exchange;
mod expr;
mod lower;
mod never;
mod own;

pub(in crate::program) use data::is_data;
pub use exchange::{Export, ExportName, Exported, Imported, Request, RequestKind};
pub use expr::{Expr, Logical, Property};
pub use lower::Language;
pub(in crate::program) use lower::{Desk, spread};

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use crate::text::Span;

/// A function of a module: an index into `Module::functions`. The first is the module's own top level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(pub u32);

/// A class of a module: an index into `Module::classes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(pub u32);

/// A name of a module: an index into `Module::bindings`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BindingId(pub u32);

/// An expression of a module: an index into `Module::expressions`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExprId(pub u32);

/// Another module that this one asks for: an index into `Module::requests`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u32);

/// In `Given::path`: any item of a list, as a loop takes them out.
pub const EACH: &str = "[each]";

/// The code that runs when a module is loaded.
pub const TOP_LEVEL: FunctionId = FunctionId(0);

/// A lowered file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Module {
    /// Why it could not be read as a whole, in words without a full stop; what it holds is then nothing.
    pub unread: Option<Arc<str>>,
    /// The other modules it asks for, in the order of the file.
    pub requests: Vec<Request>,
    /// What others may take from it.
    pub exports: Vec<Export>,
    /// Its names: imports, variables, parameters, functions, classes.
    pub bindings: Vec<Binding>,
    /// Its functions; the first is the top level.
    pub functions: Vec<Function>,
    /// Its classes.
    pub classes: Vec<Class>,
    /// All expressions with their bytes. A part has a lower index than the whole that it belongs to.
    pub expressions: Vec<(Expr, Range<u32>)>,
    /// The objects of `object?.property`, which may be missing, in order.
    pub(in crate::program) optional: Vec<ExprId>,
    /// The directives at its head: `use client`, `use server`, `use strict`.
    pub directives: Vec<Arc<str>>,
    /// The expressions of all functions, in the order of evaluation.
    order: Box<[ExprId]>,
    /// Where each function's begin among these; one more than there are functions.
    starts: Box<[u32]>,
}

/// A name.
#[derive(Debug, Clone, PartialEq)]
pub struct Binding {
    /// As written.
    pub name: Arc<str>,
    /// Where it is declared.
    pub span: Span,
    /// What kind of name.
    pub kind: BindingKind,
    /// The function in whose body (or as whose parameter) it is declared.
    pub function: FunctionId,
    /// Every value that it is given by a declaration or an assignment, in the order of the file.
    pub given: Vec<Given>,
}

/// What kind of name.
#[derive(Debug, Clone, PartialEq)]
pub enum BindingKind {
    /// Something of another module.
    Import(RequestId, Imported),
    /// `const`: given once.
    Constant,
    /// `let`, `var`.
    Variable,
    /// A parameter of its function, by index; what is taken out of it stands in `given` as a path without a value.
    Parameter(u32),
    /// A declared function.
    Function(FunctionId),
    /// A declared class.
    Class(ClassId),
    /// Anything else: a caught error, an enum, a namespace.
    Other,
}

/// A value that a name is given.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// The value; `None` where it is not known (a parameter, a loop's item, `x += …`).
    pub value: Option<ExprId>,
    /// What is taken out of it by destructuring, outermost first: `const { a: { b } } = v` gives `b` by `a`, `b`.
    pub path: Vec<Arc<str>>,
    /// The value where what is taken is missing: `const { a = 1 } = v`.
    pub default: Option<ExprId>,
    /// The function in which it is given.
    pub function: FunctionId,
    /// Where.
    pub span: Span,
}

/// A function, or the top level.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// Its name, or that of what it is first given to (`const x = () => …`, `{ x() {} }`).
    pub name: Option<Arc<str>>,
    /// The whole of it.
    pub span: Span,
    /// What kind of function.
    pub kind: FunctionKind,
    /// Whether it gives a promise.
    pub is_async: bool,
    /// The function around it; of the top level, itself.
    pub parent: FunctionId,
    /// Its parameters in order, each with the names that it binds.
    pub parameters: Vec<Parameter>,
    /// What it does, in order. An arrow with an expression body returns it.
    pub steps: Vec<Step>,
    /// The names that its own steps mention (those of functions within not), sorted, each once.
    pub mentions: Vec<BindingId>,
    /// The properties that its own steps ask for by name (`.x`, `["x"]`, `{ x } = …`), sorted, each once.
    pub members: Vec<Arc<str>>,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// The names it binds: one, or those of a pattern.
    pub bindings: Vec<BindingId>,
    /// Whether it takes all that is left.
    pub is_rest: bool,
    /// Decorators on it, as expressions: Nest's `@Body()`.
    pub decorators: Vec<ExprId>,
}

/// What kind of function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FunctionKind {
    /// The code that runs when the module is loaded.
    TopLevel,
    /// `function`.
    Plain,
    /// `=>`.
    Arrow,
    /// A method or setter of a class or an object.
    Method,
    /// A getter of a class or an object: who asks for the property calls it.
    Getter,
    /// A class's constructor; its initialised fields and static blocks count to it.
    Constructor,
    /// No function: steps of the one around it that production never comes to. Nobody calls it.
    Never,
}

/// A class.
#[derive(Debug, Clone, PartialEq)]
pub struct Class {
    /// Its name.
    pub name: Option<Arc<str>>,
    /// The whole of it.
    pub span: Span,
    /// What it extends.
    pub extends: Option<ExprId>,
    /// Decorators, as expressions (a name or a call).
    pub decorators: Vec<ExprId>,
    /// Its constructor.
    pub constructor: Option<FunctionId>,
    /// Its methods and fields, in order.
    pub members: Vec<ClassMember>,
}

/// A method or a field.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassMember {
    /// Its name; `None` where it is computed.
    pub name: Option<Arc<str>>,
    /// Whether it belongs to the class itself.
    pub is_static: bool,
    /// Decorators, as expressions.
    pub decorators: Vec<ExprId>,
    /// The method's function, or the field's value.
    pub value: MemberValue,
    /// Where.
    pub span: Span,
}

/// What stands behind a member of a class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MemberValue {
    /// A method, a getter or a setter.
    Method(FunctionId),
    /// A field, with its value if it has one.
    Field(Option<ExprId>),
}

/// One thing that a function does.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// An expression for its effect.
    Do(ExprId),
    /// A declaration that gives a value to names (`Binding::given` says which).
    Bind(Vec<BindingId>, ExprId),
    /// `return`.
    Return(Option<ExprId>),
    /// `throw`.
    Throw(ExprId),
    /// `break`, `continue`.
    Jump,
    /// What may run or not; it is large, and most steps are none.
    Branch(Box<Branch>),
}

/// What may run or not, or several times.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// Of which statement.
    pub kind: BranchKind,
    /// What it depends on: the condition, the value switched on, what is looped over.
    pub test: Option<ExprId>,
    /// The alternatives: then and else; the cases; the body; try, catch, finally (an absent one is empty).
    pub arms: Vec<Vec<Step>>,
    /// Where.
    pub span: Span,
}

/// The statement that branches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BranchKind {
    /// `if`: then, else.
    If,
    /// `switch`: its cases.
    Switch,
    /// `for`, `while`, `do`: the body.
    Loop,
    /// `try`: the block, the handler, the finaliser.
    Try,
}

impl Module {
    /// A file that can't be read as a module, and why.
    pub fn unread(why: impl Into<Arc<str>>) -> Self {
        Self {
            unread: Some(why.into()),
            ..Self::default()
        }
    }

    /// An expression. A module that only gives others' names on has none, and yet what nobody could follow may be placed at its
    /// first: that is one of which nothing is known.
    pub fn expr(&self, id: ExprId) -> &Expr {
        static NOTHING: LazyLock<Expr> = LazyLock::new(|| Expr::Other(Box::default()));
        let known = self.expressions.get(id.0 as usize);
        known.map_or_else(|| &*NOTHING, |(expr, _)| expr)
    }

    /// Whether an expression is the object of `object?.property`: it may be missing.
    pub fn is_optional(&self, id: ExprId) -> bool {
        self.optional.binary_search(&id).is_ok()
    }

    /// Where an expression stands.
    pub fn span(&self, id: ExprId) -> Span {
        let known = self.expressions.get(id.0 as usize);
        known.map_or(0..0, |(_, span)| span.start as usize..span.end as usize)
    }

    /// A function.
    pub fn function(&self, id: FunctionId) -> &Function {
        &self.functions[id.0 as usize]
    }

    /// A function and those that it is written in, the innermost first.
    pub fn around(&self, id: FunctionId) -> impl Iterator<Item = FunctionId> + '_ {
        std::iter::successors(Some(id), |at| {
            let parent = self.function(*at).parent;
            (parent != *at).then_some(parent)
        })
    }

    /// A class.
    pub fn class(&self, id: ClassId) -> &Class {
        &self.classes[id.0 as usize]
    }

    /// A name.
    pub fn binding(&self, id: BindingId) -> &Binding {
        &self.bindings[id.0 as usize]
    }

    /// A request.
    pub fn request(&self, id: RequestId) -> &Request {
        &self.requests[id.0 as usize]
    }

    /// Calls `visit` with every expression of a function's own steps, a part before the whole that it belongs to,
    /// in the order of evaluation; functions and classes within are seen as expressions and not entered, and what
    /// production never does (`if (process.env.NODE_ENV === "development")`) is a function of its own.
    pub fn each_expr(&self, function: FunctionId, visit: &mut impl FnMut(ExprId)) {
        let index = function.0 as usize;
        if let (Some(start), Some(end)) = (self.starts.get(index), self.starts.get(index + 1)) {
            let own = self.order.get(*start as usize..*end as usize);
            own.into_iter().flatten().copied().for_each(visit);
        }
    }

    /// Writes down the order of [`Module::each_expr`]: many ask for it, and each would follow all parts of all parts.
    fn put_in_order(&mut self) {
        let mut order = Vec::with_capacity(self.expressions.len());
        let mut starts = Vec::with_capacity(self.functions.len() + 1);
        let end = |order: &Vec<ExprId>| u32::try_from(order.len()).unwrap_or(u32::MAX);
        for function in &self.functions {
            starts.push(end(&order));
            for step in &function.steps {
                self.each_in_step(step, &mut |expr| order.push(expr));
            }
        }
        starts.push(end(&order));
        self.order = order.into();
        self.starts = starts.into();
    }

    fn each_in_step(&self, step: &Step, visit: &mut impl FnMut(ExprId)) {
        match step {
            Step::Do(expr) | Step::Bind(_, expr) | Step::Return(Some(expr)) | Step::Throw(expr) => {
                self.each_part(*expr, visit);
            }
            Step::Return(None) | Step::Jump => {}
            Step::Branch(branch) => {
                if let Some(test) = branch.test {
                    self.each_part(test, visit);
                }
                for step in branch.arms.iter().flatten() {
                    self.each_in_step(step, visit);
                }
            }
        }
    }

    /// Calls `visit` with an expression's parts, then with itself.
    pub fn each_part(&self, id: ExprId, visit: &mut impl FnMut(ExprId)) {
        self.expr(id).parts(&mut |part| self.each_part(part, visit));
        visit(id);
    }
}
