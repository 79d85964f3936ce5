//! Expressions, without types and parentheses.

use std::sync::Arc;

use crate::text::Span;

use super::{BindingId, ClassId, ExprId, FunctionId, RequestId};

/// An expression. Parentheses, `as`, `satisfies`, `!` and type arguments are gone.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A string, or a template without holes.
    Text(Arc<str>),
    /// A template: the texts around its holes.
    Template(Box<[Arc<str>]>, Box<[ExprId]>),
    /// A number.
    Number(f64),
    /// A truth value.
    Bool(bool),
    /// `null`.
    Null,
    /// `undefined`, `void 0`.
    Undefined,
    /// A regular expression, between its slashes.
    Regex(Arc<str>),
    /// A name of this module.
    Name(BindingId),
    /// A name that this module does not bind: `process`, `console`, `fetch`.
    Global(Arc<str>),
    /// `this`.
    This,
    /// `super`.
    Super,
    /// `import.meta`, `new.target`.
    Meta(Arc<str>),
    /// `object.property`, `object?.property`, `object["property"]`.
    Member(ExprId, Arc<str>),
    /// `object[index]`.
    Index(ExprId, ExprId),
    /// A call.
    Call(ExprId, Box<[ExprId]>),
    /// A construction.
    New(ExprId, Box<[ExprId]>),
    /// A tagged template: tag, texts, holes.
    Tagged(ExprId, Box<[Arc<str>]>, Box<[ExprId]>),
    /// `import(…)` or `require(…)` with what it asks for.
    Load(RequestId),
    /// A function.
    Function(FunctionId),
    /// A class.
    Class(ClassId),
    /// An object.
    Object(Box<[Property]>),
    /// A list; `Spread` items stand for several, holes are `Undefined`.
    List(Box<[ExprId]>),
    /// `...x` in a call, a list or JSX.
    Spread(ExprId),
    /// `await x`.
    Await(ExprId),
    /// `yield x`.
    Yield(Option<ExprId>),
    /// `a && b`, `a || b`, `a ?? b`.
    Logical(Logical, ExprId, ExprId),
    /// Any other operator of two, as written: `+`, `===`, `instanceof`, `in`.
    Binary(&'static str, ExprId, ExprId),
    /// An operator of one, as written: `!`, `-`, `typeof`, `delete`, `++`.
    Unary(&'static str, ExprId),
    /// `a ? b : c`.
    Conditional(ExprId, ExprId, ExprId),
    /// `target = value`; of a pattern as target there is a `Pattern`. The operator is `=`, `+=`, `||=`, ….
    Assign(&'static str, ExprId, ExprId),
    /// A destructuring target: the names it gives.
    Pattern(Box<[BindingId]>),
    /// `a, b`.
    Sequence(Box<[ExprId]>),
    /// An element: its tag (a `Text` for `div`, else a name or member), attributes, children.
    Jsx(ExprId, Box<[Property]>, Box<[ExprId]>),
    /// Something else, made of these.
    Other(Box<[ExprId]>),
}

/// An operator that may leave its right side alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Logical {
    /// `&&`.
    And,
    /// `||`.
    Or,
    /// `??`.
    Coalesce,
}

/// A property of an object, or an attribute of an element.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// Its key; `None` for a computed key and for `...x` (whose value is a `Spread`).
    pub key: Option<Arc<str>>,
    /// Its value; an attribute without one is `true`.
    pub value: ExprId,
    /// Where the whole stands.
    pub span: Span,
}

impl Expr {
    /// Calls `visit` with the expressions that this one is directly made of, in the order of evaluation.
    pub fn parts(&self, visit: &mut impl FnMut(ExprId)) {
        match self {
            Self::Text(_)
            | Self::Number(_)
            | Self::Bool(_)
            | Self::Null
            | Self::Undefined
            | Self::Regex(_)
            | Self::Name(_)
            | Self::Global(_)
            | Self::This
            | Self::Super
            | Self::Meta(_)
            | Self::Load(_)
            | Self::Function(_)
            | Self::Class(_)
            | Self::Pattern(_)
            | Self::Yield(None) => {}
            Self::Template(_, parts) | Self::List(parts) | Self::Sequence(parts) | Self::Other(parts) => {
                parts.iter().copied().for_each(visit);
            }
            Self::Member(part, _)
            | Self::Spread(part)
            | Self::Await(part)
            | Self::Yield(Some(part))
            | Self::Unary(_, part) => visit(*part),
            Self::Index(left, right)
            | Self::Logical(_, left, right)
            | Self::Binary(_, left, right)
            | Self::Assign(_, left, right) => {
                visit(*left);
                visit(*right);
            }
            Self::Call(first, rest) | Self::New(first, rest) | Self::Tagged(first, _, rest) => {
                visit(*first);
                rest.iter().copied().for_each(visit);
            }
            Self::Conditional(first, second, third) => [*first, *second, *third].into_iter().for_each(visit),
            Self::Object(properties) => properties.iter().for_each(|property| visit(property.value)),
            Self::Jsx(tag, attributes, children) => {
                visit(*tag);
                attributes.iter().for_each(|attribute| visit(attribute.value));
                children.iter().copied().for_each(visit);
            }
        }
    }
}
