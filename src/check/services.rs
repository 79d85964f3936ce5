//! Whether a service that a command asks for something is one of the compose files.

use crate::artifact::Yaml;
use crate::artifact::container::ServiceCall;
use crate::model::{Needs, RepoPath, Tree};

use super::View;

/// The compose files, which have to be read before a command is asked.
pub(super) fn needs(view: &View<'_>) -> Needs {
    Needs::files(composes(view.tree()).into_iter().cloned())
}

fn composes(tree: &Tree) -> Vec<&RepoPath> {
    let found = tree.those("compose files", |path, entry, class| {
        let is_yaml = matches!(path.extension(), Some("yml" | "yaml"));
        let is_small = entry.is_file() && entry.size.is_none_or(|size| size <= 1 << 20);
        is_yaml && is_small && !class.is_of_nobody() && path.file_name().to_ascii_lowercase().contains("compose")
    });
    found.into_iter().map(|(path, _)| path).collect()
}

/// Why the command that stands at the end of a text asks nobody, in words that follow its own: no compose file that it may
/// mean has the service. `None` where one has it, or that can't be told.
pub(super) fn missing(view: &View<'_>, before: &str) -> Option<String> {
    let call = ServiceCall::before(before)?;
    let is_plain = |word: &str| !word.is_empty() && !word.contains(['$', '`', '{', '%', '*', '<', '\\']);
    if !is_plain(&call.service) || view.tree().truncation().is_some() {
        return None;
    }
    let names: Vec<&str> = call
        .files
        .iter()
        .map(|file| file.rsplit('/').next().unwrap_or(file))
        .collect();
    if !names.iter().all(|name| is_plain(name)) {
        return None;
    }
    let all = composes(view.tree());
    // A file that is not in the repository may have any service.
    if !names
        .iter()
        .all(|name| all.iter().any(|path| path.file_name() == *name))
    {
        return None;
    }
    let meant: Vec<&RepoPath> = all
        .into_iter()
        .filter(|path| names.is_empty() || names.contains(&path.file_name()))
        .collect();
    let first = meant.first()?;
    if !meant.iter().all(|path| lacks(view, path, &call.service)) {
        return None;
    }
    let service = &call.service;
    Some(match meant.as_slice() {
        [_] => format!("asks the service `{service}`, which `{first}` does not have"),
        _ => format!("asks the service `{service}`, which no compose file has"),
    })
}

/// Whether a compose file certainly does not have a service.
fn lacks(view: &View<'_>, path: &RepoPath, service: &str) -> bool {
    let Ok(Some(document)) = view.snapshot.read(path.as_str()).text(path.as_str()) else {
        return false;
    };
    let yaml = document.view::<Yaml>();
    let Ok(root) = &yaml.0 else { return false };
    let is_whole = root.get("include").is_none() && root.get("services").is_some_and(|node| !node.entries().is_empty());
    is_whole && root.at(&["services", service]).is_none()
}
