//! Values of no known format that are given to a name which says what they are.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::text::{Span, redact};

use crate::check::value::secret::is_real;

use super::found::decoded;
use super::random::is_random;
use super::sighting::{Family, Form, Sighting};

/// Parts of names of which a line must hold one to be looked at.
pub(super) const WORDS: [&str; 7] = ["pass", "pwd", "secret", "token", "key", "credential", "salt"];

/// Lines longer than this are data, not assignments.
const LONGEST_LINE: usize = 2_000;
/// Values of names that say it are random from this length on.
const SHORTEST: usize = 16;
/// The lengths of values that are looked at.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=512;
/// What is longer is no name.
const LONGEST_NAME: usize = 80;
/// In a document, where values are shown as much as kept, from this length on.
const SHORTEST_SHOWN: usize = 20;

fn compiled(pattern: &str) -> Regex {
    let builder = regex::bytes::RegexBuilder::new(pattern).unicode(false).build();
    builder.expect("the pattern is constant and tested")
}

/// `name = "value"`, `"name": "value"`, `process.env.NAME || "value"`, `getenv("NAME", "value")`.
static CLOSED: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r#"([A-Za-z_][A-Za-z0-9_.-]+)(?:["'`]?\]?\s*(?::\s*[A-Za-z]+\s*=|:=|=>|=|:|\|\||\?\?)|["'`]\s*,)\s*["'`]([^"'`\s]+)["'`]"#,
    )
});

/// `NAME=value`, `name: value`.
static BARE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r#"(?:^|[\s"'`-])([A-Za-z_][A-Za-z0-9_.-]+)(?:=|:\s+|\s+=\s+|\s+:\s+)([^\s"'`#,;<>(){}|]+)(?:[\s"'`#,;|]|$)"#,
    )
});

/// A password of an application at a mail provider: four groups of four letters.
static FOUR_GROUPS: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r#"(?i)([a-z_]*(?:pass|password|pwd)[a-z_]*)["'`*]*\s*[:=]\s*["'`*]*((?-i:[a-z]{4} [a-z]{4} [a-z]{4} [a-z]{4}))(?:["'`*|,;)\s\\]*(?:$|\s|#))"#,
    )
});

/// The same without its spaces, of a name that speaks of mail: `SMTP_PASS=…`, `get("SMTP_PASS", "…")`.
static SIXTEEN: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r#"(?i)\b([a-z_]*(?:smtp|mail)[a-z_]*pass[a-z_]*|[a-z_]*pass[a-z_]*(?:smtp|mail)[a-z_]*)["'`*\]]*\s*(?:[:=,]|\|\||\?\?)\s*["'`*]*((?-i:[a-z]{16}))(?:["'`*|,;)\s\\#]|$)"#,
    )
});

/// The secrets that a line assigns; spans count from `start`.
pub(super) fn in_line(line: &[u8], start: usize) -> Vec<Sighting> {
    if line.len() > LONGEST_LINE {
        return Vec::new();
    }
    let mut found = Vec::new();
    let has_quote = memchr::memchr3(b'"', b'\'', b'`', line).is_some();
    let has_sign = memchr::memchr2(b'=', b':', line).is_some();
    let closed = has_quote.then(|| (&*CLOSED, Form::Closed));
    let bare = has_sign.then(|| (&*BARE, Form::Bare));
    for (pattern, form) in closed.into_iter().chain(bare) {
        let mut from = 0;
        while let Some(captures) = pattern.captures_at(line, from) {
            let (Some(name), Some(value)) = (captures.get(1), captures.get(2)) else {
                break;
            };
            // Lengths are asked for here: counted in the pattern, they make the automaton thousands of states.
            if !LENGTHS.contains(&value.len()) || name.len() > LONGEST_NAME {
                from = name.end();
                continue;
            }
            from = captures.get(0).map_or(value.end(), |whole| whole.end());
            let name = String::from_utf8_lossy(name.as_bytes()).into_owned();
            let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
            // Keys of test modes and those for browsers have a format of their own.
            let is_known = ["sk_test_", "rk_test_", "pk_"]
                .iter()
                .any(|known| text.starts_with(known));
            if !is_known && names_secret(&name) && is_random(&text, SHORTEST) && !is_filled_in_later(&text) {
                let span = start + value.start()..start + value.end();
                found.push(sighting(&name, span, form, is_random(&text, SHORTEST_SHOWN)));
            }
        }
    }
    let grouped = has_four_groups(line).then_some(&*FOUR_GROUPS);
    let joined = has_mail(line).then_some(&*SIXTEEN);
    for captures in grouped
        .into_iter()
        .chain(joined)
        .flat_map(|pattern| pattern.captures_iter(line))
    {
        let (Some(name), Some(value)) = (captures.get(1), captures.get(2)) else {
            continue;
        };
        if is_made_by_chance(value.as_bytes()) {
            let name = String::from_utf8_lossy(name.as_bytes()).into_owned();
            found.push(sighting(
                &name,
                start + value.start()..start + value.end(),
                Form::Closed,
                true,
            ));
        }
    }
    found
}

/// Whether a line may name a password for mail.
fn has_mail(line: &[u8]) -> bool {
    let has = |word: &[u8]| line.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
    has(b"pass") && (has(b"mail") || has(b"smtp"))
}

/// Whether there are four groups of four small letters, which few lines have.
fn has_four_groups(line: &[u8]) -> bool {
    let is_space = |at: usize| line.get(at) == Some(&b' ');
    memchr::memchr_iter(b' ', line).any(|at| {
        let first = at.checked_sub(4).map(|start| &line[start..at]);
        is_space(at + 5) && is_space(at + 10) && first.is_some_and(|group| group.iter().all(u8::is_ascii_lowercase))
    })
}

/// Whether a value is the base64 of words that stand for one, as manifests of Kubernetes carry them.
fn is_filled_in_later(value: &str) -> bool {
    let decoded = decoded(value.trim_end_matches('=').as_bytes());
    let is_text = decoded.len() >= 6 && decoded.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    is_text && std::str::from_utf8(&decoded).is_ok_and(|text| !is_real(text))
}

fn sighting(name: &str, span: Span, form: Form, is_beyond_doubt: bool) -> Sighting {
    let told = told(name.rsplit('.').next().unwrap_or(name));
    Sighting {
        family: Family::Assigned,
        what: format!("a random value for `{told}`"),
        words: told,
        span,
        form,
        is_beyond_doubt,
    }
}

/// A name as it may be told. In some tables the secret is the name: what has three digits, or is longer than any
/// name that people give, stays untold.
pub(super) fn told(name: &str) -> String {
    const LONGEST_TOLD: usize = 64;
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    let is_word = name.split(['_', '-', '.']).all(|part| part.len() <= 24);
    if digits < 3 && name.len() <= LONGEST_TOLD && is_word {
        redact(name)
    } else {
        "…".to_owned()
    }
}

/// Four groups of letters that are no words: few vowels, many letters, nothing that stands in for a value.
fn is_made_by_chance(value: &[u8]) -> bool {
    let letters: Vec<u8> = value.iter().copied().filter(u8::is_ascii_alphabetic).collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|group| String::from_utf8_lossy(group).into_owned())
        .collect();
    let mut known = letters.clone();
    known.sort_unstable();
    known.dedup();
    let unspoken = groups.iter().filter(|group| is_unspoken(group)).count();
    let stands_in = || super::random::stands_in(&groups.join(" ")) || super::random::stands_in(&groups.concat());
    known.len() >= 9 && unspoken >= 2 && !stands_in() && !groups.iter().any(|group| group == "abcd")
}

/// Whether a group of letters is none that people speak: no vowel, or four consonants and vowels in no common order.
fn is_unspoken(group: &str) -> bool {
    let vowels = group.bytes().filter(|byte| b"aeiouy".contains(byte)).count();
    let rare = group.bytes().filter(|byte| b"jqxzvkw".contains(byte)).count();
    vowels == 0 || vowels == 1 && rare >= 1 || rare >= 2
}

/// Parts of a name that say that its value is a secret.
const SECRET: [&str; 8] = [
    "secret",
    "secrets",
    "password",
    "passwd",
    "token",
    "credential",
    "credentials",
    "apikey",
];
/// What a key is called that guards something; `key` alone names an entry of a table.
const GUARDS: [&str; 18] = [
    "anthropic",
    "groq",
    "mailgun",
    "openai",
    "resend",
    "sendgrid",
    "api",
    "access",
    "secret",
    "private",
    "signing",
    "encryption",
    "master",
    "jwt",
    "auth",
    "service",
    "session",
    "account",
];
/// Parts that say it is about a secret, or known to everybody.
const ABOUT: [&str; 36] = [
    "id",
    "ids",
    "url",
    "uri",
    "endpoint",
    "name",
    "names",
    "host",
    "expires",
    "expiry",
    "ttl",
    "length",
    "algorithm",
    "file",
    "path",
    "issuer",
    "audience",
    "header",
    "prefix",
    "type",
    "hash",
    "hashed",
    "digest",
    "checksum",
    "integrity",
    "public",
    "publishable",
    "anon",
    "site",
    "publish",
    "cache",
    "label",
    "placeholder",
    "message",
    "csrf",
    "fingerprint",
];
/// Beginnings of names whose values every browser is given.
const SHIPPED: [&str; 8] = [
    // What an element carries, every browser is sent.
    "data-",
    "vite_",
    "next_public_",
    "react_app_",
    "expo_public_",
    "nuxt_public_",
    "gatsby_",
    "public_",
];

/// Whether a name, in any case, says that its value is a secret.
pub(super) fn names_secret(name: &str) -> bool {
    let parts = parts(name);
    let has = |words: &[&str]| parts.iter().any(|part| words.contains(&part.as_str()));
    if has(&ABOUT) {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    if SHIPPED.iter().any(|start| lower.starts_with(start)) {
        return has(&["secret", "password", "private"]);
    }
    let pairs = parts.windows(2);
    // Names of products are written as one word with what they give: `RAPIDAPI_KEY`, `RAPIDAPIKEY`.
    let is_guarding = pairs
        .into_iter()
        .any(|pair| pair[1] == "key" && (GUARDS.contains(&pair[0].as_str()) || pair[0].ends_with("api")))
        || parts.iter().any(|part| part.ends_with("apikey"));
    let is_pass = parts
        .last()
        .is_some_and(|last| matches!(last.as_str(), "pass" | "pwd" | "salt"))
        && parts.len() > 1;
    has(&SECRET) || is_guarding || is_pass
}

/// The parts of a name, in small letters: `apiSecretKey`, `API_SECRET_KEY` and `api-secret-key` have the same.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut before = ' ';
    for character in name.chars() {
        let breaks =
            !character.is_ascii_alphanumeric() || character.is_ascii_uppercase() && before.is_ascii_lowercase();
        if breaks {
            parts.push(String::new());
        }
        if character.is_ascii_alphanumeric()
            && let Some(last) = parts.last_mut()
        {
            last.push(character.to_ascii_lowercase());
        }
        before = character;
    }
    parts.retain(|part| !part.is_empty());
    parts
}
