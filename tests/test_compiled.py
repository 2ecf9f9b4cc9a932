"""What is compiled: kept for each version of the code, in a place of one's own, the same bits on any processor."""

import ast
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from shutil import copytree, ignore_patterns

import numpy as np
import pytest

from sim import compiled
from sim.arrays import Array
from sim.compiled import compiled_code
from sim.compiler import at_once, interrupts_wait, numba_alone
from sim.errors import InputError
from sim.linking import found
from sim.mathematics import exp, power
from sim.signatures import looking as looking_at
from sim.signatures import signature
from tests.records import PACKAGED
from tests.worlds import BASELINE, FEW, ROOT

NUMBERS = """
import sys
sys.path.insert(0, "{root}")
import numpy as np
from sim import compiled
from sim.mechanisms import product
del compiled.PARTS[:-1]  # of all that there is to compile, the loop that inlines what is changed
print(product.attraction(np.array([1.0, 2.0]), np.array([0.1, 0.2]), 1.0).tolist())
"""
FIRST = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import numpy as np
from sim import compiled
from sim.mathematics import exp
del compiled.PARTS[3:]  # of all that there is to compile
compiled.prepare()
print(exp(np.array([1.0, 2.0])).tolist())
"""
BITS = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from benchmarks.golden import digest
from sim import load
from sim.experiment.compare import compare
from sim.experiment.decompose import decompose
from sim.experiment.path import simulate
for name, sooner in (("baseline", []), ("cap_and_trade", ["cap_and_trade"]), ("two_caps", ["europe", "china"])):
    begun = ["policy." + id + ".start=2014" for id in sooner]
    print(digest(simulate(load("scenarios/" + name + ".toml", [*{FEW!r}, *begun], until=2016), 0).yearly))
found = compare([load("scenarios/" + name + ".toml", [*{FEW!r}, *later], until=2015) for name, later in
    (("baseline", []), ("carbon_tax", ["policy.carbon_tax.start=2013"]))], replicates=3, workers=1)
print(digest(found.table.to_csv(), found.winners(1).to_csv(), found.money(1).to_csv(), found.assumptions.to_csv()))
print(digest(found.drawn_series.to_csv(), found.cost(1)))
print(digest(decompose(load("scenarios/baseline.toml", {FEW!r}, until=2012), replicates=3, workers=1).table.to_csv()))
"""


def said(script: str, **environment: str) -> tuple[str, str]:
    """What a script prints, to its output and to standard error."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    return done.stdout, done.stderr


@pytest.mark.slow
def test_a_changed_callee_is_compiled_anew(tmp_path: Path) -> None:
    """An equation in one file is inlined in loops of others, which numba does not see when it changes. Where files lie
    and what they say beside code changes nothing."""
    copytree(ROOT / "sim", tmp_path / "sim", ignore=ignore_patterns("__pycache__"))
    script, place = NUMBERS.format(root=tmp_path), {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    first, told = said(script, **place)
    assert "Compiling the model" in told
    again, told = said(script, **place)
    assert (again, told) == (first, "")
    copytree(tmp_path / "sim", tmp_path / "elsewhere" / "sim")
    for file in (tmp_path / "elsewhere" / "sim" / "mechanisms").rglob("*.py"):  # lines, dates and texts are others
        file.write_text(f"# Moved.\n{file.read_text(encoding='utf-8').replace('Share', 'Part')}", encoding="utf-8")
    moved, told = said(NUMBERS.format(root=tmp_path / "elsewhere"), **place)
    assert (moved, told) == (first, "")
    equation = tmp_path / "sim" / "mechanisms" / "product.py"
    text = equation.read_text(encoding="utf-8")
    assert "ln_weight - steepness * ln_error" in text
    equation.write_text(text.replace("ln_weight - steepness * ln_error", "ln_weight + steepness * ln_error"))
    changed, told = said(script, **place)
    assert "Compiling the model" in told
    assert changed != first


def test_what_a_measure_of_ones_own_may_call_looks_at_what_it_is_given() -> None:
    """Outside of tests, too: a slice of a table, or whole numbers, would be misread."""
    script = """
import numpy as np
from sim.mathematics import total
for wrong in (np.arange(12.0).reshape(3, 4)[:, 1], np.arange(3)):
    try:
        print(total(wrong))
    except TypeError:
        print("refused")
print(total(np.ascontiguousarray(np.arange(12.0).reshape(3, 4)[:, 1])))
"""
    assert said(script)[0].split() == ["refused", "refused", "15.0"]


@pytest.mark.slow
def test_two_that_compile_at_once_do_no_harm(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    both = [
        subprocess.Popen(
            [sys.executable, "-c", FIRST], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        )
        for _ in range(2)
    ]
    found = [process.communicate(timeout=300)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert found[0] == found[1] == said(FIRST, XDG_CACHE_HOME=str(tmp_path))[0].encode()


def test_what_is_kept_is_taken_up_without_the_compiler_and_made_anew_where_it_is_damaged(tmp_path: Path) -> None:
    """Also where other versions and users' own compiled functions lie beside it. What it returns is the same."""
    script = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import numpy as np
from sim import compiled
from sim.arrays import Array, Rows
from sim.compiled import loop
del compiled.PARTS[:]
@loop
def weighed(values: Array, rows: Rows, weight: float) -> float:
    return values[rows].sum() * weight
@loop
def taken(values: Array, rows: Rows) -> Array:
    return values[rows]
values, rows = np.array([1.0, 5.0, 3.0]), np.array([2, 0])
print(weighed(values, rows, 2.0), 'numba' in sys.modules)
print(taken(values, rows).tolist(), taken(values, rows).dtype)
import numba
print(numba.njit(lambda a: a[::-1] * 2.0)(values).tolist(), weighed(values, rows, 2.0), taken(values, rows).tolist())"""
    place = {"XDG_CACHE_HOME": str(tmp_path)}
    numbers = "8.0 False\n[3.0, 1.0] float64\n[6.0, 10.0, 2.0] 8.0 [3.0, 1.0]\n"
    said(script, **place)
    assert said(script, **place) == (numbers, "")
    file, _ = (tmp_path / "compute-divide").iterdir()
    whole = file.read_bytes()
    assert found(file) is not None
    for damaged in (whole[:-1], whole[:40] + b"x" + whole[41:], b""):
        file.write_bytes(damaged)
        assert found(file) is None
        assert said(script, **place)[0].replace("True", "False") == numbers
        assert file.read_bytes() == whole


@pytest.mark.slow
def test_results_are_the_same_bits_on_a_plain_processor() -> None:
    """As numba and numpy find this processor, and as if it had none of its newer instructions: worlds, a comparison on
    drawn assumptions, and a decomposition, to their tables. What is compiled for either is kept, each by itself."""
    plain = {"NUMBA_CPU_NAME": "generic", "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512_SKX"}
    assert said(BITS)[0] == said(BITS, PYTHONWARNINGS="ignore", **plain)[0] != ""


@pytest.mark.skipif(sys.platform != "linux", reason="nothing can be forked")
def test_pieces_are_done_side_by_side_each_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In processes of their own that leave files; one that fails or is killed leaves its piece undone, and no process
    stays."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})
    monkeypatch.setattr(threading, "active_count", lambda: 1)  # others than the test's own would have it done here

    def piece(number: int) -> None:
        if number == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        if number == 4:
            raise ValueError
        with (tmp_path / str(number)).open("x") as file:  # not twice
            file.write(str(os.getpid()))

    done = list(at_once([partial(piece, number) for number in range(20)]))
    left = {int(file.name): int(file.read_text()) for file in tmp_path.iterdir()}
    assert sorted(done) == sorted(left) == [number for number in range(20) if number not in {2, 4}]
    assert os.getpid() not in left.values()
    for process in left.values():
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_pieces_are_done_here_where_nothing_can_be_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    done: list[int] = []
    assert list(at_once([partial(done.append, number) for number in range(3)])) == done == [0, 1, 2]


def test_what_is_compiled_goes_by_the_code() -> None:
    assert compiled_code(looking_at).parent.name == "compute-divide"
    assert compiled_code(looking_at) != compiled_code(said)


def test_what_numba_is_told_to_do_otherwise_makes_other_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    how = compiled._how.__wrapped__
    usual = how()
    assert how() == usual
    for name in ("NUMBA_OPT", "NUMBA_BOUNDSCHECK", "NUMBA_LOOP_VECTORIZE"):
        with monkeypatch.context() as other:
            other.setenv(name, "1")
            assert how() != usual
    monkeypatch.setenv("NUMBA_NUM_THREADS", "7")  # which jobs of a cluster have each their own
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert how() == usual
    monkeypatch.chdir(tmp_path)
    assert how() == usual
    Path(".numba_config.yaml").write_text("opt: 1")
    assert how() != usual


def test_a_compiler_that_must_not_compile_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("numba").config, "DISABLE_JIT", 1)
    with pytest.raises(InputError, match="unset NUMBA_DISABLE_JIT"):
        numba_alone.__wrapped__()


def test_threads_wait_for_the_one_that_prepares(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop is never called before what was compiled of it is in its place."""
    other = threading.Thread(target=compiled.prepare)
    with compiled.PREPARING:
        other.start()
        other.join(0.1)
        assert other.is_alive()
    other.join(10.0)
    assert not other.is_alive()
    loop, seen = next(part for part in compiled.PARTS if isinstance(part, compiled.Loop)), list[bool]()
    monkeypatch.setattr(loop, "made", False)
    monkeypatch.setattr(compiled.Loop, "call", lambda self, *, looking: seen.append(self.made))
    loop.make()
    assert (seen, loop.made) == ([False], True)


def test_what_no_type_is_given_for_is_refused() -> None:
    def bare(values: Array, weight) -> None: ...  # type: ignore[no-untyped-def]

    def odd(values: list[float]) -> None: ...

    with pytest.raises(TypeError, match="bare is compiled by its annotations, and weight has none"):
        signature(bare)
    with pytest.raises(TypeError, match="is no type of what is compiled"):
        signature(odd)


def compiled_functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function that is compiled, with where it stands."""
    decorators = {"equation", "elementary", "inner", "loop"}
    for path in sorted((ROOT / "sim").rglob("*.py")):
        for each in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(each, ast.FunctionDef) and decorators & {ast.unparse(one) for one in each.decorator_list}:
                yield f"{path.relative_to(ROOT)}:{each.name}", each


def test_nothing_compiled_assigns_to_a_slice() -> None:
    """Each took half a second and more to compile, of a first call that people wait for: ``fill`` does the same."""
    functions = dict(compiled_functions())
    assert len(functions) > 80
    slow = [
        name
        for name, function in functions.items()
        for each in ast.walk(function)
        if isinstance(each, ast.Assign)
        for target in each.targets
        if isinstance(target, ast.Subscript) and any(isinstance(part, ast.Slice) for part in ast.walk(target.slice))
    ]
    assert slow == []


def test_positions_are_compiled_as_numbers_from_0_up() -> None:
    """Looked at for whether they count from the end, they kept loops from becoming vectors."""
    import_module("sim.economy.step")
    loops = [part for part in compiled.PARTS if isinstance(part, compiled.Loop)]
    assert loops
    positions = [
        given.dtype.name
        for loop in loops
        for given in signature(loop.function)
        if getattr(given, "dtype", None) is not None and "int" in given.dtype.name
    ]
    assert set(positions) == {"uint64", "uint32"}


def test_neither_importing_nor_loading_a_scenario_loads_a_compiler() -> None:
    script = """
import sys, sim, sim.cli, sim.scenario, sim.experiment.run
sim.load("scenarios/exponential_law.toml")
print('numba' in sys.modules)"""
    assert said(script)[0] == "False\n"


@pytest.mark.parametrize("command", ["run", "validate"])
def test_all_that_a_command_uses_is_compiled_at_once(command: str, tmp_path: Path) -> None:
    """So that one bar is shown after an installation, and not a second one for what was imported later."""
    script = """
import sys
import sim.compiled as compiled
usual, waited = compiled.prepare, []
def prepare():
    waited.append([each.name for each in compiled.PARTS if not each.made])
    usual()
compiled.prepare = prepare
from sim.cli import main
assert main(sys.argv[1:]) == 0
told = [names for names in waited if names]
assert len(told) == 1, told[1:]"""
    asked = {
        "run": ["--replicates", "1", "--until", "2012", "--no-figures", "--out", str(tmp_path / "run")],
        "validate": ["--records", str(PACKAGED), "--from", "2012", "--to", "2012", "--replicates", "1"],
    }
    few = [word for setting in FEW for word in ("--set", setting)]
    words = [sys.executable, "-c", script, command, str(BASELINE), *few, *asked[command]]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_interrupt_waits_until_a_part_is_compiled() -> None:
    """Neither lost in the compiler nor told by it as an exception that it ignored."""
    made, before = [], signal.signal(signal.SIGINT, signal.default_int_handler)

    def compile_one() -> None:
        with interrupts_wait():
            signal.raise_signal(signal.SIGINT)
            made.append("whole")

    try:
        with pytest.raises(KeyboardInterrupt):
            compile_one()
        assert made == ["whole"]
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.slow
def test_neither_compiling_nor_comparing_loads_scipys_large_parts() -> None:
    """They took longer than simulating. A compiled function of somebody else finds linear algebra as ever."""
    script = f"""
import sys, numpy, sim, sim.cli.compare, sim.outputs.comparison
from sim.measures.base import Scale
from sim.results.statistics import effect, student
scenario = sim.load("scenarios/baseline.toml", {FEW!r}, until=2013)
sim.run(scenario, workers=1)
one = numpy.arange(1.0, 21.0)
effect(one, 2 * one, (one, 3 * one), Scale(logs=True)), student(one)
print([name for name in ("scipy.linalg", "scipy.stats", "scipy.special") if name in sys.modules])
import numba
print(numba.njit(lambda a: numpy.dot(a, a) + numpy.vdot(a[0], a[1]))(numpy.eye(2)).tolist())"""
    assert said(script)[0] == "[]\n[[1.0, 0.0], [0.0, 1.0]]\n"


def test_an_equation_of_arrays_takes_any_that_fit() -> None:
    """Of any shape and order, beside numbers, of whole numbers, of none."""
    table = np.arange(1.0, 7.0).reshape(2, 3)
    expected = [[power(base, exponent) for base in (2.0, 3.0)] for exponent in (0.5, 0.25)]
    assert np.array_equal(power(np.array([2, 3]), np.array([[0.5], [0.25]])), expected)
    assert np.array_equal(exp(table.T), exp(table).T)
    assert np.array_equal(exp(table[:, ::2]), exp(table)[:, ::2])
    assert exp(np.zeros((0, 3))).shape == (0, 3)
    assert exp(np.array([0.0, -np.inf])).tolist() == [1.0, 0.0]
