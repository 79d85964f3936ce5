//! A repository read through GitHub's API, without a checkout.
//!
//! Few requests: one to resolve a name, one for the merge base, one for a tree (more when GitHub cuts it
//! off), and then contents by blob id, which head and base share. Nothing is believed that can be
//! checked: every content is hashed and compared with the tree's blob id.

mod archive;
mod batch;
mod blobs;
mod listing;

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use crate::github::{Client, GithubError, Kind, Route, facts};
use crate::model::{Fact, FactKey, Read, Tree};

use super::{Ancestry, Revision, Source, SourceError, Wanted};
use blobs::Shelf;
use listing::Lister;

/// A repository on GitHub.
pub struct Github {
    client: Client,
    owner: String,
    name: String,
    branch: Option<String>,
    /// Tree ids by commit, where an answer told them.
    trees: HashMap<String, String>,
    lister: Lister,
    shelf: Shelf,
}

impl Github {
    /// The repository `OWNER/NAME`.
    pub fn new(client: Client, owner: &str, name: &str) -> Self {
        Self {
            client,
            owner: owner.to_owned(),
            name: name.to_owned(),
            branch: None,
            trees: HashMap::new(),
            lister: Lister::default(),
            shelf: Shelf::default(),
        }
    }

    /// The same, with `branch.*` facts told of this branch (the base branch of a pull request) instead of
    /// the default branch.
    #[must_use]
    pub fn with_branch(mut self, branch: &str) -> Self {
        self.branch = Some(branch.to_owned());
        self
    }

    fn route(&self, segments: &[&str]) -> Route {
        Route::repository(&self.owner, &self.name).then(segments)
    }

    async fn compare(&self, left: &str, right: &str) -> Result<Value, GithubError> {
        // One commit a page: the changed files that this answer also carries are of no use here.
        let route = self
            .route(&["compare", &format!("{left}...{right}")])
            .with("per_page", "1");
        self.client.get(&route).await
    }

    fn keep_tree_of(&mut self, commit: &Value) -> Option<String> {
        let id = commit["sha"].as_str()?.to_owned();
        if let Some(tree) = commit["commit"]["tree"]["sha"].as_str() {
            self.trees.insert(id.clone(), tree.to_owned());
        }
        Some(id)
    }

    /// What a failed call means for the run; `missing` says in words what would then not exist.
    fn failure(&self, error: &GithubError, missing: &str) -> SourceError {
        match &error.kind {
            Kind::NotFound | Kind::Rejected => SourceError::NotFound {
                what: format!(
                    "{}/{} on GitHub has no {missing}, or the token may not see it ({error})",
                    self.owner, self.name
                ),
            },
            Kind::Unauthorized
            | Kind::Forbidden { .. }
            | Kind::RateLimited { .. }
            | Kind::Unavailable
            | Kind::Malformed
            | Kind::TooLarge => SourceError::Unreachable {
                what: format!("{}/{} could not be read: {error}", self.owner, self.name),
            },
        }
    }
}

/// A commit's full id names itself: no request is needed to resolve it.
fn is_full_id(name: &str) -> bool {
    name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn has_no_ancestor(error: &GithubError) -> bool {
    error.kind == Kind::NotFound && error.message.contains("No common ancestor")
}

/// The commit that a revision means here.
fn commit_of(revision: &Revision) -> Result<&str, SourceError> {
    match revision {
        Revision::Commit(id) => Ok(id),
        Revision::WorkingTree => Err(SourceError::Unsupported {
            what: "a repository on GitHub has no working tree: name a branch, a tag or a commit".to_owned(),
        }),
    }
}

impl Source for Github {
    async fn resolve(&mut self, name: &str) -> Result<String, SourceError> {
        if is_full_id(name) {
            return Ok(name.to_ascii_lowercase());
        }
        let short = name.strip_prefix("refs/").unwrap_or(name);
        let route = self.route(&["commits", short]);
        let missing = format!("commit, branch or tag `{name}`");
        let commit = match self.client.get(&route).await {
            Ok(commit) => commit,
            Err(error) if error.status == Some(409) => {
                return Err(SourceError::NotFound {
                    what: format!("{}/{} on GitHub is empty: it has no commit yet", self.owner, self.name),
                });
            }
            Err(error) => return Err(self.failure(&error, &missing)),
        };
        self.keep_tree_of(&commit).ok_or_else(|| SourceError::Unreachable {
            what: format!("GitHub's answer about `{name}` has no commit id"),
        })
    }

    async fn merge_base(&mut self, left: &str, right: &str) -> Result<Option<String>, SourceError> {
        if left == right {
            return Ok(Some(left.to_owned()));
        }
        match self.compare(left, right).await {
            Ok(answer) => {
                let found = self.keep_tree_of(&answer["merge_base_commit"]);
                found.map(Some).ok_or_else(|| SourceError::Unreachable {
                    what: format!("GitHub's comparison of {left} with {right} names no merge base"),
                })
            }
            Err(error) if has_no_ancestor(&error) => Ok(None),
            Err(error) => Err(self.failure(&error, &format!("commits {left} and {right}"))),
        }
    }

    /// One request for both: GitHub's comparison takes a name, a branch's as `heads/NAME`, and tells its commit.
    async fn ancestry(&mut self, head: &str, name: &str) -> Result<Ancestry, SourceError> {
        let short = name.strip_prefix("refs/").unwrap_or(name);
        if !is_full_id(name) && name != head {
            match self.compare(short, head).await {
                Ok(answer) => {
                    let tip = self.keep_tree_of(&answer["base_commit"]);
                    let merge_base = self.keep_tree_of(&answer["merge_base_commit"]);
                    if let (Some(tip), Some(_)) = (tip, &merge_base) {
                        return Ok(Ancestry { tip, merge_base });
                    }
                }
                // Which of the two is missing is told by asking for them one by one.
                Err(error) if error.kind == Kind::NotFound => {}
                Err(error) => return Err(self.failure(&error, &format!("commit, branch or tag `{name}`"))),
            }
        }
        let tip = self.resolve(name).await?;
        let merge_base = self.merge_base(head, &tip).await?;
        Ok(Ancestry { tip, merge_base })
    }

    fn is_dear(&self) -> bool {
        true
    }

    async fn expect(&mut self, revision: &Revision, wanted: &[Wanted]) {
        self.read(revision, wanted).await;
        self.shelf.forget_unread(wanted);
    }

    async fn tree(&mut self, revision: &Revision) -> Result<Tree, SourceError> {
        let commit = commit_of(revision)?;
        // A commit's id does in place of its tree's.
        let id = self.trees.get(commit).map_or(commit, String::as_str);
        let trees = self.route(&["git", "trees"]);
        match self.lister.list(&self.client, &trees, id).await {
            Ok(tree) => Ok(tree),
            // 409: a repository without a commit.
            Err(error) if error.status == Some(409) => Ok(Tree::default()),
            Err(error) => Err(self.failure(&error, &format!("commit {commit}"))),
        }
    }

    async fn read(&mut self, revision: &Revision, wanted: &[Wanted]) -> Vec<Read> {
        let repository = blobs::Repository {
            client: &self.client,
            owner: &self.owner,
            name: &self.name,
            commit: commit_of(revision).ok(),
            size: commit_of(revision)
                .ok()
                .map(|commit| self.trees.get(commit).map_or(commit, String::as_str))
                .and_then(|tree| self.lister.size_of(tree)),
        };
        self.shelf.read(&repository, wanted).await
    }

    async fn facts(&mut self, keys: &BTreeSet<FactKey>) -> Vec<(FactKey, Fact)> {
        facts(&self.client, &self.owner, &self.name, self.branch.as_deref(), keys).await
    }

    fn requests(&self) -> u64 {
        self.client.requests()
    }
}
