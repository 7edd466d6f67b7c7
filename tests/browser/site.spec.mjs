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

test("a first visit is four requests: page, style, script, wasm; the rest follows the first touch", async ({ page }) => {
  const fetched = [];
  page.on("request", (request) => fetched.push(new URL(request.url()).pathname.replace(/.*\//, "")));
  await page.goto("./");
  await up(page);
  await page.waitForTimeout(2000);
  const files = fetched.filter((name) => !["sw.js", "manifest.webmanifest"].includes(name));
  const types = files.map((name) => name.replace(/.*\./, "")).sort();
  expect(types, "if the rest is among them, `./dev profile` finds out anew what the rest is").toEqual(["", "css", "js", "wasm"]);
  await Promise.all([page.waitForRequest(/\/rest-\w+\.wasm$/), page.keyboard.press("Shift")]);
});

/** Waits until the service worker keeps all there is. */
async function kept(page) {
  const files = () =>
    page.evaluate(async () => {
      const names = (await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url));
      return (await Promise.all(names)).flat().join();
    });
  await expect.poll(files).toMatch(/rest-\w+\.wasm/);
  await expect.poll(files).toMatch(/10-two-leaders/);
}

test("the page works again when its host is gone", async ({ page, expectedFaults }) => {
  const site = await serve();
  expectedFaults.push(`another host: ${site.url}`, /ERR_CONNECTION_REFUSED/);
  try {
    await page.goto(site.url);
    await up(page);
    await page.keyboard.press("Shift");
    await kept(page);
  } finally {
    await site.stop();
  }
  await page.reload();
  await up(page);
  await page.goto(`${site.url}?a=link#to-something`);
  await up(page);
  await page.goto(`${site.url}#/lesson/10/1`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});

test("a rest that does not arrive when it is needed is told in a sentence", async ({ page, context, expectedFaults }) => {
  expectedFaults.push(/404/, /rest-/);
  await context.route("**/rest-*.wasm", (route) => route.fulfill({ status: 404 }));
  await page.goto("./");
  await up(page);
  await page.getByRole("link", { name: "Play" }).click();
  await expect(page.getByRole("alert").filter({ hasText: /did not arrive.*reload/ })).toBeVisible();
});

test("a part that does not arrive is told in a sentence", async ({ page, context, expectedFaults }) => {
  expectedFaults.push(/404/);
  await context.route("**/*.wasm", (route) => route.fulfill({ status: 404 }));
  await page.goto("./");
  await expect(page.getByRole("alert")).toHaveText(/did not arrive.*reload/);
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
