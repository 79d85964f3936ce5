//! The words by which secrets and what stands in for them are told.

/// Parts of a key's name that say its value is a secret.
pub(super) const SECRET: [&str; 13] = [
    "SECRET",
    "SECRETS",
    "PASSWORD",
    "PASSWD",
    "PASS",
    "PWD",
    "TOKEN",
    "CREDENTIAL",
    "CREDENTIALS",
    "PRIVATE",
    "APIKEY",
    "KEY",
    "SALT",
];
/// Last parts of a name that say what follows is about a secret, and none.
pub(super) const ABOUT: [&str; 29] = [
    "ADDRESS",
    "CONTRACT",
    "ID",
    "ARN",
    "URL",
    "URI",
    "ENDPOINT",
    "NAME",
    "HOST",
    "EXPIRES",
    "EXPIRY",
    "EXPIRATION",
    "EXPIRE",
    "IN",
    "TTL",
    "LENGTH",
    "ROUNDS",
    "ALGORITHM",
    "FILE",
    "PATH",
    "ISSUER",
    "AUDIENCE",
    "HEADER",
    "PREFIX",
    "ENABLED",
    "TYPE",
    "LIFETIME",
    "MINUTES",
    "DAYS",
];
/// Parts that say that everybody may know it.
pub(super) const PUBLIC: [&str; 5] = ["PUBLIC", "PUBLISHABLE", "ANON", "SITE", "PUBLISH"];
/// Beginnings of names whose values build tools hand to every browser.
pub(super) const SHIPPED: [&str; 6] = [
    "VITE_",
    "NEXT_PUBLIC_",
    "REACT_APP_",
    "EXPO_PUBLIC_",
    "NUXT_PUBLIC_",
    "PUBLIC_",
];
/// Words of values that stand for one to be filled in.
pub(super) const PLACEHOLDER: [&str; 13] = [
    "change",
    "example",
    "your",
    "xxx",
    "placeholder",
    "replace",
    "dummy",
    "sample",
    "todo",
    "insert",
    "generate",
    "...",
    "***",
];
/// Words of values that say that nothing is at stake; a random value may hold them by chance.
pub(super) const SAYS_SO: [&str; 8] = ["dev", "test", "local", "insecure", "fake", "demo", "guest", "mock"];
/// Words of values that people use where nothing is at stake, and where something is.
pub(super) const COMMON: [&str; 7] = ["secret", "password", "postgres", "admin", "minio", "root", "prisma"];
/// Words that stand beside those and say no more, the longer before what they hold.
pub(super) const BESIDE: [&str; 32] = [
    "encryption",
    "characters",
    "database",
    "username",
    "minimum",
    "signing",
    "session",
    "refresh",
    "default",
    "private",
    "access",
    "secure",
    "random",
    "strong",
    "server",
    "token",
    "mysql",
    "mongo",
    "redis",
    "super",
    "chars",
    "least",
    "auth",
    "user",
    "very",
    "long",
    "that",
    "this",
    "here",
    "some",
    "with",
    "pass",
];
/// The shortest of them.
pub(super) const SHORT_BESIDE: [&str; 12] = [
    "key", "jwt", "api", "the", "for", "pwd", "and", "not", "my", "db", "is", "at",
];
/// Parts of names of variables that are about a database.
pub(super) const DATABASE: [&str; 9] = [
    "DB", "DATABASE", "POSTGRES", "PG", "MYSQL", "MARIADB", "MONGO", "REDIS", "SQL",
];

/// Beginnings of values that their services make for browsers: PostHog's, Stripe's, Mapbox's.
pub(super) const FOR_ALL: [&str; 4] = ["phc_", "pk_live_", "pk_test_", "pk.ey"];
