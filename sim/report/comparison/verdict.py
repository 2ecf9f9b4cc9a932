"""What a policy does, in a clause for each change and in a word for each measure, from the effects alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite

from sim.measures import Measure, registry, verdict
from sim.pasting import pasted
from sim.plurals import counted
from sim.report.certainty import (
    MEDIAN,
    NIL,
    PLACES,
    WITH_DRAWN,
    amount,
    called,
    drawn,
    hardly,
    may,
    share_held,
    spoken_of,
    unclear,
    why_unclear,
    with_drawn,
)
from sim.report.words import number, plain, rough
from sim.results.certainty import (
    DIRECTED,
    NEAR,
    NEAR_POINTS,
    SMALL,
    SMALL_POINTS,
    Sureness,
    direction,
    farther,
    moved,
    sureness,
)
from sim.results.statistics import FEWEST, MANY, Effect

TURNED = 0.8  # below it a ratio that was above one is told as turned round, and not as nearly one
WIDE = 1 / 3  # of a size: an end of the range that is farther than that from it is told beside percents

AGAINST = ", or numbers as they stand, or luck with these, go against it"
DECIDE = " `{}` says which numbers decide it."
UP_TO = "up to "  # before the size of what is nothing in the middle
PERHAPS = "perhaps "  # before a sum over the years that may be so
Beside = Callable[[str, str], str]  # the median over draws and the range, as they stand beside a size
TOO_FEW = "too few replicates to say what it does"


@dataclass(frozen=True)
class SpokenEffect:
    """An effect that a verdict speaks of: that of the last year and, of what flows, that over the years."""

    measure: Measure
    unit: str
    last: Effect
    total: Effect | None = None
    same: bool = False  # whether it is nothing in every pair, also over the years
    asked: bool = False  # whether somebody asked for it: such stand first
    why: str = ""  # a clause behind it: as sponsors move to our labs
    leaning: str = ""  # the same where its direction is unclear: though lower in 9 of 10 draws


def judged(measure: Measure, changes: Callable[[str], Effect | None]) -> str:
    """What an effect is called in a table, and whether that is better: falls, better; may rise, worse; hardly changes;
    direction unclear. Nothing where nothing changes. ``changes`` gives the effect on a measure by its id."""
    change = changes(measure.id)
    if change is None or (change.is_nothing and not change.few):
        return ""
    if sureness(change) is Sureness.UNCLEAR:
        return f"{called(measure, change)}{why_unclear(change)}"
    but = worse(measure, changes)
    word = f"not better: {but}" if but else tone(measure, changes)
    return f"{called(measure, change)}, {word}" if word else called(measure, change)


def worse(measure: Measure, changes: Callable[[str], Effect | None]) -> str:
    """What keeps a change from being better: academia's share of training compute may fall. Nothing where none does."""
    but = registry().get(measure.unless_worse)
    other = changes(but.id) if but and verdict(measure, lambda id: moved(changes(id))).but else None
    return f"{but.subject} {called(but, other, plural=but.plural)}" if but and other else ""


def tone(measure: Measure, changes: Callable[[str], Effect | None]) -> str:
    """Whether an effect is better or worse, where that can be said: its colour."""
    return verdict(measure, lambda id: moved(changes(id))).word


def clauses(
    claims: Sequence[SpokenEffect],
    years: tuple[int, int],
    effects: Mapping[str, Effect | None],
    own: Sequence[SpokenEffect] = (),
) -> list[str]:
    """The verdict on a policy: what it changes surely, the largest first; what it practically does not; money; what is
    unclear; before all that the same of what was asked for. ``years`` are the first and the last of totals; ``effects``
    are those of the last year by measure. Where nothing of all this changes in any pair, what becomes of its
    ``own``: what the policy says that it moves."""
    if not claims:
        return ["nothing to compare"]
    if all(claim.last.few for claim in claims):
        return [TOO_FEW]
    if all(claim.same for claim in claims):
        other = [claim for claim in own if not claim.last.is_nothing]
        return [f"changes nothing of {listed([*_named(claims, claims)])}", *_parts(other, other, years, effects)]
    held, because = _held([claim for claim in claims if direction(claim.last)], effects)
    bound = [*held, *because] if because else []
    first = [one for one in claims if one.asked or (one in bound and any(other.asked for other in bound))]
    rest = [one for one in claims if one not in first]
    return [*_parts(first, claims, years, effects), *_parts(rest, claims, years, effects)]


def sentence(parts: Sequence[str]) -> str:
    """The clauses of a verdict in one sentence."""
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _parts(
    some: Sequence[SpokenEffect],
    claims: Sequence[SpokenEffect],
    years: tuple[int, int],
    effects: Mapping[str, Effect | None],
) -> list[str]:
    """The clauses on some of the claims: what is sure, what hardly changes, money, what is unclear."""
    past = [claim for claim in some if sureness(claim.last) not in DIRECTED and direction(claim.total)]
    by = {how: [one for one in some if sureness(one.last) is how and one not in past] for how in Sureness}
    told = by[Sureness.SURE] + by[Sureness.MAY]
    parts = _joined([claim for claim in told if not claim.measure.told.money], years, effects)
    parts += [_past(claim, years) for claim in past]
    parts += _hardly(by[Sureness.HARDLY], claims)
    parts += [_said(claim, years) for claim in told if claim.measure.told.money]
    if by[Sureness.UNCLEAR]:
        parts.append(f"{Sureness.UNCLEAR.value}: {listed([_unclear(claim) for claim in by[Sureness.UNCLEAR]])}")
    if by[Sureness.FEW]:
        parts.append(f"too few values to say of {listed([claim.measure.subject for claim in by[Sureness.FEW]])}")
    return parts


def few_draws(draws: int) -> str:
    """What few draws mean for words, before the first verdict; empty of many, and of too few for a range."""
    if not FEWEST <= draws < MANY:
        return ""
    return (
        f"Ranges hold {share_held(draws)} {counted(draws, 'draw')}. More draws could lie outside, or go the other "
        f'way, so that "may" is said more often than with {MANY} or more.'
    )


def reading(years: tuple[int, int], drawn: bool, draws: int = MANY, *, laws: bool = False) -> str:
    """How a verdict is to be read, a line for each of its words; ``draws`` are those that ranges are over, ``laws``
    says whether it is on scaling laws, for which no command tells what decides."""
    small, near = f"{100 * SMALL:g} %", f"{100 * NEAR:g} %"
    few = drawn and FEWEST <= draws < MANY
    also = f"; of {draws} draws also where one {plain(farther(draws), 2)} times as long would" if few else ""
    over = f"{share_held(draws)} of the draws of luck and assumptions" if drawn else "95 % interval of luck"
    decide = DECIDE.format(pasted("sensitivity", "BASELINE", "--against", "POLICY")) if drawn and not laws else ""
    points = f"for shares told in percentage points {100 * SMALL_POINTS:g} and {100 * NEAR_POINTS:g} of one"
    lines = [
        f"How to read it. A size is what changes in {years[1]}, or in sum over {span(years)}, on the assumptions as "
        "they stand.",
        f"(a to b): {over}; of amounts always, else where it may be so or an end is over a "
        "third of the size away from it.",
    ]
    if drawn:
        lines.append(
            '"With drawn numbers", "median": the median over draws, where the size lies outside their range, or is '
            "over twice or below half of that median; of a fall, where one leaves over twice what the other does."
        )
    lines += [
        f'"Narrows", "rises" and the like: size and range go one way, all of it by {small} or more; with "may", or '
        f'"perhaps" of a sum: the range begins within {small} of nothing, on either side, or the size is smaller'
        f"{also}.",
        f'"Hardly changes": by less than {small}, and nowhere beyond {near}; {points}.',
        f'"Direction unclear": all else. The range goes both ways{AGAINST if drawn else ""}.{decide}',
    ]
    return "\n".join(lines)


def _joined(claims: list[SpokenEffect], years: tuple[int, int], effects: Mapping[str, Effect | None]) -> list[str]:
    """The clauses on what is sure, the largest first. What would be better, were it not for a measure that gets worse,
    stands before that one's clause and not beside it."""
    ordered = sorted(claims, key=lambda claim: -size(claim.last))
    held, because = _held(ordered, effects)
    if not because:
        return [_said(claim, years) for claim in ordered]
    bound = f"{' and '.join(_said(claim, years) for claim in held)}, but {_said(because[0], years)}"
    rest = [claim for claim in ordered if claim not in held and claim not in because]
    before = [claim for claim in rest if size(claim.last) > max(size(one.last) for one in (*held, *because))]
    after = [claim for claim in rest if claim not in before]
    return [*(_said(claim, years) for claim in before), bound, *(_said(claim, years) for claim in after)]


def _held(
    claims: Sequence[SpokenEffect], effects: Mapping[str, Effect | None]
) -> tuple[list[SpokenEffect], list[SpokenEffect]]:
    """The claims that would be better, were it not for others that get worse, and these others."""
    held = [claim for claim in claims if verdict(claim.measure, lambda id: moved(effects.get(id))).but]
    return held, [claim for claim in claims if claim.measure.id in {one.measure.unless_worse for one in held}]


def size(change: Effect) -> float:
    """How large an effect is, on a scale where a half is as large as the double."""
    relative = change.luck.relative.middle
    return abs(relative) / min(1.0, max(1.0 + relative, 1e-9)) if isfinite(relative) else 0.0


def _said(claim: SpokenEffect, years: tuple[int, int]) -> str:
    """cuts emissions by about 5 % (4 % over 2027–2032); may cut them by about 5 % (0.6 to 13 %)."""
    change = claim.last
    size, beside = measured(change, claim.unit)
    also = [turned_round(claim.measure, change), _by(change, beside), _over(claim, span(years))]
    return _does(claim, change, size) + _in_brackets(also) + (f", {claim.why}" if claim.why else "")


def measured(change: Effect, unit: str, beside: Beside = with_drawn) -> tuple[str, str]:
    """The size of an effect with a direction, and what stands beside it: the median over draws where they lead
    elsewhere, with the range; the range alone where it may be so, has an end far from the size, or is of amounts; else
    nothing. Of what is nothing as the numbers stand the size is how far the range goes. ``beside`` says
    how median and range are told."""
    told = change.told.on(relative=change.in_percent)
    near, far = sorted(told[1:], key=abs)
    size, median, spread = spoken_of(change, change.luck.on(relative=change.in_percent), unit)
    if size in NIL:
        nothing = f"nothing as the numbers stand, about {median} with drawn ones" if median not in ("", *NIL) else ""
        return f"{UP_TO}{written(far, unit, relative=change.in_percent)}", nothing
    wide = sureness(change) is Sureness.MAY or _far_from(change.luck.on(relative=change.in_percent).middle, near, far)
    if not change.in_percent:
        wide = wide or len({size, *(written(end, unit, relative=False) for end in (near, far))}) > 1
    return size, beside(median, spread) if median or wide else ""


def _far_from(size: float, *ends: float) -> bool:
    """Whether an end of a range is so far from a size that this says too little alone."""
    return any(abs(end - size) > WIDE * abs(size) for end in ends)


def _in_brackets(also: list[str]) -> str:
    """Behind a clause what is said beside it, where anything is."""
    return f" ({'; '.join(filter(None, also))})" if any(also) else ""


def turned_round(measure: Measure, change: Effect) -> str:
    """What a ratio says where a policy takes it from above one to clearly below; else nothing."""
    if not measure.words.turned or not change.baseline > 1 or not 0 < change.policy < TURNED:
        return ""
    return measure.words.turned.format(plain(1.0 / change.policy, PLACES))


def _does(claim: SpokenEffect, change: Effect, size: str) -> str:
    """cuts emissions by about 5 %; may raise academia's share of training compute about 21-fold."""
    words, way = claim.measure.words, direction(change)
    of_amount = words.amount if way > 0 else words.amount_less
    if of_amount and not change.baseline:
        said = of_amount.format(_about(size))
        return may(said) if sureness(change) is Sureness.MAY else said
    made = words.makes[way < 0]
    said = f"{may(made) if sureness(change) is Sureness.MAY else made} {claim.measure.subject}"
    said = f"{said} {'' if size.endswith('-fold') else 'by '}{_about(size)}"
    if not change.in_amounts:
        return said
    before, after = (number(level, "USD/yr", PLACES) for level in (change.baseline, change.policy))
    return f"{said} a year, from {before} to {after}" if before != after else f"{said} a year"


def _about(size: str) -> str:
    return size if size.startswith(UP_TO) else f"about {size}"


def _past(claim: SpokenEffect, years: tuple[int, int]) -> str:
    """What has a direction over the years and none in the last of them."""
    said, beside = _otherwise(claim)
    last = f"nothing in {years[1]}" if claim.last.is_nothing else f"in {years[1]}: {sureness(claim.last).value}"
    return f"{said} over {span(years)}{_in_brackets([beside, last])}"


def _over(claim: SpokenEffect, years: str) -> str:
    """How much it is over the years with its range, where that goes as the last year does; else what it does."""
    total = claim.total
    if total is None:
        return ""
    if direction(total) * direction(claim.last) > 0:
        alike = total if claim.last.in_percent else replace(total, in_amounts=True)
        said, beside = measured(alike, claim.measure.amount_unit, drawn)
        said = f"{PERHAPS}{said}" if sureness(total) is Sureness.MAY and claim.last.in_percent else said
    else:
        said, beside = _otherwise(claim, drawn)
    return ", ".join(filter(None, [f"{said} over {years}", beside]))


def _otherwise(claim: SpokenEffect, beside: Beside = with_drawn) -> tuple[str, str]:
    """What it does over the years, where that is not what it does in the last of them, and what stands beside it."""
    total = claim.total
    if total is None or not direction(total):
        return (str(sureness(total).value) if total else ""), ""
    size, told = measured(total, claim.measure.amount_unit, beside)
    return _does(claim, total, size).replace(" a year", ""), _by(total, told)


def _by(change: Effect, beside: str) -> str:
    """What stands beside a size, told from the two levels before it where they are told: by $1.0 B to $3.0 B; with
    drawn numbers by about $2.2 B, $1.0 B to $3.0 B."""
    if not beside or not change.in_amounts or not change.baseline or beside.startswith(MEDIAN):
        return beside
    return f"{WITH_DRAWN}by {beside.removeprefix(WITH_DRAWN)}" if beside.startswith(WITH_DRAWN) else f"by {beside}"


def _unclear(claim: SpokenEffect) -> str:
    """The compute divide (−4 to +20 %), with the side on which nearly all draws lie."""
    return f"{claim.measure.subject} ({', '.join(filter(None, [unclear(claim.last, claim.unit), claim.leaning]))})"


def _hardly(unchanged: list[SpokenEffect], claims: Sequence[SpokenEffect]) -> list[str]:
    """One clause for all measures that hardly change; none without any."""
    names = _named(unchanged, claims)
    plural = len(names) > 1 or any(names.values())
    return [f"{listed([*names])} {hardly(plural)}"] if names else []


def _named(unchanged: Sequence[SpokenEffect], claims: Sequence[SpokenEffect]) -> dict[str, bool]:
    """What is named of claims that do not change, and whether that is a plural: a theme where none of its parts does,
    and each measure by itself where not."""
    moving = {claim.measure.words.theme for claim in claims if claim not in unchanged}
    names: dict[str, bool] = {}
    for claim in unchanged:
        theme = claim.measure.words.theme
        whole = bool(theme) and theme not in moving
        names[theme if whole else claim.measure.subject] = claim.measure.plural and not whole
    return names


def written(value: float, unit: str, *, relative: bool) -> str:
    """A size as words give it: roughly, without a sign."""
    return rough(value) if relative else amount(value, unit)


def span(years: tuple[int, int]) -> str:
    """2027–2032."""
    return f"{years[0]}–{years[1]}" if years[0] < years[1] else str(years[0])


def listed(names: list[str]) -> str:
    """One, two and three."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
