//! Versions that Nest makes a part of a path: `app.enableVersioning(…)`, `@Controller({ version })`, `@Version(…)`.

use super::Paths;
use super::collect::{Collector, root};
use super::decorated::{argument_of, texts};
use crate::program::linked::{At, ModuleId, Program};
use crate::program::module::{Expr, ExprId};
use crate::program::values::{Literal, Value, path_of};

/// How versions are a part of paths.
#[derive(Debug, Clone)]
pub(super) struct Versioned {
    /// What stands before a version; `None` where it is not known.
    prefix: Option<String>,
    /// The versions of what says none; an empty one is no part of the path.
    default: Paths,
}

impl Collector<'_> {
    /// What `app.enableVersioning(…)` is told, if that makes versions a part of paths.
    pub(super) fn versioned(&self, id: ModuleId, options: Option<&ExprId>, is_sure: bool) -> Option<Versioned> {
        let unknown = Versioned {
            prefix: None,
            default: vec![None],
        };
        let plain = Versioned {
            prefix: Some("v".to_owned()),
            default: root(),
        };
        let Some(options) = options else {
            return Some(if is_sure { plain } else { unknown });
        };
        let Expr::Object(properties) = self.module(id).expr(*options) else {
            return Some(unknown);
        };
        let find = |key: &str| {
            let mut named = properties.iter();
            named
                .find(|property| property.key.as_deref() == Some(key))
                .map(|property| property.value)
        };
        let is_other = find("type").is_some_and(|kind| {
            let mut values = self.values(id, kind).into_iter();
            values.any(|value| path_of(&value).is_some_and(|(_, path)| !path.ends_with("URI")))
        });
        if is_other {
            return None;
        }
        if !is_sure || properties.iter().any(|property| property.key.is_none()) {
            return Some(unknown);
        }
        let prefix = match find("prefix").map(|prefix| self.values(id, prefix)).as_deref() {
            None => plain.prefix,
            Some([Value::Literal(Literal::Text(text))]) => Some(text.to_string()),
            Some([Value::Literal(Literal::Bool(false))]) => Some(String::new()),
            Some(_) => None,
        };
        let default = find("defaultVersion").map_or(plain.default, |default| {
            texts(
                self.program,
                At {
                    module: id,
                    expr: default,
                },
            )
        });
        Some(Versioned { prefix, default })
    }
}

impl Versioned {
    /// What stands in the path for the versions of a method of a class, by the decorators of both.
    pub(super) fn parts(&self, program: &Program, id: ModuleId, class: &[ExprId], member: &[ExprId]) -> Paths {
        let said = |decorators: &[ExprId]| {
            let mut arguments = decorators
                .iter()
                .filter_map(|one| argument_of(program, id, *one, "Version"));
            arguments.find_map(|argument| Some(texts(program, argument?)))
        };
        let of_controller = || {
            let mut arguments = class
                .iter()
                .filter_map(|one| argument_of(program, id, *one, "Controller")?);
            arguments.find_map(|argument| match program.module(id).expr(argument.expr) {
                Expr::Object(properties) => {
                    let version = properties
                        .iter()
                        .find(|property| property.key.as_deref() == Some("version"))?;
                    Some(texts(
                        program,
                        At {
                            module: id,
                            expr: version.value,
                        },
                    ))
                }
                _ => None,
            })
        };
        let own = said(member).or_else(|| said(class)).or_else(of_controller);
        let each = own.unwrap_or_else(|| self.default.clone()).into_iter();
        each.map(|version| match (version, &self.prefix) {
            (Some(version), _) if version.is_empty() => Some(version),
            (Some(version), Some(prefix)) => Some(format!("{prefix}{version}")),
            (_, _) => None,
        })
        .collect()
    }
}
