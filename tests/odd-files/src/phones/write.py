"""Writes the HEIC and JPEG XL files next to this file, with libheif 1.23 (heif-enc) and libjxl 0.7 (cjxl).

They all contain the same picture, some of them turned or with transparency, which tests/own_decoders.rs computes
again. It is smooth, so that lossy compression changes little.
"""

import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

import numpy
from PIL import Image

WIDTH, HEIGHT = 150, 100
HERE = Path(__file__).parent


def shade(channels):
    """Rows × columns × channels."""
    y, x = numpy.indices((HEIGHT, WIDTH))
    planes = [20 + x, 20 + 2 * y, 220 - (x + y) // 2, 100 + x]
    return numpy.stack(planes[:channels], -1).astype("uint8")


def write(encoder, source, name, *options):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "source.png"
        source(file)
        arguments = [file, "-o", HERE / name] if encoder == "heif-enc" else [file, HERE / name]
        subprocess.run([encoder, *arguments, *options], check=True)


def png(channels, **options):
    return lambda file: Image.fromarray(shade(channels)).save(file, **options)


def exif():
    """EXIF data with the orientation of a quarter turn, clockwise."""
    data = Image.Exif()
    data[0x0112] = 6
    return data


def png_of_16_bits(file):
    """Writes the picture in samples of 16 bits, which Pillow cannot."""
    samples = (shade(3).astype("uint16") * 257).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in samples)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 16, 2, 0, 0, 0))
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


write("heif-enc", png(3), "plain.heic", "-q", "90")
write("heif-enc", png(3), "turned.heic", "-q", "90", "--rotate-cw", "90")
write("heif-enc", png(3, exif=exif()), "turned-with-exif.heic", "-q", "90")
write("heif-enc", png(3), "tiles.heic", "-q", "90", "--cut-tiles", "64")
write("heif-enc", png_of_16_bits, "10-bit.heic", "-q", "90", "-b", "10")
write("heif-enc", png(3), "full-chroma.heic", "-q", "90", "-p", "chroma=444")
write("heif-enc", png(4), "alpha.heic", "-q", "90")
write("cjxl", png(3), "plain.jxl", "-d", "0.5")
write("cjxl", png(3), "lossless.jxl", "-d", "0")
write("cjxl", png(4), "alpha.jxl", "-d", "0")
write("cjxl", png(3, exif=exif()), "turned.jxl", "-d", "0.5")
write("cjxl", png_of_16_bits, "16-bit.jxl", "-d", "0")
