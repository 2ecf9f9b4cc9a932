"""Who could pay for a frontier run."""

from sim.measures.ids import could_pay
from sim.report import words
from sim.report.colours import LOOKS, TERTIARY, look_of
from sim.report.labels import End, label_ends
from sim.report.run.data import RunData
from sim.report.run.figures import GALLERY
from sim.report.run.figures.common import with_added
from sim.report.style import canvas_of_years, line, png


@GALLERY.figure(order=7)
def payers(run: RunData) -> bytes | None:
    """How many corporations, startups and labs could pay for a run as large as the year's largest."""
    subtitle = "Actors whose means in the year cover a run as large as its largest, at their own price"
    figure, (ax,) = canvas_of_years(run.origin, "Who could pay for a frontier run", subtitle)
    ends, groups = [], []
    for kind, alone in (("corporation", "Corporations"), ("startup", "Startups"), ("academia", "Academic labs")):
        table = run.bands(could_pay("frontier", kind))
        if table.empty:
            continue
        groups.append(kind)
        hue, text, marker = LOOKS[kind]
        line(ax, table, hue, marker)
        last = table["mid"].iloc[-1]
        ends.append(End(last, with_added(run, kind, alone), words.count(last), text))
    ax.set_ylim(bottom=0)
    if ends:
        ax.set_ylabel(f"actors (of {_counts(run, groups)})", color=TERTIARY, fontsize=8)
    label_ends(ax, ends)
    return png(figure) if ends else None


def _counts(run: RunData, groups: list[str]) -> str:
    """How many actors there are of each group: 60, 240 and 400."""
    sums = [sum(kind.count for kind in run.scenario.kinds if look_of(kind) == group) for group in groups]
    *others, last = map(words.count, sums)
    return f"{', '.join(others)} and {last}" if others else last
