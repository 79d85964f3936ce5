//! How containers are built: Dockerfiles, and what their build context leaves out; and how services are asked.

mod call;
mod dockerfile;
mod dockerignore;

pub use call::ServiceCall;
pub use dockerfile::{Dockerfile, Instruction, Stage, Variables, expand};
pub use dockerignore::Dockerignore;
