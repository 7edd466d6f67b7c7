// Keeps the page working without a network. `tools/finish.mjs` fills in the constants.
//
// Files are named after their content, so a cached one is never stale. The page itself is asked for first, so that a
// new version shows at once; without a network, the page is the one whose files this worker keeps.

const VERSION = "__VERSION__";
const FILES = __FILES__; // every file of the site

const NAME = `raftarium ${VERSION}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES)));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("raftarium ") && name !== NAME;
  const tidy = async () => {
    for (const name of (await caches.keys()).filter(old)) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  if (request.cache === "no-store") return; // whether there is a new version, only the host knows
  // What stands behind a question mark tells versions apart; all that is kept here is of one.
  const kept = async (what) => (await caches.open(NAME)).match(what, { ignoreSearch: true });
  event.respondWith(
    request.mode === "navigate"
      ? fetch(request).catch(async () => (await kept(request)) ?? (await kept("./")) ?? Response.error())
      : kept(request).then((hit) => hit ?? fetch(request)),
  );
});
