//! What the checks of jobs are called: what a branch's rules have to require.
//!
//! Source: GitHub's documentation, "Troubleshooting required status checks", and what the runner does: a job's name or
//! else its id; `NAME (VALUE, VALUE)` in a matrix; `CALLER / CALLED` for a called workflow.

use super::matrix::MatrixRow;
use super::{Job, Workflow};

/// Stands for what only a run knows. No name has it.
const ANY: char = '\u{0}';
/// Workflows call each other at most this deep: GitHub's own limit.
const DEEPEST: usize = 10;
/// More names than this are not told apart, those of callers counted too: a file made to be large names everything.
const MOST_NAMES: usize = 4096;
/// Longer names GitHub cuts, in a way that is not written down: their end is left open.
const LONGEST: usize = 90;
/// Nobody writes a longer name; what is in it is not looked at.
const LONGEST_WRITTEN: usize = 400;

/// The name of a check, as far as the workflow tells it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CheckName(String);

impl CheckName {
    /// The name of a job's check, or of a job of the workflow that it calls; a matrix is left open.
    pub fn of(job: &Job, called: Option<&Job>) -> Self {
        let outer = open_name(job);
        Self(match called {
            None => outer,
            Some(inner) => format!("{outer} / {}", open_name(inner)),
        })
    }

    /// Whether a context may be this check.
    pub fn is(&self, context: &str) -> bool {
        let mut parts = self.0.split(ANY);
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = context.strip_prefix(first) else {
            return false;
        };
        let mut parts: Vec<&str> = parts.collect();
        let Some(last) = parts.pop() else {
            return rest.is_empty();
        };
        for part in parts {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    }

    /// Whether the whole name is known, so that `is` is certain.
    pub fn is_whole(&self) -> bool {
        !self.0.contains(ANY)
    }

    /// For people: `…` for what only a run knows.
    pub fn shown(&self) -> String {
        self.0.replace(ANY, "…")
    }
}

/// The names of all checks that a workflow makes when it is started, each with the job of the workflow that makes it.
/// `find` gives the workflow at a path of this repository.
pub fn check_names<'a>(
    workflow: &'a Workflow,
    find: &dyn Fn(&str) -> Option<&'a Workflow>,
) -> Vec<(CheckName, &'a Job)> {
    let mut found = Vec::new();
    let mut left = MOST_NAMES;
    for job in &workflow.jobs {
        let mut names = Vec::new();
        collect(job, "", find, 0, &mut left, &mut names);
        found.extend(names.into_iter().map(|name| (CheckName(clipped(name)), job)));
    }
    found
}

fn collect<'a>(
    job: &'a Job,
    before: &str,
    find: &dyn Fn(&str) -> Option<&'a Workflow>,
    depth: usize,
    left: &mut usize,
    found: &mut Vec<String>,
) {
    for own in names(job) {
        if *left == 0 {
            found.push(ANY.to_string());
            return;
        }
        *left -= 1;
        let whole = clipped(format!("{before}{own}"));
        let Some(uses) = &job.uses else {
            found.push(whole);
            continue;
        };
        let called = uses.text.strip_prefix("./").and_then(find);
        match called.filter(|_| depth < DEEPEST) {
            Some(called) => {
                let before = format!("{whole} / ");
                for inner in &called.jobs {
                    collect(inner, &before, find, depth + 1, left, found);
                    if *left == 0 {
                        return;
                    }
                }
            }
            // Another repository's jobs have names that are not seen here.
            None => found.push(format!("{whole} / {ANY}")),
        }
    }
}

/// A name whose end is left open where GitHub would cut it.
fn clipped(name: String) -> String {
    match name.char_indices().nth(LONGEST) {
        None => name,
        Some((end, _)) => format!("{}{ANY}", &name[..end]),
    }
}

/// The names of a job's own runs.
fn names(job: &Job) -> Vec<String> {
    let written = written(job);
    if written.len() > LONGEST_WRITTEN {
        return vec![ANY.to_string()];
    }
    let Some(rows) = job.rows.as_ref() else {
        return vec![open_name(job)];
    };
    if rows.is_empty() {
        return vec![filled(written, None)];
    }
    let mut found: Vec<String> = rows.iter().flat_map(|row| names_in(written, row)).collect();
    found.sort();
    found.dedup();
    found
}

/// The names that one job of a matrix may have: GitHub adds the values to a name that has none of them.
fn names_in(written: &str, row: &MatrixRow) -> Vec<String> {
    let name = filled(written, Some(row));
    if speaks_of_matrix(written) {
        return vec![name];
    }
    let values = |pairs: &[(String, String)]| {
        let values: Vec<&str> = pairs.iter().map(|(_, value)| value.as_str()).collect();
        format!("{name} ({})", values.join(", "))
    };
    // Whether what `include` adds is shown is not written down anywhere: both are taken.
    vec![values(&row.values), values(&row.values[..row.own])]
}

/// Whether a name has the matrix's values in it: `matrix.os`, `Matrix.os`, `matrix['os']`. GitHub adds none, then.
fn speaks_of_matrix(written: &str) -> bool {
    written.to_ascii_lowercase().contains("matrix")
}

fn written(job: &Job) -> &str {
    job.name.as_ref().map_or(job.id.as_str(), |name| name.text.as_str())
}

/// A name with the matrix's values put in, and what else an expression gives left open.
fn filled(written: &str, row: Option<&MatrixRow>) -> String {
    let mut name = String::new();
    let mut rest = written;
    while let Some((before, after)) = rest.split_once("${{") {
        name.push_str(before);
        let (inner, behind) = after.split_once("}}").unwrap_or((after, ""));
        let value = inner
            .trim()
            .strip_prefix("matrix.")
            .zip(row)
            .and_then(|(key, row)| row.values.iter().find(|(known, _)| known == key));
        match value {
            Some((_, value)) => name.push_str(value),
            None => name.push(ANY),
        }
        rest = behind;
    }
    name.push_str(rest);
    name
}

fn open_name(job: &Job) -> String {
    let written = written(job);
    if written.len() > LONGEST_WRITTEN {
        return ANY.to_string();
    }
    let mut name = filled(written, None);
    let has_matrix = !job.matrix.is_empty() || job.rows.as_ref().is_none_or(|rows| !rows.is_empty());
    if has_matrix && !speaks_of_matrix(written) {
        name.push_str(" (");
        name.push(ANY);
        name.push(')');
    }
    name
}

#[cfg(test)]
mod tests {
    use crate::text::Document;

    use super::super::WorkflowFile;
    use super::*;

    fn shown(text: &str, called: &str) -> Vec<String> {
        let parse = |text: &str| {
            let document = Document::new(text.as_bytes());
            document
                .view::<WorkflowFile>()
                .0
                .clone()
                .expect("parses")
                .expect("is there")
        };
        let (workflow, inner) = (parse(text), parse(called));
        let find = |path: &str| (path == ".github/workflows/inner.yml").then_some(&inner);
        let names = check_names(&workflow, &find);
        names.iter().map(|(name, _)| name.shown()).collect()
    }

    /// Five files could ask for a million million names.
    #[test]
    fn workflows_that_call_each_other_without_end_are_given_up() {
        let rows: Vec<String> = (0..250).map(|row| row.to_string()).collect();
        let text = format!(
            "on: [push, workflow_call]\njobs:\n  a:\n    strategy: {{ matrix: {{ n: [{}] }} }}\n    uses: ./.github/workflows/inner.yml\n",
            rows.join(", ")
        );
        let names = shown(&text, &text);
        assert!(
            names.len() <= MOST_NAMES + 1 && names.contains(&"…".to_owned()),
            "{}",
            names.len()
        );
        let empty = shown(&text, "on: workflow_call\njobs: {}\n");
        assert!(empty.len() <= MOST_NAMES + 1);
    }

    #[test]
    fn a_name_that_github_cuts_is_left_open() {
        let name = "n".repeat(108);
        let names = shown(
            &format!("on: push\njobs:\n  a:\n    name: {name}\n    steps: []\n"),
            INNER,
        );
        assert_eq!(names, [format!("{}…", "n".repeat(90))]);
        let odd = "on: push\njobs:\n  a:\n    name: Build ${{ Matrix['os'] }}\n    strategy: { matrix: { os: [linux] } }\n    steps: []\n";
        assert_eq!(shown(odd, INNER), ["Build …"]);
    }

    const INNER: &str = "on: workflow_call\njobs:\n  unit:\n    name: Unit tests\n    steps: []\n";

    #[test]
    fn a_job_has_its_name_or_its_id_and_a_called_one_both() {
        let text = "on: push\njobs:\n  a: {}\n  b:\n    name: Build\n  c:\n    uses: ./.github/workflows/inner.yml\n  \
                    d:\n    uses: o/r/.github/workflows/x.yml@v1\n  e:\n    name: For ${{ github.actor }}\n";
        assert_eq!(shown(text, INNER), ["a", "Build", "c / Unit tests", "d / …", "For …"]);
    }

    #[test]
    fn a_matrix_makes_a_check_of_each_row() {
        let text = "on: push\njobs:\n  t:\n    strategy:\n      matrix:\n        os: [a, b]\n        node: [18, 3.10]\n        \
                    exclude:\n          - { os: b, node: 18 }\n        include:\n          - { os: c, node: 20 }\n          \
                    - { os: a, node: 18, extra: x }\n";
        assert_eq!(
            shown(text, INNER),
            ["t (a, 18)", "t (a, 18, x)", "t (a, 3.1)", "t (b, 3.1)", "t (c, 20)"]
        );
        let named = "on: push\njobs:\n  t:\n    name: Node ${{ matrix.node }}\n    strategy:\n      matrix:\n        \
                     node: [18, 20]\n";
        assert_eq!(shown(named, INNER), ["Node 18", "Node 20"]);
        let open = "on: push\njobs:\n  t:\n    strategy:\n      matrix:\n        node: ${{ fromJSON(inputs.all) }}\n";
        assert_eq!(shown(open, INNER), ["t (…)"]);
    }

    #[test]
    fn what_is_open_may_be_a_context_and_what_is_whole_is_it_or_not() {
        let name = CheckName(format!("a ({ANY}) / b"));
        assert!(name.is("a (1) / b") && !name.is("a (1) / c") && !name.is_whole());
        let name = CheckName("a".to_owned());
        assert!(name.is("a") && !name.is("a b") && name.is_whole());
    }

    #[test]
    fn a_workflow_that_calls_itself_ends() {
        let text = "on: [push, workflow_call]\njobs:\n  a:\n    uses: ./.github/workflows/inner.yml\n  b:\n    uses: \
                    ./.github/workflows/inner.yml\n";
        let names = shown(text, text);
        assert!(names.len() <= MOST_NAMES + 1);
    }
}
