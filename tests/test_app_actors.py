"""Single actors in their tab: those of the pair that Mesa's page steps, in any year, and tables that agree."""

import json
from dataclasses import fields, replace

import numpy as np
import pytest

from sim.app.actors import dots, picture, told
from sim.app.crowd import Crowd, Crowds, followed
from sim.measures import FRONTIER_ERROR
from sim.measures.inequality import COMPUTE_GINI
from sim.report import words
from tests.pairs import pair_of, stepped

LAST = 2016
YEARS = range(2012, LAST + 1)


@pytest.fixture(scope="module")
def crowds() -> Crowds:
    pair = pair_of("public_compute", until=LAST)
    return followed(pair.baseline.scenario, pair.policy.scenario)


@pytest.mark.slow
def test_they_are_those_that_mesa_steps_and_measures_are_of_them(crowds: Crowds) -> None:
    pair = pair_of("public_compute", until=LAST)
    for year in YEARS:
        stepped(pair, 4)
        for crowd, track in zip(crowds.of(year), pair.tracks, strict=True):
            for part in fields(Crowd):
                assert np.array_equal(getattr(crowd, part.name), getattr(track.crowd, part.name)), (year, part.name)
            assert crowd.error[crowd.alive].min() == pytest.approx(track.now(FRONTIER_ERROR), rel=0.2)
        gini = words.number(pair.policy.now(COMPUTE_GINI), "1")
        charts = told(crowds, picture(crowds.cast), year)["charts"]
        assert f"{gini} in the policy world" in charts[1]["meaning"]


@pytest.mark.slow
def test_what_the_browser_is_told_agrees_with_itself(crowds: Crowds) -> None:
    drawn = picture(crowds.cast)
    for year in YEARS:
        shown = told(crowds, drawn, year)
        json.dumps(shown, allow_nan=False)
        network, lorenz = shown["charts"]
        for chart in (network, lorenz):
            assert {len(row) for row in chart["rows"]} == {len(chart["heads"])}
        for place in (3, 4):  # in both worlds
            parts = [float(row[place].removesuffix(" %")) for row in network["rows"]]
            assert sum(parts) == pytest.approx(100, abs=0.2)
    assert dots(replace(drawn, all=700)).endswith(f" {len(drawn.rows)} of 700 actors are drawn.")
    assert dots(drawn).endswith("whom."), "all are"
    outside = [told(crowds, drawn, year)["rows"] for year in (0, 2012, 9999, LAST)]
    assert outside[0] == outside[1] != outside[2] == outside[3]
