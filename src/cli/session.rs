//! One run, the same for every source: policies, head, base, verdict.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::Plan;
use crate::judge::{self, Approval, Assessed, Comparison, Held, Material, Side};
use crate::model::{
    FailOn, Gate, Needs, Notice, PolicyReport, RegressionKind, RepoPath, Report, Snapshot, Target, Tool, WeakeningRule,
};
use crate::policy::Policy;
use crate::source::{Revision, Source, Store, fetch, gather_listed, gather_more};

use super::accept;
use super::base::Base;
use super::checklists::{self, Lists};
use super::choose;
use super::listed::{DETECTION, Trees, expect};
use super::load::Packs;
use super::request::{Against, Level, PolicyChoice, Request};
use super::stop::Stop;
use super::uncompared::uncompared;
use super::workflows;

/// Who can tell whether an owner has accepted a weakening.
#[allow(async_fn_in_trait, reason = "one thread drives one run, so no future has to be Send")]
pub trait Approver {
    /// Whether one of these owners (everyone with write access, for `None`) has approved head.
    async fn approval(&mut self, owners: Option<&[String]>) -> Approval;
}

/// Nobody is there to ask: a checkout knows no reviews.
pub struct NoReviews;

impl Approver for NoReviews {
    async fn approval(&mut self, _owners: Option<&[String]>) -> Approval {
        Approval::Missing("in a pull request an owner's approving review accepts it".to_owned())
    }
}

/// A verdict, and what is needed to tell it.
pub struct Judgement {
    /// The result.
    pub report: Report,
    /// Head, for showing its lines.
    pub head: Snapshot,
    /// What it was compared with: kept, since giving it back piece by piece takes longer than the process's end.
    pub before: Option<Snapshot>,
    /// What the people who keep the policy want to know.
    pub notices: Vec<String>,
    /// The texts of the policies read, by path.
    pub texts: BTreeMap<String, String>,
    /// The controls that judged, for asking which settings they look at.
    pub plan: Plan,
}

/// Judges.
///
/// # Errors
/// There is no verdict: wrong usage, a policy with mistakes, or something that could not be read.
pub async fn judge<S: Source, A: Approver>(
    source: &mut S,
    request: &Request,
    packs: Packs<'_>,
    approver: &mut A,
) -> Result<Judgement, Stop> {
    let base = Base::find(source, request).await?;
    let mut trees = Trees::default();
    expect(source, &mut trees, request, base.as_ref()).await?;
    let mut chosen = choose::policy(source, &mut trees, request, base.as_ref(), packs).await?;
    let mut weakenings = std::mem::take(&mut chosen.weakenings);
    // What a push brings was accepted when it was merged; only a change that is to be merged is asked about.
    if let (Some(base), Against::Branch(_)) = (&base, &request.against) {
        let changes = workflows::changed(source, &mut trees, request, base).await?;
        if request.workflow.is_some() && changes.choose(&request.policy) {
            let tip = Revision::Commit(base.tip.clone());
            chosen.distrust(changes.named(), trees.at(source, &tip).await?);
        }
        weakenings.extend(changes.weakenings);
    }
    let mut approval = None;
    if !chosen.vouched.is_empty() {
        approval = accept::vouched(source, &mut trees, &mut chosen, request, base.as_ref(), approver).await?;
    }
    narrow(&mut chosen.judging, request)?;
    tighten(&mut chosen.judging.gate, request.level);
    if matches!(request.against, Against::Queue { .. }) {
        // Who is in the queue has passed the gate: an approval was asked for there, and can't be asked for here.
        weakenings.retain(|found| found.kind == RegressionKind::Policy);
    }
    // Both sides are gathered from what was listed; the base's tip is listed again only if it is asked for.
    let run = Run {
        policy: &chosen.judging,
        previews: &chosen.previews,
        request,
        base: base.as_ref(),
    };
    let (head, items, notices, compared, store, lists) = run.both_sides(source, &mut trees).await?;
    let (comparison, before) = compared.unzip();
    if let Against::Branch(_) = &request.against {
        weakenings.extend(lists.lost);
    }
    let approval = match approval {
        Some(approval) => approval,
        None if weakenings.is_empty() || chosen.judging.gate.weakening == WeakeningRule::Report => {
            Approval::Missing(String::new())
        }
        None => accept::ask(source, &mut trees, &chosen.path, base.as_ref(), approver).await?,
    };
    if chosen.is_authors && !matches!(approval, Approval::Given(_)) {
        // The policy is the author's own, and nobody has accepted it: it can't say that nothing blocks.
        tighten(&mut chosen.judging.gate, Level::Tighten(FailOn::Regression));
    }
    let charged = judge::charge(&weakenings, &chosen.judging.gate, &approval);
    let cost = store.cost(&head, source.requests());
    let report = judge::report(Material {
        tool: Tool {
            name: "readygate".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        as_of: request.as_of,
        target: target(request, base.as_ref()),
        policy: judging(&chosen.judging, request),
        gate: &chosen.judging.gate,
        head: Side {
            snapshot: &head,
            items: &items,
        },
        comparison,
        charged,
        checklists: lists.reports,
        notices,
        cost,
    });
    Ok(Judgement {
        report,
        head,
        before,
        notices: chosen.notices,
        texts: chosen.texts,
        plan: chosen.judging.plan,
    })
}

struct Run<'a> {
    policy: &'a Policy,
    previews: &'a BTreeSet<String>,
    request: &'a Request,
    base: Option<&'a Base>,
}

type Compared = (Comparison, Snapshot);
type BothSides = (Snapshot, Vec<Assessed>, Vec<Notice>, Option<Compared>, Store, Lists);

impl Run<'_> {
    /// Head judged and, where there is a base, compared with it.
    async fn both_sides<S: Source>(&self, source: &mut S, trees: &mut Trees) -> Result<BothSides, Stop> {
        let mut store = Store::new();
        let revision = self.base.map(|base| Revision::Commit(base.merge_base.clone()));
        let listed = (&self.request.head, trees.take(source, &self.request.head).await?);
        let (mut head, before) = match &revision {
            None => {
                let [head] = gather_listed(source, [listed], self.policy, &mut store, DETECTION).await;
                (head, None)
            }
            Some(revision) => {
                let listed = [listed, (revision, trees.take(source, revision).await?)];
                let [head, before] = gather_listed(source, listed, self.policy, &mut store, DETECTION).await;
                (head, Some((revision, before)))
            }
        };
        if let Some(why) = checklists::nowhere(self.request, &head, before.as_ref().map(|(_, before)| before)) {
            return Err(Stop::Usage(why));
        }
        let assessment = judge::assess(self.policy, &head, self.request.as_of);
        let mut items: Vec<Assessed> = assessment.items.into_iter().map(|item| self.standing(item)).collect();
        let paths = checklists::paths(self.request, self.policy, &head);
        let (held, told) = self
            .held(source, &mut store, (&mut head, &self.request.head), paths, &items)
            .await;
        items.extend(checklists::asked(self.request, judge::checklist_items(&held)));
        let mut notices = assessment.notices;
        notices.extend(told);
        notices.sort();
        let Some((revision, mut before)) = before else {
            return Ok((head, items, notices, None, store, Lists::new(&held, None)));
        };
        let mut base_items = judge::assess(self.policy, &before, self.request.as_of).items;
        let paths = checklists::paths(self.request, self.policy, &before);
        let (base_held, _) = self
            .held(source, &mut store, (&mut before, revision), paths, &base_items)
            .await;
        base_items.extend(checklists::asked(self.request, judge::checklist_items(&base_held)));
        let lists = Lists::new(&held, Some(&base_held));
        let wanted = judge::moves_wanted((&head, &items), (&before, &base_items));
        self.follow(source, &mut store, &mut head, wanted.head, &self.request.head)
            .await;
        self.follow(source, &mut store, &mut before, wanted.base, revision)
            .await;
        let moves = judge::moves(&head, &before);
        let comparison = judge::compare(
            Side {
                snapshot: &head,
                items: &items,
            },
            Side {
                snapshot: &before,
                items: &base_items,
            },
            &moves,
        );
        if self.policy.gate.stops_regressions()
            && let Some(what) = uncompared(&items, &base_items, &comparison)
        {
            return Err(Stop::Unreadable(crate::source::SourceError::Unreachable { what }));
        }
        Ok((head, items, notices, Some((comparison, before)), store, lists))
    }

    /// A side's checklists against its outcomes, and what is to be said of words and waivers about what they name.
    async fn held<S: Source>(
        &self,
        source: &mut S,
        store: &mut Store,
        (side, revision): (&mut Snapshot, &Revision),
        paths: Vec<RepoPath>,
        items: &[Assessed],
    ) -> (Vec<Held>, Vec<Notice>) {
        self.follow(source, store, side, Needs::files(paths.clone()), revision)
            .await;
        let (lists, mut named) = judge::bound(&paths, self.policy, side);
        let mut told = judge::strays(&lists, self.policy);
        named.retain(|control| checklists::is_asked(self.request, &control.info.id));
        let policy = self.policy.of_named(named);
        gather_more(source, revision, &policy.plan, store, side).await;
        let named = judge::assess(&policy, side, self.request.as_of);
        told.extend(named.notices);
        (judge::hold(lists, side, items, &named.items), told)
    }

    /// What only head's policy demands is shown and does not gate.
    fn standing(&self, item: Assessed) -> Assessed {
        if self.previews.contains(&item.info.id) {
            item.preview()
        } else {
            item
        }
    }

    async fn follow<S: Source>(
        &self,
        source: &mut S,
        store: &mut Store,
        snapshot: &mut Snapshot,
        wanted: Needs,
        revision: &Revision,
    ) {
        if !wanted.is_empty() {
            fetch(source, revision, store, snapshot, wanted).await;
        }
    }
}

/// Leaves those controls that the user asks for.
fn narrow(policy: &mut Policy, request: &Request) -> Result<(), Stop> {
    if request.only.is_empty() && request.skip.is_empty() {
        return Ok(());
    }
    for pattern in request.only.iter().chain(&request.skip) {
        if !policy.plan.ids().iter().any(|id| pattern.matches(id)) {
            return Err(Stop::Usage(format!(
                "no control's id matches `{pattern}`; `readygate controls` lists them"
            )));
        }
    }
    let is_asked = |id: &str| {
        let is_asked = request.only.is_empty() || request.only.iter().any(|pattern| pattern.matches(id));
        is_asked && !request.skip.iter().any(|pattern| pattern.matches(id))
    };
    policy.plan.retain(|info| is_asked(&info.id));
    // Of what is not asked for, nothing can be said: least of all that it is not needed.
    policy.waivers.retain(|waiver| is_asked(&waiver.control));
    policy.attestations.retain(|word| is_asked(&word.control));
    Ok(())
}

/// The policy as the report names it: that of a clean checkout stands in its commit.
fn judging(policy: &Policy, request: &Request) -> PolicyReport {
    let mut source = policy.source.clone();
    let is_head = request.head == Revision::WorkingTree && !request.named.dirty;
    let is_found = matches!(
        request.policy,
        PolicyChoice::Found | PolicyChoice::Untracked(_) | PolicyChoice::At(_)
    );
    let is_file = !source.path.starts_with("builtin:");
    if is_head && is_found && is_file && source.sha.is_none() {
        source.sha.clone_from(&request.head_sha);
    }
    source
}

/// Brings what the user says about the level into the gate.
pub(super) fn tighten(gate: &mut Gate, said: Level) {
    match said {
        Level::AsPolicy => {}
        Level::Override(level) => gate.fail_on = level,
        Level::Tighten(level) if level.is_as_strict_as(gate.fail_on) => gate.fail_on = level,
        Level::Tighten(level) if gate.fail_on.is_as_strict_as(level) => {}
        Level::Tighten(level) => gate.tightened = Some(level),
    }
}

fn target(request: &Request, base: Option<&Base>) -> Target {
    Target {
        repository: request.named.repository.clone(),
        reference: request.named.reference.clone(),
        sha: request.head_sha.clone(),
        dirty: request.named.dirty,
        merge_base: base.map(|base| base.merge_base.clone()),
        base: base.map(|base| base.tip.clone()),
        source: request.named.source,
    }
}
