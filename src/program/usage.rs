//! Where packages are used: every call, construction, element and mention of something that a package gives.

mod collect;
mod making;
mod platform;
mod registered;
mod together;

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use crate::text::{HashMap, HashSet};
use rayon::prelude::*;

use super::handed::{Handed, Handings, Told, Untold};
use super::linked::{At, FunctionAt, ModuleId, Program};
use super::module::{ExprId, Module, RequestId};
use collect::Collector;

pub use making::only_makes;
pub use registered::{handed_to_called, is_registration};

/// How something of a package is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UseKind {
    /// It is called, also as a template's tag or a decorator.
    Call,
    /// It is constructed with `new`, or extended.
    Construction,
    /// It is an element: `<Image>`.
    Element,
    /// It is handed on without being called: `app.use(cors)`.
    Mention,
    /// The package is loaded for what loading it does: `import "dotenv/config"`.
    Load,
}

/// One use of something that a package gives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// The package, with the path within it: `next/image`.
    pub package: Arc<str>,
    /// What of it: names joined by `.`, with `()` behind what was called or constructed. Of a default export, and
    /// of the module itself, it is the empty text. `PrismaClient().user.findMany`, `().use` of an Express application.
    pub path: Arc<str>,
    /// How.
    pub kind: UseKind,
    /// The function that does it.
    pub function: FunctionAt,
    /// The expression that does it; `None` for a load.
    pub expr: Option<ExprId>,
    /// The request, of a load or of what is given on.
    pub request: Option<RequestId>,
}

impl Use {
    /// All but the package, in the order that uses of one package have.
    fn within_package(&self) -> (&str, UseKind, FunctionAt, Option<ExprId>, Option<RequestId>) {
        (&self.path, self.kind, self.function, self.expr, self.request)
    }

    /// The expression in the program.
    pub fn at(&self) -> Option<At> {
        self.expr.map(|expr| At {
            module: self.function.module,
            expr,
        })
    }
}

/// Packages of which people often ask for what they do not give, with all that they give.
const GIVEN: [(&str, &[&str]); 1] = [(
    "nodemailer",
    &["createTransport", "createTestAccount", "getTestMessageUrl"],
)];

/// Whether a package gives what is asked of it, as far as that is known: a call of what does not exist does nothing.
pub(super) fn is_given(package: &str, path: &str) -> bool {
    let first = path.split(['.', '(']).next().unwrap_or_default();
    let mut known = GIVEN.iter().filter(|(name, _)| *name == package);
    first.is_empty() || known.all(|(_, given)| given.contains(&first))
}

/// Whether a mention of something of a package is a use of it: the package as a whole is none where it is known what it
/// gives.
pub fn is_used_by_mention(package: &str, path: &str) -> bool {
    let is_known = GIVEN.iter().any(|(name, _)| *name == package);
    is_given(package, path) && !(is_known && path.is_empty())
}

/// All uses of packages in a program, by package.
#[derive(Debug, Default)]
pub struct Usage {
    by_package: BTreeMap<Arc<str>, Vec<Use>>,
    lost: Vec<Lost>,
    told: Told,
}

/// A call of a method of something that could not be traced to where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lost {
    /// The method's name.
    pub name: Arc<str>,
    /// The function that calls it.
    pub function: FunctionAt,
    /// The call.
    pub expr: ExprId,
}

/// The packages that begin like one of these, in order.
pub(super) fn beginning<'a, T>(all: &'a BTreeMap<Arc<str>, T>, beginnings: &[&str]) -> BTreeMap<&'a str, &'a T> {
    let found = beginnings.iter().flat_map(|&beginning| {
        let from = all.range::<str, _>((Bound::Included(beginning), Bound::Unbounded));
        from.take_while(move |(package, _)| package.starts_with(beginning))
    });
    found.map(|(package, one)| (package.as_ref(), one)).collect()
}

impl Usage {
    /// Looks through the whole of a program, whether it is reachable or not.
    pub(super) fn of(program: &Program) -> Self {
        let modules: Vec<(ModuleId, &Module)> = program.modules().map(|(id, linked)| (id, &*linked.module)).collect();
        let collected: Vec<(Vec<Use>, Vec<Lost>, Handings)> = modules
            .into_par_iter()
            .map(|(id, module)| {
                let mut collector = Collector {
                    program,
                    module,
                    id,
                    found: Vec::new(),
                    lost: Vec::new(),
                    handings: Handings::default(),
                    paths: HashSet::default(),
                };
                collector.collect();
                (collector.found, collector.lost, collector.handings)
            })
            .collect();
        let mut usage = Self::default();
        let mut by_package: HashMap<Arc<str>, Vec<Use>> = HashMap::default();
        let mut handings = Vec::with_capacity(collected.len());
        for (found, lost, handing) in collected {
            handings.push(handing);
            for found in found {
                match by_package.get_mut(&found.package) {
                    Some(known) => known.push(found),
                    None => {
                        by_package.insert(found.package.clone(), vec![found]);
                    }
                }
            }
            usage.lost.extend(lost);
        }
        usage.by_package = by_package.into_iter().collect();
        for found in usage.by_package.values_mut() {
            // They are all of one package.
            found.sort_unstable_by(|left, right| left.within_package().cmp(&right.within_package()));
            found.dedup();
        }
        usage.told = Handings::told(program, handings);
        usage
    }

    /// The packages that are used, with their uses, in order.
    pub fn packages(&self) -> impl Iterator<Item = (&str, &[Use])> {
        self.by_package
            .iter()
            .map(|(package, found)| (package.as_ref(), found.as_slice()))
    }

    /// The packages that begin like one of these, with their uses, in order.
    pub fn of_packages<'a>(&'a self, beginnings: &[&str]) -> impl Iterator<Item = (&'a str, &'a [Use])> {
        let found = beginning(&self.by_package, beginnings).into_iter();
        found.map(|(package, uses)| (package, uses.as_slice()))
    }

    /// Calls of methods that could not be traced to a package or to the program, in order.
    pub fn lost(&self) -> &[Lost] {
        &self.lost
    }

    /// Uses of what functions are handed by calls of the program itself, in order.
    pub fn handed(&self) -> &[Handed] {
        &self.told.uses
    }

    /// Of these, the uses of packages that begin like this.
    pub fn handed_of(&self, beginning: &str) -> &[Handed] {
        // Their order is that of packages first.
        let start = self
            .told
            .uses
            .partition_point(|handed| *handed.used.package < *beginning);
        let more = &self.told.uses[start..];
        &more[..more.partition_point(|handed| handed.used.package.starts_with(beginning))]
    }

    /// The functions that a function calls as it was handed them by calls of the program, or what they belong to.
    pub fn called_as_handed(&self, function: FunctionAt) -> impl Iterator<Item = FunctionAt> + '_ {
        self.told.calls.get(&function).into_iter().flatten().copied()
    }

    /// What a function calls of what it was handed, where no call of the program says what that is.
    pub fn untold(&self, function: FunctionAt) -> &[Untold] {
        self.told.untold.get(&function).map_or(&[], Vec::as_slice)
    }
}
