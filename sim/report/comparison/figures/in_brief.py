"""The picture of the page to hand on: drawn at the size at which it is printed, so that its letters can be read."""

from collections.abc import Sequence
from dataclasses import replace

from sim.measures import DIVIDE, EMISSIONS, told
from sim.report.comparison.brief import IN_WORDS, PICTURED
from sim.report.comparison.figures.over_time import has_ratios, over_time_figure
from sim.report.comparison.figures.trade_off import HEIGHT, trade_off_figure
from sim.report.comparison.titles import together
from sim.report.style import png
from sim.results.comparison import Comparison
from sim.scenario.combined import NAME as COMBINED

ALONE, BESIDE_WORDS = 4.6, 2.5  # heights [in]: of one policy's picture, and of that of several below what words say


def in_brief(found: Comparison, fingerprint: str) -> bytes | None:
    """What one policy changes by year, or several by what they change in the divide and in emissions; nothing of many
    policies. The first measure that was asked for is in it: it has the first panel, or takes the place of the divide,
    and where it has no ratios the picture is of it alone, by year."""
    many, asked = len(found.names), found.asked_measures[:1]
    if many > PICTURED:
        return None
    if many == 1:
        return png(over_time_figure(found, fingerprint, ALONE, _first(asked)))
    scenarios = [replace(one, title=together(many)) if one.name == COMBINED else one for one in found.scenarios]
    height = BESIDE_WORDS if many <= IN_WORDS else HEIGHT
    called = replace(found, scenarios=scenarios)
    if not all(has_ratios(found, id) for id in asked):
        return png(over_time_figure(called, fingerprint, height, asked))
    across = next((id for id in asked if id not in (DIVIDE, EMISSIONS)), DIVIDE)
    figure = trade_off_figure(called, fingerprint, height, across)
    return png(figure) if figure else None


def _first(asked: Sequence[str]) -> list[str]:
    """The measures by year: what was asked for, then the usual ones, in as many panels as these have."""
    usual = [*told("by_year")]
    return [*dict.fromkeys((*asked, *usual))][: len(usual)]
