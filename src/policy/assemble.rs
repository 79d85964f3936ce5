//! All texts of a policy, in the order in which they are taken in → the policy.

use crate::check::{Kind, Plan};
use crate::model::PolicyReport;

use super::controls::Ids;
use super::file::{File, Role};
use super::loader::Text;
use super::mistakes::Mistakes;
use super::{Places, Policy, controls, settings, vouch};

/// Makes the policy, and reports every mistake of meaning. It is of use only when there is none.
///
/// `files` has what is extended before what extends it; `is_whole` says whether nothing of it is missing.
pub(super) fn assemble(
    files: &[&File],
    entry: &Text,
    kinds: &[Kind],
    is_whole: bool,
    mistakes: &mut Mistakes,
) -> Policy {
    let readable: Vec<&File> = files.iter().copied().filter(|file| !file.is_broken()).collect();
    let ids = Ids::collect(files, is_whole, mistakes);
    let (plan, tuned) = controls::controls(&readable, kinds, &ids, mistakes);
    let (gate, gate_origin) = settings::gate(&readable, mistakes);
    let (exclude, exclude_origins) = settings::exclude(&readable, mistakes);
    let components = settings::components(&readable, mistakes);
    let (checklist, checklist_origin) = settings::checklist(&readable, &ids, mistakes);
    let waivers = vouch::waivers(&readable, &ids, mistakes);
    let attestations = vouch::attestations(&readable, &ids, mistakes);
    let own = files.iter().find(|file| file.rank == 0);
    Policy {
        source: PolicyReport {
            path: entry.path.clone(),
            sha: entry.sha.clone(),
            packs: packs(files),
        },
        gate,
        exclude,
        components,
        checklist,
        // Compiling the patterns of a policy that has mistakes is of no use to anybody.
        plan: Plan::new(if mistakes.is_empty() { plan } else { Vec::new() }),
        waivers,
        attestations,
        places: Places {
            policy: own.map(|file| file.origin(&(0..0))),
            gate: gate_origin,
            exclude: exclude_origins,
            checklist: checklist_origin,
            tuned,
        },
    }
}

fn packs(files: &[&File]) -> Vec<String> {
    let packs = files.iter().filter(|file| match file.role {
        Role::Own => false,
        Role::Path | Role::GitHub { .. } | Role::Builtin => file.rank != 0,
    });
    packs.map(|file| file.name.clone()).collect()
}
