//! Variables of the environment that switch a command on or off. Where nobody in the repository sets one, it is done as long
//! as it is done without; who has to switch it on may have forgotten to.

use crate::artifact::{declared, manifest_folders};
use crate::check::View;

use super::started;

/// How names of what production always sets, one way or another, end.
const SET: [&str; 12] = [
    "URL",
    "URI",
    "DSN",
    "HOST",
    "PORT",
    "PASSWORD",
    "USER",
    "SECRET",
    "KEY",
    "TOKEN",
    "DATABASE",
    "CONNECTION",
];
/// Parts of names that say in which stage something runs.
const STAGE: [&str; 3] = ["ENVIRONMENT", "_ENV", "STAGE"];
/// Beginnings of names that hosts set.
const OF_HOSTS: [&str; 11] = [
    "AWS_",
    "CI",
    "DYNO",
    "FLY_",
    "HEROKU",
    "K_SERVICE",
    "KUBERNETES",
    "NETLIFY",
    "RAILWAY",
    "RENDER",
    "VERCEL",
];
/// Parts of names that take something away where they are set.
const AWAY: [&str; 5] = ["SKIP", "DISABL", "NO_", "WITHOUT", "OMIT"];

/// What files of the repository set variables to: those of images and hosts, and scripts of manifests.
#[derive(Debug, Default)]
pub(super) struct Settings(String);

impl Settings {
    pub(super) fn of(view: &View<'_>) -> Self {
        let mut texts = String::new();
        for path in started::hosts(view.tree()) {
            let document = view.snapshot.read(path.as_str()).text(path.as_str()).ok().flatten();
            if let Some(Ok(text)) = document.as_ref().map(|document| document.text()) {
                texts.push_str(text);
                texts.push('\n');
            }
        }
        for folder in manifest_folders(view.snapshot) {
            for (_, known) in declared(view.snapshot, &folder) {
                let Ok(known) = known else { continue };
                for script in &known.manifest().scripts {
                    texts.push_str(&script.command);
                    texts.push('\n');
                }
            }
        }
        Self(texts)
    }

    /// The values that a variable is set to.
    fn values(&self, name: &str) -> Vec<String> {
        let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let mut found = Vec::new();
        for (at, _) in self.0.match_indices(name) {
            let (before, after) = (&self.0[..at], &self.0[at + name.len()..]);
            if before.ends_with(|letter: char| is_of_name(letter) || matches!(letter, '$' | '{'))
                || after.starts_with(is_of_name)
            {
                continue;
            }
            let line = after.lines().next().unwrap_or_default();
            let line = line.trim_start_matches(['"', '\'']).trim_start();
            let is_key = before.trim_end().ends_with("key:");
            let is_env = before.trim_end().to_ascii_lowercase().ends_with("env");
            let value = match line.strip_prefix(['=', ':']) {
                Some(value) => Some(value),
                None if is_key => after.lines().nth(1).and_then(|next| next.trim().strip_prefix("value:")),
                None if is_env => Some(line),
                None => None,
            };
            let words = value.map(|value| value.trim().trim_start_matches(['"', '\'']));
            let word = words.map(|value| value.split([' ', '"', '\'', ',', '\t']).next().unwrap_or_default());
            found.extend(word.map(|word| match reference(word) {
                Some((_, default)) => default.unwrap_or_default().to_owned(),
                None => word.to_owned(),
            }));
        }
        found
    }

    /// Whether nobody knows if what a variable switches is done.
    pub(super) fn leaves_open(&self, name: &str) -> bool {
        if is_known(name) {
            return false;
        }
        let is_on = |value: &String| !matches!(value.to_ascii_lowercase().as_str(), "" | "0" | "false" | "no" | "off");
        let is_wanted = !AWAY.iter().any(|word| name.contains(word));
        let values = self.values(name);
        values.is_empty() && is_wanted || !values.iter().all(|value| is_on(value) == is_wanted)
    }

    /// The variable by which nobody knows whether a condition of a script holds.
    pub(super) fn open_switch(&self, script: &str, condition: &str) -> Option<String> {
        let (condition, is_wanted) = match condition.strip_prefix("the failure of ") {
            Some(condition) => (condition, false),
            None => (condition, true),
        };
        let words: Vec<&str> = condition.split_whitespace().map(bare).collect();
        let words = match words.as_slice() {
            ["[" | "[[" | "test", words @ ..] => words,
            _ => return None,
        };
        let words = words
            .strip_suffix(&["]"])
            .or(words.strip_suffix(&["]]"]))
            .unwrap_or(words);
        let (name, default) = words.iter().find_map(|word| reference(word))?;
        let is_variable = name.starts_with(|letter: char| letter.is_ascii_uppercase())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        let default = match given_in(script, name) {
            _ if !is_variable => return None,
            Given::Nothing => default.map(str::to_owned),
            Given::Default(default) => Some(default),
            Given::Computed => return None,
        };
        let holds = |value: &str| holds(words, value).is_some_and(|holds| holds == is_wanted);
        let mut values = self.values(name);
        if values.is_empty() {
            let set = assumed(name, words).map(str::to_owned).or(default);
            values.push(set.unwrap_or_default());
        }
        let is_done = values.iter().all(|value| holds(value));
        (!is_done).then(|| name.to_owned())
    }
}

/// Whether production sets it, or the host does.
fn is_known(name: &str) -> bool {
    // `DATABASE_URL`, `PGHOST`; neither `IMPORT` nor `SEED_USERS` is one that everybody sets.
    let last = name.rsplit('_').next().unwrap_or(name);
    let last = last.strip_prefix("PG").unwrap_or(last);
    let is_of_host = |word: &&str| {
        let rest = name.strip_prefix(word.trim_end_matches('_'));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    };
    SET.contains(&last) || STAGE.iter().any(|word| name.contains(word)) || OF_HOSTS.iter().any(is_of_host)
}

/// What production has in a variable that it sets.
fn assumed<'a>(name: &str, words: &[&'a str]) -> Option<&'a str> {
    if STAGE.iter().any(|word| name.contains(word)) {
        let said = words.iter().find(|word| matches!(**word, "production" | "prod"));
        return Some(said.copied().unwrap_or("production"));
    }
    is_known(name).then_some("x")
}

/// Whether a test holds where the variable that it asks for has a value; `None` where it asks for more.
fn holds(words: &[&str], value: &str) -> Option<bool> {
    match words {
        ["!", words @ ..] => Some(!holds(words, value)?),
        ["-z", _] => Some(value.is_empty()),
        ["-n", _] | [_] => Some(!value.is_empty()),
        [left, operator @ ("=" | "==" | "!="), right] => {
            let said = if left.contains('$') { right } else { left };
            Some((*said == value) == operator.starts_with('='))
        }
        _ => None,
    }
}

/// What a script makes of a variable itself.
enum Given {
    Nothing,
    /// `RUN="${RUN:-true}"`, `: "${RUN:=true}"`
    Default(String),
    Computed,
}

fn given_in(script: &str, name: &str) -> Given {
    for line in script.lines().map(str::trim) {
        let line = line.strip_prefix("export ").unwrap_or(line);
        let line = line.strip_prefix(": ").unwrap_or(line);
        let value = match line.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
            Some(value) => bare(value),
            None if bare(line).starts_with("${") && line.contains(":=") => bare(line),
            None => continue,
        };
        match reference(value) {
            Some((own, Some(default))) if own == name => return Given::Default(default.to_owned()),
            Some((own, _)) if own != name && bare(line) == value => {}
            _ => return Given::Computed,
        }
    }
    Given::Nothing
}

/// `$NAME`, `${NAME}`, `${NAME:-default}`: the name, and what stands for it where it is not set.
fn reference(word: &str) -> Option<(&str, Option<&str>)> {
    let (_, rest) = word.split_once('$')?;
    let rest = rest.strip_prefix('{').unwrap_or(rest);
    let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let end = rest.find(|letter| !is_of_name(letter)).unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    let default = rest.split_once('}').map_or(rest, |(inner, _)| inner);
    let default = [":-", ":=", "-", "="]
        .iter()
        .find_map(|sign| default.strip_prefix(sign));
    (!name.is_empty()).then_some((name, default.map(bare)))
}

/// A word without its quotes.
fn bare(word: &str) -> &str {
    word.trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn switch(set: &str, script: &str, condition: &str) -> Option<String> {
        Settings(set.to_owned()).open_switch(script, condition)
    }

    #[test]
    fn a_variable_that_nobody_sets_leaves_it_open() {
        for condition in [
            "[ -n \"$RUN_MIGRATIONS\" ]",
            "[ -z \"${SKIP_MIGRATIONS:-yes}\" ]",
            "[ \"$RUN_MIGRATIONS\" = \"true\" ]",
            "[[ \"${RUN_MIGRATIONS:-false}\" == true ]]",
            "the failure of [ \"${RUN_MIGRATIONS:-true}\" = true ]",
            "[ -n \"$RUN_MIGRATIONS\" -a -n \"$DATABASE_URL\" ]",
        ] {
            assert!(switch("", "", condition).is_some(), "{condition}");
        }
        for condition in [
            "[ -z \"$SKIP_MIGRATIONS\" ]",
            "[ \"$MIGRATION_DISABLED\" != true ]",
            "[ \"${RUN_MIGRATIONS:-true}\" = \"true\" ]",
            "the failure of [ \"${SKIP_MIGRATIONS:-false}\" = \"true\" ]",
            "[ \"$NODE_ENV\" = production ]",
            "[ \"$APP_ENV\" != development ]",
            "[ -n \"$DATABASE_URL\" ]",
            "[ -f prisma/schema.prisma ]",
            "[ \"$1\" = start ]",
            "pg_isready -h $DB_HOST",
        ] {
            assert_eq!(switch("", "", condition), None, "{condition}");
        }
    }

    #[test]
    fn what_sets_it_says_whether_it_is_done() {
        let condition = "[ \"$RUN_MIGRATIONS\" = \"true\" ]";
        for set in [
            "ENV RUN_MIGRATIONS=true",
            "ENV RUN_MIGRATIONS true",
            "      - RUN_MIGRATIONS=true",
            "      RUN_MIGRATIONS: \"true\"",
            "      RUN_MIGRATIONS: ${RUN_MIGRATIONS:-true}",
            "- key: RUN_MIGRATIONS\n  value: true",
        ] {
            assert_eq!(switch(set, "", condition), None, "{set}");
            assert!(!Settings(set.to_owned()).leaves_open("RUN_MIGRATIONS"), "{set}");
        }
        let without = "[ -z \"$SKIP_MIGRATIONS\" ]";
        assert!(switch("ENV SKIP_MIGRATIONS=1", "", without).is_some());
        for set in [
            "ENV RUN_MIGRATIONS=false",
            "X_RUN_MIGRATIONS=true",
            "RUN_MIGRATIONS: ${RUN_MIGRATIONS}",
        ] {
            assert!(switch(set, "", condition).is_some(), "{set}");
        }
        for script in [
            "RUN_MIGRATIONS=${RUN_MIGRATIONS:-true}\n",
            ": \"${RUN_MIGRATIONS:=true}\"\n",
            "RUN_MIGRATIONS=$(ask)\n",
        ] {
            assert_eq!(switch("", script, condition), None, "{script}");
        }
    }
}
