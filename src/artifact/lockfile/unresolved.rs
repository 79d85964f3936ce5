//! What npm's lockfile says a package of its own needs and does not hold.

use std::sync::Arc;

use crate::model::{RepoPath, Snapshot};
use crate::text::{Document, HashMap, HashSet, Span, View};

use super::super::{Json, Node};

/// A dependency that an entry of `package-lock.json` names and no entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved {
    /// The entry that names it, as `node_modules/a`.
    pub of: String,
    /// The package.
    pub name: String,
    /// Where it is named.
    pub span: Span,
}

/// What the entries of npm's lockfile need and none of them is, each name once; nothing of what is no such lockfile, and
/// nothing where npm may have left it out rightly: what is optional, for other platforms, bundled, or wanted by peers alone.
pub fn unresolved(snapshot: &Snapshot, path: &RepoPath) -> Arc<Vec<Unresolved>> {
    let is_of_npm = matches!(path.file_name(), "package-lock.json" | "npm-shrinkwrap.json");
    match snapshot.read(path.as_str()).text(path.as_str()) {
        Ok(Some(document)) if is_of_npm => Arc::clone(&document.view::<Needed>().0),
        Ok(_) | Err(_) => Arc::default(),
    }
}

struct Needed(Arc<Vec<Unresolved>>);

impl View for Needed {
    fn parse(document: &Document) -> Self {
        let root = document.view::<Json>();
        let packages = root.0.as_ref().ok().and_then(|root| root.get("packages"));
        Self(Arc::new(packages.map_or_else(Vec::new, missing)))
    }
}

/// Entries by their place, so that a lockfile of many thousand lines is walked once.
type Entries<'a> = HashMap<&'a str, &'a Node>;

fn missing(packages: &Node) -> Vec<Unresolved> {
    let entries: Entries<'_> = packages
        .entries()
        .iter()
        .map(|(key, node)| (key.text.as_str(), node))
        .collect();
    let wrapped: Vec<&str> = with(&entries, "hasShrinkwrap");
    // From what is the repository's own, by what is installed for certain: npm may leave out the rest.
    let mut open: Vec<&str> = entries.keys().copied().filter(|at| is_own(at)).collect();
    let mut seen: HashSet<&str> = open.iter().copied().collect();
    let mut found: Vec<Unresolved> = Vec::new();
    while let Some(at) = open.pop() {
        let Some(node) = entries.get(at) else { continue };
        let judged = at.contains("node_modules/")
            && !at.starts_with("..")
            && !is_set(node, "inBundle")
            && !wrapped.iter().any(|of| is_below(at, of));
        for (name, span, is_needed) in wants(node, is_own(at)) {
            match resolve(&entries, at, name) {
                Some(next) => {
                    let next = linked(&entries, next);
                    if entries.get(next).is_some_and(|node| is_installed(node)) && seen.insert(next) {
                        open.push(next);
                    }
                }
                None if judged && is_needed => found.push(Unresolved {
                    of: at.to_owned(),
                    name: name.to_owned(),
                    span,
                }),
                None => {}
            }
        }
    }
    found.sort_by(|a, b| (a.span.start, &a.name).cmp(&(b.span.start, &b.name)));
    let mut named: HashSet<String> = HashSet::default();
    found.retain(|one| named.insert(one.name.clone()));
    found
}

/// A folder of the repository: the root, a workspace, or what is linked to. What lies outside is not npm's to install here.
fn is_own(at: &str) -> bool {
    !at.contains("node_modules/") && !at.starts_with("..")
}

fn is_below(at: &str, folder: &str) -> bool {
    at.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn with<'a>(entries: &Entries<'a>, key: &str) -> Vec<&'a str> {
    let marked = entries.iter().filter(|(_, node)| is_set(node, key));
    marked.map(|(at, _)| *at).collect()
}

fn is_set(node: &Node, key: &str) -> bool {
    node.get(key).and_then(Node::as_bool) == Some(true)
}

/// Whether every machine installs it. What is only for some is left out of lockfiles together with what it needs.
fn is_installed(node: &Node) -> bool {
    !is_set(node, "extraneous") && ["os", "cpu", "libc"].iter().all(|limit| node.get(limit).is_none())
}

/// What an entry wants beside it, and whether nothing installs without it. Peers are left to those who ignore them.
fn wants(node: &Node, is_own: bool) -> Vec<(&str, Span, bool)> {
    let of = |group: &str| node.get(group).map_or(&[][..], Node::entries);
    let bundled = ["bundleDependencies", "bundledDependencies"].map(|key| node.get(key));
    let is_bundled = |name: &str| {
        let mut lists = bundled.iter().flatten();
        lists.any(|list| list.as_bool() == Some(true) || list.items().iter().any(|item| item.as_str() == Some(name)))
    };
    let is_optional = |name: &str| {
        let mut groups = ["optionalDependencies", "peerDependencies"].into_iter();
        groups.any(|group| of(group).iter().any(|(key, _)| key.text == name))
    };
    let mut wanted = Vec::new();
    for group in ["dependencies", "optionalDependencies", "devDependencies"] {
        if group == "devDependencies" && !is_own {
            continue;
        }
        for (key, _) in of(group) {
            let name = key.text.as_str();
            let is_needed = group == "dependencies" && !is_optional(name) && !is_bundled(name);
            wanted.push((name, key.span.clone(), is_needed));
        }
    }
    wanted
}

/// The entry that Node finds from another one: in its own `node_modules`, then in those of every folder above.
fn resolve<'a>(entries: &Entries<'a>, from: &str, name: &str) -> Option<&'a str> {
    let mut at = from;
    loop {
        let place = if at.is_empty() {
            format!("node_modules/{name}")
        } else {
            format!("{at}/node_modules/{name}")
        };
        if let Some((found, _)) = entries.get_key_value(place.as_str()) {
            return Some(found);
        }
        if at.is_empty() {
            return None;
        }
        at = at.rsplit_once('/').map_or("", |(above, _)| above);
    }
}

/// Where an entry that is a link leads.
fn linked<'a>(entries: &Entries<'a>, at: &'a str) -> &'a str {
    let target = entries.get(at).filter(|node| is_set(node, "link"));
    let target = target.and_then(|node| node.get("resolved")).and_then(Node::as_str);
    target
        .and_then(|target| entries.get_key_value(target))
        .map_or(at, |(key, _)| *key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(packages: &str) -> Vec<String> {
        let text = format!("{{\"lockfileVersion\": 3, \"packages\": {{{packages}}}}}");
        let document = Document::new(text.as_bytes());
        let found = document.view::<Needed>();
        found
            .0
            .iter()
            .map(|one| format!("{} of {}", one.name, one.of))
            .collect()
    }

    #[test]
    fn what_an_entry_needs_is_looked_for_as_node_does() {
        let own = r#""": {"dependencies": {"a": "1", "gone": "1"}, "workspaces": ["apps/*"]},"#;
        let found = r#""apps/web": {"dependencies": {"w": "1"}}, "node_modules/web": {"resolved": "apps/web", "link": true},
            "apps/web/node_modules/w": {"dependencies": {"near": "1", "web": "1"}}, "apps/web/node_modules/near": {},
            "node_modules/a": {"dependencies": {"@s/b": "1"}}, "node_modules/a/node_modules/@s/b": {"dependencies": {"a": "1"}}"#;
        assert!(names(&format!("{own}{found}")).is_empty());
        let lost = r#""node_modules/a": {"optional": true, "dependencies": {"b": "1", "c": "1"}},
            "node_modules/x/node_modules/b": {}, "node_modules/c": {"dependencies": {"b": "2", "d": "1"}}"#;
        assert_eq!(
            names(&format!("{own}{lost}")),
            ["b of node_modules/a", "d of node_modules/c"]
        );
    }

    #[test]
    fn what_npm_leaves_out_rightly_is_not_missed() {
        let text = r#""": {"dependencies": {"a": "1", "wasm": "1", "wrapped": "1", "out": "1"}},
            "node_modules/a": {"dependencies": {"o": "1", "p": "1", "in": "1"}, "optionalDependencies": {"o": "1"},
                "peerDependencies": {"p": "1", "q": "1"}, "bundleDependencies": ["in"]},
            "node_modules/wasm": {"optional": true, "cpu": ["wasm32"], "dependencies": {"emnapi": "1", "then": "1"}},
            "node_modules/then": {"optional": true, "dependencies": {"emnapi": "1"}},
            "node_modules/wrapped": {"hasShrinkwrap": true, "dependencies": {"own": "1"}},
            "node_modules/out": {"link": true, "resolved": "../out"}, "../out": {"dependencies": {"theirs": "1"}},
            "node_modules/left": {"extraneous": true, "dependencies": {"over": "1"}},
            "node_modules/bundle": {"inBundle": true, "dependencies": {"more": "1"}}"#;
        assert!(names(text).is_empty(), "{:?}", names(text));
    }
}
