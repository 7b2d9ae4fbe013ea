// jax-js as a contestant.
import { defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { ADAM, EPSILON, TEMPERATURE, strides, views, weights } from "../page/network.js";

/** The library's names of the backends; its own loops in WebAssembly are the fastest it has on the CPU. */
const DEVICES = { webgpu: "webgpu", cpu: "wasm" };

const array = ({ shape, values }) => np.array(values).reshape(shape);

/** By the batch's own moments. */
function normalise(x, gamma, beta) {
  const channels = [1, gamma.shape[0], 1, 1];
  const places = [0, 2, 3];
  const centred = x.ref.sub(np.mean(x, places, { keepdims: true }));
  const variance = np.mean(np.square(centred.ref), places, { keepdims: true });
  const scaled = centred.mul(np.reciprocal(np.sqrt(variance.add(EPSILON))));
  return scaled.mul(gamma.reshape(channels)).add(beta.reshape(channels));
}

/** NT-Xent of the views' projections. */
function lossOf(parameters, pictures, notSelf, positives, stride) {
  let x = pictures.mul(4).sub(2);
  parameters.blocks.forEach(({ kernel, gamma, beta }, at) => {
    const padding = [[1, 1], [1, 1]];
    const convolved = lax.convGeneralDilated(x, kernel, [stride[at], stride[at]], padding);
    x = nn.relu(normalise(convolved, gamma, beta));
  });
  const { hidden, hiddenBias, projection, projectionBias } = parameters;
  x = nn.relu(np.matmul(np.mean(x, [2, 3]), hidden).add(hiddenBias));
  x = np.matmul(x, projection).add(projectionBias);
  const length = np.sqrt(np.sum(np.square(x.ref), 1, { keepdims: true }).add(1e-12));
  const unit = x.div(length);
  const logits = np.matmul(unit.ref, unit.transpose()).mul(1 / TEMPERATURE).add(notSelf);
  const count = positives.shape[0];
  return np.sum(nn.logSoftmax(logits, 1).mul(positives)).div(-count);
}

/** One step of Adam; `decay` holds 1 − β₁ᵗ and 1 − β₂ᵗ. */
function adam(parameters, means, squares, gradients, decay) {
  const { rate, beta1, beta2, epsilon } = ADAM;
  const own = (values) => tree.map((value) => value.ref, values);
  const newMeans = tree.map((m, g) => m.mul(beta1).add(g.mul(1 - beta1)), means, own(gradients));
  const newSquares = tree.map((v, g) => v.mul(beta2).add(np.square(g).mul(1 - beta2)), squares, gradients);
  const move = (p, m, v) => {
    const mean = m.div(decay.first.ref);
    return p.sub(mean.div(np.sqrt(v.div(decay.second.ref)).add(epsilon)).mul(rate));
  };
  const moved = tree.map(move, parameters, own(newMeans), own(newSquares));
  tree.dispose(decay);
  return [moved, newMeans, newSquares];
}

export async function prepare(backend, problem) {
  const device = DEVICES[backend];
  const available = await init();
  if (!available.includes(device)) throw new Error(`jax-js has no ${device} here.`);
  defaultDevice(device);
  const { kernels, hidden, projection } = weights(problem);
  const stride = strides(problem);
  let parameters = {
    blocks: kernels.map((kernel) => ({
      kernel: array(kernel),
      gamma: np.ones([kernel.shape[0]]),
      beta: np.zeros([kernel.shape[0]]),
    })),
    hidden: array(hidden),
    hiddenBias: np.zeros([hidden.shape[1]]),
    projection: array(projection),
    projectionBias: np.zeros([projection.shape[1]]),
  };
  const { pairs, side } = problem;
  const count = 2 * pairs;
  const pictures = np.array(views(problem)).reshape([count, 3, side, side]);
  const cells = (cell) =>
    np.array(Float32Array.from({ length: count * count }, (_, at) => cell(Math.floor(at / count), at % count)))
      .reshape([count, count]);
  const notSelf = cells((row, column) => (row === column ? -1e9 : 0));
  const positives = cells((row, column) => ((row + pairs) % count === column ? 1 : 0));
  const zeros = () => tree.map((value) => np.zerosLike(value.ref), parameters);
  let [means, squares] = [zeros(), zeros()];

  const train = jit((parameters, means, squares, decay, pictures, notSelf, positives) => {
    const of = (parameters, pictures, notSelf, positives) =>
      lossOf(parameters, pictures, notSelf, positives, stride);
    const own = tree.map((value) => value.ref, parameters);
    const [loss, gradients] = valueAndGrad(of)(own, pictures, notSelf, positives);
    return [loss, ...adam(parameters, means, squares, gradients, decay)];
  });

  let [taken, loss] = [0, null];
  return {
    step() {
      taken++;
      const decay = {
        first: np.array(1 - ADAM.beta1 ** taken),
        second: np.array(1 - ADAM.beta2 ** taken),
      };
      loss?.dispose();
      [loss, parameters, means, squares] =
        train(parameters, means, squares, decay, pictures.ref, notSelf.ref, positives.ref);
    },
    async loss() {
      return (await loss.ref.data())[0];
    },
  };
}
