//! Providers of Nest's that nobody asks for: they are made, and what they can do is never called.
//!
//! Only the plainest are judged: a class of ours with `@Injectable()` alone, all of whose names in the program stand in lists
//! of `providers` or `exports`. A constructor's type, `moduleRef.get(…)`, `useExisting`, `inject` and any other mention count
//! as asking, and so does whatever takes a module as a whole.

use std::collections::{BTreeMap, BTreeSet};

use crate::text::HashSet;

use super::linked::{ModuleId, Program, Target};
use super::module::{
    BindingId, BindingKind, Class, ClassId, Exported, Expr, ExprId, Function, FunctionId, Imported, MemberValue,
    Module, RequestKind,
};
use super::reach::HOOKS;
use super::values::{Value, path_of};

/// A class of the program.
pub(super) type ClassAt = (ModuleId, ClassId);

/// The providers that are listed, and that nothing asks for.
pub(super) fn unasked(program: &Program) -> BTreeSet<ClassAt> {
    let plain: BTreeSet<ClassAt> = program.decorated().filter(|class| is_plain(program, *class)).collect();
    let mut seen = Seen {
        program,
        plain: &plain,
        listed: BTreeSet::new(),
        asked: BTreeSet::new(),
    };
    if !plain.is_empty() {
        program.modules().for_each(|(id, _)| seen.module(id));
    }
    seen.listed.difference(&seen.asked).copied().collect()
}

/// Whether a framework calls nothing of a provider by itself, as far as it says.
fn is_plain(program: &Program, (id, class): ClassAt) -> bool {
    let module = program.module(id);
    let class = module.class(class);
    let [decorator] = class.decorators.as_slice() else {
        return false;
    };
    let Expr::Call(callee, _) = module.expr(*decorator) else {
        return false;
    };
    let values = program.values(super::At {
        module: id,
        expr: *callee,
    });
    let is_injectable = values.iter().any(|value| {
        path_of(value).is_some_and(|(package, path)| package.as_ref() == "@nestjs/common" && path == "Injectable")
    });
    let members = || class.members.iter();
    let mut methods = members().filter(|member| matches!(member.value, MemberValue::Method(_)));
    is_injectable
        && class.extends.is_none()
        && members().all(|member| member.decorators.is_empty())
        && methods.all(|method| method.name.as_deref().is_some_and(|name| !HOOKS.contains(&name)))
        && !calls_itself(module, class)
}

/// Whether making one asks for a method of its own, or hands itself on: the constructor, the values of fields, static
/// blocks, and the functions within, which timers and queues call later.
fn calls_itself(module: &Module, class: &Class) -> bool {
    let methods = || {
        class.members.iter().filter_map(|member| match member.value {
            MemberValue::Method(function) => Some((member.name.as_deref(), function)),
            MemberValue::Field(_) => None,
        })
    };
    let is_of_a_method = |function: FunctionId| {
        let mut around = module.around(function);
        around.any(|outer| methods().any(|(_, method)| method == outer))
    };
    let names_one = |function: &Function| {
        let mut asked = function.members.iter();
        asked.any(|asked| methods().any(|(name, _)| name == Some(&**asked)))
    };
    let functions = module.functions.iter().zip(0_u32..);
    functions
        .filter(|(function, _)| class.span.start <= function.span.start && function.span.end <= class.span.end)
        .map(|(function, index)| (function, FunctionId(index)))
        .filter(|(_, id)| !is_of_a_method(*id))
        .any(|(function, id)| names_one(function) || hands_itself_on(module, id))
}

/// Whether a function gives `this` to somebody, who may call all that it has.
fn hands_itself_on(module: &Module, function: FunctionId) -> bool {
    let (mut named, mut asked) = (0_usize, 0_usize);
    module.each_expr(function, &mut |expr| match module.expr(expr) {
        Expr::This => named += 1,
        Expr::Member(object, _) if *module.expr(*object) == Expr::This => asked += 1,
        _ => {}
    });
    named > asked
}

struct Seen<'a> {
    program: &'a Program,
    plain: &'a BTreeSet<ClassAt>,
    listed: BTreeSet<ClassAt>,
    asked: BTreeSet<ClassAt>,
}

impl Seen<'_> {
    fn module(&mut self, id: ModuleId) {
        let module = self.program.module(id);
        let lists = listed(module);
        let mut known: BTreeMap<BindingId, Vec<ClassAt>> = BTreeMap::new();
        for ((expr, span), index) in module.expressions.iter().zip(0_u32..) {
            match expr {
                Expr::Name(name) => {
                    let classes = known.entry(*name).or_insert_with(|| self.classes(id, *name)).clone();
                    for class in classes {
                        let own = &module.classes.get(class.1.0 as usize).map(|class| class.span.clone());
                        let is_within =
                            |own: &crate::text::Span| own.start <= span.start as usize && span.end as usize <= own.end;
                        if lists.contains(&ExprId(index)) {
                            self.listed.insert(class);
                        } else if class.0 != id || !own.as_ref().is_some_and(is_within) {
                            self.asked.insert(class);
                        }
                    }
                }
                Expr::Load(request) => self.whole(self.program.target(id, *request)),
                _ => {}
            }
        }
        self.imports(id, &known);
        // What a property is given by its type is not written down.
        let has_fields = |class: &Class| {
            class
                .members
                .iter()
                .any(|member| is_handed(member.value) && !member.decorators.is_empty())
        };
        if module.classes.iter().any(has_fields) {
            self.asked.extend(self.plain.iter().filter(|class| class.0 == id));
        }
    }

    /// Imports that no expression names: of a property's type, or of a module as a whole.
    fn imports(&mut self, id: ModuleId, known: &BTreeMap<BindingId, Vec<ClassAt>>) {
        let module = self.program.module(id);
        for (binding, index) in module.bindings.iter().zip(0_u32..) {
            let BindingKind::Import(request, imported) = &binding.kind else {
                continue;
            };
            if module.request(*request).kind != RequestKind::Import {
                continue;
            }
            if *imported == Imported::Namespace {
                self.whole(self.program.target(id, *request));
            } else if !known.contains_key(&BindingId(index)) {
                let classes = self.classes(id, BindingId(index));
                self.asked.extend(classes);
            }
        }
    }

    /// The classes that a name may be.
    fn classes(&self, id: ModuleId, name: BindingId) -> Vec<ClassAt> {
        if !matches!(
            self.program.module(id).binding(name).kind,
            BindingKind::Import(..) | BindingKind::Class(_) | BindingKind::Constant | BindingKind::Variable
        ) {
            return Vec::new();
        }
        let values = self.program.binding_values(id, name);
        let classes = values.into_iter().filter_map(|value| match value {
            Value::Class(id, class) => Some((id, class)),
            _ => None,
        });
        classes.filter(|class| self.plain.contains(class)).collect()
    }

    /// Whoever takes a module as a whole may ask for all that it gives.
    fn whole(&mut self, target: &Target) {
        let Target::Module(first) = target else { return };
        let (mut todo, mut seen) = (vec![*first], HashSet::default());
        while let Some(id) = todo.pop() {
            if !seen.insert(id) {
                continue;
            }
            self.asked.extend(self.plain.iter().filter(|class| class.0 == id));
            todo.extend(
                self.program
                    .module(id)
                    .exports
                    .iter()
                    .filter_map(|export| match export.what {
                        Exported::From(request, _) => match self.program.target(id, request) {
                            Target::Module(next) => Some(*next),
                            _ => None,
                        },
                        Exported::Binding(_) | Exported::Value(_) => None,
                    }),
            );
        }
    }
}

fn is_handed(value: MemberValue) -> bool {
    matches!(value, MemberValue::Field(None))
}

/// The names in lists of providers.
fn listed(module: &Module) -> HashSet<ExprId> {
    let objects = module.expressions.iter().filter_map(|(expr, _)| match expr {
        Expr::Object(properties) => Some(properties),
        _ => None,
    });
    let lists = objects.flat_map(|properties| properties.iter()).filter_map(|property| {
        let is_list = matches!(property.key.as_deref(), Some("providers" | "exports"));
        match module.expr(property.value) {
            Expr::List(items) if is_list => Some(items),
            _ => None,
        }
    });
    lists.flat_map(|items| items.iter().copied()).collect()
}
