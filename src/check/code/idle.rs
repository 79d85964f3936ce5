//! Middleware that is made and that no request passes through: `const open = cors({ origin: "*" })` beside one that is
//! mounted, or that only a stage other than production takes.

use std::collections::BTreeSet;

use crate::program::module::RequestId;
use crate::program::{At, Handed, ModuleId, Target, Use, UseKind, Value};

use super::judged::Asked;
use super::spot::Found;

impl Asked<'_> {
    /// Whether a site makes what is mounted nowhere, while servers mount another of its kind.
    pub(super) fn is_idle(&self, site: &Found<'_>) -> bool {
        let Found::Use(found) = site else { return false };
        let mounted = || self.mounted.get_or_init(|| self.find_mounted()).as_ref();
        let idle = |call: &At| mounted().is_some_and(|mounted| !mounted.contains(call));
        makes(found).as_ref().is_some_and(idle)
    }

    /// The calls whose results requests pass through. `None` where one of them may be passed through that is not seen to be:
    /// something of the servers could not be followed, or what is made is called by hand.
    fn find_mounted(&self) -> Option<BTreeSet<At>> {
        let made: BTreeSet<At> = self.sites().iter().filter_map(Found::makes).collect();
        let may_be = |value: &Value| match value {
            Value::Unknown(at) | Value::List(at) => self.may_know(at.module, &made),
            Value::Parameter(function, _) => self.may_know(function.module, &made),
            _ => false,
        };
        let mut mounted = BTreeSet::new();
        for component in self.components {
            let routes = self.program.routes(component);
            let chains = routes.routes.iter().flat_map(|route| &route.chain);
            let values = routes.passed.iter().chain(chains).flat_map(|passed| &passed.values);
            for value in values {
                match value {
                    Value::Result(_, call) => mounted.extend(made.get(call)),
                    value if may_be(value) => return None,
                    _ => {}
                }
            }
            if !routes.edges.is_empty() {
                return None;
            }
        }
        (!mounted.is_empty() && !self.is_called_by_hand()).then_some(mounted)
    }

    /// Whether a module makes some of them, or loads one that does.
    fn may_know(&self, id: ModuleId, made: &BTreeSet<At>) -> bool {
        let makes = |id: ModuleId| made.iter().any(|call| call.module == id);
        let module = self.program.module(id);
        let requests = (0_u32..).map(RequestId).take(module.requests.len());
        let mut targets = requests.map(|request| self.program.target(id, request));
        makes(id) || targets.any(|target| matches!(target, Target::Module(target) if makes(*target)))
    }

    /// `cors(options)(request, response, next)`, also of what a function is handed.
    fn is_called_by_hand(&self) -> bool {
        let usage = self.program.usage();
        let uses = usage.packages().flat_map(|(_, uses)| uses);
        let handed = usage.handed().iter().map(|Handed { used, .. }| used);
        let mut called = uses
            .chain(handed)
            .filter(|used| used.kind == UseKind::Call && used.path.contains("()"));
        called.any(|used| self.question.what.names_package(&used.package) && !used.path.contains("()."))
    }
}

impl Found<'_> {
    fn makes(&self) -> Option<At> {
        match self {
            Self::Use(found) => makes(found),
            Self::Text(..) => None,
        }
    }
}

/// The call, of one that a package's own function answers: `cors(…)` and `helmet.hsts(…)`, not `app.enableCors(…)`.
fn makes(found: &Use) -> Option<At> {
    let is_own = found.kind == UseKind::Call && !found.path.contains("()");
    found.at().filter(|_| is_own)
}
