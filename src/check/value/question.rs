//! What is asked of a value.

use crate::artifact::{Node, Value};
use crate::check::Problem;
use crate::check::commanded::Commanded;
use crate::check::late::Late;
use crate::text::Document;

use super::{Parameters, Scalar};

/// What is asked.
#[derive(Debug)]
pub(super) enum Question {
    /// That there is a value.
    Exists,
    /// That there is none.
    IsAbsent,
    /// That it is this.
    Equals(Scalar),
    /// That this matches somewhere in it.
    Matches(Late),
    /// That this matches in a command of it that is run.
    Commands(Late),
    /// That it is a number no less and no greater.
    Within(Option<f64>, Option<f64>),
    /// That none of the values found looks like a secret.
    HoldsNoSecret,
}

/// The answer for one value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is as asked.
    Yes,
    /// It is not.
    No,
    /// It is written in a way that tells nothing: what that is, to follow the key's name.
    CannotTell(String),
}

impl Question {
    /// The one question that the parameters ask.
    pub(super) fn new(parameters: &Parameters) -> Result<Self, Vec<Problem>> {
        let is_range = parameters.min.is_some() || parameters.max.is_some();
        let asked: Vec<&str> = [
            ("exists", parameters.exists.is_some()),
            ("equals", parameters.equals.is_some()),
            ("matches", parameters.matches.is_some()),
            ("min", is_range),
            ("secret", parameters.secret.is_some()),
        ]
        .into_iter()
        .filter_map(|(key, is_asked)| is_asked.then_some(key))
        .collect();
        if let [_, second, ..] = asked.as_slice() {
            let message =
                "one condition asks one question: `exists`, `equals`, `matches`, `secret`, or `min` and `max`";
            return Err(vec![Problem::at(&[second], message)]);
        }
        if let (Some(least), Some(most)) = (parameters.min, parameters.max)
            && least > most
        {
            return Err(vec![Problem::at(&["min"], "`min` is greater than `max`")]);
        }
        match parameters.secret {
            Some(true) => return Err(vec![Problem::at(&["secret"], "`secret` can only be `false`")]),
            Some(false) => return Ok(Self::HoldsNoSecret),
            None => {}
        }
        Ok(match (&parameters.equals, &parameters.matches, parameters.exists) {
            (Some(scalar), _, _) => Self::Equals(scalar.clone()),
            (_, Some(source), _) if parameters.commands => Self::Commands(compile(source)?),
            (_, Some(source), _) => Self::Matches(compile(source)?),
            _ if parameters.commands => return Err(vec![Problem::at(&["commands"], "it is asked with `matches`")]),
            _ if is_range => Self::Within(parameters.min, parameters.max),
            (_, _, Some(false)) => Self::IsAbsent,
            (_, _, Some(true) | None) => Self::Exists,
        })
    }

    /// Asks it of a value. In environment files everything is text, and is compared as such.
    pub(super) fn ask(&self, node: &Node, document: &Document, is_all_text: bool) -> Answer {
        let of = |truth| if truth { Answer::Yes } else { Answer::No };
        match self {
            Self::Exists => Answer::Yes,
            // Secrets are looked for in a file as a whole.
            Self::IsAbsent | Self::HoldsNoSecret => Answer::No,
            Self::Equals(_) | Self::Matches(_) | Self::Commands(_) | Self::Within(..)
                if node.as_str().is_some_and(is_expression) =>
            {
                Answer::CannotTell("is an expression, whose value is known only where it runs".to_owned())
            }
            Self::Equals(scalar) => of(equals(scalar, node, is_all_text)),
            Self::Matches(pattern) => match text(node, document) {
                Some(text) => of(pattern.is_match(&text)),
                None => Answer::No,
            },
            Self::Commands(pattern) => match text(node, document) {
                Some(text) => of(pattern.is_match(&text) && Commanded::of(&text).has(|text| pattern.starts(text))),
                None => Answer::No,
            },
            Self::Within(least, most) => {
                let number = match &node.value {
                    Value::Number(number) => Some(*number),
                    Value::String(text) if is_all_text => text.trim().parse().ok(),
                    Value::Null | Value::Bool(_) | Value::String(_) | Value::List(_) | Value::Map(_) => None,
                };
                of(number.is_some_and(|number| {
                    least.is_none_or(|least| number >= least) && most.is_none_or(|most| number <= most)
                }))
            }
        }
    }

    /// What is asked, to follow "is X, and": "must be `true`".
    pub(super) fn in_words(&self) -> String {
        match self {
            Self::Exists => "must be there".to_owned(),
            Self::IsAbsent => "must not be there".to_owned(),
            Self::HoldsNoSecret => "must be no secret".to_owned(),
            Self::Equals(scalar) => format!("must be `{}`", scalar.in_words()),
            Self::Matches(pattern) => format!("must match `{}`", pattern.as_str()),
            Self::Commands(pattern) => format!("must run what matches `{}`, and fail with it", pattern.as_str()),
            Self::Within(Some(least), Some(most)) => format!("must be from {least} to {most}"),
            Self::Within(Some(least), None) => format!("must be at least {least}"),
            Self::Within(None, Some(most)) => format!("must be at most {most}"),
            Self::Within(None, None) => "must be a number".to_owned(),
        }
    }

    /// That it holds, to follow the key's name: "is `true`".
    pub(super) fn holds(&self) -> String {
        match self {
            Self::Exists => "is there".to_owned(),
            Self::IsAbsent => "is not there".to_owned(),
            Self::HoldsNoSecret => "is no secret".to_owned(),
            Self::Equals(scalar) => format!("is `{}`", scalar.in_words()),
            Self::Matches(pattern) | Self::Commands(pattern) => format!("matches `{}`", pattern.as_str()),
            Self::Within(..) => self.in_words().replacen("must be", "is", 1),
        }
    }
}

impl Scalar {
    fn in_words(&self) -> String {
        match self {
            Self::Bool(truth) => truth.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

fn compile(source: &str) -> Result<Late, Vec<Problem>> {
    Late::new(source).map_err(|error| {
        let words = error.to_string();
        let last = words.lines().last().unwrap_or(&words).trim_start_matches("error: ");
        vec![Problem::at(&["matches"], format!("this is no pattern: {last}"))]
    })
}

/// An expression of GitHub's, of a template's or of a shell's: its value is not in the file.
fn is_expression(text: &str) -> bool {
    let text = text.trim();
    text.starts_with("${") && text.ends_with('}') || text.contains("${{") || text.starts_with("{{")
}

fn equals(scalar: &Scalar, node: &Node, is_all_text: bool) -> bool {
    match (scalar, &node.value) {
        (Scalar::Bool(left), Value::Bool(right)) => left == right,
        (Scalar::Number(left), Value::Number(right)) => left == right,
        (Scalar::Text(left), Value::String(right)) => left == right,
        (Scalar::Bool(_) | Scalar::Number(_), Value::String(right)) => is_all_text && scalar.in_words() == *right,
        (
            Scalar::Bool(_) | Scalar::Number(_) | Scalar::Text(_),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Map(_),
        ) => false,
    }
}

/// A value as text: what it says, or, of a number or truth value, as it is written.
fn text(node: &Node, document: &Document) -> Option<String> {
    match &node.value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(document.words(&node.span)),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}
