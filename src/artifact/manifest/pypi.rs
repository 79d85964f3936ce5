//! `pyproject.toml` (PEP 621, PEP 735, Poetry) and `Pipfile`.

use std::sync::Arc;

use crate::text::{Document, Span, View};

use super::super::{Node, Toml};
use super::{Dependency, Group, Manifest, Parsed, Requirement, Role, Tells, root_table, texts};

/// `pyproject.toml`.
pub struct PyprojectToml(pub Parsed);

impl View for PyprojectToml {
    fn parse(document: &Document) -> Self {
        let toml = document.view::<Toml>();
        Self(Arc::new(root_table(&toml.0).map(pyproject)))
    }
}

/// `Pipfile`.
pub struct Pipfile(pub Parsed);

impl View for Pipfile {
    fn parse(document: &Document) -> Self {
        let toml = document.view::<Toml>();
        Self(Arc::new(root_table(&toml.0).map(pipfile)))
    }
}

/// PEP 503: lower case, and runs of `-`, `_` and `.` are one `-`.
pub(super) fn normalise(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for character in name.trim().chars() {
        match character {
            '-' | '_' | '.' => {
                if !out.ends_with('-') {
                    out.push('-');
                }
            }
            other => out.push(other.to_ascii_lowercase()),
        }
    }
    out
}

/// Names of extras and groups that are for those who work on the project.
fn group_of(name: &str) -> Group {
    const DEVELOPMENT: [&str; 14] = [
        "dev",
        "develop",
        "development",
        "test",
        "tests",
        "testing",
        "lint",
        "linting",
        "docs",
        "doc",
        "ci",
        "typing",
        "types",
        "format",
    ];
    if DEVELOPMENT.contains(&name.to_ascii_lowercase().as_str()) {
        Group::Development
    } else {
        Group::Optional
    }
}

fn pyproject(root: &Node) -> Manifest {
    let project = root.get("project");
    let poetry = root.at(&["tool", "poetry"]);
    let mut dependencies = listed(project.and_then(|node| node.get("dependencies")), Group::Runtime);
    for (key, value) in entries(project.and_then(|node| node.get("optional-dependencies"))) {
        dependencies.extend(listed(Some(value), group_of(&key.text)));
    }
    for (_, value) in entries(root.get("dependency-groups")) {
        dependencies.extend(listed(Some(value), Group::Development));
    }
    dependencies.extend(listed(root.at(&["tool", "uv", "dev-dependencies"]), Group::Development));
    if let Some(poetry) = poetry {
        dependencies.extend(tabled(poetry.get("dependencies"), Group::Runtime));
        dependencies.extend(tabled(poetry.get("dev-dependencies"), Group::Development));
        for (key, value) in entries(poetry.get("group")) {
            let group = if key.text == "main" {
                Group::Runtime
            } else {
                Group::Development
            };
            dependencies.extend(tabled(value.get("dependencies"), group));
        }
    }
    let dynamic = texts(project.and_then(|node| node.get("dynamic")));
    let includes = texts(root.at(&["tool", "setuptools", "dynamic", "dependencies", "file"]));
    let is_open = dynamic.iter().any(|word| word == "dependencies") && includes.is_empty();
    let members = root
        .at(&["tool", "uv", "workspace"])
        .map(|node| texts(node.get("members")));
    let declares = project.is_some()
        || poetry.is_some()
        || root.get("build-system").is_some()
        || root.get("dependency-groups").is_some();
    Manifest {
        name: project
            .or(poetry)
            .and_then(|node| node.get("name"))
            .and_then(Node::as_str)
            .map(str::to_owned),
        role: match (declares, project.is_some() || poetry.is_some(), &members) {
            (false, _, None) => Role::Marker,
            (_, false, Some(_)) => Role::Workspace,
            (true, _, None) | (_, true, Some(_)) => Role::Package,
        },
        dependencies,
        members,
        includes,
        open: if is_open {
            Some("its dependencies are `dynamic`: a build tool makes them up".to_owned())
        } else if root.get("build-system").is_some() && project.is_none() && poetry.is_none() {
            Some("its dependencies are left to the build tool".to_owned())
        } else {
            None
        },
        application: application(root, poetry),
        ..Manifest::default()
    }
}

/// A project with a build system may be a library, whose users choose the versions.
fn application(root: &Node, poetry: Option<&Node>) -> Tells {
    let package_mode = poetry.and_then(|node| node.get("package-mode")).and_then(Node::as_bool);
    let uv_package = root.at(&["tool", "uv", "package"]).and_then(Node::as_bool);
    if package_mode == Some(false) || uv_package == Some(false) {
        Tells::Yes
    } else if root.get("build-system").is_some() || poetry.is_some() {
        Tells::Nothing
    } else {
        Tells::Yes
    }
}

fn entries(node: Option<&Node>) -> &[(super::super::Key, Node)] {
    node.map_or(&[], Node::entries)
}

/// A list of PEP 508 requirements.
fn listed(node: Option<&Node>, group: Group) -> Vec<Dependency> {
    node.map_or(&[][..], Node::items)
        .iter()
        .filter_map(|item| dependency(item.as_str()?, item.span.clone(), group))
        .collect()
}

/// A table of names and versions, as Poetry and Pipenv keep it.
fn tabled(node: Option<&Node>, group: Group) -> Vec<Dependency> {
    entries(node)
        .iter()
        // Poetry lists the interpreter among the dependencies.
        .filter(|(key, _)| key.text != "python")
        .map(|(key, value)| {
            let is_optional = value.get("optional").and_then(Node::as_bool) == Some(true);
            let text = value.as_str().or_else(|| value.get("version").and_then(Node::as_str));
            let elsewhere = ["git", "path", "url", "file"]
                .iter()
                .find_map(|key| value.get(key))
                .and_then(Node::as_str);
            Dependency {
                name: normalise(&key.text),
                alias: None,
                requirement: match (text, elsewhere) {
                    (Some(text), _) => Requirement::Range(poetry_range(text)),
                    (None, Some(from)) => Requirement::Elsewhere(from.to_owned()),
                    (None, None) => Requirement::Range(String::new()),
                },
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

/// Poetry's bare number is an exact version.
fn poetry_range(text: &str) -> String {
    let text = text.trim();
    if text == "*" {
        String::new()
    } else if text.starts_with(|first: char| first.is_ascii_digit()) {
        format!("=={text}")
    } else {
        text.to_owned()
    }
}

fn pipfile(root: &Node) -> Manifest {
    let mut dependencies = tabled(root.get("packages"), Group::Runtime);
    dependencies.extend(tabled(root.get("dev-packages"), Group::Development));
    Manifest {
        dependencies,
        application: Tells::Yes,
        ..Manifest::default()
    }
}

/// One PEP 508 requirement: name, extras, versions or an address, markers.
pub(super) fn dependency(text: &str, span: Span, group: Group) -> Option<Dependency> {
    let text = text.split(" #").next()?.trim();
    let end = text
        .find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.')))
        .unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    if !name.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        return None;
    }
    rest = rest.trim_start();
    if rest.starts_with('[') {
        rest = rest.split_once(']').map_or("", |(_, after)| after).trim_start();
    }
    let requirement = match rest.strip_prefix('@') {
        Some(address) => Requirement::Elsewhere(address.split(" ;").next()?.trim().to_owned()),
        None => {
            let versions = rest.split(';').next()?.split(" --").next()?;
            Requirement::Range(versions.trim().trim_matches(['(', ')']).to_owned())
        }
    };
    Some(Dependency {
        name: normalise(name),
        alias: None,
        requirement,
        group,
        span,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(manifest: &Manifest) -> Vec<(&str, Group)> {
        manifest
            .dependencies
            .iter()
            .map(|found| (found.name.as_str(), found.group))
            .collect()
    }

    #[test]
    fn every_table_of_a_pyproject_is_read() {
        let text = "[project]\nname = \"x\"\ndependencies = [\"fastapi>=0.100\", \"a @ https://h/a.whl\"]\n\
                    [project.optional-dependencies]\ntest = [\"pytest\"]\nredis = [\"redis\"]\n\
                    [dependency-groups]\nlint = [\"ruff\", { include-group = \"x\" }]\n\
                    [tool.poetry.dependencies]\npython = \"^3.11\"\nflask = \"2.0.1\"\n\
                    [tool.poetry.group.dev.dependencies]\nblack = { version = \"^23\" }\n";
        let document = Document::new(text.as_bytes());
        let manifest = document.view::<PyprojectToml>().0.as_ref().clone().expect("parses");
        assert_eq!(
            names(&manifest),
            [
                ("fastapi", Group::Runtime),
                ("a", Group::Runtime),
                ("pytest", Group::Development),
                ("redis", Group::Optional),
                ("ruff", Group::Development),
                ("flask", Group::Runtime),
                ("black", Group::Development)
            ]
        );
        assert_eq!(
            manifest.dependencies[5].requirement,
            Requirement::Range("==2.0.1".to_owned())
        );
    }

    #[test]
    fn a_file_that_only_configures_tools_is_a_marker() {
        let document = Document::new(&b"[tool.ruff]\nline-length = 100\n"[..]);
        let manifest = document.view::<PyprojectToml>().0.as_ref().clone().expect("parses");
        assert_eq!(manifest.role, Role::Marker);
    }
}
