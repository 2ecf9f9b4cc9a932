"""The economy as a Mesa model; its agents are views of the world's rows, made when someone looks."""

from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

import mesa
import networkx as nx
from mesa.agent import AgentSet

from sim.actors import registry as kinds
from sim.arguments import after_end, refused, yes_or_no
from sim.economy.network import graph
from sim.economy.observe import Period, Step, observe
from sim.economy.start import begin
from sim.economy.state import World
from sim.economy.step import advance
from sim.errors import InputError
from sim.measures import registry
from sim.rng import checked_replicate, checked_seed
from sim.scenario import Scenario, read
from sim.scenario.differences import differences

SHOWN = 5  # entries that a refusal names
COUNTERS = [name for name in ("steps", "time") if hasattr(mesa.Model(), name)]  # Mesa's own: 3.3 has no ``time``


class Actor(mesa.Agent):  # type: ignore[misc]
    """One actor: a view of one row of the world. Reading is live; nothing can be set, and no actor removed."""

    def __init__(self, model: "ComputeEconomy", row: int, kind: str) -> None:
        super().__init__(model)
        self.row = row
        self.kind = kind

    def __setattr__(self, name: str, value: object) -> None:
        if "kind" in vars(self):  # it is made
            raise AttributeError(f"{name} of an actor cannot be set: it is a view of the world. Change the scenario")
        super().__setattr__(name, value)

    def __repr__(self) -> str:
        return f"<{self.name}, row {self.row}>"

    @property
    def name(self) -> str:
        """Kind and number within the kind, counted from 1."""
        return f"{self.kind} {self.row - self.model.world.groups.kinds[self.kind].start + 1}"

    @property
    def region(self) -> str:
        """Home region."""
        return str(self.model.assumptions.region_ids[self.model.world.fixed.traits.home[self.row]])

    @property
    def error(self) -> float:
        """Best error of its own training so far (fraction, or nats under a law of loss)."""
        return float(self.model.world.actors.error[self.row])

    @property
    def cash(self) -> float:
        """Cash (USD); 0 for kinds that keep none."""
        return float(self.model.world.actors.cash[self.row])

    @property
    def plan(self) -> float:
        """Planned spending on training compute (USD/yr)."""
        return float(self.model.world.actors.plan[self.row])

    @property
    def compute(self) -> float:
        """Training compute bought in the last step (FLOP/yr); 0 before the first."""
        return float(self.model.last.compute[self.row]) if self.model.last else 0.0

    @property
    def run(self) -> float:
        """Largest run of the last step (FLOP); 0 before the first."""
        return float(self.model.last.run[self.row]) if self.model.last else 0.0

    @property
    def emissions(self) -> float:
        """Operational emissions of the last step, training and inference (kgCO2e/yr); 0 before the first."""
        return float(self.model.last.emissions[:, self.row].sum()) if self.model.last else 0.0

    @property
    def access(self) -> float:
        """Best error at hand, own or of a released model (fraction, or nats under a law of loss)."""
        return float(self.model.world.access[self.row])

    @property
    def knowledge(self) -> float:
        """Own knowledge: ln of effective compute per FLOP, over the start."""
        return float(self.model.world.actors.knowledge[self.row])

    @property
    def research_share(self) -> float:
        """Share of spending on AI that goes to efficiency research (fraction)."""
        return float(self.model.world.actors.research_share[self.row])

    @property
    def alive(self) -> bool:
        """Whether it takes part; a startup that failed does not, until another takes its place."""
        return bool(self.model.world.actors.alive[self.row])

    @property
    def market_share(self) -> float:
        """Share of the AI product market (fraction)."""
        return float(self.model.world.sellers.share[self.row])


class Corporation(Actor):
    """A corporation, as a Mesa agent."""


class Startup(Actor):
    """A startup, as a Mesa agent."""


class AcademicLab(Actor):
    """An academic lab, as a Mesa agent."""


VIEWS: dict[str, type[Actor]] = {view.__name__: view for view in (Corporation, Startup, AcademicLab)}


def __getattr__(title: str) -> type[Actor]:
    """The class of a kind whose rules came by a file of their own, so that its agents can be pickled."""
    if title in {kind.title for kind in kinds().values()}:
        return view_of(title)
    raise AttributeError(f"module 'sim.model' has no attribute '{title}'")


def view_of(title: str) -> type[Actor]:
    """The Mesa class of a kind of actor; made for a kind that has none yet."""
    if title not in VIEWS:
        VIEWS[title] = type(title, (Actor,), {})
    return VIEWS[title]


class ComputeEconomy(mesa.Model):  # type: ignore[misc]
    """The compute economy of one scenario (or its file) and one seed.

    ``ComputeEconomy(scenario, seed=S)`` is replicate 0 of ``run --seed S``, bit for bit, and what the command
    line steps. ``datacollector`` holds every measure of every step: what flows in a year [/yr] as the amount of the
    step. Where ``collect`` is False it holds year and seed alone, and one of your own is yours to fill.

    Without a seed one is drawn, so that every iteration of ``mesa.batch_run`` has its own luck; ``luck_seed`` and the
    column ``seed`` say which. ``rng`` is Mesa's newer name for it. A text of digits is a seed too: the text field of
    Mesa's page hands one over. Raises InputError for what is no seed.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path,
        seed: int | str | None = None,
        replicate: int = 0,
        collect: bool = True,
        *,
        rng: int | str | None = None,
    ) -> None:
        if seed is not None and rng is not None:
            raise InputError("both seed and rng are given", key="rng=", found=rng, allowed="one of them", fix="seed=1")
        scenario = read(scenario)
        seed = checked_seed(_typed(seed)) if rng is None else checked_seed(_typed(rng), "rng")
        self.step = self._stepped  # type: ignore[method-assign]  # what Mesa takes for the step, and wraps
        super().__init__(rng=seed)
        self.world = begin(scenario, seed, checked_replicate(replicate))
        self.last: Step | None = None
        self.seen: Period | None = None
        self.found: dict[str, float] = {}  # what the measures say of the last step
        self.collect = yes_or_no("collect", collect)
        self._viewed = self._viewing = False  # whether views are made, and whether they are being made
        measures = registry(*scenario.reported_on) if self.collect else {}
        reporters = {id: partial(measured, id) for id in measures}
        self._own_collector = mesa.DataCollector(model_reporters={"year": "year", "seed": "luck_seed", **reporters})
        self.datacollector = self._own_collector

    def step(self) -> None:
        """One step of the world. Raises InputError when it is ``done``."""
        if self.done:
            raise after_end(self.assumptions.time.end, "model.done")
        world, last = advance(self.world)
        seen = observe(world, [last]) if self.collect else None
        found = _measured(world, seen) if seen else {}
        before = {name: getattr(self, name) for name in ("world", "last", "seen", "found", "running")}
        columns = getattr(self.datacollector, "model_vars", {})  # one of the user's own may have none
        rows = {name: len(column) for name, column in columns.items()}
        try:
            self.world, self.last, self.seen, self.found = world, last, seen, found
            if self.done:
                self.running = False
            if self.collect or self.datacollector is self._own_collector:
                self.datacollector.collect(self)
        except BaseException:  # an interrupt leaves the step before
            for name, value in before.items():
                setattr(self, name, value)
            for name, length in rows.items():
                del columns[name][length:]
            raise

    def _stepped(self, *given: Any, **named: Any) -> None:
        """The step of the class, for Mesa to call. One that is refused or interrupted is not counted, and can be taken
        again: the clock of Mesa 3.5 stops for good at a step that raises."""
        before, counted = self.world.clock, {name: getattr(self, name) for name in COUNTERS}
        try:
            type(self).step(self, *given, **named)
        except BaseException:
            clock = getattr(self, "_default_schedule", None)
            if self.world.clock == before:
                for name, count in counted.items():
                    setattr(self, name, count - 1)  # Mesa has counted it
            if clock is not None:
                clock.pause()
                clock.resume()  # one step from now
            raise

    @property
    def year(self) -> float:
        """The date that it has reached: 2022.0 at the end of 2021."""
        return self.world.clock.time

    @property
    def luck_seed(self) -> int:
        """The root of all its randomness, given or drawn."""
        return self.world.fixed.draws.seed

    @property
    def assumptions(self) -> Scenario:
        """The scenario as it is now."""
        return self.world.scenario

    def go_on(self, scenario: Scenario | str | Path) -> None:
        """Go on under a scenario, or its file, that differs in its policies alone. Raises InputError where more
        differs."""
        scenario = read(scenario)
        if not self.assumptions.is_same_world(scenario):
            differ = [one.key for one in differences(self.assumptions, scenario) if not one.key.startswith("policy.")]
            raise refused(
                "scenario", f"{scenario.name}, which differs in {', '.join(differ[:SHOWN]) or 'more'}",
                "a scenario that differs from this one in policies alone",
            )  # fmt: skip
        self.world = self.world.under(scenario)

    def __repr__(self) -> str:
        of, luck = self.assumptions, f"seed {self.luck_seed}, replicate {self.world.fixed.draws.replicate}"
        return f"<{type(self).__name__} of {of.name} at {self.year:g}, of {of.time.start} to {of.time.end}; {luck}>"

    def __copy__(self) -> "ComputeEconomy":
        return deepcopy(self)  # Mesa binds a model's step to the model itself; the world is shared all the same

    @property
    def agents(self) -> AgentSet:
        """All actors as Mesa agents, in the order of their rows; made on first use. The set is the caller's own: what
        is taken out of it is not taken out of the model."""
        if not self._viewed:
            self._viewed = self._viewing = True
            for kind in self.assumptions.kinds:
                view = view_of(kind.title)
                rows = self.world.groups.kinds[kind.id]
                for row in range(rows.start, rows.stop):
                    view(self, row, kind.id)
            self._viewing = False
            getattr(mesa.Agent, "_ids", {}).pop(self, None)  # Mesa 3.3 counts there for ever, and would keep the model
        return _copied(self._all_agents)

    @property
    def agents_by_type(self) -> dict[type[mesa.Agent], AgentSet]:
        """All actors, a set for each class of agents."""
        return {view: _copied(actors) for view, actors in self._agents_by_type.items()} if self.agents else {}

    @property
    def agent_types(self) -> list[type[mesa.Agent]]:
        """The classes of all actors."""
        return list(self.agents_by_type)

    def register_agent(self, agent: Actor) -> None:
        """Make a view of an actor known, once for each. Raises InputError for another."""
        if not self._viewing:
            raise _as_in_world("added", agent)
        super().register_agent(agent)

    def deregister_agent(self, agent: Actor) -> None:
        """Raises InputError: who there is, the scenario says."""
        raise _as_in_world("removed", agent)

    def reset_randomizer(self, seed: Any = None) -> None:
        """Raises InputError: all luck comes of the seed that a model is made with."""
        raise _as_made(seed, self.luck_seed)

    def reset_rng(self, rng: Any = None) -> None:
        """Raises InputError, as ``reset_randomizer``."""
        raise _as_made(rng, self.luck_seed)

    @property
    def network(self) -> nx.Graph:
        """The knowledge network; nodes are the actors' rows."""
        return graph(self.world)

    @property
    def done(self) -> bool:
        """Whether the last year of the scenario is over."""
        return self.world.done


def _copied(agents: AgentSet) -> AgentSet:
    """A set of the same agents, of the same class: a copy by Mesa 3.5 is of another, whose agents have no numbers."""
    return type(agents)(agents, random=agents.random)


def _typed(seed: Any) -> Any:
    """A seed as a number where it is a text of digits, as someone types it."""
    return int(seed) if isinstance(seed, str) and seed.isascii() and seed.isdecimal() else seed


def _as_made(seed: Any, luck: int) -> InputError:
    """The error for another seed of a model that is made: its world has drawn already."""
    problem, fix = "the luck of a model comes of the seed that it is made with", "make one: ComputeEconomy(..., seed=7)"
    return InputError(problem, found="nothing (None)" if seed is None else seed, allowed=f"{luck}, its own", fix=fix)


def _as_in_world(change: str, agent: Actor) -> InputError:
    """The error for a change of the agents, which are views of a world's actors."""
    problem, allowed = f"an actor cannot be {change}: agents are views of the world", "the actors of the scenario"
    fix = 'for another number of them: sim.load(file, {"kind.startup.count": 10})'
    return InputError(problem, found=type(agent).__name__, allowed=allowed, fix=fix)


def _measured(world: World, seen: Period) -> dict[str, float]:
    """What every measure says of a step that led to a world, by its id."""
    measures = registry(*world.scenario.reported_on)
    return {id: measure(seen) for id, measure in measures.items()}


def measured(id: str, model: ComputeEconomy) -> float:
    """A measure of a model's last step, by its id (a function by name, so that a model can be pickled)."""
    return model.found[id]
