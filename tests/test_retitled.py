"""What a world is called whose policies were set otherwise: nothing that no longer holds, and else what its author
called it."""

from pathlib import Path

import pytest

import sim
from sim.errors import InputError
from sim.experiment.compare import paired
from sim.report.comparison.figures.common import titles
from sim.report.comparison.titles import called
from sim.scenario import Scenario
from sim.scenario.retitled import NO_POLICY
from sim.scenario.variants import CHANGED
from tests.worlds import BASELINE, small

OWN = f"""schema = 1
title = "Eight foundations that train"
question = "What do eight of them do?"
extends = "{BASELINE}"
[[policy]]
name = "cap_and_trade"
cap = {{ value = 900, unit = "tCO2e/yr", basis = "assumed", note = "mine" }}
start = 2013
"""
RATE, START = "policy.carbon_tax.rate", "policy.carbon_tax.start"


def title(name: str | Path, **settings: object) -> str:
    """The title without what was set, whose paths have a point for two underscores."""
    return CHANGED.sub("", sim.load(name, {key.replace("__", "."): value for key, value in settings.items()}).title)


@pytest.mark.parametrize(
    ("name", "key", "value", "wanted"),
    [
        ("carbon_tax", "carbon_tax.rate", 500, "Carbon tax from 2027"),
        ("carbon_tax", "carbon_tax.rate", 100, "Carbon tax at 100 USD/t from 2027"),
        ("carbon_tax", "carbon_tax.growth", "2 %/yr", "Carbon tax at 100 USD/t from 2027"),
        ("carbon_tax", "carbon_tax.start", 2030, "Carbon tax from 2030"),
        ("carbon_tax", "carbon_tax.rate", 0, NO_POLICY),
        ("public_compute", "public_compute.share", "0.2 %", "Public compute from 2027"),
        ("compute_voucher", "compute_voucher.value", "7 MUSD/yr", "Compute vouchers for labs from 2027"),
        ("compute_voucher", "compute_voucher.value", 0, NO_POLICY),
        ("cap_and_trade_given", "cap_and_trade.allocation", "auction", "Cap and trade from 2027"),
        ("carbon_tax", "carbon_tax.regions", ["norway"], "Carbon tax at 100 USD/t from 2027"),
        ("training_run_ceiling", "training_run_ceiling.limit", "2e26 FLOP", "Training run ceiling from 2027"),
        ("training_run_ceiling", "training_run_ceiling.limit", "inf", NO_POLICY),
    ],
)
def test_a_title_goes_where_it_tells_what_no_longer_holds(name: str, key: str, value: object, wanted: str) -> None:
    assert title(name, **{f"policy.{key}": value}) == wanted


def test_a_title_that_names_nothing_of_a_policy_stays_its_authors(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(OWN, encoding="utf-8")
    for settings in ({"cap": "8 ktCO2e/yr"}, {"cap": "inf"}, {"start": 2020, "cap": "8 ktCO2e/yr"}):
        found = title(own, **{f"policy__cap_and_trade__{key}": value for key, value in settings.items()})
        assert found == "Eight foundations that train"
    assert title(own, policy__carbon_tax__rate=50) == "Eight foundations that train"


def test_worlds_of_one_title_are_told_apart_by_what_is_set_in_each() -> None:
    def worlds(*settings: tuple[str, ...]) -> list[Scenario]:
        return paired([small("carbon_tax", *each, until=2014) for each in settings], 2)

    some = worlds((f"{RATE}=0",), (f"{RATE}=150",), (f"{RATE}=500",))
    shown = ["Carbon tax from 2027 (rate 150 USD/tCO2)", "Carbon tax from 2027 (rate 500 USD/tCO2)"]
    assert list(called(some).values()) == [NO_POLICY, *shown]
    assert titles(some) == [one.replace(" from 2027", "") for one in shown]
    with_margin = worlds((), ("product.margin=0.45",), ("product.margin=0.6",))
    margins = [title.partition("but training: ")[2] for title in called(with_margin).values()]
    assert margins == ["0.5)", "0.45)", "0.6)"]
    same = worlds((f"{RATE}=150",), (f"{RATE}=150",))
    assert list(called(same).values())[1] == "Carbon tax from 2027 (carbon tax-2)"
    paths = [f"{RATE}={{years=[2013, 2014], values=[{n}, 9], unit='USD/tCO2'}}" for n in (1, 2)]
    assert list(called(worlds(*((path,) for path in paths))).values())[1] == "Carbon tax from 2027 (carbon tax-2)"


def test_a_world_can_be_given_a_name_and_a_title() -> None:
    one = sim.load("baseline", {RATE: 50, START: 2027}, until=2014, name="low", title="A low tax")
    assert (one.name, one.title) == ("low", "A low tax")
    assert one.is_same(sim.load("baseline", {RATE: 50, START: 2027}, until=2014))
    assert [one.name for one in paired([sim.load("baseline", until=2014), one], 2)] == ["baseline", "low"]
    for wrong in ({"name": ""}, {"name": "a/b"}, {"name": ".."}, {"title": " "}, {"title": "a\nb"}, {"title": 3}):
        with pytest.raises(InputError, match="this argument cannot be used"):
            sim.load("baseline", **wrong)  # type: ignore[arg-type]


def test_a_title_is_no_setting_and_the_answer_says_where_one_is_given() -> None:
    with pytest.raises(InputError, match="unknown path") as error:
        sim.load(BASELINE, {"title": "A low tax"})
    assert str(error.value.fix).endswith(", or in Python give title=...")
