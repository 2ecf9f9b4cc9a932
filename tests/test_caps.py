"""Several caps on emissions at once, each with its own price: slackness, theory, and the slow reference."""

from collections import Counter
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path

import numpy as np
import pytest

from sim.economy.observe import Step
from sim.economy.start import begin
from sim.economy.state import World
from sim.economy.step import advance
from sim.errors import InputError
from sim.mechanisms import market
from sim.mechanisms.market import Buyers, Caps, Clearing, Outside, Request, Supply
from sim.policies import Policy, registry
from sim.policies.levers import PAST_EMISSIONS, USES
from sim.policies.view import View
from sim.scenario import Scenario, load
from tests.reference import ReferenceEconomy
from tests.test_market import world
from tests.test_reference import agree
from tests.worlds import BASELINE, small

KINDS = ("corporation", "startup", "academic_lab")
FEW = ("kind.corporation.count=2", "kind.startup.count=3", "kind.academic_lab.count=3")


def cap(id: str, amount: float, kinds: tuple[str, ...] = (), regions: tuple[str, ...] = (), **more: object) -> Policy:
    """An entry of cap and trade; ``amount`` in kgCO2e/yr."""
    return registry()["cap_and_trade"](id=id, cap=amount, kinds=kinds, regions=regions, **more)


def under(scenario: Scenario, *policies: Policy, seed: int = 1, steps: int = 1) -> tuple[World, Step]:
    """The world and the last step under some policies."""
    now = begin(replace(scenario, policies=policies), seed)
    for _ in range(steps):
        now, step = advance(now)
    return now, step


def prices(now: World, scenario: Scenario) -> dict[tuple[tuple[str, ...], tuple[str, ...]], float]:
    """Prices of permits by the kinds and regions that need them."""
    return {
        (tuple(scenario.kind_ids[k] for k in place.kinds), tuple(scenario.region_ids[r] for r in place.regions)): price
        for place, price in now.markets.permit_prices.items()
    }


def still(*changes: str) -> Scenario:
    """A small world in which places cannot answer a price within the period."""
    return small("baseline", "mechanisms.siting=false", *changes, until=2014)


def by_kind(now: World, step: Step) -> dict[str, float]:
    return {kind.id: float(step.emissions[:, rows].sum()) for kind, rows in now.rows()}


# -- the market alone


def clear(buyers: Buyers, supply: Supply, outside: Outside, caps: Caps) -> Clearing:
    return market.clear(lambda _: Request(buyers, supply), outside, caps).clearing


def several(rng: np.random.Generator) -> tuple[Buyers, float, Outside, float, Caps]:
    """A world of ``test_market`` with two to five kinds of permits, apart or overlapping, tight and loose, some with a
    lowest or a highest price."""
    buyers, capacity, outside, ceiling, _, (lowest, highest) = world(rng)
    n, markets = buyers.spend.size, int(rng.choice([2, 3, 5]))
    covered = rng.random((markets, n)) < rng.choice([0.3, 0.7, 1.0])
    if rng.random() < 0.3:  # nobody needs permits of two
        covered = rng.integers(0, markets, n) == np.arange(markets)[:, None]
    part = np.where(rng.random((markets, n)) < 0.5, 1.0, rng.random((markets, n))) * covered
    carbon = part * buyers.carbon
    emitted = carbon @ np.minimum(buyers.spend / buyers.unit_cost, buyers.most)
    limited = (emitted > 0) & (rng.random(markets) < 0.8)
    caps = np.where(limited, emitted * 10 ** rng.uniform(-5, 1, markets), max(float(emitted.max()), 1e-20) * 1e3)
    low = np.where(rng.random(markets) < 0.5, lowest, 0.0)
    high = np.where(rng.random(markets) < 0.5, highest, inf)
    return replace(buyers, carbon=carbon), capacity, outside, ceiling, Caps(caps, inf, low, high)


@pytest.mark.parametrize("cases", [range(500), pytest.param(range(500, 2_500), marks=pytest.mark.slow)])
def test_all_markets_clear_in_adversarial_worlds(cases: range) -> None:
    """Each market rests to 1e-9: at its cap, below it at its lowest price, or above it at its highest."""
    seen, binding, at_bounds = Counter[str](), Counter[int](), Counter[str]()
    with np.errstate(all="raise", under="ignore"):
        for case in cases:
            buyers, capacity, outside, ceiling, asked = several(np.random.default_rng(case))
            rule, caps, low, high = ("price", "contracts")[case % 2], asked.carbon, asked.lowest, asked.highest
            found = clear(buyers, Supply(rule, capacity, ceiling), outside, asked)
            price, used, sold = found.permit_price, buyers.carbon @ found.compute, found.compute.sum() + found.outside
            assert ((used <= caps * (1 + 1e-9)) | (price == high)).all()
            assert ((used >= caps * (1 - 1e-9)) | (price == low)).all(), case
            assert sold <= capacity * (1 + 1e-9)
            assert (found.paid <= buyers.spend).all()
            assert ((price >= low) & (price <= high)).all()
            assert found.outcome == "slack" or sold >= capacity * (1 - 1e-9)
            seen[found.permits] += 1
            binding[int((price > low).sum())] += 1
            at_bounds["lowest"] += bool(((price == low) & (low > 0)).any())
            at_bounds["highest"] += bool(((price == high) & (used > caps * (1 + 1e-6))).any())
            if found.outcome != "rationed":
                free = found.compute < buyers.most * (1 - 1e-9)
                assert found.paid[free] == pytest.approx(buyers.spend[free], rel=1e-9)
    assert min(seen[state] for state in ("free", "cleared")) > len(cases) / 10, seen
    assert min(at_bounds.values()) > len(cases) / 10, at_bounds
    assert sum(count for at, count in binding.items() if at >= 2) > len(cases) / 20, binding


def test_a_cap_that_is_never_reached_changes_nothing() -> None:
    for case in range(100):
        buyers, capacity, outside, ceiling, asked = several(np.random.default_rng(case))
        sold, caps, low, high = Supply("price", capacity, ceiling), asked.carbon, asked.lowest, asked.highest
        alone = Caps(float(caps[0]), inf, float(low[0]), float(high[0]))
        one = clear(replace(buyers, carbon=buyers.carbon[0]), sold, outside, alone)
        loose = np.append(caps[:1], np.full(caps.size - 1, 1e300))
        low[1:] = 0.0
        all_of_them = clear(buyers, sold, outside, Caps(loose, inf, low, high))
        assert all_of_them.permit_price[0] == pytest.approx(one.permit_price, rel=1e-7)
        assert not all_of_them.permit_price[1:].any()
        assert all_of_them.compute == pytest.approx(one.compute, rel=1e-9, abs=1e-300)


def test_where_several_prices_would_do_the_first_cap_is_paid() -> None:
    """Two caps on the same emissions, of equal size: any prices with the same sum would do."""
    buyers = Buyers(np.ones(3), np.ones(3), np.full(3, inf), np.ones((2, 3)), np.zeros(3))
    supply, nobody = Supply("price", 100.0, 1e6), Outside(0.0, 1.0, 1.0, 0.0)
    found = clear(buyers, supply, nobody, Caps(np.array([1.0, 1.0])))
    assert found.permit_price == pytest.approx([2.0, 0.0], rel=1e-9, abs=0)
    found = clear(buyers, supply, nobody, Caps(np.array([1.5, 1.0])))
    assert found.permit_price == pytest.approx([0.0, 2.0], rel=1e-9, abs=1e-9)  # the tighter cap is the one that binds


# -- in a world of one period


@pytest.mark.parametrize("moves", ["true", "false"])
@pytest.mark.parametrize("abatement", ["true", "false"])
def test_two_regional_caps_with_equal_prices_are_one_joint_cap(abatement: str, moves: str) -> None:
    settings = f"mechanisms.abatement={abatement}", f"mechanisms.siting={moves}", "siting.speed=3"
    scenario = small("baseline", *settings, until=2014)
    regions = ("germany", "france")
    rows = [scenario.region_ids.index(region) for region in regions]
    free = under(scenario)[1].emissions.sum(axis=1)[rows]
    _, joint = under(scenario, cap("both", 0.4 * free.sum(), regions=regions))
    each = joint.emissions.sum(axis=1)[rows]
    apart, step = under(scenario, *(cap(r, kg, regions=(r,)) for r, kg in zip(regions, each, strict=True)))
    assert joint.permit_price > 0
    assert list(apart.markets.permit_prices.values()) == pytest.approx([joint.permit_price] * 2, rel=1e-8)
    for name in ("compute", "inference", "emissions", "paid", "error", "permit_price"):
        assert getattr(step, name) == pytest.approx(getattr(joint, name), rel=1e-9), name
    assert step.revenue_by_use == pytest.approx(joint.revenue_by_use, rel=1e-9)


def test_caps_on_all_regions_at_one_price_are_one_cap_on_the_world() -> None:
    scenario = still()
    free = float(under(scenario)[1].emissions.sum())
    _, joint = under(scenario, cap("world", 0.5 * free))
    each = zip(scenario.region_ids, joint.emissions.sum(axis=1), strict=True)
    apart, step = under(scenario, *(cap(region, float(kg), regions=(region,)) for region, kg in each))
    assert list(apart.markets.permit_prices.values()) == pytest.approx([joint.permit_price] * 6, rel=1e-7)
    assert step.compute == pytest.approx(joint.compute, rel=1e-8)


@pytest.mark.parametrize("abatement", ["true", "false"])
def test_several_caps_are_taxes_at_their_prices(abatement: str) -> None:
    """Corporations under one cap, startups under another, both under one in the United States; labs are exempt."""
    scenario = still(f"mechanisms.abatement={abatement}")
    world, free = under(scenario)
    of = by_kind(world, free)
    home = scenario.region_ids.index("united_states")
    rows = [rows for kind, rows in world.rows() if kind.id != "academic_lab"]
    there = sum(float(free.emissions[home, of_kind].sum()) for of_kind in rows)
    capped, step = under(
        scenario,
        cap("a", 0.5 * of["corporation"], KINDS[:1]),
        cap("b", 0.3 * of["startup"], KINDS[1:2], revenue_use="equal_dividend"),
        cap("c", 0.2 * there, KINDS[:2], ("united_states",), revenue_use="academic_compute"),
    )
    found = prices(capped, scenario)
    emitted = by_kind(capped, step)
    paid = {kinds: price for (kinds, regions), price in found.items() if len(regions) > 1}
    paid_there = next(price for (_, regions), price in found.items() if len(regions) == 1)
    assert paid_there > 0
    for kind, limit in (("corporation", 0.5 * of["corporation"]), ("startup", 0.3 * of["startup"])):
        assert emitted[kind] <= limit * (1 + 1e-9)
        assert paid[kind,] == 0 or emitted[kind] == pytest.approx(limit, rel=1e-9)
    assert any(paid.values())
    labs = world.groups.of("academia")
    assert not step.carbon_taxed[labs].any()
    assert step.carbon_taxed[:4].all()
    tax = registry()["carbon_tax"]
    taxes = [tax(id=f"t{i}", rate=price, kinds=kinds, regions=regions)
             for i, ((kinds, regions), price) in enumerate(found.items()) if price]  # fmt: skip
    taxed = under(scenario, *taxes)[1]
    for name in ("compute", "inference", "emissions", "paid", "error", "carbon_taxed"):
        assert getattr(step, name) == pytest.approx(getattr(taxed, name), rel=1e-9), name
    sold = {use: float(amount) for use, amount in zip(USES, step.revenue_by_use, strict=True)}
    assert sold["academic_compute"] == pytest.approx(paid_there * 0.2 * there, rel=1e-9)
    assert sold["equal_dividend"] == pytest.approx(paid["startup",] * emitted["startup"], rel=1e-9)
    mean = step.carbon_taxed.sum() / sum(kg for kind, kg in (*emitted.items(), ("c", 0.2 * there)) if kind != KINDS[2])
    assert step.permit_price == pytest.approx(mean, rel=1e-9)


def test_the_value_of_permits_goes_back_to_those_of_the_market() -> None:
    scenario = small("baseline", "mechanisms.exit_and_entry=false", until=2016)
    free = by_kind(*under(scenario, steps=4))
    given = {"allocation": "grandfathering", "start": 2013.0}
    policies = [cap("a", 0.3 * free["corporation"], KINDS[:1], **given), cap("b", 10.0, KINDS[1:2], **given)]
    now, step = under(scenario, *policies, steps=12)
    held, rights = now.treasury.held, now.treasury.rights
    assert sum(held.values()) == pytest.approx(now.treasury.earmarked[USES.index(PAST_EMISSIONS)], rel=1e-12)
    assert min(held.values()) > 0
    for (place, parts), kind in zip(rights.items(), KINDS, strict=False):
        rows = now.groups.kinds[kind]
        assert place.kinds == (KINDS.index(kind),)
        assert parts[rows].sum() == pytest.approx(1.0, rel=1e-12)
    back = {who: money for (_, who, what), money in step.flows.items() if what == "permits given away"}
    parts = [held[place] / sum(held.values()) for place in held]
    assert back["startup"] / sum(back.values()) == pytest.approx(parts[1], rel=0.2)  # those of the step before
    assert set(back) == {"corporation", "startup"}


def test_the_value_of_permits_is_paid_out_once_when_a_second_market_begins() -> None:
    scenario = small("baseline", "mechanisms.exit_and_entry=false", until=2016)
    free = by_kind(*under(scenario, steps=4))
    first = cap("a", 0.3 * free["corporation"], KINDS[:1], allocation="grandfathering", start=2013.0)
    second = cap("b", 10.0, KINDS[1:2], allocation="grandfathering", start=2014.0)
    use = USES.index(PAST_EMISSIONS)
    for steps in (7, 8, 9):  # the second begins with the ninth
        before, _ = under(scenario, first, second, steps=steps)
        after, step = under(scenario, first, second, steps=steps + 1)
        paid = sum(money for (_, _, what), money in step.flows.items() if what == "permits given away")
        kept = after.treasury.earmarked[use] - before.treasury.earmarked[use]
        assert paid > 0
        assert kept == pytest.approx((step.revenue_by_use[use] - paid) * step.dt, rel=1e-9)


def test_each_market_keeps_what_it_saves() -> None:
    """Loose at first, tight later: only the one whose permits are saved emits more than it is given."""
    scenario = small("baseline", until=2016)
    free = by_kind(*under(scenario, steps=4))
    caps = [cap(kind, 3 * free[kind], (kind,), banking=float(kind == "startup")) for kind in KINDS[:2]]
    now = begin(replace(scenario, policies=tuple(caps)), 1)
    above = Counter[str]()
    for _ in range(16):
        now, step = advance(now)
        for kind, kg in by_kind(now, step).items():
            above[kind] += kind in KINDS[:2] and kg > 3 * free[kind] * (1 + 1e-9)
    assert above["startup"] >= 2
    assert not above["corporation"]
    assert [place.kinds for place in now.markets.banked] == [(KINDS.index("startup"),)]


def read(at: Path, *entries: tuple[str, str, int, int, str]) -> Scenario:
    """The baseline with policies: name, id, first and last year, and what else is written."""
    written = '[[policy]]\nname = "{}"\nid = "{}"\ncap = 100\nstart = {}\nend = {}\n{}\n'
    text = f'schema = 1\nextends = "{BASELINE}"\ntitle = "t"\nquestion = "q?"\n'
    file = at / "caps.toml"
    file.write_text(text + "".join(written.format(*entry) for entry in entries))
    return load(file)


def own_cap(name: str, like: str, levers: tuple[str, ...]) -> type[Policy]:
    """A policy that pulls nothing but these, as another does; it is gone where nobody holds it."""

    def act(self: Policy, view: View) -> dict[str, float]:
        found = super(type(self), self).act(view)
        return {lever: found[lever] for lever in levers}

    said = {"name": name, "levers": levers, "act": act, "__module__": "mine", "__doc__": "A cap of one's own."}
    return dataclass(frozen=True, kw_only=True)(type("Own", (registry()[like],), said))


@pytest.mark.parametrize("other", ["cap_and_trade", "my_cap"])
def test_two_entries_of_one_market_are_refused_at_the_same_time(other: str, tmp_path: Path) -> None:
    """Of one policy and of two."""
    mine = own_cap("my_cap", "cap_and_trade", ("carbon_cap",))
    assert mine.name in registry()
    first, french = "cap_and_trade", 'regions = ["france"]'
    german, both = 'regions = ["germany"]', 'regions = ["france", "germany"]'
    read(tmp_path, (first, "a", 2020, 2030, french), (other, "b", 2025, 2035, german), (other, "c", 2030, 2035, french))
    with pytest.raises(InputError, match="one market for permits of a kind for the same kinds and regions") as raised:
        read(tmp_path, (first, "a", 2020, 2030, both), (other, "b", 2025, 2035, 'regions = ["germany", "france"]'))
    assert raised.value.found == ["a", "b"]


@pytest.mark.parametrize("name", ["cap_and_trade", "compute_permits"])
def test_an_entry_that_pulls_nothing_is_in_no_market(name: str, tmp_path: Path) -> None:
    """As one that is left at its default, to be varied."""
    entries = [f'[[policy]]\nname = "{name}"\nid = "{id}"\n' for id in ("idle", "on")]
    for first, second in (entries, entries[::-1]):
        head = f'schema = 1\nextends = "{BASELINE}"\ntitle = "t"\nquestion = "q?"\n'
        (tmp_path / "own.toml").write_text(head + first + second, encoding="utf-8")
        world = load(tmp_path / "own.toml", ["policy.on.cap=100"])
        assert {policy.id: policy.neutral for policy in world.policies} == {"idle": True, "on": False}
        with pytest.raises(InputError, match="one market for permits"):
            load(tmp_path / "own.toml", ["policy.on.cap=100", "policy.idle.cap=100"])


@pytest.mark.parametrize("other", ["compute_permits", "my_permits"])
def test_there_is_one_market_for_compute(other: str, tmp_path: Path) -> None:
    mine = own_cap("my_permits", "compute_permits", ("compute_cap",))
    assert mine.name in registry()
    first = "compute_permits"
    read(tmp_path, (first, "a", 2020, 2030, ""), (other, "b", 2030, 2035, ""), ("cap_and_trade", "c", 2020, 2030, ""))
    with pytest.raises(InputError, match=r"one market for permits of a kind\n") as raised:
        read(tmp_path, (first, "a", 2020, 2030, ""), (other, "b", 2025, 2035, 'kinds = ["startup"]'))
    assert raised.value.found == ["a", "b"]


@pytest.mark.parametrize(("like", "lever", "of"), [
    ("cap_and_trade", "carbon_cap", "emissions"), ("compute_permits", "compute_cap", "compute"),
])  # fmt: skip
def test_what_is_paid_for_permits_is_revenue_whoever_wrote_the_cap(like: str, lever: str, of: str) -> None:
    """A policy that says the cap alone has a market as the shipped one has: all it applies to need permits, and their
    value goes where it says."""
    mine = own_cap("my_cap", like, (lever,))
    scenario = still()
    half = float(getattr(under(scenario)[1], of).sum()) / 2
    found = {}
    for name in (like, "my_cap"):
        policy = registry()[name](id="it", cap=half, kinds=KINDS[:2], revenue_use="equal_dividend")
        step = found[name] = under(scenario, policy)[1]
        paid = sum(value for (*_, purpose), value in step.flows.items() if purpose == "permits")
        assert paid == pytest.approx(step.revenue_by_use[USES.index("equal_dividend")])
        assert paid > 0
    assert found[like].flows == found["my_cap"].flows
    assert mine.parameters() == registry()[like].parameters()


# -- against the slow reference


LAYOUTS = {
    "regions": [((), ("germany", "france")), ((), ("china",)), ((), ("united_states",))],
    "kinds": [(KINDS[:1], ()), (KINDS[1:2], ())],
    "overlap": [((), ()), (KINDS[:1], ("united_states",))],
    "everywhere": [((), ("united_states", "china", "india")), ((), ("germany", "france", "norway"))],
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("case", range(2))
def test_the_reference_finds_the_same(layout: str, case: int) -> None:
    """Tight caps given away and saved, with clean power and removals and without; contracts and prices."""
    rng = np.random.default_rng(case)
    allocation = ("price", "contracts")[case]
    scenario = small("baseline", *FEW, f"mechanisms.abatement={str(case == 0).lower()}",
                     f'market.allocation="{allocation}"', until=2014)  # fmt: skip
    now, free = under(scenario, seed=case, steps=4)
    policies = []
    for number, (kinds, regions) in enumerate(LAYOUTS[layout]):
        at = [scenario.region_ids.index(region) for region in regions or scenario.region_ids]
        who = [row for kind, rows in now.rows() for row in range(rows.start, rows.stop) if kind.id in (kinds or KINDS)]
        emitted = float(free.emissions[np.ix_(at, who)].sum())
        amount = emitted * 10 ** (-0.2 - 0.5 * number - 0.3 * rng.random())
        policies.append(cap(f"cap{number}", amount, kinds, regions, start=2013.0, banking=float(number),
                            allocation=("auction", "grandfathering")[number % 2]))  # fmt: skip
    now = begin(replace(scenario, policies=tuple(policies)), case)
    for _ in range(4):
        now, _ = advance(now)
    binding = 0
    for _ in range(1 if layout == "overlap" else 2):  # which the reference is slow to find
        reference = ReferenceEconomy.from_world(now)
        reference.step()
        before, (now, step) = now, advance(now)
        agree(before, now, step, reference)
        binding = max(binding, sum(price > 0 for price in now.markets.permit_prices.values()))
    assert binding >= 2
