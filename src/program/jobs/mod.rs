//! Work that is done later: queues with what puts jobs into them and what takes them out, and what runs by the clock.

mod nest;
mod ways;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::linked::{At, FunctionAt, Program};
use super::module::{Expr, ExprId};
use super::usage::{Lost, Use, UseKind};
use super::values::{Literal, Value};
use ways::{Name, Way};

/// What is done with a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JobRole {
    /// It is made, or registered.
    Queue,
    /// A job is put into it.
    Producer,
    /// Jobs are taken out of it.
    Consumer,
}

/// A place where something is done with a queue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct JobSite {
    /// The queue's name; `None` where it is computed. Of libraries whose jobs have names and no queue (agenda,
    /// pg-boss) it is the job's.
    pub queue: Option<Arc<str>>,
    /// What is done.
    pub role: JobRole,
    /// The package.
    pub library: Arc<str>,
    /// The function that does it: where it is not reachable, nothing is done.
    pub function: FunctionAt,
    /// The expression that does it.
    pub at: At,
    /// The functions that do a consumer's jobs, as far as they are known.
    pub handlers: Vec<FunctionAt>,
    /// Why nothing comes of it though it is reached, in words.
    pub lack: Option<&'static str>,
}

/// Something that runs by the clock.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Schedule {
    /// When, as written: a cron expression; `None` where it is computed.
    pub when: Option<Arc<str>>,
    /// The package.
    pub library: Arc<str>,
    /// The function that sets it up: where it is not reachable, it never runs.
    pub function: FunctionAt,
    /// The expression that does so.
    pub at: At,
    /// The functions that run, as far as they are known.
    pub handlers: Vec<FunctionAt>,
    /// Why nothing comes of it though it is reached, in words.
    pub lack: Option<&'static str>,
}

/// All of it in a program, reachable or not.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Jobs {
    /// What is done with queues, by name, then in the order of the files.
    pub sites: Vec<JobSite>,
    /// What runs by the clock, in the order of the files.
    pub schedules: Vec<Schedule>,
    /// Calls that may put jobs in or take them out, of something that could not be traced: whoever misses a producer
    /// or a consumer must not say that there is none.
    pub lost: Vec<Lost>,
}

impl Jobs {
    /// The sites of each queue whose name is known.
    pub fn queues(&self) -> BTreeMap<&str, Vec<&JobSite>> {
        let mut queues: BTreeMap<&str, Vec<&JobSite>> = BTreeMap::new();
        for site in &self.sites {
            if let Some(name) = &site.queue {
                queues.entry(name).or_default().push(site);
            }
        }
        queues
    }

    /// What is done with queues whose names are computed.
    pub fn unnamed(&self) -> impl Iterator<Item = &JobSite> {
        self.sites.iter().filter(|site| site.queue.is_none())
    }
}

/// The queues and schedules of a program; found once.
pub fn jobs(program: &Program) -> &Jobs {
    program.jobs.get_or_init(|| found(program))
}

fn found(program: &Program) -> Jobs {
    let mut jobs = Jobs::default();
    for (package, uses) in program.usage().packages() {
        for one in uses {
            let is_done = matches!(one.kind, UseKind::Call | UseKind::Construction);
            if let (true, Some(at), Some(way)) = (is_done, one.at(), ways::of(package, &one.path)) {
                add(program, one, at, way, &mut jobs);
            }
        }
    }
    nest::collect(program, &mut jobs);
    // Without a library of queues, `add` is something else.
    let libraries: BTreeSet<&str> = jobs.sites.iter().map(|site| site.library.as_ref()).collect();
    let may_be = |lost: &&Lost| {
        libraries
            .iter()
            .any(|library| ways::may_be_of_queue(library, &lost.name))
    };
    let lost = program.usage().lost().iter().filter(may_be).cloned();
    jobs.lost.extend(lost);
    jobs.sites.sort();
    jobs.sites.dedup();
    jobs.schedules
        .sort_by(|left, right| (left.at, left).cmp(&(right.at, right)));
    jobs.schedules.dedup();
    jobs
}

fn add(program: &Program, one: &Use, at: At, way: Way, jobs: &mut Jobs) {
    let mut handlers = program.functions_given_to(at);
    handlers.sort_unstable();
    handlers.dedup();
    let library = one.package.clone();
    let function = one.function;
    match way {
        Way::Schedule(index) => jobs.schedules.push(Schedule {
            when: text(program, at, index),
            lack: not_started(program, one, at).or_else(|| idle(program, &handlers, RUNS_NOTHING)),
            library,
            function,
            at,
            handlers,
        }),
        Way::Site(role, name) => {
            if role == JobRole::Producer && repeats(program, one, at) {
                jobs.schedules.push(Schedule {
                    when: None,
                    library: library.clone(),
                    function,
                    at,
                    handlers: Vec::new(),
                    lack: None,
                });
            }
            for queue in names(program, at, name) {
                jobs.sites.push(JobSite {
                    queue,
                    role,
                    library: library.clone(),
                    function,
                    at,
                    handlers: match role {
                        JobRole::Consumer => handlers.clone(),
                        JobRole::Queue | JobRole::Producer => Vec::new(),
                    },
                    lack: match role {
                        JobRole::Consumer => idle(program, &handlers, TAKES_FOR_NOTHING),
                        JobRole::Queue | JobRole::Producer => None,
                    },
                });
            }
        }
    }
}

/// What is said of consumers and schedules of which nothing comes.
const TAKES_FOR_NOTHING: &str = "what takes jobs out of it does nothing with them";
const RUNS_NOTHING: &str = "what it runs does nothing";
const NEVER_STARTED: &str = "it is never started";

/// What there is to say where all that is known to run does nothing.
fn idle(program: &Program, handlers: &[FunctionAt], why: &'static str) -> Option<&'static str> {
    let does_nothing = |function: &FunctionAt| program.does_nothing(*function);
    (!handlers.is_empty() && handlers.iter().all(does_nothing)).then_some(why)
}

/// `cron.schedule("…", run, { scheduled: false })` and `new CronJob("…", run)` wait for their `start`.
fn not_started(program: &Program, one: &Use, at: At) -> Option<&'static str> {
    let module = program.module(at.module);
    let waits = match one.package.as_ref() {
        "node-cron" => argument(program, at, 2).is_some_and(|options| {
            let Expr::Object(properties) = module.expr(options) else {
                return false;
            };
            properties.iter().any(|property| {
                property.key.as_deref() == Some("scheduled") && matches!(module.expr(property.value), Expr::Bool(false))
            })
        }),
        "cron" => {
            let is_plain = argument(program, at, 0).is_some_and(|first| !matches!(module.expr(first), Expr::Spread(_)));
            let starts = argument(program, at, 3);
            is_plain
                && starts.is_none_or(|starts| {
                    matches!(module.expr(starts), Expr::Bool(false) | Expr::Null | Expr::Undefined)
                })
        }
        _ => false,
    };
    let start = format!("{}().start", one.path);
    let is_started = || {
        let packages = [one.package.as_ref()];
        let mut known = program.usage().of_packages(&packages).flat_map(|(_, uses)| uses);
        // Of several nobody knows here which is started, nor of something that could not be traced.
        known.any(|found| *found.path == *start)
            || program.usage().lost().iter().any(|lost| lost.name.as_ref() == "start")
    };
    (waits && !is_started()).then_some(NEVER_STARTED)
}

/// Whether what is put into a queue comes again by the clock: agenda's `every`, bullmq's `{ repeat }`.
fn repeats(program: &Program, one: &Use, at: At) -> bool {
    let name = one.path.rsplit('.').next().unwrap_or_default();
    let module = program.module(at.module);
    let (Expr::Call(_, arguments) | Expr::New(_, arguments)) = module.expr(at.expr) else {
        return false;
    };
    let mut objects = arguments.iter().filter_map(|argument| match module.expr(*argument) {
        Expr::Object(properties) => Some(properties),
        _ => None,
    });
    match name {
        "every" | "upsertJobScheduler" => true,
        "schedule" => one.package.as_ref() == "pg-boss",
        "add" => objects.any(|properties| {
            properties
                .iter()
                .any(|property| property.key.as_deref() == Some("repeat"))
        }),
        _ => false,
    }
}

/// The names of the queue that a call is about; one that is not known is `None`.
fn names(program: &Program, at: At, name: Name) -> Vec<Option<Arc<str>>> {
    match name {
        Name::Argument(index) => vec![text(program, at, index)],
        Name::Property(key) => vec![property(program, at, key)],
        Name::Receiver => {
            let module = program.module(at.module);
            let Expr::Call(callee, _) = module.expr(at.expr) else {
                return vec![None];
            };
            let Expr::Member(queue, _) = module.expr(*callee) else {
                return vec![None];
            };
            let values = program.values(At {
                module: at.module,
                expr: *queue,
            });
            let mut names: Vec<Option<Arc<str>>> = Vec::new();
            for value in values {
                match value {
                    // Nest hands it over by a name of its own, which its decorators say.
                    Value::Result(_, made) if argument(program, made, 0).is_none() => {}
                    Value::Result(_, made) => names.push(text(program, made, 0)),
                    Value::Literal(_) => {}
                    _ => names.push(None),
                }
            }
            names.sort();
            names.dedup();
            names
        }
    }
}

/// The constant text that a call is given.
fn text(program: &Program, call: At, index: usize) -> Option<Arc<str>> {
    let (Expr::Call(_, arguments) | Expr::New(_, arguments)) = program.module(call.module).expr(call.expr) else {
        return None;
    };
    let expr = *arguments.get(index)?;
    constant(program, At { expr, ..call })
}

fn property(program: &Program, call: At, key: &str) -> Option<Arc<str>> {
    let module = program.module(call.module);
    let (Expr::Call(_, arguments) | Expr::New(_, arguments)) = module.expr(call.expr) else {
        return None;
    };
    let Expr::Object(properties) = module.expr(*arguments.first()?) else {
        return None;
    };
    let found = properties
        .iter()
        .find(|property| property.key.as_deref() == Some(key))?;
    constant(
        program,
        At {
            expr: found.value,
            ..call
        },
    )
}

fn constant(program: &Program, at: At) -> Option<Arc<str>> {
    match program.values(at).as_slice() {
        [Value::Literal(Literal::Text(text))] => Some(text.clone()),
        _ => None,
    }
}

fn argument(program: &Program, call: At, index: usize) -> Option<ExprId> {
    match program.module(call.module).expr(call.expr) {
        Expr::Call(_, arguments) | Expr::New(_, arguments) => arguments.get(index).copied(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
