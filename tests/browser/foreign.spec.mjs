// The room Your Raft: traces of other implementations are read, judged and shown.

import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "./page.mjs";
import { longTrace } from "./trace.mjs";

const example = new URL("../../src/ui/foreign/example.jsonl", import.meta.url);
const ten = () => readFile(example, "utf8");

/** Chooses a file with this content. */
async function open(page, name, content) {
  await page.goto("./#/your-raft");
  await page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(content) });
}

const title = (page) => page.getByRole("region", { name: "Verdict" }).getByRole("heading", { level: 1 });
const current = (page) => page.getByLabel("The trace").locator("li[aria-current]");

test("a broken trace is dropped: the verdict names the line, time stands there", async ({ page }) => {
  await page.goto("./");
  await page.getByRole("link", { name: "Your Raft" }).click();
  await expect(page.getByText("Nothing leaves this page")).toBeVisible();
  const data = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "lab.jsonl"));
    return data;
  }, await ten());
  await page.locator(".zone").dispatchEvent("drop", { dataTransfer: data });
  await expect(page.getByText("No rule of Raft allows line 9")).toBeVisible();
  await expect(title(page)).toHaveText("n2 granted its vote to n3 for term 2,");
  await expect(page.getByText("but its own last entry (1, term 1) is later than (0, term 0).")).toBeVisible();
  await expect(page.getByText("up-to-date (§5.4.1).")).toBeVisible();
  await expect(current(page)).toContainText("n2 receives RV of n3");
  await expect(current(page).locator("mark").first()).toHaveText('"li":0');
  await expect(page.getByRole("button", { name: /^n2, follower, term 2/ })).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(current(page)).toContainText("n3 receives RVR of n2");
  await expect(page.getByRole("button", { name: /^n3, leader, term 2/ })).toBeVisible();
  await page.getByRole("slider", { name: "Line" }).fill("4");
  await expect(page.getByRole("button", { name: /^n1, leader, term 1/ })).toBeVisible();
  await page.getByRole("button", { name: "Line 9" }).click();
  await expect(current(page)).toContainText("n2 receives RV of n3");
});

test("a rule that is broken on purpose is let pass, and can be judged again", async ({ page }) => {
  await page.goto("./#/your-raft/example");
  await page.getByRole("button", { name: "We do this on purpose" }).click();
  await expect(page.getByText("--lenient up-to-date")).toBeVisible();
  await expect(title(page)).not.toContainText("granted its vote");
  await page.getByRole("button", { name: "Judge it" }).click();
  await expect(title(page)).toContainText("granted its vote");
});

test("a healthy trace says what was looked at; the room keeps it", async ({ page }) => {
  await open(page, "healthy.jsonl", longTrace(3));
  await expect(title(page)).toHaveText("13 lines, each allowed.");
  await expect(page.getByText("Looked at: terms, votes, elections, logs, commits, messages, appends.")).toBeVisible();
  await expect(page.getByText("so not judged: restarts")).toBeVisible();
  await page.getByRole("link", { name: "Play" }).click();
  await expect(page.getByRole("button", { name: /^S1, / })).toBeVisible();
  await page.getByRole("link", { name: "Your Raft" }).click();
  await expect(title(page)).toHaveText("13 lines, each allowed.");
});

test("what is no trace gets a sentence", async ({ page }) => {
  const cases = [
    ["empty.jsonl", "", "empty.jsonl is empty."],
    ["zeros.jsonl", Buffer.alloc(1000), "it begins with zeros"],
    ["packed.jsonl", Buffer.from([0x1f, 0x8b, 8, 0]), "it is packed by gzip; unpack it"],
    ["wide.jsonl", Buffer.from("\ufeff{}", "utf16le"), "it is written in UTF-16"],
    ["page.html", "<html>", "this is not JSON"],
    ["list.json", "[]", "write one JSON object a line"],
    ["field.jsonl", (await ten()).replace('"term":1,"vote"', '"term":"one","vote"'), 'Line 2: field "s.term" is "one"'],
  ];
  for (const [name, content, told] of cases) {
    await open(page, name, content);
    await expect(page.getByRole("alert")).toContainText(name);
    await expect(page.getByRole("alert")).toContainText(told);
  }
  await open(page, "cut.jsonl", (await ten()).trimEnd().slice(0, -40));
  await expect(page.getByText("Line 10 is cut off")).toBeVisible();
});

test("what is pasted is read, and can be mended if it is no trace", async ({ page }) => {
  await page.goto("./#/your-raft");
  await page.getByRole("button", { name: "Paste" }).click();
  const text = page.getByLabel("The trace, one JSON object a line");
  await text.fill("not a trace");
  await page.getByRole("button", { name: "Read it" }).click();
  await expect(page.getByRole("alert")).toContainText("this is not JSON");
  await expect(text).toHaveValue("not a trace");
  await text.fill(await ten());
  await page.getByRole("button", { name: "Read it" }).click();
  await expect(title(page)).toContainText("n2 granted its vote to n3");
});

test("an excerpt can be copied, and opens by its link", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("./#/your-raft/example");
  await page.getByRole("button", { name: "Share this step" }).click();
  await expect(page.getByText("A link that opens it is copied.")).toBeVisible();
  const excerpt = await page.getByLabel("The excerpt").inputValue();
  expect(excerpt.trim().split("\n")).toHaveLength(9);
  await page.goto(await page.evaluate(() => navigator.clipboard.readText()));
  await expect(page.getByText("The trace of a link")).toBeVisible();
  await expect(title(page)).toContainText("n2 granted its vote to n3");
});

test("a history of clients is judged too", async ({ page }) => {
  const line = (c, op, v, o, call, ret) => JSON.stringify({ c, op, k: "x", v, o, call, ret });
  await open(page, "history.jsonl", [line(1, "put", "1", "ok", 0, 1), line(2, "get", "", "7", 2, 3)].join("\n"));
  await expect(page.getByText("Nothing explains line 2")).toBeVisible();
  await page.getByRole("button", { name: "Open another" }).click();
  await expect(page.getByText("Drop a trace here")).toBeVisible();
});

test("the page answers while 20 MB are read, and reading can be cancelled", async ({ page }, info) => {
  test.slow();
  const path = info.outputPath("long.jsonl");
  await writeFile(path, longTrace(40_000));
  await page.goto("./#/your-raft");
  await page.locator("input[type=file]").setInputFiles(path);
  await expect(page.getByRole("status").filter({ hasText: /[1-9]\d* lines are read/ })).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("Drop a trace here")).toBeVisible();
  await expect.poll(() => page.workers().length).toBe(0);
  await page.locator("input[type=file]").setInputFiles(path);
  await expect(page.getByRole("status").filter({ hasText: /[1-9]\d* lines are read/ })).toBeVisible();
  await page.getByRole("button", { name: "Help", exact: true }).click();
  await expect(page.getByRole("region", { name: "Help" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(title(page)).toHaveText("120004 lines, each allowed.", { timeout: 60_000 });
});

for (const [name, deviation] of [
  ["raft-rs", "commit-from-leader (§5.3)."],
  ["openraft", "vote-asked (§5.2)."],
]) {
  test(`the trace of ${name} opens, with what it does on purpose`, async ({ page }) => {
    await page.goto("./#/your-raft");
    await page.getByRole("listitem").filter({ hasText: name }).getByRole("link", { name: "Open" }).click();
    await expect(page.getByText(deviation)).toBeVisible();
  });
}
