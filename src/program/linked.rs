//! The modules of a snapshot, joined.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock};

use crate::text::{HashMap, HashSet};
use smallvec::{SmallVec, smallvec};

use crate::artifact::schema::Model;
use crate::model::{Component, Place, RepoPath};
use crate::text::{Document, Span};

use super::assigned::Assigned;
use super::called::Called;
use super::entry::{Asks, Entry, Side};
use super::jobs::Jobs;
use super::mentions::Mentions;
use super::module::{ClassId, ClassMember, Expr, ExprId, FunctionId, MemberValue, Module, RequestId, TOP_LEVEL};
use super::providers::{ClassAt, unasked};
use super::reach::Reach;
use super::server::{Made, Routes};
use super::usage::Usage;
use super::values::Value;

/// A module of a program: an index into its modules, which are in the order of their paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub u32);

/// An expression of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The module.
    pub module: ModuleId,
    /// The expression in it.
    pub expr: ExprId,
}

/// A function of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionAt {
    /// The module.
    pub module: ModuleId,
    /// The function in it.
    pub function: FunctionId,
}

/// An expression, and the function that it stands in.
pub type Site = (FunctionAt, ExprId);

/// Where a text stands: of most there is one place.
pub type Sites = SmallVec<[Site; 1]>;

/// The calls of a function; `None` where it is handed on, so that anybody may call it.
pub type Callers = Arc<Option<Vec<At>>>;

/// All JavaScript and TypeScript that the team wrote for production, each file's requests resolved.
#[derive(Debug, Default)]
pub struct Program {
    modules: Vec<Linked>,
    by_path: BTreeMap<RepoPath, ModuleId>,
    /// How many functions stand before those of each module.
    functions_before: Arc<[u32]>,
    pub(super) entries: BTreeMap<RepoPath, Vec<Entry>>,
    pub(super) reaches: Mutex<BTreeMap<(RepoPath, Side), Arc<Reach>>>,
    pub(super) routes: Mutex<BTreeMap<RepoPath, Arc<OnceLock<Arc<Routes>>>>>,
    /// The modules that load what makes routers.
    pub(super) routing: OnceLock<Vec<ModuleId>>,
    /// Where servers are made by what is not followed.
    pub(super) foreign: OnceLock<Vec<Made>>,
    /// The models of Prisma's schemas, and the calls that its client refuses for what they are.
    pub(super) models: Vec<Model>,
    pub(super) refused: OnceLock<BTreeSet<At>>,
    started: OnceLock<HashMap<ModuleId, bool>>,
    pub(super) from_functions: Mutex<BTreeMap<FunctionAt, Arc<Reach>>>,
    pub(super) usage: OnceLock<Usage>,
    pub(super) jobs: OnceLock<Jobs>,
    mentions: OnceLock<Mentions>,
    unasked: OnceLock<BTreeSet<ClassAt>>,
    packages: OnceLock<BTreeSet<(Arc<str>, Arc<str>)>>,
    texts: OnceLock<Vec<(Arc<str>, Sites)>>,
    like: Mutex<BTreeMap<Arc<str>, Arc<Vec<Site>>>>,
    callers: Mutex<BTreeMap<FunctionAt, Callers>>,
    pub(super) called: Called,
    /// Held while what names may be is kept: of a circle of names, all or none are known.
    pub(super) keeping: Mutex<()>,
}

/// A file with what its requests lead to.
#[derive(Debug)]
pub struct Linked {
    /// Its path.
    pub path: RepoPath,
    /// Its bytes.
    pub document: Arc<Document>,
    /// What it holds.
    pub module: Arc<Module>,
    /// What each of `Module::requests` leads to.
    pub targets: Vec<Target>,
    pub(super) assigned: OnceLock<Assigned>,
    /// What each of `Module::bindings` may be, once somebody asked.
    pub(super) values: Box<[OnceLock<Box<[Value]>>]>,
}

/// What a request leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A file of this program.
    Module(ModuleId),
    /// A package that is not in this repository, and the path within it (`next/headers` is `next`, `headers`).
    Package(Arc<str>, Arc<str>),
    /// What the runtime brings along, without `node:`.
    Builtin(Arc<str>),
    /// A file of the repository that is no module: a style sheet, JSON, an image; or a module that is not part of the
    /// program, such as generated code.
    File(RepoPath),
    /// Types alone: nothing is loaded.
    Erased,
    /// A path at which there is no file, and none that could hold code of the repository: data, types, or what a
    /// generator makes; in words.
    Missing(Arc<str>),
    /// It is not known where it leads, and why, in words without a full stop.
    Unresolved(Arc<str>),
}

impl Program {
    /// The classes with decorators: those that a framework makes and hands to each other's constructors.
    pub(super) fn decorated(&self) -> impl Iterator<Item = (ModuleId, ClassId)> + '_ {
        self.modules().flat_map(|(id, linked)| {
            let classes = (0_u32..).zip(&linked.module.classes);
            let decorated = classes.filter(|(_, class)| !class.decorators.is_empty());
            decorated.map(move |(index, _)| (id, ClassId(index)))
        })
    }

    /// The methods of this name that such classes have.
    pub(super) fn decorated_methods(&self, name: &str) -> impl Iterator<Item = FunctionAt> {
        self.decorated().flat_map(move |(id, class)| {
            let members = self.module(id).class(class).members.iter();
            members.filter_map(move |member| match member.value {
                MemberValue::Method(function) if member.name.as_deref() == Some(name) => {
                    Some(FunctionAt { module: id, function })
                }
                _ => None,
            })
        })
    }

    /// Whether a class is a provider that nobody asks for.
    pub(super) fn is_unasked(&self, class: ClassAt) -> bool {
        self.unasked.get_or_init(|| unasked(self)).contains(&class)
    }

    /// Whether a function is a method of such a class.
    pub(super) fn is_decorated(&self, function: FunctionAt) -> bool {
        let classes = &self.module(function.module).classes;
        classes.iter().any(|class| {
            let is_it =
                |member: &ClassMember| matches!(member.value, MemberValue::Method(own) if own == function.function);
            !class.decorators.is_empty() && class.members.iter().any(is_it)
        })
    }
}

impl Program {
    /// A program of these files; they are put into the order of their paths, so `Target::Module` is linked afterwards.
    pub(super) fn new(mut modules: Vec<Linked>) -> Self {
        modules.sort_by(|left, right| left.path.cmp(&right.path));
        let ids = modules.iter().enumerate();
        let by_path = ids
            .filter_map(|(index, linked)| Some((linked.path.clone(), ModuleId(u32::try_from(index).ok()?))))
            .collect();
        let mut functions = 0_u32;
        let functions_before = modules.iter().map(|linked| {
            let before = functions;
            functions = functions.saturating_add(u32::try_from(linked.module.functions.len()).unwrap_or(u32::MAX));
            before
        });
        Self {
            functions_before: functions_before.collect(),
            modules,
            by_path,
            ..Self::default()
        }
    }

    pub(super) fn functions_before(&self) -> &Arc<[u32]> {
        &self.functions_before
    }

    pub(super) fn linked_modules(&self) -> &[Linked] {
        &self.modules
    }

    /// Gives each module what its requests lead to, in the order of the modules.
    pub(super) fn set_targets(&mut self, targets: Vec<Vec<Target>>) {
        for (linked, targets) in self.modules.iter_mut().zip(targets) {
            linked.targets = targets;
        }
    }

    /// The names that functions mention and that come from packages.
    pub fn mentions(&self) -> &Mentions {
        self.mentions.get_or_init(|| Mentions::of(self))
    }

    /// The packages that any module loads, each once, with the path within it.
    pub fn packages(&self) -> &BTreeSet<(Arc<str>, Arc<str>)> {
        self.packages.get_or_init(|| {
            let targets = self.modules.iter().flat_map(|linked| &linked.targets);
            let packages = targets.filter_map(|target| match target {
                Target::Package(name, within) => Some((name, within)),
                _ => None,
            });
            let known: HashSet<(&Arc<str>, &Arc<str>)> = packages.collect();
            let each = known.into_iter();
            each.map(|(name, within)| (Arc::clone(name), Arc::clone(within)))
                .collect()
        })
    }

    /// The modules that production starts for a component, in order; empty where nothing says so.
    pub fn entries(&self, component: &Component) -> &[Entry] {
        self.entries.get(&component.path).map_or(&[], Vec::as_slice)
    }

    /// Whether production runs something of a component on a server: what is only loaded or called by others is served
    /// where they are.
    pub fn is_run(&self, component: &Component) -> bool {
        let is_run = |entry: &Entry| entry.side == Side::Server && entry.asks == Asks::Run;
        self.entries(component).iter().any(is_run)
    }

    /// Whether production starts a module, whoever's it is.
    pub(super) fn is_entry(&self, module: ModuleId) -> bool {
        self.started().contains_key(&module)
    }

    /// The modules that entries name, and whether a framework or a platform calls what one gives. All modules ask.
    fn started(&self) -> &HashMap<ModuleId, bool> {
        self.started.get_or_init(|| {
            let mut started = HashMap::default();
            for entry in self.entries.values().flatten() {
                *started.entry(entry.module).or_default() |= entry.is_called();
            }
            started
        })
    }

    /// Whether a framework or a platform calls what a module gives.
    pub(super) fn is_called_by_its_host(&self, module: ModuleId) -> bool {
        self.started().get(&module) == Some(&true)
    }

    /// What production reaches from a component's entries on a side.
    pub fn reach(&self, component: &Component, side: Side) -> Arc<Reach> {
        let key = (component.path.clone(), side);
        let mut reaches = self.reaches.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let reach = reaches
            .entry(key)
            .or_insert_with(|| Arc::new(Reach::of(self, component, side)));
        Arc::clone(reach)
    }

    /// What a function reaches when it is called.
    pub fn reach_from(&self, function: FunctionAt) -> Arc<Reach> {
        let mut known = self
            .from_functions
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        let reach = known
            .entry(function)
            .or_insert_with(|| Arc::new(Reach::from_function(self, function)));
        Arc::clone(reach)
    }

    /// Where texts that match a pattern stand in code, in the order of modules and functions. The same is asked of
    /// each component: it is looked for once.
    pub fn texts_like(&self, pattern: &str, is_match: impl Fn(&str) -> bool) -> Arc<Vec<Site>> {
        let known = |found: &BTreeMap<Arc<str>, Arc<Vec<Site>>>| found.get(pattern).map(Arc::clone);
        let lock = || self.like.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(found) = known(&lock()) {
            return found;
        }
        let matching = self.texts().iter().filter(|(text, _)| is_match(text));
        let mut found: Vec<Site> = matching.flat_map(|(_, sites)| sites.iter().copied()).collect();
        found.sort_unstable();
        let found = Arc::new(found);
        lock().insert(pattern.into(), Arc::clone(&found));
        found
    }

    /// The calls of a function, as `find` finds them: it looks through all modules, and the same is asked for each part of
    /// each text that is put together. It is looked for once.
    pub fn callers(&self, function: FunctionAt, find: impl FnOnce() -> Option<Vec<At>>) -> Callers {
        let lock = || self.callers.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let known = lock().get(&function).map(Arc::clone);
        known.unwrap_or_else(|| {
            let found = Arc::new(find());
            lock().insert(function, Arc::clone(&found));
            found
        })
    }

    /// Every text that stands in code, once, with all places where it does, in the order in which they come first. Where
    /// it is a key (`{ "order.paid": handle }`), its place is the value behind it.
    pub fn texts(&self) -> &[(Arc<str>, Sites)] {
        self.texts.get_or_init(|| {
            let mut texts: Vec<(Arc<str>, Sites)> = Vec::new();
            let mut known: HashMap<&str, usize> = HashMap::default();
            // Most are held once by all modules: the same place in memory is the same text.
            let mut places: HashMap<*const u8, usize> = HashMap::default();
            for (id, linked) in self.modules() {
                let mut stands = |function: FunctionId, expr: ExprId| {
                    let at = FunctionAt { module: id, function };
                    for (text, place) in texts_of(&linked.module, expr) {
                        let index = *places.entry(text.as_ptr()).or_insert_with(|| {
                            *known.entry(text).or_insert_with(|| {
                                texts.push((Arc::clone(text), Sites::new()));
                                texts.len() - 1
                            })
                        });
                        texts[index].1.push((at, place));
                    }
                };
                for (_, index) in linked.module.functions.iter().zip(0_u32..) {
                    let function = FunctionId(index);
                    linked.module.each_expr(function, &mut |expr| stands(function, expr));
                }
                // `@OnEvent("order.paid")` runs where its class is made.
                let members = linked.module.classes.iter().flat_map(|class| &class.members);
                for decorator in members.flat_map(|member| &member.decorators) {
                    linked.module.each_part(*decorator, &mut |expr| stands(TOP_LEVEL, expr));
                }
            }
            texts
        })
    }

    /// Where packages are used, reachable or not.
    pub fn usage(&self) -> &Usage {
        self.usage.get_or_init(|| Usage::of(self))
    }

    /// All modules in the order of their paths.
    pub fn modules(&self) -> impl Iterator<Item = (ModuleId, &Linked)> {
        (0_u32..).map(ModuleId).zip(&self.modules)
    }

    /// The module at a path.
    pub fn find(&self, path: &str) -> Option<ModuleId> {
        self.by_path.get(&RepoPath::new(path)).copied()
    }

    /// A file with what its requests lead to.
    pub fn linked(&self, id: ModuleId) -> &Linked {
        &self.modules[id.0 as usize]
    }

    /// What a file holds.
    pub fn module(&self, id: ModuleId) -> &Module {
        &self.linked(id).module
    }

    /// What a request leads to.
    pub fn target(&self, module: ModuleId, request: RequestId) -> &Target {
        &self.linked(module).targets[request.0 as usize]
    }

    /// Where bytes of a module stand.
    pub fn place(&self, module: ModuleId, span: &Span) -> Place {
        let linked = self.linked(module);
        Place::span(&linked.path, &linked.document, span)
    }
}

/// The texts that an expression is, or has as keys; a key that is no name stands in quotes.
fn texts_of(module: &Module, expr: ExprId) -> SmallVec<[(&Arc<str>, ExprId); 1]> {
    match module.expr(expr) {
        Expr::Text(text) => smallvec![(text, expr)],
        Expr::Object(properties) => {
            let keys = properties
                .iter()
                .filter_map(|property| Some((property.key.as_ref()?, property.value)));
            keys.filter(|(key, _)| key.contains('.')).collect()
        }
        _ => SmallVec::new(),
    }
}
