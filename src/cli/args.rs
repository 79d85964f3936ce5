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
    /// Accept a gap for a time [not there yet]
    Waive(LaterArguments),
    /// Vouch for what no machine can see [not there yet]
    Attest(LaterArguments),
    /// Mend what can be mended by machine [not there yet]
    Fix(LaterArguments),
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
#[derive(Debug, Args)]
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
