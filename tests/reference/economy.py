"""The compute economy as ordinary Mesa agents: slow, scalar, and written apart from the simulator's equations.

Of the simulator it uses only the scenario's numbers, a world's state to begin from, and its draws of luck.
Money in USD, compute in FLOP, energy in kWh, carbon in kgCO2e; flows are per year.
"""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from math import exp, expm1, inf, log, log10, sqrt

import mesa

from sim.actors import Kind
from sim.policies import Policy
from sim.quantity import Series
from sim.scenario import Scenario
from sim.world import World

STATE = ("start_plan", "start_income", "cash", "reach", "plan", "volume", "error", "luck")
TREASURY, EQUAL_DIVIDEND, ACADEMIC_COMPUTE = USES = ("treasury", "equal_dividend", "academic_compute")


class Actor(mesa.Agent):
    """Someone who buys compute, trains models and, with some reach, sells products."""

    keeps_cash = False

    def __init__(self, model: "ReferenceEconomy", kind: Kind, home: str, state: dict[str, float]) -> None:
        super().__init__(model)
        self.kind = kind
        for name in STATE:
            setattr(self, name, state[name])
        regions = model.assumptions.regions
        cloud = sum(region.cloud_share for region in regions)
        away = {region.id: (1 - kind.home_share) * region.cloud_share / cloud for region in regions}
        self.work = {region: part + (kind.home_share if region == home else 0) for region, part in away.items()}

    def income_growth(self) -> float:
        """Growth of income from outside the AI market."""
        return 0.0

    @abstractmethod
    def wanted(self) -> float:
        """Spending on compute it wants."""

    @abstractmethod
    def affordable(self) -> float:
        """The most it can spend on compute."""

    def earn(self) -> None:
        """Sales, outside income, investors' money, public money."""
        economy = self.model
        product, finance = economy.assumptions.product, economy.assumptions.finance
        self.income = self.start_income * (1 + self.income_growth()) ** economy.years
        self.share = economy.share_of(self)
        self.sales = self.share * economy.sold
        self.margin = product.margin * self.sales
        self.venture = finance.venture_share * economy.sold * economy.favour_of(self)
        self.dividend = economy.paid_out[EQUAL_DIVIDEND] / len(economy.agents)
        self.academic = economy.paid_out[ACADEMIC_COMPUTE] / economy.labs if self.kind.sector == "academia" else 0.0
        # d profit / d ln compute, when shares go with error^-theta
        theta, elasticity = product.contest, economy.elasticity(self.error)
        marginal = theta * elasticity * self.share * (1 - self.share) * economy.sold
        self.contest = product.weight * product.margin * marginal

    def decide(self) -> None:
        """What it wants, within its means, approached no faster than the ramp."""
        self.wants, self.means = self.wanted(), self.affordable()
        self.desired = min(self.wants, self.means)
        self.plan_now, self.plan = self.plan_after(self.model.dt / 2), self.plan_after(self.model.dt)
        self.spend = min(self.plan_now, self.means)

    def plan_after(self, years: float) -> float:
        """The plan on its way to what is desired."""
        fastest = self.kind.ramp**years
        return min(max(self.desired, self.plan / fastest), self.plan * fastest)

    def price_compute(self) -> None:
        """What a FLOP costs before rent, what it emits, and how many may be bought under the carbon budgets."""
        economy = self.model
        kwh = self.kind.pue / economy.flop_per_kwh
        self.kwh = {region: kwh * part for region, part in self.work.items()}
        self.kg = {region: kwh * economy.intensity[region] for region, kwh in self.kwh.items()}
        self.carbon_per_flop = sum(self.kg.values())
        self.hardware = economy.hardware_price * economy.surcharge(self.volume)
        self.power = sum(self.kwh[region.id] * region.electricity_price for region in economy.assumptions.regions)
        self.tax = {
            use: sum(kg * economy.tax(use, self.kind.id, region) for region, kg in self.kg.items()) for use in USES
        }
        existing = sum(kg * economy.carbon_price[region] for region, kg in self.kg.items())
        self.carbon = existing + sum(self.tax.values())
        budget = min(self.kind.carbon_budget, economy.carbon_budget(self.kind.id))
        self.most = budget / self.carbon_per_flop if self.carbon_per_flop > 0 else inf

    def demand(self, rent: float) -> float:
        """Compute it buys at a rent."""
        return min(self.spend / (self.hardware + self.power + self.carbon + rent), self.most)

    def buy(self) -> None:
        """Compute, its energy, its emissions, its price, and what kept it from buying more."""
        economy = self.model
        self.compute = self.demand(economy.rent) * economy.served
        self.unit_cost = self.hardware + self.power + self.carbon + economy.rent
        self.paid = self.compute * self.unit_cost
        self.energy = {region: self.compute * kwh for region, kwh in self.kwh.items()}
        self.emissions = {region: self.compute * kg for region, kg in self.kg.items()}
        at_limit = self.compute >= self.most
        at_means = not at_limit and self.means <= self.wants and self.spend >= self.means
        self.bound_by_carbon = at_limit and self.compute > 0
        self.bound_by_means = at_means
        self.bound_by_ramp = not at_limit and not at_means and self.plan_now < self.desired
        self.volume += (self.compute - self.volume) * -expm1(
            -economy.dt / economy.assumptions.training.window
        )  # bought over about the last year

    def train(self) -> None:
        """The largest run, whose share of the last year's compute is a matter of luck, and the error it reaches."""
        economy, training = self.model, self.model.assumptions.training
        odds = training.run_share / (1 - training.run_share) * exp(training.luck_spread * self.luck)
        self.run = min(self.volume, self.compute) * odds / (1 + odds)  # never more than a year of what is bought
        self.error = min(self.error, economy.error_of(self.run))

    def settle(self) -> None:
        """What came in and went out; what is left stays as cash or is passed on."""
        self.received = self.sales + self.income + self.venture + self.dividend + self.academic
        costs = (self.sales - self.margin) + self.paid
        self.spent = costs if self.keeps_cash else self.received
        self.cash = max(self.cash + (self.received - self.spent) * self.model.dt, 0.0)


class Corporation(Actor):
    """Spends what accuracy is worth to it, out of core revenue and the margin on AI products."""

    def income_growth(self) -> float:
        return self.kind.core_growth

    def wanted(self) -> float:
        return self.contest

    def affordable(self) -> float:
        return self.kind.core_share * self.income + self.margin + self.dividend


class Startup(Actor):
    """Spends what accuracy is worth to it and what investors press for, out of cash that it burns."""

    keeps_cash = True

    def wanted(self) -> float:
        return self.contest + self.kind.pressure * self.venture

    def affordable(self) -> float:
        burn, dt = self.kind.burn, self.model.dt
        lasting = (self.margin + self.venture + self.dividend) / burn  # the cash at which as much comes in as is burnt
        return burn * lasting + drained(self.cash - lasting, burn, dt)


class AcademicLab(Actor):
    """Keeps up with the field, out of grants."""

    def income_growth(self) -> float:
        return self.kind.grant_growth

    def wanted(self) -> float:
        gain = self.model.sold / self.model.assumptions.product.size
        return self.start_plan * gain**self.kind.keeping_up + self.academic

    def affordable(self) -> float:
        return self.kind.compute_share * self.income + self.academic + self.dividend


ACTORS: dict[str, type[Actor]] = {"corporation": Corporation, "startup": Startup, "academic_lab": AcademicLab}


class ReferenceEconomy(mesa.Model):
    """The whole economy; its agents are the actors, in the order of a world's rows."""

    def __init__(self, assumptions: Scenario, seed: int, draw_luck: Callable[[int], Sequence[float]]) -> None:
        super().__init__(rng=int(seed))
        self.assumptions = assumptions
        self.draw_luck = draw_luck  # of a year: a standard normal for every actor
        self.dt = 1 / assumptions.time.steps_per_year
        self.labs = sum(kind.count for kind in assumptions.kinds if kind.sector == "academia")
        self.stretch = 1 + assumptions.knowledge.growth / assumptions.law_table.fitted_growth  # of the published law
        self.steps_done = 0
        self.market = assumptions.product.size
        self.emitted = 0.0
        self.earmarked = dict.fromkeys(USES, 0.0)

    @classmethod
    def from_world(cls, world: World) -> "ReferenceEconomy":
        """The same economy in the same state."""
        economy = cls(world.scenario, world.seed, partial(world._draw, "luck"))
        economy.steps_done, economy.market, economy.emitted = world.steps_done, float(world.market), world.emitted
        economy.earmarked = {use: float(amount) for use, amount in zip(USES, world.earmarked, strict=True)}
        row = 0
        for kind in world.scenario.kinds:
            for _ in range(kind.count):
                state = {name: float(getattr(world, name)[row]) for name in STATE}
                ACTORS[kind.rule](economy, kind, world.scenario.region_ids[world.home[row]], state)
                row += 1
        return economy

    def step(self) -> None:
        """One step."""
        self.look_around()
        self.agents.do("earn")
        self.agents.do("decide")
        self.agents.do("price_compute")
        self.clear_compute()
        self.agents.do("buy")
        if self.steps_done and self.steps_done % self.assumptions.time.steps_per_year == 0:
            self.renew_luck()
        self.agents.do("train")
        self.agents.do("settle")
        self.collect_taxes()
        self.weights = self.contest(self.assumptions.product.contest)  # with the errors now reached
        self.market = self.market_after(self.dt)
        self.emitted += sum(sum(actor.emissions.values()) for actor in self.agents) * self.dt
        self.steps_done += 1

    def look_around(self) -> None:
        """Trends at the middle of the step, yearly series of its year, public money on its way."""
        assumptions, compute, market = self.assumptions, self.assumptions.compute, self.assumptions.market
        start, per_year = assumptions.time.start, assumptions.time.steps_per_year
        self.year = start + self.steps_done // per_year
        self.years = (self.steps_done + 0.5) / per_year
        self.now = start + self.years
        whole = 1 / compute.flop_per_usd * 0.5 ** ((self.now - compute.price_year) / compute.price_halving)
        self.hardware_price = whole * (1 - compute.energy_share)
        self.flop_per_kwh = compute.flop_per_kwh * (1 + compute.energy_gain) ** (self.now - compute.energy_year)
        regions = assumptions.regions
        self.intensity = {r.id: read(r.grid_intensity, r.grid_change, self.year, True) for r in regions}
        self.carbon_price = {r.id: read(r.carbon_price, r.carbon_price_growth, self.year, True) for r in regions}
        self.capacity = read(market.capacity, market.capacity_growth, self.now, False)
        self.outside_at_price = market.outside_demand * (1 + market.outside_growth) ** self.years
        rate = assumptions.finance.recycling
        self.paid_out = {use: drained(amount, rate, self.dt) for use, amount in self.earmarked.items()}
        self.paid_out[TREASURY] = 0.0
        self.volumes = [actor.volume for actor in self.agents]
        self.weights = self.contest(assumptions.product.contest)
        self.favours = self.contest(assumptions.finance.venture_contest)
        self.sold = self.market_after(self.dt / 2)

    def phase(self, policy: Policy) -> tuple[float, float]:
        """Years since a policy began (within the run), and its strength on the ramp; 0 when not in force."""
        if not policy.start <= self.now < policy.end:
            return 0.0, 0.0
        years = self.now - max(policy.start, self.assumptions.time.start)
        return years, min(1.0, years / policy.ramp) if policy.ramp else 1.0

    def tax(self, use: str, kind: str, region: str) -> float:
        """Carbon taxes per kg of one kind in one region whose revenue goes to one use."""
        total = 0.0
        for policy in self.assumptions.policies:
            aimed = kind in (policy.kinds or [kind]) and region in (policy.regions or [region])
            if policy.name == "carbon_tax" and policy.revenue_use == use and aimed:
                years, strength = self.phase(policy)
                total += strength * policy.rate * (1 + policy.growth) ** years
        return total

    def carbon_budget(self, kind: str) -> float:
        """The lowest limit on what an actor of a kind may emit."""
        lowest = inf
        for policy in self.assumptions.policies:
            if policy.name == "carbon_budget" and kind in (policy.kinds or [kind]):
                years, strength = self.phase(policy)
                if strength:
                    lowest = min(lowest, policy.limit * (1 + policy.growth) ** years / strength)
        return lowest

    def surcharge(self, volume: float) -> float:
        """Factor on hardware for one who buys this volume: small buyers pay more, up to a limit."""
        compute, total = self.assumptions.compute, sum(self.volumes)
        if total == 0 or compute.volume_discount == 0:
            return 1.0
        reference = sum(other * other for other in self.volumes) / total
        factor = (reference / volume) ** compute.volume_discount if volume > 0 else inf
        return min(max(factor, 1.0), compute.small_buyer_limit)

    def clear_compute(self) -> None:
        """No rent while all demand fits; else the rent at which it fits; at the highest rent, everyone gets a part."""
        market, price = self.assumptions.market, self.hardware_price

        def outside(rent: float) -> float:
            return self.outside_at_price * (price / (price + rent)) ** market.outside_elasticity

        def demand(rent: float) -> float:
            return sum(actor.demand(rent) for actor in self.agents) + outside(rent)

        low, high = 0.0, market.rent_ceiling * price
        self.served = 1.0
        if demand(low) <= self.capacity:
            self.outcome, self.rent = "slack", low
        elif demand(high) > self.capacity:
            self.outcome, self.rent, self.served = "rationed", high, self.capacity / demand(high)
        else:
            while low < (middle := 0.5 * (low + high)) < high:
                low, high = (middle, high) if demand(middle) > self.capacity else (low, middle)
            self.outcome, self.rent = "cleared", high
        self.outside = outside(self.rent) * self.served

    def renew_luck(self) -> None:
        """A new year's luck: part of the old, part of fresh draws, with unit variance."""
        kept = self.assumptions.training.luck_persistence
        for actor, fresh in zip(self.agents, self.draw_luck(self.year), strict=True):
            actor.luck = kept * actor.luck + sqrt(1 - kept * kept) * float(fresh)

    def error_of(self, run: float) -> float:
        """Error of a run, with the published law anchored at the start and stretched by knowledge."""
        if run == 0:
            return 1.0
        law, anchor = self.assumptions.law, self.assumptions.law_table
        polynomial = law.form == "polynomial"
        growth = law.exponent * -log10(anchor.start_error) if polynomial else law.slope / anchor.start_error
        gained = log10(run / anchor.start_compute) + self.assumptions.knowledge.growth * self.years / log(10)
        decades = growth + gained / self.stretch  # of compute, from the law's a on
        if polynomial:
            return 10 ** (-decades / law.exponent) if decades > 0 else 1.0
        return law.slope / decades if decades > law.slope else 1.0

    def elasticity(self, error: float) -> float:
        """-d ln error / d ln effective compute."""
        law = self.assumptions.law
        return (1 / law.exponent if law.form == "polynomial" else error / (law.slope * log(10))) / self.stretch

    def contest(self, steepness: float) -> dict[Actor, float]:
        """Weight of every actor among customers or investors: its reach times 1/error to a power."""
        return {actor: actor.reach * actor.error**-steepness for actor in self.agents}

    def share_of(self, actor: Actor) -> float:
        """Share of an actor among all sellers."""
        return self.weights[actor] / sum(self.weights.values())

    def favour_of(self, actor: Actor) -> float:
        """Share of an actor in investors' money: startups with some reach have one."""
        startups = self.agents_by_type.get(Startup, ())
        total = sum(self.favours[other] for other in startups)
        return self.favours[actor] / total if isinstance(actor, Startup) and total > 0 else 0.0

    def market_after(self, years: float) -> float:
        """The market for products grows with the accuracy of what is sold, up to a cap, as fast as it is adopted."""
        product, first = self.assumptions.product, self.assumptions.law_table.start_error
        ln_error = sum(self.share_of(actor) * log(actor.error) for actor in self.agents)
        gain = (first / exp(ln_error)) ** product.growth_exponent
        rest = product.size * gain / (1 + gain / product.cap)
        return rest + (self.market - rest) * exp(-product.adoption * years)

    def collect_taxes(self) -> None:
        """Revenue of the policies, by use, and what is not yet paid out of it."""
        self.revenue = {use: sum(actor.compute * actor.tax[use] for actor in self.agents) for use in USES}
        for use in USES:
            self.earmarked[use] += (self.revenue[use] - self.paid_out[use]) * self.dt


def drained(stock: float, rate: float, dt: float) -> float:
    """Flow out of a stock that drains at a constant rate during a step, as a yearly average."""
    return stock * -expm1(-rate * dt) / dt


def read(series: Series, after: float, when: float, straight: bool) -> float:
    """A series held before the first given year, straight or at constant growth up to the last, then on at a rate."""
    points = list(zip(series.years, series.values, strict=True))
    for (y0, v0), (y1, v1) in pairwise(points):
        if y0 <= when < y1:
            passed = (when - y0) / (y1 - y0)
            return v0 + (v1 - v0) * passed if straight else v0 * (v1 / v0) ** passed
    (first, value), (last, end) = points[0], points[-1]
    return value if when < first else end * (1 + after) ** (when - last)
