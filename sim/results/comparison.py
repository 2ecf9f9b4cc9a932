"""What policies change: paired differences between scenarios on the same luck, with two intervals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

import numpy as np

from sim.arrays import Array, unwritten
from sim.measures import headline
from sim.plurals import counted
from sim.policies.levers import TREASURY
from sim.results.cost import Cost, cost, net, unspent_by_year
from sim.results.once import by_name, once, other_by_name
from sim.results.paired import FINAL, TOTAL, PairedValues
from sim.results.run import INTERRUPTED, drawn_numbers
from sim.results.statistics import COLUMNS, EVERY_COLUMN, PLAIN, Ahead, Effect, ahead, alike
from sim.results.tenths import by_part, parts
from sim.scenario.purse import purses

if TYPE_CHECKING:
    import pandas as pd

Flow = tuple[str, str, str]  # payer, payee, purpose


@dataclass(frozen=True, eq=False)
class Comparison(PairedValues):
    """Scenarios compared with the first of them, replicate by replicate."""

    def __repr__(self) -> str:
        names, many = ", ".join(one.name for one in self.scenarios), counted(len(self.pairs), "pair")
        cut = f" of {self.replicates_asked}{INTERRUPTED}" if self.interrupted else ""
        return f"<Comparison of {names}: {many}{cut}>"

    @property
    def names(self) -> list[str]:
        """Names of the scenarios that are compared with the baseline."""
        return [scenario.name for scenario in self.scenarios[1:]]

    @by_name
    @once
    def against(self, scenario: int) -> Self:
        """The same pairs with another scenario as the baseline; the others follow in their order."""
        order = [scenario, *(i for i in range(len(self.scenarios)) if i != scenario)]
        pairs = [
            replace(one, luck=[one.luck[i] for i in order], wide=[one.wide[i] for i in order if one.wide])
            for one in self.pairs
        ]
        return replace(self, scenarios=[self.scenarios[i] for i in order], pairs=pairs)

    @other_by_name
    def ahead(self, scenario: int, measure: str, window: str = FINAL) -> Ahead:
        """In how many pairs a measure is below the baseline's and in how many above: of drawn worlds where there are
        any, else of luck alone."""
        return self._ahead(scenario, window)[self._column(measure, window)]

    @once
    def _ahead(self, scenario: int, window: str) -> list[Ahead]:
        """``ahead`` by measure."""
        return ahead(*(self._values(i, window, self.drawn) for i in (0, scenario)))

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
        return drawn_numbers(self.scenarios, ((pair.replicate, pair.assumptions) for pair in self.pairs))

    @other_by_name
    def unchanged(self, scenario: int, *, wide: bool) -> int:
        """In how many replicates a scenario changes nothing: on the assumptions as they stand, or as they are drawn."""
        worlds = [pair.worlds(wide=wide) for pair in self.pairs]
        return alike((both[0].yearly, both[scenario].yearly) for both in worlds if both)

    @other_by_name
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

    @other_by_name
    @once
    def cost(self, scenario: int) -> Cost:
        """What a scenario costs beyond the baseline, and per tonne avoided and per halving of the divide."""
        return cost(self, scenario)

    @other_by_name
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
        return unwritten(unspent_by_year(self, scenario, wide=wide))

    @other_by_name
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

    @other_by_name
    @once
    def tenths(self, scenario: int) -> Mapping[tuple[str, int], Effect]:
        """Changes of training compute in the last year [FLOP], by kind and tenth of it: from 1 for those of the kind
        that had the least compute in the first year of the baseline to 10, and 0 for the whole kind."""
        keys = parts(self.scenarios[0].kinds)
        found = self._changes(self._training, scenario, [PLAIN] * len(keys))
        changes = zip(keys, found, strict=True)
        return MappingProxyType({key: change for key, change in changes if change is not None})

    @other_by_name
    def money(self, scenario: int) -> "pd.DataFrame":
        """The same flows as a table: payer, payee, purpose, both worlds, difference and its intervals."""
        import pandas as pd

        rows = [
            (*flow, *found.columns().values(), found.wide_difference) for flow, found in self.flows(scenario).items()
        ]
        return pd.DataFrame(rows, columns=["payer", "payee", "purpose", *COLUMNS, "wide_median"])

    @other_by_name
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
