"""What the project says it needs: every package that is imported, and a version beyond which nobody has tried it."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.worlds import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDED = [*PROJECT["dependencies"], *(one for extra in PROJECT["optional-dependencies"].values() for one in extra)]
OTHERS = [one for one in NEEDED if not one.startswith(PROJECT["name"])]

INDIRECT = {  # comes with what is declared
    "PIL": "matplotlib", "dask": "distributed", "llvmlite": "numba", "reacton": "solara", "starlette": "solara",
    "traitlets": "solara", "uvicorn": "solara",
}  # fmt: skip


def declared() -> set[str]:
    """Names of packages, as their distributions write them."""
    return {re.split(r"[\[<>=]", one)[0] for one in OTHERS}


@pytest.mark.parametrize("one", OTHERS)
def test_versions_have_a_lower_and_an_upper_bound(one: str) -> None:
    assert re.search(r">=[\d.]+,<[\d.]+$", one)


@pytest.mark.parametrize("folder", ["sim", "tests", "docs", "benchmarks"])
def test_what_is_imported_is_declared(folder: str) -> None:
    found, known = set[str](), packages_distributions()
    for file in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            found |= {name.split(".")[0] for name in names}
    others = {name for name in found if name not in sys.stdlib_module_names and not (ROOT / name).exists()}
    lacking = {name for name in others if not {INDIRECT.get(name, name), *known.get(name, [])} & declared()}
    assert not lacking
