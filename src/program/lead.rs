//! Where files that are no part of a program would be led by what they load: tests.

use crate::model::{Component, RepoPath, Snapshot};

use super::compiled::Compiled;
use super::linked::{Program, Target};
use super::missing::{self, Missing};
use super::module::RequestKind;
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
        let known: Vec<Option<Lead>> = asked.iter().map(|(from, asked)| program.led(from, asked)).collect();
        // A resolver reads all configurations.
        if let Some(known) = known.iter().copied().collect() {
            return known;
        }
        let compiled = Compiled::of(snapshot, &program);
        let gitignores = missing::gitignores(snapshot);
        let resolver = Resolver::new(snapshot, &compiled, Missing::new(snapshot, &gitignores));
        let each = asked.iter().zip(known).map(|((from, specifier), known)| {
            let component = Component::of(&snapshot.components, from).map_or("", Component::folder);
            known.unwrap_or_else(|| match resolver.resolve(from, specifier, component) {
                Found::File(_) => Lead::Here,
                Found::Package(name, _) => package(&name),
                Found::Builtin(_) => Lead::Elsewhere,
                Found::Missing(_) | Found::Nothing(_) if resolver.is_generated(from, specifier, component) => {
                    Lead::Here
                }
                Found::Missing(_) | Found::Nothing(_) => Lead::Nowhere,
            })
        });
        each.collect()
    }

    /// Where a module of the program is led that asks for the same itself, if that is told by where it is led.
    fn led(&self, from: &RepoPath, specifier: &str) -> Option<Lead> {
        let id = self.find(from.as_str())?;
        let requests = self.module(id).requests.iter().zip(&self.linked(id).targets);
        let mut same = requests.filter(|(request, _)| request.specifier.as_deref() == Some(specifier));
        same.find_map(|(request, target)| match (request.kind, target) {
            // What is started, and what Node requires, is looked for in another way.
            (RequestKind::File | RequestKind::Require, _) => None,
            (_, Target::Module(_) | Target::File(_)) => Some(Lead::Here),
            (_, Target::Package(name, _)) => Some(package(name)),
            (_, Target::Builtin(_)) => Some(Lead::Elsewhere),
            (_, Target::Erased | Target::Missing(_) | Target::Unresolved(_)) => None,
        })
    }
}

fn package(name: &str) -> Lead {
    match name {
        "@prisma/client" => Lead::Here,
        _ => Lead::Elsewhere,
    }
}
