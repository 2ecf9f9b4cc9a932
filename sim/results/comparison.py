"""What policies change: paired differences between scenarios on the same luck, with two intervals."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sim.measures import DIVIDE, EMISSIONS, Measure, headline, verdict
from sim.measures.economy import MARKET, OUTLAY, TRANSFERS_PAID
from sim.results.run import Replicate, Run
from sim.results.statistics import COLUMNS, MORE_COLUMNS, Array, Effect, effect
from sim.scenario import Scenario

SAME = 1e-9  # relative difference that is rounding
WINDOWS = ("final", "total", "mean")
Flow = tuple[str, str, str]  # payer, payee, purpose


@dataclass(frozen=True)
class Paired:
    """One replicate of all scenarios: on the assumptions as they stand, and on a draw of them."""

    replicate: int
    luck: list[Replicate]  # by scenario
    wide: list[Replicate]  # by scenario; empty when assumptions were not drawn
    assumptions: dict[str, float]  # base units, by path
    thrown_away: int  # draws that made no possible world


@dataclass(frozen=True)
class Cost:
    """What a scenario costs beyond the baseline, discounted to the first policy's start [USD]: medians over pairs."""

    outlay: float
    lost_market: float
    paid_back: float  # passes from hand to hand and is no cost
    per_tonne: float | None  # outlay and lost market, where that effect is certain and for the better
    per_log_point: float | None  # the same, of the divide


@dataclass(frozen=True)
class Comparison:
    """Scenarios compared with the first of them, replicate by replicate."""

    scenarios: list[Scenario]  # distinct names; the first is the baseline
    pairs: list[Paired]
    asked: int
    interrupted: bool = False
    discount: float = 0.03  # 1/yr, of costs

    @cached_property
    def results(self) -> list[Run]:
        """The replicates of each scenario, on the assumptions as they stand."""
        return self._runs(wide=False)

    def _runs(self, *, wide: bool) -> list[Run]:
        return [
            Run(scenario, [(pair.wide if wide else pair.luck)[i] for pair in self.pairs], self.interrupted)
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
        drawn = [self.values(i, measure, window, wide=True) for i in (0, scenario)] if self.drawn else []
        return effect(before, after, (drawn[0], drawn[1]) if drawn else None, logs=logs)

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
                unit = self.results[0].unit(measure)
                for window in self.windows(measure):
                    found = self.effect(i, id, window)
                    if found is not None:
                        amount = unit.removesuffix("/yr") if window == "total" else unit
                        row = {"scenario": name, "measure": id, "unit": amount, "window": window, **found.columns()}
                        row |= {"relative": found.relative, "replicates": found.replicates}
                        rows.append(row | found.more_columns())
        columns = ["scenario", "measure", "unit", "window", *COLUMNS, "relative", "replicates", *MORE_COLUMNS]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def series(self) -> pd.DataFrame:
        """Yearly values of all scenarios, as of single runs."""
        return pd.concat([result.series for result in self.results], ignore_index=True)

    @cached_property
    def drawn_series(self) -> pd.DataFrame:
        """The same in the drawn worlds: replicate r of all scenarios rests on the draw r of ``assumptions``."""
        return pd.concat([result.series for result in self._runs(wide=True)], ignore_index=True)

    @cached_property
    def steps(self) -> pd.DataFrame:
        """Values of every step of all scenarios, where they were kept."""
        return pd.concat([result.steps for result in self.results], ignore_index=True)

    @cached_property
    def assumptions(self) -> pd.DataFrame:
        """What was drawn: replicate, path, value in base units."""
        rows = [(p.replicate, path, value) for p in self.pairs for path, value in p.assumptions.items()]
        return pd.DataFrame(rows, columns=["replicate", "path", "value"])

    def unchanged(self, scenario: int, *, wide: bool) -> int:
        """In how many replicates a scenario changes nothing: on the assumptions as they stand, or as they are drawn."""
        worlds = [pair.wide if wide else pair.luck for pair in self.pairs]
        pairs = [(both[0].yearly, both[scenario].yearly) for both in worlds if both]
        return sum(np.allclose(before, after, rtol=SAME, equal_nan=True) for before, after in pairs)

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

    def cost(self, scenario: int) -> Cost:
        """Public outlay, product market lost and revenue paid back. The first two, per tonne avoided and per log point
        of the divide, where those effects are certain and for the better: a divide that is narrower because labs lose
        is no gain."""
        first = self.years.index(self.first_year)
        weights = (1.0 + self.discount) ** -np.arange(len(self.years) - first)

        def present(measure: str) -> Array:
            after, before = (self.paths(i, measure)[:, first:] for i in (scenario, 0))
            return np.asarray(((after - before) * weights).sum(axis=1))

        outlay, lost = present(OUTLAY), -present(MARKET)

        def per(id: str, window: str, avoided: Callable[[Array, Array], Array]) -> float | None:
            def sure(each: str) -> float:
                change = self.effect(scenario, each, window)
                return change.sure if change else 0.0

            change = self.effect(scenario, id, window)
            if change is None or not change.difference < 0 or verdict(self.measures[id], sure).word != "better":
                return None
            before, after = (self.values(i, id, window) for i in (0, scenario))
            with np.errstate(divide="ignore", invalid="ignore"):
                return float(np.nanmedian((outlay + lost) / avoided(before, after)))

        return Cost(
            float(np.median(outlay)),
            float(np.median(lost)),
            float(np.median(present(TRANSFERS_PAID))),
            per_tonne=per(EMISSIONS, "total", np.subtract),
            per_log_point=per(DIVIDE, "final", lambda before, after: np.log(before / after)),
        )

    def flows(self, scenario: int) -> dict[Flow, Effect]:
        """Changes of what flows in the last year [USD/yr] by payer, payee and purpose, largest first."""
        worlds = [(pair.luck, pair.wide) for pair in self.pairs]
        keys = dict.fromkeys(key for luck, _ in worlds for i in (0, scenario) for key in luck[i].flows[-1])

        def amounts(key: Flow, which: int, wide: bool) -> Array:
            return np.array([pair[wide][which].flows[-1].get(key, 0.0) for pair in worlds])

        changes = {}
        for key in keys:
            wide = (amounts(key, 0, True), amounts(key, scenario, True)) if self.drawn else None
            found = effect(amounts(key, 0, False), amounts(key, scenario, False), wide, logs=False)
            if found is not None and not found.is_nothing:
                changes[key] = found
        return dict(sorted(changes.items(), key=lambda entry: -abs(entry[1].difference)))

    def tenths(self, scenario: int) -> dict[tuple[str, int], Effect]:
        """Changes of training compute in the last year [FLOP], by kind and tenth of it: from 1 for those of the kind
        that had the least compute in the first year of the baseline to 10, and 0 for the whole kind."""
        before, after = (self._training(i, wide=False) for i in (0, scenario))
        wide = [self._training(i, wide=True) for i in (0, scenario)] if self.drawn else []
        changes = {}
        for key in before.index:
            drawn = (wide[0].loc[key].to_numpy(), wide[1].loc[key].to_numpy()) if wide else None
            found = effect(before.loc[key].to_numpy(), after.loc[key].to_numpy(), drawn, logs=False)
            if found is not None:
                changes[key] = found
        return changes

    def money(self, scenario: int) -> pd.DataFrame:
        """The same flows as a table: payer, payee, purpose, both worlds, difference and its intervals."""
        rows = [
            {
                "payer": payer,
                "payee": payee,
                "purpose": purpose,
                **found.columns(),
                "wide_median": found.wide_difference,
            }
            for (payer, payee, purpose), found in self.flows(scenario).items()
        ]
        return pd.DataFrame(rows, columns=["payer", "payee", "purpose", *COLUMNS, "wide_median"])

    def winners(self, scenario: int) -> pd.DataFrame:
        """The same tenths as a table: kind, tenth, both worlds, difference and its intervals, and the ratio."""
        rows = [
            {
                "kind": kind,
                "tenth": tenth,
                **found.columns(),
                "ratio": 1.0 + found.relative,
                "wide_median": found.wide_difference,
            }
            for (kind, tenth), found in self.tenths(scenario).items()
        ]
        return pd.DataFrame(rows, columns=["kind", "tenth", *COLUMNS, "ratio", "wide_median"])

    def _training(self, scenario: int, *, wide: bool) -> pd.DataFrame:
        """Training compute of the last year [FLOP]: rows (kind, tenth), a column for each replicate."""
        kinds, years = self.scenarios[0].kinds, self.years
        starts = np.cumsum([0, *(kind.count for kind in kinds)])
        found: dict[tuple[str, int], list[float]] = {}
        for pair in self.pairs:
            worlds = pair.wide if wide else pair.luck
            first, last = worlds[0].trained[years[0]], worlds[scenario].trained[years[-1]]
            for kind, begin in zip(kinds, starts, strict=False):
                own = slice(begin, begin + kind.count)
                rank = np.empty(kind.count)
                rank[np.argsort(first[own], kind="stable")] = np.arange(1, kind.count + 1) / kind.count
                tenths = np.clip(np.ceil(10 * rank).astype(int), 1, 10)
                found.setdefault((kind.id, 0), []).append(float(last[own].sum()))
                for tenth in np.unique(tenths).tolist():
                    found.setdefault((kind.id, tenth), []).append(float(last[own][tenths == tenth].sum()))
        replicates = pd.Index([pair.replicate for pair in self.pairs], name="replicate")
        index = pd.MultiIndex.from_tuples(found, names=["kind", "tenth"])
        return pd.DataFrame(list(found.values()), index=index, columns=replicates)
