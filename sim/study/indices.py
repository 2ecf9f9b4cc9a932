"""Indices of sensitivity from values by (block, row): SALib's, how often a number is among the first, and how they
settle with the number of blocks."""

import warnings
from typing import NamedTuple

import numpy as np

from sim.arguments import FEWEST_SAMPLES
from sim.arrays import Array
from sim.results.sensitivity import top
from sim.study.points import Blocks

LEVELS = 4  # of a fact in Morris' design
STEP = LEVELS / 2 / (LEVELS - 1)  # of a fact between two of its levels, as share of all of them
INSIDE = 1 / 8  # share of its range at which its lowest level lies: the middle of the lowest quarter
RESAMPLES = 200
POINTS = 8  # numbers of blocks at which the importance is followed


class FactIndices(NamedTuple):
    """By fact, and by fact and fact; see ``results.sensitivity.Found``."""

    importance: Array
    half: Array
    alone: Array
    interaction: Array
    pairs: Array
    pairs_half: Array


def problem(names: list[str], method: str) -> dict[str, object]:
    """What SALib needs to know: shares of ranges. Morris' levels are the middles of four parts of equal chance."""
    bounds = [INSIDE, 1 - INSIDE] if method == "morris" else [0.0, 1.0]
    return {"num_vars": len(names), "names": names, "bounds": [bounds] * len(names)}


def indices(method: str, names: list[str], blocks: Blocks, used: list[int], values: Array, seed: int) -> FactIndices:
    """SALib's indices of values by (used block, row); nothing moves where all values are one."""
    facts = len(names)
    if len(used) < FEWEST_SAMPLES or np.ptp(values) == 0:
        nothing, of_pairs = np.zeros(facts), np.zeros((0, 0) if method == "morris" else (facts, facts))
        return FactIndices(nothing, nothing, nothing, nothing, of_pairs, of_pairs)
    with warnings.catch_warnings():  # of numbers that move nothing
        warnings.simplefilter("ignore")
        if method == "morris":
            columns = [*_morris(blocks, used, values, seed), *[np.zeros((0, 0))] * 2]
        else:
            from SALib.analyze import sobol

            found = sobol.analyze(problem(names, method), values.ravel(), num_resamples=RESAMPLES, seed=seed)
            pairs = [np.nan_to_num(found[name]) for name in ("S2", "S2_conf")]
            pairs = [half + half.T for half in pairs]  # SALib gives what is above the diagonal
            columns = [found["ST"], found["ST_conf"], found["S1"], found["ST"] - found["S1"], *pairs]
    return FactIndices(*(np.asarray(column, dtype=float) for column in columns))


def _morris(blocks: Blocks, used: list[int], values: Array, seed: int) -> list[Array]:
    """Mean absolute effect, half of its interval, mean effect and standard deviation, by fact, to the last bit as SALib
    has them.

    SALib is asked for the interval of one fact at a time, of which the two rows of each walk between which it moves are
    a walk of their own: all at once would take a matrix of points by facts. One luck goes through all facts, as there.
    """
    from SALib.analyze import morris

    luck, names, walks = np.random.default_rng(seed).bit_generator, ["fact"], np.arange(len(used))
    orders, starts, ends = (np.array(each)[used] for each in (blocks.orders, blocks.starts, blocks.ends))
    effects, halves = np.zeros((len(used), len(blocks.facts))), np.zeros(len(blocks.facts))
    for fact in range(len(blocks.facts)):
        before = np.argmax(orders == fact, axis=1)  # the row in front of its move
        rows = np.stack([values[walks, before], values[walks, before + 1]], axis=1)
        shares = np.stack([starts[:, fact], ends[:, fact]], axis=1)
        effects[:, fact] = (rows[:, 1] - rows[:, 0]) * np.sign(shares[:, 1] - shares[:, 0]) / STEP
        of = morris.analyze(
            problem(names, "morris"), shares.reshape(-1, 1), rows.ravel(), num_levels=LEVELS,
            num_resamples=RESAMPLES, seed=luck,
        )  # fmt: skip
        halves[fact] = np.asarray(of["mu_star_conf"]).item()
    return [np.abs(effects).mean(axis=0), halves, effects.mean(axis=0), effects.std(axis=0, ddof=1)]


def importance(blocks: Blocks, used: list[int], values: Array) -> Array:
    """The importance of each fact, by (fact,), as SALib has it: mean absolute effect, or total share of variance."""
    return _from_parts(blocks, _parts(blocks, used, values), values)


def _parts(blocks: Blocks, used: list[int], values: Array) -> Array:
    """What each block says of each fact, by (block, fact): absolute effects, or halves of squared differences."""
    found = np.zeros((len(used), len(blocks.facts)))
    if blocks.orders is None:
        return np.asarray(0.5 * (values[:, 1 : len(blocks.facts) + 1] - values[:, :1]) ** 2)
    for i, block in enumerate(used):
        found[i, list(blocks.orders[block])] = np.abs(np.diff(values[i]))
    return found / STEP


def _from_parts(blocks: Blocks, parts: Array, values: Array) -> Array:
    """Their mean, over the variance of both ends where that is what is shared out."""
    if blocks.orders is not None:
        return np.asarray(parts.mean(axis=0))
    variance = float(np.var(values[:, [0, -1]]))
    return np.asarray(parts.mean(axis=0) / variance) if variance > 0 else np.zeros(parts.shape[1])


def among_first(blocks: Blocks, used: list[int], values: Array, luck: np.random.Generator) -> Array:
    """In which share of resamples of the blocks each fact is among the first, by (fact,)."""
    parts, count = _parts(blocks, used, values), np.zeros(len(blocks.facts))
    for _ in range(RESAMPLES):
        drawn = luck.integers(len(used), size=len(used))
        found = _from_parts(blocks, parts[drawn], values[drawn])
        first = np.argsort(-found, kind="stable")[: top(found.size)]
        count[first[found[first] > 0]] += 1
    return count / RESAMPLES


def course(blocks: Blocks, used: list[int], values: Array) -> tuple[list[int], Array]:
    """Numbers of blocks, and the importance by (number of blocks, fact) from so many of them alone."""
    at = sorted({max(FEWEST_SAMPLES, round(len(used) * (i + 1) / POINTS)) for i in range(POINTS)})
    at = [number for number in at if number <= len(used)]
    found = [importance(blocks, used[:number], values[:number]) for number in at]
    return at, np.array(found).reshape(len(at), len(blocks.facts))
