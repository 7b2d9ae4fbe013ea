// Stores the page for offline use, and reports newer versions.
//
// Once the engine has arrived, this build is complete: the files that were needed are stored in a
// cache of their own, named after them and its version, from which service-worker.js answers. Files
// of different builds have different addresses, by their contents or by the build, so that a page
// always gets the engine that it was built with, whatever has been deployed since.
const FILES = ["storage-worker.js", "unzip.js", "fashion-1000.png"];
const HOUR = 3_600_000;
// This build's cache and the previous one, which another window may still use.
const CACHES_KEPT = 2;

const root = document.documentElement;
const base = new URL("./", document.baseURI);
const linked = [...document.querySelectorAll("link[href]:not([rel=canonical]), script[src]")]
  .map(element => element.href || element.src)
  .filter(address => address.startsWith(base.href));
// Texts in this build's page that another's does not contain.
const marks = [...linked.map(address => address.split("/").pop()), root.dataset.version];

// Code that this visit has needed so far, by the prefixes of its files' names.
const needed = new Set();
let engine;
let turn = Promise.resolve();
document.addEventListener("engine-arrived", ({ detail }) => keepSoon(engine = detail));
document.addEventListener("decoder-arrived", ({ detail }) => keepSoon(detail));

function keepSoon(code) {
  needed.add(code);
  // Without an engine, the build is incomplete.
  // If the browser denies storage, as in a private window, the page works without it.
  if (engine) turn = turn.then(keep).catch(() => {});
}

document.addEventListener("engine-arrived", () => {
  const look = () => isTraining() || lookForNewer().catch(() => {});
  setInterval(look, "unfinished" in root.dataset ? 10_000 : HOUR);
  document.addEventListener("visibilitychange", () => document.hidden || look());
}, { once: true });

// WebKit brings a page back that the visitor has left, without its worker for storage.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

// The visitor wants everything of this page removed from the browser.
let forgotten = false;
document.addEventListener("everything-forgotten", () => {
  forgotten = true;
  forget().catch(() => {});
});

async function forget() {
  const registration = await navigator.serviceWorker?.getRegistration(base);
  await registration?.unregister();
}

async function keep() {
  if (!navigator.serviceWorker || forgotten) return;
  const { version } = root.dataset;
  const prefix = `likeness ${base.pathname} `;
  const cacheName = prefix + marks.join(" ");
  const page = (await caches.match(base, { cacheName })) ? undefined : await currentPage();
  if (page && !isThisBuild(await page.clone().text())) return;
  // Not earlier: an empty cache would count among those that are kept.
  const cache = await caches.open(cacheName);
  const code = [...needed].flatMap(name => [`${name}.js`, `${name}_bg.wasm.gzip`]);
  const versioned = [...code, ...FILES].map(file => new URL(`${file}?v=${version}`, base).href);
  const kept = (await cache.keys()).map(request => request.url);
  const missing = [...linked, ...versioned].filter(address => !kept.includes(address));
  // They never change, so the browser's cached copies are sufficient.
  await cache.addAll(missing.map(address => new Request(address, { cache: "force-cache" })));
  if (page) await cache.put(base, page);
  const ours = (await caches.keys()).filter(name => name.startsWith(prefix));
  await Promise.all(ours.slice(0, -CACHES_KEPT).map(name => caches.delete(name)));
  if (forgotten) return void await caches.delete(cacheName);
  await navigator.serviceWorker.register(new URL("service-worker.js", base));
  if (forgotten) return forget();
  await navigator.serviceWorker.ready;
  root.dataset.kept = engine;
}

// Training makes no requests: while Pause can be pressed, the check is left to the next hour.
function isTraining() {
  return document.querySelector("[data-action=pause]:enabled") !== null;
}

async function lookForNewer() {
  if (document.querySelector(".newer")) return;
  const text = await (await currentPage()).text();
  // Other responses, such as a network's log-in page, are no newer version.
  if (text.includes("_bg.wasm") && !isThisBuild(text)) offer();
}

// Returns the page as the server has it now.
async function currentPage() {
  const response = await fetch(base, { cache: "no-cache" });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response;
}

function isThisBuild(page) {
  return marks.every(mark => page.includes(mark));
}

function offer() {
  const notice = document.createElement("div");
  notice.className = "newer";
  notice.setAttribute("role", "status");
  notice.append("A newer version of this page is available. Reloading installs it and interrupts training.");
  for (const [name, action] of [["Reload", () => location.reload()], ["Later", () => notice.remove()]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = name;
    button.addEventListener("click", action);
    notice.append(button);
  }
  document.body.append(notice);
}
