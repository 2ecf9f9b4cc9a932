"""What stands first in a comparison: what few draws mean for its words, and what was asked for; and what is left
out, or said beside it."""

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

import sim
from sim.cli.compare import report
from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR
from sim.measures.access import ACADEMIA_SHARE
from sim.measures.economy import MARKET
from sim.report.comparison.html import comparison_page
from sim.report.comparison.summary import summarize
from sim.report.comparison.verdict import few_draws, reading
from sim.results.certainty import MANY
from sim.results.statistics import FEWEST
from sim.scenario.variants import with_options
from tests.made_effects import an_effect
from tests.saying import Say
from tests.test_verdict import SMALL, SURE, UNCLEAR, YEARS, claim, said
from tests.worlds import SCENARIOS, small


def test_what_few_draws_mean_is_told_once_and_before_the_verdicts(say: Say, tmp_path: Path) -> None:
    assert few_draws(10) == (
        'Ranges hold all 10 draws. More draws could lie outside, or go the other way, so that "may" is said more often '
        "than with 40 or more."
    )
    assert [few_draws(many) for many in (FEWEST - 1, MANY)] == ["", ""]
    worlds = [str(SCENARIOS / f"{name}.toml") for name in ("baseline", "carbon_tax")]
    few = [f"kind.{kind}.count=6" for kind in ("corporation", "startup", "academic_lab")]
    settings = [word for one in few for word in ("--set", one)]
    out = say("compare", *worlds, *settings, "--until", "2014", "--replicates", FEWEST, "--out", tmp_path / "o").out
    assert out.count("Ranges hold all 6 draws") == 1
    assert out.index("in 2014:") < out.index("Ranges hold all 6 draws") < out.index("How to read it")
    page = (tmp_path / "o" / "report.html").read_text(encoding="utf-8")
    assert page.index("Ranges hold all 6 draws") < page.index('class="findings"') < page.index("How to read it")


def test_how_to_read_a_verdict_is_true_of_a_direction_that_is_unclear_though_all_draws_go_one_way() -> None:
    legend = reading(YEARS, True)
    assert "size and range go one way" in legend
    assert "or numbers as they stand, or luck with these, go against it" in legend
    assert "go against it" not in reading(YEARS, False)


@pytest.fixture(scope="module")
def found() -> sim.Comparison:
    worlds = [small(until=2014), small("carbon_tax", "policy.carbon_tax.start=2013", until=2014)]
    return sim.compare(worlds, replicates=FEWEST, workers=1)


def test_what_was_asked_for_stands_first(found: sim.Comparison) -> None:
    """In the order in which it was asked for, whatever else changes more and however sure it is."""
    asked_for = [replace(claim(id, change), asked=True) for id, change in ((MARKET, SMALL), (FRONTIER_ERROR, UNCLEAR))]
    text = said(claim(EMISSIONS, SURE), claim(DIVIDE, UNCLEAR), *asked_for)
    assert text == (
        "The AI product market hardly changes; direction unclear: the frontier's error (−4 to +20 %); cuts emissions "
        "by about 30 % (10 to 50 %); direction unclear: the compute divide (−4 to +20 %)."
    )
    (of_tax,) = summarize(replace(found, asked_measures=("emissions_region_india",)), {}).policies
    first, *rest = of_tax.verdict
    others = "; ".join(rest)
    assert "emissions in India" in first
    assert "the world's emissions" in others
    assert re.search(r"(?<!world's )emissions", others) is None
    assert [row.label for row in of_tax.key if row.measure == "emissions_region_india"] == ["Emissions in India"]
    divide = summarize(replace(found, asked_measures=(EMISSIONS,)), {}).policies[0].verdict
    assert re.search(r"\bemissions\b", divide[0])
    assert "world's" not in "; ".join(divide)


def test_a_divide_that_was_asked_for_stays_beside_the_share_that_falls() -> None:
    divide, share = an_effect(-0.9, (-0.95, -0.8)), an_effect(-0.6, (-0.8, -0.3))
    for asked_for in (DIVIDE, ACADEMIA_SHARE):
        claims_ = [claim(EMISSIONS, an_effect(9.0, (8, 10))), claim(DIVIDE, divide), claim(ACADEMIA_SHARE, share)]
        text = said(*(replace(one, asked=one.measure.id == asked_for) for one in claims_))
        assert text.startswith("Narrows the compute divide by about 90 %, but lowers academia's share")


def test_an_interrupt_with_nothing_finished_prints_nothing_of_what_there_is_not() -> None:
    """An empty verdict and the head of a table stood there."""
    found = sim.Comparison([small(until=2013), small("carbon_tax", until=2013)], [], 6, interrupted=True)
    summary = summarize(found, {})
    text = report(found, summary, cast(Any, SimpleNamespace(directory=Path("out"))), 1.0)
    assert text == f"\n{summary.cut_short}\n\n1.0 s, no pair is finished. What there is lies in out"
    page = comparison_page(found, summary, {}, {})
    assert "<b>Carbon tax" not in page
    assert "Before and after" not in page
    assert "Traceback" not in page


def test_that_programmes_look_large_beside_sponsored_labs_is_told_where_labs_get_anything() -> None:
    def told(name: str, *settings: str) -> bool:
        policy = small(name, f"policy.{name}.start=2013", *settings, until=2014)
        found = sim.compare([small(until=2014), policy], replicates=1, workers=1, assumptions=False)
        summary = summarize(found, {})
        page = re.sub(r"</?abbr[^>]*>", "", comparison_page(found, summary, {}, {}))  # words that are explained
        said = "Labs live on sponsored compute" in page.partition("What not to conclude")[2]
        assert bool(summary.sponsored) is said
        return said

    assert told("compute_voucher")
    assert told("public_compute")
    assert told("carbon_tax", 'policy.carbon_tax.revenue_use="academic_compute"')
    assert not told("carbon_tax")
    assert not told("compute_voucher", 'policy.compute_voucher.kinds=["startup"]')


def test_a_name_stands_beside_a_title_that_does_not_have_it(found: sim.Comparison) -> None:
    """Rows of the short table are called by names, verdicts by titles."""
    other = with_options(found.scenarios[1], name="eu_cap", title="The EU's falling cap")
    worlds = [*found.scenarios, other]
    pairs = [replace(pair, luck=[*pair.luck, pair.luck[1]], wide=[*pair.wide, pair.wide[1]]) for pair in found.pairs]
    both = sim.Comparison(worlds, pairs, found.replicates_asked)
    text = report(both, summarize(both, {}), cast(Any, SimpleNamespace(directory=Path("out"))), 1.0)
    assert "\nThe EU's falling cap (eu cap)\n- " in text
    assert "(carbon tax)" not in text
    assert "(eu cap)" not in report(found, summarize(found, {}), cast(Any, SimpleNamespace(directory=Path("out"))), 1.0)
