// The networks that are compared, in numbers: weights and pictures that every contestant
// starts from. src/bench.rs draws the same ones, and so does peers/jax_native.py.

const PROJECTION = 64;
const WEIGHTS_SEED = 1;
const VIEWS_SEED = 2;

/** Temperature of NT-Xent. */
export const TEMPERATURE = 0.5;

/** Adam, without weight decay. */
export const ADAM = { rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** Added to a variance before its root is taken. */
export const EPSILON = 1e-5;

/** mulberry32, and of its 32 bits the upper 23 as a number in 0 … 1. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 9) / 2 ** 23;
  };
}

/** Uniform weights with variance 2 / fanIn, in single precision throughout. */
function kaiming(unit, count, fanIn) {
  const bound = Math.fround(Math.sqrt(Math.fround(6 / fanIn)));
  return Float32Array.from({ length: count }, () => Math.fround(unit() * 2 * bound) - bound);
}

/**
 * First weights: `kernels` are `[output, input, 3, 3]`, `hidden` and `projection`
 * `[input, output]`. Gammas are 1; betas and biases are 0.
 */
export function weights({ blocks }) {
  const unit = generator(WEIGHTS_SEED);
  let input = 3;
  const kernels = blocks.map(([output]) => {
    const shape = [output, input, 3, 3];
    const values = kaiming(unit, output * input * 9, input * 9);
    input = output;
    return { shape, values };
  });
  const linear = (output) => ({
    shape: [input, output],
    values: kaiming(unit, input * output, input),
  });
  return { kernels, hidden: linear(input), projection: linear(PROJECTION) };
}

/**
 * Two views of every picture, first views first, `[2 · pairs, 3, side, side]`, values in
 * 0 … 1: a picture is a colour of its own, a view adds noise of its own.
 */
export function views({ pairs, side }) {
  const unit = generator(VIEWS_SEED);
  const colours = Float32Array.from({ length: 3 * pairs }, unit);
  const plane = side * side;
  const colour = (at) => colours[Math.floor(at / plane) % colours.length];
  return Float32Array.from({ length: 6 * pairs * plane }, (_, at) => 0.5 * (colour(at) + unit()));
}

/** Strides of the convolutions. */
export const strides = ({ blocks }) => blocks.map(([, stride]) => stride);

/**
 * Floating point operations of one step, counting only what no implementation is spared:
 * convolutions and linear layers, forward, gradient of the weights, and gradient of the
 * input but for the first layer's.
 */
export function operations({ blocks, pairs, side }) {
  let [input, size, sum] = [3, side, 0];
  blocks.forEach(([output, stride], layer) => {
    size = Math.ceil(size / stride);
    sum += (layer ? 3 : 2) * 2 * pairs * size * size * output * input * 9 * 2;
    input = output;
  });
  return sum + 3 * 2 * pairs * (input * input + input * PROJECTION) * 2;
}
