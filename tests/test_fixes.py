"""What a fix says to write is itself taken: the file with the fix in the place of the mistake loads."""

import re
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario import load
from tests.test_bad_input import HEAD

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
