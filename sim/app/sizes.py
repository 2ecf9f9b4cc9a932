"""A change as the page writes it: its size and its range with their signs, rounded as sentences round. No browser."""

from math import isfinite

from sim.app.looks import raised
from sim.report.certainty import amount, sized
from sim.report.words import MINUS, POINTS, rough
from sim.results.statistics import Effect


def size_text(change: Effect, unit: str) -> str:
    """The size and the range that words speak of: −71 % (−80 to −30 %), 29-fold (18-fold to 730-fold), +$30 B (+$1 B to
    +$90 B). Without the range where there is none, or where it says no more."""
    size, span = change.luck.on(relative=change.in_percent), span_text(change, unit)
    relative = change.in_percent
    if not span:
        text = rough(size.middle) if relative else amount(size.middle, unit)
        return raised(_signed(text, size.middle))
    text = _signed(sized(change, size, unit)[0], size.middle)
    return raised(text if span in (text, f"{text} to {text}") else f"{text} ({span})")


def span_text(change: Effect, unit: str) -> str:
    """The range that words speak of, with its signs, from the lower end to the higher: −80 to −30 %; empty where there
    is none. In sentences, which have no signs, the nearer end comes first."""
    told = change.told.on(relative=change.in_percent)
    if not isfinite(told.low):
        return ""
    ends = sized(change, change.luck.on(relative=change.in_percent), unit)[1].split(" to ")
    if not told.low < 0 < told.high:
        ends = [_signed(text, told.low + told.high) for text in ends]
    shared = next((behind for behind in (" %", POINTS) if ends[1].endswith(behind)), "")
    near, far = (text.removesuffix(shared) for text in ends)
    if near == far:
        return raised(f"{far}{shared}")
    least, most = (far, near) if told.high <= 0 and far.startswith(MINUS) else (near, far)
    return raised(f"{least} to {most}{shared}")


def _signed(text: str, way: float) -> str:
    """With its sign; factors have none."""
    if text.endswith("-fold") or text in ("0", "0 %") or text.startswith(("+", MINUS)):
        return text
    return f"{MINUS if way < 0 else '+'}{text}"
