"""The state of a world: arrays with one row for each actor, kinds stored contiguously."""

from copy import deepcopy
from dataclasses import dataclass, field, replace
from math import inf, isfinite, log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.actors import Economy, Funds, Kind
from sim.levers import (
    ACADEMIC_COMPUTE,
    EFFICIENCY_RESEARCH,
    EQUAL_DIVIDEND,
    PAST_COMPUTE,
    PAST_EMISSIONS,
    TREASURY,
    USES,
    Levers,
    Target,
    combined,
)
from sim.mechanisms import carbon, knowledge, network, planning, product, research, siting, training
from sim.period import Groups, Highest, Past, Rows
from sim.policies import Policy
from sim.rng import stream
from sim.scenario import Scenario
from sim.scenario.schema import grown, path_at, series_at, trend
from sim.view import Before, View

Array = NDArray[np.float64]


@dataclass
class World:
    """State of one world. Built from a scenario and a seed; replicate r's draws depend on (seed, r) alone."""

    scenario: Scenario
    seed: int
    replicate: int = 0
    steps_done: int = 0
    groups: Groups = field(init=False)
    past: Past = field(init=False)  # the frontier
    released: Past = field(init=False)  # models given away, when they were reached
    dutiful: dict[str, Past] = field(default_factory=dict)  # models under a duty to be released, by kind
    duty_error: float = inf  # the best error released by duty
    largest: Highest = field(default_factory=Highest)  # runs
    frontier_knowledge: float = 0.0  # ln of effective compute per FLOP in the frontier's run, over the start
    public_knowledge: float = 0.0  # ln of effective compute per FLOP, over the start
    emitted: float = 0.0  # kgCO2e since the start
    banked: float = 0.0  # kgCO2e of emission permits saved
    permit_price: float = 0.0  # USD/kgCO2e of the last step
    license_price: float = 0.0  # USD/FLOP of a compute permit in the last step
    rent: float = 0.0  # USD/FLOP of the last step
    rights: dict[str, Array] = field(default_factory=dict)  # parts in permits given away, (n,), by what they go by
    drawn: dict[str, tuple[int, Array]] = field(default_factory=dict)  # purpose to year and its draws
    balances: dict[str, float] = field(default_factory=dict)  # party to USD received minus paid since the start

    def __post_init__(self) -> None:
        scenario = self.scenario
        self.law = scenario.anchored_law()
        self.dt = 1.0 / scenario.time.steps_per_year
        self.policies = _in_order(scenario)
        self.groups = _groups(scenario)
        self.market = scenario.product.size
        self.capacity = path_at(scenario.market.capacity, scenario.market.capacity_growth, scenario.time.start)
        self.earmarked = np.zeros(len(USES))  # USD of policy revenue not paid out, by use
        self.payable = np.array([use != TREASURY for use in USES], dtype=float)
        if not self.groups.of("academia").size:  # nobody to pay: the money stays
            for use in (ACADEMIC_COMPUTE, EFFICIENCY_RESEARCH):
                self.payable[USES.index(use)] = 0.0
        self._traits()
        self._endow()
        self._place()
        self._link()
        self._settle_start()

    @property
    def time(self) -> float:
        """The calendar, in years; 2012.5 is the middle of 2012."""
        return self.scenario.time.start + self.steps_done * self.dt

    @property
    def middle(self) -> float:
        """The calendar at the middle of the step to come."""
        return self.scenario.time.start + (self.steps_done + 0.5) * self.dt

    @property
    def year(self) -> int:
        """The calendar year of the step to come."""
        return self.scenario.time.start + self.steps_done // self.scenario.time.steps_per_year

    @property
    def access(self) -> Array:
        """The best error at hand, (n,): own, or of a released model."""
        return np.minimum(self.error, self.open_error)

    @property
    def open_error(self) -> float:
        """The error of the best released model; infinite while there is none."""
        if not self.scenario.mechanisms.open_release:
            return inf
        return min(self.released.at(self.time - self.scenario.release.lag), self.duty_error)

    @property
    def share(self) -> Array:
        """Each actor's share of the AI product market, (n,); 0 for those who sell nothing. The rest is open models'."""
        share = np.zeros(self.groups.size)
        sellers, open_error = np.flatnonzero(self.alive & (self.reach > 0)), self.open_error
        rival = (self.scenario.release.reach, open_error)
        taken = rival if isfinite(open_error) and rival[0] > 0 else None
        contest = self.scenario.product.contest
        share[sellers] = product.attraction(self.reach[sellers], self.access[sellers], contest, taken)
        return share

    # -- draws

    def draw_normal(self, purpose: str, year: int) -> Array:
        """A standard normal for every actor, (n,), from one stream per kind."""
        kinds = self.scenario.kinds
        return np.concatenate([self._stream(purpose, kind, year).standard_normal(kind.count) for kind in kinds])

    def draw_uniform(self, purpose: str, year: int) -> Array:
        """A number between 0 and 1 for every actor, (n,), from one stream per kind; not to be written to."""
        drawn = self.drawn.get(purpose)
        if drawn is None or drawn[0] != year:
            kinds = self.scenario.kinds
            numbers = np.concatenate([self._stream(purpose, kind, year).random(kind.count) for kind in kinds])
            drawn = self.drawn[purpose] = (year, numbers)
        return drawn[1]

    def _stream(self, purpose: str, kind: Kind, year: int = 0) -> np.random.Generator:
        return stream(self.seed, self.replicate, f"{purpose} of {kind.id}", year)

    # -- the start

    def _traits(self) -> None:
        """Columns that are the same for all actors of a kind, and never change."""
        kinds = self.scenario.kinds
        self.pue = self.per_actor([kind.pue for kind in kinds])
        self.ramp = self.per_actor([kind.ramp for kind in kinds])
        self.openness = self.per_actor([kind.openness for kind in kinds])
        self.contract_share = self.per_actor([kind.contract_share for kind in kinds])
        self.own_budget = self.per_actor([kind.carbon_budget for kind in kinds])
        self.raises = self.per_actor([float(kind.raises_venture) for kind in kinds]) > 0
        self.sponsors = self.per_actor([float(kind.sponsors) for kind in kinds]) > 0
        self.academic = np.isin(np.arange(self.groups.size), self.groups.of("academia"))
        self.kind_index = np.repeat(np.arange(len(kinds)), [kind.count for kind in kinds])

    def _endow(self) -> None:
        """Columns that actors begin with."""
        scenario = self.scenario
        draws = [self.draw_normal(purpose, 0) for purpose in ("first plan", "endowment", "reach")]
        starts = [kind.endow(*[draw[rows] for draw in draws]) for kind, rows in self.rows()]
        self.start_plan, self.start_income, self.cash, self.first_reach = (
            np.concatenate(column) for column in zip(*starts, strict=True)
        )
        self.reach = self.first_reach.copy()
        self.plan = self.start_plan.copy()
        self.alive = np.ones(self.groups.size, dtype=bool)
        self.entitlement = np.zeros(self.groups.size)  # USD that investors have set aside
        self.served = np.ones(
            self.groups.size
        )  # part of the demand for its products that it had compute for, about the last year
        self.luck = self.draw_normal("luck", 0)
        self.release_draw = self.draw_uniform("release", 0)
        self.releases = self.release_draw < self.per_actor([k.release_share for k in scenario.kinds])
        self.sharing = self.openness  # share of research published, duties included
        self.knowledge = np.zeros(self.groups.size)
        self.dearness = np.ones(self.groups.size)  # price of compute over what it costs to make
        self.lead = np.ones(self.groups.size)  # training compute bought over that about the last year, at least 1
        regions = len(scenario.regions)
        self.past_emissions = np.zeros((regions, self.groups.size))  # kgCO2e/yr operational, about the last year
        self.volume = self.start_plan / self.hardware_price(float(scenario.time.start))  # FLOP/yr, about the last year
        self.before: dict[tuple[str, float], Before] = {}  # of each policy that began: its name, and when

    def _place(self) -> None:
        """Homes, and where mobile work begins."""
        scenario = self.scenario
        cloud = np.array([region.cloud_share for region in scenario.regions])
        self.cloud = cloud / cloud.sum()
        self.home = np.zeros(self.groups.size, dtype=np.intp)
        for kind, rows in self.rows():
            weights = np.array([kind.home.get(region, 0.0) for region in scenario.region_ids])
            chance = self._stream("home", kind).random(kind.count)
            places = np.searchsorted(np.cumsum(weights / weights.sum()), chance, side="right")
            self.home[rows] = np.minimum(places, self.cloud.size - 1)
        self.home_share = self.per_actor([kind.home_share for kind in scenario.kinds])
        self.site = np.broadcast_to(self.cloud[:, None], (self.cloud.size, self.groups.size))  # of mobile work
        if scenario.mechanisms.siting:
            start = float(scenario.time.start)
            kwh = carbon.energy_per_flop(self.pue, self.flop_per_kwh(start))
            of_kwh = (self.electricity + self.intensity(self.year) * self.carbon_price(self.year))[:, None]
            price = self.hardware_price(start) + kwh * of_kwh
            self.site = siting.preferred(price, self.cloud, scenario.siting.scale)

    def _link(self) -> None:
        """The knowledge network."""
        scenario, pairs = self.scenario, []
        weight = (self.start_plan / self.start_plan.max()) ** scenario.network.prominence
        for kind, rows in self.rows():
            makers, sector = np.arange(rows.start, rows.stop), self.groups.of(kind.sector)
            others = np.setdiff1d(np.arange(self.groups.size), sector)
            chosen = scenario.network.links, scenario.network.within_sector
            pairs.append(network.links(self._stream("links", kind), makers, sector, others, weight, *chosen))
        self.network = network.build(self.groups.size, pairs)

    def _settle_start(self) -> None:
        """First research, and first errors: what a typical run out of the first plan reaches."""
        scenario, law, k = self.scenario, self.scenario.law, self.scenario.knowledge
        worst = np.full(self.groups.size, law.highest)
        self.error = training.best_error(worst, scenario.training.run_share * self.volume, 0.0, self.law)
        secret = (1.0 - self.openness) * self.start_plan
        effort = secret / secret.mean() if secret.any() else secret
        growth = knowledge.progress(k.own_rate, effort, k.returns)
        if not scenario.mechanisms.private_knowledge:
            growth = np.full(self.groups.size, k.public_rate)
        self.first_research_share = self.best_research_share(growth)
        self.research_share = self.first_research_share.copy()
        self.research = self.research_share * self.plan  # USD/yr
        self.initial_research = float((self.openness * self.research).sum())
        self.initial_own_research = float(((1.0 - self.openness) * self.research).mean())
        self.trained = self.volume * (1.0 - self.research_share)  # FLOP/yr for training, about the last year
        self.error = training.best_error(worst, scenario.training.run_share * self.trained, 0.0, self.law)
        self.past, self.released = Past(self.time), Past(self.time)
        self.remember()

    # -- what can be read off the state

    def rows(self) -> list[tuple[Kind, slice]]:
        """Each kind with its rows."""
        return [(kind, self.groups.kinds[kind.id]) for kind in self.scenario.kinds]

    def per_actor(self, values: ArrayLike) -> Array:
        """Values per kind (..., kinds), spread over its actors: (..., n)."""
        counts = [kind.count for kind in self.scenario.kinds]
        return np.repeat(np.asarray(values, dtype=float), counts, axis=-1)

    def hardware_price(self, time: float) -> float:
        """Price of compute net of energy [USD/FLOP] at a time."""
        compute = self.scenario.compute
        whole = trend(1.0 / compute.flop_per_usd, compute.price_halving, time - compute.price_year)
        return (1.0 - compute.energy_share) * whole

    def flop_per_kwh(self, time: float) -> float:
        """Efficiency of hardware [FLOP/kWh] at a time."""
        compute = self.scenario.compute
        return grown(compute.flop_per_kwh, compute.energy_gain, time - compute.energy_year)

    def intensity(self, year: int) -> Array:
        """Carbon intensity of the grids [kgCO2e/kWh] in a calendar year, (regions,)."""
        return np.array([series_at(r.grid_intensity, r.grid_change, year) for r in self.scenario.regions])

    def carbon_price(self, year: int) -> Array:
        """Carbon prices in force without any policy [USD/kgCO2e] in a calendar year, (regions,)."""
        return np.array([series_at(r.carbon_price, r.carbon_price_growth, year) for r in self.scenario.regions])

    @property
    def electricity(self) -> Array:
        """Electricity prices [USD/kWh], (regions,)."""
        return np.array([region.electricity_price for region in self.scenario.regions])

    def best_research_share(self, growth: Array) -> Array:
        """Best share of research in spending on AI, (n,), when research makes knowledge grow at ``growth`` [1/yr]."""
        r, returns = self.scenario.research, self.scenario.knowledge.returns
        elasticity = self.law.elasticity(self.error)
        return research.best_share(growth, elasticity, self.dearness, r.response, r.horizon, returns, r.substitution)

    def by_kind(self, rule: str, funds: Funds, sold: float) -> Array:
        """A rule of every kind (``wants`` or ``means``) applied to its slice: (n,) USD/yr; nothing for the dead."""
        economy = Economy(sold / self.scenario.product.size, self.dt)
        parts = [getattr(kind, rule)(Funds(*[column[rows] for column in funds]), economy) for kind, rows in self.rows()]
        return np.where(self.alive, np.concatenate(parts), 0.0)

    def apart(self) -> "World":
        """Another world in the same state; what never changes is shared."""
        fixed = (self.scenario, self.law, self.groups, self.network)
        return deepcopy(self, {id(thing): thing for thing in fixed})

    def go_on(self, scenario: Scenario) -> None:
        """Go on under a scenario that differs in its policies alone."""
        self.scenario = scenario
        self.policies = _in_order(scenario)

    def levers(self) -> Levers:
        """What the policies in force pull in the step to come."""
        scenario = self.scenario
        view = View(self.middle, float(scenario.time.start))
        kinds, regions = {kind.id: kind.sector for kind in scenario.kinds}, scenario.region_ids
        pulls = []
        for policy in self.policies:
            target = policy.target(kinds, regions)
            pulls.append((policy.pull(replace(view, before=self._before(policy, target))), target))
        return combined(pulls, len(kinds), len(regions))

    def _before(self, policy: Policy, target: Target) -> Before:
        """How things were before a policy began, kept from its first step on."""
        began = policy.name, policy.origin  # the same for an entry that continues another
        if began not in self.before and policy.start <= self.middle:
            covered = np.zeros((len(self.scenario.regions), len(self.scenario.kinds)))
            covered[np.ix_(target.regions, target.kinds)] = 1.0
            compute = self.volume if len(target.scopes) > 1 else self.trained
            self.before[began] = Before(
                float((self.past_emissions * self.per_actor(covered)).sum()),
                float((compute * self.per_actor(covered.max(axis=0))).sum()),
            )
        return self.before.get(began, Before(0.0, 0.0))

    def market_rest(self) -> float:
        """Where the market for AI products [USD/yr] tends with the errors at hand now; as it is when nobody sells."""
        p, share = self.scenario.product, self.share
        sold, open_error = share > 0, self.open_error
        ln_error = float((share[sold] * np.log(self.access[sold])).sum())
        if isfinite(open_error):
            ln_error += (1.0 - float(share.sum())) * log(open_error)
        elif not sold.any():
            return self.market
        return product.market_at_rest(p.size, p.growth_exponent, p.cap, self.scenario.law_table.start_error, ln_error)

    def funds(self, income: Array, sold: float, paid_out: Array) -> Funds:
        """Money each actor has and earns now [USD/yr, cash in USD], by columns of (n,), when ``sold`` is sold."""
        p, share = self.scenario.product, self.share
        elasticity, promised = self.law.elasticity(self.error), self._venture(sold)
        sales = share * sold * self.served
        allowances = sum(
            (paid_out[USES.index(use)] * part for use, part in self.rights_now().items()), np.zeros(self.groups.size)
        )
        per_lab = self.academic / max(self.academic.sum(), 1)
        living = self.alive / max(self.alive.sum(), 1)
        return Funds(
            start_plan=self.start_plan,
            income=income,
            cash=self.cash,
            demand=share * sold,
            sales=sales,
            margin=p.margin * sales,
            venture=promised * (not self.scenario.mechanisms.funding_rounds),
            promised=promised,
            dividend=paid_out[USES.index(EQUAL_DIVIDEND)] * living + allowances,
            allowances=allowances,
            academic=paid_out[USES.index(ACADEMIC_COMPUTE)] * per_lab,
            public_research=paid_out[USES.index(EFFICIENCY_RESEARCH)] * per_lab,
            contest=self.served * planning.contest_value(share, elasticity, sold, p.margin, p.contest, p.weight),
        )

    def give_rights(self, levers: Levers) -> None:
        """Parts in permits that are given away, fixed by the last year when the first of them are issued."""
        sold = {PAST_EMISSIONS: levers.carbon_sold, PAST_COMPUTE: levers.compute_sold}
        for use, uses in sold.items():
            if uses[USES.index(use)] > 0 and use not in self.rights:
                part = self._past_use(use, levers)
                self.rights[use] = part / max(part.sum(), 1e-300)

    def _past_use(self, use: str, levers: Levers) -> Array:
        """What those covered emitted where it is covered, or bought, about the last year, (n,)."""
        if use == PAST_COMPUTE:
            return self.volume * self.per_actor(levers.compute_covered.max(axis=0))
        emitted = carbon.across(self.past_emissions, self.per_actor(levers.carbon_covered.T))
        return emitted if emitted.any() else self.volume * self.per_actor(levers.carbon_covered.max(axis=1))

    def rights_now(self) -> dict[str, Array]:
        """Parts in permits given away, among those alive; nobody's when none of the first is."""
        living = {use: part * self.alive for use, part in self.rights.items()}
        return {use: part / part.sum() for use, part in living.items() if part.any()}

    def publish(self, levers: Levers) -> None:
        """Duties to publish: shares of research now, and models that are due."""
        obliged = self.release_draw < levers.publishing[self.kind_index]
        least = np.where(obliged, levers.findings[self.kind_index], 0.0)
        self.sharing = np.maximum(self.openness, least)
        for (kind, rows), lag in zip(self.rows(), levers.weights_lag, strict=True):
            due = self.error[rows][obliged[rows] & self.alive[rows]]
            if due.size and lag < inf:
                record = self.dutiful.setdefault(kind.id, Past(self.time))
                record.add(self.time, float(due.min()))
                self.duty_error = min(self.duty_error, record.at(self.time - float(lag)))

    def _venture(self, sold: float) -> Array:
        """Investors' money [USD/yr] for actors that raise it, by accuracy and reach."""
        money = np.zeros(self.groups.size)
        rows = np.flatnonzero(self.raises & self.alive & (self.reach > 0))
        if rows.size:
            favour = product.attraction(self.reach[rows], self.access[rows], self.scenario.finance.venture_contest)
            money[rows] = self.scenario.finance.venture_share * sold * favour
        return money

    def remember(self) -> None:
        """Add the frontier and the best model of those that release theirs to the records."""
        best = int(self.error.argmin())
        if not self.past.errors or self.error[best] < self.past.errors[-1]:
            self.frontier_knowledge = float(self.knowledge[best])  # of the frontier's run
        self.past.add(self.time, float(self.error[best]))
        given = self.error[self.releases & self.alive]
        self.released.add(self.time, float(given.min()) if given.size else inf)


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


def _in_order(scenario: Scenario) -> list[Policy]:
    """Policies in their canonical order, so that any order in a file gives the same bits."""
    return sorted(scenario.policies, key=lambda policy: (policy.name, policy.id))
