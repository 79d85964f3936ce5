//! Workflows that GitHub refuses as a whole: no job of theirs is ever started.

use crate::artifact::workflow::{Text, Workflow};

use super::gathered::Found;

/// Why GitHub refuses a workflow, in words that follow "it": an `if` that asks for the context `secrets`, which is not
/// there ("Unrecognized named-value: 'secrets'").
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#context-availability>
pub(super) fn refused(found: &Found, workflow: &Workflow) -> Option<String> {
    let steps = workflow.jobs.iter().flat_map(|job| &job.steps);
    let of_steps = steps.filter_map(|step| step.condition.as_ref());
    let mut conditions = workflow
        .jobs
        .iter()
        .filter_map(|job| job.condition.as_ref())
        .chain(of_steps);
    let refused: &Text = conditions.find(|condition| asks_for_secrets(&condition.text))?;
    let line = found.document.position(refused.span.start).line;
    Some(format!(
        "GitHub refuses the whole workflow, whose `if` in line {line} asks for `secrets`, which no condition is given"
    ))
}

/// Whether an expression names the context, outside of a text.
fn asks_for_secrets(condition: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    // Every second part is a text in quotes.
    condition.split('\'').step_by(2).any(|part| {
        let found = part.match_indices("secrets");
        let bytes = part.as_bytes();
        let mut found = found.filter(|(at, word)| {
            let is_whole = at.checked_sub(1).is_none_or(|before| !is_name(bytes[before]));
            is_whole && matches!(bytes.get(at + word.len()), Some(b'.' | b'['))
        });
        found.next().is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::asks_for_secrets;

    #[test]
    fn the_context_is_told_from_words_like_it() {
        for text in [
            "secrets.TOKEN != ''",
            "${{ secrets['A'] }}",
            "!secrets.A && github.ref == 'x'",
        ] {
            assert!(asks_for_secrets(text), "{text}");
        }
        for text in [
            "env.secrets == 'a'",
            "needs.secrets.outputs.a",
            "contains(x, 'secrets.A')",
            "inputs.my-secrets.a",
            "vars.A",
        ] {
            assert!(!asks_for_secrets(text), "{text}");
        }
    }
}
