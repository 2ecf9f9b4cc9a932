"""What a sweep varies, what it finds, and how it answers what cannot be varied."""

import json
import re
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

import sim
from sim.cli import main
from sim.errors import InputError
from sim.experiment.compare import compare
from sim.measures import registry
from sim.report.gallery import Gallery
from sim.report.origin import FigureOrigin
from sim.report.sensitivity.figures import GALLERY as SENSITIVITY
from sim.report.sensitivity.words import subject
from sim.report.sweep.figures import GALLERY as SWEEP
from sim.report.sweep.summary import summarize
from sim.report.sweep.words import axis_title, value
from sim.results.sweep import COLUMNS, Sweep
from sim.scenario import Scenario
from sim.scenario.variants import changed
from sim.store.table import below, csv_parts
from sim.study.axes import Axis, plain, read_axes, varied
from sim.study.axiswords import meaning_of, unit_of
from sim.study.design import design
from sim.study.points import Point
from sim.study.study import Study
from sim.study.sweep import found
from tests.test_sensitivity import decided_by_many
from tests.worlds import BASELINE, FEW, SMALL, small

TAX, LABS = "policy.carbon_tax.rate", "kind.academic_lab.count"
TINY = small(until=2013)


def axes(*vary: str, grid: bool = True) -> list[Axis]:
    return read_axes(list(vary), TINY, grid=grid)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("product.margin=0.1,0.2", (0.1, 0.2)),
        (f"{TAX}=0,50,100 USD/tCO2", tuple({"value": v, "unit": "USD/tCO2"} for v in (0, 50, 100))),
        (f"{LABS}=10:40:4", (10, 20, 30, 40)),
        (f"{LABS}=1:3:5", (1, 2, 3)),
        ("product.margin=0.1:0.4:4", (0.1, 0.2, 0.3, 0.4)),
        ("product.margin=0.005:0.5:3:log", (0.005, 0.05, 0.5)),
        (f"{TAX}=1:100:3:log USD/tCO2", tuple({"value": v, "unit": "USD/tCO2"} for v in (1.0, 10.0, 100.0))),
        ("product.margin=10:30:3 %", tuple({"value": v, "unit": "%"} for v in (10.0, 20.0, 30.0))),
        ("market.allocation=price,queue", ("price", "queue")),
    ],
)
def test_values_are_read_as_a_file_would_write_them(text: str, values: tuple[Any, ...]) -> None:
    (axis,) = axes(text)
    assert axis.values == values


@pytest.mark.parametrize(
    ("vary", "grid", "words"),
    [
        (["policy.carbon_tx.rate=1"], True, ["carbon_tx", "did you mean 'carbon_tax'?"]),
        (["product.margn=0.1"], True, ["did you mean 'margin'?"]),
        (["product.margin=0.5:0.2:3"], True, ["an empty range", "LOW below HIGH"]),
        (["product.margin=0.5:0.2:3"], True, ["write product.margin=0.2:0.5:3"]),
        (["product.margin=50:20 %"], False, ["an empty range", "write product.margin=20:50 %"]),
        (["product.margin=0.2:0.2:3"], True, ["an empty range", "product.margin=LOW:HIGH:STEPS"]),
        (["product.margin=0.2:0.2"], False, ["an empty range", "  fix      product.margin=LOW:HIGH"]),
        (["product.margin=0.2:0.5:2.5"], True, ["not a range", "STEPS a whole number"]),
        (["product.margin=0.2:0.5"], True, ["how many steps?", "--design lhs"]),
        (["product.margin=0.2:0.5:1"], True, ["how many steps?"]),
        (["product.margin=0.2:0.5:3"], False, ["only a grid has steps", "product.margin=0.2:0.5"]),
        (["product.margin=0.2:"], True, ["not a range"]),
        (["product.margin=0.2:x:3"], True, ["not a range"]),
        (["product.margin=0.2-0.4"], True, ["written with colons", "margin=0.2:0.4:5'", "margin=0.2,0.3,0.4'"]),
        (["product.margin=0.4 to 0.2"], False, ["written with colons", "margin=0.2:0.4'", "margin=0.2,0.3,0.4'"]),
        ([f"{TAX}=0..100 EUR/tCO2"], True, [f"'{TAX}=0:100:5 EUR/tCO2'", f"'{TAX}=0,50,100 EUR/tCO2'"]),
        ([f"{TAX}=10,20–30"], True, [f"'{TAX}=20:30:5'", f"'{TAX}=20,25,30'"]),
        (["product.margin=0:1:3:log"], True, ["logarithms of nothing"]),
        ([f"{TAX}=1,2 USD/kg"], True, ["USD/kg", "=1,2 USD/kgCO2e'"]),
        (["product.margin=1,,2"], True, ["a value is missing"]),
        (["product.margin=0.1,0.1"], True, ["a value twice", "take one of the two out"]),
        (["product.margin=0.1,5"], True, ["out of range"]),
        (["product.margin"], True, ["PATH=VALUE"]),
        (["product.margin=0.1", "product.margin=0.2"], True, ["varied twice"]),
        (["time.end=2013,2014"], True, ["points could not be paired", "--until"]),
        (["run.seed=1,2"], True, ["points could not be paired", "--seed"]),
        ([], True, ["nothing to vary", "--vary"]),
        (
            [f"{TAX}=1,2", "policy.compute_permits.start=2014,2020"],
            True,
            ["compute_permits begins in 2014", "--until 2014"],
        ),
    ],
)
def test_what_cannot_be_varied_is_refused_with_a_way_out(vary: list[str], grid: bool, words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        axes(*vary, grid=grid)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("grid", [True, False])
def test_the_way_out_of_a_range_without_colons_is_a_way(grid: bool) -> None:
    with pytest.raises(InputError) as caught:
        axes("product.margin=0.4 - 0.2", grid=grid)
    ways = re.findall(r"'product.margin=(.*?)'", str(caught.value.fix))
    assert [len(axes(f"product.margin={way}", grid=grid)[0].ends) for way in ways] == [2, 3]


def points_of(name: str, found: list[Axis], samples: int | None, seed: int) -> list[Point]:
    points = design(name, found, samples, seed)
    return [points.point(number) for number in range(len(points))]


def test_of_a_range_of_many_steps_both_ends_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not each of ten thousand, and of a list each."""
    tried: list[Any] = []

    def counted(scenario: Scenario, axis: Axis, value: Any) -> Scenario:
        tried.append(value)
        return varied(scenario, axis, value)

    monkeypatch.setattr("sim.study.axes.varied", counted)
    (axis,) = axes("product.margin=0.1:0.5:10000")
    assert len(axis.values) == 10_000
    assert {axis.values[0], axis.values[-1]} <= set(tried)
    assert len(tried) < 5
    with pytest.raises(InputError, match="margin"):
        axes("product.margin=0.1:50:10000")
    with pytest.raises(InputError, match="margin"):
        axes("product.margin=0.1,50,0.2")


def test_a_grid_has_all_combinations_and_the_base_point_first() -> None:
    points = points_of("grid", axes(f"{TAX}=0,50", f"{LABS}=10,20,30"), None, 1)
    assert points[0] == {}
    assert [tuple(point.values()) for point in points[1:]] == [(t, n) for t in (0, 50) for n in (10, 20, 30)]


@pytest.mark.parametrize("name", ["lhs", "sobol"])
def test_samples_fill_the_range_evenly(name: str) -> None:
    """Of 16 samples each sixteenth of a range has one, whatever the axis; whole numbers stay whole."""
    found = axes("product.margin=0.1:0.5", f"{LABS}=16:160", "market.allocation=price,queue", grid=False)
    points = points_of(name, found, 16, 3)[1:]
    margins = np.array([point["product.margin"] for point in points])
    assert sorted(np.floor((margins - 0.1) / 0.4 * 16)) == list(range(16))
    assert all(isinstance(point[LABS], int) and 16 <= point[LABS] <= 160 for point in points)
    assert sorted(point["market.allocation"] for point in points) == 8 * ["price"] + 8 * ["queue"]
    assert points == points_of(name, found, 16, 3)[1:] != points_of(name, found, 16, 4)[1:]


def test_a_design_is_one_of_three() -> None:
    found = axes(f"{TAX}=0,50")
    for name, samples, word in (("lsh", None, "did you mean 'lhs'?"), ("grid", 5, "--samples")):
        with pytest.raises(InputError, match=r"design|sampled") as caught:
            design(name, found, samples, 1)
        assert word in str(caught.value)


@pytest.mark.parametrize("name", ["lhs", "sobol"])
def test_lists_alone_are_not_drawn_from_where_a_grid_has_all_there_is(name: str) -> None:
    found = axes(f"{TAX}=0,50", f"{LABS}=10,20,30", grid=False)
    with pytest.raises(InputError, match="nothing to draw beyond their 6 points") as caught:
        design(name, found, None, 1)
    assert caught.value.fix == f"write '{TAX}=0:50' for a range, or choose --design grid"
    for path, high, unit in (("policy.carbon_budget.limit", 1234567, "ktCO2e/yr"), (TAX, 50, "USD/tCO2 of 2030")):
        with pytest.raises(InputError, match=f"write '{path}=10:{high} {unit}' for a range"):
            design(name, axes(f"{path}=10,{high} {unit}", grid=False), None, 1)
    with pytest.raises(InputError, match="vary a range, or"):
        design(name, axes("market.allocation=price,queue", grid=False), None, 1)
    assert len(design(name, found, 4, 1)) == 5  # fewer than a grid has: a part of it is drawn


MEASURES = ["energy_total", "emissions_total"]


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    """A sweep of two entries, kept."""
    out = tmp_path_factory.mktemp("sweep") / "out"
    vary = {TAX: "0,300 USD/tCO2", LABS: [20, 40]}
    return out, sim.sweep(TINY, vary, replicates=6, out=out, workers=1, measures=MEASURES)


def test_a_point_is_what_a_comparison_finds(swept: tuple[Path, pd.DataFrame]) -> None:
    """Values, paired difference and interval, to the last bit."""
    _, table = swept
    taxed = changed(TINY, {TAX: {"value": 300, "unit": "USD/tCO2"}}, name="taxed")
    found = compare([TINY, taxed], replicates=6, assumptions=False, workers=1)
    row = table[(table[TAX] == 300) & (table[LABS] == 20) & (table["measure"] == "emissions_total")].iloc[0]
    effect = found.effect(1, "emissions_total")
    assert effect is not None
    assert row["difference"] < 0
    assert row[["value", "base", "difference", "ci_low", "ci_high", "relative"]].tolist() == [
        effect.policy, effect.baseline, effect.difference, effect.low, effect.high, effect.relative,
    ]  # fmt: skip


def test_the_base_point_and_a_neutral_point_change_nothing(swept: tuple[Path, pd.DataFrame]) -> None:
    _, table = swept
    neutral = (table[TAX] == 0) & (table[LABS] == 20)
    assert (table[(table["point"] == 0) | neutral]["difference"] == 0).all()
    assert list(table.columns) == ["point", TAX, LABS, *COLUMNS]
    assert list(table["measure"].unique()) == MEASURES  # those that were asked for, and no other


@pytest.mark.parametrize("study", [partial(sim.sweep, vary={LABS: [20]}), partial(sim.sensitivity, samples=2)])
def test_studies_tell_of_the_measures_that_are_asked_for(study: Callable[..., pd.DataFrame]) -> None:
    """One rule for all: where none is named, the usual ones."""
    few = {"until": 2012, "workers": 1, "replicates": 1}
    assert set(study(TINY, measures="permit_price", **few)["measure"]) == {"permit_price"}
    assert {"emissions_total", "compute_ratio_industry_academia"} <= set(study(TINY, **few)["measure"])


def test_its_directory_holds_tables_figures_and_a_record(swept: tuple[Path, pd.DataFrame]) -> None:
    out, table = swept
    names = {path.name for path in out.iterdir()}
    assert names == {"plan.json", "scenario.toml", "points.csv", "sweep.csv", "axes.csv", "summary.json", "figures",
                     "shards", "report.html", "provenance.json"}  # fmt: skip
    assert {path.name for path in (out / "figures").iterdir()} == {"by_value.png", "heat_map.png"}
    pd.testing.assert_frame_equal(pd.read_csv(out / "sweep.csv"), table, check_dtype=False)
    summary = json.loads((out / "summary.json").read_text())
    assert summary["points"] == 4
    assert len(summary["rows"]) == 5


def test_worlds_are_queried_in_sql(swept: tuple[Path, pd.DataFrame]) -> None:
    """Flat columns, without time, path or host; the values are those of the table."""
    out, table = swept
    study = sim.open_study(out)
    last = study.query("select point, median(emissions_total) as e from worlds where year = 2013 group by 1 order by 1")
    of = table[table["measure"] == "emissions_total"]
    assert last["e"].tolist() == of["value"].tolist()
    columns = list(study.query("select * from worlds limit 1").columns)
    assert columns == ["key", "point", "replicate", "year", *sim.run(TINY, workers=1).measures]
    assert study.query(f'select "{TAX}" as tax from points')["tax"].tolist()[1:] == [0, 0, 300, 300]
    assert study.query("select count(distinct key) as n from worlds")["n"].item() == 5 * 6
    with pytest.raises(InputError, match="the query failed") as caught:
        study.query("selec 1")
    assert "points, worlds" in str(caught.value)


def told_by(gallery: Gallery[Any], found: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The texts of each figure, without the line that says where it comes from."""
    drawn: dict[str, list[str]] = {}
    for name, draw in gallery.figures.items():

        def kept(figure: Figure, name: str = name) -> bytes:
            figure.draw_without_rendering()
            drawn[name] = [text.get_text() for text in figure.findobj(Text) if isinstance(text, Text)]
            return b""

        monkeypatch.setattr(f"{draw.__module__}.png", kept)
        draw(found, FigureOrigin("Made up", 6, 1, "", (2012, 2013)))
    return drawn


def coded(texts: list[str]) -> list[str]:
    """Texts that hold a name of the code: carbon_tax, policy.carbon_tax.rate."""
    return [text for text in texts if re.search(r"[a-z]_[a-z]|[a-z]\.[a-z]+\.[a-z]|^[a-z]+\.[a-z]+$", text)]


def test_pictures_and_headings_speak_in_words(
    swept: tuple[Path, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As those of a sensitivity do; the report says beside them how a scenario writes it."""
    out, _ = swept
    study = Study(out)
    told = told_by(SWEEP, found(study), monkeypatch)
    assert told.keys() == {"by_value", "heat_map"}
    tax = "tax when it begins (carbon tax), USD/tCO2"
    for name, texts in told.items():
        assert coded(texts) == [], name
        assert any(tax in text for text in texts), name
        assert any("number of actors (academic lab)" in text for text in texts), name
    summary = json.loads((out / "summary.json").read_text())
    assert summary["header"][:2] == [tax, "number of actors (academic lab)"]
    assert summary["entries"][0] == f"{TAX}: tax when it begins (carbon tax)"
    assert f"<code>{TAX}</code>, tax when it begins (" in (out / "report.html").read_text()
    for name, texts in told_by(SENSITIVITY, decided_by_many("morris", 1, 1), monkeypatch).items():
        assert coded(texts) == [], name
        assert any("What policy 0 changes: " in text for text in texts), name
    *_, last = decided_by_many("morris", 1, 2).found
    assert subject(last).startswith("Policy 1 against policy 0: ")


@pytest.mark.parametrize(
    ("vary", "name"),
    [
        ("policy.compute_permits.start=2012.5", "when it begins (compute permits), year"),
        ("mechanisms.abatement=true", "buyers choose clean power and removals"),
        ("region.norway.carbon_price_growth=1", "real growth after the last given year (Norway), %/yr"),
        ("market.allocation=queue", "how scarce compute is allocated"),
        ("compute.price_halving=2.5", "time in which the price of compute halves, until trend_end, yr"),
    ],
)
def test_what_is_varied_has_a_name_without_asides(vary: str, name: str) -> None:
    assert axis_title(made_up(vary), vary.partition("=")[0]) == name


def made_up(*vary: str, samples: int | None = None) -> Sweep:
    """What a sweep would find, of a grid or of so many samples, without a world."""
    found = axes(*vary, grid=samples is None)
    rows = points_of("lhs" if samples else "grid", found, samples, 1)
    points = pd.DataFrame(rows, columns=[axis.path for axis in found]).map(plain)
    units, meanings = ({axis.path: of(axis, TINY) for axis in found} for of in (unit_of, meaning_of))
    points.insert(0, "point", range(len(points)))
    measure = registry()["emissions_total"]
    values = {"emissions_total": np.exp(np.random.default_rng(1).random((len(points), 6)))}
    return Sweep(
        axes=[axis.path for axis in found], asked_measures=[], units=units, meanings=meanings, taken={}, base={},
        points=points, measures={"emissions_total": measure}, measure_units={"emissions_total": "tCO2e/yr"},
        replicates=6, impossible=0, lost=0, year=2013,
        read=lambda ids, some: {id: values[id][some.start : some.stop] for id in ids},
    )  # fmt: skip


def test_an_entry_that_is_the_same_everywhere_takes_no_panel(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the start of a policy that is set for all points; a year has no separator."""
    start, margin = "policy.carbon_tax.start", "product.margin=0.3,0.4"
    one = made_up(f"{TAX}=0,300", f"{start}=2012", margin)
    assert one.moving == [TAX, "product.margin"]
    told = told_by(SWEEP, one, monkeypatch)
    assert told.keys() == {"by_value", "heat_map"}
    assert not any("when it begins (carbon tax), year" in text for text in told["by_value"])
    assert made_up(f"{start}=2012").moving == [start]
    years = told_by(SWEEP, made_up(f"{start}=2012,2013", margin), monkeypatch)
    for texts in years.values():
        assert "2012" in texts
        assert "2,012" not in texts
    assert value(2012.5, "year") == "2012.5"


def most_memory(act: Callable[[], object]) -> int:
    """Bytes at most while it is done."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_more_points_take_hardly_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a million points the tables of the command are written in parts, and words and pictures tell of some.

    As rows of Python the table of a hundred thousand took three gigabytes, as one table 0.4."""
    for name, number in (("MOST_ROWS", 30), ("MOST_PLOTTED", 30), ("TOGETHER", 250)):
        monkeypatch.setattr(f"sim.results.sweep.{name}", number)
    few, many = (made_up("product.margin=0.1:0.5", samples=number) for number in (1000, 4000))
    (one,) = few._changes("emissions_total", np.ones((1, 6)))
    monkeypatch.setattr(Sweep, "_changes", lambda _, __, values: [one] * len(values))

    def ends(of: Sweep) -> int:
        return most_memory(
            lambda: (
                sum(map(len, below(of.parts(), of.empty.columns))),
                summarize(of, TINY, "grid"),
                [of.spread("emissions_total", point) for point in of.plotted["point"]],
            )
        )

    ends(few)  # what is made once
    assert ends(many) - ends(few) < 60 * 3000  # of each more point a few numbers, none of its rows
    assert len(summarize(many, TINY, "grid").rows) == 31
    assert summarize(many, TINY, "grid").points == 4000


def test_a_table_in_parts_is_the_whole_table(monkeypatch: pytest.MonkeyPatch) -> None:
    many = made_up("product.margin=0.1:0.5:50", "market.allocation=price,queue")
    whole, content = many.table, b"".join(csv_parts(many.table))
    monkeypatch.setattr("sim.results.sweep.TOGETHER", 7)
    assert b"".join(below(many.parts(), many.empty.columns)) == content
    pd.testing.assert_frame_equal(many.table, whole)
    assert len(whole) == 101


def test_a_picture_of_very_many_points_draws_some_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.results.sweep.MOST_PLOTTED", 60)
    told = told_by(SWEEP, made_up("product.margin=0.1:0.5", samples=100), monkeypatch)
    assert any("60 of 100 points, drawn at random" in text for text in told["by_value"])
    assert "heat_map" not in told_by(SWEEP, made_up("product.margin=0.1:0.5:10", f"{LABS}=10:20:10"), monkeypatch)


def test_a_value_that_does_not_exist_has_no_row() -> None:
    """A price of permits is there only where permits are traded."""
    table = sim.sweep(TINY, {"policy.compute_permits.cap": [1e19]}, replicates=1, measures=["permit_price"], workers=1)
    assert not table[table["measure"] == "permit_price"]["value"].isna().any()


def test_points_that_make_no_world_are_left_out_and_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Each value is possible alone; together sales cannot pay for both."""
    vary = ["--vary", "product.margin=0.4,0.6", "--vary", "product.inference_share=0.2,0.45"]
    out = tmp_path / "out"
    assert main(["sweep", *map(str, SMALL[:-2]), "--replicates", "1", *vary, "--out", str(out), "--workers", "1"]) == 0
    said = capsys.readouterr().out
    assert "Left out: 1 of 4 points, which make no possible world. The reason: sales" in said
    assert set(pd.read_csv(out / "sweep.csv")["point"]) == {0, 1, 2, 3}
    assert sim.resume(out)["point"].nunique() == 4


def test_the_command_prints_points_beside_the_base(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["sweep", str(BASELINE), *(word for few in FEW for word in ("--set", few)), "--until", "2013"]
    out = tmp_path / "out"
    asked = [*words, "--vary", f"{TAX}=0,300", "--replicates", "6", "--out", str(out), "--workers", "1"]
    assert main(asked) == 0
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert f"Results in {out}" in shown.out
    assert [line.split()[0] for line in lines if line.startswith(("0 ", "300 ", "–"))] == ["–", "0", "300"]
    assert "3 points x 6 replicates = 18 worlds" in shown.err
    assert main(["sweep", *asked[1:]]) == 2
    assert "the directory is not empty" in capsys.readouterr().err


def test_what_cannot_be_read_leaves_no_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["sweep", str(BASELINE), "--vary", "product.margn=1", "--out", str(out)]) == 2
    assert "did you mean 'margin'?" in capsys.readouterr().err
    assert not out.exists()
    asked = ["sweep", str(BASELINE), "--vary", "product.margin=0.2,0.3", "--out", str(out)]
    assert main([*asked, "--cluster", "nowhere"]) == 2
    assert "the address has no port" in capsys.readouterr().err
    assert not out.exists()
    out.mkdir()
    assert main(["sweep", str(BASELINE), "--vary", "product.margn=1", "--out", str(out)]) == 2
    assert list(out.iterdir()) == []


def test_a_policy_that_begins_after_the_last_year_is_not_swept() -> None:
    """Every point would be the base point. One that begins in time at one of the points is."""
    late = small("carbon_tax", until=2020)
    with pytest.raises(InputError, match="carbon_tax begins in 2027, after the last year") as caught:
        read_axes([f"{TAX}=50,100"], late, grid=True)
    assert caught.value.fix is not None
    assert caught.value.fix.startswith("--until 2027")
    read_axes([f"{TAX}=50,100"], small("carbon_tax", until=2027), grid=True)
    read_axes(["policy.carbon_tax.start=2019,2030"], late, grid=True)
