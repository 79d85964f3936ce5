//! Commands in JavaScript and TypeScript that are only printed, or whose failure a `catch` hides.

use crate::text::{Document, Span};

/// Whether words of a module are only printed, or stand in a `try` whose `catch` goes on.
pub(super) fn is_swallowed(document: &Document, span: &Span, line: Span) -> bool {
    let before = document.words(&(line.start..span.start)).to_string();
    let prints = ["console.", "logger.", "log.", "log(", "print(", "stdout.write"];
    if prints.iter().any(|word| before.contains(word)) {
        return true;
    }
    let Ok(text) = document.text() else { return false };
    let blocks = blocks(text);
    // The innermost one that holds the words decides: what it throws on is outside of it.
    let mut holders: Vec<&Block> = blocks
        .iter()
        .filter(|block| block.is_try && block.body.contains(&span.start))
        .collect();
    holders.sort_by_key(|block| block.body.len());
    let caught = holders
        .iter()
        .find_map(|block| catch_after(text, &blocks, block.body.end));
    caught.is_some_and(|body| !ends(&text[body.clone()]))
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
fn catch_after(text: &str, blocks: &[Block], end: usize) -> Option<Span> {
    let rest = text.get(end + 1..)?;
    let start = end + 1 + (rest.len() - rest.trim_start().len());
    if !text[start..].starts_with("catch") {
        return None;
    }
    let brace = start + text[start..].find('{')?;
    blocks
        .iter()
        .map(|block| &block.body)
        .find(|body| body.start == brace + 1)
        .cloned()
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
