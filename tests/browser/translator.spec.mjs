// A browser's translator replaces texts by elements of its own, at any time. The page goes on.

import { expect, server, test } from "./page.mjs";

/** Does what page translators do: every text that may be translated is moved into two <font> elements, now and later. */
function translate() {
  const isFree = (node) => node.parentElement?.closest("[translate]")?.getAttribute("translate") !== "no";
  const skipped = "script, style, textarea, svg, font, code";
  const move = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    for (const text of texts) {
      if (!text.data.trim() || !isFree(text) || text.parentElement.closest(skipped)) continue;
      const font = document.createElement("font");
      const inner = font.appendChild(document.createElement("font"));
      inner.textContent = `«${text.data}»`;
      text.replaceWith(font);
    }
  };
  move(document.body);
  const observer = new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node.isConnected && node.nodeType === 1) move(node);
  });
  observer.observe(document.body, { childList: true, subtree: true });
}

const leader = (page) => page.getByRole("button", { name: /^S\d, leader/ });

test("a translated lesson is played to its end, and the next page is translated too", async ({ page }) => {
  test.setTimeout(90_000);
  await page.goto("./#/lesson/0/1");
  await leader(page).waitFor();
  await page.evaluate(translate);
  await expect(page.locator("h1 font").first()).toBeVisible();
  const old = Number((await leader(page).getAttribute("aria-label"))[1]);
  await leader(page).click();
  await expect(server(page, old)).toHaveAccessibleName(/down/);
  await page.getByRole("slider", { name: "Speed" }).fill("5");
  await expect(page.getByText("Done", { exact: true })).toBeVisible({ timeout: 60_000 });
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await expect(page.locator("h1 font").first()).toBeVisible();
});

test("what is live changes on, translated or not", async ({ page }) => {
  await page.goto("./#/play");
  await leader(page).waitFor();
  await page.evaluate(translate);
  const old = Number((await leader(page).getAttribute("aria-label"))[1]);
  await leader(page).click();
  await expect(server(page, old)).toContainText("down");
  await expect(page.getByRole("log")).toContainText("crash");
});
