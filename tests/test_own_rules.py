"""Policies and kinds that a user declares, in a cell of a notebook or in a script: whenever, and again."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.actors import Economy, Funds
from sim.actors import registry as kinds
from sim.actors.academic_lab import AcademicLab
from sim.economy.start import begin
from sim.economy.step import advance
from sim.errors import InputError
from sim.policies import registry as policies
from sim.policies.view import View
from sim.scenario import Scenario, load
from tests.worlds import BASELINE, FEW, ROOT, small

GIVEN_AWAY = (
    "policy.compute_permits.cap_share=0.1", 'policy.compute_permits.allocation="grandfathering"',
    "policy.compute_permits.start=2013",
)  # fmt: skip

POLICY = """
from sim.policies.carbon_tax import CarbonTax

class Levied(CarbonTax):
    name = "levied"

    def act(self, view):
        return {"carbon_price": RATE}
"""
KIND = """
from sim.actors.academic_lab import AcademicLab

class Centre(AcademicLab):
    rule, title = "centre", "Centre"

    def income_growth(self):
        return RATE
"""


def run_cell(source: str, rate: float) -> Any:
    """The class that a cell of a notebook declares, when it is run with this number in it."""
    names = {"__name__": "cell"}
    exec(source.replace("RATE", str(rate)), names)
    return names.get("Levied") or names.get("Centre")


def levied() -> Scenario:
    return load(BASELINE, [*FEW, "policy.levied.rate=50"], until=2014)


def test_a_policy_is_known_whenever_it_is_declared_and_as_it_was_declared_last() -> None:
    assert "levied" not in policies()
    first = run_cell(POLICY, 1.0)
    before = levied()
    again = run_cell(POLICY, 2.0)
    after = levied()
    assert [type(world.policies[0]) for world in (before, after)] == [first, again]
    assert [world.policies[0].act(View(2013, 2012)) for world in (before, after)] == [
        {"carbon_price": 1.0}, {"carbon_price": 2.0},
    ]  # fmt: skip


def test_a_kind_is_known_whenever_it_is_declared_and_as_it_was_declared_last() -> None:
    assert "centre" not in kinds()
    known = [kinds().get("centre"), run_cell(KIND, 1.0), kinds()["centre"], run_cell(KIND, 2.0), kinds()["centre"]]
    assert known[0] is None
    assert known[1] is known[2] is not known[3]
    assert known[3] is known[4]


@pytest.mark.parametrize("rule", ["means", "wants"])
@pytest.mark.parametrize(
    "wrong", [lambda amount: amount.sum(), lambda amount: amount[:, np.newaxis], lambda amount: amount[:1]]
)
def test_a_rule_says_a_number_for_each_actor(rule: str, wrong: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one number says of all of them would be given to each."""
    usual = getattr(AcademicLab, rule)
    monkeypatch.setattr(AcademicLab, rule, lambda *given: wrong(usual(*given)))
    with pytest.raises(InputError, match=f"`{rule}` of the rule academic_lab gave what is no amount") as refused:
        advance(begin(small(), 1))
    assert refused.value.key == "kind.academic_lab"
    assert str(refused.value.found) in ("shape (), in 2012", "shape (20, 1), in 2012", "shape (1,), in 2012")


@pytest.mark.parametrize("steps", [1, 6])
def test_no_rule_writes_into_the_books(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in the first step, nor in one in which permits are given away."""
    usual, seen = AcademicLab.means, list[Funds]()

    def means(self: AcademicLab, funds: Funds, economy: Economy) -> Any:
        seen.append(funds)
        return usual(self, funds, economy)

    monkeypatch.setattr(AcademicLab, "means", means)
    world = begin(small("baseline", *GIVEN_AWAY), 1)
    for _ in range(steps):
        world, _ = advance(world)
    assert len(seen) == steps
    assert seen[-1].allowances.any() == (steps > 1)
    assert [name for name, column in seen[-1]._asdict().items() if column.flags.writeable] == []
    with pytest.raises(ValueError, match="read-only"):
        seen[-1].income[:] *= 0.5


SCRIPT = """
import threading
import sim

if __name__ == "__main__":
{declared}
    threading.Thread(target=threading.Event().wait, daemon=True).start()  # so that workers are not forked
    world = sim.load({file!r}, {few!r}, until=2012, replicates=2)
{again}
    try:
        print(len(sim.run(world, workers={workers}).replicates), "simulated")
    except sim.InputError as error:
        print(error)
"""
TOLD = "worker processes do not know this"
LEVIED = '[[policy]]\nname = "levied"\nrate = 50\n'


@pytest.mark.parametrize(
    ("source", "table", "again", "workers", "said"),
    [
        (POLICY, LEVIED, False, 2, "Levied"),
        (POLICY, LEVIED, False, 1, ""),
        (POLICY, LEVIED, True, 2, "not the same object"),  # what was loaded is of the one before
        (KIND, '[kind.academic_lab]\nrule = "centre"\n', False, 2, "Centre"),
    ],
)
@pytest.mark.slow
def test_spawned_workers_that_do_not_know_a_rule_say_so_once(
    source: str, table: str, again: bool, workers: int, said: str, tmp_path: Path
) -> None:
    declared = source.replace("RATE", "1.0").replace("\n", "\n    ")
    file = tmp_path / "world.toml"
    file.write_text(f'schema = 1\nextends = "{BASELINE}"\ntitle = "t"\nquestion = "q"\n{table}', encoding="utf-8")
    then = declared if again else ""
    text = SCRIPT.format(declared=declared, again=then, workers=workers, file=str(file), few=list(FEW))
    (tmp_path / "script.py").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, tmp_path / "script.py"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert "Traceback" not in done.stderr, done.stderr
    if said:
        assert TOLD in done.stdout
        assert said in done.stdout
        assert "workers=1" in done.stdout
    else:
        assert done.stdout == "2 simulated\n"
