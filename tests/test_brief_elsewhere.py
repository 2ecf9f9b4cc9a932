"""What a page to hand on says of other theories and laws is what the tables it is taken from hold, and what was asked
for comes first."""

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

import sim
from sim.measures import DIVIDE, EMISSIONS
from sim.measures.access import LABS_COMPUTE
from sim.report.comparison.laws import what_holds
from sim.report.comparison.other_worlds import UNTOLD, _reach, in_other_worlds
from sim.report.comparison.theories import summarize_theories
from sim.results.statistics import Effect
from sim.scenario.law import USUAL
from tests.made_effects import altered, an_effect
from tests.test_side_by_side import compared


@pytest.fixture(scope="module")
def found() -> sim.Comparison:
    return compared("public_compute", "compute_voucher", measures=[LABS_COMPUTE])


def world(found: sim.Comparison, changes: dict[str, Effect | None]) -> sim.Comparison:
    """A world in which every policy has these effects, by measure."""
    shown = {"scenarios": found.scenarios, "measures": found.measures, "pairs": found.pairs, "names": found.names}
    own = SimpleNamespace(**shown, asked_measures=found.asked_measures, effect=lambda _, id, *__: changes[id])
    return cast(sim.Comparison, cast(Any, own))


def test_the_range_holds_sizes_as_they_stand_and_draws_of_each_world(found: sim.Comparison) -> None:
    """Emissions "−0.02 to +7 %" were +19 % on the numbers as they stand of one theory."""
    draws, size = an_effect(0.0, (-0.02, 0.07)), an_effect(0.19, (-0.01, 0.06))
    assert _reach([draws, size], ["tCO2e/yr"] * 2) == "−2 to +19 %"
    assert _reach([size, draws], ["tCO2e/yr"] * 2) == "−2 to +19 %"
    worlds = [world(found, dict.fromkeys(found.measures, one)) for one in (draws, size)]
    (first, *_) = in_other_worlds(worlds[0], {}, {"meek": worlds[1]})
    assert first.endswith("emissions −2 to +19 %.")


@pytest.mark.parametrize(
    ("changes", "units", "said"),
    [
        (["points", "points"], ["fraction"] * 2, "−0.30 to +0.50 percentage points"),
        (["points", "percent"], ["USD/yr"] * 2, "−0.003 to +0.005"),
        (["points", "points"], ["fraction", "nats"], UNTOLD),
        (["points", None], ["fraction"] * 2, UNTOLD),
    ],
)
def test_what_has_no_percent_is_told_in_amounts_of_one_unit(
    changes: list[str | None], units: list[str], said: str
) -> None:
    points = altered(an_effect(0.001, (-0.003, 0.005), baseline=1.0), relative=float("nan"))
    of = {"points": points, "percent": an_effect(0.001, (-0.002, 0.001), baseline=1.0), None: None}
    told = _reach([of[change] for change in changes], units).replace(" percentage points to", " to")
    assert told == said or (units[0] == "USD/yr" and told.startswith("−$") and " to +$" in told)


@pytest.mark.parametrize(("times", "told"), [(0.2, ""), (9, ""), (0.0015, "down to"), (50, "up to")])
def test_levels_far_from_the_baseline_are_told_beside_percents(found: sim.Comparison, times: float, told: str) -> None:
    """Under the exponential law all AI emits a six hundredth: +65 % of it reads as half of the world's."""
    own = an_effect(0.02, (-0.01, 0.2), baseline=2e8)
    near, far = (altered(own, baseline=own.baseline * by) for by in (2.0, times))
    laws = {
        name: world(found, {id: own if id != EMISSIONS else one for id in found.measures})
        for name, one in (("ninth_power", near), ("thompson2020_exponential", far))
    }
    said = in_other_worlds(world(found, dict.fromkeys(found.measures, own)), laws, {})
    assert len(said) == len(found.names) + bool(told)
    if told:
        level = {"down to": "300 k tCO2e/yr", "up to": "10 B tCO2e/yr"}[told]
        assert said[-1] == (
            f"Sizes are of very different levels: without them emissions are {told} {level} under the scaling law "
            "thompson2020 exponential, not 200 M tCO2e/yr."
        )


def test_what_was_asked_for_comes_first_in_all_sentences_on_theories_and_laws(found: sim.Comparison) -> None:
    """The table had it, and neither the sentence on theories nor any line of the brief."""
    subject, divide = (found.measures[id].subject for id in (LABS_COMPUTE, DIVIDE))
    lines = in_other_worlds(found, {"other": found}, {"another": found})
    assert len(lines) == 2 * len(found.names)
    for line in (*lines, *summarize_theories({USUAL: found, "meek": found}).survives,
                 *what_holds(found, {"other": found})):  # fmt: skip
        assert -1 < line.find(subject) < line.find(divide), line
    assert re.search(rf": {subject} (may )?rises? in all, [+\d].* to .*?; ", lines[0])


def test_what_is_asked_for_and_usual_stands_once(found: sim.Comparison) -> None:
    asked = replace(found, asked_measures=(EMISSIONS,))
    line = in_other_worlds(asked, {}, {"another": asked})[0]
    assert line.count("emissions") == 1
    assert line.find("emissions") < line.find("the compute divide")
