//! The port at which a container is asked whether it is well, against the port at which its server listens.
//!
//! Only servers of Node.js whose every call of `listen` is followed to a number, or to a variable with a default, are
//! compared, and only where the container is known to start that server's file. A number that stands in the code settles it; a variable may be set where the container runs.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::artifact::{declared, resolve};
use crate::check::View;
use crate::check::container::{self, Asked, Variable};
use crate::model::{Cause, Component, Examined, Gap, Needs, RepoPath, Snapshot, Unread};
use crate::program::module::{Expr, ExprId, Logical};
use crate::program::{At, Literal, Program, Side, Value, path_of};

use super::Tally;
use super::command::{started, unwrapped};

/// A port of the same machine.
static PORT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):(\d{2,5})\b")
        .expect("the pattern is constant and tested")
});

/// Packages whose servers listen.
const SERVERS: [&str; 9] = [
    "express",
    "fastify",
    "hono",
    "http",
    "https",
    "koa",
    "node:http",
    "node:https",
    "@nestjs/core",
];

/// What is given to each other is followed so far.
const DEEPEST: u32 = 6;

/// Where a server listens.
#[derive(Debug, Default)]
struct Listening {
    /// Numbers of the code.
    ports: BTreeSet<u32>,
    /// A variable, with the numbers that stand for it where it is not set.
    variable: Option<(String, BTreeSet<u32>)>,
}

pub(super) fn needs(view: &View<'_>) -> Needs {
    let mut needs = Program::needs(view.snapshot);
    needs.unite(container::started_needs(view));
    needs
}

pub(super) fn examine(view: &View<'_>, mut tally: Tally<'_>) -> Examined {
    let program = Program::of(view.snapshot);
    for asked in container::asked(view) {
        let Some(port) = PORT.captures(&asked.text).and_then(|found| found[1].parse().ok()) else {
            continue;
        };
        let mut components = view.snapshot.components.iter();
        let component = components.find(|component| component.folder() == asked.folder);
        let component = component.filter(|component| starts(view.snapshot, &asked, component));
        let listening = component.and_then(|component| listening(&program, component));
        if let Some(listening) = listening.filter(|_| asked.is_alone && !tally.is_left_out(&asked.folder)) {
            compare(port, asked, &listening, &mut tally);
        }
    }
    tally.examined(
        "health check",
        "asks at a port at which the server listens",
        "no health check asks a server of this repository at a port that is known",
    )
}

/// Whether what a container runs is Node.js with the one file at which a component's production starts: another server of
/// the same folder (`serve -l 3000`, `next start`) listens elsewhere.
fn starts(snapshot: &Snapshot, asked: &Asked, component: &Component) -> bool {
    let Some(command) = &asked.command else { return false };
    let folder = asked.folder.as_str();
    let words: Vec<&str> = command.split_whitespace().collect();
    let file_of = |words: &[&str]| {
        let words = unwrapped(words);
        let is_node = matches!(words.first(), Some(&("node" | "tsx" | "ts-node")));
        started(words).filter(|_| is_node).map(str::to_owned)
    };
    let file = match words.as_slice() {
        ["npm" | "pnpm" | "yarn", "start"] => {
            in_script(snapshot, folder, "start").and_then(|text| file_of(&split(&text)))
        }
        ["npm" | "pnpm" | "yarn", "run", name] => {
            in_script(snapshot, folder, name).and_then(|text| file_of(&split(&text)))
        }
        words => file_of(words),
    };
    let Some(path) = file.and_then(|file| resolve(folder, &file)) else {
        return false;
    };
    let [entry] = component.entry.as_slice() else {
        return false;
    };
    let stem = |path: &RepoPath| path.file_name().split('.').next().unwrap_or_default().to_owned();
    // What is not in git is compiled from a file of the same name.
    *entry == path || snapshot.tree.get(path.as_str()).is_none() && stem(entry) == stem(&path)
}

fn split(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// The only command of a script of a folder's manifest.
fn in_script(snapshot: &Snapshot, folder: &str, name: &str) -> Option<String> {
    let mut known = declared(snapshot, folder)
        .into_iter()
        .filter_map(|(_, known)| known.ok());
    let command = known.find_map(|known| {
        let mut scripts = known.manifest().scripts.iter();
        scripts.find(|one| one.name == name).map(|one| one.command.clone())
    })?;
    (!command.contains(['&', '|', ';', '"', '\'', '$', '\n'])).then_some(command)
}

fn compare(port: u32, asked: Asked, listening: &Listening, tally: &mut Tally<'_>) {
    let set = match (&listening.variable, &asked.port) {
        (None, _) => BTreeSet::new(),
        (Some((name, _)), Variable::Set(port)) if name == "PORT" => BTreeSet::from([*port]),
        (Some((name, defaults)), Variable::Absent) if name == "PORT" => defaults.clone(),
        (Some(_), _) => return,
    };
    // What stands nowhere here is set where it runs.
    if listening.ports.is_empty() && set.is_empty() {
        return;
    }
    tally.compared += 1;
    if listening.ports.contains(&port) || set.contains(&port) {
        return;
    }
    let shown: Vec<String> = listening.ports.iter().chain(&set).map(u32::to_string).collect();
    let why = format!(
        "the container is asked at port {port}, and its server listens on {}",
        shown.join(" and ")
    );
    if listening.variable.is_some() {
        let what = format!("{why}, unless `PORT` is set where it runs");
        tally.unread(Unread::new(Cause::Unmodelled, what, "set `PORT` in the image"));
    } else {
        tally.gaps.push(Gap::at(asked.place, &format!("port {port}"), why));
    }
}

/// Where a component's server listens; `None` where a call of `listen` could not be followed, or there is none.
fn listening(program: &Program, component: &Component) -> Option<Listening> {
    let reach = program.reach(component, Side::Server);
    let mut found = Listening::default();
    for at in reach.live() {
        let module = program.module(at.module);
        let mut calls = Vec::new();
        module.each_expr(at.function, &mut |expr| {
            if let Expr::Call(callee, arguments) = module.expr(expr)
                && matches!(module.expr(*callee), Expr::Member(_, name) if name.as_ref() == "listen")
            {
                calls.push((*callee, arguments.first().copied()));
            }
        });
        for (callee, first) in calls {
            let here = |expr: ExprId| At {
                module: at.module,
                expr,
            };
            let callees = program.values(here(callee));
            let is_server =
                |value: &Value| path_of(value).is_none_or(|(package, _)| SERVERS.contains(&package.as_ref()));
            // What another package listens to is no port.
            if !callees.iter().any(is_server) {
                continue;
            }
            if !callees.iter().all(|value| path_of(value).is_some()) {
                return None;
            }
            let first = match module.expr(first?) {
                Expr::Object(properties) => {
                    let mut named = properties.iter().filter(|one| one.key.as_deref() == Some("port"));
                    named.next()?.value
                }
                _ => first?,
            };
            found.listens(program, here(first))?;
        }
    }
    let is_known = !found.ports.is_empty() || found.variable.is_some();
    is_known.then_some(found)
}

impl Listening {
    /// Takes in what one call listens on.
    fn listens(&mut self, program: &Program, port: At) -> Option<()> {
        let (mut numbers, mut names) = (BTreeSet::new(), BTreeSet::new());
        parts(program, port, 0, &mut numbers, &mut names)?;
        match names.len() {
            0 => self.ports.extend(numbers),
            1 if self.variable.is_none() => self.variable = names.pop_first().map(|name| (name, numbers)),
            _ => return None,
        }
        Some(())
    }
}

/// The numbers and the variables that a port may be; `None` where it may be anything else.
fn parts(
    program: &Program,
    at: At,
    depth: u32,
    numbers: &mut BTreeSet<u32>,
    names: &mut BTreeSet<String>,
) -> Option<()> {
    let module = program.module(at.module);
    let here = |expr: ExprId| At { expr, ..at };
    if depth > DEEPEST {
        return None;
    }
    match module.expr(at.expr) {
        Expr::Logical(Logical::Or | Logical::Coalesce, left, right) => {
            parts(program, here(*left), depth + 1, numbers, names)?;
            return parts(program, here(*right), depth + 1, numbers, names);
        }
        // `Number(x)`, `parseInt(x, 10)`, `+x`.
        Expr::Call(callee, arguments) if matches!(module.expr(*callee), Expr::Global(name) if matches!(name.as_ref(), "Number" | "parseInt")) =>
        {
            return parts(program, here(*arguments.first()?), depth + 1, numbers, names);
        }
        Expr::Unary("+", inner) => return parts(program, here(*inner), depth + 1, numbers, names),
        Expr::Name(binding) => {
            if let [given] = module.binding(*binding).given.as_slice()
                && let (Some(value), None, []) = (given.value, given.default, given.path.as_slice())
            {
                return parts(program, here(value), depth + 1, numbers, names);
            }
        }
        _ => {}
    }
    for value in program.values(at) {
        match value {
            Value::Literal(Literal::Number(number)) => numbers.insert(format!("{number}").parse().ok()?),
            Value::Literal(Literal::Text(text)) => numbers.insert(text.parse().ok()?),
            Value::Environment(name) => names.insert(name.to_string()),
            _ => return None,
        };
    }
    Some(())
}
