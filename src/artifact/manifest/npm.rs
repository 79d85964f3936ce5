//! `package.json` and `pnpm-workspace.yaml`.

use std::sync::Arc;

use crate::text::{Document, View};

use super::super::{Json, Node, ParseError, Yaml};
use super::{Dependency, Group, Manifest, Parsed, Requirement, Role, Script, Tells, root_table, texts};

/// `package.json`.
pub struct PackageJson(pub Parsed);

impl View for PackageJson {
    fn parse(document: &Document) -> Self {
        let json = document.view::<Json>();
        Self(Arc::new(root_table(&json.0).map(manifest)))
    }
}

/// The members of a pnpm workspace.
pub struct PnpmWorkspace(pub Result<Vec<String>, ParseError>);

impl View for PnpmWorkspace {
    fn parse(document: &Document) -> Self {
        let yaml = document.view::<Yaml>();
        Self(match &yaml.0 {
            Ok(root) => Ok(texts(root.get("packages"))),
            Err(error) => Err(error.clone()),
        })
    }
}

const GROUPS: [(&str, Group); 4] = [
    ("dependencies", Group::Runtime),
    ("devDependencies", Group::Development),
    ("optionalDependencies", Group::Optional),
    ("peerDependencies", Group::Peer),
];

fn manifest(root: &Node) -> Manifest {
    let scripts = scripts(root);
    let start = scripts.iter().find(|script| script.name == "start");
    let mut entries = entries(root);
    entries.extend(start.and_then(|script| started_file(&script.command)));
    let dependencies: Vec<Dependency> = GROUPS
        .iter()
        .flat_map(|(key, group)| {
            root.get(key)
                .map_or(&[][..], Node::entries)
                .iter()
                .map(|entry| (entry, *group))
        })
        .filter_map(|((key, value), group)| {
            let (requirement, real) = requirement(value.as_str()?);
            Some(Dependency {
                alias: real.as_ref().map(|_| key.text.clone()),
                name: real.unwrap_or_else(|| key.text.clone()),
                requirement,
                group,
                span: key.span.start..value.span.end,
            })
        })
        .collect();
    let members = root
        .get("workspaces")
        .map(|node| texts(node.get("packages").or(Some(node))));
    let is_own = dependencies.iter().any(|dependency| dependency.group == Group::Runtime)
        || start.is_some()
        || ["main", "bin", "exports"].iter().any(|key| root.get(key).is_some());
    let name = root.get("name").and_then(Node::as_str).map(str::to_owned);
    let is_marker = name.is_none() && dependencies.is_empty() && scripts.is_empty() && members.is_none();
    Manifest {
        role: match (is_own, &members, is_marker) {
            (_, _, true) => Role::Marker,
            (false, Some(_), false) => Role::Workspace,
            (true, _, false) | (false, None, false) => Role::Package,
        },
        application: Tells::Nothing,
        manager: root
            .get("packageManager")
            .and_then(Node::as_str)
            .and_then(|text| text.split('@').next())
            .map(str::to_owned),
        name,
        dependencies,
        scripts,
        members,
        entries,
        exports: root.get("exports").is_some(),
        ..Manifest::default()
    }
}

fn scripts(root: &Node) -> Vec<Script> {
    root.get("scripts")
        .map_or(&[][..], Node::entries)
        .iter()
        .filter_map(|(key, value)| {
            Some(Script {
                name: key.text.clone(),
                command: value.as_str()?.to_owned(),
                span: key.span.start..value.span.end,
            })
        })
        .collect()
}

fn entries(root: &Node) -> Vec<String> {
    let main = root.get("main").and_then(Node::as_str);
    let bin = root.get("bin");
    let bins = bin.into_iter().flat_map(|node| {
        node.as_str()
            .into_iter()
            .chain(node.entries().iter().filter_map(|(_, value)| value.as_str()))
    });
    main.into_iter().chain(bins).map(str::to_owned).collect()
}

/// The file that a start script plainly names: `node src/index.js`, `tsx watch src/index.ts`.
fn started_file(command: &str) -> Option<String> {
    const RUNNERS: [&str; 8] = [
        "node",
        "tsx",
        "ts-node",
        "ts-node-dev",
        "nodemon",
        "bun",
        "deno",
        "swc-node",
    ];
    let last = command.rsplit("&&").next()?;
    let mut words = last
        .split_whitespace()
        .skip_while(|word| word.contains('=') || *word == "cross-env");
    let runner = words.next()?;
    if !RUNNERS.contains(&runner) {
        return None;
    }
    words
        .find(|word| !word.starts_with('-') && (word.contains('/') || word.contains('.')))
        .map(|word| word.trim_matches(['"', '\'']).to_owned())
}

/// A requirement, and the real name behind an alias (`npm:real@range`).
fn requirement(text: &str) -> (Requirement, Option<String>) {
    let text = text.trim();
    if let Some(real) = text.strip_prefix("npm:") {
        let at = real.get(1..).and_then(|rest| rest.find('@')).map(|at| at + 1);
        return match at {
            Some(at) => (
                Requirement::Range(real[at + 1..].to_owned()),
                Some(real[..at].to_owned()),
            ),
            None => (Requirement::Range(String::new()), Some(real.to_owned())),
        };
    }
    // A range starts with a digit, an operator, `*` or `x`; what else there is is a tag, a path or an address.
    let is_range = text.is_empty()
        || text == "x"
        || text.starts_with(|first: char| first.is_ascii_digit() || "^~<>=*v".contains(first))
            && !text.contains([':', '/']);
    if is_range {
        (Requirement::Range(text.to_owned()), None)
    } else {
        (Requirement::Elsewhere(text.to_owned()), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Manifest {
        let document = Document::new(text.as_bytes());
        document.view::<PackageJson>().0.as_ref().clone().expect("parses")
    }

    #[test]
    fn groups_aliases_and_spans_are_kept() {
        let text = r#"{
  "name": "shop",
  "main": "src/app.js",
  "scripts": { "start": "NODE_ENV=production node --enable-source-maps src/index.js" },
  "dependencies": { "pg": "^8.0.0", "old": "npm:@scope/real@1.2.3", "mine": "workspace:*" },
  "devDependencies": { "jest": "latest" }
}"#;
        let manifest = parse(text);
        let seen: Vec<(&str, Group, &Requirement)> = manifest
            .dependencies
            .iter()
            .map(|found| (found.name.as_str(), found.group, &found.requirement))
            .collect();
        assert_eq!(
            seen,
            [
                ("pg", Group::Runtime, &Requirement::Range("^8.0.0".to_owned())),
                ("@scope/real", Group::Runtime, &Requirement::Range("1.2.3".to_owned())),
                (
                    "mine",
                    Group::Runtime,
                    &Requirement::Elsewhere("workspace:*".to_owned())
                ),
                ("jest", Group::Development, &Requirement::Elsewhere("latest".to_owned())),
            ]
        );
        assert_eq!(&text[manifest.dependencies[0].span.clone()], r#""pg": "^8.0.0""#);
        assert_eq!(manifest.entries, ["src/app.js", "src/index.js"]);
        assert_eq!(manifest.role, Role::Package);
    }

    #[test]
    fn a_package_that_only_holds_a_workspace_is_told_from_one_that_runs() {
        assert_eq!(
            parse(r#"{"workspaces":["a/*"],"devDependencies":{"x":"1"}}"#).role,
            Role::Workspace
        );
        assert_eq!(
            parse(r#"{"workspaces":{"packages":["a"]},"dependencies":{"x":"1"}}"#).role,
            Role::Package
        );
        assert_eq!(parse(r#"{"type":"module"}"#).role, Role::Marker);
        assert_eq!(parse(r#"{"name":"x"}"#).role, Role::Package);
    }
}
