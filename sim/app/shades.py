"""What is shaded in a chart: what a policy saves, and the years that no evidence reaches. No browser.

One rule for the latter: from the year on in which the first thing that a chart shows was not measured. That is the year
after the last record that the model is held against; before that, where the typical frontier in either world is below
the lowest error of its law's evidence, if the chart rests on that law; or where hardware leaves its trend. What comes
then is the model's alone.
"""

from itertools import pairwise

import numpy as np

from sim.app.ensemble import Change, PairedWorlds
from sim.app.evidence import LAST
from sim.app.looks import Band
from sim.measures import FRONTIER_ERROR
from sim.measures.access import HALVING_COST
from sim.report.comparison import verdict
from sim.results.certainty import Sureness, sureness

SHADES = {"better": ("var(--better)", "dots"), "worse": ("var(--worse)", "strokes")}  # colour, and what says it again
LAWFUL = (FRONTIER_ERROR, HALVING_COST)  # measures that rest on the law of errors
FAINT = 0.2  # of the shade's colour, beside that of bands


def evidence_ends(worlds: PairedWorlds, *, rests_on_law: bool) -> float:
    """The last year that evidence reaches, as the rule has it."""
    ends = [float(LAST), worlds.baseline.trends_end, worlds.policy.trends_end]
    for world in (0, 1) if rests_on_law else ():
        below = worlds.level(FRONTIER_ERROR, world) < worlds.baseline.law.best_error
        ends += [worlds.years[int(below.argmax())] - 1.0] if below.any() else []
    return min(ends)


def evidence_of(worlds: PairedWorlds, id: str) -> float:
    """The last year that evidence reaches, for a measure."""
    return evidence_ends(worlds, rests_on_law=id in LAWFUL)


def saved(worlds: PairedWorlds, id: str, changes: Change) -> list[Band]:
    """The room between the lines of both worlds, in years in which the card of the measure calls the change better or
    worse and does not say "may", for a measure of which less is better."""
    measure = worlds.measures[id]
    if measure.better != "lower" or id not in changes:
        return []
    before, after = map(np.array, worlds.middles(id))
    tones = [_tone(worlds, id, changes, i) for i in range(len(worlds.years))]
    edges = [0, *(i for i in range(1, len(tones)) if tones[i] != tones[i - 1]), len(tones)]
    bands = []
    for first, end in pairwise(edges):
        if tones[first] and end - first > 1:  # one year alone has no width
            low, high = np.minimum(before, after)[first:end], np.maximum(before, after)[first:end]
            colour, texture = SHADES[tones[first]]
            bands.append(Band(worlds.years[first:end], low.tolist(), high.tolist(), colour, FAINT, texture))
    return bands


def _tone(worlds: PairedWorlds, id: str, changes: Change, i: int) -> str:
    """What the card of the measure says of the change in a year: better, worse, or nothing that is sure."""
    change = changes[id][i]
    if change is None or sureness(change) is not Sureness.SURE:
        return ""
    return verdict.tone(worlds.measures[id], lambda each: changes[each][i] if each in changes else None)
