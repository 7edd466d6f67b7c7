// Takes the picture in the README: the built page, mid-action, light.
//
// usage: ./dev build && CHROMIUM=/path/to/chromium node tools/screenshot.mjs docs/screenshot.png

import { chromium } from "@playwright/test";
import { flags } from "../tests/browser/chromium.mjs";
import { serve } from "../tests/browser/site.mjs";

const site = await serve();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: flags });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: "light" });
  await page.goto(site.url);
  await page.getByRole("button", { name: /^S\d, leader/ }).click();
  await page.getByRole("slider", { name: "Speed" }).fill("3");
  await page.getByRole("button", { name: /^S\d, leader/ }).waitFor();
  await page.locator(".packet.append").first().waitFor({ state: "attached" });
  await page.waitForTimeout(250);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.screenshot({ path: process.argv[2] });
} finally {
  await browser.close();
  await site.stop();
}
