"""Compiled code that is kept, and how a process takes it up without the compiler.

The compiler keeps what it made as well. To find it again it imports itself, and reads of each function all that another
could be compiled with: a second and a half for a model, where linking what the processor reads takes a tenth.

What is kept of a function is its object code, and the names in it of two things. Its *entry* is what Python calls: it
unpacks values and calls the rest (numba/core/callwrapper.py). Its *environment* is a place for the address of what the
entry finds on Python's side (numba/core/lowering.py). To take it up is to

1. tell LLVM's linker what such code calls, once for a process: functions of three modules of numba that are written in
   C, by the names that it has for them (numba/core/base.py, numba/core/runtime/nrt.py);
2. link it, with an engine of its own, so that names of other functions do not matter (numba/core/codegen.py);
3. put an environment in its place, and make a function of the entry (numba/core/cpu.py, ``get_executable``).

The function holds its environment and its engine, so both live as long as it does. So it is in numba 0.62 and 0.68,
which were tried.
"""

import ctypes
import pickle
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, ModuleSpec
from importlib.util import find_spec, module_from_spec
from os import replace, unlink
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, NamedTuple

from sim.caches import NEW


class KeptCode(NamedTuple):
    """A compiled function, as it is kept."""

    entry: str  # what the code calls the part that takes Python's values
    environment: str  # what it calls the place where it finds what is Python's
    consts: list[Any]  # what it finds there: types of arrays that it returns
    code: bytes  # for one processor, ready to be linked

    def write(self, file: Path) -> None:
        """Keep it in a file, which is whole whenever it is there."""
        whole = pickle.dumps(tuple(self))
        with NamedTemporaryFile(dir=file.parent, prefix=".", suffix=NEW, delete=False) as other:
            try:
                other.write(sha256(whole).digest() + whole)
                other.close()
                replace(other.name, file)
            except OSError:
                with suppress(OSError):
                    unlink(other.name)
                raise


def kept_of(compiled: Any) -> KeptCode:
    """What there is to keep of a function that numba compiled for one kind of values."""
    (version,) = compiled.overloads.values()
    (_, _, (code, _)), named, environment, *_ = version._reduce()  # as numba's own cache would have it
    place = version.target_context.get_env_name(named)
    return KeptCode(named.llvm_cpython_wrapper_name, place, environment.consts, code)


def found(file: Path) -> KeptCode | None:
    """What a file keeps, which is used now; None where there is none or where it is damaged."""
    try:
        held = file.read_bytes()
    except OSError:
        return None
    digest, whole = held[:32], held[32:]
    if sha256(whole).digest() != digest:
        return None
    with suppress(OSError):
        file.touch()
    return KeptCode(*pickle.loads(whole))


def linked(kept: KeptCode, function: Callable[..., Any]) -> Callable[..., Any]:
    """What is kept of a function, to be called. It takes what it is given for what it was compiled for, or memory is
    misread."""
    dynamic = _runtime()
    engine = _engine(kept.code)
    environment = dynamic.Environment({})
    environment.consts.extend(kept.consts)
    place = ctypes.c_void_p.from_address(engine.get_global_value_address(kept.environment))
    place.value = id(environment)
    module, name, entry = sys.modules[function.__module__], function.__name__, engine.get_function_address(kept.entry)
    made: Callable[..., Any] = dynamic.make_function(module, name, name, entry, environment, (engine,))
    return made


def _engine(code: bytes) -> Any:
    """Object code in this process, ready to run."""
    from llvmlite import binding

    target = binding.Target.from_triple(binding.get_process_triple())
    engine = binding.create_mcjit_compiler(binding.parse_assembly(""), target.create_target_machine())
    engine.add_object_file(binding.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return engine


@cache
def _runtime() -> Any:
    """What compiled code calls, known to the linker, and the module that makes functions of it. numba gives what its
    modules export a prefix, but what the third has named in full."""
    from llvmlite import binding

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    dynamic, helpers, memory = map(_extension, ("_dynfunc", "_helperlib", "core.runtime._nrt_python"))
    for prefix, module in (("numba_", dynamic), ("numba_", helpers), ("NRT_", memory)):
        for name, address in module.c_helpers.items():
            binding.add_symbol(name if name.startswith("_") and module is memory else prefix + name, address)
    return dynamic


def _extension(name: str) -> Any:
    """A part of numba that is written in C, without importing the rest."""
    full, spec = f"numba.{name}", find_spec("numba")
    if "numba" in sys.modules or not spec or not spec.origin:
        return import_module(full)
    files = (Path(spec.origin).parent / (name.replace(".", "/") + suffix) for suffix in EXTENSION_SUFFIXES)
    loader = ExtensionFileLoader(full, next(str(file) for file in files if file.exists()))
    module = module_from_spec(ModuleSpec(full, loader, origin=loader.path))
    loader.exec_module(module)
    return module
