//! A repository with one file of any bytes at any path, judged by all shipped controls over code: no panic, an end, and
//! every place that is shown lies in its file. The first line is the file's path.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use readygate::artifact::{component_needs, components};
use readygate::model::{Cause, Entry, EntryKind, Fact, Needs, Place, Read, RepoPath, Snapshot, Tree, Unread};
use readygate::policy::Policy;
use readygate::text::Document;

/// More rounds than any control may ask for.
const MOST_ROUNDS: usize = 24;

/// What stands around the file: a small server that uses all that the controls look at.
const AROUND: [(&str, &str); 8] = [
    (
        "package.json",
        r#"{"name":"shop","main":"src/index.js","scripts":{"start":"node src/index.js","test":"node --test"},
"dependencies":{"express":"4","pg":"8","bullmq":"5","jsonwebtoken":"9","@prisma/client":"6","stripe":"16"}}"#,
    ),
    (
        "src/index.js",
        "const express = require('express')\nconst app = express()\nrequire('./routes')(app)\nrequire('./any')\napp.listen(process.env.PORT)\n",
    ),
    (
        "src/routes.js",
        "module.exports = (app) => { app.post('/api/login', (request, response) => response.json({})) }\n",
    ),
    (
        ".github/workflows/ci.yml",
        "on: pull_request\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: npm test\n",
    ),
    ("Dockerfile", "FROM node:22\nCOPY . .\nCMD [\"npm\", \"start\"]\n"),
    ("compose.yml", "services:\n  shop:\n    build: .\n"),
    ("prisma/schema.prisma", "model User {\n  id Int @id\n}\n"),
    (".gitignore", "node_modules\n.env\n"),
];

static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    let packs = ["default", "project", "server", "web", "launch"];
    Policy::builtins(&packs).expect("the shipped packs have no mistakes")
});

/// Tries one input.
pub fn run(input: &[u8]) {
    let Some(end) = input.iter().position(|byte| *byte == b'\n') else {
        return;
    };
    // What a tree names: relative, without empty parts.
    let Some(path) = str::from_utf8(&input[..end]).ok().filter(|path| {
        !path
            .split('/')
            .any(|part| part.is_empty() || part == "." || part == "..")
    }) else {
        return;
    };
    let mut files: BTreeMap<&str, &[u8]> = AROUND.map(|(path, text)| (path, text.as_bytes())).into();
    // A file can't be a folder at once.
    files.retain(|known, _| !known.starts_with(&format!("{path}/")) && !path.starts_with(&format!("{known}/")));
    files.insert(path, &input[end + 1..]);
    let entry = |bytes: &[u8]| Entry {
        kind: EntryKind::File,
        id: None,
        size: Some(bytes.len() as u64),
    };
    let entries = files.iter().map(|(path, bytes)| (RepoPath::new(path), entry(bytes)));
    let mut snapshot = Snapshot::new(Arc::new(Tree::new(entries.collect())));
    let needs = component_needs(&snapshot.tree);
    supply(&mut snapshot, &files, needs);
    snapshot.components = components(&snapshot);
    for round in 0.. {
        let needs = POLICY.plan.needs(&snapshot);
        if needs.is_empty() {
            break;
        }
        assert!(round < MOST_ROUNDS, "it goes on asking: {needs:?}");
        supply(&mut snapshot, &files, needs);
    }
    for judged in POLICY.plan.examine(&snapshot) {
        let evidence = judged.examined.evidence.iter().map(|found| &found.place);
        let gaps = judged.examined.gaps.iter().filter_map(|gap| gap.place.as_ref());
        for place in evidence.chain(gaps) {
            check_place(place, &snapshot);
        }
    }
}

fn supply(snapshot: &mut Snapshot, files: &BTreeMap<&str, &[u8]>, needs: Needs) {
    for path in needs.files {
        let read = match files.get(path.as_str()) {
            Some(bytes) => Read::Here(Arc::new(Document::new(bytes.to_vec()))),
            None => Read::Absent,
        };
        snapshot.insert(path, read);
    }
    for key in needs.facts {
        let unread = Unread::new(Cause::Network, "nobody is asked", "");
        snapshot.facts.insert(key, Fact::Unread(unread));
    }
}

fn check_place(place: &Place, snapshot: &Snapshot) {
    let (Some(line), Read::Here(document)) = (place.line, snapshot.read(place.path.as_str())) else {
        return;
    };
    assert!(
        line >= 1 && line <= document.line_count(),
        "{place:?} of {} lines",
        document.line_count()
    );
}
