"""Duties to report large runs: whose become known after a time, and whose methods with them."""

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.economy.ledger import Ledger
from sim.economy.reports import Reports
from sim.economy.stages.startups import Lives
from sim.economy.state import World
from sim.policies.levers import Levers

OPEN = 1.0  # years for which the methods of a known run are published


class Told(NamedTuple):
    """What a step reports."""

    reports: Reports
    counts: Array  # runs of each that became known, (n,)


def disclosed(world: World, levers: Levers) -> Array:
    """The least share of research that each has to publish because a run of it became known within the year, (n,)."""
    share = levers.report_methods[world.fixed.traits.kind_index]
    return np.where(world.memory.reports.known > world.clock.time - OPEN, share, 0.0)


def report(world: World, ledger: Ledger, lives: Lives) -> Told:
    """The runs of a step that have to be reported, one of each actor in a calendar year, and those that become known;
    nothing is known of those who are new."""
    levers, reports, clock = ledger.acts.levers, world.memory.reports, world.clock
    end = clock.time + clock.dt
    if "report_threshold" in levers.pulled:
        kind = world.fixed.traits.kind_index
        obliged = world.fixed.draws.uniform("report", 0) < levers.report_coverage[kind]
        first = reports.made != clock.year
        rows = np.flatnonzero(obliged & first & (ledger.runs.run > levers.report_threshold[kind]))
        if rows.size:
            lags = levers.report_lag[kind[rows]]
            reports = reports.reported(rows, lags, ledger.runs.run[rows], clock.year, end)
    told = Told(*reports.told(end)) if reports.due else Told(reports, world.fixed.nothing)
    return told._replace(reports=told.reports.without(lives.new)) if lives.new.size and reports.any else told
