"""A change as the page writes it: its size and its range with their signs, rounded as sentences round. No browser."""

from math import isfinite

from sim.app.looks import raised
from sim.report.certainty import amount, sized
from sim.report.words import MINUS, POINTS, rough
from sim.results.statistics import Effect


def size_text(change: Effect, unit: str) -> str:
    """The size and the range that words speak of: −71 % (−30 to −80 %), 29-fold (18-fold to 730-fold), +$30 B (+$1 B to
    +$90 B). Without the range where there is none, or where it says no more."""
    size, span = change.luck(relative=change.is_relative), span_text(change, unit)
    relative = change.is_relative
    if not span:
        text = rough(size.middle) if relative else amount(size.middle, unit)
        return raised(_signed(text, size.middle))
    text = _signed(sized(change, size, unit)[0], size.middle)
    return raised(text if span in (text, f"{text} to {text}") else f"{text} ({span})")


def span_text(change: Effect, unit: str) -> str:
    """The range that words speak of, with its signs: −30 to −80 %; empty where there is none."""
    told = change.told(relative=change.is_relative)
    if not isfinite(told.low):
        return ""
    near, far = sized(change, change.luck(relative=change.is_relative), unit)[1].split(" to ")
    if not told.low < 0 < told.high:
        near, far = (_signed(text, told.low + told.high) for text in (near, far))
    if near in (far, far.removesuffix(" %")):
        return raised(far)
    return raised(f"{near.removesuffix(POINTS) if far.endswith(POINTS) else near} to {far}")


def _signed(text: str, way: float) -> str:
    """With its sign; factors have none."""
    if text.endswith("-fold") or text in ("0", "0 %") or text.startswith(("+", MINUS)):
        return text
    return f"{MINUS if way < 0 else '+'}{text}"
