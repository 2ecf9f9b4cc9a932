"""Serving customers: what it takes of sales, where it grows with adoption."""

import numpy as np
import pytest

from sim.economy.observe import observe
from sim.errors import InputError
from sim.measures import registry
from sim.mechanisms.product import serving_share
from sim.scenario import load
from tests.worlds import SCENARIOS, played, small

ON = "mechanisms.serving_grows=true"


def test_the_share_begins_and_ends_where_the_scenario_says() -> None:
    assert serving_share(0.3, 0.03, 5.0, 5.0, 0.3) == pytest.approx(0.03)
    assert serving_share(0.3, 0.03, 1.0, 5.0, 0.3) == pytest.approx(0.03)  # a market below its start
    assert serving_share(0.3, 0.03, 50.0, 5.0, np.log10(2)) == pytest.approx(0.3 - 0.27 / 2)
    assert serving_share(0.3, 0.03, 5e20, 5.0, 0.3) == pytest.approx(0.3, rel=1e-4)


def test_serving_grows_with_the_market() -> None:
    """By rule its share of compute is large from the first day on; with adoption it comes to the same in the end."""
    found = {}
    for on in (False, True):
        scenario = load(SCENARIOS / "baseline.toml", [f"mechanisms.serving_grows={str(on).lower()}"], until=2024)
        world, steps = played(scenario)
        measure = registry()["inference_share"]
        found[on] = [measure(observe(world, steps[i : i + 4])) for i in range(0, len(steps), 4)]
        spent = [float(step.paid_inference.sum() / step.sales.sum()) for step in steps]
        assert (np.diff(spent) >= -1e-9).all() if on else max(spent) == pytest.approx(min(spent))
    assert found[True][0] < 0.5 * found[False][0]
    assert found[True][-1] == pytest.approx(found[False][-1], rel=0.1)
    assert 0.5 < found[True][2021 - 2012] < 0.7  # about three fifths of energy at Google in 2019 to 2021


def test_sales_pay_for_serving_at_the_start_too() -> None:
    with pytest.raises(InputError, match=r"product\.serving_start"):
        small("baseline", ON, "product.serving_start=0.6")
    small("baseline", "product.serving_start=0.6")  # of no effect
