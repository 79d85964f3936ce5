//! Checklists of any bytes: no panic, and every place lies in the text.

use readygate::checklist::read_document;
use readygate::text::Document;

/// Tries one input.
pub fn run(input: &[u8]) {
    let document = Document::new(input);
    let Ok(list) = read_document(&document) else { return };
    for item in &list.items {
        let span = document
            .line_span(item.line)
            .expect("the line is one of the document's");
        let length = document.words(&span).chars().count();
        assert!((1..=length + 1).contains(&(item.column as usize)), "{item:?}");
        assert!(item.parent.is_none_or(|parent| parent < list.items.len()));
        assert!(item.section.is_none_or(|section| section < list.sections.len()));
    }
}
