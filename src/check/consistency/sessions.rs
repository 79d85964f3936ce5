//! Session cookies that production sets, with the attributes that they are given.
//!
//! A cookie is known as one of a session by its name. What a browser is sent is said only where the options could be followed;
//! libraries that set such cookies by themselves are taken at their defaults.

mod attributes;
mod found;
mod kept;

use crate::check::View;
use crate::check::code::Truth;
use crate::model::{Cause, Component, Evidence, Examined, Gap, Strength, Unread};
use crate::program::{Program, Reach, Side};

use super::Tally;
use found::{Cookie, cookies};

/// What is asked of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of them have all attributes.
    Protected,
    /// None of them is plainly without.
    NotOpen,
}

/// What serves in other languages, whose cookies are not followed.
const FOREIGN: [&str; 18] = [
    "aiohttp",
    "django",
    "fastapi",
    "flask",
    "starlette",
    "streamlit",
    "tornado",
    "actix",
    "axum",
    "rocket",
    "warp",
    "gin",
    "chi",
    "echo",
    "fiber",
    "java",
    "ruby",
    "php",
];
/// Packages that set cookies of sessions in ways that are not followed, or that scripts can read by design.
const OTHERS: [&str; 14] = [
    "@supabase/ssr",
    "@supabase/auth-helpers-nextjs",
    "@clerk/nextjs",
    "@clerk/express",
    "cookie-session",
    "koa-session",
    "@fastify/session",
    "@fastify/secure-session",
    "lucia",
    "@auth0/nextjs-auth0",
    "firebase-admin",
    "supertokens-node",
    "@remix-run/node",
    "@workos-inc/authkit-nextjs",
];

pub(super) fn examine(view: &View<'_>, tally: Tally<'_>, wanted: Wanted) -> Examined {
    let program = Program::of(view.snapshot);
    let components = view.snapshot.components.iter();
    let asked = components.filter(|component| view.component.is_none_or(|asked| asked.path == component.path));
    let mut all = All {
        tally,
        evidence: Vec::new(),
    };
    for component in asked {
        if component.kinds.iter().any(|kind| FOREIGN.contains(&kind.as_str())) {
            all.tally.unread(unmodelled(format!(
                "which cookies the code of another language in `{}` sets is not followed",
                component.path
            )));
        }
        all.component(&program, component, wanted);
    }
    match wanted {
        Wanted::Protected => all.protected(),
        Wanted::NotOpen => all.not_open(),
    }
}

struct All<'a> {
    tally: Tally<'a>,
    evidence: Vec<Evidence>,
}

impl All<'_> {
    fn component(&mut self, program: &Program, component: &Component, wanted: Wanted) {
        let reach = program.reach(component, Side::Server);
        let mut found: Vec<Cookie> = cookies(program, &reach);
        found.retain(|cookie| !self.tally.is_left_out(&cookie.name));
        if let Some(unread) = open(program, &reach) {
            self.tally.unread(unread);
        }
        // No cookie protects what is kept beside it where scripts read it.
        if let Some(place) = kept::kept(program, &program.reach(component, Side::Browser)) {
            self.tally.unread(unmodelled(format!(
                "a token is kept in the browser's storage as well (`{}`)",
                place.path
            )));
        }
        for cookie in found {
            self.tally.compared += 1;
            self.cookie(program, &cookie, wanted);
        }
    }

    fn cookie(&mut self, program: &Program, cookie: &Cookie, wanted: Wanted) {
        let module = program.module(cookie.at.module);
        let place = program.place(cookie.at.module, &module.span(cookie.at.expr));
        let name = &cookie.name;
        let mut truths = vec![&cookie.hidden, &cookie.secure];
        if wanted == Wanted::Protected {
            truths.push(&cookie.same_site);
        }
        let short: Vec<&str> = truths.iter().filter_map(|truth| why_not(truth)).collect();
        if !short.is_empty() {
            let why = format!(
                "the session's cookie `{name}` is set here, and {}",
                short.join(", and ")
            );
            self.tally.gaps.push(Gap::at(place, &format!("cookie {name}"), why));
            return;
        }
        let open = truths.into_iter().find_map(|truth| match truth {
            Truth::Unknown(why) => Some(why.clone()),
            Truth::Yes | Truth::No(_) => None,
        });
        match open {
            Some(why) => self.tally.unread(unmodelled(format!(
                "the session's cookie `{name}` (`{}`): {why}",
                place.path
            ))),
            None => self.evidence.push(Evidence::new(
                place,
                &format!("{name}: httpOnly, secure, sameSite"),
                Strength::Wired,
                format!("cookie {name}"),
            )),
        }
    }

    fn protected(self) -> Examined {
        let mut examined = self.tally.examined(
            "session cookie",
            "has `HttpOnly`, `Secure` and `SameSite`",
            "nothing that production starts is seen to set a session's cookie",
        );
        if examined.gaps.is_empty() {
            examined.evidence = self.evidence;
        }
        examined
    }

    /// What is not known falls short of nothing here.
    fn not_open(mut self) -> Examined {
        if self.tally.gaps.is_empty() {
            return Examined::not_applicable("no session's cookie is plainly set without `HttpOnly` or `Secure`");
        }
        self.tally.unread = None;
        self.tally
            .examined("session cookie", "is protected", "no session's cookie is set")
    }
}

fn why_not(truth: &Truth) -> Option<&str> {
    match truth {
        Truth::No(why) => Some(why),
        Truth::Yes | Truth::Unknown(_) => None,
    }
}

/// Why cookies may be set that are not seen.
fn open(program: &Program, reach: &Reach) -> Option<Unread> {
    if let Some(package) = OTHERS.iter().find(|package| reach.loads_package(program, package)) {
        let what = format!("how `{package}` sets the session's cookies is not followed");
        return Some(unmodelled(what));
    }
    reach.unread(program, &["cookie".to_owned(), "Cookie".to_owned()])
}

fn unmodelled(what: String) -> Unread {
    Unread::new(
        Cause::Unmodelled,
        what,
        "write the options as constants beside the cookie, or attest it",
    )
}
