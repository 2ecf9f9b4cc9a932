"""What is handed on of scaling laws speaks of laws: of no policy, no money that policies cost, and of what is held."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import matplotlib.pyplot as plt
import pytest

import sim
from sim.cli.laws import report
from sim.experiment.laws import HELD, under_laws
from sim.measures import registry, told
from sim.outputs.comparison import BRIEF, write_comparison
from sim.report.certainty import statement
from sim.report.comparison.effects import OTHERWISE
from sim.report.comparison.figures import GALLERY
from sim.report.comparison.figures.over_time import over_time_figure
from sim.report.comparison.html import comparison_page
from sim.report.comparison.matrix import BUDGET, before
from sim.report.comparison.summary import ComparisonSummary, summarize
from sim.report.laws import PLACES, answer, told_first
from sim.results import Comparison
from sim.results.statistics import FEWEST
from tests.made_effects import an_effect
from tests.test_certainty import middling
from tests.worlds import small

MONEY = ("What it costs", "Where the money came from", BUDGET)
POLICIES_OF = re.compile("polic|treasury|baseline", re.IGNORECASE)


def compared(*worlds: sim.Scenario, held: str = "") -> Comparison:
    return replace(sim.compare(list(worlds), replicates=FEWEST, workers=1), held=held)


@pytest.fixture(scope="module")
def found() -> Comparison:
    return compared(*under_laws(small(until=2013)), held="accuracy")


@pytest.fixture(scope="module")
def summary(found: Comparison) -> ComparisonSummary:
    return summarize(found, {})


def text(page: str, until: str = "</body>") -> str:
    body = re.sub(r"<svg.*?</svg>", "", page.partition("<h1>")[2].partition(until)[0], flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", "", body)).split())


def printed(found: Comparison, summary: ComparisonSummary) -> str:
    """What stands in the terminal, on one line."""
    told = report(found, summary, cast(Any, SimpleNamespace(directory=Path("out"))), 1.0)
    return " ".join(told.replace("\N{NO-BREAK SPACE}", " ").split())


def test_a_report_on_laws_begins_with_what_a_steeper_one_does_and_what_is_held(
    found: Comparison, summary: ComparisonSummary
) -> None:
    """Both stood in the terminal alone, below a heading on policies."""
    page = text(comparison_page(found, summary, {}, {}))
    assert page.startswith("What the scaling law changes")
    first, second = told_first(found)
    assert first.startswith("From exponent 9.5 to exponent 12.3, in 2013: the compute divide")
    assert HELD["accuracy"] in second
    assert page.index(first.replace("\N{NO-BREAK SPACE}", " ")[:60]) < page.index(second[:20]) < page.index("Frontier")
    assert HELD["compute"] in told_first(replace(found, held="compute"))[-1]
    assert all(said.replace("\N{NO-BREAK SPACE}", " ") in printed(found, summary) for said in (first, second))


def test_it_speaks_of_no_policy_and_tells_no_money(found: Comparison, summary: ComparisonSummary) -> None:
    page = text(comparison_page(found, summary, {}, {}), "What not to conclude")
    measures = [row.label for row in summary.rows]  # some are of policies' money, and are told as any other
    for label in measures:
        page = page.replace(label, "")
    assert not POLICIES_OF.search(page), POLICIES_OF.search(page)
    assert not [one for one in MONEY if one in page]
    assert page.count("Exponent 9.5") > 3
    described = [GALLERY.describe(f"{name}.png") for name in GALLERY.figures]
    assert not [said for said in described if POLICIES_OF.search(said)]


def test_money_is_told_where_any_scenario_has_a_policy_that_acts() -> None:
    taxed = small("carbon_tax", "policy.carbon_tax.start=2012", until=2013)
    later = small("carbon_tax", until=2013)  # begins after the last year
    pages = {
        name: text(comparison_page(of, summarize(of, {}), {}, {}))
        for name, of in {
            "policies": compared(small(until=2013), taxed, later),
            "laws": compared(*under_laws(taxed)[:3], held="accuracy"),
            "worlds": compared(small(until=2013), *(small("baseline", f"product.margin={n}", until=2013)
                                                    for n in (0.3, 0.4))),
        }.items()
    }  # fmt: skip
    assert [page.partition(" change")[0] for page in pages.values()] == [
        "What policies", "What the scaling law", "What other worlds",
    ]  # fmt: skip
    for name, page in pages.items():
        assert [one for one in MONEY if one in page] == ([] if name == "worlds" else [*MONEY]), name


@pytest.mark.usefixtures("drawn")
def test_no_page_to_hand_on_is_written_whose_words_are_of_policies(found: Comparison, tmp_path: Path) -> None:
    for held in ("accuracy", ""):
        out = tmp_path / (held or "none")
        out.mkdir()
        write_comparison(replace(found, held=held), {}, out, ["laws"], None)
        assert (out / BRIEF).exists() is not bool(held)


def test_no_word_is_broken_in_a_picture(found: Comparison) -> None:
    """A law was called thompson2020_polyn omial."""
    called = "law_of_a_very_long_name_that_fills_a_line"
    scenarios = [replace(one, title=f"Law {called} {i}") for i, one in enumerate(found.scenarios)]
    figure = over_time_figure(replace(found, scenarios=scenarios), "")
    assert sum(called in ax.get_ylabel() for ax in figure.axes) == len(found.names)
    plt.close(figure)
    assert "polic" not in " ".join(one.get_text() for one in figure.texts).lower()


def test_the_terminal_tells_levels_and_no_sign_that_is_not_there(found: Comparison, summary: ComparisonSummary) -> None:
    """It had a key to a sign that its table has not, percents of a level that it did not tell, and called exponent 9.5
    the baseline."""
    marked = replace(summary, note=f"{summary.note}\n{OTHERWISE} The medians")
    said = printed(found, marked)
    assert OTHERWISE not in said
    assert "in percent of exponent 9.5" in said
    assert "baseline" not in said
    assert all(before(found, id).partition(" (")[0] in said for id in told("law"))


def test_an_answer_has_the_size_that_all_tables_have(found: Comparison) -> None:
    """It told the median over draws alone, beside tables and verdicts that tell the size as numbers stand."""
    change = middling(an_effect(0.3, (0.2, 2.5)), 0.7)
    for measure in told("law").values():
        said = answer("Flat", "steep", 2040, {measure.id: change})
        assert " 30.0 % (median 70.0 %, 20.0 to 250 %)" in said, said
        assert statement(change, measure, change.luck.relative, PLACES) in said


def test_no_name_of_a_measure_in_a_sentence_ends_with_a_sign() -> None:
    """A sentence read: the frontier run, in years of a lab's means,: direction unclear."""
    for measure in registry().values():
        assert measure.subject[-1].isalnum() or measure.subject[-1] in ")%", measure.subject
        assert measure.level[-1].isalnum() or measure.level[-1] in ")%", measure.level
