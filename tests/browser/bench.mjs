// How fast the page simulates, as it says itself (`#/bench`); and what it costs to run: milliseconds of script a second
// and frames a second, while it plays and while it pauses, over ten seconds each. Milliseconds are those of the
// processor, so that other work on the machine does not count. Needs dist/ and, in CHROMIUM, a browser.

import { chromium } from "@playwright/test";
import { flags } from "./chromium.mjs";
import { serve } from "./site.mjs";

const SECONDS = 10;

const site = await serve();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: flags });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });

  const read = async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  };
  const measure = async (label) => {
    const before = await read();
    await page.waitForTimeout(SECONDS * 1000);
    const after = await read();
    const rate = (name, scale = 1) => ((after[name] - before[name]) * scale) / (after.Timestamp - before.Timestamp);
    console.log(
      `${label}: script ${rate("ScriptDuration", 1000).toFixed(1)} ms/s,`,
      `all work ${rate("TaskDuration", 1000).toFixed(1)} ms/s,`,
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

  // A hunt has a thread of its own: how far it gets, and whether the frames notice.
  await page.goto(`${site.url}#/play`);
  await page.reload();
  await page.locator("#boot").waitFor({ state: "detached" });
  await page.getByText("Break a rule", { exact: true }).click();
  await page.getByRole("combobox", { name: "Rule", exact: true }).selectOption("ignore-old-replies");
  await page.getByRole("button", { name: "Hunt for a schedule" }).click();
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
