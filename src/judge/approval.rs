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
    /// Whether the reviewer may write to the repository; `None` where that was not read.
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

/// Who has approved the current head, may do so by CODEOWNERS, and is not the author: their write access decides.
///
/// `owners` are those that the base branch's CODEOWNERS names for the policy; without any it is everyone. A team's
/// members can't be listed with the default token, so a team's approval is not seen, and that is said.
pub fn approvers<'a>(owners: Option<&[String]>, reviews: &'a [Review], author: &str, head: &str) -> Vec<&'a str> {
    let approving = approving(owners, reviews, author, head);
    approving.into_iter().map(|review| review.by.as_str()).collect()
}

/// Looks for an approval of the current head by an owner of the policy who may write and is not the author: GitHub
/// itself counts no other approval (docs.github.com, "About code owners": owners need write access).
pub fn approval(owners: Option<&[String]>, reviews: &[Review], author: &str, head: &str) -> Approval {
    let approving = approving(owners, reviews, author, head);
    if let Some(review) = approving.iter().find(|review| review.may_write == Some(true)) {
        return Approval::Given(review.by.clone());
    }
    let missing = match owners {
        None => "an approving review by someone with write access accepts it".to_owned(),
        Some(owners) => missing_from(owners),
    };
    let notes = approving.iter().map(|review| match review.may_write {
        Some(_) => format!("; {} approved, and has no write access", review.by),
        None => format!("; {} approved, and whether they may write could not be read", review.by),
    });
    Approval::Missing(missing + &notes.collect::<String>())
}

/// The last words of reviewers that approve this head, and may by CODEOWNERS.
fn approving<'a>(owners: Option<&[String]>, reviews: &'a [Review], author: &str, head: &str) -> Vec<&'a Review> {
    let mut last: BTreeMap<&str, &Review> = BTreeMap::new();
    for review in reviews
        .iter()
        .filter(|review| review.state != "COMMENTED" && review.state != "PENDING")
    {
        last.insert(&review.by, review);
    }
    let is_owner = |login: &str| {
        owners.is_none_or(|owners| {
            let mut names = owners.iter().filter_map(|owner| owner.strip_prefix('@'));
            names.any(|name| name.eq_ignore_ascii_case(login))
        })
    };
    last.into_values()
        .filter(|review| {
            let is_this = review.state == "APPROVED" && review.commit == head;
            is_this && !review.by.eq_ignore_ascii_case(author) && is_owner(&review.by)
        })
        .collect()
}

fn missing_from(owners: &[String]) -> String {
    if owners.is_empty() {
        return "CODEOWNERS could not be read, so nobody can accept it".to_owned();
    }
    let names = owners.join(", ");
    let teams = owners.iter().any(|owner| owner.contains('/'));
    let note = if teams {
        " (a team's members can't be listed with this token: name a person as well)"
    } else {
        ""
    };
    format!("an approving review of this head by {names} accepts it{note}")
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
    fn an_owner_without_write_access_accepts_nothing() {
        let owners = ["@ops".to_owned()];
        for (may_write, words) in [
            (Some(false), "ops approved, and has no write access"),
            (None, "ops approved, and whether they may write could not be read"),
        ] {
            let review = Review {
                may_write,
                ..review("ops", "APPROVED", "head")
            };
            let found = approval(Some(&owners), &[review], "author", "head");
            assert!(
                matches!(&found, Approval::Missing(why) if why.contains(words)),
                "{found:?}"
            );
        }
    }

    #[test]
    fn write_access_is_asked_of_those_whom_it_decides_about() {
        let owners = ["@ops".to_owned(), "@author".to_owned()];
        let reviews = [
            review("guest", "APPROVED", "head"),
            review("author", "APPROVED", "head"),
            review("ops", "APPROVED", "head"),
        ];
        assert_eq!(approvers(Some(&owners), &reviews, "author", "head"), ["ops"]);
        assert_eq!(approvers(None, &reviews, "author", "head"), ["guest", "ops"]);
        assert!(approvers(None, &reviews, "author", "older").is_empty());
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
