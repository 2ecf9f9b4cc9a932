"""What records show, once or in many versions: of resampled rows, of simulated ones, of extrapolated ones."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.history.error_record import error_record
from sim.history.records import Records
from sim.rng import stream


@dataclass(frozen=True)
class Sample:
    """Rows by date, in d versions. Shapes are (n,) or (d, n); a first axis of 1 holds for all versions.

    A version has a row for each row of the records, at its date. What is known of a row in the records is known of it
    in every version, and nothing else.
    """

    time: Array  # (n,) year and its part gone by
    sector: Array  # (n,) 1 industry, 0 academia, 0.5 joint: in the records
    weight: Array  # (d, n) how often the row counts
    industry: Array  # (d, n) 1 industry, 0 academia, 0.5 joint: in this version
    anyone: Array  # (d, n) log10 FLOP of whoever's run was recorded
    own: Array  # (d, n) log10 FLOP of a run of the sector that the record is of; NaN for joint rows
    cost: Array  # (d, n) log10 USD of that run
    best: dict[int, Array]  # (d,) log10 of the lowest error by the end of a year


def recorded(records: Records) -> Sample:
    """The records themselves."""
    best = {year: np.array([value]) for year, value in error_record().best.items()}
    return _of(records, np.ones((1, records.time.size)), best)


def resampled(records: Records, draws: int) -> Sample:
    """The records with rows drawn anew, with replacement (the bootstrap), and errors within their tolerance."""
    n = records.time.size
    weight = stream(0, 0, "bootstrap of records").multinomial(n, np.full(n, 1.0 / n), size=draws)
    best, spread = error_record()
    errors = {
        year: value + spread * stream(0, 0, "bootstrap of errors", year).standard_normal(draws)
        for year, value in best.items()
    }
    return _of(records, weight.astype(float), errors)


def _of(records: Records, weight: Array, best: dict[int, Array]) -> Sample:
    alone = np.where(np.isin(records.industry, (0.0, 1.0)), 0.0, np.nan)
    compute, cost = records.compute[None, :], records.cost[None, :]
    sector = records.industry
    return Sample(records.time, sector, weight, sector[None, :], compute, compute + alone, cost + alone, best)
