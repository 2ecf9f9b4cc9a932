"""What the page says of an ensemble of pairs: cards and a sentence by year, and charts with bands. No browser."""

from dataclasses import dataclass, replace
from math import isfinite, sqrt
from typing import Any

from sim.app.charts import CHARTED, charts
from sim.app.ensemble import Change, Ensemble
from sim.app.looks import number, raised
from sim.app.shades import evidence_ends, evidence_of
from sim.measures import Measure, registry, told
from sim.measures.access import ACADEMIA_SHARE
from sim.plurals import counted
from sim.report import words
from sim.report.comparison import effects as cells
from sim.report.comparison import verdict
from sim.report.comparison.verdict import Claim
from sim.results.certainty import Sureness, direction
from sim.results.statistics import FEWEST
from sim.scenario import Scenario

LUCK, WIDE = "luck", "luck and assumptions"
NONE_ON = "No policy is on; both worlds are the same."
AT_FIRST = "One pair of worlds so far; how sure this is follows in a moment."
BEYOND = " (beyond the evidence)"  # of a year, where the sentence says more than what records reach
UNCLEAR = f"{Sureness.UNCLEAR.value.capitalize()}: "  # how a verdict begins that knows nothing else
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
    luck: str = ""  # the change on luck alone, which no word follows from
    luck_bar: tuple[float, float] | None = None


def spoken() -> dict[str, Measure]:
    """Measures that the sentence speaks of."""
    return {**told("by_year"), ACADEMIA_SHARE: registry()[ACADEMIA_SHARE], **told("money")}


def answer(worlds: Ensemble) -> dict[str, Any]:
    """All that the page shows of an ensemble, as plain data."""
    said = {**spoken(), **told("card")}
    worlds.changes(list({**said, **dict.fromkeys(CHARTED)}))  # of all at once, which is quicker
    changes = worlds.changes(list(said))
    lucky = worlds.lucky(list(told("card")))
    levels = {id: _levels(worlds, id) for id in told("card")}
    on = not worlds.baseline.is_same(worlds.policy)
    many = len(worlds.found) >= FEWEST
    over = WIDE if worlds.drawn else LUCK
    pairs = f"{counted(len(worlds.found), 'pair')} of worlds"
    ends = evidence_ends(worlds, rests_on_law=True)  # the first end of all that is shown
    return {
        "years": worlds.years,
        "labels": [
            {"id": m.id, "label": _heading(m), "meaning": m.meaning, "ends": evidence_of(worlds, m.id)}
            for m in told("card").values()
        ],
        "cards": [
            [
                vars(_beside_luck(_card(worlds, measure, changes, shown, i, on=on), measure, worlds, lucky, i, on=on))
                for measure, shown in ((measure, levels[id][i]) for id, measure in told("card").items())
            ]
            for i in range(len(worlds.years))
        ],
        "sentences": [_sentence(worlds, changes, i, ends, on=on) for i in range(len(worlds.years))],
        "ends": ends,
        "sure": _basis(pairs, worlds.drawn) if many else AT_FIRST,
        "count": len(worlds.found) if many else 0,
        "over": over,
        "charts": charts(worlds, changes),
    }


def _basis(pairs: str, drawn: bool) -> str:
    """What numbers of the page rest on, and why levels are not those of a run."""
    said = f"From {pairs}, over {WIDE if drawn else LUCK}; brackets hold 95 % of them, bars reach to ±100 %."
    return f"{said} Levels are medians of these pairs; `run` has those of numbers as they stand." if drawn else said


def _sentence(worlds: Ensemble, changes: Change, i: int, ends: float, *, on: bool) -> str:
    """The verdict of the comparison report, for one year and from these pairs alone. A year after that in which
    evidence ends is said to be beyond it."""
    if not on:
        return NONE_ON
    year = worlds.years[i]
    of_year = {id: each[i] for id, each in changes.items()}
    claims = []
    for id, measure in spoken().items():
        change = of_year[id]
        if change is not None and (not change.is_nothing or not measure.told.money):
            claims.append(Claim(measure, worlds.unit(id), change))
    if all(claim.last.is_nothing for claim in claims):
        return f"In {year} nothing differs: {begins(worlds.policy)}."
    when = f"{year}{BEYOND}" if year > ends else f"{year}"
    if len(worlds.found) < FEWEST:
        parts = [_roughly(claim) for claim in claims if not claim.last.is_nothing and not claim.measure.told.money]
        return f"In {when}, as assumed and in one draw of luck: {'; '.join(parts[:4])}."
    text = verdict.sentence(claims, (year, year), of_year)
    several = sum(not entry.neutral for entry in worlds.policy.policies) > 1
    who = "this mix of policies" if several else "this policy"
    if text.startswith(UNCLEAR) and ";" not in text:
        return f"In {when} it is unclear which way {who} moves {text.removeprefix(UNCLEAR)}"
    return f"In {when}{f' {who}' if _acts(text) else ':'} {text[:1].lower()}{text[1:]}"


def _acts(text: str) -> bool:
    """Whether a verdict begins with what a policy does."""
    verbs = {verb.split()[0] for measure in spoken().values() for verb in measure.words.makes}
    return text.split()[0].lower() in {*verbs, "may"}


def _roughly(claim: Claim) -> str:
    return f"{claim.measure.subject} {verdict.brief(claim.last, claim.unit).strip('()')}"


def begins(policy: Scenario) -> str:
    """When the policies of a world begin."""
    starts = sorted({entry.start for entry in policy.policies if not entry.neutral})
    return f"the policy starts in {max(starts[0], policy.time.start):g}" if starts else "no policy is on"


def _levels(worlds: Ensemble, id: str) -> list[tuple[str, str]]:
    """By year a measure in the baseline and in the policy world."""
    unit, both = worlds.unit(id), []
    for world, middle in enumerate(worlds.middles(id)):
        known = zip(middle, worlds.is_bound(id, world), strict=True)
        texts = [words.bounded(number(level, unit), bound) for level, bound in known]
        both.append([text.removesuffix(f" {UNIT}/yr") for text in texts])
    return list(zip(*both, strict=True))


def _card(worlds: Ensemble, measure: Measure, changes: Change, levels: tuple[str, str], i: int, *, on: bool) -> Card:
    id, unit = measure.id, worlds.unit(measure.id)
    change = changes[id][i]
    before, after = levels
    if change is None or not on or change.is_nothing:
        return Card(
            after, before, "0" if change is not None else "–", "no difference" if on else "", "", "", None, True
        )
    text = raised(cells.cell(change, unit, levels=False).split("\n")[-1])
    spread = change.told(relative=change.is_relative)
    bar = (_placed(spread.low), _placed(spread.middle), _placed(spread.high)) if change.is_relative else None
    if change.few:
        return Card(after, before, text, "", "", "", bar, True)
    word = verdict.judged(measure, lambda each: changes[each][i] if each in changes else None)
    tone = verdict.tone(measure, lambda each: changes[each][i] if each in changes else None)
    arrow = {1: "▲", -1: "▼", 0: ""}[direction(change)]
    return Card(after, before, text, word, tone, arrow, bar, not arrow)


def _beside_luck(card: Card, measure: Measure, worlds: Ensemble, lucky: Change, i: int, *, on: bool) -> Card:
    """A card with what luck alone leaves open, where that is known."""
    change = lucky[measure.id][i] if lucky and on else None
    if change is None or change.is_nothing:
        return card
    text, relative = raised(cells.cell(change, worlds.unit(measure.id), levels=False)), change.is_relative
    luck = change.luck(relative=relative)
    return replace(card, luck=text, luck_bar=(_placed(luck.low), _placed(luck.high)) if relative else None)


def _heading(measure: Measure) -> str:
    """A card's heading, with the unit that its numbers leave out."""
    return f"{measure.heading}, {UNIT}/yr" if measure.unit == f"{UNIT}/yr" else measure.heading


def _placed(relative: float) -> float:
    """Where a relative change stands on a bar whose scale is its square root."""
    if not isfinite(relative):
        return 0.0
    size = min(sqrt(min(abs(relative) / BARS, 1.0)), 1.0)
    return round(size if relative >= 0 else -size, 4)
