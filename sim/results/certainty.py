"""How sure an effect is: the one rule by which all words on effects go, in reports, on the page and in documents."""

from enum import Enum
from math import isnan

from sim.mathematics import exp, log
from sim.results.statistics import MANY, Effect, Middle

SMALL = 0.01  # relative change below which an effect counts as none
NEAR = 0.05  # and within which all of its ranges must lie
SMALL_POINTS, NEAR_POINTS = 0.001, 0.005  # the same of a share that has no relative change: a tenth and half of a point
HARDLY = 0.01  # one end of a range of amounts over the other, below which it counts as none
APART = 2  # times by which a size and the median over draws differ from which both are told
FARTHER = 0.4  # power of MANY draws over fewer with which the ends of their range count as farther out
NOTHING = 1e-4  # a relative change that prints as 0, and the ratio at which a fall ends on a logarithmic scale


class Sureness(Enum):
    """The classes, and what an effect of each is called; of SURE and MAY the words hold a verb instead."""

    SURE = "rises or falls"
    MAY = "may rise or fall"
    HARDLY = "hardly changes"
    UNCLEAR = "direction unclear"
    FEW = "too few replicates"


DIRECTED = (Sureness.SURE, Sureness.MAY)


class Against(Enum):
    """What makes a direction unclear although the range over draws goes one way, and what that is called."""

    SIZE = "drawn numbers go the other way"
    AROUND = "drawn numbers lie on both sides of nothing"  # near it, while the size does not
    LUCK = "luck alone goes both ways"


def sureness(change: Effect) -> Sureness:
    """The class of an effect, from its size and the range that words speak of: the first of these that is true.

    ========  ==========================================================================================================
    FEW       The pairs are too few for a range.
    HARDLY    The effect is exactly nothing; or it is small, and none of its ranges has an end that is not near nothing.
    UNCLEAR   The range goes both ways, or luck alone leaves doubt about the way in which it goes.
    SURE      The effect is not small, and all of its range lies clear of nothing.
    MAY       The rest: one way, but the effect is small, or its range begins near nothing or a little beyond it.
    ========  ==========================================================================================================

    Small is below SMALL, near is within NEAR, and clear is SMALL or more; of a share in percentage points small is
    below SMALL_POINTS and near within NEAR_POINTS, and of all amounts clear is on one side of nothing. No other amount
    is small. For HARDLY and SURE, each end of a range over n draws, fewer than MANY, counts as (MANY / n)^0.4 times as
    far out, so that few draws do not give firmer words than many. A mixture of theories has no interval of luck, which
    then leaves no doubt.
    """
    if change.few:
        return Sureness.FEW
    relative = change.is_relative
    told, luck = change.told.on(relative=relative), change.luck.on(relative=relative)
    counted = _counted(told, change.draws or MANY, relative=relative, in_points=change.in_points)
    by_luck = [one for one in luck if not isnan(one)]

    near_to = NEAR if relative else NEAR_POINTS
    is_small = counts_as_small(change)
    is_near = all(abs(end) < near_to for end in (*counted, *told[1:], *by_luck))
    nearest = min(_way(change) * end for end in counted)
    is_clear = nearest >= SMALL if relative else nearest > 0

    if change.is_nothing or (is_small and is_near):
        return Sureness.HARDLY
    if _goes_both_ways(change) or _luck_leaves_doubt(change):
        return Sureness.UNCLEAR
    return Sureness.SURE if is_clear and not is_small else Sureness.MAY


def against(change: Effect) -> Against | None:
    """What goes against the range of an effect whose direction is unclear, where that range does not go both ways."""
    if sureness(change) is not Sureness.UNCLEAR or _goes_both_ways(change):
        return None
    way, relative = _way(change), change.is_relative
    if way * change.luck.on(relative=relative).middle >= -_across(change):
        return Against.LUCK
    nearest = min(way * end for end in change.told.on(relative=relative)[1:])
    return Against.AROUND if nearest < 0 else Against.SIZE


def counts_as_small(change: Effect) -> bool:
    """Whether the size of an effect is, relative or in percentage points; no other amount is."""
    small_from = SMALL if change.is_relative else SMALL_POINTS
    small = abs(change.luck.on(relative=change.is_relative).middle) < small_from
    return (change.is_relative or change.in_points) and small


def _far(change: Effect) -> float:
    """The end of the range that words speak of that is farther from nothing."""
    relative = change.is_relative
    return max(change.told.on(relative=relative)[1:], key=lambda end: abs(log_ratio(end)) if relative else abs(end))


def _way(change: Effect) -> int:
    """The way in which that end lies."""
    return 1 if _far(change) > 0 else -1


def _least(change: Effect) -> float:
    return SMALL if change.is_relative else HARDLY * abs(_far(change))


def _across(change: Effect) -> float:
    """How far beyond nothing a range may reach that still goes one way."""
    return NOTHING if counts_as_small(change) else _least(change)


def _goes_both_ways(change: Effect) -> bool:
    """Whether the range that words speak of does."""
    way, ends = _way(change), change.told.on(relative=change.is_relative)[1:]
    return _far(change) == 0 or min(way * end for end in ends) < -_across(change)


def _luck_leaves_doubt(change: Effect) -> bool:
    """Whether luck with the numbers as they stand does about the way in which that range goes."""
    way, luck = _way(change), change.luck.on(relative=change.is_relative)
    lowest = min(way * one for one in luck if not isnan(one))
    return way * luck.middle < -_across(change) or lowest < -_least(change)


def apart(change: Effect, of: Middle, *, relative: bool) -> bool:
    """Whether a size says too little without the median over draws beside it: it lies outside the range over these
    draws, or one of the two is more than APART times the other, or leaves more than APART times as much: a fall by 97 %
    leaves a fourteenth of what one by 63 % does. What prints as 0 is as large as other such."""
    told = change.told.on(relative=relative)
    if outside(of.middle, told, NOTHING if relative else 0.0):
        return True
    return relative and abs(log_ratio(of.middle) - log_ratio(told.middle)) > log(APART)


def outside(size: float, told: Middle, nothing: float = 0.0) -> bool:
    """The same of a size and a median with its range; what is not above ``nothing`` counts as so much."""
    if size < told.low or size > told.high:
        return True
    least, most = sorted(max(abs(one), nothing) for one in (size, told.middle))
    return most > APART * least


def direction(change: Effect | None) -> int:
    """1 for a rise and −1 for a fall that words name, sure or possible; 0 where they name none."""
    if change is None or sureness(change) not in DIRECTED:
        return 0
    low, high = change.told.on(relative=change.is_relative)[1:]
    return 1 if low + high > 0 else -1


def moved(change: Effect | None) -> float:
    """The difference as words speak of it, in the unit of the measure; 0 where they name no direction."""
    way = direction(change)
    if change is None or not way:
        return 0.0
    told = change.told.amount.middle
    return told if told * way > 0 else change.difference if change.difference * way > 0 else 0.0


def _counted(told: Middle, draws: int, *, relative: bool, in_points: bool) -> tuple[float, float]:
    """The ends of a range as they count: of few draws farther from the middle, in logarithms of ratios and of amounts
    of one sign, and as they stand of percentage points."""
    times = farther(draws)
    one_sign = min(told) > 0 or max(told) < 0
    if relative:
        middle = log_ratio(told.middle)
        low, high = (exp(middle + times * (log_ratio(end) - middle)) - 1 for end in told[1:])
    elif one_sign and not in_points:
        low, high = (told.middle * (end / told.middle) ** times for end in told[1:])
    else:
        low, high = (told.middle + times * (end - told.middle) for end in told[1:])
    return low, high


def farther(draws: int) -> float:
    """How many times as far out the end of a range over so many draws counts: few of draws that go one way by halves
    of their spread are then called sure about as often as of many (decision 10)."""
    return exp(FARTHER * log(MANY / min(draws, MANY)))


def log_ratio(relative: float) -> float:
    """The logarithm of a ratio from its relative change; a fall to nothing is the deepest that is shown."""
    return log(max(1.0 + relative, NOTHING))
