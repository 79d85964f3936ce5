//! Members of a workspace that an image needs built, and does not build.

use std::collections::BTreeSet;

use crate::artifact::workflow::{Shell, WorkflowFile, commands, workflow_paths};
use crate::artifact::{Declared, resolve};
use crate::check::View;
use crate::model::{Class, Component, RepoPath};
use crate::program::module::{RequestKind, TOP_LEVEL};
use crate::program::{Program, Side, commands as scripted};

use super::build::folder_of;
use super::build_tools::{declared_in, script};
use super::files::Images;
use super::stages::{Building, What};

/// What builds members that no command names.
const WHOLE: [&str; 7] = ["turbo", "nx", "lerna", "wsrun", "ultra", "moon", "rush"];
/// What does so for all members that a script is named for.
const EACH: [&str; 7] = [
    "-r",
    "--recursive",
    "--workspaces",
    "-ws",
    "foreach",
    "workspaces",
    "recursive",
];
/// Scripts within scripts.
const DEEPEST: u32 = 3;

/// Scripts that installations run by themselves.
const BY_ITSELF: [&str; 5] = ["preinstall", "install", "postinstall", "prepare", "prepublish"];

/// Why what is built of a component can't be started: it loads a package of the workspace whose own output is not in git, and
/// nothing that the image runs writes it. A command that may do so by what it is called, a script of an installation, paths
/// that lead to sources and bundlers leave that open.
pub(super) fn unbuilt(building: &Building<'_>, component: &Component) -> Option<String> {
    let images = building.images;
    let own = manifest(images, component)?;
    if !leaves_packages_out(images, component, &own) {
        return None;
    }
    let runs: Vec<String> = all_runs(building);
    let is_whole = |text: &String| {
        let words = || text.split_whitespace().map(|word| word.trim_matches(['"', '\'']));
        let is_of_all = |word: &str| {
            // A pattern may take in any.
            let is_pattern = word.ends_with("...") || word.contains(['*', '{', '!', '^', '[', '$']);
            WHOLE.contains(&word) || is_pattern || word == "-b" || word == "--build"
        };
        let names_build = || words().any(|word| word.split(':').next() == Some("build"));
        words().any(is_of_all) || words().any(|word| EACH.contains(&word)) && names_build()
    };
    if runs.iter().any(is_whole) || runs.iter().any(|text| is_anything(text)) || copies_built(building) {
        return None;
    }
    let loaded = loaded(images.view, component);
    let components = images.view.snapshot.components.iter();
    let mut members = components.filter(|member| member.path != component.path);
    members.find_map(|member| {
        let manifest = manifest(images, member)?;
        let name = manifest.manifest().name.as_deref()?;
        let is_loaded = loaded.iter().any(|specifier| {
            specifier == name || specifier.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'))
        });
        let folder = member.folder();
        let last = folder.rsplit('/').next().unwrap_or(folder);
        let is_named = |text: &String| {
            let mut words = text.split(|letter: char| letter.is_whitespace() || letter == '=');
            words.any(|word| {
                if word.ends_with(&format!("/{folder}")) {
                    return true;
                }
                let word = word.trim_matches(['"', '\'', '/']).trim_start_matches("./");
                word == name
                    || word == folder
                    || word == last
                    || word.starts_with(&format!("{folder}/"))
                    // npm builds all members below a folder.
                    || folder.strip_prefix(word).is_some_and(|below| below.starts_with('/'))
            })
        };
        let builds = |text: &String| {
            // Whatever is run in it by its name may write it, but for what installs or tests.
            let is_other = |word: &str| matches!(word, "install" | "ci" | "i" | "add" | "test" | "lint");
            is_named(text) && !text.split_whitespace().any(is_other)
        };
        // What `exports` gives is not followed, and a package of that name may come from a registry.
        let text = images.text(member.manifest.as_ref()?.as_str())?;
        let root = images.text("package.json").unwrap_or_default();
        let is_workspace = root.contains("\"workspaces\"") || images.tree().get("pnpm-workspace.yaml").is_some();
        if text.contains("\"exports\"") || !is_workspace {
            return None;
        }
        let output = missing_output(images.view, &manifest, folder).filter(|_| is_loaded)?;
        // What was built before lies in the folder that an image is made from.
        let may_lie_there = building.is_seen(&output) && is_built_before(images.view);
        let is_open =
            runs.iter().any(builds) || is_mapped(images, component, name) || makes_itself(&manifest) || may_lie_there;
        (!is_open).then(|| {
            format!("`{name}` of `{folder}` gives `{output}`, which its `build` writes, and nothing here runs that")
        })
    })
}

/// Whether a command runs a file that is not followed, and may build whatever it likes.
fn is_anything(text: &str) -> bool {
    const RUNNERS: [&str; 8] = ["bash", "just", "make", "node", "python3", "sh", "task", "tsx"];
    let mut words = text.split_whitespace();
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is_asked_for_words = text.contains(" -e ") || text.contains(" --version");
    let is_file_of_bun = first == "bun" && second.contains(['.', '/']);
    RUNNERS.contains(&first) && !is_asked_for_words
        || is_file_of_bun
        || first.starts_with("./")
        || first.ends_with(".sh")
}

fn manifest(images: &Images<'_>, component: &Component) -> Option<Declared> {
    let path = component.manifest.as_ref()?;
    declared_in(images, path.as_str()).filter(|_| path.file_name() == "package.json")
}

/// Whether a component's build is one that leaves packages where they are: the compiler, Nest's, tsup's.
fn leaves_packages_out(images: &Images<'_>, component: &Component, own: &Declared) -> bool {
    let Some(build) = own.manifest().scripts.iter().find(|script| script.name == "build") else {
        return false;
    };
    let is_plain = |words: &Vec<String>| match words.first().map(String::as_str) {
        Some("tsc") => !words.iter().any(|word| matches!(word.as_str(), "-b" | "--build")),
        Some("nest") => {
            // Its own bundler takes in what it is told to.
            let settings = crate::artifact::in_folder(component.folder(), "nest-cli.json");
            let is_bundled = images.text(&settings).is_some_and(|text| text.contains("webpack"));
            !is_bundled && words.get(1).is_some_and(|word| word == "build")
        }
        Some("tsup") => {
            let settings = ["ts", "js", "mjs", "cjs", "json"].iter().any(|ending| {
                let path = crate::artifact::in_folder(component.folder(), &format!("tsup.config.{ending}"));
                images.tree().get(&path).is_some()
            });
            let text = component.manifest.as_ref().and_then(|path| images.text(path.as_str()));
            let is_bundled = text.is_none_or(|text| text.contains("noExternal"));
            !settings
                && !is_bundled
                && !words
                    .iter()
                    .any(|word| word.contains("noExternal") || word.contains("no-external"))
        }
        Some("rimraf" | "rm" | "prisma" | "echo" | "mkdir" | "cp") => true,
        _ => false,
    };
    let found = scripted(&build.command);
    !found.is_empty() && found.iter().all(is_plain) && !makes_itself_first(own)
}

/// Whether a script around the build may make what it needs.
fn makes_itself_first(own: &Declared) -> bool {
    own.manifest().scripts.iter().any(|script| script.name == "prebuild")
}

/// Whether an installation makes what a package gives.
fn makes_itself(manifest: &Declared) -> bool {
    let scripts = &manifest.manifest().scripts;
    scripts.iter().any(|script| BY_ITSELF.contains(&script.name.as_str()))
}

/// All commands that the image runs, each with the folder that it is run in, and those of the scripts that they call or that
/// installations run by themselves.
fn all_runs(building: &Building<'_>) -> Vec<String> {
    let images = building.images;
    let mut found = Vec::new();
    for index in 0..building.image.stages().len() {
        for step in building.steps(index) {
            if let What::Run(text) = &step.what {
                let runs = commands(text, Shell::Line);
                found.extend(runs.iter().map(|command| {
                    let folder = folder_of(step, command.folder.as_deref());
                    format!("{} {folder}", command.text)
                }));
            }
        }
    }
    let manifests = images.view.snapshot.components.iter();
    let manifests = manifests.filter_map(|component| manifest(images, component));
    let manifests: Vec<Declared> = manifests.chain(declared_in(images, "package.json")).collect();
    let scripts = || manifests.iter().flat_map(|declared| &declared.manifest().scripts);
    let mut seen = BTreeSet::new();
    for _ in 0..DEEPEST {
        let called = scripts().filter(|script| {
            let is_called = || {
                let mut words = found.iter().flat_map(|text| text.split_whitespace());
                words.any(|word| word == script.name)
            };
            BY_ITSELF.contains(&script.name.as_str()) || script.name != "build" && is_called()
        });
        let called: Vec<String> = called.map(|script| script.command.clone()).collect();
        found.extend(called.into_iter().filter(|command| seen.insert(command.clone())));
    }
    // What is built at the root may be all.
    let is_of_root = |text: &String| {
        let words: Vec<&str> = text.split_whitespace().collect();
        let is_of_one = words.iter().any(|word| word.starts_with('-'));
        script(&words) == Some("build") && !is_of_one
    };
    if found.iter().any(is_of_root) {
        let root = declared_in(images, "package.json").into_iter();
        let scripts = root.flat_map(|declared| declared.manifest().scripts.clone());
        let build: Vec<String> = scripts
            .filter(|script| script.name == "build")
            .map(|script| script.command)
            .collect();
        found.extend(build);
    }
    found
}

/// Whether something that was built elsewhere is brought: of an image, or of a place that the builder is told of.
fn copies_built(building: &Building<'_>) -> bool {
    let mut stages = building.image.stages().iter().flat_map(|stage| &stage.instructions);
    stages.any(|found| {
        let from = found.flag("from");
        from.is_some_and(|from| building.stage_of(from).is_none() && !is_of_system(&found.rest))
    })
}

/// Whether a copy goes where programs lie: `COPY --from=oven/bun /usr/local/bin/bun /usr/local/bin/`.
pub(super) fn is_of_system(copied: &str) -> bool {
    let target = copied.split_whitespace().next_back().unwrap_or_default();
    ["/usr/", "/bin/", "/sbin/", "/lib/", "/etc/", "/opt/"]
        .iter()
        .any(|folder| target.starts_with(folder))
}

/// What may build something and then make an image, beside workflows: files of other services, and scripts.
pub(super) fn tells_of_builds(view: &View<'_>) -> Vec<RepoPath> {
    let found = view
        .tree()
        .those("what may build before an image", |path, entry, class| {
            let name = path.file_name();
            let is_of_service = matches!(
                name,
                ".gitlab-ci.yml"
                    | "Jenkinsfile"
                    | "bitbucket-pipelines.yml"
                    | "azure-pipelines.yml"
                    | "cloudbuild.yaml"
            ) || path.as_str() == ".circleci/config.yml";
            let is_script = matches!(name, "Makefile" | "justfile" | "Taskfile.yml") || path.extension() == Some("sh");
            !class.is_of_nobody() && entry.is_file() && (is_of_service || is_script)
        });
    found.into_iter().map(|(path, _)| path.clone()).collect()
}

/// Whether a job of a workflow builds something, and then makes an image of what lies there, or another service's file or a
/// script does both.
fn is_built_before(view: &View<'_>) -> bool {
    const IMAGES: [&str; 7] = [
        "docker build",
        "buildx build",
        "buildx bake",
        "build-push-action",
        "bake-action",
        "compose build",
        "compose up",
    ];
    const BUILDS: [&str; 9] = [
        "make ",
        "run build",
        "pnpm build",
        "yarn build",
        "turbo",
        " -r ",
        "nx ",
        "tsc",
        "download-artifact",
    ];
    let has = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
    let reads = |path: &RepoPath| view.snapshot.read(path.as_str()).text(path.as_str());
    let told = tells_of_builds(view);
    let mut elsewhere = told.iter().map(reads);
    let does_both = |text: &str| has(text, &BUILDS) && has(text, &IMAGES);
    elsewhere.any(|found| {
        found.is_ok_and(|document| {
            document.is_some_and(|document| does_both(&String::from_utf8_lossy(document.bytes())))
        })
    }) || workflow_paths(view.tree()).any(|(path, _)| {
        let Ok(Some(document)) = reads(path) else {
            return true;
        };
        let parsed = document.view::<WorkflowFile>();
        let Ok(Some(workflow)) = &parsed.0 else {
            return true;
        };
        workflow.jobs.iter().any(|job| {
            let mut steps = job.steps.iter().map(|step| {
                let said = step.run.iter().chain(&step.uses);
                said.map(|text| text.text.as_str()).collect::<Vec<_>>().join(" ")
            });
            let builds = steps.by_ref().any(|text| has(&text, &BUILDS));
            builds && steps.any(|text| has(&text, &IMAGES))
        })
    })
}

/// What the modules of a component that production loads ask for where they are loaded.
fn loaded(view: &View<'_>, component: &Component) -> BTreeSet<String> {
    let program = Program::of(view.snapshot);
    let reach = program.reach(component, Side::Server);
    let own = program.modules().filter(|(id, linked)| {
        let is_source = view.tree().class(linked.path.as_str()) == Class::Source;
        reach.is_loaded(*id) && is_source && linked.path.is_within(component.folder())
    });
    let requests = own.flat_map(|(_, linked)| {
        linked.module.requests.iter().filter(|request| {
            let is_load = matches!(
                request.kind,
                RequestKind::Import | RequestKind::Export | RequestKind::Require
            );
            is_load && request.function == TOP_LEVEL
        })
    });
    requests
        .filter_map(|request| request.specifier.as_deref().map(str::to_owned))
        .collect()
}

/// The file that a package gives and that is not in git, since its build writes it.
fn missing_output(view: &View<'_>, manifest: &Declared, folder: &str) -> Option<String> {
    let has_build = manifest.manifest().scripts.iter().any(|script| script.name == "build");
    let given = manifest
        .manifest()
        .entries
        .iter()
        .filter(|entry| !entry.ends_with(".d.ts"));
    let mut given = given.filter_map(|entry| resolve(folder, entry)).peekable();
    let first = given.peek().cloned().filter(|_| has_build)?;
    let is_written =
        given.all(|path| view.tree().class(path.as_str()) == Class::Built && view.tree().get(path.as_str()).is_none());
    is_written.then(|| first.to_string())
}

/// Whether the compiler's settings lead a package's name elsewhere: those at the root, those beside the component, and those
/// that these take up from anywhere.
fn is_mapped(images: &Images<'_>, component: &Component, name: &str) -> bool {
    let is_settings = |path: &RepoPath| path.file_name().starts_with("tsconfig") && path.extension() == Some("json");
    let own = |path: &RepoPath| path.parent().is_empty() || path.is_within(component.folder());
    let scope = name.split('/').next().unwrap_or(name);
    let leads = |text: &Option<String>| {
        text.as_ref().is_none_or(|text| {
            text.contains(&format!("\"{scope}/"))
                || text.contains(&format!("\"{name}\""))
                || text.contains("\"references\"")
        })
    };
    let read = |path: &RepoPath| images.text(path.as_str()).map(|text| text.to_string());
    let settings = images.tree().iter().map(|(path, _)| path);
    let texts: Vec<Option<String>> = settings
        .filter(|path| is_settings(path) && own(path))
        .map(read)
        .collect();
    // A package of the workspace may hold them, under any name.
    let taken: BTreeSet<String> = texts.iter().flatten().flat_map(|text| taken_up(text)).collect();
    let mut others = images
        .tree()
        .iter()
        .map(|(path, _)| path)
        .filter(|path| taken.contains(path.file_name()));
    texts.iter().any(leads) || others.any(|path| leads(&read(path)))
}

/// The names of the files that a compiler's settings take up.
fn taken_up(text: &str) -> Vec<String> {
    let Some((_, rest)) = text.split_once("\"extends\"") else {
        return Vec::new();
    };
    let list = rest.split([',', '}']).next().unwrap_or_default();
    let named = list.split('"').skip(1).step_by(2);
    let names = named.filter_map(|path| path.rsplit('/').next());
    names
        .map(|name| match name.ends_with(".json") {
            true => name.to_owned(),
            false => format!("{name}.json"),
        })
        .collect()
}
