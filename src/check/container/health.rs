//! Whether compose services have health checks, and whether images have the tools that these call.

use crate::artifact::Node;
use crate::artifact::container::Instruction;

use super::compose::{BESIDE, Service, bad};
use super::files::{Image, Images, build_of};
use super::image::{has_healthcheck, is_official, short_name};
use super::stages::{Building, chain};
use super::tally::Tally;

/// Whether what stands for the health check of the image that a service builds can be run.
pub(super) fn kept(images: &Images<'_>, service: &Service<'_>, tally: &mut Tally) {
    let built = build_of(service.file.path.parent(), service.own);
    let image = built.and_then(|(_, path)| images.image(&path).ok().flatten());
    if image.is_some_and(|image| has_healthcheck(&image)) && service.get("healthcheck").is_some() {
        healthcheck(images, service, tally);
    }
}

/// Whether a service has a health check, of its own or of the Dockerfile that it builds.
pub(super) fn healthcheck(images: &Images<'_>, service: &Service<'_>, tally: &mut Tally) {
    if let Some(check) = service.get("healthcheck") {
        let is_off = check.get("disable").and_then(Node::as_bool) == Some(true)
            || check.at(&["test", "0"]).and_then(Node::as_str) == Some("NONE")
            || check.get("test").and_then(Node::as_str) == Some("NONE");
        if is_off {
            return bad(service, tally, "healthcheck", "has its health check switched off");
        }
        // Without a test it only changes how often that of the image is run.
        if check.get("test").is_some() {
            return healthcheck_runs(images, service, tally);
        }
    }
    if service.get("build").is_some() {
        let folder = service.file.path.parent();
        let node = if service.own.get("build").is_some() {
            Some(service.own)
        } else {
            service.below
        };
        let built = node.and_then(|node| build_of(folder, node));
        let image = built.as_ref().and_then(|(_, path)| images.image(path).ok().flatten());
        match image {
            // One that calls what is not there is none.
            Some(image) if has_healthcheck(&image) => super::image::healthcheck(images, &image, tally),
            Some(_) => bad(
                service,
                tally,
                "healthcheck",
                "has no health check, nor has the Dockerfile it builds",
            ),
            None => {
                let what = format!(
                    "the Dockerfile of `{}` in `{}` can't be read",
                    service.name.text, service.file.path
                );
                tally.open(what, "give the service a `healthcheck`");
            }
        }
        return;
    }
    let image = service.image();
    let name = image.rsplit('/').next().unwrap_or(image);
    let name = name.split([':', '@']).next().unwrap_or(name);
    let is_bare = BESIDE.contains(&name) || matches!(name, "nginx" | "caddy" | "httpd");
    if is_bare {
        bad(service, tally, "healthcheck", "has no health check");
    } else {
        let what = format!(
            "`{}` in `{}` has no health check, and its image may have one",
            service.name.text, service.file.path
        );
        tally.open(what, "give the service a `healthcheck`");
    }
}

/// Whether a service's own health check calls a tool that the image has which it builds.
fn healthcheck_runs(images: &Images<'_>, service: &Service<'_>, tally: &mut Tally) {
    let Some(check) = service.get("healthcheck") else {
        return;
    };
    let test = check.get("test");
    let items: Vec<&str> = test
        .map_or(&[][..], Node::items)
        .iter()
        .filter_map(Node::as_str)
        .collect();
    let tool = match (test.and_then(Node::as_str), items.as_slice()) {
        (Some(line), _) => line.split_whitespace().next(),
        (None, ["CMD-SHELL", line, ..]) => line.split_whitespace().next(),
        (None, ["CMD", tool, ..]) => Some(*tool),
        (None, _) => None,
    };
    let line = items.last().copied().or_else(|| test.and_then(Node::as_str));
    if line.is_some_and(ends_well) {
        let message = "ends its health check well, whatever it finds";
        return bad(service, tally, "healthcheck", message);
    }
    let built = build_of(service.file.path.parent(), service.own);
    let image = built.and_then(|(_, path)| images.image(&path).ok().flatten());
    let target = service.at(&["build", "target"]).and_then(Node::as_str);
    if let (Some(tool), Some(image)) = (tool, image) {
        let last = image.stages().len().checked_sub(1);
        let index = match target {
            // One that is not there can't be built, and one that is computed may be any.
            Some(target) if target.contains('$') => None,
            Some(target) => Building::new(images, &image).stage_of(target).or(last),
            None => last,
        };
        if let Some(base) = index.and_then(|index| without(images, &image, index, tool)) {
            let message =
                format!("calls `{tool}` in its health check, which `{base}` does not have, and nothing installs it");
            return bad(service, tally, "healthcheck", &message);
        }
    }
    tally.good(service.place_of(check), "healthcheck");
}

/// Whether a command ends well whatever came before: `curl … || true`.
fn ends_well(line: &str) -> bool {
    let last = line.rsplit("||").next().filter(|last| last.len() < line.len());
    let last = last.or_else(|| line.rsplit(';').next().filter(|last| last.len() < line.len()));
    let words: Vec<&str> = last.unwrap_or_default().split_whitespace().collect();
    matches!(words.as_slice(), ["true" | ":"] | ["exit", "0"])
}

/// The image below a stage, where it is known to be without a tool and nothing in the stage brings one.
pub(super) fn without<'a>(images: &Images<'_>, image: &'a Image, index: usize, tool: &str) -> Option<&'a str> {
    let chain = chain(image.stages(), index);
    let base = chain.first().and_then(|stage| stage.base.as_deref())?;
    let brings = |found: &&Instruction| matches!(found.keyword.as_str(), "COPY" | "ADD") && found.rest.contains(tool);
    let is_brought = || {
        chain
            .iter()
            .flat_map(|stage| &stage.instructions)
            .any(|found| brings(&found))
    };
    // A script, or a list in a variable, may install it.
    let may_bring = |run: &str| run.contains(tool) || run.contains(".sh") || run.contains('$') || run.contains("xargs");
    (lacks(base, tool) && !is_brought() && !may_bring(&Building::new(images, image).runs(index))).then_some(base)
}

/// Whether an image is known to be without a tool: Alpine has wget of BusyBox and no curl, slim images have neither.
fn lacks(base: &str, tool: &str) -> bool {
    let base = base.to_ascii_lowercase();
    let is_known = is_official(&base) && matches!(short_name(&base), "node" | "python" | "ruby" | "alpine" | "debian");
    let tag = base
        .split('@')
        .next()
        .unwrap_or("")
        .rsplit_once(':')
        .map_or("", |(_, tag)| tag);
    let is_alpine = short_name(&base) == "alpine" || tag.contains("alpine");
    let is_slim = tag.contains("slim") || short_name(&base) == "debian";
    is_known && (tool == "curl" && (is_alpine || is_slim) || tool == "wget" && is_slim)
}
