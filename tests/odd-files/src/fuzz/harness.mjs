// Comes after a script and `readFile`. For every file on its input, each behind its length, it prints a
// line: what is wrong with how it was read, or nothing. A file may be refused, but by an error of the
// script's own.
const ROOM = 1e6;

let rest = Buffer.alloc(0);
for await (const portion of process.stdin) {
  rest = Buffer.concat([rest, portion]);
  while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32LE()) {
    const end = 4 + rest.readUInt32LE();
    console.log((await fault(new Blob([rest.subarray(4, end)]))).replaceAll("\n", " "));
    rest = rest.subarray(end);
  }
}

async function fault(file) {
  try {
    const { files = [], missed = [] } = (await readFile(file)) ?? {};
    const size = files.reduce((sum, [{ size }]) => sum + size, 0);
    const [, reason] = missed.find(([, reason]) => !/\s.*\.$/.test(reason)) ?? [];
    return size > ROOM ? `${size} bytes are too many` : reason ? `“${reason}” is no sentence` : "";
  } catch (error) {
    const foreseen = ["Error", "TooLarge"].includes(error.constructor.name) && /\s/.test(error.message);
    return foreseen ? "" : error.stack;
  }
}
