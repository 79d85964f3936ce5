//! What the text of a lockfile tells without being parsed.

use crate::model::RepoPath;

/// Whether a text holds a package's name as a whole.
pub(super) fn names(text: &str, name: &str) -> bool {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte));
    let bytes = text.as_bytes();
    memchr::memmem::find_iter(bytes, name).any(|at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        !is_part(before) && !is_part(bytes.get(at + name.len()))
    })
}

/// Whether a lockfile brings a package. npm's names peers that others can do without, too, and these it does not install.
pub(super) fn brings(path: &RepoPath, text: &str, name: &str) -> bool {
    let is_of_npm = matches!(path.file_name(), "package-lock.json" | "npm-shrinkwrap.json");
    if is_of_npm && text.contains("\"packages\"") {
        return text.contains(&format!("node_modules/{name}\""));
    }
    names(text, name)
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn names_stand_alone() {
        assert!(names("\"node_modules/pg\": {}", "pg") && names("pg@^8:\n", "pg") && names("'@s/a@1.0.0':", "@s/a"));
        assert!(!names("pg-pool@1", "pg") && !names("\"node_modules/lpg\"", "pg"));
    }
}
