use super::{Fate, Ran, Settings};
use crate::model::RepoPath;
use crate::program::of_files;
use std::cell::RefCell;

/// What becomes of each `migrate deploy` of a script.
fn fates(script: &str) -> Vec<Fate> {
    let manifest = r#"{"name":"x","scripts":{"start":"node scripts/up.js"},"dependencies":{"execa":"9.0.0"}}"#;
    let (_, program) = of_files(&[("package.json", manifest), ("scripts/up.js", script)]);
    let ran = Ran {
        program,
        reaches: Vec::new(),
        shapes: RefCell::default(),
        settings: Settings::default(),
    };
    let path = RepoPath::new("scripts/up.js");
    let places = script.match_indices("migrate deploy").map(|(at, _)| at);
    places.map(|at| ran.fate(&path, at)).collect()
}

const SYNC: &str = "const { execSync, spawnSync, spawn, exec } = require('child_process');\n";

fn of(body: &str) -> Fate {
    let all = fates(&format!("{SYNC}{body}"));
    assert_eq!(all.len(), 1, "{body}");
    all[0]
}

#[test]
fn what_is_handed_to_a_program_and_may_fail_is_run() {
    for body in [
        "execSync('npx prisma migrate deploy');",
        "const run = (cmd) => execSync(cmd, { stdio: 'inherit' });\nrun('npx prisma migrate deploy');",
        "function run(cmd) { console.log(cmd); execSync(cmd); }\ntry { run('npm ci') } catch {}\nrun('prisma migrate deploy');",
        "try { execSync('prisma migrate deploy') } catch (e) { console.error(e); process.exit(1) }",
        "function fail(e) { console.error(e); process.exit(1); }\ntry { execSync('prisma migrate deploy') } catch (e) { fail(e) }",
        "try { execSync('prisma migrate deploy') } catch (e) { throw new Error('}', { cause: e }) }",
        "try { execSync('prisma migrate deploy') } finally { close() }",
        "async function main() { execSync('prisma migrate deploy') }\nmain();",
        "async function main() { execSync('prisma migrate deploy') }\nmain().catch((e) => { console.error(e); process.exit(1) });",
        "async function main() { execSync('prisma migrate deploy') }\nmain().catch(() => { process.exitCode = 1 });",
        "(async () => { execSync('prisma migrate deploy') })();",
        "for (const cmd of ['npx prisma generate', 'npx prisma migrate deploy']) execSync(cmd);",
        "['npx prisma migrate deploy'].forEach((cmd) => execSync(cmd));",
        "const result = spawnSync('prisma migrate deploy', { shell: true });\nif (result.status !== 0) process.exit(result.status);",
        "process.exit(spawnSync('prisma migrate deploy', { shell: true }).status);",
        "const child = spawn('prisma migrate deploy', { shell: true });\nchild.on('exit', (code) => process.exit(code));",
        "exec('prisma migrate deploy', (error) => { if (error) throw error; });",
        "const run = () => new Promise((resolve, reject) => { exec('prisma migrate deploy', (e) => e ? reject(e) : resolve()) });\nrun();",
        "const { execa } = require('execa');\n(async () => { await execa('prisma migrate deploy', { shell: true }) })();",
        "const run = require('util').promisify(exec);\nasync function main() { await run('prisma migrate deploy') }\nmain();",
        "let failed = false;\ntry { execSync('prisma migrate deploy') } catch (e) { failed = true }\nif (failed) process.exit(1);",
        "let code = 0;\ntry { execSync('prisma migrate deploy') } catch (e) { code = 1 }\nprocess.exit(code);",
        "(async () => { let bad = false; for (const step of [check, up]) { try { await step() } catch (e) { bad = true } finally { if (bad) process.exit(1) } } })();\nasync function check() {}\nasync function up() { console.log(execSync('prisma migrate deploy').toString()) }",
        "const CMD = `npx prisma migrate deploy --schema ${process.env.SCHEMA}`;\nexecSync(CMD);",
        "try { execSync('prisma migrate deploy') } catch (e) { if (process.env.NODE_ENV === 'production') process.exit(1) }",
        "for (let attempt = 1; attempt <= 5; attempt++) { try { execSync('prisma migrate deploy'); break } catch (e) { if (attempt === 5) throw e; sleep(1) } }",
        "try { execSync('prisma migrate deploy') } catch (e) { if (e.stdout) console.error(e.stdout); else console.error(e); process.exit(1) }",
        "try { execSync('prisma migrate deploy') } catch (e) { if (e.code === 1) { process.exit(1) } else { throw e } }",
        "async function main() { execSync('prisma migrate deploy') }\nmain().catch((e) => { if (e) process.exit(1) });",
        "const child = spawn('prisma migrate deploy', { shell: true });\nchild.on('exit', (code) => { if (code !== 0) process.exit(1) });",
        "exec('prisma migrate deploy', (error) => { if (!error) return; console.error(error); process.exit(1) });",
        "if (!process.env.SKIP_MIGRATIONS) execSync('prisma migrate deploy');",
        "function up() { if (process.env.SKIP_MIGRATIONS) return;\nexecSync('prisma migrate deploy') }\nup();",
        "if (process.env.DATABASE_URL) execSync('prisma migrate deploy');",
        "if (process.env.VERCEL_ENV === 'production') execSync('prisma migrate deploy');",
        "if (!process.env.DATABASE_URL) { process.exit(1) }\nexecSync('prisma migrate deploy');",
        "function up() { execSync('prisma migrate deploy') }\nif (process.env.TWICE) up();\nup();",
        "if (require.main === module) { up() }\nfunction up() { execSync('prisma migrate deploy') }",
    ] {
        assert_eq!(of(body), Fate::Run, "{body}");
    }
}

#[test]
fn what_is_only_named_or_nobody_calls_or_is_passed_over_is_in_vain() {
    for body in [
        "console.log('Usage: npx prisma migrate deploy');",
        "const help = `Run\n npx prisma migrate deploy`;\nconsole.log(help);",
        "const help = 'npx prisma migrate deploy';",
        "throw new Error('run prisma migrate deploy first');",
        "function say(text) { process.stdout.write(text) }\nsay('prisma migrate deploy');",
        "function up() { execSync('prisma migrate deploy') }\nconsole.log(1);",
        "function run(cmd) { execSync(cmd) }\nfunction up() { run('prisma migrate deploy') }\nrun('ls');",
        "try { execSync('prisma migrate deploy') } catch (e) { console.error(e) }",
        "try { if (x) { execSync('prisma migrate deploy') } } catch { }",
        "try { execSync('prisma migrate deploy') } catch (e) { process.exit(0) }",
        "async function main() { execSync('prisma migrate deploy') }\nmain().catch(console.error);",
        "async function main() { execSync('prisma migrate deploy') }\nmain().catch(() => {});",
        "async function up() { execSync('prisma migrate deploy') }\nasync function main() { try { await up() } catch (e) { console.warn(e) } }\nmain();",
        "let failed = false;\ntry { execSync('prisma migrate deploy') } catch (e) { failed = true }\nif (failed) console.log('later');",
        "exec('prisma migrate deploy');",
        "exec('prisma migrate deploy', (error) => { if (error) console.error(error) });",
        "spawnSync('prisma migrate deploy', { shell: true });",
        "const r = spawnSync('prisma migrate deploy', { shell: true });\nif (r.status !== 0) console.log('later');",
        "const child = spawn('prisma migrate deploy', { shell: true });\nchild.on('exit', (code) => console.log(code));",
        "new Promise((resolve, reject) => exec('prisma migrate deploy', (e) => e ? reject(e) : resolve())).catch(() => {});",
    ] {
        assert!(matches!(of(body), Fate::Vain(_)), "{body}: {:?}", of(body));
    }
}

#[test]
fn what_is_handed_on_further_is_open() {
    for body in [
        "const { run } = require('some-runner');\nrun('prisma migrate deploy');",
        "module.exports = { command: 'prisma migrate deploy' };",
        "const run = () => spawnSync('prisma migrate deploy', { shell: true }).status;\nrun();",
        "function up() { try { execSync('prisma migrate deploy'); return true } catch { return false } }\nif (!up()) process.exit(1);",
        "try { execSync('prisma migrate deploy') } catch (e) { console.error(e); if (process.env.STRICT) process.exit(1) }",
        "try { execSync('prisma migrate deploy') } catch (e) { if (e.message.includes('P3005')) return; throw e }",
        "try { execSync('prisma migrate deploy') } catch (e) { process.env.STRICT && process.exit(1) }",
        "async function main() { execSync('prisma migrate deploy') }\nmain().catch((e) => { if (STRICT) throw e });",
        "const r = spawnSync('prisma migrate deploy', { shell: true });\nif (r.status !== 0) { if (STRICT) process.exit(1) }",
        "const child = spawn('prisma migrate deploy', { shell: true });\nchild.on('exit', (code) => { if (code && STRICT) process.exit(1) });",
        "if (process.env.RUN_MIGRATIONS === 'true') execSync('prisma migrate deploy');",
        "process.env.RUN_MIGRATIONS && execSync('prisma migrate deploy');",
        "const isOn = process.env.RUN_MIGRATIONS === 'true';\nfunction up() { execSync('prisma migrate deploy') }\nfunction main() { if (isOn) up(); }\nmain();",
        "function up() { if (process.env.AUTO_MIGRATE !== '1') return;\nexecSync('prisma migrate deploy') }\nup();",
        "const { retry } = require('./retry');\nretry(() => execSync('prisma migrate deploy'));",
    ] {
        assert!(matches!(of(body), Fate::Open(_)), "{body}: {:?}", of(body));
    }
}
