//! Specifiers that are put together.

use oxc_ast::ast::{Argument, Expression};
use oxc_syntax::operator::BinaryOperator;

use crate::program::module::is_data;

/// Whether a computed specifier has an ending of data: whatever stands before it, it leads to no code.
pub(super) fn ends_as_data(specifier: &Expression<'_>) -> bool {
    let mut at = specifier;
    loop {
        at = match at {
            Expression::StringLiteral(text) => return is_data(text.value.as_str()),
            Expression::TemplateLiteral(template) => {
                return template
                    .quasis
                    .last()
                    .is_some_and(|last| is_data(last.value.raw.as_str()));
            }
            Expression::BinaryExpression(binary) if binary.operator == BinaryOperator::Addition => &binary.right,
            // `path.join(folder, "en.json")`.
            Expression::CallExpression(call) => {
                let is_join = call.callee.as_member_expression().is_some_and(|callee| {
                    callee
                        .static_property_name()
                        .is_some_and(|name| matches!(name, "join" | "resolve"))
                });
                match call.arguments.last().and_then(Argument::as_expression) {
                    Some(last) if is_join => last,
                    Some(_) | None => return false,
                }
            }
            _ => return false,
        };
    }
}
