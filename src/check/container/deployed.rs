//! Dockerfiles that a deployment names and that start something, wherever below a component they lie.

use std::collections::BTreeSet;

use crate::artifact::{Json, Node, Toml, Yaml, resolve};
use crate::check::View;
use crate::model::{Component, Evidence, Examined, Gap, Place, RepoPath, Strength};

use super::files::{Image, Images, build_of, is_for_production};
use super::production;
use super::stages::chain;

/// Files by which a platform is told which image to build.
const PLATFORMS: [&str; 5] = ["fly.toml", "railway.json", "railway.toml", "render.yaml", "render.yml"];

/// The files of platforms, which are read for this.
pub(super) fn platforms(view: &View<'_>) -> Vec<RepoPath> {
    let tree = view.tree();
    let found = PLATFORMS.iter().flat_map(|name| tree.with_name(name));
    found
        .filter(|(_, entry)| entry.is_file())
        .map(|(path, _)| path.clone())
        .collect()
}

/// Whether one of these is named by a deployment, starts something, and is of the component that is asked about.
pub(super) fn deployed(images: &Images<'_>, chosen: &[RepoPath]) -> Examined {
    let named = named(images);
    let components = &images.view.snapshot.components;
    let is_own = |path: &&RepoPath| {
        let asked = images.view.component;
        asked.is_none_or(|asked| Component::of(components, path).is_some_and(|owner| owner.path == asked.path))
    };
    let mut unread = None;
    for path in chosen.iter().filter(is_own).filter(|path| named.contains(*path)) {
        match images.image(path) {
            Ok(Some(image)) => {
                if let Some(place) = starts(&image) {
                    let evidence = Evidence::new(place, "", Strength::Present, path.as_str());
                    return Examined::pass(
                        format!("a deployment builds `{path}`, which says what it starts"),
                        vec![evidence],
                    );
                }
            }
            Ok(None) => {}
            Err(why) => {
                unread.get_or_insert(why);
            }
        }
    }
    if let Some(unread) = unread {
        return Examined::unknown(unread);
    }
    let message = "no deployment names a Dockerfile here that starts something";
    Examined::fail(message, vec![Gap::missing("Dockerfile", message)])
}

/// The Dockerfiles that compose files, workflows and platforms name.
fn named(images: &Images<'_>) -> BTreeSet<RepoPath> {
    let mut named: BTreeSet<RepoPath> = production::named(images).into_keys().collect();
    for compose in images
        .composes()
        .filter(|compose| is_for_production(&compose.path, true))
    {
        let services = compose.root.get("services").map_or(&[][..], Node::entries);
        let built = services
            .iter()
            .filter_map(|(_, service)| build_of(compose.path.parent(), service));
        named.extend(built.map(|(_, file)| file));
    }
    for path in platforms(images.view) {
        named.extend(told(images.view, &path));
    }
    named
}

/// The Dockerfiles that a platform's file names.
fn told(view: &View<'_>, path: &RepoPath) -> Vec<RepoPath> {
    let Ok(Some(document)) = view.snapshot.read(path.as_str()).text(path.as_str()) else {
        return Vec::new();
    };
    let folder = path.parent();
    let at = |root: Option<&Node>, keys: &[&str]| {
        let file = root.and_then(|root| root.at(keys)).and_then(Node::as_str);
        file.and_then(|file| resolve(folder, file)).into_iter().collect()
    };
    match path.file_name() {
        "fly.toml" => at(document.view::<Toml>().0.as_deref().ok(), &["build", "dockerfile"]),
        "railway.toml" => at(document.view::<Toml>().0.as_deref().ok(), &["build", "dockerfilePath"]),
        "railway.json" => at(document.view::<Json>().0.as_deref().ok(), &["build", "dockerfilePath"]),
        _ => of_render(document.view::<Yaml>().0.as_deref().ok(), folder),
    }
}

/// Render's services that are built of images: a path stands below the service's own folder.
/// <https://render.com/docs/blueprint-spec#docker>
fn of_render(root: Option<&Node>, folder: &str) -> Vec<RepoPath> {
    let services = root.and_then(|root| root.get("services")).map_or(&[][..], Node::items);
    let files = services.iter().filter_map(|service| {
        let file = service.get("dockerfilePath").and_then(Node::as_str)?;
        let own = service.get("rootDir").and_then(Node::as_str).unwrap_or(".");
        resolve(resolve(folder, own)?.as_str(), file)
    });
    files.collect()
}

/// Where an image says what it starts, unless that only hands files out.
fn starts(image: &Image) -> Option<Place> {
    let stages = image.stages();
    let instructions = chain(stages, stages.len().checked_sub(1)?).into_iter();
    let mut instructions = instructions.flat_map(|stage| &stage.instructions);
    let found = instructions.rfind(|found| matches!(found.keyword.as_str(), "CMD" | "ENTRYPOINT"))?;
    let hands_out = |word: &str| {
        matches!(
            word,
            "nginx" | "caddy" | "httpd" | "httpd-foreground" | "serve" | "http-server"
        )
    };
    let words = found.words();
    (!words.is_empty() && !words.iter().any(|word| hands_out(word))).then(|| image.place(&found.span))
}
