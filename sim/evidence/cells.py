"""A published cell beside what the product computes for it."""

from collections import Counter
from dataclasses import dataclass

from sim.scenario.data import published

MET, DIFFERS, SUSPECT, CITED = "met", "differs", "suspect", "cited"
PREDICTED, TAKEN, REPEATED = "predicted", "with inputs fitted to the cells", "said twice"  # what a met cell shows


@dataclass(frozen=True)
class Cell:
    """One cell. ``computed`` is empty where the source cites a number instead of computing it."""

    table: str
    row: str
    column: str
    unit: str
    computed: str
    published: str
    verdict: str
    note: str = ""
    ground: str = PREDICTED


@dataclass(frozen=True)
class Extra:
    """A further table: title, header, rows."""

    title: str
    header: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Reproduction:
    """A source's cells, what a reader should know about them, and further tables."""

    name: str
    title: str
    by: str
    cells: list[Cell]
    remarks: list[str]
    extras: list["Extra"]

    @property
    def count(self) -> str:
        """How many of the computed cells are met, and how many of these test anything: ``bloom: 5 of 5 met: 3
        predicted, 2 with inputs fitted to the cells``."""
        computed = [cell for cell in self.cells if cell.verdict != CITED]
        met = [cell for cell in computed if cell.verdict == MET]
        grounds = Counter(cell.ground for cell in met)
        if set(grounds) == {TAKEN}:
            how = f", {TAKEN}, so no test"
        else:
            how = ": " + ", ".join(f"{grounds[name]} {name}" for name in (PREDICTED, TAKEN, REPEATED) if grounds[name])
        cited = len(self.cells) - len(computed)
        return f"{self.name}: {len(met)} of {len(computed)} met{how}" + (f" ({cited} cited)" if cited else "")


def made(name: str, cells: list[Cell], remarks: list[str], extras: list[Extra] | None = None) -> Reproduction:
    """A reproduction with the title and authors of its source."""
    source = published(name)
    return Reproduction(name, source["title"], source["by"], cells, remarks, extras or [])


def digits(computed: float, printed: float, **where: str) -> Cell:
    """A cell that is met when the computed number rounds to the printed digits."""
    places = len(str(printed).partition(".")[2]) if isinstance(printed, float) else 0
    rounded = round(computed, places)
    verdict = MET if rounded == printed else DIFFERS
    return Cell(computed=f"{rounded:,.{places}f}", published=f"{printed:,.{places}f}", verdict=verdict, **where)


def near(computed: float, printed: float, tolerance: float, **where: str) -> Cell:
    """A cell that is met when the computed number is within a relative tolerance of the printed one."""
    verdict = MET if abs(computed / printed - 1) <= tolerance else DIFFERS
    shown = (f"{computed:.2e}", f"{printed:.2e}") if printed > 1e6 else (f"{computed:,.1f}", f"{printed:,.1f}")
    return Cell(computed=shown[0], published=shown[1], verdict=verdict, **where)
