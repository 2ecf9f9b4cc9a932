"""Pixels as PNG. A chart is flat colours, which are soon packed as they are, without the filters for photographs."""

from struct import pack
from zlib import compress, crc32

import numpy as np
from numpy.typing import NDArray

LEVEL = 3  # of zlib: six takes nearly twice as long for a tenth less
INCH = 0.0254  # m


def as_png(pixels: NDArray[np.uint8], dpi: float) -> bytes:
    """Pixels (height, width, 3 or 4) as a file, opaque and the same bytes for the same pixels."""
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each begins with the number of its filter: none
    rows[:, 1:] = pixels[:, :, :3].reshape(height, -1)
    density = round(dpi / INCH)  # per m
    chunks = (
        (b"IHDR", pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),  # 8 bits of three colours, not interlaced
        (b"pHYs", pack(">IIB", density, density, 1)),
        (b"IDAT", compress(rows.tobytes(), LEVEL)),
        (b"IEND", b""),
    )
    said = (pack(">I", len(data)) + name + data + pack(">I", crc32(name + data)) for name, data in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(said)
