"""The encoder and its projection head, their initial weights, and the first layer made for the set."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from .faults import Fault
from .random import PATCHES, WEIGHTS, generator
from .settings import TABLE, stored

# Largest number of ghost batches on one process, and the smallest number of views in each.
GHOSTS, MIN_GHOST = 4, 8

# Largest numbers of pictures, and of first activations, over which the running statistics are first taken.
CALIBRATION, CALIBRATION_NUMBERS = 256, 1 << 23

# Number of patches over which the first layer's covariance is taken.
PATCH_COUNT = 20_000

# Ridge added to every variance of patches as a share of their mean, the smallest variance for which a filter
# is made as a share of the largest, and the standard deviation of the filters' outputs.
RIDGE, LEAST, SCALE = 1e-2, 1e-6, 0.5


class Block(nn.Module):
    """A 3 × 3 convolution, batch normalisation and ReLU."""

    def __init__(self, channels, outputs, stride):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, channels, 3, 3))
        self.gamma = nn.Parameter(torch.ones(outputs))
        self.beta = nn.Parameter(torch.zeros(outputs))
        self.register_buffer("mean", torch.zeros(outputs))
        self.register_buffer("variance", torch.ones(outputs))
        self.stride = stride

    def forward(self, x):
        """Normalises by the running statistics."""
        x = functional.conv2d(x, self.weight, stride=self.stride, padding=1)
        scale = self.gamma / torch.sqrt(self.variance + TABLE["epsilon"])
        shift = self.beta - self.mean * scale
        return functional.relu(x.float() * scale[:, None, None] + shift[:, None, None])

    def forward_batch(self, x, ghosts):
        """Normalises each ghost batch by its own statistics; also returns their mean over ghost batches."""
        x = functional.conv2d(x, self.weight, stride=self.stride, padding=1).float()
        bounds = [ghost * len(x) // ghosts for ghost in range(ghosts + 1)]
        sizes = [end - begin for begin, end in zip(bounds, bounds[1:])]
        epsilon = TABLE["epsilon"]
        parts = [
            torch.native_batch_norm(part, self.gamma, self.beta, None, None, True, 0.0, epsilon)
            for part in x.split(sizes)
        ]
        with torch.no_grad():
            mean = torch.stack([mean for _, mean, _ in parts]).mean(0)
            variance = (torch.stack([inverse for _, _, inverse in parts]).pow(-2) - epsilon).mean(0)
        return functional.relu(torch.cat([y for y, _, _ in parts])), mean, variance


class Linear(nn.Module):
    """x · weight + bias."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(inputs, outputs))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        return x @ self.weight + self.bias


class Encoder(nn.Module):
    """Convolutions, followed by a linear layer with ReLU on the last map."""

    def __init__(self, shape):
        super().__init__()
        channels = [3] + [outputs for outputs, _ in shape.stages]
        self.blocks = nn.ModuleList(
            Block(inputs, outputs, stride) for inputs, (outputs, stride) in zip(channels, shape.stages)
        )
        self.output = Linear(shape.read(), shape.outputs)
        self.readout = shape.readout

    def read(self, x):
        """Pools the last map to window means, channels last: [n, places · channels]."""
        return functional.adaptive_avg_pool2d(x, self.readout).permute(0, 2, 3, 1).flatten(1)

    def map(self, pictures):
        """Returns the linear layer's input, normalised by the running statistics."""
        x = centred(pictures)
        for block in self.blocks:
            x = block(x)
        return self.read(x)

    def forward(self, pictures):
        """Returns the outputs of the linear layer."""
        return functional.relu(self.output(self.map(pictures)))

    def forward_batch(self, pictures, ghosts):
        """Like `forward`, for a training batch; also returns every block's statistics."""
        x, statistics = centred(pictures), []
        for block in self.blocks:
            x, mean, variance = block.forward_batch(x, ghosts)
            statistics += [mean, variance]
        return functional.relu(self.output(self.read(x))), statistics

    def update_running(self, statistics, share):
        """Replaces a share of the running statistics."""
        running = [value for block in self.blocks for value in (block.mean, block.variance)]
        with torch.no_grad():
            for old, new in zip(running, statistics):
                old.mul_(1 - share).add_(new, alpha=share)


class Network(nn.Module):
    """Encoder and projection head; the names of its tensors are those of the page's files."""

    def __init__(self, shape):
        super().__init__()
        self.encoder = Encoder(shape)
        self.head = nn.Module()
        self.head.output = Linear(shape.outputs, TABLE["projection"])

    def forward(self, views, ghosts):
        """Returns the projections of views, and the encoder's statistics."""
        outputs, statistics = self.encoder.forward_batch(views, ghosts)
        return self.head.output(outputs).float(), statistics


class Embedding(nn.Module):
    """Embedding of pictures by a model file: the encoder's outputs, or its map, whitened."""

    def __init__(self, model):
        super().__init__()
        tensors, meta = model
        settings = stored(meta["settings"])
        network = Network(settings.encoder())
        fill(network, tensors)
        self.encoder = network.encoder.eval().requires_grad_(False)
        self.side, self.reads_map = settings.side, settings.features == "map"
        self.framing, self.mirrors = settings.framing, settings.mirrors()
        self.has_whitening = "embedding.matrix" in tensors
        if self.has_whitening:
            self.register_buffer("mean", torch.from_numpy(tensors["embedding.mean"].copy()))
            self.register_buffer("matrix", torch.from_numpy(tensors["embedding.matrix"].copy()))

    def forward(self, pictures):
        """Embeds pictures, [n, 3, side, side], values in 0 … 1."""
        if not self.reads_map:
            return self.encoder(pictures)
        rows = self.whitened(self.encoder.map(pictures))
        return (rows + self.whitened(self.encoder.map(pictures.flip(3)))) / 2 if self.mirrors else rows

    def whitened(self, maps):
        if self.has_whitening:
            maps = (maps - self.mean) @ self.matrix
        return maps / maps.square().sum(1, keepdim=True).clamp_min(1e-12).sqrt()


def fill(module, tensors):
    """Sets a module's numbers from the tensors of a file, all of which it needs."""
    own = module.state_dict()
    for name, value in own.items():
        if name not in tensors or tensors[name].shape != tuple(value.shape):
            raise Fault(f"The network's numbers “{name}” are missing or do not fit its description.")
    module.load_state_dict({name: torch.from_numpy(tensors[name].copy()) for name in own})


def centred(pictures):
    """Scales values, 0 … 1, so that the zero padding of a convolution means middle grey."""
    return pictures * TABLE["input_factor"] + TABLE["input_offset"]


def initial(settings, planes):
    """Returns the network before the first step, on the CPU, for a set of planes in bytes."""
    network = Network(settings.encoder())
    random = generator(settings.seed, WEIGHTS, 0)
    blocks = network.encoder.blocks
    layers = [block.weight for block in blocks] + [network.encoder.output.weight, network.head.output.weight]
    with torch.no_grad():
        for weight in layers:
            inputs = weight[0].numel() if weight.dim() == 4 else len(weight)
            bound = np.sqrt(np.float32(6) / np.float32(inputs))
            values = random.uniform(-bound, bound, weight.numel())
            weight.copy_(torch.from_numpy(values).view_as(weight))
        if settings.first_layer == "whitened":
            filters = torch.from_numpy(whitening_filters(planes, settings.width, settings.seed))
            blocks[0].weight[: len(filters)] = filters
        count = min(CALIBRATION, CALIBRATION_NUMBERS // (settings.width * settings.side**2))
        sample = torch.from_numpy(planes[strided(len(planes), count)]).float() / 255
        network.encoder.update_running(network.encoder.forward_batch(sample, 1)[1], 1.0)
    return network


def strided(count, most):
    """Returns at most `most` of `count` rows, at regular intervals."""
    sample = min(count, most)
    return [place * count // sample for place in range(sample)]


def whitening_filters(planes, most, seed):
    """Returns filters that whiten 3 × 3 patches, followed by their negatives: [filters, 3, 3, 3]."""
    count, _, side, _ = planes.shape
    places = generator(seed, PATCHES, 0).below([count, side - 2, side - 2] * PATCH_COUNT)
    row, left, top = places.reshape(-1, 3).T[:, :, None]
    channel, y, x = np.unravel_index(np.arange(27), (3, 3, 3))
    pixels = np.empty((PATCH_COUNT, 27))
    # In the order of the file, which may be larger than the memory.
    order = np.argsort(row[:, 0], kind="stable")
    pixels[order] = planes[row[order], channel, top[order] + y, left[order] + x]
    patches = (pixels.astype(np.float32) / np.float32(255) * np.float32(TABLE["input_factor"])).astype(np.float64)
    patches -= patches[0]
    mean = patches.mean(0)
    values, vectors = np.linalg.eigh(patches.T @ patches / PATCH_COUNT - np.outer(mean, mean))
    order = [at for at in np.argsort(-values, kind="stable") if values.max() > 0 and values[at] > LEAST * values.max()]
    vectors = vectors[:, order[: most // 2]]
    # The sign of an eigenvector is arbitrary; its largest component is made positive.
    vectors *= np.sign(vectors[np.abs(vectors).argmax(0), np.arange(vectors.shape[1])])
    filters = (vectors * (SCALE / np.sqrt(values[order[: most // 2]] + RIDGE * values.mean()))).T
    return np.concatenate([filters, -filters]).reshape(-1, 3, 3, 3).astype(np.float32)
