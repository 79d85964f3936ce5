//! Files by which a platform is told what to start.

use super::docker::{dockerfile, quoted};
use crate::artifact::{Json, Node, Toml, Yaml};
use crate::model::{Class, Place, Read, RepoPath, Snapshot, Tree};
use crate::program::compiled::from_folder;
use crate::program::module::{Expr, Language, Module, Property};
use crate::text::{Document, Span};

/// A command that a platform is told to run.
#[derive(Debug, Clone)]
pub(super) struct Told {
    /// The command.
    pub(super) command: String,
    /// The folders in which it may run, likely ones first.
    pub(super) folders: Vec<String>,
    /// What says so, in words.
    pub(super) why: String,
    /// The file that says so.
    pub(super) from: RepoPath,
    /// Where.
    pub(super) place: Place,
}

/// Files that are read for this.
pub(super) fn tells(path: &RepoPath) -> bool {
    let name = path.file_name();
    matches!(
        name,
        "Procfile"
            | "render.yaml"
            | "render.yml"
            | "railway.json"
            | "railway.toml"
            | "nixpacks.toml"
            | "fly.toml"
            | "app.yaml"
            | "vercel.json"
            | "nest-cli.json"
            | "index.html"
            | "serverless.yml"
            | "serverless.yaml"
    ) || is_dockerfile(name)
        || is_compose(name)
        || is_shell(name)
        || name.starts_with("ecosystem.config.")
}

fn is_for_development(name: &str) -> bool {
    let name = name.to_lowercase();
    ["dev", "test", "local", "override", "e2e"]
        .iter()
        .any(|word| name.contains(word))
}

fn is_dockerfile(name: &str) -> bool {
    (name == "Dockerfile"
        || name.starts_with("Dockerfile.")
        || name.ends_with(".Dockerfile")
        || name.ends_with(".dockerfile"))
        && !is_for_development(name)
}

fn is_compose(name: &str) -> bool {
    (name.starts_with("docker-compose") || name.starts_with("compose."))
        && (name.ends_with(".yml") || name.ends_with(".yaml"))
        && !is_for_development(name)
}

fn is_shell(name: &str) -> bool {
    let is_start = ["entrypoint", "start", "run", "serve", "boot"]
        .iter()
        .any(|word| name.contains(word));
    name.ends_with(".sh") && is_start && !is_for_development(name)
}

/// What all files of a repository say, in the order of their paths.
pub(super) fn told(snapshot: &Snapshot) -> Vec<Told> {
    let tree = &snapshot.tree;
    let mut found = Vec::new();
    let telling = tree.those("what platforms are told", |path, _, class| {
        matches!(class, Class::Source | Class::Example | Class::Documentation) && tells(path)
    });
    for (path, _) in telling {
        if let Read::Here(document) = snapshot.read(path.as_str()) {
            found.extend(said(tree, path, &document));
        }
    }
    found
}

fn said(tree: &Tree, path: &RepoPath, document: &Document) -> Vec<Told> {
    let Ok(text) = document.text() else { return Vec::new() };
    let file = File { tree, path, document };
    let (json, toml) = (|| document.view::<Json>(), || document.view::<Toml>());
    match path.file_name() {
        "Procfile" => file.procfile(text),
        "railway.json" => file.at(json().0.as_deref().ok(), &["deploy", "startCommand"]),
        "railway.toml" => file.at(toml().0.as_deref().ok(), &["deploy", "startCommand"]),
        "nixpacks.toml" => file.at(toml().0.as_deref().ok(), &["start", "cmd"]),
        "fly.toml" => file.processes(toml().0.as_deref().ok()),
        "vercel.json" => file.vercel(json().0.as_deref().ok()),
        "app.yaml" => file.at(document.view::<Yaml>().0.as_deref().ok(), &["entrypoint"]),
        "render.yaml" | "render.yml" => file.render(document.view::<Yaml>().0.as_deref().ok()),
        "serverless.yml" | "serverless.yaml" => file.handlers(document.view::<Yaml>().0.as_deref().ok()),
        name if is_dockerfile(name) => dockerfile(tree, path, text),
        name if is_compose(name) => file.compose(document.view::<Yaml>().0.as_deref().ok()),
        name if name.starts_with("ecosystem.config.") => file.managed(),
        _ => Vec::new(),
    }
}

/// What a process manager's file says.
pub(super) fn managed(snapshot: &Snapshot, path: &RepoPath) -> Vec<Told> {
    match snapshot.read(path.as_str()) {
        Read::Here(document) => File {
            tree: &snapshot.tree,
            path,
            document: &document,
        }
        .managed(),
        Read::Absent | Read::Unread(_) => Vec::new(),
    }
}

/// A platform's file.
struct File<'a> {
    tree: &'a Tree,
    path: &'a RepoPath,
    document: &'a Document,
}

impl File<'_> {
    fn told(&self, command: String, folders: Vec<String>, span: &Span) -> Told {
        Told {
            command,
            folders,
            why: format!("`{}`", self.path),
            from: self.path.clone(),
            place: Place::span(self.path, self.document, span),
        }
    }

    fn here(&self, node: &Node) -> Option<Told> {
        let command = node.as_str()?.to_owned();
        Some(self.told(command, vec![self.path.parent().to_owned()], &node.span))
    }

    fn at(&self, root: Option<&Node>, keys: &[&str]) -> Vec<Told> {
        root.and_then(|root| root.at(keys))
            .and_then(|node| self.here(node))
            .into_iter()
            .collect()
    }

    /// Fly's processes, by their names.
    fn processes(&self, root: Option<&Node>) -> Vec<Told> {
        let processes = root
            .and_then(|root| root.get("processes"))
            .map_or(&[][..], Node::entries);
        processes.iter().filter_map(|(_, node)| self.here(node)).collect()
    }

    fn procfile(&self, text: &str) -> Vec<Told> {
        let lines = text.lines().zip(1_u32..);
        lines
            .filter_map(|(line, number)| {
                let (name, command) = line.split_once(':')?;
                let is_start = name.trim() != "release" && !name.contains([' ', '#']);
                is_start.then(|| Told {
                    command: command.trim().to_owned(),
                    folders: vec![self.path.parent().to_owned()],
                    why: format!("`{}` in `{}`", name.trim(), self.path),
                    from: self.path.clone(),
                    place: Place::line(self.path, number),
                })
            })
            .collect()
    }

    /// Render's services.
    fn render(&self, root: Option<&Node>) -> Vec<Told> {
        let services = root.and_then(|root| root.get("services")).map_or(&[][..], Node::items);
        let commands = services.iter().filter_map(|service| {
            let command = service.get("startCommand").or_else(|| service.get("dockerCommand"))?;
            let folder = service.get("rootDir").and_then(Node::as_str).unwrap_or("");
            let folder = from_folder(self.path.parent(), folder).as_str().to_owned();
            Some(self.told(command.as_str()?.to_owned(), vec![folder], &command.span))
        });
        commands.collect()
    }

    /// The functions that Vercel is told to build, and to which it sends what nothing else answers.
    fn vercel(&self, root: Option<&Node>) -> Vec<Told> {
        let items = |key: &str| root.and_then(|root| root.get(key)).map_or(&[][..], Node::items);
        let is_node = |build: &&Node| {
            let builder = build.get("use").and_then(Node::as_str);
            builder.is_some_and(|name| name.contains("/node") || name.contains("node-server"))
        };
        let built = items("builds")
            .iter()
            .filter(is_node)
            .filter_map(|build| build.get("src"));
        let sent = items("rewrites")
            .iter()
            .filter_map(|rewrite| rewrite.get("destination"));
        let routed = items("routes").iter().filter_map(|route| route.get("dest"));
        let all = built.chain(sent).chain(routed);
        all.filter_map(|node| {
            let file = node
                .as_str()
                .filter(|path| !path.contains(['*', '$', ':']))?
                .split('?')
                .next()?;
            let path = from_folder(self.path.parent(), file.trim_start_matches('/'));
            let name = path.file_name();
            let is_file = !name.is_empty()
                && self.tree.starting_with(path.as_str()).any(|(known, _)| {
                    known == &path || Language::of(known.as_str()).is_some() && stem(known.file_name()) == stem(name)
                });
            let command = format!("node {}", quoted(&format!("./{}", file.trim_start_matches('/'))));
            is_file.then(|| self.told(command, vec![self.path.parent().to_owned()], &node.span))
        })
        .collect()
    }

    /// The functions of `serverless.yml`: `src/orders.handler` is `handler` of `src/orders`.
    fn handlers(&self, root: Option<&Node>) -> Vec<Told> {
        let functions = root
            .and_then(|root| root.get("functions"))
            .map_or(&[][..], Node::entries);
        let handlers = functions.iter().filter_map(|(_, function)| {
            let handler = function.get("handler")?;
            let (file, _) = handler.as_str()?.rsplit_once('.')?;
            let command = format!("node {}", quoted(&format!("./{file}")));
            Some(self.told(command, vec![self.path.parent().to_owned()], &handler.span))
        });
        handlers.collect()
    }

    /// The commands of a compose file's services that are built here.
    fn compose(&self, root: Option<&Node>) -> Vec<Told> {
        let services = root
            .and_then(|root| root.get("services"))
            .map_or(&[][..], Node::entries);
        let mut found = Vec::new();
        for (_, service) in services {
            let (Some(build), Some(command)) = (service.get("build"), service.get("command")) else {
                continue;
            };
            let context = build
                .as_str()
                .or_else(|| build.get("context").and_then(Node::as_str))
                .unwrap_or(".");
            let context = from_folder(self.path.parent(), context).as_str().to_owned();
            let words = words(command);
            // A compose file without a word in its name is often for those who work on it.
            let is_for_work = ["dev", "watch", "nodemon"].iter().any(|word| words.contains(word));
            if words.is_empty() || is_for_work {
                continue;
            }
            let workdir = service.get("working_dir").and_then(Node::as_str).unwrap_or("");
            let parts: Vec<&str> = workdir.split('/').filter(|part| !part.is_empty()).collect();
            let mut folders: Vec<String> = (0..parts.len()).map(|from| parts[from..].join("/")).collect();
            folders.retain(|folder| self.tree.has_folder(folder));
            let dockerfile = build.get("dockerfile").and_then(Node::as_str).unwrap_or("");
            let beside = from_folder(&context, dockerfile).parent().to_owned();
            folders.extend([context, beside]);
            found.push(self.told(words, folders, &command.span));
        }
        found
    }

    /// The applications of a process manager.
    fn managed(&self) -> Vec<Told> {
        let Some(language) = Language::of(self.path.as_str()) else {
            return Vec::new();
        };
        let module = Module::parse(self.document, language);
        let mut found = Vec::new();
        for (expr, _) in &module.expressions {
            let Expr::Object(properties) = expr else { continue };
            let Some((script, span)) = text(&module, properties, "script") else {
                continue;
            };
            let (args, _) = text(&module, properties, "args").unwrap_or_default();
            let is_file = Language::of(&script).is_some() || !script.contains(' ') && args.is_empty();
            let command = match text(&module, properties, "interpreter") {
                _ if !is_file => format!("{script} {args}"),
                Some((interpreter, _)) if interpreter != "none" => format!("{interpreter} {script}"),
                _ => format!("node {script}"),
            };
            let (folder, _) = text(&module, properties, "cwd").unwrap_or_default();
            let name = folder.rsplit('/').next().unwrap_or_default().to_owned();
            let folders = [
                from_folder(self.path.parent(), &folder).as_str().to_owned(),
                self.path.parent().to_owned(),
                name,
            ];
            found.push(self.told(command, folders.into(), &span));
        }
        found
    }
}

fn stem(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// A command as one line: written as one, or as a list of words.
fn words(node: &Node) -> String {
    match node.as_str() {
        Some(line) => line.to_owned(),
        None => {
            let words = node.items().iter().filter_map(Node::as_str).map(quoted);
            words.collect::<Vec<_>>().join(" ")
        }
    }
}

/// A property's text, or the texts of its list.
fn text(module: &Module, properties: &[Property], key: &str) -> Option<(String, Span)> {
    let property = properties
        .iter()
        .find(|property| property.key.as_deref() == Some(key))?;
    let text = match module.expr(property.value) {
        Expr::Text(text) => text.to_string(),
        Expr::List(items) => {
            let texts = items.iter().filter_map(|item| match module.expr(*item) {
                Expr::Text(text) => Some(text.as_ref()),
                _ => None,
            });
            texts.collect::<Vec<_>>().join(" ")
        }
        _ => return None,
    };
    Some((text, property.span.clone()))
}
