"""Two worlds from one seed, stepped together: what the page shows, without any drawing."""

from collections import deque
from threading import RLock
from typing import Protocol

import mesa

from sim.app.crowd import Cast, Crowd, cast_of, idle
from sim.economy.observe import Period, Step, observe
from sim.measures import Measure, registry
from sim.model import ComputeEconomy
from sim.scenario import Scenario


class Setup(Protocol):
    """What a pair is made from: a seed, and both scenarios, made anew at a reset."""

    @property
    def seed(self) -> int:
        """The seed that both worlds share."""

    def scenarios(self) -> tuple[Scenario, Scenario]:
        """Both scenarios. Raises InputError when they cannot be paired."""


class Track:
    """One world and what it did: measures and actors over the last year at every step."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.model = ComputeEconomy(scenario, seed=seed, collect=False)
        self.measures = registry(*scenario.reported_on)
        self.window: deque[Step] = deque(maxlen=scenario.time.steps_per_year)
        self.times: list[float] = []  # ends of steps [year]
        self.values: dict[str, list[float]] = {id: [] for id in self.measures}
        self.crowds: list[Crowd] = []

    @property
    def scenario(self) -> Scenario:
        """The scenario as it is now."""
        return self.model.assumptions

    def step(self) -> None:
        """One step, and what the last year looks like after it."""
        self.model.step()
        assert self.model.last is not None
        self.window.append(self.model.last)
        seen = observe(self.model.world, list(self.window))
        self.times.append(seen.end)
        for id, measure in self.measures.items():
            self.values[id].append(self._over_a_year(measure, seen))
        compute = seen.compute / (1.0 if self.whole else seen.years)
        self.crowds.append(Crowd(seen.alive, compute, seen.largest_run, seen.error, seen.access))

    @property
    def cast(self) -> Cast:
        """Who there is in it."""
        return cast_of(self.model.world, self.scenario)

    @property
    def crowd(self) -> Crowd:
        """Its actors over the last year."""
        return self.crowds[-1] if self.crowds else idle(self.model.world)

    @property
    def whole(self) -> bool:
        """Whether the last steps make a whole year."""
        return len(self.window) == self.window.maxlen

    def _over_a_year(self, measure: Measure, seen: Period) -> float:
        """The measure; what flows is per year also in the first year, while it is not over."""
        value = measure(seen)
        return value / seen.years if measure.flows and not self.whole else value

    def now(self, id: str) -> float:
        """The measure over the last year; NaN before the first step."""
        return self.values[id][-1] if self.values[id] else float("nan")

    def unit(self, id: str) -> str:
        """The unit of a measure in this world."""
        return self.measures[id].unit_under(self.scenario.law)


class PairModel(mesa.Model):  # type: ignore[misc]
    """The baseline and the policy world, as the Mesa model that the page plays."""

    def __init__(self, setup: Setup) -> None:
        first, second = setup.scenarios()
        super().__init__(rng=first.run.seed)
        self.setup = setup
        self.baseline, self.policy = Track(first, setup.seed), Track(second, setup.seed)
        self.lock = RLock()  # it may be closed while a step is made or a picture drawn
        self.closed = False

    def step(self) -> None:
        """One step of both worlds."""
        with self.lock:
            if self.closed:
                return
            if not self.done:
                self.baseline.step()
                self.policy.step()
            self.running = not self.done

    @property
    def done(self) -> bool:
        """Whether the last year is over."""
        return self.baseline.model.done

    @property
    def tracks(self) -> tuple[Track, Track]:
        """Baseline and policy world."""
        return self.baseline, self.policy

    def close(self) -> None:
        """Let go of both worlds, and of what Mesa 3.3 keeps of every model; a later step does nothing.

        Solara's list of callbacks keeps the first model of every tab alive, so its weight has to go.
        """
        with self.lock:
            for model in (self, *(track.model for track in self.tracks)):
                getattr(mesa.Agent, "_ids", {}).pop(model, None)
            self.running, self.closed = False, True
            del self.baseline, self.policy
