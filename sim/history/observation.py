"""The observation rule: from a simulated world to what a file of records would show of it.

Records are not the largest runs of all actors. Whose runs they are, and what of them is recorded, follows four numbers
of the scenario's table ``[observation]``:

1. For each row of the records, in its year, one actor is drawn who trained in that year. The chance of actor i goes as

       (e_best / e_i)^nu v_i

   e_i its best error at the year's end, e_best the lowest of all, nu ``accuracy``, v_i 1 for firms and ``academia`` for
   labs: what is published and noted is near the best of its time. Who failed at that end has no error any more, and so
   as good as no record of the year. This gives the shares of sectors. Of what firms have on record
   the share ``joint`` names a lab too: it is trained on the firm's machines and counts half for each, as joint rows of
   the records do.
2. For what is asked within a sector (growth, level, spread, cost) an actor of the sector that the record is of is drawn
   by the same rule, so that a wrong share does not spoil it. Joint rows have no part in it.
3. The recorded compute is the actor's largest run of that year over 10^E, E exponential with mean ``shortfall``: most
   models that are noted were not the largest that their makers trained. Its cost is that compute at the actor's full
   price of the year. Costs are known of the larger models (in 2015 to 2019 those of firms took over ten times the
   compute of the others), so the runs that have one are those of the same ranks among their sector's of the year.
4. The recorded error is the lowest of all actors at the year's end, within the tolerance of the error record.

Years are those of the records, as often as they stand there, and what a record does not tell (compute, cost) is not
drawn either. Source: the spread within kinds and the choice of records, as the project's records to 2021 show them; the
rule is assumed, its numbers are fitted.
"""

import numpy as np

from sim.arrays import Array, Rows
from sim.history.error_record import error_record
from sim.history.records import JOINT, Records
from sim.history.sample import Sample
from sim.history.seen import ShownPast, luck


def observed(past: ShownPast, records: Records, draws: int) -> Sample:
    """What the records would be in a simulated world, ``draws`` times. Every record has to be of a simulated year."""
    n = records.time.size
    industry, anyone, own, cost = (np.full((draws, n), np.nan) for _ in range(4))
    years = records.time.astype(int)
    for year in np.unique(years):
        rows = np.flatnonzero(years == year)
        at, chance = past.year(int(year)), chances(past, int(year))
        if not chance.any():
            continue  # nobody trained, so nothing is seen
        shape = (draws, rows.size)
        short = past.scenario.observation.shortfall * luck(past, "shortfall", int(year)).standard_exponential(shape)
        with np.errstate(divide="ignore"):
            size, price = np.log10(past.run[at]), np.log10(past.unit_cost[at])
        found = _drawn(chance, luck(past, "choice", int(year)).random(shape))
        together = luck(past, "joint", int(year)).random(shape) < past.scenario.observation.joint
        industry[:, rows] = np.where(together, JOINT, 1.0) * (1.0 - past.academic[found])
        anyone[:, rows] = size[found] - short
        shares = luck(past, "choice within a sector", int(year)).random(shape)
        for sector, part in ((1.0, chance * (1.0 - past.academic)), (0.0, chance * past.academic)):
            of = np.flatnonzero(records.industry[rows] == sector)
            if of.size and part.sum() > 0:
                found = _drawn(part, shares[:, of])
                own[:, rows[of]] = size[found] - short[:, of]
                ranked = _in_ranks(own[:, rows[of]], records.compute[rows[of]])
                cost[:, rows[of]] = np.take_along_axis(own[:, rows[of]] + price[found], ranked, axis=1)
    unknown, free = ~np.isfinite(records.compute), ~np.isfinite(records.cost)
    anyone[:, unknown], own[:, unknown], cost[:, free] = np.nan, np.nan, np.nan
    return Sample(records.time, records.industry, np.ones((1, n)), industry, anyone, own, cost, _errors(past, draws))


def chances(past: ShownPast, year: int) -> Array:
    """Each actor's chance of being the one recorded in a year, up to a factor, (n,)."""
    rule, at = past.scenario.observation, past.year(year)
    trained = past.run[at] > 0
    best = past.error[at][trained].min() if trained.any() else 1.0
    seen = np.where(past.academic > 0, rule.academia, 1.0)
    chance: Array = np.where(trained, seen * (best / past.error[at]) ** rule.accuracy, 0.0)
    return chance


def _drawn(chance: Array, shares: Array) -> Rows:
    """Positions drawn by their chances, one for each share between 0 and 1."""
    total = np.cumsum(chance)
    rows: Rows = np.searchsorted(total, shares * total[-1], side="right").clip(max=chance.size - 1)
    return rows


def _in_ranks(drawn: Array, record: Array) -> Rows:
    """For each row (n,) of the records the column of ``drawn`` (draws, n) that has its rank: those whose compute is
    known by that, the others (NaN) as they come."""
    columns = np.broadcast_to(np.arange(record.size), drawn.shape).copy()
    known = np.flatnonzero(np.isfinite(record))
    in_order = known[np.argsort(record[known], kind="stable")]
    columns[:, in_order] = known[np.argsort(drawn[:, known], axis=1, kind="stable")]
    return columns


def _errors(past: ShownPast, draws: int) -> dict[int, Array]:
    spread, first = error_record().spread, past.scenario.time.start
    return {
        year: np.log10(past.error[past.year(year)].min()) + spread * luck(past, "error", year).standard_normal(draws)
        for year in range(first, first + len(past.run))
    }
