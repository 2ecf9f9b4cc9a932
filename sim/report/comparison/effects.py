"""Effects of policies for people: cells of a table, and a sentence whose words follow from the numbers."""

from collections.abc import Mapping, Sequence
from math import isfinite, log

from sim.measures import told, verdict
from sim.report.words import NONE, change_text, is_factor, number, plain, signed
from sim.results.statistics import Effect

SMALL_SHARE = 0.01  # a share below this is shown with its levels
HARDLY = 0.01  # one end of a range over the other below which it counts as none
ROUGH = 40  # draws below which a 95 % range over them is rough
MARK_WIDTH = 96  # px of the picture of an effect
NOTHING = 1e-4  # ratio below which a picture ends


def cell(change: Effect | None, unit: str) -> str:
    """An effect with both intervals: −31.2 % [−33.0, −29.5] (−44.0, −12.0); with levels where a share is small."""
    if change is None:
        return NONE
    if change.difference == 0 and change.low in (0.0, change.low) and change.high == change.low:
        exact = change.wide_low == change.wide_high == 0 or not isfinite(change.wide_low)
        if change.low == 0 and exact:
            return "0"
    levels = ""
    if unit == "fraction" and max(abs(change.baseline), abs(change.policy)) and abs(change.baseline) < SMALL_SHARE:
        levels = f"{number(change.baseline, unit)} → {number(change.policy, unit)}\n"
    if not isfinite(change.relative):
        return levels + amounts(change, unit)
    luck = [change.relative_low, change.relative_high]
    wide = [change.wide_relative_low, change.wide_relative_high]
    if is_factor(change.relative):
        texts = [[f"{plain(1 + value)}" if isfinite(value) else NONE for value in pair] for pair in (luck, wide)]
        return levels + _spans(f"× {plain(1 + change.relative)}", *texts)
    texts = [[change_text(value) for value in pair] for pair in (luck, wide)]
    if NONE in texts[1] and isfinite(change.wide_low):  # no relative change where the baseline is nothing
        texts[1] = [signed(value, unit) for value in (change.wide_low, change.wide_high)]
    return levels + _spans(f"{change_text(change.relative)} %", *texts)


def _spans(middle: str, luck: list[str], wide: list[str]) -> str:
    spans = f" [{', '.join(luck)}]" if NONE not in luck else ""
    return middle + spans + (f" ({', '.join(wide)})" if NONE not in wide else "")


def mark(change: Effect | None, reach: float) -> str:
    """An effect as a small picture (SVG) on a logarithmic scale of the ratio that ends at ``reach`` on both sides.

    Dot the mean, thick line luck, thin line luck and assumptions, at the centre no change. Empty without a ratio.
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
    luck = line(change.relative_low, change.relative_high, 4)
    middle = MARK_WIDTH / 2
    return (
        f'<svg class="mark" width="{MARK_WIDTH}" height="14" aria-hidden="true" stroke="currentColor">'
        f'<line class="zero" x1="{middle}" x2="{middle}" y1="0" y2="14" stroke-width="1"/>{wide}{luck}'
        f'<circle cx="{place(change.relative):.1f}" cy="7" r="2.6" fill="currentColor" stroke="none"/></svg>'
    )


def log_ratio(share: float) -> float:
    """The logarithm of a ratio from its relative change; a fall to nothing is the deepest that is shown."""
    return log(max(1.0 + share, NOTHING))


def reach(changes: Sequence[Effect | None]) -> float:
    """How far effects and their intervals go to either side, in logarithms of the ratio; at least a percent or so."""
    shares = [
        share
        for change in changes
        if change is not None
        for share in (change.relative, change.wide_relative_low, change.wide_relative_high)
        if isfinite(share)
    ]
    return max([HARDLY, *(abs(log_ratio(share)) for share in shares)])


def amounts(change: Effect, unit: str) -> str:
    """A difference with both intervals: −$1.20 M/yr [−1.30 M, ...]."""
    return _spans(
        signed(change.difference, unit),
        [signed(value, unit) for value in (change.low, change.high)],
        [signed(value, unit) for value in (change.wide_low, change.wide_high)],
    )


def sentence(title: str, year: int, effects: Mapping[str, Effect | None]) -> str:
    """One sentence on a policy. What it changes is what the interval of luck and assumptions leaves no doubt of."""
    changed: list[str] = []
    sometimes: list[str] = []
    unchanged: list[str] = []
    for id, measure in told("policy").items():
        subject, (more, less), change = measure.subject, measure.words.verbs, effects.get(id)
        if change is None:
            continue
        if not change.certain:
            ends = sorted((change.wide_relative_low, change.wide_relative_high), key=abs)
            if isfinite(ends[0]) and abs(ends[0]) <= HARDLY * abs(ends[1]) and ends[1] * change.difference > 0:
                verb = more if ends[1] > 0 else less
                sometimes.append(f"{subject} {verb} by up to {plain(100 * abs(ends[1]))} % or not at all")
            else:
                unchanged.append(subject)
            continue
        verb = more if change.difference > 0 else less
        size = change.relative
        fold = is_factor(size)
        amount = f"{plain(1 + size)}-fold" if fold else f"by {plain(100 * abs(size))} %"
        wide = (change.wide_relative_low, change.wide_relative_high)
        ends = sorted(1 + end if fold else abs(100 * end) for end in wide)
        span = f" ({plain(ends[0])} to {plain(ends[1])}{'' if fold else ' %'})" if isfinite(ends[0]) else ""
        but = verdict(measure, lambda each: sure(effects.get(each))).but
        changed.append(f"{subject} {verb} {amount}{span}{f', but {but}' if but else ''}")
    said = "; ".join([*changed, *sometimes])
    nothing = f"no detectable change in {_listed(unchanged)}" if unchanged else ""
    if not said:
        return f"{title}: {nothing or 'nothing to compare'} in {year}."
    return f"{title}: in {year} {said}{'; ' + nothing if nothing else ''}."


def sure(change: Effect | None) -> float:
    """A difference that luck and assumptions leave no doubt of; 0 where there is none."""
    return change.difference if change is not None and change.certain else 0.0


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def intervals_note(replicates: int, drawn: bool) -> str:
    """What both brackets in a table of effects are."""
    luck = f"[ ] luck: 95 % interval of the mean over {replicates} paired replicates, simulation noise alone."
    if not drawn:
        return f"{luck} Assumptions were not drawn."
    rough = f" With fewer than {ROUGH} draws it is rough." if replicates < ROUGH else ""
    return (
        f"{luck}\n( ) luck and assumptions: 95 % range over draws of every number that has a range; drawn worlds "
        f"differ in size, so it may have another centre.{rough}"
    )


def idle_sentence(idle: int, draws: int) -> str:
    """In how many drawn worlds a policy changes nothing at all, where there are such worlds."""
    if not idle:
        return ""
    return f"It changes nothing in {idle} of {draws} drawn worlds, where what it limits stays within its limits."


def gain_sentence(gains: dict[str, float]) -> str:
    """How much pairing gained."""
    parts = [f"{plain(gain)} times ({name})" for name, gain in gains.items() if isfinite(gain)]
    if not parts:
        return ""
    return f"Pairing makes the variance of a typical difference smaller: {', '.join(parts)}."
