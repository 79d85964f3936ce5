//! `readygate doctor`: gathers what a set-up consists of, and prints what is wrong with it.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;

use crate::github;
use crate::judge::{self, Diagnosis, Feature, FeatureKind, PolicyFacts, PolicyState, Setup};
use crate::model::{Cause, RepoPath, Snapshot, Unread};
use crate::policy::{Policy, Text};
use crate::report;
use crate::source::{Github, Local, Offline, Revision, Source, Store, Together, fetch};
use crate::text::Document;

use super::args::DoctorArguments;
use super::check::{Demand, client};
use super::load::{self, Loaded, Packs};
use super::stop::Stop;
use super::tell;

/// Prints the diagnoses; 0 when nothing stops the gate from gating, 1 when something does.
///
/// # Errors
/// Standard output can't be written.
pub async fn run(arguments: &DoctorArguments) -> Result<u8> {
    let diagnoses = match &arguments.repo {
        Some(name) => remote(name).await,
        None => local(&arguments.path, arguments.offline).await,
    };
    match diagnoses {
        Ok(diagnoses) => {
            let text = match arguments.format.as_str() {
                "json" => report::diagnoses_json(&diagnoses),
                _ => report::diagnoses(&diagnoses),
            };
            tell::print(&text)?;
            Ok(u8::from(judge::is_stopped(&diagnoses)))
        }
        Err(stop) => {
            tell::stop(&stop);
            Ok(stop.status())
        }
    }
}

async fn local(path: &Path, is_offline: bool) -> Result<Vec<Diagnosis>, Stop> {
    let files = Local::open(path)?;
    let on_disk = files.root().map(tell::policy_on_disk).transpose()?.flatten();
    let head = match (files.root(), files.head()) {
        (None, Some(sha)) => Revision::Commit(sha),
        (Some(_), _) | (None, None) => Revision::WorkingTree,
    };
    let name = files.repository_name();
    let client = if is_offline { None } else { client(Demand::Token)? };
    match (&client, name.as_deref().and_then(|name| name.split_once('/'))) {
        (Some(found), Some((owner, repo))) => {
            let facts = Github::new(found.clone(), owner, repo);
            examine(&mut Together { files, facts }, &head, on_disk, Some(found)).await
        }
        (client, _) => {
            let why = if is_offline {
                "--offline: no request was made"
            } else if client.is_none() {
                "no request was made, as there is no GITHUB_TOKEN"
            } else {
                "the remote `origin` names no repository on GitHub"
            };
            let facts = Offline::new(why);
            examine(&mut Together { files, facts }, &head, on_disk, client.as_ref()).await
        }
    }
}

async fn remote(name: &str) -> Result<Vec<Diagnosis>, Stop> {
    let is_part = |part: &str| !part.is_empty() && !part.contains(['/', '@']);
    let Some((owner, repo)) = name
        .split_once('/')
        .filter(|(owner, repo)| is_part(owner) && is_part(repo))
    else {
        return Err(Stop::Usage(format!("`{name}` is not OWNER/NAME")));
    };
    let Some(client) = client(Demand::Any)? else {
        return Err(Stop::Usage("--repo needs requests".to_owned()));
    };
    let mut source = Github::new(client.clone(), owner, repo);
    let head = Revision::Commit(source.resolve("HEAD").await?);
    examine(&mut source, &head, None, Some(&client)).await
}

async fn examine<S: Source>(
    source: &mut S,
    head: &Revision,
    on_disk: Option<Text>,
    packs: Packs<'_>,
) -> Result<Vec<Diagnosis>, Stop> {
    let tree = source.tree(head).await?;
    let mut loaded = load::from_revision(source, head, &tree, None, packs).await;
    if let (Ok(None), Some(text)) = (&loaded, on_disk) {
        loaded = load::from_text(text, source, head, &tree, packs).await.map(Some);
    }
    let mut snapshot = Snapshot::new(Arc::new(tree));
    let policy = state(loaded, &snapshot)?;
    let needs = judge::setup_needs(&snapshot.tree);
    fetch(source, head, &mut Store::new(), &mut snapshot, needs).await;
    Ok(judge::diagnose(&Setup {
        snapshot: &snapshot,
        policy: &policy,
        features: &features(),
    }))
}

fn state(loaded: Result<Option<Loaded>, Stop>, snapshot: &Snapshot) -> Result<PolicyState, Stop> {
    match loaded {
        Ok(None) => Ok(PolicyState::Missing),
        Ok(Some(Loaded { policy: Ok(policy), .. })) => Ok(PolicyState::Valid(facts(&policy, snapshot))),
        Ok(Some(Loaded {
            policy: Err(mistakes),
            texts,
        })) => Ok(PolicyState::Invalid {
            path: policy_path(snapshot),
            mistakes: mistakes
                .iter()
                .map(|mistake| {
                    let place = mistake.labels.first().map(|label| {
                        let line = texts
                            .get(&label.path)
                            .map_or(1, |text| Document::new(text.as_bytes()).line_of(label.span.start));
                        format!("{}:{line}: ", label.path)
                    });
                    format!("{}{}", place.unwrap_or_default(), mistake.title)
                })
                .collect(),
        }),
        Err(Stop::Policy(mistakes, _)) => Ok(PolicyState::Invalid {
            path: policy_path(snapshot),
            mistakes: mistakes.into_iter().map(|mistake| mistake.title).collect(),
        }),
        Err(Stop::Unreadable(error)) => {
            let settle = "give `GITHUB_TOKEN` a token that can read it, or run `readygate doctor` in a checkout";
            Ok(PolicyState::Unread(Unread::new(
                Cause::Network,
                error.to_string(),
                settle,
            )))
        }
        Err(Stop::Usage(why)) => Err(Stop::Usage(why)),
    }
}

fn policy_path(snapshot: &Snapshot) -> RepoPath {
    let paths = crate::policy::PATHS;
    let found = paths.iter().find(|path| snapshot.tree.get(path).is_some());
    RepoPath::new(found.unwrap_or(&paths[0]))
}

fn facts(policy: &Policy, snapshot: &Snapshot) -> PolicyFacts {
    let asked = policy.plan.askers(snapshot).into_keys();
    PolicyFacts {
        path: policy_path(snapshot),
        checklists: policy.checklist.files.clone(),
        fail_on: policy.gate.fail_on,
        weakening: policy.gate.weakening,
        admin_facts: asked.filter(|key| github::is_administration(key)).collect(),
    }
}

/// What the gate does with its token, by the table of permissions.
fn features() -> Vec<Feature> {
    let asked = [
        (FeatureKind::Reading, "GET", "/repos/o/n/git/trees/x"),
        (FeatureKind::Reviews, "GET", "/repos/o/n/pulls/1/reviews"),
        (FeatureKind::CheckRun, "POST", "/repos/o/n/check-runs"),
        (FeatureKind::Comment, "POST", "/repos/o/n/issues/1/comments"),
        (FeatureKind::Issue, "POST", "/repos/o/n/issues"),
    ];
    let features = asked.into_iter().filter_map(|(kind, method, path)| {
        let endpoint = github::needed(method, path)?;
        let permissions = endpoint.permission.split("; ").filter_map(|one| one.split_once('='));
        Some(Feature {
            kind,
            permissions: permissions
                .map(|(scope, access)| (scope.replace('_', "-"), access.to_owned()))
                .collect(),
            without: endpoint.without.to_owned(),
        })
    });
    features.collect()
}
