//! What middleware of a package was told where it was made.

use crate::program::linked::{At, Program};
use crate::program::module::constant::known_alone;
use crate::program::module::{Expr, Property, Step};
use crate::program::values::Value;

/// Objects that are spread into each other.
const DEEPEST: u32 = 4;

impl Program {
    /// Whether middleware that a package makes is told to let everything through: `rateLimit({ skip: () => true })`.
    pub fn is_off(&self, middleware: &Value) -> bool {
        let values = self.option_of(middleware, "skip");
        let is_always = |value: &Value| match value {
            Value::Function(function) => {
                let module = self.module(function.module);
                matches!(module.function(function.function).steps.as_slice(),
                    [Step::Return(Some(expr))] if known_alone(module, *expr) == Some(true))
            }
            _ => false,
        };
        !values.is_empty() && values.iter().all(is_always)
    }

    /// All that an option may be of what middleware that a package makes is handed first; nothing where one of the objects
    /// that it may be could not be followed, or lacks it.
    pub fn option_of(&self, middleware: &Value, name: &str) -> Vec<Value> {
        let Value::Result(_, call) = middleware else {
            return Vec::new();
        };
        let module = self.module(call.module);
        let (Expr::Call(_, arguments) | Expr::New(_, arguments)) = module.expr(call.expr) else {
            return Vec::new();
        };
        let Some(first) = arguments.first() else {
            return Vec::new();
        };
        let first = At {
            module: call.module,
            expr: *first,
        };
        self.option_in(first, name, 0).unwrap_or_default()
    }

    fn option_in(&self, object: At, name: &str, depth: u32) -> Option<Vec<Value>> {
        let mut found = Vec::new();
        for value in self.values(object) {
            let Value::Object(object) = value else { return None };
            let Expr::Object(properties) = self.module(object.module).expr(object.expr) else {
                return None;
            };
            found.extend(self.option_among(object, properties, name, depth)?);
        }
        Some(found)
    }

    /// The last that says it counts, whether it is written there or spread into it.
    fn option_among(&self, object: At, properties: &[Property], name: &str, depth: u32) -> Option<Vec<Value>> {
        for property in properties.iter().rev() {
            let at = |expr| At {
                module: object.module,
                expr,
            };
            match (&property.key, self.module(object.module).expr(property.value)) {
                (Some(key), _) if key.as_ref() == name => return Some(self.values(at(property.value))),
                (None, Expr::Spread(inner)) if depth < DEEPEST => {
                    let spread = self.option_in(at(*inner), name, depth + 1);
                    if spread.is_some() {
                        return spread;
                    }
                }
                _ => {}
            }
        }
        None
    }
}
