//! Commands that are not there yet say so, and what to do meanwhile.

/// What a command that is not there yet answers.
pub fn answer(command: &str) -> String {
    let meanwhile = match command {
        "init" => "write `.github/readiness.toml` with `version = 1` and `extends = [\"builtin:default\"]`",
        "explain" => "`readygate controls` lists every control with its remediation",
        "policy test" => "`readygate check` runs the policy on the repository you stand in",
        _ => "see README.md",
    };
    format!("`readygate {command}` is not there yet. Meanwhile: {meanwhile}.")
}
