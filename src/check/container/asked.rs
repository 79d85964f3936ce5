//! What asks a running container whether it is well.

use crate::artifact::Node;
use crate::artifact::container::{Variables, expand};
use crate::check::View;
use crate::model::{Class, Place};

use super::files::{Images, build_of, is_dockerfile, is_for_production};
use super::stages::{Building, within};
use super::started::{folder_at, workdir};

/// A command that asks a container whether it is well.
pub(in crate::check) struct Asked {
    /// The command line.
    pub(in crate::check) text: String,
    /// The folder of the repository whose manifest lies where the container runs.
    pub(in crate::check) folder: String,
    /// Where it is said.
    pub(in crate::check) place: Place,
    /// The command that the container runs, where it is told plainly.
    pub(in crate::check) command: Option<String>,
    /// Whether nothing in the image speaks of another server or of a script that may start one.
    pub(in crate::check) is_alone: bool,
    /// What the image, or the service, says of `PORT`.
    pub(in crate::check) port: Variable,
}

/// A variable of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::check) enum Variable {
    /// It is this number.
    Set(u32),
    /// Nothing sets it here.
    Absent,
    /// Something sets it, and to what can't be told.
    Unknown,
}

/// The health checks of images and of compose services that are built from this repository, where they run what a
/// manifest of it describes.
pub(in crate::check) fn asked(view: &View<'_>) -> Vec<Asked> {
    let images = Images::gather(view);
    let tree = view.tree();
    let files = tree.those("Dockerfiles of production", |path, entry, class| {
        entry.is_file() && class == Class::Source && is_dockerfile(path) && is_for_production(path, false)
    });
    let mut found = Vec::new();
    for (path, _) in files {
        let Ok(Some(image)) = images.image(path) else { continue };
        let building = Building::new(&images, &image);
        let Some(last) = image.stages().len().checked_sub(1) else {
            continue;
        };
        let mut checks = building.chain(last).into_iter().flat_map(|stage| &stage.instructions);
        let check = checks.rfind(|found| found.keyword == "HEALTHCHECK");
        let folder = folder_at(&building, last, &workdir(&building, last)).or_else(|| of_next(&building, last));
        if let (Some(check), Some(folder)) = (check, folder) {
            found.push(Asked {
                text: check.rest.clone(),
                folder,
                place: image.place(&check.span),
                command: command_of(&building, last),
                is_alone: is_alone(&building, last),
                port: port_of(&building, last),
            });
        }
    }
    of_services(&images, &mut found);
    found
}

/// The folder of the component whose server Next.js wrote and a stage takes (`COPY --from=build /app/web/.next/standalone`).
/// <https://nextjs.org/docs/app/api-reference/config/next-config-js/output>
fn of_next(building: &Building<'_>, last: usize) -> Option<String> {
    let mut instructions = building.chain(last).into_iter().flat_map(|stage| &stage.instructions);
    instructions.find_map(|found| {
        let from = building.stage_of(found.flag("from")?)?;
        let words = found.words();
        let source = words.iter().find_map(|word| {
            let at = word.trim_end_matches('/').strip_suffix("/.next/standalone")?;
            (!word.starts_with("--")).then(|| within(&workdir(building, from), at))
        })?;
        folder_at(building, from, &source)
    })
}

fn of_services(images: &Images<'_>, found: &mut Vec<Asked>) {
    for compose in images.composes() {
        let services = compose.root.get("services").map_or(&[][..], Node::entries);
        for (_, service) in services.iter().filter(|_| is_for_production(&compose.path, true)) {
            let Some(test) = service.get("healthcheck").and_then(|check| check.get("test")) else {
                continue;
            };
            let Some((_, file)) = build_of(compose.path.parent(), service) else {
                continue;
            };
            let Ok(Some(image)) = images.image(&file) else { continue };
            let building = Building::new(images, &image);
            let target = service.get("build").and_then(|build| build.get("target"));
            let last = image.stages().len().saturating_sub(1);
            let index = match target.and_then(Node::as_str) {
                Some(target) => building.stage_of(target),
                None => Some(last),
            };
            let Some(folder) = index.and_then(|index| folder_at(&building, index, &workdir(&building, index))) else {
                continue;
            };
            let is_changed = ["command", "entrypoint", "working_dir", "volumes", "extends"]
                .iter()
                .any(|key| service.get(key).is_some());
            let items: Vec<&str> = test.items().iter().filter_map(Node::as_str).collect();
            found.push(Asked {
                text: test.as_str().map_or_else(|| items.join(" "), str::to_owned),
                folder,
                command: index
                    .filter(|_| !is_changed)
                    .and_then(|index| command_of(&building, index)),
                place: Place::span(&compose.path, &compose.document, &test.span),
                is_alone: index.is_some_and(|index| is_alone(&building, index)) && service.get("command").is_none(),
                // What a service is given besides may set any.
                port: match ["environment", "env_file"].iter().all(|key| service.get(key).is_none()) {
                    true => index.map_or(Variable::Unknown, |index| port_of(&building, index)),
                    false => Variable::Unknown,
                },
            });
        }
    }
}

/// What a stage starts: its last `CMD`, where no `ENTRYPOINT` makes another thing of it.
fn command_of(building: &Building<'_>, index: usize) -> Option<String> {
    const PASSING: [&str; 5] = ["tini", "dumb-init", "docker-entrypoint.sh", "--", "-g"];
    let instructions = building.chain(index).into_iter().flat_map(|stage| &stage.instructions);
    let (mut entry, mut command): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for found in instructions {
        match found.keyword.as_str() {
            "CMD" => command = found.words(),
            // It takes back the command of the image below.
            "ENTRYPOINT" => (entry, command) = (found.words(), Vec::new()),
            _ => {}
        }
    }
    entry.retain(|word| !PASSING.contains(&word.rsplit('/').next().unwrap_or(word)));
    entry.append(&mut command);
    let is_plain = |word: &String| !word.contains(['$', '&', '|', ';', '<', '>', '(', '`', ' ']);
    (!entry.is_empty() && entry.iter().all(is_plain)).then(|| entry.join(" "))
}

/// Whether no instruction of a stage speaks of another server, or of a script that may start one.
fn is_alone(building: &Building<'_>, index: usize) -> bool {
    const OTHERS: [&str; 11] = [
        "apache",
        "caddy",
        "envoy",
        "haproxy",
        "httpd",
        "nginx",
        "pm2",
        "socat",
        "supervisor",
        "traefik",
        ".sh",
    ];
    let stages = building.chain(index).into_iter();
    let mut instructions = stages.flat_map(|stage| &stage.instructions);
    !instructions.any(|found| OTHERS.iter().any(|other| found.rest.contains(other)))
}

fn port_of(building: &Building<'_>, index: usize) -> Variable {
    let mut known = Variables::new();
    let mut port = Variable::Absent;
    for found in building.chain(index).into_iter().flat_map(|stage| &stage.instructions) {
        if !matches!(found.keyword.as_str(), "ENV" | "ARG") {
            continue;
        }
        for (name, value) in found.settings() {
            let value = value.and_then(|value| expand(&value, &known));
            if name == "PORT" && found.keyword == "ENV" {
                let number = value.as_deref().and_then(|value| value.parse().ok());
                port = number.map_or(Variable::Unknown, Variable::Set);
            }
            known.insert(name, value);
        }
    }
    port
}
