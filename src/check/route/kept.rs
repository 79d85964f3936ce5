//! Whether a store keeps all that was sent: `Order.create(request.body)`, `Object.assign(order, request.body)`.

use super::judged::at;
use super::taken::{Found, Taking, doubt, name_of};
use crate::program::module::{BindingId, BindingKind, Expr, ExprId};
use crate::program::{At, Value, path_of};

/// Methods of stores that keep what they are handed.
const KEEPS: [&str; 19] = [
    "add",
    "bulkCreate",
    "create",
    "createMany",
    "findByIdAndUpdate",
    "findOneAndReplace",
    "findOneAndUpdate",
    "findOrCreate",
    "insert",
    "insertGraph",
    "insertMany",
    "insertOne",
    "replaceOne",
    "save",
    "update",
    "updateOne",
    "updateMany",
    "upsert",
    "values",
];

/// Why what is kept may be looked at by a model.
const TOLD: &str = "the store is told to run the validators of its model";

impl Taking<'_, '_> {
    /// Whether a call is one of a package that keeps what it is handed.
    pub(super) fn is_a_store(&self, call: ExprId) -> bool {
        let Some(checking) = &self.asked.question.checking else {
            return false;
        };
        let (Expr::Call(callee, _) | Expr::New(callee, _)) = self.module().expr(call) else {
            return false;
        };
        let users = self.asked.users_of(&checking.stores);
        let module = self.at.module;
        let is_used = |expr: ExprId| users.is_some_and(|users| users.kind_of(At { module, expr }).is_some());
        if is_used(call) || is_used(*callee) {
            return true;
        }
        let values = self.values(*callee);
        let is_of_one = |value: &Value| path_of(value).is_some_and(|(package, _)| checking.stores.is_of(&package));
        !values.is_empty() && values.iter().all(is_of_one)
    }

    /// `Object.assign(order, request.body)`, where the order is saved.
    pub(super) fn assigned(&self, call: ExprId, into: ExprId, found: &mut Found) {
        let module = self.module();
        let Expr::Name(into) = module.expr(into) else {
            return doubt(found, "what the body is put into is not followed");
        };
        let saved = self.saved(Some(*into));
        if let Some(why) = saved.and_then(|callee| self.model_looks(callee)) {
            return doubt(found, why);
        }
        if saved.is_some() {
            let shown = &module.binding(*into).name;
            let place = self.place(call);
            found
                .kept
                .get_or_insert_with(|| format!("what was sent is put into `{shown}` in {place}, which is saved"));
        } else {
            doubt(found, "what the body is put into is not followed");
        }
    }

    /// Why a store may look at what it is handed: a model's schema says more of it than of what type it is, or is not seen.
    pub(super) fn looked_at_by_store(&self, call: ExprId, arguments: &[ExprId]) -> Option<&'static str> {
        let module = self.module();
        let mut is_asked = false;
        for argument in arguments {
            module.each_part(*argument, &mut |part| {
                is_asked |= matches!(module.expr(part), Expr::Object(properties)
                    if properties.iter().any(|property| property.key.as_deref() == Some("runValidators")));
            });
        }
        if is_asked {
            return Some(TOLD);
        }
        let (Expr::Call(callee, _) | Expr::New(callee, _)) = module.expr(call) else {
            return None;
        };
        let is_call = matches!(module.expr(call), Expr::Call(..));
        let is_update = is_call
            && matches!(module.expr(*callee), Expr::Member(_, name)
            if !matches!(&**name, "create" | "save" | "insertMany" | "bulkCreate"));
        let program = self.asked.program;
        let is_of = |known: &str| {
            let values = self.values(*callee);
            values
                .iter()
                .any(|value| path_of(value).is_some_and(|(package, _)| package.contains(known)))
        };
        match is_update && !is_of("sequelize") {
            // `mongoose.set("runValidators", true)`
            true if is_of("mongoose") => {
                let told = program.texts_like("runValidators", |text| text == "runValidators");
                (!told.is_empty()).then_some(TOLD)
            }
            true => None,
            false => self.model_looks(*callee),
        }
    }

    /// The same of the model that something is called on, where it is one of a package whose models look at rows.
    fn model_looks(&self, callee: ExprId) -> Option<&'static str> {
        const LOOKING: [&str; 5] = [
            "@nestjs/mongoose",
            "@nestjs/sequelize",
            "mongoose",
            "objection",
            "sequelize",
        ];
        let values = self.values(callee);
        let is_looking = |value: &Value| {
            path_of(value).is_none_or(|(package, _)| LOOKING.iter().any(|known| package.starts_with(known)))
        };
        if !values.iter().any(is_looking) || self.is_prisma(callee) {
            return None;
        }
        let schema = values.iter().find_map(|value| self.schema_of(value));
        match schema.map(|schema| self.says_more_than_types(schema)) {
            Some(false) => None,
            Some(true) => Some("the schema of the model looks at what it is handed"),
            None => Some("what the schema of the model says is not followed"),
        }
    }

    /// What a model is made of, where it is written: `mongoose.model("Order", new Schema({ … }))`.
    fn schema_of(&self, value: &Value) -> Option<At> {
        let (of, made) = match value {
            Value::Member(of, _) => (of, None),
            Value::Result(of, call) => (of, Some(*call)),
            _ => return None,
        };
        let of_this = made.and_then(|call| {
            let program = self.asked.program;
            let module = program.module(call.module);
            let (Expr::Call(callee, arguments) | Expr::New(callee, arguments)) = module.expr(call.expr) else {
                return None;
            };
            let name = name_of(module, *callee);
            let expr = *arguments.get(1).filter(|_| matches!(name, "model" | "define"))?;
            let schemas = program.values(At { expr, ..call });
            schemas.iter().find_map(|schema| match schema {
                Value::Object(at) => Some(*at),
                Value::Result(_, made) => Some(*made),
                _ => None,
            })
        });
        of_this.or_else(|| self.schema_of(of))
    }

    /// Whether a schema asks for more than types, or may: a length, a range, one of several, a function.
    fn says_more_than_types(&self, schema: At) -> bool {
        const SAYS: [&str; 9] = [
            "enum",
            "len",
            "match",
            "max",
            "maxLength",
            "maxlength",
            "min",
            "minLength",
            "minlength",
        ];
        let module = self.asked.program.module(schema.module);
        let (mut says, mut is_whole) = (false, true);
        let rows = match module.expr(schema.expr) {
            Expr::Call(_, arguments) | Expr::New(_, arguments) => arguments.first().copied(),
            _ => Some(schema.expr),
        };
        let Some(rows) = rows else { return true };
        module.each_part(rows, &mut |part| match module.expr(part) {
            Expr::Object(properties) => {
                says |= properties.iter().any(|property| {
                    let key = property.key.as_deref();
                    key.is_some_and(|key| SAYS.contains(&key) || key.starts_with("valid"))
                });
            }
            // A part that is written elsewhere may say it.
            Expr::Name(name) => is_whole &= !matches!(module.binding(*name).kind, BindingKind::Constant),
            Expr::Spread(_) => is_whole = false,
            _ => {}
        });
        // `schema.pre("validate", …)`, `schema.path("title").validate(…)`.
        let mut is_hooked = false;
        for function in &module.functions {
            is_hooked |= function
                .members
                .iter()
                .any(|name| matches!(&**name, "pre" | "validate" | "plugin"));
        }
        says || !is_whole || is_hooked
    }

    /// What a store saves here by, where it does: `order.save`.
    fn saved(&self, of: Option<BindingId>) -> Option<ExprId> {
        let module = self.module();
        let mut saved = None;
        for inner in &self.within {
            module.each_expr(*inner, &mut |expr| {
                if let Expr::Call(callee, _) = module.expr(expr)
                    && let Expr::Member(object, name) = module.expr(*callee)
                    && &**name == "save"
                    && of.is_none_or(|of| *module.expr(*object) == Expr::Name(of))
                    && self.is_a_store(expr)
                {
                    saved = Some(*callee);
                }
            });
        }
        saved
    }

    /// A call of a store that is handed all that was sent.
    pub(super) fn kept(&self, call: ExprId, (name, arguments): (&str, &[ExprId]), found: &mut Found) {
        if let Some(why) = self.looked_at_by_store(call, arguments) {
            return doubt(found, why);
        }
        let place = self.place(call);
        match self.is_kept(call, name) {
            true => {
                let what = if matches!(self.module().expr(call), Expr::New(..)) {
                    format!("`new {name}`")
                } else {
                    format!("`{name}`")
                };
                found
                    .kept
                    .get_or_insert_with(|| format!("what was sent goes to {what} in {place}"));
            }
            false => doubt(found, "what a store does with the body is not known"),
        }
    }

    /// Whether a call of a store keeps what it is handed.
    pub(super) fn is_kept(&self, call: ExprId, name: &str) -> bool {
        match self.module().expr(call) {
            Expr::New(..) => self.saved(None).is_some(),
            // TypeORM's `create` makes a row and keeps none.
            _ => KEEPS.contains(&name) && !self.only_makes(call, name),
        }
    }

    fn only_makes(&self, call: ExprId, name: &str) -> bool {
        let Expr::Call(callee, _) = self.module().expr(call) else {
            return true;
        };
        let values = self.values(*callee);
        let is_typeorm = |value: &Value| path_of(value).is_none_or(|(package, _)| package.contains("typeorm"));
        name == "create" && values.iter().any(is_typeorm) && !self.is_prisma(*callee)
    }

    /// `prisma.order.create({ data })`.
    fn is_prisma(&self, callee: ExprId) -> bool {
        let module = self.module();
        let mut says = false;
        module.each_part(callee, &mut |part| {
            says |= match module.expr(part) {
                Expr::Name(name) => module.binding(*name).name.to_ascii_lowercase().contains("prisma"),
                Expr::Member(_, name) => name.to_ascii_lowercase().contains("prisma"),
                _ => false,
            };
        });
        says
    }

    pub(super) fn place(&self, expr: ExprId) -> String {
        let span = self.module().span(expr);
        at(&self.asked.program.place(self.at.module, &span))
    }
}
