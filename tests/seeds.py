"""What is compiled already, given to a copy of the simulator: found there for each function made of the same."""

from pathlib import Path
from shutil import copytree
from types import FunctionType

from numba.core.caching import _CacheLocator

from sim.compiled import PARTS, compiled_code, prepare
from tests.worlds import ROOT


def seed(copy: Path) -> None:
    """Keep for the simulator in a directory what is compiled of ours. A function that is another there has another
    name, and is compiled."""
    prepare()
    for part in PARTS:
        own = part.function
        file = Path(own.__code__.co_filename)
        there = copy / file.relative_to(ROOT)
        code = own.__code__.replace(co_filename=str(there))
        twin = FunctionType(code, own.__globals__, own.__name__, own.__defaults__)
        twin.__annotations__, twin.__qualname__ = own.__annotations__, own.__qualname__
        ours, theirs = compiled_code(own), compiled_code(twin)
        if theirs.exists():
            continue
        copytree(ours, theirs)
        named = _CacheLocator.get_suitable_cache_subpath
        (theirs / named(str(file))).rename(theirs / named(str(there)))
