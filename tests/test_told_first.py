"""What stands first in a comparison: what few draws mean for its words, and what was asked for."""

import re
from dataclasses import replace
from pathlib import Path

import sim
from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR
from sim.measures.access import ACADEMIA_SHARE
from sim.measures.economy import MARKET
from sim.report.comparison.summary import summarize
from sim.report.comparison.verdict import few_draws, reading
from sim.results.certainty import MANY
from sim.results.statistics import FEWEST
from tests.saying import Say
from tests.test_effects import an_effect
from tests.test_verdict import SMALL, SURE, UNCLEAR, YEARS, claim, said
from tests.worlds import SCENARIOS, small


def test_what_few_draws_mean_is_told_once_and_before_the_verdicts(say: Say, tmp_path: Path) -> None:
    assert few_draws(10) == (
        'Only 10 draws: the true ranges may be wider, so "may" and "direction unclear" are said more often than with '
        "40 or more."
    )
    assert [few_draws(many) for many in (FEWEST - 1, MANY)] == ["", ""]
    worlds = [str(SCENARIOS / f"{name}.toml") for name in ("baseline", "carbon_tax")]
    few = [f"kind.{kind}.count=6" for kind in ("corporation", "startup", "academic_lab")]
    settings = [word for one in few for word in ("--set", one)]
    out = say("compare", *worlds, *settings, "--until", "2014", "--replicates", FEWEST, "--out", tmp_path / "o").out
    assert out.count("Only 6 draws") == 1
    assert out.index("in 2014:") < out.index("Only 6 draws") < out.index("How to read it")
    page = (tmp_path / "o" / "report.html").read_text(encoding="utf-8")
    assert page.index("Only 6 draws") < page.index('class="findings"') < page.index("How to read it")


def test_how_to_read_a_verdict_is_true_of_a_direction_that_is_unclear_though_all_draws_go_one_way() -> None:
    legend = reading(YEARS, True)
    assert "size and range go one way" in legend
    assert "or numbers as they stand, or luck with these, go against it" in legend
    assert "go against it" not in reading(YEARS, False)


def test_what_was_asked_for_stands_first() -> None:
    """In the order in which it was asked for, whatever else changes more and however sure it is."""
    asked_for = [replace(claim(id, change), asked=True) for id, change in ((MARKET, SMALL), (FRONTIER_ERROR, UNCLEAR))]
    text = said(claim(EMISSIONS, SURE), claim(DIVIDE, UNCLEAR), *asked_for)
    assert text == (
        "The AI product market hardly changes; direction unclear: the frontier's error (−4 to +20 %); cuts emissions "
        "by about 30 %; direction unclear: the compute divide (−4 to +20 %)."
    )
    worlds = [small(until=2014), small("carbon_tax", "policy.carbon_tax.start=2013", until=2014)]
    found = sim.compare(worlds, replicates=FEWEST, workers=1)
    (of_tax,) = summarize(replace(found, told=("emissions_region_india",)), {}).policies
    first, others = of_tax.verdict.split("; ", 1)
    assert "emissions in India" in first
    assert "the world's emissions" in others
    assert re.search(r"(?<!world's )emissions", others) is None
    assert [row.label for row in of_tax.key if row.measure == "emissions_region_india"] == ["Emissions in India"]
    divide = summarize(replace(found, told=(EMISSIONS,)), {}).policies[0].verdict
    assert re.match(r"[^;]*\bemissions\b", divide)
    assert "world's" not in divide


def test_a_divide_that_was_asked_for_stays_beside_the_share_that_falls() -> None:
    divide, share = an_effect(-0.9, (-0.95, -0.8)), an_effect(-0.6, (-0.8, -0.3))
    for asked_for in (DIVIDE, ACADEMIA_SHARE):
        claims_ = [claim(EMISSIONS, an_effect(9.0, (8, 10))), claim(DIVIDE, divide), claim(ACADEMIA_SHARE, share)]
        text = said(*(replace(one, asked=one.measure.id == asked_for) for one in claims_))
        assert text.startswith("Narrows the compute divide by about 90 %, but lowers academia's share")
