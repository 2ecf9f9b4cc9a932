"""The market of the slow economy: compute and permits, sold to all at once."""

from tests.reference.actors import drained
from tests.reference.market import Asked, Prices, sell_permitted


class Selling:
    """The part of the economy that deals with the market for compute and permits."""

    def sell_compute(self) -> None:
        """The market, at a capacity that follows demand."""
        market, actors = self.assumptions.market, list(self.agents)
        self.capacity = self.grow(sum(actor.wish for actor in actors) + self.outside_at_price)
        outside = self.outside_at_price
        caps, compute_cap = {}, self.rules.cap("compute_permits", 1)
        for place in self.permits:
            back = drained(self.banked.get(place, 0.0), self.rules.banking(place), self.dt)
            caps[place] = self.rules.cap("cap_and_trade", 0, place) + back
        orders = [order for actor in actors for order in actor.orders()]
        if self.apart:
            self.sell_by_region(orders, caps, compute_cap)
            self.bank()
            return

        def ask(permits: Prices) -> Asked:
            for actor in actors:
                actor.ask(permits)
            most = [o.part * o.actor.most if o.part else 0.0 for o in orders]
            carbon = {place: [o.actor.covered[place] for o in orders] for place in caps}
            return Asked(carbon, [o.actor.own_cost for o in orders], most)

        sale, self.permits, self.license_price = sell_permitted(
            ask, caps, [o.licensed for o in orders], compute_cap, market.allocation,
            [o.money for o in orders], [o.part * o.actor.reserved for o in orders], self.capacity, outside,
            market.outside_contracts * outside, self.hardware_price, market.outside_elasticity,
            market.rent_ceiling * self.hardware_price,
        )  # fmt: skip
        ask(self.permits)
        self.outside, self.rent, self.outcome = sale.outside, sale.rent, sale.outcome
        for order, bought, paid in zip(orders, sale.bought, sale.paid, strict=True):
            order.bought, order.paid = bought, paid
        for actor in actors:
            actor.buy([order for order in orders if order.actor is actor])
        self.bank()

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
