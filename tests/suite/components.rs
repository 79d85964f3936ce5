//! Which components a repository has.

use std::sync::Arc;

use readygate::artifact::{component_needs, components};
use readygate::model::{Component, Entry, EntryKind, Read, RepoPath, Snapshot, Tree};
use readygate::text::Document;

fn snapshot(files: &[(&str, &str)]) -> Snapshot {
    let entry = |(path, _): &(&str, &str)| {
        let entry = Entry {
            kind: EntryKind::File,
            id: None,
            size: None,
        };
        (RepoPath::new(path), entry)
    };
    let mut snapshot = Snapshot::new(Arc::new(Tree::new(files.iter().map(entry).collect())));
    // Only what was asked for is read, as from every source.
    for path in component_needs(&snapshot.tree).files {
        let (_, text) = files.iter().find(|(known, _)| *known == path.as_str()).unwrap();
        snapshot.insert(path, Read::Here(Arc::new(Document::new(text.as_bytes()))));
    }
    snapshot
}

/// Each component as `PATH [KINDS] ENTRY… (MANIFEST)`.
fn seen(files: &[(&str, &str)]) -> Vec<String> {
    components(&snapshot(files))
        .iter()
        .map(|found| {
            let entry: Vec<&str> = found.entry.iter().map(RepoPath::as_str).collect();
            let manifest = found.manifest.as_ref().map_or("-", RepoPath::as_str);
            format!("{} {:?} {:?} ({manifest})", found.path, found.kinds, entry).replace('"', "")
        })
        .collect()
}

#[test]
fn a_repository_without_a_manifest_is_one_component_of_no_kind() {
    assert_eq!(seen(&[("README.md", "x")]), [". [] [] (-)"]);
    assert_eq!(seen(&[]), [". [] [] (-)"]);
}

#[test]
fn what_a_tool_keeps_and_a_copy_of_another_are_no_components() {
    let found = seen(&[
        ("api/package.json", r#"{"name":"api"}"#),
        ("backups/api-2024/package.json", r#"{"name":"api"}"#),
        ("services/backup/package.json", r#"{"name":"backup"}"#),
        (".agents/skills/pdf/package.json", r#"{"name":"pdf"}"#),
    ]);
    let folders: Vec<&str> = found.iter().filter_map(|one| one.split(' ').next()).collect();
    assert_eq!(folders, ["api", "services/backup"]);
}

#[test]
fn the_files_of_a_copy_are_nobodys() {
    let found = components(&snapshot(&[
        ("package.json", r#"{"name":"all","devDependencies":{"husky":"9"}}"#),
        ("api/package.json", r#"{"name":"api","dependencies":{"express":"4"}}"#),
        ("api/server.js", ""),
        (
            "api_backup/package.json",
            r#"{"name":"api","dependencies":{"express":"4"}}"#,
        ),
        ("api_backup/server.js", ""),
    ]));
    let of = |path: &str| Component::of(&found, &RepoPath::new(path)).map(|of| of.path.as_str());
    assert_eq!(of("api_backup/server.js"), None);
    assert!(Component::is_left_out(&found, &RepoPath::new("api_backup/server.js")));
    assert_eq!((of("api/server.js"), of("README.md")), (Some("api"), Some(".")));
    // Nothing of its own stands beside the root's manifest.
    assert!(
        found
            .iter()
            .any(|component| component.path.as_str() == "." && component.is_bare)
    );
}

#[test]
fn folders_with_manifests_are_components_and_the_root_is_a_dot() {
    let found = seen(&[
        (
            "package.json",
            r#"{"name":"x","main":"src/a.js","dependencies":{"express":"4"}}"#,
        ),
        ("src/a.js", ""),
        (
            "worker/go.mod",
            "module w\nrequire github.com/labstack/echo/v4 v4.0.0\n",
        ),
        ("ml/requirements.txt", "FastAPI==0.1\n"),
        ("ml/requirements-dev.txt", "flask\n"),
        (
            "core/Cargo.toml",
            "[package]\nname = \"c\"\n[dependencies]\naxum = \"0.7\"\n",
        ),
        ("core/src/main.rs", ""),
    ]);
    assert_eq!(
        found,
        [
            ". [express, node] [src/a.js] (package.json)",
            "core [axum, rust] [core/src/main.rs] (core/Cargo.toml)",
            "ml [fastapi, python] [] (ml/requirements.txt)",
            "worker [echo, go] [] (worker/go.mod)",
        ]
    );
}

#[test]
fn a_root_that_only_holds_a_workspace_is_none() {
    let member = (
        "packages/a/package.json",
        r#"{"name":"a","dependencies":{"react":"18"}}"#,
    );
    for root in [
        vec![(
            "package.json",
            r#"{"workspaces":["packages/*"],"devDependencies":{"eslint":"9"}}"#,
        )],
        vec![
            ("package.json", r#"{"name":"r","scripts":{"test":"x"}}"#),
            ("pnpm-workspace.yaml", "packages: ['packages/*']\n"),
        ],
        vec![("package.json", r#"{"name":"r"}"#), ("turbo.json", "{}")],
        vec![("Cargo.toml", "[workspace]\nmembers = []\n")],
        vec![("pyproject.toml", "[tool.uv.workspace]\nmembers = ['packages/*']\n")],
        vec![("pyproject.toml", "[tool.ruff]\nline-length = 100\n")],
    ] {
        let files: Vec<(&str, &str)> = root.iter().copied().chain([member]).collect();
        assert_eq!(
            seen(&files),
            ["packages/a [node, react] [] (packages/a/package.json)"],
            "{root:?}"
        );
    }
}

#[test]
fn a_root_that_runs_beside_its_workspace_is_one() {
    for root in [
        r#"{"workspaces":["a"],"dependencies":{"express":"4"}}"#,
        r#"{"workspaces":["a"],"scripts":{"start":"node x.js"}}"#,
        r#"{"workspaces":["a"],"exports":"./x.js"}"#,
    ] {
        let found = seen(&[("package.json", root), ("a/package.json", r#"{"name":"a"}"#)]);
        assert_eq!(found.len(), 2, "{root}: {found:?}");
    }
}

#[test]
fn a_workspace_without_a_member_in_sight_is_all_there_is() {
    assert_eq!(seen(&[("Cargo.toml", "[workspace]\n")]), [". [rust] [] (Cargo.toml)"]);
}

#[test]
fn copied_in_test_example_and_built_folders_hold_none() {
    let text = r#"{"name":"x","dependencies":{"express":"4"}}"#;
    let found = seen(&[
        ("app/package.json", text),
        ("node_modules/a/package.json", text),
        ("app/vendor/a/package.json", text),
        ("tests/fixture/package.json", text),
        ("examples/a/package.json", text),
        ("app/dist/package.json", text),
        ("docs/package.json", text),
        ("app/esm/package.json", r#"{"type":"module"}"#),
    ]);
    assert_eq!(found, ["app [express, node] [] (app/package.json)"]);
}

#[test]
fn a_manifest_that_cannot_be_parsed_still_makes_a_component() {
    assert_eq!(seen(&[("a/package.json", "{")]), ["a [node] [] (a/package.json)"]);
    assert_eq!(seen(&[("a/Cargo.toml", "[[")]), ["a [rust] [] (a/Cargo.toml)"]);
    assert_eq!(seen(&[("a/setup.py", "")]), ["a [python] [] (a/setup.py)"]);
}

#[test]
fn requirements_in_a_folder_of_their_own_belong_to_the_folder_above() {
    let found = seen(&[
        ("api/requirements/base.txt", "django==4\n"),
        ("api/requirements/dev.txt", "flask\n"),
    ]);
    assert_eq!(found, ["api [django, python] [] (api/requirements/base.txt)"]);
}

#[test]
fn development_dependencies_name_no_framework() {
    let found = seen(&[(
        "package.json",
        r#"{"name":"x","devDependencies":{"express":"4","vite":"5"}}"#,
    )]);
    assert_eq!(found, [". [node, vite] [] (package.json)"]);
}

/// The folders of the components, those without sources of their own in brackets.
fn bare(files: &[(&str, &str)]) -> Vec<String> {
    let shown = |found: &Component| match found.is_bare {
        true => format!("({})", found.path),
        false => found.path.to_string(),
    };
    components(&snapshot(files)).iter().map(shown).collect()
}

#[test]
fn a_manifest_without_sources_above_others_is_bare() {
    let member = ("api/package.json", r#"{"name":"api","dependencies":{"express":"4"}}"#);
    for root in [
        vec![("package.json", r#"{"name":"r","dependencies":{"multer":"2"}}"#)],
        vec![(
            "package.json",
            r#"{"name":"r","main":"index.js","scripts":{"start":"cd api && npm start"}}"#,
        )],
        vec![(
            "package.json",
            r#"{"name":"r","scripts":{"start":"npm run start --workspaces"},"workspaces":["api"]}"#,
        )],
        vec![
            ("package.json", r#"{"name":"r"}"#),
            ("scripts/seed.js", ""),
            ("ports.js", ""),
            ("jest.config.js", ""),
        ],
        vec![
            ("package.json", r#"{"name":"r","dependencies":{"express":"4"}}"#),
            ("scripts/tests/a.test.js", ""),
        ],
        vec![
            (
                "package.json",
                r#"{"name":"r","scripts":{"build":"echo see render.yaml"}}"#,
            ),
            ("render.yaml", ""),
        ],
        // A command is not the file that bears its name.
        vec![
            (
                "package.json",
                r#"{"name":"r","scripts":{"start:app":"flutter run -d chrome"}}"#,
            ),
            ("flutter.js", ""),
        ],
    ] {
        let files: Vec<(&str, &str)> = root.iter().copied().chain([member]).collect();
        assert_eq!(bare(&files), ["(.)", "api"], "{root:?}");
    }
}

#[test]
fn a_manifest_with_sources_of_its_own_is_not_bare() {
    let member = ("api/package.json", r#"{"name":"api"}"#);
    for root in [
        vec![("package.json", r#"{"name":"r"}"#), ("src/a.ts", "")],
        vec![("package.json", r#"{"name":"r"}"#), ("server.js", "")],
        vec![("package.json", r#"{"name":"r"}"#), ("e2e/buy.spec.ts", "")],
        vec![("package.json", r#"{"name":"r"}"#), ("functions/mail.py", "")],
        vec![
            ("package.json", r#"{"name":"r","scripts":{"start":"node ports.js"}}"#),
            ("ports.js", ""),
        ],
        // Node finds a file without its ending.
        vec![
            ("package.json", r#"{"name":"r","scripts":{"start":"node gateway"}}"#),
            ("gateway.js", ""),
        ],
        vec![
            ("package.json", r#"{"name":"r","scripts":{"start":"node api/a.js"}}"#),
            ("api/a.js", ""),
        ],
        vec![
            ("package.json", r#"{"name":"r"}"#),
            ("ports.js", ""),
            ("Procfile", "web: node ports.js"),
        ],
        // What a member loads is found above it.
        vec![("package.json", r#"{"name":"r","dependencies":{"express":"4"}}"#)],
        vec![("package.json", r#"{"name":"r"}"#), ("requirements.txt", "flask")],
        vec![("package.json", "{")],
    ] {
        let files: Vec<(&str, &str)> = root.iter().copied().chain([member]).collect();
        assert_eq!(bare(&files), [".", "api"], "{root:?}");
    }
    assert_eq!(bare(&[("package.json", r#"{"name":"r"}"#)]), ["."]);
}
