// A rule is switched off, a hunt finds what breaks, and the same schedule is watched without the rule and with it.

import { expect, test } from "./page.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const lamps = (page) => page.locator(".promises li.broken");

async function open(page, rule) {
  await page.goto("./#/play");
  await expect(page.locator("#boot")).toHaveCount(0);
  await page.getByText("Break a rule", { exact: true }).click();
  await page.getByRole("combobox", { name: "Rule", exact: true }).selectOption(rule);
}

test("a hunt finds what breaks without a rule; with the rule the same schedule is safe", async ({ page }) => {
  await open(page, "one-vote-per-term");
  await expect(page.locator(".breaking")).toContainText("A server grants one vote in a term. See Figure 2, RequestVote 2.");
  await page.getByRole("combobox", { name: "What breaks without it?" }).selectOption("Election Safety");
  await button(page, "Search for a schedule").click();
  await expect(page.locator(".breaking")).toContainText(/Election Safety breaks, after \d+ schedules\..*As you said\./, { timeout: 20_000 });

  await button(page, "Watch it without the rule").click();
  await page.getByRole("slider", { name: "Speed" }).fill("5");
  await expect(lamps(page)).toHaveText([/Election Safety/], { timeout: 20_000 });
  await expect(button(page, "Play")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Election Safety is broken.");
  await expect(page.getByRole("alert")).toContainText(/term/);
  const time = page.getByRole("slider", { name: "Time" });
  const fell = Number(await time.inputValue());

  await button(page, "Watch both side by side").click();
  const titles = page.locator(".compare-side h3");
  await expect(titles).toHaveText(["one-vote-per-term: off", "one-vote-per-term: on"]);
  await expect(page.locator(".compare-stage svg")).toHaveCount(2);
  await expect(page.locator(".compare-leads")).toHaveText([/Election Safety is broken\.$/, /All \d+ properties hold\.$/]);
  await button(page, "Where it breaks").click();
  expect(Number(await time.inputValue())).toBe(fell);

  // Afterwards the one on the left goes on.
  await button(page, "Close").click();
  await expect(page.locator(".stages svg")).toHaveCount(1);
  await expect(lamps(page)).toHaveText([/Election Safety/]);
});

test("a hunt can be stopped, and the page goes on meanwhile", async ({ page }) => {
  await open(page, "ignore-old-replies");
  const time = page.getByRole("slider", { name: "Time" });
  await button(page, "Search for a schedule").click();
  await expect(page.locator(".breaking")).toContainText(/Searching: [1-9]\d* schedules/);
  const then = Number(await time.inputValue());
  await expect.poll(async () => Number(await time.inputValue())).toBeGreaterThan(then);
  await button(page, "Stop the search").click();
  await expect(button(page, "Search for a schedule")).toBeVisible();
  await expect(page.locator(".breaking")).not.toContainText("Searching");
});

test("a rule is switched off in the run at hand, and told", async ({ page }) => {
  await open(page, "commit-majority");
  await button(page, "Switch it off here").click();
  await expect(page.getByRole("log")).toContainText(/commit-majority/);
  await expect(button(page, "Switch it on here")).toBeVisible();
});

test("what breaks may be that nobody is served any more", async ({ page }) => {
  test.setTimeout(180_000); // however slow the machine searches
  await open(page, "random-timeouts");
  await button(page, "Search for a schedule").click();
  await expect(page.locator(".breaking")).toContainText(/Progress breaks, after \d+ schedules/, { timeout: 120_000 });
  await button(page, "Watch it without the rule").click();
  await page.getByRole("slider", { name: "Speed" }).fill("10");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Progress is broken.", { timeout: 60_000 });
  await expect(page.getByRole("alert")).toContainText("Progress");
});
