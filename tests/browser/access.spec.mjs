// The page is for everybody: axe finds nothing serious in it, light or dark, wide or narrow.

import axe from "axe-core";
import { expect, test } from "./page.mjs";

const SIZES = { wide: { width: 1280, height: 800 }, narrow: { width: 360, height: 640 } };

for (const colorScheme of ["light", "dark"]) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test.describe(`${colorScheme} and ${size}`, () => {
      test.use({ colorScheme, viewport });

      test("nothing that axe calls serious", async ({ page }) => {
        test.setTimeout(120_000);
        await page.goto("./");
        const leader = page.getByRole("button", { name: /^S\d, leader/ });
        await leader.waitFor();
        const check = async (state) => {
          await page.evaluate(axe.source);
          const { violations } = await page.evaluate(() => window.axe.run());
          const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
          const found = grave.map(({ id, nodes: [{ html, failureSummary }] }) => `${id}: ${html}: ${failureSummary}`);
          expect(found, state).toEqual([]);
        };
        await page.getByRole("button", { name: "Pause", exact: true }).click();
        await check("the landing page");
        await page.goto("./#/lesson/5/4");
        await page.getByRole("group", { name: "Prediction" }).waitFor();
        await check("a question, and messages that wait");
        await page.getByRole("button", { name: "Contents" }).click();
        await check("the contents");
        await page.goto("./#/play");
        await page.reload();
        await page.getByRole("button", { name: "Pause", exact: true }).click();
        await leader.click();
        await page.getByRole("textbox", { name: "Request" }).fill("hello");
        await page.getByRole("button", { name: "Send" }).click();
        // On a phone a part of the page is a sheet.
        const open = (name) => size === "narrow" && page.getByRole("button", { name, exact: true }).click();
        await open("Tools");
        await check("a server down, and a mistake");
        await open("Settings");
        await page.getByText("All settings", { exact: true }).click();
        await page.getByText("As text", { exact: true }).click();
        await check("the settings");
        await open("Events");
        await page.getByRole("button", { name: "why?" }).first().click();
        await check("a reason");
        await page.getByRole("button", { name: "Share", exact: true }).click();
        await check("what Share offers");
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: "Help" }).click();
        await check("the help");
      });
    });
  }
}

test("shortcuts of a single letter can be switched off, and stay off", async ({ page }) => {
  await page.goto("./#/play");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.keyboard.press("w");
  await expect(page.locator(".why")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Help" }).click();
  await page.getByRole("switch", { name: /single letter/ }).click();
  await page.getByRole("button", { name: "Close help" }).click();
  await page.reload();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.locator("body").press("w");
  await page.locator("body").press("?");
  await page.locator("body").press("ArrowRight");
  await expect(page.locator(".why, .help")).toHaveCount(0);
  await page.locator("body").press("Space");
  await expect(page.getByRole("button", { name: "Pause", exact: true })).toBeVisible();
});

test("what is chosen can be told in the reader's own colours, and with more contrast", async ({ page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await page.goto("./#/play");
  const tool = page.getByRole("button", { name: "Crash", exact: true }).first();
  expect(await tool.evaluate((it) => getComputedStyle(it).outlineStyle)).toBe("solid");
  await page.emulateMedia({ forcedColors: "none", contrast: "more", colorScheme: "light" });
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe("rgb(255, 255, 255)");
});
