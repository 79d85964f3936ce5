// GitHub's official descriptions, made ready for the tests.
//
//   node .ci/contract.mjs prepare FOLDER   FOLDER/node_modules holds @octokit/openapi and @octokit/graphql-schema: writes
//                                          FOLDER/operations/NAME.json for each operation that src/github/permission.rs
//                                          names, with the schemas that it refers to
//   node .ci/contract.mjs graphql FOLDER   standard input: [{query, variables, data}]; prints the mistakes as a JSON list
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const [command, folder] = process.argv.slice(2);
const modules = path.resolve(folder, "node_modules");

if (command === "prepare") {
  prepare();
} else if (command === "graphql") {
  await graphql();
} else {
  console.error("prepare or graphql");
  process.exit(2);
}

function prepare() {
  const file = path.join(modules, "@octokit/openapi/generated/api.github.com.json");
  const whole = JSON.parse(fs.readFileSync(file, "utf8"));
  const table = fs.readFileSync(new URL("../src/github/permission.rs", import.meta.url), "utf8");
  const wanted = new Set([...table.matchAll(/"([a-z-]+\/[a-z-]+)"/g)].map((found) => found[1]));
  const out = path.join(folder, "operations");
  fs.rmSync(out, { recursive: true, force: true });
  fs.mkdirSync(out, { recursive: true });
  for (const [template, item] of Object.entries(whole.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (!operation || !wanted.delete(operation.operationId)) continue;
      const kept = { method: method.toUpperCase(), path: template, operation, components: {} };
      collect(operation, whole, kept.components);
      strip(kept);
      fs.writeFileSync(path.join(out, `${operation.operationId.replace("/", "__")}.json`), JSON.stringify(kept));
    }
  }
  // An operation of GitHub's that is not there any more is found out here, and not by a user.
  const lost = [...wanted].filter((name) => name.includes("/"));
  if (lost.length > 0) {
    console.error(`GitHub's description has no ${lost.join(", ")}`);
    process.exit(1);
  }
}

// Everything that is referred to, by its pointer.
function collect(node, whole, components) {
  if (Array.isArray(node)) return node.forEach((one) => collect(one, whole, components));
  if (node === null || typeof node !== "object") return;
  const pointer = node.$ref;
  if (typeof pointer === "string" && !(pointer in components) && !pointer.startsWith("#/components/examples")) {
    const target = pointer.slice(2).split("/").reduce((at, key) => at[key], whole);
    components[pointer] = target;
    collect(target, whole, components);
  }
  Object.values(node).forEach((one) => collect(one, whole, components));
}

// Prose and examples are three quarters of the bytes.
function strip(node) {
  if (Array.isArray(node)) return node.forEach(strip);
  if (node === null || typeof node !== "object") return;
  for (const key of ["description", "example", "examples", "externalDocs", "x-github"]) {
    // A property may have such a name; then it is a schema.
    if (key in node && (typeof node[key] === "string" || key !== "description") && !isSchema(node[key])) delete node[key];
  }
  Object.values(node).forEach(strip);
}

function isSchema(node) {
  return node !== null && typeof node === "object" && ("type" in node || "$ref" in node || "allOf" in node || "anyOf" in node || "oneOf" in node);
}

async function graphql() {
  const require = createRequire(path.join(modules, "x.js"));
  const { buildSchema, parse, validate, execute } = require("graphql");
  // The published schema repeats two fields, which is no business of ours.
  const schema = buildSchema(fs.readFileSync(path.join(modules, "@octokit/graphql-schema/schema.graphql"), "utf8"), { assumeValidSDL: true });
  const mistakes = [];
  for (const { query, variables, data } of JSON.parse(fs.readFileSync(0, "utf8"))) {
    const document = parse(query);
    const wrong = validate(schema, document);
    mistakes.push(...wrong.map((one) => `${one.message} in ${query.slice(0, 300)}`));
    if (wrong.length > 0 || !data) continue;
    // The answer as data: each field must be what the schema says. An alias stands for its field.
    const told = await execute({
      schema,
      document,
      rootValue: data,
      variableValues: variables,
      fieldResolver: (source, _arguments, _context, info) => source[info.path.key],
      typeResolver: () => "Blob",
    });
    mistakes.push(...(told.errors ?? []).map((one) => `${one.message} at ${one.path?.join(".")}`));
  }
  console.log(JSON.stringify(mistakes));
}
