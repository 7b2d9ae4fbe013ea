// Brings pictures of another server into the page: `remote.html#images=URL&…`.
//
// The page itself may ask no other server for anything. This one may, after the user agreed,
// and hands what it fetched to the page, which it then shows in a frame. The address is
// that of a zip, or of a manifest: a JSON list of addresses, or of objects with `url` and,
// if wanted, `name` and `label`.
import { entries } from "./unzip.js";

const MAX_BYTES = 500e6;
const MAX_PICTURES = 10_000;
// Pictures of a manifest that are fetched at the same time.
const AT_ONCE = 4;

const element = id => document.getElementById(id);
const [go, told, progress] = ["go", "told", "progress"].map(element);

const keys = new URLSearchParams(location.hash.slice(1));
const source = address(keys.get("images"));
let fetched = 0;

if (source) {
  element("host").textContent = source.host;
  element("address").textContent = source.href;
  element("without").href = `./#${withImages("shapes")}`;
  say("Your browser fetches them from there, which that server sees. Nothing is sent, and what you do with them stays on this computer.");
  go.addEventListener("click", ask, { once: true });
} else {
  say("The link names no address of pictures that could be fetched: it needs images=https://…");
  go.hidden = true;
}
addEventListener("hashchange", () => location.reload());

// First the size, then the consent to fetch that much.
async function ask() {
  go.disabled = true;
  const size = await fetch(source, { method: "HEAD" })
    .then(response => (response.ok ? Number(response.headers.get("content-length")) : 0), () => 0);
  if (size > MAX_BYTES) return fail(`Too large: ${megabytes(size)} (the limit is ${megabytes(MAX_BYTES)}).`);
  say(size
    ? `The file there has ${megabytes(size)}. If it is a list of pictures, these come on top: ${megabytes(MAX_BYTES)} at the most.`
    : `The server does not say how large it is. More than ${megabytes(MAX_BYTES)} is not fetched.`);
  go.textContent = "Fetch the pictures";
  go.disabled = false;
  go.addEventListener("click", () => bring().catch(error => fail(error.message)), { once: true });
}

async function bring() {
  go.disabled = true;
  progress.hidden = false;
  const blob = await download(source, () => say(`${megabytes(fetched)} received.`));
  const isZip = new TextDecoder().decode(await blob.slice(0, 2).arrayBuffer()) === "PK";
  const pictures = isZip ? await entries(blob, { MAX_BYTES, MAX_PICTURES }) : await listed(blob);
  if (!pictures.length) throw new Error("There is no picture in it.");
  show(pictures);
}

// The pictures that a manifest lists, as files with their labels.
async function listed(blob) {
  let list;
  try {
    list = JSON.parse(await blob.text());
  } catch {
    throw new Error("It is neither a zip nor a list of pictures in JSON.");
  }
  list = Array.isArray(list) ? list : list?.images;
  if (!Array.isArray(list)) throw new Error("This is not a list of pictures: a JSON array is expected.");
  if (list.length > MAX_PICTURES) throw new Error(`There are too many pictures: ${list.length}, where ${MAX_PICTURES} is the most.`);
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

// Shows the page in a frame, and gives it the pictures once it takes some.
function show(pictures) {
  const frame = document.createElement("iframe");
  frame.title = "Likeness";
  frame.allow = "clipboard-write";
  frame.src = `./#${withImages("own")}&remote=${encodeURIComponent(source.href)}`;
  document.body.append(frame);
  const hand = () => {
    if (!frame.contentDocument?.querySelector("input[type=file]")) return setTimeout(hand, 50);
    frame.contentWindow.dispatchEvent(new CustomEvent("remote-pictures", { detail: pictures }));
  };
  hand();
}

function withImages(images) {
  return location.hash.slice(1).split("&").map(entry => (entry.startsWith("images=") ? `images=${images}` : entry)).join("&");
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
