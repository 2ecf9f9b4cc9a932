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
from sim.report.comparison.leakage import emitted_elsewhere, in_its_regions, part_elsewhere
from sim.report.comparison.summary import summarize
from sim.results.comparison import Comparison
from sim.results.statistics import FEWEST, Middle
from tests.worlds import small

TAX = ("policy.carbon_tax.rate=500", "policy.carbon_tax.start=2013")
INDIA = (*TAX, 'policy.carbon_tax.regions=["india"]')
OVER = "policy.carbon_tax.end=2014"


def told(
    there: float | Array,
    world: float | Array,
    *settings: str,
    drawn: Array | None = None,
    last: float | Array | None = None,
) -> list[str]:
    """What is said of these changes in India and in the world; and with ``drawn`` ones of the world, and other ones of
    the world in the ``last`` year."""
    baseline, taxed = small(until=2014), small("baseline", *(settings or INDIA), until=2014)

    def values(scenario: int, id: str, window: str, *, wide: bool = False) -> Array:
        of_world = world if last is None or window == "total" else last
        change = {emissions_in("india"): there, OPERATIONAL: drawn if wide else of_world}[id]
        return np.asarray(1e4 + scenario * np.broadcast_to(cast("Array", change), 8), dtype=float)

    found = SimpleNamespace(
        scenarios=[baseline, taxed],
        years=[2012, 2013, 2014],
        first_year=2013,
        drawn=drawn is not None,
        measures=registry(),
    )
    found.values = values
    return emitted_elsewhere(cast("Comparison", found), 1)


BOTH_WAYS = np.array([-300.0, 100, -90, -80, -70, -60, -50, -40])


@pytest.mark.parametrize(
    ("world", "said"),
    [
        (-28.0, "72 % (72 to 72 %) of what is cut in India is emitted elsewhere: 72 tCO2e"),
        (30.0, "1.3 times what is cut in India is emitted elsewhere (1.3 to 1.3 times): 130 tCO2e"),
        (-100.0, "hardly anything of what is cut in India is emitted elsewhere"),
        (np.linspace(-103.0, -82.0, 8), "up to 18 % of what is cut in India is emitted elsewhere: up to 18 tCO2e"),
        (BOTH_WAYS, "how much of what is cut in India is emitted elsewhere is unclear: about 35 % in the middle, up to "
                    "200 % in some worlds, and in others elsewhere emits less, too"),
    ],
)  # fmt: skip
def test_how_much_of_what_is_cut_is_emitted_elsewhere(world: float | Array, said: str) -> None:
    *last, over = told(-100.0, world)
    assert over == f"over 2013–2014 {said}"
    assert last == [] if "unclear" in said else [f"in 2014 {said.partition(':')[0]}"]


@pytest.mark.parametrize(
    ("world", "last", "said"),
    [
        (-95.0, -55.0, ["in 2014 45 % (45 to 45 %) of what is cut in India is emitted elsewhere",
                        "over 2013–2014 5.0 % (5.0 to 5.0 %) of what is cut in India is emitted elsewhere: 5.0 tCO2e"]),
        (BOTH_WAYS, -55.0, ["in 2014 45 % (45 to 45 %) of what is cut in India is emitted elsewhere", "unclear"]),
        (-95.0, BOTH_WAYS, ["unclear", "over 2013–2014 5.0 %"]),
        (BOTH_WAYS, BOTH_WAYS, ["over 2013–2014 how much of what is cut in India is emitted elsewhere is unclear"]),
    ],
)  # fmt: skip
def test_the_last_year_is_told_beside_the_years(world: float | Array, last: float | Array, said: list[str]) -> None:
    """All else is told of it, and what leaks may grow; what is unclear in both is told once."""
    found = told(-100.0, world, last=last)
    assert len(found) == len(said)
    for one, part in zip(found, said, strict=True):
        assert part in one


def test_a_range_is_over_draws_where_there_are_any() -> None:
    assert told(-100.0, -28.0, drawn=np.linspace(-60.0, -20.0, 8))[1:] == [
        "over 2013–2014 60 % (40 to 80 %) of what is cut in India is emitted elsewhere: 60 tCO2e (40 to 80 tCO2e)"
    ]


def test_a_cut_that_is_not_known_beyond_luck_leaves_it_unclear_and_no_cut_says_nothing() -> None:
    unknown = ["over 2013–2014 how much of what is cut in India is emitted elsewhere is unclear"]
    assert told(BOTH_WAYS, -28.0) == unknown
    assert told(100.0, -28.0) == told(0.0, 0.0) == []


@pytest.mark.parametrize("settings", [TAX, (*INDIA, OVER), ("policy.compute_voucher.value=1e5",)])
def test_nothing_is_said_of_a_policy_that_is_everywhere_or_over(settings: tuple[str, ...]) -> None:
    assert told(-100.0, -28.0, *settings) == []


def test_a_verdict_has_it_once() -> None:
    found = sim.compare([small(until=2014), small("baseline", *INDIA, until=2014)], replicates=FEWEST, workers=1)
    (policy,) = summarize(found, {}).policies
    lines = [line for line in policy.verdict if "of what is cut in India" in line]
    assert [line.partition(" ")[0] for line in lines if "elsewhere" in line] in (["in", "over"], ["over"])


def test_what_is_emitted_in_its_regions_is_told_beside_the_worlds() -> None:
    """Of several regions together, in the verdict and in the rows below it, of the last year and over the years."""
    both = (*TAX, 'policy.carbon_tax.regions=["india", "china"]')
    found = sim.compare([small(until=2014), small("baseline", *both, until=2014)], replicates=FEWEST, workers=1)
    (policy,) = summarize(found, {}).policies
    told_ = " ".join(policy.verdict)
    assert "emissions in China and India" in told_
    assert "the world's emissions" in told_
    rows = {row.label: row for row in policy.key}
    (claim,) = in_its_regions(found, 1)
    sums = [sum(found.values(i, emissions_in(one)) for one in ("china", "india")) for i in (0, 1)]
    assert claim.last.baseline == pytest.approx(float(np.median(sums[0])))
    assert claim.last.difference == pytest.approx(float(np.median(sums[1] - sums[0])))
    assert {"Emissions in China and India", "Emissions in China and India, 2013–2014"} <= rows.keys()
    assert in_its_regions(sim.compare([small(until=2013), small("carbon_tax", *TAX, until=2013)], workers=1), 1) == []


def test_a_record_reads_as_before() -> None:
    assert part_elsewhere(Middle(0.72, 0.12, 0.91)) == "72 % (12 to 91 %) of what is cut there is emitted elsewhere"
    assert part_elsewhere(Middle(1.0, -11.0, 3.5)).endswith("there is emitted elsewhere is unclear (−1,100 to +350 %)")
