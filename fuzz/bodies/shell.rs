//! Scripts of any text: no panic, and every command stands on a line of the script. The first byte chooses the shell.

use readygate::artifact::workflow::{Shell, commands, may_exit_with_failure};

const SHELLS: [Shell<'static>; 5] = [
    Shell::Line,
    Shell::Step(None),
    Shell::Step(Some("bash")),
    Shell::Step(Some("bash {0}")),
    Shell::Step(Some("pwsh")),
];

/// Tries one input.
pub fn run(input: &[u8]) {
    let Some((first, bytes)) = input.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let lines = text.matches('\n').count();
    for command in commands(text, SHELLS[usize::from(*first) % SHELLS.len()]).iter() {
        assert!(command.line <= lines, "{} of {lines}", command.line);
        let middle = command.text.len() / 2;
        let _ = command.is_data(middle);
    }
    let _ = may_exit_with_failure(text);
}
