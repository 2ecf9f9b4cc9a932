"""The first world of a scenario and a seed."""

from math import inf
from typing import NamedTuple

import numpy as np

from sim.actors import Endowment, Kind
from sim.actors.base import amounts, no_amount
from sim.arrays import Array, Rows
from sim.economy import sealed, trends
from sim.economy.draws import Draws
from sim.economy.groups import Groups
from sim.economy.parties import Flows
from sim.economy.past import Highest, Past
from sim.economy.reports import Reports
from sim.economy.stages.planning import best_research_share
from sim.economy.state import Actors, Clock, Fixed, Markets, Memory, Traits, Treasury, World, in_order
from sim.economy.years import Usage, Years
from sim.mathematics import power
from sim.mechanisms import carbon, inequality, knowledge, network, siting, training
from sim.mechanisms.market import RULES
from sim.mechanisms.scaling.base import told_by
from sim.owncode import own_answer
from sim.policies.levers import USES
from sim.rng import checked_replicate, checked_seed
from sim.scenario import Scenario
from sim.scenario.schema import path_at


def begin(scenario: Scenario, seed: int, replicate: int = 0) -> World:
    """The world that a scenario and a seed begin with; replicate r's draws depend on (seed, r) alone.

    Raises InputError for what is no seed or replicate.
    """
    groups = _groups(scenario)
    draws = Draws(
        checked_seed(seed), checked_replicate(replicate), tuple((kind.id, kind.count) for kind in scenario.kinds)
    )
    start = float(scenario.time.start)
    standing = _standing(scenario, groups, draws)
    endowment = _endowment(scenario, groups, draws, standing)
    research = _first_research(scenario, groups, endowment.plan)
    traits = _traits(scenario, groups, draws, endowment, research.share, standing)
    cloud = np.array([region.cloud_share for region in scenario.regions])
    cloud = cloud / cloud.sum()
    money = research.share * endowment.plan
    fixed = Fixed(
        scenario=scenario,
        policies=in_order(scenario),
        draws=draws,
        law=scenario.anchored_law(),
        groups=groups,
        traits=traits,
        network=_network(scenario, groups, draws, endowment.plan),
        cloud=cloud,
        initial_research=float((traits.openness * money).sum()),
        initial_own_research=float(((1.0 - traits.openness) * money).mean()),
    )
    actors = _actors(fixed, endowment, research)
    given = actors.error[traits.releases]
    memory = Memory(
        frontier=Past().add(start, float(actors.error.min())),
        frontier_knowledge=0.0,
        released=Past().add(start, float(given.min()) if given.size else inf),
        dutiful={},
        duty_error=inf,
        largest=Highest(),
        reports=Reports.none(groups.size),
        years=Years(Usage.nothing(len(scenario.regions), groups.size), None, {}),
    )
    capacity = path_at(scenario.market.capacity, scenario.market.capacity_growth, scenario.time.start)
    world = World(
        fixed=fixed,
        clock=Clock(scenario.time.start, scenario.time.steps_per_year),
        actors=actors,
        markets=Markets(capacity, scenario.product.size, scenario.expectations.first, permit_prices={}, banked={}),
        treasury=Treasury(earmarked=np.zeros(len(USES)), held={}, rights={}, flows=Flows(())),
        memory=memory,
    )
    return sealed.begun(world)


def _groups(scenario: Scenario) -> Groups:
    kinds: dict[str, slice] = {}
    rules: dict[str, Rows] = {}
    sectors: dict[str, Rows] = {}
    first = 0
    for kind in scenario.kinds:
        kinds[kind.id] = slice(first, first + kind.count)
        of_kind = np.arange(first, first + kind.count)
        rules[kind.rule] = np.concatenate([rules.get(kind.rule, of_kind[:0]), of_kind])
        sectors[kind.sector] = np.concatenate([sectors.get(kind.sector, of_kind[:0]), of_kind])
        first += kind.count
    return Groups(kinds, rules, sectors, first)


def _standing(scenario: Scenario, groups: Groups, draws: Draws) -> Array:
    """What sets actors of a kind apart beside its spreads, (n,)."""
    if not scenario.mechanisms.unequal_means:
        return np.ones(groups.size)
    decades = groups.per_actor([kind.means_spread for kind in scenario.kinds])
    return inequality.standing(draws.normal("standing", 0), decades)


def _endowment(scenario: Scenario, groups: Groups, draws: Draws, standing: Array) -> Endowment:
    """What actors begin with, all kinds in one; as unequal as their standing makes them too."""
    normal = [draws.normal(purpose, 0) for purpose in ("first plan", "endowment", "reach")]
    starts = [
        _endowed(kind, [draw[of_kind] for draw in normal], scenario) for kind, of_kind in groups.rows(scenario.kinds)
    ]
    if scenario.mechanisms.unequal_means:
        of_kinds = [standing[of_kind] for _, of_kind in groups.rows(scenario.kinds)]
        starts = [
            Endowment(*[inequality.shared_out(column, own) for column in start])
            for start, own in zip(starts, of_kinds, strict=True)
        ]
    return Endowment(*[np.concatenate(column) for column in zip(*starts, strict=True)])


def _endowed(kind: Kind, normal: list[Array], scenario: Scenario) -> Endowment:
    """What actors of one kind begin with. Raises InputError for what is no amount for each."""
    found = own_answer(kind.endow, *normal)
    if not isinstance(found, Endowment):
        raise no_amount(kind, "endow", type(found).__name__, scenario.file, "an Endowment")
    for name, column in found._asdict().items():
        if np.shape(column) != (kind.count,):
            raise no_amount(kind, "endow", f"{name} of shape {np.shape(column)}", scenario.file)
        if not (good := amounts(column)).all():
            raise no_amount(kind, "endow", f"{name} {column[~good][0]:g}", scenario.file)
    return found


def _traits(
    scenario: Scenario, groups: Groups, draws: Draws, endowment: Endowment, research_share: Array, standing: Array
) -> Traits:
    kinds = scenario.kinds

    def spread(name: str) -> Array:
        return groups.per_actor([float(getattr(kind, name)) for kind in kinds])

    reserves = RULES[scenario.market.allocation].reserves
    release_draw = draws.uniform("release", 0)
    return Traits(
        kind_index=np.repeat(np.arange(len(kinds)), [kind.count for kind in kinds]),
        pue=spread("pue"),
        openness=spread("openness"),
        contract_share=spread("contract_share") * reserves,
        own_budget=spread("carbon_budget"),
        keeps_cash=spread("pays_from_cash") > 0,
        raises=spread("raises_venture") > 0,
        sponsors=spread("sponsors") > 0,
        academic=np.isin(np.arange(groups.size), groups.of("academia")),
        standing=standing,
        start_plan=endowment.plan,
        start_income=endowment.income,
        first_reach=endowment.reach,
        release_draw=release_draw,
        releases=release_draw < spread("release_share"),
        home=_homes(scenario, groups, draws),
        home_share=spread("home_share"),
        first_research_share=research_share,
    )


def _homes(scenario: Scenario, groups: Groups, draws: Draws) -> Rows:
    """The region in which each actor is at home, (n,)."""
    home = np.zeros(groups.size, dtype=np.intp)
    for kind, of_kind in groups.rows(scenario.kinds):
        weights = np.array([kind.home.get(region, 0.0) for region in scenario.region_ids])
        chance = draws.of_kind("home", kind.id).random(kind.count)
        places = np.searchsorted(np.cumsum(weights / weights.sum()), chance, side="right")
        home[of_kind] = np.minimum(places, len(scenario.regions) - 1)
    return home


def _network(scenario: Scenario, groups: Groups, draws: Draws, plan: Array) -> network.Graph:
    """The knowledge network: those with large first plans are linked more often."""
    pairs = []
    weight = power(plan / plan.max(), scenario.network.prominence)
    linking = network.Linking(scenario.network.links, scenario.network.within_sector)
    for kind, of_kind in groups.rows(scenario.kinds):
        makers, sector = np.arange(of_kind.start, of_kind.stop), groups.of(kind.sector)
        elsewhere = np.ones(groups.size, dtype=bool)
        elsewhere[sector] = False
        others = np.flatnonzero(elsewhere)
        pairs.append(network.links(draws.of_kind("links", kind.id), makers, sector, others, weight, linking))
    return network.build(groups.size, pairs)


class FirstResearch(NamedTuple):
    """First research and first errors: what a typical run out of the first plan reaches, (n,)."""

    share: Array  # of spending on AI
    volume: Array  # FLOP/yr bought
    trained: Array  # FLOP/yr of it for training
    error: Array


def _first_research(scenario: Scenario, groups: Groups, plan: Array) -> FirstResearch:
    law, k = scenario.anchored_law(), scenario.knowledge
    typical = scenario.training.run_share
    volume = plan / trends.hardware_price(scenario, float(scenario.time.start))
    told_by(law.law, "ln_compute_for", np.array(law.start_error), np.array(law.anchor.ln_law))
    error = told_by(law.law, "error_at", volume, training.first_error(typical * volume, law))
    secret = (1.0 - groups.per_actor([kind.openness for kind in scenario.kinds])) * plan
    effort = secret / secret.mean() if secret.any() else secret
    growth = knowledge.progress(k.own_rate, effort, k.returns)
    if not scenario.mechanisms.private_knowledge:
        growth = np.full(plan.size, k.public_rate)
    elasticity = told_by(law.law, "elasticity_at", error, law.elasticity(error))
    share = best_research_share(scenario, elasticity, np.ones(plan.size), growth)
    trained = volume * (1.0 - share)  # FLOP/yr for training, about the last year
    return FirstResearch(share, volume, trained, training.first_error(typical * trained, law))


def _actors(fixed: Fixed, endowment: Endowment, research: FirstResearch) -> Actors:
    n, plan = fixed.groups.size, endowment.plan
    ones = np.ones(n)
    return Actors(
        alive=np.ones(n, dtype=bool),
        plan=plan,
        cash=endowment.cash,
        entitlement=np.zeros(n),
        reach=endowment.reach,
        error=research.error,
        knowledge=np.zeros(n),
        research_share=research.share,
        research=research.share * plan,
        dearness=ones,
        volume=research.volume,
        trained=research.trained,
        lead=ones,
        served=ones,
        luck=fixed.draws.normal("luck", 0),
        site=_sites(fixed),
        clean=np.zeros((len(fixed.scenario.regions), n)),
    )


def _sites(fixed: Fixed) -> Array:
    """Where mobile work begins, (regions, n)."""
    scenario, start = fixed.scenario, fixed.scenario.time.start
    if not scenario.mechanisms.siting:
        return np.tile(fixed.cloud[:, None], fixed.groups.size)
    kwh = carbon.energy_per_flop(fixed.traits.pue, trends.flop_per_kwh(scenario, float(start)))
    existing = trends.intensity(scenario, start) * trends.carbon_price(scenario, start)
    per_kwh = trends.electricity(scenario, start) + existing
    price = trends.hardware_price(scenario, float(start)) + kwh * per_kwh[:, None]
    share = np.empty_like(price)
    siting.preferred(price, price, fixed.cloud, scenario.siting.scale, share)
    return share
