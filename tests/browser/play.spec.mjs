// Play: the gallery, the tools, the settings, and what PLAY's readers stumbled over.

import { devices } from "@playwright/test";
import { expect, openRun, server, test } from "./page.mjs";

const leader = (page) => page.getByRole("button", { name: /^S\d, leader/ });
const button = (page, name) => page.getByRole("button", { name, exact: true });
const strip = (page) => page.getByRole("list", { name: "Off or unusual" });

/** S1 leads three servers; time stands. */
const three = (page) => openRun(page, "servers 3 · seed 1\nat 0ms timeout S1\nat 200ms request C1 y=1");

async function openPlay(page) {
  await page.goto("./#/play");
  await expect(leader(page)).toHaveCount(1);
  await button(page, "Pause").click();
}

test("the gallery has a still for each scenario, and opens it paused, with a link of its own", async ({ page }) => {
  await openPlay(page);
  await page.getByRole("link", { name: "Scenarios", exact: true }).click();
  const cards = page.locator(".gallery-cards li");
  expect(await cards.count()).toBeGreaterThanOrEqual(20);
  expect(await page.locator(".gallery-cards .still .body").count()).toBeGreaterThan(60);
  await page.getByRole("button", { name: /^Partitions/ }).click();
  await page.getByRole("link", { name: /^Two leaders/ }).click();
  await expect(leader(page)).toHaveCount(2);
  await expect(button(page, "Play")).toBeVisible();
  expect(page.url()).toContain("#/play/two-leaders");
  await button(page, "Heal all").click();
  await button(page, "Play").click();
  await page.getByRole("slider", { name: "Speed" }).fill("4");
  await expect(leader(page)).toHaveCount(1, { timeout: 20_000 });
});

test("Escape leaves the gallery and the contents", async ({ page }) => {
  await page.goto("./#/play/scenarios");
  const gallery = page.getByRole("main", { name: "Scenarios" });
  await expect(gallery).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(gallery).toBeHidden();
  expect(page.url()).toMatch(/#\/play$/);
  await page.goto("./#/contents");
  const contents = page.getByRole("heading", { name: "The course" });
  await expect(contents).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(contents).toBeHidden();
});

test("the same run with its counter-measure starts from the same moment", async ({ page }) => {
  await page.goto("./#/play/deaf-leader");
  await expect(server(page, 1)).toHaveAccessibleName(/leader/);
  const at = () => page.getByRole("slider", { name: "Time" }).inputValue();
  const opens = await at();
  await button(page, "The same with CheckQuorum").click();
  await expect(page.getByRole("switch", { name: "CheckQuorum" })).toHaveAttribute("aria-checked", "true");
  expect(await at()).toBe(opens);
  await button(page, "Play").click();
  await page.getByRole("slider", { name: "Speed" }).fill("4");
  await expect(server(page, 1)).toHaveAccessibleName(/follower/, { timeout: 20_000 });
});

test("the tools act, and what is unusual stays in sight until it is put right", async ({ page }) => {
  await three(page);
  await button(page, "Skew clock").click();
  await server(page, 2).click();
  await expect(strip(page)).toContainText("S2's clock: 2 for 1");
  await button(page, "Slow disk").click();
  await server(page, 3).click();
  await expect(strip(page)).toContainText("S3's disk: 60 ms a write");
  await button(page, "Pause server").click();
  await server(page, 2).click();
  await expect(strip(page)).toContainText("S2 is paused");
  await page.getByRole("button", { name: "Put right: S2 is paused" }).click();
  for (const [tool, word] of [["Slow link", "slow"], ["Lossy link", "lossy"]]) {
    await button(page, tool).click();
    await server(page, 1).click();
    await server(page, 3).click();
    await page.getByRole("button", { name: `Put right: S1–S3 ${word}` }).click();
  }
  await button(page, "Cut link").click();
  await server(page, 1).click();
  await server(page, 2).click();
  await expect(page.locator(".link.cut")).toHaveCount(1);
  await page.getByRole("button", { name: "Put right: S1–S2 cut" }).click();
  await expect(page.locator(".link.cut")).toHaveCount(0);
  await button(page, "Partition").click();
  await server(page, 3).click();
  await button(page, "Cut here").click();
  await expect(page.locator(".link.cut")).toHaveCount(2);
  await button(page, "Heal all").click();
  await button(page, "Wipe disk").click();
  await server(page, 3).click();
  await expect(server(page, 3)).toHaveAccessibleName("S3, down, log 0");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Put right: S2's clock: 2 for 1" }).click();
  await page.getByRole("button", { name: "Put right: S3's disk: 60 ms a write" }).click();
  await expect(strip(page)).toHaveCount(0);
});

test("a disk fails by mouse and by keyboard, is told wherever it matters, and is mended", async ({ page }) => {
  await three(page);
  await button(page, "Fail disk").click();
  await expect(page.locator(".tool-hint")).toContainText("its disk is full");
  await server(page, 3).click();
  await expect(server(page, 3)).toHaveAccessibleName(/disk: fails/);
  await expect(page.locator(".events")).toContainText("You made S3's disk fail");
  await button(page, "Undo").click();
  await expect(strip(page)).toHaveCount(0);
  await server(page, 2).focus();
  await page.keyboard.press("Enter");
  await expect(strip(page)).toContainText("S2's disk fails");
  await page.keyboard.press("Enter");
  await expect(strip(page)).toHaveCount(0);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Put right: S2's disk fails" }).click();
  await expect(page.locator(".events")).toContainText("You mended S2's disk");
});

test("a server is isolated, and its own links are healed, by the tool or on its card", async ({ page }) => {
  await openRun(page, "servers 5 · seed 1 · clients 0\nat 0ms timeout S1\nat 200ms cut S4-S5");
  const cut = page.locator(".link.cut");
  await button(page, "Isolate").click();
  for (const heal of ["tool", "card"]) {
    await server(page, 1).click();
    await expect(cut).toHaveCount(5);
    await (heal === "tool" ? server(page, 1) : button(page, "Heal its links")).click();
    // What was cut before stays cut.
    await expect(cut).toHaveCount(1);
  }
});

test("a message that gets lost says so, and is not dropped again", async ({ page }) => {
  await openRun(page, "servers 3 · seed 7\nconfig latency=40ms..40ms\nat 0ms timeout S1\nat 10ms crash S3 · restart S3");
  await page.locator(".packet.vote").first().dispatchEvent("click");
  const look = page.getByRole("region", { name: "Closer look" });
  await look.getByRole("button", { name: "Drop" }).click();
  await expect(look).toContainText(/It will not reach S\d: it gets lost\./);
  await expect(look.getByRole("button", { name: "Drop" })).toHaveCount(0);
  await look.getByRole("button", { name: "Deliver now" }).click();
  await expect(page.locator(".packet.vote.lost")).toHaveCount(0);
});

test("the course and Play have a run each", async ({ page }) => {
  await page.goto("./#/lesson/5/1");
  await expect(server(page, 1)).toBeVisible();
  const names = () => page.locator(".server").evaluateAll((all) => all.map((it) => it.getAttribute("aria-label")));
  const lesson = await names();
  await page.getByRole("link", { name: "Play", exact: true }).click();
  await expect(leader(page)).toHaveCount(1);
  await expect(page.getByLabel("Preset", { exact: true })).toHaveValue("0");
  await button(page, "Pause").click();
  await page.getByRole("link", { name: "Scenarios", exact: true }).click();
  await page.getByRole("button", { name: /^Partitions/ }).click();
  await page.getByRole("link", { name: /^Two leaders/ }).click();
  await expect(leader(page)).toHaveCount(2);
  const scenario = await names();
  await page.getByRole("link", { name: "Learn", exact: true }).click();
  await expect(page.getByRole("region", { name: "Course" })).toBeVisible();
  expect(await names()).toEqual(lesson);
  // What is done in one room leaves the other alone.
  await page.locator(".choice", { hasText: "It leads" }).getByRole("button").click();
  await server(page, 3).click();
  await expect(page.locator(".met-mark")).toBeVisible();
  await page.getByRole("link", { name: "Play", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Two leaders" })).toBeVisible();
  expect(await names()).toEqual(scenario);
});

test("a partition says its sides, and a client goes to the side that you choose", async ({ page }) => {
  await openRun(page, "servers 5 · seed 1 · clients 2\nat 0ms timeout S1\nat 200ms request C1 y=1");
  await button(page, "Partition").click();
  const hint = page.locator(".tool-hint");
  await server(page, 1).click();
  await server(page, 2).click();
  await expect(hint).toContainText("S1 S2 C1 C2 | S3 S4 S5");
  await page.locator(".client", { hasText: "C2" }).click();
  await expect(hint).toContainText("S1 S2 C1 | S3 S4 S5 C2");
  await button(page, "Cut here").click();
  await expect(page.locator(".events")).toContainText("You partitioned the network: S1 S2 C1 | S3 S4 S5 C2");
});

test("what a tool needs next, a slow link and a skewed clock are said where they are", async ({ page }) => {
  await three(page);
  const hint = page.locator(".tool-hint");
  await button(page, "Align timers").click();
  await server(page, 2).click();
  await expect(hint).toContainText("Click the server that gets S2's timer.");
  await button(page, "Slow link").click();
  await server(page, 1).click();
  await expect(hint).toContainText("S1 is chosen: click the other server.");
  await server(page, 3).click();
  await expect(page.locator(".link-note")).toHaveText("100 ms");
  await button(page, "Skew clock").click();
  await server(page, 2).click();
  await expect(server(page, 2).locator(".server-fault")).toHaveText("×2");
  await expect(server(page, 2)).toHaveAccessibleName(/clock ×2$/);
});

test("a message passes above a count, and nine lanes have names", async ({ page }) => {
  await openRun(page, "servers 9 · seed 1 · clients 0");
  // Later in the picture is above.
  await expect(page.locator("main .quorums ~ .packets")).toHaveCount(1);
  await expect(page.locator(".run-names text")).toHaveText(["S1", "S3", "S5", "S7", "S9"]);
});

test("on a phone a message's panel leaves the stage its room", async ({ browser, site }) => {
  const context = await browser.newContext({ ...devices["Galaxy S9+"], viewport: { width: 360, height: 640 }, baseURL: site.url });
  const page = await context.newPage();
  await page.goto("./#/play/first-election");
  await button(page, "Send").waitFor();
  for (let step = 0; step < 20 && !(await page.locator(".packet").count()); step++) await button(page, "Step forward").tap();
  await page.locator(".packet").first().dispatchEvent("click");
  await expect(button(page, "Drop")).toBeVisible();
  await expect(button(page, "Send")).toBeHidden();
  await context.close();
});

test("the middle of each link among nine servers belongs to that link", async ({ page }) => {
  await openRun(page, "servers 9 · seed 1 · clients 0");
  const links = page.locator(".link");
  await expect(links).toHaveCount(36);
  for (let nth = 0; nth < 36; nth++) {
    const box = await links.nth(nth).locator(".link-line").boundingBox();
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await expect(links.nth(nth)).toHaveClass(/\bcut\b/);
  }
});

test("a partition is drawn as a line", async ({ page }) => {
  await page.goto("./#/play/figure-7");
  await expect(server(page, 1)).toBeVisible();
  await button(page, "Heal all").click();
  await button(page, "Partition").click();
  const [top, right] = [await server(page, 1).boundingBox(), await server(page, 2).boundingBox()];
  const x = (top.x + top.width / 2 + right.x + right.width / 2) / 2;
  await page.mouse.move(x, top.y - 6);
  await page.mouse.down();
  await page.mouse.move(x, top.y + 100);
  await expect(page.locator(".divide line")).toHaveCount(1);
  await page.mouse.move(x, top.y + 320);
  await page.mouse.up();
  await expect(page.locator(".divide line")).toHaveCount(0);
  const cut = await page.locator(".link.cut").count();
  const [there, all] = [await page.locator(".server").count(), await page.locator(".link").count()];
  expect(cut).toBeGreaterThan(0);
  expect(cut).toBeLessThan(all);
  // Two sides of `n` and `m` servers have n times m links between them.
  const sides = Array.from({ length: there }, (_, n) => n * (there - n));
  expect(sides).toContain(cut);
});

test("a fault on a link acts one way", async ({ page }) => {
  await three(page);
  await button(page, "Cut link").click();
  await button(page, "One way").click();
  await server(page, 3).click();
  await server(page, 1).click();
  await expect(page.locator(".link.half-cut")).toHaveCount(1);
  await server(page, 3).click();
  await server(page, 1).click();
  await expect(page.locator(".link.half-cut")).toHaveCount(0);
});

test("timers are aligned by two clicks, and set by a turn around a server", async ({ page }) => {
  await three(page);
  await button(page, "Align timers").click();
  await server(page, 2).click();
  await server(page, 3).click();
  const last = page.getByRole("log").locator("li").first();
  await expect(last).toContainText(/S3.*timer|timer.*S3/);
  const box = await server(page, 2).boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + 12);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 60, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await expect(last).toContainText(/S2.*timer|timer.*S2/);
  await button(page, "Undo").click();
  await expect(last).toContainText(/S3.*timer|timer.*S3/);
});

test("a beginning of one's own is edited in a form, which refuses what cannot be", async ({ page }) => {
  await three(page);
  await button(page, "Edit").click();
  const own = page.getByRole("dialog", { name: "Your own beginning" });
  await expect(own.getByLabel("Log of S1")).toHaveValue("1");
  await own.getByLabel("Vote of S2").fill("S9");
  await button(page, "Begin").click();
  await expect(own.getByRole("alert")).toHaveText(/^S2: .*S9/);
  await expect(own.getByLabel("Vote of S2")).toHaveAttribute("aria-invalid", "true");
  await own.getByLabel("Vote of S2").fill("");
  await own.getByLabel("Term of S2").fill("7");
  await own.getByLabel("Log of S2").fill("1 1:x=3 6");
  await own.getByLabel("Committed of S1").fill("0");
  await own.getByLabel("Committed of S2").fill("0");
  await own.getByLabel("Committed of S3").fill("0");
  await own.getByLabel("S3 is down").check();
  await own.getByLabel("Cut links").fill("S1-S2");
  await button(page, "Add a server").click();
  await button(page, "Begin").click();
  await expect(own).toBeHidden();
  await expect(server(page, 2)).toHaveAccessibleName(/^S2, follower, term 7, log 3/);
  await expect(server(page, 3)).toHaveAccessibleName(/down/);
  await expect(server(page, 4)).toBeVisible();
  await expect(page.locator(".link.cut")).toHaveCount(1);
});

test("Time out on the leader says why nothing happens", async ({ page }) => {
  await three(page);
  await button(page, "Time out").click();
  await server(page, 1).click();
  await expect(page.locator(".said")).toHaveText("S1 leads: a leader has no election timer. Time out a follower.");
});

test("Space plays or pauses wherever the focus is, and Enter acts", async ({ page }) => {
  await openPlay(page);
  const name = await leader(page).getAttribute("aria-label");
  const id = Number(name[1]);
  await leader(page).focus();
  await page.keyboard.press("Space");
  await expect(button(page, "Pause")).toBeVisible();
  await page.keyboard.press("Space");
  await expect(button(page, "Play")).toBeVisible();
  await expect(server(page, id)).toHaveAccessibleName(/leader/);
  await button(page, "Send").focus();
  await page.keyboard.press("Space");
  await expect(button(page, "Pause")).toBeVisible();
  await page.keyboard.press("Space");
  await page.getByRole("textbox", { name: "Request" }).fill("");
  await page.keyboard.type("x += 1");
  await expect(page.getByRole("textbox", { name: "Request" })).toHaveValue("x += 1");
  await server(page, id).focus();
  await page.keyboard.press("Enter");
  await expect(server(page, id)).toHaveAccessibleName(/down/);
});

test("you are the network: what waits is delivered, dropped and sent twice by hand", async ({ page }) => {
  await openRun(page, "servers 3 · seed 1\nat 0ms timeout S1\nat 0ms hold all\nat 100ms config loss=0%");
  const tray = page.getByRole("region", { name: "Messages that wait" });
  const vote = (n) => tray.getByRole("button", { name: `S1 to S${n}: vote`, exact: true });
  await expect(vote(2)).toHaveCount(1);
  await page.getByRole("button", { name: "×2: send twice S1 to S3: vote" }).click();
  await expect(page.locator(".packet.vote")).toHaveCount(3);
  await page.getByRole("button", { name: "Drop S1 to S3: vote" }).first().click();
  await expect(page.locator(".packet.vote.lost")).toHaveCount(1);
  await vote(2).click();
  await button(page, "Step forward").click();
  await expect(server(page, 2)).toHaveAccessibleName(/term 1/);
});

test("settings have the field's names, and presets set them", async ({ page }) => {
  await openPlay(page);
  await page.getByLabel("Preset", { exact: true }).selectOption({ label: "etcd" });
  await expect(page.getByLabel("Election timeout", { exact: true })).toHaveValue("1–2 s");
  await expect(page.getByLabel("Heartbeat", { exact: true })).toHaveValue("100 ms");
  await expect(page.getByRole("switch", { name: "Pre-Vote" })).toHaveAttribute("aria-checked", "true");
  await expect(page.getByLabel("Reads", { exact: true })).toHaveValue("read=index");
  await page.getByLabel("Latency", { exact: true }).fill("40");
  await page.getByLabel("Latency", { exact: true }).press("Enter");
  await expect(page.getByLabel("Preset", { exact: true })).toHaveValue("");
  await expect(page.getByLabel("Latency", { exact: true })).toHaveValue("40 ms");
  await page.getByLabel("Preset", { exact: true }).selectOption({ label: "WAN" });
  await page.getByLabel("Round trip").fill("80");
  await page.getByLabel("Round trip").press("Enter");
  await expect(page.getByLabel("Election timeout", { exact: true })).toHaveValue("800–1600 ms");
});

test("a message is dropped, delayed, sent twice and delivered by keys", async ({ page }) => {
  await openRun(page, "servers 3 · seed 7\nconfig latency=40ms..40ms\nat 0ms timeout S1\nat 10ms crash S3 · restart S3");
  const votes = page.locator(".packet.vote");
  await expect(votes).toHaveCount(2);
  await page.getByRole("group", { name: "Messages under way" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("t");
  await expect(votes).toHaveCount(3);
  await page.keyboard.press("d");
  await expect(page.locator(".packet.vote.lost")).toHaveCount(1);
});

test("terms have colours and numbers, and a log that is out of sight says how long it is", async ({ page }) => {
  await page.goto("./#/play/figure-7");
  const row = (n) => page.locator(".log-row", { hasText: new RegExp(`^S${n}`) });
  await expect(row(1).locator(".entry.t8 b")).toHaveText("8");
  const ground = (entry) => entry.evaluate((it) => getComputedStyle(it).backgroundColor);
  expect(await ground(row(1).locator(".entry.t4").first())).not.toBe(await ground(row(1).locator(".entry.t5").first()));
  await expect(row(3).locator(".behind span")).toHaveText("← 4 entries");
  await expect(row(2).locator("td.next")).toHaveCount(1);
});

test("a majority stays in sight with the voters' numbers", async ({ page }) => {
  await openRun(page, "servers 5 · seed 1\nconfig latency=10ms..10ms\nat 0ms timeout S1\nat 21ms crash S5");
  const quorum = page.locator(".quorum.full");
  await expect(quorum.locator(".quorum-label")).toHaveText(/^[345] of 5: a majority$/);
  await expect(quorum.locator(".number").first()).toHaveText("1");
  await expect(quorum.locator(".number")).toHaveCount(5);
});

test("no message is painted without its place", async ({ page }) => {
  await page.goto("./#/play");
  await expect(leader(page)).toHaveCount(1);
  const shown = await page.evaluate(() => {
    const packets = document.querySelector(".packets");
    const bare = document.createElementNS("http://www.w3.org/2000/svg", "g");
    bare.setAttribute("class", "packet");
    packets.append(bare);
    const { visibility } = getComputedStyle(bare);
    bare.remove();
    return visibility;
  });
  expect(shown).toBe("hidden");
});

test.describe("on a phone", () => {
  const { isMobile, hasTouch, userAgent } = devices["Pixel 5"];
  test.use({ viewport: { width: 360, height: 640 }, isMobile, hasTouch, userAgent });

  test("the panel of a tapped message is in view", async ({ page }) => {
    await openPlay(page);
    await page.locator(".packet").first().dispatchEvent("click");
    const look = page.getByRole("region", { name: "Closer look" });
    await expect(look.getByRole("button", { name: "Drop" })).toBeInViewport();
  });

  test("sheets open from below, at most half a screen high, and cover no server", async ({ page }) => {
    await openPlay(page);
    for (const name of ["Tools", "Logs", "Events", "Settings"]) {
      await button(page, name).tap();
      const sheet = page.locator(name === "Tools" || name === "Settings" ? ".lesson" : ".side");
      await expect(sheet).toBeVisible();
      const box = await sheet.boundingBox();
      expect(box.height).toBeLessThanOrEqual(320);
      for (let n = 1; n <= 5; n++) {
        const body = await page.locator(`#server-${n} .server-body`).boundingBox();
        expect(body.y + body.height, `S${n} under ${name}`).toBeLessThanOrEqual(box.y + 1);
      }
      await expect(button(page, "Play")).toBeInViewport();
    }
    await button(page, "Tools").tap();
    await button(page, "Pause server").tap();
    await expect(page.locator(".lesson")).toBeHidden();
    await server(page, 2).tap();
    await expect(strip(page)).toContainText("S2 is paused");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });

  test("the gallery is no wider than the screen", async ({ page }) => {
    await page.goto("./#/play/scenarios");
    await expect(page.locator(".gallery-cards li").first()).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });
});

test("a challenge counts the acts, says when it is met, and knows a solution", async ({ page }) => {
  await page.goto("./#/play/scenarios");
  await page.getByRole("button", { name: /^Challenges/ }).click();
  await page.getByRole("link", { name: /Make two leaders/ }).click();
  const card = page.locator(".challenge");
  await expect(card).toContainText("Your acts: 0 · par 2");
  const command = page.getByRole("combobox", { name: "Command" });
  for (const [nth, line] of ["crash S5", "isolate S1", "timeout S2"].entries()) {
    await command.fill(line);
    await command.press("Enter");
    await expect(card).toContainText(`Your acts: ${nth + 1}`);
  }
  // A page that is loaded again goes on with it.
  await page.reload();
  await expect(card).toContainText("Your acts: 3 · par 2");
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await expect(card).toContainText("Done in 3: par is 2.");
  await command.fill("crash S4");
  await command.press("Enter");
  await page.reload();
  await expect(card).toContainText("Done in 3: par is 2.");
  await card.getByRole("button", { name: "Start again" }).click();
  await expect(card).toContainText("Your acts: 0 · par 2 · your best 3");
  await card.getByText("A solution").click();
  await card.getByRole("link", { name: "Open a run that does it" }).click();
  await expect(card).toHaveCount(0);
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await expect(page.getByRole("button", { name: /^S\d, leader/ })).toHaveCount(2);
  await page.goto("./#/play/scenarios");
  await expect(page.getByRole("link", { name: /Make two leaders/ })).toContainText("done in 3");
});
