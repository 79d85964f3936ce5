//! `.gitignore` files, by git's own rules.

use crate::text::HashMap;

use gix_ignore::glob::wildmatch::Mode;
use gix_ignore::glob::{Pattern, pattern, wildmatch};

use crate::text::{Document, View};

/// One `.gitignore` file. It is bytes to git, so no content is a mistake.
#[derive(Debug, Clone)]
pub struct Gitignore {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
struct Rule {
    pattern: Pattern,
    line: u32,
}

/// The line that decides about a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IgnoreLine {
    /// The line, from 1.
    pub line: u32,
    /// What it says.
    pub verdict: Verdict,
}

/// What a line says of what it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is ignored.
    Ignored,
    /// It is not, whatever lines above it say.
    Kept,
}

/// What stands at a path: git's patterns may ask for a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathKind {
    /// A file.
    File,
    /// A folder.
    Folder,
}

impl View for Gitignore {
    fn parse(document: &Document) -> Self {
        // Git reads bytes: of UTF-16 it understands no line.
        if document.is_decoded() {
            return Self { rules: Vec::new() };
        }
        // `$` as a mark of precious files is gitoxide's own: git takes it for a letter.
        let rules = gix_ignore::parse(document.bytes(), false).map(|(pattern, line, _)| Rule {
            pattern,
            line: u32::try_from(line).unwrap_or(u32::MAX),
        });
        Self { rules: rules.collect() }
    }
}

impl Gitignore {
    /// The last line that matches a path, seen from the file's own folder.
    pub fn decide(&self, relative: &str, kind: PathKind) -> Option<IgnoreLine> {
        let found = self.rules.iter().rev().find(|rule| rule.matches(relative, kind))?;
        Some(IgnoreLine {
            line: found.line,
            verdict: if found.pattern.mode.contains(pattern::Mode::NEGATIVE) {
                Verdict::Kept
            } else {
                Verdict::Ignored
            },
        })
    }
}

impl Rule {
    fn matches(&self, relative: &str, kind: PathKind) -> bool {
        let mode = self.pattern.mode;
        if mode.contains(pattern::Mode::MUST_BE_DIR) && kind == PathKind::File {
            return false;
        }
        let name = if mode.contains(pattern::Mode::NO_SUB_DIR) && !mode.contains(pattern::Mode::ABSOLUTE) {
            return self
                .pattern
                .matches(file_name(relative).into(), Mode::NO_MATCH_SLASH_LITERAL);
        } else {
            relative.as_bytes()
        };
        // Git compares what stands before the first wildcard as it is, and matches the rest on its own, so that
        // in `a**/b` the two stars stand at a start and span folders (`match_pathname` in its dir.c).
        let text = self.pattern.text.as_slice();
        let is_wild = |byte: &u8| matches!(byte, b'*' | b'?' | b'[' | b'\\');
        let fixed = text.iter().position(is_wild).unwrap_or(text.len());
        let Some(rest) = name.strip_prefix(&text[..fixed]) else {
            return false;
        };
        wildmatch(text[fixed..].into(), rest.into(), Mode::NO_MATCH_SLASH_LITERAL)
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The `.gitignore` files of a repository, by folder.
#[derive(Debug, Clone, Default)]
pub struct Ignores<'a> {
    files: HashMap<&'a str, &'a Gitignore>,
    folders: std::cell::RefCell<HashMap<String, Option<(String, u32)>>>,
}

impl<'a> Ignores<'a> {
    /// Of these folders (the root is the empty string) and their files.
    pub fn new(files: impl IntoIterator<Item = (&'a str, &'a Gitignore)>) -> Self {
        Self {
            files: files.into_iter().collect(),
            folders: std::cell::RefCell::default(),
        }
    }

    /// The folder of the `.gitignore` that ignores a path and the line there; `None` where none does.
    ///
    /// A file of a folder that is ignored is ignored, and nothing below that folder can take it back.
    pub fn ignored_by(&self, path: &str, kind: PathKind) -> Option<(String, u32)> {
        if let Some((parent, _)) = path.rsplit_once('/')
            && let Some(found) = self.folder_ignored_by(parent)
        {
            return Some(found);
        }
        self.decide(path, kind)
    }

    fn folder_ignored_by(&self, folder: &str) -> Option<(String, u32)> {
        if let Some(known) = self.folders.borrow().get(folder) {
            return known.clone();
        }
        let found = self.ignored_by(folder, PathKind::Folder);
        self.folders.borrow_mut().insert(folder.to_owned(), found.clone());
        found
    }

    /// What the nearest `.gitignore` says that says anything.
    fn decide(&self, path: &str, kind: PathKind) -> Option<(String, u32)> {
        let mut folder = path;
        while !folder.is_empty() {
            folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
            let Some(file) = self.files.get(folder) else {
                continue;
            };
            let relative = if folder.is_empty() {
                path
            } else {
                &path[folder.len() + 1..]
            };
            if let Some(line) = file.decide(relative, kind) {
                return match line.verdict {
                    Verdict::Ignored => Some((folder.to_owned(), line.line)),
                    Verdict::Kept => None,
                };
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignored(text: &str, path: &str) -> Option<u32> {
        let document = Document::new(text.as_bytes());
        let file = document.view::<Gitignore>();
        Ignores::new([("", file.as_ref())])
            .ignored_by(path, PathKind::File)
            .map(|(_, line)| line)
    }

    #[test]
    fn the_last_line_counts_and_an_ignored_folder_is_final() {
        assert_eq!(ignored("# c\n.env\n", "a/.env"), Some(2));
        assert_eq!(ignored("/.env\n", "a/.env"), None);
        assert_eq!(ignored(".env*\n!.env.example\n", ".env.example"), None);
        assert_eq!(ignored("build/\n!build/keep\n", "build/keep"), Some(1));
        assert_eq!(ignored("build/\n", "build"), None);
        assert_eq!(ignored("\\#a\n", "#a"), Some(1));
        assert_eq!(ignored(".env \r\n", ".env"), Some(1));
        assert_eq!(ignored("$x\n", "$x"), Some(1));
        assert_eq!(ignored("a**/**\n", "a"), Some(1));
    }

    #[test]
    fn a_nearer_file_counts_before_a_farther_one() {
        let root = Document::new(b"*.log\n".as_slice());
        let near = Document::new(b"!keep.log\n/own\n".as_slice());
        let (root, near) = (root.view::<Gitignore>(), near.view::<Gitignore>());
        let ignores = Ignores::new([("", root.as_ref()), ("a", near.as_ref())]);
        assert_eq!(ignores.ignored_by("a/keep.log", PathKind::File), None);
        assert_eq!(ignores.ignored_by("keep.log", PathKind::File), Some((String::new(), 1)));
        assert_eq!(ignores.ignored_by("a/own", PathKind::File), Some(("a".to_owned(), 2)));
        assert_eq!(ignores.ignored_by("own", PathKind::File), None);
    }
}
