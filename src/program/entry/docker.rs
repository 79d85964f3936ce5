//! What a container starts.

use super::platform::Told;
use crate::model::{Place, RepoPath, Tree};
use crate::program::compiled::from_folder;

/// What an instruction says: a list of words, or a line for a shell.
#[derive(Debug, Clone)]
struct Said {
    command: String,
    /// Whether more words may follow it.
    is_list: bool,
    line: u32,
}

/// What the last stage of a Dockerfile starts, and the folders in which that may run, likely ones first.
pub(super) fn dockerfile(tree: &Tree, path: &RepoPath, text: &str) -> Vec<Told> {
    let (mut entry, mut command): (Option<Said>, Option<Said>) = (None, None);
    let mut stage = Stage::default();
    for (line, number) in logical_lines(text) {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((&line, ""));
        match word.to_ascii_uppercase().as_str() {
            "FROM" => {
                (entry, command) = (None, None);
                stage.workdir.clear();
            }
            "WORKDIR" => stage.enter(rest.trim()),
            "COPY" | "ADD" => stage.copied(tree, rest),
            "CMD" => command = Some(said(rest.trim(), number)),
            "ENTRYPOINT" => (entry, command) = (Some(said(rest.trim(), number)), None),
            _ => {}
        }
    }
    let folders = stage.folders(tree, path);
    let told = |said: &Said| Told {
        command: stage.relative(&said.command),
        folders: folders.clone(),
        why: format!("`{path}`"),
        from: path.clone(),
        place: Place::line(path, said.line),
    };
    match (entry, command) {
        (Some(entry), Some(command)) if entry.is_list => {
            let joined = Said {
                command: format!("{} {}", entry.command, command.command),
                ..command.clone()
            };
            // A script that ends in `exec "$@"` runs the command.
            [told(&joined), told(&command)].into()
        }
        (Some(entry), _) => vec![told(&entry)],
        (None, Some(command)) => vec![told(&command)],
        (None, None) => Vec::new(),
    }
}

/// Lines without comments, those that go on joined, each with the number of its first.
fn logical_lines(text: &str) -> Vec<(String, u32)> {
    let mut found: Vec<(String, u32)> = Vec::new();
    let mut open = false;
    for (line, number) in text.lines().zip(1_u32..) {
        let line = line.trim();
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        let (part, goes_on) = match line.strip_suffix('\\') {
            Some(part) => (part, true),
            None => (line, false),
        };
        match found.last_mut() {
            Some((last, _)) if open => last.push_str(part),
            _ => found.push((part.to_owned(), number)),
        }
        open = goes_on;
    }
    found
}

fn said(rest: &str, line: u32) -> Said {
    match serde_json::from_str::<Vec<String>>(rest) {
        Ok(words) => Said {
            command: words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "),
            is_list: true,
            line,
        },
        Err(_) => Said {
            command: rest.to_owned(),
            is_list: false,
            line,
        },
    }
}

/// A word for a shell to read as one.
pub(super) fn quoted(word: &str) -> String {
    let is_plain = !word.is_empty()
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte));
    if is_plain {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[derive(Default)]
struct Stage {
    workdir: String,
    copied: Vec<String>,
}

impl Stage {
    fn enter(&mut self, folder: &str) {
        if folder.starts_with('/') {
            self.workdir = folder.trim_end_matches('/').to_owned();
        } else {
            self.workdir = format!("{}/{}", self.workdir, folder.trim_end_matches('/'));
        }
    }

    /// Keeps the folders of the repository that are copied.
    fn copied(&mut self, tree: &Tree, rest: &str) {
        let words: Vec<&str> = rest.split_whitespace().filter(|word| !word.starts_with("--")).collect();
        if rest.contains("--from=") {
            return;
        }
        for word in words.iter().take(words.len().saturating_sub(1)) {
            let path = from_folder("", word);
            let folder = if tree.has_folder(path.as_str()) {
                path.as_str()
            } else {
                path.parent()
            };
            if !folder.is_empty() && !self.copied.iter().any(|known| known == folder) {
                self.copied.push(folder.to_owned());
            }
        }
    }

    /// A command whose paths are seen from the working folder.
    fn relative(&self, command: &str) -> String {
        if self.workdir.len() < 2 {
            return command.to_owned();
        }
        command.replace(&format!("{}/", self.workdir), "./")
    }

    /// The folders of the repository in which the command may run: those whose name the working folder ends in, the
    /// Dockerfile's own, the root, those that are copied.
    fn folders(&self, tree: &Tree, path: &RepoPath) -> Vec<String> {
        let parts: Vec<&str> = self.workdir.split('/').filter(|part| !part.is_empty()).collect();
        let named = (0..parts.len())
            .map(|from| parts[from..].join("/"))
            .filter(|folder| tree.has_folder(folder));
        let mut folders: Vec<String> = Vec::new();
        let others = [path.parent().to_owned(), String::new()]
            .into_iter()
            .chain(self.copied.iter().cloned());
        for folder in named.chain(others) {
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        folders
    }
}
