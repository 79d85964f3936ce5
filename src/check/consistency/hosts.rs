//! Which component a host's file speaks of.

use crate::artifact::{Node, Yaml, resolve};
use crate::check::View;
use crate::model::{Component, RepoPath};
use crate::text::Document;

/// A path that a host asks for, where that stands, and the folder of the component that is asked, if that is told.
pub(super) struct Told {
    pub(super) path: String,
    pub(super) line: u32,
    pub(super) folder: Option<String>,
}

/// The paths in a file of Render, service by service; nothing where it has none, or can't be read so.
/// <https://render.com/docs/blueprint-spec>
pub(super) fn of_render(view: &View<'_>, document: &Document) -> Vec<Told> {
    let yaml = document.view::<Yaml>();
    let Ok(root) = &yaml.0 else { return Vec::new() };
    let services = root.get("services").map_or(&[][..], Node::items);
    let told = services.iter().filter_map(|service| {
        let path = service.get("healthCheckPath")?;
        Some(Told {
            path: path.as_str()?.to_owned(),
            line: document.position(path.span.start).line,
            folder: folder_of(view, service),
        })
    });
    told.collect()
}

/// The folder of the component that a service is: where it is built or started, or what it is called like.
fn folder_of(view: &View<'_>, service: &Node) -> Option<String> {
    let text = |key: &str| service.get(key).and_then(Node::as_str).unwrap_or_default();
    let owner = |folder: &str| {
        let path = resolve("", folder)?;
        let components = &view.snapshot.components;
        let owner = components
            .iter()
            .find(|component| component.folder() == path.as_str())?;
        Some(owner.folder().to_owned())
    };
    if !text("rootDir").is_empty() {
        return owner(text("rootDir"));
    }
    for key in ["startCommand", "buildCommand"] {
        if let Some(found) = entered(text(key)).and_then(owner) {
            return Some(found);
        }
    }
    let name = text("name");
    let is_it = |component: &&Component| {
        let own = component.folder().rsplit('/').next().unwrap_or_default();
        !own.is_empty() && (name == own || name.strip_suffix(own).is_some_and(|rest| rest.ends_with('-')))
    };
    let mut called: Vec<&Component> = view.snapshot.components.iter().filter(is_it).collect();
    called.sort_by_key(|component| std::cmp::Reverse(component.folder().len()));
    called.first().map(|component| component.folder().to_owned())
}

/// The folder that a command line goes into: `cd backend && …`, `npm --prefix backend …`.
fn entered(command: &str) -> Option<&str> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let mut pairs = words.windows(2);
    let pair = pairs.find(|pair| matches!(pair[0], "cd" | "--prefix" | "-C" | "--dir" | "--cwd"))?;
    Some(pair[1].trim_end_matches(';'))
}

/// The folder of a file of a host that lies beside a component's manifest.
pub(super) fn beside(view: &View<'_>, path: &RepoPath) -> Option<String> {
    let folder = path.parent();
    let is_one = view
        .snapshot
        .components
        .iter()
        .any(|component| component.folder() == folder);
    (!folder.is_empty() && is_one).then(|| folder.to_owned())
}
