"""What a steeper law does, in words that follow from the numbers."""

from collections.abc import Mapping

from sim.report.effects import HARDLY, LARGE, Change, cell
from sim.report.words import plain

ASKED = {  # measure: subject, verbs for more and less
    "compute_ratio_industry_academia": ("the compute divide", "widens", "narrows"),
    "accuracy_gap_median_lab": ("the median lab's accuracy gap", "widens", "narrows"),
    "lab_years_per_frontier_run": ("the frontier run, in years of a lab's means,", "gets dearer", "gets cheaper"),
    "frontier_error": ("the frontier's error", "rises", "falls"),
}


def answer(flat: str, steep: str, year: int, effects: Mapping[str, Change | None]) -> str:
    """What happens to each measure when the law gets steeper; certain is what the wide interval leaves no doubt of."""
    said = []
    for measure, (subject, more, less) in ASKED.items():
        change = effects.get(measure)
        if change is None:
            continue
        if not change.certain or abs(change.relative) < HARDLY / 100:
            said.append(f"{subject} shows no detectable change ({cell(change, '1')})")
            continue
        size = f"{plain(1 + change.relative)}-fold" if change.relative > LARGE else cell(change, "1").lstrip("+−")
        said.append(f"{subject} {more if change.difference > 0 else less} by {size}")
    return f"From {flat.lower()} to {steep.lower()}, in {year}: {'; '.join(said)}."
