"""The markets for compute and permits: complementary slackness in adversarial worlds, and what each rule promises."""

from collections import Counter
from dataclasses import replace
from math import inf

import numpy as np
import pytest

from sim.mechanisms import market
from sim.mechanisms.market import Buyers, Caps, Clearing, Outside, Request, Supply
from tests.reference.market import Sale, sell_licensed

CASES = 4_000
Bounds = tuple[float, float]  # lowest and highest price of emission permits


def clear(
    rule: str, buyers: Buyers, capacity: float, outside: Outside, ceiling: float,
    cap: float = inf, bounds: Bounds = (0.0, inf), compute_cap: float = inf,
) -> Clearing:  # fmt: skip
    asked = Request(buyers, Supply(rule, capacity, ceiling))
    return market.clear(lambda _: asked, outside, Caps(cap, compute_cap, *bounds)).clearing


def world(rng: np.random.Generator) -> tuple[Buyers, float, Outside, float, float, Bounds]:
    """Buyers, capacity, outside, ceiling, cap and bounds of the price of permits across many orders of magnitude."""
    n = int(rng.choice([1, 2, 3, 10, 40]))
    wide = float(rng.choice([1, 6, 20]))
    spend = 10 ** rng.uniform(-wide, wide, n) * (rng.random(n) < 0.9)
    cost = 10 ** rng.uniform(-float(rng.choice([0.3, 3])), 1, n) * 10 ** rng.uniform(-20, 0)
    carbon = 10 ** rng.uniform(-float(rng.choice([0.3, 6])), 1, n) * (rng.random(n) < 0.9) * 10 ** rng.uniform(-20, 5)
    most = np.where(rng.random(n) < 0.3, spend / cost * 10 ** rng.uniform(-2, 1, n), inf)
    reserved = spend / cost * 10 ** rng.uniform(-2, 0.5, n) * (rng.random(n) < 0.5)
    wanted = np.minimum(spend / cost, most)
    outside = max(float(wanted.sum()), 1e-20) * float(rng.choice([0, 1e-3, 1, 1e3]))
    capacity = (max(float(wanted.sum()), 1e-20) + outside) * 10 ** rng.uniform(-3, 1)
    emitted = float((carbon * wanted).sum())
    cap = emitted * 10 ** rng.uniform(-5, 1) if emitted > 0 and rng.random() < 0.6 else inf
    others = Outside(outside, cost.mean() * 10 ** rng.uniform(-1, 1), float(rng.choice([0, 0.5, 1, 3])), outside / 2)
    doubles = float(cost.mean() / max(carbon.mean(), 1e-30))
    lowest = float(rng.choice([0.0, 0.0, doubles * 10 ** rng.uniform(-4, 2)]))
    highest = float(rng.choice([inf, max(doubles, lowest) * rng.choice([1.0, 3.0])]))
    return (
        Buyers(spend, cost, most, carbon, reserved),
        capacity,
        others,
        cost.mean() * 10 ** rng.uniform(-2, 6),
        cap,
        (lowest, highest),
    )


def check(
    b: Buyers, capacity: float, cap: float, found: Clearing, bounds: Bounds = (0.0, inf), compute_cap: float = inf
) -> None:
    """Complementary slackness of all markets to 1e-9; money, limits and signs."""
    sold, emitted = found.compute.sum() + found.outside, (b.carbon * found.compute).sum()
    for values in (found.compute, found.paid, found.price):
        assert np.isfinite(values).all()
        assert (values >= 0).all()
    assert (found.paid <= b.spend).all()
    licensed = (b.licensed * found.compute).sum()
    assert licensed <= compute_cap * (1 + 1e-9)
    if found.licenses == "free":
        assert found.license_price == 0
    elif "rationed" not in (found.permits, found.licenses):
        assert licensed >= compute_cap * (1 - 1e-9)
    assert (found.compute <= b.most * (1 + 1e-12)).all()
    assert sold <= capacity * (1 + 1e-9)
    lowest, highest = bounds
    assert emitted <= cap * (1 + 1e-9) or found.permit_price == highest
    assert cap == inf or lowest <= found.permit_price <= highest
    if found.outcome == "slack":
        assert found.rent == 0
    elif "rationed" not in (found.permits, found.licenses):  # those cut for the cap leave capacity free
        assert sold >= capacity * (1 - 1e-9)
    if found.permits == "free":
        assert found.permit_price == (lowest if cap < inf else 0)
    elif found.licenses != "rationed":
        assert emitted >= cap * (1 - 1e-9)
    if "rationed" not in (
        found.outcome,
        found.permits,
        found.licenses,
    ):  # nobody is left with money below the own limit
        free = found.compute < b.most * (1 - 1e-9)
        assert found.paid[free] == pytest.approx(b.spend[free], rel=1e-9)


@pytest.mark.slow
def test_both_markets_clear_in_adversarial_worlds() -> None:
    rng, seen = np.random.default_rng(7), Counter[tuple[str, str, str]]()
    with np.errstate(all="raise", under="ignore"):
        for case in range(CASES):
            buyers, capacity, outside, ceiling, cap, bounds = world(rng)
            rule = ("price", "contracts")[case % 2]
            found = clear(rule, buyers, capacity, outside, ceiling, cap, bounds)
            check(buyers, capacity, cap, found, bounds)
            at = {bounds[0]: "lowest", bounds[1]: "highest", 0.0: "at none"}.get(float(found.permit_price), "between")
            seen[rule, found.outcome, at if cap < inf else "no cap"] += 1
    assert len(seen) == 30, seen
    assert min(seen.values()) >= CASES / 1_000, seen


@pytest.mark.slow
def test_three_markets_clear_in_adversarial_worlds() -> None:
    """Compute permits beside emission permits and the rent; a part of each buyer's compute needs them."""
    rng, seen = np.random.default_rng(11), Counter[tuple[str, str, str]]()
    with np.errstate(all="raise", under="ignore"):
        for case in range(1_000):
            buyers, capacity, outside, ceiling, cap, bounds = world(rng)
            buyers = replace(buyers, licensed=rng.random(buyers.spend.size) * (rng.random(buyers.spend.size) < 0.9))
            wanted = float((buyers.licensed * np.minimum(buyers.spend / buyers.unit_cost, buyers.most)).sum())
            compute_cap = wanted * 10 ** rng.uniform(-3, 0.5) if wanted > 0 else inf
            rule = ("price", "contracts")[case % 2]
            found = clear(rule, buyers, capacity, outside, ceiling, cap, bounds, compute_cap)
            check(buyers, capacity, cap, found, bounds, compute_cap)
            seen[found.outcome, found.permits, found.licenses] += 1
    assert {("cleared", "cleared", "cleared"), ("slack", "cleared", "cleared"), ("slack", "free", "free")} <= set(seen)


def test_permits_on_all_compute_are_a_rent() -> None:
    """A cap on everyone's compute gives the allocation of that much capacity, and its price is the rent."""
    nobody = Outside(0.0, 1.0, 1.0, 0.0)
    scarce = clear("price", plain(), 6.0, nobody, 1e6)
    capped = clear("price", plain(), 1e9, nobody, 1e6, compute_cap=6.0)
    assert capped.rent == 0 < scarce.rent
    assert capped.license_price == pytest.approx(scarce.rent, rel=1e-9)
    assert capped.compute == pytest.approx(scarce.compute, rel=1e-9)


def plain(n: int = 5, **columns: np.ndarray) -> Buyers:
    rng = np.random.default_rng(1)
    given = {
        "spend": rng.uniform(1, 10, n), "unit_cost": rng.uniform(1, 2, n), "most": np.full(n, inf),
        "carbon": rng.uniform(0.5, 2, n), "reserved": np.zeros(n),
    }  # fmt: skip
    return Buyers(**{**given, **columns})


OUTSIDE = Outside(5.0, 1.0, 1.0, 2.0)


def slow(b: Buyers, capacity: float, outside: Outside, cap: float) -> tuple[np.ndarray, float, float]:
    """Both prices by nested bisection."""

    def bought(rent: float, permit: float) -> np.ndarray:
        return np.minimum(b.spend / (b.unit_cost + rent + b.carbon * permit), b.most)

    def rent_at(permit: float) -> float:
        low, high = 0.0, 1e6
        if bought(0.0, permit).sum() + outside.demand <= capacity:
            return 0.0
        for _ in range(200):
            rent = 0.5 * (low + high)
            other = outside.demand * (outside.price / (outside.price + rent)) ** outside.elasticity
            low, high = (rent, high) if bought(rent, permit).sum() + other > capacity else (low, rent)
        return high

    low, high = 0.0, 1e6
    if (b.carbon * bought(rent_at(0.0), 0.0)).sum() <= cap:
        return bought(rent_at(0.0), 0.0), rent_at(0.0), 0.0
    for _ in range(200):
        permit = 0.5 * (low + high)
        low, high = (permit, high) if (b.carbon * bought(rent_at(permit), permit)).sum() > cap else (low, permit)
    return bought(rent_at(high), high), rent_at(high), high


@pytest.mark.parametrize("capacity", [4.0, 12.0, 100.0])
@pytest.mark.parametrize("cap", [2.0, 8.0, 1e9])
def test_prices_are_those_of_nested_bisection(capacity: float, cap: float) -> None:
    compute, rent, permit = slow(plain(), capacity, OUTSIDE, cap)
    found = clear("price", plain(), capacity, OUTSIDE, 1e6, cap)
    assert found.compute == pytest.approx(compute, rel=1e-8)
    assert (found.rent, found.permit_price) == pytest.approx((rent, permit), rel=1e-7, abs=1e-9)


def test_a_tax_at_the_permit_price_does_what_the_cap_does() -> None:
    capped = clear("price", plain(), 12.0, OUTSIDE, 1e6, 6.0)
    assert capped.permit_price > 0
    taxed = plain(unit_cost=plain().unit_cost + plain().carbon * capped.permit_price)
    found = clear("price", taxed, 12.0, OUTSIDE, 1e6)
    assert found.compute == pytest.approx(capped.compute, rel=1e-9)
    assert found.paid == pytest.approx(capped.paid, rel=1e-9)


def test_tighter_caps_and_less_capacity_cost_more() -> None:
    prices = [clear("price", plain(), 12.0, OUTSIDE, 1e6, cap).permit_price for cap in (12.0, 6.0, 3.0, 1.5)]
    assert prices == sorted(prices)
    rents = [clear("price", plain(), capacity, OUTSIDE, 1e6).rent for capacity in (100.0, 20.0, 10.0, 5.0)]
    assert rents == sorted(rents)
    assert rents[0] == 0 < rents[-1]
    less, more = (clear("price", plain(), capacity, OUTSIDE, 1e6).compute for capacity in (5.0, 10.0))
    assert (less < more).all()


@pytest.mark.parametrize("rule", market.RULES)
def test_equals_get_equal_parts(rule: str) -> None:
    alike = plain(4, spend=np.full(4, 3.0), unit_cost=np.ones(4), carbon=np.ones(4), reserved=np.full(4, 1.0))
    found = clear(rule, alike, 8.0, OUTSIDE, 1e6)
    assert found.outcome != "slack"
    assert found.compute.sum() > 0
    assert np.ptp(found.compute) <= 1e-12 * found.compute.max()


@pytest.mark.parametrize("rule", market.RULES)
def test_money_has_no_scale(rule: str) -> None:
    dollars, b = plain(reserved=np.ones(5)), plain(reserved=np.ones(5))
    cents = plain(reserved=np.ones(5), spend=100 * b.spend, unit_cost=100 * b.unit_cost)
    others = Outside(OUTSIDE.demand, 100 * OUTSIDE.price, OUTSIDE.elasticity, OUTSIDE.reserved)
    one, other = clear(rule, dollars, 9.0, OUTSIDE, 1e6), clear(rule, cents, 9.0, others, 1e8)
    assert other.compute == pytest.approx(one.compute, rel=1e-12)
    assert other.paid == pytest.approx(100 * one.paid, rel=1e-12)


@pytest.mark.parametrize("rule", market.RULES)
def test_the_rent_is_paid_for_what_is_not_reserved(rule: str) -> None:
    """What buyers pay above cost is the rent for the part that is said to bear it: less than all under contracts."""
    b = plain(reserved=np.ones(5))
    found = clear(rule, b, 9.0, OUTSIDE, 1e6)
    above = found.paid.sum() - (b.unit_cost * found.compute).sum()
    assert found.rent * found.rented * found.compute.sum() == pytest.approx(above, rel=1e-9, abs=1e-12)
    assert (found.rented < 1.0) == (rule == "contracts")


def test_contracts_without_reservations_are_prices() -> None:
    free = Outside(OUTSIDE.demand, OUTSIDE.price, OUTSIDE.elasticity, 0.0)
    one, other = (clear(rule, plain(), 9.0, free, 1e6) for rule in ("price", "contracts"))
    assert other.compute == pytest.approx(one.compute, rel=1e-12)
    assert other.rent == pytest.approx(one.rent, rel=1e-12)


def test_scarcity_falls_on_those_without_contracts() -> None:
    held = np.array([3.0, 0.0, 0.0, 0.0, 0.0])
    alike = {"spend": np.full(5, 3.0), "unit_cost": np.ones(5)}
    spot = clear("price", plain(**alike), 9.0, OUTSIDE, 1e6)
    found = clear("contracts", plain(**alike, reserved=held), 9.0, OUTSIDE, 1e6)
    assert found.compute[0] == pytest.approx(3.0)
    assert found.price[0] == pytest.approx(1.0)
    assert (found.compute[1:] < spot.compute[1:]).all()
    assert found.rent > spot.rent


def test_a_queue_serves_the_largest_first() -> None:
    buyers = plain(4, spend=np.array([1.0, 4.0, 2.0, 4.0]), unit_cost=np.ones(4), carbon=np.ones(4))
    found = clear("queue", buyers, 7.0, Outside(3.0, 1.0, 1.0, 0.0), 1e6)
    assert found.outside == pytest.approx(1.5)  # 3 of 14 that are wanted, of 7
    assert found.compute == pytest.approx([0.0, 2.75, 0.0, 2.75])  # the largest are equal and share what there is
    assert found.paid == pytest.approx(found.compute)
    assert (found.outcome, found.rent) == ("rationed", 0.0)
    with pytest.raises(ValueError, match="queue"):
        clear("queue", buyers, 7.0, OUTSIDE, 1e6, 1.0)


def short(rng: np.random.Generator) -> tuple[Buyers, float, Outside, float, np.ndarray, np.ndarray]:
    """Buyers, capacity, outside and ceiling where even at the highest rent there is too little; parts of money that
    train, and who needs compute permits, for training alone."""
    n = int(rng.choice([1, 2, 5, 12]))
    spend, cost = 10 ** rng.uniform(-2, 2, n), 10 ** rng.uniform(-1, 1, n)
    most = np.where(rng.random(n) < 0.3, spend / cost * 10 ** rng.uniform(-2, 0.5, n), inf)
    reserved = spend / cost * 10 ** rng.uniform(-2, 0.5, n) * (rng.random(n) < 0.5)
    training = np.where(rng.random(n) < 0.8, rng.random(n), rng.integers(0, 2, n))
    licenses = np.array([rng.random(n) < 0.7, np.zeros(n, bool)], float)
    training[0], licenses[0, 0] = 0.5, 1.0
    demand = float(np.minimum(spend / cost, most).sum()) * float(rng.choice([0.01, 1, 100]))
    price, elasticity = float(cost.mean() * 10 ** rng.uniform(-1, 1)), float(rng.choice([0.0, 0.5, 1.0, 3.0]))
    outside = Outside(demand, price, elasticity, demand * float(rng.choice([0.0, 0.5])))
    ceiling = float(cost.mean() * 10 ** rng.uniform(-2, 1))
    others = demand * (price / (price + ceiling)) ** elasticity
    capacity = float(np.minimum(spend / (cost + ceiling), most).sum() + others) * 10 ** rng.uniform(-3, -0.1)
    return Buyers(spend, cost, most, np.zeros(n), reserved), capacity, outside, ceiling, training, licenses


def sold_slowly(
    rule: str, b: Buyers, capacity: float, outside: Outside, ceiling: float, licensed: np.ndarray, cap: float
) -> tuple[Sale, float]:
    """The slow market's sale and its price of compute permits."""
    return sell_licensed(
        rule, b.spend.tolist(), b.unit_cost.tolist(), b.most.tolist(), licensed.tolist(), cap, b.reserved.tolist(),
        capacity, outside.demand, outside.reserved, outside.price, outside.elasticity, ceiling,
    )  # fmt: skip


@pytest.mark.parametrize("rule", [name for name, rule in market.RULES.items() if rule.priced])
def test_permits_for_training_alone_at_the_highest_rent(rule: str) -> None:
    """All are cut alike; permits cost something only where all are used; and the slow market finds the same."""
    seen = Counter[tuple[str, str]]()
    for case in range(100):
        rng = np.random.default_rng(case)
        b, capacity, outside, ceiling, training, licenses = short(rng)
        supply = Supply(rule, capacity, ceiling)
        asked = Request(b, supply, training)
        unlimited = market.sell(lambda _, on=asked: on, outside, Caps(), licenses)
        cap = max(float((licenses[0] * unlimited.training).sum()), 1e-6 * capacity) * 10 ** rng.uniform(-1.5, 0.5)
        sold = market.sell(lambda _, on=asked: on, outside, Caps(compute=cap), licenses)
        found, license, used = sold.clearing, sold.clearing.license_price, float((licenses[0] * sold.training).sum())
        seen[found.outcome, found.licenses] += 1
        assert found.outcome == "cleared" or (found.outcome, found.rent) == ("rationed", ceiling)
        assert sold.training.sum() + sold.serving.sum() + found.outside == pytest.approx(capacity, rel=1e-9)
        assert used <= cap * (1 + 1e-9)
        assert (license > 0) == (found.licenses == "cleared")
        assert license == 0 or used == pytest.approx(cap, rel=1e-9)

        share = np.concatenate([training, 1 - training])
        most = np.array(
            [part * limit if part > 0 else 0.0 for part, limit in zip(share, np.tile(b.most, 2), strict=True)]
        )
        spend, cost, reserved = np.tile(b.spend, 2) * share, np.tile(b.unit_cost, 2), np.tile(b.reserved, 2) * share
        if rule == "price":
            wishes = np.minimum(spend / (cost + found.rent + license * licenses.ravel()), most)
            others = outside.demand * (outside.price / (outside.price + found.rent)) ** outside.elasticity
            assert found.compute == pytest.approx(wishes * capacity / (wishes.sum() + others), rel=1e-9)
        orders = Buyers(spend, cost, most, np.zeros(share.size), reserved)
        sale, slow_license = sold_slowly(rule, orders, capacity, outside, ceiling, licenses.ravel(), cap)
        assert found.outcome == sale.outcome
        assert (found.rent, license) == pytest.approx((sale.rent, slow_license), rel=1e-8, abs=0)
        assert found.compute == pytest.approx(sale.bought, rel=1e-8)
        assert found.paid == pytest.approx(sale.paid, rel=1e-8)
    assert min(seen["rationed", "free"], seen["rationed", "cleared"]) >= 20, seen


@pytest.mark.parametrize(("rule", "cap", "words"), [("lottery", inf, "no rule"), ("price", 0.0, "above 0")])
def test_what_no_market_can_do_is_refused(rule: str, cap: float, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        clear(rule, plain(), 9.0, OUTSIDE, 1e6, cap)


@pytest.mark.parametrize("cap", [inf, 6.0])
def test_the_solver_never_fails_silently(cap: float, monkeypatch: pytest.MonkeyPatch) -> None:
    for solver in ("spot", "permits"):
        monkeypatch.setattr(f"sim.mechanisms.market.{solver}.MOST_TRIES", 1)
    monkeypatch.setattr("sim.mechanisms.market.permits.QUICK", 0)  # which finds a price that is so simple
    with pytest.raises(ArithmeticError, match="did not clear"):
        clear("price", plain(), 9.0 if cap == inf else 1e3, OUTSIDE, 1e6, cap)
