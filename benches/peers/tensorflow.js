// TensorFlow.js as a contestant.
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-webgpu";
import { ADAM, EPSILON, TEMPERATURE, strides, views, weights } from "../page/network.js";

const array = ({ shape, values }) => tf.tensor(values, shape);

/** By the batch's own moments. */
function normalise(x, gamma, beta) {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  return tf.batchNorm(x, mean, variance, beta, gamma, EPSILON);
}

export async function prepare(backend, problem) {
  // Its WebAssembly backend cannot train: it lacks the gradients of convolutions.
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no ${backend} here.`);
  await tf.ready();
  const { kernels, hidden, projection } = weights(problem);
  const stride = strides(problem);
  // Channels last is the layout of this library.
  const blocks = kernels.map((kernel) => ({
    kernel: tf.variable(tf.transpose(array(kernel), [2, 3, 1, 0])),
    gamma: tf.variable(tf.ones([kernel.shape[0]])),
    beta: tf.variable(tf.zeros([kernel.shape[0]])),
  }));
  const linear = (weight) => ({
    weight: tf.variable(array(weight)),
    bias: tf.variable(tf.zeros([weight.shape[1]])),
  });
  const [first, second] = [linear(hidden), linear(projection)];
  const apply = (x, { weight, bias }) => tf.add(tf.matMul(x, weight), bias);

  const { pairs, side } = problem;
  const count = 2 * pairs;
  const pictures = tf.transpose(tf.tensor(views(problem), [count, 3, side, side]), [0, 2, 3, 1]);
  const notSelf = tf.mul(tf.eye(count), -1e9);
  const partners = tf.tensor1d([...Array(count).keys()].map((row) => (row + pairs) % count), "int32");
  const positives = tf.cast(tf.oneHot(partners, count), "float32");

  const lossOf = () => {
    let x = tf.sub(tf.mul(pictures, 4), 2);
    blocks.forEach(({ kernel, gamma, beta }, at) => {
      // The padding is spelled out: “same” would put it on one side only where the stride is 2.
      x = tf.relu(normalise(tf.conv2d(x, kernel, stride[at], 1), gamma, beta));
    });
    x = apply(tf.relu(apply(tf.mean(x, [1, 2]), first)), second);
    const unit = tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), 1, true), 1e-12)));
    const logits = tf.add(tf.mul(tf.matMul(unit, unit, false, true), 1 / TEMPERATURE), notSelf);
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), positives), 1)));
  };

  const optimizer = tf.train.adam(ADAM.rate, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
  let loss = null;
  return {
    step() {
      loss?.dispose();
      loss = optimizer.minimize(lossOf, true);
    },
    async loss() {
      return (await loss.data())[0];
    },
  };
}
