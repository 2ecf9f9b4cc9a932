"""Numbers as people write them: units in other spellings, upside down, without a source."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim import quantity
from sim.scenario import load
from tests.saying import Say, refused
from tests.test_bad_input import BASELINE, HEAD, margin
from tests.worlds import ROOT

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
    "policy.public_compute.budget=300M USD/yr": "policy.public_compute.budget=3e8 USD/yr",
    "policy.public_compute.budget=2 B EUR/yr of 2023": "policy.public_compute.budget=2e9 EUR/yr of 2023",
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


VOUCHER = "policy.compute_voucher.budget"
# Units that miss a part, and what is to be written: as many of the same thing.
MEANT = {
    (VOUCHER, "MUSD"): "MUSD/yr", (VOUCHER, "million USD/yr"): "MUSD/yr", (VOUCHER, "million"): "MUSD/yr",
    (VOUCHER, "USD million"): "MUSD/yr", (VOUCHER, "bn dollars a year"): "BUSD/yr", (VOUCHER, "M$"): "MUSD/yr",
    (VOUCHER, "mUSD/yr"): "MUSD/yr", (VOUCHER, "m USD"): "MUSD/yr", (VOUCHER, "bn USD"): "BUSD/yr",
    (VOUCHER, "mio"): "MUSD/yr", (VOUCHER, "mn USD/yr"): "MUSD/yr", (VOUCHER, "mln USD"): "MUSD/yr",
    (VOUCHER, "M"): "MUSD/yr", (VOUCHER, "b/yr"): "BUSD/yr", (VOUCHER, "Mrd USD"): "BUSD/yr",
    (VOUCHER, "m$"): "MUSD/yr",
    (VOUCHER, "mEUR/yr"): "MEUR/yr", (VOUCHER, "kUSD"): "kUSD/yr", (VOUCHER, "k"): "kUSD/yr",
    (VOUCHER, "MEUR"): "MEUR/yr", (VOUCHER, "M€"): "MEUR/yr", ("policy.compute_voucher.total", "BUSD/yr"): "BUSD",
    ("policy.cap_and_trade.cap", "Mt"): "MtCO2e/yr", ("policy.cap_and_trade.cap", "million tonnes"): "MtCO2e/yr",
    ("policy.carbon_tax.rate", "kUSD"): "kUSD/tCO2", ("policy.carbon_tax.rate", "kUSD/Mt"): "kUSD/MtCO2e",
    ("policy.carbon_tax.rate", "USD/t"): "USD/tCO2", ("policy.training_run_ceiling.limit", "ZFLOP/yr"): "ZFLOP",
}  # fmt: skip


@pytest.mark.parametrize(("path", "unit"), MEANT)
def test_the_way_out_of_a_wrong_unit_counts_in_as_many(path: str, unit: str, say: Say, tmp_path: Path) -> None:
    """Whoever does as the fix says gets no millionth of what was written; and the fix can be typed where it is read."""
    right, file = MEANT[path, unit], tmp_path / "file.toml"
    _, name, key = path.split(".")
    file.write_text(f'{HEAD}[[policy]]\nname = "{name}"\n{key} = {{ value = 50, unit = "{unit}" }}\n')
    refused(say("check", file), f'  fix      unit = "{right}"')
    dated = f"{right} of 2023" if "EUR" in right else right  # other money names its year
    refused(say("run", BASELINE, "--set", f"{path}=50 {unit}"), f"  fix      write --set '{path}=50 {dated}'")
    refused(say("sweep", BASELINE, "--vary", f"{path}=50,100 {unit}"), f"write --vary '{path}=50,100 {dated}'")


@pytest.mark.parametrize("unit", ["MtCO2e/s", "kt a quarter", "t/lb"])
def test_no_unit_of_another_amount_is_advised(unit: str, say: Say, tmp_path: Path) -> None:
    path, file = "policy.carbon_budget.limit", tmp_path / "file.toml"
    file.write_text(f'{HEAD}[[policy]]\nname = "carbon_budget"\nlimit = {{ value = 5, unit = "{unit}" }}\n')
    refused(say("check", file), '  fix      unit = "tCO2e/yr", and convert the number')
    refused(say("run", BASELINE, "--set", f"{path}=5 {unit}"), "  fix      give it in tCO2e/yr")


def test_digits_and_entries_in_braces_are_repeated_as_they_were_typed(say: Say) -> None:
    refused(say("run", BASELINE, "--set", f"{VOUCHER}=1234567 USD"), f"write --set '{VOUCHER}=1234567 USD/yr'")
    euros = "write --set 'policy.carbon_tax.rate=50 EUR/tCO2 of 2023', with the year"
    refused(say("run", BASELINE, "--set", "policy.carbon_tax.rate=50 EUR/tCO2"), euros)
    by_year = '{ years = [2027, 2030], values = [5, 6], unit = "USD" }'
    refused(say("run", BASELINE, "--set", f"policy.carbon_tax.rate={by_year}"), '  fix      unit = "USD/tCO2"')


def test_a_fix_on_the_command_line_is_no_line_of_a_file(say: Say) -> None:
    for typed, fix in (("60", "write 0.6, or --set 'product.margin=60 %'"), ("2 USD", "  fix      give it in %")):
        refused(say("run", BASELINE, "--set", f"product.margin={typed}"), fix)
    tax = say("run", BASELINE, "--set", 'policy.carbon_tax.rate="5 kUSD"')
    refused(tax, "write --set 'policy.carbon_tax.rate=5 kUSD/tCO2'")


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


def factors(text: str) -> Iterator[str]:
    """Where code has a factor between units of its own: a name such as KG_PER_TONNE, or a thousand that is named or
    multiplied by."""
    for node in ast.walk(ast.parse(text)):
        thousand: list[ast.expr] = []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
            thousand = [node.left, node.right]
        elif isinstance(node, ast.Assign):
            named = {each.id for target in node.targets for each in ast.walk(target) if isinstance(each, ast.Name)}
            yield from (f"{node.lineno} {name}" for name in named if re.fullmatch("[A-Z]+_PER_[A-Z]+", name))
            thousand = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        for each in thousand:
            if isinstance(each, ast.Constant) and type(each.value) is float and each.value == 1000.0:
                yield f"{node.lineno} {ast.unparse(node)}"


def test_factors_between_units_stand_in_one_place() -> None:
    files = {file.relative_to(ROOT).as_posix(): file for file in (ROOT / "sim").rglob("*.py")}
    home = Path(quantity.__file__).relative_to(ROOT).as_posix()
    found = {name: [*factors(file.read_text(encoding="utf-8"))] for name, file in files.items()}
    assert found.pop(home)
    assert {name: own for name, own in found.items() if own} == {}


@pytest.mark.parametrize(
    "text",
    ["KWH_PER_MWH = 1e3", "KG, KWH = 1000.0, 2.0", "KILO = 1000.0", "price = p.price * 1000.0", "x = 1000.0 / y"],
)
def test_factors_are_found(text: str) -> None:
    assert [*factors(text)]
