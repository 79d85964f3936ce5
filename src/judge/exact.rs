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

/// What a failure misses in place of what the line names: that `EMAIL_PASS` is not checked says nothing of `JWT_SECRET`.
/// Nothing where either names no variable and no environment file, or both name the same.
pub(super) fn missed_another(text: &str, failing: &Seen<'_>) -> Option<String> {
    let asked: Vec<&str> = names(text).collect();
    if asked.is_empty() || !failing.is_missing() {
        return None;
    }
    let messages = failing.findings().flat_map(|finding| {
        let related = finding.gap.related.iter().map(|related| related.message.as_str());
        related.chain([finding.gap.message.as_str()])
    });
    let missed: Vec<&str> = messages
        .flat_map(|message| names(message).chain(quoted(message)))
        .collect();
    let first = missed.first()?;
    let is_asked = missed.iter().any(|name| asked.contains(name));
    (!is_asked).then(|| format!("the line names `{}`, and what is missing is `{first}`", asked[0]))
}

/// What a message quotes that is in capitals alone: `PORT` there is a variable, where a line may mean the word.
fn quoted(message: &str) -> impl Iterator<Item = &str> {
    let is_upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let quoted = message.split('`').skip(1).step_by(2);
    quoted.filter(move |word| !word.is_empty() && word.bytes().all(is_upper))
}

/// Variables (`JWT_SECRET`) and environment files (`.env.local`) that a text names.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "_.-".contains(character);
    let is_variable = |word: &str| {
        let is_upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        word.contains('_') && word.starts_with(|first: char| first.is_ascii_uppercase()) && word.bytes().all(is_upper)
    };
    let words = text.split(move |character| !is_part(character));
    let words = words.map(|word| word.trim_end_matches(['.', '-']));
    words.filter(move |word| is_variable(word) || is_env_file(word))
}

/// Whether a text holds the words, and not as a part of longer ones: `11mb` is not `1mb`, `/healthz` not `/health`, and
/// neither is `/api/health`, which somebody who asks for `/health` is not answered by.
fn holds(text: &str, words: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-');
    text.match_indices(words).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + words.len()..].chars().next();
        let is_file = words.rsplit('/').next().is_some_and(|name| name.contains('.'));
        let is_within = |character: char| is_part(character) || matches!(character, '}' | ']' | ')' | '*');
        let begins = match words.starts_with('/') {
            true => is_file || before.is_none_or(|character| !is_within(character)) || is_method(&text[..at]),
            false => before.is_none_or(|character| !is_part(character)),
        };
        // `.env.production.example` is another file than `.env.production`.
        let goes_on = is_env_file(words)
            && text[at + words.len()..]
                .strip_prefix('.')
                .is_some_and(|rest| rest.starts_with(is_part));
        begins && !goes_on && after.is_none_or(|character| !is_part(character))
    })
}

/// Whether a text ends with a method: without spaces, `GET /health` is `get/health`.
fn is_method(before: &str) -> bool {
    const METHODS: [&str; 8] = ["all", "delete", "get", "head", "options", "patch", "post", "put"];
    before == "*" || METHODS.iter().any(|method| before.ends_with(method))
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
    use super::{holds, names, stated};

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
        assert!(holds("get/health", "/health") && holds("`/health`", "/health") && !holds("get/healthz", "/health"));
        // Who asks for the one is not answered by the other.
        assert!(!holds("get/api/health", "/health"));
    }

    #[test]
    fn variables_and_environment_files_have_names() {
        let found = |text| names(text).collect::<Vec<_>>();
        assert_eq!(
            found("Checked: JWT_SECRET, `DB_URL`; .env.prod."),
            ["JWT_SECRET", "DB_URL", ".env.prod"]
        );
        assert_eq!(found("`backend/.env.production` is not ignored"), [".env.production"]);
        assert!(found("The API and its .env are READY, HTTP/2, node_modules").is_empty());
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
