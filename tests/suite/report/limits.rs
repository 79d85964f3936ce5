//! What GitHub takes, and what fits a screen.

use readygate::model::{OutcomeKind, Regression, RegressionKind, Report, Severity, Verdict};
use readygate::report::{AnnotationLevel, Format, Setting, annotations, commands, markdown, render};

use super::samples;

/// Far more of everything than a repository has, with texts as long as they get.
fn flood() -> Report {
    let mut report = samples::infested(samples::no_go(), &format!("{} ", samples::MISCHIEF).repeat(8));
    let failing = report
        .controls
        .iter()
        .find(|control| control.outcome == OutcomeKind::Fail)
        .unwrap()
        .clone();
    let unknown = report
        .controls
        .iter()
        .find(|control| control.outcome == OutcomeKind::Unknown)
        .unwrap()
        .clone();
    for number in 0..700 {
        let mut control = failing.clone();
        control.id = format!("a.control-{number}");
        report.controls.push(control);
        let mut control = unknown.clone();
        control.id = format!("b.control-{number}");
        report.controls.push(control);
        let mut regression = report.regressions[0].clone();
        regression.line = Some(number + 1);
        report.regressions.push(regression);
    }
    samples::counted(report)
}

#[test]
fn markdown_stays_within_githubs_limits_and_says_what_is_left_out() {
    let report = flood();
    let setting = Setting {
        server: Some("https://github.com"),
        ..Setting::default()
    };
    let comment = markdown::comment(&report, &setting).unwrap();
    assert!(comment.len() <= 65_000, "{}", comment.len());
    assert!(
        comment.len() > 40_000,
        "the room that there is, is used: {}",
        comment.len()
    );
    assert!(comment.contains(" more: `readygate check --format json`"));
    assert!(markdown::check_run(&report, &setting).chars().count() <= 65_535);
    let summary = markdown::summary(&report, &setting);
    assert!(summary.len() <= 1024 * 1024, "{}", summary.len());
    assert_eq!(
        comment.matches("<details>").count(),
        comment.matches("</details>").count()
    );
    assert!(markdown::title(&report).chars().count() <= 255);
    assert!(!markdown::title(&report).contains('\n'));
}

#[test]
fn a_step_has_at_most_ten_commands_of_a_level_and_the_last_says_how_many_more() {
    let text = commands(&flood(), "readiness");
    for level in ["error", "warning", "notice"] {
        let these: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with(&format!("::{level} ")))
            .collect();
        assert!(these.len() <= 10, "{level}: {}", these.len());
        if let Some(last) = these.get(9) {
            assert!(last.contains(" more: "), "{last}");
        }
    }
    assert!(text.lines().all(|line| line.starts_with("::")), "{text}");
    for line in text.lines() {
        let message = line.splitn(3, "::").nth(2).unwrap();
        assert!(message.chars().count() <= 4_096, "{message}");
    }
}

#[test]
fn annotations_are_what_the_api_takes() {
    for report in [flood(), samples::many(), samples::no_go(), samples::hostile()] {
        let all = annotations(&report);
        assert!(!all.is_empty());
        for annotation in all {
            assert!(annotation.start_line >= 1 && annotation.end_line >= annotation.start_line);
            if annotation.start_column.is_some() {
                assert_eq!(annotation.start_line, annotation.end_line);
                assert!(annotation.end_column >= annotation.start_column);
            }
            assert!(annotation.title.chars().count() <= 255);
            assert!(annotation.message.len() <= 64 * 1024 && !annotation.message.is_empty());
            assert!(annotation.raw_details.unwrap_or_default().len() <= 64 * 1024);
        }
    }
}

#[test]
fn what_this_change_made_worse_comes_first_and_alone_is_a_failure() {
    let all = annotations(&samples::no_go());
    let levels: Vec<AnnotationLevel> = all.iter().map(|annotation| annotation.level).collect();
    let (failure, notice) = (AnnotationLevel::Failure, AnnotationLevel::Notice);
    assert_eq!(levels, [failure, failure, notice, notice]);
    assert_eq!(all[0].path, ".gitignore");
    assert_eq!((all[0].start_column, all[0].end_column), (Some(1), Some(11)));
    assert!(all[0].message.contains("What to do: Add `.env*`"), "{}", all[0].message);
}

#[test]
fn a_no_go_without_a_regression_is_an_error_in_the_log() {
    let mut report = samples::many();
    let text = commands(&report, "readiness");
    assert!(
        text.starts_with("::error title=readiness::no-go: 25 critical"),
        "{text}"
    );
    report.verdict.decision = Verdict::Go;
    assert!(!commands(&report, "readiness").contains("::error"));
}

#[test]
fn a_setting_that_does_not_gate_is_a_warning() {
    let mut report = samples::no_go();
    report
        .regressions
        .iter_mut()
        .for_each(|regression| regression.gates = false);
    report.verdict.decision = Verdict::Go;
    let text = commands(&report, "readiness");
    assert!(!text.contains("::error"), "{text}");
    assert_eq!(
        text.lines().filter(|line| line.starts_with("::warning")).count(),
        2,
        "{text}"
    );
}

/// The summary: what follows the last blank line before the verdict.
fn summary(report: &Report) -> Vec<String> {
    let text = render(report, Format::Human, &Setting::default());
    let lines: Vec<&str> = text.lines().collect();
    let word = format!("{}: ", report.verdict.decision.as_str());
    let start = lines.iter().rposition(|line| line.starts_with(&word)).unwrap();
    lines[start..].iter().map(|line| (*line).to_owned()).collect()
}

#[test]
fn the_summary_fits_one_screen_for_any_number_of_controls() {
    let mut everything = samples::many();
    let more = samples::no_go();
    everything.controls.extend(more.controls);
    for number in 0..30 {
        let mut regression = more.regressions[0].clone();
        regression.line = Some(number);
        everything.regressions.push(regression);
    }
    everything.target.merge_base = Some("9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c".to_owned());
    let everything = samples::counted(everything);
    for report in [samples::go(), samples::no_go(), samples::many(), everything, flood()] {
        let lines = summary(&report);
        assert!(lines.len() <= 24, "{} lines:\n{}", lines.len(), lines.join("\n"));
        for line in &lines {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}

#[test]
fn severities_are_told_worst_first() {
    let lines = summary(&samples::many());
    let shown: Vec<usize> = ["critical", "high", "medium", "low"]
        .iter()
        .filter_map(|word| lines.iter().position(|line| line.starts_with(&format!("  {word} "))))
        .collect();
    assert!(shown.is_sorted());
    assert!(Severity::Critical > Severity::High);
}

#[test]
fn findings_of_one_control_are_told_what_to_do_once() {
    let mut report = samples::empty();
    let mut failing = samples::control("a.b", "B is there", Severity::High, OutcomeKind::Fail);
    failing.remediation = "Put B back.".to_owned();
    for mark in ["1", "2"] {
        let finding = samples::finding(&format!("B{mark} is gone"), Some("b.toml"), Some(1), mark);
        report.regressions.push(Regression {
            kind: RegressionKind::Finding,
            control: Some("a.b".to_owned()),
            component: None,
            severity: Severity::High,
            path: Some("b.toml".to_owned()),
            line: Some(1),
            message: finding.message.clone(),
            fingerprint: Some(finding.fingerprint.clone()),
            gates: true,
        });
        failing.findings.push(finding);
    }
    report.controls.push(failing);
    let list = markdown::summary(&report, &Setting::default());
    let list = list.split("### Worse").nth(1).unwrap();
    assert!(list.contains("B1 is gone") && list.contains("B2 is gone"), "{list}");
    assert_eq!(list.matches("Put B back.").count(), 1, "{list}");
    assert_eq!(list.matches("[[waiver]]").count(), 1, "{list}");
}

#[test]
fn a_long_reason_stands_behind_what_is_asked() {
    let (id, title) = ("deploy.rollback-plan", "There is a plan for rolling back");
    let long = format!(
        "no line of 10 files that match `docs/**` matches `{}`",
        "(?i)rollback|".repeat(12)
    );
    let short = "there is no heading about rolling back";
    for (says, head) in [(long.as_str(), format!("not met: {title}")), (short, short.to_owned())] {
        let mut control = samples::control(id, title, Severity::Critical, OutcomeKind::Fail);
        control.reason = says.to_owned();
        control.findings = vec![samples::finding(says, None, None, "1")];
        let mut report = samples::empty();
        report.controls = vec![control];
        let report = samples::counted(report);
        let human = render(&report, Format::Human, &Setting::default());
        assert!(human.contains(&format!("critical[{id}]: {head}\n")), "{human}");
        let page = render(&report, Format::Markdown, &Setting::default());
        assert!(page.contains(&format!("`{id}`: {head}\n")), "{page}");
        assert_eq!(human.contains("= note: no line of 10 files"), says != short, "{human}");
        // The list of what is not met says the same, and a pattern is told by its beginning.
        assert!(human.contains(&format!("  {id}  {head}\n")), "{human}");
        let told = [human.as_str(), page.as_str()].map(|text| text.matches("(?i)rollback|").count());
        assert!(told.iter().all(|times| *times < 2 * 4), "{told:?} in {human}{page}");
    }
}
