//! Scripts of a manifest that an installation runs by itself: `postinstall`, `prepare` and their kin.

use crate::artifact::container::Instruction;
use crate::artifact::{in_folder, resolve};
use crate::check::commanded::asks_first;

use super::build::Install;
use super::build_tools::{Spot, brings, script, script_of};
use super::members::is_of_system;
use super::stages::within;

impl Spot<'_> {
    /// The script that an installation runs by itself and whose tool it leaves out: npm's `prepare` with `--omit=dev`.
    pub(super) fn hooked(&self, command: &str, found: &Install) -> Option<(&'static str, String, String)> {
        if !found.is_lean || command.contains("--ignore-scripts") || self.may_run_no_hooks() {
            return None;
        }
        let manifest = self.file("package.json")?;
        let mut hooks = self.plain_hooks(&manifest, found.manager).into_iter();
        let found = hooks.find_map(|(name, _)| self.lacking(name).map(|(tool, package)| (name, tool, package)));
        found.filter(|_| !brings(self.building, self.index))
    }

    /// Whether settings, or what is run before, keep installations from running scripts.
    fn may_run_no_hooks(&self) -> bool {
        let mut settings = [".npmrc", ".yarnrc.yml"].into_iter().filter_map(|name| self.file(name));
        let is_switched_off = |path: String| {
            let text = self.building.images.text(&path);
            text.is_some_and(|text| text.contains("ignore-scripts") || text.contains("enableScripts"))
        };
        let words = ["ignore-scripts", "set-script", "pkg delete", "pkg set"];
        let runs = self.building.runs(self.index);
        let stages = self.building.chain(self.index);
        let mut instructions = stages.iter().flat_map(|stage| &stage.instructions);
        words.iter().any(|word| runs.contains(word))
            || instructions.any(|found| found.rest.to_ascii_lowercase().contains("ignore_scripts"))
            || settings.any(is_switched_off)
    }

    /// Why an installation stops: a script that it runs by itself names a file of the repository that is copied later, or
    /// not at all.
    pub(super) fn unfed(&self, command: &str, found: &Install, at: usize) -> Option<String> {
        if self.may_come_otherwise() {
            return None;
        }
        let manifest = self.whole_manifest()?;
        let folder = folder_of(&manifest);
        let is_late = |file: &String| self.is_late(folder, file, at);
        if let Some(file) = self.patches(folder, found.manager).into_iter().find(is_late) {
            let path = &self.building.image.path;
            return Some(format!(
                "`{path}` runs `{command}` without `{file}`, with which a package is patched"
            ));
        }
        let runs_none = ["--ignore-scripts", "--filter", "--mode", "--workspace"];
        if runs_none.iter().any(|flag| command.contains(flag)) || self.may_run_no_hooks() {
            return None;
        }
        let hooks = self.plain_hooks(&manifest, found.manager);
        let (name, file) = hooks.into_iter().find_map(|(name, script)| {
            let file = self.wanted(folder, &script).filter(is_late)?;
            Some((name, file))
        })?;
        let path = &self.building.image.path;
        Some(format!(
            "`{path}` runs `{command}` before `{file}` is copied, which the script `{name}` asks for"
        ))
    }

    /// The files with which a manager patches packages when it installs them.
    /// <https://pnpm.io/settings#patcheddependencies>, <https://bun.com/docs/pm/cli/patch>
    fn patches(&self, folder: &str, manager: &str) -> Vec<String> {
        let text = self.building.images.text(&in_folder(folder, "package.json"));
        let json = text.and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
        let of = |pointer: &str| json.as_ref().and_then(|json| json.pointer(pointer)?.as_object());
        let named = match manager {
            "pnpm" => of("/pnpm/patchedDependencies"),
            "bun" => of("/patchedDependencies"),
            _ => None,
        };
        let files = named.into_iter().flat_map(|named| named.values());
        let files = files.filter_map(|file| Some(file.as_str()?.trim_start_matches("./").to_owned()));
        let settings =
            (manager == "pnpm").then(|| self.building.images.text(&in_folder(folder, "pnpm-workspace.yaml")));
        let settings = settings.flatten().unwrap_or_default();
        files.chain(patched_by_settings(&settings)).collect()
    }

    /// Why a script that a command runs stops: it compiles by a configuration of the repository that is not in the image.
    pub(super) fn unconfigured(&self, command: &str, at: usize) -> Option<String> {
        let is_of_another = [" -w", "--workspace", "--filter", " -F"];
        if is_of_another.iter().any(|flag| command.contains(flag)) || self.may_come_otherwise() {
            return None;
        }
        let manifest = self.whole_manifest()?;
        let folder = folder_of(&manifest);
        let words: Vec<&str> = command.split_whitespace().collect();
        let name = script(&words)?;
        let script = script_of(self.building.images, &manifest, name)?;
        let mut files = script.split("&&").filter_map(compiled_by);
        let file = files.find(|file| self.is_late(folder, file, at))?;
        let path = &self.building.image.path;
        Some(format!(
            "`{path}` runs `{command}` without `{file}`, by which the script `{name}` compiles: it is not copied, or `.dockerignore` leaves it out"
        ))
    }

    /// The manifest where a command is run, in an image of which nothing is missing: else it is built from another folder.
    fn whole_manifest(&self) -> Option<String> {
        let manifest = self.file("package.json");
        manifest.filter(|_| self.building.missing().is_empty())
    }

    /// Whether a file of the repository is not yet at its place when what stands at a byte is run.
    fn is_late(&self, folder: &str, file: &str, at: usize) -> bool {
        let tree = self.building.images.tree();
        let there = resolve(folder, file).is_some_and(|path| tree.get(path.as_str()).is_some());
        let is_written = self.building.runs(self.index).contains(file);
        there && !is_written && !self.building.has_before(self.index, &within(&self.folder, file), at)
    }

    /// The file that the first command of a script cannot do without, from the manifest's folder.
    fn wanted(&self, folder: &str, script: &str) -> Option<String> {
        let first = script.split("&&").next()?;
        let words: Vec<&str> = first.split_whitespace().collect();
        let words = match words.as_slice() {
            ["npx" | "bunx", rest @ ..] | ["pnpm" | "yarn", "exec", rest @ ..] => rest,
            all => all,
        };
        match words {
            ["prisma", "generate", flags @ ..] => {
                let own = flags.iter().enumerate().find_map(|(index, flag)| match *flag {
                    "--schema" => flags.get(index + 1).copied(),
                    flag => flag.strip_prefix("--schema="),
                });
                let tree = self.building.images.tree();
                // Its configuration may say where the schema is.
                let is_configured = ["prisma.config.ts", "prisma.config.js", "prisma.config.mjs"]
                    .iter()
                    .any(|name| tree.get(&in_folder(folder, name)).is_some());
                let manifest = self.building.images.text(&in_folder(folder, "package.json"))?;
                if own.is_none() && (is_configured || manifest.contains("\"schema\"")) {
                    return None;
                }
                // Beside the manifest it is found as well.
                let is_beside = || {
                    self.building
                        .file_at(self.index, &within(&self.folder, "schema.prisma"))
                        .is_some()
                };
                if own.is_none() && is_beside() {
                    return None;
                }
                Some(
                    own.unwrap_or("prisma/schema.prisma")
                        .trim_start_matches("./")
                        .to_owned(),
                )
            }
            ["node" | "tsx" | "ts-node" | "bash" | "sh", file, ..] if is_file(file) => {
                Some(file.trim_start_matches("./").to_owned())
            }
            [file, ..] if file.starts_with("./") && is_file(file) => Some(file.trim_start_matches("./").to_owned()),
            _ => None,
        }
    }

    /// The scripts that an installation runs by itself, by name; not those that ask first, and may do nothing.
    fn plain_hooks(&self, manifest: &str, manager: &str) -> Vec<(&'static str, String)> {
        let names: &[&'static str] = match manager {
            "npm" => &["preinstall", "install", "postinstall", "prepare"],
            "pnpm" | "yarn" => &["preinstall", "install", "postinstall"],
            _ => &[],
        };
        let scripts = names
            .iter()
            .filter_map(|name| Some((*name, script_of(self.building.images, manifest, name)?)));
        scripts
            .filter(|(_, script)| !asks_first(script) && !script.contains(['$', '!', '[']))
            .collect()
    }

    /// Whether files may come into the stage in ways that are not followed: mounts, other stages, variables, downloads.
    fn may_come_otherwise(&self) -> bool {
        let stages = self.building.chain(self.index);
        let mut instructions = stages.iter().flat_map(|stage| &stage.instructions);
        let brings = |found: &Instruction| {
            let is_copy = matches!(found.keyword.as_str(), "COPY" | "ADD");
            let is_of_stage =
                found.flag("from").is_some() && !found.rest.contains("node_modules") && !is_of_system(&found.rest);
            let is_mounted = found
                .flags
                .iter()
                .any(|(name, value)| name == "mount" && value.contains("bind"));
            is_mounted || is_copy && (is_of_stage || found.flag("parents").is_some() || found.rest.contains('$'))
        };
        let runs = self.building.runs(self.index);
        instructions.any(brings)
            || ["git clone", "curl", "wget", "cp ", "mv ", "ln ", "sed "]
                .iter()
                .any(|word| runs.contains(word))
    }
}

/// The files below `patchedDependencies:` of pnpm's own settings.
fn patched_by_settings(settings: &str) -> Vec<String> {
    let lines = settings
        .lines()
        .skip_while(|line| line.trim_end() != "patchedDependencies:");
    let inside = lines
        .skip(1)
        .take_while(|line| line.starts_with([' ', '\t', '#']) || line.trim().is_empty());
    let values = inside.filter_map(|line| line.rsplit_once(": ").filter(|(key, _)| !key.trim().starts_with('#')));
    values
        .map(|(_, file)| {
            file.trim()
                .trim_matches(['"', '\''])
                .trim_start_matches("./")
                .to_owned()
        })
        .collect()
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The configuration that a command of TypeScript's compiler asks for.
fn compiled_by(command: &str) -> Option<String> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let ["tsc", flags @ ..] = words.as_slice() else {
        return None;
    };
    match flags {
        [] => Some("tsconfig.json".to_owned()),
        ["-p" | "--project", file, ..] if file.ends_with(".json") => Some(file.trim_start_matches("./").to_owned()),
        _ => None,
    }
}

/// Whether a word names a file by its ending.
fn is_file(word: &str) -> bool {
    let ending = word.rsplit_once('.').map_or("", |(_, ending)| ending);
    matches!(ending, "js" | "cjs" | "mjs" | "ts" | "mts" | "cts" | "sh")
}
