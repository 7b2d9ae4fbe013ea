"""Pictures at working size, as on the page, and their sources: files, folders, zips, WebDataset shards."""

import io
import json
import os
import zipfile
from multiprocessing import get_context
from threading import Event, Semaphore

import numpy as np
from PIL import Image, ImageOps

from .faults import Fault
from .progress import Progress

# Grey level behind transparent pixels.
BACKGROUND = 128

# Side of a picture at working size, in pixels.
SIDE = 96

# Endings of pictures' names, whether or not this installation of Pillow reads them: what it cannot read is
# refused by name rather than left out in silence.
ENDINGS = (
    *(".png", ".apng", ".jpg", ".jpeg", ".jfif", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".tga", ".ico"),
    *(".ppm", ".pgm", ".pbm", ".pnm", ".qoi", ".avif", ".heic", ".heif"),
)

# Number of pictures decoded together.
CHUNK = 64

# Number of chunks that a process may decode before they are used.
AHEAD = 8


# Ratio of a picture's sides up to which its central square is as good as the whole.
SQUARE = 1.02


def square(file, side=SIDE, framing="centre"):
    """Returns a picture as the network sees it, [side, side, 3] in bytes; `file` is a path or open.

    That is its central square, or with the framing "whole" all of it, with grey bars beside it.
    """
    image = ImageOps.exif_transpose(Image.open(file)).convert("RGBA")
    short, long = min(image.size), max(image.size)
    if framing == "whole" and long > SQUARE * short:
        # Stretched first, as on the page.
        lengths = [min(max(round(length * side / long), 1), side) for length in image.size]
        image = image.resize((side, side), Image.Resampling.BILINEAR).resize(lengths, Image.Resampling.BILINEAR)
    else:
        left, top = (image.width - short) // 2, (image.height - short) // 2
        image = image.crop((left, top, left + short, top + short))
        if short != side:
            image = image.resize((side, side), Image.Resampling.BILINEAR)
    ground = Image.new("RGBA", (side, side), (BACKGROUND,) * 3 + (255,))
    ground.alpha_composite(image, ((side - image.width) // 2, (side - image.height) // 2))
    return np.asarray(ground.convert("RGB"))


def planes(squares, side):
    """Returns squares, [n, full, full, 3] in bytes, as an encoder's input: [n, 3, side, side] in bytes.

    They are shrunk from their size on the page to the encoder's, rows first, then columns.
    """
    if squares.shape[1] != side:
        rows = shrunk(squares.swapaxes(0, 1).astype(np.float32), side)
        columns = shrunk(np.ascontiguousarray(rows.transpose(2, 1, 0, 3)), side)
        squares = np.floor(columns.transpose(1, 2, 0, 3).astype(np.float64) + 0.5).astype(np.uint8)
    return np.ascontiguousarray(squares.transpose(0, 3, 1, 2))


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
    # Weights that are not 0 are consecutive, and few.
    taps = int((weights > 0).sum(1).max())
    first = np.minimum((weights > 0).argmax(1), len(rows) - taps)
    result = np.zeros((count, *rows.shape[1:]), np.float32)
    for tap in range(taps):
        weight = weights[np.arange(count), first + tap]
        result += weight.reshape(-1, *[1] * (rows.ndim - 1)) * rows[first + tap]
    return result


class Source:
    """A picture that is not decoded yet."""

    def __init__(self, name, label, file, member=None, contents=None):
        self.name, self.label, self.file, self.member, self.contents = name, label, file, member, contents

    def square(self, framing="centre"):
        """Returns the picture at working size; fails with a fault."""
        try:
            return square(self.open(), framing=framing)
        except Exception as error:
            # Decoders fail in many ways, all of which say that the file is of no use.
            where = f"“{self.name}” in “{self.file}”" if self.member else f"“{self.file}”"
            raise Fault(f"{where} cannot be decoded as a picture.") from error

    def open(self):
        if self.contents is not None:
            return io.BytesIO(self.contents)
        return io.BytesIO(archive(self.file).read(self.member)) if self.member else self.file


ARCHIVES = {}


def archive(path):
    """Returns an open zip, one per process."""
    key = (os.getpid(), path)
    if key not in ARCHIVES:
        ARCHIVES[key] = zipfile.ZipFile(path)
    return ARCHIVES[key]


def is_picture(name):
    return name.lower().endswith(ENDINGS)


# Folders that name a part of a data set: what is in them has the label of their folder, as on the page.
PARTS = {"train", "training", "test", "testing", "val", "valid", "validation", "dev"}


def labelled(name):
    """Returns a file's name and its label: the innermost folder that names what is in it, if there is one."""
    *folders, file = name.replace(os.sep, "/").strip("/").split("/")
    return file, next((folder for folder in reversed(folders) if folder.lower() not in PARTS), None)


def sources(paths):
    """Returns an iterator of the pictures in files, folders, zips and WebDataset shards, in a fixed order."""
    for path in paths:
        if os.path.isdir(path):
            yield from in_folder(path)
        elif "{" in path or path.endswith(".tar"):
            yield from in_shards(path)
        elif not os.path.exists(path):
            raise Fault(f"There is no file or folder “{path}”.")
        elif path.lower().endswith(".zip"):
            yield from in_zip(path)
        else:
            yield Source(os.path.basename(path), None, path)


def in_folder(path):
    found = False
    for folder, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(filter(is_picture, names)):
            found = True
            # A picture directly in the folder has no label.
            inner = os.path.relpath(os.path.join(folder, name), path)
            short, label = labelled(inner)
            yield Source(short, label, os.path.join(folder, name))
    if not found:
        raise Fault(f"The folder “{path}” contains no pictures.")


def in_zip(path):
    try:
        with zipfile.ZipFile(path) as file:
            members = sorted(name for name in file.namelist() if is_picture(name) and "__MACOSX" not in name)
    except zipfile.BadZipFile as error:
        raise Fault(f"“{path}” is no zip, or damaged.") from error
    if not members:
        raise Fault(f"The zip “{path}” contains no pictures.")
    for member in members:
        name, label = labelled(member)
        yield Source(name, label, path, member=member)


def in_shards(path):
    try:
        import webdataset
    except ImportError as error:
        raise Fault(f"“{path}” looks like WebDataset shards, which need the package webdataset.") from error
    for sample in webdataset.WebDataset(path, shardshuffle=False):
        for ending, contents in sample.items():
            if is_picture(f".{ending}"):
                name, label = labelled(sample["__key__"])
                yield Source(f"{name}.{ending}", label, path, contents=contents)
                break


class Decoding:
    """Decodes chunks of sources to squares, or to an encoder's planes if a side is given."""

    def __init__(self, side, framing, skip):
        self.side, self.framing, self.skip = side, framing, skip

    def __call__(self, chunk):
        kept, squares, faults = [], [], []
        for source in chunk:
            try:
                squares.append(source.square(self.framing))
                kept.append((source.name, source.label))
            except Fault as fault:
                if not self.skip:
                    raise
                faults.append(str(fault))
        pixels = np.stack(squares) if squares else np.zeros((0, SIDE, SIDE, 3), np.uint8)
        return kept, planes(pixels, self.side) if self.side else pixels, faults


def chunks(items, size=CHUNK):
    """Returns an iterator of lists of items."""
    chunk = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def decoded(paths, side, framing, workers, skip=False, after=0):
    """Returns an iterator of (names with labels, pixels, sentences on what was skipped), chunk by chunk.

    The first `after` chunks are left out without being decoded.
    """
    work = (chunk for place, chunk in enumerate(chunks(sources(paths))) if place >= after)
    decode = Decoding(side, framing, skip)
    if workers <= 1:
        yield from map(decode, work)
        return
    # The decoders wait for whom they work for, or what they decode would fill the memory.
    permits, ends = Semaphore(AHEAD * workers), Event()

    def permitted():
        for chunk in work:
            permits.acquire()
            if ends.is_set():
                return
            yield chunk

    # Processes that begin anew: a copy of one that computes may hang.
    with get_context("spawn").Pool(workers) as pool:
        try:
            for result in pool.imap(decode, permitted()):
                yield result
                permits.release()
        finally:
            ends.set()
            permits.release()


def prepare(paths, side, framing, folder, workers, skip=False):
    """Decodes pictures to a folder, once; returns their planes, [n, 3, side, side] in bytes, and what was skipped.

    The planes lie in a file that is read through memory mapping, which any number of processes share.
    """
    raw, listing = os.path.join(folder, "pictures.u8"), os.path.join(folder, "pictures.json")
    wanted = {"paths": [os.path.abspath(path) for path in paths], "side": side, "framing": framing}
    if not os.path.exists(listing):
        names, skipped = [], []
        with open(raw, "wb") as file, Progress(None, 0, "picture") as progress:
            for kept, pixels, faults in decoded(paths, side, framing, workers, skip):
                file.write(pixels.tobytes())
                names += kept
                skipped += faults
                progress.advance(len(kept))
        listed = {**wanted, "names": names, "skipped": skipped}
        with open(f"{listing}.unfinished", "w") as file:
            json.dump(listed, file)
        os.replace(f"{listing}.unfinished", listing)
    with open(listing) as file:
        # Runs from before there was a choice saw central squares.
        listed = {"framing": "centre", **json.load(file)}
    if {key: listed[key] for key in wanted} != wanted:
        raise Fault(f"“{folder}” holds a run with other pictures; choose another folder.")
    shape = (len(listed["names"]), 3, side, side)
    planes = np.memmap(raw, np.uint8, "r", shape=shape) if shape[0] else np.zeros(shape, np.uint8)
    return planes, listed["skipped"]
