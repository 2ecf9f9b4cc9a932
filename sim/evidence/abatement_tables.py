"""Tables of what a carbon tax does where buyers can clean up and where they cannot, and what others found."""

from collections.abc import Mapping, Sequence
from math import isfinite

from sim.evidence.page import grid
from sim.measures.carbon import CLEAN_POWER, OPERATIONAL
from sim.report.words import NONE, POINTS, change_text, number
from sim.results.statistics import Effect, Middle
from sim.scenario.data import published

Of = Mapping[tuple[str, str, int], Effect]  # effects of one year by world, measure and rate
RATES = (25, 100, 400, 1000)  # USD/t of those that the tables show
PLACES = 2  # significant figures
OVER = ("as they stand", "drawn")


def points(change: Middle) -> str:
    """A difference of two relative changes with its range: −1.9 percentage points, from −5.4 to +0.4."""
    middle, low, high = (change_text(value, PLACES) for value in change)
    return f"{middle}{POINTS}, from {low} to {high}"


def in_year(of: Of, worlds: Mapping[str, str], less: str, measures: Mapping[str, str]) -> str:
    """A table for each measure: a row for each rate and for what stands behind the range, a column for each world, and
    one for what the change is less where buyers can clean up; of emissions, for how much power is clean."""
    said = []
    for id, name in measures.items():
        clean = [f"power that is clean: {label}" for label in worlds.values()]
        last = clean if id == OPERATIONAL else ["difference, points"]
        rows = []
        for rate in RATES:
            for wide in (False, True):
                cells = [_of(of.get((world, id, rate)), wide) for world in worlds]
                if id == OPERATIONAL:
                    cells += [_level(of.get((world, CLEAN_POWER, rate)), wide) for world in worlds]
                else:
                    cells.append(_of(of.get((less, id, rate)), wide, relative=False))
                if any((world, id, rate) in of for world in worlds):
                    rows.append(["" if wide else f"{rate:,}", OVER[wide], *cells])
        said += [f"### {name[:1].upper()}{name[1:]}", grid(rows, ["USD/t", "numbers", *worlds.values(), *last])]
    return "\n\n".join(said)


def _of(change: Effect | None, wide: bool, *, relative: bool = True) -> str:
    """A change with its range: −31 % [−33, −30]."""
    if change is None:
        return NONE
    middle, low, high = change.wide.on(relative=relative) if wide else change.luck.on(relative=relative)
    if not isfinite(middle):
        return NONE
    unit = " %" if relative else ""
    said = f"{change_text(middle, PLACES)}{unit}"
    ends = f"{change_text(low, PLACES)}, {change_text(high, PLACES)}"
    return f"{said} ({ends})" if wide else f"{said} [{ends}]"


def _level(change: Effect | None, wide: bool) -> str:
    """How much power is clean under the tax."""
    return "" if wide else number(change.policy, "fraction", PLACES) if change else NONE


def beside(
    effects: Mapping[tuple[str, int, str, int], Effect], worlds: Mapping[str, str], year: int, rates: Sequence[int]
) -> str:
    """Published estimates, and what comes out here at the same price in a year."""
    source = published("abatement")
    found, here = [], []
    for estimate in source["estimates"]:
        title = f"[{estimate['by']}]({estimate['link']}), {estimate['title']}"
        found.append([title, estimate["what"], estimate["said"]])
        for rate, said in estimate.get("changes", []):
            if rate in rates:
                cells = [_of(effects.get((world, year, OPERATIONAL, rate)), wide)
                         for world in worlds for wide in (False, True)]  # fmt: skip
                here.append([estimate["by"], f"{rate:,}", change_text(said, PLACES) + " %", *cells])
    heads = [f"{label}: {over}" for label in worlds.values() for over in OVER]
    return (
        f"{grid(found, ['source', 'of what', 'what it found'])}\n\nAt the prices that they give, emissions by "
        f"electricity here in {year} are\n\n{grid(here, ['source', 'USD/t', 'found there', *heads])}\n\nThe others "
        "have no price to set them at. Of each its abstract was read. None is of buyers of compute for AI: a search of "
        f"stored public pages and documentation for {_joined(source['searched'])} found no such estimate. That the "
        "last hours cost most is said by Riepin and Brown 2024 (arXiv:2403.07876); their premiums were not read, and "
        "those of the scenario are assumed."
    )


def _joined(parts: Sequence[str]) -> str:
    *first, last = (f"“{part}”" for part in parts)
    return f"{', '.join(first)} and {last}"
