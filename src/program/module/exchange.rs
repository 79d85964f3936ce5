//! What a module asks of others, and what it gives them.

use std::sync::Arc;

use crate::text::Span;

use super::{BindingId, ExprId, FunctionId, RequestId};

/// Another module that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What stands between the quotes; `None` where it is computed.
    pub specifier: Option<Arc<str>>,
    /// How it is asked for.
    pub kind: RequestKind,
    /// The function in which that is done.
    pub function: FunctionId,
    /// Where.
    pub span: Span,
}

/// How a module asks for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// `import … from`, `import "x"`.
    Import,
    /// `import … from` in TypeScript, of whose names none is used as a value: gone when it runs, unless the compiler
    /// is told to keep it.
    Unused,
    /// `import type`, `export type`: gone when it runs.
    Type,
    /// `export … from`.
    Export,
    /// `require(…)`, `import x = require(…)`.
    Require,
    /// `import(…)`.
    Dynamic,
    /// A file that is started by its path: `fork("./job.js")`, `new Worker(new URL("./job.js", import.meta.url))`.
    File,
}

/// What is taken from another module.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Imported {
    /// `import x from`.
    Default,
    /// `import * as x from`, and what `require` and `import()` give: the module itself.
    Namespace,
    /// `import { x } from`.
    Named(Arc<str>),
}

/// What a module gives to others.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    /// Under which name.
    pub name: ExportName,
    /// What.
    pub what: Exported,
    /// Where.
    pub span: Span,
}

/// The name that others ask for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ExportName {
    /// `export default`.
    Default,
    /// `export { x }`, `export const x`, `exports.x = …`, `module.exports.x = …`.
    Named(Arc<str>),
    /// `export * from`: all that the other module gives, by its own names.
    Star,
    /// `module.exports = …`, `export = …`: the module itself.
    Whole,
}

/// What stands behind an export.
#[derive(Debug, Clone, PartialEq)]
pub enum Exported {
    /// A name of this module.
    Binding(BindingId),
    /// The value of an expression.
    Value(ExprId),
    /// Something of another module.
    From(RequestId, Imported),
}
