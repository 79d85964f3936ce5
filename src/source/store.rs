//! What a run has read, kept by blob id so that head and base share it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::artifact::{Json, Toml, Yaml};
use crate::model::{BlobId, Class, Cost, Fact, FactKey, Facts, Read, Snapshot};
use crate::program::known_unread;
use crate::text::{Document, NotText, is_generated, is_minified};

use super::LARGEST_FILE;

/// Documents and facts of one run.
///
/// A blob is read once, and every path and revision that has it shares one document with its parsed
/// views. Facts are read once for head and base: a setting never regresses.
#[derive(Debug, Default)]
pub struct Store {
    documents: HashMap<BlobId, Arc<Document>>,
    facts: Facts,
    files_read: u64,
    bytes_read: u64,
}

impl Store {
    /// A store that holds nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The facts read so far.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// What the run has cost so far; `elapsed_ms` is left to who has a clock.
    ///
    /// `skipped` counts the files of `head` that are no evidence of running code: those that were not opened, by
    /// class (`vendored`, `test`, …) or as `large`, and those that were and can't be searched (`binary`, `encoding`,
    /// `minified`, `generated`, `unparsed`).
    pub fn cost(&self, head: &Snapshot, requests: u64) -> Cost {
        let mut skipped: BTreeMap<String, u64> = BTreeMap::new();
        for (path, entry) in head.tree.iter() {
            let class = head.tree.class(path.as_str());
            let why = match head.has_read(path).then(|| head.read(path.as_str())) {
                Some(Read::Here(document)) => unsearched(&document),
                _ if class != Class::Source => Some(word(class)),
                _ => entry.size.is_some_and(|size| size > LARGEST_FILE).then_some("large"),
            };
            if let Some(why) = why.filter(|_| entry.is_file()) {
                *skipped.entry(why.to_owned()).or_default() += 1;
            }
        }
        Cost {
            files_listed: head.tree.len() as u64,
            files_read: self.files_read,
            bytes_read: self.bytes_read,
            skipped,
            api_requests: requests,
            elapsed_ms: 0,
        }
    }

    pub(super) fn document(&self, id: BlobId) -> Option<Arc<Document>> {
        self.documents.get(&id).cloned()
    }

    /// Keeps what a source read; a document without an id is counted and not kept.
    pub(super) fn keep(&mut self, id: Option<BlobId>, document: &Arc<Document>) {
        self.files_read += 1;
        self.bytes_read += document.bytes().len() as u64;
        if let Some(id) = id {
            self.documents.insert(id, Arc::clone(document));
        }
    }

    pub(super) fn keep_fact(&mut self, key: FactKey, fact: Fact) {
        self.facts.insert(key, fact);
    }
}

/// Why nothing of a document is evidence; `None` where it can be.
fn unsearched(document: &Document) -> Option<&'static str> {
    match document.text() {
        Err(NotText::Binary | NotText::LfsPointer) => return Some("binary"),
        Err(NotText::Encoding) => return Some("encoding"),
        Ok(_) => {}
    }
    let is_broken = || {
        known_unread(document).is_some()
            || document.known::<Yaml>().is_some_and(|yaml| yaml.0.is_err())
            || document.known::<Json>().is_some_and(|json| json.0.is_err())
            || document.known::<Toml>().is_some_and(|toml| toml.0.is_err())
    };
    if is_minified(document) {
        Some("minified")
    } else if is_generated(document) {
        Some("generated")
    } else if is_broken() {
        Some("unparsed")
    } else {
        None
    }
}

fn word(class: Class) -> &'static str {
    match class {
        Class::Source => "source",
        Class::Vendored => "vendored",
        Class::Generated => "generated",
        Class::Built => "built",
        Class::Test => "test",
        Class::Example => "example",
        Class::Archived => "archived",
        Class::Documentation => "documentation",
    }
}
