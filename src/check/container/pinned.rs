//! Whether images name their versions.

use crate::artifact::container::Stage;
use crate::text::Span;

use super::files::Image;
use super::tally::Tally;

/// Words of tags that name no version.
const MOVING: [&str; 22] = [
    "alpine",
    "canary",
    "current",
    "dev",
    "edge",
    "fpm",
    "latest",
    "lts",
    "main",
    "mainline",
    "master",
    "minimal",
    "next",
    "nightly",
    "nonroot",
    "perl",
    "release",
    "rolling",
    "slim",
    "stable",
    "unprivileged",
    "unstable",
];

/// What is wrong with the version of an image, if something is.
pub(super) fn unpinned(image: &str) -> Option<&'static str> {
    if image.contains('@') || image.eq_ignore_ascii_case("scratch") {
        return None;
    }
    let name = image.rsplit('/').next().unwrap_or(image);
    match name.split_once(':') {
        None => Some("has no tag, so it is whatever is newest"),
        Some((_, tag))
            if tag
                .split('-')
                .all(|word| MOVING.contains(&word.to_ascii_lowercase().as_str())) =>
        {
            Some("has a tag that names no version")
        }
        Some(_) => None,
    }
}

/// The images that a stage takes files from.
fn copied_images<'a>(image: &'a Image, stage: &'a Stage) -> impl Iterator<Item = (&'a str, &'a Span)> {
    let copies = stage
        .instructions
        .iter()
        .filter(|found| matches!(found.keyword.as_str(), "COPY" | "ADD"));
    let is_stage = |name: &str| {
        let name = name.to_ascii_lowercase();
        let is_named = |stage: &Stage| stage.name.as_deref() == Some(&name);
        name.parse::<usize>().is_ok() || image.stages().iter().any(is_named)
    };
    copies
        .filter_map(|found| Some((found.flag("from")?, &found.span)))
        // What has neither registry nor version may be the name of a context.
        .filter(move |(from, _)| from.contains(['/', ':', '@']) && !from.contains('$') && !is_stage(from))
}

pub(super) fn pinned_base(image: &Image, tally: &mut Tally) {
    for (from, span) in image.stages().iter().flat_map(|stage| copied_images(image, stage)) {
        match unpinned(from) {
            None => tally.good(image.place(span), from),
            Some(why) => {
                let message = format!("`{}` copies from `{from}`, which {why}", image.path);
                tally.bad(image.place(span), &format!("COPY --from={from}"), message);
            }
        }
    }
    for (index, stage) in image.stages().iter().enumerate() {
        let Some(base) = stage.base.as_deref() else {
            let what = format!("`{}` starts from an image that a variable names", image.path);
            tally.open(what, "give the variable a default");
            continue;
        };
        let lower = base.to_ascii_lowercase();
        let before = &image.stages()[..index];
        if before.iter().any(|known| known.name.as_deref() == Some(&lower)) || lower == "scratch" {
            continue;
        }
        match unpinned(base) {
            None => tally.good(image.place(&stage.span), base),
            Some(why) => {
                let message = format!("`{}` starts from `{base}`, which {why}", image.path);
                tally.bad(image.place(&stage.span), &format!("FROM {base}"), message);
            }
        }
    }
}
