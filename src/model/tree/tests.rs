use super::*;

#[test]
fn every_shape_of_pattern_finds_what_matching_path_by_path_finds() {
    let tree = Tree::of_paths(&[
        "a",
        "a/.env",
        "a/b/.env",
        "a.b/.env",
        "a0",
        ".env",
        "src/x.ts",
        "src/y/x.ts",
    ]);
    for source in ["a/.env", "**/.env", "a/**", "src/*.ts", "**/*.ts", "*", "{a,src}/**"] {
        let glob = PathGlob::new(source).expect("compiles");
        let quick: Vec<&str> = tree.matching(&glob).map(|(path, _)| path.as_str()).collect();
        let slow: Vec<&str> = tree
            .iter()
            .map(|(path, _)| path.as_str())
            .filter(|path| glob.matches(path))
            .collect();
        assert_eq!(quick, slow, "{source}");
    }
}

#[test]
fn what_has_an_ending_is_what_a_walk_over_all_finds() {
    let tree = Tree::of_paths(&[
        "a.ts", "a/.ts", "a/b.d.ts", "a/b.tsx", "a/bts", "a.ts/b", "b/c.ts", "b/c.tsx", "b/ts",
    ]);
    for source in ["**/*.ts", "**/*.{ts,tsx}", "a/**/*.ts", "b/*.tsx", "**/*.d.ts"] {
        let glob = PathGlob::new(source).expect("compiles");
        let extensions = glob.extensions().expect("has an ending");
        let find = |within: Within<'_>, name: &str| {
            let found = tree.select(name.to_owned(), within, |path, _| glob.matches(path.as_str()));
            found.get().cloned()
        };
        let quick = find(Within::Ending("", &extensions), &format!("quick {source}"));
        assert_eq!(quick, find(Within::Below(""), &format!("slow {source}")), "{source}");
    }
    let bare = PathGlob::new("**/*ts").expect("compiles");
    assert!(bare.extensions().is_none() && bare.matches("a/bts"));
}

#[test]
fn every_path_is_found_and_no_other() {
    let names: Vec<String> = (0..500).map(|number| format!("src/{number}.ts")).collect();
    let tree = Tree::of_paths(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for name in &names {
        assert_eq!(
            tree.get_with_path(name).map(|(path, _)| path.as_str()),
            Some(name.as_str())
        );
        assert!(tree.get(&name[..name.len() - 1]).is_none());
    }
    assert!(Tree::default().get("a").is_none());
}

#[test]
fn a_folder_is_not_its_neighbour() {
    let tree = Tree::of_paths(&["app", "app.js", "app/x", "apples/y"]);
    let below: Vec<&str> = tree.below("app").map(|(path, _)| path.as_str()).collect();
    assert_eq!(below, ["app/x"]);
    assert!(tree.has_folder("app") && !tree.has_folder("ap"));
}
