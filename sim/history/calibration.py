"""Calibration: which values of a scenario's open numbers go with records. History matching, then a weighted sample.

1. Waves: a space-filling design (Sobol's sequence) of points within the ranges, each simulated in two replicates; an
   emulator of each target; what is implausible, by the emulator, is cut away before the next wave. A point is as
   implausible as its worst target is far from the record, in standard deviations: those of the record's bootstrap, of
   luck, and of what the emulator does not know.
2. A weighted sample: points drawn by a root of their likelihood under the last emulator, simulated in more
   replicates, and weighted by the likelihood that the simulator gives them over the chance of having been drawn.

The number of worlds follows from the budget alone, and so results depend on no clock and on no number of workers.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.arrays import Array, Mask
from sim.errors import InputError
from sim.experiment.pool import Progress, gathered
from sim.history.emulator import Emulator, emulated
from sim.history.fitted import Fitted, fitted
from sim.history.observation import observed
from sim.history.records import Records
from sim.history.sample import recorded, resampled
from sim.history.seen import past
from sim.history.targets import Target, targets
from sim.rng import stream
from sim.scenario import Scenario
from sim.scenario.variants import with_values
from sim.store.shards import needs

WORLDS_A_MINUTE = 1_500  # of budget: two cores of the machine that was measured, the baseline to 2021
WAVES, OF_WAVES = 3, 0.6  # share of all worlds that the waves have
REPLICATES, CHECKED = 2, 8  # of a point of a wave, and of one of the weighted sample
DRAWS, BOOTSTRAP = 100, 2_000  # versions of the records in each world, and of the records themselves
CANDIDATES = 2**15  # points that an emulator judges after each wave
MOST_HALVINGS = 10  # of the likelihood's exponent
CUT = 3.0  # standard deviations beyond which a point is implausible
LENGTHS = (3, 3, 2, 2)  # years of the windows from 2012 on
FIRST = 2012
SAME = "compute_ratio"  # is the difference of two levels, and would count them twice
Bar = Callable[[str], Progress[tuple[int, Array]]]


@dataclass(frozen=True)
class Evidence:
    """What records say: values and variances by target, (t,)."""

    records: Records
    targets: tuple[Target, ...]
    value: Array
    variance: Array
    low: Array  # of the 95 % interval of the bootstrap
    high: Array
    last: int


@dataclass(frozen=True)
class Calibration:
    """A weighted sample of m points of k facts, and how it came about."""

    scenario: Scenario
    fitted: Fitted
    evidence: Evidence
    shares: Array  # (m, k) of the ranges
    weight: Array  # (m,) adding up to one
    chi_square: Array  # (m,)
    mean: Array  # (m, t) of the targets
    luck: Array  # (m, t) variance of a target between replicates
    kept: list[float]  # share of the candidates that each wave left
    cuts: list[float]  # implausibility beyond which each wave cut
    widths: Array  # (k,) share of each range that is not ruled out
    worlds: int
    interrupted: bool  # the weighted sample was cut short

    @property
    def best(self) -> int:
        """The point with the smallest chi-square."""
        return int(np.argmin(self.chi_square))

    @property
    def effective(self) -> float:
        """Effective size of the sample: as many points of equal weight would say as much."""
        return float(1.0 / (self.weight**2).sum())

    def interval(self, share: float = 0.95) -> tuple[Array, Array]:
        """Ends (k,) of each fact's interval that holds this weight, as shares of its range."""
        low, high = np.zeros(self.shares.shape[1]), np.zeros(self.shares.shape[1])
        for column, values in enumerate(self.shares.T):
            order = np.argsort(values, kind="stable")
            ends = np.cumsum(self.weight[order])
            at = np.searchsorted(ends, [(1 - share) / 2, (1 + share) / 2]).clip(0, ends.size - 1)
            low[column], high[column] = values[order][at]
        return low, high


def windows(until: int) -> list[tuple[int, int]]:
    """First and last year of each window, the last one ending with ``until``."""
    found, first = [], FIRST
    for length in LENGTHS:
        if first <= until:
            found.append((first, min(first + length - 1, until)))
        first += length
    return found


def evidence(scenario: Scenario, records: Records, until: int) -> Evidence:
    """What records to the end of a year say. Raises InputError where it is too little."""
    start = scenario.time.start
    window = records.between(max(start, FIRST), until)
    every = [
        one for first, last in windows(until) if first >= start for one in targets(first, last, f"_{first}_{last}")
    ]
    real, again = recorded(window), resampled(window, BOOTSTRAP)
    rows = []
    for one in every:
        value, spread = one.of(real), one.of(again)
        if value is None or spread is None or one.name.startswith(SAME) or not np.isfinite(value[0]):
            continue
        spread = spread[np.isfinite(spread)]
        if spread.size and spread.var() > 0:
            low, high = np.quantile(spread, [0.025, 0.975])
            rows.append((one, float(value[0]), float(spread.var()), float(low), float(high)))
    if all("error" in one.unit for one, *_ in rows):
        allowed, fix = "some ten rows or more in a window", "name a file with more records, or a later --until"
        found = f"{window.time.size} rows from {FIRST} to {until}"
        raise InputError("too few records to fit to", file=records.file, found=found, allowed=allowed, fix=fix)
    value, variance, low, high = (np.array([row[i] for row in rows]) for i in range(1, 5))
    return Evidence(window, tuple(row[0] for row in rows), value, variance, low, high, until)


@dataclass(frozen=True)
class _Point:
    """The targets of one point, by replicate (r, t), NaN where its world is not possible."""

    scenario: Scenario
    fitted: Fitted
    evidence: Evidence
    shares: Array
    replicates: int

    def __call__(self, number: int) -> tuple[int, Array]:
        found = np.full((self.replicates, len(self.evidence.targets)), np.nan)
        try:
            world = with_values(self.scenario, self.fitted.values(self.shares[number]))
        except InputError:
            return number, found
        for replicate in range(self.replicates):
            shown = observed(past(world, replicate, self.evidence.last), self.evidence.records, DRAWS)
            for column, target in enumerate(self.evidence.targets):
                values = target.of(shown)
                if values is not None and np.isfinite(values).any():
                    found[replicate, column] = values[np.isfinite(values)].mean()
        return number, found


def calibrate(
    scenario: Scenario, said: Evidence, worlds: int, *, workers: int = 1, progress: Bar | None = None
) -> Calibration:
    """Fit a scenario's open numbers to what records say, with so many worlds.

    Cut short in the weighted sample it keeps the points that are finished. Raises InputError where there are too few
    worlds or none is possible, and KeyboardInterrupt when it is cut short before.
    """
    needs("sklearn", extra="fit")
    known, seed = fitted(scenario), scenario.run.seed
    k = len(known.facts)
    few = 3 * k * (k + 3) // 4  # points: half as many again as a quadratic emulator has terms
    points, checked = int(worlds * OF_WAVES / WAVES / REPLICATES), int(worlds * (1 - OF_WAVES) / CHECKED)
    if points < few:
        least = few * REPLICATES * WAVES / OF_WAVES / WORLDS_A_MINUTE
        found, allowed = f"{worlds:,} worlds", f"{np.ceil(least * 10) / 10:g} minutes or more for {k} numbers"
        raise InputError("too small a budget", key="--budget", found=found, allowed=allowed, fix="give it more time")

    def simulated(shares: Array, replicates: int, name: str) -> tuple[Array, list[int]]:
        work = _Point(scenario, known, said, shares, replicates)
        done, stopped = gathered(work, range(len(shares)), workers, progress(name) if progress else None)
        if stopped and (replicates == REPLICATES or not done):
            raise KeyboardInterrupt
        done.sort(key=lambda one: one[0])
        return np.array([values for _, values in done]), [number for number, _ in done]

    low, high, kept, cuts = np.zeros(k), np.ones(k), [], []
    design = _spread(points, low, high, seed, 0)
    for wave in range(WAVES):
        made, _ = simulated(design, REPLICATES, f"wave {wave + 1} of {WAVES}")
        emulators = [emulated(design, made[:, :, column]) for column in range(len(said.targets))]
        candidates = _spread(CANDIDATES, low, high, seed, wave + 1)
        far, chances = _judged(emulators, candidates, said)
        cut = max(CUT, float(np.sort(far)[min(2 * points, far.size) - 1]))
        inside = far <= cut
        kept.append(float(inside.mean()) * float(np.prod(high - low)))
        cuts.append(cut)
        if wave + 1 < WAVES:
            left = candidates[inside]
            low, high = left.min(axis=0), left.max(axis=0)
            pick = stream(seed, 0, "design of a wave", wave).choice(len(left), points, replace=len(left) < points)
            design = left[np.sort(pick)]
    chosen, times, drawn = _proposed(candidates, inside, chances, checked, seed)
    values, done = simulated(chosen, CHECKED, "weighted sample")
    asked = len(chosen)
    chosen, times, drawn = chosen[done], times[done], drawn[done]
    mean, luck = values.mean(axis=1), values.var(axis=1, ddof=1)
    variance = said.variance + luck * (1 + 1 / CHECKED)
    chi = (((said.value - mean) ** 2) / variance).sum(axis=1)
    score = -0.5 * (chi + np.log(variance).sum(axis=1)) - np.log(drawn) + np.log(times)
    possible = np.isfinite(score)
    if not possible.any():
        fix = "look at its results with `run`"
        raise InputError("no world can be held against the records", file=scenario.file, fix=fix)
    weight = np.exp(score[possible] - score[possible].max())
    left = candidates[inside]
    return Calibration(
        scenario, known, said, chosen[possible], weight / weight.sum(), chi[possible], mean[possible], luck[possible],
        kept, cuts, left.max(axis=0) - left.min(axis=0), worlds, len(done) < asked,
    )  # fmt: skip


def _spread(number: int, low: Array, high: Array, seed: int, wave: int) -> Array:
    """Points (number, k) that fill a box."""
    from scipy.stats import qmc

    power = int(np.ceil(np.log2(number)))
    luck = int(stream(seed, 0, "design", wave).integers(2**32))  # of a generator it would take what no seed sets
    points: Array = qmc.Sobol(low.size, seed=luck).random_base2(power)[:number]
    return low + points * (high - low)


def _judged(emulators: list[Emulator], shares: Array, said: Evidence) -> tuple[Array, Array]:
    """How implausible points are [standard deviations], and the logarithm of their likelihood, each (n,)."""
    far, chance = np.zeros(len(shares)), np.zeros(len(shares))
    for column, emulator in enumerate(emulators):
        mean, luck, unknown = emulator.at(shares)
        variance = said.variance[column] + luck + unknown
        square = (mean - said.value[column]) ** 2 / variance
        far = np.maximum(far, np.sqrt(square))
        chance -= 0.5 * (square + np.log(variance))
    return far, chance


def _proposed(candidates: Array, inside: Mask, chances: Array, number: int, seed: int) -> tuple[Array, Array, Array]:
    """Points drawn by a root of their likelihood, how often each was drawn, and its chance: the first of the square,
    fourth, eighth ... root that spreads as widely as so many points of equal chance."""
    left, score = candidates[inside], chances[inside] - chances[inside].max()
    for halvings in range(1, MOST_HALVINGS + 1):
        chance = np.exp(score / 2.0**halvings)
        chance /= chance.sum()
        if 1.0 / (chance**2).sum() >= min(number, len(left) / 2):
            break
    found, times = np.unique(stream(seed, 0, "proposal").choice(len(left), number, p=chance), return_counts=True)
    return left[found], times.astype(float), chance[found]
