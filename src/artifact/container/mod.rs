//! How containers are built: Dockerfiles, and what their build context leaves out.

mod dockerfile;
mod dockerignore;

pub use dockerfile::{Dockerfile, Instruction, Stage, Variables, expand};
pub use dockerignore::Dockerignore;
