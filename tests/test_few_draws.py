"""What pictures of a comparison say of their ranges: few draws lie all within them, and of fewer there are none."""

from dataclasses import replace

import pytest
from matplotlib.figure import Figure

import sim
from sim.report.comparison.figures import GALLERY
from sim.report.comparison.figures.in_brief import in_brief
from sim.results.comparison import Comparison
from sim.results.statistics import FEWEST, MANY
from tests.legible import saved, texts
from tests.worlds import small

VOUCHER = ("policy.compute_voucher.budget=10 kUSD/yr", "policy.compute_voucher.start=2013")


@pytest.fixture(scope="module")
def found() -> Comparison:
    worlds = [small(until=2014), small("baseline", *VOUCHER, until=2014)]
    compared: Comparison = sim.compare(worlds, replicates=2, workers=1)
    return compared


def drawn(found: Comparison, pairs: int, *, wide: bool) -> list[Figure]:
    """All pictures of so many pairs: the same ones again and again."""
    every = [found.pairs[i % len(found.pairs)] for i in range(pairs)]
    some = replace(found, pairs=every if wide else [replace(pair, wide=[]) for pair in every])
    with saved() as figures:
        GALLERY.draw_all(some, "")
        in_brief(some, "")
    return figures


@pytest.mark.slow
@pytest.mark.parametrize(("pairs", "wide"), [(FEWEST - 1, True), (MANY - 1, True), (MANY, True), (MANY, False)])
def test_a_picture_says_of_how_many_draws_its_ranges_are(found: Comparison, pairs: int, wide: bool) -> None:
    said = [" ".join(text for text, _ in texts(figure)).replace("\n", " ") for figure in drawn(found, pairs, wide=wide)]
    assert len(said) == len(GALLERY.figures) + 1
    whole = " ".join(said)
    assert ("95 % of" in whole) == (pairs >= MANY)
    assert ("by all draws" in whole) == (wide and FEWEST <= pairs < MANY)
    assert ("by 95 % of draws" in whole) == (wide and pairs >= MANY)
    assert "Left out" in whole
    assert ("median and range of" in whole) == (pairs >= FEWEST)
    assert ("over drawn assumptions" in whole) == wide
