//! Controls made from what items name. They judge the item that names the thing, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::check::{Condition, Control, Leaf, Origin};
use crate::model::{ControlInfo, PathGlob, Scope, Severity, Strength};
use crate::policy::{Bind, NAMED};
use crate::text::redact;

use super::bind::{Subjects, key};
use super::doubted::{Doubt, Doubted, Hidden, condition};
use super::names::{Naming, Says, Thing, namings};
use super::{Binding, Checklist, Words};

/// How sure a binding to what an item names is.
const CONFIDENCE: u8 = 90;

/// More controls than these are not made in one run: each of them looks through the whole repository.
pub const MOST_NAMED: usize = 200;

/// The controls made from what items name.
#[derive(Debug, Default)]
pub struct Made {
    /// They, by id.
    pub controls: BTreeMap<String, Control>,
    /// Whether an item stayed unmapped because there are [`MOST_NAMED`] already.
    pub is_full: bool,
}

/// Binds the items that no rule binds, and of which the policy says nothing, to controls made from what they name, and
/// adds those controls to `made`. What is bound only to controls that are not `known`, because the policy has none of
/// them, is bound to nothing that could decide it. Answered are the items that name something when there were
/// [`MOST_NAMED`] already, in order.
pub fn name(
    list: &Checklist,
    words: &Words,
    binds: &[Bind],
    known: &BTreeSet<&str>,
    bindings: &mut [Vec<Binding>],
    made: &mut Made,
) -> Vec<usize> {
    let own: BTreeSet<String> = binds.iter().map(|bind| key(&bind.item)).collect();
    let subjects = Subjects::new(list);
    let mut past = Vec::new();
    for (index, (item, bindings)) in list.items.iter().zip(bindings).enumerate() {
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
        let controls: Option<Vec<Control>> = named.iter().map(|naming| control(naming, item.line)).collect();
        let Some(controls) = controls else { continue };
        let is_new = |control: &&Control| !made.controls.contains_key(&control.info.id);
        if made.controls.len() + controls.iter().filter(is_new).count() > MOST_NAMED {
            made.is_full = true;
            past.push(index);
            continue;
        }
        bindings.clear();
        for (control, naming) in controls.into_iter().zip(named) {
            bindings.push(Binding {
                control: control.info.id.clone(),
                confidence: CONFIDENCE,
                words: vec![naming.name],
            });
            made.controls.entry(control.info.id.clone()).or_insert(control);
        }
    }
    past
}

/// Why an item past [`MOST_NAMED`] stays unmapped.
pub fn past_most() -> String {
    format!(
        "it names something, and {MOST_NAMED} controls are made from what lines name already; `[[checklist.bind]]` binds it"
    )
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
    let both = json!([definition, doubt, is_elsewhere]).to_string();
    let doubt = match doubt {
        Some(_) | None if is_elsewhere => Doubt::Always,
        Some(doubt) => Doubt::Where(condition(&doubt)?),
        None => Doubt::Never,
    };
    let hidden = hidden(naming)?;
    // None of these kinds looks for patterns, so none has to be handed on.
    let doubted = Doubted { check, doubt, hidden };
    let check = match naming.thing {
        Thing::Variable | Thing::Record => doubted.check,
        Thing::File | Thing::Package | Thing::Script | Thing::Declared | Thing::Route => {
            Condition::One(Leaf::new("named", &both, Box::new(doubted)))
        }
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
        asked_when: None,
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
            let mut near = vec![
                format!("@*/{last}"),
                format!("@{last}/*"),
                format!("{last}-*"),
                format!("*-{last}"),
            ];
            let asked = match &naming.place {
                // In this manifest; in another one it may be what is meant.
                Some(manifest) => {
                    near.push(name.to_owned());
                    let tables = [
                        "dependencies",
                        "devDependencies",
                        "peerDependencies",
                        "optionalDependencies",
                    ];
                    let declared = tables.map(|table| json!({ "value": { "file": [manifest], "at": [table, name] } }));
                    json!({ "any": declared })
                }
                None => json!({ "dependency": name }),
            };
            (asked, Some(json!({ "dependency": near })))
        }
        Thing::Script => {
            let all = json!(["**/package.json"]);
            let asked = |files: &Value| json!({ "value": { "file": files, "at": ["scripts", name] } });
            let missing = json!({ "none": [{ "path": { "exists": all } }] });
            match naming.place {
                Some(_) => (
                    asked(&json!(["package.json"])),
                    Some(json!({ "any": [missing, asked(&all)] })),
                ),
                None => (asked(&all), Some(missing)),
            }
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

/// Where what is named could stand.
fn hidden(naming: &Naming) -> Option<Hidden> {
    let name = naming.name.trim_start_matches("./");
    let places = match naming.thing {
        Thing::File if name.ends_with('/') => vec![format!("**/{name}**")],
        Thing::File => vec![format!("**/{name}")],
        Thing::Script => vec!["**/package.json".to_owned()],
        Thing::Package => [
            "package.json",
            "requirements*.txt",
            "pyproject.toml",
            "Pipfile",
            "go.mod",
            "Cargo.toml",
        ]
        .iter()
        .map(|manifest| format!("**/{manifest}"))
        .collect(),
        Thing::Declared => vec![format!("**/{}", naming.place.as_deref().unwrap_or(".env.example"))],
        Thing::Route => vec!["**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}".to_owned()],
        Thing::Variable | Thing::Record => Vec::new(),
    };
    let globs: Vec<PathGlob> = places
        .iter()
        .map(|place| PathGlob::new(place).ok())
        .collect::<Option<_>>()?;
    Some(match naming.says {
        Says::Gone => Hidden::Passes(globs),
        Says::Present | Says::Works | Says::More => Hidden::Fails(globs),
    })
}

/// A file is looked for at its path below any folder, a bare name at the root. One of its name elsewhere, in another language, or one that git
/// ignores, may be the one that is meant.
/// The modules of which a framework makes a file that nobody writes: what they give is served under its name.
fn served_by(name: &str) -> &'static [&'static str] {
    match name {
        "robots.txt" => &["**/app/robots.{ts,js}"],
        "sitemap.xml" => &["**/app/sitemap.{ts,js}", "**/pages/sitemap.xml.{ts,tsx,js,jsx}"],
        "manifest.json" | "manifest.webmanifest" => &["**/app/manifest.{ts,js}"],
        _ => &[],
    }
}

/// A file that is asked for by its name, and what else may be meant by it.
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
    let mut paths = if name.contains('/') {
        vec![format!("**/{name}")]
    } else {
        let mut own = vec![name.to_owned()];
        // A workflow stands where GitHub looks for it.
        if [".yml", ".yaml"].iter().any(|ending| name.ends_with(ending)) {
            own.push(format!(".github/workflows/{name}"));
        }
        own
    };
    paths.extend(served_by(name).iter().map(|&path| path.to_owned()));
    let last = name.rsplit('/').next().unwrap_or(name);
    let stem = last
        .rsplit_once('.')
        .map_or(last, |(stem, _)| if stem.is_empty() { last } else { stem });
    (
        json!({ "path": { "exists": paths } }),
        Some(json!({ "any": [
            { "path": { "exists": [format!("**/{stem}.*"), format!("**/{stem}")], "ignore-case": true } },
            { "gitignore": name },
        ] })),
    )
}
