//! What each line of a Markdown text is, by CommonMark's rules.

use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};

/// What a line is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    /// Prose, a list, anything else.
    Text,
    /// The words of a heading of this level.
    Heading(u8),
    /// Code, fenced or indented.
    Code,
    /// An HTML comment, which nobody sees.
    Comment,
    /// A table's first row.
    Header,
    /// Another row.
    Row,
}

/// A line and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    /// What the line is part of.
    pub block: Block,
    /// The lines (from 1) at which the innermost list item around the line and the one around that begin.
    pub item: Option<u32>,
    /// The line at which the list item around [`Self::item`] begins.
    pub outer: Option<u32>,
}

struct Range {
    first: usize,
    last: usize,
}

/// What each line is; the first line stands at index 0. Time is linear in the text.
pub(super) fn blocks(text: &str, lines: usize) -> Vec<Standing> {
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.tasklist = true;
    options.extension.strikethrough = true;
    options.parse.relaxed_tasklist_matching = true;
    options.parse.tasklist_in_table = true;
    let root = parse_document(&arena, text, &options);
    let mut standing = vec![
        Standing {
            block: Block::Text,
            item: None,
            outer: None,
        };
        lines
    ];
    let mut items = Vec::new();
    for node in root.descendants() {
        let data = node.data();
        let range = Range {
            first: data.sourcepos.start.line,
            last: data.sourcepos.end.line,
        };
        let block = match &data.value {
            NodeValue::Heading(heading) => Block::Heading(heading.level),
            NodeValue::CodeBlock(_) => Block::Code,
            NodeValue::HtmlBlock(html) if html.literal.trim_start().starts_with("<!--") => Block::Comment,
            NodeValue::TableRow(true) => Block::Header,
            NodeValue::TableRow(false) => Block::Row,
            NodeValue::Item(_) | NodeValue::TaskItem(_) => {
                items.push(range);
                continue;
            }
            _ => continue,
        };
        for line in range.first..=range.last {
            if let Some(standing) = line.checked_sub(1).and_then(|index| standing.get_mut(index)) {
                standing.block = block;
            }
        }
    }
    place_items(&mut standing, &items);
    standing
}

/// Tells each line the list items around it. They come outermost first, so one walk with a stack is enough.
fn place_items(standing: &mut [Standing], items: &[Range]) {
    let mut open: Vec<&Range> = Vec::new();
    let mut next = 0;
    for (index, standing) in standing.iter_mut().enumerate() {
        let line = index + 1;
        while let Some(item) = items.get(next).filter(|item| item.first <= line) {
            while open.last().is_some_and(|last| last.last < item.first) {
                open.pop();
            }
            // `- - words`: one line, one item.
            if open.last().is_none_or(|last| last.first != item.first) {
                open.push(item);
            }
            next += 1;
        }
        while open.last().is_some_and(|last| last.last < line) {
            open.pop();
        }
        let begin = |at: usize| open.get(at).and_then(|item| u32::try_from(item.first).ok());
        standing.item = open.len().checked_sub(1).and_then(begin);
        standing.outer = open.len().checked_sub(2).and_then(begin);
    }
}
