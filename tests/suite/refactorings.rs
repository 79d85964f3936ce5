//! Refactorings of a small server: each keeps what every control says, and the same shape without the limiter is found.
//!
//! Every row rewrites some files of one Express application whose sign-in is rate limited. `good` does the same in another
//! way; `broken` looks like it and limits nothing. What the program model can't follow is `unknown`, never a failure and never a
//! pass.

use std::collections::BTreeMap;

use readygate::artifact::{component_needs, components};
use readygate::judge::{Assessed, assess};
use readygate::model::OutcomeKind;
use readygate::policy::{Loader, Policy, Step, Text};
use readygate::source::{Content, Detection, Memory, Revision, Source as _, Store, gather};

use crate::contract::wait;

pub const LIMITED: &str = "security.rate-limit.auth";

pub type Files = &'static [(&'static str, &'static str)];

struct Refactoring {
    name: &'static str,
    good: Files,
    broken: Files,
}

const PACKAGE: &str = r#"{ "name": "shop", "type": "module", "scripts": { "start": "node src/index.js" },
  "dependencies": { "express": "4.19.2", "express-rate-limit": "7.2.0", "helmet": "7.1.0" } }"#;
const COMMON: &str = r#"{ "name": "shop", "scripts": { "start": "node src/index.js" },
  "dependencies": { "express": "4.19.2", "express-rate-limit": "7.2.0", "helmet": "7.1.0" } }"#;
const COMPILED: &str = r#"{ "name": "shop", "scripts": { "build": "tsc", "start": "node dist/index.js" },
  "dependencies": { "express": "4.19.2", "express-rate-limit": "7.2.0", "helmet": "7.1.0" } }"#;
const INDEX: &str = "import express from 'express';
import helmet from 'helmet';
import { auth } from './auth.js';
const app = express();
app.use(helmet());
app.use(express.json());
app.use('/api/auth', auth);
app.listen(process.env.PORT);
";
const AUTH: &str = "import { Router } from 'express';
import { strict } from './limits.js';
import { signIn } from './accounts.js';
export const auth = Router();
auth.post('/login', strict, (request, response) => response.json(signIn(request.body)));
";
const LIMITS: &str = "import rateLimit from 'express-rate-limit';
export const strict = rateLimit({ windowMs: 900000, limit: 5 });
export const open = (request, response, next) => next();
";

const BASE: Files = &[
    ("package.json", PACKAGE),
    ("src/index.js", INDEX),
    ("src/auth.js", AUTH),
    ("src/limits.js", LIMITS),
    (
        "src/accounts.js",
        "export const signIn = (body) => ({ name: body.name });\n",
    ),
];

/// The router with other lines in place of the import of the limiter and of the route.
macro_rules! auth {
    ($import:literal, $route:literal) => {
        concat!(
            "import { Router } from 'express';\n",
            $import,
            "\nimport { signIn } from './accounts.js';\nexport const auth = Router();\n\
             const handle = (request, response) => response.json(signIn(request.body));\n",
            $route,
            "\n"
        )
    };
}

/// The start with other lines in place of the router's import and its mounting.
macro_rules! index {
    ($import:literal, $mount:literal) => {
        concat!(
            "import express from 'express';\nimport helmet from 'helmet';\n",
            $import,
            "\nconst app = express();\napp.use(helmet());\napp.use(express.json());\n",
            $mount,
            "\napp.listen(process.env.PORT);\n"
        )
    };
}

const PLAIN: &str = auth!("import { strict } from './limits.js';", "auth.post('/login', handle);");

const REFACTORINGS: &[Refactoring] = &[
    Refactoring {
        name: "the import has another name",
        good: &[(
            "src/limits.js",
            "import throttle from 'express-rate-limit';\nexport const strict = throttle({ limit: 5 });\n",
        )],
        broken: &[(
            "src/limits.js",
            "import throttle from 'express-rate-limit';\nexport const strict = (a, b, next) => next();\n",
        )],
    },
    Refactoring {
        name: "the named export is imported",
        good: &[(
            "src/limits.js",
            "import { rateLimit } from 'express-rate-limit';\nexport const strict = rateLimit({ limit: 5 });\n",
        )],
        broken: &[(
            "src/limits.js",
            "import { rateLimit } from 'express-rate-limit';\nexport const strict = (a, b, next) => next();\n",
        )],
    },
    Refactoring {
        name: "an alias where it is used",
        good: &[(
            "src/auth.js",
            auth!(
                "import { strict as guard } from './limits.js';",
                "auth.post('/login', guard, handle);"
            ),
        )],
        broken: &[(
            "src/auth.js",
            auth!(
                "import { open as guard } from './limits.js';",
                "auth.post('/login', guard, handle);"
            ),
        )],
    },
    Refactoring {
        name: "a namespace import",
        good: &[(
            "src/auth.js",
            auth!(
                "import * as limits from './limits.js';",
                "auth.post('/login', limits.strict, handle);"
            ),
        )],
        broken: &[(
            "src/auth.js",
            auth!(
                "import * as limits from './limits.js';",
                "auth.post('/login', limits.open, handle);"
            ),
        )],
    },
    Refactoring {
        name: "moved to a folder",
        good: &[
            ("src/middleware/limits.js", LIMITS),
            (
                "src/auth.js",
                auth!(
                    "import { strict } from './middleware/limits.js';",
                    "auth.post('/login', strict, handle);"
                ),
            ),
        ],
        broken: &[
            ("src/middleware/limits.js", LIMITS),
            (
                "src/auth.js",
                auth!(
                    "import { strict } from './middleware/limits.js';",
                    "auth.post('/login', handle);"
                ),
            ),
        ],
    },
    Refactoring {
        name: "a barrel file",
        good: &[
            ("src/middleware/index.js", "export * from '../limits.js';\n"),
            (
                "src/auth.js",
                auth!(
                    "import { strict } from './middleware/index.js';",
                    "auth.post('/login', strict, handle);"
                ),
            ),
        ],
        broken: &[
            (
                "src/middleware/index.js",
                "export { open as strict } from '../limits.js';\n",
            ),
            (
                "src/auth.js",
                auth!(
                    "import { strict } from './middleware/index.js';",
                    "auth.post('/login', strict, handle);"
                ),
            ),
        ],
    },
    Refactoring {
        name: "CommonJS",
        good: &[
            ("package.json", COMMON),
            (
                "src/index.js",
                "const express = require('express');\nconst helmet = require('helmet');\nconst { auth } = require('./auth');\nconst app = express();\napp.use(helmet());\napp.use(express.json());\napp.use('/api/auth', auth);\napp.listen(process.env.PORT);\n",
            ),
            (
                "src/auth.js",
                "const { Router } = require('express');\nconst { strict } = require('./limits');\nconst { signIn } = require('./accounts');\nconst auth = Router();\nauth.post('/login', strict, (request, response) => response.json(signIn(request.body)));\nmodule.exports = { auth };\n",
            ),
            (
                "src/limits.js",
                "const rateLimit = require('express-rate-limit');\nexports.strict = rateLimit({ limit: 5 });\n",
            ),
            ("src/accounts.js", "exports.signIn = (body) => ({ name: body.name });\n"),
        ],
        broken: &[
            ("package.json", COMMON),
            (
                "src/index.js",
                "const express = require('express');\nconst helmet = require('helmet');\nconst { auth } = require('./auth');\nconst app = express();\napp.use(helmet());\napp.use(express.json());\napp.use('/api/auth', auth);\napp.listen(process.env.PORT);\n",
            ),
            (
                "src/auth.js",
                "const { Router } = require('express');\nconst { strict } = require('./limits');\nconst { signIn } = require('./accounts');\nconst auth = Router();\nauth.post('/login', (request, response) => response.json(signIn(request.body)));\nmodule.exports = { auth };\n",
            ),
            (
                "src/limits.js",
                "const rateLimit = require('express-rate-limit');\nexports.strict = rateLimit({ limit: 5 });\n",
            ),
            ("src/accounts.js", "exports.signIn = (body) => ({ name: body.name });\n"),
        ],
    },
    Refactoring {
        name: "the default export is the limiter",
        good: &[
            (
                "src/limits.js",
                "import rateLimit from 'express-rate-limit';\nconst strict = rateLimit({ limit: 5 });\nexport default strict;\n",
            ),
            (
                "src/auth.js",
                auth!(
                    "import guard from './limits.js';",
                    "auth.post('/login', guard, handle);"
                ),
            ),
        ],
        broken: &[
            (
                "src/limits.js",
                "import rateLimit from 'express-rate-limit';\nconst strict = rateLimit({ limit: 5 });\nexport default (request, response, next) => next();\n",
            ),
            (
                "src/auth.js",
                auth!(
                    "import guard from './limits.js';",
                    "auth.post('/login', guard, handle);"
                ),
            ),
        ],
    },
    Refactoring {
        name: "made by a wrapper",
        good: &[(
            "src/limits.js",
            "import rateLimit from 'express-rate-limit';\nconst make = (limit) => rateLimit({ limit });\nexport const strict = make(5);\n",
        )],
        broken: &[(
            "src/limits.js",
            "import rateLimit from 'express-rate-limit';\nconst make = (limit) => (request, response, next) => next();\nexport const strict = make(5);\n",
        )],
    },
    Refactoring {
        name: "made by a function where it is mounted",
        good: &[
            (
                "src/limits.js",
                "import rateLimit from 'express-rate-limit';\nexport function createLimiter(limit) {\n  return rateLimit({ limit });\n}\n",
            ),
            (
                "src/auth.js",
                auth!(
                    "import { createLimiter } from './limits.js';",
                    "auth.post('/login', createLimiter(5), handle);"
                ),
            ),
        ],
        broken: &[
            (
                "src/limits.js",
                "import rateLimit from 'express-rate-limit';\nexport function createLimiter(limit) {\n  return (request, response, next) => next();\n}\n",
            ),
            (
                "src/auth.js",
                auth!(
                    "import { createLimiter } from './limits.js';",
                    "auth.post('/login', createLimiter(5), handle);"
                ),
            ),
        ],
    },
    Refactoring {
        name: "options are spread",
        good: &[(
            "src/limits.js",
            "import rateLimit from 'express-rate-limit';\nconst defaults = { windowMs: 900000 };\nexport const strict = rateLimit({ ...defaults, limit: 5 });\n",
        )],
        broken: &[
            (
                "src/limits.js",
                "import rateLimit from 'express-rate-limit';\nconst defaults = { windowMs: 900000 };\nexport const strict = (a, b, next) => next({ ...defaults });\n",
            ),
            ("src/auth.js", PLAIN),
        ],
    },
    Refactoring {
        name: "a list of middleware",
        good: &[(
            "src/auth.js",
            auth!(
                "import { open, strict } from './limits.js';",
                "auth.post('/login', [open, strict], handle);"
            ),
        )],
        broken: &[(
            "src/auth.js",
            auth!(
                "import { open, strict } from './limits.js';",
                "auth.post('/login', [open], handle);"
            ),
        )],
    },
    Refactoring {
        name: "a list that is spread",
        good: &[(
            "src/auth.js",
            auth!(
                "import { strict } from './limits.js';\nconst guards = [strict];",
                "auth.post('/login', ...guards, handle);"
            ),
        )],
        broken: &[(
            "src/auth.js",
            auth!(
                "import { strict } from './limits.js';\nconst guards = [];",
                "auth.post('/login', ...guards, handle);"
            ),
        )],
    },
    Refactoring {
        name: "mounted on the path, before the router",
        good: &[
            ("src/auth.js", PLAIN),
            (
                "src/index.js",
                index!(
                    "import { auth } from './auth.js';\nimport { strict } from './limits.js';",
                    "app.use('/api/auth/login', strict);\napp.use('/api/auth', auth);"
                ),
            ),
        ],
        broken: &[
            ("src/auth.js", PLAIN),
            (
                "src/index.js",
                index!(
                    "import { auth } from './auth.js';\nimport { strict } from './limits.js';",
                    "app.use('/api/auth', auth);\napp.use('/api/auth/login', strict);"
                ),
            ),
        ],
    },
    Refactoring {
        name: "mounted on the whole router",
        good: &[(
            "src/auth.js",
            auth!(
                "import { strict } from './limits.js';",
                "auth.use(strict);\nauth.post('/login', handle);"
            ),
        )],
        broken: &[(
            "src/auth.js",
            auth!(
                "import { strict } from './limits.js';",
                "auth.post('/login', handle);\nauth.use(strict);"
            ),
        )],
    },
    Refactoring {
        name: "mounted beside the router",
        good: &[
            ("src/auth.js", PLAIN),
            (
                "src/index.js",
                index!(
                    "import { auth } from './auth.js';\nimport { strict } from './limits.js';",
                    "app.use('/api/auth', strict, auth);"
                ),
            ),
        ],
        broken: &[
            ("src/auth.js", PLAIN),
            (
                "src/index.js",
                index!(
                    "import { auth } from './auth.js';\nimport { strict } from './limits.js';",
                    "app.use('/api/other', strict, auth);\napp.use('/api/auth', auth);"
                ),
            ),
        ],
    },
    Refactoring {
        name: "a function mounts the routes",
        good: &[
            (
                "src/routes.js",
                "import { auth } from './auth.js';\nexport function mount(app) {\n  app.use('/api/auth', auth);\n}\n",
            ),
            (
                "src/index.js",
                index!("import { mount } from './routes.js';", "mount(app);"),
            ),
        ],
        broken: &[
            ("src/auth.js", PLAIN),
            (
                "src/routes.js",
                "import { auth } from './auth.js';\nimport { strict } from './limits.js';\nexport function mount(app) {\n  app.use('/api/auth', auth);\n}\nexport function limit(app) {\n  app.use('/api/auth', strict);\n}\n",
            ),
            (
                "src/index.js",
                index!(
                    "import { limit, mount } from './routes.js';",
                    "mount(app);\nlimit(app);"
                ),
            ),
        ],
    },
    Refactoring {
        name: "called within a function",
        good: &[(
            "src/auth.js",
            auth!(
                "import { strict } from './limits.js';",
                "auth.post('/login', (request, response, next) => strict(request, response, next), handle);"
            ),
        )],
        broken: &[(
            "src/auth.js",
            auth!(
                "import { strict } from './limits.js';",
                "auth.post('/login', (request, response, next) => next(), handle);"
            ),
        )],
    },
    Refactoring {
        name: "a chained route",
        good: &[(
            "src/auth.js",
            auth!(
                "import { strict } from './limits.js';",
                "auth.route('/login').post(strict, handle);"
            ),
        )],
        broken: &[(
            "src/auth.js",
            auth!(
                "import { strict } from './limits.js';",
                "auth.route('/login').get(strict, handle).post(handle);"
            ),
        )],
    },
    Refactoring {
        name: "a class keeps the limiter",
        good: &[
            (
                "src/limits.js",
                "import rateLimit from 'express-rate-limit';\nclass Limits {\n  constructor() {\n    this.strict = rateLimit({ limit: 5 });\n  }\n}\nexport const limits = new Limits();\n",
            ),
            (
                "src/auth.js",
                auth!(
                    "import { limits } from './limits.js';",
                    "auth.post('/login', limits.strict, handle);"
                ),
            ),
        ],
        broken: &[
            (
                "src/limits.js",
                "import rateLimit from 'express-rate-limit';\nclass Limits {\n  constructor() {\n    this.strict = rateLimit({ limit: 5 });\n  }\n}\nexport const limits = new Limits();\n",
            ),
            (
                "src/auth.js",
                auth!("import { limits } from './limits.js';", "auth.post('/login', handle);"),
            ),
        ],
    },
    Refactoring {
        name: "the handler is a method of a class",
        good: &[(
            "src/auth.js",
            "import { Router } from 'express';\nimport { strict } from './limits.js';\nimport { signIn } from './accounts.js';\nclass Accounts {\n  enter(request, response) {\n    response.json(signIn(request.body));\n  }\n}\nconst accounts = new Accounts();\nexport const auth = Router();\nauth.post('/login', strict, accounts.enter.bind(accounts));\n",
        )],
        broken: &[(
            "src/auth.js",
            "import { Router } from 'express';\nimport { strict } from './limits.js';\nimport { signIn } from './accounts.js';\nclass Accounts {\n  enter(request, response) {\n    response.json(signIn(request.body));\n  }\n}\nconst accounts = new Accounts();\nexport const auth = Router();\nauth.post('/login', accounts.enter.bind(accounts));\n",
        )],
    },
    Refactoring {
        name: "TypeScript, compiled",
        good: &[
            ("package.json", COMPILED),
            (
                "tsconfig.json",
                r#"{ "compilerOptions": { "outDir": "dist", "rootDir": "src", "strict": true } }"#,
            ),
            ("src/index.ts", INDEX),
            ("src/auth.ts", AUTH),
            ("src/limits.ts", LIMITS),
            (
                "src/accounts.ts",
                "export const signIn = (body: { name: string }) => ({ name: body.name });\n",
            ),
            ("-", "src/index.js src/auth.js src/limits.js src/accounts.js"),
        ],
        broken: &[
            ("package.json", COMPILED),
            (
                "tsconfig.json",
                r#"{ "compilerOptions": { "outDir": "dist", "rootDir": "src", "strict": true } }"#,
            ),
            ("src/index.ts", INDEX),
            ("src/auth.ts", PLAIN),
            ("src/limits.ts", LIMITS),
            (
                "src/accounts.ts",
                "export const signIn = (body: { name: string }) => ({ name: body.name });\n",
            ),
            ("-", "src/index.js src/auth.js src/limits.js src/accounts.js"),
        ],
    },
    Refactoring {
        name: "loaded lazily",
        good: &[(
            "src/auth.js",
            auth!(
                "const { strict } = await import('./limits.js');",
                "auth.post('/login', strict, handle);"
            ),
        )],
        broken: &[(
            "src/auth.js",
            auth!(
                "const { strict } = await import('./limits.js');",
                "auth.post('/login', handle);"
            ),
        )],
    },
];

/// What is not followed yet: it is neither held against the team nor believed.
const UNFOLLOWED: &[Refactoring] = &[Refactoring {
    name: "the limiter is handed in",
    good: &[
        (
            "src/auth.js",
            "import { Router } from 'express';\nimport { signIn } from './accounts.js';\nexport const createAuth = ({ guard }) => {\n  const auth = Router();\n  auth.post('/login', guard, (request, response) => response.json(signIn(request.body)));\n  return auth;\n};\n",
        ),
        (
            "src/index.js",
            index!(
                "import { createAuth } from './auth.js';\nimport { strict } from './limits.js';",
                "app.use('/api/auth', createAuth({ guard: strict }));"
            ),
        ),
    ],
    broken: &[
        (
            "src/auth.js",
            "import { Router } from 'express';\nimport { signIn } from './accounts.js';\nexport const createAuth = ({ guard }) => {\n  const auth = Router();\n  auth.post('/login', guard, (request, response) => response.json(signIn(request.body)));\n  return auth;\n};\n",
        ),
        (
            "src/index.js",
            index!(
                "import { createAuth } from './auth.js';\nimport { open, strict } from './limits.js';",
                "app.use('/api/auth', createAuth({ guard: open }));"
            ),
        ),
    ],
}];

pub fn policy() -> Policy {
    policy_of("version = 1\nextends = [\"builtin:server\"]\n")
}

pub fn policy_of(content: &str) -> Policy {
    let text = Text {
        path: "readiness.toml".to_owned(),
        sha: None,
        content: content.to_owned(),
        in_repository: true,
    };
    match Loader::new(text).step() {
        Step::Ready(policy) => policy.unwrap(),
        Step::Wanted(packs) => panic!("{packs:?} are wanted"),
    }
}

/// What the pack says of the application with some files rewritten; `-` names those that go.
pub fn judge(policy: &Policy, edits: Files) -> Vec<Assessed> {
    let mut files: BTreeMap<&str, &str> = BASE.iter().copied().collect();
    for (path, text) in edits {
        if *path == "-" {
            text.split(' ').for_each(|gone| {
                files.remove(gone);
            });
        } else {
            files.insert(path, text);
        }
    }
    let mut memory = Memory::new();
    let contents: Vec<(&str, Content)> = files.iter().map(|(path, text)| (*path, Content::text(text))).collect();
    memory.commit(&[], contents.iter().map(|(path, content)| (path.as_bytes(), content)));
    let detection = Detection {
        needs: component_needs,
        components,
    };
    let snapshot = wait(async {
        let head = memory.resolve("HEAD").await.unwrap();
        let head = Revision::Commit(head);
        gather(&mut memory, &head, policy, &mut Store::new(), detection).await
    });
    assess(policy, &snapshot.unwrap(), "2026-11-20".parse().unwrap()).items
}

pub fn outcomes(items: &[Assessed]) -> BTreeMap<&str, (OutcomeKind, &str)> {
    let each = items.iter();
    each.map(|item| (item.info.id.as_str(), (item.outcome, item.reason.as_str())))
        .collect()
}

#[test]
fn a_refactoring_keeps_every_outcome_and_its_broken_twin_is_found() {
    let policy = policy();
    let before = judge(&policy, &[]);
    let before = outcomes(&before);
    assert_eq!(before[LIMITED].0, OutcomeKind::Pass, "{:?}", before[LIMITED]);
    assert!(REFACTORINGS.len() >= 20);
    let mut wrong = Vec::new();
    for row in REFACTORINGS {
        let after = judge(&policy, row.good);
        let after = outcomes(&after);
        for (id, (outcome, _)) in &before {
            let now = after.get(id);
            if now.is_none_or(|(now, _)| now != outcome) {
                wrong.push(format!("{}: {id} was {outcome:?} and is {now:?}", row.name));
            }
        }
        let broken = judge(&policy, row.broken);
        let found = outcomes(&broken)[LIMITED];
        if found.0 != OutcomeKind::Fail {
            wrong.push(format!("{}, broken: {found:?}", row.name));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn what_is_not_followed_is_unknown_either_way() {
    let policy = policy();
    for row in UNFOLLOWED {
        for edits in [row.good, row.broken] {
            let items = judge(&policy, edits);
            let found = outcomes(&items)[LIMITED];
            assert_eq!(found.0, OutcomeKind::Unknown, "{}: {}", row.name, found.1);
        }
    }
}
