// What a long run costs: an hour of virtual time with three clients that write must cost what a minute costs.

import { watchMemory } from "../chromium.mjs";
import { openPage } from "./measure.mjs";

const WRITING = ["C1 writes x", "C2 writes y", "C3 writes z"].map((words) => `client ${words} every 120ms`);

/** Seek, act in the past and undo after a minute, after ten and after an hour; memory, with ten branches at last. */
export async function long(browser, url) {
  const opened = await openPage(browser, `${url}#/play`, { before: watchMemory });
  for (const minutes of [1, 10, 60]) {
    await openRun(opened, minutes);
    await acts(opened, minutes);
  }
  await branches(opened.page);
  await opened.page.close();
}

/** The main thread at the fastest speed. */
export async function fastest(browser, url) {
  const opened = await openPage(browser, `${url}#/play`);
  await openRun(opened, 0);
  const speed = opened.page.getByRole("slider", { name: "Speed" });
  await speed.fill(await speed.getAttribute("max"));
  await opened.press("Play");
  await opened.measure("at the fastest speed, three clients writing");
  await opened.page.close();
}

const openRun = ({ openText }, minutes) =>
  openText(["servers 5 · seed 3 · clients 3", ...WRITING, "at 0ms timeout S1", `at ${minutes * 60}s request C1 u=1`]);

/** Milliseconds of the processor, until the next picture. */
async function acts({ page, metrics }, minutes) {
  const took = async (act) => {
    const before = await metrics();
    await act();
    await shown(page);
    return ((await metrics()).TaskDuration * 1000 - before.TaskDuration * 1000).toFixed(0);
  };
  const seek = await took(() => seekTo(page, minutes * 30));
  const act = await took(() => crash(page));
  const undo = await took(() => page.keyboard.press("Control+z"));
  console.log(`${minutes} virtual minutes, three clients writing: ${await size(page)}, seek ${seek} ms, act in the past ${act} ms, undo ${undo} ms`);
}

/** Acts at ten moments of the hour, each of which keeps the future from there as a branch. */
async function branches(page) {
  for (let nth = 1; nth <= 10; nth++) {
    await seekTo(page, (11 - nth) * 300);
    await shown(page);
    await crash(page);
    await shown(page);
  }
  const kept = await page.getByRole("button", { name: /^Branch/ }).count();
  console.log(`${kept} branches of an hour, three clients writing: ${await size(page)}`);
}

const seekTo = (page, seconds) => page.getByRole("slider", { name: "Time" }).fill(String(seconds * 1000));

/** What was done is in the picture. */
const shown = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

const crash = (page) => page.keyboard.press("1").then(() => page.keyboard.press("Enter"));

async function size(page) {
  const { memory, nodes } = await page.evaluate(() => ({
    memory: globalThis.wasmMemory?.buffer.byteLength,
    nodes: document.querySelectorAll("*").length,
  }));
  return `${(memory / 1e6).toFixed(1)} MB of wasm memory, ${nodes} DOM nodes`;
}
