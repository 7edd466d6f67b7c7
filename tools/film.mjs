// Takes the moving picture in the README from the built page: the leader crashes, another is elected, two leaders part and
// meet again, and a rule is switched off until a committed entry is lost.
//
// usage: ./dev build && CHROMIUM=/path/to/chromium node tools/film.mjs docs/film.png

import { chromium } from "@playwright/test";
import { readFile, writeFile } from "node:fs/promises";
import UPNG from "upng-js";
import { flags } from "../tests/browser/chromium.mjs";
import { serve } from "../tests/browser/site.mjs";

const SIZE = { width: 1200, height: 750 };
const COLOURS = 64;
/** From one frame to the next, in milliseconds, if the machine is quick enough. */
const APART = 160;

const site = await serve();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: flags });
const page = await browser.newPage({ viewport: SIZE, colorScheme: "light" });
const button = (name) => page.getByRole("button", { name, exact: true });
const leader = page.getByRole("button", { name: /^S\d, leader/ });

const frames = [];
const delays = [];

/** Films for so many seconds. What an act before it needs is cut. */
async function film(seconds) {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const began = performance.now();
    frames.push(UPNG.toRGBA8(UPNG.decode(await page.screenshot()))[0]);
    await page.waitForTimeout(Math.max(0, APART - (performance.now() - began)));
    delays.push(Math.round(performance.now() - began));
  }
}

/** A still, to be read. */
async function still(seconds) {
  await film(0.01);
  delays[delays.length - 1] = seconds * 1000;
}

async function open(address) {
  await page.goto(site.url + address);
  await page.reload();
  await leader.first().waitFor();
}

try {
  await open("");
  await film(2.5);
  await leader.click();
  await page.getByRole("slider", { name: "Speed" }).fill("2");
  await leader.waitFor();
  await film(5);

  await open("#/play/two-leaders");
  await still(3);
  await button("Heal all").click();
  await button("Play").click();
  await film(6);
  await button("Pause").click();
  await button("Chart").click();
  await still(3);

  await open("#/play");
  const script = await readFile(new URL("../tests/scripts/without_the_commit_rule_a_committed_entry_is_lost.txt", import.meta.url), "utf8");
  await page.getByText("As text", { exact: true }).click();
  await page.getByLabel("The run as text").fill(script.replace(/^#.*\n/gm, ""));
  await button("Open this text").click();
  await page.getByText("As text", { exact: true }).click();
  await button("Play").waitFor();
  await still(3);
  await page.getByRole("alert").getByRole("button", { name: "why?" }).click();
  await still(4);
  await button("Compare").click();
  await page.getByRole("button", { name: "First difference" }).waitFor();
  await still(5);

  const picture = UPNG.encode(frames, SIZE.width, SIZE.height, COLOURS, delays);
  await writeFile(process.argv[2], Buffer.from(picture));
  const seconds = delays.reduce((sum, delay) => sum + delay, 0) / 1000;
  console.log(`${frames.length} frames, ${seconds.toFixed(0)} s, ${(picture.byteLength / 1e6).toFixed(2)} MB`);
} finally {
  await browser.close();
  await site.stop();
}
