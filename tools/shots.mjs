// Pictures of every state of the built page, at three sizes, light and dark: for whoever changes how something looks. They
// lie in target/shots, with a page that shows them side by side.
//
// usage: ./dev shots [part of a state's name]... [--wide] [--phone] [--large] [--light] [--dark]

import { chromium } from "@playwright/test";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { flags } from "../tests/browser/chromium.mjs";
import { serve } from "../tests/browser/site.mjs";
import { open, STATES } from "../tests/browser/states.mjs";

const OUT = "target/shots";
const SIZES = { wide: { width: 1280, height: 800 }, phone: { width: 360, height: 640 }, large: { width: 1920, height: 1080 } };
const THEMES = ["light", "dark"];

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
        const touch = size === "phone";
        const context = await browser.newContext({ viewport: SIZES[size], colorScheme: theme, hasTouch: touch });
        const page = await context.newPage();
        page.setDefaultTimeout(10_000);
        try {
          await open(page, site.url, state);
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
