//! What a line states exactly, which something like it does not meet: "answers at `/readyz`", "bodies up to 10 MB".

use super::about::Seen;

/// What a line states exactly and no evidence shows; nothing where all is shown, or nothing is stated.
pub(super) fn not_shown(text: &str, seen: &[Seen<'_>]) -> Option<String> {
    let stated = stated(text);
    stated.into_iter().find(|words| {
        let bare = squeezed(words);
        let shows = |text: &str| holds(&squeezed(text), &bare);
        !seen.iter().any(|seen| {
            let mut evidence = seen.all_evidence();
            evidence.any(|found| shows(&found.text) || shows(found.place.path.as_str()) || shows(&found.subject))
        })
    })
}

/// Whether a text holds the words, and not as a part of longer ones: `11mb` is not `1mb`, `/healthz` not `/health`.
fn holds(text: &str, words: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-');
    text.match_indices(words).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + words.len()..].chars().next();
        let begins = words.starts_with('/') || before.is_none_or(|character| !is_part(character));
        begins && after.is_none_or(|character| !is_part(character))
    })
}

/// Routes, paths of files and amounts of bytes, as the line has them.
fn stated(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let trim = |word: &str| {
        let is_around =
            |character: char| matches!(character, '(' | ')' | '[' | ']' | ',' | ';' | ':' | '"' | '\'' | '.');
        let rest = word.trim_end_matches(is_around);
        let rest = rest.trim_start_matches(|character| character != '.' && is_around(character));
        if is_env_file(rest) {
            rest
        } else {
            word.trim_matches(is_around)
        }
        .to_owned()
    };
    let mut found: Vec<String> = words
        .iter()
        .map(|word| trim(word))
        .filter(|word| is_path(word) || is_env_file(word))
        .collect();
    for (index, word) in words.iter().enumerate() {
        let word = trim(word);
        let digits = word.chars().take_while(char::is_ascii_digit).count();
        let (amount, unit) = word.split_at(digits);
        let next = words.get(index + 1).map(|next| trim(next));
        let unit = if unit.is_empty() {
            next.unwrap_or_default()
        } else {
            unit.to_owned()
        };
        if !amount.is_empty() && matches!(unit.to_ascii_lowercase().as_str(), "kb" | "mb" | "gb") {
            found.push(format!("{amount}{unit}"));
        }
    }
    found
}

/// `.env.local`: that `.env` is ignored does not show it.
fn is_env_file(word: &str) -> bool {
    let rest = word.strip_prefix(".env.").unwrap_or_default();
    !rest.is_empty()
        && rest
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || ".-_".contains(character))
}

/// A route (`/readyz`), or a file in a folder (`src/limits.ts`); `CI/CD` and `and/or` are neither.
fn is_path(word: &str) -> bool {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "/._-:{}[]*".contains(character);
    if word.contains("://") || word.contains("//") || !word.chars().all(is_plain) {
        return false;
    }
    match word.split_once('/') {
        Some(("", rest)) => rest.len() >= 3 && rest.chars().any(|character| character.is_ascii_lowercase()),
        Some((folder, rest)) => {
            let name = rest.rsplit('/').next().unwrap_or_default();
            let (stem, extension) = name.rsplit_once('.').unwrap_or_default();
            let is_extension =
                (1..=5).contains(&extension.len()) && extension.starts_with(|first: char| first.is_alphabetic());
            // `Node.js/Express.js` are two names.
            let is_folder = !folder.is_empty() && !folder.trim_start_matches('.').contains('.');
            is_folder && !stem.is_empty() && is_extension
        }
        None => false,
    }
}

fn squeezed(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::{holds, stated};

    #[test]
    fn routes_files_and_amounts_are_exact() {
        assert_eq!(
            stated("Answers at /healthz and /api/ready."),
            ["/healthz", "/api/ready"]
        );
        assert_eq!(stated("Limits in (src/limits.ts)"), ["src/limits.ts"]);
        assert_eq!(stated("Ignore (.env.local)."), [".env.local"]);
        assert_eq!(stated("Bodies up to 10MB, 2 GB of disk"), ["10MB", "2GB"]);
    }

    #[test]
    fn what_is_like_it_does_not_show_it() {
        assert!(holds("limit:'1mb'", "1mb") && !holds("limit:'11mb'", "1mb"));
        assert!(holds("get/api/health", "/health") && !holds("get/healthz", "/health"));
    }

    #[test]
    fn words_with_slashes_are_not() {
        for text in [
            "CI/CD and/or dev/prod",
            "https://example.com/a.html",
            "TCP/IP 24/7",
            "a / b",
            "/",
            "5 Mbit",
        ] {
            assert!(stated(text).is_empty(), "{text}: {:?}", stated(text));
        }
    }
}
