//! Whether what production starts of a component finds what it loads, once for all that ask it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use crate::check::View;
use crate::model::{Examined, Needs, RepoPath};

use super::Tally;
use super::tests_load::{self, Whose};

/// What is known so far, by component; none is the whole repository.
#[derive(Default)]
struct Known(Mutex<BTreeMap<Option<RepoPath>, Arc<OnceLock<Examined>>>>);

/// What has to be read to tell.
pub(in crate::check) fn loads_needs(view: &View<'_>) -> Needs {
    tests_load::needs(view, Whose::Started)
}

/// What `modules-load` comes to where the policy leaves nothing out.
pub(in crate::check) fn loads(view: &View<'_>) -> Examined {
    let known = view.snapshot.derive(|_| Known::default());
    let component = view.component.map(|component| component.path.clone());
    let cell = {
        let mut cells = known.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        Arc::clone(cells.entry(component).or_default())
    };
    cell.get_or_init(|| tests_load::examine(view, Whose::Started, Tally::new(&[], &[])))
        .clone()
}
