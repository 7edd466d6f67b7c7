// A log is compacted, and a server that needs what is gone is sent the snapshot.

import { expect, server, test } from "./page.mjs";

const leader = (page) => page.getByRole("button", { name: /^S\d, leader/ });
const button = (page, name) => page.getByRole("button", { name, exact: true });
const events = (page) => page.getByRole("log");
const row = (page, n) => page.locator(".log-row").filter({ has: page.locator(`[data-server="${n}"]`) });
const speed = (page, value) => page.getByRole("slider", { name: "Speed" }).fill(String(value));

async function number(locator) {
  return Number((await locator.getAttribute("aria-label"))[1]);
}

test("a follower that comes back to a compacted log is sent a snapshot, and the logs agree", async ({ page }) => {
  await page.goto("./#/play");
  await expect(leader(page)).toHaveCount(1);
  await speed(page, 4);
  const leading = await number(leader(page));
  const absent = (leading % 5) + 1;
  await server(page, absent).click();
  await expect(server(page, absent)).toHaveAccessibleName(/^S\d, down/);

  await page.getByRole("textbox", { name: "Request" }).fill("snap=7");
  await button(page, "Send").click();
  await expect(row(page, leading)).toContainText("snap = 7", { timeout: 15_000 });

  // Its entries give way to a stack, and the others' stay.
  await row(page, leading).locator(".log-server").click();
  await button(page, "Compact its log").click();
  await expect(row(page, leading).locator(".entry.stack")).toHaveCount(1);
  await expect(row(page, absent).locator(".entry.stack")).toHaveCount(0);
  await expect(events(page)).toContainText(`S${leading} compacted its log`);

  // What was sent before may still bring the entries themselves: it arrives while nobody is there.
  const time = async () => Number(await page.getByRole("slider", { name: "Time" }).inputValue());
  const compacted = await time();
  await expect.poll(time).toBeGreaterThan(compacted + 40);
  await button(page, "Pause").click();
  await server(page, absent).click();
  await expect(server(page, absent)).toHaveAccessibleName(/^S\d, follower/);
  await speed(page, 1); // before anything moves: a snapshot's way is short
  await button(page, "Play").click();
  const stack = page.locator(".packet.snapshot").filter({ has: page.locator("rect.sheet + rect.sheet") });
  await expect(stack).not.toHaveCount(0, { timeout: 15_000 });
  await expect(events(page)).toContainText(`S${absent} installed S${leading}'s snapshot`, { timeout: 15_000 });
  await expect(row(page, absent).locator(".entry.stack")).toHaveCount(1);
  await expect(row(page, absent)).toContainText("snap = 7");

  await speed(page, 5);
  await page.getByRole("textbox", { name: "Request" }).fill("snap=8");
  await button(page, "Send").click();
  for (const n of [1, 2, 3, 4, 5]) {
    await expect(row(page, n)).toContainText("snap = 8", { timeout: 15_000 });
  }
  await expect(page.locator(".promises")).not.toContainText("broken");
});

test("a disk at work is seen and told, and entries wait for it", async ({ page }) => {
  await page.goto("./#/play");
  await expect(leader(page)).toHaveCount(1);
  await button(page, "Pause").click();
  await page.getByText("All settings", { exact: true }).click();
  await page.getByLabel("fsync latency").selectOption({ label: "30–60 ms" });
  await expect(events(page)).toContainText("disk=30ms..60ms");
  await page.getByRole("textbox", { name: "Request" }).fill("x=5");
  await button(page, "Send").click();
  await speed(page, 3);
  await button(page, "Play").click();
  const writing = page.getByRole("button", { name: /writing to its disk$/ });
  await expect(writing).not.toHaveCount(0, { timeout: 15_000 });
  await expect(page.locator(".server-disk").first()).toBeAttached();
  await expect(writing).toHaveCount(0, { timeout: 15_000 });
});
