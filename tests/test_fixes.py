"""What a fix says to write is itself taken: the file with the fix in the place of the mistake loads."""

import re
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario import load
from sim.scenario.slips import slip_in
from tests.test_bad_input import HEAD
from tests.worlds import BASELINE

POLICY = '[[policy]]\nname = "{}"\nstart = 2027\n{} = {}'
HOME = "[kind.startup]\nhome = {{ germany = {} }}"
VOUCHER = POLICY.format("compute_voucher", "budget", "{}")
STEPS = POLICY.format("carbon_tax", "rate", "{{ years = [2027, 2030], values = [{}, 0] }}")
SHARES = POLICY.format("public_compute", "share", "{{ years = [2027, 2030], values = [{}, 0] }}")
# Where something stands, and what is written there that cannot be used.
WRONG = {
    HOME: ['"100%"', "100%", "40 %", '"40 %"', '"0,5"', "0,5", '"1"', "{{ value = 100, unit = '%' }}", '"５"'],
    "[kind.startup]\nhome = {}": ['"germany"', "5", '["germany", "france"]', "{{ germany = 60%, india = 40 % }}"],
    "[product]\nmargin = {}": ['"40 %"', "40 %", "40", '"0,4"', "0,4", '"0.4"'],
    VOUCHER: [
        '"300M USD/yr"', "300M USD/yr", '"300 m"', '"$300M"', '"$300 million a year"', '{{ value = "300" }}',
        "300 MUSD/yr", "{{ value = 300 MUSD/yr }}", "{{ value = 300, unit = MUSD/yr }}", '"US$5bn/yr"',
        '"300 NOK/yr"', '"3e8"',
    ],
    POLICY.format("compute_voucher", "value", "{}"): [
        "5.000.000", "5 000 000", "5'000'000", "5.000.000,50", "5.000.000 USD/yr", '"5.000.000"', '"5 000 000 USD/yr"',
        '"5.000.000,5"', "{{ value = 5.000.000, unit = 'USD/yr' }}", "{{ value = 5 000 000 }}", "5.000,5",
    ],
    POLICY.format("carbon_tax", "rate = 50\nend", "{}"): ['"2030"', '"2030 year"', "2030-01-01"],
    STEPS: ['"50"', '"50 USD/tCO2"', '"5 kUSD"', '"50,5"'],
    SHARES: ['"5 %"', "5", '"0.05"'],
}  # fmt: skip
CASES = [(text, given) for text, several in WRONG.items() for given in several]
BESIDE = re.compile(r"(\S+), (?:and|or) (unit = .*) beside the list")


def mended(text: str, given: str, error: InputError) -> str:
    """The file as the fix says: a whole line, a value in the place of what was written, or one and the unit beside."""
    fix = str(error.fix).rpartition(" write ")[2] if " write " in str(error.fix) else str(error.fix)
    fix = re.sub(r"(: \w+ (is|are|follow|stand) .*|: a year with .*|, without quotes)$", "", fix.removeprefix("write "))
    fix = re.sub(r" \(or [^()]*\).*", "", fix)
    if "bad TOML" in error.problem and " = " in fix:
        line = next(line for line in text.format(given).splitlines() if given in line)
        return text.format(given).replace(line, fix)
    listed = BESIDE.fullmatch(fix)
    if listed:
        return text.replace("] }}", f"], {listed[2]} }}}}").format(
            given.strip('" %') if "%" in listed[2] else listed[1]
        )
    if given.startswith("{ value") and text != HOME:
        return text.format(re.sub(r'".*"', fix, given))
    return text.format(fix.partition(", or ")[0])


@pytest.mark.parametrize(("text", "given"), CASES)
def test_a_fix_is_taken(text: str, given: str, tmp_path: Path) -> None:
    file = tmp_path / "file.toml"
    given = given.format()
    file.write_text(HEAD + text.format(given) + "\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load(file)
    file.write_text(HEAD + mended(text, given, refused.value) + "\n", encoding="utf-8")
    load(file)


def test_a_percentage_of_a_weight_is_that_weight(tmp_path: Path) -> None:
    file, text = tmp_path / "file.toml", "[kind.startup]\nhome = {{ germany = {}, india = 0.6 }}"
    found = []
    for typed in ("40 %", '"40%"', "0.4"):
        file.write_text(HEAD + text.format(typed) + "\n", encoding="utf-8")
        try:
            load(file)
        except InputError as error:
            right = str(error.fix).removeprefix("write ")
            file.write_text(HEAD + (f"[kind.startup]\n{right}" if "home" in right else text.format(right)), "utf-8")
        found.append([dict(kind.home) for kind in load(file).kinds if kind.id == "startup"])
    assert found == [[{"germany": 0.4, "india": 0.6}]] * 3


TYPED = {
    "policy.carbon_tax.rate": [
        "60 EUR/t of 2024", "60 EUR/t", "60 USD of 2021", "60 €/t", "60 € of 2024", "$60", "60 CAD", "60 NOK/t of 2020",
        "60,5 EUR/t of 2024", "{ value = 60, unit = 'EUR/t', year = 2024 }", "60 ct/kg of 2024",
        "60 €/tCO2", "60 euros of 2024", "60 Euro/tCO2 of 2024", "60 pounds", "60 eur/tCO2 of 2020", "60 euro/t",
    ],
    "policy.compute_voucher.budget": [
        "300 MEUR of 2024", "300 M€", "300 million EUR of 2024", "300 MEUR/yr", "300 million euros of 2024",
        "300 bn USD", "300 MUSD of 2021",
    ],
    "policy.compute_voucher.value": ["1 MEUR", "1 MEUR of 2024"],
    "region.germany.electricity_price": [
        "55", "85 EUR/MWh", "0.3 EUR", "8.5 ct/kWh", "8.5 EURct/kWh of 2024", "8.5 EUR ct/kWh", "8.5 euro cents/kWh",
        "8.5 ¢", "30 EUR/kWh of 2022",
    ],
    "region.germany.carbon_price": ["60 EUR of 2024", "60 EUR"],
    "compute.flop_per_usd": ["1e17 FLOP/EUR", "2 EUR/EFLOP", "1e17 FLOP of 2024", "1e17 FLOP/€ of 2024"],
    "policy.cap_and_trade.cap": ["5 Mt", "5 MtCO2"],
    "region.germany.grid_intensity": ["400 g", "0.4 kg"],
    "product.margin": ["40"],
}  # fmt: skip


@pytest.mark.parametrize(("key", "typed"), [(key, typed) for key, several in TYPED.items() for typed in several])
def test_what_a_fix_says_to_set_is_taken(key: str, typed: str) -> None:
    """A fix without the year of its money led to another fix, and to another amount."""
    with pytest.raises(InputError) as refused:
        load(BASELINE, [f"{key}={typed}"])
    settings = re.findall(r"--set '([^']*)'", str(refused.value.fix))
    assert settings
    for setting in settings:
        number = load(BASELINE, [setting]).numbers[key]
        year = re.search(r"of (\d{4})|year = (\d{4})", typed)
        assert not year or [of for _, of in number.converted] == [int(year[1] or year[2])]


@pytest.mark.parametrize(
    ("typed", "worth"),
    [("8.5 ct/kWh", 0.085), ("8.5 US cents", 0.085), ("55", 0.055), ("8.5 USD ct/kWh", 0.085)],
)
def test_a_price_in_cents_or_for_a_megawatt_hour_is_told_as_that_price(typed: str, worth: float) -> None:
    with pytest.raises(InputError) as refused:
        load(BASELINE, [f"region.germany.electricity_price={typed}"])
    (first, *_) = re.findall(r"--set '([^']*)'", str(refused.value.fix))
    assert load(BASELINE, [first]).numbers["region.germany.electricity_price"].base == pytest.approx(worth)


@pytest.mark.parametrize("key", ["training_run_ceiling.limit", "carbon_budget.limit", "cap_and_trade.cap"])
def test_a_limit_of_nothing_is_told_the_least_that_there_is(key: str) -> None:
    """It was told to choose a value within the range, or to leave it out."""
    with pytest.raises(InputError) as refused:
        load(BASELINE, [f"policy.{key}=0"])
    found = re.search(r"write (\S+), the least", str(refused.value.fix))
    assert found is not None
    load(BASELINE, [f"policy.{key}={found[1]}"])


@pytest.mark.parametrize("typed", WRONG[POLICY.format("compute_voucher", "value", "{}")])
def test_thousands_that_are_parted_stay_thousands(typed: str, tmp_path: Path) -> None:
    file, text = tmp_path / "file.toml", POLICY.format("compute_voucher", "value", "{}")
    typed = typed.format()
    file.write_text(HEAD + text.format(typed) + "\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load(file)
    file.write_text(HEAD + mended(text, typed, refused.value) + "\n", encoding="utf-8")
    worth = load(file).numbers["policy.compute_voucher.value"].base
    assert worth == pytest.approx(5000.5 if len(typed) == len("5.000,5") else 5e6, rel=1e-6)


@pytest.mark.parametrize("line", ["values = [14.500,14.600", "values = [1.000,5] x", "start = 2027 100", "a = 1.5.2"])
def test_what_may_be_two_numbers_is_not_joined(line: str) -> None:
    said = slip_in(line, "")
    assert said is None or "parted" not in said[0]
