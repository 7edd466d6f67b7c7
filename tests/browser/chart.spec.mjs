// The space-time chart: what it shows, how it is linked, and what it saves.

import { readFile } from "node:fs/promises";
import { expect, openRun, test } from "./page.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const chart = (page) => page.getByRole("region", { name: "Chart", exact: true });

/** S1 led, crashed, and was succeeded; time stands. */
const open = async (page) => {
  await openRun(
    page,
    `servers 5 · seed 7
     client C1 writes x every 120ms
     at 50ms timeout S1
     at 400ms crash S1
     at 700ms request C1 y=1`,
  );
  await button(page, "Chart").click();
};

test("the chart shows lanes, messages, losses and the crash", async ({ page }) => {
  await open(page);
  for (const name of ["C1", "S1", "S2", "S3", "S4", "S5"]) {
    await expect(chart(page).locator(".chart-name", { hasText: name })).toHaveCount(1);
  }
  await expect(chart(page).locator(".chart-mark .crash")).toHaveCount(1);
  await expect(chart(page).locator(".chart-lost").first()).toBeAttached();
  const sent = chart(page).locator("[data-sent]");
  const closer = await sent.count();
  await button(page, "Zoom out").click();
  await expect.poll(() => sent.count()).toBeGreaterThan(closer);
  await button(page, "Chart").click();
  await expect(chart(page)).toHaveCount(0);
});

test("a message of the chart is asked why, and the chart shows which", async ({ page }) => {
  await open(page);
  const message = chart(page).locator(".chart-message.vote [data-ask]").first();
  await message.dispatchEvent("click");
  await expect(page.getByRole("region", { name: "Why" })).toContainText("vote");
  await expect(chart(page).locator(".chart-message.asked").first()).toBeAttached();
});

test("the chart is saved with every message of its window", async ({ page, context }) => {
  await open(page);
  const shown = await chart(page).locator("[data-sent]").count();
  const [download] = await Promise.all([page.waitForEvent("download"), button(page, "Export").click()]);
  const svg = await readFile(await download.path(), "utf8");
  const other = await context.newPage();
  await other.setContent(svg);
  await expect(other.locator("svg [data-sent]")).toHaveCount(shown);
  expect(svg).toContain("<style>");
});

test("the chart is moved by hand, and what is saved of a wide window holds the heartbeats, too", async ({ page }) => {
  await open(page);
  const room = page.getByRole("group", { name: "Chart window" });
  const shown = () => chart(page).getByRole("img").getAttribute("aria-label");
  const before = await shown();
  const box = await room.boundingBox();
  await page.mouse.move(box.x + 200, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + 320, box.y + 40, { steps: 4 });
  await page.mouse.up();
  await expect.poll(shown).not.toBe(before);
  await expect(page.getByRole("region", { name: "Why" })).toHaveCount(0);
  await button(page, "Now").click();
  await expect.poll(shown).toBe(before);

  for (let nth = 0; nth < 3; nth++) await button(page, "Zoom out").click();
  await expect(page.locator(".chart-note")).toContainText("are not drawn");
  const drawn = await chart(page).locator("[data-sent]").count();
  const [download] = await Promise.all([page.waitForEvent("download"), button(page, "Export").click()]);
  const svg = await readFile(await download.path(), "utf8");
  expect(svg.match(/data-sent=/g).length).toBeGreaterThan(drawn);
  await expect(page.locator(".chart-note")).toContainText("are not drawn");
});
