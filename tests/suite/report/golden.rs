//! Four reports in every format, as a person sees them.

use readygate::model::Report;
use readygate::report::{Colour, Format, Setting, markdown, render};

use super::samples;

fn setting() -> Setting<'static> {
    Setting {
        server: Some("https://github.com"),
        sources: &samples::sources,
        ..Setting::default()
    }
}

fn all() -> [(&'static str, Report); 4] {
    [
        ("go", samples::go()),
        ("no-go", samples::no_go()),
        ("many", samples::many()),
        ("hostile", samples::hostile()),
    ]
}

#[test]
fn every_sample_in_every_format() {
    for (name, report) in all() {
        for format in Format::ALL {
            let text = render(&report, format, &setting());
            let text = match (name, format) {
                // A hundred entries of one kind teach nothing beyond the first ones.
                ("many", Format::Json | Format::Sarif) => continue,
                ("many", Format::Markdown) => text.lines().take(60).collect::<Vec<_>>().join("\n"),
                _ => text,
            };
            insta::assert_snapshot!(format!("{name}.{}", format.as_str()), text);
        }
    }
}

#[test]
fn the_comment_and_the_lines_around_it() {
    for (name, report) in all() {
        let comment = markdown::comment(&report, &setting()).unwrap_or_else(|| "(no comment)".to_owned());
        let title = markdown::title(&report);
        let resolved = markdown::resolved(&report, &setting());
        insta::assert_snapshot!(format!("{name}.comment"), format!("{title}\n\n{comment}\n\n{resolved}"));
    }
}

#[test]
fn colours_are_the_callers_choice_and_change_no_word() {
    let coloured = Setting {
        colour: Colour::Always,
        ..setting()
    };
    for (name, report) in all() {
        let plain = render(&report, Format::Human, &setting());
        let painted = render(&report, Format::Human, &coloured);
        assert!(!plain.contains('\u{1b}'), "{name}");
        assert!(painted.contains("\u{1b}["), "{name}");
        let mut stripped = String::new();
        let mut rest = painted.as_str();
        while let Some((before, after)) = rest.split_once("\u{1b}[") {
            stripped.push_str(before);
            rest = after.split_once('m').unwrap().1;
        }
        stripped.push_str(rest);
        assert_eq!(stripped, plain, "{name}");
    }
}

#[test]
fn the_comment_says_all_that_counts_in_its_first_lines() {
    let comment = markdown::comment(&samples::no_go(), &setting()).unwrap();
    let head: Vec<&str> = comment.lines().take(5).collect();
    assert!(head[0].contains("no-go"), "{head:?}");
    assert!(head[2].starts_with("- **Why:**"), "{head:?}");
    assert!(head[3].contains(".gitignore#L4"), "{head:?}");
    assert!(head[4].contains(".env*"), "{head:?}");
}

#[test]
fn nothing_to_say_is_no_comment() {
    assert_eq!(markdown::comment(&samples::go(), &setting()), None);
    assert_eq!(markdown::comment(&samples::many(), &setting()), None);
    assert!(markdown::comment(&samples::no_go(), &setting()).is_some());
}

#[test]
fn a_change_that_only_mends_is_thanked_and_given_no_task() {
    let mut report = samples::no_go();
    report.regressions.clear();
    report.verdict = samples::go().verdict;
    report
        .controls
        .retain(|control| control.id != "secrets.env-files-ignored");
    let comment = markdown::comment(&report, &setting()).unwrap();
    assert!(comment.starts_with("## readiness: go\n"), "{comment}");
    assert!(
        comment.contains("Fixed by this change, thank you: `ci.tests-run`."),
        "{comment}"
    );
    assert!(!comment.contains("**What to do:**"), "{comment}");
}
