"""Colours of figures, and whose colours a kind of actor has."""

from typing import NamedTuple

from sim.actors import Kind

INK, SECONDARY, TERTIARY, GRID, LINE = "#1B2129", "#4A5360", "#66707D", "#E9ECF0", "#B5BCC6"
BROWN = "#857667"


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
