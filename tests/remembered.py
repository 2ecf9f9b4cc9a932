"""Calendar years for the slow reference: random ones to begin from, and those of both economies in pairs."""

from typing import Any

import numpy as np

from sim.economy.state import World
from sim.economy.years import Usage, Years
from sim.policies.levers import SCOPES


def remembered(world: World, rng: np.random.Generator, compute: float) -> Years:
    """Random calendar years up to now. ``compute`` [FLOP/yr] is about what an actor buys."""

    def usage(n: int) -> Usage:
        bought = compute * 10 ** rng.uniform(-2, 2, (2, n)) * (rng.random((2, n)) < 0.9)
        return Usage(10 ** rng.uniform(0, 6, (len(world.scenario.regions), n)), *bought)

    years = range(world.scenario.time.start, world.clock.year)
    now = Usage.nothing(len(world.scenario.regions), world.groups.size)
    if not world.clock.begins_year:
        now = usage(world.groups.size)
    last = usage(world.groups.size) if years else None
    return Years(now, last, {year: usage(len(world.scenario.kinds)) for year in years})


def used(name: str, usage: Usage | None, found: list[dict[str, float]], regions: tuple[str, ...]) -> dict[str, Any]:
    """Pairs for what a calendar year saw, by actor or by kind."""
    if usage is None:
        return {}
    pairs = {f"{name}, {scope}": (getattr(usage, scope), [of[scope] for of in found]) for scope in SCOPES}
    return {**pairs, name: (usage.emissions, [[of[region] for of in found] for region in regions])}
