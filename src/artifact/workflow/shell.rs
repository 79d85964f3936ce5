//! The commands of a `run` script: a reading of shell that is enough to tell what is run, where, and whether
//! its failure counts.

/// A command of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Its words, lines joined over a final backslash.
    pub text: String,
    /// The line of the script that it starts on, from 0.
    pub line: usize,
    /// The folder that `cd` went to before it, relative to where the script starts; `None` when that can't be told.
    pub folder: Option<String>,
    /// Whether its failure fails nothing: `|| true`, `set +e`, the left side of a pipe without `pipefail`.
    pub tolerated: bool,
}

/// How a command is joined to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    End,
    And,
    Or,
    Pipe,
    Background,
}

/// The commands of a script. `shell` is the step's own; GitHub sets `pipefail` only where it is named `bash`.
pub fn commands(script: &str, shell: Option<&str>) -> Vec<Command> {
    let mut has_pipefail = shell == Some("bash") || shell.is_some_and(|shell| shell.contains("pipefail"));
    let mut stops = true;
    let exits = script.contains("exit ");
    let mut folder: Option<String> = Some(String::new());
    let mut found: Vec<Command> = Vec::new();
    let pieces = pieces(script);
    for (index, (text, line, joint)) in pieces.iter().enumerate() {
        let words = text
            .trim_start_matches(['(', '{', ' '])
            .trim_end_matches([')', '}', ' ']);
        let mut parts = words.split_whitespace();
        match (parts.next(), parts.next()) {
            (Some("cd" | "pushd"), Some(target)) => {
                folder = folder.as_deref().and_then(|from| go(from, target));
                continue;
            }
            (Some("cd" | "popd"), None) => {
                folder = None;
                continue;
            }
            (Some("set"), Some(option)) => {
                has_pipefail |= words.contains("pipefail");
                stops = match option {
                    "+e" => false,
                    _ if option.starts_with('-') && option.contains('e') => true,
                    _ => stops,
                };
                continue;
            }
            (None, _) => continue,
            (Some(_), _) => {}
        }
        let next = pieces.get(index + 1).map(|(text, _, _)| text.trim());
        let is_last = index + 1 == pieces.len();
        let before = index.checked_sub(1).and_then(|before| pieces.get(before));
        // What only takes a failure away is no command of its own.
        if before.is_some_and(|(_, _, joint)| *joint == Joint::Or) && cannot_fail(text) {
            continue;
        }
        let tolerated = match joint {
            Joint::Or => next.is_some_and(cannot_fail),
            Joint::Pipe => !has_pipefail,
            Joint::Background => true,
            Joint::End | Joint::And => !stops && !exits && !is_last,
        };
        found.push(Command {
            text: words.to_owned(),
            line: *line,
            folder: folder.clone(),
            tolerated: tolerated || is_guard(text),
        });
        // A subshell gives its folder back.
        if text.trim_end().ends_with(')') && !text.contains('(') {
            folder = Some(String::new());
        }
    }
    found
}

/// Conditions of `if` and `while` fail nothing.
fn is_guard(text: &str) -> bool {
    ["if ", "elif ", "while ", "until ", "! "]
        .iter()
        .any(|word| text.starts_with(word))
}

fn cannot_fail(text: &str) -> bool {
    let text = text.trim_start_matches(['(', '{', ' ']);
    text == "true"
        || text == ":"
        || ["true ", ": ", "echo ", "printf ", "exit 0", "echo", "continue"]
            .iter()
            .any(|start| text.starts_with(start))
            && !text.contains("exit 1")
}

fn go(from: &str, target: &str) -> Option<String> {
    let target = target.trim_matches(['"', '\'']);
    let target = ["$GITHUB_WORKSPACE/", "${GITHUB_WORKSPACE}/", "${{ github.workspace }}/"]
        .iter()
        .find_map(|root| target.strip_prefix(root).map(|rest| format!("/{rest}")))
        .unwrap_or_else(|| target.to_owned());
    if target.starts_with('/') || target.contains(['$', '`', '~', '*']) || target == "-" {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            // Above where the script starts: kept as it is, for the reader of the folder to resolve.
            ".." if parts.last().is_none_or(|last| *last == "..") => parts.push(".."),
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The script's commands with their lines and how each is joined to the next.
fn pieces(script: &str) -> Vec<(String, usize, Joint)> {
    let mut found = Vec::new();
    let mut text = String::new();
    let mut start = 0;
    let mut line = 0;
    let mut quote: Option<char> = None;
    let mut letters = script.chars().peekable();
    let mut push = |text: &mut String, start: usize, joint: Joint| {
        let words = text.trim();
        if !words.is_empty() {
            found.push((words.to_owned(), start, joint));
        }
        text.clear();
    };
    while let Some(letter) = letters.next() {
        if text.trim().is_empty() {
            start = line;
        }
        if letter == '\n' {
            line += 1;
        }
        match (quote, letter) {
            (_, '\\') if quote != Some('\'') => match letters.next() {
                Some('\n') => {
                    line += 1;
                    text.push(' ');
                }
                Some(next) => text.extend([letter, next]),
                None => {}
            },
            (Some(open), close) if open == close => {
                quote = None;
                text.push(letter);
            }
            (Some(_), _) => text.push(letter),
            (None, '"' | '\'') => {
                quote = Some(letter);
                text.push(letter);
            }
            (None, '#') if text.is_empty() || text.ends_with([' ', '\t']) => {
                while letters.next_if(|next| *next != '\n').is_some() {}
            }
            (None, '\n' | ';') => push(&mut text, start, Joint::End),
            (None, '&') if letters.next_if_eq(&'&').is_some() => push(&mut text, start, Joint::And),
            (None, '&') if text.ends_with('>') || letters.peek() == Some(&'>') => text.push(letter),
            (None, '&') => push(&mut text, start, Joint::Background),
            (None, '|') if letters.next_if_eq(&'|').is_some() => push(&mut text, start, Joint::Or),
            (None, '|') => push(&mut text, start, Joint::Pipe),
            (None, other) => text.push(other),
        }
    }
    push(&mut text, start, Joint::End);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(script: &str) -> Vec<(String, usize, Option<String>, bool)> {
        commands(script, None)
            .into_iter()
            .map(|found| (found.text, found.line, found.folder, found.tolerated))
            .collect()
    }

    fn one(text: &str, line: usize, folder: &str, tolerated: bool) -> (String, usize, Option<String>, bool) {
        (text.to_owned(), line, Some(folder.to_owned()), tolerated)
    }

    #[test]
    fn folders_lines_and_joined_lines_are_followed() {
        assert_eq!(
            seen("npm ci\ncd backend && npm test -- \\\n  --ci\ncd ../frontend\nnpm run lint # all\n"),
            [
                one("npm ci", 0, "", false),
                one("npm test --    --ci", 1, "backend", false),
                one("npm run lint", 4, "frontend", false)
            ]
        );
    }

    #[test]
    fn what_cannot_fail_is_said_to() {
        for script in [
            "npm test || true",
            "npm test || echo failed",
            "npm test | tee log",
            "npm test &",
            "set +e\nnpm test\necho x",
        ] {
            let found = seen(script);
            assert!(
                found
                    .iter()
                    .any(|(text, _, _, tolerated)| text == "npm test" && *tolerated),
                "{script}"
            );
        }
        for script in [
            "npm test || exit 1",
            "set -o pipefail\nnpm test | tee log",
            "npm test 2>&1",
            "npm test && true",
            "echo 'a || true'; npm test",
        ] {
            let found = seen(script);
            assert!(
                found
                    .iter()
                    .any(|(text, _, _, tolerated)| text.starts_with("npm test") && !*tolerated),
                "{script}"
            );
        }
        assert!(!commands("npm test | tee x", Some("bash"))[0].tolerated);
    }

    #[test]
    fn a_folder_that_a_variable_names_is_not_known() {
        assert_eq!(commands("cd $X && make", None)[0].folder, None);
    }

    proptest::proptest! {
        #[test]
        fn no_script_panics(script in "\\PC{0,80}|[a-z&|;#()'\"\\\\\n $<>{}]{0,80}") {
            let _ = commands(&script, None);
        }
    }
}
