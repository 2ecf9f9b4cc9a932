"""The tables of a scenario on AI products: their market, and what is expected of it."""

from dataclasses import dataclass

from sim.quantity import quantity


@dataclass(frozen=True, kw_only=True)
class Product:
    """The market for AI products."""

    size: float = quantity("USD/yr", "market for AI products at the start", low=1e-6, high=1e15)
    growth_exponent: float = quantity("1", "mu: elasticity of market size to accuracy (1/error)", low=0, high=20)
    cap: float = quantity("1", "most that the market can grow to, over its start", low=1.5, high=1e9)
    adoption: float = quantity("1/yr", "rate at which the market approaches where it tends", low=0.01, high=20)
    contest: float = quantity("1", "theta: elasticity of a seller's weight to accuracy (1/error)", low=0, high=20)
    margin: float = quantity("1", "share of sales left after all costs but training", low=0, high=1)
    inference_share: float = quantity("1", "iota: share of sales spent on compute to serve customers", low=0, high=1)
    serving_start: float = quantity(
        "1",
        "part of sales spent on serving at the start, where it grows to inference_share with adoption",
        low=0,
        high=1,
    )
    serving_growth: float = quantity(
        "1", "powers by which what is missing of inference_share falls per power of market growth", low=0, high=10
    )
    habit: float = quantity("1/yr", "rate at which a seller's reach follows its share of sales", low=0, high=20)
    weight: float = quantity("1", "phi: weight of future sales in what accuracy is worth today", low=0, high=20)


@dataclass(frozen=True, kw_only=True)
class Expectations:
    """What firms and investors expect of the market for AI products, and how far that pays for spending today."""

    horizon: float = quantity("yr", "years to come over which the market is looked at", low=0, high=10)
    adjustment: float = quantity("1/yr", "rate at which expected growth follows growth", low=0.01, high=20)
    first: float = quantity("1/yr", "growth of ln market expected at the start", low=-2, high=2)
    most: float = quantity("1/yr", "most growth of ln market that anyone expects", low=0, high=2)
    financed: float = quantity(
        "1", "part of the margin expected above today's that investors pay a corporation in advance", low=0, high=5
    )
