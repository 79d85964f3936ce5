//! What may change what `tsc` wrote, or how Node finds modules, beside the build: scripts, images, hosts' files.

use crate::artifact::{Script, above};
use crate::check::View;
use crate::model::{Component, RepoPath};
use crate::program::commands;

use super::emitting::{base, is_harmless, is_try, run, scripts as scripts_of, unwrapped};
use super::packages;

/// What changes the imports in what `tsc` writes, or what it writes; names with another word behind a `.` or `-` count.
pub(super) const REWRITERS: [&str; 21] = [
    "tsc-alias",
    "tscpaths",
    "tspath",
    "tspaths",
    "resolve-tspaths",
    "tsconfig-replace-paths",
    "tsconfig-paths",
    "ts-patch",
    "tspc",
    "ttsc",
    "ttypescript",
    "tsc-esm-fix",
    "fix-esm-import-path",
    "ts-add-js-extension",
    "add-js-extension",
    "module-alias",
    "link-module-alias",
    "ef-tspm",
    "tsmodule-alias",
    "extensionless",
    "nest",
];
/// What writes code in its place.
const BUNDLERS: [&str; 20] = [
    "esbuild",
    "tsup",
    "tsdown",
    "swc",
    "babel",
    "webpack",
    "rollup",
    "rolldown",
    "vite",
    "ncc",
    "pkgroll",
    "unbuild",
    "microbundle",
    "bunchee",
    "parcel",
    "gulp",
    "grunt",
    "nx",
    "tsc-multi",
    "tshy",
];
/// Files by which other hosts build.
const PIPELINES: [&str; 8] = [
    ".gitlab-ci.yml",
    "amplify.yml",
    "app.yaml",
    "azure-pipelines.yml",
    "buildspec.yml",
    "cloudbuild.yaml",
    "jenkinsfile",
    "render.yml",
];

pub(super) fn is_tool(word: &str) -> bool {
    is_one(word, &REWRITERS) || is_one(word, &BUNDLERS)
}

/// Whether a word names one of these tools: `node_modules/.bin/esbuild`, `tsc-alias@1`, `webpack.config.js`.
pub(super) fn is_one(word: &str, tools: &[&str]) -> bool {
    word.split(['/', '@', '=']).any(|part| {
        tools.iter().any(|tool| {
            let rest = part.strip_prefix(tool);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
        })
    })
}

/// What may change what is built, or how Node finds modules, outside of the build: a script for production, an image, a
/// host's file.
pub(super) fn elsewhere(view: &View<'_>, component: &Component, scripts: &[Script]) -> Option<String> {
    let of_scripts = scripts.iter().find_map(|script| Some((script, of_script(script)?)));
    if let Some((script, word)) = of_scripts {
        return Some(format!("the script `{}` names `{word}`", script.name));
    }
    for above in above(component.folder()) {
        for script in scripts_of(view, above) {
            let words = commands(&script.command).into_iter().flatten();
            let is_of_it = script.command.contains(component.folder());
            let mut doubts = words.filter(|word| is_one(word, &REWRITERS) || is_of_it && is_doubt(word));
            if let Some(word) = doubts.next() {
                return Some(format!("the script `{}` above it names `{word}`", script.name));
            }
        }
    }
    let folder = RepoPath::new(component.folder());
    if ["project.json", "vercel.json", "serverless.yml", "serverless.yaml"]
        .iter()
        .any(|name| view.tree().get(folder.join(name).as_str()).is_some())
    {
        return Some("another tool is told how to build or host it".to_owned());
    }
    told(view, component).find_map(|path| {
        let document = view.snapshot.read(path.as_str()).text(path.as_str()).ok().flatten();
        let Some(text) = document.as_ref().and_then(|document| document.text().ok()) else {
            return Some(format!("`{path}` can't be read"));
        };
        doubtful(path, text).map(|word| format!("`{path}` names `{word}`"))
    })
}

/// The word of a script for production by which something may be changed.
fn of_script(script: &Script) -> Option<String> {
    const STARTS: [&str; 4] = ["start", "start:prod", "start:production", "serve"];
    const ALONG: [&str; 6] = [
        "preinstall",
        "install",
        "postinstall",
        "prepare",
        "prestart",
        "heroku-postbuild",
    ];
    if is_try(&script.name) {
        return None;
    }
    let steps = commands(&script.command);
    let is_node = |words: &&Vec<String>| unwrapped(words).first().is_some_and(|program| base(program) == "node");
    if STARTS.contains(&script.name.as_str()) && steps.iter().filter(is_node).count() > 1 {
        return Some("node".to_owned());
    }
    let along = ALONG.contains(&script.name.as_str());
    let unknown = steps
        .iter()
        .find(|words| along && run(words).is_none() && !is_harmless(words));
    let doubt = || steps.iter().flatten().find(|word| is_doubt(word) || *word == "ln");
    unknown.and_then(|words| words.first()).or_else(doubt).cloned()
}

/// The files that say how an image or a host builds and starts a component: its own, and those above it.
pub(super) fn told<'a>(view: &View<'a>, component: &Component) -> impl Iterator<Item = &'a RepoPath> {
    let (tree, folder) = (&view.snapshot.tree, component.folder().to_owned());
    let components = &view.snapshot.components;
    let images = tree.iter().filter(|(path, entry)| entry.is_file() && is_image(path));
    let all = packages::installing(view).chain(images.map(|(path, _)| path));
    all.filter(move |path| {
        let owner = Component::of(components, path).map_or("", Component::folder);
        owner.is_empty() || owner == folder || folder.starts_with(&format!("{owner}/"))
    })
}

/// Whether a file builds an image for production or starts one.
fn is_image(path: &RepoPath) -> bool {
    let name = path.file_name().to_lowercase();
    let is_one = name.contains("dockerfile")
        || name.contains("compose") && name.contains(".y")
        || path.parent() == ".github/workflows"
        || PIPELINES.contains(&name.as_str());
    is_one && !["dev", "test", "local", "e2e"].iter().any(|word| name.contains(word)) && !name.contains("ignore")
}

/// The word of a file by which something may be changed.
fn doubtful(path: &RepoPath, text: &str) -> Option<String> {
    let is_between = |letter: char| letter.is_whitespace() || "\"'`[]{}(),;&|".contains(letter);
    let lines = || text.lines().filter(|line| !line.trim_start().starts_with('#'));
    if lines().any(is_hooking) {
        return Some("NODE_OPTIONS".to_owned());
    }
    let mut words = lines()
        .flat_map(|line| line.split(is_between))
        .filter(|word| !word.is_empty());
    if let Some(word) = words.find(|word| is_doubt(word)) {
        return Some(word.to_owned());
    }
    if !path.file_name().to_lowercase().contains("dockerfile") {
        return None;
    }
    let steps = commands(text);
    let of_shell = steps.iter().filter_map(|words| {
        let own = match words.first().map(String::as_str) {
            Some("RUN") => &words[1..],
            _ => words.as_slice(),
        };
        own.iter().find(|word| !word.starts_with("--"))
    });
    let mut changing = of_shell.filter(|word| matches!(word.as_str(), "node" | "sed" | "ln" | "perl"));
    changing.next().cloned()
}

fn is_doubt(word: &str) -> bool {
    const RUNTIMES: [&str; 6] = [
        "oven/bun",
        "denoland/",
        "NODE_PATH",
        "specifier-resolution",
        "--loader",
        "--bun",
    ];
    is_tool(word) || is_hooking(word) || RUNTIMES.iter().any(|runtime| word.contains(runtime))
}

/// Whether Node is told by its variable to load something first.
fn is_hooking(text: &str) -> bool {
    let flags = ["--require", "-r ", "--import", "loader", "resolution"];
    text.contains("NODE_OPTIONS") && flags.iter().any(|flag| text.contains(flag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_known_by_their_words() {
        for word in [
            "tsc-alias",
            "npx/tsc-alias@1",
            "./node_modules/.bin/esbuild",
            "webpack.config.js",
        ] {
            assert!(is_tool(word), "{word}");
        }
        for word in ["tsc", "nested", "invite", "@nestjs/core", "dist/vitest", "babelfish"] {
            assert!(!is_tool(word), "{word}");
        }
    }

    #[test]
    fn scripts_along_the_way_may_change_something() {
        let names = |name: &str, command: &str| {
            let script = Script {
                name: name.to_owned(),
                command: command.to_owned(),
                span: 0..0,
            };
            of_script(&script)
        };
        assert!(names("postinstall", "node link.js").is_some() && names("start", "node a.js && node b.js").is_some());
        assert!(names("prepare", "husky").is_none() && names("postinstall", "npx prisma generate").is_none());
        assert!(names("start", "cross-env NODE_OPTIONS='--import tsx' node a.js").is_some());
        assert!(names("start", "node a.js").is_none() && names("dev", "webpack").is_none());
    }

    #[test]
    fn an_image_may_mend_what_is_built() {
        let image = RepoPath::new("Dockerfile");
        let doubts = |text: &str| doubtful(&image, text).is_some();
        assert!(doubts("FROM node\nRUN npm run build && sed -i s/a/b/ dist/a.js\n"));
        assert!(doubts("FROM node\nRUN npx tsc-alias\n") && doubts("FROM oven/bun:1\n"));
        assert!(!doubts(
            "FROM node\nRUN chown -R node /app\nUSER node\nCMD [\"node\", \"a.js\"]\n"
        ));
    }
}
