// Answers from the builds that offline.js has stored: for the page itself only if the network fails,
// for its files whenever they are stored, since other builds' files have other addresses.
const PREFIX = `likeness ${new URL(self.registration.scope).pathname} `;
// Time in milliseconds that the network may take if there is a stored page.
const PATIENCE = 4_000;
// Address to which the system sends what is shared with the page, and the cache where it waits.
const SHARE = new URL("share", self.registration.scope).href;
const SHARED = `likeness shared ${new URL(self.registration.scope).pathname}`;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", event => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", event => {
  const { request } = event;
  if (request.method === "POST" && request.url === SHARE) return event.respondWith(shared(request));
  const ours = request.method === "GET" && request.url.startsWith(self.registration.scope);
  if (!ours) return;
  if (request.mode === "navigate") event.respondWith(newest(request));
  // offline.js asks for the server's present page, without any cache.
  else if (request.cache !== "no-cache") event.respondWith(kept(request));
});

// Keeps shared files for opened.js.
async function shared(request) {
  const files = (await request.formData()).getAll("files");
  const cache = await caches.open(SHARED);
  await Promise.all(files.map((file, place) =>
    cache.put(`${SHARE}?${new URLSearchParams({ place, name: file.name })}`, new Response(file))));
  return Response.redirect("./?shared", 303);
}

async function newest(request) {
  const page = await keptPage(request);
  if (!page) return fetch(request);
  const fetched = fetch(request, { cache: "no-cache" }).then(response => (response.ok ? response : page), () => page);
  const late = new Promise(done => setTimeout(done, PATIENCE, page));
  return Promise.race([fetched, late]);
}

// Returns the page of the latest complete build.
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
