"""Imports run down the layers and in no circle; heavy packages come lazily, and not at all into what simulates."""

import ast
import json
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from sim.arrays import added
from sim.extend import HOMES
from tests.worlds import ROOT, SMALL

LAYERS = [
    ["synonyms"],
    ["bars", "caches", "codehash", "errors", "imports", "pasting", "plurals", "processors", "tomltexts", "unitwords"],
    ["owntexts", "rangewords", "shippedfiles"],
    ["arguments", "arrays", "owncode", "records", "registry"],
    ["compiler", "ingredients", "linking", "signatures", "stamped"],
    ["compiled"],
    ["mathematics"],
    ["quantity", "rng"],
    ["mechanisms", "data"],
    ["policies", "actors"],
    ["scenario"],
    ["economy"],
    ["measures"],
    ["model"],
    ["results"],
    ["store"],
    ["experiment"],
    ["study"],
    ["history", "interrupts"],
    ["report"],
    ["outputs"],
    ["api", "examine", "extend"],
    ["evidence"],
    ["app"],
    ["cli"],
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
WITHIN = {  # the same inside a package, in which another is one part
    "scenario": [
        ["data", "moments"],
        ["slips"],
        ["alike", "carbon", "law", "moneywords", "observation", "parse", "products", "ranges", "toml"],
        ["examples", "retitled", "schema"],
        ["money", "tablefile"],
        ["sizes", "usertable"],
        ["tree"],
        ["ensemble"],
        ["scenario"],
        ["additions"],
        ["purse"],
        ["dates", "idle", "policy_checks", "policy_notes", "odd_amounts", "odd_series"],
        ["checks", "notes", "numbers", "writing"],
        ["series"],
        ["reading"],
        ["fits"],
        ["build", "differences"],
        ["variants"],
        ["drawing", "load"],
        ["combined", "every_policy", "tally"],
    ],
    "economy": [
        ["contest", "draws", "groups", "parties", "past", "reports", "sums", "trends", "years"],
        ["ledger", "state"],
        ["moment", "network", "observe", "sealed"],
        ["stages"],
        ["close", "start"],
        ["step"],
    ],
    "economy.stages": [
        ["abatement", "books", "grids", "learning", "planning", "products", "publishing", "training", "treasury"],
        ["money", "places", "startups"],
        ["reporting", "siting"],
        ["acts", "compute"],
    ],
    "app": [
        ["chart", "choice", "doors", "elements", "looks", "parts", "places", "shown", "typed"],
        ["byyear", "members", "sizes"],
        ["assumed", "controls", "crew", "crowd", "ensemble", "evidence"],
        ["asked", "handed", "lab", "lorenz", "pair", "sentence", "setting", "shades", "words"],
        ["actors", "catalogue", "charts"],
        ["answer", "edits"],
        ["desk"],
        ["stepped"],
        ["dashboard"],
        ["server"],
    ],
}
FILES = sorted((ROOT / "sim").rglob("*.py"))
PICTURES = ("matplotlib", "mesa", "altair", "solara", "jinja2")  # what no worker needs
SIMULATING = ("results", "store", "experiment", "study", "history")


def unit(file: Path) -> str:
    part = file.relative_to(ROOT / "sim").parts[0]
    return part.removesuffix(".py")


@cache
def imported(file: Path, top_only: bool = False) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    nodes = tree.body if top_only else list(ast.walk(tree))
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "sim.extend":
            found |= {HOMES[alias.name] for alias in node.names}  # which hands on what is at home there
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


def module(file: Path, root: Path) -> str:
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports(root: Path) -> dict[str, set[str]]:
    """Every module of the package below ``root``, and the modules that it names in its import statements, also within
    functions. ``from sim.x import name`` names the module ``sim.x.name`` if there is one, and ``sim.x`` otherwise."""
    modules = {module(file, root): file for file in (root / "sim").rglob("*.py")}
    found: dict[str, set[str]] = {}
    for name, file in modules.items():
        package = name if file.stem == "__init__" else name.rpartition(".")[0]
        named: set[str] = set()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
                base = ".".join([*above, *([node.module] if node.module else [])])
                full = {f"{base}.{alias.name}" for alias in node.names}
                named |= {each if each in modules else base for each in full}
        found[name] = named & modules.keys()
    return found


def circle(found: dict[str, set[str]]) -> list[str]:
    """Modules that import each other in a circle; empty without one."""
    try:
        TopologicalSorter(found).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_module_imports_itself_in_a_circle() -> None:
    found = imports(ROOT)
    assert len(found) == len(FILES)
    assert circle(found) == []


@pytest.mark.parametrize(
    ("files", "round"),
    [
        ({"a": "from sim.b import x", "b": "def f():\n    import sim.a"}, {"sim.a", "sim.b"}),
        ({"__init__": "from sim.a import x", "a": "from sim import y"}, {"sim", "sim.a"}),
        ({"a": "from . import b", "b": "from .a import x"}, {"sim.a", "sim.b"}),
        ({"__init__": "from sim.a import x", "a": "from sim import b", "b": "import json"}, set()),
    ],
)
def test_circles_are_found(files: dict[str, str], round: set[str], tmp_path: Path) -> None:
    """Also those through a function, through a package's own file and through relative imports."""
    (tmp_path / "sim").mkdir()
    for name, text in files.items():
        (tmp_path / "sim" / f"{name}.py").write_text(text, encoding="utf-8")
    assert set(circle(imports(tmp_path))) == round


def test_what_simulates_loads_no_pictures() -> None:
    """Neither results nor experiments, nor what a script of a user imports, which every worker imports again."""
    names = [module(file, ROOT) for file in FILES if unit(file) in SIMULATING]
    script = (
        "import json, sys; from importlib import import_module\n"
        f"for name in {names!r}: import_module(name)\n"
        "import sim; sim.run, sim.compare, sim.Comparison, sim.load\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout)
    assert {"numpy", "pandas", "sim"} <= set(loaded)
    assert not set(loaded) & set(PICTURES)


WORKER = """
import sys

class Loaded:
    def __call__(self, replicate):
        from sim.experiment.path import simulate
        return sorted({name.partition(".")[0] for name in sys.modules})

if __name__ == "__main__":
    import json
    import sim
    from sim.experiment.pool import finished
    sim.compare
    print(json.dumps(list(finished(Loaded(), [0, 1], 2))))
"""


@pytest.mark.slow
def test_workers_load_no_pictures(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(WORKER, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, tmp_path / "script.py"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    first, second = json.loads(done.stdout)
    assert {"numpy", "sim"} <= set(first) & set(second)
    assert not (set(first) | set(second)) & set(PICTURES)


def test_a_run_without_figures_loads_no_pictures(tmp_path: Path) -> None:
    script = (
        "import json, sys; from sim.cli import main; main(sys.argv[1:])\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    words = [*map(str, SMALL), "--workers", "1", "--quiet", "--no-figures", "--out", str(tmp_path / "run")]
    command = [sys.executable, "-c", script, "run", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout.splitlines()[-1])
    assert {"numpy", "pandas", "sim"} <= set(loaded)
    assert not set(loaded) & {"matplotlib", "mesa"}


@pytest.mark.parametrize("package", WITHIN)
def test_imports_run_down_inside_a_package(package: str) -> None:
    level = {name: at for at, names in enumerate(WITHIN[package]) for name in names}
    whole = f"sim.{package}"
    inside = {name: named for name, named in imports(ROOT).items() if name.startswith(f"{whole}.")}
    part = {name: name.removeprefix(f"{whole}.").partition(".")[0] for name in inside}
    assert set(part.values()) == set(level)
    for own, named in inside.items():
        assert whole not in named, f"{own} imports the package that it is part of"
        for name in named & inside.keys():
            assert part[name] == part[own] or level[part[name]] < level[part[own]], f"{own} imports {name}"


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
    files = [*(ROOT / "sim" / "cli").glob("*.py")]
    assert len(files) > 15
    for file in files:
        tops = {name.split(".")[0] for name in imported(file, top_only=True)}
        assert not tops & heavy, file.name
        deeper = {name for name in imported(file, top_only=True) if name.startswith("sim.")}
        assert all(
            name.split(".")[1] in ("arguments", "cli", "errors", "pasting", "plurals", "registry") for name in deeper
        ), file.name


def functions(file: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)]


def lines(node: ast.FunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_file_and_no_function_is_too_long() -> None:
    assert len(FILES) > 300
    for file in [*FILES, *(ROOT / "tests").rglob("*.py")]:
        most = 350 if file in FILES else 450
        assert len(file.read_text(encoding="utf-8").splitlines()) <= most, file.name
    for file in FILES:
        assert [f"{file}: {node.name}" for node in functions(file) if lines(node) > 80] == []


NAMED_TWICE = {  # on purpose
    "AcademicLab": "a kind of actor, and its agent in Mesa's model",
    "Corporation": "a kind of actor, and its agent in Mesa's model",
    "Startup": "a kind of actor, and its agent in Mesa's model",
    "Comparison": "what is computed, and what sim.compare gives of it",
    "Decomposition": "what is computed, and what sim.decompose gives of it",
    "Run": "what is computed, what sim.run gives of it, and the table of a scenario file",
}


def test_a_name_of_a_class_stands_for_one_thing() -> None:
    names = Counter(
        node.name
        for file in FILES
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    )
    assert {name for name, times in names.items() if times > 1} == set(NAMED_TWICE)


def test_the_step_is_one_screen_and_hands_on_records() -> None:
    """``advance`` fits on a screen, and no function of the step takes more than six arguments, but for what is
    compiled: a loop takes the columns that it reads, since numba takes apart a record at every call."""
    economy = [file for file in FILES if unit(file) in ("economy", "mechanisms")]
    assert len(economy) > 60
    assert next(lines(node) for node in functions(ROOT / "sim/economy/step.py") if node.name == "advance") < 40
    for file in economy:
        for node in functions(file):
            if {each.id for each in node.decorator_list if isinstance(each, ast.Name)} & {"loop", "inner", "equation"}:
                continue
            taken = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            assert len([each for each in taken if each.arg not in ("self", "cls")]) <= 6, f"{file.name}: {node.name}"


ALIKE = {"Table": "Array", "Block": "Array", "Solid": "Array", "Marks": "Mask", "int": "float", "bool": "float"}


def borne(argument: ast.expr) -> str | None:
    """The name that an argument bears: the last of a dotted one, of what is called or looked up in. What goes through a
    step bears its own name at the middle and at the end. None of what is worked out on the spot."""
    match argument:
        case ast.Name(id=name) | ast.Attribute(attr=name) if name not in ("middle", "end"):
            return name.lstrip("_")
        case ast.Attribute(value=base) | ast.Subscript(value=base) | ast.Call(func=base):
            return borne(base)
        case ast.Name(id=name):
            return name
    return None


def compiled_in(trees: dict[str, ast.Module]) -> dict[str, ast.FunctionDef]:
    """The loops and inner functions of modules, by dotted name."""
    return {
        f"{name}.{node.name}": node
        for name, tree in trees.items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and {each.id for each in node.decorator_list if isinstance(each, ast.Name)} & {"loop", "inner"}
    }


def called(name: str, tree: ast.Module) -> list[tuple[str, ast.Call]]:
    """All calls in a module, with the dotted name of what is called as the module's imports have it."""
    known = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            head, *rest = ast.unparse(node.func).split(".")
            found.append((".".join([known.get(head, f"{name}.{head}"), *rest]), node))
    return found


def unseen(texts: dict[str, str], most: int = 6) -> tuple[int, list[str]]:
    """How many calls of compiled functions with more than so many arguments there are, and the arguments that bear
    another name than what takes them, though mypy would not see them swapped with one of the same type."""
    trees = {name: ast.parse(text) for name, text in texts.items()}
    functions, calls, found = compiled_in(trees), 0, list[str]()
    for name, tree in trees.items():
        for target, call in called(name, tree):
            if target not in functions or len(functions[target].args.args) <= most:
                continue
            calls += 1
            taken = functions[target].args.args
            types = [ALIKE.get(text, text) for text in (ast.unparse(each.annotation or each) for each in taken)]
            assert len(call.args) == len(taken), f"{target} in line {call.lineno} of {name} is called with a star"
            found += [
                f"{name}, line {call.lineno}: {ast.unparse(argument)} for {each.arg}"
                for each, type_, argument in zip(taken, types, call.args, strict=True)
                if types.count(type_) > 1 and borne(argument) != each.arg
            ]
    return calls, found


def test_no_two_arguments_of_a_long_call_can_be_swapped_unseen() -> None:
    """Columns that a loop takes are of one type: each bears the name of what takes it."""
    calls, found = unseen({module(file, ROOT): file.read_text(encoding="utf-8") for file in FILES})
    assert calls > 25
    assert found == []


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("_add(step.paid, step.means, rows, 1.0, work[0])", []),
        ("_add(step.means, step.paid, rows, 1.0, work[0])", ["step.means for paid", "step.paid for means"]),
        ("_add(plan.paid.middle, _means(now), rows, 1.0, work)", []),
        ("_add(2 * step.paid, step.means, rows, 1.0, work)", ["2 * step.paid for paid"]),
    ],
)
def test_a_swap_is_found(call: str, found: list[str]) -> None:
    """Also of what another module calls. What alone is of its type may be called as it likes."""
    function = "@loop\ndef _add(paid: Array, means: Array, at: Rows, dt: float, work: Block) -> None: ...\n"
    for texts in ({"sim.a": f"{function}{call}"}, {"sim.a": function, "sim.b": f"from sim import a\na.{call}"}):
        calls, wrong = unseen(texts, most=4)
        assert (calls, [each.partition(": ")[2] for each in wrong]) == (1, found)


def test_the_slow_reference_knows_none_of_the_equations() -> None:
    files = [*(ROOT / "tests" / "reference").glob("*.py")]
    assert files
    for file in files:
        assert not [name for name in imported(file) if name.startswith("sim.mechanisms")], file.name


WHOLE = {"count", "failed", "acquired", "founded"}  # what the built-in sum may add up: whole numbers


@pytest.mark.parametrize("package", ["economy", "mechanisms", "measures", "experiment", "actors", "policies"])
def test_floats_are_added_alike_on_every_python(package: str) -> None:
    """The built-in ``sum`` compensates rounding from Python 3.12 on: ``arrays.added`` does not."""
    for file in [file for file in FILES if unit(file) == package]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sum":
                element = getattr(node.args[0], "elt", None)
                assert isinstance(element, ast.Attribute), f"{file.name}, line {node.lineno}"
                assert element.attr in WHOLE, f"{file.name}, line {node.lineno}"
    assert added([1.0, 1e100, 1.0, -1e100]) == 0.0 == added([])


@pytest.mark.parametrize("part", ["actors", "economy", "measures", "mechanisms", "policies"])
def test_nothing_in_a_world_asks_for_bits_that_depend_on_the_processor(part: str) -> None:
    """Exponentials, logarithms and linear algebra of numpy: sim/mathematics.py has its own."""
    asked = re.compile(r"np\.(exp|log|power|linalg|dot|matmul|einsum)[\w.]*\(|[\w\])] @ [\w(]")
    files = list((ROOT / "sim" / part).rglob("*.py"))
    assert files
    assert [file.name for file in files if asked.search(file.read_text(encoding="utf-8"))] == []
