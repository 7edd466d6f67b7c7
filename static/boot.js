// Starts the page, or a worker of it: compiles its wasm while it arrives and runs it, or says in one sentence why that
// did not work.

import { fail } from "./fail.js";
import { isOld, watch } from "./news.js";
import { say, translated, translateStill } from "./say.js";
import "./theme.js";

// The page's tag names the files; a worker, which has no page, is told in its name.
const tag = globalThis.document?.querySelector("script[data-wasm]");
const parts = tag ? { ...tag.dataset } : JSON.parse(self.name.slice(self.name.indexOf("{")));
const url = (path) => new URL(path, tag?.baseURI ?? location.href).href;

/** Starts the worker's program (`src/worker.rs`) in a thread of its own, with something to do. */
globalThis.startWorker = (task) => {
  const { workerScript = tag.src, workerJs: js, workerWasm: wasm } = parts;
  return new Worker(workerScript, { type: "module", name: `${task} ${JSON.stringify({ js, wasm })}` });
};

/** Takes the place of the page after a panic (`src/ui/fault.rs`). */
globalThis.fail = fail;

// Under the published page's content policy, workers may be started from this site's own scripts and from no others.
globalThis.trustedTypes?.createPolicy("default", {
  createScriptURL: (path) => (url(path).startsWith(url("./")) ? path : null),
});

async function load() {
  const [wasm, glue] = await Promise.all([fetch(url(parts.wasm)), import(url(parts.js))]);
  if (!wasm.ok) throw new Error(`${wasm.url}: ${wasm.status}`);
  return { wasm, glue };
}

/** Why a file of the page did not arrive. After a deploy, the names of the files are new and the old ones are gone. */
async function whyMissing() {
  try {
    if (await isOld(parts.wasm)) return "There is a new version of Raftarium. Reload the page.";
  } catch {
    // No network: the sentence below is true.
  }
  return "A part of the page did not arrive. Check the connection, then reload.";
}

async function boot() {
  if (typeof WebAssembly !== "object") {
    say("Raftarium needs WebAssembly, which this browser lacks or has switched off. Any current browser will do.");
    return;
  }
  let loaded;
  try {
    loaded = await load();
  } catch (error) {
    console.error(error);
    say(await whyMissing());
    return;
  }
  try {
    await loaded.glue.default({ module_or_path: loaded.wasm });
  } catch (error) {
    console.error(error);
    // A panic has said more already.
    if (!globalThis.raftariumFailed) say(`${translated("Raftarium could not start here. Reload, or try a current browser.")} (${error.message})`);
    return;
  }
  if (!parts.offline) return;
  keepOffline();
  watch(parts.wasm);
}

/** Lets the service worker keep every file, where there may be one: a sandboxed frame throws when it is asked. */
function keepOffline() {
  try {
    navigator.serviceWorker?.register(url(parts.offline)).catch(console.warn);
  } catch {
    // The page works without, as long as there is a network.
  }
}

translateStill();
boot();
