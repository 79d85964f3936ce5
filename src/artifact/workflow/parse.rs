//! YAML → `Workflow`.

use crate::text::{Document, View};

use super::super::{Key, Node, ParseError, Value, Yaml};
use super::matrix;
use super::trigger::triggers;
use super::{Flag, Job, Permissions, Rights, Step, Text, Workflow};

/// A workflow file: `Ok(None)` when it is empty, which GitHub takes for no workflow.
pub struct WorkflowFile(pub Result<Option<Workflow>, ParseError>);

impl View for WorkflowFile {
    fn parse(document: &Document) -> Self {
        let yaml = document.view::<Yaml>();
        Self(match &yaml.0 {
            Err(error) => Err(error.clone()),
            Ok(root) => workflow(root, document),
        })
    }
}

fn workflow(root: &Node, document: &Document) -> Result<Option<Workflow>, ParseError> {
    match root.value {
        Value::Null => return Ok(None),
        Value::Map(_) => {}
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::List(_) => {
            return Err(wrong(root, "a workflow is a table"));
        }
    }
    // YAML 1.1 takes a bare `on` for a truth value; both readings are accepted.
    let on = root.get("on").or_else(|| root.get("true"));
    let on = on.ok_or_else(|| wrong(root, "it has no `on`, so nothing starts it"))?;
    let jobs = root.get("jobs").ok_or_else(|| wrong(root, "it has no `jobs`"))?;
    if !matches!(jobs.value, Value::Map(_)) {
        return Err(wrong(jobs, "`jobs` is not a table"));
    }
    if let Some(error) = refused(jobs) {
        return Err(error);
    }
    let reader = Reader { document };
    let defaults = reader.defaults(root, &Defaults::default());
    Ok(Some(Workflow {
        name: reader.text(root.get("name")),
        triggers: triggers(on),
        permissions: reader.permissions(root),
        concurrency: root.get("concurrency").map(|node| node.span.clone()),
        jobs: jobs
            .entries()
            .iter()
            .map(|(key, node)| reader.job(key, node, &defaults))
            .collect(),
    }))
}

/// What GitHub refuses a whole file for, so that none of its jobs ever runs: a step that uses an action knows no shell and no
/// folder. <https://github.com/actions/languageservices/blob/main/workflow-parser/src/workflow-v1.0.json> (`regular-step`)
fn refused(jobs: &Node) -> Option<ParseError> {
    let steps = jobs
        .entries()
        .iter()
        .flat_map(|(_, job)| job.get("steps").map_or(&[][..], Node::items));
    let mut using = steps.filter(|step| step.get("uses").is_some());
    using.find_map(|step| {
        let key = ["run", "shell", "working-directory"]
            .into_iter()
            .find(|key| step.get(key).is_some())?;
        let message = format!("a step with `uses` has `{key}`, for which GitHub refuses the whole workflow");
        Some(wrong(step.get(key).unwrap_or(step), &message))
    })
}

fn wrong(node: &Node, message: &str) -> ParseError {
    ParseError {
        message: message.to_owned(),
        span: Some(node.span.clone()),
    }
}

#[derive(Debug, Clone, Default)]
struct Defaults {
    working_directory: Option<Text>,
    shell: Option<Text>,
}

struct Reader<'a> {
    document: &'a Document,
}

impl Reader<'_> {
    /// A plain value as text. What is neither text nor number nor truth value is none.
    fn text(&self, node: Option<&Node>) -> Option<Text> {
        let node = node?;
        let text = match &node.value {
            Value::String(text) => text.clone(),
            Value::Bool(value) => value.to_string(),
            Value::Number(_) => self.document.words(&node.span).trim().to_owned(),
            Value::Null | Value::List(_) | Value::Map(_) => return None,
        };
        Some(Text {
            text,
            span: node.span.clone(),
        })
    }

    fn texts(&self, node: Option<&Node>) -> Vec<String> {
        match node {
            None => Vec::new(),
            Some(node) if node.items().is_empty() => self.text(Some(node)).map(|text| text.text).into_iter().collect(),
            Some(node) => node
                .items()
                .iter()
                .filter_map(|item| self.text(Some(item)))
                .map(|text| text.text)
                .collect(),
        }
    }

    fn table(&self, node: Option<&Node>) -> Vec<(String, Text)> {
        node.map_or(&[][..], Node::entries)
            .iter()
            .filter_map(|(key, value)| Some((key.text.clone(), self.text(Some(value))?)))
            .collect()
    }

    fn defaults(&self, node: &Node, outer: &Defaults) -> Defaults {
        let run = node.at(&["defaults", "run"]);
        let get = |key: &str| self.text(run.and_then(|run| run.get(key)));
        Defaults {
            working_directory: get("working-directory").or_else(|| outer.working_directory.clone()),
            shell: get("shell").or_else(|| outer.shell.clone()),
        }
    }

    fn permissions(&self, node: &Node) -> Option<Permissions> {
        let (key, node) = node.entry("permissions")?;
        let rights = match &node.value {
            Value::Map(_) => Rights::Listed(
                self.table(Some(node))
                    .into_iter()
                    .map(|(scope, level)| (scope, level.text))
                    .collect(),
            ),
            Value::Null => Rights::Listed(Vec::new()),
            Value::String(word) if word == "read-all" => Rights::ReadAll,
            Value::String(word) if word == "write-all" => Rights::WriteAll,
            Value::String(word) => Rights::Other(word.clone()),
            Value::Bool(_) | Value::Number(_) | Value::List(_) => Rights::Other(self.document.words(&node.span)),
        };
        Some(Permissions {
            rights,
            span: key.span.start..node.span.end.max(key.span.end),
        })
    }

    fn job(&self, key: &Key, node: &Node, outer: &Defaults) -> Job {
        let defaults = self.defaults(node, outer);
        let container = node.get("container");
        let services = node.get("services").map_or(&[][..], Node::entries);
        Job {
            id: key.text.clone(),
            span: key.span.clone(),
            name: self.text(node.get("name")),
            needs: self.texts(node.get("needs")),
            condition: self.text(node.get("if")),
            uses: self.text(node.get("uses")),
            runs_on: self.texts(node.get("runs-on").map(|on| on.get("labels").unwrap_or(on))),
            timeout: self.text(node.get("timeout-minutes")),
            container: self.text(container.map(|found| found.get("image").unwrap_or(found))),
            services: services
                .iter()
                .filter_map(|(_, service)| self.text(service.get("image")))
                .collect(),
            permissions: self.permissions(node),
            tolerated: flag(node.get("continue-on-error")),
            matrix: self.matrix(node.at(&["strategy", "matrix"])),
            rows: match node.get("strategy") {
                None => Some(Vec::new()),
                Some(strategy) => strategy.get("matrix").map_or_else(
                    || matches!(strategy.value, Value::Map(_) | Value::Null).then(Vec::new),
                    matrix::rows,
                ),
            },
            steps: node
                .get("steps")
                .map_or(&[][..], Node::items)
                .iter()
                .map(|step| self.step(step, &defaults))
                .collect(),
        }
    }

    /// The values of each key: its own list, and what `include` adds.
    fn matrix(&self, node: Option<&Node>) -> Vec<(String, Vec<String>)> {
        let mut found: Vec<(String, Vec<String>)> = Vec::new();
        for (key, value) in node.map_or(&[][..], Node::entries) {
            match key.text.as_str() {
                "exclude" => {}
                "include" => {
                    for (name, value) in value.items().iter().flat_map(|item| self.table(Some(item))) {
                        match found.iter_mut().find(|(known, _)| *known == name) {
                            Some((_, values)) if values.contains(&value.text) => {}
                            Some((_, values)) => values.push(value.text),
                            None => found.push((name, vec![value.text])),
                        }
                    }
                }
                name => found.push((name.to_owned(), self.texts(Some(value)))),
            }
        }
        found.retain(|(_, values)| !values.is_empty() && !values.iter().any(|value| value.contains("${{")));
        found
    }

    fn step(&self, node: &Node, defaults: &Defaults) -> Step {
        Step {
            span: node.span.clone(),
            id: self.text(node.get("id")),
            name: self.text(node.get("name")),
            uses: self.text(node.get("uses")),
            run: self.text(node.get("run")),
            with: self.table(node.get("with")),
            env: self.table(node.get("env")),
            working_directory: self
                .text(node.get("working-directory"))
                .or_else(|| defaults.working_directory.clone()),
            shell: self.text(node.get("shell")).or_else(|| defaults.shell.clone()),
            condition: self.text(node.get("if")),
            tolerated: flag(node.get("continue-on-error")),
        }
    }
}

fn flag(node: Option<&Node>) -> Flag {
    match node.map(|node| &node.value) {
        None | Some(Value::Null | Value::Bool(false)) => Flag::No,
        Some(Value::Bool(true)) => Flag::Yes,
        Some(Value::String(text)) => match text.trim_matches(['$', '{', '}', ' ']) {
            "true" => Flag::Yes,
            "false" => Flag::No,
            _ => Flag::Depends,
        },
        Some(Value::Number(_) | Value::List(_) | Value::Map(_)) => Flag::Depends,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Option<Workflow>, ParseError> {
        Document::new(text.as_bytes()).view::<WorkflowFile>().0.clone()
    }

    const WHOLE: &str = "\
name: ci
on:
  pull_request:
    branches: [main]
permissions: {}
defaults:
  run:
    working-directory: backend
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    continue-on-error: ${{ true }}
    strategy:
      matrix:
        node: [20, 22]
        include:
          - dir: a
    steps:
      - uses: actions/checkout@v4
      - run: npm test
      - run: npm test
        working-directory: frontend
  call:
    uses: ./.github/workflows/x.yml
    permissions: write-all
";

    #[test]
    fn everything_that_counts_is_kept_with_its_place() {
        let workflow = parse(WHOLE).expect("parses").expect("is there");
        assert_eq!(
            workflow.permissions.as_ref().map(|found| &found.rights),
            Some(&Rights::Listed(Vec::new()))
        );
        let test = &workflow.jobs[0];
        assert_eq!(test.tolerated, Flag::Yes);
        assert_eq!(test.timeout.as_ref().map(|text| text.text.as_str()), Some("10"));
        assert_eq!(
            test.matrix,
            [
                ("node".to_owned(), vec!["20".to_owned(), "22".to_owned()]),
                ("dir".to_owned(), vec!["a".to_owned()])
            ]
        );
        let folders: Vec<Option<&str>> = test
            .steps
            .iter()
            .map(|step| step.working_directory.as_ref().map(|text| text.text.as_str()))
            .collect();
        assert_eq!(folders, [Some("backend"), Some("backend"), Some("frontend")]);
        let uses = test.steps[0].uses.as_ref().expect("is there");
        assert_eq!(&WHOLE[uses.span.clone()], "actions/checkout@v4");
        let call = &workflow.jobs[1];
        assert_eq!(
            call.permissions.as_ref().map(|found| &found.rights),
            Some(&Rights::WriteAll)
        );
    }

    #[test]
    fn an_empty_file_is_no_workflow_and_a_broken_one_is_an_error() {
        assert_eq!(parse(""), Ok(None));
        assert_eq!(parse("# nothing yet\n"), Ok(None));
        assert!(parse("on: push\n").is_err_and(|error| error.message.contains("jobs")));
        let using =
            "on: push\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v5\n        working-directory: api\n";
        assert!(parse(using).is_err_and(|error| error.message.contains("`working-directory`")));
        assert!(parse("on: [push\n").is_err());
        assert!(parse("- a\n").is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = Document::new(bytes).view::<WorkflowFile>();
        }

        #[test]
        fn no_text_shaped_like_a_workflow_panics(tail in "[a-z :{}\\[\\]\n$&*|>'\"-]{0,80}") {
            let _ = parse(&format!("on: push\njobs:\n  a:\n    steps:\n      - {tail}"));
        }
    }
}
