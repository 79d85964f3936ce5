//! One entry of a list for each thing told. Every entry is bounded, so that a page can leave out whole ones.

use crate::model::{Cause, ControlReport, Notice, RegressionKind, Report};

use super::super::Setting;
use super::super::escape::{clip, code, fence, inline, link, uri};
use super::super::remark::{is_file, snippet};
use super::super::view::{Failing, Telling, Worse, further, headline, place};

/// Characters of one text of an entry.
const LONGEST: usize = 500;
/// Places of one control, and controls of one cause, that are named.
const MOST_PLACES: usize = 5;
const MOST_CONTROLS: usize = 30;
/// Failing controls that carry a waiver.
const MOST_WAIVERS: usize = 10;

/// Links to lines of head.
pub(super) struct Links {
    /// `https://github.com/o/n/blob/SHA/`; `None` where there is nothing to link to.
    base: Option<String>,
}

impl Links {
    pub(super) fn new(report: &Report, setting: &Setting<'_>) -> Self {
        let target = &report.target;
        let base = match (setting.server, &target.repository, &target.sha) {
            // A changed working tree has other lines than its commit.
            (Some(server), Some(repository), Some(sha)) if !target.dirty => {
                let server = server.trim_end_matches('/');
                Some(format!("{server}/{}/blob/{}/", uri(repository), uri(sha)))
            }
            (_, _, _) => None,
        };
        Self { base }
    }

    /// A place as `path#L4`, linked where that is possible.
    pub(super) fn place(&self, path: &str, line: Option<u32>) -> String {
        let anchor = line.map_or_else(String::new, |line| format!("#L{line}"));
        let shown = format!("{}{anchor}", clip(path, LONGEST));
        match self.base.as_deref().filter(|_| is_file(path) && path.len() <= LONGEST) {
            Some(base) => link(&shown, &format!("{base}{}{anchor}", uri(path))),
            None => code(&shown),
        }
    }

    /// A regression: what, where, what to do, and the waiver that would accept it.
    pub(super) fn regression(&self, report: &Report, worse: &Worse<'_>) -> String {
        let what = worse.regression;
        let name = what
            .control
            .as_deref()
            .map_or_else(String::new, |id| format!(" {}", code(&clip(id, LONGEST))));
        let shown = worse
            .place()
            .map_or_else(String::new, |(path, line)| format!(" ({})", self.place(path, line)));
        let gates = if what.gates {
            ""
        } else {
            " *(reported, does not block)*"
        };
        let (head, rest) = headline(worse.missed(), worse.finding, &what.message);
        let mut text = format!(
            "- **{}**{name}: {}{shown}{gates}\n",
            what.severity.as_str(),
            inline(&clip(&head, LONGEST))
        );
        if let Some(rest) = rest {
            text.push_str(&format!("  - {}\n", inline(&clip(&rest, LONGEST))));
        }
        if worse.telling == Telling::Again {
            return text;
        }
        text.push_str(&format!(
            "  - What to do: {}\n",
            inline(&clip(&worse.remedy(), LONGEST))
        ));
        if let (RegressionKind::Finding, Some(control)) = (what.kind, worse.control) {
            let only = worse.finding.filter(|_| control.findings.len() == 1);
            let toml = snippet(report, control, only);
            text.push_str(&accept(report, &toml));
        }
        text
    }

    /// A failing control with its places. The first ones carry the waiver that would accept them; a hundred
    /// would bury the rest.
    pub(super) fn failing(&self, report: &Report, index: usize, failing: &Failing<'_>) -> String {
        let control = failing.control;
        let first = failing.findings.first();
        let says = first.map_or(control.reason.as_str(), |finding| finding.message.as_str());
        let mut places: Vec<String> = failing
            .findings
            .iter()
            .filter_map(|finding| place(finding))
            .take(MOST_PLACES)
            .map(|(path, line)| self.place(path, line))
            .collect();
        places.dedup();
        if let more @ 1.. = failing.findings.len().saturating_sub(MOST_PLACES) {
            places.push(format!("{more} more"));
        }
        let at = if places.is_empty() {
            String::new()
        } else {
            format!(" ({})", places.join(", "))
        };
        let (head, rest) = headline(Some(control), first.copied(), says);
        let mut text = format!(
            "- **{}** {}: {}{at}\n",
            control.severity.as_str(),
            name(control),
            inline(&clip(&head, LONGEST))
        );
        if let Some(rest) = rest {
            text.push_str(&format!("  - {}\n", inline(&clip(&rest, LONGEST))));
        }
        if let Some(reason) = further(control, says) {
            text.push_str(&format!("  - {}\n", inline(&clip(&reason, LONGEST))));
        }
        if !control.remediation.is_empty() {
            text.push_str(&format!(
                "  - What to do: {}\n",
                inline(&clip(&control.remediation, LONGEST))
            ));
        }
        if index < MOST_WAIVERS {
            let only = first.filter(|_| failing.findings.len() == 1).copied();
            text.push_str(&accept(report, &snippet(report, control, only)));
        }
        text
    }
}

/// The waiver as a block to be copied. Where it belongs depends on who may accept a gap: the base branch.
fn accept(report: &Report, toml: &str) -> String {
    let policy = report.policy.path.as_str();
    let file = if is_file(policy) {
        policy
    } else {
        ".github/readiness.toml"
    };
    let whose = match report.target.base {
        Some(_) => " of the base branch, or here with the approval of an owner of the policy",
        None => "",
    };
    let block = fence("toml", toml).replace('\n', "\n  ");
    format!(
        "\n  <details><summary>Accept the gap for a while</summary>\n\n  In {}{whose}:\n\n  {}\n  </details>\n\n",
        code(&clip(file, 200)),
        block.trim_end()
    )
}

/// A control's id, and its component where it has one.
pub(super) fn name(control: &ControlReport) -> String {
    let id = code(&clip(&control.id, LONGEST));
    match &control.component {
        Some(component) => format!("{id} in {}", code(&clip(component, LONGEST))),
        None => id,
    }
}

/// One cause with its controls and what would settle them.
pub(super) fn unknown(cause: Cause, settle: &str, controls: &[&ControlReport]) -> String {
    let mut text = format!("- **{}**: settled by {}\n", cause.as_str(), inline(settle));
    for control in controls.iter().take(MOST_CONTROLS) {
        text.push_str(&format!(
            "  - {}: {}\n",
            name(control),
            inline(&clip(&control.reason, 300))
        ));
    }
    if let more @ 1.. = controls.len().saturating_sub(MOST_CONTROLS) {
        text.push_str(&format!("  - and {more} more\n"));
    }
    text
}

/// An accepted gap: by whom, why, until when.
pub(super) fn waived(control: &ControlReport) -> String {
    let by = control.waiver.as_ref().map_or_else(String::new, |waiver| {
        let owner = code(&clip(&waiver.owner, LONGEST));
        format!(
            ": {} ({owner}, until {})",
            inline(&clip(&waiver.reason, LONGEST)),
            waiver.expires
        )
    });
    format!("- waived {}{by}\n", name(control))
}

/// A person's word: whose, since when, until when, and where the evidence is.
pub(super) fn attested(control: &ControlReport) -> String {
    let by = control.attestation.as_ref().map_or_else(String::new, |word| {
        let evidence = code(&clip(&word.evidence, LONGEST));
        let by = code(&clip(&word.by, LONGEST));
        format!(": {by} on {}, until {}, {evidence}", word.on, word.expires)
    });
    format!("- attested {}{by}\n", name(control))
}

/// What is to be said of a waiver or an attestation. Its line is that of the policy that judged, which may not be
/// head's: so it is no link.
pub(super) fn notice(notice: &Notice) -> String {
    let place = code(&clip(&format!("{}:{}", notice.path, notice.line), LONGEST));
    format!("- {place}: {}\n", inline(&clip(&notice.message, LONGEST)))
}
