"""Named arrays as the content of one file, which numpy alone reads: what a replicate leaves, also without extras.

The file is an NPZ archive without time, path or host, so that the same arrays give the same bytes.
"""

from collections.abc import Mapping
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
from numpy.typing import NDArray

LEVEL = 1  # of compression: most of the size goes, little of the time

Arrays = Mapping[str, NDArray[Any]]


def as_archive(arrays: Arrays) -> bytes:
    """Arrays (numbers, truth values or texts of any shape) by name as an NPZ archive."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w") as member:
                np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)
    return buffer.getvalue()


def in_archive(content: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of an archive. Raises ValueError for one that is damaged."""
    try:
        with np.load(BytesIO(content), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except Exception as error:  # a bit that fell over may be met by each part of the reading of an archive
        raise ValueError(str(error)) from error
