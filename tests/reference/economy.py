"""The compute economy as ordinary Mesa agents: slow, scalar, and written apart from the simulator's equations.

Of the simulator it uses only the scenario's numbers, a world's state to begin from, and its draws of luck.
Money in USD, compute in FLOP, energy in kWh, carbon in kgCO2e; flows are per year.
"""

from collections import defaultdict
from math import exp, expm1, inf, log, log1p, sqrt

import mesa

from sim.economy.state import World
from sim.economy.years import Usage
from sim.policies.levers import Licensed, Right
from sim.scenario.schema import Region
from tests.reference import abatement, hardware
from tests.reference.actors import ACTORS, STATE, Actor, towards
from tests.reference.grids import Grids
from tests.reference.market import UNPRICED
from tests.reference.policies import CAPS, COMPUTE_VOUCHERS, TREASURY, USES, Market, Rulebook, of_year
from tests.reference.progress import Progress
from tests.reference.records import best, read
from tests.reference.regional import Regional
from tests.reference.selling import Selling
from tests.reference.startups import Startups
from tests.reference.treasury import Treasury

SPONSORED, SPONSORS, LABS = "sponsored compute", "'s sponsors", "'s labs"  # a kind may be on both sides


def named(world: World, right: Right) -> Market:
    """A market for permits by the names of its kinds and of its regions, or of what compute is used for."""
    kinds = tuple(world.scenario.kind_ids[kind] for kind in right.kinds)
    if isinstance(right, Licensed):
        return kinds, right.scopes
    return kinds, tuple(world.scenario.region_ids[region] for region in right.regions)


def of_row(world: World, usage: Usage | None, row: int) -> dict[str, float]:
    """What one actor, or kind, emitted by region and bought; nothing where nobody wrote it down."""
    if usage is None:
        return dict.fromkeys([*world.scenario.region_ids, "training", "serving"], 0.0)
    emitted = dict(zip(world.scenario.region_ids, usage.emissions[:, row].tolist(), strict=True))
    return {**emitted, "training": float(usage.training[row]), "serving": float(usage.serving[row])}


def by_kind(world: World, usage: Usage) -> dict[tuple[str, str], float]:
    """What each kind emitted by region and bought."""
    kinds = world.scenario.kind_ids
    return {(kind, what): amount for i, kind in enumerate(kinds) for what, amount in of_row(world, usage, i).items()}


class ReferenceEconomy(mesa.Model, Startups, Treasury, Regional, Selling, Grids, Progress):
    """The whole economy; its agents are the actors, in the order of a world's rows."""

    def __init__(self, world: World) -> None:
        super().__init__(rng=int(world.fixed.draws.seed))
        self.assumptions = world.scenario
        self.on = world.scenario.mechanisms
        self.before: dict[str, tuple[float, float]] = {}  # each entry: emissions, compute
        self.by_year: dict[int, dict[tuple[str, str], float]] = {}  # whole ones: what by kind
        self.draw = world.fixed.draws.uniform, world.fixed.draws.normal
        self.dt = 1 / self.assumptions.time.steps_per_year
        self.usual = False  # whether carbon is priced as in the region where policies price it least
        law = self.assumptions.law_table
        self.stretch = 1 + law.fitted_progress / law.fitted_growth  # of the published law

    @classmethod
    def from_world(cls, world: World) -> "ReferenceEconomy":
        """The same economy in the same state."""
        economy = cls(world)
        markets, memory, start = world.markets, world.memory, world.fixed
        economy.steps_done, economy.market, economy.emitted = world.clock.steps_done, markets.products, memory.emitted
        economy.expected_growth = markets.expected_growth
        economy.connected, economy.plans = (
            kept if kept is None else dict(zip(world.scenario.region_ids, kept.tolist(), strict=True))
            for kept in markets.connected or (None, None)
        )
        economy.public, economy.capacity_now = memory.public_knowledge, markets.capacity
        economy.first_published, economy.first_hidden = start.initial_research, start.initial_own_research
        economy.earmarked = {use: float(amount) for use, amount in zip(USES, world.treasury.earmarked, strict=True)}
        economy.frontier, economy.frontier_knowledge = memory.frontier.errors[-1], memory.frontier_knowledge
        economy.known_run = memory.reports.largest
        economy.by_year = {year: by_kind(world, usage) for year, usage in memory.years.whole.items()}
        economy.duty_error, economy.license_price, economy.rent = memory.duty_error, markets.license_price, markets.rent
        economy.last_permits, economy.banked, economy.held = (
            {named(world, market): amount for market, amount in kept.items()}
            for kept in (markets.permit_prices, markets.banked, world.treasury.held)
        )
        economy.largest = list(zip(memory.largest.times, memory.largest.values, strict=True))
        economy.dutiful = {k: list(zip(past.times, past.errors, strict=True)) for k, past in memory.dutiful.items()}
        economy.released = list(zip(memory.released.times, memory.released.errors, strict=True))
        row, regions = 0, world.scenario.region_ids
        columns = {**vars(world.fixed.traits), **vars(world.actors)}
        for kind in world.scenario.kinds:
            for _ in range(kind.count):
                state = {name: columns[name][row].item() for name in STATE}
                actor = ACTORS[kind.rule](economy, kind, regions[world.fixed.traits.home[row]], state)
                actor.this_year, actor.last_year = (
                    of_row(world, usage, row) for usage in (memory.years.now, memory.years.last)
                )
                actor.clean = {region: float(world.actors.clean[r, row]) for r, region in enumerate(regions)}
                actor.site = {region: float(world.actors.site[r, row]) for r, region in enumerate(regions)}
                row += 1
        actors = list(economy.agents)
        for row, actor in enumerate(actors):
            actor.reported_in = int(memory.reports.made[row])
            actor.parts = {named(world, right): float(part[row]) for right, part in world.treasury.rights.items()}
            actor.links = [actors[other] for other in world.fixed.network.neighbours(row)]
        economy.due, economy.known = (
            [
                (due.when, actors[row], methods, due.flop)  # of several together, the largest
                for due in group
                for row, methods in zip(due.rows, due.methods, strict=True)
            ]
            for group in (memory.reports.due, memory.reports.recent)
        )
        return economy

    def step(self) -> None:
        """One step."""
        self.look_around()
        self.agents.do("earn")
        self.agents.do("decide")
        self.sponsor()
        if self.steps_done and self.steps_done % self.assumptions.time.steps_per_year == 0:
            self.renew_luck()
        self.sell_compute()
        self.learn()
        self.agents.do("train")
        self.agents.do("settle")
        self.hand_over()
        self.live_and_die()
        self.report()
        self.unspent = self.unclaimed + self.offered - sum(actor.public for actor in self.agents)
        self.collect_taxes()
        if self.on.brand_habit:
            self.follow_habits()
        self.weigh()  # with the errors now reached
        before, self.market = self.market, self.market_after(self.dt)
        if self.on.expectations:
            self.expected_growth = self.growth_expected(before, self.market, self.dt)
        carbon = sum(sum(actor.emissions.values()) + actor.embodied for actor in self.agents)
        self.emitted += carbon * self.dt
        self.steps_done += 1
        self.remember()
        if self.steps_done % self.assumptions.time.steps_per_year == 0:
            self.close_year()

    def look_around(self) -> None:
        """Trends at the middle of the step, yearly series of its year, public money on its way."""
        assumptions, compute = self.assumptions, self.assumptions.compute
        start, per_year = assumptions.time.start, assumptions.time.steps_per_year
        self.year = start + self.steps_done // per_year
        self.begin = start + self.steps_done / per_year
        self.years = (self.steps_done + 0.5) / per_year
        self.now = start + self.years
        self.hardware_price = hardware.price(compute, self.now)
        self.flop_per_kwh = hardware.per_kwh(compute, self.now)
        made = assumptions.hardware
        per_hour = (made.device_carbon + made.server_carbon / made.devices_per_server) / (made.life * 8760 * made.use)
        hours = 8760 / (self.flop_per_kwh * made.device_power)  # device hours per FLOP; power in kWh/yr
        self.embodied_per_flop = hours * per_hour if self.on.embodied_carbon else 0.0
        regions = assumptions.regions
        self.electricity = {r.id: of_year(r.electricity_price, self.now) for r in regions}
        self.intensity = {r.id: read(r.grid_intensity, r.grid_change, self.year, True) for r in regions}
        force = self.on.existing_carbon_prices
        self.carbon_price = {
            r.id: read(r.carbon_price, r.carbon_price_growth, self.year, True) if force else 0.0 for r in regions
        }
        a = assumptions.abatement
        cheaper = (1 + a.clean_change) ** (self.now - a.clean_year)
        self.clean_premium = {r.id: r.clean_premium * cheaper for r in regions}
        self.abatement_terms = abatement.terms(assumptions, self.now)
        self.social_cost = read(assumptions.yardsticks.social_cost, 0.0, self.year, True)
        self.outside_at_price = hardware.outside(assumptions, self.years)
        volumes = [actor.volume for actor in self.agents]
        self.volume = sum(volumes)
        self.usual_volume = sum(volume * volume for volume in volumes) / self.volume if self.volume else 0.0
        self.living = sum(actor.alive for actor in self.agents)
        self.labs = [actor for actor in self.agents if actor.alive and actor.kind.sector == "academia"]
        self.rules = Rulebook(assumptions, self.now, self.before, self.hardware_price)
        self.support = {id: min(self.rules.clean_support(id), self.electricity[id] + first)
                        for id, first in self.clean_premium.items()}  # fmt: skip
        self.clean_premium = {id: first - self.support[id] for id, first in self.clean_premium.items()}
        self.permits = {place: self.last_permits.get(place, 0.0) for place in self.rules.markets()}
        self.apart = self.on.regional_purchases and assumptions.market.allocation not in UNPRICED and self.told_apart()
        self.look_at_grids()
        self.note_before()
        self.give_rights()
        self.pay_back()
        self.publish()
        a_year_ago = self.begin + self.dt - 1 + self.dt / 2  # when a step ends, give or take half of one
        self.pace = max((run for when, run in self.largest if when <= a_year_ago), default=0.0) or inf
        self.open_error = self.openly(self.begin)
        self.weigh()
        contest = assumptions.finance.venture_contest
        raising = [actor for actor in self.agents if actor.kind.raises_venture and actor.alive]
        self.favours = {actor: actor.reach * self.loss(actor.access) ** -contest for actor in raising}
        self.all_favours = sum(self.favours.values())
        self.sold = self.market_after(self.dt / 2)
        self.outlook = self.look_ahead()

    def carbon_per_kwh(self, region: Region, price: float, buyer: Actor) -> float:
        """What carbon adds to the price of a kWh where it has a price, with clean power and removals: what is chosen or
        was promised, were there time to build."""
        dirt, first, on = self.intensity[region.id], self.clean_premium[region.id], self.abatement_terms
        share, removed, cost = abatement.wanted(price, dirt, first, on)
        if first < inf:
            share = min(max(share, buyer.clean_promise()), abatement.ALMOST_ALL)
        premium = first * share + on.rise * -(log1p(-share) + share) if share else 0.0
        return premium + dirt * (1 - share) * ((1 - removed) * price + cost)

    def openly(self, now: float) -> float:
        """The best error released by then, by choice or by duty."""
        if not self.on.open_release:
            return inf
        return min(best(self.released, now - self.assumptions.release.lag), self.duty_error)

    def surcharge(self, volume: float) -> float:
        """Factor on hardware for one who buys this volume: small buyers pay more, up to a limit."""
        compute = self.assumptions.compute
        if self.volume == 0 or compute.volume_discount == 0 or not self.on.volume_discount:
            return 1.0
        factor = (self.usual_volume / volume) ** compute.volume_discount if volume > 0 else inf
        return min(max(factor, 1.0), compute.small_buyer_limit)

    def sponsor(self) -> None:
        """Sponsors pay for some compute of labs near the frontier."""
        finance = self.assumptions.finance
        if not self.on.sponsored_compute or not self.labs:
            return
        for actor in self.agents:
            actor.gives = finance.sponsored_share * actor.spend if actor.kind.sponsors else 0.0
        pool = sum(actor.gives for actor in self.agents)
        appeal = {lab: lab.standing * self.loss(lab.error) ** -finance.sponsor_contest for lab in self.labs}
        together = sum(appeal.values())
        for lab in self.labs:
            lab.gets = pool * appeal[lab] / together

    def grow(self, demand: float) -> float:
        """Capacity in the middle of the step; it goes on to its end. More than there is power for does not run."""
        market, dt, start = self.assumptions.market, self.dt, self.capacity_now
        recorded = self.begin < market.capacity.years[-1] or not self.on.capacity_response

        def after(years: float) -> float:
            if recorded:
                return read(market.capacity, market.capacity_growth, self.begin + years, False)
            rate = log(1 + market.capacity_growth)
            if market.response and demand:
                closed = 1 - exp(-market.response * years)
                rate += closed / years * log(demand / (market.utilisation * start))
            elif market.response:
                rate = -inf
            return start * exp(min(max(rate, market.slowest), market.fastest) * years)

        def powered(years: float) -> float:
            per_kwh = hardware.per_kwh(self.assumptions.compute, self.begin + years)
            most = market.electricity_limit
            if self.on.grid_limits and self.begin >= market.capacity.years[-1]:
                drawn = start / hardware.per_kwh(self.assumptions.compute, self.begin)
                later = (1 + market.connection_growth) ** max(self.year - market.connection_year, 0)
                anew = later * sum(r.grid_connections for r in self.assumptions.regions)
                most = min(most, drawn + years * anew)
            return min(after(years), most * per_kwh)

        self.capacity_now = powered(dt)
        self.short_of_power = powered(dt / 2) < after(dt / 2)
        return powered(dt / 2)

    def public_progress(self) -> float:
        """Growth of public knowledge at the present research, before ideas get harder to find."""
        published = sum(actor.sharing * actor.research for actor in self.agents)
        k = self.assumptions.knowledge
        if not published or not self.first_published:
            return 0.0
        return k.public_rate * (published / self.first_published) ** k.returns

    def learn(self) -> None:
        """Public knowledge grows, and everyone learns from how things stood."""
        k = self.assumptions.knowledge
        for actor in self.agents:
            actor.research = actor.research_now
        growth = self.public_progress() * exp(-k.fishing_out * self.public)
        self.public_after = self.public + log1p(k.fishing_out * growth * self.dt) / k.fishing_out
        self.agents.do("discover")
        known = {actor: actor.learn() for actor in self.agents}
        for actor in self.agents:
            actor.knowledge = actor.known = known[actor]
        self.public = self.public_now = self.public_after

    def renew_luck(self) -> None:
        """A new year's luck: part of the old, part of fresh draws, with unit variance."""
        kept = self.assumptions.training.luck_persistence
        for actor, fresh in zip(self.agents, self.draw[1]("luck", self.year), strict=True):
            actor.luck = kept * actor.luck + sqrt(1 - kept * kept) * float(fresh)

    def hand_over(self) -> None:
        """Sponsors pay for the compute that labs found, each a like part of what it meant to give."""
        meant = sum(actor.gives for actor in self.agents)
        found = {kind.id: 0.0 for kind in self.assumptions.kinds}
        given = dict(found)
        for actor in self.agents:
            found[actor.kind.id] += actor.sponsored
            given[actor.kind.id] += actor.gives
        for actor in self.agents:
            for kind in found:
                if actor.gives and found[kind]:
                    pays = actor.gives / meant * found[kind]
                    actor.books.append((actor.kind.id, f"{kind}{LABS}", SPONSORED, pays))
                if actor.sponsored and given[kind]:
                    takes = actor.sponsored / meant * given[kind]
                    actor.books.append((f"{kind}{SPONSORS}", actor.kind.id, SPONSORED, takes))

    def close_books(self) -> None:
        """Cash is kept or passed on; flows in all by payer, payee and purpose."""
        self.flows: dict[tuple[str, str, str], float] = defaultdict(float)
        for actor in self.agents:
            kind, left = actor.kind.id, actor.left()
            if actor.kind.pays_from_cash:
                actor.cash = actor.cash_after
            else:
                heir = "suppliers" if actor.kind.sector == "academia" else "investors"
                actor.books.append((kind, heir, "what is left", left))
            actor.received = sum(amount for _, payee, _, amount in actor.books if payee == kind)
            actor.spent = sum(amount for payer, _, _, amount in actor.books if payer == kind)
            actor.cash_change = actor.left() * self.dt if actor.kind.pays_from_cash else 0.0
            for payer, payee, purpose, amount in actor.books:
                if not payer.endswith(SPONSORS):  # noted by both
                    self.flows[payer, payee.removesuffix(LABS), purpose] += amount

    def weigh(self) -> None:
        """Weight of every seller among customers: its reach times 1/error to a power; and of the best open model."""
        steepness = self.assumptions.product.contest
        self.open_weight = (
            self.assumptions.release.reach * self.loss(self.open_error) ** -steepness if self.open_error < inf else 0.0
        )
        self.weights = {a: a.reach * self.loss(a.access) ** -steepness if a.alive else 0.0 for a in self.agents}
        self.all_weights = sum(self.weights.values()) + self.open_weight

    def share_of(self, actor: Actor) -> float:
        """Share of an actor among all that is used."""
        return self.weights[actor] / self.all_weights if self.weights[actor] else 0.0

    def favour_of(self, actor: Actor) -> float:
        """Share of an actor in investors' money: startups with some reach have one."""
        return self.favours[actor] / self.all_favours if actor in self.favours and self.all_favours > 0 else 0.0

    def market_after(self, years: float) -> float:
        """The market for products grows with the accuracy of what is used, up to a cap, as fast as it is adopted."""
        product, first = self.assumptions.product, self.first_error()
        if not self.all_weights:
            return self.market
        ln_error = sum(self.share_of(actor) * log(actor.access) for actor in self.agents)
        if self.open_weight:
            ln_error += self.open_weight / self.all_weights * log(self.open_error)
        gain = (first / exp(ln_error)) ** product.growth_exponent
        rest = product.size * gain / (1 + gain / product.cap)
        return rest + (self.market - rest) * exp(-product.adoption * years)

    def growth_expected(self, before: float, now: float, years: float) -> float:
        """Growth that is expected of the market after some years in which it went from one size to another."""
        believed = self.assumptions.expectations
        seen = min(max((log(now) - log(before)) / years, -believed.most), believed.most)
        return towards(self.expected_growth, seen, believed.adjustment, years)

    def look_ahead(self) -> float:
        """Mean size of the market over the years that firms and investors look ahead to, over its size now."""
        years = self.assumptions.expectations.horizon
        if not self.on.expectations or years == 0:
            return 1.0
        growth = self.growth_expected(self.market, self.sold, self.dt / 2)
        return (exp(growth * years) - 1) / (growth * years) if abs(growth * years) > 1e-7 else 1 + growth * years / 2

    def serving_share(self) -> float:
        """Part of sales that goes to compute which serves customers."""
        product = self.assumptions.product
        if not self.on.serving_grows:
            return product.inference_share
        missing = (product.size / max(self.sold, product.size)) ** product.serving_growth
        return product.inference_share * (1 - missing) + product.serving_start * missing

    def follow_habits(self) -> None:
        """Customers come back to those who sold."""
        self.weigh()
        sellers = [actor for actor in self.agents if self.share_of(actor) > 0]
        reach, sold = sum(actor.reach for actor in sellers), sum(self.share_of(actor) for actor in sellers)
        targets = {actor: self.share_of(actor) / sold * reach for actor in sellers}
        for actor in sellers:
            actor.reach += (targets[actor] - actor.reach) * -expm1(-self.assumptions.product.habit * self.dt)

    def remember(self) -> None:
        """The best model of those who release theirs, as of now; and what everyone can use."""
        begin = self.assumptions.time.start + self.steps_done * self.dt
        leader = min(self.agents, key=lambda actor: actor.error)
        if leader.error < self.frontier:
            self.frontier, self.frontier_knowledge = leader.error, leader.knowledge
        given = min((actor.error for actor in self.agents if actor.releases and actor.alive), default=inf)
        self.released.append((begin, min([given, *(error for _, error in self.released[-1:])])))
        self.open_error = self.openly(begin)
        self.largest.append((begin, max(actor.run for actor in self.agents)))

    def collect_taxes(self) -> None:
        """Revenue of the policies, by use, and what is not yet paid out of it."""
        self.revenue = {
            use: sum(actor.bought * (actor.tax[use] + actor.levies[use]) for actor in self.agents) for use in USES
        }
        for right, value in self.back.items():
            self.held[right] -= value * self.dt
        values = {place: self.used[place] * price for place, price in self.permits.items()}
        values |= {place: sum(actor.license for actor in self.agents) for place in self.rules.licensed()}
        for right, value in values.items():
            for use, part in self.rules.proceeds(right).items():
                self.revenue[use] += part * value
                if use in CAPS.values() and part:
                    self.held[right] = self.held.get(right, 0.0) + part * value * self.dt
        again = sum(actor.paid_again() for actor in self.agents if actor.voucher)
        self.revenue[COMPUTE_VOUCHERS] -= again
        self.revenue[TREASURY] += again
        for use in USES:
            self.earmarked[use] += (self.revenue[use] - self.paid_out[use]) * self.dt
        taken = sum(actor.voucher for actor in self.agents)  # what else was offered in vouchers is the treasury's own
        self.earmarked[TREASURY] += (self.paid_out[COMPUTE_VOUCHERS] - taken) * self.dt
