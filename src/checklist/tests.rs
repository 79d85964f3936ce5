use super::*;

fn shown(text: &str) -> Vec<String> {
    let list = read(text);
    let items = list.items.iter().map(|item| {
        format!(
            "{}:{} {:?} {} {}",
            item.line,
            item.column,
            item.kind,
            item.state.as_str(),
            item.text
        )
    });
    items.collect()
}

fn same(text: &str, expected: &[&str]) {
    assert_eq!(shown(text), expected, "{text}");
}

#[test]
fn boxes_of_all_kinds() {
    same(
        "- [ ] open\n- [x] done\n* [X] done too\n1. [~] begun\n2) [!] held up\n- [-] not wanted\n- [✓] ticked\n- [✅] green\n",
        &[
            "1:7 Box todo open",
            "2:7 Box done done",
            "3:7 Box done done too",
            "4:8 Box partial begun",
            "5:8 Box blocked held up",
            "6:7 Box dropped not wanted",
            "7:7 Box done ticked",
            "8:7 Box done green",
        ],
    );
}

#[test]
fn boxes_in_tables_in_fences_and_without_a_dash() {
    same(
        "| Task | Done |\n| --- | --- |\n| Backups run | [x] |\n| Alerts | ❌ |\n\n```\n[ ] SSL set\n- [ ] API_KEY=abc\n```\n\n[ ] bare\n",
        &[
            "3:3 Row done Backups run",
            "4:3 Row todo Alerts",
            "7:5 Bare todo SSL set",
            "8:7 Box todo API_KEY=abc",
            "11:5 Bare todo bare",
        ],
    );
}

#[test]
fn a_column_that_numbers_the_rows_holds_no_words() {
    same(
        "| ID | Item | Status |\n| --- | --- | --- |\n| DB-03 | Pool configured | ✅ |\n",
        &["3:11 Row claimed Pool configured"],
    );
    same(
        "| Code | Check | Status |\n|---|---|---|\n| SEC-1.2 | Helmet on | ❌ |\n| SEC-2 | CORS set | ✅ |\n",
        &["3:13 Row todo Helmet on", "4:11 Row claimed CORS set"],
    );
    same(
        "| 编号 | 检查项 | 状态 | Status |\n|---|---|---|---|\n| A1 | 备份 | x | ✅ |\n",
        &["3:8 Row claimed 备份"],
    );
    // Where there are no other words, these are they.
    same(
        "| Service | Status |\n|---|---|\n| S3 | ✅ |\n| EC2 | ✅ |\n",
        &["3:3 Row claimed S3", "4:3 Row claimed EC2"],
    );
}

#[test]
fn a_column_that_is_headed_so_says_what_is_asked_for() {
    let text = "## Go live\n\n| Area | Item | DEV | PROD | Evidence |\n|---|---|---|---|---|\n\
                | Security | Helmet on | [x] | [ ] | app.ts |\n| Security | CORS set | [ ] | [ ] | app.ts |\n\
                | Data | Backups run | [ ] | [ ] | cron |\n\n- [ ] after\n";
    same(
        text,
        &[
            "5:14 Row done Helmet on",
            "6:14 Row todo CORS set",
            "7:10 Row todo Backups run",
            "9:7 Box todo after",
        ],
    );
    let list = read(text);
    let section = |item: usize| {
        let section = &list.sections[list.items[item].section.unwrap()];
        (
            section.text.as_str(),
            section.parent.map(|above| list.sections[above].text.as_str()),
        )
    };
    assert_eq!(section(0), ("Security", Some("Go live")));
    assert_eq!(list.items[0].section, list.items[1].section);
    assert_eq!(section(2), ("Data", Some("Go live")));
    assert_eq!(section(3), ("Go live", None));
}

#[test]
fn a_column_that_says_the_same_of_several_rows_is_what_they_belong_to() {
    same(
        "| Bereich | Was | Status |\n|---|---|---|\n| Daten | Backups laufen | ✅ |\n| Daten | Pool begrenzt | ❌ |\n",
        &["3:11 Row claimed Backups laufen", "4:11 Row todo Pool begrenzt"],
    );
    // Where the next one repeats itself, too, or the first one does not, the first one says it.
    same(
        "| Service | Env | Status |\n|---|---|---|\n| Mail | prod | ✅ |\n| Mail | dev | ✅ |\n| Queue | dev | ❌ |\n",
        &["3:3 Row claimed Mail", "4:3 Row claimed Mail", "5:3 Row todo Queue"],
    );
    same(
        "| Feature | Description | Status |\n|---|---|---|\n| Login | By mail | ✅ |\n| Export | As CSV | ❌ |\n",
        &["3:3 Row claimed Login", "4:3 Row todo Export"],
    );
}

#[test]
fn a_status_below_a_heading_makes_the_heading_an_item() {
    same(
        "# Plan\n**Status:** In Progress\n\n### Task 1: Carts\n**Priority:** 🔴 CRITICAL\n**Status:** [✓]\n\n- [ ] part\n",
        &["4:5 Heading done Task 1: Carts", "8:7 Box todo part"],
    );
    let list = read("# Plan\n**Status:** READY\n\n### Task 1\n**Priority:** 🟡 HIGH\n**Status:** [ ]\n\n- [ ] part\n");
    assert_eq!(list.statements.len(), 1);
    assert_eq!(list.items[1].parent, Some(0));
    assert_eq!(list.items[1].priority, Some(crate::model::Severity::High));
}

#[test]
fn a_claim_in_brackets_is_a_claim_and_a_condition_is_none() {
    let list = read(
        "- [ ] Helmet on (✅ already configured)\n- [ ] Secrets moved (✅ mostly done)\n- [ ] Redis (if not already)\n- [ ] ✅ decoration\n",
    );
    let states: Vec<State> = list.items.iter().map(|item| item.state).collect();
    assert_eq!(states, [State::Claimed, State::Partial, State::Todo, State::Todo]);
    assert_eq!(list.items[0].text, "Helmet on");
}

#[test]
fn signs_headings_and_plans() {
    same(
        "## ✅ Completed\n- logging\n## Status now\n- ❌ tests\n- ✅ linting\n## Week 1\n1. ✅ set up\n## Legend\n- [x] Done\n",
        &[
            "2:3 Sign claimed logging",
            "4:5 Sign todo tests",
            "5:5 Sign claimed linting",
            "7:6 Sign todo set up",
        ],
    );
}

#[test]
fn legends_labels_and_links_are_no_items() {
    same(
        "- Mark each: `[ ]` open, `[x]` done\n- [Guide](./GUIDE.md) - how\n- [ ] **Files**:\n- [ ] Signature: ______\n- [1] note\n<!--\n- [ ] hidden\n-->\n",
        &[],
    );
}

#[test]
fn nesting_hanging_prose_and_strike_through() {
    let list = read("- [ ] outer words\n  go on here\n  - [x] inner\n- [ ] ~~gone~~\n- [ ] ~~gone~~ RESOLVED\n");
    assert_eq!(list.items[0].text, "outer words go on here");
    assert_eq!(list.items[1].parent, Some(0));
    assert_eq!(list.items[2].state, State::Dropped);
    assert_eq!(list.items[3].state, State::Claimed);
}

#[test]
fn fences_list_variables_records_and_indexes() {
    same(
        "```bash\nDATABASE_URL=postgres://u:p@h/d\nNODE_ENV=production npm start\nA  @  1.2.3.4\nCREATE INDEX a ON b(c);\n```\n",
        &[
            "2:1 Variable todo DATABASE_URL",
            "4:1 Record todo A @ 1.2.3.4",
            "5:1 Index todo CREATE INDEX a ON b(c);",
        ],
    );
}

fn bound(text: &str, binds: &[crate::policy::Bind]) -> Vec<String> {
    let list = read(text);
    let found = bind(&list, Words::builtin(), binds);
    found
        .iter()
        .map(|bindings| {
            let shown: Vec<String> = bindings
                .iter()
                .map(|binding| format!("{} ({})", binding.control, binding.words.join(" ")))
                .collect();
            shown.join(", ")
        })
        .collect()
}

#[test]
fn the_shipped_rules_are_sound() {
    let words = Words::parse(include_str!("../../policies/words.toml")).expect("sound rules");
    assert!(words.controls().count() > 250);
    assert!(!words.turns.is_empty());
    for rule in words.rules.iter().chain(words.turns.iter().map(|turn| &turn.rule)) {
        assert!(
            !rule.groups.is_empty() && rule.groups.iter().all(|group| !group.phrases.is_empty()),
            "{}",
            rule.control
        );
    }
}

/// The controls that a line alone is bound to, without the words.
fn controls_of(line: &str) -> Vec<String> {
    let list = read(&format!("- [ ] {line}\n"));
    let found = bind(&list, Words::builtin(), &[]);
    found[0].iter().map(|binding| binding.control.clone()).collect()
}

#[test]
fn what_is_done_on_a_live_system_is_bound_to_no_code() {
    for (line, control) in [
        ("S3 buckets created and configured", "uploads.object-storage"),
        ("Verify health checks", "ops.health-endpoint"),
        ("Mobile Performance: Test on slow 3G", "testing.load"),
        ("Error monitoring via logs", "observability.error-tracking"),
    ] {
        let found = controls_of(line);
        assert!(!found.iter().any(|one| one == control), "{line}: {found:?}");
    }
    for (line, control) in [
        ("File uploads go to S3", "uploads.object-storage"),
        ("Health check endpoint", "ops.health-endpoint"),
        ("Performance testing", "testing.load"),
        ("Error monitoring with Sentry", "observability.error-tracking"),
    ] {
        let found = controls_of(line);
        assert!(found.iter().any(|one| one == control), "{line}: {found:?}");
    }
}

#[test]
fn french_lines_are_bound_as_english_ones_are() {
    for (line, control) in [
        ("Gestion globale des erreurs : middleware", "errors.global-handler"),
        (
            "Limite de taille body : 1 MB max pour JSON",
            "security.request-size-limit",
        ),
        ("Validation fichiers : taille, type", "uploads.type-validation"),
        ("Variables critiques validées : JWT_SECRET", "env.validated-at-startup"),
    ] {
        assert_eq!(controls_of(line), [control], "{line}");
    }
}

#[test]
fn words_bind_and_more_words_win() {
    let text = "- [ ] Rate limiting enabled\n- [ ] Rate limiting on the login route\n- [ ] Limitação de taxa ativa\n- [ ] Buy cake\n";
    assert_eq!(
        bound(text, &[]),
        [
            "security.rate-limit.enabled (rate limiting)",
            "security.rate-limit.auth (rate limiting login)",
            "security.rate-limit.enabled (limitação de taxa)",
            "",
        ]
    );
}

#[test]
fn what_stands_under_a_heading_that_is_the_subject_is_a_part_of_it() {
    let text = "## 3. Forms\n- [ ] The reason is told\n- [ ] Rate limiting enabled\n## Forms of payment\n- [ ] The reason is told\n";
    assert_eq!(
        bound(text, &[]),
        ["web.forms (forms)", "security.rate-limit.enabled (rate limiting)", ""],
        "an item's own words win, and a heading that says more is another subject"
    );
}

#[test]
fn what_is_to_be_read_asks_for_nothing() {
    let text =
        "## 3. Resources\n- [ ] Rate limiting explained\n## Resources of the server\n- [ ] Rate limiting enabled\n";
    assert_eq!(bound(text, &[]), ["", "security.rate-limit.enabled (rate limiting)"]);
}

#[test]
fn an_item_is_read_with_what_it_is_a_part_of() {
    let text = "- [ ] Backups\n  - [ ] Retention of 30 days\n- [ ] Retention of 30 days\n";
    let bound = bound(text, &[]);
    assert_eq!(bound[1], "db.backup-retention (retention)");
    assert_eq!(bound[2], "");
}

#[test]
fn a_name_with_an_underscore_is_a_variable_and_a_file_is_none() {
    let text = "- [ ] PAYMENT_API_KEY set\n- [ ] 0001_init.sql added\n- [ ] Timer set\n";
    assert_eq!(
        bound(text, &[]),
        ["env.configured-on-host (payment_api_key set)", "", ""]
    );
}

#[test]
fn words_at_the_beginning_of_a_long_sentence_bind_and_those_aside_do_not() {
    let text = "- [ ] Security headers are sent by everything that the outside can reach, which was looked at twice\n\
                - [ ] Everything that the outside can reach was looked at twice, and somebody mentioned security headers\n";
    assert_eq!(bound(text, &[]), ["security.headers.helmet (security headers)", ""]);
}

#[test]
fn what_a_line_is_about_wins_over_what_it_names() {
    let text = "- [ ] Rate limits documented\n- [ ] API documentation\n- [ ] Decide on a job queue\n- [ ] Create alerts for:\n  \
                - [ ] Health check fails\n  - [ ] Error rate above 1%\n- [ ] Dependencies: unit tests\n";
    assert_eq!(
        bound(text, &[]),
        [
            "",
            "docs.api (api documentation)",
            "",
            "observability.alerts (create alerts)",
            "ops.health-endpoint (health check)",
            "observability.error-rates (error rate)",
            "",
        ],
        "a rule that holds the words itself, or a control that the turn allows, is bound"
    );
}

#[test]
fn what_is_excluded_of_a_control_is_excluded_of_all_its_rules() {
    let words =
        Words::parse("[controls]\n\"a\" = [\"one\", \"two + three\", \"- four + @five\"]\n\"b\" = [\"^six\"]\n");
    let words = words.expect("rules");
    let list = read(
        "- [ ] one\n- [ ] one four\n- [ ] two three four\n- [ ] two three\n- [ ] five\n  - [ ] one\n- [ ] six\n- [ ] one six\n",
    );
    let found = bind(&list, &words, &[]);
    let controls: Vec<&str> = found
        .iter()
        .map(|found| found.first().map_or("", |binding| binding.control.as_str()))
        .collect();
    assert_eq!(controls, ["a", "", "", "a", "", "", "b", "a"]);
}

#[test]
fn a_rule_that_binds_is_not_undone_by_a_longer_one_that_does_not() {
    let words = Words::parse("[controls]\n\"a\" = [\"#subject\", \"far + away\"]\n").expect("rules");
    let list = read("## Subject\n- [ ] Something far behind all the many other words of this line is away\n");
    assert_eq!(bind(&list, &words, &[])[0].len(), 1);
}

#[test]
fn items_nested_deep_are_bound() {
    let text: String = (0..1000)
        .map(|depth| format!("{}- [ ] Rate limiting\n", "  ".repeat(depth)))
        .collect();
    assert!(
        bound(&text, &[])
            .iter()
            .any(|bound| bound.starts_with("security.rate-limit"))
    );
}

#[test]
fn words_aside_in_a_long_sentence_bind_nothing() {
    let text = "- [ ] The server may answer a request for any of these resources with other status codes than those named here\n";
    assert_eq!(bound(text, &[]), [""]);
}

#[test]
fn the_policys_word_wins() {
    let refuse = crate::policy::Bind {
        item: "rate limiting, enabled".to_owned(),
        controls: Vec::new(),
    };
    let correct = crate::policy::Bind {
        item: "Buy cake".to_owned(),
        controls: vec!["shop.cake".to_owned()],
    };
    let text = "- [ ] Rate limiting enabled\n- [ ] Buy **cake**\n";
    assert_eq!(bound(text, &[refuse, correct]), ["", "shop.cake (Buy cake)"]);
}

#[test]
fn what_a_line_only_brushes_against_binds_it_to_nothing() {
    let list = "- [ ] Backup & Disaster Recovery\n- [ ] Disaster recovery plan documented\n- [ ] Disaster recovery drill done\n\
                - [ ] Console log: \"Order saved\"\n- [ ] No console.log in production code\n- [ ] Backup procedures documented\n";
    let found = bound(list, &[]);
    let holds = |index: usize, control: &str| found[index].contains(control);
    assert!(!holds(0, "docs.disaster-recovery"), "{found:?}");
    assert!(holds(1, "docs.disaster-recovery"), "{found:?}");
    assert!(!holds(2, "docs.disaster-recovery"), "{found:?}");
    assert!(!holds(3, "no-console-log"), "{found:?}");
    assert!(holds(4, "no-console-log"), "{found:?}");
    assert!(!holds(5, "docs.runbook"), "{found:?}");
}
