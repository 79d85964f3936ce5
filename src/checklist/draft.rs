//! A policy made from a checklist, for a person to read in a minute and to change.
//!
//! What can be computed stays computed: no binding that the rules are sure of is written down, and a severity only
//! where the team's own priority differs from the pack's. What is written is a decision, or waits for one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use toml_edit::{Array, DocumentMut, InlineTable, Item as TomlItem, Table, TomlError, Value};

use crate::check::Control;
use crate::model::{RepoPath, Severity};
use crate::text::{is_hidden, redact};

use super::{Binding, Checklist, State};

/// The most proposals that a draft holds: a person decides a dozen, and skips fifty.
const MOST_PROPOSALS: usize = 12;

/// How many characters of an item a comment shows.
const SHOWN: usize = 56;

/// What a policy made from a checklist says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The document.
    pub file: RepoPath,
    /// The packs, by name.
    pub packs: Vec<Extended>,
    /// Severities in which the team differs from the packs, by control.
    pub priorities: BTreeMap<String, Priority>,
    /// Items that a person must decide, by place.
    pub proposals: Vec<Proposal>,
    /// How many items more are worth a decision.
    pub proposals_left: usize,
    /// The controls that a person must vouch for, and the first line that asks for each.
    pub to_sign: BTreeMap<String, u32>,
}

/// A shipped pack, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extended {
    /// Its name.
    pub name: String,
    /// The controls that the document asks for; none for the whole pack.
    pub only: Vec<String>,
}

impl Extended {
    /// As a policy has it, in lines of their own.
    fn written(&self) -> String {
        if self.only.is_empty() {
            return format!("  \"builtin:{}\",\n", self.name);
        }
        let mut text = format!("  {{ pack = \"builtin:{}\", only = [\n", self.name);
        let mut line = String::from("   ");
        for id in &self.only {
            let word = format!(" \"{id}\",");
            if line.len() + word.len() > WIDEST {
                let _ = writeln!(text, "{line}");
                line = String::from("   ");
            }
            line.push_str(&word);
        }
        let _ = writeln!(text, "{line}\n  ] }},");
        text
    }

    /// The beginning of a policy that extends these.
    pub fn policy(packs: &[Self]) -> String {
        let all: Vec<String> = packs.iter().map(|pack| format!("\"builtin:{}\"", pack.name)).collect();
        if packs.iter().all(|pack| pack.only.is_empty()) {
            return format!("version = 1\nextends = [{}]\n", all.join(", "));
        }
        let written: Vec<String> = packs.iter().map(Self::written).collect();
        format!("version = 1\nextends = [\n{}]\n", written.concat())
    }
}

/// How many characters a line of a list has.
const WIDEST: usize = 118;

/// The team's own priority of a control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priority {
    /// What the team says.
    pub severity: Severity,
    /// What the pack says.
    pub packed: Severity,
    /// The line that says it.
    pub line: u32,
    /// The item's words.
    pub item: String,
}

/// An item that some rule nearly binds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its line.
    pub line: u32,
    /// Its words.
    pub item: String,
    /// The control that comes nearest, and the words that say so.
    pub nearest: Binding,
}

impl Draft {
    /// A draft from what the rules say of each item: `bindings` as of [`super::bind`], `nearest` as of
    /// [`super::nearest`], both in the order of the items. `unsigned` are the controls that only a person's word would
    /// settle here.
    pub fn new(
        file: RepoPath,
        packs: Vec<Extended>,
        list: &Checklist,
        (bindings, nearest): (&[Vec<Binding>], &[Option<Binding>]),
        (controls, unsigned): (&[Control], &BTreeSet<String>),
    ) -> Self {
        let known: BTreeMap<&str, &Control> = controls
            .iter()
            .map(|control| (control.info.id.as_str(), control))
            .collect();
        let mut draft = Self {
            file,
            packs,
            priorities: BTreeMap::new(),
            proposals: Vec::new(),
            proposals_left: 0,
            to_sign: BTreeMap::new(),
        };
        for ((item, bindings), nearest) in list.items.iter().zip(bindings).zip(nearest) {
            if item.state == State::Dropped {
                continue;
            }
            let bound = bindings
                .iter()
                .filter_map(|binding| known.get(binding.control.as_str()));
            for control in bound {
                if unsigned.contains(&control.info.id) {
                    draft.to_sign.entry(control.info.id.clone()).or_insert(item.line);
                }
                let Some(severity) = item.priority else { continue };
                draft.prioritise(control, severity, item.line, &item.text);
            }
            // A text that holds what looks like a secret is written nowhere else.
            let nearest = nearest
                .as_ref()
                .filter(|near| bindings.is_empty() && known.contains_key(near.control.as_str()));
            if let Some(nearest) = nearest.filter(|_| redact(&item.text) == item.text) {
                draft.proposals.push(Proposal {
                    line: item.line,
                    item: seen(&item.text),
                    nearest: nearest.clone(),
                });
            }
        }
        draft
            .priorities
            .retain(|_, priority| priority.severity != priority.packed);
        draft.keep_the_surest();
        draft
    }

    /// Of several items that speak of a control, the one with the highest priority counts.
    fn prioritise(&mut self, control: &Control, severity: Severity, line: u32, item: &str) {
        let priority = Priority {
            severity,
            packed: control.info.severity,
            line,
            item: item.to_owned(),
        };
        match self.priorities.get_mut(&control.info.id) {
            Some(known) if known.severity >= severity => {}
            Some(known) => *known = priority,
            None => {
                self.priorities.insert(control.info.id.clone(), priority);
            }
        }
    }

    fn keep_the_surest(&mut self) {
        self.proposals
            .sort_by_key(|proposal| (std::cmp::Reverse(proposal.nearest.confidence), proposal.line));
        self.proposals_left = self.proposals.len().saturating_sub(MOST_PROPOSALS);
        self.proposals.truncate(MOST_PROPOSALS);
        self.proposals.sort_by_key(|proposal| proposal.line);
    }

    /// The policy, as a text of its own.
    pub fn policy(&self) -> String {
        let mut text = format!(
            "# What ready for production means here. Made from {} by `readygate import`; every line is yours to change.\n\
             # Which item asks for which control is computed: `readygate coverage {}` shows it.\n\
             {}\n\
             [gate]\n\
             fail-on = \"regression\" # or a severity: then gaps that were there before block, too\n",
            seen(self.file.as_str()),
            seen(self.file.as_str()),
            Extended::policy(&self.packs),
        );
        self.write_signatures(&mut text);
        let base: Result<DocumentMut, _> = text.parse();
        // The text is our own; were it no TOML, the draft would be empty rather than wrong.
        let mut document = base.unwrap_or_default();
        self.add_to(&mut document);
        document.to_string()
    }

    /// A policy that is there, with what it lacks of this draft; what it says stays as it is, to the byte.
    ///
    /// # Errors
    /// The text is no TOML.
    pub fn merged_into(&self, policy: &str) -> Result<String, TomlError> {
        let body = policy.strip_prefix('\u{FEFF}').unwrap_or(policy);
        // The writer knows line feeds alone; a file has one kind of line ends, or is left with its own mixture changed.
        let has_returns = body.contains("\r\n");
        let mut document: DocumentMut = body.replace("\r\n", "\n").parse()?;
        self.add_to(&mut document);
        let mut text = document.to_string();
        if has_returns {
            text = text.replace('\n', "\r\n");
        }
        Ok(policy[..policy.len() - body.len()].to_owned() + &text)
    }

    fn write_signatures(&self, text: &mut String) {
        if self.to_sign.is_empty() {
            return;
        }
        text.push_str(
            "\n# A person must vouch for these: `readygate attest CONTROL --by @you --evidence URL`. The number is the line.\n",
        );
        let mut line = String::from("#");
        for (index, (control, at)) in self.to_sign.iter().enumerate() {
            let comma = if index + 1 < self.to_sign.len() { "," } else { "" };
            let word = format!(" {control} ({at}){comma}");
            if line.len() + word.len() > WIDEST {
                let _ = writeln!(text, "{line}");
                line = String::from("#");
            }
            line.push_str(&word);
        }
        let _ = writeln!(text, "{line}");
    }

    fn add_to(&self, document: &mut DocumentMut) {
        self.add_checklist(document);
        self.add_priorities(document);
    }

    fn add_checklist(&self, document: &mut DocumentMut) {
        let Some(table) = table(document, "checklist") else {
            return;
        };
        let files = table
            .entry("files")
            .or_insert_with(|| TomlItem::Value(Value::Array(Array::new())));
        if let Some(files) = files.as_array_mut()
            && !files.iter().any(|file| file.as_str() == Some(self.file.as_str()))
        {
            files.push(self.file.as_str());
        }
        // Tables of their own are how the contract writes them; a list of one line each is what a minute can read.
        if self.proposals.is_empty() || table.get("bind").is_some_and(|bind| !bind.is_array()) {
            return;
        }
        let is_new = !table.contains_key("bind");
        let binds = table
            .entry("bind")
            .or_insert_with(|| TomlItem::Value(Value::Array(Array::new())));
        let Some(binds) = binds.as_array_mut() else { return };
        for proposal in &self.proposals {
            let mut bind = InlineTable::new();
            bind.insert("item", proposal.item.as_str().into());
            bind.insert("controls", Value::Array(Array::new()));
            let mut bind = Value::InlineTable(bind);
            let comment = format!(
                "\n  # {}: `{}`? It says: {}\n  ",
                proposal.line,
                proposal.nearest.control,
                proposal.nearest.words.join(" ")
            );
            bind.decor_mut().set_prefix(comment);
            binds.push_formatted(bind);
        }
        binds.set_trailing("\n");
        binds.set_trailing_comma(true);
        if is_new && let Some(mut key) = table.key_mut("bind") {
            let left = match self.proposals_left {
                0 => String::new(),
                left => format!(" ({left} more, less sure, are left out)"),
            };
            key.leaf_decor_mut().set_prefix(format!(
                "# Nearly bound: put the control between the brackets, or leave them empty to refuse it{left}.\n"
            ));
        }
    }

    fn add_priorities(&self, document: &mut DocumentMut) {
        if self.priorities.is_empty() {
            return;
        }
        let is_new = !document.contains_key("controls");
        let Some(controls) = table(document, "controls") else {
            return;
        };
        for (control, priority) in &self.priorities {
            if controls.contains_key(control) {
                continue;
            }
            let mut tuned = Table::new();
            tuned.set_dotted(true);
            let mut severity = Value::from(priority.severity.as_str());
            severity.decor_mut().set_suffix(format!(
                " # was {}; line {}: {}",
                priority.packed.as_str(),
                priority.line,
                clipped(&priority.item)
            ));
            tuned.insert("severity", TomlItem::Value(severity));
            controls.insert(control, TomlItem::Table(tuned));
        }
        if is_new {
            controls
                .decor_mut()
                .set_prefix("\n# The team's own priorities, where the packs say something else.\n");
        }
    }
}

/// A table of the document, made where it is missing; nothing where something else stands there.
fn table<'a>(document: &'a mut DocumentMut, name: &str) -> Option<&'a mut Table> {
    document
        .entry(name)
        .or_insert_with(|| TomlItem::Table(Table::new()))
        .as_table_mut()
}

/// Words that can stand in a comment or a name, on one line and without what can't be seen.
fn seen(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|character| if is_hidden(character) { ' ' } else { character })
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn clipped(text: &str) -> String {
    let text = seen(&redact(text));
    if text.chars().count() <= SHOWN {
        return text;
    }
    let kept: String = text.chars().take(SHOWN - 1).collect();
    kept.trim_end().to_owned() + "…"
}
