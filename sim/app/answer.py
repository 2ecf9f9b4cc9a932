"""What the page says of an ensemble of pairs: cards and a sentence by year, and charts with bands. No browser."""

from dataclasses import dataclass, replace
from math import isfinite, sqrt
from typing import Any

from sim.app.catalogue import plainly
from sim.app.charts import charted, charts
from sim.app.ensemble import Change, PairedWorlds
from sim.app.looks import number
from sim.app.sentence import remark, sentence, spoken
from sim.app.shades import evidence_ends, evidence_of
from sim.app.sizes import size_text, span_text
from sim.measures import Measure, told
from sim.plurals import counted
from sim.report import words
from sim.report.certainty import share_held
from sim.report.comparison import verdict
from sim.results.certainty import Sureness, direction, sureness
from sim.results.statistics import FEWEST, Effect, Middle

LUCK, WIDE = "luck", "luck and assumptions"
AT_FIRST = "One pair of worlds so far; how sure this is follows in a moment."
UNIT = "tCO2e"  # of emissions: said in the heading of a card, not behind its number
BARS = 1.0  # relative change at which a bar ends


@dataclass(frozen=True)
class Card:
    """One figure of merit in one year."""

    value: str
    baseline: str
    change: str
    word: str  # falls, better; may rise, worse; hardly changes; direction unclear
    tone: str  # better, worse or nothing: its colour
    arrow: str
    bar: tuple[float, float, float] | None  # low, middle, high on the bar, from −1 to 1
    hollow: bool
    may: bool = False  # whether the word is "may": its bar is lighter
    luck: str = ""  # the change on luck alone, which no word follows from
    luck_bar: tuple[float, float] | None = None


def answer(worlds: PairedWorlds, *, luck: bool = False) -> dict[str, Any]:
    """All that the page shows of an ensemble, as plain data; what luck alone leaves open, where that is asked for."""
    said = {**spoken(), **told("card")}
    worlds.changes(list(dict.fromkeys([*said, *charted(worlds)])))  # of all at once, which is quicker
    changes = worlds.changes(list(said))
    cards = _carded(changes)
    lucky = worlds.lucky(list(cards)) if luck else {}
    levels = {id: _levels(worlds, id) for id in cards}
    on = not worlds.baseline.is_same(worlds.policy)
    many = len(worlds.found) >= FEWEST
    over = WIDE if worlds.drawn else LUCK
    pairs = f"{counted(len(worlds.found), 'pair')} of worlds"
    ends, also = evidence_ends(worlds, rests_on_law=True), remark(worlds)  # the first end of all that is shown
    return {
        "years": worlds.years,
        "labels": [
            {"id": m.id, "label": _heading(m), "meaning": f"{plainly(m.meaning)}.", "ends": evidence_of(worlds, m.id)}
            for m in cards.values()
        ],
        "cards": [
            [
                vars(_beside_luck(_card(worlds, measure, changes, shown, i, on=on), measure, worlds, lucky, i, on=on))
                for measure, shown in ((measure, levels[id][i]) for id, measure in cards.items())
            ]
            for i in range(len(worlds.years))
        ],
        "sentences": [sentence(worlds, changes, i, ends, also) for i in range(len(worlds.years))],
        "ends": ends,
        "sure": _basis(pairs, worlds) if many else AT_FIRST,
        "count": len(worlds.found) if many else 0,
        "over": over,
        "charts": charts(worlds, changes),
    }


def _carded(changes: Change) -> dict[str, Measure]:
    """Measures with a card: of the state's money those that the policy changes in any year, or the first where it
    changes none."""
    every = told("card")
    money = [id for id, measure in every.items() if measure.told.money]
    moved = [id for id in money if any(change is not None and not change.is_nothing for change in changes[id])]
    return {id: measure for id, measure in every.items() if id not in money or id in (moved or money[:1])}


def _basis(pairs: str, worlds: PairedWorlds) -> str:
    """What numbers of the page rest on."""
    over = WIDE if worlds.drawn else LUCK
    sizes = "numbers are those on the assumptions as they stand" if worlds.luck else "numbers are medians of them"
    return f"{pairs}, over {over}: brackets hold {share_held(len(worlds.found))} of them, {sizes}; bars end at ±100 %."


def _levels(worlds: PairedWorlds, id: str) -> list[tuple[str, str]]:
    """By year a measure in the baseline and in the policy world."""
    unit, both = worlds.unit(id), []
    for world, middle in enumerate(worlds.middles(id)):
        known = zip(middle, worlds.is_bound(id, world), strict=True)
        texts = [words.bounded(number(level, unit), bound) for level, bound in known]
        both.append([text.removesuffix(f" {UNIT}/yr") for text in texts])
    return list(zip(*both, strict=True))


def _card(
    worlds: PairedWorlds, measure: Measure, changes: Change, levels: tuple[str, str], i: int, *, on: bool
) -> Card:
    id, unit = measure.id, worlds.unit(measure.id)
    change = changes[id][i]
    before, after = levels
    if change is None or not on or change.is_nothing:
        return Card(
            after, before, "0" if change is not None else "–", "no difference" if on else "", "", "", None, True
        )
    text, size, range_ = size_text(change, unit), *_sizes(change)
    bar = (_placed(range_.low), _placed(size.middle), _placed(range_.high)) if change.is_relative else None
    if change.few:
        return Card(after, before, text, "", "", "", bar, True)
    word = verdict.judged(measure, lambda each: changes[each][i] if each in changes else None)
    tone = verdict.tone(measure, lambda each: changes[each][i] if each in changes else None)
    arrow = {1: "▲", -1: "▼", 0: ""}[direction(change)]
    may = sureness(change) is Sureness.MAY
    return Card(after, before, text, word, tone, arrow, bar, not arrow, may)


def _sizes(change: Effect) -> tuple[Middle, Middle]:
    """A change as numbers stand, and over what words speak of."""
    return change.luck.on(relative=change.is_relative), change.told.on(relative=change.is_relative)


def _beside_luck(card: Card, measure: Measure, worlds: PairedWorlds, lucky: Change, i: int, *, on: bool) -> Card:
    """A card with what luck alone leaves open, where that is known."""
    change = lucky[measure.id][i] if lucky and on else None
    if change is None or change.is_nothing:
        return card
    luck, relative = change.luck.on(relative=change.is_relative), change.is_relative
    text = span_text(change, worlds.unit(measure.id))
    return replace(card, luck=text, luck_bar=(_placed(luck.low), _placed(luck.high)) if relative else None)


def _heading(measure: Measure) -> str:
    """A card's heading, with the unit that its numbers leave out."""
    units = {f"{UNIT}/yr": f", {UNIT}/yr", "USD/yr": ", a year"}
    return f"{measure.heading}{units.get(measure.unit, '')}"


def _placed(relative: float) -> float:
    """Where a relative change stands on a bar whose scale is its square root."""
    if not isfinite(relative):
        return 0.0
    size = min(sqrt(min(abs(relative) / BARS, 1.0)), 1.0)
    return round(size if relative >= 0 else -size, 4)
