// Prints what the page's wasm consists of: for each module its functions, their bytes, and what they add to the
// download, which is how much smaller the code would compress without them.
//
// usage: node tools/weigh.mjs [pattern]   (a regular expression: then the functions whose names match, one by one)
//
// Needs target/wasm32-unknown-unknown/release/raftarium.wasm as `./dev build` left it.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { names } from "./split.mjs";
import { CODE, IMPORTS, Reader, sections } from "./wasm.mjs";

const SHOWN = 40;
const pattern = process.argv[2] && new RegExp(process.argv[2]);

// As Trunk does it, but keeping the names.
const from = "target/wasm32-unknown-unknown/release/raftarium.wasm";
const to = "target/weigh";
mkdirSync(to, { recursive: true });
execFileSync("wasm-bindgen", ["--target", "web", "--no-typescript", "--out-dir", to, "--out-name", "page", from]);
execFileSync("wasm-opt", ["-Oz", `--symbolmap=${to}/symbols`, `${to}/page_bg.wasm`, "-o", `${to}/small.wasm`]);
const bytes = readFileSync(`${to}/small.wasm`);
const functions = names(readFileSync(`${to}/symbols`).toString());

const NAMES = ["names", "types", "imports", "functions", "tables", "memory", "globals", "exports", "start", "elements", "code", "data", "data count"];
const all = sections(bytes);
const body = (id) => new Reader(all.find((section) => section.id === id).body);
const imported = body(IMPORTS).number();
const bodies = body(CODE);
const code = bodies
  .list(() => bodies.bytes(bodies.number()))
  .map((body, nth) => ({ name: functions[nth + imported], body }));

const compressed = (parts) => brotliCompressSync(Buffer.concat(parts)).length;
// `<raftarium::ui::app::App as yew::Component>::view` belongs to raftarium::ui.
function moduleOf(name) {
  const own = name.match(/raftarium::\w+/) ?? name.match(/[a-z_]\w*(::\w+)?/);
  return own ? own[0] : name;
}

const whole = compressed(code.map(({ body }) => body));
const groups = new Map();
for (const { name, body } of code) {
  if (pattern && !pattern.test(name)) continue;
  const group = pattern ? name : moduleOf(name);
  groups.set(group, [...(groups.get(group) ?? []), body]);
}

const line = (...cells) => console.log(...cells.map((cell, nth) => (nth < 3 ? String(cell).padStart(9) : cell)));
function weigh(group, bodies) {
  const rest = code.map(({ body }) => body).filter((body) => !bodies.includes(body));
  line(size(bodies), whole - compressed(rest), bodies.length, group.slice(0, 120));
}
const size = (bodies) => bodies.reduce((sum, body) => sum + body.length, 0);

if (!pattern) {
  line("bytes", "brotli", "", "section");
  for (const { id, body } of all) line(body.length, compressed([body]), "", NAMES[id]);
  console.log();
}
line("bytes", "brotli", "functions", pattern ? "function" : "module");
const heaviest = [...groups].sort(([, a], [, b]) => size(b) - size(a));
for (const [group, bodies] of heaviest.slice(0, SHOWN)) weigh(group, bodies);
weigh("all of these", [...groups.values()].flat());
