"""What a steeper law does, in words that follow from the numbers."""

from collections.abc import Mapping

from sim.measures import told
from sim.report.comparison.effects import HARDLY, cell
from sim.report.words import is_factor, plain
from sim.results.statistics import Effect


def answer(flat: str, steep: str, year: int, effects: Mapping[str, Effect | None]) -> str:
    """What happens to each measure when the law gets steeper; certain is what the wide interval leaves no doubt of."""
    said = []
    for id, measure in told("law").items():
        subject, (more, less), change = measure.subject, measure.words.verbs, effects.get(id)
        if change is None:
            continue
        if not change.certain or abs(change.relative) < HARDLY / 100:
            said.append(f"{subject} shows no detectable change ({cell(change, '1')})")
            continue
        size = f"{plain(1 + change.relative)}-fold" if is_factor(change.relative) else cell(change, "1").lstrip("+−")
        said.append(f"{subject} {more if change.difference > 0 else less} by {size}")
    return f"From {flat.lower()} to {steep.lower()}, in {year}: {'; '.join(said)}."
