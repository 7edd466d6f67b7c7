// Branches: acting in the past keeps the old future, under the run, until it is deleted.

import { expect, openRun, server, test } from "./page.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const branches = (page) => page.getByRole("button", { name: /^Branch: / });
const moment = (page) => page.getByRole("slider", { name: "Time" });

const RUN = "servers 3 · seed 1 · clients 1\nat 0ms timeout S1\nat 412ms crash S2\nat 900ms request C1 x=1";

/** Goes to a moment and does something there, in the words of the grammar. */
async function act(page, at, line) {
  await moment(page).fill(String(at));
  await page.getByLabel("Command", { exact: true }).fill(line);
  await button(page, "Go").click();
}

test("acting in the past makes a branch, and a click exchanges it with the present run", async ({ page }) => {
  await openRun(page, RUN);
  await expect(branches(page)).toHaveCount(0);
  await act(page, 300, "crash S3");
  await expect(branches(page)).toHaveText(["Branch: crash S2 at 0.412 s"]);
  await expect(page.locator(".branch-outcome")).toHaveText("S1 leads in term 1, 1 entry committed");
  await expect(server(page, 3)).toHaveAccessibleName(/down/);

  await branches(page).click();
  await expect(branches(page)).toHaveText(["Branch: crash S3 at 0.300 s"]);
  await expect(server(page, 3)).toHaveAccessibleName(/follower/);
  await moment(page).fill("500");
  await expect(server(page, 2)).toHaveAccessibleName(/down/);
  await branches(page).click();
  await expect(server(page, 3)).toHaveAccessibleName(/down/);
});

test("undo takes back what was done last, be it an act or the way to a branch", async ({ page }) => {
  await openRun(page, RUN);
  await act(page, 300, "crash S3");
  await branches(page).click();
  await button(page, "Undo").click();
  await expect(branches(page)).toHaveText(["Branch: crash S2 at 0.412 s"]);
  await button(page, "Undo").click();
  await expect(branches(page)).toHaveCount(0);
  await button(page, "Redo").click();
  await expect(branches(page)).toHaveText(["Branch: crash S2 at 0.412 s"]);
});

test("a branch gets a name and is kept over a reload and in a link, until it is deleted", async ({ page }) => {
  await openRun(page, RUN);
  await act(page, 300, "crash S3");
  await page.getByRole("button", { name: /^Name crash S2/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "Name of the branch" }).fill("S2 instead");
  await page.keyboard.press("Enter");
  await expect(branches(page)).toHaveText(["Branch: S2 instead"]);
  const name = await server(page, 3).getAttribute("aria-label");

  await page.reload();
  await expect(branches(page)).toHaveText(["Branch: S2 instead"]);
  await expect(server(page, 3)).toHaveAccessibleName(name);

  await button(page, "Share").click();
  const link = page.url();
  expect(link).toContain("#/run/");
  await page.goto("about:blank");
  await page.goto(link);
  await expect(branches(page)).toHaveText(["Branch: S2 instead"]);
  await branches(page).click();
  await expect(branches(page)).toHaveText(["Branch: crash S3 at 0.300 s"]);
  await page.getByRole("button", { name: /^Delete crash S3/ }).focus();
  await page.keyboard.press("Enter");
  await expect(branches(page)).toHaveCount(0);
});

test("two branches are compared where they differ first, and what each leads to is told", async ({ page }) => {
  await openRun(page, RUN);
  await act(page, 300, "crash S3");
  await page.getByRole("button", { name: /^Compare with crash S2/ }).click();
  const titles = page.locator(".compare-side h3");
  await expect(titles).toHaveText(["This run", "crash S2 at 0.412 s"]);
  await expect(page.locator(".compare-differs")).toHaveText([
    /^0\.300 sYou crashed S3/,
    /^0\.300 sThis does not happen here: You crashed S3/,
  ]);
  await expect(page.locator(".compare-leads")).toHaveText([/^By 0\.\d+ s: S1 leads/, /^By 0\.\d+ s: S1 leads/]);
  await expect(moment(page)).toHaveValue("300");
  const down = page.locator(".compare-side").nth(1).locator(".server.down");
  await expect(down).toHaveCount(0);
  await button(page, "End").click();
  await expect(down).toHaveCount(1);
  await button(page, "Close").click();
  await expect(titles).toHaveCount(0);
  await expect(server(page, 3)).toHaveAccessibleName(/down/);
});

test("a run that is too long to try each rule opens beside one that differs", async ({ page }) => {
  await openRun(page, "servers 3 · seed 1 · clients 0\nat 10ms timeout S1\nat 40s crash S3");
  await button(page, "Compare").click();
  await expect(page.locator(".compare-side h3")).toHaveText(["No-op entry: on", "No-op entry: off"]);
  await expect(page.locator(".compare header")).toContainText("Up to 0.0");
});

test("a run is compared with itself where one rule or setting is another", async ({ page }) => {
  await openRun(page, "servers 3 · seed 1 · clients 0\nat 10ms timeout S1\nat 11ms timeout S2\nat 300ms crash S3");
  await button(page, "Compare").click();
  // It opens with a rule that matters in this run.
  await expect(page.locator(".compare-leads").nth(1)).toHaveText(/is broken\.$/);
  const tops = await page.locator(".compare-side .compare-differs").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
  expect(tops[0]).toBe(tops[1]);
  await page.getByRole("combobox", { name: "Compare with" }).selectOption({ label: "without one-vote-per-term" });
  await expect(page.locator(".compare-side h3")).toHaveText(["one-vote-per-term: on", "one-vote-per-term: off"]);
  await expect(page.locator(".compare-differs")).toHaveText([/denied S2 its vote/, /voted for S2/]);
  await expect(page.locator(".compare-leads")).toHaveText([/properties hold\.$/, /Election Safety is broken\.$/]);
  await page.getByRole("combobox", { name: "Compare with" }).selectOption({ label: "Pre-Vote" });
  await expect(page.locator(".compare-side h3")).toHaveText(["Pre-Vote: off", "Pre-Vote: on"]);
  // The grammar's words are the same in every language.
  await page.goto("./?lang=zh#/play/first-election");
  await page.getByRole("button", { name: "比较", exact: true }).click();
  await page.locator(".compare select").selectOption({ label: "Pre-Vote" });
  await expect(page.locator(".compare-side h3")).toHaveText([/^Pre-Vote/, /^Pre-Vote/]);
});
