// Share: this moment as a link, as files, as pictures, in another page; and the runs that are kept.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { expect, server, test } from "./page.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const leader = (page) => page.getByRole("button", { name: /^S\d, leader/ });
const field = (page, name) => page.getByRole("textbox", { name });

/** All that can be seen of the run. Which server the tab key leads to is this page's affair. */
async function picture(page) {
  const html = await page.locator("main .stage-picture").evaluate((it) => it.outerHTML);
  const logs = await page.getByRole("region", { name: "Logs" }).innerText();
  const time = await page.getByRole("slider", { name: "Time" }).inputValue();
  return [html.replace(/ tabindex="[^"]*"| focused/g, ""), logs, time];
}

/** Two leaders, and a request more, shared. */
async function shared(page) {
  await page.goto("./#/play/two-leaders");
  await expect(leader(page)).toHaveCount(2);
  await button(page, "Send").click();
  await button(page, "Share").click();
}

async function download(page, name) {
  const [file] = await Promise.all([page.waitForEvent("download"), button(page, name).click()]);
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

test("a link opened in a fresh profile shows the same picture", async ({ page, browser }) => {
  await shared(page);
  const link = await field(page, "Link to this moment").inputValue();
  expect(page.url()).toBe(link);
  const fresh = await browser.newContext();
  const other = await fresh.newPage();
  await other.goto(link);
  await expect(leader(other)).toHaveCount(2);
  expect(await picture(other)).toEqual(await picture(page));
  await fresh.close();
});

test("the session file opens again, and each download is what it says", async ({ page }) => {
  await shared(page);
  const session = await download(page, "Session");
  expect(session.bytes.toString()).toMatch(/^servers 5 [^]*partition S1 S2 C1[^]*request C1 y=1/);
  const trace = (await download(page, "Trace")).bytes.toString().trim().split("\n").map(JSON.parse);
  expect(trace.length).toBeGreaterThan(30);
  const history = (await download(page, "Client history")).bytes.toString().trim().split("\n").map(JSON.parse);
  // C1 waits for its x, so its y is not asked yet.
  expect(history.map(({ c, k, v }) => `C${c} ${k}=${v}`)).toEqual(["C1 x=3", "C3 x=8"]);
  const svg = (await download(page, "SVG")).bytes.toString();
  for (const name of ["S1", "S5", "leader", "C1"]) expect(svg).toMatch(new RegExp(`>${name} ?</text>`));
  expect(svg).not.toContain("class=");
  const png = (await download(page, "PNG")).bytes;
  expect(png.subarray(1, 4).toString()).toBe("PNG");

  const before = await picture(page);
  await page.goto("./#/play");
  await button(page, "Share").click();
  await page.getByLabel("A session file").setInputFiles({ name: "s.txt", mimeType: "text/plain", buffer: session.bytes });
  await expect(leader(page)).toHaveCount(2);
  await expect(page.getByRole("dialog", { name: "Share" })).toBeHidden();
  // A file has no cursor: it ends with its last action.
  expect((await picture(page))[1]).toBe(before[1]);
});

test("a hostile file gets one sentence, and the run stays", async ({ page }) => {
  await shared(page);
  const before = await picture(page);
  const files = {
    "10 MB": ["a".repeat(10_000_000), /^This file is too long: 200 KB at most\.$/],
    nested: ["[".repeat(100_000), /^Line 1, column 1: .*\.$/],
    "absurd counts": ["servers 99999999999999999999", /^Line 1, column 9: .*\.$/],
    truncated: ["servers 5\nat 5ms cra", /^Line 2, column 8: .*\.$/],
    "other alphabet": ["сервера 5", /^Line 1, column 1: .*\.$/],
    "no text": ["\u0000\u0001\ufffd", /^This file is no text\.$/],
  };
  for (const [name, [text, sentence]] of Object.entries(files)) {
    await page.getByLabel("A session file").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
    await expect(page.locator(".said"), name).toHaveText(sentence);
    expect((await page.locator(".said").innerText()).length, name).toBeLessThan(500);
  }
  expect(await picture(page)).toEqual(before);
});

test("a hostile link gets one sentence and a run to begin with", async ({ page }) => {
  const links = {
    long: ["A".repeat(100_000), /^This link is too long/],
    truncated: ["BBg", /^This link is (cut short|damaged)/],
    version: ["_wAAAAAA", /^This link has version 255/],
    alphabet: ["приве́т", /^This link is damaged/],
    noise: ["BBgMv0QFAAMBAg3AhD0K", /^This link is damaged/],
  };
  for (const [name, [code, sentence]] of Object.entries(links)) {
    await page.goto("about:blank");
    await page.goto(`./#/run/${code}`);
    await expect(page.locator(".said"), name).toHaveText(sentence);
    await expect(leader(page), name).toHaveCount(1);
  }
});

test("runs are kept, each once, and open again", async ({ page }) => {
  await page.goto("./#/play/two-leaders");
  await expect(leader(page)).toHaveCount(2);
  await button(page, "Send").click();
  const kept = await picture(page);
  await page.goto("./#/play/figure-7");
  await expect(server(page, 1)).toBeVisible();
  await button(page, "Crash").focus();
  await server(page, 2).click();
  await button(page, "Share").click();
  await page.keyboard.press("Escape");
  await button(page, "Share").click();
  await expect(page.locator(".kept li")).toHaveCount(2);
  await page.getByRole("button", { name: /^Two leaders, 5 actions/ }).click();
  await expect(leader(page)).toHaveCount(2);
  expect(await picture(page)).toEqual(kept);
});

test("another page shows exactly this moment, and its Share offers the link as text", async ({ page, browser, site }) => {
  await shared(page);
  const [drawn] = await picture(page);
  const frame = await field(page, "Embed this moment").inputValue();
  const host = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end(`<!doctype html><title>A blog</title>${frame}`);
  });
  await new Promise((ready) => host.listen(0, "localhost", ready));
  const context = await browser.newContext();
  const blog = await context.newPage();
  const faults = [];
  blog.on("pageerror", (error) => faults.push(error));
  await blog.goto(`http://localhost:${host.address().port}/`);
  const inner = blog.frameLocator("iframe");
  await expect(inner.getByRole("button", { name: /^S\d, leader/ })).toHaveCount(2);
  await expect(inner.getByRole("link", { name: "Play", exact: true })).toBeHidden();
  const names = (html) => html.match(/aria-label="S\d, [^"]*"/g);
  expect(names(await inner.locator("main .stage-picture").evaluate((it) => it.outerHTML))).toEqual(names(drawn));
  await inner.getByRole("button", { name: "Share", exact: true }).click();
  const text = inner.getByRole("textbox", { name: "Link to this moment" });
  expect(await text.inputValue()).toBe(`${site.url}${new URL(page.url()).hash}`);
  await text.focus();
  const chosen = await text.evaluate((it) => it.selectionEnd - it.selectionStart);
  expect(chosen).toBe((await text.inputValue()).length);
  await expect(inner.getByRole("link", { name: "Open in Raftarium" })).toHaveAttribute("href", new RegExp("^http.*#/run/"));
  expect(faults).toEqual([]);
  await context.close();
  host.close();
});

test("a new run says where the one before is", async ({ page }) => {
  await page.goto("./#/play");
  await expect(leader(page)).toHaveCount(1);
  await button(page, "Send").click();
  await button(page, "New run").first().click();
  await expect(page.locator(".said")).toHaveText("A new run. Share lists the one before.");
  await button(page, "Share").click();
  await expect(page.locator(".kept li")).toHaveCount(1);
  await page.getByRole("button", { name: /^Delete 5 servers/ }).click();
  await expect(page.locator(".kept li")).toHaveCount(0);
});

test("a run too long for a link is offered as a file", async ({ page }) => {
  await page.goto("./#/play");
  await button(page, "Share").click();
  const actions = Array.from({ length: 1_500 }, (_, nth) => `at ${nth}ms config loss=${nth % 9}%`);
  const buffer = Buffer.from(["servers 3 · seed 7", ...actions].join("\n"));
  await page.getByLabel("A session file").setInputFiles({ name: "long.txt", mimeType: "text/plain", buffer });
  await expect(page.locator(".server")).toHaveCount(3);
  await button(page, "Share").click();
  await expect(page.getByRole("dialog", { name: "Share" })).toContainText("too long for a link");
  await expect(field(page, "Link to this moment")).toHaveCount(0);
  const session = (await download(page, "Session")).bytes.toString();
  expect(session.split("config loss").length - 1).toBe(1_500);
});
