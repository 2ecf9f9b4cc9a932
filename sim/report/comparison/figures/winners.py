"""Who gains compute and who loses it."""

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report.colours import INK, LINE, TERTIARY
from sim.report.comparison.figures.common import key, look, origin
from sim.report.comparison.figures.gallery import GALLERY
from sim.report.letters import verbatim
from sim.report.style import canvas, label_ends, png
from sim.results.comparison import Comparison


@GALLERY.figure(order=3)
def winners(found: Comparison, made: str) -> bytes | None:
    """Training compute in the last year over the baseline's, by kind and by decile of compute in the first year."""
    tables = {name: _tenths(found, i) for i, name in enumerate(found.names, start=1)}
    labels = {kind.id: kind.label or kind.id for kind in found.scenarios[0].kinds}
    kinds = list(dict.fromkeys(kind for table in tables.values() for kind in table["kind"]))
    if not kinds:
        return None
    subtitle = (
        "Training compute of the last year over the baseline's, by tenth of the kind in the first year; bands: luck"
    )
    figure, axes = canvas("Who gains and who loses compute", subtitle, origin(found, made).line, columns=len(kinds))
    values = pd.concat(tables.values())["ratio"]
    values = values[np.isfinite(values) & (values > 0)]
    low, high = (min(values.min(), 0.9), max(values.max(), 1.1)) if len(values) else (0.5, 2.0)
    for ax, kind in zip(axes, kinds, strict=True):
        ends = []
        for i, table in enumerate(tables.values()):
            part = table[(table["kind"] == kind) & (table["ratio"] > 0)].sort_values("tenth")
            tone, dash = look(i)
            ax.plot(part["tenth"], part["ratio"], dash, color=tone, linewidth=1.6)
            ax.fill_between(
                part["tenth"], part["low"].clip(lower=low / 2), part["high"], color=tone, alpha=0.15, linewidth=0
            )
            if len(part):
                ends.append((float(part["ratio"].iloc[-1]), str(i + 1), tone))
        ax.axhline(1, color=LINE, linewidth=1)
        ax.set_yscale("log")
        ax.set_ylim(low / 1.2, high * 1.2)
        ax.set_xlim(1, 10)
        ax.xaxis.set_major_locator(MaxNLocator(3, integer=True))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}×"))
        ax.yaxis.set_minor_formatter(FuncFormatter(lambda v, _: ""))
        ax.text(0, 1.03, verbatim(labels.get(kind, kind)), transform=ax.transAxes, color=INK)
        label_ends(ax, ends)
    axes[0].set_xlabel("Tenth, least compute first", color=TERTIARY)
    key(figure, list(tables))
    return png(figure)


def _tenths(found: Comparison, scenario: int) -> pd.DataFrame:
    """Kind, tenth, ratio of training compute, and its interval of luck."""
    rows = [
        (kind, tenth, 1 + change.relative, 1 + change.relative_low, 1 + change.relative_high)
        for (kind, tenth), change in found.tenths(scenario).items()
        if tenth
    ]
    return pd.DataFrame(rows, columns=["kind", "tenth", "ratio", "low", "high"])
