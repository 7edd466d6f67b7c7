// What it costs to open a trace of 50 MB in the room Your Raft: lines a second in the worker, memory, and what the page's own
// thread does meanwhile.

import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { longTrace } from "../trace.mjs";
import { openPage } from "./measure.mjs";

/** Five servers, 50 writes a second: of 40 seconds, and as many as the page opens. */
const SIZES = [2_000, 33_500];

/** No frame is dropped by tasks that are shorter, in milliseconds. */
const FRAME = 1000 / 60;

export async function judge(browser, url) {
  for (const entries of SIZES) await judged(browser, url, longTrace(entries, 5));
}

async function judged(browser, url, trace) {
  const folder = mkdtempSync(join(tmpdir(), "judge-"));
  const path = join(folder, "trace.jsonl");
  writeFileSync(path, trace);
  const { page, renderer } = await openPage(browser, `${url}#/your-raft`, { before: mark });
  await page.waitForTimeout(1000);
  await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline", "blink.user_timing"] });
  const before = await renderer();
  await page.locator("input[type=file]").setInputFiles(path);
  await page.getByText("lines, each allowed").waitFor({ timeout: 300_000 });
  const seconds = (await renderer()) - before;
  const memory = await page.workers()[0].evaluate(() => globalThis.wasmMemory.buffer.byteLength);
  const [reading, opening] = mainTasks(await browser.stopTracing());
  const lines = trace.split("\n").length - 1;
  console.log(
    `judging ${(statSync(path).size / 1e6).toFixed(1)} MB, ${lines} lines: ${seconds.toFixed(2)} s of the processor,`,
    `${Math.round(lines / seconds)} lines/s, ${(memory / 1e6).toFixed(0)} MB of wasm memory; the page's own thread`,
    `while it is read: ${told(reading)}; when it is shown: ${told(opening)}`,
  );
  await page.close();
  rmSync(folder, { recursive: true });
}

/** Marks when the page begins to read, and when it has read. */
const mark = (page) =>
  page.addInitScript(() => {
    const parts = new Set([".reading", ".verdict"]);
    const look = () => {
      const there = [...parts].filter((part) => document.querySelector(`.your-raft ${part}`));
      for (const part of there) performance.mark(part), parts.delete(part);
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true });
  });

const told = (tasks) => {
  const sum = tasks.reduce((sum, task) => sum + task, 0);
  const dropping = tasks.filter((task) => task > FRAME).length;
  return `${sum.toFixed(0)} ms, the longest task ${Math.max(0, ...tasks).toFixed(1)} ms, ${dropping} longer than a frame`;
};

/** What each task of the page's own thread took of the processor, in milliseconds: while it read, and after that. */
function mainTasks(trace) {
  const { traceEvents: events } = JSON.parse(trace);
  const [begun, done] = [".reading", ".verdict"].map((mark) => events.find(({ name }) => name === mark));
  const tasks = events.filter(({ name, pid, tid }) => name.endsWith("RunTask") && pid === begun.pid && tid === begun.tid);
  const took = (from, until) =>
    tasks.filter(({ ts, dur = 0 }) => ts + dur > from && ts + dur < until).map(({ tdur, dur = 0 }) => (tdur ?? dur) / 1000);
  return [took(begun.ts, done.ts), took(done.ts, Infinity)];
}
