// Answers from the builds that offline.js has kept: for the page itself only where the
// network does not, for its files whenever they are there, since another build's have
// other addresses.
const PREFIX = `likeness ${new URL(self.registration.scope).pathname} `;
// So long may the network take while there is a page to show, in milliseconds.
const PATIENCE = 4_000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", event => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", event => {
  const { request } = event;
  const ours = request.method === "GET" && request.url.startsWith(self.registration.scope);
  if (!ours) return;
  if (request.mode === "navigate") event.respondWith(newest(request));
  // offline.js asks without any cache what the server has now.
  else if (request.cache !== "no-cache") event.respondWith(kept(request));
});

async function newest(request) {
  const page = await keptPage(request);
  if (!page) return fetch(request);
  const fetched = fetch(request, { cache: "no-cache" }).then(response => (response.ok ? response : page), () => page);
  const late = new Promise(done => setTimeout(done, PATIENCE, page));
  return Promise.race([fetched, late]);
}

// The page of the latest build that is whole.
async function keptPage(request) {
  const { pathname } = new URL(request.url);
  const isPage = pathname.endsWith("/") || pathname.endsWith("/index.html");
  return isPage ? find(self.registration.scope) : undefined;
}

async function kept(request) {
  return (await find(request)) ?? fetch(request);
}

async function find(what) {
  const names = (await caches.keys()).filter(name => name.startsWith(PREFIX));
  for (const name of names.reverse()) {
    const found = await (await caches.open(name)).match(what);
    if (found) return found;
  }
}
