//! To which component belongs what a deployment's file starts.

use super::*;

const PAGES: &str = r#"{"name":"pages","dependencies":{"next":"15"},"scripts":{"start":"next start"}}"#;
const API: &str = r#"{"name":"api","dependencies":{"express":"4"},"scripts":{"start":"node server.js"}}"#;

/// Such a file in the root starts what stands in `api` alone: there it is found, and the root is not charged with it.
#[track_caller]
fn starts_of_another(path: &str, text: &str) {
    let files = [
        ("package.json", PAGES),
        ("app/page.tsx", "export default () => null;"),
        ("api/package.json", API),
        ("api/server.js", ""),
        (path, text),
    ];
    assert_eq!(
        entries(&files, "api", Side::Server),
        ["api/server.js"],
        "{path}: {text}"
    );
    let of_root = entries(&files, ".", Side::Server);
    assert!(
        !of_root.contains(&"api/server.js".to_owned()),
        "{path}: {text}: {of_root:?}"
    );
}

#[test]
fn what_a_file_in_the_root_starts_is_of_the_component_that_it_stands_in() {
    for command in ["npm start", "node server.js"] {
        let render = format!("services:\n  - type: web\n    rootDir: api\n    startCommand: {command}\n");
        starts_of_another("render.yaml", &render);
        let compose = format!("services:\n  api:\n    build: ./api\n    command: {command}\n");
        starts_of_another("docker-compose.prod.yml", &compose);
    }
    starts_of_another(
        "ecosystem.config.js",
        "module.exports = { apps: [{ name: 'api', cwd: './api', script: 'npm', args: 'start' }] };",
    );
    starts_of_another(
        "ecosystem.config.js",
        "module.exports = { apps: [{ name: 'api', script: 'api/server.js', cwd: './' }] };",
    );
    starts_of_another(
        "Dockerfile",
        "FROM node:22\nCOPY . .\nCMD [\"node\", \"api/server.js\"]\n",
    );
    starts_of_another("Procfile", "web: node api/server.js\n");
}

#[test]
fn what_a_file_in_the_root_starts_of_the_root_is_its_own() {
    let files = [
        ("package.json", API),
        ("server.js", "require('./api/app');"),
        ("api/package.json", API),
        ("api/server.js", ""),
        ("api/app.js", ""),
        ("Procfile", "web: node server.js\n"),
    ];
    assert_eq!(entries(&files, ".", Side::Server), ["server.js"]);
}

#[test]
fn a_copy_of_a_component_is_started_by_nobody() {
    let files = [
        (
            "package.json",
            r#"{"name":"all","scripts":{"test":"npm test --prefix api"}}"#,
        ),
        ("api/package.json", API),
        ("api/server.js", ""),
        ("api_backup/package.json", API),
        ("api_backup/server.js", ""),
        (
            "api_backup/Dockerfile",
            "FROM node:22\nCOPY . .\nCMD [\"npm\", \"start\"]\n",
        ),
    ];
    assert_eq!(entries(&files, ".", Side::Server), [] as [&str; 0]);
    assert_eq!(entries(&files, "api", Side::Server), ["api/server.js"]);
}

#[test]
fn what_a_folder_without_sources_starts_is_asked_of_whose_it_is() {
    let files = [
        (
            "package.json",
            r#"{"private":true,"workspaces":["api"],"scripts":{"start":"npm run launch --workspace api"}}"#,
        ),
        (
            "api/package.json",
            r#"{"name":"api","dependencies":{"express":"4"},"scripts":{"launch":"node listen.js"}}"#,
        ),
        ("api/listen.js", ""),
    ];
    assert_eq!(entries(&files, "api", Side::Server), ["api/listen.js"]);
}
