// Makes what Trunk left in dist/ ready to be published: a script for the page, one for the worker, and a stylesheet, all
// minified; every file named after its content (Trunk names the wasm before wasm-opt has changed it); a content policy; the
// service worker's list. A page of Trunk's alone works too.
//
// usage: node tools/finish.mjs dist

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { excerpts } from "./excerpts.mjs";
import { readings } from "./reading.mjs";

const dist = process.argv[2];
const target = "es2022";

const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
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
const files = ["js", "wasm", "worker-js", "worker-wasm"].map((name) => ` data-${name}="\\./([^"]+)"`).join("");
const [tag, glue, trunkWasm, workerGlue, trunkWorkerWasm] =
  html.match(new RegExp(`<script type="module" src="\\./boot\\.js"${files}></script>`)) ?? [];
if (!tag) throw new Error("finish: index.html does not start the page as Trunk.toml says");

// A script: boot.js with wasm-bindgen's glue inside.
async function script(stem, glue) {
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
  return put(stem, "js", bundle.outputFiles[0].text);
}
const js = await script("raftarium", glue);
const wasm = put("raftarium", "wasm", read(trunkWasm));
const workerJs = await script("worker", workerGlue);
const workerWasm = put("worker", "wasm", read(trunkWorkerWasm));

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
const work = `data-worker-script="./${workerJs}" data-worker-wasm="./${workerWasm}"`;
html = swap(html, tag, `<script type="module" src="./${js}" data-wasm="./${wasm}" ${work} data-offline="sw.js"></script>`);
html = swap(html, `href="./${trunkWasm}"`, `href="./${wasm}"`);
html = swap(html, '<meta charset="utf-8">', `<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">`);
// Who shows a preview of the page needs whole addresses. The workflow that publishes it knows them.
const home = process.env.SITE_URL?.replace(/\/*$/, "/");
if (home) {
  html = swap(html, 'property="og:image" content="preview.png"', `property="og:image" content="${home}preview.png"`);
  html = swap(html, '<meta property="og:type"', `<meta property="og:url" content="${home}"><meta property="og:type"`);
}
html = html.replace(/<!--[^]*?-->/g, "").replace(/\n\s*/g, "\n").replace(/\n+/g, "\n");
writeFileSync(path("index.html"), html);

// The pages that are only read.
const theme = put("theme", "js", (await esbuild.transform(read("theme.js"), { minify: true, target })).code);
for (const [name, text] of Object.entries(readings({ policy: POLICY, css, icon, theme }))) writeFileSync(path(name), text);

// The core's own code at each label of Figure 2, for the panel of rules.
writeFileSync(path("core.txt"), excerpts());

// The first chapter is part of the wasm: nobody fetches its text.
const [firstChapter] = readdirSync(path("lessons")).sort();
const scripts = ["boot.js", "fail.js", "news.js", "say.js", "theme.js", glue, trunkWasm, workerGlue, trunkWorkerWasm];
const used = [...scripts, join("lessons", firstChapter), ...sheets.map(([, name]) => name)];
for (const name of used) rmSync(path(name));

// The service worker keeps every file there is, except the picture for others' previews.
const published = readdirSync(dist, { recursive: true }).sort().filter((name) => statSync(path(name)).isFile());
const kept = published.filter((name) => name !== "preview.png").map((name) => (name === "index.html" ? "./" : name.replaceAll("\\", "/")));
let worker = readFileSync("static/sw.js").toString();
worker = swap(worker, "__VERSION__", hash(...published.map(read)));
worker = swap(worker, "__FILES__", JSON.stringify(kept));
writeFileSync(path("sw.js"), (await esbuild.transform(worker, { minify: true, target })).code);
