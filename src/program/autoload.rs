//! Plugins of Fastify's that are loaded from a folder: `register(autoload, { dir: path.join(__dirname, "routes") })`.
//!
//! Which files are loaded, and below which prefix, is what <https://github.com/fastify/fastify-autoload> does by itself.
//! Where the folder is computed, or what is loaded is filtered, that is not known.

use std::collections::{BTreeMap, BTreeSet};

use super::bundle::property;
use super::compiled::from_folder;
use super::linked::{At, ModuleId, Program, Target};
use super::module::{BindingKind, ExportName, Expr, ExprId, Module, Property, RequestId};
use super::values::{Literal, Value};

/// Names of names that are followed to a folder.
const DEEPEST: u32 = 4;

/// A plugin that is loaded from a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Loaded {
    pub(super) module: ModuleId,
    /// The prefix of its routes; `None` where it is not known.
    pub(super) prefix: Option<String>,
}

/// Whether a package loads plugins so.
pub(super) fn is_autoload(package: &str) -> bool {
    matches!(package, "@fastify/autoload" | "fastify-autoload")
}

impl Program {
    /// All plugins that a module's request for such a package leads to; `None` where not all are known.
    pub(super) fn autoloaded(&self, id: ModuleId, request: RequestId) -> Option<Vec<Loaded>> {
        let module = self.module(id);
        let mut open = mentions(module, request);
        let mut all = Vec::new();
        for ((expr, _), call) in module.expressions.iter().zip(0_u32..) {
            let Expr::Call(callee, arguments) = expr else { continue };
            let is_register = matches!(module.expr(*callee), Expr::Member(_, name) if name.as_ref() == "register");
            if is_register
                && let Some(first) = arguments.first()
                && open.remove(first)
            {
                all.extend(self.autoloaded_by(At {
                    module: id,
                    expr: ExprId(call),
                })?);
            }
        }
        // What else is done with it is not followed.
        (open.is_empty() && !all.is_empty()).then_some(all)
    }

    /// The plugins that one call loads.
    pub(super) fn autoloaded_by(&self, call: At) -> Option<Vec<Loaded>> {
        let module = self.module(call.module);
        let Expr::Call(_, arguments) = module.expr(call.expr) else {
            return None;
        };
        let at = At {
            module: call.module,
            expr: *arguments.get(1)?,
        };
        let values = self.values(at);
        let [Value::Object(options)] = values.as_slice() else {
            return None;
        };
        let module = self.module(options.module);
        let Expr::Object(properties) = module.expr(options.expr) else {
            return None;
        };
        let ways = Ways::of(self, options.module, properties)?;
        let own = self.linked(options.module).path.clone();
        let folder = folder(module, own.parent(), property(properties, "dir")?, 0)?;
        self.plugins(&folder, &ways)
    }

    /// The plugins in a folder.
    fn plugins(&self, folder: &str, ways: &Ways) -> Option<Vec<Loaded>> {
        let mut by_folder: BTreeMap<String, Vec<(String, ModuleId)>> = BTreeMap::new();
        for (id, linked) in self.modules() {
            let path = linked.path.as_str();
            let within = match folder.is_empty() {
                true => Some(path),
                false => path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')),
            };
            let Some(within) = within.filter(|_| is_script(path)) else {
                continue;
            };
            let (folder, name) = within.rsplit_once('/').unwrap_or(("", within));
            by_folder
                .entry(folder.to_owned())
                .or_default()
                .push((name.to_owned(), id));
        }
        let mut loaded = Vec::new();
        for (folder, files) in by_folder {
            let has_index = files.iter().any(|(name, _)| is_index(name));
            let files = files.iter().filter(|(name, _)| !has_index || is_index(name));
            for (_, module) in files.filter(|(name, _)| !is_hooks(name)) {
                loaded.extend(self.plugin(*module, &folder, ways)?);
            }
        }
        (!loaded.is_empty()).then_some(loaded)
    }

    /// One plugin, unless it says itself that it is none.
    fn plugin(&self, id: ModuleId, folder: &str, ways: &Ways) -> Option<Option<Loaded>> {
        let module = self.module(id);
        if matches!(said(module, "autoload"), Said::This(expr) if *module.expr(expr) == Expr::Bool(false)) {
            return Some(None);
        }
        // What a file gives that is no function of its own may be anything, and may use anything.
        let is_function = |value: &Value| match value {
            Value::Function(_) => true,
            Value::Result(of, _) => {
                matches!(of.as_ref(), Value::Package(package, _) if package.as_ref() == "fastify-plugin")
            }
            _ => false,
        };
        let given = self.exported(id, &ExportName::Default);
        if !given.iter().all(is_function) || module.unread.is_some() {
            return None;
        }
        let text = |key: &str| match said(module, key) {
            Said::Nothing => Some(None),
            Said::This(expr) => match module.expr(expr) {
                Expr::Text(text) => Some(Some(text.to_string())),
                _ => None,
            },
            Said::Somehow => None,
        };
        let own = || {
            if said(module, "autoConfig") != Said::Nothing {
                return None;
            }
            if let Some(prefix) = text("prefixOverride")? {
                return Some(prefix);
            }
            let below = text("autoPrefix")?.unwrap_or_else(|| ways.below(folder));
            Some(format!("{}{below}", ways.prefix.as_ref()?))
        };
        Some(Some(Loaded {
            module: id,
            prefix: own(),
        }))
    }
}

/// How plugins are loaded.
struct Ways {
    /// What all of them stand below; `None` where it is not known.
    prefix: Option<String>,
    /// Whether folders are parts of the path.
    is_by_folder: bool,
    /// Whether `_id` is a parameter.
    has_parameters: bool,
}

impl Ways {
    /// By the options; `None` where one of them decides what is loaded in a way that is not followed.
    fn of(program: &Program, id: ModuleId, properties: &[Property]) -> Option<Self> {
        let module = program.module(id);
        let mut ways = Self {
            prefix: Some(String::new()),
            is_by_folder: true,
            has_parameters: false,
        };
        for property in properties {
            let value = module.expr(property.value);
            match (property.key.as_deref()?, value) {
                ("dir" | "forceESM", _) | ("autoHooks", Expr::Bool(false)) | ("encapsulate", Expr::Bool(true)) => {}
                ("dirNameRoutePrefix", Expr::Bool(is)) => ways.is_by_folder = *is,
                ("routeParams", Expr::Bool(is)) => ways.has_parameters = *is,
                // Tests are no part of the program anyway.
                ("ignorePattern" | "ignoreFilter", Expr::Regex(pattern))
                    if pattern.contains("test") || pattern.contains("spec") => {}
                ("options", _) => {
                    ways.prefix = prefix(
                        program,
                        At {
                            module: id,
                            expr: property.value,
                        },
                    );
                }
                _ => return None,
            }
        }
        Some(ways)
    }

    /// The part of the path that a folder stands for.
    fn below(&self, folder: &str) -> String {
        if folder.is_empty() || !self.is_by_folder {
            return String::new();
        }
        let path = format!("/{folder}");
        match (self.has_parameters, path.contains("__")) {
            (true, true) => path.replace("__", ":"),
            (true, false) => path.replace("/_", "/:"),
            (false, _) => path,
        }
    }
}

/// The prefix in what every plugin is given; what an outer plugin was given itself brings none along.
fn prefix(program: &Program, options: At) -> Option<String> {
    let values = program.values(options);
    match values.as_slice() {
        [Value::Parameter(..)] => Some(String::new()),
        [Value::Object(object)] => {
            let Expr::Object(properties) = program.module(object.module).expr(object.expr) else {
                return None;
            };
            let Some(expr) = property(properties, "prefix") else {
                return Some(String::new());
            };
            let at = At {
                module: object.module,
                expr,
            };
            match program.values(at).as_slice() {
                [Value::Literal(Literal::Text(text))] => Some(text.trim_end_matches('/').to_owned()),
                _ => None,
            }
        }
        _ => None,
    }
}

/// What a module says of itself under a name: `module.exports.autoPrefix = "/x"`, `export const autoPrefix = "/x"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Nothing,
    This(ExprId),
    Somehow,
}

fn said(module: &Module, key: &str) -> Said {
    let mut all: BTreeSet<ExprId> = BTreeSet::new();
    for (expr, _) in &module.expressions {
        if let Expr::Assign(_, target, value) = expr
            && matches!(module.expr(*target), Expr::Member(_, name) if name.as_ref() == key)
        {
            all.insert(*value);
        }
    }
    let is_exported = |name: &ExportName| matches!(name, ExportName::Named(name) if name.as_ref() == key);
    if module.exports.iter().any(|export| is_exported(&export.name)) {
        let names = module.bindings.iter().filter(|binding| binding.name.as_ref() == key);
        all.extend(names.flat_map(|binding| binding.given.iter().filter_map(|given| given.value)));
        if all.is_empty() {
            return Said::Somehow;
        }
    }
    match all.into_iter().collect::<Vec<_>>().as_slice() {
        [] => Said::Nothing,
        [one] => Said::This(*one),
        _ => Said::Somehow,
    }
}

/// Every place that mentions what a request gives, but for those that give it a name.
fn mentions(module: &Module, request: RequestId) -> BTreeSet<ExprId> {
    let expressions = || {
        (0_u32..)
            .map(ExprId)
            .zip(module.expressions.iter().map(|(expr, _)| expr))
    };
    let is_load = |expr: ExprId| *module.expr(expr) == Expr::Load(request);
    let is_given = |value: ExprId| {
        is_load(value) || matches!(module.expr(value), Expr::Await(inner) | Expr::Member(inner, _) if is_load(*inner))
    };
    let mut held: BTreeSet<ExprId> = BTreeSet::new();
    let mut names = BTreeSet::new();
    for (binding, index) in module.bindings.iter().zip(0_u32..) {
        let is_import = matches!(&binding.kind, BindingKind::Import(from, _) if *from == request);
        let given = binding.given.iter().filter_map(|given| given.value);
        let loads: Vec<ExprId> = given.filter(|value| is_given(*value)).collect();
        if is_import || !loads.is_empty() {
            names.insert(index);
        }
        for load in loads {
            held.insert(load);
            module.expr(load).parts(&mut |part| {
                held.insert(part);
            });
        }
    }
    expressions()
        .filter(|(id, expr)| match expr {
            Expr::Name(name) => names.contains(&name.0),
            Expr::Load(from) => *from == request && !held.contains(id),
            _ => false,
        })
        .map(|(id, _)| id)
        .collect()
}

/// The folder that an expression names, from the repository's root; `None` where it is computed.
fn folder(module: &Module, own: &str, expr: ExprId, depth: u32) -> Option<String> {
    if depth > DEEPEST {
        return None;
    }
    let is_here = |expr: ExprId| match module.expr(expr) {
        Expr::Global(name) => name.as_ref() == "__dirname",
        Expr::Name(name) => matches!(module.binding(*name).name.as_ref(), "__dirname" | "dirname"),
        Expr::Member(of, name) => match (module.expr(*of), name.as_ref()) {
            // `desm`'s `join(import.meta.url, "routes")`.
            (Expr::Meta(_), "dirname" | "url") => true,
            _ => false,
        },
        _ => false,
    };
    let text = |expr: &ExprId| match module.expr(*expr) {
        Expr::Text(text) => Some(text.to_string()),
        _ => None,
    };
    let joined = |rest: String| Some(from_folder(own, &rest).as_str().to_owned());
    match module.expr(expr) {
        Expr::Call(callee, arguments) => {
            let name = match module.expr(*callee) {
                Expr::Member(_, name) => name.as_ref(),
                Expr::Name(name) => module.binding(*name).name.as_ref(),
                _ => return None,
            };
            match (name, arguments.as_ref()) {
                ("join" | "resolve", [first, rest @ ..]) if is_here(*first) => {
                    let rest: Vec<String> = rest.iter().map(text).collect::<Option<_>>()?;
                    // An absolute part begins anew.
                    let is_below = !rest.iter().any(|part| part.starts_with('/') && name == "resolve");
                    is_below
                        .then(|| rest.join("/").trim_start_matches('/').to_owned())
                        .and_then(joined)
                }
                ("fileURLToPath", [url]) => match module.expr(*url) {
                    Expr::New(_, arguments) => match arguments.as_ref() {
                        [first, base] if is_here(*base) => text(first).and_then(joined),
                        _ => None,
                    },
                    _ => None,
                },
                _ => None,
            }
        }
        Expr::Template(texts, parts) => match (texts.as_ref(), parts.as_ref()) {
            ([before, after], [part]) if before.is_empty() && is_here(*part) => {
                joined(after.trim_start_matches('/').to_owned())
            }
            _ => None,
        },
        Expr::Name(name) => match module.binding(*name).given.as_slice() {
            [given] if given.path.is_empty() => folder(module, own, given.value?, depth + 1),
            _ => None,
        },
        _ => None,
    }
}

fn is_script(path: &str) -> bool {
    let is_code = matches!(
        path.rsplit_once('.').map(|(_, ending)| ending),
        Some("js" | "cjs" | "mjs" | "ts" | "cts" | "mts")
    );
    is_code
        && ![".d.ts", ".d.mts", ".d.cts"]
            .iter()
            .any(|ending| path.ends_with(ending))
}

fn is_index(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(stem, _)| stem.eq_ignore_ascii_case("index"))
}

/// `autohooks.js`, `.autohooks.js`, `_auto_hooks.js`.
fn is_hooks(name: &str) -> bool {
    let stem = name
        .rsplit_once('.')
        .map_or(name, |(stem, _)| stem)
        .to_ascii_lowercase();
    matches!(stem.trim_start_matches(['_', '.']), "autohooks" | "auto_hooks")
}

/// Whether a request leads to such a package.
pub(super) fn is_request(target: &Target) -> bool {
    matches!(target, Target::Package(name, _) if is_autoload(name))
}
