//! What a property of a value is.

use crate::program::linked::{At, FunctionAt, ModuleId};
use crate::program::module::{ClassId, EACH, ExportName, Expr, ExprId, MemberValue, TOP_LEVEL};

use super::search::{DEEPEST, Search};
use super::{Literal, Value};

impl Search<'_> {
    /// `object.name`: what the object is, and what is given to that property elsewhere in the module.
    pub(super) fn member_expr(&mut self, at: At, object: ExprId, name: &str) -> Vec<Value> {
        let object = At {
            module: at.module,
            expr: object,
        };
        let values = self.expr(object);
        let mut found = self.members(values, name, at);
        if let Expr::Name(binding) = self.module(at.module).expr(object.expr) {
            let assigned = self.program.assigned(at.module, *binding, name);
            if !assigned.is_empty() {
                found.retain(|value| !matches!(value, Value::Literal(Literal::Undefined)));
                for &(expr, function) in assigned {
                    found.extend(self.expr(At {
                        module: at.module,
                        expr,
                    }));
                    // Whether it is there yet depends on when that function runs.
                    if function != TOP_LEVEL {
                        found.push(Value::Unknown(at));
                    }
                }
            }
        }
        found
    }

    pub(super) fn members(&mut self, values: Vec<Value>, name: &str, at: At) -> Vec<Value> {
        if values.len() == 1 {
            return values
                .into_iter()
                .flat_map(|value| self.member(value, name, at))
                .collect();
        }
        // What has no properties is not what is meant where it may be something else.
        let is_nothing = |value: &Value| matches!(value, Value::Literal(Literal::Null | Literal::Undefined));
        let is_choice = values.iter().any(|value| !is_nothing(value));
        let mut found = Vec::new();
        for value in values {
            if !(is_choice && is_nothing(&value)) {
                found.extend(self.member(value, name, at));
            }
        }
        found
    }

    pub(super) fn member(&mut self, value: Value, name: &str, at: At) -> Vec<Value> {
        match value {
            Value::Module(id) => match name {
                "default" => self.export(id, &ExportName::Default),
                name => self.export(id, &ExportName::Named(name.into())),
            },
            Value::Package(package, path) if name == "default" => vec![Value::Package(package, path)],
            Value::Package(package, mut path) => {
                path.push(name.into());
                vec![Value::Package(package, path)]
            }
            Value::Object(object) => self.property(object, name),
            Value::Instance(module, class) => self.instance_member(module, class, name, at),
            Value::Class(module, class) => self.class_member(module, class, name, at),
            Value::List(list) if name == EACH || name.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.item(list, name)
            }
            // `[…].forEach`, and what calls it.
            Value::List(_) => vec![Value::Unknown(at)],
            Value::Global(global) if name == "env" && matches!(global.as_ref(), "process" | "import.meta" | "Bun") => {
                vec![Value::Member(Box::new(Value::Global(global)), name.into())]
            }
            Value::Member(of, member)
                if member.as_ref() == "env"
                    && matches!(of.as_ref(), Value::Global(global) if matches!(global.as_ref(), "process" | "import.meta" | "Bun")) =>
            {
                vec![Value::Environment(name.into())]
            }
            Value::Literal(_) | Value::Element(_) | Value::Unknown(_) => vec![Value::Unknown(at)],
            other => vec![Value::Member(Box::new(other), name.into())],
        }
    }

    pub(super) fn property(&mut self, object: At, name: &str) -> Vec<Value> {
        // `where = { ...where, … }`: an object may be spread into itself.
        if self.depth >= DEEPEST || self.fuel == 0 {
            return vec![Value::Unknown(object)];
        }
        self.fuel -= 1;
        self.depth += 1;
        let found = self.property_within(object, name);
        self.depth -= 1;
        found
    }

    fn property_within(&mut self, object: At, name: &str) -> Vec<Value> {
        let module = self.module(object.module);
        let Expr::Object(properties) = module.expr(object.expr) else {
            return vec![Value::Unknown(object)];
        };
        let mut found = Vec::new();
        for property in properties.iter().rev() {
            match &property.key {
                Some(key) if key.as_ref() == name => {
                    found.extend(self.expr(At {
                        module: object.module,
                        expr: property.value,
                    }));
                    return found;
                }
                Some(_) => {}
                None => {
                    if let Expr::Spread(inner) = module.expr(property.value) {
                        let values = self.expr(At {
                            module: object.module,
                            expr: *inner,
                        });
                        let spread = self.members(values, name, object);
                        found.extend(
                            spread
                                .into_iter()
                                .filter(|value| !matches!(value, Value::Literal(Literal::Undefined))),
                        );
                    } else {
                        found.push(Value::Unknown(object));
                    }
                }
            }
        }
        if found.is_empty() {
            found.push(Value::Literal(Literal::Undefined));
        }
        found
    }

    pub(super) fn item(&mut self, list: At, index: &str) -> Vec<Value> {
        let module = self.module(list.module);
        let Expr::List(items) = module.expr(list.expr) else {
            return vec![Value::Unknown(list)];
        };
        if index == EACH {
            let each = items.iter().flat_map(|item| {
                self.expr(At {
                    module: list.module,
                    expr: *item,
                })
            });
            return each.collect();
        }
        let item = index.parse::<usize>().ok().and_then(|index| items.get(index));
        match item {
            Some(item) => self.expr(At {
                module: list.module,
                expr: *item,
            }),
            None => vec![Value::Unknown(list)],
        }
    }

    pub(super) fn class_member(&mut self, id: ModuleId, class: ClassId, name: &str, at: At) -> Vec<Value> {
        let module = self.module(id);
        let member = module
            .class(class)
            .members
            .iter()
            .find(|member| member.is_static && member.name.as_deref() == Some(name));
        match member.map(|member| member.value) {
            Some(value) => self.member_value(id, value, at),
            None => vec![Value::Unknown(at)],
        }
    }

    pub(super) fn instance_member(&mut self, id: ModuleId, class: ClassId, name: &str, at: At) -> Vec<Value> {
        if self.depth >= DEEPEST || self.fuel == 0 {
            return vec![Value::Unknown(at)];
        }
        self.fuel -= 1;
        self.depth += 1;
        let found = self.instance_member_within(id, class, name, at);
        self.depth -= 1;
        found
    }

    pub(super) fn instance_member_within(&mut self, id: ModuleId, class: ClassId, name: &str, at: At) -> Vec<Value> {
        let module = self.module(id);
        let known = module.class(class);
        let named = known
            .members
            .iter()
            .find(|member| !member.is_static && member.name.as_deref() == Some(name));
        let mut found = match named.map(|member| member.value) {
            Some(MemberValue::Field(None)) | None => Vec::new(),
            Some(value) => self.member_value(id, value, at),
        };
        for value in self.program.assigned_to_this(id, class, name) {
            found.extend(self.expr(At {
                module: id,
                expr: *value,
            }));
        }
        if found.is_empty()
            && let Some(extends) = known.extends
        {
            let bases = self.expr(At {
                module: id,
                expr: extends,
            });
            for base in bases {
                match base {
                    Value::Class(module, class) if (module, class) != (id, class) => {
                        found.extend(self.instance_member(module, class, name, at));
                    }
                    Value::Package(..) | Value::Member(..) => {
                        let made = Value::Result(Box::new(base), at);
                        found.push(Value::Member(Box::new(made), name.into()));
                    }
                    _ => found.push(Value::Unknown(at)),
                }
            }
        }
        if found.is_empty() {
            found.push(Value::Unknown(at));
        }
        found
    }

    pub(super) fn member_value(&mut self, id: ModuleId, value: MemberValue, at: At) -> Vec<Value> {
        match value {
            MemberValue::Method(function) => vec![Value::Function(FunctionAt { module: id, function })],
            MemberValue::Field(Some(expr)) => self.expr(At { module: id, expr }),
            MemberValue::Field(None) => vec![Value::Unknown(at)],
        }
    }
}
