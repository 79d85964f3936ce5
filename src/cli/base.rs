//! The commits that head is compared with.

use crate::source::{Source, SourceError};

use super::request::{Against, Request};
use super::stop::Stop;

/// The commits compared with.
pub(super) struct Base {
    /// The base branch's tip, whose policy judges; after a push, what the branch was before.
    pub tip: String,
    /// The commit whose findings are compared.
    pub merge_base: String,
}

impl Base {
    /// Finds them; `None` where head is compared with nothing.
    ///
    /// # Errors
    /// Head has no commit, or they can't be found here.
    pub(super) async fn find<S: Source>(source: &mut S, request: &Request) -> Result<Option<Self>, Stop> {
        let name = match &request.against {
            Against::Nothing => return Ok(None),
            Against::Branch(name) | Against::Queue { branch: name, .. } | Against::Before(name) => name,
        };
        let Some(head) = &request.head_sha else {
            return Err(Stop::Usage(
                "a folder without a commit has nothing to be compared with: leave out --base".into(),
            ));
        };
        match &request.against {
            Against::Nothing => return Ok(None),
            Against::Before(_) => {
                let tip = source.resolve(name).await?;
                let merge_base = tip.clone();
                return Ok(Some(Self { tip, merge_base }));
            }
            Against::Queue { onto, .. } => {
                let (tip, merge_base) = (source.resolve(name).await?, onto.clone());
                return Ok(Some(Self { tip, merge_base }));
            }
            Against::Branch(_) => {}
        }
        let ancestry = source.ancestry(head, name).await?;
        match ancestry.merge_base {
            Some(merge_base) => Ok(Some(Self {
                tip: ancestry.tip,
                merge_base,
            })),
            None => Err(Stop::Unreadable(SourceError::NotFound {
                what: format!(
                    "head and `{name}` have no common commit here; a shallow clone needs more history (fetch-depth: 0)"
                ),
            })),
        }
    }
}
