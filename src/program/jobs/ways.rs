//! What the libraries for queues and schedules call what they do.

use super::JobRole;

/// Where a queue's name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// In the call, by index.
    Argument(usize),
    /// In the object that the call is given.
    Property(&'static str),
    /// Where the queue was made whose method is called.
    Receiver,
}

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Something with a queue.
    Site(JobRole, Name),
    /// It sets up what runs by the clock, given by index.
    Schedule(usize),
}

const QUEUE: Way = Way::Site(JobRole::Queue, Name::Argument(0));
const PRODUCER: Way = Way::Site(JobRole::Producer, Name::Receiver);
const CONSUMER: Way = Way::Site(JobRole::Consumer, Name::Receiver);

/// Package, path in it (`()` is what a call or construction gives), and what it does there.
const WAYS: &[(&str, &str, Way)] = &[
    ("bullmq", "Queue", QUEUE),
    ("bullmq", "Queue().add", PRODUCER),
    ("bullmq", "Queue().addBulk", PRODUCER),
    ("bullmq", "Queue().upsertJobScheduler", PRODUCER),
    ("bullmq", "Worker", Way::Site(JobRole::Consumer, Name::Argument(0))),
    (
        "bullmq",
        "FlowProducer().add",
        Way::Site(JobRole::Producer, Name::Property("queueName")),
    ),
    ("bull", "", QUEUE),
    ("bull", "().add", PRODUCER),
    ("bull", "().addBulk", PRODUCER),
    ("bull", "().process", CONSUMER),
    ("bee-queue", "", QUEUE),
    ("bee-queue", "().createJob", PRODUCER),
    ("bee-queue", "().process", CONSUMER),
    ("agenda", "().define", Way::Site(JobRole::Consumer, Name::Argument(0))),
    ("agenda", "().every", Way::Site(JobRole::Producer, Name::Argument(1))),
    ("agenda", "().schedule", Way::Site(JobRole::Producer, Name::Argument(1))),
    ("agenda", "().now", Way::Site(JobRole::Producer, Name::Argument(0))),
    ("agenda", "().create", Way::Site(JobRole::Producer, Name::Argument(0))),
    ("pg-boss", "().createQueue", QUEUE),
    ("pg-boss", "().send", Way::Site(JobRole::Producer, Name::Argument(0))),
    ("pg-boss", "().publish", Way::Site(JobRole::Producer, Name::Argument(0))),
    (
        "pg-boss",
        "().schedule",
        Way::Site(JobRole::Producer, Name::Argument(0)),
    ),
    ("pg-boss", "().work", Way::Site(JobRole::Consumer, Name::Argument(0))),
    (
        "pg-boss",
        "().subscribe",
        Way::Site(JobRole::Consumer, Name::Argument(0)),
    ),
    ("node-cron", "schedule", Way::Schedule(0)),
    ("cron", "CronJob", Way::Schedule(0)),
    ("node-schedule", "scheduleJob", Way::Schedule(0)),
    ("croner", "Cron", Way::Schedule(0)),
    ("croner", "", Way::Schedule(0)),
];

/// What a use of a package does.
pub(super) fn of(package: &str, path: &str) -> Option<Way> {
    let (package, class) = known_as(package);
    let path = match path.strip_prefix(class) {
        Some(rest) if !class.is_empty() && (rest.is_empty() || rest.starts_with("()")) => rest,
        _ => path,
    };
    let way = WAYS.iter().find(|(known, at, _)| *known == package && *at == path);
    way.map(|(_, _, way)| *way)
}

/// Whether a method of this name may put jobs into a library's queue or take them out.
pub(super) fn may_be_of_queue(library: &str, method: &str) -> bool {
    let (package, _) = known_as(library);
    WAYS.iter().any(|(known, path, way)| {
        let is_work = matches!(way, Way::Site(JobRole::Producer | JobRole::Consumer, _));
        is_work && *known == package && path.rsplit_once("().").is_some_and(|(_, name)| name == method)
    })
}

/// The name in the table of a package, and the class that is also its default: `{ Agenda }`, `new Bull.Queue`.
fn known_as(package: &str) -> (&str, &str) {
    match package {
        "@hokify/agenda" | "agenda" => ("agenda", "Agenda"),
        "pg-boss" => ("pg-boss", "PgBoss"),
        "bull" | "@nestjs/bull" => ("bull", "Queue"),
        "@nestjs/bullmq" => ("bullmq", ""),
        _ => (package, ""),
    }
}
