// A Chromium that needs no sandbox, no GPU, and talks to nobody by itself.
export const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** From the next page that is opened on, `globalThis.wasmMemory` is the memory of its program. */
export const watchMemory = (page) =>
  page.addInitScript(() => {
    for (const name of ["instantiate", "instantiateStreaming"]) {
      const original = WebAssembly[name];
      WebAssembly[name] = async (...args) => {
        const result = await original(...args);
        globalThis.wasmMemory = (result.instance ?? result).exports.memory;
        return result;
      };
    }
  });
