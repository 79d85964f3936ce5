//! Scores what the shipped packs say of repositories against lines that were judged by reading the code.
//!
//! `cargo run --release --example score -- LINES REPOSITORIES [--lines]`
//!
//! LINES has one JSON object a line: `seed`, `line`, `control`, `verdict` (`met`, `partly`, `not-met`,
//! `undecidable`). REPOSITORIES is a folder that holds the checkout of each seed under the seed's name, or a link to it.
//! A line is bound to the control that it names, unless `examples/score.toml` binds it by hand. With `--lines` each
//! line that was decided is shown.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example with a command line of its own"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use readygate::cli::session::{self, Against, Level, Named, NoReviews, PolicyChoice, Request};
use readygate::model::{Date, FailOn, OutcomeKind, SourceKind};
use readygate::policy::{BUILTIN, Text};
use readygate::source::{Local, Offline, Revision, Together};
use serde::Deserialize;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

/// A line whose truth is known.
#[derive(Deserialize)]
struct Line {
    seed: String,
    line: u32,
    control: String,
    verdict: Truth,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
enum Truth {
    Met,
    Partly,
    NotMet,
    /// Also what the checklist's item does not ask of this repository.
    #[serde(alias = "not-applicable")]
    Undecidable,
}

/// What the packs say of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Said {
    Met,
    NotMet,
    Unknown,
    /// No pack has the control.
    Unbound,
}

/// Bindings by hand: `"SEED:LINE" = ["control", …]`.
#[derive(Deserialize, Default)]
struct Bindings {
    #[serde(default)]
    line: BTreeMap<String, Vec<String>>,
}

fn run() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (options, paths): (Vec<&String>, Vec<&String>) = words.iter().partition(|word| word.starts_with("--"));
    let [lines, repositories] = paths.as_slice() else {
        bail!("usage: score LINES REPOSITORIES [--lines]");
    };
    let is_shown = options.iter().any(|option| *option == "--lines");
    let text = std::fs::read_to_string(lines).with_context(|| (*lines).clone())?;
    let lines: Vec<Line> = text
        .lines()
        .map(|line| serde_json::from_str(line).context("a line"))
        .collect::<Result<_>>()?;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/score.toml");
    let bindings: Bindings = match std::fs::read_to_string(&file) {
        Ok(text) => toml::from_str(&text)?,
        Err(_) => Bindings::default(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let seeds: BTreeSet<&str> = lines.iter().map(|line| line.seed.as_str()).collect();
    let mut all = Score::default();
    println!("{}", Score::HEAD);
    for seed in seeds {
        let folder = PathBuf::from(repositories).join(seed);
        let outcomes = runtime.block_on(outcomes(&folder))?;
        let mut score = Score::default();
        for line in lines.iter().filter(|line| line.seed == seed) {
            let bound = bindings.line.get(&format!("{seed}:{}", line.line));
            let controls = bound.map_or_else(|| vec![line.control.clone()], Clone::clone);
            let said = said(&outcomes, &controls);
            score.add(line.verdict, said);
            all.add(line.verdict, said);
            if is_shown && matches!(said, Said::Met | Said::NotMet) {
                println!(
                    "{seed}:{} {}: {said:?}, in truth {:?}",
                    line.line,
                    controls.join(" + "),
                    line.verdict
                );
            }
        }
        println!("{}", score.row(seed));
    }
    println!("{}", all.row("all"));
    Ok(())
}

/// What each control of all shipped packs says of a repository, in all its components.
async fn outcomes(folder: &Path) -> Result<BTreeMap<String, Vec<OutcomeKind>>> {
    let files = Local::open(folder).map_err(|error| anyhow::anyhow!("{}: {error}", folder.display()))?;
    let packs: Vec<String> = BUILTIN.iter().map(|(name, _)| format!("\"builtin:{name}\"")).collect();
    let policy = Text {
        path: "score.toml".to_owned(),
        sha: None,
        content: format!("version = 1\nextends = [{}]\n", packs.join(", ")),
        in_repository: false,
    };
    let sha = files.head().context("no commit")?;
    let request = Request {
        head: Revision::Commit(sha.clone()),
        head_sha: Some(sha),
        against: Against::Nothing,
        policy: PolicyChoice::Given(policy),
        level: Level::Override(FailOn::Regression),
        only: Vec::new(),
        skip: Vec::new(),
        as_of: Date::from_ymd_opt(2026, 1, 1).context("a day")?,
        named: Named {
            repository: None,
            reference: None,
            dirty: false,
            source: SourceKind::Local,
        },
        checklists: Vec::new(),
        workflow: None,
    };
    let mut source = Together {
        files,
        facts: Offline::new("the score is made without requests"),
    };
    let judged = session::judge(&mut source, &request, None, &mut NoReviews).await;
    let judged = judged.map_err(|stop| anyhow::anyhow!("{}: {stop:?}", folder.display()))?;
    let mut outcomes: BTreeMap<String, Vec<OutcomeKind>> = BTreeMap::new();
    for control in judged.report.controls {
        outcomes.entry(control.id).or_default().push(control.outcome);
    }
    Ok(outcomes)
}

/// All controls of a line must be met in all components that they apply to.
fn said(outcomes: &BTreeMap<String, Vec<OutcomeKind>>, controls: &[String]) -> Said {
    let known: Vec<&OutcomeKind> = controls
        .iter()
        .filter_map(|control| outcomes.get(control))
        .flatten()
        .collect();
    let is = |kind: OutcomeKind| known.iter().any(|known| **known == kind);
    if known.is_empty() {
        Said::Unbound
    } else if is(OutcomeKind::Fail) {
        Said::NotMet
    } else if is(OutcomeKind::Unknown) || !is(OutcomeKind::Pass) {
        Said::Unknown
    } else {
        Said::Met
    }
}

#[derive(Default)]
struct Score {
    lines: usize,
    /// Lines whose control is in the packs and that the code can decide.
    decidable: usize,
    decided: usize,
    /// By truth: met, partly, not met, undecidable.
    met: [usize; 4],
    not_met: [usize; 4],
}

impl Score {
    const HEAD: &'static str = "| repository | lines | bound, decidable | decided | said met | false met | soft met | said not met | false not met |\n\
                                | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |";

    fn add(&mut self, truth: Truth, said: Said) {
        self.lines += 1;
        let index = match truth {
            Truth::Met => 0,
            Truth::Partly => 1,
            Truth::NotMet => 2,
            Truth::Undecidable => 3,
        };
        match said {
            Said::Met => self.met[index] += 1,
            Said::NotMet => self.not_met[index] += 1,
            Said::Unknown | Said::Unbound => {}
        }
        if said != Said::Unbound && truth != Truth::Undecidable {
            self.decidable += 1;
            self.decided += usize::from(said != Said::Unknown);
        }
    }

    fn row(&self, name: &str) -> String {
        let met: usize = self.met.iter().sum();
        let not_met: usize = self.not_met.iter().sum();
        format!(
            "| {name} | {} | {} | {} | {met} | {} | {} | {not_met} | {} |",
            self.lines,
            self.decidable,
            share(self.decided, self.decidable),
            share(self.met[2] + self.met[3], met),
            share(self.met[1], met),
            share(self.not_met[0], not_met),
        )
    }
}

fn share(part: usize, whole: usize) -> String {
    match whole {
        0 => "0".to_owned(),
        _ => format!("{part} ({} %)", (part * 100 + whole / 2) / whole),
    }
}
