"""Duties to report large runs: whose become known after a time, and whose methods with them."""

from math import inf
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.economy.ledger import Ledger
from sim.economy.reports import Reports
from sim.economy.stages.startups import Lives
from sim.economy.state import World
from sim.policies.levers import Levers


class StepReports(NamedTuple):
    """Runs that a duty to report made known in a step, and the books of reports after it."""

    reports: Reports
    counts: Array  # runs of each that became known, (n,)


def disclosed(world: World) -> Array:
    """The least share of research that each has to publish because a run of it became known within the year, (n,)."""
    share = np.zeros(world.groups.size)
    for due in world.memory.reports.recent:
        if due.is_fresh(world.clock.time):
            share[due.rows] = np.maximum(share[due.rows], due.methods)
    return share


def report(world: World, ledger: Ledger, lives: Lives) -> StepReports:
    """The runs of a step that have to be reported, one of each actor in a calendar year, and those that become known;
    nothing is known of those who are new."""
    levers, reports, clock = ledger.acts.levers, world.memory.reports, world.clock
    end = clock.time + clock.dt
    if "report_threshold" in levers.pulled:
        lags, methods = _asked(world, levers, ledger.runs.run)
        rows = np.flatnonzero((lags < inf) & (reports.made != clock.year))
        if rows.size:
            reports = reports.reported(rows, lags[rows], methods[rows], ledger.runs.run[rows], clock.year, end)
    told = StepReports(*reports.told(end)) if reports.any else StepReports(reports, world.fixed.nothing)
    return told._replace(reports=told.reports.without(lives.new)) if lives.new.size and reports.any else told


def _asked(world: World, levers: Levers, runs: Array) -> tuple[Array, Array]:
    """Of runs [FLOP] the time after which they become known [yr], infinite where no duty asks for a report, and the
    share of research that is published then, (n,). Several duties that ask for one ask for the sooner and the more."""
    kind, drawn = world.fixed.traits.kind_index, world.fixed.draws.uniform("report", 0)
    lags, methods = np.full(runs.size, inf), np.zeros(runs.size)
    for entry, threshold in enumerate(levers.report_threshold):
        asked = (runs > threshold[kind]) & (drawn < levers.report_coverage[entry])
        lags[asked] = np.minimum(lags[asked], levers.report_lag[entry])
        methods[asked] = np.maximum(methods[asked], levers.report_methods[entry])
    return lags, methods
