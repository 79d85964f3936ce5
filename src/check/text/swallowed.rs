//! Commands in JavaScript and TypeScript that are only printed, or whose failure a `catch` hides.

use std::collections::BTreeMap;

use crate::text::{Document, Span};

/// Whether words of a module are only printed, or stand in a `try` whose `catch` goes on.
pub(super) fn is_swallowed(document: &Document, span: &Span, line: Span) -> bool {
    let before = document.words(&(line.start..span.start)).to_string();
    let prints = ["console.", "logger.", "log.", "log(", "print(", "stdout.write"];
    if prints.iter().any(|word| before.contains(word)) {
        return true;
    }
    let Ok(text) = document.text() else { return false };
    // They are the same for each of the words that are found in a file.
    let known = document.derive(|_| Tries::of(text));
    // The innermost one that holds the words and has a `catch` decides: what it throws on is outside of it.
    let holders = known.0.iter().filter(|one| one.body.contains(&span.start));
    holders.min_by_key(|one| one.body.len()).is_some_and(|one| one.hides)
}

/// Each `try` of a module that has a `catch`.
struct Tries(Vec<Try>);

struct Try {
    body: Span,
    /// Whether its `catch` lets nothing of a failure be seen.
    hides: bool,
}

impl Tries {
    fn of(text: &str) -> Self {
        let blocks = blocks(text);
        let bodies: BTreeMap<usize, &Span> = blocks.iter().map(|block| (block.body.start, &block.body)).collect();
        let tries = blocks.iter().filter(|block| block.is_try);
        let caught = tries.filter_map(|block| {
            let caught = catch_after(text, &bodies, block.body.end)?;
            Some(Try {
                body: block.body.clone(),
                hides: !ends(&text[caught]),
            })
        });
        Self(caught.collect())
    }
}

/// Whether what a `catch` does lets the failure be seen.
fn ends(body: &str) -> bool {
    let mut live = body.lines().map(str::trim_start).filter(|line| !line.starts_with("//"));
    live.any(|line| {
        let fails = ["throw ", "throw;", "reject(", "exitCode", "abort(", "next("];
        let exits = line.contains("exit(") && !line.contains("exit(0)") && !line.contains("exit()");
        exits || fails.iter().any(|word| line.contains(word))
    })
}

/// What stands in braces.
struct Block {
    body: Span,
    is_try: bool,
}

/// All that stands in braces, texts and comments left out of the count.
fn blocks(text: &str) -> Vec<Block> {
    let bytes = text.as_bytes();
    let (mut open, mut found) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at = text[at..].find('\n').map_or(bytes.len(), |end| at + end);
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = text[at..].find("*/").map_or(bytes.len(), |end| at + end + 1);
            }
            quote @ (b'\'' | b'"' | b'`') => {
                at += 1;
                while at < bytes.len() && bytes[at] != quote && (quote == b'`' || bytes[at] != b'\n') {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'{' => open.push(at),
            b'}' => {
                if let Some(start) = open.pop() {
                    let is_try = text[..start].trim_end().ends_with("try");
                    found.push(Block {
                        body: start + 1..at,
                        is_try,
                    });
                }
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// What a `catch` behind the end of a `try` does.
fn catch_after(text: &str, bodies: &BTreeMap<usize, &Span>, end: usize) -> Option<Span> {
    let rest = text.get(end + 1..)?;
    let start = end + 1 + (rest.len() - rest.trim_start().len());
    if !text[start..].starts_with("catch") {
        return None;
    }
    let brace = start + text[start..].find('{')?;
    bodies.get(&(brace + 1)).map(|body| (*body).clone())
}

#[cfg(test)]
mod tests {
    use super::is_swallowed;
    use crate::text::Document;

    fn swallowed(text: &str) -> bool {
        let document = Document::new(text.as_bytes());
        let at = text.find("migrate deploy").unwrap();
        let start = text[..at].rfind('\n').map_or(0, |line| line + 1);
        is_swallowed(&document, &(at..at + 14), start..at + 14)
    }

    #[test]
    fn a_catch_that_goes_on_hides_a_failure() {
        for text in [
            "try {\n  run('npx prisma migrate deploy');\n} catch (e) {\n  console.error(`${e}`);\n}\n",
            "try { if (x) { run('prisma migrate deploy') } } catch { }",
            "console.log('npx prisma migrate deploy');",
            "try { run('prisma migrate deploy') } catch (e) { // throw e;\n process.exit(0) }",
        ] {
            assert!(swallowed(text), "{text}");
        }
        for text in [
            "run('npx prisma migrate deploy');",
            "try {\n  run('prisma migrate deploy');\n} catch (e) {\n  console.error(e);\n  process.exit(1);\n}\n",
            "try { run('prisma migrate deploy') } catch (e) { throw new Error('}', { cause: e }) }",
            "try { run('prisma migrate deploy') } finally { close() }",
            "try { other() } catch { } run('prisma migrate deploy')",
        ] {
            assert!(!swallowed(text), "{text}");
        }
    }
}
