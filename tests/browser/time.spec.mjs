// Time: to the next of a kind and back, to causes and effects, backwards, to bookmarks; by the menu and by keys. And long
// runs, which cost no more than short ones.

import { expect, openRun, server, test } from "./page.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const slider = (page) => page.getByRole("slider", { name: "Time" });
const moment = async (page) => Number(await slider(page).inputValue());

const RUN = "servers 3 · seed 1 · clients 1\nat 0ms timeout S1\nat 400ms crash S1\nat 900ms request C1 x=1";

test("the menu leads to elections, commits, messages, causes and effects, and back", async ({ page }) => {
  await openRun(page, RUN);
  await slider(page).fill("300");
  await button(page, "Go to").click();
  await button(page, "Next election").click();
  await expect.poll(() => moment(page)).toBeGreaterThan(400);
  const second = await moment(page);
  await button(page, "Go to the cause").click();
  await expect.poll(() => moment(page)).toBeLessThan(second);
  await button(page, "Go to the effect").click();
  await expect.poll(() => moment(page)).toBeGreaterThan(400);
  await button(page, "Previous election").click();
  await expect.poll(() => moment(page)).toBeLessThan(100);
  await expect(server(page, 1)).toHaveAccessibleName(/leader/);
  const first = await moment(page);
  await button(page, "Next message").click();
  await expect.poll(() => moment(page)).toBeGreaterThan(first);
  await button(page, "Next broken property").click();
  await expect(page.locator(".said")).toHaveText("There is none in the next minute of the run.");
});

test("each of it has a key, and the keys are in the help", async ({ page }) => {
  await openRun(page, RUN);
  await slider(page).fill("300");
  await page.keyboard.press("e");
  await expect.poll(() => moment(page)).toBeGreaterThan(400);
  await page.keyboard.press("Shift+E");
  await expect.poll(() => moment(page)).toBeLessThan(100);
  const first = await moment(page);
  await page.keyboard.press("c");
  await expect.poll(() => moment(page)).toBeGreaterThan(first);
  await page.keyboard.press("2");
  const before = await moment(page);
  await page.keyboard.press("s");
  await expect.poll(() => moment(page)).toBeGreaterThan(before);
  await page.keyboard.press("?");
  await expect(page.getByRole("region", { name: "Help" })).toContainText("play backwards");
});

test("time runs backwards to the beginning, and stops there", async ({ page }) => {
  await openRun(page, RUN);
  await slider(page).fill("200");
  await page.getByRole("slider", { name: "Speed" }).fill("6");
  await page.keyboard.press("b");
  await expect(button(page, "Pause")).toBeVisible();
  await expect.poll(() => moment(page)).toBeLessThan(150);
  await expect(button(page, "Play")).toBeVisible({ timeout: 20_000 });
  expect(await moment(page)).toBe(0);
});

test("bookmarks are kept, lead back, and are taken away", async ({ page }) => {
  await openRun(page, RUN);
  await slider(page).fill("450");
  await page.keyboard.press("k");
  await slider(page).fill("100");
  await page.reload();
  await button(page, "Go to").click();
  const mark = page.getByRole("button", { name: /^0\.450 s You crashed S1/ });
  await mark.click();
  await expect(slider(page)).toHaveValue("450");
  await page.getByRole("button", { name: /^Forget 0\.450 s/ }).click();
  await expect(mark).toHaveCount(0);
});

test("after an hour with three writing clients the page is as small as before", async ({ page }) => {
  test.slow();
  await openRun(page, "servers 5 · seed 3 · clients 3\nconfig latency=12..18ms\nclient C1 writes x every 120ms\nclient C2 writes y every 120ms\nclient C3 writes z every 120ms\nat 0ms timeout S1\nat 3600s request C1 u=1");
  await expect.poll(() => moment(page), { timeout: 60_000 }).toBe(3_600_000);
  const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
  expect(nodes).toBeLessThan(3_000);
  await slider(page).fill("1800000");
  await expect(page.getByRole("log").getByRole("listitem").first()).toContainText(/(1799\.\d+|1800\.000) s/);
});
