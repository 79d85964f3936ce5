//! The way to a value: keys, indices, and `*` for any of them.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::artifact::{Key, Node, Value};
use crate::check::Problem;

/// A key as written, `a.b[0]."c.d"`, or its parts as a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "ValueKey")]
pub(super) enum At {
    /// With dots between its parts.
    Dotted(String),
    /// Its parts.
    Parts(Vec<String>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// A key; of a list, an index.
    Named(String),
    /// Every key or item.
    Any,
}

/// A value that a key leads to.
#[derive(Debug, Clone)]
pub(super) struct Spot<'a> {
    /// The value.
    pub(super) node: &'a Node,
    /// The key that it stands at; an item of a list has none.
    pub(super) key: Option<&'a Key>,
    names: Vec<String>,
}

impl Spot<'_> {
    /// The keys and indices that lead here, without any `*`.
    pub(super) fn path(&self) -> String {
        joined(&self.names)
    }
}

/// With more spots than this nothing is said: `*.*.*` over a large file would be all of it.
const MOST_SPOTS: usize = 10_000;

impl At {
    /// What is wrong with it as written.
    pub(super) fn problem(&self) -> Option<Problem> {
        self.parts().err().map(|why| Problem::at(&["at"], why))
    }

    /// All values that it leads to, in the order of the file; `None` when they are too many to be looked at.
    ///
    /// A file of several YAML documents is a list of them, and each is asked.
    pub(super) fn find<'a>(&self, root: &'a Node) -> Option<Vec<Spot<'a>>> {
        let parts = self.parts().unwrap_or_default();
        let start = |node| Spot {
            node,
            key: None,
            names: Vec::new(),
        };
        let mut spots = match (&root.value, parts.first()) {
            (Value::List(items), Some(Part::Named(name))) if name.parse::<usize>().is_err() => {
                items.iter().map(start).collect()
            }
            _ => vec![start(root)],
        };
        for part in &parts {
            spots = spots
                .iter()
                .flat_map(|spot| step(spot, part))
                .take(MOST_SPOTS + 1)
                .collect();
            if spots.len() > MOST_SPOTS {
                return None;
            }
        }
        Some(spots)
    }

    fn parts(&self) -> Result<Vec<Part>, String> {
        let parts = match self {
            Self::Parts(parts) => parts.iter().map(|part| part_of(part)).collect(),
            Self::Dotted(text) => dotted(text)?,
        };
        if parts.is_empty() {
            return Err("the key is empty".to_owned());
        }
        Ok(parts)
    }
}

impl fmt::Display for At {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dotted(text) => formatter.write_str(text),
            Self::Parts(parts) => formatter.write_str(&joined(parts)),
        }
    }
}

fn joined(parts: &[String]) -> String {
    let quoted: Vec<String> = parts
        .iter()
        .map(|part| {
            if part.contains(['.', '[', ' ']) {
                format!("\"{part}\"")
            } else {
                part.clone()
            }
        })
        .collect();
    quoted.join(".")
}

fn part_of(text: &str) -> Part {
    if text == "*" {
        Part::Any
    } else {
        Part::Named(text.to_owned())
    }
}

fn dotted(text: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let (part, after) = if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"').ok_or("a quote is not closed")?;
            (Part::Named(quoted[..end].to_owned()), &quoted[end + 1..])
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            if end == 0 {
                return Err(format!("a part of `{text}` is empty"));
            }
            (part_of(&rest[..end]), &rest[end..])
        };
        parts.push(part);
        rest = after;
        while let Some(inner) = rest.strip_prefix('[') {
            let end = inner.find(']').ok_or("a bracket is not closed")?;
            let index = &inner[..end];
            if index != "*" && index.parse::<usize>().is_err() {
                return Err(format!("`[{index}]` is neither an index nor `[*]`"));
            }
            parts.push(part_of(index));
            rest = &inner[end + 1..];
        }
        match rest.strip_prefix('.') {
            Some(more) => rest = more,
            None if rest.is_empty() => return Ok(parts),
            None => return Err(format!("there is a dot missing before `{rest}`")),
        }
    }
}

fn step<'a>(spot: &Spot<'a>, part: &Part) -> Vec<Spot<'a>> {
    let to = |node: &'a Node, key: Option<&'a Key>, name: String| {
        let mut names = spot.names.clone();
        names.push(name);
        Spot { node, key, names }
    };
    match part {
        Part::Any => {
            let entries = spot.node.entries().iter();
            let items = spot.node.items().iter().enumerate();
            entries
                .map(|(key, node)| to(node, Some(key), key.text.clone()))
                .chain(items.map(|(index, node)| to(node, None, index.to_string())))
                .collect()
        }
        Part::Named(name) => {
            let entry = spot
                .node
                .entry(name)
                .map(|(key, node)| to(node, Some(key), name.clone()));
            let item = || {
                let index: usize = name.parse().ok()?;
                spot.node.items().get(index).map(|node| to(node, None, name.clone()))
            };
            entry.or_else(item).into_iter().collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::Yaml;
    use crate::text::Document;

    fn found(text: &str, at: &str) -> Vec<String> {
        let document = Document::new(text.as_bytes());
        let root = document.view::<Yaml>().0.clone().expect("parses");
        let at = At::Dotted(at.to_owned());
        assert_eq!(at.problem(), None);
        at.find(&root)
            .expect("not too many")
            .iter()
            .map(|spot| format!("{}={}", spot.path(), document.words(&spot.node.span)))
            .collect()
    }

    #[test]
    fn keys_indices_quotes_and_stars_lead_to_values() {
        let text = "a:\n  - b: 1\n  - b: 2\n\"x.y\": {z: 3}\n";
        assert_eq!(found(text, "a[1].b"), ["a.1.b=2"]);
        assert_eq!(found(text, "a.0.b"), ["a.0.b=1"]);
        assert_eq!(found(text, "a[*].b"), ["a.0.b=1", "a.1.b=2"]);
        assert_eq!(found(text, "*.*"), ["a.0=b: 1", "a.1=b: 2", "\"x.y\".z=3"]);
        assert_eq!(found(text, "\"x.y\".z"), ["\"x.y\".z=3"]);
        assert_eq!(found(text, "x.y"), Vec::<String>::new());
        assert_eq!(found("k: 1\n---\nk: 2\n", "k"), ["k=1", "k=2"]);
    }

    #[test]
    fn a_key_that_is_none_says_why() {
        for (text, why) in [
            ("", "empty"),
            ("a..b", "empty"),
            ("a[x]", "index"),
            ("\"a", "quote"),
            ("a[0]b", "dot"),
        ] {
            let problem = At::Dotted(text.to_owned()).problem().expect(text);
            assert!(problem.message.contains(why), "{text}: {}", problem.message);
        }
    }
}
