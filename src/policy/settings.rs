//! What is not about one control: gate, scope, components, checklists.

use std::collections::BTreeMap;

use crate::artifact::Node;
use crate::check::Origin;
use crate::model::{Gate, PathGlob, RepoPath, Severity};
use crate::text::Span;

use super::controls::Ids;
use super::file::File;
use super::mistakes::{Mistakes, Words, quoted, shown};
use super::reference::repo_path;
use super::shape::{BindShape, ChecklistShape, ComponentShape, GateShape, ScopeShape, UnknownShape, UnknownTable};
use super::{Bind, ChecklistRules, ComponentRule};

/// The `[gate]` of all texts: what a later one says counts, what it does not say stays.
pub(super) fn gate(files: &[&File], mistakes: &mut Mistakes) -> (Gate, Option<Origin>) {
    let mut gate = Gate::default();
    let mut origin = None;
    for file in files {
        let Some((key, node)) = file.root.entry("gate").filter(|_| file.is_clean("gate", None)) else {
            continue;
        };
        let Some(shape) = file.read::<GateShape>(node, mistakes) else {
            continue;
        };
        origin = Some(file.origin(&key.span));
        gate.fail_on = shape.fail_on.unwrap_or(gate.fail_on);
        gate.weakening = shape.weakening.unwrap_or(gate.weakening);
        gate.max_waiver_days = shape.max_waiver_days.unwrap_or(gate.max_waiver_days);
        if let Some(unknown) = shape.unknown {
            apply_unknown(&mut gate, &unknown);
        }
    }
    (gate, origin)
}

fn apply_unknown(gate: &mut Gate, shape: &UnknownShape) {
    let words = match shape {
        UnknownShape::All(word) => [Some(*word); 4],
        UnknownShape::BySeverity(UnknownTable {
            critical,
            high,
            medium,
            low,
        }) => [*low, *medium, *high, *critical],
    };
    let severities = [Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
    for (severity, word) in severities.into_iter().zip(words) {
        if let Some(word) = word {
            gate.unknown.insert(severity, word);
        }
    }
}

/// The patterns of all texts' `exclude`, and where each is written.
pub(super) fn exclude(files: &[&File], mistakes: &mut Mistakes) -> (Vec<PathGlob>, BTreeMap<String, Origin>) {
    let mut globs = Vec::new();
    let mut origins = BTreeMap::new();
    for file in files {
        let Some(node) = file.root.get("scope").filter(|_| file.is_clean("scope", None)) else {
            continue;
        };
        let Some(shape) = file.read::<ScopeShape>(node, mistakes) else {
            continue;
        };
        for (index, source) in shape.exclude.iter().enumerate() {
            let span = File::span_of(node, &["exclude", &index.to_string()]);
            let Some(glob) = glob(file, source, &span, mistakes) else {
                continue;
            };
            let origin = file.origin(&span);
            if origins.insert(glob.source().to_owned(), origin).is_none() {
                globs.push(glob);
            }
        }
    }
    (globs, origins)
}

/// A pattern of paths; reports it where it is none.
pub(super) fn glob(file: &File, source: &str, span: &Span, mistakes: &mut Mistakes) -> Option<PathGlob> {
    match PathGlob::new(source) {
        Ok(glob) => Some(glob),
        Err(why) => {
            let title = format!("`{}` is no pattern of paths: {}", shown(source), quoted(&why));
            let help = "`*` stays inside a folder, `**` does not, `{a,b}` chooses, `[ab]` is a set";
            mistakes.push(file, span, Words::new(title, "this pattern", help));
            None
        }
    }
}

/// The corrections of components, a later one of the same folder counting.
pub(super) fn components(files: &[&File], mistakes: &mut Mistakes) -> Vec<ComponentRule> {
    let mut rules: BTreeMap<RepoPath, ComponentRule> = BTreeMap::new();
    for file in files {
        for node in file.clean_items("component") {
            let Some(shape) = file.read::<ComponentShape>(node, mistakes) else {
                continue;
            };
            let entry = paths(file, node, "entry", &shape.entry, mistakes);
            if let Some(path) = path(file, &shape.path, &File::span_of(node, &["path"]), mistakes) {
                rules.insert(path.clone(), ComponentRule { path, entry });
            }
        }
    }
    rules.into_values().collect()
}

/// The checklists of all texts, and where the last one is written.
pub(super) fn checklist(files: &[&File], ids: &Ids<'_>, mistakes: &mut Mistakes) -> (ChecklistRules, Option<Origin>) {
    let mut rules = ChecklistRules::default();
    let mut origin = None;
    for file in files {
        let Some((key, node)) = file
            .root
            .entry("checklist")
            .filter(|_| file.is_clean("checklist", None))
        else {
            continue;
        };
        let Some(shape) = file.read::<ChecklistShape>(node, mistakes) else {
            continue;
        };
        origin = Some(file.origin(&key.span));
        for path in paths(file, node, "files", &shape.files, mistakes) {
            if !rules.files.contains(&path) {
                rules.files.push(path);
            }
        }
        let nodes = node.get("bind").map_or(&[][..], Node::items);
        for (bind, node) in shape.bind.into_iter().zip(nodes) {
            keep_bind(&mut rules.binds, file, node, bind, ids, mistakes);
        }
    }
    (rules, origin)
}

fn keep_bind(
    binds: &mut Vec<Bind>,
    file: &File,
    node: &Node,
    shape: BindShape,
    ids: &Ids<'_>,
    mistakes: &mut Mistakes,
) {
    for (index, id) in shape.controls.iter().enumerate() {
        let span = File::span_of(node, &["controls", &index.to_string()]);
        ids.expect(id, file, &span, mistakes);
    }
    binds.retain(|known| known.item != shape.item);
    binds.push(Bind {
        item: shape.item,
        controls: shape.controls,
    });
}

fn paths(file: &File, node: &Node, key: &str, texts: &[String], mistakes: &mut Mistakes) -> Vec<RepoPath> {
    let found = texts.iter().enumerate().filter_map(|(index, text)| {
        let span = File::span_of(node, &[key, &index.to_string()]);
        path(file, text, &span, mistakes)
    });
    found.collect()
}

fn path(file: &File, text: &str, span: &Span, mistakes: &mut Mistakes) -> Option<RepoPath> {
    match repo_path(text) {
        Ok(path) => Some(path),
        Err((title, help)) => {
            mistakes.push(file, span, Words::new(title, "this path", help));
            None
        }
    }
}
