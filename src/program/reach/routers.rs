//! Routers that are only loaded: what is registered with one runs where the router is asked for, and nowhere else.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::program::linked::{FunctionAt, ModuleId};
use crate::program::module::{BindingId, BindingKind, Expr, ExprId, FunctionId, Module, Step, TOP_LEVEL};

use super::walk::{Position, Walk};

/// What waits for the routers of one module.
#[derive(Debug, Clone, Default)]
pub(super) struct Held {
    /// The routers that nothing of their module is handed, with the statements that register with each.
    routers: Vec<(BindingId, Vec<ExprId>)>,
    /// Names that these statements alone mention, with the routers themselves.
    mentions: FxHashSet<BindingId>,
    /// Members that these statements alone ask for.
    members: FxHashSet<Arc<str>>,
}

impl Held {
    /// Of a module that makes routers and does nothing with them but to register and to export them.
    fn of(module: &Module) -> Option<Self> {
        let is_router = |binding: &BindingId| {
            let known = module.binding(*binding);
            let made = known.given.first().and_then(|given| given.value);
            matches!(known.kind, BindingKind::Constant)
                && known.given.len() == 1
                && made.is_some_and(|made| makes_router(module, made))
        };
        let candidates = (0..module.bindings.len()).filter_map(|index| u32::try_from(index).ok().map(BindingId));
        let mut routers: Vec<(BindingId, Vec<ExprId>)> = candidates
            .filter(is_router)
            .map(|binding| (binding, Vec::new()))
            .collect();
        if routers.is_empty() {
            return None;
        }
        for step in &module.function(TOP_LEVEL).steps {
            if let Step::Do(expr) = step
                && let Some(root) = root_of(module, *expr)
                && let Some((_, held)) = routers.iter_mut().find(|(binding, _)| *binding == root)
            {
                held.push(*expr);
            }
        }
        routers.retain(|(binding, held)| !held.is_empty() && is_only_exported(module, *binding, held.len()));
        if routers.is_empty() {
            return None;
        }
        let mut found = Self {
            routers,
            ..Self::default()
        };
        found.tell_apart(module);
        Some(found)
    }

    pub(super) fn holds(&self, expr: ExprId) -> bool {
        self.routers.iter().any(|(_, held)| held.contains(&expr))
    }

    pub(super) fn mentions(&self, binding: BindingId) -> bool {
        self.mentions.contains(&binding)
    }

    pub(super) fn asks(&self, member: &str) -> bool {
        self.members.contains(member)
    }

    /// Whether a statement's bytes hold an expression.
    fn is_within(&self, module: &Module, expr: ExprId) -> bool {
        let span = module.span(expr);
        let mut held = self.routers.iter().flat_map(|(_, held)| held);
        held.any(|statement| {
            let statement = module.span(*statement);
            statement.start <= span.start && span.end <= statement.end
        })
    }

    /// Finds what the held statements alone mention.
    fn tell_apart(&mut self, module: &Module) {
        let (mut names, mut members) = (FxHashSet::default(), FxHashSet::default());
        let mut visit = Vec::new();
        module.each_expr(TOP_LEVEL, &mut |expr| visit.push(expr));
        for expr in visit {
            let is_held = self.is_within(module, expr);
            match module.expr(expr) {
                Expr::Name(binding) if is_held => {
                    self.mentions.insert(*binding);
                }
                // What exports a router asks it for nothing.
                Expr::Name(binding) if self.routers.iter().any(|(router, _)| router == binding) => {}
                Expr::Name(binding) => {
                    names.insert(*binding);
                }
                Expr::Member(_, name) if is_held => {
                    self.members.insert(name.clone());
                }
                Expr::Member(_, name) => {
                    members.insert(name.clone());
                }
                _ => {}
            }
        }
        self.mentions.retain(|binding| !names.contains(binding));
        self.members.retain(|name| !members.contains(name));
    }
}

/// `express.Router()`, `new Router()`.
fn makes_router(module: &Module, expr: ExprId) -> bool {
    let (Expr::Call(callee, _) | Expr::New(callee, _)) = module.expr(expr) else {
        return false;
    };
    match module.expr(*callee) {
        Expr::Name(binding) => module.binding(*binding).name.as_ref() == "Router",
        Expr::Member(_, name) => name.as_ref() == "Router",
        _ => false,
    }
}

/// The name that a chain of calls starts with: `router` of `router.route("/a").get(…)`.
fn root_of(module: &Module, expr: ExprId) -> Option<BindingId> {
    let Expr::Call(callee, _) = module.expr(expr) else {
        return None;
    };
    let Expr::Member(object, _) = module.expr(*callee) else {
        return None;
    };
    match module.expr(*object) {
        Expr::Name(binding) => Some(*binding),
        _ => root_of(module, *object),
    }
}

/// Whether a name is mentioned by so many statements that register with it, and else by what exports it alone.
fn is_only_exported(module: &Module, binding: BindingId, registering: usize) -> bool {
    let all = (0..module.functions.len()).filter_map(|index| u32::try_from(index).ok());
    let (mut times, mut elsewhere) = (0, false);
    for function in all.map(FunctionId) {
        module.each_expr(function, &mut |expr| {
            if *module.expr(expr) == Expr::Name(binding) {
                times += 1;
                elsewhere |= function != TOP_LEVEL;
            }
        });
    }
    let exported = exporting(module, binding);
    !elsewhere && times == registering + exported
}

/// How many of a name's mentions export it: `module.exports = router`, `export default router`.
fn exporting(module: &Module, binding: BindingId) -> usize {
    let mut found = 0;
    module.each_expr(TOP_LEVEL, &mut |expr| {
        if let Expr::Assign("=", target, value) = module.expr(expr)
            && *module.expr(*value) == Expr::Name(binding)
            && (module.is_exports(*target)
                || matches!(module.expr(*target), Expr::Member(of, _) if module.is_exports(*of)))
        {
            found += 1;
        }
    });
    let said = module
        .function(TOP_LEVEL)
        .steps
        .iter()
        .filter(|step| matches!(step, Step::Do(expr) if *module.expr(*expr) == Expr::Name(binding)));
    found + said.count()
}

impl Walk<'_> {
    /// What waits for the routers of a module.
    pub(super) fn held(&mut self, id: ModuleId) -> Option<Arc<Held>> {
        let module = self.module(id);
        let held = self.routers.entry(id);
        held.or_insert_with(|| Held::of(module).map(Arc::new)).clone()
    }

    /// A router is asked for: what is registered with it runs.
    pub(super) fn served(&mut self, id: ModuleId, binding: BindingId) {
        let Some(mut held) = self.held(id) else { return };
        let Some(index) = held.routers.iter().position(|(router, _)| *router == binding) else {
            return;
        };
        let held = Arc::make_mut(&mut held);
        let (_, statements) = held.routers.swap_remove(index);
        // What several wait for, the first brings.
        let mut mentions: Vec<BindingId> = std::mem::take(&mut held.mentions).into_iter().collect();
        let members = std::mem::take(&mut held.members);
        self.routers.insert(id, Some(Arc::new(std::mem::take(held))));
        let at = FunctionAt {
            module: id,
            function: TOP_LEVEL,
        };
        mentions.sort_unstable();
        for mention in mentions {
            self.want(id, mention, at);
        }
        let function = self.module(id).function(TOP_LEVEL);
        for member in function.members.iter().filter(|member| members.contains(*member)) {
            self.ask(member, at);
        }
        for statement in statements {
            self.value(at, statement, Position::Used);
        }
    }
}
