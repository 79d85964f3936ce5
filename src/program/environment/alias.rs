//! What is the whole environment: `process.env` and the names that it is given.

use super::super::module::{BindingId, BindingKind, Expr, ExprId, Imported, Logical, RequestId};
use super::EnvSource;
use super::reader::Reader;

impl Reader<'_> {
    /// Through what an expression is the whole environment, if it is.
    pub(super) fn source(&self, expr: ExprId) -> Option<EnvSource> {
        match self.module.expr(expr) {
            Expr::Name(binding) => self.aliases.get(binding).copied(),
            Expr::Member(object, name) if name.as_ref() == "env" => match self.module.expr(*object) {
                Expr::Meta(_) => Some(EnvSource::ImportMeta),
                Expr::Global(name) if name.as_ref() == "Deno" => Some(EnvSource::Deno),
                Expr::Global(name) if name.as_ref() == "Bun" => Some(EnvSource::Bun),
                _ => self.is_process(*object).then_some(EnvSource::Process),
            },
            Expr::Logical(Logical::Or | Logical::Coalesce, left, _) => self.source(*left),
            Expr::Conditional(_, then, otherwise) => self.source(*then).or_else(|| self.source(*otherwise)),
            Expr::Call(callee, arguments) if arguments.is_empty() => match self.module.expr(*callee) {
                Expr::Member(object, name) if name.as_ref() == "toObject" => self.source(*object),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether an expression is `process`.
    pub(super) fn is_process(&self, expr: ExprId) -> bool {
        match self.module.expr(expr) {
            Expr::Global(name) => name.as_ref() == "process",
            Expr::Load(request) => self.is_process_module(*request),
            Expr::Name(binding) => {
                let binding = self.module.binding(*binding);
                let is_loaded = |value: ExprId| matches!(self.module.expr(value), Expr::Load(request) if self.is_process_module(*request));
                match &binding.kind {
                    BindingKind::Import(request, Imported::Default | Imported::Namespace) => {
                        self.is_process_module(*request)
                    }
                    _ => binding
                        .given
                        .iter()
                        .any(|given| given.path.is_empty() && given.value.is_some_and(is_loaded)),
                }
            }
            Expr::Member(object, name) if name.as_ref() == "process" => {
                matches!(self.module.expr(*object), Expr::Global(name) if matches!(name.as_ref(), "globalThis" | "global"))
            }
            _ => false,
        }
    }

    fn is_process_module(&self, request: RequestId) -> bool {
        matches!(
            self.module.request(request).specifier.as_deref(),
            Some("process" | "node:process")
        )
    }

    /// Finds the names that are the whole environment.
    pub(super) fn find_aliases(&mut self) {
        for (index, binding) in (0_u32..).zip(&self.module.bindings) {
            let imported = match &binding.kind {
                BindingKind::Import(request, Imported::Named(name)) if name.as_ref() == "env" => {
                    self.is_process_module(*request).then_some(EnvSource::Process)
                }
                _ => None,
            };
            let given = binding.given.iter().find_map(|given| {
                let value = given.value.and_then(|value| match given.path.as_slice() {
                    [] => self.source(value),
                    [name] if name.as_ref() == "env" && self.is_process(value) => Some(EnvSource::Process),
                    _ => None,
                });
                value.or_else(|| {
                    given
                        .default
                        .filter(|_| given.path.is_empty())
                        .and_then(|default| self.source(default))
                })
            });
            if let Some(source) = imported.or(given) {
                self.aliases.insert(BindingId(index), source);
            }
        }
    }
}
