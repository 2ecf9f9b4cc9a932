"""Figures can be read: no text lies on another or leaves the canvas, every line and point has its name beside it, and
policies are told apart by every eye."""

import re
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

import sim
from sim.report.colours import POLICIES
from sim.report.comparison.figures import GALLERY as OF_COMPARISONS
from sim.report.comparison.figures.common import FEW as OVERLAID
from sim.report.comparison.figures.common import LONGEST, look, ratio_scale, titles
from sim.report.comparison.figures.over_time import TITLE
from sim.report.comparison.figures.trade_off import (
    KEY_TITLE,
    MARKER,
    NAMED,
    TONES,
    _Entry,
    _first,
    _Point,
    trade_off_figure,
)
from sim.report.comparison.figures.winners import LEAST, _ticks
from sim.report.labels import Box, LabelSpot, label_points, spread
from sim.report.run.data import RunData
from sim.report.run.figures import GALLERY as OF_RUNS
from sim.report.style import canvas
from sim.report.words import rough
from sim.results.comparison import Comparison
from sim.results.statistics import Effect
from sim.scenario import Scenario, load
from sim.scenario.variants import with_options
from tests.legible import legible, saved, texts
from tests.made_effects import without_range
from tests.worlds import FEW, SCENARIOS, small

NAMES = (
    "carbon_tax", "carbon_budget", "cap_and_trade", "compute_permits", "public_compute", "compute_voucher",
    "training_run_ceiling", "training_run_pace", "open_publication", "compute_permits_given", "cap_and_trade_given",
    "efficient_science",
)  # fmt: skip
MOST, YEAR = len(NAMES), 2015
COUNTS = (1, 2, 3, 9, MOST)  # of scenarios against a baseline
MARK: _Point = object()  # type: ignore[assignment]  # stands for a point of a key
FILES = ("trade_off.png", "over_time.png", "winners.png")


@pytest.fixture(scope="module")
def twelve() -> Comparison:
    """Twelve scenarios against the baseline, whose policies start early."""
    scenarios = [small("baseline", until=YEAR)]
    for name in NAMES:
        scenario = load(SCENARIOS / f"{name}.toml", FEW, until=YEAR)
        sooner = [f"policy.{policy.id}.start=2013" for policy in scenario.policies]
        scenarios.append(load(SCENARIOS / f"{name}.toml", [*FEW, *sooner], until=YEAR))
    return sim.compare(scenarios, seed=1, replicates=2, assumptions=True)


def some(found: Comparison, count: int) -> Comparison:
    """The first scenarios of a comparison."""
    pairs = [replace(pair, luck=pair.luck[: count + 1], wide=pair.wide[: count + 1]) for pair in found.pairs]
    return Comparison(found.scenarios[: count + 1], pairs, found.replicates_asked)


@pytest.fixture(scope="module")
def drawings(twelve: Comparison) -> dict[int, list[Figure]]:
    """The figures of a comparison by how many are compared."""
    with saved() as figures:
        found = {}
        for count in COUNTS:
            assert set(OF_COMPARISONS.draw_all(some(twelve, count), "")) == set(FILES)
            found[count] = figures[-len(FILES) :]
    return found


@pytest.mark.slow
def test_no_line_leaves_nothing_before_its_policy_starts(twelve: Comparison, drawings: dict[int, list[Figure]]) -> None:
    figure = next(one for one in drawings[2] if one.texts[0].get_text() == TITLE)
    for ax in figure.axes:
        lines = [line.get_xydata() for line in ax.lines if len(line.get_xdata()) > len(twelve.years)]
        assert lines
        for points in lines:
            begins = np.nonzero(points[:, 1])[0][0]
            assert tuple(points[begins - 1]) == (points[begins, 0], 0.0)


@pytest.mark.slow
@pytest.mark.parametrize("count", COUNTS)
def test_a_start_is_drawn_at_its_date_and_its_words_stand_above_the_frame(
    count: int, drawings: dict[int, list[Figure]]
) -> None:
    """As the page draws it."""
    figure = next(one for one in drawings[count] if one.texts[0].get_text() == TITLE)
    figure.draw_without_rendering()
    ax = figure.axes[0]
    dotted = [line for line in ax.lines if line.get_linestyle() == ":" and len(set(line.get_xdata())) == 1]
    assert [line.get_xdata()[0] for line in dotted] == [2013]
    (words,) = (text for text in ax.texts if text.get_text() == "start: 2013")
    assert words.get_window_extent().y0 > ax.bbox.y1


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        (0.957, 1.053, 9, [0.96, 0.98, 1.0, 1.02, 1.04]),
        (0.95, 1.05, 3, [0.95, 1.0, 1.05]),
        (0.7, 1.4, 4, [0.8, 1.0, 1.2, 1.4]),
        (0.01, 30.0, 4, [0.01, 0.1, 1.0, 10.0]),
        (0.008, 8.0, 2, [0.01, 1.0]),
    ],
)
def test_ratios_have_a_scale_however_near_they_are(low: float, high: float, most: int, ticks: list[float]) -> None:
    assert _ticks(low, high, most) == pytest.approx(ticks)


@given(st.floats(0.01, 0.95), st.floats(1.05, 50), st.integers(3, 9))
def test_two_ratios_or_more_can_be_read(low: float, high: float, most: int) -> None:
    assert 2 <= len(_ticks(low, high, most)) <= most


@pytest.mark.slow
@pytest.mark.parametrize("count", COUNTS)
def test_figures_of_comparisons_are_legible(count: int, drawings: dict[int, list[Figure]]) -> None:
    for figure in drawings[count]:
        legible(figure)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "until"), [("baseline", None), ("cap_and_trade", None), ("baseline", 2013)])
def test_figures_of_runs_are_legible(name: str, until: int | None) -> None:
    found = sim.run(load(SCENARIOS / f"{name}.toml", FEW, replicates=2, until=until), workers=1)
    with saved() as figures:
        OF_RUNS.draw_all(RunData(found.scenario, found.series, found.actors, ""))
    assert len(figures) > 8
    for figure in figures:
        legible(figure)


@pytest.mark.slow
@pytest.mark.parametrize("count", COUNTS)
def test_every_policy_has_its_name_in_its_tone(
    count: int, twelve: Comparison, drawings: dict[int, list[Figure]]
) -> None:
    """Its title and not that of its file, beside its point, or below with the number there; and behind its lines, or
    before its row."""
    points, lines, _ = drawings[count]
    keyed = count > NAMED
    long = titles(some(twelve, count).scenarios, KEY_TITLE)
    beside = points.axes[0].texts
    for i, title in enumerate(titles(some(twelve, count).scenarios)):
        tone, dash = look(i)
        if keyed:
            heads = {text.get_text().partition(", error")[0].rstrip(","): text for text in points.texts}
            entry = heads[long[i]]
            number = next(text for text in points.texts if text.get_fontweight() == "bold" and
                          text.get_position()[1] == entry.get_position()[1] and
                          0 < entry.get_position()[0] - text.get_position()[0] < 0.1)  # fmt: skip
            (mark,) = [text for text in beside if text.get_text() == number.get_text()]
            assert entry.get_color() == number.get_color() == mark.get_color()
            assert entry.get_color() in TONES.values()
        else:
            said = [(" ".join(text.get_text().partition("\nerror")[0].split()), text) for text in beside]
            assert [text.get_color() for name, text in said if name == title] == [tone], title
            own = [line for line in points.axes[0].lines if line.get_color() == tone]
            whiskers = [line for line in own if len(line.get_xdata()) == 2]  # type: ignore[arg-type]
            assert len(whiskers) >= 4
        if count > OVERLAID:
            left, *others = lines.axes[3 * i : 3 * i + 3]
            assert (" ".join(left.get_ylabel().split()), [ax.get_ylabel() for ax in others]) == (title, ["", ""])
            continue
        for ax in lines.axes:
            (label,) = [text for text in ax.texts if " ".join(text.get_text().split()) == title]
            line = next(line for line in ax.lines if (line.get_color(), line.get_linestyle()) == (tone, dash))
            assert isinstance(label, Annotation)
            end = ax.transAxes.inverted().transform(ax.transData.transform((YEAR, line.get_ydata()[-1])))  # type: ignore[index]
            assert label.xy[1] == pytest.approx(end[1], abs=1e-6), "the leader begins at the line's end"
            assert label.get_color() == tone


@pytest.mark.slow
@pytest.mark.parametrize("count", COUNTS)
def test_no_name_of_a_shipped_scenario_is_cut(count: int, drawings: dict[int, list[Figure]]) -> None:
    for figure in drawings[count]:
        written = [text.get_text() for text in figure.findobj(Text)]
        assert len(written) > count
        assert [text for text in written if "…" in text and not text.startswith("Against")] == []


@pytest.mark.slow
def test_rows_of_one_measure_have_one_scale_and_say_what_it_is_in_the_end(
    twelve: Comparison, drawings: dict[int, list[Figure]]
) -> None:
    axes, rows = drawings[MOST][1].axes, MOST
    assert len(axes) == 3 * rows
    for column, measure in enumerate(("compute_ratio_industry_academia", "emissions_total", "frontier_error")):
        own = axes[column::3]
        assert len({ax.get_ylim() for ax in own}) == 1
        for row, ax in enumerate(own):
            change = twelve.effect(row + 1, measure)
            last = change.relative if change else np.nan  # as in the table
            said = f"{'−' if last < 0 else '+'}{rough(last)}" if 0.0005 <= abs(last) < 9 else ax.texts[-1].get_text()
            assert ax.texts[-1].get_text() == said
            assert (said == "0") == (abs(last) < 0.0005)
            assert ax.texts[-1].xy == (YEAR, pytest.approx(last, rel=1e-12))  # type: ignore[attr-defined]
            low, high = ax.get_ylim()
            assert low < last < high


def test_a_key_parts_neither_points_from_their_lines_nor_headings_from_their_points() -> None:
    heading, point, more = _Entry("emissions", "act on emissions"), _Entry("emissions", "a", MARK), _Entry("", "b")
    assert _first([heading, point, point, point]) == 2
    assert _first([heading, point, more, point]) == 3
    assert _first([heading, point, heading, point, point]) == 2
    assert _first([heading, point, more, more, point]) == 4
    assert _first([]) == 0


def test_a_key_parts_no_group_where_there_are_several() -> None:
    """A point stood in the second column without its heading."""
    heading, point = _Entry("emissions", "act on emissions"), _Entry("emissions", "a", MARK)
    assert _first([heading, point, heading, point, point, point, heading, point]) == 6
    assert _first([heading, point, point, point, heading, point]) == 4


def test_falls_by_nearly_all_are_told_apart() -> None:
    """At −97.8, −98.2 and −98.9 % points lay on each other, at the end of the axis."""
    _, (ax,) = canvas("", "", "")
    ratio_scale(ax.xaxis, -0.9995, 10.0, 0.09, 0.09)
    first, last = ax.transData.transform([(ax.get_xlim()[0], 0), (ax.get_xlim()[1], 0)])[:, 0]
    places = (ax.transData.transform([(value, 0) for value in (-0.999, -0.99, -0.9, -0.5, 0.0)])[:, 0] - first) / (
        last - first
    )
    assert np.diff(places).min() > 0.05
    assert [text.get_text() for text in ax.get_xticklabels()][:2] == ["−99.99 %", "−99 %"]
    assert ax.xaxis.get_majorticklocs().min() > -1
    _, (ax,) = canvas("", "", "")
    ratio_scale(ax.xaxis, -1.0, 10.0, 0.09, 0.09)  # all of it has a place, too, and room beside it
    ends = ax.transData.transform([(place, 0) for place in (ax.get_xlim()[0], -1.0, -0.9999, 10.0)])[:, 0]
    assert (np.diff(ends) > 5).all()


@pytest.mark.slow
def test_policies_of_one_kind_have_one_look_where_many_are_compared(drawings: dict[int, list[Figure]]) -> None:
    """No tone stands for two things, and those of one policy have one."""
    figure = drawings[MOST][0]
    headings = [text for text in figure.texts if text.get_text().startswith("act on ")]
    tones = [text.get_color() for text in headings]
    assert len(headings) == len(set(tones)) > 3
    tone = {text.get_text().partition(",")[0]: text.get_color() for text in figure.texts}
    assert tone["Cap and trade (changed)"] == tone["Carbon tax (changed)"] != tone["Compute permits (changed)"]


def test_labels_move_no_further_than_they_must() -> None:
    assert spread([], 1, 0, 10) == []
    assert spread([3.0, 8.0], 1, 0, 10) == [3.0, 8.0]
    assert spread([5.0, 5.0, 5.0], 1, 0, 10) == [4.0, 5.0, 6.0]
    assert spread([9.9, 9.8], 1, 0, 10) == pytest.approx([10.0, 9.0])
    assert spread([0.0] * 11, 2, 0, 10) == pytest.approx(list(range(11)))


@given(st.lists(st.floats(0, 100), max_size=20), st.floats(0.1, 10))
def test_labels_keep_their_order_and_their_distance(wanted: list[float], apart: float) -> None:
    found = spread(wanted, apart, 0, 100)
    room = min(apart, 100 / max(len(wanted) - 1, 1))
    placed = sorted(zip(wanted, found, strict=True))
    assert all(-1e-9 <= at <= 100 + 1e-9 for at in found)
    assert all(b >= a + room - 1e-9 for a, b in pairwise(sorted(found)))
    assert all(b[1] >= a[1] or a[0] == b[0] for a, b in pairwise(placed))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("count", [2, 5, MOST])
def test_names_of_points_never_collide(count: int, seed: int) -> None:
    """Wherever the points are, all in one place too."""
    random = np.random.default_rng(seed)
    width = 0.0 if seed == 0 else 10.0 ** random.uniform(-2, 0)
    figure, (ax,) = canvas("T", "S", "L")
    ax.set_xlim(-1, 1)
    ax.set_ylim(-1, 1)
    at = width * random.uniform(-1, 1, (count, 2))
    named = [(NAMES[i].replace("_", " "), *["error +29 %"] * (i % 2)) for i in range(count)]
    figure.draw_without_rendering()
    taken = Box(*ax.text(-0.98, -0.98, "a name of the quadrant").get_window_extent().extents)
    spots = [
        LabelSpot(x, y, lines, look(i)[0]) for i, ((x, y), lines) in enumerate(zip(at.tolist(), named, strict=True))
    ]
    label_points(ax, spots, MARKER, [], [taken])
    legible(figure)
    frame = Box(*ax.get_window_extent().extents)
    markers = [Box(x - MARKER, y - MARKER, x + MARKER, y + MARKER) for x, y in ax.transData.transform(at).tolist()]
    labels = ax.texts[1:]
    assert labels, "no point has its name"
    assert {text.get_text() for text in labels} <= {"\n".join(lines) for lines in named}
    for text in labels:
        box = Box(*text.get_window_extent().extents)
        assert box.within(frame)
        assert not any(box.meets(marker) for marker in markers)


@pytest.mark.slow
@pytest.mark.parametrize(("place", "apart"), [(1, " "), (1 + NAMES.index("open_publication"), "\n")])  # a narrow one
def test_a_quadrant_is_named_where_both_improve(place: int, apart: str, twelve: Comparison) -> None:
    pairs = [replace(pair, luck=pair.luck[::place][:2], wide=pair.wide[::place][:2]) for pair in twelve.pairs]
    figure = trade_off_figure(Comparison(twelve.scenarios[::place][:2], pairs, twelve.replicates_asked), "")
    assert figure is not None
    (ax,) = figure.axes
    assert f"narrower compute divide,{apart}lower emissions" in [text.get_text() for text in ax.texts]
    (shade,) = ax.patches
    left, bottom, right, top = shade.get_extents().transformed(ax.transData.inverted()).extents
    assert (right, top) == pytest.approx((0, 0), abs=1e-9)
    assert (left, bottom) == pytest.approx((ax.get_xlim()[0], ax.get_ylim()[0]))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "shown", "said"),
    [
        ({"corporation": 0.5, "startup": 0.5, "academic_lab": -0.5}, 3, ""),
        ({"academic_lab": 9.0}, 1, "corporations, startups"),
        ({"academic_lab": LEAST / 2}, 0, ""),
    ],
)
def test_kinds_that_gain_and_lose_nothing_are_left_out_with_the_reason(
    changes: dict[str, float], shown: int, said: str, twelve: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tenths(self: Comparison, scenario: int) -> dict[tuple[str, int], Effect]:
        values = {(kind, tenth): changes.get(kind, 0.001) for kind in self.scenarios[0].kind_ids for tenth in range(11)}
        return {key: without_range(by) for key, by in values.items()}

    monkeypatch.setattr(Comparison, "tenths", tenths)
    with saved() as figures:
        png = OF_COMPARISONS.figures["winners"](some(twelve, 2), "")
    assert (png is not None) == bool(shown) == bool(figures)
    if not figures:
        return
    assert len(figures[0].axes) == shown
    notes = [ax.get_xlabel() for ax in figures[0].axes if ax.get_xlabel()]
    told = f"below 5 % on the numbers as they stand: {said}."
    assert notes == ([f"Left out, {told}"] if said else [])


@pytest.mark.parametrize(("ends", "above"), [((2.0, 60.0), True), ((4.2, 4.2), False), ((4.2, 60.0), False)])
def test_the_number_of_a_kind_stands_at_its_own_mark(
    ends: tuple[float, float], above: bool, twelve: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above it where a tenth's mark lies at both sides, and else beside it: never beside a tenth's."""

    def tenths(self: Comparison, scenario: int) -> dict[tuple[str, int], Effect]:
        by = {0: 4.2, 1: ends[0], 10: ends[1]}
        keys = [(kind, tenth) for kind in self.scenarios[0].kind_ids for tenth in by]
        return {key: without_range(by[key[1]]) for key in keys}

    monkeypatch.setattr(Comparison, "tenths", tenths)
    with saved() as figures:
        OF_COMPARISONS.figures["winners"](some(twelve, 2), "")
    for ax in figures[0].axes:
        numbers = [text for text in ax.texts if isinstance(text, Annotation)]
        assert {number.get_text() for number in numbers} == {"5.20×"}
        for number in numbers:
            assert number.xy[0] == pytest.approx(5.2)
            assert (number.get_va() == "bottom") == above


def test_a_figure_does_not_name_a_number_that_a_setting_replaced() -> None:
    base, tax = (load(SCENARIOS / f"{name}.toml") for name in ("baseline", "carbon_tax"))
    settings = ["policy.carbon_tax.rate=400", "product.margin=0.4"]
    other, both = load(SCENARIOS / "carbon_tax.toml", settings), load(SCENARIOS / "carbon_tax.toml", settings[1:])
    assert titles([base, tax, other]) == ["Carbon tax at 100 USD/t", "Carbon tax (changed)"]
    assert titles([load(SCENARIOS / "baseline.toml", settings[1:]), both, other]) == [
        "Carbon tax at 100 USD/t", "Carbon tax (changed)"
    ]  # fmt: skip


def scenarios(*titles: str) -> list[Scenario]:
    base = small("baseline", until=2012)
    return [with_options(base, name=f"file_{i}", title=title) for i, title in enumerate(titles)]


def test_names_in_figures_are_short_titles_that_tell_scenarios_apart() -> None:
    assert titles(scenarios("Base", "Tax from 2027", "Public compute, a tenth of all, from 2027", "Green")) == [
        "Tax", "Public compute, a tenth of all", "Green"
    ]  # fmt: skip
    assert titles(scenarios("Base", "Tax from 2027", "Tax from 2030")) == ["Tax from 2027", "Tax from 2030"]
    assert titles(scenarios("Base", "Base", "Tax", "Tax")) == ["file 1", "file 2", "file 3"]
    long = titles(scenarios("Base", "A ceiling of 1e26 FLOP on all training runs, whoever trains them", "x" * 200))
    assert long == ["A ceiling of 1e26 FLOP on all training runs, whoever trains…", "x" * (LONGEST - 1) + "…"]


EYES = {  # what is seen of red, green and blue light (Machado, Oliveira and Fernandes 2009, severity 1)
    "usual": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
DISTINCT, CONTRAST = 20.0, 4.5  # distance in CIELAB, and over white as WCAG asks of text


def linear(colour: str) -> np.ndarray:
    light = np.array(to_rgb(colour))
    return np.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    f = np.cbrt(TO_XYZ @ np.clip(light, 1e-9, 1) / [0.9505, 1.0, 1.089])
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eye", EYES)
def test_tones_of_policies_are_told_apart(eye: str) -> None:
    seen = [lab(np.array(EYES[eye]) @ linear(tone)) for tone in POLICIES]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > DISTINCT


def test_tones_of_policies_can_be_read_on_white() -> None:
    for tone in POLICIES:
        assert 1.05 / (TO_XYZ[1] @ linear(tone) + 0.05) >= CONTRAST, tone


def test_looks_of_policies_differ() -> None:
    assert len({look(i) for i in range(20)}) == 20
    assert all(re.fullmatch("#[0-9A-F]{6}", tone) for tone, _ in map(look, range(20)))


@pytest.mark.slow
def test_what_users_write_is_no_power(twelve: Comparison) -> None:
    """10^5 in a title or in the label of a kind stands as it is written; in our numbers it is raised."""
    odd, number = "10^5 $x^2$ labs", r"$10^{"
    label = f'kind.startup.label="{odd}"'
    found = sim.run(load(SCENARIOS / "baseline.toml", [*FEW, label], replicates=2), workers=1)
    titled = with_options(found.scenario, title=odd)
    pair = some(twelve, 1)
    renamed = Comparison([with_options(one, title=f"{odd} {i}") for i, one in enumerate(pair.scenarios)], pair.pairs, 2)
    with saved() as figures:
        OF_RUNS.draw_all(RunData(titled, found.series, found.actors, ""))
        OF_COMPARISONS.draw_all(renamed, "")
    written = [text for figure in figures for text, _ in texts(figure)]
    shown = [text for text in written if "10^5" in text]
    assert len(shown) > len(figures)  # in the last line of all, and in labels
    assert not [text for text in written if "10^{5}" in text]
    assert any(number in text for text in written)
