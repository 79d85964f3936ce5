use super::*;

fn globs(patterns: &[&str], case: Case) -> Globs {
    let patterns = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
    Globs::new(&OneOrMany::Many(patterns), "in", case).expect("compiles")
}

fn written<'a>(tree: &'a Tree, patterns: &[&str], folder: &str) -> Vec<&'a str> {
    let found = globs(patterns, Case::Counts).find_written(tree, folder);
    found.iter().map(|(path, _)| path.as_str()).collect()
}

const PATHS: [&str; 12] = [
    "README.md",
    "app/[id]/docs/a.ts",
    "app/[id]/x.ts",
    "docs/app/src/x.ts",
    "docs/b.ts",
    "node_modules/x/index.ts",
    "readme",
    "src/a.test.ts",
    "src/a.ts",
    "src/logo.png",
    "tests/c.ts",
    "vendor/d.ts",
];

#[test]
fn a_pattern_finds_what_the_team_wrote_and_what_it_names() {
    let tree = Tree::of_paths(&PATHS);
    assert_eq!(written(&tree, &["**/*.ts"], ""), ["app/[id]/x.ts", "src/a.ts"]);
    assert_eq!(written(&tree, &["docs/**"], ""), ["docs/app/src/x.ts", "docs/b.ts"]);
    assert_eq!(
        written(&tree, &["**/{tests,src}/*.ts"], ""),
        ["src/a.test.ts", "src/a.ts", "tests/c.ts"]
    );
    assert_eq!(
        written(&tree, &["**/*.test.ts", "src/*.ts"], ""),
        ["src/a.test.ts", "src/a.ts"]
    );
    assert_eq!(
        written(&tree, &["vendor/d.ts", "*.md", "src/*"], ""),
        ["README.md", "src/a.ts", "vendor/d.ts"]
    );
    // Asked again, the tree remembers, and says the same.
    assert_eq!(written(&tree, &["**/*.ts"], ""), ["app/[id]/x.ts", "src/a.ts"]);
}

#[test]
fn a_component_sees_its_own_files_whatever_its_folder_is_called() {
    let tree = Tree::of_paths(&PATHS);
    assert_eq!(written(&tree, &["**/*.ts"], "app/[id]"), ["app/[id]/x.ts"]);
    assert_eq!(written(&tree, &["**/*.ts"], "docs/app"), ["docs/app/src/x.ts"]);
    assert_eq!(written(&tree, &["src/a.ts", "x.ts"], "app"), Vec::<&str>::new());
}

#[test]
fn case_is_ignored_only_where_it_is_asked() {
    let tree = Tree::of_paths(&PATHS);
    let found = |case| {
        let globs = globs(&["Readme*"], case);
        globs
            .find(&tree, "")
            .iter()
            .map(|(path, _)| path.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(found(Case::Ignored), ["README.md", "readme"]);
    assert_eq!(found(Case::Counts), Vec::<String>::new());
}
