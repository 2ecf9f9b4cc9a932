"""Numbers as people write them: units in other spellings, upside down, without a source."""

import sys
from pathlib import Path

import pytest

from sim import quantity
from sim.errors import InputError
from sim.scenario import load
from sim.study.axes import read_axes
from tests.test_bad_input import BASELINE, HEAD, margin

# What people write, and the same as the documentation writes it.
SAME = {
    "policy.carbon_tax.rate=50 USD/t CO2": "policy.carbon_tax.rate=50 USD/tCO2",
    "policy.cap_and_trade.cap=2 Mt CO2/yr": "policy.cap_and_trade.cap=2e6 tCO2e/yr",
    "policy.training_run_ceiling.limit=2 ZFLOP": "policy.training_run_ceiling.limit=2e21 FLOP",
    "market.outside_demand=3 YFLOP/yr": "market.outside_demand=3e24 FLOP/yr",
    "region.norway.electricity_price=60 USD/mwh": "region.norway.electricity_price=0.06 USD/kWh",
    "region.norway.electricity_price=0.06 USD/KWH": "region.norway.electricity_price=0.06",
    "region.norway.electricity_price=6e7 USD/TWh": "region.norway.electricity_price=0.06 USD/kWh",
    "compute.flop_per_usd=4 USD/EFLOP": "compute.flop_per_usd=2.5e17",
    "policy.reporting_duty.lag=2 weeks": f"policy.reporting_duty.lag={14 / 365} yr",
    "policy.reporting_duty.lag=90 days": f"policy.reporting_duty.lag={90 / 365} yr",
    "compute.flop_per_kwh=2 kWh/EFLOP": "compute.flop_per_kwh=5e17 FLOP/kWh",
}


@pytest.mark.parametrize("setting", SAME)
def test_units_that_people_write(setting: str) -> None:
    path = setting.partition("=")[0]
    now, meant = (
        {q.path: q.base for q in load(BASELINE, [text]).quantities}[path] for text in (setting, SAME[setting])
    )
    assert now == pytest.approx(meant, rel=1e-14)


def test_a_range_turned_round_is_a_range() -> None:
    entry = '{ value = 4, low = 2, high = 8, unit = "USD/EFLOP", basis = "assumed", note = "n" }'
    found = {q.path: q for q in load(BASELINE, [f"compute.flop_per_usd={entry}"]).quantities}["compute.flop_per_usd"]
    assert (found.low, found.value, found.high) == pytest.approx((1.25e17, 2.5e17, 5e17))


def test_a_unit_does_not_ask_for_a_source(tmp_path: Path) -> None:
    """Where a bare number passes, a number with its unit does, with the same words in `explain`."""
    file, series = tmp_path / "file.toml", "[region.norway]\ngrid_intensity ="
    for bare, entry in (
        (margin("0.5"), margin('{ value = 50, unit = "%" }')),
        (margin("0.5"), margin("{ value = 0.5 }")),
        (f"{series} 20", f'{series} {{ value = 20, unit = "gCO2e/kWh" }}'),
        (f"{series} 20", f'{series} {{ value = 0.02, unit = "kgCO2e/kWh" }}'),
    ):
        found = []
        for text in (bare, entry):
            file.write_text(HEAD + text)
            found.append([(q.path, q.base, q.basis, q.note) for q in load(file).quantities])
        assert found[0] == found[1], entry


# A unit that a key cannot have, and the one of the same amount that is advised.
ADVISED = {
    ("policy.compute_voucher.budget", "MUSD"): "MUSD/yr",
    ("policy.compute_voucher.budget", "million USD"): "MUSD/yr",
    ("policy.compute_voucher.budget", "million USD/yr"): "MUSD/yr",
    ("policy.compute_voucher.budget", "bn USD per year"): "BUSD/yr",
    ("policy.compute_voucher.budget", "k USD a year"): "kUSD/yr",
    ("policy.compute_voucher.budget", "MEUR"): "MEUR/yr",
    ("policy.compute_voucher.budget", "thousand EUR/yr"): "kEUR/yr",
    ("policy.compute_voucher.value", "k"): "kUSD/yr",
    ("policy.carbon_tax.rate", "kUSD/t"): "kUSD/tCO2",
    ("policy.cap_and_trade.cap", "Mt"): "MtCO2e/yr",
    ("policy.cap_and_trade.cap", "million tonnes"): None,
    ("policy.training_run_ceiling.limit", "YFLOP/yr"): "YFLOP",
    ("market.outside_demand", "ZFLOP"): "ZFLOP/yr",
    ("policy.carbon_tax.rate", "TWh"): None,
}


def refused(path: str, unit: str) -> InputError:
    with pytest.raises(InputError) as refusal:
        load(BASELINE, [f"{path}=2 {unit}"])
    return refusal.value


@pytest.mark.parametrize(("path", "unit"), ADVISED)
def test_who_does_as_a_message_says_changes_no_amount(path: str, unit: str) -> None:
    right, error = ADVISED[path, unit], refused(path, unit)
    assert error.fix is not None
    if right is None:
        assert error.fix.endswith(", with the value in it")
    else:
        assert error.fix == f"--set '{path}=2 {right}'"
        typed = f"{path}=2 {right}" if "EUR" not in right else f'{path}={{value=2,unit="{right}",year=2023}}'
        assert load(BASELINE, [typed])


def test_the_right_unit_is_told_as_it_is_typed(tmp_path: Path) -> None:
    """In a file as an entry, for an option as all of it."""
    file, path = tmp_path / "file.toml", "policy.compute_voucher.budget"
    file.write_text(f'{HEAD}[[policy]]\nname = "compute_voucher"\nbudget = {{ value = 50, unit = "MUSD" }}')
    with pytest.raises(InputError) as refusal:
        load(file)
    assert refusal.value.fix == 'unit = "MUSD/yr"'
    for values in ("50,100", "50:100:3", "50:100:3:log"):
        with pytest.raises(InputError) as refusal:
            read_axes([f"{path}={values} MUSD"], load(BASELINE), grid=True)
        assert refusal.value.fix == f"--vary '{path}={values} MUSD/yr'"


def test_a_missing_package_is_no_wrong_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever cannot be imported is said as such, and not laid to the unit."""
    monkeypatch.setitem(sys.modules, "pint", None)
    quantity._registry.cache_clear()
    try:
        with pytest.raises(ModuleNotFoundError):
            quantity.base_unit("FLOP per nothing")
    finally:
        monkeypatch.undo()
        quantity._registry.cache_clear()
