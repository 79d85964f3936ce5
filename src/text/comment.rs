//! Whether a place in a file stands in a comment, told by the line alone.

use super::Document;

/// What a comment begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// `#` at the beginning of a word.
    Hash,
    /// `//`, and lines of a block that begin with `/*` or `*`.
    Slashes,
    /// `--`
    Dashes,
}

const HASH: [&str; 21] = [
    "yml",
    "yaml",
    "toml",
    "sh",
    "bash",
    "zsh",
    "conf",
    "cfg",
    "env",
    "py",
    "rb",
    "tf",
    "properties",
    "service",
    "dockerfile",
    "containerfile",
    "procfile",
    "makefile",
    "example",
    "sample",
    "template",
];
const SLASHES: [&str; 24] = [
    "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "vue", "svelte", "astro", "go", "rs", "java", "kt", "swift",
    "scala", "c", "cc", "cpp", "cs", "php", "prisma", "jsonc",
];

/// What comments of a file begin with, by its name; nothing where that is not known.
fn mark(name: &str) -> Option<Mark> {
    let lower = name.to_lowercase();
    let ending = lower.rsplit_once('.').map_or(lower.as_str(), |(_, ending)| ending);
    let is_named = |word: &str| lower == word || lower.starts_with(&format!("{word}."));
    let has_hash = HASH.contains(&ending) || ["dockerfile", "containerfile", ".env"].into_iter().any(is_named);
    if SLASHES.contains(&ending) {
        Some(Mark::Slashes)
    } else if has_hash {
        Some(Mark::Hash)
    } else {
        (ending == "sql").then_some(Mark::Dashes)
    }
}

/// Whether what begins at this byte of a file stands in a comment. Of a block comment those lines are known that begin
/// with its stars; where the file's comments are not known, nothing is one.
pub fn is_in_comment(name: &str, document: &Document, offset: usize) -> bool {
    let Some(mark) = mark(name) else { return false };
    let Some(line) = document.line_span(document.line_of(offset)) else {
        return false;
    };
    let bytes = document.bytes();
    let Some(rest) = bytes.get(offset..line.end) else {
        return false;
    };
    // What a match begins with may be the space before a comment.
    let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let end = (offset + blank + 2).min(line.end);
    bytes.get(line.start..end).is_some_and(|before| begins(mark, before))
}

/// Whether a comment begins in the beginning of a line.
fn begins(mark: Mark, before: &[u8]) -> bool {
    let trimmed = before.trim_ascii_start();
    let is_block = trimmed.starts_with(b"/*") || trimmed.starts_with(b"* ") || trimmed == b"*";
    // What stands behind the end of a block is code again.
    if mark == Mark::Slashes && is_block && !trimmed.windows(2).any(|pair| pair == b"*/") {
        return true;
    }
    let mut quote: Option<u8> = None;
    let mut last = b' ';
    for (index, &byte) in before.iter().enumerate() {
        match quote {
            Some(open) if byte == open && last != b'\\' => quote = None,
            Some(_) => {}
            None if matches!(byte, b'"' | b'\'' | b'`') => {
                // An apostrophe within a word quotes nothing.
                quote = (byte != b'\'' || !last.is_ascii_alphanumeric()).then_some(byte);
            }
            None => {
                let next = before.get(index + 1).copied();
                let is_mark = match mark {
                    Mark::Hash => byte == b'#' && last.is_ascii_whitespace(),
                    Mark::Slashes => byte == b'/' && next == Some(b'/') && last != b':',
                    Mark::Dashes => byte == b'-' && next == Some(b'-'),
                };
                if is_mark {
                    return true;
                }
            }
        }
        last = byte;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_comment(name: &str, line: &str, word: &str) -> bool {
        let text = format!("first\n{line}\nlast\n");
        let offset = text.find(word).expect("the word stands there");
        is_in_comment(name, &Document::new(text.as_bytes()), offset)
    }

    #[test]
    fn comments_are_known_by_their_files() {
        for (name, line) in [
            ("ci.yml", "      # then: migrate"),
            ("ci.yml", "  run: npm ci # migrate later"),
            ("Dockerfile", "#ENV migrate"),
            ("Dockerfile.prod", "# migrate"),
            (".env.example", "# migrate"),
            ("main.ts", "  // app.use(migrate)"),
            ("main.ts", "start(); // migrate"),
            ("main.ts", " * migrate"),
            ("main.ts", "/* migrate */"),
            ("0001.sql", "select 1; -- migrate"),
        ] {
            assert!(is_comment(name, line, "migrate"), "{name}: {line}");
        }
        for (name, line) in [
            ("ci.yml", "  run: npm run migrate"),
            ("ci.yml", "  run: echo 'a # b' migrate"),
            ("ci.yml", "  url: https://shop.test/#migrate"),
            ("main.ts", "get('http://shop.test/migrate')"),
            ("main.ts", "const a = '//'; migrate();"),
            ("main.ts", "migrate(); // now"),
            ("main.ts", "/* first */ migrate();"),
            ("README.md", "# migrate"),
        ] {
            assert!(!is_comment(name, line, "migrate"), "{name}: {line}");
        }
        assert!(
            is_comment("ci.yml", "   # migrate", "  # migrate"),
            "from the space before it"
        );
    }
}
