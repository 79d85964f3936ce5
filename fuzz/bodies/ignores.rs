//! An ignore file of any bytes against a path of any bytes: no panic, and the deciding line exists. The first line is
//! the path.

use readygate::artifact::{Gitignore, PathKind};
use readygate::text::Document;

/// Tries one input.
pub fn run(input: &[u8]) {
    let Some(end) = input.iter().position(|byte| *byte == b'\n') else {
        return;
    };
    // What a tree names: relative, without empty parts.
    let Some(path) = str::from_utf8(&input[..end])
        .ok()
        .filter(|path| !path.split('/').any(str::is_empty))
    else {
        return;
    };
    let document = Document::new(&input[end + 1..]);
    let rules = document.view::<Gitignore>();
    for kind in [PathKind::File, PathKind::Folder] {
        if let Some(line) = rules.decide(path, kind) {
            assert!(
                line.line >= 1 && line.line <= document.line_count(),
                "line {}",
                line.line
            );
        }
    }
}
