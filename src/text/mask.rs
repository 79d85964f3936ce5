//! A line of source is shown without the secrets in it.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::redact::redact;

static ASSIGNED: LazyLock<Regex> = LazyLock::new(|| {
    let name = r"(?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|auth)";
    Regex::new(&format!(
        r#"(?i)({name}[A-Za-z0-9_-]*["']?\s*(?::=|=>|[:=])\s*)(["'`]?)([^\s"'`]{{3,}})"#
    ))
    .expect("the pattern is constant and tested")
});

static USER_INFO: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(://[^/\s:@]*:)[^@\s/]+@").expect("the pattern is constant and tested"));

/// The line with what may be a secret replaced by `…`: provider tokens, values given to names like `password`,
/// passwords in addresses, and every value in files that exist to hold secrets (`.env*`, `*.pem`, `*.key`).
///
/// It masks too much rather than too little: the place is named anyway, and the file is there to be read.
pub fn mask(path: &str, line: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    if name.starts_with(".env") || name.ends_with(".env") {
        return match line.split_once('=') {
            Some((key, value)) if !value.trim().is_empty() => format!("{key}=…"),
            Some(_) => line.to_owned(),
            None => redact(line),
        };
    }
    if name.ends_with(".pem") || name.ends_with(".key") {
        return "…".to_owned();
    }
    let line = redact(line);
    let line = ASSIGNED.replace_all(&line, |found: &Captures<'_>| {
        let value = &found[3];
        // A reference to where the secret is kept is no secret, and often the point of the finding.
        let is_reference = value.starts_with('$') || value.starts_with("process.env") || value.starts_with("os.");
        if is_reference {
            found[0].to_owned()
        } else {
            format!("{}{}…", &found[1], &found[2])
        }
    });
    USER_INFO.replace_all(&line, "${1}…@").into_owned()
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn values_of_secrets_are_masked_and_references_are_not() {
        let cases = [
            ("a.ts", "const password = \"hunter2!\";", "const password = \"…\";"),
            ("a.yml", "api_key: abc123", "api_key: …"),
            ("a.yml", "token: ${{ secrets.TOKEN }}", "token: ${{ secrets.TOKEN }}"),
            ("a.ts", "const secret = process.env.S;", "const secret = process.env.S;"),
            ("a.ts", "postgres://me:pw@host/db", "postgres://me:…@host/db"),
            ("b/.env.production", "NAME=value", "NAME=…"),
            ("b/.env", "NAME=", "NAME="),
            ("tls.key", "MIIEvQ", "…"),
            ("a.ts", "app.listen(3000)", "app.listen(3000)"),
        ];
        for (path, line, expected) in cases {
            assert_eq!(mask(path, line), expected, "{path}");
        }
    }
}
