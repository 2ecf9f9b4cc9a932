"""Four claims of the subject, each held against draws of luck and assumptions."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from sim.arrays import Array
from sim.evidence.policies import HeadAndRows
from sim.measures import DIVIDE, EMISSIONS
from sim.measures.access import HALVING_COST
from sim.measures.research import RESEARCH_SHARE
from sim.plurals import counted
from sim.report.words import ranged
from sim.results import Comparison
from sim.results.statistics import Spread

SUPPORTED, CONTRADICTED, UNDECIDED = "supported", "contradicted", "undecided"
MOST, FEWEST = 0.95, 0.05  # shares of draws from which, and up to which, the draws agree
EXPLODES = 10.0  # times as much at the end as in the year before: what "explode" is taken to mean here, assumed
FIRST, RECENT = 2012, 2024  # years that the last is held against


@dataclass(frozen=True)
class TestedClaim:
    """A claim, what is measured for it, from how many times as much as in which year it holds, and what to quote."""

    said: str
    measure: str
    measured: str
    beyond: float
    since: int
    supported: str
    contradicted: str
    undecided: str


CLAIMS = (
    TestedClaim(
        "Costs explode", HALVING_COST, "the cost of the next halving of error", EXPLODES, RECENT,
        supported="In {end} the next halving of error costs {factor} as much as in {since}.",
        contradicted="In {end} the next halving of error costs {factor} as much as in {since}: no explosion.",
        undecided="Whether the next halving of error becomes ten times as dear is open: in {end} it costs {factor} as "
        "much as in {since}.",
    ),
    TestedClaim(
        "A divide opens between rich and poor", DIVIDE,
        "how many times larger industry's typical run is than academia's", EXPLODES, FIRST,
        supported="In {end} industry's lead over academia in compute is {factor} that of {since}.",
        contradicted="In {end} industry's lead over academia in compute is only {factor} that of {since}.",
        undecided="Whether industry's lead over academia grows tenfold is open: in {end} it is {factor} that of "
        "{since}.",
    ),
    TestedClaim(
        "Carbon explodes", EMISSIONS, "emissions of the year", EXPLODES, RECENT,
        supported="In {end} deep learning emits {factor} as much as in {since}.",
        contradicted="In {end} deep learning emits {factor} as much as in {since}: no explosion.",
        undecided="Whether emissions grow tenfold is open: in {end} they are {factor} those of {since}.",
    ),
    TestedClaim(
        "Researchers turn to efficient algorithms", RESEARCH_SHARE,
        "the share of spending that goes to efficiency research", 1.0, RECENT,
        supported="In {end} the share of spending that goes to efficiency research is {factor} that of {since}.",
        contradicted="Spending turns away from efficiency research, towards compute: in {end} its share is {factor} "
        "that of {since}.",
        undecided="Whether spending turns to efficiency research is open: in {end} its share is {factor} that of "
        "{since}.",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class TestedVerdict:
    """A claim with what draws say of it."""

    claim: TestedClaim
    word: str
    share: float  # of the draws in which the claim holds
    sentence: str


def verdicts(found: Comparison) -> list[TestedVerdict]:
    """What draws say of each claim in the baseline of a comparison whose assumptions were drawn."""
    return [verdict(claim, factors(found, claim, claim.since), found.years[-1]) for claim in CLAIMS]


def factors(found: Comparison, claim: TestedClaim, since: int, *, wide: bool = True) -> Array:
    """What a claim measures in the last year over that of an earlier one, by draw, or by luck alone."""
    paths = found.paths(0, claim.measure, wide=wide)
    return np.asarray(paths[:, -1] / paths[:, found.years.index(since)])


def from_both_years(found: Comparison) -> HeadAndRows:
    """Head and rows: what becomes of each claim from either year, at the baseline's own numbers and over draws."""
    head = ["claim", "measured from", "at the baseline's own numbers", "over draws", "holds in"]
    rows = []
    for claim, since in product(CLAIMS, (FIRST, RECENT)):
        own, drawn = (factors(found, claim, since, wide=wide) for wide in (False, True))
        held = f"{int(np.sum(drawn > claim.beyond))} of {counted(drawn.size, 'draw')}"
        said = claim.said if since == FIRST else ""
        rows.append([said, str(since), *(ranged(Spread.of(one), "ratio") for one in (own, drawn)), held])
    return head, rows


def verdict(claim: TestedClaim, factors: Array, end: int) -> TestedVerdict:
    """What draws of a factor say of a claim. A draw without one does not say that it holds."""
    share = float(np.mean(factors > claim.beyond))
    word = SUPPORTED if share >= MOST else CONTRADICTED if share <= FEWEST else UNDECIDED
    text: str = getattr(claim, word)
    sentence = text.format(factor=ranged(Spread.of(factors), "ratio"), end=end, since=claim.since)
    held = f"{int(np.sum(factors > claim.beyond))} of {counted(factors.size, 'draw')}"
    return TestedVerdict(claim, word, share, f"{sentence} The claim holds in {held}.")
