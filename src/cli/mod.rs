//! Arguments, one file a command, wiring.
//!
//! Law: the only room that knows all rooms, and the only one that uses `anyhow`. It decides nothing: it
//! hands what was gathered to `judge`, and what was judged to `report` and `publish`.
#![allow(
    clippy::disallowed_methods,
    reason = "this room reads arguments, environment, clock and files"
)]

mod accept;
mod action;
mod applied;
mod args;
mod base;
mod check;
mod checklists;
mod choose;
mod coverage;
mod desk;
mod doctor;
mod drift;
mod enforcement;
mod event;
mod fix;
mod import;
mod later;
mod listed;
mod load;
mod output;
mod policies;
pub mod request;
mod reviews;
mod runner;
pub mod session;
mod stop;
mod tell;
mod uncompared;
mod vouch;
mod workflows;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command, PolicyCommand};

pub use stop::Stop;

/// Runs the program on these arguments, the first being its name. The exit status is the contract's: 0 go,
/// 1 no-go, 2 wrong usage or an invalid policy, 3 something could not be read.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no mistake; clap knows which stream each goes to.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tell::note(&format!("no runtime could be started: {error}"));
            return ExitCode::from(3);
        }
    };
    match runtime.block_on(dispatch(arguments.command)) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            tell::note(&format!("{error:#}"));
            ExitCode::from(3)
        }
    }
}

async fn dispatch(command: Command) -> anyhow::Result<u8> {
    let name = match command {
        Command::Check(arguments) => return check::run(&arguments).await,
        Command::Controls(arguments) => return policies::controls(arguments.file.as_deref()).await,
        Command::Policy(PolicyCommand::Check(arguments)) => return policies::check(arguments.file.as_deref()).await,
        Command::Policy(PolicyCommand::Schema) => return policies::schema(),
        Command::Action => return action::run().await,
        Command::Doctor(arguments) => return doctor::run(&arguments).await,
        Command::Waive(arguments) => return vouch::waive(&arguments).await,
        Command::Attest(arguments) => return vouch::attest(&arguments).await,
        Command::Fix(arguments) => return fix::run(&arguments).await,
        Command::Coverage(arguments) => return coverage::run(&arguments).await,
        Command::Import(arguments) => return import::run(&arguments).await,
        Command::Policy(PolicyCommand::Test(_)) => "policy test",
        Command::Init(_) => "init",
        Command::Explain(_) => "explain",
    };
    tell::note(&later::answer(name));
    Ok(2)
}
