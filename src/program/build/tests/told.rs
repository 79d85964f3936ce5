//! What containers and platforms are told to start.

use super::entries::server;
use super::*;

#[test]
fn a_container_starts_what_its_last_stage_says() {
    let package = r#"{"dependencies":{"express":"4"}}"#;
    for docker in [
        "FROM node AS build\nCMD [\"node\", \"other.js\"]\nFROM node\nCMD [\"node\", \"dist/index.js\"]\n",
        "FROM node\nENTRYPOINT [\"node\"]\nCMD [\"dist/index.js\"]\n",
        "FROM node\nENTRYPOINT [\"dumb-init\", \"--\"]\nCMD [\"node\", \"dist/index.js\"]\n",
        "FROM node\nWORKDIR /app\nCMD node /app/dist/index.js\n",
        "FROM node\nCMD node other.js\nCMD npx prisma migrate deploy && \\\n    node dist/index.js\n",
        "FROM node\nCMD [\"sh\", \"-c\", \"npx prisma migrate deploy, && exec node dist/index.js\"]\n",
    ] {
        let files = [
            ("package.json", package),
            ("Dockerfile", docker),
            ("src/index.ts", ""),
            ("other.js", ""),
        ];
        assert_eq!(server(&files), ["src/index.ts"], "{docker}");
    }
    let script = [
        ("package.json", package),
        ("Dockerfile", "FROM node\nENTRYPOINT [\"./docker/entrypoint.sh\"]\n"),
        (
            "docker/entrypoint.sh",
            "#!/bin/sh\n# node other.js\nset -e\nexec node dist/index.js\n",
        ),
        ("src/index.ts", ""),
        ("other.js", ""),
    ];
    assert_eq!(server(&script), ["src/index.ts"]);
}

#[test]
fn a_container_of_the_root_may_start_a_component_below() {
    let package = r#"{"dependencies":{"express":"4"}}"#;
    for docker in [
        "FROM node\nWORKDIR /app\nCMD [\"node\", \"apps/api/dist/index.js\"]\n",
        "FROM node\nWORKDIR /srv\nWORKDIR apps/api\nCMD node dist/index.js\n",
        "FROM node\nWORKDIR /app/apps/api\nCMD node dist/index.js\n",
    ] {
        for place in ["Dockerfile", "apps/api/Dockerfile", "docker/api.Dockerfile"] {
            let files = [
                ("package.json", r#"{"private":true,"workspaces":["apps/*"]}"#),
                ("apps/api/package.json", package),
                ("apps/api/src/index.ts", ""),
                (place, docker),
            ];
            assert_eq!(
                entries(&files, "apps/api", Side::Server),
                ["apps/api/src/index.ts"],
                "{place}: {docker}"
            );
        }
    }
}

#[test]
fn a_compose_file_may_say_the_command() {
    let compose = "services:\n  api:\n    build: ./backend\n    command: [\"node\", \"dist/index.js\"]\n  worker:\n    build:\n      context: .\n      dockerfile: backend/Dockerfile\n    working_dir: /app/backend\n    command: sh -c \"node dist/worker.js\"\n";
    let files = [
        ("docker-compose.prod.yml", compose),
        ("backend/package.json", r#"{"dependencies":{"express":"4"}}"#),
        ("backend/src/index.ts", ""),
        ("backend/src/worker.ts", ""),
    ];
    assert_eq!(
        entries(&files, "backend", Side::Server),
        ["backend/src/index.ts", "backend/src/worker.ts"]
    );
}

#[test]
fn platforms_say_what_they_start() {
    let package = r#"{"name":"api","dependencies":{"express":"4"},"scripts":{"go":"node dist/index.js"}}"#;
    for (path, text) in [
        ("api/Procfile", "release: node other.js\nweb: npm run go\n"),
        (
            "render.yaml",
            "services:\n  - type: web\n    rootDir: api\n    startCommand: node dist/index.js\n",
        ),
        (
            "render.yaml",
            "services:\n  - type: web\n    startCommand: cd api && npm run go\n",
        ),
        (
            "api/railway.json",
            "{\"deploy\":{\"startCommand\":\"node dist/index.js\"}}",
        ),
        ("api/railway.toml", "[deploy]\nstartCommand = \"npm run go\"\n"),
        ("railway.toml", "[deploy]\nstartCommand = \"npm --prefix api run go\"\n"),
        ("api/nixpacks.toml", "[start]\ncmd = \"npm run go\"\n"),
        ("api/fly.toml", "[processes]\napp = \"node dist/index.js\"\n"),
        ("api/app.yaml", "runtime: nodejs20\nentrypoint: node dist/index.js\n"),
        (
            "api/ecosystem.config.js",
            "module.exports = { apps: [{ name: 'api', script: './dist/index.js' }] }",
        ),
        (
            "ecosystem.config.cjs",
            "module.exports = { apps: [{ name: 'api', cwd: './api', script: 'npm', args: 'run go' }] }",
        ),
        (
            "api/serverless.yml",
            "functions:\n  all:\n    handler: src/index.handler\n",
        ),
        (
            "vercel.json",
            "{\"builds\":[{\"src\":\"api/src/index.ts\",\"use\":\"@vercel/node\"}]}",
        ),
    ] {
        let files = [
            ("api/package.json", package),
            ("api/src/index.ts", ""),
            ("api/other.js", ""),
            (path, text),
        ];
        assert_eq!(
            entries(&files, "api", Side::Server),
            ["api/src/index.ts"],
            "{path}: {text}"
        );
    }
}

#[test]
fn vercel_serves_functions() {
    let package = r#"{"dependencies":{"express":"4"}}"#;
    let files = [
        ("package.json", package),
        (
            "vercel.json",
            r#"{"rewrites":[{"source":"/(.*)","destination":"/api/main"}]}"#,
        ),
        ("api/main.ts", ""),
        ("api/_lib.ts", ""),
        ("src/app.ts", ""),
    ];
    assert_eq!(server(&files), ["api/main.ts"]);
}
