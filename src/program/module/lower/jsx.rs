//! Elements.

use oxc_ast::ast::{
    JSXAttributeItem, JSXAttributeName, JSXAttributeValue, JSXChild, JSXElement, JSXElementName, JSXFragment,
    JSXMemberExpression, JSXMemberExpressionObject,
};

use super::{Expr, ExprId, Lowerer, to_span};
use crate::program::module::Property;

impl Lowerer<'_> {
    pub(super) fn element(&mut self, element: &JSXElement<'_>) -> ExprId {
        let kept = self.deeper(|lowerer| {
            let tag = lowerer.tag(&element.opening_element.name);
            let attributes = element.opening_element.attributes.iter();
            let attributes = attributes.map(|attribute| lowerer.attribute(attribute)).collect();
            let children = lowerer.children(&element.children);
            lowerer.keep(Expr::Jsx(tag, attributes, children.into()), element.span)
        });
        kept.unwrap_or_else(|| self.keep(Expr::Other(Box::default()), element.span))
    }

    pub(super) fn fragment(&mut self, fragment: &JSXFragment<'_>) -> ExprId {
        let kept = self.deeper(|lowerer| {
            let tag = lowerer.keep(Expr::Text("".into()), fragment.opening_fragment.span);
            let children = lowerer.children(&fragment.children);
            lowerer.keep(Expr::Jsx(tag, Box::default(), children.into()), fragment.span)
        });
        kept.unwrap_or_else(|| self.keep(Expr::Other(Box::default()), fragment.span))
    }

    fn tag(&mut self, name: &JSXElementName<'_>) -> ExprId {
        match name {
            JSXElementName::Identifier(name) => self.keep_text(&name.name, name.span),
            JSXElementName::IdentifierReference(name) => {
                let expr = self.identifier(name);
                self.keep(expr, name.span)
            }
            JSXElementName::NamespacedName(name) => {
                let text = format!("{}:{}", name.namespace.name, name.name.name);
                self.keep(Expr::Text(text.into()), name.span)
            }
            JSXElementName::MemberExpression(member) => self.member_tag(member),
            JSXElementName::ThisExpression(this) => self.keep(Expr::This, this.span),
        }
    }

    fn member_tag(&mut self, member: &JSXMemberExpression<'_>) -> ExprId {
        let object = match &member.object {
            JSXMemberExpressionObject::IdentifierReference(name) => {
                let expr = self.identifier(name);
                self.keep(expr, name.span)
            }
            JSXMemberExpressionObject::MemberExpression(inner) => {
                let kept = self.deeper(|lowerer| lowerer.member_tag(inner));
                kept.unwrap_or_else(|| self.keep(Expr::Other(Box::default()), inner.span))
            }
            JSXMemberExpressionObject::ThisExpression(this) => self.keep(Expr::This, this.span),
        };
        self.ask(member.property.name.as_str());
        let name = self.words.get(&member.property.name);
        self.keep(Expr::Member(object, name), member.span)
    }

    fn attribute(&mut self, attribute: &JSXAttributeItem<'_>) -> Property {
        match attribute {
            JSXAttributeItem::SpreadAttribute(spread) => {
                let inner = self.expression(&spread.argument);
                Property {
                    key: None,
                    value: self.keep(Expr::Spread(inner), spread.span),
                    span: to_span(spread.span),
                }
            }
            JSXAttributeItem::Attribute(attribute) => {
                let key = match &attribute.name {
                    JSXAttributeName::Identifier(name) => name.name.to_string(),
                    JSXAttributeName::NamespacedName(name) => format!("{}:{}", name.namespace.name, name.name.name),
                };
                let value = match &attribute.value {
                    None => self.keep(Expr::Bool(true), attribute.span),
                    Some(JSXAttributeValue::StringLiteral(text)) => self.keep_text(&text.value, text.span),
                    Some(JSXAttributeValue::ExpressionContainer(container)) => {
                        match container.expression.as_expression() {
                            Some(expression) => self.expression_named(expression, Some(&key)),
                            None => self.keep(Expr::Undefined, container.span),
                        }
                    }
                    Some(JSXAttributeValue::Element(element)) => self.element(element),
                    Some(JSXAttributeValue::Fragment(fragment)) => self.fragment(fragment),
                };
                Property {
                    key: Some(self.words.get(&key)),
                    value,
                    span: to_span(attribute.span),
                }
            }
        }
    }

    fn children(&mut self, children: &[JSXChild<'_>]) -> Vec<ExprId> {
        let mut lowered = Vec::new();
        for child in children {
            match child {
                JSXChild::Text(text) => {
                    let words = text.value.as_str().trim();
                    if !words.is_empty() {
                        lowered.push(self.keep_text(words, text.span));
                    }
                }
                JSXChild::Element(element) => lowered.push(self.element(element)),
                JSXChild::Fragment(fragment) => lowered.push(self.fragment(fragment)),
                JSXChild::ExpressionContainer(container) => {
                    if let Some(expression) = container.expression.as_expression() {
                        lowered.push(self.expression(expression));
                    }
                }
                JSXChild::Spread(spread) => {
                    let inner = self.expression(&spread.expression);
                    lowered.push(self.keep(Expr::Spread(inner), spread.span));
                }
            }
        }
        lowered
    }
}
