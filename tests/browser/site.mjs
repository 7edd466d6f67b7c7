// Serves dist/ as a project page is served: under a sub-path, by a plain static host.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
const BASE = "/some/project/";

const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

async function answer(request, response, change) {
  const path = decodeURIComponent(new URL(request.url, "http://host").pathname);
  const name = normalize(path.slice(BASE.length)) || ".";
  try {
    if (!path.startsWith(BASE) || name.startsWith("..")) throw new Error("outside the project");
    const file = name === "." ? "index.html" : name;
    const body = change(file, await readFile(join(DIST, file)));
    response.writeHead(200, {
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "cache-control": "max-age=600",
      "access-control-allow-origin": "*", // as GitHub Pages sends it: a sandboxed frame has an origin of its own
    });
    response.end(body);
  } catch {
    response.writeHead(404, { "content-type": "text/plain" }).end("not found");
  }
}

/**
 * Starts the site on a free port. `url` is the page's address, `stop()` ends it. A test may change what a file holds, as a
 * deploy does.
 */
export async function serve(change = (_, body) => body) {
  const server = createServer((request, response) => answer(request, response, change));
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const stop = () => new Promise((done) => server.close(done) && server.closeAllConnections());
  return { url: `http://127.0.0.1:${server.address().port}${BASE}`, stop };
}
