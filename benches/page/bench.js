// Starts what tests/browser/src/bin/bench asks for.

/** How long contestants may take, in milliseconds. */
const LIMIT = 15 * 60_000;

/** The answer to the last request, or null while there is none. */
globalThis.outcome = null;

/**
 * Measures contestants in turn, each `{ contestant, backend, problem }`; the outcome is an array,
 * or `{ failed }`.
 */
globalThis.measure = (...requests) => {
  globalThis.outcome = null;
  const worker = new Worker("worker.js", { type: "module" });
  const end = (outcome) => {
    globalThis.outcome ??= outcome;
    worker.terminate();
    clearTimeout(limit);
  };
  const limit = setTimeout(end, LIMIT, { failed: `not done after ${LIMIT / 60_000} minutes` });
  worker.onmessage = ({ data }) => end(data);
  worker.onerror = ({ message }) => end({ failed: message });
  worker.postMessage(requests);
};

/** What the figures depend on, besides the contestants. */
globalThis.environment = async () => {
  const adapter = await navigator.gpu?.requestAdapter();
  const { vendor, architecture, description } = adapter?.info ?? {};
  return {
    date: new Date().toISOString().slice(0, 10),
    browser: navigator.userAgent.match(/(HeadlessChrome|Chrome|Firefox)\/[\d.]+/)?.[0] ?? navigator.userAgent,
    adapter: [vendor, architecture, description].filter(Boolean).join(" ") || (adapter ? "an unnamed adapter" : "none"),
    software: adapter?.info.isFallbackAdapter ?? adapter?.isFallbackAdapter ?? false,
    cores: navigator.hardwareConcurrency,
  };
};
