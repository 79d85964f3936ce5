//! Whether text was made by chance, as secrets are, or by a person who wanted to say something.

/// Words of values that stand for one to be filled in, or that everybody knows.
const STANDS_IN: [&str; 24] = [
    "example",
    "placeholder",
    "your",
    "change",
    "replace",
    "xxxx",
    "dummy",
    "sample",
    "todo",
    "insert",
    "generate",
    "fake",
    "redacted",
    "notreal",
    "invalid",
    "testing",
    "abcdef",
    "123456",
    "qwerty",
    "foobar",
    "deadbeef",
    "enter",
    "here",
    "...",
];
/// The beginnings of values that programs for a developer's own machine ship, the same for everybody: the account key
/// of Azure's storage emulator.
const SHIPPED: [&str; 1] = ["Eby8vdM02xNOcqF"];
/// Words that people build keys of by hand: what is left without them must be random by itself.
const SPOKEN: [&str; 26] = [
    "secret",
    "password",
    "token",
    "production",
    "development",
    "super",
    "jwt",
    "key",
    "auth",
    "access",
    "refresh",
    "admin",
    "test",
    "local",
    "session",
    "private",
    "public",
    "secure",
    "database",
    "postgres",
    "default",
    "user",
    "client",
    "server",
    "app",
    "prod",
];

/// Whether a value, of a format that only its provider makes, is one that somebody wrote down to show the format.
pub(super) fn stands_in(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let is_shipped = SHIPPED.iter().any(|start| value.starts_with(start));
    let is_typed = has_run(value) || has_rhythm(value) || is_counted_through(value) || entropy(value) < 2.5;
    is_shipped || is_typed || STANDS_IN.iter().any(|word| lower.contains(word))
}

/// Whether a value of no known format was made by chance: long enough, letters mixed with digits as no word, name,
/// path or version mixes them, and nothing in it that stands in for a value.
pub(super) fn is_random(value: &str, shortest: usize) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=_-.!@#$%^&*~".contains(&byte);
    if value.len() < shortest || value.len() > 512 || !value.bytes().all(is_plain) {
        return false;
    }
    let is_reference =
        value.contains("://") || value.contains("${") || value.starts_with(['/', '.', '@', '$', '~', '#']);
    if is_reference || stands_in(value) || is_uuid(value) || is_spoken(value) {
        return false;
    }
    let longest = value
        .split(['_', '-', '.', '/'])
        .max_by_key(|part| part.len())
        .unwrap_or(value);
    let mut rest = longest.to_ascii_lowercase();
    for word in SPOKEN {
        rest = rest.replace(word, "");
    }
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    let letters = rest.bytes().filter(u8::is_ascii_alphabetic).count();
    let runs = digit_runs(&rest);
    let is_hex = longest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let least = if is_hex { 3.0 } else { 3.3 };
    let is_one =
        rest.len() >= shortest.min(16) && digits >= 2 && letters >= 3 && runs >= 2 && entropy(longest) >= least;
    is_one || is_url_safe(value)
}

/// Base64 for addresses has `-` and `_` among its letters: what is between them is short, and no word.
fn is_url_safe(value: &str) -> bool {
    let mut rest = value.to_owned();
    for word in SPOKEN {
        rest = rest.to_ascii_lowercase().replace(word, "");
    }
    let has = |is: fn(&u8) -> bool| value.bytes().filter(is).count() >= 3;
    let is_mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit);
    value.len() >= 20 && rest.len() >= 20 && is_mixed && digit_runs(value) >= 3 && entropy(value) >= 4.0
}

/// Shannon's entropy in bits for each byte.
pub(super) fn entropy(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        counts[usize::from(byte)] += 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "values are far shorter than 2^52 bytes")]
    let length = value.len() as f64;
    let shares = counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / length);
    shares.map(|share| -share * share.log2()).sum()
}

/// Four times the same character, or six in the order of the alphabet or of numbers.
fn has_run(value: &str) -> bool {
    let (mut same, mut rising) = (1, 1);
    value.as_bytes().windows(2).any(|pair| {
        same = if pair[0] == pair[1] { same + 1 } else { 1 };
        rising = if pair[0].checked_add(1) == Some(pair[1]) {
            rising + 1
        } else {
            1
        };
        same >= 4 || rising >= 6
    })
}

/// Letters and digits that each go on in their own order, whatever stands between them: `a1b2c3d4e5f6`,
/// `abc123def456`, `9z8y7x6w`, `q1w2e3r4t5`. Chance makes a step of the two orders once in ten, eight in a row never.
fn is_counted_through(value: &str) -> bool {
    const LEAST: usize = 8;
    const KEYBOARD: &[u8] = b"qwertyuiopasdfghjklzxcvbnm";
    let place_of = |letter: u8, is_of_keyboard: bool| match is_of_keyboard {
        true => KEYBOARD.iter().position(|key| *key == letter),
        false => Some(usize::from(letter - b'a')),
    };
    let goes_on = |from: usize, to: usize, count: usize, falls: bool| match falls {
        true => (to + 1) % count == from,
        false => (from + 1) % count == to,
    };
    let is_long = |is_of_keyboard: bool, falls: bool| {
        let (mut letter, mut digit, mut steps) = (None, None, 0);
        value.bytes().map(|byte| byte.to_ascii_lowercase()).any(|byte| {
            let (last, at, count) = match byte {
                b'0'..=b'9' => (&mut digit, Some(usize::from(byte - b'0')), 10),
                b'a'..=b'z' => (&mut letter, place_of(byte, is_of_keyboard), 26),
                _ => return false,
            };
            let Some(at) = at else { return false };
            match last.replace(at) {
                Some(from) if goes_on(from, at, count, falls) => steps += 1,
                // The first of its kind neither goes on nor breaks off.
                None => {}
                Some(_) => steps = 0,
            }
            steps >= LEAST
        })
    };
    [(false, false), (false, true), (true, false)]
        .into_iter()
        .any(|(is_of_keyboard, falls)| is_long(is_of_keyboard, falls))
}

/// Eighteen characters or more of which every third is of the same kind, `8mN3qR7vZ…`: typed to look like chance.
fn has_rhythm(value: &str) -> bool {
    const LEAST: usize = 18;
    let kind = |byte: &u8| match byte {
        byte if byte.is_ascii_digit() => 1,
        byte if byte.is_ascii_lowercase() => 2,
        byte if byte.is_ascii_uppercase() => 3,
        _ => 0_u8,
    };
    let kinds: Vec<u8> = value.as_bytes().iter().map(kind).collect();
    // Three in a row that are all different, and each the same as the one three before it.
    let is_mixed = |three: &[u8]| three.iter().sum::<u8>() == 6 && three.iter().product::<u8>() == 6;
    let mut long = 0;
    (0..kinds.len().saturating_sub(2)).any(|at| {
        let goes_on = at == 0 || kinds[at - 1] == kinds[at + 2];
        long = match (is_mixed(&kinds[at..at + 3]), goes_on && long > 0) {
            (false, _) => 0,
            (true, false) => 3,
            (true, true) => long + 1,
        };
        long >= LEAST
    })
}

/// Whether most of a value is words that people speak, one beside the other: `StrongPassword123!Min12Chars`.
fn is_spoken(value: &str) -> bool {
    let mut words: Vec<String> = Vec::new();
    let mut last = ' ';
    for letter in value.chars() {
        let begins = !last.is_ascii_alphabetic() || last.is_ascii_lowercase() && letter.is_ascii_uppercase();
        if letter.is_ascii_alphabetic() && begins {
            words.push(String::new());
        }
        if letter.is_ascii_alphabetic()
            && let Some(word) = words.last_mut()
        {
            word.push(letter);
        }
        last = letter;
    }
    let is_vowel = |letter: char| "aeiouyAEIOUY".contains(letter);
    let is_word = |word: &String| {
        let longest = word.split(is_vowel).map(str::len).max().unwrap_or(0);
        word.len() >= 3
            && word.contains(is_vowel)
            && longest <= 3
            && !word[1..].contains(|letter: char| letter.is_ascii_uppercase())
    };
    let spoken: usize = words.iter().map(String::len).sum();
    words.len() >= 3 && words.iter().all(is_word) && spoken * 10 >= value.len() * 7
}

fn digit_runs(value: &str) -> usize {
    let mut before = false;
    value
        .bytes()
        .filter(|byte| {
            let starts = byte.is_ascii_digit() && !before;
            before = byte.is_ascii_digit();
            starts
        })
        .count()
}

/// A UUID names a thing far more often than it guards one.
fn is_uuid(value: &str) -> bool {
    let parts: Vec<&str> = value.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12] && value.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::{is_random, stands_in};

    #[test]
    fn chance_is_told_from_words() {
        for value in [
            "k3Jd82nVq0sLmZx91aQw",
            "9f86d081884c7d659a2feaa0c55ad015",
            "Qm7+zK2/pW4xN9vB1cT6",
            "4RTYpqX7m-KL82-wQzAb9C_dE",
            "prod_8sKq02LmZx71vBnR4tYw",
            "8mN3qR7vZ2pWk4Jx09LdQ7fT",
        ] {
            assert!(is_random(value, 16), "{value}");
        }
        for value in [
            "my-super-secret-jwt-key-2024",
            "your_api_key_goes_in_1234567",
            "550e8400-e29b-41d4-a716-446655440000",
            "x-amz-server-side-encryption-1",
            "/run/secrets/k3Jd82nVq0sLmZx91aQw",
            "xxxxxxxxxxxxxxxxxxxx",
            "abcdefghij1234567890",
            "resetPasswordTokenExpiresIn",
            "supersecretpassword12",
            "https://host.net/k3Jd82nVq0sLmZx91aQw",
            "${k3Jd82nVq0sLmZx91aQw}",
            "short1A2b",
            "XtKl8mN3qR7vZ2pW9sY4jF6hG1dA5cB8",
            "StrongPassword123!Min12Chars",
            "a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1v2w3x4y5z6",
            "abc123def456ghi789jkl012mno345pq",
            "a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6",
            "Z9y8X7w6V5u4T3s2R1q0",
            "q1w2e3r4t5y6u7i8o9p0",
        ] {
            assert!(!is_random(value, 16), "{value}");
        }
        assert!(stands_in("IOSFODNN7EXAMPLE") && stands_in("0000000000000000") && !stands_in("QZ3K7WPLM2XJ6VBN"));
    }
}
