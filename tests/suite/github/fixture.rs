//! What the mock server has to serve: the repository, its settings, and what goes wrong.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

/// The token of a workflow run with `checks: write` and `pull-requests: write`.
pub const DEFAULT: &str = "ghs_mockDefault";
/// The token of a pull request from a fork: it can read.
pub const READ_ONLY: &str = "ghs_mockReadOnly";
/// A person's token that reads the repository and administers nothing.
pub const PERSON: &str = "github_pat_mockPerson";
/// A token that may read and change everything.
pub const ADMIN: &str = "mock-admin";

/// A world on GitHub. All fields may be changed before the start.
pub struct Fixture {
    /// `OWNER/NAME` of the repository that all the rest is about.
    pub repository: String,
    /// Git folders (bare or not) by `OWNER/NAME`.
    pub repositories: BTreeMap<String, PathBuf>,
    /// The default branch's name.
    pub default_branch: String,
    /// Entries at which a recursive tree is cut off.
    pub truncate_at: usize,
    /// Whether archives are to be had.
    pub has_archive: bool,
    /// Members of the repository's metadata that everybody sees.
    pub metadata: Value,
    /// Members that only an administrator sees.
    pub administration: Value,
    /// Answers to GraphQL fields of `repository`: `deleteBranchOnMerge`.
    pub graphql: Value,
    /// The classic protection of the default branch.
    pub protection: Option<Value>,
    /// The rules that apply to the default branch.
    pub rules: Vec<Value>,
    /// Rulesets, with `id`; an administrator sees `bypass_actors`.
    pub rulesets: Vec<Value>,
    /// Whether the plan enforces neither protection nor rules.
    pub is_plan_too_small: bool,
    /// `None`: vulnerability alerts are off.
    pub vulnerability_alerts: Option<()>,
    /// Pull requests by number.
    pub pulls: BTreeMap<u64, Value>,
    /// Reviews by pull request.
    pub reviews: BTreeMap<u64, Vec<Value>>,
    /// Permission by login: `admin`, `write`, `read`, `none`.
    pub collaborators: BTreeMap<String, String>,
    /// `ORG/TEAM` and who is in it.
    pub teams: BTreeMap<String, Vec<String>>,
    /// Comments that are there before the first run, with `issue` (the number), `body` and `user`.
    pub comments: Vec<Value>,
    /// Workflow files, and the commits on which they ran by schedule, the newest first.
    pub scheduled: Vec<(String, String)>,
    /// A branch that is pushed somewhere else (`refs/heads/…`, a commit) as soon as a request with this in it is answered.
    pub push_after: Option<(String, String, String)>,
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// The state of a generator (never 0) by which one request in five goes wrong; `None`: none does.
    pub chaos: Option<u64>,
    /// Whether the git folders stay as they are: answers are then remembered over all servers of this process.
    pub is_frozen: bool,
    /// What GitHub says is left of the rate limit, one less with each request; `None`: it says nothing.
    pub remaining: Option<u64>,
}

/// What goes wrong with some requests.
#[derive(Clone)]
pub struct Fault {
    /// A part of `METHOD /path?query`, decoded as it was sent.
    pub at: String,
    /// How often.
    pub times: u32,
    /// What.
    pub what: Trouble,
}

/// One thing that goes wrong.
#[derive(Clone)]
pub enum Trouble {
    /// A status with headers and a message.
    Status(u16, Vec<(&'static str, String)>, &'static str),
    /// An answer that is late.
    Delay(Duration),
    /// An answer of which half is sent.
    Cut,
    /// An answer that never ends: a space, and after this time another one.
    Trickle(Duration),
    /// A proxy's page with status 200.
    Html,
    /// A redirect to another host.
    Elsewhere,
}

impl Fixture {
    /// What goes wrong with the next request, if it is that one's turn: a fifth of them, each in another way.
    pub fn turn(&mut self) -> Option<Trouble> {
        let state = self.chaos.as_mut()?;
        // Xorshift (Marsaglia 2003).
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        let drawn = *state >> 16;
        if drawn % 5 != 0 {
            return None;
        }
        let at_once = || vec![("retry-after", "0".to_owned())];
        Some(match drawn / 5 % 8 {
            0 => Trouble::Cut,
            1 => Trouble::Html,
            2 => Trouble::Status(403, at_once(), "You have exceeded a secondary rate limit"),
            3 => Trouble::Status(429, at_once(), "Too many requests"),
            4 => Trouble::Status(404, Vec::new(), "Not Found"),
            5 => Trouble::Status(500, at_once(), "Server Error"),
            6 => Trouble::Status(502, at_once(), "Bad gateway"),
            _ => Trouble::Status(503, at_once(), "Service unavailable"),
        })
    }

    /// A public repository `o/n` in this git folder, with nothing set.
    pub fn of(git: &Path) -> Self {
        let repository = "o/n".to_owned();
        Self {
            repositories: BTreeMap::from([(repository.clone(), git.to_owned())]),
            repository,
            default_branch: "main".to_owned(),
            truncate_at: 100_000,
            has_archive: true,
            metadata: json!({"private": false, "visibility": "public", "archived": false, "license": null}),
            administration: json!({
                "delete_branch_on_merge": true, "allow_auto_merge": false, "allow_merge_commit": true,
                "allow_squash_merge": true, "allow_rebase_merge": false,
                "security_and_analysis": {
                    "secret_scanning": {"status": "enabled"},
                    "secret_scanning_push_protection": {"status": "disabled"},
                },
            }),
            graphql: json!({}),
            protection: None,
            rules: Vec::new(),
            rulesets: Vec::new(),
            is_plan_too_small: false,
            vulnerability_alerts: Some(()),
            pulls: BTreeMap::new(),
            reviews: BTreeMap::new(),
            collaborators: BTreeMap::new(),
            teams: BTreeMap::new(),
            comments: Vec::new(),
            scheduled: Vec::new(),
            push_after: None,
            faults: Vec::new(),
            chaos: None,
            is_frozen: false,
            remaining: None,
        }
    }

    /// The same with something that goes wrong.
    pub fn with_fault(mut self, at: &str, times: u32, what: Trouble) -> Self {
        self.faults.push(Fault {
            at: at.to_owned(),
            times,
            what,
        });
        self
    }
}
