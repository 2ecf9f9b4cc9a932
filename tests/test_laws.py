"""Scaling laws: inversion, shape, elasticity, domain, and the level of the anchored law."""

from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.experiment.run import run
from sim.mechanisms.scaling import LAWS, AnchoredLaw, Law
from sim.mechanisms.scaling.chinchilla import Chinchilla
from sim.report import words
from sim.report.run.summary import change_sentences
from sim.scenario.data import laws
from tests.worlds import played, small


def published() -> list[tuple[str, Law]]:
    found = []
    for benchmark, profiles in laws()["benchmarks"].items():
        for name, profile in profiles.items():
            numbers = {key: entry["value"] for key, entry in profile.items() if key != "form"}
            found.append((f"{benchmark}/{name}", LAWS[profile["form"]](**numbers)))
    return found


ALL = pytest.mark.parametrize("law", [law for _, law in published()], ids=[name for name, _ in published()])
PARTS = st.floats(0.05, 0.999)  # of the way from the lowest error to the highest; below, compute exceeds a float
FEWER = settings(max_examples=40)


def between(law: Law, part: float) -> float:
    return law.lowest + part * (law.highest - law.lowest)


@ALL
@given(part=PARTS)
@FEWER
def test_inverts(law: Law, part: float) -> None:
    error = between(law, part)
    assert law.error(law.compute_for(error)) == pytest.approx(error, rel=1e-9)


@ALL
@given(part=PARTS)
@FEWER
def test_more_compute_never_hurts(law: Law, part: float) -> None:
    error = between(law, part)
    compute = law.compute_for(error)
    assert law.error(2 * compute) < law.error(compute)


@ALL
@given(part=PARTS)
@FEWER
def test_elasticity_is_the_slope(law: Law, part: float) -> None:
    compute, h = law.compute_for(between(law, 0.99 * part)), 1e-5
    slope = -(log(law.error(compute * exp(h))) - log(law.error(compute * exp(-h)))) / (2 * h)
    assert law.elasticity(compute) == pytest.approx(slope, rel=1e-4)


@ALL
def test_domain_and_range_of_evidence(law: Law) -> None:
    with pytest.raises(ValueError, match="domain"):
        law.error(law.compute_for(law.highest) / 2)
    for error in (law.lowest, -0.1, law.highest * 1.1, float("nan")):
        with pytest.raises(ValueError, match="under this law an error"):
            law.compute_for(error)
    assert law.lowest < law.best_error < law.worst_error <= law.highest


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
@given(part=PARTS, stretch=st.floats(1, 3))
@FEWER
def test_anchored_law(law: Law, part: float, stretch: float) -> None:
    error, start = between(law, part), between(law, 0.3)
    anchored = AnchoredLaw(law, start, 4.7e17, stretch)
    assert float(anchored.error(np.asarray(log(4.7e17)))) == pytest.approx(start, rel=1e-9)
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
        effective = log(scenario.law_table.start_compute) + grown + scenario.law_table.fitted_progress * years
        assert float(anchored.error(np.asarray(effective))) == pytest.approx(physical, rel=1e-9)


KNOWN = ("law.known_error=0.2", "law.known_compute=1e19", "law.known_year=2016")


@pytest.mark.parametrize("theory", ["shared_progress", "meek", "scale_dependent"])
def test_a_law_goes_through_a_published_run_with_the_methods_of_its_year(theory: str) -> None:
    scenario = small("baseline", *KNOWN, f"law.theory={theory}")
    law, learnt = scenario.anchored_law(), scenario.law_table.fitted_progress * (2016 - scenario.time.start)
    run_then = law.effective(np.asarray(log(1e19)), learnt)
    assert float(law.error(run_then)) == pytest.approx(0.2, rel=1e-9)
    first = float(law.error(np.asarray(log(scenario.law_table.start_compute))))
    assert scenario.start_error == pytest.approx(first, rel=1e-12)
    assert first != pytest.approx(scenario.law_table.start_error, rel=0.01)


def test_the_market_goes_by_the_first_error_of_its_own_task() -> None:
    """Under a power law another level changes errors and nothing else."""
    own, other = (played(small("baseline", *known, until=2014))[0] for known in ((), KNOWN))
    assert other.markets.products == pytest.approx(own.markets.products, rel=1e-6)
    assert other.actors.volume == pytest.approx(own.actors.volume, rel=1e-6)
    assert other.actors.error.min() != pytest.approx(own.actors.error.min(), rel=0.01)


def test_beyond_the_floor_there_is_no_compute() -> None:
    law = dict(published())["imagenet/irreducible"]
    assert float(law.ln_compute_for(np.asarray(law.lowest / 2))) == np.inf
    with pytest.raises(ValueError, match=r"above 0\.02"):
        law.compute_for(0.01)


@pytest.mark.parametrize("name", ["hoffmann2022", "besiroglu2024"])
@given(decades=st.floats(15, 28), shift=st.floats(0.2, 5))
@FEWER
def test_chinchilla_optimum_is_the_best_split(name: str, decades: float, shift: float) -> None:
    law = dict(published())[f"language/{name}"]
    assert isinstance(law, Chinchilla)
    compute = 10**decades
    parameters, tokens = law.optimum(compute)
    assert 6 * parameters * tokens == pytest.approx(compute, rel=1e-9)
    best = law.loss(parameters, tokens)
    assert law.loss(parameters * shift, tokens / shift) >= best * (1 - 1e-12)
    assert law.error(compute) == pytest.approx(best, rel=1e-9)


def test_chinchilla_itself() -> None:
    """70 B parameters and 1.4 T tokens at 5.76e23 FLOP: the replication's fit finds the model that was trained."""
    law = dict(published())["language/besiroglu2024"]
    parameters, tokens = law.optimum(5.76e23)
    assert parameters == pytest.approx(70e9, rel=0.05)
    assert tokens == pytest.approx(1.4e12, rel=0.06)


@pytest.mark.parametrize(
    ("settings", "unit"),
    [
        (["law.profile=irreducible"], "fraction"),
        (
            ["law.benchmark=language", "law.profile=besiroglu2024", "law.start_error=4", "product.growth_exponent=4"],
            "nats",
        ),
    ],
)
def test_a_world_runs_under_every_form(settings: list[str], unit: str) -> None:
    result = run(small("baseline", *settings, until=2030, replicates=1))
    errors = result.series[result.series["measure"] == "frontier_error"]
    assert set(errors["unit"]) == {unit}
    assert (errors["value"].diff().dropna() <= 0).all()
    law = result.scenario.law
    assert errors["value"].min() > law.lowest
    reached = words.number(errors["value"].iloc[-1], unit)
    assert [told for told in change_sentences(result) if "the frontier's error" in told and f"to {reached}" in told]


def test_the_error_at_the_start_scales_errors_and_nothing_else() -> None:
    """Under a power law: a fit can tell it from records of errors alone."""
    runs = [played(small("baseline", f"law.start_error={error}", until=2018))[1] for error in (0.2, 0.3)]
    for low, high in zip(*runs, strict=True):
        trained = high.error < 1  # a startup that begins has no model
        assert trained[high.alive].any()
        assert high.error[trained] == pytest.approx(1.5 * low.error[trained], rel=1e-9)
        for name in ("compute", "paid", "research", "sales", "knowledge"):
            assert getattr(high, name) == pytest.approx(getattr(low, name), rel=1e-9), name
