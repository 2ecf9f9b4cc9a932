"""Rival theories of progress: which the records favour, and what of policies' effects holds under all."""

from collections.abc import Sequence

import numpy as np

from sim.evidence.page import grid
from sim.experiment.theories import under
from sim.measures import FRONTIER_ERROR
from sim.measures.access import MEDIAN_LAB
from sim.mechanisms.theories import THEORIES
from sim.plurals import counted
from sim.report.comparison.theories import grid as cells
from sim.report.comparison.theories import judged, summarize_theories, weights
from sim.report.words import plain
from sim.results import Comparison
from sim.results.theories import ByTheory
from sim.scenario import Scenario, load, shipped
from sim.scenario.data import theories
from sim.scenario.law import USUAL
from sim.scenario.variants import with_options

YEARS = (2012, 2024, 2040)  # of the table on what counts


def under_each(scenarios: Sequence[Scenario]) -> dict[str, list[Scenario]]:
    """Scenarios under each theory, the usual one first, in which they are as they are."""
    return {name: list(scenarios) if name == USUAL else under(scenarios, name) for name in THEORIES}


def baselines(until: int) -> list[Scenario]:
    """The baseline under each theory but the usual one, by whose name it is called."""
    own = load(shipped() / "baseline.toml", until=until)
    return [with_options(under([own], name)[0], name=name) for name in THEORIES if name != USUAL]


def section(found: ByTheory) -> str:
    """What the page says of theories."""
    said = [[f"`{name}`", theory.says, *_row(name)] for name, theory in THEORIES.items()]
    summary = summarize_theories(found)
    rows, header = cells(summary)
    return "\n\n".join([
        "## Rival theories",
        "Whom do scale and better algorithms help? Three answers are a choice of the scenario, `law.theory` "
        "([the model](model.md#theories-of-progress-theories)). Each is fitted to early records and judged by later "
        "ones, to 2021 ([how](trust.md#rival-theories)).",
        grid(said, ["theory", "what it says", "weight", "log score", "CRPS", "ahead of naive forecasts"]),
        favoured(),
        "How far a median lab is behind the frontier in what counts by each theory: its error over the frontier's, or "
        "its loss where a part of that stays for all (`meek`). Medians over luck.",
        grid([[f"`{name}`", *behind(one)] for name, one in found.items()], ["theory", *map(str, YEARS)]),
        f"What policies change in {_end(found)}, under each theory and in the mixture by these weights, "
        f"{counted(summary.replicates, 'pair')} each on the same luck and draws. A conclusion survives where each "
        "theory by itself leaves no doubt of its direction.",
        *(f"- {sentence}" for sentence in summary.survives),
        grid(rows, header),
    ])  # fmt: skip


def favoured() -> str:
    """Which theory the records favour, in a sentence."""
    share = weights()
    if not judged():
        return (
            "**Which of them the records favour is not known yet**: no fit has judged them, so their weights are equal."
        )
    best = max(share, key=lambda name: share[name])
    return (
        f"**The records to 2021 favour `{best}`**, with {plain(100 * share[best])} % of the weight. With so few "
        "targets that is a tilt and no proof."
    )


def behind(one: Comparison) -> list[str]:
    """A median lab's loss over the frontier's, by year; the error where nothing remains beside it."""
    lab, best = (one.paths(0, id) + one.scenarios[0].remaining_loss for id in (MEDIAN_LAB, FRONTIER_ERROR))
    middle = np.median(lab / best, axis=0)
    return [f"{middle[one.years.index(year)]:.2f}×" for year in YEARS]


def _row(name: str) -> list[str]:
    own = theories()[name]
    scores = [plain(float(own[key])) if own[key] else "not judged" for key in ("log_score", "crps")]
    ahead = f"{own['ahead']} of {own['targets']}" if own["ahead"] else "not judged"
    return [f"{plain(100 * weights()[name])} %", *scores, ahead]


def _end(found: ByTheory) -> int:
    return found[USUAL].years[-1]
