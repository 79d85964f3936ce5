//! Judges a repository's own history: each of the last changes against its first parent, as the gate would have
//! judged it as a pull request. Every no-go is shown, to be opened by hand.
//!
//! `cargo run --release --example replay -- GITDIR... [--last 100] [--policy FILE] [--csv]`
//!
//! It reads git objects alone: no checkout, no request. One policy judges all changes of all repositories, so that
//! what a repository's own policy said at the time plays no part.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example with a command line of its own"
)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use readygate::cli::request::{Against, Level, Named, PolicyChoice, Request};
use readygate::cli::session::{self, Judgement, NoReviews};
use readygate::model::{Date, FailOn, Regression, SourceKind, Verdict};
use readygate::policy::{BUILTIN, Text};
use readygate::source::{Local, Offline, Revision, Together};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<()> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let policy = policy(arguments.policy.as_deref())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if arguments.csv {
        println!("repository,sha,subject,verdict,control,path,line,message");
    }
    let mut rows = Vec::new();
    for folder in &arguments.folders {
        rows.push(runtime.block_on(replay(folder, &policy, &arguments))?);
    }
    print_table(&rows, arguments.csv);
    Ok(())
}

struct Arguments {
    folders: Vec<PathBuf>,
    last: usize,
    policy: Option<PathBuf>,
    csv: bool,
}

impl Arguments {
    fn parse(words: impl Iterator<Item = String>) -> Result<Self> {
        let mut found = Self {
            folders: Vec::new(),
            last: 100,
            policy: None,
            csv: false,
        };
        let mut words = words;
        while let Some(word) = words.next() {
            match word.as_str() {
                "--last" => found.last = words.next().context("--last wants a number")?.parse()?,
                "--policy" => found.policy = Some(words.next().context("--policy wants a file")?.into()),
                "--csv" => found.csv = true,
                option if option.starts_with("--") => bail!("there is no option {option}"),
                folder => found.folders.push(folder.into()),
            }
        }
        if found.folders.is_empty() {
            bail!("usage: replay GITDIR... [--last 100] [--policy FILE] [--csv]");
        }
        Ok(found)
    }
}

fn policy(file: Option<&Path>) -> Result<Text> {
    let (path, content) = match file {
        Some(path) => {
            let content = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
            (path.display().to_string(), content)
        }
        None => {
            let default = BUILTIN.iter().find(|(name, _)| *name == "default");
            let (name, content) = default.context("there is no default pack")?;
            (format!("builtin:{name}"), (*content).to_owned())
        }
    };
    Ok(Text {
        path,
        sha: None,
        content,
        in_repository: false,
    })
}

/// One change: a commit, what it is called, and what it is compared with.
struct Change {
    sha: String,
    subject: String,
    parent: String,
}

/// The last changes of the branch that HEAD names, the newest first. A first commit changes nothing.
fn changes(folder: &Path, last: usize) -> Result<Vec<Change>> {
    let repository = gix::open(folder).with_context(|| folder.display().to_string())?;
    let head = repository.head_id()?;
    let walk = repository.rev_walk([head]).first_parent_only().all()?;
    let mut found = Vec::new();
    for commit in walk {
        let commit = commit?.object()?;
        let Some(parent) = commit.parent_ids().next() else {
            continue;
        };
        let subject = commit.message()?.summary().to_string();
        found.push(Change {
            sha: commit.id.to_string(),
            subject,
            parent: parent.to_string(),
        });
        if found.len() == last {
            break;
        }
    }
    Ok(found)
}

/// What was seen in one repository.
struct Row {
    name: String,
    judged: usize,
    go: usize,
    no_go: usize,
    unreadable: usize,
    seconds: f64,
}

async fn replay(folder: &Path, policy: &Text, arguments: &Arguments) -> Result<Row> {
    let changes = changes(folder, arguments.last)?;
    let mut source = Together {
        files: Local::open(folder).map_err(|error| anyhow::anyhow!("{error}"))?,
        facts: Offline::new("history is judged without requests"),
    };
    let name = source
        .files
        .repository_name()
        .unwrap_or_else(|| folder.display().to_string());
    let mut row = Row {
        name,
        judged: changes.len(),
        go: 0,
        no_go: 0,
        unreadable: 0,
        seconds: 0.0,
    };
    let started = Instant::now();
    for change in &changes {
        let request = request(change, policy, &row.name)?;
        match session::judge(&mut source, &request, None, &mut NoReviews).await {
            Ok(judgement) => match judgement.report.verdict.decision {
                Verdict::Go => row.go += 1,
                Verdict::NoGo => {
                    row.no_go += 1;
                    show(&row.name, change, &judgement, arguments.csv);
                }
            },
            Err(stop) if stop.status() == 3 => {
                row.unreadable += 1;
                eprintln!("{} {}: {stop:?}", row.name, change.sha);
            }
            Err(stop) => bail!("{}: {stop:?}", change.sha),
        }
    }
    row.seconds = started.elapsed().as_secs_f64();
    Ok(row)
}

fn request(change: &Change, policy: &Text, name: &str) -> Result<Request> {
    Ok(Request {
        head: Revision::Commit(change.sha.clone()),
        head_sha: Some(change.sha.clone()),
        against: Against::Branch(change.parent.clone()),
        policy: PolicyChoice::Given(policy.clone()),
        level: Level::Override(FailOn::Regression),
        only: Vec::new(),
        skip: Vec::new(),
        checklists: Vec::new(),
        // Any day will do as long as it is the same for all: the shipped pack has nothing that expires.
        as_of: Date::from_ymd_opt(2026, 1, 1).context("a day")?,
        named: Named {
            repository: Some(name.to_owned()),
            reference: None,
            dirty: false,
            source: SourceKind::Local,
        },
        workflow: None,
    })
}

fn show(name: &str, change: &Change, judgement: &Judgement, csv: bool) {
    let short: String = change.sha.chars().take(10).collect();
    if !csv {
        println!("{name} {short} {}", change.subject);
    }
    for regression in judgement.report.regressions.iter().filter(|one| one.gates) {
        let control = regression.control.as_deref().unwrap_or("-");
        if csv {
            let cells = [
                name,
                &change.sha,
                &change.subject,
                "no-go",
                control,
                regression.path.as_deref().unwrap_or_default(),
                &regression.line.map(|line| line.to_string()).unwrap_or_default(),
                &regression.message,
            ];
            println!("{}", cells.map(quoted).join(","));
        } else {
            println!("    {control} {}: {}", place(regression), regression.message);
        }
    }
}

fn place(regression: &Regression) -> String {
    match (&regression.path, regression.line) {
        (Some(path), Some(line)) => format!("{path}:{line}"),
        (Some(path), None) => path.clone(),
        (None, _) => "-".to_owned(),
    }
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

fn print_table(rows: &[Row], csv: bool) {
    // In a CSV file the table would be no row.
    let print = |line: String| if csv { eprintln!("{line}") } else { println!("{line}") };
    print("\n| repository | changes judged | go | no-go | unreadable | seconds |".to_owned());
    print("| --- | ---: | ---: | ---: | ---: | ---: |".to_owned());
    for row in rows {
        print(format!(
            "| {} | {} | {} | {} | {} | {:.1} |",
            row.name, row.judged, row.go, row.no_go, row.unreadable, row.seconds
        ));
    }
    let sum = |of: fn(&Row) -> usize| rows.iter().map(of).sum::<usize>();
    print(format!(
        "| all | {} | {} | {} | {} | {:.1} |",
        sum(|row| row.judged),
        sum(|row| row.go),
        sum(|row| row.no_go),
        sum(|row| row.unreadable),
        rows.iter().map(|row| row.seconds).sum::<f64>()
    ));
}
