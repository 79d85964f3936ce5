//! Whether a stranger can have an address that a pattern for origins lets in.

/// Hosts that give a name below theirs to anybody who asks. From the public suffix list's private part,
/// <https://publicsuffix.org/list/>, those where applications are hosted.
const SHARED: [&str; 30] = [
    "vercel.app",
    "now.sh",
    "netlify.app",
    "netlify.com",
    "herokuapp.com",
    "onrender.com",
    "pages.dev",
    "workers.dev",
    "github.io",
    "gitlab.io",
    "web.app",
    "firebaseapp.com",
    "azurewebsites.net",
    "azurestaticapps.net",
    "cloudfront.net",
    "amplifyapp.com",
    "surge.sh",
    "fly.dev",
    "railway.app",
    "deno.dev",
    "glitch.me",
    "repl.co",
    "replit.app",
    "replit.dev",
    "ngrok.io",
    "ngrok.app",
    "ngrok-free.app",
    "trycloudflare.com",
    "loca.lt",
    "lovable.app",
];

/// Who has an address that is let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Openness {
    /// Anybody may have one, in words that follow "a pattern".
    Open(String),
    /// Only who was chosen.
    Chosen,
    /// It is not known.
    Unknown,
}

/// Who is let in by a regular expression of JavaScript for a whole origin.
pub(super) fn of_pattern(pattern: &str) -> Openness {
    let plain = pattern.replace("\\/", "/").replace("\\.", ".").replace("\\-", "-");
    if is_local(&plain) {
        return local(&plain);
    }
    if matches!(plain.trim_matches(['^', '$']), "" | ".*" | ".+") {
        return Openness::Open("that every address matches".to_owned());
    }
    // Alternatives may be anchored each for itself.
    if plain.contains('|') {
        return Openness::Unknown;
    }
    let is_closed = plain.ends_with('$');
    let body = plain.trim_end_matches('$');
    let body = ["(:d+)?", "(:\\d+)?", "(?::\\d+)?", "(:[0-9]+)?", "/?"]
        .iter()
        .fold(body, |body, ending| body.strip_suffix(ending).unwrap_or(body));
    if let Some(shared) = shared(body) {
        let before = body[..body.len() - shared.len()].trim_end_matches('.');
        if ends_with_a_wildcard(before) || before.is_empty() && !plain.starts_with('^') {
            return Openness::Open(format!("under `{shared}`, where anybody may have a name that matches"));
        }
        if has_wildcard(before) {
            return Openness::Unknown;
        }
    }
    if is_closed && let Some(name) = behind_anything(body) {
        // Further names belong to whoever has the domain.
        return match name.split('.').count() {
            2 => Openness::Open("that a longer name of anybody's ends with as well".to_owned()),
            _ => Openness::Unknown,
        };
    }
    let ends_in_a_name = body
        .chars()
        .next_back()
        .is_some_and(|letter| letter.is_ascii_alphanumeric());
    if !is_closed && ends_in_a_name && body.contains('.') {
        return Openness::Open("without an end (`$`): an address that goes on after it matches, too".to_owned());
    }
    match plain.strip_prefix('^') {
        Some(_) if is_closed => Openness::Chosen,
        // `.example.com` at the end is below that domain.
        None if is_closed && plain.starts_with('.') => Openness::Chosen,
        None if is_closed
            && plain.starts_with(|letter: char| letter.is_ascii_alphanumeric())
            && !plain.contains("://") =>
        {
            Openness::Open("without a beginning (`^`): a longer name that ends so matches, too".to_owned())
        }
        _ => Openness::Unknown,
    }
}

/// The name of a domain right in front of which anything may stand: `^https://.*example.com`.
fn behind_anything(body: &str) -> Option<&str> {
    let names = [".*", ".+"]
        .iter()
        .filter_map(|any| body.rsplit_once(any))
        .map(|(_, name)| name);
    let name = names.min_by_key(|name| name.len())?;
    let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.');
    let is_name = name.starts_with(|letter: char| letter.is_ascii_alphanumeric())
        && name.contains('.')
        && name.chars().all(is_of_name);
    is_name.then_some(name)
}

/// Who is let in by a part of an origin's text: `endsWith`, `startsWith`, `includes`, `indexOf`.
pub(super) fn of_ending(method: &str, text: &str) -> Openness {
    if is_local(text) {
        return local(text);
    }
    match method {
        "endsWith" => match shared(text) {
            Some(shared) if text.trim_start_matches(['.', '-']).len() <= shared.len() => {
                Openness::Open(format!("under `{shared}`, where anybody may have a name"))
            }
            Some(_) => Openness::Unknown,
            None if text.starts_with('.') || text.contains("://") => Openness::Chosen,
            None if text.contains('.') => {
                Openness::Open(format!("that ends in `{text}`, as a longer name of anybody's may"))
            }
            None => Openness::Unknown,
        },
        "startsWith" if text.contains("://") && text.contains('.') && !text.ends_with(['/', ':']) => Openness::Open(
            format!("that begins with `{text}`, as an address that goes on after it does"),
        ),
        "includes" | "indexOf" if text.contains('.') => {
            Openness::Open(format!("that holds `{text}`, as anybody's address may"))
        }
        _ => Openness::Unknown,
    }
}

/// An address of the machine itself is let in for development; that strangers could have one like it is unlikely to matter.
fn local(text: &str) -> Openness {
    match text.contains('|') {
        true => Openness::Unknown,
        false => Openness::Chosen,
    }
}

fn is_local(text: &str) -> bool {
    ["localhost", "127.0.0.1", "192.168.", "[::1]"]
        .iter()
        .any(|local| text.contains(local))
}

fn shared(body: &str) -> Option<&'static str> {
    SHARED.into_iter().find(|shared| {
        let before = body.strip_suffix(shared);
        before.is_some_and(|before| before.is_empty() || before.ends_with(['.', '-', '*', '+', ')']))
    })
}

fn ends_with_a_wildcard(before: &str) -> bool {
    ["*", "+", "}", "*)", "+)", ")?", ")*", ")+"]
        .iter()
        .any(|ending| before.ends_with(ending))
}

fn has_wildcard(before: &str) -> bool {
    before.contains(['*', '+', '[', '{', '('])
}

#[cfg(test)]
mod tests {
    use super::{Openness, of_ending, of_pattern};

    fn is_open(openness: &Openness) -> bool {
        matches!(openness, Openness::Open(_))
    }

    #[test]
    fn anybody_may_have_a_name_below_a_shared_host() {
        for open in [
            r"^https:\/\/shop-[a-z0-9-]+\.vercel\.app$",
            r"\.netlify\.app$",
            r"^https://.*\.herokuapp\.com$",
            ".*",
        ] {
            assert!(is_open(&of_pattern(open)), "{open}: {:?}", of_pattern(open));
        }
        // Who may end the name so is not known.
        assert_eq!(of_pattern(r"^https:\/\/shop-.*-team\.vercel\.app$"), Openness::Unknown);
        assert_eq!(of_pattern(r"^https:\/\/shop\.vercel\.app$"), Openness::Chosen);
    }

    #[test]
    fn a_pattern_must_begin_and_end() {
        assert!(is_open(&of_pattern(r"^https:\/\/example\.com")));
        assert!(is_open(&of_pattern(r"example\.com$")));
        assert_eq!(of_pattern(r"^https:\/\/([a-z]+\.)?example\.com$"), Openness::Chosen);
        assert!(is_open(&of_pattern(r"^https:\/\/.*example\.com$")));
        assert_eq!(of_pattern(r"^https:\/\/.*staging\.example\.com$"), Openness::Unknown);
        assert_eq!(of_pattern(r"^https:\/\/.*\.example\.com$"), Openness::Chosen);
        assert_eq!(of_pattern(r"^https:\/\/.+-team\.example\.com$"), Openness::Chosen);
        assert_eq!(of_pattern(r"\.example\.com$"), Openness::Chosen);
        assert_eq!(of_pattern(r"^http:\/\/localhost:\d+$"), Openness::Chosen);
    }

    #[test]
    fn a_part_of_a_text_lets_strangers_in() {
        assert!(is_open(&of_ending("endsWith", ".vercel.app")));
        assert!(is_open(&of_ending("endsWith", "example.com")));
        assert!(is_open(&of_ending("includes", "example.com")));
        assert!(is_open(&of_ending("startsWith", "https://app.example.com")));
        assert_eq!(of_ending("endsWith", ".example.com"), Openness::Chosen);
        assert_eq!(of_ending("startsWith", "http://localhost:"), Openness::Chosen);
        assert_eq!(of_ending("endsWith", "-team.vercel.app"), Openness::Unknown);
    }
}
