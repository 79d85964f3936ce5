//! A page with a limit: whole entries are left out, never a part of one.

/// Bytes kept for what stands after the entries: the heads and tails of folded sections, and the foot.
const RESERVE: usize = 3_000;

pub(super) struct Page {
    text: String,
    limit: usize,
}

impl Page {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            text: String::new(),
            limit,
        }
    }

    /// Text that is short by its making: it is never left out.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// A head, as many entries as there is room for, a word on the rest, and a tail. Nothing for no entries.
    ///
    /// Entries are made one by one, so that those that find no room cost nothing.
    pub(super) fn section<T>(&mut self, head: &str, all: &[T], entry: impl Fn(usize, &T) -> String, tail: &str) {
        if all.is_empty() {
            return;
        }
        self.push(head);
        let mut left = all.len();
        for (index, each) in all.iter().enumerate() {
            let entry = entry(index, each);
            if self.text.len() + entry.len() + RESERVE > self.limit {
                break;
            }
            self.push(&entry);
            left -= 1;
        }
        if left > 0 {
            self.push(&format!(
                "- and {left} more: `readygate check --format json` has them all\n"
            ));
        }
        self.push(tail);
    }

    /// A section that is opened by a click.
    pub(super) fn folded<T>(&mut self, title: &str, count: usize, all: &[T], entry: impl Fn(usize, &T) -> String) {
        let head = format!("\n<details>\n<summary>{title} ({count})</summary>\n\n");
        self.section(&head, all, entry, "\n</details>\n");
    }

    /// The last lines.
    pub(super) fn close(&mut self, foot: &str) {
        self.push(foot);
    }

    pub(super) fn text(self) -> String {
        self.text
    }
}
