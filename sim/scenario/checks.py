"""What no single entry can show: one function for each rule, the same for files, settings, draws and the page."""

from collections.abc import Callable
from math import ceil, floor, isfinite, log10

import numpy as np

from sim.errors import InputError, UnfitLaw, together
from sim.plurals import counted
from sim.quantity import G_PER_KG
from sim.scenario.policy_checks import POLICY_RULES, Mistakes
from sim.scenario.scenario import Scenario
from sim.scenario.schema import DIRTIEST, series_at
from sim.scenario.tree import START

LARGEST_STUDY = 5_000_000  # actors in all replicates: some 16 GB for their tables until they are written
LARGEST_STEP = 100_000_000  # actors times regions: some 13 GB for one step
LONGEST = 200  # years
DIGITS = 4  # of the largest growth exponent that a law allows
ECONOMY = ("law.start_error", "law.start_compute", "product.size", "market.outside_demand")  # at the start


def check(scenario: Scenario) -> None:
    """Raise InputError, which tells of every rule that the scenario breaks."""
    mistakes = [mistake for rule in RULES for mistake in rule(scenario)]
    mistakes += [mistake for policy in scenario.policies for rule in POLICY_RULES for mistake in rule(scenario, policy)]
    if mistakes:
        raise together(mistakes)


def the_horizon_runs_forward(scenario: Scenario) -> Mistakes:
    """The last year is no earlier than the first, and not centuries away."""
    time = scenario.time
    if 0 <= time.end - time.start < LONGEST:
        return
    where, found = scenario.tree.latest("time.start", "time.end"), f"{time.start} to {time.end}"
    if time.end < time.start:
        allowed, fix = f"an end from {time.start} on", "let it end no earlier than it starts"
        yield InputError("the horizon runs backwards", found=found, allowed=allowed, fix=fix, **where)
    else:
        allowed, fix = f"at most {LONGEST} years", "choose a shorter horizon"
        yield InputError("the horizon is too long", found=found, allowed=allowed, fix=fix, **where)


def the_start_has_its_economy(scenario: Scenario) -> Mistakes:
    """Who starts a run in another year says how the economy is then: with the start, or after it."""
    origin = scenario.tree.origin
    described = [*ECONOMY, *(f"kind.{id}.start_plan" for id in scenario.kind_ids)]
    elsewhere = [path for path in described if origin.get(path) != origin.get(START)]
    if not elsewhere or START not in origin:
        return
    written = list(origin)  # in the order of writing
    stale = [path for path in elsewhere if path in origin and written.index(path) < written.index(START)]
    if stale:
        year, first = scenario.time.start, origin[stale[0]].name
        problem = f"a run from {year} would begin with the economy that {first} describes for its own start"
        fix = f"take it out (policies have a start of their own), or give with it, for {year}: {', '.join(stale)}"
        where = scenario.tree.where(START)
        yield InputError(problem, found=year, allowed=f"the start in {first}, or numbers for another", fix=fix, **where)


def a_step_fits_into_memory(scenario: Scenario) -> Mistakes:
    """One step can be held; no more is, since steps are added up."""
    size = scenario.actors * len(scenario.regions)
    if size > LARGEST_STEP:
        found = f"{counted(scenario.actors, 'actor')} in {counted(len(scenario.regions), 'region')}"
        allowed, fix = f"at most {LARGEST_STEP:,} actors times regions", "lower kind.<id>.count, or drop regions"
        where = scenario.tree.latest(*_counts(scenario))
        yield InputError("too large to hold in memory", found=found, allowed=allowed, fix=fix, **where)


def a_study_fits_into_memory(scenario: Scenario) -> Mistakes:
    """The tables of all replicates can be held."""
    if scenario.actors * scenario.run.replicates > LARGEST_STUDY:
        found = f"{counted(scenario.run.replicates, 'replicate')} of {counted(scenario.actors, 'actor')}"
        allowed, fix = f"at most {LARGEST_STUDY:,} actors in all replicates", "lower --replicates or run.replicates"
        where = scenario.tree.latest("run.replicates", *_counts(scenario))
        yield InputError("too large to hold in memory", found=found, allowed=allowed, fix=fix, **where)


def _counts(scenario: Scenario) -> list[str]:
    return [f"kind.{id}.count" for id in scenario.kind_ids]


def a_region_runs_a_cloud(scenario: Scenario) -> Mistakes:
    """Work away from home has a place to go."""
    if not any(region.cloud_share > 0 for region in scenario.regions):
        where = scenario.tree.latest(*(f"region.{id}.cloud_share" for id in scenario.region_ids))
        shares = {region.id: region.cloud_share for region in scenario.regions}
        fix = "give a region a cloud_share above 0"
        yield InputError("no region runs a cloud", found=shares, allowed="a sum above 0", fix=fix, **where)


def somebody_sells(scenario: Scenario) -> Mistakes:
    """AI products have a seller."""
    if not any(getattr(kind, "reach", 0) > 0 for kind in scenario.kinds):
        written = [f"kind.{kind.id}.reach" for kind in scenario.kinds if hasattr(kind, "reach")]
        where = scenario.tree.latest(*written) if written else {"file": scenario.file, "key": "kind"}
        kinds, fix = list(scenario.kind_ids), "keep a kind whose rule is corporation or startup, with a reach above 0"
        yield InputError("nobody sells AI products", found=kinds, allowed="a kind that sells", fix=fix, **where)


def sales_pay_for_margin_and_compute(scenario: Scenario) -> Mistakes:
    """What is left of sales and what serving costs are parts of them."""
    product, key = scenario.product, "inference_share"
    if scenario.mechanisms.serving_grows and product.serving_start > product.inference_share:
        key = "serving_start"
    serving = getattr(product, key)
    if product.margin + serving > 1:
        fix = f"lower product.margin or product.{key}, which is part of the cost of sales"
        found = f"{product.margin:g} + {serving:g}"
        where = scenario.tree.latest("product.margin", f"product.{key}")
        yield InputError("sales cannot pay for margin and compute", found=found, allowed="at most 1", fix=fix, **where)


def the_range_of_the_law_stands_upright(scenario: Scenario) -> Mistakes:
    """The best error of the law's evidence is not above the worst."""
    law = scenario.law
    if law.best_error > law.worst_error:
        where = scenario.tree.latest("law.best_error", "law.worst_error")
        found, fix = f"{law.best_error:g} to {law.worst_error:g}", "let best_error be the smaller"
        yield InputError("the law's range is upside down", found=found, allowed="best to worst", fix=fix, **where)


def small_runs_are_smaller(scenario: Scenario) -> Mistakes:
    """Where progress depends on scale, a run that gains all of it is larger than one that gains least."""
    small, full = (getattr(scenario.theory, key, None) for key in ("small_run", "full_run"))
    if small is not None and full is not None and not small < full:
        where, fix = scenario.tree.latest("law.small_run", "law.full_run"), "raise full_run, or lower small_run"
        allowed = f"full_run above {small:g} FLOP"
        yield InputError(
            "progress has no scale to depend on", found=f"{full:g} FLOP", allowed=allowed, fix=fix, **where
        )


def _start_lies_within(scenario: Scenario) -> bool:
    return all(
        scenario.law.lowest < error <= scenario.law.highest
        for error in (scenario.law_table.anchor[1], scenario.start_error)
    )


def the_law_reaches_the_start(scenario: Scenario) -> Mistakes:
    """The error of the start is one that the law knows."""
    law, (key, found) = scenario.law, scenario.law_table.anchor
    if not _start_lies_within(scenario):
        problem, fix = "the start lies outside the law's domain", "start from an error that the law can reach"
        allowed, where = f"above {law.lowest:g}, at most {law.highest:g} {law.unit}", f"law.{key}"
        yield UnfitLaw(problem, found=found, allowed=allowed, fix=fix, **scenario.tree.where(where))


def a_known_run_is_known_whole(scenario: Scenario) -> Mistakes:
    """A published run that the law goes through has an error, a compute and a year."""
    keys = ("known_error", "known_compute", "known_year")
    given = [f"law.{key}" for key in keys if isfinite(getattr(scenario.law_table, key))]
    if 0 < len(given) < len(keys):
        missing = ", ".join(f"law.{key}" for key in keys if f"law.{key}" not in given)
        problem, allowed = "a published run is known in part", "all three or none of " + ", ".join(keys)
        yield InputError(problem, found=", ".join(given), allowed=allowed, fix=f"give {missing} too",
                         **scenario.tree.latest(*given))  # fmt: skip


def markets_stay_finite(scenario: Scenario) -> Mistakes:
    """Compute that makes accuracy that makes sales that buy compute has an end."""
    if not _start_lies_within(scenario):
        return
    exponent = scenario.product.growth_exponent
    elasticity = float(scenario.anchored_law().elasticity(np.asarray(scenario.start_error)))
    if exponent * elasticity >= 1:
        most = rounded_down(1.0 / elasticity, DIGITS)
        profile = f"{scenario.law_table.benchmark}.{scenario.law_table.profile}"
        problem = (
            "markets would grow without bound: growth_exponent times the law's elasticity reaches one "
            f"({exponent:.{DIGITS}g} times {elasticity:.{DIGITS}g}, under the law {profile})"
        )
        fix = f"lower product.growth_exponent to {most:g} or less, or choose a steeper law"
        where = scenario.tree.where("product.growth_exponent")
        yield UnfitLaw(problem, found=exponent, allowed=f"at most {most:g} under this law", fix=fix, **where)


def trends_begin_below_their_limits(scenario: Scenario) -> Mistakes:
    """What hardware does in its base year is possible, and its price has not ceased to follow its trend by then."""
    c = scenario.compute
    for key, limit in (("flop_per_usd", "price_limit"), ("flop_per_kwh", "energy_limit"), ("price_year", "trend_end")):
        value, most = getattr(c, key), getattr(c, limit)
        if value > most:
            where = scenario.tree.latest(f"compute.{key}", f"compute.{limit}")
            problem, fix = "hardware begins beyond its limit", f"lower compute.{key}, or raise compute.{limit}"
            allowed = f"compute.{key} of at most compute.{limit}"
            yield InputError(problem, found=f"{value:g} above {most:g}", allowed=allowed, fix=fix, **where)


def grids_stay_possible(scenario: Scenario) -> Mistakes:
    """No grid gets dirtier than what any fuel emits, within the run."""
    for region in scenario.regions:
        last = G_PER_KG * series_at(region.grid_intensity, region.grid_change, scenario.time.end)
        if last > DIRTIEST:
            where = scenario.tree.latest(f"region.{region.id}.grid_change", "time.end")
            problem, fix = "a grid gets dirtier than any fuel", f"lower region.{region.id}.grid_change"
            found, allowed = f"{last:.4g} gCO2e/kWh in {scenario.time.end}", f"at most {DIRTIEST:g} gCO2e/kWh"
            yield InputError(problem, found=found, allowed=allowed, fix=fix, **where)


def rounded_down(number: float, digits: int) -> float:
    """The largest number of this many figures that is below a positive one."""
    step = 10.0 ** (floor(log10(number)) + 1 - digits)
    return (ceil(number / step) - 1) * step


RULES: tuple[Callable[[Scenario], Mistakes], ...] = (
    the_horizon_runs_forward,
    the_start_has_its_economy,
    a_step_fits_into_memory,
    a_study_fits_into_memory,
    a_region_runs_a_cloud,
    somebody_sells,
    sales_pay_for_margin_and_compute,
    the_range_of_the_law_stands_upright,
    small_runs_are_smaller,
    a_known_run_is_known_whole,
    the_law_reaches_the_start,
    markets_stay_finite,
    trends_begin_below_their_limits,
    grids_stay_possible,
)
