//! What a program answers to a `jobs` question.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::artifact::{Json, Node};
use crate::check::View;
use crate::check::code::is_like;
use crate::check::files::MOST_SHOWN;
use crate::model::{Cause, Component, Evidence, Examined, Gap, Place, Read, RepoPath, Snapshot, Strength, Unread};
use crate::program::module::Expr;
use crate::program::{At, FunctionAt, JobRole, JobSite, Jobs, Program, Reach, Side, jobs};

use super::{Of, Question, Which};

pub(super) fn examine(question: &Question, view: &View<'_>) -> Examined {
    let is_node = |component: &&Component| component.kinds.iter().any(|kind| kind == "node");
    let all: Vec<&Component> = view.snapshot.components.iter().filter(is_node).collect();
    let own = |component: &Component| view.component.is_none_or(|asked| asked.path == component.path);
    if !all.iter().any(|component| own(component)) {
        let other = view.component.and_then(|component| component.kinds.first());
        return match other {
            None => Examined::not_applicable("there is no program here"),
            Some(kind) => Examined::unknown(unmodelled(format!("what {kind} code does is not followed yet"))),
        };
    }
    let program = Program::of(view.snapshot);
    let reaches: Vec<(bool, Arc<Reach>)> = all
        .iter()
        .map(|component| (own(component), program.reach(component, Side::Server)))
        .collect();
    let components: Vec<(bool, &Component)> = all.iter().map(|component| (own(component), *component)).collect();
    let asked = Asked {
        question,
        snapshot: view.snapshot,
        components,
        jobs: jobs(&program),
        program: &program,
        reaches,
    };
    match question.of {
        Of::Queue => asked.queues(),
        Of::Schedule => asked.schedules(),
    }
}

struct Asked<'a> {
    question: &'a Question,
    snapshot: &'a Snapshot,
    /// The components, and whether it is the one that is asked about.
    components: Vec<(bool, &'a Component)>,
    jobs: &'a Jobs,
    program: &'a Program,
    /// What each component's server reaches, and whether it is the component that is asked about.
    reaches: Vec<(bool, Arc<Reach>)>,
}

/// What is known of one queue.
#[derive(Default)]
struct Queue<'a> {
    /// Where the component that is asked about does something with it.
    own: Option<&'a JobSite>,
    producer: Option<&'a JobSite>,
    consumer: Option<&'a JobSite>,
}

impl Asked<'_> {
    fn queues(&self) -> Examined {
        let mut queues: BTreeMap<&str, Queue<'_>> = BTreeMap::new();
        for (name, sites) in self.jobs.queues() {
            if self.is_meant(name) {
                for site in sites.into_iter().filter(|site| self.is_live(site.function)) {
                    let queue = queues.entry(name).or_default();
                    if self.is_own(site.function) {
                        queue.own.get_or_insert(site);
                    }
                    match site.role {
                        JobRole::Queue => {}
                        JobRole::Producer => _ = queue.producer.get_or_insert(site),
                        // One that does something is enough.
                        JobRole::Consumer if queue.consumer.is_none_or(|known| known.lack.is_some()) => {
                            queue.consumer = Some(site);
                        }
                        JobRole::Consumer => {}
                    }
                }
            }
        }
        queues.retain(|_, queue| queue.own.is_some());
        if self.question.which == Which::One && queues.values().any(|queue| missing(queue).is_none()) {
            queues.retain(|_, queue| missing(queue).is_none());
        }
        let idle: Vec<(&str, &JobSite, &str)> = queues
            .iter()
            .filter_map(|(name, queue)| Some((*name, queue.own?, missing(queue)?)))
            .collect();
        if (queues.is_empty() || !idle.is_empty())
            && let Some(unread) = self.unseen()
        {
            return Examined::unknown(unread);
        }
        if queues.is_empty() {
            return self.none();
        }
        if idle.is_empty() {
            return self.whole(&queues);
        }
        let gaps = idle.iter().take(MOST_SHOWN).map(|(name, site, what)| {
            let (place, words) = self.spot(site.at);
            Gap::at(place, &words, format!("the queue `{name}`: {what}"))
        });
        let (name, _, what) = idle[0];
        Examined::fail(format!("the queue `{name}`: {what}"), gaps.collect())
    }

    fn whole(&self, queues: &BTreeMap<&str, Queue<'_>>) -> Examined {
        let sites = queues.values().flat_map(|queue| [queue.producer, queue.consumer]);
        let evidence = sites.flatten().take(MOST_SHOWN).map(|site| {
            let (place, words) = self.spot(site.at);
            Evidence::new(
                place,
                &words,
                Strength::Wired,
                site.queue.as_deref().unwrap_or_default(),
            )
        });
        let names: Vec<String> = queues.keys().take(3).map(|name| format!("`{name}`")).collect();
        let reason = format!("jobs are put into {} and taken out", names.join(", "));
        Examined::pass(reason, evidence.collect())
    }

    fn none(&self) -> Examined {
        let dead = self.jobs.queues().into_iter().find(|(name, _)| self.is_meant(name));
        let message = match dead.and_then(|(name, sites)| Some((name, sites.first().copied()?))) {
            Some((name, site)) => {
                let (place, _) = self.spot(site.at);
                format!(
                    "the queue `{name}` stands in {}, which production never reaches",
                    shown(&place)
                )
            }
            None => "no queue of jobs was found in what production starts".to_owned(),
        };
        Examined::fail(message.clone(), vec![Gap::missing("queue", message)])
    }

    fn schedules(&self) -> Examined {
        let live: Vec<_> = self
            .jobs
            .schedules
            .iter()
            .filter(|schedule| self.is_own(schedule.function))
            .collect();
        let (idle, live): (Vec<_>, Vec<_>) = live.into_iter().partition(|schedule| schedule.lack.is_some());
        if let Some(first) = live.first() {
            let evidence = live.iter().take(MOST_SHOWN).map(|schedule| {
                let (place, words) = self.spot(schedule.at);
                Evidence::new(place, &words, Strength::Wired, schedule.library.as_ref())
            });
            let reason = format!(
                "something runs by the clock, set up in {}",
                shown(&self.spot(first.at).0)
            );
            return Examined::pass(reason, evidence.collect());
        }
        if let Some(told) = self.platform() {
            return told;
        }
        if let Some(unread) = self.unseen() {
            return Examined::unknown(unread);
        }
        if let Some((first, why)) = idle.first().and_then(|first| Some((first, first.lack?))) {
            let (place, words) = self.spot(first.at);
            let message = format!("what is to run by the clock is set up in {}, and {why}", shown(&place));
            return Examined::fail(message.clone(), vec![Gap::at(place, &words, message)]);
        }
        let message = match self.jobs.schedules.first() {
            None if self.repeats().is_some() => {
                let place = self.repeats().map_or_else(String::new, |place| shown(&place));
                let what = format!("whether what is repeated in {place} is what is meant is for its authors to say");
                return Examined::unknown(unmodelled(what));
            }
            Some(dead) => format!(
                "what is to run by the clock stands in {}, which production never reaches",
                shown(&self.spot(dead.at).0)
            ),
            None => "nothing that production starts runs by the clock".to_owned(),
        };
        Examined::fail(message.clone(), vec![Gap::missing("schedule", message)])
    }

    /// What `vercel.json` says is run by the clock, where the component serves it.
    fn platform(&self) -> Option<Examined> {
        for component in self
            .components
            .iter()
            .filter(|(is_own, _)| *is_own)
            .map(|(_, component)| component)
        {
            let path = RepoPath::new(component.folder()).join("vercel.json");
            let Read::Here(document) = self.snapshot.read(path.as_str()) else {
                continue;
            };
            let json = document.view::<Json>();
            let Ok(root) = json.0.as_deref() else { continue };
            let jobs = root.get("crons").map_or(&[][..], Node::items).iter();
            let paths: Vec<&str> = jobs.filter_map(|job| job.get("path")?.as_str()).collect();
            let routes = self.program.routes(component);
            let is_served = |asked: &str| {
                let asked = asked.split('?').next().unwrap_or(asked);
                routes.routes.iter().any(|route| route.path.as_deref() == Some(asked))
            };
            if let Some(path_of_job) = paths.into_iter().find(|asked| is_served(asked)) {
                let evidence = Evidence::new(Place::file(&path), path_of_job, Strength::Wired, "crons");
                let reason = format!("`{path}` has `{path_of_job}` asked for by the clock");
                return Some(Examined::pass(reason, vec![evidence]));
            }
        }
        None
    }

    /// Where live code repeats something with a timer of the runtime's.
    fn repeats(&self) -> Option<Place> {
        let (_, own) = self.reaches.iter().find(|(is_own, _)| *is_own)?;
        own.live().find_map(|at| {
            let module = self.program.module(at.module);
            let mut found = None;
            module.each_expr(at.function, &mut |expr| {
                if let Expr::Call(callee, _) = module.expr(expr)
                    && matches!(module.expr(*callee), Expr::Global(name) if name.as_ref() == "setInterval")
                {
                    found.get_or_insert(expr);
                }
            });
            Some(self.program.place(at.module, &module.span(found?)))
        })
    }

    fn is_meant(&self, name: &str) -> bool {
        self.question.names.is_empty() || self.question.names.iter().any(|pattern| is_like(pattern, name))
    }

    fn is_live(&self, function: FunctionAt) -> bool {
        self.reaches.iter().any(|(_, reach)| reach.is_live(function))
    }

    fn is_own(&self, function: FunctionAt) -> bool {
        self.reaches
            .iter()
            .any(|(is_own, reach)| *is_own && reach.is_live(function))
    }

    fn spot(&self, at: At) -> (Place, String) {
        let span = self.program.module(at.module).span(at.expr);
        let words = self.program.linked(at.module).document.words(&span);
        let words = words.lines().next().unwrap_or_default().to_owned();
        (self.program.place(at.module, &span), words)
    }

    /// What was not followed and may hold what is missing.
    fn unseen(&self) -> Option<Unread> {
        let libraries: Vec<String> = self.jobs.sites.iter().map(|site| site.library.to_string()).collect();
        let reaches = || self.reaches.iter().map(|(_, reach)| reach);
        if let Some(unread) = reaches().find_map(|reach| reach.unread(self.program, &libraries)) {
            return Some(unread);
        }
        if !reaches().any(|reach| reach.has_entry()) {
            return reaches().next().map(|reach| reach.nowhere());
        }
        let unnamed = self.jobs.unnamed().find(|site| self.is_live(site.function));
        if let Some(site) = unnamed {
            let place = self.spot(site.at).0;
            return Some(unmodelled(format!(
                "the name of the queue in {} is computed",
                shown(&place)
            )));
        }
        if let Some(lost) = self.jobs.lost.iter().find(|lost| self.is_live(lost.function)) {
            let at = At {
                module: lost.function.module,
                expr: lost.expr,
            };
            let what = format!(
                "`{}` is called in {}, of something that could not be traced",
                lost.name,
                shown(&self.spot(at).0)
            );
            return Some(unmodelled(what));
        }
        if self.jobs.sites.is_empty() && self.jobs.schedules.is_empty() {
            return None;
        }
        let edge = reaches().find_map(|reach| reach.open_edge())?;
        let what = format!("an edge in {} was not followed: {}", shown(&edge.place), edge.why);
        Some(unmodelled(what))
    }
}

fn missing(queue: &Queue<'_>) -> Option<&'static str> {
    match (queue.producer, queue.consumer) {
        (Some(_), Some(consumer)) => consumer.lack,
        (None, Some(_)) => Some("nothing that production reaches puts jobs into it"),
        (Some(_), None) => Some("nothing that production reaches takes jobs out of it"),
        (None, None) => Some("it is made, and nothing that production reaches puts jobs in or takes them out"),
    }
}

fn shown(place: &Place) -> String {
    match place.line {
        Some(line) => format!("`{}`, line {line}", place.path),
        None => format!("`{}`", place.path),
    }
}

fn unmodelled(what: String) -> Unread {
    Unread::new(Cause::Unmodelled, what, "write it as a constant, or attest it")
}
