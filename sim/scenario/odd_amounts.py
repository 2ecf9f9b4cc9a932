"""Notes on amounts that are a slip of size: next to nothing, more than there is to buy, money of a year to come."""

from collections.abc import Callable, Iterator
from math import inf
from typing import NamedTuple

from sim.plurals import counted
from sim.policies import Policy
from sim.quantity import G_PER_KG, KG_PER_TONNE, Quantity, Series, amounts, base_unit, factor, written
from sim.scenario.data import currencies
from sim.scenario.scenario import Scenario
from sim.scenario.schema import path_at, price_at
from sim.scenario.slips import beside_list, in_table

LITTLE = 100.0  # USD a year for one actor
LARGE_SHARES = {  # from where on a share written without % may be meant in percent, by lever and key; and of what it is
    ("public_compute", "share"): (0.3, "the compute of all actors"),
    ("compute_levy", "rate"): (1.0, "what hardware costs"),
}
PER_YEAR, ONCE = "USD/yr", "USD"


class OtherUnit(NamedTuple):
    """Amounts that are probably meant in another unit than the usual one: from more than ``above`` to below ``below``,
    both in the usual unit. ``meant`` says how such a number is written, or it is in ``per``, another unit."""

    unit: str
    above: float
    below: float
    meant: Callable[[float], str]
    per: str = ""


OTHER_UNITS = (  # the first that fits is told
    OtherUnit("USD/kWh", 1.0, inf, lambda n: f"{n:.4g} cents are written {n / 100:.4g}", "USD/MWh"),
    OtherUnit("gCO2e/kWh", 0.0, 2.0, lambda n: f"{n:g} kg is written {G_PER_KG * n:g}"),
    OtherUnit("USD/tCO2", 0.0, 1.0, lambda n: f"{n:.4g} USD per kg is written {KG_PER_TONNE * n:.4g}"),
    OtherUnit("kgCO2e", 0.0, 1.0, lambda n: f"{n:.4g} t is written {KG_PER_TONNE * n:.4g}"),
    OtherUnit("GW/yr", 1000.0, inf, lambda n: f"{n:.4g} MW are written {n / 1000:.4g}"),
)  # fmt: skip


def amounts_of_another_unit(scenario: Scenario) -> Iterator[str]:
    """8.5 cents written as 8.5 USD/kWh, 0.94 kg/kWh as 0.94 g/kWh."""
    for number in scenario.quantities:
        if not isinstance(number.base, float | Series) or number.is_date:
            continue
        for other in OTHER_UNITS:
            most = max(amounts(number.base))
            if base_unit(number.unit) == base_unit(other.unit) and most < inf:
                usual = most / factor(other.unit, other.unit)
                if other.above < usual < other.below:
                    by_year = isinstance(number.base, Series)
                    if number.converted or factor(number.unit, other.unit) != factor(
                        other.unit, other.unit
                    ):  # not bare
                        much = "much" if usual > other.above > 0.0 else "little"
                        bound = f"at most {usual:.4g}" if by_year else f"{usual:.4g}"
                        yield f"{number.path} comes to {bound} {other.unit}, so {much}: check the number and its unit."
                        break
                    is_, text = "is at most" if by_year else "is", f"{usual:.4g}"
                    how = f"have {beside_list(other.per)}" if by_year else in_table(text, other.per)
                    more = f", and {text} {other.per.replace('/', ' per ')} {how}" if other.per else ""
                    yield f"{number.path} {is_} {text} {other.unit}; {other.meant(usual)}{more}."


def amounts_of_next_to_nothing(scenario: Scenario) -> Iterator[str]:
    """Money of a policy, a millionth of what was meant."""
    for policy, key, number in _sums(scenario):
        actors = _served(scenario, policy) if key in policy.amounts else 1
        each = max(amounts(number.base)) / actors / _years(policy, key) if actors else LITTLE
        if 0 < each < LITTLE:
            of = f"each of {counted(actors, 'actor')}" if key in policy.amounts else "each actor"
            yield f"{number.path} is {_written(number)}, so little: ${each:.3g} a year for {of}.{_meant(number)}"


def amounts_beyond_the_market(scenario: Scenario) -> Iterator[str]:
    """Money for compute, a thousand times what was meant: more than all compute that is on offer costs."""
    for policy, key, number in _sums(scenario):
        together = (1 if key in policy.amounts else _served(scenario, policy)) / _years(policy, key)
        begins = max(policy.start, float(scenario.time.start))
        base = number.base if isinstance(number.base, Series) else Series((begins,), (number.base,))
        last = max((since for since in base.years if since <= begins), default=base.years[0])
        for since, value in zip(base.years, base.values, strict=True):
            if since < last or since >= policy.end:
                continue  # given up before the policy begins, or of a time when it is over
            year, amount = max(since, begins), value * together
            offered = _cost_of_all_compute(scenario, year)
            if "compute" in policy.buys and amount > offered:
                yield (
                    f"{number.path} is {_written(number)}, in all {_billions(amount)} a year, and all compute on offer "
                    f"in {year:g} costs {_billions(offered)} a year while it is not scarce: most of this money would "
                    "drive up its price."
                )
                break


def shares_as_large_as_percentages(scenario: Scenario) -> Iterator[str]:
    """A large share that is written without % and may be meant in percent: 0.5 for 0.5 %."""
    for policy in scenario.policies:
        for (lever, key), (large, of) in LARGE_SHARES.items():
            number = scenario.numbers.get(f"policy.{policy.id}.{key}")
            if lever not in policy.levers or number is None or number.unit != "1":
                continue
            largest = max(amounts(number.base))
            if largest >= large:
                yield (
                    f"{number.path} is {largest:g}, which is {100 * largest:g} % of {of}; "
                    f'{largest:g} % is written {largest / 100:g}, or {{ value = {largest:g}, unit = "%" }}.'
                )


def money_of_years_to_come(scenario: Scenario) -> Iterator[str]:
    """Money of one year that is not over: 2042 where 2024 is meant. Series of nominal amounts say their years."""
    table = currencies()
    last = table["years"][-1]
    for number in scenario.quantities:
        years = {year for _, year in number.converted}
        series = number.base.years if isinstance(number.base, Series) else ()
        if len(years) == 1 and (year := max(years)) > last and tuple(series) != (year,):
            yield (
                f"{number.path} is money of {year}, taken as {_written(number)} of {table['year']}: prices are known "
                f"to {last}, and {100 * table['inflation']:g} % inflation a year is assumed after it."
            )


def _sums(scenario: Scenario) -> Iterator[tuple[Policy, str, Quantity]]:
    """The sums of money that say how strong a policy is, with their keys."""
    for policy in scenario.policies:
        specs = {key: policy.__dataclass_fields__[key].metadata["spec"] for key in policy.given}
        for key in (key for key, spec in specs.items() if spec.unit in (PER_YEAR, ONCE)):
            yield policy, key, scenario.numbers[f"policy.{policy.id}.{key}"]


def _years(policy: Policy, key: str) -> float:
    """Over how many years a sum is spent; one of what is spent each year."""
    return policy.end - policy.start if policy.__dataclass_fields__[key].metadata["spec"].unit == ONCE else 1.0


def _cost_of_all_compute(scenario: Scenario, year: float) -> float:
    """What all compute on offer in a year costs without a scarcity rent [USD/yr]."""
    market = scenario.market
    return path_at(market.capacity, market.capacity_growth, year) * price_at(scenario.compute, year)


def _billions(amount: float) -> str:
    billions = amount / 1e9
    return f"${billions:,.0f} B" if billions >= 100 else f"${billions:.3g} B"


def _served(scenario: Scenario, policy: Policy) -> int:
    return sum(scenario.kinds[place].count for place in scenario.target(policy).kinds)


def _written(number: Quantity) -> str:
    if isinstance(number.base, Series):
        return f"at most {max(number.base.values) / number.scale:.6g} {number.unit}"
    return f"{number.value:.4g} {number.unit}" if number.converted else f"{written(number.value)} {number.unit}"


def _meant(number: Quantity) -> str:
    """The same number in millions, where it was written in ones."""
    if isinstance(number.base, Series) or factor(number.unit, number.unit) != 1.0:
        return ""
    return f" {written(number.value)} million is written {written(number.value)} M{number.unit}."
