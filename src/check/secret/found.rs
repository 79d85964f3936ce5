//! One pass over a document for everything that may be a secret. It knows no path: that is weighed by who asks.

use std::sync::LazyLock;

use crate::text::HashSet;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::bytes::Regex;

use crate::check::value::account::password_of;
use crate::check::value::secret::is_real;
use crate::text::{Document, Span, View, is_minified};

use super::assigned;
use super::host;
use super::provider::{FORMATS, pattern};
use super::random::stands_in;
use super::sighting::{Family, Form, Sighting};

/// The secrets of a document in the order of its bytes; of one that a tool made, only tokens of providers.
#[derive(Debug)]
pub(super) struct Found(pub(super) Vec<Sighting>);

impl View for Found {
    fn parse(document: &Document) -> Self {
        let is_made = is_minified(document);
        let mut pass = Pass {
            is_made,
            document,
            found: Vec::new(),
            values: HashSet::default(),
            past: 0,
            line: 0,
        };
        pass.run();
        pass.found
            .sort_by_key(|sighting| (sighting.span.start, sighting.span.end));
        Self(pass.found)
    }
}

/// What a literal opens.
#[derive(Debug, Clone, Copy)]
enum Opens {
    Format(usize),
    Key,
    Address,
    Jwt,
    /// A word of a name: its line may give it a value.
    Name,
}

const SCHEMES: [&str; 15] = [
    "postgres://",
    "postgresql://",
    "mysql://",
    "mariadb://",
    "mongodb://",
    "mongodb+srv://",
    "redis://",
    "rediss://",
    "amqp://",
    "amqps://",
    "smtp://",
    "smtps://",
    "sqlserver://",
    "https://",
    "http://",
];

static LITERALS: LazyLock<Vec<(&str, Opens)>> = LazyLock::new(|| {
    let mut all: Vec<(&str, Opens)> = Vec::new();
    for (index, format) in FORMATS.iter().enumerate() {
        all.extend(format.starts.iter().map(|start| (*start, Opens::Format(index))));
    }
    all.push(("-----BEGIN ", Opens::Key));
    all.push(("eyJ", Opens::Jwt));
    all.push(("cloudinary://", Opens::Address));
    all.extend(SCHEMES.iter().map(|scheme| (*scheme, Opens::Address)));
    all.extend(assigned::WORDS.iter().map(|word| (*word, Opens::Name)));
    all
});

static AUTOMATON: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        // Small enough for a table that takes each byte in one step.
        .kind(Some(AhoCorasickKind::DFA))
        .build(literals())
        .expect("the literals are constant and tested")
});

/// What every secret begins with, or a name that is given one holds, whatever the case of the letters.
pub(in crate::check) fn literals() -> impl Iterator<Item = &'static str> {
    LITERALS.iter().map(|(literal, _)| *literal)
}

/// Where a document holds such literals, by their numbers, in the order in which they end: found on the way by who looked
/// through it for something else.
#[derive(Debug, Default)]
pub(in crate::check) struct Openings(pub(in crate::check) Vec<(u32, u32)>);

fn compiled(pattern: &str) -> Regex {
    let builder = regex::bytes::RegexBuilder::new(pattern).unicode(false).build();
    builder.expect("the pattern is constant and tested")
}

static KEY: LazyLock<Regex> = LazyLock::new(|| {
    // In source and in data the line breaks are written `\n`, and lines may be quoted and joined.
    compiled(
        r#"\A-----BEGIN (?:[A-Z]+ ){0,2}PRIVATE KEY(?: BLOCK)?-----(?:[\s"'+,\\]|\\[nr])*(?:[A-Za-z-]{4,12}: [^\n]{0,80}(?:\s|\\n)+)*([A-Za-z0-9+/]{40,})"#,
    )
});
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    compiled(r#"\A[a-z+]+://[^\s:@/"'`<>(){}\[\]$%|]{0,100}:[^\s@/"'`<>(){}\[\]|]{3,200}@[A-Za-z0-9._-]{3,200}"#)
});
static JWT: LazyLock<Regex> =
    LazyLock::new(|| compiled(r"\AeyJ[A-Za-z0-9_-]{10,1000}\.(eyJ[A-Za-z0-9_-]{10,3000})\.[A-Za-z0-9_-]{20,700}"));
static COOKIE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(r"(?m)^(?:#HttpOnly_)?[^\s#]+\t(?:TRUE|FALSE)\t\S+\t(?:TRUE|FALSE)\t[0-9]+\t[^\t\n]+\t[^\s]{8,}")
});

/// A key that browsers are given, and that its owner limits to them.
const PUBLIC_KEY: &str = "a Google API key";

/// Whether it is a provider's token that no browser may see: keys of maps and of payment forms are made for them.
pub(super) fn is_of_a_provider(found: &Sighting) -> bool {
    found.family == Family::Token && !found.what.starts_with(PUBLIC_KEY)
}

/// How far a pattern may look from where it starts.
const REACH: usize = 6_000;

struct Pass<'a> {
    document: &'a Document,
    /// Whether a tool made it: then only what a provider's format leaves no doubt about counts.
    is_made: bool,
    found: Vec<Sighting>,
    values: HashSet<(Family, Vec<u8>)>,
    /// The end of the last secret: what lies before it was seen.
    past: usize,
    /// The last line whose names were looked at.
    line: u32,
}

impl Pass<'_> {
    fn run(&mut self) {
        let bytes = self.document.bytes();
        match self.document.known::<Openings>() {
            Some(known) => {
                for (start, literal) in &known.0 {
                    self.opened(*start as usize, LITERALS[*literal as usize].1);
                }
            }
            None => {
                for hit in AUTOMATON.find_overlapping_iter(bytes) {
                    self.opened(hit.start(), LITERALS[hit.pattern().as_usize()].1);
                }
            }
        }
        if self.is_made {
            self.found.retain(is_of_a_provider);
            return;
        }
        if bytes.contains(&b'\t')
            && let Some(hit) = COOKIE.find(bytes)
        {
            self.push(
                Family::Cookies,
                "a cookie jar with sessions in it",
                "cookies",
                hit.range(),
            );
        }
    }

    fn opened(&mut self, start: usize, opened: Opens) {
        if self.is_made && !matches!(opened, Opens::Format(_)) {
            return;
        }
        if let Opens::Name = opened {
            self.names(start);
            return;
        }
        if start < self.past {
            return;
        }
        match opened {
            Opens::Format(index) => self.format(index, start),
            Opens::Key => self.key(start),
            Opens::Address => self.address(start),
            Opens::Jwt => self.jwt(start),
            Opens::Name => {}
        }
    }

    fn window(&self, start: usize) -> &[u8] {
        let bytes = self.document.bytes();
        &bytes[start..bytes.len().min(start + REACH)]
    }

    /// Whether something else runs into this place, so that no token starts here.
    fn is_inside_a_word(&self, start: usize) -> bool {
        let before = start.checked_sub(1).map(|at| self.document.bytes()[at]);
        before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            // `\n` before a token in source is a line break, and no word.
            && !(start >= 2 && self.document.bytes()[start - 2] == b'\\')
    }

    fn push(&mut self, family: Family, what: &str, words: &str, span: Span) {
        let value = self.document.bytes()[span.clone()].to_vec();
        self.past = self.past.max(span.end);
        if self.values.insert((family, value)) {
            self.found.push(Sighting {
                family,
                what: what.to_owned(),
                words: words.to_owned(),
                span,
                form: Form::Closed,
                is_beyond_doubt: true,
            });
        }
    }

    fn format(&mut self, index: usize, start: usize) {
        let format = &FORMATS[index];
        let is_telegram = format.prefix == ":AA";
        if !is_telegram && format.prefix != "hooks.slack.com/services/" && self.is_inside_a_word(start) {
            return;
        }
        let Some(captures) = pattern(index).captures(self.window(start)) else {
            return;
        };
        let Some(body) = captures.get(1) else { return };
        let (body_span, value) = (body.range(), String::from_utf8_lossy(body.as_bytes()).into_owned());
        if stands_in(&value)
            || is_telegram && !self.has_bot_id(start)
            || self.is_meant_for_browsers(format.prefix, start)
        {
            return;
        }
        let what = format!("{} (`{}…`)", format.what, format.prefix);
        self.push(format.family, &what, format.what, start..start + body_span.end);
    }

    /// A bot's id: eight to ten digits before the colon.
    fn has_bot_id(&self, start: usize) -> bool {
        let before = &self.document.bytes()[start.saturating_sub(11)..start];
        let digits = before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        (8..=10).contains(&digits)
    }

    /// Firebase's key for browsers has the same format as Google's others, and everybody may know it.
    fn is_meant_for_browsers(&self, prefix: &str, start: usize) -> bool {
        if prefix != "AIza" {
            return false;
        }
        const AROUND: usize = 600;
        let bytes = self.document.bytes();
        let around = &bytes[start.saturating_sub(AROUND)..bytes.len().min(start + AROUND)];
        let around = String::from_utf8_lossy(around).to_ascii_lowercase();
        [
            "authdomain",
            "firebase",
            "storagebucket",
            "public_",
            "vite_",
            "react_app_",
            "maps",
        ]
        .iter()
        .any(|word| around.contains(word))
    }

    fn key(&mut self, start: usize) {
        let Some(captures) = KEY.captures(self.window(start)) else {
            return;
        };
        let Some(body) = captures.get(1) else { return };
        let (end, value) = (body.end(), String::from_utf8_lossy(body.as_bytes()).into_owned());
        if !stands_in(&value.to_ascii_lowercase().replace("here", "")) || super::random::entropy(&value) > 4.5 {
            self.push(Family::PrivateKey, "a private key", "private key", start..start + end);
        }
    }

    fn address(&mut self, start: usize) {
        if self.document.bytes()[start..].starts_with(b"cloudinary://") {
            return self.cloudinary(start);
        }
        let Some(hit) = ADDRESS.find(self.window(start)) else {
            return;
        };
        let (end, text) = (hit.end(), String::from_utf8_lossy(hit.as_bytes()).into_owned());
        let Some(password) = password_of(&text) else { return };
        let host = text.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
        let host = host.split(':').next().unwrap_or_default();
        let is_shown = [
            "example",
            "your",
            "xxx",
            "hostname",
            "domain.",
            "myhost",
            "mydomain",
            "placeholder",
            "internal",
            "company",
            "abc",
            "foo.",
        ]
        .iter()
        .any(|word| host.contains(word))
            || host.ends_with(".local")
            || host.starts_with("host.")
            || host.starts_with("cluster.")
            || host.starts_with("127.")
            || host.starts_with("192.168.");
        let has_mark = password.bytes().any(|byte| !byte.is_ascii_alphabetic());
        let is_word = ["pass", "pwd", "secret", "token", "xxx", "user", "hunter", "123", "abc"]
            .iter()
            .any(|word| password.to_ascii_lowercase().contains(word));
        let is_doubted =
            is_shown || is_word || !has_mark || password.contains(['$', '%', '{', '*']) || !is_real(password);
        // One database of a provider's is no example, whatever people choose for it.
        if is_doubted && (!host::is_one(host) || host::is_stand_in(password)) {
            return;
        }
        let scheme = text.split("://").next().unwrap_or_default();
        let what = format!("an address with a password (`{scheme}://…`)");
        self.push(Family::Address, &what, &format!("{scheme} address"), start..start + end);
    }

    fn cloudinary(&mut self, start: usize) {
        static CLOUDINARY: LazyLock<Regex> =
            LazyLock::new(|| compiled(r"\Acloudinary://[0-9]{10,20}:([A-Za-z0-9_-]{20,40})@[a-z0-9-]+"));
        let Some(captures) = CLOUDINARY.captures(self.window(start)) else {
            return;
        };
        let Some(body) = captures.get(1) else { return };
        let (end, value) = (
            captures.get(0).map_or(0, |whole| whole.end()),
            String::from_utf8_lossy(body.as_bytes()).into_owned(),
        );
        if !stands_in(&value) {
            let what = "a Cloudinary address with its secret (`cloudinary://…`)";
            self.push(Family::Address, what, "cloudinary address", start..start + end);
        }
    }

    fn jwt(&mut self, start: usize) {
        /// Seconds that a token lives which nobody can use on the next day.
        const LONGEST_OF_A_DAY: u64 = 86_400;
        if self.is_inside_a_word(start) || start > 0 && self.document.bytes()[start - 1] == b'-' {
            return;
        }
        let Some(captures) = JWT.captures(self.window(start)) else {
            return;
        };
        let (Some(whole), Some(body)) = (captures.get(0), captures.get(1)) else {
            return;
        };
        let (end, payload) = (whole.end(), decoded(body.as_bytes()));
        let Ok(payload) = serde_json::from_slice::<serde_json::Value>(&payload) else {
            return;
        };
        let text = |key: &str| payload.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
        // The one of jwt.io, and Supabase's key for browsers and its local demo, are known to everybody.
        let is_known = text("sub") == "1234567890" || text("role") == "anon" || text("iss") == "supabase-demo";
        // It opens nothing by the time that somebody reads it here.
        let time = |key: &str| payload.get(key).and_then(serde_json::Value::as_u64);
        let is_short =
            matches!((time("iat"), time("exp")), (Some(from), Some(to)) if to.saturating_sub(from) <= LONGEST_OF_A_DAY);
        if is_known || is_short {
            return;
        }
        let is_service = text("role") == "service_role";
        let (what, words) = if is_service {
            (
                "a Supabase service key, which may do everything (`eyJ…`)",
                "service role",
            )
        } else {
            ("a signed token (`eyJ…`)", "signed token")
        };
        self.push(Family::Jwt, what, words, start..start + end);
        if let Some(last) = self.found.last_mut().filter(|_| !is_service) {
            last.is_beyond_doubt = false;
        }
    }

    fn names(&mut self, at: usize) {
        let line = self.document.line_of(at);
        if line <= self.line {
            return;
        }
        self.line = line;
        let Some(span) = self.document.line_span(line) else {
            return;
        };
        for sighting in assigned::in_line(&self.document.bytes()[span.clone()], span.start) {
            let value = self.document.bytes()[sighting.span.clone()].to_vec();
            let is_public = value.starts_with(b"AIza") && self.is_meant_for_browsers("AIza", sighting.span.start);
            if !is_public && self.values.insert((Family::Assigned, value)) {
                self.found.push(sighting);
            }
        }
    }
}

/// What base64 or base64url stands for; what is neither ends it.
pub(in crate::check) fn decoded(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in text {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' | b'+' => 62,
            b'_' | b'/' => 63,
            _ => break,
        };
        held = (held << 6 | u32::from(six)) & 0xFFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xFF).unwrap_or_default());
        }
    }
    bytes
}
