"""Thompson et al. 2020, figure 4: what an error costs on five benchmarks, in Gflop, pounds and dollars."""

import numpy as np

from sim.evidence.cells import DIFFERS, MET, SUSPECT, TAKEN, Cell, Extra, Reproduction, made
from sim.mechanisms.scaling import Law
from sim.mechanisms.scaling.base import LN10, LN_GIGA
from sim.quantity import factor
from sim.report.words import plain
from sim.scenario.data import laws, published
from sim.scenario.fits import published_law

FORMS = ("polynomial", "exponential")
COLUMNS = ("Gflop", "lb CO2", "USD")


def powers(law: Law, error: float) -> tuple[float, float, float]:
    """log10 of the Gflop, pounds of CO2 and dollars that an error takes, unrounded."""
    source = published("thompson")
    gflop = (float(law.ln_compute_for(np.asarray(error))) - LN_GIGA) / LN10
    return gflop, gflop + source["ln10_pounds"], gflop + source["ln10_dollars"]


def reproduce() -> Reproduction:
    """The 90 cells, the headline in its own units, and what later fits imply."""
    cells = []
    for benchmark, rows in published("thompson")["cells"].items():
        for error, *printed in rows:
            for form, cell in zip(FORMS, printed, strict=True):
                cells += _cells(benchmark, error, form, cell)
    return made("thompson", cells, _headline(), [_later()])


def _cells(benchmark: str, error: float, form: str, printed: list[int]) -> list[Cell]:
    source = published("thompson")
    doubt = source["suspect"]
    label = laws()["labels"][benchmark]
    found = powers(published_law(benchmark, f"thompson2020_{form}"), error)
    cells = []
    for column, computed, power in zip(COLUMNS, found, printed, strict=True):
        met = round(computed) == power
        suspect = not met and (benchmark, error, form) == (doubt["benchmark"], doubt["error"], doubt["form"])
        verdict = MET if met else SUSPECT if suspect else DIFFERS
        row = f"{label}, {plain(100 * error)} %"
        note = doubt["note"] if suspect else ""
        shown = (f"10^{round(computed)}", f"10^{power}")
        cells.append(Cell("figure 4", row, f"{form} {column}", column, *shown, verdict, note, TAKEN))
    return cells


def _headline() -> list[str]:
    source = published("thompson")
    _, pounds, dollars = powers(published_law("imagenet", "thompson2020_polynomial"), source["headline_error"])
    tonne = factor("lbCO2e", "tCO2e") / factor("tCO2e", "tCO2e")
    rounded = 10.0 ** round(pounds) * tonne
    return [
        f"The headline: 1 % error on ImageNet takes 10^{round(dollars)} USD and 10^{round(pounds)} lb of CO2, "
        f'"100 quintillion" of each: powers of ten, rounded. The fit itself says {10**dollars:.1e} USD and '
        f"{10**pounds:.1e} lb.",
        f"10^{round(pounds)} lb are {rounded:.1e} t. The popular figure of {source['popular_tonnes']:.1e} t is "
        f"{source['popular_tonnes'] / rounded:,.0f} times that, about a thousand: kilograms taken for tonnes.",
    ]


def _later() -> Extra:
    """What each fit of ImageNet implies, beside the later version's own extrapolations."""
    source = published("thompson")["later"]
    rows = []
    for profile in source["profiles"]:
        law = published_law("imagenet", profile)
        for error in source["errors"]:
            gflop, pounds, dollars = powers(law, error)
            halving = powers(law, error / 2)[0] - gflop
            costs = [f"10^{power:.1f}" for power in (gflop + 9, dollars, pounds, halving)]
            rows.append([profile, f"{plain(100 * error)} %", *costs])
    for error, flop, dollars in source["printed"]:
        rows.append(["as printed in 2022", f"{plain(100 * error)} %", f"10^{flop}", f"10^{dollars}", "", ""])
    title = "What each fit implies for ImageNet. No one exponent gives both figure 4 and the later statements."
    return Extra(title, ["profile", "error", "FLOP", "USD", "lb CO2", "next halving, times"], rows)
