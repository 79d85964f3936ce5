//! Words that speak of users, of what they may and of what proves it, and packages that never ask.

/// What a name holds that speaks of users and their rights, written in small letters without `_` and `-`.
const SPEAKING: [&str; 72] = [
    "abac",
    "access",
    "adminauth",
    "adminemail",
    "adminguard",
    "adminkey",
    "adminonly",
    "adminpass",
    "allowedip",
    "allowlist",
    "apikey",
    "argon",
    "asyncstorage",
    "asynclocalstorage",
    "auth",
    "bcrypt",
    "bearer",
    "captcha",
    "casl",
    "casbin",
    "clerk",
    "clshooked",
    "clsservice",
    "compare",
    "cookie",
    "credential",
    "currentuser",
    "digest",
    "firebase",
    "forbid",
    "getstore",
    "getuser",
    "guard",
    "hmac",
    "isadmin",
    "islocal",
    "isowner",
    "jose",
    "jwt",
    "keycloak",
    "kinde",
    "logged",
    "login",
    "lucia",
    "membership",
    "notallowed",
    "oidc",
    "passcode",
    "passphrase",
    "requestcontext",
    "httpcontext",
    "onlyadmin",
    "owner",
    "passport",
    "passwd",
    "password",
    "permission",
    "permit",
    "principal",
    "privilege",
    "protect",
    "rbac",
    "restrict",
    "role",
    "secret",
    "secur",
    "session",
    "signedin",
    "signin",
    "supabase",
    "tenant",
    "timingsafe",
];

/// The same, such as begin a name that asks of people: `ensureAdmin`, `canUserEdit`, `isStaff`.
const BEGINNING: [&str; 10] = [
    "assert", "can", "check", "ensure", "has", "is", "may", "only", "require", "verify",
];

/// Names that ask by themselves.
const ALONE: [&str; 15] = [
    "ability",
    "acl",
    "allow",
    "can",
    "check",
    "claims",
    "cls",
    "gate",
    "key",
    "otp",
    "pin",
    "policy",
    "proof",
    "signature",
    "verify",
];

/// Keys that prove nothing.
const PLAIN_KEYS: [&str; 12] = [
    "cachekey",
    "datakey",
    "filekey",
    "foreignkey",
    "idempotencykey",
    "imagekey",
    "objectkey",
    "primarykey",
    "publickey",
    "s3key",
    "sortkey",
    "storagekey",
];

/// What follows such a beginning where it is about people.
const OF_PEOPLE: [&str; 15] = [
    "admin",
    "allowed",
    "caller",
    "edit",
    "identity",
    "internal",
    "manage",
    "member",
    "moderator",
    "request",
    "right",
    "staff",
    "super",
    "trusted",
    "user",
];

/// What a text holds that speaks of them: of a header, of an answer that refuses.
const TELLING: [&str; 21] = [
    "access denied",
    "admin only",
    "api-key",
    "apikey",
    "auth",
    "bearer",
    "cookie",
    "credential",
    "forbidden",
    "log in",
    "login",
    "not allowed to",
    "permission",
    "secret",
    "session",
    "sign in",
    "-signature",
    "signin",
    "token",
    "x-admin",
    "x-user",
];

/// Packages that ask nobody who they are, whatever of them stands on the way of a request.
const HARMLESS: [&str; 63] = [
    "@fastify/compress",
    "@fastify/cors",
    "@fastify/formbody",
    "@fastify/helmet",
    "@fastify/multipart",
    "@fastify/rate-limit",
    "@fastify/static",
    "@fastify/swagger",
    "@fastify/swagger-ui",
    "@hono/zod-validator",
    "@koa/bodyparser",
    "@koa/cors",
    "@nestjs/throttler",
    "@sentry/node",
    "@vercel/analytics",
    "body-parser",
    "celebrate",
    "compression",
    "connect-timeout",
    "cookie-parser",
    "cookie-session",
    "cors",
    "express-async-errors",
    "express-async-handler",
    "express-fileupload",
    "express-mongo-sanitize",
    "express-prom-bundle",
    "express-rate-limit",
    "express-request-id",
    "express-session",
    "express-slow-down",
    "express-status-monitor",
    "express-validator",
    "express-winston",
    "formidable",
    "helmet",
    "hono/compress",
    "hono/cors",
    "hono/logger",
    "hono/pretty-json",
    "hono/request-id",
    "hono/secure-headers",
    "hpp",
    "i18next-http-middleware",
    "koa-bodyparser",
    "koa-compress",
    "koa-helmet",
    "koa-json",
    "koa-logger",
    "koa-static",
    "method-override",
    "morgan",
    "multer",
    "next-intl/middleware",
    "next/server",
    "node:querystring",
    "pino-http",
    "prom-client",
    "response-time",
    "serve-favicon",
    "serve-static",
    "swagger-ui-express",
    "xss-clean",
];

/// Names of the environment with such a part hold what the server itself is known by elsewhere.
const OF_SERVICES: [&str; 18] = [
    "AWS",
    "CLOUDINARY",
    "DATABASE",
    "DB",
    "EMAIL",
    "MAIL",
    "MONGO",
    "MYSQL",
    "OPENAI",
    "PG",
    "POSTGRES",
    "REDIS",
    "RESEND",
    "S3",
    "SENDGRID",
    "SMTP",
    "STRIPE",
    "TWILIO",
];

/// Whether a name may speak of users, of what they may, or of what proves it.
pub(super) fn speaks(name: &str) -> bool {
    let is_of_environment = !name.chars().any(|letter| letter.is_ascii_lowercase());
    let is_of_service = || name.split('_').any(|part| OF_SERVICES.contains(&part)) && !name.starts_with("ADMIN");
    if is_of_environment && is_of_service() {
        return false;
    }
    let plain: String = name.chars().filter(|letter| !matches!(letter, '_' | '-')).collect();
    // Authors write books.
    let plain = plain
        .to_ascii_lowercase()
        .replace("authori", "auth")
        .replace("author", "");
    // Who made a note may be given a key for it.
    let is_key = plain.len() > 3 && plain.ends_with("key") && !PLAIN_KEYS.iter().any(|key| plain.ends_with(key));
    if is_key
        || ALONE.contains(&name)
        || SPEAKING.iter().any(|word| plain.contains(word))
        || plain.ends_with("token")
        || plain.contains("tokens")
    {
        return true;
    }
    let begins = BEGINNING.iter().filter_map(|word| name.strip_prefix(word));
    let mut rests = begins.filter(|rest| rest.starts_with(|letter: char| letter.is_ascii_uppercase() || letter == '_'));
    rests.any(|rest| {
        let rest = rest.trim_start_matches('_').to_ascii_lowercase();
        OF_PEOPLE.iter().any(|word| rest.starts_with(word))
    })
}

/// Whether a text speaks of them.
pub(super) fn tells(text: &str) -> bool {
    let text = text
        .to_ascii_lowercase()
        .replace("authori", "auth")
        .replace("author", "");
    TELLING.iter().any(|word| text.contains(word))
}

/// Whether what a package gives asks nobody who they are.
pub(super) fn is_harmless(package: &str, path: &str) -> bool {
    match package {
        "@nestjs/common" => path.contains("Pipe") || path.contains("Interceptor"),
        // What an application keeps for its functions may be anything.
        "express" => ["json()", "raw()", "static()", "text()", "urlencoded()"].contains(&path),
        // They learn who comes, and refuse nobody.
        "passport" => path.ends_with("initialize()") || path.ends_with("session()"),
        _ => HARMLESS.binary_search(&package).is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::{HARMLESS, is_harmless, speaks, tells};

    #[test]
    fn names_of_rights_are_told_from_others() {
        let speaking = [
            "requireAuth",
            "getServerSession",
            "x_api_key",
            "isAdmin",
            "canEdit",
            "verifyToken",
            "ADMIN_KEY",
            "authorize",
        ];
        assert!(speaking.iter().all(|name| speaks(name)), "{speaking:?}");
        let others = [
            "author",
            "cancelOrder",
            "isActive",
            "deleteMatch",
            "prisma",
            "user",
            "tokenize",
            "mayor",
            "PrismaClient",
            "availability",
            "ensureUploadsDir",
        ];
        assert!(!others.iter().any(|name| speaks(name)), "{others:?}");
        assert!(tells("Not authorized") && tells("X-API-Key") && !tells("The author was deleted"));
    }

    #[test]
    fn lists_are_in_order() {
        assert!(HARMLESS.is_sorted());
        assert!(is_harmless("cors", "()") && !is_harmless("express-jwt", "()"));
    }
}
