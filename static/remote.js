// Fetches files from another server for the page: `remote.html#images=URL&model=URL&open=URL&…`.
//
// The page itself may not contact other servers. This page may, with the user's consent, and passes
// the fetched files to the page, which it then shows in a frame, or with `back=1` to the page that
// opened it. `images` is the address of a zip, of a picture, or of a manifest: a JSON list of addresses,
// or of objects with `url` and, optionally, `name` and `label`. `model` is a model file, `open` a whole
// experiment.
import { address, fileName, isMixed, isPrivate, link, read } from "./addresses.js";
import { entries } from "./unzip.js";

const MAX_BYTES = 500e6;
const MAX_PICTURES = 10_000;
// Number of pictures of a manifest that are fetched at the same time.
const AT_ONCE = 4;
// No server learns the link or the identity of the user.
const QUIETLY = { referrerPolicy: "no-referrer", credentials: "omit" };

const element = id => document.getElementById(id);
const [go, told, progress, list] = ["go", "told", "progress", "sources"].map(element);

const named = read(location.hash);
const { sources } = named;
// Aborts all requests after a fatal error.
const stop = new AbortController();
let fetched = 0;

// Aborts everything, whereas other errors of a listed picture concern only that picture.
class TooLarge extends Error {
  constructor(size) {
    super(`Too large: ${size}. The limit for everything together is ${megabytes(MAX_BYTES)}.`);
  }
}

addEventListener("hashchange", () => location.reload());
list.append(...sources.map(({ noun, url }) => described(noun, url.host, url.href)));
element("without").href = `./#${link(named, "shapes")}`;
if (sources.length) {
  bring().catch(fail);
} else {
  say(`The link names no address to fetch. It needs images=https://…, model=https://… or open=https://…. ${leftOut()}`);
  go.hidden = true;
}

function described(noun, host, address) {
  const item = document.createElement("li");
  const [strong, code] = ["strong", "code"].map(name => document.createElement(name));
  strong.textContent = host;
  code.textContent = address;
  item.append(`${noun[0].toUpperCase()}${noun.slice(1)} from `, strong, ...(address ? [": ", code] : []));
  return item;
}

// Returns a sentence on the entries of the link that cannot be fetched.
function leftOut() {
  if (!named.wrong.length) return "";
  const names = named.wrong.map(entry => `“${entry}”`).join(", ");
  return `Left out, as these aren’t whole addresses (https://…): ${names}.`;
}

async function bring() {
  await agreed(`Your browser fetches these files, so their server sees your visit. Nothing is uploaded, and what you do stays on this computer. ${leftOut()}`, "Check the size");
  await agreed(await sizes(), "Fetch");
  const files = [];
  const missed = [];
  for (const { key, ending, url } of sources) {
    const blob = await download(url, () => say(`${megabytes(fetched)} received.`));
    if (key === "images") {
      const found = await pictures(blob, url);
      files.push(...found.files);
      missed.push(...found.missed);
    } else {
      files.push([new File([blob], withEnding(url, ending)), null]);
    }
  }
  const brought = { files, missed, run: named.rest.findLast(entry => entry.startsWith("run=")) === "run=1" };
  // A page that asked for a picture gets it, and keeps its set.
  if (window.opener && named.rest.includes("back=1")) {
    opener.postMessage(brought, location.origin);
    return window.close();
  }
  show(brought);
}

// Shows a message, and waits until the user consents by the button.
async function agreed(sentence, button) {
  say(sentence);
  progress.hidden = true;
  go.textContent = button;
  go.disabled = false;
  await new Promise(done => go.addEventListener("click", done, { once: true }));
  go.disabled = true;
  progress.hidden = false;
}

// Returns a sentence on the total size.
async function sizes() {
  const sizes = await Promise.all(sources.map(({ url }) => size(url)));
  const sum = sizes.reduce((sum, size) => sum + size, 0);
  if (sum > MAX_BYTES) throw new TooLarge(megabytes(sum));
  const known = sizes.every(size => size > 0)
    ? `${megabytes(sum)} to fetch.`
    : "The server does not say how large everything is.";
  const more = sources.some(({ key }) => key === "images") ? " If it’s a list of pictures, you’re asked again before they are fetched." : "";
  return `${known}${more} The limit is ${megabytes(MAX_BYTES)}.`;
}

// Returns the size announced by the server, in bytes; 0 if there is none.
function size(url) {
  return fetch(url, { ...QUIETLY, method: "HEAD" })
    .then(response => (response.ok ? Number(response.headers.get("content-length")) : 0), () => 0);
}

// Returns the pictures of a zip or a list, as files with their labels and, in a zip, their paths, and the names of those that
// are missing, with reasons.
async function pictures(blob, url) {
  if (blob.type.startsWith("image/")) return { files: [[new File([blob], fileName(url) || url.host, { type: blob.type }), null]], missed: [] };
  const isZip = new TextDecoder().decode(await blob.slice(0, 2).arrayBuffer()) === "PK";
  const found = isZip
    ? await entries(blob, { MAX_BYTES, MAX_PICTURES, refused: otherKind })
    : await fetchListed(listed(await blob.text(), url));
  if (found.files.length) return found;
  const [first] = found.missed;
  throw new Error(first ? `None of the ${found.missed.length} pictures could be fetched. ${first[0]}: ${first[1]}` : "No pictures were found.");
}

// Returns the reason why a file is not a picture; undefined if it may be one.
function otherKind(name) {
  if (/\.(safetensors|likeness)$/i.test(name)) return "It is no picture: a link brings models by model=… and experiments by open=….";
}

// Returns the file's name in an address, with the extension by which the page recognises its kind.
function withEnding(url, ending) {
  const name = fileName(url);
  return name.toLowerCase().endsWith(ending) ? name : `${name}${ending}`;
}

// Returns the pictures of a manifest, each with its name, and its address or the reason for skipping
// it.
function listed(text, source) {
  let list;
  try {
    list = JSON.parse(text);
  } catch {
    throw new Error("It is no picture, and neither a zip nor a list of pictures in JSON.");
  }
  list = Array.isArray(list) ? list : list?.images;
  if (!Array.isArray(list)) throw new Error("This is not a list of pictures: a JSON array is expected.");
  if (list.length > MAX_PICTURES) throw new Error(`Too many pictures: ${list.length} (the limit is ${MAX_PICTURES}).`);
  return list.map((item, place) => {
    const url = address(typeof item === "string" ? item : item?.url, source);
    const name = String(item?.name ?? (url ? fileName(url) : `Entry ${place + 1} of the list`));
    return { url, name, label: item?.label == null ? null : String(item.label), reason: obstacle(url, name, source) };
  });
}

// Returns the reason why an entry of a list is not fetched; undefined if it may be.
function obstacle(url, name, source) {
  if (!url) return "It names no address.";
  if (isPrivate(url) && !isPrivate(source)) return `It is on ${url.host}, in your own network, where a list from elsewhere may not fetch anything.`;
  return otherKind(name);
}

// Fetches the pictures of a list, once the user has consented to that, too; failures are listed.
async function fetchListed(pictures) {
  const wanted = pictures.filter(({ reason }) => !reason);
  const missed = pictures.filter(({ reason }) => reason).map(({ name, reason }) => [name, reason]);
  if (wanted.length) await agreedTo(wanted, missed.length);
  const files = new Array(wanted.length);
  let [next, done] = [0, 0];
  const work = async () => {
    while (next < wanted.length && !stop.signal.aborted) {
      const place = next++;
      const { url, name, label } = wanted[place];
      try {
        files[place] = [new File([await download(url)], name), label];
      } catch (error) {
        if (error instanceof TooLarge) throw error;
        missed.push([name, error.message]);
      }
      say(`${++done} of ${counted(wanted.length)} done, ${megabytes(fetched)} received.`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { files: files.filter(Boolean), missed };
}

// Shows the number of pictures to be fetched from each server, and asks for consent.
async function agreedTo(wanted, others) {
  const hosts = new Map();
  for (const { url } of wanted) hosts.set(url.host, (hosts.get(url.host) ?? 0) + 1);
  list.replaceChildren(...[...hosts].map(([host, count]) => described(counted(count), host)));
  const except = others ? ` ${others} more cannot be fetched.` : "";
  const servers = hosts.size === 1 ? "that server sees your visit" : `those ${hosts.size} servers see your visit`;
  await agreed(
    `The list names ${counted(wanted.length)} to be fetched, so ${servers}.${except} It does not say how large they are. The limit is ${megabytes(MAX_BYTES)}.`,
    "Fetch the pictures",
  );
}

// Fetches a file as long as the total stays within the limit.
async function download(url, tell = () => {}) {
  if (isMixed(url)) {
    throw new Error(`${url.href} isn’t encrypted, and an encrypted page (https) may not read it. Ask its owner for an https address, or download the file and drop it on the page.`);
  }
  const response = await fetch(url, { ...QUIETLY, signal: stop.signal }).catch(() => {
    throw new Error(`${url.host} can’t be reached, or doesn’t let other pages read ${url.pathname}. `
      + "Ask its owner to allow it (Access-Control-Allow-Origin), or download the file and drop it on the page.");
  });
  if (!response.ok) throw new Error(`${url.host} answered ${response.status} for ${url.pathname}.`);
  const parts = [];
  const reader = response.body.getReader();
  while (true) {
    const { done, value } = await reader.read().catch(() => {
      throw new Error(`${url.host} broke off in the middle of ${url.pathname}.`);
    });
    if (done) return new Blob(parts, { type: response.headers.get("content-type") ?? "" });
    fetched += value.length;
    if (fetched > MAX_BYTES) {
      reader.cancel();
      throw new TooLarge(`${megabytes(fetched)} were received, and more was to come`);
    }
    parts.push(value);
    tell();
  }
}

// Shows the page in a frame, and passes it the fetched files whenever it is loaded.
function show(brought) {
  const images = sources.find(({ key }) => key === "images");
  const remote = images ? `&remote=${encodeURIComponent(images.url.href)}` : "";
  // A run on the page's own sets would not wait for the fetched files.
  const rest = images ? named.rest : named.rest.filter(entry => !entry.startsWith("run="));
  const frame = document.createElement("iframe");
  frame.title = "Likeness";
  frame.allow = "clipboard-write";
  frame.src = `./#${link({ sources, rest }, "own")}${remote}`;
  frame.addEventListener("load", () => hand(frame, frame.contentDocument, brought, images));
  document.body.append(frame);
}

// Passes the fetched files to the page in the frame, once it accepts files.
function hand(frame, page, brought, images) {
  // It has been reloaded meanwhile, or has gone elsewhere.
  if (!page || frame.contentDocument !== page) return;
  // The user has replaced the fetched pictures.
  if (images && !page.location.hash.includes("&remote=")) return;
  if (!page.querySelector("input[type=file]")) return setTimeout(hand, 50, frame, page, brought, images);
  frame.contentWindow.dispatchEvent(new CustomEvent("remote-files", { detail: brought }));
}

function counted(pictures) {
  return pictures === 1 ? "1 picture" : `${pictures} pictures`;
}

function megabytes(bytes) {
  return bytes < 1e5 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

// An error message stays, even if other requests still report progress.
function say(sentence) {
  if (!stop.signal.aborted) told.textContent = sentence;
}

function fail(error) {
  say(`${error.message} Nothing was kept.`);
  stop.abort();
  progress.hidden = true;
  go.hidden = true;
}
