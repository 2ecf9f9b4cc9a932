"""The picture of the page to hand on: drawn at the size at which it is printed, so that its letters can be read."""

from dataclasses import replace

from sim.report.comparison.brief import IN_WORDS, PICTURED
from sim.report.comparison.figures.over_time import over_time_figure
from sim.report.comparison.figures.trade_off import HEIGHT, trade_off_figure
from sim.report.comparison.titles import together
from sim.report.style import png
from sim.results.comparison import Comparison
from sim.scenario.combined import NAME as COMBINED

ALONE, BESIDE_WORDS = 4.6, 2.5  # heights [in]: of one policy's picture, and of that of several below what words say


def in_brief(found: Comparison, fingerprint: str) -> bytes | None:
    """What one policy changes by year, or several by what they change in the divide and in emissions; nothing of many
    policies."""
    many = len(found.names)
    if many > PICTURED:
        return None
    if many == 1:
        return png(over_time_figure(found, fingerprint, ALONE))
    scenarios = [replace(one, title=together(many)) if one.name == COMBINED else one for one in found.scenarios]
    height = BESIDE_WORDS if many <= IN_WORDS else HEIGHT
    figure = trade_off_figure(replace(found, scenarios=scenarios), fingerprint, height)
    return png(figure) if figure else None
