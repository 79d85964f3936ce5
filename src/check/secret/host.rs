//! Databases that a provider gave their own address: what stands in front of such a host opens something.

/// How the addresses end that providers give to databases.
const PROVIDERS: [&str; 16] = [
    ".aivencloud.com",
    ".azure.com",
    ".cockroachlabs.cloud",
    ".digitalocean.com",
    ".elephantsql.com",
    ".mongodb.net",
    ".neon.tech",
    ".planetscale.com",
    ".psdb.cloud",
    ".rds.amazonaws.com",
    ".redis-cloud.com",
    ".redislabs.com",
    ".render.com",
    ".rlwy.net",
    ".supabase.co",
    ".upstash.io",
];

/// What a part of a host that stands for a real one holds.
const SHOWN: [&str; 8] = ["xxx", "abc", "xyz", "123", "your", "example", "sample", "demo"];

/// What a password that stands for a real one is.
const STAND_INS: [&str; 14] = [
    "changeme",
    "change_me",
    "change-me",
    "dbpass",
    "dummy",
    "example",
    "mypass",
    "pass",
    "password",
    "pwd",
    "redacted",
    "secret",
    "username",
    "xxx",
];

/// Whether a host names one database of a provider's: a part that no person makes up, of letters and digits.
pub(super) fn is_one(host: &str) -> bool {
    let Some(before) = PROVIDERS.iter().find_map(|end| host.strip_suffix(end)) else {
        return false;
    };
    before.split(['.', '-']).any(|part| {
        let (mut letters, mut digits) = (0, 0);
        for byte in part.bytes() {
            letters += usize::from(byte.is_ascii_lowercase());
            digits += usize::from(byte.is_ascii_digit());
        }
        let is_mixed = letters > 0 && digits > 0 && part.len() >= 5 && !is_a_count(part);
        // A project of Supabase's has twenty letters.
        let is_project = letters == 20 && digits == 0;
        (is_mixed || is_project) && !SHOWN.iter().any(|word| part.contains(word))
    })
}

/// `cluster0`, `replica12`: a word with a number behind it.
fn is_a_count(part: &str) -> bool {
    let word = part.trim_end_matches(|letter: char| letter.is_ascii_digit());
    word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Whether a password stands for one: a word for it, one that is to be replaced, or nothing that could be one.
pub(super) fn is_stand_in(password: &str) -> bool {
    let small = password.to_ascii_lowercase();
    // Within a longer one, such words are what people choose; a number behind one is not.
    let word = small.trim_end_matches(|letter: char| !letter.is_ascii_lowercase());
    let is_masked = password.len() < 4 || small.bytes().all(|byte| matches!(byte, b'*' | b'x' | b'.'));
    let is_to_be_replaced = ["your", "replace", "placeholder"]
        .iter()
        .any(|word| small.contains(word));
    is_masked || is_to_be_replaced || STAND_INS.contains(&word) || password.contains(['$', '%', '{', '*', '<'])
}

#[cfg(test)]
mod tests {
    use super::{is_one, is_stand_in};

    #[test]
    fn a_host_that_a_provider_made_up_is_told_from_one_in_a_guide() {
        for host in [
            "cluster0.5ttc1.mongodb.net",
            "db.qwertyuiopasdfghjklz.supabase.co",
            "ep-cool-dawn-a1b2c9d4.eu-central-1.aws.neon.tech",
        ] {
            assert!(is_one(host), "{host}");
        }
        for host in [
            "cluster0.mongodb.net",
            "cluster0.xxxxx.mongodb.net",
            "cluster0.abc12.mongodb.net",
            "cluster.mongodb.net",
            "db.5ttc1.mycompany.net",
            "db.project-ref.supabase.co",
        ] {
            assert!(!is_one(host), "{host}");
        }
    }

    #[test]
    fn what_people_choose_is_told_from_what_is_to_be_replaced() {
        for password in ["mariaStore123", "202512345678", "Summer2024pass"] {
            assert!(!is_stand_in(password), "{password}");
        }
        for password in [
            "password",
            "Password123",
            "pass",
            "your_password",
            "xxxx",
            "changeme",
            "<password>",
            "secret1",
        ] {
            assert!(is_stand_in(password), "{password}");
        }
    }
}
