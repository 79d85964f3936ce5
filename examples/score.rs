//! Scores what the shipped packs say of repositories against lines that were judged by reading the code.
//!
//! `cargo run --release --example score -- LINES REPOSITORIES [--lines] [--undecided]`
//!
//! LINES has one JSON object a line: `seed`, `line`, `control`, `verdict` (`met`, `partly`, `not-met`,
//! `undecidable`). REPOSITORIES is a folder that holds the checkout of each seed under the seed's name, or a link to it.
//! A line is bound to the control that it names, unless `examples/score.toml` binds it by hand. With `--lines` each
//! line that was decided is shown, with `--undecided` each that could be decided and was not, and why.
//!
//! A line may say less than its control, so three rules narrow what counts for it. They need the line's own words and its
//! headings, which are read from the checklist: the file that `examples/score.toml` names, or the Markdown file of the
//! repository whose lines have the most words of what LINES says of them (`text`).
//! 1. **Part.** A line that names the backend, the frontend or the mobile application is about the components of that kind,
//!    and their outcomes alone count. Where the line names none, the nearest heading that does speaks for it, and else the
//!    folder of the checklist: one within a component is about that component.
//! 2. **Place.** A control of the whole repository that is met by files of other parts alone says nothing about this part.
//! 3. **Exactness.** A line that states a path, an amount of bytes, or a script's command is met only by evidence that shows
//!    it. Otherwise something else was found, and whether that is what the line means is not known.
//!
//! 4. **Whose checklist it is.** Where components that the line may be about differ, and the one that the checklist stands
//!    in meets the control, that one speaks for the line; without such a one all must meet it.
//! 5. **Given.** That a variable is written down does not show that it is set where production runs: a line that says so is
//!    not met by it, as in readygate's own answers.
//!
//! The fourth apart, they can only take a `met` or a `not met` away, never make one.
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
use readygate::cli::request::{Against, Level, Named, PolicyChoice, Request};
use readygate::cli::session::{self, NoReviews};
use readygate::model::{Component, ControlReport, Date, FailOn, OutcomeKind, SourceKind};
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
    /// What it says, more or less.
    #[serde(default)]
    text: String,
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
    /// The checklist of each repository, whose lines the lines are.
    #[serde(default)]
    document: BTreeMap<String, String>,
}

/// What the packs say of a repository.
struct Judged {
    components: Vec<Component>,
    controls: Vec<ControlReport>,
}

/// What a line is about, beside its control.
#[derive(Default)]
struct About {
    /// The folders of the components that are meant; empty is all of them.
    parts: Vec<String>,
    /// What evidence must show.
    exact: Vec<String>,
    /// The component that the checklist stands in.
    owner: String,
    /// Whether the line says that a variable has its value.
    is_given: bool,
}

fn run() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (options, paths): (Vec<&String>, Vec<&String>) = words.iter().partition(|word| word.starts_with("--"));
    let [lines, repositories] = paths.as_slice() else {
        bail!("usage: score LINES REPOSITORIES [--lines] [--undecided]");
    };
    let is_shown = options.iter().any(|option| *option == "--lines");
    let is_asked_why = options.iter().any(|option| *option == "--undecided");
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
        let judged = runtime.block_on(judged(&folder))?;
        let own: Vec<&Line> = lines.iter().filter(|line| line.seed == seed).collect();
        let found = || document_of(&folder, &own);
        let document = bindings.document.get(seed).cloned().or_else(found);
        let document = document.as_deref();
        let text = document.and_then(|path| std::fs::read_to_string(folder.join(path)).ok());
        let text: Vec<&str> = text.as_deref().unwrap_or_default().lines().collect();
        let mut score = Score::default();
        for line in own {
            let bound = bindings.line.get(&format!("{seed}:{}", line.line));
            let controls = bound.map_or_else(|| vec![line.control.clone()], Clone::clone);
            let about = About::of(&text, line.line, document.unwrap_or_default(), &judged.components);
            let said = said(&judged, &controls, &about);
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
            if is_asked_why && said == Said::Unknown && line.verdict != Truth::Undecidable {
                println!(
                    "{seed}:{} {}: in truth {:?}",
                    line.line,
                    controls.join(" + "),
                    line.verdict
                );
                for control in judged.controls.iter().filter(|control| controls.contains(&control.id)) {
                    let component = control.component.as_deref().unwrap_or("repository");
                    println!("    {component}, {:?}: {}", control.outcome, control.reason);
                }
            }
        }
        println!("{}", score.row(seed));
    }
    println!("{}", all.row("all"));
    Ok(())
}

/// What each control of all shipped packs says of a repository, in all its components.
async fn judged(folder: &Path) -> Result<Judged> {
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
    Ok(Judged {
        components: judged.report.components,
        controls: judged.report.controls,
    })
}

/// The Markdown file that the lines are most likely of: the one with most of their words where they are said to stand.
fn document_of(folder: &Path, lines: &[&Line]) -> Option<String> {
    const MOST: usize = 500;
    const DEEPEST: usize = 4;
    let mut found = Vec::new();
    let mut open = vec![(folder.to_path_buf(), 0)];
    while let Some((at, depth)) = open.pop() {
        for entry in std::fs::read_dir(&at).ok()?.flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && depth < DEEPEST && name != "node_modules" && !name.starts_with('.') {
                open.push((path, depth + 1));
            } else if name.to_lowercase().ends_with(".md") && found.len() < MOST {
                found.push(path);
            }
        }
    }
    let words = |text: &str| -> BTreeSet<String> {
        let words = text.split(|letter: char| !letter.is_alphanumeric());
        words.filter(|word| word.len() > 2).map(str::to_lowercase).collect()
    };
    let likeness = |path: &Path| -> usize {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let all: Vec<&str> = text.lines().collect();
        let at = |line: &Line| {
            usize::try_from(line.line)
                .ok()?
                .checked_sub(1)
                .and_then(|index| all.get(index))
        };
        let shared = |line: &&Line| at(line).map_or(0, |there| words(there).intersection(&words(&line.text)).count());
        lines.iter().map(shared).sum()
    };
    found.sort();
    let ranked = found.iter().map(|path| (likeness(path), path));
    // Of equals the first one; a word in three lines is no likeness.
    let (shared, path) = ranked.rev().max_by_key(|(shared, _)| *shared)?;
    let relative = path.strip_prefix(folder).ok()?;
    (shared * 3 >= lines.len()).then(|| relative.to_string_lossy().into_owned())
}

impl About {
    /// What the line of a document is about.
    fn of(document: &[&str], line: u32, path: &str, components: &[Component]) -> Self {
        let index = usize::try_from(line).unwrap_or(0).saturating_sub(1);
        let Some(words) = document.get(index) else {
            return Self {
                owner: ".".to_owned(),
                ..Self::default()
            };
        };
        // Within a fence, `#` begins a comment.
        let mut fenced = false;
        let mut headings: Vec<&str> = Vec::new();
        for line in &document[..index] {
            fenced ^= line.trim_start().starts_with("```");
            if !fenced && line.starts_with('#') {
                headings.push(line);
            }
        }
        let mut depth = usize::MAX;
        let above = headings.into_iter().rev().filter(|heading| {
            let level = heading.chars().take_while(|letter| *letter == '#').count();
            let is_above = level < depth;
            depth = depth.min(level);
            is_above
        });
        let named = std::iter::once(*words)
            .chain(above)
            .find_map(|text| parts(text, components));
        let within = components.iter().filter(|known| known.path.as_str() != ".");
        let nearest = within
            .filter(|known| path.starts_with(&format!("{}/", known.path)))
            .max_by_key(|known| known.path.as_str().len());
        let of_folder = || nearest.map(|known| vec![known.path.to_string()]).unwrap_or_default();
        Self {
            parts: named.unwrap_or_else(of_folder),
            exact: exact(words),
            is_given: is_given(words),
            owner: nearest.map_or_else(|| ".".to_owned(), |known| known.path.to_string()),
        }
    }

    /// Whether a component is meant.
    fn means(&self, component: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|part| part == component)
    }

    /// Whether what meets a control speaks for what is meant (rules 2 and 3).
    fn is_shown_by(&self, control: &ControlReport, components: &[Component]) -> bool {
        let owner = |path: &str| {
            let above = components
                .iter()
                .filter(|known| path.starts_with(&format!("{}/", known.path)));
            above
                .max_by_key(|known| known.path.as_str().len())
                .map(|known| known.path.to_string())
        };
        let is_elsewhere = !control.evidence.is_empty()
            && control
                .evidence
                .iter()
                .all(|found| owner(&found.path).is_some_and(|owner| !self.means(&owner)));
        let is_exact = self.exact.iter().all(|exact| {
            let shows = |text: &str| text.to_lowercase().replace(' ', "").contains(exact.as_str());
            control
                .evidence
                .iter()
                .any(|found| shows(&found.text) || shows(&found.path))
        });
        !is_elsewhere && is_exact
    }
}

/// The components that a text names by their role; `None` where it names none, or more than one role.
fn parts(text: &str, components: &[Component]) -> Option<Vec<String>> {
    const ROLES: [(&[&str], &[&str]); 3] = [
        (
            &["backend", "back-end", "server-side"],
            &["express", "fastify", "nest", "koa", "hono", "hapi"],
        ),
        (
            &["frontend", "front-end", "client-side"],
            &["next", "react", "vite", "vue", "nuxt", "svelte", "angular"],
        ),
        (&["mobile"], &["expo", "react-native"]),
    ];
    let text = text.to_lowercase();
    let words: Vec<&str> = text
        .split(|letter: char| !letter.is_alphanumeric() && letter != '-')
        .collect();
    let mut named = ROLES
        .iter()
        .filter(|(names, _)| names.iter().any(|name| words.contains(name)));
    let (Some((names, kinds)), None) = (named.next(), named.next()) else {
        return None;
    };
    let is_called = |known: &&Component| {
        names
            .iter()
            .any(|name| known.path.as_str().split('/').any(|part| part == *name))
    };
    let is_kind = |known: &&Component| known.kinds.iter().any(|kind| kinds.contains(&kind.as_str()));
    let paths = |found: Vec<&Component>| {
        found
            .into_iter()
            .map(|known| known.path.to_string())
            .collect::<Vec<_>>()
    };
    let by_name = paths(components.iter().filter(is_called).collect());
    let found = if by_name.is_empty() {
        paths(components.iter().filter(is_kind).collect())
    } else {
        by_name
    };
    (!found.is_empty()).then_some(found)
}

/// What a line states exactly: paths and addresses in backticks, amounts of bytes, a script's command. Without spaces, in small letters.
fn exact(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (index, span) in line.split('`').enumerate() {
        let is_path = span.contains('/') && !span.contains(' ') && !span.contains("://") && !span.starts_with('@');
        if index % 2 == 1 && is_path {
            found.push(span.to_lowercase());
        }
    }
    let amount = regex::Regex::new(r"(?i)\b(\d+)\s?([KMG]B)\b");
    let script = regex::Regex::new(r#"^\s*"[\w:-]+":\s*"([^"]+)",?\s*$"#);
    // What is asked for at an address is asked for there alone: `curl https://api.example.com/api/v1/health`.
    let address = regex::Regex::new(r"`[^`]*https?://[^/\s`]+(/[\w./:-]+)[^`]*`");
    if let (Ok(amount), Ok(script), Ok(address)) = (amount, script, address) {
        found.extend(address.captures_iter(line).map(|one| one[1].to_lowercase()));
        let amounts = amount.captures_iter(line);
        found.extend(amounts.map(|one| format!("{}{}", &one[1], one[2].to_lowercase())));
        found.extend(script.captures(line).map(|one| one[1].to_lowercase().replace(' ', "")));
    }
    found
}

/// Whether a line says that a variable has its value.
fn is_given(line: &str) -> bool {
    regex::Regex::new(r"(?i)\b(is set|set (in|for|to)|configured|points? (to|at))\b")
        .is_ok_and(|given| given.is_match(line))
}

/// All controls of a line must be met in all components that are meant.
fn said(judged: &Judged, controls: &[String], about: &About) -> Said {
    let known: Vec<&ControlReport> = judged
        .controls
        .iter()
        .filter(|control| controls.contains(&control.id))
        .collect();
    if known.is_empty() {
        return Said::Unbound;
    }
    let meant: Vec<&ControlReport> = known
        .into_iter()
        .filter(|control| {
            control
                .component
                .as_ref()
                .is_none_or(|component| about.means(component))
        })
        .collect();
    // The line asks for what is not demanded of everyone.
    let told = |control: &ControlReport| control.asked.unwrap_or(control.outcome);
    let has = |outcome: OutcomeKind| meant.iter().any(|control| told(control) == outcome);
    let mut passing = meant.iter().filter(|control| told(control) == OutcomeKind::Pass);
    if has(OutcomeKind::Fail) {
        disagreed(&meant, judged, about)
    } else if has(OutcomeKind::Unknown) || !has(OutcomeKind::Pass) {
        Said::Unknown
    } else if passing.all(|control| about.is_shown_by(control, &judged.components))
        && !(about.is_given && controls.iter().any(|control| control.starts_with("env.var.")))
    {
        Said::Met
    } else {
        Said::Unknown
    }
}

/// What is said of a line where some component that may be meant fails a control: rule 4.
fn disagreed(meant: &[&ControlReport], judged: &Judged, about: &About) -> Said {
    let told = |control: &ControlReport| control.asked.unwrap_or(control.outcome);
    let of_owner = |id: &str| {
        // A manifest above its members, without sources of its own, speaks for none of them.
        let is_bare = |known: &Component| known.is_bare && known.path.as_str() == about.owner;
        let is_silent = judged.components.iter().any(is_bare);
        let own = |control: &&&ControlReport| !is_silent && control.component.as_deref() == Some(about.owner.as_str());
        meant.iter().filter(own).find(|control| control.id == id)
    };
    let failing = meant.iter().filter(|control| told(control) == OutcomeKind::Fail);
    let mut owners = failing.map(|failing| of_owner(&failing.id));
    if !owners.all(|owner| owner.is_some_and(|owner| told(owner) == OutcomeKind::Pass)) {
        return Said::NotMet;
    }
    // What else is asked of the owner, and of the repository, must be met as well.
    let own = |control: &&&ControlReport| {
        let component = control.component.as_deref();
        component.is_none_or(|component| component == about.owner)
    };
    let mut asked = meant.iter().filter(own);
    let is_met = |control: &&ControlReport| match told(control) {
        OutcomeKind::Pass => about.is_shown_by(control, &judged.components),
        OutcomeKind::NotApplicable => true,
        OutcomeKind::Fail | OutcomeKind::Unknown | OutcomeKind::Waived => false,
    };
    if asked.all(is_met) { Said::Met } else { Said::Unknown }
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
