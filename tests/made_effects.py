"""Effects made of numbers."""

from math import nan
from types import SimpleNamespace

from sim.measures.base import Scale
from sim.results.statistics import EVERY_COLUMN, Effect, Middle, TwoScales

Three = tuple[float, float, float]  # a middle and both ends
NO_RATIO = nan, nan, nan


def an_effect(relative: float, wide: tuple[float, float], baseline: float = 10.0) -> Effect:
    """An effect with a narrow interval of luck and a ``wide`` one, both relative."""
    luck, drawn = (relative, max(relative - 0.01, -1.0), relative + 0.01), (relative, *wide)
    return effect_of(luck=luck, wide=drawn, ratios=(luck, drawn), baseline=baseline, replicates=20, draws=40)


def effect_of(
    *,
    luck: Three,
    wide: Three,
    ratios: tuple[Three, Three] = (NO_RATIO, NO_RATIO),
    baseline: float = 1.0,
    replicates: int,
    draws: int | None,
    in_points: bool = False,
) -> Effect:
    """An effect whose amounts of ``luck`` and ``wide`` are in units of a ``baseline``, of which it has these ratios."""
    amounts = (Middle(*(one * baseline for one in of)) for of in (luck, wide))
    both = (TwoScales(amount, Middle(*ratio)) for amount, ratio in zip(amounts, ratios, strict=True))
    return Effect(baseline, (1 + luck[0]) * baseline, *both, replicates, draws, in_points)


def without_range(relative: float) -> Effect:
    """An effect whose intervals have no width."""
    of = (relative,) * 3
    return effect_of(luck=of, wide=of, ratios=(of, of), replicates=3, draws=None)


def altered(change: Effect, **numbers: float | None) -> Effect:
    """An effect with these numbers in place of its own, by the names that it has for them."""
    row = {column: numbers.pop(name, getattr(change, name)) for column, name in EVERY_COLUMN.items()}
    assert not numbers
    return Effect.of_row(SimpleNamespace(**row), Scale(in_points=change.in_points, in_amounts=change.in_amounts))
