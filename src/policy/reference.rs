//! What a policy extends: a pack's name, taken apart.

use std::fmt;

use crate::model::RepoPath;
use crate::text::nearest;

use super::builtin::{self, BUILTIN};
use super::file::Role;
use super::mistakes::shown;

/// A pack that has to be read by somebody who may.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PackRef {
    /// A file of the repository that is judged, from its root.
    Path(RepoPath),
    /// A file of another repository on GitHub, at one commit.
    GitHub {
        /// `OWNER/REPO`.
        repository: String,
        /// The file, from that repository's root.
        path: RepoPath,
        /// The commit's full id, 40 hexadecimal digits in lower case.
        sha: String,
    },
}

impl fmt::Display for PackRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(formatter, "{path}"),
            Self::GitHub { repository, path, sha } => write!(formatter, "github:{repository}/{path}@{sha}"),
        }
    }
}

/// A pack as `extends` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reference {
    /// A shipped one.
    Builtin(&'static str, &'static str),
    /// One that has to be read.
    Read(PackRef),
}

/// Why a reference is none: what is wrong, and what to do.
pub(super) type Refusal = (String, String);

impl Reference {
    /// Takes apart what a file of this role extends.
    pub(super) fn parse(text: &str, from: &Role) -> Result<Self, Refusal> {
        if let Some(name) = text.strip_prefix("builtin:") {
            return builtin(name);
        }
        if matches!(from, Role::Builtin) {
            let help = "a shipped pack is the same everywhere, so it may extend `builtin:` packs alone";
            return Err((
                format!("a built-in pack can't extend `{}`", shown(text)),
                help.to_owned(),
            ));
        }
        if let Some(rest) = text.strip_prefix("github:") {
            return github(rest).map(Self::Read);
        }
        if let Some((scheme, _)) = text.split_once(':') {
            let near = nearest(scheme, ["builtin", "github"]);
            let help = near.map_or_else(
                || "write `builtin:NAME`, a path in this repository, or `github:OWNER/REPO/PATH@FULL-SHA`".to_owned(),
                |near| format!("did you mean `{near}:`?"),
            );
            return Err((format!("`{}` names no place that packs come from", shown(text)), help));
        }
        let path = repo_path(text)?;
        Ok(Self::Read(match from {
            Role::GitHub { repository, sha } => PackRef::GitHub {
                repository: repository.clone(),
                path,
                sha: sha.clone(),
            },
            Role::Own | Role::Path | Role::Builtin => PackRef::Path(path),
        }))
    }

    /// The name by which it is known.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Builtin(name, _) => format!("builtin:{name}"),
            Self::Read(pack) => pack.to_string(),
        }
    }
}

fn builtin(name: &str) -> Result<Reference, Refusal> {
    let known = BUILTIN.iter().map(|(known, _)| *known);
    if let Some(known) = known.clone().find(|known| *known == name)
        && let Some(text) = builtin::text_of(known)
    {
        return Ok(Reference::Builtin(known, text));
    }
    let near = (name.len() < 64).then(|| nearest(name, known.clone())).flatten();
    let help = near.map_or_else(
        || format!("the built-in packs are: {}", known.collect::<Vec<_>>().join(", ")),
        |near| format!("did you mean `builtin:{near}`?"),
    );
    Err((format!("there is no built-in pack `{}`", shown(name)), help))
}

fn github(rest: &str) -> Result<PackRef, Refusal> {
    let shape = "write `github:OWNER/REPO/PATH@FULL-SHA`, the SHA being a commit's 40 hexadecimal digits";
    let refuse = |what: &str| (format!("`github:{}` {what}", shown(rest)), shape.to_owned());
    let Some((file, sha)) = rest.rsplit_once('@') else {
        return Err(refuse("names no commit"));
    };
    // A branch or a tag moves, and whoever can move it would change what blocks merges here.
    if sha.len() != 40 || !sha.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(refuse("names no commit by its full id"));
    }
    let mut parts = file.splitn(3, '/');
    let (Some(owner), Some(name), Some(path)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(refuse("lacks owner, repository or path"));
    };
    let is_name = |text: &str| {
        !text.is_empty()
            && !text.starts_with('.')
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    if !is_name(owner) || !is_name(name) {
        return Err(refuse("lacks owner, repository or path"));
    }
    Ok(PackRef::GitHub {
        repository: format!("{owner}/{name}"),
        path: repo_path(path)?,
        sha: sha.to_ascii_lowercase(),
    })
}

/// A path that stays inside the repository.
pub(super) fn repo_path(text: &str) -> Result<RepoPath, Refusal> {
    let path = RepoPath::new(text);
    let help = "write it from the repository's root with `/` between the parts, such as `docs/CHECKLIST.md`";
    let refuse = |what: &str| Err((format!("`{}` {what}", shown(text)), help.to_owned()));
    if path.as_str().is_empty() {
        refuse("is no path")
    } else if path.as_str().starts_with('/') {
        refuse("is a path from the machine's root")
    } else if path.as_str().contains('\\') {
        refuse("has a backslash, which separates nothing in git")
    } else if path.as_str().split('/').any(|part| part == "..") {
        refuse("leads out of a folder with `..`")
    } else {
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "0123456789ABCDEF0123456789abcdef01234567";

    #[test]
    fn references_are_taken_apart() {
        let pack = Reference::parse(&format!("github:o/r/a/b.toml@{SHA}"), &Role::Own).map(|found| found.name());
        assert_eq!(pack, Ok(format!("github:o/r/a/b.toml@{}", SHA.to_lowercase())));
        let path = Reference::parse("./packs/a.toml", &Role::Own).map(|found| found.name());
        assert_eq!(path, Ok("packs/a.toml".to_owned()));
        assert!(Reference::parse("builtin:default", &Role::Builtin).is_ok());
    }

    #[test]
    fn a_path_in_a_pack_of_another_repository_stays_in_that_repository() {
        let from = Role::GitHub {
            repository: "o/r".to_owned(),
            sha: SHA.to_lowercase(),
        };
        let found = Reference::parse("base.toml", &from).map(|found| found.name());
        assert_eq!(found, Ok(format!("github:o/r/base.toml@{}", SHA.to_lowercase())));
    }

    #[test]
    fn what_moves_or_leaves_is_refused() {
        for text in [
            "github:o/r/a.toml",
            "github:o/r/a.toml@main",
            "github:o/r/a.toml@0123456",
            "github:o/r@0123456789abcdef0123456789abcdef01234567",
            "github:o/../a.toml@0123456789abcdef0123456789abcdef01234567",
            "builtin:defualt",
            "gihub:o/r",
            "https://example.com/a.toml",
            "../a.toml",
            "/etc/passwd",
            "a\\b.toml",
            "",
        ] {
            assert!(Reference::parse(text, &Role::Own).is_err(), "{text}");
        }
        assert!(Reference::parse("a.toml", &Role::Builtin).is_err());
    }
}
