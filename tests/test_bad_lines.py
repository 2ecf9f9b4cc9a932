"""A line that is no TOML is answered in the words of scenario files, with the line as it is written."""

import tomllib
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario.parse import parse
from tests.saying import Say, refused
from tests.test_bad_input import HEAD, TAX

PARSER = ("Cannot", "Expected", "declare", "overwrite", "statement", "document", "column", "TOML 1.0")

# Lines below a head: the last one is wrong. What is wrong, and the line that the fix writes in its place.
WRONG = {
    "no sign": (["[product]", "margin 0.4"], "no = between key and value", "margin = 0.4"),
    "a colon": (["[product]", "margin: 0.4"], "no = between key and value", "margin = 0.4"),
    "no sign before text": (["[[policy]]", "name carbon_tax"], "no = between key and value", 'name = "carbon_tax"'),
    "no sign before a list": (
        [*TAX.split("\n"), 'regions ["france"]'], "no = between key and value", 'regions = ["france"]'
    ),
    "a blank": (["[product]", "habit life = 4"], "a blank within a key", "habit_life = 4"),
    "no quotes": (["[[policy]]", "name = carbon_tax"], "text without quotes", 'name = "carbon_tax"'),
    "no quotes in a list": ([TAX, "regions = [france]"], "text without quotes", 'regions = ["france"]'),
    "quotes left open": (["[[policy]]", 'name = "carbon_tax'], "quotes that do not close", 'name = "carbon_tax"'),
    "a unit": (
        [TAX, "rate = 50 USD/tCO2"], "a number with something behind it", 'rate = { value = 50, unit = "USD/tCO2" }'
    ),
    "percent": (
        ["[product]", "margin = 40%"], "a number with something behind it", 'margin = { value = 40, unit = "%" }'
    ),
    "Python's truth": (["[mechanisms]", "grid_limits = True"], "a capital letter", "grid_limits = true"),
    "digits of full width": (["[product]", "margin = ０.４"], "digits other than 0 to 9", "margin = 0.4"),
    "digits of another script": (["[product]", "margin = 0.٤"], "digits other than 0 to 9", "margin = 0.4"),
    "a key with an accent": (["[product]", "margén = 0.4"], "other letters than a to z", '"margén" = 0.4, or as'),
    "a table with an umlaut": (["[region.österreich]"], "other letters than a to z", '[region."österreich"], or as'),
    "one bracket": (["[product"], "brackets do not match", "[product]"),
    "three brackets": (["[[policy]"], "brackets do not match", "[[policy]]"),
    "brackets behind": (["[policy]]"], "brackets do not match", "[[policy]]"),
}  # fmt: skip
# Text below a head: what is wrong with it, and in the fix.
OTHERS = {
    "no value": ("[product]\nmargin =\n", "a key without a value", "behind margin ="),
    "no value at the end": ("[product]\nmargin =", "a key without a value", "behind margin ="),
    "a key twice": ("[product]\nmargin = 0.4\nmargin = 0.5\n", "margin is there twice", "keep one of them"),
    "a table twice": ("[product]\nmargin = 0.4\n[product]\nhabit = 1\n", "[product] is there twice", "one [product]"),
    "a table as a list": ("[product]\nhabit = 1\n[[product]]\n", "[product] is there already", "one [product]"),
    "a policy twice": (
        '[policy]\nname = "carbon_tax"\n[policy]\nname = "x"\n', "policies are a list", "[[policy]] above each"
    ),
    "a policy and a list": (
        '[policy]\nname = "carbon_tax"\n[[policy]]\nname = "x"\n', "policies are a list", "[[policy]] above each"
    ),
    "a list and a policy": (f'{TAX}[policy]\nname = "x"\n', "policies are a list", "[[policy]] above each"),
    "a policy's own table twice": (
        "[policy.carbon_tax]\nrate = 1\n[policy.carbon_tax]\nstart = 2027\n", "is there twice", "[[policy]] above each"
    ),
    "a list left open": ('[[policy]]\nregions = ["france"\nrate = 5\n', "line 6: a [ without its ]", "close the list"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_the_fix_of_a_line_is_the_line_that_works(case: str, tmp_path: Path, say: Say) -> None:
    (*before, line), words, right = WRONG[case]
    file = tmp_path / "file.toml"
    text = HEAD + "\n".join([*before, line]) + "\n"
    file.write_text(text, encoding="utf-8")
    said = say("check", file)
    refused(said, f"bad TOML in line {text.count(chr(10))}: ", words, f"  fix      write {right}", file=file)
    assert not [word for word in PARSER if word in said.err]
    tomllib.loads(HEAD + "\n".join([*before, right.partition(", or as")[0]]))


@pytest.mark.parametrize("case", OTHERS)
def test_slips_of_several_lines_are_told_in_our_words(case: str, tmp_path: Path, say: Say) -> None:
    text, words, fix = OTHERS[case]
    file = tmp_path / "file.toml"
    file.write_text(HEAD + text, encoding="utf-8")
    said = say("check", file)
    refused(said, "bad TOML in line ", words, fix, file=file)
    assert not [word for word in PARSER if word in said.err]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('[policy]\nname = "cap_and_trade"\n', "cap_and_trade"),
        ("[policy.compute_permits]\nstart = 2027\n", "compute_permits"),
        ("policy = 5\n", "carbon_tax"),
    ],
)
def test_policies_that_are_no_list_are_told_by_their_name(text: str, name: str, tmp_path: Path, say: Say) -> None:
    file = tmp_path / "file.toml"
    file.write_text(HEAD + text, encoding="utf-8")
    refused(say("check", file), "policies are a list", f'write [[policy]] and below it name = "{name}"', file=file)


def test_what_no_rule_knows_keeps_the_parsers_word(tmp_path: Path) -> None:
    file = tmp_path / "file.toml"
    file.write_text("schema = 1\nstart = 01\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"^bad TOML in line 2: [^(]*$"):
        parse(file)


def test_what_ends_too_early_is_said_with_its_line(tmp_path: Path) -> None:
    """Where the parser knows of no line but of the end of the document."""
    file = tmp_path / "file.toml"
    file.write_text('schema = 1\ntext = """open\nand on\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"^bad TOML in line 3: [^(]*$"):
        parse(file)
