//! The questions that one Dockerfile answers.

use crate::artifact::container::{Instruction, Variables, expand};
use crate::model::{Examined, RepoPath};

use super::Ask;
use super::build;
use super::build_tools::build_tools;
use super::files::{Image, Images};
use super::health::without;
use super::loads;
use super::migrating;
use super::pinned::pinned_base;
use super::production;
use super::secrets::no_secrets;
use super::stages::{Building, chain};
use super::tally::Tally;

/// How a question is put to one image, and what the answers come to.
struct Question {
    judge: fn(&Images<'_>, &Image, &mut Tally),
    /// What holds where nothing is wrong.
    met: &'static str,
    /// Why the question is about nothing.
    nothing: &'static str,
}

impl Question {
    const fn new(judge: fn(&Images<'_>, &Image, &mut Tally), met: &'static str, nothing: &'static str) -> Self {
        Self { judge, met, nothing }
    }

    /// `None` for what is not asked of Dockerfiles, or not of each by itself.
    fn of(ask: Ask) -> Option<Self> {
        Some(match ask {
            Ask::NonRoot => Self::new(
                |_, image, tally| non_root(image, tally),
                "every image ends as a user other than root",
                "no image is built",
            ),
            Ask::Healthcheck => Self::new(healthcheck, "every image has a health check", "no image is built"),
            Ask::HealthcheckRuns => Self::new(
                |images, image, tally| {
                    if has_healthcheck(image) {
                        healthcheck(images, image, tally);
                    }
                },
                "health checks call what is there",
                "no image has a health check",
            ),
            Ask::PinnedBase => Self::new(
                |_, image, tally| pinned_base(image, tally),
                "every base image names its version",
                "no image starts from another",
            ),
            Ask::CopySourcesExist => Self::new(
                |images, image, tally| Building::new(images, image).judge(tally),
                "what images copy is there",
                "nothing is copied",
            ),
            Ask::BuildToolsInstalled => {
                Self::new(build_tools, "build scripts have their tools", "no build script is run")
            }
            Ask::BuiltLoads => Self::new(
                loads::built,
                "what images build finds what it loads",
                "no component is built",
            ),
            Ask::MigrationToolsInstalled => Self::new(
                migrating::tools,
                "images have the programs that migrate",
                "no image migrates when it is started",
            ),
            Ask::LockfileInstall => Self::new(
                build::lockfile_install,
                "packages are installed by the lockfile",
                "no npm, pnpm, yarn or bun installs",
            ),
            Ask::ProductionCommand => Self::new(
                production::command,
                "images start no server for development",
                "no image says what it starts",
            ),
            Ask::MultiStage => Self::new(multi_stage, "images are built in stages", "no image is built"),
            Ask::NoSecrets => Self::new(
                |_, image, tally| no_secrets(image, tally),
                "no variable of an image holds a secret",
                "no image sets a variable",
            ),
            Ask::Exists
            | Ask::Deployed
            | Ask::HealthcheckKept
            | Ask::Restart
            | Ask::Limits
            | Ask::MountsExist
            | Ask::EnvFilesExist
            | Ask::DataVolume => return None,
        })
    }
}

/// Asks a question of Dockerfiles.
pub(super) fn examine(images: &Images<'_>, chosen: &[RepoPath], ask: Ask) -> Examined {
    let Some(question) = Question::of(ask) else {
        return Examined::not_applicable("this is not asked of Dockerfiles");
    };
    let mut tally = Tally::default();
    for path in chosen {
        match images.image(path) {
            Err(unread) => tally.unread(unread),
            Ok(None) => {}
            Ok(Some(image)) => (question.judge)(images, &image, &mut tally),
        }
    }
    tally.examined(question.met, question.nothing)
}

/// The instructions of the last stage with those of the stages that it starts from, and the image below them.
fn last(image: &Image) -> (Vec<&Instruction>, Option<&str>) {
    let stages = image.stages();
    let chain = chain(stages, stages.len().saturating_sub(1));
    let base = chain.first().and_then(|stage| stage.base.as_deref());
    (chain.iter().flat_map(|stage| &stage.instructions).collect(), base)
}

fn end_of(image: &Image) -> crate::model::Place {
    let stages = image.stages();
    image.place(&stages.last().map_or(0..0, |stage| stage.span.clone()))
}

/// Images whose own user is root, as their publishers' Dockerfiles say.
const ROOT: [&str; 32] = [
    "almalinux",
    "alpine",
    "amazoncorretto",
    "amazonlinux",
    "bun",
    "busybox",
    "caddy",
    "debian",
    "deno",
    "distroless",
    "eclipse-temurin",
    "elixir",
    "erlang",
    "fedora",
    "golang",
    "gradle",
    "httpd",
    "maven",
    "nginx",
    "node",
    "openjdk",
    "oven/bun",
    "php",
    "playwright",
    "python",
    "rockylinux",
    "ruby",
    "rust",
    "scratch",
    "swift",
    "traefik",
    "ubuntu",
];

/// The name of an image without registry, library and version.
pub(super) fn short_name(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    let name = image.rsplit('/').next().unwrap_or(image);
    name.split(':').next().unwrap_or(name)
}

pub(super) fn is_official(image: &str) -> bool {
    let image = image.strip_prefix("docker.io/").unwrap_or(image);
    let image = image.strip_prefix("public.ecr.aws/docker/").unwrap_or(image);
    let image = image.strip_prefix("library/").unwrap_or(image);
    !image.contains('/') || image.starts_with("oven/bun") || image.starts_with("denoland/deno")
}

fn variables(instructions: &[&Instruction]) -> Variables {
    let mut known = Variables::new();
    for instruction in instructions {
        if matches!(instruction.keyword.as_str(), "ENV" | "ARG") {
            for (name, value) in instruction.settings() {
                let value = value.and_then(|value| expand(&value, &known));
                known.insert(name, value);
            }
        }
    }
    known
}

fn non_root(image: &Image, tally: &mut Tally) {
    let (instructions, base) = last(image);
    let user = instructions.iter().rev().find(|found| found.keyword == "USER");
    if let Some(user) = user {
        let Some(name) = expand(user.rest.trim_matches(['"', '\'']), &variables(&instructions)) else {
            let what = format!("`{}` names its user by a variable that the build sets", image.path);
            return tally.open(what, "give the variable a default");
        };
        let name = name.split(':').next().unwrap_or("").trim();
        if matches!(name, "root" | "0" | "") {
            let message = format!("`{}` ends as root: its last `USER` is `{}`", image.path, user.rest);
            tally.bad(image.place(&user.span), "USER root", message);
        } else {
            tally.good(image.place(&user.span), &format!("USER {name}"));
        }
        return;
    }
    let steps_down = [
        "gosu",
        "su-exec",
        "setpriv",
        "runuser",
        "s6-setuidgid",
        "chroot --userspec",
    ];
    let drops = |found: &&&Instruction| {
        matches!(found.keyword.as_str(), "RUN" | "ENTRYPOINT" | "CMD")
            && steps_down.iter().any(|word| found.rest.contains(word))
    };
    if instructions.iter().any(|found| drops(&found)) {
        let what = format!(
            "`{}` has no `USER`, and a program that gives up root's rights",
            image.path
        );
        return tally.open(what, "set `USER` in the last stage");
    }
    let Some(base) = base else {
        let what = format!("`{}` starts from an image that a variable names", image.path);
        return tally.open(what, "set `USER` in the last stage");
    };
    let lower = base.to_ascii_lowercase();
    if lower.contains("nonroot") || lower.contains("unprivileged") || lower.contains("rootless") {
        return tally.good(end_of(image), base);
    }
    if is_official(&lower) && ROOT.contains(&short_name(&lower)) || lower.starts_with("gcr.io/distroless/") {
        let message = format!("`{}` sets no `USER`, so its program runs as root", image.path);
        return tally.bad(end_of(image), "USER", message);
    }
    let what = format!("`{}` sets no `USER`, and the user of `{base}` is not known", image.path);
    tally.open(what, "set `USER` in the last stage");
}

/// Whether a Dockerfile has a health check that can succeed; `None` where it has none.
pub(super) fn has_healthcheck(image: &Image) -> bool {
    let (instructions, _) = last(image);
    let found = instructions.iter().rev().find(|found| found.keyword == "HEALTHCHECK");
    found.is_some_and(|found| !found.rest.trim().eq_ignore_ascii_case("none"))
}

/// Whether an image has a health check that calls what is there, and can fail.
pub(super) fn healthcheck(images: &Images<'_>, image: &Image, tally: &mut Tally) {
    let (instructions, _) = last(image);
    let found = instructions.iter().rev().find(|found| found.keyword == "HEALTHCHECK");
    let Some(found) = found.filter(|found| !found.rest.trim().eq_ignore_ascii_case("none")) else {
        let message = format!("`{}` has no `HEALTHCHECK`", image.path);
        return tally.bad(end_of(image), "HEALTHCHECK", message);
    };
    let place = image.place(&found.span);
    let command = found.rest.trim_start().get(3..).unwrap_or("").trim();
    let words: Vec<String> = match serde_json::from_str::<Vec<String>>(command) {
        Ok(words) => words,
        Err(_) => command.split_whitespace().map(str::to_owned).collect(),
    };
    let words: Vec<&str> = words.iter().map(|word| word.trim_matches(['"', '\'', ';'])).collect();
    if words.iter().all(|word| matches!(*word, "exit" | "true" | "0" | ":")) {
        let message = format!("the `HEALTHCHECK` of `{}` always succeeds", image.path);
        return tally.bad(place, "HEALTHCHECK", message);
    }
    let building = Building::new(images, image);
    let index = image.stages().len().saturating_sub(1);
    let mut workdir = String::new();
    for instruction in instructions.iter().filter(|found| found.keyword == "WORKDIR") {
        workdir = super::stages::within(&workdir, instruction.rest.trim_matches(['"', '\'']));
    }
    let is_file = |word: &&&str| {
        let endings = [".js", ".mjs", ".cjs", ".sh", ".py", ".ts"];
        let is_plain = !word.contains(['$', '(', ')', '=', '*', '?', ':']);
        is_plain && !word.starts_with('-') && endings.iter().any(|ending| word.ends_with(ending))
    };
    let runs_file = matches!(
        words.first(),
        Some(&("node" | "bun" | "python" | "python3" | "sh" | "bash" | "tsx"))
    );
    let file = words.iter().take(if runs_file { 3 } else { 1 }).find(is_file);
    if let Some(file) = file.filter(|file| !build::may_have(&building, index, &workdir, file)) {
        let message = format!(
            "the `HEALTHCHECK` of `{}` runs `{file}`, which is not in the repository",
            image.path
        );
        return tally.bad(place, &format!("HEALTHCHECK {file}"), message);
    }
    let tool = words.first().copied().unwrap_or("");
    if let Some(base) = without(images, image, index, tool) {
        let message = format!(
            "the `HEALTHCHECK` of `{}` calls `{tool}`, which `{base}` does not have, and nothing installs it",
            image.path
        );
        return tally.bad(place, &format!("HEALTHCHECK {tool}"), message);
    }
    tally.good(place, &format!("HEALTHCHECK {}", words.join(" ")));
}

fn multi_stage(images: &Images<'_>, image: &Image, tally: &mut Tally) {
    let building = Building::new(images, image);
    let (instructions, _) = last(image);
    let takes = instructions.iter().any(|found| {
        found.flag("from").is_some_and(|from| building.stage_of(from).is_some())
            || found.flag("mount").is_some_and(|mount| mount.contains("from="))
    });
    if takes {
        tally.good(end_of(image), &format!("{} stages", image.stages().len()));
    } else {
        let message = format!("the last stage of `{}` takes nothing from another stage", image.path);
        tally.bad(end_of(image), "stages", message);
    }
}
