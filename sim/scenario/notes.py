"""What is allowed and probably not meant: one function for each slip. Each note shows the value as written."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from itertools import combinations, pairwise
from math import inf
from typing import Any

import numpy as np

from sim.mechanisms.theories import THEORIES
from sim.policies import Policy
from sim.policies.levers import LEVERS, TREASURY
from sim.quantity import Quantity, Series, amounts
from sim.scenario import odd_amounts, odd_series, policy_notes
from sim.scenario.additions import kinds_that_come_on_top
from sim.scenario.scenario import Scenario
from sim.scenario.schema import efficiency_at, path_at, price_at

SMALL_RATE = 0.1  # %/yr: below it a rate looks like a fraction
TINY = 1e-6  # of the compute on offer in a year
WORLD = 1e14  # USD/yr: about the product of the world in 2023 (remembered)
MOST_SPANS = 2  # that a note tells of one series
NoteRule = Callable[[Scenario], Iterator[str]]


def notes(scenario: Scenario, slips: Iterable[NoteRule] | None = None) -> list[str]:
    """One sentence for each slip, of all kinds or of some."""
    return [f"Note: {note}" for slip in (SLIPS if slips is None else slips) for note in slip(scenario)]


def policies_without_effect(scenario: Scenario) -> Iterator[str]:
    """A policy at its neutral strength, or in force in no year that is simulated."""
    for policy in scenario.policies:
        if policy.neutral:
            yield f"policy {policy.id} changes nothing, since its {policy.strength} is at the neutral value."
        elif not policy.acts_within(scenario.time.start, scenario.time.end):
            yield f"policy {policy.id} is not in force in any year that is simulated."


def policies_from_the_first_year(scenario: Scenario) -> Iterator[str]:
    """A policy that nobody said a start of: it begins with the run, where later years may be meant."""
    for policy in scenario.policies:
        if policy.start == -inf and not policy.neutral:
            yield (
                f"policy {policy.id} has no start and begins with the run, in {scenario.time.start}; "
                f"policy.{policy.id}.start says when."
            )


def anchors_of_another_benchmark(scenario: Scenario) -> Iterator[str]:
    """A start of the law that was written before the benchmark was changed."""
    origin = scenario.tree.origin
    benchmark = "law.benchmark"
    start = () if scenario.law_table.goes_through_known else ("start_error", "start_compute")
    for key in (*start, "fitted_growth"):
        path = f"law.{key}"
        if origin[path] == origin[benchmark]:
            continue
        written = list(origin)  # in the order of writing
        if written.index(path) < written.index(benchmark):
            yield f"law.{key} was written for another benchmark; give it for {scenario.law_table.benchmark}."


def starts_beside_a_known_run(scenario: Scenario) -> Iterator[str]:
    """A first error that is set where a published run says which it is."""
    written = list(scenario.tree.origin)  # in the order of writing
    path, known = "law.start_error", "law.known_error"
    if scenario.law_table.goes_through_known and written.index(path) > written.index(known):
        yield f"{path} has no effect, since the law goes through {known}, {scenario.law_table.known_error:g}."


def numbers_of_other_theories(scenario: Scenario) -> Iterator[str]:
    """A number of a theory of progress that is not the one in use."""
    own = {field.name for field in fields(scenario.theory)}
    for key in scenario.tree.data["law"]:
        whose = [name for name, cls in THEORIES.items() if key in {field.name for field in fields(cls)} - own]
        if whose:
            yield f"law.{key} has no effect under {scenario.theory.name}; it is of {whose[0]}."


def rates_like_fractions(scenario: Scenario) -> Iterator[str]:
    """2 % a year written as 0.02."""
    for number in scenario.quantities:
        if number.unit == "%/yr" and isinstance(number.value, float | int) and 0 < abs(number.value) < SMALL_RATE:
            many = f"{100 * number.value:g}"
            yield f"{number.path} is {number.value:g} %/yr; {many} % a year is written {many}."


def rates_of_other_times(scenario: Scenario) -> Iterator[str]:
    """1 % a month, which is taken as twelve times as much a year."""
    for number in scenario.quantities:
        if number.unit in ("%/month", "%/months"):
            yearly = f"{100 * number.base:g} %/yr"
            compound = f"{100 * ((1 + number.base / 12) ** 12 - 1):.3g} %/yr"
            yield f"{number.path} is {number.value:g} {number.unit}, taken as {yearly}; compounded it is {compound}."


def ceilings_below_all_runs(scenario: Scenario) -> Iterator[str]:
    """A largest run, or all compute, of next to nothing: 26 for 1e26."""
    for policy in scenario.policies:
        for key in ("limit", "cap"):
            number = _of(scenario, policy, key)
            if number is None or not number.unit.removesuffix("/yr").endswith("FLOP") or policy.neutral:
                continue
            least = min(amounts(number.base))
            begins = max(policy.start, scenario.time.start)
            market = scenario.market
            offered = path_at(market.capacity, market.capacity_growth, begins)
            if least < TINY * offered:
                yield (
                    f"{number.path} is {_written(number)}, far below today's runs: less than a millionth "
                    f"of the compute on offer in {begins:g} ({offered:.2g} FLOP/yr)."
                )


def regions_where_nobody_lives(scenario: Scenario) -> Iterator[str]:
    """A region that is in no kind's home."""
    for region in scenario.region_ids:
        if not any(kind.home.get(region, 0.0) > 0 for kind in scenario.kinds):
            yield f"no kind is at home in region {region}: give it a weight in kind.<id>.home."


def entries_that_overlap(scenario: Scenario) -> Iterator[str]:
    """Entries of one policy that hold at the same time and add up: a schedule whose steps have no end."""
    names = dict.fromkeys(policy.name for policy in scenario.policies)
    for name in names:
        entries = [policy for policy in scenario.policies if policy.name == name and not policy.neutral]
        added = [lever for lever in (entries[0].levers if entries else ()) if LEVERS[lever].combine is np.add]
        pairs = [(one, two) for one, two in combinations(entries, 2) if added and _meet(scenario, one, two)]
        together = [policy for policy in entries if any(policy in pair for pair in pairs)]
        if together:
            written = [f"{p.id} ({_written(_of(scenario, p, p.strength))})" for p in together]
            yield (
                f"entries of {name} overlap and add up: {', '.join(written)}. "
                "Give an entry that another takes over an end."
            )


def _meet(scenario: Scenario, one: Policy, two: Policy) -> bool:
    """Whether two entries hold for somebody at the same time."""
    in_time = one.start < two.end and two.start < one.end
    both = zip(scenario.target(one).covered, scenario.target(two).covered, strict=True)  # kinds, regions
    return in_time and all(set(a) & set(b) for a, b in both)


def shares_of_no_revenue(scenario: Scenario) -> Iterator[str]:
    """A use of revenue, or a share of permits, that is given and changes nothing."""
    for policy in scenario.policies:
        auctioned = any(amounts(getattr(policy, "auction_share", 0.0)))
        given = getattr(policy, "allocation", "auction") != "auction"
        first, second, share = policy.revenue_use, policy.second_use, policy.second_share
        wrote = scenario.tree.origin.get
        together = wrote(f"policy.{policy.id}.revenue_use") == wrote(f"policy.{policy.id}.allocation")  # in one file
        unused = [
            ("second_use", "while second_share is 0", second != TREASURY and not share),
            ("second_share", "since second_use is revenue_use", share and first == second),
            ("revenue_use", "since all goes to second_use", first not in (TREASURY, second) and share == 1),
            ("auction_share", "since all permits are auctioned", auctioned and not given),
            (
                "revenue_use",
                "since all permits are given away",
                first != TREASURY and given and not auctioned and together,
            ),
            ("second_share", "since all permits are given away", share and given and not auctioned),
        ]
        for key, why, found in unused:
            if found and not policy.neutral:
                yield f"policy.{policy.id}.{key} has no effect, {why}."


def parameters_without_effect(scenario: Scenario) -> Iterator[str]:
    """What somebody wrote of a policy and is nothing beside its other parameters, as the policy itself says."""
    for policy in scenario.policies:
        for key, why in ({} if policy.neutral else policy.without_effect()).items():
            if key == policy.strength:
                yield f"policy {policy.id} changes nothing, {why}."
            elif f"policy.{policy.id}.{key}" in scenario.tree.origin:
                yield f"policy.{policy.id}.{key} has no effect, {why}."


def series_that_stay(scenario: Scenario) -> Iterator[str]:
    """A series that keeps a value for years: its first one, or from step to step where nothing says
    that steps are meant."""
    for number in scenario.quantities:
        if isinstance(number.base, Series):
            table, _, key = number.path.rpartition(".")
            entry = scenario.tables[table][key]
            policy = next((policy for policy in scenario.policies if table == f"policy.{policy.id}"), None)
            said = _late(scenario, number, entry) if policy is None else _steps(scenario, policy, entry)
            if said:
                yield f"{number.path} stays at {said}"


def _late(scenario: Scenario, number: Quantity, entry: dict[str, Any]) -> str:
    """How long a series of the world holds its first value before the year of it. One number for all years is one of
    the last year, and yardsticks are not simulated."""
    (first, *more), start, end = entry["years"], scenario.time.start, scenario.time.end
    if number.path.startswith("yardsticks.") or first <= start + 1 or (first >= end and not more):
        return ""
    return f"its first value, {_amount(entry, 0)}, from {start} to {min(first - 1, end)}."


def _steps(scenario: Scenario, policy: Policy, entry: dict[str, Any]) -> str:
    """Which values of a policy hold for more than a year, up to the next."""
    first, after = max(scenario.time.start, policy.start), min(scenario.time.end + 1, policy.end)
    simulated = [(max(since, first), min(upto, after)) for since, upto in pairwise(entry["years"])]
    spans = [
        f"{_amount(entry, i)} from {since:g} to {upto - (upto == int(upto)):g}"
        for i, (since, upto) in enumerate(simulated)
        if since + 1 < upto
    ]
    if not spans or policy.neutral or "between" in entry:
        return ""
    told = " and at ".join(spans[:MOST_SPANS]) + (", and so on" if len(spans) > MOST_SPANS else "")
    return f'{told}; for a straight line write between = "linear", and "steps" if steps are meant.'


def _amount(entry: dict[str, Any], place: int) -> str:
    """A value of a series with its unit, as written."""
    return f"{entry['values'][place]:.6g} {entry['unit']}".removesuffix(" 1")


def cells_left_empty(scenario: Scenario) -> Iterator[str]:
    """A table of the user's with empty cells at the ends of a series."""
    for number in scenario.quantities:
        if number.left_out:
            first, last = number.base.years[0], number.base.years[-1]
            given = f"from {first:g} to {last:g}" if first < last else f"for {first:g}"
            yield f"{number.path} has empty cells {number.left_out}, which are left out: it is given {given}."


def trends_that_end(scenario: Scenario) -> Iterator[str]:
    """A run into years for which the trends of hardware do not hold any more."""
    if scenario.trends_end < scenario.time.end + 1:
        year = max(int(scenario.trends_end), scenario.time.start)
        yield (
            f"hardware is beyond trend from {year} on, by compute.trend_end, price_limit and energy_limit: "
            "what comes then rests on assumed limits."
        )


def more_than_there_can_be(scenario: Scenario) -> Iterator[str]:
    """Capacity that no electricity drives, or outside demand that nobody pays for, in numbers as written."""
    m, start = scenario.market, float(scenario.time.start)
    for year, value in zip(m.capacity.years, m.capacity.values, strict=True):
        most = m.electricity_limit * efficiency_at(scenario.compute, float(year))
        if value > most:
            yield (
                f"market.capacity is {value:g} FLOP/yr in {year}, of which market.electricity_limit drives {most:.3g}: "
                "it is held there."
            )
            break
    most = m.outside_limit / price_at(scenario.compute, start)
    if m.outside_demand > most:
        yield (
            f"market.outside_demand is {m.outside_demand:g} FLOP/yr, of which market.outside_limit buys {most:.3g}: "
            "it is held there."
        )


def a_market_beyond_the_world(scenario: Scenario) -> Iterator[str]:
    """A cap on the market that was left as it was, a multiple of another size."""
    product = scenario.product
    if WORLD < product.size * product.cap < inf:
        yield (
            f"product.cap lets the market grow to {product.cap:g} times product.size, "
            f"{product.size * product.cap / 1e12:,.0f} T USD a year; the world produces about {WORLD / 1e12:.0f} T. "
            "Where product.size was changed, change product.cap too."
        )


def _of(scenario: Scenario, policy: Policy, key: str) -> Quantity | None:
    """The record of a policy's number."""
    number = scenario.numbers.get(f"policy.{policy.id}.{key}")
    given = number is not None and isinstance(number.base, float | Series) and min(amounts(number.base)) < inf
    return number if given else None


def _written(number: Quantity | None) -> str:
    if number is None:
        return ""
    value = number.value if isinstance(number.value, str) else f"{number.value:g}"
    return f"{value} {number.unit}".removesuffix(" 1")


SLIPS: tuple[NoteRule, ...] = (
    policies_without_effect,
    policy_notes.policies_for_nobody,
    policies_from_the_first_year,
    policy_notes.starts_that_wait_for_numbers,
    policy_notes.starts_before_the_first_year,
    policy_notes.growth_that_was_kept,
    anchors_of_another_benchmark,
    starts_beside_a_known_run,
    numbers_of_other_theories,
    rates_like_fractions,
    rates_of_other_times,
    ceilings_below_all_runs,
    odd_amounts.amounts_of_another_unit,
    regions_where_nobody_lives,
    entries_that_overlap,
    policy_notes.revenue_that_leaves_its_regions,
    policy_notes.everywhere_beside_some,
    policy_notes.carbon_without_cleaner_power,
    policy_notes.support_without_cleaner_power,
    shares_of_no_revenue,
    parameters_without_effect,
    series_that_stay,
    cells_left_empty,
    trends_that_end,
    more_than_there_can_be,
    a_market_beyond_the_world,
    odd_amounts.amounts_of_next_to_nothing,
    odd_amounts.amounts_beyond_the_market,
    odd_amounts.shares_as_large_as_percentages,
    odd_amounts.money_of_years_to_come,
    odd_series.nominal_money_of_years_to_come,
    odd_series.years_that_nobody_means,
    odd_series.caps_of_another_size,
    odd_series.caps_in_percent,
    kinds_that_come_on_top,
    policy_notes.sizes_that_gave_way,
)
