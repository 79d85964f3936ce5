//! The jobs that a matrix makes.

use super::super::{Node, Value};

/// GitHub makes at most this many jobs of one matrix.
const MOST_ROWS: usize = 256;

/// One job of a matrix: its values by their keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixRow {
    /// Key and value, in the order of the file.
    pub values: Vec<(String, String)>,
    /// How many of them the matrix's own lists gave; the rest was added by `include`.
    pub own: usize,
}

/// The jobs of a matrix; `None` where an expression, or a value that is no plain one, leaves that to a run.
///
/// Source: GitHub's documentation, "Expanding or adding matrix configurations": what `include` lists is added to each
/// job whose own values it leaves as they are, and makes a job of its own where it fits none.
pub(super) fn rows(node: &Node) -> Option<Vec<MatrixRow>> {
    let Value::Map(entries) = &node.value else { return None };
    let lists = entries
        .iter()
        .filter(|(key, _)| !matches!(key.text.as_str(), "include" | "exclude"));
    let mut rows: Vec<Vec<(String, String)>> = vec![Vec::new()];
    for (key, value) in lists {
        let Value::List(items) = &value.value else { return None };
        let values: Vec<String> = items.iter().map(plain).collect::<Option<_>>()?;
        if rows.len().checked_mul(values.len())? > MOST_ROWS {
            return None;
        }
        let with = |row: &Vec<(String, String)>, value: &String| {
            let mut row = row.clone();
            row.push((key.text.clone(), value.clone()));
            row
        };
        rows = rows
            .iter()
            .flat_map(|row| values.iter().map(|value| with(row, value)).collect::<Vec<_>>())
            .collect();
    }
    rows.retain(|row| !row.is_empty());
    for excluded in tables(node.get("exclude"))? {
        let is_out = |row: &Vec<(String, String)>| excluded.iter().all(|pair| row.contains(pair));
        rows.retain(|row| !is_out(row));
    }
    let mut rows: Vec<MatrixRow> = rows
        .into_iter()
        .map(|values| MatrixRow {
            own: values.len(),
            values,
        })
        .collect();
    include(&mut rows, tables(node.get("include"))?);
    (rows.len() <= MOST_ROWS).then_some(rows)
}

fn include(rows: &mut Vec<MatrixRow>, listed: Vec<Vec<(String, String)>>) {
    let made = rows.len();
    for pairs in listed {
        let mut fits_one = false;
        for row in &mut rows[..made] {
            let own = &row.values[..row.own];
            let changes_own = pairs
                .iter()
                .any(|(key, value)| own.iter().any(|(known, was)| known == key && was != value));
            if changes_own {
                continue;
            }
            fits_one = true;
            for (key, value) in &pairs {
                match row.values.iter_mut().find(|(known, _)| known == key) {
                    Some((_, was)) => was.clone_from(value),
                    None => row.values.push((key.clone(), value.clone())),
                }
            }
        }
        if !fits_one {
            rows.push(MatrixRow {
                own: pairs.len(),
                values: pairs,
            });
        }
    }
}

/// The tables of `include` or `exclude`.
fn tables(node: Option<&Node>) -> Option<Vec<Vec<(String, String)>>> {
    let Some(node) = node else { return Some(Vec::new()) };
    let Value::List(items) = &node.value else { return None };
    let table = |item: &Node| {
        let Value::Map(entries) = &item.value else { return None };
        let pair = |(key, value): &(super::super::Key, Node)| Some((key.text.clone(), plain(value)?));
        entries.iter().map(pair).collect::<Option<Vec<_>>>()
    };
    items.iter().map(table).collect()
}

/// A plain value as GitHub shows it: `3.10` is the number 3.1. No expression, list or table is one.
fn plain(node: &Node) -> Option<String> {
    match &node.value {
        Value::String(text) => (!text.contains("${{")).then(|| text.clone()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}
