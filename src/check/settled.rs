//! One condition of one kind, and what it made of a snapshot.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, OnceLock};

use crate::text::{HashMap, HashSet};

use crate::model::{Component, Examined, Needs, RepoPath};

use super::{Check, View};

/// A check with the words that define it.
#[derive(Debug)]
pub struct Leaf {
    /// The kind and its parameters: equal for checks that ask the same.
    definition: Definition,
    check: Box<dyn Check>,
}

/// A kind and its parameters, which are long and looked up often: their hash is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Definition {
    hash: u64,
    text: Arc<str>,
}

impl Hash for Definition {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// Which question, of which component.
type Key = (Definition, Option<RepoPath>);

/// What checks made of a snapshot once all that they want to see was read.
///
/// A check's answer is made of what it asked for. Once that is there, neither a further round of reading nor a
/// second control that asks the same can change it; so it is found once.
#[derive(Debug, Default)]
struct Settled {
    known: Mutex<HashSet<Key>>,
    answers: Mutex<HashMap<Key, Arc<OnceLock<Examined>>>>,
}

impl Leaf {
    /// A check, with the name of its kind and its parameters as a canonical text.
    pub fn new(kind: &str, parameters: &str, check: Box<dyn Check>) -> Self {
        let text: Arc<str> = format!("{kind} {parameters}").into();
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        Self {
            definition: Definition {
                hash: hasher.finish(),
                text,
            },
            check,
        }
    }

    /// The check.
    pub fn check(&self) -> &dyn Check {
        self.check.as_ref()
    }

    /// What it wants and nobody has read yet.
    pub(super) fn wants(&self, view: &View<'_>) -> Needs {
        let settled = view.snapshot.keep(|_| Settled::default());
        let key = self.key(view);
        if lock(&settled.known).contains(&key) {
            return Needs::none();
        }
        let mut needs = self.check.needs(view);
        let snapshot = view.snapshot;
        needs
            .files
            .retain(|path| !snapshot.has_read(path) && snapshot.tree.get(path.as_str()).is_some());
        needs.facts.retain(|key| !snapshot.facts.has(key));
        if needs.is_empty() {
            lock(&settled.known).insert(key);
        }
        needs
    }

    /// What it makes of the snapshot.
    pub(super) fn examine(&self, view: &View<'_>) -> Examined {
        let settled = view.snapshot.keep(|_| Settled::default());
        let key = self.key(view);
        if !lock(&settled.known).contains(&key) {
            return self.check.examine(view);
        }
        let answer = Arc::clone(lock(&settled.answers).entry(key).or_default());
        // Outside the lock: other threads wait for this answer alone.
        answer.get_or_init(|| self.check.examine(view)).clone()
    }

    fn key(&self, view: &View<'_>) -> Key {
        let component = view.component.map(|component: &Component| component.path.clone());
        (self.definition.clone(), component)
    }
}

fn lock<T>(kept: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
