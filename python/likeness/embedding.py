"""Embedding of pictures by a model file, by numpy, PyTorch or JAX.

`model` is what `model_file.load` returns, and `pictures` are an encoder's input: [n, 3, side, side],
values in 0 … 1.
"""

import json

import numpy as np

from .faults import Fault
from .pictures import Source, planes

# Largest accepted difference of the check pictures' embeddings, relative to the largest number.
TOLERANCE = 1e-3


def picture(model, file):
    """Returns a picture as the encoder's input, [3, side, side], 0 to 1."""
    _, meta = model
    framing = "whole" if "framing=whole" in meta.get("settings", "").split("&") else "centre"
    return values(planes(Source(file, None, file).square(framing)[None], int(meta["side"])))[0]


def values(levels):
    return levels.astype(np.float32) / np.float32(255)


def embed(model, pictures, convolve=None):
    """Returns the embeddings of pictures, one row each."""
    convolve = convolve or best_convolution()
    tensors, meta = model
    pictures = np.asarray(pictures)
    if meta.get("features", "outputs") == "outputs":
        maps = last_map(model, pictures, convolve)
        outputs = maps @ tensors["encoder.output.weight"] + tensors["encoder.output.bias"]
        return np.maximum(outputs, 0)
    embeddings = whitened(tensors, last_map(model, pictures, convolve))
    if meta["mirrored"] == "1":
        mirrored = np.ascontiguousarray(pictures[..., ::-1])
        embeddings = (embeddings + whitened(tensors, last_map(model, mirrored, convolve))) / 2
    return embeddings


def check(model, embed):
    """Compares the embeddings of a model's check pictures with those in the file; older models have none."""
    tensors, _ = model
    if "check.pictures" in tensors:
        expected, found = tensors["check.embeddings"], embed(values(tensors["check.pictures"]))
        if not np.abs(found - expected).max() <= TOLERANCE * np.abs(expected).max():
            raise Fault("The model’s check pictures are embedded otherwise here than where it was saved.")


def whitened(tensors, maps):
    """Returns maps in whitened components, each of length 1."""
    if "embedding.matrix" in tensors:
        maps = (maps - tensors["embedding.mean"]) @ tensors["embedding.matrix"]
    return maps / np.sqrt(np.maximum((maps * maps).sum(1, keepdims=True), 1e-12))


def last_map(model, pictures, convolve):
    """Returns the input of the linear layer: the last map, pooled, place by place."""
    tensors, meta = model
    x = pictures * float(meta["input_factor"]) + float(meta["input_offset"])
    for place, (_, stride) in enumerate(json.loads(meta["stages"])):
        get = lambda name: tensors[f"encoder.blocks.{place}.{name}"]
        x = convolve(x.astype(np.float32), get("weight"), stride)
        scale = get("gamma") / np.sqrt(get("variance") + np.float32(meta["epsilon"]))
        shift = get("beta") - get("mean") * scale
        x = np.maximum(x * scale[:, None, None] + shift[:, None, None], 0)
    places = int(meta.get("readout", "1"))
    rows = [pooled(x[:, :, y0:y1], places) for y0, y1 in windows(x.shape[2], places)]
    return np.concatenate(rows, 1)


def pooled(rows, places):
    """Returns the means over windows along some rows, each with all channels."""
    return np.concatenate([rows[..., x0:x1].mean((2, 3)) for x0, x1 in windows(rows.shape[3], places)], 1)


def windows(length, places):
    """Returns the bounds of the windows of adaptive average pooling."""
    return [(i * length // places, -(-(i + 1) * length // places)) for i in range(places)]


# Three implementations of a 3 by 3 convolution with padding 1, [n, channels, height, width].


def with_torch():
    import torch

    def convolve(x, weight, stride):
        x, weight = torch.from_numpy(x), torch.from_numpy(weight.copy())
        return torch.nn.functional.conv2d(x, weight, stride=stride, padding=1).numpy()

    return convolve


def with_jax():
    from jax import lax

    def convolve(x, weight, stride):
        padding, exact = [(1, 1), (1, 1)], lax.Precision.HIGHEST
        return np.asarray(lax.conv_general_dilated(x, weight, (stride, stride), padding, precision=exact))

    return convolve


def with_numpy():
    def convolve(x, weight, stride):
        x = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
        windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), (2, 3))
        return np.einsum("nchwij,ocij->nohw", windows[:, :, ::stride, ::stride], weight, optimize=True)

    return convolve


CONVOLUTIONS = {"torch": with_torch, "jax": with_jax, "numpy": with_numpy}


def best_convolution():
    for make in CONVOLUTIONS.values():
        try:
            return make()
        except ImportError:
            continue
