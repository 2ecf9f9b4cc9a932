"""What the page draws: names and dots of the network, axes."""

import re
from math import isfinite

import numpy as np
import pytest

from sim.app.actors import MOST_DOTS, about, network, picture
from sim.app.looks import ValueScale, calendar, raised, tick
from sim.app.pair import PairModel
from tests.pairs import BASELINE, Setup, pair_of


def test_the_network_shows_at_most_so_many_and_keeps_kinds_apart() -> None:
    pair = PairModel(Setup(BASELINE, BASELINE, 1))
    drawn = picture(pair.policy.cast)
    assert drawn.all == 700
    assert 290 <= len(drawn.rows) <= MOST_DOTS
    assert len(set(drawn.rows)) == len(drawn.rows)
    centres = list(drawn.centres.values())
    for i, (x, y, radius) in enumerate(centres):
        for a, b, other in centres[i + 1 :]:
            assert ((x - a) ** 2 + (y - b) ** 2) ** 0.5 > radius + other
    kinds = pair.policy.model.world.groups.kinds
    for kind, (x, y, radius) in drawn.centres.items():
        members = [row for row in drawn.rows if kinds[kind].start <= row < kinds[kind].stop]
        far = [((drawn.places[r][0] - x) ** 2 + (drawn.places[r][1] - y) ** 2) ** 0.5 for r in members]
        assert max(far) <= radius + 1e-9
    small = pair_of().policy
    few = picture(small.cast)
    assert len(few.rows) == few.all == 40
    assert "Corporation 1, " in about(small.cast, small.crowd, 0)


@pytest.mark.parametrize(
    "counts",
    [
        {},
        {"corporation": 20, "startup": 90, "academic_lab": 250},
        {"startup": 60},
        *(
            dict(zip(("corporation", "startup", "academic_lab"), some, strict=True))
            for some in ((3, 3, 900), (3, 900, 3), (900, 3, 3), (900, 1, 900), (1, 1, 1))
        ),
    ],
)
@pytest.mark.parametrize("size", [(300, 220), (348, 260), (480, 420)])
def test_names_of_kinds_stand_clear_in_the_network(counts: dict[str, int], size: tuple[int, int]) -> None:
    """Within the panel, over no dot but those at a circle's own edge, and over no other name."""
    pair = PairModel(Setup(BASELINE, BASELINE, 1, counts=counts, until=2012))
    pair.step()
    drawn = picture(pair.policy.cast)
    option = network(pair.policy.cast, pair.policy.crowd, drawn)
    wide, high = size
    (left, right, bottom, top) = (option["grid"][side] for side in ("left", "right", "bottom", "top"))

    def pixels(x: float, y: float) -> tuple[float, float]:
        xs, ys = option["xAxis"], option["yAxis"]
        return (
            left + (x - xs["min"]) / (xs["max"] - xs["min"]) * (wide - left - right),
            bottom + (y - ys["min"]) / (ys["max"] - ys["min"]) * (high - bottom - top),
        )

    dots = [pixels(*place) for place in drawn.places.values()]
    before: list[tuple[float, float, tuple[float, float]]] = []
    for name in option["series"][2]["data"]:
        label = name["label"]
        x, y = pixels(*name["value"])
        lines = re.findall(r"{[ab]\|(.*?)}", label["formatter"])
        length = 6.5 * max(map(len, lines))
        begin = x - {"left": 0, "center": 0.5, "right": 1}[label["align"]] * length
        ends = (y + 5, y + 37) if label["position"] == "top" else (y - 37, y - 5)
        assert begin >= 0
        assert begin + length <= wide
        assert ends[0] >= 0
        assert ends[1] <= high
        covered = [dot for dot in dots if begin < dot[0] < begin + length and ends[0] < dot[1] < ends[1]]
        assert covered == [], lines
        for start, end, (low, up) in before:
            assert begin >= end or begin + length <= start or ends[0] >= up or ends[1] <= low, lines
        before.append((begin, begin + length, ends))


def test_ticks_are_short_and_raise_powers() -> None:
    assert (tick(0.75, "fraction"), tick(2.5e8, "tCO2e/yr"), tick(1e25, "FLOP")) == ("75 %", "250 M", "10²⁵")
    assert raised("$10^15.7 a year") == "$10¹⁵·⁷ a year"


def test_axes_hold_their_values() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        values = (10 ** rng.uniform(-6, 30, 5)).tolist()
        for scale in (ValueScale("USD"), ValueScale("USD", 10.0), ValueScale("fraction", 2.0, 0.01)):
            axis = scale.axis(values)
            placed = [scale.place(value) for value in values]
            assert all(axis["min"] <= place <= axis["max"] for place in placed if place is not None)
            assert 2 <= len(axis["texts"]) <= 8
            assert isfinite(axis["interval"])
    assert ValueScale("USD", 10.0).place(0.0) is None


@pytest.mark.parametrize(("years", "shown"), [((2012, 2039), True), ((2012, 2040), False), ((2012, 2029), True)])
def test_the_calendar_names_its_last_year_where_it_is_a_round_one(years: tuple[int, int], shown: bool) -> None:
    """The library leaves the last label out where it comes close to the one before, also where that is empty."""
    axis = calendar(years)
    assert axis["axisLabel"]["showMaxLabel"] is shown
    assert (f"{years[1] + 1:.6f}" in axis["texts"]) is shown
    assert axis["axisTick"]["show"] is True
    assert calendar((years[0], years[1] + 60))["axisTick"]["show"] is False, "none are told apart"
