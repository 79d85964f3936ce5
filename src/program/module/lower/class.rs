//! Functions and classes.

use oxc_ast::ast::{
    ArrowFunctionBody, ArrowFunctionExpression, Class as OxcClass, ClassElement, Decorator, Expression,
    FormalParameter, FormalParameters, Function as OxcFunction, FunctionBody, MethodDefinition, MethodDefinitionKind,
    TSType, TSTypeName,
};
use oxc_span::Span;

use super::pattern::Taken;
use super::{BindingId, BindingKind, Expr, ExprId, Function, FunctionId, FunctionKind, Lowerer, to_span};
use crate::program::module::{Class, ClassId, ClassMember, MemberValue, Parameter, Step};

/// What was being lowered when a function began.
struct Outer {
    function: FunctionId,
    before: Vec<Step>,
}

impl Lowerer<'_> {
    pub(super) fn plain_function(
        &mut self,
        function: &OxcFunction<'_>,
        name: Option<&str>,
        kind: FunctionKind,
    ) -> FunctionId {
        let own = function.id.as_ref().map(|id| id.name.as_str());
        let id = self.open(own.or(name), function.span, kind, function.r#async);
        let outer = self.enter(id);
        if let Some(name) = &function.id
            && let Some(binding) = self.declared(name)
        {
            // The name of a function expression is bound within it.
            self.module.bindings[binding.0 as usize].kind = BindingKind::Function(id);
        }
        let mut steps = self.parameters(id, &function.params);
        if let Some(body) = &function.body {
            steps.extend(self.body(body));
        }
        self.close(id, steps, outer);
        id
    }

    pub(super) fn arrow(&mut self, arrow: &ArrowFunctionExpression<'_>, name: Option<&str>) -> FunctionId {
        let id = self.open(name, arrow.span, FunctionKind::Arrow, arrow.r#async);
        let outer = self.enter(id);
        let mut steps = self.parameters(id, &arrow.params);
        match &arrow.body {
            ArrowFunctionBody::FunctionBody(body) => steps.extend(self.body(body)),
            other => {
                if let Some(expression) = other.as_expression() {
                    let value = self.expression(expression);
                    steps.push(Step::Return(Some(value)));
                }
            }
        }
        self.close(id, steps, outer);
        id
    }

    fn open(&mut self, name: Option<&str>, span: Span, kind: FunctionKind, is_async: bool) -> FunctionId {
        let id = FunctionId(u32::try_from(self.module.functions.len()).unwrap_or(u32::MAX));
        self.module.functions.push(Function {
            name: name.map(Into::into),
            span: to_span(span),
            kind,
            is_async,
            parent: self.function,
            parameters: Vec::new(),
            steps: Vec::new(),
            mentions: Vec::new(),
            members: Vec::new(),
        });
        id
    }

    fn enter(&mut self, id: FunctionId) -> Outer {
        Outer {
            function: std::mem::replace(&mut self.function, id),
            before: std::mem::take(&mut self.before),
        }
    }

    fn leave(&mut self, outer: Outer) {
        self.function = outer.function;
        self.before = outer.before;
    }

    fn close(&mut self, id: FunctionId, steps: Vec<Step>, outer: Outer) {
        let mut own = std::mem::take(&mut self.before);
        own.extend(steps);
        own.shrink_to_fit();
        self.module.functions[id.0 as usize].steps = own;
        self.leave(outer);
    }

    fn body(&mut self, body: &FunctionBody<'_>) -> Vec<Step> {
        // `use server` within a function makes it one that the browser may call.
        for directive in &body.directives {
            if directive.directive == "use server" {
                self.ask("use server");
            }
        }
        self.statements(&body.statements)
    }

    /// Binds the parameters; what a constructor keeps of them by their modifiers are its first steps.
    fn parameters(&mut self, function: FunctionId, parameters: &FormalParameters<'_>) -> Vec<Step> {
        let mut steps = Vec::new();
        for (index, parameter) in parameters.items.iter().enumerate() {
            let decorators = self.decorators(&parameter.decorators);
            let mut taken = Taken::whole(None);
            taken.default = parameter.initializer.as_ref().map(|init| self.expression(init));
            let mut bindings = Vec::new();
            self.pattern(&parameter.pattern, &taken, &mut bindings);
            self.mark(&bindings, index);
            self.handed_by_type(function, parameter, &bindings);
            if parameter.accessibility.is_some() || parameter.readonly {
                steps.extend(
                    bindings
                        .first()
                        .map(|binding| self.kept_as_field(*binding, parameter.span)),
                );
            }
            self.module.functions[function.0 as usize].parameters.push(Parameter {
                bindings,
                is_rest: false,
                decorators,
            });
        }
        if let Some(rest) = &parameters.rest {
            let mut bindings = Vec::new();
            self.pattern(&rest.rest.argument, &Taken::whole(None), &mut bindings);
            self.mark(&bindings, parameters.items.len());
            self.module.functions[function.0 as usize].parameters.push(Parameter {
                bindings,
                is_rest: true,
                decorators: Vec::new(),
            });
        }
        steps
    }

    /// What a framework hands to the constructor of a class with decorators is made of the class that its type names:
    /// `constructor(private readonly mails: MailerService)`.
    fn handed_by_type(&mut self, function: FunctionId, parameter: &FormalParameter<'_>, bindings: &[BindingId]) {
        let is_constructor = self.module.functions[function.0 as usize].kind == FunctionKind::Constructor;
        let (true, [binding]) = (is_constructor && self.is_injected, bindings) else {
            return;
        };
        let Some(TSType::TSTypeReference(reference)) = parameter
            .type_annotation
            .as_ref()
            .map(|annotation| &annotation.type_annotation)
        else {
            return;
        };
        if let Some(class) = self.named_class(&reference.type_name, parameter.span) {
            let made = self.keep(Expr::New(class, Box::default()), parameter.span);
            for given in &mut self.module.bindings[binding.0 as usize].given {
                given.value = given.value.or(Some(made));
            }
        }
    }

    /// The class that a type names: `MailerService`, `mongoose.Connection`.
    fn named_class(&mut self, name: &TSTypeName<'_>, span: Span) -> Option<ExprId> {
        match name {
            TSTypeName::IdentifierReference(name) => {
                let class = self.bound(name)?;
                let kind = &self.module.binding(class).kind;
                let is_class = matches!(kind, BindingKind::Import(..) | BindingKind::Class(_));
                is_class.then(|| self.keep(Expr::Name(class), span))
            }
            TSTypeName::QualifiedName(name) => {
                let of = self.named_class(&name.left, span)?;
                let member = self.words.get(name.right.name.as_str());
                Some(self.keep(Expr::Member(of, member), span))
            }
            TSTypeName::ThisExpression(_) => None,
        }
    }

    fn mark(&mut self, bindings: &[BindingId], index: usize) {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        for binding in bindings {
            self.module.bindings[binding.0 as usize].kind = BindingKind::Parameter(index);
        }
    }

    /// `constructor(private users: Users)` keeps it as `this.users`.
    fn kept_as_field(&mut self, binding: BindingId, span: Span) -> Step {
        let this = self.keep(Expr::This, span);
        let name = self.module.bindings[binding.0 as usize].name.clone();
        let field = self.keep(Expr::Member(this, name), span);
        self.mention(binding);
        let value = self.keep(Expr::Name(binding), span);
        Step::Do(self.keep(Expr::Assign("=", field, value), span))
    }

    pub(super) fn decorators(&mut self, decorators: &[Decorator<'_>]) -> Vec<ExprId> {
        decorators
            .iter()
            .map(|decorator| self.expression(&decorator.expression))
            .collect()
    }

    pub(super) fn class(&mut self, class: &OxcClass<'_>, name: Option<&str>) -> ClassId {
        let own = class.id.as_ref().map(|id| id.name.as_str());
        let id = ClassId(u32::try_from(self.module.classes.len()).unwrap_or(u32::MAX));
        self.module.classes.push(Class {
            name: own.or(name).map(Into::into),
            span: to_span(class.span),
            extends: None,
            decorators: Vec::new(),
            constructor: None,
            members: Vec::new(),
        });
        if let Some(name) = &class.id
            && let Some(binding) = self.declared(name)
        {
            self.module.bindings[binding.0 as usize].kind = BindingKind::Class(id);
        }
        let extends = class
            .heritage
            .as_ref()
            .map(|heritage| self.expression(&heritage.expression));
        let decorators = self.decorators(&class.decorators);
        // A decorator on a parameter of its constructor is one of the class.
        let written = written_constructor(class).map(|method| &method.value.params);
        let is_asking = |parameter: &FormalParameter<'_>| !parameter.decorators.is_empty();
        let is_injected = !decorators.is_empty() || written.is_some_and(|all| all.items.iter().any(is_asking));
        let outer = std::mem::replace(&mut self.is_injected, is_injected);
        let constructor = self.constructor(class);
        self.is_injected = outer;
        if let Some(parameters) = written.filter(|_| is_injected) {
            self.describe_parameters(parameters);
        }
        let mut members = Vec::new();
        let mut fields = Vec::new();
        for element in &class.body.body {
            self.member_of_class(element, constructor, &mut members, &mut fields);
        }
        // Fields are initialised before the constructor's own steps.
        let own = &mut self.module.functions[constructor.0 as usize].steps;
        fields.append(own);
        *own = fields;
        let lowered = &mut self.module.classes[id.0 as usize];
        lowered.extends = extends;
        lowered.decorators = decorators;
        lowered.constructor = Some(constructor);
        lowered.members = members;
        id
    }

    /// A class's constructor; one that is not written does what its fields do.
    fn constructor(&mut self, class: &OxcClass<'_>) -> FunctionId {
        match written_constructor(class) {
            Some(method) => self.plain_function(&method.value, Some("constructor"), FunctionKind::Constructor),
            None => {
                let id = self.open(Some("constructor"), class.span, FunctionKind::Constructor, false);
                let outer = self.enter(id);
                self.close(id, Vec::new(), outer);
                id
            }
        }
    }

    /// A field's value is made by the constructor; one of the class itself (without an owner) when the class is.
    fn field(
        &mut self,
        value: Option<&Expression<'_>>,
        name: Option<&str>,
        owner: Option<FunctionId>,
        fields: &mut Vec<Step>,
    ) -> MemberValue {
        let Some(value) = value else {
            return MemberValue::Field(None);
        };
        let Some(owner) = owner else {
            let value = self.expression_named(value, name);
            self.before.push(Step::Do(value));
            return MemberValue::Field(Some(value));
        };
        let outer = self.enter(owner);
        let value = self.expression_named(value, name);
        fields.append(&mut self.before);
        fields.push(Step::Do(value));
        self.leave(outer);
        MemberValue::Field(Some(value))
    }

    fn member_of_class(
        &mut self,
        element: &ClassElement<'_>,
        constructor: FunctionId,
        members: &mut Vec<ClassMember>,
        fields: &mut Vec<Step>,
    ) {
        match element {
            ClassElement::StaticBlock(block) => {
                let outer = std::mem::take(&mut self.before);
                let steps = self.statements(&block.body);
                self.before = outer;
                self.before.extend(steps);
            }
            ClassElement::MethodDefinition(method) => {
                if method.kind == MethodDefinitionKind::Constructor || method.value.body.is_none() {
                    return;
                }
                self.describe_method(&method.decorators, &method.value);
                let decorators = self.decorators(&method.decorators);
                let name = self.key(&method.key);
                let kind = match method.kind {
                    MethodDefinitionKind::Get => FunctionKind::Getter,
                    _ => FunctionKind::Method,
                };
                let function = self.plain_function(&method.value, name.as_deref(), kind);
                members.push(ClassMember {
                    name,
                    is_static: method.r#static,
                    decorators,
                    value: MemberValue::Method(function),
                    span: to_span(method.span),
                });
            }
            ClassElement::PropertyDefinition(property) => {
                if !property.decorators.is_empty() {
                    self.describe(property.type_annotation.as_deref());
                }
                let decorators = self.decorators(&property.decorators);
                let name = self.key(&property.key);
                let owner = (!property.r#static).then_some(constructor);
                let value = self.field(property.value.as_ref(), name.as_deref(), owner, fields);
                members.push(ClassMember {
                    name,
                    is_static: property.r#static,
                    decorators,
                    value,
                    span: to_span(property.span),
                });
            }
            ClassElement::AccessorProperty(property) => {
                if !property.decorators.is_empty() {
                    self.describe(property.type_annotation.as_deref());
                }
                let decorators = self.decorators(&property.decorators);
                let name = self.key(&property.key);
                let owner = (!property.r#static).then_some(constructor);
                let value = self.field(property.value.as_ref(), name.as_deref(), owner, fields);
                members.push(ClassMember {
                    name,
                    is_static: property.r#static,
                    decorators,
                    value,
                    span: to_span(property.span),
                });
            }
            ClassElement::TSIndexSignature(_) => {}
        }
    }
}

/// The constructor that is written in a class, if one is.
fn written_constructor<'b, 'c>(class: &'b OxcClass<'c>) -> Option<&'b MethodDefinition<'c>> {
    class.body.body.iter().find_map(|element| match element {
        ClassElement::MethodDefinition(method)
            if method.kind == MethodDefinitionKind::Constructor && method.value.body.is_some() =>
        {
            Some(&**method)
        }
        _ => None,
    })
}
