// The page's wasm comes in two parts (`tools/split.mjs`): what a first visit runs, and the rest. The rest is fetched when
// the visitor touches something. Should it be needed before it is there, the page stands still until it is.

import { parts, url as address } from "./parts.js";
import { say } from "./say.js";
import { unpack } from "./unpack.js";

const TOUCHES = ["pointerdown", "keydown", "wheel", "hashchange"];

const url = address(parts.rest);

/** Instantiates the first part, so that it can have the rest loaded. */
export async function instantiate(first, imports) {
  let state = "away"; // then "here", or the error that keeps it away
  let exports;
  const link = (module) => {
    if (state === "here") return;
    new WebAssembly.Instance(module, { ...imports, rest: exports });
    state = "here";
  };
  const load = () => {
    if (state === "here") return;
    try {
      if (state !== "away") throw state;
      link(new WebAssembly.Module(unpack(fetchNow())));
    } catch (error) {
      state = error;
      say("A part of the page did not arrive. Check the connection, then reload.");
      throw error;
    }
  };
  const result = await WebAssembly.instantiate(first, { ...imports, rest: { load } });
  exports = result.instance.exports;

  const fetchSoon = async () => {
    for (const type of TOUCHES) removeEventListener(type, fetchSoon, true);
    try {
      const response = await fetch(url);
      if (!response.ok) throw new Error(`${url}: ${response.status}`);
      link(await WebAssembly.compile(unpack(new Uint8Array(await response.arrayBuffer()))));
      navigator.serviceWorker?.ready.then(({ active }) => active.postMessage("keep the rest"));
    } catch (error) {
      console.warn(error); // it is tried again when it is needed
    }
  };
  for (const type of TOUCHES) addEventListener(type, fetchSoon, true);
  if (location.hash || !globalThis.document) await fetchSoon(); // an address within the page, or a worker: what they need is of the rest
  return result;
}

/** The rest as it is sent. */
function fetchNow() {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.overrideMimeType("text/plain; charset=x-user-defined"); // every byte a character
  request.send();
  if (request.status !== 200) throw new Error(`${url}: ${request.status}`);
  return Uint8Array.from(request.responseText, (character) => character.charCodeAt(0));
}
