//! Head and base have one program where nothing differs that it is made of.

use std::sync::Arc;

use crate::model::{Entry, EntryKind, Read, RepoPath, Sides, Snapshot, Tree};
use crate::program::Program;
use crate::text::Document;

type Files<'a> = &'a [(&'a str, Arc<Document>)];

fn text(text: &str) -> Arc<Document> {
    Arc::new(Document::new(text.as_bytes().to_vec()))
}

fn side(sides: &Sides, files: Files<'_>) -> Snapshot {
    let entry = Entry {
        kind: EntryKind::File,
        id: None,
        size: None,
    };
    let paths = files.iter().map(|(path, _)| (RepoPath::new(path), entry.clone()));
    let mut snapshot = Snapshot::new(Arc::new(Tree::new(paths.collect()))).one_of(sides);
    for (path, document) in files {
        snapshot.insert(RepoPath::new(path), Read::Here(Arc::clone(document)));
    }
    snapshot.components = crate::artifact::components(&snapshot);
    snapshot
}

fn have_one(head: Files<'_>, base: Files<'_>) -> bool {
    let sides = Sides::default();
    let (head, base) = (side(&sides, head), side(&sides, base));
    let programs = (Program::of(&head), Program::of(&base));
    Arc::ptr_eq(&programs.0, &programs.1)
}

#[test]
fn a_page_of_documentation_makes_no_second_program() {
    let (manifest, module) = (text(r#"{"name":"a","main":"a.js"}"#), text("require('./b');"));
    let files = |manifest: &Arc<Document>, module: &Arc<Document>, page: &str| {
        vec![
            ("README.md", text(page)),
            ("a.js", Arc::clone(module)),
            ("package.json", Arc::clone(manifest)),
        ]
    };
    let head = files(&manifest, &module, "new");
    assert!(have_one(&head, &files(&manifest, &module, "old")));
    assert!(
        !have_one(&head, &files(&manifest, &text("require('./c');"), "old")),
        "a module"
    );
    let other = text(r#"{"name":"a","main":"b.js"}"#);
    assert!(!have_one(&head, &files(&other, &module, "old")), "a manifest");
    let mut more = files(&manifest, &module, "old");
    more.push(("b.js", text("")));
    assert!(!have_one(&head, &more), "another module");
    let mut more = files(&manifest, &module, "old");
    more.push(("b.md", text("")));
    assert!(!have_one(&head, &more), "another path may be what is asked for");
}

#[test]
fn sides_of_others_have_programs_of_their_own() {
    let files = [("a.js", text("f();")), ("package.json", text("{}"))];
    let (one, other) = (side(&Sides::default(), &files), side(&Sides::default(), &files));
    assert!(!Arc::ptr_eq(&Program::of(&one), &Program::of(&other)));
    assert!(Arc::ptr_eq(&Program::of(&one), &Program::of(&one)));
}
