//! Who may accept a weakening of the policy.

use std::collections::BTreeMap;

/// A review of the pull request, in the order in which GitHub lists them (oldest first).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// The reviewer's login.
    pub by: String,
    /// `APPROVED`, `CHANGES_REQUESTED`, `DISMISSED`, `COMMENTED`, …
    pub state: String,
    /// The commit reviewed.
    pub commit: String,
    /// Whether the reviewer may write to the repository; `None` where that could not be read.
    pub may_write: Option<bool>,
}

/// Whether a weakening is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Approval {
    /// By this person.
    Given(String),
    /// By nobody yet: who could, one sentence without a full stop.
    Missing(String),
}

/// Looks for an approval of the current head by an owner of the policy who is not the author.
///
/// `owners` are those that the base branch's CODEOWNERS names for the policy; without any, everyone
/// with write access counts. A team's members can't be listed with the default token, so a team's
/// approval is not seen, and that is said.
pub fn approval(owners: Option<&[String]>, reviews: &[Review], author: &str, head: &str) -> Approval {
    let mut last: BTreeMap<&str, &Review> = BTreeMap::new();
    for review in reviews
        .iter()
        .filter(|review| review.state != "COMMENTED" && review.state != "PENDING")
    {
        last.insert(&review.by, review);
    }
    let mut approving = last.values().filter(|review| {
        review.state == "APPROVED" && review.commit == head && !review.by.eq_ignore_ascii_case(author)
    });
    match owners {
        None => approving.find(|review| review.may_write == Some(true)).map_or_else(
            || Approval::Missing("an approving review by someone with write access accepts it".to_owned()),
            |review| Approval::Given(review.by.clone()),
        ),
        Some(owners) => {
            let is_owner = |login: &str| {
                owners.iter().any(|owner| {
                    owner
                        .strip_prefix('@')
                        .is_some_and(|name| name.eq_ignore_ascii_case(login))
                })
            };
            approving
                .find(|review| is_owner(&review.by))
                .map_or_else(|| missing_from(owners), |review| Approval::Given(review.by.clone()))
        }
    }
}

fn missing_from(owners: &[String]) -> Approval {
    if owners.is_empty() {
        return Approval::Missing("CODEOWNERS could not be read, so nobody can accept it".to_owned());
    }
    let names = owners.join(", ");
    let teams = owners.iter().any(|owner| owner.contains('/'));
    let note = if teams {
        " (a team's members can't be listed with this token: name a person as well)"
    } else {
        ""
    };
    Approval::Missing(format!("an approving review of this head by {names} accepts it{note}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn review(by: &str, state: &str, commit: &str) -> Review {
        Review {
            by: by.to_owned(),
            state: state.to_owned(),
            commit: commit.to_owned(),
            may_write: Some(true),
        }
    }

    fn is_given(owners: Option<&[String]>, reviews: &[Review]) -> bool {
        matches!(approval(owners, reviews, "author", "head"), Approval::Given(_))
    }

    #[test]
    fn only_an_owners_last_word_on_this_head_counts() {
        let owners = vec!["@ops".to_owned()];
        assert!(is_given(Some(&owners), &[review("Ops", "APPROVED", "head")]));
        assert!(!is_given(Some(&owners), &[review("ops", "APPROVED", "older")]));
        assert!(!is_given(Some(&owners), &[review("guest", "APPROVED", "head")]));
        assert!(!is_given(
            Some(&owners),
            &[review("ops", "APPROVED", "head"), review("ops", "DISMISSED", "head")]
        ));
        assert!(is_given(
            Some(&owners),
            &[review("ops", "APPROVED", "head"), review("ops", "COMMENTED", "head")]
        ));
    }

    #[test]
    fn nobody_approves_their_own_weakening() {
        assert!(!is_given(None, &[review("AUTHOR", "APPROVED", "head")]));
        assert!(!is_given(
            Some(&["@author".to_owned()]),
            &[review("author", "APPROVED", "head")]
        ));
    }

    #[test]
    fn without_owners_write_access_is_needed_and_unread_access_is_none() {
        assert!(is_given(None, &[review("ana", "APPROVED", "head")]));
        let unread = Review {
            may_write: None,
            ..review("ana", "APPROVED", "head")
        };
        assert!(!is_given(None, &[unread]));
    }
}
