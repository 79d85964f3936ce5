//! What a module of CommonJS names itself by: `exports`, `module.exports`, and `this` outside of any function of its own.

use super::{Expr, ExprId, FunctionKind, Module};

impl Module {
    /// Whether an expression is `module.exports`.
    pub fn is_whole(&self, expr: ExprId) -> bool {
        match self.expr(expr) {
            Expr::Member(object, name) => name.as_ref() == "exports" && self.is_global(*object, "module"),
            _ => false,
        }
    }

    /// Whether an expression is what the module gives as a whole: `exports` or `module.exports`.
    pub fn is_exports(&self, expr: ExprId) -> bool {
        self.is_global(expr, "exports") || self.is_whole(expr)
    }

    /// Whether an expression is a name that the runtime has.
    pub fn is_global(&self, expr: ExprId, wanted: &str) -> bool {
        matches!(self.expr(expr), Expr::Global(name) if name.as_ref() == wanted)
    }

    /// Whether a `this` is what the module gives: arrows hand on that of the top level, which is `module.exports`.
    /// <https://nodejs.org/api/modules.html#the-module-wrapper>
    pub fn is_of_module(&self, this: ExprId) -> bool {
        let span = self.span(this);
        let is_around = |around: &crate::text::Span| around.start <= span.start && span.end <= around.end;
        let has_own_this =
            |kind: FunctionKind| !matches!(kind, FunctionKind::TopLevel | FunctionKind::Arrow | FunctionKind::Never);
        !self.classes.iter().any(|class| is_around(&class.span))
            && !self
                .functions
                .iter()
                .any(|function| has_own_this(function.kind) && is_around(&function.span))
    }
}
