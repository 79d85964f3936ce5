//! `consistency`: whether what one file names is there in another.
//!
//! Each question reads both sides. A side that could not be read whole, or that is made by something which is not
//! modelled, makes the answer unknown; what may be built, ignored or brought along is not called missing.

mod address;
mod aliases;
mod answers;
mod browser;
mod calls;
mod changing;
mod checkout;
mod command;
mod cookies;
mod developed;
mod documents;
mod emitted;
mod emitting;
mod for_development;
mod forwarding;
mod handed_on;
mod health;
mod hosts;
mod links;
mod listed;
mod loads;
mod made;
mod misplaced;
mod no_members;
mod no_require;
mod one_base;
mod packages;
mod pages;
mod playwright;
mod ports;
mod raw_html;
mod requests;
mod router;
mod scripts;
mod sessions;
pub(super) mod test_packages;
pub(super) mod test_requests;
#[cfg(test)]
mod tests;
mod tests_load;
mod unwritten;
mod validators;
mod written;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::model::{Examined, Gap, Needs, Unread};

use crate::program::Program;
use tests_load::Whose;

use super::files::{Case, Globs, MOST_SHOWN, cut};
use super::parameters::{OneOrMany, counted, read};
use super::{Check, Kind, Problem, View};

pub(super) use loads::{loads, loads_needs};
pub(super) use packages::members;
pub(super) use tests_load::{lacking as test_lacks, of_one_needs as test_needs};

/// The kind.
pub const KIND: Kind = Kind {
    name: "consistency",
    summary: "Whether what one file names is there in another: scripts, pages, routes, files.",
    schema: |generator| generator.subschema_for::<Parameters>(),
    build,
};

/// Whether artefacts agree with each other.
///
/// `{ asks = "scripts-exist" }`: the files that the scripts of `package.json` run, and the scripts that other scripts,
/// workflows and READMEs run, exist. `{ asks = "links-have-pages" }`: what pages and mails link to is a page.
/// `{ asks = "client-calls-have-routes" }`: what the browser's code requests from the team's own server, itself or through
/// functions that it hands an address, is routed there; what no page calls is not requested.
/// `{ asks = "documents-name-files" }`: the files that a README names and links to are there.
/// `{ asks = "tests-load" }`: the modules that test files load by relative paths or by aliases are there; with `in`, of these test files.
/// `{ asks = "modules-load" }`: the same of the modules that production loads; the packages that servers load are declared or locked, an image that starts them has those that are for development alone, and plain Node finds what `tsc` wrote of imports; where the build is the compiler alone, classes have the members that they ask themselves for; and no ES module calls `require`.
/// `{ asks = "browser-tests-are-served" }`: the servers that tests in a browser start listen where they are expected.
/// `{ asks = "health-checks-have-routes" }`: what images, compose services and hosts ask a server for, to tell whether it is well, is routed there.
/// `{ asks = "validators-fit" }`: validators of requests are handed schemas that have the parts which they look for.
/// `{ asks = "cookies-are-parsed" }`: where handlers of Express read cookies, something parses them.
/// `{ asks = "session-cookies-are-protected" }`: the cookies of sessions that servers set have `HttpOnly`, `Secure` and `SameSite`.
/// `{ asks = "session-cookies-are-not-open" }`: none of them is plainly without `HttpOnly` or `Secure`.
/// `{ asks = "answers-hide-errors" }`: what servers answer with 500 does not hold what a caught error says, in three places or more.
/// `{ asks = "html-is-not-handed-back" }`: what pages of React put in as HTML is no text that a function of the repository only hands back.
/// `{ asks = "links-have-pages", like = "*verif*" }`: only what is like this is asked about.
/// `{ asks = "scripts-exist", except = ["postinstall:*"] }`: what is like this is not asked about.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "ConsistencyParameters")]
struct Parameters {
    /// What must agree.
    asks: Ask,
    /// Names, links or paths that are not asked about; `*` stands for any letters.
    except: Option<OneOrMany>,
    /// Of `links-have-pages` and `cookies-are-parsed`: the names or links that alone are asked about.
    like: Option<OneOrMany>,
    /// Patterns of the test files that `tests-load` asks about, from the component's folder, or from the root.
    r#in: Option<OneOrMany>,
}

/// What must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "ConsistencyAsk")]
enum Ask {
    /// Scripts, with the files and the other scripts that they run.
    ScriptsExist,
    /// Links in pages and in mails, with the pages that there are.
    LinksHavePages,
    /// What the browser's code requests, with the routes of the servers.
    ClientCallsHaveRoutes,
    /// Paths in READMEs, with the files that there are.
    DocumentsNameFiles,
    /// What test files load, with the files that there are.
    TestsLoad,
    /// What the modules load that production starts, with the files that there are.
    ModulesLoad,
    /// Where tests in a browser expect servers, with the ports on which these listen.
    BrowserTestsAreServed,
    /// What asks a server whether it is well, with its routes.
    HealthChecksHaveRoutes,
    /// The ports at which containers are asked whether they are well, with those on which their servers listen.
    HealthChecksHavePorts,
    /// What validators look for, with the schemas that they are handed.
    ValidatorsFit,
    /// Cookies that handlers of Express read, with what parses them.
    CookiesAreParsed,
    /// Cookies of sessions, with `HttpOnly`, `Secure` and `SameSite`.
    SessionCookiesAreProtected,
    /// Cookies of sessions that are plainly without `HttpOnly` or `Secure`; what is not known falls short of nothing.
    SessionCookiesAreNotOpen,
    /// Answers of 500, with what caught errors say. Fewer than three places may be for development, or a slip.
    AnswersHideErrors,
    /// What pages of React put in as HTML, with the functions that make it.
    HtmlIsNotHandedBack,
}

#[derive(Debug)]
struct ConsistencyCheck {
    ask: Ask,
    except: Vec<String>,
    like: Vec<String>,
    within: Option<Globs>,
}

fn build(value: &Value) -> Result<Box<dyn Check>, Vec<Problem>> {
    let parameters: Parameters = read(value)?;
    let except = parameters
        .except
        .map_or_else(Vec::new, |names| names.as_slice().to_vec());
    if except.iter().any(String::is_empty) {
        return Err(vec![Problem::at(&["except"], "an empty pattern leaves nothing out")]);
    }
    if parameters.r#in.is_some() && parameters.asks != Ask::TestsLoad {
        return Err(vec![Problem::at(
            &["in"],
            "only `tests-load` can be asked of some files",
        )]);
    }
    let like = parameters.like.map_or_else(Vec::new, |names| names.as_slice().to_vec());
    if !like.is_empty() && !matches!(parameters.asks, Ask::LinksHavePages | Ask::CookiesAreParsed) {
        let message = "only `links-have-pages` and `cookies-are-parsed` can be asked of some names";
        return Err(vec![Problem::at(&["like"], message)]);
    }
    let within = parameters
        .r#in
        .map(|patterns| Globs::new(&patterns, "in", Case::Counts));
    Ok(Box::new(ConsistencyCheck {
        ask: parameters.asks,
        except,
        like,
        within: within.transpose()?,
    }))
}

impl Check for ConsistencyCheck {
    fn asks_of_sources(&self) -> bool {
        self.ask != Ask::ScriptsExist
    }

    fn asks_agreement(&self) -> bool {
        true
    }

    fn asks_absence(&self) -> bool {
        self.ask == Ask::HtmlIsNotHandedBack
    }

    fn needs(&self, view: &View<'_>) -> Needs {
        match self.ask {
            Ask::ScriptsExist => scripts::needs(view),
            Ask::LinksHavePages => links::needs(view),
            Ask::ClientCallsHaveRoutes => calls::needs(view),
            Ask::DocumentsNameFiles => documents::needs(view),
            Ask::TestsLoad => tests_load::needs(view, Whose::Tests(self.within.as_ref())),
            Ask::ModulesLoad => tests_load::needs(view, Whose::Started),
            Ask::BrowserTestsAreServed => browser::needs(view),
            Ask::HealthChecksHaveRoutes => health::needs(view),
            Ask::HealthChecksHavePorts => ports::needs(view),
            Ask::ValidatorsFit
            | Ask::CookiesAreParsed
            | Ask::SessionCookiesAreProtected
            | Ask::SessionCookiesAreNotOpen
            | Ask::AnswersHideErrors
            | Ask::HtmlIsNotHandedBack => Program::needs(view.snapshot),
        }
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        let tally = Tally::new(&self.except, &self.like);
        match self.ask {
            Ask::ScriptsExist => scripts::examine(view, tally),
            Ask::LinksHavePages => links::examine(view, tally),
            Ask::ClientCallsHaveRoutes => calls::examine(view, tally),
            Ask::DocumentsNameFiles => documents::examine(view, tally),
            Ask::TestsLoad => tests_load::examine(view, Whose::Tests(self.within.as_ref()), tally),
            Ask::ModulesLoad if self.except.is_empty() => loads(view),
            Ask::ModulesLoad => tests_load::examine(view, Whose::Started, tally),
            Ask::BrowserTestsAreServed => browser::examine(view, tally),
            Ask::HealthChecksHaveRoutes => health::examine(view, tally),
            Ask::HealthChecksHavePorts => ports::examine(view, tally),
            Ask::ValidatorsFit => validators::examine(view, tally),
            Ask::CookiesAreParsed => cookies::examine(view, tally),
            Ask::SessionCookiesAreProtected => sessions::examine(view, tally, sessions::Wanted::Protected),
            Ask::SessionCookiesAreNotOpen => sessions::examine(view, tally, sessions::Wanted::NotOpen),
            Ask::AnswersHideErrors => answers::examine(view, tally),
            Ask::HtmlIsNotHandedBack => raw_html::examine(view, tally),
        }
    }
}

/// What has been compared so far.
#[derive(Debug)]
struct Tally<'a> {
    except: &'a [String],
    /// What alone is asked about; all where this is empty.
    like: &'a [String],
    compared: usize,
    gaps: Vec<Gap>,
    unread: Option<Unread>,
}

impl<'a> Tally<'a> {
    fn new(except: &'a [String], like: &'a [String]) -> Self {
        Self {
            except,
            like,
            compared: 0,
            gaps: Vec::new(),
            unread: None,
        }
    }

    /// Whether a name is left out by the policy.
    fn is_left_out(&self, name: &str) -> bool {
        let is_one = |patterns: &[String]| patterns.iter().any(|pattern| super::code::is_like(pattern, name));
        is_one(self.except) || !self.like.is_empty() && !is_one(self.like)
    }

    fn unread(&mut self, unread: Unread) {
        self.unread.get_or_insert(unread);
    }

    /// The outcome. `noun` is what was compared (`link`), `holds` what is true of all of them (`has its page`).
    fn examined(self, noun: &str, holds: &str, nothing: &str) -> Examined {
        let faulty = self.gaps.len();
        self.examined_of(faulty, noun, holds, nothing)
    }

    /// The outcome, where so many of what was compared fall short, some of them perhaps more than once.
    fn examined_of(mut self, faulty: usize, noun: &str, holds: &str, nothing: &str) -> Examined {
        if let Some(first) = self.gaps.first() {
            let reason = match faulty {
                1 => first.message.clone(),
                several => format!("{several} of {}: {}", counted(self.compared, noun), first.message),
            };
            if self.gaps.len() > MOST_SHOWN {
                cut(&mut self.gaps, noun);
            }
            return Examined::fail(reason, self.gaps);
        }
        match self.unread {
            Some(unread) => Examined::unknown(unread),
            None if self.compared == 0 => Examined::not_applicable(nothing),
            None => Examined::pass(format!("each of {} {holds}", counted(self.compared, noun)), Vec::new()),
        }
    }
}
