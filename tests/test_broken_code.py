"""An error within a rule, policy or measure of one's own is told by its line, in one message, and nothing goes on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.actors.academic_lab import AcademicLab
from sim.errors import BrokenCode, InputError
from sim.measures import DIVIDE, registry
from sim.measures.base import DECLARED, Period, measure
from sim.model import ComputeEconomy
from sim.owncode import own_answer
from sim.policies import Policy
from sim.policies.carbon_tax import CarbonTax
from sim.policies.levers import LEVERS
from sim.policies.view import View
from tests.saying import Say, refused
from tests.worlds import BASELINE, FEW, small

HERE = str(Path(__file__))
FEWER = [word for text in FEW for word in ("--set", text)]


def mistyped(*given: Any) -> Any:
    """A rule in which something is spelled wrong."""
    return given[1].incom  # of funds


def impossible(*_: Any) -> Any:
    """One in which something cannot be done."""
    return 1 // 0


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(Path(HERE).read_text(encoding="utf-8").splitlines(), 1) if text in line)


MISTYPED = f"line {line_of('# of funds')}, in mistyped"


@pytest.mark.parametrize("rule", ["wants", "means"])
def test_an_error_in_a_rule_is_one_message(
    rule: str, say: Say, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It leaves nothing behind, and offers nothing that would go on."""
    monkeypatch.setattr(AcademicLab, rule, mistyped)
    (tmp_path / "there").mkdir()
    for out in (tmp_path / "new", tmp_path / "there"):
        said = say("run", BASELINE, *FEWER, "--until", 2012, "--replicates", 1, "--workers", 1, "--out", out)
        words = (
            "AttributeError: 'Funds' object has no attribute 'incom'",
            "return given[1].incom",
            "did you mean 'income'?",
        )
        refused(said, *words, file=HERE, key=MISTYPED)
        assert "Go on" not in said.err
    assert [path.name for path in tmp_path.rglob("*")] == ["there"]


def _kind(monkeypatch: pytest.MonkeyPatch, rule: str) -> Callable[[], object]:
    monkeypatch.setattr(AcademicLab, rule, impossible)
    return lambda: ComputeEconomy(small(), seed=1).step()


def _policy(monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    monkeypatch.setattr(CarbonTax, "act", impossible)
    return lambda: ComputeEconomy(small("baseline", "policy.carbon_tax.rate=50"), seed=1).step()


def _measure(_: pytest.MonkeyPatch) -> Callable[[], object]:
    return lambda: replace(registry()[DIVIDE], function=impossible)(None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "broken",
    [*(lambda patch, rule=rule: _kind(patch, rule) for rule in ("endow", "income_growth")), _policy, _measure],
)
def test_errors_of_every_kind_of_own_code_are_told_by_their_line(
    broken: Callable[[pytest.MonkeyPatch], Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BrokenCode) as raised:
        broken(monkeypatch)()
    assert (raised.value.problem, raised.value.fix) == (
        "ZeroDivisionError: integer division or modulo by zero", "mend that line",
    )  # fmt: skip
    assert (raised.value.file, raised.value.key) == (HERE, f"line {line_of('return 1 //')}, in impossible")
    assert isinstance(raised.value.__cause__, ZeroDivisionError)


def subsidised(policy: CarbonTax, view: View) -> dict[str, float]:
    """A tax that pays, from the second year on."""
    return {"carbon_price": -policy.rate if view.time > 2013 else policy.rate}


def test_a_lever_that_cannot_stand_so_is_told_by_policy_and_line(
    say: Say, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In one message that leaves no directory behind where nothing is finished, and offers nothing that would go on."""
    monkeypatch.setattr(CarbonTax, "act", subsidised)
    file, out = tmp_path / "own.toml", tmp_path / "out"
    entry = '[[policy]]\nname = "carbon_tax"\nid = "mine"\nrate = 50\n'
    text = f'schema = 1\nextends = "{BASELINE.as_posix()}"\ntitle = "T"\nquestion = "Q?"\n{entry}'
    file.write_text(text, encoding="utf-8")
    said = say("run", file, *FEWER, "--until", 2013, "--replicates", 1, "--workers", 1, "--out", out)
    words = ("in 2013 the policy 'mine' pulls carbon_price beyond its range", "-0.05", "max(0, ...)")
    place = f"line {line_of('def subsidised')}, in subsidised"
    refused(said, *words, "a number, at least 0 and at most 1e+100 (USD/kgCO2e)", file=HERE, key=place)
    assert "Go on" not in said.err
    assert not out.exists()


@pytest.mark.parametrize(("lever", "wrong", "fix"), [
    (name, wrong, fix) for name, lever in LEVERS.items()
    for wrong, fix in ((lever.low - 1, "give no less"), (2 * lever.high, "give no more"), (nan, "nan"))
    if wrong != inf
])  # fmt: skip
def test_each_lever_has_its_range(lever: str, wrong: float, fix: str) -> None:
    @dataclass(frozen=True, kw_only=True)
    class Wrong(Policy):
        levers = (lever,)
        strength = "much"
        much: float = 0.0

        def act(self, view: View) -> dict[str, float]:
            return {lever: wrong}

    known = LEVERS[lever]
    with pytest.raises(BrokenCode, match=f"in 2020 the policy 'mine' pulls {lever} beyond its range") as raised:
        Wrong(id="mine", much=1.0).pull(View(2020.5, 2012))
    told = str(raised.value)
    assert fix in told
    assert known.unit in told
    assert f"least {known.low:g}" in str(raised.value.allowed)
    assert (f"most {known.high:g}" in str(raised.value.allowed)) == (known.high < inf)


def late(period: Period) -> float:
    """A measure that comes to an error in the third year."""
    return 1 // (period.end < 2014.5)  # by nothing then


def shown_late(period: Period) -> bool:
    return bool(late(period))


def declared(function: Callable[..., float], flag: Callable[[Period], bool] | None = None) -> None:
    measure("late", "Late", "1", "a number", flag=flag)(function)


LATE = f"line {line_of('# by nothing then')}, in late"


@pytest.mark.parametrize(
    "way",
    [
        lambda scenario: sim.run(scenario, workers=1),
        lambda scenario: sim.run(scenario, workers=1, every_step=True),
        lambda scenario: sim.compare([scenario, small("carbon_tax", until=2015)], replicates=1, workers=1),
        lambda scenario: sim.sweep(scenario, {"product.margin": [0.4]}, replicates=1, measures=["late"], workers=1),
    ],
)
def test_an_error_in_a_measure_while_it_simulates_is_told_by_its_line(way: Callable[[Any], Any]) -> None:
    declared(late)
    with pytest.raises(BrokenCode) as raised:
        way(small(until=2015))
    assert (raised.value.file, raised.value.key) == (HERE, LATE)


def test_so_is_one_in_the_flag_of_a_measure() -> None:
    declared(lambda _: 1.0, flag=shown_late)
    with pytest.raises(BrokenCode) as raised:
        sim.run(small(until=2015, replicates=1), workers=1)
    assert (raised.value.file, raised.value.key) == (HERE, LATE)


def test_a_command_offers_nothing_that_would_go_on_with_a_broken_measure(say: Say, tmp_path: Path) -> None:
    declared(late)
    said = say("run", BASELINE, *FEWER, "--until", 2015, "--replicates", 1, "--workers", 1, "--out", tmp_path / "new")
    refused(said, "ZeroDivisionError: integer division or modulo by zero", "mend that line", file=HERE, key=LATE)
    assert "Go on" not in said.err
    assert list(tmp_path.rglob("*")) == []


def of_nothing() -> float:
    """A measure that takes no window."""
    return 1.0


def test_a_function_that_cannot_be_called_is_told_by_where_it_is_written() -> None:
    declared(of_nothing)
    with pytest.raises(BrokenCode) as raised:
        DECLARED[-1](None)  # type: ignore[arg-type]
    assert (raised.value.file, raised.value.key) == (HERE, f"line {line_of('def of_nothing')}, in of_nothing")
    assert "takes 0 positional arguments" in raised.value.problem


@pytest.mark.parametrize("error", [InputError("no"), MemoryError()])
def test_what_is_told_otherwise_passes(error: Exception) -> None:
    def fails() -> None:
        raise error

    with pytest.raises(type(error)) as raised:
        own_answer(fails)
    assert raised.value is error
