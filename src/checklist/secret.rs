//! Secrets and personal data that stand in the document itself. Their values leave this file nowhere.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::Regex;

use crate::check;
use crate::text::{Document, Span};

use super::Checklist;

/// Something that a document everybody may read should not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Its line, from 1.
    pub line: u32,
    /// Its column in characters, from 1.
    pub column: u32,
    /// What it is, with its article, and never its value.
    pub what: String,
    /// What tells it from others: its kind, or the name that it is given to.
    pub words: String,
}

/// Providers at which people have their own mailboxes; a company's address is a contact, and no secret.
static MAILBOX: LazyLock<Regex> = LazyLock::new(|| {
    let providers = "gmail|googlemail|outlook|hotmail|live|yahoo|icloud|me|aol|proton|protonmail|gmx|web|qq|163|yandex";
    pattern(&format!(
        r"(?i-u)\b[a-z0-9][a-z0-9._%+-]{{0,63}}@(?:{providers})\.(?:com|de|net|org|fr|co\.uk|co\.in|in|ch|at|it|es|me|ru)\b"
    ))
});

/// An international account number: country, two digits of a check, and what the country makes of it (ISO 13616).
static ACCOUNT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"));

/// A card's number in groups or in one: 15 or 16 digits that begin as those of the four large networks.
static CARD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?-u)\b(?:3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5}|(?:4[0-9]|5[1-5]|2[2-7]|6[05])[0-9]{2}(?:[ -]?[0-9]{4}){3})\b",
    )
});

/// A telephone number with its country.
static TELEPHONE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)(?:^|[\s(:`*|])(\+[1-9][0-9]{0,2}[ .()-]{0,2}[0-9](?:[ .()-]{0,2}[0-9]){6,11})\b"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is constant and tested")
}

/// What stands in a document, and where; each value once.
fn found(document: &Document) -> Vec<(Span, String, String)> {
    let mut found = check::secrets_in_prose(document);
    let Ok(text) = document.decoded() else { return found };
    let mut seen = std::collections::BTreeSet::new();
    let mut push = |at: std::ops::Range<usize>, what: &str, words: &str| {
        if seen.insert(text[at.clone()].to_owned()) {
            found.push((at, what.to_owned(), words.to_owned()));
        }
    };
    for hit in MAILBOX.find_iter(text).filter(|hit| !is_made_up(hit.as_str())) {
        push(hit.range(), "a person's own mail address", "mail address");
    }
    for hit in ACCOUNT.find_iter(text).filter(|hit| is_account(hit.as_str())) {
        push(hit.range(), "a bank account's number", "account number");
    }
    for hit in CARD.find_iter(text).filter(|hit| is_card(hit.as_str())) {
        push(hit.range(), "a payment card's number", "card number");
    }
    for hit in TELEPHONE.captures_iter(text).filter_map(|hit| hit.get(1)) {
        if is_telephone(hit.as_str()) {
            push(hit.range(), "a telephone number", "telephone number");
        }
    }
    found.sort_by_key(|(span, ..)| (span.start, span.end));
    found
}

/// Fills in what a document should not hold, and takes it out of every word that was read.
pub(super) fn conceal(list: &mut Checklist, document: &Document) {
    let found = found(document);
    if found.is_empty() {
        return;
    }
    let text = document.decoded().unwrap_or_default();
    // A document's words are read with their spaces folded.
    let values = found.iter().filter_map(|(span, ..)| text.get(span.clone()));
    let values: Vec<String> = values
        .flat_map(|value| [value.to_owned(), value.split_whitespace().collect::<Vec<_>>().join(" ")])
        .filter(|value| !value.is_empty())
        .collect();
    let automaton = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(&values);
    let hide = |words: &mut String| match &automaton {
        Ok(automaton) if automaton.is_match(words.as_str()) => {
            let mut out = String::with_capacity(words.len());
            automaton.replace_all_with(words, &mut out, |_, _, out| {
                out.push('…');
                true
            });
            *words = out;
        }
        Ok(_) => {}
        // More than any document holds: nothing of it is told.
        Err(_) => words.clear(),
    };
    for item in &mut list.items {
        hide(&mut item.text);
        item.code.iter_mut().chain(&mut item.below).for_each(&hide);
        if let Some(claim) = &mut item.claim {
            hide(&mut claim.words);
        }
    }
    list.sections.iter_mut().for_each(|section| hide(&mut section.text));
    list.statements
        .iter_mut()
        .for_each(|statement| hide(&mut statement.text));
    let secrets = found.into_iter().map(|(span, what, words)| {
        let place = document.position(span.start);
        Secret {
            line: place.line,
            column: place.column,
            what,
            words,
        }
    });
    list.secrets = secrets.collect();
}

/// Addresses that documents show rather than give.
fn is_made_up(address: &str) -> bool {
    let name = address.split('@').next().unwrap_or_default().to_ascii_lowercase();
    let words = [
        "your", "example", "test", "user", "name", "noreply", "no-reply", "admin", "support", "info", "contact",
        "hello", "foo", "bar", "john", "jane", "doe", "email", "xxx", "abc", "someone", "demo",
    ];
    words.iter().any(|word| name.contains(word))
}

fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|character| character.to_digit(10)).collect()
}

/// Whether the check digits hold (ISO 7064, MOD 97-10), and no digit fills it.
fn is_account(text: &str) -> bool {
    let bare: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    if !(15..=34).contains(&bare.len()) || bare.chars().filter(char::is_ascii_digit).count() < 10 {
        return false;
    }
    let (head, tail) = bare.split_at(4);
    let rest = tail.chars().chain(head.chars()).fold(0_u32, |rest, character| {
        let value = character.to_digit(36).unwrap_or(0);
        if value < 10 {
            (rest * 10 + value) % 97
        } else {
            (rest * 100 + value) % 97
        }
    });
    rest == 1 && !is_filled(&digits(tail)) && !SHOWN_ACCOUNTS.contains(&bare.as_str())
}

/// Account numbers that the banks' own documents show.
const SHOWN_ACCOUNTS: [&str; 4] = [
    "DE89370400440532013000",
    "GB29NWBK60161331926819",
    "GB82WEST12345698765432",
    "FR1420041010050500013M02606",
];

/// Whether Luhn's check holds (ISO/IEC 7812-1), and it is none of the numbers that payment providers give for tests.
fn is_card(text: &str) -> bool {
    let digits = digits(text);
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| match (index % 2, digit * 2) {
            (0, _) => *digit,
            (_, twice) if twice > 9 => twice - 9,
            (_, twice) => twice,
        })
        .sum();
    let bare: String = digits.iter().map(u32::to_string).collect();
    sum.is_multiple_of(10) && !is_filled(&digits) && !TEST_CARDS.iter().any(|row| bare.contains(row))
}

/// Rows of digits in the numbers that payment providers give for tests, which are made of few different digits else
/// (<https://docs.stripe.com/testing>, and the documents of Adyen, Braintree and PayPal). 4000 00 is no bank's.
const TEST_CARDS: [&str; 14] = [
    "123456", "222300", "30569309", "35660020", "36227206", "37144963", "37828224", "400000", "401288", "424242",
    "510510", "555341", "601111", "828282",
];

fn is_telephone(text: &str) -> bool {
    let digits = digits(text);
    let bare: String = digits.iter().map(u32::to_string).collect();
    let is_shown = ["1234", "5555", "0000", "1111", "2345"]
        .iter()
        .any(|row| bare.contains(row))
        || bare.contains("555");
    (9..=15).contains(&digits.len()) && !is_shown
}

/// Whether few different digits make it up, as no number that was given out does.
fn is_filled(digits: &[u32]) -> bool {
    let mut known = digits.to_vec();
    known.sort_unstable();
    known.dedup();
    known.len() < 5
}

#[cfg(test)]
mod tests {
    use super::super::read_document;
    use crate::text::Document;

    fn words(text: &str) -> Vec<(u32, u32, String)> {
        let list = read_document(&Document::new(text.as_bytes())).expect("a text");
        let secrets = list.secrets.into_iter();
        secrets
            .map(|secret| (secret.line, secret.column, secret.words))
            .collect()
    }

    #[test]
    fn what_nobody_should_read_is_found_at_its_place_and_shown_nowhere() {
        let token = ["ghp", "x7Kq2mV9sLw4Tz8RbN1cYd6FhJ3pGa5QeUo0"].join("_");
        let text = format!("# Launch\n\n- [ ] Rotate the token {token} today\n- [x] Ask ana.lindqvist84@gmail.com\n");
        let list = read_document(&Document::new(text.as_bytes())).expect("a text");
        assert_eq!(list.secrets.len(), 2, "{list:#?}");
        assert_eq!((list.secrets[0].line, list.secrets[0].column), (3, 24));
        assert_eq!((list.secrets[1].line, list.secrets[1].column), (4, 11));
        assert_eq!(list.items[0].text, "Rotate the token … today");
        let shown = format!("{list:?}");
        assert!(!shown.contains(&token[4..]) && !shown.contains("lindqvist"), "{shown}");
    }

    #[test]
    fn numbers_count_where_their_check_holds() {
        assert_eq!(
            words("- [ ] pay DE02 1203 0000 0000 2020 51 in time")[0].2,
            "account number"
        );
        assert!(words("- [ ] pay DE03 1203 0000 0000 2020 51 in time").is_empty());
        assert_eq!(words("- [ ] card 4539 1488 0343 6467 works")[0].2, "card number");
        assert!(words("- [ ] card 4539 1488 0343 6468 works").is_empty());
        assert_eq!(words("- [ ] On call: +44 20 7946 0958")[0].2, "telephone number");
    }

    #[test]
    fn what_documents_show_is_none() {
        for line in [
            "- [ ] Stripe's card 4242 4242 4242 4242 is refused in production",
            "- [ ] 3D Secure is asked for with 4000 0027 6000 3184",
            "- [ ] mail from noreply@example.com and support@acme.io",
            "- [ ] `test.user@gmail.com` can sign in",
            "- [ ] SMTP_PASS=\"your-sendgrid-api-key\"",
            "- [ ] call +1 (555) 123-4567",
            "- [ ] build 20261121120000 from 3f2a9c1 at +0200, 1000000 rows",
            "- [ ] IBAN such as GB29 NWBK 6016 1331 9268 19 is validated",
        ] {
            assert_eq!(words(line), [], "{line}");
        }
    }
}
