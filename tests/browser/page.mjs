// What a browser test of Raftarium starts from:
//
//     import { expect, test } from "./page.mjs";
//
//     test("a click on the leader crashes it", async ({ page }) => {
//       await page.goto("./");
//       await server(page, 3).click();
//       ...
//
// The built site is served under a sub-path, to which addresses are relative. A test fails, whatever it says itself, when
// the page logs an error, throws, violates the content policy, fetches in vain or asks another host for anything.

import { test as base } from "@playwright/test";
import { serve } from "./site.mjs";

export { expect } from "@playwright/test";

export const test = base.extend({
  site: [
    async ({}, use) => {
      const site = await serve();
      await use(site);
      await site.stop();
    },
    { scope: "worker" },
  ],

  baseURL: ({ site }, use) => use(site.url),

  /** Faults of the page that this test is about; all others fail it. Push strings or patterns. */
  expectedFaults: ({}, use) => use([]),

  page: async ({ page, site, expectedFaults }, use) => {
    const faults = [];
    const { origin } = new URL(site.url);
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) faults.push(`${message.type()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => faults.push(`uncaught: ${error.stack ?? error}`));
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (/^(http|ws)/.test(url.protocol) && url.origin !== origin) faults.push(`another host: ${url}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 400) faults.push(`${response.status()}: ${response.url()}`);
    });
    await use(page);
    const unexpected = faults.filter((fault) => !expectedFaults.some((pattern) => fault.match(pattern)));
    if (unexpected.length > 0) throw new Error(`the page misbehaved:\n  ${unexpected.join("\n  ")}`);
  },
});

/** The button on the stage that is server `S<n>`. Its name says it all: `S3, leader, term 4, log 5, committed 4`. */
export const server = (page, n) => page.getByRole("button", { name: new RegExp(`^S${n}, `) });

/** Opens a run that is given as text, paused where it ends. */
export async function openRun(page, text) {
  await page.goto("./#/play");
  await page.getByText("As text", { exact: true }).click();
  await page.getByLabel("The run as text").fill(text);
  await page.getByRole("button", { name: "Open this text" }).click();
  await page.getByText("As text", { exact: true }).click();
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
}
