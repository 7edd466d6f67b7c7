// Pictures of every state of the built page, at three sizes, light and dark: for whoever changes how something looks. They
// lie in target/shots, with a page that shows them side by side.
//
// usage: ./dev shots [part of a state's name]... [--wide] [--phone] [--large] [--light] [--dark]

import { chromium } from "@playwright/test";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { flags } from "../tests/browser/chromium.mjs";
import { serve } from "../tests/browser/site.mjs";

const OUT = "target/shots";
const SIZES = { wide: { width: 1280, height: 800 }, phone: { width: 360, height: 640 }, large: { width: 1920, height: 1080 } };
const THEMES = ["light", "dark"];

const button = (page, name) => page.getByRole("button", { name, exact: true });
const leader = (page) => page.getByRole("button", { name: /^S\d, leader/ }).first();
const phone = (page) => page.viewportSize().width < 820;
const golden = (name) => readFile(new URL(`../tests/scripts/${name}.txt`, import.meta.url), "utf8");

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

/** Every state: where it is, and what leads to it. */
const STATES = {
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
  proof: ["#/proof"],
  embed: ["?embed#/play/two-leaders", (page) => page.locator(".stage-picture").first().waitFor()],
  failed: ["#/drill", (page) => page.getByRole("heading", { name: /stopped/ }).waitFor()],
  present: ["#/present/12/2"],
  lecture: ["#/lecture/12/2"],
  "no-address": ["#/lesson/99"],
};

const words = process.argv.slice(2);
const wanted = (names) => {
  const some = names.filter((name) => words.includes(`--${name}`));
  return some.length ? some : names;
};
const parts = words.filter((word) => !word.startsWith("--"));
const states = Object.keys(STATES).filter((name) => !parts.length || parts.some((part) => name.includes(part)));

/** The page that shows them all. */
async function sheetOfAll() {
  const names = (await readdir(OUT)).filter((name) => name.endsWith(".png")).sort();
  const figures = names.map((name) => `<figure><a href="${name}"><img src="${name}" alt=""></a><figcaption>${name}</figcaption></figure>`);
  const style = "body{font:13px system-ui;background:#888;display:flex;flex-wrap:wrap;gap:12px}figure{margin:0}img{height:400px;display:block}";
  await writeFile(`${OUT}/index.html`, `<!doctype html><meta charset="utf-8"><title>Shots</title><style>${style}</style>${figures.join("\n")}\n`);
}

await mkdir(OUT, { recursive: true });
const site = await serve();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: flags });
try {
  for (const size of wanted(Object.keys(SIZES))) {
    for (const theme of wanted(THEMES)) {
      for (const state of states) {
        const [address, lead] = STATES[state];
        const touch = size === "phone";
        const context = await browser.newContext({ viewport: SIZES[size], colorScheme: theme, hasTouch: touch });
        const page = await context.newPage();
        page.setDefaultTimeout(10_000);
        try {
          await page.goto(site.url + address);
          await page.locator("#boot").waitFor({ state: "detached" });
          await lead?.(page);
        } catch (error) {
          console.error(`${state}, ${size}, ${theme}: ${error.message.split("\n")[0]}`);
          process.exitCode = 1;
        }
        await page.waitForTimeout(400);
        await page.screenshot({ path: `${OUT}/${state}-${size}-${theme}.png` });
        await context.close();
      }
    }
  }
} finally {
  await browser.close();
  await site.stop();
}
await sheetOfAll();
console.log(`${states.length} states in ${OUT}/index.html`);
