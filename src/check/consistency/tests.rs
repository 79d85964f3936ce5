//! How paths that are requested meet those that are answered.

use super::address::{HOLE, answered, fits, fits_behind_a_base, requested, shown};

#[test]
fn requests_meet_their_answers() {
    let fit =
        |request: &str, answer: &str| fits(&requested(&request.replace('~', &HOLE.to_string())), &answered(answer));
    for (request, answer) in [
        ("/terms", "/terms"),
        ("/terms?x=1#y", "/terms/"),
        ("/users/~", "/users/:id"),
        ("/users/~/posts", "/users/:/posts"),
        ("/docs/a/b", "/docs/*"),
        ("/list~", "/list"),
        ("/search?q=~", "/search"),
        ("/Users", "/users"),
    ] {
        assert!(fit(request, answer), "{request} {answer}");
    }
    for (request, answer) in [
        ("/terms", "/term"),
        ("/a/b", "/a"),
        ("/users/~/posts", "/users/:id/likes"),
        ("/verify-email", "/verify/:token"),
    ] {
        assert!(!fit(request, answer), "{request} {answer}");
    }
}

#[test]
fn a_base_may_hide_the_head_and_a_proxy_takes_api_away() {
    let fit = |request: &str, answer: &str| fits_behind_a_base(&requested(request), &answered(answer));
    assert!(fit("/auth/login", "/api/v1/auth/login"));
    assert!(fit("/api/users", "/users"));
    assert!(!fit("/auth/forgot-password", "/api/auth/login"));
    assert!(!fit("/api", "/users"));
    // A parameter at the end of another path is no route of this name.
    assert!(!fit("/api/reports", "/api/users/:id"));
    assert!(fit("/users/1", "/:tenant/users/:id"));
}

#[test]
fn holes_are_shown_as_stars() {
    assert_eq!(shown(&format!("/users/{HOLE}?a={HOLE}")), "/users/*");
}
