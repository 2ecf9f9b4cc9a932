"""The world: all state as arrays, kinds stored contiguously, and the step on one page (``advance``).

Flows are per year inside the equations; the step length enters only where state is updated. Trends are
evaluated at mid-step.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim import accounts
from sim.actors import Economy, Funds, Kind
from sim.levers import ACADEMIC_COMPUTE, EQUAL_DIVIDEND, REVENUE_USES, TREASURY, Levers, combined
from sim.mechanisms import carbon, market, planning, product, training
from sim.period import Groups, Past, Period, Rows, Step, period
from sim.rng import stream
from sim.scenario import Scenario
from sim.scenario.schema import grown, path_at, series_at, trend
from sim.view import View

Array = NDArray[np.float64]
CLOSE = 1e-9  # what a cleared market may take from an actor at its limit, as a share


@dataclass
class World:
    """State of one world. Built from a scenario and a seed; replicate r's draws depend on (seed, r) alone."""

    scenario: Scenario
    seed: int
    replicate: int = 0
    steps_done: int = 0
    groups: Groups = field(init=False)
    past: Past = field(init=False)
    emitted: float = 0.0  # kgCO2e since the start
    balances: dict[str, float] = field(default_factory=dict)  # party to USD received minus paid since the start

    def __post_init__(self) -> None:
        scenario = self.scenario
        self.law = scenario.anchored_law()
        self.dt = 1.0 / scenario.time.steps_per_year
        self.policies = sorted(scenario.policies, key=lambda policy: (policy.name, policy.id))  # canonical order
        self.groups = _groups(scenario)
        self.market = scenario.product.size
        self.earmarked = np.zeros(len(REVENUE_USES))  # USD of policy revenue not paid out, by use
        self.payable = np.array([use != TREASURY for use in REVENUE_USES], dtype=float)
        if not self.groups.of("academia").size:  # nobody to pay: the money stays
            self.payable[REVENUE_USES.index(ACADEMIC_COMPUTE)] = 0.0
        self.luck = self._draw("luck", 0)
        self._endow()
        self._settle_start()
        self.past = Past(float(scenario.time.start))
        self.past.add(self.time, float(self.error.min()))

    @property
    def time(self) -> float:
        """The calendar, in years; 2012.5 is the middle of 2012."""
        return self.scenario.time.start + self.steps_done * self.dt

    @property
    def middle(self) -> float:
        """The calendar at the middle of the step to come."""
        return self.scenario.time.start + (self.steps_done + 0.5) * self.dt

    @property
    def share(self) -> Array:
        """Each actor's share of the AI product market, (n,); 0 for those who sell nothing."""
        share = np.zeros(self.groups.size)
        sellers = self.sellers
        share[sellers] = product.attraction(self.reach[sellers], self.error[sellers], self.scenario.product.contest)
        return share

    def _draw(self, purpose: str, year: int) -> Array:
        """A standard normal for every actor, from one stream per kind."""
        parts = [
            stream(self.seed, self.replicate, f"{purpose} of {kind.id}", year).standard_normal(kind.count)
            for kind in self.scenario.kinds
        ]
        return np.concatenate(parts)

    def _endow(self) -> None:
        """Columns that actors begin with."""
        scenario = self.scenario
        draws = [self._draw(purpose, 0) for purpose in ("first plan", "endowment", "reach")]
        starts = [kind.endow(*[draw[rows] for draw in draws]) for kind, rows in self.rows()]
        self.start_plan, self.start_income, self.cash, self.reach = (
            np.concatenate(column) for column in zip(*starts, strict=True)
        )
        self.plan = self.start_plan.copy()
        price, _ = self.prices(float(scenario.time.start))
        self.volume = self.start_plan / price  # FLOP bought over about the last year; first what the plans buy
        self.sellers = np.flatnonzero(self.reach > 0)
        self.pue = self.per_actor([kind.pue for kind in scenario.kinds])
        self.ramp = self.per_actor([kind.ramp for kind in scenario.kinds])
        self.own_budget = self.per_actor([kind.carbon_budget for kind in scenario.kinds])
        self.kind_index = np.repeat(np.arange(len(scenario.kinds)), [kind.count for kind in scenario.kinds])
        self.raises = self.per_actor([float(kind.raises_venture) for kind in scenario.kinds]) > 0
        self.region_share = self._regions()

    def _regions(self) -> Array:
        """Shares of work by region, (n, regions): at home, the rest wherever the cloud is."""
        scenario = self.scenario
        cloud = np.array([region.cloud_share for region in scenario.regions])
        cloud = cloud / cloud.sum()
        parts = []
        self.home = np.zeros(self.groups.size, dtype=np.intp)
        for kind, rows in self.rows():
            weights = np.array([kind.home.get(region, 0.0) for region in scenario.region_ids])
            chance = stream(self.seed, self.replicate, f"home of {kind.id}").random(kind.count)
            cumulated = np.cumsum(weights / weights.sum())
            home = np.minimum(np.searchsorted(cumulated, chance, side="right"), len(cloud) - 1)
            self.home[rows] = home
            at_home = np.zeros((kind.count, len(cloud)))
            at_home[np.arange(kind.count), home] = 1.0
            parts.append(kind.home_share * at_home + (1.0 - kind.home_share) * cloud)
        return np.concatenate(parts)

    def _settle_start(self) -> None:
        """First errors: what a typical run out of the first plan reaches at the first hardware price."""
        run = self.scenario.training.run_share * self.volume
        self.error = training.best_error(np.full(self.groups.size, self.scenario.law.highest), run, 0.0, self.law)

    def rows(self) -> list[tuple[Kind, slice]]:
        """Each kind with its rows."""
        return [(kind, self.groups.kinds[kind.id]) for kind in self.scenario.kinds]

    def per_actor(self, values: list[float]) -> Array:
        """One value per kind, spread over its actors: (n,)."""
        return np.repeat(np.asarray(values, dtype=float), [kind.count for kind in self.scenario.kinds])

    def prices(self, time: float) -> tuple[float, float]:
        """Hardware price [USD/FLOP] net of energy, and hardware efficiency [FLOP/kWh], at a time."""
        compute = self.scenario.compute
        whole = trend(1.0 / compute.flop_per_usd, compute.price_halving, time - compute.price_year)
        per_kwh = grown(compute.flop_per_kwh, compute.energy_gain, time - compute.energy_year)
        return (1.0 - compute.energy_share) * whole, per_kwh

    def by_kind(self, rule: str, funds: Funds, sold: float) -> Array:
        """A rule of every kind (``wants`` or ``means``) applied to its slice: (n,) USD/yr."""
        economy = Economy(sold / self.scenario.product.size, self.dt)
        parts = [getattr(kind, rule)(Funds(*[column[rows] for column in funds]), economy) for kind, rows in self.rows()]
        return np.concatenate(parts)

    def levers(self) -> Levers:
        """What the policies in force pull in the step to come."""
        scenario = self.scenario
        view = View(self.middle, float(scenario.time.start))
        kinds, regions = scenario.kind_ids, scenario.region_ids
        pulls = [(policy.pull(view), policy.target(kinds, regions)) for policy in self.policies]
        return combined(pulls, len(kinds), len(regions))

    def market_rest(self) -> float:
        """Where the market for AI products [USD/yr] tends with the errors that sellers have now."""
        p, sellers = self.scenario.product, self.sellers
        start_error = self.scenario.law_table.start_error
        return product.market_at_rest(
            p.size, p.growth_exponent, p.cap, start_error, self.error[sellers], self.share[sellers]
        )

    def _funds(self, income: Array, sold: float, paid_out: Array) -> Funds:
        """Money each actor has and earns now [USD/yr, cash in USD], by columns of (n,), when ``sold`` is sold."""
        p, share = self.scenario.product, self.share
        elasticity = self.law.elasticity(self.error)
        return Funds(
            start_plan=self.start_plan,
            income=income,
            cash=self.cash,
            sales=share * sold,
            margin=p.margin * share * sold,
            venture=self._venture(sold),
            dividend=np.full(self.groups.size, paid_out[REVENUE_USES.index(EQUAL_DIVIDEND)] / self.groups.size),
            academic=self._academic(paid_out[REVENUE_USES.index(ACADEMIC_COMPUTE)]),
            contest=planning.contest_value(share, elasticity, sold, p.margin, p.contest, p.weight),
        )

    def _venture(self, sold: float) -> Array:
        """Investors' money [USD/yr] to actors that raise it, by accuracy and reach."""
        money = np.zeros(self.groups.size)
        rows = np.flatnonzero(self.raises & (self.reach > 0))
        if rows.size:
            favour = product.attraction(self.reach[rows], self.error[rows], self.scenario.finance.venture_contest)
            money[rows] = self.scenario.finance.venture_share * sold * favour
        return money

    def _academic(self, paid: float) -> Array:
        """Public money for academic compute [USD/yr], the same for every academic actor."""
        money = np.zeros(self.groups.size)
        rows = self.groups.of("academia")
        if rows.size:
            money[rows] = paid / rows.size
        return money


def _groups(scenario: Scenario) -> Groups:
    kinds: dict[str, slice] = {}
    rules: dict[str, Rows] = {}
    sectors: dict[str, Rows] = {}
    begin = 0
    for kind in scenario.kinds:
        kinds[kind.id] = slice(begin, begin + kind.count)
        rows = np.arange(begin, begin + kind.count)
        rules[kind.rule] = np.concatenate([rules.get(kind.rule, rows[:0]), rows])
        sectors[kind.sector] = np.concatenate([sectors.get(kind.sector, rows[:0]), rows])
        begin += kind.count
    return Groups(kinds, rules, sectors, begin)


def advance(world: World) -> Step:
    """One step: policies act, means arrive, actors plan, compute clears, work emits, models train, products sell."""
    scenario, dt, time, middle = world.scenario, world.dt, world.time, world.middle
    year = int(time + 1e-9)

    # 1 policies act
    levers = world.levers()
    kg_price = levers.carbon_price[:, world.kind_index, :]  # (uses, n, regions) USD/kg
    budget = np.minimum(world.own_budget, levers.carbon_budget[world.kind_index])

    # 2 means arrive
    years = middle - scenario.time.start
    growth = world.per_actor([grown(1.0, kind.income_growth(), years) for kind in scenario.kinds])
    income = world.start_income * growth
    paid_out = world.earmarked * (-np.expm1(-scenario.finance.recycling * dt) / dt)
    paid_out *= world.payable
    sold = product.adopted(world.market, world.market_rest(), scenario.product.adoption, dt / 2)  # at mid-step
    funds = world._funds(income, sold, paid_out)
    means = world.by_kind("means", funds, sold)

    # 3 plan
    wants = world.by_kind("wants", funds, sold)
    desired = np.minimum(wants, means)
    plan = planning.ramped(world.plan, desired, world.ramp, dt / 2)  # at mid-step
    world.plan = planning.ramped(world.plan, desired, world.ramp, dt)
    spend = np.minimum(plan, means)

    # 4 compute clears
    price, per_kwh = world.prices(middle)
    intensity = np.array([series_at(r.grid_intensity, r.grid_change, year) for r in scenario.regions])
    existing = np.array([series_at(r.carbon_price, r.carbon_price_growth, year) for r in scenario.regions])
    electricity = np.array([r.electricity_price for r in scenario.regions])
    kwh_flop = carbon.by_region(carbon.energy_per_flop(world.pue, per_kwh), world.region_share)
    kg_flop = carbon.emissions(kwh_flop, intensity)
    hardware = price * market.cost_factor(
        world.volume, scenario.compute.volume_discount, scenario.compute.small_buyer_limit
    )
    power = carbon.across(kwh_flop, electricity)
    carbon_cost = carbon.across(kg_flop, existing) + carbon.across(kg_flop, kg_price.sum(axis=0))
    own_cost = hardware + power + carbon_cost
    kg_total = kg_flop.sum(axis=1)
    with np.errstate(divide="ignore"):
        most = np.where(kg_total > 0, budget / kg_total, np.inf)
    m = scenario.market
    capacity = path_at(m.capacity, m.capacity_growth, middle)
    outside = grown(m.outside_demand, m.outside_growth, years)
    clearing = market.clear(
        spend, own_cost, most, capacity, outside, price, m.outside_elasticity, m.rent_ceiling * price
    )
    compute = clearing.compute

    # 5 energy and carbon
    energy = compute[:, None] * kwh_flop
    emissions = compute[:, None] * kg_flop
    unit_cost = own_cost + clearing.rent
    paid = compute * unit_cost

    # 6 train
    if year > scenario.time.start and abs(time - year) < 1e-6:
        fresh = world._draw("luck", year)
        world.luck = training.next_luck(world.luck, fresh, scenario.training.luck_persistence)
    fraction = training.run_share(scenario.training.run_share, scenario.training.luck_spread, world.luck)
    world.volume = world.volume + (compute - world.volume) * -np.expm1(-dt / scenario.training.window)
    run = fraction * np.minimum(world.volume, compute)  # of a year of what is bought now, and was over the last year
    knowledge = scenario.knowledge.growth * years
    world.error = training.best_error(world.error, run, knowledge, world.law)

    # 7 sell, tax, recycle: every dollar has a payer and a payee
    taxes = np.array([(emissions * kg_price[use]).sum() for use in range(len(REVENUE_USES))])
    books = accounts.settle(
        rows=world.rows(),
        funds=funds,
        hardware=compute * (hardware + clearing.rent),
        power=compute * power,
        carbon=compute * carbon_cost,
    )
    cash_change = np.where(books.keeps_cash, (books.received - books.spent) * dt, 0.0)
    world.cash = np.maximum(world.cash + cash_change, 0.0)
    world.earmarked = world.earmarked + (taxes - paid_out) * dt
    for (payer, payee, _), amount in books.flows.items():
        world.balances[payer] = world.balances.get(payer, 0.0) - amount * dt
        world.balances[payee] = world.balances.get(payee, 0.0) + amount * dt
    world.market = product.adopted(world.market, world.market_rest(), scenario.product.adoption, dt)

    # 8 remember
    world.emitted += float(emissions.sum()) * dt
    world.steps_done += 1
    world.past.add(world.time, float(world.error.min()))
    by_carbon = compute >= most * (1 - CLOSE)
    by_means = ~by_carbon & (means <= wants) & (spend >= means)
    by_ramp = ~by_carbon & ~by_means & (plan < desired)
    return Step(
        time=time, dt=dt, compute=compute, run=run, paid=paid, means=means,
        bound_by_means=by_means, bound_by_carbon=by_carbon & (compute > 0), bound_by_ramp=by_ramp,
        unit_cost=unit_cost, energy=energy, emissions=emissions, carbon_per_flop=kg_total,
        error=world.error, knowledge=knowledge, market=sold, rent=clearing.rent, outcome=clearing.outcome,
        capacity=capacity, outside=clearing.outside, flows=books.flows,
        received=books.received, spent=books.spent, cash_change=cash_change, revenue_by_use=taxes,
    )  # fmt: skip


def observe(world: World, steps: list[Step]) -> Period:
    """The window that the world's last steps cover, for measures."""
    return period(steps, world.groups, world.law, world.past, world.emitted)
