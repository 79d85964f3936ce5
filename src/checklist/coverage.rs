//! How much of a checklist is decided by what.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::Control;

use super::{Binding, Checklist};

/// What decides an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Means {
    /// The repository's own files.
    Machine,
    /// A request to what is deployed.
    Probe,
    /// GitHub's settings.
    Github,
    /// A person's word.
    Word,
    /// Nothing, as its controls look at what is not here.
    Beside,
    /// Nothing: no control of the policy is bound to it.
    Nothing,
}

impl Means {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 6] = [
        Self::Machine,
        Self::Probe,
        Self::Github,
        Self::Word,
        Self::Beside,
        Self::Nothing,
    ];

    /// What it is called.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Machine => "machine-checked",
            Self::Probe => "probed",
            Self::Github => "read from GitHub",
            Self::Word => "attested",
            Self::Beside => "with controls that do not apply here",
            Self::Nothing => "unmapped",
        }
    }

    /// What decides a control.
    pub fn of(control: &Control) -> Self {
        let names = |kind: &str| control.definition.contains(&format!("\"{kind}\":"));
        if control.check.word_days().is_some() {
            Self::Word
        } else if names("branch") || names("repository") {
            Self::Github
        } else if names("probe") || names("http") || names("dns") || names("tls") {
            Self::Probe
        } else {
            Self::Machine
        }
    }
}

/// How many items are decided by what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// By means.
    pub counts: BTreeMap<Means, usize>,
}

impl Coverage {
    fn count(&mut self, means: Means) {
        *self.counts.entry(means).or_default() += 1;
    }

    /// All items.
    pub fn all(&self) -> usize {
        self.counts.values().sum()
    }

    /// The items that something decides.
    pub fn decided(&self) -> usize {
        let undecided = [Means::Beside, Means::Nothing];
        let undecided = undecided.iter().filter_map(|means| self.counts.get(means));
        self.all() - undecided.sum::<usize>()
    }
}

/// What decides each item, in the order of the items: of several controls the one that needs least trust. Those that
/// look at what is not here (`beside`) decide nothing.
pub fn means<'a>(
    bindings: &[Vec<Binding>],
    controls: impl IntoIterator<Item = &'a Control>,
    beside: &BTreeSet<String>,
) -> Vec<Means> {
    let of = |control: &Control| {
        if beside.contains(&control.info.id) {
            Means::Beside
        } else {
            Means::of(control)
        }
    };
    let known: BTreeMap<&str, Means> = controls
        .into_iter()
        .map(|control| (control.info.id.as_str(), of(control)))
        .collect();
    let means = bindings.iter().map(|bindings| {
        let found = bindings
            .iter()
            .filter_map(|binding| known.get(binding.control.as_str()).copied());
        found.min().unwrap_or(Means::Nothing)
    });
    means.collect()
}

/// The coverage of each section that has items of its own, in the order of the document, and of all.
pub fn coverage(list: &Checklist, means: &[Means]) -> (Vec<(String, Coverage)>, Coverage) {
    let mut sections: BTreeMap<Option<usize>, Coverage> = BTreeMap::new();
    let mut all = Coverage::default();
    for (item, means) in list.items.iter().zip(means) {
        sections.entry(item.section).or_default().count(*means);
        all.count(*means);
    }
    let named = sections.into_iter().map(|(section, coverage)| {
        let section = section.and_then(|index| list.sections.get(index));
        (
            section.map_or_else(|| "before the first heading".to_owned(), |found| found.text.clone()),
            coverage,
        )
    });
    (named.collect(), all)
}
