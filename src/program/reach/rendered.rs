//! What a server that renders React's components leaves to browsers: effects, and what answers a visitor's hand.

use crate::program::linked::FunctionAt;
use crate::program::module::{Expr, ExprId, Module};

use super::walk::{Position, Walk};

impl Walk<'_> {
    /// An expression of which a server runs but a part; `false` where it runs all.
    pub(super) fn rendered(&mut self, at: FunctionAt, id: ExprId) -> bool {
        let module = self.module(at.module);
        match module.expr(id) {
            Expr::Call(callee, arguments) if is_effect(module, *callee) => {
                self.value(at, *callee, Position::Used);
                for argument in arguments {
                    self.value(at, *argument, Position::Held);
                }
            }
            Expr::Jsx(tag, attributes, children) => {
                self.value(at, *tag, Position::Used);
                for attribute in attributes {
                    let is_handler = attribute.key.as_deref().is_some_and(is_handler);
                    let position = if is_handler { Position::Held } else { Position::Used };
                    self.value(at, attribute.value, position);
                }
                children.iter().for_each(|child| self.value(at, *child, Position::Used));
            }
            _ => return false,
        }
        true
    }
}

/// Whether a call hands a function to React that only browsers run.
/// <https://react.dev/reference/react/useEffect#caveats>
fn is_effect(module: &Module, callee: ExprId) -> bool {
    let name = match module.expr(callee) {
        Expr::Name(binding) => module.binding(*binding).name.as_ref(),
        Expr::Member(_, name) => name.as_ref(),
        _ => return false,
    };
    matches!(name, "useEffect" | "useLayoutEffect" | "useInsertionEffect")
}

/// Whether an attribute of JSX is what is called when something happens in the browser: `onClick`.
fn is_handler(key: &str) -> bool {
    let rest = key.strip_prefix("on").and_then(|rest| rest.chars().next());
    rest.is_some_and(char::is_uppercase)
}
