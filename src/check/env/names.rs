//! Names of variables, and what they say.

/// Variables that platforms, tools and the runtime set by themselves.
const PLATFORM: [&str; 37] = [
    "NODE_ENV",
    "PORT",
    "HOST",
    "HOSTNAME",
    "CI",
    "PATH",
    "HOME",
    "USER",
    "SHELL",
    "PWD",
    "TZ",
    "LANG",
    "TMPDIR",
    "TEMP",
    "TERM",
    "DEBUG",
    "ANALYZE",
    "MODE",
    "DEV",
    "PROD",
    "SSR",
    "BASE_URL",
    "NODE_OPTIONS",
    "NEXT_RUNTIME",
    "NEXT_PHASE",
    "DYNO",
    "FORCE_COLOR",
    "NO_COLOR",
    "INIT_CWD",
    "LOG_LEVEL",
    "K_SERVICE",
    "FUNCTION_NAME",
    "NODE_APP_INSTANCE",
    "pm_id",
    // Read by a build plugin itself, wherever they are written down.
    "SENTRY_AUTH_TOKEN",
    "SENTRY_ORG",
    "SENTRY_PROJECT",
];
/// Beginnings of such names.
const PLATFORMS: [&str; 22] = [
    "VERCEL",
    "npm_",
    "GITHUB_",
    "RAILWAY_",
    "RENDER",
    "FLY_",
    "HEROKU_",
    "NETLIFY",
    "CF_PAGES",
    "AWS_LAMBDA_",
    "AWS_EXECUTION_",
    "KUBERNETES_",
    "COOLIFY_",
    "CODESPACE",
    "GITPOD_",
    "JEST_",
    "VITEST",
    "PLAYWRIGHT_",
    "TEST_",
    "E2E_",
    "NEXT_PUBLIC_VERCEL_",
    "TURBO_",
];
/// Beginnings of names whose values build tools hand to every browser.
const SHIPPED: [&str; 8] = [
    "VITE_",
    "NEXT_PUBLIC_",
    "REACT_APP_",
    "EXPO_PUBLIC_",
    "NUXT_PUBLIC_",
    "GATSBY_",
    "PUBLIC_",
    "VUE_APP_",
];

/// Whether a platform, a tool or the runtime sets it.
pub(super) fn is_set_by_platforms(name: &str) -> bool {
    PLATFORM.contains(&name) || PLATFORMS.iter().any(|start| name.starts_with(start))
}

/// Whether a text is what variables are called.
pub(super) fn is_variable(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    name.len() >= 2 && name.starts_with(|first: char| first.is_ascii_uppercase()) && name.bytes().all(is_part)
}

/// Whether build tools hand its value to every browser.
pub(super) fn is_public(name: &str) -> bool {
    SHIPPED.iter().any(|start| name.starts_with(start))
}

/// Whether a name that browsers are given the value of says that it is a secret.
pub(super) fn is_public_secret(name: &str) -> bool {
    let rest = SHIPPED.iter().find_map(|start| name.strip_prefix(start));
    rest.is_some_and(is_named_secret)
}

/// Whether a name, without what build tools put before it, says that it is a secret.
pub(super) fn is_named_secret(rest: &str) -> bool {
    // `TOKEN` and `KEY` alone are no secrets here: those of maps, analytics and payment forms are made for browsers.
    const SECRET: [&str; 4] = ["SECRET", "SECRETS", "PASSWORD", "PASSWD"];
    const GUARDS: [&str; 3] = ["SECRET", "PRIVATE", "ROLE"];
    // Services whose keys are for servers alone: whoever reads one from a page spends its owner's money.
    const SERVERS: [&str; 13] = [
        "OPENAI",
        "ANTHROPIC",
        "CLAUDE",
        "GEMINI",
        "GENAI",
        "MISTRAL",
        "GROQ",
        "COHERE",
        "DEEPSEEK",
        "OPENROUTER",
        "REPLICATE",
        "SENDGRID",
        "TWILIO",
    ];
    // Such a name says what a page shows or does: `DISABLE_PASSWORD`, `FEATURE_FORGOT_PASSWORD`.
    const SWITCHES: [&str; 10] = [
        "DISABLE", "DISABLED", "ENABLE", "ENABLED", "ALLOW", "SHOW", "USE", "FEATURE", "FORGOT", "RESET",
    ];
    let parts: Vec<&str> = rest.split('_').collect();
    if parts.iter().any(|part| SWITCHES.contains(part)) {
        return false;
    }
    match parts.last() {
        Some(&"KEY" | &"TOKEN") => {
            // Other keys are called after a service as well: those of a store, of a timer.
            let mut before = parts
                .iter()
                .rev()
                .skip(1)
                .skip_while(|part| matches!(**part, "API" | "ACCESS" | "AUTH"));
            let is_of_server = before.next().is_some_and(|part| SERVERS.contains(part));
            is_of_server || rest == "RESEND_API_KEY" || parts.iter().any(|part| GUARDS.contains(part))
        }
        Some(last) => SECRET.contains(last),
        None => false,
    }
}

/// Whether a name fits a pattern in which `*` stands for any characters.
pub(super) fn is_like(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(before) = last.replace(part) {
            let Some(at) = rest.find(before) else { return false };
            rest = &rest[at + before.len()..];
        }
    }
    last.map_or(rest.is_empty(), |last: &str| {
        rest.len() >= last.len() && rest.ends_with(last)
    })
}
