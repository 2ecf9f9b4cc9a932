"""Worlds in whose arrays nobody can write: steps, forks and copies of a model share them."""

from collections.abc import Iterable
from itertools import chain
from typing import Any

import numpy as np

from sim.economy.state import World


def begun(world: World) -> World:
    """The first world, in whose arrays nobody can write from now on."""
    fixed = world.fixed
    tables = fixed.groups.rules.values(), fixed.groups.sectors.values()
    _seal(chain(vars(fixed.traits).values(), vars(fixed).values(), vars(fixed.network).values(), *tables))
    return gone_on(world)


def gone_on(world: World) -> World:
    """The world after a step, in whose arrays nobody can write from now on; those that it took over are sealed."""
    markets, treasury, memory = world.markets, world.treasury, world.memory
    years, own = memory.years, (treasury.earmarked, memory.reports.made)
    _seal(chain(vars(world.actors).values(), vars(years.now).values(), treasury.rights.values(), own))
    _seal(markets.connected or ())
    if years.last is not None and world.clock.begins_year:
        _seal(chain(vars(years.last).values(), vars(years.whole[world.clock.year - 1]).values()))
    return world


def _seal(values: Iterable[Any]) -> None:
    for one in values:
        if type(one) is np.ndarray:
            one.setflags(False)  # type: ignore[call-arg]  # write: by its name it takes twice as long
