// Measures one contestant, alone in its worker, or a few in turn. All are measured by this code.
//
// A contestant's module exports `prepare(backend, problem)`, which resolves to an object:
// `step()` begins a training step, and `loss()` resolves to the loss of the step begun
// last, once that is there.
import { calls } from "./count-gpu-calls.js";

/** How many losses show that all contestants train the same. */
const SHOWN = 3;

/** What the shorter of two blocks of steps takes at least, in milliseconds, if a step is short. */
const BLOCK = 400;

/** Blocks are timed this many times over; the median counts. */
const ROUNDS = 5;

/** As many rounds as begin within this time, in milliseconds; one at least. */
const PATIENCE = 20_000;

/** Time and calls of a number of steps and of reading the last loss. */
async function block(contestant, steps) {
  const before = { ...calls };
  const start = performance.now();
  for (let step = 0; step < steps; step++) contestant.step();
  // On WebGPU, what comes now is waiting.
  const begun = performance.now() - start;
  await contestant.loss();
  const took = { milliseconds: performance.now() - start, begun };
  for (const name in calls) took[name] = calls[name] - before[name];
  return took;
}

/** What each step adds to a block: the time of a read-back, however long, cancels out. */
async function marginal(contestant, steps) {
  const few = await block(contestant, steps);
  const many = await block(contestant, 3 * steps);
  const each = Object.entries(many).map(([name, value]) => [name, (value - few[name]) / (2 * steps)]);
  return Object.fromEntries(each);
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** Prepares a contestant and takes its first steps; `first` is when that loss was there. */
async function begin({ contestant, backend, problem }) {
  const { prepare } = await import(`./${contestant}.js`);
  const prepared = await prepare(backend, problem);
  const losses = [];
  let first;
  for (let step = 0; step < SHOWN; step++) {
    prepared.step();
    losses.push(await prepared.loss());
    first ??= performance.now();
  }
  const { milliseconds } = await block(prepared, 1);
  return { prepared, losses, first, steps: Math.max(1, Math.round(BLOCK / milliseconds)), rounds: [] };
}

/**
 * Losses and costs of each, timed in turn: on a busy machine two that are compared to a tenth
 * would otherwise differ by what else it did. The first loss counts from before there was any code,
 * for whoever is prepared first; the others find the engine started.
 */
async function measure(requests) {
  const start = performance.now();
  // Who fails has no times, and keeps nobody else from theirs.
  const failed = (error) => ({ failed: `${error}` });
  const contestants = [];
  for (const request of requests) contestants.push(await begin(request).catch(failed));
  const opened = performance.now();
  const patience = PATIENCE * contestants.length;
  for (let round = 0; round < ROUNDS && (round === 0 || performance.now() - opened < patience); round++) {
    for (const contestant of contestants.filter(({ failed }) => !failed)) {
      const { prepared, steps, rounds } = contestant;
      await marginal(prepared, steps).then(
        (costs) => rounds.push(costs),
        (error) => Object.assign(contestant, failed(error)),
      );
    }
  }
  return contestants.map(({ failed, losses, first, rounds }, at) => {
    if (failed) return { failed };
    const medians = Object.keys(rounds[0]).map((name) => [name, median(rounds.map((round) => round[name]))]);
    return { losses, first: at === 0 ? first - start : null, ...Object.fromEntries(medians) };
  });
}

// What goes wrong beside the promises that are awaited here, such as a panic in a callback.
self.addEventListener("unhandledrejection", ({ reason }) => postMessage({ failed: `${reason}` }));
self.addEventListener("error", ({ message }) => postMessage({ failed: message }));

self.onmessage = async ({ data: requests }) => {
  try {
    postMessage(await measure(requests));
  } catch (error) {
    postMessage({ failed: `${error}` });
  }
};
