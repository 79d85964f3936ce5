//! What is told where there is no verdict.

use crate::judge::Ending;
use crate::report::escape::{clip, fence, source_line, visible};

/// The longest reason that is shown, in characters.
const LONGEST: usize = 20_000;

/// A reason as a block of plain text with nothing hidden in it: names of the repository stand in it.
pub(super) fn reason(why: &str) -> String {
    let clipped = clip(why, LONGEST);
    let lines: Vec<String> = clipped.lines().map(source_line).collect();
    fence("text", &lines.join("\n"))
}

/// The job summary of a run without a verdict. `why` is plain text; `enforcement` the level in force, where it is known.
pub fn stop_summary(title: &str, why: &str, enforcement: Option<&str>) -> String {
    let level = enforcement.map_or_else(String::new, |words| format!("\nEnforcement: {words}.\n"));
    format!(
        "## readygate: {}\n\n{}\n{level}",
        clip(&visible(title), 200),
        reason(why)
    )
}

/// The outputs of a run without a verdict: what could not be read is a no-go, wrong usage and a policy with mistakes are
/// neither.
pub fn stop_outputs(ending: Ending<'_>) -> Vec<(&'static str, String)> {
    match ending {
        Ending::Unreadable => vec![("verdict", "no-go".to_owned())],
        Ending::Misused | Ending::Judged(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_hides_nothing_and_leaves_its_block_by_nothing() {
        let why = "`src\u{202e}exe/\u{1b}[31m` could not be read\n```\n# go";
        let summary = stop_summary("no verdict", why, Some("level 1 of 3"));
        assert!(
            !summary.contains('\u{202e}') && !summary.contains('\u{1b}'),
            "{summary}"
        );
        assert!(summary.contains("\n````text\n"), "{summary}");
        assert!(summary.ends_with("\nEnforcement: level 1 of 3.\n"), "{summary}");
    }

    #[test]
    fn only_what_could_not_be_read_is_a_no_go() {
        assert_eq!(stop_outputs(Ending::Unreadable), [("verdict", "no-go".to_owned())]);
        assert_eq!(stop_outputs(Ending::Misused), []);
    }
}
