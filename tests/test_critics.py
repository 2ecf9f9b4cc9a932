"""What the page on critics says is what the pages that it rests on say, or what the model gives."""

import re
from pathlib import Path

import numpy as np
import pytest

from sim.experiment.run import run
from sim.scenario import load
from tests.worlds import ROOT, SCENARIOS

DOCS = ROOT / "docs"
PAGE = " ".join((DOCS / "critics.md").read_text(encoding="utf-8").split())
LINES = 120
SAID_TWICE = [  # on the page, where else, and as it stands there
    ("spend 89 M USD on compute in 2024", "docs/trust.md", "and 89 M in 2024"),
    ("a third of what academic computing equipment", "docs/trust.md", "put at about 260 M USD a year"),
    ("535 TWh in 2030", "docs/trust.md", "the baseline uses 535 TWh in 2030"),
    ("expected to use 945", "docs/trust.md", "all data centres of the world at 945 TWh in 2030"),
    ("its middle at 156", "docs/trust.md", "for 2030 is 156 TWh a year"),
    ("within a factor of 35", "docs/conclusions.md", "records hold it within a factor of 35"),
    ("moves the divide of 2030 fourteenfold", "docs/what-decides.md", "| × 14.2 ["),
    ("better of two naive forecasts on 12 of 22 targets", "docs/trust.md", "on 12 of 22 targets"),
    ("162 of 215 numbers are assumed; 18 are fitted", "README.md",
     "Of 215 numbers 162 are assumed, 35 have a source, and 18"),
    ("38 targets, of which 32 are met", "docs/trust.md", "it meets 32 of 38 targets"),
    ("about 31.5", "docs/trust.md", "about 31.5 would be met"),
    ("misses two, shortages both", "docs/trust.md", "| right way, too small | missed: no effect foretold |"),
    ("+28 to +145 %", "docs/trust.md", "| +77 % (+28 to +145) | +33 % (+33 to +50) | within the range |"),
    ("−99 to −11 %", "docs/trust.md", "| −92 % (−99 to −11) | −75 % | within the range |"),
    ("704 B USD for permits in 2040", "docs/findings/findings.md", "+$704 B"),
    ("the market is 0.12 % smaller", "docs/findings/findings.md", "−0.120 % [−0.140, −0.104]"),
    ("14,000 in the README's 50", "README.md", "a permit costs $14,000/tCO2e"),
    ("the same cap needs 97 USD", "README.md", "needs permits of $97"),
    ("is 36 B USD in 2024 and 116 B in 2025", "docs/trust.md", "36 B in 2024 (9.7 to 69), 116 B in 2025"),
    ("put at 30 B and 65 B", "docs/trust.md", "put at 30 B in 2024 and 65 B in 2025"),
    ("39 % in 2025, 60 % in 2027, 40 % in 2030", "docs/trust.md", "39 % in 2025, 60 % in 2027, 40 % in 2030"),
    ("30 g of CO2e for a kilowatt-hour are taxed; its own authority puts the power that is used there at 8 g",
     "docs/model.md",
     "30 g/kWh in 2020, where its authority NVE puts power that is used, imports included, at 8 g"),
    ("0.1 % higher in 2040 and 0.6 % in 2021", "docs/model.md", "0.1 % higher (0.6 % in 2021"),
    ("from about 2031 on runs want more text", "docs/language.md", "from about 2031 on a run wants more text"),
    ("public compute narrows the divide", "docs/quintillions.md",
     "public_compute: under every theory the compute divide narrows"),
    ("ceiling on training runs does to it is open", "docs/quintillions.md", "unclear in one: the compute divide."),
    ("14.6× and 10.4× in 2040", "docs/worlds.md", "| 4.92× | 14.6× |"),
    ("14.6× and 10.4× in 2040", "docs/worlds.md", "| 4.28× | 10.4× |"),
    ("cuts about three quarters", "README.md", "cuts emissions by about three quarters"),
    ("below 11.5 % are extrapolated", "README.md", "Errors below 11.5 % are extrapolated"),
    ("hardware end in 2043", "docs/conclusions.md", "its trends end in 2043"),
    ("within 2 % of an assumed limit from 2034 on", "README.md", "is within 2 % of an assumed limit"),
]  # fmt: skip


@pytest.mark.parametrize(("here", "file", "there"), SAID_TWICE, ids=lambda text: text[:40])
def test_a_figure_that_it_repeats_is_that_of_the_other_page(here: str, file: str, there: str) -> None:
    assert here in PAGE
    assert there in " ".join((ROOT / file).read_text(encoding="utf-8").split())


def test_it_fits_what_is_read_at_once_and_every_objection_says_what_to_conclude_and_where_to_look() -> None:
    text = (DOCS / "critics.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LINES
    objections = [part for part in re.split(r'\n\n(?=\*\*"|## )', text) if part.startswith('**"')]
    assert len(objections) > 10
    for part in objections[:-1]:  # the last has nothing behind it
        assert "*So* " in part, part
        assert "*Look:*" in part, part
    for page in ("README.md", "docs/index.md"):
        assert Path("critics.md").name in (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.slow
def test_who_pays_for_the_compute_of_labs_is_as_it_says() -> None:
    found = run(load(SCENARIOS / "baseline.toml", until=2032))
    of = found.series[(found.series.measure == "sponsored_share_labs") & (found.series.year == 2032)]
    assert f"In 2032 sponsors pay {100 * float(np.median(of.value)):.2f} %" in PAGE
