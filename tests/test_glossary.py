"""Words that a reader may not know: each explained once, told where it stands, and no other."""

import ast
import re
from html import unescape
from pathlib import Path

import pytest

from sim.app.words import words_of_the_page
from sim.report.glossary import explained, glossary, words_in
from tests.saying import Say
from tests.worlds import ROOT, SMALL

TECHNICAL = """
    paired, same luck, luck and assumptions, simulation noise, replicates, seed, median, geometric mean, percentile,
    percentage points, logarithm, variance, extrapolated, drawn anew, assumed,
    FLOP, EFLOP, compute, compute divide, access, access gap, frontier, frontier run, halving of error, scaling law,
    effective compute,
    Gini, bound by ramp, bound by means, scarcity rent, slack, cleared, rationed, capacity, treasury, discounted,
    permits, tCO2e, operational emissions, embodied, social cost of carbon,
    mechanism, endowment, interaction, baseline, provenance
"""


def texts() -> str:
    """What the product says: its templates, and texts in its code that are no docstrings."""
    said = [file.read_text(encoding="utf-8") for file in (ROOT / "sim").rglob("*.html")]
    for file in (ROOT / "sim").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Expr):
                children = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.Constant)]
                said += [child.value for child in children if isinstance(child.value, str)]
    return " \n ".join(said)


def test_every_word_is_used() -> None:
    said = texts()
    assert len(glossary()) > 40
    assert [word.name for word in glossary() if not word.pattern.search(said)] == []


@pytest.mark.parametrize("word", [word.strip() for word in TECHNICAL.split(",")])
def test_every_technical_word_is_explained(word: str) -> None:
    assert words_in(word)


def test_a_word_is_explained_in_one_line_that_stands_once() -> None:
    meanings = [word.meaning for word in glossary()]
    assert len(set(meanings)) == len(meanings)
    for word in glossary():
        assert word.meaning.endswith("."), word.name
        assert len(word.meaning) <= 140, word.name
        assert "\n" not in word.meaning
        assert [other.name for other in glossary() if other.pattern.fullmatch(word.name)] == [word.name]


def test_the_first_of_each_word_bears_its_meaning() -> None:
    """Outside headings, questions and tables, the longest where two overlap, and never one within another's remark."""
    page = (
        '<h2>Median</h2><p class="question">A seed?</p><table><tr><td>median seed</td></tr></table>'
        '<p title="median">A median &amp; luck and\n'
        "assumptions; a frontier\u2019s median, two replicates, luck.</p><p>Scarcity rents.</p>"
    )
    marked, told = explained(page)
    marks = re.findall(r'<abbr title="([^"]+)">([^<]+)</abbr>', marked)
    first = ["median", "luck and\nassumptions", "frontier", "replicates", "Scarcity rents"]
    assert [found for _, found in marks if found != "luck"] == first
    meaning = {word.name: word.meaning for word in glossary()}
    assert unescape(marks[0][0]) == meaning["median"]
    assert re.sub(r"</?abbr[^>]*>", "", marked) == page
    names = ["frontier", "luck", "luck and assumptions", "median", "replicate", "scarcity rent", "seed"]
    assert [word.name for word in told] == names
    assert explained("<p>Nothing here.</p>") == ("<p>Nothing here.</p>", [])


def test_a_word_within_another_one_does_not_bear_a_meaning_of_its_own() -> None:
    """What labs can use was explained as who can train, wherever the access gap stood for the second time."""
    marked, _ = explained("<p>The access gap narrows.</p><p>The access gap is small.</p><p>Their access.</p>")
    assert re.findall(r"<abbr[^>]*>([^<]+)</abbr>", marked) == ["access gap", "access"]
    assert marked.endswith("access</abbr>.</p>")


@pytest.mark.slow
@pytest.mark.parametrize("call", [["run"], ["compare", ROOT / "scenarios" / "carbon_tax.toml"], ["decompose"]])
def test_a_report_ends_with_its_words(call: list[object], say: Say, tmp_path: Path) -> None:
    command, *others = call
    said = say(command, SMALL[0], *others, *SMALL[1:], "--workers", "1", "--out", tmp_path / "out")
    assert said.code == 0, said
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    shown = [unescape(name) for name in re.findall(r"<dt>(.*?)</dt>", page)]
    body = page[page.index("<main>") : page.index('<dl class="words">')]
    body = body[: body.rindex("<h2>")]
    assert shown == [word.name for word in words_in(unescape(re.sub(r"<[^>]*>", " ", body)))]
    assert {"replicate", "seed", "assumed"} <= set(shown)


def test_the_page_explains_its_words() -> None:
    names = [word.name for word in words_of_the_page()]
    assert {"frontier", "halving of error", "permit", "Gini"} <= set(names)
