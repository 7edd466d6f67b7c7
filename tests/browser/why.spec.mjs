// Why? Of events, entries, messages and roles; and along the chain of causes, both ways.

import { devices } from "@playwright/test";
import { expect, openRun, test } from "./page.mjs";

const leader = (page) => page.getByRole("button", { name: /^S\d, leader/ });
const button = (page, name) => page.getByRole("button", { name, exact: true });
const answer = (page) => page.getByRole("region", { name: "Why" });
const event = (page, text) => page.getByRole("log").getByRole("listitem").filter({ hasText: text }).first();

/** The moment of the time bar, in milliseconds. */
const time = (page) => page.getByRole("slider", { name: "Time" }).inputValue().then(Number);

/** The moment that the answer is about, in milliseconds. */
const moment = async (page) => {
  const [, seconds] = (await answer(page).getByRole("heading", { level: 2 }).innerText()).match(/([\d.]+) s/);
  return Math.round(Number(seconds) * 1000);
};

/** S1 led, crashed, and was succeeded; time stands. */
const succession = (page) =>
  openRun(
    page,
    `servers 5 · seed 7
     client C1 writes x every 120ms
     at 50ms timeout S1
     at 400ms crash S1
     at 700ms request C1 y=1`,
  );

test("an event has its rule, its values, its source, its causes and its effects", async ({ page }) => {
  await succession(page);
  await event(page, /S\d voted for S/).click();
  await expect(answer(page)).toContainText(/S\d voted for S\d in term \d+/);
  await expect(answer(page)).toContainText(/log ends with index \d+, term \d+; the voter's with/);
  await expect(answer(page)).toContainText("Vote for the first candidate of a term");
  await expect(answer(page)).toContainText("Figure 2, RequestVote 2; §5.2, 5.4.1");

  // Up the chain: the request, the timer that expired, the crash of the leader that fell silent.
  await answer(page).getByRole("button", { name: /asked S\d.* for a vote/ }).click();
  await expect(answer(page)).toContainText("Candidates 1");
  expect(Math.abs((await time(page)) - (await moment(page)))).toBeLessThanOrEqual(1);
  await expect(button(page, "Play")).toBeVisible();
  await answer(page).getByRole("button", { name: /timer expired/ }).click();
  await answer(page).getByRole("button", { name: /You crashed S1/ }).click();
  await expect(answer(page)).toContainText("You crashed S1");
  await expect(leader(page)).toHaveCount(0);

  // And down again: the election that came of it.
  await answer(page).getByRole("button", { name: /timer expired/ }).first().click();
  await expect(page.getByRole("button", { name: /^S\d, candidate/ })).toHaveCount(1);
  await answer(page).getByRole("button", { name: /asked S\d.* for a vote/ }).click();
  await answer(page).getByRole("button", { name: /S\d voted for S/ }).first().click();
  await expect(answer(page)).toContainText("RequestVote 2");
  expect(Math.abs((await time(page)) - (await moment(page)))).toBeLessThanOrEqual(1);
});

test("from a cause there is a way back to the moment of the question", async ({ page }) => {
  await succession(page);
  const asked = await time(page);
  await event(page, /S\d voted for S/).click();
  const back = answer(page).getByRole("button", { name: /^Back to/ });
  await expect(back).toHaveCount(0);
  await answer(page).getByRole("button", { name: /asked S\d.* for a vote/ }).click();
  await answer(page).getByRole("button", { name: /timer expired/ }).click();
  expect(await time(page)).toBeLessThan(asked);
  await expect(back).toHaveText("Back to 0.700 s");
  await back.click();
  expect(await time(page)).toBe(asked);
  await expect(back).toHaveCount(0);
});

test("a candidate and a voter say why a vote was denied", async ({ page }) => {
  await openRun(page, "servers 4 · seed 1 · clients 0\nconfig latency=10ms..10ms\nat 0ms timeout S4\nat 1ms timeout S2\nat 16ms crash S1");
  for (const [name, id] of [["Why candidate?", 2], ["Why follower?", 3]]) {
    await page.locator(`.log-row [data-server="${id}"]`).first().click();
    await button(page, name).click();
    await expect(answer(page)).toContainText("S3 does not vote for S2");
    await expect(answer(page)).toContainText("it already voted for S4 in term 1");
  }
});

test("a leader has its votes", async ({ page }) => {
  await succession(page);
  const [, id] = (await leader(page).getAttribute("aria-label")).match(/^S(\d)/);
  await page.getByRole("button", { name: `S${id}`, exact: true }).click();
  await button(page, "Why leader?").click();
  await expect(answer(page)).toContainText(new RegExp(`S${id} became leader of term \\d+: .* voted for it`));
  await expect(answer(page).getByRole("button", { name: `voted for S${id}` })).not.toHaveCount(0);
});

test("an entry says who made it and whether it is committed", async ({ page }) => {
  await succession(page);
  const row = page.locator(".log-row", { hasText: /^S1/ });
  await row.locator(".entry").first().click();
  await expect(answer(page)).toContainText(/Entry 1 of S1 is a no-op: S1 appended it first, as leader of term 1/);
  await expect(answer(page)).toContainText(/committed/);
  await expect(answer(page).getByRole("button", { name: "appended a no-op" })).toHaveCount(1);
});

test("a message says which step sent it", async ({ page }) => {
  await page.goto("./#/play");
  await leader(page).waitFor();
  await button(page, "Pause").click();
  // By then the last may have arrived.
  const sent = page.locator(".packet.append");
  for (let step = 0; step < 60 && !(await sent.count()); step++) await button(page, "Step forward").click();
  await sent.first().click({ force: true });
  await button(page, "Why was it sent?").click();
  await expect(answer(page)).toContainText(/S\d sent entr(y|ies) .* to S\d/);
  await expect(answer(page)).toContainText("Figure 2, Leaders 3");
  await expect(answer(page)).toContainText("It is under way to S");
  await expect(answer(page).getByRole("button")).not.toHaveCount(1);
});

test("by keyboard: W asks, the arrows walk, Escape returns", async ({ page }) => {
  await succession(page);
  const why = event(page, /S\d voted for S/).getByRole("button", { name: "why?" });
  await why.focus();
  await page.keyboard.press("w");
  await expect(answer(page)).toBeFocused();
  const granted = await moment(page);
  await page.keyboard.press("ArrowLeft");
  await expect(answer(page)).toContainText(/asked S\d.* for a vote/);
  const asked = await moment(page);
  expect(asked).toBeLessThan(granted);
  await page.keyboard.press("ArrowRight");
  await expect(answer(page).getByRole("button", { name: /asked S\d.* for a vote/ })).toHaveCount(1);
  expect(await moment(page)).toBeGreaterThan(asked);
  await page.keyboard.press("Escape");
  await expect(answer(page)).toHaveCount(0);

  // The logs are one stop of the tab key; their entries are reached by the arrows.
  await page.getByRole("group", { name: "Log entries" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  await expect(answer(page)).toContainText(/^Why\?[^]*Entry \d+ of S1/);
});

test.describe("on a phone", () => {
  const { isMobile, hasTouch, userAgent } = devices["Pixel 5"];
  test.use({ viewport: { width: 360, height: 640 }, isMobile, hasTouch, userAgent });

  test("the answer stands above the time bar, and leaves the stage in view", async ({ page }) => {
    await page.goto("./#/play");
    await leader(page).waitFor();
    await button(page, "Events").tap();
    await event(page, /S\d/).tap();
    const [sheet, bar] = [await answer(page).boundingBox(), await page.locator(".timebar").boundingBox()];
    expect(sheet.y).toBeGreaterThan(250);
    expect(sheet.y + sheet.height).toBeGreaterThanOrEqual(bar.y);
    expect(sheet.y + sheet.height).toBeLessThan(bar.y + 16);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await button(page, "Close the answer").tap();
    await expect(answer(page)).toHaveCount(0);
  });
});
