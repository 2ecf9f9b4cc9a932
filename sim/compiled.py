"""Functions that numba compiles: equations of numbers, and loops over actors.

An ``equation`` is a small function of numbers. Called with numbers it gives a number, called with arrays it is applied
to each of their elements, and within a loop it is inlined; its bits are the same in all three ways. A ``loop`` runs
over arrays; its signature stands in its annotations. Where they are compiled, x / 0 is infinite and no error.

When the first loop runs or the first equation meets an array, all is compiled, once for every version of the code, of
numba and of the processor, and kept in the user's directory for caches, from where processes take it up without numba.
After a change, that is compiled anew which is made of what changed.
"""

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache, cached_property, update_wrapper
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from threading import RLock
from typing import Any, ParamSpec, Protocol, TypeVar, cast, get_type_hints, overload

import numpy as np

from sim import linking, signatures
from sim.arrays import Array
from sim.caches import forget_old, writable
from sim.compiler import at_once, interrupts_wait, numba_alone
from sim.ingredients import ingredients
from sim.linking import found, kept_of, linked
from sim.signatures import looking as looking_at
from sim.signatures import signature

BARE = {"error_model": "numpy", "nogil": True, "no_cfunc_wrapper": True}  # no fast mathematics: it would change bits
INLINED = BARE | {"no_cpython_wrapper": True}  # loops alone call it
NUMBERS, VECTORS = "numbers", "vectors"  # what is kept of a function
Given = ParamSpec("Given")
Result = TypeVar("Result")
PARTS: list["Elementary | Loop"] = []  # all that is to be compiled
USELESS = ("NUMBA_CACHE_DIR", "NUMBA_NUM_THREADS", "NUMBA_THREADING_LAYER")  # settings of numba that change no code
PREPARING = RLock()
OPEN = ("sim.mathematics", "sim.measures")  # modules whose loops look at types: measures of one's own may call them


class Applied(Protocol):
    """How an equation is called."""

    @overload
    def __call__(self, *values: float) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, *values: Array | float) -> Array: ...


class Compiled:
    """A function as compiled ones see it, and of which kinds of it there are files."""

    how: Mapping[str, Any] = INLINED
    kinds: tuple[str, ...] = (NUMBERS,)
    made = False

    def __init__(self, function: Callable[..., Any]) -> None:
        update_wrapper(cast(Any, self), function)
        self.function, self.name = function, f"{function.__module__}.{function.__qualname__}"

    @property
    def _numba_type_(self) -> Any:
        return self._inlined._numba_type_

    @cached_property
    def _inlined(self) -> Any:
        return numba_alone().njit(**self.how)(self.function)

    @cached_property
    def for_numbers(self) -> Any:
        """As it is called from Python: of an equation faster than plain Python, to the same bits."""
        return _made(self.function, NUMBERS, _for_numbers)

    def files(self) -> list[Path]:
        """Where it is kept."""
        return [compiled_code(self.function, kind) for kind in self.kinds]


class Equation(Compiled):
    """A function of numbers, as the decorator ``equation`` makes it."""

    how = INLINED | {"forceinline": True}

    def __call__(self, *values: Any) -> Any:
        for value in values:
            if type(value) is np.ndarray:
                if value.ndim or any(map(np.ndim, values)):
                    return self.for_arrays(*values)
                return self.for_number(*map(float, values))
        return self.for_number(*values)

    def for_number(self, *values: Any) -> Any:
        """For one number, in plain Python."""
        return self.function(*values)

    def for_arrays(self, *values: Any) -> Any:
        """For each element of arrays, which fit each other."""
        shapes = {np.shape(one) for one in values} - {()}
        shape = shapes.pop() if len(shapes) == 1 else np.broadcast_shapes(*shapes)
        found: Any = np.empty(shape, self.gives)
        given = [np.ascontiguousarray(one if np.shape(one) == shape else np.full(shape, one), float) for one in values]
        flat = (found, *given) if found.ndim == 1 else (one.reshape(-1) for one in (found, *given))
        self.for_vectors(*flat)
        return found

    @cached_property
    def for_vectors(self) -> Any:
        """From vectors into the first of them: a loop, since numba links its array functions anew in each process."""
        return _made(self.function, VECTORS, lambda numba, _: _for_vectors(numba, self))

    @cached_property
    def gives(self) -> type:
        """What it gives for an element: a truth or a number."""
        return bool if get_type_hints(self.function)["return"] is bool else np.float64


class Elementary(Equation):
    """An equation that is compiled for numbers too, as the decorator ``elementary`` makes it."""

    kinds = (NUMBERS, VECTORS)

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self.for_number = self._in_python  # type: ignore[method-assign]  # until it is compiled, as all is then
        PARTS.append(self)

    def _in_python(self, *values: Any) -> Any:
        with np.errstate(all="ignore"):
            return float(self.function(*values))

    def make(self) -> None:
        """Compile it, or find it compiled."""
        self.made = bool(self.for_numbers and self.for_vectors)


class Loop(Compiled):
    """A function over arrays, as the decorator ``loop`` makes it."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        PARTS.append(self)

    def __call__(self, *values: Any) -> Any:
        prepare()
        return type(self).__call__(*values)

    def make(self) -> None:
        """Compile it, or find it compiled; from then on a call goes to what was compiled, without a detour."""
        self.call(looking=self.function.__module__.startswith(OPEN))
        self.made = True

    def call(self, *, looking: bool) -> None:
        """Have it look at the types of what it is given, or take that for what its annotations say."""
        made = looking_at(self.function, self.for_numbers) if looking else self.for_numbers
        type(self).__call__ = staticmethod(made)  # type: ignore[method-assign]  # its only instance


def equation(function: Callable[..., float]) -> Applied:
    """Compile a function of numbers; its annotations are ``float``, and ``float`` or ``bool`` for what it returns."""
    return cast(Applied, Equation(function))


def elementary(function: Callable[..., float]) -> Applied:
    """Compile a function of numbers for numbers as well, since much is made of it."""
    return cast(Applied, Elementary(function))


def loop(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Compile a function over arrays. It is annotated ``Array``, ``Table`` (two axes), ``Solid`` (three), ``Mask``,
    ``Rows``, ``Links``, ``float``, ``int``, ``bool``, a NamedTuple of these, and ``Block``, ``Marks`` or ``Noted`` for
    what it writes into; all contiguous. It returns numbers."""
    own = type(function.__name__, (Loop,), {})  # a class of its own
    return cast(Callable[Given, Result], own(function))


def inner(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Compile a function over arrays that loops alone call; it may write into what its docstring says."""
    return cast(Callable[Given, Result], Equation(function))


def prepare() -> None:
    """Have all that is known by now compiled: at once where that was done before, else in some seconds. A process that
    starts others does this before. Processes that compile at the same time write the same files, each of them whole; of
    threads one does it, and the others wait."""
    with PREPARING:
        waiting = [each for each in PARTS if not each.made]
        if waiting:
            compile_new()
        for each in waiting:
            each.make()
        for each in waiting:
            if isinstance(each, Elementary):
                each.for_number = each.for_numbers  # type: ignore[method-assign]


def compile_new() -> None:
    """Compile and keep what these versions never compiled before, with progress on standard error."""
    new = [each for each in PARTS if not all(file.exists() for file in each.files())]
    if new:
        from tqdm import tqdm

        tqdm.monitor_interval = 0  # no thread of its own, so that workers can be forked
        print("Compiling the model. This is done once after an installation or an update.", file=sys.stderr)
        new.sort(key=lambda each: -len(each.function.__code__.co_code))  # no long one is left for the end
        for _ in tqdm(at_once([each.make for each in new]), total=len(new), unit="part", leave=False):
            pass  # each is made of what is kept when someone prepares
        used = {file for each in PARTS for file in each.files()}
        forget_old(writable(), used, tuple(f".{kind}" for kind in (NUMBERS, VECTORS)))


def compiled_code(function: Callable[..., Any], kind: str = NUMBERS) -> Path:
    """The file for what numba makes of a function, by these versions, for this processor."""
    return writable() / f"{_made_of(function)}.{kind}"


@cache
def _made_of(function: Callable[..., Any]) -> str:
    """A hash of all that the compiled function is made of: what it calls in other files, too."""
    name = f"{function.__module__}.{function.__qualname__}"
    parts = [name, *_how(), processor(), _features(), *sorted(ingredients(function))]
    return sha256("\n".join(parts).encode()).hexdigest()[:24]


@cache
def _how() -> list[str]:
    """How functions are compiled and kept, by which versions, and what numba was told to do otherwise."""
    import llvmlite

    files = [Path(file) for file in (__file__, linking.__file__, signatures.__file__, ".numba_config.yaml")]
    versions = (sys.version, sys.platform, version("numba"), llvmlite.__version__, np.__version__)
    told = [
        f"{name}={os.environ[name]}" for name in sorted(os.environ) if name.startswith("NUMBA_") and name not in USELESS
    ]
    return [*(sha256(file.read_bytes()).hexdigest() for file in files if file.is_file()), *versions, *told]


def _features() -> str:
    """What the processor can do beside what its name says."""
    from llvmlite import binding

    return os.environ.get("NUMBA_CPU_FEATURES") or str(binding.get_host_cpu_features().flatten())


def processor() -> str:
    """What numba calls the processor that it compiles for."""
    from llvmlite import binding

    return os.environ.get("NUMBA_CPU_NAME") or str(binding.get_host_cpu_name())


def _made(function: Callable[..., Any], kind: str, make: Callable[[Any, Callable[..., Any]], Any]) -> Any:
    """What ``make`` compiles of a function, or what is kept of it, ready to be called."""
    with interrupts_wait():
        file = compiled_code(function, kind)
        kept = found(file)
        if kept is None:
            kept = kept_of(make(numba_alone(), function))
            with suppress(OSError):  # a disk that is full costs time alone
                kept.write(file)
        return linked(kept, function)


def _for_numbers(numba: Any, function: Callable[..., Any]) -> Any:
    return numba.njit([signature(function)], **BARE)(function)


def _for_vectors(numba: Any, equation: Equation) -> Any:
    numbers = signature(equation.function)
    names = [f"values{i}" for i in range(len(numbers))]
    loop = (
        f"def of_vectors(found, {', '.join(names)}):\n"
        "    for i in range(found.size):\n"
        f"        found[i] = equation({', '.join(f'{name}[i]' for name in names)})"
    )
    known: dict[str, Any] = {"equation": equation, "__name__": equation.function.__module__}
    exec(loop, known)
    result = numba.boolean if equation.gives is bool else numba.float64
    given = [numba.types.Array(number, 1, "C", readonly=True) for number in numbers]
    return numba.njit([numba.void(result[::1], *given)], **BARE)(known["of_vectors"])
