//! Text from the repository in every sink, and the verdict that no format can change.

use proptest::prelude::*;
use readygate::model::{Report, Verdict};
use readygate::report::{Format, Setting, annotations, markdown, render};
use readygate::text::{Diagnostic, Label};

use super::samples;

fn setting() -> Setting<'static> {
    Setting {
        server: Some("https://github.com"),
        sources: &samples::sources,
        ..Setting::default()
    }
}

fn is_hidden(character: char) -> bool {
    (character.is_control() && character != '\n')
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// What must hold of every format, whatever the report's texts are.
fn harmless(report: &Report) -> Result<(), TestCaseError> {
    for format in Format::ALL {
        let text = render(report, format, &setting());
        let hidden: Vec<char> = text.chars().filter(|character| is_hidden(*character)).collect();
        prop_assert!(hidden.is_empty(), "{format:?} leaks {hidden:?}");
        prop_assert!(!text.contains("##["), "{format:?} prints an old workflow command");
        prop_assert!(text.is_empty() || text.ends_with('\n'));
        if format != Format::Github {
            let command = text
                .lines()
                .find(|line| line.trim_start().starts_with("::") && !is_path_line(line));
            prop_assert_eq!(command, None, "{:?} prints a workflow command", format);
        }
    }
    let comment = markdown::comment(report, &setting()).unwrap_or_default();
    // The marker by which a comment is found again is a line of its own: no text can write a second one.
    prop_assert!(!comment.lines().any(|line| line.trim_start().starts_with("<!--")));
    Ok(())
}

/// `annotate-snippets` writes `  ::: path:line` before a second file of a snippet: three colons, and no command's name begins with one.
fn is_path_line(line: &str) -> bool {
    line.trim_start().starts_with(":::")
}

#[test]
fn mischief_is_harmless_everywhere() {
    harmless(&samples::hostile()).unwrap();
}

#[test]
fn a_comment_has_no_live_mention_reference_or_image() {
    let comment = markdown::comment(&samples::hostile(), &setting()).unwrap();
    let mut in_block = false;
    for line in comment.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
            continue;
        }
        if in_block {
            continue;
        }
        // With all code spans taken out, only our own words, links and folds are left.
        let outside = outside_code(line);
        for live in ["@", "<img", "![", "http://", "www.", "<!--", "-->", "$a"] {
            assert!(!outside.contains(live), "{live} in {line}");
        }
    }
    assert!(!in_block);
}

fn outside_code(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        out.push_str(&rest[..at]);
        let run = rest[at..].bytes().take_while(|byte| *byte == b'`').count();
        let mut after = &rest[at + run..];
        loop {
            let next = after
                .find('`')
                .unwrap_or_else(|| panic!("a code span is not closed: {line}"));
            let length = after[next..].bytes().take_while(|byte| *byte == b'`').count();
            after = &after[next + length..];
            if length == run {
                break;
            }
        }
        rest = after;
    }
    out.push_str(rest);
    // An address of ours ends at its bracket: all that could end it sooner is percent-encoded.
    while let Some(start) = out.find("](https://github.com/") {
        let end = start + out[start..].find(')').unwrap();
        assert!(!out[start..end].contains([' ', '<', '>', '"']), "{line}");
        out.replace_range(start..=end, "]");
    }
    out
}

#[test]
fn a_secret_in_a_shown_line_is_masked() {
    let secret = "sk_live_4eC39HqLyjWDarjtT1";
    let line = format!("const key = \"{secret}\"; const password = \"hunter2!\";\n");
    let document = std::sync::Arc::new(readygate::text::Document::new(line.as_bytes()));
    let sources = move |_: &str| Some(std::sync::Arc::clone(&document));
    let mut report = samples::no_go();
    report.regressions[0].line = Some(1);
    report
        .controls
        .iter_mut()
        .flat_map(|control| &mut control.findings)
        .for_each(|finding| finding.line = Some(1));
    let text = render(
        &report,
        Format::Human,
        &Setting {
            sources: &sources,
            ..Setting::default()
        },
    );
    assert!(text.contains("const key"), "the line is shown: {text}");
    assert!(!text.contains(secret) && !text.contains("hunter2"), "{text}");
}

#[test]
fn mistakes_are_told_all_sorted_and_counted() {
    let label = |path: &str, start: usize, end: usize, message: &str| Label {
        path: path.to_owned(),
        span: start..end,
        message: message.to_owned(),
    };
    let policy = ".github/readiness.toml";
    let all = [
        Diagnostic::error(
            "there is no table `gaet`",
            label(policy, 46, 50, "did you mean `gate`?"),
        )
        .with_help("rename it to `[gate]`"),
        Diagnostic::error("`version` must be 1", label(policy, 10, 11, "\u{1b}[31mthis\u{202e}"))
            .with_label(label(policy, 0, 7, "the key")),
        Diagnostic::error("no such pack", label("packs/none.toml", 0, 0, "named here")),
    ];
    let text = readygate::report::human::diagnostics(&all, &samples::sources, readygate::report::Colour::Never);
    insta::assert_snapshot!("mistakes", text);
    assert!(text.ends_with("\n3 mistakes in 2 files\n"), "{text}");
    assert!(!text.chars().any(is_hidden));
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[-a-z@#`*_<>\\[\\]()!:/|$~&%,. \n\r\t\u{1b}\u{9b}\u{202e}\u{200b}]{0,40}",
        any::<String>(),
        Just(samples::MISCHIEF.to_owned()),
        "(::|##\\[|%0A|```|<!--|\\]\\(|@|\n)(error|a|\\]| |::){0,6}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_harmless_in_every_format(words in text()) {
        harmless(&samples::infested(samples::no_go(), &words))?;
    }

    #[test]
    fn no_format_changes_the_verdict(words in text(), blocks in any::<bool>(), neutral in any::<bool>()) {
        let mut report = samples::infested(samples::no_go(), &words);
        report.verdict.decision = if blocks { Verdict::NoGo } else { Verdict::Go };
        report.verdict.neutral = neutral;
        let before = report.clone();
        let word = report.verdict.decision.as_str();
        for format in Format::ALL {
            let text = render(&report, format, &setting());
            prop_assert_eq!(&text, &render(&report, format, &setting()), "the same report gives the same bytes");
            match format {
                Format::Json => {
                    let verdict = format!("\"decision\": \"{word}\"");
                    prop_assert!(text.contains(&verdict));
                }
                Format::Human => {
                    let head = format!("{word}:");
                    prop_assert!(text.lines().any(|line| line.starts_with(&head)));
                }
                Format::Markdown => {
                    let head = format!("## readiness: {word}\n");
                    prop_assert!(text.starts_with(&head));
                }
                Format::Sarif | Format::Github => {}
            }
        }
        annotations(&report);
        prop_assert_eq!(report, before);
    }
}
