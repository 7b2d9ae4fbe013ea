"""Writes the TIFFs next to this file, with tifffile 2026.3.3.

They all contain the same picture, which tests/own_decoders.rs computes again.
"""

from pathlib import Path

import numpy
import tifffile

WIDTH, HEIGHT = 30, 20
HERE = Path(__file__).parent


def shade():
    """Channels × rows × columns: every sample encodes its position."""
    channel, y, x = numpy.indices((4, HEIGHT, WIDTH))
    return (channel * 40 + y * 5 + x * 4) % 256


def write(name, channels, bits, planar, **options):
    samples = shade()[:channels]
    samples = (samples * 257).astype("uint16") if bits == 16 else samples.astype("uint8")
    if not planar:
        samples = numpy.moveaxis(samples, 0, -1)
    config = "separate" if planar else "contig"
    tifffile.imwrite(
        HERE / f"{name}.tiff", samples, photometric="rgb", planarconfig=config, metadata=None, software=False, **options
    )


write("planar-tiles", 3, 8, True, tile=(16, 16))
write("planar-tiles-16-bit", 3, 16, True, tile=(16, 16), compression="zlib", predictor=True)
write("planar-tiles-alpha", 4, 8, True, tile=(16, 16), extrasamples=["unassalpha"], compression="zlib")
write("planar-strips", 3, 8, True, rowsperstrip=7)
write("planar-strips-16-bit", 3, 16, True, rowsperstrip=7, byteorder=">")
write("tiles", 3, 8, False, tile=(16, 16), compression="zlib")
write("tiles-16-bit", 3, 16, False, tile=(16, 16), compression="zlib", byteorder=">")
