// The course before an audience: on a projector, and in two windows of one browser.

import { expect, server, test } from "./page.mjs";

const answer = (page, words) => page.locator(".choice", { hasText: words });

test("on a projector the keys of a clicker turn pages, hands are counted, and the favourite is played", async ({ page }) => {
  await page.goto("./#/present/5/3");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Rooms" })).toBeHidden();
  await page.keyboard.press("PageDown");
  await expect(page).toHaveURL(/#\/present\/5\/4$/);
  const second = page.locator(".choice").nth(1);
  await expect(second).toBeVisible();
  for (const key of ["2", "2", "2", "1", "Shift+Digit2"]) await page.keyboard.press(key);
  await expect(second).toContainText("2 hands");
  await expect(page.locator(".choice").nth(0)).toContainText("1 hand");
  await page.keyboard.press("Enter");
  await expect(page.locator(".choice button[aria-pressed=true]")).toContainText("2 hands");
  await page.keyboard.press("b");
  await expect(page.getByRole("heading", { level: 1 })).toBeHidden();
  await page.keyboard.press("b");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.keyboard.press("r");
  await expect(page.locator(".choice button[aria-pressed=true]")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/#\/lesson\/5\/4$/);
  await expect(page.getByRole("navigation", { name: "Rooms" })).toBeVisible();
});

test("the audience's window shows what the lecturer's shows, and each may be opened again", async ({ page, context }) => {
  await page.goto("./#/lecture/5/3");
  await expect(page.getByRole("region", { name: "Notes" })).toBeVisible();
  const audience = await context.newPage();
  await audience.goto(new URL("#/audience", page.url()).href);
  const notes = page.getByRole("region", { name: "Notes" });
  await expect(notes).toContainText("The audience window follows.");
  await expect(audience.getByRole("region", { name: "Notes" })).toHaveCount(0);
  const heading = (window) => window.getByRole("heading", { level: 1 }).innerText();
  await expect.poll(() => heading(audience)).toBe(await heading(page));

  await page.keyboard.press("PageDown");
  const choices = (window) => window.locator(".choice > button > span:first-of-type").allInnerTexts();
  await expect(page.locator(".choice")).toHaveCount(3);
  // In the same order, too.
  await expect.poll(() => choices(audience)).toEqual(await choices(page));
  await page.keyboard.press("3");
  await expect(answer(audience, "1 hand")).toHaveCount(1);

  // A reload of either loses nothing.
  await audience.reload();
  await expect(answer(audience, "1 hand")).toHaveCount(1);
  await page.reload();
  await expect(answer(page, "1 hand")).toHaveCount(1);
  await expect.poll(() => choices(page)).toEqual(await choices(audience));

  await page.keyboard.press("Enter");
  await expect(audience.locator(".choice button[aria-pressed=true]")).toHaveCount(1);
  // What you do to a server is done before the audience.
  await server(page, 4).click();
  await expect(server(audience, 4)).toHaveAccessibleName(/down/);
  await page.keyboard.press(".");
  await expect(audience.getByRole("heading", { level: 1 })).toBeHidden();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});
