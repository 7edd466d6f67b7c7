// Starts the page, or a worker of it: fetches its wasm and runs it, or says in one sentence why that did not work.

import { parts, url } from "./parts.js";
import { say } from "./say.js";
import { unpack } from "./unpack.js";

// Under the published page's content policy, workers may be started from this site's own scripts and from no others.
globalThis.trustedTypes?.createPolicy("default", {
  createScriptURL: (path) => (url(path).startsWith(url("./")) ? path : null),
});

// What the reader chose on an earlier visit holds before the first picture.
try {
  const theme = localStorage.getItem("raftarium.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing shows the system's theme; a worker shows nothing.
}

async function boot() {
  if (typeof WebAssembly !== "object") {
    say("Raftarium needs WebAssembly, which this browser lacks or has switched off. Any current browser will do.");
    return;
  }
  let wasm, glue;
  try {
    [wasm, glue] = await Promise.all([fetch(url(parts.wasm)), import(url(parts.js))]);
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
  if (parts.offline) navigator.serviceWorker?.register(url(parts.offline)).catch(console.warn);
}

boot();
