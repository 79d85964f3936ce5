//! People's words: which attestation counts on this day and for this tree.

use std::collections::BTreeMap;

use chrono::Days;
use sha2::{Digest, Sha256};

use crate::model::{Attested, BlobId, Component, Date, NoticeKind, PathGlob, RepoPath, Snapshot, Tree};
use crate::policy::Attestation;

use super::fingerprint::hex;
use super::notice::Refusal;

/// Why there is no digest of the paths that an attestation covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undigested {
    /// A pattern that can't be used, and what is wrong with it.
    Pattern(String, String),
    /// No file matches any of the patterns.
    Nothing,
    /// The listing holds no blob ids: a folder without git.
    Untracked,
    /// The listing is not whole, and why.
    Truncated(String),
}

impl std::fmt::Display for Undigested {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pattern(pattern, why) => write!(formatter, "its pattern `{pattern}` can't be used: {why}"),
            Self::Nothing => formatter.write_str("its paths match no file"),
            Self::Untracked => {
                formatter.write_str("what it covers can't be compared without git, which knows the files' ids")
            }
            Self::Truncated(why) => write!(
                formatter,
                "what it covers can't be compared, because the listing of files is not whole ({why})"
            ),
        }
    }
}

/// `sha256:` and the digest of all entries that match one of the patterns: their paths and blob ids in
/// the order of their paths, each path preceded by its length.
///
/// # Errors
/// Why there is none.
pub fn digest(tree: &Tree, patterns: &[String]) -> Result<String, Undigested> {
    if let Some(why) = tree.truncation() {
        return Err(Undigested::Truncated(why.to_owned()));
    }
    let covered = covered(tree, patterns)?;
    if covered.is_empty() {
        return Err(Undigested::Nothing);
    }
    let mut hash = Sha256::new();
    for (path, id) in covered {
        let id = id.ok_or(Undigested::Untracked)?;
        hash.update((path.as_str().len() as u64).to_be_bytes());
        hash.update(path.as_str());
        hash.update(id.0);
    }
    Ok(format!("sha256:{}", hex(&hash.finalize())))
}

fn covered(tree: &Tree, patterns: &[String]) -> Result<BTreeMap<RepoPath, Option<BlobId>>, Undigested> {
    let mut covered = BTreeMap::new();
    for pattern in patterns {
        let glob = PathGlob::new(pattern).map_err(|why| Undigested::Pattern(pattern.clone(), why))?;
        covered.extend(tree.matching(&glob).map(|(path, entry)| (path.clone(), entry.id)));
    }
    Ok(covered)
}

/// An attestation weighed: what it is worth, and for which components.
pub(super) struct Weighed<'a> {
    /// As the policy has it.
    pub attestation: &'a Attestation,
    /// In force, or why it is not.
    pub standing: Result<Attested, Refusal>,
    /// The components that its paths lie in; empty for all.
    components: Vec<RepoPath>,
}

/// Weighs an attestation. `max_days` is the longest time for which the control lets a word count.
pub(super) fn weigh<'a>(
    attestation: &'a Attestation,
    snapshot: &Snapshot,
    as_of: Date,
    max_days: Option<u32>,
) -> Weighed<'a> {
    let last = max_days.and_then(|days| attestation.on.checked_add_days(Days::new(u64::from(days))));
    let expires = last.map_or(attestation.expires, |last| last.min(attestation.expires));
    let standing = stand(attestation, &snapshot.tree, as_of, expires).map(|()| Attested {
        by: attestation.by.clone(),
        on: attestation.on,
        expires,
        evidence: attestation.evidence.clone(),
    });
    Weighed {
        attestation,
        standing,
        components: covered_components(attestation, snapshot),
    }
}

fn stand(attestation: &Attestation, tree: &Tree, as_of: Date, expires: Date) -> Result<(), Refusal> {
    if attestation.on > as_of {
        let words = format!("is dated {}, which is still to come", attestation.on);
        return Err(Refusal::new(NoticeKind::Refused, words));
    }
    if expires < as_of {
        let words = if expires < attestation.expires {
            format!("ended on {expires}, the longest time that this control lets a word count")
        } else {
            format!("expired on {expires}")
        };
        return Err(Refusal::new(NoticeKind::Expired, words));
    }
    if attestation.paths.is_empty() {
        return Ok(());
    }
    let void = |words: String| Refusal::new(NoticeKind::Void, words);
    let Some(signed) = &attestation.digest else {
        return Err(void("is void: it covers paths and has no digest of them".to_owned()));
    };
    match digest(tree, &attestation.paths) {
        Ok(now) if now == *signed => Ok(()),
        Ok(_) => Err(void(format!(
            "is void: the files that it covers have changed since {} ({})",
            attestation.on,
            listed(&attestation.paths)
        ))),
        Err(why @ Undigested::Nothing) => Err(void(format!("does not count: {why} ({})", listed(&attestation.paths)))),
        Err(why @ (Undigested::Pattern(..) | Undigested::Untracked | Undigested::Truncated(_))) => {
            Err(Refusal::new(NoticeKind::Refused, format!("does not count: {why}")))
        }
    }
}

/// The first patterns, and how many there are beside them.
fn listed(patterns: &[String]) -> String {
    const MOST: usize = 5;
    let shown: Vec<String> = patterns
        .iter()
        .take(MOST)
        .map(|pattern| format!("`{pattern}`"))
        .collect();
    let more = patterns.len().saturating_sub(MOST);
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    shown.join(", ") + &rest
}

/// A word about files of one component says nothing of another.
fn covered_components(attestation: &Attestation, snapshot: &Snapshot) -> Vec<RepoPath> {
    let mut components: Vec<RepoPath> = covered(&snapshot.tree, &attestation.paths)
        .unwrap_or_default()
        .into_keys()
        .filter_map(|path| Component::of(&snapshot.components, &path).map(|found| found.path.clone()))
        .collect();
    components.sort();
    components.dedup();
    components
}

impl Weighed<'_> {
    /// Whether it speaks of this component. What lies in no component speaks of all of them.
    pub(super) fn is_about(&self, component: Option<&Component>) -> bool {
        match component {
            None => true,
            Some(component) => self.components.is_empty() || self.components.contains(&component.path),
        }
    }
}
