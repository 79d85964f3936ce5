//! Test files that make a server of their own: what they ask of it, they answer themselves.

use std::collections::BTreeSet;

use crate::artifact::{in_folder, resolve};
use crate::model::{Class, RepoPath};
use crate::program::module::{BindingKind, Expr, ExprId, Module, RequestId, RequestKind};
use crate::program::module_of;
use crate::text::Document;

use super::View;

/// What makes a server where it is called or constructed.
const SERVERS: [&str; 7] = ["express", "fastify", "koa", "hono", "restify", "@hapi/hapi", "polka"];
/// The methods by which a server is given what answers.
const METHODS: [&str; 6] = ["all", "delete", "get", "patch", "post", "put"];
/// How source files end.
const ENDINGS: [&str; 7] = ["ts", "js", "tsx", "jsx", "mts", "mjs", "cjs"];

/// A server that a test file makes.
pub(super) struct StandIn {
    /// The paths that functions of the file itself answer.
    paths: BTreeSet<String>,
    /// Whether the file loads anything of the product's.
    loads_product: bool,
}

impl StandIn {
    /// The server that a test file makes, if it does.
    pub(super) fn of(view: &View<'_>, path: &RepoPath, document: &Document) -> Option<Self> {
        let module = module_of(path, document)?;
        let made = module.expressions.iter().any(|(expr, _)| match expr {
            Expr::Call(callee, _) | Expr::New(callee, _) => is_server(&module, *callee),
            _ => false,
        });
        made.then(|| Self {
            paths: answered(&module),
            loads_product: loads_product(view, path, &module),
        })
    }

    /// Whether it answers what a line asks.
    pub(super) fn answers(&self, line: &str) -> bool {
        !self.loads_product || self.paths.iter().any(|path| line.contains(path.as_str()))
    }
}

/// Whether a name is what a framework's package gives.
fn is_server(module: &Module, callee: ExprId) -> bool {
    let is_framework = |request: RequestId| {
        let specifier = module.request(request).specifier.as_deref();
        specifier.is_some_and(|specifier| SERVERS.contains(&specifier))
    };
    match module.expr(callee) {
        Expr::Load(request) => is_framework(*request),
        Expr::Name(binding) => {
            let binding = module.binding(*binding);
            let given = binding.given.iter().filter_map(|given| given.value);
            match &binding.kind {
                BindingKind::Import(request, _) => is_framework(*request),
                _ => given
                    .map(|value| module.expr(value))
                    .any(|value| matches!(value, Expr::Load(request) if is_framework(*request))),
            }
        }
        _ => false,
    }
}

/// The paths for which the file hands a function of its own over.
fn answered(module: &Module) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for (expr, _) in &module.expressions {
        if let Expr::Call(callee, arguments) = expr
            && let Expr::Member(_, method) = module.expr(*callee)
            && METHODS.contains(&method.as_ref())
            && let [first, .., last] = &**arguments
            && let (Expr::Text(path), Expr::Function(_)) = (module.expr(*first), module.expr(*last))
            && path.len() > 1
        {
            paths.insert(path.to_string());
        }
    }
    paths
}

/// Whether a test file loads what is no test: what is not found may be built.
fn loads_product(view: &View<'_>, path: &RepoPath, module: &Module) -> bool {
    let mut requests = module
        .requests
        .iter()
        .filter(|request| request.kind != RequestKind::Unused);
    requests.any(|request| match request.specifier.as_deref() {
        None => true,
        Some(specifier) if specifier.starts_with('.') => {
            let Some(target) = resolve(path.parent(), specifier) else {
                return true;
            };
            let found = found(view, &target);
            found.is_none_or(|found| view.tree().class(&found) != Class::Test)
        }
        Some(specifier) => is_own(view, specifier),
    })
}

/// The file that a relative path without its ending leads to.
pub(super) fn found(view: &View<'_>, target: &RepoPath) -> Option<String> {
    let mut candidates = candidates(target.as_str()).into_iter();
    candidates.find(|one| view.tree().get(one).is_some())
}

/// Whether a name may be an alias, or a package of the repository.
fn is_own(view: &View<'_>, specifier: &str) -> bool {
    let is_alias = ["@/", "~", "#", "src/", "/"]
        .iter()
        .any(|start| specifier.starts_with(start));
    let last = specifier.rsplit('/').next().unwrap_or(specifier);
    let folders = ["packages", "apps", "libs", "services"];
    is_alias
        || folders
            .iter()
            .any(|folder| view.tree().has_folder(&in_folder(folder, last)))
}

fn candidates(target: &str) -> Vec<String> {
    let stem = target
        .rsplit_once('.')
        .filter(|(_, ending)| ENDINGS.contains(ending))
        .map(|(stem, _)| stem);
    let mut found = vec![target.to_owned()];
    for stem in [Some(target), stem].into_iter().flatten() {
        found.extend(ENDINGS.iter().map(|ending| format!("{stem}.{ending}")));
        found.extend(ENDINGS.iter().map(|ending| format!("{stem}/index.{ending}")));
    }
    found
}
