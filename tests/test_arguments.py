"""What functions are given from Python: taken where it is meant well, otherwise one error that names the argument."""

import pickle
from collections.abc import Callable
from inspect import isfunction, signature
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tqdm import tqdm

import sim
from sim.arguments import named
from sim.scenario.variants import changed, with_options
from sim.study.axes import read_axes
from tests.test_bad_places import contents
from tests.worlds import BASELINE, ROOT, small

WORLD = small(until=2012, replicates=1)
BEFORE_FIT = BASELINE.with_name("before_fit.toml")
RECORDS = ROOT / "sim/data/notable_ai_models_to_2021.csv"
MEEK = small("baseline", "law.theory=meek", until=2012)
VARY = {"product.margin": [0.3, 0.4]}
NO_NUMBER = (2.0, 1.5, "2", True, np.True_, [1], float("nan"))
NO_COUNT = (*NO_NUMBER, 0, -1, np.int64(0))
NO_SEED = (*NO_NUMBER, -1)
NO_TYPED_SEED = ("", " ", "-2", "2.0", "two", "\u0662", "9" * 30, *(one for one in NO_SEED if one != "2"))
NO_TEXTS = (3, [1], [None], [["a"]], {"a"})
NO_SCENARIO = (None, 3, True, [BASELINE], {"scenario": 1}, {BASELINE})
NO_PLACE = ("", None, 3, True, ["out"])
NO_TRUTH = (None, "no", "", 2, 1, 0, [True], float("nan"))
NO_FUNCTION = (3, "tqdm", [], False, tqdm, lambda _results, _number: None, lambda results: results)
Call = Callable[..., Any]
SWEEP: Call = lambda **given: sim.sweep(**{"scenario": WORLD, "vary": VARY, **given})  # noqa: E731
SENSITIVITY: Call = lambda **given: sim.sensitivity(**{"scenario": WORLD, **given})  # noqa: E731
COMPARE: Call = lambda **given: sim.compare(**{"scenarios": [WORLD, WORLD], **given})  # noqa: E731
LOAD: Call = lambda **given: sim.load(**{"file": BASELINE, **given})  # noqa: E731
ECONOMY: Call = lambda **given: sim.ComputeEconomy(**{"scenario": WORLD, **given})  # noqa: E731
DECOMPOSE: Call = lambda **given: sim.decompose(**{"scenario": WORLD, **given})  # noqa: E731
VALIDATE: Call = lambda **given: sim.validate(**{"scenario": WORLD, "records": RECORDS, "first": 2012, **given})  # noqa: E731


class Odd:
    """A number of another library, which says that it has what those of numpy have, as pint's does."""

    def tolist(self) -> Any:
        raise AttributeError("it does not support tolist")


class Submits:
    """What takes work, as a client of dask does, and is no executor."""

    submit = get_executor = print


WRONG: list[tuple[Call, str, tuple[Any, ...]]] = [
    (LOAD, "file", NO_PLACE),
    (LOAD, "settings", (*NO_TEXTS, {"product.margin": None}, {"product.margin": object()}, {"product.margin": Odd()})),
    (LOAD, "seed", NO_SEED),
    (LOAD, "replicates", NO_COUNT),
    (LOAD, "until", NO_COUNT),
    (lambda **given: with_options(WORLD, **given), "seed", NO_SEED),
    (ECONOMY, "scenario", NO_SCENARIO),
    (ECONOMY, "seed", (*NO_TYPED_SEED, 2**63)),
    (ECONOMY, "rng", (*NO_TYPED_SEED, 2**63)),
    (ECONOMY, "replicate", (*NO_SEED, 2**63)),
    (ECONOMY, "collect", NO_TRUTH),
    (lambda **given: sim.begin(**{"scenario": WORLD, "seed": 1, **given}), "scenario", NO_SCENARIO),
    (lambda **given: sim.begin(WORLD, **given), "seed", (*NO_SEED, 2**63)),
    (lambda **given: sim.begin(WORLD, 1, **given), "replicate", (*NO_SEED, 2**63)),
    (sim.advance, "world", (None, 3, "world", WORLD)),
    (sim.run, "scenario", NO_SCENARIO),
    (lambda **given: sim.run(WORLD, **given), "workers", NO_COUNT),
    *((lambda **given: sim.run(WORLD, **given), name, NO_TRUTH) for name in ("every_step", "ensemble")),
    (lambda **given: sim.run(WORLD, **given), "progress", NO_FUNCTION),
    *((COMPARE, name, NO_TRUTH) for name in ("theories", "assumptions", "every_step")),
    (lambda **given: sim.compare([WORLD, MEEK], **given), "progress", NO_FUNCTION),
    (COMPARE, "scenarios", (None, 3, [1], [WORLD, None], {BASELINE}, {BASELINE: 1})),
    (COMPARE, "replicates", (None, *NO_COUNT)),
    (COMPARE, "seed", (*NO_SEED, 2**63)),
    (COMPARE, "until", NO_COUNT),
    (COMPARE, "discount", (None, float("nan"), float("inf"), -2, 3, "0.03", True, [0.03])),
    (COMPARE, "workers", NO_COUNT),
    *((DECOMPOSE, name, wrong) for name, wrong in {
        "scenario": NO_SCENARIO, "replicates": (None, *NO_COUNT), "workers": NO_COUNT, "measures": NO_TEXTS,
        "progress": NO_FUNCTION, "seed": NO_SEED, "until": NO_COUNT,
    }.items()),
    *((VALIDATE, name, wrong) for name, wrong in {
        "scenario": NO_SCENARIO, "records": NO_PLACE, "first": (None, *NO_COUNT), "last": NO_COUNT, "seed": NO_SEED,
        "replicates": NO_COUNT, "workers": NO_COUNT,
    }.items()),
    (sim.verify, "directory", NO_PLACE),
    *((lambda **given: sim.verify("nowhere", **given), name, NO_COUNT) for name in ("worlds", "workers")),
    *((study, name, wrong) for study in (SWEEP, SENSITIVITY) for name, wrong in {
        "scenario": NO_SCENARIO, "measures": NO_TEXTS, "samples": NO_COUNT, "replicates": NO_COUNT,
        "until": NO_COUNT, "seed": NO_SEED, "workers": NO_COUNT,
        "out": [one for one in NO_PLACE if one is not None], "executor": (3, "threads", []),
    }.items()),
    (SWEEP, "vary", (None, *NO_TEXTS)),
    *((SENSITIVITY, name, NO_TEXTS) for name in ("vary", "together", "against")),
    (sim.resume, "directory", NO_PLACE),
    (lambda **given: sim.resume("nowhere", **given), "workers", NO_COUNT),
    (sim.open_study, "directory", NO_PLACE),
    (sim.Run(WORLD, []).report, "out", NO_PLACE),
    (sim.Comparison([WORLD, WORLD], [], 1).report, "out", NO_PLACE),
    (sim.Decomposition(WORLD, [], [], [], [], 1, False).report, "out", NO_PLACE),
]  # fmt: skip


@pytest.mark.parametrize(("call", "name", "wrong"), WRONG, ids=[f"{i}-{name}" for i, (_, name, _) in enumerate(WRONG)])
def test_what_an_argument_cannot_be_is_said(
    call: Call, name: str, wrong: tuple[Any, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for value in wrong:
        with pytest.raises(sim.InputError) as raised:
            call(**{name: value})
        said, error = str(raised.value).splitlines(), raised.value
        assert said[:2] == ["this argument cannot be used", f"  argument {name}"], value
        assert error.found is not None
        assert "--" not in f"{error.allowed}{error.fix}"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("call", "given", "said"),
    [
        (SWEEP, {"samples": 5}, ["argument samples", "or choose design lhs"]),
        (SWEEP, {"design": "lhz"}, ["argument design", "did you mean 'lhs'?"]),
        (SWEEP, {"vary": {}}, ["argument vary", "e.g. vary=['policy.carbon_tax.rate=0,50,100'] or vary=['kind"]),
        (SWEEP, {"vary": {"product.margn": 1}}, ["argument vary", "key      product.margn"]),
        (SWEEP, {"vary": {"product.margin": {0.4, 0.3}}}, ["argument vary", "without an order", "in square brackets"]),
        (SWEEP, {"seed": 2**63}, ["out of range", "argument seed"]),
        (SWEEP, {"until": 2000}, ["argument until", "key      time.end"]),
        (LOAD, {"until": 2000}, ["argument until", "key      time.end"]),
        (LOAD, {"until": 3000}, ["argument until", "key      time.end"]),
        (LOAD, {"settings": "product.margn=1"}, ["argument settings", "key      product.margn"]),
        (LOAD, {"settings": "policy.mine.rate=1"}, ["one of your own has to be declared or imported first"]),
        (
            LOAD,
            {"settings": "product.margin"},
            ["settings=['product.margin=0.4'] or settings=['policy.carbon_tax.rate=50 "],
        ),
        (SWEEP, {"vary": "product.margin=0.4-0.5"}, ["fix      vary=['product.margin=0.4:0.5:5'] for a range"]),
        (SWEEP, {"vary": "product.margin=0.4 0.5"}, ["fix      vary=['product.margin=0.4,0.5']"]),
        (SWEEP, {"vary": {"policy.carbon_tax.rate": ["5 EUR/tCO2"]}}, ["vary=['policy.carbon_tax.rate=5 EUR/tCO2 of "]),
        (SWEEP, {"executor": Submits()}, ["argument executor", "fix      give executor=client.get_executor()"]),
        (SWEEP, {"executor": "dask"}, ["argument executor", "an executor of concurrent.futures"]),
        (LOAD, {"replicates": 100_000}, ["lower replicates or run.replicates"]),
        (COMPARE, {"scenarios": [WORLD, MEEK], "theories": True}, ["settings=['law.theory=", "leave out theories"]),
        (sim.run, {"scenario": BEFORE_FIT, "ensemble": True}, ["leave ensemble out"]),
        (sim.Run(WORLD, []).report, {"out": __file__}, ["argument out", "a file in the way"]),
        (SWEEP, {"out": __file__}, ["argument out", "a file in the way"]),
        (SENSITIVITY, {"method": "sobol", "samples": 5}, ["argument samples", "fix      samples=8"]),
        (DECOMPOSE, {"measures": "emission"}, ["argument measures", "python run.py measures"]),
        (DECOMPOSE, {"until": 2000}, ["argument until", "key      time.end"]),
        (VALIDATE, {"first": 2009}, ["argument first", "fix      first=2012"]),
        (VALIDATE, {"first": 2019, "last": 2018}, ["argument last", "fix      first=2018 last=2019"]),
        (VALIDATE, {"records": "no.csv"}, ["no.csv"]),
        (sim.verify, {"directory": ROOT}, ["no results in this directory"]),
        (SENSITIVITY, {"measures": "emissions"}, ["argument measures"]),
        (SENSITIVITY, {"against": "carbon_tax"}, ["argument against", "until=2027 or later"]),
    ],
)
def test_an_option_of_the_command_line_is_an_argument(call: Call, given: dict[str, Any], said: list[str]) -> None:
    with pytest.raises(sim.InputError) as raised:
        call(**given)
    assert all(text in str(raised.value) for text in said), raised.value
    assert "--" not in str(raised.value)


@pytest.mark.parametrize("name", sim.__all__)
def test_every_function_of_the_command_line_names_arguments(name: str) -> None:
    one = getattr(sim, name)
    if isfunction(one) and one.__module__ == "sim.api":
        assert hasattr(one, "__wrapped__"), "decorate it with arguments.named()"


def test_a_command_that_an_error_names_keeps_its_options() -> None:
    taxed = small("carbon_tax", until=2028)
    with pytest.raises(sim.InputError) as raised:
        sim.sensitivity(taxed, against="carbon_tax")
    assert raised.value.found == "against carbon_tax"
    assert "`python run.py sensitivity scenarios/baseline.toml --against carbon_tax`" in str(raised.value.fix)


def test_a_long_option_is_an_argument_of_one_word() -> None:
    with pytest.raises(sim.InputError) as raised, named():
        raise sim.InputError("both", key="--every-step", allowed="one", fix="leave --every-step out, or use --set")
    assert (raised.value.key, raised.value.fix) == ("every_step=", "leave every_step out, or use settings")


@pytest.mark.parametrize("name", sim.__all__)
def test_what_is_handed_out_can_be_pickled(name: str) -> None:
    """An executor or a pool of a user sends it by its name."""
    one = getattr(sim, name)
    assert pickle.loads(pickle.dumps(one)) is one


def test_numbers_of_numpy_are_numbers() -> None:
    one = np.int64(1)
    world = sim.load(BASELINE, "product.margin=0.4", seed=np.int64(3), until=np.int64(2012), replicates=one)
    assert (world.run.seed, world.time.end, world.run.replicates, world.product.margin) == (3, 2012, 1, 0.4)
    made = changed(WORLD, {"kind.startup.count": np.int64(9), "product.margin": np.float64(0.4)})
    assert (made.kinds[1].count, made.product.margin) == (9, 0.4)
    assert changed(WORLD, {"product.margin": {"value": np.float32(0.5), "unit": "1"}}).product.margin == 0.5
    tables = [
        sim.sweep(WORLD, {"product.margin": values}, replicates=one, workers=one, measures=measures)
        for values, measures in ((np.linspace(0.3, 0.4, 2), "emissions_total"), ([0.3, 0.4], ["emissions_total"]))
    ]
    assert tables[0].equals(tables[1])
    for values, listed in (
        (np.array(0.4), [0.4]),
        ({0.3: 1, 0.4: 2}.keys(), [0.3, 0.4]),
        (map(float, ["0.3", "0.35"]), [0.3, 0.35]),
    ):
        (axis,) = read_axes({"product.margin": values}, WORLD, grid=True)
        assert list(axis.values) == listed


def test_one_thing_is_a_list_of_one(tmp_path: Path) -> None:
    with pytest.raises(sim.InputError, match="nothing to compare"):
        sim.compare(BASELINE)
    with pytest.raises(sim.InputError, match="nothing to compare"):
        sim.compare(WORLD)
    given: dict[str, Any] = {"replicates": 1, "workers": 1}
    assert len(sim.sweep(WORLD, "product.margin=0.3,0.4", **given)) == len(sim.sweep(WORLD, VARY, **given))
    asked = {"samples": 2, "measures": "emissions_total", "against": "carbon_tax", "vary": "product.m*", **given}
    found = sim.sensitivity(small(until=2027), together="product.m*", **asked)
    assert set(found["measure"]) == {"emissions_total"}


def test_a_file_is_taken_as_its_scenario() -> None:
    file = small(until=2012).file
    assert sim.ComputeEconomy(str(file), seed=1).assumptions.is_same(sim.load(file))


def test_the_highest_seed_has_a_luck_for_every_block() -> None:
    asked: dict[str, Any] = {"samples": 3, "vary": "product.margin", "measures": "emissions_total", "workers": 1}
    found = sim.sensitivity(WORLD, seed=2**63 - 1, **asked)
    assert set(found["samples"]) == {3}


def test_what_cannot_be_added_leaves_a_directory_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that holds what is no number could never be gone on with."""
    out = tmp_path / "study"
    sim.sweep(WORLD, VARY, replicates=1, workers=1, out=out)
    before = contents(out)
    for name in ("replicates", "samples"):
        for wrong in NO_COUNT:
            with pytest.raises(sim.InputError, match=f"argument {name}"):
                sim.resume(out, **{name: wrong})
    with monkeypatch.context() as patched:
        patched.setattr("sim.study.planned.write_plan", full)
        with pytest.raises(OSError, match="full"):
            sim.resume(out, replicates=2)
    assert contents(out) == before
    assert set(sim.resume(out, replicates=np.int64(2), workers=np.int64(1))["replicates"]) == {2}


def full(*_: object) -> None:
    raise OSError("the disk is full")


def test_a_comparison_has_a_last_year() -> None:
    """That of all its scenarios, files or not."""
    few = [small("baseline", until=2014), small("baseline", "product.margin=0.4", until=2014)]
    found = sim.compare(few, replicates=1, assumptions=False, workers=1, until=2013)
    assert [scenario.time.end for scenario in found.scenarios] == [2013, 2013]
    assert [scenario.name for scenario in found.scenarios] == ["baseline", "baseline-2"]
    with pytest.raises(sim.InputError, match="scenarios"):
        sim.compare(3, until=2013)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("call", "given", "told"),
    [
        (LOAD, {"until": "2014"}, "write 2014, without quotes"),
        (LOAD, {"until": 2014.5}, "give until 2014 or 2015"),
        (COMPARE, {"until": [2014]}, "give until a calendar year such as 2026"),
        (LOAD, {"seed": "1"}, "write 1, without quotes"),
        (COMPARE, {"replicates": "0"}, "give replicates a whole number of at least 1"),
    ],
)
def test_a_number_in_quotes_is_told_to_be_without(call: Call, given: dict[str, Any], told: str) -> None:
    with pytest.raises(sim.InputError) as raised:
        call(**given)
    assert raised.value.fix == told
    assert ("a calendar year" in str(raised.value.allowed)) == ("until" in given)


def test_scenarios_one_by_one_are_told_to_stand_in_a_list() -> None:
    with pytest.raises(sim.InputError, match="cannot be used") as raised:
        sim.compare("a.toml", "b.toml")  # type: ignore[call-arg, arg-type]
    assert raised.value.fix == "give the scenarios as a list: sim.compare([a, b])"
    with pytest.raises(TypeError, match="positional"):
        sim.compare("a.toml", 3)  # type: ignore[call-arg, arg-type]
    assert [*signature(sim.compare).parameters][:3] == ["scenarios", "theories", "replicates"]
