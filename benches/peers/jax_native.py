"""One training step in JAX on the CPU, for comparison: prints a line of JSON.

Usage: jax_native.py PROBLEM THREADS, where PROBLEM is JSON as in page/network.js and
THREADS is `one` or `all`.
"""

import json
import os
import statistics
import sys
import time

problem, threads = json.loads(sys.argv[1]), sys.argv[2]
if threads == "one":
    # Before JAX counts the cores; XLA's pool then has one thread.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

TEMPERATURE, PROJECTION = 0.5, 64
RATE, BETA_1, BETA_2 = 1e-3, 0.9, 0.999
BLOCKS, PAIRS, SIDE = problem["blocks"], problem["pairs"], problem["side"]


class Generator:
    """mulberry32, its upper 23 bits as numbers in 0 … 1, many at once."""

    def __init__(self, seed):
        self.seed, self.drawn = seed, 0

    def unit(self, count):
        draws = np.arange(self.drawn + 1, self.drawn + count + 1, dtype=np.uint64)
        self.drawn += count
        state = (self.seed + draws * 0x6D2B79F5).astype(np.uint32)
        with np.errstate(over="ignore"):
            bits = (state ^ (state >> 15)) * (state | 1)
            bits ^= bits + (bits ^ (bits >> 7)) * (bits | 61)
        return ((bits ^ (bits >> 14)) >> 9).astype(np.float32) / np.float32(2**23)

    def kaiming(self, shape, fan_in):
        bound = np.sqrt(np.float32(6 / fan_in))
        return (self.unit(int(np.prod(shape))) * (2 * bound) - bound).reshape(shape)


def weights():
    generator, inputs, blocks = Generator(1), 3, []
    for outputs, _ in BLOCKS:
        kernel = generator.kaiming((outputs, inputs, 3, 3), inputs * 9)
        blocks.append({"kernel": kernel, "gamma": np.ones(outputs, "f"), "beta": np.zeros(outputs, "f")})
        inputs = outputs
    linear = lambda size: {"weight": generator.kaiming((inputs, size), inputs), "bias": np.zeros(size, "f")}
    return {"blocks": blocks, "hidden": linear(inputs), "projection": linear(PROJECTION)}


def views():
    generator = Generator(2)
    colours = generator.unit(3 * PAIRS).reshape(1, PAIRS, 3, 1, 1)
    noise = generator.unit(6 * PAIRS * SIDE * SIDE).reshape(2, PAIRS, 3, SIDE, SIDE)
    return (np.float32(0.5) * (colours + noise)).reshape(2 * PAIRS, 3, SIDE, SIDE)


def loss_of(parameters, pictures):
    x = pictures * 4 - 2
    for block, (_, stride) in zip(parameters["blocks"], BLOCKS):
        x = jax.lax.conv_general_dilated(x, block["kernel"], (stride, stride), ((1, 1), (1, 1)))
        centred = x - x.mean((0, 2, 3), keepdims=True)
        scaled = centred * jax.lax.rsqrt(jnp.square(centred).mean((0, 2, 3), keepdims=True) + 1e-5)
        x = jax.nn.relu(scaled * block["gamma"][:, None, None] + block["beta"][:, None, None])
    apply = lambda x, linear: x @ linear["weight"] + linear["bias"]
    x = apply(jax.nn.relu(apply(x.mean((2, 3)), parameters["hidden"])), parameters["projection"])
    unit = x / jnp.sqrt(jnp.square(x).sum(1, keepdims=True) + 1e-12)
    logits = jnp.where(jnp.eye(2 * PAIRS, dtype=bool), -1e9, unit @ unit.T / TEMPERATURE)
    rows = jnp.arange(2 * PAIRS)
    return -jax.nn.log_softmax(logits)[rows, (rows + PAIRS) % (2 * PAIRS)].mean()


@jax.jit
def step(state, pictures):
    parameters, means, squares, taken = state
    taken = taken + 1
    loss, gradients = jax.value_and_grad(loss_of)(parameters, pictures)
    means = jax.tree.map(lambda m, g: BETA_1 * m + (1 - BETA_1) * g, means, gradients)
    squares = jax.tree.map(lambda v, g: BETA_2 * v + (1 - BETA_2) * g * g, squares, gradients)
    first, second = 1 - BETA_1**taken, 1 - BETA_2**taken
    move = lambda p, m, v: p - RATE * (m / first) / (jnp.sqrt(v / second) + 1e-8)
    return (jax.tree.map(move, parameters, means, squares), means, squares, taken), loss


def main():
    parameters = jax.tree.map(jnp.asarray, weights())
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    state, pictures = (parameters, zeros, zeros, jnp.float32(0)), jnp.asarray(views())
    losses = []
    for _ in range(3):
        state, loss = step(state, pictures)
        losses.append(float(loss))
    milliseconds = []
    while len(milliseconds) < 5 or sum(milliseconds) < 3000:
        start = time.perf_counter()
        state, loss = jax.block_until_ready(step(state, pictures))
        milliseconds.append(1e3 * (time.perf_counter() - start))
    answer = {"milliseconds": statistics.median(milliseconds), "losses": losses, "version": jax.__version__}
    print(json.dumps(answer))


main()
