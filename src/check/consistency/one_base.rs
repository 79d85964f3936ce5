//! Requests of one client, which all stand behind one base: what another base alone would lead to its route finds none.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::check::View;
use crate::model::{Class, Gap, Place};
use crate::program::module::{Expr, FunctionId};
use crate::program::{ModuleId, Program, Reach};

use super::address::{HOLE, Part, heads_in_front, requested, shown};
use super::calls::Answer;
use super::requests::Call;

/// What the requests of one client need their base to end in.
#[derive(Default)]
pub(super) struct Client {
    asked: Vec<Asked>,
}

/// A request that some route answers behind some base.
struct Asked {
    place: Place,
    name: String,
    heads: BTreeSet<Head>,
}

/// What stands in front of a requested path where a server answers it: `/api/v1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Head {
    server: usize,
    /// Whether what answers takes the first part of the requested path away.
    is_cut: bool,
    path: String,
}

/// Fewer tell nothing of what a base is.
const FEWEST: usize = 6;

impl Client {
    /// Notes a request that is answered behind some base.
    pub(super) fn note(&mut self, call: &Call, answers: &[Answer]) {
        let request = requested(&call.path);
        if !matches!(request.first(), Some(Part::Text(_))) {
            return;
        }
        let is_method = |method: &str| method == "*" || call.method.as_deref().is_none_or(|asked| asked == method);
        let mut heads = BTreeSet::new();
        for answer in answers.iter().filter(|answer| is_method(&answer.method)) {
            let found = heads_in_front(&request, &answer.path).into_iter();
            heads.extend(found.filter_map(|(is_cut, parts)| {
                Some(Head {
                    server: answer.server,
                    is_cut,
                    path: head(parts)?,
                })
            }));
        }
        self.asked.push(Asked {
            place: call.place.clone(),
            name: shown(&call.path),
            heads,
        });
    }

    /// The requests that no route answers behind the base that the most of them need; they are few, or nothing is said.
    pub(super) fn lost(self) -> Vec<Gap> {
        let mut needed: BTreeMap<&Head, usize> = BTreeMap::new();
        for head in self.asked.iter().flat_map(|asked| &asked.heads) {
            *needed.entry(head).or_default() += 1;
        }
        let Some((base, known)) = needed.into_iter().max_by_key(|(head, known)| (*known, !head.is_cut)) else {
            return Vec::new();
        };
        let base = base.clone();
        let all = self.asked.len();
        if known < FEWEST || known * 4 < all * 3 {
            return Vec::new();
        }
        let lost = self.asked.into_iter().filter(|asked| !asked.heads.contains(&base));
        // Another server of the repository may stand behind the same address.
        let lost = lost.filter(|asked| {
            let mut heads = asked.heads.iter();
            heads.all(|head| head.server == base.server && !head.is_cut)
        });
        lost.filter_map(|asked| {
            let other = asked.heads.first()?;
            let route = format!("{}{}", other.path, asked.name);
            let has = match base.path.as_str() {
                "" => "no path".to_owned(),
                path => format!("the path `{path}`"),
            };
            let why = format!(
                "`{}` is requested here, and its route is `{route}`; the base of this client has {has} for {known} other requests",
                asked.name,
            );
            Some(Gap::at(asked.place, &asked.name, why))
        })
        .collect()
    }
}

/// Whether something may lead one request of a client elsewhere than another: code that writes addresses anew, or a proxy.
pub(super) fn may_be_led(view: &View<'_>, program: &Program, reaches: &[Arc<Reach>]) -> bool {
    let tree = view.tree();
    let proxies = tree.those("proxies", |path, entry, class| {
        const NAMES: [&str; 6] = ["nginx", "caddy", "traefik", "haproxy", "envoy", "kong"];
        let path = path.as_str().to_ascii_lowercase();
        entry.is_file() && class == Class::Source && NAMES.iter().any(|name| path.contains(name))
    });
    let mut modules = program.modules().map(|(id, _)| id);
    let is_loaded = |id: ModuleId| reaches.iter().any(|reach| reach.is_loaded(id));
    !proxies.is_empty() || modules.any(|id| is_loaded(id) && writes_addresses(program, id))
}

/// `config.url = …`, `config.baseURL = …`
fn writes_addresses(program: &Program, id: ModuleId) -> bool {
    let module = program.module(id);
    let mut found = false;
    for index in (0_u32..).take(module.functions.len()) {
        module.each_expr(FunctionId(index), &mut |expr| {
            if let Expr::Assign(_, target, _) = module.expr(expr)
                && let Expr::Member(_, name) = module.expr(*target)
            {
                found |= matches!(name.as_ref(), "url" | "baseURL");
            }
        });
    }
    found
}

/// The head of an answer in words; a hole in it is none that could be told.
fn head(parts: &[Part]) -> Option<String> {
    let mut text = String::new();
    for part in parts {
        let (Part::Text(word) | Part::Exact(word)) = part else {
            return None;
        };
        text.push('/');
        text.push_str(word);
    }
    (!text.contains(HOLE)).then_some(text)
}
