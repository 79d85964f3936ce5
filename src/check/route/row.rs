//! Whether a store keeps parts of what was sent in a row of its own: `Order.create({ title: request.body.title })`.

use std::collections::BTreeSet;

use super::taken::{Found, ROWS, Taking, doubt};
use crate::program::module::{BindingId, Expr, ExprId, Logical};

/// What stands beside a row: which rows are meant, and what is given back.
const BESIDE: [&str; 9] = [
    "connect",
    "id",
    "include",
    "new",
    "orderBy",
    "returning",
    "select",
    "transaction",
    "where",
];

impl Taking<'_, '_> {
    /// A call of a store that is handed a row with several parts of what was sent.
    pub(super) fn kept_parts(&self, call: ExprId, (name, arguments): (&str, &[ExprId]), found: &mut Found) {
        let mut columns = BTreeSet::new();
        for row in rows(name, arguments) {
            self.columns(*row, &mut columns);
        }
        // One alone is often what tells which row is meant.
        if columns.len() < 2 || !self.is_kept(call, name) {
            return;
        }
        if let Some(why) = self.looked_at_by_store(call, arguments) {
            return doubt(found, why);
        }
        let (place, columns) = (self.place(call), listed(&columns));
        found
            .kept_parts
            .get_or_insert_with(|| format!("what was sent goes to {columns} of `{name}` in {place} as it comes"));
    }

    /// The columns of a row that hold something of what was sent, as it came.
    fn columns(&self, row: ExprId, columns: &mut BTreeSet<String>) {
        match self.module().expr(row) {
            Expr::Object(properties) => {
                for property in properties {
                    let Some(key) = property.key.as_deref() else { continue };
                    let is_inner = matches!(self.module().expr(property.value), Expr::Object(_) | Expr::List(_));
                    if is_inner && ROWS.contains(&key) {
                        self.columns(property.value, columns);
                    } else if !is_inner && !names_a_row(key) && self.is_raw(property.value) {
                        columns.insert(key.to_owned());
                    }
                }
            }
            Expr::List(rows) => rows.iter().for_each(|row| self.columns(*row, columns)),
            _ => {}
        }
    }

    /// Whether an expression is a part of what was sent, and nothing was made of it: `request.body.title`.
    pub(super) fn is_raw(&self, expr: ExprId) -> bool {
        let module = self.module();
        match module.expr(expr) {
            Expr::Name(name) => self.raw.contains(name),
            Expr::Member(object, _) => self.is_whole(*object) || self.is_raw(*object),
            // What is handed on together: `create({ title, price })`.
            Expr::Object(properties) => {
                let is_raw = |value: ExprId| self.is_raw(value);
                !properties.is_empty() && properties.iter().all(|one| one.key.is_some() && is_raw(one.value))
            }
            _ => false,
        }
    }

    /// Keeps which names are given a part of what was sent as it came.
    pub(super) fn gives_raw(&mut self, name: BindingId, value: ExprId, is_taken_out: bool) {
        let is_raw = match is_taken_out {
            // `const { title } = request.body`
            true => self.is_whole(value) || self.is_request(value) || self.is_raw(value),
            false => self.is_raw(value),
        };
        // A name that is given something else, too, may hold that.
        if is_raw && self.module().binding(name).given.len() <= 1 {
            self.raw.insert(name);
        }
    }

    /// Whether a test asks no more of what was sent than that it is there: `!title || !price`.
    pub(super) fn is_presence(&self, test: ExprId) -> bool {
        let module = self.module();
        match module.expr(test) {
            Expr::Name(_) | Expr::Member(..) => true,
            Expr::Unary("!", of) => self.is_presence(*of),
            Expr::Logical(Logical::And | Logical::Or, left, right) => [*left, *right]
                .into_iter()
                .all(|side| !self.is_of_it(side) || self.is_presence(side)),
            Expr::Binary("==" | "===" | "!=" | "!==", left, right) => {
                matches!(module.expr(*right), Expr::Null | Expr::Undefined) && self.is_presence(*left)
            }
            _ => false,
        }
    }
}

/// Whether a column tells of another row, which a store looks for, or stands beside the columns.
fn names_a_row(key: &str) -> bool {
    BESIDE.contains(&key) || key.ends_with("Id") || key.ends_with("_id") || key.ends_with("Ids")
}

/// What a store is handed that is a row: not what tells which rows are meant.
fn rows<'a>(name: &str, arguments: &'a [ExprId]) -> &'a [ExprId] {
    let is_by = name.starts_with("findBy") || name.starts_with("findOne") || name.starts_with("replace");
    match arguments {
        [_, rows @ ..] if !rows.is_empty() && (is_by || matches!(name, "updateOne" | "updateMany")) => rows,
        _ => arguments,
    }
}

/// Columns in words.
fn listed(columns: &BTreeSet<String>) -> String {
    const MOST: usize = 3;
    let shown: Vec<String> = columns.iter().take(MOST).map(|column| format!("`{column}`")).collect();
    match columns.len() - shown.len() {
        0 => match shown.split_last() {
            Some((last, first)) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
            _ => shown.concat(),
        },
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
