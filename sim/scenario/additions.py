"""Kinds and regions that a scenario adds to those of the file it extends, and a note where they come on top."""

from collections.abc import Iterator

from sim.plurals import counted
from sim.scenario.scenario import Scenario


def added(scenario: Scenario, group: str) -> list[str]:
    """Kinds or regions that come from another file than the first of them does."""
    origin = scenario.tree.origin
    ids = scenario.kind_ids if group == "kind" else scenario.region_ids
    return [id for id in ids if origin.get(f"{group}.{id}") != origin.get(f"{group}.{ids[0]}")]


def kinds_that_come_on_top(scenario: Scenario) -> Iterator[str]:
    """A new kind beside others of its rule that nobody made fewer: 12 labs of a country on top of the world's 400."""
    origin, new = scenario.tree.origin, added(scenario, "kind")
    written = list(origin)  # in the order of writing
    for rule in dict.fromkeys(type(kind) for kind in scenario.kinds if kind.id in new):
        ours = [kind for kind in scenario.kinds if type(kind) is rule]
        more, before = [kind for kind in ours if kind.id in new], [kind for kind in ours if kind.id not in new]
        last = max(written.index(f"kind.{kind.id}") for kind in more)
        as_they_were = all(
            written.index(f"kind.{kind.id}.count") < last
            and origin[f"kind.{kind.id}.count"] not in {origin[f"kind.{one.id}"] for one in more}
            for kind in before
        )
        if before and as_they_were:
            of, on_top = (", ".join(f"{kind.id} ({kind.count:,})" for kind in some) for some in (before, more))
            now = counted(sum(kind.count for kind in ours), "actor")
            yield (
                f"{on_top} {'comes' if len(more) == 1 else 'come'} on top of {of}: there are now {now} of "
                f"{rule.sector}. Where the new ones are some of those that were there, lower kind.{before[0].id}.count "
                "beside them."
            )
