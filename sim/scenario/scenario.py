"""A scenario: frozen assumptions of one world, and where each number comes from."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from operator import is_
from pathlib import Path
from typing import Any

import numpy as np

from sim.actors import Kind
from sim.mathematics import exp, log
from sim.mechanisms.scaling import AnchoredLaw, Law
from sim.mechanisms.theories import Theory
from sim.policies import Policy
from sim.policies.levers import PullTarget
from sim.quantity import Quantity
from sim.records import Portable, found_once
from sim.scenario import schema
from sim.scenario.carbon import Abatement, Pledges
from sim.scenario.ensemble import Ensemble
from sim.scenario.law import LawTable
from sim.scenario.observation import Observation
from sim.scenario.products import Expectations, Product
from sim.scenario.tree import Tree

# What a scenario says of itself and of what is known of its numbers, and its policies: all else is the world.
NOT_WORLD = (
    "name", "title", "question", "file", "policies", "quantities", "sources", "tables", "tree", "notes", "ensemble",
    "as_built",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Scenario(Portable):
    """Frozen assumptions of one world, in base units.

    All of it is what ``build`` reads from its tree. To change one, see ``sim.scenario.variants``.
    """

    name: str
    title: str
    question: str
    file: Path
    time: schema.Time
    run: schema.Run
    law_table: LawTable
    law: Law
    theory: Theory
    mechanisms: schema.Mechanisms
    knowledge: schema.Knowledge
    network: schema.Network
    research: schema.Research
    release: schema.Release
    compute: schema.Compute
    hardware: schema.Hardware
    siting: schema.Siting
    abatement: Abatement
    pledges: Pledges
    market: schema.Market
    product: Product
    expectations: Expectations
    training: schema.Training
    finance: schema.Finance
    yardsticks: schema.Yardsticks
    observation: Observation
    regions: tuple[schema.Region, ...]
    kinds: tuple[Kind, ...]
    policies: tuple[Policy, ...]
    quantities: tuple[Quantity, ...]
    sources: dict[str, dict[str, Any]]  # those cited
    tables: dict[str, dict[str, Any]]  # every entry in full, as a file would hold it, by table
    tree: Tree  # what the files say: all else is read from it
    notes: tuple[str, ...] = ()  # what is allowed and probably not meant
    ensemble: Ensemble | None = None  # that fitted numbers are drawn from
    as_built: tuple[Any, ...] = field(default=(), compare=False)  # its parts as they were read, if they were

    def __repr__(self) -> str:
        return f"<Scenario {self.name}, {self.time.start} to {self.time.end}: {self.title}>"

    def __hash__(self) -> int:
        return hash((self.name, self.title, self.question, self.policies))

    @property
    def parts(self) -> tuple[Any, ...]:
        """What is simulated: all that a scenario holds beside what it says of itself."""
        return tuple(getattr(self, f.name) for f in fields(self) if f.name not in NOT_WORLD or f.name == "policies")

    @property
    def is_as_built(self) -> bool:
        """Whether no part was exchanged for another since it was read, as by ``dataclasses.replace``: its record would
        still say what it said."""
        parts = self.parts
        return len(parts) == len(self.as_built) and all(map(is_, parts, self.as_built))

    @cached_property
    def derived(self) -> dict[Any, Any]:
        """What others worked out of it, by what it is: once for all replicates."""
        return {}

    def is_same_world(self, other: "Scenario") -> bool:
        """Whether another differs in its policies alone, in what it says of itself, or in how often it is repeated: one
        replicate of it is the same world on the same luck."""
        own = [f.name for f in fields(self) if f.name not in NOT_WORLD and f.name != "run"]
        return self.run.seed == other.run.seed and all(getattr(self, name) == getattr(other, name) for name in own)

    def is_same(self, other: "Scenario") -> bool:
        """Whether another differs in nothing but what it says of itself, and how often it is repeated."""
        return self.is_same_world(other) and self.policies == other.policies

    @found_once
    def numbers(self) -> dict[str, Quantity]:
        """What is known of each number and choice, by path."""
        return {quantity.path: quantity for quantity in self.quantities}

    @found_once
    def kind_ids(self) -> tuple[str, ...]:
        """Names of the kinds in the order of their rows."""
        return tuple(kind.id for kind in self.kinds)

    @found_once
    def region_ids(self) -> tuple[str, ...]:
        """Names of the regions in the order of their columns."""
        return tuple(region.id for region in self.regions)

    @found_once
    def reported_on(self) -> tuple[tuple[str, ...], ...]:
        """Regions and kinds that measures are of, by their ids, and what measures call them."""
        return self.region_ids, self.kind_ids, _called(self.regions), _called(self.kinds)

    def target(self, policy: Policy) -> PullTarget:
        """Whom and what a policy applies to."""
        return policy.target({kind.id: kind.sector for kind in self.kinds}, self.region_ids)

    @property
    def actors(self) -> int:
        """How many actors there are, of all kinds."""
        return sum(kind.count for kind in self.kinds)

    @property
    def years(self) -> int:
        """Calendar years from the start to the end."""
        return self.time.end - self.time.start + 1

    @property
    def steps(self) -> int:
        """Steps from the start to the end of the last year."""
        return self.years * self.time.steps_per_year

    @property
    def trends_end(self) -> float:
        """When the first trend of hardware ends, its price's or its energy's [year]: beyond it limits are assumed."""
        c = self.compute
        cheapest = c.price_year + schema.reached(c.flop_per_usd, 2.0 ** (1.0 / c.price_halving) - 1.0, c.price_limit)
        return min(c.trend_end, cheapest, c.energy_year + schema.reached(c.flop_per_kwh, c.energy_gain, c.energy_limit))

    @found_once
    def remaining_loss(self) -> float:
        """Loss beside the error that no compute removes, where the theory of progress has one."""
        return self.theory.terms.remaining * self.start_error

    @cached_property
    def start_error(self) -> float:
        """Error at the start of a run of ``law.start_compute``: ``law.start_error``, or what a law through a published
        run says."""
        table = self.law_table
        if not table.goes_through_known:
            return table.start_error
        return float(self.anchored_law().error(log(np.asarray(table.start_compute))))

    def anchored_law(self) -> AnchoredLaw:
        """The law as it holds in this world (see ``AnchoredLaw``)."""
        table = self.law_table
        stretch = 1.0 + table.fitted_progress / table.fitted_growth
        if not table.goes_through_known:
            return AnchoredLaw(self.law, table.start_error, table.start_compute, stretch, self.theory)
        first = AnchoredLaw(self.law, table.known_error, table.known_compute, stretch, self.theory)
        gained = table.fitted_progress * (table.known_year - self.time.start)  # with methods of the start it took more
        then = float(exp(first.effective(np.asarray(first.anchor.ln_start), gained)))
        return AnchoredLaw(self.law, table.known_error, then, stretch, self.theory)


def setting_apart(scenarios: Sequence[Scenario]) -> list[Policy]:
    """The policies that set scenarios apart: not all of them have these as they are."""
    every = dict.fromkeys(policy for scenario in scenarios for policy in scenario.policies)
    return [policy for policy in every if any(policy not in scenario.policies for scenario in scenarios)]


def _called(members: Sequence[Kind | schema.Region]) -> tuple[str, ...]:
    """What kinds or regions are called: by their labels, where no two have the same, or else by their ids."""
    labels = Counter(one.label for one in members)
    return tuple(one.label if one.label and labels[one.label] == 1 else one.id.replace("_", " ") for one in members)
