//! Reports as `judge` makes them, for every renderer's tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use readygate::model::{
    Attested, Cause, Change, Component, ControlReport, Cost, Counts, Date, EvidenceReport, FindingReport, Notice,
    NoticeKind, OutcomeKind, PolicyReport, Regression, RegressionKind, RelatedReport, RepoPath, Report, Severity,
    SourceKind, Strength, Target, Tool, Verdict, VerdictReport, Waived,
};
use readygate::text::Document;

/// A day from its text.
pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// A report with a base and nothing in it.
pub fn empty() -> Report {
    Report {
        version: 1,
        tool: Tool {
            name: "readygate".to_owned(),
            version: "0.1.0".to_owned(),
        },
        as_of: day("2026-11-20"),
        target: Target {
            repository: Some("acme/shop".to_owned()),
            reference: Some("refs/pull/7/head".to_owned()),
            sha: Some("1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d".to_owned()),
            dirty: false,
            merge_base: Some("9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c".to_owned()),
            base: Some("5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f80".to_owned()),
            source: SourceKind::Github,
        },
        policy: PolicyReport {
            path: ".github/readiness.toml".to_owned(),
            sha: Some("5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f80".to_owned()),
            packs: vec!["builtin:default".to_owned()],
        },
        verdict: VerdictReport {
            decision: Verdict::Go,
            reasons: vec!["nothing got worse by this change".to_owned()],
            score: Some(100),
            neutral: false,
        },
        counts: Counts::default(),
        components: vec![Component {
            path: RepoPath::new("backend"),
            kinds: vec!["express".to_owned(), "node".to_owned()],
            entry: vec![RepoPath::new("backend/src/index.ts")],
            manifest: Some(RepoPath::new("backend/package.json")),
            is_bare: false,
            left_out: Vec::new(),
        }],
        controls: Vec::new(),
        checklists: Vec::new(),
        notices: Vec::new(),
        regressions: Vec::new(),
        cost: Cost {
            files_listed: 812,
            files_read: 23,
            bytes_read: 81_920,
            skipped: BTreeMap::from([("vendored".to_owned(), 4)]),
            api_requests: 7,
            elapsed_ms: 640,
        },
    }
}

/// A control without findings.
pub fn control(id: &str, title: &str, severity: Severity, outcome: OutcomeKind) -> ControlReport {
    ControlReport {
        id: id.to_owned(),
        title: title.to_owned(),
        severity,
        category: id.split('.').next().unwrap().to_owned(),
        component: None,
        outcome,
        cause: None,
        change: Some(Change::Unchanged),
        reason: title.to_owned(),
        evidence: Vec::new(),
        findings: Vec::new(),
        remediation: String::new(),
        waiver: None,
        attestation: None,
        rationale: String::new(),
        demanded_by: None,
        asked: None,
    }
}

/// A finding that the merge base has, too, on a whole line. `mark` makes its fingerprint.
pub fn finding(message: &str, path: Option<&str>, line: Option<u32>, mark: &str) -> FindingReport {
    FindingReport {
        message: message.to_owned(),
        path: path.map(str::to_owned),
        line,
        column: None,
        end_line: line,
        end_column: None,
        fingerprint: format!("{mark:0>64}"),
        related: Vec::new(),
        introduced: Some(false),
    }
}

/// Brings `counts` in line with the controls, as `judge` does.
pub fn counted(mut report: Report) -> Report {
    let count = |outcome| {
        let these = report.controls.iter().filter(|control| control.outcome == outcome);
        u32::try_from(these.count()).unwrap()
    };
    report.counts = Counts {
        pass: count(OutcomeKind::Pass),
        fail: count(OutcomeKind::Fail),
        unknown: count(OutcomeKind::Unknown),
        not_applicable: count(OutcomeKind::NotApplicable),
        waived: count(OutcomeKind::Waived),
    };
    report
}

/// A pull request that changes nothing about readiness.
pub fn go() -> Report {
    let mut report = empty();
    let mut pass = control(
        "secrets.env-files-ignored",
        "`.env` files are ignored",
        Severity::Critical,
        OutcomeKind::Pass,
    );
    pass.evidence = vec![EvidenceReport {
        path: ".gitignore".to_owned(),
        line: Some(4),
        column: Some(1),
        text: ".env*".to_owned(),
        strength: Strength::Wired,
    }];
    let absent = control(
        "db.backups",
        "Backups are made",
        Severity::High,
        OutcomeKind::NotApplicable,
    );
    report.controls = vec![absent, pass];
    counted(report)
}

/// A pull request with a lost line, a weakening, and all that stood there before.
pub fn no_go() -> Report {
    let mut report = empty();
    report.verdict = VerdictReport {
        decision: Verdict::NoGo,
        reasons: vec![
            "this change makes 2 things worse, the gravest being critical".to_owned(),
            "the policy blocks regressions (`fail-on = \"regression\"`)".to_owned(),
        ],
        score: Some(61),
        neutral: false,
    };
    report.notices = vec![Notice {
        path: ".github/readiness.toml".to_owned(),
        line: 31,
        kind: NoticeKind::Void,
        control: "db.restore-tested".to_owned(),
        message: "the attestation of `db.restore-tested` by @bo is void: the files that it covers have changed since \
                  2026-09-01 (`infra/backup/**`)"
            .to_owned(),
    }];
    report.controls = vec![
        attested(),
        rate_limit(),
        permission(),
        unmodelled(),
        env_ignored(),
        waived(),
    ];
    let mut fixed = control("ci.tests-run", "Tests run in CI", Severity::High, OutcomeKind::Pass);
    fixed.change = Some(Change::Fixed);
    report.controls.push(fixed);
    report.regressions = vec![
        Regression {
            kind: RegressionKind::Finding,
            control: Some("secrets.env-files-ignored".to_owned()),
            component: None,
            severity: Severity::Critical,
            path: Some(".gitignore".to_owned()),
            line: Some(4),
            message: "`.env` is not ignored".to_owned(),
            fingerprint: Some(format!("{:0>64}", "e")),
            gates: true,
        },
        Regression {
            kind: RegressionKind::Weakening,
            control: Some("db.backups".to_owned()),
            component: None,
            severity: Severity::High,
            path: Some(".github/readiness.toml".to_owned()),
            line: Some(9),
            message: "the policy disables `db.backups`".to_owned(),
            fingerprint: None,
            gates: true,
        },
    ];
    counted(report)
}

fn env_ignored() -> ControlReport {
    let mut found = finding("`.env` is not ignored", Some(".gitignore"), Some(4), "e");
    found.column = Some(1);
    found.end_column = Some(11);
    found.introduced = Some(true);
    found.related = vec![RelatedReport {
        path: "backend/src/env.ts".to_owned(),
        line: Some(2),
        message: "`.env` is read here".to_owned(),
    }];
    let mut control = control(
        "secrets.env-files-ignored",
        "`.env` files are ignored",
        Severity::Critical,
        OutcomeKind::Fail,
    );
    control.change = Some(Change::Regressed);
    control.reason = "`.env` is not ignored".to_owned();
    control.rationale = "A secret that is committed once stays in the history.".to_owned();
    control.remediation = "Add `.env*` to `.gitignore`.".to_owned();
    control.demanded_by = Some((".github/readiness.toml".to_owned(), 2));
    control.findings = vec![found];
    control
}

fn rate_limit() -> ControlReport {
    let mut control = control(
        "security.rate-limit",
        "Requests are rate limited",
        Severity::High,
        OutcomeKind::Fail,
    );
    control.component = Some("backend".to_owned());
    control.reason = "a rate limiter is defined and never mounted".to_owned();
    control.rationale = "One client can take the service down.".to_owned();
    control.remediation = "Mount the limiter before the routes.".to_owned();
    control.findings = vec![
        finding(
            "`limiter` is defined, never mounted",
            Some("backend/src/limits.ts"),
            Some(12),
            "a1",
        ),
        finding(
            "`loginLimiter` is defined, never mounted",
            Some("backend/src/limits.ts"),
            Some(20),
            "a2",
        ),
    ];
    control
}

fn permission() -> ControlReport {
    let mut control = control(
        "branch.reviews",
        "The default branch asks for a review",
        Severity::High,
        OutcomeKind::Unknown,
    );
    control.cause = Some(Cause::Permission);
    control.reason = "the token may not read the branch protection of `main`".to_owned();
    control
}

fn unmodelled() -> ControlReport {
    let mut control = control(
        "runtime.shutdown",
        "The server stops gracefully",
        Severity::Medium,
        OutcomeKind::Unknown,
    );
    control.cause = Some(Cause::Unmodelled);
    control.reason = "`backend/src/index.ts` starts a framework that is not modelled".to_owned();
    control
}

fn waived() -> ControlReport {
    let mut control = control("ops.runbook", "There is a runbook", Severity::Low, OutcomeKind::Waived);
    control.findings = vec![finding("`RUNBOOK.md` is missing", None, None, "b1")];
    control.waiver = Some(Waived {
        reason: "Moving to the wiki in January".to_owned(),
        owner: "@ops".to_owned(),
        expires: day("2027-01-31"),
        path: None,
    });
    control
}

fn attested() -> ControlReport {
    let mut control = control(
        "db.restore-tested",
        "A restore was tried",
        Severity::Critical,
        OutcomeKind::Pass,
    );
    control.attestation = Some(Attested {
        by: "@ana".to_owned(),
        on: day("2026-11-01"),
        expires: day("2027-02-01"),
        evidence: "https://example.com/restore-2026-11".to_owned(),
    });
    control
}

/// A first look at a repository, without a base: a hundred controls that fail and some of everything else.
pub fn many() -> Report {
    let mut report = empty();
    report.target.merge_base = None;
    report.target.base = None;
    report.target.repository = None;
    report.target.reference = Some("main".to_owned());
    report.target.dirty = true;
    report.target.source = SourceKind::Local;
    report.policy = PolicyReport {
        path: "builtin:default".to_owned(),
        sha: None,
        packs: Vec::new(),
    };
    report.verdict = VerdictReport {
        decision: Verdict::NoGo,
        reasons: vec![
            "25 critical controls are not met".to_owned(),
            "there is no base to compare with, so `regression` is judged as `critical`".to_owned(),
        ],
        score: Some(12),
        neutral: false,
    };
    let severities = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low];
    for number in 0..100 {
        let severity = severities[number % 4];
        let mut failing = control(
            &format!("area-{:02}.control-{number:02}", number / 10),
            &format!("Thing number {number} is as it has to be everywhere"),
            severity,
            OutcomeKind::Fail,
        );
        failing.reason = format!("thing {number} is not as it has to be");
        failing.remediation = format!("Mend thing {number}.");
        failing.rationale = format!("Thing {number} costs an incident.");
        for place in 0..=number % 3 {
            let path = format!("services/number-{number}/src/deeply/nested/module-{place}.ts");
            let line = u32::try_from(10 + place).unwrap();
            let mark = format!("{number}{place}");
            failing.findings.push(finding(
                &format!("thing {number} is not as it has to be"),
                Some(&path),
                Some(line),
                &mark,
            ));
        }
        failing.change = None;
        for finding in &mut failing.findings {
            finding.introduced = None;
        }
        report.controls.push(failing);
    }
    let causes = [
        Cause::Permission,
        Cause::Network,
        Cause::Parse,
        Cause::Unmodelled,
        Cause::Size,
    ];
    for (number, cause) in causes.into_iter().enumerate() {
        let mut unknown = control(
            &format!("unsettled.control-{number}"),
            "Settled",
            Severity::Medium,
            OutcomeKind::Unknown,
        );
        unknown.cause = Some(cause);
        unknown.reason = format!("thing {number} could not be read");
        unknown.change = None;
        report.controls.push(unknown);
    }
    counted(report)
}

/// Text that wants to be more than text.
pub const MISCHIEF: &str = "x`</summary>\r\n::error::owned\n##[error]owned @ana #1 ![i](http://e/i.png) <img src=x> \
    <!-- readygate:readiness --> | --> ``` \u{1b}[31mred\u{9b}2J\u{202e}live\u{200b} %0A::warning::x $a$ www.e.com";

/// The no-go with mischief in every text that may come from a repository.
pub fn hostile() -> Report {
    infested(no_go(), MISCHIEF)
}

/// The report with this text in all its texts.
pub fn infested(mut report: Report, text: &str) -> Report {
    report.target.reference = Some(text.to_owned());
    report.target.repository = Some(text.to_owned());
    report.policy.path = text.to_owned();
    report.verdict.reasons = vec![text.to_owned()];
    for control in &mut report.controls {
        control.id = format!("{}{text}", control.id);
        for words in [
            &mut control.title,
            &mut control.reason,
            &mut control.remediation,
            &mut control.rationale,
            &mut control.category,
        ] {
            text.clone_into(words);
        }
        control.component = Some(text.to_owned());
        control.demanded_by = Some((text.to_owned(), 1));
        for finding in &mut control.findings {
            text.clone_into(&mut finding.message);
            finding.path = Some(text.to_owned());
            for related in &mut finding.related {
                text.clone_into(&mut related.path);
                text.clone_into(&mut related.message);
            }
        }
        if let Some(waiver) = &mut control.waiver {
            text.clone_into(&mut waiver.reason);
            text.clone_into(&mut waiver.owner);
        }
        if let Some(word) = &mut control.attestation {
            text.clone_into(&mut word.by);
            text.clone_into(&mut word.evidence);
        }
    }
    for notice in &mut report.notices {
        text.clone_into(&mut notice.path);
        text.clone_into(&mut notice.control);
        text.clone_into(&mut notice.message);
    }
    for regression in &mut report.regressions {
        text.clone_into(&mut regression.message);
        regression.path = Some(text.to_owned());
        regression.component = Some(text.to_owned());
        regression.control = regression.control.as_ref().map(|id| format!("{id}{text}"));
    }
    report
}

/// The lines that the samples speak of.
pub fn sources(path: &str) -> Option<Arc<Document>> {
    let text = match path {
        ".gitignore" => "node_modules\ndist\ncoverage\n.env.local\n",
        "backend/src/env.ts" => "import dotenv from \"dotenv\";\ndotenv.config();\n",
        "backend/src/limits.ts" => {
            "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\nexport const limiter = rateLimit({ max: 100 });\n"
        }
        ".github/readiness.toml" => {
            "version = 1\nextends = [\"builtin:default\"]\n\n[gate]\nfail-on = \"regression\"\n\n\
             [controls.\"db.backups\"]\nseverity = \"high\"\nenabled = false\n"
        }
        MISCHIEF => MISCHIEF,
        _ => return None,
    };
    Some(Arc::new(Document::new(text.as_bytes())))
}
