//! Whether a package is declared, and in which version.

use std::collections::{BTreeMap, BTreeSet};

use crate::artifact::{self, Declared, Dependency, Ecosystem, Governing, Group, Requirement};
use crate::model::{Cause, Evidence, Examined, Gap, Outcome, Place, Snapshot, Strength, Unread};

use super::super::View;
use super::{Found, GroupFilter, MOST_SHOWN, brought, serving};

/// Names of which one will do; `*` in a name stands for any letters.
#[derive(Debug)]
pub(super) struct Names {
    written: Vec<String>,
    /// Those with a star.
    patterns: Vec<String>,
    /// The others, as each registry writes them.
    exact: BTreeMap<Ecosystem, BTreeSet<String>>,
}

impl Names {
    pub(super) fn new(written: Vec<String>) -> Self {
        let (patterns, plain): (Vec<String>, Vec<String>) =
            written.iter().cloned().partition(|name| name.contains('*'));
        let all = [Ecosystem::Npm, Ecosystem::Pypi, Ecosystem::Cargo, Ecosystem::Go];
        let exact = all.into_iter().map(|ecosystem| {
            let names = plain.iter().map(|name| ecosystem.normalise(name));
            (ecosystem, names.collect())
        });
        Self {
            exact: exact.collect(),
            written,
            patterns,
        }
    }

    pub(super) fn has(&self, ecosystem: Ecosystem, dependency: &Dependency) -> bool {
        let is = |name: &str| {
            self.exact.get(&ecosystem).is_some_and(|names| names.contains(name))
                || self.patterns.iter().any(|pattern| is_like(pattern, name))
        };
        let known = [Some(dependency.name.as_str()), dependency.alias.as_deref()];
        let mut known = known.into_iter().flatten();
        known.any(|name| {
            let bare = match ecosystem {
                Ecosystem::Go => artifact::without_major(ecosystem, name),
                Ecosystem::Npm | Ecosystem::Pypi | Ecosystem::Cargo => name,
            };
            is(name) || bare.len() < name.len() && is(bare)
        })
    }

    /// Whether a name is one of them as it is written.
    pub(super) fn names(&self, name: &str) -> bool {
        self.written.iter().any(|written| written == name)
    }

    /// Whether there is more than one.
    pub(super) fn are_several(&self) -> bool {
        self.written.len() > 1
    }

    pub(super) fn shown(&self) -> String {
        const MOST_TOLD: usize = 3;
        let quoted: Vec<String> = self.written.iter().map(|name| format!("`{name}`")).collect();
        match quoted.len().saturating_sub(MOST_TOLD) {
            0 | 1 => quoted.join(" or "),
            more => format!("{} or one of {more} more packages", quoted[..MOST_TOLD].join(", ")),
        }
    }

    pub(super) fn subject(&self) -> String {
        self.written.join(" | ")
    }
}

/// Whether a text is like a pattern with stars; greedy from the left, so linear in the text for each star.
pub(in crate::check) fn is_like(pattern: &str, text: &str) -> bool {
    // Most differ in their first letter, and millions are asked.
    if let (Some(first), Some(letter)) = (pattern.as_bytes().first(), text.as_bytes().first())
        && *first != b'*'
        && first != letter
    {
        return false;
    }
    let Some(star) = memchr::memchr(b'*', pattern.as_bytes()) else {
        return pattern == text;
    };
    let (first, more) = (&pattern[..star], &pattern[star + 1..]);
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let Some((middle, last)) = more.rsplit_once('*') else {
        return rest.ends_with(more);
    };
    for part in middle.split('*') {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

impl GroupFilter {
    pub(super) fn takes(self, group: Group) -> bool {
        match (self, group) {
            (Self::Any, _) => true,
            (Self::Runtime, Group::Runtime | Group::Optional | Group::Peer) => true,
            (Self::Runtime, Group::Development | Group::Build) => false,
            (Self::Development, Group::Development | Group::Build) => true,
            (Self::Development, Group::Runtime | Group::Optional | Group::Peer) => false,
        }
    }
}

/// A place where it is declared.
struct Hit<'a> {
    folder: &'a str,
    declared: &'a Declared,
    dependency: &'a Dependency,
}

fn hits<'a>(found: &'a Found, names: &'a Names, group: GroupFilter) -> impl Iterator<Item = Hit<'a>> {
    found.manifests.iter().flat_map(move |(folder, declared)| {
        let all = declared.dependencies();
        let its = all.filter(move |(dependency, its)| group.takes(*its) && names.has(declared.ecosystem, dependency));
        its.map(move |(dependency, _)| Hit {
            folder,
            declared,
            dependency,
        })
    })
}

/// Whether one of these names is declared.
pub(super) fn is_declared(found: &Found, names: &Names, group: GroupFilter) -> bool {
    hits(found, names, group).next().is_some()
}

pub(super) fn examine(
    view: &View<'_>,
    found: &Found,
    names: &Names,
    group: GroupFilter,
    version: Option<&str>,
) -> Examined {
    if let Some(nothing) = found.nothing(view) {
        return nothing;
    }
    let hits: Vec<Hit<'_>> = hits(found, names, group).collect();
    if hits.is_empty() {
        let brought = brought::Asked::of(view, found.ecosystem, group, version);
        if let Some(answer) = brought.and_then(|asked| asked.examine(names)) {
            return answer;
        }
        let answer = missing(view, found, names, group);
        if answer.outcome == Outcome::Fail
            && let Some(asked) = serving::Asked::of(view, found.ecosystem, (names, group, version))
        {
            return asked.examine().unwrap_or(answer);
        }
        return answer;
    }
    match version {
        None => Examined::pass(reason_of(&hits), evidence_of(&hits, names)),
        Some(range) => judge_versions(view.snapshot, &hits, names, range),
    }
}

fn reason_of(hits: &[Hit<'_>]) -> String {
    hits.first().map_or_else(String::new, |hit| {
        format!("`{}` declares `{}`", hit.declared.path, hit.dependency.name)
    })
}

fn place_of(hit: &Hit<'_>) -> Place {
    Place::span(&hit.declared.path, &hit.declared.document, &hit.dependency.span)
}

fn evidence_of(hits: &[Hit<'_>], names: &Names) -> Vec<Evidence> {
    hits.iter()
        .take(MOST_SHOWN)
        .map(|hit| {
            let words = hit.declared.document.words(&hit.dependency.span);
            Evidence::new(place_of(hit), &words, Strength::Present, names.subject())
        })
        .collect()
}

/// Nothing declares it: a failure only where all that might declare it was read.
fn missing(view: &View<'_>, found: &Found, names: &Names, group: GroupFilter) -> Examined {
    if let Some(unread) = found.unread.first() {
        return Examined::unknown(unread.clone());
    }
    for (_, declared) in &found.manifests {
        if let Some(why) = &declared.manifest().open {
            let what = format!("`{}` may declare {}: {why}", declared.path, names.shown());
            return Examined::unknown(Unread::new(
                Cause::Unmodelled,
                what,
                "list the dependencies in the manifest",
            ));
        }
        let absent = declared.manifest().includes.iter().find(|include| {
            artifact::resolve(declared.path.parent(), include)
                .is_none_or(|path| view.snapshot.tree.get(path.as_str()).is_none())
        });
        if let Some(include) = absent {
            let what = format!(
                "`{}` includes `{include}`, which is not in the repository",
                declared.path
            );
            return Examined::unknown(Unread::new(Cause::Unmodelled, what, "keep that file in the repository"));
        }
    }
    if let Some(unknown) = from_holder(view, found, names, group) {
        return unknown;
    }
    if let Some(why) = view.snapshot.tree.truncation() {
        let what = format!("the listing of files is not whole ({why}), so a manifest may be missing from it");
        return Examined::unknown(Unread::new(Cause::Limit, what, "run readygate on a checkout"));
    }
    let place = view.component.map_or_else(
        || "any manifest".to_owned(),
        |component| format!("the manifests of `{}`", component.path),
    );
    let purpose = match group {
        GroupFilter::Any => "",
        GroupFilter::Runtime => " for production",
        GroupFilter::Development => " for development",
    };
    let message = format!("{} is not declared{purpose} in {place}", names.shown());
    Examined::fail(message.clone(), vec![Gap::missing(names.subject(), message)])
}

/// A dependency of the workspace's root is not the member's, and yet the member may use it: it settles nothing.
fn from_holder(view: &View<'_>, found: &Found, names: &Names, group: GroupFilter) -> Option<Examined> {
    view.component?;
    for (folder, declared) in &found.manifests {
        let Some(holder) = artifact::holder_above(view.snapshot, declared.ecosystem, folder) else {
            continue;
        };
        for (path, result) in artifact::declared(view.snapshot, &holder) {
            let Ok(above) = result else { continue };
            let hit = above
                .dependencies()
                .find(|(dependency, its)| group.takes(*its) && names.has(above.ecosystem, dependency));
            if let Some((dependency, _)) = hit.filter(|_| above.ecosystem == declared.ecosystem) {
                let line = above.document.position(dependency.span.start).line;
                let what = format!(
                    "`{}` is declared by the workspace's root alone ({path}:{line}), and whether `{}` uses it can't be told",
                    dependency.name, declared.path
                );
                let settle = format!("declare it in `{}`", declared.path);
                return Some(Examined::unknown(Unread::new(Cause::Unmodelled, what, settle)));
            }
        }
    }
    None
}

/// What is known of the version of a hit.
enum Known {
    /// These versions are locked.
    Locked(Vec<String>),
    /// No lockfile governs, or it does not name it: the manifest's own range.
    Required(String),
    /// It can't be told.
    Unclear(Unread),
}

fn judge_versions(snapshot: &Snapshot, hits: &[Hit<'_>], names: &Names, range: &str) -> Examined {
    let (mut gaps, mut unknown, mut evidence, mut reason) = (Vec::new(), None, Vec::new(), None);
    for hit in hits {
        let ecosystem = hit.declared.ecosystem;
        let (answer, shown) = match known_version(snapshot, hit) {
            // Whatever is locked lies in the range that the manifest asks for.
            Known::Unclear(unread) => match large_lock(snapshot, hit, &unread) {
                Some(text) if artifact::is_within(ecosystem, range, &text).is_some() => (
                    artifact::is_within(ecosystem, range, &text),
                    format!("required as `{text}`"),
                ),
                _ => {
                    unknown.get_or_insert(unread);
                    continue;
                }
            },
            Known::Locked(versions) => {
                let answers: Vec<Option<bool>> = versions
                    .iter()
                    .map(|version| artifact::satisfies(ecosystem, range, version))
                    .collect();
                (agreed(&answers), format!("locked at {}", versions.join(", ")))
            }
            Known::Required(text) => {
                let shown = if text.is_empty() {
                    "any version".to_owned()
                } else {
                    format!("`{text}`")
                };
                (
                    artifact::is_within(ecosystem, range, &text),
                    format!("required as {shown}, without a lockfile"),
                )
            }
        };
        let name = &hit.dependency.name;
        match answer {
            Some(true) => {
                evidence.extend(evidence_of(std::slice::from_ref(hit), names));
                reason.get_or_insert(format!("`{name}` is {shown}"));
            }
            Some(false) => {
                let message = format!("`{name}` is {shown}, and `{range}` is asked for");
                gaps.push(Gap::at(place_of(hit), name, message));
            }
            None => {
                let what = format!("`{name}` is {shown}: whether that is `{range}` can't be told");
                unknown.get_or_insert(Unread::new(
                    Cause::Unmodelled,
                    what,
                    "commit a lockfile, or narrow the manifest's range",
                ));
            }
        }
    }
    gaps.truncate(MOST_SHOWN);
    match (gaps.first(), unknown) {
        (Some(gap), _) => Examined::fail(gap.message.clone(), gaps).with_evidence(evidence),
        (None, Some(unread)) => Examined::unknown(unread),
        (None, None) => Examined::pass(reason.unwrap_or_default(), evidence),
    }
}

fn agreed(answers: &[Option<bool>]) -> Option<bool> {
    let first = answers.first().copied().flatten()?;
    answers.iter().all(|answer| *answer == Some(first)).then_some(first)
}

fn known_version(snapshot: &Snapshot, hit: &Hit<'_>) -> Known {
    let ecosystem = hit.declared.ecosystem;
    let requirement = match required(snapshot, hit) {
        Ok(requirement) => requirement,
        Err(unread) => return Known::Unclear(unread),
    };
    if ecosystem == Ecosystem::Go {
        return Known::Locked(vec![requirement]);
    }
    let paths = match artifact::governing(snapshot, ecosystem, hit.folder) {
        Governing::Unclear(unread) => return Known::Unclear(unread),
        Governing::None => Vec::new(),
        Governing::Lockfiles(paths) => paths,
    };
    let mut versions: Vec<String> = Vec::new();
    for path in &paths {
        let lock = match artifact::lock(snapshot, path) {
            Err(unread) => return Known::Unclear(unread),
            Ok(lock) => lock,
        };
        let folder = crate::model::RepoPath::new(hit.folder)
            .relative_to(path.parent())
            .map_or(String::new(), str::to_owned);
        if let Some(Ok(lock)) = lock.as_deref() {
            let alias = hit.dependency.alias.as_deref().filter(|_| ecosystem == Ecosystem::Npm);
            let name = alias.unwrap_or(&hit.dependency.name);
            versions.extend(
                lock.versions(&folder, name, &requirement)
                    .into_iter()
                    .map(str::to_owned),
            );
        }
    }
    // Cargo may lock several majors: the one that the manifest allows is meant.
    if versions.len() > 1 && ecosystem == Ecosystem::Cargo {
        versions.retain(|version| artifact::satisfies(ecosystem, &requirement, version) != Some(false));
    }
    versions.sort();
    versions.dedup();
    if versions.is_empty() {
        Known::Required(requirement)
    } else {
        Known::Locked(versions)
    }
}

/// The range that a manifest asks for, where the lockfile is too large to be read.
fn large_lock(snapshot: &Snapshot, hit: &Hit<'_>, unread: &Unread) -> Option<String> {
    let is_large = unread.cause == Cause::Limit && hit.declared.ecosystem == Ecosystem::Npm;
    required(snapshot, hit).ok().filter(|_| is_large)
}

/// The range that a manifest asks for, also where the workspace's root says it.
fn required(snapshot: &Snapshot, hit: &Hit<'_>) -> Result<String, Unread> {
    let name = &hit.dependency.name;
    let unclear = |what: String| Unread::new(Cause::Unmodelled, what, "name a version in the manifest");
    match &hit.dependency.requirement {
        Requirement::Range(range) => Ok(range.clone()),
        Requirement::Elsewhere(_) => Err(unclear(format!(
            "`{}` takes `{name}` from elsewhere than the registry",
            hit.declared.path
        ))),
        Requirement::Inherited => {
            let holder =
                artifact::holder_above(snapshot, Ecosystem::Cargo, hit.folder).unwrap_or_else(|| hit.folder.to_owned());
            let shared = artifact::declared(snapshot, &holder)
                .into_iter()
                .filter_map(|(_, result)| result.ok())
                .filter(|declared| declared.ecosystem == Ecosystem::Cargo)
                .flat_map(|declared| declared.manifest().shared.clone())
                .find(|shared| shared.name == *name);
            match shared.map(|shared| shared.requirement) {
                Some(Requirement::Range(range)) => Ok(range),
                Some(Requirement::Inherited | Requirement::Elsewhere(_)) | None => {
                    Err(unclear(format!("what the workspace says of `{name}` can't be told")))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn stars_stand_for_any_letters() {
        assert!(is_like("@sentry/*", "@sentry/node") && is_like("a*c*e", "abcde") && is_like("pg", "pg"));
        assert!(!is_like("@sentry/*", "sentry") && !is_like("a*c", "ab") && !is_like("pg", "pg-pool"));
        assert!(!is_like("ab*ba", "aba"));
    }
}
