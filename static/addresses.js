// Parsing of the link of remote.html, and rules for addresses.

// File of each key, and the extension by which the page recognises it.
const KINDS = {
  images: { noun: "pictures" },
  model: { noun: "a model", ending: ".safetensors" },
  open: { noun: "an experiment", ending: ".likeness" },
};

// Parses the link: `sources` are to be fetched, `wrong` are entries that should be but cannot, `rest`
// is for the page itself. If a key occurs twice, the last entry counts.
export function read(link) {
  const entries = link.replace(/^#/, "").split("&").filter(Boolean);
  const foreign = entries.filter(isForeign);
  const rest = entries.filter(entry => !isForeign(entry));
  const sources = [];
  for (const [key, kind] of Object.entries(KINDS)) {
    const entry = foreign.findLast(entry => keyOf(entry) === key);
    const url = entry && address(decoded(valueOf(entry)));
    if (url) sources.push({ key, ...kind, url });
  }
  const isBrought = entry => sources.some(({ key }) => key === keyOf(entry));
  return { sources, wrong: foreign.filter(entry => !isBrought(entry)), rest };
}

// Returns a link of the page: its own entries, with `images` in place of another server's.
export function link({ sources, rest }, images) {
  const brought = sources.some(({ key }) => key === "images");
  return brought ? [`images=${images}`, ...rest.filter(entry => keyOf(entry) !== "images")].join("&") : rest.join("&");
}

// Parses an address, absolute or relative to another.
export function address(text, base) {
  const url = typeof text === "string" && text && URL.canParse(text, base) ? new URL(text, base) : null;
  return url && /^https?:$/.test(url.protocol) ? url : null;
}

// Returns the last part of an address, decoded.
export function fileName(url) {
  return decoded(url.pathname.split("/").pop());
}

// Returns whether a server is this computer, or one that only its own network reaches.
export function isPrivate({ hostname }) {
  const name = hostname.replace(/\.$/, "");
  if (name.startsWith("[")) return /^\[(::1?\]|::ffff:|f[cd]|fe[89ab])/.test(name);
  return /^(0|10|127|192\.168|169\.254|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.[\d.]+$/.test(name)
    || !name.includes(".")
    || /\.(localhost|local|internal|lan|home\.arpa)$/.test(name);
}

// Returns whether browsers prevent a page of this address from reading the other, whatever its server
// allows.
export function isMixed(url, page = location) {
  return page.protocol === "https:" && url.protocol === "http:" && !/^(localhost|127\..*|\[::1\])$/.test(url.hostname);
}

// `images` may also name one of the page's own sets.
function isForeign(entry) {
  return Object.hasOwn(KINDS, keyOf(entry)) && !(keyOf(entry) === "images" && /^(?!http)\w*$/.test(valueOf(entry)));
}

function keyOf(entry) {
  return entry.split("=", 1)[0];
}

function valueOf(entry) {
  return entry.slice(keyOf(entry).length + 1);
}

// Decodes a part of an address; an invalid one is returned as it is.
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
