//! The packs that are shipped.

use crate::text::Diagnostic;

use super::loader::{Loader, Step, Text};
use super::{PackRef, Policy};

/// The shipped packs: name and text.
pub const BUILTIN: &[(&str, &str)] = &[
    ("default", include_str!("../../policies/default.toml")),
    ("launch", include_str!("../../policies/launch.toml")),
    ("project", include_str!("../../policies/project.toml")),
    ("review", include_str!("../../policies/review.toml")),
    ("server", include_str!("../../policies/server.toml")),
    ("web", include_str!("../../policies/web.toml")),
];

/// The text of a shipped pack.
pub(super) fn text_of(name: &str) -> Option<&'static str> {
    BUILTIN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

impl Policy {
    /// The policy that a shipped pack is by itself.
    ///
    /// # Errors
    /// Says so when there is no such pack; a shipped pack itself has no mistake, which a test holds.
    pub fn builtin(name: &str) -> Result<Policy, Vec<Diagnostic>> {
        let Some(content) = text_of(name) else {
            return Err(vec![without_place(format!("there is no built-in pack `{name}`"))]);
        };
        Self::shipped(format!("builtin:{name}"), content.to_owned())
    }

    /// The policy that several shipped packs are together.
    ///
    /// # Errors
    /// Says so when there is no such pack.
    pub fn builtins(names: &[&str]) -> Result<Policy, Vec<Diagnostic>> {
        if let [name] = names {
            return Self::builtin(name);
        }
        let packs: Vec<String> = names.iter().map(|name| format!("\"builtin:{name}\"")).collect();
        let path = names
            .iter()
            .map(|name| format!("builtin:{name}"))
            .collect::<Vec<_>>()
            .join(" + ");
        Self::shipped(path, format!("version = 1\nextends = [{}]\n", packs.join(", ")))
    }

    fn shipped(path: String, content: String) -> Result<Policy, Vec<Diagnostic>> {
        let text = Text {
            path: path.clone(),
            sha: None,
            content,
            in_repository: false,
        };
        match Loader::new(text).step() {
            Step::Ready(result) => result,
            Step::Wanted(packs) => {
                let names: Vec<String> = packs.iter().map(PackRef::to_string).collect();
                let title = format!("`{path}` wants what is not built in: {}", names.join(", "));
                Err(vec![without_place(title)])
            }
        }
    }
}

fn without_place(title: String) -> Diagnostic {
    let names: Vec<&str> = BUILTIN.iter().map(|(name, _)| *name).collect();
    Diagnostic {
        level: crate::text::Level::Error,
        title,
        labels: Vec::new(),
        help: Some(format!("the built-in packs are: {}", names.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_pack_loads() {
        for (name, _) in BUILTIN {
            let policy = Policy::builtin(name);
            assert!(policy.is_ok(), "{name}: {policy:#?}");
        }
        assert!(Policy::builtin("defualt").is_err());
    }

    /// What a shipped pack holds is believed when it is loaded; here it is looked at like any other policy.
    #[test]
    fn no_shipped_pack_has_a_mistake() {
        for (name, content) in BUILTIN {
            let text = Text {
                path: format!("{name}.toml"),
                sha: None,
                content: (*content).to_owned(),
                in_repository: true,
            };
            let step = Loader::new(text).step();
            assert!(matches!(step, Step::Ready(Ok(_))), "{name}: {step:#?}");
        }
    }
}
