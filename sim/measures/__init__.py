"""Measures: one declared function each. Dropping a file into this folder registers the measures it declares."""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from sim.economy.observe import Period
from sim.errors import InputError, nearest, or_own, unknown
from sim.measures.access import DIVIDE, FRONTIER_ERROR
from sim.measures.base import DECLARED, Measure
from sim.measures.carbon import EMISSIONS, in_region
from sim.measures.kinds import of_kind
from sim.measures.search import named_by
from sim.pasting import pasted
from sim.policies import Policy
from sim.registry import present

NEARLY = 0.85  # of one: how like a name is that is only misspelt
MOST_MEANT = 3  # measures that a message names
Names = tuple[str, ...]
Known = Mapping[str, Measure]  # measures by id


def registry(regions: Names = (), kinds: Names = (), region_names: Names = (), kind_names: Names = ()) -> Known:
    """Every measure by its id, in the order in which a reader meets them, whatever was imported first; to be read
    alone.

    For each region of a scenario there is one more, and for each kind of actor that the measures do not know by name
    a few more. They are called by the names that are given, or else by the ids. Raises InputError for one that names
    no other in ``unless_worse``.
    """
    present(__name__, __path__)
    return _registered(regions, kinds, region_names or regions, kind_names or kinds, len(DECLARED))


@cache
def _registered(regions: Names, kinds: Names, region_names: Names, kind_names: Names, _declared: int) -> Known:
    latest = {measure.id: measure for measure in DECLARED}  # one may be declared anew
    for measure in latest.values():
        if measure.unless_worse and measure.unless_worse not in latest:
            key = f"unless_worse of measure '{measure.id}'"
            raise unknown("measure", measure.unless_worse, latest, key=key)
    found = sorted(latest.values(), key=lambda measure: (measure.order, measure.home))
    found += [in_region(i, id, name) for i, (id, name) in enumerate(zip(regions, region_names, strict=True))]
    found += [measure for id, name in zip(kinds, kind_names, strict=True) for measure in of_kind(id, name)]
    return MappingProxyType({measure.id: measure for measure in found})


def chosen(ids: Iterable[str], *of: Names) -> dict[str, Measure]:
    """The measures of these ids, in this order: those of what was, or is to be, simulated, whatever was declared since;
    ``of`` goes to ``registry``. Raises InputError for one that is not declared in this process."""
    known, ids = registry(*of), tuple(ids)
    for id in ids:
        if id not in known:
            problem = f"the measure '{id}' is not declared in this process"
            allowed = "measures that are declared wherever they are simulated or looked at"
            fix = "declare it in a file that every process imports, or simulate with workers=1"
            raise InputError(problem, key="measure", found=id, allowed=allowed, fix=fix)
    return {id: known[id] for id in ids}


def headline(known: Known | None = None) -> list[str]:
    """Ids of the measures that stand in the short table of a run, of those known (None: all)."""
    return [id for id, measure in (registry() if known is None else known).items() if measure.headline]


def told(where: str, known: Known | None = None) -> dict[str, Measure]:
    """Measures that have a place there (a field of ``Told``), of those known (None: all), by id and in the order of the
    places."""
    every = registry() if known is None else known
    found = [measure for measure in every.values() if getattr(measure.told, where)]
    return {measure.id: measure for measure in sorted(found, key=lambda measure: int(getattr(measure.told, where)))}


def require_known(ids: Iterable[str], known: Known, key: str = "--measure") -> None:
    """Raises InputError for an id that is not among the known measures, with the nearest of their ids and labels."""
    for id in ids:
        if id not in known and any(one.id == id for one in DECLARED):
            problem = f"the measure '{id}' was declared after this was simulated"
            allowed = "a measure that was simulated"
            raise InputError(problem, key=key, found=id, allowed=allowed, fix="simulate it again")
        if id not in known:
            names = " or ".join(f"'{one.id}' ({one.label})" for one in _meant(id, known)[:MOST_MEANT])
            guess = f"did you mean {names}? " if names else ""
            fix = f"{guess}`{pasted('measures')}` lists them all, with --scenario FILE those of its own kinds"
            allowed = "the id of a measure"
            raise or_own(InputError(f"unknown measure '{id}'", key=key, found=id, allowed=allowed, fix=fix))


def require_claimed(policies: Iterable[Policy], known: Known) -> None:
    """Raises InputError for a policy that claims to move what is not among the known measures."""
    for policy in {type(policy) for policy in policies}:
        key = f"{policy.__module__}.{policy.__name__}.claims"
        require_known((claim.measure for claim in policy.claims), known, key)


def by_name(name: str, known: Known, *, key: str) -> Measure:
    """The measure of an id, or of a name that stands for one alone: emissions, public outlay, public_outlay. Raises
    InputError."""
    if name not in known:
        said = name.replace("_", " ").casefold()
        found = [one for one in known.values() if said in (one.label.casefold(), one.title.casefold())]
        if len(found) == 1:
            return found[0]
        require_known([name], known, key=key)
    return known[name]


def _meant(text: str, known: Known) -> list[Measure]:
    """The measures that are meant, the likeliest first: the one whose id or names are spelled nearly so, or those that
    all its words are of, as `measures` finds them; else the one whose id or names come nearest, or a word of these."""
    names: dict[str, str] = {}
    words: dict[str, str] = {}
    for id, one in known.items():
        for name in (id, one.label, one.title, one.heading):
            names.setdefault(name.casefold(), id)
            for word in re.findall(r"[^\W_]{3,}", name.casefold()):
                words.setdefault(word, id)
    spelled = get_close_matches(text.casefold(), list(names), n=1, cutoff=NEARLY)
    if spelled:
        return [known[names[spelled[0]]]]
    found = named_by(re.findall(r"[^\W_]+", text), known.values())
    return found or [known[by[near]] for by in (names, words) if (near := nearest(text, by))][:1]


class Verdict(NamedTuple):
    """Whether a change of a measure is for the better."""

    word: str  # "better", "worse", or nothing where neither can be said
    but: str = ""  # what keeps it from being called better, as a clause: academia's share of training compute falls


def verdict(measure: Measure, change: Callable[[str], float]) -> Verdict:
    """Whether a change is one for the better. ``change`` gives the change of a measure by its id, in any unit: only
    its sign counts, and 0 or NaN is no change.

    A ratio that gets better while the measure it names in ``unless_worse`` gets worse is not called better.
    """
    moved = change(measure.id)
    if measure.better == "neither" or not (moved < 0 or moved > 0):
        return Verdict("")
    if (moved < 0) != (measure.better == "lower"):
        return Verdict("worse")
    other = registry().get(measure.unless_worse)
    if other is None or verdict(other, change).word != "worse":
        return Verdict("better")
    return Verdict("", f"{other.subject} {other.words.verbs[other.better == 'higher']}")


__all__ = [
    "DIVIDE",
    "EMISSIONS",
    "FRONTIER_ERROR",
    "Known",
    "Measure",
    "Period",
    "Verdict",
    "by_name",
    "chosen",
    "headline",
    "registry",
    "require_known",
    "told",
    "verdict",
]
