//! Why a run ends without a verdict.

use std::collections::BTreeMap;

use crate::judge::Ending;
use crate::source::SourceError;
use crate::text::{Diagnostic, Level};

/// Why there is no verdict, and with it the exit status.
#[derive(Debug)]
pub enum Stop {
    /// Wrong usage: status 2. One sentence or two for the user.
    Usage(String),
    /// A policy with mistakes, and the texts that they stand in by path: status 2.
    Policy(Vec<Diagnostic>, BTreeMap<String, String>),
    /// Head, base or policy could not be read: status 3.
    Unreadable(SourceError),
}

impl Stop {
    /// How the run ends.
    pub fn ending(&self) -> Ending<'static> {
        match self {
            Self::Usage(_) | Self::Policy(..) => Ending::Misused,
            Self::Unreadable(_) => Ending::Unreadable,
        }
    }

    /// The exit status.
    pub fn status(&self) -> u8 {
        self.ending().exit_status()
    }

    /// A policy that can't be one as a whole: a mistake without a place.
    pub fn no_policy(title: String) -> Self {
        Self::Policy(
            vec![Diagnostic {
                level: Level::Error,
                title,
                labels: Vec::new(),
                help: None,
            }],
            BTreeMap::new(),
        )
    }
}

impl From<SourceError> for Stop {
    fn from(error: SourceError) -> Self {
        Self::Unreadable(error)
    }
}
