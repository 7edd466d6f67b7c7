// Every state that the page can be in: where it is, and what leads to it. `./dev shots` takes a picture of each, and
// access.spec.mjs has axe look at each.

import { readFile } from "node:fs/promises";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const leader = (page) => page.getByRole("button", { name: /^S\d, leader/ }).first();
const phone = (page) => page.viewportSize().width < 820;
const golden = (name) => readFile(new URL(`../scripts/${name}.txt`, import.meta.url), "utf8");

async function pause(page) {
  const pause = button(page, "Pause");
  if (await pause.count()) await pause.click();
}

/** Opens a sheet, where the page has sheets. */
const sheet = async (page, name) => phone(page) && page.locator(".sheets").getByRole("button", { name, exact: true }).click();

/** Opens one of the views beside the stage. */
async function view(page, name) {
  await sheet(page, "Logs");
  await button(page, name).click();
}

async function run(page, text) {
  await sheet(page, "Settings");
  await page.getByText("As text", { exact: true }).click();
  await page.getByLabel("The run as text").fill(text);
  await button(page, "Open this text").click();
  await button(page, "Play").waitFor();
  const open = page.locator(".sheets [aria-expanded=true]");
  if (await open.count()) await open.click();
}

async function play(page) {
  await leader(page).waitFor();
  await pause(page);
}

async function broken(page) {
  const text = (await golden("without_the_commit_rule_a_committed_entry_is_lost")).replace(/^#.*\n/gm, "");
  await run(page, text);
}

/** A trace that is not allowed, as the page's example has it. */
const trace = (page) => page.getByRole("heading", { name: /granted/ }).first().waitFor();

/** Every state by its name. */
export const STATES = {
  opening: ["", (page) => leader(page).waitFor()],
  "opening-crash": ["", async (page) => {
    await leader(page).click();
    await button(page, "Next").or(page.getByRole("link", { name: "Next" })).first().waitFor();
  }],
  why: ["#/lesson/1/1"],
  lesson: ["#/lesson/5/1"],
  question: ["#/lesson/5/4", (page) => page.getByRole("group", { name: "Prediction" }).waitFor()],
  done: ["#/lesson/5/1", async (page) => {
    await page.locator(".choice", { hasText: "It leads" }).getByRole("button").click();
    await page.getByRole("button", { name: /^S3, / }).click();
    await page.locator(".met-mark").waitFor();
  }],
  "lesson-logs": ["#/lesson/11/4"],
  "lesson-plot": ["#/lesson/16/2"],
  contents: ["#/contents"],
  quiz: ["#/quiz", async (page) => {
    await button(page, "Begin the quiz").click();
    await page.locator(".quiz .primary").click();
  }],
  "quiz-points": ["#/quiz", async (page) => {
    await page.evaluate(() => localStorage.setItem("raftarium.course", "done guess back quiz 20788=0000 20799=1120222224211020"));
    await page.reload();
    await page.getByRole("list", { name: "Points" }).waitFor();
  }],
  server: ["#/be-a-server", async (page) => {
    for (const question of await page.locator(".serve fieldset").all()) await question.getByRole("radio").first().check();
    await button(page, "That is my answer").click();
  }],
  "lab-acks": ["#/lesson/8/7"],
  "lab-commits": ["#/lesson/16/4"],
  glossary: ["#/contents", (page) => page.getByRole("searchbox").or(page.getByRole("textbox")).first().fill("leader")],
  play: ["#/play", play],
  "play-nine": ["#/play", async (page) => {
    await play(page);
    await run(page, "servers 9 · seed 4 · clients 3\nclient C1 writes x every 40ms\nclient C2 writes y every 60ms\nat 0ms timeout S1\nat 900ms partition S1 S2 S3 | S4 S5 S6 S7 S8 S9\nat 1500ms request C1 x=1");
  }],
  tools: ["#/play", async (page) => {
    await play(page);
    await sheet(page, "Tools");
    await button(page, "Cut link").click();
  }],
  settings: ["#/play", async (page) => {
    await play(page);
    await sheet(page, "Settings");
    await page.getByText("All settings", { exact: true }).click();
  }],
  trials: ["#/play/election-timeout", async (page) => {
    await sheet(page, "Settings");
    await button(page, "Try these settings on 1000 crashes").click();
    await page.getByText("1000 crashes of the leader").waitFor();
    await page.locator(".trials").scrollIntoViewIfNeeded();
  }],
  inspector: ["#/play", async (page) => {
    await play(page);
    await sheet(page, "Logs");
    await page.locator(".log-row [data-server]").first().click();
  }],
  gallery: ["#/play/scenarios"],
  scenario: ["#/play/figure-8", (page) => page.locator(".stage-picture").first().waitFor()],
  partition: ["#/play/two-leaders", (page) => page.locator(".stage-picture").first().waitFor()],
  logs: ["#/play/figure-7", (page) => sheet(page, "Logs")],
  events: ["#/play/two-leaders", (page) => sheet(page, "Events")],
  reason: ["#/play/two-leaders", async (page) => {
    await sheet(page, "Events");
    await button(page, "why?").first().click();
  }],
  chart: ["#/play/two-leaders", (page) => view(page, "Chart")],
  rules: ["#/play/first-election", (page) => view(page, "Rules")],
  futures: ["#/play/first-election", (page) => view(page, "Futures")],
  share: ["#/play/two-leaders", (page) => button(page, "Share").click()],
  console: ["#/play", async (page) => {
    await play(page);
    await sheet(page, "Tools");
    await page.getByLabel("Command").fill("cut");
    await page.keyboard.press("Enter");
    await page.getByLabel("Command").fill("p");
  }],
  text: ["#/play/two-leaders", async (page) => {
    await sheet(page, "Settings");
    await page.getByText("As text", { exact: true }).click();
  }],
  branches: ["#/play/two-leaders", async (page) => {
    await pause(page);
    for (let back = 0; back < 8; back++) await page.keyboard.press("ArrowLeft");
    await page.getByRole("button", { name: /^S2, / }).click();
  }],
  compare: ["#/play/two-leaders", async (page) => {
    await sheet(page, "Tools");
    await button(page, "Compare").click();
  }],
  break: ["#/play", async (page) => {
    await play(page);
    await sheet(page, "Settings");
    await page.getByText("Break a rule", { exact: true }).click();
    await page.getByRole("combobox", { name: "Rule", exact: true }).selectOption("commit-own-term");
  }],
  violation: ["#/play", async (page) => {
    await play(page);
    await broken(page);
  }],
  "violation-sides": ["#/play", async (page) => {
    await play(page);
    await broken(page);
    await sheet(page, "Tools");
    await button(page, "Compare").click();
  }],
  help: ["#/play", async (page) => {
    await play(page);
    await button(page, "Help").click();
  }],
  "your-raft": ["#/your-raft"],
  verdict: ["#/your-raft/example", trace],
  "verdict-paste": ["#/your-raft", (page) => button(page, "Paste").click()],
  proof: ["proof.html"],
  changes: ["changes.html"],
  embed: ["?embed#/play/two-leaders", (page) => page.locator(".stage-picture").first().waitFor()],
  failed: ["#/drill", (page) => page.getByRole("heading", { name: /stopped/ }).waitFor()],
  present: ["#/present/12/2"],
  lecture: ["#/lecture/12/2"],
  "no-address": ["#/lesson/99"],
};

/** Opens the site in this state. */
export async function open(page, site, state) {
  const [address, lead] = STATES[state];
  await page.goto(site + address);
  await page.locator("#boot").waitFor({ state: "detached" });
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await lead?.(page);
}
