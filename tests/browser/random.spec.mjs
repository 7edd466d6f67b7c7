// The page under 2,000 random actions and seeks: after each seek the picture is that of a fresh replay of the same link.
// The seed is fixed, so a failure happens again; SEED and ACTIONS try others.

import { watchMemory } from "./chromium.mjs";
import { expect, test } from "./page.mjs";

const ACTIONS = Number(process.env.ACTIONS ?? 2_000);
const SEEK_EVERY = 20;
const SEED = Number(process.env.SEED ?? 15);

/** Does `count` random things, as a user's events would. Runs in the page. */
async function play({ count, seed }) {
  let state = seed;
  const random = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const all = (selector) => [...document.querySelectorAll(selector)];
  const one = (selector) => {
    const found = all(selector);
    return found[random(found.length)];
  };
  const click = (element) => {
    if (!element || element.disabled) return;
    for (const type of ["mousedown", "mouseup", "click"]) {
      element.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, composed: true }));
    }
  };
  const type = (selector, value, event = "input") => {
    const field = document.querySelector(selector);
    field.value = value;
    field.dispatchEvent(new Event(event, { bubbles: true }));
  };
  const key = (element, name) => element?.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
  const server = () => `S${1 + random(6)}`;
  const lines = [
    () => `crash ${server()}`,
    () => `restart ${server()}`,
    () => `timeout ${server()}`,
    () => `pause ${server()}`,
    () => `resume ${server()}`,
    () => `jump ${server()} ${random(2) ? "" : "-"}${10 + random(400)}ms`,
    () => `skew ${server()} ${1 + random(3)}/${1 + random(3)}`,
    () => `slow-disk ${server()} ${random(40)}ms`,
    () => `config loss=${random(30)}%`,
    () => `config latency=${5 + random(10)}..${15 + random(60)}ms`,
    () => `config prevote=${random(2) ? "on" : "off"}`,
    () => `config check-quorum=${random(2) ? "on" : "off"}`,
    () => `config compact=${random(2) ? "off" : 4 + random(8)}`,
    () => `cut ${server()}>${server()}`,
    () => `partition S1 S2 C1 | S3 S4 S5`,
    () => `hold ${server()}-${server()}`,
    () => `add S6`,
    () => `remove ${server()}`,
    () => `transfer ${server()}`,
    () => `wipe ${server()}`,
    () => `run ${random(300)}ms`,
    () => `step ${1 + random(20)}`,
    () => `expect leader`,
    () => `status`,
    () => `nonsense ${server()}`,
  ];
  const deeds = [
    () => click(one(".palette button")),
    () => click(one(".stage-picture .server")),
    () => click(one(".stage-picture .server")),
    () => click(one(".stage-picture .link-touch")),
    () => click(one(".unusual button")),
    () => click(one(".packet")),
    () => key(one(".packet"), ["d", "l", "n", "t"][random(4)]),
    () => click(one(".held-list button")),
    () => click(one(".inspector .buttons button")),
    () => click(one(".events .ask")),
    () => click(one(".tool-hint button")),
    () => {
      type("#request-field", ["x=1", "y+=2", "x?", "-x", "z:1>2", "", "???"][random(7)]);
      click(document.querySelector(".request-line button:last-child"));
    },
    () => {
      type("#console-line", lines[random(lines.length)]());
      click(document.querySelector(".console .bordered"));
    },
    () => {
      type("#console-line", lines[random(lines.length)]());
      click(document.querySelector(".console .bordered"));
    },
    () => click(document.querySelector("[aria-label=Undo]")),
    () => click(document.querySelector("[aria-label=Redo]")),
    () => click(one(".controls .step")),
    () => click(document.querySelector(".controls .play")),
    () => type("[aria-label=Speed]", 3 + random(8)),
    () => key(document.body, ["Escape", "ArrowLeft", "ArrowRight", "w", "?", "2"][random(6)]),
  ];
  for (let nth = 0; nth < count; nth++) {
    deeds[random(deeds.length)]();
    await new Promise((done) => setTimeout(done));
  }
  // The answer to why may have led to the rules.
  const logs = document.querySelector(".views button");
  if (logs.ariaPressed !== "true") click(logs);
  // How long a majority stays in sight depends on the speed: that of a link that was just opened.
  type("[aria-label=Speed]", 2);
  const slider = document.querySelector(".time-slider");
  type(".time-slider", random(Number(slider.max) + 1));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  document.querySelector("[popovertarget=share]").click();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  document.querySelector("#share").hidePopover();
  const nodes = document.querySelectorAll("*").length;
  const heap = performance.memory?.usedJSHeapSize ?? 0;
  return { seed: state, hash: location.hash, memory: globalThis.wasmMemory.buffer.byteLength, heap, nodes };
}

const mb = (bytes) => (bytes / 1e6).toFixed(1);

/** What there is to see of the run. Runs in the page. */
function picture() {
  const stage = document.querySelector("main .stage-picture").cloneNode(true);
  // What is chosen is the reader's affair.
  const own = / (tabindex|aria-pressed|aria-describedby)="[^"]*"| (focused|chosen|invites|asked)\b/g;
  const logs = [...document.querySelectorAll(".logs td, .logs th")].map((cell) => cell.textContent);
  return { stage: stage.outerHTML.replace(own, ""), logs: logs.join("|"), time: document.querySelector(".time-slider").value };
}

test("2,000 random actions and seeks show what a fresh replay shows", async ({ page, browser, baseURL }) => {
  test.setTimeout(280_000);
  await watchMemory(page);
  await page.goto("./#/play");
  await expect(page.getByRole("button", { name: /^S\d, leader/ })).toHaveCount(1);
  // In a window of its own: behind another page no frame would be shown.
  const fresh = await browser.newPage({ baseURL, viewport: page.viewportSize() });
  const faults = [];
  fresh.on("pageerror", (error) => faults.push(error.message));
  await fresh.goto("./#/play");
  await expect(fresh.getByRole("button", { name: /^S\d, leader/ })).toHaveCount(1);
  let seed = SEED;
  const kept = [];
  for (let done = 0; done < ACTIONS; done += SEEK_EVERY) {
    const after = await page.evaluate(play, { count: SEEK_EVERY, seed });
    seed = after.seed;
    expect(after.hash, `after ${done} actions`).toMatch(/^#\/run\//);
    await fresh.evaluate((hash) => (location.hash = hash), after.hash);
    // The same picture, as soon as both pages are at rest: a busy page places what moves after it has drawn the rest.
    await expect(async () => {
      const [shown, replayed] = [await page.evaluate(picture), await fresh.evaluate(picture)];
      expect(replayed, `after ${done} actions: ${after.hash}`).toEqual(shown);
    }).toPass({ timeout: 30_000, intervals: [20, 50, 100, 250] });
    if (done % 400 === 0) kept.push(`${mb(after.memory)} + ${mb(after.heap)} MB, ${after.nodes} nodes`);
  }
  expect(faults).toEqual([]);
  console.log(`wasm memory + heap, and DOM nodes, after each 400 of ${ACTIONS} actions: ${kept.join("; ")}`);
});
