//! What a module gives to others, where all of it is known, and what is asked of one that it does not give.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::text::HashSet;

use super::linked::{At, FunctionAt, ModuleId, Program, Target};
use super::module::{
    BindingId, BindingKind, ExportName, Exported, Expr, ExprId, FunctionId, Imported, Language, Module,
};
use super::values::Value;

/// Modules that hand on what others give are followed so far.
const DEEPEST: usize = 8;
/// What every object has.
const OF_ALL: [&str; 8] = [
    "default",
    "__esModule",
    "then",
    "constructor",
    "toString",
    "valueOf",
    "hasOwnProperty",
    "prototype",
];

/// Something that is asked of a module which does not give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ungiven {
    /// Where it is asked.
    pub at: At,
    /// Its name.
    pub name: Arc<str>,
    /// The module that is asked.
    pub of: ModuleId,
}

impl Program {
    /// The names that a module gives to others; `None` where not all of them are known: it has none, computes one, or
    /// lets something else fill them in.
    pub fn given_by(&self, module: ModuleId) -> Option<BTreeSet<Arc<str>>> {
        self.given(module, &mut Vec::new())
    }

    /// What a function, with those that are written in it, asks of other modules that do not give it. Only JavaScript
    /// is asked about: a compiler tells it of TypeScript.
    pub fn ungiven(&self, function: FunctionAt) -> Vec<Ungiven> {
        let linked = self.linked(function.module);
        if Language::of(linked.path.as_str()) != Some(Language::JavaScript) {
            return Vec::new();
        }
        let module = &linked.module;
        let mut found = Vec::new();
        for within in within(module, function.function) {
            let targets = targets(module, within);
            let mut asked: Vec<(ExprId, ExprId, Arc<str>)> = Vec::new();
            module.each_expr(within, &mut |expr| {
                if let Expr::Member(object, name) = module.expr(expr)
                    && !targets.contains(&expr)
                {
                    asked.push((expr, *object, name.clone()));
                }
            });
            for (expr, object, name) in asked {
                let of = self.whole_module(At {
                    module: function.module,
                    expr: object,
                });
                found.extend(of.and_then(|of| self.lacks(of, &name)).map(|of| Ungiven {
                    at: At {
                        module: function.module,
                        expr,
                    },
                    name,
                    of,
                }));
            }
            for binding in &module.function(within).mentions {
                found.extend(self.taken(function.module, *binding));
            }
        }
        found
    }

    /// A name that is taken out of a module which does not give it.
    fn taken(&self, id: ModuleId, binding: BindingId) -> Option<Ungiven> {
        let module = self.module(id);
        let binding = module.binding(binding);
        if let BindingKind::Import(request, Imported::Named(name)) = &binding.kind
            && let Target::Module(of) = self.target(id, *request)
        {
            let expr = ExprId(0);
            let of = self.lacks(*of, name)?;
            return (!module.expressions.is_empty()).then(|| Ungiven {
                at: At { module: id, expr },
                name: name.clone(),
                of,
            });
        }
        let [given] = binding.given.as_slice() else { return None };
        let ([name], None, Some(expr)) = (given.path.as_slice(), given.default, given.value) else {
            return None;
        };
        let at = At { module: id, expr };
        let of = self.lacks(self.whole_module(at)?, name)?;
        Some(Ungiven {
            at,
            name: name.clone(),
            of,
        })
    }

    /// The module that an expression is as a whole, and nothing else.
    fn whole_module(&self, at: At) -> Option<ModuleId> {
        // Most objects are no module: a name or a load is, and what is awaited.
        let module = self.module(at.module);
        let is_candidate = match module.expr(at.expr) {
            Expr::Name(binding) => match &module.binding(*binding).kind {
                BindingKind::Import(_, imported) => *imported == Imported::Namespace,
                BindingKind::Constant | BindingKind::Variable => true,
                BindingKind::Parameter(_) | BindingKind::Function(_) | BindingKind::Class(_) | BindingKind::Other => {
                    false
                }
            },
            Expr::Load(_) | Expr::Await(_) => true,
            _ => false,
        };
        if !is_candidate {
            return None;
        }
        match self.values(at).as_slice() {
            [Value::Module(of)] if *of != at.module => Some(*of),
            _ => None,
        }
    }

    fn lacks(&self, of: ModuleId, name: &str) -> Option<ModuleId> {
        let is_asked = !OF_ALL.contains(&name) && self.given_by(of).is_some_and(|given| !given.contains(name));
        is_asked.then_some(of)
    }

    fn given(&self, id: ModuleId, open: &mut Vec<ModuleId>) -> Option<BTreeSet<Arc<str>>> {
        if open.contains(&id) {
            // Who hands on in a circle adds nothing of its own.
            return Some(BTreeSet::new());
        }
        let module = self.module(id);
        if open.len() >= DEEPEST || module.unread.is_some() || module.exports.is_empty() || !is_plain(module) {
            return None;
        }
        open.push(id);
        let mut names = BTreeSet::new();
        for export in &module.exports {
            match (&export.name, &export.what) {
                (ExportName::Named(name), _) => {
                    names.insert(name.clone());
                }
                (ExportName::Default, _) => {
                    names.insert("default".into());
                }
                (ExportName::Star, Exported::From(request, _)) => match self.target(id, *request) {
                    Target::Module(next) => names.extend(self.given(*next, open)?),
                    Target::Package(..)
                    | Target::Builtin(_)
                    | Target::File(_)
                    | Target::Erased
                    | Target::Missing(_)
                    | Target::Unresolved(_) => return None,
                },
                (ExportName::Star, Exported::Binding(_) | Exported::Value(_)) => return None,
                (ExportName::Whole, what) => names.extend(self.whole(id, what, open)?),
            }
        }
        open.pop();
        Some(names)
    }

    fn whole(&self, id: ModuleId, what: &Exported, open: &mut Vec<ModuleId>) -> Option<BTreeSet<Arc<str>>> {
        let values = match what {
            Exported::Value(expr) => self.values(At {
                module: id,
                expr: *expr,
            }),
            Exported::Binding(binding) => self.binding_values(id, *binding),
            Exported::From(..) => return None,
        };
        let mut names = BTreeSet::new();
        for value in values {
            names.extend(self.keys(&value, open)?);
        }
        Some(names)
    }

    /// The keys of an object, those that are put into it later included.
    fn keys(&self, value: &Value, open: &mut Vec<ModuleId>) -> Option<BTreeSet<Arc<str>>> {
        let at = match value {
            Value::Object(at) => *at,
            Value::Module(id) => return self.given(*id, open),
            _ => return None,
        };
        let Expr::Object(properties) = self.module(at.module).expr(at.expr) else {
            return None;
        };
        let mut names = BTreeSet::new();
        for property in properties {
            match (&property.key, self.module(at.module).expr(property.value)) {
                (Some(key), _) => {
                    names.insert(key.clone());
                }
                (None, Expr::Spread(inner)) if open.len() < DEEPEST => {
                    open.push(at.module);
                    let inner = self.values(At {
                        module: at.module,
                        expr: *inner,
                    });
                    for value in inner {
                        // What is in the middle of being looked at would seem to give nothing.
                        let is_open = matches!(value, Value::Module(id) if open.contains(&id));
                        names.extend((!is_open).then(|| self.keys(&value, open)).flatten()?);
                    }
                    open.pop();
                }
                (None, _) => return None,
            }
        }
        for binding in self.holders(at) {
            if !self.handed_on(at.module, *binding).is_empty() {
                return None;
            }
            for filled in self.filled(at.module, *binding) {
                names.insert(filled.path.first()?.clone()?);
            }
        }
        Some(names)
    }
}

/// A function with those that are written in it.
fn within(module: &Module, function: FunctionId) -> Vec<FunctionId> {
    let all = (0..module.functions.len()).filter_map(|index| u32::try_from(index).ok().map(FunctionId));
    all.filter(|at| module.around(*at).any(|outer| outer == function))
        .collect()
}

/// What a function assigns to.
fn targets(module: &Module, function: FunctionId) -> HashSet<ExprId> {
    let mut targets = HashSet::default();
    module.each_expr(function, &mut |expr| match module.expr(expr) {
        Expr::Assign(_, target, _) => {
            targets.insert(*target);
        }
        Expr::Unary("delete", target) => {
            targets.insert(*target);
        }
        _ => {}
    });
    targets
}

/// Whether `module` and `exports` are only read, or given to by their names: nothing else can fill them in.
fn is_plain(module: &Module) -> bool {
    let mut told = HashSet::default();
    for (expr, _) in &module.expressions {
        match expr {
            Expr::Member(object, _) => {
                told.insert(*object);
            }
            Expr::Assign("=", target, value) => {
                told.extend([*target, *value]);
            }
            Expr::Binary(_, left, right) => {
                told.extend([*left, *right]);
            }
            _ => {}
        }
    }
    let all = (0..module.expressions.len()).filter_map(|index| u32::try_from(index).ok().map(ExprId));
    all.filter(|expr| module.is_exports(*expr) || module.is_global(*expr, "module"))
        .all(|expr| told.contains(&expr))
}

#[cfg(test)]
mod tests {
    use crate::program::build::of_files;

    fn given(files: &[(&str, &str)]) -> Option<Vec<String>> {
        let mut all = vec![("package.json", r#"{"name":"a","scripts":{"start":"node index.js"}}"#)];
        all.extend(files);
        let (_, program) = of_files(&all);
        let names = program.given_by(program.find(files[0].0).expect("a module"))?;
        Some(names.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_a_module_gives_is_known_by_its_names() {
        let of = |text: &str| given(&[("a.js", text)]).map(|names| names.join(" "));
        assert_eq!(of("module.exports = { a, b: 1 };").as_deref(), Some("a b"));
        assert_eq!(of("exports.a = 1; module.exports.b = 2;").as_deref(), Some("a b"));
        assert_eq!(
            of("export const a = 1; export default 2;").as_deref(),
            Some("a default")
        );
        let put_in = "const all = { a: 1 }; all.b = 2; module.exports = all;";
        assert_eq!(of(put_in).as_deref(), Some("a b"));
    }

    #[test]
    fn what_something_else_may_fill_in_is_not_known() {
        let of = |text: &str| given(&[("a.js", text)]);
        for text in [
            "module.exports = { ...made() };",
            "module.exports = { [name]: 1 };",
            "module.exports = {}; fill(module.exports);",
            "exports.a = 1; exports[name] = 2;",
            "const all = { a: 1 }; fill(all); module.exports = all;",
            "const all = { a: 1 }; all[name] = 2; module.exports = all;",
            "module.exports = new Client();",
            "export * from 'elsewhere';",
            "run();",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_handed_on_is_given() {
        let names = given(&[("a.js", "export * from './b';"), ("b.js", "export const c = 1;")]);
        assert_eq!(names, Some(vec!["c".to_owned()]));
        let names = given(&[
            ("a.js", "module.exports = { ...require('./b'), d: 1 };"),
            ("b.js", "module.exports = { c: 1 };"),
        ]);
        assert_eq!(names, Some(vec!["c".to_owned(), "d".to_owned()]));
    }
}
