//! Where production sets cookies of sessions.

use std::sync::Arc;

use crate::check::code::{Seen, Truth};
use crate::program::module::{BindingKind, Expr, ExprId, Module};
use crate::program::{At, Literal, Program, Reach, Value, path_of};

use super::attributes::{Defaults, Options};

/// A cookie of a session, where it is set.
#[derive(Debug)]
pub(super) struct Cookie {
    pub(super) name: String,
    pub(super) at: At,
    pub(super) hidden: Truth,
    pub(super) secure: Truth,
    pub(super) same_site: Truth,
}

/// Texts as short as this one are no proof of who somebody is: `"1"`, `"true"`.
const SHORT: usize = 16;

/// The cookies of sessions that what production starts sets.
pub(super) fn cookies(program: &Program, reach: &Reach) -> Vec<Cookie> {
    let is_next = reach.loads_package(program, "next") || reach.loads_package(program, "next/server");
    let mut found = Vec::new();
    for function in reach.live() {
        let module = program.module(function.module);
        module.each_expr(function.function, &mut |expr| {
            let Expr::Call(callee, arguments) = module.expr(expr) else {
                return;
            };
            let call = Call {
                program,
                module,
                at: At {
                    module: function.module,
                    expr,
                },
                callee: *callee,
                arguments,
                is_next,
            };
            found.extend(call.cookie());
        });
    }
    found.sort_by_key(|cookie| (cookie.at.module, cookie.at.expr));
    found
}

struct Call<'a> {
    program: &'a Program,
    module: &'a Module,
    at: At,
    callee: ExprId,
    arguments: &'a [ExprId],
    is_next: bool,
}

impl Call<'_> {
    fn cookie(&self) -> Option<Cookie> {
        match self.module.expr(self.callee) {
            Expr::Member(_, method) if matches!(method.as_ref(), "cookie" | "setCookie") => {
                self.set(self.arguments, Defaults::none())
            }
            Expr::Member(jar, method) if method.as_ref() == "set" && self.is_jar(*jar) => {
                let defaults = if self.is_next {
                    Defaults::none()
                } else {
                    Defaults::unknown()
                };
                match self.arguments {
                    [whole] => self.set_as_one(*whole, defaults),
                    arguments => self.set(arguments, defaults),
                }
            }
            Expr::Name(binding) => self.of_package(&self.module.binding(*binding).name),
            _ => None,
        }
    }

    fn is_jar(&self, jar: ExprId) -> bool {
        match self.module.expr(jar) {
            // What is set on a request goes to nobody.
            Expr::Member(of, name) if name.as_ref() == "cookies" => {
                !matches!(self.module.expr(*of), Expr::Name(of) if self.module.binding(*of).name.starts_with("req"))
            }
            Expr::Await(inner) => self.is_jar(*inner),
            Expr::Call(callee, _) => {
                matches!(self.module.expr(*callee), Expr::Name(of) if self.module.binding(*of).name.as_ref() == "cookies")
            }
            Expr::Name(binding) => {
                let binding = self.module.binding(*binding);
                let is_named = binding.name.to_ascii_lowercase().contains("cookie");
                is_named && !matches!(binding.kind, BindingKind::Import(..))
            }
            _ => false,
        }
    }

    /// `set(name, value, options)`.
    fn set(&self, arguments: &[ExprId], defaults: Defaults) -> Option<Cookie> {
        let [name, value, rest @ ..] = arguments else {
            return None;
        };
        let options = Options {
            at: rest.first().map(|expr| self.of(*expr)),
            keys: &[],
        };
        let names = self.program.values(self.of(*name));
        let values = self.program.values(self.of(*value));
        self.given(&names, &values, &options, &defaults)
    }

    /// `set({ name, value, httpOnly: true })`.
    fn set_as_one(&self, whole: ExprId, defaults: Defaults) -> Option<Cookie> {
        let options = Options {
            at: Some(self.of(whole)),
            keys: &[],
        };
        let (Seen::These(names), Seen::These(values)) =
            (options.seen(self.program, "name"), options.seen(self.program, "value"))
        else {
            return None;
        };
        self.given(&names, &values, &options, &defaults)
    }

    fn given(&self, names: &[Value], values: &[Value], options: &Options<'_>, defaults: &Defaults) -> Option<Cookie> {
        let mut names = names.iter().filter_map(text);
        let name = names.find(|name| is_of_session(name))?;
        let is_nothing = |value: &Value| match value {
            Value::Literal(Literal::Text(text)) => text.len() < SHORT,
            Value::Literal(_) => true,
            _ => false,
        };
        let is_taken_back =
            matches!(options.seen(self.program, "maxAge"), Seen::These(ages) if ages.iter().all(is_zero));
        if values.iter().all(is_nothing) || is_taken_back {
            return None;
        }
        Some(self.made(&name, options, defaults))
    }

    fn made(&self, name: &str, options: &Options<'_>, defaults: &Defaults) -> Cookie {
        let [hidden, secure, same_site] = options.attributes(self.program, defaults);
        Cookie {
            name: name.to_owned(),
            at: self.at,
            hidden,
            secure,
            same_site,
        }
    }

    /// What a package sets: `session({ cookie: { secure: true } })`.
    fn of_package(&self, called: &str) -> Option<Cookie> {
        let called = called.to_ascii_lowercase();
        let may_be = ["session", "auth", "cookie", "serialize"];
        if !may_be.iter().any(|word| called.contains(word)) {
            return None;
        }
        let callee = self.program.values(self.of(self.callee));
        let (package, path) = callee.iter().find_map(path_of)?;
        let argument = |index: usize| self.arguments.get(index).map(|expr| self.of(*expr));
        let options = |index: usize, keys: &'static [&'static str]| Options {
            at: argument(index),
            keys,
        };
        let made = |name: &str, options: Options<'_>, defaults: Defaults| Some(self.made(name, &options, &defaults));
        match (package.as_ref(), path.as_str()) {
            ("express-session", "" | "default") => {
                made("session", options(0, &["cookie"]), Defaults::of_express_session())
            }
            ("iron-session", "getIronSession") => made("session", options(2, &["cookieOptions"]), Defaults::all()),
            ("next-auth", "" | "default") => {
                let keys = &["cookies", "sessionToken", "options"];
                made("session-token", options(0, keys), Defaults::all())
            }
            ("better-auth", "betterAuth") => {
                let keys = &["advanced", "defaultCookieAttributes"];
                made("session_token", options(0, keys), Defaults::all())
            }
            ("hono/cookie", "setCookie") => self.set(self.arguments.get(1..)?, Defaults::none()),
            ("cookie", "serialize" | "stringifySetCookie") => self.set(self.arguments, Defaults::none()),
            _ => None,
        }
    }

    fn of(&self, expr: ExprId) -> At {
        At { expr, ..self.at }
    }
}

fn text(value: &Value) -> Option<Arc<str>> {
    match value {
        Value::Literal(Literal::Text(text)) => Some(text.clone()),
        _ => None,
    }
}

fn is_zero(value: &Value) -> bool {
    matches!(value, Value::Literal(Literal::Number(age)) if *age <= 0.0)
}

/// Whether who has a cookie of this name is taken for somebody.
fn is_of_session(name: &str) -> bool {
    const PROOFS: [&str; 6] = ["session", "token", "auth", "jwt", "refresh", "user_id"];
    const OTHERS: [&str; 16] = [
        "csrf", "xsrf", "state", "verifier", "nonce", "redirect", "return", "consent", "expire", "expiry", "has_",
        "is_", "logged", "flag", "callback", "hint",
    ];
    let name = name.to_ascii_lowercase();
    let is_id = name == "sid" || [".sid", "_sid", "-sid", "userid"].iter().any(|end| name.ends_with(end));
    (is_id || PROOFS.iter().any(|word| name.contains(word))) && !OTHERS.iter().any(|word| name.contains(word))
}
