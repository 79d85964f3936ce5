use super::super::{Words, read};
use super::{Says, namings};

/// What the last item of a document names: `file a.md`, with `+` where the line says more, `-` where it is to be gone.
fn named(document: &str) -> Vec<String> {
    let list = read(document);
    let item = list.items.last().expect("an item");
    let found = namings(&list, item, Words::builtin());
    let shown = found.into_iter().map(|naming| {
        let says = match naming.says {
            Says::Present => "",
            Says::Works => "~",
            Says::More => "+",
            Says::Gone => "-",
        };
        format!("{:?} {}{says}", naming.thing, naming.name)
    });
    shown.collect()
}

fn item(text: &str) -> Vec<String> {
    named(&format!("# Launch\n\n- [ ] {text}\n"))
}

#[test]
fn files_that_are_said_to_be_there_are_named() {
    for (text, name) in [
        ("`Dockerfile` exists", "File Dockerfile"),
        ("Create `docs/RUNBOOK.md`", "File docs/RUNBOOK.md"),
        ("Add a `fly.toml` file", "File fly.toml"),
        ("Create TEST_REPORT.md (2h)", "File TEST_REPORT.md"),
        ("src/limits.ts was added", "File src/limits.ts"),
        ("src/limits.ts (created)", "File src/limits.ts"),
        ("nginx/site.conf", "File nginx/site.conf"),
        ("Criar o arquivo docs/plano.md", "File docs/plano.md"),
        (
            "Create src/env.ts (lazy proxy — safe at build time)",
            "File src/env.ts+",
        ),
        ("Written report.txt and sent by mail", "File report.txt+"),
        ("Removed config.json", "File config.json-"),
        ("Delete `src/old.ts`", "File src/old.ts-"),
    ] {
        assert_eq!(item(text), [name], "{text}");
    }
    assert_eq!(item("Add a.md and b.md"), ["File a.md", "File b.md"]);
}

#[test]
fn files_below_a_folders_item_are_that_folders() {
    assert_eq!(
        named("- [x] services/admin/ (the main page)\n  - [x] package.json\n"),
        ["File services/admin/package.json"]
    );
    assert_eq!(
        named("- [x] services/\n  - [x] admin/\n    - [x] tsconfig.json\n"),
        ["File services/admin/tsconfig.json"]
    );
    assert!(named("## Admin (services/admin/)\n\n- [x] package.json\n").is_empty());
    assert!(named("- [x] web/ and admin/\n  - [x] package.json\n").is_empty());
}

#[test]
fn packages_scripts_variables_and_routes_are_named() {
    for (text, name) in [
        ("Install `helmet`", "Package helmet"),
        ("Add `helmet`", "Package helmet"),
        ("Install the `@acme/limits` package", "Package @acme/limits"),
        ("npm install express-rate-limit@7", "Package express-rate-limit"),
        ("`npm install express` was run", "Package express+"),
        ("zod installed", "Package zod"),
        ("`npm run build` passes", "Script build~"),
        ("Run `pnpm typecheck`", "Script typecheck~"),
        ("Add the `npm run build:prod` script", "Script build:prod"),
        ("`STRIPE_WEBHOOK_SECRET` set", "Variable STRIPE_WEBHOOK_SECRET"),
        ("`STRIPE_KEY` documented in `.env.example`", "Declared STRIPE_KEY"),
        ("Installed playwright", "Package playwright"),
        ("Add the compression library", "Package compression"),
        ("Add helmet dependency to package.json", "Package helmet"),
        ("GET /status responds at api.stripe.com", "Route GET /status+"),
        ("`GET /health` responds", "Route GET /health"),
        ("POST /api/calls/end calculates billing", "Route POST /api/calls/end+"),
        ("GET /api/users/:id exists", "Route GET /api/users/*"),
        ("/health endpoint exists", "Route /health"),
    ] {
        assert_eq!(item(text), [name], "{text}");
    }
    assert_eq!(named("## Dependencies\n\n- [ ] helmet package\n"), ["Package helmet"]);
    assert!(named("## Dependencies\n\n- [ ] helmet\n").is_empty());
    assert_eq!(
        named("## Environment variables\n\n- [ ] JWT_SECRET\n"),
        ["Variable JWT_SECRET"]
    );
    assert_eq!(named("## Files created\n\n- [x] src/a.ts\n"), ["File src/a.ts"]);
}

#[test]
fn what_only_mentions_a_name_or_denies_it_stays_unmapped() {
    for text in [
        "No `.env` in git",
        "`.env.production` created",
        "Rate limiting with `express-rate-limit` active",
        "Fixed destructuring error in classes.js",
        "Rewrite seed.ts to use Drizzle",
        "Dockerfile updated (removed SQLite data directory)",
        "Add stubPlugin to vite.config.ts",
        "use-glow.tsx → useGlow.tsx",
        "In-memory rate limiter (src/lib/rate-limit.ts)",
        "src/components/Header.tsx",
        "Copy CallInterface.tsx",
        "Update STRIPE_WEBHOOK_SECRET in backend",
        "Set APPEND_SLASH = True",
        "DEBUG_MODE must not be set",
        "Built with Next.js",
        "npm install -g vercel",
        "`npm install` has been run",
        "npm install completed",
        "`yarn add` is not used",
        "cd web && npm run build",
        "DELETE /users is blocked",
        "Temporarily return 500 from /api/auth/sync-user",
        "Mention @acme/team",
        "See https://example.com/a/b.md",
        "Generate SSL certs into /etc/nginx/ssl.conf",
        "Add status column",
        "Remove server.js from the Dockerfile",
        "Create CI workflow for archives (see .github/workflows/build.yml if created)",
        "Add helmet or hpp",
        "Decrypt tokens on read in spotify.ts",
        "Add dist/index.js",
        "Add config.json to .gitignore",
        "Add package.json to the Dockerfile",
        "Check that .gitignore has config.json",
        "Add all environment variables to config.json",
        "Add API key to config.json",
        "Add new routes to src/server.js",
        "Ensure config.json has the API key",
        "Has config.json been added",
        "config.json was added?",
        "Add API key config.json",
        "Create src/env.ts with zod schema (lazy proxy)",
        "Create Report: TEST_REPORT.md (2h)",
        "Created backup.sh on the server",
        "Added robots.txt to the CDN bucket",
        "Added compression",
        "Added @acme/team",
        "Add compression to nginx.conf",
        "Added cors to the API",
        "Add helmet to src/server.js",
        "Add `helmet` to src/server.js",
        "Configure `helmet`",
        "Add `helmet` or `hpp`",
        "Add `compression middleware`",
        "Add npm run lint to .github/workflows/ci.yml",
    ] {
        assert!(item(text).is_empty(), "{text}: {:?}", item(text));
    }
    assert!(named("## Files to fix\n\n- [ ] docs/a.md\n").is_empty());
    assert!(named("## Modified\n\n- [x] docs/a.md\n").is_empty());
}
