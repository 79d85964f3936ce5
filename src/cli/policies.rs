//! `readygate controls`, `readygate policy check` and `readygate policy schema`.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::model::Tree;
use crate::policy::{self, Policy};
use crate::report::escape;
use crate::source::{Local, Offline, Revision, Source, Together};

use super::check::{Demand, client};
use super::choose;
use super::coverage;
use super::load::{self, Loaded};
use super::stop::Stop;
use super::tell;

/// Prints the JSON Schema.
///
/// # Errors
/// Standard output can't be written.
pub fn schema() -> Result<u8> {
    let mut text = serde_json::to_string_pretty(&policy::schema())?;
    text.push('\n');
    tell::print(&text)?;
    Ok(0)
}

/// Reports every mistake of a policy, or that there is none; the exit status.
///
/// # Errors
/// Standard output can't be written.
pub async fn check(file: Option<&Path>) -> Result<u8> {
    match found(file).await {
        Ok((name, policy)) => {
            let controls = policy.plan.controls().len();
            let waivers = policy.waivers.len();
            let packs = policy.source.packs.join(", ");
            let packs = if packs.is_empty() { "no pack".to_owned() } else { packs };
            let line = format!("{name}: no mistake; {controls} controls, {waivers} waivers, extends {packs}\n");
            tell::print(&line)?;
            for stray in coverage::strays(&policy, None) {
                tell::note(&stray);
            }
            Ok(0)
        }
        Err(stop) => {
            tell::stop(&stop);
            Ok(stop.status())
        }
    }
}

/// Lists a policy's controls; the exit status.
///
/// # Errors
/// Standard output can't be written.
pub async fn controls(file: Option<&Path>) -> Result<u8> {
    match found(file).await {
        Ok((_, policy)) => {
            tell::print(&list(&policy))?;
            Ok(0)
        }
        Err(stop) => {
            tell::stop(&stop);
            Ok(stop.status())
        }
    }
}

fn list(policy: &Policy) -> String {
    let controls = policy.plan.controls();
    let width = controls.iter().map(|control| control.info.id.len()).max().unwrap_or(0);
    let lines = controls.iter().map(|control| {
        let info = &control.info;
        format!(
            "{:<8}  {:<width$}  {}\n",
            info.severity.as_str(),
            info.id,
            escape::visible(&info.title)
        )
    });
    lines.collect()
}

/// The policy at a path, else the one of the repository that is stood in, else the default one.
pub(super) async fn found(file: Option<&Path>) -> Result<(String, Policy), Stop> {
    let local = Local::open(&PathBuf::from("."))?;
    let on_disk = local.root().map(tell::policy_on_disk).transpose()?.flatten();
    let client = client(Demand::Token)?;
    let mut source = Together {
        files: local,
        facts: Offline::new("a policy is read without facts"),
    };
    let tree = source.tree(&Revision::WorkingTree).await?;
    let head = Revision::WorkingTree;
    let loaded = match file {
        Some(path) => {
            let text = choose::given(path.display().to_string(), tell::read_policy(path)?);
            Some(load::from_text(text, &mut source, &head, &tree, client.as_ref()).await?)
        }
        None => match (
            load::from_revision(&mut source, &head, &tree, None, client.as_ref()).await?,
            on_disk,
        ) {
            (Some(loaded), _) => Some(loaded),
            (None, Some(text)) => Some(load::from_text(text, &mut source, &head, &tree, client.as_ref()).await?),
            (None, None) => None,
        },
    };
    match loaded {
        Some(Loaded { policy: Ok(policy), .. }) => Ok((policy.source.path.clone(), policy)),
        Some(Loaded {
            policy: Err(mistakes),
            texts,
        }) => Err(Stop::Policy(mistakes, texts)),
        None => match Policy::builtins(choose::fitting(&tree)) {
            Ok(policy) => Ok((policy.source.path.clone(), policy)),
            Err(mistakes) => Err(Stop::Policy(mistakes, std::collections::BTreeMap::new())),
        },
    }
}

/// A policy whose text is at hand, read as it would be from the repository.
///
/// # Errors
/// It has mistakes, or a pack could not be read.
pub(super) async fn at_hand(path: &str, text: &str, files: Local, tree: &Tree) -> Result<Policy, Stop> {
    let client = client(Demand::Token)?;
    let mut source = Together {
        files,
        facts: Offline::new("a policy is read without facts"),
    };
    let text = choose::given(path.to_owned(), text.to_owned());
    let loaded = load::from_text(text, &mut source, &Revision::WorkingTree, tree, client.as_ref()).await?;
    let Loaded { policy, texts } = loaded;
    policy.map_err(|mistakes| Stop::Policy(mistakes, texts))
}
