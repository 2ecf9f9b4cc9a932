"""Imports run strictly down the layers; only model.py imports mesa; heavy packages are imported lazily."""

import ast
from pathlib import Path

import pytest

from tests.worlds import ROOT

LAYERS = [
    ["errors", "registry"],
    ["quantity", "rng", "arrays"],
    ["mechanisms", "data"],
    ["policies", "actors"],
    ["scenario"],
    ["economy"],
    ["measures"],
    ["model"],
    ["report"],
    ["results"],
    ["experiment"],
    ["evidence"],
    ["app"],
    ["cli"],
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
WITHIN = {  # the same inside a package
    "scenario": [
        ["data", "parse", "schema"],
        ["tree"],
        ["scenario"],
        ["checks", "notes", "numbers", "writing"],
        ["reading"],
        ["build", "differences"],
        ["variants"],
        ["drawing", "load"],
    ],
}
FILES = sorted((ROOT / "sim").rglob("*.py"))


def unit(file: Path) -> str:
    part = file.relative_to(ROOT / "sim").parts[0]
    return part.removesuffix(".py")


def imported(file: Path, top_only: bool = False) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    nodes = tree.body if top_only else list(ast.walk(tree))
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} if node.module == "sim" else {node.module}
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_imports_run_down(file: Path) -> None:
    own = unit(file)
    if own == "__init__":
        return
    for name in imported(file):
        if name.startswith("sim."):
            other = name.split(".")[1]
            assert other == own or LEVEL[other] < LEVEL[own], f"{file.name} ({own}) imports {name}"


@pytest.mark.parametrize("package", WITHIN)
def test_imports_run_down_inside_a_package(package: str) -> None:
    level = {name: at for at, names in enumerate(WITHIN[package]) for name in names}
    files = {file.stem: file for file in FILES if file.parent == ROOT / "sim" / package}
    assert set(files) == {"__init__", *level}
    for own, file in files.items():
        for name in imported(file):
            parts = name.split(".")
            if parts[:2] == ["sim", package] and own != "__init__":
                assert len(parts) > 2, f"{own} imports the package that it is part of"
                assert level[parts[2]] < level[own], f"{own} imports {parts[2]}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_only_the_model_and_the_page_know_mesa(file: Path) -> None:
    assert (
        file.name == "model.py"
        or unit(file) == "app"
        or not any(name.split(".")[0] == "mesa" for name in imported(file))
    )


def test_the_command_line_starts_light() -> None:
    """Nothing heavy is imported before a command runs."""
    heavy = {"numpy", "pandas", "mesa", "matplotlib", "networkx", "tabulate", "tqdm", "pint", "jinja2"}
    for file in (ROOT / "sim" / "cli").glob("*.py"):
        tops = {name.split(".")[0] for name in imported(file, top_only=True)}
        assert not tops & heavy, file.name
        deeper = {name for name in imported(file, top_only=True) if name.startswith("sim.")}
        assert all(name.split(".")[1] in ("cli", "errors") for name in deeper), file.name


def test_no_file_is_too_long() -> None:
    for file in [*FILES, *(ROOT / "tests").rglob("*.py")]:
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 450, file.name
