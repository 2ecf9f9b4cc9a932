"""Part of 4 site and 6 clear: what buyers do to emit less, and what a FLOP then costs and emits."""

from math import inf
from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Block, Rows, Solid, Table, Through, named, rows_of, through
from sim.compiled import inner, loop
from sim.economy.ledger import Acts, BuyersTold, Choice, Costs, Plan, Reach
from sim.economy.moment import Moment, moment, settled
from sim.economy.state import World
from sim.mathematics import fill, log
from sim.mechanisms import abatement, carbon, planning
from sim.mechanisms.abatement import Offer
from sim.policies.levers import Levers
from sim.scenario import Scenario

# What permits are needed for stands behind, by market.
CHOSEN = rows_of(
    Costs, "own", "taxed", "carbon", "kg_total", "clean", "support", "removal", "kg_avoided", "kg_removed", "kwh_clean",
)  # fmt: skip
TOLD = rows_of(BuyersTold, "own", "kg_total")
MOST_TRIES, CLOSE = 100, 1e-14


def supported(levers: Levers, now: Moment) -> Array:
    """What the treasury pays for a kWh of clean power used [USD/kWh], (regions,): no more than the first one costs in
    all, so that compute never costs less than its hardware."""
    return np.minimum(levers.clean_support, now.electricity + now.clean_premium)


def per_kwh(now: Moment, first: Array, per_kg: Array, pledges: bool) -> Array:
    """What a kWh costs with its carbon where building is no limit [USD/kWh], (kinds, regions), at prices of carbon
    ``per_kg`` [USD/kgCO2e] of the same shape and of the ``first`` clean power [USD/kWh], (regions,); with ``pledges``
    once more, below, for those who have promised a share of clean power."""
    kinds, regions = per_kg.shape
    found = np.empty((kinds * (1 + pledges), regions))
    _per_kwh(now.offer, first, now.electricity, now.intensity, per_kg, now.promise, found)
    return found


@settled
def _reach(scenario: Scenario) -> Through[Reach]:
    """How far shares of clean power can move within a step."""
    build, ends = scenario.abatement.build, 1.0 / scenario.abatement.contract
    return through(lambda years: Reach(planning.closed(ends, years), build * years), 1.0 / scenario.time.steps_per_year)


class Needs(NamedTuple):
    """What a FLOP takes beside carbon, and who chooses clean power whatever it costs."""

    kwh: Array  # (regions, n) kWh/FLOP
    rest: Array  # (n,) USD/FLOP that has nothing to do with power
    promised: Array  # (n,) the least share of clean power wanted


def choice(world: World, acts: Acts, plan: Plan, needs: Needs, due: Array) -> Choice:
    """What buyers choose among, and what their carbon budgets make carbon worth to them, at the last rent, where
    permits for a kg cost ``due`` (kinds, regions)."""
    last, before, reach = world.markets, world.actors.clean, _reach(world.scenario)
    now = moment(world.scenario, world.clock)
    support = supported(acts.levers, now)
    found = Choice(
        offer=now.offer,
        first=now.clean_premium - support,
        support=support,
        electricity=now.electricity,
        existing=now.carbon_price,
        carbon_tax=acts.carbon_tax,
        covered=acts.levers.carbon_covered,
        shadow=world.fixed.nothing,
        limited=acts.limited,
        rest=needs.rest,
        before=before,
        promised=needs.promised,
        reach=reach,
    )
    if found.limited and world.on.abatement:
        money = plan.private + plan.serving
        shadow, (half, whole) = np.zeros((1, world.groups.size)), reach
        _shadows(world.groups.starts, found.offer, half, whole, last.rent, money,
                 reserved(world), acts.budget, found.rest, found.electricity, now.intensity, found.first,
                 found.existing, found.carbon_tax, due, needs.kwh, before, found.promised, shadow)  # fmt: skip
        found = found._replace(shadow=shadow[0])
    return found


def reserved(world: World) -> Array:
    """Compute held under contract, which bears no rent [FLOP/yr], (n,)."""
    return world.fixed.traits.contract_share * world.actors.volume


def promised(world: World, now: Moment) -> Array:
    """The share of clean power that each has promised, as far as promises are kept, (n,)."""
    return world.fixed.pledging * now.promise if world.on.pledges and now.promise else world.fixed.nothing


def dues(covered: Array, permits: Array) -> Array:
    """What permits for a kg cost by kind and region [USD/kgCO2e], at prices (markets,) of those that are needed,
    ``covered`` (markets, kinds, regions). Who needs permits of several markets pays for all of them."""
    if permits.size == 1:
        return np.asarray(covered[0] * permits[0])
    return np.asarray((covered * permits[:, np.newaxis, np.newaxis]).sum(axis=0))


def chosen(starts: Rows, costs: Costs, due: Array | None = None) -> Costs:
    """Costs where each chooses what is cheapest at the prices of emission permits, of which a kg needs some for ``due``
    (kinds, regions)."""
    on, permits = costs.choice, costs.permits
    if on is None:
        return costs
    (half, whole), (markets,), shape = on.reach, permits.shape, costs.kwh.shape
    due = dues(on.covered, permits) if due is None else due
    found, told = (np.empty((rows + markets, costs.own.size)) for rows in (len(CHOSEN), len(TOLD)))
    left, end = np.empty(shape), np.empty(shape)
    _choose(starts, on.offer, half, whole, due, on.rest, costs.power, costs.intensity, on.first, on.support,
            on.existing, on.carbon_tax, on.covered, on.limited, on.shadow, costs.kwh, on.before, on.promised, found,
            told, left, end)  # fmt: skip
    seen = BuyersTold(told[TOLD.own], told[TOLD.kg_total], told[len(TOLD) :])
    return costs._replace(
        **named(CHOSEN, found), kg_covered=found[len(CHOSEN) :], left=left, clean_share=end, told=seen
    )


def in_each(
    starts: Rows, on: Choice, intensity: Array, used: Array, owed: Array
) -> tuple[Array, Array, Array]:  # fmt: skip
    """Were all compute in one region: its cost per FLOP before permits, (regions, n), the carbon of it that needs
    permits, (markets, regions, n), and all its carbon, (regions, n), where permits for a kg cost ``owed`` (kinds,
    regions); ``used`` [kWh] (n,) is what a FLOP takes."""
    (half, whole), markets, kwh = on.reach, len(on.covered), used[np.newaxis]
    told = np.empty((intensity.size, len(TOLD) + markets, used.size))
    found, left, end = np.empty((len(CHOSEN) + markets, used.size)), np.empty(kwh.shape), np.empty(kwh.shape)
    for region in range(intensity.size):
        one = slice(region, region + 1)
        carbon_tax, due, covered = (np.ascontiguousarray(each[..., one]) for each in (on.carbon_tax, owed, on.covered))
        power = used * on.electricity[region]
        _choose(starts, on.offer, half, whole, due, on.rest, power, intensity[one], on.first[one],
                on.support[one], on.existing[one], carbon_tax, covered, on.limited, on.shadow, kwh, on.before[one],
                on.promised, found, told[region], left, end)  # fmt: skip
    own, kg_total = (np.ascontiguousarray(told[:, row]) for row in (TOLD.own, TOLD.kg_total))
    return own, np.ascontiguousarray(told[:, len(TOLD) :].swapaxes(0, 1)), kg_total


def allowed(acts: Acts, kg: Array) -> Array:
    """Compute that carbon budgets allow [FLOP/yr], (n,)."""
    if not acts.limited:
        return acts.budget
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(kg > 0.0, acts.budget / kg, inf)


@inner
def _cell(price: float, dirt: float, first: float, offer: Offer) -> tuple[float, float, float]:
    """Share of clean power wanted at a price of carbon, share removed of what is left, and what that costs per kg."""
    removed = abatement.removed(price, offer.removal, offer.removal_rise, offer.removable)
    cost = abatement.removal_cost(removed, offer.removal, offer.removal_rise)
    share = min(abatement.clean_share(dirt * abatement.burden(price, removed, cost), first, offer.rise), offer.free)
    return share, removed, cost


@loop
def _per_kwh(
    offer: Offer, first: Array, electricity: Array, intensity: Array, per_kg: Table, promise: float,
    found: Block,
) -> None:  # fmt: skip
    """What a kWh costs with its carbon where building is no limit, into ``found`` (kinds, regions), and below it once
    more, as far as there is room, for those who have promised a share of clean power."""
    for region in range(intensity.size):
        dirt, premium = intensity[region], first[region]
        for row in range(found.shape[0]):
            by_choice = row < per_kg.shape[0]
            price = per_kg[row if by_choice else row - per_kg.shape[0], region]
            share, removed, cost = _cell(price, dirt, premium, offer)
            least = 0.0 if by_choice else promise
            share = min(abatement.kept_promise(share, least, premium), abatement.ALL)
            left = dirt * (1.0 - share) * abatement.burden(price, removed, cost)
            found[row, region] = electricity[region] + abatement.premium(share, premium, offer.rise) + left


@inner
def _reached(wanted: Array, promised: Array, was: Array, on: Reach, premium: float, share: Array) -> None:
    """Shares of clean power after some time into ``share``, on their way from what they were."""
    for i in range(wanted.size):
        best = abatement.kept_promise(wanted[i], promised[i], premium)
        share[i] = abatement.reachable(best, abatement.kept(was[i], on.ends), abatement.built(was[i], on.builds))


@inner
def _add(sums: Array, amount: Array, per: Array) -> None:
    """Add products to ``sums``."""
    for i in range(sums.size):
        sums[i] += amount[i] * per[i]


@inner
def _emitted(starts: Rows, region: int, covered: Solid, net: Array, kg: Array, needed: Block) -> None:
    """Add what is emitted in a region to ``kg``, and what of it needs permits to ``needed`` (markets, n)."""
    for i in range(net.size):
        kg[i] += net[i]
    for permit in range(covered.shape[0]):
        for kind in range(starts.size - 1):
            part = covered[permit, kind, region]
            if part > 0.0:
                for i in range(starts[kind], starts[kind + 1]):
                    needed[permit, i] += net[i] * part


@loop
def _choose(
    starts: Rows, offer: Offer, half: Reach, whole: Reach, due: Table, rest: Array, power: Array,
    intensity: Array, first: Array, support: Array, existing: Array, carbon_tax: Table, covered: Solid, limited: bool,
    shadow: Array, kwh: Table, before: Table, promised: Array, found: Block, told: Block, left: Block, end: Block,
) -> None:  # fmt: skip
    """Columns of ``Costs`` into ``found`` and of ``BuyersTold`` into ``told``, in both with what needs permits of each
    market behind; what is left of the grid's carbon; shares of clean power at the end of the step."""
    n = rest.size
    work = np.empty((8, n))
    wanted, gone, burden, share, above = work[0], work[1], work[2], work[3], work[4]
    gross, some, net = work[5], work[6], work[7]
    for row in range(found.shape[0]):
        if row != CHOSEN.own:
            fill(found[row], 0.0)
    for row in range(told.shape[0]):
        if row != TOLD.own:
            fill(told[row], 0.0)
    for i in range(n):
        told[TOLD.own, i] = rest[i] + power[i]
    for region in range(intensity.size):
        dirt, premium, used = intensity[region], first[region], kwh[region]
        for kind in range(starts.size - 1):
            price = existing[region] + carbon_tax[kind, region] + due[kind, region]
            usual, removed, cost = _cell(price, dirt, premium, offer)
            for i in range(starts[kind], starts[kind + 1]):
                wanted[i], gone[i], burden[i] = usual, removed, cost
                if limited and shadow[i] > 0.0:
                    wanted[i], gone[i], burden[i] = _cell(price + shadow[i], dirt, premium, offer)
        _reached(wanted, promised, before[region], half, premium, share)
        _reached(wanted, promised, before[region], whole, premium, end[region])
        last, cost = 0.0, 0.0
        for i in range(n):
            if share[i] != last:  # most of a kind have the same
                last, cost = share[i], abatement.premium(share[i], premium, offer.rise)
            above[i] = cost
        for i in range(n):
            gross[i] = carbon.emissions(used[i], dirt)
            some[i] = gross[i] * (1.0 - share[i])  # before removals
        for i in range(n):
            left[region, i] = (1.0 - share[i]) * (1.0 - gone[i])
            net[i] = gross[i] * left[region, i]
        _add(found[CHOSEN.clean], used, above)
        _add(found[CHOSEN.removal], some, burden)
        _add(found[CHOSEN.kg_avoided], gross, share)
        _add(found[CHOSEN.kg_removed], some, gone)
        _add(found[CHOSEN.kwh_clean], used, share)
        if support[region] > 0.0:
            for i in range(n):
                found[CHOSEN.support, i] += used[i] * share[i] * support[region]
        for kind in range(starts.size - 1):
            tax, paid = carbon_tax[kind, region], existing[region] + carbon_tax[kind, region]
            if tax > 0.0:
                for i in range(starts[kind], starts[kind + 1]):
                    found[CHOSEN.taxed, i] += net[i] * tax
            if paid > 0.0:
                for i in range(starts[kind], starts[kind + 1]):
                    found[CHOSEN.carbon, i] += net[i] * paid
        _emitted(starts, region, covered, net, found[CHOSEN.kg_total], found[len(CHOSEN) :])
        for i in range(n):
            net[i] = some[i] * (1.0 - gone[i])
            above[i] = used[i] * above[i] + some[i] * burden[i]
        for kind in range(starts.size - 1):
            paid = existing[region] + carbon_tax[kind, region]
            for i in range(starts[kind], starts[kind + 1]):
                told[TOLD.own, i] += above[i] + net[i] * paid
        _emitted(starts, region, covered, net, told[TOLD.kg_total], told[len(TOLD) :])
    for i in range(n):
        cheapest = rest[i] + power[i] + found[CHOSEN.carbon, i]
        found[CHOSEN.own, i] = cheapest + found[CHOSEN.clean, i] + found[CHOSEN.removal, i]


@inner
def _excess(
    worth: float, i: int, kind: int, offer: Offer, half: Reach, rent: float, money: float,
    reserved: float, budget: float, rest: float, electricity: Array, intensity: Array, first: Array,
    existing: Array, carbon_tax: Table, due: Table, kwh: Table, before: Table, promised: Array,
) -> float:  # fmt: skip
    """ln of what an actor would emit over its budget, where carbon is ``worth`` more to it than it pays."""
    price, kg = rest + rent, 0.0
    for region in range(intensity.size):
        was, used, dirt = before[region, i], kwh[region, i], intensity[region]
        paid = existing[region] + carbon_tax[kind, region] + due[kind, region]
        wanted, removed, cost = _cell(paid + worth, dirt, first[region], offer)
        wanted = abatement.kept_promise(wanted, promised[i], first[region])
        share = abatement.reachable(wanted, abatement.kept(was, half.ends), abatement.built(was, half.builds))
        rest_kg = carbon.emissions(used, dirt) * (1.0 - share)
        kg += rest_kg * (1.0 - removed)
        price += used * (electricity[region] + abatement.premium(share, first[region], offer.rise))
        price += rest_kg * abatement.burden(paid, removed, cost)
    return log(kg * planning.at_full_price(money, price, rent, reserved) / (price * budget))


@inner
def _highest(i: int, offer: Offer, whole: Reach, intensity: Array, first: Array, before: Table) -> float:
    """A price of carbon at which an actor does all that it can do."""
    most = offer.removal + offer.removal_rise
    for region in range(intensity.size):
        share, dirt = abatement.built(before[region, i], whole.builds), intensity[region]
        if dirt > 0.0 and offer.removable < 1.0:
            worth = first[region] + offer.rise * share / (1.0 - share)
            most = max(most, worth / (dirt * (1.0 - offer.removable)))
    return most


@loop
def _shadows(
    starts: Rows, offer: Offer, half: Reach, whole: Reach, rent: float, money: Array, reserved: Array,
    budget: Array, rest: Array, electricity: Array, intensity: Array, first: Array, existing: Array, carbon_tax: Table,
    due: Table, kwh: Table, before: Table, promised: Array, shadow: Block,
) -> None:  # fmt: skip
    """What a budget makes carbon worth to each actor beyond its price [USD/kgCO2e]: as much as makes it emit what it
    may; where all that can be done leaves more, it does all of it."""
    for kind in range(starts.size - 1):
        for i in range(starts[kind], starts[kind + 1]):
            if not budget[i] < np.inf or not money[i] > 0.0:
                continue
            low, high, side = 0.0, _highest(i, offer, whole, intensity, first, before), 0
            worth = low
            over = _excess(worth, i, kind, offer, half, rent, money[i], reserved[i], budget[i], rest[i], electricity,
                           intensity, first, existing, carbon_tax, due, kwh, before, promised)  # fmt: skip
            if not over > 0.0:
                continue
            worth = high
            under = _excess(worth, i, kind, offer, half, rent, money[i], reserved[i], budget[i], rest[i], electricity,
                            intensity, first, existing, carbon_tax, due, kwh, before, promised)  # fmt: skip
            for attempt in range(MOST_TRIES if under < 0.0 else 0):
                worth = (low * under - high * over) / (under - over)
                if not (low < worth < high) or attempt % 4 == 3:
                    worth = 0.5 * (low + high)
                gap = _excess(worth, i, kind, offer, half, rent, money[i], reserved[i], budget[i], rest[i], electricity,
                              intensity, first, existing, carbon_tax, due, kwh, before, promised)  # fmt: skip
                if abs(gap) <= CLOSE or high - low <= CLOSE * high:
                    break
                if gap > 0.0:
                    low, over, under, side = worth, gap, under * (0.5 if side > 0 else 1.0), 1
                else:
                    high, under, over, side = worth, gap, over * (0.5 if side < 0 else 1.0), -1
            shadow[0, i] = worth
