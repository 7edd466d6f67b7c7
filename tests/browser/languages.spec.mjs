// The course in Chinese: chosen in the contents, kept, and left again.

import axe from "axe-core";
import { expect, test } from "./page.mjs";
import { serve } from "./site.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const leader = (page) => page.locator(".server.leader");
const heading = (page) => page.locator(".page h1");

/** The page's goal is met. */
const met = (page) => expect(page.locator(".met")).toContainText("完成", { timeout: 40_000 });

/** Whether anything stands out at the right. */
const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

test("chosen in the contents, Chinese holds for the course, the glossary and the sentences, and over a reload", async ({ page }) => {
  test.setTimeout(150_000);
  await page.goto("./#/lesson/0/1");
  await button(page, "Contents").click();
  await button(page, "简体中文").click();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh");
  await expect(heading(page)).toHaveText("点击领导者。");
  // The page's own run has begun: its seed is pinned.
  await expect(page.locator("#server-2.leader.invites")).toBeVisible();

  await leader(page).click();
  await met(page);
  await expect(page.locator(".caption")).toContainText("成为任期");
  await button(page, "下一页").click();
  await leader(page).click();
  await button(page, "停一下，然后继续。").click();
  await met(page);
  await button(page, "下一页").click();
  await page.locator(".server.follower").first().click();
  await button(page, "继续进行：这两台意见仍然一致。").click();
  await page.locator(".server.down").first().click();
  await met(page);
  await button(page, "看看那样的世界").click();
  await button(page, "回到我的运行").click();

  await page.reload();
  await expect(heading(page)).toHaveText("可以坏几台？");
  await page.locator("dfn button", { hasText: "多数派" }).click();
  await expect(page.locator(".word-card")).toContainText("任何两个多数派");

  await button(page, "目录").click();
  await expect(page.locator(".contents")).toContainText("一次写入何时才安全");
  await page.locator(".search").fill("租约");
  await expect(page.locator(".found")).toContainText("信任时钟");
  await page.locator(".search").fill("");
  await button(page, "English").click();
  await expect(heading(page)).toHaveText("How many may fail?");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
});

test.describe("a browser that prefers Chinese", () => {
  test.use({ locale: "zh-CN" });

  test("is offered it, once, and not changed by itself", async ({ page }) => {
    await page.goto("./");
    await expect(heading(page)).toHaveText("Click the leader.");
    await button(page, "简体中文").click();
    await expect(heading(page)).toHaveText("点击领导者。");
    await expect(page.locator(".topbar .offered")).toHaveCount(0);
    await page.goto("./?lang=en#/lesson/0/2");
    await expect(heading(page)).toHaveText("What becomes of the counter?");
  });
});

test("an address can name the language, and the choice takes it away", async ({ page }) => {
  await page.goto("./?lang=zh#/lesson/8/1");
  await expect(heading(page)).toHaveText("一个请求改变什么？");
  await button(page, "目录").click();
  await button(page, "English").click();
  await expect(heading(page)).toHaveText("What does a request change?");
  expect(page.url()).not.toContain("lang");
});

test("the run of Play is kept when the language changes", async ({ page }) => {
  await page.goto("./#/play");
  await leader(page).click();
  await expect(page.locator(".server.down")).toHaveCount(1);
  await button(page, "Pause").click();
  const before = await page.locator(".event-text").count();
  await page.getByRole("button", { name: "Help" }).click();
  await button(page, "简体中文").click();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh");
  await expect(page.locator(".server.down")).toHaveCount(1);
  await expect(page.locator(".event-text").filter({ hasText: "崩溃" }).first()).toBeVisible();
  await expect(page.locator(".event-text")).toHaveCount(before);
});

test("Chinese is there when the host is gone", async ({ page, expectedFaults }) => {
  const site = await serve();
  expectedFaults.push(`another host: ${site.url}`, /ERR_CONNECTION_REFUSED/);
  try {
    await page.goto(`${site.url}?lang=zh`);
    await expect(heading(page)).toHaveText("点击领导者。");
    const active = () => navigator.serviceWorker.getRegistration().then((it) => it?.active?.state);
    await expect.poll(() => page.evaluate(active)).toBe("activated");
    await page.goto("about:blank");
  } finally {
    await site.stop();
  }
  await page.goto(`${site.url}?lang=zh#/lesson/8/3`);
  await expect(heading(page)).toHaveText("接下来谁知道？");
});

for (const [size, viewport] of Object.entries({ wide: { width: 1280, height: 800 }, narrow: { width: 360, height: 640 } })) {
  test.describe(`${size}, in Chinese`, () => {
    test.use({ viewport });

    test("nothing that axe calls serious, and nothing stands out", async ({ page }) => {
      const check = async (state) => {
        await page.evaluate(axe.source);
        const { violations } = await page.evaluate(() => window.axe.run());
        const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
        expect(grave.map(({ id, nodes: [{ html }] }) => `${id}: ${html}`), state).toEqual([]);
        expect(await overflow(page), state).toBe(0);
      };
      await page.goto("./?lang=zh#/lesson/8/2");
      await expect(heading(page)).toHaveText("多少个副本才算提交？");
      await check("a question, and messages that wait");
      await button(page, "目录").click();
      await check("the contents");
      await page.getByRole("button", { name: "帮助" }).click();
      await check("the help");
      await page.goto("./?lang=zh#/play");
      await leader(page).waitFor();
      await check("Play");
    });
  });
}
