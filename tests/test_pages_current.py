"""Pages that are made from runs are of the scenarios, the ensembles and the code that stand."""

import json
from collections.abc import Callable
from dataclasses import replace
from math import nan
from typing import Any

import pytest

from sim.economy.ledger import Runs
from sim.economy.stages.training import train
from sim.evidence import abatement, effects, findings, language, quintillions, real_policies
from sim.evidence.page import NUMBERS, Check, digests, single_runs
from sim.experiment.path import simulate
from sim.scenario import Scenario, load
from tests.worlds import FEW, ROOT, SCENARIOS

CHECKS = {
    "abatement": abatement.check,
    "effects": effects.check,
    "findings": findings.check,
    "language": language.check,
    "quintillions": quintillions.check,
    "real-policies": real_policies.check,
}
MANY = ("findings", "real-policies")  # of dozens of worlds, each run once
ANEW = "run: make numbers"


def behind(made: Check, now: Check) -> list[str]:
    """What is not as it was when a page was made. Last digits of runs differ between processors."""
    names = sorted(made.keys() | now.keys())
    return [
        name for name in names
        if name not in made or name not in now
        or now[name] != (made[name] if name.endswith(NUMBERS) else pytest.approx(made[name], rel=0.02, nan_ok=True))
    ]  # fmt: skip


@pytest.fixture(scope="module")
def once() -> Callable[..., Any]:
    """Simulates a world that several pages are made of for the first of them alone."""
    known: list[tuple[Scenario, Any]] = []

    def simulated(scenario: Scenario, replicate: int, **more: Any) -> Any:
        assert (replicate, more) == (0, {"actor_years": ()})
        found = next((found for one, found in known if one.is_same(scenario)), None)
        if found is None:
            found = simulate(scenario, replicate, **more)
            known.append((scenario, found))
        return found

    return simulated


@pytest.mark.parametrize("page", [pytest.param(page, marks=[pytest.mark.slow] * (page in MANY)) for page in CHECKS])
def test_a_page_is_of_this_version(page: str, once: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.evidence.page.simulate", once)
    written = json.loads((ROOT / "docs" / page / "check.json").read_text(encoding="utf-8"))
    made = {name: [nan if value is None else value for value in values] for name, values in written.items()}
    assert behind(made, CHECKS[page]()) == [], ANEW


def test_every_page_with_a_record_is_looked_at() -> None:
    assert {file.parent.name for file in (ROOT / "docs").glob("*/check.json")} == set(CHECKS)


@pytest.mark.parametrize("changed", ["number", "range", "ensemble", "code"])
def test_a_page_notices_whatever_its_draws_come_from(changed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def check() -> Check:
        return digests({"it": scenario}) | single_runs({"it": scenario})

    settings = [*FEW, "time.end=2013"]
    scenario = load(SCENARIOS / "baseline.toml", settings)
    made = check()
    assert behind(made, check()) == []
    points, (one, *others) = scenario.ensemble, scenario.quantities
    assert points
    if changed == "code":
        monkeypatch.setattr("sim.economy.step.train", lambda *known: better(train(*known)))
        assert behind(made, check()) == ["it"]
        return
    scenario = {
        "number": load(SCENARIOS / "baseline.toml", [*settings, "siting.scale=0.26"]),
        "range": replace(scenario, quantities=(one._replace(low=0.123), *others)),
        "ensemble": replace(scenario, ensemble=replace(points, text=points.text + "0")),
    }[changed]
    assert f"it {NUMBERS}" in behind(made, check())


def better(runs: Runs) -> Runs:
    """Another model of training: the same with a tenth less error."""
    return runs._replace(error=0.9 * runs.error)
