"""Numbers as people write them: units in other spellings, upside down, without a source."""

import sys
from pathlib import Path

import pytest

from sim import quantity
from sim.scenario import load
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
