"""Rival theories of progress: which the records favour, and what of policies' effects holds under all."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from sim.evidence.drawn import DrawnWorld
from sim.evidence.page import grid
from sim.experiment.theories import under
from sim.measures import FRONTIER_ERROR
from sim.measures.access import MEDIAN_LAB
from sim.mechanisms.theories import THEORIES
from sim.plurals import counted
from sim.report.comparison.theories import by_one_seed, summarize_theories, weight, weights
from sim.report.comparison.theories import grid as cells
from sim.report.words import plain, ranged
from sim.results.statistics import Spread
from sim.results.theories import ByTheory
from sim.scenario import Scenario, load, shipped
from sim.scenario.data import theories
from sim.scenario.law import USUAL
from sim.scenario.variants import with_options

YEARS = (2012, 2024, 2040)  # of the table on what counts
DECIDED = 0.5  # of the weight by fits of each seed, from which on records favour a theory
ByDraws: TypeAlias = Mapping[str, Sequence[DrawnWorld]]  # the baseline's, by theory


def under_each(scenarios: Sequence[Scenario]) -> dict[str, list[Scenario]]:
    """Scenarios under each theory, the usual one first, in which they are as they are."""
    return {name: list(scenarios) if name == USUAL else under(scenarios, name) for name in THEORIES}


def baselines(until: int, replicates: int | None = None) -> dict[str, Scenario]:
    """The baseline under each theory, by whose name it is called."""
    own = load(shipped() / "baseline.toml", until=until, replicates=replicates)
    return {name: with_options(under([own], name)[0], name=name) for name in THEORIES}


def section(found: ByTheory, draws: ByDraws) -> str:
    """What the page says of theories."""
    said = [[f"`{name}`", theory.says, *_row(name)] for name, theory in THEORIES.items()]
    summary = summarize_theories(found)
    rows, header = cells(summary)
    return "\n\n".join([
        "## Rival theories",
        "Whom do scale and better algorithms help? Three answers are a choice of the scenario, `law.theory` "
        "([the model](model.md#theories-of-progress-theories)). Each is fitted to early records and judged by later "
        "ones, to 2021, which gives its weight ([how](trust.md#rival-theories)); and each is fitted to all records to "
        "2021, which gives the draws below.",
        grid(said, ["theory", "what it says", "weight", "log score", "CRPS", "ahead of naive forecasts"]),
        "The log score and the CRPS say how far forecasts were off: smaller is better. A weight is a mean over 10,000 "
        "draws of how much each target counts, so weights need not follow the order of the scores. In brackets stand "
        "the least and the largest weight by fits of one seed alone.",
        favoured(),
        "How far a median lab is behind the frontier in what counts by each theory: its error over the frontier's, or "
        "its loss where a part of that stays for all (`meek`). Median and 90 % range over draws of luck and "
        "assumptions.",
        grid([[f"`{name}`", *behind(one)] for name, one in draws.items()], ["theory", *map(str, YEARS)]),
        f"What policies change in {found[USUAL].years[-1]}, under each theory and in the mixture by these weights, "
        f"{counted(summary.replicates, 'pair')} each on the same luck. First the median at the baseline's own numbers, "
        "with its interval of luck; behind it the median, and in round brackets the 95 % range, over draws from each "
        "theory's own fit. A conclusion survives where each theory by itself names a direction: where luck leaves no "
        "doubt of it, and draws none but that it may be nothing.",
        *(f"- {sentence}" for sentence in summary.survives),
        grid(rows, header),
    ])  # fmt: skip


def favoured() -> str:
    """Which theory the records favour, in a sentence."""
    share = weights()
    best, second = sorted(share, key=lambda name: -share[name])[:2]
    low, high = by_one_seed(best)
    if low >= DECIDED:
        return (
            f"**The records to 2021 favour `{best}`**, with {100 * share[best]:.0f} % of the weight. With so few "
            "targets that is a tilt and no proof."
        )
    return (
        f"**The records to 2021 do not decide between them**: `{best}` leads with {100 * share[best]:.0f} % of the "
        f"weight, `{second}` has {100 * share[second]:.0f} %. The luck of a fit moves them far: by one seed alone "
        f"`{best}` has {100 * low:.0f} to {100 * high:.0f} %. So read no ranking into them "
        "([why](trust.md#rival-theories))."
    )


def behind(draws: Sequence[DrawnWorld]) -> list[str]:
    """A median lab's loss over the frontier's, by year; the error where nothing remains beside it."""
    found = []
    for year in YEARS:
        both = [
            [one.years.at(id, year) + one.world.remaining_loss for id in (MEDIAN_LAB, FRONTIER_ERROR)] for one in draws
        ]
        found.append(ranged(Spread.of(np.array([lab / best for lab, best in both])), "ratio"))
    return found


def _row(name: str) -> list[str]:
    own = theories()[name]
    scores = [plain(float(own[key])) for key in ("log_score", "crps")]
    return [weight(name), *scores, f"{own['ahead']} of {own['targets']}"]
