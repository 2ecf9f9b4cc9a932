"""What a policy on some regions cuts there, and how much of it is emitted elsewhere, is told unasked."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

import sim
from sim.arrays import Array
from sim.measures import registry
from sim.measures.carbon import OPERATIONAL
from sim.measures.ids import emissions_in
from sim.report.comparison.leakage import emitted_elsewhere, part_elsewhere
from sim.report.comparison.summary import summarize
from sim.results.comparison import Comparison
from sim.results.statistics import FEWEST, Middle
from tests.worlds import small

TAX = ("policy.carbon_tax.rate=500", "policy.carbon_tax.start=2013")
INDIA = (*TAX, 'policy.carbon_tax.regions=["india"]')
OVER = "policy.carbon_tax.end=2014"


def told(there: float | Array, world: float | Array, *settings: str, drawn: Array | None = None) -> list[str]:
    """What is said of these changes in India and in the world; and with ``drawn`` ones of the world."""
    baseline, taxed = small(until=2014), small("baseline", *(settings or INDIA), until=2014)

    def values(scenario: int, id: str, *, wide: bool = False) -> Array:
        change = {emissions_in("india"): there, OPERATIONAL: drawn if wide else world}[id]
        return np.asarray(1e4 + scenario * np.broadcast_to(cast("Array", change), 8), dtype=float)

    found = SimpleNamespace(
        scenarios=[baseline, taxed], years=[2012, 2013, 2014], drawn=drawn is not None, measures=registry()
    )
    found.values = values
    return emitted_elsewhere(cast("Comparison", found), 1)


BOTH_WAYS = np.array([-300.0, 100, -90, -80, -70, -60, -50, -40])


@pytest.mark.parametrize(
    ("world", "said"),
    [
        (-28.0, "72 % (72 to 72 %) of what is cut in India is emitted elsewhere: 72 tCO2e/yr"),
        (30.0, "1.3 times what is cut in India is emitted elsewhere (1.3 to 1.3 times): 130 tCO2e/yr"),
        (-100.0, "hardly anything of what is cut in India is emitted elsewhere"),
        (np.linspace(-103.0, -82.0, 8), "up to 18 % of what is cut in India is emitted elsewhere: up to 18 tCO2e/yr"),
        (BOTH_WAYS, "how much of what is cut in India is emitted elsewhere is unclear: in some worlds up to 200 % of "
                    "it, in others elsewhere emits less, too"),
    ],
)  # fmt: skip
def test_how_much_of_what_is_cut_is_emitted_elsewhere(world: float | Array, said: str) -> None:
    assert told(-100.0, world) == [said]


def test_a_range_is_over_draws_where_there_are_any() -> None:
    assert told(-100.0, -28.0, drawn=np.linspace(-60.0, -20.0, 8)) == [
        "60 % (40 to 80 %) of what is cut in India is emitted elsewhere: 60 tCO2e/yr (40 to 80 tCO2e/yr)"
    ]


def test_a_cut_that_is_not_known_beyond_luck_leaves_it_unclear_and_no_cut_says_nothing() -> None:
    unknown = ["how much of what is cut in India is emitted elsewhere is unclear"]
    assert told(BOTH_WAYS, -28.0) == unknown
    assert told(100.0, -28.0) == told(0.0, 0.0) == []


@pytest.mark.parametrize("settings", [TAX, (*INDIA, OVER), ("policy.compute_voucher.value=1e5",)])
def test_nothing_is_said_of_a_policy_that_is_everywhere_or_over(settings: tuple[str, ...]) -> None:
    assert told(-100.0, -28.0, *settings) == []


def test_a_verdict_has_it_once() -> None:
    found = sim.compare([small(until=2014), small("baseline", *INDIA, until=2014)], replicates=FEWEST, workers=1)
    (line,) = [line for line in summarize(found, {}).policies[0].verdict if "elsewhere" in line]
    assert "of what is cut in India" in line


def test_a_record_reads_as_before() -> None:
    assert part_elsewhere(Middle(0.72, 0.12, 0.91)) == "72 % (12 to 91 %) of what is cut there is emitted elsewhere"
    assert part_elsewhere(Middle(1.0, -11.0, 3.5)).endswith("there is emitted elsewhere is unclear (−1,100 to +350 %)")
