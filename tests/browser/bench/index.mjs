// Measures the page: all of it, or the parts that are named. Needs dist/ and, in CHROMIUM, a browser.
//
// usage: node tests/browser/bench/index.mjs [start] [playing] [long] [fastest] [chart] [futures] [hunt] [judge]

import { chromium } from "@playwright/test";
import { flags, keepMemory } from "../chromium.mjs";
import { serve } from "../site.mjs";
import { judge } from "./judge.mjs";
import { fastest, long } from "./long.mjs";
import { chart, futures, hunt, playing } from "./running.mjs";
import { lighthouse, starts } from "./start.mjs";

const PARTS = {
  async start(browser, url) {
    await starts(browser, url, false);
    await starts(browser, url, true);
    await lighthouse(url);
  },
  playing,
  long,
  fastest,
  chart,
  futures,
  hunt,
  judge,
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in PARTS));
if (unknown.length) {
  console.error(`there is no part ${unknown.join(", ")}: name some of ${Object.keys(PARTS).join(", ")}`);
  process.exit(2);
}

// The worker says how much memory it has.
const isWorker = (name) => /^worker-.*\.js$/.test(name);
const site = await serve((name, body) => (isWorker(name) ? `(${keepMemory})();${body}` : body));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: flags });
try {
  for (const name of names.length ? names : Object.keys(PARTS)) await PARTS[name](browser, site.url);
} finally {
  await browser.close();
  await site.stop();
}
