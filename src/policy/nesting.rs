//! How deep a TOML text nests, seen before it is parsed.
//!
//! The parser stops values at 80 levels and keys at 80 dots, but multiplies them: 80 inline tables of 80 dots
//! each are a tree of 6,400 levels, and freeing that tree takes more stack than a thread has.

/// Where a text nests deeper than `deepest` levels of brackets and dotted keys together; `None` if nowhere.
pub(super) fn too_deep(text: &str, deepest: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut open: Vec<usize> = Vec::new();
    let mut below = 0;
    let mut dots = 0;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' | b'\'' => {
                at = end_of_string(bytes, at);
                continue;
            }
            b'#' => {
                at = end_of_line(bytes, at);
                continue;
            }
            b'{' | b'[' => {
                open.push(dots);
                below += dots + 1;
                dots = 0;
            }
            b'}' | b']' => {
                if let Some(outside) = open.pop() {
                    below -= outside + 1;
                }
                dots = 0;
            }
            b'.' => dots += 1,
            b',' | b'\n' => dots = 0,
            _ => {}
        }
        if below + dots > deepest {
            return Some(at);
        }
        at += 1;
    }
    None
}

fn end_of_line(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |length| from + length)
}

/// The byte after a string, which ends at its line if it is not closed, as the parser has it.
fn end_of_string(bytes: &[u8], from: usize) -> usize {
    let quote = bytes[from];
    let is_long = bytes[from..].starts_with(&[quote; 3]);
    let mut at = from + if is_long { 3 } else { 1 };
    while let Some(byte) = bytes.get(at) {
        if *byte == b'\\' && quote == b'"' && bytes.get(at + 1) != Some(&b'\n') {
            at += 2;
        } else if is_long && bytes[at..].starts_with(&[quote; 3]) {
            return at + 3;
        } else if !is_long && *byte == quote {
            return at + 1;
        } else if !is_long && *byte == b'\n' {
            return at;
        } else {
            at += 1;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::too_deep;

    #[test]
    fn brackets_and_dots_count_together_and_strings_do_not() {
        assert_eq!(too_deep("a = {b.c = [{d = 1}]}", 4), None);
        assert_eq!(too_deep("a = {b.c = [{d = 1}]}", 3), Some(12));
        assert_eq!(too_deep("a.b.c.d = 1", 2), Some(5));
        let hidden = "a = \"[[[[\\\"[[\" # {{{{\nb = '{{{{'\nc = \"\"\"\n{{{{\"\n\"\"\"\nd = '''{{{'{'''\n";
        assert_eq!(too_deep(hidden, 2), None);
        assert_eq!(too_deep("a = \"{{{\nb = {{{", 2), Some(15));
    }
}
