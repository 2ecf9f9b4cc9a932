"""The price of halving an ImageNet error."""

from math import log10
from typing import Any

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter

from sim.evidence.figures import GALLERY
from sim.evidence.figures.common import AMBER, BLUE, source
from sim.evidence.thompson import powers
from sim.quantity import TONNES_PER_POUND
from sim.report.colours import INK, SECONDARY, TERTIARY
from sim.report.style import canvas, png
from sim.report.words import plain
from sim.scenario.fits import published_law


@GALLERY.figure(order=2)
def thompson_next_halving() -> bytes | None:
    """What a run that halves an ImageNet error takes, from 11.5 % down, under four published fits."""
    subtitle = "One run that halves the ImageNet error, against the error it starts from; all of it extrapolated"
    figure, axes = canvas("The price of the next halving of error", subtitle, source("thompson"), columns=3)
    fits = {
        "ninth_power": ("ninth power", AMBER, "-."), "thompson2022_hardware": ("power law, 2022", BLUE, "-"),
        "thompson2020_polynomial": ("power law, 2020", INK, "--"),
        "thompson2020_exponential": ("exponential, 2020", TERTIARY, ":"),
    }  # fmt: skip
    errors = np.geomspace(0.115, 0.02, 60)
    for i, (ax, title) in enumerate(zip(axes, ("FLOP", "USD (of the paper)", "t CO2"), strict=True)):
        for profile, (label, tone, style) in fits.items():
            law = published_law("imagenet", profile)
            shift = (9.0, 0.0, log10(TONNES_PER_POUND))[i]
            column = (0, 2, 1)[i]
            cost = [powers(law, e / 2)[column] + shift for e in errors]
            ax.plot(-np.log10(errors), cost, style, color=tone, label=label)
        ax.set_title(title, loc="left", fontsize=9, color=SECONDARY)
        ax.set_ylim(top=min(ax.get_ylim()[1], (60, 42, 38)[i]))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"$10^{{{v:.0f}}}$"))
        ax.xaxis.set_major_locator(FixedLocator([-log10(e) for e in (0.1, 0.05, 0.025)]))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{plain(100 * 10**-v)} %"))
    axes[1].set_xlabel("error before the halving", color=TERTIARY)
    place: Any = {"loc": "upper right", "bbox_to_anchor": (1.04, 0.70)}
    axes[2].legend(frameon=False, fontsize=7, labelcolor=SECONDARY, handlelength=2.2, **place)
    return png(figure)
