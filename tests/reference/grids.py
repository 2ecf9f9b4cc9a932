"""Grids that are full, in the slow economy: who planned to compute there is sent on, all alike."""

from math import isinf
from typing import TYPE_CHECKING

from tests.reference import hardware

if TYPE_CHECKING:
    from tests.reference.actors import Order

ROUNDS = 300
Work = dict[str, float]  # by region


class Grids:
    """The part of the economy that deals with power by region."""

    def look_at_grids(self) -> None:
        """What each grid can have connected by the middle of the step, and by its end [kWh/yr]."""
        market, regions = self.assumptions.market, self.assumptions.regions
        later = (1 + market.connection_growth) ** max(self.year - market.connection_year, 0)
        self.grid_most, self.grid_end, self.sent = None, None, None
        free = any(isinf(r.grid_connections) for r in regions)
        self.grids_count = self.on.grid_limits and self.begin >= market.capacity.years[-1] and not free
        if self.grids_count and self.connected is not None:
            power = self.capacity_now / hardware.per_kwh(self.assumptions.compute, self.begin)
            there = {r.id: self.connected[r.id] * power for r in regions}
            self.grid_most = {r.id: there[r.id] + later * r.grid_connections * self.dt / 2 for r in regions}
            self.grid_end = {r.id: there[r.id] + later * r.grid_connections * self.dt for r in regions}

    def done(self, planned: Work) -> Work:
        """Where planned work is done."""
        if self.sent is None:
            return planned
        stays, goes = self.sent
        on = sum(amount * (1 - stays[r]) for r, amount in planned.items())
        return {r: planned.get(r, 0.0) * stays[r] + on * goes[r] for r in stays}

    def ration(self, planned: Work) -> tuple[Work, Work] | None:
        """Parts of planned work that stay where they are, and where the others go."""
        beyond = max(1.0, sum(planned.values()) / sum(self.grid_most.values()))  # by the precision of a market
        most = {r: limit * beyond for r, limit in self.grid_most.items()}
        room = {r: max(limit - planned[r], 0.0) for r, limit in most.items()}
        if not sum(room.values()) or all(planned[r] <= limit * (1 + 1e-12) for r, limit in most.items()):
            return None
        stays = {r: limit / planned[r] if planned[r] > limit * (1 + 1e-12) else 1.0 for r, limit in most.items()}
        return stays, {r: part / sum(room.values()) for r, part in room.items()}

    def drawn(self, orders: "list[Order]") -> Work:
        """Power for hardware that is drawn where all plan to compute."""
        found = {r.id: r.cloud_share * self.outside for r in self.assumptions.regions}
        whole = sum(r.cloud_share for r in self.assumptions.regions)
        found = {r: amount / whole for r, amount in found.items()}
        for order in orders:
            apart = order.where and order.bought > 0
            parts = order.where if apart else [order.bought * part for part in order.actor.work.values()]
            for r, amount in zip(order.actor.work, parts, strict=True):
                found[r] += amount
        return {r: amount / self.flop_per_kwh for r, amount in found.items()}

    def connect(self, planned: Work, capacity: float) -> None:
        """Parts of all power that are connected in each region at the end of the step."""
        if not self.grids_count:
            return
        whole = sum(planned.values())
        if self.grid_end is None:
            cloud = {r.id: r.cloud_share for r in self.assumptions.regions}
            power = planned if whole else cloud
        else:
            power_there = capacity / hardware.per_kwh(self.assumptions.compute, self.begin + self.dt)
            plans = planned if whole else self.grid_most
            share = {r: amount / sum(plans.values()) for r, amount in plans.items()}
            power = {r: min(share[r] * power_there, most) for r, most in self.grid_end.items()}
            idle = max(power_there - sum(power.values()), 0.0)
            room = {r: most - power[r] for r, most in self.grid_end.items()}
            if idle and sum(room.values()):
                power = {r: power[r] + idle * room[r] / sum(room.values()) for r in power}
        self.connected = {r: amount / sum(power.values()) for r, amount in power.items()}
