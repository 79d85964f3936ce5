//! What production makes images of: the Dockerfiles and stages that its compose files and deployments name, and what such
//! a stage starts.

use std::collections::{BTreeMap, BTreeSet};

use crate::artifact::{Node, Yaml, resolve};
use crate::model::RepoPath;

use super::files::{Image, Images, build_of, is_for_production, is_word_of_development};
use super::stages::chain;
use super::tally::Tally;

/// Words in the name of a compose file or a workflow that say it is about production.
const PRODUCTION: [&str; 8] = [
    "cd",
    "deploy",
    "deployment",
    "live",
    "prod",
    "production",
    "publish",
    "release",
];

/// Files by which a platform builds a Dockerfile that nothing names.
const PLATFORMS: [&str; 9] = [
    "app.yaml",
    "captain-definition",
    "cloudbuild.yaml",
    "fly.toml",
    "heroku.yml",
    "railway.json",
    "railway.toml",
    "render.yaml",
    "skaffold.yaml",
];

/// Words of what builds images.
const BUILDS: [&str; 13] = [
    "Docker@",
    "build-push-action",
    "build:",
    "buildah",
    "buildx",
    "cloud-builders/docker",
    "context:",
    "docker build",
    "docker.build",
    "docker compose",
    "docker-compose",
    "kaniko",
    "podman build",
];

/// The Dockerfiles that production names, with the stages that it names of each; `None` is the last one.
pub(super) type Named = BTreeMap<RepoPath, BTreeSet<Option<String>>>;

fn has_word(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.split(|letter: char| !letter.is_ascii_alphanumeric())
        .any(|word| PRODUCTION.contains(&word))
}

/// What production is seen to name.
pub(super) fn named(images: &Images<'_>) -> Named {
    let mut named = Named::new();
    for compose in images.composes().filter(|compose| has_word(compose.path.file_name())) {
        let services = compose.root.get("services").map_or(&[][..], Node::entries);
        for (_, service) in services {
            if let Some((_, file)) = build_of(compose.path.parent(), service) {
                named.entry(file).or_default().insert(target_of(service));
            }
        }
    }
    for (path, root) in images.workflows() {
        let is_deployment = has_word(path.file_name()) || root.get("name").and_then(Node::as_str).is_some_and(has_word);
        let jobs = root.get("jobs").map_or(&[][..], Node::entries);
        for step in jobs
            .iter()
            .flat_map(|(_, job)| job.get("steps").map_or(&[][..], Node::items))
        {
            in_step(step, is_deployment, &mut named);
        }
    }
    named
}

fn target_of(service: &Node) -> Option<String> {
    let target = service.get("build")?.get("target")?.as_str()?;
    (!target.contains('$')).then(|| target.to_owned())
}

/// `docker/build-push-action` with its `file` and `target`, and `docker build -f Dockerfile.prod --target runner .`.
fn in_step(step: &Node, is_deployment: bool, named: &mut Named) {
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
    let action = text(step, "uses").unwrap_or_default();
    if action.contains("build-push-action") {
        let Some(with) = step.get("with") else { return };
        let is_pushed = with
            .get("push")
            .is_some_and(|push| push.as_str() != Some("false") && push.as_bool() != Some(false));
        if is_pushed || is_deployment {
            let context = text(with, "context").unwrap_or_default();
            let file = text(with, "file").unwrap_or_else(|| format!("{}/Dockerfile", context.trim_end_matches('/')));
            add(&file, text(with, "target"), named);
        }
        return;
    }
    if !is_deployment {
        return;
    }
    let Some(script) = text(step, "run") else { return };
    for line in script.replace("\\\n", " ").lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_build = words
            .windows(2)
            .any(|pair| matches!(pair, ["docker" | "buildx" | "podman", "build"]));
        if !is_build {
            continue;
        }
        let option = |names: [&str; 2]| {
            let mut pairs = words.windows(2);
            let after = pairs.find(|pair| names.contains(&pair[0])).map(|pair| pair[1]);
            after.or_else(|| {
                words
                    .iter()
                    .find_map(|word| word.strip_prefix(names[1])?.strip_prefix('='))
            })
        };
        let context = words.last().copied().unwrap_or(".");
        let file = option(["-f", "--file"]).map_or_else(|| format!("{context}/Dockerfile"), str::to_owned);
        add(&file, option(["--target", "--target"]).map(str::to_owned), named);
    }
}

fn add(file: &str, target: Option<String>, named: &mut Named) {
    if file.contains('$') || target.as_ref().is_some_and(|target| target.contains('$')) {
        return;
    }
    if let Some(path) = resolve("", file.trim_start_matches('/').trim_start_matches("./")) {
        named.entry(path).or_default().insert(target);
    }
}

/// Those that production may be built of: where it names one, another beside it that nothing of it names is for
/// development.
pub(super) fn meant(images: &Images<'_>, chosen: Vec<RepoPath>) -> Vec<RepoPath> {
    let named = named(images);
    let tree = images.tree();
    let is_on_a_platform = PLATFORMS.iter().any(|name| tree.with_name(name).next().is_some());
    if named.is_empty() || is_on_a_platform {
        return chosen;
    }
    let is_beside = |path: &RepoPath| {
        let mut others = named.keys().filter(|other| tree.get(other.as_str()).is_some());
        !named.contains_key(path)
            && others.any(|other| other.parent() == path.parent())
            && images
                .image(path)
                .is_ok_and(|image| image.is_some_and(|image| starts_for_development(&image)))
    };
    let is_one_there = named.keys().any(|path| tree.get(path.as_str()).is_some());
    let told = if is_one_there { told(images) } else { Vec::new() };
    let is_of_nobody = |path: &RepoPath| is_one_there && !named.contains_key(path) && !is_told(&told, path);
    let is_meant = |path: &RepoPath| !is_beside(path) && !is_of_nobody(path);
    chosen.into_iter().filter(|path| is_meant(path)).collect()
}

/// The texts by which somebody may build an image: workflows, compose files, scripts.
fn told(images: &Images<'_>) -> Vec<String> {
    let files = images.tree().those("what builds images", |path, entry, class| {
        entry.is_file() && !class.is_of_nobody() && super::files::tells_of_images(path)
    });
    let builds = |text: &String| BUILDS.iter().any(|word| text.contains(word));
    let texts = files.into_iter().filter_map(|(path, _)| images.text(path.as_str()));
    texts.filter(builds).collect()
}

/// Whether a text may speak of a Dockerfile: it holds the name of its folder, or of itself where that is its own.
fn is_told(told: &[String], path: &RepoPath) -> bool {
    let folder = path.parent().rsplit('/').next().unwrap_or_default();
    let name = path.file_name();
    let is_plain = matches!(name.to_ascii_lowercase().as_str(), "dockerfile" | "containerfile");
    folder.is_empty() && is_plain
        || told
            .iter()
            .any(|text| !folder.is_empty() && text.contains(folder) || !is_plain && text.contains(name))
}

/// Whether the last stage of an image starts a server for development.
fn starts_for_development(image: &Image) -> bool {
    let stages = image.stages();
    let last = stages.len().saturating_sub(1);
    let instructions = chain(stages, last).into_iter().flat_map(|stage| &stage.instructions);
    let mut ends = instructions.filter(|found| matches!(found.keyword.as_str(), "CMD" | "ENTRYPOINT"));
    ends.any(|found| is_for_development(&found.words().join(" ")))
}

/// Asks what the stage that production takes starts.
pub(super) fn command(images: &Images<'_>, image: &Image, tally: &mut Tally) {
    for target in targets(images, image) {
        let stages = image.stages();
        let index = match &target {
            None => stages.len().checked_sub(1),
            Some(target) => {
                let is_it = |name: &Option<String>| name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(target));
                stages.iter().position(|stage| is_it(&stage.name))
            }
        };
        let Some(index) = index else { continue };
        let instructions: Vec<_> = chain(stages, index)
            .into_iter()
            .flat_map(|stage| &stage.instructions)
            .collect();
        for keyword in ["ENTRYPOINT", "CMD"] {
            let Some(found) = instructions.iter().rev().find(|found| found.keyword == keyword) else {
                continue;
            };
            let words = found.words().join(" ");
            let place = image.place(&found.span);
            if is_for_development(&words) {
                let message = format!("`{}` starts `{words}`, which is for development", image.path);
                tally.bad(place, &format!("{keyword} {words}"), message);
            } else {
                tally.good(place, &format!("{keyword} {words}"));
            }
        }
    }
}

/// The stages that production takes of an image: those that it names, else those that a compose file names which is
/// not for development, else the last one.
fn targets(images: &Images<'_>, image: &Image) -> BTreeSet<Option<String>> {
    if let Some(named) = named(images).remove(&image.path) {
        return named;
    }
    let mut found = BTreeSet::new();
    for compose in images
        .composes()
        .filter(|compose| is_for_production(&compose.path, true))
    {
        let services = compose.root.get("services").map_or(&[][..], Node::entries);
        for (_, service) in services {
            let is_it = build_of(compose.path.parent(), service).is_some_and(|(_, file)| file == image.path);
            let target = target_of(service).filter(|target| !is_word_of_development(target));
            if let (true, Some(target)) = (is_it, target) {
                found.insert(Some(target));
            }
        }
    }
    if found.is_empty() {
        found.insert(None);
    }
    found
}

/// Whether a command starts a server for development, or starts one again with every change.
fn is_for_development(command: &str) -> bool {
    const ALONE: [&str; 4] = ["nodemon", "ts-node-dev", "--reload", "runserver"];
    const RUNNERS: [&str; 5] = ["npm", "yarn", "pnpm", "bun", "next"];
    let parts = command.split(|letter: char| letter.is_whitespace() || "'\";&|,[]".contains(letter));
    let words: Vec<&str> = parts
        .filter(|word| !word.is_empty())
        .map(|word| word.rsplit('/').next().unwrap_or(word))
        .collect();
    let is_dev =
        |word: &str| word == "dev" || word.starts_with("dev:") || word.starts_with("dev-") || word == "start:dev";
    words.iter().any(|word| ALONE.contains(word))
        || words.windows(2).any(|pair| match pair {
            ["tsx", "watch"] | ["flask", "run"] => true,
            [runner, name] => RUNNERS.contains(runner) && is_dev(name),
            _ => false,
        })
        || words
            .windows(3)
            .any(|three| RUNNERS.contains(&three[0]) && three[1] == "run" && is_dev(three[2]))
}

/// The workflows of a view that could be read.
pub(super) fn workflow(images: &Images<'_>, path: &RepoPath) -> Option<std::sync::Arc<Node>> {
    let document = images
        .view
        .snapshot
        .read(path.as_str())
        .text(path.as_str())
        .ok()
        .flatten()?;
    document.view::<Yaml>().0.as_ref().ok().map(std::sync::Arc::clone)
}

#[cfg(test)]
mod tests {
    use super::is_for_development;

    #[test]
    fn servers_for_development_are_known_by_their_commands() {
        for command in [
            "npm run dev",
            "yarn dev",
            "nodemon src/index.js",
            "sh -c 'pnpm run dev:server'",
            "next dev",
            "npx tsx watch a.ts",
        ] {
            assert!(is_for_development(command), "{command}");
        }
        for command in [
            "npm start",
            "node dist/index.js",
            "npm run start:prod",
            "next start",
            "tsx src/dev.ts",
            "node dev.js",
        ] {
            assert!(!is_for_development(command), "{command}");
        }
    }
}
