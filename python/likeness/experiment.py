"""An experiment for the page to open: its file, in the encoding of the crate postcard."""

import gzip
import struct

# Versions of the experiment and of the file around it.
VERSION, FILE_VERSION = 3, 1


def whole(number):
    """Encodes a whole number, seven bits a byte."""
    result = b""
    while number > 0x7F:
        result += bytes([number & 0x7F | 0x80])
        number >>= 7
    return result + bytes([number])


def text(value):
    return counted(value.encode())


def counted(contents):
    return whole(len(contents)) + contents


def optional(value, encode):
    return b"\0" if value is None else b"\1" + encode(value)


def listed(items, encode):
    return whole(len(items)) + b"".join(map(encode, items))


def report(row):
    """Encodes the measurements of a step: its number, loss, accuracy, alignment, uniformity."""
    step, *statistics = row
    return whole(step) + struct.pack("<5f", *statistics, 0.0)


def record(link, pictures, steps):
    """Encodes a run: its number, settings, changes, pictures, backend, steps and scores, which are empty."""
    nothing = b"\0"
    scores = nothing + nothing + nothing + nothing
    return whole(1) + text(link) + nothing + whole(pictures) + nothing + listed(steps, report) + scores


def body(link, pictures, steps, snapshot):
    """Encodes an experiment of the user's own pictures with a run and its latest snapshot."""
    nothing = b"\0"
    # Nothing removed, no labels typed, none given to classifiers, no runs that have ended.
    before = text(link) + nothing + nothing + nothing + nothing
    present = optional(record(link, pictures, steps) if steps else None, lambda run: run)
    kept = optional((steps[-1][0], snapshot) if steps else None, lambda it: whole(it[0]) + counted(it[1]))
    return whole(VERSION) + before + present + nothing + kept


def picture(place, name, label, pixels):
    """Encodes a picture at working size, [96, 96, 3] in bytes."""
    return whole(place) + text(name) + optional(label, text) + counted(pixels.tobytes())


def packed(parts):
    """Returns the parts as a file."""
    pieces = [b"LIKENESS", struct.pack("<II", FILE_VERSION, len(parts))]
    for part in parts:
        pieces += [struct.pack("<I", len(part)), part]
    return gzip.compress(b"".join(pieces), 6, mtime=0)


def unpacked(contents):
    """Returns the parts of a file."""
    contents, parts, at = gzip.decompress(contents), [], 16
    while at < len(contents):
        (length,) = struct.unpack_from("<I", contents, at)
        parts.append(contents[at + 4 : at + 4 + length])
        at += 4 + length
    return parts
