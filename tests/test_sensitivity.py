"""What decides: planted numbers are found by both methods, facts move as one, and too few samples are told."""

import json
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from shutil import copytree

import numpy as np
import pandas as pd
import pytest
from SALib.analyze import morris

import sim
from sim.arrays import Array
from sim.cli import main
from sim.errors import InputError
from sim.measures import registry
from sim.outputs.verify import verify
from sim.report.origin import FigureOrigin
from sim.report.sensitivity.figures import GALLERY
from sim.report.sensitivity.figures.common import BARS, LEAST, MOST, bars, shown, title
from sim.report.sensitivity.figures.interaction import EDGES, PANEL
from sim.report.sensitivity.words import enough, group, plain_name, short_name, way
from sim.report.style import SIZE
from sim.results.sensitivity import COLUMNS, Fact, Found, Sensitivity, top
from sim.rng import stream
from sim.scenario import Scenario
from sim.scenario.drawing import bounds, uncertain
from sim.scenario.every_policy import policies_of, with_every_policy
from sim.scenario.variants import changed
from sim.scenario.writing import inputs
from sim.store.shards import FOLDER
from sim.study.engine import local
from sim.study.indices import LEVELS, RESAMPLES, among_first, course, importance, indices, problem
from sim.study.points import Blocks
from sim.study.sensitivity import METHODS, facts, found, sampled, told_facts, wanted
from sim.study.study import Study
from tests.saying import Say, refused
from tests.studies import content, early_tax
from tests.worlds import BASELINE, FEW, SCENARIOS, small

SYMBOLS = ("b", "beta", "eta", "iota", "kappa", "lambda", "mu", "omega", "phi", "sigma", "theta")
PLANTED, INERT, UNDER_A_TAX = "kind.academic_lab.start_plan", "product.habit", "abatement.removable"
NUMBERS = [PLANTED, INERT, UNDER_A_TAX, "kind.corporation.start_plan"]
MEASURES = ["compute_share_academia", "emissions_total"]


def toy() -> Scenario:
    """Two years of a few actors, whose first plans decide who computes."""
    return small("baseline", "mechanisms.abatement=true", until=2013)


@pytest.fixture(scope="module")
def tax(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return early_tax(tmp_path_factory.mktemp("tax"))


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory, tax: Path) -> tuple[Path, pd.DataFrame]:
    """A screen of the toy, kept."""
    out = tmp_path_factory.mktemp("sensitivity") / "out"
    table = sim.sensitivity(toy(), against=[tax], measures=MEASURES, samples=4, vary=NUMBERS, out=out, workers=1)
    return out, table


def ranked(table: pd.DataFrame, measure: str, policy: str) -> pd.Series:
    """Importance by number, the most important first."""
    rows = table[(table["measure"] == measure) & (table["policy"] == policy)]
    assert list(rows["rank"]) == list(range(1, len(NUMBERS) + 1))
    return rows.set_index("number")["importance"]


def test_a_screen_finds_what_was_planted(decided: tuple[Path, pd.DataFrame]) -> None:
    """In the world one number, in what the tax changes another, which does nothing without it."""
    _, table = decided
    assert list(table.columns) == COLUMNS
    shares = ranked(table, "compute_share_academia", "")
    assert shares.index[0] == PLANTED
    assert shares[INERT] == shares[UNDER_A_TAX] == 0
    effects = ranked(table, "emissions_total", "tax")
    assert effects.index[0] == UNDER_A_TAX
    assert ranked(table, "emissions_total", "")[UNDER_A_TAX] == 0
    assert effects[INERT] == 0


def test_shares_of_the_variance_find_the_same(tax: Path) -> None:
    table = sim.sensitivity(
        toy(), against=[tax], measures=MEASURES, method="sobol", samples=8, vary=NUMBERS, workers=1
    )  # fmt: skip
    assert ranked(table, "compute_share_academia", "").index[0] == PLANTED
    assert ranked(table, "emissions_total", "tax").index[0] == UNDER_A_TAX
    assert ranked(table, "emissions_total", "")[UNDER_A_TAX] == 0


class Planted:
    """In place of a world's path: emissions are what two numbers make together, beside a little that a third one does
    by itself."""

    def __init__(self, scenario: Scenario, *_: object) -> None:
        now = {number.path: number.base for number in scenario.quantities}
        together = (now[TWINS[0]] - MIDDLES[0]) * (now[TWINS[1]] - MIDDLES[1])
        self.notes, self.possible = self, True
        self.values = np.array([[np.exp(40 * together + 0.2 * now[INERT])]])

    def finish(self) -> None:
        """It is whole."""


TWINS, MIDDLES = ("product.margin", "product.inference_share"), (0.5, 0.275)


def test_what_two_numbers_do_together_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither of them does it alone, so that only Sobol's shares of two can say it; Morris' says that it depends."""
    monkeypatch.setattr("sim.study.worlds.PossiblePath", Planted)
    ranges = uncertain(toy())
    assert [sum(bounds(ranges[path])) / 2 for path in TWINS] == pytest.approx(MIDDLES)
    asked: dict[str, object] = {"measures": ["emissions_total"], "vary": [*TWINS, INERT], "workers": 1}
    out = tmp_path / "out"
    table = sim.sensitivity(toy(), method="sobol", samples=128, out=out, **asked)  # type: ignore[arg-type]
    pairs = pd.read_csv(out / "pairs.csv")
    assert {pairs["first"][0], pairs["second"][0]} == set(TWINS)
    assert pairs["share"][0] > 0.6
    assert pairs["ci_low"][0] > 0
    assert (pairs["share"][1:] < 0.2).all()
    shares = table.set_index("number")
    assert set(table["number"][:2]) == set(TWINS)
    assert (shares.loc[list(TWINS), "interaction"] > 0.5).all()
    assert abs(shares.loc[INERT, "interaction"]) < 0.1
    assert (out / "figures" / "interaction.png").exists()
    assert verify(out).good
    screen = sim.sensitivity(toy(), samples=10, **asked).set_index("number")  # type: ignore[arg-type]
    assert (screen.loc[list(TWINS), "interaction"] > 0.7 * screen.loc[list(TWINS), "importance"]).all()
    assert screen.loc[INERT, "interaction"] < 0.2 * screen.loc[INERT, "importance"]


@pytest.mark.slow
def test_its_directory_goes_on_and_is_verified(decided: tuple[Path, pd.DataFrame], tmp_path: Path) -> None:
    out, table = decided
    names = {path.name for path in out.iterdir()}
    assert names == {"plan.json", "scenario.toml", "numbers.csv", "sensitivity.csv", "summary.json", "figures", FOLDER,
                     "report.html", "provenance.json"}  # fmt: skip
    assert {path.name for path in (out / "figures").iterdir()} == {"tornado.png", "interaction.png", "settled.png"}
    pd.testing.assert_frame_equal(pd.read_csv(out / "sensitivity.csv", keep_default_na=False), table, check_dtype=False)
    copy = copytree(out, tmp_path / "copy")
    lost = next((copy / FOLDER).iterdir())
    lost.unlink()
    (copy / "provenance.json").unlink()
    assert main(["resume", str(copy), "--workers", "1", "--quiet"]) == 0
    assert content(copy) == content(out)
    found = verify(copy)
    assert found.good
    assert found.same[-2:] == ["numbers.csv", "sensitivity.csv"]


def test_a_mean_over_replicates_needs_all_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one has no value a mean of the others would be beside another policy's mean on other luck."""

    class Gaps(Planted):
        def __init__(self, scenario: Scenario, replicate: int, *_: object) -> None:
            super().__init__(scenario)
            if replicate == 1 and self.values > 1.3:
                self.values = self.values + np.nan

    monkeypatch.setattr("sim.study.worlds.PossiblePath", Gaps)
    asked = wanted(toy(), measures=["emissions_total"], vary=[*TWINS, INERT], samples=12, replicates=3)
    asked.write(tmp_path, ["sensitivity"])
    study = Study(tmp_path)
    study.carry_out(local(1))
    gaps = study.query("select distinct point from worlds where emissions_total is null")["point"].to_numpy()
    whole = set(range(12)) - set((gaps // study.job.points.rows).tolist())
    assert 0 < len(whole) < 12
    assert [one.blocks for one in found(study).found] == [len(whole)]


def linear(blocks: Blocks, slopes: Sequence[float]) -> Array:
    """Values by (block, row) of a sum."""
    rows = [[blocks.shares(b, r) for r in range(blocks.rows)] for b in range(len(blocks.starts))]
    return np.asarray(np.array(rows) @ np.array(slopes))


@pytest.mark.parametrize("method", METHODS)
def test_indices_of_a_sum_are_known(method: str) -> None:
    """Morris: slopes over the part of the range that is walked; Sobol: squares of slopes. Ours are SALib's."""
    samples, slopes = {"morris": 6, "sobol": 256}[method], [3.0, -1.0, 0.0]
    asked = wanted(toy(), method=method, samples=samples, vary=[PLANTED, "kind.startup.burn", INERT])
    blocks = asked.points
    assert isinstance(blocks, Blocks)
    used, order = list(range(samples)), [[PLANTED, "kind.startup.burn", INERT].index(fact[0]) for fact in blocks.facts]
    own = [slopes[i] for i in order]
    values = linear(blocks, own)
    found = indices(method, ["a", "b", "c"], blocks, used, values, 1)
    assert importance(blocks, used, values) == pytest.approx(found.importance, rel=1e-9, abs=1e-12)
    if method == "morris":
        assert found.alone == pytest.approx([0.75 * slope for slope in own])
        assert found.interaction == pytest.approx(0, abs=1e-12)
    else:
        assert found.importance == pytest.approx([slope**2 / 10 for slope in own], abs=0.03)
        assert found.interaction == pytest.approx(0, abs=0.03)
        assert found.pairs == pytest.approx(np.zeros((3, 3)), abs=0.08)
    among = among_first(blocks, used, values, stream(1, 0, "test"))
    assert among.tolist() == [float(slope == 3.0) for slope in own]
    at, by = course(blocks, used, values)
    assert at[-1] == samples
    assert by[-1] == pytest.approx(found.importance, rel=1e-9, abs=1e-12)


def test_walks_move_one_fact_at_a_time() -> None:
    for method in METHODS:
        blocks = wanted(toy(), method=method, samples=4, vary=["product.m*", "product.c*", "product.size"]).points
        assert isinstance(blocks, Blocks)
        for block in range(4):
            walk = np.array([blocks.shares(block, row) for row in range(blocks.rows)])
            facts = len(blocks.facts)
            alone = [1, *[2] * (facts - 1)]
            moves = [1] * facts if method == "morris" else [*alone, facts - 2, *reversed(alone)]
            assert (np.diff(walk, axis=0) != 0).sum(axis=1).tolist() == moves
            assert walk[-1].tolist() == blocks.ends[block]


def test_numbers_of_one_fact_move_together() -> None:
    """Those of one key with the same value and range for the same reason, and those that are said to be one."""
    world = small(until=2040)
    found = facts(world, [], [])
    europe = [f"region.{name}.carbon_price_growth" for name in ("germany", "france", "norway")]
    assert europe in found
    assert ["kind.corporation.ramp", "kind.startup.ramp"] in found
    assert ["product.margin"] in found
    assert ["law.fitted_progress", "knowledge.public_rate"] in found
    assert ["law.fitted_growth", "law.fitted_progress"] in facts(world, [], ["law.fitted_*"])  # as is said now
    assert sorted(path for fact in found for path in fact) == sorted(uncertain(world))
    other = changed(world, {europe[0]: {"value": 2, "low": 0, "high": 6, "unit": "%/yr", "note": "another reason"}})
    assert europe[1:] in facts(other, [], [])
    spreads = [f"kind.{kind}.start_spread" for kind in ("corporation", "startup", "academic_lab")]
    assert spreads in facts(world, [], ["kind.*.start_spread"])
    blocks = wanted(world, samples=2, vary=["region.*.carbon_price_growth"]).points
    values = {q.path: q.base for q in blocks.world(world, 0).quantities}
    assert len({values[path] for path in europe}) == 1


def test_each_sample_has_a_luck_of_its_own_that_its_worlds_share() -> None:
    world = small(seed=5, until=2030)
    blocks = wanted(world, samples=3, vary=["product.size", "product.margin"], against=["carbon_tax"]).points
    assert isinstance(blocks, Blocks)
    seeds = [blocks.world(world, number).run.seed for number in range(len(blocks))]
    assert seeds == [seed for seed in (5, 6, 7) for _ in range(2 * 3)]
    taxed = [bool(blocks.world(world, number).policies) for number in range(6)]
    assert taxed == [False, True] * 3


def test_a_policy_by_name_is_that_of_a_comparison() -> None:
    world = small(until=2040)
    every, _ = with_every_policy(world)
    assert len(every) > 5
    for scenario in every:
        name, entries = policies_of(world, scenario.name)
        assert name == scenario.name
        assert changed(world, entries).is_same(scenario), name


def some(
    importance: Sequence[float], half: float, among: Sequence[float], blocks: int = 10, method: str = "morris"
) -> tuple[Sensitivity, Found]:
    numbers = [Fact(f"n{i}", (f"n{i}",), ("",), ("",), (False,)) for i in range(len(importance))]
    shape, pairs = np.array(importance), np.zeros((0, 0))
    found = Found(
        measure=registry()["emissions_total"], unit="tCO2e/yr", logs=True, policy="", against="", blocks=blocks,
        importance=shape, half=np.full(shape.size, half), alone=-shape, interaction=0 * shape, pairs=pairs,
        pairs_half=pairs, among=np.array(among), course=shape[None], at=[4],
    )  # fmt: skip
    return Sensitivity(method, numbers, [found], max(blocks, 4), 1, 2040), found


def test_an_interval_ends_at_nothing_and_none_is_no_nothing() -> None:
    for half, low in ((0.1, [2.9, 0.0]), (np.nan, [np.nan, np.nan])):
        np.testing.assert_allclose(some([3.0, 0.05], half, [1, 0])[0].table["ci_low"], low)


@pytest.mark.parametrize(
    ("importance", "half", "among", "blocks", "said"),
    [
        ([3.0, 2.0, 1.0, 0.5], 0.1, [1, 1, 0, 0], 10, "Enough samples"),
        ([3.0, 2.0, 1.0, 0.5], 0.1, [1, 1, 0, 0], 9, "Not enough samples: 9 walks, and fewer than 10 show"),
        ([3.0, 2.0, 1.0, 0.5], 0.1, [1, 1, 0, 0], 2, "Ask for --samples 10 or more"),
        ([3.0, 2.0, 1.0, 0.5], 0.1, [1, 0.5, 0.5, 0], 10, "Not enough samples: of the first 2 numbers, 1 stays first"),
        ([3.0, 2.0, 1.0, 0.5], 5.0, [1, 1, 0, 0], 10, "0 differ from no effect. Ask for --samples 20 or more"),
        ([0.0, 0.0], 0.0, [0, 0], 4, "None of these numbers moves it"),
        ([3.0, 2.0], 0.1, [1, 0], 3, "1 of 4 samples is left out"),
        ([0.0, 0.0], 0.0, [0, 0], 0, "Nothing can be said"),
    ],
)
def test_whether_samples_suffice_is_said(
    importance: list[float], half: float, among: list[float], blocks: int, said: str
) -> None:
    result, found = some(importance, half, among, blocks)
    assert said in enough(result, found)
    assert enough(result, found).startswith("Enough") == found.enough("morris")
    assert all(way(found, i) == (-1 if importance[i] else 0) for i in range(len(importance)))
    assert len(found.first) <= top(len(importance))


@pytest.mark.parametrize(
    ("half", "blocks", "said"),
    [
        (0.09, 64, "Enough samples"),
        (0.09, 32, "Not enough samples: 32 samples, and fewer than 64 show"),
        (0.12, 64, "shares are known to ± 12 percentage points, of which 10 are allowed. Ask for --samples 128"),
    ],
)
def test_shares_of_the_variance_suffice_by_their_intervals(half: float, blocks: int, said: str) -> None:
    result, found = some([0.6, 0.5, 0.1, 0.0], half, [1, 1, 0, 0], blocks, "sobol")
    assert said in enough(result, found)
    assert enough(result, found).startswith("Enough") == found.enough("sobol")


def test_a_fact_tells_each_of_its_numbers() -> None:
    """With its own range and meaning, and which way it moves."""
    world = small(until=2040)
    told = {fact.name: fact for fact in told_facts(world, facts(world, [], []))}
    hardware = told["price_of_hardware"]
    assert hardware.paths == ("compute.price_halving", "market.capacity_growth")
    assert hardware.against == (False, True)
    written = {entry["path"]: entry for entry in inputs(world)}
    assert [written[path]["meaning"] for path in hardware.paths] == list(hardware.meanings)
    assert len(set(hardware.ranges)) == len(set(hardware.meanings)) == 2
    text = group(hardware)
    assert "is 2 numbers that move together" in text
    assert all(part in text for part in (*hardware.paths, "halves, while its trend lasts", hardware.meanings[1]))
    assert text.count("falls where the others rise") == 1
    assert plain_name(hardware).startswith("price of hardware: time in which the price of compute halves")
    assert plain_name(told["product.habit"]) == "rate at which a seller's reach follows its share of sales"
    europe = next(fact for name, fact in told.items() if "germany,france" in name)
    assert plain_name(europe) == "real growth of the carbon price after its last given year (Germany, France, Norway)"
    cut = [short_name(europe, letters) for letters in (40, 50, 200)]  # whose it is stays
    assert all(name.endswith(" (Germany, France, Norway)") for name in cut)
    assert [len(name) <= letters for name, letters in zip(cut, (40, 50, 200), strict=True)] == [True] * 3
    assert cut[-1] == plain_name(europe)
    names = [plain_name(fact) for fact in told.values()]
    assert not [name for name in names if name.partition(": ")[0] in SYMBOLS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--against", "carbon_tax", "--until", "2020"], "carbon_tax begins in 2027, after the last year"),
        (["--method", "moris"], "did you mean 'morris'?"),
        (["--measure", "emission_total"], "did you mean 'emissions_total' (Emissions)?"),
        (["--against", "carbon_tx"], "did you mean 'carbon_tax'?"),
        (["--against", "carbon_tax", "carbon_tax"], "a policy twice"),
        (["--against", str(SCENARIOS / "green_grid.toml")], "changes the world, not its policies"),
        (["--against", str(BASELINE)], "no policy in this file"),
        (["--set", "policy.carbon_tax.rate=5", "--against", "carbon_tax"], "option   --set"),
        (["--samples", "1"], "a whole number of at least 2"),
        (["--samples", "12", "--method", "sobol"], "--samples 16"),
        (["--vary", "policy.*"], "no number with a range"),
        (["--together", "kind.*.count"], "no number with a range"),
        (["--vary", "product.margin", "--together", "kind.*.ramp"], "none of these moves"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sensitivity", str(BASELINE), *words, "--out", str(tmp_path / "out")]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("against", [["carbon_tax"], ["cap_and_trade", str(SCENARIOS / "carbon_tax.toml")]])
def test_a_policy_that_the_scenario_has_is_named_with_the_scenario(
    against: list[str], say: Say, tmp_path: Path
) -> None:
    file, with_it = SCENARIOS / "carbon_tax.toml", "the scenario has carbon_tax already"
    said = say("sensitivity", file, "--against", *against, "--out", tmp_path / "out")
    way = f"python run.py sensitivity scenarios/baseline.toml --against {against[-1]}"
    refused(said, with_it, f"'--against {against[-1]}'", way, file=file, key="policy.carbon_tax")


def test_the_command_prints_what_decides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = [word for setting in FEW for word in ("--set", setting)]
    words = ["sensitivity", str(BASELINE), *few, "--until", "2012", "--samples", "2", "--workers", "1"]
    vary = [word for path in NUMBERS for word in ("--vary", path)]
    assert main([*words, *vary, "--measure", MEASURES[0], "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr()
    assert "what decides, by Morris" in shown.out
    assert "Not enough samples" in shown.out
    assert PLANTED in shown.out
    assert "10 points x 1 replicate = 10 worlds" in shown.err
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["moved"][0]["rows"][0][1] == PLANTED
    with pytest.raises(InputError):
        sim.sensitivity(toy(), method="none")


def decided_by_many(method: str, measures: int, policies: int) -> Sensitivity:
    """Made up: twenty-five numbers, and what two policies change beside the worlds themselves."""
    facts = [Fact(f"part.number_{i}", (f"part.number_{i}",), ("0 to 1",), (f"what number {i} is",), (False,))
             for i in range(25)]  # fmt: skip
    size, pairs, known = np.linspace(2.5, 0.1, 25), np.full((25, 25), 0.01), small()
    names = ["", *(f"policy_{i}" for i in range(policies))]
    variants = [("", ""), *((other, first) for first, other in combinations(names, 2))]
    found = [
        Found(measure=measure, unit="USD", logs=True, policy=policy, against=against, blocks=20, importance=size,
              half=size / 4, alone=size / 2, interaction=size / 3, pairs=pairs, pairs_half=pairs, among=np.ones(25),
              course=np.stack([size, size]), at=[10, 20])
        for measure in list(registry(known.region_ids, known.kind_ids).values())[:measures]
        for policy, against in variants
    ]  # fmt: skip
    return Sensitivity(method, facts, found, 20, 1, 2030)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("measures", "policies"), [(1, 0), (2, 2), (4, 3)])
def test_pictures_fit_a_page_and_say_what_they_leave_out(method: str, measures: int, policies: int) -> None:
    """Eight panels of ten bars were twice as high as wide is readable."""
    found = decided_by_many(method, measures, policies)
    panels = shown(found, MOST)
    rows = bars(panels)
    assert rows >= LEAST
    assert len(panels) * rows <= max(BARS, LEAST * MOST)
    left = len(found.found) - len(panels)
    assert title("What decides", found, panels) == (
        f"What decides (the first {len(panels)} panels; the tables have {left} more)" if left else "What decides"
    )
    origin = FigureOrigin("Made up", 1, 1, "", (2012, 2030))
    picture = GALLERY.figures["tornado"](found, origin)
    assert picture is not None
    width, height = (int.from_bytes(picture[i : i + 4], "big") for i in (16, 20))
    assert height <= 1.6 * width
    assert EDGES + PANEL * len(shown(found)) <= 1.6 * SIZE[0]  # of the others, whose panels are of one height


def test_one_fact_at_a_time_is_what_all_walks_at_once_are() -> None:
    """To the last bit, what SALib says of a matrix of all points by all facts, which takes a gigabyte of 700 walks."""
    names = [f"number {i}" for i in range(7)]
    blocks = sampled("morris", [[name] for name in names], [{}], 9, 4)
    values = np.random.default_rng(2).random((9, blocks.rows))
    shares = np.array([blocks.shares(block, row) for block in range(9) for row in range(blocks.rows)])
    whole = morris.analyze(problem(names, "morris"), shares, values.ravel(), num_levels=LEVELS, num_resamples=RESAMPLES,
                           seed=3)  # fmt: skip
    found = indices("morris", names, blocks, list(range(9)), values, 3)
    for name, column in zip(("mu_star", "mu_star_conf", "mu", "sigma"), found, strict=False):
        assert column.tolist() == whole[name].tolist()


def test_a_sensitivity_of_too_many_points_is_refused() -> None:
    """Before any of it is drawn: 128 pairs of points for each of the numbers that move."""
    with pytest.raises(InputError, match="too many points") as caught:
        wanted(small(), method="sobol", samples=2**20)
    assert "--vary" in str(caught.value)
