//! Whether a value looks like a secret that is in use.

use self::words::{
    ABOUT, BESIDE, COMMON, DATABASE, FOR_ALL, PLACEHOLDER, PUBLIC, SAYS_SO, SECRET, SHIPPED, SHORT_BESIDE,
};
use super::account::{Account, is_here, password_of};
use crate::check::secret::decoded;
use crate::model::RepoPath;
use crate::text::redact;

mod words;

/// Whether a value looks like a secret that is in use: its key says so, or it is an address with a password in it,
/// and it is no placeholder.
pub(in crate::check) fn looks_secret(name: &str, value: &str) -> bool {
    let value = value.trim();
    if let Some(password) = password_of(value) {
        return is_real(password);
    }
    match role_of(value).as_deref() {
        Some("anon") => return false,
        Some("service_role") => return true,
        Some(_) | None => {}
    }
    // Django's own mark of a key that a new project starts with: what stands behind it is random, and in use all the same.
    let value = value.strip_prefix("django-insecure-").unwrap_or(value);
    is_named_secret(name)
        && is_real(value)
        && !is_spoken(value)
        && !value.contains("://")
        && !value.starts_with(['/', '.', '~'])
}

/// What a file of variables says of the values in it.
#[derive(Debug, Clone, Copy)]
pub(in crate::check) struct EnvFile {
    /// Its name says that it is for one machine, for development or for tests.
    is_of_a_desk: bool,
    /// A database's host in it is the machine itself.
    has_database_here: bool,
}

impl EnvFile {
    /// The file of these variables.
    pub(in crate::check) fn of<'a>(path: &RepoPath, mut pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let has_database_here = pairs.any(|(name, value)| {
            let name = name.to_ascii_uppercase();
            let value = value.trim();
            let host = if name.ends_with("HOST") {
                Some(value)
            } else {
                Account::of(value).map(|account| account.host)
            };
            is_of_database(&name) && host.is_some_and(is_here)
        });
        let is_of_a_desk = is_of_a_desk(path);
        Self {
            is_of_a_desk,
            has_database_here,
        }
    }

    /// Whether a value in it looks like a secret that is in use: one that a person made up counts where the file is
    /// that of what is deployed.
    pub(in crate::check) fn holds_secret(self, name: &str, value: &str) -> bool {
        let is_at_home = self.is_of_a_desk || self.has_database_here && is_of_database(&name.to_ascii_uppercase());
        looks_secret(name, value) || !is_at_home && looks_made_up(name, value)
    }
}

/// Whether a file's name, or that of a folder around it, says that it is for one machine, for development or for tests.
fn is_of_a_desk(path: &RepoPath) -> bool {
    const DESK: [&str; 10] = [
        "dev", "local", "test", "docker", "e2e", "ci", "preview", "cypress", "vagrant", "sandbox",
    ];
    /// What folders are called in full: `devops` and `localization` are none.
    const FOLDERS: [&str; 4] = ["development", "devcontainer", "tests", "testing"];
    let lower = path.as_str().to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let starts = |words: &[&str]| {
        name.split(['.', '-', '_'])
            .any(|part| words.iter().any(|word| part.starts_with(word)))
    };
    let mut parts = folders.split(['/', '.', '-', '_']);
    // What is deployed may stand beside what is not: `docker/.env.production`.
    starts(&DESK) || !starts(&["prod", "live"]) && parts.any(|part| DESK.contains(&part) || FOLDERS.contains(&part))
}

fn is_of_database(name: &str) -> bool {
    name.split(['_', '-', '.']).any(|part| DATABASE.contains(&part))
}

/// Whether a value is one of common words, and still somebody's own: `shop_secret_key_2024`, `Admin@123`.
fn looks_made_up(name: &str, value: &str) -> bool {
    const SHORTEST: usize = 8;
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let says_so = SAYS_SO.iter().any(|word| lower.contains(word));
    is_named_secret(name)
        && role_of(value).is_none_or(|role| role != "anon")
        && value.len() >= SHORTEST
        && is_value(value)
        && !is_spoken(value)
        && !says_so
        && is_somebodys(&without_name(&lower, name))
        && !value.contains("://")
        && !value.starts_with(['/', '.', '~'])
}

/// A value, in small letters, without the words of its variable: `smtp_password` says nothing that `SMTP_PASSWORD` does not.
fn without_name(lower: &str, name: &str) -> String {
    const SHORTEST: usize = 3;
    let name = name.to_ascii_lowercase();
    let words = name.split(['_', '-', '.']).filter(|word| word.len() >= SHORTEST);
    words.fold(lower.to_owned(), |rest, word| rest.replace(word, " "))
}

/// Whether something is left of a value, in small letters, beside the words that everybody uses.
fn is_somebodys(lower: &str) -> bool {
    let mut rest = lower.to_owned();
    for word in COMMON.iter().chain(&BESIDE).chain(&SHORT_BESIDE) {
        rest = rest.replace(word, " ");
    }
    let has_word = rest
        .split(|character: char| !character.is_ascii_alphabetic())
        .any(|word| word.len() >= 3);
    has_word || rest.contains(['@', '!', '#', '%', '^', '&', '*', '+', '?'])
}

fn is_named_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let parts: Vec<&str> = name.split(['_', '-', '.']).collect();
    let has = |words: &[&str]| parts.iter().any(|part| words.contains(part));
    if parts.last().is_some_and(|last| ABOUT.contains(last)) {
        return false;
    }
    if SHIPPED.iter().any(|start| name.starts_with(start)) {
        return has(&["SECRET", "PASSWORD", "PRIVATE"]);
    }
    has(&SECRET) && !has(&PUBLIC)
}

/// What the payload of a signed token gives as its role: Supabase's key `anon` is for browsers, whatever it is called, and
/// with that of `service_role` everything may be done. The keys of its local demo are known to all: they are `anon`, too.
fn role_of(value: &str) -> Option<String> {
    let payload = value.strip_prefix("eyJ")?.split('.').nth(1)?;
    let payload: serde_json::Value = serde_json::from_slice(&decoded(payload.as_bytes())).ok()?;
    let text = |key: &str| payload.get(key).and_then(serde_json::Value::as_str);
    let role = text("role")?;
    let is_demo = text("iss") == Some("supabase-demo");
    Some(if is_demo { "anon" } else { role }.to_owned())
}

/// Whether a value is words with `-` or `_` between them, as people write who have no value yet: `shop-webhook-check-e2e`.
fn is_spoken(value: &str) -> bool {
    const MOST_OF_A_NUMBER: usize = 3;
    let mut parts = value.split(['-', '_']);
    let is_word = |part: &str| {
        let is_letters =
            part.bytes().all(|byte| byte.is_ascii_lowercase()) || part.bytes().all(|byte| byte.is_ascii_uppercase());
        let is_short = part.len() <= MOST_OF_A_NUMBER && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_letters || is_short
    };
    value.split(['-', '_']).count() >= 3 && parts.all(is_word)
}

/// Whether a value is neither a placeholder nor a plain word of no consequence.
pub(in crate::check) fn is_real(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let has_word = SAYS_SO.iter().chain(&COMMON).any(|word| lower.contains(word));
    // A random value may hold one by chance, but not nothing else.
    let is_at_home = has_word && (redact(value) == value || !is_somebodys(&lower));
    is_value(value) && !is_at_home
}

/// Whether a value is one at all: no placeholder, no reference to one, nothing that stands for having none.
fn is_value(value: &str) -> bool {
    // Shorter ones are what people type at home, and nothing that a service would take.
    const SHORTEST: usize = 6;
    let lower = value.to_ascii_lowercase();
    let holds = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let is_plain = value.len() < SHORTEST
        || matches!(lower.as_str(), "true" | "false" | "required" | "optional" | "undefined")
        || value.bytes().all(|byte| byte.is_ascii_digit());
    // `AAAAAAAA`, `0101010101`: nobody's key.
    let first = value.bytes().next().unwrap_or_default();
    let second = value.bytes().find(|byte| *byte != first).unwrap_or(first);
    let is_plain = is_plain || value.bytes().all(|byte| byte == first || byte == second);
    let is_for_all = FOR_ALL.iter().any(|start| value.starts_with(start));
    !is_plain && !is_for_all && !is_reference(value) && !holds(&PLACEHOLDER)
}

/// Whether a value says where another stands: a variable, a template, an entry of a vault, or what only such an entry's key
/// opens. The forms are those that the vaults' own documents give.
fn is_reference(value: &str) -> bool {
    /// HashiCorp's and Bank-Vaults' `vault:path#key`, AWS, `dotenvx`, `sops`, Azure, and files that are mounted.
    const STARTS: [&str; 10] = [
        "arn:",
        "vault:",
        "ssm:",
        "secretsmanager:",
        "secret:",
        "encrypted:",
        "enc[",
        "@microsoft.keyvault(",
        "file:",
        "env:",
    ];
    let lower = value.to_ascii_lowercase();
    // Google's `projects/PROJECT/secrets/NAME/versions/latest`.
    let is_of_google = lower.starts_with("projects/") && lower.contains("/secrets/");
    ["${", "$(", "{{", "<"].iter().any(|open| value.contains(open))
        || value.starts_with(['$', '{'])
        || is_of_google
        || STARTS.iter().any(|start| lower.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::{EnvFile, looks_secret};
    use crate::model::RepoPath;

    /// In two parts: the product looks for secrets in its own sources, too.
    const MADE_UP: &str = concat!("k3Jd82nV", "q0sLmZx91aQw");

    #[test]
    fn what_is_in_use_is_told_from_what_is_to_be_filled_in() {
        for (name, value) in [
            ("JWT_SECRET", MADE_UP),
            ("STRIPE_SECRET_KEY", concat!("sk_", "test_51H8xVbKq0aLw3Tz9")),
            ("SMTP_PASS", "wqxz plmk rtyu oiuy"),
            (
                "DATABASE_URL",
                "postgresql://app:Vk2pLq91@db.host.example-cloud.net:5432/app",
            ),
            ("VITE_JWT_SECRET", MADE_UP),
            ("DB_PASSWORD", "Tr0ub4dor&3"),
            ("HMAC_KEY", "kq3-9zRw71xLp-v02"),
            (
                "SECRET_KEY",
                concat!("django-insecure-", "-q7&kz0qjq@q%(nd8^&e8$&-m2kjjpug7ws"),
            ),
            ("SECRET_KEY", concat!("q7&kz0qjq@q%(nd8^", "&e8$&-m2kjjpug7ws")),
        ] {
            // The host above holds a word that placeholders hold: only the password is asked.
            assert!(looks_secret(name, value), "{name}");
        }
        for (name, value) in [
            ("JWT_SECRET", "changethis"),
            ("JWT_SECRET", "your-secret-key"),
            ("JWT_SECRET", "dev-secret"),
            ("JWT_SECRET", ""),
            ("JWT_SECRET", "${JWT_SECRET}"),
            ("JWT_SECRET", "$JWT_SECRET"),
            ("JWT_SECRET", "prefix-${JWT_SECRET}"),
            ("JWT_SECRET", "<fill-this-in>"),
            ("JWT_EXPIRES_IN", "15minutes"),
            ("PASSWORD_MIN_LENGTH", "12345678"),
            ("TOKEN_URL", "https://login.host.net/token"),
            ("DATABASE_URL", "postgres://postgres:Vk2pLq91@localhost:5432/app"),
            ("DATABASE_URL", "postgres://postgres:Vk2pLq91@db:5432/app"),
            ("DATABASE_URL", "postgres://user:password@db.host.net/app"),
            ("VITE_FIREBASE_API_KEY", MADE_UP),
            ("STRIPE_PUBLISHABLE_KEY", MADE_UP),
            ("S3_SECRET_KEY", "AAAAAAAAAAAAAAAAAAAA"),
            ("HMAC_KEY", "orderflow-webhook-comparison-e2e"),
            ("PORT", "300000"),
            ("PRIVATE_KEY_PATH", "/run/secrets/key.pem"),
            ("SSL_KEY", "./certs/server.key"),
            (
                "SHOP_TOKEN_ADDRESS",
                concat!("0x7f3a2b9c41d8e6057b1c", "93fa0d2e84b6c5a79310"),
            ),
            ("POSTHOG_KEY", concat!("phc_", "k3Jd82nVq0sLmZx91aQw")),
            ("KMS_KEY_ARN", "orn-of-the-key/7f3a2b9c41"),
            (
                "DB_PASSWORD",
                "arn:aws:secretsmanager:eu-west-1:402117290011:secret:shop/db-Ab3dE9",
            ),
            ("DB_PASSWORD", "vault:secret/data/shop#DB_PASSWORD"),
            ("DB_PASSWORD", "projects/402117290011/secrets/shop-db/versions/latest"),
            ("DB_PASSWORD", "ssm:/shop/live/db_password"),
            ("DB_PASSWORD", "op://shop/db/password"),
            ("DB_PASSWORD", "ENC[AES256_GCM,data:Tr78vG2q0A==,type:str]"),
            (
                "DB_PASSWORD",
                "@Microsoft.KeyVault(SecretUri=https://shop.vault.azure.net/secrets/db)",
            ),
            (
                "JWT_SECRET",
                "encrypted:BDqDBibm4wsYqMpCjTQ6BsDHmMadg9K3dAt0Z1hYzB8pTzl7",
            ),
        ] {
            assert!(!looks_secret(name, value), "{name}={value}");
            let deployed = EnvFile::of(&RepoPath::new(".env.production"), [(name, value)].into_iter());
            assert!(!deployed.holds_secret(name, value), "deployed: {name}={value}");
        }
    }

    #[test]
    fn a_signed_token_says_itself_whom_it_is_for() {
        let token = |payload: &str| format!("eyJ{}.{payload}.{MADE_UP}", "hbGciOiJIUzI1NiJ9");
        let service = token(
            "eyJpc3MiOiJzdXBhYmFzZSIsInJlZiI6ImtxenZ3bXhqdHJuYiIsInJvbGUiOiJzZXJ2aWNlX3JvbGUiLCJleHAiOjIwMDU1NzYwMDB9",
        );
        let anon =
            token("eyJpc3MiOiJzdXBhYmFzZSIsInJlZiI6ImtxenZ3bXhqdHJuYiIsInJvbGUiOiJhbm9uIiwiZXhwIjoyMDA1NTc2MDAwfQ");
        for name in [
            "SUPABASE_SERVICE_ROLE_KEY",
            "SUPABASE_KEY",
            "VITE_SUPABASE_ANON_KEY",
            "S",
        ] {
            assert!(looks_secret(name, &service), "{name}");
            assert!(!looks_secret(name, &anon), "{name}");
        }
    }

    #[test]
    fn what_a_person_made_up_is_in_use_where_the_file_is_deployed() {
        let holds = |file: &str, host: &str, name: &str, value: &str| {
            let pairs = [("DB_HOST", host), (name, value)];
            EnvFile::of(&RepoPath::new(file), pairs.into_iter()).holds_secret(name, value)
        };
        for (name, value) in [
            ("DB_PASSWORD", "Admin@123"),
            ("JWT_SECRET", "orders_pro_secret_key_2024"),
            ("SESSION_SECRET", "our-app-secret-key-v2-2023"),
        ] {
            assert!(holds("backend/.env", "db.orders.io", name, value), "{name}");
            assert!(holds(".env.production", "db.orders.io", name, value), "{name}");
            assert!(!holds(".env.development", "db.orders.io", name, value), "{name}");
            assert!(!holds(".env.local", "db.orders.io", name, value), "{name}");
        }
        for file in [
            ".devcontainer/.env",
            "docker/.env",
            "apps/api/dev/.env",
            "local/.env",
            ".env.cypress",
            ".env.vagrant",
            ".env.sandbox",
        ] {
            assert!(
                !holds(file, "db.orders.io", "JWT_SECRET", "orders_pro_secret_key_2024"),
                "{file}"
            );
        }
        for file in ["docker/.env.production", "devops/.env", "localization/.env"] {
            assert!(
                holds(file, "db.orders.io", "JWT_SECRET", "orders_pro_secret_key_2024"),
                "{file}"
            );
        }
        // The password of a database on this machine opens nothing elsewhere; a secret that tokens are signed with does.
        assert!(!holds(".env", "localhost", "DB_PASSWORD", "Admin@123"));
        assert!(holds(".env", "localhost", "JWT_SECRET", "orders_pro_secret_key_2024"));
        for (name, value) in [
            ("DB_PASSWORD", "postgres"),
            ("POSTGRES_PASSWORD", "postgres123"),
            ("SMTP_PASSWORD", "smtp_password"),
            ("COOKIE_SECRET", "cookie-secret"),
            ("JWT_SECRET", "my-super-secret-key"),
            ("JWT_SECRET", "supersecretjwtkeythatisatleast32characterslong"),
            ("JWT_SECRET", "dev_secret_of_the_orders_2024"),
            ("ADMIN_PASSWORD", "admin123"),
            ("MINIO_SECRET_KEY", "minioadmin"),
            ("JWT_SECRET", "change_my_orders_secret_2024"),
            ("PUBLIC_KEY", "orders_pro_secret_key_2024"),
        ] {
            assert!(!holds(".env", "db.orders.io", name, value), "{name}={value}");
        }
    }

    #[test]
    fn an_address_says_where_a_database_is() {
        let holds = |address: &str, name: &str| {
            let (name, value) = (name, "shop_password");
            let pairs = [(name, value), ("DATABASE_URL", address)];
            EnvFile::of(&RepoPath::new(".env"), pairs.into_iter()).holds_secret(name, value)
        };
        for host in ["localhost:5432", "db", "127.0.0.1"] {
            let address = format!("postgresql://shop:shop_password@{host}/shop?schema=public");
            assert!(!holds(&address, "POSTGRES_PASSWORD"), "{address}");
            assert!(holds(&address, "ADMIN_PASSWORD"), "{address}");
        }
        for host in ["db.orders.io:5432", "${DB_HOST}", ""] {
            let address = format!("postgresql://shop:shop_password@{host}/shop");
            assert!(holds(&address, "POSTGRES_PASSWORD"), "{address}");
        }
    }
}
