// Unpacks zips for the page, which sends a zip and the address of unzip.js. The answer is a list of
// [file, folder, path], one of [name, reason], and the names of skipped files and folders of the system.
const LIMITS = { MAX_BYTES: 500e6, MAX_PICTURES: 10_000, refused: () => undefined };

self.onmessage = async ({ data: [zip, address] }) => {
  try {
    const { entries } = await import(address);
    const { files, missed, skipped } = await entries(zip, LIMITS);
    const isEmpty = files.length + missed.length === 0;
    self.postMessage([files, isEmpty ? [[zip.name, "No files were found in this zip."]] : missed, skipped]);
  } catch (error) {
    self.postMessage([[], [[zip.name, error.message]], []]);
  }
};
