"""Random streams that depend on what they are for and never on the order of drawing.

A stream is keyed by (seed, replicate, purpose, year): two scenarios with one seed see the same luck, and
replicate ``r`` of a run depends on (seed, r) alone.
"""

from collections.abc import Sequence
from hashlib import sha256
from secrets import randbelow
from threading import local
from typing import Any

import numpy as np

from sim.arguments import whole
from sim.arrays import Array, Block, Rows
from sim.compiled import inner, loop

HIGHEST_SEED = 2**63 - 1
ROUNDS = 10
MULTIPLIERS = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
STEPS = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)  # of the keys, from round to round
_own = local()  # each thread's generator, and the state of one that begins


def checked_seed(seed: Any, name: str = "seed") -> int:
    """A seed as a whole number; one drawn at random for None. Raises InputError for anything that is not one."""
    return randbelow(2**31) if seed is None else whole(name, seed, 0, HIGHEST_SEED)


def checked_replicate(replicate: Any) -> int:
    """The number of a replicate, from 0. Raises InputError for anything that is not one."""
    return whole("replicate", replicate, 0, HIGHEST_SEED)


def key_of(seed: int, replicate: int, purpose: str, year: int = 0) -> bytes:
    """The key of the stream for one purpose in one year of one replicate, 16 bytes."""
    return sha256(f"{seed}/{replicate}/{purpose}/{year}".encode()).digest()[:16]


def stream(seed: int, replicate: int, purpose: str, year: int = 0) -> np.random.Generator:
    """A counter-based generator (Philox) for one purpose in one year of one replicate, at its beginning."""
    return np.random.Generator(np.random.Philox(key=np.frombuffer(key_of(seed, replicate, purpose, year), dtype="<u8")))


def brief_stream(seed: int, replicate: int, purpose: str, year: int = 0) -> np.random.Generator:
    """The same stream, sooner, for who takes all that is needed before the next one is asked for: each thread has one
    generator, which gets another key."""
    if not hasattr(_own, "generator"):
        nothing = np.zeros(4, dtype=np.uint64)
        _own.generator = np.random.Generator(np.random.Philox(0))
        _own.start = {
            "bit_generator": "Philox", "state": {"counter": nothing}, "buffer": nothing, "buffer_pos": nothing.size,
            "has_uint32": 0, "uinteger": 0,
        }  # fmt: skip
    _own.start["state"]["key"] = np.frombuffer(key_of(seed, replicate, purpose, year), dtype="<u8")
    _own.generator.bit_generator.state = _own.start
    generator: np.random.Generator = _own.generator
    return generator


def uniform(keys: Sequence[bytes], counts: Rows, begins: Rows, n: int) -> Array:
    """Numbers between 0 and 1 at n places: the first ones of the streams with these keys, as many of each as ``counts``
    says, from one of ``begins`` on; elsewhere 0. They are those that ``random`` of each stream gives, and come much
    sooner."""
    found = np.zeros((1, n))
    _uniform(np.frombuffer(b"".join(keys), dtype="<i8"), counts, begins, found)
    return np.asarray(found[0])


@loop
def _uniform(keys: Rows, counts: Rows, begins: Rows, found: Block) -> None:
    """The first numbers of streams into ``found`` (1, n), four at a time. Source: Salmon et al. 2011, "Parallel random
    numbers: as easy as 1, 2, 3": Philox4x64 with ten rounds, whose counter begins at 1."""
    for number in range(counts.size):
        begin = begins[number]
        for at in range(0, counts[number], 4):
            first, second = np.uint64(keys[2 * number]), np.uint64(keys[2 * number + 1])
            a, b, c, d = np.uint64(at // 4 + 1), np.uint64(0), np.uint64(0), np.uint64(0)
            for _ in range(ROUNDS):
                a, b, c, d = (
                    _high(MULTIPLIERS[1], c) ^ b ^ first, np.uint64(MULTIPLIERS[1] * c),
                    _high(MULTIPLIERS[0], a) ^ d ^ second, np.uint64(MULTIPLIERS[0] * a),
                )  # fmt: skip
                first, second = np.uint64(first + STEPS[0]), np.uint64(second + STEPS[1])
            drawn = (a, b, c, d)
            for i in range(min(4, counts[number] - at)):
                found[0, begin + at + i] = np.float64(drawn[i] >> np.uint64(11)) * 2.0**-53


@inner
def _high(a: np.uint64, b: np.uint64) -> np.uint64:
    """The upper half of the product of two numbers of 64 bits."""
    low, half = np.uint64(0xFFFFFFFF), np.uint64(32)
    a1, a0, b1, b0 = a >> half, a & low, b >> half, b & low
    first, second = np.uint64(a0 * b1), np.uint64(a1 * b0)
    carried = (np.uint64(a0 * b0) >> half) + (first & low) + (second & low)
    return np.uint64(a1 * b1 + (first >> half) + (second >> half) + (carried >> half))
