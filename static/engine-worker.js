// Starts the engine in its worker: the page sends the address of the generated
// glue, the compiled module, the port over which the two will talk, whether the other engine
// is still being built, and the name of a lock. The worker holds the lock for as long as it lives, whoever ends it, so that
// the page can tell by it.
self.onmessage = async ({ data: { glue, module, port, unfinished, lock } }) => {
  self.enginePort = port;
  self.unfinished = unfinished;
  const held = () => {
    self.postMessage("held");
    return new Promise(() => {});
  };
  // Where locks are denied, as in a sandboxed frame, the page hears of errors alone.
  self.navigator.locks?.request(lock, held).catch(() => {});
  try {
    const { default: init } = await import(glue);
    await init({ module_or_path: module });
  } catch (error) {
    rethrow(error);
  }
};

// What goes wrong with nobody waiting for it would not reach the page either.
self.onunhandledrejection = ({ reason }) => rethrow(reason);

// Thrown outside the promise, it reaches the page's onerror.
function rethrow(error) {
  setTimeout(() => { throw error; });
}
