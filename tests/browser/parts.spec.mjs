// The parts of Raft beyond Figure 2, by the controls of the page: pre-votes, handing over, reads, members.

import { expect, server, test } from "./page.mjs";

const leader = (page) => page.getByRole("button", { name: /^S\d, leader/ });
const button = (page, name) => page.getByRole("button", { name, exact: true });
const events = (page) => page.getByRole("log");
const speed = (page, value) => page.getByRole("slider", { name: "Speed" }).fill(String(value));
const number = async (locator) => Number((await locator.getAttribute("aria-label"))[1]);
const inspect = (page, n) => page.locator(`.log-row [data-server="${n}"]`).first().click();

async function open(page) {
  await page.goto("./#/play");
  await expect(leader(page)).toHaveCount(1);
}

/** Chooses in the settings. */
async function choose(page, about, label) {
  const field = page.getByLabel(about, { exact: true });
  if (!(await field.isVisible())) await page.getByText("All settings", { exact: true }).click();
  await field.selectOption({ label });
}

async function send(page, request) {
  await page.getByRole("textbox", { name: "Request" }).fill(request);
  await button(page, "Send").click();
}

test("with pre-votes, who hears no leader asks before it stands", async ({ page }) => {
  await open(page);
  await page.getByRole("switch", { name: "Pre-Vote" }).click();
  const first = leader(page);
  await first.click();
  await speed(page, 3);
  await expect(events(page)).toContainText(/pre-vote/, { timeout: 15_000 });
  await expect(leader(page)).toHaveCount(1, { timeout: 15_000 });
});

test("a client opens a session where only so many are remembered", async ({ page }) => {
  test.setTimeout(60_000); // at a speed at which every event can be read
  await open(page);
  await choose(page, "Client sessions kept", "1");
  await speed(page, 2);
  await send(page, "y+=1");
  await expect(events(page)).toContainText("The client C1 has session", { timeout: 25_000 });
  await expect(events(page)).toContainText(/C1 has its answer .* y is 1/, { timeout: 25_000 });
  await expect(page.locator(".logs")).toContainText("+C1");
  await button(page, "Pause").click();
  await inspect(page, await number(leader(page)));
  await expect(page.locator(".inspector")).toContainText(/sessions\s*\d+ \(C1\)/);
});

test("with two clients and one remembered, a session expires", async ({ page }) => {
  test.setTimeout(60_000); // at a speed at which every event can be read
  await open(page);
  await page.getByText("All settings", { exact: true }).click();
  await page.getByRole("combobox", { name: "Clients", exact: true }).selectOption("2");
  await expect(page.locator(".client")).toHaveCount(2);
  await choose(page, "Client sessions kept", "1");
  await speed(page, 2);
  await expect(events(page)).toContainText(/expired session \d+ of C\d|session has expired/, { timeout: 25_000 });
});

test("a leader hands over to a server of the user's choice", async ({ page }) => {
  await open(page);
  const old = await number(leader(page));
  const next = (old % 5) + 1;
  await button(page, "Pause").click();
  await inspect(page, next);
  await button(page, "Transfer leadership to it").click();
  await expect(server(page, old)).toHaveAccessibleName(new RegExp(`hands over to S${next}`));
  await button(page, "Play").click();
  await speed(page, 2);
  await expect(page.locator(".packet.timeout-now path.crown")).not.toHaveCount(0, { timeout: 15_000 });
  await expect(server(page, next)).toHaveAccessibleName(/leader/, { timeout: 15_000 });
});

test("a read by ReadIndex waits until a majority confirms the leader, and by lease does not", async ({ page }) => {
  await open(page);
  await choose(page, "Reads", "ReadIndex");
  await speed(page, 2);
  await expect(page.getByRole("button", { name: /^S\d, leader.* log (\d+), committed \1$/ })).toHaveCount(1, { timeout: 15_000 });
  await send(page, "x?");
  // The events last; the row of confirmations is a moment, and shares its place with that of copies.
  await expect(events(page)).toContainText("it waits until a majority confirms that it still leads", { timeout: 15_000 });
  await expect(events(page)).toContainText(/confirmed that it still led when the read arrived/, { timeout: 15_000 });
  await expect(events(page)).toContainText(/answered C1's read from its state machine/, { timeout: 15_000 });

  await page.getByRole("switch", { name: "CheckQuorum" }).click();
  await choose(page, "Reads", "lease");
  await expect(page.getByRole("button", { name: /leader.*has a lease/ })).toHaveCount(1, { timeout: 15_000 });
  await expect(page.locator(".ring.leader")).toHaveCount(1);
});

test("a server joins, gets a vote and is removed while the cluster runs", async ({ page }) => {
  await open(page);
  await page.getByText("All settings", { exact: true }).click();
  await speed(page, 4);
  await button(page, "Add S6 to the cluster").click();
  await expect(server(page, 6)).toHaveAccessibleName(/follower/, { timeout: 20_000 });
  await expect(events(page)).toContainText(/S6/);
  await expect(button(page, "Add S7 to the cluster")).toBeVisible();
  await inspect(page, 6);
  await button(page, "Remove from the cluster").click();
  await expect(server(page, 6)).toHaveAccessibleName(/outside/, { timeout: 20_000 });
  await button(page, "Delete this server").click();
  await expect(server(page, 6)).toHaveCount(0);
});
