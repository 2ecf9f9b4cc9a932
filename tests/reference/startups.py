"""Startups' lives in the slow economy: profits, rounds, failure, acquisition, founding."""

from math import exp
from typing import Any

from tests.reference.actors import Actor


class Startups:
    """The part of the economy that deals with startups."""

    def __getattr__(self, name: str) -> Any:  # what the economy has
        raise AttributeError(name)

    def live_and_die(self) -> None:
        """Rounds, failures, acquisitions and foundings; cash, and what is left over."""
        finance, dt = self.assumptions.finance, self.dt
        startups = [actor for actor in self.agents if actor.kind.raises_venture]
        pool = finance.venture_share * self.sold * self.outlook  # whoever is there to get it
        self.seed = finance.seed * pool / len(startups) if startups else 0.0
        self.failed, self.acquired, self.founded = [], [], []
        chance = {
            what: dict(zip(self.agents, self.draw[0](what, self.year), strict=True))
            for what in ("moment", "round", "exit", "buyer", "founding")
        }
        keeping = [actor for actor in self.agents if actor.kind.pays_from_cash]
        for actor in keeping:
            self.pay_out(actor)
        for actor in startups if self.on.funding_rounds else ():
            self.fund(actor, chance)
        for actor in keeping:
            actor.cash_after = actor.cash + actor.left() * dt
            self.make_up(actor)
        if self.on.exit_and_entry and (self.steps_done + 1) % self.assumptions.time.steps_per_year == 0:
            empty = [actor for actor in startups if not actor.alive]
            floor = finance.failure_floor * self.seed
            failing = [a for a in startups if a in keeping and a.alive and a.cash_after < floor]
            buyers = [a for a in self.agents if a.kind.sponsors and a.alive and a not in failing and a.reach > 0]
            for actor in failing:
                self.fail(actor, buyers, chance)
            for actor in empty:
                if chance["founding"][actor] < 1 - exp(-finance.founding_rate):
                    self.found(actor)
        self.close_books()

    def make_up(self, actor: Actor) -> None:
        """Investors pay what is missing in cash."""
        short = max(-actor.cash_after, 0.0)
        actor.books.append(("investors", actor.kind.id, "venture capital", short / self.dt))
        actor.cash_after += short

    def enough(self, actor: Actor) -> float:
        """Cash for what it wants to spend for some time."""
        return self.assumptions.finance.runway * actor.wants

    def pay_out(self, actor: Actor) -> None:
        """Profit goes to owners once there is cash enough."""
        profit = actor.left()
        above = actor.cash + profit * self.dt - self.enough(actor)
        if profit > 0 and above > 0:
            actor.books.append((actor.kind.id, "investors", "profits", min(profit, above / self.dt)))

    def fund(self, actor: Actor, chance: dict[str, dict[Actor, float]]) -> None:
        """Money is set aside all the time, and comes in rounds."""
        finance = self.assumptions.finance
        since = self.year - self.begin + chance["moment"][actor]
        comes = chance["round"][actor] < 1 - exp(-finance.round_rate)
        there = actor.entitlement + actor.promised * since
        actor.entitlement += actor.promised * self.dt
        if actor.alive and comes and 0 <= since < self.dt:
            at_hand = max(actor.cash + actor.left() * since, 0.0)
            amount = max(min(there, finance.round_multiple * at_hand, self.enough(actor) - at_hand), 0.0)
            actor.entitlement = actor.promised * (self.dt - since)
            actor.books.append(("investors", actor.kind.id, "venture capital", amount / self.dt))

    def fail(self, actor: Actor, buyers: list[Actor], chance: dict[str, dict[Actor, float]]) -> None:
        """A startup is bought, with what it knows, or wound up; its cash goes back to investors."""
        finance = self.assumptions.finance
        if buyers and chance["exit"][actor] < finance.acquired_share:
            in_turn = sorted(buyers, key=lambda b: chance["buyer"][b])
            drawn, passed = chance["buyer"][actor] * sum(b.reach for b in in_turn), 0.0
            for buyer in in_turn:
                passed += buyer.reach
                if drawn < passed:
                    break
            buyer.knowledge = max(buyer.knowledge, actor.knowledge)
            buyer.error = min(buyer.error, actor.error)
            price = finance.acquisition_price * actor.expected
            buyer.books.append((buyer.kind.id, "investors", "acquisitions", price / self.dt))
            if buyer.kind.pays_from_cash:
                buyer.cash_after -= price
                self.make_up(buyer)
            self.acquired.append(actor)
        actor.books.append((actor.kind.id, "investors", "liquidation", actor.cash_after / self.dt))
        actor.alive, actor.error = False, self.assumptions.law.highest
        actor.cash_after = actor.entitlement = actor.plan = actor.volume = actor.trained = actor.research = 0.0
        self.failed.append(actor)

    def found(self, actor: Actor) -> None:
        """A new startup takes an empty place."""
        actor.alive, actor.cash_after = True, self.seed
        actor.books.append(("investors", actor.kind.id, "venture capital", self.seed / self.dt))
        actor.plan = getattr(actor.kind, actor.kind.own_means.share) * self.seed
        actor.volume = actor.plan / self.hardware_price
        actor.research_share = actor.first_research_share
        actor.trained = actor.volume * (1 - actor.research_share)
        actor.research = actor.plan * actor.research_share
        actor.knowledge, actor.dearness, actor.reach = self.public, 1.0, actor.first_reach
        actor.served = 1.0
        if self.on.abatement:
            actor.clean = dict.fromkeys(actor.clean, 0.0)
        actor.parts = dict.fromkeys(actor.parts, 0.0)
        self.founded.append(actor)
