//! What each kind of token may do: every endpoint that is called, the permission it takes, and who can have it.
//!
//! Source: GitHub's documentation, "Permissions required for GitHub Apps" (repository permissions, API version
//! 2022-11-28) and "Permissions for the GITHUB_TOKEN"; the operations' names are those of GitHub's OpenAPI description.
//! `docs/permissions.md` is made from this table.

/// One endpoint of GitHub's API that the gate calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint {
    /// `GET`, `POST`, `PATCH` or `DELETE`.
    pub method: &'static str,
    /// The path as GitHub's OpenAPI description writes it.
    pub path: &'static str,
    /// The operation's name there; empty for GraphQL.
    pub operation: &'static str,
    /// The permission as `X-Accepted-GitHub-Permissions` writes it: `contents=read`; one of several between `; `.
    pub permission: &'static str,
    /// What it is called for.
    pub what: &'static str,
    /// What becomes of a run without it.
    pub without: &'static str,
}

/// A kind of token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A workflow's own (`github.token`), with what its `permissions:` say.
    Workflow,
    /// A workflow's own in a pull request from a fork: nothing can be written, whatever `permissions:` say.
    Fork,
    /// A GitHub App's installation token.
    App,
    /// A fine-grained personal access token.
    FineGrained,
    /// A classic personal access token.
    Classic,
}

impl TokenKind {
    /// The kind that a token's text tells (docs.github.com, "About authentication to GitHub": token formats). A
    /// workflow's own token looks as every app's does: who knows where it comes from says which it is. `None`: this
    /// text is none of GitHub's, and only an answer tells what it may do.
    pub fn of(token: &str) -> Option<Self> {
        let kinds = [
            ("github_pat_", Self::FineGrained),
            // A person's token through an app has the app's permissions; one through an OAuth app has scopes.
            ("ghu_", Self::FineGrained),
            ("ghp_", Self::Classic),
            ("gho_", Self::Classic),
            ("ghs_", Self::App),
        ];
        let found = kinds.iter().find(|(prefix, _)| token.starts_with(prefix));
        found.map(|(_, kind)| *kind)
    }

    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Workflow, Self::Fork, Self::App, Self::FineGrained, Self::Classic];

    /// What a table calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Workflow => "workflow's token",
            Self::Fork => "workflow's token in a fork's pull request",
            Self::App => "App",
            Self::FineGrained => "fine-grained token",
            Self::Classic => "classic token",
        }
    }
}

/// Whether a kind of token may call an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum May {
    /// Without being given anything.
    Always,
    /// When it is given this, as one writes it where the token is made.
    With(String),
    /// Never.
    Never,
}

const UNREAD: &str = "no verdict (exit status 3)";
const UNKNOWN: &str = "the control is `unknown` (permission)";

const fn get(
    path: &'static str,
    operation: &'static str,
    permission: &'static str,
    what: &'static str,
    without: &'static str,
) -> Endpoint {
    Endpoint {
        method: "GET",
        path,
        operation,
        permission,
        what,
        without,
    }
}

const fn change(
    method: &'static str,
    path: &'static str,
    operation: &'static str,
    permission: &'static str,
    what: &'static str,
    without: &'static str,
) -> Endpoint {
    Endpoint {
        method,
        path,
        operation,
        permission,
        what,
        without,
    }
}

const COMMENT: &str = "issues=write; pull_requests=write";
const SAID: &str = "no comment, and the log says so";
const COMMANDS: &str = "workflow commands instead";

/// Reading the repository.
#[rustfmt::skip]
const CONTENTS: [Endpoint; 9] = [
    get("/repos/{owner}/{repo}/commits/{ref}", "repos/get-commit", "contents=read", "what a branch or tag is", UNREAD),
    get("/repos/{owner}/{repo}/commits", "repos/list-commits", "contents=read", "the commits before, on which an earlier scheduled run may have kept the settings", "settings are not compared"),
    get("/repos/{owner}/{repo}/compare/{basehead}", "repos/compare-commits-with-basehead", "contents=read", "the merge base and the base branch's tip", UNREAD),
    get("/repos/{owner}/{repo}/git/trees/{tree_sha}", "git/get-tree", "contents=read", "all paths of a commit", UNREAD),
    get("/repos/{owner}/{repo}/git/blobs/{file_sha}", "git/get-blob", "contents=read", "one file", UNKNOWN),
    get("/repos/{owner}/{repo}/tarball/{ref}", "repos/download-tarball-archive", "contents=read", "many files; each is checked against its blob id", "files are read one by one"),
    get("/repos/{owner}/{repo}/contents/{path}", "repos/get-content", "contents=read", "a pack of another repository", UNREAD),
    Endpoint { method: "POST", path: "/graphql", operation: "", permission: "contents=read", what: "files in batches, and settings that REST hides", without: "files are read one by one; the settings are `unknown`" },
    get("/repos/{owner}/{repo}/pulls/{pull_number}/reviews", "pulls/list-reviews", "pull_requests=read", "whether an owner approved a weakening", "the weakening counts as not approved"),
];

/// Reading settings.
#[rustfmt::skip]
const SETTINGS: [Endpoint; 9] = [
    get("/repos/{owner}/{repo}", "repos/get", "metadata=read", "the repository's settings", UNKNOWN),
    get("/repos/{owner}/{repo}/branches/{branch}", "repos/get-branch", "contents=read", "whether a branch is protected at all", UNKNOWN),
    get("/repos/{owner}/{repo}/rules/branches/{branch}", "repos/get-branch-rules", "metadata=read", "the rules in force on a branch", UNKNOWN),
    get("/repos/{owner}/{repo}/rulesets/{ruleset_id}", "repos/get-repo-ruleset", "metadata=read", "who may bypass a rule; that is told only to who may change it, and no answer is not nobody", UNKNOWN),
    get("/repos/{owner}/{repo}/branches/{branch}/protection", "repos/get-branch-protection", "administration=read", "classic branch protection", "protected, details unknown"),
    get("/repos/{owner}/{repo}/vulnerability-alerts", "repos/check-vulnerability-alerts", "administration=read", "whether alerts are on", UNKNOWN),
    get("/repos/{owner}/{repo}/private-vulnerability-reporting", "repos/check-private-vulnerability-reporting", "metadata=read", "whether vulnerabilities can be reported in private", UNKNOWN),
    get("/repos/{owner}/{repo}/collaborators/{username}/permission", "repos/get-collaborator-permission-level", "metadata=read", "whether who approved may write", "the approval does not count"),
    get("/orgs/{org}/teams/{team_slug}/memberships/{username}", "teams/get-membership-for-user-in-org", "members=read", "whether who approved is in a team that owns the policy; asked with `settings-token`", "a team's approval does not count, and a person's whom CODEOWNERS names does"),
];

/// Telling.
#[rustfmt::skip]
const TELLING: [Endpoint; 12] = [
    change("POST", "/repos/{owner}/{repo}/check-runs", "checks/create", "checks=write", "the check run with its annotations", COMMANDS),
    change("PATCH", "/repos/{owner}/{repo}/check-runs/{check_run_id}", "checks/update", "checks=write", "annotations after the first 50", "they are in the job summary"),
    get("/repos/{owner}/{repo}/issues/{issue_number}/comments", "issues/list-comments", "issues=read; pull_requests=read", "the comment of the run before", SAID),
    change("POST", "/repos/{owner}/{repo}/issues/{issue_number}/comments", "issues/create-comment", COMMENT, "the one comment", SAID),
    change("PATCH", "/repos/{owner}/{repo}/issues/comments/{comment_id}", "issues/update-comment", COMMENT, "the one comment, brought up to date", SAID),
    change("DELETE", "/repos/{owner}/{repo}/issues/comments/{comment_id}", "issues/delete-comment", COMMENT, "a second comment of two runs at once", "it stays"),
    get("/repos/{owner}/{repo}/commits/{ref}/check-runs", "checks/list-for-ref", "checks=read", "the settings that an earlier scheduled run kept in its check run", "settings are not compared, and the job summary says so"),
    get("/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs", "actions/list-workflow-runs", "actions=read", "on which commit the last scheduled run was, where many came since", "settings are compared with a run on one of the last 30 commits alone"),
    get("/repos/{owner}/{repo}/issues", "issues/list-for-repo", "issues=read", "the open issue about settings that changed", "no issue, and the job summary says what changed"),
    change("POST", "/repos/{owner}/{repo}/issues", "issues/create", "issues=write", "the one issue about settings that changed", "no issue, and the job summary says what changed"),
    change("PATCH", "/repos/{owner}/{repo}/issues/{issue_number}", "issues/update", "issues=write", "the one issue, brought up to date or closed", "it stays as it is, and the job summary says so"),
    get("/user", "users/get-authenticated", "", "whose token this is, when a person's comment has the marker", "a comment of its own"),
];

/// All endpoints that the gate calls.
pub fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    CONTENTS.iter().chain(&SETTINGS).chain(&TELLING)
}

/// The endpoint that a request goes to; `None` if the gate has no business there. The path may have the API's own path
/// before it, as on GitHub Enterprise Server (`/api/v3`).
pub fn needed(method: &str, path: &str) -> Option<&'static Endpoint> {
    let path = path
        .strip_prefix("/api/v3")
        .or_else(|| path.strip_prefix("/api"))
        .unwrap_or(path);
    endpoints().find(|endpoint| endpoint.method == method && fits(endpoint.path, path))
}

fn fits(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            // A file's path has several segments.
            (Some("{path}"), Some(_)) => return true,
            (Some(wanted), Some(given)) if wanted == given || wanted.starts_with('{') && !given.is_empty() => {}
            _ => return false,
        }
    }
}

/// Whether a kind of token may call an endpoint, and what it takes.
pub fn may(kind: TokenKind, endpoint: &Endpoint) -> May {
    let wanted: Vec<(&str, &str)> = endpoint
        .permission
        .split("; ")
        .filter_map(|one| one.split_once('='))
        .collect();
    if wanted.is_empty() {
        return match kind {
            TokenKind::FineGrained | TokenKind::Classic => May::Always,
            // An app is nobody.
            TokenKind::Workflow | TokenKind::Fork | TokenKind::App => May::Never,
        };
    }
    let is_implicit = wanted.iter().any(|(name, _)| *name == "metadata");
    let is_administration = wanted.iter().any(|(name, _)| *name == "administration");
    // An organisation's, which no repository's token has.
    let is_members = wanted.iter().any(|(name, _)| *name == "members");
    let is_write = wanted.iter().all(|(_, access)| *access == "write");
    let words = |separator: &str| {
        let named = wanted
            .iter()
            .map(|(name, access)| format!("`{}{separator}{access}`", name.replace('_', "-")));
        named.collect::<Vec<_>>().join(" or ")
    };
    match kind {
        // `permissions:` has no key for either, and GitHub refuses a workflow that writes one.
        TokenKind::Workflow | TokenKind::Fork if is_administration || is_members => May::Never,
        TokenKind::Fork if is_write => May::Never,
        TokenKind::Workflow | TokenKind::Fork | TokenKind::App | TokenKind::FineGrained if is_implicit => May::Always,
        TokenKind::Workflow | TokenKind::Fork => May::With(words(": ")),
        // GitHub offers no checks permission to a person's token: apps alone write them, and what is public is read.
        TokenKind::FineGrained | TokenKind::Classic if endpoint.permission == "checks=write" => May::Never,
        TokenKind::FineGrained if endpoint.permission == "checks=read" => May::With("a public repository".to_owned()),
        TokenKind::App | TokenKind::FineGrained => May::With(words(": ")),
        TokenKind::Classic if is_members => May::With("`read:org`".to_owned()),
        TokenKind::Classic if is_administration => May::With("`repo`, of an administrator".to_owned()),
        TokenKind::Classic => May::With("`repo`".to_owned()),
    }
}

/// The endpoint that a kind of token is never told, whatever it is given: asking it wastes a request of those that a
/// whole repository shares, and its refusal is known. `None`: it is worth asking.
pub(super) fn in_vain(kind: TokenKind, method: &str, path: &str) -> Option<&'static Endpoint> {
    needed(method, path).filter(|endpoint| may(kind, endpoint) == May::Never)
}

/// `docs/permissions.md`.
pub fn permissions_page() -> String {
    let mut page = String::from(
        "# Permissions\n\nWhat readygate asks GitHub, and which token is told. This page is made from the table in \
         `src/github/permission.rs`, by which the program itself decides what to ask: where the table says *never* it makes \
         no request, and what it wanted to know is `unknown` with the permission that is missing. A test fails when the page \
         is stale (`READYGATE_BLESS=1 cargo test permissions_page` writes it anew), and another one when the \
         program asks for something that is not listed here.\n\n\
         A workflow that has all that its own token can have:\n\n```yaml\npermissions:\n  contents: read # read the \
         repository\n  checks: write # the check run with its annotations\n  pull-requests: write # the one comment, and \
         reviews that approve a weakening\n  issues: write # scheduled runs alone: the one issue about settings that changed\n  \
         actions: read # scheduled runs alone: where the last one was\n```\n\n\
         Where GitHub answers a refusal with `X-Accepted-GitHub-Permissions`, that is what is named; else this table is. \
         Reading what is public takes no permission. On a private repository a token without `contents: read` gets no \
         verdict.\n\nThe kind of a token is told by its first letters, and by where it comes from: the input `token` is the \
         workflow's own unless it is a person's, and in a public repository's pull request from a fork it writes nothing. (A \
         private repository may be set to send forks a token that writes, so there it is tried.) What administration tells is \
         asked with `settings-token`, which may be an app's.\n",
    );
    for (title, endpoints) in [
        ("Reading the repository", &CONTENTS[..]),
        ("Reading settings", &SETTINGS[..]),
        ("Telling the result", &TELLING[..]),
    ] {
        page.push_str(&format!("\n## {title}\n\n| endpoint | for |"));
        for kind in TokenKind::ALL {
            page.push_str(&format!(" {} |", kind.as_str()));
        }
        page.push_str(" without it |\n| --- | --- |");
        page.push_str(&" --- |".repeat(TokenKind::ALL.len() + 1));
        page.push('\n');
        for endpoint in endpoints {
            page.push_str(&format!(
                "| `{} {}` | {} |",
                endpoint.method, endpoint.path, endpoint.what
            ));
            for kind in TokenKind::ALL {
                let words = match may(kind, endpoint) {
                    May::Always => "yes".to_owned(),
                    May::With(words) => words,
                    May::Never => "never".to_owned(),
                };
                page.push_str(&format!(" {words} |"));
            }
            page.push_str(&format!(" {} |\n", endpoint.without));
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_its_endpoint_and_a_strange_one_finds_none() {
        let operation = |method: &str, path: &str| needed(method, path).map(|endpoint| endpoint.operation);
        assert_eq!(operation("GET", "/repos/o/n"), Some("repos/get"));
        assert_eq!(
            operation("GET", "/api/v3/repos/o/n/branches/a%2Fb/protection"),
            Some("repos/get-branch-protection")
        );
        assert_eq!(
            operation("GET", "/repos/o/n/contents/a/b/c.toml"),
            Some("repos/get-content")
        );
        assert_eq!(operation("POST", "/graphql"), Some(""));
        assert_eq!(operation("DELETE", "/repos/o/n"), None);
        assert_eq!(operation("GET", "/repos/o/n/actions/secrets"), None);
    }

    #[test]
    fn what_a_kind_of_token_is_never_told_is_not_worth_a_request() {
        let vain = |kind, method, path| in_vain(kind, method, path).map(|endpoint| endpoint.permission);
        let protection = "/api/v3/repos/o/n/branches/main/protection";
        assert_eq!(
            vain(TokenKind::Workflow, "GET", protection),
            Some("administration=read")
        );
        assert_eq!(vain(TokenKind::App, "GET", protection), None);
        assert_eq!(
            vain(TokenKind::Classic, "POST", "/repos/o/n/check-runs"),
            Some("checks=write")
        );
        for kind in TokenKind::ALL {
            // What the gate can't do without is always asked for.
            for path in [
                "/repos/o/n/git/trees/a",
                "/repos/o/n/commits/a/check-runs",
                "/repos/o/n",
            ] {
                assert_eq!(vain(kind, "GET", path), None, "{kind:?} {path}");
            }
        }
    }

    #[test]
    fn the_first_letters_tell_the_kind() {
        assert_eq!(TokenKind::of("ghs_x"), Some(TokenKind::App));
        assert_eq!(TokenKind::of("ghp_x"), Some(TokenKind::Classic));
        assert_eq!(TokenKind::of("github_pat_x"), Some(TokenKind::FineGrained));
        assert_eq!(TokenKind::of("0123456789abcdef"), None);
    }

    #[test]
    fn a_forks_token_writes_nothing_and_no_workflows_token_administers() {
        for endpoint in endpoints() {
            if endpoint.permission.split("; ").all(|one| one.ends_with("=write")) {
                assert_eq!(may(TokenKind::Fork, endpoint), May::Never, "{endpoint:?}");
            }
            if endpoint.permission == "administration=read" {
                assert_eq!(may(TokenKind::Workflow, endpoint), May::Never, "{endpoint:?}");
                assert!(matches!(may(TokenKind::App, endpoint), May::With(_)));
            }
        }
    }
}
