"""Work that goes to other processes, with the hashes of the code that asks for it: none of other code does it."""

import pickle
from collections.abc import Callable
from platform import node
from typing import Any, NamedTuple

from sim.codehash import code_hash
from sim.errors import InputError
from sim.owncode import OwnCode, import_again, own_code, simulating_otherwise

SAME_CODE = "give every worker the same code, and start them again"


class Stamp(NamedTuple):
    """Hashes of code: of the package, and of what is one's own."""

    code: str
    own: OwnCode


def stamp() -> Stamp:
    """That of this process. Files are read once."""
    return Stamp(code_hash(), own_code())


def refuse_other_code(asking: Stamp) -> None:
    """In a worker: raises InputError where its code is not that of who asks, or its code of one's own has changed."""
    import_again(asking.own)
    here, there = (f"code {code[:12]}" for code in (code_hash(), asking.code))
    problem = f"a worker on {node() or 'a machine without a name'} has other code"
    if here != there:
        raise InputError(problem, found=here, allowed=there, fix=SAME_CODE)
    for name in simulating_otherwise(asking.own):
        here, there = (f"{name} {own[name]['sha256'][:12]}" for own in (own_code(), asking.own))
        raise InputError(problem, found=here, allowed=there, fix=SAME_CODE)


def stamped(work: Callable[[int], Any]) -> bytes:
    """Work as bytes, behind a stamp that can be read without it."""
    return pickle.dumps((stamp(), pickle.dumps(work)))


def opened(content: bytes) -> Any:
    """In a worker: the work. Raises InputError where its code is not that of who asks."""
    asking, work = pickle.loads(content)
    refuse_other_code(asking)  # before what other code may not even know
    found = pickle.loads(work)
    refuse_other_code(asking)  # now that what is one's own is imported
    return found


def packed(work: Callable[[int], Any]) -> bytes:
    """``stamped``. Raises InputError for what no other process can know."""
    try:
        return stamped(work)
    except (pickle.PicklingError, AttributeError, TypeError) as error:  # a class of a function, or declared anew
        raise _unknown(error) from None


def unpacked(content: bytes) -> Any:
    """``opened``. Raises InputError also where this process does not know what the work is made of."""
    try:
        return opened(content)
    except InputError:
        raise
    except Exception as error:
        raise _unknown(error) from None


def _unknown(error: Exception) -> InputError:
    """The error for work that cannot be sent to a worker that was not forked: it has imported nothing but files."""
    problem, allowed = "worker processes do not know this", "policies, kinds and measures of files that are imported"
    fix = "declare it in a file that every process imports, and load the scenario again; or simulate with workers=1"
    return InputError(problem, found=str(error), allowed=allowed, fix=f"{fix} and no executor")
