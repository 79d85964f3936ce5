//! pip's requirements files.

use std::sync::Arc;

use crate::text::{Document, Span, View};

use super::super::ParseError;
use super::pypi::{dependency, normalise};
use super::{Dependency, Group, Manifest, Parsed, Requirement, Tells};

/// A requirements file of pip.
pub struct Requirements(pub Parsed);

impl View for Requirements {
    fn parse(document: &Document) -> Self {
        Self(Arc::new(match document.text() {
            Ok(text) => Ok(requirements(text)),
            Err(_) => Err(ParseError {
                message: "it is not text".to_owned(),
                span: None,
            }),
        }))
    }
}

/// Lines joined over a final backslash, each with its bytes.
fn logical_lines(text: &str) -> Vec<(String, Span)> {
    let mut found: Vec<(String, Span)> = Vec::new();
    let mut joins = false;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let words = line.trim_end_matches(['\n', '\r']);
        let end = start + words.trim_end().len();
        let (body, continues) = match words.trim_end().strip_suffix('\\') {
            Some(body) => (body, true),
            None => (words, false),
        };
        match found.last_mut().filter(|_| joins) {
            Some((joined, span)) => {
                joined.push(' ');
                joined.push_str(body.trim());
                // The place stays on the first line: that is where the name stands.
                span.end = span.end.max(span.start);
            }
            None => {
                let indent = words.len() - words.trim_start().len();
                found.push((body.trim().to_owned(), start + indent..end.max(start + indent)));
            }
        }
        joins = continues;
        start += line.len();
    }
    found
}

fn requirements(text: &str) -> Manifest {
    let text_start = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut manifest = Manifest {
        application: Tells::Yes,
        ..Manifest::default()
    };
    for (line, span) in logical_lines(&text[text_start..]) {
        let span = span.start + text_start..span.end + text_start;
        let line = line.trim_start_matches('\u{feff}');
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let option = |names: [&str; 2]| {
            names.iter().find_map(|name| {
                let rest = line.strip_prefix(name)?;
                let value = rest.trim_start_matches(['=', ' ', '\t']);
                Some(value.split(" #").next().unwrap_or(value).trim().to_owned())
            })
        };
        if let Some(file) = option(["--requirement", "-r"]) {
            manifest.includes.push(file);
            continue;
        }
        let editable = option(["--editable", "-e"]);
        let target = editable.as_deref().unwrap_or(line);
        if let Some(found) = by_address(target, span.clone()) {
            if !is_address_fixed(target) {
                manifest.unpinned.push(span);
            }
            manifest.dependencies.extend((!found.name.is_empty()).then_some(found));
            continue;
        }
        if editable.is_some() || line.starts_with('-') {
            continue;
        }
        if let Some(found) = dependency(line, span.clone(), Group::Runtime) {
            if !is_pinned(&found.requirement) {
                manifest.unpinned.push(span);
            }
            manifest.dependencies.push(found);
        }
    }
    manifest
}

/// `git+https://…#egg=name` and other addresses; the name is empty where none is given.
fn by_address(text: &str, span: Span) -> Option<Dependency> {
    let first = text.split_whitespace().next()?;
    // `httpx` and `httptools` are packages.
    let starts = ["git+", "http://", "https://"]
        .iter()
        .any(|start| first.starts_with(start));
    let is_address = starts || first.contains("://") && !text.contains('@');
    if !is_address {
        return None;
    }
    let name = first
        .split_once("#egg=")
        .map_or("", |(_, name)| name.split(['&', '[']).next().unwrap_or(name));
    Some(Dependency {
        name: normalise(name),
        alias: None,
        requirement: Requirement::Elsewhere(first.to_owned()),
        group: Group::Runtime,
        span,
    })
}

/// Whether an address always gives the same: it names a commit, or an archive of one version.
fn is_address_fixed(text: &str) -> bool {
    let body = text.split('#').next().unwrap_or(text);
    let commit = body.rsplit('@').next().unwrap_or("").trim();
    let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_archive = [".whl", ".tar.gz", ".zip"]
        .iter()
        .any(|ending| body.trim().ends_with(ending));
    is_commit || is_archive
}

fn is_pinned(requirement: &Requirement) -> bool {
    match requirement {
        Requirement::Range(range) => range
            .split(',')
            .any(|part| part.trim().starts_with("==") && !part.contains('*')),
        Requirement::Elsewhere(address) => is_address_fixed(address) || !address.contains("://"),
        Requirement::Inherited => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirements_file_is_read_as_pip_reads_it() {
        let text = "# c\n-r base.txt\nDjango==4.2.1 \\\n    --hash=sha256:aa\nSentry_SDK[flask]>=1,<2 ; python_version > '3'\n\
                    -e .\n--index-url https://x\nhttpx==0.25.2\ngit+https://h/o/r.git@0123456789012345678901234567890123456789#egg=my.pkg\nredis # any\n";
        let manifest = requirements(text);
        let found = manifest.dependencies.iter();
        let names: Vec<(&str, Group)> = found.map(|found| (found.name.as_str(), found.group)).collect();
        assert_eq!(
            names,
            [
                ("django", Group::Runtime),
                ("sentry-sdk", Group::Runtime),
                ("httpx", Group::Runtime),
                ("my-pkg", Group::Runtime),
                ("redis", Group::Runtime)
            ]
        );
        assert_eq!(
            manifest.dependencies[0].requirement,
            Requirement::Range("==4.2.1".to_owned())
        );
        assert_eq!(
            manifest.dependencies[1].requirement,
            Requirement::Range(">=1,<2".to_owned())
        );
        assert_eq!(manifest.includes, ["base.txt"]);
        let unpinned: Vec<&str> = manifest.unpinned.iter().map(|span| &text[span.clone()]).collect();
        assert_eq!(
            unpinned,
            ["Sentry_SDK[flask]>=1,<2 ; python_version > '3'", "redis # any"]
        );
    }
}
