//! Controls made from what items name. They judge the item that names the thing, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::check::{Check, Condition, Control, Leaf, Origin, View, kind};
use crate::model::{Cause, ControlInfo, Examined, Needs, Outcome, Scope, Severity, Strength, Unread};
use crate::policy::{Bind, NAMED};
use crate::text::redact;

use super::bind::{Subjects, key};
use super::names::{Naming, Says, Thing, namings};
use super::{Binding, Checklist, Words};

/// How sure a binding to what an item names is.
const CONFIDENCE: u8 = 90;

/// More controls than these are not made from one document: each of them looks through the whole repository.
const MOST_CONTROLS: usize = 200;

/// Binds the items that no rule binds, and of which the policy says nothing, to controls made from what they name;
/// those controls, by id. What is bound only to controls that are not `known`, because the policy has none of them, is
/// bound to nothing that could decide it.
pub fn name(
    list: &Checklist,
    words: &Words,
    binds: &[Bind],
    known: &BTreeSet<&str>,
    bindings: &mut [Vec<Binding>],
) -> Vec<Control> {
    let own: BTreeSet<String> = binds.iter().map(|bind| key(&bind.item)).collect();
    let subjects = Subjects::new(list);
    let mut controls = BTreeMap::new();
    for (item, bindings) in list.items.iter().zip(bindings) {
        let is_decided = bindings.iter().any(|binding| known.contains(binding.control.as_str()));
        if is_decided || own.contains(&key(&item.text)) {
            continue;
        }
        let mut named = namings(list, item, words);
        named.sort();
        named.dedup();
        // An item that looks like a secret is repeated nowhere.
        if named.is_empty() || redact(&item.text) != item.text || subjects.are_reading(list, item, words) {
            continue;
        }
        let made: Option<Vec<Control>> = named.iter().map(|naming| control(naming, item.line)).collect();
        let Some(made) = made else { continue };
        let is_known = |control: &&Control| controls.contains_key(&control.info.id);
        if controls.len() + made.iter().filter(|control| !is_known(control)).count() > MOST_CONTROLS {
            continue;
        }
        bindings.clear();
        for (control, naming) in made.into_iter().zip(named) {
            bindings.push(Binding {
                control: control.info.id.clone(),
                confidence: CONFIDENCE,
                words: vec![naming.name],
            });
            controls.entry(control.info.id.clone()).or_insert(control);
        }
    }
    controls.into_values().collect()
}

/// The control that asks for what is named; `None` where no kind could ask for it.
fn control(naming: &Naming, line: u32) -> Option<Control> {
    let (definition, doubt) = asked(naming);
    let check = condition(&definition)?;
    // What is missing may be asked for elsewhere: on a server, in a bucket, at somebody else's address.
    let is_elsewhere = match naming.thing {
        // A person vouches for these.
        Thing::Variable | Thing::Record => false,
        Thing::File | Thing::Package | Thing::Script | Thing::Declared | Thing::Route => naming.says == Says::More,
    };
    let check = if is_elsewhere || doubt.is_some() {
        // None of these kinds looks for patterns, so none has to be handed on.
        let both = json!([definition, doubt, is_elsewhere]).to_string();
        let doubt = match doubt {
            Some(doubt) if !is_elsewhere => Some(condition(&doubt)?),
            Some(_) | None => None,
        };
        Condition::One(Leaf::new("named", &both, Box::new(Doubted { check, doubt })))
    } else {
        check
    };
    let (noun, name) = (naming.thing.noun(), &naming.name);
    let (title, requires) = match naming.says {
        Says::Present => (format!("The {noun} `{name}` is there"), Strength::Present),
        // Evidence of this strength the kind never has: what it sees leaves the rest of the line open.
        Says::Works | Says::More if naming.thing == Thing::Route => {
            (format!("The {noun} `{name}` does what is said"), Strength::Proven)
        }
        Says::Works | Says::More => (format!("The {noun} `{name}` does what is said"), Strength::Wired),
        Says::Gone => (format!("The {noun} `{name}` is gone"), Strength::Present),
    };
    Some(Control {
        info: ControlInfo {
            id: id(naming),
            title,
            severity: Severity::Medium,
            category: "checklist".to_owned(),
            rationale: "The checklist names it.".to_owned(),
            remediation: "Do what the line says, or bind it otherwise with `[[checklist.bind]]`.".to_owned(),
            scope: Scope::Repository,
            requires,
        },
        applies_when: None,
        check,
        definition: definition.to_string(),
        origin: Origin {
            path: String::new(),
            line,
            span: 0..0,
            in_repository: false,
        },
    })
}

impl Thing {
    fn noun(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Package => "package",
            Self::Script => "script",
            Self::Variable | Self::Declared => "variable",
            Self::Route => "route",
            Self::Record => "record",
        }
    }
}

/// The same for the same thing in every document: `checklist.names.package.helmet`. What the letters of an id can't
/// tell apart is told apart by a digest.
fn id(naming: &Naming) -> String {
    let mut slug = String::new();
    for character in naming.name.chars().flat_map(char::to_lowercase).take(40) {
        if character.is_ascii_alphanumeric() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    let back = match naming.thing {
        Thing::Variable | Thing::Declared => slug.replace('-', "_").to_uppercase(),
        Thing::File | Thing::Package | Thing::Script | Thing::Route | Thing::Record => slug.to_owned(),
    };
    let digest = if back == naming.name && naming.place.is_none() {
        String::new()
    } else {
        let place = naming.place.as_deref().unwrap_or_default();
        let bytes = Sha256::digest(format!("{}\n{place}", naming.name).as_bytes());
        bytes
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .fold("-".to_owned(), |all, byte| all + &byte)
    };
    let what = match naming.thing {
        Thing::Declared => "declared",
        Thing::File | Thing::Package | Thing::Script | Thing::Variable | Thing::Route | Thing::Record => {
            naming.thing.noun()
        }
    };
    let says = match naming.says {
        Says::Present => "",
        Says::Works => ".works",
        Says::More => ".and-more",
        Says::Gone => ".gone",
    };
    format!("{NAMED}{what}.{slug}{digest}{says}")
}

/// The condition, and what makes its failure doubtful.
fn asked(naming: &Naming) -> (Value, Option<Value>) {
    let name = naming.name.trim_start_matches("./");
    match naming.thing {
        Thing::File => file(name, naming.says),
        // A package may come under another name: `playwright` as `@playwright/test`.
        Thing::Package => {
            let last = name.rsplit('/').next().unwrap_or(name);
            let near = json!([
                format!("@*/{last}"),
                format!("@{last}/*"),
                format!("{last}-*"),
                format!("*-{last}")
            ]);
            (json!({ "dependency": name }), Some(json!({ "dependency": near })))
        }
        Thing::Script => {
            let manifests = "package.json";
            let files = match naming.place {
                Some(_) => json!(["package.json"]),
                None => json!([format!("**/{manifests}")]),
            };
            (
                json!({ "value": { "file": files, "at": ["scripts", name] } }),
                Some(json!({ "none": [{ "path": { "exists": files } }] })),
            )
        }
        Thing::Variable => (
            json!({ "attestation": { "statement": format!("`{name}` is set where production runs"), "max-days": 365 } }),
            None,
        ),
        Thing::Record => (
            json!({ "attestation": { "statement": format!("The record `{name}` is published"), "max-days": 365 } }),
            None,
        ),
        Thing::Declared => {
            let place = naming.place.as_deref().unwrap_or(".env.example");
            (
                json!({ "env": { "declares": [name], "in": [format!("**/{place}")] } }),
                Some(json!({ "none": [{ "path": { "exists": [format!("**/{place}")] } }] })),
            )
        }
        Thing::Route => {
            let (method, path) = name.split_once(' ').unwrap_or(("", name));
            let mut route = json!({ "path": path });
            if !method.is_empty() {
                route["method"] = json!(method);
            }
            (
                json!({ "route": route }),
                Some(json!({ "route": { "path": format!("/**{path}") } })),
            )
        }
    }
}

/// A file is looked for at its path below any folder, a bare name at the root. One of its name elsewhere, in another language, or one that git
/// ignores, may be the one that is meant.
fn file(name: &str, says: Says) -> (Value, Option<Value>) {
    if let Some(folder) = name.strip_suffix('/') {
        let inside = json!([format!("**/{folder}/**")]);
        let exists = json!({ "path": { "exists": inside } });
        let last = folder.rsplit('/').next().unwrap_or(folder);
        return match says {
            Says::Present | Says::Works | Says::More => (
                exists,
                Some(json!({ "any": [
                    { "path": { "exists": [format!("**/{last}*/**")], "ignore-case": true } },
                    { "gitignore": name },
                ] })),
            ),
            Says::Gone => (
                json!({ "path": { "absent": inside } }),
                Some(json!({ "path": { "absent": [format!("{folder}/**")] } })),
            ),
        };
    }
    let paths = json!([format!("**/{name}")]);
    if says == Says::Gone {
        // What lies elsewhere under this name need not be the one that was to go.
        return (
            json!({ "path": { "absent": paths } }),
            Some(json!({ "path": { "absent": [name] } })),
        );
    }
    let last = name.rsplit('/').next().unwrap_or(name);
    let stem = last
        .rsplit_once('.')
        .map_or(last, |(stem, _)| if stem.is_empty() { last } else { stem });
    (
        json!({ "path": { "exists": if name.contains('/') { paths } else { json!([name]) } } }),
        Some(json!({ "any": [
            { "path": { "exists": [format!("**/{stem}.*"), format!("**/{stem}")], "ignore-case": true } },
            { "gitignore": name },
        ] })),
    )
}

fn condition(definition: &Value) -> Option<Condition> {
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
struct Doubted {
    check: Condition,
    /// Without one no failure is believed.
    doubt: Option<Condition>,
}

impl Check for Doubted {
    fn needs(&self, view: &View<'_>) -> Needs {
        let mut needs = self.check.needs(view);
        if let Some(doubt) = &self.doubt {
            needs.unite(doubt.needs(view));
        }
        needs
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        let examined = self.check.examine(view);
        if examined.outcome != Outcome::Fail {
            return examined;
        }
        let Some(doubt) = &self.doubt else {
            let what = format!("{}; yet the line says more than that it is there", examined.reason);
            let settle = "say in the line no more than what is to be there, or bind it with `[[checklist.bind]]`";
            return Examined::unknown(Unread::new(Cause::Unmodelled, what, settle));
        };
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
