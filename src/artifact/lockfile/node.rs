//! The lockfiles of npm, Yarn, pnpm and Bun.

use std::sync::Arc;

use crate::text::{Document, View};

use super::super::{Json, Node, ParseError};
use super::{Lock, Locked, Parsed, whole_text};

/// `package-lock.json` and `npm-shrinkwrap.json`, in all three versions.
pub(super) struct PackageLock(pub(super) Parsed);

impl View for PackageLock {
    fn parse(document: &Document) -> Self {
        Self(Arc::new(match &document.view::<Json>().0 {
            Ok(root) => package_lock(root),
            Err(error) => Err(error.clone()),
        }))
    }
}

/// `yarn.lock`, of Yarn 1 and of those after it.
pub(super) struct YarnLock(pub(super) Parsed);

impl View for YarnLock {
    fn parse(document: &Document) -> Self {
        Self(Arc::new(whole_text(document).map(yarn_lock)))
    }
}

/// `pnpm-lock.yaml`.
pub(super) struct PnpmLock(pub(super) Parsed);

impl View for PnpmLock {
    fn parse(document: &Document) -> Self {
        Self(Arc::new(whole_text(document).map(pnpm_lock)))
    }
}

/// `bun.lock`, the text.
pub(super) struct BunLock(pub(super) Parsed);

impl View for BunLock {
    fn parse(document: &Document) -> Self {
        Self(Arc::new(match &document.view::<Json>().0 {
            Ok(root) => Ok(bun_lock(root)),
            Err(error) => Err(error.clone()),
        }))
    }
}

fn package_lock(root: &Node) -> Result<Lock, ParseError> {
    let mut lock = Lock::default();
    if let Some(packages) = root.get("packages") {
        for (key, value) in packages.entries() {
            let version = value.get("version").and_then(Node::as_str);
            let (Some((at, name)), Some(version)) = (key.text.rsplit_once("node_modules/"), version) else {
                continue;
            };
            insert_at(&mut lock, name, at.trim_end_matches('/'), version);
        }
    } else if let Some(dependencies) = root.get("dependencies") {
        // Version 1 nests what a dependency installs for itself; the outermost are the package's own.
        for (key, value) in dependencies.entries() {
            if let Some(version) = value.get("version").and_then(Node::as_str) {
                insert_at(&mut lock, &key.text, "", version);
            }
        }
    } else if root.get("lockfileVersion").is_none() {
        return Err(ParseError {
            message: "it has no `lockfileVersion`".to_owned(),
            span: Some(root.span.clone()),
        });
    }
    Ok(lock)
}

fn insert_at(lock: &mut Lock, name: &str, at: &str, version: &str) {
    let locked = Locked {
        at: Some(at.to_owned()),
        requirement: None,
        version: version.to_owned(),
    };
    lock.insert(name, locked);
}

/// `"name@^1", "name@^1.2":` and, indented below it, `version "1.2.3"` or `version: 1.2.3`.
fn yarn_lock(text: &str) -> Lock {
    let mut lock = Lock::default();
    let mut heads: Vec<(&str, &str)> = Vec::new();
    for line in text.lines() {
        if !line.starts_with([' ', '\t', '#']) {
            let descriptors = line.trim_end().trim_end_matches(':');
            heads = descriptors
                .split(',')
                .filter_map(|part| descriptor(part.trim().trim_matches('"')))
                .collect();
        } else if let Some(rest) = line.strip_prefix("  version") {
            let version = rest.trim_start_matches(':').trim().trim_matches('"');
            for (name, requirement) in heads.drain(..) {
                let locked = Locked {
                    at: None,
                    requirement: Some(requirement.to_owned()),
                    version: version.to_owned(),
                };
                lock.insert(name, locked);
            }
        }
    }
    lock
}

/// A name and its requirement; a scope's `@` divides nothing.
fn descriptor(text: &str) -> Option<(&str, &str)> {
    let at = text.get(1..)?.find('@')? + 1;
    let requirement = &text[at + 1..];
    Some((&text[..at], requirement.strip_prefix("npm:").unwrap_or(requirement)))
}

const PNPM_GROUPS: [&str; 3] = ["dependencies:", "devDependencies:", "optionalDependencies:"];

/// pnpm writes one shape: importers, their groups, their names, and the version below a name or beside it.
fn pnpm_lock(text: &str) -> Lock {
    let mut lock = Lock::default();
    let mut importer: Option<String> = None;
    let (mut base, mut in_group, mut in_importers) = (0, false, false);
    let mut name: Option<String> = None;
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let words = line.trim();
        if words.is_empty() || words.starts_with('#') {
            continue;
        }
        if indent == 0 {
            in_importers = words == "importers:";
            in_group = PNPM_GROUPS.contains(&words);
            (importer, base, name) = (Some(".".to_owned()), 0, None);
        } else if in_importers && indent == 2 {
            importer = Some(words.trim_end_matches(':').trim_matches(['\'', '"']).to_owned());
            (base, in_group) = (4, false);
        } else if in_importers && indent == 4 {
            in_group = PNPM_GROUPS.contains(&words);
        } else if in_group && indent == base + 2 {
            let Some((key, value)) = words
                .rsplit_once(':')
                .filter(|(_, value)| value.is_empty())
                .or_else(|| words.split_once(": "))
            else {
                continue;
            };
            let key = key.trim_matches(['\'', '"']);
            name = Some(key.to_owned());
            insert_pnpm(&mut lock, importer.as_deref(), key, value);
        } else if in_group
            && indent == base + 4
            && let (Some(name), Some(value)) = (&name, words.strip_prefix("version:"))
        {
            insert_pnpm(&mut lock, importer.as_deref(), name, value);
        }
    }
    lock
}

fn insert_pnpm(lock: &mut Lock, importer: Option<&str>, name: &str, value: &str) {
    let value = value.trim().trim_matches(['\'', '"']);
    // `1.2.3(react@18.0.0)`, and in older files `1.2.3_react@18.0.0`, name the peers it was installed with.
    let version = value.split(['(', '_']).next().unwrap_or(value);
    if version.starts_with(|first: char| first.is_ascii_digit()) {
        let at = importer.map_or("", |path| if path == "." { "" } else { path });
        insert_at(lock, name, at, version);
    }
}

fn bun_lock(root: &Node) -> Lock {
    let mut lock = Lock::default();
    for (key, value) in root.get("packages").map_or(&[][..], Node::entries) {
        // `"name": ["name@1.2.3", …]`; a key with a path of names is what another package installs for itself.
        let first = value.items().first().and_then(Node::as_str).unwrap_or("");
        if let Some((name, version)) = descriptor(first)
            && key.text == name
            && version.starts_with(|letter: char| letter.is_ascii_digit())
        {
            lock.insert_plain(name, version);
        }
    }
    lock
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn npm_locks_by_folder_and_the_nearest_counts() {
        let text = r#"{"lockfileVersion":3,"packages":{"":{"name":"x"},"node_modules/pg":{"version":"8.0.0"},
            "apps/web/node_modules/pg":{"version":"7.0.0"},"node_modules/a/node_modules/@s/b":{"version":"1.0.0"}}}"#;
        let document = Document::new(text.as_bytes());
        let lock = document.view::<PackageLock>().0.as_ref().clone().expect("parses");
        assert_eq!(lock.versions("apps/web", "pg", ""), ["7.0.0"]);
        assert_eq!(lock.versions("apps/api", "pg", ""), ["8.0.0"]);
        assert_eq!(lock.versions("", "@s/b", ""), Vec::<&str>::new());
    }

    #[test]
    fn both_kinds_of_yarn_lock_by_requirement() {
        let old = "# yarn lockfile v1\n\n\"@s/a@^1.0.0\", \"@s/a@^1.1.0\":\n  version \"1.2.0\"\n  dependencies:\n    pg \"^8\"\n\npg@^7, pg@~7.1:\n  version \"7.1.2\"\n\npg@^8:\n  version \"8.0.1\"\n";
        let lock = yarn_lock(old);
        assert_eq!(lock.versions("", "@s/a", "^1.1.0"), ["1.2.0"]);
        assert_eq!(lock.versions("", "pg", "^8"), ["8.0.1"]);
        assert_eq!(lock.versions("", "pg", "other"), ["7.1.2", "8.0.1"]);
        let new =
            "__metadata:\n  version: 8\n\n\"pg@npm:^8.0.0\":\n  version: 8.11.3\n  resolution: \"pg@npm:8.11.3\"\n";
        assert_eq!(yarn_lock(new).versions("", "pg", "^8.0.0"), ["8.11.3"]);
    }

    #[test]
    fn pnpm_locks_by_importer_in_all_its_shapes() {
        let nine = "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    devDependencies:\n      turbo:\n        specifier: ^2\n        version: 2.0.1\n\n  apps/web:\n    dependencies:\n      '@s/a':\n        specifier: ^1\n        version: 1.2.3(react@18.0.0)\n      mine:\n        specifier: workspace:*\n        version: link:../mine\n\npackages:\n\n  '@s/a@9.9.9':\n    version: 9.9.9\n";
        let lock = pnpm_lock(nine);
        assert_eq!(lock.versions("apps/web", "@s/a", ""), ["1.2.3"]);
        assert_eq!(lock.versions("", "turbo", ""), ["2.0.1"]);
        assert!(lock.versions("apps/web", "mine", "").is_empty());
        let five = "lockfileVersion: 5.4\n\nspecifiers:\n  pg: ^8\n\ndependencies:\n  pg: 8.1.0_abc\n";
        assert_eq!(pnpm_lock(five).versions("", "pg", ""), ["8.1.0"]);
    }
}
