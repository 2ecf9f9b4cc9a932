"""Random streams that depend on what they are for and never on the order of drawing.

A stream is keyed by (seed, replicate, purpose, year): two scenarios with one seed see the same luck, and
replicate ``r`` of a run depends on (seed, r) alone.
"""

from hashlib import sha256
from operator import index
from secrets import randbelow
from threading import local
from typing import Any

import numpy as np

from sim.errors import InputError

HIGHEST_SEED = 2**63 - 1
_own = local()  # each thread's generator, and the state of one that begins


def checked_seed(seed: Any, key: str = "seed") -> int:
    """A seed as a whole number; one drawn at random for None. Raises InputError for anything that is not one."""
    if seed is None:
        return randbelow(2**31)
    return _whole(seed, key, HIGHEST_SEED)


def checked_replicate(replicate: Any) -> int:
    """The number of a replicate, from 0. Raises InputError for anything that is not one."""
    return _whole(replicate, "replicate", HIGHEST_SEED)


def _whole(number: Any, key: str, highest: int) -> int:
    try:
        whole = -1 if isinstance(number, bool | np.bool_) else index(number)
    except TypeError:
        whole = -1
    if not 0 <= whole <= highest:
        allowed = f"a whole number from 0 to {highest}"
        raise InputError(f"this is no {key}", key=key, found=number, allowed=allowed, fix=f"{key}=1")
    return whole


def stream(seed: int, replicate: int, purpose: str, year: int = 0) -> np.random.Generator:
    """A counter-based generator (Philox) for one purpose in one year of one replicate, at its beginning.

    Every thread has one generator, which gets another key: take what you need of a stream before asking for the next.
    """
    key = sha256(f"{seed}/{replicate}/{purpose}/{year}".encode()).digest()
    if not hasattr(_own, "generator"):
        nothing = np.zeros(4, dtype=np.uint64)
        _own.generator = np.random.Generator(np.random.Philox(0))
        _own.start = {
            "bit_generator": "Philox", "state": {"counter": nothing}, "buffer": nothing, "buffer_pos": nothing.size,
            "has_uint32": 0, "uinteger": 0,
        }  # fmt: skip
    _own.start["state"]["key"] = np.frombuffer(key[:16], dtype="<u8")
    _own.generator.bit_generator.state = _own.start
    generator: np.random.Generator = _own.generator
    return generator
