//! Which part of the repository a line speaks of, and what the evidence says of that part.
//!
//! A control looks at all of the repository, and a line often at half of it: "Dockerfile for the backend" is not
//! contradicted by the front end's, nor met by it.

use crate::checklist::{Checklist, Item};
use crate::model::{Component, Evidence, OutcomeKind, RepoPath};
use crate::policy::NAMED;

use super::{Assessed, Finding};

/// A part of an application as people speak of it.
struct Role {
    /// What they call it.
    words: &'static [&'static str],
    /// What its folder is called.
    folders: &'static [&'static str],
    /// What it is made with.
    kinds: &'static [&'static str],
}

const ROLES: [Role; 3] = [
    Role {
        words: &["backend", "back-end"],
        folders: &["backend", "server", "api"],
        kinds: &["express", "fastify", "nest", "koa", "hono", "hapi"],
    },
    Role {
        words: &["frontend", "front-end"],
        folders: &["frontend", "client", "web", "webapp", "ui"],
        kinds: &["next", "react", "vite", "vue", "nuxt", "svelte", "angular"],
    },
    Role {
        words: &["mobile"],
        folders: &["mobile", "ios", "android", "native"],
        kinds: &["expo", "react-native"],
    },
];

impl Role {
    /// Whether a component's folder says that it plays it.
    fn is_called(&self, component: &Component) -> bool {
        let folder = component.folder().to_lowercase();
        folder.split('/').any(|part| self.folders.contains(&part))
    }

    /// The components that play it: by their folders, and by what they are made with where no folder says otherwise.
    fn components<'a>(&self, all: &'a [Component]) -> Vec<&'a Component> {
        let is_made = |component: &Component| {
            let is_kind = component.kinds.iter().any(|kind| self.kinds.contains(&kind.as_str()));
            is_kind && !ROLES.iter().any(|role| role.is_called(component))
        };
        let plays = |component: &&Component| self.is_called(component) || is_made(component);
        all.iter().filter(plays).collect()
    }
}

/// How much of a text is looked at for the names of parts: who names one does so at once.
const LOOKED_AT: usize = 400;

/// Which part each line of a document speaks of.
pub(super) struct Speech<'a> {
    components: &'a [Component],
    /// What each section's own heading names.
    sections: Vec<Vec<&'a Component>>,
    /// The component that the document stands in.
    owner: Option<&'a Component>,
}

impl<'a> Speech<'a> {
    pub(super) fn new(document: &RepoPath, list: &Checklist, components: &'a [Component]) -> Self {
        let owner = Component::of(components, document);
        Self {
            components,
            sections: list
                .sections
                .iter()
                .map(|section| named(&section.text, components))
                .collect(),
            owner: owner.filter(|owner| !owner.folder().is_empty()),
        }
    }

    /// The components that a line speaks of by its own words, else by the nearest heading that names one, else by the
    /// folder that its document stands in; none where it speaks of no part.
    pub(super) fn about(&self, list: &Checklist, item: &Item) -> Vec<&'a Component> {
        let own = named(&item.text, self.components);
        if !own.is_empty() {
            return own;
        }
        let mut next = item.section;
        while let Some(index) = next {
            match self.sections.get(index) {
                Some(found) if !found.is_empty() => return found.clone(),
                _ => next = list.sections.get(index).and_then(|section| section.parent),
            }
        }
        self.owner.into_iter().collect()
    }
}

/// A folder's bare name is a word of any sentence ("Logging is structured"): its whole path names a part, and so does
/// what people call its role.
fn named<'a>(text: &str, components: &'a [Component]) -> Vec<&'a Component> {
    let text: String = text.chars().take(LOOKED_AT).collect();
    let text = format!(" {} ", spaced(&text));
    let has = |words: &str| text.contains(&format!(" {} ", spaced(words)));
    let roles = ROLES.iter().filter(|role| role.words.iter().any(|word| has(word)));
    let mut found: Vec<&Component> = roles.flat_map(|role| role.components(components)).collect();
    found.extend(components.iter().filter(|component| {
        let folder = component.folder().to_lowercase();
        folder.contains('/') && has(&folder)
    }));
    found.sort_by(|left, right| left.path.cmp(&right.path));
    found.dedup_by(|left, right| left.path == right.path);
    // A part that is all there is narrows nothing.
    if found.iter().any(|component| component.folder().is_empty()) {
        return Vec::new();
    }
    found
}

/// Words in lower case with one space between; `/` stays, as it makes paths.
fn spaced(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|character: char| !character.is_alphanumeric() && character != '/');
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A control's outcome as far as it concerns some components.
pub(super) struct Seen<'a> {
    /// The outcome in all the repository, or in one component.
    pub(super) found: &'a Assessed,
    /// The outcome here.
    pub(super) outcome: OutcomeKind,
    /// Why, one sentence without a full stop.
    pub(super) reason: String,
    about: &'a [&'a Component],
    components: &'a [Component],
}

impl<'a> Seen<'a> {
    /// What a control says of these components; of everything, where there are none. `None` where it was asked of
    /// another component.
    pub(super) fn new(found: &'a Assessed, about: &'a [&'a Component], components: &'a [Component]) -> Option<Self> {
        let mut seen = Self {
            found,
            outcome: found.outcome,
            reason: found.reason.clone(),
            about,
            components,
        };
        if about.is_empty() {
            return Some(seen);
        }
        if let Some(component) = &found.component {
            let is_here = about
                .iter()
                .any(|part| component.path == part.path || component.path.is_within(part.folder()));
            return is_here.then_some(seen);
        }
        let names: Vec<String> = about.iter().map(|part| format!("`{}`", part.path)).collect();
        let names = names.join(" and ");
        let stands_elsewhere = found
            .evidence
            .iter()
            .all(|evidence| !seen.is_here(&evidence.place.path));
        match found.outcome {
            OutcomeKind::Fail if seen.findings().next().is_none() => {
                seen.outcome = OutcomeKind::Unknown;
                seen.reason = format!(
                    "what falls short is not in {names}, of which the line speaks: {}",
                    found.reason
                );
            }
            OutcomeKind::Pass
                if !found.evidence.is_empty()
                    && (stands_elsewhere || seen.is_named_elsewhere())
                    && found.attestation.is_none() =>
            {
                seen.outcome = OutcomeKind::Unknown;
                seen.reason = format!(
                    "what speaks for it is not in {names}, of which the line speaks: {}",
                    found.reason
                );
            }
            OutcomeKind::Fail
            | OutcomeKind::Pass
            | OutcomeKind::Unknown
            | OutcomeKind::NotApplicable
            | OutcomeKind::Waived => {}
        }
        Some(seen)
    }

    /// Whether what a line names was found outside the part of which the line speaks: `package.json` of the back end is
    /// not the one at the root.
    fn is_named_elsewhere(&self) -> bool {
        let is_inside = |path: &RepoPath| self.about.iter().any(|part| path.is_within(part.folder()));
        let mut evidence = self.found.evidence.iter();
        self.found.info.id.starts_with(NAMED) && !evidence.any(|found| is_inside(&found.place.path))
    }

    /// Whether nothing stands where it falls short: something is missing.
    pub(super) fn is_missing(&self) -> bool {
        self.findings().all(|finding| finding.gap.place.is_none())
    }

    /// Whether a path belongs to what the line speaks of: to its components, or to none.
    fn is_here(&self, path: &RepoPath) -> bool {
        self.about.is_empty()
            || self.about.iter().any(|part| path.is_within(part.folder()))
            || Component::of(self.components, path).is_none_or(|owner| owner.folder().is_empty())
    }

    /// What falls short here and nobody has accepted; what is missing altogether is missing everywhere.
    pub(super) fn findings(&self) -> impl Iterator<Item = &'a Finding> {
        self.found.open_findings().filter(|finding| {
            let place = finding.gap.place.as_ref();
            place.is_none_or(|place| self.is_here(&place.path))
        })
    }

    /// All that speaks for it here.
    pub(super) fn all_evidence(&self) -> impl Iterator<Item = &'a Evidence> {
        self.found
            .evidence
            .iter()
            .filter(|evidence| self.is_here(&evidence.place.path))
    }

    /// The first that speaks for it here.
    pub(super) fn evidence(&self) -> Option<&'a Evidence> {
        self.all_evidence().next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklist::read;

    fn components(paths: &[&str]) -> Vec<Component> {
        let made = paths.iter().map(|path| Component {
            path: RepoPath::new(path),
            kinds: Vec::new(),
            entry: Vec::new(),
            manifest: None,
            is_bare: false,
            left_out: Vec::new(),
        });
        made.collect()
    }

    fn spoken_of(text: &str, paths: &[&str]) -> Vec<String> {
        spoken_in("docs/READY.md", text, paths)
    }

    fn spoken_in(document: &str, text: &str, paths: &[&str]) -> Vec<String> {
        let list = read(text);
        let components = components(paths);
        let item = list.items.last().expect("an item");
        let speech = Speech::new(&RepoPath::new(document), &list, &components);
        speech
            .about(&list, item)
            .iter()
            .map(|part| part.path.to_string())
            .collect()
    }

    #[test]
    fn words_and_headings_name_parts_and_the_nearest_counts() {
        let paths = ["backend", "frontend", "apps/billing"];
        assert_eq!(spoken_of("- [ ] Dockerfile for the backend", &paths), ["backend"]);
        assert_eq!(spoken_of("# Front-end\n\n- [ ] Dockerfile", &paths), ["frontend"]);
        assert_eq!(spoken_of("# Frontend\n\n- [ ] Backend URL is set", &paths), ["backend"]);
        assert_eq!(
            spoken_of("- [ ] Backend and frontend have one", &paths),
            ["backend", "frontend"]
        );
        assert_eq!(spoken_of("- [ ] `apps/billing` has one", &paths), ["apps/billing"]);
        assert!(
            spoken_of("- [ ] Billing has one", &paths).is_empty(),
            "a bare name is a word"
        );
        assert!(spoken_of("- [ ] Dockerfile", &paths).is_empty());
    }

    #[test]
    fn a_document_in_a_components_folder_speaks_of_it() {
        let paths = ["backend", "frontend"];
        assert_eq!(
            spoken_in("backend/docs/READY.md", "- [ ] Dockerfile", &paths),
            ["backend"]
        );
        assert_eq!(
            spoken_in("backend/READY.md", "- [ ] Frontend has one", &paths),
            ["frontend"]
        );
    }

    #[test]
    fn common_words_and_a_single_component_name_nothing() {
        assert!(spoken_of("- [ ] The web server answers", &["apps/web", "apps/api"]).is_empty());
        assert_eq!(
            spoken_of("- [ ] apps/web answers", &["apps/web", "apps/api"]),
            ["apps/web"]
        );
        assert_eq!(
            spoken_of("- [ ] The backend answers", &["apps/web", "apps/api"]),
            ["apps/api"]
        );
        assert!(spoken_of("- [ ] The backend answers", &["."]).is_empty());
    }
}
