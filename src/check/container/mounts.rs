//! What compose files mount and read from beside them.

use crate::artifact::{Node, PathKind, resolve};
use crate::model::Class;

use super::compose::{Service, bad};
use super::files::Images;
use super::tally::Tally;

/// Where a mount's source lies, if it is a path of the repository's folder.
fn source_of(node: &Node) -> Option<&str> {
    let source = match node.as_str() {
        Some(text) => text.split(':').next().filter(|_| text.contains(':'))?,
        None if node.get("type").and_then(Node::as_str) == Some("bind") => node.get("source").and_then(Node::as_str)?,
        None => return None,
    };
    (source.starts_with("./") || source.starts_with("../")).then_some(source)
}

pub(super) fn mounts(images: &Images<'_>, service: &Service<'_>, tally: &mut Tally) {
    for node in service.own.get("volumes").map_or(&[][..], Node::items) {
        let Some(source) = source_of(node) else { continue };
        let is_open = source.contains('$');
        let Some(path) = resolve(service.file.path.parent(), source).filter(|_| !is_open) else {
            let what = format!(
                "where `{}` in `{}` mounts from can't be told",
                service.name.text, service.file.path
            );
            tally.open(what, "name a path of the repository");
            continue;
        };
        let tree = images.tree();
        let path = path.as_str();
        if path.is_empty() || tree.get(path).is_some() || tree.has_folder(path) {
            tally.good(service.place_of(node), source);
        } else if path
            .rsplit('/')
            .next()
            .is_some_and(|name| name.contains('.') && !name.starts_with('.'))
        {
            missing(
                images,
                service,
                path,
                tally,
                "mounts",
                "which is not in the repository: a folder is made in its place",
            );
        } else if node.as_str().is_none() && !makes_folder(node) {
            let what = format!(
                "`{}` mounts `{path}`, which is not there, and whether it is made depends on the version of compose",
                service.name.text
            );
            tally.open(what, "keep it in git, or set `create_host_path`");
        } else {
            // A folder that is not there is made when it is mounted, which is what is meant for data.
            tally.good(service.place_of(node), source);
        }
    }
}

/// Whether a mount in the long form says that its folder is made.
fn makes_folder(node: &Node) -> bool {
    let bind = node.get("bind").and_then(|bind| bind.get("create_host_path"));
    bind.and_then(Node::as_bool) == Some(true)
}

fn missing(images: &Images<'_>, service: &Service<'_>, path: &str, tally: &mut Tally, verb: &str, why: &str) {
    let tree = images.tree();
    let is_made = images.is_ignored(path, PathKind::File)
        || Class::of(path) == Class::Built
        || path.ends_with(".sock")
        || [".pem", ".crt", ".key", ".log", ".db", ".sqlite"]
            .iter()
            .any(|ending| path.ends_with(ending));
    if is_made || tree.truncation().is_some() {
        let what = format!(
            "`{}` {verb} `{path}`, which is not in git and may be made where it runs",
            service.name.text
        );
        tally.open(what, "keep it in git, or say how it is made");
    } else {
        bad(
            service,
            tally,
            &format!("{verb} {path}"),
            &format!("{verb} `{path}`, {why}"),
        );
    }
}

pub(super) fn env_files(images: &Images<'_>, service: &Service<'_>, tally: &mut Tally) {
    let Some(node) = service.own.get("env_file") else {
        return;
    };
    let one = std::slice::from_ref(node);
    let items = if node.items().is_empty() { one } else { node.items() };
    for item in items {
        let is_optional = item.get("required").and_then(Node::as_bool) == Some(false);
        let Some(file) = item.as_str().or_else(|| item.get("path").and_then(Node::as_str)) else {
            continue;
        };
        let path = resolve(service.file.path.parent(), file).filter(|_| !file.contains('$'));
        let Some(path) = path else {
            let what = format!(
                "where `{}` of `{}` lies can't be told",
                service.name.text, service.file.path
            );
            tally.open(what, "name a path of the repository");
            continue;
        };
        let is_there = images.tree().get(path.as_str()).is_some();
        if is_there || is_optional || images.is_ignored(path.as_str(), PathKind::File) {
            tally.good(service.place_of(item), file);
        } else {
            let why = "which is not in the repository, and git does not ignore it";
            missing(images, service, path.as_str(), tally, "reads variables from", why);
        }
    }
}

pub(super) fn data_volume(service: &Service<'_>, tally: &mut Tally) {
    const STORES: [&str; 8] = [
        "postgres",
        "mysql",
        "mariadb",
        "mongo",
        "postgis",
        "timescaledb",
        "pgvector",
        "cockroach",
    ];
    let image = service.image();
    let name = image.rsplit('/').next().unwrap_or(image);
    let is_tool = ["exporter", "express", "admin", "backup"]
        .iter()
        .any(|word| name.contains(word));
    if !STORES.iter().any(|known| name.starts_with(known)) || is_tool {
        return;
    }
    let volumes = service.get("volumes").map_or(&[][..], Node::items);
    let keeps = |node: &&Node| {
        let text = node.as_str().unwrap_or("");
        let target = node
            .get("target")
            .and_then(Node::as_str)
            .or_else(|| text.split(':').nth(1))
            .unwrap_or("");
        ["/data", "/var/lib", "/bitnami"]
            .iter()
            .any(|folder| target.contains(folder))
            && !target.contains("initdb")
    };
    match volumes.iter().find(keeps) {
        Some(node) => tally.good(service.place_of(node), node.as_str().unwrap_or("volume")),
        None => bad(service, tally, "volume", "is a database whose data is in no volume"),
    }
}
