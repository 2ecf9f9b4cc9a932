"""Buying region by region in the slow economy, where policies price carbon in some regions above others."""

from typing import TYPE_CHECKING

from tests.reference.market import Prices, sell_licensed
from tests.reference.policies import USES, Market

if TYPE_CHECKING:
    from tests.reference.actors import Actor
    from tests.reference.orders import Order


class Placed:
    """The part of an actor that deals with where it computes."""

    def usual_price(self, region: str, permits: Prices) -> float:
        """A FLOP in a region, were carbon priced everywhere as where policies price it least; permits included."""
        return self.within({region: 1.0}, permits, usual=True)[0]

    def within(
        self, work: dict[str, float], permits: Prices, usual: bool = False
    ) -> tuple[float, float, dict[Market, float], float]:
        """With compute in these regions: cost with permits, cost without, permits needed, and most, per FLOP."""
        asked = (*work.items(), usual, *permits.values())
        if asked not in self.quoted:
            self.quoted[asked] = self._within(work, permits, usual)
        return self.quoted[asked]

    def _within(
        self, work: dict[str, float], permits: Prices, usual: bool
    ) -> tuple[float, float, dict[Market, float], float]:
        economy, regions, kept = self.model, self.model.assumptions.regions, (self.kwh, self.taxes)
        work = economy.done(work)
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
        done = self.model.done({r: amount / whole for r, amount in bought.items()})
        self.kwh = {r: self.per_flop * amount for r, amount in done.items()}
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

    def sell_by_region(self, orders: "list[Order]", compute_cap: float) -> None:
        """The market where each actor has a part of its money in each region: what it would pay there as usual."""
        rule, regions, permits = self.assumptions.market.allocation, self.assumptions.region_ids, self.permits
        licensed, held = [o.licensed for o in orders], [o.part * o.actor.reserved for o in orders]
        usual = {a: {r: a.usual_price(r, permits) for r in regions} for a in self.agents}
        whole = {a: sum(a.work[r] * usual[a][r] for r in regions) for a in self.agents}
        usual_most = {a: a.within(a.work, permits, usual=True)[3] for a in self.agents}
        bundle, license = sell_licensed(
            rule, [o.money for o in orders], [whole[o.actor] for o in orders],
            [o.part * usual_most[o.actor] if o.part else 0.0 for o in orders], licensed, compute_cap, held,
            *self.supply(),
        )  # fmt: skip
        cells, parts, limits, owners = [], [], [], [(o, r) for o in orders for r in regions]
        most = {a: a.within(a.work, permits)[3] for a in self.agents}
        there = {(a, r): a.within({r: 1.0}, permits) for a in self.agents for r in regions}
        for o, bought, paid in zip(orders, bundle.bought, bundle.paid, strict=True):
            here, mean, work = usual[o.actor], whole[o.actor], o.actor.work
            scarce = paid / bought - mean if bought > 0 else bundle.rent + license * o.licensed
            for r in regions:
                cells.append(there[o.actor, r])
                parts.append(work[r] * (here[r] + scarce) / (mean + scarce))
                limits.append(o.part * work[r] * most[o.actor] if o.part * work[r] else 0.0)
        money = [o.money * part for (o, _), part in zip(owners, parts, strict=True)]
        sale, self.license_price = sell_licensed(
            rule, money, [cell[0] for cell in cells], limits, [o.licensed for o, _ in owners], compute_cap,
            [o.part * o.actor.reserved * o.actor.work[r] for o, r in owners], *self.supply(),
        )  # fmt: skip
        self.outside, self.rent, self.outcome = sale.outside, sale.rent, sale.outcome
        self.used_apart = {m: sum(b * cell[2][m] for b, cell in zip(sale.bought, cells, strict=True)) for m in permits}
        for row, order in enumerate(orders):
            own = slice(row * len(regions), (row + 1) * len(regions))
            order.bought, order.paid = sum(sale.bought[own]), sum(sale.paid[own])
            dear = self.rent + self.license_price * order.licensed
            a_dollar = [part / (cell[0] + dear) for part, cell in zip(parts[own], cells[own], strict=True)]
            order.would_cost = 1 / sum(a_dollar)
            order.where = sale.bought[own] if order.bought > 0 else [x / sum(a_dollar) for x in a_dollar]

    def place(self, actor: "Actor", own: "list[Order]") -> None:
        """An actor's compute is where its orders bought it, or would have."""
        placed, idle = dict.fromkeys(self.assumptions.region_ids, 0.0), not any(order.bought > 0 for order in own)
        for order in own:
            weight = (order.part if len(own) == 2 else 1.0) if idle else float(order.bought > 0)
            for r, amount in zip(placed, order.where, strict=True):
                placed[r] += weight * amount
        actor.place(placed, self.permits)
