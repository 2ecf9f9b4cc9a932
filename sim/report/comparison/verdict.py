"""What a policy does, in one sentence and in a word for each measure, from the effects alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from math import isfinite

from sim.measures import Measure, verdict
from sim.report.words import MINUS, NONE, POINTS, number, rough
from sim.results.statistics import Effect, Interval

HARDLY = 0.01  # one end of a range of amounts over the other below which it counts as none
SMALL = 0.01  # relative change below which an effect counts as practically none
NEAR = 0.05  # and beyond which no end of its ranges may lie
WIDE = 10  # times by which a range's ends differ from which it is told beside the amount
PLACES = 2  # significant figures of an amount

BRIEF = "≈ 0: practically none. ( ): of unclear direction, or too few replicates for one."

TOO_FEW = "Too few replicates to say what it does."


class Sureness(Enum):
    """How sure an effect is, and what the table calls it."""

    SURE = ""
    UP_TO = " or none"  # over drawn assumptions it begins at nothing
    NONE = "practically none"
    UNCLEAR = "unclear"
    FEW = "too few replicates"


DIRECTED = (Sureness.SURE, Sureness.UP_TO)


@dataclass(frozen=True)
class Claim:
    """An effect that a verdict speaks of: that of the last year and, of what flows, that over the years."""

    measure: Measure
    unit: str
    last: Effect
    total: Effect | None = None


def sureness(change: Effect) -> Sureness:
    """How sure an effect is. A direction is named where luck leaves no doubt of it, and drawn assumptions none but that
    it may be nothing; what is below a percent, and nowhere beyond a few, is practically none."""
    if change.few:
        return Sureness.FEW
    if change.is_nothing:
        return Sureness.NONE
    relative = change.is_relative
    luck, told = change.luck(relative=relative), change.told(relative=relative)
    small = relative and abs(luck.middle) < SMALL
    if small and max(map(abs, (*luck[1:], *told[1:]))) < NEAR:
        return Sureness.NONE
    near, far = sorted(told[1:], key=abs)
    from_nothing = abs(near) < SMALL if relative else near * far <= 0 and abs(near) <= HARDLY * abs(far)
    if not Interval(*luck[1:]).one_way or far * luck.middle <= 0 or not (from_nothing or change.certain):
        return Sureness.UNCLEAR
    return Sureness.UP_TO if from_nothing or small else Sureness.SURE


def moved(change: Effect | None) -> float:
    """The difference as words speak of it; 0 where they name no direction."""
    sure = change is not None and sureness(change) in DIRECTED
    return change.told(relative=False).middle or change.difference if change is not None and sure else 0.0


def judged(measure: Measure, changes: Callable[[str], Effect | None]) -> str:
    """What an effect is called in a table: better, worse, practically none, unclear; for what is neither, nothing.

    ``changes`` gives the effect on a measure by its id.
    """
    change = changes(measure.id)
    if change is None or (change.is_nothing and not change.few):
        return ""
    how = sureness(change)
    if how not in DIRECTED:
        return how.value
    found = verdict(measure, lambda id: moved(changes(id)))
    if found.but:
        return f"not better: {found.but}"
    return found.word and found.word + how.value


def sentence(claims: Sequence[Claim], years: tuple[int, int], effects: Mapping[str, Effect | None]) -> str:
    """The verdict on a policy: what it changes surely, the largest first; what it practically does not; money; what is
    unclear. ``years`` are the first and the last of totals; ``effects`` are those of the last year by measure."""
    if not claims:
        return "Nothing to compare."
    if all(claim.last.few for claim in claims):
        return TOO_FEW
    past = [claim for claim in claims if sureness(claim.last) not in DIRECTED and _total(claim)]
    by = {how: [one for one in claims if sureness(one.last) is how and one not in past] for how in Sureness}
    told = by[Sureness.SURE] + by[Sureness.UP_TO]
    parts = _joined([claim for claim in told if not claim.measure.told.money], years, effects)
    parts += [_past(claim, years) for claim in past]
    parts += [f"{name} practically unchanged" for name in _themes(by[Sureness.NONE], claims)]
    parts += [_said(claim, years) for claim in told if claim.measure.told.money]
    if by[Sureness.UNCLEAR]:
        parts.append(f"unclear: {listed([_unclear(claim) for claim in by[Sureness.UNCLEAR]])}")
    if by[Sureness.FEW]:
        parts.append(f"too few values to say of {listed([claim.measure.subject for claim in by[Sureness.FEW]])}")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def reading(years: tuple[int, int], drawn: bool) -> str:
    """How a verdict is to be read, in words."""
    over = "luck and drawn assumptions" if drawn else "luck"
    return (
        f"A verdict gives changes in {years[1]}, and over {span(years)} in sum, on the assumptions as they stand. "
        f"It names a direction where that is the same over {over}; brackets hold a range that begins at nothing, is "
        f"wide or leaves the number out. "
        f"Below {100 * SMALL:g} % it says practically unchanged."
    )


def brief(change: Effect | None, unit: str) -> str:
    """An effect in a table of many: −71 %, ≈ 0, and (+16 %) where its direction is unclear or draws are too few."""
    if change is None:
        return NONE
    middle = change.luck(relative=change.is_relative).middle
    text = _written(middle, unit, relative=change.is_relative)
    if change.is_nothing:
        text = "0"
    elif change.is_relative and abs(middle) < SMALL:
        text = "≈ 0"
    elif not text.endswith("-fold"):
        text = f"{MINUS if middle < 0 else '+'}{text}"
    return f"({text})" if sureness(change) in (Sureness.UNCLEAR, Sureness.FEW) else text


def _joined(claims: list[Claim], years: tuple[int, int], effects: Mapping[str, Effect | None]) -> list[str]:
    """The clauses on what is sure, the largest first. What would be better, were it not for a measure that gets worse,
    stands before that one's clause and not beside it."""
    ordered = sorted(claims, key=lambda claim: -size(claim.last))
    held = [claim for claim in ordered if verdict(claim.measure, lambda id: moved(effects.get(id))).but]
    because = [claim for claim in ordered if claim.measure.id in {one.measure.unless_worse for one in held}]
    if not because:
        return [_said(claim, years) for claim in ordered]
    bound = f"{' and '.join(_said(claim, years) for claim in held)}, but {_said(because[0], years)}"
    rest = [claim for claim in ordered if claim not in held and claim not in because]
    before = [claim for claim in rest if size(claim.last) > max(size(one.last) for one in (*held, *because))]
    after = [claim for claim in rest if claim not in before]
    return [*(_said(claim, years) for claim in before), bound, *(_said(claim, years) for claim in after)]


def size(change: Effect) -> float:
    """How large an effect is, on a scale where a half is as large as the double."""
    relative = change.luck(relative=True).middle
    return abs(relative) / min(1.0, max(1.0 + relative, 1e-9)) if isfinite(relative) else 0.0


def _said(claim: Claim, years: tuple[int, int]) -> str:
    """cuts emissions by about 5 % (0.6 to 13 %; 4 % over 2027–2032): with the range where that begins at nothing,
    leaves this number out, or ends more than tenfold from where it begins."""
    change = claim.last
    luck, told = change.luck(relative=change.is_relative), change.told(relative=change.is_relative)
    near, far = sorted(told[1:], key=abs)
    if change.is_relative and abs(luck.middle) < SMALL:
        sign = MINUS if far < 0 else "+"
        return f"{claim.measure.subject} practically unchanged as assumed (else up to {sign}{_amount(claim, far)})"
    also = []
    outside = not min(near, far) <= luck.middle <= max(near, far)
    if sureness(change) is Sureness.UP_TO or outside or abs(far) > WIDE * abs(near):
        least, most = _amount(claim, near) if near * far > 0 else "0", _amount(claim, far)
        drawn = "with drawn numbers " if outside else ""  # the number stands for those as they are written
        also.append(f"{drawn}{reach(least, most)}")
    if claim.total is not None:
        also.append(f"{_total(claim) or 'unclear'} over {span(years)}")
    behind = f" ({'; '.join(also)})" if also else ""
    return _does(claim, luck.middle, _amount(claim, luck.middle)) + behind


def reach(least: str, most: str) -> str:
    """From one size to another, with a percent sign that both have said once: 30 to 80 %, 18-fold to 730-fold."""
    return f"{least.removesuffix(' %') if most.endswith(' %') else least} to {most}"


def _does(claim: Claim, middle: float, size: str) -> str:
    """cuts emissions by about 5 %; raises about $30 B a year; raises academia's share of compute about 21-fold."""
    words = claim.measure.words
    if words.amount and not claim.last.is_relative and middle > 0:
        return words.amount.format(f"about {size}")
    by = "about" if size.endswith("-fold") else "by about"
    return f"{words.makes[0 if middle > 0 else 1]} {claim.measure.subject} {by} {size}"


def _past(claim: Claim, years: tuple[int, int]) -> str:
    """What is sure over the years and not in the last of them."""
    middle = claim.total.luck(relative=claim.last.is_relative).middle if claim.total else 0.0
    now = "practically none" if sureness(claim.last) is Sureness.NONE else "unclear"
    said = _does(claim, middle, _total(claim)).replace(" a year", "")
    return f"{said} over {span(years)}, in {years[1]} {now}"


def _total(claim: Claim) -> str:
    """How much it is over the years, where that is sure and not against the last year."""
    total, last = claim.total, claim.last
    if total is None or sureness(total) not in DIRECTED or moved(total) * moved(last) < 0:
        return ""
    relative = last.is_relative and total.is_relative
    return _written(total.luck(relative=relative).middle, claim.unit.removesuffix("/yr"), relative=relative)


def _unclear(claim: Claim) -> str:
    """The compute divide (+16 % as assumed): with the number where only drawn assumptions leave doubt of it."""
    luck = claim.last.luck(relative=claim.last.is_relative)
    if not Interval(*luck[1:]).one_way:
        return claim.measure.subject
    sign = MINUS if luck.middle < 0 else "+"
    return f"{claim.measure.subject} ({sign}{_amount(claim, luck.middle)} as assumed)"


def _themes(unchanged: list[Claim], claims: Sequence[Claim]) -> list[str]:
    """What is practically unchanged: a theme where all its parts are, and each measure by itself where not."""
    moving = {claim.measure.words.theme for claim in claims if claim not in unchanged}
    themes = [(claim.measure.words.theme, claim.measure.subject) for claim in unchanged]
    names = [theme if theme and theme not in moving else subject for theme, subject in themes]
    distinct = list(dict.fromkeys(names))
    return [listed(distinct)] if distinct else []


def _amount(claim: Claim, value: float) -> str:
    """A size as words give it: roughly, without a sign."""
    return _written(value, claim.unit, relative=claim.last.is_relative)


def _written(value: float, unit: str, *, relative: bool) -> str:
    if relative:
        return rough(value)
    if unit == "fraction":
        return f"{number(abs(value), unit, PLACES).removesuffix(' %')}{POINTS}"
    return number(abs(value), unit.removesuffix("/yr") if unit == "USD/yr" else unit, PLACES)


def span(years: tuple[int, int]) -> str:
    """2027–2032."""
    return f"{years[0]}–{years[1]}" if years[0] < years[1] else str(years[0])


def listed(names: list[str]) -> str:
    """One, two and three."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
