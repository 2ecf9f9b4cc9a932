"""Amounts in other currencies and of other years become USD of 2023, by one table."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.policies.view import View
from sim.scenario import load
from sim.scenario.data import currencies
from sim.scenario.money import known, worth
from tests.saying import Say, refused
from tests.worlds import SCENARIOS

BASELINE = SCENARIOS / "baseline.toml"
HEAD = f'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "{BASELINE.as_posix()}"\n'
TAX = '[[policy]]\nname = "carbon_tax"\n'
WHY = 'basis = "assumed", note = "n"'


def rate(entry: str) -> float:
    """A tax in USD of 2023 per tonne, in 2030."""
    (policy,) = load(BASELINE, [f"policy.carbon_tax.rate={entry}"]).policies
    return float(1000 * policy.at(View(2030.5, 2012.0)).rate)


def test_the_table_is_whole() -> None:
    table = currencies()
    assert {"USD", "EUR", "GBP", "CAD", "CNY", "JPY", "KRW", "INR", "CHF", "SEK", "NOK", "AUD", "BRL"} == set(known())
    assert table["years"] == list(range(table["years"][0], table["years"][-1] + 1))
    for values in [*table["rates"].values(), *table["prices"].values()]:
        assert len(values) == len(table["years"])
        moves = [later / before for before, later in pairwise(values)]
        assert all(0.6 < move < 1.6 for move in moves)  # no slip of a digit
    assert set(table["sources"]) == {"prices", "rates"}


# By hand: amount over units for a dollar, times consumer prices of 2023 over those of its year.
@pytest.mark.parametrize(
    ("entry", "by_hand"),
    [
        ('{ value = 50, unit = "CAD/tCO2", year = 2022 }', 50 / 1.301 * 304.702 / 292.655),
        ('{ value = 50, unit = "USD/tCO2", year = 2022 }', 50 * 304.702 / 292.655),
        ('{ value = 50, unit = "USD/tCO2", year = 2023 }', 50),
        ('{ value = 0.05, unit = "kEUR/tCO2", year = 2023 }', 50 / 0.9245),
        ('{ value = 3000, unit = "JPY/t CO2", year = 2015 }', 3000 / 121.1 * 304.702 / 237.017),
        ('{ value = 170, unit = "CAD/tCO2", year = 2030 }', 170 / 1.370 * 304.702 / (313.689 * 1.02**6)),
        ('{ years = [2019, 2022], values = [20, 50], unit = "CAD/tCO2" }', 50 / 1.301 * 304.702 / 292.655),
        ('{ years = [2019, 2022], values = [20, 50], unit = "CAD/tCO2", year = 2019 }', 50 / 1.327 * 304.702 / 255.657),
        ('{ years = [2019, 2022], values = [20, 50], unit = "USD/tCO2", year = "nominal" }', 50 * 304.702 / 292.655),
        ('{ years = [2019, 2022], values = [20, 50], unit = "USD/tCO2" }', 50),
    ],
)
def test_by_hand(entry: str, by_hand: float) -> None:
    assert rate(entry) == pytest.approx(by_hand, rel=1e-12)


def test_dollars_of_the_model_keep_every_bit() -> None:
    assert rate('{ value = 49.7, unit = "USD/tCO2", year = 2023 }') == rate("49.7")
    assert worth("USD", 2023).in_model == 1.0


def test_each_currency_and_each_kind_of_unit() -> None:
    for currency in known():
        one = worth(currency, 2020).in_model
        assert rate(f'{{ value = 7, unit = "{currency}/tCO2", year = 2020 }}') == pytest.approx(7 * one)
        numbers = {
            q.path: q
            for q in load(
                BASELINE,
                [
                    f'compute.flop_per_usd={{ value = 1e17, unit = "FLOP/{currency}", year = 2020 }}',
                    "region.norway.electricity_price="
                    f'{{ value = 1, unit = "{currency}/MWh", year = 2020, low = 0.5, high = 2, {WHY} }}',
                ],
            ).quantities
        }
        assert numbers["compute.flop_per_usd"].base == pytest.approx(1e17 / one)
        price = numbers["region.norway.electricity_price"]
        assert (price.base, price.low, price.high) == pytest.approx((one / 1000, one / 2, 2 * one))
        upside_down = f'compute.flop_per_usd={{ value = 4, unit = "{currency}/EFLOP", year = 2020 }}'
        assert load(BASELINE, [upside_down]).compute.flop_per_usd == pytest.approx(1e18 / (4 * one))


def test_explain_shows_how(say: Say, tmp_path: Path) -> None:
    file = tmp_path / "schedule.toml"
    file.write_text(
        f'{HEAD}{TAX}rate = {{ years = [2019, 2030], values = [20, 170], unit = "CAD/tCO2", note = "the schedule" }}\n'
        f'[product]\nsize = {{ value = 0.7, unit = "MEUR/yr", year = 2020, {WHY} }}\n'
    )
    said = " ".join(say("explain", file, "--json").out.split())
    assert "the schedule; in CAD/tCO2 of each year: 20 of 2019 is 17.96, 170 of 2030 is 107, 2 % inflation" in said
    assert "n; 0.7 MEUR/yr of 2020, at 1.141 USD for one EUR, 1.177 for prices up to 2023" in said
    table = say("explain", file).out
    rows = [line.split() for line in table.splitlines()]
    assert ["2019", "0.7536", "×", "1.192"] in rows  # of the two values of the path, and of the one amount
    assert ["2020", "1.141", "×", "1.177"] in rows
    assert ["2030", "0.7299", "×", "0.8625", "assumed"] in rows
    assert "release G.5A" in table
    assert "Assumed after 2024: prices rise by 2 % a year" in table
    assert "CPI-U" in table
    assert "G.5A" not in say("explain", BASELINE).out


WRONG = {
    "no year": (f'{TAX}rate = {{ value = 5, unit = "CAD/tCO2" }}', "needs the year of its money",
        'write { value = 5, unit = "CAD/tCO2", year = 2023 }'),
    "a currency of no table": (
        f'{TAX}rate = {{ value = 5, unit = "MXN/tCO2", year = 2020 }}', "unknown currency 'MXN'",
        "AUD, BRL, CAD, CHF, CNY, EUR, GBP, INR, JPY, KRW, NOK, SEK, USD",
    ),
    "a currency in words": (
        f'{TAX}rate = {{ value = 5, unit = "rand/tCO2", year = 2020 }}', "unknown currency 'rand'",
        "convert it to USD of 2023",
    ),
    "a letter for a currency": (
        f'{TAX}rate = {{ value = 5, unit = "R/tCO2", year = 2020 }}', "unknown currency 'R'",
        "convert it to USD of 2023",
    ),
    "millions of a currency": (
        '[[policy]]\nname = "public_compute"\nbudget = { value = 5, unit = "MZAR/yr", year = 2020 }',
        "unknown currency 'MZAR'", "convert it to USD of 2023",
    ),
    "small letters": (
        f'{TAX}rate = {{ value = 5, unit = "cad/tCO2", year = 2020 }}', "unknown currency 'cad'", 'unit = "CAD/tCO2"',
    ),
    "no currency at all": (f'{TAX}rate = {{ value = 5, unit = "kWh", year = 2020 }}', "'kWh' is not a price per tonne"),
    "tonnes of nothing": (
        f'{TAX}rate = {{ value = 5, unit = "CAD/t", year = 2020 }}', "'CAD/t' is not a price per tonne",
        'unit = "CAD/tCO2"',
    ),
    "a sign of several letters": (
        f'{TAX}rate = {{ value = 5, unit = "C$/tCO2", year = 2020 }}', "unknown currency 'C$'", 'unit = "CAD/tCO2"',
    ),
    "a sign": (f'{TAX}rate = {{ value = 5, unit = "€/tCO2", year = 2020 }}', "currency '€'", 'unit = "EUR/tCO2"'),
    "too early": (f'{TAX}rate = {{ value = 5, unit = "SEK/tCO2", year = 1991 }}', "no SEK of 1991", "2005 to 2024"),
    "dollars too early": (f'{TAX}rate = {{ value = 5, unit = "USD/tCO2", year = 1991 }}', "no USD of 1991"),
    "too late": (f'{TAX}rate = {{ value = 5, unit = "SEK/tCO2", year = 9999 }}', "no prices of 9999", "2005 to 2024"),
    "a year in a path": (
        f'{TAX}rate = {{ years = [2001, 2012], values = [1, 2], unit = "SEK/tCO2" }}', "no SEK of 2001", "2005",
    ),
    "half a year": (f'{TAX}rate = {{ value = 5, unit = "CAD/tCO2", year = 2020.5 }}', "not the year of money", "2023"),
    "text": (f'{TAX}rate = {{ value = 5, unit = "CAD/tCO2", year = "2020" }}', "not the year of money"),
    "nominal": (f'{TAX}rate = {{ value = 5, unit = "CAD/tCO2", year = "nominal" }}', "one amount is of one year"),
    "no money": (f'{TAX}growth = {{ value = 5, unit = "%/yr", year = 2020 }}', "only money has a year"),
    "money for none": (f'{TAX}growth = {{ value = 5, unit = "CAD" }}', "is not a rate per year", "%/yr"),
    "an amount a year": (
        f'{TAX}growth = {{ value = 10, unit = "USD/tCO2" }}', 'a percentage a year, unit = "%/yr"; what changes by an '
        'amount a year is written as { years = [2026, 2035], values = [20, 110], between = "linear"',
    ),
    "out of range": (
        f'{TAX}rate = {{ value = 5e5, unit = "CAD/tCO2", year = 2022 }}', "out of range",
        "500000 CAD/tCO2 of 2022, at 0.7686 USD for one CAD, 1.041 for prices up to 2023",
    ),
    "per tonne of what": (
        f'{TAX}rate = {{ value = 5, unit = "CAD/t", year = 2020 }}', "'CAD/t' is not a price per tonne",
        'unit = "CAD/tCO2"',
    ),
    "text for an amount": (f'{TAX}rate = {{ value = "5", unit = "CAD/tCO2", year = 2020 }}', "not a number", "'5'"),
    "beyond floats": (f'{TAX}rate = {{ value = 1e308, unit = "CAD/gCO2", year = 2010 }}', "out of range", "fix"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_gaps_are_refused(case: str, say: Say, tmp_path: Path) -> None:
    body, *texts = WRONG[case]
    file = tmp_path / "wrong.toml"
    file.write_text(HEAD + body + "\n", encoding="utf-8")
    refused(say("check", file), *texts, file=file)


def test_on_the_command_line(say: Say) -> None:
    rate_ = "policy.carbon_tax.rate"
    refused(say("run", BASELINE, "--set", f"{rate_}=50 CAD/tCO2"), "year of its money", file="--set", key=rate_)
    assert load(BASELINE, [f'{rate_}={{ value = 50, unit = "CAD/tCO2", year = 2022 }}']).policies


@pytest.mark.parametrize("typed", ["60 EUR/t of 2024", "60 USD/t of 2021", "60 CAD/tonne of 2022"])
def test_what_is_told_for_a_wrong_unit_can_be_pasted_and_is_the_same_money(typed: str) -> None:
    """It lost the year, and who pasted it was told to take another."""
    with pytest.raises(InputError) as raised:
        load(SCENARIOS / "carbon_tax.toml", [f"policy.carbon_tax.rate={typed}"])
    (setting,) = re.findall(r"--set '([^']*)'", str(raised.value.fix))
    year = typed.rpartition(" ")[2]
    assert setting.endswith(f"of {year}")
    load(SCENARIOS / "carbon_tax.toml", [setting])
