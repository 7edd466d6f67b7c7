// What a visitor waits for: the first picture, the living cluster, the longest task at the start, on this machine and on a
// slow phone (slow 4G, a processor four times slower). How fast the page simulates, as it says itself (`#/bench`). And what it
// costs to run: milliseconds of script a second and frames a second, while it plays and while it pauses, over ten seconds
// each. These milliseconds are those of the processor, so that other work on the machine does not count. Needs dist/ and,
// in CHROMIUM, a browser.

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { chromium } from "@playwright/test";
import { flags, watchMemory } from "./chromium.mjs";
import { serve } from "./site.mjs";

const SECONDS = 10;

/** Slow 4G as Lighthouse has it: 150 ms there and back, 1.6 Mbit/s down, 0.7 up. */
const SLOW_4G = { offline: false, latency: 150, downloadThroughput: (1638.4 * 1024) / 8, uploadThroughput: (675 * 1024) / 8 };

const STARTS = 5;

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Opens the page as for the first time, and says what its visitor waited for, in milliseconds. */
async function start(browser, url, slow) {
  const page = await browser.newPage({ viewport: slow ? { width: 360, height: 640 } : { width: 1280, height: 800 } });
  try {
    const devtools = await page.context().newCDPSession(page);
    if (slow) {
      await devtools.send("Network.enable");
      await devtools.send("Network.emulateNetworkConditions", SLOW_4G);
      await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    }
    await page.addInitScript(() => {
      const seen = (globalThis.seen = { longest: 0, shift: 0 });
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) seen.longest = Math.max(seen.longest, duration);
      }).observe({ type: "longtask", buffered: true });
      new PerformanceObserver((list) => {
        for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) seen.shift += value;
      }).observe({ type: "layout-shift", buffered: true });
      new MutationObserver(() => {
        if (!seen.alive && document.querySelector("[data-server]")) seen.alive = performance.now();
      }).observe(document, { childList: true, subtree: true });
    });
    await page.goto(url);
    await page.waitForFunction(() => globalThis.seen?.alive, null, { timeout: 60_000 });
    await page.waitForTimeout(1000);
    return await page.evaluate(() => {
      const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN;
      return { paint, ...globalThis.seen };
    });
  } finally {
    await page.close();
  }
}

async function starts(browser, url, slow) {
  const all = [];
  for (let nth = 0; nth < STARTS; nth++) all.push(await start(browser, url, slow));
  const of = (name) => median(all.map((one) => one[name]));
  console.log(
    `start, ${slow ? "slow 4G and processor" : "this machine"}: first picture ${of("paint").toFixed(0)} ms,`,
    `cluster alive ${of("alive").toFixed(0)} ms, longest task ${of("longest").toFixed(0)} ms,`,
    `layout shift ${of("shift").toFixed(3)} (medians of ${STARTS})`,
  );
}

/** The scores that Lighthouse gives on a phone, in so many runs. It is fetched for this, and no part of the project. */
async function lighthouse(url, runs = 3) {
  const file = join(mkdtempSync(join(tmpdir(), "lighthouse-")), "report.json");
  const words = ["--yes", "lighthouse@12.8.2", url, "--quiet", "--output=json", `--output-path=${file}`, `--chrome-flags=--headless ${flags.join(" ")}`];
  for (let nth = 0; nth < runs; nth++) {
    await promisify(execFile)("npx", words, { env: { ...process.env, CHROME_PATH: process.env.CHROMIUM } });
    const { categories, audits } = JSON.parse(readFileSync(file, "utf8"));
    const scores = Object.values(categories).map(({ title, score }) => `${title} ${Math.round(score * 100)}`);
    console.log(`Lighthouse, a phone: ${scores.join(", ")}; blocked for ${audits["total-blocking-time"].displayValue}`);
  }
}

const site = await serve();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: flags });
try {
  await starts(browser, site.url, false);
  await starts(browser, site.url, true);
  await lighthouse(site.url);

  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });

  const read = async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  };
  // What the whole process of the page takes, painting too.
  const session = await browser.newBrowserCDPSession();
  const renderer = async () => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return processInfo.filter(({ type }) => type === "renderer").reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  };
  const measure = async (label) => {
    const [before, spent] = [await read(), await renderer()];
    await page.waitForTimeout(SECONDS * 1000);
    const [after, spentThen] = [await read(), await renderer()];
    const rate = (name, scale = 1) => ((after[name] - before[name]) * scale) / (after.Timestamp - before.Timestamp);
    console.log(
      `${label}: script ${rate("ScriptDuration", 1000).toFixed(1)} ms/s,`,
      `all work ${rate("TaskDuration", 1000).toFixed(1)} ms/s, renderer ${(((spentThen - spent) * 1000) / SECONDS).toFixed(0)} ms/s,`,
      `layouts ${rate("LayoutCount").toFixed(1)}/s, heap ${(after.JSHeapUsedSize / 1e6).toFixed(1)} MB`,
    );
  };
  // Counting frames costs script itself, so it has a turn of its own.
  const frames = () =>
    page.evaluate(
      () =>
        new Promise((done) => {
          let count = 0;
          const start = performance.now();
          const tick = (now) => (now - start < 2000 ? (count++, requestAnimationFrame(tick)) : done(count / 2));
          requestAnimationFrame(tick);
        }),
    );

  await page.goto(`${site.url}#/bench`);
  const result = await page.locator("#bench-result").textContent({ timeout: 300_000 });
  console.log(`#/bench: ${result}, and script took ${(await read()).ScriptDuration.toFixed(2)} s in all`);

  await page.goto(site.url);
  await page.reload();
  await page.locator("#boot").waitFor({ state: "detached" });
  await page.waitForTimeout(2000);
  await measure("playing");
  console.log(`playing: ${await frames()} frames/s`);
  const pause = page.getByRole("button", { name: "Pause", exact: true });
  if (await pause.count()) {
    await pause.click();
    await page.waitForTimeout(500);
    await measure("paused");
  } else {
    console.log("paused: not measured, the page has no button Pause");
  }

  // Another page beside it, in the same run: the path of its index.html.
  if (process.env.BESIDE) {
    await page.goto(`file://${process.env.BESIDE}`);
    await page.waitForTimeout(2000);
    await measure(process.env.BESIDE);
  }

  // What an hour of virtual time leaves behind, with three clients that write: see tests/allocation.rs for the parts.
  const long = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await watchMemory(long);
  await long.goto(`${site.url}#/play`);
  for (const minutes of [1, 60]) {
    await long.getByText("As text", { exact: true }).click();
    const clients = ["C1 writes x", "C2 writes y", "C3 writes z"].map((words) => `client ${words} every 120ms`);
    const run = ["servers 5 · seed 3 · clients 3", ...clients, "at 0ms timeout S1", `at ${minutes * 60}s request C1 u=1`];
    await long.getByLabel("The run as text").fill(run.join("\n"));
    await long.getByRole("button", { name: "Open this text" }).click();
    await long.getByText("As text", { exact: true }).click();
    const took = async (act) => {
      const begin = performance.now();
      await act();
      await long.evaluate(() => new Promise(requestAnimationFrame));
      return (performance.now() - begin).toFixed(0);
    };
    const slider = long.getByRole("slider", { name: "Time" });
    const seek = await took(() => slider.fill(String(minutes * 30_000)));
    const act = await took(() => long.keyboard.press("1").then(() => long.keyboard.press("Enter")));
    const undo = await took(() => long.keyboard.press("Control+z"));
    const { memory, nodes } = await long.evaluate(() => ({
      memory: globalThis.wasmMemory?.buffer.byteLength,
      nodes: document.querySelectorAll("*").length,
    }));
    console.log(
      `${minutes} virtual minutes, three clients writing: ${(memory / 1e6).toFixed(1)} MB of wasm memory, ${nodes} DOM nodes,`,
      `seek ${seek} ms, act in the past ${act} ms, undo ${undo} ms`,
    );
  }
  await long.close();

  // What the chart costs while it is open, beside the stage alone.
  await page.goto(`${site.url}#/play`);
  await page.reload();
  await page.locator("#boot").waitFor({ state: "detached" });
  const press = (name) => page.getByRole("button", { name, exact: true }).first().click();
  const openText = async (lines) => {
    await page.getByText("As text", { exact: true }).click();
    await page.getByLabel("The run as text").fill(lines.join("\n"));
    await press("Open this text");
    await page.getByText("As text", { exact: true }).click();
  };
  for (const [servers, every] of [[5, 50], [9, 8]]) {
    const clients = [1, 2, 3].map((nth) => `client C${nth} writes x${nth} every ${every}ms`);
    await openText([`servers ${servers} · seed 3 · clients 3`, ...clients, "at 0ms timeout S1", "at 1s request C1 u=1"]);
    await press("Play");
    await page.waitForTimeout(1000);
    const shown = () => page.locator(".packet").count();
    await measure(`${servers} servers, ${await shown()} messages, chart closed`);
    await press("Chart");
    await measure(`${servers} servers, ${await shown()} messages, chart open`);
    await press("Logs");
  }

  // How fast possible futures are searched, in the page's worker.
  await openText(["servers 5 · seed 1 · clients 0", "config latency=10ms", "timeout S1", "at 5ms timer S3 3s"]);
  await press("Futures");
  await page.getByLabel("within").selectOption("12");
  await press("Search");
  await page.waitForTimeout(SECONDS * 1000);
  console.log(`searching futures: ${await page.locator(".futures [role=status]").textContent()}`);

  // A hunt has a thread of its own: how far it gets, and whether the frames notice.
  await page.goto(`${site.url}#/play`);
  await page.reload();
  await page.locator("#boot").waitFor({ state: "detached" });
  await page.getByText("Break a rule", { exact: true }).click();
  await page.getByRole("combobox", { name: "Rule", exact: true }).selectOption("ignore-old-replies");
  await page.getByRole("button", { name: "Search for a schedule" }).click();
  const far = async () => {
    const told = await page.locator(".breaking [role=status]").textContent();
    return told.match(/\d+/g).map(Number);
  };
  await page.waitForTimeout(2000);
  const [then, before] = [performance.now(), await far()];
  const shown = await frames();
  await page.waitForTimeout(3000);
  const [seconds, after] = [(performance.now() - then) / 1000, await far()];
  const [schedules, steps] = after.map((count, nth) => Math.round((count - before[nth]) / seconds));
  console.log(`hunting: ${shown} frames/s, ${schedules} schedules/s, ${steps} steps/s`);
} finally {
  await browser.close();
  await site.stop();
}
