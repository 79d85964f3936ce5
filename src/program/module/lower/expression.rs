//! Expressions, in the order of evaluation.

use std::sync::Arc;

use oxc_ast::ast::{
    ArrayExpressionElement, AssignmentTarget, ChainElement, Expression, MemberExpression, ObjectExpression,
    ObjectPropertyKind, PropertyKind, SimpleAssignmentTarget, TemplateLiteral,
};
use oxc_span::{GetSpan, Span};
use oxc_syntax::operator::{AssignmentOperator, LogicalOperator, UnaryOperator};

use super::super::Logical;
use super::export;
use super::pattern::Taken;
use super::{Expr, ExprId, FunctionKind, Lowerer, to_span};
use crate::program::module::Property;

impl Lowerer<'_> {
    /// An expression.
    pub(super) fn expression(&mut self, expression: &Expression<'_>) -> ExprId {
        self.expression_named(expression, None)
    }

    /// The same; a function or class without a name takes this one.
    pub(super) fn expression_named(&mut self, expression: &Expression<'_>, name: Option<&str>) -> ExprId {
        let kept = self.deeper(|lowerer| lowerer.lowered(expression, name));
        kept.unwrap_or_else(|| self.keep(Expr::Other(Box::default()), expression.span()))
    }

    fn lowered(&mut self, expression: &Expression<'_>, name: Option<&str>) -> ExprId {
        let span = expression.span();
        let expr = match expression {
            Expression::BooleanLiteral(literal) => Expr::Bool(literal.value),
            Expression::NullLiteral(_) => Expr::Null,
            Expression::NumericLiteral(literal) => Expr::Number(literal.value),
            Expression::BigIntLiteral(_) => Expr::Other(Box::default()),
            Expression::RegExpLiteral(literal) => Expr::Regex(literal.regex.pattern.text.as_str().into()),
            Expression::StringLiteral(literal) => Expr::Text(self.words.get(&literal.value)),
            Expression::TemplateLiteral(template) => self.template(template),
            Expression::Identifier(identifier) => self.identifier(identifier),
            Expression::Super(_) => Expr::Super,
            Expression::ThisExpression(_) => Expr::This,
            Expression::ImportMeta(_) => Expr::Meta("import.meta".into()),
            Expression::NewTarget(_) => Expr::Meta("new.target".into()),
            Expression::ArrayExpression(array) => {
                let items = array.elements.iter().map(|item| self.item(item)).collect();
                Expr::List(items)
            }
            Expression::ArrowFunctionExpression(arrow) => Expr::Function(self.arrow(arrow, name)),
            Expression::FunctionExpression(function) => {
                Expr::Function(self.plain_function(function, name, FunctionKind::Plain))
            }
            Expression::ClassExpression(class) => Expr::Class(self.class(class, name)),
            Expression::AssignmentExpression(assignment) => {
                return self.assignment(assignment.operator, &assignment.left, &assignment.right, span);
            }
            Expression::AwaitExpression(awaited) => Expr::Await(self.expression(&awaited.argument)),
            Expression::YieldExpression(given) => {
                Expr::Yield(given.argument.as_ref().map(|argument| self.expression(argument)))
            }
            Expression::BinaryExpression(binary) if is_long(expression) => {
                let operands = self.operands(&binary.left, &binary.right);
                Expr::Other(operands.into())
            }
            Expression::BinaryExpression(binary) => {
                let (left, right) = (self.expression(&binary.left), self.expression(&binary.right));
                Expr::Binary(binary.operator.as_str(), left, right)
            }
            Expression::LogicalExpression(logical) if is_long(expression) => {
                let operands = self.operands(&logical.left, &logical.right);
                Expr::Other(operands.into())
            }
            Expression::LogicalExpression(logical) => {
                let (left, right) = (self.expression(&logical.left), self.expression(&logical.right));
                Expr::Logical(logical_of(logical.operator), left, right)
            }
            Expression::UnaryExpression(unary) => {
                let operand = self.expression(&unary.argument);
                match unary.operator {
                    // `void 0`, but `void start()` calls.
                    UnaryOperator::Void if unary.argument.is_literal() => Expr::Undefined,
                    operator => Expr::Unary(operator.as_str(), operand),
                }
            }
            Expression::UpdateExpression(update) => {
                let operand = self.simple_target(&update.argument, true);
                Expr::Unary(update.operator.as_str(), operand)
            }
            Expression::ConditionalExpression(conditional) => {
                let test = self.expression(&conditional.test);
                let then = self.expression_named(&conditional.consequent, name);
                let otherwise = self.expression_named(&conditional.alternate, name);
                Expr::Conditional(test, then, otherwise)
            }
            Expression::SequenceExpression(sequence) => {
                let parts = sequence.expressions.iter().map(|part| self.expression(part)).collect();
                Expr::Sequence(parts)
            }
            Expression::CallExpression(call) => return self.call(&call.callee, &call.arguments, span),
            Expression::NewExpression(new) => {
                let callee = self.expression(&new.callee);
                let arguments = self.arguments(&new.arguments);
                self.starts(callee, &arguments, span);
                Expr::New(callee, arguments)
            }
            Expression::TaggedTemplateExpression(tagged) => {
                let tag = self.expression(&tagged.tag);
                let (texts, holes) = self.template_parts(&tagged.quasi);
                Expr::Tagged(tag, texts.into(), holes)
            }
            Expression::ImportExpression(import) => self.import(import),
            Expression::ObjectExpression(object) => self.object(object),
            Expression::ChainExpression(chain) => return self.chain(&chain.expression),
            Expression::JSXElement(element) => return self.element(element),
            Expression::JSXFragment(fragment) => return self.fragment(fragment),
            Expression::ParenthesizedExpression(inner) => return self.lowered(&inner.expression, name),
            Expression::TSAsExpression(inner) => return self.lowered(&inner.expression, name),
            Expression::TSSatisfiesExpression(inner) => return self.lowered(&inner.expression, name),
            Expression::TSTypeAssertion(inner) => return self.lowered(&inner.expression, name),
            Expression::TSNonNullExpression(inner) => return self.lowered(&inner.expression, name),
            Expression::TSInstantiationExpression(inner) => return self.lowered(&inner.expression, name),
            Expression::PrivateInExpression(inner) => Expr::Other([self.expression(&inner.right)].into()),
            Expression::V8IntrinsicExpression(inner) => Expr::Other(self.arguments(&inner.arguments)),
            Expression::ComputedMemberExpression(_)
            | Expression::StaticMemberExpression(_)
            | Expression::PrivateFieldExpression(_) => match expression.as_member_expression() {
                Some(member) => return self.member(member),
                None => Expr::Other(Box::default()),
            },
        };
        self.keep(expr, span)
    }

    /// A name: one of this module, or one that the runtime has.
    pub(super) fn identifier(&mut self, identifier: &oxc_ast::ast::IdentifierReference<'_>) -> Expr {
        match self.bound(identifier) {
            Some(binding) => {
                self.mention(binding);
                Expr::Name(binding)
            }
            None if identifier.name == "undefined" => Expr::Undefined,
            None => Expr::Global(self.words.get(&identifier.name)),
        }
    }

    fn template(&mut self, template: &TemplateLiteral<'_>) -> Expr {
        let (mut texts, holes) = self.template_parts(template);
        match (holes.is_empty(), texts.pop()) {
            (true, text) => Expr::Text(text.unwrap_or_default()),
            (false, last) => {
                texts.extend(last);
                Expr::Template(texts.into(), holes)
            }
        }
    }

    fn template_parts(&mut self, template: &TemplateLiteral<'_>) -> (Vec<Arc<str>>, Box<[ExprId]>) {
        let text = |part: &oxc_ast::ast::TemplateElement<'_>| -> Arc<str> {
            part.value.cooked.as_ref().unwrap_or(&part.value.raw).as_str().into()
        };
        let texts = template.quasis.iter().map(text).collect();
        let holes = template.expressions.iter().map(|hole| self.expression(hole)).collect();
        (texts, holes)
    }

    fn item(&mut self, item: &ArrayExpressionElement<'_>) -> ExprId {
        match item {
            ArrayExpressionElement::SpreadElement(spread) => {
                let inner = self.expression(&spread.argument);
                self.keep(Expr::Spread(inner), spread.span)
            }
            ArrayExpressionElement::Elision(hole) => self.keep(Expr::Undefined, hole.span),
            other => match other.as_expression() {
                Some(expression) => self.expression(expression),
                None => self.keep(Expr::Undefined, other.span()),
            },
        }
    }

    /// The operands of a row of operators, without a level for each.
    fn operands<'b>(&mut self, left: &'b Expression<'b>, right: &'b Expression<'b>) -> Vec<ExprId> {
        let mut operands = vec![right];
        let mut rest = left;
        while let Some((left, right)) = sides(rest) {
            operands.push(right);
            rest = left;
        }
        operands.push(rest);
        operands.iter().rev().map(|operand| self.expression(operand)).collect()
    }

    fn object(&mut self, object: &ObjectExpression<'_>) -> Expr {
        let mut properties = Vec::with_capacity(object.properties.len());
        for property in &object.properties {
            properties.push(match property {
                ObjectPropertyKind::SpreadProperty(spread) => {
                    let inner = self.expression(&spread.argument);
                    Property {
                        key: None,
                        value: self.keep(Expr::Spread(inner), spread.span),
                        span: to_span(spread.span),
                    }
                }
                ObjectPropertyKind::ObjectProperty(property) => {
                    let key = self.key(&property.key);
                    let is_method = property.method || property.kind != PropertyKind::Init;
                    let value = match &property.value {
                        Expression::FunctionExpression(function) if is_method => {
                            let kind = match property.kind {
                                PropertyKind::Get => FunctionKind::Getter,
                                _ => FunctionKind::Method,
                            };
                            let function = self.plain_function(function, key.as_deref(), kind);
                            self.keep(Expr::Function(function), property.span)
                        }
                        value => self.expression_named(value, key.as_deref()),
                    };
                    Property {
                        key,
                        value,
                        span: to_span(property.span),
                    }
                }
            });
        }
        Expr::Object(properties.into())
    }

    fn chain(&mut self, chain: &ChainElement<'_>) -> ExprId {
        match chain {
            ChainElement::CallExpression(call) => self.call(&call.callee, &call.arguments, call.span),
            ChainElement::TSNonNullExpression(inner) => self.expression(&inner.expression),
            other => match other.as_member_expression() {
                Some(member) => self.member(member),
                None => self.keep(Expr::Other(Box::default()), other.span()),
            },
        }
    }

    pub(super) fn member(&mut self, member: &MemberExpression<'_>) -> ExprId {
        let object = self.expression(member.object());
        self.may_be_missing(object, member.optional());
        let expr = match member {
            MemberExpression::StaticMemberExpression(member) => self.asked(object, member.property.name.as_str()),
            MemberExpression::PrivateFieldExpression(member) => self.asked(object, &format!("#{}", member.field.name)),
            MemberExpression::ComputedMemberExpression(member) => match constant(&member.expression) {
                Some(name) => self.asked(object, &name),
                None => {
                    let index = self.expression(&member.expression);
                    Expr::Index(object, index)
                }
            },
        };
        self.keep(expr, member.span())
    }

    fn asked(&mut self, object: ExprId, name: &str) -> Expr {
        self.ask(name);
        Expr::Member(object, self.words.get(name))
    }

    fn assignment(
        &mut self,
        operator: AssignmentOperator,
        left: &AssignmentTarget<'_>,
        right: &Expression<'_>,
        span: Span,
    ) -> ExprId {
        let name = left.get_identifier_name().map(str::to_owned);
        let member = left
            .as_member_expression()
            .and_then(|member| member.static_property_name());
        let name = name.or_else(|| member.map(str::to_owned));
        if let Some(pattern) = left.as_assignment_target_pattern() {
            let value = self.expression(right);
            let mut bound = Vec::new();
            self.target(left, &Taken::whole(Some(value)), &mut bound);
            let target = self.keep(Expr::Pattern(bound.into()), pattern.span());
            return self.keep(Expr::Assign("=", target, value), span);
        }
        let (mentions, members) = self.mentioned();
        let target = match left.as_simple_assignment_target() {
            Some(target) => self.simple_target(target, false),
            None => self.keep(Expr::Other(Box::default()), left.span()),
        };
        let is_export = export::is_target(&self.module, target);
        if is_export {
            // To be exported is not to be asked for.
            self.unmention(mentions, members);
        }
        let value = self.expression_named(right, name.as_deref());
        if is_export {
            self.only_given(value, mentions);
        }
        if let AssignmentTarget::AssignmentTargetIdentifier(_) = left {
            let is_plain = matches!(
                operator,
                AssignmentOperator::Assign
                    | AssignmentOperator::LogicalOr
                    | AssignmentOperator::LogicalNullish
                    | AssignmentOperator::LogicalAnd
            );
            let taken = Taken::whole(is_plain.then_some(value));
            self.target(left, &taken, &mut Vec::new());
        }
        self.keep(Expr::Assign(operator.as_str(), target, value), span)
    }

    fn simple_target(&mut self, target: &SimpleAssignmentTarget<'_>, changes: bool) -> ExprId {
        match target {
            SimpleAssignmentTarget::AssignmentTargetIdentifier(name) => {
                let expr = match self.bound(name) {
                    // To be given something is not to be used.
                    Some(binding) => {
                        if changes {
                            self.mention(binding);
                        }
                        Expr::Name(binding)
                    }
                    None => Expr::Global(self.words.get(&name.name)),
                };
                self.keep(expr, name.span)
            }
            SimpleAssignmentTarget::TSAsExpression(inner) => self.expression(&inner.expression),
            SimpleAssignmentTarget::TSSatisfiesExpression(inner) => self.expression(&inner.expression),
            SimpleAssignmentTarget::TSNonNullExpression(inner) => self.expression(&inner.expression),
            SimpleAssignmentTarget::TSTypeAssertion(inner) => self.expression(&inner.expression),
            other => match other.as_member_expression() {
                Some(member) => self.member(member),
                None => self.keep(Expr::Other(Box::default()), other.span()),
            },
        }
    }
}

fn sides<'b>(expression: &'b Expression<'b>) -> Option<(&'b Expression<'b>, &'b Expression<'b>)> {
    match expression {
        Expression::BinaryExpression(binary) => Some((&binary.left, &binary.right)),
        Expression::LogicalExpression(logical) => Some((&logical.left, &logical.right)),
        _ => None,
    }
}

/// Whether so many operators stand in a row that nobody asks which: a text put together line by line.
fn is_long(expression: &Expression<'_>) -> bool {
    const ROW: usize = 40;
    std::iter::successors(Some(expression), |at| sides(at).map(|(left, _)| left))
        .nth(ROW)
        .is_some()
}

/// The text of a constant specifier or index.
pub(super) fn constant(expression: &Expression<'_>) -> Option<String> {
    match expression {
        Expression::StringLiteral(text) => Some(text.value.as_str().to_owned()),
        Expression::TemplateLiteral(template) if template.expressions.is_empty() => {
            let text = template.quasis.first()?;
            Some(
                text.value
                    .cooked
                    .as_ref()
                    .unwrap_or(&text.value.raw)
                    .as_str()
                    .to_owned(),
            )
        }
        _ => None,
    }
}

fn logical_of(operator: LogicalOperator) -> Logical {
    match operator {
        LogicalOperator::And => Logical::And,
        LogicalOperator::Or => Logical::Or,
        LogicalOperator::Coalesce => Logical::Coalesce,
    }
}
