//! `env`: the variables that code reads, held against what declares them, in both directions.

mod declared;
mod documents;
mod early;
mod getters;
mod hanging;
mod judged;
mod lenient;
mod list;
mod names;
mod prisma;
mod reads;
mod schema;
mod shipped;
mod sides;
mod started;
#[cfg(test)]
mod tests;
mod used;
mod validated;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::artifact::component_needs;
use crate::model::{Examined, Needs};
use crate::program::Program;

use super::files::{Case, Globs, readable};
use super::parameters::{OneOrMany, read};
use super::{Check, Kind, Problem, View};

/// The kind.
pub const KIND: Kind = Kind {
    name: "env",
    summary: "Whether the variables that code reads are declared, used, validated, and fit to be seen by browsers.",
    schema: |generator| generator.subschema_for::<Parameters>(),
    build,
};

/// The variables that code reads, held against what declares them. Exactly one of `declares`, `used`, `validated` and
/// `public-secret` is asked. Only code that production reaches counts as reading; a variable with a default, one that
/// only switches something on, and those that platforms set (`NODE_ENV`, `PORT`, `CI`, …) are not required.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "EnvParameters")]
struct Parameters {
    /// The files of `in` must declare these variables: `"code"` for all that code requires, or a list of names.
    declares: Option<Declares>,
    /// Patterns of the files that declare, from the component's folder, or from the root: environment files, compose
    /// files, Dockerfiles, workflows, manifests of platforms. Each must declare all of them together with the others.
    /// Without it: the example files (`.env.example` and its kin) of the component, or else of the root.
    r#in: Option<OneOrMany>,
    /// `true`, with `declares = "code"` and without `in`: what lies beside the component and at the root counts together,
    /// and so do the environment files that git tracks, compose files, manifests of platforms and documents that name
    /// the variables. What production can do without, and nothing names, leaves it unknown. Of a language whose reading is not followed it is enough that such a file names some.
    documents: Option<bool>,
    /// `true`: each variable that the files of `in` declare is read somewhere: by code, by a script, by configuration.
    used: Option<bool>,
    /// `true`: what code requires is checked when it starts, by a schema or a list of names, before it serves.
    validated: Option<bool>,
    /// `false`: no variable that build tools hand to browsers (`VITE_`, `NEXT_PUBLIC_`, …) may be named as a secret.
    public_secret: Option<bool>,
    /// Names that are not asked about; `*` stands for any characters.
    except: Option<OneOrMany>,
}

/// Which variables must be declared.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "EnvDeclares")]
enum Declares {
    /// Those that code requires: `"code"`.
    Code(Code),
    /// These.
    Names(Vec<String>),
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "EnvCode")]
enum Code {
    /// What code requires.
    Code,
}

/// What is asked.
#[derive(Debug)]
enum Question {
    DeclaresCode,
    DeclaresNames(Vec<String>),
    Used,
    Validated,
    NoPublicSecret,
}

#[derive(Debug)]
struct EnvCheck {
    question: Question,
    /// The files that declare.
    files: Globs,
    /// Whether `files` are those of the policy, and not the example files.
    is_named: Named,
    /// The files in which it is enough to be named, where these count as well.
    documents: Option<Globs>,
    except: Vec<String>,
}

/// Who named the files that declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    ByPolicy,
    ByCustom,
}

/// The files by which teams tell each other which variables there are.
const EXAMPLES: [&str; 5] = [
    ".env.{example,sample,template,dist,defaults}",
    ".env.*.{example,sample,template,dist}",
    ".env.{example,sample,template}.*",
    "{env,example,sample}.{example,sample,template,env}",
    ".env-{example,sample,template}",
];

fn build(value: &Value) -> Result<Box<dyn Check>, Vec<Problem>> {
    let parameters: Parameters = read(value)?;
    let mut problems = Vec::new();
    let is_named = if parameters.r#in.is_some() {
        Named::ByPolicy
    } else {
        Named::ByCustom
    };
    let examples = || OneOrMany::Many(EXAMPLES.map(str::to_owned).to_vec());
    let files = Globs::new(&parameters.r#in.unwrap_or_else(examples), "in", Case::Counts)
        .map_err(|found| problems.extend(found))
        .ok();
    let is_of_code = matches!(parameters.declares, Some(Declares::Code(_)));
    let documents = match parameters.documents {
        Some(true) if is_of_code && is_named == Named::ByCustom => documents::files().ok(),
        Some(true) => {
            let message = "`documents` goes with `declares = \"code\"`, and without `in`";
            problems.push(Problem::at(&["documents"], message));
            None
        }
        Some(false) | None => None,
    };
    let mut questions = Vec::new();
    match parameters.declares {
        Some(Declares::Code(Code::Code)) => questions.push(Question::DeclaresCode),
        Some(Declares::Names(names)) if names.is_empty() => {
            problems.push(Problem::at(&["declares"], "this list is empty"));
        }
        Some(Declares::Names(names)) => questions.push(Question::DeclaresNames(names)),
        None => {}
    }
    let flags = [
        (parameters.used, true, "used", Question::Used),
        (parameters.validated, true, "validated", Question::Validated),
        (
            parameters.public_secret,
            false,
            "public-secret",
            Question::NoPublicSecret,
        ),
    ];
    questions.extend(flags.into_iter().filter_map(|flag| flagged(flag, &mut problems)));
    if problems.is_empty() && questions.len() != 1 {
        let message = "one condition asks one question: `declares`, `used`, `validated` or `public-secret`";
        problems.push(Problem::at(&[], message));
    }
    let except = parameters
        .except
        .map_or_else(Vec::new, |names| names.as_slice().to_vec());
    match (files, questions.pop()) {
        (Some(files), Some(question)) if problems.is_empty() => Ok(Box::new(EnvCheck {
            question,
            files,
            is_named,
            documents,
            except,
        })),
        _ => Err(problems),
    }
}

/// The question that a switch asks, which can only be set in one way.
fn flagged(
    (given, only, key, question): (Option<bool>, bool, &str, Question),
    problems: &mut Vec<Problem>,
) -> Option<Question> {
    let is_asked = given? == only;
    if !is_asked {
        problems.push(Problem::at(&[key], format!("`{key}` can only be `{only}`")));
    }
    is_asked.then_some(question)
}

impl Check for EnvCheck {
    fn needs(&self, view: &View<'_>) -> Needs {
        let mut needs = Needs::files(readable(&self.declaring(view)));
        needs.unite(Needs::files(readable(&self.documenting(view))));
        if matches!(self.question, Question::Used) {
            needs.unite(Needs::files(readable(&used::needed(self, view))));
            needs.files.extend(component_needs(view.tree()).files);
        }
        if matches!(self.question, Question::DeclaresCode) {
            needs.files.extend(prisma::schemas(view));
        }
        if matches!(self.question, Question::NoPublicSecret) {
            let read = judged::bundlers(view).chain(shipped::pages(view));
            needs.files.extend(read.map(|(path, _)| path.clone()));
        }
        if !matches!(self.question, Question::DeclaresNames(_)) {
            needs.unite(Program::needs(view.snapshot));
        }
        needs
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        judged::examine(self, view)
    }
}
