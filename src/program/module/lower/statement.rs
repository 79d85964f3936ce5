//! Statements, in the order of the file.

use oxc_ast::ast::{
    CatchClause, Declaration, ForStatementInit, ForStatementLeft, ImportDeclaration, ImportDeclarationSpecifier,
    ImportOrExportKind, Statement, TSEnumDeclaration, TSModuleReference, TSNamespaceDeclarationBody,
    VariableDeclaration, VariableDeclarationKind,
};

use super::pattern::Taken;
use super::{BindingId, BindingKind, Expr, FunctionKind, Lowerer, RequestId, RequestKind, to_span};
use crate::program::module::{Branch, BranchKind, EACH, Imported, Property, Step};

impl Lowerer<'_> {
    pub(super) fn statements(&mut self, statements: &[Statement<'_>]) -> Vec<Step> {
        // Most come to one step each.
        let mut steps = Vec::with_capacity(statements.len());
        for statement in statements {
            self.statement(statement, &mut steps);
        }
        steps
    }

    fn statement(&mut self, statement: &Statement<'_>, steps: &mut Vec<Step>) {
        let start = steps.len();
        self.deeper(|lowerer| lowerer.lowered_statement(statement, steps));
        // What making its classes does comes first.
        steps.splice(start..start, std::mem::take(&mut self.before));
    }

    fn lowered_statement(&mut self, statement: &Statement<'_>, steps: &mut Vec<Step>) {
        match statement {
            Statement::BlockStatement(block) => {
                for statement in &block.body {
                    self.statement(statement, steps);
                }
            }
            Statement::BreakStatement(_) | Statement::ContinueStatement(_) => steps.push(Step::Jump),
            Statement::DebuggerStatement(_) | Statement::EmptyStatement(_) => {}
            Statement::ExpressionStatement(statement) => {
                let value = self.expression(&statement.expression);
                steps.push(Step::Do(value));
            }
            Statement::ReturnStatement(statement) => {
                let value = statement.argument.as_ref().map(|argument| self.expression(argument));
                steps.push(Step::Return(value));
            }
            Statement::ThrowStatement(statement) => {
                let value = self.expression(&statement.argument);
                steps.push(Step::Throw(value));
            }
            Statement::LabeledStatement(labelled) if matches!(labelled.body, Statement::BlockStatement(_)) => {
                // `break label` leaves the block, not what is around it.
                let block = self.arm(&labelled.body);
                steps.push(Step::Branch(Box::new(Branch {
                    kind: BranchKind::Try,
                    test: None,
                    arms: vec![block, Vec::new(), Vec::new()],
                    span: to_span(labelled.span),
                })));
            }
            Statement::LabeledStatement(labelled) => self.statement(&labelled.body, steps),
            Statement::WithStatement(with) => {
                let value = self.expression(&with.object);
                steps.push(Step::Do(value));
                self.statement(&with.body, steps);
            }
            Statement::IfStatement(_)
            | Statement::SwitchStatement(_)
            | Statement::TryStatement(_)
            | Statement::DoWhileStatement(_)
            | Statement::WhileStatement(_)
            | Statement::ForStatement(_)
            | Statement::ForInStatement(_)
            | Statement::ForOfStatement(_) => self.branching(statement, steps),
            Statement::ImportDeclaration(import) => self.import_declaration(import),
            Statement::ExportAllDeclaration(export) => self.export_all(export),
            Statement::ExportDefaultDeclaration(export) => self.export_default(export, steps),
            Statement::ExportDeclaration(export) => {
                let bound = self.declaration(&export.declaration, steps);
                self.export_declared(&export.declaration, &bound);
            }
            Statement::ExportNamedDeclaration(export) => self.export_named(export),
            Statement::ExportFromDeclaration(export) => self.export_from(export),
            Statement::TSExportAssignment(export) => {
                let value = self.expression(&export.expression);
                self.export_whole(value, export.span);
                steps.push(Step::Do(value));
            }
            Statement::TSNamespaceExportDeclaration(_) => {}
            other => {
                if let Some(declaration) = other.as_declaration() {
                    self.declaration(declaration, steps);
                }
            }
        }
    }

    fn declaration(&mut self, declaration: &Declaration<'_>, steps: &mut Vec<Step>) -> Vec<BindingId> {
        match declaration {
            Declaration::VariableDeclaration(variables) if !variables.declare => self.variables(variables, steps),
            Declaration::FunctionDeclaration(function) if !function.declare && function.body.is_some() => {
                let id = self.plain_function(function, None, FunctionKind::Plain);
                let bound = function.id.as_ref().and_then(|name| self.declared(name));
                if let Some(binding) = bound {
                    self.module.bindings[binding.0 as usize].kind = BindingKind::Function(id);
                }
                bound.into_iter().collect()
            }
            Declaration::ClassDeclaration(class) if !class.declare => {
                let id = self.class(class, None);
                let value = self.keep(Expr::Class(id), class.span);
                steps.push(Step::Do(value));
                class
                    .id
                    .as_ref()
                    .and_then(|name| self.declared(name))
                    .into_iter()
                    .collect()
            }
            Declaration::TSEnumDeclaration(declared) if !declared.declare => {
                self.enumeration(declared, steps).into_iter().collect()
            }
            Declaration::TSNamespaceDeclaration(namespace) if !namespace.declare => {
                if let TSNamespaceDeclarationBody::TSModuleBlock(block) = &namespace.body {
                    for statement in &block.body {
                        self.statement(statement, steps);
                    }
                }
                self.declared(&namespace.id).into_iter().collect()
            }
            Declaration::TSImportEqualsDeclaration(import) => {
                let bound = self.declared(&import.id);
                if let TSModuleReference::ExternalModuleReference(external) = &import.module_reference
                    && import.import_kind == ImportOrExportKind::Value
                {
                    let specifier = external.expression.value.as_str();
                    let request = self.request(Some(specifier), RequestKind::Require, import.span);
                    if let Some(binding) = bound {
                        self.module.bindings[binding.0 as usize].kind =
                            BindingKind::Import(request, Imported::Namespace);
                    }
                }
                bound.into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    fn variables(&mut self, variables: &VariableDeclaration<'_>, steps: &mut Vec<Step>) -> Vec<BindingId> {
        let mut all = Vec::new();
        for declarator in &variables.declarations {
            let name = declarator.id.get_identifier_name().map(|name| name.as_str().to_owned());
            let value = declarator
                .init
                .as_ref()
                .map(|init| self.expression_named(init, name.as_deref()));
            let mut bound = Vec::new();
            if value.is_some() || name.is_none() {
                self.pattern(&declarator.id, &Taken::whole(value), &mut bound);
            } else if let Some(identifier) = declarator.id.get_binding_identifier() {
                bound.extend(self.declared(identifier));
            }
            self.set_kind(&bound, variables.kind);
            if let Some(value) = value {
                steps.push(Step::Bind(bound.clone(), value));
            }
            all.extend(bound);
        }
        all
    }

    fn set_kind(&mut self, bound: &[BindingId], kind: VariableDeclarationKind) {
        let kind = match kind {
            VariableDeclarationKind::Var | VariableDeclarationKind::Let => BindingKind::Variable,
            _ => BindingKind::Constant,
        };
        for binding in bound {
            self.module.bindings[binding.0 as usize].kind = kind.clone();
        }
    }

    /// An enum is an object of its members; what a member counts up to is not looked at.
    fn enumeration(&mut self, declared: &TSEnumDeclaration<'_>, steps: &mut Vec<Step>) -> Option<BindingId> {
        let mut properties = Vec::with_capacity(declared.body.members.len());
        for member in &declared.body.members {
            let value = match &member.initializer {
                Some(value) => self.expression(value),
                None => self.keep(Expr::Other(Box::default()), member.span),
            };
            properties.push(Property {
                key: Some(member.id.static_name().as_str().into()),
                value,
                span: to_span(member.span),
            });
        }
        let value = self.keep(Expr::Object(properties.into()), declared.span);
        let binding = self.declared(&declared.id)?;
        self.give_whole(binding, value, declared.span);
        steps.push(Step::Bind(vec![binding], value));
        Some(binding)
    }

    fn import_declaration(&mut self, import: &ImportDeclaration<'_>) {
        let kind = match import.import_kind {
            ImportOrExportKind::Type => RequestKind::Type,
            ImportOrExportKind::Value => RequestKind::Import,
        };
        let specifiers = import
            .specifiers
            .as_ref()
            .map_or(&[][..], |specifiers| specifiers.as_slice());
        let is_types = !specifiers.is_empty()
            && specifiers.iter().all(|specifier| match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(one) => one.import_kind == ImportOrExportKind::Type,
                ImportDeclarationSpecifier::ImportDefaultSpecifier(_)
                | ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => false,
            });
        let kind = if is_types { RequestKind::Type } else { kind };
        let request = self.request(Some(import.source.value.as_str()), kind, import.span);
        for specifier in specifiers {
            self.import_specifier(specifier, request);
        }
    }

    fn import_specifier(&mut self, specifier: &ImportDeclarationSpecifier<'_>, request: RequestId) {
        let (local, imported) = match specifier {
            ImportDeclarationSpecifier::ImportSpecifier(one) => {
                let imported = match one.imported.name().as_str() {
                    "default" => Imported::Default,
                    name => Imported::Named(name.into()),
                };
                (&one.local, imported)
            }
            ImportDeclarationSpecifier::ImportDefaultSpecifier(one) => (&one.local, Imported::Default),
            ImportDeclarationSpecifier::ImportNamespaceSpecifier(one) => (&one.local, Imported::Namespace),
        };
        if let Some(binding) = self.declared(local) {
            self.module.bindings[binding.0 as usize].kind = BindingKind::Import(request, imported);
        }
    }

    fn branching(&mut self, statement: &Statement<'_>, steps: &mut Vec<Step>) {
        let (kind, span, test, arms) = match statement {
            Statement::IfStatement(branch) => {
                let test = self.expression(&branch.test);
                let then = self.arm(&branch.consequent);
                let otherwise = branch.alternate.as_ref().map_or_else(Vec::new, |other| self.arm(other));
                (BranchKind::If, branch.span, Some(test), vec![then, otherwise])
            }
            Statement::SwitchStatement(switch) => {
                let test = self.expression(&switch.discriminant);
                let mut arms = Vec::new();
                for case in &switch.cases {
                    let mut arm = Vec::new();
                    if let Some(test) = &case.test {
                        let test = self.expression(test);
                        arm.push(Step::Do(test));
                    }
                    arm.extend(self.statements(&case.consequent));
                    arms.push(arm);
                }
                (BranchKind::Switch, switch.span, Some(test), arms)
            }
            Statement::TryStatement(attempt) => {
                let block = self.statements(&attempt.block.body);
                let handler = attempt
                    .handler
                    .as_ref()
                    .map_or_else(Vec::new, |handler| self.handler(handler));
                let last = attempt.finalizer.as_ref();
                let finally = last.map_or_else(Vec::new, |last| self.statements(&last.body));
                (BranchKind::Try, attempt.span, None, vec![block, handler, finally])
            }
            Statement::WhileStatement(looped) => {
                let test = self.expression(&looped.test);
                (BranchKind::Loop, looped.span, Some(test), vec![self.arm(&looped.body)])
            }
            Statement::DoWhileStatement(looped) => {
                let body = self.arm(&looped.body);
                let test = self.expression(&looped.test);
                (BranchKind::Loop, looped.span, Some(test), vec![body])
            }
            Statement::ForStatement(looped) => {
                match &looped.init {
                    Some(ForStatementInit::VariableDeclaration(variables)) => {
                        self.variables(variables, steps);
                    }
                    Some(other) => {
                        if let Some(expression) = other.as_expression() {
                            let value = self.expression(expression);
                            steps.push(Step::Do(value));
                        }
                    }
                    None => {}
                }
                let test = looped.test.as_ref().map(|test| self.expression(test));
                let mut body = self.arm(&looped.body);
                if let Some(update) = &looped.update {
                    let update = self.expression(update);
                    body.push(Step::Do(update));
                }
                (BranchKind::Loop, looped.span, test, vec![body])
            }
            Statement::ForInStatement(looped) => {
                // Keys, whatever they are.
                let over = self.expression(&looped.right);
                let body = self.each_of(&looped.left, &Taken::whole(None), &looped.body);
                (BranchKind::Loop, looped.span, Some(over), vec![body])
            }
            Statement::ForOfStatement(looped) => {
                let over = self.expression(&looped.right);
                // What is taken out is any item of it.
                let mut item = Taken::whole(Some(over));
                item.path.push(EACH.into());
                let body = self.each_of(&looped.left, &item, &looped.body);
                (BranchKind::Loop, looped.span, Some(over), vec![body])
            }
            _ => return,
        };
        steps.push(Step::Branch(Box::new(Branch {
            kind,
            test,
            arms,
            span: to_span(span),
        })));
    }

    fn arm(&mut self, statement: &Statement<'_>) -> Vec<Step> {
        let mut steps = Vec::new();
        self.statement(statement, &mut steps);
        steps
    }

    fn handler(&mut self, handler: &CatchClause<'_>) -> Vec<Step> {
        if let Some(parameter) = &handler.param {
            self.pattern(&parameter.pattern, &Taken::whole(None), &mut Vec::new());
        }
        let mut steps = self.statements(&handler.body.body);
        if steps.is_empty() {
            // An empty handler goes on where none would let the error out.
            let nothing = self.keep(Expr::Undefined, handler.body.span);
            steps.push(Step::Do(nothing));
        }
        steps
    }

    fn each_of(&mut self, left: &ForStatementLeft<'_>, item: &Taken, body: &Statement<'_>) -> Vec<Step> {
        match left {
            ForStatementLeft::VariableDeclaration(variables) => {
                let mut bound = Vec::new();
                for declarator in &variables.declarations {
                    self.pattern(&declarator.id, item, &mut bound);
                }
                self.set_kind(&bound, VariableDeclarationKind::Const);
            }
            other => {
                if let Some(target) = other.as_assignment_target() {
                    self.target(target, item, &mut Vec::new());
                }
            }
        }
        self.arm(body)
    }
}
