//! Waivers and attestations: what people answer for.

use crate::artifact::Node;

use super::controls::Ids;
use super::file::{File, Role};
use super::mistakes::{Mistakes, Words};
use super::settings::glob;
use super::shape::{AttestationShape, WaiverShape};
use super::{Attestation, Waiver};

/// The waivers of the repository's own texts.
pub(super) fn waivers(files: &[&File], ids: &Ids<'_>, mistakes: &mut Mistakes) -> Vec<Waiver> {
    let mut waivers = Vec::new();
    for file in files {
        if !may_vouch(file, "waiver", mistakes) {
            continue;
        }
        for node in file.clean_items("waiver") {
            let Some(shape) = file.read::<WaiverShape>(node, mistakes) else {
                continue;
            };
            let span = File::span_of(node, &["control"]);
            let is_known = ids.expect(&shape.control, file, &span, mistakes);
            if let Some(path) = &shape.path {
                glob(file, path, &File::span_of(node, &["path"]), mistakes);
            }
            if is_known {
                waivers.push(Waiver {
                    control: shape.control,
                    path: shape.path,
                    reason: shape.reason,
                    owner: shape.owner,
                    expires: shape.expires,
                    origin: file.origin(&span),
                });
            }
        }
    }
    waivers
}

/// The attestations of the repository's own texts.
pub(super) fn attestations(files: &[&File], ids: &Ids<'_>, mistakes: &mut Mistakes) -> Vec<Attestation> {
    let mut attestations = Vec::new();
    for file in files {
        if !may_vouch(file, "attestation", mistakes) {
            continue;
        }
        for node in file.clean_items("attestation") {
            let Some(shape) = file.read::<AttestationShape>(node, mistakes) else {
                continue;
            };
            if let Some(attestation) = attestation(file, node, shape, ids, mistakes) {
                attestations.push(attestation);
            }
        }
    }
    attestations
}

fn attestation(
    file: &File,
    node: &Node,
    shape: AttestationShape,
    ids: &Ids<'_>,
    mistakes: &mut Mistakes,
) -> Option<Attestation> {
    let span = File::span_of(node, &["control"]);
    for (index, path) in shape.paths.iter().enumerate() {
        let place = File::span_of(node, &["paths", &index.to_string()]);
        glob(file, path, &place, mistakes);
    }
    if shape.expires < shape.on {
        let title = "the attestation expires before the day on which it was given";
        let words = Words::new(
            title,
            format!("it was given on {}", shape.on),
            "mend one of the two days",
        );
        mistakes.push(file, &File::span_of(node, &["expires"]), words);
    }
    ids.expect(&shape.control, file, &span, mistakes).then(|| Attestation {
        control: shape.control,
        by: shape.by,
        on: shape.on,
        expires: shape.expires,
        evidence: shape.evidence,
        paths: shape.paths,
        digest: shape.digest,
        origin: file.origin(&span),
    })
}

/// Whether this text may accept gaps of this repository: one that others share may not.
fn may_vouch(file: &File, table: &str, mistakes: &mut Mistakes) -> bool {
    match file.role {
        Role::Own | Role::Path => true,
        Role::GitHub { .. } | Role::Builtin => {
            if let Some((key, _)) = file.root.entry(table) {
                let title = format!("a shared pack can't have `[[{table}]]`");
                let help =
                    "whoever shares a pack does not know this repository: write it in the repository's own policy";
                mistakes.push(file, &key.span, Words::new(title, "in a shared pack", help));
            }
            false
        }
    }
}
