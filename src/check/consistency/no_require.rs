//! `require(…)` in a module of ECMAScript that plain Node runs: there is none there, so the call throws where it is reached.
//! <https://nodejs.org/api/esm.html#no-require-exports-or-moduleexports>

use crate::artifact::{Json, Node, above, in_folder};
use crate::check::View;
use crate::model::{Gap, Read, RepoPath};
use crate::program::module::{Module, RequestKind};
use crate::program::{FunctionAt, Program, Side, run_by_node};

use super::Tally;
use super::packages::{is_within, spared};

/// Says where production calls it.
pub(super) fn examine(view: &View<'_>, tally: &mut Tally<'_>) {
    let program = Program::of(view.snapshot);
    let folders = run_by_node(view.snapshot);
    let components = view.snapshot.components.iter();
    let asked = components.filter(|component| view.component.is_none_or(|asked| asked.path == component.path));
    for component in asked.filter(|component| folders.contains(component.folder())) {
        let reach = program.reach(component, Side::Server);
        for (id, linked) in program.modules() {
            let module = &*linked.module;
            if !reach.is_loaded(id) || !may_call(module) || !is_esm(view, &linked.path) {
                continue;
            }
            // It can be made: `createRequire(import.meta.url)`.
            if linked.document.text().is_ok_and(|text| text.contains("createRequire")) {
                continue;
            }
            let spared = spared(module);
            let called = module.requests.iter().find(|request| {
                let function = FunctionAt {
                    module: id,
                    function: request.function,
                };
                request.kind == RequestKind::Require && reach.is_live(function) && !is_within(&spared, &request.span)
            });
            if let Some(request) = called
                && !tally.is_left_out(linked.path.as_str())
            {
                let place = program.place(id, &request.span);
                let why = "`require` is called in an ES module, where Node has none: it throws here".to_owned();
                tally.gaps.push(Gap::at(place, linked.path.as_str(), why));
            }
        }
    }
}

/// Whether a module both imports and requires: one that only requires may be made into something else.
fn may_call(module: &Module) -> bool {
    let has = |kind: RequestKind| module.requests.iter().any(|request| request.kind == kind);
    has(RequestKind::Require) && has(RequestKind::Import)
}

/// Whether Node takes a file for a module of ECMAScript: by its ending, or by what the nearest manifest says.
fn is_esm(view: &View<'_>, path: &RepoPath) -> bool {
    match path.extension() {
        Some("mjs") => return true,
        Some("js") => {}
        _ => return false,
    }
    let own = path.parent();
    let manifest = std::iter::once(own)
        .chain(above(own))
        .map(|folder| in_folder(folder, "package.json"))
        .find(|path| view.tree().get(path).is_some());
    let Some(Read::Here(document)) = manifest.map(|path| view.snapshot.read(&path)) else {
        return false;
    };
    let json = document.view::<Json>();
    let root = json.0.as_deref().ok();
    root.and_then(|root| root.get("type")).and_then(Node::as_str) == Some("module")
}
