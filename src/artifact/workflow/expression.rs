//! The conditions of jobs and steps (`if`), as far as they can be told without a run.

/// Whether a condition holds in a run for one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// In every run.
    Always,
    /// In none in which all went well so far.
    Never,
    /// It can't be told.
    Depends,
}

/// Whether a condition holds when this event starts the run. `None` is no certain event.
///
/// Only comparisons of the event's name are computed. Conditions that limit nothing of importance (the repository
/// is not a fork, the actor is not a bot, the pull request is no draft) count as holding.
pub fn holds(condition: &str, event: Option<&str>) -> Holds {
    let text = condition.trim();
    let text = text
        .strip_prefix("${{")
        .and_then(|rest| rest.strip_suffix("}}"))
        .unwrap_or(text)
        .trim();
    // Brackets that group, and strings that hold operators, are not taken apart.
    let is_grouped = text.replace("()", "").contains('(') && (text.contains("&&") || text.contains("||"));
    if is_grouped && !calls_only(text) {
        return Holds::Depends;
    }
    any(text
        .split("||")
        .map(|part| all(part.split("&&").map(|atom| atom_holds(atom.trim(), event)))))
}

/// Whether every bracket belongs to a call without operators in it.
fn calls_only(text: &str) -> bool {
    let mut depth = 0_u32;
    let mut before = ' ';
    for letter in text.chars() {
        match letter {
            '(' if depth == 0 && !before.is_ascii_alphanumeric() => return false,
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '&' | '|' if depth > 0 => return false,
            _ => {}
        }
        before = letter;
    }
    true
}

fn all(parts: impl Iterator<Item = Holds>) -> Holds {
    parts.fold(Holds::Always, |left, right| match (left, right) {
        (Holds::Never, _) | (_, Holds::Never) => Holds::Never,
        (Holds::Depends, _) | (_, Holds::Depends) => Holds::Depends,
        (Holds::Always, Holds::Always) => Holds::Always,
    })
}

fn any(parts: impl Iterator<Item = Holds>) -> Holds {
    parts.fold(Holds::Never, |left, right| match (left, right) {
        (Holds::Always, _) | (_, Holds::Always) => Holds::Always,
        (Holds::Depends, _) | (_, Holds::Depends) => Holds::Depends,
        (Holds::Never, Holds::Never) => Holds::Never,
    })
}

fn atom_holds(atom: &str, event: Option<&str>) -> Holds {
    let plain: String = atom.chars().filter(|letter| !letter.is_whitespace()).collect();
    match plain.as_str() {
        "true" | "always()" | "success()" | "!cancelled()" | "!failure()" => return Holds::Always,
        "false" | "failure()" | "cancelled()" | "" => return Holds::Never,
        _ => {}
    }
    let harmless = [
        "github.repository==",
        "github.repository_owner==",
        "github.actor!=",
        "github.triggering_actor!=",
        "!github.event.pull_request.draft",
        "github.event.pull_request.draft==false",
        "github.event.pull_request.draft!=true",
        "!github.event.repository.fork",
        "!contains(github.event.head_commit.message,",
    ];
    if harmless.iter().any(|start| plain.starts_with(start)) {
        return Holds::Always;
    }
    let quoted = |text: &str| text.trim_matches(['\'', '"']).to_owned();
    match (
        plain.strip_prefix("github.event_name==").map(quoted),
        plain.strip_prefix("github.event_name!=").map(quoted),
        event,
    ) {
        (Some(name), _, Some(event)) if name == event => Holds::Always,
        (Some(_), _, Some(_)) => Holds::Never,
        (_, Some(name), Some(event)) if name != event => Holds::Always,
        (_, Some(_), Some(_)) => Holds::Never,
        (_, _, _) => Holds::Depends,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_certain_is_said() {
        for (condition, expected) in [
            ("false", Holds::Never),
            ("${{ false }}", Holds::Never),
            ("always()", Holds::Always),
            ("github.event_name == 'pull_request'", Holds::Always),
            ("github.event_name == 'push'", Holds::Never),
            (
                "github.event_name == 'push' || github.event_name == 'pull_request'",
                Holds::Always,
            ),
            ("github.event_name != 'push' && matrix.x", Holds::Depends),
            ("needs.changes.outputs.api == 'true'", Holds::Depends),
            ("(github.event_name == 'push' || x) && y", Holds::Depends),
            ("!cancelled() && github.actor != 'dependabot[bot]'", Holds::Always),
            ("failure()", Holds::Never),
            ("contains(github.ref, 'a') && false", Holds::Never),
        ] {
            assert_eq!(holds(condition, Some("pull_request")), expected, "{condition}");
        }
        assert_eq!(holds("github.event_name == 'push'", None), Holds::Depends);
    }
}
