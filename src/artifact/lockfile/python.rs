//! `Pipfile.lock`.

use std::sync::Arc;

use crate::text::{Document, View};

use super::super::{Ecosystem, Json, Node};
use super::{Lock, Parsed};

/// `Pipfile.lock`.
pub(super) struct PipfileLock(pub(super) Parsed);

impl View for PipfileLock {
    fn parse(document: &Document) -> Self {
        Self(Arc::new(match &document.view::<Json>().0 {
            Ok(root) => Ok(pipfile_lock(root)),
            Err(error) => Err(error.clone()),
        }))
    }
}

fn pipfile_lock(root: &Node) -> Lock {
    let mut lock = Lock::default();
    for group in ["default", "develop"] {
        for (key, value) in root.get(group).map_or(&[][..], Node::entries) {
            let version = value.get("version").and_then(Node::as_str);
            if let Some(version) = version.and_then(|text| text.strip_prefix("==")) {
                lock.insert_plain(&Ecosystem::Pypi.normalise(&key.text), version);
            }
        }
    }
    lock
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_groups_are_read() {
        let document =
            Document::new(&br#"{"_meta":{},"default":{"Django":{"version":"==4.2"}},"develop":{"x":{}}}"#[..]);
        let lock = document.view::<PipfileLock>().0.as_ref().clone().expect("parses");
        assert_eq!(lock.versions("", "django", ""), ["4.2"]);
    }
}
