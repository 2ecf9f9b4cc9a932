"""When the supply of compute limits a run."""

import numpy as np
from numpy.typing import NDArray

from sim.measures.ids import bound_by
from sim.report.words import FEW
from sim.results.run import Run

SLACK = "market_slack"
HALF = 0.5  # of a year, of its spending, and of replicates


def scarce_sentence(run: Run) -> str:
    """In which years compute is scarce, and in which for want of power; empty where it never is. The short table may
    show none of them."""
    if not run.replicates:
        return ""
    scarce = _told(run, run.values(SLACK) <= HALF)
    power = _told(run, run.values(bound_by("power")) >= HALF)
    parts = [f"is scarce {scarce}"] if scarce else []
    parts += [f"for want of power {power}"] if power else []
    stand = ", with all numbers as they stand" if run.drawn else ""
    return f"Compute {', '.join(parts)}{stand}." if scarce else ""


def _told(run: Run, binds: NDArray[np.bool_]) -> str:
    """The years in which a limit binds in half of all replicates or more, with the smallest share of them, or how many
    they are where there are few; empty where there is none. ``binds`` has a row for each replicate."""
    often = binds.sum(axis=0)
    years = [year for year, times in zip(run.years, often, strict=True) if times >= HALF * len(binds)]
    if not years:
        return ""
    least = int(often[often >= HALF * len(binds)].min())
    part = f"{least}" if len(binds) < FEW else f"{100 * least // len(binds)} %"
    share = "all" if least == len(binds) else f"{part} or more of"
    of = f" (in {share} {len(binds)} replicates)" if len(binds) > 1 else ""
    return f"in {_spans(years)}{of}"


def _spans(years: list[int]) -> str:
    """Years as people write them: 2024, 2028 to 2033."""
    cuts = np.flatnonzero(np.diff(years) > 1) + 1
    runs = np.split(np.array(years), cuts)
    return ", ".join(f"{one[0]} to {one[-1]}" if len(one) > 1 else str(one[0]) for one in runs)
