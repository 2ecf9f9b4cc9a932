"""What pages for those who use the simulator as a library say that things have, they have."""

import re
from dataclasses import fields

from sim.measures.base import measure
from sim.model import Actor
from sim.policies import Policy
from sim.policies.view import Before, View
from sim.study.study import Study
from tests.worlds import ROOT


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_the_page_of_policies_has_all_that_a_policy_sees() -> None:
    told = re.findall(r"^\| `view\.([\w.]+)` \|", page("add-a-policy.md"), re.MULTILINE)
    seen = [field.name for field in fields(View) if field.name != "look_back"]
    assert sorted(told) == sorted([*seen, *(f"before.{field.name}" for field in fields(Before))])


def test_the_page_of_policies_names_every_attribute_of_a_class() -> None:
    text = page("add-a-policy.md")
    stated = [name for name, kind in Policy.__annotations__.items() if "ClassVar" in str(kind) and name != "buys"]
    assert [name for name in stated if f"`{name}`" not in text] == []


def test_the_page_of_measures_names_every_argument() -> None:
    text = page("add-a-measure.md")
    assert [name for name in measure.__kwdefaults__ if f"| `{name}`" not in text] == []


def test_the_page_of_python_has_all_that_an_actor_can_be_asked() -> None:
    part = page("python.md").split("<!-- table: actor -->")[1].split("<!-- end of table -->")[0]
    asked = [name for name, value in vars(Actor).items() if isinstance(value, property)]
    assert set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)) == {"kind", "row", *asked}


def test_what_the_page_says_that_a_study_has_it_has() -> None:
    part = page("python.md").split("What `sim.open_study` gives has:")[1].split("Its other names")[0]
    told = {name for first in re.findall(r"^\| (`.*?) \|", part, re.MULTILINE) for name in re.findall(r"`(\w+)", first)}
    assert len(told) >= 8
    assert [name for name in told if not hasattr(Study, name) and name != "directory"] == []
