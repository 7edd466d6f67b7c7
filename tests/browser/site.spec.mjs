import { readFile } from "node:fs/promises";
import { expect, test } from "./page.mjs";
import { serve } from "./site.mjs";

/** Waits until the page has taken the place of what index.html holds for it. */
const up = (page) => expect(page.locator("#boot")).toHaveCount(0);

test("the page starts under a sub-path, without a fault", async ({ page }) => {
  await page.goto("./");
  await up(page);
  await expect(page).toHaveTitle(/Raftarium/);
  await expect(page.locator("body")).not.toBeEmpty();
});

test("a first visit is four requests: page, style, script, wasm", async ({ page }) => {
  const fetched = [];
  page.on("request", (request) => fetched.push(new URL(request.url()).pathname.replace(/.*\//, "")));
  await page.goto("./");
  await up(page);
  const types = fetched.filter((name) => name !== "manifest.webmanifest" && name !== "sw.js");
  expect(types.map((name) => name.replace(/.*\./, "")).sort()).toEqual(["", "css", "js", "wasm"]);
});

/** Waits until the service worker keeps all there is. */
async function kept(page) {
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const registration = await navigator.serviceWorker.getRegistration();
        return registration?.active?.state;
      }),
    )
    .toBe("activated");
}

test("who only watched can come back when the host is gone", async ({ page, expectedFaults }) => {
  const site = await serve();
  expectedFaults.push(`another host: ${site.url}`, /ERR_CONNECTION_REFUSED/);
  try {
    await page.goto(site.url);
    await up(page);
    await kept(page);
    await page.goto("about:blank");
  } finally {
    await site.stop();
  }
  await page.goto(site.url);
  await up(page);
  await expect(page.getByRole("button", { name: /^S\d, / })).toHaveCount(5);
  await page.goto(`${site.url}?a=link#to-something`);
  await up(page);
  await page.goto(`${site.url}#/lesson/10/1`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});

test("what is read while the page starts is what its first page says", async ({ page, browser, site }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const still = await context.newPage();
  await still.goto(site.url);
  await page.goto("./");
  await up(page);
  const said = async (page) => (await page.locator(".lesson p").filter({ hasText: "Five servers keep" }).innerText()).replace(/S\d/, "S1");
  expect(await said(still)).toBe(await said(page));
  await context.close();
});

test("closing or reloading an untouched page makes no request and throws nothing", async ({ page }) => {
  for (let nth = 0; nth < 3; nth++) {
    await page.goto("./");
    await up(page);
    await page.reload();
    await up(page);
    await page.goto("about:blank");
  }
});

test("a part that does not arrive is told in a sentence", async ({ page, context, expectedFaults }) => {
  expectedFaults.push(/404/);
  await context.route("**/*.wasm", (route) => route.fulfill({ status: 404 }));
  await page.goto("./");
  await expect(page.getByRole("alert")).toHaveText(/did not arrive.*reload/);
});

test("an old page after a deploy says that there is a new version", async ({ page, context, expectedFaults }) => {
  expectedFaults.push(/404/);
  // The old wasm is gone, and the host's page names a new one.
  await context.route("**/*.wasm", (route) => route.fulfill({ status: 404 }));
  let first = true;
  await context.route("**/project/", async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace(/raftarium-\w+\.wasm/g, (name) => (first ? name : "raftarium-new.wasm"));
    first = false;
    await route.fulfill({ response, body });
  });
  await page.goto("./");
  await expect(page.getByRole("alert")).toHaveText(/new version.*Reload/);
});

test("who comes back to an old page is told that there is a new version", async ({ page, expectedFaults }) => {
  let deployed = false;
  const site = await serve((file, body) =>
    deployed && file === "index.html" ? String(body).replace(/raftarium-\w+\.wasm/g, "raftarium-new.wasm") : body,
  );
  expectedFaults.push(`another host: ${site.url}`);
  await page.goto(site.url);
  await up(page);
  await kept(page); // the service worker must not answer for the host
  deployed = true;
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  const news = page.getByRole("status").filter({ hasText: "There is a new version" });
  await expect(news.getByRole("button", { name: "Reload" })).toBeVisible();
  await news.getByRole("button", { name: "Later" }).click();
  await expect(news).toHaveCount(0);
  await page.goto("about:blank");
  await site.stop();
});

test("who comes back to the newest page is told nothing", async ({ page }) => {
  await page.goto("./");
  await up(page);
  const asked = page.waitForResponse((response) => response.url().endsWith("/project/"));
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await (await asked).finished();
  await expect(page.locator(".news")).toHaveCount(0);
});

test("the site tells how it is proved, with the figures of the documents, and what changed", async ({ page }) => {
  const document = await readFile(new URL("../../docs/proof.md", import.meta.url), "utf8");
  const [steps] = document.match(/[\d,]+(?= steps, each\s)/);
  await page.goto("./#/play");
  await page.getByRole("button", { name: "Help" }).click();
  await page.getByRole("link", { name: "How it is proved" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("How it is proved");
  await expect(page.getByRole("main")).toContainText(steps);
  await expect(page.getByRole("main")).toContainText(/Version \d+\.\d+\.\d+/);
  await page.getByRole("link", { name: "Play" }).click();
  await page.getByRole("button", { name: "Help" }).click();
  await page.getByRole("link", { name: "What changed" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Changelog");
});

test("a panic keeps the run, says what happened and links to the run", async ({ page, expectedFaults }) => {
  expectedFaults.push(/unreachable/, /drill/);
  await page.goto("./#/play");
  await up(page);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  const name = await page.getByRole("button", { name: /^S\d, leader/ }).getAttribute("aria-label");
  const crashed = page.getByRole("button", { name: new RegExp(`^${name.slice(0, 2)}, down`) });
  await page.getByRole("button", { name: /^S\d, leader/ }).click();
  await expect(crashed).toBeVisible();
  await page.evaluate(() => (location.hash = "#/drill"));
  await expect(page.getByRole("heading", { name: "Raftarium has stopped" })).toBeVisible();
  await expect(page.getByLabel("The report")).toContainText("drill");
  await expect(page.getByRole("link")).toHaveAttribute("href", /#\/run\/\w+/);
  await page.keyboard.press("Space"); // the button has the focus
  await expect(crashed).toBeVisible();
});

test("a panic before anything was done offers to start again", async ({ page, expectedFaults }) => {
  expectedFaults.push(/unreachable/, /drill/);
  await page.goto("./#/drill");
  await expect(page.getByRole("button", { name: "Start again" })).toBeVisible();
  await expect(page.getByRole("link")).toHaveCount(0);
});

test("what is done is kept when the page is hidden, as phones end hidden pages", async ({ page }) => {
  await page.goto("./#/play");
  await up(page);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByRole("button", { name: /^S\d, leader/ }).click();
  await expect(page.getByRole("button", { name: /^S\d, down/ })).toBeVisible();
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  expect(await page.evaluate(() => localStorage.getItem("raftarium.runs"))).toMatch(/^\d+\t5 servers, 1 action\t\S+$/);
});

test("a sandboxed frame without storage runs the cluster and throws nothing", async ({ page, site, context }) => {
  await context.route("**/frame-host.html", (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<!doctype html><title>A blog</title><iframe sandbox="allow-scripts" width="900" height="700" src="${site.url}"></iframe>`,
    }),
  );
  await page.goto(new URL("frame-host.html", site.url).href);
  await expect(page.frameLocator("iframe").getByRole("button", { name: /^S\d, leader/ })).toHaveCount(1);
});

test("a browser without WebAssembly is told so", async ({ page }) => {
  await page.addInitScript(() => delete window.WebAssembly);
  await page.goto("./");
  await expect(page.getByRole("alert")).toHaveText(/needs WebAssembly/);
});

test("without scripts the page says what it needs", async ({ browser, site }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(site.url);
  await expect(page.locator("noscript p")).toBeVisible();
  await expect(page.locator("#boot")).toBeHidden();
  await context.close();
});

test("what is not this site's script is refused", async ({ page, expectedFaults }) => {
  await page.goto("./");
  await up(page);
  expectedFaults.push(/Content Security Policy|TrustedHTML|TrustedScript/);
  const refused = (body) => page.evaluate(`(() => { try { ${body}; return false } catch { return true } })()`);
  expect(await refused("document.body.innerHTML = '<b>x</b>'")).toBe(true);
  expect(await refused("new Worker('https://example.org/w.js')")).toBe(true);
  expect(await refused("document.createElement('script').text = '1'")).toBe(true);
});
