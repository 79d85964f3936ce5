//! The packages of a workspace, and the tasks that Turborepo knows.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::artifact::{Ecosystem, Json, Node, above, holder_above, in_folder, manifest_folders};
use crate::check::code::is_like;
use crate::model::{PathGlob, RepoPath, Snapshot};

use super::super::calls::package_in;
use super::{PackageRun, Tool};

/// A package of a workspace.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) folder: String,
    name: Option<String>,
    scripts: BTreeMap<String, String>,
    /// Whether a file of Nx beside the manifest says what is run.
    has_project: bool,
}

impl Member {
    fn at(snapshot: &Snapshot, folder: &str) -> Option<Self> {
        let declared = package_in(snapshot, folder)?;
        let manifest = declared.manifest();
        let scripts = manifest.scripts.iter();
        Some(Self {
            folder: folder.to_owned(),
            name: manifest.name.clone(),
            scripts: scripts
                .map(|script| (script.name.clone(), script.command.clone()))
                .collect(),
            has_project: snapshot.tree.get(&in_folder(folder, "project.json")).is_some(),
        })
    }

    /// Whether a filter's name, or its path below the root, is of this package.
    pub(super) fn is_named(&self, name: &str, root: &str) -> bool {
        let own = self.name.as_deref().unwrap_or("");
        let folder = RepoPath::new(&self.folder);
        let relative = folder.relative_to(root).unwrap_or("");
        match name.strip_prefix("./") {
            Some(path) => {
                let path = path.trim_end_matches('/');
                relative == path || PathGlob::new(path).is_ok_and(|glob| glob.matches(relative))
            }
            None if matches!(name, "*" | "**") => true,
            // `--filter=api` of pnpm also takes `@scope/api`.
            None => is_like(name, own) || own.split_once('/').is_some_and(|(_, bare)| is_like(name, bare)),
        }
    }

    pub(super) fn run(&self, name: &str) -> Option<PackageRun> {
        let command = self.scripts.get(name).filter(|_| !self.has_project)?;
        Some(PackageRun {
            folder: self.folder.clone(),
            command: command.clone(),
        })
    }
}

/// The packages that a tool works on.
pub(super) struct Workspace {
    pub(super) root: String,
    pub(super) root_member: Option<Member>,
    pub(super) members: Vec<Member>,
    /// Whether every manifest could be read.
    pub(super) is_read: bool,
}

/// The packages of each workspace of a snapshot, by its folder; those that nothing holds stand under none.
struct Holders(BTreeMap<String, Vec<String>>);

fn holders(snapshot: &Snapshot) -> Arc<Holders> {
    snapshot.derive(|snapshot| {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for folder in manifest_folders(snapshot) {
            let is_package = snapshot.tree.get(&in_folder(&folder, "package.json")).is_some();
            if is_package && let Some(root) = holder_above(snapshot, Ecosystem::Npm, &folder) {
                found.entry(root).or_default().push(folder);
            }
        }
        Holders(found)
    })
}

impl Workspace {
    /// The workspace that a folder lies in; a lone package is one of its own for Turborepo and Nx.
    pub(super) fn around(snapshot: &Snapshot, started: &str, tool: Tool) -> Option<Self> {
        let holders = holders(snapshot);
        let mut folders = std::iter::once(started).chain(above(started));
        let (root, folders) = match folders.find_map(|at| Some((at.to_owned(), holders.0.get(at)?.clone()))) {
            Some(found) => found,
            None if tool == Tool::Turbo && !names_members(snapshot, started) => {
                (started.to_owned(), vec![started.to_owned()])
            }
            None => return None,
        };
        let members: Vec<Member> = folders
            .iter()
            .filter_map(|folder| Member::at(snapshot, folder))
            .collect();
        Some(Self {
            is_read: members.len() == folders.len(),
            root_member: Member::at(snapshot, &root),
            root,
            members,
        })
    }
}

/// Whether something at a folder says that there are members, of which none was found.
fn names_members(snapshot: &Snapshot, folder: &str) -> bool {
    let has = |name: &str| snapshot.tree.get(&in_folder(folder, name)).is_some();
    has("pnpm-workspace.yaml")
        || has("lerna.json")
        || package_in(snapshot, folder).is_none_or(|found| found.manifest().members.is_some())
}

/// `turbo.json`.
pub(super) struct Turbo {
    pub(super) path: String,
    /// The tasks, and those that each waits for.
    pub(super) tasks: BTreeMap<String, Vec<String>>,
}

impl Turbo {
    /// `None` where it is missing, can't be read, or is not all: packages may have files of their own.
    pub(super) fn at(snapshot: &Snapshot, workspace: &Workspace) -> Option<Self> {
        let path = in_folder(&workspace.root, "turbo.json");
        let is_other = |member: &Member| {
            member.folder != workspace.root && snapshot.tree.get(&in_folder(&member.folder, "turbo.json")).is_some()
        };
        if workspace.members.iter().any(is_other) {
            return None;
        }
        let document = snapshot.read(&path).text(&path).ok().flatten()?;
        let json = document.view::<Json>();
        let root = json.0.as_ref().ok()?;
        // Before version 2 it was called `pipeline`.
        let tasks = root.get("tasks").or_else(|| root.get("pipeline"))?;
        let waits = |node: &Node| {
            let list = node.get("dependsOn").map_or(&[][..], Node::items);
            list.iter().filter_map(Node::as_str).map(str::to_owned).collect()
        };
        let tasks = tasks
            .entries()
            .iter()
            .map(|(key, node)| (key.text.clone(), waits(node)))
            .collect();
        Some(Self { path, tasks })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        let is_it = |known: &String| known == name || known.split_once('#').is_some_and(|(_, task)| task == name);
        self.tasks.keys().any(is_it)
    }

    /// A task with all that it waits for in the same package, and whether that is all that is run.
    pub(super) fn before(&self, name: &str) -> (Vec<String>, bool) {
        let mut found = vec![name.to_owned()];
        let mut is_all = true;
        let mut at = 0;
        while let Some(waits) = found
            .get(at)
            .map(|name| self.tasks.get(name).cloned().unwrap_or_default())
        {
            for wait in waits {
                if wait.starts_with('^') || wait.contains('#') {
                    // What the packages it depends on run of the same name is run anyway, where all are asked.
                    is_all &= wait
                        .strip_prefix('^')
                        .is_some_and(|task| found.iter().any(|known| known == task));
                } else if !wait.starts_with('$') && !found.contains(&wait) {
                    found.push(wait);
                }
            }
            at += 1;
        }
        (found, is_all)
    }
}
