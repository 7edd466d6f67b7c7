// The quiz of the user study: by keyboard, kept over a reload, taken twice, judged after the second time.

import { readFile } from "node:fs/promises";
import { expect, test } from "./page.mjs";

const heading = (page) => page.locator(".quiz h1");
const next = (page) => page.locator(".quiz .primary");
const course = (page) => page.evaluate(() => localStorage.getItem("raftarium.course"));

/** The place of the best answer to each part, as the file of the questions has it. */
async function best() {
  const text = await readFile(new URL("../../src/lessons/quiz.txt", import.meta.url), "utf8");
  const parts = text.split(/^\? /m).slice(1);
  return parts.map((part) => {
    const points = [...part.matchAll(/^([\d.]+) /gm)].map(([, points]) => Number(points));
    return points.indexOf(Math.max(...points));
  });
}

/** Answers every part by keyboard alone, and finishes. */
async function answer(page, places) {
  for (let question = 1; question <= 8; question++) {
    await expect(heading(page)).toContainText(`Question ${question} of 8`);
    for (const part of await page.locator(".quiz fieldset").all()) {
      const nth = Number(await part.getAttribute("data-part"));
      await part.getByRole("radio").nth(places[nth]).focus();
      await page.keyboard.press("Space");
      await expect(part.getByRole("radio").nth(places[nth])).toBeChecked();
    }
    await next(page).focus();
    await page.keyboard.press("Enter");
  }
}

test("the quiz is taken before the course and after it, beside the study's mean", async ({ page }) => {
  const right = await best();
  expect(right.length).toBe(16);
  await page.goto("./#/contents");
  await page.getByRole("link", { name: /^Quiz: what do you know before/ }).click();
  await expect(page).toHaveTitle("Quiz · Raftarium");
  await page.getByRole("button", { name: "Begin the quiz" }).click();
  await expect(heading(page)).toBeFocused();
  // Who has not answered does not know, and may take an answer back.
  const unknown = page.getByRole("radio", { name: "I do not know." });
  for (const one of await unknown.all()) await expect(one).toBeChecked();
  await page.getByRole("radio", { name: "Yes." }).first().check();
  await expect(unknown.first()).not.toBeChecked();
  await unknown.first().check();
  // The first answers to all: few points. What was answered is there after a reload.
  await page.getByRole("radio", { name: /^No\. Terms never decrease/ }).first().check();
  await page.reload();
  await page.getByRole("button", { name: "Go on with the quiz" }).click();
  await expect(page.getByRole("radio", { name: /^No\. Terms never decrease/ }).first()).toBeChecked();
  await answer(page, right.map(() => 0));
  const bars = page.getByRole("list", { name: "Points" }).getByRole("listitem");
  await expect(bars).toHaveCount(2);
  await expect(bars.nth(1)).toContainText("25.72");
  await expect(page.locator(".quiz .option.right")).toHaveCount(0);

  await page.getByRole("button", { name: "Take it again" }).click();
  await answer(page, right);
  await expect(bars).toHaveCount(3);
  await expect(bars.nth(1)).toContainText("60 / 60");
  // Now the answers are told, with the page that teaches each.
  await page.getByRole("button", { name: "Go through the answers" }).click();
  await expect(page.locator(".quiz .option.right")).toHaveCount(4);
  await expect(page.getByRole("radio").first()).toBeDisabled();
  await expect(page.getByRole("link", { name: "Page 11/2 teaches it" })).toBeVisible();
  expect(await course(page)).toMatch(/quiz \d+=0{16} \d+=\d{16}$/);

  // Escape leads to the contents, and from there back.
  await page.keyboard.press("Escape");
  await expect(page.getByRole("heading", { name: "The course" })).toBeVisible();
  await page.getByRole("link", { name: "Quiz: your points" }).click();
  await expect(bars).toHaveCount(3);
});

test("the quiz is there in Chinese, and fits a phone", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 640 });
  await page.addInitScript(() => localStorage.setItem("raftarium.language", "zh"));
  await page.goto("./#/quiz");
  await page.getByRole("button", { name: "开始测验" }).click();
  await expect(heading(page)).toContainText("第 1 题，共 8 题");
  await next(page).click();
  await expect(page.locator(".quiz-logs").first()).toBeVisible();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide).toBeLessThanOrEqual(0);
});

test("what was done is saved as a file and read back, and a wrong file changes nothing", async ({ page }) => {
  const kept = "at 5/2 done 0/1 0/2 guess 0/2=1 back 0/2=0@20789 quiz 20788=0121";
  await page.addInitScript((kept) => localStorage.setItem("raftarium.course", kept), kept);
  await page.addInitScript(() => localStorage.setItem("raftarium.challenges", "two-leaders=3"));
  await page.goto("./#/contents");
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save it as a file" }).click();
  const saved = await readFile(await (await saving).path(), "utf8");
  expect(saved).toContain("quiz 20788=0121");
  expect(saved).toContain("challenges two-leaders=3");
  const read = (text) =>
    page.getByLabel("Read a saved file").setInputFiles({ name: "x.txt", mimeType: "text/plain", buffer: Buffer.from(text) });
  const notice = page.getByRole("alert");
  await page.getByText("Forget it").click();
  await page.getByRole("button", { name: "Forget all that I did" }).click();
  expect(await course(page)).toBe("done guess back");
  await read(saved);
  await expect(notice).toHaveText("The file is read, and added to what you did here.");
  expect(await course(page)).toBe(kept);
  expect(await page.evaluate(() => localStorage.getItem("raftarium.challenges"))).toBe("two-leaders=3");
  for (const [text, why] of [
    ["servers 3 seed 1", 'This is no file of the course: servers makes no sense in it.'],
    [" ", "This file is empty."],
    ["done guess back", "There is nothing of the course in this file."],
    [`${saved} two-leaders=few`, 'This is no file of the course: two-leaders=few makes no sense in it.'],
    ["\u0000\u0001", "This file is no text."],
  ]) {
    await read(text);
    await expect(notice).toHaveText(why);
    expect(await course(page)).toBe(kept);
  }
});

test("a reader is S3, and the core judges; each message can be seen in Play", async ({ page }) => {
  await page.goto("./#/contents");
  await page.getByRole("link", { name: /^Be a server/ }).click();
  await expect(page).toHaveTitle("Be a server · Raftarium");
  const answer = page.getByRole("button", { name: "That is my answer" });
  let [asked, right] = [0, 0];
  for (let message = 1; message <= 10; message++) {
    await expect(page.getByRole("heading", { name: `You are S3: message ${message} of 10` })).toBeVisible();
    await expect(answer).toBeDisabled();
    const questions = page.locator(".serve fieldset");
    for (const question of await questions.all()) {
      await question.getByRole("radio").first().focus();
      await page.keyboard.press("Space");
      asked += 1;
    }
    await answer.focus();
    await page.keyboard.press("Enter");
    // One answer to each question is what the core did, with a rule of Figure 2.
    await expect(page.locator(".serve .option.right")).toHaveCount(await questions.count());
    await expect(page.locator(".serve-told li").first()).toContainText("§");
    right += await page.locator(".serve .option.right:has(:checked)").count();
    await expect(page.locator(".serve .turns")).toContainText(`${right} of ${asked} right`);
    if (message < 10) await page.getByRole("button", { name: "Next message" }).click();
  }
  const link = page.getByRole("link", { name: "See this moment in Play" });
  await expect(link).toHaveAttribute("href", /^#\/run\//);
  await page.getByRole("button", { name: "Next message" }).click();
  await expect(page.locator(".serve")).toContainText(`You answered ${right} of ${asked} questions as the core did.`);
  await page.getByRole("button", { name: "Another round" }).click();
  await expect(page.getByRole("heading", { name: "You are S3: message 1 of 10" })).toBeFocused();
  for (const question of await page.locator(".serve fieldset").all()) await question.getByRole("radio").last().check();
  await answer.click();
  await link.click();
  await expect(page.getByRole("button", { name: /^S3, / })).toBeVisible();
  await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();
});
