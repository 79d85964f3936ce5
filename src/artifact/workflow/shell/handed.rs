//! Scripts that a command is given to run, and text that it is given and does not run.

use super::outcome::assignment;
use super::token::Word;

/// Shells that read what is modelled here.
pub(super) const SHELLS: [&str; 6] = ["bash", "sh", "zsh", "dash", "ash", "ksh"];

/// A program's name without its folder.
pub(super) fn name_of(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// The scripts that a command's words hand to a shell, each with its line and the shell's words.
pub(super) fn handed(words: &[Word]) -> Vec<(String, usize, String)> {
    let mut found = Vec::new();
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let Some(first) = texts.first() else {
        return found;
    };
    if *first == "eval" {
        let script: Vec<String> = texts[1..].iter().map(|text| unquoted(text)).collect();
        found.push((script.join(" "), words[0].line, "sh {0}".to_owned()));
    }
    let at = texts.iter().position(|text| SHELLS.contains(&name_of(text)));
    let mut flags = vec!["sh"];
    if let Some(at) = at {
        let mut is_handed = false;
        for word in &words[at + 1..] {
            let text = word.text.as_str();
            let is_flag = text.starts_with(['-', '+']) || flags.last().is_some_and(|flag| flag.ends_with('o'));
            if is_flag {
                is_handed |= text.starts_with('-') && !text.starts_with("--") && text.contains('c');
                flags.push(text);
            } else {
                if is_handed {
                    found.push((unquoted(text), word.line, format!("{} {{0}}", flags.join(" "))));
                }
                break;
            }
        }
    }
    let is_remote = texts.iter().any(|text| name_of(text) == "ssh");
    if is_remote && let Some(last) = words.last().filter(|word| word.text.starts_with(['"', '\''])) {
        found.push((unquoted(&last.text), last.line, "sh {0}".to_owned()));
    }
    if at.is_some() || is_remote {
        let documents = words
            .iter()
            .filter_map(|word| Some((word.document.clone()?, word.line + 1)));
        found.extend(documents.map(|(script, line)| (script, line, format!("{} {{0}}", flags.join(" ")))));
    }
    found
}

/// Whether the strings that a command is given are text to it, or scripts that are listed by themselves.
pub(super) fn takes_text(text: &str) -> bool {
    const TEXT: [&str; 25] = [
        "echo", "printf", "cat", "tee", "git", "gh", "curl", "wget", "grep", "egrep", "rg", "sed", "awk", "jq", "yq",
        "test", "[", "[[", "logger", "exit", "return", "read", "eval", "ssh", "mail",
    ];
    const CODE: [&str; 8] = ["node", "deno", "bun", "python", "python3", "ruby", "perl", "php"];
    const CODE_FLAGS: [&str; 7] = ["-e", "-c", "-p", "-r", "-pe", "--eval", "--print"];
    let words: Vec<&str> = text
        .split_whitespace()
        .skip_while(|word| assignment(word).is_some() || matches!(*word, "sudo" | "env" | "exec" | "time" | "npx"))
        .collect();
    let first = words.first().map_or("", |word| name_of(word));
    let has_code = words.iter().any(|word| CODE_FLAGS.contains(word) || *word == "eval");
    let runs_script = words
        .windows(2)
        .any(|pair| SHELLS.contains(&name_of(pair[0])) && pair[1].starts_with('-') && pair[1].contains('c'));
    TEXT.contains(&first) || runs_script || CODE.contains(&first) && has_code
}

/// A word without the quotes around the whole of it.
fn unquoted(word: &str) -> String {
    let inner = |quote: char| word.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    if let Some(plain) = inner('\'') {
        return plain.to_owned();
    }
    inner('"').map_or_else(
        || word.to_owned(),
        |text| text.replace("\\\"", "\"").replace("\\$", "$"),
    )
}
