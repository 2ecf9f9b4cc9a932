"""What a steeper law does, in words that follow from the numbers."""

from collections.abc import Mapping

from sim.measures import told
from sim.report.comparison.effects import cell, phrase
from sim.report.words import too_few
from sim.results.statistics import Effect

LEAST = 1e-4  # relative change below which none is told


def answer(flat: str, steep: str, year: int, effects: Mapping[str, Effect | None]) -> str:
    """What happens to each measure when the law gets steeper; certain is what the wide range leaves no doubt of, and
    nothing is said of a direction from too few replicates."""
    said, start = [], f"From {flat.lower()} to {steep.lower()}, in {year}"
    existing = [change for id in told("law") if (change := effects.get(id)) is not None]
    if existing and all(change.few for change in existing):
        return f"{start}: {too_few(max(change.replicates for change in existing))}"
    for id, measure in told("law").items():
        subject, change = measure.subject, effects.get(id)
        if change is None:
            continue
        if change.few:
            said.append(f"too few values to say what {subject} does")
        elif not change.certain or abs(change.told(relative=change.is_relative).middle) < LEAST:
            said.append(f"{subject} shows no detectable change ({cell(change, '1')})".replace("\n", "; "))
        else:
            said.append(f"{subject} {phrase(change, '1', measure.words.verbs)}")
    return f"{start}: {'; '.join(said)}."
