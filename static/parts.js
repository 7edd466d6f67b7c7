// Of what the page consists besides this script. The page's tag tells; a worker, which has no page, is told in its name.

const tag = globalThis.document?.querySelector("script[data-wasm]");

export const parts = tag ? tag.dataset : JSON.parse(self.name.slice(self.name.indexOf("{")));
export const url = (path) => new URL(path, tag?.baseURI ?? location.href).href;

/** Starts the same program in a thread of its own, which hunts for what breaks without that rule (`src/ui/hunter.rs`). */
globalThis.hunter = (rule) => new Worker(tag.src, { type: "module", name: `${rule} ${JSON.stringify({ ...parts })}` });
