// Reads the files of a zip: the directory at its end, then each entry, stored or deflated.
const END = 0x06054b50;
const END_LENGTH = 22;
const LONGEST_COMMENT = 65_535;
const ENTRY = 0x02014b50;
const ENTRY_LENGTH = 46;
const LOCAL_LENGTH = 30;
const STORED = 0;
const DEFLATED = 8;

// Files and folders that systems leave among pictures.
const CLUTTER = /^(\..*|@eadir|__macosx|thumbs\.db|desktop\.ini|icon\r)$/i;
// Characters of the bytes from 128 on in names without Unicode: code page 437.
const CP437 = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\xa0";

// Returns the files, each with its innermost folder and its path, the names of those that cannot be read, with
// reasons, and the names of skipped files and folders of the system; `refused` returns the reason why
// a file is not wanted.
export async function entries(blob, { MAX_BYTES, MAX_PICTURES, refused }) {
  const directory = await readDirectory(blob);
  const skipped = [];
  const wanted = directory.filter(({ path }) => {
    if (path.endsWith("/")) return false;
    const clutter = path.split("/").find(part => CLUTTER.test(part));
    if (clutter) skipped.push(clutter);
    return !clutter;
  });
  if (wanted.length > MAX_PICTURES) {
    throw new Error(`There are too many pictures: ${wanted.length}, where ${MAX_PICTURES} is the most.`);
  }
  let room = MAX_BYTES;
  const files = [];
  const missed = [];
  for (const entry of wanted) {
    const folders = entry.path.split("/");
    const name = folders.pop();
    const reason = refused(name) ?? obstacle(entry);
    const contents = reason ? undefined : await unpack(blob, entry, room).catch(error => damage(error, name));
    if (contents) {
      room -= contents.size;
      files.push([new File([contents], name, { lastModified: modified(entry) }), folders.pop() ?? null, entry.path]);
    } else {
      missed.push([name, reason ?? "It is damaged."]);
    }
  }
  return { files, missed, skipped };
}

class TooLarge extends Error {}

// A problem with one file does not affect the others.
function damage(error, name) {
  if (error instanceof TooLarge) throw new TooLarge(`Unpacked, the pictures are too large, ${name} at the latest.`);
}

// Returns the reason why a file cannot be unpacked; undefined if it can.
function obstacle({ encrypted, method }) {
  if (encrypted) return "It is encrypted.";
  if (method !== STORED && method !== DEFLATED) return "It is packed in a way that can’t be read here.";
}

async function readDirectory(blob) {
  const tail = await view(blob, Math.max(0, blob.size - END_LENGTH - LONGEST_COMMENT), blob.size);
  let end = tail.byteLength - END_LENGTH;
  while (end >= 0 && tail.getUint32(end, true) !== END) end--;
  if (end < 0) throw new Error("The zip is cut off or damaged: its directory is missing.");
  const [count, length, start] = [tail.getUint16(end + 10, true), tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)];
  if (start + length > blob.size) throw new Error("The zip is damaged, or in the large format (zip64) that can’t be read here.");
  const directory = await view(blob, start, start + length);
  const found = [];
  for (let at = 0; found.length < count; ) {
    if (at + ENTRY_LENGTH > length || directory.getUint32(at, true) !== ENTRY) throw new Error("The zip’s directory is damaged.");
    const half = offset => directory.getUint16(at + offset, true);
    const whole = offset => directory.getUint32(at + offset, true);
    if (at + ENTRY_LENGTH + half(28) > length) throw new Error("The zip’s directory is damaged.");
    const name = new Uint8Array(directory.buffer, at + ENTRY_LENGTH, half(28));
    found.push({ path: text(name).replaceAll("\\", "/"), encrypted: half(8) & 1, method: half(10), time: half(12), date: half(14), packed: whole(20), start: whole(42) });
    at += ENTRY_LENGTH + half(28) + half(30) + half(32);
  }
  return found;
}

// Returns when an entry's file was changed, which a zip states in local time; 0 if it does not.
function modified({ date, time }) {
  if (!date) return 0;
  return new Date(1980 + (date >> 9), (date >> 5 & 15) - 1, date & 31, time >> 11, time >> 5 & 63, (time & 31) * 2).getTime();
}

// Decodes a name: many archivers write UTF-8 without saying so.
function text(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return Array.from(bytes, byte => (byte < 128 ? String.fromCharCode(byte) : CP437[byte - 128])).join("");
  }
}

// Unpacks an entry of no more than `room` bytes: its declared size may be wrong.
async function unpack(blob, { method, packed, start }, room) {
  const local = await view(blob, start, start + LOCAL_LENGTH);
  const contents = start + LOCAL_LENGTH + local.getUint16(26, true) + local.getUint16(28, true);
  const slice = blob.slice(contents, contents + packed);
  const stream = method === STORED ? slice.stream() : slice.stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const parts = [];
  const reader = stream.getReader();
  while (true) {
    const { done, value } = await reader.read();
    if (done) return new Blob(parts);
    room -= value.length;
    if (room < 0) {
      reader.cancel();
      throw new TooLarge();
    }
    parts.push(value);
  }
}

async function view(blob, from, to) {
  return new DataView(await blob.slice(from, to).arrayBuffer());
}
