//! The addresses at which tests in a browser expect pages, against the ports that the commands they start listen on.
//!
//! Playwright starts each `webServer` and waits until its address answers, <https://playwright.dev/docs/test-webserver>.
//! Only commands whose port is known by their own rules are compared.

use crate::artifact::{read_manifest, resolve};
use crate::check::View;
use crate::check::files::not_whole;
use crate::model::{Component, Examined, Gap, Needs, Place, RepoPath};
use crate::program::module::{Expr, ExprId, Language, Logical, Module, Property};
use crate::program::{commands, module_of};
use crate::text::Document;

use super::Tally;
use super::command::{called, unwrapped};

/// Scripts that run scripts are followed so far.
const DEEPEST: u32 = 3;

pub(super) fn needs(view: &View<'_>) -> Needs {
    let wanted = view.tree().iter().filter(|(path, entry)| {
        let is_told = path.file_name() == "package.json"
            || is_configuration(path, "playwright")
            || is_configuration(path, "vite");
        entry.is_file() && is_told && !view.tree().class(path.as_str()).is_of_nobody()
    });
    Needs::files(wanted.map(|(path, _)| path.clone()))
}

fn is_configuration(path: &RepoPath, tool: &str) -> bool {
    let rest = path.file_name().strip_prefix(tool);
    rest.is_some_and(|rest| rest.starts_with(".config.")) && Language::of(path.as_str()).is_some()
}

pub(super) fn examine(view: &View<'_>, mut tally: Tally<'_>) -> Examined {
    if let Some(unread) = not_whole(view.tree(), "what tests in a browser start") {
        return Examined::unknown(unread);
    }
    let configurations = view.tree().iter().filter(|(path, entry)| {
        let owner = Component::of(&view.snapshot.components, path);
        let is_own = view
            .component
            .is_none_or(|asked| owner.is_some_and(|owner| owner.path == asked.path));
        entry.is_file()
            && is_own
            && is_configuration(path, "playwright")
            && !view.tree().class(path.as_str()).is_of_nobody()
    });
    for (path, _) in configurations {
        match view.snapshot.read(path.as_str()).text(path.as_str()) {
            Ok(Some(document)) => look(view, path, &document, &mut tally),
            Ok(None) => {}
            Err(unread) => tally.unread(unread),
        }
    }
    tally.examined(
        "server",
        "that tests in a browser start listens where they expect it",
        "no tests in a browser start a server whose port is known",
    )
}

fn look(view: &View<'_>, path: &RepoPath, document: &Document, tally: &mut Tally<'_>) {
    let Some(module) = module_of(path, document) else {
        return;
    };
    for server in servers(&module) {
        let Some((port, place)) = expected(&module, &server) else {
            continue;
        };
        let Some(command) = property(&server, "command").and_then(|expr| text(&module, expr)) else {
            continue;
        };
        // What is set for the command alone may choose its port.
        if property(&server, "env").is_some() {
            continue;
        }
        let folder = match property(&server, "cwd") {
            None => Some(path.parent().to_owned()),
            Some(expr) => text(&module, expr)
                .and_then(|folder| resolve(path.parent(), &folder))
                .map(|folder| folder.as_str().to_owned()),
        };
        let Some(served) = folder.and_then(|folder| listens(view, &command, &folder, 0)) else {
            continue;
        };
        tally.compared += 1;
        if served.port != port && !tally.is_left_out(&port.to_string()) {
            let why = format!(
                "`{path}` waits for port {port} of `{command}`, and {} listens on {}",
                served.by, served.port
            );
            let place = Place::span(path, document, &module.span(place));
            tally.gaps.push(Gap::at(place, &format!("{command} {port}"), why));
        }
    }
}

/// The objects behind `webServer`.
fn servers(module: &Module) -> Vec<Vec<Property>> {
    let mut found = Vec::new();
    for (expr, _) in &module.expressions {
        if let Expr::Object(properties) = expr
            && let Some(value) = property(properties, "webServer")
        {
            collect(module, value, &mut found, 0);
        }
    }
    found
}

fn collect(module: &Module, expr: ExprId, found: &mut Vec<Vec<Property>>, depth: u32) {
    if depth > 6 {
        return;
    }
    match module.expr(expr) {
        Expr::Object(properties) => found.push(properties.to_vec()),
        Expr::List(items) => items.iter().for_each(|item| collect(module, *item, found, depth + 1)),
        Expr::Conditional(_, then, otherwise) => {
            collect(module, *then, found, depth + 1);
            collect(module, *otherwise, found, depth + 1);
        }
        Expr::Name(binding) => {
            if let [given] = module.binding(*binding).given.as_slice()
                && let (Some(value), []) = (given.value, given.path.as_slice())
            {
                collect(module, value, found, depth + 1);
            }
        }
        _ => {}
    }
}

fn property(properties: &[Property], key: &str) -> Option<ExprId> {
    let named = properties
        .iter()
        .rev()
        .find(|property| property.key.as_deref() == Some(key));
    named.map(|property| property.value)
}

/// The port at which a server is expected on this machine, and where that is said.
fn expected(module: &Module, server: &[Property]) -> Option<(u32, ExprId)> {
    if let Some(expr) = property(server, "port") {
        return Some((number(module, expr)?, expr));
    }
    let expr = property(server, "url")?;
    let url = text(module, expr)?;
    let rest = url.strip_prefix("http://")?;
    let host = rest.split(['/', '?']).next()?;
    let (name, port) = host.rsplit_once(':').unwrap_or((host, "80"));
    let is_here = matches!(name, "localhost" | "127.0.0.1" | "0.0.0.0" | "[::1]");
    Some((is_here.then(|| port.parse().ok())??, expr))
}

/// A text that does not depend on anything.
fn text(module: &Module, expr: ExprId) -> Option<String> {
    match module.expr(expr) {
        Expr::Text(text) => Some(text.to_string()),
        Expr::Name(_) => text(module, constant(module, expr)?),
        Expr::Template(texts, holes) => {
            let mut whole = texts.first()?.to_string();
            for (hole, after) in holes.iter().zip(texts.iter().skip(1)) {
                let hole = number(module, *hole)
                    .map(|number| number.to_string())
                    .or_else(|| text(module, *hole))?;
                whole.push_str(&hole);
                whole.push_str(after);
            }
            Some(whole)
        }
        _ => None,
    }
}

fn number(module: &Module, expr: ExprId) -> Option<u32> {
    match module.expr(expr) {
        Expr::Number(number) if (0.0..=65_535.0).contains(number) => format!("{number}").parse().ok(),
        Expr::Text(text) => text.parse().ok(),
        Expr::Name(_) => number(module, constant(module, expr)?),
        _ => None,
    }
}

fn constant(module: &Module, expr: ExprId) -> Option<ExprId> {
    let Expr::Name(binding) = module.expr(expr) else {
        return None;
    };
    let [given] = module.binding(*binding).given.as_slice() else {
        return None;
    };
    // A name stands for what was written before it.
    given.value.filter(|value| given.path.is_empty() && value.0 < expr.0)
}

/// Where a command listens.
struct Served {
    port: u32,
    by: String,
}

/// The port on which a command listens, where its own rules tell it; of several commands the last starts the server.
fn listens(view: &View<'_>, command: &str, folder: &str, depth: u32) -> Option<Served> {
    let mut folder = folder.to_owned();
    let mut served = None;
    for words in commands(command) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if let ["cd", into, ..] = words.as_slice() {
            folder = resolve(&folder, into)?.as_str().to_owned();
            continue;
        }
        // What sets a port in front of a command is not told apart from what else it may set.
        if words.iter().any(|word| word.starts_with("PORT=")) {
            return None;
        }
        let words = unwrapped(&words);
        if let Some((folder, name)) = called(words, &folder) {
            // `npm run x -- --port 1` hands on what follows.
            if depth >= DEEPEST || words.contains(&"--") {
                return None;
            }
            let manifest = RepoPath::new(&folder).join("package.json");
            let declared = read_manifest(view.snapshot, &manifest, None).ok()??;
            let scripts = &declared.manifest().scripts;
            let script = scripts.iter().find(|script| script.name == name)?;
            served = listens(view, &script.command, &folder, depth + 1);
        } else {
            served = program(view, words, &folder);
        }
    }
    served
}

/// The ports of tools that serve pages.
fn program(view: &View<'_>, words: &[&str], folder: &str) -> Option<Served> {
    let [tool, rest @ ..] = words else { return None };
    let verb = rest.iter().find(|word| !word.starts_with('-')).copied();
    let given = flag(rest);
    if let Flag::Unknown = given {
        return None;
    }
    let (usual, by) = match (*tool, verb) {
        ("vite", None | Some("dev" | "serve")) => return vite(view, folder, "server", 5173, given),
        ("vite", Some("preview")) => return vite(view, folder, "preview", 4173, given),
        // <https://nextjs.org/docs/app/api-reference/cli/next>
        ("next", Some("dev" | "start")) => (3000, "`next`"),
        // <https://docs.astro.build/en/reference/cli-reference/>
        _ => return None,
    };
    let port = match given {
        Flag::Port(port) => port,
        Flag::None => usual,
        Flag::Unknown => return None,
    };
    Some(Served {
        port,
        by: by.to_owned(),
    })
}

enum Flag {
    Port(u32),
    None,
    Unknown,
}

fn flag(words: &[&str]) -> Flag {
    for (index, word) in words.iter().enumerate() {
        let value = match word.split_once('=') {
            Some(("--port", value)) => Some(value),
            None if matches!(*word, "--port" | "-p") => Some(words.get(index + 1).copied().unwrap_or_default()),
            // Another configuration may say anything.
            _ if matches!(*word, "--config" | "-c") || word.starts_with("--config=") => return Flag::Unknown,
            _ => None,
        };
        if let Some(value) = value {
            return value.parse().map_or(Flag::Unknown, Flag::Port);
        }
    }
    Flag::None
}

/// <https://vite.dev/config/server-options#server-port>
fn vite(view: &View<'_>, folder: &str, section: &str, usual: u32, given: Flag) -> Option<Served> {
    match given {
        Flag::Unknown => return None,
        Flag::Port(port) => {
            return Some(Served {
                port,
                by: "`vite`".to_owned(),
            });
        }
        Flag::None => {}
    }
    let mut configurations = view
        .tree()
        .iter()
        .filter(|(path, entry)| entry.is_file() && path.parent() == folder && is_configuration(path, "vite"));
    let Some((path, _)) = configurations.next() else {
        return Some(Served {
            port: usual,
            by: "`vite`".to_owned(),
        });
    };
    let document = view.snapshot.read(path.as_str()).text(path.as_str()).ok()??;
    let module = module_of(path, &document)?;
    if module.unread.is_some() {
        return None;
    }
    let mut ports = Vec::new();
    for (expr, _) in &module.expressions {
        let Expr::Object(properties) = expr else { continue };
        let Some(section) = property(properties, section) else {
            continue;
        };
        match module.expr(section) {
            Expr::Object(inner) => {
                if inner.iter().any(|property| property.key.is_none()) {
                    return None;
                }
                ports.extend(property(inner, "port").map(|expr| number(&module, expr)));
            }
            _ => return None,
        }
    }
    ports.dedup();
    match ports.as_slice() {
        // What is spread into the configuration, or made by another file, may say it.
        [] if !is_whole(&module) => None,
        [] => Some(Served {
            port: usual,
            by: format!("`vite` by `{path}`"),
        }),
        [Some(port)] => Some(Served {
            port: *port,
            by: format!("`vite` by `{path}`"),
        }),
        _ => None,
    }
}

/// Whether a configuration is written out: nothing is spread or merged into it.
fn is_whole(module: &Module) -> bool {
    !module.expressions.iter().any(|(expr, _)| match expr {
        Expr::Spread(_) => true,
        Expr::Logical(Logical::And | Logical::Or | Logical::Coalesce, _, _) => false,
        Expr::Call(callee, _) => matches!(module.expr(*callee), Expr::Name(binding) if module.binding(*binding).name.as_ref() == "mergeConfig"),
        _ => false,
    })
}
