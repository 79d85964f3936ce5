use super::super::build::of_files;
use super::*;

const PACKAGE: (&str, &str) = ("package.json", r#"{ "name": "x", "main": "src/index.ts" }"#);

/// Each site and schedule in a few words.
fn shown(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<(&str, &str)> = std::iter::once(PACKAGE).chain(files.iter().copied()).collect();
    let (_, program) = of_files(&files);
    let jobs = jobs(&program);
    let name = |function: &FunctionAt| {
        let name = &program.module(function.module).function(function.function).name;
        name.as_deref().unwrap_or("()").to_owned()
    };
    let handlers = |of: &[FunctionAt]| of.iter().map(name).collect::<Vec<_>>().join(",");
    let sites = jobs.sites.iter().map(|site| {
        let queue = site.queue.as_deref().unwrap_or("?");
        let path = &program.linked(site.at.module).path;
        format!(
            "{queue} {:?} {path} {} [{}]",
            site.role,
            name(&site.function),
            handlers(&site.handlers)
        )
    });
    let schedules = jobs.schedules.iter().map(|schedule| {
        let when = schedule.when.as_deref().unwrap_or("?");
        format!("{when} {} [{}]", schedule.library, handlers(&schedule.handlers))
    });
    sites
        .chain(schedules)
        .chain(jobs.lost.iter().map(|lost| format!("lost {}", lost.name)))
        .collect()
}

#[test]
fn queues_are_joined_by_name_over_files() {
    let files = [
        ("src/names.ts", "export const NAMES = { MAIL: 'mail' } as const"),
        (
            "src/queue.ts",
            "import { Queue } from 'bullmq'\nimport { NAMES } from './names'\nexport const mail = new Queue(NAMES.MAIL, {})",
        ),
        (
            "src/send.ts",
            "import { mail } from './queue'\nexport async function send() { await mail.add('welcome', {}) }",
        ),
        (
            "src/worker.ts",
            "import { Worker } from 'bullmq'\nimport { NAMES } from './names'\nnew Worker(NAMES.MAIL, deliver)\nasync function deliver() {}",
        ),
    ];
    assert_eq!(
        shown(&files),
        [
            "mail Queue src/queue.ts () []",
            "mail Producer src/send.ts send []",
            "mail Consumer src/worker.ts () [deliver]",
        ]
    );
}

#[test]
fn other_libraries() {
    let bull = "const Queue = require('bull'); const q = new Queue('a'); q.process(work); function work() {} q.add({})";
    assert_eq!(
        shown(&[("src/index.js", bull)]),
        [
            "a Queue src/index.js () []",
            "a Producer src/index.js () []",
            "a Consumer src/index.js () [work]"
        ]
    );
    let bee =
        "import Queue from 'bee-queue'\nconst q = new Queue('b')\nq.createJob({}).save()\nq.process(async () => {})";
    assert_eq!(
        shown(&[("src/index.ts", bee)]),
        [
            "b Queue src/index.ts () []",
            "b Producer src/index.ts () []",
            "b Consumer src/index.ts () [()]"
        ]
    );
    let agenda = "import { Agenda } from 'agenda'\nconst a = new Agenda()\na.define('c', run)\nfunction run() {}\na.every('1 day', 'c')";
    assert_eq!(
        shown(&[("src/index.ts", agenda)]),
        [
            "c Producer src/index.ts () []",
            "c Consumer src/index.ts () [run]",
            "? agenda []"
        ]
    );
}

#[test]
fn a_name_that_is_computed_is_not_known() {
    let text = "import { Queue } from 'bullmq'\nexport const make = (name) => new Queue(name)\nexport function put(q) { q.add('x') }";
    assert_eq!(
        shown(&[("src/index.ts", text)]),
        ["? Queue src/index.ts make []", "lost add"]
    );
    // A set is no queue, and without one nothing is lost.
    assert_eq!(
        shown(&[("src/index.ts", "export function put(set) { set.add('x') }")]),
        Vec::<String>::new()
    );
}

#[test]
fn schedules_of_every_library() {
    let text = "import cron from 'node-cron'\nimport { CronJob } from 'cron'\nimport schedule from 'node-schedule'\ncron.schedule('0 2 * * *', nightly)\nnew CronJob('0 3 * * *', later)\nschedule.scheduleJob(when(), () => {})\nfunction nightly() {}\nfunction later() {}";
    assert_eq!(
        shown(&[("src/index.ts", text)]),
        [
            "0 2 * * * node-cron [nightly]",
            "0 3 * * * cron [later]",
            "? node-schedule [()]"
        ]
    );
}

#[test]
fn what_nest_makes_of_decorators() {
    let text = "import { Processor, Process, InjectQueue } from '@nestjs/bull'\nimport { Cron } from '@nestjs/schedule'
        @Processor('mail') export class Mailer { @Process() async send() {} other() {} }
        export class Users { constructor(@InjectQueue('mail') private readonly queue: Queue) {} async create() { await this.queue.add('x') } }
        export class Nightly { @Cron('0 4 * * *') clean() {} }";
    assert_eq!(
        shown(&[("src/index.ts", text)])[..3],
        [
            "mail Producer src/index.ts create []",
            "mail Consumer src/index.ts constructor [send]",
            "0 4 * * * @nestjs/schedule [clean]",
        ]
    );
}

#[test]
fn queues_that_a_class_keeps_by_kind() {
    let class = |body: &str| {
        let head = "import { InjectQueue } from '@nestjs/bull'\nimport { BullAdapter } from '@bull-board/api'\n";
        let made = "constructor(@InjectQueue('mail') private readonly mail: Queue)";
        shown(&[(
            "src/index.ts",
            &format!("{head}export class Users {{ kept; {made} {body} }}"),
        )])
    };
    let by_kind = "{ this.kept = new Map([['mail', mail]]) } async create(kind) { const one = this.kept.get(kind); await one.add(kind, {}) }";
    assert_eq!(class(by_kind), ["mail Producer src/index.ts create []"]);
    assert_eq!(class("{ register(this.mail) }"), ["lost add"]);
    assert_eq!(class("{ show(new BullAdapter(mail)) }"), [""; 0]);
}
