"""Ids of measures that there are several of: one for each kind of actor, limit, region or thing."""

from collections.abc import Iterable

from sim.actors import Kind

GROUPS = {"corporation": "corporations", "startup": "startups", "academia": "academic labs"}  # what they are called
KINDS = ("corporation", "startup", "academic_lab")  # that are these groups; others are called by their ids


def called(kinds: Iterable[Kind]) -> dict[str, str]:
    """What readers call kinds, by id: other academic labs, where some of the labs are a kind of their own."""
    every = list(kinds)
    apart = {kind.rule for kind in every if kind.id != kind.rule}
    return {kind.id: _among(kind.label, kind.id in apart) or kind.id for kind in every}


def _among(label: str, some_apart: bool) -> str:
    return f"Other {label.lower()}" if some_apart and label.lower() in GROUPS.values() else label


def within(label: str) -> str:
    """The label of a kind within a sentence: of those that measures know without a capital, of others as it is written,
    since it may be a name."""
    return label.lower() if label.lower().removeprefix("other ") in GROUPS.values() else label


def share_of(group: str) -> str:
    """Id of a group's share of training compute: of corporation, startup, academia, or an added kind."""
    return f"compute_share_{group}"


def training_of(group: str) -> str:
    """Id of a group's training compute."""
    return f"training_compute_{group}"


def best_of(group: str) -> str:
    """Id of a group's best error."""
    return f"error_best_{group}"


def could_pay(what: str, group: str) -> str:
    """Id of how many of a group could pay a run: of the ``frontier``, or the next ``halving``."""
    return f"could_pay_{what}_{group}"


def year_of_error(percent: int) -> str:
    """Id of the year in which an error is reached."""
    return f"year_error_{percent}"


def bound_by(limit: str) -> str:
    """Id of the share of spending that a limit holds back: means, carbon, ramp, ceiling or power."""
    return f"spend_bound_by_{limit}"


def emissions_of(group: str) -> str:
    """Id of a group's emissions."""
    return f"emissions_{group}"


def emissions_in(region: str) -> str:
    """Id of the emissions in a region."""
    return emissions_of(f"region_{region}")


def group_of(kind: str) -> str:
    """What stands in ids of measures for a kind that a scenario adds, as corporation, startup and academia do."""
    return f"kind_{kind}"


def runs_above(threshold: str, group: str = "") -> str:
    """Id of how many runs of a group, of all without one, are above a threshold of the yardsticks."""
    return f"runs_above_{threshold}{group and f'_{group}'}"


def known_runs(group: str = "") -> str:
    """Id of how many runs of a group, of all without one, became known."""
    return f"runs_known{group and f'_{group}'}"


def gini_of(thing: str) -> str:
    """Id of the Gini index of a thing."""
    return f"{thing}_gini"
