"""Notes on numbers that are left as they are, though others that move tell the same fact."""

from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase

from sim.plurals import counted
from sim.scenario import Scenario, drawing
from sim.scenario.build import of_world


def left_out(scenario: Scenario, moved: Collection[str], patterns: Sequence[str]) -> list[str]:
    """A note where ``patterns`` move a part of the numbers that tell a fact, with the patterns that move the rest."""
    rest, more = dict[str, int](), dict[str, None]()
    for paths in drawing.facts(drawing.uncertain(scenario)):
        leader = next((path for path in paths if path in moved), None)
        for path in (path for path in paths if leader is not None and path not in moved):
            assert leader is not None
            table, other = path.rpartition(".")[0], leader.rpartition(".")[0]
            rest[table] = rest.get(table, 0) + 1
            alike = (one.replace(other, table) for one in patterns if fnmatchcase(leader, one))
            more[next((one for one in alike if one not in patterns and fnmatchcase(path, one)), path)] = None
    if not rest:
        return []
    said = ", ".join(f"{counted(number, 'number')} of {table}" for table, number in rest.items())
    also = " and ".join(f"'{pattern}'" for pattern in more)
    return [f"Note: left as they are, though they tell facts that move: {said}. To move them too, vary {also} as well."]


def varied_alone(scenario: Scenario, paths: Collection[str]) -> list[str]:
    """A note for each number that is varied while others that tell the same fact stay."""
    numbers = {number.path: number for number in scenario.quantities if of_world(number)}
    return [
        f"Note: {path} is varied alone, without {', '.join(others)} of the same fact."
        for group in drawing.facts(numbers) for path in group
        if path in paths and (others := [one for one in group if one not in paths])
    ]  # fmt: skip
