// Begins to fetch the engine while the page's own code is still on its way. Which one is a
// guess by the rules of src/engine/adapter.rs; should the engine find otherwise, the page
// fetches the other one.
const firstEngine = guess().then(name => {
  const { version } = document.documentElement.dataset;
  const response = fetch(`${name}_bg.wasm?v=${version}`, { priority: "low" });
  // Whoever waits for it hears of a failure.
  response.catch(() => {});
  return { name, response };
});

async function guess() {
  const [, backend] = location.hash.match(/[#&]backend=([^&]*)/) ?? [];
  if (backend === "cpu") return "engine_cpu";
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  const software = adapter?.isFallbackAdapter ?? adapter?.info?.isFallbackAdapter;
  const willDo = adapter?.features.has("timestamp-query") && (backend === "webgpu" || !software);
  return willDo ? "engine_webgpu" : "engine_cpu";
}
