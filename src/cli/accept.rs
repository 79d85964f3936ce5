//! Who accepts what head's policy asks less, and what head's own waivers and attestations are worth then.

use std::collections::BTreeSet;

use crate::judge::Approval;
use crate::model::{Read, RepoPath, WeakeningRule};
use crate::policy::{Attestation, Policy, Waiver, Weakening, WeakeningKind};
use crate::source::{Revision, Source, Wanted};

use super::base::Base;
use super::choose::Chosen;
use super::listed::Trees;
use super::request::{Against, Request};
use super::session::Approver;
use super::stop::Stop;

/// The waivers and attestations by which head's policy accepts more than the base's.
#[derive(Default)]
pub(super) struct Vouched {
    waivers: Vec<Waiver>,
    attestations: Vec<Attestation>,
    /// Whose waivers and words head's policy holds, the new ones among them.
    holds: BTreeSet<Word>,
}

/// A control, what it is limited to, and who answers for it.
type Word = (String, Vec<String>, String);

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
            holds: head
                .waivers
                .iter()
                .map(waived)
                .chain(head.attestations.iter().map(attested))
                .collect(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.waivers.is_empty() && self.attestations.is_empty()
    }

    /// Lets them count, in the place of those that they renew: the same person's, and another's that head's policy no
    /// longer holds. What somebody else answers for beside them goes on counting.
    fn count_in(self, judging: &mut Policy) {
        let holds = self.holds;
        let is_renewed = |known: &Word, new: &Word| {
            let is_same_place = (&known.0, &known.1) == (&new.0, &new.1);
            is_same_place && (known.2 == new.2 || !holds.contains(known))
        };
        for waiver in self.waivers {
            let new = waived(&waiver);
            judging.waivers.retain(|known| !is_renewed(&waived(known), &new));
            judging.waivers.push(waiver);
        }
        for word in self.attestations {
            let new = attested(&word);
            judging.attestations.retain(|known| !is_renewed(&attested(known), &new));
            judging.attestations.push(word);
        }
    }
}

fn waived(waiver: &Waiver) -> Word {
    let path = waiver.path.iter().cloned().collect();
    (waiver.control.clone(), path, waiver.owner.clone())
}

fn attested(word: &Attestation) -> Word {
    (word.control.clone(), word.paths.clone(), word.by.clone())
}

/// Lets head's own waivers and attestations count where an owner has approved head, and tells whether one has. In a
/// queue every change that needs it was approved before it came there, those of the groups ahead among them.
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
        // Where no approval is asked for there is none, and none was given before the queue: the gap is accepted once
        // the waiver is on the base branch.
        Against::Queue { .. } => (None, chosen.judging.gate.weakening == WeakeningRule::Approve),
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
    let [first, ..] = crate::artifact::CODEOWNERS_PATHS;
    let found = crate::artifact::CODEOWNERS_PATHS
        .iter()
        .find_map(|path| Some((*path, tree.get(path)?.clone())));
    // GitHub takes the first of the places; a listing that is not whole may lack it.
    if tree.truncation().is_some() && found.as_ref().is_none_or(|(path, _)| *path != first) {
        return Ok(Some(Vec::new()));
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Origin;
    use crate::model::Date;

    fn word(by: &str, evidence: &str) -> Attestation {
        Attestation {
            control: "db.restore".to_owned(),
            by: by.to_owned(),
            on: Date::default(),
            expires: Date::default(),
            evidence: evidence.to_owned(),
            paths: vec!["infra/**".to_owned()],
            digest: None,
            origin: Origin {
                path: "p".to_owned(),
                line: 1,
                span: 0..0,
                in_repository: true,
            },
        }
    }

    /// Who vouches once these new words count in a policy that has these, and head's policy holds those.
    fn vouching(known: &[Attestation], new: &[Attestation], held: &[Attestation]) -> Vec<String> {
        let mut judging = Policy::builtins(&["default"]).expect("it is sound");
        judging.attestations = known.to_vec();
        let vouched = Vouched {
            waivers: Vec::new(),
            attestations: new.to_vec(),
            holds: held.iter().map(attested).collect(),
        };
        vouched.count_in(&mut judging);
        let words = judging.attestations.iter();
        words.map(|word| format!("{} {}", word.by, word.evidence)).collect()
    }

    #[test]
    fn a_new_word_renews_the_same_persons_and_leaves_anothers() {
        let (ana, bo) = (word("@ana", "old"), word("@bo", "new"));
        let both = [ana.clone(), bo.clone()];
        assert_eq!(vouching(&both[..1], &both[1..], &both), ["@ana old", "@bo new"]);
        let renewed = [word("@ana", "new")];
        assert_eq!(
            vouching(&both, &renewed, &[renewed[0].clone(), bo.clone()]),
            ["@bo new", "@ana new"]
        );
        // Head's policy has put one in the other's place.
        assert_eq!(vouching(&both[..1], &both[1..], &both[1..]), ["@bo new"]);
    }
}
