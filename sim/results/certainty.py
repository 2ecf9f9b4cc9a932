"""How sure an effect is: the one rule by which all words on effects go, in reports, on the page and in documents."""

from enum import Enum
from math import sqrt

from sim.mathematics import exp, log
from sim.results.statistics import Effect, Middle

SMALL = 0.01  # relative change below which an effect counts as none
NEAR = 0.05  # and within which all of its ranges must lie
SMALL_POINTS, NEAR_POINTS = 0.001, 0.005  # the same of a share that has no relative change: a tenth and half of a point
HARDLY = 0.01  # one end of a range of amounts over the other, below which it counts as none
MANY = 40  # draws whose range words take as it is; of n < MANY each end counts as sqrt(MANY / n) times as far out
NOTHING = 1e-4  # a relative change that prints as 0, and the ratio at which a fall ends on a logarithmic scale


class Sureness(Enum):
    """The classes, and what an effect of each is called; of SURE and MAY the words hold a verb instead."""

    SURE = "rises or falls"
    MAY = "may rise or fall"
    HARDLY = "hardly changes"
    UNCLEAR = "direction unclear"
    FEW = "too few replicates"


DIRECTED = (Sureness.SURE, Sureness.MAY)


def sureness(change: Effect) -> Sureness:
    """The class of an effect, from its size and the range that words speak of.

    SURE: all of the range lies on one side of nothing, its nearer end at least SMALL away. MAY: the same, but it begins
    nearer than that, or the effect is smaller; an effect that is not may reach across nothing by less than SMALL.
    HARDLY: smaller than SMALL, and nowhere beyond NEAR; of a share in percentage points than SMALL_POINTS, and
    NEAR_POINTS. UNCLEAR: the rest, of which the range goes both ways, or luck alone leaves doubt. For SURE and HARDLY,
    ranges over few draws count as wider than they are, so that few draws do not give firmer words than many.
    """
    if change.few:
        return Sureness.FEW
    if change.is_nothing:
        return Sureness.HARDLY
    relative = change.is_relative
    told, luck = change.told(relative=relative), change.luck(relative=relative)
    counted = _counted(told, change.draws or MANY, relative=relative, in_points=change.in_points)
    ends = max(map(abs, (*counted, *told[1:], *luck[1:])))
    small = (relative or change.in_points) and abs(luck.middle) < (SMALL if relative else SMALL_POINTS)
    if small and ends < (NEAR if relative else NEAR_POINTS):
        return Sureness.HARDLY
    far = max(told[1:], key=lambda end: abs(log_ratio(end)) if relative else abs(end))
    least, way = SMALL if relative else HARDLY * abs(far), 1 if far > 0 else -1
    across = NOTHING if small else least
    against = way * luck.middle < -across or min(way * one for one in luck) < -least
    if far == 0 or min(way * end for end in told[1:]) < -across or against:
        return Sureness.UNCLEAR
    near = min(way * end for end in counted)
    return Sureness.SURE if not small and (near >= SMALL if relative else near > 0) else Sureness.MAY


def direction(change: Effect | None) -> int:
    """1 for a rise and −1 for a fall that words name, sure or possible; 0 where they name none."""
    if change is None or sureness(change) not in DIRECTED:
        return 0
    low, high = change.told(relative=change.is_relative)[1:]
    return 1 if low + high > 0 else -1


def moved(change: Effect | None) -> float:
    """The difference as words speak of it, in the unit of the measure; 0 where they name no direction."""
    way = direction(change)
    if change is None or not way:
        return 0.0
    told = change.told(relative=False).middle
    return told if told * way > 0 else change.difference if change.difference * way > 0 else 0.0


def _counted(told: Middle, draws: int, *, relative: bool, in_points: bool) -> tuple[float, float]:
    """The ends of a range as they count: of few draws farther from the middle, in logarithms of ratios and of amounts
    of one sign, and as they stand of percentage points."""
    times = sqrt(MANY / min(draws, MANY))
    one_sign = min(told) > 0 or max(told) < 0
    if relative:
        middle = log_ratio(told.middle)
        low, high = (exp(middle + times * (log_ratio(end) - middle)) - 1 for end in told[1:])
    elif one_sign and not in_points:
        low, high = (told.middle * (end / told.middle) ** times for end in told[1:])
    else:
        low, high = (told.middle + times * (end - told.middle) for end in told[1:])
    return low, high


def log_ratio(relative: float) -> float:
    """The logarithm of a ratio from its relative change; a fall to nothing is the deepest that is shown."""
    return log(max(1.0 + relative, NOTHING))
