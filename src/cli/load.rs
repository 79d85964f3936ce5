//! A policy from a revision of the repository, with the packs that it extends.

use std::collections::BTreeMap;

use crate::github::{Client, Route};
use crate::model::{Cause, Entry, Read, RepoPath, Tree};
use crate::policy::{Loader, PATHS, PackRef, Policy, Step, Text};
use crate::source::{Revision, Source, SourceError, Wanted};
use crate::text::Diagnostic;

use super::stop::Stop;

/// A policy as it was found, whether or not it is one.
pub struct Loaded {
    /// The policy, or all its mistakes.
    pub policy: Result<Policy, Vec<Diagnostic>>,
    /// The texts that went into it, by path: for showing the mistakes.
    pub texts: BTreeMap<String, String>,
}

/// Where packs of other repositories are read: `None` when no request may be made.
pub type Packs<'a> = Option<&'a Client>;

/// The policy that stands at a revision: at `path`, or where policies stand. `None` when there is none.
///
/// # Errors
/// The revision, the policy or a pack could not be read.
pub async fn from_revision<S: Source>(
    source: &mut S,
    revision: &Revision,
    tree: &Tree,
    path: Option<&str>,
    packs: Packs<'_>,
) -> Result<Option<Loaded>, Stop> {
    let found = match path {
        Some(path) => tree.get(path).map(|entry| (path.to_owned(), entry.clone())),
        None => PATHS
            .iter()
            .find_map(|path| tree.get(path).map(|entry| ((*path).to_owned(), entry.clone()))),
    };
    let Some((path, entry)) = found else {
        return match tree.truncation() {
            None => Ok(None),
            Some(why) => Err(Stop::Unreadable(SourceError::Unreachable {
                what: format!("the listing of files is not whole ({why}), so the policy may stand in what it lacks"),
            })),
        };
    };
    let content = read_text(source, revision, &path, entry).await?;
    let sha = match revision {
        Revision::Commit(id) => Some(id.clone()),
        Revision::WorkingTree => None,
    };
    let text = Text {
        path,
        sha,
        content,
        in_repository: true,
    };
    finish(text, source, revision, tree, packs).await.map(Some)
}

/// A policy whose text is at hand: a file that the user names, or a shipped pack.
///
/// # Errors
/// A pack could not be read.
pub async fn from_text<S: Source>(
    text: Text,
    source: &mut S,
    revision: &Revision,
    tree: &Tree,
    packs: Packs<'_>,
) -> Result<Loaded, Stop> {
    finish(text, source, revision, tree, packs).await
}

async fn finish<S: Source>(
    text: Text,
    source: &mut S,
    revision: &Revision,
    tree: &Tree,
    packs: Packs<'_>,
) -> Result<Loaded, Stop> {
    let mut texts = BTreeMap::from([(text.path.clone(), text.content.clone())]);
    let mut loader = Loader::new(text);
    loop {
        match loader.step() {
            Step::Ready(policy) => return Ok(Loaded { policy, texts }),
            Step::Wanted(wanted) => {
                for pack in wanted {
                    let content = match &pack {
                        PackRef::Path(path) => match tree.get(path.as_str()) {
                            Some(entry) => Ok(read_text(source, revision, path.as_str(), entry.clone()).await?),
                            None => Err("there is no such file in the repository".to_owned()),
                        },
                        PackRef::GitHub { repository, path, sha } => remote(packs, repository, path, sha).await?,
                    };
                    if let Ok(content) = &content {
                        texts.insert(pack.to_string(), content.clone());
                    }
                    loader.supply(pack, content);
                }
            }
        }
    }
}

async fn read_text<S: Source>(source: &mut S, revision: &Revision, path: &str, entry: Entry) -> Result<String, Stop> {
    let wanted = Wanted {
        path: RepoPath::new(path),
        entry,
    };
    let read = source
        .read(revision, std::slice::from_ref(&wanted))
        .await
        .into_iter()
        .next();
    let unreadable = |what: String| Stop::no_policy(format!("`{path}` can't be a policy: {what}"));
    match read {
        Some(Read::Here(document)) => document.text().map(str::to_owned).map_err(|why| {
            unreadable(match why {
                crate::text::NotText::Binary => "it is binary".to_owned(),
                crate::text::NotText::Encoding => "it is not UTF-8".to_owned(),
                crate::text::NotText::LfsPointer => "it is a Git LFS pointer".to_owned(),
            })
        }),
        // A link or a submodule in its place can be no policy, however often it is read.
        Some(Read::Unread(unread)) if unread.cause.is_content() || unread.cause == Cause::Unmodelled => {
            Err(unreadable(unread.what))
        }
        Some(Read::Unread(unread)) => Err(Stop::Unreadable(SourceError::Unreachable {
            what: format!("the policy `{path}` could not be read: {}", unread.what),
        })),
        Some(Read::Absent) | None => Err(Stop::Unreadable(SourceError::Unreachable {
            what: format!("the policy `{path}` is listed and could not be read"),
        })),
    }
}

/// A pack of another repository. The inner error is the policy's mistake, the outer one the environment's.
async fn remote(
    packs: Packs<'_>,
    repository: &str,
    path: &RepoPath,
    sha: &str,
) -> Result<Result<String, String>, Stop> {
    const LARGEST: u64 = 1 << 20;
    let name = format!("github:{repository}/{path}@{sha}");
    let unreachable = |why: String| {
        Stop::Unreadable(SourceError::Unreachable {
            what: format!("the pack `{name}` could not be read: {why}"),
        })
    };
    let Some(client) = packs else {
        return Err(unreachable(
            "no request may be made (offline, or no GITHUB_TOKEN)".to_owned(),
        ));
    };
    let Some((owner, repo)) = repository.split_once('/') else {
        return Ok(Err("it names no repository".to_owned()));
    };
    let segments: Vec<&str> = std::iter::once("contents").chain(path.as_str().split('/')).collect();
    let route = Route::repository(owner, repo).then(&segments).with("ref", sha);
    let download = client
        .download(&route, "application/vnd.github.raw+json", LARGEST)
        .await;
    let bytes = match download {
        Ok(download) => download.whole().await.map_err(|error| unreachable(error.to_string()))?,
        Err(error) => return Err(unreachable(error.to_string())),
    };
    Ok(String::from_utf8(bytes.to_vec()).map_err(|_| "it is not UTF-8".to_owned()))
}
