"""Named arrays as the content of one file, which numpy alone reads: what a replicate leaves, also without extras.

The file is an NPZ archive without time, path or host, so that the same arrays give the same bytes.
"""

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray

ALWAYS, PACKED = 64_000_000, 64  # an archive holds so many bytes at most, or times its own, fractions being unpacked
LEVEL = 1  # of compression of what is no fraction: most of the size goes, little of the time

Arrays = Mapping[str, NDArray[Any]]


def as_archive(arrays: Arrays) -> bytes:
    """Arrays (numbers, truth values or texts of any shape) by name as an NPZ archive."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for name, array in arrays.items():
            numbers, file = np.asarray(array), f"{name}.npy"
            plain = numbers.dtype.kind == "f"  # takes long to compress, and hardly shrinks
            with archive.open(ZipInfo(file) if plain else file, "w") as member:
                np.lib.format.write_array(member, numbers, (1, 0), allow_pickle=False)
    return buffer.getvalue()


def in_archive(content: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of an archive. Raises ValueError for one that is damaged."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            size = sum(member.file_size for member in archive.infolist())
            if size > max(ALWAYS, PACKED * len(content)):
                raise ValueError(f"of {len(content):,} bytes {size:,} would become")
            return {name.removesuffix(".npy"): _array(archive.read(name)) for name in archive.namelist()}
    except Exception as error:  # a bit that fell over may be met by each part of the reading of an archive
        raise ValueError(str(error)) from error


def _array(member: bytes) -> NDArray[Any]:
    """The array of a member: as numpy reads it, but each header once, since replicates have the same ones."""
    length = int.from_bytes(member[8:10], "little")
    shape, fortran, dtype = _header(member[: 10 + length])
    flat = np.frombuffer(member, dtype, offset=10 + length).copy()
    return flat.reshape(shape, order="F" if fortran else "C")


@cache
def _header(header: bytes) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, whether columns come first, and type, of a header of version 1. Raises ValueError for another."""
    stream = BytesIO(header)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("not of version 1 of numpy's format")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    if dtype.hasobject:
        raise ValueError("holds objects")
    return shape, fortran, dtype
