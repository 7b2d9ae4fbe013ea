"""The page's random numbers: one seed, and a generator for each purpose and step.

PCG XSL 128/64 (MCG) and the distributions of the crates rand 0.10 and rand_distr 0.6, for
many numbers at a time.
"""

import numpy as np

MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645
MASK_64 = (1 << 64) - 1
MASK_128 = (1 << 128) - 1

# Purposes of random numbers; their numbers are part of every seed.
WEIGHTS, BATCHES, VIEWS, NEGATIVES, PATCHES, SUBSPACE = 0, 1, 2, 4, 10, 11

# Numbers of states computed together.
BLOCK, SMALL_BLOCK = 1 << 14, 1 << 12

# Where a shuffle begins to take one draw for each number.
SINGLE = (1 << 16) - 1

LOW = np.uint64(0xFFFFFFFF)
THIRTY_TWO = np.uint64(32)


def mix(bits):
    """The finaliser of SplitMix64."""
    bits = ((bits ^ bits >> 30) * 0xBF58476D1CE4E5B9) & MASK_64
    bits = ((bits ^ bits >> 27) * 0x94D049BB133111EB) & MASK_64
    return bits ^ bits >> 31


def generator(seed, purpose, index):
    """Returns the generator for one purpose; `index` distinguishes steps, epochs or draws."""
    return Generator(mix(seed | purpose << 32) ^ mix(index ^ 0x9E3779B97F4A7C15))


def product(a, b):
    """Returns the products modulo 2^128 of numbers in two arrays of 64 bits each, high and low."""
    (a_high, a_low), (b_high, b_low) = a, b
    a1, a0, b1, b0 = a_low >> THIRTY_TWO, a_low & LOW, b_low >> THIRTY_TWO, b_low & LOW
    low, middle, other = a0 * b0, a1 * b0, a0 * b1
    carry = (low >> THIRTY_TWO) + (middle & LOW) + (other & LOW)
    high = a1 * b1 + (middle >> THIRTY_TWO) + (other >> THIRTY_TWO) + (carry >> THIRTY_TWO)
    return high + a_high * b_low + a_low * b_high, a_low * b_low


def halves(number):
    return np.uint64(number >> 64), np.uint64(number & MASK_64)


def powers():
    """Returns the multiplier to the power of 1, 2, … BLOCK."""
    high, low = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint64)
    high[0], low[0] = halves(MULTIPLIER)
    count = 1
    while count < BLOCK:
        last = high[count - 1], low[count - 1]
        with np.errstate(over="ignore"):
            high[count : 2 * count], low[count : 2 * count] = product((high[:count], low[:count]), last)
        count *= 2
    return high, low


POWERS = powers()


class Generator:
    """Pcg64Mcg, seeded from 64 bits."""

    def __init__(self, seed):
        words = []
        for _ in range(4):
            seed = (seed * 6364136223846793005 + 11634580027462260723) & MASK_64
            shifted, turn = ((seed >> 18 ^ seed) >> 27) & 0xFFFFFFFF, seed >> 59
            words.append((shifted >> turn | shifted << (-turn & 31)) & 0xFFFFFFFF)
        self.state = sum(word << 32 * place for place, word in enumerate(words)) | 1

    def words(self, count):
        """Returns the next numbers of 64 bits."""
        result = np.empty(count, np.uint64)
        for at in range(0, count, BLOCK):
            here = min(BLOCK, count - at)
            with np.errstate(over="ignore"):
                high, low = product((POWERS[0][:here], POWERS[1][:here]), halves(self.state))
            self.state = int(high[-1]) << 64 | int(low[-1])
            turn, mixed = high >> np.uint64(58), high ^ low
            result[at : at + here] = mixed >> turn | mixed << (-turn & np.uint64(63))
        return result

    def skip(self, count):
        """Leaves out numbers; returns the generator."""
        self.state = self.state * pow(MULTIPLIER, count, 1 << 128) & MASK_128
        return self

    def uniform(self, low, high, count):
        """Returns numbers in single precision, from `low` to below `high`."""
        return uniform(self.words(count), low, high)

    def below(self, bounds):
        """Returns a whole number below each bound, drawn in this order; no bound is 0 or above 2^32 - 1."""
        bounds = np.asarray(bounds, np.uint64)
        result, at = np.empty(len(bounds), np.int64), 0
        while at < len(bounds):
            # About as many as go well: the larger the bound, the more often one takes another word.
            together = min(max((1 << 32) // int(bounds[at]), 8), SMALL_BLOCK)
            before, here = self.state, bounds[at : at + together]
            words = self.words(len(here) + 1) & LOW
            wide = words[:-1] * here
            drawn, rest = wide >> THIRTY_TWO, wide & LOW
            # A number close to an edge takes another word.
            biased = np.flatnonzero(rest > np.uint64(1 << 32) - here)
            count, taken = len(here), len(here)
            if len(biased):
                place = biased[0]
                drawn[place] += rest[place] + (words[place + 1] * here[place] >> THIRTY_TWO) > LOW
                count, taken = place + 1, place + 2
            result[at : at + count] = drawn[:count]
            self.state = before
            self.skip(int(taken))
            at += count
        return result

    def shuffled(self, count):
        """Returns the numbers below `count` in random order."""
        bounds, sizes, at = [], [], 1
        # Several small numbers come from one draw.
        while at < min(count, SINGLE):
            bound, size = at + 1, 1
            while bound * (at + 1 + size) < 1 << 32:
                bound, size = bound * (at + 1 + size), size + 1
            bounds.append(bound)
            sizes.append(size)
            at += size
        drawn = self.below(np.concatenate([np.array(bounds, np.int64), np.arange(at + 1, count + 1)]))
        indices = [0]
        for chunk, size in zip(drawn.tolist(), sizes):
            for _ in range(size):
                chunk, index = divmod(chunk, len(indices) + 1)
                indices.append(index)
        rows = list(range(count))
        for place, index in enumerate([*indices[:count], *drawn[len(sizes) :].tolist()]):
            rows[place], rows[index] = rows[index], rows[place]
        return rows

    def normal(self, count):
        """Returns normal numbers in double precision, by the ziggurat of Doornik (2005)."""
        result, found = np.empty(count), 0
        words = np.empty(0, np.uint64)
        while found < count:
            words = np.concatenate([words, self.words(int((count - found) * 1.03) + 64)])
            taken, used = ziggurat(words, count - found)
            result[found : found + len(taken)] = taken
            found += len(taken)
            words = words[used:]
        return result


def uniform(words, low, high):
    """Returns numbers in single precision, from `low` to below `high`, one for each of some words."""
    low, high = np.float32(low), np.float32(high)
    share = ((words & LOW) >> np.uint64(9)).astype(np.float32) / np.float32(1 << 23)
    return share * (high - low) + low


# Where the tail of the ziggurat begins, and the area of each of its 256 layers.
TAIL, AREA = 3.654152885361008796, 0.00492867323399


def layers():
    """Returns the edges of the ziggurat's layers, and the bell's heights there."""
    edges = [AREA / np.exp(-0.5 * TAIL**2), TAIL]
    while len(edges) < 256:
        edges.append(np.sqrt(-2 * np.log(AREA / edges[-1] + np.exp(-0.5 * edges[-1] ** 2))))
    edges = np.array([*edges, 0.0])
    return edges, np.exp(-0.5 * edges**2)


EDGES, HEIGHTS = layers()

# Number of words that may follow one another in a single draw from the tail.
LONGEST = 64


def ziggurat(words, most):
    """Returns at most so many normal numbers from words, and the number of words that they took."""
    layer = (words & np.uint64(0xFF)).astype(np.intp)
    share = (words >> np.uint64(12)).astype(np.float64) / (1 << 51) - 1
    numbers = share * EDGES[layer]
    inside = np.abs(numbers) < EDGES[layer + 1]
    kept, begin = [], 0
    count = 0
    for place in np.flatnonzero(~inside).tolist():
        if place < begin:
            continue
        fill = numbers[begin : min(place, begin + most - count)]
        kept.append(fill)
        count += len(fill)
        begin += len(fill)
        if count == most or place + LONGEST > len(words):
            return np.concatenate(kept) if kept else np.empty(0), begin
        number, begin = exceptional(words, place, int(layer[place]), float(share[place]), float(numbers[place]))
        if number is not None:
            kept.append(np.array([number]))
            count += 1
            if count == most:
                return np.concatenate(kept), begin
    fill = numbers[begin : min(len(words) - LONGEST, begin + most - count)]
    kept.append(fill)
    return np.concatenate(kept), begin + len(fill)


def exceptional(words, place, layer, share, number):
    """Returns a number from beyond a layer's inner part, or None, and the place of the next word."""
    place += 1
    if layer > 0:
        height = float(words[place] >> np.uint64(11)) / (1 << 53)
        beneath = HEIGHTS[layer + 1] + (HEIGHTS[layer] - HEIGHTS[layer + 1]) * height < np.exp(-0.5 * number**2)
        return (number if beneath else None), place + 1
    x, y = 1.0, 0.0
    while -2 * y < x * x:
        open_words = (words[place : place + 2] >> np.uint64(12)).astype(np.float64) / (1 << 52) + 2.0**-53
        x, y = np.log(open_words[0]) / TAIL, np.log(open_words[1])
        place += 2
    return (x - TAIL if share < 0 else TAIL - x), place
