// The list of events: the whole run, folded, filtered and searched; and room for it among nine servers.

import { expect, openRun, server, test } from "./page.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const rows = (page) => page.getByRole("log").locator("> ol > li");

test("heartbeats are folded, and each has its moment and its why", async ({ page }) => {
  await openRun(page, "servers 3 · seed 1 · clients 0\nat 0ms timeout S1\nat 600ms crash S3");
  const fold = page.locator(".fold").first();
  await expect(fold.getByRole("button").first()).toHaveText(/^\d+ heartbeats$/);
  await expect(rows(page).filter({ hasText: "sent 2 heartbeats" })).toHaveCount(0);
  await fold.getByRole("button").first().click();
  const sent = fold.getByRole("listitem").filter({ hasText: "S1 sent 2 heartbeats" });
  expect(await sent.count()).toBeGreaterThan(5);
  await sent.first().getByRole("button", { name: "why?" }).click();
  await expect(page.locator(".why")).toContainText("heartbeat");
  const at = (await sent.last().getByTitle("Go to this moment").textContent()).match(/[\d.]+/)[0];
  await sent.last().getByTitle("Go to this moment").click();
  expect(Number(await page.getByRole("slider", { name: "Time" }).inputValue())).toBe(Math.round(Number(at) * 1000));
});

test("the list is filtered by term, and goes back to the beginning of a long run", async ({ page }) => {
  const text = "servers 3 · seed 1 · clients 1\nclient C1 writes x every 200ms\nat 0ms timeout S1\nat 60s crash S1\nat 120s restart S1";
  await openRun(page, text);
  const words = page.getByRole("searchbox", { name: "Words" });
  await words.fill("term 1 crashed");
  await expect(rows(page).filter({ hasText: "You crashed S1" })).toHaveCount(1);
  await words.fill("term 2 crashed");
  await expect(rows(page).filter({ hasText: "You crashed S1" })).toHaveCount(0);

  // Long ago only what is rare is listed, until it is asked for.
  await words.fill("asked s1");
  const gap = page.getByRole("button", { name: "Search them all" });
  await expect(gap).toBeVisible();
  await expect(async () => {
    if (await gap.count()) await gap.click();
    else if (await button(page, "Earlier events").count()) await button(page, "Earlier events").click();
    expect(await rows(page).count()).toBeGreaterThan(290);
  }).toPass();
  await expect(rows(page).last()).toContainText("The client C1 asked S1");
  await expect(gap).toHaveCount(0);
});

test("among nine servers the events and all logs are in reach", async ({ page }) => {
  await openRun(page, "servers 9 · seed 3 · clients 1\nclient C1 writes x every 50ms\nat 0ms timeout S1\nat 2s skew S1 2/1");
  const list = await page.locator(".events-list").boundingBox();
  const bar = await page.locator(".timebar").boundingBox();
  expect(Math.min(list.y + list.height, bar.y) - list.y).toBeGreaterThan(90);
  const last = page.locator(".log-server").last();
  await last.scrollIntoViewIfNeeded();
  await expect(last).toBeInViewport();
});

test("a paused server is told from the others", async ({ page }) => {
  await openRun(page, "servers 3 · seed 1\nat 0ms timeout S1\nat 300ms pause S2");
  await expect(server(page, 2)).toHaveAccessibleName(/follower.*paused/);
  await expect(server(page, 2)).toContainText("paused");
});
