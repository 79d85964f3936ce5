//! Functions of packages that make a middleware and are none themselves: `app.use(helmet)` in place of `app.use(helmet())`
//! protects nobody, and the request hangs.

use std::borrow::Cow;

use crate::program::linked::At;
use crate::program::module::{Expr, ExprId};
use crate::program::values::{Value, path_of};

use super::collect::Collector;

/// Such functions, by package; no names where all that the package gives are such.
const MAKING: [(&str, &[&str]); 30] = [
    ("@koa/cors", &[]),
    (
        "@sentry/*",
        &[
            "Handlers.errorHandler",
            "Handlers.requestHandler",
            "Handlers.tracingHandler",
            "expressErrorHandler",
            "setupConnectErrorHandler",
            "setupExpressErrorHandler",
            "setupKoaErrorHandler",
        ],
    ),
    ("body-parser", &[]),
    ("celebrate", &["celebrate", "errors"]),
    ("compression", &[]),
    ("connect-timeout", &[]),
    ("cookie-parser", &[]),
    ("cookie-session", &[]),
    ("cors", &[]),
    ("csurf", &[]),
    ("errorhandler", &[]),
    ("express", &["json", "raw", "static", "text", "urlencoded"]),
    ("express-fileupload", &[]),
    ("express-jwt", &[]),
    ("express-mongo-sanitize", &[]),
    ("express-rate-limit", &[]),
    ("express-session", &[]),
    ("express-slow-down", &[]),
    ("express-winston", &[]),
    ("helmet", &[]),
    ("hpp", &[]),
    ("koa-compress", &[]),
    ("koa-helmet", &[]),
    ("koa-ratelimit", &[]),
    ("lusca", &[]),
    ("morgan", &[]),
    ("multer", &[]),
    ("pino-http", &[]),
    ("response-time", &[]),
    ("xss-clean", &[]),
];

/// Whether what a package gives would have to be called, and was not.
pub fn only_makes(package: &str, path: &str) -> bool {
    let is_named = |name: &str| match name.strip_suffix('*') {
        Some(beginning) => package.starts_with(beginning),
        None => package == name,
    };
    let mut known = MAKING.iter().filter(|(name, _)| is_named(name));
    !path.contains('(') && known.any(|(_, paths)| paths.is_empty() || paths.contains(&path))
}

impl Collector<'_> {
    /// What a call is given but for what it mounts although nobody made it.
    pub(super) fn given_made<'a>(&self, callee: ExprId, arguments: &'a [ExprId]) -> Cow<'a, [ExprId]> {
        if !matches!(self.module.expr(callee), Expr::Member(_, name) if name.as_ref() == "use") {
            return Cow::Borrowed(arguments);
        }
        // What the program's own function does with it is seen there.
        let is_own = |value: &Value| matches!(value, Value::Function(_));
        if self.are(callee, |values| values.iter().any(is_own)) {
            return Cow::Borrowed(arguments);
        }
        let is_unmade = |value: &Value| path_of(value).is_some_and(|(package, path)| only_makes(&package, &path));
        let is_made = |argument: &ExprId| {
            let is_name = matches!(self.module.expr(*argument), Expr::Name(_) | Expr::Member(..));
            !is_name || !self.are(*argument, |values| !values.is_empty() && values.iter().all(is_unmade))
        };
        arguments.iter().copied().filter(is_made).collect()
    }

    fn are(&self, expr: ExprId, is_so: impl Fn(&[Value]) -> bool) -> bool {
        let at = At { module: self.id, expr };
        is_so(&self.program.few_values(at))
    }
}
