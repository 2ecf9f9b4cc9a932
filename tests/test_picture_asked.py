"""The picture of the page to hand on shows the measure that was asked for: it stood in words and the table alone."""

from collections.abc import Sequence
from typing import Any

import pytest
from matplotlib.figure import Figure

from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR, registry
from sim.measures.access import ACADEMIA_SHARE, LABS_COMPUTE
from sim.measures.economy import OUTLAY
from sim.report.comparison.figures import in_brief
from tests.test_side_by_side import POLICIES, compared


def titles(names: Sequence[str], asked: list[str], patch: pytest.MonkeyPatch) -> list[str]:
    """What the picture says that its panels, or its axes, are of."""
    drawn: list[Figure] = []

    def keep(figure: Figure) -> bytes:
        drawn.append(figure)
        return b"png"

    patch.setattr(in_brief, "png", keep)
    found = compared(*names, measures=asked, assumptions=False)
    assert in_brief.in_brief(found, "abc123") == b"png"
    (figure,) = drawn
    if figure.axes[0].get_xlabel():
        return [figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()]
    known = {measure.title for measure in registry().values()}
    return [text.get_text() for ax in figure.axes for text in ax.texts if text.get_text() in known]


@pytest.mark.parametrize(
    ("names", "asked", "shown"),
    [
        (POLICIES[:1], [], [DIVIDE, EMISSIONS, FRONTIER_ERROR]),
        (POLICIES[:1], [LABS_COMPUTE, ACADEMIA_SHARE], [LABS_COMPUTE, DIVIDE, EMISSIONS]),
        (POLICIES[2:], [OUTLAY], [OUTLAY, DIVIDE, EMISSIONS]),
        (POLICIES[:2], [], [DIVIDE, EMISSIONS]),
        (POLICIES[:2], [LABS_COMPUTE, ACADEMIA_SHARE], [LABS_COMPUTE, EMISSIONS]),
        (POLICIES[:2], [EMISSIONS], [DIVIDE, EMISSIONS]),
        (POLICIES[:2], [OUTLAY], [OUTLAY]),
    ],
)
def test_the_first_measure_that_was_asked_for_is_in_it(
    names: Any, asked: list[str], shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert titles(names, asked, monkeypatch) == [registry()[id].title for id in shown]
