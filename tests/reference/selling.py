"""The market of the slow economy: compute and permits, sold to all at once."""

from tests.reference.actors import drained
from tests.reference.market import Prices, one_after_the_other, sell_licensed
from tests.reference.orders import Order
from tests.reference.policies import Market


class Selling:
    """The part of the economy that deals with the market for compute and permits."""

    def sell_compute(self) -> None:
        """The market: where work goes, what is asked for and what is sold, at prices of permits at which all fit."""
        caps = {}
        for place in self.permits:
            back = drained(self.banked.get(place, 0.0), self.rules.banking(place), self.dt)
            caps[place] = self.rules.cap("cap_and_trade", 0, place) + back
        for actor in self.agents:
            actor.site_before = actor.site
        before, known = (self.capacity_now, self.rent, self.license_price), {}

        def trade(permits: Prices) -> list[Order]:
            """All that is done at prices of permits."""
            self.permits, (self.capacity_now, self.rent, self.license_price) = permits, before
            self.send_on()
            self.agents.do("price_compute")
            self.grant()
            self.offered = sum(actor.public for actor in self.agents)
            self.agents.do("prepare")
            self.capacity = self.grow(sum(actor.wish for actor in self.agents) + self.outside_at_price)
            orders = [order for actor in self.agents for order in actor.orders()]
            sell = self.sell_by_region if self.apart else self.sell_bundles
            sell(orders, self.rules.cap("compute_permits", 1))
            return orders

        def used_of(place: Market, permits: Prices) -> float:
            at = tuple(permits.values())
            if at not in known:
                orders = trade(permits)
                known[at] = {place: sum(o.bought * o.actor.covered[place] for o in orders) for place in caps}
                known[at] |= self.used_apart if self.apart else {}
            return known[at][place]

        money = sum(actor.spend + actor.gets + actor.serving for actor in self.agents)
        bounds = {place: self.rules.permit_prices(place) for place in caps}
        last = {place: self.last_permits.get(place, 0.0) for place in caps}
        orders = trade(one_after_the_other(used_of, caps, bounds, last, max(money, 1.0)))
        self.connect(self.drawn(orders))
        for actor in self.agents:
            own = [order for order in orders if order.actor is actor]
            if self.apart:
                self.place(actor, own)
            actor.buy(own)
        self.bank()

    def sell_bundles(self, orders: list[Order], compute_cap: float) -> None:
        """Each buys compute where it works."""
        market = self.assumptions.market
        sale, self.license_price = sell_licensed(
            market.allocation, [o.money for o in orders], [o.actor.own_cost + o.actor.dues for o in orders],
            [o.part * o.actor.most if o.part else 0.0 for o in orders], [o.licensed for o in orders], compute_cap,
            [o.part * o.actor.reserved for o in orders], *self.supply(),
        )  # fmt: skip
        self.outside, self.rent, self.outcome = sale.outside, sale.rent, sale.outcome
        for order, bought, paid in zip(orders, sale.bought, sale.paid, strict=True):
            order.bought, order.paid = bought, paid

    def supply(self) -> tuple[float, float, float, float, float, float]:
        """What there is, what everyone else takes of it, and the highest rent."""
        market, outside, capacity = self.assumptions.market, self.outside_at_price, min(self.capacity, self.powered)
        return (
            capacity, outside, market.outside_contracts * outside, self.hardware_price, market.outside_elasticity,
            market.rent_ceiling * self.hardware_price,
        )  # fmt: skip

    def bank(self) -> None:
        """Permits that nobody used are kept, in each market by itself."""
        self.last_permits = self.permits
        self.used = {place: sum(actor.permits_used[place] for actor in self.agents) for place in self.permits}
        for place, used in self.used.items():
            if self.rules.banking(place):
                left = self.rules.cap("cap_and_trade", 0, place) - used
                self.banked[place] = max(self.banked.get(place, 0.0) + left * self.dt, 0.0)

    @property
    def permit_price(self) -> float:
        """The price of emission permits, on average over all that are used."""
        if len(self.permits) == 1:
            return next(iter(self.permits.values()))
        paid, used = sum(self.used[place] * price for place, price in self.permits.items()), sum(self.used.values())
        return paid / used if used else 0.0
