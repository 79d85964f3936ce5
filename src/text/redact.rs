//! Secrets are taken out of text where it enters, so that no sink can leak one.

/// The text with what looks like a secret replaced by `…`.
///
/// A word is masked when it carries a provider's token prefix, or is 20 characters or longer and
/// mixes letters with digits as no identifier or path does. What is masked keeps its first four
/// characters, so that a person can tell which one it is.
pub fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for character in text.chars() {
        if character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '+' | '.') {
            word.push(character);
        } else {
            push_word(&mut out, &word);
            word.clear();
            out.push(character);
        }
    }
    push_word(&mut out, &word);
    out
}

/// Prefixes by which providers mark their tokens; the list is theirs, from their documentation.
const TOKEN_PREFIXES: [&str; 15] = [
    "sk_live_",
    "sk_test_",
    "rk_live_",
    "whsec_",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "AKIA",
    "SG.",
    "npm_",
    "eyJ",
];

fn push_word(out: &mut String, word: &str) {
    if is_secret_like(word) {
        out.extend(word.chars().take(4));
        out.push('…');
    } else {
        out.push_str(word);
    }
}

fn is_secret_like(word: &str) -> bool {
    if word.len() >= 12 && TOKEN_PREFIXES.iter().any(|prefix| word.starts_with(prefix)) {
        return true;
    }
    // A commit id or an image digest is no secret, and a pin that can't be read is of no use.
    let is_digest = matches!(word.len(), 40 | 64) && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    if word.len() < 20 || is_digest {
        return false;
    }
    let longest = word
        .split(['_', '-', '.'])
        .max_by_key(|part| part.len())
        .unwrap_or(word);
    let digits = longest.bytes().filter(u8::is_ascii_digit).count();
    let letters = longest.bytes().filter(u8::is_ascii_alphabetic).count();
    longest.len() >= 20 && digits >= 2 && letters >= 2
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn tokens_are_masked_and_words_are_not() {
        assert_eq!(redact(concat!("KEY=sk_", "live_4eC39HqLyjWDarjtT1")), "KEY=sk_l…");
        assert_eq!(redact("pass: Zx81kkQpLmn29aaBBcc1"), "pass: Zx81…");
        let pin = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd";
        assert_eq!(redact(pin), pin);
        let path = "backend/src/very_long_module_name_indeed_2.ts";
        assert_eq!(redact(path), path);
    }
}
