"""How a comparison is asked: each answer is found once, scenarios are named or numbered, and an error says what there
is."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import update_wrapper
from operator import index
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from sim.arguments import named
from sim.errors import InputError, nearest

Asked = ParamSpec("Asked")
Result = TypeVar("Result")


class Compares(Protocol):
    """What names scenarios."""

    @property
    def scenarios(self) -> Sequence[Any]: ...


Held = TypeVar("Held")
Own = TypeVar("Own", bound=Compares)


def once(method: Callable[Concatenate[Held, Asked], Result]) -> Callable[Concatenate[Held, Asked], Result]:
    """Keep what a method finds in its object, by what it is asked (places and words)."""

    def kept(self: Held, /, *asked: Asked.args, **named: Asked.kwargs) -> Result:
        held = vars(self).setdefault(f"{method.__name__} found", {})
        by = asked, tuple(sorted(named.items()))
        if by not in held:
            held[by] = method(self, *asked, **named)
        found: Result = held[by]
        return found

    return update_wrapper(kept, method)


def by_name(
    method: Callable[Concatenate[Own, int, Asked], Result],
) -> Callable[Concatenate[Own, int | str, Asked], Result]:
    """Have a method of a comparison take a scenario by its name, or by its number: 0 for the first. Raises
    InputError for one that is not compared."""
    return _asked(method, number)


def other_by_name(
    method: Callable[Concatenate[Own, int, Asked], Result],
) -> Callable[Concatenate[Own, int | str, Asked], Result]:
    """The same of a method that says what a scenario changes. Raises InputError for the first too, the baseline: of one
    file at several settings it has the file's name."""
    return _asked(method, other_number)


def _asked(
    method: Callable[Concatenate[Own, int, Asked], Result], place: Callable[[list[str], Any], int]
) -> Callable[Concatenate[Own, int | str, Asked], Result]:
    def asked(self: Own, scenario: int | str, *others: Asked.args, **more: Asked.kwargs) -> Result:
        with named():
            return method(self, place([one.name for one in self.scenarios], scenario), *others, **more)

    return cast(Callable[Concatenate[Own, int | str, Asked], Result], update_wrapper(asked, method))


def other_number(names: list[str], scenario: Any) -> int:
    """The place of a scenario that is compared with the first of these names. Raises InputError."""
    if place := number(names, scenario):
        return place
    problem = "this is the baseline, with which the others are compared"
    fix = "give one of the others; of the baseline there are values(...) and paths(...)"
    raise InputError(problem, key="scenario=", found=scenario, allowed=listed(names), fix=fix)


def listed(names: list[str]) -> str:
    """The scenarios that are compared with the first, by number and name."""
    return ", ".join(f"{i} or '{name}'" for i, name in enumerate(names) if i)


def number(names: list[str], scenario: Any) -> int:
    """The place of a scenario among those of these names. Raises InputError."""
    if isinstance(scenario, str) and scenario in names:
        return names.index(scenario)
    with suppress(TypeError):
        if not isinstance(scenario, bool) and 0 <= (place := index(scenario)) < len(names):
            return place
    near = nearest(scenario, names) if isinstance(scenario, str) else ""
    fix = f"did you mean '{near}'?" if near else "give its name, or its number"
    allowed = ", ".join(f"{i} or '{name}'" for i, name in enumerate(names))
    raise InputError("this scenario was not compared", key="scenario=", found=scenario, allowed=allowed, fix=fix)
