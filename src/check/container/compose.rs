//! The questions that compose files answer.

use crate::artifact::{Key, Node, Value, in_folder};
use crate::check::dependency::is_like;
use crate::check::parameters::alternatives;
use crate::model::{Examined, Gap, Outcome, Place, RepoPath};

use super::Ask;
use super::files::{Compose, Images};
use super::health::{healthcheck, kept};
use super::mounts;
use super::pinned::unpinned;
use super::secrets::is_secret;
use super::tally::Tally;

/// A service with what another file of its folder says of it.
pub(super) struct Service<'a> {
    pub(super) file: &'a Compose,
    pub(super) name: &'a Key,
    pub(super) own: &'a Node,
    pub(super) below: Option<&'a Node>,
}

impl Service<'_> {
    /// A setting of it, its own before the other file's.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.own
            .get(key)
            .or_else(|| self.below.and_then(|below| below.get(key)))
    }

    pub(super) fn at(&self, path: &[&str]) -> Option<&Node> {
        self.own
            .at(path)
            .or_else(|| self.below.and_then(|below| below.at(path)))
    }

    pub(super) fn place(&self) -> Place {
        Place::span(&self.file.path, &self.file.document, &self.name.span)
    }

    pub(super) fn place_of(&self, node: &Node) -> Place {
        // A setting of the other file stands where its service is named here.
        let is_own = self.own.span.start <= node.span.start && node.span.end <= self.own.span.end;
        let span = if is_own { &node.span } else { &self.name.span };
        Place::span(&self.file.path, &self.file.document, span)
    }

    pub(super) fn image(&self) -> &str {
        self.get("image").and_then(Node::as_str).unwrap_or("")
    }

    /// Whether it does something once and ends.
    fn is_one_shot(&self, services: &[Service<'_>]) -> bool {
        let awaited = services.iter().any(|other| {
            other
                .at(&["depends_on", &self.name.text, "condition"])
                .and_then(Node::as_str)
                == Some("service_completed_successfully")
        });
        let name = self.name.text.to_ascii_lowercase();
        let says = ["migrat", "seed", "init", "setup", "backup", "certbot"]
            .iter()
            .any(|word| name.contains(word));
        let never_again = self
            .get("restart")
            .is_some_and(|node| node.as_str() == Some("no") || node.as_bool() == Some(false));
        awaited || says && (never_again || self.get("ports").is_none())
    }
}

/// Asks a question of compose files, of the services of these names alone where there are any.
pub(super) fn examine(images: &Images<'_>, chosen: &[RepoPath], services: &[String], ask: Ask) -> Examined {
    let mut tally = Tally::default();
    for path in chosen {
        match images.compose(path) {
            Err(unread) => tally.unread(unread),
            Ok(None) => {}
            Ok(Some(file)) => one(images, (&file, chosen), services, ask, &mut tally),
        }
    }
    let (met, nothing) = match ask {
        Ask::Restart => (
            "every service is started again when it stops",
            "no compose file for production has services",
        ),
        Ask::Limits => (
            "every service has a limit",
            "no compose file for production has services",
        ),
        Ask::Healthcheck => (
            "every service has a health check",
            "no compose file for production has services",
        ),
        Ask::HealthcheckRuns => ("health checks call what is there", "no service has a health check"),
        Ask::HealthcheckKept => (
            "health checks that stand for those of images call what is there",
            "no service has another health check than the image that it builds",
        ),
        Ask::PinnedBase => ("every image names its version", "no service names an image"),
        Ask::MountsExist => (
            "what is mounted from the repository is there",
            "nothing is mounted from the repository",
        ),
        Ask::EnvFilesExist => (
            "every `env_file` is there, or is made where it runs",
            "no service names an `env_file`",
        ),
        Ask::DataVolume => ("databases keep their data in a volume", "no service is a database"),
        Ask::NoSecrets => ("no variable of a service holds a secret", "no service sets a variable"),
        Ask::Exists
        | Ask::Deployed
        | Ask::NonRoot
        | Ask::CopySourcesExist
        | Ask::BuildToolsInstalled
        | Ask::MigrationToolsInstalled
        | Ask::LockfileInstall
        | Ask::MultiStage
        | Ask::BuiltLoads
        | Ask::ProductionCommand => ("", "this is not asked of compose files"),
    };
    let examined = tally.examined(met, nothing);
    match examined.outcome {
        Outcome::NotApplicable if !services.is_empty() => nobody(services, nothing),
        _ => examined,
    }
}

/// What is asked of some services and can be asked of none of them does not hold.
pub(super) fn nobody(services: &[String], why: &str) -> Examined {
    let message = format!("{why} that is called {}", alternatives(services));
    let subject = services.join(" | ");
    Examined::fail(message.clone(), vec![Gap::missing(subject, message)])
}

/// Whether a plain `docker-compose.yml` is for those who work on the code: another file is for production, it starts
/// development servers, or it holds nothing but what they need beside it.
fn is_for_development(file: &Compose, chosen: &[RepoPath]) -> bool {
    let name = file.path.file_name().to_ascii_lowercase();
    let is_plain = matches!(
        name.as_str(),
        "docker-compose.yml" | "docker-compose.yaml" | "compose.yml" | "compose.yaml"
    );
    let has_sibling = chosen.iter().any(|other| {
        other.parent() == file.path.parent()
            && other != &file.path
            && other.file_name().to_ascii_lowercase().contains("prod")
    });
    let services = file.root.get("services").map_or(&[][..], Node::entries);
    let builds = |service: &Node| service.get("build").is_some();
    let is_dev = |service: &Node| {
        let mut words = String::new();
        for key in ["command", "entrypoint"] {
            let node = service.get(key);
            words.push_str(node.and_then(Node::as_str).unwrap_or(""));
            for item in node.map_or(&[][..], Node::items) {
                words.push(' ');
                words.push_str(item.as_str().unwrap_or(""));
            }
        }
        let file = service
            .at(&["build", "dockerfile"])
            .and_then(Node::as_str)
            .unwrap_or("");
        let target = service.at(&["build", "target"]).and_then(Node::as_str).unwrap_or("");
        let starts = [
            "nodemon",
            "run dev",
            "yarn dev",
            "pnpm dev",
            "--reload",
            "start:dev",
            "next dev",
            "runserver",
        ];
        starts.iter().any(|word| words.contains(word))
            || file.to_ascii_lowercase().contains("dev")
            || target.contains("dev")
    };
    let only_beside = !services.iter().any(|(_, service)| builds(service))
        && services.iter().all(|(_, service)| {
            let image = service.get("image").and_then(Node::as_str).unwrap_or("");
            BESIDE.iter().any(|known| image.contains(known))
        });
    is_plain && (has_sibling || only_beside || services.iter().any(|(_, service)| is_dev(service)))
}

/// Names of images that development needs beside the code.
pub(super) const BESIDE: [&str; 22] = [
    "adminer",
    "elasticsearch",
    "inbucket",
    "kafka",
    "localstack",
    "mailcatcher",
    "mailhog",
    "mailpit",
    "maildev",
    "mariadb",
    "memcached",
    "minio",
    "mongo",
    "mysql",
    "pgadmin",
    "postgis",
    "postgres",
    "rabbitmq",
    "redis",
    "smtp4dev",
    "valkey",
    "zookeeper",
];

fn one(images: &Images<'_>, (file, chosen): (&Compose, &[RepoPath]), asked: &[String], ask: Ask, tally: &mut Tally) {
    if is_for_development(file, chosen) {
        return;
    }
    let Some(services) = file.root.get("services") else {
        return;
    };
    let folder = file.path.parent();
    // `docker-compose.prod.yml` is laid over the plain file: what it leaves out stands there.
    let bases = [
        "docker-compose.yml",
        "docker-compose.yaml",
        "compose.yml",
        "compose.yaml",
    ];
    let base = bases.iter().find_map(|name| images.known(&in_folder(folder, name)));
    let base = base.filter(|base| base.path != file.path);
    let list: Vec<Service<'_>> = services
        .entries()
        .iter()
        .map(|(name, own)| {
            let is_laid_over = own.get("image").is_none() && own.get("build").is_none();
            let below = base
                .filter(|_| is_laid_over)
                .and_then(|base| base.root.at(&["services", &name.text]));
            Service { file, name, own, below }
        })
        .collect();
    for service in &list {
        let is_extra = service.get("profiles").is_some_and(|node| !node.items().is_empty());
        let is_asked = asked.is_empty() || asked.iter().any(|name| is_like(name, &service.name.text));
        if is_extra || !is_asked {
            continue;
        }
        if service.get("extends").is_some() && matches!(ask, Ask::Restart | Ask::Limits | Ask::Healthcheck) {
            let what = format!("`{}` of `{}` extends another service", service.name.text, file.path);
            tally.open(what, "write its settings out");
            continue;
        }
        judge(images, service, &list, ask, tally);
    }
}

fn judge(images: &Images<'_>, service: &Service<'_>, list: &[Service<'_>], ask: Ask, tally: &mut Tally) {
    match ask {
        Ask::Restart if !service.is_one_shot(list) => restart(service, tally),
        Ask::Limits if !service.is_one_shot(list) => limits(service, tally),
        Ask::Healthcheck if !service.is_one_shot(list) => healthcheck(images, service, tally),
        Ask::HealthcheckRuns if service.get("healthcheck").is_some() && !service.is_one_shot(list) => {
            healthcheck(images, service, tally);
        }
        Ask::HealthcheckKept => kept(images, service, tally),
        Ask::PinnedBase => pinned(service, tally),
        Ask::MountsExist => mounts::mounts(images, service, tally),
        Ask::EnvFilesExist => mounts::env_files(images, service, tally),
        Ask::DataVolume => mounts::data_volume(service, tally),
        Ask::NoSecrets => no_secrets(service, tally),
        Ask::Restart
        | Ask::Limits
        | Ask::Healthcheck
        | Ask::HealthcheckRuns
        | Ask::Deployed
        | Ask::Exists
        | Ask::NonRoot
        | Ask::CopySourcesExist
        | Ask::BuildToolsInstalled
        | Ask::MigrationToolsInstalled
        | Ask::LockfileInstall
        | Ask::MultiStage
        | Ask::BuiltLoads
        | Ask::ProductionCommand => {}
    }
}

pub(super) fn bad(service: &Service<'_>, tally: &mut Tally, what: &str, message: &str) {
    let name = &service.name.text;
    let message = format!("`{name}` in `{}` {message}", service.file.path);
    tally.bad(service.place(), &format!("{what} {name}"), message);
}

fn restart(service: &Service<'_>, tally: &mut Tally) {
    let policy = service.at(&["deploy", "restart_policy"]);
    let condition = policy.and_then(|policy| policy.get("condition")).and_then(Node::as_str);
    let word = service.get("restart").and_then(Node::as_str);
    match (word, policy) {
        (Some(word), _) if word.contains('$') => {
            tally.open(
                format!("`{}` restarts as a variable says", service.name.text),
                "write it out",
            );
        }
        (Some(word), _) if word != "no" => tally.good(service.place(), &format!("restart: {word}")),
        (_, Some(_)) if condition != Some("none") => tally.good(service.place(), "restart_policy"),
        (Some(_) | None, _) => bad(service, tally, "restart", "is not started again when it stops"),
    }
}

fn limits(service: &Service<'_>, tally: &mut Tally) {
    let limits = service.at(&["deploy", "resources", "limits"]);
    let is_limited = limits.is_some_and(|limits| !limits.entries().is_empty())
        || ["mem_limit", "cpus", "cpu_quota"]
            .iter()
            .any(|key| service.get(key).is_some());
    if is_limited {
        tally.good(service.place(), "limits");
    } else {
        bad(service, tally, "limits", "has no limit of memory or processor time");
    }
}

fn pinned(service: &Service<'_>, tally: &mut Tally) {
    let Some(node) = service.own.get("image").filter(|_| service.get("build").is_none()) else {
        return;
    };
    let image = node.as_str().unwrap_or("");
    if image.contains('$') {
        let what = format!(
            "a variable names the image of `{}` in `{}`",
            service.name.text, service.file.path
        );
        return tally.open(what, "write its version out");
    }
    match unpinned(image) {
        None => tally.good(service.place_of(node), image),
        Some(why) => bad(service, tally, "image", &format!("runs `{image}`, which {why}")),
    }
}

fn no_secrets(service: &Service<'_>, tally: &mut Tally) {
    let Some(environment) = service.own.get("environment") else {
        return;
    };
    let mapped = environment
        .entries()
        .iter()
        .map(|(key, node)| (key.text.as_str(), node.as_str().unwrap_or(""), node));
    let listed = environment.items().iter().filter_map(|node| {
        let (name, value) = node.as_str()?.split_once('=')?;
        Some((name, value, node))
    });
    for (name, value, node) in mapped.chain(listed) {
        let default = value.split_once(":-").filter(|_| value.starts_with("${"));
        let value = default.map_or(value, |(_, default)| default.trim_end_matches('}'));
        if is_secret(name, value) {
            let place = service.place_of(node);
            let message = format!(
                "`{}` in `{}` has the value of `{name}` written out",
                service.name.text, service.file.path
            );
            tally.bad(place, &format!("{} {name}", service.name.text), message);
        } else if !matches!(environment.value, Value::Null) {
            tally.good(service.place(), name);
        }
    }
}
