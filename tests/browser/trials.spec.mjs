// The settings of the run, tried on many crashes of its leader: what an engineer asks before an election timeout is set.

import { devices } from "@playwright/test";
import { expect, openRun, server, test } from "./page.mjs";

const leader = (page) => page.getByRole("button", { name: /^S\d, leader/ });
const button = (page, name) => page.getByRole("button", { name, exact: true });
const trials = (page) => page.locator("div.trials");

/** Until all are tried. */
const all = (page) => expect(trials(page)).toContainText("1000 crashes of the leader", { timeout: 60_000 });

async function set(page, name, text) {
  await page.getByLabel(name, { exact: true }).fill(text);
  await page.getByLabel(name, { exact: true }).press("Enter");
}

/** The row of that timeout: how many in a hundred were split, and both times in milliseconds. */
async function row(page, timeout) {
  const cells = await trials(page).getByRole("row", { name: timeout }).getByRole("cell").allInnerTexts();
  return cells.map((text) => parseFloat(text.replace("> ", "")) * (/\d s$/.test(text) ? 1000 : 1));
}

test("servers 80 ms of round trip apart: the timeout that splits fewer than 5 % is found by hand", async ({ page }) => {
  await page.goto("./#/contents");
  await page.getByLabel("Search the course").fill("round trip");
  await page.getByRole("link", { name: /^Which election timeout/ }).click();
  await button(page, "Try these settings on 1000 crashes").click();
  await all(page);
  const [paper] = await row(page, "150–300 ms");
  expect(paper).toBeGreaterThan(20);
  await set(page, "Election timeout", "800-1600");
  await all(page);
  const [etcd, median, slow] = await row(page, "800–1600 ms");
  expect(etcd).toBeLessThan(5);
  expect(median).toBeGreaterThan(800);
  expect(slow).toBeGreaterThan(median);
  // What was tried before stays beside it, until something else changes.
  expect((await row(page, "150–300 ms"))[0]).toBe(paper);
  await set(page, "Latency", "10");
  await all(page);
  await expect(trials(page).getByRole("row")).toHaveCount(2);
  expect((await row(page, "800–1600 ms"))[0]).toBeLessThan(etcd);
});

test("each number opens a run of its kind, at the crash", async ({ page }) => {
  await openRun(page, "servers 5 · seed 1\nconfig latency=40ms\nat 0ms timeout S1\nat 300ms crash S2");
  await button(page, "Send").click();
  await button(page, "Try these settings on 1000 crashes").click();
  await all(page);
  await trials(page).getByRole("button").first().click();
  await expect(page.getByRole("log").getByRole("listitem").first()).toContainText(/You crashed S\d/);
  await expect(leader(page)).toHaveCount(0);
  await expect(page.locator(".said")).toHaveText("A new run. Share lists the one before.");
  await button(page, "Go to").click();
  await button(page, "Next election").click();
  await expect(page.getByRole("button", { name: /^S\d, candidate/ })).not.toHaveCount(0);
  // The numbers are still there: the settings are the same.
  await expect(trials(page)).toContainText("1000 crashes of the leader");
});

test("nobody is elected where no answer comes before the next timeout", async ({ page }) => {
  await openRun(page, "servers 3 · seed 1\nconfig latency=40ms timeout=60..70ms\nat 300ms crash S2");
  await button(page, "Try these settings on 1000 crashes").click();
  await all(page);
  await expect(trials(page).getByRole("cell", { name: "> 1.4 s" })).toHaveCount(2);
});

test.describe("on a phone", () => {
  const { isMobile, hasTouch, userAgent } = devices["Pixel 5"];
  test.use({ viewport: { width: 360, height: 640 }, isMobile, hasTouch, userAgent });

  test("the trials are tapped, and no wider than the screen", async ({ page }) => {
    await page.goto("./#/play/election-timeout");
    await expect(server(page, 1)).toBeVisible();
    await page.locator(".sheets").getByRole("button", { name: "Settings" }).tap();
    await button(page, "Try these settings on 1000 crashes").tap();
    await all(page);
    await trials(page).getByRole("button").last().scrollIntoViewIfNeeded();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await trials(page).getByRole("button").last().tap();
    await expect(page.getByRole("button", { name: /, down/ })).toHaveCount(1);
  });
});
