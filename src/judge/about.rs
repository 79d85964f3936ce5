//! Which part of the repository a line speaks of, and what the evidence says of that part.
//!
//! A control looks at all of the repository, and a line often at half of it: "Dockerfile for the backend" is not
//! contradicted by the front end's, nor met by it.

use crate::checklist::{Checklist, Item};
use crate::model::{Component, Evidence, OutcomeKind, RepoPath};

use super::{Assessed, Finding};

/// A part of an application as people speak of it.
struct Role {
    /// What they call it.
    words: &'static [&'static str],
    /// What its folder is called.
    folders: &'static [&'static str],
    /// What it is made with, where no folder has such a name.
    kinds: &'static [&'static str],
}

const ROLES: [Role; 3] = [
    Role {
        words: &["backend", "back-end", "server-side"],
        folders: &["backend", "server", "api"],
        kinds: &["express", "fastify", "nest", "koa", "hono", "hapi"],
    },
    Role {
        words: &["frontend", "front-end", "client-side"],
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
    /// The components that play it.
    fn components<'a>(&self, all: &'a [Component]) -> Vec<&'a Component> {
        let is_called = |component: &&Component| {
            let folder = component.folder().to_lowercase();
            folder.split('/').any(|part| self.folders.contains(&part))
        };
        let called: Vec<&Component> = all.iter().filter(is_called).collect();
        if !called.is_empty() {
            return called;
        }
        let is_made = |component: &&Component| component.kinds.iter().any(|kind| self.kinds.contains(&kind.as_str()));
        all.iter().filter(is_made).collect()
    }
}

/// Names of folders that are words of any sentence: they name a part only with their whole path.
const COMMON: [&str; 14] = [
    "api",
    "app",
    "apps",
    "web",
    "server",
    "client",
    "core",
    "docs",
    "site",
    "ui",
    "test",
    "tests",
    "production",
    "main",
];

/// The components that a line speaks of by its own words, else by the nearest heading that names one, else by the folder
/// that its document stands in; none where it speaks of no part.
pub(super) fn about<'a>(
    document: &RepoPath,
    list: &Checklist,
    item: &Item,
    components: &'a [Component],
) -> Vec<&'a Component> {
    let path = list.path(item);
    let mut texts = std::iter::once(item.text.as_str()).chain(path.into_iter().rev());
    let spoken = texts.find_map(|text| Some(named(text, components)).filter(|found| !found.is_empty()));
    spoken.unwrap_or_else(|| {
        let owner = Component::of(components, document);
        owner.filter(|owner| !owner.folder().is_empty()).into_iter().collect()
    })
}

fn named<'a>(text: &str, components: &'a [Component]) -> Vec<&'a Component> {
    let text = format!(" {} ", spaced(text));
    let has = |words: &str| text.contains(&format!(" {} ", spaced(words)));
    let roles = ROLES.iter().filter(|role| role.words.iter().any(|word| has(word)));
    let mut found: Vec<&Component> = roles.flat_map(|role| role.components(components)).collect();
    found.extend(components.iter().filter(|component| {
        let folder = component.folder().to_lowercase();
        let name = folder.rsplit('/').next().unwrap_or_default();
        let by_name = !COMMON.contains(&name) && name.len() > 2 && has(name);
        by_name || folder.contains('/') && has(&folder)
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
            let is_here = about.iter().any(|part| component.path.is_within(part.folder()));
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
            OutcomeKind::Pass if !found.evidence.is_empty() && stands_elsewhere && found.attestation.is_none() => {
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

    /// What speaks for it here.
    pub(super) fn evidence(&self) -> Option<&'a Evidence> {
        self.found
            .evidence
            .iter()
            .find(|evidence| self.is_here(&evidence.place.path))
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
        about(&RepoPath::new(document), &list, item, &components)
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
        assert_eq!(spoken_of("- [ ] Billing has one", &paths), ["apps/billing"]);
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
