"""What policies change: paired differences between scenarios on the same luck, with two intervals."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from sim.arguments import DISCOUNT, refused
from sim.arrays import Array, unwritten
from sim.measures import Known, Measure, headline, require_known
from sim.measures.base import Scale
from sim.plurals import counted
from sim.policies.levers import TREASURY
from sim.quantity import base_unit
from sim.records import Portable
from sim.results.cost import Cost, cost, net, unspent
from sim.results.once import by_name, once
from sim.results.run import Replicate, Run
from sim.results.statistics import COLUMNS, EVERY_COLUMN, PLAIN, Ahead, Effect, ahead, alike, effects
from sim.results.tenths import by_part, parts
from sim.scenario import Scenario
from sim.scenario.purse import purses
from sim.scenario.scenario import setting_apart

if TYPE_CHECKING:
    import pandas as pd

WINDOWS = (FINAL, TOTAL, MEAN) = "final", "total", "mean"
Flow = tuple[str, str, str]  # payer, payee, purpose


@dataclass(frozen=True, eq=False)
class Paired:
    """One replicate of all scenarios: on the assumptions as they stand, and on a draw of them."""

    replicate: int
    luck: list[Replicate]  # by scenario
    wide: list[Replicate]  # by scenario; empty when assumptions were not drawn
    assumptions: dict[str, float]  # base units, by path
    thrown_away: int  # draws that made no possible world

    def __repr__(self) -> str:
        drawn = ", with drawn numbers" if self.wide else ""
        return f"<Paired replicate {self.replicate} of {counted(len(self.luck), 'scenario')}{drawn}>"

    def worlds(self, *, wide: bool) -> list[Replicate]:
        """By scenario, on a draw of the assumptions or as they stand."""
        return self.wide if wide else self.luck


@dataclass(frozen=True, eq=False)
class Comparison(Portable):
    """Scenarios compared with the first of them, replicate by replicate."""

    scenarios: list[Scenario]  # distinct names; the first is the baseline
    pairs: list[Paired]
    replicates_asked: int
    interrupted: bool = False
    discount: float = DISCOUNT  # 1/yr, of costs
    asked_measures: tuple[str, ...] = ()  # that reports tell of beside the usual ones

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(one.name for one in self.scenarios)}: {counted(len(self.pairs), 'pair')}>"

    @cached_property
    def results(self) -> list[Run]:
        """The replicates of each scenario, on the assumptions as they stand."""
        return self._runs(wide=False)

    def _runs(self, *, wide: bool) -> list[Run]:
        return [
            Run(scenario, [pair.worlds(wide=wide)[i] for pair in self.pairs], self.interrupted)
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
    def measures(self) -> Known:
        """The measures that were simulated, by id, in the order of columns."""
        return self.results[0].measures

    @cached_property
    def first_year(self) -> int:
        """The year from which totals and means count: in which the earliest policy starts that not all scenarios have,
        or the first year where policies do not set them apart."""
        starts = [policy.start for policy in setting_apart(self.scenarios) if not policy.neutral]
        start, end = self.years[0], self.years[-1]
        return int(min(max(min(starts, default=start), start), end))

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {id: column for column, id in enumerate(self.measures)}

    def _column(self, id: str, window: str = FINAL) -> int:
        """The place of a measure. Raises InputError for what is none, and for a window in which it means nothing."""
        require_known([id], self.measures, "measure=")
        if window not in (allowed := self.windows(self.measures[id])):
            raise refused("window", window, f"{' or '.join(allowed)}, which {id} has")
        return self._columns[id]

    @by_name
    def paths(self, scenario: int, measure: str, *, wide: bool = False) -> Array:
        """Values by (replicate, year) of a measure in a scenario; to be read alone."""
        return np.asarray(self._paths(scenario, wide)[:, self._column(measure)])

    @once
    def _paths(self, scenario: int, wide: bool) -> Array:
        """Values by (replicate, measure, year). Raises InputError where numbers were not drawn and are asked for."""
        if wide and self.pairs and not self.drawn:
            raise refused("wide", wide, "False where no numbers were drawn (assumptions=False)")
        blocks = [pair.worlds(wide=wide)[scenario].yearly.T for pair in self.pairs]
        return unwritten(np.array(blocks).reshape(len(blocks), len(self.measures), len(self.years)))

    @by_name
    def values(self, scenario: int, measure: str, window: str = FINAL, *, wide: bool = False) -> Array:
        """One value by replicate: of the last year, or summed or averaged from ``first_year`` on; to be read alone."""
        return np.asarray(self._values(scenario, window, wide)[:, self._column(measure, window)])

    @once
    def _values(self, scenario: int, window: str, wide: bool) -> Array:
        """``values`` of all measures, (replicates, measures)."""
        paths = self._paths(scenario, wide)
        if window == FINAL:
            return np.asarray(paths[:, :, -1])
        part = paths[:, :, self.years.index(self.first_year) :]
        return unwritten(np.asarray(part.sum(axis=-1) if window == TOTAL else part.mean(axis=-1)))

    @property
    def drawn(self) -> bool:
        """Whether assumptions were drawn."""
        return bool(self.pairs) and bool(self.pairs[0].wide)

    @by_name
    def effect(self, scenario: int, measure: str, window: str = FINAL) -> Effect | None:
        """What a scenario changes in a measure; None where no pair of values exists."""
        return self._effects(scenario, window)[self._column(measure, window)]

    @by_name
    @once
    def against(self, scenario: int) -> "Comparison":
        """The same pairs with another scenario as the baseline; the others follow in their order."""
        order = [scenario, *(i for i in range(len(self.scenarios)) if i != scenario)]
        pairs = [
            replace(one, luck=[one.luck[i] for i in order], wide=[one.wide[i] for i in order if one.wide])
            for one in self.pairs
        ]
        return replace(self, scenarios=[self.scenarios[i] for i in order], pairs=pairs)

    @by_name
    def ahead(self, scenario: int, measure: str, window: str = FINAL) -> Ahead:
        """In how many pairs a measure is below the baseline's and in how many above: of drawn worlds where there are
        any, else of luck alone."""
        return self._ahead(scenario, window)[self._column(measure, window)]

    @once
    def _ahead(self, scenario: int, window: str) -> list[Ahead]:
        """``ahead`` by measure."""
        return ahead(*(self._values(i, window, self.drawn) for i in (0, scenario)))

    @once
    def _effects(self, scenario: int, window: str) -> list[Effect | None]:
        """What a scenario changes, by measure."""
        scales = [measure.scale for measure in self.measures.values()]
        return self._changes(lambda i, wide: self._values(i, window, wide), scenario, scales)

    def _changes(self, of: Callable[[int, bool], Array], scenario: int, scales: Sequence[Scale]) -> list[Effect | None]:
        """The effects in columns of values by (replicate, column), which ``of`` gives for a scenario on the assumptions
        as they stand, or as they are drawn."""
        wide = (of(0, True), of(scenario, True)) if self.drawn else None
        return effects((of(0, False), of(scenario, False)), wide, scales)

    def windows(self, measure: Measure) -> tuple[str, ...]:
        """Windows in which a measure means something: sums only of what flows."""
        return WINDOWS if measure.flows else (FINAL, MEAN)

    @cached_property
    def table(self) -> "pd.DataFrame":
        """One row for each scenario, measure and window. Where no value exists there is no row."""
        return self.rows(range(1, len(self.scenarios)))

    def rows(self, numbers: Iterable[int]) -> "pd.DataFrame":
        """The rows of the table of the scenarios of these numbers."""
        import pandas as pd

        rows = []
        for i in numbers:
            name = self.scenarios[i].name
            for column, (id, measure) in enumerate(self.measures.items()):
                unit = self.results[0].unit(measure)
                for window in self.windows(measure):
                    found = self._effects(i, window)[column]
                    if found is not None:
                        amount = measure.amount_unit if window == TOTAL else unit
                        rows.append((name, id, amount, window, *found.row().values()))
        return pd.DataFrame(rows, columns=["scenario", "measure", "unit", "window", *EVERY_COLUMN])

    @cached_property
    def series(self) -> "pd.DataFrame":
        """Yearly values of all scenarios, as of single runs."""
        import pandas as pd

        return pd.concat([result.series for result in self.results], ignore_index=True)

    @cached_property
    def drawn_series(self) -> "pd.DataFrame":
        """``series`` of the drawn worlds: replicate r of all scenarios rests on the draw r of ``assumptions``."""
        import pandas as pd

        return pd.concat([result.series for result in self._runs(wide=True)], ignore_index=True)

    @cached_property
    def steps(self) -> "pd.DataFrame":
        """Values of every step of all scenarios, where they were kept."""
        import pandas as pd

        return pd.concat([result.steps for result in self.results], ignore_index=True)

    @cached_property
    def assumptions(self) -> "pd.DataFrame":
        """What was drawn: replicate, path, value, and the unit that it is in, as a scenario takes both."""
        import pandas as pd

        units = {number.path: base_unit(number.unit) for world in self.scenarios for number in world.quantities}
        rows = [(p.replicate, path, value, units[path]) for p in self.pairs for path, value in p.assumptions.items()]
        return pd.DataFrame(rows, columns=["replicate", "path", "value", "unit"])

    @by_name
    def unchanged(self, scenario: int, *, wide: bool) -> int:
        """In how many replicates a scenario changes nothing: on the assumptions as they stand, or as they are drawn."""
        worlds = [pair.worlds(wide=wide) for pair in self.pairs]
        return alike((both[0].yearly, both[scenario].yearly) for both in worlds if both)

    @by_name
    @once
    def gain(self, scenario: int) -> float:
        """How many times smaller pairing makes the variance of a difference: the median over headline measures."""
        ratios = []
        for measure in headline(self.measures):
            before, after = (self.values(i, measure) for i in (0, scenario))
            both = np.isfinite(before) & np.isfinite(after)
            paired = float(np.var((after - before)[both])) if both.sum() > 1 else 0.0
            if paired > 0:
                ratios.append(float(np.var(before[both]) + np.var(after[both])) / paired)
        return float(np.median(ratios)) if ratios else float("nan")

    @by_name
    @once
    def cost(self, scenario: int) -> Cost:
        """What a scenario costs beyond the baseline, and per tonne avoided and per halving of the divide."""
        return cost(self, scenario)

    @by_name
    def net(self, scenario: int, window: str = FINAL) -> Effect | None:
        """What a scenario changes in the treasury's net revenue: what policies take in less what it buys for actors.
        None where some of it is for another use, or is the worth of permits given away: that is not the treasury's; and
        where one country's money meets the whole world's: that is no one treasury's."""
        if len(purses(self.scenarios[0]) | purses(self.scenarios[scenario])) > 1:
            return None
        policies = (*self.scenarios[0].policies, *self.scenarios[scenario].policies)
        if any(set(policy.uses()) - {TREASURY} for policy in policies if not policy.neutral):
            return None
        return net(self, scenario, window)

    @by_name
    def unspent(self, scenario: int, *, wide: bool = False) -> Array:
        """Of revenue that labs are given for compute, what they keep for other things, by (replicate, year) [USD/yr];
        to be read alone."""
        return np.asarray(self._unspent(scenario, wide))

    @once
    def _unspent(self, scenario: int, wide: bool) -> Array:
        worlds = [pair.worlds(wide=wide) for pair in self.pairs]
        found = [[unspent(*year) for year in zip(of[0].flows, of[scenario].flows, strict=True)] for of in worlds]
        return unwritten(np.array(found).reshape(len(self.pairs), len(self.years)))

    @by_name
    @once
    def flows(self, scenario: int) -> Mapping[Flow, Effect]:
        """Changes of what flows in the last year [USD/yr] by payer, payee and purpose, largest first."""
        worlds = [(pair.luck, pair.wide) for pair in self.pairs]
        keys = list(dict.fromkeys(key for luck, _ in worlds for i in (0, scenario) for key in luck[i].flows[-1]))

        def amounts(which: int, wide: bool) -> Array:
            found = [[pair[wide][which].flows[-1].get(key, 0.0) for key in keys] for pair in worlds]
            return np.array(found).reshape(len(worlds), len(keys))

        found = dict(zip(keys, self._changes(amounts, scenario, [PLAIN] * len(keys)), strict=True))
        changes = {key: change for key, change in found.items() if change is not None and not change.is_nothing}
        return MappingProxyType(dict(sorted(changes.items(), key=lambda entry: -abs(entry[1].difference))))

    @by_name
    @once
    def tenths(self, scenario: int) -> Mapping[tuple[str, int], Effect]:
        """Changes of training compute in the last year [FLOP], by kind and tenth of it: from 1 for those of the kind
        that had the least compute in the first year of the baseline to 10, and 0 for the whole kind."""
        keys = parts(self.scenarios[0].kinds)
        found = self._changes(self._training, scenario, [PLAIN] * len(keys))
        changes = zip(keys, found, strict=True)
        return MappingProxyType({key: change for key, change in changes if change is not None})

    @by_name
    def money(self, scenario: int) -> "pd.DataFrame":
        """The same flows as a table: payer, payee, purpose, both worlds, difference and its intervals."""
        import pandas as pd

        rows = [
            (*flow, *found.columns().values(), found.wide_difference) for flow, found in self.flows(scenario).items()
        ]
        return pd.DataFrame(rows, columns=["payer", "payee", "purpose", *COLUMNS, "wide_median"])

    @by_name
    def winners(self, scenario: int) -> "pd.DataFrame":
        """The same tenths as a table: kind, tenth, both worlds, difference and its intervals, and the ratio."""
        import pandas as pd

        rows = [
            (*part, *found.columns().values(), 1.0 + found.relative, found.wide_difference)
            for part, found in self.tenths(scenario).items()
        ]
        return pd.DataFrame(rows, columns=["kind", "tenth", *COLUMNS, "ratio", "wide_median"])

    @once
    def _training(self, scenario: int, wide: bool) -> Array:
        """Training compute of the last year [FLOP], by (replicate, part)."""
        first, last, kinds = self.years[0], self.years[-1], self.scenarios[0].kinds
        worlds = [pair.worlds(wide=wide) for pair in self.pairs]
        found = [by_part(kinds, of[0].trained[first], of[scenario].trained[last]) for of in worlds]
        return np.array(found).reshape(len(found), len(parts(kinds)))
