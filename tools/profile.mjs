// Finds out which functions a first visit runs, and writes the names of all others to tools/rest.txt: what the page's
// wasm is split by (tools/split.mjs). The visit, on a large screen and on a small one: to watch, to crash the leader
// and restart it, to pause and to go on. Needs dist/ as `./dev build` left it and, in CHROMIUM, a browser.

import { readFileSync, writeFileSync } from "node:fs";
import { chromium } from "@playwright/test";
import { flags } from "../tests/browser/chromium.mjs";
import { serve } from "../tests/browser/site.mjs";
import { names, record } from "./split.mjs";
import { CODE, Reader, sections } from "./wasm.mjs";

const SMALL = 12; // bytes of a function for which a way round is not worth it

const wasm = readFileSync("tools/.page.wasm");
const functions = names(readFileSync("tools/.page.symbols").toString());

async function visit(browser, url, viewport) {
  const page = await browser.newPage({ viewport, serviceWorkers: "block" });
  await page.route(/\/raftarium-\w+\.wasm$/, (route) => route.fulfill({ body: record(wasm), contentType: "application/wasm" }));
  await page.addInitScript(() => {
    globalThis.called = new Set();
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = (module, imports) =>
      instantiate(module, { ...imports, rest: { load: (nth) => globalThis.called.add(nth) } });
  });
  await page.goto(url);
  await page.locator("#boot").waitFor({ state: "detached" });
  await page.waitForTimeout(8000);
  await page.getByRole("button", { name: /^S\d, leader/ }).first().click();
  await page.waitForTimeout(8000);
  await page.getByRole("button", { name: /^S\d, down/ }).first().click();
  await page.waitForTimeout(3000);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByRole("button", { name: "Play", exact: true }).click();
  const called = await page.evaluate(() => [...globalThis.called]);
  await page.close();
  return called;
}

const site = await serve();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: flags });
const called = new Set();
try {
  for (const [width, height] of [[1280, 800], [360, 640]]) {
    for (const nth of await visit(browser, site.url, { width, height })) called.add(nth);
  }
} finally {
  await browser.close();
  await site.stop();
}

const code = new Reader(sections(wasm).find(({ id }) => id === CODE).body);
const bodies = code.list(() => code.bytes(code.number()));
const imported = functions.length - bodies.length;
const needed = new Set([...called].map((nth) => functions[nth]));
const rest = functions.filter((name, nth) => nth >= imported && bodies[nth - imported].length > SMALL && !needed.has(name));
writeFileSync("tools/rest.txt", [...new Set(rest)].sort().join("\n") + "\n");
console.log(`${called.size} of ${bodies.length} functions are run by a first visit; ${rest.length} can wait`);
