//! Routers that are made and given routes, and that nothing mounts, and applications that nothing starts: they serve
//! nothing.
//!
//! Each place that holds a router is looked at, in whichever module. One that does more with it than give it routes, or
//! that can't be followed, may mount it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::RouterId;
use super::adding::Methods;
use super::collect::Collected;
use crate::program::linked::{At, FunctionAt, ModuleId, Program, Target};
use crate::program::module::{
    BindingId, BindingKind, ExportName, Exported, Expr, ExprId, FunctionId, Imported, MemberValue, RequestId, Step,
};
use crate::program::reach::Reach;

/// Places that are looked at for one router: more is nobody's router.
const MOST: usize = 4_000;

/// The routers of which it is sure that nothing mounts them; none where something that is loaded could not be followed.
pub(super) fn idle(program: &Program, reach: &Reach, collected: &Collected) -> BTreeSet<RouterId> {
    let made = collected
        .made
        .iter()
        .filter_map(|(router, is_application)| match router {
            RouterId::Made(at) => Some((*at, *is_application)),
            RouterId::Given(..) => None,
        });
    let made: Vec<(At, bool)> = made.collect();
    if made.is_empty()
        || !collected.edges.is_empty()
        || reach.open_edge().is_some()
        || reach.unread(program, &[]).is_some()
    {
        return BTreeSet::new();
    }
    let mut way = Way {
        program,
        reach,
        holders: BTreeMap::new(),
        todo: Vec::new(),
        seen: BTreeSet::new(),
        methods: Methods::Any,
    };
    let (applications, routers): (Vec<_>, Vec<_>) = made.into_iter().partition(|(_, is_application)| *is_application);
    let mut idle: Vec<At> = routers
        .into_iter()
        .map(|(at, _)| at)
        .filter(|at| way.ends(*at))
        .collect();
    way.methods = Methods::Routes;
    // Who starts a module may take its application from where it stands.
    let (resting, serving): (Vec<_>, Vec<_>) = applications
        .into_iter()
        .map(|(at, _)| at)
        .partition(|at| !program.is_entry(at.module) && way.ends(*at));
    // Where none is seen to serve, one of them does, by a way that is not known.
    if !serving.is_empty() {
        idle.extend(resting);
    }
    idle.into_iter().map(RouterId::Made).collect()
}

/// What holds a router.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Held {
    /// An expression is the router.
    Router(At),
    /// An expression is a module, or what stands for it, that gives the router under a name.
    Within(At, Name),
    /// A module gives it to others.
    Export(ModuleId, Name),
}

/// Under which name a module gives a router.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    /// The module itself, or its default: which of them is meant depends on who loads it.
    Whole,
    Named(Arc<str>),
}

impl Name {
    fn of(name: &ExportName) -> Option<Self> {
        match name {
            ExportName::Default | ExportName::Whole => Some(Self::Whole),
            ExportName::Named(name) => Some(Self::Named(name.clone())),
            ExportName::Star => None,
        }
    }
}

/// Where the expressions of a module stand.
struct Holders {
    parents: BTreeMap<ExprId, ExprId>,
    functions: BTreeMap<ExprId, FunctionId>,
    /// Those that are done for their effect, and those that names are given.
    done: BTreeSet<ExprId>,
    bound: BTreeSet<ExprId>,
}

struct Way<'a> {
    program: &'a Program,
    reach: &'a Reach,
    holders: BTreeMap<ModuleId, Holders>,
    todo: Vec<Held>,
    seen: BTreeSet<Held>,
    methods: Methods,
}

impl Way<'_> {
    /// Whether every way of a router ends without something that may mount it.
    fn ends(&mut self, router: At) -> bool {
        self.seen.clear();
        self.todo = vec![Held::Router(router)];
        while let Some(held) = self.todo.pop() {
            if !self.seen.insert(held.clone()) {
                continue;
            }
            let is_followed = self.seen.len() <= MOST
                && match held {
                    Held::Router(at) => self.expression(at, None),
                    Held::Within(at, name) => self.expression(at, Some(&name)),
                    Held::Export(module, name) => self.export(module, &name),
                };
            if !is_followed {
                return false;
            }
        }
        true
    }

    fn held(at: At, within: Option<&Name>) -> Held {
        match within {
            Some(name) => Held::Within(at, name.clone()),
            None => Held::Router(at),
        }
    }

    /// What is done with an expression that is a router, or that gives one; `false` where that may mount it.
    fn expression(&mut self, at: At, within: Option<&Name>) -> bool {
        let module = self.program.module(at.module);
        let holders = self.holders(at.module);
        let function = holders.functions.get(&at.expr).copied();
        let parent = holders.parents.get(&at.expr).copied();
        let (is_done, is_bound) = (holders.done.contains(&at.expr), holders.bound.contains(&at.expr));
        let is_dead = |function| {
            let module = at.module;
            !self.reach.is_live(FunctionAt { module, function })
        };
        // What never runs mounts nothing.
        if function.is_some_and(is_dead) {
            return true;
        }
        // Who asks an object of a class for it is not followed.
        let mut members = module.classes.iter().flat_map(|class| &class.members);
        if members.any(|member| member.value == MemberValue::Field(Some(at.expr))) {
            return false;
        }
        let exports = module
            .exports
            .iter()
            .filter(|export| export.what == Exported::Value(at.expr));
        let exported: Vec<Name> = exports.filter_map(|export| Name::of(&export.name)).collect();
        let is_exported = !exported.is_empty();
        if is_exported && within.is_some() {
            return false;
        }
        let given_on = exported.into_iter().map(|name| Held::Export(at.module, name));
        self.todo.extend(given_on);
        let Some(parent) = parent else {
            return match is_bound {
                true => self.bound(at, within),
                false => is_done || is_exported,
            };
        };
        let whole = At {
            module: at.module,
            expr: parent,
        };
        match module.expr(parent) {
            Expr::Member(_, name) => match within {
                None => self.method(whole),
                Some(Name::Whole) if name.as_ref() == "default" => {
                    self.todo.push(Held::Router(whole));
                    true
                }
                Some(Name::Whole) => self.method(whole),
                Some(Name::Named(wanted)) => {
                    if name == wanted {
                        self.todo.push(Held::Router(whole));
                    } else if name.as_ref() == "default" {
                        self.todo.push(Held::Within(whole, Name::Named(wanted.clone())));
                    }
                    true
                }
            },
            Expr::Assign(_, target, value) if *value == at.expr => {
                if let Expr::Name(_) = module.expr(*target) {
                    return self.bound(at, within);
                }
                // `module.exports = exports = router` is given on by both.
                self.todo.push(Self::held(whole, within));
                is_exported
            }
            Expr::Await(_) | Expr::Conditional(..) | Expr::Logical(..) | Expr::Sequence(_) => {
                self.todo.push(Self::held(whole, within));
                true
            }
            // `module.exports = { router }`.
            Expr::Object(_) => is_exported,
            _ => false,
        }
    }

    /// `router.get(…)` gives the router itself, `router.routes()` what mounts it.
    fn method(&mut self, member: At) -> bool {
        let module = self.program.module(member.module);
        if matches!(module.expr(member.expr), Expr::Member(_, name) if !self.methods.only_add(name)) {
            return false;
        }
        let parent = self.holders(member.module).parents.get(&member.expr).copied();
        let Some(call) =
            parent.filter(|call| matches!(module.expr(*call), Expr::Call(callee, _) if *callee == member.expr))
        else {
            return false;
        };
        self.todo.push(Held::Router(At {
            module: member.module,
            expr: call,
        }));
        true
    }

    /// The names that an expression is given.
    fn bound(&mut self, at: At, within: Option<&Name>) -> bool {
        let module = self.program.module(at.module);
        let mut is_known = false;
        for (binding, index) in module.bindings.iter().zip(0_u32..) {
            for given in binding.given.iter().filter(|given| given.value == Some(at.expr)) {
                is_known = true;
                match (given.path.as_slice(), within) {
                    ([], _) => {
                        if !self.named(at.module, BindingId(index), within) {
                            return false;
                        }
                    }
                    ([name], Some(Name::Named(wanted))) if name == wanted => {
                        if !self.named(at.module, BindingId(index), None) {
                            return false;
                        }
                    }
                    ([name], Some(Name::Whole)) if name.as_ref() == "default" => {
                        if !self.named(at.module, BindingId(index), None) {
                            return false;
                        }
                    }
                    // Something else of the module.
                    ([name, ..], Some(Name::Named(wanted))) if name != wanted => {}
                    _ => return false,
                }
            }
        }
        is_known
    }

    /// Every mention of a name, and what exports it; `false` for one that a function is handed.
    fn named(&mut self, id: ModuleId, binding: BindingId, within: Option<&Name>) -> bool {
        let module = self.program.module(id);
        if matches!(module.binding(binding).kind, BindingKind::Parameter(_)) {
            return false;
        }
        for ((expr, _), index) in module.expressions.iter().zip(0_u32..) {
            if *expr == Expr::Name(binding) {
                let at = At {
                    module: id,
                    expr: ExprId(index),
                };
                self.todo.push(Self::held(at, within));
            }
        }
        for export in module
            .exports
            .iter()
            .filter(|export| export.what == Exported::Binding(binding))
        {
            match (Name::of(&export.name), within) {
                (Some(name), None) => self.todo.push(Held::Export(id, name)),
                _ => return false,
            }
        }
        true
    }

    /// Who takes it from a module.
    fn export(&mut self, of: ModuleId, name: &Name) -> bool {
        // Whoever starts a module may take what it gives.
        if self.program.is_entry(of) {
            return false;
        }
        let program = self.program;
        // `import * as all` of a module that says `export default` has the router as `all.default`, and nowhere else.
        let is = |name: &ExportName| program.module(of).exports.iter().any(|export| export.name == *name);
        let in_all = match name {
            Name::Whole if is(&ExportName::Default) && !is(&ExportName::Whole) => Name::Named("default".into()),
            other => other.clone(),
        };
        for (id, linked) in program.modules().filter(|(id, _)| self.reach.is_loaded(*id)) {
            let leads =
                |request: &RequestId| matches!(program.target(id, *request), Target::Module(target) if *target == of);
            if !linked.targets.contains(&Target::Module(of)) {
                continue;
            }
            for (binding, index) in linked.module.bindings.iter().zip(0_u32..) {
                let BindingKind::Import(request, imported) = &binding.kind else {
                    continue;
                };
                let name = if *imported == Imported::Namespace {
                    &in_all
                } else {
                    name
                };
                if leads(request) && !self.imported(id, BindingId(index), imported, name) {
                    return false;
                }
            }
            for ((expr, _), index) in linked.module.expressions.iter().zip(0_u32..) {
                if matches!(expr, Expr::Load(request) if leads(request)) {
                    let expr = ExprId(index);
                    self.todo.push(Held::Within(At { module: id, expr }, name.clone()));
                }
            }
            for export in &linked.module.exports {
                let Exported::From(request, imported) = &export.what else {
                    continue;
                };
                if leads(request) && !self.given_on(id, &export.name, imported, name) {
                    return false;
                }
            }
        }
        true
    }

    fn imported(&mut self, id: ModuleId, binding: BindingId, imported: &Imported, name: &Name) -> bool {
        match (imported, name) {
            (Imported::Named(asked), Name::Named(name)) if asked == name => self.named(id, binding, None),
            (Imported::Named(_), _) => true,
            (Imported::Default, Name::Whole) => self.named(id, binding, None),
            (Imported::Default | Imported::Namespace, _) => self.named(id, binding, Some(name)),
        }
    }

    fn given_on(&mut self, id: ModuleId, under: &ExportName, imported: &Imported, name: &Name) -> bool {
        match (Name::of(under), imported, name) {
            (None, _, Name::Whole) => {}
            (None, _, Name::Named(_)) => self.todo.push(Held::Export(id, name.clone())),
            (Some(under), Imported::Named(asked), Name::Named(name)) if asked == name => {
                self.todo.push(Held::Export(id, under));
            }
            (Some(under), Imported::Default, Name::Whole) => self.todo.push(Held::Export(id, under)),
            (Some(_), Imported::Named(_), _) => {}
            (Some(_), Imported::Default | Imported::Namespace, _) => return false,
        }
        true
    }

    fn holders(&mut self, id: ModuleId) -> &Holders {
        let program = self.program;
        self.holders.entry(id).or_insert_with(|| {
            let module = program.module(id);
            let mut holders = Holders {
                parents: BTreeMap::new(),
                functions: BTreeMap::new(),
                done: BTreeSet::new(),
                bound: BTreeSet::new(),
            };
            for ((expr, _), index) in module.expressions.iter().zip(0_u32..) {
                expr.parts(&mut |part| {
                    holders.parents.insert(part, ExprId(index));
                });
            }
            for (function, index) in module.functions.iter().zip(0_u32..) {
                let index = FunctionId(index);
                module.each_expr(index, &mut |expr| {
                    holders.functions.insert(expr, index);
                });
                holders.steps(&function.steps);
            }
            holders
        })
    }
}

impl Holders {
    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Do(expr) => {
                    self.done.insert(*expr);
                }
                Step::Bind(_, expr) => {
                    self.bound.insert(*expr);
                }
                Step::Return(_) | Step::Throw(_) | Step::Jump => {}
                Step::Branch(branch) => branch.arms.iter().for_each(|arm| self.steps(arm)),
            }
        }
    }
}
