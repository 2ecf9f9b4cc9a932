"""What the stages of a step hand on: one frozen record each.

Rates are per year; shapes are (n,) unless said otherwise.
"""

from collections.abc import Mapping
from math import inf
from typing import NamedTuple

from sim.actors import Funds
from sim.arrays import Array, Through
from sim.economy.past import Past
from sim.mechanisms.abatement import Offer
from sim.mechanisms.grids import Connected, Sent
from sim.mechanisms.market import Clearing, Places
from sim.policies.levers import Covered, Duty, Levers, Right


class Acts(NamedTuple):
    """1 act: what policies pull, give away and demand."""

    levers: Levers
    carbon_tax: Array  # (kinds, regions) USD/kgCO2e under policies, permits left out
    budget: Array  # kgCO2e/yr that an actor may emit, by itself or by policy
    limited: bool  # whether anyone has such a budget
    rights: Mapping[Right, Array]  # parts in permits given away
    permits: Array  # (markets,) USD/kgCO2e of emission permits in the last step
    sharing: Array  # share of research published, duties included
    dutiful: Mapping[Duty, Past]  # models under a duty to be released
    duty_error: float  # the best error released by duty
    open_error: float  # the best error that everyone can use


class Money(NamedTuple):
    """2 earn: money there is, and what actors want to spend on training and research."""

    sold: float  # USD/yr of AI products at mid-step, released models included
    paid_out: Array  # (uses,) USD/yr of policies' revenue
    given_back: Mapping[Right, float]  # USD/yr of it to holders of permits that are given away, by permits
    vouchers: Array  # USD/yr of it for labs' training compute alone
    venture: float  # USD/yr that investors set aside for all who raise it
    funds: Funds
    means: Array  # USD/yr that can be spent
    wants: Array  # USD/yr
    filled: Array  # 1 for whom investors made up for all that was wanted, else 0


class Plan(NamedTuple):
    """3 plan: spending, research and sponsoring."""

    desired: Array  # USD/yr: what is wanted and can be paid
    spend: Array  # USD/yr on training and research
    given: Array  # USD/yr of ``spend`` for compute of others
    got: Array  # USD/yr from sponsors
    serving: Array  # USD/yr to serve customers
    private: Array  # USD/yr for training compute, without what the treasury pays
    plan: Through[Array]  # USD/yr
    research_share: Through[Array]


class Reach(NamedTuple):
    """How far shares of clean power can move in some time."""

    ends: float  # part of what is bought whose contracts end
    builds: float  # share of power that is built at most


class Choice(NamedTuple):
    """What buyers choose among to emit less, whatever permits cost: see ``stages.abatement``."""

    offer: Offer
    first: Array  # (regions,) USD/kWh of the first clean power above the grid's, net of support
    support: Array  # (regions,) USD/kWh of it that the treasury pays
    electricity: Array  # (regions,) USD/kWh
    existing: Array  # (regions,) USD/kgCO2e without any policy
    carbon_tax: Array  # (kinds, regions) USD/kgCO2e under policies, permits left out
    covered: Array  # (markets, kinds, regions) whether emissions need permits
    shadow: Array  # (n,) USD/kgCO2e that a carbon budget makes carbon worth to an actor
    limited: bool  # whether anyone has such a budget
    rest: Array  # (n,) USD/FLOP that has nothing to do with power: hardware and levies
    before: Array  # (regions, n) shares of clean power at the start of the step
    promised: Array  # (n,) the least share of clean power wanted, whatever carbon costs
    reach: Through[Reach]


class BuyersTold(NamedTuple):
    """What the market is told of buyers who choose among ways to emit less."""

    own: Array  # USD/FLOP before permits
    kg_total: Array  # kgCO2e/FLOP
    kg_covered: Array  # (markets, n) kgCO2e/FLOP that needs permits


class RegionalPurchases(NamedTuple):
    """What it takes to buy region by region, where policies price carbon in some regions above others: see
    ``stages.places``."""

    share: Array  # (regions, n) of planned work, before policies that tell regions apart make anyone buy less in one
    kwh: Array  # (n,) kWh/FLOP
    dear: Array  # (n,) factor on the price of hardware
    rest: Array  # (n,) USD/FLOP that is the same everywhere: hardware and levies
    carbon_tax: Array  # (kinds, regions) USD/kgCO2e under policies, permits left out
    covered: Array  # (markets, kinds, regions) whether emissions need permits
    asked: Places | None = None  # what they ask of the market at prices of permits


class Costs(NamedTuple):
    """4 site: what a FLOP costs where each works, at prices of emission permits."""

    power: Array  # USD/FLOP for electricity
    levy: Array  # USD/FLOP levied on compute, training and serving alike
    own: Array  # USD/FLOP in full, rent and permits left out
    taxed: Array  # USD/FLOP for carbon under policies, permits left out
    carbon: Array  # USD/FLOP for carbon, permits left out
    kg_total: Array  # kgCO2e/FLOP, operational
    clean: Array  # USD/FLOP for clean power above the grid's price, net of support
    support: Array  # USD/FLOP that the treasury pays for clean power
    removal: Array  # USD/FLOP for removals
    kg_avoided: Array  # kgCO2e/FLOP that clean power does not emit
    kg_removed: Array  # kgCO2e/FLOP emitted and removed again
    kwh_clean: Array  # kWh/FLOP of clean power
    kg_covered: Array  # (markets, n) kgCO2e/FLOP that needs permits
    kg_embodied: float  # kgCO2e/FLOP
    hardware_price: float  # USD/FLOP for a large buyer
    site: Array  # (regions, n) shares of mobile work at the end of the step
    planned: Array  # (regions, n) kWh/FLOP where work is planned; of those who buy region by region, were it a bundle
    kwh: Array  # (regions, n) kWh/FLOP where it is done
    intensity: Array  # (regions,) kgCO2e/kWh
    left: Array  # (regions, n) share of the grid's carbon that counts after both
    clean_share: Array  # (regions, n) shares of clean power at the end of the step
    permits: Array  # (markets,) USD/kgCO2e of emission permits
    choice: Choice | None = None  # among ways to emit less; None where there is none
    told: BuyersTold | None = None  # to the market, where there is a choice
    regional: RegionalPurchases | None = None  # None where each buys one bundle over its regions
    sent: Sent | None = None  # what full grids send on; None where none is full
    powered: float = inf  # FLOP/yr for which power is connected where it is used, if policies leave some of it idle


class Order(NamedTuple):
    """5 order: what is asked of the market within budgets and ceilings."""

    most: Array  # FLOP/yr that a carbon budget allows
    wanted: Array  # USD/yr to be spent on training compute
    training: Array  # USD/yr of it that a ceiling leaves
    money: Array  # USD/yr for all compute
    for_training: Array  # share of it
    run_share: Array  # of a year's training compute in its largest run
    public: Array  # USD/yr of training compute that the treasury offers to pay
    licenses: Array  # (2, kinds) share of compute for training, and for serving, that needs compute permits
    outside: float  # FLOP/yr that everyone else wants at no rent
    at_cost: float  # FLOP/yr that all want at no rent
    ceiling: Array  # (kinds,) FLOP of the largest run allowed
    luck: Array  # of the year


class Sale(NamedTuple):
    """6 clear: what is bought and paid, and what it uses."""

    bought: Array  # FLOP/yr, training and serving
    compute_permits: Array  # USD/yr
    embodied: Array  # kgCO2e/yr of making the hardware used
    capacity: Through[float]  # FLOP/yr
    by_power: bool  # whether power alone keeps capacity from what is wanted of it
    clearing: Clearing
    training: Array  # FLOP/yr
    serving: Array  # FLOP/yr
    paid_training: Array  # USD/yr in full
    paid_serving: Array  # USD/yr in full
    price: Array  # USD/FLOP in full
    training_price: Array  # USD/FLOP in full of what trains: another where only that needs compute permits
    emission_permits: Array  # USD/yr
    permits_used: Array  # (markets,) kgCO2e/yr that needs emission permits
    permit_sales: Array  # (markets,) USD/yr of them
    permit_prices: Array  # (markets,) USD/kgCO2e
    energy: Array  # (regions, n) kWh/yr
    emissions: Array  # (regions, n) kgCO2e/yr, operational
    banked: Mapping[Covered, float]  # kgCO2e of emission permits saved at the end of the step, by market
    costs: Costs  # at the prices found
    most: Array  # FLOP/yr that a carbon budget allows, at these prices
    connected: Connected | None  # power by region, for the step to come
    sent_on: float  # FLOP/yr of all who buy, planned where grids are full and done elsewhere


class Use(NamedTuple):
    """7 use: what became of plans, as far as compute was found."""

    served: Array  # part of the demand for its products that an actor has compute for
    recently: Array  # the same about the last year
    sales: Array  # USD/yr of AI products
    sponsored: Array  # USD/yr of training compute paid by sponsors
    given: Array  # USD/yr that sponsors pay
    public: Array  # USD/yr of training compute paid by the treasury
    vouchers: Array  # USD/yr of it out of revenue
    research: Array  # USD/yr for efficiency research


class Ideas(NamedTuple):
    """8 learn: knowledge that actors train with, ln of effective compute per FLOP over the start."""

    knowledge: Array
    public: float


class Runs(NamedTuple):
    """9 train: compute about the last year, largest runs, and what they reach."""

    volume: Array  # FLOP/yr
    trained: Array  # FLOP/yr
    lead: Array  # training compute bought over that about the last year, at least 1
    run: Array  # FLOP of the largest run
    error: Array  # best of own training so far


class Ledger(NamedTuple):
    """All that a step did before its books were closed."""

    acts: Acts
    money: Money
    plan: Plan
    costs: Costs
    order: Order
    sale: Sale
    use: Use
    ideas: Ideas
    runs: Runs
