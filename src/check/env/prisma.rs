//! The variables that Prisma's client asks for by itself: the address that its schema names.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::artifact::schema::PrismaSchema;
use crate::check::View;
use crate::model::{Class, Component, Place, Read, RepoPath};
use crate::program::{Program, Reach};

/// Words of code that hands its clients an address itself.
const LEADS: [&str; 3] = ["datasource", "adapter", "accelerateUrl"];

/// The schemas that the clients of a component are made of: its own, or the one there is.
pub(super) fn schemas(view: &View<'_>) -> Vec<RepoPath> {
    let tree = view.tree();
    let all = tree.with_name("schema.prisma");
    let all = all.filter(|(path, entry)| entry.is_file() && tree.class(path.as_str()) == Class::Source);
    let all: Vec<RepoPath> = all.map(|(path, _)| path.clone()).collect();
    let Some(component) = view.component else { return all };
    let is_own = |path: &&RepoPath| {
        let owner = Component::of(&view.snapshot.components, path);
        owner.is_some_and(|owner| owner.path == component.path)
    };
    let own: Vec<RepoPath> = all.iter().filter(is_own).cloned().collect();
    match (own.is_empty(), all.len()) {
        (false, _) => own,
        (true, 1) => all,
        (true, _) => Vec::new(),
    }
}

/// What the clients ask for that production loads, and where the schema says so. One that is handed its address asks for nothing.
pub(super) fn asked_for(view: &View<'_>, program: &Program, reaches: &[Arc<Reach>]) -> BTreeMap<String, Place> {
    let mut found = BTreeMap::new();
    if !reaches
        .iter()
        .any(|reach| reach.loads_package(program, "@prisma/client"))
    {
        return found;
    }
    let leads = program.modules().any(|(id, linked)| {
        let text = linked.document.text().unwrap_or_default();
        let is_loaded = || reaches.iter().any(|reach| reach.is_loaded(id));
        text.contains("PrismaClient") && LEADS.iter().any(|word| text.contains(word)) && is_loaded()
    });
    if leads {
        return found;
    }
    for path in schemas(view) {
        let Read::Here(document) = view.snapshot.read(path.as_str()) else {
            continue;
        };
        let schema = document.view::<PrismaSchema>();
        if let Ok(schema) = &schema.0
            && let Some((name, span)) = &schema.url
        {
            found.insert(name.clone(), Place::span(&path, &document, span));
        }
    }
    found
}
