// The built page in Firefox, by WebDriver BiDi: what a visitor does first works there too, without an error.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import puppeteer from "puppeteer-core";
import { serve } from "../browser/site.mjs";

let site, browser;

before(async () => {
  site = await serve();
  browser = await puppeteer.launch({ browser: "firefox", executablePath: process.env.FIREFOX, headless: true });
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

/** Opens an address of the page. Faults that it logs or throws are in `faults`. */
async function open(address) {
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  await page.setViewport({ width: 1280, height: 800 });
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  await page.goto(site.url + address);
  await page.waitForSelector("[data-server]");
  return { page, faults };
}

/** Waits for a server whose accessible name begins so, and returns its number. */
const server = async (page, words) => {
  const handle = await page.waitForFunction(
    (words) => {
      const all = [...document.querySelectorAll("svg [data-server][role=button]")];
      return all.find((one) => new RegExp(`^S\\d, ${words}`).test(one.getAttribute("aria-label")))?.dataset.server;
    },
    {},
    words,
  );
  return handle.jsonValue();
};

const click = (page, number) => page.locator(`svg [data-server="${number}"][role=button]`).click();

test("the leader crashes on a click, and another one is elected", async () => {
  const { page, faults } = await open("#/play");
  const old = await server(page, "leader");
  await click(page, old);
  assert.equal(await server(page, "down"), old);
  assert.notEqual(await server(page, "leader"), old);
  assert.deepEqual(faults, []);
  await page.close();
});

test("the first page of the course is done by its one act", async () => {
  const { page, faults } = await open("");
  await click(page, await server(page, "leader"));
  await page.waitForSelector(".met");
  assert.deepEqual(faults, []);
  await page.close();
});

test("every chapter opens, without an error", async () => {
  const { page, faults } = await open("#/lesson/2/1");
  for (const chapter of [5, 8, 13]) {
    await page.evaluate((chapter) => (location.hash = `#/lesson/${chapter}/1`), chapter);
    await page.waitForFunction((chapter) => document.querySelector(".chapter")?.textContent.startsWith(`${chapter} `), {}, chapter);
    await page.waitForSelector("h1");
  }
  assert.deepEqual(faults, []);
  await page.close();
});
