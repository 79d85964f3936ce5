//! Addresses of routes against patterns over them: `/**/login`, `/users/:`, `/api/*`.

use crate::check::code::is_like;
use crate::text::HashMap;

/// Patterns over addresses, by what tells most of them apart.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    patterns: Vec<Vec<String>>,
    /// The patterns that have a part without a star, by such a part: each address that is like one has that, too.
    by_part: HashMap<String, Vec<usize>>,
    /// Those that have none.
    open: Vec<usize>,
}

impl Addresses {
    pub(super) fn new(paths: &[String]) -> Self {
        let mut addresses = Self::default();
        for (index, path) in paths.iter().enumerate() {
            let pattern = parts(path);
            let plain = pattern.iter().filter(|part| !part.contains('*'));
            match plain.max_by_key(|part| part.len()) {
                Some(part) => addresses.by_part.entry(part.clone()).or_default().push(index),
                None => addresses.open.push(index),
            }
            addresses.patterns.push(pattern);
        }
        addresses
    }

    /// Whether an address, in its parts, is like one of the patterns.
    pub(super) fn are_like(&self, path: &[String]) -> bool {
        let named = path.iter().filter_map(|part| self.by_part.get(part)).flatten();
        let mut tried = named.chain(&self.open);
        tried.any(|index| is_address_like(&self.patterns[*index], path))
    }

    /// Whether it may be like one, where `{}` in it stands for any parts.
    pub(super) fn may_be_like(&self, path: &[String]) -> bool {
        self.patterns.iter().any(|pattern| may_be_like(pattern, path))
    }
}

/// The parts of an address, or of a pattern for one, in lower case.
fn parts(address: &str) -> Vec<String> {
    let parts = address.split('/').filter(|part| !part.is_empty());
    parts.map(str::to_lowercase).collect()
}

/// Whether an address is like a pattern, part by part.
fn is_address_like(pattern: &[String], path: &[String]) -> bool {
    fn rest(pattern: &[String], path: &[String]) -> bool {
        match (pattern, path) {
            ([], []) => true,
            ([any, more @ ..], _) if any == "**" => (0..=path.len()).any(|skipped| rest(more, &path[skipped..])),
            ([first, more @ ..], [part, parts @ ..]) => is_like(first, part) && rest(more, parts),
            ([], _) | (_, []) => false,
        }
    }
    // Nothing that is written has more parts, and `**` forks at each.
    path.len() <= 40 && rest(pattern, path)
}

/// Whether an address may be like a pattern, where `{}` in it stands for any parts.
fn may_be_like(pattern: &[String], path: &[String]) -> bool {
    // Nothing that is written has more parts, and each that is not known forks.
    if path.len() > 40 || path.iter().filter(|part| part.contains("{}")).count() > 4 {
        return true;
    }
    match (pattern, path) {
        ([], []) => true,
        (_, [part, rest @ ..]) if part.contains("{}") => {
            (0..=pattern.len()).any(|skipped| may_be_like(&pattern[skipped..], rest))
        }
        ([any, more @ ..], _) if any == "**" => {
            may_be_like(more, path) || path.split_first().is_some_and(|(_, rest)| may_be_like(pattern, rest))
        }
        ([first, more @ ..], [part, rest @ ..]) => is_like(first, part) && may_be_like(more, rest),
        ([], _) | (_, []) => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Addresses, parts};

    #[test]
    fn what_is_not_known_may_be_any_parts() {
        let may = |pattern: &str, path: &str| super::may_be_like(&parts(pattern), &parts(path));
        assert!(may("/api/login", "/{}/login") && may("/**/login", "/{}/login") && may("/login", "/{}/login"));
        assert!(may("/api/v1/login", "/{}/login") && may("/api/login", "/api/{}"));
        assert!(!may("/api/login", "/{}/users") && !may("/**/login", "/{}/users") && !may("/login", "/{}/login/x"));
    }

    fn is_address_like(pattern: &str, path: &str) -> bool {
        super::is_address_like(&parts(pattern), &parts(path))
    }

    #[test]
    fn addresses_are_compared_part_by_part() {
        assert!(is_address_like("/**/login", "/api/v1/auth/login"));
        assert!(is_address_like("/**/webhook*/**", "/api/webhooks/stripe"));
        assert!(is_address_like("/health", "/Health"));
        assert!(!is_address_like("/health", "/health/health"));
        assert!(is_address_like("/users/:", "/users/:"));
    }

    proptest! {
        #[test]
        fn what_is_told_apart_by_a_part_is_what_each_pattern_says(
            patterns in prop::collection::vec("(/(\\*\\*|\\*|a|b|a\\*|\\*b)){0,4}", 0..4),
            path in "(/(a|b|ab|c)){0,5}",
        ) {
            let path = parts(&path);
            let each = patterns.iter().any(|pattern| super::is_address_like(&parts(pattern), &path));
            prop_assert_eq!(Addresses::new(&patterns).are_like(&path), each);
        }
    }
}
