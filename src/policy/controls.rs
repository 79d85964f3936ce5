//! The controls of all texts, tuned.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::artifact::Node;
use crate::check::{Condition, Control, Kind, Origin};
use crate::model::{ControlInfo, Scope};
use crate::text::Span;

use super::NAMED;
use super::condition::{build, definition};
use super::file::File;
use super::mistakes::{Mistakes, Words, shown};
use super::shape::{ControlShape, TuneShape};

/// The ids that are written anywhere, disabled ones and ones with mistakes included: a reference to a
/// control that has a mistake is no second mistake.
pub(super) struct Ids<'a> {
    known: BTreeMap<&'a str, (&'a File, &'a Span)>,
    /// Whether all texts were taken in whole: else what is unknown may just not have been read.
    is_whole: bool,
}

impl<'a> Ids<'a> {
    /// Collects the ids, and reports those that are written twice.
    pub(super) fn collect(files: &[&'a File], is_whole: bool, mistakes: &mut Mistakes) -> Self {
        let mut known: BTreeMap<&str, (&File, &Span)> = BTreeMap::new();
        for file in files {
            let controls = file.root.get("control").map_or(&[][..], Node::items);
            for node in controls.iter().filter_map(|control| control.get("id")) {
                let Some(id) = node.as_str() else { continue };
                if let Some((first, span)) = known.get(id) {
                    let title = format!("there are two controls `{}`", shown(id));
                    let help = "give this one an id of its own; to change a pack's control, write `[controls.\"ID\"]`";
                    let second = first.label(span, "the first one");
                    mistakes.push_with(file, &node.span, Words::new(title, "the second one", help), second);
                } else {
                    known.insert(id, (file, &node.span));
                }
            }
        }
        Self { known, is_whole }
    }

    /// Whether there is such a control; reports it where there is none.
    pub(super) fn expect(&self, id: &str, file: &File, span: &Span, mistakes: &mut Mistakes) -> bool {
        if self.known.contains_key(id) || id.starts_with(NAMED) {
            return true;
        }
        if self.is_whole {
            let near = mistakes.nearest(id, self.known.keys().copied());
            let help = near.map_or_else(
                || "`readygate controls` lists those that there are".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let title = format!("there is no control `{}`", shown(id));
            mistakes.push(file, span, Words::new(title, "no control has this id", help));
        }
        false
    }
}

/// A control on its way.
struct Draft {
    info: ControlInfo,
    applies_when: Option<(Condition, Json)>,
    asked_when: Option<(Condition, Json)>,
    check: (Condition, Json),
    origin: Origin,
    is_enabled: bool,
}

/// The enabled controls, and where they were tuned.
pub(super) fn controls(
    files: &[&File],
    kinds: &[Kind],
    ids: &Ids<'_>,
    mistakes: &mut Mistakes,
) -> (Vec<Control>, BTreeMap<String, Origin>) {
    let mut drafts: BTreeMap<String, Draft> = BTreeMap::new();
    for file in files {
        for node in file.clean_items("control") {
            if let Some(mut draft) = draft(file, kinds, node, mistakes) {
                draft.is_enabled = file.only.as_ref().is_none_or(|only| only.contains(&draft.info.id));
                drafts.entry(draft.info.id.clone()).or_insert(draft);
            }
        }
    }
    let mut tuned = BTreeMap::new();
    for file in files {
        let tunes = file.root.get("controls").map_or(&[][..], Node::entries);
        for (key, node) in tunes {
            // A key that is no id was told already.
            let is_known = !is_id(&key.text) || ids.expect(&key.text, file, &key.span, mistakes);
            if !is_known || !file.is_clean("controls", Some(&key.text)) {
                continue;
            }
            tuned.insert(key.text.clone(), file.origin(&key.span));
            if let (Some(tune), Some(draft)) = (file.read::<TuneShape>(node, mistakes), drafts.get_mut(&key.text)) {
                apply(tune, draft);
            }
        }
    }
    let enabled = drafts.into_values().filter(|draft| draft.is_enabled);
    (enabled.map(finish).collect(), tuned)
}

/// Whether a text has the form of an id.
fn is_id(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    text.contains('.') && text.split('.').all(is_part)
}

fn draft(file: &File, kinds: &[Kind], node: &Node, mistakes: &mut Mistakes) -> Option<Draft> {
    let mut built = |key: &str| Some(build(file, kinds, node.get(key)?, mistakes));
    let (built_applies, built_asked) = (built("applies-when"), built("asked-when"));
    let built_check = build(file, kinds, node.get("check")?, mistakes);
    let shape: ControlShape = file.read(node, mistakes)?;
    let first_part = shape.id.split('.').next().unwrap_or_default().to_owned();
    Some(Draft {
        origin: file.origin(&File::span_of(node, &["id"])),
        applies_when: whole(built_applies, shape.applies_when)?,
        asked_when: whole(built_asked, shape.asked_when)?,
        check: (built_check?, shape.check),
        is_enabled: true,
        info: ControlInfo {
            id: shape.id,
            title: shape.title,
            severity: shape.severity,
            category: shape.category.unwrap_or(first_part),
            rationale: shape.rationale,
            remediation: shape.remediation,
            scope: shape.scope,
            requires: shape.requires,
        },
    })
}

/// A condition with its text, where it is given; `None` where it is given and has mistakes.
#[allow(clippy::option_option, reason = "given or not, and whole or not")]
fn whole(built: Option<Option<Condition>>, json: Option<Json>) -> Option<Option<(Condition, Json)>> {
    match (built, json) {
        (Some(built), Some(json)) => Some(Some((built?, json))),
        (Some(_) | None, Some(_) | None) => Some(None),
    }
}

fn apply(tune: TuneShape, draft: &mut Draft) {
    let TuneShape {
        enabled,
        severity,
        requires,
        title,
        rationale,
        remediation,
    } = tune;
    let info = &mut draft.info;
    draft.is_enabled = enabled.unwrap_or(draft.is_enabled);
    info.severity = severity.unwrap_or(info.severity);
    info.requires = requires.unwrap_or(info.requires);
    for (new, old) in [
        (title, &mut info.title),
        (rationale, &mut info.rationale),
        (remediation, &mut info.remediation),
    ] {
        if let Some(new) = new {
            *old = new;
        }
    }
}

fn finish(draft: Draft) -> Control {
    let scope = match draft.info.scope {
        Scope::Repository => "repository",
        Scope::Component => "component",
    };
    let (applies_when, applies_json) = draft.applies_when.unzip();
    let (asked_when, asked_json) = draft.asked_when.unzip();
    let (check, check_json) = draft.check;
    Control {
        definition: definition(
            draft.info.requires.as_str(),
            Json::from(scope),
            applies_json,
            asked_json,
            check_json,
        ),
        info: draft.info,
        applies_when,
        asked_when,
        check,
        origin: draft.origin,
    }
}
