//! What Next.js loads before it answers, or with whatever it answers: its configuration, its hook, what stands in front of
//! all routes, and what surrounds all pages. A page or a route is loaded with the first request for it.

use std::collections::BTreeSet;

use crate::model::Component;
use crate::program::{ModuleId, Program, Side, Target};

/// The modules that are loaded so; `None` where something else than Next.js alone serves, which loads what it has at once.
pub(super) fn loaded_early(program: &Program, components: &[&Component]) -> Option<BTreeSet<ModuleId>> {
    let is_next = |component: &&Component| component.kinds.iter().any(|kind| kind == "next");
    if components.is_empty() || !components.iter().all(is_next) {
        return None;
    }
    let entries = components.iter().flat_map(|component| {
        let entries = program.entries(component).iter();
        entries.filter(|entry| {
            let path = &program.linked(entry.module).path;
            entry.side == Side::Server && is_for_all(component.folder(), path.as_str())
        })
    });
    let mut open: Vec<ModuleId> = entries.map(|entry| entry.module).collect();
    let mut found: BTreeSet<ModuleId> = open.iter().copied().collect();
    while let Some(id) = open.pop() {
        let modules = program.linked(id).targets.iter().filter_map(|target| match target {
            Target::Module(module) => Some(*module),
            _ => None,
        });
        open.extend(modules.filter(|module| found.insert(*module)));
    }
    Some(found)
}

/// Whether what Next.js starts by its name is none of the pages and routes: what surrounds them all stands beside them.
fn is_for_all(folder: &str, path: &str) -> bool {
    let own = path.strip_prefix(folder).unwrap_or(path).trim_start_matches('/');
    let own = own.strip_prefix("src/").unwrap_or(own);
    let stem = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    if let Some(page) = own.strip_prefix("pages/") {
        return matches!(stem(page).as_str(), "_app" | "_document");
    }
    let Some(page) = own.strip_prefix("app/") else {
        return true;
    };
    let (folders, name) = page.rsplit_once('/').unwrap_or(("", page));
    // `(shop)` is no part of the path, and `[locale]` is one of all.
    let is_whole =
        |part: &str| part.is_empty() || part.starts_with('(') || part.starts_with("[locale") || part == "[lang]";
    stem(name) == "layout" && folders.split('/').all(is_whole)
}

#[cfg(test)]
mod tests {
    use super::is_for_all;

    #[test]
    fn pages_and_routes_are_loaded_when_they_are_asked_for() {
        for path in [
            "web/next.config.ts",
            "web/src/instrumentation.ts",
            "web/middleware.ts",
            "web/app/layout.tsx",
            "web/src/app/[locale]/(shop)/layout.tsx",
            "web/pages/_app.tsx",
        ] {
            assert!(is_for_all("web", path), "{path}");
        }
        for path in [
            "web/app/page.tsx",
            "web/app/orders/layout.tsx",
            "web/src/app/api/orders/route.ts",
            "web/pages/api/orders.ts",
        ] {
            assert!(!is_for_all("web", path), "{path}");
        }
    }
}
