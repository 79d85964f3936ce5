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
    /// Whether the reviewer is in a team that owns the policy.
    pub membership: Membership,
}

/// Whether a reviewer is in one of the teams that own the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Membership {
    /// It was not asked: they own the policy themselves, or no team does.
    NotAsked,
    /// In this one: `@org/team`.
    Of(String),
    /// In none that the token sees.
    None,
    /// It could not be asked: what to do about it.
    Unread(String),
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
/// `owners` are those that the base branch's CODEOWNERS names for the policy; without any it is everyone. Who is in a
/// team that owns it is told by the review's `membership`.
pub fn approvers<'a>(owners: Option<&[String]>, reviews: &'a [Review], author: &str, head: &str) -> Vec<&'a str> {
    let approving = approving(owners, reviews, author, head);
    approving.into_iter().map(|review| review.by.as_str()).collect()
}

/// Who has approved the current head, is not the author, and owns the policy only if a team that does has them.
pub fn candidates<'a>(owners: &[String], reviews: &'a [Review], author: &str, head: &str) -> Vec<&'a str> {
    if teams(owners).is_empty() {
        return Vec::new();
    }
    let approving = last_approvals(reviews, author, head).into_iter();
    let rest = approving.filter(|review| !is_named(owners, &review.by));
    rest.map(|review| review.by.as_str()).collect()
}

/// The teams among owners: organisation and team, as CODEOWNERS writes them after `@`.
pub fn teams(owners: &[String]) -> Vec<(&str, &str)> {
    let names = owners.iter().filter_map(|owner| owner.strip_prefix('@'));
    names.filter_map(|name| name.split_once('/')).collect()
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
    let outside = owners.map_or_else(String::new, |owners| outside(owners, reviews, author, head));
    let notes = approving.iter().map(|review| match review.may_write {
        Some(_) => format!("; {} approved, and has no write access", review.by),
        None => format!("; {} approved, and whether they may write could not be read", review.by),
    });
    Approval::Missing(missing + &notes.collect::<String>() + &outside)
}

/// Why approvals by people whom CODEOWNERS does not name itself are none.
fn outside(owners: &[String], reviews: &[Review], author: &str, head: &str) -> String {
    let approving = last_approvals(reviews, author, head).into_iter();
    let notes = approving.map(|review| match &review.membership {
        Membership::NotAsked | Membership::Of(_) => String::new(),
        Membership::None => format!(
            "; {} approved, and is in no team of them that this token sees",
            review.by
        ),
        Membership::Unread(remedy) => {
            let teams: Vec<String> = teams(owners).iter().map(|(of, team)| format!("@{of}/{team}")).collect();
            let teams = teams.join(" or ");
            format!(
                "; {} approved, and whether they are in {teams} could not be read: {remedy}",
                review.by
            )
        }
    });
    notes.collect()
}

/// The last words of reviewers that approve this head, and may by CODEOWNERS.
fn approving<'a>(owners: Option<&[String]>, reviews: &'a [Review], author: &str, head: &str) -> Vec<&'a Review> {
    let mut all = last_approvals(reviews, author, head);
    all.retain(|review| {
        let is_member = matches!(review.membership, Membership::Of(_));
        owners.is_none_or(|owners| is_member || is_named(owners, &review.by))
    });
    all
}

/// The last words of reviewers that approve this head and are not its author.
fn last_approvals<'a>(reviews: &'a [Review], author: &str, head: &str) -> Vec<&'a Review> {
    let mut last: BTreeMap<&str, &Review> = BTreeMap::new();
    for review in reviews
        .iter()
        .filter(|review| review.state != "COMMENTED" && review.state != "PENDING")
    {
        last.insert(&review.by, review);
    }
    last.into_values()
        .filter(|review| {
            let is_this = review.state == "APPROVED" && review.commit == head;
            is_this && !review.by.eq_ignore_ascii_case(author)
        })
        .collect()
}

fn is_named(owners: &[String], login: &str) -> bool {
    let mut names = owners.iter().filter_map(|owner| owner.strip_prefix('@'));
    names.any(|name| name.eq_ignore_ascii_case(login))
}

fn missing_from(owners: &[String]) -> String {
    if owners.is_empty() {
        return "CODEOWNERS could not be read, so nobody can accept it".to_owned();
    }
    let names = owners.join(", ");
    // No review tells its author's address.
    let mail = owners.iter().find(|owner| !owner.starts_with('@'));
    let note = mail.map_or_else(String::new, |mail| {
        format!(" (whose address {mail} is can't be read: name the person by `@LOGIN` in CODEOWNERS)")
    });
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
            membership: Membership::NotAsked,
        }
    }

    fn missing(owners: &[String], reviews: &[Review]) -> String {
        match approval(Some(owners), reviews, "author", "head") {
            Approval::Missing(why) => why,
            Approval::Given(by) => panic!("{by} was let"),
        }
    }

    #[test]
    fn a_member_of_an_owning_team_is_an_owner_and_nobody_of_whom_that_is_not_known() {
        let owners = ["@o/ops".to_owned(), "@lead".to_owned()];
        let in_team = |membership| Review {
            membership,
            ..review("ana", "APPROVED", "head")
        };
        assert!(is_given(Some(&owners), &[in_team(Membership::Of("@o/ops".to_owned()))]));
        assert!(!is_given(Some(&owners), &[in_team(Membership::NotAsked)]));
        let why = missing(&owners, &[in_team(Membership::None)]);
        assert!(why.contains("ana approved, and is in no team of them"), "{why}");
        let why = missing(&owners, &[in_team(Membership::Unread("give it".to_owned()))]);
        assert!(
            why.contains("whether they are in @o/ops could not be read: give it"),
            "{why}"
        );
        let unable = Review {
            may_write: Some(false),
            ..in_team(Membership::Of("@o/ops".to_owned()))
        };
        assert!(missing(&owners, &[unable]).contains("ana approved, and has no write access"));
    }

    #[test]
    fn only_who_is_not_named_is_looked_for_in_a_team() {
        let owners = ["@o/ops".to_owned(), "@lead".to_owned()];
        let reviews = [
            review("lead", "APPROVED", "head"),
            review("ana", "APPROVED", "head"),
            review("author", "APPROVED", "head"),
            review("old", "APPROVED", "older"),
        ];
        assert_eq!(candidates(&owners, &reviews, "author", "head"), ["ana"]);
        assert!(candidates(&owners[1..], &reviews, "author", "head").is_empty());
        assert_eq!(teams(&owners), [("o", "ops")]);
    }

    #[test]
    fn a_mail_address_is_told_to_be_none_that_a_review_shows() {
        let why = missing(&["ops@example.com".to_owned()], &[review("ops", "APPROVED", "head")]);
        assert!(
            why.contains("ops@example.com is can't be read: name the person by `@LOGIN`"),
            "{why}"
        );
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
