// Runs after a script and `readFile`. For every file on its input, each preceded by its length, it prints a
// line with the fault in reading it, or an empty one. A file may be refused, but only by one of the script's
// own errors.
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
