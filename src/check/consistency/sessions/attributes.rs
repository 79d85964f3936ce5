//! What the options of a cookie say.

use crate::check::code::{Seen, Truth, options, within};
use crate::program::module::{Expr, Logical};
use crate::program::{At, Literal, Program, Value};

/// What holds where an option is not given.
#[derive(Debug, Clone)]
pub(super) struct Defaults {
    pub(super) hidden: Truth,
    pub(super) secure: Truth,
    pub(super) same_site: Truth,
}

impl Defaults {
    /// Nothing is set by itself.
    pub(super) fn none() -> Self {
        Self {
            hidden: Truth::No("nothing gives it `httpOnly`".to_owned()),
            secure: Truth::No("nothing gives it `secure`".to_owned()),
            same_site: Truth::Unknown("what it has as `sameSite` is left to browsers".to_owned()),
        }
    }

    /// What is set by itself is not known here.
    pub(super) fn unknown() -> Self {
        let unknown = |key: &str| Truth::Unknown(format!("`{key}` is left to the framework"));
        Self {
            hidden: unknown("httpOnly"),
            secure: unknown("secure"),
            same_site: unknown("sameSite"),
        }
    }

    /// `express-session`: only `httpOnly` is set by itself.
    pub(super) fn of_express_session() -> Self {
        Self {
            hidden: Truth::Yes,
            ..Self::none()
        }
    }

    /// Libraries that set all of them by themselves.
    pub(super) fn all() -> Self {
        Self {
            hidden: Truth::Yes,
            secure: Truth::Yes,
            same_site: Truth::Yes,
        }
    }
}

/// Where a cookie's options stand: an expression, and the keys that lead to them.
#[derive(Debug, Clone)]
pub(super) struct Options<'a> {
    pub(super) at: Option<At>,
    pub(super) keys: &'a [&'a str],
}

impl Options<'_> {
    pub(super) fn seen(&self, program: &Program, key: &str) -> Seen {
        match self.at {
            Some(at) => within(program, at, &self.way(key)),
            None => Seen::Nothing,
        }
    }

    fn way(&self, key: &str) -> Vec<String> {
        let keys = self.keys.iter().copied().chain([key]);
        keys.map(str::to_owned).collect()
    }

    /// Whether an option is a condition that surely holds in production.
    fn is_sure(&self, program: &Program, key: &str) -> bool {
        let places = self.at.and_then(|at| options(program, at, &self.way(key)));
        let places = places.unwrap_or_default();
        !places.is_empty() && places.iter().all(|at| in_production(program, *at) == Some(true))
    }

    /// `HttpOnly`, `Secure` and `SameSite`.
    pub(super) fn attributes(&self, program: &Program, defaults: &Defaults) -> [Truth; 3] {
        let held = |key: &str, default: &Truth, one: &dyn Fn(&Value) -> Truth| match self.seen(program, key) {
            _ if self.is_sure(program, key) => Truth::Yes,
            Seen::Unknown(why) => Truth::Unknown(why),
            Seen::Nothing => default.clone(),
            Seen::These(values) => {
                let each = values.iter().map(|value| match value {
                    Value::Literal(Literal::Undefined | Literal::Null) => default.clone(),
                    value => one(value),
                });
                each.reduce(Truth::one_of_several).unwrap_or_else(|| default.clone())
            }
        };
        [
            held("httpOnly", &defaults.hidden, &|value| is_on(program, value, "httpOnly")),
            held("secure", &defaults.secure, &|value| is_on(program, value, "secure")),
            held("sameSite", &defaults.same_site, &same_site),
        ]
    }
}

fn is_on(program: &Program, value: &Value, key: &str) -> Truth {
    let on = match value {
        Value::Literal(Literal::Bool(is_on)) => Some(*is_on),
        // Of `express-session`: where the request came by HTTPS.
        Value::Literal(Literal::Text(text)) if text.as_ref() == "auto" => Some(true),
        Value::Unknown(at) => in_production(program, *at),
        _ => None,
    };
    match on {
        Some(true) => Truth::Yes,
        Some(false) => Truth::No(format!("`{key}` is false")),
        None => Truth::Unknown(format!("`{key}` could not be followed to a value")),
    }
}

/// What a condition is in production, which is served by HTTPS.
fn in_production(program: &Program, at: At) -> Option<bool> {
    let module = program.module(at.module);
    let of = |expr| in_production(program, At { expr, ..at });
    module.in_production(at.expr).or_else(|| match module.expr(at.expr) {
        Expr::Logical(Logical::And, left, right) => match (of(*left), of(*right)) {
            (Some(left), Some(right)) => Some(left && right),
            _ => None,
        },
        Expr::Logical(Logical::Or, left, right) => {
            (of(*left) == Some(true) || of(*right) == Some(true)).then_some(true)
        }
        // What stands behind a condition that is known stands there alone.
        Expr::Sequence(parts) => of(*parts.last()?),
        // `APP_URL.startsWith("https")`
        Expr::Call(callee, arguments) => {
            let is_asked = matches!(module.expr(*callee), Expr::Member(_, name) if name.as_ref() == "startsWith");
            let first = arguments.first().map(|first| module.expr(*first));
            let is_https = matches!(first, Some(Expr::Text(text)) if text.starts_with("https"));
            (is_asked && is_https).then_some(true)
        }
        _ => None,
    })
}

fn same_site(value: &Value) -> Truth {
    match value {
        Value::Literal(Literal::Bool(true)) => Truth::Yes,
        Value::Literal(Literal::Text(text)) => match text.to_ascii_lowercase().as_str() {
            "lax" | "strict" => Truth::Yes,
            _ => Truth::Unknown("`sameSite` lets other sites send it".to_owned()),
        },
        _ => Truth::Unknown("`sameSite` could not be followed to a value".to_owned()),
    }
}
