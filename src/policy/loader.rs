//! A policy and what it extends, taken in text by text. Whoever may do IO reads; this says what.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::artifact::Node;
use crate::check::{KINDS, Kind};
use crate::text::{Diagnostic, Span};

use super::file::{File, Role};
use super::mistakes::{Mistakes, Words, quoted, shown};
use super::part::{self, Parts};
use super::reference::Reference;
use super::{PackRef, Policy, assemble, schema};

/// A policy's text and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Its path in the repository, or what the user calls it.
    pub path: String,
    /// The commit that it was read from, if it was read from one.
    pub sha: Option<String>,
    /// The text.
    pub content: String,
    /// Whether `path` is a file of the repository that is judged, so that a finding can point at it.
    pub in_repository: bool,
}

/// What comes next.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "a handful are made in a run")]
pub enum Step {
    /// These packs have to be read and supplied.
    Wanted(Vec<PackRef>),
    /// All is read: the policy, or all its mistakes by file and place.
    Ready(Result<Policy, Vec<Diagnostic>>),
}

/// A policy on its way: ask for the next step and supply what it wants, until it is ready.
///
/// It takes at most six steps. A pack that can't be read for the environment's sake (network, permission)
/// is no mistake of the policy: end the run, and supply nothing.
pub struct Loader {
    entry: Text,
    kinds: &'static [Kind],
    supplied: BTreeMap<PackRef, Result<String, String>>,
}

/// Packs that extend packs that extend packs: deeper than this nobody sees through.
const DEEPEST: usize = 5;
/// The most packs of a policy, those of its packs counted.
const MOST_PACKS: usize = 20;
/// The largest text, in bytes: a thousand controls are less.
const LARGEST_TEXT: usize = 1 << 20;
/// The largest policy with all its packs, in bytes.
const LARGEST_SUM: usize = 4 << 20;

impl Loader {
    /// A loader of this policy.
    pub fn new(entry: Text) -> Self {
        Self::with_kinds(entry, KINDS)
    }

    /// A loader that knows these check kinds and no others.
    pub fn with_kinds(entry: Text, kinds: &'static [Kind]) -> Self {
        Self {
            entry,
            kinds,
            supplied: BTreeMap::new(),
        }
    }

    /// Supplies a pack's text, or in a few words why there is none ("there is no such file").
    pub fn supply(&mut self, pack: PackRef, content: Result<String, String>) {
        self.supplied.insert(pack, content);
    }

    /// What comes next.
    pub fn step(&self) -> Step {
        let mut walk = Walk::new(self);
        walk.enter(
            &self.entry.path,
            self.entry_role(),
            self.entry.in_repository,
            &self.entry.content,
            0,
        );
        if !walk.wanted.is_empty() {
            return Step::Wanted(walk.wanted.into_iter().collect());
        }
        Step::Ready(self.finish(walk))
    }

    fn finish(&self, walk: Walk<'_>) -> Result<Policy, Vec<Diagnostic>> {
        let Walk {
            mut files,
            order,
            mut mistakes,
            mut is_whole,
            parts,
            ..
        } = walk;
        parts.apply(&mut files, &mut mistakes);
        let schema = LazyCell::new(|| schema::schema_of(self.kinds));
        for file in &mut files {
            file.check_shape(&schema, &mut mistakes);
            is_whole &= !file.is_broken();
        }
        let taken: Vec<&File> = order.iter().filter_map(|index| files.get(*index)).collect();
        let policy = assemble::assemble(&taken, &self.entry, self.kinds, is_whole, &mut mistakes);
        if mistakes.is_empty() {
            Ok(policy)
        } else {
            Err(mistakes.into_diagnostics())
        }
    }

    fn entry_role(&self) -> Role {
        if self.entry.path.starts_with("builtin:") {
            Role::Builtin
        } else {
            Role::Own
        }
    }
}

/// How far a pack is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// What it extends is being taken in.
    Open,
    /// It is taken in.
    Done,
}

struct Walk<'a> {
    loader: &'a Loader,
    files: Vec<File>,
    /// Indices of `files`, what is extended before what extends it.
    order: Vec<usize>,
    wanted: BTreeSet<PackRef>,
    mistakes: Mistakes,
    is_whole: bool,
    states: BTreeMap<String, State>,
    parts: Parts,
    bytes: usize,
}

/// One mention of a pack.
struct Mention {
    from: usize,
    text: String,
    span: Span,
    /// The controls that are wanted of it, each with its place; `None` for all.
    only: Option<Vec<(String, Span)>>,
    depth: usize,
}

impl<'a> Walk<'a> {
    fn new(loader: &'a Loader) -> Self {
        Self {
            loader,
            files: Vec::new(),
            order: Vec::new(),
            wanted: BTreeSet::new(),
            mistakes: Mistakes::default(),
            is_whole: true,
            states: BTreeMap::new(),
            parts: Parts::default(),
            bytes: 0,
        }
    }

    fn enter(&mut self, name: &str, role: Role, in_repository: bool, content: &str, depth: usize) {
        let from = self.files.len();
        let is_too_large = content.len() > LARGEST_TEXT;
        let parsed = if is_too_large { "" } else { content };
        self.files
            .push(File::parse(name.to_owned(), from, role, in_repository, parsed));
        if is_too_large {
            // Only the policy itself gets here: a pack is refused where it is mentioned.
            self.files[from].give_up();
            let title = format!(
                "the policy is {} bytes long, and {LARGEST_TEXT} are the most",
                content.len()
            );
            self.mistake(
                from,
                &(0..0),
                title,
                "this file",
                "move controls into packs, and `extends` them",
            );
        }
        self.bytes += content.len();
        self.states.insert(name.to_owned(), State::Open);
        let extends = self.files[from].root.get("extends").map_or(&[][..], Node::items);
        let mentions: Vec<Mention> = extends
            .iter()
            .filter_map(|item| {
                let name = item.as_str().or_else(|| item.get("pack")?.as_str())?;
                Some(Mention {
                    from,
                    text: name.to_owned(),
                    span: item.span.clone(),
                    only: item.get("only").map(part::ids),
                    depth: depth + 1,
                })
            })
            .collect();
        for mention in &mentions {
            self.follow(mention);
        }
        self.states.insert(name.to_owned(), State::Done);
        self.order.push(from);
    }

    fn follow(&mut self, mention: &Mention) {
        let reference = match Reference::parse(&mention.text, &self.files[mention.from].role) {
            Ok(reference) => reference,
            Err((title, help)) => return self.refuse(mention, title, "this names no pack", &help),
        };
        let name = reference.name();
        self.parts.mention(&name, mention.from, mention.only.as_deref());
        match self.states.get(&name) {
            Some(State::Done) => return,
            Some(State::Open) => {
                let title = format!("`{}` extends itself, at once or through others", shown(&name));
                return self.refuse(
                    mention,
                    title,
                    "this closes the circle",
                    "take it out of this `extends`",
                );
            }
            None => {}
        }
        if mention.depth > DEEPEST {
            let title = format!("packs extend packs more than {DEEPEST} deep");
            return self.refuse(
                mention,
                title,
                "one too many",
                "extend this pack from a policy higher up",
            );
        }
        if self.files.len() + self.wanted.len() > MOST_PACKS {
            let title = format!("the policy has more than {MOST_PACKS} packs");
            return self.refuse(mention, title, "one too many", "join packs into one");
        }
        let loader = self.loader;
        match reference {
            Reference::Builtin(_, text) => self.take(mention, &name, Role::Builtin, text),
            Reference::Read(pack) => match loader.supplied.get(&pack) {
                None => {
                    self.wanted.insert(pack);
                }
                Some(Ok(content)) => self.take(mention, &name, role_of(&pack), content),
                Some(Err(why)) => {
                    let title = format!("the pack `{}` can't be taken in: {}", shown(&name), quoted(why));
                    self.refuse(mention, title, "this pack", "mend its name, or add the file");
                }
            },
        }
    }

    fn take(&mut self, mention: &Mention, name: &str, role: Role, content: &str) {
        if content.len() > LARGEST_TEXT || self.bytes + content.len() > LARGEST_SUM {
            let title = format!("the pack `{}` is {} bytes long", shown(name), content.len());
            let help = format!("a pack may have {LARGEST_TEXT} bytes, and a policy with all its packs {LARGEST_SUM}");
            return self.refuse(mention, title, "too large", &help);
        }
        let in_repository = role == Role::Path;
        self.enter(name, role, in_repository, content, mention.depth);
    }

    /// A pack that is not taken in: what refers to its controls can't be judged.
    fn refuse(&mut self, mention: &Mention, title: String, label: &str, help: &str) {
        self.is_whole = false;
        self.mistake(mention.from, &mention.span, title, label, help);
    }

    fn mistake(&mut self, from: usize, span: &Span, title: String, label: &str, help: &str) {
        if let Some(file) = self.files.get(from) {
            self.mistakes.push(file, span, Words::new(title, label, help));
        }
    }
}

fn role_of(pack: &PackRef) -> Role {
    match pack {
        PackRef::Path(_) => Role::Path,
        PackRef::GitHub { repository, sha, .. } => Role::GitHub {
            repository: repository.clone(),
            sha: sha.clone(),
        },
    }
}
