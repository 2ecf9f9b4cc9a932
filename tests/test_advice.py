"""Numbers as they are typed, behind options and in files: what a refusal advises is itself taken."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.errors import InputError
from sim.quantity import UNITS
from sim.scenario import Scenario, load
from sim.scenario.slips import slip_in
from sim.scenario.variants import changed, setting
from sim.study.axes import RANGE, SPAN, read_axes, varied
from sim.study.axiswords import unit_of
from sim.study.design import design
from tests.worlds import BASELINE, FEW

UNIT_PATHS = {number.unit: number.path for number in load(BASELINE).quantities
              if isinstance(number.base, float) and number.unit not in ("1", "year", "%")}  # fmt: skip


@pytest.mark.parametrize("unit", [unit for unit in sorted({*UNITS, *UNIT_PATHS}) if unit not in ("1", "year")])
def test_every_unit_is_taken_behind_a_number(unit: str) -> None:
    """Those too that begin with a digit, as 1/yr."""
    assert setting(f"kind.startup.x=2 {unit}")[1] == {"value": 2.0, "unit": unit}
    assert _as_typed(f"x = 2 {unit}") == {"x": {"value": 2, "unit": unit}}
    for text in (f"1:2:3 {unit}", f"1:2:3:log {unit}"):
        found = RANGE.fullmatch(text)
        assert found
        assert (found[3], found[5]) == ("3", unit)
    span = SPAN.fullmatch(f"1-2 {unit}")
    assert span
    assert span[3] == unit


def _as_typed(line: str) -> dict[str, Any]:
    """What the advice for a line of a file says to write."""
    slip = slip_in(line, "")
    assert slip
    return tomllib.loads(slip[1].removeprefix("write "))


@pytest.mark.parametrize("path", UNIT_PATHS.values())
def test_advice_for_what_is_no_number_is_itself_taken(path: str) -> None:
    with pytest.raises(InputError) as refused:
        load(BASELINE, [f"{path}=many"])
    for advised in re.findall(r"--set '([^']*)'", refused.value.fix):
        load(BASELINE, [advised])


@pytest.mark.parametrize("typed", ["1.5 BEUR/yr of 2024", "1.5 BEUR of 2024/yr", "1.5 billion USD a year", "2 NOK/yr",
                                   "300M USD/yr", "300 m", "300 mUSD/yr"])  # fmt: skip
def test_an_amount_as_it_is_said_is_refused_with_the_way_to_write_it(typed: str, tmp_path: Path) -> None:
    """In quotes and without, money of another year and currency too: what the refusal advises is taken."""
    file = tmp_path / "mine.toml"

    def given(amount: str) -> None:
        head = f'schema = 1\nextends = "{BASELINE.as_posix()}"\ntitle = "T"\nquestion = "Q?"\n'
        file.write_text(f'{head}[[policy]]\nname = "compute_voucher"\nbudget = {amount}\n', encoding="utf-8")
        load(file)

    with pytest.raises(InputError, match="not a number") as refused:
        given(f'"{typed}"')
    given(refused.value.fix.removeprefix("write "))
    with pytest.raises(InputError, match="a number with something behind it") as refused:
        given(typed)
    if "of 2024" in typed:
        given(refused.value.fix.removeprefix("write budget = "))


def test_a_year_within_a_unit_is_refused_with_the_way_to_write_it(tmp_path: Path) -> None:
    """In a file, where the year stands in a key of its own, and behind an option, where it follows the unit."""
    table, file = '{ value = 2, unit = "EUR/yr of 2024" }', tmp_path / "mine.toml"
    head = f'schema = 1\nextends = "{BASELINE.as_posix()}"\ntitle = "T"\nquestion = "Q?"\n[[policy]]\n'

    def given(amount: str) -> Scenario:
        file.write_text(f'{head}name = "compute_voucher"\nstart = 2027\nbudget = {amount}\n', encoding="utf-8")
        return load(file)

    with pytest.raises(InputError, match="the year of money stands beside its unit") as refused:
        given(table)
    assert refused.value.fix == 'unit = "EUR/yr", year = 2024'
    with pytest.raises(InputError, match="the year of money stands beside its unit") as behind:
        load(BASELINE, [f"policy.compute_voucher.budget={table}"])
    (advised,) = re.findall(r"--set '([^']*)'$", behind.value.fix)
    in_file = given(f"{{ value = 2, {refused.value.fix} }}")
    assert load(BASELINE, [advised, "policy.compute_voucher.start=2027"]).policies == in_file.policies


def test_what_measures_something_else_is_not_advised() -> None:
    with pytest.raises(InputError) as refused:
        load(BASELINE, ['policy.compute_voucher.budget="5 %"'])
    assert refused.value.fix == "write a bare number (USD/yr)"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1,5", [1.5]), ("0,500", [0.5]), ("12,500", [12.5, 12500]), ("12,500,000", [12500000]),
        ("1,234.5", [1234.5]), ("1234,567", [1234.567]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("unit", ["", " USD/yr"])
def test_a_comma_is_one_of_decimals_or_of_thousands(typed: str, meant: list[float], unit: str) -> None:
    """With a unit and without, behind an option and in a file."""
    with pytest.raises(InputError, match="not a number") as refused:
        load(BASELINE, [f"policy.compute_voucher.value={typed}{unit}"])
    slip = slip_in(f"value = {typed}{unit}", "")
    assert slip
    assert slip[0] == "a comma within a number"
    assert ("unit =" in slip[1]) == bool(unit)
    for quote in ('"', "'") if unit else ():
        assert slip_in(f"value = {typed} {quote}{unit.strip()}{quote}", "") == slip
        number = slip_in(f"value = 15 {quote}{unit.strip()}{quote}", "")
        assert number
        assert number[1] == 'write value = { value = 15, unit = "USD/yr" }'
    texts = [refused.value.fix, slip[1]]
    for text in texts:
        assert [float(number) for number in re.findall(r"(?<![\d,])\d+(?:\.\d+)?", text)] == meant
        assert ("for thousands" in text) == (len(meant) > 1)


@pytest.mark.parametrize("steps", [1, 4, 12])
@pytest.mark.parametrize("key", ["start", "end", "since"])
@pytest.mark.parametrize("unit", ["", " year"])
def test_a_range_of_dates_is_one_of_steps(steps: int, key: str, unit: str) -> None:
    """Drawn or in a grid: every point can be built, and not only the ends."""
    policy = ["rate=50", *(["start=2016"] if key == "since" else [])]
    world = load(BASELINE, [f"time.steps_per_year={steps}", *(f"policy.carbon_tax.{one}" for one in policy)])
    texts = {
        f"2013:2016{unit}": "lhs",
        f"2013:2016:7{unit}": "grid",
        f"2013.1:2015.9{unit}": "lhs",
        f"2013.1:2015.9:5{unit}": "grid",
    }
    for text, named in texts.items():
        axes = read_axes([f"policy.carbon_tax.{key}={text}"], world, grid=named == "grid")
        points = design(named, axes, None if named == "grid" else 8, 1)
        dates = [getattr(points.world(world, i).policies[0], key) for i in range(1, len(points))]
        assert all(date * steps == pytest.approx(round(date * steps)) for date in dates)
        assert 2013 <= min(dates) <= max(dates) <= 2016
        assert "." not in text or 2013.1 <= min(dates) <= max(dates) <= 2015.9
        assert len(set(dates)) == len(dates) or named == "lhs"
        assert len(set(dates)) >= 2


RATE = "policy.carbon_tax.rate"


@pytest.mark.parametrize("values", ["0,80,400", "80:400:3", "0.1:400:3:log"])
@pytest.mark.parametrize("money", ["EUR/tCO2", "NOK/tCO2"])
def test_another_currency_can_be_varied_as_its_refusal_says(values: str, money: str) -> None:
    """Every value is in the money of the year that is written behind the unit."""
    world = load(BASELINE, ["policy.carbon_tax.start=2028", f"{RATE}=0"])
    with pytest.raises(InputError, match="needs the year of its money") as refused:
        read_axes([f"{RATE}={values} {money}"], world, grid=True)
    (advised,) = re.findall(r"--vary '([^']*)'", refused.value.fix)
    assert advised == f"{RATE}={values} {money} of 2023"
    (axis,) = read_axes([advised], world, grid=True)
    assert unit_of(axis, world) == f"{money} of 2023"
    for one in axis.values:
        number = varied(world, axis, one).quantities
        typed = load(BASELINE, [f"{RATE}={one['value']:.12g} {money} of 2023"]).quantities
        written = changed(world, {RATE: {"value": one["value"], "unit": money, "year": 2023}}).quantities
        assert len({next(q.base for q in found if q.path == RATE) for found in (number, typed, written)}) == 1


def test_the_base_point_of_a_sweep_is_told_in_its_currency() -> None:
    settings = [*FEW, "policy.carbon_tax.start=2012", f"{RATE}=50 EUR/tCO2 of 2024"]
    tiny = load(BASELINE, settings, until=2012)
    table = sim.sweep(tiny, {RATE: "0,80 EUR/tCO2 of 2024"}, replicates=1, workers=1)
    assert table[RATE].unique().tolist() == pytest.approx([50, 0, 80])


@pytest.mark.parametrize(
    ("path", "advised"),
    [
        ("kind.academic_lab.grant", "grant_growth says how it changes"), ("product.margin", "write a bare number"),
        ("kind.corporation.core_revenue", "core_growth says"), ("kind.startup.count", "write a whole number"),
    ],
)  # fmt: skip
def test_what_is_one_number_for_all_years_says_so(path: str, advised: str) -> None:
    with pytest.raises(InputError, match="is one number for all years") as refused:
        load(BASELINE, [f"{path}={{ years = [2012, 2028], values = [1, 5] }}"])
    assert advised in refused.value.fix


@pytest.mark.parametrize("key", ["start", "end", "since"])
def test_a_wrong_date_is_not_to_be_left_out(key: str) -> None:
    """Without a start the policy would hold from the first step on."""
    with pytest.raises(InputError, match="out of range") as refused:
        load(BASELINE, [f"policy.carbon_tax.{key}=20028"])
    assert refused.value.allowed == "a calendar year from 1900 to 2400"
    assert "leave it out" not in refused.value.fix
