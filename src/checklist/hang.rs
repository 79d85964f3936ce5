//! What hangs below an item's own line: prose that is still its words, and code that says how it is done.

use super::blocks::{Block, Standing};
use super::line::entry;

/// How many lines of prose below an item's own are still its words.
const MOST_PROSE: usize = 3;

/// How many lines below an item are asked for code.
const MOST_LINES: usize = 24;

/// How many lines of code are kept, and how many characters of each.
const MOST_CODE: usize = 8;
const LONGEST: usize = 200;

/// The words of the item at a line with the prose below it.
pub(super) fn with_prose(lines: &[&str], standing: &[Standing], index: usize, words: &str) -> String {
    let mut words = words.trim_end().to_owned();
    for (line, standing) in lines.iter().zip(standing).skip(index + 1).take(MOST_PROSE) {
        let line = line.trim();
        let is_same = standing.block == Block::Text && standing.item == number(index);
        if !is_same || line.is_empty() || entry(line).is_some() || line.starts_with("**") {
            break;
        }
        words.push(' ');
        words.push_str(line);
    }
    words
}

/// The lines of code that stand in the item at a line, and in no item within it: commands, and what they are to give.
pub(super) fn code(lines: &[&str], standing: &[Standing], index: usize) -> Vec<String> {
    let begins = |standing: &Standing| standing.item == number(index);
    if !standing.get(index).is_some_and(begins) {
        return Vec::new();
    }
    let below = lines.iter().zip(standing).skip(index + 1).take(MOST_LINES);
    let below = below.take_while(|(_, standing)| begins(standing));
    let code = below.filter(|(_, standing)| standing.block == Block::Code);
    let code = code.map(|(line, _)| line.trim());
    let code = code.filter(|line| !line.is_empty() && !line.starts_with("```") && !line.starts_with("~~~"));
    code.take(MOST_CODE)
        .map(|line| line.chars().take(LONGEST).collect())
        .collect()
}

fn number(index: usize) -> Option<u32> {
    u32::try_from(index + 1).ok()
}
