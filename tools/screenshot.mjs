// Takes the picture in the README, or the one in previews of links to the page: the built page, mid-action, light.
//
// usage: ./dev build && CHROMIUM=/path/to/chromium node tools/screenshot.mjs docs/screenshot.png [width height]

import { chromium } from "@playwright/test";
import { writeFile } from "node:fs/promises";
import UPNG from "upng-js";
import { flags } from "../tests/browser/chromium.mjs";
import { serve } from "../tests/browser/site.mjs";

const [file, width = "1280", height = "800"] = process.argv.slice(2);
const COLOURS = 128;

const site = await serve();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: flags });
try {
  const page = await browser.newPage({ viewport: { width: Number(width), height: Number(height) }, colorScheme: "light" });
  await page.goto(`${site.url}#/play/two-leaders`);
  await page.getByRole("button", { name: "Heal all", exact: true }).click();
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await page.locator(".packet.append").first().waitFor({ state: "attached" });
  await page.waitForTimeout(250);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  const picture = UPNG.decode(await page.screenshot());
  await writeFile(file, Buffer.from(UPNG.encode(UPNG.toRGBA8(picture), picture.width, picture.height, COLOURS)));
} finally {
  await browser.close();
  await site.stop();
}
