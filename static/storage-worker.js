// Stores experiments in the browser's own storage, packs them into files and moves files in a folder that
// the user opened, outside the page's thread. Every question arrives as [number, name, argument] and is answered by [number, true, value]
// or [number, false, error's name, error's message].
//
// An experiment is one record, `body`, and a record for each of the user's own pictures. Every visit
// writes to its own experiment, whose lock it holds, so that two tabs never write to the same one and
// neither offers work that is open in the other. The page names its experiment in every question;
// this worker does not remember it.
//
// The page sets FOLDER to its own folder before this script: pages in other folders of the same
// server have separate experiments.
const NAME = `likeness ${FOLDER}`;

// Older experiments are removed, except for the latest ones.
const MAX_AGE = 30 * 24 * 3_600_000;
const ALWAYS_KEPT = 3;

// Time that a page may take to end and to release its lock after it was left.
const ENDING = 1000;

// File format: these eight letters, the version, the number of parts, then each part after its
// length.
const LETTERS = "LIKENESS";
const VERSION = 1;

// Limits of an unpacked file, in bytes and in parts: no more than 40,000 pictures fit into this many
// bytes.
const MAX_BYTES = 2 ** 30;
const MAX_PARTS = 40_001;

// Folder that takes moved files, and the log of its moves: a line [from, to] before each of them.
const MOVED = "duplicates";
const LOG = "moves.log";

let opening;
let forgotten = false;

// Functions that release the locks held by this worker, by the experiments' keys.
const held = new Map();

self.onmessage = async ({ data: [number, name, argument] }) => {
  try {
    const value = await questions[name](argument);
    self.postMessage([number, true, value], buffersIn(value));
  } catch (error) {
    self.postMessage([number, false, error?.name ?? "", error?.message ?? String(error)]);
  }
};

const questions = {
  // Returns the latest experiment that no open tab uses or offers: [key, when, words], or null. This
  // tab offers it until it ends.
  async find() {
    const all = (await read("experiments", store => store.getAll())).sort((a, b) => b.saved - a.saved);
    if (all.length > 0) await released(all[0].key);
    for (const [place, { key, saved, words }] of all.entries()) {
      const outdated = place >= ALWAYS_KEPT && Date.now() - saved > MAX_AGE;
      if (outdated || !await hold(key)) continue;
      await removeOutdated(all.slice(Math.max(place + 1, ALWAYS_KEPT)));
      const when = new Date(saved).toLocaleString([], { dateStyle: "long", timeStyle: "short" });
      return [key, when, words];
    }
    await removeOutdated(all.slice(ALWAYS_KEPT));
    return null;
  },

  // Returns a stored experiment: [body, pictures], or null if another tab uses it or it is gone.
  async load(key) {
    if (!await hold(key)) return null;
    const experiment = await read("experiments", store => store.get(key));
    if (!experiment) return null;
    return [experiment.body, await read("pictures", store => store.getAll(picturesOf(key)))];
  },

  // Writes the parts of an experiment that are not undefined: body with its description, pictures as
  // [place, bytes], places of removed pictures.
  async keep({ key, body, words, pictures, gone, anew }) {
    // After this worker's predecessor ended, another tab may have taken over the experiment.
    if (!await hold(key)) throw Object.assign(Error("another tab works on it"), { name: "Taken" });
    await write(["experiments", "pictures"], (experiments, store) => {
      if (anew) store.delete(picturesOf(key));
      if (body) experiments.put({ key, saved: Date.now(), words, body });
      for (const [place, bytes] of pictures) store.put(bytes, [key, place]);
      for (const place of gone) store.delete([key, place]);
    });
  },

  forget: remove,

  // Removes everything, including the caches of the page's files. Nothing is stored afterwards.
  async forgetAll() {
    forgotten = true;
    const database = await opening?.catch(() => {});
    database?.close();
    await answer(indexedDB.deleteDatabase(NAME));
    for (const name of await self.caches?.keys() ?? []) {
      if (name.startsWith(`${NAME} `)) await caches.delete(name);
    }
  },

  // Packs parts into a file.
  async pack(parts) {
    const head = new Uint8Array(16);
    head.set(new TextEncoder().encode(LETTERS));
    const pieces = [head, ...parts.flatMap(part => [number(part.length), part])];
    new DataView(head.buffer).setUint32(8, VERSION, true);
    new DataView(head.buffer).setUint32(12, parts.length, true);
    const packed = new Blob(pieces).stream().pipeThrough(new CompressionStream("gzip"));
    return new Response(packed).blob();
  },

  // Unpacks the parts of a file, which share one buffer.
  async unpack(file) {
    const bytes = await unzipped(file);
    const view = new DataView(bytes.buffer);
    const letters = new TextDecoder("latin1").decode(bytes.subarray(0, 8));
    if (bytes.length < 16 || letters !== LETTERS) throw Error("it isn’t an experiment from this page");
    if (view.getUint32(8, true) !== VERSION) throw Error("it was written by another version of this page");
    const count = view.getUint32(12, true);
    if (count > MAX_PARTS) throw Error("it holds too many pictures");
    const parts = [];
    let at = 16;
    for (let left = count; left > 0; left--) {
      const begin = at + 4;
      at = begin + (begin <= bytes.length ? view.getUint32(at, true) : Infinity);
      if (at > bytes.length) throw Error("it is incomplete");
      parts.push(bytes.subarray(begin, at));
    }
    if (at !== bytes.length || parts.length === 0) throw Error("it is incomplete");
    return parts;
  },

  // Looks in a folder for the files of moves, [path, bytes, path of the kept, its bytes]. Returns how many
  // can be moved, and how many are in the log.
  async findMoves([folder, moves]) {
    return [(await found(folder, moves)).length, (await logged(folder)).length];
  },

  // Moves the files that are found. Returns how many were moved, and how many were not.
  async moveFiles([folder, moves]) {
    const begun = new Set((await logged(folder)).map(move => JSON.stringify(move)));
    return attempt(await found(folder, moves), async ([from, to]) => {
      const isBegun = begun.has(JSON.stringify([from, to]));
      if (!isBegun) {
        if (await fileAt(folder, to)) throw Error("there already");
        await writeLog(folder, [...await logged(folder), [from, to]]);
      }
      await moveFile(folder, from, to);
    });
  },

  // Moves the files of the log back, the last first, and returns likewise.
  async moveBack([folder]) {
    return attempt((await logged(folder)).reverse(), async ([from, to]) => {
      if (await fileAt(folder, to)) await moveFile(folder, to, from);
      await writeLog(folder, (await logged(folder)).filter(move => String(move) !== String([from, to])));
    });
  },
};

// Carries out moves; returns how many succeeded and how many failed.
async function attempt(moves, act) {
  let done = 0;
  for (const move of moves) {
    done += await act(move).then(() => 1, () => 0);
  }
  return [done, moves.length - done];
}

// Returns the moves, [from, to], whose files are in the folder with the sizes that they had. The folder may
// be the one that was dropped, with which paths begin, or the one that holds it.
async function found(folder, moves) {
  const within = path => path.startsWith(`${folder.name}/`) ? path.slice(folder.name.length + 1) : path;
  const size = async path => (await fileAt(folder, within(path)))?.size;
  const there = [];
  for (const [from, bytes, kept, keptBytes] of moves) {
    if (await size(from) === bytes && await size(kept) === keptBytes) {
      there.push([within(from), `${MOVED}/${within(from)}`]);
    }
  }
  return there;
}

// Moves a file. At any time its contents are whole in one of the places. An interrupted move may have left
// them in both, or an empty file in the other place; anything else there is not touched.
async function moveFile(folder, from, to) {
  const [file, other] = [await fileAt(folder, from), await fileAt(folder, to)];
  if (other && other.size > 0 && !await isSame(file, other)) throw Error("there already");
  const [there, name] = await placeOf(folder, to, true);
  const target = await there.getFileHandle(name, { create: true });
  await file.stream().pipeTo(await target.createWritable());
  if (!await isSame(file, await target.getFile())) throw Error("not copied");
  const [here, ownName] = await placeOf(folder, from);
  await here.removeEntry(ownName);
}

async function isSame(one, other) {
  const [a, b] = await Promise.all([one, other].map(async file => new Uint8Array(await file.arrayBuffer())));
  return a.length === b.length && a.every((byte, place) => byte === b[place]);
}

// Returns the file at a path, or undefined if there is none.
async function fileAt(folder, path) {
  try {
    const [there, name] = await placeOf(folder, path);
    return await (await there.getFileHandle(name)).getFile();
  } catch (error) {
    if (["NotFoundError", "TypeMismatchError"].includes(error.name)) return undefined;
    throw error;
  }
}

// Returns the innermost folder of a path and the name within it.
async function placeOf(folder, path, create = false) {
  const parts = path.split("/");
  const name = parts.pop();
  for (const part of parts) folder = await folder.getDirectoryHandle(part, { create });
  return [folder, name];
}

async function logged(folder) {
  const log = await fileAt(folder, `${MOVED}/${LOG}`);
  return (await log?.text() ?? "").split("\n").filter(Boolean).map(line => JSON.parse(line));
}

async function writeLog(folder, moves) {
  const [there, name] = await placeOf(folder, `${MOVED}/${LOG}`, true);
  const log = await (await there.getFileHandle(name, { create: true })).createWritable();
  await log.write(moves.map(move => `${JSON.stringify(move)}\n`).join(""));
  await log.close();
}

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
    throw Error("it is damaged, or isn’t an experiment from this page");
  }
  if (length > MAX_BYTES) throw Error("it is too large");
  return new Uint8Array(await new Blob(portions).arrayBuffer());
}

function number(value) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

// Returns the buffers of an answer, to be transferred rather than copied.
function buffersIn(value) {
  return [...new Set([value].flat(Infinity).filter(ArrayBuffer.isView).map(({ buffer }) => buffer))];
}

function lockOf(key) {
  return `${NAME} experiment ${key}`;
}

function picturesOf(key) {
  return IDBKeyRange.bound([key], [key, []]);
}

// Acquires an experiment's lock until it is released or this worker ends; returns whether it was
// free.
function hold(key) {
  if (held.has(key) || !self.navigator.locks) return true;
  return new Promise((resolve, reject) => {
    const take = lock => {
      resolve(lock !== null);
      return lock && new Promise(release => held.set(key, release));
    };
    self.navigator.locks.request(lockOf(key), { ifAvailable: true }, take).catch(reject);
  });
}

// Waits until no tab uses an experiment, but no longer than a page takes to end.
async function released(key) {
  if (held.has(key)) return;
  const options = { signal: AbortSignal.timeout(ENDING) };
  await self.navigator.locks?.request(lockOf(key), options, () => {}).catch(() => {});
}

async function removeOutdated(experiments) {
  for (const { key, saved } of experiments) {
    if (Date.now() - saved > MAX_AGE && await hold(key)) await remove(key);
  }
}

async function remove(key) {
  await write(["experiments", "pictures"], (experiments, pictures) => {
    experiments.delete(key);
    pictures.delete(picturesOf(key));
  });
  held.get(key)?.();
  held.delete(key);
}

async function open() {
  if (forgotten) throw Object.assign(Error("everything was forgotten"), { name: "Forgotten" });
  opening ??= (async () => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("experiments", { keyPath: "key" });
      request.result.createObjectStore("pictures");
    };
    const database = await answer(request);
    // Another tab removes everything: this one stores nothing more.
    database.onversionchange = () => {
      forgotten = true;
      database.close();
    };
    return database;
  })();
  // A failed attempt may succeed next time.
  opening.catch(() => { opening = undefined; });
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
