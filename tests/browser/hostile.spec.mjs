// Links and files that nobody should send. Each gets one clear sentence; a cluster lives all the same, and nothing is lost.

import { expect, server, test } from "./page.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const leader = (page) => page.getByRole("button", { name: /^S\d, leader/ });
const said = (page) => page.locator(".said");

/** The end of a link, with a checksum that is right. */
function pack(version, body) {
  let [a, b] = [1, 0];
  for (const byte of body) [a, b] = [(a + byte) % 65_521, (b + ((a + byte) % 65_521)) % 65_521];
  const sum = ((b << 16) | a) >>> 0;
  return Buffer.from([version, ...[0, 8, 16, 24].map((shift) => (sum >>> shift) & 255), ...body]).toString("base64url");
}

const LINKS = [
  ["two million characters", "A".repeat(1_900_000), /^This link is too long: 60000 characters at most\.$/],
  ["a later version", pack(9, [1, 2, 3]), /^This link has version 9\. This page reads versions 2 to 4\.$/],
  ["a wrong checksum", "BAAAAAAAAAAA", /^This link is damaged: a character is missing or wrong\.$/],
  ["absurd counts", pack(4, Array(40).fill(255)), /^This link does not hold a run\.$/],
  ["nothing of what it promises", pack(4, []), /^This link does not hold a run\.$/],
  ["another alphabet", encodeURIComponent("сервер"), /^This link is damaged: its character 1, .*\.$/],
  ["a link in a link", "#/run/#/run/BBBB", /^This link is damaged: its character 1, "#", does not belong there\.$/],
  ["markup", "<img src=x onerror=alert(1)>", /^This link is damaged: its character 1, .*\.$/],
  ["an end that is cut off", "BB23", /^This link is cut short: copy it whole and try again\.$/],
];

for (const [name, link, sentence] of LINKS) {
  test(`a link with ${name} is told in one sentence, and the default session lives`, async ({ page }) => {
    // An address of two million characters is too long to open a page with: it is set in an open one below.
    if (link.length > 100_000) await page.goto("./#/play");
    else await page.goto(`./#/run/${link}`);
    if (link.length > 100_000) await page.evaluate((hash) => (location.hash = hash), `#/run/${link}`);
    await expect(said(page)).toHaveText(sentence);
    await expect(leader(page)).toHaveCount(1);
    await expect(button(page, "Pause")).toBeVisible();
  });
}

const lines = (count, line) => Array.from({ length: count }, (_, nth) => line(nth)).join("\n");

const FILES = [
  ["10 MB", Buffer.alloc(10_000_000, "crash S1\n"), /^This file is too long: 200 KB at most\.$/],
  ["nested brackets", Buffer.from("[".repeat(100_000)), /^Line 1, column 1: /],
  ["a count beyond all numbers", Buffer.from("servers 99999999999999999999"), /^Line 1, column 9: /],
  ["ten servers", Buffer.from("servers 10"), /^Line 1, column 9: /],
  ["too many acts", Buffer.from(lines(12_000, () => "skew S1 2/1")), /^.*too many.*\.$/],
  ["a time beyond the end", Buffer.from("servers 3\nat 999999999s crash S1"), /^Line 2, column 4: /],
  ["a script without an end", Buffer.from("servers 3\nrun 999999999s"), /^Line 2, column 5: /],
  ["bytes that are no text", Buffer.from(Array.from({ length: 999 }, (_, nth) => (nth * 83) % 256)), /^This file is no text\.$/],
  ["a statement cut off", Buffer.from("servers 5 · seed 3\nat 5ms crash"), /^Line 2, column \d+: /],
  ["a trace", Buffer.from('{"v":1,"founders":["n1"]}\n{"at":1}\n'), /^Line 1, column 1: /],
  ["another alphabet", Buffer.from("серверы 5\nупади S1"), /^Line 1, column 1: /],
  ["a recipe", Buffer.from("# Bread\nStir the flour."), /^Line 2, column 1: "Stir" is no action like crash, cut or request\.$/],
  ["nothing in it", Buffer.from(""), /^This file is empty\.$/],
];

test("a file that is no run is told in one sentence, and the run stays as it is", async ({ page }) => {
  test.setTimeout(60_000);
  await page.goto("./#/play");
  await leader(page).click();
  await expect(page.locator(".server.down")).toHaveCount(1);
  await button(page, "Pause").click();
  await button(page, "Share").click();
  const names = () => page.locator(".server").evaluateAll((all) => all.map((one) => one.ariaLabel));
  const before = await names();
  for (const [name, buffer, sentence] of FILES) {
    await page.getByLabel("A session file").setInputFiles({ name: "run.txt", mimeType: "text/plain", buffer });
    await expect(said(page), name).toHaveText(sentence);
    expect((await said(page).textContent()).length, name).toBeLessThan(500);
    expect(await names(), name).toEqual(before);
  }
  await page.keyboard.press("Escape");
  await button(page, "Undo").click();
  await expect(page.locator(".server.down")).toHaveCount(0);
});

test("a link that is no run leaves the run as it is", async ({ page }) => {
  await page.goto("./#/play");
  await leader(page).click();
  await button(page, "Pause").click();
  for (const [, link, sentence] of LINKS) {
    await page.evaluate((hash) => (location.hash = hash), `#/run/${link}`);
    await expect(said(page)).toHaveText(sentence);
    await expect(page.locator(".server.down")).toHaveCount(1);
  }
  await button(page, "Undo").click();
  await expect(page.locator(".server.down")).toHaveCount(0);
});
