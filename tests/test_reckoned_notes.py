"""What notes of the baseline reckon from other numbers, reckoned anew."""

import re
import tomllib
from collections.abc import Callable
from csv import DictReader
from functools import cache
from math import exp, log, sqrt
from statistics import median

import numpy as np
import pytest

from sim.economy.start import begin
from sim.economy.state import World
from sim.scenario import Scenario, load
from tests.worlds import BASELINE, ROOT, SCENARIOS, played

KWH_PER_GW = 8.76e9  # in a year


@cache
def baseline() -> Scenario:
    return load(BASELINE)


def note(path: str) -> str:
    (one,) = (quantity for quantity in baseline().quantities if quantity.path == path)
    return str(one.note)


def source(key: str) -> str:
    with (SCENARIOS / "sources.toml").open("rb") as file:
        return str(tomllib.load(file)[key]["note"])


def published_error(flop: float) -> float:
    """By the fit in use as it was published."""
    return float(baseline().law.error_at(log(flop)))


def dearer(share: float) -> float:
    """Price of the hour that makes a share of all hours clean [USD/MWh], in the United States."""
    s = baseline()
    (here,) = (region for region in s.regions if region.id == "united_states")
    return 1e3 * (here.clean_premium + s.abatement.clean_rise * share / (1 - share))


def most_clean(rise: float) -> float:
    """What nine tenths of all hours cost above the first, on average."""
    return rise * (-log(0.1) - 0.9) / 0.9


def cleaner(country: str, first: int, last: int) -> str:
    """By how much a grid's intensity fell a year, by the packaged table."""
    of = {int(row["year"]): float(row["gco2e_per_kwh"]) for row in GRIDS if row["entity"] == country}
    return f"{100 * (1 - (of[last] / of[first]) ** (1 / (last - first))):.1f} % a year"


with (ROOT / "sim" / "data" / "grid_intensity_by_country_year.csv").open(encoding="utf-8") as file:
    GRIDS = list(DictReader(file))
REAL_GROWTH = 1.46 / 2 ** (1 / 2.3) - 1  # of spending, less the fall of prices
RECKONED: dict[str, tuple[Callable[[], str], ...]] = {
    "law.start_error": (
        lambda: f"{published_error(baseline().law_table.start_compute):.3f} there",
        lambda: f"{published_error(4.7e17):.3f} at the 4.7e17 FLOP of AlexNet",
    ),
    "research.response": (
        lambda: f"it would be {1 / (10.8 * (1 + baseline().law_table.fitted_progress / 1.35)):.3f};",
        lambda: f"1 over 10.8 x {1 + 0.924 / 1.35:.2f}",
    ),
    "compute.volume_discount": (lambda: f"{100 * (1000 ** baseline().compute.volume_discount - 1):.0f} % more",),
    "siting.scale": (lambda: f"{100 * (1 - exp(-0.25 / baseline().siting.scale)):.0f} % less",),
    "product.contest": (lambda: f"{100 * (0.9 ** -baseline().product.contest - 1):.0f} % more",),
    "observation.accuracy": (lambda: f"{0.9 ** -baseline().observation.accuracy:.1f} times as often",),
    "finance.round_rate": (lambda: f"chance {1 - exp(-baseline().finance.round_rate):.2f} in a year",),
    "expectations.first": (lambda: f"{exp(baseline().expectations.first):.2f}-fold",),
    "expectations.most": (lambda: f"{exp(baseline().expectations.most):.1f}-fold",),
    "abatement.clean_rise": (
        lambda: (
            f"costs {dearer(0.5):.0f} USD/MWh above the grid's at half of all hours, {dearer(0.8):.0f} at four "
            f"fifths, {dearer(0.9):.0f} at nine tenths, and {dearer(0.98):.0f} at 98 %"
        ),
        lambda: f"{most_clean(10):.0f} USD/MWh more than the first ({most_clean(4):.0f} to {most_clean(30):.0f} over",
    ),
    "market.fastest": (
        lambda: f"{exp(baseline().market.fastest):.1f}-fold in a year",
        lambda: f"{sqrt(chips(2025) / chips(2023)):.1f}-fold a year from the end of 2023 to that of 2025",
    ),
    "market.outside_growth": (lambda: f"grows by {100 * REAL_GROWTH:.0f} % a year",),
    "market.outside_limit": (lambda: f"at {100 * REAL_GROWTH:.0f} % a year",),
    "region.united_states.grid_change": (lambda: f"the {cleaner('United States', 2012, 2025)} of 2012 to 2025",),
    "region.china.grid_change": (lambda: f"the {cleaner('China', 2022, 2025)} of 2022 to 2025",),
    "region.india.grid_change": (lambda: f"the {cleaner('India', 2022, 2025)} of 2022 to 2025",),
    "region.germany.grid_change": (lambda: f"the {cleaner('Germany', 2022, 2025)} of 2022 to 2025",),
    "region.france.grid_change": (lambda: f"fell by {cleaner('France', 2012, 2025)} from 2012 to 2025",),
    "region.germany.grid_connections": (lambda: f"comes to {', '.join(europe()[:2])} and {europe()[2]} GW a year",),
}


def chips(year: int) -> float:
    """Working at the end of a year, by the source [million]."""
    return float(re.findall(rf"([\d.]+) M \({year}\)", source("epoch_supply"))[0])


def europe() -> list[str]:
    """What the note on Europe's grids names gives for Germany, France and Norway [GW/yr]."""
    first, last = map(float, re.findall(r"Europe (\d+) and (\d+)", source("iea_energy_ai"))[0])
    of = {region.id: region.cloud_share for region in baseline().regions}
    shares = [of[id] for id in ("germany", "france", "norway")]
    return [f"{(last - first) / 6 * 1e9 / KWH_PER_GW * share / sum(shares):.2f}" for share in shares]


@pytest.mark.parametrize("path", RECKONED)
def test_a_note_holds_what_it_reckons(path: str) -> None:
    for expected in RECKONED[path]:
        assert expected() in note(path), path


def test_the_largest_income_of_a_corporation_is_that_of_its_note() -> None:
    def largest(replicate: int) -> float:
        return float(begin(baseline(), 1, replicate).fixed.traits.start_income.max())

    (said,) = re.findall(r"the largest of 60 has about (\d+) B USD", note("kind.corporation.core_spread"))
    assert median(map(largest, range(60))) / 1e9 == pytest.approx(float(said), rel=0.1)


MEDIANS: dict[str, Callable[[World], np.ndarray]] = {
    "kind.corporation.start_plan": lambda world: world.actors.plan[:60],
    "kind.startup.start_plan": lambda world: world.actors.plan[60:300],
    "kind.academic_lab.start_plan": lambda world: world.actors.plan[300:],
    "kind.corporation.core_revenue": lambda world: world.fixed.traits.start_income[:60],
    "kind.academic_lab.grant": lambda world: world.fixed.traits.start_income[300:],
    "kind.startup.cash": lambda world: world.actors.cash[60:300],
    "kind.corporation.reach": lambda world: world.actors.reach[:60],
    "kind.startup.reach": lambda world: world.actors.reach[60:300],
}  # what each number called a median is the median of


def test_what_is_called_a_median_is_one_without_unequal_means() -> None:
    """With them sums stay as they are, so that the median falls: in the baseline to half for firms."""
    alike = load(BASELINE, ["mechanisms.unequal_means=false"])
    called = {one.path: one for one in baseline().quantities if one.doc.startswith("median ")}
    assert called.keys() == MEDIANS.keys()
    for path, one in called.items():
        without, with_them = (
            median(float(np.median(MEDIANS[path](begin(world, 1, replicate)))) for replicate in range(20))
            for world in (alike, baseline())
        )
        assert without == pytest.approx(one.value, rel=0.1), path
        assert with_them < 0.85 * one.value, path
        assert one.doc.endswith(", without unequal_means"), path


@pytest.mark.slow
def test_promises_cover_as_many_firms_and_as_much_power_as_their_note_says() -> None:
    assert note("pledges.size").startswith("three in five corporations, which take some 57 % of the power")
    assert "of those above 1e10 the same is about a quarter, above 1e8 some 65 %" in note("pledges.size")
    firms, power = [], []
    for seed in range(1, 17):
        world, steps = played(baseline(), seed)
        large = [world.fixed.traits.start_income >= size for size in (1e9, 1e10, 1e8)]
        firms.append(large[0].sum() / 60)
        used = [step.energy.sum(axis=0) for step in steps]
        power.append([np.mean([kwh[one].sum() / kwh.sum() for kwh in used]) for one in large])
    assert np.mean(firms) == pytest.approx(0.6, abs=0.05)
    assert np.mean(power, axis=0) == pytest.approx([0.57, 0.25, 0.65], abs=0.07)
