//! What destructuring gives to which names.

use std::sync::Arc;

use super::{BindingId, ExprId, Given, Lowerer, to_span};
use oxc_ast::ast::{
    AssignmentTarget, AssignmentTargetMaybeDefault, AssignmentTargetProperty, BindingIdentifier, BindingPattern,
    Expression, PropertyKey,
};

/// What is taken apart, and how far it was.
pub(super) struct Taken {
    pub(super) value: Option<ExprId>,
    pub(super) path: Vec<Arc<str>>,
    pub(super) default: Option<ExprId>,
}

impl Taken {
    pub(super) fn whole(value: Option<ExprId>) -> Self {
        Self {
            value,
            path: Vec::new(),
            default: None,
        }
    }

    fn part(&self, key: Option<Arc<str>>) -> Self {
        let mut path = self.path.clone();
        // A computed key takes out something that is not known.
        let value = if key.is_some() { self.value } else { None };
        path.extend(key);
        Self {
            value,
            path,
            default: None,
        }
    }
}

impl Lowerer<'_> {
    /// The names that a declared pattern binds, each given its part.
    pub(super) fn pattern(&mut self, pattern: &BindingPattern<'_>, taken: &Taken, bound: &mut Vec<BindingId>) {
        match pattern {
            BindingPattern::BindingIdentifier(name) => {
                if let Some(binding) = self.declared(name) {
                    self.given(binding, taken, to_span(name.span));
                    bound.push(binding);
                }
            }
            BindingPattern::ObjectPattern(object) => {
                for property in &object.properties {
                    let key = self.key(&property.key);
                    if let Some(key) = &key {
                        self.ask(key);
                    }
                    self.pattern(&property.value, &taken.part(key), bound);
                }
                if let Some(rest) = &object.rest {
                    // What is left has all that is not named: close enough to the whole.
                    self.pattern(&rest.argument, &Taken::whole(taken.part(None).value), bound);
                }
            }
            BindingPattern::ArrayPattern(array) => {
                for (index, element) in array.elements.iter().enumerate() {
                    if let Some(element) = element {
                        self.pattern(element, &taken.part(Some(index.to_string().into())), bound);
                    }
                }
                if let Some(rest) = &array.rest {
                    self.pattern(&rest.argument, &taken.part(None), bound);
                }
            }
            BindingPattern::AssignmentPattern(with_default) => {
                let default = self.expression(&with_default.right);
                let taken = Taken {
                    value: taken.value,
                    path: taken.path.clone(),
                    default: Some(default),
                };
                self.pattern(&with_default.left, &taken, bound);
            }
        }
    }

    /// The names that an assignment's target gives a part to.
    pub(super) fn target(&mut self, target: &AssignmentTarget<'_>, taken: &Taken, bound: &mut Vec<BindingId>) {
        match target {
            AssignmentTarget::AssignmentTargetIdentifier(name) => {
                if let Some(binding) = self.bound(name) {
                    self.given(binding, taken, to_span(name.span));
                    bound.push(binding);
                }
            }
            AssignmentTarget::ObjectAssignmentTarget(object) => {
                for property in &object.properties {
                    self.target_property(property, taken, bound);
                }
                if let Some(rest) = &object.rest {
                    self.target(&rest.target, &taken.part(None), bound);
                }
            }
            AssignmentTarget::ArrayAssignmentTarget(array) => {
                for (index, element) in array.elements.iter().enumerate() {
                    if let Some(element) = element {
                        self.target_or_default(element, &taken.part(Some(index.to_string().into())), bound);
                    }
                }
                if let Some(rest) = &array.rest {
                    self.target(&rest.target, &taken.part(None), bound);
                }
            }
            // `{ a: this.b } = v` gives no name.
            _ => {}
        }
    }

    fn target_property(&mut self, property: &AssignmentTargetProperty<'_>, taken: &Taken, bound: &mut Vec<BindingId>) {
        match property {
            AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(property) => {
                let name = property.binding.name.as_str();
                self.ask(name);
                let mut part = taken.part(Some(self.words.get(name)));
                part.default = property.init.as_ref().map(|init| self.expression(init));
                if let Some(binding) = self.bound(&property.binding) {
                    self.given(binding, &part, to_span(property.span));
                    bound.push(binding);
                }
            }
            AssignmentTargetProperty::AssignmentTargetPropertyProperty(property) => {
                let key = self.key(&property.name);
                if let Some(key) = &key {
                    self.ask(key);
                }
                self.target_or_default(&property.binding, &taken.part(key), bound);
            }
        }
    }

    fn target_or_default(
        &mut self,
        target: &AssignmentTargetMaybeDefault<'_>,
        taken: &Taken,
        bound: &mut Vec<BindingId>,
    ) {
        if let AssignmentTargetMaybeDefault::AssignmentTargetWithDefault(with_default) = target {
            let default = self.expression(&with_default.init);
            let taken = Taken {
                value: taken.value,
                path: taken.path.clone(),
                default: Some(default),
            };
            self.target(&with_default.binding, &taken, bound);
        } else if let Some(target) = target.as_assignment_target() {
            self.target(target, taken, bound);
        }
    }

    fn given(&mut self, binding: BindingId, taken: &Taken, span: crate::text::Span) {
        let given = Given {
            value: taken.value,
            path: taken.path.clone(),
            default: taken.default,
            function: self.function,
            span,
        };
        self.give(binding, given);
    }

    /// A name is given a value as a whole.
    pub(super) fn give_whole(&mut self, binding: BindingId, value: ExprId, span: oxc_span::Span) {
        self.given(binding, &Taken::whole(Some(value)), to_span(span));
    }

    /// The name that is declared here.
    pub(super) fn declared(&mut self, name: &BindingIdentifier<'_>) -> Option<BindingId> {
        let symbol = name.symbol_id.get()?;
        let id = BindingId(u32::try_from(symbol.index()).ok()?);
        let function = self.function;
        if let Some(binding) = self.module.bindings.get_mut(id.0 as usize) {
            binding.function = function;
        }
        Some(id)
    }

    /// The text of a key; `None` for a computed one that is not a constant.
    pub(super) fn key(&mut self, key: &PropertyKey<'_>) -> Option<Arc<str>> {
        match key {
            PropertyKey::StaticIdentifier(name) => Some(self.words.get(&name.name)),
            PropertyKey::PrivateIdentifier(name) => Some(format!("#{}", name.name).into()),
            other => match other.as_expression()? {
                Expression::StringLiteral(text) => Some(self.words.get(&text.value)),
                Expression::NumericLiteral(number) => Some(number.value.to_string().into()),
                Expression::TemplateLiteral(template) if template.expressions.is_empty() => {
                    template.quasis.first().map(|text| text.value.raw.as_str().into())
                }
                computed => {
                    self.expression(computed);
                    None
                }
            },
        }
    }
}
