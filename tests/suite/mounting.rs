//! Whether a limiter is passed depends on more than that it is mounted: conditions, returns before it, events, paths that
//! are computed. Each row mounts one in its own way in front of a router that limits nothing itself.

use readygate::model::OutcomeKind::{self, Fail, Pass, Unknown};

use crate::refactorings::{LIMITED, judge, outcomes, policy};

const ROUTES: &str = "import { Router } from 'express';
import { signIn } from './accounts.js';
export const auth = Router();
auth.post('/login', (request, response) => response.json(signIn(request.body)));
";

/// The start with lines between the application and its router.
macro_rules! rows {
    ($($name:literal, $expect:ident, $lines:literal;)*) => {
        &[$((
            $name,
            $expect,
            &[
                ("src/auth.js", ROUTES),
                (
                    "src/index.js",
                    concat!(
                        "import express from 'express';\nimport cluster from 'node:cluster';\nimport { strict } from './limits.js';\n",
                        "import { auth } from './auth.js';\nconst app = express();\n",
                        $lines,
                        "\napp.use('/v1/auth', auth);\napp.listen(3000);\n"
                    ),
                ),
            ],
        )),*]
    };
}

type Row = (&'static str, OutcomeKind, &'static [(&'static str, &'static str)]);

const ROWS: &[Row] = rows! {
    "plainly", Pass, "app.use(strict);";
    "elsewhere", Fail, "app.use('/v2', strict);";
    "on the path", Pass, "app.use('/V1', strict);";
    "on any first part", Pass, "app.use('/:version', strict);";
    "on a computed path", Unknown, "app.use(process.env.LIMITED, strict);";
    "on a path from nowhere", Unknown, "import paths from './paths.json';\napp.use(paths.limited, strict);";
    "on a pattern", Unknown, "app.use(/^.v1/, strict);";
    "on another path that a function is given", Fail, "function mount(prefix) { app.use(prefix, strict); }\nmount('/v2');";
    "on its path that a function is given", Pass, "function mount(prefix) { app.use(prefix, strict); }\nmount('/v1');";
    "on a path of two that a function is given", Unknown, "function mount(prefix) { app.use(prefix, strict); }\nmount('/v2');\nmount(process.env.PREFIX);";
    "on a path that a function has a default for", Pass, "function mount(prefix = '/v1') { app.use(prefix, strict); }\nmount();";
    "on a path from outside before its default", Unknown, "function mount(prefix = '/v1') { app.use(prefix, strict); }\nmount(process.env.LIMITED);";
    "under a condition", Unknown, "if (process.env.LIMITS) app.use(strict);";
    "behind a condition in an expression", Unknown, "process.env.LIMITS && app.use(strict);";
    "in one of two", Unknown, "process.env.LIMITS ? app.use(strict) : null;";
    "behind a return", Unknown, "function limits() { if (process.env.OPEN) return; app.use(strict); }\nlimits();";
    "behind a return, handed", Unknown, "function limits(to) { if (process.env.OPEN) return; to.use(strict); }\nlimits(app);";
    "behind a return in tests", Pass, "function limits() { if (process.env.NODE_ENV === 'test') return; app.use(strict); }\nlimits();";
    "behind a guard that throws", Pass, "function limits() { if (!process.env.KEY) throw new Error('KEY'); app.use(strict); }\nlimits();";
    "by a function that is called under a condition", Unknown, "function limits() { app.use(strict); }\nif (process.env.LIMITS) limits();";
    "by a function that is handed it under a condition", Unknown, "function limits(to) { to.use(strict); }\nif (process.env.LIMITS) limits(app);";
    "by a function that is called twice", Pass, "function limits() { app.use(strict); }\nif (process.env.LIMITS) limits();\nlimits();";
    "by something unknown", Unknown, "import { limits } from './gone.js';\nlimits(app);";
    "on an event", Unknown, "process.on('SIGHUP', () => app.use(strict));";
    "after a while", Unknown, "setTimeout(() => app.use(strict), 1000);";
    "in production", Pass, "if (process.env.NODE_ENV === 'production') app.use(strict);";
    "in production, by a name", Pass, "const isProduction = process.env.NODE_ENV === 'production';\nif (isProduction) app.use(strict);";
    "not in tests", Pass, "const { NODE_ENV = 'development' } = process.env;\nif (NODE_ENV !== 'test') app.use(strict);";
    "in development alone", Fail, "if (process.env.NODE_ENV !== 'production') app.use(strict);";
    "in a cluster's workers", Pass, "if (cluster.isPrimary) cluster.fork(); else app.use(strict);";
    "in a loop", Pass, "for (const one of [strict]) app.use(one);";
    "for each", Pass, "[strict].forEach((one) => app.use(one));";
    "for each with its path", Pass, "const all = [{ path: '/v1', limit: strict }];\nall.forEach((one) => { app.use(one.path, one.limit); });";
    "for each, taken apart", Pass, "const all = [{ path: '/v1', limit: strict }];\nall.forEach(({ path, limit }) => app.use(path, limit));";
    "for each with another path", Fail, "const all = [{ path: '/v2', limit: strict }];\nall.forEach(({ path, limit }) => app.use(path, limit));";
    "for each under a condition", Unknown, "if (process.env.LIMITS) [strict].forEach((one) => app.use(one));";
    "in a loop under a condition", Unknown, "if (process.env.LIMITS) for (const one of [strict]) app.use(one);";
    "in a block that may fail", Pass, "try { app.use(strict); } catch (error) { console.error(error); }";
    "when something failed", Unknown, "try { JSON.parse('{'); } catch (error) { app.use(strict); }";
};

#[test]
fn a_limiter_is_passed_only_where_it_is_mounted_for_sure() {
    let policy = policy();
    let mut wrong = Vec::new();
    for (name, expected, files) in ROWS {
        let items = judge(&policy, files);
        let (outcome, reason) = outcomes(&items)[LIMITED];
        if outcome != *expected {
            wrong.push(format!("{name}: {outcome:?}, not {expected:?}: {reason}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Routers that a list mounts, as boilerplates do it: what each passes is known.
#[test]
fn routers_from_a_list_are_found_at_their_paths() {
    let policy = policy();
    let index = |limited: &'static str| -> String {
        format!(
            "import express from 'express';\nimport {{ strict }} from './limits.js';\nimport {{ auth }} from './auth.js';\n\
             const app = express();\nconst api = express.Router();\nconst all = [{{ path: '/auth', route: auth }}];\n\
             all.forEach((one) => {{ api.use(one.path, one.route); }});\napp.use('{limited}', strict);\napp.use('/v1', api);\n"
        )
    };
    for (limited, expected) in [("/v1/auth", Pass), ("/v1/users", Fail)] {
        let files: &'static [(&str, &str)] =
            vec![("src/auth.js", ROUTES), ("src/index.js", index(limited).leak())].leak();
        let items = judge(&policy, files);
        let (outcome, reason) = outcomes(&items)[LIMITED];
        assert_eq!(outcome, expected, "{limited}: {reason}");
    }
}
