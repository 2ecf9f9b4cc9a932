"""What a steeper law does, in words that follow from the numbers, and what is held while the law changes."""

from collections.abc import Mapping

from sim.experiment.laws import HELD, steepest
from sim.measures import told
from sim.report.certainty import statement
from sim.report.words import too_few
from sim.results.comparison import Comparison
from sim.results.statistics import Effect

PLACES = 3  # significant figures


def told_first(found: Comparison) -> list[str]:
    """What stands above a comparison of scaling laws: what a steeper one does, and what is held; nothing of others."""
    if not (found.held and found.pairs):
        return []
    said, steep = list[str](), steepest(found.scenarios)
    if steep:
        effects = {id: found.effect(steep, id) for id in told("law")}
        said.append(answer(found.scenarios[0].title, found.scenarios[steep].title, found.years[-1], effects))
    return [*said, f"Held: the law's anchor at the start, {HELD[found.held]}, means, prices, and what is known."]


def answer(flat: str, steep: str, year: int, effects: Mapping[str, Effect | None]) -> str:
    """What happens to each measure when the law gets steeper, in the words that all effects are told in; nothing is
    said of a direction from too few replicates."""
    said, start = [], f"From {flat.lower()} to {steep.lower()}, in {year}"
    existing = [change for id in told("law") if (change := effects.get(id)) is not None]
    if existing and all(change.few for change in existing):
        return f"{start}: {too_few(max(change.replicates for change in existing))}"
    for id, measure in told("law").items():
        change = effects.get(id)
        if change is not None and change.few:
            said.append(f"too few values to say what {measure.subject} does")
        elif change is not None:
            said.append(statement(change, measure, change.luck.on(relative=change.is_relative), PLACES))
    return f"{start}: {'; '.join(said)}."
