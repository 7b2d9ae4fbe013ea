// Starts the engine in its worker: the page sends the address of the generated
// glue, the compiled module and the port over which the two will talk.
self.onmessage = async ({ data: { glue, module, port } }) => {
  self.enginePort = port;
  try {
    const { default: init } = await import(glue);
    await init({ module_or_path: module });
  } catch (error) {
    // Thrown outside the promise, it reaches the page's onerror.
    setTimeout(() => { throw error; });
  }
};
