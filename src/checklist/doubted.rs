//! A condition whose answer is not believed where what is named may be there under another name, or out of sight.

use serde_json::Value;

use crate::check::{Check, Condition, Leaf, View, kind};
use crate::model::{Cause, Examined, Needs, Outcome, PathGlob, Unread};

/// The condition that a definition asks for; `None` where no kind could ask for it.
pub(super) fn condition(definition: &Value) -> Option<Condition> {
    let parts = definition.as_object()?.iter().map(|(name, value)| {
        let list = || value.as_array()?.iter().map(condition).collect::<Option<Vec<_>>>();
        match name.as_str() {
            "any" => list().map(Condition::Any),
            "none" => list().map(Condition::None),
            name => {
                let check = (kind(name)?.build)(value).ok()?;
                Some(Condition::One(Leaf::new(name, &value.to_string(), check)))
            }
        }
    });
    let mut parts = parts.collect::<Option<Vec<_>>>()?;
    if parts.len() == 1 {
        parts.pop()
    } else {
        Some(Condition::All(parts))
    }
}

/// A condition whose failure is not believed where another one holds: what is named may be what is there under
/// another name.
#[derive(Debug)]
pub(super) struct Doubted {
    /// What is asked.
    pub check: Condition,
    /// What makes its failure doubtful.
    pub doubt: Doubt,
    /// Where what is asked for could stand: paths like these that the policy excludes leave it open.
    pub hidden: Hidden,
}

/// What makes a failure doubtful.
#[derive(Debug)]
pub(super) enum Doubt {
    /// This condition.
    Where(Condition),
    /// Nothing.
    Never,
    /// That the line says more than that something is there.
    Always,
}

/// Which excluded paths leave an answer open.
#[derive(Debug)]
pub(super) enum Hidden {
    /// Those that match one of these, where it fails.
    Fails(Vec<PathGlob>),
    /// Those that match one of these, where it passes: it asks that something is gone.
    Passes(Vec<PathGlob>),
}

impl Hidden {
    /// The first excluded path that leaves such an answer open.
    fn path<'a>(&self, view: &View<'a>, outcome: &Outcome) -> Option<&'a str> {
        let globs = match (self, outcome) {
            (Self::Fails(globs), Outcome::Fail) | (Self::Passes(globs), Outcome::Pass) => globs,
            (Self::Fails(_) | Self::Passes(_), _) => return None,
        };
        let mut paths = view.snapshot.tree.left_out().iter().map(|path| path.as_str());
        paths.find(|path| globs.iter().any(|glob| glob.matches(path)))
    }
}

impl Check for Doubted {
    fn needs(&self, view: &View<'_>) -> Needs {
        let mut needs = self.check.needs(view);
        if let Doubt::Where(doubt) = &self.doubt {
            needs.unite(doubt.needs(view));
        }
        needs
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        let examined = self.check.examine(view);
        if let Some(path) = self.hidden.path(view, &examined.outcome) {
            let what = format!("the policy excludes `{path}`, where it may be");
            let settle = "exclude less, or bind the line with `[[checklist.bind]]`";
            return Examined::unknown(Unread::new(Cause::Unmodelled, what, settle));
        }
        if examined.outcome != Outcome::Fail {
            return examined;
        }
        match &self.doubt {
            Doubt::Never => examined,
            Doubt::Always => {
                let what = format!("{}; yet the line says more than that it is there", examined.reason);
                let settle = "say in the line no more than what is to be there, or bind it with `[[checklist.bind]]`";
                Examined::unknown(Unread::new(Cause::Unmodelled, what, settle))
            }
            Doubt::Where(doubt) => {
                let doubt = doubt.examine(view);
                match doubt.outcome {
                    Outcome::Fail | Outcome::NotApplicable => examined,
                    Outcome::Pass | Outcome::Unknown(_) => {
                        let what = format!("{}; yet {}", examined.reason, doubt.reason);
                        let settle = "name in the line what is there, or bind the line with `[[checklist.bind]]`";
                        Examined::unknown(Unread::new(Cause::Unmodelled, what, settle))
                    }
                }
            }
        }
    }
}
