//! Opening a repository whoever owns it, and without running anything that it configures.

use std::path::Path;

use gix::discover::upwards;

use crate::source::SourceError;

/// The repository that a folder lies in; `None` where there is none.
///
/// # Errors
/// A format that is not modelled, or a repository that can't be opened.
pub(super) fn discover(path: &Path, named: &str) -> Result<Option<gix::Repository>, SourceError> {
    let options = || {
        let mut permissions = gix::open::Permissions::all();
        // `GIT_INDEX_FILE` and its like would have another repository judged than the one named. The user's
        // own configuration counts, since it may say how line breaks are converted.
        permissions.env = gix::open::permissions::Environment::isolated();
        permissions.env.home = gix::sec::Permission::Allow;
        permissions.config.env = false;
        gix::open::Options::default()
            .permissions(permissions)
            .filter_config_section(|_| true)
            // A replaced object would be judged in place of the one that GitHub has.
            .config_overrides(["core.useReplaceRefs=false"])
    };
    let search = upwards::Options {
        trust: upwards::TrustPolicy::Assume(gix::sec::Trust::Full),
        ..upwards::Options::default()
    };
    let mapping = gix::sec::trust::Mapping {
        full: options(),
        reduced: options(),
    };
    let found = gix::ThreadSafeRepository::discover_opts(path, search, mapping);
    let has_own = std::fs::symlink_metadata(path.join(".git")).is_ok();
    match found {
        Ok(shared) => {
            let mut repository = shared.to_thread_local();
            let is_own = repository.workdir().is_some_and(|root| is_same(root, path));
            if has_own && !is_own && !is_same(repository.git_dir(), &path.join(".git")) {
                return Err(broken(named));
            }
            refuse_unmodelled(&repository, named)?;
            // What a partial clone lacks is said to be missing, and not looked for again and again.
            repository.objects.refresh_never();
            Ok(Some(repository))
        }
        Err(error) if is_none_there(&error) => {
            if has_own {
                return Err(broken(named));
            }
            Ok(None)
        }
        Err(error) => Err(explain(&format!("{error:#}"), named)),
    }
}

fn is_same(left: &Path, right: &Path) -> bool {
    match (left.canonicalize(), right.canonicalize()) {
        (Ok(left), Ok(right)) => left == right,
        (Err(_), _) | (_, Err(_)) => false,
    }
}

fn is_none_there(error: &gix::Error) -> bool {
    error
        .downcast_any_ref::<upwards::Error>()
        .is_some_and(|error| match error {
            upwards::Error::NoGitRepository { .. }
            | upwards::Error::NoGitRepositoryWithinCeiling { .. }
            | upwards::Error::NoGitRepositoryWithinFs { .. } => true,
            upwards::Error::NoTrustedGitRepository { .. } | &_ => false,
        })
}

fn broken(named: &str) -> SourceError {
    SourceError::Unreachable {
        what: format!(
            "`{named}` has a `.git` that is no repository that can be opened: clone it again, or mount what it points to"
        ),
    }
}

fn refuse_unmodelled(repository: &gix::Repository, named: &str) -> Result<(), SourceError> {
    let config = repository.config_snapshot();
    let refs = config.string("extensions.refStorage").map(|value| value.to_string());
    match refs.as_deref() {
        None | Some("files") => Ok(()),
        Some(other) => Err(SourceError::Unsupported {
            what: format!(
                "`{named}` keeps its refs as `{other}`, which is not supported: use `--repo`, or `git refs migrate --ref-format=files`"
            ),
        }),
    }
}

fn explain(error: &str, named: &str) -> SourceError {
    let lower = error.to_lowercase();
    if ["sha256", "object format", "objectformat", "object hash"]
        .iter()
        .any(|word| lower.contains(word))
    {
        return SourceError::Unsupported {
            what: format!("`{named}` is a SHA-256 repository, which is not supported (nor does GitHub host them)"),
        };
    }
    let first = error.lines().next().unwrap_or_default();
    SourceError::Unreachable {
        what: format!("the git repository at `{named}` can't be opened: {first}"),
    }
}

/// `owner/name` from a remote's URL, in any of the shapes that git knows.
pub(super) fn name_on_github(url: &str) -> Option<String> {
    // `scheme://user:password@host:port/path`, or `user@host:path` as scp has it.
    let (authority, path) = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?,
        None => url.split_once(':').filter(|(host, _)| !host.contains('/'))?,
    };
    let host = authority.rsplit('@').next()?.to_ascii_lowercase();
    let host = host.split(':').next()?;
    if !matches!(host, "github.com" | "www.github.com" | "ssh.github.com") {
        return None;
    }
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let (owner, name) = path.split_once('/')?;
    let is_plain = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    (is_plain(owner) && is_plain(name)).then(|| format!("{owner}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::name_on_github;

    #[test]
    fn every_shape_of_url_gives_the_same_name() {
        for url in [
            "https://github.com/o/n",
            "https://github.com/o/n.git",
            "https://x-access-token:secret@github.com/o/n/",
            "git@github.com:o/n.git",
            "ssh://git@github.com/o/n.git",
            "ssh://git@ssh.github.com:443/o/n.git",
            "git://GitHub.com/o/n",
        ] {
            assert_eq!(name_on_github(url).as_deref(), Some("o/n"), "{url}");
        }
        for url in [
            "https://gitlab.com/o/n",
            "../o/n",
            "/srv/github.com/o/n",
            "https://github.com/o",
            "git@github.com:o/n/x",
        ] {
            assert_eq!(name_on_github(url), None, "{url}");
        }
    }
}
