"""A law of one's own: each mistake in its class or its fit is one message, and one that a world cannot have is left
out where laws are compared."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.errors import BrokenCode, InputError, UnfitLaw
from sim.experiment.laws import HELD, under_laws
from sim.mechanisms.scaling import LAWS, Law
from sim.mechanisms.scaling.polynomial import Polynomial
from sim.mechanisms.scaling.sound import complete, sound
from sim.scenario import load
from sim.scenario.data import LAWS_FILE, laws
from sim.scenario.fits import published_law
from sim.scenario.variants import changed
from tests.saying import Say, refused
from tests.worlds import BASELINE, FEW, SCENARIOS, small

HERE, TAX = str(Path(__file__)), SCENARIOS / "carbon_tax.toml"
WHY = {"unit": "1", "basis": "assumed", "note": "made up"}
FIT = {key: {"value": value, **WHY} for key, value in
       {"intercept": 2.8, "exponent": 10.0, "best_error": 0.115, "worst_error": 0.45}.items()}  # fmt: skip
SMALLEST = {"size_exponent": 0.05, "data_exponent": 0.05}  # below, the best size exceeds a float
HIGH_FLOOR = {**FIT, "exponent": {"value": 2.0, **WHY}, "floor": {"value": 0.09, **WHY}}  # flat near its floor


@dataclass(frozen=True, kw_only=True)
class Mine(Polynomial):
    """A law that is right."""

    form = "mine"


Publish = Callable[..., None]


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch) -> Publish:
    """Puts a fit, or whatever stands in its place, among those of a benchmark; a law's class among the laws."""

    def put(fit: Any, cls: type[Law] = Mine, name: str = "mine") -> None:
        published_law.cache_clear()
        monkeypatch.setitem(LAWS, cls.__dict__.get("form", "mine"), cls)
        monkeypatch.setitem(laws()["benchmarks"]["imagenet"], name, fit)

    return put


def of_law(monkeypatch: pytest.MonkeyPatch, **functions: Any) -> Callable[[], None]:
    """What asks a law with these functions whether it is sound."""
    for name, function in functions.items():
        monkeypatch.setattr(Mine, name, function, raising=False)
    sound.cache_clear()
    law = Mine(intercept=2.8, exponent=10.0, best_error=0.1, worst_error=0.5)
    return lambda: sound(law)


def silent(law: Mine, ln_compute: Any) -> None:
    law.exponent * ln_compute


def unnamed(law: Mine, error: Any) -> Any:
    return law.exponnent * error  # type: ignore[attr-defined]


def undefined(law: Mine, error: Any) -> Any:
    return logarithm(error)  # type: ignore[name-defined]  # noqa: F821


def twenty_off(law: Mine, ln_compute: Any) -> Any:
    return np.minimum(Polynomial.error_at(law, ln_compute) + 0.2, 1.0)


def rising(law: Mine, error: Any) -> Any:
    return -Polynomial.ln_compute_for(law, error)


def beyond_one(law: Mine, ln_compute: Any) -> Any:
    return np.exp(-(ln_compute + law.ln_compute_for(np.asarray(1.0)) * -1) / law.exponent).clip(None, 5.0)


def no_slope(law: Mine, error: Any) -> Any:
    return np.full(np.shape(error), law.exponent)  # its inverse is


def one_for_all(law: Mine, error: Any) -> float:
    return 1.0 / law.exponent


def nothing_known(law: Mine, ln_compute: Any) -> Any:
    return np.asarray(ln_compute) * np.nan


BROKEN = {
    "no return": ({"error_at": silent}, "of the law 'mine' gives no number", "nothing", "return"),
    "a number": ({"ln_compute_for": unnamed}, "has no attribute 'exponnent'", "law.exponnent * error", "'exponent'"),
    "a name": ({"elasticity_at": undefined}, "NameError: name 'logarithm'", "logarithm(error)", "mend that line"),
    "no inverse": ({"error_at": twenty_off}, "of the law 'mine' is not the inverse", "0.9: 1", "solve"),
    "rising": ({"ln_compute_for": rising}, "of the law 'mine' gives errors", "ln FLOP", "rise"),
    "no highest": ({"error_at": beyond_one}, "a run without compute another error", "5.0", "np.minimum"),
    "another slope": ({"elasticity_at": no_slope}, "is not the slope of error_at", "10 (given)", "derive"),
    "one number": ({"elasticity_at": one_for_all}, "gives no number for each", "shape ()", "one number for each"),
    "nan": ({"error_at": nothing_known}, "gives no number for each", "nan", "mend that function"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_mistake_in_a_function_of_a_law_is_told_by_its_line(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    functions, problem, found, fix = BROKEN[case]
    with pytest.raises(BrokenCode) as raised:
        of_law(monkeypatch, **functions)()
    error, (function,) = raised.value, functions.values()
    assert problem in error.problem
    assert found in str(error.found)
    assert fix in str(error.fix)
    assert error.file == HERE
    assert str(error.key).endswith(f"in {function.__name__}")


def test_a_law_that_is_right_is_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    of_law(monkeypatch)()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("form", LAWS)
def test_no_numbers_within_the_ranges_make_a_shipped_law_unsound(form: str) -> None:
    cls = LAWS[form]
    complete(cls)
    specs = {entry.name: entry.metadata["spec"] for entry in fields(cls)}
    ends = {name: (max(spec.low, SMALLEST.get(name, spec.low)), spec.high)
            for name, spec in specs.items() if not name.endswith("_error")}  # fmt: skip
    for values in product(*ends.values()):
        sound(cls(**dict(zip(ends, values, strict=True)), best_error=0.1, worst_error=0.5))


def test_a_broken_law_is_one_message_of_a_command(
    publish: Publish, say: Say, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    publish({"form": "mine", **FIT})
    of_law(monkeypatch, error_at=twenty_off)
    said = say("run", BASELINE, "--set", "law.profile=mine", "--until", 2012, "--out", tmp_path / "out")
    refused(said, "is not the inverse of ln_compute_for", "error_at(ln_compute_for(e)) == e", file=HERE)
    refused(say("laws"), "is not the inverse of ln_compute_for", file=HERE)


def test_a_class_that_is_not_whole_is_told(publish: Publish) -> None:
    class Half(Law):
        form = "half"

    class Nameless(Mine):
        formula = None  # type: ignore[assignment]

    @dataclass(frozen=True, kw_only=True)
    class Bare(Mine):
        form = "bare"
        rate: float = 0.0

    for cls, problem, fix in (
        (Half, "has no elasticity_at and no error_at and no ln_compute_for", "def elasticity_at"),
        (Nameless, "does not state its formula", "formula ="),
        (Bare, "a number without unit and range: rate", "quantity("),
    ):
        publish({"form": cls.__dict__.get("form", "mine"), **FIT}, cls)
        with pytest.raises(BrokenCode) as raised:
            published_law("imagenet", "mine")
        assert problem in raised.value.problem
        assert fix in str(raised.value.fix)
        assert (raised.value.file, raised.value.key) == (HERE, f"class {cls.__name__}")


def without(*names: str, **more: Any) -> dict[str, Any]:
    return {"form": "mine", **{key: entry for key, entry in FIT.items() if key not in names}, **more}


FITS = {  # in laws.toml: where the mistake stands, and what is said of it
    "unknown form": (without(form="polinomial"), ".form", "unknown form of a law 'polinomial'", "'polynomial'"),
    "no form": ({**FIT}, ".form", "unknown form of a law", "polynomial"),
    "a form that is no text": (without(form=["mine"]), ".form", "unknown form of a law", "polynomial"),
    "missing number": (without("exponent"), ".exponent", "a number of a law is missing", "exponent = { value"),
    "missing range": (without("best_error"), ".best_error", "a number of a law is missing", "best_error ="),
    "unknown number": (without(exponnent=FIT["exponent"]), ".exponnent", "unknown number of a law", "'exponent'"),
    "out of range": (without(exponent={**FIT["exponent"], "value": 500}), ".exponent", "out of range", "0.5"),
    "text": (without(exponent={**FIT["exponent"], "value": "ten"}), ".exponent", "not a number", "write"),
    "unknown source": (without(exponent={"value": 9, "unit": "1", "source": "zhai"}), ".exponent", "zhai", "source"),
    "upside down": (without(best_error={**FIT["best_error"], "value": 0.6}), ".best_error", "upside down", "smaller"),
    "no table": ("polynomial", "", "a published fit is a table", "[benchmarks.imagenet.mine]"),
}


@pytest.mark.parametrize("case", FITS)
def test_a_mistake_in_a_fit_is_told_by_the_file_of_fits(
    case: str, publish: Publish, say: Say, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fit, key, *texts = FITS[case]
    of_law(monkeypatch)
    publish(fit)
    said = say("run", BASELINE, "--set", "law.profile=mine", "--until", 2012, "--out", tmp_path / "out")
    refused(said, *texts, file=LAWS_FILE)
    assert f"  key      benchmarks.imagenet.mine{key}" in said.err
    refused(say("laws"), *texts, file=LAWS_FILE)


def test_a_file_of_fits_that_cannot_be_read_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.scenario.data.tables", lambda _: tomllib.loads("[benchmarks\n"))
    with pytest.raises(InputError, match="no TOML") as raised:
        laws.__wrapped__()
    assert raised.value.file == LAWS_FILE


def test_a_law_that_a_world_cannot_have_says_what_would_do(publish: Publish) -> None:
    """The key as it is, the law by name, and the largest value, which is then taken."""
    publish({"form": "irreducible", **HIGH_FLOOR}, LAWS["irreducible"], "high_floor")
    with pytest.raises(UnfitLaw) as raised:
        changed(small(), {"law.profile": "high_floor"})
    error = raised.value
    assert (error.key, error.found) == ("product.growth_exponent", small().product.growth_exponent)
    assert "imagenet.high_floor" in error.problem
    most = float(str(error.allowed).split()[2])
    entry = {"value": most, **WHY}
    changed(small(), {"law.profile": "high_floor", "product.growth_exponent": entry})
    with pytest.raises(UnfitLaw):
        changed(small(), {"law.profile": "high_floor", "product.growth_exponent": {**entry, "value": 1.001 * most}})


def test_a_law_that_a_world_cannot_have_is_left_out_of_laws(publish: Publish) -> None:
    """With a note, where the market's answer to accuracy is held; where its answer to compute is, it can be had."""
    publish({"form": "irreducible", **HIGH_FLOOR}, LAWS["irreducible"], "high_floor")
    by_accuracy, by_compute = ([*under_laws(small(), held)] for held in HELD)
    assert [one.name for one in by_compute if one not in by_accuracy][-1] == "high_floor"
    assert "high_floor" not in [one.name for one in by_accuracy]
    (note,) = [note for note in by_accuracy[0].notes if "high_floor" in note]
    assert all(word in note for word in ("without the law", "product.growth_exponent is 7.1", "at most 3.4"))


@pytest.mark.slow
@pytest.mark.parametrize("words", [("laws", "--compare", BASELINE), ("compare", BASELINE, TAX, "--across-laws")])
def test_a_law_that_a_world_cannot_have_leaves_the_others(
    words: tuple[object, ...], publish: Publish, say: Say, tmp_path: Path
) -> None:
    publish({"form": "irreducible", **HIGH_FLOOR}, LAWS["irreducible"], "high_floor")
    few = [word for one in FEW for word in ("--set", one)]
    out = tmp_path / "out"
    said = say(*words, *few, "--until", 2012, "--replicates", 1, "--workers", 1, "--out", out)
    assert said.code == 0, said.err
    told = " ".join(said.out.split())
    assert "without the law high_floor, which this world cannot have" in told
    assert "ninth_power" in told
    assert [*(out / "scenarios").glob("*high_floor*")] == []


def test_a_mistake_in_a_law_stops_the_others(publish: Publish) -> None:
    """It is nothing of this world."""
    publish(without("exponent"))
    with pytest.raises(InputError, match="a number of a law is missing"):
        under_laws(load(BASELINE))
