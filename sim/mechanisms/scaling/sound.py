"""Whether a law keeps what all laws promise: asked once, where one is made, of a few errors."""

import sys
from collections.abc import Callable
from dataclasses import fields
from functools import lru_cache
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.errors import BrokenCode
from sim.mathematics import log
from sim.mechanisms.scaling.base import Law
from sim.owncode import own_answer, place_of

PARTS = (0.1, 0.3, 0.5, 0.7, 0.9)  # of the way from the lowest error to the highest
CLOSE = 1e-6  # of the highest error: how far an error may come back from where it was
STEP = 1e-4  # of ln compute, over which a slope is taken
ALIKE = 0.05  # how far an elasticity may be from that slope, relatively
STATED = ("form", "formula")


def complete(cls: type[Law]) -> None:
    """Raises BrokenCode for a class of laws from which no law can be made."""
    lacking = sorted(cls.__abstractmethods__)
    if lacking:
        fix = f"write def {lacking[0]}(self, ...) as in sim/mechanisms/scaling/polynomial.py"
        raise _wrong(cls, f"has no {' and no '.join(lacking)}", cls.__name__, "all functions of a law", fix)
    unsaid = [name for name in STATED if not isinstance(getattr(cls, name, None), str)]
    if unsaid:
        fix = f'write {unsaid[0]} = "..." in the class'
        raise _wrong(cls, f"does not state its {unsaid[0]}", cls.__name__, "a text", fix)
    for entry in fields(cls):
        if "spec" not in entry.metadata:
            fix = f'write {entry.name}: float = quantity("1", "what it is", low=..., high=...)'
            raise _wrong(cls, f"has a number without unit and range: {entry.name}", entry.name, "a quantity", fix)


@lru_cache(maxsize=256)
def sound(law: Law) -> None:
    """Raises BrokenCode, which names the line, where its functions give no numbers, errors rise with compute, or they
    do not belong together."""
    if not law.lowest < law.highest:  # numbers of a scenario that no world has, which is told elsewhere
        return
    errors = law.lowest + np.array(PARTS) * (law.highest - law.lowest)
    ln_compute = _given(law, law.ln_compute_for, errors)
    if not (np.diff(ln_compute) < 0.0).all():
        found, allowed = _pairs(errors, ln_compute, "ln FLOP"), "more compute for each smaller error"
        raise _wrong(law.ln_compute_for, f"of {_named(law)} gives errors that do not fall with compute", found, allowed,
                     "let it rise as the error falls")  # fmt: skip
    back = _given(law, law.error_at, ln_compute)
    if not (np.abs(back - errors) <= CLOSE * law.highest).all():
        found, allowed = _pairs(errors, back, "back"), "error_at(ln_compute_for(e)) == e"
        raise _wrong(law.error_at, f"of {_named(law)} is not the inverse of ln_compute_for", found, allowed,
                     "solve one of them for the other again; compute is in FLOP, its logarithm natural")  # fmt: skip
    untrained = _given(law, law.error_at, np.array([-np.inf, ln_compute[-1]]))[0]
    if abs(untrained - law.highest) > CLOSE * law.highest:
        allowed, fix = f"highest, {law.highest:g}", "cut what it gives off at highest, e.g. with np.minimum"
        raise _wrong(law.error_at, f"of {_named(law)} gives a run without compute another error than the highest",
                     float(untrained), allowed, fix)  # fmt: skip
    elasticity = _given(law, law.elasticity_at, errors)
    around = [log(_given(law, law.error_at, ln_compute + step)) for step in (STEP, -STEP)]
    slope = (around[1] - around[0]) / (2.0 * STEP)
    if not np.allclose(elasticity, slope, rtol=ALIKE, atol=0.0):
        found, allowed = _pairs(slope, elasticity, "given"), "-d ln error / d ln compute, the slope of error_at"
        raise _wrong(law.elasticity_at, f"of {_named(law)} is not the slope of error_at", found, allowed,
                     "derive it again; both logarithms are natural")  # fmt: skip


def _given(law: Law, function: Callable[[Array], Any], asked: Array) -> Array:
    """What a function of a law gives for several numbers, and for one alone, as it is asked too."""
    alone, found = (own_answer(function, one) for one in (np.asarray(asked[-1]), asked))
    for one, like in ((alone, asked[-1]), (found, asked)):
        problem = f"of {_named(law)} gives no number for each that it is asked for"
        allowed, fix = f"an array of shape {np.shape(like)}, as it was given", "return one number for each"
        if one is None:
            raise _wrong(function, problem, "nothing", allowed, "return what it works out")
        if np.shape(one) != np.shape(like) or np.asarray(one).dtype.kind not in "fiu":
            raise _wrong(function, problem, f"shape {np.shape(one)}", allowed, fix)
        if not np.isfinite(one).all():
            raise _wrong(function, problem, np.asarray(one).ravel().tolist(), "finite numbers", "mend that function")
    return np.asarray(found, dtype=float)


def _named(law: Law) -> str:
    return f"the law '{law.form}'"


def _pairs(first: Array, second: Array, what: str) -> str:
    return "; ".join(f"{one:.4g}: {other:.4g}" for one, other in zip(first, second, strict=True)) + f" ({what})"


def _wrong(of: Callable[..., Any], problem: str, found: Any, allowed: str, fix: str) -> BrokenCode:
    """The error for a law's class, or one of its functions."""
    if isinstance(of, type):
        where = getattr(sys.modules.get(of.__module__), "__file__", None)
        problem, name = f"the law of the class {of.__name__} {problem}", f"class {of.__name__}"
        return BrokenCode(problem, file=where, key=name, found=found, allowed=allowed, fix=fix)
    place = place_of(of)
    file, key = (place.file, place.key) if place else (None, None)
    return BrokenCode(f"{of.__name__} {problem}", file=file, key=key, found=found, allowed=allowed, fix=fix)
