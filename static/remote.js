// Brings files of another server into the page: `remote.html#images=URL&model=URL&open=URL&…`.
//
// The page itself may ask no other server for anything. This one may, after the user agreed,
// and hands what it fetched to the page, which it then shows in a frame. `images` is the
// address of a zip, or of a manifest: a JSON list of addresses, or of objects with `url` and,
// if wanted, `name` and `label`. `model` is a model file, `open` a whole experiment.
import { entries } from "./unzip.js";

const MAX_BYTES = 500e6;
const MAX_PICTURES = 10_000;
// Pictures of a manifest that are fetched at the same time.
const AT_ONCE = 4;
// What each key brings, and the ending by which the page knows it.
const KINDS = {
  images: { noun: "pictures" },
  model: { noun: "a model", ending: ".safetensors" },
  open: { noun: "an experiment", ending: ".likeness" },
};

const element = id => document.getElementById(id);
const [go, told, progress, list] = ["go", "told", "progress", "sources"].map(element);

const keys = new URLSearchParams(location.hash.slice(1));
const sources = Object.keys(KINDS)
  .map(key => ({ key, ...KINDS[key], url: address(keys.get(key)) }))
  .filter(source => source.url);
let fetched = 0;

if (sources.length) {
  list.append(...sources.map(described));
  element("without").href = `./#${hash({ images: "shapes" })}`;
  say("Your browser fetches what is there, which that server sees. Nothing is sent, and what you do with it stays on this computer.");
  go.addEventListener("click", ask, { once: true });
} else {
  say("The link names no address that could be fetched: it needs images=https://…, model=https://… or open=https://…");
  go.hidden = true;
}
addEventListener("hashchange", () => location.reload());

function described({ noun, url }) {
  const item = document.createElement("li");
  const [host, address] = ["strong", "code"].map(name => document.createElement(name));
  host.textContent = url.host;
  address.textContent = url.href;
  item.append(`${noun[0].toUpperCase()}${noun.slice(1)} from `, host, ": ", address);
  return item;
}

// First the size, then the consent to fetch that much.
async function ask() {
  go.disabled = true;
  const sizes = await Promise.all(sources.map(({ url }) => size(url)));
  const sum = sizes.reduce((sum, size) => sum + size, 0);
  if (sum > MAX_BYTES) return fail(`Too large: ${megabytes(sum)} (the limit is ${megabytes(MAX_BYTES)}).`);
  const known = sizes.every(size => size > 0)
    ? `There are ${megabytes(sum)} to fetch.`
    : "The server does not say how large everything is.";
  const more = keys.get("images") && sources.some(({ key }) => key === "images") ? " If it is a list of pictures, these come on top." : "";
  say(`${known}${more} More than ${megabytes(MAX_BYTES)} is not fetched.`);
  go.textContent = "Fetch";
  go.disabled = false;
  go.addEventListener("click", () => bring().catch(error => fail(error.message)), { once: true });
}

// The size that the server tells, in bytes; 0 if it does not.
function size(url) {
  return fetch(url, { method: "HEAD" })
    .then(response => (response.ok ? Number(response.headers.get("content-length")) : 0), () => 0);
}

async function bring() {
  go.disabled = true;
  progress.hidden = false;
  const files = [];
  for (const { key, ending, url } of sources) {
    const blob = await download(url, () => say(`${megabytes(fetched)} received.`));
    files.push(...(key === "images" ? await pictures(blob, url) : [[new File([blob], named(url, ending)), null]]));
  }
  show(files);
}

async function pictures(blob, url) {
  const isZip = new TextDecoder().decode(await blob.slice(0, 2).arrayBuffer()) === "PK";
  const found = isZip ? await entries(blob, { MAX_BYTES, MAX_PICTURES }) : await listed(blob, url);
  if (!found.length) throw new Error("No pictures were found.");
  return found;
}

// The file's name in an address, with the ending by which the page knows what it is.
function named(url, ending) {
  const name = fileName(url);
  return name.toLowerCase().endsWith(ending) ? name : `${name}${ending}`;
}

// The pictures that a manifest lists, as files with their labels.
async function listed(blob, source) {
  let list;
  try {
    list = JSON.parse(await blob.text());
  } catch {
    throw new Error("It is neither a zip nor a list of pictures in JSON.");
  }
  list = Array.isArray(list) ? list : list?.images;
  if (!Array.isArray(list)) throw new Error("This is not a list of pictures: a JSON array is expected.");
  if (list.length > MAX_PICTURES) throw new Error(`Too many pictures: ${list.length} (the limit is ${MAX_PICTURES}).`);
  const pictures = new Array(list.length);
  let next = 0;
  const work = async () => {
    while (next < list.length) {
      const place = next++;
      const item = typeof list[place] === "string" ? { url: list[place] } : list[place];
      const url = address(item?.url, source);
      if (!url) throw new Error(`Entry ${place + 1} of the list names no address.`);
      const name = String(item.name ?? fileName(url));
      say(`Fetching picture ${place + 1} of ${list.length}.`);
      pictures[place] = [new File([await download(url)], name), item.label == null ? null : String(item.label)];
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return pictures;
}

// The last part of an address, as its owner wrote it; one that is not spelled right stays as it is.
function fileName(url) {
  const name = url.pathname.split("/").pop();
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

// Fetches a file as long as everything together stays within the limit.
async function download(url, tell = () => {}) {
  const response = await fetch(url).catch(() => {
    throw new Error(`${url.host} cannot be reached, or does not let other pages read ${url.pathname}: `
      + "it would have to answer with the header Access-Control-Allow-Origin. Ask its owner, or download the file and drop it on the page.");
  });
  if (!response.ok) throw new Error(`${url.host} answered ${response.status} for ${url.pathname}.`);
  const parts = [];
  const reader = response.body.getReader();
  while (true) {
    const { done, value } = await reader.read();
    if (done) return new Blob(parts, { type: response.headers.get("content-type") ?? "" });
    fetched += value.length;
    if (fetched > MAX_BYTES) {
      reader.cancel();
      throw new Error(`Too large: more than ${megabytes(MAX_BYTES)}.`);
    }
    parts.push(value);
    tell();
  }
}

// Shows the page in a frame, and gives it the files once it takes some.
function show(files) {
  const images = sources.find(({ key }) => key === "images");
  const remote = images ? `&remote=${encodeURIComponent(images.url.href)}` : "";
  const frame = document.createElement("iframe");
  frame.title = "Likeness";
  frame.allow = "clipboard-write";
  frame.src = `./#${hash({ images: "own" })}${remote}`;
  document.body.append(frame);
  const hand = () => {
    if (!frame.contentDocument?.querySelector("input[type=file]")) return setTimeout(hand, 50);
    frame.contentWindow.dispatchEvent(new CustomEvent("remote-files", { detail: files }));
  };
  hand();
}

// The link's settings, without the addresses of others: `images` takes the place of one.
function hash({ images }) {
  const isForeign = entry => sources.some(({ key }) => entry.startsWith(`${key}=`));
  return location.hash.slice(1).split("&")
    .map(entry => (isForeign(entry) && entry.startsWith("images=") ? `images=${images}` : entry))
    .filter(entry => !isForeign(entry) || entry.startsWith("images="))
    .join("&");
}

function address(text, base) {
  const url = text && URL.canParse(text, base) ? new URL(text, base) : null;
  return url && /^https?:$/.test(url.protocol) ? url : null;
}

function megabytes(bytes) {
  return bytes < 1e5 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function say(sentence) {
  told.textContent = sentence;
}

function fail(sentence) {
  say(`${sentence} Nothing was kept.`);
  progress.hidden = true;
  go.hidden = true;
}
