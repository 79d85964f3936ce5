//! One text of a policy: parsed, its shape checked.

use std::collections::{BTreeSet, HashSet};
use std::ops::Deref;

use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::artifact::Node;
use crate::check::Origin;
use crate::text::{Document, Label, Span};

use super::mistakes::{Mistakes, Words};
use super::syntax::{self, Syntax};
use super::{tree, validate};

/// Where a text comes from, which decides what it may say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    /// The policy itself.
    Own,
    /// A pack in the same repository.
    Path,
    /// A pack in another repository.
    GitHub {
        /// `OWNER/REPO`.
        repository: String,
        /// The commit.
        sha: String,
    },
    /// A shipped pack.
    Builtin,
}

/// One text.
pub(super) struct File {
    /// What messages call it: its path, or the pack's name.
    pub(super) name: String,
    /// Its place among the files in messages: the policy itself is 0.
    pub(super) rank: usize,
    pub(super) role: Role,
    /// Whether a finding can point at it.
    pub(super) in_repository: bool,
    pub(super) root: Node,
    /// Those of its controls that are taken in; `None` for all.
    pub(super) only: Option<BTreeSet<String>>,
    document: Document,
    syntax: Syntax,
    /// Tables, and entries of tables, that have a mistake.
    dirty: HashSet<(String, Option<String>)>,
}

/// What a policy that says nothing has to say first.
const VERSION_HELP: &str = "begin the file with `version = 1`";

impl File {
    /// Parses a text; a file that is no TOML is a file with mistakes.
    pub(super) fn parse(name: String, rank: usize, role: Role, in_repository: bool, content: &str) -> Self {
        let tree = tree::parse(content);
        Self {
            name,
            rank,
            role,
            in_repository,
            root: tree.root,
            only: None,
            syntax: Syntax::new(tree.errors, tree.has_swallowed, content),
            document: Document::new(content.as_bytes()),
            dirty: HashSet::new(),
        }
    }

    /// Makes it a file of which nothing is read, for a reason that was told.
    pub(super) fn give_up(&mut self) {
        self.dirty.insert((String::new(), None));
    }

    /// Whether what was read of it may be less than what it says.
    pub(super) fn is_broken(&self) -> bool {
        self.syntax.has_swallowed || self.is_given_up()
    }

    fn is_given_up(&self) -> bool {
        self.dirty.contains(&(String::new(), None))
    }

    /// Whether a syntax error was told of this line already: what stands there is not what was meant.
    pub(super) fn is_beside_syntax_error(&self, span: &Span) -> bool {
        !self.syntax.lines.is_empty() && self.syntax.lines.contains(&self.line(span))
    }

    /// Reports its syntax errors and the mistakes of its shape, and remembers which parts have some.
    /// A shipped pack has none, which a test holds.
    pub(super) fn check_shape<S: Deref<Target = Json>>(&mut self, schema: &S, mistakes: &mut Mistakes) {
        if self.is_given_up() {
            return;
        }
        for (span, message) in &self.syntax.errors {
            mistakes.push_always(self, span, syntax::words(message));
        }
        if !self.check_version(mistakes) {
            return self.give_up();
        }
        if self.role == Role::Builtin {
            return;
        }
        for mistake in validate::validate(schema, &self.root) {
            let first = mistake.path.first().cloned().unwrap_or_default();
            // That the version is missing was told, in better words; nothing else is required at the root.
            let is_told = mistake.is_absence && mistake.path.is_empty();
            // What a syntax error has hidden is not missing.
            let is_hidden = mistake.is_absence && self.syntax.may_hide(mistake.span.start);
            if !is_told && !is_hidden {
                mistakes.push(self, &mistake.span, mistake.words);
            }
            if !first.is_empty() {
                self.dirty.insert((first.clone(), None));
                self.dirty.insert((first, mistake.path.get(1).cloned()));
            }
        }
    }

    fn check_version(&self, mistakes: &mut Mistakes) -> bool {
        let Some((_, version)) = self.root.entry("version") else {
            if self.syntax.errors.is_empty() {
                let words = Words::new(
                    "the policy does not say its version",
                    "nothing here says it",
                    VERSION_HELP,
                );
                mistakes.push(self, &(0..0), words);
            }
            // The rest is read as version 1, so that its mistakes are told at once.
            return !self.root.entries().is_empty();
        };
        if tree::json(version) == 1 {
            return true;
        }
        let written = self.document.words(&version.span);
        let title = format!("`version = {}` is not known here", super::mistakes::shown(&written));
        let help = "this readygate knows version 1: write `version = 1`, or use a later readygate";
        mistakes.push(self, &version.span, Words::new(title, "only 1 is known", help));
        false
    }

    /// Whether a table, or one entry of it, has no mistake of shape.
    pub(super) fn is_clean(&self, table: &str, entry: Option<&str>) -> bool {
        !self.dirty.contains(&(table.to_owned(), entry.map(str::to_owned)))
    }

    /// The entries of a list of tables that have no mistake of shape.
    pub(super) fn clean_items<'a>(&'a self, table: &'a str) -> impl Iterator<Item = &'a Node> {
        let items = self.root.get(table).map_or(&[][..], Node::items);
        let numbered = items.iter().enumerate();
        numbered
            .filter(move |(index, _)| self.is_clean(table, Some(&index.to_string())))
            .map(|(_, item)| item)
    }

    /// A node as what its shape says it is.
    pub(super) fn read<T: DeserializeOwned>(&self, node: &Node, mistakes: &mut Mistakes) -> Option<T> {
        match serde_json::from_value(tree::json(node)) {
            Ok(read) => Some(read),
            Err(error) => {
                let title = format!("this can't be read: {error}");
                let help = "compare it with `readygate policy schema`";
                mistakes.push(self, &node.span, Words::new(title, "here", help));
                None
            }
        }
    }

    /// Where something of this file is written.
    pub(super) fn origin(&self, span: &Span) -> Origin {
        Origin {
            path: self.name.clone(),
            line: self.line(span),
            span: span.clone(),
            in_repository: self.in_repository,
        }
    }

    /// A place of this file with what is to be said there.
    pub(super) fn label(&self, span: &Span, message: impl Into<String>) -> Label {
        Label {
            path: self.name.clone(),
            span: span.clone(),
            message: message.into(),
        }
    }

    /// The place of a key's value in a table; the table's own where it has no such key.
    pub(super) fn span_of(node: &Node, path: &[&str]) -> Span {
        node.at(path).unwrap_or(node).span.clone()
    }

    fn line(&self, span: &Span) -> u32 {
        self.document.position(span.start).line
    }
}
