// Starts the page: fetches its wasm and runs it, or says in one sentence why that did not work.

import { say } from "./say.js";
import { unpack } from "./unpack.js";

const tag = document.querySelector("script[data-wasm]");
const url = (path) => new URL(path, document.baseURI).href;

// Under the published page's content policy, workers may be started from this site's own scripts and from no others.
window.trustedTypes?.createPolicy("default", {
  createScriptURL: (path) => (url(path).startsWith(url("./")) ? path : null),
});

// What the reader chose on an earlier visit holds before the first picture.
try {
  const theme = localStorage.getItem("raftarium.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing shows the system's theme.
}

async function boot() {
  if (typeof WebAssembly !== "object") {
    say("Raftarium needs WebAssembly, which this browser lacks or has switched off. Any current browser will do.");
    return;
  }
  let wasm, glue;
  try {
    [wasm, glue] = await Promise.all([fetch(url(tag.dataset.wasm)), import(url(tag.dataset.js))]);
    if (!wasm.ok) throw new Error(`${wasm.url}: ${wasm.status}`);
    wasm = unpack(new Uint8Array(await wasm.arrayBuffer()));
  } catch (error) {
    console.error(error);
    say("A part of the page did not arrive. Check the connection, then reload.");
    return;
  }
  try {
    await glue.default({ module_or_path: wasm });
  } catch (error) {
    console.error(error);
    say(`Raftarium could not start here: ${error.message}. Reload, or try a current browser.`);
    return;
  }
  if (tag.dataset.offline) navigator.serviceWorker?.register(url(tag.dataset.offline)).catch(console.warn);
}

boot();
