//! What Nest, Fastify, Next.js and Koa do with a request before its handler, and whether a handler does anything. Each row is
//! a whole small application and the answer to one `route` question.

use readygate::model::OutcomeKind::{self, Fail, Pass, Unknown};

use crate::refactorings::{judge, outcomes, policy_of};

/// Name, what is asked of the route `POST /api/login`, the answer, the files.
type Row = (
    &'static str,
    &'static str,
    OutcomeKind,
    &'static [(&'static str, &'static str)],
);

const GONE: (&str, &str) = ("-", "src/index.js src/auth.js src/limits.js src/accounts.js");
const LIMITED: &str = "passes = { package = [\"@nestjs/throttler\", \"@fastify/rate-limit\", \"@upstash/ratelimit\", \"koa-ratelimit\", \"express-rate-limit\"] }";
const BEHAVES: &str = "behaves = true";
const CALLS: &str = "calls = { package = \"@prisma/client\" }";

const NEST: (&str, &str) = (
    "package.json",
    r#"{ "name": "api", "scripts": { "build": "nest build", "start:prod": "node dist/main" },
  "dependencies": { "@nestjs/core": "10", "@nestjs/common": "10", "@nestjs/throttler": "5", "@prisma/client": "5" } }"#,
);
const TSCONFIG: (&str, &str) = (
    "tsconfig.json",
    r#"{ "compilerOptions": { "outDir": "./dist", "experimentalDecorators": true } }"#,
);
const FASTIFY: (&str, &str) = (
    "package.json",
    r#"{ "name": "api", "type": "module", "scripts": { "start": "node src/index.js" },
  "dependencies": { "fastify": "4", "fastify-plugin": "4", "@fastify/rate-limit": "9" } }"#,
);
const NEXT: (&str, &str) = (
    "package.json",
    r#"{ "name": "web", "scripts": { "build": "next build", "start": "next start" },
  "dependencies": { "next": "14", "react": "18", "@upstash/ratelimit": "1" } }"#,
);
const EXPRESS: (&str, &str) = (
    "package.json",
    r#"{ "name": "api", "type": "module", "scripts": { "start": "node src/index.js" },
  "dependencies": { "express": "4", "express-rate-limit": "7", "@prisma/client": "5" } }"#,
);

macro_rules! nest {
    ($main:literal, $module:literal, $controller:literal) => {
        &[
            GONE,
            NEST,
            TSCONFIG,
            ("nest-cli.json", r#"{ "sourceRoot": "src" }"#),
            (
                "src/main.ts",
                concat!(
                    "import { NestFactory } from '@nestjs/core';\nimport { VersioningType } from '@nestjs/common';\nimport { ConfigService } from '@nestjs/config';\nimport { ThrottlerGuard } from '@nestjs/throttler';\n\
                     import { AppModule } from './app.module';\n\
                     async function bootstrap() {\n  const app = await NestFactory.create(AppModule);\n  ",
                    $main,
                    "\n  await app.listen(3000);\n}\nvoid bootstrap();\n"
                ),
            ),
            (
                "src/app.module.ts",
                concat!(
                    "import { Module } from '@nestjs/common';\nimport { APP_GUARD } from '@nestjs/core';\n\
                     import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';\nimport { AuthModule } from './auth.module';\n\
                     @Module(",
                    $module,
                    ")\nexport class AppModule {}\nexport const known = AuthModule;\n"
                ),
            ),
            (
                "src/auth.module.ts",
                "import { Module } from '@nestjs/common';\nimport { AuthController } from './auth.controller';\n\
                 import { AuthService } from './auth.service';\n\
                 @Module({ controllers: [AuthController], providers: [AuthService] })\nexport class AuthModule {}\n",
            ),
            (
                "src/auth.service.ts",
                "import { Injectable } from '@nestjs/common';\nimport { PrismaClient } from '@prisma/client';\n\
                 @Injectable()\nexport class AuthService {\n  private readonly db = new PrismaClient();\n\
                 \x20 signIn(name: string) { return this.db.user.findFirst({ where: { name } }); }\n\
                 \x20 pretend() { return { ok: true }; }\n}\n",
            ),
            (
                "src/auth.controller.ts",
                concat!(
                    "import { Body, Controller, Post, SetMetadata, Version, applyDecorators } from '@nestjs/common';\nimport { SkipThrottle } from '@nestjs/throttler';\n\
                     import { AuthService } from './auth.service';\n\
                     @Controller('login')\nexport class AuthController {\n\
                     \x20 constructor(private readonly auth: AuthService) {}\n  @Post()\n  ",
                    $controller,
                    "\n}\n"
                ),
            ),
        ]
    };
}

macro_rules! fastify {
    ($plugin:literal, $index:literal) => {
        &[
            GONE,
            FASTIFY,
            ("src/accounts.js", "export const signIn = async (body) => fetch('http://accounts', { body });\n"),
            (
                "src/plugin.js",
                concat!("import fp from 'fastify-plugin';\nimport limit from '@fastify/rate-limit';\n", $plugin, "\n"),
            ),
            (
                "src/index.js",
                concat!(
                    "import Fastify from 'fastify';\nimport limit from '@fastify/rate-limit';\nimport plugin from './plugin.js';\n\
                     import { signIn } from './accounts.js';\nconst app = Fastify();\n",
                    $index,
                    "\napp.listen({ port: 3000 });\n"
                ),
            ),
        ]
    };
}

macro_rules! next {
    ($route:literal, $($more:expr),*) => {
        &[GONE, NEXT, ("next.config.js", "module.exports = {};\n"), ("app/api/login/route.ts", $route), $($more),*]
    };
}

macro_rules! express {
    ($index:literal) => {
        &[
            GONE,
            EXPRESS,
            ("src/accounts.js", "export const signIn = async (body) => fetch('http://accounts', { body });\nexport const pretend = async () => ({ ok: true });\n"),
            (
                "src/index.js",
                concat!(
                    "import express from 'express';\nimport rateLimit from 'express-rate-limit';\nimport { pretend, signIn } from './accounts.js';\n\
                     const app = express();\nconst limit = rateLimit({ limit: 5 });\nconst wrap = (run) => (request, response, next) => run(request, response).catch(next);\n",
                    $index,
                    "\napp.listen(3000);\n"
                ),
            ),
        ]
    };
}

const UPSTASH: &str = "import { Ratelimit } from '@upstash/ratelimit';\nconst limit = new Ratelimit({});\n\
    export async function middleware(request) { await limit.limit('x'); }\n";
const UPSTASH_SOME: &str = "import { Ratelimit } from '@upstash/ratelimit';\nconst limit = new Ratelimit({});\n\
    export async function middleware(request) { await limit.limit('x'); }\nexport const config = { matcher: '/admin' };\n";

const ROWS: &[Row] = &[
    (
        "Nest: a global prefix",
        BEHAVES,
        Pass,
        nest!(
            "app.setGlobalPrefix('api');",
            "{ imports: [AuthModule] }",
            "signIn(@Body() body) { return this.auth.signIn(body.name); }"
        ),
    ),
    (
        "Nest: without the prefix",
        BEHAVES,
        Fail,
        nest!(
            "",
            "{ imports: [AuthModule] }",
            "signIn(@Body() body) { return this.auth.signIn(body.name); }"
        ),
    ),
    (
        "Nest: a prefix from outside",
        BEHAVES,
        Unknown,
        nest!(
            "app.setGlobalPrefix(process.env.PREFIX);",
            "{ imports: [AuthModule] }",
            "signIn(@Body() body) { return this.auth.signIn(body.name); }"
        ),
    ),
    (
        "Nest: a service that answers a constant",
        BEHAVES,
        Fail,
        nest!(
            "app.setGlobalPrefix('api');",
            "{ imports: [AuthModule] }",
            "signIn() { return this.auth.pretend(); }"
        ),
    ),
    (
        "Nest: what a service calls",
        CALLS,
        Pass,
        nest!(
            "app.setGlobalPrefix('api');",
            "{ imports: [AuthModule] }",
            "signIn(@Body() body) { return this.auth.signIn(body.name); }"
        ),
    ),
    (
        "Nest: what a service does not call",
        CALLS,
        Fail,
        nest!(
            "app.setGlobalPrefix('api');",
            "{ imports: [AuthModule] }",
            "signIn() { return this.auth.pretend(); }"
        ),
    ),
    (
        "Nest: a module that nobody imports",
        BEHAVES,
        Fail,
        nest!(
            "app.setGlobalPrefix('api');",
            "{ imports: [] }",
            "signIn(@Body() body) { return this.auth.signIn(body.name); }"
        ),
    ),
    (
        "Nest: no guard",
        LIMITED,
        Fail,
        nest!(
            "app.setGlobalPrefix('api');",
            "{ imports: [ThrottlerModule.forRoot([]), AuthModule] }",
            "signIn() { return this.auth.signIn('x'); }"
        ),
    ),
    (
        "Nest: APP_GUARD",
        LIMITED,
        Pass,
        nest!(
            "app.setGlobalPrefix('api');",
            "{ imports: [AuthModule], providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }] }",
            "signIn() { return this.auth.signIn('x'); }"
        ),
    ),
    (
        "Nest: APP_GUARD, left out",
        LIMITED,
        Unknown,
        nest!(
            "app.setGlobalPrefix('api');",
            "{ imports: [AuthModule], providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }] }",
            "@SkipThrottle()\n  signIn() { return this.auth.signIn('x'); }"
        ),
    ),
    (
        "Nest: APP_GUARD of a package, and a decorator of our own",
        LIMITED,
        Pass,
        nest!(
            "app.setGlobalPrefix('api');",
            "{ imports: [AuthModule], providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }] }",
            "@Public() signIn(@Body() body) { return this.auth.signIn(body.name); }\n}\nfunction Public() { return SetMetadata('public', true);"
        ),
    ),
    (
        "Nest: APP_GUARD of a package, and a decorator made of others",
        LIMITED,
        Unknown,
        nest!(
            "app.setGlobalPrefix('api');",
            "{ imports: [AuthModule], providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }] }",
            "@Public() signIn(@Body() body) { return this.auth.signIn(body.name); }\n}\nfunction Public() { return applyDecorators(SkipThrottle());"
        ),
    ),
    (
        "Nest: what is mounted heeds no decorator",
        LIMITED,
        Pass,
        nest!(
            "app.setGlobalPrefix('api'); app.use(require('express-rate-limit')());",
            "{ imports: [AuthModule] }",
            "@SkipThrottle() signIn(@Body() body) { return this.auth.signIn(body.name); }"
        ),
    ),
    (
        "Nest: versions that nothing names",
        BEHAVES,
        Pass,
        nest!(
            "app.setGlobalPrefix('api'); app.enableVersioning({ type: VersioningType.URI });",
            "{ imports: [AuthModule] }",
            "signIn(@Body() body) { return this.auth.signIn(body.name); }"
        ),
    ),
    (
        "Nest: versions with a default",
        BEHAVES,
        Fail,
        nest!(
            "app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }); app.setGlobalPrefix('api');",
            "{ imports: [AuthModule] }",
            "signIn(@Body() body) { return this.auth.signIn(body.name); }"
        ),
    ),
    (
        "Nest: a version of the method",
        BEHAVES,
        Fail,
        nest!(
            "app.setGlobalPrefix('api'); app.enableVersioning();",
            "{ imports: [AuthModule] }",
            "@Version('2') signIn(@Body() body) { return this.auth.signIn(body.name); }"
        ),
    ),
    (
        "Nest: a version in a header",
        BEHAVES,
        Pass,
        nest!(
            "app.setGlobalPrefix('api'); app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' });",
            "{ imports: [AuthModule] }",
            "@Version('2') signIn(@Body() body) { return this.auth.signIn(body.name); }"
        ),
    ),
    (
        "Nest: a version that is not known",
        BEHAVES,
        Unknown,
        nest!(
            "app.setGlobalPrefix('api'); app.enableVersioning({ defaultVersion: process.env.VERSION });",
            "{ imports: [AuthModule] }",
            "signIn(@Body() body) { return this.auth.signIn(body.name); }"
        ),
    ),
    (
        "Nest: a version as the prefix",
        BEHAVES,
        Pass,
        nest!(
            "app.enableVersioning({ prefix: 'a' });",
            "{ imports: [AuthModule] }",
            "@Version('pi') signIn(@Body() body) { return this.auth.signIn(body.name); }"
        ),
    ),
    (
        "Nest: a prefix with a default",
        BEHAVES,
        Pass,
        nest!(
            "app.setGlobalPrefix(app.get(ConfigService).get('PREFIX', 'api'));",
            "{ imports: [AuthModule] }",
            "signIn(@Body() body) { return this.auth.signIn(body.name); }"
        ),
    ),
    (
        "Nest: useGlobalGuards",
        LIMITED,
        Pass,
        nest!(
            "app.setGlobalPrefix('api'); app.useGlobalGuards(new ThrottlerGuard());",
            "{ imports: [AuthModule] }",
            "signIn() { return this.auth.signIn('x'); }"
        ),
    ),
    (
        "Nest: useGlobalGuards under a condition",
        LIMITED,
        Unknown,
        nest!(
            "app.setGlobalPrefix('api'); if (process.env.LIMITS) app.useGlobalGuards(new ThrottlerGuard());",
            "{ imports: [AuthModule] }",
            "signIn() { return this.auth.signIn('x'); }"
        ),
    ),
    (
        "Fastify: registered",
        LIMITED,
        Pass,
        fastify!(
            "export default async () => {};",
            "await app.register(limit);\napp.post('/api/login', async (request) => signIn(request.body));"
        ),
    ),
    (
        "Fastify: for those alone that ask",
        LIMITED,
        Unknown,
        fastify!(
            "export default async () => {};",
            "await app.register(limit, { global: false });\napp.post('/api/login', async (request) => signIn(request.body));"
        ),
    ),
    (
        "Fastify: in a plugin of its own",
        LIMITED,
        Fail,
        fastify!(
            "export default async (app) => { app.register(limit); };",
            "app.register(plugin);\napp.post('/api/login', async (request) => signIn(request.body));"
        ),
    ),
    (
        "Fastify: in an open plugin",
        LIMITED,
        Pass,
        fastify!(
            "export default fp(async (app) => { app.register(limit); });",
            "await app.register(plugin);\napp.post('/api/login', async (request) => signIn(request.body));"
        ),
    ),
    // As run with fastify 5 and @fastify/rate-limit 10: the limiter gives its hook to routes that are made after it was loaded.
    (
        "Fastify: registered, and not waited for",
        LIMITED,
        Fail,
        fastify!(
            "export default async () => {};",
            "app.register(limit);\napp.post('/api/login', async (request) => signIn(request.body));"
        ),
    ),
    (
        "Fastify: in an open plugin that is not waited for",
        LIMITED,
        Fail,
        fastify!(
            "export default fp(async (app) => { app.register(limit); });",
            "app.register(plugin);\napp.post('/api/login', async (request) => signIn(request.body));"
        ),
    ),
    (
        "Fastify: a described route",
        LIMITED,
        Pass,
        fastify!(
            "export default async () => {};",
            "await app.register(limit);\napp.route({ method: 'POST', url: '/api/login', handler: async (request) => signIn(request.body) });"
        ),
    ),
    (
        "Fastify: described routes in a list",
        LIMITED,
        Pass,
        fastify!(
            "export default async () => {};",
            "await app.register(limit);\n[{ method: 'POST', url: '/api/login', handler: async (request) => signIn(request.body) }].forEach((one) => app.route(one));"
        ),
    ),
    (
        "Next: no middleware",
        LIMITED,
        Fail,
        next!("export async function POST(request) { return Response.json(await fetch('http://accounts')); }\n",),
    ),
    (
        "Next: middleware for all",
        LIMITED,
        Pass,
        next!(
            "export async function POST(request) { return Response.json(await fetch('http://accounts')); }\n",
            ("middleware.ts", UPSTASH)
        ),
    ),
    (
        "Next: middleware for some",
        LIMITED,
        Fail,
        next!(
            "export async function POST(request) { return Response.json(await fetch('http://accounts')); }\n",
            ("middleware.ts", UPSTASH_SOME)
        ),
    ),
    (
        "Next: middleware for all but files",
        LIMITED,
        Pass,
        next!(
            "export async function POST(request) { return Response.json(await fetch('http://accounts')); }\n",
            (
                "middleware.ts",
                "import { Ratelimit } from '@upstash/ratelimit';\nconst limit = new Ratelimit({});\nexport async function middleware(request) { await limit.limit('x'); }\nexport const config = { matcher: ['/((?!_next/static|.*\\\\.(?:svg|png)$).*)'] };\n"
            )
        ),
    ),
    (
        "Next: middleware for all but the API",
        LIMITED,
        Fail,
        next!(
            "export async function POST(request) { return Response.json(await fetch('http://accounts')); }\n",
            (
                "middleware.ts",
                "import { Ratelimit } from '@upstash/ratelimit';\nconst limit = new Ratelimit({});\nexport async function middleware(request) { await limit.limit('x'); }\nexport const config = { matcher: '/((?!api|_next).*)' };\n"
            )
        ),
    ),
    (
        "Next: middleware on a condition",
        LIMITED,
        Unknown,
        next!(
            "export async function POST(request) { return Response.json(await fetch('http://accounts')); }\n",
            (
                "middleware.ts",
                "import { Ratelimit } from '@upstash/ratelimit';\nconst limit = new Ratelimit({});\nexport async function middleware(request) { await limit.limit('x'); }\nexport const config = { matcher: [{ source: '/api/:path*', missing: [{ type: 'header', key: 'x' }] }] };\n"
            )
        ),
    ),
    (
        "Next: middleware that asks for the path",
        LIMITED,
        Unknown,
        next!(
            "export async function POST(request) { return Response.json(await fetch('http://accounts')); }\n",
            (
                "middleware.ts",
                "import { Ratelimit } from '@upstash/ratelimit';\nconst limit = new Ratelimit({});\nexport async function middleware(request) { const { pathname } = request.nextUrl; if (pathname.startsWith('/api/chat')) { await limit.limit('x'); } }\n"
            )
        ),
    ),
    (
        "Next: middleware that lets some through before",
        LIMITED,
        Unknown,
        next!(
            "export async function POST(request) { return Response.json(await fetch('http://accounts')); }\n",
            (
                "middleware.ts",
                "import { Ratelimit } from '@upstash/ratelimit';\nconst limit = new Ratelimit({});\nexport async function middleware(request) { if (request.headers.get('x')) return NextResponse.next(); await limit.limit('x'); }\n"
            )
        ),
    ),
    (
        "Next: middleware that answers some before",
        LIMITED,
        Pass,
        next!(
            "export async function POST(request) { return Response.json(await fetch('http://accounts')); }\n",
            (
                "middleware.ts",
                "import { Ratelimit } from '@upstash/ratelimit';\nconst limit = new Ratelimit({});\nexport async function middleware(request) { if (!request.headers.get('x')) return new Response('no', { status: 401 }); const { success } = await limit.limit('x'); if (!success) return new Response('later', { status: 429 }); return NextResponse.next(); }\n"
            )
        ),
    ),
    (
        "Next: middleware that limits by hand",
        LIMITED,
        Unknown,
        next!(
            "export async function POST(request) { return Response.json(await fetch('http://accounts')); }\n",
            (
                "middleware.ts",
                "const seen = new Map();\nexport function middleware(request) { seen.set(request.ip, (seen.get(request.ip) ?? 0) + 1); if (seen.get(request.ip) > 9) return new Response('later', { status: 429 }); }\n"
            )
        ),
    ),
    (
        "Next: a constant behind what is read",
        BEHAVES,
        Fail,
        next!(
            "export async function POST(request) { const body = await request.json(); console.log(body); return Response.json({ ok: true }); }\n",
        ),
    ),
    (
        "Next: a constant as text",
        BEHAVES,
        Fail,
        next!("export async function POST() { return new Response(JSON.stringify({ ok: true })); }\n",),
    ),
    (
        "Next: something is asked",
        BEHAVES,
        Pass,
        next!("export async function POST(request) { return Response.json(await fetch('http://accounts')); }\n",),
    ),
    (
        "Express: a function that answers a constant",
        BEHAVES,
        Fail,
        express!("app.post('/api/login', async (request, response) => response.json(await pretend()));"),
    ),
    (
        "Express: a function that asks",
        BEHAVES,
        Pass,
        express!("app.post('/api/login', async (request, response) => response.json(await signIn(request.body)));"),
    ),
    (
        "Express: a constant after a while",
        BEHAVES,
        Fail,
        express!(
            "app.post('/api/login', (request, response) => { setTimeout(() => response.json({ ok: true }), 100); });"
        ),
    ),
    (
        "Express: it only throws",
        BEHAVES,
        Fail,
        express!("app.post('/api/login', (request, response) => { throw new Error('not implemented'); });"),
    ),
    (
        "Express: it keeps what was sent",
        BEHAVES,
        Pass,
        express!(
            "const kept = [];\napp.post('/api/login', (request, response) => { kept.push(request.body); response.json({ ok: true }); });"
        ),
    ),
    (
        "Express: all() hands on",
        LIMITED,
        Pass,
        express!(
            "app.all('/api/login', limit);\napp.post('/api/login', async (request, response) => response.json(await signIn(request.body)));"
        ),
    ),
    (
        "Express: a list by its name",
        LIMITED,
        Pass,
        express!(
            "const stack = [express.json(), limit];\napp.post('/api/login', stack, async (request, response) => response.json(await signIn(request.body)));"
        ),
    ),
    (
        "Express: behind what answers all",
        BEHAVES,
        Fail,
        express!(
            "app.use((request, response) => { response.status(404).end(); });\napp.post('/api/login', async (request, response) => response.json(await signIn(request.body)));"
        ),
    ),
    (
        "Express: behind a parameter",
        BEHAVES,
        Fail,
        express!(
            "app.post('/api/:name', (request, response) => { response.status(404).end(); });\napp.post('/api/login', async (request, response) => response.json(await signIn(request.body)));"
        ),
    ),
    (
        "Express: behind a parameter that hands on",
        BEHAVES,
        Pass,
        express!(
            "app.post('/api/:name', (request, response, next) => next());\napp.post('/api/login', async (request, response) => response.json(await signIn(request.body)));"
        ),
    ),
    (
        "Express: behind a parameter with a pattern",
        BEHAVES,
        Pass,
        express!(
            "app.post('/api/:id(\\\\d+)', (request, response) => { response.status(404).end(); });\napp.post('/api/login', async (request, response) => response.json(await signIn(request.body)));"
        ),
    ),
    (
        "Express: a wrapped handler",
        BEHAVES,
        Pass,
        express!(
            "app.post('/api/login', wrap(async (request, response) => response.json(await signIn(request.body))));"
        ),
    ),
    (
        "Express: mounted in development alone",
        LIMITED,
        Fail,
        express!(
            "if (process.env.NODE_ENV === 'development') app.use(limit);\napp.post('/api/login', async (request, response) => response.json(await signIn(request.body)));"
        ),
    ),
    (
        "Express: a wrapped handler that answers a constant",
        BEHAVES,
        Fail,
        express!("app.post('/api/login', wrap(async (request, response) => response.json(await pretend())));"),
    ),
    (
        "Express: what a wrapped handler calls",
        CALLS,
        Pass,
        express!(
            "import { PrismaClient } from '@prisma/client';\nconst db = new PrismaClient();\nconst handlers = { signIn: wrap(async (request, response) => response.json(await db.user.findFirst())) };\napp.post('/api/login', handlers.signIn);"
        ),
    ),
    (
        "Express: what a wrapped handler does not call",
        CALLS,
        Fail,
        express!(
            "import { PrismaClient } from '@prisma/client';\nconst db = new PrismaClient();\nconst handlers = { signIn: wrap(async (request, response) => response.json(await pretend())) };\napp.post('/api/login', handlers.signIn);\napp.get('/api', async (request, response) => response.json(await db.user.findMany()));"
        ),
    ),
];

#[test]
fn frameworks_do_what_they_do() {
    let mut wrong = Vec::new();
    for (name, asked, expected, files) in ROWS {
        let policy = policy_of(&format!(
            "version = 1\n[[control]]\nid = \"own.route\"\ntitle = \"t\"\nseverity = \"high\"\nrationale = \"r\"\nremediation = \"r\"\n\
             scope = \"component\"\ncheck = {{ route = {{ method = \"POST\", path = \"/api/login\", {asked} }} }}\n"
        ));
        let items = judge(&policy, files);
        let (outcome, reason) = outcomes(&items)["own.route"];
        if outcome != *expected {
            wrong.push(format!("{name}: {outcome:?}, not {expected:?}: {reason}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
