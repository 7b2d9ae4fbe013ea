// Starts the engine in its worker: the page sends the address of the generated glue, the compiled
// module, the port between the two, whether the other engine is still being built, and the name of a
// lock. The worker holds the lock for as long as it lives, so that the page notices its end, whoever
// causes it. An engine starts its replicas by the same script and code.
self.onmessage = async ({ data: { glue, module, port, unfinished, lock, replica } }) => {
  Object.assign(self, { enginePort: port, unfinished, isReplica: replica, code: { glue, module } });
  const held = () => {
    self.postMessage("held");
    return new Promise(() => {});
  };
  // If locks are denied, as in a sandboxed frame, the page only learns of errors.
  if (lock) self.navigator.locks?.request(lock, held).catch(() => {});
  try {
    const { default: init } = await import(glue);
    await init({ module_or_path: module });
  } catch (error) {
    rethrow(error);
  }
};

// Unhandled rejections would not reach the page either.
self.onunhandledrejection = ({ reason }) => rethrow(reason);

// Thrown outside the promise, the error reaches the page's onerror.
function rethrow(error) {
  setTimeout(() => { throw error; });
}
