"""A setting on the page tells in which world it is, where that differs from the baseline in more than policies."""

from collections.abc import Iterator

import pytest

from sim.app import catalogue
from sim.app.choice import choose, chosen
from sim.app.desk import first_setting
from sim.app.edits import EDITS
from sim.app.setting import Setting
from sim.report.words import NO_CLEANER
from tests.pairs import BASELINE, FEW

TAX = {"name": "carbon_tax", "on": True}


@pytest.fixture(autouse=True)
def _no_policy() -> Iterator[None]:
    choose(BASELINE, BASELINE, list(FEW), None, 2014)
    yield
    choose(BASELINE, BASELINE, [], None, None)


def cleaner(name: str = "carbon_tax_clean") -> Setting:
    return EDITS["world"](first_setting(), {"world": name})


def test_a_tax_after_all_was_switched_off_is_the_tax_of_that_name() -> None:
    plain = EDITS["switch"](first_setting(), TAX)
    again = EDITS["switch"](EDITS["clear"](cleaner(), {}), TAX)
    assert catalogue.named(again) == catalogue.named(plain)
    assert again.scenarios()[1].mechanisms == plain.scenarios()[1].mechanisms == chosen().started.mechanisms


def test_the_world_stands_in_the_name_of_a_setting_and_of_its_file() -> None:
    off = EDITS["switch"](cleaner("clean_power"), {"name": "carbon_tax", "on": False})
    taxed = EDITS["switch"](cleaner("clean_power"), TAX)
    within = "in the world of “Clean power to be had”"
    for setting, first in ((off, "No policy"), (taxed, "Carbon tax 100 USD per tonne of CO2")):
        names = catalogue.named(setting)
        assert names[0].startswith(first)
        assert names[-1] == within
    assert within in catalogue.titled(taxed, taxed.scenarios()[1]).title
    assert within not in ", ".join(catalogue.named(EDITS["switch"](first_setting(), TAX)))


def test_what_is_said_of_cleaner_power_is_true_of_both_worlds() -> None:
    for setting, is_said in ((first_setting(), True), (cleaner(), False)):
        said = " ".join(catalogue.scope(*setting.scenarios()))
        assert (NO_CLEANER in said) is is_said
