// Makes what Trunk left in dist/ ready to be published: one script, one stylesheet and the wasm in two parts, each small
// and named after its content; a content policy; a service worker. A page of Trunk's alone works too, unfinished.
//
// usage: node tools/finish.mjs dist

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { unpack } from "../static/unpack.js";
import { shortenImports } from "./imports.mjs";
import { pack } from "./pack.mjs";
import { names, split } from "./split.mjs";

const dist = process.argv[2];
const target = "es2022";

const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types default",
].join("; ");

const path = (name) => join(dist, name);
const read = (name) => readFileSync(path(name));
const hash = (...contents) => {
  const sum = createHash("sha256");
  for (const content of contents) sum.update(content);
  return sum.digest("hex").slice(0, 12);
};

// Writes a file under a name that says its content, and returns that name.
function put(stem, extension, content) {
  const name = `${stem}-${hash(content)}.${extension}`;
  writeFileSync(path(name), content);
  return name;
}

// Replaces what must occur exactly once.
function swap(text, from, to) {
  if (text.split(from).length !== 2) throw new Error(`finish: expected ${from} once`);
  return text.replace(from, () => to);
}

let html = read("index.html").toString();

// What Trunk made.
const [script, glue, oldWasm] =
  html.match(/<script type="module" src="\.\/boot\.js" data-js="\.\/([^"]+)" data-wasm="\.\/([^"]+)"><\/script>/) ?? [];
if (!script) throw new Error("finish: index.html does not start the page as Trunk.toml says");

// The script: boot.js with wasm-bindgen's glue inside, which leaves it to rest.js to instantiate the wasm.
const gluePath = path(glue);
writeFileSync(
  gluePath,
  `import { instantiate } from "./rest.js";\n` +
    swap(read(glue).toString(), "await WebAssembly.instantiate(module, imports)", "await instantiate(module, imports)"),
);
writeFileSync(path("rest.js"), readFileSync("static/rest.js"));
const bundle = await esbuild.build({
  stdin: {
    contents: swap(read("boot.js").toString(), "import(url(parts.js))", `import("./${glue}")`),
    resolveDir: dist,
  },
  bundle: true,
  format: "esm",
  legalComments: "none",
  minify: true,
  target,
  write: false,
});

// The wasm. Trunk names it before wasm-opt has changed it.
const short = shortenImports(read(oldWasm), bundle.outputFiles[0].text);
writeFileSync("tools/.page.wasm", short.wasm); // for tools/profile.mjs
const functions = names(readFileSync("tools/.page.symbols").toString());
const rest = new Set(readFileSync("tools/rest.txt").toString().split("\n"));
const [wasm, restWasm] = split(short.wasm, (nth) => rest.has(functions[nth])).map((part, nth) => {
  const packed = pack(part);
  if (Buffer.compare(unpack(packed), part) !== 0) throw new Error("finish: the packed wasm is not what it was");
  return put(["raftarium", "rest"][nth], "wasm", packed);
});
const js = put("raftarium", "js", short.script);

// The stylesheets, in the order of the page.
const sheets = [...html.matchAll(/<link rel="stylesheet" href="\.\/([^"]+)"[^>]*>/g)];
const cascade = sheets.map(([, name]) => read(name).toString()).join("\n");
const css = put("raftarium", "css", (await esbuild.transform(cascade, { loader: "css", minify: true, target })).code);

// The page.
const icon = `data:image/svg+xml,${encodeURIComponent(read("icon.svg").toString().trim())}`;
html = swap(html, 'rel="icon" href="icon.svg"', `rel="icon" href="${icon}"`);
sheets.forEach(([link], i) => {
  html = swap(html, link, i === 0 ? `<link rel="stylesheet" href="./${css}">` : "");
});
html = swap(html, script, `<script type="module" src="./${js}" data-wasm="./${wasm}" data-rest="./${restWasm}" data-offline="sw.js"></script>`);
html = swap(html, `href="./${oldWasm}"`, `href="./${wasm}"`);
html = swap(html, '<meta charset="utf-8">', `<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">`);
html = html.replace(/<!--[^]*?-->/g, "").replace(/\n\s*/g, "\n").replace(/\n+/g, "\n");
writeFileSync(path("index.html"), html);

// The first chapter comes with the wasm: nobody asks for its text.
const [firstChapter] = readdirSync(path("lessons")).sort();
for (const name of [join("lessons", firstChapter), "boot.js", "parts.js", "say.js", "unpack.js", "rest.js", glue, oldWasm, ...sheets.map(([, name]) => name)]) rmSync(path(name));

// The service worker keeps what a first visit has fetched anyway, and every other file there is when it is told to.
const published = readdirSync(dist, { recursive: true }).sort().filter((name) => statSync(path(name)).isFile());
const later = published.filter((name) => name === restWasm || name.startsWith("lessons"));
const first = published.filter((name) => !later.includes(name)).map((name) => (name === "index.html" ? "./" : name));
let worker = readFileSync("static/sw.js").toString();
worker = swap(worker, "__VERSION__", hash(...published.map(read)));
worker = swap(worker, "__FIRST__", JSON.stringify(first));
worker = swap(worker, "__REST__", JSON.stringify(later));
writeFileSync(path("sw.js"), (await esbuild.transform(worker, { minify: true, target })).code);
