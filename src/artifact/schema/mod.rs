//! What databases hold: Prisma's schema, and SQL as migrations write it.
//!
//! Both readers keep what they understand with its place, and say what they do not.

mod needed;
mod prisma;
mod sql;
mod statement;
mod token;

pub use needed::{Needed, NeededBy};
pub use prisma::{Field, IndexKind, Model, ModelIndex, Prisma, PrismaSchema};
pub use sql::{Change, Column, Key, Sql, SqlFile};
