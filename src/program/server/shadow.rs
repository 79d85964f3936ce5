//! Which of several paths a request comes to first.

use std::sync::Arc;

use super::Route;
use crate::model::Place;

/// How much of what lies below its path passes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it.
    Below,
    /// The path itself: a route of any method, which may hand on.
    Exact,
}

/// Something that answers all that comes to it, so that nothing behind it is asked.
#[derive(Debug, Clone)]
pub(super) struct Answers {
    /// How many routes of the component stand before it.
    pub(super) routes_before: usize,
    /// `GET`, …; `*` for any.
    pub(super) method: Arc<str>,
    /// Its path.
    pub(super) path: String,
    /// What of it.
    pub(super) reach: Extent,
    /// Where it is mounted.
    pub(super) place: Place,
}

/// Whether a route's path lies below that of a middleware.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Below {
    Yes,
    No,
    Maybe,
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

pub(super) fn below(path: &str, mounted: &str, reach: Extent) -> Below {
    parts_below(parts(path), parts(mounted), reach)
}

fn parts_below<'a>(
    mut path: impl Iterator<Item = &'a str>,
    mounted: impl Iterator<Item = &'a str>,
    reach: Extent,
) -> Below {
    for mounted in mounted {
        if mounted == "*" {
            return Below::Yes;
        }
        // What is computed of one text is taken to be the same where it is written the same.
        let part = path.next();
        if part == Some(mounted) {
            continue;
        }
        let Some(part) = part else {
            return if is_open(mounted) { Below::Maybe } else { Below::No };
        };
        if is_open(mounted) || is_open(part) {
            return Below::Maybe;
        }
        let is_it = match mounted.strip_suffix('*') {
            Some(start) => part.starts_with(start),
            None => mounted == ":" || part.eq_ignore_ascii_case(mounted),
        };
        if !is_it {
            return Below::No;
        }
    }
    match (reach, path.next()) {
        (Extent::Below, _) | (Extent::Exact, None) => Below::Yes,
        (Extent::Exact, Some(part)) if is_open(part) => Below::Maybe,
        (Extent::Exact, Some(_)) => Below::No,
    }
}

/// A part of a path that may be anything, other parts among them.
fn is_open(part: &str) -> bool {
    match part.contains('{') {
        true => is_unknown(part) || part.contains("{}"),
        false => part == ":()",
    }
}

/// A part that nothing is known of: `{1}`.
pub(super) fn is_unknown(part: &str) -> bool {
    let number = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Marks routes of one application behind something that answers for them: `get("*")` before them, `/users/:id` before
/// `/users/me`. `first` is the number of the first of these routes.
pub(super) fn behind(routes: &mut [Route], first: usize, answers: &[Answers]) {
    let is_wide =
        |one: &Answers| one.reach == Extent::Below || parts(&one.path).any(|part| part == ":" || part.ends_with('*'));
    let wide = answers.iter().filter(|one| is_wide(one) && !one.path.contains('{'));
    // Each route is held against each that answers, so all paths are taken apart before.
    let wide: Vec<(&Answers, Vec<&str>)> = wide.map(|one| (one, parts(&one.path).collect())).collect();
    for (route, index) in routes.iter_mut().zip(0_usize..) {
        let Some(path) = route.path.as_deref().filter(|_| route.shadowed_by.is_none()) else {
            continue;
        };
        let own: Vec<&str> = parts(path).collect();
        let mut before = wide.iter().filter(|(one, mounted)| {
            let is_method = one.method.as_ref() == "*" || one.method == route.method;
            let is_before = index >= one.routes_before.saturating_sub(first);
            let is_below = || {
                let (own, mounted) = (own.iter().copied(), mounted.iter().copied());
                parts_below(own, mounted, one.reach) == Below::Yes
            };
            is_before && is_method && is_below()
        });
        let is_other = |one: &Answers| route.place != one.place && path != one.path && !path.contains("{}");
        let earlier = before.find(|(one, _)| is_other(one));
        if let Some((one, _)) = earlier {
            route.shadowed_by = Some(one.place.clone());
        }
    }
}

/// Marks routes that an earlier one answers.
pub(super) fn same(routes: &mut [Route]) {
    let mut first: std::collections::BTreeMap<(String, String), Place> = std::collections::BTreeMap::new();
    for route in routes {
        let Some(path) = &route.path else { continue };
        let key = (route.method.to_string(), path.clone());
        match first.get(&key) {
            Some(earlier) if *earlier != route.place => route.shadowed_by = Some(earlier.clone()),
            Some(_) => {}
            None => {
                first.insert(key, route.place.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Below, Extent};

    fn below(path: &str, mounted: &str) -> Below {
        super::below(path, mounted, Extent::Below)
    }

    #[test]
    fn a_path_lies_below_another_part_by_part() {
        for (path, mounted) in [
            ("/api/users", "/"),
            ("/api/users", "/api"),
            ("/API/users", "/api"),
            ("/api/users", "/api/*"),
            ("/api-v2/users", "/api*"),
            ("/:/users", "/:"),
            ("/acme/users", "/:"),
            ("/{1}/login", "/{1}"),
            ("/{}/login", "/{}"),
        ] {
            assert_eq!(below(path, mounted), Below::Yes, "{path} below {mounted}");
        }
        for (path, mounted) in [
            ("/apis/users", "/api"),
            ("/api", "/api/users"),
            ("/:/users", "/me"),
            ("/v1/{1}", "/v2"),
        ] {
            assert_eq!(below(path, mounted), Below::No, "{path} below {mounted}");
        }
        for (path, mounted) in [
            ("/api/users", "/{1}"),
            ("/{1}/login", "/{2}"),
            ("/{1}", "/api"),
            ("/api/users", "/api/{1}/x"),
            ("/api", "/api/{}"),
        ] {
            assert_eq!(below(path, mounted), Below::Maybe, "{path} below {mounted}");
        }
        let exact = |path: &str| super::below(path, "/pay", Extent::Exact);
        assert_eq!((exact("/pay"), exact("/pay/all")), (Below::Yes, Below::No));
    }
}
