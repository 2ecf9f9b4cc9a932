"""How a world shows up in a file of records."""

from dataclasses import dataclass

from sim.quantity import quantity


@dataclass(frozen=True, kw_only=True)
class Observation:
    """Which training runs are recorded, and what of them. Nothing in the world depends on it."""

    accuracy: float = quantity("1", "nu: elasticity of the chance of a record to accuracy (1/error)", low=0, high=100)
    academia: float = quantity(
        "1", "chance of a record for an academic lab over that of a firm, at equal error", low=0.001, high=1e4
    )
    shortfall: float = quantity(
        "1", "powers of ten by which a recorded run is smaller than the actor's largest of its year, on average",
        low=0, high=6,
    )  # fmt: skip
    joint: float = quantity(
        "1",
        "share of what firms have on record that names a lab too, and counts half as a lab's",
        low=0,
        high=1,
        default=0.0,
    )
