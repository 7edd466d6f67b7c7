// Prints what the page's wasm consists of: for each module its functions, their bytes, and what they add to the
// download, which is how much smaller the code would compress without them.
//
// usage: node tools/weigh.mjs [pattern]   (a regular expression: then the functions whose names match, one by one)
//
// Needs target/wasm32-unknown-unknown/release/raftarium.wasm as `./dev build` left it, and its names.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

const SHOWN = 40;
const pattern = process.argv[2] && new RegExp(process.argv[2]);

// As Trunk does it, but keeping the names.
const from = "target/wasm32-unknown-unknown/release/raftarium.wasm";
const to = "target/weigh";
mkdirSync(to, { recursive: true });
execFileSync("wasm-bindgen", ["--target", "web", "--no-typescript", "--out-dir", to, "--out-name", "page", from]);
execFileSync("wasm-opt", ["-Oz", "-g", `${to}/page_bg.wasm`, "-o", `${to}/named.wasm`]);
const bytes = readFileSync(`${to}/named.wasm`);

// https://webassembly.github.io/spec/core/binary/modules.html, and its appendix on names
const SECTIONS = ["names", "types", "imports", "functions", "tables", "memory", "globals", "exports", "start", "elements", "code", "data", "data count"];
const [IMPORTS, CODE, FUNCTION_NAMES] = [2, 10, 1];

let at = 8;
function number() {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
}
const text = () => {
  const length = number();
  return bytes.subarray(at, (at += length)).toString();
};

const sections = [];
const functions = []; // [begin, end)
const names = new Map();
let imported = 0;
while (at < bytes.length) {
  const id = bytes[at++];
  const end = number() + at;
  sections.push([SECTIONS[id], bytes.subarray(at, end)]);
  if (id === 0 && text() === "name") readNames(end);
  if (id === IMPORTS) imported = number();
  if (id === CODE) {
    for (let count = number(); count > 0; count--) {
      const end = number() + at;
      functions.push([at, end]);
      at = end;
    }
  }
  at = end;
}

function readNames(end) {
  while (at < end) {
    const kind = bytes[at++];
    const next = number() + at;
    if (kind === FUNCTION_NAMES) for (let count = number(); count > 0; count--) names.set(number(), text());
    at = next;
  }
}

const compressed = (parts) => brotliCompressSync(Buffer.concat(parts)).length;
const code = functions.map(([begin, end], nth) => ({
  name: (names.get(nth + imported) ?? "?").replace(/::h[0-9a-f]{16}$|\[[0-9a-f]{16}\]/g, ""),
  body: bytes.subarray(begin, end),
}));

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
  for (const [name, body] of sections) if (name !== "names") line(body.length, compressed([body]), "", name);
  console.log();
}
line("bytes", "brotli", "functions", pattern ? "function" : "module");
const heaviest = [...groups].sort(([, a], [, b]) => size(b) - size(a));
for (const [group, bodies] of heaviest.slice(0, SHOWN)) weigh(group, bodies);
weigh("all of these", [...groups.values()].flat());
