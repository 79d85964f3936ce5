//! What a policy looks like in TOML. Its JSON Schema and its help texts are made from these.
//!
//! A doc comment here is what an editor shows and what a message offers as help, so each is one sentence
//! that a person who writes a policy understands.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::model::{Date, FailOn, Scope, Severity, Strength, UnknownRule, WeakeningRule};

/// What ready means for one repository: the file `.github/readiness.toml`.
#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[allow(
    dead_code,
    reason = "the whole is never read at once: each table is, where it has no mistake"
)]
#[schemars(rename = "Policy")]
pub(super) struct PolicyShape {
    /// The version of this format, which is 1.
    #[schemars(extend("const" = 1))]
    version: u32,
    /// The packs to build upon: `builtin:NAME`, a path in this repository, or `github:OWNER/REPO/PATH@FULL-SHA`.
    #[serde(default)]
    extends: Vec<ExtendShape>,
    /// What blocks a merge.
    gate: Option<GateShape>,
    /// What is looked at.
    scope: Option<ScopeShape>,
    /// Corrections of the components that are found.
    #[serde(default)]
    component: Vec<ComponentShape>,
    /// The team's own documents.
    checklist: Option<ChecklistShape>,
    /// Changes to controls of packs, by their ids.
    #[serde(default)]
    #[schemars(schema_with = "tunes")]
    controls: Option<BTreeMap<String, TuneShape>>,
    /// Controls of your own.
    #[serde(default)]
    control: Vec<ControlShape>,
    /// Accepted gaps.
    #[serde(default)]
    waiver: Vec<WaiverShape>,
    /// People's words for what no machine can see here.
    #[serde(default)]
    attestation: Vec<AttestationShape>,
}

/// A pack to build upon.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Extended")]
#[allow(dead_code, reason = "the walk over packs reads it from the tree")]
pub(super) enum ExtendShape {
    /// The whole of it, by its name.
    Whole(String),
    /// Some of its controls.
    Part(ExtendPart),
}

/// Some controls of a pack.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "ExtendedPart")]
#[allow(dead_code, reason = "the walk over packs reads it from the tree")]
pub(super) struct ExtendPart {
    /// The pack's name.
    #[schemars(length(min = 1))]
    pub(super) pack: String,
    /// The ids of those of its controls that count; the others are not taken in.
    #[schemars(length(min = 1))]
    pub(super) only: Vec<String>,
}

/// The `[gate]` table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "GateTable")]
pub(super) struct GateShape {
    /// The level at which the gate says no-go.
    pub(super) fail_on: Option<FailOn>,
    /// What an unknown outcome does: one word for all, or a table by severity.
    pub(super) unknown: Option<UnknownShape>,
    /// What a weakening of this policy needs: an owner's approval, or nothing but a report.
    pub(super) weakening: Option<WeakeningRule>,
    /// The longest time, in days from today, for which a gap can be waived: 1 to 3650.
    #[schemars(range(min = 1, max = 3650))]
    pub(super) max_waiver_days: Option<u32>,
}

/// What an unknown outcome does.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "UnknownRules")]
pub(super) enum UnknownShape {
    /// One word for all severities.
    All(UnknownRule),
    /// A word by severity.
    BySeverity(UnknownTable),
}

/// What an unknown outcome does, by severity.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct UnknownTable {
    /// For critical controls.
    pub(super) critical: Option<UnknownRule>,
    /// For controls of high severity.
    pub(super) high: Option<UnknownRule>,
    /// For controls of medium severity.
    pub(super) medium: Option<UnknownRule>,
    /// For controls of low severity.
    pub(super) low: Option<UnknownRule>,
}

/// The `[scope]` table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "ScopeTable")]
pub(super) struct ScopeShape {
    /// Patterns of paths that are not looked at.
    #[serde(default)]
    pub(super) exclude: Vec<String>,
}

/// A `[[component]]` table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "ComponentTable")]
pub(super) struct ComponentShape {
    /// The component's folder; `.` for the root.
    #[schemars(length(min = 1))]
    pub(super) path: String,
    /// The files with which production starts, from the repository's root.
    #[serde(default)]
    pub(super) entry: Vec<String>,
}

/// The `[checklist]` table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "ChecklistTable")]
pub(super) struct ChecklistShape {
    /// The Markdown documents, from the repository's root.
    #[serde(default)]
    pub(super) files: Vec<String>,
    /// Corrections of the computed bindings.
    #[serde(default)]
    pub(super) bind: Vec<BindShape>,
}

/// A `[[checklist.bind]]` table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "BindTable")]
pub(super) struct BindShape {
    /// The item's words, as the document has them.
    #[schemars(length(min = 1))]
    pub(super) item: String,
    /// The ids of the controls that it means; `[]` for none.
    pub(super) controls: Vec<String>,
}

/// A `[controls."ID"]` table.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "TuneTable")]
pub(super) struct TuneShape {
    /// Whether it is judged at all.
    pub(super) enabled: Option<bool>,
    /// How grave a gap is.
    pub(super) severity: Option<Severity>,
    /// The strength that its evidence must reach.
    pub(super) requires: Option<Strength>,
    /// A short sentence that is true when the control is met.
    #[schemars(length(min = 1))]
    pub(super) title: Option<String>,
    /// What happens without it, one sentence.
    #[schemars(length(min = 1))]
    pub(super) rationale: Option<String>,
    /// What to do, one sentence or two.
    #[schemars(length(min = 1))]
    pub(super) remediation: Option<String>,
}

/// A `[[control]]` table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "ControlTable")]
pub(super) struct ControlShape {
    /// The stable id: two or more parts of lower-case letters, digits and hyphens, joined by dots, such as `shop.cart-persisted`.
    #[schemars(regex(pattern = r"^[a-z0-9-]+(\.[a-z0-9-]+)+$"))]
    pub(super) id: String,
    /// A short sentence that is true when the control is met.
    #[schemars(length(min = 1))]
    pub(super) title: String,
    /// How grave a gap is.
    pub(super) severity: Severity,
    /// The group it is shown in: one word of lower-case letters, digits and hyphens; without it the id's first part.
    #[schemars(regex(pattern = r"^[a-z0-9-]+$"))]
    pub(super) category: Option<String>,
    /// What happens without it, one sentence.
    #[schemars(length(min = 1))]
    pub(super) rationale: String,
    /// What to do, one sentence or two.
    #[schemars(length(min = 1))]
    pub(super) remediation: String,
    /// Whether it is judged once for the repository or for each component.
    #[serde(default)]
    pub(super) scope: Scope,
    /// The strength that its evidence must reach.
    #[serde(default)]
    pub(super) requires: Strength,
    /// The condition under which the control is about something here at all.
    #[serde(default)]
    #[schemars(schema_with = "condition")]
    pub(super) applies_when: Option<Json>,
    /// Where `applies-when` does not hold: the condition under which a line of a checklist that asks for this is judged by
    /// the check nevertheless. Of the control by itself nothing is said there.
    #[serde(default)]
    #[schemars(schema_with = "condition")]
    pub(super) asked_when: Option<Json>,
    /// The test: one or several conditions that must all hold.
    #[schemars(schema_with = "condition")]
    pub(super) check: Json,
}

/// A `[[waiver]]` table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "WaiverTable")]
pub(super) struct WaiverShape {
    /// The id of the control whose gap is accepted.
    #[schemars(length(min = 1))]
    pub(super) control: String,
    /// A pattern of the paths that it is limited to.
    pub(super) path: Option<String>,
    /// Why the gap is accepted.
    #[schemars(length(min = 1))]
    pub(super) reason: String,
    /// Who accepts it.
    #[schemars(length(min = 1))]
    pub(super) owner: String,
    /// The last day on which it counts, such as 2027-01-31.
    #[schemars(with = "Day")]
    pub(super) expires: Date,
}

/// An `[[attestation]]` table, as `readygate attest` writes it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "AttestationTable")]
pub(super) struct AttestationShape {
    /// The id of the control that is vouched for.
    #[schemars(length(min = 1))]
    pub(super) control: String,
    /// Who vouches.
    #[schemars(length(min = 1))]
    pub(super) by: String,
    /// The day on which it was seen, such as 2026-11-01.
    #[schemars(with = "Day")]
    pub(super) on: Date,
    /// The last day on which it counts, such as 2027-02-01.
    #[schemars(with = "Day")]
    pub(super) expires: Date,
    /// Where the evidence is.
    #[schemars(length(min = 1))]
    pub(super) evidence: String,
    /// Patterns of the paths that it covers; none for something outside the repository.
    #[serde(default)]
    pub(super) paths: Vec<String>,
    /// The digest of those paths when it was signed: `sha256:` and 64 hexadecimal digits.
    #[schemars(regex(pattern = r"^sha256:[0-9a-f]{64}$"))]
    pub(super) digest: Option<String>,
}

/// A day as the schema knows it; TOML's own dates are taken as their text.
struct Day;

impl JsonSchema for Day {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date" })
    }
}

fn condition(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "$ref": "#/$defs/Condition" })
}

fn tunes(generator: &mut SchemaGenerator) -> Schema {
    let tune = generator.subschema_for::<TuneShape>();
    json_schema!({
        "type": "object",
        "propertyNames": {
            "pattern": r"^[a-z0-9-]+(\.[a-z0-9-]+)+$",
            "description": "an id has dots, so it stands in quotes: `[controls.\"security.rate-limit\"]`",
        },
        "additionalProperties": tune,
    })
}
