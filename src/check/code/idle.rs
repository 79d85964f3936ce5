//! Middleware that is made and read by nobody: `const open = cors({ origin: "*" })` beside one that is mounted, or that only
//! a stage other than production takes.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::program::module::{
    BindingId, BindingKind, ExportName, Exported, Expr, ExprId, FunctionId, FunctionKind, Imported, Module,
};
use crate::program::{At, ModuleId, Program, Use, UseKind, Value};

use super::judged::Asked;
use super::spot::Found;

impl Asked<'_> {
    /// Whether a site makes what nobody takes, while servers mount another of its kind.
    pub(super) fn is_idle(&self, site: &Found<'_>) -> bool {
        let is_another_mounted = || !self.mounted.get_or_init(|| self.find_mounted()).is_empty();
        let call = site.makes().filter(|call| is_unread(self.program, *call));
        call.is_some() && is_another_mounted()
    }

    /// The calls whose results requests pass through.
    fn find_mounted(&self) -> BTreeSet<At> {
        let made: BTreeSet<At> = self.sites().iter().filter_map(Found::makes).collect();
        let mut mounted = BTreeSet::new();
        for component in self.components {
            let routes = self.program.routes(component);
            let chains = routes.routes.iter().flat_map(|route| &route.chain);
            let values = routes.passed.iter().chain(chains).flat_map(|passed| &passed.values);
            mounted.extend(values.filter_map(|value| match value {
                Value::Result(_, call) => made.get(call),
                _ => None,
            }));
        }
        mounted
    }
}

impl Found<'_> {
    fn makes(&self) -> Option<At> {
        match self {
            Self::Use(found) => makes(found),
            Self::Text(..) => None,
        }
    }
}

/// The call, of one that a package's own function answers: `cors(…)` and `helmet.hsts(…)`, not `app.enableCors(…)`.
fn makes(found: &Use) -> Option<At> {
    let is_own = found.kind == UseKind::Call && !found.path.contains("()");
    found.at().filter(|_| is_own)
}

/// Whether what a call makes is kept under one name, which nothing takes but an arm that production does not choose.
fn is_unread(program: &Program, call: At) -> bool {
    let module = program.module(call.module);
    let mut bindings = (0_u32..).map(BindingId).zip(&module.bindings);
    let kept = bindings.find(|(_, binding)| binding.given.iter().any(|given| given.value == Some(call.expr)));
    let Some((name, binding)) = kept else { return false };
    let [given] = binding.given.as_slice() else {
        return false;
    };
    let is_exported = |export: &ExportName| match export {
        ExportName::Named(name) => is_named_elsewhere(program, call.module, name),
        ExportName::Default | ExportName::Star | ExportName::Whole => true,
    };
    let of_name = module.exports.iter().filter(|export| match &export.what {
        Exported::Binding(of) => *of == name,
        Exported::Value(_) | Exported::From(..) => false,
    });
    given.path.is_empty()
        && !of_name.map(|export| &export.name).any(is_exported)
        && reads(module, name)
            .iter()
            .all(|read| is_passed_by(program, call, *read))
}

/// The expressions that name something in what production may come to.
fn reads(module: &Module, name: BindingId) -> Vec<ExprId> {
    let mut reads = Vec::new();
    let functions = (0_u32..).map(FunctionId).zip(&module.functions);
    for (function, _) in functions.filter(|(_, function)| function.kind != FunctionKind::Never) {
        module.each_expr(function, &mut |at| {
            let is_read = matches!(module.expr(at), Expr::Name(of) if *of == name);
            reads.extend(is_read.then_some(at));
        });
    }
    reads
}

/// Whether a name stands in an arm of a condition which, as is known, production does not choose.
fn is_passed_by(program: &Program, call: At, read: ExprId) -> bool {
    let all = (0_u32..).map(ExprId).zip(&program.module(call.module).expressions);
    let mut chosen =
        all.filter(|(_, (expr, _))| matches!(expr, Expr::Conditional(_, yes, no) if *yes == read || *no == read));
    chosen.any(|(at, _)| {
        let values = program.values(At { expr: at, ..call });
        !values.iter().any(|value| match value {
            Value::Result(_, made) => *made == call,
            value => matches!(value, Value::Unknown(_)),
        })
    })
}

/// Whether another module says a name that this one gives: as what it imports, takes out of something or gives on.
fn is_named_elsewhere(program: &Program, own: ModuleId, name: &Arc<str>) -> bool {
    let mut others = program.modules().filter(|(id, _)| *id != own);
    others.any(|(_, linked)| {
        let module = &linked.module;
        let is_imported = |imported: &Imported| matches!(imported, Imported::Named(named) if named == name);
        module.bindings.iter().any(|binding| {
            let mut given = binding.given.iter().flat_map(|given| &given.path);
            given.any(|part| part == name)
                || matches!(&binding.kind, BindingKind::Import(_, imported) if is_imported(imported))
        }) || module
            .exports
            .iter()
            .any(|export| matches!(&export.what, Exported::From(_, imported) if is_imported(imported)))
            || module
                .expressions
                .iter()
                .any(|(expr, _)| matches!(expr, Expr::Member(_, named) if named == name))
    })
}
