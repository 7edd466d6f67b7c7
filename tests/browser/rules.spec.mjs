// The rules, live: which lines of Figure 2 acted in a step, with their values; and from a line to its event and back.

import { expect, openRun, test } from "./page.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const rules = (page) => page.getByRole("region", { name: "Rules", exact: true });
const line = (page, label) => rules(page).locator(`[data-line="${label}"]`);
const answer = (page) => page.getByRole("region", { name: "Why" });

/** S5 stands for term 4, and S3's log is longer, but ends in an earlier term. */
const open = async (page) => {
  await openRun(
    page,
    `servers 5 · seed 3 · clients 0
     config latency=10..20ms timeout=5s..9s
     S1 term 3 vote S5 log 1 1 1 2 2 2
     S2 term 3 vote S5 log 1 1 1 2 2
     S3 term 2 vote S1 log 1 1 1 2 2 2 2 2 2
     S4 term 3 vote S5 log 1 1 1 2
     S5 term 3 vote S5 log 1 1 1 2 2 2 3
     timeout S5`,
  );
  await button(page, "Rules").click();
};

test("a vote lights its lines, with the values that were compared", async ({ page }) => {
  await open(page);
  await expect(line(page, "Candidates 1")).toHaveClass(/lit/);
  const granted = rules(page).locator("code", { hasText: "(term 3, 7) ≥ (term 2, 9)" });
  for (let step = 0; step < 6 && (await granted.count()) === 0; step += 1) await page.keyboard.press("ArrowRight");
  await expect(granted).toBeVisible();
  await expect(line(page, "All servers 2")).toContainText("4 > 2✓ true");
  await expect(line(page, "RequestVote 1")).toContainText("4 < 4false");
  await expect(line(page, "RequestVote 2").first()).toContainText("votedFor = none✓ true");
  await expect(rules(page)).toContainText("currentTerm2 → 4");
});

test("a line leads to its event, and an event to its line", async ({ page }) => {
  await open(page);
  await line(page, "Candidates 1").click();
  await expect(answer(page)).toContainText("became a candidate");
  await expect(line(page, "Candidates 1")).toHaveClass(/asked/);
  await page.keyboard.press("Escape");
  await button(page, "Logs").click();
  await expect(rules(page)).toHaveCount(0);
  await page.getByRole("log").getByRole("listitem").filter({ hasText: "became a candidate" }).click();
  await button(page, "see the rules").click();
  await expect(line(page, "Candidates 1")).toHaveClass(/asked/);
});
