"""What policies change: paired differences between scenarios on the same luck, with two intervals."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.measures import Measure, headline
from sim.results.result import Replicate, Result
from sim.scenario import Scenario

Array = NDArray[np.float64]
LEVEL = 0.95  # of both intervals
RESAMPLES = 2000
INTERVALS = ("baseline", "policy", "difference", "ci_low", "ci_high", "wide_low", "wide_high")  # of tables
SAME = 1e-9  # relative difference that is rounding
WINDOWS = ("final", "total", "mean")


class Effect(NamedTuple):
    """What a policy changes in one measure over one window. Unit of the measure, but for the relative parts."""

    baseline: float
    policy: float
    difference: float
    low: float  # luck: interval of the mean difference, assumptions held fixed
    high: float
    wide_low: float  # luck and assumptions: interval of the difference over draws of both
    wide_high: float
    relative: float  # of the baseline's mean; NaN where that is zero
    relative_low: float
    relative_high: float
    wide_relative_low: float
    wide_relative_high: float
    replicates: int
    boot_low: float  # bootstrap of the mean difference, as a check
    boot_high: float

    @property
    def certain(self) -> bool:
        """Whether the interval of luck and assumptions leaves out zero, in amounts and in relative changes."""
        one_way = self.wide_low > 0 or self.wide_high < 0
        return one_way and not self.wide_relative_low <= 0 <= self.wide_relative_high


@dataclass(frozen=True)
class Paired:
    """One replicate of all scenarios: on the assumptions as they stand, and on a draw of them."""

    replicate: int
    luck: list[Replicate]  # by scenario
    wide: list[Replicate]  # by scenario; empty when assumptions were not drawn
    assumptions: dict[str, float]  # base units, by path
    thrown_away: int  # draws that made no possible world


@dataclass(frozen=True)
class Comparison:
    """Scenarios compared with the first of them, replicate by replicate."""

    scenarios: list[Scenario]  # distinct names; the first is the baseline
    pairs: list[Paired]
    asked: int
    interrupted: bool = False
    discount: float = 0.03  # 1/yr, of costs

    @cached_property
    def results(self) -> list[Result]:
        """The replicates of each scenario, on the assumptions as they stand."""
        return [
            Result(scenario, [pair.luck[i] for pair in self.pairs], self.interrupted)
            for i, scenario in enumerate(self.scenarios)
        ]

    @property
    def names(self) -> list[str]:
        """Names of the scenarios that are compared with the baseline."""
        return [scenario.name for scenario in self.scenarios[1:]]

    @property
    def years(self) -> list[int]:
        """Calendar years simulated."""
        return self.results[0].years

    @cached_property
    def measures(self) -> dict[str, Measure]:
        """All measures, by id, in the order of columns."""
        return self.results[0].measures

    @cached_property
    def first_year(self) -> int:
        """The year in which the earliest policy starts, from which totals and means count."""
        starts = [policy.start for scenario in self.scenarios for policy in scenario.policies if not policy.neutral]
        start, end = self.years[0], self.years[-1]
        return int(min(max(min(starts, default=start), start), end))

    def paths(self, scenario: int, measure: str, *, wide: bool = False) -> Array:
        """Values by (replicate, year) of a measure in a scenario."""
        column = list(self.measures).index(measure)
        blocks = [(pair.wide if wide else pair.luck)[scenario].yearly for pair in self.pairs]
        return np.stack([block[:, column] for block in blocks]) if blocks else np.zeros((0, len(self.years)))

    def values(self, scenario: int, measure: str, window: str, *, wide: bool = False) -> Array:
        """One value by replicate: of the last year, or summed or averaged from the first policy on."""
        path = self.paths(scenario, measure, wide=wide)
        if window == "final":
            return np.asarray(path[:, -1])
        part = path[:, self.years.index(self.first_year) :]
        if window == "total":
            return np.asarray(part.sum(axis=1))
        return np.asarray(part.mean(axis=1))

    @property
    def drawn(self) -> bool:
        """Whether assumptions were drawn."""
        return bool(self.pairs) and bool(self.pairs[0].wide)

    def effect(self, scenario: int, measure: str, window: str = "final") -> Effect | None:
        """What a scenario changes in a measure; None where no pair of values exists."""
        before, after = (self.values(i, measure, window) for i in (0, scenario))
        logs = self.measures[measure].logs
        wide = tuple(self.values(i, measure, window, wide=True) for i in (0, scenario)) if self.drawn else None
        return effect(before, after, wide, logs=logs)

    def windows(self, measure: Measure) -> tuple[str, ...]:
        """Windows in which a measure means something: sums only of what flows."""
        flows = measure.over == "year" and measure.unit.endswith("/yr")
        return WINDOWS if flows else ("final", "mean")

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row for each scenario, measure and window. Where no value exists there is no row."""
        rows = []
        for i, name in enumerate(self.names, start=1):
            for id, measure in self.measures.items():
                unit = self.results[0]._unit(measure, "year")
                for window in self.windows(measure):
                    found = self.effect(i, id, window)
                    if found is not None:
                        amount = unit.removesuffix("/yr") if window == "total" else unit
                        rows.append([name, id, amount, window, *found[:8], found.replicates])
        columns = ["scenario", "measure", "unit", "window", *INTERVALS, "relative", "replicates"]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def series(self) -> pd.DataFrame:
        """Yearly values of all scenarios, as of single runs."""
        return pd.concat([result.series for result in self.results], ignore_index=True)

    @cached_property
    def steps(self) -> pd.DataFrame:
        """Values of every step of all scenarios, where they were kept."""
        return pd.concat([result.steps for result in self.results], ignore_index=True)

    @cached_property
    def assumptions(self) -> pd.DataFrame:
        """What was drawn: replicate, path, value in base units."""
        rows = [(p.replicate, path, value) for p in self.pairs for path, value in p.assumptions.items()]
        return pd.DataFrame(rows, columns=["replicate", "path", "value"])

    def plot(self) -> Any:
        """The trade-off between divide and emissions, with both intervals, as a figure of matplotlib."""
        from sim.results.comparing import plot

        return plot(self)

    def report(self, out: str | Path) -> dict[str, Any]:
        """Write tables, figures and report into a new or empty directory; the summary."""
        from sim.results.comparing import write_comparison
        from sim.results.place import prepare
        from sim.store.lock import release

        place = prepare(Path(out), "compare")
        try:
            return write_comparison(self, [], place, ["sim.compare"], 0.0)
        finally:
            release(place)

    def idle(self, scenario: int) -> int:
        """In how many drawn worlds a scenario changes nothing: a limit that does not bind, a price on nothing."""
        wide = [(pair.wide[0].yearly, pair.wide[scenario].yearly) for pair in self.pairs if pair.wide]
        return sum(np.allclose(before, after, rtol=SAME, equal_nan=True) for before, after in wide)

    def gain(self, scenario: int) -> float:
        """How many times smaller pairing makes the variance of a difference: the median over headline measures."""
        ratios = []
        for measure in headline():
            before, after = (self.values(i, measure, "final") for i in (0, scenario))
            both = np.isfinite(before) & np.isfinite(after)
            paired = float(np.var((after - before)[both])) if both.sum() > 1 else 0.0
            if paired > 0:
                ratios.append(float(np.var(before[both]) + np.var(after[both])) / paired)
        return float(np.median(ratios)) if ratios else float("nan")

    def cost(self, scenario: int) -> dict[str, Any]:
        """Public outlay, product market lost and revenue paid back, discounted to the first policy's start [USD], mean
        over replicates. The first two, per tonne avoided and per log point of the divide, where those effects are
        certain; what is paid back passes from hand to hand and is no cost."""
        first = self.years.index(self.first_year)
        weights = (1.0 + self.discount) ** -np.arange(len(self.years) - first)

        def present(measure: str, *, wide: bool = False) -> Array:
            after, before = (self.paths(i, measure, wide=wide)[:, first:] for i in (scenario, 0))
            return np.asarray(((after - before) * weights).sum(axis=1))

        outlay, lost = float(present("public_outlay").mean()), float(-present("market_value").mean())
        paid_back = float(present("public_transfers").mean())
        tonnes = self.effect(scenario, "emissions_total", "total")
        divide = self.effect(scenario, "compute_ratio_industry_academia", "final")
        avoided = -tonnes.difference if tonnes and tonnes.certain and tonnes.difference < 0 else None
        points = -np.log1p(divide.relative) if divide and divide.certain and divide.relative < 0 else None
        return {
            "outlay": outlay,
            "lost_market": lost,
            "paid_back": paid_back,
            "per_tonne": (outlay + lost) / avoided if avoided else None,
            "per_log_point": (outlay + lost) / float(points) if points else None,
        }

    def flows(self, scenario: int) -> dict[tuple[str, str, str], Effect]:
        """Changes of what flows in the last year [USD/yr] by payer, payee and purpose, largest first."""
        worlds = [(pair.luck, pair.wide) for pair in self.pairs]
        keys = dict.fromkeys(key for luck, _ in worlds for i in (0, scenario) for key in luck[i].flows[-1])

        def amounts(key: tuple[str, str, str], which: int, wide: bool) -> Array:
            return np.array([pair[wide][which].flows[-1].get(key, 0.0) for pair in worlds])

        changes = {}
        for key in keys:
            wide = (amounts(key, 0, True), amounts(key, scenario, True)) if self.drawn else None
            found = effect(amounts(key, 0, False), amounts(key, scenario, False), wide, logs=False)
            if found is not None and found.difference:
                changes[key] = found
        return dict(sorted(changes.items(), key=lambda entry: -abs(entry[1].difference)))

    def tenths(self, scenario: int) -> dict[tuple[str, int], Effect]:
        """Changes of training compute in the last year [FLOP], by kind and tenth of it: from 1 for those of the kind
        that had the least compute in the first year of the baseline to 10, and 0 for the whole kind."""
        before, after = (self._training(i, wide=False) for i in (0, scenario))
        wide = [self._training(i, wide=True) for i in (0, scenario)] if self.drawn else []
        changes = {}
        for key in before.index:
            drawn = tuple(table.loc[key].to_numpy() for table in wide) or None
            found = effect(before.loc[key].to_numpy(), after.loc[key].to_numpy(), drawn, logs=False)
            if found is not None:
                changes[key] = found
        return changes

    def money(self, scenario: int) -> pd.DataFrame:
        """The same flows as a table: payer, payee, purpose, both worlds, difference and its intervals."""
        rows = [[*key, *found[:7]] for key, found in self.flows(scenario).items()]
        return pd.DataFrame(rows, columns=["payer", "payee", "purpose", *INTERVALS])

    def winners(self, scenario: int) -> pd.DataFrame:
        """The same tenths as a table: kind, tenth, both worlds, difference and its intervals, and the ratio."""
        rows = [[*key, *found[:7], 1.0 + found.relative] for key, found in self.tenths(scenario).items()]
        return pd.DataFrame(rows, columns=["kind", "tenth", *INTERVALS, "ratio"])

    def _training(self, scenario: int, *, wide: bool) -> pd.DataFrame:
        """Training compute of the last year [FLOP]: rows (kind, tenth), a column for each replicate."""
        columns = ["replicate", "kind", "actor"]
        tables = [pd.concat([table for pair in self.pairs for table in (pair.wide if wide else pair.luck)[i].actors])
                  for i in (0, scenario)]  # fmt: skip
        first = tables[0][tables[0]["year"] == self.years[0]].set_index(columns)["compute_flop"]
        last = tables[1][tables[1]["year"] == self.years[-1]].set_index(columns)["compute_flop"]
        rank = first.groupby(level=["replicate", "kind"]).rank(method="first", pct=True)
        tenth = np.ceil(10 * rank).clip(1, 10).astype(int)
        both = pd.DataFrame({"tenth": tenth, "flop": last}).reset_index()
        sums = pd.concat([both, both.assign(tenth=0)]).groupby(["kind", "tenth", "replicate"])["flop"].sum()
        order = [(kind, n) for kind in self.scenarios[0].kind_ids for n in range(11)]
        table = sums.unstack("replicate")
        return table.reindex([key for key in order if key in table.index])


def effect(before: Array, after: Array, wide: tuple[Array, ...] | None, *, logs: bool) -> Effect | None:
    """The mean of paired differences, its paired t interval, a bootstrap of it, and the range over drawn assumptions.

    ``before`` and ``after`` (replicates,) are values on the same luck; ``wide`` the same on drawn assumptions. With
    ``logs`` the mean is geometric: of the logarithm of the ratio. Pairs without both values are left out.
    """
    both = np.isfinite(before) & np.isfinite(after) & ((before > 0) & (after > 0) if logs else True)
    before, after = before[both], after[both]
    n = before.size
    if not n:
        return None
    if logs:
        gaps, start = np.log(after / before), float(np.exp(np.log(before).mean()))
    else:
        gaps, start = after - before, float(before.mean())
    middle, low, high = student(gaps)
    boot_low, boot_high = _bootstrap(gaps)

    def amount(gap: float) -> float:
        return start * float(np.expm1(gap)) if logs else gap

    def share(gap: float) -> float:
        return float(np.expm1(gap)) if logs else (gap / start if start else float("nan"))

    spread = _spread(wide, logs) if wide else (float("nan"),) * 4
    ends = sorted([share(low), share(high)]) if logs else _ratio_of_means(before, gaps)
    return Effect(
        start, start + amount(middle), amount(middle), amount(low), amount(high), spread[0], spread[1], share(middle),
        ends[0], ends[1], spread[2], spread[3], n, amount(boot_low), amount(boot_high),
    )  # fmt: skip


def student(gaps: Array) -> tuple[float, float, float]:
    """Mean and its interval by Student's t; no width when all are equal, no interval for a single one."""
    from scipy import stats

    middle = float(gaps.mean())
    if gaps.size < 2:
        return middle, float("nan"), float("nan")
    half = float(stats.t.ppf(0.5 + LEVEL / 2, gaps.size - 1)) * float(gaps.std(ddof=1)) / gaps.size**0.5
    return middle, middle - half, middle + half


def _ratio_of_means(before: Array, gaps: Array) -> list[float]:
    """Interval of the mean difference over the baseline's mean, both uncertain, by the delta method (Cochran 1977)."""
    from scipy import stats

    start, n = float(before.mean()), before.size
    if not start or n < 2:
        return [float("nan")] * 2
    ratio = float(gaps.mean()) / start
    half = float(stats.t.ppf(0.5 + LEVEL / 2, n - 1)) * float((gaps - ratio * before).std(ddof=1)) / n**0.5 / abs(start)
    return [ratio - half, ratio + half]


def _bootstrap(gaps: Array) -> tuple[float, float]:
    """Interval of the mean by resampling, from a fixed seed."""
    if gaps.size < 2:
        return float("nan"), float("nan")
    rows = np.random.default_rng(0).integers(0, gaps.size, (RESAMPLES, gaps.size))
    low, high = np.percentile(gaps[rows].mean(axis=1), [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    return float(low), float(high)


def _spread(wide: tuple[Array, ...], logs: bool) -> tuple[float, float, float, float]:
    """Range of the difference, and of the relative one, over draws of luck and assumptions."""
    before, after = wide
    both = np.isfinite(before) & np.isfinite(after) & ((before > 0) & (after > 0) if logs else True)
    if both.sum() < 2:
        return (float("nan"),) * 4
    gaps, start = (after - before)[both], before[both]
    ends = [50 * (1 - LEVEL), 50 * (1 + LEVEL)]
    low, high = np.percentile(gaps, ends)
    with np.errstate(over="ignore"):
        shares = np.divide(gaps, np.abs(start), out=np.full(gaps.size, np.nan), where=start != 0)
    if not np.isfinite(shares).all():
        return float(low), float(high), float("nan"), float("nan")
    share_low, share_high = np.percentile(shares, ends)
    return float(low), float(high), float(share_low), float(share_high)
