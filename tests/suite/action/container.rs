//! The image against the mock: `READYGATE_CONTAINER=1 cargo test container`, which `.ci/run container` does. With
//! `READYGATE_BINARY` a static binary that is there already is taken.
//!
//! `tests/container/run` builds the image and starts it; the server and what it serves come from here.

use std::process::Command;

use super::job::{annotations, branches, pull_request, serve};
use crate::cli::program::{BASE, LOST_LINE};
use crate::github::fixture::DEFAULT;

#[test]
fn the_image_runs_the_action() {
    if std::env::var_os("READYGATE_CONTAINER").is_none() {
        println!("skipped: READYGATE_CONTAINER is not set");
        return;
    }
    let (repo, head) = branches(&BASE, &[LOST_LINE]);
    let mock = serve(&repo);
    let folder = tempfile::tempdir().unwrap();
    let event = folder.path().join("event.json");
    std::fs::write(&event, pull_request(&head).to_string()).unwrap();
    let status = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/container/run"))
        .args(std::env::var_os("READYGATE_BINARY"))
        .env("MOCK_URL", &mock.url)
        .env("MOCK_TOKEN", DEFAULT)
        .env("MOCK_REPOSITORY", "o/n")
        .env("MOCK_SHA", &head)
        .env("MOCK_EVENT", &event)
        .env("MOCK_STATUS", "1")
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
    if mock.requests().is_empty() {
        println!("skipped: no container engine");
        return;
    }
    assert!(annotations(&mock).contains(&".gitignore:2 failure".to_owned()));
    assert_eq!(mock.comments().len(), 1);
}
