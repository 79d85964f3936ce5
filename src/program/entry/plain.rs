//! Node with nothing beside it: whether what it is given finds the modules that it asks for is told by Node's own rules.

use crate::model::RepoPath;

/// Beginnings of modules that leave Node to find the others as it always does, loaded first or not.
const HARMLESS: [&str; 8] = [
    "dotenv",
    "newrelic",
    "source-map-support/",
    "reflect-metadata",
    "dd-trace/",
    "elastic-apm-node/",
    "@opentelemetry/auto-instrumentations-node/",
    "@sentry/node/",
];
/// Beginnings of the flags of Node's that do so.
const QUIET: [&str; 12] = [
    "--enable-source-maps",
    "--max-old-space-size",
    "--max_old_space_size",
    "--env-file",
    "--trace-",
    "--no-warnings",
    "--no-deprecation",
    "--unhandled-rejections",
    "--inspect",
    "--expose-gc",
    "--expose_gc",
    "--max-http-header-size",
];

/// The file that a build writes of a module and that plain `node` is given, with nothing that changes what it finds.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Written {
    /// It is started otherwise.
    #[default]
    No,
    /// Wherever it is started.
    Always(RepoPath),
    /// By some of what starts it.
    Perhaps(RepoPath),
}

impl Written {
    /// What holds where it is started in this way, too.
    pub(super) fn and(self, other: &Self) -> Self {
        match (self, other) {
            (Self::No, Self::No) => Self::No,
            (Self::Always(path), Self::Always(_)) => Self::Always(path),
            (Self::Always(path) | Self::Perhaps(path), _) => Self::Perhaps(path),
            (Self::No, Self::Always(path) | Self::Perhaps(path)) => Self::Perhaps(path.clone()),
        }
    }
}

/// Whether the words before the file that Node is given leave it to find modules as it always does.
pub(super) fn is_quiet(words: &[&str], file: &str) -> bool {
    let mut before = words.iter().take_while(|word| **word != file);
    while let Some(word) = before.next() {
        let (flag, value) = word.split_once('=').unwrap_or((word, ""));
        let is_harmless = |module: &str| HARMLESS.iter().any(|start| module.starts_with(start));
        let is_quiet = match flag {
            "-r" | "--require" | "--import" if value.is_empty() => {
                before.next().is_some_and(|module| is_harmless(module))
            }
            "-r" | "--require" | "--import" => is_harmless(value),
            "--env-file" if value.is_empty() => before.next().is_some(),
            flag => QUIET.iter().any(|start| flag.starts_with(start)),
        };
        if !is_quiet {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use crate::program::entry::command::{Started, started};

    #[test]
    fn node_is_given_a_file_alone_or_with_what_changes_how_it_finds_others() {
        for (command, is_plain) in [
            ("node dist/a.js", true),
            (
                "NODE_ENV=production node -r dotenv/config --enable-source-maps dist/a.js",
                true,
            ),
            (
                "node --import=newrelic --env-file .env --max-old-space-size=512 dist/a.js",
                true,
            ),
            ("node -r tsconfig-paths/register dist/a.js", false),
            ("node --import ./instrument.mjs dist/a.js", false),
            ("node --experimental-specifier-resolution=node dist/a.js", false),
            ("node --loader ts-node/esm dist/a.js", false),
            ("tsx dist/a.js", false),
            ("pm2 start dist/a.js", false),
        ] {
            let is_one = |one: &Started| matches!(one, Started::Plain(_));
            assert_eq!(started(command, "").iter().any(is_one), is_plain, "{command}");
        }
    }
}
