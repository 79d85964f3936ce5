//! Calls, what they are handed, and those that load another module.

use oxc_ast::ast::{Argument, Expression, ImportExpression};
use oxc_span::{GetSpan, Span};

use super::computed::ends_as_data;
use super::expression::constant;
use super::{Expr, ExprId, Lowerer, RequestKind};

impl Lowerer<'_> {
    pub(super) fn arguments(&mut self, arguments: &[Argument<'_>]) -> Box<[ExprId]> {
        let mut lowered = Vec::with_capacity(arguments.len());
        for argument in arguments {
            lowered.push(match argument {
                Argument::SpreadElement(spread) => {
                    let inner = self.expression(&spread.argument);
                    self.keep(Expr::Spread(inner), spread.span)
                }
                other => match other.as_expression() {
                    Some(expression) => self.expression(expression),
                    None => self.keep(Expr::Other(Box::default()), other.span()),
                },
            });
        }
        lowered.into()
    }

    pub(super) fn call(&mut self, callee: &Expression<'_>, arguments: &[Argument<'_>], span: Span) -> ExprId {
        if let Expression::Identifier(name) = callee
            && name.name == "require"
            && self.is_require(name)
            && let [first] = arguments
        {
            let specifier = first.as_expression().and_then(constant);
            if specifier.is_none() {
                let parts = self.arguments(arguments);
                if first.as_expression().is_some_and(ends_as_data) {
                    return self.keep(Expr::Other(parts), span);
                }
                let beside = parts.first().and_then(|part| self.beside(*part));
                let request = self.request(beside.as_deref(), RequestKind::Require, span);
                return self.keep(Expr::Load(request), span);
            }
            let request = self.request(specifier.as_deref(), RequestKind::Require, span);
            return self.keep(Expr::Load(request), span);
        }
        let callee = self.expression(callee);
        let arguments = self.arguments(arguments);
        self.loaded_then(callee, &arguments);
        self.starts(callee, &arguments, span);
        let (callee, arguments) = self.called(callee, arguments);
        self.keep(Expr::Call(callee, arguments), span)
    }

    /// Whether `require` is the runtime's, or made by `createRequire`.
    fn is_require(&mut self, name: &oxc_ast::ast::IdentifierReference<'_>) -> bool {
        let Some(binding) = self.bound(name) else { return true };
        let is_made = self.module.binding(binding).given.iter().any(|given| {
            let made = given.value.map(|value| self.module.expr(value));
            let Some(Expr::Call(maker, _)) = made else { return false };
            match self.module.expr(*maker) {
                Expr::Member(_, name) => name.as_ref() == "createRequire",
                Expr::Name(name) => self.module.binding(*name).name.as_ref() == "createRequire",
                _ => false,
            }
        });
        if is_made {
            self.mention(binding);
        }
        is_made
    }

    pub(super) fn import(&mut self, import: &ImportExpression<'_>) -> Expr {
        let specifier = constant(&import.source);
        if specifier.is_none() {
            let source = self.expression(&import.source);
            if ends_as_data(&import.source) {
                return Expr::Other([source].into());
            }
            let beside = self.beside(source);
            return Expr::Load(self.request(beside.as_deref(), RequestKind::Dynamic, import.span));
        }
        Expr::Load(self.request(specifier.as_deref(), RequestKind::Dynamic, import.span))
    }
}
