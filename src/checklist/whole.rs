//! The text as a whole: its line ends, and the columns of a damaged one.

use super::{Checklist, Damage};

/// The text with a space for each carriage return that no line feed follows: to CommonMark it ends a line, to
/// everything that counts lines it does not.
pub(super) fn lone_returns_blanked(text: &str) -> String {
    if !text.contains('\r') {
        return text.to_owned();
    }
    let mut blanked = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let is_lone = character == '\r' && characters.peek() != Some(&'\n');
        blanked.push(if is_lone { ' ' } else { character });
    }
    blanked
}

/// Columns of the restored lines become those of the damaged ones.
pub(super) fn damaged_columns(list: &mut Checklist, body: &str, lines: &[&str], damage: Damage) {
    let damaged: Vec<&str> = body.lines().collect();
    for item in &mut list.items {
        let index = item.line as usize - 1;
        let (Some(line), Some(damaged)) = (lines.get(index), damaged.get(index)) else {
            continue;
        };
        let before: usize = line.chars().take(item.column as usize - 1).map(char::len_utf8).sum();
        item.column = damage.column(damaged, before);
    }
}
