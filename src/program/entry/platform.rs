//! Files by which a platform is told what to start.

use crate::artifact::{Json, Node, Yaml};
use crate::model::{Place, Read, RepoPath, Snapshot};
use crate::program::compiled::from_folder;
use crate::program::module::{Expr, Language, Module};

/// A command, the folder that it runs in, what says so, and where.
type Command = (String, String, String, Place);

/// Files that are read for this.
pub(super) fn tells(path: &RepoPath) -> bool {
    let name = path.file_name();
    matches!(
        name,
        "Procfile"
            | "render.yaml"
            | "render.yml"
            | "railway.json"
            | "nixpacks.toml"
            | "vercel.json"
            | "nest-cli.json"
            | "index.html"
    ) || is_dockerfile(name)
        || name.starts_with("ecosystem.config.")
}

fn is_dockerfile(name: &str) -> bool {
    let is_development = ["dev", "test", "local"]
        .iter()
        .any(|word| name.to_lowercase().contains(word));
    (name == "Dockerfile" || name.starts_with("Dockerfile.")) && !is_development
}

/// The commands that the platform's files in a folder, and in the root for that folder, say.
pub(super) fn commands(snapshot: &Snapshot, folder: &str) -> Vec<Command> {
    let mut found = Vec::new();
    let mut paths: Vec<&RepoPath> = Vec::new();
    for (path, _) in snapshot.tree.below(folder) {
        if path.parent() == folder && tells(path) {
            paths.push(path);
        }
    }
    for path in paths {
        let Read::Here(document) = snapshot.read(path.as_str()) else {
            continue;
        };
        let Ok(text) = document.text() else { continue };
        match path.file_name() {
            "Procfile" => found.extend(procfile(path, text, folder)),
            "railway.json" => {
                let json = document.view::<Json>();
                let command = json
                    .0
                    .as_ref()
                    .ok()
                    .and_then(|root| root.at(&["deploy", "startCommand"]));
                found.extend(command.and_then(|node| told(node, folder, path)));
            }
            name if is_dockerfile(name) => found.extend(dockerfile(path, text, folder)),
            _ => {}
        }
    }
    for name in ["render.yaml", "render.yml"] {
        found.extend(render(snapshot, name, folder));
    }
    found
}

fn told(node: &Node, folder: &str, path: &RepoPath) -> Option<Command> {
    let command = node.as_str()?.to_owned();
    Some((command, folder.to_owned(), format!("`{path}`"), Place::file(path)))
}

fn procfile(path: &RepoPath, text: &str, folder: &str) -> Vec<Command> {
    let lines = text.lines().zip(1_u32..);
    lines
        .filter_map(|(line, number)| {
            let (name, command) = line.split_once(':')?;
            let is_start = name.trim() != "release" && !name.contains(' ');
            is_start.then(|| {
                let why = format!("`{}` in `{path}`", name.trim());
                (
                    command.trim().to_owned(),
                    folder.to_owned(),
                    why,
                    Place::line(path, number),
                )
            })
        })
        .collect()
}

/// The last `CMD` or `ENTRYPOINT` of a Dockerfile's last stage.
fn dockerfile(path: &RepoPath, text: &str, folder: &str) -> Vec<Command> {
    let mut last: Vec<(String, u32)> = Vec::new();
    for (line, number) in text.lines().zip(1_u32..) {
        let line = line.trim();
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match word.to_ascii_uppercase().as_str() {
            "FROM" => last.clear(),
            "CMD" | "ENTRYPOINT" => {
                let rest = rest.trim();
                let command = match rest.strip_prefix('[') {
                    Some(list) => list
                        .trim_end_matches(']')
                        .split(',')
                        .map(|part| part.trim().trim_matches('"'))
                        .collect::<Vec<_>>()
                        .join(" "),
                    None => rest.to_owned(),
                };
                last.push((command, number));
            }
            _ => {}
        }
    }
    // `sh -c "…"` runs what it is given.
    last.into_iter()
        .map(|(command, number)| {
            let command = ["sh -c ", "/bin/sh -c ", "bash -c "]
                .iter()
                .find_map(|shell| command.strip_prefix(shell))
                .unwrap_or(&command)
                .to_owned();
            (
                command,
                folder.to_owned(),
                format!("`{path}`"),
                Place::line(path, number),
            )
        })
        .collect()
}

/// Render's services whose folder this is.
fn render(snapshot: &Snapshot, name: &str, folder: &str) -> Vec<Command> {
    let path = RepoPath::new(name);
    let Read::Here(document) = snapshot.read(name) else {
        return Vec::new();
    };
    let yaml = document.view::<Yaml>();
    let Ok(root) = &yaml.0 else { return Vec::new() };
    let services = root.get("services").map_or(&[][..], Node::items);
    services
        .iter()
        .filter_map(|service| {
            let at = service.get("rootDir").and_then(Node::as_str).unwrap_or("");
            let command = service.get("startCommand")?;
            let span = command.span.clone();
            let is_here = RepoPath::new(at).as_str() == RepoPath::new(folder).as_str()
                || at.is_empty() && command.as_str().is_some_and(|text| text.contains(folder));
            let at = RepoPath::new(at).as_str().to_owned();
            is_here.then(|| {
                let place = Place::span(&path, &document, &span);
                (
                    command.as_str().unwrap_or_default().to_owned(),
                    at,
                    format!("`{name}`"),
                    place,
                )
            })
        })
        .collect()
}

/// The scripts that a process manager's file names.
pub(super) fn managed(snapshot: &Snapshot, path: &RepoPath) -> Vec<(RepoPath, String, Place)> {
    let Read::Here(document) = snapshot.read(path.as_str()) else {
        return Vec::new();
    };
    let language = Language::of(path.as_str()).unwrap_or(Language::JavaScript);
    let module = Module::parse(&document, language);
    let mut found = Vec::new();
    for (expr, _) in &module.expressions {
        let Expr::Object(properties) = expr else { continue };
        let text = |key: &str| {
            let property = properties
                .iter()
                .find(|property| property.key.as_deref() == Some(key))?;
            match module.expr(property.value) {
                Expr::Text(text) => Some((text.clone(), property.span.clone())),
                _ => None,
            }
        };
        if let Some((script, span)) = text("script") {
            let folder = text("cwd").map_or_else(String::new, |(folder, _)| folder.to_string());
            let root = from_folder(path.parent(), &folder);
            let place = Place::span(path, &document, &span);
            found.push((from_folder(root.as_str(), &script), format!("`{path}`"), place));
        }
    }
    found
}
