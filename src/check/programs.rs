//! Programs of packages that a script starts in a way that can't end well, whatever the sources hold: a command that the
//! declared version has no more, or settings in a file that is not there.

use crate::artifact::{Ecosystem, Requirement, above, declared, is_within, resolve};
use crate::model::{RepoPath, Snapshot};

/// Programs, and the flags by which each is told where its settings are.
const SETTINGS: [(&str, &[&str]); 15] = [
    ("cypress", &["-C", "--config-file"]),
    ("drizzle-kit", &["--config"]),
    ("eslint", &["-c", "--config"]),
    ("jest", &["-c", "--config"]),
    ("mocha", &["--config"]),
    ("nodemon", &["--config"]),
    ("playwright", &["-c", "--config"]),
    ("prettier", &["--config"]),
    ("rollup", &["-c", "--config"]),
    ("stylelint", &["-c", "--config"]),
    ("tsc", &["-p", "--project"]),
    ("tsup", &["--config"]),
    ("vite", &["-c", "--config"]),
    ("vitest", &["-c", "--config"]),
    ("webpack", &["-c", "--config"]),
];

/// The endings of files that hold settings: another word may be a package, a folder or the settings themselves.
const ENDINGS: [&str; 11] = [
    ".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", ".json", ".jsonc", ".yml", ".yaml", ".toml",
];

/// Why a command, started in a folder, is refused by the program that it starts, in words that follow "the script": its
/// package has had no such command for longer than the versions that are allowed.
pub(super) fn refused(snapshot: &Snapshot, words: &[&str], folder: &str) -> Option<String> {
    let ["next", "lint", ..] = words else { return None };
    // <https://nextjs.org/docs/app/guides/upgrading/version-16#next-lint-command>
    is_at_least(snapshot, folder, "next", ">=16.0.0-0")
        .then(|| "calls `next lint`, a command that Next.js has no more from version 16 on".to_owned())
}

/// Whether the nearest manifest that declares a package allows versions of a range alone.
fn is_at_least(snapshot: &Snapshot, folder: &str, package: &str, range: &str) -> bool {
    for at in std::iter::once(folder).chain(above(folder)) {
        for (_, known) in declared(snapshot, at) {
            let Ok(known) = known else { return false };
            let mut dependencies = known.manifest().dependencies.iter();
            if let Some(found) = dependencies.find(|one| one.name == package || one.alias.as_deref() == Some(package)) {
                let Requirement::Range(said) = &found.requirement else {
                    return false;
                };
                return found.name == package && is_within(Ecosystem::Npm, range, said) == Some(true);
            }
        }
    }
    false
}

/// The program, and the file that it is told to take its settings from, where no file of that path is there. Whether
/// something makes it is asked by `is_made`.
pub(super) fn without_settings<'a>(
    snapshot: &Snapshot,
    words: &[&'a str],
    folder: &str,
    is_made: impl Fn(&RepoPath) -> bool,
) -> Option<(&'a str, RepoPath)> {
    let [program, rest @ ..] = words else { return None };
    let (_, flags) = SETTINGS.iter().find(|(name, _)| name == program)?;
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        let value = match word.split_once('=') {
            Some((flag, value)) if flags.contains(&flag) => Some(value),
            Some(_) | None if flags.contains(word) => rest.next().copied(),
            Some(_) | None => continue,
        }?;
        let is_plain =
            !value.starts_with(['/', '-', '~', '@']) && !value.contains(['$', '{', '*', '%', ' ', '<', ':', '\\']);
        if !is_plain || !ENDINGS.iter().any(|ending| value.ends_with(ending)) {
            return None;
        }
        let path = resolve(folder, value)?;
        let is_there = snapshot.tree.get(path.as_str()).is_some();
        return (!is_there && !is_made(&path)).then_some((*program, path));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::without_settings;
    use crate::model::Snapshot;

    #[test]
    fn a_file_of_settings_is_told_from_other_words() {
        let snapshot = Snapshot::default();
        let told = |text: &str| {
            let words: Vec<&str> = text.split(' ').collect();
            without_settings(&snapshot, &words, "web", |_| false).map(|(program, path)| format!("{program} {path}"))
        };
        assert_eq!(
            told("eslint src -c lint.config.mjs").as_deref(),
            Some("eslint web/lint.config.mjs")
        );
        assert_eq!(
            told("tsc --project=../tsconfig.json").as_deref(),
            Some("tsc tsconfig.json")
        );
        for none in [
            "eslint --config airbnb",
            "tsc -p packages/a",
            "jest --config {\"a\":1}.json",
            "vite -c /etc/vite.config.js",
            "vitest -c test\\vitest.config.ts",
            "webpack --config $CONFIG.js",
            "cp -c a.json",
            "vite build",
        ] {
            assert_eq!(told(none), None, "{none}");
        }
    }
}
