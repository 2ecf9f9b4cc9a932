"""Where a figure comes from, and text as it is written; nothing here draws."""

from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from sim.results.statistics import FEWEST
from sim.scenario.variants import CHANGED

HATCHED = "Hatched: beyond evidence"
LONGEST_TITLE = 46  # letters in the last line of a figure


class Dated(NamedTuple):
    """A policy, and from when to when it is in force [year]."""

    policy: str
    start: float
    end: float = inf


@dataclass(frozen=True)
class FigureOrigin:
    """Where a figure comes from: what its last line says, and what an axis of years shows."""

    title: str
    replicates: int
    seed: int
    fingerprint: str  # of scenarios, code and seed, or nothing: neither date nor place
    years: tuple[int, int]  # first and last
    policies: tuple[Dated, ...] = ()
    trends_end: float = inf  # of hardware [year]
    evidence_ends: float = inf  # last year that evidence reaches
    spread: str = "median and 90 % range over {} replicates"

    @property
    def line(self) -> str:
        """Title, what was simulated, seed and fingerprint."""
        title = self.title if len(self.title) <= LONGEST_TITLE else CHANGED.sub(" (changed)", self.title)
        title = title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"
        spread = self.spread if self.replicates >= FEWEST else "median of {} replicates, too few for a range"
        what = spread.format(self.replicates) if self.replicates > 1 else "one replicate"
        run = f"run {self.fingerprint}" if self.fingerprint else ""
        parts = (verbatim(title), what, f"seed {self.seed}", run, "compute-divide")
        return " · ".join(part for part in parts if part)

    @property
    def line_of_years(self) -> str:
        """The same for an axis of years, with what its hatching says."""
        return f"{HATCHED} · {self.line}" if self.evidence_ends < self.years[1] else self.line


def verbatim(text: str) -> str:
    """Text as it is written: dollars are dollars, and nothing breaks the line."""
    return "".join(letter if letter.isprintable() else " " for letter in text).replace("$", r"\$")
