"""What figures, pages and the dashboard share stands once: words and ids of measures, looks of kinds, places."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import sim.measures
from sim.app.answer import answer
from sim.app.crowd import looks
from sim.evidence import findings
from sim.experiment.compare import compare
from sim.experiment.laws import under_laws
from sim.experiment.run import run
from sim.measures import DIVIDE, registry, told
from sim.measures.access import BEST_STARTUP
from sim.measures.base import Told, Words
from sim.measures.inequality import COMPUTE_GINI
from sim.report import words
from sim.report.colours import INK, LOOKS, look_of
from sim.report.comparison.effects import cell
from sim.report.origin import FigureOrigin
from sim.report.run.data import RunData
from sim.report.run.figures import GALLERY
from sim.report.run.figures.common import with_added
from sim.report.style import beyond_trend, canvas
from sim.report.sunflower import sunflower
from sim.results.statistics import FEWEST
from tests.ensembles import of
from tests.legible import legible, saved
from tests.made_effects import an_effect
from tests.pairs import Setup
from tests.saying import Say
from tests.worlds import FEW, ROOT, SCENARIOS, small

YEARLY = "time.steps_per_year=1"
BELOW = ("mechanisms", "policies", "actors", "scenario", "economy")  # layers that know no measures


def texts(*left_out: str) -> Counter[str]:
    """How often each text stands in the code above, as a whole literal."""
    files = [file for file in (ROOT / "sim").rglob("*.py") if file.relative_to(ROOT / "sim").parts[0] not in left_out]
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    return Counter(
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_an_id_of_a_measure_stands_once() -> None:
    """Where it is declared; who asks for it imports its name."""
    found = texts(*BELOW)
    assert found[DIVIDE] == 1
    assert {id: found[id] for id in registry() if found[id] > 1} == {}


def made(file: Path) -> list[str]:
    """Texts that a file puts together, as patterns; each part that is not fixed stands for the end of an id."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
            fixed = "".join(str(part) for part in parts if part is not None)
            if "_" in fixed and any(letter.isalpha() for letter in fixed):
                found.append("".join("[a-z0-9_]+" if part is None else re.escape(str(part)) for part in parts))
    return found


def test_an_id_that_is_put_together_is_so_in_one_place() -> None:
    """By the helper of ``measures.ids`` or where it is declared; figures, page and findings ask the helper."""
    ids = registry(("here",), ("mine",))
    patterns = [(file, pattern) for file in (ROOT / "sim").rglob("*.py") for pattern in made(file)]
    making = [(file, pattern) for file, pattern in patterns if any(re.fullmatch(pattern, id) for id in ids)]
    assert {file.parent.name for file, _ in making} == {"measures"}
    count = Counter(pattern for _, pattern in making)
    assert len(count) > 10
    assert {pattern for pattern, times in count.items() if times > 1} == set()


def test_words_of_a_measure_stand_once_in_its_declaration() -> None:
    found = texts(*BELOW, "measures")
    usual = {*Words().verbs, *Words().comparatives, *Words().makes}
    own = {
        word
        for measure in registry().values()
        for word in (
            measure.words.subject,
            measure.words.heading,
            measure.words.amount,
            *measure.words.makes,
            *measure.words.verbs,
            *measure.words.comparatives,
        )
        if word and word not in {*usual, "more", "less", "emissions"}  # common words
    }
    assert {"the compute divide", "widens", "narrower", "The divide", "gets dearer", "dearer"} <= own
    assert own & set(found) == set()


@pytest.mark.parametrize("where", [field.name for field in fields(Told)])
def test_places_where_measures_are_told_are_counted_through(where: str) -> None:
    assert [getattr(measure.told, where) for measure in told(where).values()] == list(range(1, len(told(where)) + 1))
    assert told(where)


@pytest.fixture
def other_words(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The words of one measure changed where it is declared, as in a line of its file."""
    does = ("deepens", "closes")
    words = Words("the compute gulf", does, ("deeper", "shallower"), does, theme="access", heading="The gulf")
    measures = [
        replace(measure, label="Compute gulf", words=words) if measure.id == DIVIDE else measure
        for measure in registry().values()
    ]
    monkeypatch.setattr(sim.measures, "DECLARED", measures)
    sim.measures._registered.cache_clear()
    yield
    sim.measures._registered.cache_clear()


@pytest.mark.slow
@pytest.mark.usefixtures("other_words")
def test_a_change_of_a_measures_words_is_seen_everywhere(tmp_path: Path, say: Say) -> None:
    """In the terminal, in reports, on the page and in the findings."""
    baseline, policy = SCENARIOS / "baseline.toml", SCENARIOS / "public_compute.toml"
    short = [word for count in FEW for word in ("--set", count)]
    short += ["--until", "2013", "--workers", "1", "--replicates"]
    sooner = ["--set", "policy.public_compute.start=2012"]
    calls = {
        "run": ["run", baseline, *short, "2"],
        "compare": ["compare", baseline, policy, *short, "6", *sooner],
        "decompose": ["decompose", baseline, *short, "2", "--measure", DIVIDE],
        "laws": ["laws", "--compare", baseline, *short, "2"],
    }
    seen = {}
    for name, call in calls.items():
        said = say(*call, "--out", tmp_path / name)
        assert said.code == 0, said
        seen[name] = said.out
        for file in ("report.html", "summary.json"):
            seen[f"{name} {file}"] = (tmp_path / name / file).read_text(encoding="utf-8")

    told = answer(of(*Setup(baseline, policy, 1, settings=(*FEW, sooner[1]), until=2013).scenarios(), 6))
    seen["page"] = f"{told['sentences'][-1]} {told['labels'][0]} {told['cards'][-1][0]['word']}"
    laws = compare(under_laws(small("baseline", until=2013)), replicates=2)
    seen["findings"] = findings._steeper({"accuracy": laws})

    for where, text in seen.items():
        assert re.search("the compute gulf|The gulf|Compute gulf", text), where
        assert not re.search(
            "[Tt]he compute divide|Compute divide|The divide|divide (widens|narrows)|wider|widen the compute", text
        ), where
    assert "loses the compute gulf" in seen["compare"].replace("\n", " ")
    assert seen["page"].endswith("closes, better")
    assert "close or deepen the gulf?" in seen["findings"]


@pytest.mark.parametrize(
    ("id", "rule", "look"),
    [("giant", "corporation", "corporation"), ("garage", "startup", "startup"), ("centre", "academic_lab", "academia")],
)
def test_a_kind_is_drawn_by_its_rule_whatever_it_is_called(id: str, rule: str, look: str) -> None:
    """In figures and on the page alike."""
    scenario = small(until=2012)
    kind = next(kind for kind in scenario.kinds if kind.rule == rule)
    named = type(kind)(**{**vars(kind), "id": id})
    assert look_of(named) == look in LOOKS
    other = SimpleNamespace(kinds=(named,))
    nothing = pd.DataFrame()
    assert RunData(other, nothing, nothing, "").looks == looks(other) == {id: look}  # type: ignore[arg-type]
    both = SimpleNamespace(scenario=SimpleNamespace(kinds=(kind, replace(named, label="National ones"))))
    assert with_added(both, look, "All") == "All with National ones"  # type: ignore[arg-type]
    assert with_added(both, "another", "All") == "All"  # type: ignore[arg-type]


@pytest.mark.usefixtures("drawn")
def test_few_runs_and_a_year_with_nothing_have_the_same_figures() -> None:
    """Of few runs there is no range, and a logarithm of nothing neither: lines are drawn all the same."""
    found = run(small("baseline", YEARLY, until=2014, replicates=FEWEST), workers=1)
    series, actors = found.series, found.actors
    all_figures = set(GALLERY.draw_all(RunData(found.scenario, series, actors, "")))
    assert {"emissions.png", "limits.png"} <= all_figures
    few, nothing = series[series["replicate"] < 1], series.copy()
    last = nothing["measure"].str.startswith("emissions") & (nothing["year"] == 2014)
    nothing.loc[last, "value"] = 0.0
    for some in (few, nothing):
        assert set(GALLERY.draw_all(RunData(found.scenario, some, actors, ""))) == all_figures


def test_the_curve_of_compute_and_its_gini_are_of_the_same_actors() -> None:
    """A place whose startup failed holds nothing, and is no actor in either."""
    found = run(small("baseline", YEARLY, until=2020, replicates=1), workers=1)
    last = found.actors[found.actors["year"] == 2020]
    assert not last["alive"].all()
    with saved() as figures:
        GALLERY.figures["inequality"](RunData(found.scenario, found.series, found.actors, ""))
    curve = next(line for line in figures[0].axes[0].lines if line.get_color() == INK)
    least, held = np.asarray(curve.get_data()) / 100
    gini = found.series.set_index(["measure", "year"]).loc[(COMPUTE_GINI, 2020), "value"]
    assert 1 - 2 * np.trapezoid(held, least) == pytest.approx(gini, abs=0.002)
    assert f"Gini {words.plain(gini)}" in " ".join(text.get_text() for text in figures[0].axes[0].texts)


def test_limits_are_not_told_as_parts_of_a_whole() -> None:
    """Who is at two limits counts at both, so that their shares may add up to more than all."""
    found = run(small("baseline", YEARLY, until=2014, replicates=1), workers=1)
    with saved() as figures:
        GALLERY.figures["limits"](RunData(found.scenario, found.series, found.actors, ""))
    said = " ".join(text.get_text() for text in figures[0].texts)
    assert "who is at several counts at each of them" in said
    assert "the rest" not in said


def test_dots_of_a_sunflower_have_the_same_room() -> None:
    dots = sunflower(400)
    distance = np.hypot(*dots.T)
    assert distance**2 == pytest.approx((np.arange(400) + 0.5) / 400)
    between = np.hypot(*(dots[:, None] - dots).T) + np.eye(400)
    nearest = between.min(axis=0) * 400**0.5
    assert 1.2 < nearest.min() < nearest.max() < 2.1
    assert sunflower(0).shape == (0, 2)


def test_changes_from_tenfold_on_are_factors() -> None:
    """At ten itself too, which the ticks of an axis reach only up to rounding."""
    assert [words.is_factor(change) for change in (9.98, 10 - 1e-12, 10.0, 30.0)] == [False, True, True, True]
    assert not words.is_factor(float("nan"))
    assert cell(an_effect(10.0, (9.0, 12.0)), "USD").startswith("× 11.0 [")
    assert cell(an_effect(9.0, (8.0, 10.0)), "USD").startswith("+900 % [")


def drawn(name: str, run_: RunData) -> Figure:
    with saved() as figures:
        GALLERY.figures[name](run_)
    legible(figures[0])
    return figures[0]


@pytest.mark.parametrize("failed", [True, False])
def test_the_figure_of_errors_says_why_a_best_error_rises(failed: bool) -> None:
    """A startup in place of the best that failed begins at 100 %, which was a spike without a word."""
    found = run(small("baseline", YEARLY, until=2014, replicates=1), workers=1)
    series = found.series.copy()
    if failed:
        series.loc[(series["measure"] == BEST_STARTUP) & (series["year"] == 2013), "value"] = 0.9
    said = [text.get_text() for text in drawn("errors", RunData(found.scenario, series, found.actors, "")).texts]
    assert any("it rises where the best of a kind fails" in text for text in said) == failed


def test_the_line_of_the_divide_has_a_name_beside_records() -> None:
    """A number alone stood at its end, and "parity" was as large as what the axis says."""
    found = run(small("baseline", YEARLY, until=2022, replicates=1), workers=1)
    (ax,) = drawn("divide", RunData(found.scenario, found.series, found.actors, "")).axes
    said = {text.get_text(): text.get_fontsize() for text in ax.texts}
    assert any(text.startswith("simulated ") for text in said)
    assert said["parity"] < 8


def test_no_line_crosses_the_words_beyond_trend() -> None:
    figure, (ax,) = canvas("", "", "")
    beyond_trend(ax, FigureOrigin("", 1, 1, "", (2012, 2040), trends_end=2030.0))
    (line,) = ax.plot([2012, 2040], [0, 0])
    (text,) = ax.texts
    assert text.get_zorder() > line.get_zorder()
    assert text.get_path_effects() != []
    assert figure.axes == [ax]
