// The page is for everybody: axe finds nothing in any state of it, light or dark, wide or narrow; and nothing has to be
// scrolled sideways where text is four times as large.

import axe from "axe-core";
import { expect, test } from "./page.mjs";
import { open, STATES } from "./states.mjs";

const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 640 };

/** What axe finds with every rule of WCAG 2.2 AA and good practice, also those that are off unless asked for. */
async function violations(page) {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const is = (rule, ...tags) => tags.some((tag) => rule.tags.includes(tag));
    const asked = (rule) => rule.ruleId === "label-content-name-mismatch" || !is(rule, "wcag2aaa", "deprecated", "experimental");
    const rules = window.axe.getRules().map((rule) => [rule.ruleId, { enabled: asked(rule) }]);
    const { violations } = await window.axe.run(document, { rules: Object.fromEntries(rules) });
    // What stands in a server's circle is part of its name, but not always in one piece: "S2, follower, term 8".
    const is_server = (id, target) => id === "label-content-name-mismatch" && /^#server-/.test(target);
    return violations.flatMap(({ id, nodes }) => {
      const found = nodes.filter(({ target: [target] }) => !is_server(id, target));
      return found.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`);
    });
  });
}

// Both themes and both sizes: more would tell little and take minutes.
for (const [name, viewport, colorScheme] of [["wide", WIDE, "dark"], ["on a phone", PHONE, "light"]]) {
  test.describe(`${name}, ${colorScheme}`, () => {
    test.use({ viewport, colorScheme, hasTouch: viewport === PHONE });

    for (const state of Object.keys(STATES)) {
      test(`axe finds nothing in the state ${state}`, async ({ page, site, expectedFaults }) => {
        if (state === "failed") expectedFaults.push(/drill/, /unreachable/);
        await open(page, site.url, state);
        expect(await violations(page)).toEqual([]);
      });
    }
  });
}

test.describe("at 400 %", () => {
  test.use({ viewport: { width: 320, height: 256 } });

  for (const [name, address] of Object.entries({ course: "", contents: "#/contents", scenarios: "#/play/scenarios", trace: "#/your-raft/example" })) {
    test(`nothing of the ${name} has to be scrolled sideways`, async ({ page }) => {
      await page.goto(`./${address}`);
      await page.locator("#boot").waitFor({ state: "detached" });
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
      const fixed = (all) => all.filter((one) => getComputedStyle(one).position === "fixed" && one.checkVisibility()).length;
      expect(await page.locator(".app *").evaluateAll(fixed)).toBe(0);
    });
  }
});

test.describe("with less motion", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  test("nothing blinks or glides by style, and the run goes on", async ({ page }) => {
    await page.goto("./");
    await page.getByRole("button", { name: /^S\d, leader/ }).waitFor();
    const longest = await page.evaluate(() => {
      const styled = document.getAnimations().filter((one) => one instanceof CSSAnimation || one instanceof CSSTransition);
      return Math.max(0, ...styled.map((one) => Number(one.effect.getComputedTiming().activeDuration)));
    });
    expect(longest).toBeLessThan(1);
    await expect(page.getByRole("log").or(page.locator(".caption"))).toContainText(/committed/);
  });
});

test("shortcuts of a single letter can be switched off, and stay off", async ({ page }) => {
  await page.goto("./#/play");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.keyboard.press("w");
  await expect(page.locator(".why")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Help" }).click();
  await page.getByRole("switch", { name: /single letter/ }).click();
  await page.getByRole("button", { name: "Close help" }).click();
  await page.reload();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.locator("body").press("w");
  await page.locator("body").press("?");
  await page.locator("body").press("ArrowRight");
  await expect(page.locator(".why, .help")).toHaveCount(0);
  await page.locator("body").press("Space");
  await expect(page.getByRole("button", { name: "Pause", exact: true })).toBeVisible();
});

test("what is chosen can be told in the reader's own colours, and with more contrast", async ({ page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await page.goto("./#/play");
  const tool = page.getByRole("button", { name: "Crash", exact: true }).first();
  expect(await tool.evaluate((it) => getComputedStyle(it).outlineStyle)).toBe("solid");
  await page.emulateMedia({ forcedColors: "none", contrast: "more", colorScheme: "light" });
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe("rgb(255, 255, 255)");
});
