"""Effects of policies for people: cells of a table, small pictures, phrases whose words follow from the numbers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import isfinite

from sim.plurals import counted
from sim.report.certainty import share_held
from sim.report.words import NONE, POINTS, change_text, is_factor, number, pair, plain, signed, too_few
from sim.results.certainty import log_ratio
from sim.results.statistics import FEWEST, NOT_DRAWN, Effect, Middle
from sim.scenario.money import own_money

IN_FIGURES = ("tCO2e", "USD", "MWh")  # how units begin of amounts that are told in figures, not in powers of ten
SMALL_SHARE = 0.01  # a share below this is shown with its levels
LEAST = 0.01  # of the logarithm of a ratio, that a picture reaches at least to either side
OTHERWISE = "†"  # behind levels whose medians differ the other way than the change, or by visibly another size
OTHER_SIZE = 0.2  # of a change: levels that differ from it by more have another size, where that is seen in
SEEN, SEEN_IN_POWERS = 0.01, 0.2  # of a level, as it is written in three figures, or as a power of ten
MARK_WIDTH = 96  # px of the picture of an effect


def cell(change: Effect | None, unit: str, *, levels: bool = True, marked: bool = False) -> str:
    """An effect with both intervals, each behind its own median, all on one scale: −31.2 % [−33.0, −29.5] and below it
    −29.0 % (−44.0, −12.0); with levels where a share is small, ``marked`` as ``with_it`` does."""
    if change is None:
        return NONE
    if change.is_nothing:
        return "0"
    before = ""
    small = unit == "fraction" and max(abs(change.baseline), abs(change.policy)) and abs(change.baseline) < SMALL_SHARE
    if levels and small:
        after = with_it(change, unit) if marked else number(change.policy, unit)
        start = number(change.baseline, unit)
        before = f"{start} → {after}\n" if start != after else ""  # 0.809 % → 0.809 % says nothing
    return before + _both(change, unit, relative=change.in_percent)


def amount_beside(change: Effect | None, unit: str) -> str:
    """A line below an effect in percent of two levels that look the same, so that nobody can take one from the other:
    about +74.0 k tCO2e/yr. Nothing of what is told in powers of ten."""
    if change is None or not change.in_percent or not change.difference or not unit.startswith(IN_FIGURES):
        return ""
    before, after = pair(change.baseline, change.policy, unit)
    return f"\nabout {signed(change.difference, unit)}" if before == after else ""


def ratio_cell(change: Effect | None) -> str:
    """A change of compute as a ratio where there is one on the assumptions as they stand: without the range over draws
    where a draw has none."""
    if change is not None and not change.is_relative and isfinite(change.relative):
        change = replace(change, draws=None, wide=NOT_DRAWN)
    return cell(change, "FLOP")


def with_it(change: Effect, unit: str) -> str:
    """The level with a policy, marked where it lies on the other side of the baseline's than the change says, or the
    two are visibly farther apart, or less far, than that."""
    before, level = pair(change.baseline, change.policy, unit)
    moved = change.luck.on(relative=change.in_percent).middle
    seen = SEEN_IN_POWERS if "^" in level else SEEN
    other_way = level != before and (change.policy - change.baseline) * moved < 0
    return f"{level} {OTHERWISE}" if other_way or _other_size(change, seen) else level


def _other_size(change: Effect, seen: float) -> bool:
    """Whether who takes a change from both levels, of which so much is ``seen``, comes to another size."""
    first, second = change.baseline, change.policy
    if change.in_percent and first > 0 and second > 0:
        said = log_ratio(change.luck.relative.middle)
        off = log_ratio(second / first - 1.0) - said
    else:
        said = change.luck.amount.middle
        off, seen = second - first - said, seen * max(abs(first), abs(second))
    return abs(off) > max(OTHER_SIZE * abs(said), seen)


def why_otherwise(texts: Iterable[str]) -> str:
    """What the mark means, where any of these texts has it; else nothing."""
    if not any(OTHERWISE in text for text in texts):
        return ""
    return (
        f"{OTHERWISE} The medians of both worlds differ the other way, or by another size: they can be of different "
        "replicates, while a change holds each replicate against itself."
    )


def amounts(change: Effect, unit: str) -> str:
    """A difference with both intervals: −$1.20 M [−$1.30 M, ...] and below it that over draws."""
    return _both(change, unit, relative=False)


def sums(change: Effect, unit: str) -> str:
    """An amount that is itself a change, such as a cost, below nothing with a minus alone; with both intervals."""
    return "0" if change.is_nothing else _lines(change, EffectScale(lambda value: number(value, unit)), relative=False)


def _both(change: Effect, unit: str, *, relative: bool) -> str:
    luck, wide = change.luck.on(relative=relative), change.wide.on(relative=relative)
    return _lines(change, scale_of(unit, (luck, wide) if relative else ()), relative=relative)


def _lines(change: Effect, written: "EffectScale", *, relative: bool) -> str:
    """The change with its interval of luck, and below it that over draws, where there are any."""
    luck, wide = change.luck.on(relative=relative), change.wide.on(relative=relative)
    below = "\n" + in_brackets(wide, written, "()") if isfinite(wide.low) else ""
    return in_brackets(luck, written, "[]") + below


@dataclass(frozen=True)
class EffectScale:
    """How the numbers of one effect are written, and what stands before and behind each: factors, percent, amounts."""

    text: Callable[[float], str]
    before: str = ""
    behind: str = ""

    @property
    def fold(self) -> bool:
        """Whether numbers are factors."""
        return bool(self.before)


def scale_of(unit: str, relative: Sequence[Middle]) -> EffectScale:
    """How the numbers of one effect are written: as factors or in percent of the baseline, or else as amounts."""
    if any(is_factor(change.middle) for change in relative):
        return EffectScale(lambda value: plain(1 + value), "× ")
    if relative:
        return EffectScale(change_text, behind=" %")
    if unit == "fraction":
        return EffectScale(change_text, behind=POINTS)
    return EffectScale(lambda value: signed(value, unit))


def in_brackets(change: Middle, written: EffectScale, brackets: str) -> str:
    """A median and its range."""
    middle = f"{written.before}{written.text(change.middle)}{written.behind}"
    if not isfinite(change.low):
        return middle
    return f"{middle} {brackets[0]}{written.text(change.low)}, {written.text(change.high)}{brackets[1]}"


def mark(change: Effect | None, reach: float) -> str:
    """An effect as a small picture (SVG) on a logarithmic scale of the ratio that ends at ``reach`` on both sides.

    Dot and thick line luck, ring and thin line luck and assumptions, at the centre no change. Empty without a ratio.
    """
    if change is None or not isfinite(change.relative) or not reach > 0:
        return ""

    def place(share: float) -> float:
        return MARK_WIDTH / 2 + (MARK_WIDTH / 2 - 4) * max(-1.0, min(1.0, log_ratio(share) / reach))

    def line(low: float, high: float, width: float) -> str:
        if not (isfinite(low) and isfinite(high)):
            return ""
        return f'<line x1="{place(low):.1f}" x2="{place(high):.1f}" y1="7" y2="7" stroke-width="{width}"/>'

    wide = line(change.wide_relative_low, change.wide_relative_high, 1)
    if wide:
        wide += f'<circle cx="{place(change.wide_relative):.1f}" cy="7" r="2.2" fill="none" stroke-width="1"/>'
    luck = line(change.relative_low, change.relative_high, 4)
    middle = MARK_WIDTH / 2
    return (
        f'<svg class="mark" width="{MARK_WIDTH}" height="14" aria-hidden="true" stroke="currentColor">'
        f'<line class="zero" x1="{middle}" x2="{middle}" y1="0" y2="14" stroke-width="1"/>{wide}{luck}'
        f'<circle cx="{place(change.relative):.1f}" cy="7" r="2.6" fill="currentColor" stroke="none"/></svg>'
    )


def reach(changes: Sequence[Effect | None]) -> float:
    """How far effects and their intervals go to either side, in logarithms of the ratio; at least a percent or so."""
    shares = [
        share
        for change in changes
        if change is not None
        for share in (change.relative, change.wide_relative, change.wide_relative_low, change.wide_relative_high)
        if isfinite(share)
    ]
    return max([LEAST, *(abs(log_ratio(share)) for share in shares)])


def spanned(change: Effect) -> str:
    """A relative change with its range over luck and assumptions, of luck alone where none were drawn: −0.255 %, from
    −4.45 to +0.507 %."""
    middle, low, high = map(change_text, change.told.relative)
    return f"{middle} %, from {low} to {high} %"


def intervals_note(replicates: int, drawn: bool, against: str = "the baseline") -> str:
    """What the numbers and both brackets in a table of effects ``against`` a scenario are."""
    said = (
        "Each value is the median over replicates, each change the median of the paired changes, in percent of "
        f"{against}, in percentage points or in amounts as it says. {own_money()}"
    )
    if replicates < FEWEST:
        return f"{said} {too_few(replicates)}"
    paired = counted(replicates, "paired replicate")
    luck = f"[ ] luck: 95 % interval of that median over {paired}, simulation noise alone."
    if not drawn:
        return f"{said}\n{luck}"
    draws = f"{share_held(replicates)} of the draws of every number that has a range, behind their median"
    return f"{said}\n{luck}\n( ) luck and assumptions: {draws}."


def gain_sentence(gains: dict[str, float]) -> str:
    """How much pairing gained."""
    parts = [f"{plain(gain)} times ({name})" for name, gain in gains.items() if isfinite(gain)]
    if not parts:
        return ""
    return (
        f"Without the same luck in both worlds a typical difference would vary more: {', '.join(parts)} the variance."
    )
