"""Two worlds as the page steps them, for tests."""

from sim.app.pair import Pair, Setup
from tests.worlds import SCENARIOS

FEW = ("kind.corporation.count=6", "kind.startup.count=14", "kind.academic_lab.count=20")
BASELINE = SCENARIOS / "baseline.toml"
TAX = {"rate": {"value": 300, "unit": "USD/tCO2"}, "growth": {"value": 5, "unit": "%/yr"}}


def pair_of(policy: str = "baseline", until: int = 2016, seed: int = 3) -> Pair:
    return Pair(Setup(BASELINE, SCENARIOS / f"{policy}.toml", seed, settings=FEW, until=until))


def stepped(pair: Pair, steps: int) -> Pair:
    for _ in range(steps):
        pair.step()
    return pair
