//! Routes that a framework makes of files and classes.

use crate::model::Component;

use super::collect::Collected;
use super::nest::{self, Nest};
use super::{Routes, next};
use crate::program::linked::{ModuleId, Program};
use crate::program::reach::Reach;

pub(super) fn add(
    program: &Program,
    component: &Component,
    reach: &Reach,
    (nest, collected): (&Nest, &Collected),
    routes: &mut Routes,
) {
    let has = |kind: &str| component.kinds.iter().any(|known| known == kind);
    let loaded: Vec<ModuleId> = program
        .modules()
        .map(|(id, _)| id)
        .filter(|id| reach.is_loaded(*id))
        .collect();
    if has("next") {
        next::add(program, component, &loaded, collected, routes);
    }
    if has("nest") {
        nest::add(program, &loaded, nest, routes);
    }
}
