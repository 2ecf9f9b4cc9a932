"""Small scenarios and random valid ones, for tests."""

from collections.abc import Sequence
from dataclasses import fields, replace
from functools import cache
from math import ceil, isfinite, log10
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from sim.actors import registry as kinds
from sim.economy.observe import Step
from sim.economy.start import begin
from sim.economy.state import World
from sim.economy.step import advance
from sim.mechanisms.market.rules import RULES as ALLOCATIONS
from sim.policies.levers import ALLOTMENTS, REVENUE_USES
from sim.quantity import Spec
from sim.scenario import Scenario, load
from sim.scenario.drawing import worlds
from sim.scenario.load import read_tree
from sim.scenario.ranges import SMALLEST
from sim.scenario.schema import TABLES, Mechanisms, Region

ROOT = Path(__file__).resolve().parents[1]
SCENARIOS = ROOT / "scenarios"
PARTS = ("clock", "actors", "markets", "treasury", "memory", "fixed")
BASELINE = SCENARIOS / "baseline.toml"
STRUCTURES = ("expectations", "unequal_means", "serving_grows")  # mechanisms with draws or numbers of their own
FEW = ("kind.corporation.count=6", "kind.startup.count=14", "kind.academic_lab.count=20")

# What calibration sets in the baseline, as it was before the first fit. Tests that rest on numbers take these settings,
# so that they follow the model and no fit.
FROZEN = (
    "product.size=8e5", "product.growth_exponent=7.5", "kind.corporation.start_plan=700",
    "kind.startup.start_plan=400", "kind.academic_lab.start_plan=450", "kind.academic_lab.keeping_up=0.28",
    "law.fitted_progress=0.924", "knowledge.public_rate=1.4", "finance.sponsored_share=0.002", "law.start_error=0.29",
    "law.start_compute=4.7e17", "observation.accuracy=12", "observation.academia=2.5", "observation.shortfall=1.5",
    "observation.joint=0.3", "kind.corporation.means_spread=0.42", "kind.startup.means_spread=0.42",
    "kind.academic_lab.means_spread=0.72",
    *(f"mechanisms.{name}=false" for name in STRUCTURES),
)  # fmt: skip


def frozen(name: str, until: int, *settings: str) -> Scenario:
    """A shipped scenario on the frozen baseline: what it says itself of these numbers stands."""
    file = SCENARIOS / f"{name}.toml"
    origin = read_tree(file).origin
    unsaid = [setting for setting in FROZEN if origin[setting.partition("=")[0]] == BASELINE]
    return load(file, [*unsaid, *settings], until=until)


SMALL = [BASELINE, *(word for setting in FEW for word in ("--set", setting)), "--until", "2013", "--replicates", "1"]


def small(name: str = "baseline", *settings: str, until: int = 2018, replicates: int = 2, seed: int = 1) -> Scenario:
    """A shipped scenario with few actors and a short horizon."""
    file = SCENARIOS / f"{name}.toml"
    return load(file, [*FEW, *settings], until=until, replicates=replicates, seed=seed)


def draw(
    scenario: Scenario, seed: int, replicate: int, others: Sequence[Scenario] = ()
) -> tuple[dict[str, float], int]:
    """Values in base units for every uncertain quantity, and how many draws were thrown away."""
    return worlds([scenario, *others], seed, replicate)[:2]


def numbers() -> dict[str, Spec]:
    """Every number of the world that a scenario may set, by path, with its hard range; counts left out."""
    found: dict[str, Spec] = {}

    def add(prefix: str, cls: type[Any]) -> None:
        for field in fields(cls):
            spec: Spec = field.metadata["spec"]
            whole = field.name.startswith("known_")  # a published run is given whole or not at all
            if spec.form == "number" and not whole and prefix not in ("time", "run", "yardsticks", "observation"):
                found[f"{prefix}.{field.name}"] = spec

    for name, cls in TABLES.items():
        add(name, cls)
    for region in ("united_states", "norway"):
        add(f"region.{region}", Region)
    for rule, cls in kinds().items():
        add(f"kind.{rule}", cls)
    return found


def between(low: float, high: float) -> st.SearchStrategy[float]:
    """A number in a range, or 0 for one so near to it that a scenario would refuse it."""
    return st.floats(low, high).map(lambda number: number if abs(number) >= SMALLEST else 0.0)


def _value(spec: Spec) -> st.SearchStrategy[float]:
    low, high = spec.low, spec.high if isfinite(spec.high) else max(1e6, spec.low * 1e6)
    if low >= 0 and high > 1000 * max(low, 1e-9):
        edge = max(low, high * 1e-15)
        decades = st.floats(log10(edge), log10(high)).map(lambda x: min(max(10**x, low), high))
        return st.one_of(decades, st.just(low), st.just(high))
    return st.one_of(between(low, high), st.just(low), st.just(high))


def on_steps(settings: list[str]) -> list[str]:
    """Settings with the dates of policies moved to where steps begin, so that they are in force in the same steps."""
    given = dict(setting.split("=", 1) for setting in settings)
    steps = int(given.get("time.steps_per_year", 4))
    for path, value in given.items():
        if path.startswith("policy.") and path.endswith((".start", ".end")) and float(value) > 2012:
            first = float(given.get(path.removesuffix("end") + "start", 0)) if path.endswith(".end") else 0.0
            given[path] = repr(max(ceil(float(value) * steps - 0.5) / steps, first + 1 / steps))
    return [f"{path}={value}" for path, value in given.items()]


def has_prices(settings: Sequence[str]) -> bool:
    """Whether settings leave a market with prices, beside which permits can be traded."""
    return not any(f'market.allocation="{name}"' in settings for name, rule in ALLOCATIONS.items() if not rule.priced)


REAL_LIMITS = ("existing_carbon_prices", "grid_limits", "pledges")


def abatements(rng: np.random.Generator) -> list[str]:
    """Settings of clean power and removals, from a stream of their own, which moves no other."""
    return [
        f"mechanisms.abatement={str(rng.random() < 0.7).lower()}",
        f"abatement.clean_rise={10 ** rng.uniform(-3, 0)}",
        f"abatement.build={rng.choice([0.0, 0.2, 5.0])}",
        f"abatement.contract={10 ** rng.uniform(-1, 1.5)}",
        f"abatement.removal_price={10 ** rng.uniform(1, 4)}",
        f"abatement.removal_spread={10 ** rng.uniform(-1, 2)}",
        f"abatement.removable={rng.choice([0.0, 0.3, 0.999])}",  # all of it leaves a budget few digits
        f"region.united_states.clean_premium={rng.choice([0.0, 0.01, 0.1])}",
        f"mechanisms.regional_purchases={str(rng.random() < 0.8).lower()}",
    ]


def structures(rng: np.random.Generator) -> list[str]:
    """Settings of what is expected, of unequal means and of serving that grows, from a stream of their own."""
    share = [f"kind.{kind}.means_spread={rng.uniform(0, 1.2)}" for kind in ("corporation", "startup", "academic_lab")]
    return [
        *(f"mechanisms.{name}={str(rng.random() < 0.3).lower()}" for name in STRUCTURES),
        f"expectations.horizon={rng.choice([0.0, 1.0, 4.0])}",
        f"expectations.adjustment={rng.uniform(0.3, 4)}",
        f"expectations.first={rng.uniform(-1, 1.5)}",
        f"expectations.most={rng.uniform(0.1, 2)}",
        f"expectations.financed={rng.choice([0.0, 0.5, 2.0])}",
        f"product.serving_start={rng.uniform(0, 0.4)}",
        f"product.serving_growth={rng.uniform(0, 1)}",
        *share,
    ]


def theories(rng: np.random.Generator) -> list[str]:
    """Settings of the theory of progress, half of the time another than the usual one; a stream of their own."""
    small = 10 ** rng.uniform(13, 19)
    chosen = {
        "shared_progress": [],
        "meek": [f"law.remaining={10 ** rng.uniform(-2, 1)}"],
        "scale_dependent": [
            f"law.small_gain={rng.uniform(0, 1)}",
            f"law.small_run={small}",
            f"law.full_run={small * 10 ** rng.uniform(0.5, 6)}",
        ],
    }
    name = str(rng.choice([*chosen], p=[0.5, 0.25, 0.25]))
    return [f"law.theory={name}", *chosen[name]]


@cache
def regions() -> tuple[str, ...]:
    """Those of the baseline."""
    return load(BASELINE).region_ids


def real_limits(rng: np.random.Generator, first: float) -> list[str]:
    """Settings of grids, promises and prices in force, where the first capacity is ``first`` FLOP/yr; a stream of their
    own."""
    power = first / 1e25 * 10 ** rng.uniform(-4, 2)  # GW/yr
    return [
        *(f"mechanisms.{name}={str(rng.random() < 0.6).lower()}" for name in REAL_LIMITS),
        f"pledges.credibility={rng.choice([0.0, 0.5, 1.0])}",
        f"pledges.size={rng.choice([0.0, 3e9, 1e10])}",
        *(f"region.{region}.grid_connections={power}" for region in regions()),
        f"market.connection_growth={rng.choice([-0.3, 0.0, 0.4])}",
        f"market.connection_year={rng.integers(2010, 2018)}",
    ]


@st.composite
def settings(draw: Any, most: int = 12) -> list[str]:
    """Up to ``most`` numbers of the world anywhere in their hard ranges, policies, and a step length."""
    specs = numbers()
    paths = draw(st.lists(st.sampled_from(sorted(specs)), max_size=most, unique=True))
    chosen = [f"{path}={draw(_value(specs[path]))!r}" for path in paths]
    chosen.append(f"time.steps_per_year={draw(st.sampled_from([1, 2, 4, 12]))}")
    mechanisms = draw(st.lists(st.sampled_from([f.name for f in fields(Mechanisms)]), max_size=4, unique=True))
    chosen += [f"mechanisms.{name}={str(draw(st.booleans())).lower()}" for name in mechanisms]
    chosen.append(f'market.allocation="{draw(st.sampled_from(["price", *ALLOCATIONS]))}"')
    if draw(st.booleans()):
        use = draw(st.sampled_from(REVENUE_USES))
        chosen += [
            f"policy.carbon_tax.rate={draw(between(0, 10_000))!r}",
            f"policy.carbon_tax.ramp={draw(st.sampled_from([0.0, 0.5, 3.0]))!r}",
            f'policy.carbon_tax.revenue_use="{use}"',
            f"policy.carbon_tax.start={draw(st.floats(2011, 2018))!r}",
        ]
    if draw(st.booleans()):
        chosen.append(f"policy.carbon_budget.limit={10 ** draw(st.floats(-9, 9))!r}")
    compute, permits = 10 ** draw(st.floats(15, 30)), has_prices(chosen)
    others = {
        "cap_and_trade": {"cap": 10 ** draw(st.floats(-6, 9)), "allocation": '"grandfathering"', "banking": 1.0},
        "compute_permits": {"cap": compute, "scope": draw(st.sampled_from(['"all"', '"training"']))},
        "public_compute": {
            "share": draw(between(0, 0.9)), "allotment": f'"{draw(st.sampled_from(ALLOTMENTS))}"',
        },
        "compute_levy": {"rate": 10 ** draw(st.floats(-6, 2))},
        "compute_voucher": {"value": 10 ** draw(st.floats(-6, 12))},
        "training_run_ceiling": {"limit": compute / 100},
        "training_run_pace": {"ratio": draw(st.floats(1, 100))},
        "open_publication": {"share": draw(between(0, 1)), "weights_lag": 0.5, "findings": draw(between(0, 1))},
    }  # fmt: skip
    for name in draw(st.lists(st.sampled_from(sorted(others)), max_size=3, unique=True)):
        if permits or "cap" not in others[name]:
            chosen += [f"policy.{name}.{key}={value}" for key, value in others[name].items()]
            first = 2013 if "allocation" in others[name] else 2011  # given away by the year before
            chosen.append(f"policy.{name}.start={draw(st.floats(first, 2016))!r}")
    return on_steps(chosen)


def walked(world: World, steps: int) -> tuple[World, list[Step]]:
    """A world after some steps, and what happened in them."""
    done = []
    for _ in range(steps):
        world, step = advance(world)
        done.append(step)
    return world, done


def state(world: World) -> dict[str, Any]:
    """All that a world remembers, by name, whatever part it is in; what never changes is left out."""
    found: dict[str, Any] = {}
    for part in (world.clock, world.actors, world.markets, world.treasury, world.memory):
        assert not found.keys() & vars(part).keys()
        found |= vars(part)
    return found


def played(scenario: Scenario, seed: int = 1) -> tuple[World, list[Step]]:
    """A world at the end of its scenario, and all its steps."""
    return walked(begin(scenario, seed), scenario.steps)


def changed(world: World, **values: Any) -> World:
    """Another world that differs in some of its state, by the names of the parts' fields (``steps_done`` too)."""
    for name, value in values.items():
        part = next(part for part in PARTS if hasattr(getattr(world, part), name))
        world = replace(world, **{part: replace(getattr(world, part), **{name: value})})
    return world
