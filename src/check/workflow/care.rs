//! Whether workflows are written with care: pinned actions, declared rights, limits of time.

use crate::artifact::workflow::{Job, Permissions, Rights, Text, Workflow};
use crate::model::{Cause, Evidence, Examined, Gap, Place, Strength, Unread};

use super::super::View;
use super::gathered::{Found, Gathered};
use super::{ActionNames, Filters, MOST_SHOWN, PermissionRule};

/// What a question over all workflows found.
#[derive(Default)]
struct Tally {
    evidence: Vec<Evidence>,
    gaps: Vec<Gap>,
    unknown: Option<Unread>,
}

impl Tally {
    /// The outcome: a gap fails whatever else was not read; nothing asked and nothing unread is not applicable.
    /// `bad` is what falls short: of one, and of several.
    fn examined(mut self, gathered: &Gathered, good: &str, bad: [&str; 2], nothing: &str) -> Examined {
        let count = self.gaps.len();
        self.gaps.truncate(MOST_SHOWN);
        self.evidence.truncate(MOST_SHOWN);
        if count > 0 {
            let more = count - self.gaps.len();
            let and = if more > 0 {
                format!("; {more} more are not shown")
            } else {
                String::new()
            };
            let [one, several] = bad;
            let bad = if count == 1 { one } else { several };
            return Examined::fail(format!("{count} {bad}{and}"), self.gaps).with_evidence(self.evidence);
        }
        if let Some(unread) = gathered.unread.first().cloned().or(self.unknown) {
            return Examined::unknown(unread);
        }
        if self.evidence.is_empty() {
            return Examined::not_applicable(nothing);
        }
        Examined::pass(good, self.evidence)
    }
}

fn place(found: &Found, text: &Text) -> Place {
    Place::span(&found.path, &found.document, &text.span)
}

pub(super) fn pinned(gathered: &Gathered, except: &ActionNames) -> Examined {
    let mut tally = Tally::default();
    for (found, workflow) in gathered.asked() {
        let calls = workflow.jobs.iter().filter_map(|job| job.uses.as_ref());
        let steps = workflow
            .jobs
            .iter()
            .flat_map(|job| &job.steps)
            .filter_map(|step| step.uses.as_ref());
        for uses in calls.chain(steps) {
            let text = uses.text.trim();
            if text.starts_with("./") || except.has(text) {
                continue;
            }
            if uses.is_expression() {
                let line = found.document.position(uses.span.start).line;
                let what = format!("`{}:{line}` names an action by an expression", found.path);
                tally
                    .unknown
                    .get_or_insert(Unread::new(Cause::Unmodelled, what, "name the action itself"));
            } else if is_pinned(text) {
                tally
                    .evidence
                    .push(Evidence::new(place(found, uses), text, Strength::Wired, text));
            } else {
                let to = if text.starts_with("docker://") {
                    "an image digest"
                } else {
                    "a full commit id"
                };
                let message = format!("`{text}` is not pinned to {to}");
                // Another version of an action that was not pinned before is no new gap.
                tally.gaps.push(Gap::at(place(found, uses), name_of(text), message));
            }
        }
    }
    tally.examined(
        gathered,
        "every action is pinned to a full commit id or a digest",
        ["use of an action is not pinned", "uses of actions are not pinned"],
        "no workflow uses an action of another repository",
    )
}

/// An action or image without its version: `docker/login-action` of `docker/login-action@v3`.
fn name_of(uses: &str) -> &str {
    match uses.strip_prefix("docker://") {
        Some(image) => {
            let image = image.split('@').next().unwrap_or(image);
            // A colon before a slash is a registry's port.
            match image.rsplit_once(':') {
                Some((name, tag)) if !tag.contains('/') => name,
                Some(_) | None => image,
            }
        }
        None => uses.split('@').next().unwrap_or(uses),
    }
}

/// A commit's full id (40 or, for SHA-256 repositories, 64 digits), or an image's digest.
fn is_pinned(uses: &str) -> bool {
    let is_hex = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match uses.strip_prefix("docker://") {
        Some(image) => image
            .rsplit_once("@sha256:")
            .is_some_and(|(_, digest)| is_hex(digest, 64)),
        None => uses
            .rsplit_once('@')
            .is_some_and(|(_, reference)| is_hex(reference, 40) || is_hex(reference, 64)),
    }
}

pub(super) fn permissions(gathered: &Gathered, rule: PermissionRule) -> Examined {
    let mut tally = Tally::default();
    for (found, workflow) in gathered.asked() {
        match rule {
            PermissionRule::Declared => declared(&mut tally, found, workflow),
            PermissionRule::NoWriteAll => no_write_all(&mut tally, found, workflow),
        }
    }
    match rule {
        PermissionRule::Declared => tally.examined(
            gathered,
            "every workflow declares the rights of its token",
            [
                "workflow leaves the rights of its token to the repository's setting",
                "workflows leave the rights of their token to the repository's setting",
            ],
            "there is no workflow",
        ),
        PermissionRule::NoWriteAll => tally.examined(
            gathered,
            "no workflow gives its token every right",
            ["place gives the token every right", "places give the token every right"],
            "there is no workflow",
        ),
    }
}

fn declared(tally: &mut Tally, found: &Found, workflow: &Workflow) {
    let of_jobs: Vec<&Permissions> = workflow
        .jobs
        .iter()
        .filter_map(|job| job.permissions.as_ref())
        .collect();
    let shown = match &workflow.permissions {
        Some(permissions) => Some(permissions),
        None if of_jobs.len() == workflow.jobs.len() => of_jobs.first().copied(),
        None => None,
    };
    match shown {
        Some(permissions) => {
            let words = found.document.words(&permissions.span);
            let place = Place::span(&found.path, &found.document, &permissions.span);
            tally
                .evidence
                .push(Evidence::new(place, &words, Strength::Wired, found.path.as_str()));
        }
        None => {
            let line = workflow
                .triggers
                .first()
                .map_or(1, |trigger| found.document.position(trigger.span.start).line);
            let message = format!("`{}` declares no `permissions`", found.path);
            tally
                .gaps
                .push(Gap::at(Place::line(&found.path, line), "permissions", message));
        }
    }
}

fn no_write_all(tally: &mut Tally, found: &Found, workflow: &Workflow) {
    let before = tally.gaps.len();
    let of_jobs = workflow.jobs.iter().filter_map(|job| job.permissions.as_ref());
    for permissions in workflow.permissions.iter().chain(of_jobs) {
        if permissions.rights == Rights::WriteAll {
            let place = Place::span(&found.path, &found.document, &permissions.span);
            tally.gaps.push(Gap::at(
                place,
                "permissions: write-all",
                "`write-all` gives the token every right",
            ));
        }
    }
    if tally.gaps.len() == before {
        let evidence = Evidence::new(Place::file(&found.path), "", Strength::Wired, found.path.as_str());
        tally.evidence.push(evidence);
    }
}

pub(super) fn timeouts(gathered: &Gathered) -> Examined {
    let mut tally = Tally::default();
    for (found, workflow) in gathered.asked() {
        // A job that calls a workflow can have none: the called one's jobs do.
        for job in workflow.jobs.iter().filter(|job: &&Job| job.uses.is_none()) {
            match &job.timeout {
                Some(timeout) => {
                    let words = found.document.words(&timeout.span);
                    let subject = format!("{}#{}", found.path, job.id);
                    tally
                        .evidence
                        .push(Evidence::new(place(found, timeout), &words, Strength::Wired, subject));
                }
                None => {
                    let place = Place::span(&found.path, &found.document, &job.span);
                    let message = format!(
                        "the job `{}` has no `timeout-minutes`: GitHub stops it after 6 hours",
                        job.id
                    );
                    tally.gaps.push(Gap::at(place, &job.id, message));
                }
            }
        }
    }
    tally.examined(
        gathered,
        "every job has a limit of time",
        ["job has no limit of time", "jobs have no limit of time"],
        "no workflow has a job of its own",
    )
}

pub(super) fn exists(view: &View<'_>, gathered: &Gathered, filters: &Filters) -> Examined {
    let subject = if filters.files.is_empty() {
        if filters.on.is_empty() {
            ".github/workflows".to_owned()
        } else {
            format!("on: {}", filters.on.join(" | "))
        }
    } else {
        filters
            .files
            .iter()
            .map(|glob| glob.source())
            .collect::<Vec<_>>()
            .join(" | ")
    };
    let evidence: Vec<Evidence> = gathered
        .asked()
        .take(MOST_SHOWN)
        .map(|(found, workflow)| {
            let trigger = workflow
                .triggers
                .iter()
                .find(|trigger| found.events.contains(&trigger.event));
            let (place, words) = trigger.map_or_else(
                || (Place::file(&found.path), String::new()),
                |trigger| {
                    (
                        Place::span(&found.path, &found.document, &trigger.span),
                        trigger.event.clone(),
                    )
                },
            );
            Evidence::new(place, &words, Strength::Wired, subject.clone())
        })
        .collect();
    match evidence.first() {
        Some(first) => Examined::pass(
            format!("`{}` is a workflow{}", first.place.path, filters.shown()),
            evidence,
        ),
        None => gathered.missing(view, filters, &subject, "what is asked for"),
    }
}
