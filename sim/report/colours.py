"""Colours of figures, and whose colours a kind of actor has."""

from typing import NamedTuple

from sim.actors import Kind

INK, SECONDARY, TERTIARY, GRID, LINE = "#1B2129", "#4A5360", "#66707D", "#E9ECF0", "#B5BCC6"
BROWN = "#857667"
BETTER = "#13693F"
POLICIES = ("#1B2129", "#CD3F7E", "#6D7B14", "#6C35B0", "#71340C")  # told apart by every eye, and none that of a kind


class Look(NamedTuple):
    """How a kind of actor is drawn: told apart by lightness and shape too."""

    hue: str
    text: str
    marker: str


LOOKS = {
    "corporation": Look("#23478F", "#23478F", "o"),
    "startup": Look("#BF6D00", "#A05C00", "D"),
    "academia": Look("#0E847E", "#0B7A74", "s"),
}
OTHER = Look(SECONDARY, SECONDARY, "^")


def look_of(kind: Kind) -> str:
    """The name of a kind's look: its rule's, or academia's for all that are of academia. Rules of other kinds that are
    added have none in LOOKS, and are drawn as OTHER."""
    return "academia" if kind.sector == "academia" else kind.rule
