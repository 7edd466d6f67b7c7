// The console: words that fit, errors with their place, what was done before; and scripts in the page.

import { readdirSync, readFileSync } from "node:fs";
import { devices } from "@playwright/test";
import { expect, openRun, server, test } from "./page.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const command = (page) => page.getByRole("combobox", { name: "Command" });
const options = (page) => page.getByRole("listbox", { name: "Words that fit" }).getByRole("option");
const time = (page) => page.getByRole("slider", { name: "Time" }).inputValue();

const three = (page) => openRun(page, "servers 3 · seed 1\nat 0ms timeout S1\nat 200ms request C1 y=1");

test("a line is completed by keyboard at the cursor", async ({ page }) => {
  await three(page);
  await command(page).focus();
  await page.keyboard.type("cra");
  await expect(options(page)).toHaveText([/^crash/]);
  await expect(command(page)).toHaveAttribute("aria-expanded", "true");
  await page.keyboard.press("ArrowDown");
  await expect(command(page)).toHaveAttribute("aria-activedescendant", "offer-0");
  await page.keyboard.press("Enter");
  await expect(command(page)).toHaveValue("crash ");
  await page.keyboard.type("S2 S3");
  for (let nth = 0; nth < 3; nth++) await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Backspace");
  await page.keyboard.type("1");
  await expect(command(page)).toHaveValue("crash S1 S3");
  await page.keyboard.press("Escape");
  await expect(options(page)).toHaveCount(0);
  await page.keyboard.press("Enter");
  await expect(server(page, 1)).toHaveAccessibleName(/down/);
  await expect(server(page, 3)).toHaveAccessibleName(/down/);
  await expect(command(page)).toHaveValue("");
});

test("an error has its place and says what was meant; arrows bring back what was done", async ({ page }) => {
  await three(page);
  const enter = async (line) => {
    await command(page).fill(line);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
  };
  await command(page).focus();
  await enter("crahs S1");
  const alert = page.getByRole("region", { name: "Console" }).getByRole("alert");
  await expect(alert).toHaveText(/^Column 1: .*Did you mean "?crash/);
  expect(await command(page).evaluate((it) => it.value.slice(it.selectionStart, it.selectionEnd))).toBe("crahs");
  await enter("pause S2");
  await expect(alert).toHaveCount(0);
  await enter("resume S2");
  await page.keyboard.press("ArrowUp");
  await expect(command(page)).toHaveValue("resume S2");
  await page.keyboard.press("ArrowUp");
  await expect(command(page)).toHaveValue("pause S2");
  await page.keyboard.press("ArrowDown");
  await expect(command(page)).toHaveValue("resume S2");
});

test("commands wait, expect and print in the page", async ({ page }) => {
  await three(page);
  await command(page).fill("crash leader; run until leader; status");
  await button(page, "Go").click();
  await expect(page.locator(".console .printed")).toHaveText(/S1 down/);
  await expect(page.getByRole("button", { name: /^S\d, leader/ })).toHaveCount(1);
  await command(page).fill("expect S1 leader");
  await button(page, "Go").click();
  await expect(page.getByRole("region", { name: "Console" }).getByRole("alert")).toHaveText(/^Column 8: This is not true/);
});

test.describe("by touch", () => {
  const { isMobile, hasTouch, userAgent } = devices["Pixel 5"];
  test.use({ viewport: { width: 900, height: 800 }, isMobile, hasTouch, userAgent });

  test("a line is completed by touch", async ({ page }) => {
    await three(page);
    await command(page).tap();
    await command(page).fill("isol");
    await options(page).first().tap();
    await options(page).filter({ hasText: /^S2/ }).tap();
    await expect(command(page)).toHaveValue("isolate S2 ");
    await button(page, "Go").tap();
    await expect(page.locator(".link.cut")).toHaveCount(2);
  });
});

test("every golden script opens and plays, and prints what it should", async ({ page }) => {
  test.setTimeout(280_000);
  await page.goto("./#/play");
  await page.getByText("As text", { exact: true }).click();
  const folder = new URL("../scripts/", import.meta.url);
  const names = readdirSync(folder).sort();
  expect(names.length).toBeGreaterThan(100);
  for (const name of names) {
    const text = readFileSync(new URL(name, folder)).toString();
    await page.getByLabel("The run as text").fill(text);
    await button(page, "Open this text").click();
    await expect(page.locator(".run-text").getByRole("status"), name).toHaveText(/^The script ended/);
    const printed = await page.locator(".script-lines .printed").allInnerTexts();
    const lines = printed.join("\n").split("\n").map((line) => line.trimEnd()).filter(Boolean);
    const golden = text.split("\n").filter((line) => line.startsWith("#>")).map((line) => line.slice(3).trimEnd()).filter(Boolean);
    expect(lines, name).toEqual(golden);
    await button(page, "Step back").click();
  }
  const first = page.locator(".script-lines button").first();
  await first.click();
  expect(Number(await time(page))).toBe(0);
});

test("a script that fails says where, and shows that moment", async ({ page }) => {
  await page.goto("./#/play");
  await page.getByText("As text", { exact: true }).click();
  await page.getByLabel("The run as text").fill("servers 3 · seed 1\nrun until leader\nexpect leader\ncrash leader\nexpect S1 follower");
  await button(page, "Open this text").click();
  await expect(page.locator(".run-text").getByRole("alert")).toHaveText(/^Line 5, column 8: this is not true/);
  await expect(page.locator(".run-text").getByRole("status")).toHaveText("1 expectations hold. Then the script failed.");
  await expect(page.getByRole("button", { name: /^S\d, down/ })).toHaveCount(1);
});
