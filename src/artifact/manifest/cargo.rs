//! `Cargo.toml`.

use std::sync::Arc;

use crate::text::{Document, View};

use super::super::{Node, Toml};
use super::{Dependency, Ecosystem, Group, Manifest, Parsed, Requirement, Role, Tells, root_table, texts};

/// `Cargo.toml`.
pub struct CargoToml(pub Parsed);

impl View for CargoToml {
    fn parse(document: &Document) -> Self {
        let toml = document.view::<Toml>();
        Self(Arc::new(root_table(&toml.0).map(manifest)))
    }
}

/// Both spellings that Cargo takes.
const GROUPS: [(&str, Group); 5] = [
    ("dependencies", Group::Runtime),
    ("dev-dependencies", Group::Development),
    ("dev_dependencies", Group::Development),
    ("build-dependencies", Group::Build),
    ("build_dependencies", Group::Build),
];

fn manifest(root: &Node) -> Manifest {
    let mut dependencies = dependencies_of(root);
    for (_, target) in root.get("target").map_or(&[][..], Node::entries) {
        dependencies.extend(dependencies_of(target));
    }
    let workspace = root.get("workspace");
    let package = root.get("package");
    let bins: Vec<String> = root
        .get("bin")
        .map_or(&[][..], Node::items)
        .iter()
        .filter_map(|bin| bin.get("path").and_then(Node::as_str))
        .map(str::to_owned)
        .collect();
    let names_a_binary = root.get("bin").is_some_and(|node| !node.items().is_empty());
    Manifest {
        name: package
            .and_then(|node| node.get("name"))
            .and_then(Node::as_str)
            .map(str::to_owned),
        role: if package.is_none() && workspace.is_some() {
            Role::Workspace
        } else {
            Role::Package
        },
        dependencies,
        shared: workspace
            .and_then(|node| node.get("dependencies"))
            .map(|node| table(node, Group::Runtime))
            .unwrap_or_default(),
        members: workspace.map(|node| texts(node.get("members"))),
        // Cargo's own rule: `src/main.rs` is a program without being named.
        entries: std::iter::once("src/main.rs".to_owned()).chain(bins).collect(),
        application: if names_a_binary { Tells::Yes } else { Tells::Nothing },
        ..Manifest::default()
    }
}

fn dependencies_of(node: &Node) -> Vec<Dependency> {
    GROUPS
        .iter()
        .filter_map(|(key, group)| node.get(key).map(|found| table(found, *group)))
        .flatten()
        .collect()
}

fn table(node: &Node, group: Group) -> Vec<Dependency> {
    node.entries()
        .iter()
        .map(|(key, value)| {
            let real = value.get("package").and_then(Node::as_str);
            let is_optional = value.get("optional").and_then(Node::as_bool) == Some(true);
            Dependency {
                name: Ecosystem::Cargo.normalise(real.unwrap_or(&key.text)),
                alias: real.map(|_| Ecosystem::Cargo.normalise(&key.text)),
                requirement: requirement(value),
                group: if is_optional && group == Group::Runtime {
                    Group::Optional
                } else {
                    group
                },
                span: key.span.start..value.span.end.max(key.span.end),
            }
        })
        .collect()
}

fn requirement(value: &Node) -> Requirement {
    if let Some(text) = value.as_str() {
        return Requirement::Range(text.to_owned());
    }
    if value.get("workspace").and_then(Node::as_bool) == Some(true) {
        return Requirement::Inherited;
    }
    if let Some(text) = value.get("version").and_then(Node::as_str) {
        return Requirement::Range(text.to_owned());
    }
    let elsewhere = ["git", "path"]
        .iter()
        .find_map(|key| value.get(key))
        .and_then(Node::as_str);
    match elsewhere {
        Some(text) => Requirement::Elsewhere(text.to_owned()),
        None => Requirement::Range(String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_renames_optional_and_inherited_dependencies_are_told_apart() {
        let text = "[package]\nname = \"x\"\n[dependencies]\nweb = { package = \"actix_web\", version = \"4\" }\n\
                    tokio.workspace = true\nextra = { version = \"1\", optional = true }\n\
                    [target.'cfg(unix)'.dev-dependencies]\nnix = \"0.29\"\n";
        let document = Document::new(text.as_bytes());
        let manifest = document.view::<CargoToml>().0.as_ref().clone().expect("parses");
        let seen: Vec<(&str, Option<&str>, Group, &Requirement)> = manifest
            .dependencies
            .iter()
            .map(|found| {
                (
                    found.name.as_str(),
                    found.alias.as_deref(),
                    found.group,
                    &found.requirement,
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                (
                    "actix-web",
                    Some("web"),
                    Group::Runtime,
                    &Requirement::Range("4".to_owned())
                ),
                ("tokio", None, Group::Runtime, &Requirement::Inherited),
                ("extra", None, Group::Optional, &Requirement::Range("1".to_owned())),
                ("nix", None, Group::Development, &Requirement::Range("0.29".to_owned())),
            ]
        );
    }

    #[test]
    fn a_workspace_without_a_package_is_no_package() {
        let document = Document::new(&b"[workspace]\nmembers = [\"a\"]\n[workspace.dependencies]\nserde = \"1\"\n"[..]);
        let manifest = document.view::<CargoToml>().0.as_ref().clone().expect("parses");
        assert_eq!((manifest.role, manifest.shared.len()), (Role::Workspace, 1));
        assert_eq!(manifest.members, Some(vec!["a".to_owned()]));
    }
}
