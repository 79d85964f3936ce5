//! What frameworks call and hand out.

use super::reaches::PACKAGE;
use super::*;

#[test]
fn decorated_controllers_are_called_by_nest() {
    let package = r#"{"scripts":{"start":"nest start"},"dependencies":{"@nestjs/core":"10"}}"#;
    let files = [
        ("package.json", package),
        (
            "src/main.ts",
            "import { NestFactory } from '@nestjs/core'; import { AppModule } from './app.module'; async function bootstrap() { const app = await NestFactory.create(AppModule); await app.listen(3000); } bootstrap();",
        ),
        (
            "src/app.module.ts",
            "import { Module } from '@nestjs/common'; import { Orders } from './orders'; import { Mails } from './mails'; @Module({ controllers: [Orders], providers: [Mails] }) export class AppModule {}",
        ),
        (
            "src/orders.ts",
            "import { Controller, Get } from '@nestjs/common'; import { Mails } from './mails'; @Controller('orders') export class Orders { constructor(private readonly mails: Mails) {} @Get() list() { return this.mails.send(); } helper() {} }",
        ),
        (
            "src/mails.ts",
            "@Injectable() export class Mails { send() {} unsent() {} }",
        ),
        (
            "src/dead.ts",
            "@Controller('dead') export class Dead { @Get() list() {} }",
        ),
    ];
    let live = live(&files, ".");
    for name in ["src/main.ts:bootstrap", "src/orders.ts:list", "src/mails.ts:send"] {
        assert!(live.contains(name), "{name} in {live:?}");
    }
    for name in ["src/orders.ts:helper", "src/mails.ts:unsent", "src/dead.ts:list"] {
        assert!(!live.contains(name), "{name} in {live:?}");
    }
}

#[test]
fn what_a_provider_can_do_is_called_by_those_that_ask_for_it() {
    let package = r#"{"scripts":{"start":"nest start"},"dependencies":{"@nestjs/core":"10"}}"#;
    let files = [
        ("package.json", package),
        (
            "src/main.ts",
            "import { NestFactory } from '@nestjs/core'; import { AppModule } from './app.module'; async function bootstrap() { const app = await NestFactory.create(AppModule); app.get(Told).send(); await app.listen(3000); } bootstrap(); import { Told } from './told';",
        ),
        (
            "src/app.module.ts",
            "import { Module } from '@nestjs/common'; import { Orders } from './orders'; import { Mails } from './mails'; import { Posts } from './posts'; import { Told } from './told'; import { Woken } from './woken'; import { Fields } from './fields'; import { Chosen } from './chosen'; @Module({ controllers: [Orders], providers: [Mails, Posts, Told, Woken, Fields, Chosen, { provide: 'CHOSEN', useExisting: Chosen }], exports: [Mails] }) export class AppModule {}",
        ),
        (
            "src/orders.ts",
            "import { Controller, Get } from '@nestjs/common'; import { Posts } from './posts'; import { Fields } from './fields'; @Controller('orders') export class Orders { @Inject() fields: Fields; constructor(private readonly posts: Posts) {} @Get() list() { return this.posts.send(); } }",
        ),
        (
            "src/mails.ts",
            "import { Injectable, Logger } from '@nestjs/common'; @Injectable() export class Mails { private logger = new Logger(Mails.name); send() {} }",
        ),
        (
            "src/posts.ts",
            "import { Injectable } from '@nestjs/common'; @Injectable() export class Posts { send() {} }",
        ),
        (
            "src/told.ts",
            "import { Injectable } from '@nestjs/common'; @Injectable() export class Told { send() {} }",
        ),
        (
            "src/woken.ts",
            "import { Injectable } from '@nestjs/common'; @Injectable() export class Woken { onModuleInit() { this.send(); } send() {} }",
        ),
        (
            "src/fields.ts",
            "import { Injectable } from '@nestjs/common'; @Injectable() export class Fields { send() {} }",
        ),
        (
            "src/chosen.ts",
            "import { Injectable } from '@nestjs/common'; @Injectable() export class Chosen { send() {} }",
        ),
    ];
    let live = live(&files, ".");
    for name in ["posts", "told", "woken", "fields", "chosen"] {
        let name = format!("src/{name}.ts:send");
        assert!(live.contains(name.as_str()), "{name} in {live:?}");
    }
    assert!(!live.contains("src/mails.ts:send"), "in {live:?}");
}

#[test]
fn a_provider_that_nobody_asks_for_may_call_itself() {
    let class = |body: &str| {
        let files = [
            (
                "package.json",
                r#"{"scripts":{"start":"nest start"},"dependencies":{"@nestjs/core":"10"}}"#,
            ),
            (
                "src/main.ts",
                "import { NestFactory } from '@nestjs/core'; import { AppModule } from './app.module'; async function bootstrap() { const app = await NestFactory.create(AppModule); await app.listen(3000); queue.forEach(one => one.send()); } bootstrap();",
            ),
            (
                "src/app.module.ts",
                "import { Module } from '@nestjs/common'; import { Mails } from './mails'; @Module({ providers: [Mails] }) export class AppModule {}",
            ),
            (
                "src/mails.ts",
                &format!(
                    "import {{ Injectable }} from '@nestjs/common'; @Injectable() export class Mails {{ {body} }}"
                ),
            ),
        ];
        live(&files, ".").contains("src/mails.ts:send")
    };
    for body in [
        "constructor() { this.worker = new Worker('mails', async job => this.send(job)); } send() {}",
        "constructor(private events: Events) { this.events.on('x', user => this.send(user)); } send() {}",
        "constructor() { setInterval(() => { void this.send(); }, 1000); } send() {}",
        "private timer = setInterval(() => this.send(), 1000); send() {}",
        "constructor() { (async () => { await this.send(); })(); } send() {}",
        "constructor(private all: All) { all.add(this); } send() {}",
    ] {
        assert!(class(body), "{body}");
    }
    for body in [
        "constructor(private events: Events) { this.events.on('x', user => this.log(user)); } send() {}",
        "again() { setTimeout(() => this.send(), 10); } send() {}",
        "send() { setTimeout(() => this.send(), 10); }",
    ] {
        assert!(!class(body), "{body}");
    }
}

#[test]
fn subscribers_are_called_by_the_mapper() {
    let files = [
        PACKAGE,
        (
            "main.js",
            "import { DataSource } from 'typeorm'; import { Accounts } from './accounts.js'; new DataSource({ subscribers: [Accounts] }).initialize();",
        ),
        (
            "accounts.js",
            "@EventSubscriber() export class Accounts { listenTo() {} beforeInsert(event) { hash(event); } unasked() {} } function hash() {}",
        ),
    ];
    let live = live(&files, ".");
    assert!(
        live.contains("accounts.js:beforeInsert") && live.contains("accounts.js:hash"),
        "{live:?}"
    );
    assert!(!live.contains("accounts.js:unasked"), "{live:?}");
}
