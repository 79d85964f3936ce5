//! Scripts that stand in scripts: `$(…)`, `bash -c '…'`.

use super::super::token::{Word, substitutions};
use super::super::{Failure, Shell, When};
use super::{Around, DEEPEST, MOST, Walk, walk};

impl<'a> Walk<'a> {
    /// What stands in `$(…)`.
    pub(super) fn substituted(&mut self, words: &[Word], failure: Failure, around: &Around) {
        for word in words {
            for (range, script) in substitutions(&word.text) {
                let line = word.line + word.text[..range.start].matches('\n').count();
                self.nested(script, line, Shell::Line, failure, around);
            }
        }
    }

    /// A script that a command is given to run.
    pub(super) fn inner(&mut self, words: &'a [Word], set: usize, failure: Failure, around: &Around) {
        for (script, line, flags) in super::super::handed(&words[set..]) {
            let shell = Shell::Step(Some(flags.as_str()));
            self.nested(&script, line, shell, failure, around);
        }
    }

    fn nested(&mut self, script: &str, line: usize, shell: Shell<'_>, failure: Failure, around: &Around) {
        if self.depth >= DEEPEST {
            return;
        }
        let outer = self.folder.clone();
        for mut command in walk(script, shell, self.first_line + line, self.depth + 1) {
            command.folder = match (&outer, &command.folder) {
                (Some(outer), Some(inner)) => super::super::go(outer, inner),
                (None, _) | (_, None) => None,
            };
            if command.failure == Failure::Counts {
                command.failure = failure;
            }
            if around.when != When::Always && command.when != When::Never {
                command.when = around.when.clone();
            }
            if self.found.len() < MOST {
                self.found.push(command);
            }
        }
    }
}
