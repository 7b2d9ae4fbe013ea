// Runs the page's own decoders. The page sends the address of the generated glue and the compiled
// module, then one file after another. The worker answers null once the decoders are ready, and each
// file with their result or, if they crash, with the error, after which it is unusable.
let decoder;
let panic;
self.notePanic = words => { panic = words; };

self.onmessage = async ({ data }) => {
  try {
    self.postMessage(data.glue ? await start(data) : await read(data));
  } catch (error) {
    self.postMessage(panic ?? String(error));
  }
};

async function start({ glue, module }) {
  decoder = await import(glue);
  await decoder.default({ module_or_path: module });
  return null;
}

// A file that can no longer be opened is answered with null.
async function read(file) {
  const bytes = await file.arrayBuffer().catch(() => null);
  return bytes && decoder.decode(new Uint8Array(bytes));
}
