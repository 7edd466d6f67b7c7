// Possible futures: the fan of all next steps, and the search from here.

import { expect, openRun, server, test } from "./page.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const futures = (page) => page.getByRole("region", { name: "Futures", exact: true });
const future = (page, name) => futures(page).locator(".future", { hasText: name });

const open = async (page, rules = "") => {
  await openRun(page, `servers 3 · seed 1 · clients 0\n config latency=10ms timeout=1s..2s\n ${rules}\n timeout S1\n at 5ms timer S3 3s`);
  await button(page, "Futures").click();
};

test("a future is taken, and taken back leaves the picture as it was", async ({ page }) => {
  await open(page);
  await expect(future(page, "RequestVote S1 → S2 arrives")).toContainText("S2 voted for S1 in term 1");
  const picture = () => page.locator("main .stage-picture").first().innerHTML();
  const names = () => futures(page).locator(".future").allInnerTexts();
  const before = [await picture(), await names()];
  await future(page, "RequestVote S1 → S2 arrives").click();
  await expect(server(page, 2)).toHaveAccessibleName(/term 1/);
  await expect(future(page, "RequestVote S1 → S2 arrives")).toHaveCount(0);
  await futures(page).getByRole("button", { name: "Back" }).click();
  await expect(future(page, "RequestVote S1 → S2 arrives")).toHaveCount(1);
  await expect.poll(async () => [await picture(), await names()]).toEqual(before);
});

test("two leaders of one term are found without the rule, and watched", async ({ page }) => {
  await open(page, "rules off one-vote-per-term");
  await button(page, "Search").click();
  await expect(futures(page).getByRole("status")).toContainText(/Yes, in \d steps.* \d+ states visited/, { timeout: 30_000 });
  await button(page, "Watch it").click();
  await button(page, "Play").click();
  await expect(page.getByRole("alert")).toContainText("Election Safety", { timeout: 30_000 });
});

test("with the rule on it is not reached, and the states are counted", async ({ page }) => {
  await open(page);
  await futures(page).getByLabel("within").selectOption("5");
  await button(page, "Search").click();
  await expect(futures(page).getByRole("status")).toContainText(/Not within 5 steps\. \d+ states visited/, { timeout: 30_000 });
});
