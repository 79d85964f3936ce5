//! Where a text that a name holds is asked for: `const PAID = "order.paid"`, `enum Events { Paid = "order.paid" }`.

use std::sync::Arc;

use super::acting::Look;
use crate::program::module::{BindingId, BindingKind, Exported, Expr, ExprId, FunctionId, MemberValue, Module};
use crate::program::{At, Deed, FunctionAt, Literal, ModuleId, Target, Value};

/// How a name holds a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Held {
    /// It is the text.
    Text,
    /// It is an object that has it under this key.
    Key(Arc<str>),
    /// It is a list of which the text is one.
    List,
    /// It is true where the text came.
    Truth,
}

impl Look<'_> {
    /// How an expression holds the text.
    pub(super) fn held(&self, expr: ExprId) -> Held {
        if self.targets.contains(&expr) {
            return match (self.is_truth, self.is_list) {
                (true, _) => Held::Truth,
                (false, true) => Held::List,
                (false, false) => Held::Text,
            };
        }
        match self.module.expr(expr) {
            Expr::Object(properties) => {
                let own = properties
                    .iter()
                    .find(|property| self.targets.contains(&property.value));
                own.and_then(|property| property.key.clone())
                    .map_or(Held::List, Held::Key)
            }
            // `Object.freeze({ … })`.
            Expr::Call(_, arguments) => match arguments.as_ref() {
                [one] => self.held(*one),
                _ => Held::List,
            },
            _ => Held::List,
        }
    }

    /// What is decided wherever a name stands that holds the text.
    pub(super) fn named(&self, name: BindingId, held: &Held) -> Deed {
        let targets = in_module(self.module, held, |expr| *self.module.expr(expr) == Expr::Name(name));
        let mut decided = self.within(self.at.module, &targets, held);
        let is_exported = self
            .module
            .exports
            .iter()
            .any(|export| export.what == Exported::Binding(name));
        if is_exported {
            decided = decided.max(self.elsewhere(held));
        }
        // Where nothing is seen to ask for it, it may be asked for all the same.
        decided.unwrap_or(Deed::Unclear)
    }

    /// What other modules decide on it; what only hands it on, or asks for it in another way, is not followed.
    fn elsewhere(&self, held: &Held) -> Option<Deed> {
        if *held == Held::List {
            return Some(Deed::Unclear);
        }
        let Expr::Text(text) = self.program.module(self.at.module).expr(self.text) else {
            return Some(Deed::Unclear);
        };
        let wanted = Value::Literal(Literal::Text(Arc::clone(text)));
        let mut decided = None;
        for (id, linked) in self.program.modules() {
            if !linked.targets.contains(&Target::Module(self.at.module)) {
                continue;
            }
            let module = &linked.module;
            let is_import = |expr: ExprId| {
                matches!(module.expr(expr), Expr::Name(name)
                    if matches!(module.binding(*name).kind, BindingKind::Import(..)))
            };
            let is_it = |expr: &ExprId| {
                let values = self.program.values(At {
                    module: id,
                    expr: *expr,
                });
                values == [wanted.clone()]
            };
            let targets: Vec<ExprId> = in_module(module, held, is_import).into_iter().filter(is_it).collect();
            decided = decided.max(self.within(id, &targets, held));
        }
        decided
    }

    /// What live functions of a module decide on what stands for the text.
    fn within(&self, id: ModuleId, targets: &[ExprId], held: &Held) -> Option<Deed> {
        let module = self.program.module(id);
        let mut decided = None;
        for (function, index) in module.functions.iter().zip(0_u32..) {
            let at = FunctionAt {
                module: id,
                function: FunctionId(index),
            };
            if targets.is_empty() || !(self.is_live)(at) {
                continue;
            }
            let look = Look {
                at,
                module,
                targets: targets.to_vec(),
                is_truth: *held == Held::Truth,
                is_list: *held == Held::List,
                depth: self.depth + 1,
                ..*self
            };
            decided = decided.max(look.steps(&function.steps));
        }
        decided
    }

    /// What a method does that the text decorates: `@OnEvent("order.paid") async settle(order) { … }`.
    pub(super) fn decorated(&self) -> Option<Deed> {
        let members = self.module.classes.iter().flat_map(|class| &class.members);
        let own = members.filter(|member| {
            member.decorators.iter().any(|decorator| {
                let mut is_held = false;
                self.module
                    .each_part(*decorator, &mut |part| is_held |= self.targets.contains(&part));
                is_held
            })
        });
        let deeds = own.filter_map(|member| match member.value {
            MemberValue::Method(function) => {
                let module = self.at.module;
                Some(self.deed_of_value(&Value::Function(FunctionAt { module, function })))
            }
            MemberValue::Field(_) => None,
        });
        deeds.reduce(Deed::max)
    }
}

/// The expressions of a module that stand for the text where some expressions are what holds it.
fn in_module(module: &Module, held: &Held, is_holder: impl Fn(ExprId) -> bool) -> Vec<ExprId> {
    let all = (0_u32..).map(ExprId).take(module.expressions.len());
    let is_it = |expr: &ExprId| match held {
        Held::Key(key) => match module.expr(*expr) {
            Expr::Member(object, name) => name == key && is_holder(*object),
            _ => false,
        },
        Held::Text | Held::List | Held::Truth => is_holder(*expr),
    };
    all.filter(is_it).collect()
}
