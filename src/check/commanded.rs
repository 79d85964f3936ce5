//! Which commands of a script do what they say: not what is only printed, nor what may fail without a word.

use std::rc::Rc;

use crate::artifact::workflow::{Command, Failure, Loss, Shell, When, commands};

/// Programs that print what they are given.
const PRINT: [&str; 6] = ["echo", "printf", "cat", "tee", ":", "true"];

/// The commands of a script.
#[derive(Debug)]
pub(super) struct Commanded {
    script: String,
    commands: Rc<[Command]>,
}

impl Commanded {
    /// Of the text of a script, or of a command line.
    pub(super) fn of(script: &str) -> Self {
        Self {
            script: script.to_owned(),
            commands: commands(script, Shell::Line),
        }
    }

    /// Whether some command that is run matches, where `starts` are the places in a command's text at which a pattern
    /// matches.
    pub(super) fn has(&self, starts: impl Fn(&str) -> Vec<usize>) -> bool {
        let all = self.commands.iter().enumerate();
        let mut places = all.flat_map(|(index, command)| starts(&command.text).into_iter().map(move |at| (index, at)));
        places.any(|(index, at)| self.is_run(index, at))
    }

    /// The commands that are run, and whose failure nothing hides.
    pub(super) fn run(&self) -> impl Iterator<Item = &str> {
        let all = self.commands.iter().enumerate();
        all.filter(|(index, _)| self.is_run(*index, 0))
            .map(|(_, command)| command.text.as_str())
    }

    /// Whether words that stand in a line, counted from 0, stand in a command that is run. What is not understood is
    /// taken to be.
    pub(super) fn runs(&self, line: usize, words: &str) -> bool {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let covers = |command: &Command| {
            let last = command.line + command.text.matches('\n').count();
            (command.line..=last).contains(&line)
        };
        let all = || self.commands.iter().enumerate();
        let mut holders = all()
            .filter(|(_, command)| covers(command))
            .filter_map(|(index, command)| Some((index, command.text.find(&words)?)))
            .peekable();
        if holders.peek().is_some() {
            return holders.any(|(index, at)| self.is_run(index, at));
        }
        // Lines below a command that begins a here document are handed to it.
        let above = all().filter(|(_, command)| command.line < line);
        let before = above.max_by_key(|(_, command)| command.line);
        let is_printed = |command: &Command| command.text.contains("<<") && prints(command);
        !(all().all(|(_, command)| !covers(command)) && before.is_some_and(|(_, command)| is_printed(command)))
    }

    /// The condition under which alone words that stand in a line are run.
    pub(super) fn condition(&self, line: usize, words: &str) -> Option<&str> {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let holds = |command: &&Command| command.line <= line && command.text.contains(&words);
        // The nearest above is the one on the line.
        let nearest = self.commands.iter().filter(holds).map(|command| command.line).max()?;
        let mut on_line = self
            .commands
            .iter()
            .filter(holds)
            .filter(|command| command.line == nearest);
        on_line.try_fold(None, |_, command| match &command.when {
            When::Under(condition) => Some(Some(condition.as_str())),
            When::Never => Some(None),
            When::Always => None,
        })?
    }

    /// Whether a place in a command is run, and nothing behind the command hides its failure.
    fn is_run(&self, index: usize, at: usize) -> bool {
        let Some(command) = self.commands.get(index) else {
            return false;
        };
        let is_hidden = match command.failure {
            Failure::Lost(Loss::OrTrue | Loss::Or) => true,
            // `migrate; true`
            Failure::Lost(Loss::Unwatched) => self
                .commands
                .get(index + 1)
                .is_some_and(|next| matches!(next.text.as_str(), "true" | ":" | "exit 0") && next.line == command.line),
            Failure::Lost(Loss::Piped | Loss::Background | Loss::Condition | Loss::Negated | Loss::Trap)
            | Failure::Counts
            | Failure::Open => self.is_passed_over(index),
        };
        command.when != When::Never
            && !is_hidden
            && !prints(command)
            && !command.is_data(at)
            && !asks(&command.text[at..])
    }

    /// Whether only a word is said where a command fails, or none: `migrate || true && start`.
    fn is_passed_over(&self, index: usize) -> bool {
        let command = &self.commands[index];
        let line = self.script.lines().nth(command.line).unwrap_or_default();
        let mut stands = line.match_indices(command.text.as_str());
        stands.any(|(at, text)| is_hidden_by(&line[at + text.len()..]))
    }
}

/// Whether a line runs some of its commands only under a condition.
pub(super) fn asks_first(line: &str) -> bool {
    ["||", "if ", "[ ", "test "].iter().any(|word| line.contains(word))
}

fn prints(command: &Command) -> bool {
    let first = command.text.split_whitespace().next().unwrap_or("");
    PRINT.contains(&first)
}

/// Whether what stands in a command from some place on only asks what was migrated, writes a migration or takes one back:
/// `migrate status`, `db:migrate:undo`, `migration:create`.
pub(super) fn asks(rest: &str) -> bool {
    const ASK: [&str; 16] = [
        "status", "diff", "resolve", "list", "info", "show", "history", "validate", "create", "make", "generate",
        "new", "undo", "revert", "rollback", "down",
    ];
    let Some(at) = rest.find("migrat") else { return false };
    let is_of_word = |letter: char| letter.is_ascii_alphanumeric();
    let behind = rest[at..].trim_start_matches(is_of_word);
    let said = behind.trim_start_matches([':', ' ', '"', '\'', ',', '[']);
    let word = said.split(|letter| !is_of_word(letter)).next().unwrap_or_default();
    said.len() < behind.len() && ASK.contains(&word)
}

/// Whether a line hides the failure of what stands in it, by what follows: `… || true`. Of files whose commands are not
/// read, such as a Dockerfile.
pub(super) fn is_hidden_by(rest: &str) -> bool {
    // Where output goes to says nothing of failures.
    let rest = rest
        .replace("2>&1", "")
        .replace("1>&2", "")
        .replace(">&2", "")
        .replace("&>", ">");
    let rest = rest.trim_start_matches(|letter: char| !matches!(letter, '&' | '|' | ';'));
    let is_end = |text: &str| {
        let first = text
            .trim_start()
            .split([' ', ';', '"', '\'', ')', '&', '|'])
            .next()
            .unwrap_or("");
        // What is said before it ends hides nothing.
        let ends = ["exit 1", "exit 2", "exit $", "return 1"]
            .iter()
            .any(|end| text.contains(end));
        matches!(first, "true" | ":")
            || matches!(first, "echo" | "printf") && !ends
            || text.trim_start().starts_with("exit 0")
    };
    rest.strip_prefix("||").is_some_and(is_end)
        || rest
            .strip_prefix(';')
            .is_some_and(|rest| rest.trim_start().starts_with("true"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_run(script: &str) -> bool {
        Commanded::of(script).has(|text| text.match_indices("migrate deploy").map(|(at, _)| at).collect())
    }

    #[test]
    fn what_is_printed_or_may_fail_without_a_word_is_not_run() {
        for script in [
            "npx prisma migrate deploy && node a.js",
            "npx prisma migrate deploy; node a.js",
            "npx prisma migrate deploy || exit 1",
            "npx prisma migrate deploy || { echo failed; exit 1; }",
            "echo migrating && npx prisma migrate deploy",
            "npx prisma migrate deploy || echo failed && exit 1",
            "if x; then\nnpx prisma migrate deploy\nelse\nnpx prisma migrate deploy || true\nfi",
            "sh -c 'npx prisma migrate deploy && exec node a.js'",
        ] {
            assert!(is_run(script), "{script}");
        }
        for script in [
            "npx prisma migrate deploy || true && node a.js",
            "npx prisma migrate deploy 2>&1 || true; node a.js",
            "npx prisma migrate deploy || echo 'later' ; node a.js",
            "npx prisma migrate deploy || :; node a.js",
            "npx prisma migrate deploy || echo 'false alarm'; node a.js",
            "(npx prisma migrate deploy || echo failed) && node a.js",
            "npx prisma migrate deploy; true",
            "npx prisma migrate deploy || true; npx prisma migrate status",
            "echo 'then: npx prisma migrate deploy' && node a.js",
        ] {
            assert!(!is_run(script), "{script}");
        }
    }

    #[test]
    fn what_only_asks_migrates_nothing() {
        for rest in [
            "migrate status",
            "migrate', 'diff', '--exit-code'",
            "prisma\", [\"migrate\", \"status\"]",
            "db:migrate:status",
            "migration:create",
        ] {
            assert!(asks(rest), "{rest}");
        }
        for rest in [
            "migrate deploy && migrate status",
            "migrate",
            "migrate.js status",
            "db:migrate:prod",
            "migrate --list",
        ] {
            assert!(!asks(rest), "{rest}");
        }
        let has = |script: &str| Commanded::of(script).has(|text| text.find("migrate").into_iter().collect());
        assert!(has("prisma migrate deploy && prisma migrate status") && !has("prisma migrate status && node a.js"));
    }

    #[test]
    fn lines_of_scripts_are_told_by_what_runs_them() {
        let script = "set -e\necho \"now\n npx a deploy\"\ncat <<EOF\nnpx b deploy\nEOF\nssh x <<'EOF'\nnpx c deploy\nEOF\n\
                      npx d \\\n  deploy\nprintf 'npx e deploy'\nnpx f deploy || true\nnpx g deploy\n";
        let commanded = Commanded::of(script);
        let lines = script.lines().enumerate().filter(|(_, line)| line.contains("deploy"));
        let words = |line: &str| match line.find("npx") {
            Some(at) => line[at..].chars().take(12).collect::<String>(),
            None => "deploy".to_owned(),
        };
        let run: Vec<&str> = lines
            .filter(|(line, text)| commanded.runs(*line, &words(text)))
            .map(|(_, text)| text)
            .collect();
        assert_eq!(run, ["npx c deploy", "  deploy", "npx g deploy"]);
    }

    #[test]
    fn a_function_runs_where_it_is_called() {
        let script = "up() {\n  npx a deploy\n}\nhelp() {\n  cat <<EOF\n  npx b deploy\nEOF\n}\ndown() {\n  npx c deploy\n}\nhelp\ndown\n";
        let commanded = Commanded::of(script);
        let is_run = |word: &str| {
            let line = script.lines().position(|line| line.contains(word)).unwrap();
            commanded.runs(line, word)
        };
        assert!(!is_run("npx a") && !is_run("npx b") && is_run("npx c"));
    }

    #[test]
    fn the_rest_of_a_line_may_hide_a_failure() {
        for rest in [
            " || true",
            " || exit 0",
            " 2>&1 || true; node a.js",
            " --schema a || echo 'no' && b",
            "; true\"]",
            " || :",
        ] {
            assert!(is_hidden_by(rest), "{rest}");
        }
        for rest in ["", " && node a.js", " || exit 1", "; node a.js", " && x || true"] {
            assert!(!is_hidden_by(rest), "{rest}");
        }
    }
}
