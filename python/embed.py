"""Embeds pictures with a model saved by Likeness, as its page does.

    python embed.py likeness-model-step-1700.safetensors pictures/*.jpg > embeddings.csv

Needs numpy and Pillow. The convolutions are computed by PyTorch, else JAX, else numpy
itself, which is slower; `--with numpy` and so on selects one. To use the network in another
program:

    from embed import load, picture, embed
    model = load("likeness-model-step-1700.safetensors")
    embeddings = embed(model, [picture(model, "cat.jpg"), picture(model, "dog.jpg")])

`load` returns the tensors as numpy arrays by name, and their metadata: PyTorch's
`torch.from_numpy` and JAX's `jnp.asarray` accept the arrays as they are.
"""

import argparse
import csv
import json
import struct
import sys

import numpy as np
from PIL import Image, ImageOps

# Grey level behind transparent pixels, as on the page.
BACKGROUND = 128


def load(path):
    """Returns the tensors of a safetensors file by name, and its metadata."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    meta = header.pop("__metadata__", {})
    if meta.get("format") != "likeness" or meta.get("version") not in ("1", "2"):
        raise ValueError(f"{path} is no model of Likeness in the version that this script reads.")
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = np.frombuffer(data[begin:end], "<f4").reshape(entry["shape"])
    return tensors, meta


def picture(model, path):
    """Returns a picture as the encoder's input: its central square, [3, side, side], 0 to 1."""
    _, meta = model
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGBA")
    short = min(image.size)
    left, top = (image.width - short) // 2, (image.height - short) // 2
    image = image.crop((left, top, left + short, top + short))
    full = int(meta["picture_side"])
    if short != full:
        image = image.resize((full, full), Image.Resampling.BILINEAR)
    ground = Image.new("RGBA", image.size, (BACKGROUND,) * 3 + (255,))
    pixels = np.asarray(Image.alpha_composite(ground, image).convert("RGB"), np.float32)
    # Shrinks it from its size on the page to the encoder's, rows first, then columns.
    side = int(meta["side"])
    if side != full:
        pixels = shrunk(shrunk(pixels, side).swapaxes(0, 1), side).swapaxes(0, 1)
    levels = np.floor(pixels.astype(np.float64) + 0.5).astype(np.float32)
    return levels.transpose(2, 0, 1) / np.float32(255)


def shrunk(rows, count):
    """Reduces rows to `count` rows by a triangular filter.

    It sums in single precision and in order, like the page: many results are almost exactly
    between two levels.
    """
    ratio = np.float32(len(rows)) / np.float32(count)
    centres = (np.arange(count, dtype=np.float32) + np.float32(0.5)) * ratio - np.float32(0.5)
    distances = np.abs(np.arange(len(rows), dtype=np.float32) - centres[:, None]) / ratio
    weights = np.maximum(np.float32(1) - distances, np.float32(0))
    weights /= weights.cumsum(1)[:, -1:]
    result = np.zeros((count, *rows.shape[1:]), np.float32)
    for weight, row in zip(weights.T, rows):
        result += weight[:, None, None] * row
    return result


def embed(model, pictures, convolve=None):
    """Returns the embeddings of pictures, one row each."""
    convolve = convolve or best_convolution()
    tensors, meta = model
    pictures = np.stack(pictures)
    if meta.get("features", "outputs") == "outputs":
        maps = last_map(model, pictures, convolve)
        outputs = maps @ tensors["encoder.output.weight"] + tensors["encoder.output.bias"]
        return np.maximum(outputs, 0)
    embeddings = whitened(tensors, last_map(model, pictures, convolve))
    if meta["mirrored"] == "1":
        mirrored = np.ascontiguousarray(pictures[..., ::-1])
        embeddings = (embeddings + whitened(tensors, last_map(model, mirrored, convolve))) / 2
    return embeddings


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


def main():
    parser = argparse.ArgumentParser(description="Embeds pictures by a model that Likeness saved.")
    parser.add_argument("--with", dest="library", choices=CONVOLUTIONS, help="what computes; default: the first there is")
    parser.add_argument("model")
    parser.add_argument("pictures", nargs="+")
    arguments = parser.parse_args()
    model = load(arguments.model)
    convolve = CONVOLUTIONS[arguments.library]() if arguments.library else best_convolution()
    writer = csv.writer(sys.stdout)
    for place, name in enumerate(arguments.pictures):
        (row,) = embed(model, [picture(model, name)], convolve)
        if place == 0:
            writer.writerow(["name", *(f"e{i}" for i in range(len(row)))])
        writer.writerow([name, *map(str, row)])


if __name__ == "__main__":
    main()
