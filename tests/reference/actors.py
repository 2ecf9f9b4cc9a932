"""The actors of the slow economy, one Mesa agent each: what they earn, want, buy, learn, train and settle."""

from abc import abstractmethod
from collections.abc import Container
from math import exp, expm1, inf, log1p
from typing import TYPE_CHECKING

import mesa

from sim.actors import Kind
from tests.reference import abatement
from tests.reference.market import Prices, affords, enough
from tests.reference.orders import Order
from tests.reference.policies import ACADEMIC_COMPUTE, COMPUTE_VOUCHERS, EFFICIENCY_RESEARCH, EQUAL_DIVIDEND, USES
from tests.reference.records import read
from tests.reference.regional import Placed
from tests.reference.roots import crossing

if TYPE_CHECKING:
    from tests.reference.economy import ReferenceEconomy

STATE = (
    "start_plan", "start_income", "cash", "reach", "first_reach", "plan", "volume", "trained", "error", "luck",
    "entitlement", "served", "knowledge", "research", "research_share", "first_research_share", "dearness", "alive",
    "releases", "release_draw", "lead", "standing",
)  # fmt: skip


def towards(state: float, target: float, rate: float, years: float) -> float:
    """A state on its way to a target."""
    return target + (state - target) * exp(-rate * years)


def drained(stock: float, rate: float, dt: float) -> float:
    """Flow out of a stock that drains at a constant rate during a step, as a yearly average."""
    return stock * -expm1(-rate * dt) / dt


class Actor(mesa.Agent, Placed):
    """Someone who buys compute, trains models and, with some reach, sells products."""

    def __init__(self, model: "ReferenceEconomy", kind: Kind, home: str, state: dict[str, float]) -> None:
        super().__init__(model)
        self.kind = kind
        self.home = home
        for name in STATE:
            setattr(self, name, state[name])
        self.links: list[Actor] = []
        self.site: dict[str, float] = {}
        self.site_before: dict[str, float] = {}
        self.clean: dict[str, float] = {}
        self.this_year: dict[str, float] = {}  # kg by region; FLOP for training and for serving
        self.last_year: dict[str, float] = {}
        self.books: list[tuple[str, str, str, float]] = []

    def income_growth(self) -> float:
        """Growth of income from outside the AI market."""
        return 0.0

    @abstractmethod
    def wanted(self) -> float:
        """Spending on training and research it wants."""

    @abstractmethod
    def affordable(self) -> float:
        """The most it can spend on them."""

    @property
    def access(self) -> float:
        """The best error it can use."""
        return min(self.error, self.model.open_error)

    def earn(self) -> None:
        """Sales, outside income, investors' money, public money."""
        economy = self.model
        product, finance = economy.assumptions.product, economy.assumptions.finance
        self.income = self.start_income * (1 + self.income_growth()) ** economy.years
        self.share = economy.share_of(self)
        self.demand = self.share * economy.sold
        self.expected = self.served * self.demand
        self.margin = product.margin * self.expected
        self.promised = finance.venture_share * economy.sold * economy.outlook * economy.favour_of(self)
        self.venture = 0.0 if economy.on.funding_rounds else self.promised
        self.returned = economy.given_away(self)
        self.dividend = self.returned + (economy.paid_out[EQUAL_DIVIDEND] / economy.living if self.alive else 0.0)
        lab = 1 / len(economy.labs) if self in economy.labs else 0.0
        self.academic = economy.paid_out[ACADEMIC_COMPUTE] * lab
        self.public_research = economy.paid_out[EFFICIENCY_RESEARCH] * lab
        # d profit / d ln compute, when shares go with loss^-theta
        theta, elasticity = product.contest, economy.elasticity(self) * self.error / economy.loss(self.error)
        marginal = theta * elasticity * self.share * (1 - self.share) * economy.sold * economy.outlook
        self.contest = product.weight * product.margin * marginal * self.served

    def decide(self) -> None:
        """What it wants, within its means, approached no faster than the ramp; and how much of it is for research."""
        economy, adjustment = self.model, self.model.assumptions.research.adjustment
        self.wants, self.means = (self.wanted(), self.affordable()) if self.alive else (0.0, 0.0)
        self.raise_money()
        self.desired = min(self.wants, self.means)
        self.plan_now, self.plan = self.plan_after(economy.dt / 2), self.plan_after(economy.dt)
        self.spend = min(self.plan_now, self.means)
        best = self.best_research_share() if economy.on.research_choice else self.research_share
        self.for_research = towards(self.research_share, best, adjustment, economy.dt / 2)
        self.research_share = towards(self.research_share, best, adjustment, economy.dt)
        self.gives, self.gets = 0.0, 0.0
        self.serving = economy.serving_share() * self.demand if economy.on.inference else 0.0

    def raise_money(self) -> None:
        """Investors pay a seller in advance, as far as it wants more than it can pay and they expect more of it."""
        self.has_all_it_wants = False  # thanks to investors
        if self.kind.raises_venture or self.model.outlook <= 1:
            return
        more = self.model.assumptions.expectations.financed * self.margin * (self.model.outlook - 1)
        if (gap := self.wants - self.means) > 0:
            self.has_all_it_wants = gap < more
            self.means, self.venture = self.means + min(more, gap), self.venture + min(more, gap)

    def plan_after(self, years: float) -> float:
        """The plan on its way to what is desired."""
        fastest = self.kind.ramp**years
        return min(max(self.desired, self.plan / fastest), self.plan * fastest)

    def progress(self) -> float:
        """Growth of its knowledge at its last research, before ideas get harder to find."""
        economy, k = self.model, self.model.assumptions.knowledge
        if not economy.on.private_knowledge:
            return economy.public_progress()
        hidden = (1 - self.sharing) * self.research
        if not hidden or not economy.first_hidden:
            return 0.0
        return k.own_rate * (hidden / economy.first_hidden) ** k.returns

    def best_research_share(self) -> float:
        """The share at which the last dollars of research and compute lower the error alike."""
        economy, r, k = self.model, self.model.assumptions.research, self.model.assumptions.knowledge
        level = max(self.knowledge, economy.public) if economy.on.private_knowledge else economy.public
        growth = self.progress() * exp(-k.fishing_out * level) * economy.part_gained(economy.run_behind(self))
        ideas = r.response * r.horizon * k.returns * growth * self.dearness ** (r.substitution - 1)
        together = ideas + economy.elasticity(self)
        return ideas / together if together else 0.0

    def price_compute(self) -> None:
        """Where it works, what a FLOP costs before rent, what it emits, and how many a carbon budget allows."""
        economy = self.model
        regions = economy.assumptions.regions
        self.own = self.spend - self.gives
        self.private = (1 - self.for_research) * self.own + self.gets
        per_flop = self.kind.pue / economy.flop_per_kwh
        self.hardware = economy.hardware_price * economy.surcharge(self.volume)
        self.taxes = {(use, r.id): economy.rules.tax(use, self.kind.id, r.id) for use in USES for r in regions}
        here = {r.id: sum(self.taxes[use, r.id] for use in USES) + economy.carbon_price[r.id] for r in regions}
        permit = {r.id: economy.rules.due(self.kind.id, r.id, economy.permits) for r in regions}
        per_kg = {r.id: here[r.id] + permit[r.id] for r in regions}
        usual = per_kg
        if economy.apart:
            least = min(here[r.id] - economy.carbon_price[r.id] for r in regions) + min(permit.values())
            usual = {r.id: economy.carbon_price[r.id] + least for r in regions}

        def priced(per_kg: dict[str, float]) -> dict[str, float]:
            return {
                r.id: self.hardware
                + per_flop * (economy.electricity[r.id] + economy.carbon_per_kwh(r, per_kg[r.id], self))
                for r in regions
            }

        mobile = self.move(priced(per_kg), priced(usual))
        stays = self.kind.home_share
        work = {r.id: (stays if r.id == self.home else 0.0) + (1 - stays) * mobile[r.id] for r in regions}
        self.kwh = {region: per_flop * part for region, part in economy.done(work).items()}
        self.levies = {use: economy.rules.levy(use, self.kind.id) for use in USES}
        self.levy = sum(self.levies.values())
        self.per_flop, self.work = per_flop, work
        self.budget = min(self.kind.carbon_budget, economy.rules.lowest("carbon_budget", self.kind.id))
        self.reserved = (
            self.kind.contract_share * self.volume if economy.assumptions.market.allocation == "contracts" else 0.0
        )
        self.shadow = 0.0
        self.ask(economy.permits)
        if economy.on.abatement and self.budget < inf:
            self.heed_budget()
        self.quoted = {}  # what computing somewhere would cost at these prices
        if economy.apart:
            self.expect()

    def ask(self, permits: Prices, only: Container[str] | None = None) -> None:
        """What a FLOP costs and emits, carbon abated, at prices of emission permits; ``only`` where it computes."""
        economy, regions = self.model, [r for r in self.model.assumptions.regions if only is None or r.id in only]
        due = {r.id: self.due(r.id, permits) for r in regions}
        a, dt = economy.assumptions.abatement, economy.dt
        self.kg, self.clean_after, self.premiums, self.removals = {}, dict(self.clean), 0.0, 0.0
        self.clean_kwh = self.avoided_kg = self.removed_kg = self.support = 0.0
        for r in regions:
            gross = self.kg[r.id] = self.kwh[r.id] * economy.intensity[r.id]
            if economy.on.abatement or economy.on.pledges:
                paid = economy.carbon_price[r.id] + sum(self.taxes[use, r.id] for use in USES)
                price = paid + due[r.id] + self.shadow
                do = abatement.done(price, economy.intensity[r.id], economy.clean_premium[r.id],
                                    economy.abatement_terms, self.clean[r.id], a.build, a.contract, dt,
                                    self.clean_promise())  # fmt: skip
                left = gross * (1 - do.clean)
                self.kg[r.id], self.clean_after[r.id] = left * (1 - do.removed), do.clean_after
                self.premiums += self.kwh[r.id] * do.premium
                self.removals += left * do.removal
                self.clean_kwh += self.kwh[r.id] * do.clean
                self.support += self.kwh[r.id] * do.clean * economy.support[r.id]
                self.avoided_kg += gross - left
                self.removed_kg += left * do.removed
        self.power = sum(self.kwh[r.id] * economy.electricity[r.id] for r in regions)
        self.carbon_per_flop = sum(self.kg.values())
        self.tax = {use: sum(self.kg[r.id] * self.taxes[use, r.id] for r in regions) for use in USES}
        self.carbon = sum(self.kg[r.id] * economy.carbon_price[r.id] for r in regions) + sum(self.tax.values())
        self.own_cost = self.hardware + self.power + self.carbon + self.levy + self.premiums + self.removals
        self.dues = sum(kg * due[region] for region, kg in self.kg.items())
        self.covered = {
            (kinds, covered): sum(kg for region, kg in self.kg.items() if self.kind.id in kinds and region in covered)
            for kinds, covered in permits
        }
        self.most = self.budget / self.carbon_per_flop if self.carbon_per_flop > 0 else inf

    def clean_promise(self) -> float:
        """The share of clean power that it has because it promised it."""
        on, economy = self.model.assumptions.pledges, self.model
        if not economy.on.pledges or self.start_income < on.size:
            return 0.0
        return on.credibility * read(on.clean_share, 0.0, economy.year, True)

    def heed_budget(self) -> None:
        """What carbon has to be worth to it beyond its price, so that it emits what it may, at the last rent."""
        money = self.private + self.serving

        def left(shadow: float) -> float:
            self.shadow = shadow
            self.ask(self.model.permits)
            buys = affords(money, self.own_cost + self.dues, self.model.rent, self.reserved)
            return 1 - self.carbon_per_flop * buys / self.budget

        if money > 0:
            left(crossing(left, 0.0, 1e12))

    def prepare(self) -> None:
        """Money for compute, as far as the largest run that is allowed has a use for it; what needs permits."""
        economy, rules, kind = self.model, self.model.rules, self.kind.id
        self.ceiling = rules.lowest("run_ceiling", kind)
        ratio = rules.lowest("run_ratio", kind)
        if ratio < inf:
            self.ceiling = min(self.ceiling, ratio * economy.pace)
        self.all_money = self.private + self.public
        permit, license = self.dues, economy.license_price  # the latter, and the rent, of the last step
        last = self.own_cost + economy.rent + permit + rules.compute_permits(kind, True) * license
        flop, held = self.ceiling / self.run_part() * self.lead, self.reserved
        self.money = min(self.all_money, enough(flop, last, economy.rent, held, self.serving))
        self.purse = self.money + self.serving
        self.training = self.money / self.purse if self.purse > 0 else 0.0
        self.needs = rules.compute_permits(kind, True), rules.compute_permits(kind, False)
        self.licensed = self.training * self.needs[0] + (1 - self.training) * self.needs[1]
        self.wish = min(self.purse / (self.own_cost + permit + self.licensed * license), self.most)

    def orders(self) -> "list[Order]":
        """What it asks of the market: one order, or two where training and serving need permits unlike each other."""
        if self.needs[0] == self.needs[1]:
            return [Order(self, self.purse, 1.0, self.needs[0])]
        return [
            Order(self, self.money, self.training, self.needs[0]),
            Order(self, self.serving, 1 - self.training, self.needs[1]),
        ]

    def run_part(self) -> float:
        """Share of a year's compute in the largest run: a matter of luck."""
        training = self.model.assumptions.training
        luck = training.luck_spread * self.luck if self.model.on.luck else 0.0
        odds = training.run_share / (1 - training.run_share) * exp(luck)
        return odds / (1 + odds)

    def move(self, price: dict[str, float], usual: dict[str, float]) -> dict[str, float]:
        """Shares of mobile work in the middle of the step; they go on to its end. Prices count over a usual mean."""
        economy, siting = self.model, self.model.assumptions.siting
        if not economy.on.siting:
            return self.site_before
        cloud = {r.id: r.cloud_share for r in economy.assumptions.regions}
        mean = sum(cloud[r] * usual[r] for r in price) / sum(cloud.values())
        appeal = {r: cloud[r] * exp((min(price.values()) - price[r]) / mean / siting.scale) for r in price}
        target = {r: appeal[r] / sum(appeal.values()) for r in price}
        before = self.site_before
        self.site = {r: towards(before[r], target[r], siting.speed, economy.dt) for r in price}
        return {r: towards(before[r], target[r], siting.speed, economy.dt / 2) for r in price}

    def buy(self, orders: "list[Order]") -> None:
        """Compute for training and for customers, its energy, its emissions, and what is left for research."""
        economy = self.model
        bought, paid = sum(order.bought for order in orders), sum(order.paid for order in orders)
        self.bought, self.total_paid = bought, paid
        dear = self.dues + self.licensed * economy.license_price
        price = paid / bought if bought > 0 else self.own_cost + economy.rent + dear
        if economy.apart and not bought > 0:
            price = sum(order.would_cost * order.part for order in orders)
        self.dearness = price / (economy.hardware_price + self.power)
        if len(orders) == 1:
            self.unit_cost, self.compute, self.paid = price, self.training * bought, self.training * paid
        else:
            self.unit_cost = orders[0].price()  # a run costs what training costs
            self.compute, self.paid = orders[0].bought, orders[0].paid
        self.inference, self.paid_inference = bought - self.compute, paid - self.paid
        used = min(self.paid / self.all_money, 1.0) if self.all_money > 0 else 1.0
        served = min(self.paid_inference / self.serving, 1.0) if self.serving > 0 else 1.0
        self.sales = served * self.demand
        self.served = towards(self.served, served, 1 / economy.assumptions.training.window, economy.dt)
        self.earned = economy.assumptions.product.margin * self.sales
        self.sponsored = self.gets * used
        self.public *= used
        self.voucher *= used
        self.permits_used = {market: bought * kg for market, kg in self.covered.items()}
        self.permits_paid = bought * self.dues
        self.license = (self.compute * self.needs[0] + self.inference * self.needs[1]) * economy.license_price
        unspent = economy.assumptions.research.unspent_share if economy.on.research_choice else 1.0
        left = self.own * (1 - self.for_research) * (1 - used)
        self.research_now = self.own * self.for_research + (1 - unspent) * left + self.public_research
        self.energy = {region: bought * kwh for region, kwh in self.kwh.items()}
        self.emissions = {region: bought * kg for region, kg in self.kg.items()}
        self.embodied = bought * economy.embodied_per_flop
        self.carbon_taxed = bought * sum(self.tax.values()) + self.permits_paid
        flows = {**self.emissions, "training": self.compute, "serving": self.inference}
        self.this_year = {what: self.this_year[what] + flow * economy.dt for what, flow in flows.items()}
        self.clean = self.clean_after
        self.clean_energy, self.avoided = bought * self.clean_kwh, bought * self.avoided_kg
        self.removed, self.abatement = bought * self.removed_kg, bought * (self.premiums + self.removals)
        at_limit = bought >= self.most * (1 - 1e-9)
        self.bound_by_ceiling = not at_limit and self.money < self.all_money
        short = self.means <= self.wants and not self.has_all_it_wants
        at_means = not at_limit and not self.bound_by_ceiling and short and self.spend >= self.means
        self.bound_by_carbon = at_limit and bought > 0
        self.bound_by_means = at_means
        self.bound_by_ramp = self.plan_now < self.desired and not (at_limit or self.bound_by_ceiling or at_means)

    def discover(self) -> None:
        """What its own research adds over the step; half of it is there in the middle."""
        k, harder = self.model.assumptions.knowledge, max(self.knowledge, self.model.public)
        growth = self.progress() * exp(-k.fishing_out * harder)
        self.made = log1p(k.fishing_out * growth * self.model.dt) / k.fishing_out
        self.halfway = self.knowledge + self.made / 2
        self.taught = self.halfway
        public = (self.model.public + self.model.public_after) / 2
        if public > self.halfway:
            self.taught = towards(self.halfway, public, k.absorption, self.model.dt / 2)

    def learn(self) -> float:
        """What it knows at the end of the step, from what it and others know in the middle."""
        economy, k, dt = self.model, self.model.assumptions.knowledge, self.model.dt
        if not economy.on.private_knowledge:
            return economy.public_after
        public = (economy.public + economy.public_after) / 2
        known = self.halfway if self.halfway >= public else towards(self.halfway, public, k.absorption, dt)
        if economy.on.knowledge_network:
            best = max((other.taught for other in self.links if other.alive), default=-inf)
            if best > known:
                known = towards(known, best, economy.assumptions.network.rate, dt)
        lost = (self.halfway - public) * -expm1(-k.leak * dt) if self.halfway > public else 0.0
        return known + self.made / 2 - lost

    def train(self) -> None:
        """The largest run, whose share of the year's compute is a matter of luck, and the error it reaches."""
        economy, training = self.model, self.model.assumptions.training
        self.trained = towards(self.trained, self.compute, 1 / training.window, economy.dt)
        self.lead = max(self.compute / self.trained, 1.0) if self.trained > 0 else 1.0
        self.volume = towards(self.volume, self.bought, 1 / training.window, economy.dt)
        self.run = min(self.trained, self.compute) * self.run_part()  # never more than a year of what is bought
        self.run = min(self.run, self.ceiling)
        self.error = min(self.error, economy.error_of(self.run, self.knowledge))

    def settle(self) -> None:
        """What came in and went out in the ordinary way."""
        kind, prices = self.kind.id, self.power + self.carbon + self.levy + self.premiums + self.removals
        source, what = ("government", "grants") if self.kind.sector == "academia" else ("customers", "core revenue")
        self.books = [
            ("customers", kind, "AI products", self.sales),
            (source, kind, what, self.income),
            ("investors", kind, "venture capital", self.venture),
            ("government", kind, "dividend", self.dividend - self.returned),
            ("government", kind, "permits given away", self.returned),
            ("government", kind, "public compute", self.public - self.voucher),
            ("government", kind, "vouchers out of revenue", self.voucher),
            ("government", kind, "academic compute", self.academic),
            ("government", kind, "efficiency research", self.public_research),
            ("government", kind, "clean power support", self.bought * self.support),
            (kind, "suppliers", "cost of AI products", self.sales - self.earned - self.paid_inference),
            (kind, "suppliers", "efficiency research", self.research_now),
            (kind, "cloud", "compute", self.total_paid - self.bought * prices - self.permits_paid - self.license),
            (kind, "utilities", "electricity", self.bought * self.power),
            (kind, "government", "carbon", self.bought * self.carbon),
            (kind, "government", "compute levy", self.bought * self.levy),
            (kind, "government", "permits", self.permits_paid + self.license),
            (kind, "utilities", "clean power", self.bought * (self.premiums + self.support)),
            (kind, "removers", "carbon removals", self.bought * self.removals),
        ]

    def paid_again(self) -> float:
        """What vouchers pay of revenue that is meant for vouchers."""
        rules, economy = self.model.rules, self.model
        due = self.bought * (self.tax[COMPUTE_VOUCHERS] + self.levies[COMPUTE_VOUCHERS])
        for place, used in self.permits_used.items():
            due += rules.proceeds(place)[COMPUTE_VOUCHERS] * used * economy.permits[place]
        for place in rules.licensed():
            due += rules.proceeds(place)[COMPUTE_VOUCHERS] * self.license
        return due * self.voucher / self.total_paid

    def left(self) -> float:
        """What came in minus what went out so far."""
        kind = self.kind.id
        return sum(amount * ((payee == kind) - (payer == kind)) for payer, payee, _, amount in self.books)


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

    def wanted(self) -> float:
        return self.contest + self.kind.pressure * self.promised

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
