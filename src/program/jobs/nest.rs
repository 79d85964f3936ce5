//! Queues and schedules that NestJS makes of decorators: `@Processor`, `@InjectQueue`, `@Cron`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::linked::{At, FunctionAt, ModuleId, Program, Target};
use super::super::module::{
    BindingId, BindingKind, Class, ClassMember, Expr, ExprId, FunctionId, Imported, MemberValue, Module, TOP_LEVEL,
};
use super::super::usage::Lost;
use super::{
    JobRole, JobSite, Jobs, RUNS_NOTHING, Schedule, TAKES_FOR_NOTHING, argument, constant, idle, property, text,
};

/// Adds what decorators say.
pub(super) fn collect(program: &Program, jobs: &mut Jobs) {
    for (id, linked) in program.modules() {
        let is_nest = linked.targets.iter().any(|target| library(target).is_some());
        if is_nest {
            let nest = Nest {
                program,
                id,
                module: &linked.module,
                adding: adding(&linked.module),
            };
            linked.module.classes.iter().for_each(|class| nest.class(class, jobs));
        }
    }
}

fn library(target: &Target) -> Option<&str> {
    match target {
        Target::Package(name, _) if matches!(name.as_ref(), "@nestjs/bull" | "@nestjs/bullmq" | "@nestjs/schedule") => {
            Some(name)
        }
        _ => None,
    }
}

struct Nest<'a> {
    program: &'a Program,
    id: ModuleId,
    module: &'a Module,
    adding: Adding,
}

/// The calls of `this.queue.add(…)`, by the field, with the functions that make them.
type Adding = BTreeMap<Arc<str>, Vec<(FunctionId, ExprId)>>;

fn adding(module: &Module) -> Adding {
    let mut adding = Adding::new();
    for (index, _) in (0_u32..).zip(&module.functions) {
        module.each_expr(FunctionId(index), &mut |expr| {
            let Expr::Call(callee, _) = module.expr(expr) else {
                return;
            };
            let Expr::Member(object, method) = module.expr(*callee) else {
                return;
            };
            let Expr::Member(this, field) = module.expr(*object) else {
                return;
            };
            let is_adding = matches!(method.as_ref(), "add" | "addBulk" | "upsertJobScheduler");
            if is_adding && matches!(module.expr(*this), Expr::This) {
                adding.entry(field.clone()).or_default().push((FunctionId(index), expr));
            }
        });
    }
    adding
}

impl Nest<'_> {
    fn class(&self, class: &Class, jobs: &mut Jobs) {
        let constructor = class.constructor.unwrap_or(TOP_LEVEL);
        for decorator in &class.decorators {
            if let Some(("Processor", library)) = self.decorator(*decorator) {
                let site = JobSite {
                    queue: self.name(*decorator),
                    role: JobRole::Consumer,
                    library: library.into(),
                    function: self.function(constructor),
                    at: self.at(*decorator),
                    handlers: self.handlers(class),
                    lack: idle(self.program, &self.handlers(class), TAKES_FOR_NOTHING),
                };
                jobs.sites.push(site);
            }
        }
        for member in &class.members {
            self.scheduled(member, jobs);
        }
        for parameter in &self.module.function(constructor).parameters {
            let queue = parameter
                .decorators
                .iter()
                .find_map(|decorator| match self.decorator(*decorator) {
                    Some(("InjectQueue", library)) => Some((*decorator, library)),
                    _ => None,
                });
            if let (Some((decorator, library)), [binding]) = (queue, parameter.bindings.as_slice()) {
                let name = self.name(decorator);
                let field = &self.module.binding(*binding).name;
                self.added(class, field, name.clone(), library, jobs);
                self.kept(class, *binding, name, library, jobs);
            }
        }
    }

    /// A queue that a class puts into a list or hands to a function (`new Map([["mail", this.mail]])`). What the class
    /// then adds to something of another name (`this.queues.get(kind).add(…)`) may go there, and is taken to; where it
    /// adds nothing, somebody else may.
    fn kept(&self, class: &Class, queue: BindingId, name: Option<Arc<str>>, library: &str, jobs: &mut Jobs) {
        let field = &self.module.binding(queue).name;
        let is_queue = |expr: ExprId| match self.module.expr(expr) {
            Expr::Name(named) => *named == queue,
            Expr::Member(this, named) => named == field && matches!(self.module.expr(*this), Expr::This),
            _ => false,
        };
        let mut handed = None;
        let mut adding = Vec::new();
        for (index, function) in (0_u32..).zip(&self.module.functions) {
            if function.span.start < class.span.start || class.span.end < function.span.end {
                continue;
            }
            self.module
                .each_expr(FunctionId(index), &mut |expr| match self.module.expr(expr) {
                    Expr::List(items) if items.iter().copied().any(is_queue) => {
                        handed = Some((FunctionId(index), expr))
                    }
                    Expr::Object(items) if items.iter().any(|item| is_queue(item.value)) => {
                        handed = Some((FunctionId(index), expr));
                    }
                    // Of a board that shows queues.
                    Expr::New(made, arguments)
                        if arguments.iter().copied().any(is_queue) && !self.is_adapter(*made) =>
                    {
                        handed = Some((FunctionId(index), expr));
                    }
                    Expr::Call(callee, arguments) => {
                        if arguments.iter().copied().any(is_queue) {
                            handed = Some((FunctionId(index), expr));
                        }
                        if !arguments.is_empty() && self.is_adding_elsewhere(*callee) {
                            adding.push((FunctionId(index), expr));
                        }
                    }
                    _ => {}
                });
        }
        let Some((function, expr)) = handed else { return };
        if adding.is_empty() {
            jobs.lost.push(Lost {
                name: "add".into(),
                function: self.function(function),
                expr,
            });
        }
        for (function, expr) in adding {
            jobs.sites.push(JobSite {
                queue: name.clone(),
                role: JobRole::Producer,
                library: library.into(),
                function: self.function(function),
                at: self.at(expr),
                handlers: Vec::new(),
                lack: None,
            });
        }
    }

    fn is_adapter(&self, class: ExprId) -> bool {
        matches!(self.module.expr(class), Expr::Name(named) if self.module.binding(*named).name.ends_with("Adapter"))
    }

    /// `queue.add`, of a name or of what a call gives.
    fn is_adding_elsewhere(&self, callee: ExprId) -> bool {
        let Expr::Member(object, method) = self.module.expr(callee) else {
            return false;
        };
        let is_open = matches!(
            self.module.expr(*object),
            Expr::Name(_) | Expr::Call(..) | Expr::Index(..)
        );
        is_open && matches!(method.as_ref(), "add" | "addBulk" | "upsertJobScheduler")
    }

    /// `this.queue.add(…)` in the methods of a class.
    fn added(&self, class: &Class, field: &str, queue: Option<Arc<str>>, library: &str, jobs: &mut Jobs) {
        for (function, expr) in self.adding.get(field).into_iter().flatten() {
            let span = &self.module.function(*function).span;
            if class.span.start <= span.start && span.end <= class.span.end {
                jobs.sites.push(JobSite {
                    queue: queue.clone(),
                    role: JobRole::Producer,
                    library: library.into(),
                    function: self.function(*function),
                    at: self.at(*expr),
                    handlers: Vec::new(),
                    lack: None,
                });
            }
        }
    }

    fn scheduled(&self, member: &ClassMember, jobs: &mut Jobs) {
        let MemberValue::Method(method) = member.value else {
            return;
        };
        for decorator in &member.decorators {
            if let Some(("Cron" | "Interval" | "Timeout", library)) = self.decorator(*decorator) {
                jobs.schedules.push(Schedule {
                    when: text(self.program, self.at(*decorator), 0),
                    library: library.into(),
                    function: self.function(method),
                    at: self.at(*decorator),
                    handlers: vec![self.function(method)],
                    lack: self
                        .not_scheduled()
                        .or_else(|| idle(self.program, &[self.function(method)], RUNS_NOTHING)),
                });
            }
        }
    }

    /// Nest runs what is scheduled where some module asks for `ScheduleModule.forRoot()`.
    fn not_scheduled(&self) -> Option<&'static str> {
        let mut uses = self
            .program
            .usage()
            .of_packages(&["@nestjs/schedule"])
            .flat_map(|(_, uses)| uses);
        let is_asked_for = uses.any(|found| found.path.starts_with("ScheduleModule"));
        (!is_asked_for).then_some("no module asks for `ScheduleModule`")
    }

    /// The methods that do a processor's jobs: those with `@Process()`, and `process` of a `WorkerHost`.
    fn handlers(&self, class: &Class) -> Vec<FunctionAt> {
        let members = class.members.iter().filter_map(|member| match member.value {
            MemberValue::Method(method) => Some((member, method)),
            MemberValue::Field(_) => None,
        });
        let does = members.filter(|(member, _)| {
            let is_process = |decorator: &ExprId| matches!(self.decorator(*decorator), Some(("Process", _)));
            member.decorators.iter().any(is_process)
                || (class.extends.is_some() && member.name.as_deref() == Some("process"))
        });
        does.map(|(_, method)| self.function(method)).collect()
    }

    /// The name of a decorator of these libraries, and which.
    fn decorator(&self, expr: ExprId) -> Option<(&str, &str)> {
        let called = match self.module.expr(expr) {
            Expr::Call(callee, _) => *callee,
            _ => expr,
        };
        let Expr::Name(binding) = self.module.expr(called) else {
            return None;
        };
        let BindingKind::Import(request, Imported::Named(name)) = &self.module.binding(*binding).kind else {
            return None;
        };
        Some((name.as_ref(), library(self.program.target(self.id, *request))?))
    }

    /// `@Processor("mail")`, `@Processor({ name: "mail" })`.
    fn name(&self, decorator: ExprId) -> Option<Arc<str>> {
        let call = self.at(decorator);
        let first = argument(self.program, call, 0)?;
        match self.module.expr(first) {
            Expr::Object(_) => property(self.program, call, "name"),
            _ => constant(self.program, self.at(first)),
        }
    }

    fn at(&self, expr: ExprId) -> At {
        At { module: self.id, expr }
    }

    fn function(&self, function: FunctionId) -> FunctionAt {
        FunctionAt {
            module: self.id,
            function,
        }
    }
}
