//! Middleware of packages that hands on whatever it does not refuse, also where a route is given nothing behind it.

use crate::program::values::{Value, path_of};

/// Packages of which all that is mounted limits, looks at what was sent, or reads it, and leaves the answer to others.
const PASSING: [&str; 25] = [
    "@fastify/rate-limit",
    "body-parser",
    "celebrate",
    "compression",
    "connect-timeout",
    "cookie-parser",
    "cookie-session",
    "express-brute",
    "express-fileupload",
    "express-jwt",
    "express-mongo-sanitize",
    "express-rate-limit",
    "express-session",
    "express-slow-down",
    "express-validator",
    "express-xss-sanitizer",
    "helmet",
    "hpp",
    "koa-bodyparser",
    "koa-ratelimit",
    "method-override",
    "morgan",
    "multer",
    "response-time",
    "xss-clean",
];

/// What Express has of that kind itself.
const EXPRESS: [&str; 4] = ["json()", "raw()", "text()", "urlencoded()"];

/// Whether all that a function may be only stands before what answers: `app.post("/login", limiter)` is no route.
pub(super) fn only_hands_on(values: &[Value]) -> bool {
    let hands_on = |value: &Value| {
        path_of(value).is_some_and(|(package, path)| match package.as_ref() {
            "express" => EXPRESS.contains(&path.trim_start_matches("default.")),
            package => PASSING.contains(&package),
        })
    };
    !values.is_empty() && values.iter().all(hands_on)
}
