//! The runner's files, and the report's.

use std::fs::OpenOptions;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::path::Path;

use crate::model::Report;
use crate::report::json;

/// Adds to the job summary, the file that `GITHUB_STEP_SUMMARY` names.
///
/// # Errors
/// The file can't be written.
pub fn append_summary(path: &Path, markdown: &str) -> io::Result<()> {
    append(path, markdown)
}

/// Writes the report as JSON, over what stood there.
///
/// # Errors
/// The file can't be written.
pub fn write_report(path: &Path, report: &Report) -> io::Result<()> {
    std::fs::write(path, json(report))
}

/// The action's outputs: `verdict`, `score`, `failed`, `regressions` and `report`, the JSON's path.
/// A score that there is not is the empty text.
pub fn outputs(report: &Report, json: &Path) -> Vec<(&'static str, String)> {
    let score = report.verdict.score.map_or_else(String::new, |score| score.to_string());
    vec![
        ("verdict", report.verdict.decision.as_str().to_owned()),
        ("score", score),
        ("failed", report.counts.fail.to_string()),
        ("regressions", report.regressions.len().to_string()),
        ("report", json.display().to_string()),
    ]
}

/// Adds outputs to the file that `GITHUB_OUTPUT` names.
///
/// Each value stands between two lines of a delimiter that nobody can guess and that the value has not, so that no
/// value can set another output.
///
/// # Errors
/// The file can't be written.
pub fn write_outputs(path: &Path, outputs: &[(&str, String)]) -> io::Result<()> {
    let mut text = String::new();
    for (name, value) in outputs {
        let delimiter = delimiter(value);
        text.push_str(&format!("{name}<<{delimiter}\n{value}\n{delimiter}\n"));
    }
    append(path, &text)
}

fn append(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        file.write_all(b"\n")?;
    }
    file.flush()
}

fn delimiter(value: &str) -> String {
    let mut round = 0_u64;
    loop {
        // The standard library seeds every `RandomState` from the system's randomness.
        let (left, right) = (RandomState::new().hash_one(round), RandomState::new().hash_one(round));
        let delimiter = format!("readygate-{left:016x}{right:016x}");
        if !value.contains(&delimiter) {
            return delimiter;
        }
        round += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The runner's own reading of the file (actions/runner, `FileCommandManager.cs`), in short.
    fn read(text: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let (name, delimiter) = line.split_once("<<").expect("a heredoc");
            let value: Vec<&str> = lines.by_ref().take_while(|line| *line != delimiter).collect();
            found.push((name.to_owned(), value.join("\n")));
        }
        found
    }

    #[test]
    fn values_are_read_back_and_set_no_other_output() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("output");
        let outputs = [
            ("verdict", "no-go".to_owned()),
            ("score", String::new()),
            ("report", "a\nverdict=go\nverdict<<EOF\ngo\nEOF".to_owned()),
        ];
        write_outputs(&path, &outputs[..1]).expect("is written");
        write_outputs(&path, &outputs[1..]).expect("is written");
        let text = std::fs::read_to_string(&path).expect("is there");
        let expected: Vec<(String, String)> = outputs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        assert_eq!(read(&text), expected);
    }

    #[test]
    fn delimiters_differ() {
        assert_ne!(delimiter("x"), delimiter("x"));
    }

    #[test]
    fn a_summary_is_added_to_what_stands_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("summary");
        append_summary(&path, "one").expect("is written");
        append_summary(&path, "two\n").expect("is written");
        assert_eq!(std::fs::read_to_string(&path).expect("is there"), "one\ntwo\n");
    }
}
