"""Random streams that depend on what they are for and never on the order of drawing.

A stream is keyed by (seed, replicate, purpose, year): two scenarios with one seed see the same luck, and
replicate ``r`` of a run depends on (seed, r) alone.
"""

from hashlib import sha256

import numpy as np


def stream(seed: int, replicate: int, purpose: str, year: int = 0) -> np.random.Generator:
    """A counter-based generator (Philox) for one purpose in one year of one replicate."""
    key = sha256(f"{seed}/{replicate}/{purpose}/{year}".encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key[:16], "little")))
