// Keeps experiments in the browser's own storage and packs them into files, away from
// the page's thread. Every question comes as [name, argument] with a port for the answer:
// [true, value] or [false, error's name, error's message].
//
// An experiment is one record, `body`, beside a record for each picture of the user's own.
// Every visit writes to an experiment of its own, whose lock it holds, so that two tabs
// never write to the same one and neither offers what the other still works on.

const NAME = "likeness";

// Experiments beside this visit's that are kept: older ones go.
const KEPT = 3;

// How long a page that was just left may take to end and to let go of its lock.
const ENDING = 1000;

// A file: these eight letters, the version, the number of parts, then each part after its length.
const LETTERS = "LIKENESS";
const VERSION = 1;

// The most that a file may unpack to.
const MAX_BYTES = 2 ** 31;

let opening;
let key;

self.onmessage = async ({ data: [name, argument], ports: [port] }) => {
  try {
    port.postMessage([true, await questions[name](argument)]);
  } catch (error) {
    port.postMessage([false, error?.name ?? "", error?.message ?? String(error)]);
  }
};

const questions = {
  // The latest experiment that no living tab works on: [key, when, words], or null.
  async find() {
    const all = (await read("experiments", store => store.getAll())).sort((a, b) => b.saved - a.saved);
    if (all.length > 0) await released(all[0].key);
    const held = new Set((await self.navigator.locks?.query())?.held.map(lock => lock.name));
    const free = all.filter(experiment => !held.has(lockOf(experiment.key)));
    for (const { key } of free.slice(KEPT)) await remove(key);
    if (free.length === 0) return null;
    const when = new Date(free[0].saved).toLocaleString([], { dateStyle: "long", timeStyle: "short" });
    return [free[0].key, when, free[0].words];
  },

  // Makes an experiment this visit's own: [body, pictures], or null if another tab has it.
  async adopt(wanted) {
    if (!await hold(wanted)) return null;
    const experiment = await read("experiments", store => store.get(wanted));
    if (!experiment) return null;
    const pictures = await read("pictures", store => store.getAll(picturesOf(wanted)));
    key = wanted;
    return [experiment.body, pictures];
  },

  // Writes what is not undefined of: body with words for it, pictures as [place, bytes],
  // places of pictures that are gone.
  async keep({ body, words, pictures, gone, anew }) {
    if (!key) {
      key = `${Date.now()}-${Math.random()}`;
      await hold(key);
    }
    await write(["experiments", "pictures"], (experiments, store) => {
      if (anew) store.delete(picturesOf(key));
      if (body) experiments.put({ key, saved: Date.now(), words, body });
      for (const [place, bytes] of pictures) store.put(bytes, [key, place]);
      for (const place of gone) store.delete([key, place]);
    });
  },

  forget: remove,

  // Removes everything, and what the page's files left in caches.
  async forgetAll() {
    if (opening) (await opening).close();
    opening = undefined;
    key = undefined;
    await answer(indexedDB.deleteDatabase(NAME));
    for (const name of await self.caches?.keys() ?? []) {
      if (name.startsWith(NAME)) await caches.delete(name);
    }
  },

  // Parts into a file.
  async pack(parts) {
    const head = new Uint8Array(16);
    head.set(new TextEncoder().encode(LETTERS));
    const pieces = [head, ...parts.flatMap(part => [number(part.length), part])];
    new DataView(head.buffer).setUint32(8, VERSION, true);
    new DataView(head.buffer).setUint32(12, parts.length, true);
    const packed = new Blob(pieces).stream().pipeThrough(new CompressionStream("gzip"));
    return new Response(packed).blob();
  },

  // A file into its parts.
  async unpack(file) {
    const bytes = await unzipped(file);
    const view = new DataView(bytes.buffer);
    const letters = new TextDecoder("latin1").decode(bytes.subarray(0, 8));
    if (bytes.length < 16 || letters !== LETTERS) throw Error("it is no experiment of this page");
    if (view.getUint32(8, true) !== VERSION) throw Error("it was written by another version of this page");
    const parts = [];
    let at = 16;
    for (let left = view.getUint32(12, true); left > 0; left--) {
      const begin = at + 4;
      at = begin + (begin <= bytes.length ? view.getUint32(at, true) : Infinity);
      if (at > bytes.length) throw Error("it is not whole");
      parts.push(bytes.slice(begin, at));
    }
    if (at !== bytes.length || parts.length === 0) throw Error("it is not whole");
    return parts;
  },
};

async function unzipped(file) {
  const stream = file.stream().pipeThrough(new DecompressionStream("gzip"));
  const portions = [];
  let length = 0;
  try {
    for (const reader = stream.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) break;
      portions.push(value);
      length += value.length;
      if (length > MAX_BYTES) break;
    }
  } catch {
    throw Error("it is damaged, or no experiment of this page");
  }
  if (length > MAX_BYTES) throw Error("it is too large");
  return new Uint8Array(await new Blob(portions).arrayBuffer());
}

function number(value) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function lockOf(key) {
  return `${NAME}-experiment-${key}`;
}

function picturesOf(key) {
  return IDBKeyRange.bound([key], [key, []]);
}

// Takes an experiment's lock until this worker ends; whether it was free.
function hold(key) {
  if (!self.navigator.locks) return true;
  return new Promise((resolve, reject) => {
    const held = lock => {
      resolve(lock !== null);
      return lock && new Promise(() => {});
    };
    self.navigator.locks.request(lockOf(key), { ifAvailable: true }, held).catch(reject);
  });
}

// Waits until nobody works on an experiment, but no longer than a page takes to end.
async function released(key) {
  const options = { signal: AbortSignal.timeout(ENDING) };
  await self.navigator.locks?.request(lockOf(key), options, () => {}).catch(() => {});
}

async function remove(key) {
  await write(["experiments", "pictures"], (experiments, pictures) => {
    experiments.delete(key);
    pictures.delete(picturesOf(key));
  });
}

function open() {
  opening ??= (async () => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("experiments", { keyPath: "key" });
      request.result.createObjectStore("pictures");
    };
    const database = await answer(request);
    // Another tab forgets everything: this one keeps nothing more.
    database.onversionchange = () => {
      database.close();
      opening = Promise.reject(Error("forgotten"));
      opening.catch(() => {});
    };
    return database;
  })();
  return opening;
}

async function read(name, ask) {
  return answer(ask((await open()).transaction(name).objectStore(name)));
}

async function write(names, change) {
  const transaction = (await open()).transaction(names, "readwrite");
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  change(...names.map(name => transaction.objectStore(name)));
  await done;
}

function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
