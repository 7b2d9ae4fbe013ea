"""Golden files, which `cargo xtask torch` has the crate write to the folder that a variable names."""

import json
import os

import numpy as np

from likeness.model_file import read_tensors

FOLDER = os.environ.get("LIKENESS_GOLDEN", "")

if os.path.exists(os.path.join(FOLDER, "golden.json")):
    TENSORS, _ = read_tensors(os.path.join(FOLDER, "golden.safetensors"))
    with open(os.path.join(FOLDER, "golden.json")) as file:
        VALUES = json.load(file)
else:
    raise SystemExit("LIKENESS_GOLDEN names no folder with golden files: run `cargo xtask torch`.")

SHAPES = os.path.join(FOLDER, "shapes")


def path(name):
    return os.path.join(FOLDER, name)


def written(name):
    """Returns the path of a file that the crate reads afterwards."""
    os.makedirs(path("written"), exist_ok=True)
    return path(os.path.join("written", name))


def off(found, expected):
    """Returns the largest difference of two arrays of the same shape."""
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape, f"{found.shape} instead of {expected.shape}"
    return np.abs(found.astype(np.float64) - expected.astype(np.float64)).max(initial=0)


def runs():
    return [name.removeprefix("run.") for name in VALUES if name.startswith("run.")]


def planes(side):
    """Returns the pictures of the golden runs in their order there, as an encoder's input in bytes."""
    from likeness.pictures import planes as shrunk, sources

    found = sorted(sources([SHAPES]), key=lambda source: source.name)
    return shrunk(np.stack([source.square() for source in found]), side)
