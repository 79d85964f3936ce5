//! What the author of a pull request can't do: whole runs of the gate on repositories in memory.

use readygate::cli::request::{Against, Level, Named, PolicyChoice, Request};
use readygate::cli::session::{Approver, Judgement, NoReviews, judge};
use readygate::judge::Approval;
use readygate::model::{Cause, Date, FailOn, RegressionKind, RepoPath, SourceKind, Unread, Verdict};
use readygate::source::{Content, Memory, Revision};

const POLICY: &str = ".github/readiness.toml";
const WORKFLOW: &str = ".github/workflows/gate.yml";
const GATE: &str = "on: pull_request\njobs:\n  readiness:\n    runs-on: x\n    steps:\n      - uses: o/readygate@v1\n";

/// A policy of one control of low severity, that `LICENSE` is there, and of what is put before and after it.
fn policy(gate: &str, rest: &str) -> String {
    format!(
        "version = 1\n{gate}\n[[control]]\nid = \"own.licence\"\ntitle = \"t\"\nseverity = \"low\"\nrationale = \"r\"\n\
         remediation = \"r\"\ncheck = {{ path = {{ exists = \"LICENSE\" }} }}\n{rest}"
    )
}

fn commit(memory: &mut Memory, parents: &[&str], files: &[(&str, &str)]) -> String {
    let files: Vec<(&[u8], Content)> = files
        .iter()
        .map(|(path, text)| (path.as_bytes(), Content::text(text)))
        .collect();
    memory.commit(parents, files.iter().map(|(path, content)| (*path, content)))
}

fn request(head: &str, against: Against) -> Request {
    Request {
        head: Revision::Commit(head.to_owned()),
        head_sha: Some(head.to_owned()),
        against,
        policy: PolicyChoice::Found,
        level: Level::AsPolicy,
        only: Vec::new(),
        skip: Vec::new(),
        checklists: Vec::new(),
        as_of: Date::default(),
        named: Named {
            repository: None,
            reference: None,
            dirty: false,
            source: SourceKind::Github,
        },
        workflow: Some(RepoPath::new(WORKFLOW)),
    }
}

fn on_main() -> Against {
    Against::Branch("main".to_owned())
}

fn run<A: Approver>(memory: &mut Memory, request: &Request, approver: &mut A) -> Judgement {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    match runtime.block_on(judge(memory, request, None, approver)) {
        Ok(judgement) => judgement,
        Err(stop) => panic!("{stop:?}"),
    }
}

/// The exit status of a run that comes to no verdict.
fn stopped(memory: &mut Memory, request: &Request) -> Option<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let ended = runtime.block_on(judge(memory, request, None, &mut NoReviews));
    ended.err().map(|stop| stop.status())
}

fn kinds(judgement: &Judgement) -> Vec<RegressionKind> {
    judgement.report.regressions.iter().map(|found| found.kind).collect()
}

/// Approves nothing, and keeps who was asked for.
struct Asked {
    owners: Vec<Option<Vec<String>>>,
}

impl Approver for Asked {
    async fn approval(&mut self, owners: Option<&[String]>) -> Approval {
        self.owners.push(owners.map(<[String]>::to_vec));
        Approval::Missing("asked".to_owned())
    }
}

#[test]
fn a_changed_workflow_alone_is_accepted_by_the_policys_owners_and_by_nobody_else() {
    let mut memory = Memory::new();
    let text = policy("", "");
    let owners = ("CODEOWNERS", "/.github/ @ops\n");
    let base = [(POLICY, text.as_str()), (WORKFLOW, GATE), ("LICENSE", "x"), owners];
    let main = commit(&mut memory, &[], &base);
    memory.name("main", &main);
    let changed = GATE.replace("@v1", "@v2");
    let head = [
        (POLICY, text.as_str()),
        (WORKFLOW, changed.as_str()),
        ("LICENSE", "x"),
        owners,
    ];
    let head = commit(&mut memory, &[&main], &head);
    let mut asked = Asked { owners: Vec::new() };
    let judgement = run(&mut memory, &request(&head, on_main()), &mut asked);
    assert_eq!(asked.owners, [Some(vec!["@ops".to_owned()])]);
    assert_eq!(kinds(&judgement), [RegressionKind::Workflow]);
    assert_eq!(judgement.report.verdict.decision, Verdict::NoGo);
}

/// The pull request's own workflow says by which policy it is judged: one that lets everything pass is no way out.
#[test]
fn a_policy_that_a_changed_workflow_chooses_does_not_wave_that_change_through() {
    let lax = policy("[gate]\nfail-on = \"never\"\nweakening = \"report\"\n", "");
    let text = policy("", "");
    let owners = ("CODEOWNERS", "/.github/ @ops\n/lax.toml @eve\n");
    let naming = |path: &str| format!("{GATE}        with:\n          policy: {path}\n");
    let (plain, own, others) = (GATE.to_owned(), naming("lax.toml"), naming("strict.toml"));
    for (was, now, at, decision) in [
        (&plain, &own, Some("lax.toml"), Verdict::NoGo),
        (&others, &own, Some("lax.toml"), Verdict::NoGo),
        // The branch's own gate names it already, so it is the branch's choice.
        (&own, &naming("lax.toml # here"), Some("lax.toml"), Verdict::Go),
        // Nothing of the workflow is changed.
        (&plain, &plain, Some("lax.toml"), Verdict::Go),
    ] {
        let mut memory = Memory::new();
        let files = |workflow| {
            [
                (POLICY, text.as_str()),
                ("lax.toml", lax.as_str()),
                (WORKFLOW, workflow),
                ("LICENSE", "x"),
                owners,
            ]
        };
        let main = commit(&mut memory, &[], &files(was.as_str()));
        memory.name("main", &main);
        let mut all = files(now.as_str()).to_vec();
        all.push(("a.txt", "a"));
        let head = commit(&mut memory, &[&main], &all);
        let policy = at.map_or(PolicyChoice::Found, |path| PolicyChoice::At(path.to_owned()));
        let request = Request {
            policy,
            ..request(&head, on_main())
        };
        let mut asked = Asked { owners: Vec::new() };
        let judgement = run(&mut memory, &request, &mut asked);
        assert_eq!(judgement.report.verdict.decision, decision, "{was} {now}");
        if decision == Verdict::NoGo {
            assert_eq!(asked.owners, [Some(vec!["@ops".to_owned()])], "{was} {now}");
        }
    }
}

/// A branch's rule knows a check by its name alone.
#[test]
fn a_job_that_answers_in_the_gates_place_is_a_regression() {
    let text = policy("", "");
    let job = |id: &str| format!("on: pull_request\njobs:\n  {id}:\n    runs-on: x\n    steps:\n      - run: exit 0\n");
    let (same, other) = (job("readiness"), job("test"));
    let taking = format!("permissions:\n  checks: write\n{other}");
    let base = [(POLICY, text.as_str()), (WORKFLOW, GATE), ("LICENSE", "x")];
    for (brought, wanted) in [(&same, 1), (&taking, 1), (&other, 0)] {
        let mut memory = Memory::new();
        let main = commit(&mut memory, &[], &base);
        memory.name("main", &main);
        let mut files = base.to_vec();
        files.push((".github/workflows/new.yml", brought.as_str()));
        let head = commit(&mut memory, &[&main], &files);
        let judgement = run(&mut memory, &request(&head, on_main()), &mut NoReviews);
        assert_eq!(kinds(&judgement), vec![RegressionKind::Workflow; wanted], "{brought}");
        // Once it is on the branch it is nobody's doing.
        let mut memory = Memory::new();
        let main = commit(&mut memory, &[], &files);
        memory.name("main", &main);
        files.push(("a.txt", "a"));
        let head = commit(&mut memory, &[&main], &files);
        let judgement = run(&mut memory, &request(&head, on_main()), &mut NoReviews);
        assert_eq!(kinds(&judgement), [], "{brought}");
    }
}

#[test]
fn what_the_branch_came_to_ask_since_is_not_held_against_a_head_that_has_it_not_yet() {
    let lax = policy(
        "[gate]\nmax-waiver-days = 90",
        "[controls.\"own.licence\"]\nseverity = \"low\"\n",
    );
    let strict = policy(
        "[gate]\nmax-waiver-days = 10",
        "[controls.\"own.licence\"]\nseverity = \"high\"\n",
    );
    let mut memory = Memory::new();
    let fork = commit(&mut memory, &[], &[(POLICY, &lax), ("LICENSE", "x")]);
    let main = commit(&mut memory, &[&fork], &[(POLICY, &strict), ("LICENSE", "x")]);
    memory.name("main", &main);
    let verdict = |memory: &mut Memory, text: Option<&str>| {
        let mut files = vec![("LICENSE", "x"), ("a.txt", "a")];
        files.extend(text.map(|text| (POLICY, text)));
        let head = commit(memory, &[&fork], &files);
        let judgement = run(memory, &request(&head, on_main()), &mut NoReviews);
        (judgement.report.verdict.decision, judgement.report.regressions)
    };
    assert_eq!(verdict(&mut memory, Some(&lax)), (Verdict::Go, Vec::new()));
    // Worded otherwise, and a waiver added: that alone is its author's doing.
    let waiver = "[[waiver]]\ncontrol = \"own.licence\"\nreason = \"r\"\nowner = \"@o\"\nexpires = 1970-01-05\n";
    let (decision, found) = verdict(&mut memory, Some(&format!("{lax}{waiver}")));
    let messages: Vec<&str> = found.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(decision, Verdict::NoGo);
    assert!(messages.len() == 1 && messages[0].contains("waiver"), "{messages:?}");
    // What head lowers itself counts, whatever the branch has now.
    let lower = lax.replace("90", "200");
    let (decision, found) = verdict(&mut memory, Some(&lower));
    assert_eq!((decision, found.len()), (Verdict::NoGo, 1));
    assert_eq!(verdict(&mut memory, None).0, Verdict::NoGo, "it removes the policy");
}

#[test]
fn a_policy_that_came_to_the_branch_since_is_not_removed_by_a_head_without_it() {
    let mut memory = Memory::new();
    let fork = commit(&mut memory, &[], &[("LICENSE", "x")]);
    let main = commit(&mut memory, &[&fork], &[("LICENSE", "x"), (POLICY, &policy("", ""))]);
    memory.name("main", &main);
    let head = commit(&mut memory, &[&fork], &[("LICENSE", "x"), ("a.txt", "a")]);
    let judgement = run(&mut memory, &request(&head, on_main()), &mut NoReviews);
    assert_eq!(kinds(&judgement), []);
    assert_eq!(judgement.report.verdict.decision, Verdict::Go);
}

#[test]
fn where_bases_policy_is_broken_heads_own_cannot_wave_itself_through() {
    let mut memory = Memory::new();
    let main = commit(
        &mut memory,
        &[],
        &[(POLICY, "version = 1\nnonsense = 1\n"), ("LICENSE", "x")],
    );
    memory.name("main", &main);
    for gate in [
        "weakening = \"report\"",
        "fail-on = \"never\"",
        "fail-on = \"critical\"",
    ] {
        let text = policy(&format!("[gate]\n{gate}\n"), "");
        let head = commit(&mut memory, &[&main], &[(POLICY, &text), ("LICENSE", "x")]);
        let judgement = run(&mut memory, &request(&head, on_main()), &mut NoReviews);
        assert_eq!(judgement.report.verdict.decision, Verdict::NoGo, "{gate}");
    }
}

#[test]
fn an_input_that_asks_for_a_severity_lets_no_regression_pass_that_the_policy_stops() {
    let mut memory = Memory::new();
    let text = policy("", "");
    let main = commit(&mut memory, &[], &[(POLICY, &text), ("LICENSE", "x")]);
    memory.name("main", &main);
    let head = commit(&mut memory, &[&main], &[(POLICY, &text)]);
    for level in [FailOn::Never, FailOn::Critical, FailOn::Medium, FailOn::Low] {
        let tightened = Request {
            level: Level::Tighten(level),
            ..request(&head, on_main())
        };
        let judgement = run(&mut memory, &tightened, &mut NoReviews);
        assert_eq!(judgement.report.verdict.decision, Verdict::NoGo, "{level:?}");
    }
}

/// The policy gates on a severity, the input on regressions as well: what may be one and can't be compared is no pass.
#[test]
fn an_input_that_asks_for_regressions_passes_none_that_an_outage_hides() {
    let control = "[[control]]\nid = \"own.fixme\"\ntitle = \"t\"\nseverity = \"medium\"\nrationale = \"r\"\n\
                   remediation = \"r\"\ncheck.none = [{ text = { pattern = 'FIXME', in = [\"**/*.js\"] } }]\n";
    let text = policy("[gate]\nfail-on = \"high\"\n", control);
    let mut memory = Memory::new();
    let base = [(POLICY, text.as_str()), ("LICENSE", "x"), ("a.js", "// before\n")];
    let main = commit(&mut memory, &[], &base);
    memory.name("main", &main);
    let head = [(POLICY, text.as_str()), ("LICENSE", "x"), ("b.js", "// FIXME\n")];
    let head = commit(&mut memory, &[&main], &head);
    let of = |level| Request {
        level,
        ..request(&head, on_main())
    };
    let regression = Level::Tighten(FailOn::Regression);
    let judgement = run(&mut memory, &of(regression), &mut NoReviews);
    assert_eq!(judgement.report.verdict.decision, Verdict::NoGo, "it is a regression");
    memory.set_unread(
        RepoPath::new("a.js"),
        Unread::new(Cause::Network, "the server does not answer", "run again"),
    );
    assert_eq!(stopped(&mut memory, &of(regression)), Some(3));
    // By the policy alone no regression blocks, so nothing hides one that would.
    assert_eq!(stopped(&mut memory, &of(Level::AsPolicy)), None);
}

#[test]
fn a_policy_of_head_that_an_outage_keeps_away_is_no_verdict_and_no_mistake() {
    let pack = "version = 1\n";
    let text = policy("", "");
    let extending = text.replacen("version = 1\n", "version = 1\nextends = [\"packs/a.toml\"]\n", 1);
    for (cause, status) in [
        (Cause::Network, Some(3)),
        (Cause::Limit, Some(3)),
        (Cause::Permission, Some(3)),
        (Cause::Size, None),
        (Cause::Encoding, None),
        (Cause::Unmodelled, None),
    ] {
        let mut memory = Memory::new();
        let main = commit(&mut memory, &[], &[(POLICY, &text), ("LICENSE", "x")]);
        memory.name("main", &main);
        let head = [(POLICY, extending.as_str()), ("LICENSE", "x"), ("packs/a.toml", pack)];
        let head = commit(&mut memory, &[&main], &head);
        memory.set_unread(RepoPath::new("packs/a.toml"), Unread::new(cause, "it is not here", ""));
        let request = request(&head, on_main());
        assert_eq!(stopped(&mut memory, &request), status, "{cause:?}");
        if status.is_none() {
            let judgement = run(&mut memory, &request, &mut NoReviews);
            assert_eq!(kinds(&judgement), [RegressionKind::Policy], "{cause:?}");
        }
    }
}

#[test]
fn owners_that_a_cut_listing_may_lack_are_not_everybody() {
    let text = policy("", "");
    let lower = policy("[gate]\nmax-waiver-days = 900\n", "");
    for (owners, wanted) in [
        (None, Some(Vec::new())),
        // A file at the first place would count before this one.
        (Some("CODEOWNERS"), Some(Vec::new())),
        (Some(".github/CODEOWNERS"), Some(vec!["@ops".to_owned()])),
    ] {
        let mut memory = Memory::new();
        let mut files = vec![(POLICY, text.as_str()), ("LICENSE", "x")];
        files.extend(owners.map(|path| (path, "/.github/ @ops\n")));
        let main = commit(&mut memory, &[], &files);
        memory.name("main", &main);
        files[0].1 = &lower;
        let head = commit(&mut memory, &[&main], &files);
        memory.set_truncated("too many entries");
        let mut asked = Asked { owners: Vec::new() };
        let judgement = run(&mut memory, &request(&head, on_main()), &mut asked);
        assert_eq!(asked.owners, [wanted], "{owners:?}");
        assert_eq!(judgement.report.verdict.decision, Verdict::NoGo);
    }
}

#[test]
fn loosening_the_level_sideways_is_a_weakening() {
    let mut memory = Memory::new();
    let main = commit(&mut memory, &[], &[(POLICY, &policy("", "")), ("LICENSE", "x")]);
    memory.name("main", &main);
    let text = policy("[gate]\nfail-on = \"critical\"\n", "");
    let head = commit(&mut memory, &[&main], &[(POLICY, &text), ("LICENSE", "x")]);
    let judgement = run(&mut memory, &request(&head, on_main()), &mut NoReviews);
    assert_eq!(kinds(&judgement), [RegressionKind::Weakening]);
}

#[test]
fn a_policy_that_a_cut_listing_may_lack_is_not_replaced_by_the_default_one() {
    let mut memory = Memory::new();
    let main = commit(&mut memory, &[], &[("LICENSE", "x")]);
    memory.name("main", &main);
    memory.set_truncated("too many entries");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let ended = runtime.block_on(judge(&mut memory, &request(&main, on_main()), None, &mut NoReviews));
    assert!(ended.is_err_and(|stop| stop.status() == 3));
}

#[test]
fn in_a_queue_the_commit_that_head_is_put_on_is_compared_with_and_approvals_are_not_asked_for_again() {
    let mut memory = Memory::new();
    let text = policy("", "");
    let main = commit(&mut memory, &[], &[(POLICY, &text), (WORKFLOW, GATE), ("LICENSE", "x")]);
    memory.name("main", &main);
    // The group before took the licence away with an approval; this one changes the workflow, approved as well.
    let before = commit(&mut memory, &[&main], &[(POLICY, &text), (WORKFLOW, GATE)]);
    let changed = GATE.replace("@v1", "@v2");
    let head = commit(&mut memory, &[&before], &[(POLICY, &text), (WORKFLOW, &changed)]);
    let queue = Against::Queue {
        branch: "main".to_owned(),
        onto: before.clone(),
    };
    let judgement = run(&mut memory, &request(&head, queue), &mut NoReviews);
    assert_eq!(kinds(&judgement), []);
    assert_eq!(judgement.report.verdict.decision, Verdict::Go);
    assert_eq!(judgement.report.target.merge_base, Some(before));
}

/// The group ahead brings a gap and a waiver of it, approved in its pull request: the next group stands on both.
#[test]
fn in_a_queue_what_was_approved_of_the_groups_ahead_holds_for_those_behind() {
    let waiver = "[[waiver]]\ncontrol = \"own.licence\"\nreason = \"Moving\"\nowner = \"@ops\"\nexpires = 1970-01-20\n";
    let gate = "[gate]\nfail-on = \"low\"\n";
    let (plain, waived) = (policy(gate, ""), policy(gate, waiver));
    let mut memory = Memory::new();
    let main = commit(&mut memory, &[], &[(POLICY, &plain), ("LICENSE", "x")]);
    memory.name("main", &main);
    let ahead = commit(&mut memory, &[&main], &[(POLICY, &waived)]);
    let behind = commit(&mut memory, &[&ahead], &[(POLICY, &waived), ("a.txt", "a")]);
    let queue = |onto: &str| Against::Queue {
        branch: "main".to_owned(),
        onto: onto.to_owned(),
    };
    for (head, onto) in [(&ahead, &main), (&behind, &ahead)] {
        let judgement = run(&mut memory, &request(head, queue(onto)), &mut NoReviews);
        assert_eq!(judgement.report.verdict.decision, Verdict::Go, "{onto}");
        assert_eq!(judgement.report.counts.waived, 1, "{onto}");
    }
    // Without the waiver the gap blocks both.
    let bare = commit(&mut memory, &[&main], &[(POLICY, &plain)]);
    let judgement = run(&mut memory, &request(&bare, queue(&main)), &mut NoReviews);
    assert_eq!(judgement.report.verdict.decision, Verdict::NoGo);
}

/// Where weakenings are only told, nobody was asked before the queue: it counts no more than the pull request did.
#[test]
fn in_a_queue_a_waiver_that_nobody_had_to_approve_counts_for_nothing() {
    let waiver = "[[waiver]]\ncontrol = \"own.licence\"\nreason = \"Moving\"\nowner = \"@ops\"\nexpires = 1970-01-20\n";
    let gate = "[gate]\nfail-on = \"low\"\nweakening = \"report\"\n";
    let mut memory = Memory::new();
    let main = commit(&mut memory, &[], &[(POLICY, &policy(gate, "")), ("LICENSE", "x")]);
    memory.name("main", &main);
    let head = commit(&mut memory, &[&main], &[(POLICY, &policy(gate, waiver))]);
    let queue = Against::Queue {
        branch: "main".to_owned(),
        onto: main.clone(),
    };
    for against in [on_main(), queue] {
        let judgement = run(&mut memory, &request(&head, against), &mut NoReviews);
        assert_eq!(judgement.report.verdict.decision, Verdict::NoGo);
        assert_eq!(judgement.report.counts.waived, 0);
    }
}

#[test]
fn a_policy_at_a_place_of_its_own_is_shown_in_the_pull_request_that_brings_it() {
    let mut memory = Memory::new();
    let main = commit(&mut memory, &[], &[("LICENSE", "x")]);
    memory.name("main", &main);
    let head = commit(
        &mut memory,
        &[&main],
        &[("LICENSE", "x"), ("gates/a.toml", &policy("", ""))],
    );
    let brought = Request {
        policy: PolicyChoice::At("gates/a.toml".to_owned()),
        ..request(&head, on_main())
    };
    let judgement = run(&mut memory, &brought, &mut NoReviews);
    assert_eq!(judgement.report.policy.path, "builtin:default");
    assert!(
        judgement
            .report
            .controls
            .iter()
            .any(|control| control.id == "own.licence")
    );
}

#[test]
fn a_first_step_that_falls_short_of_what_was_missing_altogether_is_no_regression() {
    let value = "{ value = { file = \"cfg.json\", at = \"strict\", equals = true } }";
    for check in [
        format!("check = {value}"),
        format!("check.any = [{value}, {{ path = \"NEVER\" }}]"),
    ] {
        let text = format!(
            "version = 1\n[[control]]\nid = \"own.strict\"\ntitle = \"t\"\nseverity = \"high\"\nrationale = \"r\"\n\
             remediation = \"r\"\n{check}\n"
        );
        let mut memory = Memory::new();
        let main = commit(&mut memory, &[], &[(POLICY, &text)]);
        let wrong = commit(
            &mut memory,
            &[&main],
            &[(POLICY, &text), ("cfg.json", "{\"strict\": false}\n")],
        );
        let right = commit(
            &mut memory,
            &[&main],
            &[(POLICY, &text), ("cfg.json", "{\"strict\": true}\n")],
        );
        let mut verdict = |base: &str, head: &str| {
            memory.name("main", base);
            run(&mut memory, &request(head, on_main()), &mut NoReviews)
                .report
                .verdict
                .decision
        };
        assert_eq!(verdict(&main, &wrong), Verdict::Go, "{check}");
        assert_eq!(verdict(&main, &right), Verdict::Go, "{check}");
        let worse = commit(
            &mut memory,
            &[&right],
            &[(POLICY, &text), ("cfg.json", "{\"strict\": false}\n")],
        );
        memory.name("main", &right);
        let judgement = run(&mut memory, &request(&worse, on_main()), &mut NoReviews);
        assert_eq!(kinds(&judgement), [RegressionKind::Finding], "{check}");
    }
}
