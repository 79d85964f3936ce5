//! Which policy judges, and what head's own policy makes of the gate.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::Plan;
use crate::judge::Weakening;
use crate::model::{Class, FailOn, RegressionKind, RepoPath, Severity, Tree, WeakeningRule};
use crate::policy::{self, PATHS, Policy, Text};
use crate::source::{Revision, Source};
use crate::text::{Diagnostic, Document};

use super::accept::Vouched;
use super::base::Base;
use super::listed::Trees;
use super::load::{self, Loaded, Packs};
use super::request::{Against, Level, PolicyChoice, Request};
use super::session::tighten;
use super::stop::Stop;

/// The policy that judges, with what follows from head's own.
pub(super) struct Chosen {
    /// The policy; its plan holds the previewed controls as well.
    pub judging: Policy,
    /// Ids of controls that only head's policy has.
    pub previews: BTreeSet<String>,
    /// How head's policy asks for less.
    pub weakenings: Vec<Weakening>,
    /// Waivers and attestations of head alone, which count by an approval alone.
    pub vouched: Vouched,
    /// Whether the policy is head's though a branch's was to judge: its author is not trusted.
    pub is_authors: bool,
    /// Where the policy stands, for its owners.
    pub path: String,
    /// What a person should know about the choice.
    pub notices: Vec<String>,
    /// The texts read, by path.
    pub texts: BTreeMap<String, String>,
}

/// Where a policy may stand in the repository.
pub(super) fn places(choice: &PolicyChoice) -> Vec<RepoPath> {
    match choice {
        PolicyChoice::Found | PolicyChoice::Untracked(_) => PATHS.iter().map(|path| RepoPath::new(path)).collect(),
        PolicyChoice::At(path) => vec![RepoPath::new(path)],
        PolicyChoice::Given(_) => Vec::new(),
    }
}

impl Chosen {
    fn plain(policy: Policy, texts: BTreeMap<String, String>) -> Self {
        let path = policy.source.path.clone();
        Self {
            judging: policy,
            previews: BTreeSet::new(),
            weakenings: Vec::new(),
            vouched: Vouched::default(),
            is_authors: false,
            path,
            notices: Vec::new(),
            texts,
        }
    }
}

/// Chooses the policy by the rules of trust: in a comparison with a branch it is the tip's, as the author
/// of head is not trusted; otherwise it is the one that is there.
///
/// # Errors
/// The policy that judges has mistakes, or could not be read.
pub(super) async fn policy<S: Source>(
    source: &mut S,
    trees: &mut Trees,
    request: &Request,
    base: Option<&Base>,
    packs: Packs<'_>,
) -> Result<Chosen, Stop> {
    let at = match &request.policy {
        PolicyChoice::Given(text) => {
            let tree = trees.at(source, &request.head).await?;
            let loaded = load::from_text(text.clone(), source, &request.head, tree, packs).await?;
            return valid(loaded);
        }
        PolicyChoice::At(path) => Some(path.as_str()),
        PolicyChoice::Found | PolicyChoice::Untracked(_) => None,
    };
    let tree = trees.at(source, &request.head).await?;
    let head = load::from_revision(source, &request.head, tree, at, packs).await;
    let (Some(base), Against::Branch(_) | Against::Queue { .. }) = (base, &request.against) else {
        return match (head?, &request.policy) {
            (Some(loaded), _) => valid(loaded),
            (None, PolicyChoice::Untracked(text)) => {
                let tree = trees.at(source, &request.head).await?;
                let loaded = load::from_text(text.clone(), source, &request.head, tree, packs).await?;
                let mut chosen = valid(loaded)?;
                let notice = format!("`{}` is not tracked by git yet; here it judges all the same", text.path);
                chosen.notices.push(notice);
                Ok(chosen)
            }
            (None, _) => by_default(at, trees.at(source, &request.head).await?),
        };
    };
    // What the environment keeps away is not the author's doing, and is no mistake in a policy: there is no verdict.
    let head = match head {
        Err(stop @ Stop::Unreadable(_)) => return Err(stop),
        told => told,
    };
    let tip = Revision::Commit(base.tip.clone());
    let tree = trees.at(source, &tip).await?;
    // A gate that brings a policy at a place of its own finds none on base, and one at the usual places would judge.
    let is_first = at.is_some_and(|at| tree.get(at).is_none()) && PATHS.iter().all(|path| tree.get(path).is_none());
    match load::from_revision(source, &tip, tree, at, packs).await? {
        Some(Loaded {
            policy: Ok(judging),
            texts,
        }) => {
            let own = match &head {
                Ok(head) if base.merge_base != base.tip => {
                    let before = Revision::Commit(base.merge_base.clone());
                    let tree = trees.at(source, &before).await?;
                    own(
                        load::from_revision(source, &before, tree, at, packs).await?,
                        head.as_ref(),
                    )
                }
                Ok(_) | Err(_) => Own::Unsorted,
            };
            // In a queue head stands on groups that are not merged yet, and what was approved of them holds for it, too.
            let accepted = match &request.against {
                Against::Queue { .. } => &Own::Unsorted,
                Against::Branch(_) | Against::Before(_) | Against::Nothing => &own,
            };
            Ok(against_valid(judging, texts, head, (&own, accepted)))
        }
        Some(Loaded {
            policy: Err(mistakes),
            texts,
        }) => against_invalid(mistakes, texts, head?),
        None if is_first && matches!(head, Ok(Some(_))) => {
            preview(by_default(None, trees.at(source, &tip).await?)?, head)
        }
        None => preview(by_default(at, trees.at(source, &tip).await?)?, head),
    }
}

/// What head changed of the policy since the merge base. What the tip has come to ask since then is not in head
/// yet, comes with the merge, and is not held against its author.
enum Own {
    /// There is nothing to sort out by: all that differs from the tip is taken for head's doing.
    Unsorted,
    /// Nothing.
    Nothing,
    /// These weakenings.
    These(Vec<policy::Weakening>),
}

fn own(before: Option<Loaded>, head: Option<&Loaded>) -> Own {
    match (before, head) {
        (None, None) => Own::Nothing,
        (Some(before), Some(head)) if before.texts == head.texts => Own::Nothing,
        (Some(Loaded { policy: Ok(before), .. }), Some(Loaded { policy: Ok(head), .. })) => {
            Own::These(policy::compare(&before, head))
        }
        (Some(_) | None, Some(_) | None) => Own::Unsorted,
    }
}

impl Own {
    fn has(&self, found: &policy::Weakening) -> bool {
        match self {
            Self::Unsorted => true,
            Self::Nothing => false,
            Self::These(own) => own.iter().any(|own| is_same(own, found)),
        }
    }
}

/// Whether two comparisons with one head speak of the same change, whatever each was compared with.
fn is_same(left: &policy::Weakening, right: &policy::Weakening) -> bool {
    use policy::WeakeningKind as Kind;
    let has_place = match left.kind {
        Kind::Excluded | Kind::Checklist => left.message == right.message,
        Kind::Waiver | Kind::Attestation => left.origin == right.origin,
        // One thing a control; what it was before differs with what it is compared with, and is in the message.
        Kind::Gate | Kind::Removed | Kind::Disabled | Kind::Severity | Kind::Requires | Kind::Changed => true,
    };
    left.kind == right.kind && left.control == right.control && has_place
}

fn valid(loaded: Loaded) -> Result<Chosen, Stop> {
    match loaded.policy {
        Ok(policy) => Ok(Chosen::plain(policy, loaded.texts)),
        Err(mistakes) => Err(Stop::Policy(mistakes, loaded.texts)),
    }
}

/// The packs that fit a repository: those for web applications where there is a package of Node.js. Which of their
/// controls apply is told by each control.
pub(super) fn fitting(tree: &Tree) -> &'static [&'static str] {
    let is_own = |path: &RepoPath| tree.class(path.as_str()) == Class::Source;
    if tree.with_name("package.json").any(|(path, _)| is_own(path)) {
        &["default", "project", "server", "web"]
    } else {
        &["default"]
    }
}

fn by_default(at: Option<&str>, tree: &Tree) -> Result<Chosen, Stop> {
    if let Some(path) = at {
        return Err(Stop::Usage(format!("there is no policy `{path}` in the repository")));
    }
    let policy = Policy::builtins(fitting(tree)).map_err(|mistakes| Stop::Policy(mistakes, BTreeMap::new()))?;
    Ok(Chosen::plain(policy, BTreeMap::new()))
}

/// Base has a policy: it judges. What head's says less is a weakening, what it says more a preview. `own` is what head
/// is charged with, `accepted` whose waivers and attestations an approval lets count.
fn against_valid(
    judging: Policy,
    texts: BTreeMap<String, String>,
    head: Result<Option<Loaded>, Stop>,
    (own, accepted): (&Own, &Own),
) -> Chosen {
    let mut chosen = Chosen::plain(judging, texts);
    match head {
        Ok(Some(Loaded { policy: Ok(head), .. })) => {
            let mut found = policy::compare(&chosen.judging, &head);
            found.retain(|found| accepted.has(found));
            chosen.vouched = Vouched::of(&head, &found);
            found.retain(|found| own.has(found));
            chosen.weakenings = weakenings(&head, found);
            chosen.add_previews(head);
        }
        // As it was at the merge base: the merge leaves the tip's in place.
        Ok(_) if matches!(own, Own::Nothing) => {}
        Ok(Some(Loaded {
            policy: Err(mistakes),
            texts,
        })) => chosen.weakenings = vec![broken(&mistakes, &texts)],
        Ok(None) => chosen.weakenings = vec![removed(&chosen)],
        Err(stop) => chosen.weakenings = vec![unreadable(&chosen, &stop)],
    }
    chosen
}

/// Base's policy has mistakes: head's valid one judges, and an owner has to approve.
fn against_invalid(
    mistakes: Vec<Diagnostic>,
    broken: BTreeMap<String, String>,
    head: Option<Loaded>,
) -> Result<Chosen, Stop> {
    let Some(Loaded {
        policy: Ok(judging),
        texts,
    }) = head
    else {
        return Err(Stop::Policy(mistakes, broken));
    };
    let mut chosen = Chosen::plain(judging, texts);
    // Head's own word that no approval is needed is no approval.
    chosen.judging.gate.weakening = WeakeningRule::Approve;
    chosen.is_authors = true;
    chosen.weakenings = vec![Weakening {
        kind: RegressionKind::Weakening,
        control: None,
        severity: Severity::Critical,
        message: "the base branch's policy has mistakes, so head's policy judges in its place".to_owned(),
        path: Some(chosen.path.clone()),
        line: None,
    }];
    Ok(chosen)
}

/// Base has no policy: `builtin:default` judges, and head's is shown.
fn preview(mut chosen: Chosen, head: Result<Option<Loaded>, Stop>) -> Result<Chosen, Stop> {
    let Some(loaded) = head? else { return Ok(chosen) };
    let path = loaded
        .texts
        .keys()
        .next()
        .cloned()
        .unwrap_or_else(|| PATHS[0].to_owned());
    match loaded.policy {
        Ok(head) => {
            let notice = "the base branch has no policy yet: builtin:default judges, and head's own is only shown";
            chosen.notices.push(notice.to_owned());
            chosen.path = head.source.path.clone();
            chosen.add_previews(head);
        }
        Err(mistakes) => {
            chosen.path = path;
            chosen.weakenings = vec![broken(&mistakes, &loaded.texts)];
        }
    }
    Ok(chosen)
}

impl Chosen {
    /// Whose policy judges may be the author's choice, as the pull request changes the workflow that says so: it can't be
    /// the choice of one by which that change counts for nothing. Owners are those of the policy that the branch itself
    /// has: at the usual places, else where its own gate looks for it (`named`).
    pub fn distrust<'a>(&mut self, named: impl Iterator<Item = &'a str>, tip: &Tree) {
        tighten(&mut self.judging.gate, Level::Tighten(FailOn::Regression));
        self.judging.gate.weakening = WeakeningRule::Approve;
        let places = PATHS.iter().copied().chain(named);
        if let Some(path) = places.into_iter().find(|path| tip.get(path).is_some()) {
            self.path = path.to_owned();
        }
        let notice = "the pull request changes the gate's workflow, and the policy is not the one that the branch's own \
                      gate names: any regression blocks, and an owner of the branch's policy has to approve";
        self.notices.push(notice.to_owned());
    }

    fn add_previews(&mut self, head: Policy) {
        let known: BTreeSet<String> = self.judging.plan.ids().into_iter().map(str::to_owned).collect();
        let all = std::mem::replace(&mut self.judging.plan, Plan::new(Vec::new()));
        let mut controls = all.into_controls();
        let fresh = head
            .plan
            .into_controls()
            .into_iter()
            .filter(|control| !known.contains(&control.info.id));
        for control in fresh {
            self.previews.insert(control.info.id.clone());
            controls.push(control);
        }
        self.judging.plan = Plan::new(controls);
    }
}

fn weakenings(head: &Policy, found: Vec<policy::Weakening>) -> Vec<Weakening> {
    let found = found.into_iter().map(|weakening| {
        let origin = weakening.origin.filter(|origin| origin.in_repository);
        Weakening {
            kind: RegressionKind::Weakening,
            control: weakening.control,
            severity: weakening.severity,
            message: weakening.message,
            line: origin.as_ref().map(|origin| origin.line),
            path: Some(origin.map_or_else(|| head.source.path.clone(), |origin| origin.path)),
        }
    });
    found.collect()
}

fn broken(mistakes: &[Diagnostic], texts: &BTreeMap<String, String>) -> Weakening {
    let first = mistakes.first();
    let label = first.and_then(|mistake| mistake.labels.first());
    let line = label.and_then(|label| {
        let document = Document::new(texts.get(&label.path)?.as_bytes());
        Some(document.position(label.span.start).line)
    });
    let title = first.map_or("it can't be read", |mistake| mistake.title.as_str());
    let more = mistakes.len().saturating_sub(1);
    let more = if more == 0 {
        String::new()
    } else {
        format!(" (and {more} more)")
    };
    Weakening {
        kind: RegressionKind::Policy,
        control: None,
        severity: Severity::Critical,
        message: format!("head's policy has a mistake, so it could not judge after the merge: {title}{more}"),
        path: label.map(|label| label.path.clone()),
        line,
    }
}

fn removed(chosen: &Chosen) -> Weakening {
    Weakening {
        kind: RegressionKind::Weakening,
        control: None,
        severity: Severity::Critical,
        message: format!("the policy `{}` is removed", chosen.path),
        path: None,
        line: None,
    }
}

fn unreadable(chosen: &Chosen, stop: &Stop) -> Weakening {
    let why = match stop {
        Stop::Usage(why) => why.clone(),
        Stop::Policy(mistakes, _) => mistakes
            .first()
            .map_or_else(String::new, |mistake| mistake.title.clone()),
        Stop::Unreadable(error) => error.to_string(),
    };
    Weakening {
        kind: RegressionKind::Policy,
        control: None,
        severity: Severity::Critical,
        message: format!("head's policy could not be read: {why}"),
        path: Some(chosen.path.clone()),
        line: None,
    }
}

/// A policy's text from a file that the user names.
pub(super) fn given(path: String, content: String) -> Text {
    Text {
        path,
        sha: None,
        content,
        in_repository: false,
    }
}
