"""Figures of studies and decompositions can be read: no text leaves the canvas, and what is drawn is what is said."""

import re
from dataclasses import replace
from math import log
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from sim.measures import registry
from sim.measures.ids import group_of, share_of
from sim.report.decomposition.figures import GALLERY as OF_DECOMPOSITIONS
from sim.report.decomposition.words import cell
from sim.report.origin import FigureOrigin
from sim.report.sensitivity.figures import GALLERY as OF_SENSITIVITIES
from sim.report.sensitivity.figures.common import scale
from sim.report.sensitivity.words import PLAINER, note, plain_name, sizes
from sim.report.style import ApartTicks, canvas, log_scale
from sim.report.sweep.figures import GALLERY as OF_SWEEPS
from sim.report.sweep.summary import summarize
from sim.results import Breakdown, Contribution
from sim.results.sensitivity import Fact
from sim.results.sweep import Sweep
from sim.scenario import load
from sim.scenario.drawing import uncertain
from sim.study.sensitivity import METHODS
from tests.legible import legible, saved, texts
from tests.test_sensitivity import decided_by_many
from tests.test_sweep import TAX, made_up
from tests.worlds import BASELINE

ORIGIN = FigureOrigin("Made up", 6, 1, "", (2012, 2030))
VARIED = (f"{TAX}=0,300", "product.margin=0.3,0.4")


def taken_apart(nothing: float, whole: float, unit: str) -> Breakdown:
    """Twenty parts that lead from one level to another in logarithms."""
    steps = np.log(whole / nothing) * np.array([0.7, 0.2, *[0.004] * 17, 0.032])
    alone = [Contribution(f"part_{i}", "mechanism", step, 1.2 * step, 0.8 * step) for i, step in enumerate(steps)]
    first, last = alone[0], alone[-1]
    return Breakdown(registry()["frontier_error"], unit, True, whole, nothing, nothing, alone, [], first, last, last)


@pytest.mark.parametrize(("nothing", "whole", "unit"), [
    (0.108, 0.0149, "fraction"), (15.0, 59.0, "ratio"), (64.7, 1.5e8, "tCO2e/yr"), (0.02, 0.018, "fraction"),
])  # fmt: skip
def test_a_value_can_be_read_off_where_parts_end(nothing: float, whole: float, unit: str) -> None:
    """Of errors from 1 to 11 % one power of ten alone was marked."""
    with saved() as figures:
        OF_DECOMPOSITIONS.draw_all(taken_apart(nothing, whole, unit), ORIGIN)
    (figure,) = figures
    legible(figure)
    low, high = sorted(figure.axes[0].get_xlim())
    marked = [tick for tick in figure.axes[0].get_xticks() if low <= tick <= high]
    assert 2 <= len(marked) <= 10


def test_the_name_of_a_kind_stands_in_figures_as_it_is_written() -> None:
    """It may be a name, and hold a dollar, which begins a formula elsewhere."""
    label = "German $labs$"
    share = registry((), ("german_lab",), (), (label,))[share_of(group_of("german_lab"))]
    with saved() as figures:
        OF_DECOMPOSITIONS.draw_all(replace(taken_apart(0.1, 0.02, "fraction"), measure=share), ORIGIN)
        of_one = replace(made_up(*VARIED), measures={"emissions_total": share}, asked_measures=["emissions_total"])
        OF_SWEEPS.draw_all(of_one, ORIGIN)
    told = [[text.partition(" · ")[0] for text, _ in texts(figure) if "labs" in text] for figure in figures]
    what = "hare of training compute of German \\$labs\\$"
    assert told == [[f"What makes it: the s{what}"], [f"S{what}"], [f"S{what}"]]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("measures", "policies"), [(1, 0), (2, 2), (4, 3)])
def test_figures_of_sensitivities_are_legible(method: str, measures: int, policies: int) -> None:
    """The names of lines stood beyond the canvas."""
    with saved() as figures:
        drawn = OF_SENSITIVITIES.draw_all(decided_by_many(method, measures, policies), ORIGIN)
    assert list(drawn) == ["tornado.png", "interaction.png", "settled.png"]
    for figure in figures:
        legible(figure)


@pytest.mark.parametrize("blocks", [20, 5])
def test_figures_of_sensitivities_say_where_samples_are_too_few(blocks: int) -> None:
    """As the table does, of each panel."""
    whole = decided_by_many("morris", 2, 1)
    one, *others = whole.found
    with saved() as figures:
        OF_SENSITIVITIES.draw_all(replace(whole, found=[replace(one, blocks=blocks), *others]), ORIGIN)
    for figure in figures:
        legible(figure)
        titles = [ax.get_title(loc="left") for ax in figure.axes]
        assert [title.endswith(" · not enough samples") for title in titles] == [blocks < 10, False, False, False]


def by_value(found: Sweep) -> Figure:
    with saved() as figures:
        OF_SWEEPS.draw_all(found, ORIGIN)
    for figure in figures:
        legible(figure)
    return figures[0]


def heat_map(found: Sweep) -> Figure:
    with saved() as figures:
        OF_SWEEPS.draw_all(found, ORIGIN)
    return next(figure for figure in figures if figure.texts[0].get_text() == "Both at once")


def few(found: Sweep) -> Sweep:
    """With three replicates, which have no range."""
    read = found.read
    return replace(found, replicates=3, read=lambda ids, some: {id: own[:, :3] for id, own in read(ids, some).items()})


@pytest.mark.parametrize(("vary", "many", "ranged"), [
    (VARIED, True, True),
    (VARIED[:1], True, True),
    (VARIED, False, False),
    ((*VARIED, "product.weight=1,2"), True, False),  # drawn as points
])  # fmt: skip
def test_a_figure_of_a_sweep_tells_of_a_range_where_it_has_one(vary: tuple[str, ...], many: bool, ranged: bool) -> None:
    found = made_up(*vary)
    figure = by_value(found if many else few(found))
    filled = [path for ax in figure.axes for part in ax.collections for path in part.get_paths()]
    has = any(np.isfinite(path.vertices).all() and np.ptp(path.vertices[:, 1]) > 0 for path in filled)
    said = [text for text, _ in texts(figure) if text.startswith("In 2013: ")]
    assert has == ranged
    assert ["90 % range" in text for text in said] == [ranged]


LONG = (
    "permits issued in a year, when it begins, as a share of what those it applies to emitted by electricity in the "
    "calendar year before"
)


@pytest.mark.parametrize("vary", [VARIED[:1], VARIED, (*VARIED, "product.weight=1,2")])
def test_long_names_of_entries_take_more_lines(vary: tuple[str, ...]) -> None:
    found = made_up(*vary)
    by_value(replace(found, meanings=dict.fromkeys(found.meanings, LONG)))


@pytest.mark.parametrize(
    ("vary", "base", "at"),
    [
        (f"{TAX}=0,50,300", 100.0, 100.0),
        ("market.allocation=queue", "price", 1.0),  # the place of a text
        (f"{TAX}=1,2", 100.0, None),  # too far away to be seen beside these
        (f"{TAX}=0,50,300", "50 (2027) to 100 (2040)", None),  # by year, and no place on an axis of numbers
        (f"{TAX}=0,50,300", True, None),
    ],
)
def test_a_figure_of_a_sweep_marks_the_base_point(vary: str, base: Any, at: float | None) -> None:
    found = made_up(vary)
    points = found.points.astype({found.axes[0]: object})
    points.loc[0, found.axes[0]] = base
    (ax,) = by_value(replace(found, points=points)).axes
    marked = [[*map(float, one.get_xdata())] for one in ax.get_lines() if one.get_marker() == "D"]
    assert marked == ([[at]] if at is not None else [])
    ticks = [text.get_text() for text in ax.get_xticklabels()]
    assert ("100" in ticks or "price" in ticks) == (at is not None)


@pytest.mark.parametrize(
    ("unit", "low", "high"),
    [
        ("fraction", 0.03121, 0.03123),
        ("ratio", 64.4, 65.2),
        ("fraction", 0.019368, 0.019373),
        ("FLOP", 2.862e28, 2.887e28),
        ("FLOP", 2.1e30, 2.9e30),
        ("tCO2e", 3.1e13, 3.3e13),
    ],
)
@pytest.mark.parametrize("logs", [True, False])
def test_ticks_that_lie_close_are_told_apart(unit: str, low: float, high: float, logs: bool) -> None:
    """They were "3.12 %" four times, 65× beside 64.9×, and 10^28.5 FLOP four times; equal steps look equal."""
    figure = Figure()
    ax = figure.subplots()
    ax.set_ylim(low, high)
    if logs:
        log_scale(ax, unit)
    else:
        ax.yaxis.set_major_formatter(ApartTicks(unit))
    figure.draw_without_rendering()
    told = [text.get_text() for text in ax.get_yticklabels() if low <= text.get_position()[1] <= high]
    assert len(told) == len(set(told)) > 2
    assert len({len(text) for text in told}) == 1
    values = [float(re.sub("[^0-9.].*", "", text)) for text in told]
    steps = np.diff(values)
    assert steps.min() == pytest.approx(steps.max(), rel=0.05)


def test_an_axis_of_one_value_has_ticks_to_read_it_by() -> None:
    figure = Figure()
    ax = figure.subplots()
    ax.plot([1, 2], [60.5, 60.5])
    log_scale(ax, "ratio")
    figure.draw_without_rendering()
    low, high = ax.get_ylim()
    assert len({text.get_text() for text in ax.get_yticklabels() if low <= text.get_position()[1] <= high}) >= 2


@pytest.mark.parametrize(("change", "coloured"), [(1e-6, False), (0.2, True)])
def test_what_is_next_to_nothing_has_no_colour_in_a_map(change: float, coloured: bool) -> None:
    """Ten cells that all say 0 were beige to nearly black."""
    made = made_up(*VARIED)
    levels = {"emissions_total": np.array([1.0, *[1 + change] * (len(made.points) - 1)])[:, None] * np.ones(6)}
    found = replace(made, read=lambda ids, some: {id: levels[id][some.start : some.stop] for id in ids})
    (ax,) = heat_map(found).axes
    (image,) = ax.get_images()
    strongest = np.abs(image.get_array()).max() / image.norm.vmax
    assert bool(strongest > 0.5) is coloured
    assert ax.get_title(loc="left") == f"Emissions · darkest: {'+20.0 %' if coloured else '±1 %'}"
    assert "each panel has colours of its own" in " ".join(figure_text(ax))


def figure_text(ax: Any) -> list[str]:
    return [word for text in ax.figure.texts for word in text.get_text().split()]


@pytest.mark.parametrize("moved", [False, True])
def test_a_point_that_is_the_base_again_has_no_row_where_it_changes_nothing(moved: bool) -> None:
    made = made_up(*VARIED)
    points = made.points.copy()
    points.iloc[1, 1:] = points.iloc[0, 1:]  # the same values
    values = np.exp(np.random.default_rng(1).random((len(points), 6)))
    values[1] = values[0] * (2 if moved else 1)
    found = replace(made, points=points, read=lambda ids, some: dict.fromkeys(ids, values[some.start : some.stop]))
    summary = summarize(found, load(BASELINE), "grid")
    assert len(summary.rows) == len(points) - (not moved)
    assert summary.like_base == (not moved)
    assert summary.points == len(points) - 1


@pytest.mark.parametrize(("method", "logs", "unit", "ends", "said"), [
    ("morris", True, "ratio", (0.3, 0.2, 0.4), "× 1.35 [1.22, 1.49]"),
    ("morris", True, "ratio", (0.012, 0.0, 0.0287), "× 1.012 [1, 1.029]"),
    ("morris", True, "ratio", (0.8, 0.2, 0.9), "× 2.23 [1.22, 2.46]"),
    ("morris", False, "fraction", (0.03, 0.01, 0.05), "3.00 percentage points [1.00, 5.00]"),
    ("morris", False, "USD", (2e6, 5e5, 3e9), "$2.00 M [0.500, 3,000]"),
    ("sobol", True, "ratio", (0.3, 0.2, 0.4), "30 % [20, 40]"),
])  # fmt: skip
def test_an_interval_of_importance_says_its_unit_once(
    method: str, logs: bool, unit: str, ends: tuple[float, float, float], said: str
) -> None:
    found = replace(decided_by_many(method, 1, 0).found[0], logs=logs, unit=unit)
    assert sizes(*ends, found, method) == said


def test_the_note_of_a_screen_tells_of_factors_where_there_are_some_alone() -> None:
    found = decided_by_many("morris", 2, 0)
    for logs in (True, False):
        said = note(replace(found, found=[replace(one, logs=logs) for one in found.found]))
        assert ("× 1.5" in said) is logs
    mixed = [replace(one, logs=not place) for place, one in enumerate(found.found)]
    assert "× 1.5" in note(replace(found, found=mixed))


def test_names_of_numbers_can_be_shown_to_anyone() -> None:
    """None needs the name of another number, and those that are told in other words are there."""
    world = load(BASELINE)
    paths = {number.path: number.doc for number in uncertain(world).values()}
    names = [plain_name(Fact(path, (path,), ("",), (doc,), (False,))) for path, doc in paths.items()]
    assert not [name for name in names if "_" in name or "without unequal" in name]
    assert set(PLAINER) <= {".".join(path.split(".")[:: path.count(".") or 1]) for path in paths}


def test_an_interval_of_a_contribution_says_its_unit_once() -> None:
    assert cell(Contribution("part", "mechanism", 0.031, 0.02, 0.04), "fraction", False) == "+3.10 % [+2.00, +4.00]"


@pytest.mark.parametrize("high", [1.012, 1.2, 1.9, 2.1, 4.9, 5.1, 20.0, 1e6])
def test_an_axis_of_factors_has_more_ticks_than_its_ends(high: float) -> None:
    """Of a panel that ended beyond twice nothing but 0 and × 2 was told; percent and factors stood side by side."""
    found = replace(decided_by_many("morris", 1, 0).found[0], logs=True, unit="ratio")
    _, (ax,) = canvas("", "", "")
    ax.set_xlim(0, log(high))
    scale(ax.xaxis, found, "morris", log(high), 6)
    inside = [tick for tick in ax.xaxis.get_majorticklocs() if 0 <= tick <= log(high)]
    texts = ax.xaxis.get_major_formatter().format_ticks(inside)
    assert len(inside) >= 3
    assert texts[0] == "× 1"
    assert all(text.startswith("× ") for text in texts)
    assert len(set(texts)) == len(texts)
