"""One replicate's path through the years, measured on the way. It depends on scenario, seed and number alone."""

from collections import Counter
from collections.abc import Callable, Collection

import numpy as np

from sim.arrays import Array
from sim.economy.moment import share
from sim.economy.observe import Period, Step, Window, observe, seen
from sim.economy.start import begin
from sim.economy.state import World
from sim.economy.step import advance
from sim.measures import registry
from sim.quantity import KG_PER_TONNE
from sim.results.run import ACTOR_COLUMNS, Actors, Replicate
from sim.scenario import Scenario


def simulate(
    scenario: Scenario,
    replicate: int,
    every_step: bool = False,
    actor_years: Collection[int] | None = None,
) -> Replicate:
    """One replicate from start to end, measured by calendar year (and by step).

    ``actor_years`` None keeps all actors of the first year, of every tenth and of the last.
    """
    path = ReplicatePath(scenario, replicate, every_step, actor_years)
    path.finish()
    return path.replicate()


class ReplicatePath:
    """A replicate part of the way through its years, and what was measured until then."""

    def __init__(
        self, scenario: Scenario, replicate: int, every_step: bool = False, actor_years: Collection[int] | None = None
    ) -> None:
        self.scenario, self.every_step = scenario, every_step
        self.actor_years = usual_years(scenario) if actor_years is None else actor_years
        self.world, self.year = begin(scenario, scenario.run.seed, replicate), scenario.time.start
        self.measures = list(registry(scenario.region_ids, scenario.kind_ids).values())
        self.yearly: list[list[float]] = []
        self.flags: list[list[bool]] = []
        self.by_step: list[list[float]] = []
        self.times: list[float] = []
        self.actors: list[Actors] = []
        self.outcomes: Counter[str] = Counter()
        self.flows: list[dict[tuple[str, str, str], float]] = []
        self.trained: dict[int, Array] = {}
        self.watch: Callable[[Step], None] | None = None  # is shown each step that is measured

    def finish(self) -> None:
        """Simulate what is left of the scenario's years."""
        self.advance_to(self.scenario.time.end + 1)

    def skip_to(self, until: int) -> None:
        """Simulate up to the start of a calendar year, and keep nothing of what happens."""
        while self.year < until:
            for _ in range(self.scenario.time.steps_per_year):
                self.world = advance(self.world)[0]
            self.year += 1

    def advance_to(self, until: int) -> None:
        """Simulate up to the start of a calendar year."""
        while self.year < until:
            self._one_year()
            self.year += 1

    def _one_year(self) -> None:
        window = self._one_step(None)
        for _ in range(1, self.scenario.time.steps_per_year):
            self._one_step(window)
        period = seen(self.world, window)
        self.yearly.append([measure.function(period) for measure in self.measures])  # sooner than a call of the measure
        self.flags.append([measure.flag is not None and measure.flag(period) for measure in self.measures])
        self.flows.append(period.flows.named())
        if self.year in (self.scenario.time.start, self.scenario.time.end):
            self.trained[self.year] = period.compute
        if self.year in self.actor_years:
            self.actors.append(actor_table(self.scenario, self.world, period, self.year))

    def _one_step(self, window: Window | None) -> Window:
        """A step, added to a window or to a new one; nothing holds it any longer while the next is simulated."""
        self.world, step = advance(self.world)
        if window:
            window.add(step)
        else:
            window = Window(step)
        self.outcomes[step.outcome] += 1
        if self.watch:
            self.watch(step)
        if self.every_step:
            alone = observe(self.world, [step])
            self.by_step.append([measure(alone) for measure in self.measures])
            self.times.append(alone.end)
        return window

    def fork(self, scenario: Scenario) -> "ReplicatePath":
        """Another path with the same past that goes on under a scenario that differs in its policies alone."""
        other = ReplicatePath.__new__(ReplicatePath)
        other.__dict__.update(self.__dict__)
        other.scenario, other.world = scenario, self.world.under(scenario)
        share(self.scenario, scenario)
        for name in ("yearly", "flags", "by_step", "times", "flows"):
            setattr(other, name, list(getattr(self, name)))
        other.outcomes, other.trained = Counter(self.outcomes), dict(self.trained)
        other.actors = [{**table, "scenario": np.full(table["actor"].size, scenario.name)} for table in self.actors]
        return other

    def replicate(self) -> Replicate:
        """What was measured so far."""
        return Replicate(
            self.world.fixed.draws.replicate,
            np.array(self.yearly),
            np.array(self.flags),
            np.array(self.by_step),
            np.array(self.times),
            self.actors,
            dict(self.outcomes),
            self.flows,
            self.trained,
        )


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
