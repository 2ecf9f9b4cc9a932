"""Examples in messages are of the key that they are about, and can be written there as they stand."""

import re
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.errors import InputError
from sim.policies import registry
from sim.quantity import Spec
from sim.scenario.examples import NUMBER, a_number, a_series, a_table
from tests.saying import Say, refused
from tests.test_bad_input import HEAD, TAX
from tests.worlds import BASELINE

DUMMIES = ("value = 1,", 'unit = "..."', "values = [1, 2]", 'unit = "year"', NUMBER)
# A table or a policy of a scenario, what is written at a key of it, and what the fix says.
WRITTEN = {
    "a year": (TAX, 'start = "soon"', "a calendar year, e.g. 2027"),
    "years in a list": (TAX, "start = [2027]", "a calendar year, e.g. 2027"),
    "an end": (TAX, 'end = "never"', "a calendar year, e.g. 2030"),
    "a rate": (TAX, "rate = true", 'a bare number, e.g. 100 (USD/tCO2), or { value = 100, unit = "USD/tCO2" }'),
    "a rate without a value": (TAX, 'rate = { unit = "USD/tCO2" }', '{ value = 100, unit = "USD/tCO2" }'),
    "a rate by year": (TAX, "rate = [1, 2]", '{ years = [2027, 2028], values = [50, 100], unit = "USD/tCO2" }'),
    "a number without a unit": ("[product]\n", 'margin = "much"', "a bare number, e.g. 0.5"),
    "a count": ("[kind.corporation]\n", 'count = "many"', "a whole number, e.g. 60"),
    "a series": ("[region.france]\n", 'grid_intensity = "low"', 'entity = "France", unit = "gCO2e/kWh" }'),
}
# What stands at a key for names, its fix, and what else is told.
NAMES = {
    'regions = "germany"': 'write regions = ["germany"]',
    'regions = "Germani"': 'write regions = ["germany"]',
    'regions = "france, indai"': 'write regions = ["france", "india"]',
    'regions = "europe"': 'write names of regions in a list, e.g. regions = ["united_states", "china"]',
    "regions = 5": "write names of regions in a list",
    "regions = [5]": "write names of regions in a list",
    'regions = ["europe"]': "take it out: then the policy holds for all",
    'regions = ["germani"]': "did you mean 'germany'?",
    'regions = ["states"]': "did you mean 'united_states'?",
    'kinds = "corporations"': 'write kinds = ["corporation"]',
    'kinds = ["lab"]': "did you mean 'academic_lab'?",
}


def check(say: Say, place: Path, text: str) -> Any:
    file = place / "file.toml"
    file.write_text(HEAD + text, encoding="utf-8")
    return say("check", file)


@pytest.mark.parametrize("case", WRITTEN)
def test_examples_are_of_the_key(case: str, say: Say, tmp_path: Path) -> None:
    above, line, fix = WRITTEN[case]
    said = check(say, tmp_path, above + line + "\n")
    refused(said, fix, key=None)
    assert not [dummy for dummy in DUMMIES if dummy in said.err]


@pytest.mark.parametrize("line", NAMES)
def test_names_that_are_none_are_told_those_of_the_scenario(line: str, say: Say, tmp_path: Path) -> None:
    said = check(say, tmp_path, TAX + line + "\n")
    refused(said, NAMES[line], key=f"policy.carbon_tax.{line.partition(' ')[0]}")
    known = sim.load(BASELINE)
    allowed = next(part for part in said.err.splitlines() if part.startswith("  allowed"))
    assert set(known.region_ids if "regions" in line else known.kind_ids) <= set(re.findall(r"\w+", allowed))


def numbers() -> list[tuple[str, str, Spec]]:
    """Name, key and declaration of every number that a policy has."""
    specs = ((name, key, cls.__dataclass_fields__[key].metadata["spec"])
             for name, cls in registry().items() for key in cls.parameters())  # fmt: skip
    return [(name, key, spec) for name, key, spec in specs if spec.form == "number"]


def refused_key(file: Path) -> str | None:
    """The key that a file is refused for; None where it is right."""
    try:
        sim.load(file)
    except InputError as error:
        return error.key
    return None


@pytest.mark.parametrize("name", registry())
def test_every_example_of_a_policy_can_be_written_there(name: str, tmp_path: Path) -> None:
    """Each alone is read without a word on the key that it is of."""
    for of, key, spec in numbers():
        if of != name:
            continue
        data, path = {"policy": [{"id": name, "name": name}]}, f"policy.{name}.{key}"
        texts = [a_table(data, path, spec), *re.findall(r"e\.g\. ([^ ,]+)", a_number(data, path, spec))]
        texts += [a_series(data, path, spec)] if key in registry()[name].by_year() else []
        for text in (text for text in texts if NUMBER not in text and spec.unit != "year"):
            file = tmp_path / "file.toml"
            entry = f'[[policy]]\nname = "{name}"\nstart = 2027\nend = 2032\n{key} = {text}\n'
            file.write_text(HEAD + entry, encoding="utf-8")
            assert refused_key(file) != path, text
