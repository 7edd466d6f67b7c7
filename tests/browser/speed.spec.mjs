// How fast the page is, it says itself. How fast it is to be is no matter for a test: machines differ.

import { expect, test } from "./page.mjs";

test("the page measures how fast it simulates", async ({ page }) => {
  test.setTimeout(300_000);
  await page.goto("./#/bench");
  const result = JSON.parse(await page.locator("#bench-result").textContent({ timeout: 280_000 }));
  expect(result.events_per_second).toBeGreaterThan(0);
  expect(result.simulated_seconds_per_second).toBeGreaterThan(0);
  await page.getByRole("link", { name: "Play" }).click();
  await expect(page.locator("#bench-result")).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Click the leader.");
});
