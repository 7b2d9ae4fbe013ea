// Takes files that the system opens with the installed page, and those that another app shares with
// it, which service-worker.js keeps until the page is there. Both are passed on as remote.html does.
const SHARED = `likeness shared ${new URL("./", document.baseURI).pathname}`;

globalThis.launchQueue?.setConsumer(async ({ files }) => hand(await Promise.all(files.map(file => file.getFile()))));
if (new URLSearchParams(location.search).has("shared")) takeShared();

async function takeShared() {
  history.replaceState(null, "", location.pathname + location.hash);
  const cache = await caches.open(SHARED);
  const files = (await cache.keys()).map(async request => {
    const blob = await (await cache.match(request)).blob();
    return new File([blob], new URL(request.url).searchParams.get("name"), { type: blob.type });
  });
  await hand(await Promise.all(files));
  await caches.delete(SHARED);
}

async function hand(opened) {
  if (!opened.length) return;
  const [files, missed] = [[], []];
  for (const file of opened) {
    const found = file.name.toLowerCase().endsWith(".zip") ? await unpacked(file) : { files: [[file, null]], missed: [] };
    files.push(...found.files);
    missed.push(...found.missed);
  }
  // Once the page accepts files.
  while (!document.querySelector("input[type=file]")) await new Promise(done => setTimeout(done, 50));
  window.dispatchEvent(new CustomEvent("remote-files", { detail: { files, missed, run: false } }));
}

async function unpacked(zip) {
  const refused = name => /\.(safetensors|likeness)$/i.test(name) ? "It is no picture: unpack the zip to open it." : undefined;
  const { entries } = await import(new URL("unzip.js", document.baseURI));
  try {
    return await entries(zip, { MAX_BYTES: 500e6, MAX_PICTURES: 10_000, refused });
  } catch (error) {
    return { files: [], missed: [[zip.name, error.message]] };
  }
}
