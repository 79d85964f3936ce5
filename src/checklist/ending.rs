//! What a line says that is seen only where something is run, or where something stands in the way: "completes without
//! errors", "clean build", "XSS protection". That a script is there shows no ending, and that nothing bad was found no
//! protection.

use super::Item;
use super::words::tokens;

/// How many words of a text are looked at.
const MOST_WORDS: usize = 200;

/// How many words may stand between `without` and `errors`.
const BETWEEN: usize = 2;

/// Words that say how something ended.
const ENDED: [&str; 42] = [
    "pass",
    "passes",
    "passed",
    "passing",
    "completes",
    "completed",
    "compiles",
    "cleanly",
    "succeed",
    "aboutit",
    "bestanden",
    "compila",
    "compilam",
    "compilan",
    "concluído",
    "concluída",
    "concluido",
    "concluida",
    "completado",
    "completada",
    "durchläuft",
    "fehlerfrei",
    "fehlerlos",
    "hatasız",
    "pasa",
    "pasan",
    "passa",
    "passam",
    "passou",
    "passent",
    "sorunsuz",
    "successo",
    "succès",
    "sucesso",
    "superato",
    "superati",
    "tamamlanıyor",
    "tamamlandı",
    "éxito",
    "êxito",
    "пройдены",
    "проходит",
];

/// Beginnings of such words.
const ENDING: [&str; 11] = [
    "succeed",
    "success",
    "successful",
    "exitos",
    "éxitos",
    "réuss",
    "erfolgreich",
    "başarı",
    "успешн",
    "успех",
    "bem-sucedid",
];

/// The same where words have no spaces between them.
const ENDING_WITHIN: [&str; 9] = [
    "成功",
    "通过",
    "无错误",
    "没有错误",
    "エラーなし",
    "正常終了",
    "성공",
    "통과",
    "오류 없이",
];

/// What is clean beside a word of [`BUILT`] is not dirty; by itself it may be a task.
const CLEAN: [&str; 8] = [
    "clean", "limpo", "limpa", "limpio", "limpia", "propre", "sauber", "pulito",
];

/// Beginnings of what is run.
const BUILT: [&str; 16] = [
    "build",
    "compil",
    "install",
    "lint",
    "test",
    "typecheck",
    "run",
    "constru",
    "instala",
    "teste",
    "prueba",
    "essai",
    "execu",
    "ejecu",
    "exécu",
    "übersetz",
];

/// What turns round what it stands before.
const NONE: [&str; 24] = [
    "no", "without", "zero", "0", "sem", "nenhum", "nenhuma", "sin", "ningún", "ninguna", "sans", "aucun", "aucune",
    "ohne", "keine", "kein", "senza", "nessun", "nessuna", "без", "нет", "free", "never", "cero",
];

/// Beginnings of what goes wrong while something runs.
const WRONG: [&str; 16] = [
    "error",
    "warning",
    "failure",
    "erro",
    "erreur",
    "fehler",
    "warnung",
    "aviso",
    "advertencia",
    "avertissement",
    "errore",
    "ошиб",
    "предупрежд",
    "falha",
    "fallo",
    "hata",
];

/// What may follow it: where it would go wrong, and nothing that it is a part of (`error details`).
const AFTER: [&str; 26] = [
    "in", "on", "at", "during", "and", "or", "when", "while", "for", "em", "en", "no", "na", "nos", "nas", "e", "y",
    "et", "und", "bei", "im", "beim", "dans", "lors", "pendant", "durante",
];

/// Beginnings of words that say that something stands in the way.
const PROTECTED: [&str; 19] = [
    "protect",
    "prevent",
    "mitigat",
    "defense",
    "defence",
    "harden",
    "proteç",
    "protecc",
    "proteg",
    "protég",
    "prevenç",
    "prevenc",
    "prévent",
    "prévenir",
    "schutz",
    "schütz",
    "geschütz",
    "защи",
    "koruma",
];

/// The same where words have no spaces between them.
const PROTECTED_WITHIN: [&str; 6] = ["防护", "防止", "保护", "対策", "방지", "보호"];

/// The words by which an item, or what hangs below it, says how something ends when it is run.
pub fn ending(item: &Item) -> Option<String> {
    texts(item).find_map(ending_of)
}

fn texts(item: &Item) -> impl Iterator<Item = &str> {
    std::iter::once(item.text.as_str()).chain(item.below.iter().map(String::as_str))
}

fn ending_of(text: &str) -> Option<String> {
    let mut words = tokens(text);
    words.truncate(MOST_WORDS);
    let begins = |all: &[&str], word: &str| all.iter().any(|beginning| word.starts_with(beginning));
    let is_ended = |word: &&String| ENDED.contains(&word.as_str()) || begins(&ENDING, word);
    if let Some(word) = words.iter().find(is_ended) {
        return Some(word.clone());
    }
    let is_clean = |pair: &&[String]| match pair {
        [first, second] => {
            let is = |clean: &String, built: &String| CLEAN.contains(&clean.as_str()) && begins(&BUILT, built);
            is(first, second) || is(second, first)
        }
        _ => false,
    };
    if let Some(pair) = words.windows(2).find(is_clean) {
        return Some(pair.join(" "));
    }
    without_errors(&words).or_else(|| within(text, &ENDING_WITHIN))
}

/// `without any errors`, `0 warnings`, `error free`; what is said of a part of an error (`no error details`) is not.
fn without_errors(words: &[String]) -> Option<String> {
    let is_wrong = |word: &String| WRONG.iter().any(|beginning| word.starts_with(beginning));
    let is_none = |word: &String| NONE.contains(&word.as_str());
    for (at, word) in words.iter().enumerate().filter(|(_, word)| is_wrong(word)) {
        let next = words.get(at + 1);
        if next.is_some_and(|next| next == "free") {
            return Some(format!("{word} free"));
        }
        let is_last = next.is_none_or(|next| AFTER.contains(&next.as_str()));
        let before = words[at.saturating_sub(BETWEEN + 1)..at].iter();
        if let Some(none) = before.rev().find(|word| is_none(word)).filter(|_| is_last) {
            return Some(format!("{none} {word}"));
        }
    }
    None
}

fn within(text: &str, all: &[&str]) -> Option<String> {
    all.iter()
        .find(|word| text.contains(**word))
        .map(|word| (*word).to_owned())
}

/// The word by which an item says that something stands in the way of what is bad.
pub fn protection(item: &Item) -> Option<String> {
    let mut words = tokens(&item.text);
    words.truncate(MOST_WORDS);
    let is_protected = |word: &String| PROTECTED.iter().any(|beginning| word.starts_with(beginning));
    let word = words.into_iter().find(is_protected);
    word.or_else(|| within(&item.text, &PROTECTED_WITHIN))
}

/// The scripts that an item, or what hangs below it, runs where its reader stands (`npm run build`); none where it goes
/// into a folder first.
pub fn scripts_run(item: &Item) -> Vec<String> {
    let goes = [
        "cd ",
        "--prefix",
        "--workspace",
        "--filter",
        "--dir",
        "--cwd",
        " -w ",
        " -C ",
        " -F ",
    ];
    if texts(item).any(|text| goes.iter().any(|word| text.contains(word))) {
        return Vec::new();
    }
    let mut scripts = Vec::new();
    for text in texts(item) {
        let words: Vec<&str> = text
            .split(|character: char| character.is_whitespace() || "`,;()&|\"'".contains(character))
            .filter(|word| !word.is_empty())
            .take(MOST_WORDS)
            .collect();
        for triple in words.windows(3) {
            let [runner, "run", script] = triple else { continue };
            if ["npm", "pnpm", "yarn", "bun"].contains(runner) && !script.starts_with('-') {
                scripts.push(script.trim_end_matches(['.', ':']).to_owned());
            }
        }
    }
    scripts
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    fn item(text: &str) -> Item {
        read(text).items.into_iter().next().expect("an item")
    }

    #[test]
    fn how_something_ends_is_known_in_several_languages() {
        for text in [
            "Production build completes without errors",
            "Clean build",
            "Build runs with 0 warnings",
            "The build is error-free",
            "Build succeeds",
            "Build sem erros",
            "La compilación termina sin errores",
            "Le build se termine sans erreur",
            "Der Build läuft ohne Fehler durch, ohne Fehler",
            "Build erfolgreich",
            "Derleme hatasız",
            "Сборка без ошибок",
            "构建成功",
            "빌드 성공",
        ] {
            assert!(ending(&item(&format!("- [ ] {text}\n"))).is_some(), "{text}");
        }
    }

    #[test]
    fn what_says_no_ending_is_left_alone() {
        for text in [
            "Build script added",
            "No error details are shown to users",
            "Error handling without stack traces",
            "Clean up old builds",
            "Password hashing",
            "Production build",
            "Error tracking",
        ] {
            assert_eq!(ending(&item(&format!("- [ ] {text}\n"))), None, "{text}");
        }
    }

    #[test]
    fn what_hangs_below_in_code_speaks_too() {
        let list = "- [ ] **Production build**\n  ```\n  npm run build\n  npm run build:cli\n  Expected: clean build without errors\n  ```\n\
             - [ ] Another\n";
        let item = item(list);
        assert_eq!(item.below.len(), 3);
        assert_eq!(ending(&item).as_deref(), Some("clean build"));
        assert_eq!(scripts_run(&item), ["build", "build:cli"]);
        assert!(read(list).items[1].below.is_empty());
    }

    #[test]
    fn a_protection_is_something_that_is_there() {
        for text in [
            "XSS protection",
            "SQL injection prevention",
            "Proteção contra XSS",
            "XSS-Schutz",
            "XSS 防护",
        ] {
            let is_known = protection(&item(&format!("- [ ] {text}\n"))).is_some();
            assert!(is_known, "{text}");
        }
        assert_eq!(protection(&item("- [ ] No secrets in the code\n")), None);
    }

    #[test]
    fn who_goes_into_a_folder_runs_its_scripts() {
        assert_eq!(scripts_run(&item("- [ ] `npm run build` passes\n")), ["build"]);
        assert!(scripts_run(&item("- [ ] `cd web && npm run build` passes\n")).is_empty());
    }
}
