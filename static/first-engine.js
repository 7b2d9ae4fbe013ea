// Starts fetching the engine while the page's own code is still loading. The choice follows the rules
// of src/engine/adapter.rs, but is a guess; if the engine decides otherwise, the page fetches the
// other one.
const ENGINES = ["engine_cpu", "engine_webgpu"];

const firstEngine = guess().then(async name => {
  const first = ask(name);
  try {
    await first;
    return { name, response: first };
  } catch {
    return (await instead(name)) ?? { name, response: first };
  }
});

function ask(name) {
  const { version } = document.documentElement.dataset;
  return fetch(`${name}_bg.wasm.gzip?v=${version}`, { priority: "low" });
}

// Offline, there may only be the other engine, stored during an earlier visit.
async function instead(name) {
  const other = ENGINES.find(engine => engine !== name);
  const response = ask(other);
  return response.then(() => ({ name: other, response }), () => undefined);
}

async function guess() {
  const [, backend] = location.hash.match(/[#&]backend=([^&]*)/) ?? [];
  // While the page is being built, there is only one engine.
  if (backend === "cpu" || "unfinished" in document.documentElement.dataset) return "engine_cpu";
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  const software = adapter?.isFallbackAdapter ?? adapter?.info?.isFallbackAdapter;
  const willDo = adapter?.features.has("timestamp-query") && (backend === "webgpu" || !software);
  return willDo ? "engine_webgpu" : "engine_cpu";
}
