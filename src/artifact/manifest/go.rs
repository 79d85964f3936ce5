//! `go.mod`.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::text::{Document, Span, View};

use super::super::ParseError;
use super::{Dependency, Group, Manifest, Parsed, Requirement};

/// `go.mod`. What it requires indirectly is not declared, only pinned, and is kept in `shared`.
pub struct GoMod(pub Parsed);

impl View for GoMod {
    fn parse(document: &Document) -> Self {
        Self(Arc::new(match document.text() {
            Ok(text) => Ok(manifest(text)),
            Err(_) => Err(ParseError {
                message: "it is not text".to_owned(),
                span: None,
            }),
        }))
    }
}

/// One directive with its block's verb put before it, and where it stands.
fn directives(text: &str) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    let mut block: Option<String> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let words = line.trim();
        let span = start + (line.len() - line.trim_start().len())..start + line.trim_end().len();
        start += line.len();
        let code = words.split("//").next().unwrap_or("").trim();
        if code.is_empty() {
            continue;
        }
        match &block {
            Some(_) if code.starts_with(')') => block = None,
            Some(verb) => found.push((format!("{verb} {words}"), span)),
            None => match code.strip_suffix('(') {
                Some(verb) => block = Some(verb.trim().to_owned()),
                None => found.push((words.to_owned(), span)),
            },
        }
    }
    found
}

fn manifest(text: &str) -> Manifest {
    let mut manifest = Manifest::default();
    let mut local: BTreeSet<String> = BTreeSet::new();
    for (directive, span) in directives(text) {
        let code = directive.split("//").next().unwrap_or("");
        let words: Vec<&str> = code.split_whitespace().map(|word| word.trim_matches('"')).collect();
        match words.as_slice() {
            ["module", name, ..] => manifest.name = Some((*name).to_owned()),
            ["require", name, version, ..] => {
                let dependency = Dependency {
                    name: (*name).to_owned(),
                    alias: None,
                    requirement: Requirement::Range((*version).to_owned()),
                    group: Group::Runtime,
                    span,
                };
                if directive.contains("// indirect") {
                    manifest.shared.push(dependency);
                } else {
                    manifest.dependencies.push(dependency);
                }
            }
            ["tool", path, ..] => manifest.dependencies.push(Dependency {
                name: (*path).to_owned(),
                alias: None,
                requirement: Requirement::Range(String::new()),
                group: Group::Development,
                span,
            }),
            ["replace", name, rest @ ..]
                if rest
                    .iter()
                    .any(|word| word.starts_with("./") || word.starts_with("../")) =>
            {
                local.insert((*name).to_owned());
            }
            _ => {}
        }
    }
    for dependency in &mut manifest.dependencies {
        if local.contains(&dependency.name) {
            dependency.requirement = Requirement::Elsewhere("a folder".to_owned());
        }
    }
    manifest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_single_lines_indirect_and_replaced_modules_are_told_apart() {
        let text = "module example.org/x\n\ngo 1.22\nrequire github.com/gin-gonic/gin v1.9.1\nrequire (\n\
                    \tgithub.com/a/b/v2 v2.0.0\n\tgolang.org/x/sys v0.1.0 // indirect\n\texample.org/y v0.0.0\n)\n\
                    replace example.org/y => ../y\n";
        let document = Document::new(text.as_bytes());
        let manifest = document.view::<GoMod>().0.as_ref().clone().expect("parses");
        let names: Vec<&str> = manifest.dependencies.iter().map(|found| found.name.as_str()).collect();
        assert_eq!(
            names,
            ["github.com/gin-gonic/gin", "github.com/a/b/v2", "example.org/y"]
        );
        assert_eq!(&text[manifest.dependencies[1].span.clone()], "github.com/a/b/v2 v2.0.0");
        assert!(matches!(
            manifest.dependencies[2].requirement,
            Requirement::Elsewhere(_)
        ));
        assert_eq!(manifest.shared.len(), 1);
    }
}
