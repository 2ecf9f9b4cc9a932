"""Published fits of laws, and numbers of theories: read once by themselves, so that a mistake in one is told by where
it stands."""

from dataclasses import MISSING, fields
from functools import cache
from typing import Any

from sim.errors import InputError, unknown
from sim.mechanisms.scaling import LAWS, Law
from sim.mechanisms.scaling.sound import complete, sound
from sim.quantity import Spec
from sim.scenario.data import LAWS_FILE, laws
from sim.scenario.reading import Reader
from sim.scenario.tree import Tree

FORM = "form"
TOLD = (  # what people are told of a benchmark: the table, and what is wrong without
    ("labels", "a benchmark has no label", "what people call it"),
    ("errors", "nothing says what the error of a benchmark is", "what it is, in words"),
)


def law_of(benchmark: str, profile: str) -> type[Law]:
    """The law that a published fit is of. Raises InputError."""
    fit = laws()["benchmarks"][benchmark][profile]
    where: dict[str, Any] = {"file": LAWS_FILE, "key": _path(benchmark, profile)}
    for table, problem, allowed in TOLD:
        if not isinstance(laws()[table].get(benchmark), str):
            fix, where["key"] = f'add {benchmark} = "..." below [{table}]', f"{table}.{benchmark}"
            raise InputError(problem, allowed=allowed, fix=fix, **where)
    if not isinstance(fit, dict):
        fix = f"write [{where['key']}] with {FORM} and numbers below"
        raise InputError("a published fit is a table", found=fit, allowed="a table", fix=fix, **where)
    form = fit.get(FORM, "")
    if not isinstance(form, str) or form not in LAWS:
        where["key"] += f".{FORM}"
        raise unknown("form of a law", form, LAWS, otherwise="use one of these, or write its class first", **where)
    law: type[Law] = LAWS[form]
    complete(law)
    return law


@cache
def published_law(benchmark: str, profile: str) -> Law:
    """A law with the numbers of a published fit. Raises InputError, which names the file of fits, or BrokenCode."""
    path, cls = _path(benchmark, profile), law_of(benchmark, profile)
    numbers = {key: entry for key, entry in laws()["benchmarks"][benchmark][profile].items() if key != FORM}
    law: Law = read_here(cls, numbers, path)
    if law.best_error > law.worst_error:
        found, fix = f"{law.best_error:g} to {law.worst_error:g}", "let best_error be the smaller"
        raise InputError("the law's range is upside down", file=LAWS_FILE, key=f"{path}.best_error", found=found,
                         allowed="best to worst", fix=fix)  # fmt: skip
    sound(law)
    return law


def read_here(cls: type[Any], numbers: dict[str, Any], path: str) -> Any:
    """A part of a scenario from a table of the file of fits. Raises InputError, which tells of all that is wrong."""
    offered = {entry.name: entry.metadata["spec"] for entry in fields(cls)}
    lacking = [entry.name for entry in fields(cls) if entry.default is MISSING and entry.name not in numbers]
    if lacking:
        spec: Spec = offered[lacking[0]]
        entry = f'{lacking[0]} = {{ value = ..., unit = "{spec.unit}", source = "..." }}'
        more = f", and {', '.join(lacking[1:])}" if lacking[1:] else ""
        problem, fix = "a number of a law is missing", f"add {entry} (it means: {spec.doc}){more}"
        raise InputError(problem, file=LAWS_FILE, key=f"{path}.{lacking[0]}", allowed=spec.allowed, fix=fix)
    reader = Reader(Tree(LAWS_FILE, LAWS_FILE.stem, sources=laws()["sources"]))
    found = reader.part(cls, numbers, path, stranger=lambda key, _: unknown("number of a law", key, offered))
    reader.finish()
    return found


def _path(benchmark: str, profile: str) -> str:
    return f"benchmarks.{benchmark}.{profile}"
