//! What production reaches: the modules that are loaded and the functions that may be called, from the entries on.
//!
//! What is mentioned counts as called, so that no edge is missed; an import, an export or a definition alone does not.

mod modules;
mod rendered;
mod routers;
mod walk;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use crate::model::{Cause, Component, Place, RepoPath, Unread};
use crate::text::HashSet;
use rustc_hash::FxHashSet;

use super::entry::{Asks, Side};
use super::linked::{FunctionAt, ModuleId, Program, Target};
use super::module::ExportName;
use super::resolve::split_package;
use modules::{Functions, Modules};
use walk::Walk;
pub(super) use wanted::HOOKS;

/// An edge that could not be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Where it starts.
    pub place: Place,
    /// Why it could not be followed, in words.
    pub why: String,
}

/// What production reaches from a component's entries on one side.
#[derive(Debug, Default)]
pub struct Reach {
    loaded: Modules,
    /// The functions that may be called, in order, each with the one that was first seen to call it.
    live: Box<[(FunctionAt, Option<FunctionAt>)]>,
    /// The same functions.
    alive: Functions,
    edges: Vec<Edge>,
    foreign: BTreeSet<RepoPath>,
    unread: BTreeMap<RepoPath, String>,
    has_entry: bool,
    component: String,
    /// The packages that the modules ask for, once somebody wants to know.
    packages: OnceLock<BTreeSet<Arc<str>>>,
}

impl Reach {
    /// Follows all edges.
    pub(super) fn of(program: &Program, component: &Component, side: Side) -> Self {
        let reach = Self {
            component: component.path.to_string(),
            ..Self::default()
        };
        let mut walk = Walk::new(program, reach);
        walk.is_server = side == Side::Server;
        for entry in program.entries(component).iter().filter(|entry| entry.side == side) {
            walk.reach.has_entry = true;
            walk.load(entry.module, None);
            match entry.asks {
                Asks::Run if !is_function(program, entry.module) => walk.default_export(entry.module),
                Asks::Run | Asks::Exports => walk.all_exports(entry.module),
            }
        }
        walk.run();
        walk.finish()
    }

    /// What a function reaches when it is called: what it calls and loads, not what loads it.
    pub(super) fn from_function(program: &Program, function: FunctionAt) -> Self {
        let mut walk = Walk::new(program, Self::default());
        walk.live(function, None);
        if program.is_decorated(function) {
            for (id, class) in program.decorated() {
                walk.injected(id, class, function);
            }
        }
        walk.own_class(function);
        walk.run();
        // Who makes what a function was handed is not on the way from it.
        let mut seen = FxHashSet::default();
        loop {
            let live = walk.live.keys().copied();
            let mut new: Vec<FunctionAt> = live.filter(|live| seen.insert(*live)).collect();
            new.sort_unstable();
            if new.is_empty() {
                break;
            }
            for live in new {
                for called in program.usage().called_as_handed(live) {
                    walk.live(called, Some(live));
                }
            }
            walk.run();
        }
        walk.finish()
    }

    /// Whether something says what production starts here.
    pub fn has_entry(&self) -> bool {
        self.has_entry
    }

    /// Whether production loads a module that asks for a package.
    pub fn loads_package(&self, program: &Program, package: &str) -> bool {
        let packages = self.packages.get_or_init(|| {
            let targets = self.loaded.iter().flat_map(|id| &program.linked(id).targets);
            let packages = targets.filter_map(|target| match target {
                Target::Package(name, _) => Some(name),
                _ => None,
            });
            packages.collect::<HashSet<_>>().into_iter().cloned().collect()
        });
        packages.contains(package)
    }

    /// Whether production loads a module.
    pub fn is_loaded(&self, module: ModuleId) -> bool {
        self.loaded.contains(module)
    }

    /// Whether a function may be called.
    pub fn is_live(&self, function: FunctionAt) -> bool {
        self.alive.contains(function)
    }

    /// What was first seen to call a function, if that may be called.
    fn caller(&self, function: FunctionAt) -> Option<Option<FunctionAt>> {
        let at = self.live.binary_search_by_key(&function, |(live, _)| *live).ok()?;
        Some(self.live[at].1)
    }

    /// The functions that may be called, in order.
    pub fn live(&self) -> impl Iterator<Item = FunctionAt> + '_ {
        self.live.iter().map(|(live, _)| *live)
    }

    /// The way from an entry to a function, the function last; empty where none was found.
    pub fn way_to(&self, function: FunctionAt) -> Vec<FunctionAt> {
        let mut way = Vec::new();
        let mut next = self.is_live(function).then_some(function);
        while let Some(at) = next {
            if way.contains(&at) {
                break;
            }
            way.push(at);
            next = self.caller(at).flatten();
        }
        way.reverse();
        way
    }

    /// An edge that could not be followed, if there is one.
    pub fn open_edge(&self) -> Option<&Edge> {
        self.edges.first()
    }

    /// What was not read of what is loaded and may matter to somebody who looks for these words; none is any.
    pub fn unread(&self, program: &Program, words: &[String]) -> Option<Unread> {
        let matters = |path: &RepoPath| {
            let Some(id) = program.find(path.as_str()) else {
                return true;
            };
            let bytes = program.linked(id).document.bytes();
            // Of what could not be read at all there are no bytes.
            bytes.is_empty() || words.is_empty() || words.iter().any(|word| contains(bytes, word.as_bytes()))
        };
        let (path, why) = self.unread.iter().find(|(path, _)| matters(path))?;
        let cause = if why.contains("minified") || why.contains("a tool made it") {
            Cause::Generated
        } else {
            Cause::Parse
        };
        let what = format!("`{path}` could not be followed: {why}");
        Some(Unread::new(cause, what, "keep it as source that can be parsed"))
    }

    /// Files of a language that is not followed, and that are loaded.
    pub fn foreign(&self) -> impl Iterator<Item = &RepoPath> {
        self.foreign.iter()
    }

    /// Why nothing is known, where nothing says what production starts.
    pub fn nowhere(&self) -> Unread {
        let what = format!("nothing says what production starts in `{}`", self.component);
        Unread::new(
            Cause::Unmodelled,
            what,
            "add a `start` script, or name the file in a `[[component]]` of the policy as its `entry`",
        )
    }
}

/// Whether a module is written for a platform that calls what it gives, whatever else is said to start it.
fn is_function(program: &Program, id: ModuleId) -> bool {
    const HOSTS: [&str; 8] = [
        "firebase-functions",
        "@google-cloud/functions-framework",
        "@azure/functions",
        "@vendia/serverless-express",
        "@codegenie/serverless-express",
        "aws-serverless-express",
        "serverless-http",
        "@types/aws-lambda",
    ];
    let module = program.module(id);
    let is_host = |name: &str| HOSTS.contains(&name) || name == "aws-lambda";
    // What a platform is named by is often its types alone, which nothing loads.
    let asked = module
        .requests
        .iter()
        .filter_map(|request| request.specifier.as_deref());
    let mut hosts = asked.map(|asked| is_host(split_package(asked).0));
    let mut names = module.exports.iter().map(|export| &export.name);
    hosts.any(|is_host| is_host)
        || names.any(|name| {
            matches!(name, ExportName::Named(name) if ["handler", "main", "fetch", "scheduled", "queue"].contains(&name.as_ref()))
        })
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    word.is_empty() || bytes.windows(word.len()).any(|window| window == word)
}
