"""The figure of the divide against emissions says what the words say, and hides no policy."""

from collections.abc import Mapping

import pytest
from matplotlib.axes import Axes

import sim
from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR
from sim.measures.access import ACADEMIA_SHARE
from sim.policies import registry
from sim.policies.levers import ACTED_ON, GROUPS, LEVERS
from sim.report.comparison.figures.common import origin
from sim.report.comparison.figures.trade_off import SIZE, TONES, _acts_on, trade_off_figure
from sim.report.origin import LONGEST_TITLE, FigureOrigin
from sim.results.comparison import Comparison
from sim.results.statistics import Effect
from tests.made_effects import an_effect
from tests.test_verdict import MAY, SMALL, SURE, UNCLEAR
from tests.worlds import small

RISES, FALLS = an_effect(0.3, (0.1, 0.5)), an_effect(-0.6, (-0.8, -0.3))


@pytest.fixture(scope="module")
def found() -> Comparison:
    policies = (small(name, f"policy.{name}.start=2013", until=2013) for name in ("carbon_tax", "compute_voucher"))
    return sim.compare([small(until=2013), *policies], replicates=1, workers=1, assumptions=False)


def drawn(found: Comparison, patch: pytest.MonkeyPatch, changes: Mapping[str, Effect]) -> Axes:
    patch.setattr(Comparison, "effect", lambda _self, _scenario, id, _window="final": changes.get(id))
    figure = trade_off_figure(found, "")
    assert figure is not None
    return figure.axes[0]


@pytest.mark.parametrize(
    ("share", "error", "told"),
    [
        (
            an_effect(-0.6, (-0.8, -0.3)),
            RISES,
            ["error rises by 30 %", "but academia's share of training compute falls"],
        ),
        (MAY, MAY, ["error may fall by 71 %", "but academia's share of training compute may fall"]),
        (SMALL, SMALL, []),  # −0.3 % was called a fall
        (UNCLEAR, UNCLEAR, []),  # +16 % was told
    ],
)
def test_labels_go_by_the_rule_of_the_words(
    share: Effect, error: Effect, told: list[str], found: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = {DIVIDE: SURE, EMISSIONS: SURE, ACADEMIA_SHARE: share, FRONTIER_ERROR: error}
    ax = drawn(found, monkeypatch, changes)
    labels = [" ".join(text.get_text().split()) for text in ax.texts[1:]]
    assert len(labels) == len(found.names)
    for label in labels:
        assert [text in label for text in told] == [True] * len(told)
        assert told or not any(text in label for text in ("error", " but "))
    assert "root" not in ax.figure.texts[1].get_text()


def test_policies_in_one_place_are_all_seen(found: Comparison, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later marker lay on the earlier."""
    ax = drawn(found, monkeypatch, {DIVIDE: SURE, EMISSIONS: SURE})
    marks = [line for line in ax.lines if line.get_marker() in ("o", "s") and line.get_markersize() >= SIZE]
    inner, outer = sorted(marks, key=lambda line: float(line.get_markersize()))
    assert outer.get_markersize() > inner.get_markersize() + 2
    assert outer.get_markerfacecolor() == "none"
    assert inner.get_color() != outer.get_color()


def test_the_last_line_of_a_figure_names_no_half_of_a_setting(found: Comparison) -> None:
    assert "…" not in origin(found, "").line
    long = f"Against Baseline (changed: {'; '.join(f'kind.{kind}.count=55' for kind in ('startup', 'corporation'))})"
    assert len(long) > LONGEST_TITLE
    assert FigureOrigin(long, 6, 1, "", (2012, 2030)).line.startswith("Against Baseline (changed) · ")
    short = "Against Baseline (changed: product.margin=0.4)"
    assert FigureOrigin(short, 6, 1, "", (2012, 2030)).line.startswith(f"{short} · ")


def test_every_policy_acts_on_something_that_has_a_tone() -> None:
    """A lever says itself what it acts on: none falls to what is left."""
    assert {lever.acts_on for lever in LEVERS.values()} == set(ACTED_ON)
    assert {lever.group for lever in LEVERS.values()} == set(GROUPS)
    assert set(ACTED_ON) < set(TONES)
    assert len(set(TONES.values())) == len(TONES)
    found = {name: _acts_on(small(name)) for name in ("carbon_tax", "compute_permits", "training_run_pace",
                                                      "compute_voucher", "open_publication")}  # fmt: skip
    assert list(found.values()) == list(ACTED_ON)
    assert all(LEVERS[policy.levers[0]].acts_on in ACTED_ON for policy in registry().values())
    assert _acts_on(small()) not in ACTED_ON
