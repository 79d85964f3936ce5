//! What the arguments of a call must be like.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::check::Problem;
use crate::check::late::Late;
use crate::program::module::Expr;
use crate::program::{At, Literal, Program, Value, handed_to_called};

use super::filled::{Put, puts};
use super::named::Named;
use super::origin;
use super::parameters::is_scalar;
use super::seen::{Seen, within};
use super::spliced::spliced;
use super::truth::Truth;
use super::unset::closed_unset;
use super::without::{Without, without};
use super::written::{Written, written};

/// What one argument of a call must be like.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "CodeArgument")]
pub(in crate::check) struct ArgumentParameters {
    /// Which argument, counted from 0.
    #[serde(default)]
    argument: u32,
    /// The option within it: keys joined by `.`.
    at: Option<String>,
    /// Whether it is given at all.
    exists: Option<bool>,
    /// It is one of these.
    is: Option<Vec<Json>>,
    /// It is none of these; a list that holds one of them is not, either. What the environment sets is none of them.
    is_not: Option<Vec<Json>>,
    /// It is a text that matches this regular expression.
    matches: Option<String>,
    /// What it is called, or what is taken for it, matches this regular expression: `request.body.password`. Where no name
    /// says so, that is not known.
    named: Option<String>,
    /// With `named`: what something else is called.
    unlike: Option<String>,
    /// Whether it stands in the code as a whole: a text, or one made of such texts. What a function is given is none, and
    /// a text that holds it is none, either.
    constant: Option<bool>,
    /// `true`: a text is put together in the code, and what a function is given stands in it as it is, as a handler's request
    /// in `` `… = ${request.query.id}` ``. What could not be followed, counts or is escaped is none.
    spliced: Option<bool>,
    /// Neither it nor, where it is a function, what that reaches names or says what matches this regular expression. What is
    /// called has `()` behind its name.
    without: Option<String>,
    /// With `without`: what makes it fine where that names it as well.
    beside: Option<String>,
    /// It is an `origin` as CORS middleware takes it, and this holds of the sites that it lets in.
    origins: Option<Origins>,
}

/// Which sites an `origin` lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "CodeOrigins")]
pub(in crate::check) enum Origins {
    /// Only those that somebody chose: an address, a list of addresses, what the environment sets, a pattern that a
    /// stranger's address can't match, or a function that compares and refuses.
    Chosen,
    /// Not every one where a variable is not set: `process.env.ORIGIN || "*"` is what this is not.
    ClosedUnset,
}

/// A condition on an argument that was understood.
#[derive(Debug)]
pub(in crate::check) struct Argument {
    index: usize,
    at: Vec<String>,
    test: Vec<Test>,
}

#[derive(Debug)]
enum Test {
    Exists(Presence),
    Is(Vec<Json>),
    IsNot(Vec<Json>),
    Matches(Late),
    Written(Wanted),
    Spliced(bool),
    Origins,
    ClosedUnset,
    Named(Named),
    Without(Without),
}

/// Which text is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Constant,
    PutTogether,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    Given,
    Absent,
}

impl ArgumentParameters {
    /// Compiles it.
    pub(in crate::check) fn compile(self) -> Result<Argument, Problem> {
        let mut test = Vec::new();
        if let Some(exists) = self.exists {
            test.push(Test::Exists(if exists { Presence::Given } else { Presence::Absent }));
        }
        for (values, key) in [(&self.is, "is"), (&self.is_not, "is-not")] {
            if values.as_ref().is_some_and(|values| !values.iter().all(is_scalar)) {
                return Err(Problem::at(
                    &["with", key],
                    "only texts, numbers and truth values can be compared",
                ));
            }
        }
        test.extend(self.is.map(Test::Is));
        test.extend(self.is_not.map(Test::IsNot));
        if let Some(pattern) = self.matches {
            test.push(Test::Matches(compiled(&pattern, "matches")?));
        }
        let without = narrowed(
            ("without", self.without),
            ("beside", self.beside),
            "say with `without` what must not be named",
        )?;
        test.extend(without.map(|(pattern, beside)| Test::Without(Without { pattern, beside })));
        let named = narrowed(
            ("named", self.named),
            ("unlike", self.unlike),
            "say with `named` what is meant",
        )?;
        test.extend(named.map(|(like, unlike)| Test::Named(Named { like, unlike })));
        if self.constant.is_some() && self.at.is_some() {
            return Err(Problem::at(
                &["with", "constant"],
                "`constant` is asked of an argument, and not of an option in it",
            ));
        }
        test.extend(self.constant.map(|is_constant| {
            Test::Written(if is_constant {
                Wanted::Constant
            } else {
                Wanted::PutTogether
            })
        }));
        test.extend(self.spliced.map(Test::Spliced));
        test.extend(self.origins.map(|origins| match origins {
            Origins::Chosen => Test::Origins,
            Origins::ClosedUnset => Test::ClosedUnset,
        }));
        if test.is_empty() {
            return Err(Problem::at(
                &["with"],
                "say what the argument must be: `exists`, `is`, `is-not`, `matches`, `named`, `constant`, `spliced` or `origins`",
            ));
        }
        Ok(Argument {
            index: usize::try_from(self.argument).unwrap_or(usize::MAX),
            at: self
                .at
                .map_or_else(Vec::new, |at| at.split('.').map(str::to_owned).collect()),
            test,
        })
    }
}

/// A pattern, and one that narrows it, which is nothing by itself.
fn narrowed(
    (key, pattern): (&str, Option<String>),
    (narrower, narrow): (&str, Option<String>),
    message: &str,
) -> Result<Option<(Late, Option<Late>)>, Problem> {
    match (pattern, narrow) {
        (Some(pattern), narrow) => {
            let pattern = compiled(&pattern, key)?;
            let narrow = narrow.map(|narrow| compiled(&narrow, narrower)).transpose()?;
            Ok(Some((pattern, narrow)))
        }
        (None, Some(_)) => Err(Problem::at(&["with", narrower], message)),
        (None, None) => Ok(None),
    }
}

fn compiled(pattern: &str, key: &str) -> Result<Late, Problem> {
    Late::new(pattern).map_err(|why| Problem::at(&["with", key], format!("this is no pattern: {why}")))
}

impl Argument {
    /// Whether a call has such an argument.
    pub(in crate::check) fn holds(&self, program: &Program, call: At) -> Truth {
        let seen = self.seen(program, call);
        let name = self.name();
        let truths = self.test.iter().map(|test| match test {
            Test::Written(wanted) => self.written(program, call, *wanted, &seen),
            Test::Spliced(wanted) => self.spliced(program, call, *wanted),
            Test::ClosedUnset => closed_unset(program, call, (self.index, &self.at), &name),
            Test::Named(named) => named.holds(program, call, self.index, &name),
            test => test.holds(program, &seen, &name),
        });
        truths.reduce(Truth::and).unwrap_or(Truth::Yes)
    }

    /// Whether an expression would do as what is asked for.
    pub(in crate::check) fn fits(&self, program: &Program, at: At) -> Truth {
        let seen = Seen::These(program.values(at));
        let name = self.name();
        let truths = self.test.iter().map(|test| test.holds(program, &seen, &name));
        truths.reduce(Truth::and).unwrap_or(Truth::Yes)
    }

    /// Whether it is asked what is spliced into it.
    pub(super) fn asks_for_splices(&self) -> bool {
        self.test.iter().any(|test| matches!(test, Test::Spliced(_)))
    }

    /// The option in the argument that is asked for.
    pub(in crate::check) fn option(&self) -> Option<&str> {
        self.at.last().map(String::as_str)
    }

    /// Whether it has to be given: what cannot be followed may lack it.
    pub(in crate::check) fn must_be_given(&self) -> bool {
        matches!(self.test.as_slice(), [Test::Exists(Presence::Given)])
    }

    fn name(&self) -> String {
        if self.at.is_empty() {
            format!("argument {}", self.index + 1)
        } else {
            format!("`{}`", self.at.join("."))
        }
    }

    /// Whether the argument stands in the code as a whole.
    fn written(&self, program: &Program, call: At, wanted: Wanted, seen: &Seen) -> Truth {
        let Some(arguments) = handed_to_called(program, call) else {
            return Truth::No("it is no call".to_owned());
        };
        let expr = match (seen, arguments.get(self.index)) {
            (Seen::Unknown(why), _) => return Truth::Unknown(why.clone()),
            (_, None) => return Truth::No(format!("{} is not given", self.name())),
            (_, Some(expr)) => *expr,
        };
        let at = At { expr, ..call };
        match (written(program, at), wanted) {
            (Written::Unknown(why), _) => Truth::Unknown(why),
            (Written::Constant, Wanted::Constant) | (Written::Given(_), Wanted::PutTogether) => Truth::Yes,
            (Written::Constant, Wanted::PutTogether) => Truth::No(format!("{} stands in the code", self.name())),
            (Written::Given(why), Wanted::Constant) => Truth::No(why),
        }
    }

    /// Whether what a function is given is spliced into the argument.
    fn spliced(&self, program: &Program, call: At, wanted: bool) -> Truth {
        let Some(arguments) = handed_to_called(program, call) else {
            return Truth::No("it is no call".to_owned());
        };
        let given = arguments.get(self.index);
        let hole = given.and_then(|expr| spliced(program, At { expr: *expr, ..call }));
        match (hole, wanted) {
            (Some(_), true) | (None, false) => Truth::Yes,
            (Some(hole), false) => Truth::No(format!("`{hole}` is spliced into it")),
            (None, true) => Truth::No(format!("nothing is seen to be spliced into {}", self.name())),
        }
    }

    fn seen(&self, program: &Program, call: At) -> Seen {
        let module = program.module(call.module);
        let Some(arguments) = handed_to_called(program, call) else {
            return Seen::Nothing;
        };
        let before = arguments.iter().take(self.index.saturating_add(1));
        for argument in before.clone() {
            if let Expr::Spread(_) = module.expr(*argument) {
                return Seen::Unknown("its arguments are spread from a list".to_owned());
            }
        }
        let Some(expr) = arguments.get(self.index) else {
            return Seen::Nothing;
        };
        let argument = At {
            module: call.module,
            expr: *expr,
        };
        let puts = puts(program, call, argument, &self.at);
        let (sure, maybe): (Vec<&Put>, Vec<&Put>) = puts.iter().partition(|put| put.is_sure);
        let seen = match sure.last() {
            Some(last) => self.put(program, argument, last),
            None => within(program, argument, &self.at),
        };
        let more = maybe.into_iter().map(|put| self.put(program, argument, put));
        more.fold(seen, Seen::or)
    }

    /// What is seen where something was put into the argument's object.
    fn put(&self, program: &Program, argument: At, put: &Put) -> Seen {
        match put.value {
            Some(value) => within(program, value, self.at.get(put.keys..).unwrap_or_default()),
            None => Seen::These(vec![Value::Unknown(argument)]),
        }
    }
}

/// What is known of a value for a comparison.
enum Known {
    Scalar(Json),
    List(Vec<Json>),
    Environment,
    /// Something that is no scalar: an object, a class. A function may be asked for the value, and may give any.
    Compound,
    Not,
}

fn known(program: &Program, value: &Value, depth: u32) -> Known {
    match value {
        Value::Literal(literal) => Known::Scalar(json(literal)),
        // A list may hold itself; one within a list is not compared.
        Value::List(_) if depth > 0 => Known::Not,
        Value::List(at) => {
            let module = program.module(at.module);
            let Expr::List(items) = module.expr(at.expr) else {
                return Known::Not;
            };
            let mut all = Vec::new();
            for item in items {
                let item = At {
                    module: at.module,
                    expr: *item,
                };
                for value in program.values(item) {
                    match known(program, &value, depth + 1) {
                        Known::Scalar(value) => all.push(value),
                        Known::Environment => {}
                        Known::List(_) | Known::Compound | Known::Not => return Known::Not,
                    }
                }
            }
            Known::List(all)
        }
        Value::Environment(_) => Known::Environment,
        Value::Object(_) | Value::Class(..) | Value::Instance(..) | Value::Element(_) => Known::Compound,
        _ => Known::Not,
    }
}

fn json(literal: &Literal) -> Json {
    match literal {
        Literal::Text(text) => Json::String(text.to_string()),
        Literal::Number(number) => serde_json::Number::from_f64(*number).map_or(Json::Null, Json::Number),
        Literal::Bool(value) => Json::Bool(*value),
        Literal::Null | Literal::Undefined => Json::Null,
    }
}

fn same(left: &Json, right: &Json) -> bool {
    match (left.as_f64(), right.as_f64()) {
        (Some(left), Some(right)) => (left - right).abs() < f64::EPSILON,
        _ => left == right,
    }
}

impl Test {
    fn holds(&self, program: &Program, seen: &Seen, name: &str) -> Truth {
        let values = match seen {
            Seen::Unknown(why) => return Truth::Unknown(why.clone()),
            Seen::Nothing => &[][..],
            Seen::These(values) => values,
        };
        let truths = values.iter().map(|value| self.judge(program, value, name));
        if values.is_empty() {
            return match self {
                // Without an option nothing is said of who is let in: `exists` asks whether it is given.
                Self::Exists(Presence::Absent)
                | Self::IsNot(_)
                | Self::Origins
                | Self::ClosedUnset
                | Self::Without(_) => Truth::Yes,
                Self::Exists(Presence::Given)
                | Self::Is(_)
                | Self::Matches(_)
                | Self::Written(_)
                | Self::Spliced(_)
                | Self::Named(_) => Truth::No(format!("{name} is not given")),
            };
        }
        truths.reduce(Truth::one_of_several).unwrap_or(Truth::Yes)
    }

    fn judge(&self, program: &Program, value: &Value, name: &str) -> Truth {
        let is_nothing = matches!(value, Value::Literal(Literal::Null | Literal::Undefined));
        let unknown = || Truth::Unknown(format!("{name} could not be followed to a value"));
        if let Self::Origins = self {
            return origin::judge(program, value, name);
        }
        if let Self::Without(pattern) = self {
            return without(program, value, pattern, name);
        }
        match (self, known(program, value, 0)) {
            (Self::Exists(Presence::Given), _) if is_nothing => Truth::No(format!("{name} is nothing")),
            (Self::Exists(Presence::Given), _) => Truth::Yes,
            (Self::Exists(Presence::Absent), _) if is_nothing => Truth::Yes,
            (Self::Exists(Presence::Absent), _) => Truth::No(format!("{name} is given")),
            (Self::Is(wanted), Known::Scalar(value)) if wanted.iter().any(|one| same(one, &value)) => Truth::Yes,
            (Self::Is(_), Known::Scalar(_) | Known::List(_) | Known::Compound) => {
                Truth::No(format!("{name} is another value"))
            }
            (Self::IsNot(refused), Known::Scalar(value)) => refusal(refused, &[value], name),
            (Self::IsNot(refused), Known::List(values)) => refusal(refused, &values, name),
            (Self::IsNot(_), Known::Environment | Known::Compound) => Truth::Yes,
            (Self::Matches(pattern), Known::Scalar(Json::String(text))) if pattern.is_match(&text) => Truth::Yes,
            (Self::Matches(pattern), Known::Scalar(_)) => {
                Truth::No(format!("{name} does not match `{}`", pattern.as_str()))
            }
            (Self::Is(_) | Self::Matches(_), Known::Environment) => {
                Truth::Unknown(format!("{name} is set by the environment"))
            }
            (Self::Is(_) | Self::IsNot(_), Known::Not)
            | (Self::Matches(_), Known::Not | Known::List(_) | Known::Compound)
            | (
                Self::Written(_)
                | Self::Spliced(_)
                | Self::Origins
                | Self::ClosedUnset
                | Self::Named(_)
                | Self::Without(_),
                _,
            ) => unknown(),
        }
    }
}

fn refusal(refused: &[Json], values: &[Json], name: &str) -> Truth {
    match values.iter().find(|value| refused.iter().any(|one| same(one, value))) {
        None => Truth::Yes,
        Some(value) => Truth::No(format!("{name} is `{}`", value.to_string().trim_matches('"'))),
    }
}
