// A Chromium that needs no sandbox, no GPU, and talks to nobody by itself.
export const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** From now on `globalThis.wasmMemory` is the memory of the program that is started here. Complete in itself: it is sent. */
export function keepMemory() {
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...args) => {
      const result = await original(...args);
      globalThis.wasmMemory = (result.instance ?? result).exports.memory;
      return result;
    };
  }
}

/** The same in the next page that is opened. */
export const watchMemory = (page) => page.addInitScript(keepMemory);
