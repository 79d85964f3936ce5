//! Who accepts what head's policy asks less, and what head's own waivers and attestations are worth then.

use crate::judge::Approval;
use crate::model::{Read, RepoPath, WeakeningRule};
use crate::policy::{Attestation, Policy, Waiver, Weakening, WeakeningKind};
use crate::source::{Revision, Source, Wanted};

use super::choose::Chosen;
use super::listed::Trees;
use super::session::{Against, Approver, Base, Request};
use super::stop::Stop;

/// The waivers and attestations by which head's policy accepts more than the base's.
#[derive(Default)]
pub(super) struct Vouched {
    waivers: Vec<Waiver>,
    attestations: Vec<Attestation>,
}

impl Vouched {
    /// Those of head's that these weakenings are about.
    pub fn of(head: &Policy, weakenings: &[Weakening]) -> Self {
        let is_new = |kind, origin| {
            let mut found = weakenings.iter();
            found.any(|found| found.kind == kind && found.origin.as_ref() == Some(origin))
        };
        let waivers = head.waivers.iter();
        let attestations = head.attestations.iter();
        Self {
            waivers: waivers
                .filter(|waiver| is_new(WeakeningKind::Waiver, &waiver.origin))
                .cloned()
                .collect(),
            attestations: attestations
                .filter(|word| is_new(WeakeningKind::Attestation, &word.origin))
                .cloned()
                .collect(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.waivers.is_empty() && self.attestations.is_empty()
    }

    /// Lets them count, in the place of those that they renew.
    fn count_in(self, judging: &mut Policy) {
        for waiver in self.waivers {
            judging
                .waivers
                .retain(|known| (&known.control, &known.path) != (&waiver.control, &waiver.path));
            judging.waivers.push(waiver);
        }
        for word in self.attestations {
            judging
                .attestations
                .retain(|known| (&known.control, &known.paths) != (&word.control, &word.paths));
            judging.attestations.push(word);
        }
    }
}

/// Lets head's own waivers and attestations count where an owner has approved head, and tells whether one has. In a
/// queue every change was approved before it came there.
///
/// # Errors
/// The base's owners can't be listed.
pub(super) async fn vouched<S: Source, A: Approver>(
    source: &mut S,
    trees: &mut Trees,
    chosen: &mut Chosen,
    request: &Request,
    base: Option<&Base>,
    approver: &mut A,
) -> Result<Option<Approval>, Stop> {
    let (approval, is_accepted) = match &request.against {
        Against::Queue { .. } => (None, true),
        // Where no approval is asked for there is none: the gap is accepted once the waiver is on the base branch.
        Against::Branch(_) if chosen.judging.gate.weakening == WeakeningRule::Approve => {
            let approval = ask(source, trees, &chosen.path, base, approver).await?;
            let is_given = matches!(approval, Approval::Given(_));
            (Some(approval), is_given)
        }
        Against::Branch(_) | Against::Before(_) | Against::Nothing => (None, false),
    };
    if is_accepted {
        std::mem::take(&mut chosen.vouched).count_in(&mut chosen.judging);
    }
    Ok(approval)
}

/// Whether an owner of the policy has approved head.
///
/// # Errors
/// The base's tip can't be listed.
pub(super) async fn ask<S: Source, A: Approver>(
    source: &mut S,
    trees: &mut Trees,
    policy: &str,
    base: Option<&Base>,
    approver: &mut A,
) -> Result<Approval, Stop> {
    let owners = match base {
        Some(base) => owners(source, trees, policy, base).await?,
        None => None,
    };
    Ok(approver.approval(owners.as_deref()).await)
}

/// The owners of the policy by the base branch's CODEOWNERS.
async fn owners<S: Source>(
    source: &mut S,
    trees: &mut Trees,
    policy: &str,
    base: &Base,
) -> Result<Option<Vec<String>>, Stop> {
    let revision = Revision::Commit(base.tip.clone());
    let tree = trees.at(source, &revision).await?;
    let found = crate::artifact::CODEOWNERS_PATHS
        .iter()
        .find_map(|path| Some((*path, tree.get(path)?.clone())));
    let Some((path, entry)) = found else { return Ok(None) };
    let wanted = Wanted {
        path: RepoPath::new(path),
        entry,
    };
    let read = source.read(&revision, &[wanted]).await.pop();
    match read {
        Some(Read::Here(document)) => {
            let owners = document.view::<crate::artifact::CodeOwners>();
            Ok(owners.owners_of(policy).map(<[String]>::to_vec))
        }
        // Unread owners are not "everyone": nobody can accept then, and that is said by the empty list.
        Some(Read::Absent | Read::Unread(_)) | None => Ok(Some(Vec::new())),
    }
}
