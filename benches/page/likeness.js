// Likeness as a contestant: src/bin/contestant.rs, as wasm-bindgen hands it over.
import initialise, { Contestant } from "./engine/contestant.js";

export async function prepare(backend, { blocks, pairs, side, pictures }) {
  await initialise();
  const contestant = await Contestant.open(backend, new Uint32Array(blocks.flat()), pairs, side, pictures ?? 0);
  return { step: () => contestant.step(), loss: () => contestant.loss() };
}
