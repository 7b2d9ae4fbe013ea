"""Models and snapshots in the page's format: safetensors, with a description in the metadata."""

import json
import os
import struct

import numpy as np

from .faults import Fault
from .settings import TABLE, plain

# Versions of the format that can be read.
VERSIONS = ("1", "2", "3")

# Element types: weights, and the check pictures.
TYPES = {"F32": "<f4", "U8": "u1"}

# Longest header of a safetensors file, in bytes, as the library allows.
LONGEST_HEADER = 100_000_000


def read_tensors(path):
    """Returns the tensors of any safetensors file by name, and its metadata."""
    try:
        with open(path, "rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > LONGEST_HEADER:
                raise ValueError("it is too long")
            header = json.loads(file.read(length))
            data = file.read()
        meta = header.pop("__metadata__", {})
        tensors = {name: tensor(entry, data) for name, entry in header.items()}
    except OSError as error:
        raise Fault(f"“{path}” cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
        raise Fault(f"“{path}” is no safetensors file, or damaged.") from error
    return tensors, meta


def tensor(entry, data):
    begin, end = entry["data_offsets"]
    if entry["dtype"] not in TYPES or not 0 <= begin <= end <= len(data):
        raise ValueError("a tensor is of another kind or incomplete")
    return np.frombuffer(data[begin:end], TYPES[entry["dtype"]]).reshape(entry["shape"])


def load(path):
    """Returns the tensors of a model of Likeness by name, and its metadata."""
    tensors, meta = read_tensors(path)
    is_known = meta.get("format") == "likeness" and meta.get("version") in VERSIONS
    if not is_known or "settings" not in meta:
        raise Fault(f"“{path}” is no model of Likeness in a version that can be read here.")
    if not all(np.isfinite(values).all() for values in tensors.values()):
        raise Fault(f"“{path}” contains weights that are no numbers.")
    return tensors, meta


def to_bytes(tensors, meta):
    """Returns tensors in single precision, and metadata, as a safetensors file."""
    header, parts, at = {"__metadata__": meta}, [], 0
    for name in sorted(tensors):
        values = np.ascontiguousarray(tensors[name], "<f4")
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [at, at + values.nbytes]}
        parts.append(values.tobytes())
        at += values.nbytes
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    # The data begin at a multiple of eight bytes.
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(parts)


def write_whole(path, contents):
    """Writes a file as a whole or not at all, whenever the process ends."""
    unfinished = f"{path}.unfinished"
    with open(unfinished, "wb") as file:
        file.write(contents)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)


def describe(settings, step, build):
    """Returns the metadata of a model, as the page writes and checks them."""
    shape = settings.encoder()
    return {
        "format": "likeness",
        "version": "2",
        "build": build,
        "settings": settings.clamped().link(),
        "step": str(step),
        "width": str(settings.width),
        "depth": str(settings.depth),
        "side": str(settings.side),
        "stages": str([list(stage) for stage in shape.stages]),
        **{key: plain(TABLE[key]) for key in ("projection", "picture_side", "input_factor", "input_offset", "epsilon")},
        "readout": str(shape.readout),
        "outputs": str(settings.outputs),
        "features": settings.features,
        "mirrored": str(int(settings.mirrors())),
    }
