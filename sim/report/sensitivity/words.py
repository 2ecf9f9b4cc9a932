"""What importance, directions and samples are called."""

import re
from math import expm1, floor, log10
from textwrap import shorten

from sim.plurals import counted
from sim.report import words
from sim.results.sensitivity import LEAST, NARROW, STEADY, Fact, Found, Sensitivity
from sim.results.statistics import Spread

NEAR_ONE, LEAST_BEYOND = 0.1, 1e-5  # what a factor is beyond 1: below which it takes more figures, and is told as 1
ONE_WAY = 0.9  # share of its absolute effects that the mean effect has where nearly all go one way
PAIR = 2  # numbers that move together, of which both are told
METHODS = {"morris": "Morris' elementary effects", "sobol": "Sobol's shares of the variance"}
SAMPLES = {"morris": "walks", "sobol": "samples"}
ASIDE = re.compile(r"; not given: .*$|, without unequal_means$")  # ends it where it may be missing, or made equal
PLAINER = {  # what numbers are, by table and key, where their meaning needs the names of others or of what is modelled
    "compute.energy_gain": "yearly growth of compute per kilowatt-hour, until its limit",
    "compute.flop_per_kwh": "compute per kilowatt-hour of hardware, in the year it was measured",
    "compute.flop_per_usd": "training compute for a dollar, in the year it was measured",
    "compute.halving_after": "time in which the price of compute halves once its trend has ended",
    "compute.price_halving": "time in which the price of compute halves, while its trend lasts",
    "kind.reach": "how much a typical seller sells beside an equally accurate one of another kind",
    "kind.start_plan": "what a typical buyer plans to spend on training compute at the start",
    "law.fitted_progress": "growth of effective compute by better algorithms, in the years the law was fitted on",
    "law.start_error": "error of the frontier at the start",
    "market.connection_growth": "change of the power that all grids connect in a year, after the year it was measured",
    "abatement.removal_price": "price of the first removal, in the year it was found",
    "product.serving_growth": "how fast serving takes its full part of sales as the market grows",
    "product.serving_start": "part of sales spent on serving at the start, before it grows with adoption",
    "region.carbon_price_growth": "real growth of the carbon price after its last given year",
    "region.clean_premium": "what the first kWh of firm clean power costs above the grid's",
    "region.grid_change": "change of the grid's carbon intensity after its last given year",
    "release.reach": "how much the best released model takes from equally accurate sellers",
}


def subject(found: Found) -> str:
    """What is moved, as a heading."""
    title = found.measure.title
    if not found.policy:
        return title
    policy, title = words.spaced(found.policy), f"{title[0].lower()}{title[1:]}"
    if found.against:
        return f"{policy[:1].upper()}{policy[1:]} against {words.spaced(found.against)}: {title}"
    return f"What {policy} changes: {title}"


def plain_name(fact: Fact) -> str:
    """What a fact is, in words: what its numbers mean, and whose they are."""
    said = list(dict.fromkeys(map(_plainly, fact.paths, fact.meanings)))
    if len(said) > 1:
        more = said[1] if len(said) == len(fact.paths) == PAIR else f"{len(fact.paths) - 1} more"
        return f"{words.spaced(fact.name)}: {said[0]}, with {more}"
    return words.whose(said[0], fact.paths)


def _plainly(path: str, meaning: str) -> str:
    """What a number is, without symbols and without names of other numbers."""
    parts = path.split(".")
    return PLAINER.get(f"{parts[0]}.{parts[-1]}") or ASIDE.sub("", words.SYMBOL.sub("", meaning))


def short_name(fact: Fact, letters: int) -> str:
    """``plain_name`` in at most so many letters; whose it is, in brackets at the end, is kept."""
    name = plain_name(fact)
    if len(name) <= letters or not name.endswith(")"):
        return shorten(name, letters, placeholder=" …")
    said, _, whose = name.rpartition(" (")
    return f"{shorten(said, letters - len(whose) - 2, placeholder=' …')} ({whose}"


def group(fact: Fact) -> str:
    """The numbers that move together as a fact, each with its range and what it is."""
    told = [
        f"{path} ({span.partition(', with ')[0]}{', falls where the others rise' if against else ''}): "
        f"{_plainly(path, meaning)}"
        for path, span, against, meaning in zip(fact.paths, fact.ranges, fact.against, fact.meanings, strict=True)
    ]
    return f"{fact.name} is {counted(len(told), 'number')} that move together. {'; '.join(told)}."


def size(value: float, found: Found, method: str) -> str:
    """An importance for people: percent of the variance, a factor, or an amount; of shares without the word for it."""
    if method == "sobol":
        return f"{100 * value:.3g} %".replace("-", words.MINUS)
    if not found.logs:
        text = words.number(value, found.unit)
        return text.removesuffix(" %") if points(found, method) else text
    return f"× {_factor(value)}"


def points(found: Found, method: str) -> str:
    """The unit of the importances of a measure in percent, which are differences; nothing of others."""
    return "percentage points" if method == "morris" and found.unit == "fraction" and not found.logs else ""


def _factor(value: float) -> str:
    """A factor by its logarithm, near 1 with two figures of what it is beyond: 14.2, 1.73, 1.012."""
    beyond = expm1(value)
    if not LEAST_BEYOND <= beyond < NEAR_ONE:
        return words.plain(1.0 + beyond) if beyond >= NEAR_ONE else "1"
    return f"{1.0 + beyond:.{1 - floor(log10(beyond))}f}"


def sizes(middle: float, low: float, high: float, found: Found, method: str) -> str:
    """An importance with its interval, the unit said once."""
    if method == "morris" and not found.logs:
        unit = points(found, method)
        text = words.ranged(Spread(1, middle, low, high), found.unit)
        return text.replace(" %", f" {unit}", 1) if unit else text
    first, *ends = (size(each, found, method).removesuffix(" %") for each in (middle, low, high))
    unit = " %" if method == "sobol" else ""
    return f"{first}{unit} [{', '.join(end.removeprefix('× ') for end in ends)}]"


def direction(found: Found, fact: int) -> str:
    """Whether a higher number makes more or less of it."""
    return ("either", "raises", "lowers")[way(found, fact)]


def way(found: Found, fact: int) -> int:
    """1 where a higher number nearly always makes more of it, -1 for less, 0 for neither."""
    alone, whole = float(found.alone[fact]), float(found.importance[fact])
    if abs(alone) < ONE_WAY * whole or not whole:
        return 0
    return 1 if alone > 0 else -1


def enough(result: Sensitivity, found: Found) -> str:
    """Whether the samples suffice, in a sentence."""
    left = result.samples - found.blocks
    be = "is" if left == 1 else "are"
    out = f" {left} of {result.samples} samples {be} left out: not all of their worlds are possible." if left else ""
    if not found.blocks:
        return f"Nothing can be said: no sample has all its worlds.{out}"
    if not found.first:
        return f"None of these numbers moves it.{out}"
    count, resamples = len(found.first), f"{100 * STEADY:.0f} %"
    ours = f"the first {count} numbers" if count > 1 else "the first number"
    stay, differ = ("stays" if found.steady == 1 else "stay"), ("differs" if found.clear == 1 else "differ")
    said = f"of {ours}, {found.steady} {stay} first in {resamples} of resamples"
    said += f" and {found.clear} {differ} from no effect"
    if result.method == "sobol":
        widest = 100 * float(found.half[found.first].max())
        said += f"; their shares are known to ± {widest:.0f} percentage points"
    if found.enough(result.method):
        return f"Enough samples: {said}.{out}"
    least = LEAST[result.method]
    if found.blocks < least:
        said = (
            f"{found.blocks} {SAMPLES[result.method]}, and fewer than {least} show too little of what others would give"
        )
    elif result.method == "sobol" and not found.narrow:
        said += f", of which {100 * NARROW:.0f} are allowed"
    return f"Not enough samples: {said}. Ask for --samples {max(2 * result.samples, least)} or more.{out}"


def note(result: Sensitivity) -> str:
    """What the columns mean."""
    luck = "each sample has a luck of its own, the same in all its worlds"
    if result.method == "morris":
        factors = (
            " × 1.5 is half as much again where a higher number raises, and that much less (÷ 1.5) where it lowers;"
        )
        return (
            "Moves it by: the mean absolute change as the number goes from the middle of the lowest quarter of its "
            "range to the middle of the highest, the others being anywhere in theirs;"
            f"{factors if any(one.logs for one in result.found) else ''} [ ] 95 % by resampling. "
            "Interaction: the standard deviation of that change over its mean size; near 0 the number acts alone and "
            f"evenly, near 1 or above it depends on the others, or on luck; {luck}. Where a policy is named, a number "
            "that raises makes larger what it adds, or smaller what it takes away. A screen: it ranks numbers."
        )
    return (
        "Moves it by: the share of the variance in which the number takes part, by itself or together with others; [ ] "
        "95 % by resampling. Interaction: what of that it does together with other numbers, and pairs.csv says with "
        "which; what it does together with luck counts as its own. "
        f"Shares add up to more than all where numbers act together; {luck}, which makes a part of the variance too."
    )
