// A stranger plays the page: crashes, requests, time, links; by mouse, by keyboard and by touch.

import { devices } from "@playwright/test";
import { expect, openRun, server, test } from "./page.mjs";

const leader = (page) => page.getByRole("button", { name: /^S\d, leader/ });
const button = (page, name) => page.getByRole("button", { name, exact: true });
const events = (page) => page.getByRole("log");

/** What a server's name says: `S3, leader, term 4, log 5, committed 4`. */
async function facts(locator) {
  const name = await locator.getAttribute("aria-label");
  const number = (word) => Number(name.match(new RegExp(`${word} (\\d+)`))?.[1] ?? -1);
  return { id: Number(name[1]), term: number("term"), log: number("log"), committed: number("committed") };
}

/** Opens the page and lets time run as fast as it goes. */
async function open(page, path = "./", speed = 9) {
  await page.goto(path);
  await expect(page.getByRole("slider", { name: "Speed" })).toBeVisible();
  await page.getByRole("slider", { name: "Speed" }).fill(String(speed));
}

/** The stage as it is drawn, without what the eye cannot see. */
const picture = (page) => page.locator(".stage-picture").evaluate((stage) => stage.outerHTML);

/** How many points of two pictures differ by more than the browser's own smoothing of edges. */
const differing = (page, one, other) =>
  page.evaluate(
    async (pictures) => {
      const points = async (picture) => {
        const image = new Image();
        image.src = `data:image/png;base64,${picture}`;
        await image.decode();
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [image.width, image.height];
        const context = canvas.getContext("2d");
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, image.width, image.height).data;
      };
      const [a, b] = await Promise.all(pictures.map(points));
      if (a.length !== b.length) return Infinity;
      return a.filter((value, place) => Math.abs(value - b[place]) > 64).length;
    },
    [one, other].map((picture) => picture.toString("base64")),
  );

/** Moves the slider of time, as a drag would. */
async function scrub(page, value) {
  await page.getByRole("slider", { name: "Time" }).fill(String(value));
}

const time = (page) => page.getByRole("slider", { name: "Time" }).inputValue().then(Number);

test("the opening is mid-action: a leader, messages, and an invitation", async ({ page }) => {
  await page.goto("./");
  await expect(leader(page)).toHaveCount(1);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Click the leader.");
  await expect(page.locator(".packet").first()).toBeAttached();
  await expect(page.locator(".server.leader.invites")).toHaveCount(1);
});

test("a crashed leader is succeeded, a request is committed and answered, a restarted server catches up", async ({
  page,
}) => {
  await open(page, "./#/play", 4);
  const before = await facts(leader(page));
  await server(page, before.id).click();
  await expect(server(page, before.id)).toHaveAccessibleName(/^S\d, down/);
  await expect(leader(page)).toHaveCount(1, { timeout: 15_000 });
  const after = await facts(leader(page));
  expect(after.id).not.toBe(before.id);
  expect(after.term).toBeGreaterThan(before.term);

  await page.getByRole("textbox", { name: "Request" }).fill("z=5");
  await button(page, "Send").click();
  await expect(events(page)).toContainText(/answered.*z=5|z=5.*answer/, { timeout: 15_000 });
  const holders = page.locator(".log-row:not(.down)").filter({ hasText: "z = 5" });
  await expect.poll(() => holders.count()).toBeGreaterThanOrEqual(3);

  await server(page, before.id).click();
  await expect
    .poll(async () => {
      const [restarted, leading] = [await facts(server(page, before.id)), await facts(leader(page))];
      return leading.log - restarted.log <= 1 && restarted.committed >= after.committed;
    }, { timeout: 15_000 })
    .toBe(true);
});

test("paused is still, and an earlier moment is the same picture again", async ({ page }) => {
  await open(page, "./", 4);
  await page.waitForTimeout(600);
  await button(page, "Pause").click();
  await expect(button(page, "Play")).toBeVisible();
  await page.waitForTimeout(500); // what was asked for before the click is shown
  const asked = await page.evaluate(async () => {
    let [frames, changes] = [0, 0];
    const ask = window.requestAnimationFrame;
    window.requestAnimationFrame = (tick) => (frames++, ask(tick));
    const observer = new MutationObserver((list) => (changes += list.length));
    observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    await new Promise((done) => setTimeout(done, 1000));
    observer.disconnect();
    window.requestAnimationFrame = ask;
    return { frames, changes };
  });
  expect(asked).toEqual({ frames: 0, changes: 0 });

  const end = await time(page);
  const earlier = Math.round(end * 0.6);
  await scrub(page, earlier);
  // The invitation's pulse is an animation of its own.
  const shoot = () => page.locator(".stage-picture").screenshot({ animations: "disabled" });
  const [first, shot] = [await picture(page), await shoot()];
  await scrub(page, end);
  expect(await picture(page)).not.toBe(first);
  await scrub(page, earlier);
  expect(await picture(page)).toBe(first);
  // The text of the drawing is the same; where lines cross, the browser may smooth a few points differently.
  expect(await differing(page, shot, await shoot())).toBeLessThan(100);
});

test("steps go from event to event, and back", async ({ page }) => {
  await open(page);
  await button(page, "Pause").click();
  const moments = [await time(page)];
  for (let step = 0; step < 4; step++) {
    await button(page, "Step forward").click();
    moments.push(await time(page));
  }
  expect([...moments].sort((a, b) => a - b)).toEqual(moments);
  const there = await picture(page);
  await button(page, "Step back").click();
  await button(page, "Step forward").click();
  expect(await picture(page)).toBe(there);
});

test("what was done can be undone and done again", async ({ page }) => {
  await open(page);
  await button(page, "Pause").click();
  const { id } = await facts(leader(page));
  await server(page, id).click();
  await expect(server(page, id)).toHaveAccessibleName(/down/);
  await button(page, "Undo").click();
  await expect(server(page, id)).toHaveAccessibleName(/leader/);
  await button(page, "Redo").click();
  await expect(server(page, id)).toHaveAccessibleName(/down/);
});

test("the slider of speed sets the speed", async ({ page }) => {
  await open(page, "./", 2);
  const speed = page.getByRole("slider", { name: "Speed" });
  await expect(speed).toHaveAttribute("aria-valuetext", "50 times slower");
  const passed = async () => {
    const start = await time(page);
    await page.waitForTimeout(400);
    return (await time(page)) - start;
  };
  const slow = await passed();
  await speed.press("End");
  await expect(speed).toHaveAttribute("aria-valuetext", "10 times faster");
  expect(await passed()).toBeGreaterThan(5 * slow);
  await speed.press("Home");
  await expect(speed).toHaveAttribute("aria-valuetext", "200 times slower");
});

test("the keyboard alone will do", async ({ page }) => {
  await open(page);
  const { id } = await facts(leader(page));
  // The stage is one stop of the tab key.
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? "");
  // Once around the page, and no further: beyond its last stop the browser's own bar has the keys.
  await page.keyboard.press("Tab");
  const first = await page.evaluateHandle(() => document.activeElement);
  let onStage = 0;
  for (let around = false; !around; around = await first.evaluate((first) => first === document.activeElement)) {
    onStage += /^S\d, /.test(await focused()) ? 1 : 0;
    await page.keyboard.press("Tab");
  }
  expect(onStage).toBe(1);
  await page.keyboard.press(String(id));
  await expect(server(page, id)).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(server(page, (id % 5) + 1)).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  await expect(server(page, id)).toHaveAccessibleName(/down/);
  await expect(leader(page)).toHaveCount(1, { timeout: 15_000 });
  await page.keyboard.press("Enter");
  await expect(server(page, id)).toHaveAccessibleName(/follower/);
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("Space");
  await expect(button(page, "Play")).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Control+z");
  await expect(server(page, id)).toHaveAccessibleName(/down/);
  await page.keyboard.press("?");
  await expect(page.getByRole("region", { name: "Help" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("region", { name: "Help" })).toHaveCount(0);
});

const electing = "servers 3 · seed 7\nconfig latency=40ms..40ms\nat 0ms timeout S1\nat 30ms crash S3";

/** The middle of what can be seen of it. */
async function middle(locator) {
  const { x, y, width, height } = await locator.boundingBox();
  return { x: x + width / 2, y: y + height / 2 };
}

test("while time is dragged, messages go along", async ({ page }) => {
  await openRun(page, electing);
  const slider = page.getByRole("slider", { name: "Time" });
  const vote = page.locator(".packet.vote").first();
  const heights = [];
  for (const ms of ["5", "15", "25", "10"]) {
    await slider.fill(ms);
    await page.waitForTimeout(100);
    heights.push((await middle(vote)).y);
  }
  const [at5, at15, at25, at10] = heights;
  expect(at25 - at15).toBeCloseTo(at15 - at5, 0);
  expect(at15 - at5).toBeGreaterThan(20);
  expect(at15 - at10).toBeCloseTo(at10 - at5, 0);
});

test("what was pressed is clicked, though it moves on before the button is up", async ({ page }) => {
  await openRun(page, electing);
  const slider = page.getByRole("slider", { name: "Time" });
  const look = page.getByRole("region", { name: "Closer look" });
  await slider.fill("10");
  const vote = await middle(page.locator(".packet.vote").first());
  await page.mouse.move(vote.x, vote.y);
  await page.mouse.down();
  await slider.fill("25");
  await page.mouse.up();
  await expect(look).toContainText(/S1 to S\d/);

  // Who moves away thinks better of it.
  const { x, y } = await middle(server(page, 2).locator(".server-name"));
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 80, y);
  await page.mouse.up();
  await expect(server(page, 2)).toHaveAccessibleName(/follower/);
});

test("a message can be read and dropped, a link cut and mended", async ({ page }) => {
  await open(page, "./#/play", 1);
  await button(page, "Pause").click();
  await page.locator(".packet").first().dispatchEvent("click");
  const look = page.getByRole("region", { name: "Closer look" });
  await expect(look).toContainText(/S\d to S\d|C1/);
  await look.getByRole("button", { name: "Drop" }).click();
  await expect(page.locator(".packet.lost").or(look.getByText("nothing like that"))).toHaveCount(1);
  await page.locator(".link .link-touch").first().dispatchEvent("click");
  await expect(page.locator(".link.cut")).toHaveCount(1);
  await page.locator(".link.cut .link-touch").dispatchEvent("click");
  await expect(page.locator(".link.cut")).toHaveCount(0);
});

test("every event told has its why", async ({ page }) => {
  await open(page, "./#/play", 4);
  await page.waitForTimeout(500);
  await button(page, "Pause").click();
  const count = Math.min(10, await events(page).getByRole("button", { name: "why?" }).count());
  expect(count).toBeGreaterThan(3);
  for (let nth = 0; nth < count; nth++) {
    await events(page).getByRole("button", { name: "why?" }).nth(nth).click();
    await expect(page.locator(".why-text")).not.toBeEmpty();
  }
});

test("a link brings the same run to another page", async ({ page, context }) => {
  await open(page, "./#/play", 4);
  await leader(page).click();
  await page.waitForTimeout(500);
  await button(page, "Pause").click();
  await button(page, "Share").click();
  await page.keyboard.press("Escape"); // closes what Share has opened,
  await page.keyboard.press("Escape"); // and the closer look
  const logs = (from) => from.getByRole("region", { name: "Logs" }).innerText();
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(server(other, 1)).toBeVisible();
  await expect(button(other, "Play")).toBeVisible();
  // Which server the tab key leads to is this page's affair, not the run's.
  const drawn = async (from) => (await picture(from)).replace(/ tabindex="[^"]*"/g, "");
  expect(await drawn(other)).toBe(await drawn(page));
  expect(await logs(other)).toBe(await logs(page));
  expect(await time(other)).toBe(await time(page));
});

test("bad input gets a sentence and loses nothing", async ({ page }) => {
  await page.goto("./#/run/xyz");
  await expect(page.locator(".said")).toHaveText(/This link is cut short/);
  await expect(leader(page)).toHaveCount(1);

  await button(page, "Pause").click();
  // Paused, everything is written down where it stands with the next rendering.
  await expect(page.locator('.ring[stroke-dasharray="0 1000"]')).toHaveCount(0);
  const before = await picture(page);
  await page.getByRole("textbox", { name: "Request" }).fill("hello");
  await button(page, "Send").click();
  await expect(page.locator(".request").getByRole("alert")).toHaveText(/write x=5/);

  await page.getByLabel("Command", { exact: true }).fill("crash S12");
  await button(page, "Go").click();
  await expect(page.locator(".console").getByRole("alert").filter({ hasText: /^Column 7: "S12" is no server/ })).toBeVisible();

  await page.getByText("As text", { exact: true }).click();
  await page.getByLabel("The run as text").fill("servers 3\nat 5ms crahs S1");
  await button(page, "Open this text").click();
  await expect(page.locator(".settings").getByRole("alert").filter({ hasText: /[Ll]ine 2, column 8/ })).toBeVisible();

  await page.evaluate(() => (location.hash = "#/run/AQxyz*"));
  await expect(page.locator(".said")).toHaveText(/This link is damaged/);
  expect(await picture(page)).toBe(before);
});

test("what an earlier visit left is opened when it is asked for, and a spoilt one does no harm", async ({ page }) => {
  await open(page, "./#/play", 4);
  await leader(page).click();
  await button(page, "Pause").click();
  const [end, down] = [await time(page), await page.locator(".server.down").getAttribute("aria-label")];
  await page.reload();
  await button(page, "Share").click();
  await page.getByRole("button", { name: /^5 servers, 1 action/ }).click();
  await scrub(page, end);
  await expect(page.locator(".server.down")).toHaveAccessibleName(down);

  await page.evaluate(() => localStorage.setItem("raftarium.runs", "1\tspoilt\tAQxyz*\nnot a run"));
  // Loaded again, the page would go on with the run; who comes anew begins another.
  await page.goto("about:blank");
  await page.goto("./#/play");
  await expect(leader(page)).toHaveCount(1);
  await button(page, "Share").click();
  await expect(page.locator(".kept li")).toHaveCount(1);
  await page.getByRole("button", { name: /^spoilt/ }).click();
  await expect(page.locator(".said")).toHaveText(/This link is damaged/);
  await expect(leader(page)).toHaveCount(1);
});

test("who only looked leaves no run behind, and no fault", async ({ page }) => {
  await page.goto("./");
  await expect(leader(page)).toHaveCount(1);
  await page.goto("./?again");
  await expect(leader(page)).toHaveCount(1);
  expect(await page.evaluate(() => localStorage.getItem("raftarium.runs"))).toBeNull();
});

test.describe("on a phone", () => {
  const { isMobile, hasTouch, userAgent } = devices["Pixel 5"];
  test.use({ viewport: { width: 360, height: 640 }, isMobile, hasTouch, userAgent });

  test("one tap without scrolling changes the cluster, and nothing is wider than the screen", async ({ page }) => {
    await page.goto("./#/play");
    const { id } = await facts(leader(page));
    const box = await leader(page).boundingBox();
    expect(box.y + box.height).toBeLessThan(640);
    await leader(page).tap();
    await expect(server(page, id)).toHaveAccessibleName(/down/);
    const width = () => page.evaluate(() => document.documentElement.scrollWidth);
    expect(await width()).toBeLessThanOrEqual(360);
    await button(page, "Settings").tap();
    await page.getByText("As text", { exact: true }).tap();
    await page.getByRole("button", { name: "Help" }).tap();
    expect(await width()).toBeLessThanOrEqual(360);
  });

  test("the top bar is one line, and time is at the thumb with an undo", async ({ page }) => {
    await page.goto("./");
    const bar = await page.locator(".topbar").boundingBox();
    expect(bar.height).toBeLessThanOrEqual(56);
    const { id } = await facts(leader(page));
    await leader(page).tap();
    await button(page, "Undo").tap();
    await expect(server(page, id)).toHaveAccessibleName(/leader/);
  });
});
