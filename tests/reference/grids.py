"""Grids that are full, in the slow economy: who planned to compute there is sent on, all alike."""

from math import exp, inf, isinf
from typing import TYPE_CHECKING

from tests.reference import hardware
from tests.reference.policies import USES

if TYPE_CHECKING:
    from tests.reference.orders import Order

Work = dict[str, float]  # by region


class Grids:
    """The part of the economy that deals with power by region."""

    def look_at_grids(self) -> None:
        """What each grid can have connected by the middle of the step, and by its end [kWh/yr]."""
        market, regions = self.assumptions.market, self.assumptions.regions
        later = (1 + market.connection_growth) ** max(self.year - market.connection_year, 0)
        self.grid_most, self.grid_end, self.sent, self.powered = None, None, None, inf
        free = any(isinf(r.grid_connections) for r in regions)
        self.grids_count = self.on.grid_limits and self.begin >= market.capacity.years[-1] and not free
        if self.grids_count and self.connected is not None:
            power = self.capacity_now / hardware.per_kwh(self.assumptions.compute, self.begin)
            there = self.grid_before = {r.id: self.connected[r.id] * power for r in regions}
            most = {r.id: there[r.id] + later * r.grid_connections * self.dt / 2 for r in regions}
            self.grid_most = most
            self.grid_end = {r.id: there[r.id] + later * r.grid_connections * self.dt for r in regions}

    def done(self, planned: Work) -> Work:
        """Where planned work is done."""
        if self.sent is None:
            return planned
        stays, goes = self.sent
        on = sum(amount * (1 - stays[r]) for r, amount in planned.items())
        return {r: planned.get(r, 0.0) * stays[r] + on * goes[r] for r in stays}

    def send_on(self) -> None:
        """What full grids send on at the prices of permits: less to where policies price carbon above the least."""
        if not self.grid_most:
            return
        regions, above = self.assumptions.regions, dict.fromkeys(self.grid_most, 0.0)
        for kind in self.assumptions.kinds:
            charged = {
                r.id: sum(self.rules.tax(use, kind.id, r.id) for use in USES)
                + self.rules.due(kind.id, r.id, self.permits)
                for r in regions
            }
            least = min(charged.values())
            above = {r: max(most, charged[r] - least) for r, most in above.items()}
        hardware = self.flop_per_kwh * self.hardware_price * self.assumptions.siting.scale
        welcome = {r: exp(-dear * self.intensity[r] / hardware) for r, dear in above.items()}
        self.sent = self.ration(self.plans, self.grid_most, welcome)
        room = {r: max(most - self.plans[r], 0.0) for r, most in self.grid_most.items()}
        used = {r: most - room[r] * (1 - welcome[r]) for r, most in self.grid_most.items()}
        self.powered = sum(used.values()) * self.flop_per_kwh if any(above.values()) else inf

    def ration(self, planned: Work, limits: Work, welcome: Work) -> tuple[Work, Work] | None:
        """Parts of planned work that stay where they are, and where the others go."""
        beyond = max(1.0, sum(planned.values()) / sum(limits.values()))
        most = {r: limit * beyond for r, limit in limits.items()}
        room = {r: max(limit - planned[r], 0.0) * welcome[r] for r, limit in most.items()}
        over = sum(max(planned[r] - limit, 0.0) for r, limit in most.items())
        if not sum(room.values()) or all(planned[r] <= limit * (1 + 1e-12) for r, limit in most.items()):
            return None
        part = min(1.0, sum(room.values()) / over)
        full = {r: planned[r] > limit * (1 + 1e-12) for r, limit in most.items()}
        stays = {r: 1.0 - part * (1.0 - limit / planned[r]) if full[r] else 1.0 for r, limit in most.items()}
        return stays, {r: amount / sum(room.values()) for r, amount in room.items()}

    def drawn(self, orders: "list[Order]") -> Work:
        """Power for hardware that would be drawn where all plan to compute."""
        found = {r.id: r.cloud_share * self.outside for r in self.assumptions.regions}
        whole = sum(r.cloud_share for r in self.assumptions.regions)
        found = {r: amount / whole for r, amount in found.items()}
        for order in orders:
            apart = order.where and order.bought > 0
            parts = order.where if apart else [order.bought * part for part in order.actor.work.values()]
            for r, amount in zip(order.actor.work, parts, strict=True):
                found[r] += amount
        return {r: amount / self.flop_per_kwh for r, amount in found.items()}

    def connect(self, planned: Work) -> None:
        """Parts of all power that are connected in each region at the end of the step, and what will be planned there
        if it goes on growing."""
        self.sent_on = 0.0
        if not self.grids_count:
            return
        if self.sent:
            self.sent_on = self.flop_per_kwh * sum(planned[r] * (1 - stays) for r, stays in self.sent[0].items())
        whole, power_then = sum(planned.values()), self.capacity / self.flop_per_kwh
        power_there = self.capacity_now / hardware.per_kwh(self.assumptions.compute, self.begin + self.dt)
        self.plans = {r: amount * (power_there / power_then) ** 2 for r, amount in planned.items()}
        if self.grid_end is None:
            cloud = {r.id: r.cloud_share for r in self.assumptions.regions}
            power = planned if whole else cloud
        else:
            plans = planned if whole else self.grid_before
            share = {r: amount / sum(plans.values()) for r, amount in plans.items()}
            power = {r: min(share[r] * power_there, most) for r, most in self.grid_end.items()}
            idle = max(power_there - sum(power.values()), 0.0)
            room = {r: most - power[r] for r, most in self.grid_end.items()}
            if idle and sum(room.values()):
                power = {r: power[r] + idle * room[r] / sum(room.values()) for r in power}
        self.connected = {r: amount / sum(power.values()) for r, amount in power.items()}
