//! The command line, as CONTRACT-stable options: additions are fine, changes are not.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::model::{Date, FailOn};

use super::output::FormatArgument;

/// Judge whether a repository is ready for production, and block the merge that makes it less so.
#[derive(Debug, Parser)]
#[command(name = "readygate", version, about, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge a checkout, a folder, or a repository on GitHub
    Check(Box<CheckArguments>),
    /// List the controls that a policy asks for
    Controls(PolicyArguments),
    /// Check or describe policies
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// The container's entry point: judge the event of a GitHub workflow
    Action,
    /// Write a first policy [not there yet]
    Init(LaterArguments),
    /// Explain a control [not there yet]
    Explain(LaterArguments),
    /// Make a policy from a checklist
    Import(ImportArguments),
    /// Show which items of a checklist are checked by machine
    Coverage(CoverageArguments),
    /// Accept a gap for a time: adds or renews a [[waiver]] of the policy
    Waive(WaiveArguments),
    /// Vouch for what no machine can see: adds or renews an [[attestation]] of the policy
    Attest(AttestArguments),
    /// Tick in the team's checklists what is met
    Fix(FixArguments),
    /// Find out what is wrong with the set-up: workflow, required check, rights, owners
    Doctor(DoctorArguments),
}

/// Arguments of a command that is not there yet: anything.
#[derive(Debug, Args)]
pub struct LaterArguments {
    /// Ignored.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    pub rest: Vec<String>,
}

/// The commands about policies.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Report every mistake of a policy, each with its place and its mend
    Check(PolicyArguments),
    /// Print the policy's JSON Schema, for editors
    Schema,
    /// Run a policy's examples [not there yet]
    Test(LaterArguments),
}

/// Which policy is meant.
#[derive(Debug, Args)]
pub struct PolicyArguments {
    /// The policy file [default: .github/readiness.toml, then readiness.toml, then builtin:default]
    pub file: Option<PathBuf>,
}

/// The arguments of `import`.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// The checklist, a file of the repository that you stand in
    pub checklist: PathBuf,
    /// The policy file to write [default: .github/readiness.toml]
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Change a policy that is there already, after showing the difference
    #[arg(long)]
    pub yes: bool,
}

/// The arguments of `attest`.
#[derive(Debug, Args)]
pub struct AttestArguments {
    /// The id of the control that is vouched for
    pub control: String,
    /// Who vouches, such as @ana
    #[arg(long, value_name = "WHO")]
    pub by: String,
    /// Where the evidence is: an address, or a sentence
    #[arg(long, value_name = "URL-OR-TEXT")]
    pub evidence: String,
    /// The day on which it was seen [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub on: Option<Date>,
    /// The last day on which it counts [default: the longest that the control allows, at most 180 days from --on]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub expires: Option<Date>,
    /// A pattern of files that it covers: when one of them changes, it is void; repeatable
    #[arg(long, value_name = "GLOB")]
    pub path: Vec<String>,
    /// The policy file [default: .github/readiness.toml, then readiness.toml]
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// The arguments of `waive`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("end").required(true).args(["expires", "days"]))]
pub struct WaiveArguments {
    /// The id of the control whose gap is accepted
    pub control: String,
    /// Why the gap is accepted
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Who accepts it, such as @ops
    #[arg(long, value_name = "WHO")]
    pub owner: String,
    /// The last day on which it counts
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub expires: Option<Date>,
    /// The same as a number of days from today
    #[arg(long, value_name = "N")]
    pub days: Option<u32>,
    /// A pattern of the paths that it is limited to
    #[arg(long, value_name = "GLOB")]
    pub path: Option<String>,
    /// The policy file [default: .github/readiness.toml, then readiness.toml]
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// The arguments of `fix`.
#[derive(Debug, Args)]
pub struct FixArguments {
    /// Tick the boxes of what is met in these checklists [default: those that the policy names]
    #[arg(long, value_name = "FILE", num_args = 0..)]
    pub checklist: Option<Vec<PathBuf>>,
    /// The policy file [default: .github/readiness.toml, then readiness.toml, then builtin:default]
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Make no request at all; what needs one is unknown, and not ticked
    #[arg(long)]
    pub offline: bool,
    /// Say what would be ticked, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// The arguments of `coverage`.
#[derive(Debug, Args)]
pub struct CoverageArguments {
    /// The checklist
    pub checklist: PathBuf,
    /// The policy file [default: .github/readiness.toml, then readiness.toml, then builtin:default]
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
}

/// The arguments of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArguments {
    /// A git checkout or any folder
    #[arg(default_value = ".", conflicts_with = "repo")]
    pub path: PathBuf,
    /// Look at the default branch of OWNER/NAME through the GitHub API instead
    #[arg(long, value_name = "OWNER/NAME")]
    pub repo: Option<String>,
    /// Make no request at all; what needs one is unknown
    #[arg(long, conflicts_with = "repo")]
    pub offline: bool,
    /// What to print: human or json
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = ["human", "json"])]
    pub format: String,
}

/// The arguments of `check`.
#[derive(Debug, Default, Args)]
pub struct CheckArguments {
    /// A git checkout (the files that git tracks) or any folder
    #[arg(default_value = ".", conflicts_with = "repo")]
    pub path: PathBuf,
    /// Read OWNER/NAME[@REF] through the GitHub API instead; no checkout
    #[arg(long, value_name = "OWNER/NAME[@REF]")]
    pub repo: Option<String>,
    /// The policy file [default: .github/readiness.toml, then readiness.toml, then builtin:default]
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// A checklist to hold against the evidence; repeatable [default: those that the policy names]
    #[arg(long, value_name = "FILE")]
    pub checklist: Vec<PathBuf>,
    /// Compare with this commit, branch or tag; its policy judges unless --policy is given
    #[arg(long, value_name = "REF")]
    pub base: Option<String>,
    /// Override the policy's `[gate] fail-on`: never, regression, critical, high, medium or low
    #[arg(long, value_name = "LEVEL", value_parser = parse_level)]
    pub fail_on: Option<FailOn>,
    /// What to print: human, json, markdown, github or sarif, to standard output or to =FILE; repeatable
    #[arg(long, value_name = "FORMAT[=FILE]")]
    pub format: Vec<FormatArgument>,
    /// Tell every line of the checklists in the human format, not only those that want something done
    #[arg(short, long)]
    pub verbose: bool,
    /// Judge only controls whose id matches; repeatable
    #[arg(long, value_name = "GLOB")]
    pub only: Vec<String>,
    /// Leave out controls whose id matches; repeatable
    #[arg(long, value_name = "GLOB")]
    pub skip: Vec<String>,
    /// Make no request at all; what needs one is unknown
    #[arg(long, conflicts_with = "repo")]
    pub offline: bool,
    /// Judge expiries as of this day instead of today
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub as_of: Option<Date>,
}

/// A level's word.
///
/// # Errors
/// The words there are, and the nearest one.
pub fn parse_level(text: &str) -> Result<FailOn, String> {
    let levels = [
        FailOn::Never,
        FailOn::Regression,
        FailOn::Critical,
        FailOn::High,
        FailOn::Medium,
        FailOn::Low,
    ];
    let found = levels.into_iter().find(|level| level.as_str() == text);
    found.ok_or_else(|| {
        let words: Vec<&str> = levels.iter().map(|level| level.as_str()).collect();
        let help = crate::text::nearest(text, words.iter().copied()).map(|word| format!(" (did you mean `{word}`?)"));
        format!("expected one of {}{}", words.join(", "), help.unwrap_or_default())
    })
}
