//! What stands where an argument, or an option in it, is looked for.

use crate::program::module::Expr;
use crate::program::{At, Literal, Program, Value};

/// What stands where an argument is looked for.
pub(in crate::check) enum Seen {
    /// All that it may be.
    These(Vec<Value>),
    Nothing,
    Unknown(String),
}

impl Seen {
    /// One of both is there.
    pub(in crate::check) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown(why), _) | (_, Self::Unknown(why)) => Self::Unknown(why),
            (Self::Nothing, Self::Nothing) => Self::Nothing,
            (Self::Nothing, Self::These(mut values)) | (Self::These(mut values), Self::Nothing) => {
                values.push(Value::Literal(Literal::Undefined));
                Self::These(values)
            }
            (Self::These(mut values), Self::These(more)) => {
                values.extend(more);
                Self::These(values)
            }
        }
    }
}

/// All that keys lead to within an expression.
pub(in crate::check) fn within(program: &Program, at: At, keys: &[String]) -> Seen {
    let mut here = vec![at];
    for key in keys {
        let mut next = Vec::new();
        for at in here {
            match property(program, at, key) {
                Property::At(found) => next.push(found),
                Property::Missing => {}
                Property::Unknown(why) => return Seen::Unknown(why),
            }
        }
        here = next;
    }
    if here.is_empty() {
        return Seen::Nothing;
    }
    Seen::These(here.into_iter().flat_map(|at| program.values(at)).collect())
}

/// Where the option stands that keys lead to; `None` where one of them could not be followed.
pub(in crate::check) fn options(program: &Program, at: At, keys: &[String]) -> Option<Vec<At>> {
    keys.iter().try_fold(vec![at], |here, key| {
        let each = here.into_iter().filter_map(|at| match property(program, at, key) {
            Property::At(found) => Some(Some(found)),
            Property::Missing => None,
            Property::Unknown(_) => Some(None),
        });
        each.collect()
    })
}

enum Property {
    At(At),
    Missing,
    Unknown(String),
}

/// The value of a key of what an expression may be; of several objects the first that has it.
fn property(program: &Program, at: At, key: &str) -> Property {
    let mut found = None;
    for value in program.values(at) {
        let Value::Object(object) = value else {
            return Property::Unknown(format!("the options that hold `{key}` could not be followed"));
        };
        let module = program.module(object.module);
        let Expr::Object(properties) = module.expr(object.expr) else {
            continue;
        };
        for property in properties.iter().rev() {
            match property.key.as_deref() {
                Some(name) if name == key => {
                    found = Some(At {
                        module: object.module,
                        expr: property.value,
                    });
                    break;
                }
                Some(_) => {}
                // `{ ...shared, max: 5 }`: what is spread is looked into once.
                None => match spread(
                    program,
                    At {
                        module: object.module,
                        expr: property.value,
                    },
                    key,
                ) {
                    Property::At(at) => {
                        found = Some(at);
                        break;
                    }
                    Property::Missing => {}
                    Property::Unknown(why) => return Property::Unknown(why),
                },
            }
        }
    }
    found.map_or(Property::Missing, Property::At)
}

/// The value of a key of what is spread into an object.
fn spread(program: &Program, at: At, key: &str) -> Property {
    let unknown = || Property::Unknown(format!("`{key}` may come from what is spread into the options"));
    let module = program.module(at.module);
    let Expr::Spread(inner) = module.expr(at.expr) else {
        return unknown();
    };
    let inner = At { expr: *inner, ..at };
    let mut found = Property::Missing;
    for value in program.values(inner) {
        let Value::Object(object) = value else {
            return unknown();
        };
        let Expr::Object(properties) = program.module(object.module).expr(object.expr) else {
            return unknown();
        };
        if properties.iter().any(|property| property.key.is_none()) {
            return unknown();
        }
        let of_key = properties
            .iter()
            .rev()
            .find(|property| property.key.as_deref() == Some(key));
        match (of_key, &found) {
            (None, _) => {}
            (Some(property), Property::Missing) => {
                found = Property::At(At {
                    module: object.module,
                    expr: property.value,
                });
            }
            // Several may be spread that each say something else.
            (Some(_), _) => return unknown(),
        }
    }
    found
}
