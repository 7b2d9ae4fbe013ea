// Starts what tests/browser/src/bin/bench asks for, one contestant at a time.

/** The answer to the last request, or null while there is none. */
globalThis.outcome = null;

/** Measures a contestant: `{ contestant, backend, problem }`. */
globalThis.measure = (request) => {
  globalThis.outcome = null;
  const worker = new Worker("worker.js", { type: "module" });
  const end = (outcome) => {
    globalThis.outcome ??= outcome;
    worker.terminate();
  };
  worker.onmessage = ({ data }) => end(data);
  worker.onerror = ({ message }) => end({ failed: message });
  worker.postMessage(request);
};

/** What the figures depend on, besides the contestants. */
globalThis.environment = async () => {
  const adapter = await navigator.gpu?.requestAdapter();
  const { vendor, architecture, description } = adapter?.info ?? {};
  return {
    date: new Date().toISOString().slice(0, 10),
    browser: navigator.userAgent.match(/(Headless)?Chrome\/[\d.]+/)?.[0] ?? navigator.userAgent,
    adapter: [vendor, architecture, description].filter(Boolean).join(" ") || "none",
    software: adapter?.info.isFallbackAdapter ?? false,
    cores: navigator.hardwareConcurrency,
  };
};
