//! What a module gives to others.

use oxc_ast::ast::{
    Declaration, ExportAllDeclaration, ExportDefaultDeclaration, ExportDefaultDeclarationKind, ExportFromDeclaration,
    ExportNamedDeclaration, ImportOrExportKind, ModuleExportName,
};
use oxc_span::GetSpan;

use super::{Expr, ExprId, FunctionKind, Lowerer, RequestKind, to_span};
use crate::program::module::{BindingId, BindingKind, Export, ExportName, Exported, Imported, Module, Step};
use crate::text::Span;

impl Lowerer<'_> {
    fn export(&mut self, name: ExportName, what: Exported, span: oxc_span::Span) {
        let span = to_span(span);
        self.module.exports.push(Export { name, what, span });
    }

    /// The names that an exported declaration binds.
    pub(super) fn export_declared(&mut self, declaration: &Declaration<'_>, bound: &[BindingId]) {
        for binding in bound {
            let name = self.module.bindings[binding.0 as usize].name.clone();
            self.export(ExportName::Named(name), Exported::Binding(*binding), declaration.span());
        }
    }

    pub(super) fn export_named(&mut self, export: &ExportNamedDeclaration<'_>) {
        if export.export_kind == ImportOrExportKind::Type {
            return;
        }
        for specifier in &export.specifiers {
            let local = match &specifier.local {
                ModuleExportName::IdentifierReference(name) => self.bound(name),
                ModuleExportName::IdentifierName(_) | ModuleExportName::StringLiteral(_) => None,
            };
            if let Some(binding) = local
                && specifier.export_kind != ImportOrExportKind::Type
            {
                let name = export_name(&specifier.exported);
                self.export(name, Exported::Binding(binding), specifier.span);
            }
        }
    }

    pub(super) fn export_from(&mut self, export: &ExportFromDeclaration<'_>) {
        let kind = request_kind(export.export_kind);
        let request = self.request(Some(export.source.value.as_str()), kind, export.span);
        for specifier in &export.specifiers {
            if kind == RequestKind::Type || specifier.export_kind == ImportOrExportKind::Type {
                continue;
            }
            let local = specifier.local.name();
            let imported = match local.as_str() {
                "default" => Imported::Default,
                name => Imported::Named(name.into()),
            };
            let name = export_name(&specifier.exported);
            self.export(name, Exported::From(request, imported), specifier.span);
        }
    }

    pub(super) fn export_all(&mut self, export: &ExportAllDeclaration<'_>) {
        let kind = request_kind(export.export_kind);
        let request = self.request(Some(export.source.value.as_str()), kind, export.span);
        if kind == RequestKind::Type {
            return;
        }
        let name = match &export.exported {
            Some(name) => export_name(name),
            None => ExportName::Star,
        };
        self.export(name, Exported::From(request, Imported::Namespace), export.span);
    }

    pub(super) fn export_default(&mut self, export: &ExportDefaultDeclaration<'_>, steps: &mut Vec<Step>) {
        let span = export.span;
        let value = match &export.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                let id = self.plain_function(function, None, FunctionKind::Plain);
                match &function.id {
                    Some(name) => {
                        let bound = self.declared(name);
                        let Some(binding) = bound else { return };
                        self.module.bindings[binding.0 as usize].kind = BindingKind::Function(id);
                        return self.export(ExportName::Default, Exported::Binding(binding), span);
                    }
                    None => self.keep(Expr::Function(id), function.span),
                }
            }
            ExportDefaultDeclarationKind::ClassDeclaration(class) => {
                let id = self.class(class, None);
                let value = self.keep(Expr::Class(id), class.span);
                steps.push(Step::Do(value));
                value
            }
            ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => return,
            other => {
                let Some(expression) = other.as_expression() else {
                    return;
                };
                let (mentions, _) = self.mentioned();
                let value = self.expression(expression);
                self.only_given(value, mentions);
                steps.push(Step::Do(value));
                value
            }
        };
        self.export(ExportName::Default, Exported::Value(value), span);
    }

    pub(super) fn export_whole(&mut self, value: ExprId, span: oxc_span::Span) {
        self.export(ExportName::Whole, Exported::Value(value), span);
    }
}

/// What a kind of import or export asks for.
pub(super) fn request_kind(kind: ImportOrExportKind) -> RequestKind {
    match kind {
        ImportOrExportKind::Type => RequestKind::Type,
        ImportOrExportKind::Value => RequestKind::Export,
    }
}

fn export_name(name: &ModuleExportName<'_>) -> ExportName {
    match name.name().as_str() {
        "default" => ExportName::Default,
        name => ExportName::Named(name.into()),
    }
}

/// Finds what is given to `module.exports` and `exports`: assignments like any other.
pub(super) fn common_js(module: &mut Module) {
    let mut exports = Vec::new();
    for (expr, span) in &module.expressions {
        let span = &(span.start as usize..span.end as usize);
        match expr {
            Expr::Assign("=", target, value) => assigned(module, *target, *value, span, &mut exports),
            Expr::Call(callee, arguments) => {
                defined(module, *callee, arguments, span, &mut exports);
                merged(module, *callee, arguments, span, &mut exports);
            }
            _ => {}
        }
    }
    module.exports.extend(exports);
}

fn assigned(module: &Module, target: ExprId, value: ExprId, span: &Span, exports: &mut Vec<Export>) {
    if module.is_whole(target) {
        exports.push(Export {
            name: ExportName::Whole,
            what: Exported::Value(value),
            span: span.clone(),
        });
        // `module.exports = exports = { … }`
        let mut value = value;
        while let Expr::Assign("=", _, inner) = module.expr(value) {
            value = *inner;
        }
        each_of_object(module, value, exports);
    } else if let Expr::Member(object, name) = module.expr(target)
        && (module.is_exports(*object))
    {
        exports.push(named(name, value, span));
    }
}

fn each_of_object(module: &Module, value: ExprId, exports: &mut Vec<Export>) {
    let Expr::Object(properties) = module.expr(value) else {
        return;
    };
    for property in properties {
        match (&property.key, module.expr(property.value)) {
            (Some(key), _) => exports.push(named(key, property.value, &property.span)),
            (None, Expr::Spread(inner)) => star(module, *inner, &property.span, exports),
            (None, _) => {}
        }
    }
}

/// All that another module gives.
fn star(module: &Module, value: ExprId, span: &Span, exports: &mut Vec<Export>) {
    if let Expr::Load(request) = module.expr(value) {
        exports.push(Export {
            name: ExportName::Star,
            what: Exported::From(*request, Imported::Namespace),
            span: span.clone(),
        });
    }
}

/// `__exportStar(require("./x"), exports)` of compiled modules, `Object.assign(exports, …)`.
fn merged(module: &Module, callee: ExprId, arguments: &[ExprId], span: &Span, exports: &mut Vec<Export>) {
    let is_ours = |expr: &ExprId| module.is_exports(*expr);
    let name = match module.expr(callee) {
        Expr::Member(_, name) | Expr::Global(name) => name,
        Expr::Name(binding) => &module.binding(*binding).name,
        _ => return,
    };
    match (name.as_ref(), arguments) {
        ("__exportStar", [from, to]) if is_ours(to) => star(module, *from, span, exports),
        ("assign", [to, from @ ..]) if is_ours(to) => {
            for value in from {
                star(module, *value, span, exports);
                each_of_object(module, *value, exports);
            }
        }
        _ => {}
    }
}

/// `Object.defineProperty(exports, "x", { get() { return … } })`.
fn defined(module: &Module, callee: ExprId, arguments: &[ExprId], span: &Span, exports: &mut Vec<Export>) {
    let Expr::Member(object, name) = module.expr(callee) else {
        return;
    };
    if name.as_ref() != "defineProperty"
        || !matches!(module.expr(*object), Expr::Global(name) if name.as_ref() == "Object")
    {
        return;
    }
    let [target, key, descriptor] = arguments else { return };
    if !module.is_exports(*target) {
        return;
    }
    let (Expr::Text(key), Expr::Object(properties)) = (module.expr(*key), module.expr(*descriptor)) else {
        return;
    };
    for property in properties {
        match (property.key.as_deref(), module.expr(property.value)) {
            (Some("value"), _) => exports.push(named(key, property.value, span)),
            (Some("get"), Expr::Function(function)) => {
                if let [Step::Return(Some(value))] = module.function(*function).steps.as_slice() {
                    exports.push(named(key, *value, span));
                }
            }
            _ => {}
        }
    }
}

fn named(name: &str, value: ExprId, span: &Span) -> Export {
    let name = match name {
        "default" => ExportName::Default,
        name => ExportName::Named(name.into()),
    };
    Export {
        name,
        what: Exported::Value(value),
        span: span.clone(),
    }
}

/// Whether what is assigned to is an export: `module.exports`, `exports.x`, `module.exports.x`.
pub(super) fn is_target(module: &Module, target: ExprId) -> bool {
    module.is_whole(target) || matches!(module.expr(target), Expr::Member(object, _) if module.is_exports(*object))
}
