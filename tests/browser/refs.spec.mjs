// Linked: what is pointed at, has the focus or was tapped lights up together with all that means the same.

import { devices } from "@playwright/test";
import { expect, openRun, server, test } from "./page.mjs";

const leader = (page) => page.getByRole("button", { name: /^S\d, leader/ });

/** Whether an element is lit. */
const lit = (element) => element.evaluate((it) => getComputedStyle(it).getPropertyValue("--ref") !== "");
const isLit = async (element, wanted = true) => expect.poll(() => lit(element)).toBe(wanted);

const noun = (page, name) => page.locator(".page-content .name").filter({ hasText: name }).first();
const event = (page, text) => page.getByRole("log").getByRole("listitem").filter({ hasText: text }).first();

/** S1 leads and has sent entries; time stands. */
const writing = (page) =>
  openRun(
    page,
    `servers 5 · seed 7
     at 50ms timeout S1
     at 200ms request C1 y=1
     at 300ms crash S5`,
  );

test("a noun of the prose lights what it means on the stage, and the other way round", async ({ page }) => {
  await page.goto("./");
  await leader(page).waitFor();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  const [, id] = (await leader(page).getAttribute("aria-label")).match(/^S(\d)/);
  const [name, other] = [noun(page, `S${id}`), server(page, (id % 5) + 1)];
  await name.hover();
  await isLit(leader(page));
  expect(await lit(other)).toBe(false);
  await page.mouse.move(640, 780);
  await isLit(leader(page), false);

  await leader(page).hover();
  await isLit(name);
  await other.focus();
  await isLit(name, false);

  // By keyboard: the noun is a stop of the tab key.
  await name.focus();
  await isLit(leader(page));

  // The page's own style is as it was: the rule went to its own place.
  expect(await page.evaluate(() => getComputedStyle(document.body).getPropertyValue("--accent"))).not.toBe("");
});

test("prose names the leader of the moment", async ({ page }) => {
  await page.goto("./");
  await leader(page).waitFor();
  const [first] = (await leader(page).getAttribute("aria-label")).split(",");
  await expect(noun(page, first)).toBeVisible();
  await leader(page).click();
  await expect(noun(page, "the leader")).toBeVisible();
  await expect(leader(page)).toHaveCount(1, { timeout: 20_000 });
  const [second] = (await leader(page).getAttribute("aria-label")).split(",");
  expect(second).not.toBe(first);
  await expect(noun(page, second)).toBeVisible();
});

test("an event, its entry in every log and its messages belong together", async ({ page }) => {
  await writing(page);
  const appended = event(page, /S1 appended y=1/);
  const entry = (n) => page.locator(".log-row", { hasText: new RegExp(`^S${n}`) }).locator(".entry", { hasText: "y=1" });
  await appended.locator(".event-time").hover();
  await isLit(entry(1));
  await isLit(server(page, 1));
  expect(await lit(server(page, 4))).toBe(false);
  await page.mouse.move(640, 780);
  await isLit(entry(1), false);
  await entry(1).hover();
  await isLit(appended);
  // By keyboard, and in the answer.
  await appended.getByRole("button", { name: "why?" }).focus();
  await isLit(entry(1));
  await page.keyboard.press("w");
  const cause = page.getByRole("region", { name: "Why" }).getByRole("button", { name: /S1/ }).first();
  await server(page, 4).focus();
  await isLit(server(page, 1), false);
  await cause.focus();
  await isLit(server(page, 1));
});

test("a message lights its two ends and the entry it carries", async ({ page }) => {
  await page.goto("./#/lesson/8/2");
  const message = page.getByRole("button", { name: "S1 to S3: append", exact: true });
  await message.first().hover();
  await isLit(server(page, 1));
  await isLit(server(page, 3));
  expect(await lit(server(page, 2))).toBe(false);
  await isLit(page.locator(".log-row", { hasText: /^S1/ }).locator(".entry").last());
  const listed = page.getByRole("region", { name: "Messages that wait" }).getByRole("button", { name: "S1 to S4: append", exact: true });
  await listed.hover();
  await isLit(page.locator(".packet", { hasText: "S1 to S4" }));
  await isLit(server(page, 4));
  expect(await lit(server(page, 3))).toBe(false);
});

test("messages are reached by the arrows, and asked why by Enter", async ({ page }) => {
  await page.goto("./#/play");
  await leader(page).waitFor();
  await page.locator(".packet").nth(1).waitFor({ state: "attached" });
  await page.getByRole("group", { name: "Messages under way" }).focus();
  await page.keyboard.press("ArrowRight");
  // Time waits while a message is looked at.
  await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();
  const focused = page.locator(".packet:focus");
  await expect(focused).toHaveCount(1);
  await expect(page.getByRole("region", { name: "Closer look" })).toBeVisible();
  const first = await focused.getAttribute("data-packet");
  await page.keyboard.press("ArrowRight");
  expect(await focused.getAttribute("data-packet")).not.toBe(first);
  await page.keyboard.press("ArrowLeft");
  expect(await focused.getAttribute("data-packet")).toBe(first);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Why" })).toContainText(/It is under way/);
  await page.keyboard.press("Escape");
  await expect(focused).toHaveAttribute("data-packet", first);
});

test("a message that waits is let go by Space", async ({ page }) => {
  await page.goto("./#/lesson/5/4");
  await page.getByRole("button", { name: "Show me" }).click();
  await page.getByRole("group", { name: "Messages under way" }).focus();
  await page.keyboard.press("ArrowRight");
  const id = await page.locator(".packet:focus").getAttribute("data-packet");
  await page.keyboard.press(" ");
  await expect(page.locator(`[data-packet="${id}"]`)).toHaveCount(0);
});

test.describe("on a phone", () => {
  const { isMobile, hasTouch, userAgent } = devices["Pixel 5"];
  test.use({ viewport: { width: 360, height: 640 }, isMobile, hasTouch, userAgent });

  test("a tap on a noun lights it until the next tap", async ({ page }) => {
    await page.goto("./#/lesson/5/2");
    const name = noun(page, "S5");
    await name.tap();
    await isLit(server(page, 5));
    await page.getByRole("heading", { level: 1 }).tap();
    await isLit(server(page, 5), false);
  });
});
