//! Where files that are no part of a program would be led by what they load: tests.

use crate::model::{Component, RepoPath, Snapshot};

use super::compiled::Compiled;
use super::linked::Program;
use super::missing::{self, Missing};
use super::resolve::{Found, Resolver};

/// Where a specifier leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lead {
    /// To a file of the repository, or to what a schema's generator makes.
    Here,
    /// To a package of a registry, or to what the runtime brings along.
    Elsewhere,
    /// Nowhere that was found.
    Nowhere,
}

impl Program {
    /// Where these specifiers lead from these files, in order, by the rules for modules of the program.
    pub fn leads(snapshot: &Snapshot, asked: &[(RepoPath, String)]) -> Vec<Lead> {
        let program = Self::of(snapshot);
        let compiled = Compiled::of(snapshot, &program);
        let gitignores = missing::gitignores(snapshot);
        let resolver = Resolver::new(snapshot, &compiled, Missing::new(snapshot, &gitignores));
        let each = asked.iter().map(|(from, specifier)| {
            let component = Component::of(&snapshot.components, from).map_or("", Component::folder);
            match resolver.resolve(from, specifier, component) {
                Found::File(_) => Lead::Here,
                Found::Package(name, _) if *name == *"@prisma/client" => Lead::Here,
                Found::Package(..) | Found::Builtin(_) => Lead::Elsewhere,
                Found::Missing(_) | Found::Nothing(_) if resolver.is_generated(from, specifier, component) => {
                    Lead::Here
                }
                Found::Missing(_) | Found::Nothing(_) => Lead::Nowhere,
            }
        });
        each.collect()
    }
}
