"""A programme has one size: one that is set takes the place of that of a file, and two said at once are refused."""

from pathlib import Path

import pytest

from sim.errors import InputError, Notice
from sim.policies import Policy, registry
from sim.scenario import Scenario, load
from sim.scenario.variants import changed
from tests.saying import Say, refused
from tests.worlds import BASELINE, FEW, SCENARIOS

NAMES = sorted(name for name, policy in registry().items() if policy.amounts)
FILE = SCENARIOS / "compute_voucher.toml"
BUDGET, VALUE = "policy.compute_voucher.budget=1 BUSD/yr", "policy.compute_voucher.value=2 MUSD/yr"
GIVES_WAY = (
    "policy.compute_voucher.value of compute_voucher.toml gives way to budget of --set: a programme has one size."
)


def sizes(scenario: Scenario) -> dict[str, list[str]]:
    return {policy.id: policy.given for policy in scenario.policies}


def test_there_are_programmes() -> None:
    assert NAMES == ["compute_voucher", "public_compute"]


@pytest.mark.parametrize("name", NAMES)
def test_a_size_that_is_set_takes_the_place_of_that_of_the_file_and_says_so(name: str) -> None:
    file = SCENARIOS / f"{name}.toml"
    (own,) = sizes(load(file))[name]
    others = [key for key in registry()[name].may_give() if key not in (own, "total")]
    assert others == ["budget"]
    with pytest.warns(Notice, match=f"policy.{name}.{own} of {name}.toml gives way to budget of --set"):
        scenario = load(file, [f"policy.{name}.budget=1 BUSD/yr"])
    assert sizes(scenario) == {name: ["budget"]}
    assert f"Note: policy.{name}.{own} of {name}.toml gives way to budget of --set: a programme has one size." in (
        scenario.notes
    )
    with pytest.warns(Notice, match="gives way to total"):
        total = load(file, [f"policy.{name}.total=1 BUSD", f"policy.{name}.end=2037"])
    assert sizes(total) == {name: ["total"]}


def test_it_is_said_on_standard_error_once_before_anything_is_simulated(say: Say, tmp_path: Path) -> None:
    few = [word for setting in FEW for word in ("--set", setting)]
    with pytest.warns(Notice) as told:
        said = say("compare", BASELINE, FILE, *few, "--set", BUDGET, "--until", "2013", "--replicates", "1",
                   "--out", tmp_path / "out")  # fmt: skip
    assert {str(one.message) for one in told} == {GIVES_WAY}
    assert said.code == 0


def test_two_sizes_said_at_once_are_refused(say: Say, tmp_path: Path) -> None:
    with pytest.warns(Notice, match="gives way"):
        refused(say("run", FILE, "--set", BUDGET, "--set", VALUE), "a programme has one size")
    refused(say("run", BASELINE, "--set", BUDGET, "--set", VALUE), "a programme has one size")
    body = f'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "{FILE.as_posix()}"\n[[policy]]\n'
    file = tmp_path / "own.toml"
    file.write_text(f'{body}name = "compute_voucher"\nvalue = 5\nbudget = 1e9\n')
    refused(say("check", file), "a programme has one size")
    file.write_text(f'{body}id = "compute_voucher"\nbudget = 1e9\n')
    assert sizes(load(file)) == {"compute_voucher": ["budget"]}  # what a file says anew
    assert "value of compute_voucher.toml gives way to budget of own.toml" in say("check", file).out


def test_a_start_that_numbers_by_year_gave_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(
        f'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "{BASELINE.as_posix()}"\n[[policy]]\n'
        'name = "compute_voucher"\nvalue = { years = [2029, 2031], values = [5e6, 6e6], unit = "USD/yr" }\n'
    )
    with pytest.warns(Notice, match="value of own.toml gives way to budget"):
        (policy,) = load(file, [BUDGET]).policies
    assert (policy.start, policy.given) == (2029.0, ["budget"])


def test_a_size_of_nothing_gives_way_without_a_word(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(
        f'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "{BASELINE.as_posix()}"\n[[policy]]\n'
        'name = "compute_voucher"\nvalue = 0\ntotal = { value = 0, unit = "USD" }\nstart = 2027\n'
    )
    assert not [note for note in load(file, [BUDGET]).notes if "gives way" in note]


def test_what_is_varied_takes_the_place_of_the_file_and_not_of_what_is_set() -> None:
    path, value = "policy.compute_voucher.budget", {"value": 1, "unit": "BUSD/yr"}
    varied = changed(load(FILE), {path: value}, origin=Path("--vary"))
    assert sizes(varied) == {"compute_voucher": ["budget"]}
    with pytest.raises(InputError, match="a programme has one size"):
        changed(load(FILE, [VALUE]), {path: value}, origin=Path("--vary"))


def test_caps_of_two_keys_may_stand_together() -> None:
    both = ["policy.cap_and_trade.cap=1e9", "policy.cap_and_trade.cap_share=0.5", "policy.cap_and_trade.start=2027"]
    (policy,) = load(BASELINE, both).policies
    assert isinstance(policy, Policy)
    assert policy.given == ["cap", "cap_share"]
