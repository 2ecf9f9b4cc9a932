"""Scaling laws: inversion, shape, elasticity, domain, and the level of the anchored law."""

from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.mechanisms.scaling import LAWS, AnchoredLaw, Law
from sim.scenario.data import laws
from tests.worlds import small


def published() -> list[tuple[str, Law]]:
    found = []
    for benchmark, profiles in laws()["benchmarks"].items():
        for name, profile in profiles.items():
            numbers = {key: entry["value"] for key, entry in profile.items() if key != "form"}
            found.append((f"{benchmark}/{name}", LAWS[profile["form"]](**numbers)))
    return found


ALL = pytest.mark.parametrize("law", [law for _, law in published()], ids=[name for name, _ in published()])
ERRORS = st.floats(0.05, 0.999)  # below, the steepest fits ask for more compute than a float can hold
FEWER = settings(max_examples=40, deadline=None)


@ALL
@given(error=ERRORS)
@FEWER
def test_inverts(law: Law, error: float) -> None:
    assert law.error(law.compute_for(error)) == pytest.approx(error, rel=1e-9)


@ALL
@given(error=ERRORS)
@FEWER
def test_more_compute_never_hurts(law: Law, error: float) -> None:
    compute = law.compute_for(error)
    assert law.error(2 * compute) < law.error(compute)


@ALL
@given(error=ERRORS)
@FEWER
def test_elasticity_is_the_slope(law: Law, error: float) -> None:
    compute, h = law.compute_for(error), 1e-5
    slope = -(log(law.error(compute * exp(h))) - log(law.error(compute * exp(-h)))) / (2 * h) if error < 0.99 else None
    if slope is not None:
        assert law.elasticity(compute) == pytest.approx(slope, rel=1e-4)


@ALL
def test_domain_and_range_of_evidence(law: Law) -> None:
    with pytest.raises(ValueError, match="domain"):
        law.error(law.compute_for(1.0) / 2)
    for error in (0.0, -0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="error rate"):
            law.compute_for(error)
    assert law.extrapolated(law.best_error / 2)
    assert not law.extrapolated(law.best_error)


def test_compute_beyond_floating_point_is_infinite() -> None:
    law = dict(published())["conll/thompson2020_exponential"]
    assert law.compute_for(0.001) == float("inf")


@pytest.mark.parametrize(
    ("name", "error", "power"),
    [
        ("imagenet/thompson2020_polynomial", 0.115, 14),
        ("imagenet/thompson2020_polynomial", 0.05, 19),
        ("imagenet/thompson2020_polynomial", 0.01, 28),
        ("imagenet/thompson2020_exponential", 0.05, 27),
        ("imagenet/thompson2020_exponential", 0.01, 120),
        ("imagenet/thompson2022_hardware", 0.115, 14),
        ("coco/thompson2020_polynomial", 0.30, 23),
        ("squad/thompson2020_exponential", 0.02, 23),
        ("conll/thompson2020_polynomial", 0.01, 61),
        ("wmt/thompson2020_polynomial", 0.10, 43),
    ],
)
def test_powers_of_ten_as_printed(name: str, error: float, power: int) -> None:
    """Cells of figure 4 of Thompson et al. 2020, in Gflop."""
    law = dict(published())[name]
    gflop = (float(law.ln_compute_for(np.asarray(error))) - log(1e9)) / log(10)
    assert round(gflop) == power


@ALL
@given(error=ERRORS, stretch=st.floats(1, 3))
@FEWER
def test_anchored_law(law: Law, error: float, stretch: float) -> None:
    anchored = AnchoredLaw(law, 0.29, 4.7e17, stretch)
    assert float(anchored.error(np.asarray(log(4.7e17)))) == pytest.approx(0.29, rel=1e-9)
    assert float(anchored.error(anchored.ln_compute_for(np.asarray(error)))) == pytest.approx(error, rel=1e-9)
    assert float(anchored.elasticity(np.asarray(error))) == pytest.approx(
        float(law.elasticity_at(np.asarray(error))) / stretch, rel=1e-12
    )


def test_no_run_reaches_nothing() -> None:
    law = small().anchored_law()
    assert float(law.error(np.asarray(-np.inf))) == 1.0


def test_progress_is_not_counted_twice() -> None:
    """Along the years of the fit, the anchored law with progress gives what the law on physical compute gave."""
    scenario = small()
    law, anchored = scenario.law, scenario.anchored_law()
    start = float(law.ln_compute_for(np.asarray(scenario.law_table.start_error)))
    for years in (1.0, 5.0, 9.0):
        grown = scenario.law_table.fitted_growth * years
        physical = float(law.error_at(np.asarray(start + grown)))
        effective = log(scenario.law_table.start_compute) + grown + scenario.knowledge.growth * years
        assert float(anchored.error(np.asarray(effective))) == pytest.approx(physical, rel=1e-9)
