"""What a policy does at a glance: the effects that its verdict speaks of, and the rows below it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from sim.actors import Kind
from sim.arrays import Array, added
from sim.economy.parties import GOVERNMENT, PURCHASES, TRANSFERS
from sim.measures import EMISSIONS, Measure, told
from sim.measures.base import Words
from sim.measures.carbon import OPERATIONAL
from sim.measures.economy import OUTLAY, REVENUE, UNSPENT
from sim.measures.ids import called, emissions_in, within
from sim.plurals import counted
from sim.policies import Policy
from sim.policies.levers import ALLOTMENTS, COMPUTE_VOUCHERS
from sim.report import certainty, words
from sim.report.comparison import effects, verdict
from sim.report.comparison.in_force import beside_money, prices_in_force
from sim.report.comparison.labs import explained, on_labs
from sim.report.comparison.leakage import in_its_regions
from sim.report.comparison.leaning import with_leaning
from sim.report.comparison.reasons import limits_alone, that_differ
from sim.report.comparison.verdict import SpokenEffect
from sim.results.certainty import Sureness, direction, sureness
from sim.results.comparison import Comparison
from sim.results.statistics import Effect, alike
from sim.scenario import Scenario
from sim.scenario.purse import world_wide_revenue

MOST_PROMISED = 3  # effects that a verdict tells because policies say that they move them
MOST_SURE = 2  # effects on who can take part that it tells because they are sure
NUMBER_OF = "the number of "  # begins the name of what is counted, which then needs no unit
MUCH_KEPT = 0.1  # share of money for compute that labs keep for other things from which that is told
MUCH_MORE = 0.1  # of what some get more: where all together get nearly no more than before, money moves
LEAST_LESS = 0.01  # of the largest change: what is less by no more than that is not told
NEARLY_ALL = 0.995  # of it, which would read as 100 %

PUBLIC_COMPUTE, ACADEMIC_COMPUTE, VOUCHERS, *NOT_COMPUTE = PURCHASES
FOR_COMPUTE = {PUBLIC_COMPUTE, ACADEMIC_COMPUTE, VOUCHERS}
TAKEN = (PUBLIC_COMPUTE, VOUCHERS)  # of what is offered, what finds compute; the rest stays in the treasury
_, GIVEN_AWAY = TRANSFERS

NET, NET_LABEL = "net_revenue", "Treasury's net revenue"
NET_WORDS = Words(
    "the treasury's net revenue", amount="leaves the treasury {} a year net",
    amount_less="costs the treasury {} a year net",
)  # fmt: skip

Effects = Mapping[str, Effect | None]  # by measure


@dataclass(frozen=True)
class KeyRow:
    """A measure before and after, over a window: final or total."""

    measure: str
    label: str
    window: str
    baseline: str
    policy: str
    change: str
    judged: str  # falls, better; may rise, worse; hardly changes; direction unclear


def claims(found: Comparison, scenario: int, last: Effects) -> list[SpokenEffect]:
    """The effects that the verdict speaks of, in the order of the measures; what its policies say that they move in the
    first place; what they surely move of who can take part; what labs train and money, where any moves; and what was
    asked for."""
    first, money = told("policy", found.measures), told("money", found.measures)
    said = _effects_on(found, scenario, last, first.values())
    if not all(claim.same for claim in said):
        said += _effects_on(found, scenario, last, _promised(found, scenario, first))
        said += _sure_of_access(found, scenario, last, said)
    said += [*in_its_regions(found, scenario), *on_labs(found, scenario)]
    said += _effects_on(found, scenario, last, [one for id, one in money.items() if id not in first])
    said += _net(found, scenario, {claim.measure.id for claim in said})
    said = beside_money(said, prices_in_force(found, scenario), without=(REVENUE, NET))
    said = explained(found, scenario, _with_asked(found, scenario, last, said))
    return [with_leaning(found, scenario, claim) for claim in said]


def _effects_on(found: Comparison, scenario: int, last: Effects, measures: Iterable[Measure]) -> list[SpokenEffect]:
    """The effects on some measures, of the last year and over the years; of money where it moves."""
    said, several = [], found.first_year < found.years[-1]
    for measure in measures:
        id = measure.id
        change = last.get(id) or found.effect(scenario, id)
        total = found.effect(scenario, id, "total") if measure.told.total and measure.flows and several else None
        moves = change and not (change.is_nothing and (total is None or total.is_nothing))
        if change and (moves or not measure.told.money):
            same = all(_same(found, scenario, id, window) for window in ("final", *["total"] * (total is not None)))
            said.append(SpokenEffect(measure, _unit(found, measure), change, total, same))
    return [_of_all_regions(found.scenarios[scenario], claim) for claim in said]


def _unit(found: Comparison, measure: Measure) -> str:
    """The unit that is said behind an effect: none of a number of labs, which says what is counted."""
    return "1" if measure.subject.startswith(NUMBER_OF) else measure.unit_under(found.scenarios[0].law)


def _with_asked(found: Comparison, scenario: int, last: Effects, said: list[SpokenEffect]) -> list[SpokenEffect]:
    """These and what was asked for, of the last year. Beside emissions of a region the others are the world's."""
    known, first = {claim.measure.id: claim for claim in said}, []
    for id in found.asked_measures:
        change, measure = last.get(id) or found.effect(scenario, id), found.measures[id]
        if id in known:
            first.append(replace(known[id], asked=True))
        elif change:
            same = _same(found, scenario, id, "final")
            first.append(SpokenEffect(measure, _unit(found, measure), change, same=same, asked=True))
    both = [*(claim for claim in said if claim.measure.id not in found.asked_measures), *first]
    if not any(claim.measure.id.startswith(emissions_in("")) for claim in both):
        return both
    return [_worldwide(claim) if claim.measure.id == EMISSIONS else claim for claim in both]


def _of_all_regions(world: Scenario, claim: SpokenEffect) -> SpokenEffect:
    """Of revenue of the whole world, where one country's may be meant, that it is that."""
    if claim.measure.id != REVENUE or not world_wide_revenue(world):
        return claim
    words_ = claim.measure.words
    told_ = f"{words_.amount} in all {counted(len(world.region_ids), 'region')} together"
    return replace(claim, measure=replace(claim.measure, words=replace(words_, amount=told_)))


def _worldwide(claim: SpokenEffect) -> SpokenEffect:
    measure = claim.measure
    words_ = replace(measure.words, subject=f"the world's {measure.subject}")
    return replace(claim, measure=replace(measure, words=words_))


def _same(found: Comparison, scenario: int, id: str, window: str) -> bool:
    """Whether a measure has the same value with and without a scenario in every pair, drawn or not."""
    worlds = (False, True) if found.drawn else (False,)
    both = ([found.values(i, id, window, wide=wide) for i in (0, scenario)] for wide in worlds)
    return alike((before, after) for before, after in both) == len(worlds)


def _promised(found: Comparison, scenario: int, told_: Mapping[str, Measure]) -> list[Measure]:
    """What the policies of a scenario say that they move in the first place, but for money, what is told anyway, and a
    part of it: the first of them."""
    world = found.scenarios[scenario]
    ids = dict.fromkeys(one.measure for policy in that_differ(found.scenarios[0], world) for one in policy.claims)
    apart = [one for id in ids if (one := found.measures.get(id)) and id not in told_ and not one.told.money]
    return [one for one in apart if one.id != OPERATIONAL or EMISSIONS not in told_][:MOST_PROMISED]


def _sure_of_access(found: Comparison, scenario: int, last: Effects, said: list[SpokenEffect]) -> list[SpokenEffect]:
    """What is sure of who can take part and not said yet, the largest first: each larger than the least of what is said
    to move. What there was none of before is larger than all."""
    usual = {claim.measure.id for claim in said}
    some = [one for id, one in told("access", found.measures).items() if id not in usual]
    sure = [one for one in _effects_on(found, scenario, last, some) if sureness(one.last) is Sureness.SURE]
    least = min((_size(claim) for claim in said if direction(claim.last)), default=0.0)
    return sorted((one for one in sure if _size(one) > least), key=lambda one: -_size(one))[:MOST_SURE]


def _size(claim: SpokenEffect) -> float:
    return verdict.size(claim.last) if claim.last.is_relative else inf


def own(found: Comparison, scenario: int) -> list[SpokenEffect]:
    """The effects in the last year on what the policies of a scenario say that they move in the first place."""
    world = found.scenarios[scenario]
    ids = dict.fromkeys(one.measure for policy in that_differ(found.scenarios[0], world) for one in policy.claims)
    changes = {of: found.effect(scenario, id) for id, of in found.measures.items() if id in ids}
    return [SpokenEffect(measure, _unit(found, measure), one) for measure, one in changes.items() if one]


def _net(found: Comparison, scenario: int, said: set[str]) -> list[SpokenEffect]:
    """What the treasury takes in and pays out together, where a policy moves both."""
    last = found.net(scenario)
    if not {REVENUE, OUTLAY} <= said or last is None:
        return []
    measure = replace(found.measures[REVENUE], id=NET, label=NET_LABEL, words=NET_WORDS)
    total = found.net(scenario, "total") if found.first_year < found.years[-1] else None
    return [SpokenEffect(measure, measure.unit, last, total)]


def key_rows(found: Comparison, said: list[SpokenEffect]) -> list[KeyRow]:
    """The rows below a verdict: every measure that it speaks of or that was asked for, and the sums over the years."""
    totals: Effects = {claim.measure.id: claim.total for claim in said}
    finals: Effects = {claim.measure.id: claim.last for claim in said}
    rows = []
    for claim in said:
        for window, of in (("final", finals), ("total", totals)):
            if (change := of[claim.measure.id]) is None:
                continue
            unit = claim.unit if window == "final" else claim.measure.amount_unit
            years = f", {verdict.span((found.first_year, found.years[-1]))}" if window == "total" else ""
            rows.append(
                KeyRow(
                    claim.measure.id, f"{claim.measure.label}{years}", window,
                    words.pair(change.baseline, change.policy, unit)[0],
                    effects.with_it(change, unit),
                    effects.cell(change, unit, levels=False) + effects.amount_beside(change, unit),
                    verdict.judged(claim.measure, of.get),
                )
            )  # fmt: skip
    return rows


def purpose_text(purpose: str, *scenarios: Scenario) -> str:
    """What money is paid for, in the words of the policies of scenarios: compute that the treasury buys is one purpose
    in the books, whichever of them makes it buy."""
    if purpose != PUBLIC_COMPUTE:
        return purpose
    policies = (policy for scenario in scenarios for policy in scenario.policies)
    names = {policy.buys: None for policy in policies if policy.buys and not policy.neutral}
    return verdict.listed([*names]) if names else purpose


def bought(found: Comparison, scenario: int) -> str:
    """That public money buys compute that emits, or revenue that comes back may, where it does, and who gets less of
    it; else nothing."""
    amounts = _given(found, scenario)
    more = {purpose for purpose, by in amounts.items() if any(change.difference > 0 for change in by.values())}
    revenue = found.effect(scenario, REVENUE)
    back = (ACADEMIC_COMPUTE, VOUCHERS, *TRANSFERS)
    returned = [purpose for purpose in amounts if purpose in back and purpose in more]
    if not more or (not returned and PUBLIC_COMPUTE not in more):
        return ""
    changes = [change.difference for by in amounts.values() for change in by.values()]
    whose = "Public money pays for compute, which emits as well"
    if sum(changes) < MUCH_MORE * sum(max(0.0, usd) for usd in changes):
        whose = "Public money for compute moves"
    elif returned and revenue is not None and revenue.difference > 0:
        whose = f"Its revenue comes back {'as money for' if more & FOR_COMPUTE else 'to be spent freely, also on'}"
        if [*amounts] == [GIVEN_AWAY]:
            whose = "Permits are given away: the state keeps none of their worth, and it may be spent on"
        whose = f"{whose} compute, which emits as well"
    return f"{whose} ({'; '.join(_to_whom(found, scenario, purpose, by) for purpose, by in amounts.items())})."


def finds_none(found: Comparison, scenario: int) -> list[str]:
    """A clause on public money that finds no compute, where that is a tenth of it or more, and which limits on those
    whom it serves stand in its way."""
    left = found.values(scenario, UNSPENT)
    unspent, money = (float(np.median(values)) for values in (left, left + _taken(found, scenario)))
    if not money > 0 or unspent < MUCH_KEPT * money:
        return []
    world = found.scenarios[scenario]
    active = [policy for policy in world.policies if not policy.neutral]
    served = {kind for policy in active for kind in _served(world, policy)}
    limits = [words.spaced(one.id) for one in active if limits_alone([one]) and served & set(world.target(one).kinds)]
    why = f", because of {verdict.listed(limits)}" if limits else ", or nobody to take it"
    return [f"{_part(min(1.0, unspent / money))} of the {_usd(money)} a year for compute finds none{why}"]


def _served(world: Scenario, policy: Policy) -> set[int]:
    """Positions of the kinds whose compute a policy has the treasury pay for, as a programme or out of revenue."""
    labs = {at for at, kind in enumerate(world.kinds) if kind.sector == "academia"}
    bought_for = set(world.target(policy).kinds) if policy.buys else set[int]()
    return bought_for | labs if COMPUTE_VOUCHERS in policy.uses() else bought_for


def _taken(found: Comparison, scenario: int) -> Array:
    """What of public money that is offered for compute finds some in the last year, by replicate [USD/yr]."""
    flows = [pair.luck[scenario].flows[-1] for pair in found.pairs]
    return np.array(
        [added(usd for (payer, _, of), usd in paid.items() if payer == GOVERNMENT and of in TAKEN) for paid in flows]
    )


def gives_labs(found: Comparison, scenario: int) -> bool:
    """Whether a scenario gives academic labs more of public money for compute, or of compute."""
    labs = {kind.id for kind in found.scenarios[scenario].kinds if kind.sector == "academia"}
    given = _given(found, scenario).values()
    return any(change.difference > 0 for by in given for kind, change in by.items() if kind in labs)


def _given(found: Comparison, scenario: int) -> dict[str, dict[str, Effect]]:
    """What kinds get more or less of public money, but for research and clean power, by purpose and kind; the
    largest first. What is next to nothing of all that changes is no less."""
    kinds = {kind.id for kind in found.scenarios[scenario].kinds}
    amounts = dict[str, dict[str, Effect]]()
    largest = 0.0
    for (payer, payee, purpose), change in found.flows(scenario).items():
        if payer == GOVERNMENT and payee in kinds and purpose not in NOT_COMPUTE and change.difference:
            largest = max(largest, abs(change.difference))
            if change.difference > 0 or -change.difference > LEAST_LESS * largest:
                amounts.setdefault(purpose, {})[payee] = change
    return amounts


def _to_whom(found: Comparison, scenario: int, purpose: str, by: Mapping[str, Effect]) -> str:
    """How much of public money goes to whom: compute vouchers: $68 M a year more to our startups, $68 M less to our
    labs."""
    baseline, world = found.scenarios[0], found.scenarios[scenario]
    kinds = {kind.id: kind for kind in world.kinds}
    text = f"{purpose_text(purpose, baseline, world)}: "
    if any(change.baseline for change in by.values()):
        ways = (
            ("more", [id for id in by if by[id].difference > 0]),
            ("less", [id for id in by if by[id].difference < 0]),
        )
        parts = [f"{_usd(abs(sum(by[id].difference for id in ids)))} {{}}{way} to {_names(kinds, ids)}"
                 for way, ids in ways if ids]  # fmt: skip
        return text + ", ".join(part.format("" if i else "a year ") for i, part in enumerate(parts))
    usd = {id: change.difference for id, change in by.items()}
    each = "".join(_each(one, purpose, kinds[id], world) for id, one in usd.items() if len(usd) == 1)
    kept = _kept(found, scenario, usd) if purpose == ACADEMIC_COMPUTE else ""
    return f"{text}{_usd(sum(usd.values()))} a year to {_names(kinds, usd)}{each}{kept}"


def _names(kinds: Mapping[str, Kind], ids: Iterable[str]) -> str:
    names = called(kinds.values())
    return verdict.listed([within(names[id]) for id in ids])


def _kept(found: Comparison, scenario: int, given: Mapping[str, float]) -> str:
    """How much of money for compute those who get it keep for other things, where that is a tenth of it or more: plans
    for compute grow no faster than their ramp."""
    asked, unspent = sum(given.values()), float(np.median(found.unspent(scenario)[:, -1]))
    if unspent < MUCH_KEPT * asked:
        return ""
    share = _part(min(1.0, unspent / asked))
    ramps = verdict.listed([f"kind.{kind}.ramp" for kind in given])
    return f", who keep {share} of it for other things: plans for compute grow no faster than {ramps}"


def _part(share: float) -> str:
    """A share in words: 12 %, nearly all, all."""
    return "all" if share == 1.0 else "nearly all" if share >= NEARLY_ALL else words.rough(share)


def _each(usd: float, purpose: str, kind: Kind, world: Scenario) -> str:
    """What an actor of a kind gets of a sum: on average where not all get the same, and nothing of a kind whose actors
    fail, since nobody is told how many of them there are."""
    if kind.comes_and_goes:
        return ""
    programmes = [policy for policy in world.policies if policy.buys and not policy.neutral]
    alike = all(getattr(policy, "allotment", ALLOTMENTS[0]) == ALLOTMENTS[0] for policy in programmes)
    same = alike if purpose == PUBLIC_COMPUTE else purpose != GIVEN_AWAY
    return f", {_usd(usd / kind.count)} each{'' if same else ' on average'}"


def _usd(amount: float) -> str:
    return words.number(amount, "USD", certainty.PLACES)
