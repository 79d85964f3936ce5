//! A spanned tree against a JSON Schema: all mistakes, each with its place and its words.
//!
//! It knows the part of JSON Schema that our own schemas use. Where it is stricter than the standard (text
//! of blanks alone counts as empty, `format` is held), the schema stays right for editors.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use regex::Regex;
use serde_json::{Map, Value as Json};

use crate::artifact::{Node, Value};
use crate::text::Span;

use super::mistakes::{Words, listed, near, shown};
use super::rules::{
    accepts, description, did_you_mean, has_property, is_date, is_index, keys_help, kind_words, list, plain,
    property_names, rules_description, type_words, types_of, words_of,
};
use super::tree;

/// One mistake of shape.
#[derive(Debug, Clone)]
pub(super) struct Mistake {
    /// The keys and indices that lead to it.
    pub(super) path: Vec<String>,
    pub(super) span: Span,
    /// Whether something is not there that should be.
    pub(super) is_absence: bool,
    pub(super) words: Words,
}

/// All mistakes of a tree, in the order of the tree.
pub(super) fn validate(schema: &Json, root: &Node) -> Vec<Mistake> {
    let mut validator = Validator {
        root: schema,
        path: Vec::new(),
        found: Vec::new(),
        patterns: Rc::default(),
    };
    validator.check(root, schema, &root.span);
    validator.found
}

struct Validator<'a> {
    root: &'a Json,
    path: Vec<String>,
    found: Vec<Mistake>,
    patterns: Patterns,
}

/// The schema's patterns, compiled once: a policy may have thousands of ids.
type Patterns = Rc<RefCell<HashMap<String, Option<Regex>>>>;

/// For so many mistakes the nearest right word is sought; more are not shown.
const MOST_SOUGHT: usize = 100;
/// References that lead to references: our schemas have two in a row at most.
const LONGEST_CHAIN: usize = 8;

impl<'a> Validator<'a> {
    /// Checks a value; `key` is where its key stands, for what is wrong with having it at all.
    fn check(&mut self, node: &Node, schema: &'a Json, key: &Span) {
        let schema = self.resolve(schema);
        let Some(rules) = schema.as_object() else {
            return;
        };
        for part in list(rules, "allOf") {
            self.check(node, part, key);
        }
        let branches = self.branches(rules);
        if !branches.is_empty() {
            self.choose(node, rules, &branches, key);
        }
        if !accepts(rules, node) {
            let types = types_of(rules);
            return self.push_type(node, &types, rules);
        }
        if let Some(words) = words_of(rules) {
            self.check_word(node, &words, rules);
        }
        match &node.value {
            Value::Map(_) => self.check_table(node, rules, key),
            Value::List(items) => self.check_list(node, items, rules),
            Value::String(text) => self.check_text(node, text, rules),
            Value::Number(number) => self.check_number(node, *number, rules),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn check_table(&mut self, node: &Node, rules: &'a Map<String, Json>, key: &Span) {
        let properties = rules.get("properties").and_then(Json::as_object);
        let other = rules.get("additionalProperties");
        let names = rules.get("propertyNames");
        let mut meant = Vec::new();
        for (entry, value) in node.entries() {
            self.path.push(entry.text.clone());
            let known = properties.and_then(|known| known.get(&entry.text));
            match (known, other) {
                (Some(schema), _) => self.check(value, schema, &entry.span),
                (None, Some(Json::Bool(false))) => meant.extend(self.push_unknown(&entry.text, &entry.span, rules)),
                (None, Some(schema)) => {
                    if self.check_name(&entry.text, &entry.span, names) {
                        self.check(value, schema, &entry.span);
                    }
                }
                (None, None) => {}
            }
            self.path.pop();
        }
        self.check_required(node, &meant, rules, key);
        let least = rules.get("minProperties").and_then(Json::as_u64).unwrap_or(0);
        if (node.entries().len() as u64) < least {
            let title = format!("{} asks for nothing", self.place());
            self.push(key, Words::new(title, "empty", keys_help(rules)));
            self.mark_absence();
        }
    }

    fn check_required(&mut self, node: &Node, meant: &[String], rules: &Map<String, Json>, key: &Span) {
        let required = list(rules, "required").iter().filter_map(Json::as_str);
        // A key that is there but misspelt was told already.
        let is_missing = |name: &&str| node.get(name).is_none() && !meant.iter().any(|meant| meant == name);
        let missing: Vec<&str> = required.filter(is_missing).collect();
        let Some(first) = missing.first() else {
            return;
        };
        let place = self.place();
        let title = format!("{place} lacks {}", listed(missing.iter().copied()));
        let described = rules.get("properties").and_then(|known| known.get(*first));
        let help = match (missing.as_slice(), described.and_then(description)) {
            ([_], Some(description)) => format!("`{first}`: {description}"),
            _ => format!("add {}", listed(missing.iter().copied())),
        };
        // A header table's bytes are its header, an inline table's are all of it: a key is short.
        let span = if node.span.len() <= key.len() { &node.span } else { key };
        self.push(span, Words::new(title, "this table", help));
        self.mark_absence();
    }

    fn mark_absence(&mut self) {
        if let Some(last) = self.found.last_mut() {
            last.is_absence = true;
        }
    }

    fn check_name(&mut self, name: &str, span: &Span, names: Option<&Json>) -> bool {
        let rules = names.and_then(Json::as_object);
        let pattern = rules.and_then(|rules| rules.get("pattern")).and_then(Json::as_str);
        if pattern.is_none_or(|pattern| self.is_match(pattern, name)) {
            return true;
        }
        let words = Words {
            title: format!("`{}` is no right key here", shown(name)),
            label: "this key".to_owned(),
            help: names.and_then(description),
        };
        self.push(span, words);
        false
    }

    fn check_list(&mut self, node: &Node, items: &[Node], rules: &'a Map<String, Json>) {
        let least = rules.get("minItems").and_then(Json::as_u64).unwrap_or(0);
        if (items.len() as u64) < least {
            let title = format!("{} is empty", self.place());
            self.push(
                &node.span,
                Words::new(title, "name at least one", "fill it, or take the key out"),
            );
        }
        let most = rules.get("maxItems").and_then(Json::as_u64).unwrap_or(u64::MAX);
        if items.len() as u64 > most {
            let title = format!("{} has more than {most}", self.place());
            self.push(&node.span, Words::new(title, "too many", "take some out"));
        }
        let Some(schema) = rules.get("items") else {
            return;
        };
        for (index, item) in items.iter().enumerate() {
            self.path.push(index.to_string());
            self.check(item, schema, &item.span);
            self.path.pop();
        }
    }

    fn check_text(&mut self, node: &Node, text: &str, rules: &Map<String, Json>) {
        let help = rules_description(rules);
        let least = rules.get("minLength").and_then(Json::as_u64).unwrap_or(0);
        if least > 0 && (text.trim().chars().count() as u64) < least {
            let title = format!("{} is empty", self.place());
            return self.push_with(&node.span, title, "say it here", help);
        }
        let pattern = rules.get("pattern").and_then(Json::as_str);
        if pattern.is_some_and(|pattern| !self.is_match(pattern, text)) {
            let title = format!("`{}` is no right {}", shown(text), self.key());
            return self.push_with(&node.span, title, "this is not of its form", help);
        }
        if rules.get("format").is_some_and(|format| format == "date") && !is_date(text) {
            let title = format!("`{}` is no day", shown(text));
            let help = "write year, month and day, such as `2027-01-31`".to_owned();
            self.push_with(&node.span, title, "not in the calendar", Some(help));
        }
    }

    fn check_number(&mut self, node: &Node, number: f64, rules: &Map<String, Json>) {
        let help = rules_description(rules);
        let bound = |name: &str| rules.get(name).and_then(Json::as_f64);
        let broken = match (bound("minimum"), bound("maximum")) {
            (Some(least), _) if number < least => Some(format!("at least {least}")),
            (_, Some(most)) if number > most => Some(format!("at most {most}")),
            _ => None,
        };
        if let Some(broken) = broken {
            let title = format!("{} must be {broken}", self.place());
            self.push_with(&node.span, title, "out of bounds", help);
        }
    }

    fn check_word(&mut self, node: &Node, words: &[&Json], rules: &Map<String, Json>) {
        let value = tree::json(node);
        if !words.contains(&&value) {
            self.push_word(node, words, rules);
        }
    }

    fn push_word(&mut self, node: &Node, words: &[&Json], rules: &Map<String, Json>) {
        let value = tree::json(node);
        let texts: Vec<String> = words.iter().map(|word| plain(word)).collect();
        let title = format!("`{}` is no value of {}", shown(&plain(&value)), self.place());
        let near = self
            .near(&plain(&value), texts.iter().map(String::as_str))
            .map(did_you_mean);
        let help = near.or_else(|| rules_description(rules));
        let label = format!("one of: {}", texts.join(", "));
        self.push_with(&node.span, title, &label, help);
    }

    /// One of several shapes: judged by the one that was most likely meant.
    fn choose(&mut self, node: &Node, rules: &Map<String, Json>, branches: &[&'a Json], key: &Span) {
        let fitting: Vec<&'a Json> = branches
            .iter()
            .copied()
            .filter(|branch| branch.as_object().is_none_or(|rules| accepts(rules, node)))
            .collect();
        if fitting.is_empty() {
            let words: Vec<&Json> = branches
                .iter()
                .filter_map(|branch| branch.as_object())
                .filter_map(words_of)
                .flatten()
                .collect();
            let types: Vec<&str> = branches
                .iter()
                .filter_map(|branch| branch.as_object())
                .flat_map(types_of)
                .collect();
            return if words.is_empty() {
                self.push_type(node, &types, rules)
            } else {
                self.push_word(node, &words, rules)
            };
        }
        let words: Option<Vec<&Json>> = fitting
            .iter()
            .map(|branch| branch.as_object().and_then(words_of))
            .collect::<Option<Vec<_>>>()
            .map(|words| words.into_iter().flatten().collect());
        if let Some(words) = words {
            return self.check_word(node, &words, rules);
        }
        let mut best: Option<(usize, Vec<Mistake>)> = None;
        for branch in fitting {
            let mut attempt = Validator {
                root: self.root,
                path: self.path.clone(),
                found: Vec::new(),
                patterns: Rc::clone(&self.patterns),
            };
            attempt.check(node, branch, key);
            let strange = node
                .entries()
                .iter()
                .filter(|(entry, _)| !has_property(branch, &entry.text))
                .count();
            let worth = strange * 1_000 + attempt.found.len();
            if best.as_ref().is_none_or(|(least, _)| worth < *least) || attempt.found.is_empty() {
                best = Some((if attempt.found.is_empty() { 0 } else { worth }, attempt.found));
            }
            if best.as_ref().is_some_and(|(_, found)| found.is_empty()) {
                return;
            }
        }
        if let Some((_, found)) = best {
            self.found.extend(found);
        }
    }

    /// The shapes to choose from, with choices inside choices spread out.
    fn branches(&self, rules: &'a Map<String, Json>) -> Vec<&'a Json> {
        let mut spread = Vec::new();
        for branch in list(rules, "anyOf").iter().chain(list(rules, "oneOf")) {
            let branch = self.resolve(branch);
            let inner = branch.as_object().map(|rules| self.branches(rules)).unwrap_or_default();
            if inner.is_empty() {
                spread.push(branch);
            } else {
                spread.extend(inner);
            }
        }
        spread
    }

    fn resolve(&self, schema: &'a Json) -> &'a Json {
        let mut schema = schema;
        for _ in 0..LONGEST_CHAIN {
            let Some(name) = schema
                .get("$ref")
                .and_then(Json::as_str)
                .and_then(|name| name.strip_prefix("#/$defs/"))
            else {
                break;
            };
            let Some(target) = self.root.get("$defs").and_then(|known| known.get(name)) else {
                break;
            };
            schema = target;
        }
        schema
    }

    /// Reports a key that is not known here, and gives the one that may have been meant.
    fn push_unknown(&mut self, name: &str, span: &Span, rules: &Map<String, Json>) -> Option<String> {
        self.path.pop();
        let place = self.place();
        self.path.push(name.to_owned());
        let known: Vec<&str> = property_names(rules).collect();
        let near = self.near(name, known.iter().copied()).map(str::to_owned);
        let help = near.as_deref().map_or_else(|| keys_help(rules), did_you_mean);
        let is_condition = rules.get("title").is_some_and(|title| title == "Condition");
        let words = if is_condition {
            Words::new(
                format!("there is no check kind `{}`", shown(name)),
                "unknown kind",
                help,
            )
        } else {
            Words::new(
                format!("unknown key `{}`", shown(name)),
                format!("{place} has no such key"),
                help,
            )
        };
        self.push(span, words);
        near
    }

    fn push_type(&mut self, node: &Node, types: &[&str], rules: &Map<String, Json>) {
        let mut wanted: Vec<&str> = types.iter().map(|name| type_words(name)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let title = format!("{} must be {}", self.place(), wanted.join(" or "));
        let label = format!("this is {}", kind_words(node));
        self.push_with(&node.span, title, &label, rules_description(rules));
    }

    fn push_with(&mut self, span: &Span, title: String, label: &str, help: Option<String>) {
        let label = label.to_owned();
        self.push(span, Words { title, label, help });
    }

    fn push(&mut self, span: &Span, words: Words) {
        self.found.push(Mistake {
            path: self.path.clone(),
            span: span.clone(),
            is_absence: false,
            words,
        });
    }

    fn is_match(&self, pattern: &str, text: &str) -> bool {
        let mut patterns = self.patterns.borrow_mut();
        // A pattern of our own schemas that does not compile would be our mistake, and not the policy's.
        let compiled = patterns
            .entry(pattern.to_owned())
            .or_insert_with(|| Regex::new(pattern).ok());
        compiled.as_ref().is_none_or(|pattern| pattern.is_match(text))
    }

    fn near<'b>(&self, word: &str, candidates: impl IntoIterator<Item = &'b str>) -> Option<&'b str> {
        if self.found.len() > MOST_SOUGHT {
            return None;
        }
        near(word, candidates)
    }

    /// The last key on the way here.
    fn key(&self) -> String {
        let names = self.path.iter().rev().find(|part| !is_index(part));
        names.map_or_else(|| "the policy".to_owned(), |name| format!("`{}`", shown(name)))
    }

    /// What a person calls this place: the table as TOML writes it, or the last key.
    fn place(&self) -> String {
        let parts: Vec<&str> = self.path.iter().map(String::as_str).collect();
        match parts.as_slice() {
            [] => "the policy".to_owned(),
            ["controls", id] => format!("`[controls.\"{}\"]`", shown(id)),
            ["gate" | "scope" | "checklist" | "controls"] => format!("`[{}]`", parts[0]),
            ["component" | "control" | "waiver" | "attestation", index] if is_index(index) => {
                format!("`[[{}]]`", parts[0])
            }
            ["checklist", "bind", index] if is_index(index) => "`[[checklist.bind]]`".to_owned(),
            _ => self.key(),
        }
    }
}
