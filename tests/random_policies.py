"""Random policies beside a random world, for the slow reference."""

from pathlib import Path

import numpy as np

from sim.policies import registry
from sim.policies.levers import REVENUE_USES
from sim.scenario import load
from tests.worlds import SCENARIOS

SCHEDULE = ("start", "end", "since", "ramp")
BASE = Path(__file__).parent / "twice.toml"  # has another entry of each of
TWICE = ("public_compute", "compute_voucher", "reporting_duty", "training_run_ceiling", "training_run_pace",
         "open_publication")  # fmt: skip


def more_policies(rng: np.random.Generator, compute: float, permits: bool) -> list[str]:
    """Settings of some of the other policies, of permits where there can be any, and of some a second entry beside the
    first. ``compute`` [FLOP/yr] is about what there is."""
    first, second = _some(rng, compute, permits), _some(rng.spawn(1)[0], compute, permits)
    again = [name for name in TWICE if name in first and name in second]
    entries = [*first.items(), *((f"{name}_too", second[name]) for name in again)]
    return [f"policy.{id}.{key}={value}" for id, parameters in entries for key, value in parameters.items()]


def _some(rng: np.random.Generator, compute: float, permits: bool) -> dict[str, dict[str, object]]:
    """Parameters of some of the other policies."""

    def log(low: float, high: float) -> float:
        return float(10 ** rng.uniform(low, high))

    def pick(*options: object) -> str:
        return f'"{rng.choice(options)}"'

    def pick_flag(yes: bool) -> str:
        return str(yes).lower()

    def given(cap: float) -> dict[str, object]:
        return {"cap": cap} if rng.random() < 0.5 else {"cap_share": log(-2.5, 0.0)}

    def money(key: str, value: float) -> dict[str, object]:
        """The size of a programme: an own one, a yearly budget, or a total."""
        size = rng.choice([key, "budget", "total"])
        return {
            size: value if size == key else log(5, 12),
            **({"end": rng.uniform(2027, 2045)} if size == "total" else {}),
        }

    def bounds() -> dict[str, object]:
        """A lowest price of permits, a highest one, both or neither."""
        lowest, highest = log(-2, 3), log(3, 5)
        chosen = {"price_floor": lowest} if rng.random() < 0.5 else {}
        chosen |= {"price_ceiling": rng.choice([highest, lowest])} if rng.random() < 0.5 else {}
        return {**chosen, "price_growth": rng.uniform(-5, 10)}

    how = rng.choice(["auction", "auction", "grandfathering"])
    policies: dict[str, dict[str, object]] = {
        "cap_and_trade": {
            **given(log(-1, 5)), "growth": rng.uniform(-10, 10), "allocation": f'"{how}"',
            **(bounds() if how == "auction" else {}),
            "banking": rng.choice([0.0, 1.0]), "revenue_use": pick(*REVENUE_USES), "second_use": pick(*REVENUE_USES),
            "second_share": rng.choice([0.0, 0.4]), "auction_share": rng.choice([0.0, 0.57]),
            "regions": rng.choice(["[]", '["united_states", "france"]']),
        },
        "compute_permits": {
            **given(compute * log(-3, 2)), "growth": rng.uniform(-10, 50), "scope": pick("all", "training"),
            "allocation": pick("auction", "grandfathering"), "kinds": rng.choice(["[]", '["corporation"]']),
            "auction_share": rng.choice([0.0, 0.25]), "second_share": rng.choice([0.0, 0.5]),
        },
        "public_compute": {
            **money("share", rng.uniform(0, 0.6)), "allotment": pick("equal", "need", "merit", "lottery"),
            "kinds": rng.choice(["[]", '["academic_lab", "startup"]']),
        },
        "compute_voucher": {**money("value", log(1, 8)), "kinds": rng.choice(["[]", '["startup"]'])},
        "reporting_duty": {
            "threshold": compute * log(-6, 0), "lag": rng.choice([0.0, 0.25, 1.5]), "coverage": rng.uniform(0, 1),
            "methods": rng.choice([0.0, 0.8]),
        },
        "training_run_ceiling": {"limit": compute * log(-6, 2), "growth": rng.uniform(0, 100)},
        "training_run_pace": {"ratio": rng.uniform(1, 5)},
        "open_publication": {
            "share": rng.uniform(0, 1), "weights_lag": rng.choice([0.0, 0.5, 2.0]),
            "findings": rng.uniform(0, 1), "weights": pick_flag(rng.random() < 0.7),
        },
        "clean_power_support": {
            "rate": log(-4, 0), "growth": rng.uniform(-10, 10), "regions": rng.choice(["[]", '["united_states"]']),
        },
    }  # fmt: skip
    for name in registry():
        if name not in (*policies, "carbon_tax", "carbon_budget"):
            policies[name] = like_the_shipped(name, log(-3, 3), pick(*REVENUE_USES))
    chosen: dict[str, dict[str, object]] = {}
    for name, parameters in policies.items():
        if rng.random() < 0.4 and (permits or not {"cap", "cap_share"} & set(parameters)):
            before = "cap_share" in parameters or parameters.get("allocation") == '"grandfathering"'
            first = 2013 if before else 2012 if "total" in parameters else 2011  # a total is spent in whole steps
            ramp = 0.0 if "total" in parameters else rng.choice([0.0, 5.0])
            parameters |= {"start": rng.uniform(first, 2025), "ramp": ramp}
            chosen[name] = parameters
    return chosen


def like_the_shipped(name: str, factor: float, use: str) -> dict[str, object]:
    """Numbers of a policy as its own scenario sets them, the strength times a factor, and a use of its revenue."""
    scenario = load(SCENARIOS / f"{name}.toml")
    (entry,) = scenario.policies
    chosen: dict[str, object] = {"revenue_use": use} if "revenue_use" in entry.parameters() else {}
    for quantity in scenario.quantities:
        key = quantity.path.removeprefix(f"policy.{entry.id}.")
        if key in entry.parameters() and key not in SCHEDULE and type(quantity.value) in (int, float):
            value = quantity.value * factor if key == entry.strength else quantity.value
            chosen[key] = f'{{ value = {value!r}, unit = "{quantity.unit}" }}'
    return chosen
