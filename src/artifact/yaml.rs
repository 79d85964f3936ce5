//! YAML, by the core schema of YAML 1.2: `on`, `yes` and `no` are text.
//!
//! The tree is built from the parser's own events, because only they tell the exact bytes of keys and
//! values, and because what aliases may cost is then ours to limit.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, StrInput, StructureStyle, Tag};

use crate::text::{Document, Span, View};

use super::source::{self, DEEPEST, mistake, too_deep};
use super::{Key, Node, ParseError, Value};

/// A YAML file. Without content it is `Null`; with several documents it is the list of them.
///
/// Aliases are copies of what they name, at its span, and merge keys (`<<`) are taken in. The same key twice
/// is a mistake, as the specification says.
#[derive(Debug, Clone, PartialEq)]
pub struct Yaml(pub Result<Arc<Node>, ParseError>);

impl View for Yaml {
    fn parse(document: &Document) -> Self {
        Self(source::text(document).and_then(|(text, start)| parse(text, start).map(Arc::new)))
    }
}

/// Aliases and merge keys may copy this many nodes in a file; past it the file is refused as a bomb.
const MOST_COPIES: usize = 50_000;

fn parse(text: &str, start: usize) -> Result<Node, ParseError> {
    let mut builder = Builder {
        parser: Parser::new_from_str(text),
        text,
        start,
        anchors: HashMap::new(),
        copies: 0,
    };
    let mut documents = Vec::new();
    while let Some((event, span)) = builder.next()? {
        if let Event::DocumentStart(..) = event {
            builder.anchors.clear();
            let (event, span) = builder.next()?.ok_or_else(|| builder.cut_short(&span))?;
            documents.push(builder.node(event, span, 0)?);
        }
    }
    // A `---` at the end of a file opens a document that holds nothing, and nobody means it.
    if documents.len() > 1 {
        documents.retain(|document| document.value != Value::Null || !document.span.is_empty());
    }
    let whole = start..start + text.len();
    Ok(match documents.len() {
        0 => Node {
            value: Value::Null,
            span: whole,
        },
        1 => documents.remove(0),
        _ => Node {
            value: Value::List(documents),
            span: whole,
        },
    })
}

struct Builder<'input> {
    parser: Parser<'input, StrInput<'input>>,
    text: &'input str,
    start: usize,
    /// By anchor: the node and how many nodes it is.
    anchors: HashMap<usize, (Node, usize)>,
    copies: usize,
}

impl<'input> Builder<'input> {
    fn next(&mut self) -> Result<Option<(Event<'input>, Span)>, ParseError> {
        match self.parser.next_event() {
            None => Ok(None),
            Some(Ok((event, span))) => {
                let bytes = span.byte_range().unwrap_or_default();
                Ok(Some((event, self.start + bytes.start..self.start + bytes.end)))
            }
            Some(Err(error)) => {
                let at = self.start + error.marker().byte_offset().unwrap_or_default();
                let message = error.info().lines().next().unwrap_or("this is no YAML").to_owned();
                Err(mistake(message, at..at))
            }
        }
    }

    fn cut_short(&self, span: &Span) -> ParseError {
        mistake("the file ends too soon", span.clone())
    }

    fn node(&mut self, event: Event<'input>, span: Span, depth: usize) -> Result<Node, ParseError> {
        if depth > DEEPEST {
            return Err(too_deep(span));
        }
        match event {
            Event::Alias(id) => self.copy(id, &span),
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar(&text, style, tag.as_deref());
                let span = self.trimmed(span, style);
                Ok(self.keep(anchor, Node { value, span }))
            }
            Event::SequenceStart(style, anchor, _) => {
                let node = self.sequence(style, span, depth)?;
                Ok(self.keep(anchor, node))
            }
            Event::MappingStart(style, anchor, _) => {
                let node = self.mapping(style, span, depth)?;
                Ok(self.keep(anchor, node))
            }
            _ => Err(self.cut_short(&span)),
        }
    }

    fn sequence(&mut self, style: StructureStyle, open: Span, depth: usize) -> Result<Node, ParseError> {
        let mut items = Vec::new();
        let close = loop {
            match self.next()? {
                None => return Err(self.cut_short(&open)),
                Some((Event::SequenceEnd, span)) => break span,
                Some((event, span)) => items.push(self.node(event, span, depth + 1)?),
            }
        };
        let last = items.last().map_or(open.end, |item| item.span.end);
        Ok(Node {
            span: whole(style, &open, &close, last),
            value: Value::List(items),
        })
    }

    fn mapping(&mut self, style: StructureStyle, open: Span, depth: usize) -> Result<Node, ParseError> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let mut known = HashSet::new();
        let mut merged = Vec::new();
        let close = loop {
            let (event, span) = self.next()?.ok_or_else(|| self.cut_short(&open))?;
            if matches!(event, Event::MappingEnd) {
                break span;
            }
            let is_merge = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, _, _) if text == "<<");
            let key = self.key(event, span, depth)?;
            let (event, span) = self.next()?.ok_or_else(|| self.cut_short(&open))?;
            let value = self.node(event, span, depth + 1)?;
            if is_merge {
                merged.push((key, value));
            } else if known.insert(key.text.clone()) {
                entries.push((key, value));
            } else {
                return Err(mistake(format!("the key `{}` stands here twice", key.text), key.span));
            }
        };
        let ends = entries.iter().chain(&merged).map(|(_, value)| value.span.end);
        let last = ends.filter(|end| *end <= close.end).max().unwrap_or(open.end);
        for (key, value) in merged {
            merge(&mut entries, &mut known, key, value)?;
        }
        Ok(Node {
            span: whole(style, &open, &close, last),
            value: Value::Map(entries),
        })
    }

    fn key(&mut self, event: Event<'input>, span: Span, depth: usize) -> Result<Key, ParseError> {
        if let Event::Scalar(text, _, anchor, _) = event {
            let key = Key {
                text: text.into_owned(),
                span: span.clone(),
            };
            if anchor != 0 {
                let value = Value::String(key.text.clone());
                self.keep(anchor, Node { value, span });
            }
            return Ok(key);
        }
        // A list or a table as a key is legal and never meant; its own words name it.
        let node = self.node(event, span, depth + 1)?;
        let text = node.as_str().map_or_else(|| self.words(&node.span), str::to_owned);
        Ok(Key { text, span: node.span })
    }

    fn keep(&mut self, anchor: usize, node: Node) -> Node {
        if anchor != 0 {
            let size = size(&node);
            self.anchors.insert(anchor, (node.clone(), size));
        }
        node
    }

    fn copy(&mut self, id: usize, span: &Span) -> Result<Node, ParseError> {
        let Some((node, size)) = self.anchors.get(&id) else {
            return Err(mistake("this alias names something that holds it", span.clone()));
        };
        self.copies += size;
        if self.copies > MOST_COPIES {
            let message = format!("the aliases of this file unfold to more than {MOST_COPIES} values");
            return Err(mistake(message, span.clone()));
        }
        Ok(node.clone())
    }

    /// A block scalar's span runs into the lines after it; its own end is the last character that is not blank.
    fn trimmed(&self, span: Span, style: ScalarStyle) -> Span {
        match style {
            ScalarStyle::Plain | ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => span,
            ScalarStyle::Literal | ScalarStyle::Folded => {
                let kept = self.words(&span).trim_end().len();
                span.start..span.start + kept
            }
        }
    }

    fn words(&self, span: &Span) -> String {
        let inside = span.start.saturating_sub(self.start)..span.end.saturating_sub(self.start);
        self.text.get(inside).unwrap_or_default().to_owned()
    }
}

/// A flow collection ends with its bracket; a block one with its last value, not where the next thing starts.
fn whole(style: StructureStyle, open: &Span, close: &Span, last: usize) -> Span {
    match style {
        StructureStyle::Flow => open.start..close.end.max(open.end),
        StructureStyle::Block => open.start..last.max(open.start),
    }
}

fn size(node: &Node) -> usize {
    let items: usize = node.items().iter().map(size).sum();
    let entries: usize = node.entries().iter().map(|(_, value)| size(value)).sum();
    1 + items + entries
}

/// A merge key's tables give what the table itself does not say; of several the first wins.
fn merge(entries: &mut Vec<(Key, Node)>, known: &mut HashSet<String>, key: Key, value: Node) -> Result<(), ParseError> {
    let sources = match value.value {
        Value::Map(given) => vec![given],
        Value::List(items) => items
            .into_iter()
            .map(|item| match item.value {
                Value::Map(given) => Ok(given),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::List(_) => {
                    Err(mistake("only tables can be merged", item.span))
                }
            })
            .collect::<Result<_, _>>()?,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            return Err(mistake("only tables can be merged", key.span));
        }
    };
    for (key, value) in sources.into_iter().flatten() {
        if known.insert(key.text.clone()) {
            entries.push((key, value));
        }
    }
    Ok(())
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let is_plain = style == ScalarStyle::Plain;
    match tag.and_then(Tag::core_suffix) {
        Some("str") => Value::String(text.to_owned()),
        Some("null" | "bool" | "int" | "float") => plain(text),
        Some(_) | None if is_plain && tag.is_none_or(|tag| tag.is_custom() && tag.suffix() != "!") => plain(text),
        Some(_) | None => Value::String(text.to_owned()),
    }
}

/// The core schema's reading of a plain scalar (YAML 1.2.2, 10.3.2).
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" => Value::Number(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Value::Number(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Value::Number(f64::NEG_INFINITY),
        text => number(text).map_or_else(|| Value::String(text.to_owned()), Value::Number),
    }
}

fn number(text: &str) -> Option<f64> {
    let digits = |rest: &str, radix| u64::from_str_radix(rest, radix).ok().map(|number| number as f64);
    if let Some(rest) = text.strip_prefix("0o") {
        return digits(rest, 8);
    }
    if let Some(rest) = text.strip_prefix("0x") {
        return digits(rest, 16);
    }
    // Rust reads `inf` and `nan` as numbers, too; in YAML they are words.
    let is_numeric = text.bytes().any(|byte| byte.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    is_numeric.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yaml(text: &str) -> Result<Arc<Node>, ParseError> {
        Document::new(text.as_bytes()).view::<Yaml>().0.clone()
    }

    fn words<'a>(text: &'a str, node: &Node, path: &[&str]) -> &'a str {
        &text[node.at(path).expect("is there").span.clone()]
    }

    #[test]
    fn spans_are_bytes_of_exactly_the_value() {
        let text = "# ü\non:\n  push:\n    branches: [main, 'ö']\njobs:\n  a:\n    steps:\n      - run: |\n          x\n          y\n\n      - uses: a/b@v1 # c\n\nlast: \"q\"\n";
        let node = yaml(text).expect("parses");
        assert_eq!(words(text, &node, &["on", "push", "branches"]), "[main, 'ö']");
        assert_eq!(words(text, &node, &["on", "push", "branches", "1"]), "'ö'");
        assert_eq!(words(text, &node, &["jobs", "a", "steps", "1", "uses"]), "a/b@v1");
        assert_eq!(words(text, &node, &["last"]), "\"q\"");
        assert_eq!(words(text, &node, &["on"]), "push:\n    branches: [main, 'ö']");
        assert!(words(text, &node, &["jobs", "a", "steps", "0", "run"]).ends_with("          y"));
        let steps = words(text, &node, &["jobs", "a", "steps"]);
        assert!(steps.starts_with("- run") && steps.ends_with("v1"), "{steps}");
        let (key, _) = node.entry("on").expect("there");
        assert_eq!(&text[key.span.clone()], "on");
    }

    #[test]
    fn plain_scalars_are_read_by_the_core_schema() {
        let text =
            "a: on\nb: yes\nc: 'true'\nd: true\ne: 20\nf: ~\ng:\nh: 1.5\ni: !!str 5\nj: 1.2.3\nk: nan\nl: !x 3\n";
        let node = yaml(text).expect("parses");
        let value = |key| node.get(key).map(|node| node.value.clone()).expect("is there");
        let string = |text: &str| Value::String(text.to_owned());
        assert_eq!((value("a"), value("b")), (string("on"), string("yes")));
        assert_eq!((value("c"), value("d")), (string("true"), Value::Bool(true)));
        assert_eq!(
            (value("e"), value("f"), value("g")),
            (Value::Number(20.0), Value::Null, Value::Null)
        );
        assert_eq!((value("h"), value("i")), (Value::Number(1.5), string("5")));
        assert_eq!(
            (value("j"), value("k"), value("l")),
            (string("1.2.3"), string("nan"), Value::Number(3.0))
        );
    }

    #[test]
    fn an_empty_file_is_null_and_several_documents_are_a_list() {
        assert_eq!(yaml("").map(|node| node.value.clone()), Ok(Value::Null));
        assert_eq!(yaml("# nothing\n").map(|node| node.value.clone()), Ok(Value::Null));
        assert_eq!(yaml("---\na: 1\n---\na: 2\n").expect("parses").items().len(), 2);
        assert_eq!(yaml("---\na: 1\n---\n").expect("parses").entries().len(), 1);
    }

    #[test]
    fn aliases_and_merge_keys_are_taken_in() {
        let text = "x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\nz: *x\n";
        let node = yaml(text).expect("parses");
        assert_eq!(words(text, &node, &["y", "a"]), "1");
        assert_eq!(words(text, &node, &["y", "b"]), "3");
        assert_eq!(words(text, &node, &["z", "b"]), "2");
    }

    #[test]
    fn bombs_depth_doubles_and_broken_text_are_errors() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let before = level - 1;
            bomb += &format!("a{level}: &a{level} [{}]\n", vec![format!("*a{before}"); 10].join(", "));
        }
        for text in [
            bomb.as_str(),
            &"[".repeat(5_000),
            &"- ".repeat(5_000),
            "a: 1\na: 2\n",
            "a: &x [*x]\n",
            "a: *y\n",
            "a: [1\n",
            "a:\n\tb: 1\n",
        ] {
            let error = yaml(text).expect_err("is refused");
            assert!(error.span.is_some() && !error.message.is_empty(), "{error:?}");
        }
    }
}
