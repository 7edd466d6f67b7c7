// Measuring a page while it runs. The milliseconds are those of the processor, so that other work on the machine does not
// count.

/** How long each figure is measured, in seconds. */
export const SECONDS = 10;

/** A page of its own at `url`, with `measure`, `openText` and `press` for what is done to it. */
export async function openPage(browser, url, { before = async () => {} } = {}) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await before(page);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const session = await browser.newBrowserCDPSession();
  await page.goto(url);

  const metrics = async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  };

  /** What all renderers have taken until now, painting too, in seconds. No other page should be open. */
  const renderer = async () => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return processInfo.filter(({ type }) => type === "renderer").reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  };

  /** Prints what the page costs from now on. */
  const measure = async (label) => {
    const [before, spent] = [await metrics(), await renderer()];
    await page.waitForTimeout(SECONDS * 1000);
    const [after, spentThen] = [await metrics(), await renderer()];
    const rate = (name, scale = 1) => ((after[name] - before[name]) * scale) / (after.Timestamp - before.Timestamp);
    console.log(
      `${label}: script ${rate("ScriptDuration", 1000).toFixed(1)} ms/s,`,
      `all work ${rate("TaskDuration", 1000).toFixed(1)} ms/s, renderer ${(((spentThen - spent) * 1000) / SECONDS).toFixed(0)} ms/s,`,
      `layouts ${rate("LayoutCount").toFixed(1)}/s, heap ${(after.JSHeapUsedSize / 1e6).toFixed(1)} MB`,
    );
  };

  /** Frames a second. Counting them costs script itself, so it has a turn of its own. */
  const frames = () =>
    page.evaluate(
      () =>
        new Promise((done) => {
          let count = 0;
          const start = performance.now();
          const tick = (now) => (now - start < 2000 ? (count++, requestAnimationFrame(tick)) : done(count / 2));
          requestAnimationFrame(tick);
        }),
    );

  const press = (name) => page.getByRole("button", { name, exact: true }).first().click();

  /** In Play: opens a run that is written down. */
  const openText = async (lines) => {
    await page.getByText("As text", { exact: true }).click();
    await page.getByLabel("The run as text").fill(lines.join("\n"));
    await press("Open this text");
    await page.getByText("As text", { exact: true }).click();
  };

  return { page, metrics, renderer, measure, frames, press, openText };
}
