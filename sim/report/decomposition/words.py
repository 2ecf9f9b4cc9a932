"""A world taken apart in words: cells, and sentences whose words follow from the numbers."""

from math import exp, isfinite

from sim.experiment.factors import FEEDBACK, sellers_of_nothing
from sim.measures.carbon import EMISSIONS, ENERGY
from sim.measures.ids import called, within
from sim.report import everyday
from sim.report.words import LEAST, NONE, number, plain, signed
from sim.results.certainty import SMALL
from sim.results.decomposition import INTERACTION, Breakdown, Contribution
from sim.scenario import Scenario

NAMED = 3  # parts that a sentence names
SAME = "× 1"  # what makes no difference on the scale of factors
LEGEND = (
    "× 2: twice as much with the part, ÷ 2: half as much, × 1: no difference; with the interaction all multiply to the "
    "whole."
)
PICTURED = {EMISSIONS: everyday.emissions, ENERGY: everyday.electricity}  # beside what a reader knows


def label(part: str) -> str:
    """A part's name for people."""
    return part.replace("_", " ")


def cell(found: Contribution, unit: str, logs: bool) -> str:
    """A contribution with its interval: × 1.26 [1.24, 1.29], ÷ 148 [134, 164], or an amount. On the scale of factors
    there are no percentages, so that parts can be compared."""
    middle, ends = amount(found.added, unit, logs), (found.low, found.high)
    if middle in (NONE, SAME) or not all(map(isfinite, ends)):
        return middle
    if logs:
        low, high = (plain(exp(end)) for end in (ends if found.added > 0 else (-found.high, -found.low)))
    else:
        low, high = (signed(end, unit).removesuffix(" %") for end in ends)
    return f"{middle} [{low}, {high}]"


def amount(added: float, unit: str, logs: bool) -> str:
    """What a part, or several, add, without an interval."""
    if not isfinite(added):
        return NONE
    if not logs:
        return signed(added, unit)
    return SAME if abs(exp(added) - 1) < LEAST else f"{'×' if added > 0 else '÷'} {plain(exp(abs(added)))}"


def still_unlike(scenario: Scenario) -> str:
    """What stays unlike between kinds with all endowments alike, in brackets: that some sell nothing. Empty where all
    sell, or none."""
    names = called(scenario.kinds)
    kinds = [within(names[kind.id]) for kind in sellers_of_nothing(scenario.kinds)]
    return f" ({' and '.join(kinds)} still sell nothing)" if kinds else ""


def question(measures: list[str]) -> str:
    """What is asked of measures, by their names in a sentence."""
    *first, last = measures
    names = f"{', '.join(first)} and {last}" if first else last
    return f"What is behind {names}: which mechanism, which difference between kinds?"


def _counts(found: Breakdown, one: Contribution) -> bool:
    """Whether a part adds something that can be told from luck and is as much as counts."""
    size, least = (abs(exp(one.added) - 1), SMALL) if found.logs else (abs(one.added), SMALL * _most(found))
    return one.group != INTERACTION and one.certain and size >= least


def _most(found: Breakdown) -> float:
    return max(abs(found.whole), abs(found.nothing))


def _by_market(found: Breakdown) -> str:
    """That a difference follows the size of the market, where no other part does as much."""
    parts = [one for one in found.out if one.group != INTERACTION and one.certain]
    most = max(parts, key=lambda one: abs(one.added), default=None)
    return ", above all through the size of the market" if most is not None and most.part == FEEDBACK else ""


def _left(share: float, found: Breakdown, unlike: str) -> str:
    """How much of a difference is there with all endowments alike, and what is ``unlike`` then too. More than all is
    said only beyond luck."""
    market = _by_market(found)
    if share <= 1:
        return f"{plain(100 * share)} % of the difference is there without unequal ones{market}"
    if found.beyond.certain:
        return f"more than all of the difference is there then{market}, so unequal endowments do not cause it{unlike}"
    return f"all of the difference is there then{market}"


def sentences(found: Breakdown, year: int, *, policies: bool = False, unlike: str = "") -> list[str]:
    """What makes a measure what it is, in a world with ``policies`` or without. ``unlike`` says, in brackets, what is
    still unlike between kinds with all endowments alike."""
    measure, unit, logs = found.measure, found.unit, found.logs
    subject = measure.level
    whole, nothing, alike = (number(level, unit) for level in (found.whole, found.nothing, found.alike))
    if found.whole > 0 and measure.id in PICTURED:
        whole = f"{whole}, {PICTURED[measure.id](found.whole)}"
    verb, they = measure.be, "they" if measure.plural else "it"
    without = f"with no mechanism at work and all endowments alike{unlike}{', but policies on,' if policies else ''}"
    said = [f"In {year} {subject} {verb} {whole}; {without} {they} would be {nothing}."]
    if found.total.few:
        return [*said, f"With all endowments alike {they} {verb} {alike}."]
    for start, contributions in (
        ("Left out of the whole, most is missing of", found.out),
        ("Added alone, most comes from", found.alone),
    ):
        parts = [one for one in contributions if _counts(found, one)]
        parts.sort(key=lambda one: -abs(one.added))
        if parts:
            listed = ", ".join(f"{label(one.part)} ({amount(one.added, unit, logs)})" for one in parts[:NAMED])
            said.append(f"{start} {listed}; interaction: {amount(contributions[-1].added, unit, logs)}.")
    share = found.unexplained.added / found.total.added if found.total.added else float("nan")
    if not found.total.certain:
        said.append(f"All parts together change {subject} by nothing that can be told from luck.")
    elif found.unexplained.certain and share > 0:
        said.append(f"With all endowments alike {they} {verb} {alike}: {_left(share, found, unlike)}.")
    else:
        gone = "nothing of the difference is there without unequal ones"
        said.append(f"With all endowments alike {they} {verb} {alike}: {gone}.")
    return said
