// What it costs to run: milliseconds of script a second and frames a second, while it plays and while it pauses; the chart;
// the search of futures and the hunt, which have threads of their own.

import { openPage, SECONDS } from "./measure.mjs";

/** The opening scene, as the page itself says how fast it simulates, and another page beside it in the same run. */
export async function playing(browser, url) {
  const { page, metrics, measure, frames, press } = await openPage(browser, `${url}#/bench`);
  const result = await page.locator("#bench-result").textContent({ timeout: 300_000 });
  console.log(`#/bench: ${result}, and script took ${(await metrics()).ScriptDuration.toFixed(2)} s in all`);

  await page.goto(url);
  await page.reload();
  await page.locator("#boot").waitFor({ state: "detached" });
  await page.waitForTimeout(2000);
  await measure("playing");
  console.log(`playing: ${await frames()} frames/s`);
  await press("Pause");
  await page.waitForTimeout(500);
  await measure("paused");

  // The path of its index.html.
  if (process.env.BESIDE) {
    await page.goto(`file://${process.env.BESIDE}`);
    await page.waitForTimeout(2000);
    await measure(process.env.BESIDE);
  }
  await page.close();
}

/** The chart while it is open, beside the stage alone: with few messages on their way, and with a hundred. */
export async function chart(browser, url) {
  const { page, measure, press, openText } = await openPage(browser, `${url}#/play`);
  const many = "config latency=300ms timeout=2000..3000ms";
  for (const [servers, config] of [[5, ""], [5, `${many} heartbeat=24ms`], [9, ""], [9, `${many} heartbeat=48ms`]]) {
    const lines = [config, "at 0ms timeout S1", "at 1s request C1 u=1"].filter((line) => line);
    await openText([`servers ${servers} · seed 3 · clients 1`, ...lines]);
    await press("Play");
    await page.waitForTimeout(1000);
    const label = `${servers} servers, ${await page.locator(".packet").count()} messages`;
    await measure(`${label}, chart closed`);
    await press("Chart");
    await measure(`${label}, chart open`);
    await press("Logs");
  }
  await page.close();
}

/** How fast possible futures are searched, in the page's worker. */
export async function futures(browser, url) {
  const { page, press, openText } = await openPage(browser, `${url}#/play`);
  await openText(["servers 5 · seed 1 · clients 0", "config latency=10ms", "timeout S1", "at 5ms timer S3 3s"]);
  await press("Futures");
  await page.getByLabel("within").selectOption("12");
  await press("Search");
  await page.waitForTimeout(SECONDS * 1000);
  console.log(`searching futures: ${await page.locator(".futures [role=status]").textContent()}`);
  await page.close();
}

/** How far a hunt gets in its thread, and whether the frames notice. */
export async function hunt(browser, url) {
  const { page, frames, press } = await openPage(browser, `${url}#/play`);
  await page.getByText("Break a rule", { exact: true }).click();
  await page.getByRole("combobox", { name: "Rule", exact: true }).selectOption("ignore-old-replies");
  await press("Search for a schedule");
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
  await page.close();
}
