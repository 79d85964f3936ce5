//! What a run says beside its report: on standard error.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use similar::TextDiff;

use crate::policy::{PATHS, Text};
use crate::report::{Colour, escape, human};
use crate::text::Document;

use super::stop::Stop;

/// The largest policy file that is read: the limit of the policy room, so that a huge file costs nothing.
const LARGEST_POLICY: u64 = 1 << 20;

/// Prints to standard output. A reader that has gone (`| head`) is no error.
///
/// # Errors
/// Standard output can't be written.
pub fn print(text: &str) -> Result<()> {
    let mut output = std::io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("standard output could not be written"),
    }
}

/// A line on standard error.
pub fn note(text: &str) {
    let mut errors = std::io::stderr().lock();
    // Nowhere is left to say that standard error is gone.
    let _ = writeln!(errors, "readygate: {}", escape::visible(text));
}

/// Why there is no verdict.
pub fn stop(stop: &Stop) {
    match stop {
        Stop::Usage(why) => note(why),
        Stop::Unreadable(error) => note(&format!("no verdict, as the repository could not be read: {error}")),
        Stop::Policy(..) => {
            let is_coloured = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            let colour = if is_coloured { Colour::Always } else { Colour::Never };
            let mut errors = std::io::stderr().lock();
            let _ = errors.write_all(diagnostics(stop, colour).as_bytes());
        }
    }
}

/// A policy's mistakes as plain text; nothing for another reason to stop.
pub fn mistakes(stop: &Stop) -> String {
    diagnostics(stop, Colour::Never)
}

fn diagnostics(stop: &Stop, colour: Colour) -> String {
    let Stop::Policy(mistakes, texts) = stop else {
        return String::new();
    };
    let sources = |path: &str| Some(Arc::new(Document::new(texts.get(path)?.as_bytes())));
    human::diagnostics(mistakes, &sources, colour)
}

/// A policy file that the user names.
///
/// # Errors
/// It can't be read (status 3), or can't be a policy (status 2).
pub fn read_policy(path: &Path) -> Result<String, Stop> {
    let shown = path.display();
    let unreadable = |why: String| {
        Stop::Unreadable(crate::source::SourceError::NotFound {
            what: format!("the policy `{shown}`: {why}"),
        })
    };
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(error.to_string()))?;
    if metadata.len() > LARGEST_POLICY {
        let title = format!(
            "the policy `{shown}` is {} bytes long, and {LARGEST_POLICY} are the most",
            metadata.len()
        );
        return Err(Stop::no_policy(title));
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
    String::from_utf8(bytes).map_err(|_| Stop::no_policy(format!("the policy `{shown}` is not UTF-8")))
}

/// The policy that lies where policies stand, whether or not git tracks it. A link is not followed.
///
/// # Errors
/// It can't be read, or can't be a policy.
pub fn policy_on_disk(root: &Path) -> Result<Option<Text>, Stop> {
    let Some((path, file)) = standing_policy(root) else {
        return Ok(None);
    };
    Ok(Some(super::choose::given(path.to_owned(), read_policy(&file)?)))
}

/// Where the policy stands on disk: its path in the repository, and the file. A link is not followed.
pub fn standing_policy(root: &Path) -> Option<(&'static str, PathBuf)> {
    let mut paths = PATHS.iter().map(|path| (*path, root.join(path)));
    paths.find(|(_, file)| std::fs::symlink_metadata(file).is_ok_and(|found| found.is_file()))
}

/// Prints how a file changes.
///
/// # Errors
/// Standard output can't be written.
pub fn difference(name: &str, before: &str, after: &str) -> Result<()> {
    let diff = TextDiff::from_lines(before, after);
    let diff = diff.unified_diff().header(name, name).to_string();
    let lines: Vec<String> = diff.lines().map(|line| escape::source_line(line) + "\n").collect();
    print(&lines.concat())
}
