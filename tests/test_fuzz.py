"""Odd scenarios: each is refused with its key, or it simulates with a finite state and measures that make sense.

``benchmarks/fuzz.py`` tries ten thousand.
"""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sim.errors import InputError
from sim.scenario import load
from tests.mutations import case, outcome, refusal
from tests.worlds import FEW, SCENARIOS, walked

BASELINE = SCENARIOS / "baseline.toml"
HEAD = f'schema = 1\ntitle = "t"\nquestion = "q"\nextends = "{BASELINE.as_posix()}"\n'
NOTE = 'basis = "assumed", note = "n"'
LONG, LONGER = "0x" + "f" * 300, "0x" + "f" * 5000


@pytest.mark.slow
@hypothesis_settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32 - 1))
def test_odd_scenarios_are_refused_or_simulate(seed: int, tmp_path: Path) -> None:
    assert outcome(seed, tmp_path) in ("refused", "simulated")


def test_a_seed_says_all() -> None:
    assert case(7) == case(7) != case(8)


@pytest.mark.parametrize("number", [LONG, LONGER, f"-{LONG}".replace("-0x", "-9" + "9" * 400 + "#"), "inf", "nan"])
@pytest.mark.parametrize(
    "entry",
    [
        "[market]\ncapacity = { years = [2012], values = [NUMBER], WHY }",
        "[market]\ncapacity = { years = [NUMBER], values = [1], WHY }",
        "[market]\ncapacity = { years = [2012], values = NUMBER, WHY }",
        "[market]\nallocation = NUMBER",
        "[market]\nresponse = { value = 1, low = NUMBER, WHY }",
        "[market]\nresponse = { value = 1, low = 0, high = 2, draw = NUMBER, WHY }",
        "[market]\nresponse = { value = 1, source = NUMBER }",
        "[market]\nresponse = { value = 1, unit = NUMBER, WHY }",
        "[market]\nresponse = { value = 1, basis = NUMBER, note = NUMBER }",
        "[law]\nprofile = NUMBER",
        "[law]\nstart_compute = { value = NUMBER, WHY }",
        "[time]\nend = NUMBER",
        "[run]\nseed = NUMBER",
        "[kind.startup]\ncount = NUMBER",
        "[kind.startup]\nrule = NUMBER",
        "[kind.startup]\nhome = { china = NUMBER, WHY }",
        "[region.china]\ncarbon_price = NUMBER",
        "[region.china]\ngrid_intensity = { data = NUMBER, entity = NUMBER, WHY }",
        "[sources.mine]\ntitle = 't'\nyear = NUMBER",
        "[sources.mine]\ntitle = 't'\nseen = NUMBER",
        '[[policy]]\nname = "carbon_tax"\nrate = NUMBER',
        '[[policy]]\nname = "carbon_tax"\nrate = 1\nrevenue_use = NUMBER',
        '[[policy]]\nname = "carbon_tax"\nrate = 1\nstart = NUMBER',
        '[[policy]]\nname = "carbon_tax"\nrate = 1\nkinds = [NUMBER]',
        "[[policy]]\nname = NUMBER",
        "extra = NUMBER",
    ],
)
def test_numbers_of_any_length_are_refused_wherever_they_stand(entry: str, number: str, tmp_path: Path) -> None:
    file = tmp_path / "odd.toml"
    body = entry.replace("NUMBER", number.partition("#")[0]).replace("WHY", NOTE)
    file.write_text(body + "\n" + HEAD if entry.startswith("extra") else f"{HEAD}{body}\n")
    with pytest.raises(InputError) as refused:
        load(file)
    refusal(refused.value)


@pytest.mark.parametrize("path", ["policy.carbon_budget.limit", "kind.startup.carbon_budget", "policy.carbon_tax.end"])
def test_no_limit_can_be_written_and_what_only_overflows_to_it_cannot(path: str) -> None:
    assert load(BASELINE, [*FEW, f"{path}=inf"]).title
    for beyond in ("9" * 400, "1e300"):
        with pytest.raises(InputError, match="out of range"):
            load(BASELINE, [*FEW, f"{path}={beyond}"])


def test_the_access_gap_is_never_below_zero(tmp_path: Path) -> None:
    """A released model outlives the startup that made it, and then beats whatever is left."""
    import numpy as np

    from sim.economy.observe import observe
    from sim.economy.start import begin
    from sim.measures import registry

    scenario = load(
        SCENARIOS / "compute_permits_given.toml",
        [*FEW, "product.adoption=20", "product.margin=0.0001", "finance.runway=0.005", "release.lag=0.1",
         "finance.failure_floor=0.9", "kind.startup.release_share=1", "network.prominence=0"],
        until=2045,
    )  # fmt: skip
    world, gap, outlived = begin(scenario, 1), registry(scenario.region_ids, scenario.kind_ids), 0
    for _ in range(scenario.time.start, scenario.time.end + 1):
        world, steps = walked(world, scenario.time.steps_per_year)
        period = observe(world, steps)
        outlived += bool(period.access.min() < period.error.min())
        assert gap["access_gap_median_lab"](period) >= 0
    assert outlived > 0
    assert np.isfinite(world.actors.error).all()
