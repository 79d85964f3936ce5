//! What a property of a value is.

use std::sync::Arc;

use smallvec::smallvec;

use crate::program::linked::{At, FunctionAt, ModuleId};
use crate::program::module::{ClassId, EACH, ExportName, Expr, ExprId, FunctionKind, MemberValue, TOP_LEVEL};

use super::search::{DEEPEST, Search};
use super::{Literal, Value, Values, once};

/// From so many on, the same value again is looked for: what is spread into what is spread makes thousands.
const MANY: usize = 16;

impl Search<'_> {
    /// `object.name`: what the object is, and what is given to that property elsewhere in the module.
    pub(super) fn member_expr(&mut self, at: At, object: ExprId, name: &Arc<str>) -> Values {
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

    pub(super) fn members(&mut self, mut values: Values, name: &Arc<str>, at: At) -> Values {
        if values.len() == 1
            && let Some(value) = values.pop()
        {
            return self.member(value, name, at);
        }
        // What has no properties is not what is meant where it may be something else.
        let is_nothing = |value: &Value| matches!(value, Value::Literal(Literal::Null | Literal::Undefined));
        let is_choice = values.iter().any(|value| !is_nothing(value));
        let mut found = Values::new();
        for value in values {
            if !(is_choice && is_nothing(&value)) {
                found.extend(self.member(value, name, at));
            }
        }
        if found.len() > MANY {
            found = Values::from_vec(once(found));
        }
        found
    }

    pub(super) fn member(&mut self, value: Value, name: &Arc<str>, at: At) -> Values {
        match value {
            Value::Module(id) => match name.as_ref() {
                "default" => self.export(id, &ExportName::Default),
                _ => self.export(id, &ExportName::Named(Arc::clone(name))),
            },
            Value::Package(package, path) if name.as_ref() == "default" => smallvec![Value::Package(package, path)],
            Value::Package(package, path) => {
                let path = path.iter().chain([name]).map(Arc::clone).collect();
                smallvec![Value::Package(package, path)]
            }
            Value::Object(object) => self.property(object, name),
            Value::Instance(module, class) => self.instance_member(module, class, name, at),
            Value::Class(module, class) => self.class_member(module, class, name, at),
            Value::List(list) if name.as_ref() == EACH || name.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.item(list, name)
            }
            // `[…].forEach`, and what calls it.
            Value::List(_) => smallvec![Value::Unknown(at)],
            Value::Global(global)
                if name.as_ref() == "env" && matches!(global.as_ref(), "process" | "import.meta" | "Bun") =>
            {
                smallvec![Value::Member(Arc::new(Value::Global(global)), Arc::clone(name))]
            }
            Value::Member(of, member)
                if member.as_ref() == "env"
                    && matches!(of.as_ref(), Value::Global(global) if matches!(global.as_ref(), "process" | "import.meta" | "Bun")) =>
            {
                smallvec![Value::Environment(Arc::clone(name))]
            }
            Value::Literal(_) | Value::Element(_) | Value::Unknown(_) => smallvec![Value::Unknown(at)],
            other => match self.parsed(&other, name, at) {
                Some(found) => found,
                None => smallvec![Value::Member(Arc::new(other), Arc::clone(name))],
            },
        }
    }

    pub(super) fn property(&mut self, object: At, name: &Arc<str>) -> Values {
        // `where = { ...where, … }`: an object may be spread into itself.
        if self.depth >= DEEPEST || self.fuel == 0 {
            return smallvec![Value::Unknown(object)];
        }
        self.fuel -= 1;
        self.depth += 1;
        let found = self.property_within(object, name);
        self.depth -= 1;
        found
    }

    fn property_within(&mut self, object: At, name: &Arc<str>) -> Values {
        let module = self.module(object.module);
        let Expr::Object(properties) = module.expr(object.expr) else {
            return smallvec![Value::Unknown(object)];
        };
        let mut found = Values::new();
        for property in properties.iter().rev() {
            match &property.key {
                Some(key) if key == name => {
                    let values = self.expr(At {
                        module: object.module,
                        expr: property.value,
                    });
                    for value in values {
                        found.extend(self.got(value, object));
                    }
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

    pub(super) fn item(&mut self, list: At, index: &str) -> Values {
        let module = self.module(list.module);
        let Expr::List(items) = module.expr(list.expr) else {
            return smallvec![Value::Unknown(list)];
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
            None => smallvec![Value::Unknown(list)],
        }
    }

    pub(super) fn class_member(&mut self, id: ModuleId, class: ClassId, name: &str, at: At) -> Values {
        let module = self.module(id);
        let member = module
            .class(class)
            .members
            .iter()
            .find(|member| member.is_static && member.name.as_deref() == Some(name));
        match member.map(|member| member.value) {
            Some(value) => self.member_value(id, value, at),
            None => smallvec![Value::Unknown(at)],
        }
    }

    pub(super) fn instance_member(&mut self, id: ModuleId, class: ClassId, name: &Arc<str>, at: At) -> Values {
        if self.depth >= DEEPEST || self.fuel == 0 {
            return smallvec![Value::Unknown(at)];
        }
        self.fuel -= 1;
        self.depth += 1;
        let found = self.instance_member_within(id, class, name, at);
        self.depth -= 1;
        found
    }

    pub(super) fn instance_member_within(&mut self, id: ModuleId, class: ClassId, name: &Arc<str>, at: At) -> Values {
        let module = self.module(id);
        let known = module.class(class);
        let named = known
            .members
            .iter()
            .find(|member| !member.is_static && member.name.as_ref() == Some(name));
        let mut found = match named.map(|member| member.value) {
            Some(MemberValue::Field(None)) | None => Values::new(),
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
                        let made = Value::Result(Arc::new(base), at);
                        found.push(Value::Member(Arc::new(made), Arc::clone(name)));
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

    pub(super) fn member_value(&mut self, id: ModuleId, value: MemberValue, at: At) -> Values {
        match value {
            MemberValue::Method(function) => self.got(Value::Function(FunctionAt { module: id, function }), at),
            MemberValue::Field(Some(expr)) => self.expr(At { module: id, expr }),
            MemberValue::Field(None) => smallvec![Value::Unknown(at)],
        }
    }

    /// What a property holds; of a getter, what it returns.
    fn got(&mut self, value: Value, at: At) -> Values {
        match value {
            Value::Function(function)
                if self.module(function.module).function(function.function).kind == FunctionKind::Getter =>
            {
                self.returned(function, at)
            }
            value => smallvec![value],
        }
    }
}
