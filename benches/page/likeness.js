// Likeness as a contestant: src/bin/contestant.rs, as wasm-bindgen hands it over.
import initialise, { Engine } from "./engine/contestant.js";

/** One for all contestants of a worker: a device is opened once. */
let engine;

export async function prepare(backend, { blocks, pairs, side, pictures }) {
  if (!engine) {
    await initialise();
    engine = await Engine.open(backend);
  }
  const contestant = engine.contestant(new Uint32Array(blocks.flat()), pairs, side, pictures ?? 0);
  return { step: () => contestant.step(), loss: () => contestant.loss() };
}
