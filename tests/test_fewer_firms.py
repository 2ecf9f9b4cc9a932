"""Where academia's share rises because firms train less, a verdict says so, and what labs train themselves."""

from types import SimpleNamespace
from typing import cast

import pytest

from sim.measures import registry
from sim.measures.access import ACADEMIA_SHARE, LABS_COMPUTE
from sim.measures.ids import training_of
from sim.report.comparison.labs import explained
from sim.report.comparison.verdict import SpokenEffect
from sim.results.comparison import Comparison
from sim.results.statistics import Effect
from tests.made_effects import an_effect
from tests.test_verdict import SMALL, claim, luck

RISES, HALF = an_effect(10.0, (9.0, 12.0)), luck(an_effect(-0.12, (-0.15, -0.1)), -0.13, -0.11)
FIRMS = an_effect(-0.97, (-0.98, -0.95)), an_effect(-0.89, (-0.92, -0.85))


def why(labs: Effect, firms: tuple[Effect, Effect] = FIRMS, share: Effect = RISES, *more: SpokenEffect) -> str:
    ids = (training_of("corporation"), training_of("startup"), LABS_COMPUTE)
    effects = dict(zip(ids, (*firms, labs), strict=True))
    found = cast("Comparison", SimpleNamespace(effect=lambda _, id: effects[id]))
    first, *_ = explained(found, 1, [claim(ACADEMIA_SHARE, share), *more])
    return first.why


def test_a_share_that_rises_because_firms_train_less_is_no_bare_gain() -> None:
    because = "because corporations train less, by about 97 %, and startups, by about 89 %"
    assert why(HALF) == f"{because}, while labs' own training falls by 12 % (10 to 15 %)"
    assert why(SMALL) == f"{because}, while labs' own training hardly changes"
    assert why(an_effect(-0.12, (-0.64, 0.99))) == (
        f"{because}, while of labs' own training the direction is unclear (−64 to +99 %)"
    )
    own = claim(LABS_COMPUTE, HALF)
    assert why(HALF, FIRMS, RISES, own) == because  # which has a clause of its own
    assert why(HALF, (FIRMS[0], SMALL)).startswith("because corporations train less, by about 97 %, while")


@pytest.mark.parametrize(
    ("labs", "firms", "share"),
    [
        (an_effect(0.5, (0.4, 0.6)), FIRMS, RISES),  # labs train more
        (HALF, (SMALL, SMALL), RISES),
        (HALF, (FIRMS[0], an_effect(0.5, (0.4, 0.6))), RISES),  # some firms do too
        (HALF, FIRMS, an_effect(-0.5, (-0.6, -0.4))),  # the share falls
    ],
)
def test_else_nothing_is_said(labs: Effect, firms: tuple[Effect, Effect], share: Effect) -> None:
    assert why(labs, firms, share) == ""


def test_both_measures_exist() -> None:
    assert {training_of("corporation"), training_of("startup"), LABS_COMPUTE} <= set(registry())
