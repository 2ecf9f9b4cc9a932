"""Buying region by region in the slow economy, where policies price carbon in some regions above others."""

from typing import TYPE_CHECKING

from tests.reference.market import Asked, Prices, sell_permitted
from tests.reference.policies import USES, Market

if TYPE_CHECKING:
    from tests.reference.actors import Actor, Order


class Placed:
    """The part of an actor that deals with where it computes."""

    def usual_price(self, region: str, permits: Prices) -> float:
        """A FLOP in a region, were carbon priced everywhere as where policies price it least; permits included."""
        return self.within({region: 1.0}, permits, usual=True)[0]

    def within(
        self, work: dict[str, float], permits: Prices, usual: bool = False
    ) -> tuple[float, float, dict[Market, float], float]:
        """With compute in these regions: cost with permits, cost without, permits needed, and most, per FLOP."""
        economy, regions, kept = self.model, self.model.assumptions.regions, (self.kwh, self.taxes)
        self.kwh = {r.id: self.per_flop * work.get(r.id, 0.0) for r in regions}
        if usual:
            least = min(sum(self.taxes[use, r.id] for use in USES) for r in regions)
            self.taxes = {(use, r.id): least if use == USES[0] else 0.0 for use in USES for r in regions}
            economy.usual = True
        self.ask(permits, only=work)
        (self.kwh, self.taxes), economy.usual = kept, False
        return self.own_cost + self.dues, self.own_cost, self.covered, self.most

    def expect(self) -> None:
        """Where it would compute if the last prices were to hold."""
        permits, rent = self.model.permits, self.model.rent
        bought = {
            r: part * (self.usual_price(r, permits) + rent) / (self.within({r: 1.0}, permits)[0] + rent)
            for r, part in self.work.items()
        }
        self.place(bought, permits)

    def place(self, bought: dict[str, float], permits: Prices) -> None:
        """Its compute is where it was bought."""
        whole = sum(bought.values())
        self.kwh = {r: self.per_flop * amount / whole for r, amount in bought.items()}
        self.ask(permits)

    def due(self, region: str, permits: Prices) -> float:
        """What permits for a kg cost."""
        rules, here = self.model.rules, [region]
        if self.model.usual:
            here = [r.id for r in self.model.assumptions.regions]
        return min(rules.due(self.kind.id, r, permits) for r in here)


class Regional:
    """The part of the economy that deals with regions told apart."""

    def told_apart(self) -> bool:
        """Whether policies price carbon in some regions above others for a kind."""
        regions, rules = self.assumptions.region_ids, self.rules
        return any(
            len({(sum(rules.tax(use, k.id, r) for use in USES), *rules.needed(k.id, r)) for r in regions}) > 1
            for k in self.assumptions.kinds
        )

    def sell_by_region(self, orders: "list[Order]", caps: dict[Market, float], compute_cap: float) -> None:
        """The market where each actor has a part of its money in each region: what it would pay there as usual."""
        market, regions, actors = self.assumptions.market, self.assumptions.region_ids, list(self.agents)
        outside = self.outside_at_price
        rest = (
            self.capacity, outside, market.outside_contracts * outside, self.hardware_price,
            market.outside_elasticity, market.rent_ceiling * self.hardware_price,
        )  # fmt: skip
        licensed = [order.licensed for order in orders]
        held = [o.part * o.actor.reserved for o in orders]
        a_dollar_each = dict.fromkeys(caps, 1.0)
        shared = any(all(self.rules.due(k.id, r, a_dollar_each) for r in regions) for k in self.assumptions.kinds)
        known: dict[tuple[float, ...], list[list[float]]] = {}

        def money_at(permits: Prices) -> list[list[float]]:
            """Parts of money by order and region."""
            permits = permits if shared else dict.fromkeys(permits, 0.0)
            at = tuple(permits.values())
            if at not in known:
                usual = {a: {r: a.usual_price(r, permits) for r in regions} for a in actors}
                whole = {a: sum(a.work[r] * usual[a][r] for r in regions) for a in actors}
                most = {a: a.within(a.work, permits, usual=True)[3] for a in actors}
                found, _, license = sell_permitted(
                    lambda _: Asked({}, [whole[o.actor] for o in orders],
                                    [o.part * most[o.actor] if o.part else 0.0 for o in orders]),
                    {}, licensed, compute_cap, market.allocation, [o.money for o in orders], held, *rest,
                )  # fmt: skip
                known[at] = []
                for o, bought, paid in zip(orders, found.bought, found.paid, strict=True):
                    scarce = found.rent + license * o.licensed if not bought > 0 else paid / bought - whole[o.actor]
                    here, mean = usual[o.actor], whole[o.actor]
                    known[at].append([o.actor.work[r] * (here[r] + scarce) / (mean + scarce) for r in regions])
            return known[at]

        def ask(permits: Prices) -> Asked:
            cells = {(a, r): a.within({r: 1.0}, permits) for a in actors for r in regions}
            most = {a: a.within(a.work, permits)[3] for a in actors}
            found = [cells[o.actor, r] for o in orders for r in regions]
            shares = [(o, o.part * o.actor.work[r]) for o in orders for r in regions]
            limits = [part * most[o.actor] if part else 0.0 for o, part in shares]
            money = [o.money * part for o, parts in zip(orders, money_at(permits), strict=True) for part in parts]
            carbon = {market: [c[2][market] for c in found] for market in caps}
            return Asked(carbon, [c[1] for c in found], limits, money)

        sale, self.permits, self.license_price = sell_permitted(
            ask, caps, [x for x in licensed for _ in regions], compute_cap, market.allocation,
            [o.money for o in orders for _ in regions],
            [h * o.actor.work[r] for o, h in zip(orders, held, strict=True) for r in regions], *rest,
        )  # fmt: skip
        self.outside, self.rent, self.outcome = sale.outside, sale.rent, sale.outcome
        asked, parts = ask(self.permits), money_at(self.permits)
        placed: dict[Actor, dict[str, float]] = {a: dict.fromkeys(regions, 0.0) for a in actors}
        n = len(regions)
        for row, order in enumerate(orders):
            bought, paid = sale.bought[row * n : (row + 1) * n], sale.paid[row * n : (row + 1) * n]
            order.bought, order.paid = sum(bought), sum(paid)
            dear = self.rent + self.license_price * order.licensed
            cost = [own + dear for own in asked.cost[row * n : (row + 1) * n]]
            for market, price in self.permits.items():
                kg = asked.carbon[market][row * n : (row + 1) * n]
                cost = [own + needed * price for own, needed in zip(cost, kg, strict=True)]
            a_dollar = [part / price for part, price in zip(parts[row], cost, strict=True)]
            order.would_cost = 1 / sum(a_dollar)
            order.where = bought if order.bought > 0 else [x / sum(a_dollar) for x in a_dollar]
        for actor in actors:
            own = [order for order in orders if order.actor is actor]
            idle = not any(order.bought > 0 for order in own)
            for order in own:
                weight = (order.part if len(own) == 2 else 1.0) if idle else float(order.bought > 0)
                for r, amount in zip(regions, order.where, strict=True):
                    placed[actor][r] += weight * amount
            actor.place(placed[actor], self.permits)
            actor.buy(own)
