//! What frameworks and package managers are known to make, to need and to leave out.

use regex::Regex;
use std::sync::LazyLock;

use crate::artifact::{PathKind, in_folder};

use super::stages::Building;
use super::tally::Tally;
use crate::text::Span;

/// What is known of a path that is taken from another stage.
pub(super) enum Taken {
    /// It is there, or may well have been made there.
    Fine,
    Open(String),
    Missing(String),
}

/// Names of what people write and no build makes.
const WRITTEN: [&str; 10] = [
    "package-lock.json",
    "package.json",
    "pnpm-lock.yaml",
    "prisma",
    "public",
    "next.config.js",
    "next.config.mjs",
    "next.config.ts",
    "src",
    "yarn.lock",
];

/// Packages that write into `public`.
const FILL_PUBLIC: [&str; 9] = [
    "@ducanh2912/next-pwa",
    "@serwist/next",
    "fumadocs-mdx",
    "gatsby",
    "hexo",
    "msw",
    "next-pwa",
    "next-sitemap",
    "rss",
];

static STANDALONE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"\boutput\s*["']?\s*[:=]\s*["'`]standalone["'`]"#).expect("constant and tested"));
static OUTPUT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\boutput\b").expect("constant and tested"));
static LOCAL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?:from|require\(|import\()\s*["']\.{1,2}/"#).expect("constant and tested"));

/// A source that is no stage: an image, or the name of a stage that is not there.
pub(super) fn judge_source(building: &Building<'_>, from: &str, span: &Span, tally: &mut Tally) {
    // A name without registry and version that is a usual one of stages, or nearly that of one here.
    const USUAL: [&str; 20] = [
        "app",
        "assets",
        "backend",
        "base",
        "build",
        "builder",
        "client",
        "compile",
        "deps",
        "dependencies",
        "development",
        "frontend",
        "install",
        "installer",
        "prod",
        "prod-deps",
        "production",
        "pruner",
        "runner",
        "server",
    ];
    let name = from.to_ascii_lowercase();
    if name.contains(['/', ':', '@', '.', '$']) {
        return;
    }
    let stages = building.image.stages().iter().filter_map(|stage| stage.name.as_deref());
    let is_like = |stage: &str| {
        let mut letters: (Vec<char>, Vec<char>) = (stage.chars().collect(), name.chars().collect());
        letters.0.sort_unstable();
        letters.1.sort_unstable();
        letters.0 == letters.1
    };
    let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
    if !(is_number || USUAL.contains(&name.as_str()) || stages.into_iter().any(is_like)) {
        return;
    }
    if building.images.names_contexts() {
        let what = format!(
            "`{}` copies from `{from}`, which may be another build context",
            building.image.path
        );
        return tally.open(what, "name the stage, or write the context out");
    }
    let message = format!(
        "`{}` copies from `{from}`, and no stage has that name",
        building.image.path
    );
    tally.bad(building.image.place(span), &format!("COPY --from={from}"), message);
}

/// What a place of a stage holds.
pub(super) fn taken(building: &Building<'_>, stage: usize, place: &str) -> Taken {
    if let Some(folder) = place.strip_suffix("/.next/standalone") {
        return standalone(building, stage, folder);
    }
    let name = place.rsplit('/').next().unwrap_or("");
    if !WRITTEN.contains(&name) {
        return Taken::Fine;
    }
    let tree = building.images.tree();
    let origins = building.origins(stage, place, 0);
    let is_there = |path: &String| tree.get(path).is_some() || tree.has_folder(path);
    if origins.is_empty() || origins.iter().any(is_there) || tree.truncation().is_some() {
        return Taken::Fine;
    }
    let folder = place.rsplit_once('/').map_or("", |(folder, _)| folder);
    let package = building
        .file_at(stage, &format!("{folder}/package.json"))
        .and_then(|path| building.images.text(&path))
        .unwrap_or_default();
    let is_filled = name == "public" && (FILL_PUBLIC.iter().any(|known| package.contains(known)) || !is_next(&package));
    let scripts = package.split("\"dependencies\"").next().unwrap_or("");
    let is_named = names(&building.runs(stage), name) || names(scripts, name);
    let is_ignored = origins
        .iter()
        .any(|path| building.images.is_ignored(path, PathKind::Folder));
    if is_filled || is_named || is_ignored {
        return Taken::Open(format!(
            "takes `{place}` from another stage, and what is made there is not known"
        ));
    }
    let path = origins.first().map_or("", String::as_str);
    Taken::Missing(format!("where it can't be: `{path}` is not in git"))
}

fn is_next(package: &str) -> bool {
    package.contains("\"next\"")
}

/// Whether a text has a name as a word of a path.
fn names(text: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_');
    text.split(|letter: char| !is_part(letter)).any(|word| word == name)
}

/// `.next/standalone` is made where `output: "standalone"` is set, and nowhere else.
fn standalone(building: &Building<'_>, stage: usize, folder: &str) -> Taken {
    let tree = building.images.tree();
    let folders = building.origins(stage, folder, 0);
    if folders.is_empty() || building.runs(stage).contains("standalone") {
        return Taken::Fine;
    }
    let names = ["js", "mjs", "ts", "cjs", "mts"].map(|ending| format!("next.config.{ending}"));
    let configs = folders
        .iter()
        .flat_map(|folder| names.iter().map(|name| in_folder(folder, name)));
    let found = configs.into_iter().find(|path| tree.get(path).is_some());
    let Some(path) = found else {
        if tree.truncation().is_some() {
            return Taken::Open("needs `output: \"standalone\"`, and the listing of files is not whole".to_owned());
        }
        // A pruned copy of a workspace brings it from a folder that is not followed.
        let is_elsewhere = tree
            .iter()
            .any(|(path, _)| path.file_name().starts_with("next.config."));
        if is_elsewhere {
            return Taken::Open(
                "needs `output: \"standalone\"`, and which next.config the image has can't be told".to_owned(),
            );
        }
        return Taken::Missing(
            "which Next.js makes with `output: \"standalone\"`, and there is no next.config".to_owned(),
        );
    };
    let Some(text) = building.images.text(&path) else {
        return Taken::Open(format!("needs `output: \"standalone\"`, and `{path}` was not read"));
    };
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//") && !line.trim_start().starts_with('*'))
        .collect::<Vec<_>>()
        .join("\n");
    if STANDALONE.is_match(&code) {
        Taken::Fine
    } else if OUTPUT.is_match(&code) || LOCAL.is_match(&code) {
        Taken::Open(format!(
            "needs `output: \"standalone\"`, and what `{path}` sets can't be told"
        ))
    } else {
        Taken::Missing(format!(
            "which Next.js makes with `output: \"standalone\"` only: `{path}` does not set it"
        ))
    }
}

/// The package that brings a program, for those that builds of JavaScript use.
pub(super) fn package_of(program: &str) -> Option<&'static str> {
    const PROGRAMS: [(&str, &str); 34] = [
        ("astro", "astro"),
        ("babel", "@babel/cli"),
        ("cross-env", "cross-env"),
        ("esbuild", "esbuild"),
        ("gulp", "gulp"),
        ("lerna", "lerna"),
        ("microbundle", "microbundle"),
        ("ncc", "@vercel/ncc"),
        ("nest", "@nestjs/cli"),
        ("next", "next"),
        ("ng", "@angular/cli"),
        ("npm-run-all", "npm-run-all"),
        ("nuxt", "nuxt"),
        ("nx", "nx"),
        ("parcel", "parcel"),
        ("postcss", "postcss-cli"),
        ("react-scripts", "react-scripts"),
        ("rimraf", "rimraf"),
        ("rollup", "rollup"),
        ("rspack", "@rspack/cli"),
        ("run-p", "npm-run-all"),
        ("run-s", "npm-run-all"),
        ("swc", "@swc/cli"),
        ("tailwindcss", "tailwindcss"),
        ("tsc", "typescript"),
        ("tsc-alias", "tsc-alias"),
        ("tsdown", "tsdown"),
        ("ts-node", "ts-node"),
        ("tsup", "tsup"),
        ("tsx", "tsx"),
        ("turbo", "turbo"),
        ("unbuild", "unbuild"),
        ("vite", "vite"),
        ("webpack", "webpack-cli"),
    ];
    PROGRAMS
        .iter()
        .find(|(known, _)| *known == program)
        .map(|(_, package)| *package)
}
