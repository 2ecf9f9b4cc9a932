"""What is noted of a world on its path: all that a replicate keeps, or some measures in some years."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from copy import copy
from typing import Protocol, Self, TypeVar

import numpy as np

from sim.arrays import Array
from sim.economy.observe import Period, Step, observe
from sim.economy.state import World
from sim.errors import InputError
from sim.measures import Measure, chosen, registry
from sim.measures.base import number
from sim.owncode import own_answer
from sim.quantity import KG_PER_TONNE
from sim.results.run import ACTOR_COLUMNS, Actors, Replicate
from sim.scenario import Scenario

Noted = TypeVar("Noted")
NUMBERS = {float, np.float64, int}  # what measures give, as a rule


class Notes(Protocol):
    """What a path is told to keep."""

    years: Collection[int]  # calendar years that are measured

    def of_step(self, world: World, step: Step) -> None:
        """After each step, also of years that are not measured. Nothing may hold the step any longer."""

    def of_year(self, year: int, world: World, period: Period) -> None:
        """After each calendar year that is measured."""

    def under(self, scenario: Scenario) -> Self:
        """The same so far, to go on by itself under another scenario."""


class AskedNotes:
    """These measures in these calendar years."""

    def __init__(self, measures: Sequence[Measure], years: Collection[int]) -> None:
        self.measures, self.years = measures, years
        self.found: list[list[float]] = []
        self.watch: Callable[[Step], None] | None = None  # is shown each step

    def of_step(self, world: World, step: Step) -> None:
        """Nothing, but for who watches."""
        if self.watch:
            self.watch(step)

    def of_year(self, year: int, world: World, period: Period) -> None:
        """What is asked for."""
        self.found.append(values_in(self.measures, period))

    def under(self, scenario: Scenario) -> "AskedNotes":
        """The same so far."""
        return _apart(self)

    @property
    def values(self) -> Array:
        """What was measured, by (year, measure)."""
        return np.array(self.found).reshape(len(self.found), len(self.measures))


class ReplicateNotes:
    """All measures of all years, and what else a replicate keeps. ``actor_years`` None keeps all actors of the first
    year, of every tenth and of the last; ``measures`` (ids) None measures all that are declared now."""

    def __init__(
        self,
        scenario: Scenario,
        every_step: bool = False,
        actor_years: Collection[int] | None = None,
        measures: Sequence[str] | None = None,
    ) -> None:
        self.scenario, self.every_step = scenario, every_step
        self.years: Collection[int] = range(scenario.time.start, scenario.time.end + 1)
        self.actor_years = usual_years(scenario) if actor_years is None else actor_years
        of = scenario.reported_on
        self.measures = list((registry(*of) if measures is None else chosen(measures, *of)).values())
        self.yearly: list[list[float]] = []
        self.flags: list[list[bool]] = []
        self.by_step: list[list[float]] = []
        self.times: list[float] = []
        self.actors: list[Actors] = []
        self.outcomes: Counter[str] = Counter()
        self.flows: list[dict[tuple[str, str, str], float]] = []
        self.trained: dict[int, Array] = {}
        self.watch: Callable[[Period], Array] | None = None  # is shown each year
        self.watched: list[Array] = []  # what it made of them

    def of_step(self, world: World, step: Step) -> None:
        """How its market ended, and all measures where each step is asked for."""
        self.outcomes[step.outcome] += 1
        if self.every_step:
            alone = observe(world, [step])
            self.by_step.append(values_in(self.measures, alone))
            self.times.append(alone.end)

    def of_year(self, year: int, world: World, period: Period) -> None:
        """All measures, all payments, and the actors where they are kept."""
        self.yearly.append(values_in(self.measures, period))
        flags = [measure.flag for measure in self.measures]
        self.flags.append([flag is not None and own_answer(flag, period) for flag in flags])
        self.flows.append(period.flows.named())
        if year in (self.scenario.time.start, self.scenario.time.end):
            self.trained[year] = period.compute
        if self.watch:
            self.watched.append(self.watch(period))
        if year in self.actor_years:
            self.actors.append(actor_table(self.scenario, world, period, year))

    def under(self, scenario: Scenario) -> "ReplicateNotes":
        """The same so far, under the name of another scenario."""
        other = _apart(self)
        other.scenario = scenario
        other.actors = [{**table, "scenario": np.full(table["actor"].size, scenario.name)} for table in self.actors]
        return other

    def replicate(self, number: int) -> Replicate:
        """What was noted so far, as the replicate of this number."""
        return Replicate(
            replicate=number,
            measures=tuple(measure.id for measure in self.measures),
            yearly=np.array(self.yearly),
            flags=np.array(self.flags),
            by_step=np.array(self.by_step),
            times=np.array(self.times),
            actors=self.actors,
            outcomes=dict(self.outcomes),
            flows=self.flows,
            trained=self.trained,
        )


def _apart(notes: Noted) -> Noted:
    """The same notes in lists of their own: what is noted further is noted in one of them alone."""
    other = copy(notes)
    for name, value in vars(notes).items():
        if isinstance(value, list | dict):
            setattr(other, name, copy(value))
    return other


def values_in(measures: Sequence[Measure], period: Period) -> list[float]:
    """The measures of a window. Raises InputError for what is no number, and BrokenCode where a function comes to an
    error."""
    try:
        found = [measure.function(period) for measure in measures]  # sooner than a call of the measure
    except (InputError, MemoryError):
        raise
    except Exception:
        return [measure(period) for measure in measures]  # tells which of them it is
    if NUMBERS.issuperset(map(type, found)):
        return found
    return [number(measure, one) for measure, one in zip(measures, found, strict=True)]


def usual_years(scenario: Scenario) -> set[int]:
    """Calendar years whose actors are kept: the first, every tenth and the last."""
    first, last = scenario.time.start, scenario.time.end
    return {first, last, *(year for year in range(first, last) if year % 10 == 0)}


def actor_table(scenario: Scenario, world: World, period: Period, year: int) -> Actors:
    """One row per actor: flows are sums over the year, the rest holds at its end."""
    n, replicate = world.fixed.groups.size, world.fixed.draws.replicate
    kinds = np.repeat(scenario.kind_ids, [kind.count for kind in scenario.kinds])
    numbers = np.concatenate([np.arange(1, kind.count + 1) for kind in scenario.kinds])
    homes = np.asarray(scenario.region_ids)[world.fixed.traits.home]
    columns = [
        np.full(n, scenario.name), np.full(n, replicate), np.full(n, year), numbers, kinds, homes, period.alive,
        period.compute, period.inference, period.largest_run, period.paid, period.research,
        period.means * period.years, period.emissions.sum(axis=0) / KG_PER_TONNE, period.embodied / KG_PER_TONNE,
        period.error, period.access, world.actors.knowledge, world.actors.cash, world.sellers.share,
    ]  # fmt: skip
    return {name: np.array(column) for name, column in zip(ACTOR_COLUMNS, columns, strict=True)}
