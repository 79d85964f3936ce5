//! Checklists read and bound, before they are held against anything.

use std::sync::Arc;

use crate::check::Control;
use crate::checklist::{self, Binding, Checklist, Words};
use crate::model::{Cause, Notice, NoticeKind, Read, RepoPath, Snapshot, Unread};
use crate::policy::{Bind, Policy};
use crate::text::Document;

/// A checklist with what its items are bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    pub(super) path: RepoPath,
    pub(super) list: Checklist,
    pub(super) bindings: Vec<Vec<Binding>>,
    /// The items that name something and are not judged by it, because too many do.
    pub(super) past: Vec<usize>,
    pub(super) unread: Option<Unread>,
}

/// A document read as a checklist and bound: head and base mostly have the same.
struct Taken {
    binds: Vec<Bind>,
    list: Checklist,
    bindings: Vec<Vec<Binding>>,
    unread: Option<Unread>,
}

impl Taken {
    fn of(read: Result<Checklist, Unread>, binds: &[Bind]) -> Self {
        let (list, unread) = match read {
            Ok(list) => (list, None),
            Err(unread) => (Checklist::default(), Some(unread)),
        };
        Self {
            binds: binds.to_vec(),
            bindings: checklist::bind(&list, Words::builtin(), binds),
            list,
            unread,
        }
    }

    fn read(document: &Document, binds: &[Bind]) -> Self {
        let read = checklist::read_document(document).map_err(|why| {
            let cause = match why {
                checklist::NotRead::NotText(_) => Cause::Encoding,
                checklist::NotRead::TooLarge(_) => Cause::Size,
            };
            Unread::new(cause, why.to_string(), "")
        });
        Self::of(read, binds)
    }

    /// The same as [`Taken::read`], read once for these bindings.
    fn known(document: &Document, binds: &[Bind]) -> Arc<Self> {
        let taken = document.derive(|document| Self::read(document, binds));
        match taken.binds == binds {
            true => taken,
            false => Arc::new(Self::read(document, binds)),
        }
    }
}

/// Reads and binds the checklists at these paths; beside them the controls that are made from what their items name,
/// by id. A path without a file is left out.
pub fn bound(paths: &[RepoPath], policy: &Policy, snapshot: &Snapshot) -> (Vec<Bound>, Vec<Control>) {
    let (binds, known) = (policy.checklist.binds.as_slice(), policy.plan.ids());
    let mut made = checklist::Made::default();
    let lists = paths.iter().filter_map(|path| {
        let taken = match snapshot.read(path.as_str()) {
            Read::Absent => return None,
            Read::Unread(unread) => Arc::new(Taken::of(Err(unread), binds)),
            Read::Here(document) => Taken::known(&document, binds),
        };
        let (list, mut bindings) = (taken.list.clone(), taken.bindings.clone());
        let past = checklist::name(&list, Words::builtin(), binds, &known, &mut bindings, &mut made);
        bindings.iter_mut().for_each(|bindings| without_itself(bindings, path));
        Some(Bound {
            path: path.clone(),
            list,
            bindings,
            past,
            unread: taken.unread.clone(),
        })
    });
    let lists = lists.collect();
    (lists, made.controls.into_values().collect())
}

/// A line that names the document that it stands in asks for nothing: it is there.
fn without_itself(bindings: &mut Vec<Binding>, document: &RepoPath) {
    let is_itself = |name: &str| name.trim_start_matches("./").eq_ignore_ascii_case(document.file_name());
    bindings.retain(|binding| {
        let is_file = binding.control.starts_with(NAMED_FILE);
        !(is_file && binding.words.iter().any(|name| is_itself(name)))
    });
}

/// How the ids begin of the controls that ask for a file.
const NAMED_FILE: &str = "checklist.names.file.";

/// What is to be said of the policy's bindings that bind no line; nothing where not all of its documents were read.
pub fn strays(lists: &[Bound], policy: &Policy) -> Vec<Notice> {
    let is_read = |path: &RepoPath| lists.iter().any(|list| &list.path == path && list.unread.is_none());
    let Some(origin) = policy.places.checklist.as_ref() else {
        return Vec::new();
    };
    if !policy.checklist.files.iter().all(is_read) {
        return Vec::new();
    }
    let read: Vec<&Checklist> = lists.iter().map(|list| &list.list).collect();
    let strays = checklist::strays(&read, &policy.checklist.binds);
    let notices = strays.into_iter().map(|stray| Notice {
        path: origin.path.clone(),
        line: origin.line,
        kind: NoticeKind::Unused,
        control: "checklist.bind".to_owned(),
        message: stray.words(),
    });
    notices.collect()
}
