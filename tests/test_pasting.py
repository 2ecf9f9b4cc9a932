"""Commands that are told can be pasted into a shell, whatever the names and values in them."""

import ast
import re
import shlex
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.outputs.provenance import as_typed
from sim.store.plan import first_plan, resuming, unchanged
from tests.worlds import ROOT

FILES = sorted((ROOT / "sim").rglob("*.py"))
TYPED = ["run", "my worlds/tax.toml", "--set", "policy.carbon_tax.rate=50 USD/tCO2"]
PUT_IN = "\0"  # where a text has a value put in


def texts(file: Path) -> list[str]:
    """Texts with values put in, each value as a mark."""
    every = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.JoinedStr)]
    return ["".join(part.value if isinstance(part, ast.Constant) else PUT_IN for part in one.values) for one in every]


def test_no_text_puts_a_value_into_a_command_by_hand() -> None:
    """``pasted`` and ``resuming`` quote it."""
    shown = [file for file in FILES if file.parts[-2] != "evidence"]  # which writes documents, by fixed commands
    told = [(file.name, text) for file in shown for text in texts(file)]
    assert [each for each in told if re.search(f"run\\.py [^`\n]*{PUT_IN}", each[1])] == []


def test_no_list_of_words_is_joined_into_a_command_by_hand() -> None:
    joined = re.compile(r"""["'] ["']\.join\((self\.|[a-z_]+\.)?(command|typed|plan\[)""")
    assert [file.name for file in FILES if joined.search(file.read_text(encoding="utf-8"))] == []


def test_the_command_of_a_record_can_be_pasted() -> None:
    assert shlex.split(as_typed(["run.py", *TYPED])) == ["python", "run.py", *TYPED]
    assert shlex.split(as_typed(["compute-divide", *TYPED])) == ["compute-divide", *TYPED]
    assert as_typed(["sim.run(...)"]) == "sim.run(...)"


def test_commands_that_go_on_or_start_anew_can_be_pasted(tmp_path: Path) -> None:
    assert shlex.split(resuming(Path("my results/a"))) == ["python", "run.py", "resume", "my results/a"]
    file = tmp_path / "tax.toml"
    file.write_text("schema = 1")
    plan = first_plan(TYPED, [file])
    file.write_text("schema = 2")
    with pytest.raises(InputError) as told:
        unchanged(plan, tmp_path)
    assert shlex.split(str(told.value.fix).partition("anew: ")[2]) == ["python", "run.py", *TYPED]
