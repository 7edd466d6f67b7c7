// What a visitor waits for: the first picture, the living cluster, the longest task at the start, on this machine and on a
// slow phone (slow 4G, a processor four times slower); and the scores that Lighthouse gives.

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { flags } from "../chromium.mjs";

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

export async function starts(browser, url, slow) {
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
export async function lighthouse(url, runs = 3) {
  const file = join(mkdtempSync(join(tmpdir(), "lighthouse-")), "report.json");
  const words = ["--yes", "lighthouse@12.8.2", url, "--quiet", "--output=json", `--output-path=${file}`, `--chrome-flags=--headless ${flags.join(" ")}`];
  for (let nth = 0; nth < runs; nth++) {
    await promisify(execFile)("npx", words, { env: { ...process.env, CHROME_PATH: process.env.CHROMIUM } });
    const { categories, audits } = JSON.parse(readFileSync(file, "utf8"));
    const scores = Object.values(categories).map(({ title, score }) => `${title} ${Math.round(score * 100)}`);
    console.log(`Lighthouse, a phone: ${scores.join(", ")}; blocked for ${audits["total-blocking-time"].displayValue}`);
  }
}
